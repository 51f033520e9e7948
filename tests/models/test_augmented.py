"""Augmented discriminators: what they are shown, real and fake alike, by the seed; and what they refuse."""

import copy

import pytest
import torch
from torch import nn

from ganlab.models import augmented, image_discriminator, image_generator, mlp_discriminator, packed
from ganlab.models.augmented import POLICIES
from ganlab.objectives import GradientPenalty, NonSaturating, SpectralNorm, Wasserstein
from ganlab.training import Game, train, train_ensemble
from ganlab.training.train import Run

IMAGES = torch.rand(64, 1, 32, 32, generator=torch.Generator().manual_seed(0)) * 1.8 - 0.9


def shown(images, *policy, seed=0):
    """What a discriminator in training sees of the images."""
    torch.manual_seed(seed)
    return augmented(nn.Identity(), policy)(images)


def kinds(images):
    """How often each image occurs, as {its pixels: number}."""
    counts = {}
    for pixels in images.flatten(1).tolist():
        counts[tuple(pixels)] = counts.get(tuple(pixels), 0) + 1
    return counts


# What each change is, by hand


def test_flips_by_hand():
    """An image of four numbers has four forms, each as often."""
    image = torch.tensor([[0.1, 0.2], [0.3, 0.4]]).expand(4000, 1, 2, 2)
    forms = [(0.1, 0.2, 0.3, 0.4), (0.2, 0.1, 0.4, 0.3), (0.3, 0.4, 0.1, 0.2), (0.4, 0.3, 0.2, 0.1)]
    counts = kinds(shown(image, "flips"))
    assert set(counts) == {tuple(torch.tensor(form).tolist()) for form in forms}
    assert all(880 < number < 1120 for number in counts.values())  # four standard deviations


def test_translation_moves_a_point_to_each_place_within_an_eighth():
    """8 rows allow one up or down, 16 columns two to either side: fifteen places, each as often."""
    image = torch.zeros(6000, 1, 8, 16)
    image[:, 0, 3, 5] = 0.5
    moved = shown(image, "translation")
    assert (moved.flatten(1).sum(1) == 0.5).all()
    places = moved[:, 0].nonzero()[:, 1:]
    counts = {place: 0 for place in ((row, column) for row in (2, 3, 4) for column in range(3, 8))}
    for row, column in places.tolist():
        counts[row, column] += 1
    assert all(320 < number < 480 for number in counts.values())  # expected 400; four standard deviations


def test_what_comes_in_is_grey():
    """Of a white image, whole rows and columns at the border become 0; the rest stays."""
    moved = shown(torch.ones(300, 1, 8, 8), "translation")[:, 0]
    assert set(moved.unique().tolist()) == {0.0, 1.0}
    assert set(moved.sum((1, 2)).tolist()) == {49.0, 56.0, 64.0}
    assert (moved[:, 1:-1, 1:-1] == 1).all()


def test_cutout_is_a_square_of_half_the_side_that_may_stick_out():
    cut = 1 - shown(torch.ones(500, 1, 8, 8), "cutout")[:, 0]
    for square in cut:
        rows, columns = square.any(1), square.any(0)
        assert torch.equal(square, (rows[:, None] & columns).float())
        assert min(rows.sum(), columns.sum()) >= 2
        assert max(rows.sum(), columns.sum()) <= 4
        assert rows.nonzero().max() - rows.nonzero().min() == rows.sum() - 1  # without a gap
    assert {int(square.sum()) for square in cut} == {4, 6, 8, 9, 12, 16}


def test_colour_by_hand():
    """Pixels m - a and m + a become m + b - c a and m + b + c a: b within 0.25, c from 0.5 to 1.5."""
    image = torch.tensor([0.1, 0.3]).expand(4000, 1, 1, 2)
    low, high = shown(image, "colour").flatten(1).T
    brightness, contrast = (low + high) / 2 - 0.2, (high - low) / 0.2
    for drawn, start, end in ((brightness, -0.25, 0.25), (contrast, 0.5, 1.5)):
        assert start - 1e-5 <= drawn.min() < start + 0.01 * (end - start)
        assert end - 0.01 * (end - start) < drawn.max() <= end + 1e-5
        assert drawn.mean() == pytest.approx((start + end) / 2, abs=0.02)


