"""A game played step by step or move by move, and the one in the plane that the settings describe."""

import copy
import functools
import math

import torch

from ganlab.models import mlp_discriminator, mlp_generator
from ganlab.objectives import GradientPenalty, LeastSquares, Minimax, NonSaturating, Wasserstein
from ganlab.seeding import forked_rng, one_thread, seeded_rng
from ganlab.training import Game, NonFiniteLoss
from ganlab.validation import NonFiniteError

RUNAWAY = 1_000.0  # a loss beyond this is of a game that nothing brings back

OBJECTIVES = {
    "non-saturating": NonSaturating(),
    "minimax": Minimax(),
    "least squares": LeastSquares(),
    "Wasserstein, gradient penalty": Wasserstein(GradientPenalty(1.0)),
}
OWN_GAME = "your game"
OPTIMIZERS = {
    "Adam": functools.partial(torch.optim.Adam, betas=(0.5, 0.999)),
    "plain descent": torch.optim.SGD,
    "RMSprop": torch.optim.RMSprop,
}


def new_game(
    dim,
    *,
    objective,
    generator_width,
    discriminator_width,
    depth,
    latent_dim,
    generator_optimizer,
    discriminator_optimizer,
    generator_rate,
    discriminator_rate,
    seed,
):
    """The game that the settings of the player describe, for samples of so many coordinates."""
    return Game(
        mlp_generator(latent_dim, dim, generator_width, depth, seed=seed),
        mlp_discriminator(dim, discriminator_width, depth, seed=seed + 1),
        OBJECTIVES[objective],
        learning_rate=generator_rate,
        discriminator_learning_rate=discriminator_rate,
        optimizer=OPTIMIZERS[generator_optimizer],
        discriminator_optimizer=OPTIMIZERS[discriminator_optimizer],
    )


def moves_of(player, discriminator_steps=1, generator_steps=1):
    """How many updates of the discriminator and of the generator a step has where `player` moves."""
    if player not in ("both", "discriminator", "generator"):
        raise ValueError(f"player must be 'both', 'discriminator' or 'generator'; got {player!r}.")
    return discriminator_steps * (player != "generator"), generator_steps * (player != "discriminator")


def attempt(live, advance):
    """Let `advance()` play on, and say why the game cannot go on after it.

    Returns
    -------
    done : object
        What `advance` returned; None where it came to no end.
    problem : str
        Empty where the game can go on.
    """
    try:
        with one_thread():  # for networks this small a second one waits more than it works
            done = advance()
    except NonFiniteLoss as error:
        return None, f"the {error.player}'s loss became NaN or infinite"
    except NonFiniteError:
        return None, "the fakes became NaN or infinite"
    return done, "the losses ran away" if live.ran_away else ""


