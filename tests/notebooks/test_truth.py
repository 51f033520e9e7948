"""What the lessons say about the world: numbers that they quote, their sources, sentences proved wrong."""

import functools
import re

import nbformat
import numpy as np
import pytest
import torch
from conftest import COURSE, LESSONS, ROOT
from scipy import optimize, stats
from scipy.spatial.distance import pdist
from scipy.special import xlogy

from ganlab.data import load_wdbc
from ganlab.models import mlp_discriminator, mlp_generator
from ganlab.objectives import NonSaturating
from ganlab.recorded import audits, utility
from ganlab.theory import wasserstein1
from ganlab.training import Game
from ganlab.training.batches import Batch

IDENTIFIER = re.compile(r"(arXiv:\d{4}\.\d{4,5}|doi:10\.\S+)\.$")
CITATION = re.compile(r"([A-Z][a-zü]+)(?: and colleagues| and others| et al\.)?,? \(?((?:19|20)\d\d)[,);]")

every_lesson = pytest.mark.parametrize("lesson", LESSONS)


@functools.cache
def texts(path):
    """{cell id: text} of the prose of a notebook."""
    cells = nbformat.read(path, as_version=4).cells
    return {cell.id: cell.source for cell in cells if cell.cell_type == "markdown"}


def lecture(lesson):
    (path,) = (ROOT / "course").glob(f"{lesson}*.ipynb")
    return texts(path)


@every_lesson
def test_lecture_ends_with_its_references_each_with_a_year_and_where_it_has_one_an_identifier(lesson):
    name, text = list(lecture(lesson).items())[-1]
    assert name == "references"
    title, _, *sources = text.splitlines()
    assert title == "## References"
    without = [source for source in sources if not IDENTIFIER.search(source)]
    assert all(re.search(r"\((1[789]|20)\d\d\)\. ", source) for source in sources)
    # Papers that have neither a DOI nor an arXiv number name their journal; laws and opinions, their number.
    others = ("- Monge", "- Holm", "- Mantel", "- European", "- FDA")
    assert [source for source in without if not source.startswith(others)] == []


@every_lesson
def test_who_is_cited_with_a_year_stands_among_the_references(lesson):
    *prose, references = lecture(lesson).values()
    for author, year in CITATION.findall("\n".join(prose)):
        assert re.search(rf"{author}.*\({year}\)", references), (author, year)


def test_both_plans_between_heaps_at_0_and_1_and_holes_at_3_and_2_cost_4():
    heaps, crossing, straight = np.array([0.0, 1.0]), np.array([3.0, 2.0]), np.array([2.0, 3.0])
    assert abs(heaps - crossing).sum() == abs(heaps - straight).sum() == 4
    assert 2 * wasserstein1(heaps, crossing) == pytest.approx(4)
    assert "both cost 4 in all" in lecture("06")["earth-seen"]


def test_circles_with_perimeters_10_and_30_break_the_law_of_means_and_no_patient_does():
    perimeters = np.array([10.0, 30.0])
    area, of_the_mean = (perimeters**2 / (4 * np.pi)).mean(), perimeters.mean() ** 2 / (4 * np.pi)
    assert (round(area, 1), round(of_the_mean, 1)) == (39.8, 31.8)
    text = lecture("10")["laws-text"]
    assert all(number in text for number in ("39.8", "31.8", "0 of 569"))
    wdbc = load_wdbc()
    assert len(wdbc) == 569
    assert (4 * np.pi * wdbc["mean area"] > wdbc["mean perimeter"] ** 2).sum() == 0


def test_paired_gain_of_duplicates_is_quoted_as_the_draws_and_the_instrument_give_it():
    trials = utility.load().query(
        "n_rare == 20 and metric == 'sensitivity' and arm in ('duplicates', 'none')"
    )
    draws = trials[trials["draw"] >= 0].pivot_table(index="draw", columns="arm", values="value")
    gain = (draws["duplicates"] - draws["none"]).to_numpy()
    share = 100 / 238  # of the benign patients, of whom a draw takes the larger share
    scale = gain.std(ddof=1) * np.sqrt(1 / len(gain) + share / (1 - share))
    low, high = stats.t.interval(0.95, df=len(gain) - 1, loc=gain.mean(), scale=scale)
    wider = trials.query("arm == 'duplicates' and reference == 'none' and draw < 0").iloc[0]
    discussed = texts(COURSE.source("10-augmentation-dossier"))["paired-gain-discuss"]
    assert f"({low:.3f} to {high:.3f})" in discussed
    assert f"−{abs(wider['low']):.3f} to {wider['high']:.3f}" in discussed
    assert low > 0 > wider["low"]


