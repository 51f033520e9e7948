"""What the game player lets one choose, under which label, and the settings that go by a name."""

import traitlets as t

from ganlab.widgets.player.data import BY_NAME, DRAWN, OWN
from ganlab.widgets.player.live_game import OBJECTIVES, OPTIMIZERS, OWN_GAME

RATES = (1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1, 1.0, 10.0)
BATCHES = (50, 150, 256, 512)
WIDTHS = (11, 14, 32, 64, 128)
# Seconds between two steps; move by move, between two moves.
MOVE_BY_MOVE = "move by move"
SPEEDS = {
    "full": 0.0,
    "30 steps a second": 1 / 30,
    "5 steps a second": 1 / 5,
    "1 step a second": 1.0,
    MOVE_BY_MOVE: 2.0,
}
# What each move of a step is, as the data flow through the networks.
FLOW = {
    "samples": "Latent points go through G and come out as fakes; as many real samples are drawn.",
    "scores": "D scores the real samples and the fakes; its loss compares the scores with the truth.",
    "discriminator": "The gradient of that loss moves D, and only D: the field changes.",
    "pull": "The fakes go through D as it now is; G's loss is made of these scores alone.",
    "generator": "Its gradient goes back through D into G and moves G, and only G: the fakes change.",
}
LAYERS = {
    "real": "real samples",
    "fake": "fakes",
    "field": "discriminator's field",
    "pull": "gradients on fakes",
    "manifold": "generator's manifold",
    "optimal": "best discriminator D*",
}
SETTINGS = {
    "data": ("real data", BY_NAME),
    "objective": ("objective", OBJECTIVES),
    "generator_rate": ("G's learning rate", RATES),
    "discriminator_rate": ("D's learning rate", RATES),
    "generator_steps": ("G's updates a step", range(1, 6)),
    "discriminator_steps": ("D's updates a step", range(1, 6)),
    "generator_optimizer": ("G moves by", OPTIMIZERS),
    "discriminator_optimizer": ("D moves by", OPTIMIZERS),
    "generator_width": ("G's units a layer", WIDTHS),
    "discriminator_width": ("D's units a layer", WIDTHS),
    "depth": ("hidden layers", (1, 2, 3)),
    "latent_dim": ("length of latent", (1, 2, 4, 16)),
    "batch": ("batch", BATCHES),
    "speed": ("speed", SPEEDS),
}
PLAIN = {
    "data": "one blob",
    "objective": "non-saturating",
    "generator_rate": 3e-4,
    "discriminator_rate": 3e-3,
    "generator_steps": 1,
    "discriminator_steps": 1,
    "generator_optimizer": "Adam",
    "discriminator_optimizer": "Adam",
    "generator_width": 64,
    "discriminator_width": 64,
    "depth": 2,
    "latent_dim": 2,
    "batch": 256,
    "speed": "full",
}
# These can be changed in the middle of a game; where another is, a new game begins.
ON_THE_WAY = (
    "objective",
    "generator_rate",
    "discriminator_rate",
    "generator_steps",
    "discriminator_steps",
    "batch",
    "speed",
)
# What a game of one's own brings along.
OF_ONES_OWN = (
    "generator_rate",
    "discriminator_rate",
    "generator_optimizer",
    "discriminator_optimizer",
    "generator_width",
    "discriminator_width",
    "depth",
    "latent_dim",
)
MENUS = {name: {"label": label, "options": list(options)} for name, (label, options) in SETTINGS.items()}

