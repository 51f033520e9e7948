"""What a lesion GAN makes after a minute of training, seed by seed, plain and told the texture.

    python tests/benchmarks/lesion_gans.py --seeds 6

Set-up: 4,000 simulated lesions of 32 x 32 pixels, the default convolutional pair (width 16, latent length
64), non-saturating objective, Adam at 1e-3, batch 64. The oracle names the texture of 2,000 generated
lesions; "typical" is the share that it takes for lesions at all (95 % of real ones are). A conditional
game is asked for every texture equally often and judged by how often it delivers the one asked for. Each
game is judged twice: by its generator as training left it, and by the moving average of its weights (decay
0.99, about the last 100 updates).
"""

import argparse
from pathlib import Path

import numpy as np
import torch

from ganlab.data import simulate_lesions, texture_oracle
from ganlab.models import image_discriminator, image_generator
from ganlab.objectives import NonSaturating
from ganlab.training import Game, MovingAverage, balanced_labels, train

TEXTURES = ("homogeneous", "rim-enhancing", "speckled")
N_SAMPLES = 2000


def lesions():
    """Images in [-1, 1], shape (4000, 1, 32, 32), the number of each texture, and the way back to a.u."""
    cohort = simulate_lesions(4000, seed=0)
    textures = torch.as_tensor([TEXTURES.index(pattern) for pattern in cohort.truth["pattern"]])
    return cohort.to_tensor(), textures, cohort.scaling


def lesion_game(seed, *, conditional):
    n_classes = len(TEXTURES) if conditional else None
    networks = (
        image_generator(n_classes=n_classes, seed=seed),
        image_discriminator(n_classes=n_classes, seed=seed + 1000),
    )
    settings = {"fake_labels": balanced_labels} if conditional else {}
    return Game(*networks, NonSaturating(), **settings)


def trained(seed, steps, *, conditional):
    """A game after so many steps, its averaged generator, the seconds it took, and the way back to a.u."""
    images, textures, scaling = lesions()
    game = lesion_game(seed, conditional=conditional)
    data = (images, textures) if conditional else images
    average = MovingAverage(game, 0.99)
    history = train(
        game,
        data,
        steps,
        batch_size=64,
        seed=seed,
        callbacks=[average],
    )
    return game, average.generator, history[-1].seconds, scaling


def measured(generator, scaling):
    """Shares of the three textures, of typical lesions, and (where one was asked for) of those delivered."""
    latent = torch.randn(N_SAMPLES, generator.latent_dim, generator=torch.Generator().manual_seed(1))
    asked = torch.arange(N_SAMPLES) % len(TEXTURES)
    with torch.no_grad():
        images = generator(latent, asked) if generator.n_classes else generator(latent)
    oracle, intensities = texture_oracle(), scaling.to_intensity(images)
    seen = np.array([TEXTURES.index(pattern) for pattern in oracle.predict(intensities)])
    typical = oracle.typicality(intensities) > 0.05
    delivered = (seen == asked.numpy()).mean() if generator.n_classes else np.nan
    return np.bincount(seen, minlength=3) / len(seen), typical.mean(), delivered, images


def contact_sheet(images, path):
    from PIL import Image

    rows = [torch.cat(list(images[start : start + 12, 0]), dim=1) for start in range(0, 48, 12)]
    grey = ((torch.cat(rows) + 1) * 127.5).clamp(0, 255).byte().numpy()
    Image.fromarray(grey).resize((grey.shape[1] * 3, grey.shape[0] * 3), 0).save(path)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, nargs="*", default=list(range(6)))
    parser.add_argument("--steps", type=int, default=1500)
    parser.add_argument("--pictures", type=Path, help="a folder for a sheet of samples of each game")
    parser.add_argument("--conditional", type=int, nargs="*", default=[0, 1], help="0 plain, 1 conditional")
    wanted = parser.parse_args()
    textures = "% " + " / ".join(TEXTURES)
    print(f"{'game':22}{'seed':>5}{'seconds':>9}  {textures:44}{'typical %':>10}{'as asked %':>11}")
    for conditional in wanted.conditional:
        name = "conditional" if conditional else "plain"
        for seed in wanted.seeds:
            game, averaged, seconds, scaling = trained(seed, wanted.steps, conditional=conditional)
            for kind, generator in (("", game.generator), (", averaged", averaged)):
                shares, typical, delivered, images = measured(generator, scaling)
                shown = " / ".join(f"{100 * share:.0f}" for share in shares)
                print(
                    f"{name + kind:22}{seed:5}{seconds:9.1f}  {shown:44}{100 * typical:10.0f}"
                    f"{100 * delivered:11.0f}",
                    flush=True,
                )
                if wanted.pictures:
                    wanted.pictures.mkdir(parents=True, exist_ok=True)
                    contact_sheet(images, wanted.pictures / f"{name}{kind}-{seed}.png")