def test_by_all_pairs_a_perfect_generator_on_a_line_seems_forty_times_too_near():
    """The mean nearest distance by the mean over all pairs; the lecture's own draw."""
    rng, ratios = np.random.default_rng(0), []
    for _ in range(10):
        known, new = rng.normal(size=(2, 100))
        near = abs(new[:, None] - known).min(axis=1).mean()
        ratios.append(near / pdist(known[:, None]).mean())
    assert 35 < 1 / np.mean(ratios) < 45
    assert "forty times nearer" in lecture("04")["all-pairs-seen"]


def test_no_arm_is_shown_to_find_more_malignant_patients_than_none_though_each_mean_is_higher():
    gains = utility.load().query("reference == 'none' and metric == 'sensitivity' and draw < 0")
    assert len(gains) == 12
    assert (gains["low"] < 0).all()
    assert (gains.query("n_rare < 40")["value"] > 0).all()
    at_five = utility.load().query(
        "n_rare == 5 and arm == 'GAN' and metric == 'balanced accuracy' and reference == 'duplicates'"
    )
    low, high = 100 * at_five.loc[at_five["draw"] < 0, ["low", "high"]].to_numpy()[0]
    assert f"from −{-low:.1f} to {high:.1f} points" in lecture("10")["bench-seen"]


def test_verdicts_on_the_good_cohort_and_on_copies_are_told_as_recorded():
    table = audits.load().drop_duplicates(["candidate", "n", "draw"]).query("draw < 10")
    counts = table.groupby(["candidate", "n"])["verdict"].value_counts()
    accepted = counts["good"].unstack(fill_value=0)["accept"]
    assert (accepted[[50, 100, 200]] == 0).all()
    assert accepted[[400, 1000]].tolist() == [6, 10]
    text = lecture("09")["worth-seen"]
    assert (
        "undecided up to 200 patients, accepted in six of ten draws with 400, in all ten with 1,000" in text
    )
    assert counts["copies", 100, "reject"] == 8
    assert "with a hundred, the copies in eight of ten" in text


# Of the lesions of module 05: homogeneous, rim-enhancing, speckled.
TEXTURES = {"benign": np.array([0.643, 0.324, 0.033]), "malignant": np.array([0.164, 0.638, 0.198])}
# With mismatched pairs. Benign: c 0.643 - 0.164 = 1 at c = 1.810, where c 0.324 < 0.638 and c 0.033 < 0.198.
# Malignant: c 0.836 - 0.357 = 1 at c = 1.6232, where c 0.164 < 0.643; 0.638 c - 0.324 and 0.198 c - 0.033.
CARICATURE = {"benign": [1, 0, 0], "malignant": [0, 0.7116, 0.2884]}


def ends_at(p, wrong, weight):
    """Shares q at which the value of the game with the best discriminator is lowest, by search.

    A weight of 0 is the pair loss; `weight` is the share of mismatched pairs among what counts as fake.
    """

    def value(q):
        fake = weight * wrong + (1 - weight) * q
        return (xlogy(p, p / (p + fake)) + xlogy(fake, fake / (p + fake))).sum()

    total = {"type": "eq", "fun": lambda q: q.sum() - 1}
    start, settings = np.full(3, 1 / 3), {"bounds": [(1e-12, 1)] * 3, "constraints": total, "tol": 1e-14}
    return optimize.minimize(value, start, method="SLSQP", **settings).x


