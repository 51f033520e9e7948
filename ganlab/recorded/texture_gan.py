"""A better GAN of simulated lesions, with the remedies of the field (half an hour of one core to make).

The same task as `lesion_gan` with half of its patients. What is different, each with its source in the
docstring of the part: `texture_generator` and `texture_discriminator`, the R1 penalty, Adam without momentum
(betas 0 and 0.99), and patients shown in all four reflections, which a simulated lesion does not care
about. Late in the game the learning rate is lowered, twice.
"""

import functools

import torch

from ganlab.data import simulate_lesions
from ganlab.models import texture_discriminator, texture_generator
from ganlab.objectives import NonSaturating, R1Penalty
from ganlab.recorded.lesion_gan import LesionGAN, Watched, refuse_too_few, stored_gan
from ganlab.seeding import one_thread
from ganlab.training import Game, train

FILE = "texture_gan.npz"
PARTS = ()
PATIENTS, STEPS, BATCH = 2000, 12_000, 32
RATE, LATER_RATES = 1e-3, {5000: 3e-4, 10_000: 1e-4}  # after so many steps
DECAY = 0.995
EARLY = 20  # the step at which a few pixels are noted; by the hundredth, processors have drifted apart


def load() -> LesionGAN:
    """The better generator of lesions that comes with the course.

    Returns
    -------
    LesionGAN
        With ``images`` and ``sample``, as that of `lesion_gan`.

    Examples
    --------
    >>> gan = load()
    >>> gan.sample("benign", 2, seed=0).shape
    (2, 32, 32)
    """
    return stored_gan(FILE, texture_generator(n_classes=2))


def make(steps: int = STEPS, seed: int = 0) -> None:
    """Train the GAN again and write the file: the averaged weights, and early pixels, as in `lesion_gan`
    but after 20 steps.

    Parameters
    ----------
    steps : int >= 20
    seed : int
        Of the patients, the weights and the game.
    """
    refuse_too_few(steps, EARLY)
    trained(steps, seed).write(FILE)


def trained(steps, seed):
    """The average of the weights of one game, with its early pixels."""
    images, labels = simulate_lesions(PATIENTS, seed=seed).to_tensor_dataset().tensors
    reflected = torch.cat([images, images.flip(-1), images.flip(-2), images.flip(-1).flip(-2)])
    game = Game(
        texture_generator(n_classes=2, seed=seed),
        texture_discriminator(n_classes=2, seed=seed + 1),
        NonSaturating(constraint=R1Penalty(0.025, every=8)),
        learning_rate=RATE,
        optimizer=functools.partial(torch.optim.Adam, betas=(0.0, 0.99)),
    )

    def slow_down(game, record):
        if record.step in LATER_RATES:
            game.change(learning_rate=LATER_RATES[record.step])

    average, data = Watched(game, DECAY, EARLY), (reflected, labels.repeat(4))
    with one_thread():
        train(game, data, steps, batch_size=BATCH, seed=seed, callbacks=[average, slow_down])
    return average
