"""CycleGANs from T1 to T2, six games of each of nine settings (an hour of one idle core to make)."""

import functools
from typing import NamedTuple

import numpy as np
import torch

from ganlab.data import brain_slices, median_scaled
from ganlab.diagnostics import lesion_contrast, translation_scores
from ganlab.models import patch_discriminator, translation_generator
from ganlab.objectives import LeastSquares
from ganlab.recorded.store import (
    chosen,
    from_bytes,
    read_arrays,
    read_games,
    to_bytes,
    write_arrays,
    write_games,
)
from ganlab.seeding import one_thread
from ganlab.training import RateDecay, TranslationGame, train

FILE = "translations.npz"
SIZE, N_TRAINING, N_TEST, STEPS, BATCH = 32, 300, 60, 1500, 4
EARLY = 20  # the step at which weights of one game are noted, so that a test can go that far and compare
RATE = 5e-4  # of the translators, twice that of the discriminators, before they are lowered
SEEDS = range(6)
SHOWN = 3  # people whose images are kept

# Share of people with a tumour in the T1 and in the T2 archive.
ARCHIVES = {"tumours in both": (0.3, 0.3), "none in T2": (0.5, 0.0), "none in T1": (0.0, 0.5)}
PARTS = tuple(ARCHIVES)


# Halvings in the discriminators. Small patches have 18 pixels a side, large ones 38: all of the image.
TEACHERS = {"large patches": 3, "small patches": 2, "pairs": None}


class Setting(NamedTuple):
    """What was chosen for a game: its archives, the weights of cycle and identity, and the teacher.

    The teachers are discriminators that see large or small patches; or, as a ceiling for any translator with
    these networks, pairs: no discriminator, but the true other contrast of each person.
    """

    archives: str
    cycle_weight: float
    identity_weight: float
    teacher: str = "large patches"


SETTINGS = [
    *(Setting("tumours in both", weight, 0.0) for weight in (0.0, 3.0, 10.0)),
    *(Setting("tumours in both", 3.0, weight) for weight in (1.0, 5.0)),
    Setting("tumours in both", 3.0, 0.0, "small patches"),
    Setting("tumours in both", 0.0, 0.0, "pairs"),
    Setting("none in T2", 3.0, 0.0),
    Setting("none in T1", 3.0, 0.0),
]


class Games(NamedTuple):
    """What the games of a setting did to the held-out people: arrays of shape (games, people), and more."""

    mae: np.ndarray  # this and the next two inside the head, see `translation_scores`
    ssim: np.ndarray
    correlation: np.ndarray
    tumour_contrast: np.ndarray
    contrast_without: np.ndarray  # at the same place in people without the tumour
    bright_share: np.ndarray
    cycle_error: np.ndarray
    weights: np.ndarray  # (games, parameters) of the networks from T1 to T2, in half precision
    images: np.ndarray  # (games, SHOWN, ill or healthy, translated or restored, 32, 32) in [-1, 1]


class Holdout(NamedTuple):
    """Sixty people with a tumour, and the same sixty without, in both contrasts; masks of what is where."""

    ill: tuple  # T1 and T2 tensors, shape (n, 1, 32, 32)
    healthy: tuple
    tumours: np.ndarray
    heads: np.ndarray
    white_matter: np.ndarray

    @property
    def contrast(self):
        """What the tumours' contrast truly is in T2, one number a person."""
        return lesion_contrast(self.ill[1], self.tumours, self.heads)

    @property
    def bright_share(self):
        """Share of each healthy person's white matter that is truly as bright as a tumour in T2."""
        return bright_share(self.healthy[1], self)


def load() -> dict[Setting, Games]:
    """The games of every setting.

    Returns
    -------
    dict {Setting: Games}
        `Games` has the arrays ``ssim`` and others, shape (games, people), the ``weights`` of the networks
        and ``images`` of three people.

    Examples
    --------
    >>> games = load()[Setting("tumours in both", cycle_weight=3, identity_weight=0)]
    >>> games.ssim.shape, games.images.shape
    ((6, 60), (6, 3, 2, 2, 32, 32))
    """
    return {
        setting: games._replace(images=from_bytes(games.images, -1, 1))
        for setting, games in read_games(FILE, SETTINGS, Games).items()
    }


def make(parts: list | tuple = PARTS) -> None:
    """Play the games again and write the file; with it, of one network, the weights after 20 steps.

    Parameters
    ----------
    parts : iterable
        The archives to do, some of `PARTS`; the others stay.
    """
    from tqdm.auto import tqdm

    fresh, asked = {}, chosen(parts, PARTS)
    for setting in (setting for setting in SETTINGS if setting.archives in asked):
        played = [play(setting, seed) for seed in tqdm(SEEDS, desc=str(setting))]
        games = Games(*(np.array(values, np.float32) for values in zip(*played, strict=True)))
        fresh[setting] = games._replace(
            weights=games.weights.astype(np.float16), images=to_bytes(games.images, -1, 1)
        )
    write_games(FILE, fresh)
    write_arrays(FILE, read_arrays(FILE) | {"early": early_weights(seed=0)})


