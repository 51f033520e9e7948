"""How close translated images come to the hidden truth, and what became of the lesions in them."""

import numpy as np
import pandas as pd

from ganlab.shapes import Images, Masks
from ganlab.validation import as_array, as_numpy, positive_integer, positive_number, same_shape


def translation_scores(
    translated: Images, truth: Images, heads: Masks, *, data_range: float = 2.0
) -> pd.DataFrame:
    r"""How close every translated image is to its paired truth, inside the head.

    .. math:: \mathrm{MAE} = \frac{1}{N} \sum_i |a_i - b_i|, \qquad
       \mathrm{SSIM} = \overline{\frac{(2\mu_a\mu_b + c_1)(2\sigma_{ab} + c_2)}
       {(\mu_a^2 + \mu_b^2 + c_1)(\sigma_a^2 + \sigma_b^2 + c_2)}}

    with moments in a Gaussian window (1.5 pixels) that is moved over the image, and
    :math:`c_1 = (0.01 L)^2, c_2 = (0.03 L)^2` for intensities that span L. All means are taken over the
    pixels of the head: air agrees with air in every translation. SSIM is made for intensities of 0 or more.
    With negative ones the product of the means turns its sign, and so a negated image would get a high SSIM;
    add 1 to images in [-1, 1].

    None of the three numbers knows what a lesion is: a few pixels that decide a diagnosis hardly move a mean
    over all of them.

    Parameters
    ----------
    translated, truth : array, shape (n, height, width) or (n, 1, height, width), values >= 0
        Images of the same people, pixel on pixel, in the same units.
    heads : bool array, shape (n, height, width)
        Where the head is.
    data_range : number > 0
        L: 2 for images in [0, 2].

    Returns
    -------
    pandas.DataFrame, n rows
        ``mae`` (>= 0, in the units of the images; 0 is perfect), ``ssim`` (at most 1, which is perfect) and
        ``correlation`` (Pearson's, -1 to 1; 0 if an image is flat inside the head).

    Raises
    ------
    ValueError
        If an intensity is negative, the shapes differ, or an image has no head.

    References
    ----------
    .. [1] Wang et al. (2004), Image quality assessment: from error visibility to structural similarity,
       doi:10.1109/TIP.2003.819861.

    Examples
    --------
    >>> truth = np.random.default_rng(0).uniform(0, 2, (1, 16, 16))
    >>> head = np.ones((1, 16, 16), bool)
    >>> translation_scores(truth, truth, head).round(3).values.tolist()
    [[0.0, 1.0, 1.0]]
    """
    from skimage.metrics import structural_similarity

    translated, truth = (
        _checked_intensities(_stack(images, name), name)
        for images, name in ((translated, "translated"), (truth, "truth"))
    )
    heads = np.asarray(heads, bool)
    same_shape(translated, truth, "translated", "truth")
    same_shape(truth, heads, "truth", "heads")
    if min(truth.shape[1:]) < 11:
        raise ValueError(f"images must be 11 pixels or more a side; got {truth.shape[1:]}.")
    if without := np.flatnonzero(~heads.any(axis=(1, 2))).tolist():
        raise ValueError(f"image {without[0]} has no head; choose rows that have one.")
    data_range = positive_number(data_range, "data_range")
    rows = []
    for a, b, head in zip(translated, truth, heads, strict=True):
        _, similarity = structural_similarity(
            a,
            b,
            data_range=data_range,
            gaussian_weights=True,
            sigma=1.5,
            use_sample_covariance=False,
            full=True,
        )
        inside = a[head], b[head]
        flat = any(np.ptp(values) == 0 for values in inside)
        correlation = 0.0 if flat else np.corrcoef(*inside)[0, 1]
        rows.append((np.abs(inside[0] - inside[1]).mean(), similarity[head].mean(), correlation))
    return pd.DataFrame(rows, columns=["mae", "ssim", "correlation"])


def lesion_contrast(images: Images, lesions: Masks, heads: Masks, *, ring: int = 2) -> np.ndarray:
    """How much brighter a lesion is than the brain around it, image by image.

    The mean intensity of the lesion minus the mean of the `ring` pixels around it that lie in the head.
    Its sign tells a dark lesion from a bright one, and near 0 no reader would find it.

    Parameters
    ----------
    images : array, shape (n, height, width) or (n, 1, height, width)
    lesions, heads : bool array, shape (n, height, width)
        Where the lesion is, and where the head is.
    ring : int >= 1
        Width of the surroundings, in pixels.

    Returns
    -------
    numpy array, shape (n,)
        In the units of the images.

    Raises
    ------
    ValueError
        If the shapes differ, or an image has no lesion, or no head around it: choose those rows first.

    Examples
    --------
    >>> image = np.zeros((1, 9, 9))
    >>> lesion = np.zeros((1, 9, 9), bool)
    >>> lesion[0, 4, 4] = True
    >>> image[lesion] = 0.3
    >>> lesion_contrast(image, lesion, np.ones((1, 9, 9), bool)).tolist()
    [0.3]
    """
    from scipy.ndimage import binary_dilation

    images, ring = _stack(images, "images"), positive_integer(ring, "ring")
    lesions, heads = np.asarray(lesions, bool), np.asarray(heads, bool)
    same_shape(images, lesions, "images", "lesions")
    same_shape(images, heads, "images", "heads")
    contrasts = []
    for row, (image, lesion, head) in enumerate(zip(images, lesions, heads, strict=True)):
        around = binary_dilation(lesion, iterations=ring) & ~lesion & head
        if not lesion.any() or not around.any():
            raise ValueError(f"image {row} has no lesion with a head around it; choose rows that have one.")
        contrasts.append(image[lesion].mean() - image[around].mean())
    return np.array(contrasts)


def _checked_intensities(images, name):
    """The images, unless they hold what SSIM is not made for."""
    if images.min() < 0:
        raise ValueError(
            f"{name} holds negative intensities (down to {images.min():.3g}), and SSIM is made for "
            "intensities of 0 or more: with negative ones a negated image would look similar. Add 1 to "
            "images in [-1, 1]."
        )
    return images


def _stack(images, name):
    """Images as a numpy array of shape (n, height, width), in double precision."""
    images = as_numpy(as_array(images, name)).astype(float)
    if images.ndim == 4 and images.shape[1] == 1:
        images = images[:, 0]
    if images.ndim != 3 or 0 in images.shape:
        raise ValueError(
            f"{name} must have shape (n, height, width) or (n, 1, height, width); got {images.shape}."
        )
    return images
