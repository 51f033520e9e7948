"""Do the players fit each other and the data? Asked before the first step, without a trace in them."""

from torch import Tensor

from ganlab.seeding import undisturbed


def check_generator_fits(generator, latent, labels, real, inputs):
    """Refuse a generator that does not make samples like `real`: nothing may broadcast silently.

    `inputs` says in words what it is given: latent points, or images to translate.
    """
    with undisturbed(generator):
        try:
            fake = generator(latent) if labels is None else generator(latent, labels)
        except (RuntimeError, TypeError, ValueError) as problem:
            raise ValueError(f"the generator does not accept {inputs}{_with(labels)}: {problem}") from None
    if not isinstance(fake, Tensor) or fake.shape != real.shape:
        made = tuple(fake.shape[1:]) if isinstance(fake, Tensor) else type(fake).__name__
        raise ValueError(
            f"the generator makes samples of shape {made}, "
            f"but the data's samples have shape {tuple(real.shape[1:])}."
        )


def check_discriminator_fits(discriminator, samples, labels=None):
    """Refuse a discriminator that does not give these samples a score each."""
    with undisturbed(discriminator):
        try:
            scores = discriminator(samples) if labels is None else discriminator(samples, labels)
        except (RuntimeError, TypeError, ValueError) as problem:
            raise ValueError(
                f"the discriminator does not accept samples of shape {tuple(samples.shape[1:])}"
                f"{_with(labels)}: {problem}"
            ) from None
    if scores.shape != (len(samples),):
        raise ValueError(
            f"the discriminator must give one raw score per sample, shape ({len(samples)},); "
            f"it gave {tuple(scores.shape)}."
        )


def _with(labels):
    return "" if labels is None else " with a label each"
