"""What the game player is on a printed page: the plane, and how the distance went."""

import numpy as np

from ganlab.views import plot_points
from ganlab.widgets.instrument import new_figure
from ganlab.widgets.player.plane import HALF_WIDTH


def figure_of(lanes, look):
    """A figure of the first game as it looks now, and of the distances of all."""
    figure = new_figure(10.5, 4.4)
    plane, strip = figure.subplots(1, 2)
    seen = lanes[0].live.plane
    fake = np.clip(look["fake"], -10 * HALF_WIDTH, 10 * HALF_WIDTH)
    plot_points(seen.real, fake, plane, half_width=HALF_WIDTH, probability=look["field"])
    for lane, dash in zip(lanes, ("-", "--", ":", "-."), strict=False):
        steps, distances = zip(*lane.live.distances.items(), strict=True)
        name = lane.name if len(lanes) > 1 else "distance to the real"
        strip.plot(steps, distances, "k" + dash, marker=".", label=name)
    strip.axhline(seen.floor, color="0.5", linestyle=":", label="a perfect generator stays below")
    strip.set(xlabel="step", ylabel="Wasserstein-1 distance", ylim=(0, None))
    strip.legend()
    return figure
