"""How fast games are played beside the conventional loop. Ratios are printed; results must agree.

`make bench` runs what is timed. No ratio is asserted but against gross loss: others may be using the machine.
"""

import itertools
from statistics import median

import conventional
import pytest
import torch
from side_by_side import Stopwatch, faster_number_of_threads

from ganlab.data import ring
from ganlab.models import (
    image_discriminator,
    image_generator,
    mlp_discriminator,
    mlp_generator,
    texture_discriminator,
    texture_generator,
)
from ganlab.objectives import NonSaturating, R1Penalty
from ganlab.training import Game, play, train
from ganlab.training.ensemble.members import Members
from ganlab.training.train import Run


def point_game(seed, width):
    networks = mlp_generator(width=width, seed=seed), mlp_discriminator(width=width, seed=seed + 1000)
    return Game(*networks, NonSaturating())


def image_game(seed, width=16):
    networks = image_generator(width=width, seed=seed), image_discriminator(width=width, seed=seed + 1000)
    return Game(*networks, NonSaturating())


def played(game, data, batch_size):
    """Steps of `train`, without end."""
    run = Run(game, data, batch_size=batch_size, seed=0)
    return play(run.game, run.batches, run.rng, run.penalty_rng)


def conventionally(game, data, batch_size, **settings):
    for player in (game.generator, game.discriminator):  # torch's defaults: layout and activations
        player.to(memory_format=torch.contiguous_format)
        for layer in player.modules():
            if isinstance(layer, (torch.nn.ReLU, torch.nn.LeakyReLU)):
                layer.inplace = False
    return conventional.steps(
        game.generator,
        conventional.Probability(game.discriminator),
        data,
        batch_size=batch_size,
        latent_dim=game.generator.latent_dim,
        **settings,
    )


@pytest.mark.parametrize(
    "game", [lambda: point_game(0, 16), lambda: image_game(0, 4)], ids=["points", "images"]
)
def test_the_conventional_loop_plays_the_same_game(game):
    data = torch.rand(8, *((2,) if game().generator.latent_dim == 2 else (1, 32, 32)))
    ours = play(game(), itertools.repeat(data), torch.Generator().manual_seed(3))
    rng = torch.Generator().manual_seed(3)
    theirs = conventionally(game(), data, 8, noise=lambda n, dim: torch.randn(n, dim, generator=rng))
    for record, (loss_d, loss_g) in itertools.islice(zip(ours, theirs, strict=False), 5):
        assert record.discriminator_loss == pytest.approx(loss_d, abs=2e-3)
        assert record.generator_loss == pytest.approx(loss_g, abs=2e-3)


def conventional_at_its_best(make_game, data, batch_size):
    """A contestant: the conventional loop with whichever of 1 and 2 threads it runs faster."""

    def steps():
        return conventionally(make_game(), data, batch_size)

    return steps(), faster_number_of_threads(steps)


@pytest.mark.bench
def test_one_game_of_points(keep_ratio):
    data = ring().sample((20_000,))
    conventional_one = conventional_at_its_best(lambda: point_game(0, 128), data, 256)
    watch = Stopwatch(
        {"conventional": conventional_one, "train": (played(point_game(0, 128), data, 256), 1)}, items=40
    )
    ratios = watch.ratios("conventional", "train")
    keep_ratio("one game of points, batch 256, width 128: conventional loop / train", ratios)
    assert median(ratios) > 0.9


@pytest.mark.bench
def test_32_games_of_points(keep_ratio):
    """Against 32 conventional runs, and against the matrix products alone."""
    data, seeds = ring().sample((20_000,)), range(32)
    members = Members({seed: Run(point_game(seed, 64), data, batch_size=128, seed=seed) for seed in seeds})
    conventional_one = conventional_at_its_best(lambda: point_game(0, 64), data, 128)
    watch = Stopwatch(
        {
            "conventional": conventional_one,
            "train": (played(point_game(0, 64), data, 128), 1),
            "train_ensemble": (iter(members), 1),
            "products": (matrix_products(members, 128), 1),
        },
        items=12,
    )
    ratios = watch.ratios("conventional", "train_ensemble", games=32)
    games = "32 games of points, batch 128, width 64"
    keep_ratio(f"{games}: conventional loop / train", watch.ratios("conventional", "train"))
    keep_ratio(f"{games}: conventional loop / train_ensemble", ratios)
    keep_ratio(
        f"{games}: its matrix products alone / train_ensemble", watch.ratios("products", "train_ensemble")
    )
    assert median(ratios) > 3


