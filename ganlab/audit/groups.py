"""The same questions inside each group: is any missing, thinned or unlike, and do features tell it?"""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy import stats

from ganlab.audit.measures import LEVEL, judged_marginals, logistic, rank_scores
from ganlab.augmentation import metrics_and_influence
from ganlab.diagnostics import energy_distance, holm_adjusted

MOST_GROUPS = 20
ENOUGH = 20  # rows of each cohort; a smaller group is counted, but not compared
FOLDS = 5
MOST_PERMUTATIONS = 9999
BOOLS = (bool, np.bool_)


@dataclass(frozen=True)
class Groups:
    """What was asked inside each group.

    Parameters
    ----------
    by : str
        The column that holds the groups.
    table : DataFrame
        A row for each group, the least likely first: ``real`` and ``synthetic`` (rows), ``feature`` (the
        furthest), ``distance``, ``low`` and ``high`` (its Wasserstein distance in real standard deviations,
        with 95 % interval), ``marginals``, ``two_sample`` and ``count`` (p-values), ``p`` (the smallest of
        them, Holm over all questions of all groups) and ``outcome``.
    told_apart : DataFrame
        For each group how well features tell it from the others among the reals: ``auc``, ``low``, ``high``
        (simultaneous 95 % intervals).
    unlabelled : dict of str -> int
        Rows of "real" and "synthetic" that are in no group.
    """

    by: str
    table: pd.DataFrame = field(repr=False)
    told_apart: pd.DataFrame = field(repr=False)
    unlabelled: dict = field(repr=False)

    @property
    def p_value(self):
        """How often fresh patients would look as odd in any group."""
        return float(self.table["p"].min())

    @property
    def failed(self):
        """The groups in which something was found, the least likely first."""
        return self.table[self.table["outcome"] == "failed"]

    def in_words(self, most=None):
        """A sentence for each group in which something was found, by the least likely of its p-values."""
        for name, row in self.failed.head(most).iterrows():
            question = row[["marginals", "two_sample", "count"]].astype(float).idxmin()
            if question == "count":
                total = self.table[["real", "synthetic"]].sum()
                yield (
                    f"{self.by} {name} has {row.synthetic} of {total.synthetic} synthetic rows, against "
                    f"{row.real} of {total.real} real ones"
                )
                continue
            far = f"{row.feature!r}, is {row.distance:.2g} real standard deviations away"
            yield f"in {self.by} {name} the furthest feature, {far}" + (
                "" if question == "marginals" else ", and all features together tell the two apart"
            )

    @property
    def sentences(self):
        """What was found, which groups were too small for that, and whether features tell the groups."""
        compared = int((self.table["two_sample"].notna()).sum())
        faults = "; ".join(self.in_words()) or "nothing was found in any"
        yield f"By {self.by}: {compared} of {len(self.table)} groups were compared; {faults}."
        small = self.table[self.table["outcome"] == "not applicable"]
        if len(small):
            sizes = ", ".join(
                f"{name} ({row.real} real, {row.synthetic} synthetic)" for name, row in small.iterrows()
            )
            yield (
                f"Groups of {self.by} with fewer than {ENOUGH} rows on a side were counted, but not "
                f"compared: {sizes}."
            )
        for name, n in self.unlabelled.items():
            if n:
                yield f"{n} {name} rows have no {self.by} and are in no group."
        apart = self.told_apart[self.told_apart["low"] > 0.5]
        if len(apart):
            name, best = apart.index[0], apart.iloc[0]
            yield (
                f"The features tell the {self.by} of real patients: {name} from the others with an AUC of "
                f"{best['auc']:.2f} ({best['low']:.2f} to {best['high']:.2f}; cross-validated). If {self.by} "
                "is a site or a scanner, that is a batch effect, which a generator imitates: harmonize first "
                "(ComBat, for example); nothing was harmonized here."
            )


def group_labels(facts, by):
    """The groups of one cohort as text, None where a row says nothing; 1, 1.0 and "1" are one group.

    A cell of a CSV file that is empty, or holds blanks alone, says nothing. True and False keep their names.

    Examples
    --------
    >>> group_labels(pd.DataFrame({"site": [1.0, None, 2.0]}), "site").tolist()
    ['1', None, '2']
    >>> group_labels(pd.DataFrame({"site": ["Bern ", " ", ""]}), "site").tolist()
    ['Bern', None, None]
    >>> group_labels(pd.DataFrame({"malignant": [True, False]}), "malignant").tolist()
    ['True', 'False']
    """
    values = facts[by].astype(object).map(lambda value: str(value) if isinstance(value, BOOLS) else value)
    values = values.where(values.astype(str).str.strip() != "", None)
    numbers = pd.to_numeric(values, errors="coerce")
    if numbers.notna().sum() == values.notna().sum():
        values = numbers.map("{:g}".format).where(numbers.notna())
    text = [None if pd.isna(value) else str(value).strip() for value in values]
    return pd.Series(text, index=values.index, dtype=object)


