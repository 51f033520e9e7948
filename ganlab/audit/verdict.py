"""The audit: may this synthetic cohort stand in for fresh patients? A verdict, and the numbers behind it."""

import datetime
import html
from dataclasses import dataclass, field

import pandas as pd

from ganlab.audit import checks as ask
from ganlab.audit.copies import search_copies
from ganlab.audit.coverage import low_coverage_p, rank_scores
from ganlab.audit.inputs import audit_inputs
from ganlab.audit.marginals import judged_marginals, perfect_marginals
from ganlab.audit.provenance import provenance
from ganlab.diagnostics import energy_distance, prdc
from ganlab.radiomics import MARGIN, CorrelationReport, compare_correlations
from ganlab.radiomics.tables import is_constant
from ganlab.seeding import seeded_numpy_rng
from ganlab.validation import positive_integer, positive_number

NEIGHBOURS = 5
MOST_CHECKS = 8
FEWEST_PERMUTATIONS = int(MOST_CHECKS / (ask.RISK / 2)) - 1
RULE = (
    "Reject if any check shows a defect: a p-value, corrected over all checks by Holm's method, of at most "
    f"{ask.RISK / 2:g}. Accept if none does and every check that has a limit shows that the cohort keeps it: "
    "the whole interval lies on the good side. Otherwise undecided."
)


@dataclass(frozen=True)
class Audit:
    """What `audit` found.

    Parameters
    ----------
    verdict : {"accept", "reject", "undecided"}
    answers : tuple of AuditCheck
        One for each check, in the order in which they were made.
    inputs : dict of AuditInput
        What was compared, and what was left out.
    marginals : DataFrame
        One row for each feature, the furthest first.
    correlations : CorrelationReport
    two_sample : Comparison
    coverage : PRDC or None
        None with too few samples.
    copies : tuple of CopySearch
    about : dict
        Settings, seeds, versions, hashes and the date.

    Examples
    --------
    See :func:`audit`.
    """

    verdict: str
    answers: tuple = field(repr=False)
    inputs: dict = field(repr=False)
    marginals: pd.DataFrame = field(repr=False)
    correlations: CorrelationReport = field(repr=False)
    two_sample: object = field(repr=False)
    coverage: object = field(repr=False)
    copies: tuple = field(repr=False)
    about: dict = field(repr=False)

    @property
    def checks(self):
        """The checks as a DataFrame, one row each."""
        rows = [
            {
                "check": one.name,
                "number": one.value,
                "low": one.interval[0],
                "high": one.interval[1],
                "perfect": one.perfect,
                "limit": one.limit,
                "p": one.p_value,
                "p_adjusted": one.p_adjusted,
                "outcome": one.outcome,
            }
            for one in self.answers
        ]
        return pd.DataFrame(rows).set_index("check")

    @property
    def ranked(self):
        """The checks, those that decided the verdict first."""

        def weight(one):
            needed = one.needed or 0
            return ask.OUTCOMES.index(one.outcome), one.p_adjusted if one.outcome == "defect" else -needed

        return sorted(self.answers, key=weight)

    @property
    def reasons(self):
        """A sentence for each check, those that decided the verdict first."""
        return tuple(f"{one.name.capitalize()}: {one.sentence()}" for one in self.ranked)

    @property
    def needed(self):
        """Rows of each cohort with which a perfect generator is usually accepted; None if that many."""
        return max(
            (one.needed for one in self.answers if one.outcome == "undecided" and one.needed), default=None
        )

    @property
    def headline(self):
        """The verdict in one sentence."""
        n, m = len(self.inputs["real"]), len(self.inputs["synthetic"])
        sizes = f"{m:,} synthetic against {n:,} real patients"
        if self.verdict == "reject":
            defects = [one.name for one in self.ranked if one.outcome == "defect"]
            return f"Reject: {sizes}; found in {', '.join(defects)}."
        if self.verdict == "accept":
            return f"Accept: {sizes}; no defect was found, and every limit is kept."
        text = f"Undecided: {sizes}; no defect was found, but the evidence is too weak to accept."
        return text + (f" About {self.needed:,} of each are needed." if self.needed else "")

    def summary(self):
        """The verdict and the three foremost reasons, a line each."""
        return "\n".join((self.headline, *self.reasons[:3]))

    def _repr_html_(self):
        reasons = "".join(f"<li>{html.escape(reason)}</li>" for reason in self.reasons[:3])
        table = self.checks.to_html(float_format="{:.3g}".format, na_rep="–", border=0)
        return f"<p><strong>{html.escape(self.headline)}</strong></p><ol>{reasons}</ol>{table}"

    def to_html(self, path, *, overwrite=False):
        """Write the whole audit as one page that needs no network, to read, to print and to file.

        Parameters
        ----------
        path : str or path-like
            Ends in .html. Written whole or not at all.
        overwrite : bool
            An earlier audit is replaced without being asked; any other file only if this is True.

        Returns
        -------
        pathlib.Path

        Raises
        ------
        FileExistsError
            If there is something else than an audit under this name.
        FileNotFoundError
            If the folder is missing.

        Examples
        --------
        >>> import numpy as np, pandas as pd, tempfile
        >>> rng = np.random.default_rng(0)
        >>> real, synthetic = (pd.DataFrame(rng.normal(size=(30, 2)), columns=["a", "b"]) for _ in range(2))
        >>> audit(real, synthetic, n_permutations=319).to_html(tempfile.mkdtemp() + "/audit.html").name
        'audit.html'
        """
        from ganlab.audit.pages.audit_page import write_page

        return write_page(self, path, overwrite)


