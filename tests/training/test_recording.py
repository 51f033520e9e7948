"""A recording goes to any step, branches without a seam, and comes back from a file as it was."""

import itertools
import math

import pandas as pd
import pytest
import torch
from conditional_pair import conditional_data, conditional_game
from torch import nn

from ganlab.data import ring
from ganlab.models import augmented, image_discriminator, image_generator, mlp_discriminator, mlp_generator
from ganlab.objectives import (
    GradientPenalty,
    Hinge,
    Minimax,
    NonSaturating,
    SpectralNorm,
    Wasserstein,
    WeightClipping,
)
from ganlab.seeding import isolated_randomness
from ganlab.training import (
    AdaptiveAugmentation,
    Game,
    History,
    NonFiniteLoss,
    RateDecay,
    Recording,
    compare,
    record,
    train,
)

TABLE = torch.randn(70, 2, generator=torch.Generator().manual_seed(0))
FIELDS = ("discriminator_loss", "generator_loss", "real_score", "fake_score", "accuracy")


def small_game(objective=None, width=8, **settings):
    networks = mlp_generator(width=width, seed=0), mlp_discriminator(width=width, seed=1)
    return Game(*networks, objective or NonSaturating(), **{"learning_rate": 0.01, **settings})


def small_recording(game=None, data=TABLE, steps=12, every=5, **settings):
    settings = {"batch_size": 16, "seed": 3, "n_samples": 6, "progress": False, **settings}
    return record(game or small_game(), data, steps, every, **settings)


def weights(*games):
    players = [player for game in games for player in (game.generator, game.discriminator)]
    return torch.cat([v.detach().flatten() for p in players for v in p.state_dict().values()])


def numbers(history):
    return [tuple(repr(getattr(r, field)) for field in FIELDS) for r in history]


# The recording


def test_recording_changes_nothing_in_the_run():
    recorded, plain = small_game(), small_game()
    recording = small_recording(recorded)
    history = train(plain, TABLE, 12, batch_size=16, seed=3, progress=False)
    assert numbers(recording.history) == numbers(history)
    assert torch.equal(weights(recorded), weights(plain))
    assert recording.steps == [0, 5, 10, 12]
    assert repr(recording) == "Recording of steps 0 to 12: 4 snapshots of 6 samples"


def test_samples_are_of_the_same_latent_points_at_every_snapshot():
    recording = small_recording()
    assert recording.samples.shape == (4, 6, 2)
    for step, samples in zip(recording.steps, recording.samples, strict=True):
        assert torch.equal(samples, recording.at(step).sample(6, seed=0))


@pytest.mark.parametrize("data", [TABLE, ring()], ids=["table", "distribution"])
@pytest.mark.parametrize("step", [0, 3, 5, 9, 12])
def test_any_step_is_the_game_as_it_was(step, data):
    recording, game = small_recording(data=data), small_game()
    if step:
        train(game, data, step, batch_size=16, seed=3, progress=False)
    there = recording.at(step)
    assert torch.equal(weights(there), weights(game))
    # Looking changed nothing.
    assert numbers(recording.history) == numbers(small_recording(data=data).history)
    # Whole, with its optimizers: it can be trained on like the other one.
    for each in (there, game):
        train(each, data, 2, batch_size=16, seed=8, progress=False)
    assert torch.equal(weights(there), weights(game))


