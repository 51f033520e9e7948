"""Copies of patients planted among new ones, openly or in disguise, so that a detective can be tested."""

import numpy as np

from ganlab.data.cohort.cohort import Cohort
from ganlab.seeding import seeded_numpy_rng
from ganlab.validation import positive_integer

DISGUISES = ("exact", "noisy", "shifted", "flipped", "blended")
NOISE_STD = 0.05  # a.u.; two to four times the noise of the simulated scanner
FURTHEST = 2  # pixels


def plant_copies(fresh, train, disguise="exact", n_copies=20, seed=None):
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

    Raises
    ------
    ValueError
        If an argument is not as described, or the images differ in size.

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
    sources = rows[is_copy]

    images, masks = fresh.images.copy(), fresh.masks.copy()
    images[is_copy], masks[is_copy] = _disguised(train, sources, disguise, rng)
    truth, seen = fresh.truth, train.truth
    for column in truth.columns.intersection(seen.columns).drop("patient_id"):
        values = truth[column].to_numpy(copy=True)
        values[is_copy] = seen[column].to_numpy()[sources]
        truth[column] = values
    return Cohort(
        images, masks, truth.assign(train_row=rows), fresh.spacing_mm, fresh.intensity_unit, fresh.name,
        f"{n_copies} {disguise} copies planted on {fresh.provenance}", intensity_range=fresh.intensity_range,
    )  # fmt: skip


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
