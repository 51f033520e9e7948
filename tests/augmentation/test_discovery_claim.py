"""What lecture 10 says of a GAN as an instrument of discovery, over cohorts drawn anew."""

import json
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from ganlab.augmentation import FeatureGAN

LECTURE = Path(__file__).parents[2] / "course" / "10-augmentation-dossier.ipynb"


def drawn_as_in_the_lecture():
    """The lecture's own `patients`, and its features."""
    cells = {cell["id"]: "".join(cell["source"]) for cell in json.loads(LECTURE.read_text())["cells"]}
    names = {}
    exec(cells["imports"] + "\n" + cells["discovery-gans"].split("rng = np.random")[0], names)
    return names["patients"], names["features"]


@pytest.mark.slow
def test_gans_find_the_planted_mean_and_agree_on_others_that_new_patients_refute():
    """Four cohorts of 80 patients, four GANs each."""
    patients, features = drawn_as_in_the_lecture()
    invented = []
    for cohort in range(1, 5):
        rng = np.random.default_rng(cohort)
        seen, unseen = patients(40, rng), patients(200, rng)
        pairs = []
        for seed in range(4):
            gan = FeatureGAN(seen, steps=200, seed=seed, progress=False)
            pairs.append([gan.sample(label, 500, seed=0) for label in ("early", "late")])
        means = np.array([(late - early)[features].mean() for early, late in pairs])
        low, high = stats.t.interval(0.95, 3, means.mean(axis=0), stats.sem(means))
        early, late = (unseen.loc[unseen["diagnosis"] == label, features] for label in ("early", "late"))
        p_values = 6 * stats.ttest_ind(early, late).pvalue
        proposed, confirmed = (low > 0) | (high < 0), p_values < 0.05
        # 0.8 standard deviations among 200 of each: missed by the new patients less than once in a million.
        assert proposed[0]
        assert low[0] > 0
        assert confirmed[0]
        invented.append(int((proposed & ~confirmed)[1:].sum()))
        turned = np.mean([b[features].corr().iloc[3, 4] - a[features].corr().iloc[3, 4] for a, b in pairs])
        assert abs(turned) < 0.8, "half of the planted turn of 1.6 would no longer be hardly learnt"
    print(f"differences that the seeds agree on and new patients do not confirm: {invented}")
    assert min(invented) >= 1
