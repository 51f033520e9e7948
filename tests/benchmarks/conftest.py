"""The ratios that benchmarks measured, as one table: `make bench` keeps it in tests/benchmarks/RESULTS.md."""

import datetime
import importlib.metadata
import os
import platform
from pathlib import Path
from statistics import median

import pytest

PACKAGES = ("torch", "numpy", "scipy", "scikit-learn", "flash-radiomics", "pyradiomics")
RATIO = "ratio: "


def pytest_addoption(parser):
    parser.addoption("--results", type=Path, help="of `make bench`: the page that keeps the table of ratios")


@pytest.fixture
def keep_ratio(record_property):
    """Notes the ratios of one comparison, a number for each time that both sides took their turn."""

    def keep(comparison, ratios):
        record_property(RATIO + comparison, (median(ratios), min(ratios), max(ratios)))

    return keep


def pytest_terminal_summary(terminalreporter, config):
    rows = [
        (name.removeprefix(RATIO), *value)
        for outcome in ("passed", "failed")
        for report in terminalreporter.stats.get(outcome, ())
        for name, value in report.user_properties
        if name.startswith(RATIO) and report.when == "call"
    ]
    if rows:
        page = results(rows)
        terminalreporter.write_line(page)
        if path := config.getoption("--results", default=None):
            path.write_text(page, encoding="utf-8")


def results(rows):
    """The table as Markdown, with what it was measured on."""
    table = [
        "| what is compared | times as fast | range |",
        "|---|---|---|",
        *(f"| {name} | {middle:.2f} | {low:.2f} to {high:.2f} |" for name, middle, low, high in rows),
    ]
    return "\n".join(["# What `make bench` measured", "", conditions(), "", *table, ""])


def conditions():
    """The day, the machine and the versions."""
    versions = [f"Python {platform.python_version()}"]
    for package in PACKAGES:
        try:
            versions.append(f"{package} {importlib.metadata.version(package)}")
        except importlib.metadata.PackageNotFoundError:
            continue
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    return (
        f"Measured on {datetime.date.today()} on {os.cpu_count()} cores ({platform.system()} on "
        f"{platform.machine()}, load {load:.1f} at the end) with {', '.join(versions)}. Both sides of a "
        "comparison took turns; the range is that of the turns. Above 1, ganlab takes less time."
    )
