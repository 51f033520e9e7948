"""Image files that were damaged: whatever hypothesis does to one, it ends in an image or in a sentence."""

import math
import re
import struct
import sys
import tempfile
import zlib
from pathlib import Path

import nibabel
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_folder import scanned, write

from ganlab.data.measured.image_files import read_image

sitk = pytest.importorskip("SimpleITK")

QUICK = settings(max_examples=60, derandomize=True, deadline=None, database=None)
FORMS = ("a.nii", "a.nii.gz", "two.nii", "a.nrrd", "packed.nrrd", "a.mha", "packed.mha", "a.mhd", "a.png")


def written(folder):
    """A small image in every format, as bytes by file name; and the slices of a DICOM series likewise."""
    voxels = np.random.default_rng(0).integers(0, 100, (3, 8, 9)).astype(np.int16)
    image = scanned(voxels, (3.0, 0.7, 0.9))
    for name in FORMS:
        if name == "two.nii":
            affine = np.diag([0.9, 0.7, 3.0, 1])
            nibabel.Nifti2Image(voxels.T, affine).to_filename(folder / name)
        elif name == "a.png":
            sitk.WriteImage(sitk.Cast(image[:, :, 0], sitk.sitkUInt8), folder / name)
        else:
            sitk.WriteImage(image, folder / name, useCompression=name.startswith("packed"))
    write(image, folder / "series", "dicom")
    slices = {path.name: path.read_bytes() for path in sorted((folder / "series").iterdir())}
    return {name: (folder / name).read_bytes() for name in FORMS}, slices


ODD_BYTES = [
    *(struct.pack("<f", x) for x in (math.nan, math.inf, -math.inf, 0.0, -1.0, 1e30, 1e-40)),
    *(struct.pack("<h", x) for x in (0, -1, 1, 2, 4, 8, 64, 512, 2**15 - 1, -(2**15))),
    *(struct.pack("<i", x) for x in (-1, 2**31 - 1)),
    *(struct.pack("<q", x) for x in (-1, 2**40, 2**63 - 1)),
    b"\0", b"\xff", b" ", b"\n", b"\\", b"0", b"-", b"9" * 12, b"nan", b"1e999", b"none", b"\xc3",
]  # fmt: skip
CHANGE = st.tuples(
    st.sampled_from(["cut", "over", "into", "out", "twice"]),
    st.one_of(st.integers(0, 400), st.integers(0, 4000)),
    st.one_of(st.sampled_from(ODD_BYTES), st.binary(min_size=1, max_size=8)),
)
CHANGES = st.lists(CHANGE, min_size=1, max_size=3)


def damaged(content, changes):
    """The bytes cut off, written over, pushed apart, closed up or repeated, at a place within them."""
    for kind, place, odd in changes:
        place %= max(len(content), 1)
        before, after = content[:place], content[place:]
        content = {
            "cut": before,
            "over": before + odd + after[len(odd) :],
            "into": before + odd + after,
            "out": before + after[len(odd) :],
            "twice": before + after[:40] + after,
        }[kind]
    return content


WORDS = ["", "0", "-1", "nan", "inf", "1e40", "1e-40", "3.5", "99999999", "9" * 25, "2", "4", "(1,0,0)", "?",
         "none", "double", "MET_DOUBLE", "gzip", "bzip2", "hex", "LOCAL", "LIST", "other.raw", "%s%s",
         "x" * 30000, "True"]  # fmt: skip
WORD_CHANGES = st.lists(st.tuples(st.integers(0, 60), st.sampled_from(WORDS)), min_size=1, max_size=3)


def reworded(content, changes):
    """A header of text with some of its words replaced."""
    parts = re.split(rb"([\s,()]+)", content)
    for place, word in changes:
        parts[2 * place % len(parts)] = word.encode()
    return b"".join(parts)


def ends_in_an_image_or_a_sentence(path):
    try:
        image = read_image(path)
    except (ValueError, OSError) as problem:
        sentence = str(problem)
        assert sentence.endswith("."), sentence
        return
    assert image.voxels.ndim == 3
    assert image.voxels.size
    assert np.isfinite(image.voxels).all()
    for numbers in (image.spacing_mm, image.origin_mm, image.direction):
        assert np.isfinite(numbers).all(), image
    assert min(image.spacing_mm) > 0, image


class Damage:
    """What the tests write to, and what they damage."""

    def __init__(self, folder):
        (folder / "seeds").mkdir()
        self.folder, (self.seeds, self.slices) = folder, written(folder / "seeds")

    def file(self, form, content):
        if form == "a.mhd":
            (self.folder / "a.raw").write_bytes((self.folder / "seeds" / "a.raw").read_bytes())
        (self.folder / form).write_bytes(content)
        ends_in_an_image_or_a_sentence(self.folder / form)

    def bytes(self, form, changes):
        content = self.seeds[form]
        if form.endswith(".gz") and changes[0][1] % 4:  # what is packed, and not only the package
            self.file(form, zlib.compress(damaged(zlib.decompress(content, 31), changes), wbits=31))
        else:
            self.file(form, damaged(content, changes))

    def words(self, form, changes):
        self.file(form, reworded(self.seeds[form], changes))

    def series(self, number, changes):
        folder = self.folder / "series"
        folder.mkdir(exist_ok=True)
        for i, (name, content) in enumerate(self.slices.items()):
            (folder / name).write_bytes(damaged(content, changes) if i == number else content)
        ends_in_an_image_or_a_sentence(folder)


BYTES = {"form": st.sampled_from(FORMS), "changes": CHANGES}
TEXTS = {"form": st.sampled_from([form for form in FORMS if form.endswith(("nrrd", "mha", "mhd"))]),
         "changes": WORD_CHANGES}  # fmt: skip
SERIES = {"number": st.integers(0, 2), "changes": CHANGES}


@pytest.fixture(scope="module")
def damage(tmp_path_factory):
    return Damage(tmp_path_factory.mktemp("damage"))


@QUICK
@given(**BYTES)
def test_damaged_bytes(damage, **change):
    damage.bytes(**change)


@QUICK
@given(**TEXTS)
def test_other_words_in_a_header(damage, **change):
    damage.words(**change)


@QUICK
@given(**SERIES)
def test_a_damaged_slice_of_a_series(damage, **change):
    damage.series(**change)


def test_what_is_damaged_here_can_be_read_when_it_is_not(damage):
    for form, content in damage.seeds.items():
        if form != "a.png":
            damage.file(form, content)
            assert read_image(damage.folder / form).voxels.shape == (3, 8, 9)
    damage.series(0, [("over", 0, b"")])
    assert read_image(damage.folder / "series").voxels.shape == (3, 8, 9)


if __name__ == "__main__":
    by_hand = Damage(Path(tempfile.mkdtemp()))

    @given(**BYTES)
    def any_bytes(**change):
        by_hand.bytes(**change)

    @given(**TEXTS)
    def any_words(**change):
        by_hand.words(**change)

    @given(**SERIES)
    def any_series(**change):
        by_hand.series(**change)

    for play in (any_bytes, any_words, any_series):
        settings(QUICK, max_examples=int(sys.argv[1]), derandomize=False)(play)()
