"""CycleGANs between two reconstruction kernels of CT, from soft to sharp and back (ten minutes to make)."""

import numpy as np
import torch
from tqdm.auto import tqdm

from ganlab.data import Cohort, simulate_ct
from ganlab.models import patch_discriminator, residual_translator
from ganlab.objectives import LeastSquares
from ganlab.recorded.store import read_arrays, write_arrays
from ganlab.seeding import one_thread
from ganlab.training import RateDecay, TranslationGame, train

FILE = "kernel_translators.npz"
PARTS = ()
KERNELS = "soft", "sharp"
SEEDS = range(6)
PATIENTS, STEPS, BATCH = 300, 1500, 4
EARLY = 20  # the step at which weights of one game are noted, so that a test can go that far and compare
RATE = 1e-3  # of the translators, twice that of the discriminators, before they are lowered
# What the discriminators see, as on a screen: this many HU, and at least or at most as far from it.
LEVEL_HU, REACH_HU = 50, 200


class KernelTranslator:
    """A recorded pair of translators: scans of one kernel to scans as of the other.

    Learnt from 300 simulated patients scanned soft and 300 others scanned sharp (`simulate_ct`), without a
    patient seen under both: 1,500 steps of four images, least squares, cycle weight 3. The discriminators see
    a window of -150 to 250 HU, as on a screen.

    Parameters
    ----------
    networks : dict {str: torch.nn.Module}
        For each kernel, the network that takes its scans to the other kernel.
    """

    def __init__(self, networks):
        self.networks = networks

    def __call__(self, cohort: Cohort) -> Cohort:
        """The same patients, each scan translated to the other kernel.

        Parameters
        ----------
        cohort : Cohort
            In HU, with a column `kernel` in its truth, each "soft" or "sharp".

        Returns
        -------
        Cohort
            With the other kernel in its truth.
        """
        if cohort.intensity_unit != "HU" or not set(cohort.truth.get("kernel", [None])) <= set(KERNELS):
            raise ValueError(
                f"a kernel translator needs a cohort in HU whose truth has a column 'kernel' of "
                f"{' and '.join(KERNELS)}; got one in {cohort.intensity_unit} with "
                f"{', '.join(map(str, cohort.truth))}."
            )
        kernel = cohort.truth["kernel"]
        images = np.empty_like(cohort.images)
        for name, network in self.networks.items():
            rows = (kernel == name).to_numpy()
            with torch.no_grad():
                images[rows] = from_network(network(to_network(cohort.images[rows])))
        others = dict(zip(KERNELS, reversed(KERNELS), strict=True))
        return cohort.replace(
            images=images,
            truth=cohort.truth.assign(kernel=kernel.map(others)),
            name=f"{cohort.name}, translated",
            provenance=f"{cohort.provenance}; kernel translated by a network",
        )


def load() -> list[KernelTranslator]:
    """The recorded translators, one for each seed.

    Returns
    -------
    list of KernelTranslator
        Functions from a cohort to a cohort, as `audit_invariance` takes them.

    Examples
    --------
    >>> soft = simulate_ct(2, kernel="soft", seed=0)
    >>> translated = load()[0](soft)
    >>> inside = [scan.images[soft.masks].std() for scan in (soft, translated)]
    >>> translated.truth["kernel"].tolist(), bool(inside[0] < inside[1])
    (['sharp', 'sharp'], True)
    """
    stored = read_arrays(FILE)
    translators = []
    for seed in SEEDS:
        networks = {kernel: residual_translator().requires_grad_(False) for kernel in KERNELS}
        for kernel, network in networks.items():
            weights = torch.as_tensor(stored[kernel][seed])
            torch.nn.utils.vector_to_parameters(weights, network.parameters())
        translators.append(KernelTranslator(networks))
    return translators


def make() -> None:
    """Play the games again and write the file; with it, of one network, the weights after 20 steps."""
    games = [trained(seed) for seed in tqdm(SEEDS, desc="games")]
    stored = {
        kernel: np.stack([vector_of(networks[kernel]) for networks in games]).astype(np.float32)
        for kernel in KERNELS
    }
    stored["early"] = vector_of(trained(0, EARLY)["soft"])
    write_arrays(FILE, stored)


def trained(seed, steps=STEPS):
    """The networks of one game, for each kernel the one that leads away from it."""
    # Patients of their own for each kernel, and none whom a lesson draws.
    data = tuple(
        to_network(simulate_ct(PATIENTS, kernel=kernel, necrosis=0.5, seed=1000 + i).images)
        for i, kernel in enumerate(KERNELS)
    )
    game = TranslationGame(
        *(residual_translator(seed=4 * seed + i) for i in (0, 1)),
        *(
            torch.nn.Sequential(torch.nn.Hardtanh(), patch_discriminator(64, seed=4 * seed + i))
            for i in (2, 3)
        ),
        LeastSquares(),
        cycle_weight=3.0,
        identity_weight=0.0,
        learning_rate=RATE,
        discriminator_learning_rate=2 * RATE,
    )

    with one_thread():
        slower = RateDecay(game, STEPS)
        train(game, data, steps, batch_size=BATCH, seed=seed, callbacks=[slower], progress=False)
    networks = game.generator.to_second, game.generator.to_first
    return dict(zip(KERNELS, networks, strict=True))


def to_network(images_hu):
    """Images in HU as a tensor for the networks, shape (n, 1, height, width)."""
    return torch.as_tensor((images_hu - LEVEL_HU) / REACH_HU, dtype=torch.float32)[:, None]


def from_network(images):
    """The way back, to HU."""
    return images[:, 0].numpy() * REACH_HU + LEVEL_HU


def vector_of(network):
    """All weights of a network in one array."""
    return torch.nn.utils.parameters_to_vector(network.parameters()).detach().numpy()
