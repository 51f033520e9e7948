"""Members of an ensemble: games played side by side, one step of all of them at a time."""

import torch

from ganlab.objectives import GradientPenalty, Unconstrained
from ganlab.training.ensemble.networks import StackedNetworks
from ganlab.training.optimizers import StackedOptimizer
from ganlab.training.play import NonFiniteLoss


class Members:
    """An iterator that plays a step of every game and yields what a Record says of it, shape (5, members).

    Parameters
    ----------
    runs : dict
        Member number to its Run; the games alike but for their weights. While they are members, the
        weights and the optimizers' memory of each game are views into one stack for all.
    """

    def __init__(self, runs):
        self._good = {member: run.state_dict() for member, run in runs.items()}
        self._join(runs)

    def __iter__(self):
        return self

    def __next__(self):
        """The same moves as in `play`; every tensor has an axis of members before that of the batch."""
        game, objective = self._game, self._game.objective
        for _ in range(game.discriminator_steps):
            real, latent = self._draw()
            fake = (self._generator(*latent), *latent[1:])
            seen = (fake[0].detach(), *fake[1:])  # D's step must not move G
            real_scores, fake_scores = self._scores_of_both(real, seen)
            loss_d = torch.vmap(objective.discriminator_loss)(real_scores, fake_scores)
            if self._has_penalty:
                loss_d = loss_d + self._penalty(real[0], *seen)
            self._discriminator_optimizer.descend(loss_d)
            if self._is_constrained:
                self._discriminator.each(_constrained(game.constraint))

        loss_g = torch.vmap(objective.generator_loss)(self._discriminator(*fake))
        self._generator_optimizer.descend(loss_g)

        with torch.no_grad():
            real_mean, fake_mean = real_scores.mean(1), fake_scores.mean(1)
            accuracy = _accuracy(objective, real_scores, fake_scores)
            return torch.stack([loss_d.detach(), loss_g.detach(), real_mean, fake_mean, accuracy])

    @property
    def numbers(self):
        """The numbers of the members playing."""
        return list(self._runs)

    def freeze_failed(self, values, step):
        """Put members whose loss is no number back to their last good state, and play on without them.

        Members share no numbers, so those that stay have noticed nothing.

        Returns
        -------
        problems : dict
            Member number to NonFiniteLoss.
        """
        finite = torch.isfinite(values)
        if bool(finite[:4].all()):
            return {}
        discriminator, generator = finite[[0, 2, 3]].all(0).tolist(), finite[1].tolist()
        problems = {}
        for place, member in enumerate(self.numbers):
            if not (discriminator[place] and generator[place]):
                problem = NonFiniteLoss("generator" if discriminator[place] else "discriminator", step)
                problem.good_step = self._good[member]["step"]
                problems[member] = problem
        self.part()
        for member in problems:
            self._runs[member].load_state_dict(self._good[member])
        self._join({member: run for member, run in self._runs.items() if member not in problems})
        return problems

    def keep_good_states(self, step):
        """Remember the state of every member that is finite in all its weights."""
        weights = [*self._generator.tensors.values(), *self._discriminator.tensors.values()]
        finite = torch.stack([torch.isfinite(tensor).flatten(1).all(1) for tensor in weights]).all(0)
        for (member, run), whole in zip(self._runs.items(), finite.tolist(), strict=True):
            if whole:
                self._good[member] = {**run.state_dict(), "step": step}

    def part(self):
        """Give every game memory of its own again."""
        for optimizer in (self._generator_optimizer, self._discriminator_optimizer) if self._games else ():
            optimizer.share()
        for game in self._games:
            state = game.state_dict()
            for network in (game.generator, game.discriminator):
                for tensor in (*network.parameters(), *network.buffers()):
                    tensor.data = tensor.data.clone()
            game.load_state_dict(state)

    def _join(self, runs):
        self._runs, self._games = runs, [run.game for run in runs.values()]
        if not runs:
            return
        self._game = self._games[0]  # for all that they have in common
        self._generator, self._generator_optimizer = self._stacked("generator")
        self._discriminator, self._discriminator_optimizer = self._stacked("discriminator")
        constraint = self._game.constraint
        self._has_penalty = constraint is not None and constraint.has_penalty
        after_update = None if constraint is None else type(constraint).after_update
        self._is_constrained = after_update not in (None, Unconstrained.after_update)

    def _stacked(self, who):
        networks = StackedNetworks([getattr(game, who) for game in self._games])
        optimizers = [getattr(game, f"{who}_optimizer") for game in self._games]
        return networks, StackedOptimizer(optimizers, list(networks.parameters.values()))

    def _draw(self):
        """Reals and latent points (and labels) of every member, drawn as its game alone would."""
        reals, latents = [], []
        for run, game in zip(self._runs.values(), self._games, strict=True):
            real = next(run.batches)
            if game.n_classes is None:
                reals.append((real,))
                latents.append((game.latent(len(real), run.rng),))
            else:
                labels = game.fake_labels(real[1], game.n_classes, run.rng)
                reals.append(real)
                latents.append((game.latent(len(labels), run.rng), labels))
        return _side_by_side(reals), _side_by_side(latents)

    def _scores_of_both(self, real, seen):
        if not self._game.in_one_pass:
            return self._discriminator(*real), self._discriminator(*seen)
        scores = self._discriminator(*(torch.cat(parts, 1) for parts in zip(real, seen, strict=True)))
        return scores.split(scores.shape[1] // 2, 1)

    def _penalty(self, real, fake, *labels):
        constraint, n = self._game.constraint, real.shape[1]
        shares = torch.cat([torch.rand(n, generator=run.penalty_rng) for run in self._runs.values()])
        shares = shares.to(real).reshape(*real.shape[:2], *[1] * (real.ndim - 2))
        between = shares * real + (1 - shares) * fake
        return self._discriminator.each(constraint.penalty_at, between, *labels)


def check_penalty(objective):
    """Refuse a constraint whose penalty draws in its own way: only the gradient penalty's is known here."""
    constraint = getattr(objective, "constraint", None)
    if constraint is not None and constraint.has_penalty and not isinstance(constraint, GradientPenalty):
        raise ValueError(
            f"an ensemble knows no penalty but GradientPenalty; got {constraint!r}. "
            "Train such games one by one with train()."
        )


def _side_by_side(members):
    return [torch.stack(parts) for parts in zip(*members, strict=True)]


def _constrained(constraint):
    def after_update(discriminator):
        constraint.after_update(discriminator)
        return torch.zeros(())

    return after_update


def _accuracy(objective, real_scores, fake_scores):
    bound = getattr(objective, "real_above", 0.0)
    if bound is None:
        return real_scores.new_full(real_scores.shape[:1], torch.nan)
    return (_share(real_scores > bound) + _share(fake_scores < bound)) / 2


def _share(right):
    return torch.count_nonzero(right, 1) / right.shape[1]
