"""Simulated T1- and T2-weighted brain slices: MNI152 tissue maps bent at random, signals of a spin echo."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.interpolate import BSpline
from scipy.ndimage import binary_closing, binary_fill_holes, gaussian_filter, map_coordinates

from ganlab.data.cohort.cohort import Cohort
from ganlab.seeding import seeded_numpy_rng
from ganlab.shapes import Seed
from ganlab.validation import as_share, positive_integer

FIELD_OF_VIEW_MM = 216.0
TISSUES = ("white matter", "grey matter", "fluid")
SLICE_RANGE_MM = (-8.0, 48.0)  # above the template's origin: from the basal ganglia to above the ventricles
CONTROLS = 8  # control points of the displacement along each side: one in 43 mm

# T1 and T2 in ms, proton density relative to water, at 1.5 T [1]. The tumour's are chosen, not measured:
# longer than the healthy tissue's, in the wide range that studies at 1.5 T report [2].
RELAXATION = {
    "white matter": (500, 70, 0.77),
    "grey matter": (833, 83, 0.86),
    "fluid": (2569, 329, 1.00),
    "tumour": (1200, 150, 0.90),
}

# Repetition and echo time of a spin echo, ms.
SEQUENCES = {"T1": (500, 15), "T2": (4000, 100)}

CHUNK = 64  # slices in the works at a time, which bounds the memory
PURE = 0.9  # share of a pixel from which on it counts as one tissue


def brain_slices(
    contrast: str,
    n: int,
    seed: Seed = 0,
    paired: bool = False,
    *,
    size: int = 64,
    tumour_fraction: float = 0.0,
) -> Cohort:
    r"""Axial brain slices in one of two contrasts, one slice of each of n people.

    The MNI152 tissue probability maps, which nilearn ships, are cut at a random height, tilted, scaled
    and bent smoothly: the anatomy. Each tissue then gives the signal of a spin echo,

    .. math:: S = \mathrm{PD}\,(1 - e^{-T_R/T_1})\,e^{-T_E/T_2}

    with relaxation times measured at 1.5 T [1]_ that vary by 3 % between people (in T1: white matter is
    bright, grey matter darker, fluid dark; in T2 the other way round). Pixels mix the signals of their
    tissues by volume. The scanner adds a gain of its own, a smooth bias field and Rician noise. There is
    no skull, and outside the head there is noise only.

    Parameters
    ----------
    contrast : {"T1", "T2"}
        T1-weighted (TR 500 ms, TE 15 ms) or T2-weighted (TR 4000 ms, TE 100 ms).
    n : int >= 1
        The first k of n people are the same for every n >= k.
    seed : int, torch.Generator or None
    paired : bool
        False: T1 and T2 of one seed are different people, as in an archive that nobody registered.
        True: ``brain_slices("T1", n, seed, paired=True)`` and ``brain_slices("T2", n, seed, paired=True)``
        show the same people, slices and tumours, pixel on pixel: the hidden truth that a translation is
        measured by. Gain, bias field and noise belong to each scan, so they differ between the two. The
        seed must then be an int.
    size : int >= 16
        Pixels along each side of the 216 mm field of view: 64 gives 3.4 mm.
    tumour_fraction : number in [0, 1]
        Chance of a person to have a tumour in the slice: round with an irregular edge, 7 to 16 mm in
        radius, in the white matter; darker than its surroundings in T1, brighter in T2.

    Returns
    -------
    Cohort, in a.u.
        `masks` mark the head. `regions` hold "tumour" (all False where there is none) and the pixels
        that are at least 90 % "white matter", "grey matter" or "fluid". In `truth`: `patient_id`,
        `diagnosis` ("healthy" or "tumour"), `contrast`, `slice_mm` (height above the anterior
        commissure), `tumour_radius_mm` (0 without one), `gain` (a.u. per unit of S) and `noise_std`
        (a.u., of the two Gaussian channels behind the Rician noise). Row 0 of an image is the forehead
        and column 0 the patient's right.

    Raises
    ------
    ValueError
        If `contrast` is neither "T1" nor "T2", a number is out of its range, or `paired` is asked for
        without an int seed.

    References
    ----------
    .. [1] Kwan, Evans & Pike (1999), MRI simulation-based evaluation of image-processing and
       classification methods, doi:10.1109/42.816072; the values are those of its BrainWeb phantom.
    .. [2] Kjær et al. (1991), Tissue characterization of intracranial tumors by MR imaging,
       doi:10.3109/02841859109177614.
    .. [3] Gudbjartsson & Patz (1995), The Rician distribution of noisy MRI data,
       doi:10.1002/mrm.1910340618.
    .. [4] Fonov et al. (2011), Unbiased average age-appropriate atlases for pediatric studies,
       doi:10.1016/j.neuroimage.2010.07.033; it describes the MNI152 templates.

    Examples
    --------
    >>> t1 = brain_slices("T1", 4, seed=0, paired=True)
    >>> t2 = brain_slices("T2", 4, seed=0, paired=True)
    >>> t1
    Cohort 'T1 brain slices': 4 images of 4 patients, 64 x 64 pixels of 3.375 x 3.375 mm, a.u.
    >>> white, fluid = t1.regions["white matter"], t1.regions["fluid"]
    >>> bool(t1.images[white].mean() > t1.images[fluid].mean())
    True
    >>> bool(t2.images[white].mean() < t2.images[fluid].mean())
    True
    """
    if contrast not in SEQUENCES:
        raise ValueError(f'contrast must be "T1" or "T2"; got {contrast!r}.')
    n = positive_integer(n, "n")
    size = positive_integer(size, "size")
    if size < 16:
        raise ValueError(f"size must be 16 pixels or more, or there is no anatomy left to see; got {size}.")
    tumour_fraction = as_share(tumour_fraction, "tumour_fraction")
    if paired and (isinstance(seed, bool) or not isinstance(seed, (int, np.integer))):
        raise ValueError(
            f"paired=True needs a whole number as seed, the same one for T1 and T2; got {seed!r}. "
            "Without it the two contrasts would show different people."
        )
    entropy = int(seeded_numpy_rng(seed).integers(2**62))
    # Streams of their own for who is scanned and for the scan: pairing shares the first alone.
    who = 0 if paired else 1 + list(SEQUENCES).index(contrast)
    anatomy_rng, relaxation_rng, tumour_rng = np.random.default_rng([entropy, who]).spawn(3)
    scan_rng = np.random.default_rng([entropy, 3 + list(SEQUENCES).index(contrast)])

    people = draw_people(n, anatomy_rng)
    tumours = _draw_tumours(n, tumour_fraction, tumour_rng)
    signal = _tissue_signals(contrast, n, relaxation_rng)  # (n, 4)
    gain, bias, snr, noise_rng = _draw_scans(n, scan_rng)
    noise_std = gain * signal[:, TISSUES.index("grey matter")] / snr

    images = np.empty((n, size, size), np.float32)
    head = np.empty(images.shape, bool)
    regions = {name: np.empty(images.shape, bool) for name in ("tumour", *TISSUES)}
    for start in range(0, n, CHUNK):
        rows = slice(start, start + CHUNK)
        shares = tissue_shares(People(*(part[rows] for part in people)), size)
        head[rows] = shares.sum(axis=1) > 0.5
        shares = _with_tumours(shares, *(part[rows] for part in tumours))
        for place, name in enumerate((*TISSUES, "tumour")):
            regions[name][rows] = shares[:, place] >= (0.5 if name == "tumour" else PURE)
        clean = np.einsum("nt,ntrc->nrc", signal[rows], shares) * gain[rows, None, None]
        clean *= np.exp(smooth_fields(bias[rows], size))
        images[rows] = _rician(clean, noise_std[rows], noise_rng)

    prefix = "person" if paired else f"{contrast}-person"
    radius = tumours[1]
    truth = pd.DataFrame(
        {
            "patient_id": [f"{prefix}-{number:05d}" for number in range(n)],
            "diagnosis": np.where(radius > 0, "tumour", "healthy"),
            "contrast": contrast,
            "slice_mm": people.slice_mm,
            "tumour_radius_mm": radius,
            "gain": gain,
            "noise_std": noise_std,
        }
    )
    provenance = (
        f"simulated: brain_slices({contrast!r}, {n}, seed={seed!r}, paired={paired}, size={size}, "
        f"tumour_fraction={tumour_fraction:g}) from the MNI152 tissue maps of nilearn"
    )
    return Cohort(
        images,
        head,
        truth,
        FIELD_OF_VIEW_MM / size,
        "a.u.",
        f"{contrast} brain slices",
        provenance,
        regions=regions,
    )


def spin_echo_signal(t1_ms, t2_ms, proton_density, repetition_ms, echo_ms):
    r"""Signal of a spin echo, relative to fully relaxed water without decay.

    .. math:: S = \mathrm{PD}\,(1 - e^{-T_R/T_1})\,e^{-T_E/T_2}

    Numbers or arrays that broadcast; times in ms, above 0.

    Examples
    --------
    >>> white, grey, fluid = (spin_echo_signal(*RELAXATION[t], *SEQUENCES["T1"]) for t in TISSUES)
    >>> round(float(white), 3), round(float(grey), 3), round(float(fluid), 3)
    (0.393, 0.324, 0.169)
    """
    return proton_density * -np.expm1(-repetition_ms / t1_ms) * np.exp(-echo_ms / t2_ms)


def _tissue_signals(contrast, n, rng):
    """Signal of white matter, grey matter, fluid and tumour in each person; shape (n, 4)."""
    t1, t2, density = np.array([RELAXATION[tissue] for tissue in (*TISSUES, "tumour")]).T
    spread = np.exp(rng.normal(0, 0.03, (n, 2, len(t1))))
    return spin_echo_signal(t1 * spread[:, 0], t2 * spread[:, 1], density, *SEQUENCES[contrast])


def _draw_scans(n, rng):
    """Gain, bias field and signal-to-noise ratio (of grey matter) of each scan, and a stream for noise."""
    gain_rng, bias_rng, snr_rng, noise_rng = rng.spawn(4)
    gain = 1000 * np.exp(gain_rng.normal(0, 0.15, n))
    bias = bias_rng.normal(0, 0.12, (n, 5, 5))  # of the logarithm: about 6 % either way
    return gain, bias, snr_rng.uniform(25, 60, n), noise_rng


def _draw_tumours(n, fraction, rng):
    """Where, how large and how irregular: uniform numbers, radius_mm (0: none) and outline; n of each."""
    has, where, radius, outline = rng.spawn(4)
    radius_mm = np.where(has.random(n) < fraction, radius.uniform(7, 16, n), 0.0)
    return where.random(n), radius_mm, outline.normal(0, 1, (n, 2, 3))


def _with_tumours(shares, where, radius_mm, outline):
    """Tumour takes the place of the tissue it grows in: shares of 3 tissues become shares of 4."""
    n, _, size, _ = shares.shape
    grown = np.zeros((n, 1, size, size), shares.dtype)
    ill = np.flatnonzero(radius_mm)
    if len(ill):
        grown[ill, 0] = _tumour_share(shares[ill], where[ill], radius_mm[ill], outline[ill])
    return np.concatenate([shares * (1 - grown), shares.sum(axis=1, keepdims=True) * grown], axis=1)


def _tumour_share(shares, where, radius_mm, outline):
    n, _, size, _ = shares.shape
    # The centre: a pixel drawn in proportion to the square of its white matter.
    odds = np.cumsum(shares[:, 0].reshape(n, -1).astype(float) ** 2, axis=1)
    centre = np.argmax(odds >= where[:, None] * odds[:, -1:], axis=1)
    centres = pixel_centres_mm(size)
    down = centres[:, None] - centres[centre // size][:, None, None]
    across = centres[None, :] - centres[centre % size][:, None, None]

    # The edge: the radius varies with the angle by a few low harmonics.
    angle = np.arctan2(down, across)
    edge = np.ones_like(angle)
    for order in (2, 3, 4):
        cosine, sine = 0.2 / order * outline[:, :, order - 2, None, None].swapaxes(0, 1)
        edge += cosine * np.cos(order * angle) + sine * np.sin(order * angle)
    inside_mm = radius_mm[:, None, None] * np.maximum(edge, 0.4) - np.hypot(down, across)
    return np.clip(0.5 + inside_mm * size / FIELD_OF_VIEW_MM, 0, 1)  # partial volume over one pixel


def _rician(clean, noise_std, rng):
    """Magnitude of the signal with Gaussian noise in each of two channels [3]_."""
    # One draw for both channels of one slice after another, so that slices do not depend on how many follow.
    channels = rng.normal(0, 1, (len(clean), 2, *clean.shape[1:])) * noise_std[:, None, None, None]
    return np.hypot(clean + channels[:, 0], channels[:, 1])


class People(NamedTuple):
    """What makes each of n brains and its slice different from the template's.

    Attributes
    ----------
    slice_mm : shape (n,)
        Height of the slice's centre above the template's origin (the anterior commissure).
    axes : shape (n, 3, 2)
        Template millimetres (right, anterior, up) per millimetre along the slice's columns and rows:
        tilt, rotation and the size of the head.
    bend_mm : shape (n, 3, CONTROLS, CONTROLS)
        Coefficients of a smooth random displacement (right, anterior, up).
    """

    slice_mm: np.ndarray
    axes: np.ndarray
    bend_mm: np.ndarray


def draw_people(n, rng):
    """Draw n people and one slice level each; the first k of n are the same for every n >= k.

    Parameters
    ----------
    n : int
    rng : numpy.random.Generator
        Split into one stream per property, so that the number of people does not shift the draws.
    """
    level, size, tilt, bend = rng.spawn(4)
    slice_mm = level.uniform(*SLICE_RANGE_MM, n)
    scale = np.exp(size.normal(0, 0.03, (n, 2)))  # width and length of the head vary by 3 %
    roll, pitch, turn = np.deg2rad(tilt.normal(0, 4, (n, 3))).T

    right = np.stack([np.cos(turn), np.sin(turn), roll], axis=1)
    front = np.stack([-np.sin(turn), np.cos(turn), pitch], axis=1)
    # Columns run towards the patient's left and rows towards the back: the view from the feet.
    axes = np.stack([-right / scale[:, :1], -front / scale[:, 1:]], axis=2)
    # A random spline keeps about half of its coefficients' spread: 2.5 mm in the slice, 2 mm across it.
    bend_mm = bend.normal(0, 1, (n, 3, CONTROLS, CONTROLS)) * np.array([5, 5, 4])[:, None, None]
    return People(slice_mm, axes, bend_mm)


def tissue_shares(people, size):
    """How much of each pixel is white matter, grey matter and fluid; the rest is air.

    Parameters
    ----------
    people : People, n of them
    size : int
        Pixels along each side of the 216 mm field of view.

    Returns
    -------
    shares : float32 array, shape (n, 3, size, size), in [0, 1]
        In the order of `TISSUES`; they add up to 1 inside the head and to 0 outside it.
    """
    maps, origin = _template(FIELD_OF_VIEW_MM / size)
    position = _position_mm(people, size) - origin[:, None, None]  # (n, 3, size, size), voxels of 1 mm
    coordinates = np.moveaxis(position, 1, 0)
    shares = [map_coordinates(tissue, coordinates, output=np.float32, order=1) for tissue in maps]
    return np.stack(shares, axis=1)


def smooth_fields(coefficients, size):
    """Cubic splines over the slice from their control points.

    Parameters
    ----------
    coefficients : shape (..., k, k), k >= 4
    size : int

    Returns
    -------
    fields : shape (..., size, size)
    """
    basis = _spline_basis(coefficients.shape[-1], size)
    return basis @ coefficients @ basis.T


def pixel_centres_mm(size):
    """Distance of each pixel's centre from the middle of the field of view, shape (size,)."""
    return ((np.arange(size) + 0.5) / size - 0.5) * FIELD_OF_VIEW_MM


