"""Public data sets: the Wisconsin breast cancer table (WDBC), and MedMNIST's images as cohorts."""

import zipfile
import zlib
from pathlib import Path

import numpy as np
import pandas as pd

from ganlab.data.cohort.cohort import Cohort
from ganlab.data.measured.radiomics_cases import FetchError
from ganlab.files import cache_folder
from ganlab.shapes import FilePath
from ganlab.validation import positive_integer

SPLITS = ("train", "val", "test")


def load_wdbc() -> pd.DataFrame:
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


def load_medmnist(name: str, split: str = "train", *, size: int = 28, root: FilePath | None = None) -> Cohort:
    """One of the grey-scale, two-dimensional data sets of MedMNIST.

    Know what it lacks. There are no patient ids: each image counts as a patient of its own here, so two
    images of one person may end up on both sides of a split of yours (MedMNIST's own splits are by
    patient where their sources allow). There are no regions: the masks mark the whole image. The grey
    values were rescaled to 0 .. 255, so that even the CT sets have lost their Hounsfield units, and the
    size of a pixel is not given: spacing_mm is 1 and means one pixel.

    Parameters
    ----------
    name : str
        "breastmnist", "pneumoniamnist", "organamnist", ...
    split : {"train", "val", "test", "all"}
    size : {28, 64, 128, 224}
    root : str, path-like or None
        The folder with NAME.npz (NAME_64.npz, ...), or that file. None: the cache folder; what is not
        there is downloaded, which takes the medmnist package (`pip install --no-deps medmnist`) for the
        address and the checksum.

    Returns
    -------
    Cohort, in a.u.
        `truth` has `patient_id`, `diagnosis` and `split`. The diagnosis is the label's name, or its
        number where the medmnist package is not installed to tell; several labels of one image are
        joined by " + ", and none is "no finding". All-constant images are left out, and the provenance
        says how many.

    Raises
    ------
    ValueError
        If there is no such set, it is in colour or of volumes, or the file is damaged or not MedMNIST's.
    FileNotFoundError
        If `root` has no such file.
    FetchError
        If it has to be downloaded and cannot be.

    References
    ----------
    .. [1] Yang et al. (2023), MedMNIST v2, doi:10.1038/s41597-022-01721-8.
    """
    if split not in (*SPLITS, "all"):
        raise ValueError(f"split must be one of {(*SPLITS, 'all')}; got {split!r}.")
    about = _about(name)
    suffix = "" if positive_integer(size, "size") == 28 else f"_{size}"
    path = _local_file(name, suffix, root) if root is not None else _cached_file(name, suffix, about)
    parts = SPLITS if split == "all" else (split,)
    images, labels = _read(path, parts)
    where = [(part, number) for part, rows in zip(parts, labels, strict=True) for number in range(len(rows))]
    truth = pd.DataFrame(
        {
            "patient_id": [f"{name}-{part}-{number:06d}" for part, number in where],
            "diagnosis": _diagnoses(np.concatenate(labels), about),
            "split": [part for part, _ in where],
        }
    )
    images = _grey(np.concatenate(images), name)
    flat = images.min(axis=(1, 2)) == images.max(axis=(1, 2))
    images, truth = images[~flat], truth[~flat]
    if not len(images):
        raise ValueError(f"{path.name} has no image that shows anything in its {split} part.")
    left_out = f"; {flat.sum()} all-constant images left out" if flat.any() else ""
    license_ = f", {about['license']}" if about else ""
    return Cohort(
        images,
        np.ones(images.shape, bool),
        truth,
        1.0,
        "a.u.",
        name,
        f"MedMNIST {path.name}, {split}, doi:10.1038/s41597-022-01721-8{license_}{left_out}",
    )


def _about(name):
    """What the medmnist package knows about the set; None where it is not installed."""
    try:
        from medmnist.info import INFO
    except ImportError:
        return None
    if name not in INFO:
        known = [key for key, about in INFO.items() if about["n_channels"] == 1 and "3d" not in key]
        raise ValueError(f"MedMNIST has no set {name!r}; those that fit are {', '.join(known)}.")
    return INFO[name]


def _local_file(name, suffix, root):
    path = Path(root).expanduser()
    path = path / f"{name}{suffix}.npz" if path.is_dir() else path
    if not path.is_file():
        raise FileNotFoundError(f"there is no file {path}.")
    return path


def _cached_file(name, suffix, about):
    folder = cache_folder() / "medmnist"
    path = folder / f"{name}{suffix}.npz"
    if path.is_file():
        return path
    if about is None:
        raise FetchError(
            f"{path.name} is not in {folder}, and the package that knows its address is not installed: "
            "pip install --no-deps medmnist. Or hand over the file itself: load_medmnist(name, root=FILE)."
        )
    if f"url{suffix}" not in about:
        raise ValueError(f"MedMNIST has {name} in 28, 64, 128 and 224 pixels, not in {suffix.lstrip('_')}.")
    try:
        import pooch
    except ImportError:
        raise FetchError(f"downloading {path.name} takes the package pooch: pip install pooch.") from None
    try:
        pooch.retrieve(about[f"url{suffix}"], f"md5:{about[f'MD5{suffix}']}", path.name, folder)
    except (OSError, ValueError) as problem:
        raise FetchError(
            f"{path.name} could not be downloaded. Is this machine connected to the network? ({problem}) "
            "With a copy from elsewhere: load_medmnist(name, root=FILE)."
        ) from None
    return path


def _read(path, parts):
    try:
        with np.load(path, allow_pickle=False) as file:
            images = [file[f"{part}_images"] for part in parts]
            labels = [file[f"{part}_labels"] for part in parts]
    except KeyError as problem:
        raise ValueError(f"{path.name} is not a MedMNIST file: {problem.args[0]}.") from None
    except (OSError, EOFError, ValueError, zipfile.BadZipFile, zlib.error) as problem:
        raise ValueError(f"{path.name} is cut short, damaged or not an .npz file ({problem}).") from None
    for part, shown, told in zip(parts, images, labels, strict=True):
        if len(shown) != len(told):
            raise ValueError(
                f"{path.name} has {len(shown)} images but {len(told)} labels in its {part} part."
            )
    return images, labels


def _grey(images, name):
    if images.ndim == 4 and images.shape[-1] == 3:
        raise ValueError(f"{name} is in colour; a Cohort holds grey values. breastmnist, for one, is grey.")
    if images.ndim != 3:
        raise ValueError(f"{name} must hold images of shape (n, height, width); got {images.shape}.")
    return images


def _diagnoses(labels, about):
    """One text for each row of labels, shape (n, 1) of codes or (n, k) of yes and no."""
    labels = labels.reshape(len(labels), -1)
    names = about["label"] if about else {}
    if labels.shape[1] == 1:
        return [names.get(str(code), str(code)) for code in labels[:, 0].tolist()]
    return [
        " + ".join(names.get(str(k), str(k)) for k in np.flatnonzero(row)) or "no finding" for row in labels
    ]
