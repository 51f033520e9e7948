"""FeatureGAN: a conditional GAN for rows of features, one diagnosis at a time."""

import functools

import numpy as np
import pandas as pd
import torch

from ganlab.augmentation.patients import checked_patients, diagnoses_of, feature_names
from ganlab.models import mlp_discriminator, mlp_generator
from ganlab.objectives import Hinge, SpectralNorm
from ganlab.seeding import seeded_rng
from ganlab.shapes import Seed, Table
from ganlab.training import Game, balanced_labels, train
from ganlab.validation import positive_integer

# Two steps of a faster discriminator to one of the generator, without momentum: of three settings tried on
# WDBC with 20 malignant cases (two seeds each) the one whose class means came closest.
LATENT_DIM, WIDTH, BATCH_SIZE = 32, 128, 64
RATES = {
    "learning_rate": 2e-4,
    "discriminator_learning_rate": 8e-4,
    "discriminator_steps": 2,
    "optimizer": functools.partial(torch.optim.Adam, betas=(0.0, 0.9)),
}


class FeatureGAN:
    r"""A conditional GAN trained on a table of patients: p(x | y) for feature rows x and diagnoses y.

    Every diagnosis is dealt out equally often, to the discriminator by repeating its real rows and to the
    generator by ``balanced_labels``. So both learn the conditional distribution and none is drowned by the
    prevalence; what a repeat cannot do is show more of the rare diagnosis than its few patients do.

    Features are standardised by this table's own means and standard deviations, over all diagnoses, and
    samples are turned back. Hand in the training part alone: with the test patients in it, their scale
    would leak.

    Parameters
    ----------
    table : DataFrame with patient_id, diagnosis and features
        Two rows or more of each of two or more diagnoses.
    steps : int >= 1
        Generator updates. 1,000 take about ten seconds on one core for 30 features.
    seed : int, torch.Generator or None
        Of the initial weights, the latents and the order of the data.
    progress : bool
        Show a bar, where there is somebody to see it.

    Attributes
    ----------
    diagnoses : tuple of str
    features : list of str
    game : Game
    history : History

    References
    ----------
    .. [1] Mirza & Osindero (2014), Conditional Generative Adversarial Nets, arXiv:1411.1784.
    .. [2] Miyato et al. (2018), Spectral Normalization for Generative Adversarial Networks, arXiv:1802.05957.

    Examples
    --------
    >>> from ganlab.data import load_wdbc
    >>> gan = FeatureGAN(load_wdbc(), steps=20, seed=0, progress=False)
    >>> gan.sample("malignant", 3, seed=1).shape
    (3, 30)
    """

    STEPS = 1000

    def __init__(self, table: Table, *, steps: int = STEPS, seed: Seed = 0, progress: bool = True):
        checked_patients(table, "table")
        if not hasattr(table, "columns"):
            raise ValueError(
                "FeatureGAN learns rows of features; train a conditional Game on a Cohort's images."
            )
        steps, rng = positive_integer(steps, "steps"), seeded_rng(seed)
        kinds, codes, counts = np.unique(diagnoses_of(table), return_inverse=True, return_counts=True)
        if len(kinds) < 2 or counts.min() < 2:
            raise ValueError(
                "FeatureGAN needs two diagnoses or more with two patients or more of each; got "
                f"{ {str(kind): int(n) for kind, n in zip(kinds, counts, strict=True)} }."
            )
        self.diagnoses, self.features = tuple(kinds.tolist()), feature_names(table)
        values = table[self.features].to_numpy(dtype=float)
        self._mean, self._scale = values.mean(axis=0), values.std(axis=0)
        self._scale[self._scale == 0] = 1.0  # a constant feature stays where it is
        rows = torch.as_tensor((values - self._mean) / self._scale, dtype=torch.float32)
        data = _evenly(rows, torch.as_tensor(codes), counts)
        sizes = {"data_dim": len(self.features), "n_classes": len(kinds)}
        self.game = Game(
            mlp_generator(latent_dim=LATENT_DIM, width=WIDTH, seed=rng, **sizes),
            mlp_discriminator(width=WIDTH, seed=rng, **sizes),
            Hinge(constraint=SpectralNorm()),
            fake_labels=balanced_labels,
            **RATES,
        )
        batch_size = min(BATCH_SIZE, len(data[0]))
        self.history = train(self.game, data, steps, batch_size=batch_size, seed=rng, progress=progress)

    def sample(self, diagnosis: str, n: int, seed: Seed = 0) -> Table:
        """n synthetic rows of a diagnosis, in the units of the table.

        Parameters
        ----------
        diagnosis : str
            One of `diagnoses`.
        n : int >= 1
        seed : int, torch.Generator or None

        Returns
        -------
        DataFrame, shape (n, features)
        """
        if str(diagnosis) not in self.diagnoses:
            raise ValueError(f"diagnosis must be one of {', '.join(self.diagnoses)}; got {diagnosis!r}.")
        label = self.diagnoses.index(str(diagnosis))
        rows = self.game.sample(positive_integer(n, "n"), seed, labels=label).numpy()
        return pd.DataFrame(rows * self._scale + self._mean, columns=self.features)


def _evenly(rows, codes, counts):
    """The rows with those of every class repeated until all classes have as many, and their codes."""
    members = [np.flatnonzero(codes.numpy() == code) for code in range(len(counts))]
    chosen = np.concatenate([np.resize(rows_of_one, max(counts)) for rows_of_one in members])
    return rows[chosen], codes[chosen]