class GameInMoves:
    """`play` cut into the moves of either player.

    Parameters
    ----------
    game : Game
        Before its first step.
    data : torch.distributions.Distribution or tensor
        Of the real samples.
    batch : int >= 1
    seed : int >= 0
    """

    def __init__(self, game, data, *, batch, seed):
        self.game, self._data = game, data
        self._rng = seeded_rng(seed + 2)
        self._deal_out(batch)
        self._penalty_rng = forked_rng(self._rng)
        self.steps = 0
        self.rows = []  # of each step: both losses, both mean scores, the lengths of both gradients

    def change(self, *, objective, generator_rate, discriminator_rate, batch):
        """Play on by these settings."""
        self.game.change(
            objective=OBJECTIVES[objective],
            learning_rate=generator_rate,
            discriminator_learning_rate=discriminator_rate,
        )
        self._change_batch(batch)

    def _change_batch(self, batch):
        """Deal the real samples out anew, but only where the batch is another."""
        if batch != self._batches.batch_size:
            self._deal_out(batch)

    def _deal_out(self, batch):
        self._batches = self.game.real_batches(self._data, batch, self._rng)

    def step(self, discriminator=1, generator=1):
        """So many updates of the discriminator, then so many of the generator: one step of the game."""
        for _ in self.moves(discriminator, generator):
            pass

    def moves(self, discriminator, generator):
        """The same step, which stands still after each of its moves and says which one it was."""
        game, rng = self.game, self._rng
        loss_d = loss_g = real_score = fake_score = math.nan
        for _ in range(discriminator):
            real = next(self._batches)
            fake = game.fake_like(real, rng)
            yield "samples"
            loss, real_scores, fake_scores = game.discriminator_loss(
                real, fake.detach(), rng, self._penalty_rng
            )
            yield "scores"
            game.update_discriminator(loss)
            loss_d, real_score, fake_score = loss.item(), real_scores.mean().item(), fake_scores.mean().item()
            yield "discriminator"
        for update in range(generator):
            if update or not discriminator:
                real = next(self._batches)
                fake = game.fake_like(real, rng)
                yield "samples"
            loss = game.generator_loss(real, fake)
            yield "pull"
            game.update_generator(loss)
            loss_g = loss.item()
            yield "generator"
        norm_d = _gradient_length(game.discriminator) if discriminator else math.nan
        norm_g = _gradient_length(game.generator) if generator else math.nan
        self.steps += 1
        self.rows.append((loss_d, loss_g, real_score, fake_score, norm_d, norm_g))

    def state_dict(self):
        """All that decides how the game goes on, between two steps."""
        return {
            "steps": self.steps,
            "game": self.game.state_dict(),
            "batch": self._batches.batch_size,
            "batches": self._batches.state_dict(),
            "rng": self._rng.get_state(),
            "penalty_rng": self._penalty_rng.get_state(),
        }

    def load_state_dict(self, state):
        """Go back to a state from `state_dict`, and forget what came after it."""
        self.steps = state["steps"]
        self.rows = self.rows[: self.steps]
        self.game.load_state_dict(state["game"])
        self._deal_out(state["batch"])
        self._batches.load_state_dict(state["batches"])
        self._rng.set_state(state["rng"])
        self._penalty_rng.set_state(state["penalty_rng"])

    @property
    def ran_away(self):
        """Whether a loss of the last step is beyond what any game comes back from."""
        return bool(self.rows) and any(abs(loss) > RUNAWAY for loss in self.rows[-1][:2])


class LiveGame(GameInMoves):
    """A game in the plane: the one that the settings describe, from its seed, or one of somebody's own.

    Parameters
    ----------
    plane : Plane
        Where it is looked at.
    distribution : torch.distributions.Distribution
        Of the real samples.
    batch : int >= 1
    seed : int >= 0
    own : Game or None
        Played from the weights it has, in a copy, by its own objective, optimizers and rates.
    settings
        As for `new_game`.
    """

    def __init__(self, plane, distribution, *, batch, seed, own=None, **settings):
        game = new_game(plane.dim, seed=seed, **settings) if own is None else copy.deepcopy(own)
        super().__init__(game, distribution, batch=batch, seed=seed)
        self.plane, self.is_own = plane, own is not None
        self.distances = {}  # step -> Wasserstein-1

    def change(self, *, batch, **settings):
        """Play on by these settings; a game of somebody's own takes the batch alone."""
        if self.is_own:
            self._change_batch(batch)
        else:
            super().change(batch=batch, **settings)

    def load_state_dict(self, state):
        """Go back to a state from `state_dict`, and forget what came after it."""
        super().load_state_dict(state)
        self.distances = {step: value for step, value in self.distances.items() if step <= self.steps}

    def distance(self):
        """Wasserstein-1 from the real points to as many fakes, at the present step."""
        if self.steps not in self.distances:
            self.distances[self.steps] = self.plane.distance(self.game)
        return self.distances[self.steps]

    def distance_before(self):
        """The distance as it was last measured: each costs as much as several updates."""
        return self.distances[max(self.distances)]

    def look(self):
        """What is to be seen at the present step; see `Plane.look`."""
        return self.plane.look(self.game)


def why_not(own, dim):
    """Why a game of somebody's own cannot be played on data with so many coordinates; empty if it can."""
    if own is None:
        return "no game of your own was handed over; GamePlayer(game=...) takes one"
    if not isinstance(own, Game):
        return f"game must be a ganlab.training.Game; got {type(own).__name__}"
    if own.n_classes:
        return "your game is conditional, and the plane shows no classes"
    shape = tuple(own.sample(1, seed=0).shape[1:])
    if shape != (dim,):
        return f"your game makes samples of shape {shape}, and these data have shape {(dim,)}"
    return ""


def _gradient_length(network):
    return torch.stack(torch._foreach_norm([weights.grad for weights in network.parameters()])).norm().item()
