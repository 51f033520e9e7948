"""Training a game: so many steps of `play`, with progress, a history, and a way back from bad numbers."""

import itertools
import signal
import threading
from collections.abc import Callable, Iterable
from contextlib import contextmanager, nullcontext

import torch
from tqdm.auto import tqdm

from ganlab.seeding import forked_rng, one_thread, seeded_rng
from ganlab.shapes import Seed
from ganlab.training.game import Game
from ganlab.training.history import History
from ganlab.training.play import NonFiniteLoss, play, with_gradient_norms
from ganlab.validation import positive_integer

# A good state is kept this often (steps), so that a run that blows up can be put back close to its end.
STEPS_BETWEEN_SAFE_STATES = 100
# Multiply-adds of a player's pass over one batch, below which a second thread waits more than it works.
WORTH_A_SECOND_THREAD = 5e7


def train(
    game: Game,
    data: object,
    steps: int,
    *,
    batch_size: int = 256,
    seed: Seed = 0,
    callbacks: Iterable[Callable] = (),
    progress: bool = True,
    gradient_norms: bool = False,
) -> History:
    """Train a game in place and return what happened at every step.

    Parameters
    ----------
    game : Game
        Changed in place.
    data : torch.distributions.Distribution, array of shape (n, ...), Cohort, or samples with labels
        The real samples: drawn afresh from a distribution, or dealt out from a table. For a conditional
        game a tuple (samples, labels), a TensorDataset of both, or a Cohort; for a TranslationGame a pair
        of any of these without labels.
    steps : int >= 1
        Generator updates.
    batch_size : int >= 1
        Real samples, and as many fakes, a step.
    seed : int, torch.Generator or None
        Of the data order and the latent points. The same seed and game give the same run.
    callbacks : iterable of functions (game, record) -> None
        Called after every step.
    progress : bool
        Show a bar with the time left. It is silent where there is neither a terminal nor a notebook.
    gradient_norms : bool
        Note the length of both players' gradients in every record.

    Returns
    -------
    History
        One Record per step. After Ctrl-C (the stop button in JupyterLab) it holds the steps done, its
        `stopped_by` is "keyboard", and the game stays as it was after the last of them.

    Raises
    ------
    NonFiniteLoss
        If a loss becomes NaN or infinite; it names the step and the player, and the game is put back to
        the last state known to be good.

    Examples
    --------
    >>> from ganlab.data import ring
    >>> from ganlab.models import mlp_discriminator, mlp_generator
    >>> from ganlab.objectives import NonSaturating
    >>> from ganlab.training import Game
    >>> game = Game(mlp_generator(seed=0), mlp_discriminator(seed=1), NonSaturating())
    >>> len(train(game, ring(), steps=3, batch_size=32, seed=2))
    3
    """
    steps = positive_integer(steps, "steps")
    run = Run(game, data, batch_size=batch_size, seed=seed)
    return run.train(steps, callbacks=callbacks, progress=progress, gradient_norms=gradient_norms)


