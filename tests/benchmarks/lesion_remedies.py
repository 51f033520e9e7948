"""Which remedies make a GAN of lesions good: each alone, each left out, all together; over seeds, resumable.

    python tests/benchmarks/lesion_remedies.py FOLDER --budget 60
    python tests/benchmarks/lesion_remedies.py FOLDER --table

Set-up: 2,000 simulated lesions of 32 x 32 pixels (other patients for each seed), width 32, batch 32, Adam at
1e-3, non-saturating. FOLDER keeps the place of every game (every 50 steps and whenever the budget ends), so
that the command goes on where it stopped, and the averaged generators of every checkpoint. Each checkpoint
adds one row to `lesion_remedies.csv` beside this file: the generator is its seed's, so whole rows are results
at any time. Steps are counted, not minutes.

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
import os
import time
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from ganlab.data import simulate_lesions, texture_oracle
from ganlab.diagnostics import RandomConvolutions, memorization, prdc
from ganlab.models import augmented
from ganlab.models.convolutional import group_norm
from ganlab.models.packing import MinibatchDeviation
from ganlab.objectives import NonSaturating, R1Penalty
from ganlab.seeding import isolated_randomness
from ganlab.training import Game
from ganlab.training.train import Run

TABLE = Path(__file__).with_suffix(".csv")
TEXTURES = ("homogeneous", "rim-enhancing", "speckled")
PATIENTS, BATCH, WIDTH, GLOBAL, DECAY = 2000, 32, 32, 64, 0.995
N_SAMPLES, N_COMPARED = 2000, 1000
STEPS_BETWEEN_PLACES = 50

FULL = frozenset({"R1", "averaged", "bilinear", "grain", "pixel norm", "deviation", "flips", "betas"})
# Of few images each; what D sees of both is changed alike.
AUGMENTATIONS = frozenset({"colour", "translation", "cutout"})
CHANGES = ("flips", "colour", "translation", "cutout")  # in the order in which they follow each other
COLUMNS = ["recipe", "seed", "step", "ms_per_step", *TEXTURES, "typical", "precision", "recall", "coverage"]
COLUMNS += ["ratio", "ratio_low", "ratio_high", "accused"]


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
        for more in (width, 2 * width, 4 * width):
            layers += [nn.Conv2d(channels, more, 4, stride=2, padding=1), nn.LeakyReLU(0.2)]
            channels = more
        if "deviation" in recipe:
            layers.append(MinibatchDeviation(group=4))
            channels += 1
        layers += [nn.Conv2d(channels, 4 * width, 3, padding=1), nn.LeakyReLU(0.2), nn.Flatten(1)]
        self.layers = nn.Sequential(*layers, nn.Linear(4 * width * 16, 1))

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
    """(recipe, seed, checkpoints) in the order in which they are worth having."""
    short = (600, 1150)
    yield FULL, 0, (600, 1150, 2100, 3100, 4000)
    yield frozenset(), 0, short
    for seed in range(1, 6):
        yield FULL, seed, short
        yield frozenset(), seed, short
    for seed in range(6):
        for left_out in sorted(FULL):
            yield FULL - {left_out}, seed, short
        for augmentation in sorted(AUGMENTATIONS):
            yield FULL | {augmentation}, seed, short
        for alone in sorted(FULL):
            yield frozenset({alone}), seed, short
    for seed in range(6):
        yield FULL, seed, (2100, 4000, 8000)


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


class Kept:
    """A game with its averaged generator, whose place lies in a file."""

    def __init__(self, folder, recipe, seed):
        self.recipe, self.seed = recipe, seed
        self.path = folder / f"{named(recipe).replace(' ', '_')}-{seed}.pt"
        settings = {}
        if "betas" in recipe:
            settings["optimizer"] = functools.partial(torch.optim.Adam, betas=(0.0, 0.99))
        with isolated_randomness(seed):
            players = [player(recipe) for player in (Generator, discriminator_of)]
        # From any other layout the CPU's convolutions copy their input there and back.
        players = [player.to(memory_format=torch.channels_last) for player in players]
        objective = NonSaturating(constraint=R1Penalty(every=8) if "R1" in recipe else None)
        game = Game(*players, objective, **settings)
        self.run = Run(game, patients(seed)[0], batch_size=BATCH, seed=seed)
        self.average = AveragedModel(game.generator, multi_avg_fn=get_ema_multi_avg_fn(DECAY))
        self.average.update_parameters(game.generator)
        self.step = 0
        if self.path.exists():
            state = torch.load(self.path, weights_only=False)
            self.run.load_state_dict(state["run"])
            self.average.load_state_dict(state["average"])
            self.step = state["step"]

    @property
    def generator(self):
        return self.average.module if "averaged" in self.recipe else self.run.game.generator

    def play(self, steps):
        start = time.process_time()
        self.run.train(
            steps, progress=False, callbacks=[lambda game, _: self.average.update_parameters(game.generator)]
        )
        self.step += steps
        self.ms_per_step = 1000 * (time.process_time() - start) / steps
        state = {"step": self.step, "run": self.run.state_dict(), "average": self.average.state_dict()}
        torch.save(state, self.path.with_suffix(".new"))
        os.replace(self.path.with_suffix(".new"), self.path)


def write(row):
    fresh = not TABLE.exists()
    with TABLE.open("a", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        if fresh:
            writer.writeheader()
        writer.writerow({k: round(v, 4) if isinstance(v, float) else v for k, v in row.items()})
    print(row, flush=True)


def done():
    if not TABLE.exists():
        return set()
    with TABLE.open(newline="") as file:
        return {(row["recipe"], int(row["seed"]), int(row["step"])) for row in csv.DictReader(file)}


def go_on(folder, minutes):
    folder.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    until = time.monotonic() + 60 * minutes
    if ("real", 0, 0) not in done():
        other = simulate_lesions(N_SAMPLES, seed=20_000)
        write({"recipe": "real", "seed": 0, "step": 0, "ms_per_step": 0.0, **measured(other.images, 0)})
    for recipe, seed, checkpoints in queue():
        name = named(recipe)
        missing = [step for step in checkpoints if (name, seed, step) not in done()]
        if not missing:
            continue
        kept = Kept(folder, recipe, seed)
        for checkpoint in missing:
            while kept.step < checkpoint:
                kept.play(min(STEPS_BETWEEN_PLACES, checkpoint - kept.step))
                if time.monotonic() > until:
                    return
            images = images_of(kept.generator, patients(seed)[0].scaling)
            weights = {key: value.half() for key, value in kept.generator.state_dict().items()}
            torch.save(weights, folder / f"{kept.path.stem}-{checkpoint}.weights.pt")
            place = {"recipe": name, "seed": seed, "step": checkpoint, "ms_per_step": kept.ms_per_step}
            write(place | measured(images, seed))


def table():
    """Means over seeds at the last step that all of a recipe's seeds have, with the seeds' spread."""
    import pandas as pd

    rows = pd.read_csv(TABLE)
    values = ["typical", *TEXTURES, "precision", "recall", "coverage", "ratio", "accused", "ms_per_step"]
    for (recipe, step), group in rows.groupby(["recipe", "step"], sort=False):
        shown = "  ".join(f"{name} {group[name].mean():.2f}±{group[name].std():.2f}" for name in values)
        print(f"{recipe:24}{step:6}{len(group):4} seeds  {shown}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--budget", type=float, default=60.0, help="minutes")
    parser.add_argument("--table", action="store_true")
    wanted = parser.parse_args()
    table() if wanted.table else go_on(wanted.folder, wanted.budget)
