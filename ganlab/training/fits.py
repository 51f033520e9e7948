"""Do the players fit each other and the data? Asked before the first step, without a trace in them."""

from torch import Tensor, nn

from ganlab.seeding import undisturbed

# Last layers with an end to what they give, and the part of that range by which real data may exceed it.
# Noise may take a few pixels further, as in 2,000 simulated lesions; never as far as a wrong unit does.
BOUNDED = {nn.Tanh: (-1, 1), nn.Sigmoid: (0, 1), nn.Hardtanh: (-1, 1), nn.Softsign: (-1, 1)}
REACH_SLACK, NOISE_SLACK, FEW = 0.05, 0.25, 0.005


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
    _refuse_out_of_reach(generator, real)


def _refuse_out_of_reach(generator, real):
    """Refuse data that lie outside what the generator's last layer can give: it could never make them."""
    last = [module for module in generator.modules() if not list(module.children())][-1]
    reach = next((ends for layer, ends in BOUNDED.items() if isinstance(last, layer)), None)
    if reach is None:
        return
    low, high = real.min().item(), real.max().item()
    slack, noise = (part * (reach[1] - reach[0]) for part in (REACH_SLACK, NOISE_SLACK))
    beyond = (real < reach[0] - slack) | (real > reach[1] + slack)
    if beyond.float().mean() > FEW or low < reach[0] - noise or high > reach[1] + noise:
        raise ValueError(
            f"the data range from {low:.5g} to {high:.5g}, but the generator ends in "
            f"{type(last).__name__} and makes values from {reach[0]} to {reach[1]} only. Rescale the data "
            f"before training, with the limits of the whole data set: {reach[1] - reach[0]} * (data - low) / "
            f"(high - low){' - 1' if reach[0] else ''}, or build a generator without that last layer."
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
