"""Measured data: what the simulators are a model of."""


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
