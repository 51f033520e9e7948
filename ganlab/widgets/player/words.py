"""What the game player says of what it shows, in sentences."""

import math

import numpy as np

from ganlab.widgets.player.plane import HALF_WIDTH

NOTHING_DRAWN = (
    "Nothing is drawn yet, so there is nothing to learn. Press on the plane and draw; or move to it by Tab, "
    "move the cross by the arrow keys, and press Space for each point."
)


def state_in_words(playing, stopped, reason):
    """Whether the game goes on; `stopped` says why it never will, `reason` why it stands still."""
    if stopped:
        return f"Stopped: {stopped}. Choose smaller learning rates, then reset. Before that:"
    if playing:
        return "Playing."
    return f"Paused: {reason}." if reason else "Paused."


def in_words(reading, fake):
    """What a reading and the fakes that it is of come to, a sentence each."""
    if math.isnan(reading["accuracy"]):
        yield f"After {reading['step']} steps the critic ranks the points; it has no accuracy."
    else:
        yield (
            f"After {reading['step']} steps the discriminator is right about "
            f"{100 * reading['accuracy']:.0f} % of the points shown (a coin flip: 50 %)."
        )
    yield (
        f"The fake cloud is {reading['distance']:.2f} away from the real one (Wasserstein-1); of 20 clouds "
        f"of a perfect generator, 19 are nearer than {reading['floor']:.2f}."
    )
    outside = np.mean(np.abs(fake).max(axis=1) > HALF_WIDTH)
    if outside >= 0.1:
        yield f"{100 * outside:.0f} % of the fakes lie outside the plane that is shown."


def of_a_branch(before):
    """Where the game before the branch was; its reading is of the last step kept."""
    return (
        f"The game before the branch, dotted and hollow, was {before['distance']:.2f} away "
        f"after {before['step']} steps."
    )


def of_a_race(readings, stopped):
    """How far each game of a race has come.

    Parameters
    ----------
    readings : dict of name -> reading
    stopped : dict of name -> str
        Why a game cannot go on; empty where it can.
    """
    steps = max(reading["step"] for reading in readings.values())
    distances = "; ".join(f"{name} {reading['distance']:.2f}" for name, reading in readings.items())
    floor = next(iter(readings.values()))["floor"]
    ends = "".join(f" {name.capitalize()} stopped: {reason}." for name, reason in stopped.items() if reason)
    return (
        f"After {steps} steps from the same start, the fake clouds are so far from the real one "
        f"(Wasserstein-1): {distances}. Of 20 clouds of a perfect generator, 19 are nearer than {floor:.2f}. "
        f"One race is one seed: an illustration.{ends}"
    )
