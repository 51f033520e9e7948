"""The recorded games of few images: whole, played again by their command, and told rightly in lecture 10."""

import itertools
import json
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from ganlab.data import simulate_lesions
from ganlab.recorded import few_images

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def table():
    return few_images.load()


def test_every_game_of_every_seed_is_there_once(table):
    games = set(zip(table["patients"], table["arm"], table["seed"], strict=True))
    assert games == set(itertools.product(few_images.PATIENTS, few_images.ARMS, few_images.SEEDS))
    assert len(table) == len(games)
    shares = table[["typical", "inverted", "precision", "recall", "coverage"]]
    assert shares.min(axis=None) >= 0
    assert shares.max(axis=None) <= 1
    np.testing.assert_allclose(table[["homogeneous", "rim-enhancing", "speckled"]].sum(axis=1), 1, atol=2e-3)


def test_an_inverted_liver_is_told_from_a_liver():
    cohort = simulate_lesions(200, seed=5)
    assert not few_images.inverted(cohort.images).any()
    turned = cohort.scaling.to_intensity(-cohort.scaling.to_network(cohort.images))
    assert few_images.inverted(turned).all()


def test_a_sheet_holds_six_images_in_the_cohorts_unit():
    for arm, seed in few_images.SHOWN:
        images = few_images.sheet(arm, seed)
        assert images.shape == (6, 32, 32)
        assert 0 <= images.min() < 0.5 < images.max() <= 1.25
    with pytest.raises(ValueError, match=r"no samples are kept of the arm 'nothing' with seed 2"):
        few_images.sheet("nothing", 2)


def test_the_sheet_of_the_leak_shows_the_game_that_the_table_calls_inverted(table):
    leaking = table.query("patients == 50 and arm == 'and inverted contrast'").set_index("seed")["inverted"]
    for seed in (0, 2):
        images = few_images.sheet("and inverted contrast", seed)
        assert few_images.inverted(images).all() == (leaking[seed] > 0.5)


@pytest.mark.slow
@pytest.mark.parametrize("arm", few_images.ARMS)
def test_a_game_still_makes_what_was_recorded_as_far_as_its_hundredth_step(table, arm):
    """The whole of it takes 40 s of one core, a hundred steps 4 s.

    Of the samples after a hundred steps one number is stored, their spread over all pixels. Processors round
    differently, so nearly; the scale is how far apart the recorded games lie.
    """
    recorded = table.query("patients == 50").set_index(["arm", "seed"])["early"]
    again = few_images.play(50, arm, 0, steps=few_images.EARLY).early
    others = (recorded.drop((arm, 0)) - recorded[arm, 0]).abs()
    print(f"recorded {recorded[arm, 0]:.4f}, now {again:.4f}; others differ by {others.min():.4f} or more")
    assert abs(again - recorded[arm, 0]) < 0.002
    assert others.median() > 0.01


def test_lecture_10_tells_what_was_recorded(table):
    lecture = json.loads((ROOT / "course" / "10-augmentation-dossier.ipynb").read_text(encoding="utf-8"))
    (told,) = ("".join(cell["source"]) for cell in lecture["cells"] if cell["id"] == "few-discuss")
    scores = table["train_score"], table["fresh_score"], table["fake_score"]
    memory = (scores[0] - scores[1]) / (scores[0] - scores[2])
    games = table.assign(memory=memory).set_index(["patients", "arm", "seed"]).sort_index()

    def of(measure, n, arm):
        return games.loc[(n, arm), measure]

    def in_words(values):
        reach = stats.t.ppf(0.975, len(values) - 1) * stats.sem(values)
        mean, low, high = (f"{x:.2f}".replace("-", "−") for x in np.add(values.mean(), [0, -reach, reach]))
        return f"{mean} ({low} to {high})"

    plain, changed, leaking, needed = few_images.ARMS
    gains = {name: of(name, 50, changed) - of(name, 50, plain) for name in ("typical", "recall", "ratio")}
    difference = of("memory", 50, plain) - of("memory", 50, changed)
    with_200 = of("typical", 200, changed) - of("typical", 200, plain)
    numbers = (of("memory", 50, plain), of("memory", 50, changed), of("memory", 200, plain))
    for values in (*numbers, difference, with_200, *gains.values()):
        assert in_words(values) in told
    difference = of("memory", 200, plain) - of("memory", 200, changed)
    assert in_words(difference).replace(" (", ", ", 1) in told
    for values in (of("memory", 50, needed), of("typical", 50, needed) - of("typical", 50, plain)):
        assert in_words(values) in told
    assert f"seed by seed {in_words(of('memory', 50, plain) - of('memory', 50, needed))} less" in told
    *most, last = (f"{probability:.2f}" for probability in of("probability", 50, needed))
    assert f"ended at {', '.join(most)} and {last}" in told
    assert f"at most {of('probability', 200, needed).max():.2f}" in told
    alarmed = of("probability", 2000, needed).idxmax()
    assert f"to {of('probability', 2000, needed)[alarmed]:.2f} in one game" in told
    assert f"(recall {of('recall', 2000, needed)[alarmed]:.2f})" in told
    for n in few_images.PATIENTS:
        assert f"{of('ratio', n, plain).mean():.2f} with {n:,}" in told
    assert max(of("memory", 2000, arm).max() for arm in (plain, changed)) < 0.25
    inverted = games["inverted"].unstack("seed")
    assert ((inverted > 0.9) | (inverted < 0.1)).all(axis=None)
    leaks = (inverted.xs(leaking, level="arm") > 0.9).sort_index()
    assert leaks.to_numpy().tolist() == [
        [False, True, False, True],
        [False, True, True, True],
        leaks.loc[50].tolist(),
    ]
    assert inverted.drop(leaking, level="arm").max(axis=None) == 0
    assert "seven of the twelve games ended with inverted lesions" in told
    assert "Two of the four seeds ended inverted with every number of patients, one with none" in told
    rare = [f"{100 * of('speckled', 50, arm).mean():.0f} %" for arm in (changed, plain)]
    assert (
        f"there are {rare[0]} among the samples with flips and translation, and {rare[1]} with nothing"
        in told
    )
    assert f"there is {100 * of('speckled', 2000, changed).mean():.0f} % of it" in told
    assert (of("typical", 2000, plain) < 0.1).sum() == 1  # the game that collapsed
    assert of("typical", 2000, plain).mean() < of("typical", 50, plain).mean()
