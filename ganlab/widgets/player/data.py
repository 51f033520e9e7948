"""What the game player is played on: distributions by name, patients, points drawn or handed over."""

import functools

import torch
from torch.distributions import Categorical, Distribution, MixtureSameFamily, Normal

from ganlab.data import grid, load_wdbc, parallel_lines, ring
from ganlab.seeding import isolated_randomness
from ganlab.validation import as_samples
from ganlab.widgets.player.plane import HALF_WIDTH, SHOWN, as_rows

DATA = {
    "one blob": ring(1, radius=2.0, std=0.4),
    "two islands": ring(2, radius=1.5, std=0.2),
    "ring of eight": ring(8, radius=2.0, std=0.1),
    "grid of nine": grid(3, spacing=2.0, std=0.1),
    "a line": parallel_lines(1.0),
    "two hills, one number": MixtureSameFamily(
        Categorical(torch.ones(2)), Normal(torch.tensor([-1.5, 1.5]), torch.tensor([0.3, 0.3]))
    ),
}
WDBC, DRAWN, OWN = "WDBC, radius and texture", "what you draw", "your own"
BY_NAME = [*DATA, WDBC, DRAWN]
SPREAD = 0.1  # standard deviation of the round cloud that each point drawn stands for


class Rows(Distribution):
    """Rows of a table, each as likely as the others, with a spread around each."""

    def __init__(self, rows, spread=0.0):
        self._rows, self._spread = rows, spread
        super().__init__(event_shape=rows.shape[1:], validate_args=False)

    def sample(self, sample_shape=()):
        """Draw rows, with replacement."""
        rows = self._rows[torch.randint(len(self._rows), tuple(sample_shape))]
        return rows + self._spread * torch.randn(rows.shape) if self._spread else rows


def distribution_of(name, drawing, own):
    """The distribution that a choice of data stands for; None where nothing is drawn yet.

    Parameters
    ----------
    name : str
    drawing : list of points [x, y]
    own : torch.distributions.Distribution or None
        From `own_distribution`.
    """
    if name in DATA:
        return DATA[name]
    if name == WDBC:
        return _wdbc()
    if name == OWN:
        if own is None:
            raise ValueError("no data of your own were handed over; GamePlayer(points) takes them.")
        return own
    if not drawing:
        return None
    points = torch.tensor(drawing, dtype=torch.float32)
    if points.ndim != 2 or points.shape[1] != 2 or not bool((points.abs() <= HALF_WIDTH).all()):
        raise ValueError(f"drawing must hold points [x, y], each from -{HALF_WIDTH} to {HALF_WIDTH}.")
    return Rows(points, SPREAD)


@functools.lru_cache(maxsize=1)
def _wdbc():
    """Mean radius and mean texture of 569 patients, each in its own standard deviations."""
    table = torch.tensor(load_wdbc()[["mean radius", "mean texture"]].to_numpy(), dtype=torch.float32)
    return Rows((table - table.mean(0)) / table.std(0))


def own_distribution(data):
    """Data that somebody hands over, once they are points that the plane can show."""
    if isinstance(data, Distribution):
        with isolated_randomness(0):
            distribution, points = data, data.sample((SHOWN,))
    else:
        points = torch.as_tensor(as_samples(data, "data"), dtype=torch.float32)
        distribution = Rows(points)
    rows = as_rows(points)
    if rows.ndim != 2 or rows.shape[1] not in (1, 2):
        raise ValueError(
            f"data must be points with one or two coordinates, shape (n,), (n, 1) or (n, 2); got samples of "
            f"shape {tuple(points.shape[1:])}. Choose two columns."
        )
    outside = (rows.abs().amax(dim=1) > HALF_WIDTH).float().mean().item()
    if outside > 0.1:
        raise ValueError(
            f"{100 * outside:.0f} % of the data lie outside the plane, which reaches from -{HALF_WIDTH} to "
            f"{HALF_WIDTH} either way; pass them in standard deviations: (data - data.mean(0)) / data.std(0)."
        )
    return distribution
