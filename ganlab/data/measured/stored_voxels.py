"""The voxels behind a header of text: as many bytes as it asks for, and whole by their check sum."""

import gzip
import math
import re
import zlib

from ganlab.data.measured.headers import NRRD, ImageFileError

NRRD_TYPES = {  # the format's own spellings of each type of number: bytes
    1: "signed char|int8|int8_t|uchar|unsigned char|uint8|uint8_t",
    2: "short|short int|signed short|signed short int|int16|int16_t|"
    "ushort|unsigned short|unsigned short int|uint16|uint16_t",
    4: "int|signed int|int32|int32_t|uint|unsigned int|uint32|uint32_t|float",
    8: "longlong|long long|long long int|signed long long|signed long long int|int64|int64_t|"
    "ulonglong|unsigned long long|unsigned long long int|uint64|uint64_t|double",
}
META_TYPES = {
    **dict.fromkeys(("MET_CHAR", "MET_UCHAR"), 1),
    **dict.fromkeys(("MET_SHORT", "MET_USHORT"), 2),
    **dict.fromkeys(("MET_INT", "MET_UINT", "MET_LONG", "MET_ULONG", "MET_FLOAT"), 4),
    **dict.fromkeys(("MET_LONG_LONG", "MET_ULONG_LONG", "MET_DOUBLE"), 8),
}
MOST_SLICES = 100_000
SLICES = re.compile(r"(.*%0?\d*d\S*)\s+(-?\d+)\s+(-?\d+)\s+(-?\d+)(\s+\d+)?")


def refuse_damaged_voxels(path, fields, start):
    """Refuse an NRRD or MetaImage file whose voxels are too few, too many, or changed after they were packed.

    SimpleITK compares neither the length of the file nor the check sum of packed voxels.

    Parameters
    ----------
    path : pathlib.Path
    fields : dict of str -> str
        Its header.
    start : int
        The byte behind the header.

    Raises
    ------
    ImageFileError
        Or if the header asks for what cannot be checked.
    """
    is_nrrd = path.name.lower().endswith(NRRD)
    (_refuse_damaged_nrrd if is_nrrd else _refuse_damaged_meta_image)(path, fields, start)


def _refuse_damaged_nrrd(path, fields, start):
    kind, encoding = fields.get("type", "").lower(), fields.get("encoding", "").lower()
    sizes = {name: size for size, names in NRRD_TYPES.items() for name in names.split("|")}
    if kind not in sizes:
        raise ImageFileError(f"its header states the type {kind[:40]!r}; expected numbers, such as 'short'.")
    if encoding in ("bzip2", "bz2"):
        raise ImageFileError("it is packed with bzip2, which is not read. Write it anew with gzip.")
    if encoding not in ("raw", "gzip", "gz"):
        return  # hexadecimal or decimal numbers in words, which the reader counts
    expected = sizes[kind] * _voxels(fields, "sizes")
    lines, skipped = _whole(fields, "line skip", 0), _whole(fields, "byte skip", -1)
    for data, count in _files(path, fields.get("data file", fields.get("datafile")), start, expected):
        if lines:
            data = data.split(b"\n", lines)[lines] if data.count(b"\n") >= lines else b""
        if encoding != "raw":
            data = _unpacked(data, gzip.decompress)
        _refuse_other_length(len(data), count, skipped)


