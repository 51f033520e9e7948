"""Measured data: what the simulators are a model of."""

from ganlab.data.measured.fetch import CASES, RELEASE, radiomics_folder
from ganlab.data.measured.image_files import read_image
from ganlab.data.measured.volume import Volume


def load_wdbc():
    """The Wisconsin Diagnostic Breast Cancer table: 569 fine-needle aspirates, 30 measured features.

    Each row is one patient. Ten properties of the cell nuclei in a digitised image (radius, texture,
    perimeter, area, ...) are summarised as ``mean ...``, ``... error`` and ``worst ...`` (the mean of
    the three largest). Lengths are in pixels of the original digitiser: the table gives no millimetres.

    Returns
    -------
    pandas.DataFrame, 569 rows
        ``patient_id`` (int, the row's number; the public table is anonymous), ``diagnosis``
        ("benign", 357 rows, or "malignant", 212), then the 30 features as floats.

    References
    ----------
    .. [1] Street, Wolberg & Mangasarian (1993), Nuclear feature extraction for breast tumor diagnosis,
       doi:10.1117/12.148698. The copy inside scikit-learn is read, so nothing is downloaded.

    Examples
    --------
    >>> wdbc = load_wdbc()
    >>> wdbc.groupby("diagnosis")["mean radius"].median().round(1).to_dict()
    {'benign': 12.2, 'malignant': 17.3}
    """
    from sklearn.datasets import load_breast_cancer

    source = load_breast_cancer(as_frame=True)
    table = source.data.copy()
    table.insert(0, "patient_id", range(len(table)))
    table.insert(1, "diagnosis", [str(source.target_names[code]) for code in source.target])
    return table


def load_radiomics_case(name, cache=None):
    """One of PyRadiomics' five measured cases, with the region of interest that came with it.

    ======= ============= ==================== ========== ====
    name    voxels        mm                   in the ROI unit
    ======= ============= ==================== ========== ====
    brain1  25x256x256    6.5 x 0.781 x 0.781  4137       a.u.
    brain2  23x256x256    6.5 x 0.781 x 0.781  453        a.u.
    breast1 21x120x45     2.1 x 0.664 x 0.664  143        a.u.
    lung1   48x512x512    5 x 0.570 x 0.570    837        HU
    lung2   61x512x512    5 x 0.627 x 0.627    24644      HU
    ======= ============= ==================== ========== ====

    Five patients are five patients: enough to see real texture and to check a feature against its
    published value, not enough to say anything about a population.

    Parameters
    ----------
    name : {"brain1", "brain2", "breast1", "lung1", "lung2"}
        Lungs are CT, the others MR.
    cache : str, path-like or None
        Where `fetch_radiomics_cases` put them. None: $GANLAB_CACHE, or the system's cache folder.

    Returns
    -------
    Volume
        ``.slices()`` and ``.patches()`` cut a Cohort from it. Its diagnosis is "unknown": the files do
        not say.

    Raises
    ------
    ValueError
        If there is no such case.
    FileNotFoundError
        If it was not fetched yet.
    ImageFileError
        If the cached file is damaged.

    References
    ----------
    .. [1] van Griethuysen et al. (2017), Computational Radiomics System to Decode the Radiographic
       Phenotype, doi:10.1158/0008-5472.CAN-17-0339.
    """
    if name not in CASES:
        raise ValueError(f"name must be one of {', '.join(CASES)}; got {name!r}.")
    folder = radiomics_folder(cache)
    files = [folder / f"{name}_{part}.nrrd" for part in ("image", "label")]
    if not all(file.exists() for file in files):
        raise FileNotFoundError(
            f"the case {name!r} is not in {folder}. Run `ganlab fetch` once, with a network, to obtain it."
        )
    image, label = (read_image(file) for file in files)
    return Volume(
        image.voxels,
        label.voxels == 1,
        image.spacing_mm,
        "HU" if name.startswith("lung") else "a.u.",
        name,
        f"PyRadiomics {RELEASE} test case {name}, doi:10.1158/0008-5472.CAN-17-0339",
    )
