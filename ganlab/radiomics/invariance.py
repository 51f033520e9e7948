"""The audit of an augmentation: seven checks of whether it leaves alone what decides the label."""

import html
import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ganlab.data import Cohort
from ganlab.diagnostics import Check, checks_table, overall_verdict
from ganlab.radiomics.extraction.extract import extract_features
from ganlab.radiomics.physics import REFERENCES_HU, necrotic_fraction, outline_contrast, reference_hu
from ganlab.radiomics.shortcut import shortcut_probe
from ganlab.radiomics.stability import feature_stability, intraclass_correlation
from ganlab.seeding import seeded_numpy_rng
from ganlab.shapes import FilePath, Seed

# The course's own. A phantom on a scanner to be accredited must give water -7 to +7 and air -1005 to -970 HU.
CALIBRATION_HU = {"water": 7.0, "air": 30.0}
GOOD_ICC = 0.75  # "good" agreement, Koo & Li (2016)
AUC_MARGIN = 0.05  # a usual non-inferiority margin for the AUC in reader studies
N_BOOTSTRAP = 2000


@dataclass(frozen=True)
class InvarianceReport:
    """The verdict on a transform, with the checks behind it and the agreement of every feature.

    Attributes
    ----------
    transform : str
    n : int
        Patients.
    checks : tuple of Check
        From what is wrong with the object to what is wrong with its numbers.
    stability : pandas.DataFrame
        As `feature_stability` gives it.
    """

    transform: str
    n: int
    checks: tuple
    stability: pd.DataFrame

    @property
    def verdict(self) -> str:
        """ "reject" if any check fails, "accept" if all that apply pass, else "undecided"."""
        return overall_verdict({check.name: check.outcome for check in self.checks})

    @property
    def reason(self) -> Check | None:
        """The first check that failed, or else that is undecided; None if all passed."""
        decisive = "failed" if self.verdict == "reject" else "undecided"
        return next((check for check in self.checks if check.outcome == decisive), None)

    def to_frame(self) -> pd.DataFrame:
        """The checks as a DataFrame, one row each."""
        return checks_table(self.checks)

    def summary(self) -> str:
        """The verdict and the number behind it, in one plain sentence."""
        start = f"{self.transform}, {self.n} patients: {self.verdict}"
        check = self.reason
        if check is None:
            return f"{start}; every check that applies passed."
        low, high = check.interval
        return (
            f"{start}; {check.name} is {check.value:.3g} (95 % interval {low:.3g} to {high:.3g}), limit "
            f"{check.limit:.3g}: {check.method}."
        )

    def _repr_html_(self):
        table = self.to_frame().to_html(float_format="{:.3g}".format, escape=True)
        return f"<p>{html.escape(self.summary())}</p>{table}"


