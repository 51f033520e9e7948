"""What an audit reads and compares: files, cohorts and CSV tables become one row of features per patient."""

import hashlib
import warnings
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd

from ganlab.audit.feature_tables import (
    no_values,
    patients_alone,
    patients_of,
    read_as_missing,
    read_feature_table,
    refuse_transposed,
    set_aside,
    set_aside_in_words,
)
from ganlab.data import Cohort, read_cohort
from ganlab.radiomics import extract_features, paired_tables

OF_FOLDERS = ("intensity_unit", "size", "spacing_mm", "label", "threshold")  # options of `read_cohort`
FEWEST = 4  # rows; below that neither a correlation nor an energy distance exists


@dataclass(frozen=True)
class AuditInput:
    """One of the cohorts of an audit, ready to be compared.

    Parameters
    ----------
    name : str
        "real", "synthetic", "holdout" or "test".
    label : str
        What the user calls it.
    table : DataFrame
        Complete numeric rows, one for each patient; the index is the patients' ids or the row numbers.
    images, masks : arrays, shape (n, height, width), or None
        Of the same rows, if a Cohort was given.
    n_patients : int
        Rows that there were, one for each patient, before those without features were left out.
    n_given : int
        Rows that were handed in.
    left_out : tuple of (id, reason)
    notes : tuple of str
        What a reader should know.
    sha256 : str
        Of everything handed in.
    facts : DataFrame
        Of the same rows, the columns that were asked for beside the features; without `by` and `target` none.
    """

    name: str
    label: str
    table: pd.DataFrame = field(repr=False)
    images: np.ndarray | None = field(repr=False)
    masks: np.ndarray | None = field(repr=False)
    n_patients: int
    n_given: int
    left_out: tuple
    notes: tuple
    sha256: str
    facts: pd.DataFrame = field(repr=False)

    def __len__(self):
        return len(self.table)

    @property
    def remarks(self):
        """The notes, how many rows were left out, and why the first was."""
        left_out = f"{len(self.left_out)} of {self.n_patients} rows of the {self.name} cohort were left out"
        why = [f"{left_out}; the first is {patient}: {reason}." for patient, reason in self.left_out[:1]]
        return (*self.notes, *why)


def audit_source(path, tell, **folder_options):
    """What lies under a path: a saved cohort, a folder of images with masks, or a table of features.

    Parameters
    ----------
    path : str or path-like
        Of a .npz file, a folder, or a CSV file.
    tell : function of a str
        Called with what a reader of the folder should know: what was left out, what was read otherwise.
    **folder_options
        For images in a folder, as for `read_cohort`.

    Returns
    -------
    Cohort or DataFrame
    """
    path = Path(path)
    if not path.exists():
        raise FileNotFoundError(f"{path} is missing.")
    if path.suffix == ".npz":
        return Cohort.load(path)
    if path.is_file():
        return read_feature_table(path)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", UserWarning)
        cohort = read_cohort(path, **folder_options)
    for warning in caught:
        if issubclass(warning.category, UserWarning):
            tell(str(warning.message))
    return cohort


def audit_sources(paths, tell, options):
    """What lies under each path, None for None; and the options that are not those of images in folders."""
    of_folders = {name: options[name] for name in OF_FOLDERS if name in options}
    others = {name: value for name, value in options.items() if name not in OF_FOLDERS}
    return [path and audit_source(path, tell, **of_folders) for path in paths], others


