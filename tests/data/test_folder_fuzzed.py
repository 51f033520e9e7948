"""Masks, truth tables and saved cohorts that hypothesis made up: each ends in a result or in a sentence."""

import io
import json
import re
import sys
import tempfile
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_folder import scanned
from test_image_files_fuzzed import CHANGES, damaged

from ganlab.data import Cohort, read_folder

sitk = pytest.importorskip("SimpleITK")

QUICK = settings(max_examples=60, derandomize=True, deadline=None, database=None)
SHAPE = (2, 6, 7)
IMAGE = np.random.default_rng(0).normal(100, 20, SHAPE).astype(np.float32)
TYPES = ["u1", "i1", "u2", "i2", "u4", "i4", "f4", "f8"]
VALUES = st.one_of(
    st.sampled_from([0, 0, 0, 1, 1, 2, 255, 256, -1, -1024, 0.5, 0.999999, 1e-6, 65535, 2**31 - 1, 1e30]),
    st.floats(allow_nan=True, width=32),
    st.integers(-5, 300),
)
MASKS = {
    "form": st.sampled_from(["nii", "nrrd", "mha"]),
    "kind": st.sampled_from(TYPES),
    "values": st.lists(VALUES, min_size=1, max_size=12),
    "background": VALUES,
    "options": st.one_of(
        st.just({}),
        st.builds(lambda label: {"label": label}, st.integers(-1024, 256)),
        st.builds(lambda limit: {"threshold": limit}, st.floats(-5, 300)),
        st.just({"which": "all", "size": 8}),
    ),
}
CELLS = st.one_of(
    st.sampled_from(["a", "b", "benign", "malignant", "", "NA", "None", "1", "1,5", "0.1", "1e999", "inf"]),
    st.sampled_from(["nan", "true", "patient_id", "diagnosis", "plane", '"', '""', "#", "ä", "²", "+", "-"]),
    st.text(max_size=5),
)  # fmt: skip
TRUTH = {
    "names": st.one_of(
        st.just(["patient_id", "diagnosis"]),
        st.lists(CELLS, max_size=3).map(lambda more: ["patient_id", "diagnosis", *more]),
        st.lists(CELLS, min_size=1, max_size=4),
    ),
    "rows": st.lists(st.lists(CELLS, min_size=1, max_size=5), max_size=4),
    "mark": st.sampled_from(",;\t|"),
    "encoding": st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252", "utf-16-le"]),
    "changes": st.one_of(st.just([]), st.just([]), CHANGES),
}
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=4)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=4), inner)),
    max_leaves=5,
)
PLACES = ["format", "about", "columns", "regions", "spacing_mm", "intensity_unit", "name", "provenance"]
PLACES += ["intensity_range", "columns/0", "columns/0/name", "columns/1/text", "regions/0"]
ARRAYS = ["images", "masks", "regions/0", "truth/0", "truth/1", "header"]
COHORTS = {
    "place": st.sampled_from(PLACES),
    "put": st.one_of(JSON, st.just("leave out")),
    "array": st.one_of(st.none(), st.sampled_from(ARRAYS)),
    "kind": st.sampled_from([*TYPES, "?", "U3", "S2", "c8", "M8[s]", "V4", "f2"]),
    "shape": st.lists(st.integers(0, 5), max_size=4),
    "changes": st.one_of(st.just([]), CHANGES),
}


def must_be_a_sentence(words, *names):
    assert words.rstrip().endswith("."), words
    assert not re.match(r"\w*(Error|Exception|Warning)\b", words), words
    assert all(name in words for name in names), words


