"""Trials of four arms on the Wisconsin table, for few and for many rare patients (six minutes to make).

A third of the patients is held out for testing (stratified, seed 0). From the others every draw takes 100
benign patients and 5, 10, 20 or 40 malignant ones; the arms fill the malignant ones up to 100, or do nothing;
the GAN is a `FeatureGAN` of 1,000 steps, trained on the drawn patients alone. A logistic regression on
standardised features is trained on each arm and tested on the held-out patients. Eight draws, the same for
every arm; the intervals are those of `augmentation_utility`. Seed of every trial: 0.

Recorded with torch 2.13.0 on a CPU. Training amplifies rounding, so elsewhere single draws come out
differently, and intervals like these.
"""

import pandas as pd
from sklearn.model_selection import train_test_split

from ganlab.augmentation import augmentation_utility, feature_arms
from ganlab.data import load_wdbc
from ganlab.recorded.store import chosen, read_table, write_table

FILE = "utility.csv"
PARTS = RARE = (5, 10, 20, 40)
ARMS = ("none", "duplicates", "SMOTE", "GAN")
REFERENCES = ("none", "duplicates")
DRAWS, STEPS, BENIGN, SEED = 8, 1000, 100, 0
METRICS = ("balanced accuracy", "sensitivity", "specificity", "AUC")


def load() -> pd.DataFrame:
    """What `trial` returned for every number of rare patients, one below the other.

    Returns
    -------
    DataFrame
        ``n_rare``, ``arm``, ``metric``, ``reference`` ("": the metric itself; else the arm that it is
        compared with), ``draw`` (-1: the mean, with ``low`` and ``high`` of its 95 % interval), ``value``.

    Examples
    --------
    >>> table = load()
    >>> gain = table.query("n_rare == 20 and arm == 'GAN' and metric == 'AUC' and reference == 'duplicates'")
    >>> bool(gain["low"].item() < 0 < gain["high"].item())
    True
    """
    return read_table(FILE).fillna({"reference": ""})


def make(parts: list | tuple = PARTS) -> None:
    """Run the trials again and write the file.

    Parameters
    ----------
    parts : iterable
        The numbers of rare patients to do, some of `PARTS`; the others stay.
    """
    tables = []
    for n in chosen(parts, PARTS):
        tables.append(trial(n))
        print(f"{n} rare patients recorded", flush=True)
    write_table(FILE, pd.concat(tables).round(5), by="n_rare")


def pool_and_test():
    """Two thirds of the patients to draw from, and a third to test on, alike in their diagnoses."""
    wdbc = load_wdbc()
    return train_test_split(wdbc, test_size=1 / 3, stratify=wdbc["diagnosis"], random_state=SEED)


def trial(n_rare, *, draws=DRAWS, arms=ARMS, seed=SEED):
    """One trial, with the differences to both references, as rows of the table that `load` returns."""
    pool, test = pool_and_test()
    made = feature_arms(steps=STEPS)
    remembered = {name: _once(made[name]) for name in arms}  # the second reference costs no second training
    rows = []
    for reference in REFERENCES:
        report = augmentation_utility(
            remembered, test, draws, seed, train=pool, n_train={"benign": BENIGN, "malignant": n_rare},
            reference=reference,
        )  # fmt: skip
        summaries = [(reference, report.differences)]
        if reference == REFERENCES[0]:
            summaries.append(("", report.table))
            for arm, draw, metric, value in report.per_draw.itertuples(index=False):
                rows.append((n_rare, arm, metric, "", draw, value, None, None))
        for against, table in summaries:
            for (arm, metric), (mean, low, high) in table.iterrows():
                rows.append((n_rare, arm, metric, against, -1, mean, low, high))
    columns = ["n_rare", "arm", "metric", "reference", "draw", "value", "low", "high"]
    table = pd.DataFrame(rows, columns=columns)
    return table[table["metric"].isin(METRICS)].reset_index(drop=True)


def _once(arm):
    """The arm, with a memory: for the same draw and seed the same rows."""
    known = {}

    def remember(train, seed=0):
        key = (seed, tuple(train["patient_id"]))
        if key not in known:
            known[key] = arm(train, seed)
        return known[key]

    return remember
