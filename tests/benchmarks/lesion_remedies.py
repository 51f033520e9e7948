"""Which remedies make a GAN of lesions good: all together, each left out, each alone; over seeds, resumable.

    python tests/benchmarks/lesion_remedies.py --worker 0 --workers 2

Set-up: 2,000 simulated lesions of 32 x 32 pixels (other patients for each seed), width 32, batch 32, Adam at
1e-3, non-saturating, 600 steps. Each game adds one row to `lesion_remedies.csv` beside this file, so the
command goes on where it stopped; `lesion_remedies.md` is written anew from all rows. Steps are counted, not
minutes.

Of 2,000 samples the oracle names the texture and says whether they are typical (0.95 of real ones are).
Recall, precision and coverage are those of 1,000 of them against 1,000 fresh patients, in the space of fixed
random convolutions; the memorization ratio (nearest training sample: samples against fresh patients) and the
number of accused copies are those of the same 1,000. The first row, "real", is another cohort of patients in
the generator's place.
"""

import argparse
import csv
import functools
import itertools
import time
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import torch
from scipy import stats
from torch import nn
from torch.nn import functional
from torch.nn.utils.parametrizations import spectral_norm

from ganlab.data import simulate_lesions, texture_oracle
from ganlab.diagnostics import RandomConvolutions, memorization, prdc
from ganlab.models import augmented
from ganlab.models.convolutional import group_norm
from ganlab.models.packing import MinibatchDeviation
from ganlab.objectives import NonSaturating, R1Penalty
from ganlab.seeding import isolated_randomness
from ganlab.training import Game, MovingAverage, train

TABLE, PAGE = (Path(__file__).with_suffix(suffix) for suffix in (".csv", ".md"))
TEXTURES = ("homogeneous", "rim-enhancing", "speckled")
PATIENTS, BATCH, WIDTH, GLOBAL, DECAY = 2000, 32, 32, 64, 0.995
N_SAMPLES, N_COMPARED = 2000, 1000
STEPS, SEEDS = 600, range(6)

FULL = frozenset({"R1", "averaged", "bilinear", "grain", "pixel norm", "deviation", "flips", "betas"})
# On top of it: what D sees of both is changed alike, or D is bound in another way, too.
MORE = frozenset({"colour", "translation", "cutout", "spectral norm"})
CHANGES = ("flips", "colour", "translation", "cutout")  # in the order in which they follow each other
COLUMNS = ["recipe", "seed", "ms_per_step", *TEXTURES, "typical", "precision", "recall", "coverage"]
COLUMNS += ["ratio", "ratio_low", "ratio_high", "accused"]
MEASURES = ["typical", *TEXTURES, "precision", "recall", "coverage", "ratio", "accused", "ms_per_step"]
BASES = "the full recipe, and a part by itself (plain + ...) from the plain one"
NOTE = (
    "Of a hundred comparisons in which nothing differs five have a star. The milliseconds are of the "
    "processor, with other work beside it."
)


class PixelNorm(nn.Module):
    def forward(self, features):
        return features * (features.square().mean(1, keepdim=True) + 1e-8).rsqrt()


class Generator(nn.Module):
    """Latent points hold 64 numbers for the lesion and, with grain, one for each pixel of each layer."""

    n_classes = None

    def __init__(self, recipe, width=WIDTH):
        super().__init__()
        ladder, self.parts = [4 * width, 2 * width, width, width], [GLOBAL]
        self.start = nn.Linear(GLOBAL, ladder[0] * 16)
        bilinear, self.grainy = "bilinear" in recipe, "grain" in recipe
        norm = (lambda channels: PixelNorm()) if "pixel norm" in recipe else group_norm
        self.norms = nn.ModuleList([norm(ladder[0])])
        self.grow, self.grain = nn.ModuleList(), nn.ParameterList()
        for place, (channels, fewer) in enumerate(itertools.pairwise(ladder)):
            side = 8 * 2**place
            if bilinear:
                doubled = nn.Upsample(scale_factor=2, mode="bilinear", align_corners=False)
                self.grow.append(nn.Sequential(doubled, nn.Conv2d(channels, fewer, 3, padding=1)))
            else:
                self.grow.append(nn.ConvTranspose2d(channels, fewer, 4, stride=2, padding=1))
            self.norms.append(norm(fewer))
            if self.grainy:
                self.grain.append(nn.Parameter(torch.zeros(fewer, 1, 1)))
                self.parts.append(side**2)
        self.image = nn.Conv2d(ladder[-1], 1, 3, padding=1)
        self.latent_dim = sum(self.parts)

    def forward(self, latent):
        latent, *noise = latent.split(self.parts, dim=1)
        features = functional.leaky_relu(self.start(latent).unflatten(1, (-1, 4, 4)), 0.2)
        features = self.norms[0](features)
        for place, grow in enumerate(self.grow):
            features = grow(features)
            if self.grainy:
                side = features.shape[-1]
                features = features + self.grain[place] * noise[place].reshape(-1, 1, side, side)
            features = self.norms[place + 1](functional.leaky_relu(features, 0.2))
        return torch.tanh(self.image(features))


