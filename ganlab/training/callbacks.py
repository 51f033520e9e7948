"""Callbacks of `train`: averaged weights, rates that are lowered, and augmentation as often as needed."""

import math
from functools import partial

from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from ganlab.training.game import Game
from ganlab.training.history import Record
from ganlab.validation import as_share, positive_integer

# Of `RateDecay`: the smallest rate, as a share of the first, and in how many parts a game is cut.
LEAST, STAIRS = 0.05, 15
# Of `AdaptiveAugmentation`: after so many steps the probability is looked at.
LOOK = 4


class MovingAverage:
    r"""The moving average of a generator's weights, as a callback of `train`.

    .. math:: \bar w \leftarrow \text{decay} \cdot \bar w + (1 - \text{decay}) \cdot w

    after each step, from the weights at its start on. The players of a game circle each other, so each update
    changes all samples a little to and fro; an average over the circle lies nearer to its middle. About the
    last 1 / (1 - decay) steps count. The game itself is not changed. After a NonFiniteLoss make a new one:
    the game is put back then, and the average keeps what it saw.

    Parameters
    ----------
    game : Game
    decay : number in [0, 1]
        0.99 to 0.999 are usual; 0 keeps the last weights.

    Attributes
    ----------
    generator : torch.nn.Module
        A copy of the game's generator, with the averaged weights; for samples without gradients call it under
        ``torch.no_grad()``.

    Raises
    ------
    ValueError
        If it is called for another game.

    References
    ----------
    .. [1] Yazıcı et al. (2019), The Unusual Effectiveness of Averaging in GAN Training, arXiv:1806.04498.

    Examples
    --------
    >>> import torch
    >>> from ganlab.data import ring
    >>> from ganlab.models import mlp_discriminator, mlp_generator
    >>> from ganlab.objectives import NonSaturating
    >>> from ganlab.training import train
    >>> game = Game(mlp_generator(seed=0), mlp_discriminator(seed=1), NonSaturating())
    >>> average = MovingAverage(game, decay=0.9)
    >>> _ = train(game, ring(), 20, callbacks=[average], progress=False)
    >>> average.generator(torch.zeros(3, 2)).shape
    torch.Size([3, 2])
    """

    def __init__(self, game: Game, decay: float = 0.995):
        _check_called_for(game)
        self._game = game
        average = partial(_moved, as_share(decay, "decay"))  # torch's own function cannot be pickled
        self._average = AveragedModel(game.generator, multi_avg_fn=average)
        self._average.update_parameters(game.generator)  # the first is a copy, the others move it

    def __call__(self, game: Game, record: Record):
        """Take the weights of one more step into the average."""
        _check_called_for(game, self._game)
        self._average.update_parameters(game.generator)

    @property
    def generator(self):
        """The generator with the averaged weights."""
        return self._average.module


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
    It changes the game, so it is for `train`. A recording plays steps again without callbacks: one that was
    made with this has its snapshots, and refuses branches and the steps between.

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
        _check_called_for(game)
        self.steps, self.done, self._game = positive_integer(steps, "steps"), 0, game
        self._start = [group["lr"] for group in _groups(game)]

    def __call__(self, game: Game, record: Record):
        """Count one more step, and lower the rates if it is time."""
        _check_called_for(game, self._game)
        self.done += 1
        if self.done % max(1, self.steps // STAIRS) == 0 and 2 * self.done >= self.steps:
            for group, start in zip(_groups(game), self._start, strict=True):
                group["lr"] = start * max(LEAST, 2 * (1 - self.done / self.steps))


class AdaptiveAugmentation:
    r"""Let a discriminator see changed images just as often as it needs, as a callback of `train`.

    A discriminator that knows its training images by heart calls nearly every image rightly. The measure is

    .. math:: r = \frac{1}{2} \left( \mathbb{E}[\operatorname{sign} D(T(x))]
       - \mathbb{E}[\operatorname{sign} D(T(G(z)))] \right) = 2 \cdot \text{accuracy} - 1

    with the accuracy of the record (under least squares the sign is that of D - 1/2): 0 is a coin, 1 is no
    error. After every fourth step the probability of
    each change T rises by 4 / steps if the mean r of the four is above the target, and else falls by as
    much, within [0, 1]. It begins at that of the discriminator. The paper takes r of the real images alone;
    of both halves of the batch it needs no images beside those that are scored anyway.

    Parameters
    ----------
    game : Game
        Whose discriminator is one of `ganlab.models.augmented`.
    target : number in [0, 1]
        0.6 in the paper.
    steps : int >= 1
        In which the probability can go from 0 to 1: 500,000 images in the paper, 500 steps here.

    Raises
    ------
    ValueError
        If the game's discriminator is not augmented, if it is called for another game, or if the objective's
        scores only rank (a critic's have no accuracy).

    Notes
    -----
    It changes the game, so it is for `train`, as `RateDecay` is.

    References
    ----------
    .. [1] Karras et al. (2020), Training Generative Adversarial Networks with Limited Data,
       arXiv:2006.06676, section 3.

    Examples
    --------
    >>> from ganlab.data import simulate_lesions
    >>> from ganlab.models import augmented, image_discriminator, image_generator
    >>> from ganlab.objectives import NonSaturating
    >>> from ganlab.training import train
    >>> discriminator = augmented(image_discriminator(width=8, seed=1), ["flips"], probability=0)
    >>> game = Game(image_generator(width=8, seed=0), discriminator, NonSaturating())
    >>> needed = AdaptiveAugmentation(game, steps=100)
    >>> _ = train(game, simulate_lesions(20), 20, batch_size=8, callbacks=[needed], progress=False)
    >>> 0 <= needed.probability <= 0.2
    True
    """

    def __init__(self, game: Game, target: float = 0.6, steps: int = 500):
        _check_called_for(game)
        self.target, self.steps = as_share(target, "target"), positive_integer(steps, "steps")
        if not hasattr(game.discriminator, "policy"):
            raise ValueError(
                f"AdaptiveAugmentation needs a game with an augmented discriminator; got a "
                f"{type(game.discriminator).__name__}. Make it with ganlab.models.augmented."
            )
        self._game, self._seen = game, []

    def __call__(self, game: Game, record: Record):
        """Note one more step, and after every fourth change the probability."""
        _check_called_for(game, self._game)
        if math.isnan(record.accuracy):
            raise ValueError(
                "AdaptiveAugmentation needs a discriminator that calls images real or fake; this objective's "
                "scores only rank them. Take NonSaturating or Hinge, or a fixed probability."
            )
        self._seen.append(2 * record.accuracy - 1)
        if len(self._seen) == LOOK:
            rises = sum(self._seen) / LOOK > self.target
            self._seen.clear()
            probability = self.probability + (LOOK if rises else -LOOK) / self.steps
            game.discriminator.probability.fill_(min(1.0, max(0.0, probability)))

    @property
    def probability(self):
        """That each change is made, at this moment."""
        return self._game.discriminator.probability.item()


def _moved(decay, *weights):
    get_ema_multi_avg_fn(decay)(*weights)


def _groups(game):
    """The groups of weights of both optimizers, each with its rate."""
    return [*game.generator_optimizer.param_groups, *game.discriminator_optimizer.param_groups]


def _check_called_for(game, own=None):
    """Refuse what is no game, and another game than a callback's own."""
    if not isinstance(game, Game):
        raise ValueError(
            "this callback is made of one Game and called by train() for that game; got "
            f"{type(game).__name__}. An ensemble needs callbacks of its own, (games, step) -> None."
        )
    if own is not None and game is not own:
        raise ValueError(
            "this callback was made of another game; make a new one of the game that is trained."
        )
