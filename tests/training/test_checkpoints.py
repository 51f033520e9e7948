"""A saved run goes on as if it had never stopped; a file not whole, or not of this game, is refused."""

import os
import pickle

import pytest
import torch
from conditional_pair import conditional_data, conditional_game
from torch import nn

from ganlab.data import gaussian_1d, ring
from ganlab.models import mlp_discriminator, mlp_generator
from ganlab.objectives import (
    GradientPenalty,
    Hinge,
    Minimax,
    NonSaturating,
    SpectralNorm,
    Wasserstein,
    WeightClipping,
)
from ganlab.training import Game, Run, load_checkpoint, save_checkpoint, train

TABLE = torch.randn(70, 2, generator=torch.Generator().manual_seed(0))
OBJECTIVES = {
    "minimax": Minimax,
    "non-saturating": NonSaturating,
    "clipping": lambda: Wasserstein(WeightClipping(0.05)),
    "gradient penalty": lambda: Wasserstein(GradientPenalty(1.0)),
    "spectral norm": lambda: Hinge(constraint=SpectralNorm()),
    "power iteration": lambda: Hinge(constraint=SpectralNorm(power_iterations=1)),
}


def plain_game(objective=None, width=8, **settings):
    networks = mlp_generator(width=width, seed=0), mlp_discriminator(width=width, seed=1)
    return Game(*networks, objective or NonSaturating(), learning_rate=0.01, **settings)


class Dropping(nn.Sequential):
    """A student's own networks: they draw from torch's global randomness and keep batch statistics."""

    latent_dim = 2


def dropout_game():
    torch.manual_seed(0)
    g = Dropping(nn.Linear(2, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(0.3), nn.Linear(8, 2))
    d = Dropping(nn.Linear(2, 8), nn.LeakyReLU(), nn.Dropout(0.3), nn.Linear(8, 1), nn.Flatten(0))
    return Game(g, d, NonSaturating())


def state_of(game):
    players = (game.generator, game.discriminator)
    return torch.cat([v.detach().flatten().double() for p in players for v in p.state_dict().values()])


def without_seconds(history):
    return [repr(record[:6] + record[7:]) for record in history]  # repr: every digit, and NaN equals NaN


def assert_the_pause_leaves_no_trace(make_game, data, path, seed=3, total=14, pause=5):
    whole, paused = make_game(), make_game()
    uninterrupted = train(whole, data, total, batch_size=16, seed=seed, progress=False)
    run = Run(paused, data, batch_size=16, seed=seed)
    run.train(pause, progress=False)
    save_checkpoint(run, path)
    run.train(3, progress=False)  # what happens after the save must not reach the file

    torch.manual_seed(99)
    resumed = load_checkpoint(path, make_game(), data)
    assert resumed.step == pause
    resumed.train(total - pause, progress=False)
    assert without_seconds(resumed.history) == without_seconds(uninterrupted)
    assert torch.equal(state_of(resumed.game), state_of(whole))
    seconds = resumed.history.seconds
    assert (seconds[1:] > seconds[:-1]).all()  # time goes on too


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("data", [ring(), TABLE], ids=["distribution", "table"])
def test_a_resumed_run_equals_an_uninterrupted_one_bit_for_bit(objective, data, tmp_path):
    def make_game():
        return plain_game(OBJECTIVES[objective](), discriminator_steps=2)

    assert_the_pause_leaves_no_trace(make_game, data, tmp_path / "run.pt")


@pytest.mark.parametrize("pause", [1, 4, 8, 13])
def test_wherever_in_a_pass_it_stopped(pause, tmp_path):
    """70 rows in batches of 16 make passes of 4 steps: within one, at its end, and in a later one."""
    assert_the_pause_leaves_no_trace(plain_game, TABLE, tmp_path / "run.pt", pause=pause)


def test_wherever_in_a_block_of_a_distribution_it_stopped(tmp_path):
    for pause in (49, 50, 51):
        assert_the_pause_leaves_no_trace(plain_game, ring(), tmp_path / "run.pt", total=55, pause=pause)


@pytest.mark.parametrize("objective", [NonSaturating(), Wasserstein(GradientPenalty(1.0))], ids=repr)
def test_a_conditional_run_resumes(objective, tmp_path):
    assert_the_pause_leaves_no_trace(
        lambda: conditional_game(objective), conditional_data(), tmp_path / "run.pt"
    )


def test_dropout_and_batch_statistics_resume(tmp_path):
    assert_the_pause_leaves_no_trace(dropout_game, ring(), tmp_path / "run.pt")


def test_gradient_norms_and_an_average_are_saved_along(tmp_path):
    class Average:
        def __init__(self):
            self.total = torch.zeros(())

        def add(self, game, record):
            self.total += record.generator_loss

        def state_dict(self):
            return {"total": self.total.clone()}

        def load_state_dict(self, state):
            self.total = state["total"]

    average, again = Average(), Average()
    run = Run(plain_game(), ring(), batch_size=16, seed=0)
    run.train(3, callbacks=[average.add], gradient_norms=True, progress=False)
    save_checkpoint(run, tmp_path / "run.pt", also={"average": average})
    resumed = load_checkpoint(tmp_path / "run.pt", plain_game(), ring(), also={"average": again})
    assert torch.equal(again.total, average.total)
    assert list(resumed.history) == list(run.history)
    assert resumed.history.generator_gradient.shape == (3,)
    with pytest.raises(ValueError, match=r"saved with also = \['average'\], .*loaded with also = \[\]"):
        load_checkpoint(tmp_path / "run.pt", plain_game(), ring())


def test_a_run_saved_before_its_first_step_is_a_fresh_run(tmp_path):
    save_checkpoint(Run(plain_game(), TABLE, batch_size=16, seed=3), tmp_path / "run.pt")
    resumed = load_checkpoint(tmp_path / "run.pt", plain_game(), TABLE)
    whole = train(plain_game(), TABLE, 6, batch_size=16, seed=3, progress=False)
    assert without_seconds(resumed.train(6, progress=False)) == without_seconds(whole)


# Refusals


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    path = tmp_path_factory.mktemp("checkpoint") / "run.pt"
    run = Run(plain_game(), TABLE, batch_size=16, seed=0)
    run.train(3, progress=False)
    save_checkpoint(run, path)
    return path


def tanh_game():
    game = plain_game()
    g = mlp_generator(width=8, seed=0)
    g[1] = nn.Tanh()
    return Game(g, game.discriminator, NonSaturating())


@pytest.mark.parametrize(
    ("make_game", "data", "message"),
    [
        (
            lambda: plain_game(width=16),
            TABLE,
            r"of another generator: it has 0\.weight of shape \(8, 2\), the game's has 0\.weight of shape "
            r"\(16, 2\)",
        ),
        (
            lambda: Game(mlp_generator(width=8), mlp_discriminator(width=8, depth=3), NonSaturating()),
            TABLE,
            r"of another discriminator: it has 4\.weight of shape \(1, 8\), the game's has .*\(8, 8\)",
        ),
        (tanh_game, TABLE, "of another generator: its modules are .*ReLU.*; the game's are .*Tanh"),
        (
            lambda: plain_game(Minimax()),
            TABLE,
            r"its objective is NonSaturating\(\), the game's is Minimax\(\)",
        ),
        (
            lambda: plain_game(Hinge(constraint=SpectralNorm())),
            TABLE,
            r"its objective is NonSaturating\(\), the game's is Hinge\(constraint=SpectralNorm\(\)\)",
        ),
        (lambda: plain_game(discriminator_steps=2), TABLE, "its discriminator_steps is 1, the game's is 2"),
        (plain_game, TABLE + 1, "data are not those of the checkpoint"),
        (plain_game, TABLE.flip(0), "data are not those of the checkpoint"),
        (plain_game, ring(), "data are not those of the checkpoint"),
        (plain_game, gaussian_1d(), r"generator makes samples of shape \(2,\)"),
    ],
)
def test_another_game_or_other_data_are_refused_and_both_sides_named(saved, make_game, data, message):
    game = make_game()
    before = state_of(game)
    with pytest.raises(ValueError, match=message):
        load_checkpoint(saved, game, data)
    assert torch.equal(state_of(game), before)


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.999])
def test_a_file_that_was_cut_short_is_refused(saved, tmp_path, share):
    content = saved.read_bytes()
    short = tmp_path / "short.pt"
    short.write_bytes(content[: int(share * len(content))])
    with pytest.raises(ValueError, match=r"short\.pt cannot be read as a ganlab checkpoint.* cut short"):
        load_checkpoint(short, plain_game(), TABLE)