def _position_mm(people, size):
    """Where in the template each pixel lies: right, anterior, up; shape (n, 3, size, size)."""
    centres = pixel_centres_mm(size)
    columns, rows = np.meshgrid(centres, centres)
    flat = people.axes @ np.stack([columns, rows]).reshape(2, -1)
    position = flat.reshape(-1, 3, size, size) + smooth_fields(people.bend_mm, size)
    # The template's brain is centred 18 mm behind the origin.
    middle = np.stack([np.zeros_like(people.slice_mm), np.full_like(people.slice_mm, -18), people.slice_mm])
    return position + middle.T[:, :, None, None]


@lru_cache(maxsize=8)
def _spline_basis(n_controls, size):
    # Evenly spaced beyond both ends, so that the border moves no more than the middle.
    step = 1 / (n_controls - 3)
    knots = np.arange(-3, n_controls + 1) * step
    return BSpline.design_matrix((np.arange(size) + 0.5) / size, knots, 3).toarray()


@lru_cache(maxsize=2)
def _template(pixel_mm):
    """The three tissue maps, blurred to the pixel they will be sampled with, and voxel (0, 0, 0) in mm."""
    from nilearn import datasets

    white = datasets.load_mni152_wm_template(resolution=1)
    grey = datasets.load_mni152_gm_template(resolution=1)
    origin = white.affine[:3, 3]
    low = int(SLICE_RANGE_MM[0] - 30 - origin[2])  # tilt and bending reach 30 mm beyond the range
    high = int(SLICE_RANGE_MM[1] + 30 - origin[2])
    white, grey = (np.asarray(image.dataobj)[:, :, low:high] for image in (white, grey))

    # The maps end at the cortex. Closing its folds adds the fluid between them and a thin rim.
    disc = np.linalg.norm(np.mgrid[-5:6, -5:6], axis=0) <= 5
    levels = np.moveaxis(white + grey > 0.2, 2, 0)
    head = np.stack([binary_fill_holes(binary_closing(level, disc)) for level in levels], axis=2)
    fluid = np.clip(head - white - grey, 0, 1)

    blur = pixel_mm / np.sqrt(8 * np.log(2))  # full width at half maximum of one pixel
    maps = [gaussian_filter(tissue.astype(np.float32), blur) for tissue in (white, grey, fluid)]
    return maps, origin + np.array([0, 0, low])
