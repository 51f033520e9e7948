"""Files of plain tensors and values: written whole or not at all, and read without running their content."""

import zipfile
from pathlib import Path

import torch

from ganlab.files import written_whole


def write_tensors(content, path):
    """Write a dict of tensors, numbers, text, lists and dicts so that `path` is never half a file."""
    with written_whole(path) as file:
        torch.save(content, file)


def read_tensors(path, kind):
    """Read what `write_tensors` wrote; ValueError if the file is damaged or holds no such `kind` of thing.

    Nothing in the file is executed, so one from a stranger can do no more than be refused.
    """
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
        found = content.get("kind") if isinstance(content, dict) else type(content).__name__
        raise ValueError(f"{Path(path).name} is not a {kind}; it holds {found!r}.")
    return content
