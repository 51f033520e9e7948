"""A copy of the lectures and exercises for one learner, out of a clone or out of an installed wheel."""

import importlib.metadata
from pathlib import Path

from ganlab.files import written_whole
from ganlab.grading.course import CourseError


def copy_course(folder: str | Path) -> tuple[list[Path], list[Path]]:
    """Copy the lectures and the exercises into a folder of the user's; nothing there is overwritten.

    The solutions stay behind: they are in a clone alone. So a wheel can be handed to students whose answers
    count, and their notebooks are graded where they hand them in.

    Parameters
    ----------
    folder : str or path
        Made if it is missing. What lies in it stays as it is.

    Returns
    -------
    copied, kept : list of pathlib.Path
        The files that are new, and those that were there and differ from what would have been copied.

    Raises
    ------
    CourseError
        If the folder is a file, or nothing to copy was installed.
    """
    folder = Path(folder).expanduser().absolute()
    if folder.exists() and not folder.is_dir():
        raise CourseError(f"{folder} is a file; expected a folder, or a name that is still free.")
    copied, kept = [], []
    for place, source in _sources().items():
        target, content = folder / place, source.read_bytes()
        if target.exists():
            if not target.is_file() or target.read_bytes() != content:
                kept.append(target)
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        with written_whole(target) as file:
            file.write(content)
        copied.append(target)
    return copied, kept


def _sources():
    """{place in a course: file to copy}, of the clone around this package or of what its wheel brought."""
    clone = Path(__file__).resolve().parents[2]
    if (clone / "pyproject.toml").is_file():
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
