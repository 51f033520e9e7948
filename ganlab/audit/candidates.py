"""Several candidates for one real cohort: an audit of each, and which of them is closest, with intervals."""

import html
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats

from ganlab.audit.inputs import audit_sources, fingerprint, refuse_the_same
from ganlab.audit.measures import rank_scores
from ganlab.audit.pages.audit_json import as_json, candidates_facts
from ganlab.audit.pages.candidates_page import candidates_page
from ganlab.audit.pages.page import free_to_write, write_page
from ganlab.audit.verdict import Audit, audit, both_free_to_write
from ganlab.data import Cohort
from ganlab.diagnostics import holm_adjusted
from ganlab.progress import with_progress
from ganlab.seeding import seeded_numpy_rng, whole_seed
from ganlab.shapes import FilePath, Seed, Table

VERDICTS = {"accept": "accepted", "undecided": "undecided", "reject": "rejected"}  # the best first
DRAWS = 400
BLOCK = 4_000_000  # distances held at a time, 32 MB
RISK = 0.05  # of telling any two apart that are equally far


@dataclass(frozen=True)
class Candidates:
    """The audits of several candidates, and their ranking.

    Parameters
    ----------
    audits : dict of name -> Audit
        In the order of the ranking.
    ranking : DataFrame, one row per candidate
        ``verdict``; ``distance`` to the real cohort with ``low`` and ``high``, its 95 % interval; ``first``
        and ``last``, the places that it may have (NaN for a rejected one, which has none).
    pairs : DataFrame, one row per pair
        ``closer``, ``further``, ``difference`` of their distances with ``low`` and ``high``, ``p``,
        ``p_adjusted`` (Holm over pairs) and ``told_apart``.

    Examples
    --------
    See :func:`audit_candidates`.
    """

    audits: Mapping[str, Audit] = field(repr=False)
    ranking: pd.DataFrame = field(repr=False)
    pairs: pd.DataFrame = field(repr=False)

    @property
    def best_verdict(self) -> str:
        """ "accept" if any candidate is accepted, else "undecided" if any is that, else "reject"."""
        verdicts = set(self.ranking["verdict"])
        return next(verdict for verdict in VERDICTS if verdict in verdicts)

    @property
    def headline(self) -> str:
        """How many are accepted, and which is closest."""
        counts = self.ranking["verdict"].value_counts()
        said = ", ".join(f"{counts.get(verdict, 0)} {words}" for verdict, words in VERDICTS.items())
        text = f"Of {len(self.ranking)} candidates {said}."
        placed = self.ranking[self.ranking["verdict"] != "reject"]
        if placed.empty:
            return text
        closest = str(placed.index[0])
        rivals = [str(name) for name in placed.index[1:] if placed.loc[name, "first"] == 1]
        follows = f"cannot be told apart from {', '.join(rivals)}" if rivals else "is closer than every other"
        if len(placed) == 1:
            follows = "is the only one that is not rejected"
        return f"{text} {closest} is closest to the real cohort, and {follows}."

    def open_checks(self, name: str) -> list[str]:
        """The checks that rejected a candidate or, where none did, those that are undecided."""
        checks = self.audits[name].ranked
        failed = [check.name for check in checks if check.outcome == "failed"]
        return failed or [check.name for check in checks if check.outcome == "undecided"]

    def sentence(self, name: str) -> str:
        """The place of one candidate, and what was decisive in its audit."""
        row = self.ranking.loc[name]
        place = "no place" if np.isnan(row["first"]) else f"place {row['first']:.0f}"
        if row["last"] > row["first"]:
            place += f" to {row['last']:.0f}"
        return f"{name}: {place}. {self.audits[name].headline}"

    @property
    def beside(self) -> dict[str, tuple[str, ...]]:
        """What was said beside each verdict: of groups, of a target, and of what was left out or set aside.

        Under "" once what is said of all candidates.
        """
        said = {name: (*report.beside, *report.remarks) for name, report in self.audits.items()}
        shared = set.intersection(*map(set, said.values()))
        every = tuple(words for words in next(iter(said.values())) if words in shared)
        return {name: tuple(w for w in words if w not in shared) for name, words in said.items()} | {
            "": every
        }

    def summary(self) -> str:
        """The headline, a line for each candidate and what was found beside its verdict, and notes."""
        beside = self.beside
        lines = [
            line
            for name in self.audits
            for line in (self.sentence(name), *(f"  {words}" for words in beside[name]))
        ]
        return "\n".join((self.headline, *lines, *beside[""]))

    def _repr_html_(self):
        lines = "".join(
            f"<li>{'<br>'.join(map(html.escape, (self.sentence(name), *self.audits[name].beside)))}</li>"
            for name in self.audits
        )
        return f"<p><strong>{html.escape(self.headline)}</strong></p><ul>{lines}</ul>"

    def to_html(self, path: FilePath, *, overwrite: bool = False) -> Path:
        """Write one page: the ranking first, then every audit in full.

        Parameters
        ----------
        path, overwrite
            As for `Audit.to_html`.

        Returns
        -------
        pathlib.Path
        """
        path = free_to_write(path, "audit", overwrite)
        return write_page(path, candidates_page(self))

    def to_json(self, path: FilePath, *, overwrite: bool = False) -> Path:
        """Write the same for machines, under the schema of `Audit.to_json`."""
        path = free_to_write(path, "audit", overwrite, "json")
        return write_page(path, as_json(candidates_facts(self)))


