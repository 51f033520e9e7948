"""The learning rates of both players, lowered in the second half of a game."""

from ganlab.training.game import Game, check_called_for
from ganlab.training.history import Record
from ganlab.validation import positive_integer

LEAST = 0.05
STAIRS = 15


class RateDecay:
    r"""Lower both learning rates in the second half of a game, as a callback of `train`.

    .. math:: \eta(t) = \eta(0) \cdot \max\left(0.05,\ 2\,(1 - t / \text{steps})\right)
       \qquad \text{from } t = \text{steps} / 2 \text{ on}

    anew after each fifteenth of the steps. Players with large steps circle each other; with smaller ones
    they come to rest. The paper lowers them to 0.

    Parameters
    ----------
    game : Game
        Whose rates at this moment are those of the start.
    steps : int >= 1
        Of the whole game, which may be trained in pieces.

    Raises
    ------
    ValueError
        If it is called for another game.

    Notes
    -----
    It changes the game, so it is for `train`. A recording does not know of it: between its frames it would
    play with other rates.

    References
    ----------
    .. [1] Zhu et al. (2017), arXiv:1703.10593, section 4.

    Examples
    --------
    >>> from ganlab.data import ring
    >>> from ganlab.models import mlp_discriminator, mlp_generator
    >>> from ganlab.objectives import NonSaturating
    >>> from ganlab.training import train
    >>> game = Game(mlp_generator(seed=0), mlp_discriminator(seed=1), NonSaturating(), learning_rate=1e-3)
    >>> _ = train(game, ring(), 30, batch_size=8, callbacks=[RateDecay(game, 30)], progress=False)
    >>> game.generator_optimizer.param_groups[0]["lr"]
    5e-05
    """

    def __init__(self, game: Game, steps: int):
        check_called_for(game)
        self.steps, self.done, self._game = positive_integer(steps, "steps"), 0, game
        self._start = [group["lr"] for group in _groups(game)]

    def __call__(self, game: Game, record: Record):
        """Count one more step, and lower the rates if it is time."""
        check_called_for(game, self._game)
        self.done += 1
        if self.done % max(1, self.steps // STAIRS) == 0 and 2 * self.done >= self.steps:
            for group, start in zip(_groups(game), self._start, strict=True):
                group["lr"] = start * max(LEAST, 2 * (1 - self.done / self.steps))


def _groups(game):
    """The groups of weights of both optimizers, each with its rate."""
    return [*game.generator_optimizer.param_groups, *game.discriminator_optimizer.param_groups]