OWN_SETTINGS = "none"
# The failures of the lessons, and a game without one: what differs from PLAIN, what to ask before, and what
# is then to be seen. In how many of 16 games it is stands in tests/widgets/test_presets.py.
PRESETS = {
    "balanced": {
        "settings": {"generator_rate": 1e-3, "batch": 150},
        "question": "where does the discriminator's accuracy end, and how far apart are its mean scores?",
        "answer": "The mean scores of real and fake points meet, and the accuracy comes near 50 %. Look at "
        "the distance as well: a balance of the players is not yet a good generator.",
    },
    "vanishing": {
        "settings": {
            "data": "ring of eight",
            "objective": "minimax",
            "generator_optimizer": "plain descent",
            "generator_rate": 1e-3,
            "discriminator_steps": 3,
            "batch": 50,
        },
        "question": "D moves three times before each move of G. How long is G's gradient after 150 steps, "
        "and where are the fakes?",
        "answer": "D is right about every point, and G's gradient is less than a tenth of its peak: the "
        "fakes have hardly moved. Now choose the non-saturating objective while it plays.",
    },
    "collapse": {
        "settings": {
            "data": "ring of eight",
            "generator_rate": 3e-3,
            "discriminator_rate": 1e-3,
            "batch": 150,
        },
        "question": "G learns faster than D. On how many of the eight islands are fakes after 400 steps?",
        "answer": "On one or two, or on none. The fakes sit together, and move on as soon as D has learnt "
        "where they are.",
    },
    "oscillation": {
        "settings": {
            "generator_rate": 3e-3,
            "generator_width": 32,
            "discriminator_width": 32,
            "depth": 1,
            "batch": 50,
        },
        "question": "both players learn fast. What does the cloud of fakes do once it has reached the data?",
        "answer": "It goes past them and round them: each player answers to where the other was. The "
        "losses look quiet all the while.",
    },
    "islands": {
        "settings": {
            "data": "two islands",
            "generator_rate": 1e-3,
            "discriminator_rate": 1e-3,
            "batch": 150,
        },
        "question": "there are no data between the two islands. Will there be fakes after 400 steps?",
        "answer": "Yes. G is continuous: on the way from one latent point to another its samples cannot jump "
        "from island to island. Switch the manifold on to see the bridge.",
    },
}
# What the front end has to know of all this.
PLAN = {
    "menus": MENUS,
    "objectives": list(OBJECTIVES),
    "layers": LAYERS,
    "presets": PRESETS,
    "own": OWN_SETTINGS,
    "own_game": {"name": OWN_GAME, "brings": OF_ONES_OWN},
    "flow": FLOW,
    "drawn": DRAWN,
}


def _menu(name):
    return t.Enum(MENUS[name]["options"], PLAIN[name]).tag(sync=True)


class PlayerSettings(t.HasTraits):
    """The settings as attributes, which the front end shows as menus."""

    data = t.Enum([*BY_NAME, OWN], PLAIN["data"]).tag(sync=True)
    drawing = t.List().tag(sync=True)  # points [x, y]
    objective = t.Enum([*OBJECTIVES, OWN_GAME], PLAIN["objective"]).tag(sync=True)
    generator_rate = _menu("generator_rate")
    discriminator_rate = _menu("discriminator_rate")
    generator_steps = _menu("generator_steps")
    discriminator_steps = _menu("discriminator_steps")
    generator_optimizer = _menu("generator_optimizer")
    discriminator_optimizer = _menu("discriminator_optimizer")
    generator_width = _menu("generator_width")
    discriminator_width = _menu("discriminator_width")
    depth = _menu("depth")
    latent_dim = _menu("latent_dim")
    batch = _menu("batch")
    speed = _menu("speed")
    preset = t.Enum([OWN_SETTINGS, *PRESETS], OWN_SETTINGS).tag(sync=True)
    rivals = t.List(t.Enum(list(OBJECTIVES))).tag(sync=True)
    seed = t.Int(0, min=0, max=2**31).tag(sync=True)


def all_settings(data, objective, settings):
    """Every setting, from those that were named: those of a preset, or the plain ones, stand for the others.

    Raises
    ------
    ValueError
        For a name that is no setting or no preset.
    """
    if unknown := set(settings) - {*SETTINGS, "preset", "rivals"}:
        known = ", ".join(["preset", *SETTINGS, "rivals"])
        raise ValueError(f"GamePlayer has no setting {unknown.pop()!r}; it has {known}.")
    named = {"data": data, "objective": objective, **settings}
    named = {name: value for name, value in named.items() if value is not None}
    preset, rivals = named.pop("preset", OWN_SETTINGS), named.pop("rivals", [])
    if preset not in (OWN_SETTINGS, *PRESETS):
        raise ValueError(f"preset must be one of {', '.join(map(repr, PRESETS))}; got {preset!r}.")
    chosen = PLAIN | PRESETS.get(preset, {}).get("settings", {})
    if any(chosen[name] != value for name, value in named.items()):
        preset = OWN_SETTINGS
    return {**chosen, **named, "preset": preset, "rivals": rivals}