def audit_inputs(real, synthetic, holdout, settings, *, test=None, by=None, target=None, **options):
    """The inputs, checked against each other.

    Parameters
    ----------
    real, synthetic, holdout, test : Cohort or DataFrame, all of one kind; the last two may be None
    settings : dict
        bin_width, bin_count and classes, as for `extract_features`; all None for tables.
    by, target : str or None
        Columns that are asked for beside the features.
    **options
        Its n_jobs and cache.

    Returns
    -------
    dict of AuditInput
        By name, with the columns in the order of the real one.
    """
    given = {"real": real, "synthetic": synthetic}
    given |= {name: source for name, source in (("holdout", holdout), ("test", test)) if source is not None}
    kinds = {name: _kind(source, name) for name, source in given.items()}
    if len(set(kinds.values())) > 1:
        raise ValueError(
            f"real, synthetic, holdout and test must be of one kind; got {kinds}. "
            "Give Cohorts throughout, or feature tables that were measured alike."
        )
    columns = [column for column in dict.fromkeys((by, target)) if column is not None]
    for name, source in given.items():
        for option, column in (("by", by), ("target", target)):
            if name in {"by": ("real", "synthetic"), "target": ("real", "synthetic", "test")}[option]:
                _refuse_missing(source, name, option, column)
    if kinds["real"] == "Cohort":
        for name in given:
            _refuse_other_physics(real, given[name], name)
        inputs = {
            name: _from_cohort(source, name, {**settings, **options}, columns)
            for name, source in given.items()
        }
        for name, source in given.items():
            if source.images.shape[1:] != real.images.shape[1:]:
                note = f"Images of real and {name} differ in size: copies are looked for in features alone."
                inputs[name] = replace(inputs[name], notes=(*inputs[name].notes, note))
    else:
        for name in given:
            _refuse_other_extraction(real, given[name], name)
        if any(value is not None for value in settings.values()):
            raise ValueError(
                "bin_width, bin_count and classes are for Cohorts; these features are measured already."
            )
        refuse_transposed(given)
        given = {name: patients_alone(source, name) for name, source in given.items()}
        aside = set_aside(given)
        missing = no_values(given, aside)
        inputs = {name: _from_table(source, name, aside, columns, missing) for name, source in given.items()}
    refuse_the_same({name: part.sha256 for name, part in inputs.items() if name != "real"})
    for name in list(inputs)[1:]:
        try:
            _, table = paired_tables(inputs["real"].table, inputs[name].table, FEWEST)
        except ValueError as problem:
            # The comparison speaks of a synthetic table, whichever it is.
            raise ValueError(str(problem).replace("synthetic", name)) from None
        inputs[name] = replace(inputs[name], table=table)
    return inputs


def _kind(source, name):
    if isinstance(source, Cohort):
        return "Cohort"
    if isinstance(source, pd.DataFrame):
        return "table"
    raise ValueError(f"{name} must be a Cohort or a DataFrame of features; got {type(source).__name__}.")


def _refuse_missing(source, name, option, column):
    table = source.truth if isinstance(source, Cohort) else source
    if column is not None and column not in table:
        some = ", ".join(map(str, table.columns[:8])) + (", ..." if len(table.columns) > 8 else "")
        raise ValueError(f"{name} has no column {column!r}, asked for with `{option}`; it has {some}.")


def _refuse_other_physics(real, cohort, name):
    for key, words in (("intensity_unit", "intensity unit"), ("spacing_mm", "pixel spacing")):
        ours, theirs = getattr(real, key), getattr(cohort, key)
        if ours != theirs and not (key == "spacing_mm" and np.allclose(ours, theirs, rtol=1e-6)):
            raise ValueError(
                f"real and {name} differ in {words} ({ours} and {theirs}): their features cannot be "
                "compared. Convert or resample one of them first (folders of images: `spacing_mm`)."
            )


def _refuse_other_extraction(real, table, name):
    """PyRadiomics' own tables say in words how they were measured."""
    column = "diagnostics_Configuration_Settings"
    if column in real and column in table:
        ours, theirs = set(real[column].astype(str)), set(table[column].astype(str))
        if ours != theirs:
            differing = sorted(ours ^ theirs)[0]
            raise ValueError(
                f"real and {name} were measured with different settings ({column}): {differing!r} is on one "
                "side only. Extract both alike."
            )


def _from_cohort(cohort, name, extraction, columns):
    truth = cohort.truth
    rows, notes = _largest_of_each(cohort, truth["patient_id"])
    chosen = cohort.subset(rows)
    features = extract_features(chosen, progress=False, **extraction)
    ids = truth["patient_id"].to_numpy()[rows]
    whole = np.isfinite(features.to_numpy()).all(axis=1)
    reasons = features.attrs["reasons"]
    border = len(features.attrs["touches_border"])
    if border:
        notes += (
            f"{border} of {len(chosen)} lesions of the {name} cohort touch the edge of the image; they are "
            "compared as far as they are seen.",
        )
    return AuditInput(
        name,
        cohort.name,
        features[whole],
        chosen.images[whole],
        chosen.masks[whole],
        len(chosen),
        len(cohort),
        tuple((str(ids[row]), reasons.get(row, "not measurable")) for row in np.flatnonzero(~whole)),
        notes,
        fingerprint(cohort),
        truth.reindex(columns=columns).iloc[rows[whole]],
    )


