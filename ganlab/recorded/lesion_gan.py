"""A conditional lesion GAN that was trained before the lesson, and the command that trains it.

    python -m ganlab.recorded.lesion_gan

writes ``recorded/lesion-gan.pt`` anew, in some minutes of one core. A lesson cannot wait that long.
"""

import functools
from pathlib import Path

import torch
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from ganlab.data import simulate_lesions
from ganlab.files import read_tensors, write_tensors
from ganlab.models import image_discriminator, image_generator
from ganlab.objectives import NonSaturating
from ganlab.seeding import one_thread, seeded_rng
from ganlab.training import Game, balanced_labels, train
from ganlab.validation import positive_integer

FILE = Path(__file__).parent / "lesion-gan.pt"
KIND = "ganlab recorded lesion GAN, version 1"

PATIENTS, STEPS, BATCH, SEED = 4000, 3000, 64, 0
LATENT_DIM, DECAY = 32, 0.995
EARLY = 100  # the step at which a few pixels are noted, so that a test can train that far and compare


class LesionGAN:
    """A generator of simulated liver lesions that is told the diagnosis: G(z, y).

    Recorded, not trained on the spot: 3,000 steps of 64 images on 4,000 simulated patients, half of them
    malignant, non-saturating, Adam at 1e-3; what is kept is the moving average of its weights. It has
    seen 2,000 malignant patients. Whoever uses it to help a cohort with 20 has not augmented that cohort
    but smuggled the others in; train on the cohort itself for that.

    Parameters
    ----------
    generator : torch.nn.Module
        Conditional, of images in the network's range.
    scaling : Scaling
        From the network's range to a.u.

    Attributes
    ----------
    diagnoses : tuple
        ("benign", "malignant"): the classes 0 and 1.
    latent_dim : int

    Examples
    --------
    >>> gan = LesionGAN.recorded()
    >>> gan.sample("malignant", 3, seed=0).shape
    (3, 32, 32)
    """

    diagnoses = ("benign", "malignant")

    def __init__(self, generator, scaling):
        self.generator, self.scaling, self.latent_dim = generator, scaling, generator.latent_dim

    @classmethod
    def recorded(cls):
        """The one that comes with the course.

        Returns
        -------
        LesionGAN
        """
        generator = image_generator(latent_dim=LATENT_DIM, n_classes=2, seed=0).requires_grad_(False)
        weights = read_tensors(FILE, KIND)["weights"]
        generator.load_state_dict({name: values.float() for name, values in weights.items()})
        return cls(generator, _scaling())

    def images(self, latent, diagnosis):
        """The images of latent points, all asked to be of one diagnosis.

        Parameters
        ----------
        latent : tensor, shape (n, latent_dim)
        diagnosis : {"benign", "malignant"}

        Returns
        -------
        array, shape (n, 32, 32), in a.u.

        Raises
        ------
        ValueError
            If the diagnosis is another.
        """
        if diagnosis not in self.diagnoses:
            raise ValueError(f"diagnosis must be one of {', '.join(self.diagnoses)}; got {diagnosis!r}.")
        labels = torch.full((len(latent),), self.diagnoses.index(diagnosis))
        with torch.no_grad():
            return self.scaling.to_intensity(self.generator(latent, labels).squeeze(1).numpy())

    def sample(self, diagnosis, n, seed=None):
        """n images of a diagnosis, array of shape (n, 32, 32), in a.u.

        Parameters
        ----------
        diagnosis : {"benign", "malignant"}
        n : int >= 1
        seed : int, torch.Generator or None

        Returns
        -------
        array, shape (n, 32, 32)

        Raises
        ------
        ValueError
            If the diagnosis is another, or n is not a whole number of 1 or more.
        """
        latent = torch.randn(positive_integer(n, "n"), self.latent_dim, generator=seeded_rng(seed))
        return self.images(latent, diagnosis)


def trained(steps=STEPS, *, progress=True):
    """Play the game from its seed; return the averaged weights and the early pixels.

    Returns
    -------
    weights : dict of tensors
    early : tensor of shape (2, 32, 32)
        What the average made of one latent point after 100 steps, for either diagnosis.
    """
    cohort, early = simulate_lesions(PATIENTS, malignant_fraction=0.5, seed=SEED), []
    game = Game(
        image_generator(latent_dim=LATENT_DIM, n_classes=2, seed=SEED),
        image_discriminator(n_classes=2, seed=SEED + 1),
        NonSaturating(),
        fake_labels=balanced_labels,
    )
    average = AveragedModel(game.generator, multi_avg_fn=get_ema_multi_avg_fn(DECAY))
    average.update_parameters(game.generator)  # the first is a copy, the others move it

    def follow(game, record):
        average.update_parameters(game.generator)
        if record.step == EARLY:
            latent = torch.randn(1, LATENT_DIM, generator=seeded_rng(1)).expand(2, -1)
            with torch.no_grad():
                early.append(average.module(latent, torch.arange(2)).squeeze(1))

    with one_thread():
        train(game, cohort, steps, batch_size=BATCH, seed=SEED, callbacks=[follow], progress=progress)
    return average.module.state_dict(), early[0]


@functools.cache
def _scaling():
    """The simulator's own, which does not depend on the patients."""
    return simulate_lesions(2, seed=0).scaling


if __name__ == "__main__":
    weights, early = trained()
    FILE.parent.mkdir(exist_ok=True)
    halves = {name: values.half() for name, values in weights.items()}  # 3 digits of each are plenty
    write_tensors({"kind": KIND, "weights": halves, "early": early}, FILE)
    print(f"{FILE} holds {FILE.stat().st_size / 1000:.0f} kB")
