"""Least squares, hinge and Wasserstein: by hand, far out, their slopes, and against finite differences."""

import math

import pytest
import torch

from ganlab.objectives import (
    GradientPenalty,
    Hinge,
    LeastSquares,
    Minimax,
    NonSaturating,
    SpectralNorm,
    Unconstrained,
    Wasserstein,
    WeightClipping,
)
from ganlab.objectives.losses import check_scores

NEW = [LeastSquares(), Hinge(), Wasserstein(Unconstrained())]
EVERY = [Minimax(), NonSaturating(), *NEW]


def name_of(objective):
    return type(objective).__name__


def double(*values):
    return torch.tensor(values, dtype=torch.float64)


@pytest.mark.parametrize(
    ("real", "fake", "least_squares", "hinge", "wasserstein"),
    [
        ([1.0], [0.0], 0.0, 1.0, -1.0),
        ([0.0], [1.0], 1.0, 3.0, 1.0),
        ([0.5], [0.5], 0.25, 2.0, 0.0),
        ([2.0], [-0.5], 0.625, 0.5, -2.5),
        ([5.0], [-3.0], 12.5, 0.0, -8.0),  # outside the margin the hinge charges nothing
        ([-1.0], [-5.0], 14.5, 2.0, -4.0),
        # Means, each over its own batch.
        ([1.0, 1.0, -2.0], [1.0, 0.0], 1.5 + 0.25, 1.0 + 1.5, 0.5),
    ],
)
def test_discriminator_losses_by_hand(real, fake, least_squares, hinge, wasserstein):
    losses = [objective.discriminator_loss(double(*real), double(*fake)).item() for objective in NEW]
    assert losses == pytest.approx([least_squares, hinge, wasserstein])


@pytest.mark.parametrize(
    ("fake", "least_squares", "linear"),
    [([1.0], 0.0, -1.0), ([0.0], 0.5, 0.0), ([3.0], 2.0, -3.0), ([-1.0, 2.0, 2.0], 1.0, -1.0)],
)
def test_generator_losses_by_hand(fake, least_squares, linear):
    losses = [objective.generator_loss(double(*fake)).item() for objective in NEW]
    assert losses == pytest.approx([least_squares, linear, linear])


SCORES = double(-30.0, -3.0, -0.5, 0.25, 0.5, 3.0, 30.0)


def slopes(loss, scores):
    """d(sum over samples of the loss) / d score: the mean's gradient times the batch size."""
    scores = scores.clone().requires_grad_()
    return torch.autograd.grad(loss(scores), scores)[0] * len(scores)


@pytest.mark.parametrize(
    ("objective", "of_real", "of_fake", "of_generator"),
    [
        (LeastSquares(), lambda s: s - 1, lambda s: s, lambda s: s - 1),
        (Hinge(), lambda s: -(s < 1).double(), lambda s: (s > -1).double(), lambda s: -torch.ones_like(s)),
        (Wasserstein(Unconstrained()), lambda s: 0 * s - 1, lambda s: 0 * s + 1, lambda s: 0 * s - 1),
    ],
    ids=[name_of(objective) for objective in NEW],
)
def test_slopes_are_those_of_the_docstrings(objective, of_real, of_fake, of_generator):
    fixed = double(0.1, -0.1)
    found = slopes(lambda real: objective.discriminator_loss(real, fixed), SCORES)
    torch.testing.assert_close(found, of_real(SCORES))
    found = slopes(lambda fake: objective.discriminator_loss(fixed, fake), SCORES)
    torch.testing.assert_close(found, of_fake(SCORES))
    torch.testing.assert_close(slopes(objective.generator_loss, SCORES), of_generator(SCORES))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_losses_are_finite_and_right_at_scores_of_ten_thousand(dtype):
    high, low = torch.tensor([1e4], dtype=dtype), torch.tensor([-1e4], dtype=dtype)
    expected = {
        LeastSquares: (((1e4 - 1) ** 2 + 1e8) / 2, ((1e4 + 1) ** 2 + 1e8) / 2, (1e4 - 1) ** 2 / 2),
        Hinge: (0, 2 + 2e4, -1e4),
        Wasserstein: (-2e4, 2e4, -1e4),
    }
    for objective in NEW:
        right = objective.discriminator_loss(high, low).item()
        wrong = objective.discriminator_loss(low, high).item()
        generator = objective.generator_loss(high).item()
        assert (right, wrong, generator) == pytest.approx(expected[type(objective)], rel=1e-6)
        for scores in (high, low):
            assert torch.isfinite(slopes(objective.generator_loss, scores)).all()