@pytest.mark.parametrize("name", sorted(POLICIES))
@pytest.mark.parametrize("dtype", [torch.float64, torch.float16, torch.bfloat16])
def test_images_keep_their_type(name, dtype):
    """Or a discriminator that was converted to it would refuse them."""
    assert shown(IMAGES.to(dtype), name).dtype == dtype


def test_inverted_contrast_by_hand():
    counts = kinds(shown(torch.tensor([0.25, -0.5]).expand(4000, 1, 1, 2), "inverted contrast"))
    assert set(counts) == {(0.25, -0.5), (-0.25, 0.5)}
    assert 1870 < counts[0.25, -0.5] < 2130


@pytest.mark.parametrize("name", sorted(POLICIES))
def test_only_under_inverted_contrast_do_an_image_and_its_inverse_look_alike(name):
    """The leak: both laws become one, which no discriminator can undo."""
    image = torch.tensor([[0.5, -0.25], [0.125, 0.75]]).expand(2000, 1, 2, 2)
    seen, of_inverse = (set(kinds(shown(images, name))) for images in (image, -image))
    assert (seen == of_inverse) == (name == "inverted contrast")


def test_each_change_is_made_with_its_probability():
    """Colour leaves no image as it was, so of 4,000 with probability 0.3 some 1,200 are changed."""
    images = IMAGES[:1].expand(4000, 1, 32, 32)
    torch.manual_seed(0)
    seen = augmented(nn.Identity(), ["colour"], probability=0.3)(images)
    changed = (seen != images).flatten(1).any(1).sum()
    assert 1084 < changed < 1316  # four standard deviations
    assert torch.equal(augmented(nn.Identity(), ["colour", "cutout"], probability=0)(images), images)


def test_the_probability_is_kept_with_the_weights():
    """So that a recording that is rewound goes on with that of its frame."""
    kept = augmented(nn.Identity(), ["flips"], probability=0.25).state_dict()
    other = augmented(nn.Identity(), ["flips"])
    other.load_state_dict(kept)
    assert other.probability == 0.25


@pytest.mark.parametrize("probability", [-0.1, 1.5])
def test_a_probability_that_is_none_is_refused(probability):
    with pytest.raises(ValueError, match=f"^probability must be one number from 0 to 1; got {probability}"):
        augmented(nn.Identity(), ["flips"], probability=probability)


def test_policies_follow_each_other_in_the_order_given():
    """Moved first, the square is cut where it lands; moved last, it moves along: 0 comes in either way."""
    white = torch.ones(64, 1, 8, 8)
    torch.manual_seed(3)
    by_hand = POLICIES["cutout"](POLICIES["translation"](white))
    assert torch.equal(shown(white, "translation", "cutout", seed=3), by_hand)
    assert not torch.equal(shown(white, "cutout", "translation", seed=3), by_hand)


@pytest.mark.parametrize("name", sorted(POLICIES))
@pytest.mark.parametrize("shape", [(1, 32, 32), (3, 16, 24), (2, 5, 7)])
def test_every_image_is_changed_by_itself_all_its_channels_alike(name, shape):
    """Whoever else is in the batch, and in every channel the same: channels of one image stay registered."""
    images = torch.rand(40, *shape, generator=torch.Generator().manual_seed(1)) - 0.5
    images[:, 1:] = images[:, :1]
    changed = shown(images, name)
    assert changed.shape == images.shape
    assert torch.equal(changed[:, 1:], changed[:, :1].expand_as(changed[:, 1:]))
    others = images.clone()
    others[1:] = 0
    assert torch.equal(shown(others, name)[0], changed[0])


# In the game


@pytest.mark.parametrize("name", sorted(POLICIES))
def test_the_gradient_is_that_of_the_image_that_was_shown(name):
    """Against finite differences of the same change, in double precision."""
    images = torch.rand(3, 1, 8, 8, dtype=torch.float64) - 0.5
    torch.manual_seed(5)
    assert torch.autograd.gradcheck(lambda x: shown(x, name, seed=5), images.requires_grad_())


def test_real_and_fake_are_changed_alike():
    """The same images as real and as fake: what D sees of both has one law, and both differ from them."""
    for policy in POLICIES:
        real_seen, fake_seen = shown(torch.cat([IMAGES, IMAGES]), policy).split(64)
        assert (real_seen != IMAGES).any()
        assert (fake_seen != IMAGES).any()
        assert (real_seen != fake_seen).any()  # each by its own coins
        assert real_seen.mean() == pytest.approx(fake_seen.mean().item(), abs=0.1)


