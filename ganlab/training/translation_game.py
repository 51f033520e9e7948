"""The CycleGAN: two translators against two discriminators, played by the same loop."""

import torch
from torch import Tensor, nn

from ganlab.objectives import cycle_consistency, identity_loss
from ganlab.seeding import undisturbed
from ganlab.shapes import Seed
from ganlab.training.batches import Batch, unpaired_batches
from ganlab.training.fits import check_discriminator_fits, check_generator_fits
from ganlab.training.game import Game
from ganlab.validation import positive_integer, positive_number


class TranslationGame(Game):
    r"""Learn to translate between two domains from unpaired images.

    With G: first to second, F: second to first, and a discriminator for each domain, the translators pay

    .. math:: \tfrac12 \left[ L_\text{adv}(G) + L_\text{adv}(F)
       + \lambda_\text{cyc} \left(\mathbb{E}|F(G(x)) - x| + \mathbb{E}|G(F(y)) - y|\right)
       + \lambda_\text{id} \left(\mathbb{E}|G(y) - y| + \mathbb{E}|F(x) - x|\right) \right]

    and the discriminators half the sum of their losses. (The paper halves the latter only; Adam does not
    feel a constant factor.) A real batch is a pair, images of either domain with nothing in common; a fake
    batch is the pair F(y), G(x), each standing in the domain it pretends to come from. For the loop that
    is a game like any other: ``train`` and ``record`` take it as it is, with a pair of datasets as `data`.

    Parameters
    ----------
    to_second, to_first : torch.nn.Module
        G and F: images of one domain to images of the other, shape (n, channels, height, width).
    discriminator_first, discriminator_second : torch.nn.Module
        Images of their domain to raw scores, shape (n,).
    objective : object
        As for Game. The paper's is ``LeastSquares()``.
    cycle_weight, identity_weight : number >= 0
        The two lambdas.
    memory : int >= 0
        Past fakes kept for each discriminator to be shown again; 0: only the newest.
    learning_rate : number > 0
        Of all four networks.
    **settings
        As for Game: `discriminator_learning_rate`, `optimizer`, `discriminator_steps`.

    Notes
    -----
    Matching two distributions does not say *which* image becomes which. The cycle asks that nothing be
    lost on the way, not that nothing be invented: a lesion can be added and taken away again for free.

    Files of recordings of this game hold translations of training images.

    References
    ----------
    .. [1] Zhu et al. (2017), Unpaired Image-to-Image Translation using Cycle-Consistent Adversarial
       Networks, arXiv:1703.10593.

    Examples
    --------
    >>> from ganlab.objectives import LeastSquares
    >>> from ganlab.training import train
    >>> translators = nn.Conv2d(1, 1, 1), nn.Conv2d(1, 1, 1)
    >>> discriminators = [nn.Sequential(nn.Flatten(), nn.Linear(16, 1), nn.Flatten(0)) for _ in range(2)]
    >>> game = TranslationGame(*translators, *discriminators, LeastSquares())
    >>> bright, dark = torch.rand(20, 1, 4, 4), -torch.rand(30, 1, 4, 4)
    >>> _ = train(game, (bright, dark), steps=2, batch_size=5, seed=0)
    >>> game.translate(bright).shape
    torch.Size([20, 1, 4, 4])
    """

    def __init__(
        self,
        to_second: nn.Module,
        to_first: nn.Module,
        discriminator_first: nn.Module,
        discriminator_second: nn.Module,
        objective: object,
        *,
        cycle_weight: float = 10.0,
        identity_weight: float = 5.0,
        memory: int = 50,
        learning_rate: float = 2e-4,
        **settings: object,
    ):
        self.cycle_weight = _weight(cycle_weight, "cycle_weight")
        self.identity_weight = _weight(identity_weight, "identity_weight")
        self.memory_first, self.memory_second = ImageMemory(memory), ImageMemory(memory)
        super().__init__(
            Translators(to_second, to_first),
            Discriminators(discriminator_first, discriminator_second),
            objective,
            learning_rate=learning_rate,
            **settings,
        )

    # The moves

    def fake_like(self, real: Tensor | Batch, rng: torch.Generator):
        """The translations of a pair of batches: what looks like the first domain, and like the second."""
        return Batch(self.generator(*real))

    def discriminator_loss(
        self,
        real: Tensor | Batch,
        fake: Tensor | Batch,
        rng: torch.Generator,
        penalty_rng: torch.Generator | None,
    ):
        """As in any game, of past and present fakes mixed; see ImageMemory."""
        first, second = fake
        mixed = Batch((self.memory_first.mix(first, rng), self.memory_second.mix(second, rng)))
        return super().discriminator_loss(real, mixed, rng, penalty_rng)

    def discriminator_penalty(self, real: Tensor | Batch, fake: Tensor | Batch, rng: torch.Generator):
        """The mean of what the constraint asks of the two discriminators."""
        if self.constraint is None or not self.constraint.has_penalty:
            return 0.0
        discriminators = (self.discriminator.first, self.discriminator.second)
        parts = zip(discriminators, real, fake, strict=True)
        return sum(self.constraint.penalty(*part, rng) for part in parts) / 2

    def generator_penalty(self, real: Tensor | Batch, fake: Tensor | Batch):
        """The cycle and identity terms, with their weights."""
        (first, second), (fake_first, fake_second) = real, fake
        to_first, to_second = self.generator.to_first, self.generator.to_second
        penalty = 0.0
        if self.cycle_weight:
            there_and_back = cycle_consistency(first, to_first(fake_second))
            back_and_there = cycle_consistency(second, to_second(fake_first))
            penalty = penalty + self.cycle_weight * (there_and_back + back_and_there)
        if self.identity_weight:
            unchanged = identity_loss(first, to_first(first)) + identity_loss(second, to_second(second))
            penalty = penalty + self.identity_weight * unchanged
        return penalty / 2

    # What the game is asked from outside

    def translate(self, images: Tensor) -> Tensor:
        """Images of the first domain as the second would show them; no gradients, no trace left."""
        with undisturbed(self.generator):
            return self.generator.to_second(images)

    def translate_back(self, images: Tensor) -> Tensor:
        """Images of the second domain as the first would show them; no gradients, no trace left."""
        with undisturbed(self.generator):
            return self.generator.to_first(images)

    def sample(self, n: int, seed: Seed = 0, labels: torch.Tensor | None = None):
        """Refused: this game has no latent points to start from."""
        raise ValueError("a TranslationGame makes nothing from latent points; use translate(images).")

    def score(self, first: Tensor, second: Tensor):
        """Raw scores of images of the first domain, then of the second: two tensors of shape (n,)."""
        with undisturbed(self.discriminator):
            return self.discriminator.first(first), self.discriminator.second(second)

    def preview(self, n: int, real: Tensor | Batch):
        """Translations of `n` images of the first domain, or as many as there are in a real batch."""
        return self.translate(real[0][:n])

    def real_batches(self, data: object, batch_size: int, rng: torch.Generator):
        """Pairs of batches, one of each domain, each domain in an order of its own."""
        if not isinstance(data, (tuple, list)) or len(data) != 2:
            raise ValueError(
                "a TranslationGame needs a pair of datasets, (first domain, second domain); "
                f"got {type(data).__name__}."
            )
        return unpaired_batches(*data, batch_size, rng)

    def check_fit(self, real: Tensor | Batch):
        """Raise ValueError if translators and discriminators do not fit each other and the two domains."""
        first, second = real
        for images, translator, target, discriminator, where in (
            (first, self.generator.to_second, second, self.discriminator.first, "to_second, on first"),
            (second, self.generator.to_first, first, self.discriminator.second, "to_first, on second"),
        ):
            try:
                inputs = f"images of shape {tuple(images.shape[1:])}"
                check_generator_fits(translator, images, None, target, inputs)
                check_discriminator_fits(discriminator, images)
            except ValueError as problem:
                raise ValueError(f"translator {where} domain: {problem}") from None

    def settings(self):
        """What was chosen for this game besides its networks and learning rates, as plain values."""
        return super().settings() | {
            "cycle_weight": self.cycle_weight,
            "identity_weight": self.identity_weight,
            "memory": self.memory_first.capacity,
        }

    def _checked_change(self, name, value):
        if name in ("cycle_weight", "identity_weight"):
            return _weight(value, name)
        return super()._checked_change(name, value)

    def _parts(self):
        yield from super()._parts()
        yield "memory_first", self.memory_first
        yield "memory_second", self.memory_second

    @staticmethod
    def _checked_classes(generator, discriminator):
        players = (*generator.children(), *discriminator.children())
        if any(getattr(player, "n_classes", None) is not None for player in players):
            raise ValueError("a TranslationGame knows no classes; its networks must have n_classes None.")


