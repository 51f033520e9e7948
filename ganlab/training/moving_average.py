"""The moving average of a generator's weights, which shows less of the last steps' shaking."""

from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from ganlab.training.game import Game, check_called_for
from ganlab.training.history import Record
from ganlab.validation import as_share


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
        check_called_for(game)
        self._game = game
        average = get_ema_multi_avg_fn(as_share(decay, "decay"))
        self._average = AveragedModel(game.generator, multi_avg_fn=average)
        self._average.update_parameters(game.generator)  # the first is a copy, the others move it

    def __call__(self, game: Game, record: Record):
        """Take the weights of one more step into the average."""
        check_called_for(game, self._game)
        self._average.update_parameters(game.generator)

    @property
    def generator(self):
        """The generator with the averaged weights."""
        return self._average.module
