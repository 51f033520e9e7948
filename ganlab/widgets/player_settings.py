"""What the game player lets one choose, and under which label."""

from ganlab.widgets.live_game import DATA, NETWORKS, OBJECTIVES

RATES = (1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 1e-1, 1.0, 10.0)
BATCHES = (50, 150, 256, 512)
# Seconds between two steps.
SPEEDS = {"full": 0.0, "30 steps a second": 1 / 30, "5 steps a second": 1 / 5, "1 step a second": 1.0}
LAYERS = {
    "real": "real samples",
    "fake": "fakes",
    "field": "discriminator's field",
    "pull": "gradients on fakes",
    "manifold": "generator's manifold",
    "optimal": "best discriminator D*",
}
SETTINGS = {
    "data": ("real data", DATA),
    "objective": ("objective", OBJECTIVES),
    "network": ("hidden layers of G and D", NETWORKS),
    "generator_rate": ("G's learning rate", RATES),
    "discriminator_rate": ("D's learning rate", RATES),
    "generator_steps": ("G's updates a step", range(1, 6)),
    "discriminator_steps": ("D's updates a step", range(1, 6)),
    "batch": ("batch", BATCHES),
    "speed": ("speed", SPEEDS),
}
# These cannot be changed in the middle of a game: another one begins.
BEGIN_AGAIN = ("data", "network", "seed")
MENUS = {name: {"label": label, "options": list(options)} for name, (label, options) in SETTINGS.items()}
