"""Clipping, gradient penalty and spectral norm: on critics whose slope is known, and in training."""

import copy
import math

import pytest
import torch
from torch import nn
from torch.func import functional_call, stack_module_state, vmap
from torch.nn.utils import parametrizations

from ganlab.models import image_discriminator, mlp_discriminator, packed
from ganlab.objectives import (
    GradientPenalty,
    Hinge,
    Minimax,
    R1Penalty,
    SpectralNorm,
    Unconstrained,
    Wasserstein,
    WeightClipping,
)
from ganlab.objectives.constraints import interpolate
from ganlab.training import Game, train


@pytest.fixture(autouse=True)
def _one_thread():
    """These matrices are too small to share out; on busy machines the sharing takes most of the time."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def rng(seed=0):
    return torch.Generator().manual_seed(seed)


def linear(*slope):
    """The critic x -> slope . x, for samples of any shape."""
    slope = torch.tensor(slope, dtype=torch.float64)
    return lambda samples: samples.flatten(1) @ slope


def zeros(*shape):
    return torch.zeros(*shape, dtype=torch.float64)


# Unconstrained


def test_unconstrained_does_nothing():
    critic = mlp_discriminator(seed=0)
    before = copy.deepcopy(critic.state_dict())
    constraint = Unconstrained()
    constraint.prepare(critic)
    constraint.after_update(critic)
    assert constraint.penalty(critic, torch.zeros(3, 2), torch.zeros(3, 2), rng()).item() == 0
    assert all(torch.equal(before[name], values) for name, values in critic.state_dict().items())


@pytest.mark.parametrize("constraint", [Unconstrained(), WeightClipping(), SpectralNorm()])
def test_a_constraint_without_a_penalty_says_so_and_draws_nothing(constraint):
    generator = rng()
    assert constraint.has_penalty is False
    assert constraint.penalty(linear(3.0), zeros(2, 1), zeros(2, 1), generator).item() == 0
    assert torch.equal(generator.get_state(), rng().get_state())


# Gradient penalty


@pytest.mark.parametrize("weight", [1, 10.0])
@pytest.mark.parametrize("shape", [(4, 2), (4, 1, 1, 2), (4, 1, 2)])
@pytest.mark.parametrize(("slope", "cost"), [((3.0, 4.0), 16), ((0.6, 0.8), 0), ((0.0, 0.5), 0.25)])
def test_penalty_of_a_linear_critic_by_hand(weight, shape, slope, cost):
    """Its slope is the same everywhere: weight (norm - 1)^2, however many samples there are."""
    real, fake = torch.randn(shape, generator=rng(1), dtype=torch.float64), zeros(*shape)
    penalty = GradientPenalty(weight).penalty(linear(*slope), real, fake, rng())
    assert penalty.item() == pytest.approx(weight * cost, abs=1e-12)


def test_the_norm_is_taken_per_sample_and_then_averaged():
    """D(x) = x^2 / 2 has slope x. At 1 and 3: ((1 - 1)^2 + (3 - 1)^2) / 2 = 2; one norm over both: 4.7."""
    samples = torch.tensor([[1.0], [3.0]], dtype=torch.float64)
    penalty = GradientPenalty(1).penalty_at(lambda x: x.square().sum(1) / 2, samples)
    assert penalty.item() == pytest.approx(2)


def test_every_sample_has_a_share_of_its_own_and_lies_between_its_real_and_its_fake():
    seen = []

    def critic(samples):
        seen.append(samples.detach())
        return samples.flatten(1).sum(1)

    n = 500
    real = torch.ones(n, 1, 2, 2, dtype=torch.float64)
    GradientPenalty().penalty(critic, real, -real, rng(3))
    shares = (seen[0] + 1) / 2
    assert torch.equal(shares.flatten(1).amin(1), shares.flatten(1).amax(1))  # the same for all pixels of one
    shares = shares[:, 0, 0, 0]
    assert len(shares.unique()) == n
    assert 0 <= shares.min() < 0.02
    assert 0.98 < shares.max() <= 1
    assert shares.mean().item() == pytest.approx(0.5, abs=4 / math.sqrt(12 * n))
    torch.testing.assert_close(shares, torch.rand(n, generator=rng(3), dtype=torch.float64))


def test_interpolation_by_hand():
    real, fake = torch.tensor([[1.0, 2.0], [10.0, 20.0]]), torch.tensor([[3.0, 4.0], [0.0, 0.0]])
    mixed = interpolate(real, fake, torch.tensor([0.25, 0.9]))
    torch.testing.assert_close(mixed, torch.tensor([[2.5, 3.5], [9.0, 18.0]]))


def test_the_penalty_is_repeatable_and_leaves_the_global_state_alone():
    critic = mlp_discriminator(width=8, seed=0)
    real, fake = torch.randn(6, 2, generator=rng(1)), torch.randn(6, 2, generator=rng(2))
    before = torch.get_rng_state()
    first, again, other = (GradientPenalty().penalty(critic, real, fake, rng(s)).item() for s in (5, 5, 6))
    assert torch.equal(torch.get_rng_state(), before)
    assert first == again != other


def test_gradient_of_the_penalty_agrees_with_finite_differences():
    real, fake = (torch.randn(5, 2, generator=rng(s), dtype=torch.float64) for s in (1, 2))
    weights = [torch.randn(size, generator=rng(3), dtype=torch.float64) for size in [(4, 2), (4,)]]

    def penalty(first, second):
        critic = lambda x: torch.tanh(x @ first.T) @ second  # noqa: E731
        return GradientPenalty(10).penalty(critic, real, fake, rng(0))

    assert torch.autograd.gradcheck(penalty, tuple(w.requires_grad_() for w in weights))


def test_the_penalty_moves_the_critic_and_never_the_generator():
    critic = mlp_discriminator(width=8, seed=0)
    fake = torch.randn(6, 2, generator=rng(1)).requires_grad_()
    penalty = GradientPenalty().penalty(critic, torch.randn(6, 2, generator=rng(2)), fake, rng())
    penalty.backward()
    assert fake.grad is None
    assert critic[0].weight.grad.abs().sum() > 0


def test_a_flat_critic_costs_the_weight_and_has_a_finite_gradient():
    critic = mlp_discriminator(width=4, seed=0)
    for parameter in critic.parameters():
        nn.init.zeros_(parameter)
    penalty = GradientPenalty(7).penalty(critic, torch.ones(3, 2), torch.zeros(3, 2), rng())
    assert penalty.item() == pytest.approx(7)
    gradients = torch.autograd.grad(penalty, list(critic.parameters()), allow_unused=True)
    assert all(g is None or torch.isfinite(g).all() for g in gradients)


def test_labels_reach_a_conditional_critic():
    def critic(samples, labels):
        return samples[:, 0] * (1 + labels)  # slopes 1, 2, 3 for classes 0, 1, 2

    labels = torch.tensor([0, 1, 2, 2])
    penalty = GradientPenalty(1).penalty(critic, zeros(4, 1), zeros(4, 1) + 1, rng(), labels=labels)
    assert penalty.item() == pytest.approx((0 + 1 + 4 + 4) / 4)


def test_a_packed_critic_is_asked_for_slope_one_in_the_pack():
    wide = nn.Sequential(nn.Linear(4, 1, bias=False), nn.Flatten(0))
    nn.init.constant_(wide[0].weight, 1.0)  # slope 2 in the pack of two points: the root of four ones
    penalty = GradientPenalty(1).penalty(packed(wide, 2), torch.zeros(6, 2), torch.ones(6, 2), rng())
    assert penalty.item() == pytest.approx((2 - 1) ** 2)


def test_the_penalty_inside_vmap_equals_that_of_each_member():
    critics = [mlp_discriminator(width=8, seed=seed) for seed in range(3)]
    samples = torch.randn(3, 5, 2, generator=rng())
    parameters, _ = stack_module_state(critics)
    constraint = GradientPenalty(10)

    def member(parameters, samples):
        return constraint.penalty_at(lambda x: functional_call(critics[0], parameters, (x,)), samples)

    stacked = vmap(member)(parameters, samples)
    single = [constraint.penalty_at(critic, x) for critic, x in zip(critics, samples, strict=True)]
    torch.testing.assert_close(stacked, torch.stack(single))
    for i, (critic, penalty) in enumerate(zip(critics, single, strict=True)):
        # The last bias shifts all scores alike and has no part in any slope.
        weights = dict(list(critic.named_parameters())[:-1])
        found = torch.autograd.grad(stacked[i], [parameters[name] for name in weights], retain_graph=True)
        expected = torch.autograd.grad(penalty, list(weights.values()))
        for ours, theirs in zip(found, expected, strict=True):
            torch.testing.assert_close(ours[i], theirs)


def test_real_and_fake_of_different_shape_are_refused_not_broadcast():
    with pytest.raises(
        ValueError, match=r"real and fake must have the same shape; got \(4, 2\) and \(1, 2\)"
    ):
        GradientPenalty().penalty(linear(1.0, 1.0), zeros(4, 2), zeros(1, 2), rng())


# Weight clipping


def test_clipping_by_hand():
    critic = nn.Linear(2, 1)
    with torch.no_grad():
        critic.weight.copy_(torch.tensor([[0.5, -0.004]]))
        critic.bias.fill_(-2.0)
    WeightClipping(0.01).after_update(critic)
    torch.testing.assert_close(critic.weight.detach(), torch.tensor([[0.01, -0.004]]))
    torch.testing.assert_close(critic.bias.detach(), torch.tensor([-0.01]))


def test_clipping_bounds_every_weight_from_the_start_and_after_each_update():
    constraint = WeightClipping(0.05)
    critic = mlp_discriminator(width=8, seed=0)

    def largest():
        return max(parameter.abs().max().item() for parameter in critic.parameters())

    assert largest() > 0.06
    constraint.prepare(critic)
    assert largest() == pytest.approx(0.05)
    for _ in train_steps(critic, Wasserstein(constraint), steps=5, shape=(2,)):
        assert largest() == pytest.approx(0.05)


# R1


def test_the_slope_at_the_reals_is_paid_by_its_square_wherever_the_fakes_are():
    """D(x) = |x|^2 / 2 has the slope x: at (3, 4) and (0, 1) the squares are 25 and 1, the mean 13."""
    bowl = lambda samples: samples.square().sum(1) / 2  # noqa: E731
    real = torch.tensor([[3.0, 4.0], [0.0, 1.0]])
    for fake in (zeros(2, 2), torch.full((2, 2), 9.0)):
        assert R1Penalty(0.5).penalty(bowl, real, fake, rng()).item() == pytest.approx(6.5)


def test_r1_moves_the_discriminator_and_nothing_else():
    critic = mlp_discriminator(data_dim=2, seed=0)
    real, fake = (torch.randn(6, 2, generator=rng(seed)).requires_grad_() for seed in (1, 2))
    R1Penalty(1.0).penalty(critic, real, fake, rng()).backward()
    assert any(weight.grad.abs().sum() > 0 for weight in critic.parameters() if weight.grad is not None)
    assert real.grad is None
    assert fake.grad is None


def test_r1_is_the_same_on_average_where_most_steps_leave_it_out():
    """Of 4,000 steps an eighth pays eight times 9: a share 4 standard errors off comes once in 16,000."""
    stream, penalty = rng(), R1Penalty(1.0, every=8)
    paid = torch.stack([penalty.penalty(linear(3.0), zeros(2, 1), zeros(2, 1), stream) for _ in range(4000)])
    assert set(paid.tolist()) == {0.0, 72.0}
    assert (paid > 0).double().mean().item() == pytest.approx(1 / 8, abs=4 * math.sqrt(7 / 64 / 4000))


def test_a_pack_pays_for_its_slope_once():
    summed = packed(nn.Sequential(nn.Flatten(1), nn.Linear(4, 1, bias=False), nn.Flatten(0)), 2)
    nn.init.constant_(summed.discriminator[1].weight, 1.0)
    # Four slopes of 1 a pack: 4.
    assert R1Penalty(1.0).penalty(summed, torch.zeros(6, 2), torch.zeros(6, 2), rng()).item() == 4


class _Dirac(nn.Module):
    """One number: the place of a point, or the slope of a linear discriminator."""

    latent_dim = 1

    def __init__(self):
        super().__init__()
        self.number = nn.Parameter(torch.tensor(1.0))


class _Point(_Dirac):
    def forward(self, latent):
        return self.number.expand(len(latent), 1)


class _Slope(_Dirac):
    def forward(self, samples):
        return self.number * samples[:, 0]


@pytest.mark.parametrize(("penalty", "rests"), [(None, False), (R1Penalty(0.5), True)])
def test_the_dirac_gan_circles_for_ever_and_comes_to_rest_with_r1(penalty, rests):
    """Mescheder et al. 2018, section 2: real samples at 0, one fake at theta, D(x) = psi x."""
    game = Game(
        _Point(),
        _Slope(),
        Minimax(constraint=penalty),
        optimizer=torch.optim.SGD,
        learning_rate=0.1,
    )
    train(game, torch.zeros(8, 1), 600, batch_size=8, progress=False)
    radius = math.hypot(game.generator.number.item(), game.discriminator.number.item())
    assert radius < 1e-3 if rests else radius > 1


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"weight": 0}, "weight must be a finite number above 0; got 0"),
        ({"every": 0}, "every must be a whole number of 1 or more; got 0"),
        ({"every": 2.5}, "every must be a whole number of 1 or more; got 2.5"),
    ],
)
def test_r1_refuses(settings, message):
    with pytest.raises(ValueError, match=message):
        R1Penalty(**settings)


# Spectral norm


def train_steps(critic, objective, steps, shape, learning_rate=1e-3):
    optimizer = torch.optim.Adam(critic.parameters(), lr=learning_rate, betas=(0.5, 0.999))
    draw = rng(7)
    for step in range(steps):
        real, fake = (
            torch.randn(32, *shape, generator=draw),
            0.3 * torch.randn(32, *shape, generator=draw) + 1,
        )
        loss = objective.discriminator_loss(critic(real), critic(fake))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        objective.constraint.after_update(critic)
        yield step


def largest_singular_values(critic):
    """Of what each layer multiplies with, from the full decomposition."""
    layers = [layer for layer in critic.modules() if isinstance(layer, (nn.Linear, nn.Conv2d))]
    weights = [layer.weight.detach().flatten(1).double() for layer in layers]
    return torch.stack([torch.linalg.svdvals(weight)[0] for weight in weights])


CRITICS = pytest.mark.parametrize(
    ("make", "shape"),
    [
        (lambda: mlp_discriminator(width=32, seed=0), (2,)),
        (lambda: image_discriminator(width=4, seed=0), (1, 32, 32)),
    ],
    ids=["points", "images"],
)


@CRITICS
def test_every_layer_keeps_norm_one_before_and_during_training(make, shape):
    critic, constraint = make(), SpectralNorm()
    assert (largest_singular_values(critic) - 1).abs().max() > 0.1
    constraint.prepare(critic)
    ones = torch.ones(4 if len(shape) == 3 else 3, dtype=torch.float64)
    torch.testing.assert_close(largest_singular_values(critic), ones, rtol=1e-5, atol=0)
    before = {name: values.clone() for name, values in critic.state_dict().items()}
    for _ in train_steps(critic, Hinge(constraint=constraint), steps=30, shape=shape):
        torch.testing.assert_close(largest_singular_values(critic), ones, rtol=1e-5, atol=0)
    assert not all(torch.equal(before[name], values) for name, values in critic.state_dict().items())


def test_power_iteration_only_ever_leaves_a_layer_too_steep_and_more_steps_less_so():
    worst = {}
    for steps in (1, 3, 10):
        critic, constraint = mlp_discriminator(width=64, seed=0), SpectralNorm(power_iterations=steps)
        constraint.prepare(critic)
        norms = [
            largest_singular_values(critic)
            for _ in train_steps(critic, Hinge(constraint=constraint), steps=40, shape=(2,))
        ]
        assert torch.stack(norms).min() > 1 - 1e-5
        worst[steps] = torch.stack(norms).max().item()
    assert worst[1] > worst[3] > worst[10]
    assert worst[1] > 1.1
    assert worst[10] < 1.1


def test_the_critic_is_one_lipschitz():
    critic = mlp_discriminator(width=32, depth=3, seed=0)
    SpectralNorm().prepare(critic)
    points = (10 * torch.randn(200, 2, generator=rng())).requires_grad_()
    (slopes,) = torch.autograd.grad(critic(points).sum(), points)
    assert slopes.norm(dim=1).max() <= 1 + 1e-5
    assert slopes.norm(dim=1).max() > 0.01


@CRITICS
def test_gradients_are_those_of_torchs_own_spectral_norm(make, shape):
    """With its singular vectors made exact and held still, torch's is a second implementation."""
    ours, theirs = make(), make()
    SpectralNorm().prepare(ours)
    for layer in theirs.modules():
        if isinstance(layer, (nn.Linear, nn.Conv2d)):
            parametrizations.spectral_norm(layer, n_power_iterations=1000)
            layer.weight  # noqa: B018 - in training mode each look moves torch's vectors
    theirs.eval()
    samples = torch.randn(6, *shape, generator=rng())
    scores = [critic(samples) for critic in (ours, theirs)]
    torch.testing.assert_close(*scores, rtol=1e-3, atol=1e-5)
    gradients = [
        torch.autograd.grad(s.square().sum(), list(c.parameters()))
        for s, c in zip(scores, (ours, theirs), strict=True)
    ]
    for mine, torchs in zip(*gradients, strict=True):
        torch.testing.assert_close(mine, torchs, rtol=2e-3, atol=1e-5)


