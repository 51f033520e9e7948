"""Five augmentations, from a cohort to a cohort: mirror and turn, rescale, swap the kernel, crop, smooth.

One keeps what decides the label and four do not; `audit_invariance` says which.
"""

import numpy as np
import scipy.fft
from scipy.ndimage import gaussian_filter

from ganlab.data import Cohort, ct_kernel
from ganlab.seeding import seeded_numpy_rng
from ganlab.shapes import Seed
from ganlab.validation import as_samples, positive_number

LONGEST_SPREAD = 10  # pixels; beyond it the weights of every kernel are zero in double precision


def flip_and_rotate(cohort: Cohort, seed: Seed = 0) -> Cohort:
    """Each image mirrored or turned by a multiple of 90 degrees, with its mask and its regions.

    One of the eight symmetries of the square for each image, all equally likely; pixels move and none
    changes. Where pixels or images are not square only the four that keep the rectangle are used.
    Texture is averaged over directions, so no feature moves. Not for images in which left and right
    matter, a heart or a whole liver say.

    Parameters
    ----------
    cohort : Cohort
    seed : int, torch.Generator or None

    Returns
    -------
    Cohort

    Examples
    --------
    >>> from ganlab.data import simulate_ct
    >>> cohort = simulate_ct(4, seed=0)
    >>> turned = flip_and_rotate(cohort, seed=1)
    >>> bool((np.sort(turned.images, axis=None) == np.sort(cohort.images, axis=None)).all())
    True
    """
    rng = seeded_numpy_rng(seed)
    height, width = cohort.images.shape[1:]
    square = height == width and cohort.spacing_mm[0] == cohort.spacing_mm[1]
    quarter_turns = rng.integers(4, size=len(cohort)) if square else 2 * rng.integers(2, size=len(cohort))
    mirrored = rng.integers(2, size=len(cohort)).astype(bool)

    def moved(arrays):
        return np.stack(
            [
                np.rot90(array[:, ::-1] if mirror else array, turns)
                for array, turns, mirror in zip(arrays, quarter_turns, mirrored, strict=True)
            ]
        )

    return _changed(
        cohort,
        "flipped and rotated",
        images=moved(cohort.images),
        masks=moved(cohort.masks),
        regions={name: moved(region) for name, region in cohort.regions.items()},
    )


def rescale_intensity(
    cohort: Cohort,
    gain: tuple[float, float] = (0.9, 1.1),
    offset: tuple[float, float] = (-50.0, 50.0),
    seed: Seed = 0,
) -> Cohort:
    """Each image times a random gain plus a random offset: "brightness and contrast" for photographs.

    In Hounsfield units it says that water is no longer water: -1000 and 0 are fixed by definition.

    Parameters
    ----------
    cohort : Cohort
    gain, offset : pair (low, high)
        Drawn evenly between the two for each image; the offset in the cohort's unit.
    seed : int, torch.Generator or None

    Returns
    -------
    Cohort
        Still in the unit that it had; that is the lie.

    Examples
    --------
    >>> from ganlab.data import simulate_ct
    >>> scene = simulate_ct(1, kernel="ideal", seed=0)
    >>> darker = rescale_intensity(scene, gain=(0.9, 0.9), offset=(0, 0))
    >>> float(np.unique(darker.images[darker.regions["air"]]).item())
    -900.0
    """
    rng = seeded_numpy_rng(seed)
    gain, offset = _pair(gain, "gain"), _pair(offset, "offset")
    positive_number(gain[0], "gain")
    gains, offsets = (rng.uniform(*limits, (len(cohort), 1, 1)) for limits in (gain, offset))
    return _changed(cohort, "intensities rescaled", images=cohort.images * gains + offsets)


