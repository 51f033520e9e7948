"""Several candidates: the distance by hand, who is told apart, the page, the JSON and the exit code."""

import itertools
import json

import numpy as np
import pandas as pd
import pytest
from test_audit_json import VALIDATOR
from test_audit_page import EVIL, Tags
from typer.testing import CliRunner

from ganlab import cli
from ganlab.audit import audit_candidates
from ganlab.audit.candidates import DRAWS, _compared, _distances, _mean_distance, _ranked, _within
from ganlab.audit.measures import rank_scores
from ganlab.audit.pages.candidates_page import candidates_page
from ganlab.data import simulate_lesions
from ganlab.diagnostics import energy_distance

FEW = {"n_permutations": 319}


def patients(n, seed, shift=0.0):
    table = pd.DataFrame(np.random.default_rng(seed).normal(size=(n, 3)), columns=["area", "mean", "entropy"])
    table["area"] += shift
    return table


class Only:
    """As much of an audit as the ranking looks at."""

    def __init__(self, real, synthetic, verdict="undecided"):
        tables = {"real": real, "synthetic": synthetic}
        self.inputs = {name: type("Input", (), {"table": table}) for name, table in tables.items()}
        self.verdict = verdict


# The distance


def test_mean_distances_by_hand():
    """Of 0, 1 and 3: pairs are 1, 3 and 2 apart, on average 2; from 0 and 4 they are (0+4+1+3+3+1)/6 = 2."""
    x, y = np.array([[0.0], [1.0], [3.0]]), np.array([[0.0], [4.0]])
    weights = np.ones((DRAWS + 1, 3))
    assert _within(x, weights)[0] == pytest.approx(2)
    assert _mean_distance(x, y, weights, np.ones((DRAWS + 1, 2)))[0] == pytest.approx(2)


def test_drawn_rows_have_the_mean_distance_of_the_rows():
    """Over all 27 draws of 3 rows, each as likely: the bootstrap is centred where it should be."""
    x = np.array([[0.0], [1.0], [3.0]])
    draws = [np.bincount(rows, minlength=3) for rows in itertools.product(range(3), repeat=3)]
    padded = np.vstack([np.ones(3), *draws, *draws * 14])[: DRAWS + 1]
    assert _within(x, padded)[1:28].mean() == pytest.approx(2)


def test_the_distance_is_the_energy_distance_of_common_ranks():
    real, near, far = patients(40, 0), patients(30, 1), patients(50, 2, 1.0)
    distances = _distances({"near": Only(real, near), "far": Only(real, far)}, 0)
    first, others = rank_scores(real.to_numpy(), np.concatenate([near, far]))
    for name, rows in (("near", others[:30]), ("far", others[30:])):
        assert distances[name][0] == pytest.approx(energy_distance(first, rows, n_permutations=79).value)


def test_the_spread_of_the_draws_is_about_that_of_fresh_patients():
    """60 fresh trials of a shifted candidate: their spread and the bootstrap's agree within a third."""
    values, spreads = [], []
    for seed in range(60):
        real, far = patients(60, [seed, 0]), patients(60, [seed, 1], 1.0)
        found = _distances({"far": Only(real, far)}, seed)["far"]
        values.append(found[0])
        spreads.append(found[1:].std())
    assert np.mean(spreads) == pytest.approx(np.std(values, ddof=1), rel=1 / 3)


# Who is told apart


def test_two_of_one_generator_are_not_told_apart(monkeypatch):
    """30 pairs: at the nominal 5 %, 6 or more happen in 1 of 300 runs; the bootstrap is more careful."""
    monkeypatch.setattr("gc.collect", lambda *_: 0)  # which statsmodels calls each time, and takes longest
    apart = 0
    for seed in range(30):
        real, *others = (patients(40, [seed, i]) for i in range(3))
        distances = _distances(dict(zip("ab", (Only(real, made) for made in others), strict=True)), seed)
        apart += bool(_compared(distances)["told_apart"].any())
    assert apart < 6


