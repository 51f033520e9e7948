"""Zip archives of submissions, and zips in them, unpacked into a folder that is thrown away."""

import os
import shutil
import zipfile
from pathlib import Path

from ganlab.grading.course import CourseError

# Beyond these an archive is no class of notebooks, and stays packed.
MOST_FILES, MOST_BYTES, DEEPEST = 5_000, 2 * 2**30, 3


def unpacked(handed_in, into, known):
    """The folder of submissions in an archive, or a folder in which the archives are unpacked.

    An archive further inside that is damaged, locked or far too large stays as it is, for the report to name.

    Parameters
    ----------
    handed_in : pathlib.Path
        A zip archive, or a folder; neither is changed.
    into : path
        An empty folder, used where something has to be unpacked.
    known : list of str
        The assignments of the course.

    Returns
    -------
    pathlib.Path

    Raises
    ------
    CourseError
        If the archive that was handed in cannot be unpacked.
    """
    if handed_in.is_dir() and not any(_archives(handed_in)):
        return handed_in
    folder = Path(into) / "submissions"
    if handed_in.is_dir():
        shutil.copytree(handed_in, folder, symlinks=True)
    else:
        folder.mkdir()
        if not _unpack(handed_in, folder):
            raise CourseError(
                f"{handed_in} cannot be unpacked: expected a zip archive that is whole, needs no password "
                f"and holds at most {MOST_FILES} files and {MOST_BYTES // 2**30} GB."
            )
    for _ in range(DEEPEST):
        for archive in list(_archives(folder)):
            target = archive.with_suffix("")
            if _unpack(archive, target if not target.exists() else archive.with_suffix(".unpacked")):
                archive.unlink()
    return _below_a_single_folder(folder, known)


def _archives(folder):
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name != "__MACOSX"]
        paths = (Path(place) / name for name in names if name.lower().endswith(".zip"))
        yield from (path for path in paths if not path.is_symlink() and not path.name.startswith("._"))


def _unpack(archive, target):
    """Whether it worked; a half that was unpacked is removed."""
    try:
        with zipfile.ZipFile(archive) as file:
            entries = file.infolist()
            if len(entries) > MOST_FILES or sum(entry.file_size for entry in entries) > MOST_BYTES:
                return False
            file.extractall(target)  # leaves out what would climb out of the folder
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, ValueError):
        shutil.rmtree(target, ignore_errors=True)
        return False
    return True


def _below_a_single_folder(folder, known):
    """An archive often holds one folder, and that the students."""
    inside = [path for path in folder.iterdir() if path.name != "__MACOSX" and path.name[0] != "."]
    if len(inside) != 1 or not inside[0].is_dir():
        return folder
    below = [path for path in inside[0].iterdir() if path.is_dir() and path.name not in known]
    notebooks = any(path.suffix == ".ipynb" for path in inside[0].iterdir())
    return inside[0] if below and not notebooks else folder
