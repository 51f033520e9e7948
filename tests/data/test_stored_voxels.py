"""Voxels behind a header of text: whatever was changed, cut or counted wrongly is refused, never read."""

import bz2
import gzip
import zlib

import numpy as np
import pytest
from test_folder import scanned

from ganlab.data.measured.image_files import read_image

sitk = pytest.importorskip("SimpleITK")

VOXELS = np.arange(216, dtype="<i2").reshape(3, 8, 9) ** 2 % 101
RAW = VOXELS.tobytes()
SLICES = {f"y{number}.raw": VOXELS[number - 1].tobytes() for number in (1, 2, 3)}
NRRD = "NRRD0004\ntype: short\ndimension: 3\nsizes: 9 8 3\nspacings: 1 1 2\nendian: little\n"
META = (
    "ObjectType = Image\nNDims = 3\nDimSize = 9 8 3\nElementSpacing = 1 1 2\nElementType = MET_SHORT\n"
    "BinaryData = True\nBinaryDataByteOrderMSB = False\n"
)


@pytest.mark.parametrize("name", ["a.nii.gz", "a.nrrd", "a.mha"])
def test_every_flipped_byte_of_packed_voxels_is_refused_or_changes_nothing(tmp_path, name):
    path = tmp_path / name
    sitk.WriteImage(scanned(VOXELS, (2, 1, 1)), path, useCompression=True)
    content = path.read_bytes()
    start = max(content.find(b"\n\n") + 2, content.find(b"LOCAL\n") + 6) if name != "a.nii.gz" else 0
    refused = 0
    for place in range(start, len(content)):
        path.write_bytes(content[:place] + bytes([content[place] ^ 0xFF]) + content[place + 1 :])
        try:
            voxels = read_image(path).voxels
        except ValueError:
            refused += 1
            continue
        np.testing.assert_array_equal(voxels, VOXELS)  # a byte that names the packer, for instance
    assert refused > 0.9 * (len(content) - start)


def read(folder, name, header, content=b"", **files):
    for other, data in {"x.raw": RAW, **SLICES, **files}.items():
        (folder / other).write_bytes(data)
    (folder / name).write_bytes(header.encode() + content)
    return read_image(folder / name).voxels


GOOD = [
    ("a.nrrd", NRRD + "encoding: raw\n\n", RAW),
    ("a.nrrd", (NRRD + "encoding: raw\n\n").replace("\n", "\r\n"), RAW),
    ("a.nrrd", NRRD.replace("short", "signed short int") + "encoding: raw\nbyte skip: 3\n\n", b"abc" + RAW),
    ("a.nrrd", NRRD + "encoding: raw\nbyteskip: -1\n\n", b"whatever" + RAW),
    ("a.nrrd", NRRD + "encoding: raw\nline skip: 2\n\n", b"two\nlines\n" + RAW),
    ("a.nrrd", NRRD + "encoding: gz\n\n", gzip.compress(RAW)),
    ("a.nrrd", NRRD + "encoding: gzip\n\n", gzip.compress(RAW[:99]) + gzip.compress(RAW[99:])),
    ("a.nrrd", NRRD + "encoding: hex\n\n", RAW.hex().encode()),
    ("a.nrrd", NRRD + "encoding: ascii\n\n", " ".join(map(str, VOXELS.ravel())).encode()),
    ("a.nhdr", NRRD + "encoding: raw\ndata file: x.raw\n", b""),
    ("a.nhdr", NRRD + "encoding: raw\ndata file: y%d.raw 1 3 1\n", b""),
    ("a.nhdr", NRRD + "encoding: raw\ndata file: LIST\ny1.raw\ny2.raw\ny3.raw\n", b""),
    ("a.mha", META + "ElementDataFile = LOCAL\n", RAW),
    ("a.mha", META.replace("\n", "\r\n") + "ElementDataFile = LOCAL\r\n", RAW),
    ("a.mha", META.replace("BinaryData = True", "BinaryData = False") + "ElementDataFile = LOCAL\n",
     " ".join(map(str, VOXELS.ravel())).encode() + b"\n"),
    ("a.mhd", META + "ElementDataFile = x.raw\n", b""),
    ("a.mhd", META + "HeaderSize = -1\nElementDataFile = long.raw\n", b""),
    ("a.mhd", META + "HeaderSize = 4\nElementDataFile = long.raw\n", b""),
    ("a.mhd", META + "CompressedData = True\nElementDataFile = x.zraw\n", b""),
    ("a.mhd", META + "ElementDataFile = y%d.raw 1 3 1\n", b""),
    ("a.mhd", META + "ElementDataFile = LIST\ny1.raw\ny2.raw\ny3.raw\n", b""),
]  # fmt: skip
FILES = {"long.raw": b"head" + RAW, "x.zraw": zlib.compress(RAW)}


