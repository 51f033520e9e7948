"""A dossier about a synthetic cohort: one page for a clinical partner, which refuses to contradict itself."""

import math
import platform
import re
from dataclasses import dataclass, fields
from importlib import metadata
from pathlib import Path

import numpy as np

from ganlab.audit.dossier_checks import FAILED, NOT_SHOWN, PASSED
from ganlab.audit.pages.dossier_template import GENERATOR, PAGE, STYLE
from ganlab.files import written_whole

REQUIRED = (
    "leak-free split", "possible patients", "copies", "membership", "features", "correlations",
    "two-sample test", "right diagnosis", "utility",
)  # fmt: skip
USE, DO_NOT, OPEN = "use", "do not use", "not shown"
HEADLINES = {
    USE: ("use", "✓", "May be used for the purpose stated below."),
    DO_NOT: ("no", "✗", "Do not use for the purpose stated below."),
    OPEN: ("open", "?", "Not shown to be fit for the purpose stated below."),
}
MARKS = {PASSED: "✓", FAILED: "✗", NOT_SHOWN: "?"}
PARTS = ("training", "control", "test")
PACKAGES = ("ganlab", "numpy", "pandas", "scipy", "scikit-learn", "torch")


def overall_verdict(outcomes, required=REQUIRED):
    """The verdict that a set of checks allows: the worst of them decides, and a missing one is not passed.

    Parameters
    ----------
    outcomes : dict of check name -> "passed", "failed" or "not shown"
    required : sequence of str
        Checks without which nothing is shown.

    Returns
    -------
    str
        "do not use" if any check failed, required or not; else "not shown" if any is not shown or a required
        one is missing; else "use".

    Raises
    ------
    ValueError
        If an outcome is another word.

    Examples
    --------
    >>> overall_verdict({"copies": "passed", "utility": "not shown"}, ["copies", "utility"])
    'not shown'
    """
    words = set(outcomes.values())
    if words - set(MARKS):
        raise ValueError(f"an outcome is one of {', '.join(MARKS)}; got {sorted(words - set(MARKS))[0]!r}.")
    if FAILED in words:
        return DO_NOT
    return OPEN if NOT_SHOWN in words or set(required) - set(outcomes) else USE


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
        "training", "control" and "test", each the ids of its patients.
    generator_patients : sequence
        Ids of those whom the generator was trained on.
    n_synthetic : int
    seeds : dict of what -> int
    sha256 : dict of what -> 64 hexadecimal digits
        Of the data.
    scores : dict of arm -> sequence of float
        The score of every draw, the same draws for all arms.
    checks : sequence of DossierCheck
    verdict : {"use", "do not use", "not shown"}

    Examples
    --------
    See :func:`write_dossier`.
    """

    title: str
    author: str
    intended_use: str
    reason: str
    limits: tuple
    change_control: str
    patients: dict
    generator_patients: tuple
    n_synthetic: int
    seeds: dict
    sha256: dict
    scores: dict
    checks: tuple
    verdict: str

    def problems(self):
        """A sentence for each way in which the dossier contradicts itself or leaves something out."""
        found = [f"{one.name} is empty." for one in fields(self) if not getattr(self, one.name)]
        return found or [*self._of_patients(), *self._of_checks(), *self._of_provenance()]

    def _of_patients(self):
        if set(self.patients) != set(PARTS):
            return [f"patients must name the parts {', '.join(PARTS)}; got {', '.join(self.patients)}."]
        ids = {part: {str(one) for one in self.patients[part]} for part in PARTS}
        pairs = (("training", "control"), ("training", "test"), ("control", "test"))
        shared = set().union(*(ids[one] & ids[other] for one, other in pairs))
        strangers = {str(one) for one in self.generator_patients} - ids["training"]
        wrong = len(shared | strangers)
        said = next((one.value for one in self.checks if one.name == "leak-free split"), wrong)
        if said != wrong:
            return [f"the split check says {said:g} patients leak; by the lists there are {wrong}."]
        return []

    def _of_checks(self):
        names = [one.name for one in self.checks]
        found = [f"the check {name!r} is missing." for name in REQUIRED if name not in names]
        found += [f"the check {name!r} is there twice." for name in set(names) if names.count(name) > 1]
        allowed = overall_verdict({one.name: one.outcome for one in self.checks})
        if self.verdict != allowed:
            found.append(f"the verdict is {self.verdict!r}, but these checks allow {allowed!r}.")
        lengths = {len(values) for values in self.scores.values()}
        if not {"GAN", "duplicates"} <= set(self.scores) or len(lengths) > 1:
            return [*found, "scores must hold the same draws for every arm, GAN and duplicates among them."]
        gain = float(np.mean(self.scores["GAN"]) - np.mean(self.scores["duplicates"]))
        for one in self.checks:
            if one.name == "utility" and not math.isclose(one.value, gain, abs_tol=5e-4):
                found.append(f"the utility check says {one.value:+.3f}; the draws give {gain:+.3f}.")
        return found

    def _of_provenance(self):
        bad = [name for name, digits in self.sha256.items() if not re.fullmatch(r"[0-9a-f]{64}", str(digits))]
        unset = [name for name, seed in self.seeds.items() if seed is None]
        return [f"the SHA-256 of {name} is no 64 hexadecimal digits." for name in bad] + [
            f"the seed of {name} is not declared." for name in unset
        ]


def write_dossier(dossier, path):
    """Write a dossier as one HTML file: no script, no request, printable on A4, every check with its outcome.

    Parameters
    ----------
    dossier : Dossier
    path : str or path-like
        An earlier dossier there is replaced; any other file is left alone.

    Returns
    -------
    pathlib.Path

    Raises
    ------
    ValueError
        If the dossier contradicts itself: a required check is missing, the verdict is not what the checks
        allow, the split is said to be clean and is not, the draws do not give the gain.
    FileExistsError
        If `path` is a folder, or a file that is no dossier.

    Examples
    --------
    >>> import tempfile
    >>> from ganlab.audit import DossierCheck
    >>> checks = [DossierCheck(name, "?", 0, (0, 0), 0, "at most", "counted") for name in REQUIRED]
    >>> dossier = Dossier("A cohort", "me", "teaching", "All passed.", ["One clinic."], "New data.",
    ...                   {"training": [1], "control": [2], "test": [3]}, [1], 5, {"split": 0},
    ...                   {"table": "0" * 64}, {"GAN": [0.9], "duplicates": [0.9]}, checks, "use")
    >>> write_dossier(dossier, tempfile.mkdtemp() + "/dossier.html").name
    'dossier.html'
    """
    path, problems = Path(path), dossier.problems()
    if problems:
        raise ValueError("this dossier is not written: " + " ".join(problems))
    if path.is_dir() or (path.exists() and GENERATOR.encode() not in path.read_bytes()[:1000]):
        raise FileExistsError(f"{path} exists and is no dossier, so it is left as it is. Give another name.")
    text = dossier_page(dossier)
    with written_whole(path) as file:
        file.write(text.encode("utf-8"))
    return path


def dossier_page(dossier):
    """The page as text. Whatever the author wrote is escaped by the template."""
    from jinja2 import Environment
    from markupsafe import Markup

    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters["number"] = _number
    environment.filters["interval"] = lambda pair: f"{_number(pair[0])}\u00a0to\u00a0{_number(pair[1])}"
    kind, mark, headline = HEADLINES[dossier.verdict]
    order = [FAILED, NOT_SHOWN, PASSED]
    numbers = [sum(one.outcome == word for one in dossier.checks) for word in order]
    return environment.from_string(PAGE).render(
        dossier=dossier,
        generator=Markup(GENERATOR),
        style=Markup(STYLE),
        kind=kind,
        mark=mark,
        headline=headline,
        counts=f"Of {len(dossier.checks)} checks {numbers[2]} passed, {numbers[0]} failed and "
        f"{numbers[1]} are not shown.",
        checks=sorted(dossier.checks, key=lambda one: order.index(one.outcome)),
        marks=MARKS,
        draws=range(len(next(iter(dossier.scores.values())))),
        scores=[(arm, [float(one) for one in values]) for arm, values in dossier.scores.items()],
        facts=_facts(dossier),
    )


def _facts(dossier):
    sizes = [(f"patients: {part}", len(set(dossier.patients[part]))) for part in PARTS]
    return [
        *sizes,
        ("patients behind the generator", len(set(dossier.generator_patients))),
        ("synthetic patients", dossier.n_synthetic),
        *((f"seed: {name}", seed) for name, seed in dossier.seeds.items()),
        *((f"SHA-256: {name}", digits) for name, digits in dossier.sha256.items()),
        *((f"version: {name}", version) for name, version in _versions()),
    ]


def _versions():
    for package in PACKAGES:
        try:
            yield package, metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    yield "python", platform.python_version()


def _number(value):
    value = float(value)
    if math.isnan(value):
        return "not measured"
    return f"{value:.0f}" if value == round(value) else f"{value:.3f}"