def test_a_flipped_bit_is_refused(saved, tmp_path):
    """torch.load alone would make a slightly different game of it."""
    content = bytearray(saved.read_bytes())
    weights = plain_game()
    load_checkpoint(saved, weights, TABLE)
    needle = weights.generator[0].weight.detach().numpy().tobytes()
    place = content.find(needle)
    assert place > 0
    content[place + 5] ^= 0x10
    (tmp_path / "flipped.pt").write_bytes(content)
    with pytest.raises(ValueError, match=r"flipped\.pt cannot be read"):
        load_checkpoint(tmp_path / "flipped.pt", plain_game(), TABLE)


def test_a_file_that_would_run_code_is_refused_without_running_it(tmp_path):
    class Bomb:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "it ran"),)

    for name, write in (("pickle.pt", pickle.dump), ("torch.pt", torch.save)):
        with open(tmp_path / name, "wb") as file:
            write({"kind": Bomb()}, file)
        with pytest.raises(ValueError, match="cannot be read as a ganlab checkpoint"):
            load_checkpoint(tmp_path / name, plain_game(), TABLE)
    assert not (tmp_path / "it ran").exists()


def test_other_files_are_refused_by_what_they_hold(tmp_path):
    torch.save({"kind": "shopping list"}, tmp_path / "other.pt")
    with pytest.raises(ValueError, match=r"is not a ganlab checkpoint.*; it holds 'shopping list'"):
        load_checkpoint(tmp_path / "other.pt", plain_game(), TABLE)
    torch.save(torch.zeros(3), tmp_path / "tensor.pt")
    with pytest.raises(ValueError, match="it holds 'Tensor'"):
        load_checkpoint(tmp_path / "tensor.pt", plain_game(), TABLE)
    with pytest.raises(FileNotFoundError):
        load_checkpoint(tmp_path / "nowhere.pt", plain_game(), TABLE)


def test_a_save_that_fails_leaves_the_old_file_and_no_rest(saved, tmp_path, monkeypatch):
    path = tmp_path / "run.pt"
    path.write_bytes(b"the old one")

    def full(content, file):
        file.write(b"half of")
        raise OSError("no space left on device")

    monkeypatch.setattr(torch, "save", full)
    with pytest.raises(OSError, match="no space left"):
        save_checkpoint(Run(plain_game(), TABLE, batch_size=16, seed=0), path)
    assert path.read_bytes() == b"the old one"
    assert os.listdir(tmp_path) == ["run.pt"]
    with pytest.raises(FileNotFoundError, match="there is no folder"):
        save_checkpoint(Run(plain_game(), TABLE, batch_size=16, seed=0), tmp_path / "no" / "run.pt")
