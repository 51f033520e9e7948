"""Put an augmentation of CT scans together, and see what it does to lesion, features and verdict."""

from ganlab.data import Cohort, simulate_ct
from ganlab.radiomics import (
    audit_invariance,
    central_crop,
    extract_features,
    necrotic_fraction,
    rescale_intensity,
    smooth,
    swap_kernel,
)
from ganlab.views import plot_checks, plot_ct, plot_feature_shifts
from ganlab.widgets.instrument import Instrument, menu, new_figure, slider

PATIENTS = 30
AS_SCANNED = "soft, as scanned"
KERNELS = {AS_SCANNED: None, "medium": "medium", "sharp": "sharp"}
FEATURES = {
    "area (mm²)": "original_shape2D_PixelSurface",
    "mean (HU)": "original_firstorder_Mean",
    "entropy (bits)": "original_firstorder_Entropy",
    "GLCM correlation": "original_glcm_Correlation",
    "GLCM contrast": "original_glcm_Contrast",
    "GLSZM zones per pixel": "original_glszm_ZonePercentage",
}
NECROSIS = "necrotic fraction"


class InvarianceBench(Instrument):
    """One augmentation, put together from five sliders, and audited on 30 simulated CT patients.

    Left, a patient as scanned and after the augmentation, in the same window, with the lesion's outline.
    Right, how far features of this patient moved, measured by how much patients differ (grey: one
    standard deviation). Below, the checks of `ganlab.radiomics.audit_invariance` over all patients.

    Parameters
    ----------
    patient : int in 0 to 29
        The patient shown. By default one whose lesion has a necrotic core.
    seed : int
        Of the cohort.

    Attributes
    ----------
    kernel : ipywidgets.Dropdown
        Reconstruction kernel; the patients were scanned with the soft one.
    blur, crop, gain, shift, patient : ipywidgets sliders
        Blur in mm (standard deviation; 0: none), share of height and width that stays (%), factor and
        offset of the Hounsfield units, and the patient shown. Set their ``value`` to move them from code.
    cohort : Cohort
        The patients before the augmentation.
    reading : dict
        ``verdict``, ``reason`` (a check's name or None), ``outcomes`` and ``values`` (each a dict by check)
        over all patients, and ``necrotic_fraction`` (before, after) of the patient shown.

    Examples
    --------
    >>> bench = InvarianceBench()
    >>> bench.reading["verdict"]
    'accept'
    >>> bench.shift.value = 40
    >>> bench.reading["verdict"], bench.reading["reason"]
    ('reject', 'water')
    """

    def __init__(self, patient: int | None = None, seed: int = 0):
        self.cohort = simulate_ct(PATIENTS, kernel="soft", necrosis=0.5, seed=seed)
        self._features = extract_features(self.cohort, progress=False)
        self._necrosis = necrotic_fraction(self.cohort)
        self._measured = {}  # what was measured at a position of the sliders, for the way back
        if patient is None:
            patient = int(self._necrosis.argmax())
        # Each position is measured on all patients; while a slider is dragged nothing is.
        once = {"continuous_update": False}
        self.kernel = menu(KERNELS, AS_SCANNED, "kernel")
        self.blur = slider(0, 4, 0.25, 0, "blur (mm)", **once)
        self.crop = slider(50, 100, 5, 100, "crop: kept (%)", **once)
        self.gain = slider(0.8, 1.2, 0.01, 1, "HU: times", **once)
        self.shift = slider(-100, 100, 1, 0, "HU: plus", **once)
        self.patient = slider(0, PATIENTS - 1, 1, patient, "patient shown", **once)
        # The patient comes first: it answers at once, since no patient has to be measured anew.
        rows = ((self.patient, self.kernel), (self.blur, self.crop), (self.gain, self.shift))
        super().__init__(*rows)
        self.when_moved(self.redraw, *sum(rows, ()))
        self.redraw()

    def transform(self, cohort: Cohort) -> Cohort:
        """The augmentation that the controls describe.

        Parameters
        ----------
        cohort : Cohort
            In HU, with a column `kernel` in its truth.

        Returns
        -------
        Cohort
        """
        if KERNELS[self.kernel.value]:
            cohort = swap_kernel(cohort, KERNELS[self.kernel.value])
        if self.blur.value:
            cohort = smooth(cohort, self.blur.value)
        if self.crop.value < 100:
            cohort = central_crop(cohort, self.crop.value / 100)
        gain, shift = self.gain.value, self.shift.value
        if (gain, shift) != (1, 0):
            cohort = rescale_intensity(cohort, gain=(gain, gain), offset=(shift, shift), seed=0)
        return cohort

    def redraw(self):
        """Measure and draw at the present position of the controls."""
        settings = tuple(
            control.value for control in (self.kernel, self.blur, self.crop, self.gain, self.shift)
        )
        if settings not in self._measured:
            after = self.transform(self.cohort)
            report = audit_invariance(self.cohort, lambda cohort: after)
            features = extract_features(after, progress=False)  # from the cache: the audit measured it
            self._measured[settings] = after, report, features, necrotic_fraction(after)
        after, report, features, necrosis = self._measured[settings]
        table, patient = report.to_frame(), self.patient.value
        self.reading = {
            "verdict": report.verdict,
            "reason": report.reason and report.reason.name,
            "outcomes": table["outcome"].to_dict(),
            "values": table["value"].to_dict(),
            "necrotic_fraction": (float(self._necrosis[patient]), float(necrosis[patient])),
        }
        self.show(self._drawn(report, after, features, necrosis, patient), self._in_words(report, patient))

    def _drawn(self, report, after, features, necrosis, patient):
        figure = new_figure(12, 5.2)
        places = {
            "before": (0.05, 0.34, 0.25, 0.6),
            "after": (0.33, 0.34, 0.25, 0.6),
            "features": (0.735, 0.36, 0.165, 0.58),
            "verdicts": (0.13, 0.1, 0.85, 0.12),
        }
        axes = {name: figure.add_axes(place) for name, place in places.items()}
        for name, cohort in (("before", self.cohort), ("after", after)):
            image, mask = cohort.images[patient], cohort.masks[patient]
            core = cohort.regions["necrosis"][patient] if name == "before" else None
            plot_ct(image, mask, axes[name], spacing_mm=cohort.spacing_mm, core=core)
            axes[name].set_title(f"{name}, patient {patient}", fontsize=10)
        axes["after"].set(ylabel="", yticklabels=[])
        columns = list(FEATURES.values())
        before, moved = (
            [*table[columns].iloc[patient], share[patient]]
            for table, share in ((self._features, self._necrosis), (features, necrosis))
        )
        spread = [*self._features[columns].std(), self._necrosis.std(ddof=1)]
        plot_feature_shifts([*FEATURES, NECROSIS], before, moved, spread, axes["features"])
        axes["features"].set_title("features of this patient", fontsize=10)
        plot_checks({report.verdict: report.checks}, axes["verdicts"])
        axes["verdicts"].set(xlabel=f"checks over all {PATIENTS} patients", ylabel="")
        return figure

    def _in_words(self, report, patient):
        done = [f"{self.kernel.value} kernel"] if KERNELS[self.kernel.value] else []
        done += [f"blur of {self.blur.value:g} mm"] if self.blur.value else []
        done += [f"crop to {self.crop.value} %"] if self.crop.value < 100 else []
        if (self.gain.value, self.shift.value) != (1, 0):
            done += [f"HU times {self.gain.value:.2f} {self.shift.value:+d}"]
        before, after = self.reading["necrotic_fraction"]
        check = report.reason
        if check is None:
            evidence = "every check that applies passed"
        else:
            verb = "failed" if check.outcome == "failed" else "is undecided"
            low, high = check.interval
            evidence = (
                f"the check of {check.name} {verb}: {check.value:.3g} (95 % interval {low:.3g} to "
                f"{high:.3g}), limit {check.limit:.3g} ({check.method})"
            )
        return (
            f"{', '.join(done) or 'Nothing done'}: {report.verdict}. Over {report.n} patients {evidence}. "
            f"Of the lesion of patient {patient}, {100 * before:.0f} % looked necrotic before and "
            f"{100 * after:.0f} % after."
        )
