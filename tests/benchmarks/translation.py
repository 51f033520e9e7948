"""T1 to T2 without pairs: how close to the hidden truth, with the cycle and without it.

    python tests/benchmarks/translation.py --seeds 0 1 2

Set-up: 400 T1 slices and 400 T2 slices of different people, 64 x 64 pixels; least squares, cycle weight 10
and identity weight 5 against neither; Adam at 2e-4 with decay rates 0.5 and 0.999, batch 4. Judged on 100
other people of whom both contrasts exist: mean absolute error and structural similarity (scikit-image's,
Gaussian window) of the translated T1 and the true T2, in units of intensity scaled to [-1, 1]. "Untouched"
is the T1 itself; "mean image" is what a translator would say that ignores its input.
"""

import argparse

import numpy as np
from skimage.metrics import structural_similarity

from ganlab.data import brain_slices
from ganlab.models import patch_discriminator, translation_generator
from ganlab.objectives import LeastSquares
from ganlab.training import TranslationGame, train

WEIGHTS = {"with the cycle": (10.0, 5.0), "without": (0.0, 0.0)}


def domains(size):
    """Unpaired T1 and T2 to learn from, and paired ones to be judged by."""
    unpaired = [brain_slices(contrast, 400, seed=0, size=size) for contrast in ("T1", "T2")]
    paired = [brain_slices(contrast, 100, seed=1, size=size, paired=True) for contrast in ("T1", "T2")]
    return [cohort.to_tensor() for cohort in unpaired], [cohort.to_tensor() for cohort in paired]


def translation_game(seed, size, weights):
    networks = (
        translation_generator(size, seed=seed),
        translation_generator(size, seed=seed + 1),
        patch_discriminator(size, seed=seed + 2),
        patch_discriminator(size, seed=seed + 3),
    )
    cycle, identity = weights
    return TranslationGame(*networks, LeastSquares(), cycle_weight=cycle, identity_weight=identity)


def error_and_similarity(images, truth):
    """Mean absolute error and mean SSIM of two stacks of images, shape (n, 1, size, size), in [-1, 1]."""
    similarity = [
        structural_similarity(
            ours, theirs, data_range=2.0, gaussian_weights=True, sigma=1.5, use_sample_covariance=False
        )
        for ours, theirs in zip(images.numpy()[:, 0], truth.numpy()[:, 0], strict=True)
    ]
    return (images - truth).abs().mean().item(), float(np.mean(similarity))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, nargs="*", default=[0, 1, 2])
    parser.add_argument("--steps", type=int, default=600)
    parser.add_argument("--size", type=int, default=64)
    wanted = parser.parse_args()
    (t1, t2), (source, truth) = domains(wanted.size)
    print(f"{'':16}{'seed':>5}{'MAE':>8}{'SSIM':>8}{'seconds':>9}")
    for name, images in (("untouched", source), ("mean image", t2.mean(0, keepdim=True).expand_as(truth))):
        error, similarity = error_and_similarity(images, truth)
        print(f"{name:16}{'':5}{error:8.3f}{similarity:8.3f}")
    for seed in wanted.seeds:
        for name, weights in WEIGHTS.items():
            game = translation_game(10 * seed, wanted.size, weights)
            history = train(game, (t1, t2), wanted.steps, batch_size=4, seed=seed)
            error, similarity = error_and_similarity(game.translate(source), truth)
            print(f"{name:16}{seed:5}{error:8.3f}{similarity:8.3f}{history[-1].seconds:9.1f}", flush=True)
