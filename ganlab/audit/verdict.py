"""The audit: may this synthetic cohort stand in for fresh patients? From cohorts to verdict and page."""

import datetime
import html
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from ganlab.audit.checks import audit_checks, sentence
from ganlab.audit.groups import Groups, checked_groups, compare_groups
from ganlab.audit.inputs import audit_inputs, audit_sources
from ganlab.audit.limits import Limits, read_limits
from ganlab.audit.measures import LEVEL, MOST_CHECKS, Evidence, measure
from ganlab.audit.pages.audit_json import as_json, audit_facts
from ganlab.audit.pages.audit_page import page
from ganlab.audit.pages.page import free_to_write, versions, write_page
from ganlab.audit.utility import Utility, judge_utility
from ganlab.data import Cohort
from ganlab.diagnostics import checks_table, overall_verdict
from ganlab.seeding import whole_seed
from ganlab.shapes import FilePath, Seed, Table
from ganlab.validation import positive_integer

FOREMOST = ("failed", "undecided", "passed", "not applicable")


@dataclass(frozen=True)
class Audit:
    """The verdict on a synthetic cohort, with the checks and the evidence behind it.

    Parameters
    ----------
    verdict : {"accept", "reject", "undecided"}
    checks : tuple of Check
        In the order in which they were made.
    inputs : dict of AuditInput
        What was compared, and what was left out.
    evidence : Evidence
        What was measured.
    about : dict
        Settings, seeds, versions, hashes and the date.
    limits : Limits
        What was stated beforehand.
    groups : Groups or None
        What was asked inside each group, if a column was named.
    utility : Utility or None
        What the synthetic rows were worth to a classifier, if a target was named.

    Examples
    --------
    See :func:`audit`.
    """

    verdict: str
    checks: tuple = field(repr=False)
    inputs: dict = field(repr=False)
    evidence: Evidence = field(repr=False)
    about: dict = field(repr=False)
    limits: Limits = field(repr=False)
    groups: Groups | None = field(default=None, repr=False)
    utility: Utility | None = field(default=None, repr=False)

    def to_frame(self):
        """The checks as a DataFrame, one row each."""
        return checks_table(self.checks)

    @property
    def ranked(self):
        """The checks, those that decided the verdict first."""

        def weight(check):
            return FOREMOST.index(check.outcome), check.p_adjusted if check.accused else -(check.needed or 0)

        return sorted(self.checks, key=weight)

    @property
    def reasons(self):
        """A sentence for each check, those that decided the verdict first."""
        return tuple(f"{check.name.capitalize()}: {sentence(check)}" for check in self.ranked)

    @property
    def needed(self):
        """Rows of each cohort with which a perfect generator is usually accepted; None if that many."""
        undecided = [
            check.needed
            for check in self.checks
            if check.outcome == "undecided" and self.limits.requires(check.name)
        ]
        return max(filter(None, undecided), default=None)

    @property
    def waived(self):
        """Names of the checks that were not passed, and by the limits need not be."""
        return tuple(
            check.name
            for check in self.checks
            if check.outcome != "passed" and not self.limits.requires(check.name)
        )

    @property
    def headline(self):
        """The verdict in one sentence."""
        n, m = len(self.inputs["real"]), len(self.inputs["synthetic"])
        failed = ", ".join(check.name for check in self.ranked if check.outcome == "failed")
        missing = self.limits.missing(check.name for check in self.checks)
        follows = {
            "reject": f"failed: {failed}.",
            "accept": "no check failed, and every limit is kept."
            if not self.waived
            else f"no check failed, and every required limit is kept; not required, and not passed: "
            f"{', '.join(self.waived)}.",
            "undecided": "no check failed, but the evidence is too weak to accept."
            + (f" About {self.needed:,} of each are needed." if self.needed else "")
            + (f" Required, and not made: {', '.join(missing)}." if missing else ""),
        }
        sizes = f"{m:,} synthetic against {n:,} real patients"
        return f"{self.verdict.capitalize()}: {sizes}; {follows[self.verdict]}"

    def summary(self):
        """The verdict, the three foremost reasons, and what was left out or set aside, a line each."""
        return "\n".join((self.headline, *self.reasons[:3], *self.beside, *self.remarks))

    @property
    def beside(self):
        """What was found beside the verdict: about groups, and whether the synthetic rows help."""
        parts = (self.groups, self.utility)
        return tuple(sentence for part in parts if part is not None for sentence in part.sentences)

    @property
    def remarks(self):
        """A sentence for each thing that was left out, set aside, or read otherwise than it lies there."""
        return tuple(remark for part in self.inputs.values() for remark in part.remarks)

    def _repr_html_(self):
        reasons = "".join(f"<li>{html.escape(reason)}</li>" for reason in self.reasons[:3])
        remarks = "".join(f"<p>{html.escape(remark)}</p>" for remark in self.remarks)
        table = self.to_frame().to_html(float_format="{:.3g}".format, na_rep="–", border=0)
        return f"<p><strong>{html.escape(self.headline)}</strong></p><ol>{reasons}</ol>{remarks}{table}"

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

        Examples
        --------
        >>> import numpy as np, pandas as pd, tempfile
        >>> rng = np.random.default_rng(0)
        >>> real, synthetic = (pd.DataFrame(rng.normal(size=(30, 2)), columns=["a", "b"]) for _ in range(2))
        >>> audit(real, synthetic, n_permutations=319).to_html(tempfile.mkdtemp() + "/audit.html").name
        'audit.html'
        """
        path = free_to_write(path, "audit", overwrite)
        return write_page(path, page(self))

    def to_json(self, path, *, overwrite=False):
        """Write everything that is on the page for machines, under ``audit/pages/audit-1.schema.json``.

        Parameters
        ----------
        path, overwrite
            As for `to_html`; ends in .json.

        Returns
        -------
        pathlib.Path
        """
        path = free_to_write(path, "audit", overwrite, "json")
        return write_page(path, as_json(audit_facts(self)))


def audit(
    real: Cohort | Table,
    synthetic: Cohort | Table,
    holdout: Cohort | Table | None = None,
    *,
    seed: Seed = 0,
    margin: float | None = None,
    limits: Limits | FilePath | None = None,
    n_permutations: int = 999,
    by: str | None = None,
    target: str | None = None,
    test: Cohort | Table | None = None,
    positive: str | None = None,
    bin_width: float | None = None,
    bin_count: int | None = None,
    classes: list[str] | None = None,
    n_jobs: int | None = None,
    cache: FilePath | bool | None = None,
) -> Audit:
    r"""May the synthetic cohort stand in for fresh patients of the same population as the real one?

    Two ways to be wrong need two kinds of evidence. A check *fails* by its p-value: fresh patients would
    hardly look like this. It *passes* by an interval that lies within a limit stated beforehand; a large
    p-value alone shows nothing but that there were few patients.

    =================== ============================================== ================ ===================
    check               number                                         p-value          passed if
    =================== ============================================== ================ ===================
    measurable          share of rows without features                 Fisher's exact   (only accuses)
    marginals           Wasserstein distance of the furthest feature,  Kolmogorov-      all within `margin`
                        in real standard deviations                    Smirnov, Holm
    correlations        root mean square difference of Spearman        permutation      at most 0.1 above
                        correlations                                                    two real cohorts
    two-sample test     energy distance of the ranks                   permutation      (only accuses)
    coverage, recall    shares of the real patients who are imitated   permutation      at most 0.1 below a
                                                                                        perfect generator
    copies              share of synthetic rows nearer to a real one   tail of the real none found, at most
                        than fresh patients come; and the mean ratio   spacings;        5 %, p above 0.025
                        of the nearest to the second nearest distance  Welch's t-test
    possible values     share of rows with what no real patient has:   chance that all  no law broken
                        parts of whole numbers, counts below 0, new    are synthetic,
                        categories, broken sums, ages of 130           Bonferroni
    =================== ============================================== ================ ===================

    The last is asked of tables in which at least 50 reals show such a law; else it takes no part.

    **Verdict.** "reject" if a check fails, which it does with a p-value of at most 0.025 after Holm's
    correction over all checks; "accept" if none does and every limit is kept by a whole interval (95 %; for
    marginals, every equivalence test at 5 %); "undecided" otherwise, with the number of patients that a
    perfect generator would usually need.

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
        Real patients that the generator never saw: an accusation of copying must stand against them, too.
    seed : int, torch.Generator or None
        The page names the number that repeats the audit: the seed, or the one that was drawn from it.
    margin : number > 0, optional
        What is close enough for one feature, in real standard deviations (0.25). State it before you look.
    limits : Limits, or the path of a TOML file, optional
        Margins of single features, the other limits, and which checks are required, as `read_limits` reads
        them. A required check that is undecided, not applicable or not made leaves the verdict undecided;
        without a list every check is required.
    n_permutations : int >= 319
        Below that no permutation could survive the correction; 359 or more with `by`.
    by : str, optional
        A column, such as sex, site, scanner or diagnosis (of a Cohort's truth): the same is asked inside each
        of its groups, of which none may be missing or thinned. One check more, which can only accuse.
    target : str, optional
        A column of classes, such as diagnosis: `.utility` says whether a classifier that is trained on
        synthetic rows, or on real and synthetic ones, predicts it better. It takes no part in the verdict.
    test : same as `real`, optional
        Real patients to test that classifier on. None: those of `holdout`, or a part of `real`.
    positive : str, optional
        The value of `target` that is told from all others. None: of two values the rarer.
    bin_width, bin_count, classes, n_jobs, cache
        As in `extract_features`; for Cohorts only.

    Returns
    -------
    Audit
        `.verdict`, `.reasons` (ranked sentences), `.checks`, `.to_frame()` (a table of them), `.evidence`,
        `.summary()`, ``to_html(path)``.

    Notes
    -----
    *How many patients.* With few of them even a perfect generator is undecided, by its marginals first: all
    of 20 normal features were shown to be close in none of 30 draws of 200 patients of each, in 6 of 400 and
    in 27 of 750. With 200 little more is possible. A test that accepts in 5 % of cases where one feature,
    nobody knows which, is off by the margin, accepts a perfect generator of 20 independent normal features in
    at most 21 % of draws, whatever it computes; with 400 in 56 %, with 750 in 97 % (by the lemma of Neyman
    and Pearson: ``tests/benchmarks/audit_power.py``). A wider `margin` helps, or in `limits` one for each
    feature that may be further off: twice the margin needs a quarter of the patients.

    Rows without complete features are left out, counted, and compared in number. With many thousands
    of patients every generator is found imperfect: the two-sample test and the two shares have no
    exemption for harmless differences. The p-value of `copies` continues the tail of the spacings as a
    power law, an assumption, and where there is no holdout it counts the reals, which are compared with one
    another, as half as many; clean cohorts were accused about as often as it says, or more rarely.
    Correlations are permuted after each cohort was ranked for itself, which is nearly, not strictly, exact.
    Whether rows lie outside the range of a continuous feature is asked only where so many do that chance
    hardly explains it; a check that comes in by what was found may add 0.3 % to the risk of a false alarm.

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
    limits, seed = _stated(limits, margin), whole_seed(seed)
    most_checks = MOST_CHECKS + (by is not None)
    fewest = int(most_checks / LEVEL) - 1
    if positive_integer(n_permutations, "n_permutations") < fewest:
        raise ValueError(
            f"n_permutations must be {fewest} or more; got {n_permutations}. With fewer no "
            f"p-value could be significant after the correction over {most_checks} checks."
        )
    settings = {"bin_width": bin_width, "bin_count": bin_count, "classes": classes}
    if target is None and (test is not None or positive is not None):
        raise ValueError("test and positive are for a target: name the column to predict as well.")
    columns = {"by": by, "target": target}
    inputs = audit_inputs(
        real, synthetic, holdout, settings, test=test, **columns, n_jobs=n_jobs, cache=cache
    )
    if by is not None:
        checked_groups(inputs, by)  # before the slow part
    limits.refuse_unknown(inputs["real"].table.columns)
    useful = target and judge_utility(inputs, target, positive, seed)
    compared = {name: part for name, part in inputs.items() if name != "test"}
    evidence = measure(compared, limits, n_permutations, most_checks, seed)
    groups = by and compare_groups(inputs, by, limits, n_permutations, most_checks, seed)
    checks = audit_checks(inputs, evidence, limits, groups)
    verdict = _verdict(checks, limits)
    about = _about(inputs, settings, seed=seed, n_permutations=n_permutations, **columns)
    return Audit(verdict, checks, inputs, evidence, about, limits, groups, useful)


def _stated(limits, margin):
    """The limits from wherever they were stated, each once."""
    if limits is None:
        return Limits() if margin is None else Limits(margin=margin)
    if margin is not None:
        raise ValueError("margin is stated twice, by itself and in limits; state it once.")
    if isinstance(limits, Limits):
        return limits
    if not isinstance(limits, FilePath):
        raise ValueError(f"limits must be Limits or the path of a TOML file; got {type(limits).__name__}.")
    return read_limits(limits)


def _verdict(checks, limits):
    """What the checks allow: any may reject, and the required ones have to be passed."""
    outcomes = {check.name: check.outcome for check in checks}
    if limits.required is None:
        return overall_verdict(outcomes)
    required = [name for name in outcomes if limits.requires(name)]
    counted = {name: outcome for name, outcome in outcomes.items() if name in required or outcome == "failed"}
    return overall_verdict(counted, (*required, *limits.missing(outcomes)))


def audit_files(
    real: FilePath,
    synthetic: FilePath,
    holdout: FilePath | None,
    out: FilePath,
    json: FilePath | None = None,
    *,
    overwrite: bool = False,
    test: FilePath | None = None,
    tell: Callable = print,
    **options: object,
) -> Audit:
    """Audit what lies under two or three paths, and write the page: what `ganlab audit` does.

    Parameters
    ----------
    real, synthetic, holdout : paths; holdout may be None
        Folders of images with masks, cohorts saved as .npz, or feature tables in CSV.
    out : path
        Of the page. Whether it may be written is asked before anything is measured.
    json : path, optional
        Of the same for machines; as `Audit.to_json` writes it.
    overwrite : bool
        As for `Audit.to_html`.
    test : path or None
        Of the test patients, as for `audit`.
    tell : function of a str
        Called with what was left out of a folder, and with what was read otherwise than it lies there.
    **options
        intensity_unit, size, spacing_mm, label and threshold of images and masks in folders, as for
        `read_cohort`; the others as for `audit`.

    Returns
    -------
    Audit

    Examples
    --------
    >>> import numpy as np, pandas as pd, tempfile
    >>> folder = tempfile.mkdtemp()
    >>> for name in ("real", "synthetic"):
    ...     table = pd.DataFrame(np.random.default_rng(len(name)).normal(size=(30, 2)), columns=["a", "b"])
    ...     table.to_csv(f"{folder}/{name}.csv", index=False)
    >>> paths = (f"{folder}/real.csv", f"{folder}/synthetic.csv", None, f"{folder}/audit.html")
    >>> audit_files(*paths, n_permutations=319).verdict
    'undecided'
    """
    both_free_to_write(out, json, overwrite, (real, synthetic, holdout, test))
    (*sources, test), options = audit_sources((real, synthetic, holdout, test), tell, options)
    report = audit(*sources, test=test, **options)
    report.to_html(out, overwrite=overwrite)
    if json is not None:
        report.to_json(json, overwrite=overwrite)
    return report


def both_free_to_write(out, json, overwrite, inputs):
    """Ask of both files whether they may be written; neither may be an input, nor both the same."""
    given = {Path(path).resolve(): path for path in inputs if path is not None}
    for path, ending in ((out, "html"), (json, "json")):
        if path is not None:
            if Path(path).resolve() in given:
                raise FileExistsError(f"{path} is to be read, so it is not written; give another name.")
            free_to_write(path, "audit", overwrite, ending)
    if json is not None and Path(json).resolve() == Path(out).resolve():
        raise ValueError(f"the page and its JSON would both be {out}; give two names.")


def _about(inputs, settings, **options):
    """What somebody needs to repeat an audit: inputs by their hashes, settings, seeds, versions, the date."""
    used = inputs["real"].table.attrs.get("settings")
    if used is None:
        used = {"features": "measured elsewhere; the tables do not say how"}
    facts = {
        name: {
            "name": part.label,
            "rows given": part.n_given,
            "rows compared": len(part),
            "SHA-256": part.sha256,
        }
        for name, part in inputs.items()
    }
    return {
        "inputs": facts,
        "settings": {
            key: value for key, value in {**settings, **used, **options}.items() if value is not None
        },
        "versions": versions(),
        "date": datetime.datetime.now().astimezone().isoformat(timespec="seconds"),
    }
