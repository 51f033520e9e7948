"""A fair race between objectives: the same initial weights, noise and data, in the same order."""

import copy

import torch

from ganlab.seeding import seeded_rng
from ganlab.training.game import Game
from ganlab.training.play import NonFiniteLoss
from ganlab.training.recording import record
from ganlab.validation import positive_integer


def race(
    objectives,
    generator,
    discriminator,
    data,
    steps,
    every=None,
    *,
    batch_size=256,
    seed=None,
    progress=True,
    gradient_norms=False,
    n_samples=256,
    **settings,
):
    """Play the same game once for each objective and record all of them.

    Whatever one of them draws for itself (the points of a gradient penalty) comes from a stream of its
    own, so the k-th batch of reals and the k-th batch of noise are the same, bit for bit, in every lane.
    One race is one seed: an illustration. Whether an objective is better takes many.

    Parameters
    ----------
    objectives : dict of name -> objective, or of name -> (objective, dict of settings for its lane alone)
    generator, discriminator : torch.nn.Module
        Copied for every lane, and not changed.
    data, steps, every, batch_size, seed, progress, gradient_norms, n_samples
        As for ``record``.
    settings
        Of every Game: `learning_rate`, `discriminator_steps` and so on. A lane with more discriminator
        steps uses up noise and data faster: the k-th update of a discriminator still sees the same.

    Returns
    -------
    dict of name -> Recording
        A lane whose loss became NaN or infinite ends before that step, and its ``history.stopped_by``
        says so.

    Raises
    ------
    ValueError
        As ``Game`` and ``record``, and if there are no objectives.

    Examples
    --------
    >>> from ganlab.data import ring
    >>> from ganlab.models import mlp_discriminator, mlp_generator
    >>> from ganlab.objectives import Minimax, NonSaturating
    >>> lanes = {"minimax": Minimax(), "non-saturating": NonSaturating()}
    >>> tapes = race(lanes, mlp_generator(seed=0), mlp_discriminator(seed=1), ring(), 2, seed=2)
    >>> first = [tape.history[0] for tape in tapes.values()]
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
    tapes = {}
    for name, game in games.items():
        rng = torch.Generator()
        rng.set_state(start)
        try:
            tapes[name] = record(
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
            tapes[name] = problem.recording
            tapes[name].history.stopped_by = f"a loss that is no number, in step {problem.step}"
    return tapes
