"""The audit bench, moved from code: its verdicts are those of `audit`, and every control has a say."""

import pytest

from ganlab.audit import audit
from ganlab.recorded import audits, four_candidates
from ganlab.widgets import RadiomicAudit, radiomic_audit


@pytest.fixture(scope="module")
def bench():
    return RadiomicAudit("good", n=100)


def shown(bench):
    return bench.reading, bench._png, bench.sentence


def put(bench, **settings):
    defaults = {"candidate": "good", "n": 100, "draw": 0, "correction": "Holm", "alpha": 0.05, "margin": 0.25}
    for name, value in {**defaults, **settings}.items():
        getattr(bench, name).value = value
    return bench.reading


@pytest.mark.parametrize(
    ("control", "value"),
    [("candidate", "broken"), ("n", 400), ("draw", 1), ("margin", 0.5), ("alpha", 0.1)],
)
def test_every_control_changes_the_reading_the_picture_and_the_sentence(bench, control, value):
    put(bench)
    before = shown(bench)
    getattr(bench, control).value = value
    assert all(a != b for a, b in zip(before, shown(bench), strict=True))


def test_without_a_correction_more_features_are_called_different():
    """Over the ten draws of good candidates: each one called different is a false alarm."""
    alarms = {
        word: sum(
            (
                radiomic_audit._marginals("good", 100, draw, method, 0.1, 0.25)["conclusion"] == "different"
            ).sum()
            for draw in range(10)
        )
        for word, method in radiomic_audit.CORRECTIONS.items()
    }
    assert alarms["none"] > alarms["Benjamini-Hochberg"] >= alarms["Holm"]


@pytest.mark.parametrize("name", audits.RIGHT)
@pytest.mark.parametrize(("n", "draw"), [(50, 0), (200, 3), (700, 8), (1000, 2)])
def test_with_the_defaults_the_verdict_is_that_of_the_audit_on_record(bench, name, n, draw):
    reading = put(bench, candidate=name, n=n, draw=draw)
    record = audits.load().query("candidate == @name and n == @n and draw == @draw")
    assert reading["verdict"] == record["verdict"].iloc[0]
    assert set(reading["failed"]) == set(record.query("outcome == 'failed'")["check"])
    assert f"Verdict: {reading['verdict']}" in bench.sentence


def test_the_correction_chosen_is_the_one_that_is_used(bench):
    reading = put(bench, correction="none", alpha=0.1, draw=5)
    table = radiomic_audit._marginals("good", 100, 5, None, 0.1, 0.25)
    assert reading["different"] == (table["conclusion"] == "different").sum()


def test_the_features_are_judged_as_audit_judges_them(bench):
    real, made = four_candidates(100, seed=2)
    found = audit(real, made["shifted"], seed=2, n_permutations=319)
    reading = put(bench, candidate="shifted", draw=2)
    counts = found.evidence.marginals["conclusion"].value_counts()
    for word in ("close", "different", "undecided"):
        assert reading[word] == counts.get(word, 0)
    assert reading["correlations"] == pytest.approx(float(found.evidence.correlations), abs=1e-4)


def test_a_narrower_margin_asks_for_more_patients_as_its_square(bench):
    wide, narrow = (put(bench, margin=margin)["needed"] for margin in (0.2, 0.1))
    assert narrow / wide == pytest.approx(4, rel=0.1)
    assert f"about {narrow:,} patients" in bench.sentence


def test_a_good_candidate_with_a_thousand_is_undecided_again_at_a_margin_of_a_tenth(bench):
    assert put(bench, n=1000)["verdict"] == "accept"
    assert put(bench, n=1000, margin=0.1)["verdict"] == "undecided"


def test_an_error_while_drawing_reaches_whoever_moved_the_control(bench, monkeypatch):
    put(bench)

    def broken(*arguments, **settings):
        raise LookupError("the view is broken")

    monkeypatch.setattr(radiomic_audit, "plot_p_values", broken)
    with pytest.raises(LookupError, match="the view is broken"):
        bench.n.value = 50