def audit(
    real,
    synthetic,
    holdout=None,
    *,
    seed=0,
    margin=MARGIN,
    n_permutations=999,
    bin_width=None,
    bin_count=None,
    classes=None,
    n_jobs=None,
    cache=None,
):
    r"""May the synthetic cohort stand in for fresh patients of the same population as the real one?

    Two ways to be wrong need two kinds of evidence. A *defect* is shown by a p-value: fresh patients would
    hardly look like this. *Closeness* is shown by an interval that lies within a limit stated beforehand;
    a large p-value alone shows nothing but that there were few patients.

    =================== ============================================== ================ ===================
    check               number                                         p-value          close if
    =================== ============================================== ================ ===================
    measurable          share of rows without features                 Fisher's exact   (only accuses)
    marginals           Wasserstein distance of the furthest feature,  Kolmogorov-      all within `margin`
                        in real standard deviations                    Smirnov, Holm
    correlations        root mean square difference of Spearman        permutation      at most 0.1 above
                        correlations                                                    two real cohorts
    two-sample test     energy distance of the ranks                   permutation      (only accuses)
    coverage, recall    shares of the real patients who are imitated   permutation      at most 0.1 below a
                                                                                        perfect generator
    copies              share of synthetic rows nearer to a real one   tail of the real at most 5 %
                        than fresh patients come                       spacings
    =================== ============================================== ================ ===================

    **Verdict.** "reject" if a p-value is at most 0.025 after Holm's correction over all checks; "accept" if
    none is and every limit is kept by a whole interval (95 %; for marginals, every equivalence test at 5 %);
    "undecided" otherwise, with the number of patients that a perfect generator would usually need.

    The rule aims at rejecting a perfect generator with a chance of at most 2.5 %, however few patients there
    are: Holm's method bounds the chance of any false alarm whatever the checks have in common, as far as
    each check's p-value is exact (see Notes: two are approximate). The other half of a 5 % risk is left for
    missing evidence: the number of patients needed is stated for it.

    Parameters
    ----------
    real, synthetic : Cohort or DataFrame, both of one kind
        Cohorts: features are extracted from both with the same settings, from the largest region of each
        patient, and copies are also looked for among the images. DataFrames: one row per patient, one
        column per feature; columns such as ``patient_id`` and ``diagnosis`` are set aside. `real` is what
        the generator was trained on. Compare like with like: if only malignant lesions were generated,
        hand in only the malignant reals.
    holdout : same, optional
        Real patients that the generator never saw; a second control for accusations of copying.
    seed : int
    margin : number > 0
        What is close enough for one feature, in real standard deviations. State it before you look.
    n_permutations : int >= 319
        Below that no permutation could survive the correction.
    bin_width, bin_count, classes, n_jobs, cache
        As in `extract_features`; for Cohorts only.

    Returns
    -------
    Audit
        `.verdict`, `.reasons` (ranked sentences), `.checks` (a table), `.summary()`, ``to_html(path)``.

    Raises
    ------
    ValueError
        If kinds, units, spacings, settings or columns differ; a column holds text; fewer than four complete
        rows are left; a held-out patient is also among the reals; or an option is out of range.

    Notes
    -----
    Rows without complete features are left out, counted, and compared in number. With many thousands
    of patients every generator is found imperfect: the two-sample test and the two shares have no
    exemption for harmless differences. The p-value of `copies` continues the tail of the spacings as a
    power law, an assumption; clean cohorts were accused more rarely than it says. Correlations are
    permuted after each cohort was ranked for itself, which is nearly, not strictly, exact.

    References
    ----------
    .. [1] Holm (1979), A simple sequentially rejective multiple test procedure, Scand. J. Statist. 6, 65-70.
    .. [2] Berger (1982), Multiparameter hypothesis testing and acceptance sampling,
       doi:10.1080/00401706.1982.10487790 (the intersection-union test).
    .. [3] Cohen (1988), Statistical Power Analysis for the Behavioral Sciences, ISBN 978-0-8058-0283-2
       (a difference of two correlations of q = 0.1 is small).
    .. [4] Schilling (1986), Multivariate two-sample tests based on nearest neighbors,
       doi:10.1080/01621459.1986.10478337.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> rng = np.random.default_rng(0)
    >>> real, fresh = (pd.DataFrame(rng.normal(size=(700, 4)), columns=list("abcd")) for _ in range(2))
    >>> audit(real, fresh, n_permutations=319).verdict
    'accept'
    >>> audit(real[:200], fresh[:200] + 1, n_permutations=319).verdict
    'reject'
    >>> audit(real[:12], fresh[:9], n_permutations=319).verdict
    'undecided'
    """
    margin = positive_number(margin, "margin")
    if positive_integer(n_permutations, "n_permutations") < FEWEST_PERMUTATIONS:
        raise ValueError(
            f"n_permutations must be {FEWEST_PERMUTATIONS} or more; got {n_permutations}. With fewer no "
            f"p-value could be significant after the correction over {MOST_CHECKS} checks."
        )
    settings = {"bin_width": bin_width, "bin_count": bin_count, "classes": classes}
    inputs = audit_inputs(real, synthetic, holdout, settings, n_jobs=n_jobs, cache=cache)
    seeds = [int(number) for number in seeded_numpy_rng(seed).integers(2**31, size=4)]
    one, other = inputs["real"].table, inputs["synthetic"].table
    both = 2 * len(one) * len(other) / (len(one) + len(other))

    table = judged_marginals(one, other, margin)
    related = compare_correlations(one, other, n_permutations=n_permutations, seed=seeds[0])
    ranks = rank_scores(one.to_numpy(), other.to_numpy())
    apart = energy_distance(*ranks, n_permutations=n_permutations, seed=seeds[1])
    covered, shares = _surrounded(ranks, n_permutations, seeds[2], both)
    searches = _searches(inputs)
    answers = ask.holm(
        (
            ask.measurable(inputs["real"], inputs["synthetic"]),
            ask.marginals(table, *perfect_marginals(one, len(other), margin, seeds[3]), both),
            ask.correlations(related, both),
            ask.two_sample(apart),
            *shares,
            *(ask.copies(search) for search in searches),
        )
    )
    about = provenance(inputs, settings, seed=seed, n_permutations=n_permutations, margin=margin)
    about["date"] = datetime.datetime.now().astimezone().isoformat(timespec="seconds")
    return Audit(judge(answers), answers, inputs, table, related, apart, covered, searches, about)


