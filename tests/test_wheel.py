"""The wheel: all of the library and the course, none of the solutions, and it works away from a clone."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import ganlab
from ganlab.desk import copy_course
from ganlab.grading import CourseError

ROOT = Path(ganlab.__file__).parents[1]
LEFT_OUT = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Built in a copy, since a build leaves folders behind and finds those of an earlier one."""
    sources, built = tmp_path_factory.mktemp("sources"), tmp_path_factory.mktemp("built")
    for folder in ("ganlab", "course", "exercises"):
        shutil.copytree(ROOT / folder, sources / folder, ignore=LEFT_OUT)
    for file in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / file, sources)
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*pip, "--wheel-dir", built, sources], check=True, capture_output=True, text=True)
    (file,) = built.glob("*.whl")
    return file


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """run(*arguments, folder=): a Python of an environment that has the wheel, and this one's libraries."""
    home = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", home], check=True)
    (python,) = [*home.glob("bin/python"), *home.glob("Scripts/python.exe")]
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps", wheel]
    subprocess.run(pip, check=True, capture_output=True)
    (site,) = {path.parent for path in home.rglob("ganlab") if (path / "__init__.py").is_file()}
    (site / "libraries.pth").write_text("\n".join(path for path in sys.path if "site-packages" in path))

    def run(*arguments, folder):
        return subprocess.run(
            [python, "-I", *map(str, arguments)], cwd=folder, capture_output=True, text=True, check=False
        )

    return run


def test_it_holds_every_file_of_the_package_and_the_course_and_no_solution(wheel):
    with zipfile.ZipFile(wheel) as parts:
        names = {name for name in parts.namelist() if ".dist-info/" not in name}
        answers = [
            name for name in names if name.endswith(".ipynb") and b"BEGIN SOLUTION" in parts.read(name)
        ]
    package = {path for path in (ROOT / "ganlab").rglob("*") if path.is_file() and path.suffix != ".pyc"}
    here = {path.relative_to(ROOT).as_posix() for path in package if ".ipynb_checkpoints" not in path.parts}
    assert {name for name in names if name.startswith("ganlab/")} == here
    carried = {name.split("/share/ganlab/")[1] for name in names - here}
    lessons = {f"course/{path.name}" for path in [*ROOT.glob("course/*.ipynb"), *ROOT.glob("course/*.md")]}
    assert carried == lessons | {f"exercises/{path.name}" for path in ROOT.glob("exercises/*/*.ipynb")}
    assert answers == []


def test_away_from_a_clone_it_offers_the_course_and_copies_it(installed, tmp_path):
    where = installed("-c", "import ganlab; print(ganlab.__file__)", folder=tmp_path).stdout
    assert str(ROOT / "ganlab") not in where
    lost = installed("-m", "ganlab", "lab", folder=tmp_path)
    assert lost.returncode == 2
    assert "`ganlab new FOLDER` copies the lectures" in lost.stderr
    made = installed("-m", "ganlab", "new", "mine", folder=tmp_path)
    assert made.returncode == 0, made.stderr
    for room in ("course", "exercises"):
        ours = {path.relative_to(ROOT): path for path in (ROOT / room).rglob("*") if path.is_file()}
        theirs = {path.relative_to(tmp_path / "mine") for path in (tmp_path / "mine" / room).rglob("*.*")}
        assert {path for path in ours if path.suffix in (".ipynb", ".md")} == theirs
        assert all(ours[path].read_bytes() == (tmp_path / "mine" / path).read_bytes() for path in theirs)


def test_away_from_a_clone_it_audits_two_tables(installed, tmp_path):
    rng = np.random.default_rng(0)
    for name in ("real.csv", "synthetic.csv"):
        pd.DataFrame(rng.normal(size=(40, 2)), columns=["a", "b"]).to_csv(tmp_path / name, index=False)
    asked = ("audit", "real.csv", "synthetic.csv", "--permutations", "319")
    found = installed("-m", "ganlab", *asked, folder=tmp_path)
    assert found.returncode in (0, 1, 3), found.stderr
    assert "<style>" in (tmp_path / "audit.html").read_text("utf-8")


def test_nothing_that_the_user_made_is_overwritten(tmp_path):
    new, refreshed, kept = copy_course(tmp_path / "mine")
    assert (refreshed, kept) == ([], [])
    worked_in, deleted = new[0], new[-1]
    worked_in.write_text("my work")
    deleted.unlink()
    assert copy_course(tmp_path / "mine") == ([deleted], [], [])
    assert worked_in.read_text() == "my work"


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "mine").write_text("a letter")
    with pytest.raises(CourseError, match=r"mine is a file; expected a folder"):
        copy_course(tmp_path / "mine")
