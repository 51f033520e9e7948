"""Simulated liver lesions on MRI: three textures, benign or malignant, and the ceiling of any classifier."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.ndimage import gaussian_filter

from ganlab.data.cohort.cohort import Cohort
from ganlab.data.simulated.drawing import (
    blocks,
    column,
    coverage,
    pixel_centres,
    random_outlines,
    smooth_field,
)
from ganlab.seeding import seeded_numpy_rng
from ganlab.shapes import Seed, Values
from ganlab.validation import as_array, as_probabilities, as_share, positive_integer

PATTERNS = ("homogeneous", "rim-enhancing", "speckled")
DEFAULT_WEIGHTS = (0.45, 0.45, 0.10)

FIELD_OF_VIEW_MM = 48.0
POINT_SPREAD_MM = 0.7  # standard deviation
RADIUS_MM = (9.0, 16.0)
CENTRE_JITTER_MM = 3.0
IRREGULARITY = (0.01, 0.12)
LIVER = 0.5  # a.u.; every other intensity is relative to it
INTENSITY_RANGE = (0.0, 1.25)

# Log-odds of malignancy of a lesion of 12 mm and irregularity 0.06, and how they change from there.
PATTERN_LOG_ODDS = (-2.4, 0.2, 1.6)
LOG_ODDS_PER_DOUBLING = 2.0
LOG_ODDS_PER_IRREGULARITY = 35.0


def simulate_lesions(
    n: int,
    pattern_weights: Sequence[float] | Mapping[str, float] | None = None,
    malignant_fraction: float | None = None,
    size: int = 32,
    seed: Seed = 0,
) -> Cohort:
    r"""Liver lesions on MRI, one per patient, in a square field of view of 48 mm.

    **Patterns.** *homogeneous*: one even grey, darker or brighter than the liver. *rim-enhancing*: a
    bright, patchy rim of 20 to 32 % of the radius around a dark core with coarse blotches. *speckled*:
    fine bright and dark grains throughout.

    **Image.** Liver with correlated texture, vessels and sometimes the organ's edge; the lesion's outline
    has lobes, its border pixels are mixtures (partial volume); then the point spread of the scanner, a
    smooth multiplicative bias field and Rician noise
    :math:`\sqrt{(s + \sigma\varepsilon_1)^2 + (\sigma\varepsilon_2)^2}`, :math:`\sigma` = 0.012 to 0.024
    where the liver is 0.5.

    **Malignancy.** Nature tosses a coin whose bias depends on the pattern, the radius r and the margin's
    irregularity m (`Outlines.irregularity`), so no classifier can be perfect; `bayes_ceiling` of the
    truth's `malignancy_probability` says how good the best one is: at the default weights accuracy 0.79 and
    AUC 0.87. A convolutional network trained on 60,000 images came to 0.784 +- 0.006 and 0.85.

    .. math:: \operatorname{logit} p = b_\text{pattern} + 2 \log_2 (r / 12\,\text{mm}) + 35\,(m - 0.06),
       \qquad b = -2.4,\ 0.2,\ 1.6

    Parameters
    ----------
    n : int >= 1
    pattern_weights : three numbers >= 0, mapping of pattern -> weight, or None
        Relative frequency of homogeneous, rim-enhancing and speckled lesions in the population; None is
        45 : 45 : 10. Each patient draws its pattern independently.
    malignant_fraction : number in [0, 1] or None
        None: the natural rate, about 0.40 at the default weights. A number: exactly
        ``round(malignant_fraction * n)`` malignant lesions, by sampling patients by diagnosis. Lesions of
        one diagnosis look the same whatever the fraction; the patterns' shares move with it, and so do the
        probabilities.
    size : {32, 64}
        Pixels along each side, of 1.5 or 0.75 mm. One seed has the same patients at both sizes.
    seed : int, torch.Generator or None

    Returns
    -------
    Cohort
        In a.u.; masks hold the pixels that lie at least half inside. Truth: `patient_id`, `diagnosis`
        ("benign" or "malignant"), `pattern`, `radius_mm` (of the circle of equal area),
        `margin_irregularity`, `contrast` (lesion minus liver, before the scanner; of the rim where there
        is one), `noise_std` and `malignancy_probability`.

        The same seed gives the same bytes, whatever the number of threads. With `malignant_fraction` None
        the first rows do not depend on n: ten patients are the first ten of twenty.

    Notes
    -----
    A model for teaching: what it claims about real lesions is no more than that the words above describe
    them. Rim enhancement and heterogeneity speak for malignancy in the liver, with many exceptions [2]_.

    References
    ----------
    .. [1] Gudbjartsson & Patz (1995), The Rician distribution of noisy MRI data,
       doi:10.1002/mrm.1910340618.
    .. [2] Chernyak et al. (2018), LI-RADS version 2018, doi:10.1148/radiol.2018181494.

    Examples
    --------
    >>> cohort = simulate_lesions(200, seed=0)
    >>> cohort
    Cohort 'simulated liver lesions, MRI': 200 images of 200 patients, 32 x 32 pixels of 1.5 x 1.5 mm, a.u.
    >>> sorted(set(cohort.truth["pattern"]))
    ['homogeneous', 'rim-enhancing', 'speckled']
    """
    n = positive_integer(n, "n")
    weights = _weights(pattern_weights)
    fraction = None if malignant_fraction is None else as_share(malignant_fraction, "malignant_fraction")
    if size not in (32, 64):
        raise ValueError(f"size must be 32 or 64 pixels; got {size!r}.")

    people, outline, scanner = seeded_numpy_rng(seed).spawn(3)
    truth = _draw_patients(n, weights, fraction, people)
    outlines = random_outlines(outline, truth["radius_mm"], truth["margin_irregularity"], CENTRE_JITTER_MM)
    images, masks = _scan(truth, outlines, size, scanner)
    return Cohort(
        images,
        masks,
        pd.DataFrame(
            {
                "patient_id": np.arange(n),
                "diagnosis": np.where(truth["malignant"], "malignant", "benign"),
                "pattern": np.take(PATTERNS, truth["pattern"]),
                "radius_mm": truth["radius_mm"],
                "margin_irregularity": truth["margin_irregularity"],
                "contrast": truth["contrast"],
                "noise_std": truth["noise_std"],
                "malignancy_probability": truth["probability"],
            }
        ),
        FIELD_OF_VIEW_MM / size,
        "a.u.",
        "simulated liver lesions, MRI",
        f"simulate_lesions(n={n}, pattern_weights={pattern_weights}, "
        f"malignant_fraction={malignant_fraction}, size={size}, "
        f"seed={seed if isinstance(seed, int) else 'not recorded'})",
        intensity_range=INTENSITY_RANGE,
    )


def lesion_patterns() -> pd.DataFrame:
    """The three patterns of `simulate_lesions`, with their shares of all, benign and malignant lesions.

    At the default weights. The shares within a diagnosis follow by Bayes' rule from the formula of
    malignancy, averaged over radius and margin.

    Returns
    -------
    DataFrame
        Index: the patterns. Columns "all", "benign" and "malignant", each adding up to 1.

    Examples
    --------
    >>> lesion_patterns().round(2)
                    all  benign  malignant
    homogeneous    0.45    0.64       0.16
    rim-enhancing  0.45    0.32       0.64
    speckled       0.10    0.03       0.20
    """
    shares, malignant = np.array(DEFAULT_WEIGHTS), _malignant_rates()
    joint = shares * np.array([1 - malignant, malignant])
    benign, malignant = joint / joint.sum(axis=1, keepdims=True)
    return pd.DataFrame({"all": shares, "benign": benign, "malignant": malignant}, index=PATTERNS)


def malignancy_probability(pattern, radius_mm, margin_irregularity):
    """The natural probability that a lesion is malignant: the formula of `simulate_lesions`.

    Parameters
    ----------
    pattern : array of int
        Places in `PATTERNS`.
    radius_mm, margin_irregularity : arrays, shapes that broadcast with it

    Returns
    -------
    probability : array
    """
    log_odds = (
        np.take(PATTERN_LOG_ODDS, pattern)
        + LOG_ODDS_PER_DOUBLING * np.log2(np.asarray(radius_mm) / 12.0)
        + LOG_ODDS_PER_IRREGULARITY * (np.asarray(margin_irregularity) - 0.06)
    )
    return 1 / (1 + np.exp(-log_odds))


def natural_malignant_rate(pattern_weights=None):
    """The share of malignant lesions where nobody fixes it, by the midpoint rule over radius and margin.

    Examples
    --------
    >>> round(natural_malignant_rate(), 2)
    0.4
    """
    return float(_weights(pattern_weights) @ _malignant_rates())


def _malignant_rates():
    """The share of malignant lesions of each pattern; shape (3,)."""
    middle = (np.arange(200) + 0.5) / 200
    probability = malignancy_probability(
        np.arange(len(PATTERNS))[:, None, None], _radius(middle)[:, None], _irregularity(middle)
    )
    return probability.mean(axis=(1, 2))


class Ceiling(NamedTuple):
    """What no classifier can beat on average: `accuracy` and `auc` of the best one."""

    accuracy: float
    auc: float


def bayes_ceiling(probabilities: Values) -> Ceiling:
    r"""The best accuracy and AUC that anybody can expect who knows every patient's probability.

    Nature decides the diagnosis by a biased coin, so that even the truth leaves errors:

    .. math:: \text{accuracy} = \mathbb{E}[\max(p, 1-p)], \qquad
       \text{AUC} = P(p_\text{malignant} > p_\text{benign}) + \tfrac12 P(\text{equal})

    where a patient with probability p counts as p malignant and 1 - p benign ones.

    Parameters
    ----------
    probabilities : array, shape (n,), in [0, 1]
        ``cohort.truth["malignancy_probability"]``. The ceiling is that of the population the cohort was
        drawn from, estimated from its n patients.

    Returns
    -------
    Ceiling
        `accuracy` in [0.5, 1]; `auc` in [0.5, 1], NaN if all patients are surely alike.

    Examples
    --------
    >>> bayes_ceiling([0.1, 0.9])
    Ceiling(accuracy=0.9, auc=0.9)
    """
    p = np.asarray(as_probabilities(probabilities, "probabilities"), dtype=float).ravel()
    levels, place = np.unique(p, return_inverse=True)
    malignant = np.bincount(place, weights=p, minlength=len(levels))
    benign = np.bincount(place, weights=1 - p, minlength=len(levels))
    below = np.cumsum(benign) - benign
    pairs = malignant.sum() * benign.sum()
    auc = float((malignant * (below + benign / 2)).sum() / pairs) if pairs > 0 else float("nan")
    return Ceiling(float(np.maximum(p, 1 - p).mean()), auc)


def shifted_odds(probabilities, natural_rate, rate):
    r"""Probabilities after malignant patients were over- or under-sampled to make up the share `rate`.

    Sampling by diagnosis multiplies everybody's odds by one factor and changes nothing else:

    .. math:: \operatorname{logit} p' = \operatorname{logit} p + \operatorname{logit} f
       - \operatorname{logit} \pi
    """
    if rate in (0, 1):
        return np.full_like(probabilities, rate)
    odds = probabilities / (1 - probabilities) * (rate / (1 - rate)) / (natural_rate / (1 - natural_rate))
    return odds / (1 + odds)


def first_of_each(is_malignant, n_malignant, n_benign):
    """The first so many malignant and benign rows, in order; None if there are not enough."""
    malignant, benign = np.flatnonzero(is_malignant), np.flatnonzero(~is_malignant)
    if len(malignant) < n_malignant or len(benign) < n_benign:
        return None
    return np.sort(np.concatenate([malignant[:n_malignant], benign[:n_benign]]))


def _draw_patients(n, weights, fraction, rng):
    """The truth of n patients as a dict of arrays, before any image is made."""
    people, looks = rng.spawn(2)
    if fraction is None:
        truth = _population(people.random((n, 4)), weights)
    else:
        n_malignant, draws, rows = round(fraction * n), [], None
        while rows is None:  # invite patients until there are enough of both diagnoses
            draws.append(people.random((n + 100, 4)))
            truth = _population(np.concatenate(draws), weights)
            rows = first_of_each(truth["malignant"], n_malignant, n - n_malignant)
        truth = {name: values[rows] for name, values in truth.items()}
        truth["probability"] = shifted_odds(truth["probability"], natural_malignant_rate(weights), fraction)

    u = looks.random((n, 4))
    even = np.where(u[:, 0] < 0.55, -0.12 - 0.16 * u[:, 1], 0.15 + 0.2 * u[:, 1])
    rim = 0.22 + 0.16 * u[:, 1]
    speckled = 0.16 * (u[:, 1] - 0.5)
    truth["contrast"] = np.choose(truth["pattern"], [even, rim, speckled])
    truth["noise_std"] = 0.012 + 0.012 * u[:, 2]
    return truth


def _population(u, weights):
    """Patients from uniform numbers, shape (m, 4): pattern, radius, margin, and nature's coin."""
    truth = {
        "pattern": np.searchsorted(np.cumsum(weights)[:-1], u[:, 0], side="right"),
        "radius_mm": _radius(u[:, 1]),
        "margin_irregularity": _irregularity(u[:, 2]),
    }
    truth["probability"] = malignancy_probability(*truth.values())
    truth["malignant"] = u[:, 3] < truth["probability"]
    return truth


