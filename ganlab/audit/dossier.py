"""A dossier about a synthetic cohort: one page for a clinical partner, which refuses to contradict itself."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np

from ganlab.audit.dossier_checks import PARTS, leaking_patients
from ganlab.audit.pages.page import free_to_write, render, versions, write_page
from ganlab.diagnostics import Check, overall_verdict
from ganlab.shapes import FilePath

REQUIRED = (
    "leak-free split", "possible patients", "copies", "membership", "features", "correlations",
    "two-sample test", "right diagnosis", "utility",
)  # fmt: skip
HEADLINES = {
    "accept": "May be used for the purpose stated below.",
    "reject": "Do not use for the purpose stated below.",
    "undecided": "Not shown to be fit for the purpose stated below.",
}
FOREMOST = ("failed", "undecided", "not applicable", "passed")


@dataclass(frozen=True)
class Dossier:
    """Everything that a reader of a synthetic cohort has to know, and everything needed to recompute it.

    Parameters
    ----------
    title, author, intended_use : str
    reason : str
        The verdict in the author's own words.
    limits : sequence of str
        What the evidence cannot show.
    change_control : str
        What would have to be done again, and when.
    patients : dict
        "train", "holdout" and "test", each the ids of its patients.
    generator_patients : sequence
        Ids of those whom the generator was trained on.
    n_synthetic : int
    seeds : dict of what -> int
    sha256 : dict of what -> 64 hexadecimal digits
        Of the data.
    metrics : dict of arm -> sequence of float
        Balanced accuracy of every draw, the same draws for all arms.
    checks : sequence of Check
    verdict : {"accept", "reject", "undecided"}

    Examples
    --------
    >>> import tempfile
    >>> counted = {"value": 0.0, "interval": (0.0, 0.0), "limit": 0.0, "method": "counted"}
    >>> checks = [Check(name=name, **counted) for name in REQUIRED]
    >>> dossier = Dossier("A cohort", "me", "teaching", "All passed.", ["One clinic."], "New data.",
    ...                   {"train": [1], "holdout": [2], "test": [3]}, [1], 5, {"split": 0},
    ...                   {"table": "0" * 64}, {"GAN": [0.9], "duplicates": [0.9]}, checks, "accept")
    >>> dossier.to_html(tempfile.mkdtemp() + "/dossier.html").name
    'dossier.html'
    """

    title: str
    author: str
    intended_use: str
    reason: str
    limits: Sequence[str]
    change_control: str
    patients: Mapping[str, Sequence]
    generator_patients: Sequence
    n_synthetic: int
    seeds: Mapping[str, int]
    sha256: Mapping[str, str]
    metrics: Mapping[str, Sequence[float]]
    checks: Sequence[Check]
    verdict: str

    def problems(self):
        """A sentence for each way in which the dossier contradicts itself or leaves something out."""
        empty = [f"{part.name} is empty." for part in fields(self) if not getattr(self, part.name)]
        parts = (self._of_patients, self._of_checks, self._of_metrics, self._of_provenance)
        return empty or [problem for part in parts for problem in part()]

    def _of_patients(self):
        if set(self.patients) != set(PARTS):
            yield f"patients must name the parts {', '.join(PARTS)}; got {', '.join(self.patients)}."
            return
        leaking = len(leaking_patients([self.patients[part] for part in PARTS], self.generator_patients))
        for check in self.checks:
            if check.name == "leak-free split" and check.value != leaking:
                yield f"the split check says {check.value:g} patients leak; by the lists there are {leaking}."

    def _of_checks(self):
        names = [check.name for check in self.checks]
        yield from (f"the check {name!r} is missing." for name in REQUIRED if name not in names)
        yield from (f"the check {name!r} is there twice." for name in set(names) if names.count(name) > 1)
        allowed = overall_verdict({check.name: check.outcome for check in self.checks}, REQUIRED)
        if self.verdict != allowed:
            yield f"the verdict is {self.verdict!r}, but these checks allow {allowed!r}."

    def _of_metrics(self):
        lengths = {len(values) for values in self.metrics.values()}
        if not {"GAN", "duplicates"} <= set(self.metrics) or len(lengths) > 1:
            yield "metrics must hold the same draws for every arm, GAN and duplicates among them."
            return
        gain = float(np.mean(self.metrics["GAN"]) - np.mean(self.metrics["duplicates"]))
        for check in self.checks:
            if check.name == "utility" and not math.isclose(check.value, gain, abs_tol=5e-4):
                yield f"the utility check says {check.value:+.3f}; the draws give {gain:+.3f}."

    def _of_provenance(self):
        for name, digits in self.sha256.items():
            if not re.fullmatch(r"[0-9a-f]{64}", str(digits)):
                yield f"the SHA-256 of {name} is no 64 hexadecimal digits."
        yield from (
            f"the seed of {name} is not declared." for name, seed in self.seeds.items() if seed is None
        )

    def page(self):
        """The page as text: no script, no request, printable on A4, every check with its outcome.

        Raises
        ------
        ValueError
            If the dossier contradicts itself: a required check is missing, the verdict is not what the
            checks allow, the split is said to be clean and is not, the draws do not give the gain.
        """
        problems = self.problems()
        if problems:
            raise ValueError("this dossier is not written: " + " ".join(problems))
        outcomes = [check.outcome for check in self.checks]
        return render(
            "dossier",
            dossier=self,
            headline=HEADLINES[self.verdict],
            counts=f"Of {len(outcomes)} checks {outcomes.count('passed')} passed, {outcomes.count('failed')} "
            f"failed and {outcomes.count('undecided')} are undecided.",
            checks=sorted(self.checks, key=lambda check: FOREMOST.index(check.outcome)),
            draws=range(len(next(iter(self.metrics.values())))),
            metrics=[(arm, [float(value) for value in values]) for arm, values in self.metrics.items()],
            provenance=[
                *((f"patients: {part}", len(set(self.patients[part]))) for part in PARTS),
                ("patients behind the generator", len(set(self.generator_patients))),
                ("synthetic patients", self.n_synthetic),
                *((f"seed: {name}", seed) for name, seed in self.seeds.items()),
                *((f"SHA-256: {name}", digits) for name, digits in self.sha256.items()),
                *((f"version: {name}", version) for name, version in versions().items()),
            ],
        )

    def to_html(self, path: FilePath, *, overwrite: bool = False):
        """Write the page as one HTML file.

        Parameters
        ----------
        path : str or path-like
            Ends in .html. Written whole or not at all.
        overwrite : bool
            An earlier dossier is replaced without being asked; any other file only if this is True.

        Returns
        -------
        pathlib.Path
        """
        text = self.page()  # a contradiction is told before anything about the file
        return write_page(free_to_write(path, "dossier", overwrite), text)