class Discriminator(nn.Module):
    n_classes = None

    def __init__(self, recipe, width=WIDTH):
        super().__init__()
        layers, channels = [], 1
        bound = spectral_norm if "spectral norm" in recipe else (lambda layer: layer)
        for more in (width, 2 * width, 4 * width):
            layers += [bound(nn.Conv2d(channels, more, 4, stride=2, padding=1)), nn.LeakyReLU(0.2)]
            channels = more
        if "deviation" in recipe:
            layers.append(MinibatchDeviation(group=4))
            channels += 1
        layers += [bound(nn.Conv2d(channels, 4 * width, 3, padding=1)), nn.LeakyReLU(0.2), nn.Flatten(1)]
        self.layers = nn.Sequential(*layers, bound(nn.Linear(4 * width * 16, 1)))

    def forward(self, samples):
        return self.layers(samples).squeeze(1)


def discriminator_of(recipe):
    """What sees real and fake images alike changed, if the recipe says so."""
    policy = [name for name in CHANGES if name in recipe]
    return augmented(Discriminator(recipe), policy) if policy else Discriminator(recipe)


def named(recipe):
    """The name of a recipe in the table."""
    for base, name in ((FULL, "full"), (frozenset(), "plain")):
        more, fewer = sorted(recipe - base), sorted(base - recipe)
        if len(more) + len(fewer) <= 1 or (more and not fewer):
            return name + "".join(f" + {part}" for part in more) + "".join(f" - {part}" for part in fewer)
    raise ValueError(f"no name for {sorted(recipe)}")


def queue():
    """(recipe, seed) in the order in which they are worth having."""
    for seed in SEEDS:
        yield FULL, seed
        yield frozenset(), seed
        for left_out in sorted(FULL):
            yield FULL - {left_out}, seed
    for seed in SEEDS:
        for alone in sorted(FULL):
            yield frozenset({alone}), seed
    for seed in SEEDS:
        for more in sorted(MORE):
            yield FULL | {more}, seed


@functools.cache
def patients(seed):
    """Training patients, and as many that nobody saw as are compared."""
    return simulate_lesions(PATIENTS, seed=seed), simulate_lesions(N_COMPARED, seed=10_000 + seed)


def measured(intensities, seed):
    """The columns of the table from `typical` on back to the textures, of 2,000 images in a.u."""
    train, fresh = patients(seed)
    oracle = texture_oracle()
    seen, compared = oracle.predict(intensities), intensities[:N_COMPARED]
    row = {texture: (seen == texture).mean() for texture in TEXTURES}
    row["typical"] = (oracle.typicality(intensities) > 0.05).mean()
    space = RandomConvolutions().fit(train.images)
    shares = prdc(space.place(fresh.images), space.place(compared))
    row |= {name: float(getattr(shares, name)) for name in ("precision", "recall", "coverage")}
    found = memorization(train.images, compared, fresh.images)
    ratio = found.nearest_neighbour_ratio
    low, high = ratio.interval
    accused = int(found.suspected_copies().table["accused"].sum())
    row |= {"ratio": float(ratio), "ratio_low": low, "ratio_high": high}
    return row | {"accused": accused}


