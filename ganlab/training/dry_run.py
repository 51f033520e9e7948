"""Do the players fit the data? Asked before the first step, and without leaving a trace in them."""

from contextlib import contextmanager

import torch


@contextmanager
def undisturbed(*networks):
    """Look at what networks do without changing what they will do.

    Inside, they are in evaluation mode: batch statistics are not updated, nothing is dropped out, power
    iterations stand still. Afterwards every module is in the mode that it was in, and torch's global
    random state is as before.
    """
    modes = [(module, module.training) for network in networks for module in network.modules()]
    try:
        for network in networks:
            network.eval()
        with torch.no_grad(), torch.random.fork_rng(devices=[]):
            yield
    finally:
        for module, training in modes:
            module.training = training


def check_generator_fits(generator, latent, labels, real, inputs):
    """Refuse a generator that does not make samples like `real`: nothing may broadcast silently.

    `inputs` says in words what it is given: latent points, or images to translate.
    """
    with undisturbed(generator):
        try:
            fake = generator(latent) if labels is None else generator(latent, labels)
        except (RuntimeError, TypeError, ValueError) as problem:
            raise ValueError(f"the generator does not accept {inputs}{_with(labels)}: {problem}") from None
    if not isinstance(fake, torch.Tensor) or fake.shape != real.shape:
        made = tuple(fake.shape[1:]) if isinstance(fake, torch.Tensor) else type(fake).__name__
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