class Watched(nn.Module):
    """A discriminator that remembers which share of the images shown to it is negative, call by call."""

    n_classes, scores_one_by_one = None, True

    def __init__(self):
        super().__init__()
        self.head, self.seen = nn.Linear(16, 1), []

    def forward(self, samples):
        self.seen.append((samples.flatten(1).mean(1) < 0).float().mean().item())
        return self.head(samples.flatten(1)).squeeze(1)


class White(nn.Module):
    """A generator of white images, nearly."""

    n_classes, latent_dim = None, 16

    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.tensor(0.01))

    def forward(self, latent):
        return (0.9 + self.scale * latent.tanh()).reshape(-1, 1, 4, 4)


def test_in_both_players_steps_the_discriminator_sees_changed_images():
    """Real and fake images are all white. Half of what D sees is black, in its own step and in G's."""
    inner = Watched()
    game = Game(White(), augmented(inner, ["inverted contrast"]), NonSaturating())
    data = torch.full((200, 1, 4, 4), 0.9)
    run = Run(game, data, batch_size=200, seed=0)
    inner.seen.clear()
    run.train(3, progress=False)
    assert len(inner.seen) == 6  # real and fake in one pass, then the generator's
    assert all(0.35 < share < 0.65 for share in inner.seen)
    inner.seen.clear()
    game.score(data)
    assert inner.seen == [0.0]


def game_of(policy=("flips", "translation"), objective=None, n_classes=None):
    generator = image_generator(width=4, n_classes=n_classes, seed=0)
    discriminator = image_discriminator(width=4, n_classes=n_classes, seed=0)
    return Game(generator, augmented(discriminator, policy), objective or NonSaturating())


def test_in_evaluation_mode_nothing_is_changed():
    plain = image_discriminator(width=4, seed=0)
    discriminator = augmented(plain, list(POLICIES))
    assert not torch.equal(discriminator(IMAGES), plain(IMAGES))
    discriminator.eval()
    assert torch.equal(discriminator(IMAGES), plain(IMAGES))


def test_the_games_seed_decides_the_changes_and_nobody_elses_randomness_moves():
    weights = []
    for outside, seed in ((1, 7), (2, 7), (1, 8)):
        torch.manual_seed(outside)
        game = game_of()
        before = torch.get_rng_state()
        train(game, IMAGES, 3, batch_size=16, seed=seed, progress=False)
        assert torch.equal(torch.get_rng_state(), before)
        weights.append(torch.cat([values.flatten() for values in game.generator.parameters()]))
    assert torch.equal(weights[0], weights[1])
    assert not torch.equal(weights[0], weights[2])


def test_a_run_that_went_on_in_pieces_is_the_same_run():
    whole, pieces = (Run(game_of(), IMAGES, batch_size=16, seed=3) for _ in range(2))
    whole.train(4, progress=False)
    pieces.train(2, progress=False)
    place = copy.deepcopy(pieces.state_dict())
    for _ in range(2):
        pieces.load_state_dict(place)
        pieces.train(2, progress=False)
        for ours, theirs in zip(
            whole.game.generator.parameters(), pieces.game.generator.parameters(), strict=True
        ):
            assert torch.equal(ours, theirs)


def test_conditional_discriminators_keep_their_labels():
    discriminator = augmented(image_discriminator(width=4, n_classes=3, seed=0), ["flips"]).eval()
    assert discriminator.n_classes == 3
    first, second = (discriminator(IMAGES, torch.full((64,), label)) for label in (0, 2))
    assert first.shape == (64,)
    assert not torch.allclose(first, second)
    labels = torch.arange(64) % 3
    history = train(game_of(n_classes=3), (IMAGES, labels), 2, batch_size=16, progress=False)
    assert len(history) == 2


def test_packs_of_changed_images_keep_their_scores_and_their_penalty():
    inner = packed(image_discriminator(width=4, channels=2, seed=0), 2)
    discriminator = augmented(inner, ["flips"])
    scores = discriminator(IMAGES)
    assert torch.equal(scores[0::2], scores[1::2])
    rng = [torch.Generator().manual_seed(0) for _ in range(2)]
    discriminator.eval()
    penalties = [
        GradientPenalty().penalty(player, IMAGES, -IMAGES, each)
        for player, each in zip((discriminator, inner), rng, strict=True)
    ]
    torch.testing.assert_close(*penalties)