def _refuse_damaged_meta_image(path, fields, start):
    kind = fields.get("elementtype", "")
    if kind not in META_TYPES:
        raise ImageFileError(f"its header states ElementType = {kind[:40]}; expected a number, as MET_SHORT.")
    if "binarydata" in fields and not _is_true(fields, "binarydata"):
        return  # numbers in words, which the reader counts
    file, packed = fields.get("elementdatafile", ""), _is_true(fields, "compresseddata")
    skipped, local = _whole(fields, "headersize", -1), file.upper() == "LOCAL"
    if skipped and (local or packed):
        raise ImageFileError(f"its header states HeaderSize = {skipped}, where no second header can stand.")
    channels = _whole(fields, "elementnumberofchannels", 1, 1)
    expected = META_TYPES[kind] * channels * _voxels(fields, "dimsize")
    parts = list(_files(path, None if local else file, start, expected))
    slices = int(fields["dimsize"].split()[-1])
    if (file.upper().startswith("LIST") or "%" in file) and len(parts) != slices:
        raise ImageFileError(f"its header names {len(parts)} data files for {slices} slices.")
    for data, count in parts:
        if packed:
            stated = _whole(fields, "compresseddatasize", 0)
            if stated != len(data) and (stated or local):
                raise ImageFileError(
                    f"it holds {len(data)} bytes of packed voxels, and its header states "
                    f"CompressedDataSize = {stated}."
                )
            data = _unpacked(data, _first_stream)
        _refuse_other_length(len(data), count, skipped)


def _files(path, stated, start, expected):
    """The bytes of each file of voxels, and how many it should hold; no name: they follow the header."""
    if stated is None:
        with open(path, "rb") as file:
            file.seek(start)
            yield file.read(), expected
        return
    names = [stated]
    if stated.upper().startswith("LIST"):
        names = [name.strip() for name in path.read_bytes()[start:].decode("latin-1").splitlines()]
    elif "%" in stated:
        match = SLICES.fullmatch(stated)
        first, last, step = map(int, match.group(2, 3, 4)) if match else (0, 0, 0)
        if not step or not 0 <= (last - first) // step < MOST_SLICES:
            raise ImageFileError(f"its header names the data files {stated[:60]!r}, which cannot be counted.")
        names = [match[1] % number for number in range(first, last + step // abs(step), step)]
    names = [name for name in names if name]
    if not names or expected % len(names):
        raise ImageFileError(f"its header names {len(names)} data files, which cannot share its voxels.")
    for name in names:
        file = path.parent / name
        if not file.is_file():
            raise ImageFileError(f"its data file {name[:80]!r} is not beside it.")
        yield file.read_bytes(), expected // len(names)


def _unpacked(data, unpack):
    try:
        return unpack(data)
    except EOFError:
        raise ImageFileError("the file is cut short: its packed voxels have no end.") from None
    except (OSError, zlib.error) as problem:
        raise ImageFileError(f"its voxels are damaged, or are not packed ({problem}).") from None


def _first_stream(data):
    """MetaImage packs by zlib or gzip, and its reader goes no further than the first end."""
    unpacker = zlib.decompressobj(47)
    unpacked = unpacker.decompress(data)
    if not unpacker.eof:
        raise EOFError
    if unpacker.unused_data:
        raise zlib.error(f"{len(unpacker.unused_data)} bytes lie behind the end")
    return unpacked


def _refuse_other_length(there, expected, skipped):
    """`skipped` bytes belong to another header; -1 stands for all but the last ones."""
    if skipped == -1 and there >= expected:
        return
    there -= max(skipped, 0)
    if there != expected:
        what = "is cut short" if there < expected else "does not fit its header"
        raise ImageFileError(
            f"the file {what}: {max(there, 0)} bytes of voxels; its header asks for {expected}."
        )


def _voxels(fields, key):
    words = fields.get(key, "").split()
    if not words or not all(re.fullmatch("0*[1-9][0-9]{0,9}", word) for word in words):
        raise ImageFileError(
            f"its header states {key} = {fields.get(key)!r:.60}; expected whole numbers above 0."
        )
    return math.prod(map(int, words))


def _whole(fields, key, lowest, default=0):
    word = fields.get(key, fields.get(key.replace(" ", ""), str(default)))
    if not re.fullmatch(r"-?\d{1,18}", word) or int(word) < lowest:
        raise ImageFileError(
            f"its header states {key} = {word[:40]!r}; expected a whole number from {lowest}."
        )
    return int(word)


def _is_true(fields, key):
    return fields.get(key, "")[:1] in ("t", "T", "1")  # as the reader does
