"""What every objective has besides its two losses: a constraint on the discriminator."""

from ganlab.objectives.lipschitz import Unconstrained


class Objective:
    """The part that all objectives share; the losses are each objective's own.

    Parameters
    ----------
    constraint : Unconstrained, WeightClipping, GradientPenalty, SpectralNorm or None
        What keeps the discriminator smooth; None means that nothing does. A constraint suits any
        objective: spectral norm with the hinge is the usual pair for images.

    Attributes
    ----------
    constraint : object
        Called by the game: ``prepare`` once, ``penalty`` in each discriminator step, ``after_update``
        after it.
    real_above : float or None
        Scores above this read as "real". None where a score means nothing by itself.

    Raises
    ------
    ValueError
        If `constraint` is a class, a name, or lacks what a constraint needs.
    """

    real_above = 0.0

    def __init__(self, *, constraint=None):
        self.constraint = Unconstrained() if constraint is None else _checked(constraint)

    def __repr__(self):
        inside = "" if type(self.constraint) is Unconstrained else f"constraint={self.constraint!r}"
        return f"{type(self).__name__}({inside})"


def _checked(constraint):
    methods = ("prepare", "penalty", "after_update")
    if (
        isinstance(constraint, type)
        or not all(callable(getattr(constraint, method, None)) for method in methods)
        or not isinstance(getattr(constraint, "has_penalty", None), bool)
    ):
        raise ValueError(
            f"constraint must be an object with the methods {', '.join(methods)} and a boolean has_penalty; "
            f"got {constraint!r}. Pass an object such as GradientPenalty(), not its name and not its class."
        )
    return constraint