class Run:
    """A game and its data, with the place that training has reached in both.

    ``train(game, data, 1000, seed=3)`` is the same, bit for bit, as a Run with that seed that trains for
    400 steps and then for 600 more, in whatever pieces; `state_dict` is a place to come back to.

    Parameters
    ----------
    game, data, batch_size, seed
        As for :func:`train`.

    Attributes
    ----------
    step : int
        Steps played so far.
    history : History
        One record for each of them.
    """

    def __init__(self, game, data, *, batch_size=256, seed=0):
        self.game = game
        self.rng = seeded_rng(seed)
        self.batches = game.real_batches(data, batch_size, self.rng)
        self.penalty_rng = forked_rng(self.rng)
        # Of dropout and the like, which know only torch's global randomness.
        self._networks_rng, self._training = forked_rng(self.penalty_rng).get_state(), False
        self.history = History()
        game.check_fit(self.batches.widest())

    @property
    def batch_size(self):
        return self.batches.batch_size

    @property
    def step(self):
        return self.history[-1].step if len(self.history) else 0

    def train(self, steps, *, callbacks=(), progress=True, gradient_norms=False):
        """Play on for so many steps and return their History; see :func:`train`."""
        steps, callbacks = positive_integer(steps, "steps"), tuple(callbacks)
        before, seconds = self.step, self.history[-1].seconds if self.step else 0.0
        records = play(self.game, self.batches, self.rng, self.penalty_rng)
        if gradient_norms:
            records = with_gradient_norms(self.game, records)
        good = self.state_dict()
        # disable=None: tqdm's own word for "only where somebody can see it".
        bar = tqdm(total=steps, desc="training", unit="step", disable=None if progress else True)
        stopped_by = None
        try:
            with bar, self._own_conditions(), whole_steps() as whole:
                for record in itertools.islice(whole(records), steps):
                    place = {"step": before + record.step, "seconds": seconds + record.seconds}
                    self.history.records.append(record._replace(**place))
                    bar.update()
                    for callback in callbacks:
                        callback(self.game, self.history[-1])
                    if self.step % STEPS_BETWEEN_SAFE_STATES == 0 and _all_finite(self.game):
                        good = self.state_dict()
        except KeyboardInterrupt:
            stopped_by = "keyboard"
        except NonFiniteLoss as problem:
            problem.step, problem.good_step = self.step + 1, good["step"]
            problem.history = History(self.history[before:])
            self.load_state_dict(good)
            raise
        done = History(self.history[before:])
        done.stopped_by = self.history.stopped_by = stopped_by
        return done

    def state_dict(self):
        """Everything that decides how the run goes on; the history is not part of it."""
        return {
            "step": self.step,
            "game": self.game.state_dict(),
            "batches": self.batches.state_dict(),
            "rng": self.rng.get_state(),
            "penalty_rng": self.penalty_rng.get_state(),
            "networks_rng": torch.get_rng_state() if self._training else self._networks_rng,
        }

    def load_state_dict(self, state):
        """Go back to a state from `state_dict`, and forget the history after it."""
        self.game.load_state_dict(state["game"])
        self.batches.load_state_dict(state["batches"])
        self.rng.set_state(state["rng"])
        self.penalty_rng.set_state(state["penalty_rng"])
        self._networks_rng = state["networks_rng"]
        self.history.records = [record for record in self.history if record.step <= state["step"]]

    @contextmanager
    def _own_conditions(self):
        """The run's own number of threads and its own global randomness, which are put back afterwards."""
        players = self.game.generator, self.game.discriminator
        with threads_for(*players, batch_size=self.batch_size), torch.random.fork_rng(devices=[]):
            torch.set_rng_state(self._networks_rng)
            self._training = True
            try:
                yield
            finally:
                self._training, self._networks_rng = False, torch.get_rng_state()


def threads_for(*players, batch_size):
    """One thread inside the block for small fully connected players, torch's own number for others.

    A layer of a small network takes microseconds; sharing it out costs more than doing it, and many
    times more while another program (a browser, say) keeps a core busy. The number is put back
    afterwards.
    """
    weights = [weight for player in players for weight in player.parameters()]
    fully_connected = all(weight.ndim <= 2 for weight in weights)
    work = batch_size * sum(weight.numel() for weight in weights)
    return one_thread() if fully_connected and work < WORTH_A_SECOND_THREAD else nullcontext()


@contextmanager
def whole_steps():
    """Let Ctrl-C wait until a step is whole, so that no game stops between its players' moves.

    Yields a function that wraps the steps. Outside a step Ctrl-C works at once; so does a second one.
    """
    playing, wanted = False, False

    def interrupt(signum, frame):
        nonlocal wanted
        if not playing or wanted:
            raise KeyboardInterrupt
        wanted = True

    def whole(records):
        nonlocal playing
        while True:
            playing = True
            try:
                record = next(records)
            finally:
                playing = False
            yield record
            if wanted:
                raise KeyboardInterrupt

    # Only the main thread gets signals, and a handler that somebody else put there is theirs.
    ours = (
        threading.current_thread() is threading.main_thread()
        and signal.getsignal(signal.SIGINT) is signal.default_int_handler
    )
    if ours:
        signal.signal(signal.SIGINT, interrupt)
    try:
        yield whole
    finally:
        if ours:
            signal.signal(signal.SIGINT, signal.default_int_handler)
    if wanted:  # in the very last step
        raise KeyboardInterrupt


def _all_finite(game):
    players = (game.generator, game.discriminator)
    return all(bool(torch.isfinite(weights).all()) for player in players for weights in player.parameters())