@pytest.mark.parametrize(("name", "header", "content"), GOOD)
def test_what_fits_its_header_is_read(tmp_path, name, header, content):
    np.testing.assert_array_equal(read(tmp_path, name, header, content, **FILES), VOXELS)


LOCAL = META + "ElementDataFile = LOCAL\n"
PACKED = META + "CompressedData = True\n"
BAD = [
    ("a.nrrd", NRRD + "encoding: raw\n\n", RAW[:-1], "431 bytes of voxels; its header asks for 432"),
    ("a.nrrd", NRRD + "encoding: raw\n\n", RAW + b"0", "does not fit its header: 433 bytes"),
    ("a.nrrd", NRRD + "encoding: raw\nbyte skip: -2\n\n", RAW, "byte skip = '-2'; expected a whole number"),
    ("a.nrrd", NRRD + "encoding: gzip\n\n", RAW, "damaged, or are not packed"),
    ("a.nrrd", NRRD + "encoding: gzip\n\n", zlib.compress(RAW), "damaged, or are not packed"),
    ("a.nrrd", NRRD + "encoding: gzip\n\n", gzip.compress(RAW)[:-1], "cut short: its packed voxels have no"),
    ("a.nrrd", NRRD + "encoding: gzip\n\n", gzip.compress(RAW[:-2]), "cut short: 430 bytes"),
    ("a.nrrd", NRRD + "encoding: bzip2\n\n", bz2.compress(RAW), "packed with bzip2, which is not read"),
    ("a.nrrd", NRRD.replace("short", "block") + "encoding: raw\n\n", RAW, "states the type 'block'"),
    ("a.nrrd", NRRD.replace("9 8 3", "9 8 -3") + "encoding: raw\n\n", RAW, "whole numbers above 0"),
    ("a.nhdr", NRRD + "encoding: raw\ndata file: gone.raw\n", b"", "data file 'gone.raw' is not beside it"),
    ("a.nhdr", NRRD + "encoding: raw\ndata file: y%d.raw 1 3 0\n", b"", "which cannot be counted"),
    ("a.nhdr", NRRD + "encoding: raw\ndata file: y%d.raw 1 2 1\n", b"", "asks for 216"),
    ("a.mha", LOCAL, RAW[:-1], "cut short: 431 bytes"),
    ("a.mha", LOCAL, RAW + b"0", "does not fit its header"),
    ("a.mha", PACKED + "CompressedDataSize = 432\nElementDataFile = LOCAL\n", RAW, "are not packed"),
    ("a.mha", PACKED + "ElementDataFile = LOCAL\n", zlib.compress(RAW), "CompressedDataSize = 0"),
    ("a.mhd", PACKED + "ElementDataFile = more.zraw\n", b"", "2 bytes lie behind the end"),
    ("a.mhd", PACKED + "HeaderSize = 4\nElementDataFile = x.zraw\n", b"", "no second header can stand"),
    ("a.mhd", META + "HeaderSize = -2\nElementDataFile = x.raw\n", b"", "expected a whole number from -1"),
    ("a.mhd", META + "HeaderSize = -1\nElementDataFile = y1.raw\n", b"", "cut short: 144 bytes"),
    ("a.mhd", META + "ElementDataFile = long.raw\n", b"", "does not fit its header: 436 bytes"),
    ("a.mhd", META + "ElementDataFile = LIST\nx.raw\n", b"", "names 1 data files for 3 slices"),
    ("a.mhd", META + "ElementDataFile = LIST\n", b"", "names 0 data files"),
    ("a.mha", LOCAL.replace("MET_SHORT", "MET_STRING"), RAW, "ElementType = MET_STRING; expected a number"),
    ("a.mha", LOCAL.replace("MET_SHORT", "MET_CHAR"), RAW, "does not fit its header: 432 bytes"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "header", "content", "words"), BAD)
def test_what_does_not_fit_its_header_is_refused(tmp_path, name, header, content, words):
    with pytest.raises(ValueError, match=words):
        read(tmp_path, name, header, content, **FILES, **{"more.zraw": zlib.compress(RAW) + b"ab"})