def test_a_forward_pass_leaves_no_trace_and_no_randomness_is_used():
    torch.manual_seed(0)
    before = torch.get_rng_state()
    critic = mlp_discriminator(width=8, seed=0)
    SpectralNorm().prepare(critic)
    assert torch.equal(torch.get_rng_state(), before)
    state = {name: values.clone() for name, values in critic.state_dict().items()}
    points = torch.randn(5, 2, generator=rng())
    first = critic(points)
    assert torch.equal(first, critic(points))
    assert all(torch.equal(state[name], values) for name, values in critic.state_dict().items())


def test_preparing_twice_is_preparing_once():
    critic = mlp_discriminator(width=8, seed=0)
    SpectralNorm().prepare(critic)
    names = list(critic.state_dict())
    SpectralNorm().prepare(critic)
    assert list(critic.state_dict()) == names
    assert len(copy.deepcopy(critic)[0].parametrizations.weight) == 1


def test_a_layer_of_zeros_stays_a_layer_of_zeros():
    critic = nn.Linear(3, 2, bias=False)
    nn.init.zeros_(critic.weight)
    SpectralNorm().prepare(critic)
    SpectralNorm().after_update(critic)
    assert torch.equal(critic.weight, torch.zeros(2, 3))


def test_the_vectors_follow_weights_that_were_replaced():
    critic = mlp_discriminator(width=8, seed=0)
    constraint = SpectralNorm()
    constraint.prepare(critic)
    with torch.no_grad():
        critic[2].parametrizations.weight.original.copy_(torch.randn(8, 8, generator=rng()))
    constraint.after_update(critic)
    torch.testing.assert_close(largest_singular_values(critic), torch.ones(3).double(), rtol=1e-5, atol=0)


