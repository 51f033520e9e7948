"""From images and masks to a table of named features, with the settings that it was measured by."""

import importlib.metadata
import os
import platform
import warnings
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from ganlab.data import Cohort, Volume
from ganlab.files import cache_folder
from ganlab.progress import with_progress
from ganlab.radiomics.extraction.lesion import (
    Lesion,
    chosen_engine,
    content_hash,
    cut_out,
    measure_all,
    touches_border,
)
from ganlab.radiomics.extraction.names import columns
from ganlab.radiomics.extraction.settings import MOST_LEVELS, chosen_settings
from ganlab.shapes import FilePath, Images, Masks, Table
from ganlab.validation import (
    as_numpy,
    as_samples,
    positive_integer,
    positive_number,
    refuse_masked,
    same_shape,
)

MOST_CACHED_BYTES = 200_000_000
LESIONS_PER_TASK = 25
# A worker process takes about a second to start, once in a session; 250 lesions take about as long.
LESIONS_WORTH_A_WORKER = 250


def extract_features(
    images_or_cohort: Cohort | Volume | Sequence[Volume] | Images,
    masks: Masks | None = None,
    *,
    spacing_mm: float | Sequence[float] | None = None,
    intensity_unit: str | None = None,
    bin_width: float | None = None,
    bin_count: int | None = None,
    classes: str | Sequence[str] | None = None,
    engine: str | None = None,
    n_jobs: int | None = None,
    cache: FilePath | None = None,
    progress: bool = True,
) -> Table:
    r"""Radiomic features of every lesion: what PyRadiomics measures, one row per image.

    A feature is a number with a definition: first-order statistics of the intensities in the region, its
    shape, and texture, counted on grey levels. **Bins** turn intensities into grey levels, and texture
    depends on them as much as on the tissue:

    .. math:: g = \lfloor x / w \rfloor - \lfloor x_{\min} / w \rfloor + 1 \qquad\text{(width w)}, \qquad
       g = \Big\lfloor N \frac{x - x_{\min}}{x_{\max} - x_{\min}} \Big\rfloor + 1 \qquad\text{(count N)}

    Hounsfield units mean the same in every patient, so a fixed width keeps that meaning; here 25 HU. In
    arbitrary units no width means anything beyond one scanner, so, as the IBSI recommends for them, a
    fixed count is used; here 32. A count gives up absolute contrast: every region is stretched to 32
    levels. If all images share one scale, a `bin_width` in that scale keeps it.

    Parameters
    ----------
    images_or_cohort : Cohort, Volume, sequence of Volume, or array or tensor of numbers
        An array has shape (n, height, width), or (n, depth, height, width) for volumes. The volumes of a
        sequence share unit and spacing.
    masks : array or tensor, bool or 0/1, shape of the images
        With arrays only: a Cohort and a Volume bring theirs.
    spacing_mm : number, or one number per axis
        With arrays only, and there it must be given. In slices (row, column), in volumes (plane, row,
        column).
    intensity_unit : {"HU", "a.u."} or None
        With arrays only. None: the bins must be given.
    bin_width : number > 0, in the unit of the intensities, optional
    bin_count : int >= 1, optional
        At most one of the two. By default 25 HU, or 32 bins in arbitrary units.
    classes : str, sequence of str or None
        Of "firstorder", "shape2D" (slices) or "shape" (volumes), "glcm", "glrlm", "glszm", "ngtdm" and
        "gldm". None: all of them, 102 features in slices and 107 in volumes.
    engine : {"flash-radiomics", "pyradiomics"} or None
        None: flash-radiomics, or PyRadiomics where that is missing; they agree to about 1e-7.
    n_jobs : int >= 1 or None
        Worker processes. None: up to the number of cores, but one for every 250 lesions at most. The
        values do not depend on it.
    cache : str, path-like or None
        The folder in which results are kept, so that a second call with the same content and settings is
        instant. None: $GANLAB_CACHE, or the system's folder for a user's caches.
    progress : bool
        A bar, in a terminal.

    Returns
    -------
    pandas.DataFrame, float64, one row per image
        Columns ``original_CLASS_FEATURE``, as PyRadiomics names them. The index is `patient_id` (a
        patient with several slices occurs several times), or the row number for arrays. Its ``attrs``:

        - ``"settings"``: unit, spacing, bins, classes. Tables are compared only if the first three agree.
        - ``"versions"``: engine, the engine's version, ganlab, numpy, python.
        - ``"reasons"``: {row number: why values are NaN}, for regions that have no features: an empty or
          one-voxel mask, one row of pixels, a constant region (texture undefined), bins so narrow that a
          region has more than 1,024 levels.
        - ``"touches_border"``: rows whose region reaches the edge of the image. They have values, but of
          the part that is seen.
        - ``"source"``: name and fingerprint of the cohort.

    Raises
    ------
    ValueError
        If the input is not as described, or the bins suit no lesion at all (a width of 25 for images in
        [-1, 1], say).
    ModuleNotFoundError
        If no engine is installed.

    Notes
    -----
    A slice is measured as PyRadiomics measures a volume of one plane, 1 mm thick, with force2D; only
    TotalEnergy knows the thickness. A flat region gets no texture here, where PyRadiomics gives constants.

    On the IBSI's digital phantom (bins of width 1) the values agree with the reference manual in its three
    digits, or within its tolerance, with two differences by definition: kurtosis is 3 for a normal
    distribution, not 0, and the axes' lengths come of variances over n voxels, not n - 1. MCC, TotalEnergy
    and the diameters within a plane are not in the manual.

    References
    ----------
    .. [1] van Griethuysen et al. (2017), Computational Radiomics System to Decode the Radiographic
       Phenotype, doi:10.1158/0008-5472.CAN-17-0339.
    .. [2] Zwanenburg et al. (2020), The Image Biomarker Standardization Initiative,
       doi:10.1148/radiol.2020191145; section 2.7 of arXiv:1612.07003 on bins.

    Examples
    --------
    >>> from ganlab.data import simulate_ct
    >>> table = extract_features(simulate_ct(3, seed=0), classes=["firstorder", "glcm"])
    >>> table.shape, table.attrs["settings"]["bin_width"]
    ((3, 42), 25.0)
    >>> table["original_firstorder_Mean"].round(1).tolist()
    [84.2, 91.7, 67.4]
    """
    given = _taken_apart(images_or_cohort, masks, spacing_mm, intensity_unit)
    settings = chosen_settings(given["unit"], given["spacing_mm"], bin_width, bin_count, classes)
    chosen = chosen_engine(engine)
    lesions = [cut_out(image, mask) for image, mask in zip(given["images"], given["masks"], strict=True)]
    _refuse_unsuitable_bins(lesions, settings)
    if n_jobs is None:
        n_jobs = max(1, min(os.cpu_count() or 1, len(lesions) // LESIONS_WORTH_A_WORKER))
    measure = _remembered(_measure_lesions, cache, ignore=["lesions", "n_jobs", "progress"])
    values, reasons = measure(
        content_hash(lesions),
        lesions,
        settings,
        chosen.NAME,
        chosen.VERSION,
        n_jobs=positive_integer(n_jobs, "n_jobs"),
        progress=progress,
    )

    table = pd.DataFrame(values, columns=columns(settings.classes), index=given["index"])
    table.attrs.update(
        settings=settings.describe(),
        versions=_versions(chosen),
        reasons={row: reason for row, reason in enumerate(reasons) if reason},
        touches_border=[row for row, mask in enumerate(given["masks"]) if touches_border(mask)],
        source=given["source"],
    )
    return table


def _measure_lesions(content, lesions, settings, engine_name, engine_version, n_jobs, progress):
    """Values, shape (n, feature), and one reason per lesion; content and version are there for the cache."""
    from joblib import Parallel, delayed

    # One volume may take a minute, so there each class is a step of the bar.
    flat = settings.dimensions == 2
    parts = [settings] if flat else [replace(settings, classes=(name,)) for name in settings.classes]
    size = LESIONS_PER_TASK if flat else 1
    tasks = [
        (lesions[start : start + size], part) for start in range(0, len(lesions), size) for part in parts
    ]
    run = Parallel(n_jobs=min(n_jobs, len(tasks)), return_as="generator")
    done = run(delayed(measure_all)(*task, engine_name) for task in tasks)
    steps = with_progress(tasks, "measuring features") if progress else tasks
    found = [measured for _, measured in zip(steps, done, strict=True)]
    rows, reasons = [], []
    for start in range(0, len(found), len(parts)):
        for lesion in zip(*found[start : start + len(parts)], strict=True):
            values, why = zip(*lesion, strict=True)
            rows.append(np.concatenate(values))
            reasons.append("; ".join(dict.fromkeys(filter(None, why))))
    return np.stack(rows), reasons


def _remembered(function, cache, ignore):
    """`function` with a memory on disk: the same arguments, but for those ignored, give the stored result.

    The memory keeps the latest 200 MB. Where the folder cannot be written the function runs as it is: a
    lesson must not stop for a full disk.
    """
    from joblib import Memory

    folder = cache_folder(cache) / "features"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK):
            raise PermissionError(f"{folder} cannot be written")
    except OSError:
        return function
    memory = Memory(folder, verbose=0)
    stored = memory.cache(function, ignore=ignore)

    def recall(*arguments, **named):
        known = stored.check_call_in_cache(*arguments, **named)
        with warnings.catch_warnings():
            # A damaged entry is computed anew; that it was slow to store concerns nobody.
            warnings.simplefilter("ignore", UserWarning)
            result = stored(*arguments, **named)
            if not known:
                memory.reduce_size(bytes_limit=MOST_CACHED_BYTES)
        return result

    return recall


def _refuse_unsuitable_bins(lesions, settings):
    """Refuse a width that leaves no lesion more than an accident of texture, or that drowns every one."""
    spans = np.array([np.ptp(lesion.image[lesion.mask]) for lesion in lesions if isinstance(lesion, Lesion)])
    spans = spans[spans > 0]
    if settings.bin_width is None or not len(spans):
        return
    # Less than one bin from darkest to brightest: a second level is there only if an edge happens to fall
    # between them, as 0 does for images in [-1, 1].
    too_wide = spans.max() < settings.bin_width
    if too_wide or spans.min() > settings.bin_width * MOST_LEVELS:
        raise ValueError(
            f"bin_width={settings.bin_width:g} is too {'wide' if too_wide else 'narrow'}: from darkest to "
            f"brightest the lesions span {spans.min():.3g} to {spans.max():.3g} (unit: "
            f"{settings.intensity_unit}). Are the images in the unit that the bins were meant for?"
        )


def _taken_apart(source, masks, spacing_mm, unit):
    """Images, masks, index and the rest from whatever `extract_features` was given."""
    if isinstance(source, Volume):
        source = [source]
    volumes = isinstance(source, (list, tuple)) and source and all(isinstance(v, Volume) for v in source)
    if isinstance(source, Cohort) or volumes:
        extra = {"masks": masks, "spacing_mm": spacing_mm, "intensity_unit": unit}
        unneeded = [name for name, value in extra.items() if value is not None]
        if unneeded:
            raise ValueError(f"a Cohort or a Volume brings its own {', '.join(unneeded)}; leave it out.")
    if isinstance(source, Cohort):
        return {
            "images": source.images,
            "masks": source.masks,
            "unit": source.intensity_unit,
            "spacing_mm": source.spacing_mm,
            "index": pd.Index(source.truth["patient_id"], name="patient_id"),
            "source": {"name": source.name, "fingerprint": source.fingerprint},
        }
    return _from_volumes(source) if volumes else _from_arrays(source, masks, spacing_mm, unit)


def _from_volumes(volumes):
    for key in ("intensity_unit", "spacing_mm"):
        different = {getattr(volume, key) for volume in volumes}
        if len(different) > 1:
            raise ValueError(
                f"the volumes differ in {key}: {sorted(different)}. Features depend on it: resample the "
                "volumes first, or measure them one by one."
            )
    return {
        "images": [volume.image for volume in volumes],
        "masks": [volume.mask for volume in volumes],
        "unit": volumes[0].intensity_unit,
        "spacing_mm": volumes[0].spacing_mm,
        "index": pd.Index([volume.name for volume in volumes], name="patient_id"),
        "source": {"name": ", ".join(volume.name for volume in volumes), "fingerprint": None},
    }


def _from_arrays(images, masks, spacing_mm, unit):
    images = as_numpy(as_samples(images, "images"))
    if images.ndim not in (3, 4) or 0 in images.shape:
        raise ValueError(
            "images must have shape (n, height, width), or (n, depth, height, width) for volumes; "
            f"got {images.shape}. A single slice needs images[None], a single volume too."
        )
    if masks is None:
        raise ValueError("masks are missing: features are measured inside a region of interest.")
    refuse_masked(masks, "masks")
    masks = as_numpy(masks)
    same_shape(masks, images, "masks", "images")
    _refuse_channels(images)
    if masks.dtype != bool and not np.isin(masks, (0, 1)).all():
        raise ValueError(
            "masks must be True or False, or 0 or 1, everywhere. "
            "For a map of several labels choose one: labels == 1."
        )
    if unit not in (None, "HU", "a.u."):
        raise ValueError(f'intensity_unit must be "HU" or "a.u."; got {unit!r}.')
    return {
        "images": images,
        "masks": masks.astype(bool),
        "unit": unit or "not stated",
        "spacing_mm": _spacing(spacing_mm, images.ndim - 1),
        "index": pd.RangeIndex(len(images), name="row"),
        "source": {"name": "arrays", "fingerprint": None},
    }


def _refuse_channels(images):
    """Refuse an axis of one or of three, which is a channel or three colours, and never a depth."""
    axes = [axis for axis in (1, 3) if images.ndim == 4 and images.shape[axis] in (1, 3)]
    if axes:
        axis, length = axes[0], images.shape[axes[0]]
        slices = f"images[{':, ' * axis}0]"
        if length == 1:
            advice = f"For slices take {slices}, and the masks likewise."
        else:
            advice = (
                f"Features are measured in one channel: for slices in colours take one, {slices}, or their "
                f"mean, images.mean({axis}), and one mask for each slice."
            )
        raise ValueError(
            f"images have shape {images.shape}, in which axis {axis} of length {length} looks like channels "
            f"and not like a direction in space. {advice} A real volume of so few planes goes in as a "
            "ganlab.data.Volume."
        )


def _spacing(spacing_mm, n_axes):
    if spacing_mm is None:
        raise ValueError(
            "spacing_mm is missing: plain arrays do not say how large a pixel is, and shape is measured in "
            "mm. Give it, as spacing_mm=0.8 or one number per axis."
        )
    values = np.ravel(spacing_mm)
    if len(values) not in (1, n_axes):
        raise ValueError(f"spacing_mm must be one number or {n_axes}, one per axis; got {len(values)}.")
    return tuple(positive_number(value, "spacing_mm") for value in np.broadcast_to(values, n_axes))


def _versions(engine):
    return {
        "engine": engine.NAME,
        engine.NAME: engine.VERSION,
        "ganlab": importlib.metadata.version("ganlab"),
        "numpy": np.__version__,
        "python": platform.python_version(),
    }