@pytest.mark.parametrize(("kind", "other"), [("benign", "malignant"), ("malignant", "benign")])
def test_pair_loss_ends_at_the_data_and_mismatched_pairs_at_a_caricature(kind, other):
    p, wrong = TEXTURES[kind], TEXTURES[other]
    assert ends_at(p, wrong, 0.0) == pytest.approx(p, abs=1e-4)
    assert ends_at(p, wrong, 0.5) == pytest.approx(CARICATURE[kind], abs=1e-4)
    lesson, names = nbformat.read(next((ROOT / "course").glob("05*.ipynb")), as_version=4), {}
    cells = {cell.id: cell.source for cell in lesson.cells}
    exec(cells["mismatched-optimum"].split("\n\n\n")[0], {"np": np, "optimize": optimize}, names)
    assert names["with_mismatched_pairs"](p, wrong) == pytest.approx(CARICATURE[kind], abs=1e-4)


def test_conditional_game_of_the_library_has_pairs_of_two_kinds():
    """Its loss by hand from its own scores: real samples with their labels, fakes with those asked for."""
    game = Game(
        mlp_generator(latent_dim=2, width=8, n_classes=2, seed=0),
        mlp_discriminator(width=8, n_classes=2, seed=1),
        NonSaturating(),
    )
    real, fake = torch.randn(2, 6, 2, generator=torch.Generator().manual_seed(2))
    labels, asked = torch.tensor([0, 1, 0, 1, 1, 0]), torch.tensor([1, 1, 0, 0, 1, 0])
    paid, _, _ = game.discriminator_loss(Batch((real, labels)), Batch((fake, asked)), torch.Generator(), None)
    yes, no = game.score(real, labels), game.score(fake, asked)
    expected = -torch.sigmoid(yes).log().mean() - (1 - torch.sigmoid(no)).log().mean()
    assert float(paid) == pytest.approx(float(expected), abs=1e-5)


def test_time_of_an_assignment_is_the_same_in_the_overview_and_on_the_assignment():
    overview = (ROOT / "course" / "README.md").read_text(encoding="utf-8")
    for lesson in LESSONS:
        (said,) = re.findall(rf"{lesson}\.ipynb\), (\d+ to \d+ minutes)", overview)
        assert f"**Time** {said}." in texts(COURSE.source(lesson))["title"], lesson


WRONG = {
    "with real scans": "Cohen, Luck and Honari used simulated tumours",
    "none gets longer": "only the total of two ways never grows when they are uncrossed",
    "cheapest plan never crosses": "a plan that crosses may cost as little",
    "three largest nuclei": "'worst' is the mean of the three largest values of each feature",
    "by nobody and with no network": "near the floor means not shown",
    "tolerances are those of the American": "the ACR's range of air is -1005 to -970 HU, for a phantom",
    "fake ten times out of eleven": "with a probability of 1/11 all of them are called fake",
    "all of them in print": "no source was given",
    "agree in substance": "no source was given",
    "hundred years older than GANs": "the distance is from 1942",
    "A screening clinic: of 1,000 women, 50": "5 % is not the prevalence of screening",
    "**With it** they do better on average": "the games with the cycle tie with the average brain",
    'the two kinds of "no" together': "with mismatched pairs the optimum is not the data",
    "the order is free": "the column of prerequisites says otherwise",
    "a hundred times nearer": "by all pairs a perfect generator on a line seems forty times too near",
    "the two histograms hardly overlap": "with bins of 1 HU the divergence is a third of log 2",
    "undecided, undecided, accept": "six of ten good cohorts are accepted with 400 patients",
    "clearly **worse than the duplicates**": "only the sensitivity was shown to be lower",
    "a weight alone raises sensitivity": "in eight draws the interval of each arm holds 0",
    "longer series of twenty draws": "no cell and no test held its numbers",
    "a copy in law": "no law was named",
    "16 of 16 may become 0 of 16": "at the end 13 of 16 games have lost a mode",
}


@pytest.mark.parametrize("sentence", WRONG)
def test_sentence_that_was_proved_wrong_has_not_come_back(sentence):
    paths = [*(ROOT / "course").glob("*.ipynb"), *map(COURSE.source, LESSONS)]
    said = [text for path in paths for text in texts(path).values()]
    said.append((ROOT / "course" / "README.md").read_text(encoding="utf-8"))
    assert not any(sentence in text for text in said), WRONG[sentence]
