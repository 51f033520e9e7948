"""A recording of games in the plane as one page, with the front end of the game player."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from ganlab.shapes import FilePath
from ganlab.widgets.player.data import own_distribution
from ganlab.widgets.player.frames import LAYOUT, frame_bytes, point_bytes, strip_bytes, write_page
from ganlab.widgets.player.plane import Plane
from ganlab.widgets.player.settings import LAYERS, PLAN
from ganlab.widgets.player.words import in_words, of_a_race

KEPT = 200  # frames, of all games together


def recording_to_html(recording: object, real: object, path: FilePath) -> Path:
    """Write what was recorded as one page that needs neither a kernel nor a network.

    Parameters
    ----------
    recording : Recording, or dict of name -> Recording
        Of games whose samples have one or two coordinates; a dict, such as `race` gives, is shown
        side by side. Of more than 200 snapshots in all, the page holds some, evenly spread.
    real : torch.distributions.Distribution or array of shape (n,), (n, 1) or (n, 2)
        The data that the games were about; a recording in a file does not hold them.
    path : str or path-like
        Of the page, below 3 MB; a file that is there is replaced.

    Returns
    -------
    pathlib.Path
        Of the page, to open it in a browser.

    Examples
    --------
    >>> import tempfile
    >>> from ganlab.data import ring
    >>> from ganlab.models import mlp_discriminator, mlp_generator
    >>> from ganlab.objectives import NonSaturating
    >>> from ganlab.training import Game, record
    >>> game = Game(mlp_generator(seed=0), mlp_discriminator(seed=1), NonSaturating())
    >>> recording = record(game, ring(), steps=20, every=10, batch_size=32, seed=2)
    >>> with tempfile.NamedTemporaryFile(suffix=".html") as page:
    ...     recording_to_html(recording, ring(), page.name).suffix
    '.html'
    """
    recordings = dict(recording) if isinstance(recording, Mapping) else {"": recording}
    if not recordings:
        raise ValueError("recording holds no game; pass a Recording, or a dict of name -> Recording.")
    plane = Plane(own_distribution(real), seed=0)
    lanes = {name: _moments(each, plane, KEPT // len(recordings)) for name, each in recordings.items()}
    steps = max((list(lane) for lane in lanes.values()), key=len)
    together = [[lane[max(at for at in lane if at <= step)] for lane in lanes.values()] for step in steps]
    moments = [
        (step, [frame for frame, _, _ in lane], _words(dict(zip(lanes, lane, strict=True))))
        for step, lane in zip(steps, together, strict=True)
    ]
    strips = [
        strip_bytes(
            plane.floor,
            _rows(each.history),
            {step: reading["distance"] for step, (_, reading, _) in lanes[name].items()},
        )
        for name, each in recordings.items()
    ]
    state = {
        "plan": {**PLAN, **LAYOUT, "menus": {}},
        "layers": list(LAYERS)[:3],
        "names": list(recordings),
        "overlaid": False,
        "rivals": [],
    }
    write_page(path, state, point_bytes(plane.real.numpy()), strips, moments)
    return Path(path)


def _moments(recording, plane, at_most):
    """{step: (frame, reading, fakes)} of snapshots, the first and the last among them."""
    steps = recording.steps
    places = np.unique(np.linspace(0, len(steps) - 1, min(len(steps), at_most)).round().astype(int))
    moments = {}
    for step in (steps[place] for place in places):
        game = recording.at(step)
        look = plane.look(game)
        reading = {"step": step, "accuracy": look["accuracy"], "distance": plane.distance(game)}
        moments[step] = frame_bytes(0, step, look), reading | {"floor": plane.floor}, look["fake"]
    return moments


def _words(moments):
    readings = {name: reading for name, (_, reading, _) in moments.items()}
    if len(moments) > 1:
        return of_a_race(readings, {})
    ((_, reading, fake),) = moments.values()
    return " ".join(in_words(reading, fake))


def _rows(history):
    """What the strips show of a record: both losses, both mean scores, both gradients if they were noted."""
    names = ("discriminator_loss", "generator_loss", "real_score", "fake_score")
    names += ("discriminator_gradient", "generator_gradient")
    columns = [
        getattr(history, name) if name in history.fields else np.full(len(history), np.nan) for name in names
    ]
    return np.column_stack(columns)