def _largest_of_each(cohort, patients):
    """Row numbers of each patient's largest region: slices of one patient are not independent."""
    if patients.is_unique:
        return np.arange(len(cohort)), ()
    areas = pd.Series(cohort.masks.sum(axis=(1, 2)))
    rows = np.sort(areas.groupby(patients.to_numpy()).idxmax().to_numpy())
    return rows, (f"{len(cohort)} images of {len(rows)} patients: the largest region of each is compared.",)


def _from_table(table, name, aside, columns, missing):
    ids, guessed = patients_of(table, name)
    notes = (*table.attrs.get("notes", ()), *set_aside_in_words(table, name, aside), *guessed)
    features = table.drop(columns=[column for column in aside if column in table]).infer_objects()
    features, read = read_as_missing(features, name, missing)
    notes += read
    text = [c for c in features.columns if not pd.api.types.is_numeric_dtype(features[c])]
    if text:
        values = pd.to_numeric(features[text[0]], errors="coerce")
        row = int(np.flatnonzero(values.isna() & features[text[0]].notna())[:1].sum())
        raise ValueError(
            f"{name} has text where a feature is expected: column {text[0]!r}, row {row}, "
            f"{features[text[0]].iloc[row]!r}. Leave such columns out, or call them patient_id or diagnosis."
        )
    numbers = features.to_numpy(dtype=float, na_value=np.nan)
    whole = np.isfinite(numbers).all(axis=1)
    # A patient is left out only where none of the rows is complete; a row without a name is somebody's own.
    order = np.argsort(~whole, kind="stable")
    given = ids.iloc[order]
    first = np.zeros(len(ids), dtype=bool)
    first[order[~(given.duplicated() & given.notna()).to_numpy()]] = True
    if not first.all():
        notes += (
            f"{len(table)} rows of {first.sum()} patients in the {name} table: the first complete one of each"
            " counts.",
        )
    lost = np.flatnonzero(first & ~whole)
    empty = [
        column for column, values in zip(features.columns, numbers.T, strict=True) if np.isnan(values).all()
    ]
    if empty:
        raise ValueError(
            f"no row of {name} is complete: no value at all in column {', '.join(map(repr, empty[:5]))}"
            + (f" and {len(empty) - 5} more" if len(empty) > 5 else "")
            + ". Take it out of every table, or measure it."
        )
    if len(lost) and not (first & whole).any():
        bare = features.columns[np.argmin(np.isfinite(numbers).sum(axis=0))]
        raise ValueError(
            f"no row of {name} is complete: {len(lost)} have missing values; the column {bare!r} has most."
        )
    if first.sum() < FEWEST <= len(table):
        raise ValueError(f"{name} has {len(table)} rows of only {first.sum()} patients. {' '.join(guessed)}")
    kept = pd.DataFrame(numbers, columns=features.columns, index=ids.to_numpy())[first & whole]
    kept.attrs = {key: value for key, value in table.attrs.items() if key != "notes"}
    return AuditInput(
        name,
        str(table.attrs.get("label", f"{name} table")),
        kept,
        None,
        None,
        int(first.sum()),
        len(table),
        tuple((str(ids.iloc[row]), _missing(features.columns, numbers[row])) for row in lost),
        notes,
        fingerprint(table),
        table.reindex(columns=columns)[first & whole],
    )


def _missing(columns, row):
    names = [
        f"{column}{'' if np.isnan(value) else ' (it is infinite)'}"
        for column, value in zip(columns, row, strict=True)
        if not np.isfinite(value)
    ]
    return f"no value for {', '.join(names[:3])}" + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def fingerprint(source):
    """SHA-256 of everything in a Cohort or a table, 64 hexadecimal digits."""
    if _kind(source, "each of them") == "Cohort":
        facts = source.spacing_mm, source.intensity_unit, source.truth.to_csv(lineterminator="\n")
        return _hash(source.images, source.masks, *facts)
    numbers = source.select_dtypes("float")  # as bytes, since written out they would take a minute
    words = source.drop(columns=numbers.columns).to_csv(lineterminator="\n")
    return _hash(numbers.to_numpy(), list(source.columns), words)


def refuse_the_same(fingerprints):
    """Refuse two that hold the same to the last digit: one of them was handed in for the other."""
    known = {}
    for name, content in fingerprints.items():
        if content in known:
            raise ValueError(f"{name} holds the same as {known[content]}, to the last digit; leave one out.")
        known[content] = name


def _hash(*parts):
    content = hashlib.sha256()
    for part in parts:
        content.update(
            np.ascontiguousarray(part).tobytes() if isinstance(part, np.ndarray) else repr(part).encode()
        )
    return content.hexdigest()
