"""Two players, what they want, and how they move: the object that `play` and `train` take."""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor, nn

from ganlab.seeding import seeded_rng, undisturbed
from ganlab.shapes import Labels, Loss, Scores, Seed
from ganlab.training.batches import Batch, real_batches
from ganlab.training.fits import check_discriminator_fits, check_generator_fits
from ganlab.training.labels import checked_labels, labels_like_data
from ganlab.training.optimizers import ADAM, built_optimizer, descend, trained_weights
from ganlab.training.play import finite_loss
from ganlab.validation import positive_integer, positive_number, refuse_non_finite

# Layers that never look from one sample at another; networks made of these alone, or that say so themselves
# (`scores_one_by_one`), score each sample by itself. A list of what is known, not of what is forbidden: a
# network with any layer of another kind may do what it likes.
_ONE_BY_ONE = (nn.Sequential, nn.Linear, nn.Conv2d, nn.Embedding, nn.Flatten, nn.GroupNorm, nn.LayerNorm)
_ONE_BY_ONE += (nn.ReLU, nn.LeakyReLU, nn.Tanh, nn.Sigmoid)


class Game:
    """A generator and a discriminator, their objective and their optimizers.

    Parameters
    ----------
    generator : torch.nn.Module
        Maps latent points, shape (n, latent_dim), to samples; has the attribute `latent_dim`. One with
        an attribute `n_classes` is conditional: it is called with latent points and labels.
    discriminator : torch.nn.Module
        Maps samples to raw scores, shape (n,). Conditional together with the generator: it is then
        called with samples and labels.
    objective : object
        With ``discriminator_loss(real_scores, fake_scores)`` and ``generator_loss(fake_scores)``. Where
        it carries a `constraint` on the discriminator, the game obeys it.
    learning_rate : number > 0
        Of both players.
    discriminator_learning_rate : number > 0 or None
        Of the discriminator alone, where the players should differ; None means `learning_rate`.
    optimizer : function (parameters, lr=...) -> torch.optim.Optimizer
        How both players move: any class of torch.optim, or one with settings of its own by
        functools.partial. Adam by default, with a first decay rate of 0.5, not the usual 0.9: momentum
        chases where the opponent was.
    discriminator_optimizer : as `optimizer`, or None
        How the discriminator alone moves, where the players should differ; None means as `optimizer`.
    discriminator_steps : int >= 1
        Discriminator updates before each generator update.
    fake_labels : function (real_labels, n_classes, rng) -> labels
        The classes that a conditional generator is asked for in training: ``labels_like_data``, as
        frequent as in the data, or ``balanced_labels``, all equally often.

    References
    ----------
    .. [1] Radford et al. (2016), Unsupervised Representation Learning with DCGANs, arXiv:1511.06434
       (Adam with a first decay rate of 0.5).

    Examples
    --------
    >>> from ganlab.models import mlp_discriminator, mlp_generator
    >>> from ganlab.objectives import NonSaturating
    >>> game = Game(mlp_generator(seed=0), mlp_discriminator(seed=1), NonSaturating())
    >>> game.sample(5, seed=2).shape
    torch.Size([5, 2])

    The Wasserstein GAN as first published moves both players by RMSprop:

    >>> from ganlab.objectives import Wasserstein, WeightClipping
    >>> networks = mlp_generator(seed=0), mlp_discriminator(seed=1)
    >>> game = Game(*networks, Wasserstein(WeightClipping(0.01)), optimizer=torch.optim.RMSprop)
    >>> type(game.generator_optimizer).__name__
    'RMSprop'
    """

    def __init__(
        self,
        generator: nn.Module,
        discriminator: nn.Module,
        objective: object,
        *,
        learning_rate: float = 1e-3,
        discriminator_learning_rate: float | None = None,
        optimizer: Callable[..., torch.optim.Optimizer] = ADAM,
        discriminator_optimizer: Callable[..., torch.optim.Optimizer] | None = None,
        discriminator_steps: int = 1,
        fake_labels: Callable = labels_like_data,
    ):
        _check_objective(objective)
        self.n_classes = self._checked_classes(generator, discriminator)
        learning_rate = positive_number(learning_rate, "learning_rate")
        if discriminator_learning_rate is None:
            discriminator_learning_rate = learning_rate
        discriminator_learning_rate = positive_number(
            discriminator_learning_rate, "discriminator_learning_rate"
        )
        self.generator, self.discriminator = generator, discriminator
        self.objective, self.fake_labels = objective, fake_labels
        self.discriminator_steps = positive_integer(discriminator_steps, "discriminator_steps")
        self._rebuilt = False
        self._prepare_discriminator()  # before its optimizer, which must see the weights that are trained
        self._new_discriminator_optimizer = discriminator_optimizer or optimizer
        self.generator_optimizer = built_optimizer(optimizer, generator.parameters(), learning_rate)
        self.discriminator_optimizer = built_optimizer(
            self._new_discriminator_optimizer, discriminator.parameters(), discriminator_learning_rate
        )

    # The moves, in the order in which `play` makes them

    def fake_like(self, real: Tensor, rng: torch.Generator) -> Tensor:
        """As many fakes as the batch has reals, through which gradients flow back to the generator."""
        if self.n_classes is None:
            return self.generator(self.latent(len(real), rng))
        samples, real_labels = real
        labels = self.fake_labels(real_labels, self.n_classes, rng)
        return Batch((self.generator(self.latent(len(samples), rng), labels), labels))

    def discriminator_loss(
        self,
        real: Tensor | Batch,
        fake: Tensor | Batch,
        rng: torch.Generator,
        penalty_rng: torch.Generator | None,
    ):
        """The objective's loss of the raw scores of both batches, and its constraint's penalty.

        Returns
        -------
        loss : scalar tensor
        real_scores, fake_scores : tensor, shape (n,)
        """
        with finite_loss("discriminator"):
            real_scores, fake_scores = self.scores_of_both(real, fake)
            loss = self.objective.discriminator_loss(real_scores, fake_scores)
            loss = loss + self.discriminator_penalty(real, fake, penalty_rng)
            refuse_non_finite(loss, "loss")
        return loss, real_scores, fake_scores

    def generator_loss(self, real: Tensor, fake: Tensor) -> Loss:
        """The objective's loss of the raw scores of the fakes, and whatever else the generator pays."""
        with finite_loss("generator"):
            loss = self.objective.generator_loss(self.scores(fake)) + self.generator_penalty(real, fake)
            refuse_non_finite(loss, "loss")
        return loss

    def update_discriminator(self, loss: Loss):
        """Move the discriminator, and only it, one optimizer step down its loss."""
        self._descend(loss, "discriminator")
        if self.constraint is not None:
            self.constraint.after_update(self.discriminator)

    def update_generator(self, loss: Loss):
        """Move the generator, and only it, one optimizer step down its loss."""
        self._descend(loss, "generator")

    # What the losses are made of

    def scores(self, batch: Tensor) -> Scores:
        """Raw scores of a batch, shape (n,), through which gradients flow back."""
        return self.discriminator(*batch) if isinstance(batch, Batch) else self.discriminator(batch)

    def scores_of_both(self, real: Tensor | Batch, fake: Tensor | Batch):
        """Raw scores of a real and of a fake batch, in one pass where that changes nothing but the time."""
        if not self.in_one_pass:
            return self.scores(real), self.scores(fake)
        if isinstance(real, Batch):
            n, both = len(real[0]), Batch(torch.cat(parts) for parts in zip(real, fake, strict=True))
        else:
            n, both = len(real), torch.cat([real, fake])
        scores = self.scores(both)
        return scores[:n], scores[n:]

    def discriminator_penalty(self, real: Tensor | Batch, fake: Tensor | Batch, rng: torch.Generator):
        """What the constraint on the discriminator adds to its loss: 0 where there is none."""
        if self.constraint is None or not self.constraint.has_penalty:
            return 0.0
        if self.n_classes is None:
            return self.constraint.penalty(self.discriminator, real, fake, rng)
        whose = real if getattr(self.constraint, "labels_of", "fake") == "real" else fake
        return self.constraint.penalty(self.discriminator, real[0], fake[0], rng, labels=whose[1])

    def generator_penalty(self, real: Tensor | Batch, fake: Tensor | Batch):
        """What the generator pays besides being caught: here, nothing."""
        return 0.0

    # What a game is asked from outside

    @property
    def constraint(self):
        """What the objective demands of the discriminator besides low loss, or None."""
        return getattr(self.objective, "constraint", None)

    @property
    def in_one_pass(self):
        """Whether the discriminator may see reals and fakes together.

        Not if a score depends on the rest of the batch. And not for a critic, whose scores only rank: its
        last bias has no effect, and a gradient of 0 that one pass would round to nearly 0; Adam, which
        scales every gradient to one size, would make a drift of it.
        """
        return self._one_by_one and getattr(self.objective, "real_above", 0.0) is not None

    def latent(self, n: int, rng: torch.Generator) -> Tensor:
        """n points from the standard normal latent distribution, shape (n, latent_dim)."""
        return torch.randn(n, self.generator.latent_dim, generator=rng)

    def sample(self, n: int, seed: Seed = 0, labels: Labels | int | None = None) -> Tensor:
        """n fakes, shape (n, ...), without gradients and without a trace in the networks.

        Parameters
        ----------
        n : int >= 1
        seed : int, torch.Generator or None
            Of the latent points.
        labels : int, array of shape (n,), or None
            The class or classes asked for. None asks a conditional game for 0, 1, 2, ..., 0, 1, 2, ...
        """
        latent = self.latent(positive_integer(n, "n"), seeded_rng(seed))
        with undisturbed(self.generator):
            if self.n_classes is None:
                _refuse_labels(labels, "the generator")
                return self.generator(latent)
            if labels is None:
                labels = torch.arange(n) % self.n_classes
            return self.generator(latent, self.checked_labels(labels, n))

    def preview(self, n: int, real: Tensor | Batch):
        """n samples to watch over training: always of the same latent points. `real` is a real batch."""
        return self.sample(n, seed=0)

    def score(self, samples: Tensor, labels: Labels | int | None = None) -> Scores:
        """Raw scores of samples, shape (n,), without gradients and without a trace in the networks.

        A conditional discriminator needs the `labels` too: one class, or an array of shape (n,).
        """
        with undisturbed(self.discriminator):
            if self.n_classes is None:
                _refuse_labels(labels, "the discriminator")
                return self.discriminator(samples)
            if labels is None:
                raise ValueError("this game is conditional: score(samples, labels) needs the labels.")
            return self.discriminator(samples, self.checked_labels(labels, len(samples)))

    def real_batches(self, data: object, batch_size: int, rng: torch.Generator):
        """Real batches of `data` as this game takes them, without end."""
        return real_batches(data, batch_size, rng, n_classes=self.n_classes)

    def check_fit(self, real: Tensor | Batch):
        """Raise ValueError if the players do not fit each other and a batch of real samples."""
        samples, labels = (real, None) if self.n_classes is None else real
        latent_dim = self.generator.latent_dim
        latent = torch.zeros(len(samples), latent_dim)
        inputs = f"latent points of shape ({latent_dim},), its latent_dim"
        check_generator_fits(self.generator, latent, labels, samples, inputs)
        check_discriminator_fits(self.discriminator, samples, labels)

    def state_dict(self):
        """A copy of both players and both optimizers, unaffected by further training."""
        return {name: _clone(part.state_dict()) for name, part in self._parts()}

    def load_state_dict(self, state: dict):
        """Put both players and both optimizers back to a state from `state_dict`."""
        for name, part in self._parts():
            part.load_state_dict(_clone(state[name]))

    def change(
        self,
        *,
        objective: object = None,
        learning_rate: float | None = None,
        discriminator_learning_rate: float | None = None,
        **settings: object,
    ):
        """Change what is named, in the middle of a game; everything else goes on as it was.

        Takes `objective`, `learning_rate` (of both players, unless the other is named too),
        `discriminator_learning_rate`, `discriminator_steps` and `fake_labels`. A new objective whose
        constraint rebuilds the discriminator's weights (spectral norm) starts the discriminator's
        optimizer afresh, since its memory belongs to the old weights.
        """
        settings = {name: self._checked_change(name, value) for name, value in settings.items()}
        if discriminator_learning_rate is None:
            discriminator_learning_rate = learning_rate
        rates = {"generator": learning_rate, "discriminator": discriminator_learning_rate}
        names = {"generator": "learning_rate", "discriminator": "discriminator_learning_rate"}
        rates = {who: positive_number(rate, names[who]) for who, rate in rates.items() if rate is not None}
        if objective is not None:
            self._change_objective(objective)
        for who, rate in rates.items():
            for group in getattr(self, f"{who}_optimizer").param_groups:
                group["lr"] = rate
        for name, value in settings.items():
            setattr(self, name, value)

    def _checked_change(self, name, value):
        if name == "discriminator_steps":
            return positive_integer(value, name)
        if name != "fake_labels":
            raise ValueError(
                f"a game in progress cannot change {name}; it can change objective, learning_rate, "
                "discriminator_learning_rate, discriminator_steps and fake_labels."
            )
        return value

    def settings(self):
        """What was chosen for this game besides its networks and learning rates, as plain values."""
        objective = repr(self.objective)
        if type(self.objective).__repr__ is object.__repr__:
            values = ", ".join(f"{name}={value}" for name, value in vars(self.objective).items())
            objective = f"{type(self.objective).__name__}({values})"
        return {
            "kind of game": type(self).__name__,
            "objective": objective,
            "discriminator_steps": self.discriminator_steps,
            "n_classes": self.n_classes,
            "fake_labels": getattr(self.fake_labels, "__name__", repr(self.fake_labels)),
        }

    def _change_objective(self, objective):
        _check_objective(objective)
        new = getattr(objective, "constraint", None)
        if self._rebuilt and type(new) is not type(self.constraint):
            raise ValueError(
                f"{type(self.constraint).__name__} rebuilt the discriminator, which cannot be turned back in "
                f"the middle of a game for {type(objective).__name__}; go the other way round."
            )
        self.objective = objective
        if self._prepare_discriminator():
            group = self.discriminator_optimizer.param_groups[0]
            self.discriminator_optimizer = built_optimizer(
                self._new_discriminator_optimizer, self.discriminator.parameters(), group["lr"]
            )

    def _prepare_discriminator(self):
        """Let the constraint prepare the discriminator; True if its weights go by other names since."""
        before = [name for name, _ in self.discriminator.named_parameters()]
        if self.constraint is not None:
            self.constraint.prepare(self.discriminator)
        self._one_by_one = _scores_one_by_one(self.discriminator)
        rebuilt = before != [name for name, _ in self.discriminator.named_parameters()]
        self._rebuilt = self._rebuilt or rebuilt
        return rebuilt

    def _parts(self):
        for name in ("generator", "discriminator", "generator_optimizer", "discriminator_optimizer"):
            yield name, getattr(self, name)

    def checked_labels(self, labels: Labels | int, n: int) -> Tensor:
        """The class of each of n samples, shape (n,), from one class for all or one for each."""
        return checked_labels(np.full(n, labels) if np.ndim(labels) == 0 else labels, self.n_classes, n)

    def _descend(self, loss, player):
        # Gradients for this player alone: the opponent's share of the backward pass is never computed.
        optimizer = getattr(self, f"{player}_optimizer")
        gradients = torch.autograd.grad(loss, trained_weights(optimizer), allow_unused=True)
        if all(gradient is None for gradient in gradients):
            raise ValueError(f"the {player}'s loss does not depend on the {player}; was something detached?")
        descend(optimizer, gradients)

    @staticmethod
    def _checked_classes(generator, discriminator):
        """The number of classes that both players know, or None."""
        if not hasattr(generator, "latent_dim"):
            raise ValueError(
                f"generator must have an attribute latent_dim, the length of its input; "
                f"{type(generator).__name__} has none. Set generator.latent_dim = ..."
            )
        classes = [getattr(player, "n_classes", None) for player in (generator, discriminator)]
        if classes[0] != classes[1]:
            raise ValueError(
                f"the generator has n_classes {classes[0]} and the discriminator {classes[1]}: both must "
                "know the label, or neither. A discriminator that does not see it cannot demand it."
            )
        return None if classes[0] is None else positive_integer(classes[0], "n_classes")


def _check_objective(objective):
    for method in ("discriminator_loss", "generator_loss"):
        if isinstance(objective, type) or not callable(getattr(objective, method, None)):
            raise ValueError(
                f"objective must have a method {method}; got {objective!r}. "
                "Pass an object such as NonSaturating(), not its name and not its class."
            )


def _refuse_labels(labels, who):
    if labels is not None:
        raise ValueError(f"{who} is not conditional (its n_classes is None); it takes no labels.")


def _scores_one_by_one(discriminator):
    """Whether each sample's score is surely its own: then real and fake samples can share one pass."""
    return all(
        isinstance(layer, _ONE_BY_ONE) or getattr(layer, "scores_one_by_one", False)
        for layer in discriminator.modules()
    )


def _clone(state):
    if isinstance(state, torch.Tensor):
        return state.detach().clone()
    if isinstance(state, dict):
        return {key: _clone(value) for key, value in state.items()}
    if isinstance(state, list):
        return [_clone(value) for value in state]
    return state