def audit_invariance(
    cohort: Cohort,
    transform: Callable[[Cohort], Cohort],
    *,
    seed: Seed = 0,
    n_jobs: int | None = None,
    cache: FilePath | bool | None = None,
) -> InvarianceReport:
    r"""Whether a transform keeps what a label stands for, or quietly changes the patient.

    The cohort goes through the transform, and both are measured. In this order:

    ================ ============================================================== =====================
    check            value                                                          limit
    ================ ============================================================== =====================
    lesion area      mean :math:`\lvert A'/A - 1\rvert`                             what half a pixel of
                                                                                    outline makes: 1/r
    necrosis         root mean square change of the necrotic fraction               the error of that
                                                                                    measure itself
    water            root mean square distance from 0 HU                            7 HU
    air              root mean square distance from -1000 HU                        30 HU
    outline          ICC(2,1) of the contrast between lesion and its surroundings   0.75 [2]_
    features         features whose ICC(2,1) is below 0.75 for sure, or that are    none
                     undefined after the transform
    shortcut         AUC that a classifier loses when the transform no longer goes  0.05
                     along with the diagnosis
    ================ ============================================================== =====================

    A check passes or fails if its whole 95 % interval lies on one side of the limit. For features: fails
    if the upper bound of any is below 0.75, at 95 % for all features together (Bonferroni); passes if
    every lower bound, at 95 % each, is above it.

    The limits of water and air are the course's own. They follow the criterion of the American College of
    Radiology for a *phantom* [1]_, water -7 to +7 HU and air -1005 to -970 HU, which allows air less room
    below -1000 than above.

    Necrosis is measured on the scale that the images had before: if a straight line leads from the sorted
    intensities before to those after, it is taken out first. A wrong scale is for the next two checks.

    Parameters
    ----------
    cohort : Cohort
        Necrosis needs HU, a region "necrosis" and a column `necrotic_fraction`; water and air need HU and
        regions of these names; the shortcut needs two diagnoses. What lacks its truth is "not applicable".
    transform : callable, Cohort -> Cohort
        Same patients in the same order. Five are in this room: `flip_and_rotate`, `rescale_intensity`,
        `swap_kernel`, `central_crop`, `smooth`.
    seed : int, torch.Generator or None
        For bootstrap intervals and the shortcut's halves. The transform's own randomness is its own
        business: ``lambda cohort: flip_and_rotate(cohort, seed=1)``.
    n_jobs, cache
        As in `extract_features`.

    Returns
    -------
    InvarianceReport
        `.verdict` ("accept", "reject" or "undecided"), `.reason`, `.checks`, `.stability`, `.to_frame()`,
        `.summary()`.

    References
    ----------
    .. [1] McCollough et al. (2004), The phantom portion of the American College of Radiology (ACR) computed
       tomography (CT) accreditation program, doi:10.1118/1.1769632.
    .. [2] Koo & Li (2016), A guideline of selecting and reporting intraclass correlation coefficients,
       doi:10.1016/j.jcm.2016.02.012.

    Examples
    --------
    >>> from ganlab.data import simulate_ct
    >>> from ganlab.radiomics import flip_and_rotate, swap_kernel
    >>> cohort = simulate_ct(40, necrosis=0.5, seed=0)
    >>> audit_invariance(cohort, lambda c: flip_and_rotate(c, seed=1)).verdict
    'accept'
    >>> report = audit_invariance(cohort, swap_kernel)
    >>> report.verdict, report.reason.name
    ('reject', 'features')
    """
    after = transform(cohort)
    _refuse_other_patients(cohort, after)
    rng = seeded_numpy_rng(seed)
    settings = {"n_jobs": n_jobs, "cache": cache, "progress": False}
    tables = [extract_features(cohort, **settings), extract_features(after, **settings)]
    stability = feature_stability(*tables)
    checks = (
        _area(cohort, after, rng),
        _necrosis(cohort, after, rng),
        *(_calibration(after, name, rng) for name in ("water", "air")),
        _outline(cohort, after),
        _features(stability, *tables),
        _shortcut(*tables, cohort.truth["diagnosis"], int(rng.integers(2**31))),
    )
    name = getattr(transform, "__name__", type(transform).__name__)
    return InvarianceReport(after.name if name == "<lambda>" else name, len(cohort), checks, stability)


def _refuse_other_patients(before, after):
    if len(before) < 3:
        raise ValueError(f"agreement cannot be judged on {len(before)} images; three are the least.")
    if not isinstance(after, Cohort):
        raise ValueError(f"transform must give back a Cohort; got {type(after).__name__}.")
    if after.intensity_unit != before.intensity_unit:
        raise ValueError(
            f"transform must keep the unit; it turned {before.intensity_unit} into {after.intensity_unit}."
        )
    patients = [cohort.truth["patient_id"].tolist() for cohort in (before, after)]
    if patients[0] != patients[1]:
        raise ValueError("transform must keep the patients and their order; it changed them.")


def _area(before, after, rng):
    counts = [cohort.masks.sum(axis=(1, 2)) * np.prod(cohort.spacing_mm) for cohort in (before, after)]
    # A ring of half a pixel around a disc of radius r pixels is 1/r of it.
    radius = np.sqrt(before.masks.sum(axis=(1, 2)) / math.pi)
    return Check(
        name="lesion area",
        question="Is the lesion as large as before?",
        **_over_patients(np.abs(counts[1] / counts[0] - 1), np.mean, rng),
        limit=float(np.mean(1 / radius)),
        method="mean relative change of the masked area; the limit is half a pixel of outline",
    )


def _necrosis(before, after, rng):
    words = {
        "name": "necrosis",
        "question": "Is as much of the lesion necrotic as before?",
        "method": "root mean square change of the necrotic fraction; the limit is its error against the "
        "truth",
    }
    truth = before.truth
    if (
        before.intensity_unit != "HU"
        or "necrotic_fraction" not in truth
        or not truth["necrotic_fraction"].any()
    ):
        return _not_applicable(words)
    first = necrotic_fraction(before)
    again = necrotic_fraction(_on_the_old_scale(before, after))
    limit = _root_mean_square(first - truth["necrotic_fraction"].to_numpy())
    return Check(**words, **_over_patients(again - first, _root_mean_square, rng), limit=limit)