def test_places_are_ranges_where_the_data_cannot_tell():
    real = patients(150, 0)
    made = {"far": patients(150, 1, 1.0), "a": patients(150, 2), "b": patients(150, 3)}
    audits = {name: Only(real, table) for name, table in made.items()}
    audits["copy"] = Only(real, real + 1e-6, "reject")
    distances = _distances(audits, 0)
    ranking = _ranked(audits, distances, _compared(distances))
    assert list(ranking.index)[2:] == ["far", "copy"]
    assert distances["copy"][0] < distances[["a", "b"]].iloc[0].min(), "by its distance it would be first"
    places = {name: tuple(row) for name, row in ranking[["first", "last"]].iterrows()}
    assert places["a"] == places["b"] == (1, 2)
    assert places["far"] == (3, 3)
    assert np.isnan(places["copy"]).all()
    assert (ranking["low"] < ranking["distance"]).all()


def test_ties_of_distance_and_no_spread_are_no_difference():
    equal = pd.DataFrame({"a": np.zeros(DRAWS + 1), "b": np.zeros(DRAWS + 1)})
    (pair,) = _compared(equal).itertuples()
    assert (pair.p, pair.told_apart) == (1, False)


# Whole


@pytest.fixture(scope="module")
def found():
    real = patients(80, 0)
    real.attrs["label"] = EVIL
    made = {f"good {EVIL}": patients(80, 1), "also good": patients(80, 2), "shifted": patients(80, 3, 1.5)}
    return audit_candidates(real, made, **FEW)


def test_headline_and_order(found):
    assert list(found.audits) == list(found.ranking.index)
    assert found.ranking["verdict"].tolist() == ["undecided", "undecided", "reject"]
    assert found.best_verdict == "undecided"
    assert found.headline.startswith("Of 3 candidates 0 accepted, 2 undecided, 1 rejected.")
    assert "cannot be told apart from" in found.headline
    assert "no place. Reject" in found.summary().splitlines()[-1]
    assert "marginals" in found.open_checks("shifted")


def test_the_page_has_the_ranking_first_and_every_audit_whole(found):
    text = candidates_page(found)
    tags = Tags(text)
    assert len(tags.named("details")) == 3
    assert tags.text.index("Ranking") < tags.text.index("Pairs") < tags.text.index("All checks")
    assert tags.text.count("All checks") == tags.text.count("Provenance") == 3
    assert "1 to 2" in tags.text.replace("\u00a0", " ")
    assert len(tags.named("h1")) == 1
    for audit in found.audits.values():
        assert audit.headline in tags.text
        assert audit.about["inputs"]["synthetic"]["SHA-256"] in tags.text