def audit_candidates(
    real: Cohort | Table,
    candidates: Mapping[str, Cohort | Table],
    holdout: Cohort | Table | None = None,
    *,
    seed: Seed = 0,
    **options: object,
) -> Candidates:
    r"""Audit several synthetic cohorts against one real cohort, and rank them.

    Each candidate gets its own audit, and its own verdict: the risk of 2.5 % is that of each. Those that are
    not rejected are ranked by their energy distance from the real cohort,

    .. math:: \mathcal{E} = 2\,\mathbb{E}\lVert x - y \rVert - \mathbb{E}\lVert x - x' \rVert
       - \mathbb{E}\lVert y - y' \rVert

    on one scale for all: each feature as the normal quantile of its rank among the real patients and all
    candidates together. A rejected candidate has no place: one that copies would have the first.

    The intervals are those of a bootstrap: in each of 400 draws the real patients are drawn anew, the same
    for all candidates (so the differences are paired), and the rows of each candidate. Two candidates are
    told apart if the difference of their distances is not 0 at 5 %, corrected by Holm's method over all
    pairs; a candidate's places are those that no such difference excludes.

    Parameters
    ----------
    real, holdout
        As for `audit`.
    candidates : dict of name -> Cohort or DataFrame, two or more
    seed : int, torch.Generator or None
    **options
        As for `audit`.

    Returns
    -------
    Candidates

    Raises
    ------
    ValueError
        If there are fewer than two candidates, or two are the same, or one is the real cohort or the holdout.

    Notes
    -----
    The bootstrap is too careful, not too bold: two perfect candidates were told apart in 0 of 460 draws, and
    two that were equally far off, each by another feature, in 11 of 920 (50 and 200 patients, 5 and 20
    features), where 5 % are allowed.

    References
    ----------
    .. [1] Székely & Rizzo (2013), Energy statistics: a class of statistics based on distances,
       doi:10.1016/j.jspi.2013.03.018.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> real, near, far = (pd.DataFrame(rng.normal(size=(60, 3)), columns=list("abc")) for _ in range(3))
    >>> report = audit_candidates(real, {"far": far + 0.8, "near": near}, n_permutations=319)
    >>> print(report.headline)
    Of 2 candidates 0 accepted, 1 undecided, 1 rejected.
    near is closest to the real cohort, and is the only one that is not rejected.
    """
    if not isinstance(candidates, Mapping) or len(candidates) < 2:
        raise ValueError("candidates must be a dict of two or more names and cohorts; for one, call audit.")
    sources = {"the real cohort": real, "the holdout": holdout}
    sources |= {f"the candidate {name}": candidate for name, candidate in candidates.items()}
    refuse_the_same({name: fingerprint(source) for name, source in sources.items() if source is not None})
    audits, seed = {}, whole_seed(seed)  # one for all, also where it is drawn
    for name, candidate in with_progress(candidates.items(), "candidates"):
        try:
            audits[str(name)] = audit(real, candidate, holdout, seed=seed, **options)
        except ValueError as problem:
            raise ValueError(f"with the candidate {name}: {problem}") from None
    distances = _distances(audits, seed)
    pairs = _compared(distances)
    ranking = _ranked(audits, distances, pairs)
    return Candidates({name: audits[name] for name in ranking.index}, ranking, pairs)


def audit_candidate_files(
    real: FilePath,
    candidates: Sequence[FilePath],
    holdout: FilePath | None,
    out: FilePath,
    json: FilePath | None = None,
    *,
    overwrite: bool = False,
    test: FilePath | None = None,
    tell: Callable = print,
    **options: object,
) -> Candidates:
    """Audit and rank what lies under several paths, and write the page: `ganlab audit REAL A B C`.

    Parameters
    ----------
    real, holdout, out, json, overwrite, test, tell
        As for `audit_files`.
    candidates : sequence of paths
    **options
        Those of images in folders as for `audit_files`, the others as for `audit`.

    Returns
    -------
    Candidates
        A candidate is called by the name of its file, or by its path if two files have one name.

    Examples
    --------
    >>> import tempfile
    >>> folder = tempfile.mkdtemp()
    >>> for seed, name in enumerate("rab"):
    ...     table = pd.DataFrame(np.random.default_rng(seed).normal(size=(20, 2)), columns=["x", "y"])
    ...     table.to_csv(f"{folder}/{name}.csv", index=False)
    >>> candidates = [f"{folder}/a.csv", f"{folder}/b.csv"]
    >>> out = f"{folder}/audit.html"
    >>> report = audit_candidate_files(f"{folder}/r.csv", candidates, None, out, n_permutations=319)
    >>> sorted(report.audits), report.best_verdict
    (['a.csv', 'b.csv'], 'undecided')
    """
    both_free_to_write(out, json, overwrite, (real, *candidates, holdout, test))
    paths = [Path(path) for path in candidates]
    twice = [
        path for i, path in enumerate(paths) if path.resolve() in {earlier.resolve() for earlier in paths[:i]}
    ]
    if twice:
        raise ValueError(f"{twice[0]} is given twice among the candidates; name each once.")
    unique = len({path.name for path in paths}) == len(paths)
    names = [path.name if unique else str(path) for path in paths]
    (real, holdout, test, *sources), options = audit_sources((real, holdout, test, *paths), tell, options)
    report = audit_candidates(real, dict(zip(names, sources, strict=True)), holdout, test=test, **options)
    report.to_html(out, overwrite=overwrite)
    if json is not None:
        report.to_json(json, overwrite=overwrite)
    return report