def _radius(u):
    low, high = RADIUS_MM
    return low * (high / low) ** u  # log-uniform


def _irregularity(u):
    low, high = IRREGULARITY
    return low + (high - low) * u


def _scan(truth, outlines, size, rng):
    """Images and masks of the patients, block by block; every random quantity has its own stream."""
    n = len(outlines.radius)
    streams = dict(zip(("anatomy", "liver", "lesion", "bias", "noise"), rng.spawn(5), strict=True))
    images, masks = np.empty((n, size, size), np.float32), np.empty((n, size, size), bool)
    for rows in blocks(n):
        block = {name: values[rows] for name, values in truth.items()}
        images[rows], masks[rows] = _scan_block(block, outlines[rows], size, streams)
    return images, masks


def _scan_block(truth, outlines, size, streams):
    n, spacing = len(outlines.radius), FIELD_OF_VIEW_MM / size
    y, x = pixel_centres(size, spacing)
    distance = outlines.signed_distance(y, x)
    looks = streams["anatomy"].random((n, 24))

    softness = spacing + column(looks[:, 0])  # the slice is thick and the border slanted: up to 1 mm more
    inside = coverage(distance, softness)
    lesion = _lesion(truth, distance, softness, looks, streams["lesion"], spacing)
    around = _surroundings(looks, y, x, outlines, smooth_field(streams["liver"], n, size, 1.5 / spacing))
    signal = np.maximum(around + inside * (lesion - around), 0)

    signal = gaussian_filter(
        signal, sigma=(0, POINT_SPREAD_MM / spacing, POINT_SPREAD_MM / spacing), truncate=3
    )
    signal *= _bias_field(streams["bias"].standard_normal((n, 5)), y, x)
    in_phase, in_quadrature = np.moveaxis(
        streams["noise"].standard_normal((n, 2, size, size), dtype=np.float32), 1, 0
    ) * column(truth["noise_std"])
    return np.hypot(signal + in_phase, in_quadrature), distance <= 0


