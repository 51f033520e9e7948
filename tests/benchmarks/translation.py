"""T1 to T2 without pairs: how close to the hidden truth, with the cycle and without it.

    python tests/benchmarks/translation.py --seeds 0 1 2 3

Set-up: 400 T1 slices and 400 T2 slices of different people, 64 x 64 pixels, each scan scaled by the median
of its head; least squares; cycle weight 3 against none, no identity term; Adam at 1e-3 for the translators
and 2e-3 for the discriminators, decay rates 0.5 and 0.999, batch 4, one thread. Judged on 100 other people
of whom both contrasts exist: mean absolute error, structural similarity and correlation of the translated
T1 and the true T2 inside the head, of intensities in [0, 2] (air at 0, the typical tissue at 1).

Four lines to read the others by. "Negated" is the true T2 with bright and dark tissue exchanged inside the
head: no translation at all. "Untouched" is the T1 itself. "Mean image" is what a translator says that
ignores its input. "Taught with pairs" is the same network and the same number of steps, told the truth: the
absolute error on 400 people of whom both contrasts exist.
"""

import argparse
import time
from pathlib import Path

import numpy as np
import torch
from scipy import stats

from ganlab.data import brain_slices, median_scaled
from ganlab.diagnostics import translation_scores
from ganlab.models import patch_discriminator, translation_generator
from ganlab.objectives import LeastSquares
from ganlab.seeding import one_thread
from ganlab.training import TranslationGame, train

ARMS = {"with the cycle": 3.0, "without": 0.0}
BATCH = 4


def scans(n, size, seed, *, paired):
    """T1 and T2 of n people, two tensors in [-1, 1]; of the same people if paired."""
    return [
        median_scaled(brain_slices(contrast, n, seed=seed, size=size, paired=paired))
        for contrast in ("T1", "T2")
    ]


def translation_game(seed, size, cycle_weight):
    translators = (translation_generator(size, seed=4 * seed + i) for i in (0, 1))
    judges = (patch_discriminator(size, seed=4 * seed + i) for i in (2, 3))
    return TranslationGame(
        *translators,
        *judges,
        LeastSquares(),
        cycle_weight=cycle_weight,
        identity_weight=0.0,
        learning_rate=1e-3,
        discriminator_learning_rate=2e-3,
    )


def taught_with_pairs(seed, size, steps):
    """A translator that is told the truth: what this network can do at all."""
    t1, t2 = scans(400, size, 0, paired=True)
    translator = translation_generator(size, seed=seed)
    optimizer = torch.optim.Adam(translator.parameters(), lr=1e-3)
    rng = torch.Generator().manual_seed(seed)
    for _ in range(steps):
        rows = torch.randint(len(t1), (BATCH,), generator=rng)
        optimizer.zero_grad()
        (translator(t1[rows]) - t2[rows]).abs().mean().backward()
        optimizer.step()
    return translator.requires_grad_(False)


def interval(values):
    """Mean and half the length of Student's 95 % interval."""
    values = np.asarray(values)
    return values.mean(), stats.t.ppf(0.975, len(values) - 1) * stats.sem(values)


def line(name, seed, scores, seconds=np.nan):
    return f"{name:18}{seed!s:>5}" + "".join(f"{score:8.3f}" for score in scores) + f"{seconds:9.1f}"


def contact_sheet(rows, path):
    """Rows of the same six people: what went in, what came out, the truth."""
    from PIL import Image

    sheet = torch.cat([torch.cat(list(images[:6, 0]), dim=1) for images in rows])
    grey = ((sheet + 1) * 127.5).clamp(0, 255).byte().numpy()
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(grey).resize((grey.shape[1] * 3, grey.shape[0] * 3), 0).save(path)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, nargs="*", default=[0, 1, 2, 3])
    parser.add_argument("--steps", type=int, default=500)
    parser.add_argument("--size", type=int, default=64)
    parser.add_argument("--pictures", type=Path, help="a folder for a sheet of translations of each game")
    wanted = parser.parse_args()
    unpaired = scans(400, wanted.size, 0, paired=False)
    source, truth = scans(100, wanted.size, 1, paired=True)
    heads = brain_slices("T2", 100, seed=1, size=wanted.size, paired=True).masks

    def judged(images):
        return translation_scores(images + 1, truth + 1, heads).mean().to_numpy()

    print(f"{'':18}{'seed':>5}{'MAE':>8}{'SSIM':>8}{'corr.':>8}{'seconds':>9}")
    print(line("negated", "", judged(torch.where(torch.as_tensor(heads)[:, None], -truth, truth))))
    mean_image = unpaired[1].mean(0, keepdim=True).expand_as(truth)
    print(line("untouched", "", judged(source)))
    print(line("mean image", "", judged(mean_image)), flush=True)
    results = {name: [] for name in ARMS}
    with one_thread():
        start = time.perf_counter()
        taught = judged(taught_with_pairs(0, wanted.size, wanted.steps)(source))
        print(line("taught with pairs", 0, taught, time.perf_counter() - start), flush=True)
        for seed in wanted.seeds:
            for name, cycle_weight in ARMS.items():
                game = translation_game(seed, wanted.size, cycle_weight)
                history = train(game, unpaired, wanted.steps, batch_size=BATCH, seed=seed)
                translated = game.translate(source)
                results[name].append(judged(translated))
                print(line(name, seed, results[name][-1], history[-1].seconds), flush=True)
                if wanted.pictures:
                    path = wanted.pictures / f"{name.replace(' ', '-')}-{seed}.png"
                    contact_sheet([source, translated, truth], path)
    if len(wanted.seeds) > 1:
        results["gain"] = np.subtract(*(np.array(results[name]) for name in ARMS))
        for name, scores in results.items():
            means = (interval(column) for column in np.transpose(scores))
            named = zip(("MAE", "SSIM", "correlation"), means, strict=True)
            print(f"{name:18} mean", *(f"  {of} {mean:6.3f} +- {half:.3f}" for of, (mean, half) in named))