def test_steps_between_snapshots_are_exact_for_networks_with_dropout_too():
    """Dropout draws from torch's global randomness, so each snapshot must know where that stood."""
    with isolated_randomness(0):
        g = nn.Sequential(nn.Linear(2, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(0.5), nn.Linear(8, 2))
    g.latent_dim = 2
    game = Game(g, mlp_discriminator(width=8, seed=1), NonSaturating())
    seen = []
    recording = small_recording(game, callbacks=[lambda game, latest: seen.append(weights(game))])
    for step in (3, 7, 12):
        assert torch.equal(weights(recording._run_at(step).game), seen[step - 1])


def test_what_at_gives_is_a_copy():
    recording = small_recording()
    before = weights(recording.at(5))
    train(recording.at(5), TABLE, 3, batch_size=16, seed=0, progress=False)
    assert torch.equal(weights(recording.at(5)), before)


@pytest.mark.parametrize("step", [-1, 13, 2.5, "5", None])
def test_a_step_that_is_not_on_it_is_refused(step):
    with pytest.raises(ValueError, match=r"step must be a whole number from 0 to 12; got"):
        small_recording().at(step)


def test_ctrl_c_keeps_what_was_recorded():
    def stop(game, latest):
        if latest.step == 7:
            raise KeyboardInterrupt

    recording = small_recording(steps=100, callbacks=[stop])
    assert (recording.steps, len(recording.history)) == ([0, 5, 7], 7)
    assert recording.history.stopped_by == "keyboard"


def test_a_run_that_blows_up_leaves_its_recording():
    class Poisoned(NonSaturating):
        evaluations = 0

        def generator_loss(self, fake_scores):
            Poisoned.evaluations += 1
            return super().generator_loss(fake_scores) * (math.nan if Poisoned.evaluations > 8 else 1.0)

    with pytest.raises(NonFiniteLoss) as e:
        small_recording(small_game(Poisoned()))
    recording = e.value.recording
    assert recording.history.step.tolist() == list(range(1, 9))
    assert recording.steps == [0, 5]
    assert torch.isfinite(weights(recording.at(5))).all()


# Branches


@pytest.mark.parametrize("data", [TABLE, ring()], ids=["table", "distribution"])
@pytest.mark.parametrize("step", [0, 4, 5, 11])
def test_a_branch_that_changes_nothing_repeats_the_recording(step, data):
    recording = small_recording(data=data, gradient_norms=True)
    branch = recording.branch(step)
    assert numbers(branch.history) == numbers(recording.history)
    assert branch.history.generator_gradient.tolist() == recording.history.generator_gradient.tolist()
    assert torch.equal(weights(branch.at(12)), weights(recording.at(12)))
    assert branch.steps[0] == step


class Spy(torch.nn.Module):
    """A discriminator that remembers every batch of samples."""

    def __init__(self):
        super().__init__()
        self.network, self.seen = mlp_discriminator(width=8, seed=1), []

    def forward(self, samples):
        self.seen.append(samples.detach().clone())
        return self.network(samples)


@pytest.mark.parametrize(
    "objective",
    [Minimax(), Wasserstein(WeightClipping(0.05)), Wasserstein(GradientPenalty(2.0)), Hinge()],
    ids=repr,
)
def test_a_branch_sees_the_same_data_in_the_same_order(objective):
    spy = Spy()
    recording = small_recording(Game(mlp_generator(width=8, seed=0), spy, NonSaturating()))
    branch = recording.branch(7, objective=objective)
    torch.testing.assert_close(weights(branch.at(7))[:40], weights(recording.at(7))[:40], rtol=0, atol=0)
    reals = []
    for each in (recording, branch):
        watched = each._run_at(7)
        watched.game.discriminator.seen.clear()
        watched.train(5, progress=False)
        seen = watched.game.discriminator.seen
        per_step = len(seen) // 5  # a gradient penalty looks once more
        reals.append(torch.stack(seen[::per_step]))
    assert torch.equal(*reals)


def test_gradient_penalty_from_step_800():
    """In small: up to the branch the curves are one, from its first step on they part."""
    recording = small_recording(small_game(Wasserstein(WeightClipping(0.05))))
    branch = recording.branch(8, objective=Wasserstein(GradientPenalty(1.0)), steps=6)
    frame = compare({"clipping": recording, "penalty from 8": branch}, "discriminator_loss")
    assert frame.index.tolist() == list(range(1, 15))
    assert frame.index.name == "step"
    assert (frame["clipping"] == frame["penalty from 8"])[:8].all()
    assert not (frame["clipping"] == frame["penalty from 8"])[8:].any()
    assert frame["clipping"].isna().tolist() == [False] * 12 + [True] * 2
    assert branch.history[-1].step == 14


def test_a_learning_rate_can_change_at_a_branch():
    recording = small_recording()
    branch = recording.branch(10, learning_rate=1e-12, discriminator_learning_rate=0.02)
    generators = [weights(each.at(12))[:40] for each in (recording, branch)]
    start = weights(recording.at(10))[:40]
    assert not torch.allclose(generators[0], start, rtol=0, atol=1e-6)
    torch.testing.assert_close(generators[1], start, rtol=0, atol=1e-9)
    rates = [g.discriminator_optimizer.param_groups[0]["lr"] for g in (recording.at(12), branch.at(12))]
    assert rates == [0.01, 0.02]


def test_spectral_norm_can_begin_at_a_branch_and_not_end_at_one():
    branch = small_recording().branch(6, objective=Hinge(constraint=SpectralNorm()))
    first_layer = branch.at(12).discriminator[0].weight.detach()
    assert torch.linalg.matrix_norm(first_layer, 2).item() == pytest.approx(1.0, abs=1e-4)
    with pytest.raises(ValueError, match="SpectralNorm rebuilt the discriminator, which cannot be turned"):
        branch.branch(9, objective=Minimax())


def test_a_branch_into_spectral_norm_comes_back_from_its_file(tmp_path):
    """The optimizer's memory goes by the order of the weights, which spectral norm changes."""
    objective = Hinge(constraint=SpectralNorm())
    branch = small_recording().branch(6, objective=objective)
    branch.save(tmp_path / "branch.pt")
    again = Recording.load(tmp_path / "branch.pt", small_game(objective), TABLE)
    assert torch.equal(weights(again.at(9)), weights(branch.at(9)))
    assert numbers(again.branch(10).history) == numbers(branch.history)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"batch_size": 3}, "cannot change batch_size; it can change objective"),
        ({"objective": "wgan"}, "objective must have a method"),
        ({"learning_rate": 0}, "^learning_rate must be a finite number above 0"),
        ({"discriminator_learning_rate": "x"}, "^discriminator_learning_rate must be a number above 0"),
        ({"discriminator_steps": 0}, "^discriminator_steps must be a whole number"),
        ({"steps": 0}, "^steps must be a whole number"),
        ({"step": 12}, "step 12 is the last of the recording"),
    ],
)
def test_a_branch_that_cannot_be_is_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        small_recording().branch(**{"step": 5, **changes})