def checked_groups(inputs, by):
    """The groups of the real and of the synthetic rows; ValueError if there are none to compare.

    Parameters
    ----------
    inputs : dict of AuditInput
    by : str

    Returns
    -------
    dict of str -> Series
    """
    labels = {name: group_labels(inputs[name].facts, by) for name in ("real", "synthetic")}
    levels = sorted(set(labels["real"].dropna()))
    if len(levels) < 2:
        raise ValueError(
            f"{by!r} has {f'one value only, {levels[0]!r}' if levels else 'no value'} among the real "
            "patients; groups need two values or more."
        )
    if len(levels) > MOST_GROUPS:
        raise ValueError(
            f"{by!r} has {len(levels)} different values among the real patients; groups are at most "
            f"{MOST_GROUPS}. Cut numbers into classes first, such as ages into decades."
        )
    if labels["synthetic"].isna().all():
        raise ValueError(f"no synthetic row has a value of {by!r}.")
    sizes = [(part == level).sum() for level in levels for part in labels.values()]
    if not any(min(pair) >= ENOUGH for pair in zip(sizes[::2], sizes[1::2], strict=True)):
        raise ValueError(
            f"no group of {by!r} has {ENOUGH} real and {ENOUGH} synthetic rows: "
            + ", ".join(
                f"{level} has {r} and {s}"
                for level, r, s in zip(levels, sizes[::2], sizes[1::2], strict=True)
            )
            + ". Groups so small cannot be compared."
        )
    return labels


def compare_groups(inputs, by, limits, n_permutations, n_checks, seed):
    """Ask of each group whether it is there, and whether it is distributed as among the reals.

    Parameters
    ----------
    inputs : dict of AuditInput
    by : str
    limits : Limits
    n_permutations : int
        At least; more if the correction over groups needs them.
    n_checks : int
        Of the audit, over which it will be corrected again.
    seed : int

    Returns
    -------
    Groups
    """
    labels = checked_groups(inputs, by)
    real, synthetic = (inputs[name].table.drop(columns=by, errors="ignore") for name in labels)
    counts = pd.DataFrame({name: part.value_counts() for name, part in labels.items()}).fillna(0).astype(int)
    enough = counts.min(axis=1) >= ENOUGH
    margins = pd.Series(limits.margins_of(real.columns), real.columns)
    questions = len(counts) + 2 * int(enough.sum())
    n_permutations = max(n_permutations, min(int(questions * n_checks / LEVEL), MOST_PERMUTATIONS))
    sizes = {name: int(part.notna().sum()) for name, part in labels.items()}
    rows = {}
    for group, (n, m) in counts.iterrows():
        rows[group] = {"real": n, "synthetic": m, "count": _count_p(n, m, sizes)}
        if enough[group]:
            pair = (
                part[(labels[name] == group).to_numpy()]
                for name, part in (("real", real), ("synthetic", synthetic))
            )
            rows[group] |= _compared(*pair, margins, n_permutations, seed)
    columns = ["real", "synthetic", "feature", "distance", "low", "high", "marginals", "two_sample", "count"]
    table = pd.DataFrame.from_dict(rows, orient="index").reindex(columns=columns)
    p_values = _holm(table[["marginals", "two_sample", "count"]])
    table["p"] = p_values.min(axis=1)
    table["outcome"] = np.select(
        [table["p"] <= LEVEL, enough[table.index]], ["failed", "passed"], "not applicable"
    )
    return Groups(
        by,
        table.sort_values("p", kind="stable"),
        _told_apart(real, labels["real"], seed),
        {name: len(part) - sizes[name] for name, part in labels.items()},
    )


def _compared(real, synthetic, margins, n_permutations, seed):
    table = judged_marginals(real, synthetic, margins)
    suspect = table.loc[table["conclusion"] != "close", "ks_p_adjusted"]
    furthest = table.iloc[0]
    ranks = rank_scores(real.to_numpy(), synthetic.to_numpy())
    return {
        "feature": str(table.index[0]),
        "distance": furthest["wasserstein"],
        "low": max(0.0, furthest["wasserstein"] - furthest["half_width"]),
        "high": furthest["wasserstein"] + furthest["half_width"],
        "marginals": suspect.min() if len(suspect) else 1.0,
        "two_sample": energy_distance(*ranks, n_permutations=n_permutations, seed=seed).p_value,
    }


def _count_p(n, m, sizes):
    """Fisher's exact test, one-sided: are there too few synthetic ones, or any where no real one is?"""
    table = [[m, sizes["synthetic"] - m], [n, sizes["real"] - n]]
    return float(stats.fisher_exact(table, alternative="less" if n else "greater").pvalue)


def _holm(p_values):
    flat = p_values.to_numpy(dtype=float).ravel()
    asked = ~np.isnan(flat)
    flat[asked] = holm_adjusted(flat[asked])
    return pd.DataFrame(flat.reshape(p_values.shape), index=p_values.index, columns=p_values.columns)


def _told_apart(real, labels, seed):
    """For each group of two folds' patients or more: cross-validated AUC against the others, by DeLong."""
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    counts = labels.value_counts()
    usable = labels.isin(counts.index[counts >= 2 * FOLDS]).to_numpy()
    groups = sorted(labels[usable].unique())
    if len(groups) < 3:
        groups = groups[1:]  # two groups have one AUC, and one has none
    classifier = logistic("balanced")
    rows = {}
    for group in groups:
        of_group = (labels[usable] == group).to_numpy()
        folds = StratifiedKFold(FOLDS, shuffle=True, random_state=seed)
        chance = cross_val_predict(classifier, real[usable], of_group, cv=folds, method="predict_proba")[:, 1]
        metrics, influence = metrics_and_influence(chance, of_group, np.arange(len(chance)))
        half = stats.norm.isf(0.025 / len(groups)) * np.sqrt((influence["AUC"] ** 2).sum())
        auc = metrics["AUC"]
        rows[group] = {"auc": auc, "low": max(0.0, auc - half), "high": min(1.0, auc + half)}
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["auc", "low", "high"])
    return table.sort_values("low", ascending=False, kind="stable")
