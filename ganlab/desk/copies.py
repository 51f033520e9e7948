"""A copy of the lectures and exercises for one learner, out of a clone or out of an installed wheel."""

import hashlib
import importlib.metadata
import json
import os
from pathlib import Path
from typing import NamedTuple

from ganlab.desk.done import answers, cells_of
from ganlab.files import written_whole
from ganlab.grading import CourseError

MEMORY = ".ganlab-copies.json"


class Copies(NamedTuple):
    """What became of each file of the course in a learner's folder.

    Attributes
    ----------
    new : list of pathlib.Path
        Was missing, and was copied.
    refreshed : list of pathlib.Path
        Was there as it had been copied, and took the place of an earlier release.
    kept : list of pathlib.Path
        Was worked in, so it stays as it is although the course has a new one. Said once for each release.
    """

    new: list[Path]
    refreshed: list[Path]
    kept: list[Path]

    def in_words(self) -> list[str]:
        """One line for each kind that there is, for a terminal."""
        said = []
        if self.new:
            folder = os.path.commonpath([path.parent for path in self.new])
            said.append(f"{len(self.new)} files copied into {folder}.")
        if self.refreshed:
            said.append(f"{len(self.refreshed)} files that you had not worked in are of the new release now.")
        if self.kept:
            said.append("There are new ones of these, but you worked in yours, so yours stay:")
            said += [f"  {path}" for path in self.kept]
        return said


def copy_course(folder: str | Path, root: str | Path | None = None) -> Copies:
    """Copy the lectures and the exercises into a folder of the user's; no work in it is overwritten.

    A file that is as it was copied takes the place of an earlier release. A notebook counts as worked in if
    the text of a cell changed; outputs alone, which running it makes again, do not count. Which release was
    seen stands in the file .ganlab-copies.json of the folder.

    The solutions stay behind. So a wheel, or this folder, can be handed to students whose answers count.

    Parameters
    ----------
    folder : str or path
        Made if it is missing.
    root : str, path or None
        A folder with course/ and exercises/ to copy from. None is what this ganlab was installed with.

    Returns
    -------
    Copies

    Raises
    ------
    CourseError
        If the folder is a file, or there is nothing to copy.
    """
    folder = Path(folder).expanduser().absolute()
    if folder.exists() and not folder.is_dir():
        raise CourseError(f"{folder} is a file; expected a folder, or a name that is still free.")
    sources, seen, copies = _sources(root), _seen(folder), Copies([], [], [])
    for place, source in sources.items():
        target, content, key = folder / place, source.read_bytes(), place.as_posix()
        digest, last = _digest(content), seen.get(key)
        there = _digest(target.read_bytes()) if target.is_file() else None
        # Somebody may have worked in the clone itself: what came with answers is never replaced.
        seen[key] = "" if place.parts[0] == "exercises" and answers(content).given else digest
        if there == digest:
            continue
        if target.exists() and (there is None or there != last):
            if last != seen[key]:
                copies.kept.append(target)
            continue
        (copies.refreshed if target.exists() else copies.new).append(target)
        target.parent.mkdir(parents=True, exist_ok=True)
        with written_whole(target) as file:
            file.write(content)
    with written_whole(folder / MEMORY) as file:
        file.write(json.dumps(seen, indent=1).encode())
    return copies


def _seen(folder):
    """{place: digest of the last release that was seen there}; a file that cannot be read holds nothing."""
    try:
        return dict(json.loads((folder / MEMORY).read_bytes()))
    except (OSError, ValueError, TypeError):
        return {}


def _digest(content):
    """What tells one text from another; of a notebook, without what running it changes."""
    cells = cells_of(content)
    if cells:  # else it is no notebook, or a damaged one: each byte counts
        content = json.dumps([[cell["cell_type"], cell["source"]] for cell in cells]).encode()
    return hashlib.sha256(content).hexdigest()


def _sources(root):
    """{place in a course: file to copy}, of a folder with a course or of what a wheel brought."""
    clone = Path(__file__).resolve().parents[2] if root is None else Path(root)
    if root is not None or (clone / "pyproject.toml").is_file():
        files = [*clone.glob("course/*"), *clone.glob("exercises/*/*")]
    else:  # the wheel puts them into share/ganlab of the environment: see data-files in pyproject.toml
        installed = importlib.metadata.files("ganlab") or []
        files = [Path(file.locate()) for file in installed if file.match("share/ganlab/*/*")]
    sources = {}
    for file in sorted(files):
        if file.suffix == ".md" and file.is_file():
            sources[Path("course", file.name)] = file
        elif file.suffix == ".ipynb" and file.is_file():
            # An exercise is alone in a folder of its own name, in the wheel with the others in one.
            exercise = "exercises" in (file.parent.name, file.parent.parent.name)
            sources[Path("exercises", file.stem, file.name) if exercise else Path("course", file.name)] = file
    if not sources:
        raise CourseError(
            "this installation of ganlab came without lectures and exercises; install its wheel in an "
            "environment of its own (python -m venv), or clone the repository."
        )
    return sources