class Handed:
    """A folder with one image and its mask, and a saved cohort, to be spoilt."""

    def __init__(self, folder):
        self.folder, self.saved = folder, folder / "cohort.npz"
        sitk.WriteImage(scanned(IMAGE), folder / "a.nii")
        truth = pd.DataFrame({"patient_id": [1, 2], "diagnosis": ["benign", "malignant"], "age": [1.5, 2.5]})
        masks = np.ones(SHAPE, bool)
        Cohort(IMAGE, masks, truth, 1.0, "a.u.", "two", "made", regions={"roi": masks}).save(self.saved)
        with np.load(self.saved) as stored:
            self.arrays = dict(stored)

    def read(self, **options):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            try:
                reading = read_folder(self.folder, **options)
            except (ValueError, OSError) as problem:
                must_be_a_sentence(str(problem))
                return
        for row in reading.table.itertuples():
            if row.reason or row.status == "refused":
                must_be_a_sentence(row.reason)
        if reading.cohort is not None:
            assert reading.cohort.masks.any(axis=(1, 2)).all()

    def mask(self, form, kind, values, background, options, changes=()):
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            voxels = np.full(SHAPE, background, float)
            voxels.reshape(-1)[20 : 20 + len(values)] = values
            voxels = voxels.astype(kind)
        path = self.folder / f"a_mask.{form}"
        sitk.WriteImage(scanned(voxels), path)
        path.write_bytes(damaged(path.read_bytes(), changes))
        self.read(**options)
        path.unlink()

    def truth(self, names, rows, mark, encoding, changes):
        sitk.WriteImage(scanned((IMAGE > 100).astype(np.uint8)), self.folder / "a_mask.nii")
        text = "\n".join(mark.join(row) for row in [names, *rows])
        content = damaged(text.encode(encoding, "replace"), changes)
        (self.folder / "truth.csv").write_bytes(content)
        self.read()
        (self.folder / "truth.csv").unlink()

    def cohort(self, place, put, array, kind, shape, changes):
        header = json.loads(self.arrays["header"].tobytes())
        *path, last = place.split("/")
        inside = header["about"] if place in header["about"] else header
        for step in path:
            inside = inside[int(step) if step.isdecimal() else step]
        last = int(last) if last.isdecimal() else last
        if put == "leave out":
            del inside[last]
        else:
            inside[last] = put
        arrays = self.arrays | {"header": np.frombuffer(json.dumps(header).encode(), np.uint8)}
        if array is not None:
            arrays[array] = np.zeros(shape, kind)
        file = io.BytesIO()
        np.savez(file, **arrays)
        spoilt = self.folder / "spoilt"
        spoilt.write_bytes(damaged(file.getvalue(), changes))
        try:
            cohort = Cohort.load(spoilt)
        except (ValueError, OSError) as problem:
            must_be_a_sentence(str(problem), "spoilt")
            return
        assert cohort.fingerprint


@pytest.fixture(scope="module")
def handed(tmp_path_factory):
    return Handed(tmp_path_factory.mktemp("handed"))


@QUICK
@given(**MASKS)
def test_any_values_in_a_mask(handed, **change):
    handed.mask(**change)


@QUICK
@given(**MASKS, changes=CHANGES)
def test_damaged_bytes_of_a_mask(handed, **change):
    handed.mask(**change)


@QUICK
@given(**TRUTH)
def test_any_words_in_a_truth_table(handed, **change):
    handed.truth(**change)


@QUICK
@given(**COHORTS)
def test_any_change_of_a_saved_cohort(handed, **change):
    handed.cohort(**change)


if __name__ == "__main__":
    by_hand = Handed(Path(tempfile.mkdtemp()))
    plays = {
        "mask": (by_hand.mask, MASKS),
        "bytes": (by_hand.mask, MASKS | {"changes": CHANGES}),
        "truth": (by_hand.truth, TRUTH),
        "cohort": (by_hand.cohort, COHORTS),
    }

    def spread(play):
        return lambda change: play(**change)

    for name in sys.argv[2:] or plays:
        play, strategies = plays[name]
        anything = given(st.fixed_dictionaries(strategies))(spread(play))
        settings(QUICK, max_examples=int(sys.argv[1]), derandomize=False)(anything)()
