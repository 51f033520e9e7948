"""The files of stored results: where they lie, and how tables (CSV) and arrays (NPZ) are read and written."""

from pathlib import Path

import numpy as np
import pandas as pd

from ganlab.files import written_whole

FOLDER = Path(__file__).parent


def stored(name):
    """The path of a stored file."""
    return FOLDER / name


def chosen(parts, known):
    """Those of the `known` parts that are asked for, in their own order; text will do for a number."""
    asked = {str(part) for part in parts}
    if unknown := asked - {str(part) for part in known}:
        raise ValueError(f"there is no part {min(unknown)!r}; there are {', '.join(map(str, known))}.")
    return [part for part in known if str(part) in asked]


def read_table(name):
    """A stored table."""
    return pd.read_csv(stored(name))


def write_table(name, fresh, by, float_format=None):
    """Write a table. Rows stored before stay unless the column `by` has their value in `fresh` too."""
    if stored(name).is_file():
        kept = read_table(name)
        fresh = pd.concat([kept[~kept[by].isin(fresh[by])], fresh]).sort_values(by, kind="stable")
    with written_whole(stored(name)) as file:
        file.write(fresh.to_csv(index=False, float_format=float_format).encode())


def read_arrays(name):
    """A stored dict {key: array}."""
    with np.load(stored(name)) as archive:
        return dict(archive)


def write_arrays(name, arrays):
    """Write a dict {key: array}, all of it."""
    with written_whole(stored(name)) as file:
        np.savez_compressed(file, **arrays)


def read_games(name, settings, kind):
    """Stored games of many settings: {setting: named tuple of the class `kind`}."""
    arrays = read_arrays(name)
    return {setting: kind(*(arrays[_key(setting, field)] for field in kind._fields)) for setting in settings}


def write_games(name, games):
    """Write {setting: named tuple of arrays}. What was stored before stays, if its setting starts otherwise.

    The first field of a setting is the part of the result that it belongs to.
    """
    parts = {setting[0] for setting in games}
    kept = read_arrays(name) if stored(name).is_file() else {}
    fresh = {
        _key(setting, field): values
        for setting, played in games.items()
        for field, values in played._asdict().items()
    }
    write_arrays(name, {key: kept[key] for key in kept if key.split("/")[0] not in parts} | fresh)


def to_bytes(values, low, high, levels=255):
    """Numbers between `low` and `high` in so many steps of equal width, as uint8."""
    return ((np.asarray(values) - low) * (levels / (high - low))).round().clip(0, levels).astype(np.uint8)


def from_bytes(steps, low, high, levels=255):
    """The numbers that `to_bytes` wrote, to within half a step."""
    return low + steps * ((high - low) / levels)


def _key(setting, field):
    return "/".join(map(str, (*setting, field)))