def _distances(audits, seed):
    """Energy distance of each candidate (first row), and of every bootstrap draw; a DataFrame."""
    rng = seeded_numpy_rng(seed)
    tables = [report.inputs["real"].table for report in audits.values()]
    # What is set aside or incomplete may differ from candidate to candidate.
    columns = [name for name in tables[0].columns if all(name in table.columns for table in tables)]
    rows = tables[0].index[np.all([tables[0].index.isin(table.index) for table in tables], axis=0)]
    real = tables[0].loc[rows, columns].to_numpy()
    parts = [report.inputs["synthetic"].table[columns].to_numpy() for report in audits.values()]
    first, others = rank_scores(real, np.concatenate(parts))
    others = np.split(others, np.cumsum([len(part) for part in parts])[:-1])
    weights = [_weights(len(part), rng) for part in (first, *others)]
    itself = _within(first, weights[0])
    return pd.DataFrame(
        {
            name: 2 * _mean_distance(first, scores, weights[0], drawn) - itself - _within(scores, drawn)
            for name, scores, drawn in zip(audits, others, weights[1:], strict=True)
        }
    )


def _weights(n, rng):
    """How often each row counts: once, and as often as it was drawn; shape (DRAWS + 1, n)."""
    return np.vstack([np.ones(n), rng.multinomial(n, np.full(n, 1 / n), size=DRAWS)])


def _mean_distance(x, y, of_x, of_y):
    """Mean distance of the rows of x from those of y, for all weights."""
    from sklearn.metrics.pairwise import euclidean_distances

    sums = np.zeros(len(of_x))
    step = max(1, BLOCK // len(y))
    for start in with_progress(range(0, len(x), step), "distances"):
        rows = slice(start, start + step)
        block = euclidean_distances(x[rows], y)
        if x is y:
            block[np.arange(len(block)), np.arange(start, start + len(block))] = 0
        sums += np.einsum("dy,dy->d", of_x[:, rows] @ block, of_y)
    return sums / (len(x) * len(y))


def _within(x, weights):
    """Mean distance of two different rows; drawn rows that are one and the same are made up for."""
    n = len(x)
    # Of all pairs of draws, 1 in n is of one row with itself: n^2 / (n - 1)^2 gives back the mean over pairs.
    scale = np.r_[n / (n - 1), np.full(DRAWS, (n / (n - 1)) ** 2)]
    return _mean_distance(x, x, weights, weights) * scale


def _compared(distances):
    rows = []
    order = distances.iloc[0].sort_values(kind="stable").index
    for closer, further in combinations(order, 2):
        difference = distances[further] - distances[closer]
        low, high = _interval(difference)
        error = (high - low) / 2 / stats.norm.ppf(0.975)
        p_value = 2 * stats.norm.sf(difference[0] / error) if error > 0 else float(difference[0] == 0)
        rows.append((closer, further, difference[0], low, high, p_value))
    pairs = pd.DataFrame(rows, columns=["closer", "further", "difference", "low", "high", "p"])
    adjusted = holm_adjusted(pairs["p"])
    return pairs.assign(p_adjusted=adjusted, told_apart=adjusted <= RISK)


def _interval(values):
    """The first value with its 95 % interval by the spread of the others."""
    half = stats.norm.ppf(0.975) * values[1:].std(ddof=1)
    return values[0] - half, values[0] + half


def _ranked(audits, distances, pairs):
    rows = []
    kept = [name for name, report in audits.items() if report.verdict != "reject"]
    apart = pairs[pairs["told_apart"] & pairs["closer"].isin(kept) & pairs["further"].isin(kept)]
    for name, report in audits.items():
        closer, further = ((apart[side] == name).sum() for side in ("further", "closer"))
        places = (1 + closer, len(kept) - further) if name in kept else (np.nan, np.nan)
        rows.append((report.verdict, distances[name][0], *_interval(distances[name]), *places))
    columns = ["verdict", "distance", "low", "high", "first", "last"]
    table = pd.DataFrame(rows, columns=columns, index=pd.Index(audits, name="candidate"))
    rejected = (table["verdict"] == "reject").to_numpy()
    return table.iloc[np.lexsort([table["distance"], rejected])]
