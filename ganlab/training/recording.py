"""Recordings of games: go to any step, branch from it, keep it in a file, look at it without training."""

import copy
from collections.abc import Callable, Iterable

import torch

from ganlab.files import read_tensors, write_tensors
from ganlab.seeding import seeded_rng
from ganlab.shapes import FilePath, Seed
from ganlab.training.game import Game
from ganlab.training.history import History, Record, RecordWithGradients
from ganlab.training.play import NonFiniteLoss
from ganlab.training.train import Run
from ganlab.validation import positive_integer

KIND = "ganlab recording, version 2"


def record(
    game: Game,
    data: object,
    steps: int,
    every: int | None = None,
    *,
    batch_size: int = 256,
    seed: Seed = 0,
    n_samples: int = 256,
    callbacks: Iterable[Callable] = (),
    progress: bool = True,
    gradient_norms: bool = False,
) -> "Recording":
    """Train a game in place, as ``train`` does, and keep a snapshot of it every few steps.

    Parameters
    ----------
    game, data, steps, batch_size, seed, callbacks, progress, gradient_norms
        As for ``train``; recording changes nothing in the run. Callbacks may look but not touch: a
        step that is reached again is played without them. Where one changed a learning rate (`RateDecay`)
        or a probability (`AdaptiveAugmentation`), no step is played again.
    every : int >= 1 or None
        Steps between snapshots. None: 50 snapshots over the run.
    n_samples : int >= 1
        Fakes kept with each snapshot, always of the same latent points.

    Returns
    -------
    Recording

    Raises
    ------
    NonFiniteLoss
        As ``train``; its attribute `recording` holds what was recorded.

    Examples
    --------
    >>> from ganlab.data import ring
    >>> from ganlab.models import mlp_discriminator, mlp_generator
    >>> from ganlab.objectives import Minimax, NonSaturating
    >>> from ganlab.training import Game, compare
    >>> game = Game(mlp_generator(seed=0), mlp_discriminator(seed=1), Minimax())
    >>> recording = record(game, ring(), steps=20, every=10, batch_size=32, seed=2)
    >>> recording
    Recording of steps 0 to 20: 3 snapshots of 256 samples
    >>> branch = recording.branch(10, objective=NonSaturating())
    >>> frame = compare({"minimax": recording, "switched at 10": branch}, "generator_loss")
    >>> (frame["minimax"] == frame["switched at 10"]).sum()  # the same up to step 10
    np.int64(10)
    """
    steps = positive_integer(steps, "steps")
    every = max(1, steps // 50) if every is None else positive_integer(every, "every")
    run = Run(game, data, batch_size=batch_size, seed=seed)
    recording = Recording(
        every=every, n_samples=positive_integer(n_samples, "n_samples"), data=data, batch_size=run.batch_size
    )
    return recording._follow(
        run, steps, callbacks=callbacks, progress=progress, gradient_norms=gradient_norms
    )


class Recording:
    """Snapshots of a run, its history, and samples to look at. Made by :func:`record` and by `branch`.

    Attributes
    ----------
    steps : list of int
        The steps of which there is a snapshot, the first and the last included.
    samples : tensor, shape (snapshots, n_samples, ...)
        What the generator made at each of them.
    history : History
        Every step from the first; in a branch, those before it left its origin as well.
    """

    def __init__(self, *, every: int, n_samples: int, data: object, batch_size: int):
        self.every, self.history = every, History()
        self.steps, self._samples, self._states = [], [], []
        self._game, self._data, self._batch_size = None, data, batch_size
        self._n_samples, self._preview = n_samples, None

    def __repr__(self):
        if not self.steps:
            return "Recording of nothing"
        return (
            f"Recording of steps {self.steps[0]} to {self.steps[-1]}: {len(self.steps)} snapshots of "
            f"{len(self._samples[0])} samples"
        )

    @property
    def samples(self):
        return torch.stack(self._samples)

    @property
    def can_branch(self):
        """Whether every step can be reached and branched from, and not the snapshots alone."""
        whole = self._game is not None and self._data is not None and "rng" in self._states[0]
        return whole and self._changed_settings() is None

    def at(self, step: int) -> Game:
        """The game as it was after a step, exactly: a copy, to look at or to train on.

        A step between two snapshots is played again from the one before it.

        For that the recording must have its data, and must not be lightened.
        """
        if self._game is None:
            raise ValueError(
                "this recording was loaded without a game, so it has samples and history only; "
                "Recording.load(path, game) brings back the networks."
            )
        if step in self.steps:
            game = copy.deepcopy(self._game)
            _load_players(game, self._states[self.steps.index(step)])
            return game
        return self._run_at(step).game

    def branch(self, step: int, steps: int | None = None, *, progress: bool = True, **changes: object):
        """Go back to a step, change something, and play on with the same latent points and data order.

        Parameters
        ----------
        step : int
            Where to leave this recording, which stays as it is.
        steps : int >= 1 or None
            How many to play. None: as far as this recording goes.
        changes
            What ``Game.change`` takes: `objective`, `learning_rate`, `discriminator_learning_rate`,
            `discriminator_steps`, `fake_labels`. More discriminator steps use up the latent points and the
            data faster. Without any change the branch repeats the recording.

        Returns
        -------
        Recording
            From `step` on; its history begins where this one's does.
        """
        self._refuse_changed_settings()
        if not self.can_branch:
            raise ValueError(
                "only a whole recording can branch: one that was not lightened, and that was loaded "
                "with its game and its data."
            )
        if steps is None and step == self.steps[-1]:
            raise ValueError(f"step {step} is the last of the recording; say how many steps to play on.")
        run = self._run_at(step)
        steps = self.steps[-1] - step if steps is None else positive_integer(steps, "steps")
        run.game.change(**changes)
        branch = Recording(
            every=self.every, n_samples=self._n_samples, data=self._data, batch_size=self._batch_size
        )
        return branch._follow(run, steps, progress=progress, gradient_norms=self._measured)

    def lightened(self):
        """A smaller recording to show and to hand on: networks and samples only, in half precision.

        Lost are the optimizers' memory and the random states (no branches, no steps between snapshots),
        and the digits of weights and samples after the third: a relative error of up to 2 ** -11. The
        history stays exact. Weights beyond half precision's range, 65,504, stay as they are.
        """
        light = copy.copy(self)
        light.steps, light.history = list(self.steps), History(self.history)
        light._samples = [_half(samples).float() for samples in self._samples]
        light._states = [
            {
                "step": state["step"],
                "game": {
                    player: {name: _half(weights) for name, weights in state["game"][player].items()}
                    for player in ("generator", "discriminator")
                },
            }
            for state in self._states
        ]
        light._data = None
        return light

    def save(self, path: FilePath):
        """Write the recording to a file, every digit of it. `lightened` first makes it several times smaller.

        The data are not in the file, only a hash of them.
        """
        game = self._game
        if game is None:
            raise ValueError("this recording was loaded without a game; copy its file instead of saving it.")
        light = "rng" not in self._states[0]
        samples = self.samples
        content = {
            "kind": KIND,
            "every": self.every,
            "n_samples": self._n_samples,
            "batch_size": self._batch_size,
            "steps": self.steps,
            "samples": samples.half() if light else samples,
            "states": self._states,
            "history": torch.tensor([list(record) for record in self.history], dtype=torch.float64),
            "stopped_by": self.history.stopped_by,
            "made_of": _made_of(game),
            "data": None if self._data is None else _fingerprint(game, self._data, self._batch_size),
        }
        write_tensors(content, path)

    @classmethod
    def load(cls, path: FilePath, game: Game | None = None, data: object = None):
        """Read what `save` wrote.

        Parameters
        ----------
        path : str or path-like
        game : Game or None
            Built like the recorded one, for the networks; it is not changed. Without it the recording
            still has its steps, its samples and its history: enough to play it.
        data : or None
            The same data, for steps between snapshots and for branches.

        A file that is cut short or damaged, and a game or data that are not those recorded, are refused.
        """
        content = read_tensors(path, KIND)
        if game is None and data is not None:
            raise ValueError("data are of use only together with the game: Recording.load(path, game, data).")
        if game is not None:
            _refuse_another_game(content["made_of"], _made_of(game))
            game = copy.deepcopy(game)
        if data is not None:
            fingerprint = _fingerprint(game, data, content["batch_size"])
            if fingerprint != content["data"]:
                raise ValueError(
                    f"the data are not those of the recording: their hash is {fingerprint}, "
                    f"the recording's {content['data']}."
                )
        recording = cls(**{name: content[name] for name in ("every", "n_samples", "batch_size")}, data=data)
        recording.steps, recording._states = content["steps"], content["states"]
        recording._samples, recording._game = list(content["samples"].float()), game
        rows = content["history"].tolist()
        kind = RecordWithGradients if rows and len(rows[0]) > len(Record._fields) else Record
        recording.history = History(kind(int(row[0]), *row[1:]) for row in rows)
        recording.history.stopped_by = content["stopped_by"]
        return recording

    # How it is made

    def _follow(self, run, steps, *, callbacks=(), **settings):
        """Let a run play on and keep it."""
        self._game = copy.deepcopy(run.game)
        # Reals to translate, for games that do; not kept in files, which hold nobody's images.
        self._preview = run.game.real_batches(self._data, self._batch_size, seeded_rng(0)).peek()
        first, before = run.step, list(run.history)

        def keep(game, latest):
            if (latest.step - first) % self.every == 0:
                self._keep(run)

        self._keep(run)
        self.history = run.history
        try:
            run.train(steps, callbacks=[keep, *callbacks], **settings)
        except NonFiniteLoss as problem:
            problem.recording = self
            self.history = History([*before, *problem.history])
            raise
        finally:
            if self.steps[-1] < run.step:
                self._keep(run)
        return self

    def _keep(self, run):
        self.steps.append(run.step)
        self._states.append(run.state_dict())
        self._samples.append(run.game.preview(self._n_samples, self._preview).cpu())

    def _run_at(self, step):
        """A run of its own that has just played `step`."""
        first, last = self.steps[0], self.steps[-1]
        if not (isinstance(step, int) and first <= step <= last):
            raise ValueError(f"step must be a whole number from {first} to {last}; got {step!r}.")
        self._refuse_changed_settings()
        if not self.can_branch:
            raise ValueError(
                f"step {step} lies between snapshots, and only a whole recording, loaded with its data, can "
                f"play up to it. The nearest snapshots: {_around(self.steps, step)}."
            )
        place = max(i for i, kept in enumerate(self.steps) if kept <= step)
        run = Run(copy.deepcopy(self._game), self._data, batch_size=self._batch_size, seed=0)
        run.history = History(self.history)
        run.load_state_dict(self._states[place])
        if run.step < step:
            run.train(step - run.step, progress=False, gradient_norms=self._measured)
        return run

    def _changed_settings(self):
        """What callbacks may move, in the first snapshot and in the first that differs; None if none does."""
        settings = []
        for state in self._states:
            optimizers = [part for name, part in state["game"].items() if name.endswith("_optimizer")]
            rates = [float(group["lr"]) for part in optimizers for group in part["param_groups"]]
            discriminator = state["game"]["discriminator"].items()
            settings.append(
                [*rates, *(float(value) for name, value in discriminator if name == "probability")]
            )
        return next(((settings[0], others) for others in settings if others != settings[0]), None)

    def _refuse_changed_settings(self):
        changed = self._changed_settings()
        if changed is not None:
            before, after = (", ".join(f"{number:g}" for number in numbers) for numbers in changed)
            raise ValueError(
                "a callback changed the learning rates of generator and discriminator, or how probable an "
                f"augmentation is, while this was recorded, from {before} to {after}, and steps are played "
                "again without callbacks. So this recording has its snapshots, and no branches and no steps "
                "between them."
            )

    @property
    def _measured(self):
        return "generator_gradient" in self.history.fields


def _load_players(game, state):
    """Put a game to a snapshot; a light one has the networks alone."""
    if "generator_optimizer" in state["game"]:
        game.load_state_dict(state["game"])
    else:
        for player in ("generator", "discriminator"):
            getattr(game, player).load_state_dict(state["game"][player])


def _made_of(game):
    """What a game must have in common with the recorded one: its settings, its layers and their shapes.

    Layers that are not torch's own tell by ``extra_repr`` what no weight shows, such as a policy.
    """
    made_of = {"game": {name: str(value) for name, value in game.settings().items()}}
    for who in ("generator", "discriminator"):
        network = getattr(game, who)
        made_of[who] = {
            name: f"{name} of shape {tuple(values.shape)}" for name, values in network.state_dict().items()
        }
        made_of[who]["modules"] = f"modules {', '.join(type(part).__name__ for part in network.modules())}"
        for name, part in network.named_modules():
            if not type(part).extra_repr.__module__.startswith("torch."):
                kind = type(part).__name__
                made_of[who][f"note of {kind} {name}".strip()] = f"{kind} with {part.extra_repr()}"
    return made_of


def _refuse_another_game(recorded, given):
    for part, was in recorded.items():
        for name in was | given[part]:
            ours, theirs = (side.get(name, f"no {name}") for side in (was, given[part]))
            if ours != theirs:
                its, has = (f"its {name} is", "is") if part == "game" else ("it has", "has")
                raise ValueError(
                    f"the recording is of another {part}: {its} {ours}, the game's {has} {theirs}."
                )


def _fingerprint(game, data, batch_size):
    return game.real_batches(data, batch_size, torch.Generator()).fingerprint()


def _half(values):
    if not values.is_floating_point():
        return values
    half = values.half()
    return half if bool(torch.isfinite(half).all()) else values


def _around(steps, step):
    before = max(kept for kept in steps if kept <= step)
    after = min(kept for kept in steps if kept >= step)
    return f"{before} and {after}"
