"""What both pages share: rendering, writing, the format of numbers, and the versions of packages."""

import importlib.metadata
import platform
from pathlib import Path

from ganlab.files import written_whole

PACKAGES = (
    "ganlab",
    "numpy",
    "scipy",
    "pandas",
    "scikit-learn",
    "statsmodels",
    "torch",
    "pyradiomics",
    "flash-radiomics",
)
MARKS = {"accept": "✓", "reject": "✗", "passed": "✓", "failed": "✗", "undecided": "?", "not applicable": "–"}


def render(kind, **facts):
    """The page as text: one file, style included. Whatever an author or a user named is escaped.

    Parameters
    ----------
    kind : {"audit", "candidates", "dossier"}
        The template is `pages/KIND.html.j2`.
    **facts
        What the template shows.

    Returns
    -------
    str
    """
    from jinja2 import Environment, PackageLoader

    environment = Environment(
        loader=PackageLoader("ganlab.audit", "pages"), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters.update(number=number, interval=interval, p=p_in_words)
    return environment.get_template(f"{kind}.html.j2").render(marks=MARKS, **facts)


def free_to_write(path, kind, overwrite, ending="html"):
    """The path, once nothing that somebody else made would be lost; asked before minutes of work, too.

    Parameters
    ----------
    path : str or path-like
    kind : {"audit", "dossier"}
        Its own earlier page may be replaced.
    overwrite : bool
        So may any other file.
    ending : {"html", "json"}
        Of the name that is proposed where there is none.

    Returns
    -------
    pathlib.Path
    """
    path = Path(path)
    if path.is_dir():
        raise FileExistsError(f"{path} is a folder; give the name of a file, such as {path / kind}.{ending}.")
    if not path.parent.is_dir():
        raise FileNotFoundError(f"{path} cannot be written: there is no folder {path.parent}.")
    if path.exists() and not overwrite:
        with path.open("rb") as file:
            if f'"ganlab {kind}"'.encode() not in file.read(1000):  # so every page and every JSON begins
                raise FileExistsError(
                    f"{path} exists and is not an earlier {kind}, so it is left as it is. Give another name, "
                    "or ask for it to be overwritten."
                )
    return path


def write_page(path, text):
    """Write the text, whole or not at all, and give the path."""
    with written_whole(path) as file:
        file.write(text.encode("utf-8"))
    return path


def versions():
    """The versions of Python and of those packages that the numbers depend on, as a dict."""
    installed = {}
    for package in PACKAGES:
        try:
            installed[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue  # one of the two that measure features is enough
    return {**installed, "python": platform.python_version()}


def number(value):
    """Three digits, or all of those before the point; a dash for what could not be measured."""
    value = float(value)
    if value != value:
        return "–"
    if abs(value) < 1e-12:
        return "0"
    return f"{value:,.0f}" if 1000 <= abs(value) < 1e7 else f"{value:.3g}"


def p_in_words(p_value):
    """ "0.013", or "below 0.0001" where more digits would be no news."""
    return "below 0.0001" if p_value < 1e-4 else f"{p_value:.2g}"


def interval(pair):
    """Both ends of an interval, on one line."""
    low, high = pair
    return "–" if low != low else f"{number(low)}\u00a0to\u00a0{number(high)}"