@pytest.mark.parametrize(
    "objective", [Wasserstein(GradientPenalty(1)), NonSaturating(constraint=SpectralNorm())]
)
def test_constraints_reach_the_network_inside(objective):
    history = train(game_of(objective=objective), IMAGES, 2, batch_size=16, progress=False)
    assert len(history) == 2


def test_a_flip_leaves_the_penalty_as_it_is():
    """|gradient| of D(T(x)) in x is that of D where x was flipped to: here of a critic alike both ways."""

    class Even(nn.Module):
        def forward(self, samples):
            return 3 * samples.flatten(1).sum(1)

    rng = torch.Generator().manual_seed(0)
    penalty = GradientPenalty(10).penalty(
        augmented(Even(), ["flips"]), IMAGES[:, :, :2, :2], IMAGES[:, :, :2, :2], rng
    )
    assert penalty.item() == pytest.approx(10 * (6 - 1) ** 2, rel=1e-5)  # slope 3 in four pixels: 6


# What is refused


def test_an_ensemble_says_that_it_cannot_play_it():
    def make_game(seed):
        discriminator = augmented(image_discriminator(width=4, seed=seed), ["flips"])
        return Game(image_generator(width=4, seed=seed), discriminator, NonSaturating())

    sentence = r"cannot play AugmentedDiscriminator: it draws its own random numbers.*with train\(\)"
    with pytest.raises(ValueError, match=sentence):
        train_ensemble(make_game, IMAGES, 1, range(2), batch_size=8, progress=False)


@pytest.mark.parametrize(
    ("policy", "sentence"),
    [
        (["flip"], r"there is no policy 'flip'; there are 'flips', 'translation'"),
        ("flips", r"policy must be a list of names out of 'flips', .*; got 'flips'"),
        ([], r"policy is empty; give one or more of 'flips'"),
        (None, r"policy must be a list of names"),
        (["flips", "flips"], r"'flips' is given twice"),
        ([["flips"]], r"there is no policy \['flips'\]"),
    ],
)
def test_a_policy_that_does_not_exist_is_refused(policy, sentence):
    with pytest.raises(ValueError, match=sentence):
        augmented(image_discriminator(width=4), policy)


@pytest.mark.parametrize(
    ("samples", "sentence"),
    [
        (torch.zeros(4, 2), r"shape \(n, channels, height, width\); got \(4, 2\), torch.float32"),
        (torch.zeros(4, 32, 32), r"got \(4, 32, 32\)"),
        (torch.zeros(4, 1, 32, 32, dtype=torch.uint8), r"got \(4, 1, 32, 32\), torch.uint8"),
        (IMAGES.numpy(), "got ndarray"),
        (IMAGES + 1, r"images scaled to \[-1, 1\]; got values from 0\.1 to 1\.9"),
        (-2 * IMAGES, r"got values from -1\.8 to 1\.8"),
        (255 * IMAGES, r"got values from -2\d\d.* to 2\d\d"),
    ],
)
def test_what_is_no_scaled_image_is_refused(samples, sentence):
    with pytest.raises(ValueError, match=sentence):
        augmented(image_discriminator(width=4), ["flips"])(samples)


def test_noise_may_lie_a_little_beyond():
    assert augmented(image_discriminator(width=4), ["flips"])(1.3 * IMAGES).shape == (64,)


def test_a_game_of_points_is_refused_before_it_starts():
    with pytest.raises(ValueError, match=r"does not accept samples of shape \(1, 32, 32\)|takes images"):
        Game(image_generator(width=4), augmented(mlp_discriminator(), ["flips"]), NonSaturating()).check_fit(
            IMAGES
        )
    with pytest.raises(ValueError, match=r"augmented takes a discriminator, a torch.nn.Module; got 'flips'"):
        augmented("flips", ["flips"])


def test_a_generator_that_went_bad_is_named_by_its_loss():
    """NaN is no image out of range: the game says at which step, and goes back."""
    scores = augmented(image_discriminator(width=4), ["translation"])(torch.full((2, 1, 32, 32), torch.nan))
    assert scores.isnan().all()
