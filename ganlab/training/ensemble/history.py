"""The history of an ensemble: what happened in every game of it."""

import numpy as np
import torch

from ganlab.seeding import seeded_rng
from ganlab.shapes import Seed
from ganlab.training.history import History, Record

FIELDS = tuple(field for field in Record._fields if field not in ("step", "seconds"))


class EnsembleHistory:
    """The games of an ensemble after training, and each field of their records, shape (members, steps).

    Made by :func:`~ganlab.training.train_ensemble`, where there is an example. Member i is the game of
    ``seeds[i]``. A field has NaN where a game had stopped playing.

    Attributes
    ----------
    seeds : list
    games : list of Game
        As they were at the end: each can sample, score and be trained on.
    step, seconds : array, shape (steps,)
        The same for every member; the seconds are those of the whole ensemble.
    discriminator_loss, generator_loss, real_score, fake_score, accuracy : array, shape (members, steps)
        As in :class:`~ganlab.training.Record`.
    failures : dict
        For a member that stopped because a loss was no number, by its seed: the NonFiniteLoss with its
        step, its player, and the `good_step` to which the game was put back.
    stopped_by : None or "keyboard"
    """

    def __init__(self, seeds, games, steps):
        self.seeds, self.games, self.failures, self.stopped_by = list(seeds), list(games), {}, None
        self._values = np.full((len(FIELDS), len(self.games), steps), np.nan)
        self._seconds, self._done = np.zeros(steps), 0

    def note(self, step, members, values, problems, seconds):
        """Write down a step: `values` of shape (fields, members), except for members with a problem."""
        self._done = max(self._done, step)
        self._seconds[step - 1] = seconds
        self._values[:, members, step - 1] = values.cpu()
        for member, problem in problems.items():
            self._values[:, member, step - 1] = np.nan
            before = zip(*self._values[:, member, : step - 1].tolist(), self._seconds.tolist(), strict=False)
            problem.history = History([Record(i, *numbers) for i, numbers in enumerate(before, start=1)])
            self.failures[self.seeds[member]] = problem

    @property
    def step(self):
        return np.arange(1, self._done + 1)

    @property
    def seconds(self):
        return self._seconds[: self._done]

    def __getattr__(self, field):
        if field in FIELDS:
            return self._values[FIELDS.index(field), :, : self._done]
        raise AttributeError(f"EnsembleHistory has no {field!r}; (members, steps) arrays: {FIELDS}.")

    def __len__(self):
        return self._done

    def __repr__(self):
        notes = [f", stopped by {self.stopped_by}"] if self.stopped_by else []
        if self.failures:
            notes.append(f", {len(self.failures)} of them frozen by a loss that was no number")
        seconds = self.seconds[-1] if len(self) else 0.0
        return f"EnsembleHistory of {len(self.games)} games, {len(self)} steps in {seconds:.1f} s" + "".join(
            notes
        )

    def sample(self, n: int, seed: Seed = 0, labels: object = None) -> torch.Tensor:
        """n samples of every member, shape (members, n, ...).

        Each member gets latent points of its own, so that members stay independent; the first gets those
        of ``games[0].sample(n, seed)``.
        """
        rng = seeded_rng(seed)
        return torch.stack([game.sample(n, rng, labels) for game in self.games])