def test_compare_takes_histories_and_refuses_unknown_numbers():
    recording = small_recording()
    frame = compare({"a": recording.history, "b": History(recording.history[:3])}, "accuracy")
    assert isinstance(frame, pd.DataFrame)
    assert frame["b"].notna().sum() == 3
    with pytest.raises(ValueError, match=r"'a' has no 'generator_gradient'; its records hold step, "):
        compare({"a": recording}, "generator_gradient")


def test_where_rates_were_changed_snapshots_are_exact_and_no_step_is_played_again(tmp_path):
    """A step played again has no callbacks, so it would be played with other rates."""
    game, seen = small_game(discriminator_learning_rate=0.02), []
    callbacks = [RateDecay(game, 12), lambda game, latest: seen.append(weights(game))]
    recording = small_recording(game, callbacks=callbacks)
    recording.save(tmp_path / "recording.pt")
    for each in (recording, Recording.load(tmp_path / "recording.pt", small_game(), TABLE)):
        assert torch.equal(weights(each.at(10)), seen[9])
        assert not each.can_branch
        for again in (each.at, each.branch):
            with pytest.raises(ValueError, match=r"changed the learning rates .* from 0\.01, 0\.02 to 0\.00"):
                again(7)
    assert torch.equal(weights(recording.lightened().at(0)), weights(recording.at(0)).half().float())


def test_where_augmentation_was_adapted_no_step_is_played_again():
    discriminator = augmented(image_discriminator(width=4, seed=1), ["flips"], probability=0.5)
    game = Game(image_generator(width=4, seed=0), discriminator, NonSaturating())
    images = torch.rand(8, 1, 32, 32, generator=torch.Generator().manual_seed(0)) * 2 - 1
    callbacks = [AdaptiveAugmentation(game, steps=40)]
    recording = small_recording(game, images, 8, every=4, batch_size=4, callbacks=callbacks)
    assert recording.at(8).discriminator.probability != 0.5
    with pytest.raises(ValueError, match=r"or how probable an augmentation is, .* 0\.5 to .*, 0\.[46], and"):
        recording.branch(4)


# Files


@pytest.fixture(scope="module")
def whole():
    return small_recording()


def test_a_recording_comes_back_from_its_file_with_every_digit(whole, tmp_path):
    whole.save(tmp_path / "recording.pt")
    again = Recording.load(tmp_path / "recording.pt", small_game(), TABLE)
    assert (again.steps, again.every) == (whole.steps, whole.every)
    assert list(again.history) == list(whole.history)
    assert torch.equal(again.samples, whole.samples)
    for step in (0, 4, 12):
        assert torch.equal(weights(again.at(step)), weights(whole.at(step)))
    changed = {"objective": Minimax(), "learning_rate": 0.02}
    assert numbers(again.branch(4, **changed).history) == numbers(whole.branch(4, **changed).history)


def test_without_game_and_data_it_plays_and_trains_nothing(whole, tmp_path):
    whole.save(tmp_path / "recording.pt")
    recording = Recording.load(tmp_path / "recording.pt")
    assert torch.equal(recording.samples, whole.samples)
    assert recording.history.step.tolist() == list(range(1, 13))
    with pytest.raises(ValueError, match="loaded without a game"):
        recording.at(5)
    with pytest.raises(ValueError, match="only a whole recording can branch"):
        recording.branch(5)
    with pytest.raises(ValueError, match="loaded without a game; copy its file"):
        recording.save(tmp_path / "again.pt")

    recording = Recording.load(tmp_path / "recording.pt", small_game())
    assert torch.equal(weights(recording.at(5)), weights(whole.at(5)))
    with pytest.raises(ValueError, match=r"step 7 lies between snapshots.*nearest snapshots: 5 and 10"):
        recording.at(7)


