"""Audits of lesions that a GAN made, outlined and measured like real ones (some minutes to make).

In each of ten draws 1,000 real patients are compared with 1,000 fresh patients of the same population and
with 1,000 samples each of `lesion_gan` and of `texture_gan`, 40 % of them ordered malignant, as in the
population. All images are outlined by `outline_lesions`, the true masks are not used; those with a region
are measured in the fourteen features of `lesion_features`;
``audit(real, candidate, seed=draw, n_permutations=319)`` judges.
"""

import tempfile

import numpy as np
import pandas as pd

from ganlab.audit import audit
from ganlab.data import simulate_lesions
from ganlab.radiomics import extract_features, outline_lesions
from ganlab.recorded import lesion_gan, texture_gan
from ganlab.recorded.audits import N_PERMUTATIONS, rows_of
from ganlab.recorded.lesion_features import COLUMNS, FEATURES
from ganlab.recorded.store import chosen, read_table, write_table

FILE = "image_audits.csv"
PATIENTS, MALIGNANT, SPACING_MM = 1000, 0.4, 1.5
PARTS = DRAWS = tuple(range(10))
GANS = {"GAN": lesion_gan, "texture GAN": texture_gan}


def load() -> pd.DataFrame:
    """Every check of every audit that was run: one row each.

    Returns
    -------
    DataFrame
        ``candidate`` ("fresh patients", "GAN" or "texture GAN"), ``n``, the images on which a lesion was
        found, ``draw``, ``verdict``, ``check`` and its numbers, as in `audits`; and ``different``: of the
        check "marginals" the features that look different, of 14; of "correlations" the pairs that differ,
        of 91; else NaN.

    Examples
    --------
    >>> table = load()
    >>> sorted(set(table["candidate"]))
    ['GAN', 'fresh patients', 'texture GAN']
    """
    return read_table(FILE)


def make(parts: list | tuple = PARTS) -> None:
    """Run the audits again and write the file.

    Parameters
    ----------
    parts : iterable
        The draws to do, some of `PARTS`; the others stay.
    """
    from tqdm.auto import tqdm

    tables = [run_draw(draw) for draw in tqdm(chosen(parts, PARTS), desc="draws")]
    write_table(FILE, pd.concat(tables), by="draw", float_format="%.4g")


def run_draw(draw):
    """All audits of one draw, run now: their rows of the table."""
    # Seeds of patients that neither a generator (0) nor the other recorded results (90) have seen.
    real, fresh = (measured(simulate_lesions(PATIENTS, seed=1000 + 2 * draw + i).images) for i in (0, 1))
    candidates = {"fresh patients": fresh}
    candidates |= {name: samples_of(recorded.load(), draw) for name, recorded in GANS.items()}
    return pd.concat([audited(real, table, name, draw) for name, table in candidates.items()])


def samples_of(gan, draw):
    """The features of what a generator makes for one draw."""
    n_malignant = round(MALIGNANT * PATIENTS)
    orders = {"benign": PATIENTS - n_malignant, "malignant": n_malignant}
    return measured(np.concatenate([gan.sample(*order, seed=draw) for order in orders.items()]))


def audited(real, table, name, draw):
    """The rows of one audit."""
    report = audit(real, table, seed=draw, n_permutations=N_PERMUTATIONS)
    different = {
        "marginals": (report.evidence.marginals["conclusion"] == "different").sum(),
        "correlations": len(report.evidence.correlations.broken()),
    }
    rows = rows_of(report, name, len(table), draw)
    return rows.assign(different=rows["check"].map(different))


def measured(images):
    """The fourteen features of the images on which a lesion is found, one a row."""
    masks = outline_lesions(images, SPACING_MM)
    has_lesion = masks.any(axis=(1, 2))
    with tempfile.TemporaryDirectory() as cache:
        table = extract_features(
            images[has_lesion],
            masks[has_lesion],
            spacing_mm=SPACING_MM,
            intensity_unit="a.u.",
            classes=tuple(FEATURES),
            cache=cache,
            n_jobs=1,
            progress=False,
        )
    return table[[f"original_{name}" for name in COLUMNS]].set_axis(COLUMNS, axis="columns")
