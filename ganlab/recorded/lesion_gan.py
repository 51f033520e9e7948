"""A GAN of simulated lesions that is told the diagnosis, trained beforehand (some minutes to make)."""

import torch

from ganlab.data import simulate_lesions
from ganlab.models import image_discriminator, image_generator
from ganlab.objectives import NonSaturating
from ganlab.recorded.store import read_arrays, write_arrays
from ganlab.seeding import one_thread, seeded_rng
from ganlab.shapes import Array, Seed
from ganlab.training import Game, MovingAverage, balanced_labels, train
from ganlab.validation import positive_integer

FILE = "lesion_gan.npz"
PARTS = ()
PATIENTS, STEPS, BATCH = 4000, 3000, 64
LATENT_DIM, DECAY = 32, 0.995
EARLY = 100  # the step at which a few pixels are noted, so that a test can train that far and compare


class LesionGAN:
    """A generator of simulated liver lesions that is told the diagnosis: G(z, y).

    Two are stored. That of `lesion_gan` was trained for 3,000 steps of 64 images on 4,000 simulated
    patients, half of them malignant, non-saturating, Adam at 1e-3; what is kept is the moving average of its
    weights. It has seen 2,000 malignant patients. A trial that uses it for a cohort with 20 has not augmented
    that cohort but smuggled the others in; train on the cohort itself for that. The other is `texture_gan`.

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
    """

    diagnoses = ("benign", "malignant")

    def __init__(self, generator, scaling):
        self.generator, self.scaling, self.latent_dim = generator, scaling, generator.latent_dim

    def images(self, latent: torch.Tensor, diagnosis: str) -> Array:
        """The images of latent points, all asked to be of one diagnosis.

        Parameters
        ----------
        latent : tensor, shape (n, latent_dim)
        diagnosis : {"benign", "malignant"}

        Returns
        -------
        array, shape (n, 32, 32), in a.u.
        """
        if diagnosis not in self.diagnoses:
            raise ValueError(f"diagnosis must be one of {', '.join(self.diagnoses)}; got {diagnosis!r}.")
        labels = torch.full((len(latent),), self.diagnoses.index(diagnosis))
        with torch.no_grad():
            return self.scaling.to_intensity(self.generator(latent, labels).squeeze(1).numpy())

    def sample(self, diagnosis: str, n: int, seed: Seed = 0) -> Array:
        """n images of a diagnosis, array of shape (n, 32, 32), in a.u.

        Parameters
        ----------
        diagnosis : {"benign", "malignant"}
        n : int >= 1
        seed : int, torch.Generator or None

        Returns
        -------
        array, shape (n, 32, 32)
        """
        latent = torch.randn(positive_integer(n, "n"), self.latent_dim, generator=seeded_rng(seed))
        return self.images(latent, diagnosis)


class Watched(MovingAverage):
    """The moving average of a generator that is told the diagnosis, with a few early pixels.

    The pixels, what the average made of one latent point for either diagnosis after `early` steps, are there
    for a test that trains that far again.
    """

    def __init__(self, game, decay, early):
        super().__init__(game, decay)
        self.early = early

    def __call__(self, game, record):
        super().__call__(game, record)
        if record.step == self.early:
            latent = torch.randn(1, game.generator.latent_dim, generator=seeded_rng(1)).expand(2, -1)
            with torch.no_grad():
                self._early = self.generator(latent, torch.arange(2)).squeeze(1)

    def write(self, file):
        """Store the averaged weights and the pixels."""
        # Three digits of each weight are plenty.
        weights = {name: values.half().numpy() for name, values in self.generator.state_dict().items()}
        write_arrays(file, weights | {"early": self._early.numpy()})


def stored_gan(file, generator):
    """The stored weights of a file in a generator that is built for them, as a LesionGAN."""
    weights = {name: torch.from_numpy(values).float() for name, values in read_arrays(file).items()}
    weights.pop("early")
    generator.requires_grad_(False).load_state_dict(weights)
    return LesionGAN(generator, simulate_lesions(2, seed=0).scaling)  # the same for all patients


def refuse_too_few(steps, early):
    """Refuse to train for less than the early pixels need."""
    if steps < early:
        raise ValueError(f"steps must be {early} or more, where pixels are noted; got {steps}.")


def load() -> LesionGAN:
    """The generator that comes with the course: three minutes of the ordinary pair.

    Returns
    -------
    LesionGAN

    Examples
    --------
    >>> gan = load()
    >>> gan.sample("malignant", 3, seed=0).shape
    (3, 32, 32)
    """
    return stored_gan(FILE, image_generator(latent_dim=LATENT_DIM, n_classes=2, seed=0))


def make(steps: int = STEPS, seed: int = 0) -> None:
    """Train the GAN again and write the file: the averaged weights, and early pixels.

    The early pixels, ``early`` of shape (2, 32, 32), are what the average made of one latent point after
    100 steps, for either diagnosis.

    Parameters
    ----------
    steps : int >= 100
    seed : int
        Of the patients, the weights and the game.
    """
    refuse_too_few(steps, EARLY)
    cohort = simulate_lesions(PATIENTS, malignant_fraction=0.5, seed=seed)
    game = Game(
        image_generator(latent_dim=LATENT_DIM, n_classes=2, seed=seed),
        image_discriminator(n_classes=2, seed=seed + 1),
        NonSaturating(),
        fake_labels=balanced_labels,
    )
    average = Watched(game, DECAY, EARLY)
    with one_thread():
        train(game, cohort, steps, batch_size=BATCH, seed=seed, callbacks=[average])
    average.write(FILE)
