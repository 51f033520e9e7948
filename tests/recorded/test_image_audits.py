"""The audits of images that a GAN made come out again, and say what lecture 09 says."""

import json
from pathlib import Path

import numpy as np
import pytest

from ganlab.data import simulate_lesions
from ganlab.recorded import image_audits

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def verdicts():
    return image_audits.load().drop_duplicates(["candidate", "draw"])


def test_fresh_patients_outlined_by_the_rule_are_accepted_and_neither_gan_ever_is(verdicts):
    """A perfect cohort is rejected in 2.5 % of the draws: twice or more in ten in 2.5 % of recordings."""
    assert sorted(verdicts["draw"].unique()) == list(image_audits.DRAWS)
    of_fresh, *of_gans = (
        verdicts.query("candidate == @name") for name in ("fresh patients", *image_audits.GANS)
    )
    assert (of_fresh["verdict"] == "reject").sum() <= 1
    assert (of_fresh["verdict"] == "accept").mean() > 0.5
    assert all((of_gan["verdict"] == "reject").all() for of_gan in of_gans)


def test_measured_leaves_out_images_without_a_lesion():
    images = simulate_lesions(3, seed=5).images.copy()
    images[1] = 0.5
    assert len(image_audits.measured(images)) == 2


@pytest.mark.slow
def test_a_draw_is_audited_again_to_the_recorded_numbers(copied):
    """No training: one draw takes about 15 s of CPU. On another processor an outline may move by a pixel."""
    recorded = image_audits.load().query("draw == 0").set_index(["candidate", "check"])
    image_audits.make([0])
    again = image_audits.load().query("draw == 0").set_index(["candidate", "check"])
    assert (again[["verdict", "outcome"]] == recorded[["verdict", "outcome"]]).all(axis=None)
    numbers = ["value", "low", "high", "different"]
    np.testing.assert_allclose(again[numbers], recorded[numbers], rtol=0.02, atol=0.01)


def test_lecture_09_tells_what_was_recorded(verdicts):
    cells = json.loads((ROOT / "course" / "09-radiomic-validation.ipynb").read_text(encoding="utf-8"))[
        "cells"
    ]
    (seen,) = ("".join(cell["source"]) for cell in cells if cell["id"] == "gan-seen")
    counts = verdicts.groupby("candidate")["verdict"].value_counts()
    assert counts["fresh patients"].to_dict() == {"accept": 9, "undecided": 1}
    assert "accepted in nine of ten draws, and never rejected" in seen
    of_gan = image_audits.load().query("candidate == 'GAN'").set_index("check")
    features, pairs = (of_gan.loc[check, "different"] for check in ("marginals", "correlations"))
    assert (features.min(), features.max(), round(pairs.mean())) == (11, 12, 33)
    assert "11 or 12 differ, of the 91 pairs about 33" in seen
    assert f"only {100 * of_gan.loc['coverage', 'value'].mean():.0f} % of the real patients" in seen
    assert of_gan.loc["copies (features)", "value"].eq(0).all()
    missing = image_audits.PATIENTS - of_gan["n"]
    assert f"{missing.min()} to {missing.max()} of its 1,000 images show nothing" in seen


def test_lecture_09_tells_what_was_recorded_of_the_better_generator():
    cells = json.loads((ROOT / "course" / "09-radiomic-validation.ipynb").read_text(encoding="utf-8"))[
        "cells"
    ]
    (seen,) = ("".join(cell["source"]) for cell in cells if cell["id"] == "better-seen")
    checks = image_audits.load().query("candidate == 'texture GAN'").set_index("check")
    failed = (checks["outcome"] == "failed").groupby("check").sum().to_dict()
    assert {name: n for name, n in failed.items() if n} == {
        "coverage": 10,
        "recall": 10,
        "two-sample test": 3,
        "correlations": 2,
    }
    assert "the classifier fails three times, the correlations twice" in seen
    assert (checks.loc["marginals", "different"] == 0).all()
    assert (checks.loc["marginals", "outcome"] == "passed").all()
    assert "in none of the ten draws does any of the fourteen differ" in seen
    coverage, recall = (checks.loc[check, "value"].mean() for check in ("coverage", "recall"))
    assert f"Only {100 * coverage:.0f} % of the real patients" in seen
    assert f"the recall is {recall:.2f} instead of 0.97" in seen
    assert checks.loc["copies (features)", "value"].eq(0).all()
