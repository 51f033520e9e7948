"""One scan at a time on a common scale: MR intensities have no unit, and every scanner its own gain."""

import numpy as np


def median_scaled(cohort):
    r"""Every scan divided by the median of its head, then moved to where networks work.

    .. math:: x_\text{network} = \mathrm{clip}\left(x / \mathrm{median}(x_\text{head}) - 1,\ -1,\ 1\right)

    Air lies at -1, the typical tissue at 0, and what is twice as bright at 1. An MR intensity is a
    number without a unit, multiplied by a gain that differs from scan to scan: without this step a
    translator is asked for a gain that nobody could know. For CT it would be wrong, because it throws
    away what a Hounsfield unit means.

    Parameters
    ----------
    cohort : Cohort
        With a mask of the head (or of the organ) for every image.

    Returns
    -------
    torch tensor, shape (n, 1, height, width), in [-1, 1]

    Raises
    ------
    ValueError
        If the intensities are Hounsfield units, or a mask is empty or marks a median of 0 or less.

    References
    ----------
    .. [1] Shinohara et al. (2014), Statistical normalization techniques for magnetic resonance imaging,
       doi:10.1016/j.nicl.2014.08.008, on why each scan is brought to a common scale.

    Examples
    --------
    >>> from ganlab.data import brain_slices
    >>> cohort = brain_slices("T1", 3, seed=0, size=32)
    >>> scans = median_scaled(cohort)
    >>> scans.shape, round(abs(float(np.median(scans.numpy()[0, 0][cohort.masks[0]]))), 2)
    (torch.Size([3, 1, 32, 32]), 0.0)
    """
    import torch

    if cohort.intensity_unit == "HU":
        raise ValueError(
            "median_scaled is for intensities without a unit; these are Hounsfield units, whose meaning it "
            "would destroy. Use cohort.to_tensor()."
        )
    scans = []
    for row, (image, mask) in enumerate(zip(cohort.images, cohort.masks, strict=True)):
        median = float(np.median(image[mask])) if mask.any() else 0.0
        if not median > 0:
            raise ValueError(
                f"the mask of image {row} marks a median intensity of {median:g}; expected a mask of the "
                "head, where the median is above 0."
            )
        scans.append(np.clip(image / median - 1, -1, 1))
    return torch.from_numpy(np.stack(scans)).float().unsqueeze(1)
