"""Where a game is played."""

import torch


def checked_device(device):
    """A torch.device that this machine has; ValueError, with what there is, for any other.

    Examples
    --------
    >>> checked_device("cpu")
    device(type='cpu')
    """
    there = ["cpu"]
    there += [f"cuda:{index}" for index in range(torch.cuda.device_count())]
    there += ["mps"] if torch.backends.mps.is_available() else []
    try:
        wanted = torch.device(device)
    except (RuntimeError, TypeError):
        wanted = None
    if wanted is not None and wanted.type == "cuda" and wanted.index is None and "cuda:0" in there:
        wanted = torch.device("cuda:0")
    names = {"cpu:0": "cpu", "mps:0": "mps"}
    if wanted is None or names.get(str(wanted), str(wanted)) not in there:
        raise ValueError(f"device {device!r} is not there; this machine has: {', '.join(there)}.")
    return wanted