def _on_the_old_scale(before, after):
    """`after` with the straight line undone that leads from the sorted intensities before to those after."""
    if before.images.shape != after.images.shape:
        return after
    old, new = (np.sort(cohort.images.reshape(len(cohort), -1).astype(float)) for cohort in (before, after))
    old_mean, new_mean = old.mean(axis=1, keepdims=True), new.mean(axis=1, keepdims=True)
    gain = np.sum((old - old_mean) * (new - new_mean), axis=1) / np.sum((old - old_mean) ** 2, axis=1)
    images = (after.images - new_mean[:, :, None]) / gain[:, None, None] + old_mean[:, :, None]
    return after.replace(images=images, intensity_unit="HU")


def _calibration(after, name, rng):
    target = REFERENCES_HU[name]
    words = {
        "name": name,
        "question": f"Does {name} lie at {target:g} HU?",
        "method": f"root mean square distance from {target:g} HU; the limit is the course's own",
    }
    if after.intensity_unit != "HU" or not set(REFERENCES_HU) <= set(after.regions):
        return _not_applicable(words)
    means = reference_hu(after)[name].to_numpy()
    seen = means[np.isfinite(means)]
    if len(seen) < 3:
        return _not_applicable(words, "the reference is no longer in the images")
    return Check(**words, **_over_patients(seen - target, _root_mean_square, rng), limit=CALIBRATION_HU[name])


def _outline(before, after):
    words = {
        "name": "outline",
        "question": "Does the lesion stand out from its surroundings as before?",
        "method": "agreement (ICC) of the contrast between lesion and surroundings; the limit is 'good' "
        "agreement",
    }
    ratings = np.stack([outline_contrast(cohort) for cohort in (before, after)], axis=1)
    ratings = ratings[np.isfinite(ratings).all(axis=1)]
    if len(ratings) < 3:
        return _not_applicable(words)
    agreement = intraclass_correlation(ratings)
    return Check(**words, value=agreement.value, interval=agreement.interval, limit=GOOD_ICC, side="above")


def _features(stability, before, after):
    each = stability.dropna()
    # What was measured and can no longer be does not agree with itself either.
    gone = stability.index.difference(each.index)
    lost = int((before[gone].max() > before[gone].min()).sum())
    words = {
        "name": "features",
        "question": "Do all features agree with themselves?",
        "method": f"features of {len(each) + lost} whose agreement (ICC) is surely below 'good', {GOOD_ICC}, "
        "or that are undefined after the transform; one is too many",
    }
    if not len(each) + lost:
        return _not_applicable(words)
    surely_not = perhaps_not = 0
    if len(each):
        together = feature_stability(before, after, confidence=1 - 0.05 / len(each)).dropna()
        surely_not, perhaps_not = (together["high"] < GOOD_ICC).sum(), (each["low"] < GOOD_ICC).sum()
    interval = float(surely_not + lost), float(max(perhaps_not, surely_not) + lost)
    return Check(**words, value=interval[0], interval=interval, limit=0.0)


def _shortcut(before, after, diagnosis, seed):
    words = {
        "name": "shortcut",
        "question": "Can a classifier use the transform in the place of the disease?",
        "method": "AUC lost when the transform no longer goes along with the diagnosis",
    }
    try:
        probe = shortcut_probe(before, after, diagnosis, seed)
    except ValueError as why:
        return _not_applicable(words, why)
    return Check(**words, value=probe.drop, interval=probe.interval, limit=AUC_MARGIN)


def _over_patients(values, statistic, rng):
    """Value and interval of a statistic over patients, by the bootstrap."""
    drawn = values[rng.integers(len(values), size=(N_BOOTSTRAP, len(values)))]
    low, high = np.quantile(np.apply_along_axis(statistic, 1, drawn), (0.025, 0.975))
    return {"value": float(statistic(values)), "interval": (float(low), float(high))}


def _not_applicable(words, why=None):
    method = words["method"] if why is None else f"{words['method']}; {why}"
    return Check(**{**words, "method": method}, value=math.nan, interval=(math.nan, math.nan))


def _root_mean_square(values):
    return float(np.sqrt(np.mean(np.square(values))))
