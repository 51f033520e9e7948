"""The limits of an audit, stated before anybody looks: margins, and which checks have to be passed."""

import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from pathlib import Path

import numpy as np

from ganlab.radiomics import MARGIN
from ganlab.shapes import FilePath, Values
from ganlab.validation import positive_number

# What may be required; "copies" stands for the search among features and the one among images.
CHECKS = ("measurable", "marginals", "correlations", "two-sample test", "coverage", "recall", "copies")
CHECKS += ("copies (features)", "copies (images)", "possible values", "groups")


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What an audit calls close enough, and which checks have to be passed before it accepts.

    The risk of a false accusation, 2.5 %, is not among them: the error rates that are published hold for it.

    Parameters
    ----------
    margin : number > 0
        What is close enough for a feature, in real standard deviations.
    margins : dict of feature -> number > 0
        For the features that need one of their own.
    correlations : number in (0, 1]
        How much further apart the correlations may be than those of two real cohorts. 0.1 is Cohen's "small"
        difference of two correlations.
    coverage, recall : number in (0, 1)
        By how much the share of imitated real patients may be lower than for a perfect generator.
    copies : number in (0, 1)
        The largest share of synthetic rows that may be copies, as far as the interval of none found can tell.
    required : sequence of str, or None
        Names of the checks that have to be passed. Without any that is undecided, not applicable or was not
        made, nothing is accepted. The others can still accuse. None: every check that is made.
    source : str
        The file they were read from.
    sha256 : str
        Of that file.

    Raises
    ------
    ValueError
        If a number is none or out of range, or a check does not exist.

    Examples
    --------
    >>> limits = Limits(margins={"area": 0.1}, required=["marginals", "copies"])
    >>> limits.margins_of(["area", "mean"]).tolist(), limits.requires("copies (features)")
    ([0.1, 0.25], True)
    """

    margin: float = MARGIN
    margins: Mapping[str, float] = field(default_factory=dict)
    correlations: float = 0.1
    coverage: float = 0.1
    recall: float = 0.1
    copies: float = 0.05
    required: tuple[str, ...] | None = None
    source: str = ""
    sha256: str = ""

    def __post_init__(self):
        if not isinstance(self.margins, Mapping):
            raise ValueError(f"margins must give a number for each feature it names; got {self.margins!r}.")
        margins = {str(name): _number(margin, f"margins.{name}") for name, margin in self.margins.items()}
        object.__setattr__(self, "margins", margins)
        object.__setattr__(self, "margin", _number(self.margin, "margin"))
        for key in ("correlations", "coverage", "recall", "copies"):
            value, most = _number(getattr(self, key), key), "at most" if key == "correlations" else "below"
            if value > 1 or (value == 1 and most == "below"):
                raise ValueError(f"{key} must be a number above 0 and {most} 1; got {value:g}.")
            object.__setattr__(self, key, value)
        if self.required is not None:
            object.__setattr__(self, "required", _known_checks(self.required))

    def margins_of(self, features: Iterable) -> Values:
        """The margin of each feature, in real standard deviations."""
        return np.array([self.margins.get(str(name), self.margin) for name in features])

    def requires(self, check: str) -> bool:
        """Whether the check of this name has to be passed."""
        return self.required is None or any(_is_one(check, name) for name in self.required)

    def missing(self, checks: Iterable[str]) -> tuple[str, ...]:
        """The required checks that are not among these."""
        checks = list(checks)
        return tuple(
            name for name in self.required or () if not any(_is_one(check, name) for check in checks)
        )

    def refuse_unknown(self, features: Iterable):
        """Refuse margins for features that are not compared."""
        names = [str(feature) for feature in features]
        for name in self.margins:
            if name not in names:
                raise ValueError(
                    f"{self.source or 'limits'}: margins.{name} is for a feature that is not among the "
                    f"{len(names)} that are compared{_nearest(name, names)}."
                )

    def as_facts(self) -> dict:
        """Every limit by its name, plain enough for a page and for JSON."""
        facts = {part.name: getattr(self, part.name) for part in fields(self)}
        return facts | {"margins": dict(self.margins), "required": self.required and list(self.required)}


def _number(value, name):
    if isinstance(value, (bool, np.bool_)):
        raise ValueError(f"{name} must be a number above 0; got {value!r}.")
    return positive_number(value, name)


def _known_checks(required):
    if isinstance(required, str) or not isinstance(required, Iterable) or isinstance(required, Mapping):
        raise ValueError(f"required must be a list of names of checks; got {required!r}.")
    names = tuple(required)
    if not names:
        raise ValueError("required is empty, so anything would be accepted; name one check or more.")
    for name in names:
        if name not in CHECKS:
            raise ValueError(
                f"required names {name!r}, which is no check{_nearest(name, CHECKS)}. "
                f"The checks are {', '.join(CHECKS)}."
            )
    return names


def _is_one(check, name):
    return check == name or check.startswith(f"{name} (")


def _nearest(name, names):
    near = get_close_matches(str(name), names, n=1)
    return f" (did you mean {near[0]!r}?)" if near else ""


def read_limits(path: FilePath) -> Limits:
    """Read limits from a TOML file; what it does not state stays as it is in `Limits`.

    Parameters
    ----------
    path : str or path-like
        Its keys are ``margin``, ``correlations``, ``coverage``, ``recall``, ``copies`` and ``required``; in
        a table ``[margins]`` one key for each feature with a margin of its own.

    Returns
    -------
    Limits
        With the file's name and its SHA-256.

    Raises
    ------
    ValueError
        If it is no TOML, or a key does not exist, or a value is of another type or out of range: one
        sentence with the file and the key.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "limits.toml"
    >>> _ = path.write_text('margin = 0.2\\nrequired = ["marginals"]\\n[margins]\\narea = 0.1\\n')
    >>> limits = read_limits(path)
    >>> limits.margin, limits.margins, limits.copies, limits.sha256[:8]
    (0.2, {'area': 0.1}, 0.05, 'be026b93')
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"{path} is missing, or is no file; limits are read from a TOML file.")
    content = path.read_bytes()
    try:
        stated = tomllib.loads(content.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise ValueError(f"{path.name} is no TOML: {problem}.") from None
    keys = [part.name for part in fields(Limits) if part.name not in ("source", "sha256")]
    for key in stated:
        if key not in keys:
            raise ValueError(
                f"{path.name}: there is no limit {key!r}{_nearest(key, keys)}. Limits are {', '.join(keys)}."
            )
    try:
        return Limits(**stated, source=path.name, sha256=hashlib.sha256(content).hexdigest())
    except ValueError as problem:
        raise ValueError(f"{path.name}: {problem}") from None