def test_nothing_on_it_comes_from_elsewhere_or_runs(found):
    text = candidates_page(found)
    tags = Tags(text)
    assert "<script" not in text
    assert EVIL in tags.text
    assert EVIL not in text
    assert EVIL not in found._repr_html_()
    ids = [attrs["id"] for _, attrs in tags.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    for _, attrs in tags.tags:
        link = attrs.get("href") or attrs.get("src") or "data:"
        assert link.startswith("data:") or link.removeprefix("#") in ids


def test_the_json_holds_every_audit_and_the_page_may_be_written_again(found, tmp_path):
    for _ in range(2):
        found.to_html(tmp_path / "a.html")
        content = json.loads(found.to_json(tmp_path / "a.json").read_text("utf-8"))
    VALIDATOR.validate(content)
    assert [row["candidate"] for row in content["ranking"]] == list(found.audits)
    assert content["ranking"][2]["first"] is None
    assert set(content["audits"]) == set(found.audits)
    assert len(content["pairs"]) == 3


def test_cohorts_with_images_can_be_candidates():
    parts = [simulate_lesions(60, seed=1).subset(slice(20 * i, 20 * i + 20)) for i in range(3)]
    both = audit_candidates(
        parts[0], {"a": parts[1], "b": parts[2]}, classes=["firstorder", "shape2D"], **FEW
    )
    assert both.best_verdict == "undecided"
    assert "Two images side by side" in candidates_page(both)


def test_a_candidate_that_does_not_fit_is_refused_as_in_its_own_audit():
    real = patients(40, 0).assign(note=1.5)
    made = {"a": patients(40, 1).assign(note="x"), "b": patients(40, 2).assign(note=2.5)}
    with pytest.raises(ValueError, match="text where a feature is expected"):
        audit_candidates(real, made, **FEW)


@pytest.mark.parametrize(
    ("candidates", "complaint"),
    [
        ({"a": patients(20, 1)}, "two or more"),
        ([patients(20, 1), patients(20, 2)], "a dict of two or more"),
        (
            {"a": patients(20, 1), "b": patients(20, 1)},
            "b holds the same as the candidate a, to the last digit",
        ),
        ({"a": patients(20, 1), "b": patients(20, 0)}, "b holds the same as the real cohort"),
        ({"a": patients(20, 1), "b": patients(20, 9)}, "b holds the same as the holdout"),
        ({"a": patients(20, 1), "b": [[1.0]]}, "must be a Cohort or a DataFrame"),
    ],
)
def test_candidates_that_are_the_same_are_refused(candidates, complaint):
    with pytest.raises(ValueError, match=complaint):
        audit_candidates(patients(20, 0), candidates, patients(20, 9), **FEW)


# The command


@pytest.fixture
def run(tmp_path):
    def run(*tables, options=()):
        paths = []
        for number, table in enumerate(tables):
            paths.append(tmp_path / f"t{number}.csv")
            table.to_csv(paths[-1], index=False)
        arguments = ["audit", *paths, "--out", tmp_path / "a.html", "--permutations", 319, *options]
        return CliRunner().invoke(cli.app, [str(part) for part in arguments])

    return run


@pytest.mark.parametrize(
    ("shifts", "options", "code"),
    [
        ((0, 2), ("--margin", "3"), 3),
        ((2, 2), (), 1),
        ((0, 2), ("--limits", "limits.toml"), 0),
    ],
)
def test_the_exit_code_is_that_of_the_best_verdict(run, tmp_path, shifts, options, code):
    (tmp_path / "limits.toml").write_text('margin = 3\nrequired = ["marginals"]\n')
    options = [tmp_path / part if part.endswith("toml") else part for part in options]
    made = [patients(60, seed, shift) for seed, shift in enumerate(shifts, 1)]
    result = run(patients(60, 0), *made, options=(*options, "--json", tmp_path / "a.json"))
    assert result.exit_code == code, result.output
    assert result.stdout.startswith("Of 2 candidates")
    assert "t1.csv" in result.stdout
    VALIDATOR.validate(json.loads((tmp_path / "a.json").read_text("utf-8")))


def test_wrong_candidates_end_with_2_and_no_page(run, tmp_path):
    result = run(patients(20, 0), patients(20, 1), patients(20, 1))
    assert result.exit_code == 2
    assert "t2.csv holds the same as the candidate t1.csv" in result.stderr
    assert not (tmp_path / "a.html").exists()


def test_a_crash_looks_like_no_verdict(run, monkeypatch):
    def broken(*_, **__):
        raise ZeroDivisionError("by hand")

    monkeypatch.setattr("ganlab.audit.candidates._distances", broken)
    assert run(patients(20, 0), patients(20, 1), patients(20, 2)).exit_code == 70


def test_what_was_found_in_groups_and_for_a_target_stands_beside_the_ranking_and_in_the_summary():
    parts = {}
    for seed, name in enumerate(("real", "near", "lost", "test")):
        rng = np.random.default_rng(seed)
        site = rng.choice(["A", "B"], 80) if name != "lost" else "A"
        sick = rng.choice(["no", "yes"], 80)
        parts[name] = pd.DataFrame(rng.normal(size=(80, 3)), columns=list("abc")).assign(site=site, sick=sick)
    made = {name: parts[name] for name in ("near", "lost")}
    options = {"by": "site", "target": "sick", "test": parts["test"], "n_permutations": 359}
    found = audit_candidates(parts["real"], made, **options)
    lines = found.summary().splitlines()
    place = next(number for number, line in enumerate(lines) if line.startswith("lost: no place. Reject"))
    assert lines[place + 1].startswith("  By site: 1 of 2 groups were compared; site B has 0 of 80 synthetic")
    assert lines[place + 2].startswith("  Does it help to predict sick (")
    assert lines.count("Tested on the 80 test patients handed in.") == 1
    text = candidates_page(found)
    before_the_audits = text[: text.index("The audit of each candidate")]
    for words in ("By site: the groups of each candidate", "site B has 0 of 80", "to predict sick?"):
        assert words in before_the_audits
    with pytest.raises(ValueError, match="with the candidate lost: synthetic has no column 'site'"):
        audit_candidates(parts["real"], made | {"lost": made["lost"].drop(columns="site")}, **options)
