"""Trials of four arms on the Wisconsin table, for few and for many rare patients.

    python -m ganlab.recorded.utility          # all of it, about six minutes of one core

A third of the patients is held out for testing (stratified, seed 0). From the others every draw takes 100
benign patients and 5, 10, 20 or 40 malignant ones; the arms fill the malignant ones up to 100, or do nothing;
the GAN is a `FeatureGAN` of 1,000 steps, trained on the drawn patients alone. A logistic regression on
standardised features is trained on each arm and tested on the held-out patients. Eight draws, the same for
every arm; the intervals are those of `augmentation_utility`. Seed of every trial: 0.

Recorded with torch 2.13.0 on a CPU. Training amplifies rounding, so elsewhere single draws come out
differently, and intervals like these.
"""

import functools
from importlib.resources import files

import pandas as pd
from sklearn.model_selection import train_test_split

from ganlab.augmentation import augmentation_utility, feature_arms
from ganlab.data import load_wdbc
from ganlab.files import written_whole

RARE = (5, 10, 20, 40)
ARMS = ("none", "duplicates", "SMOTE", "GAN")
CONTROLS = ("none", "duplicates")
DRAWS, STEPS, BENIGN, SEED = 8, 1000, 100, 0
SCORES = ("balanced accuracy", "sensitivity", "specificity", "AUC")


def held_out():
    """Two thirds of the patients to draw from, and a third to test on, alike in their diagnoses."""
    wdbc = load_wdbc()
    return train_test_split(wdbc, test_size=1 / 3, stratify=wdbc["diagnosis"], random_state=SEED)


def trial(n_rare, *, draws=DRAWS, arms=ARMS, seed=SEED):
    """One trial, with the differences to both controls.

    Parameters
    ----------
    n_rare : int
        Malignant patients in every draw.
    draws : int >= 2
    arms : sequence of str
        Some of `ARMS`, the controls among them.
    seed : int

    Returns
    -------
    DataFrame
        ``n_rare``, ``arm``, ``score``, ``against`` ("": the score itself; else the control it is compared
        with), ``draw`` (-1: the mean, with ``low`` and ``high`` of its 95 % interval), ``value``.
    """
    pool, test = held_out()
    made = feature_arms(steps=STEPS)
    remembered = {name: _once(made[name]) for name in arms}  # the second control costs no second training
    rows = []
    for control in CONTROLS:
        report = augmentation_utility(
            remembered, test, draws, seed, train=pool, n_train={"benign": BENIGN, "malignant": n_rare},
            reference=control,
        )  # fmt: skip
        found = [(control, report.differences)]
        if control == CONTROLS[0]:
            found.append(("", report.table))
            for one in report.per_draw.itertuples():
                rows.append((n_rare, one.arm, one.metric, "", one.draw, one.value, None, None))
        for against, table in found:
            for (arm, score), (mean, low, high) in table.iterrows():
                rows.append((n_rare, arm, score, against, -1, mean, low, high))
    columns = ["n_rare", "arm", "score", "against", "draw", "value", "low", "high"]
    table = pd.DataFrame(rows, columns=columns)
    return table[table["score"].isin(SCORES)].reset_index(drop=True)


def _once(arm):
    """The arm, with a memory: for the same draw and seed the same rows."""
    known = {}

    def remember(train, seed):
        key = (seed, tuple(train["patient_id"]))
        if key not in known:
            known[key] = arm(train, seed)
        return known[key]

    return remember


def file():
    """The recording as a file."""
    return files("ganlab.recorded") / "utility.csv"


@functools.cache
def recording():
    """What `trial` returned for every number of rare patients, one below the other."""
    with file().open() as text:
        return pd.read_csv(text, keep_default_na=True).fillna({"against": ""})


if __name__ == "__main__":
    tables = []
    for n in RARE:
        tables.append(trial(n))
        print(f"{n} rare patients recorded", flush=True)
    with written_whole(str(file())) as out:
        out.write(pd.concat(tables).round(5).to_csv(index=False).encode())