def judge(answers):
    """The verdict that the outcomes of the checks lead to."""
    outcomes = {one.outcome for one in answers}
    if "defect" in outcomes:
        return "reject"
    return "undecided" if "undecided" in outcomes else "accept"


def _surrounded(ranks, n_permutations, seed, n):
    """The PRDC report, and the checks of coverage and recall."""
    k = min(NEIGHBOURS, min(map(len, ranks)) // 4 - 1)
    names = ("coverage", "recall")
    if k < 1:
        missing = "Are the real patients imitated, all kinds of them?"
        return None, [ask.not_possible(name, missing, ask.ENOUGH_FOR_A_SHARE) for name in names]
    report = prdc(*ranks, k=k, seed=seed)
    p_values = low_coverage_p(*ranks, k, n_permutations, seed)
    return report, [ask.surrounded(name, getattr(report, name), p_values[name], n) for name in names]


def _searches(inputs):
    """Copies among the features, and among the images where there are any of one shape."""
    level = ask.RISK / 2 / MOST_CHECKS
    real = inputs["real"].table
    varied = [name for name in real.columns if not is_constant(real[name].to_numpy())]
    spaces = {"features": {name: one.table[varied].to_numpy() for name, one in inputs.items()}}
    shapes = {None if one.images is None else one.images.shape[1:] for one in inputs.values()}
    if len(shapes) == 1 and None not in shapes and min(*shapes.copy().pop()) >= 8:
        spaces["images"] = {name: one.images for name, one in inputs.items()}
    return tuple(
        search_copies(space, found["real"], found["synthetic"], found.get("holdout"), level)
        for space, found in spaces.items()
    )