@pytest.mark.bench
def test_one_game_of_images(keep_ratio):
    data = torch.rand(1000, 1, 32, 32) * 2 - 1
    conventional_one = conventional_at_its_best(lambda: image_game(0), data, 64)
    n_threads = conventional_one[1]
    watch = Stopwatch(
        {"conventional": conventional_one, "train": (played(image_game(0), data, 64), n_threads)},
        items=3,
        warm_up=2,
    )
    ratios = watch.ratios("conventional", "train")
    keep_ratio("one game of 32 x 32 images, batch 64, width 16: conventional loop / train", ratios)
    assert median(ratios) > 0.8


def test_the_ensemble_that_was_timed_is_the_single_run():
    data = ring().sample((2000,))
    members = Members({seed: Run(point_game(seed, 64), data, batch_size=128, seed=seed) for seed in range(4)})
    losses = torch.stack([next(members)[1] for _ in range(10)], dim=1)
    for seed in range(4):
        alone = train(point_game(seed, 64), data, 10, batch_size=128, seed=seed, progress=False)
        torch.testing.assert_close(
            losses[seed].double(), torch.as_tensor(alone.generator_loss), rtol=0, atol=1e-5
        )


def matrix_products(members, batch_size):
    """Only the products of a step of such members, forward and backward, each on tensors of its own."""
    networks = {}
    for who in ("_generator", "_discriminator"):
        tensors = getattr(members, who).parameters.values()
        networks[who] = [tensor.detach().clone() for tensor in tensors if tensor.ndim == 3]  # (M, out, in)

    def forward(weights, columns):
        kept = [columns]
        for weight in weights:
            kept.append(torch.bmm(weight, kept[-1]))
        return kept

    def backward(weights, kept, *, to_weights, to_input):
        columns = kept[-1]
        for place, weight in reversed(list(enumerate(weights))):
            if to_weights:
                torch.bmm(columns, kept[place].transpose(1, 2))
            if place or to_input:
                columns = torch.bmm(weight.transpose(1, 2), columns)
        return columns

    generator, discriminator = networks["_generator"], networks["_discriminator"]
    latent = torch.randn(len(generator[0]), generator[0].shape[2], batch_size)
    real = torch.randn(len(generator[0]), discriminator[0].shape[2], batch_size)
    while True:
        made = forward(generator, latent)
        both = forward(discriminator, torch.cat([real, made[-1]], 2))  # one pass, as the game's own
        backward(discriminator, both, to_weights=True, to_input=False)
        judged = forward(discriminator, made[-1])
        made[-1] = backward(discriminator, judged, to_weights=False, to_input=True)
        backward(generator, made, to_weights=True, to_input=False)
        yield


@pytest.mark.bench
def test_what_the_remedies_of_the_texture_pair_cost(keep_ratio):
    """Steps of 32 images on one thread, beside the ordinary pair: the networks, and R1 often and seldom."""
    ordinary, texture = (image_generator, image_discriminator), (texture_generator, texture_discriminator)
    contestants = {
        "the texture pair": (texture, None),
        "R1 in each step": (ordinary, R1Penalty()),
        "R1 in one step of eight": (ordinary, R1Penalty(every=8)),
        "ordinary": (ordinary, None),
    }
    images = torch.rand(64, 1, 32, 32) * 2 - 1
    games = {
        name: (played(Game(pair[0](), pair[1](), NonSaturating(constraint=penalty)), images, 32), 1)
        for name, (pair, penalty) in contestants.items()
    }
    watch = Stopwatch(games, items=16)  # two of the lazy penalty on average
    for name in list(contestants)[:-1]:
        ratios = watch.ratios(name, "ordinary")
        keep_ratio(f"a step of images, batch 32: with {name} / the ordinary pair", ratios)
        assert median(ratios) > 0.9