def test_a_light_recording_is_small_and_says_what_it_cannot(tmp_path):
    whole = small_recording(small_game(width=64), steps=40, every=2, n_samples=64)
    light = whole.lightened()
    whole.save(tmp_path / "whole.pt")
    light.save(tmp_path / "light.pt")
    sizes = [(tmp_path / name).stat().st_size for name in ("whole.pt", "light.pt")]
    assert sizes[1] < sizes[0] / 4
    again = Recording.load(tmp_path / "light.pt", small_game(width=64))
    assert list(again.history) == list(whole.history)
    torch.testing.assert_close(again.samples, whole.samples, rtol=2**-11, atol=1e-7)
    torch.testing.assert_close(weights(again.at(20)), weights(whole.at(20)), rtol=2**-11, atol=1e-7)
    assert again.at(20).generator[0].weight.dtype == torch.float32
    for recording in (light, again):
        with pytest.raises(ValueError, match="only a whole recording can branch"):
            recording.branch(20)
    assert whole.can_branch  # the original is as it was


def test_a_number_too_large_for_half_precision_survives():
    game = small_game()
    with torch.no_grad():
        game.generator[0].bias[0] = 1e6
    light = small_recording(game, steps=1, every=1).lightened()
    assert light.at(0).generator[0].bias[0] == 1e6


def test_conditional_recordings_keep_no_patients(tmp_path):
    data = conditional_data()
    recording = small_recording(conditional_game(), data)
    recording.save(tmp_path / "recording.pt")
    again = Recording.load(tmp_path / "recording.pt", conditional_game(), data)
    assert torch.equal(weights(again.at(7)), weights(recording.at(7)))
    file = (tmp_path / "recording.pt").read_bytes()
    assert all(row.numpy().tobytes() not in file for row in data[0])


@pytest.mark.parametrize(
    ("game", "data", "message"),
    [
        (lambda: small_game(width=9), None, r"another generator: it has 0\.weight of shape \(8, 2\)"),
        (lambda: small_game(Minimax()), None, r"its objective is NonSaturating\(\), the game's is Minimax"),
        (small_game, TABLE + 1, "data are not those of the recording"),
        (lambda: None, TABLE, "only together with the game"),
    ],
)
def test_a_recording_of_something_else_is_refused(whole, game, data, message, tmp_path):
    whole.save(tmp_path / "recording.pt")
    with pytest.raises(ValueError, match=message):
        Recording.load(tmp_path / "recording.pt", game(), data)


def test_a_recording_of_a_discriminator_of_another_policy_is_refused(tmp_path):
    """No weight shows the policy, and steps played again would go another way."""

    def game(*policy):
        players = image_generator(width=4), augmented(image_discriminator(width=4), policy)
        return Game(*players, NonSaturating())

    images = torch.rand(16, 1, 32, 32, generator=torch.Generator().manual_seed(0)) - 0.5
    small_recording(game("flips"), images, steps=2, every=2, batch_size=4).save(tmp_path / "recording.pt")
    assert Recording.load(tmp_path / "recording.pt", game("flips"), images).can_branch
    sentence = r"another discriminator: it has .*policy=\('flips',\), the game's has .*policy=\('cutout',\)\."
    with pytest.raises(ValueError, match=sentence):
        Recording.load(tmp_path / "recording.pt", game("cutout"), images)


def test_a_recording_cut_short_is_refused(whole, tmp_path):
    whole.save(tmp_path / "recording.pt")
    content = (tmp_path / "recording.pt").read_bytes()
    (tmp_path / "recording.pt").write_bytes(content[: len(content) // 2])
    with pytest.raises(ValueError, match="cannot be read as a ganlab recording"):
        Recording.load(tmp_path / "recording.pt")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"steps": 0}, "^steps must be a whole number"),
        ({"every": 0}, "^every must be a whole number"),
        ({"n_samples": 0}, "^n_samples must be a whole number"),
        ({"batch_size": 100}, "batch_size is 100 but data has only 70 samples"),
    ],
)
def test_bad_settings_are_refused_before_the_first_step(settings, message):
    game = small_game()
    before = weights(game)
    with pytest.raises(ValueError, match=message):
        small_recording(game, **settings)
    assert torch.equal(weights(game), before)


def test_snapshots_are_fifty_by_default():
    assert len(record(small_game(), TABLE, 100, batch_size=16, seed=0, progress=False).steps) == 51
    assert list(itertools.islice(record(small_game(), TABLE, 3, batch_size=16).steps, 9)) == [0, 1, 2, 3]
