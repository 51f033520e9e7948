"""Rows that share several many-digit values with one real patient are found; ties of other kinds are not."""

from math import comb

import numpy as np
import pandas as pd
import pytest

from ganlab.audit import audit
from ganlab.audit.partial_copies import CERTAIN, partial_copies
from ganlab.data import simulate_lesions
from ganlab.radiomics import extract_features, outline_lesions

SIZES = (50, 100, 300)


def correlated(rng, n, correlation):
    shared = rng.normal(size=(n, 1)) * correlation**0.5
    return shared + rng.normal(size=(n, 6)) * (1 - correlation) ** 0.5


def zeros(rng, n, share, each=True):
    return np.where(rng.random((n, 6 if each else 1)) < share, 0, rng.exponential(1, (n, 6)))


def indices(rng, n):
    """Of people whose height and weight are whole numbers: two alike in both are alike in all six indices."""
    height = rng.normal(172, 9, n).round()
    weight = np.maximum(40, (rng.normal(78, 13, n) + 0.6 * (height - 172)).round())
    lean = 0.407 * weight + 0.267 * height - 19.2
    metres = height / 100
    surface = 0.007184 * weight**0.425 * height**0.725
    others = np.sqrt(weight * height / 3600), weight / metres**3, lean / weight
    return np.column_stack([weight / metres**2, surface, lean, *others, rng.lognormal(0, 1, (n, 6))])


DRAWN = {
    "normal": lambda rng, n: rng.normal(size=(n, 6)),
    "counts": lambda rng, n: rng.poisson(2, (n, 6)),
    "rounded to a tenth, correlated": lambda rng, n: correlated(rng, n, 0.95).round(1),
    "rounded to a hundredth, correlated": lambda rng, n: correlated(rng, n, 0.99).round(2),
    "zero-inflated": lambda rng, n: zeros(rng, n, 0.9),
    "nothing to measure in a few patients, then standardized": lambda rng, n: (
        (zeros(rng, n, 0.02, each=False) - 0.9531) / 1.0172
    ),
    "clustered": lambda rng, n: rng.normal(size=(n, 6)) + 30 * rng.choice(3, (n, 1), p=[0.7, 0.28, 0.02]),
    "tight clusters, rounded": lambda rng, n: (100 * rng.integers(40, size=(n, 1)) + zeros(rng, n, 0)).round(
        1
    ),
    "one count in six units": lambda rng, n: (
        1.7321 * rng.integers(1, 20_000, (n, 1)) ** np.array([1, 2 / 3, 1 / 3, 1, 1 / 2, 1 / 10])
    ),
    "six indices of height and weight, and six measurements": lambda rng, n: indices(rng, n),
    "one number for all that is missing": lambda rng, n: np.where(
        rng.random((n, 1)) < 0.02, 0.1234567, rng.normal(size=(n, 6))
    ),
}


@pytest.mark.parametrize("kind", DRAWN)
def test_fresh_patients_are_never_accused(kind):
    """One audit in a million may be; of these 60 none."""
    for n in SIZES:
        for seed in range(20):
            rng = np.random.default_rng([seed, n])
            real, fresh = (pd.DataFrame(DRAWN[kind](rng, n).astype(float)) for _ in range(2))
            assert partial_copies(real, fresh).pairs == ()


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("written", [np.float64, np.float32])
def test_five_of_six_features_of_a_real_patient_are_found(n, written):
    rng = np.random.default_rng(n)
    real, made = (pd.DataFrame(correlated(rng, n, 0.5), columns=list("abcdef")) for _ in range(2))
    inner = real.rank().isin(range(2, n)).all(axis=1).idxmax()  # smallest and largest values do not count
    made.loc[7, list("abcde")] = real.loc[inner, list("abcde")].astype(written)
    assert partial_copies(real, made).pairs == ((7, inner, tuple("abcde")),)


def test_the_chance_by_hand():
    """Uncorrelated features without a tie: 3 / n^2 in each, and the ways to choose them."""
    real, made = (pd.DataFrame(np.random.default_rng(s).normal(size=(300, 6))) for s in (0, 1))
    inner = real.rank().isin(range(2, 300)).all(axis=1).idxmax()
    made.iloc[0, :4] = real.iloc[inner, :4]
    by_hand = 300 * 300 * comb(6, 4) * (3 / 300**2) ** 4
    assert partial_copies(real, made).p_value == pytest.approx(by_hand, rel=0.05)
    assert by_hand < CERTAIN


def test_the_audit_rejects_them_and_names_who_and_which_features():
    real, made = (
        pd.DataFrame(np.random.default_rng(s).normal(size=(100, 6))).add_prefix("f") for s in (2, 3)
    )
    assert audit(real, made, n_permutations=319).verdict == "undecided"
    made.iloc[:9, :5] = real.iloc[20:29, :5]
    report = audit(real, made, n_permutations=319)
    check = next(check for check in report.checks if check.name == "copies (features)")
    assert (report.verdict, check.outcome) == ("reject", "failed")
    assert "synthetic rows agree with a real one to the last digit in up to 5 of 6 features" in check.finding


@pytest.mark.slow
def test_small_lesions_with_the_same_counts_of_pixels_are_no_copies():
    """Of 1,000 and 1,000 fresh patients four were accused, of up to twelve features that counts decide."""
    tables = []
    for seed in (500, 501):
        lesions = simulate_lesions(1000, seed=seed)
        masks = outline_lesions(lesions.images, lesions.spacing_mm[0])
        seen = masks.any(axis=(1, 2))
        lesions = lesions.replace(masks=masks).subset(seen)
        tables.append(extract_features(lesions, progress=False).select_dtypes("number"))
    real, fresh = tables
    assert real.shape[1] == 102
    assert partial_copies(real, fresh).pairs == ()
    made = fresh.copy()
    columns = np.random.default_rng(0).choice(102, 20, replace=False)
    made.iloc[3, columns] = real.iloc[7, columns].to_numpy()
    assert [pair[:2] for pair in partial_copies(real, made).pairs] == [(3, 7)]