class Translators(nn.Module):
    """Both translators as one player; its output is ordered by the domain it imitates."""

    def __init__(self, to_second, to_first):
        super().__init__()
        self.to_second, self.to_first = to_second, to_first

    def forward(self, first, second):
        return self.to_first(second), self.to_second(first)


class Discriminators(nn.Module):
    """Both discriminators as one player; the scores of the first domain come before those of the second."""

    def __init__(self, first, second):
        super().__init__()
        self.first, self.second = first, second

    def forward(self, first, second):
        return torch.cat([self.first(first), self.second(second)])


class ImageMemory:
    """Past fakes, to be shown again, so that a discriminator does not forget what it once could tell.

    Until it is full every image is kept and shown. From then on each new image is, with probability 1/2,
    exchanged for a random one in the memory, which is shown in its place.

    Parameters
    ----------
    capacity : int >= 0
        Images kept; 0: none.

    References
    ----------
    .. [1] Shrivastava et al. (2017), Learning from Simulated and Unsupervised Images through Adversarial
       Training, arXiv:1612.07828, section 2.3.

    Examples
    --------
    >>> memory, rng = ImageMemory(2), torch.Generator().manual_seed(0)
    >>> _ = memory.mix(torch.tensor([1.0, 2.0]), rng)  # full
    >>> memory.mix(torch.tensor([3.0, 4.0, 5.0, 6.0]), rng)
    tensor([2., 4., 3., 6.])
    """

    def __init__(self, capacity):
        self.capacity = 0 if capacity == 0 else positive_integer(capacity, "memory")
        self._images = []

    def __len__(self):
        return len(self._images)

    def mix(self, images, rng):
        """As many images as were given, shape (n, ...): some new, some old."""
        if self.capacity == 0:
            return images
        exchange = torch.rand(len(images), generator=rng) < 0.5
        places = torch.randint(self.capacity, (len(images),), generator=rng)
        shown = []
        for image, exchanged, place in zip(images, exchange.tolist(), places.tolist(), strict=True):
            if len(self._images) < self.capacity:
                self._images.append(image.clone())
            elif exchanged:
                image, self._images[place] = self._images[place], image.clone()
            shown.append(image)
        return torch.stack(shown)

    def state_dict(self):
        """What is remembered."""
        return {"images": list(self._images)}

    def load_state_dict(self, state):
        """Remember what `state_dict` gave."""
        self._images = list(state["images"])


def _weight(value, name):
    """A finite number of 0 or more; 0 leaves the term out."""
    return 0.0 if value == 0 and not isinstance(value, bool) else positive_number(value, name)
