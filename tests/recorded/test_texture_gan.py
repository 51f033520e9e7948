"""The better recorded generator: what it makes, and what lectures say of it. Its command: test_lesion_gan."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from ganlab.data import lesion_patterns, simulate_lesions, texture_oracle
from ganlab.diagnostics import RandomConvolutions, memorization, prdc
from ganlab.recorded import lesion_gan, texture_gan

ROOT = Path(__file__).parents[2]
ORDERS = {"benign": 1200, "malignant": 800}  # as in the population


@pytest.fixture(scope="module")
def of_class():
    """2,000 samples by diagnosis, in a.u."""
    gan = texture_gan.load()
    return {diagnosis: gan.sample(diagnosis, n, seed=1) for diagnosis, n in ORDERS.items()}


@pytest.fixture(scope="module")
def mixed(of_class):
    return np.concatenate(list(of_class.values()))[np.random.default_rng(0).permutation(2000)]


@pytest.fixture(scope="module")
def train():
    """The patients it learnt from."""
    return simulate_lesions(texture_gan.PATIENTS, seed=0)


def test_more_of_its_samples_are_typical_than_of_the_ordinary_pair_and_fewer_than_of_patients(mixed):
    oracle, ordinary = texture_oracle(), lesion_gan.load()
    of_pair = np.concatenate([ordinary.sample(diagnosis, n, seed=1) for diagnosis, n in ORDERS.items()])
    of_patients = simulate_lesions(2000, seed=20_000).images
    typical = [(oracle.typicality(images) > 0.05).mean() for images in (of_pair, mixed, of_patients)]
    print(
        f"typical: ordinary pair {typical[0]:.3f}, texture pair {typical[1]:.3f}, patients {typical[2]:.3f}"
    )
    assert typical[0] + 0.1 < typical[1] < typical[2]


def test_each_diagnosis_brings_its_textures_in_nearly_the_shares_of_patients(of_class):
    """The largest deviation, in points; by counting alone 800 samples would be off by 3.5 at most."""
    oracle, shares = texture_oracle(), lesion_patterns()
    furthest = max(
        abs((oracle.predict(images) == texture).mean() - shares.loc[texture, diagnosis])
        for diagnosis, images in of_class.items()
        for texture in oracle.patterns
    )
    assert furthest < 0.08


def test_it_reaches_most_kinds_of_patients_and_copies_none(mixed, train):
    fresh, made = simulate_lesions(1000, seed=10_000).images, mixed[:1000]
    space = RandomConvolutions().fit(train.images)
    shares = prdc(space.place(fresh), space.place(made))
    assert shares.recall.value > 0.8
    assert shares.precision.value > 0.85
    assert not memorization(train.images, made, fresh).suspected_copies().table["accused"].any()


@pytest.mark.slow
def test_lecture_05_says_which_generator_of_the_archive_helps():
    """The trial of its cell `archive-trial`, with 24 cohorts: 20 s of one core."""
    cells = json.loads((ROOT / "course" / "05-conditional-gan.ipynb").read_text(encoding="utf-8"))["cells"]
    source = {cell["id"]: "".join(cell["source"]) for cell in cells}
    names = {"space": RandomConvolutions().fit(simulate_lesions(500, malignant_fraction=0.5, seed=11).images)}
    names["gan"] = lesion_gan.load()
    for cell in ("imports", "lesions-arms", "lesions-trial", "archive-trial"):
        lines = source[cell].splitlines()
        exec("\n".join(line for line in lines if not line.startswith("print(")), names)
    gains = names["trial"].differences.xs("AUC", level="metric")
    print(gains)
    quick, better = (gains.loc[f"{which} GAN of the archive"] for which in ("quick", "better"))
    assert quick["low"] < 0 < quick["high"]
    assert better["low"] > 0
    assert "For the quick GAN no gain on the duplicates is shown" in source["archive-seen"]
    assert "The better one does help" in source["archive-seen"]


@pytest.mark.parametrize("lecture", ["05-conditional-gan", "09-radiomic-validation"])
def test_no_patient_of_a_lecture_was_among_those_that_a_recorded_gan_learnt_from(lecture):
    """They learnt from patients of seed 0: a cohort with that seed holds the same patients."""
    cells = json.loads((ROOT / "course" / f"{lecture}.ipynb").read_text(encoding="utf-8"))["cells"]
    code = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    seeds = re.findall(r"simulate_lesions\([^()]*seed=(\w+)", code)
    assert len(seeds) >= 2
    assert "0" not in seeds
