"""A fair race between objectives: the same initial weights, latent points and data, in the same order."""

import copy
from collections.abc import Mapping

import torch
from torch import nn

from ganlab.seeding import seeded_rng
from ganlab.shapes import Seed
from ganlab.training.game import Game
from ganlab.training.play import NonFiniteLoss
from ganlab.training.recording import Recording, record
from ganlab.validation import positive_integer


def race(
    objectives: Mapping[str, object],
    generator: nn.Module,
    discriminator: nn.Module,
    data: object,
    steps: int,
    every: int | None = None,
    *,
    batch_size: int = 256,
    seed: Seed = 0,
    progress: bool = True,
    gradient_norms: bool = False,
    n_samples: int = 256,
    **settings: object,
) -> dict[str, Recording]:
    """Play the same game once for each objective and record all of them.

    Whatever one of them draws for itself (the points of a gradient penalty) comes from a stream of its
    own, so the k-th batch of reals and of latent points are the same, bit for bit, in every lane.
    One race is one seed: an illustration. Whether an objective is better takes many.

    Parameters
    ----------
    objectives : dict of name -> objective, or of name -> (objective, dict of settings for its lane alone)
    generator, discriminator : torch.nn.Module
        Copied for every lane, and not changed.
    data, steps, every, batch_size, seed, progress, gradient_norms, n_samples
        As for ``record``.
    settings
        Of every Game: `learning_rate`, `optimizer`, `discriminator_steps` and so on. A lane with more
        discriminator steps uses up latent points and data faster: the k-th update of a discriminator
        still sees the same.

    Returns
    -------
    dict of name -> Recording
        A lane whose loss became NaN or infinite ends before that step, and its ``history.stopped_by``
        says so.

    Examples
    --------
    >>> from ganlab.data import ring
    >>> from ganlab.models import mlp_discriminator, mlp_generator
    >>> from ganlab.objectives import Minimax, NonSaturating
    >>> lanes = {"minimax": Minimax(), "non-saturating": NonSaturating()}
    >>> recordings = race(lanes, mlp_generator(seed=0), mlp_discriminator(seed=1), ring(), 2, seed=2)
    >>> first = [recording.history[0] for recording in recordings.values()]
    >>> first[0].discriminator_loss == first[1].discriminator_loss  # nobody has moved yet
    True
    """
    if not isinstance(objectives, dict) or not objectives:
        raise ValueError(
            "objectives must be a dict with a name for each, such as {'minimax': Minimax()}; "
            f"got {objectives!r}."
        )
    positive_integer(steps, "steps")
    start = seeded_rng(seed).get_state()
    games = {}
    for name, lane in objectives.items():
        objective, own = lane if isinstance(lane, tuple) else (lane, {})
        games[name] = Game(
            copy.deepcopy(generator), copy.deepcopy(discriminator), objective, **{**settings, **own}
        )
    recordings = {}
    for name, game in games.items():
        rng = torch.Generator()
        rng.set_state(start)
        try:
            recordings[name] = record(
                game,
                data,
                steps,
                every,
                batch_size=batch_size,
                seed=rng,
                progress=progress,
                gradient_norms=gradient_norms,
                n_samples=n_samples,
            )
        except NonFiniteLoss as problem:
            recordings[name] = problem.recording
            recordings[name].history.stopped_by = f"a loss that is no number, in step {problem.step}"
    return recordings