def _lesion(truth, distance, softness, looks, rng, spacing):
    """The lesion's own intensities, everywhere; the caller keeps what lies inside."""
    n, size = distance.shape[:2]
    pattern, contrast = truth["pattern"], column(truth["contrast"])
    grain_mm = np.choose(pattern, [3.0 + 0 * looks[:, 1], 2.6 + 1.2 * looks[:, 1], 1.0 + 0.35 * looks[:, 1]])
    grain = smooth_field(rng, n, size, grain_mm / spacing)

    even = contrast + 0.008 * grain
    core = column(-0.14 - 0.14 * looks[:, 2]) + 0.075 * grain
    thickness = column(truth["radius_mm"] * (0.2 + 0.12 * looks[:, 3]))
    within_rim = 1 - coverage(distance + thickness, softness + np.float32(1.0))
    rim = core + within_rim * (contrast * (1 + 0.28 * np.tanh(grain)) - core)
    speckled = contrast + column(0.16 + 0.05 * looks[:, 2]) * grain
    return LIVER + np.choose(pattern[:, None, None], [even, rim, speckled]).astype(np.float32)


def _surroundings(looks, y, x, outlines, texture):
    """Liver with its texture, up to three vessels, and in one image of four the edge of the organ."""
    tissue = LIVER + 0.018 * texture
    for vessel in range(3):
        there, turn, offset, bend, width, bright = looks[:, 4 + 6 * vessel : 10 + 6 * vessel].T
        along, across = _turned(turn, y, x)
        off_axis = across - column(44 * (offset - 0.5)) - column(0.024 * (bend - 0.5)) * along**2
        half_width = column(0.6 + 1.6 * width) * (1 - along / 48)  # it narrows towards the periphery
        vein = coverage(np.abs(off_axis) - half_width, np.float32(1.8)) * np.clip(0.7 - along / 24, 0, 1)
        tissue = tissue + vein * column(np.where(there < 0.45, 0.06 + 0.14 * bright, 0))
    there, turn, offset = looks[:, 22], looks[:, 23], looks[:, 1]
    along, across = _turned(turn, y, x)
    beyond = column(outlines.radius * 1.25 + CENTRE_JITTER_MM + 6 * offset) + 0.008 * along**2
    outside = coverage(beyond - across, np.float32(2.0)) * column(there < 0.25)
    return tissue + outside * (np.float32(0.14) - tissue)