def images_of(generator, scaling, n=N_SAMPLES):
    latent = torch.randn(n, generator.latent_dim, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        made = torch.cat([generator(part) for part in latent.split(250)])
    return scaling.to_intensity(made.squeeze(1).numpy())


def played(recipe, seed, steps=STEPS):
    """The generator after a game, and the milliseconds of a step."""
    settings = {}
    if "betas" in recipe:
        settings["optimizer"] = functools.partial(torch.optim.Adam, betas=(0.0, 0.99))
    with isolated_randomness(seed):
        players = [player(recipe) for player in (Generator, discriminator_of)]
    # From any other layout the CPU's convolutions copy their input there and back.
    players = [player.to(memory_format=torch.channels_last) for player in players]
    game = Game(
        *players, NonSaturating(constraint=R1Penalty(every=8) if "R1" in recipe else None), **settings
    )
    average, start = MovingAverage(game, DECAY), time.process_time()
    train(game, patients(seed)[0], steps, batch_size=BATCH, seed=seed, callbacks=[average], progress=False)
    generator = average.generator if "averaged" in recipe else game.generator
    return generator, 1000 * (time.process_time() - start) / steps


def write(row):
    fresh = not TABLE.exists()
    with TABLE.open("a", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        if fresh:
            writer.writeheader()
        writer.writerow({k: round(v, 4) if isinstance(v, float) else v for k, v in row.items()})
    print(row, flush=True)


def done():
    if not TABLE.exists():
        return set()
    with TABLE.open(newline="") as file:
        return {(row["recipe"], int(row["seed"])) for row in csv.DictReader(file)}


def play(worker, workers):
    """The games of one worker's seeds that are not in the table yet."""
    torch.set_num_threads(1)
    if worker == 0 and ("real", 0) not in done():
        other = simulate_lesions(N_SAMPLES, seed=20_000)
        write({"recipe": "real", "seed": 0, "ms_per_step": 0.0, **measured(other.images, 0)})
    for recipe, seed in queue():
        if seed % workers == worker and (named(recipe), seed) not in done():
            generator, ms_per_step = played(recipe, seed)
            images = images_of(generator, patients(seed)[0].scaling)
            write(
                {"recipe": named(recipe), "seed": seed, "ms_per_step": ms_per_step, **measured(images, seed)}
            )


class OverSeeds(NamedTuple):
    """Of one recipe and measure: mean and 95 % Student interval, and those of the difference from a base."""

    seeds: int
    mean: float
    low: float
    high: float
    difference: float
    difference_low: float
    difference_high: float


def over_seeds(rows, recipe, measure, base="full"):
    """What its seeds say of a recipe; the difference is paired by the seeds that both have played."""
    values = rows[rows["recipe"] == recipe].set_index("seed")[measure]
    apart = (values - rows[rows["recipe"] == base].set_index("seed")[measure]).dropna()
    intervals = []
    for numbers in (values, apart):
        reach = stats.t.ppf(0.975, len(numbers) - 1) * stats.sem(numbers)
        intervals += [numbers.mean(), numbers.mean() - reach, numbers.mean() + reach]
    return OverSeeds(len(values), *intervals)


def page(rows):
    """The table as text: means with intervals over seeds, and what differs from the base of its recipe."""
    real = rows[rows["recipe"] == "real"].iloc[0]
    lines = ["# Remedies for a GAN of lesions", "", __doc__.split("\n\n", 3)[2].replace("\n", " "), ""]
    lines += [
        f"Means over seeds with 95 % intervals; * differs, seed by seed, from {BASES}. {NOTE}",
        "",
    ]
    lines += [f"| recipe | seeds | {' | '.join(MEASURES)} |", "|---" * (len(MEASURES) + 2) + "|"]
    lines += [f"| other real patients | 1 | {' | '.join(f'{real[name]:.2f}' for name in MEASURES)} |"]
    for recipe in rows.loc[rows["recipe"] != "real", "recipe"].unique():
        cells = []
        for measure in MEASURES:
            told = over_seeds(rows, recipe, measure, "plain" if recipe.startswith("plain +") else "full")
            star = " *" if told.difference_low * told.difference_high > 0 else ""
            decimals = 0 if measure == "ms_per_step" else 2
            mean, low, high = (f"{number:.{decimals}f}" for number in told[1:4])
            cells.append(f"{mean} ({low} to {high}){star}")
        lines.append(f"| {recipe} | {told.seeds} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--worker", type=int, default=0)
    parser.add_argument("--workers", type=int, default=1)
    wanted = parser.parse_args()
    play(wanted.worker, wanted.workers)
    PAGE.write_text(page(pd.read_csv(TABLE)), encoding="utf-8")
