"""A look at a live game as bytes, laid out as game_player.js reads them."""

import base64
import json
import math
from pathlib import Path

import numpy as np

from ganlab.files import written_whole
from ganlab.widgets.player.plane import ARROWS, HALF_WIDTH, KNOTS, SHOWN, SIDE

ROWS = 300  # of the strips
UNIT = 4_000  # points of the plane are sent in steps of 1 / UNIT, 16 bits each: up to 8 either way
TITLE = "A generator against a discriminator"
LAYOUT = {
    "shown": SHOWN,
    "arrows": ARROWS,
    "knots": KNOTS,
    "side": SIDE,
    "half_width": HALF_WIDTH,
    "unit": UNIT,
}


def frame_bytes(number, step, look):
    """The frame's number, its step, the field's undecided level; the points; both fields, 8 bits a place."""
    level = -1 if look["level"] is None else 255 * look["level"]
    points = [point_bytes(look[name]) for name in ("fake", "pull", "manifold")]
    fields = [np.uint8(np.round(255 * look[name])).tobytes() for name in ("field", "optimal")]
    return b"".join([np.float32([number, step, level]).tobytes(), *points, *fields])


def strip_bytes(floor, rows, distances):
    """The floor, the number of rows, the last step; losses, scores, gradients of ROWS steps; the distances.

    Every row begins with its step.
    """
    last = len(rows)
    every = math.ceil(max(last, 1) / ROWS)
    rows = np.array(rows[every - 1 :: every]).reshape(-1, 6)
    rows = np.column_stack([every * np.arange(1, len(rows) + 1), rows])
    distances = list(distances.items())
    distances = distances[:: math.ceil(len(distances) / ROWS) or 1]
    parts = ([floor, len(rows), last], rows, distances)
    return b"".join(np.float32(part).tobytes() for part in parts)


def point_bytes(points):
    """Points in 16 bits each way; those far outside the plane stay outside it."""
    ends = np.iinfo(np.int16)
    return np.nan_to_num(points * UNIT).clip(ends.min, ends.max).astype(np.int16).tobytes()


def _text(content):
    return base64.b64encode(content).decode()


def write_page(path, state, real, strips, moments):
    """A page with the front end and everything kept: (step, frames of all games, sentence) each."""
    front_end = Path(__file__).with_name("game_player.js").read_text("utf-8")
    style = Path(__file__).with_name("game_player.css").read_text("utf-8")
    steps, frames, sentences = zip(*moments, strict=True)
    state = {**state, "kept": steps, "sentences": sentences, "playing": False, "shown": 0}
    state |= {"real": _text(real), "strips": [_text(strip) for strip in strips]}
    state["frames"] = [[_text(frame) for frame in together] for together in frames]
    data = json.dumps(state).replace("<", "\\u003c")  # nothing in it can end the script
    script = f"{front_end}\nrenderPage({data}, document.querySelector('main'));"
    head = f'<meta charset="utf-8"><title>{TITLE}</title><style>{style}</style>'
    with written_whole(path) as file:
        file.write(
            f'<!DOCTYPE html><html lang="en"><head>{head}</head><body><main></main>'
            f'<script type="module">{script}</script></body></html>'.encode()
        )
