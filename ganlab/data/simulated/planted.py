"""Faults planted to test a diagnostic: copies in disguise, and four generators with known defects.

The generators are good, underfit, collapsed and copying. Each is no network but a recipe, for points of a
mixture and for simulated lesions, and its `truth` says what a diagnostic should find in its samples.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import torch
from scipy.ndimage import gaussian_filter
from torch.distributions import MixtureSameFamily

from ganlab.data.cohort.cohort import Cohort
from ganlab.data.mixtures import gaussian_mixture
from ganlab.data.simulated.lesions import DEFAULT_WEIGHTS, PATTERNS, simulate_lesions
from ganlab.seeding import isolated_randomness, seeded_numpy_rng
from ganlab.shapes import Points, Seed
from ganlab.validation import as_numpy, as_samples, as_share, positive_integer, positive_number

DISGUISES = ("exact", "noisy", "shifted", "flipped", "blended")
NOISE_STD = 0.05  # a.u.; two to four times the noise of the simulated scanner
FURTHEST = 2  # pixels
DEFECTS = ("good", "underfit", "collapsed", "copying")


def plant_copies(
    fresh: Cohort, train: Cohort, disguise: str = "exact", n_copies: int = 20, seed: Seed = 0
) -> Cohort:
    """Replace some images of a clean cohort by images of training patients, each in the same disguise.

    *exact*: as it is. *noisy*: under noise of 0.05 a.u., where the simulated scanner has 0.012 to 0.024.
    *shifted*: moved by 1 or 2 pixels along one axis or both, the border repeated. *flipped*: left to right,
    upside down, or both. *blended*: the average of two training patients, itself and a partner.

    The mask goes wherever the image goes; a blend keeps the mask of the first patient.

    Parameters
    ----------
    fresh : Cohort
        A clean "generator": patients who are not in train.
    train : Cohort
        Images of the same size.
    disguise : {"exact", "noisy", "shifted", "flipped", "blended"}
    n_copies : int >= 1
        Different training patients copied, once each, into rows drawn at random. At most as many as
        either cohort has images.
    seed : int, torch.Generator or None
        Of the rows, the patients and the disguises.

    Returns
    -------
    cohort : Cohort
        As many images as `fresh`. Its truth has a new column `train_row`: the row of train that was copied,
        -1 for an image that is nobody's copy. What else the truth says is the copied patient's.

    References
    ----------
    .. [1] Somepalli et al. (2023), Diffusion Art or Digital Forgery?, arXiv:2212.03860 (copies that no
       comparison of plain pixels finds).

    Examples
    --------
    >>> from ganlab.data import simulate_lesions
    >>> lesions = simulate_lesions(20, seed=0)
    >>> train, fresh = lesions.subset(slice(10)), lesions.subset(slice(10, 20))
    >>> planted = plant_copies(fresh, train, "flipped", n_copies=3, seed=0)
    >>> int((planted.truth["train_row"] >= 0).sum())
    3
    """
    _refuse_unlike(fresh, train)
    if disguise not in DISGUISES:
        raise ValueError(f"disguise must be one of {DISGUISES}; got {disguise!r}.")
    n_copies, most = positive_integer(n_copies, "n_copies"), min(len(fresh), len(train))
    if n_copies > most:
        raise ValueError(f"n_copies must be at most {most}, the size of the smaller cohort; got {n_copies}.")
    rng = seeded_numpy_rng(seed)
    rows = np.full(len(fresh), -1)
    rows[rng.choice(len(fresh), n_copies, replace=False)] = rng.choice(len(train), n_copies, replace=False)
    is_copy = rows >= 0
    images, masks = fresh.images.copy(), fresh.masks.copy()
    images[is_copy], masks[is_copy] = _disguised(train, rows[is_copy], disguise, rng)
    return fresh.replace(
        images=images,
        masks=masks,
        truth=_truth_of_copies(fresh, train, rows),
        regions=None,
        provenance=f"{n_copies} {disguise} copies planted on {fresh.provenance}",
    )


def _truth_of_copies(fresh, train, rows):
    """The truth of `fresh`; where `rows` names a row of train rather than -1, that of the copied patient."""
    truth, seen = fresh.truth, train.truth
    for column in truth.columns.intersection(seen.columns).drop("patient_id"):
        truth[column] = np.where(rows >= 0, seen[column].to_numpy()[rows], truth[column].to_numpy())
    return truth.assign(train_row=rows)


def _disguised(train, rows, disguise, rng):
    """Images and masks of these rows of train, in their disguise."""
    images, masks = train.images[rows], train.masks[rows]
    if disguise == "noisy":
        noise = NOISE_STD * rng.standard_normal(images.shape, dtype=np.float32)
        return np.abs(images + noise), masks  # a magnitude image has no negative intensity
    if disguise == "shifted":
        moves = _moves(len(rows), rng)
        return _shifted(images, moves), _shifted(masks, moves)
    if disguise == "flipped":
        axes = [[(1,), (2,), (1, 2)][choice] for choice in rng.integers(3, size=len(rows))]
        return tuple(
            np.concatenate([np.flip(block[i : i + 1], axis) for i, axis in enumerate(axes)])
            for block in (images, masks)
        )
    if disguise == "blended":
        partners = (rows + rng.integers(1, len(train), size=len(rows))) % len(train)  # anybody else
        return (images + train.images[partners]) / 2, masks
    return images, masks


def _moves(n, rng):
    """Down and right in pixels, shape (n, 2), up to 2 each and never both 0."""
    side = 2 * FURTHEST + 1
    places = rng.integers(side**2 - 1, size=n)
    places += places >= side**2 // 2  # the place in the middle is no move
    return np.column_stack([places // side, places % side]) - FURTHEST


def _shifted(images, moves):
    height, width = images.shape[1:]
    margin = [(0, 0), (FURTHEST, FURTHEST), (FURTHEST, FURTHEST)]
    padded = np.pad(images, margin, mode="edge")
    starts = FURTHEST - moves
    return np.stack(
        [
            image[down : down + height, right : right + width]
            for image, (down, right) in zip(padded, starts, strict=True)
        ]
    )


def _refuse_unlike(fresh, train):
    for cohort, name in ((fresh, "fresh"), (train, "train")):
        if not isinstance(cohort, Cohort):
            raise ValueError(f"{name} must be a Cohort; got {type(cohort).__name__}.")
    if fresh.images.shape[1:] != train.images.shape[1:]:
        raise ValueError(
            f"fresh and train must have images of one size; got {fresh.images.shape[1:]} and "
            f"{train.images.shape[1:]}."
        )


@dataclass(frozen=True)
class PlantedSampler:
    """Samples from a law that is known to be right, or to be wrong in one way.

    Parameters
    ----------
    name : str
        "good", "underfit", "collapsed" or "copying".
    truth : str
        What is wrong with it, and by how much, in one sentence.
    law : function of n and a seed
        Gives the samples; `sample` calls it with an int.

    Examples
    --------
    >>> always_seven = PlantedSampler("collapsed", "Nothing but sevens.", lambda n, seed: [7] * n)
    >>> always_seven.sample(3, seed=0)
    [7, 7, 7]
    """

    name: str
    truth: str
    law: Callable = field(repr=False)

    def sample(self, n: int, seed: Seed = 0):
        """Draw n >= 1 independent samples; the same seed gives the same ones.

        The seed goes through a stream of this sampler's own: data that were drawn with the same number, by
        ``simulate_lesions(n, seed=0)`` or by another sampler, have nothing in common with these.
        """
        n = positive_integer(n, "n")
        own = seeded_numpy_rng(seed).spawn(len(DEFECTS))[DEFECTS.index(self.name)]
        return self.law(n, int(own.integers(2**62)))


def planted_points(
    mixture: MixtureSameFamily,
    train: Points,
    *,
    widening: float = 2.0,
    missing: int = 2,
    copied: float = 0.5,
    copy_noise: float = 0.025,
) -> dict[str, PlantedSampler]:
    r"""The four generators for a mixture of equal round Gaussians, such as `ring` or `grid`.

    With :math:`p` the mixture of K Gaussians of standard deviation :math:`\sigma` at the
    :math:`\mu_k`, and l training samples :math:`t_i`,

    .. math::
       \text{good} &= p \qquad
       \text{underfit} = \tfrac1K \textstyle\sum_k \mathcal{N}(\mu_k, (w\sigma)^2 I) \qquad
       \text{collapsed} = \tfrac{1}{K - m} \textstyle\sum_{k > m} \mathcal{N}(\mu_k, \sigma^2 I) \\
       \text{copying} &= (1 - c)\, p + \tfrac{c}{l} \textstyle\sum_i \mathcal{N}(t_i, (a\sigma)^2 I)

    All of them have a density, so every divergence between them and the truth can be computed. In the plane
    a share :math:`1 - e^{-9 / (2 w^2)}` of the underfit samples lies within :math:`3\sigma` of a
    centre (67.5 % at w = 2, where 98.9 % is perfect), and the collapsed histogram has
    :math:`\mathrm{KL} = \log K / (K - m)` from the real one.

    Parameters
    ----------
    mixture : MixtureSameFamily
        Equally likely Gaussians of one standard deviation, as `ring` and `grid` give.
    train : array or tensor, shape (l, d)
        What the copying generator has seen.
    widening : number > 0
        w: the underfit modes' standard deviation, in units of the true one.
    missing : int >= 1, below K
        m: the first so many modes are never drawn by the collapsed generator.
    copied : number in [0, 1]
        c: share of the copying generator's samples that are copies, drawn with replacement; the others are
        fresh.
    copy_noise : number > 0
        a: standard deviation of the noise on each copy, in units of the true one.

    Returns
    -------
    samplers : dict of name -> PlantedSampler
        "good", "underfit", "collapsed" and "copying", in this order. Each gives a float32 tensor, shape
        (n, d), as ``mixture.sample`` does; its `law.distribution` is the torch distribution.

    Raises
    ------
    ValueError
        If the mixture is none, train has another dimension or is not finite, or a number is out of range.

    References
    ----------
    .. [1] Metz et al. (2017), Unrolled Generative Adversarial Networks, arXiv:1611.02163 (the ring).
    .. [2] Meehan, Chaudhuri & Dasgupta (2020), arXiv:2004.05675 (copies as a mixture on train).

    Examples
    --------
    >>> from ganlab.data import ring
    >>> from ganlab.seeding import isolated_randomness
    >>> with isolated_randomness(0):
    ...     train = ring().sample((300,))
    >>> samplers = planted_points(ring(), train)
    >>> samplers["collapsed"].truth
    '2 of 8 modes are missing, the others equally frequent.'
    >>> samplers["collapsed"].sample(500, seed=0).shape
    torch.Size([500, 2])
    """
    centres, std = _equal_gaussians_of(mixture)
    train = torch.as_tensor(np.array(as_numpy(as_samples(train, "train"))), dtype=centres.dtype)
    if train.ndim != 2 or train.shape[1] != centres.shape[1]:
        raise ValueError(f"train must have shape (l, {centres.shape[1]}); got {tuple(train.shape)}.")
    widening, copy_noise = positive_number(widening, "widening"), positive_number(copy_noise, "copy_noise")
    missing, copied = positive_integer(missing, "missing"), as_share(copied, "copied")
    k, l = len(centres), len(train)  # noqa: E741
    if missing >= k:
        raise ValueError(f"missing must leave a mode of the {k} to be drawn; got {missing}.")

    weights = torch.full((k,), 1 / k)
    kept = (torch.arange(k) >= missing) / (k - missing)
    of_copying = torch.cat([(1 - copied) * weights, torch.full((l,), copied / l)])
    stds = torch.cat([torch.full((k,), std), torch.full((l,), copy_noise * std)])
    laws = {
        "good": ("Fresh samples of the real distribution.", weights, centres, std),
        "underfit": (
            f"Every mode is {widening:g} times as wide as it should be.", weights, centres, widening * std,
        ),
        "collapsed": (
            f"{missing} of {k} modes are missing, the others equally frequent.", kept, centres, std,
        ),
        "copying": (
            f"{copied:.0%} are training samples with noise of {copy_noise:g} standard deviations of a mode.",
            of_copying, torch.cat([centres, train]), stds[:, None],
        ),
    }  # fmt: skip
    return {
        name: PlantedSampler(name, truth, _Draws(gaussian_mixture(shares, places, spread)))
        for name, (truth, shares, places, spread) in laws.items()
    }


@dataclass(frozen=True)
class _Draws:
    """A torch distribution as a function of n and a seed."""

    distribution: MixtureSameFamily

    def __call__(self, n, seed):
        with isolated_randomness(seed):
            return self.distribution.sample((n,))


def _equal_gaussians_of(mixture):
    try:
        shares = mixture.mixture_distribution.probs
        centres, stds = mixture.component_distribution.mean, mixture.component_distribution.stddev
    except AttributeError:
        raise ValueError(
            f"mixture must be a mixture of Gaussians, as ring() gives; got {type(mixture).__name__}."
        ) from None
    alike = bool((shares == shares[0]).all() and (stds == stds.flatten()[0]).all())
    if centres.ndim != 2 or len(centres) < 2 or not alike:
        raise ValueError("mixture must hold two or more equally likely Gaussians of one standard deviation.")
    return centres, float(stds.flatten()[0])


def planted_lesions(
    train: Cohort,
    *,
    blur: float = 1.0,
    missing: str = "speckled",
    copied: float = 0.5,
    copy_noise: float = 0.01,
) -> dict[str, PlantedSampler]:
    """The four generators for the lesions of `simulate_lesions` at its default weights.

    *Good*: fresh patients. *Underfit*: fresh patients, each image blurred, scanner noise and fine grain
    included, which is how too small a generator looks. *Collapsed*: fresh patients without one texture, the
    other two as frequent to each other as they were. *Copying*: some images are training images, drawn
    with replacement, under a little new noise; the others are fresh.

    Parameters
    ----------
    train : Cohort
        Of simulated lesions, 32 or 64 pixels: what the copying generator has seen.
    blur : number > 0
        Standard deviation of the Gaussian blur of underfit images, in pixels.
    missing : {"homogeneous", "rim-enhancing", "speckled"}
        The texture that the collapsed generator never draws.
    copied : number in [0, 1]
        Share of the copying generator's images that are copies.
    copy_noise : number > 0
        Standard deviation of the noise on each copy, in a.u. The scanner's own is 0.012 to 0.024; much more
        than half of that would be a second defect, which can be seen without looking at train.

    Returns
    -------
    samplers : dict of name -> PlantedSampler
        "good", "underfit", "collapsed" and "copying", in this order. Each gives a Cohort of images as large
        as those of train, every image a patient of its own. The copying one's truth has a column
        `train_row`: the row of train that was copied, -1 for a fresh image.

    Raises
    ------
    ValueError
        If train is no cohort of simulated lesions, or an argument is not as described.

    References
    ----------
    .. [1] Yang et al. (2018), Low-dose CT image denoising using a generative adversarial network,
       doi:10.1109/TMI.2018.2827462 (networks that hedge between answers blur).
    .. [2] Feng et al. (2021), When do GANs replicate? On the choice of dataset size, arXiv:2202.11765.

    Examples
    --------
    >>> samplers = planted_lesions(simulate_lesions(50, seed=0))
    >>> samplers["copying"].truth
    '50% are training images with noise of 0.01 a.u.'
    >>> copies = samplers["copying"].sample(20, seed=0)
    >>> bool(5 < (copies.truth["train_row"] >= 0).sum() < 15)
    True
    >>> "speckled" in set(samplers["collapsed"].sample(100, seed=0).truth["pattern"])
    False
    """
    _refuse_other_cohorts(train)
    blur, copy_noise = positive_number(blur, "blur"), positive_number(copy_noise, "copy_noise")
    copied, size = as_share(copied, "copied"), train.images.shape[1]
    if missing not in PATTERNS:
        raise ValueError(f"missing must be one of {PATTERNS}; got {missing!r}.")
    weights = {name: share for name, share in zip(PATTERNS, DEFAULT_WEIGHTS, strict=True) if name != missing}

    def fresh(n, seed):
        return simulate_lesions(n, size=size, seed=seed)

    def blurred(n, seed):
        cohort = fresh(n, seed)
        return _planted_on(cohort, images=gaussian_filter(cohort.images, sigma=(0, blur, blur)))

    def collapsed(n, seed):
        return simulate_lesions(n, weights, size=size, seed=seed)

    def copying(n, seed):
        return _copies_among(fresh(n, seed), train, copied, copy_noise, np.random.default_rng([seed, 1]))

    laws = {
        "good": ("Fresh patients.", fresh),
        "underfit": (f"Every image is blurred, by a Gaussian of {blur:g} pixels.", blurred),
        "collapsed": (f"The {missing} texture is missing.", collapsed),
        "copying": (f"{copied:.0%} are training images with noise of {copy_noise:g} a.u.", copying),
    }
    return {name: PlantedSampler(name, truth, law) for name, (truth, law) in laws.items()}


def _copies_among(cohort, train, share, noise_std, rng):
    """The cohort with some of its patients replaced by training images under noise."""
    n = len(cohort)
    rows = np.where(rng.random(n) < share, rng.integers(len(train), size=n), -1)
    is_copy = rows >= 0
    noise = noise_std * rng.standard_normal((n, *cohort.images.shape[1:]), dtype=np.float32)
    # The absolute value keeps intensities at 0 or above, as a magnitude image has them.
    images = np.where(is_copy[:, None, None], np.abs(train.images[rows] + noise), cohort.images)
    masks = np.where(is_copy[:, None, None], train.masks[rows], cohort.masks)
    return _planted_on(cohort, images=images, masks=masks, truth=_truth_of_copies(cohort, train, rows))


def _planted_on(cohort, **parts):
    return cohort.replace(provenance=f"planted on {cohort.provenance}", **parts)


def _refuse_other_cohorts(train):
    if not isinstance(train, Cohort):
        raise ValueError(f"train must be a Cohort of simulated lesions; got {type(train).__name__}.")
    lacking = {"pattern", "radius_mm", "malignancy_probability"} - set(train.truth.columns)
    if train.intensity_unit != "a.u." or train.images.shape[1:] not in ((32, 32), (64, 64)) or lacking:
        raise ValueError(f"train must come from simulate_lesions, at 32 or 64 pixels; got {train!r}.")
