"""Differentiable augmentation: a discriminator sees every image changed at random, real and fake alike."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from ganlab.tracing import has_values
from ganlab.validation import as_share

# Noise takes single pixels a little beyond [-1, 1]; images in another unit go further.
LARGEST = 1.5


class AugmentedDiscriminator(nn.Module):
    """Scores images as they look after a random change; see `augmented`."""

    scores_one_by_one = True  # each image is changed by itself
    draws_random_numbers = True  # from torch's global randomness: an ensemble cannot play it

    def __init__(self, discriminator, policy, probability):
        super().__init__()
        self.discriminator, self.policy = discriminator, policy
        # A buffer, so that it is kept and put back with the weights: `AdaptiveAugmentation` moves it.
        self.register_buffer("probability", torch.tensor(probability))
        self.n_classes = getattr(discriminator, "n_classes", None)
        self.pack = getattr(discriminator, "pack", 1)

    def forward(self, samples, *labels):
        _check_images(samples)
        if self.training:
            for name in self.policy:
                changed = POLICIES[name](samples)
                if self.probability < 1:
                    changed = torch.where(_coins(samples, self.probability), changed, samples)
                samples = changed
        return self.discriminator(samples, *labels)

    def extra_repr(self):
        return f"policy={self.policy}"


def augmented(discriminator: nn.Module, policy: Sequence[str], probability: float = 1.0) -> nn.Module:
    r"""Let a discriminator see every image changed at random, real and fake alike: for few training images.

    With few real images a discriminator learns them by heart. It then calls every other image fake, and the
    generator learns nothing. More training images by flipping and shifting are no remedy: the generator
    would learn to make flipped and shifted ones. Here both losses see each image x through a change T,
    drawn anew for each image and each pass:

    .. math:: L_D = \ell(D(T(x_\text{real})), D(T(G(z)))), \qquad L_G = \ell'(D(T(G(z))))

    Every change is differentiable in the pixels, or the generator would have no gradient. The players
    now compare the laws of T(real) and T(fake). If T maps no two laws to one, these are equal only if real
    and fake are, and nothing of T shows in the fakes. If it does, the generator may make either: the
    augmentation *leaks*. The policies, applied in the order given:

    - ``"flips"``: left and right, top and bottom, each with probability 1/2. Flipped fakes pass, so take it
      only where the flipped patient is as likely as the patient.
    - ``"translation"``: by up to an eighth of each side, in whole pixels; 0 comes in.
    - ``"cutout"``: a part of half the height and half the width, anywhere, becomes 0.
    - ``"colour"``: brightness by up to 0.25 either way, contrast around the image's mean by 0.5 to 1.5.
    - ``"inverted contrast"``: the image times -1, with probability 1/2. It leaks: real and inverted images
      look alike to D, and nothing tells the generator which are right. For teaching.

    In evaluation mode nothing is changed. The changes are drawn from torch's global randomness, as dropout
    is: `ganlab.training` keeps that apart for each run, so a game's seed decides them too. A gradient penalty
    is then one on D after T: at images as they were, of scores of images changed.

    Parameters
    ----------
    discriminator : torch.nn.Module
        Maps images of shape (n, channels, height, width), and labels if it is conditional, to scores.
    policy : sequence of str
        One or more of the names above, each once.
    probability : number in [0, 1]
        Each change is made to each image with this probability, the coins that the change tosses itself not
        counted. `ganlab.training.AdaptiveAugmentation` chooses it while a game is played.

    Returns
    -------
    torch.nn.Module
        Maps the same to the same. Images must be scaled to [-1, 1].

    References
    ----------
    .. [1] Zhao et al. (2020), Differentiable Augmentation for Data-Efficient GAN Training,
       arXiv:2006.10738.
    .. [2] Karras et al. (2020), Training Generative Adversarial Networks with Limited Data,
       arXiv:2006.06676, section 2.2 (which augmentations leak).

    Examples
    --------
    >>> from ganlab.models import image_discriminator
    >>> discriminator = augmented(image_discriminator(seed=0), ["flips", "translation"])
    >>> discriminator(torch.zeros(5, 1, 32, 32)).shape
    torch.Size([5])

    An identity in the discriminator's place hands back what it was shown:

    >>> shown = augmented(nn.Identity(), ["inverted contrast"])
    >>> images = torch.ones(200, 1, 4, 4)
    >>> sorted(set(shown(images).flatten().tolist()))
    [-1.0, 1.0]
    >>> shown.eval()(images).unique().tolist()
    [1.0]
    """
    if not isinstance(discriminator, nn.Module):
        raise ValueError(f"augmented takes a discriminator, a torch.nn.Module; got {discriminator!r:.80}.")
    return AugmentedDiscriminator(discriminator, _checked(policy), as_share(probability, "probability"))


def _checked(policy):
    """The names of a policy as a tuple."""
    known = ", ".join(map(repr, POLICIES))
    if isinstance(policy, str) or not isinstance(policy, Sequence):
        raise ValueError(f"policy must be a list of names out of {known}; got {policy!r:.80}.")
    if not policy:
        raise ValueError(
            f"policy is empty; give one or more of {known}, or leave the discriminator as it is."
        )
    for name in policy:
        if not isinstance(name, str) or name not in POLICIES:
            raise ValueError(f"there is no policy {name!r:.80}; there are {known}.")
        if list(policy).count(name) > 1:
            raise ValueError(f"the policy {name!r} is given twice; give each once.")
    return tuple(policy)


def _check_images(samples):
    """Refuse what is no scaled image; NaN passes, for the game refuses it at the loss and knows the step."""
    is_tensor = isinstance(samples, Tensor)
    if not is_tensor or samples.ndim != 4 or not samples.is_floating_point():
        got = f"{tuple(samples.shape)}, {samples.dtype}" if is_tensor else type(samples).__name__
        raise ValueError(
            "an augmented discriminator takes images as a floating-point tensor of shape "
            f"(n, channels, height, width); got {got}."
        )
    if has_values(samples) and samples.numel():
        low, high = (bound.item() for bound in samples.detach().aminmax())
        if low < -LARGEST or high > LARGEST:
            raise ValueError(
                f"an augmented discriminator takes images scaled to [-1, 1]; got values from {low:.4g} to "
                f"{high:.4g}. cohort.scaling.to_network(images) scales real ones; a generator that leaves "
                "the range needs a tanh at its end."
            )


def _coins(samples, probability=0.5):
    """A toss for each image."""
    return torch.rand(len(samples), 1, 1, 1, device=samples.device) < probability


def _flipped(samples):
    for axis in (2, 3):
        samples = torch.where(_coins(samples), samples.flip(axis), samples)
    return samples


def _moved(samples):
    """Along both axes by whole pixels, each image by its own numbers; what comes in is grey, 0."""
    for axis in (2, 3):
        side = samples.shape[axis]
        reach = side // 8
        by = torch.randint(2 * reach + 1, (len(samples), 1), device=samples.device) - reach
        origin = torch.arange(side, device=samples.device) + by  # where each row, or column, comes from
        inside = (origin >= 0) & (origin < side)
        shape = (len(samples), 1, side, 1) if axis == 2 else (len(samples), 1, 1, side)
        origin = origin.clamp(0, side - 1).reshape(shape).expand_as(samples)
        samples = samples.gather(axis, origin) * inside.reshape(shape)
    return samples


def _cut(samples):
    """A square of half the side with its corner anywhere, also partly outside, is grey, 0."""
    inside = []
    for side in samples.shape[2:]:
        corner = torch.randint(-(side // 4), side - side // 4 + 1, (len(samples), 1), device=samples.device)
        places = torch.arange(side, device=samples.device)
        inside.append((places >= corner) & (places < corner + side // 2))
    rows, columns = inside
    return samples * ~(rows[:, :, None] & columns[:, None, :]).unsqueeze(1)


def _recoloured(samples):
    brightness, contrast = torch.rand(2, len(samples), 1, 1, 1, dtype=samples.dtype, device=samples.device)
    samples = samples + (brightness - 0.5) * 0.5
    mean = samples.mean(dim=(1, 2, 3), keepdim=True)
    return mean + (samples - mean) * (contrast + 0.5)


def _inverted(samples):
    return torch.where(_coins(samples), -samples, samples)


POLICIES = {
    "flips": _flipped,
    "translation": _moved,
    "cutout": _cut,
    "colour": _recoloured,
    "inverted contrast": _inverted,
}