def archives(name, *, paired=False):
    """The T1 and the T2 scans to learn from; two tensors. Of different people, if they are not paired."""
    return tuple(
        median_scaled(
            brain_slices(contrast, N_TRAINING, seed=0, size=SIZE, tumour_fraction=share, paired=paired)
        )
        for contrast, share in zip(("T1", "T2"), ARCHIVES[name], strict=True)
    )


@functools.cache
def holdout():
    """The people that no game is trained on, paired."""
    settings = {"seed": 1, "paired": True, "size": SIZE}
    ill, healthy = (
        [brain_slices(contrast, N_TEST, tumour_fraction=share, **settings) for contrast in ("T1", "T2")]
        for share in (1.0, 0.0)
    )
    scaled = (tuple(map(median_scaled, scans)) for scans in (ill, healthy))
    return Holdout(*scaled, ill[1].regions["tumour"], ill[1].masks, healthy[1].regions["white matter"])


def translator(weights):
    """The network from T1 to T2 with recorded weights, one row of `Games.weights`."""
    network = translation_generator(SIZE, width=8, depth=2).requires_grad_(False)
    torch.nn.utils.vector_to_parameters(torch.as_tensor(weights, dtype=torch.float32), network.parameters())
    return network


def make_game(setting, seed=0):
    """The game of the lesson, before its first step."""
    halvings = TEACHERS[setting.teacher]
    return TranslationGame(
        *translators(seed),
        *(patch_discriminator(SIZE, width=16, depth=halvings, seed=4 * seed + i) for i in (2, 3)),
        LeastSquares(),
        cycle_weight=setting.cycle_weight,
        identity_weight=setting.identity_weight,
        learning_rate=RATE,
        discriminator_learning_rate=2 * RATE,
    )


def early_weights(seed):
    """The weights from T1 to T2 of a game with the cycle, after its first steps."""
    setting = Setting("tumours in both", cycle_weight=3.0, identity_weight=0.0)
    game = make_game(setting, seed)
    with one_thread():
        train(game, archives(setting.archives), EARLY, batch_size=BATCH, seed=seed, progress=False)
    return torch.nn.utils.parameters_to_vector(game.generator.to_second.parameters()).detach().numpy()


def translators(seed):
    """The networks to T2 and to T1, before their first step."""
    return [translation_generator(SIZE, width=8, depth=2, seed=4 * seed + i) for i in (0, 1)]


def play(setting, seed=0, steps=STEPS):
    """What came of one game: `Games` without their first axis."""
    with one_thread():
        if setting.teacher == "pairs":
            networks = taught_with_pairs(archives(setting.archives, paired=True), seed, steps)
        else:
            game = make_game(setting, seed)
            slower, data = RateDecay(game, steps), archives(setting.archives)
            train(game, data, steps, batch_size=BATCH, seed=seed, callbacks=[slower], progress=False)
            networks = game.generator.to_second, game.generator.to_first
    return measured(*(network.requires_grad_(False) for network in networks))


def taught_with_pairs(pairs, seed, steps):
    """Both translators, taught by the mean absolute error to the true other contrast of each person."""
    networks = translators(seed)
    rng = torch.Generator().manual_seed(seed)
    optimizers = [torch.optim.Adam(network.parameters(), lr=2 * RATE) for network in networks]
    for _ in range(steps):
        rows = torch.randint(N_TRAINING, (BATCH,), generator=rng)
        first, second = (scans[rows] for scans in pairs)
        for network, optimizer, given, true in zip(
            networks, optimizers, (first, second), (second, first), strict=True
        ):
            optimizer.zero_grad()
            (network(given) - true).abs().mean().backward()
            optimizer.step()
    return networks


def measured(to_second, to_first):
    """What a pair of translators does to the held-out people: `Games` without their first axis."""
    people = holdout()
    translated, shown = [], []
    for t1, _ in (people.ill, people.healthy):
        translated.append(to_second(t1))
        shown.append(torch.stack([translated[-1], to_first(translated[-1])]))
    ill, healthy = translated
    # Air at 0 and the typical tissue at 1: SSIM is made for intensities of 0 or more.
    scores = translation_scores(healthy + 1, people.healthy[1] + 1, people.heads)
    return Games(
        *(scores[name].to_numpy() for name in ("mae", "ssim", "correlation")),
        lesion_contrast(ill, people.tumours, people.heads),
        lesion_contrast(healthy, people.tumours, people.heads),
        bright_share(healthy, people),
        (shown[1][1] - people.healthy[0]).abs().mean(dim=(1, 2, 3)).numpy(),
        torch.nn.utils.parameters_to_vector(to_second.parameters()).numpy(),
        torch.stack(shown)[:, :, :SHOWN, 0].permute(2, 0, 1, 3, 4).numpy(),
    )


def bright_share(images, people):
    """Share of each person's white matter that is as bright as a tumour, in T2.

    As bright: nearer to the mean of the true tumours than to that of the true white matter.
    """
    tumour = people.ill[1][:, 0].numpy()[people.tumours].mean()
    white = people.healthy[1][:, 0].numpy()[people.white_matter].mean()
    bright = images[:, 0].numpy() > (tumour + white) / 2
    return (bright & people.white_matter).sum(axis=(1, 2)) / people.white_matter.sum(axis=(1, 2))
