"""The imbalance explorer, moved from code over all of its range."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from ganlab.data import load_wdbc
from ganlab.widgets import ImbalanceExplorer, imbalance_explorer

METRICS = ("accuracy", "sensitivity", "specificity", "balanced accuracy")


@pytest.fixture(scope="module")
def explorer():
    return ImbalanceExplorer()


def move(explorer, malignant, measurements="mean texture alone", remedy="nothing"):
    explorer.malignant.value = malignant
    explorer.measurements.value = measurements
    explorer.remedy.value = remedy
    return explorer.reading


def shown(explorer):
    return explorer.reading, explorer._png, explorer.sentence


@pytest.mark.parametrize(
    ("control", "value"),
    [("malignant", 20), ("measurements", "all 30 measurements"), ("remedy", "duplicates")],
)
def test_every_control_changes_reading_picture_and_sentence(explorer, control, value):
    move(explorer, 6)
    before = shown(explorer)
    getattr(explorer, control).value = value
    assert all(a != b for a, b in zip(shown(explorer), before, strict=True))


@pytest.mark.parametrize("remedy", ["nothing", "duplicates"])
def test_reading_matches_a_second_implementation_with_weights_for_copies(explorer, remedy):
    """scikit-learn's sample weights instead of copied rows: the same classifiers, so the same reading."""
    reading = move(explorer, 12, "all 30 measurements", remedy)
    wdbc = load_wdbc()
    pool, test = train_test_split(wdbc, test_size=1 / 3, stratify=wdbc["diagnosis"], random_state=0)
    x, x_test = (part.iloc[:, 2:].to_numpy() for part in (pool, test))
    y, y_test = ((part["diagnosis"] == "malignant").to_numpy() for part in (pool, test))
    rates = []
    for cohort in range(20):
        rng = np.random.default_rng(cohort)
        benign, malignant = (
            rng.permutation(np.flatnonzero(y == kind))[:n] for kind, n in ((False, 60), (True, 12))
        )
        own = np.concatenate([benign, malignant])
        weights = np.where(y[own] & (remedy == "duplicates"), 5, 1)  # 12 patients, 60 places
        model = make_pipeline(StandardScaler(), LogisticRegression())
        model.fit(
            x[own], y[own], standardscaler__sample_weight=weights, logisticregression__sample_weight=weights
        )
        called = model.predict(x_test)
        rates.append((called[y_test].mean(), (~called[~y_test]).mean()))
    sensitivity, specificity = np.transpose(rates)
    expected = (
        (sensitivity * 12 + specificity * 60) / 72,
        sensitivity,
        specificity,
        (sensitivity + specificity) / 2,
    )
    for name, values in zip(METRICS, expected, strict=True):
        wanted = (values.mean(), *np.quantile(values, [0.025, 0.975]))
        assert reading[name] == pytest.approx(wanted, abs=0.005), name  # one of 20 x 71 calls may tip over


@pytest.mark.parametrize("measurements", list(imbalance_explorer.MEASUREMENTS))
@pytest.mark.parametrize("malignant", [2, 12, 60])
def test_the_sentence_says_the_reading_and_the_numbers_of_patients_add_up(explorer, malignant, measurements):
    reading = move(explorer, malignant, measurements)
    for name in METRICS:
        mean, low, high = reading[name]
        assert 0 <= low <= mean <= high <= 1
        assert f"{100 * mean:.0f} % ({100 * low:.0f} to {100 * high:.0f})" in explorer.sentence
    assert reading["always benign"] == pytest.approx(60 / (60 + malignant))
    assert reading["malignant"] == round(1000 * malignant / (60 + malignant))
    assert reading["missed"] == round(reading["malignant"] * (1 - reading["sensitivity"][0]))
    assert f"{reading['missed']} of them are missed" in explorer.sentence


def test_what_the_lesson_says_was_to_be_seen(explorer):
    """Cells `explorer-seen` of the lecture and `half-found-discuss` of the assignment."""
    rare = move(explorer, 6)
    assert rare["sensitivity"][0] < 0.05
    assert abs(rare["accuracy"][0] - rare["always benign"]) < 0.01
    copied = move(explorer, 6, remedy="duplicates")
    assert copied["sensitivity"][0] > 0.5
    assert copied["accuracy"][0] < rare["accuracy"][0] - 0.1
    found = {n: move(explorer, n)["sensitivity"][0] for n in imbalance_explorer.MALIGNANT}
    assert min(n for n, share in found.items() if share >= 0.5) == 45
    everything = [move(explorer, n, "all 30 measurements") for n in (2, 20)]
    assert all(0.95 < reading["accuracy"][0] < 0.995 for reading in everything)
    assert 1 - everything[0]["sensitivity"][0] > 1 / 3
    assert 0.09 < 1 - everything[1]["sensitivity"][0] < 0.15


def test_with_as_many_of_both_duplicates_change_nothing(explorer):
    assert move(explorer, 60) == move(explorer, 60, remedy="duplicates")


def test_the_same_position_shows_the_same_thing_however_it_was_reached(explorer):
    move(explorer, 30, "all 30 measurements", "duplicates")
    move(explorer, 4)
    assert shown(ImbalanceExplorer(malignant=4)) == shown(explorer)


def test_an_error_while_drawing_reaches_whoever_moved_the_slider(explorer, monkeypatch):
    move(explorer, 6)

    def broken(*arguments, **settings):
        raise LookupError("the view is broken")

    monkeypatch.setattr(imbalance_explorer, "plot_patient_grid", broken)
    with pytest.raises(LookupError, match="the view is broken"):
        explorer.malignant.value = 8


def test_without_a_front_end_it_is_a_picture_and_a_sentence(explorer, monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    bundle = explorer._repr_mimebundle_()
    assert set(bundle) == {"image/png", "text/plain"}
    assert bundle["text/plain"] == explorer.sentence
