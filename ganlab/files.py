"""Files written whole or not at all, files of tensors read safely, scratch folders, and the cache."""

import os
import shutil
import tempfile
import uuid
import zipfile
from contextlib import contextmanager, suppress
from pathlib import Path

SCRATCH = "ganlab-scratch-"


def cache_folder(cache=None):
    """Where fetched data live: `cache`, or $GANLAB_CACHE, or the system's folder for a user's caches.

    Not created by asking.
    """
    chosen = cache or os.environ.get("GANLAB_CACHE")
    if chosen:
        return Path(chosen).expanduser()
    from platformdirs import user_cache_path

    return user_cache_path("ganlab", appauthor=False)


@contextmanager
def written_whole(path):
    """Open a new file that takes the place of `path` only once all of it is on the disk.

    The bytes go to a hidden file beside `path` (``.NAME.RANDOM.part``), which is flushed to the disk and
    then renamed over it. So `path` is the old file or the new one, never a half: an error inside the block
    removes the hidden file, and a process killed inside it leaves that file lying and `path` as it was.

    Parameters
    ----------
    path : str or path-like
        Its folder must exist.

    Yields
    ------
    file : binary file, open for writing

    Examples
    --------
    >>> import tempfile
    >>> target = Path(tempfile.mkdtemp()) / "answer.txt"
    >>> with written_whole(target) as file:
    ...     _ = file.write(b"42")
    >>> target.read_text(), len(list(target.parent.iterdir()))
    ('42', 1)
    """
    path = Path(path)
    if not path.parent.is_dir():
        raise FileNotFoundError(f"cannot write {path.name}: there is no folder {path.parent}.")
    part = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}.part")
    try:
        with open(part, "xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


@contextmanager
def scratch_folder(parent=None):
    """A new folder for a while; what a process that was killed left of its own is removed as well.

    The process that uses such a folder holds a lock on it, which the system takes away when the process ends.

    Parameters
    ----------
    parent : path or None
        None is the system's folder for such things.

    Yields
    ------
    folder : str

    Examples
    --------
    >>> with scratch_folder() as folder:
    ...     Path(folder).is_dir()
    True
    >>> Path(folder).exists()
    False
    """
    for left in Path(parent or tempfile.gettempdir()).glob(f"{SCRATCH}*"):
        with suppress(OSError):
            lock = _lock(left, wait=False)
            shutil.rmtree(left, ignore_errors=True)
            os.close(lock)
    while True:
        folder = tempfile.mkdtemp(prefix=SCRATCH, dir=parent)
        with suppress(FileNotFoundError):
            lock = _lock(folder)
            if os.path.isdir(folder):
                break
            os.close(lock)  # somebody swept it away before it was locked
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if lock is not None:
            os.close(lock)


def _lock(folder, wait=True):
    """Take the lock on a folder until what is returned is closed; an OSError if others have it."""
    try:
        import fcntl
    except ImportError:  # Windows, where nothing is swept
        if wait:
            return None
        raise BlockingIOError from None
    held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except OSError:
        os.close(held)
        raise
    return held


def write_tensors(content, path):
    """Write a dict of tensors, numbers, text, lists and dicts so that `path` is never half a file."""
    import torch

    with written_whole(path) as file:
        torch.save(content, file)


def read_tensors(path, kind):
    """Read what `write_tensors` wrote; ValueError if the file is damaged or holds no such `kind` of thing.

    Nothing in the file is executed, so one from a stranger can do no more than be refused.
    """
    import torch

    try:
        with zipfile.ZipFile(path) as parts:  # what torch.save writes, though torch.load checks no sum
            if parts.testzip() is not None:
                raise zipfile.BadZipFile("a part does not have the sum it was written with")
        content = torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError:
        raise
    except Exception as problem:  # torch raises eight kinds, depending on where the file is damaged
        raise ValueError(
            f"{Path(path).name} cannot be read as a {kind}; it is cut short, damaged or another kind of file "
            f"({type(problem).__name__})."
        ) from problem
    if not isinstance(content, dict) or content.get("kind") != kind:
        held = content.get("kind") if isinstance(content, dict) else type(content).__name__
        raise ValueError(f"{Path(path).name} is not a {kind}; it holds {held!r}.")
    return content