def test_a_discriminator_without_layers_is_refused():
    with pytest.raises(ValueError, match=r"^SpectralNorm needs .* layers; Flatten has none"):
        SpectralNorm().prepare(nn.Flatten(0))


@pytest.mark.parametrize("constraint", [WeightClipping(0.05), SpectralNorm(), SpectralNorm(2)], ids=repr)
def test_after_an_update_a_stack_of_critics_is_treated_like_each_of_them(constraint):
    critics = [mlp_discriminator(width=8, seed=seed) for seed in range(3)]
    for critic in critics:
        constraint.prepare(critic)
    parameters, buffers = stack_module_state(critics)
    parameters = {name: values.detach() + 0.1 for name, values in parameters.items()}
    for i, critic in enumerate(critics):
        critic.load_state_dict({name: values[i] for name, values in {**parameters, **buffers}.items()})
        constraint.after_update(critic)

    class Treatment(nn.Module):
        def __init__(self):
            super().__init__()
            self.critic = copy.deepcopy(critics[0])

        def forward(self):
            constraint.after_update(self.critic)
            return torch.zeros(())

    def of_critic(state):
        return {f"critic.{name}": values for name, values in state.items()}

    treatment = Treatment()
    vmap(lambda p, b: functional_call(treatment, (of_critic(p), of_critic(b)), ()))(parameters, buffers)
    for i, critic in enumerate(critics):
        for name, values in critic.state_dict().items():
            torch.testing.assert_close({**parameters, **buffers}[name][i], values)


# What all of them refuse


@pytest.mark.parametrize(
    ("make", "name"), [(WeightClipping, "c"), (GradientPenalty, "weight"), (SpectralNorm, "power_iterations")]
)
@pytest.mark.parametrize("value", [0, -1, math.nan, "1"])
def test_a_number_out_of_range_is_refused_by_its_name(make, name, value):
    with pytest.raises(ValueError, match=f"^{name} must be a"):
        make(value)


def test_constraints_say_what_they_are():
    assert repr(WeightClipping()) == "WeightClipping(c=0.01)"
    assert repr(GradientPenalty()) == "GradientPenalty(weight=10)"
    assert repr(SpectralNorm()) == "SpectralNorm()"
    assert repr(SpectralNorm(2)) == "SpectralNorm(power_iterations=2)"
    assert repr(Unconstrained()) == "Unconstrained()"
    assert GradientPenalty(3) == GradientPenalty(3.0) != GradientPenalty(4)