def swap_kernel(cohort: Cohort, kernel: str = "sharp") -> Cohort:
    r"""The same scans as another reconstruction kernel would have shown them.

    .. math:: \hat{x}_\text{to}(f) = \hat{x}_\text{from}(f)\,
       \frac{\text{MTF}_\text{to}(f)}{\text{MTF}_\text{from}(f)}

    Structure and noise both went through the old kernel, so one ratio of transfer functions, those of the
    point spreads sampled at the pixels, converts both. Images are mirrored at their edges, where this is
    only an approximation.

    Parameters
    ----------
    cohort : Cohort
        In HU, with a column `kernel` in its truth, as `simulate_ct` gives it.
    kernel : {"soft", "medium", "sharp"}
        The kernel to convert to.

    Returns
    -------
    Cohort
        With the new kernel in its truth.

    References
    ----------
    .. [1] Ohkubo et al. (2011), Image filtering as an alternative to the application of a different
       reconstruction kernel in CT imaging, doi:10.1118/1.3590363.

    Examples
    --------
    >>> from ganlab.data import simulate_ct
    >>> soft = simulate_ct(4, kernel="soft", seed=0)
    >>> sharp = swap_kernel(soft, "sharp")
    >>> bool(sharp.images.std() > soft.images.std()), sharp.truth["kernel"].unique().tolist()
    (True, ['sharp'])
    """
    truth = cohort.truth
    if cohort.intensity_unit != "HU" or "kernel" not in truth:
        raise ValueError(
            "swap_kernel needs a cohort in HU whose truth has a column 'kernel'; got one in "
            f"{cohort.intensity_unit} with {', '.join(map(str, truth))}."
        )
    wanted = _transfer(ct_kernel(kernel), cohort)
    images = np.empty_like(cohort.images)
    for old in truth["kernel"].unique():
        rows = (truth["kernel"] == old).to_numpy()
        ratio = wanted / _transfer(ct_kernel(old), cohort)
        spectrum = scipy.fft.dctn(cohort.images[rows].astype(float), axes=(1, 2), norm="ortho")
        images[rows] = scipy.fft.idctn(spectrum * ratio, axes=(1, 2), norm="ortho")
    return _changed(cohort, f"{kernel} kernel", images=images, truth=truth.assign(kernel=kernel))


def central_crop(cohort: Cohort, fraction: float = 0.5) -> Cohort:
    """The middle of each image, with the middle of its mask and its regions.

    Harmless where the object fills the frame; a lesion that lies beside the middle loses a part, and with
    it whatever was in that part.

    Parameters
    ----------
    cohort : Cohort
    fraction : number in (0, 1]
        Of the height and of the width that stay.

    Returns
    -------
    Cohort
        Smaller images of pixels of the same size.

    Examples
    --------
    >>> from ganlab.data import simulate_ct
    >>> central_crop(simulate_ct(2, seed=0)).images.shape
    (2, 32, 32)
    """
    fraction = positive_number(fraction, "fraction")
    if fraction > 1:
        raise ValueError(f"fraction must be above 0 and at most 1; got {fraction:g}.")
    window = []
    for length in cohort.images.shape[1:]:
        kept = max(1, round(fraction * length))
        start = (length - kept) // 2
        window.append(slice(start, start + kept))

    def cut(arrays):
        return arrays[:, window[0], window[1]]

    return _changed(
        cohort,
        f"central {fraction:g}",
        images=cut(cohort.images),
        masks=cut(cohort.masks),
        regions={name: cut(region) for name, region in cohort.regions.items()},
    )


def smooth(cohort: Cohort, sigma_mm: float = 3.0) -> Cohort:
    """Each image blurred by a Gaussian, masks left as they are: noise goes, and small structure with it.

    Parameters
    ----------
    cohort : Cohort
    sigma_mm : number > 0
        Standard deviation, in mm. The soft kernel of `simulate_ct` has 0.62.

    Returns
    -------
    Cohort

    Examples
    --------
    >>> from ganlab.data import simulate_ct
    >>> cohort = simulate_ct(2, seed=0)
    >>> bool(smooth(cohort).images.std() < cohort.images.std())
    True
    """
    sigma_mm = positive_number(sigma_mm, "sigma_mm")
    sigma = (0, *(sigma_mm / spacing for spacing in cohort.spacing_mm))
    return _changed(cohort, f"smoothed by {sigma_mm:g} mm", images=gaussian_filter(cohort.images, sigma))


def _transfer(kernel, cohort):
    """Transfer function of a kernel's sampled point spread, at the frequencies of the cosine transform.

    That transform mirrors an image at its edges, so nothing is joined that does not belong together.
    """
    offset = np.arange(-LONGEST_SPREAD, LONGEST_SPREAD + 1)
    row_mm, column_mm = (offset * spacing for spacing in cohort.spacing_mm)
    weights = kernel.point_spread(np.hypot(row_mm[:, None], column_mm[None, :]))
    rows, columns = (np.cos(np.pi * np.outer(np.arange(n), offset) / n) for n in cohort.images.shape[1:])
    return rows @ (weights / weights.sum()) @ columns.T


def _changed(cohort, what, **parts):
    return cohort.replace(name=f"{cohort.name}, {what}", provenance=f"{cohort.provenance}; {what}", **parts)


def _pair(limits, name):
    values = np.asarray(as_samples(limits, name))
    if values.shape != (2,) or values[0] > values[1]:
        raise ValueError(f"{name} must be a pair (low, high) in order; got {limits!r}.")
    return tuple(values.tolist())