@pytest.mark.parametrize("objective", EVERY, ids=name_of)
def test_gradients_agree_with_finite_differences(objective):
    rng = torch.Generator().manual_seed(1)
    real, fake = (2 * torch.randn(n, generator=rng, dtype=torch.float64) for n in (5, 4))
    for scores in (real, fake):
        scores.requires_grad_()
    assert torch.autograd.gradcheck(objective.discriminator_loss, (real, fake))
    assert torch.autograd.gradcheck(objective.generator_loss, (fake,))


@pytest.mark.parametrize("objective", NEW, ids=name_of)
@pytest.mark.parametrize(
    ("scores", "message"),
    [
        (torch.zeros(3, 1), r"must have shape \(batch,\) with one score or more; got \(3, 1\).*squeeze"),
        (torch.zeros(0), r"must have shape \(batch,\) with one score or more; got \(0,\)"),
        (torch.zeros(3, dtype=torch.int64), "must be a floating-point torch tensor"),
        (torch.tensor([0.0, math.nan]), r"must be finite; 1 of its values .* index \(1,\)"),
        (torch.tensor([math.inf, -math.inf]), "must be finite; 2 of its values"),
    ],
)
def test_what_is_no_batch_of_scores_is_refused_by_its_name(objective, scores, message):
    good = torch.zeros(3)
    with pytest.raises(ValueError, match=f"^real_scores {message}"):
        objective.discriminator_loss(scores, good)
    with pytest.raises(ValueError, match=f"^fake_scores {message}"):
        objective.discriminator_loss(good, scores)
    with pytest.raises(ValueError, match=f"^fake_scores {message}"):
        objective.generator_loss(scores)


def test_finite_scores_whose_sum_overflows_are_no_mistake():
    huge = torch.full((4,), 3e38)
    assert huge.sum().isinf()
    check_scores(huge, "scores")


@pytest.mark.parametrize("objective", EVERY, ids=name_of)
def test_inside_vmap_an_objective_gives_each_member_its_own_loss(objective):
    rng = torch.Generator().manual_seed(0)
    real, fake = torch.randn(3, 5, generator=rng), torch.randn(3, 4, generator=rng)
    stacked = torch.func.vmap(objective.discriminator_loss)(real, fake)
    single = torch.stack([objective.discriminator_loss(r, f) for r, f in zip(real, fake, strict=True)])
    torch.testing.assert_close(stacked, single)
    slopes_of_members = torch.func.vmap(torch.func.grad(objective.generator_loss))(fake)
    for member, scores in zip(slopes_of_members, fake, strict=True):
        torch.testing.assert_close(member, slopes(objective.generator_loss, scores) / 4)
    with pytest.raises(ValueError, match=r"real_scores must have shape \(batch,\)"):  # shapes still count
        torch.func.vmap(objective.discriminator_loss)(real.unsqueeze(2), fake)


def test_an_objective_compiles_in_one_piece():
    scores = torch.randn(6, generator=torch.Generator().manual_seed(0))
    compiled = torch.compile(Hinge().discriminator_loss, backend="eager", fullgraph=True)
    torch.testing.assert_close(compiled(scores, -scores), Hinge().discriminator_loss(scores, -scores))


@pytest.mark.parametrize("make", [Minimax, NonSaturating, LeastSquares, Hinge])
def test_any_objective_takes_a_constraint_and_none_is_the_default(make):
    assert isinstance(make().constraint, Unconstrained)
    assert make().constraint.has_penalty is False
    assert repr(make()) == f"{make.__name__}()"
    constraint = GradientPenalty(3)
    assert make(constraint=constraint).constraint is constraint
    assert repr(make(constraint=constraint)) == f"{make.__name__}(constraint=GradientPenalty(weight=3))"


@pytest.mark.parametrize("constraint", [WeightClipping(), GradientPenalty(), SpectralNorm(), Unconstrained()])
def test_wasserstein_takes_every_constraint(constraint):
    assert Wasserstein(constraint).constraint is constraint
    assert Wasserstein(constraint=constraint).constraint is constraint


def test_wasserstein_without_a_word_about_its_constraint_is_refused():
    with pytest.raises(ValueError, match=r"^Wasserstein needs a constraint.*GradientPenalty\(\).*got None"):
        Wasserstein(None)
    with pytest.raises(TypeError):
        Wasserstein()


@pytest.mark.parametrize("constraint", ["GradientPenalty", GradientPenalty, 10, object()])
@pytest.mark.parametrize("make", [Hinge, Wasserstein])
def test_what_is_no_constraint_is_refused(make, constraint):
    with pytest.raises(ValueError, match=r"^constraint must be an object with the methods prepare, .*got "):
        make(constraint=constraint)


def test_where_a_score_reads_as_real():
    boundary = {type(objective): objective.real_above for objective in EVERY}
    assert boundary == {Minimax: 0.0, NonSaturating: 0.0, LeastSquares: 0.5, Hinge: 0.0, Wasserstein: None}