def _turned(turn, y, x):
    """Coordinates along and across an axis; `turn` in [0, 1) is its angle."""
    cosine, sine = column(np.cos(2 * np.pi * turn)), column(np.sin(2 * np.pi * turn))
    return x * cosine + y * sine, y * cosine - x * sine


def _bias_field(weights, y, x):
    """A smooth gain around 1: the exponential of a random quadratic, about 13 % off in the corners."""
    y, x = y / (FIELD_OF_VIEW_MM / 2), x / (FIELD_OF_VIEW_MM / 2)
    a, b, c, d, e = np.moveaxis(0.06 * weights.astype(np.float32), 1, 0)[:, :, None, None]
    return np.exp(a * x + b * y + c * x * y + d * (x**2 - 1 / 3) + e * (y**2 - 1 / 3))


def _weights(pattern_weights):
    if pattern_weights is None:
        return np.array(DEFAULT_WEIGHTS)
    if isinstance(pattern_weights, Mapping):
        unknown = set(pattern_weights) - set(PATTERNS)
        if unknown:
            raise ValueError(f"pattern_weights names {sorted(unknown)}; the patterns are {PATTERNS}.")
        pattern_weights = [pattern_weights.get(pattern, 0) for pattern in PATTERNS]
    weights = np.asarray(as_array(pattern_weights, "pattern_weights"))
    if weights.shape != (3,) or (weights < 0).any() or weights.sum() == 0:
        raise ValueError(
            f"pattern_weights must be three numbers >= 0, not all 0, for {PATTERNS}; got {pattern_weights!r}."
        )
    return weights / weights.sum()
