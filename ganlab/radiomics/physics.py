"""What can be measured in a CT image without features: its scale (air, water), necrosis, and outline."""

import numpy as np
import pandas as pd
from scipy.ndimage import distance_transform_edt, gaussian_filter

from ganlab.data import Cohort
from ganlab.shapes import Table, Values
from ganlab.validation import as_array, positive_number

REFERENCES_HU = {"air": -1000.0, "water": 0.0}

# Half-way between the warmest necrosis (30 HU) and the coolest living tissue (55 HU) of `simulate_ct`.
NECROSIS_BELOW_HU = 42.5
# Enough to average the noise of a sharp kernel away, less than the smallest necrotic core.
AVERAGING_MM = 1.0
RING_MM = 3.0


def reference_hu(cohort: Cohort) -> Table:
    r"""What the scanner says of air and water in each image, which by definition are -1000 and 0 HU.

    .. math:: \text{HU} = 1000\,\frac{\mu - \mu_\text{water}}{\mu_\text{water} - \mu_\text{air}}

    The range of an image says nothing about this: an image may look right and be 50 HU off.

    Parameters
    ----------
    cohort : Cohort
        In HU, with regions "air" and "water", as `simulate_ct` gives it.

    Returns
    -------
    pandas.DataFrame, one row per image
        Columns `air` and `water`: means over the region, in HU; NaN where the region is empty.

    Examples
    --------
    >>> from ganlab.data import simulate_ct
    >>> reference_hu(simulate_ct(20, seed=0)).mean().round().tolist()
    [-1000.0, 0.0]
    """
    regions = cohort.regions
    missing = [name for name in REFERENCES_HU if name not in regions]
    if cohort.intensity_unit != "HU" or missing:
        raise ValueError(
            "the calibration can be checked in HU, against regions of air and water; got a cohort in "
            f"{cohort.intensity_unit} with the regions {sorted(regions)}."
        )
    means = {}
    for name in REFERENCES_HU:
        counts = regions[name].sum(axis=(1, 2))
        sums = np.where(regions[name], cohort.images, 0).sum(axis=(1, 2), dtype=float)
        means[name] = np.divide(sums, counts, out=np.full(len(cohort), np.nan), where=counts > 0)
    return pd.DataFrame(means, index=pd.Index(cohort.truth["patient_id"], name="patient_id"))


def necrotic_fraction(
    cohort: Cohort, below_hu: float = NECROSIS_BELOW_HU, averaging_mm: float = AVERAGING_MM
) -> Values:
    r"""Share of each lesion that does not enhance: pixels below a threshold, after averaging over noise.

    Dead tissue takes up no contrast medium and stays close to water, while living tissue brightens. Single
    pixels are too noisy to tell, so each gets a Gaussian mean of its neighbours inside the lesion,

    .. math:: \bar x = \frac{G * (x m)}{G * m},

    with m the mask: the brighter liver outside stays outside. The averaging eats into small cores: with
    the defaults, lesions of `simulate_ct` with necrosis come out 5 percentage points too low on average.

    Parameters
    ----------
    cohort : Cohort
        In HU.
    below_hu : number
        Default: half-way between necrosis and living tissue of `simulate_ct`. Choose your own for
        measured images.
    averaging_mm : number > 0
        Standard deviation of the Gaussian.

    Returns
    -------
    array, shape (n,), values in [0, 1]

    Examples
    --------
    >>> from ganlab.data import simulate_ct
    >>> cohort = simulate_ct(30, seed=0)
    >>> measured, truth = necrotic_fraction(cohort), cohort.truth["necrotic_fraction"]
    >>> bool(np.corrcoef(measured, truth)[0, 1] > 0.9)
    True
    """
    if cohort.intensity_unit != "HU":
        raise ValueError(f"a threshold in HU means nothing in {cohort.intensity_unit}.")
    below_hu = float(as_array(below_hu, "below_hu"))
    averaging_mm = positive_number(averaging_mm, "averaging_mm")
    sigma = (0, *(averaging_mm / spacing for spacing in cohort.spacing_mm))
    inside = gaussian_filter(cohort.masks.astype(float), sigma)
    sums = gaussian_filter(np.where(cohort.masks, cohort.images, 0).astype(float), sigma)
    means = np.divide(sums, inside, out=np.full(sums.shape, np.inf), where=cohort.masks)
    return (means < below_hu).sum(axis=(1, 2)) / cohort.masks.sum(axis=(1, 2))


def outline_contrast(cohort):
    """Mean intensity of each lesion minus that of a ring around it: what a mask that has slipped loses.

    The ring is 3 mm wide, or a pixel where pixels are larger.

    Parameters
    ----------
    cohort : Cohort

    Returns
    -------
    array, shape (n,)
        In the cohort's unit; NaN where the mask is the whole image.

    Examples
    --------
    >>> from ganlab.data import simulate_ct
    >>> bool((outline_contrast(simulate_ct(10, seed=0)) < 0).all())  # all darker than the liver
    True
    """
    width_mm = max(RING_MM, *cohort.spacing_mm)
    contrast = np.full(len(cohort), np.nan)
    for row, (image, mask) in enumerate(zip(cohort.images.astype(float), cohort.masks, strict=True)):
        if not mask.all():
            ring = ~mask & (distance_transform_edt(~mask, sampling=cohort.spacing_mm) <= width_mm)
            contrast[row] = image[mask].mean() - image[ring].mean()
    return contrast
