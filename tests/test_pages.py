"""What the README and the page for researchers tell people to type: commands and lines of Python run."""

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import SimpleITK
from typer.testing import CliRunner

from ganlab import cli
from ganlab.data import simulate_lesions
from ganlab.data.measured.radiomics_cases import radiomics_folder

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "course/AUDIT.md"]
FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.DOTALL | re.MULTILINE)
# The command that installs, or waits for a browser, and the test that runs it.
ELSEWHERE = {
    "python3 -m venv": "tests/test_wheel.py",
    ".venv/bin/python -m pip install": ".ci/run",
    "python -m pip install ganlab": "tests/test_wheel.py",
    ".venv/bin/ganlab lab": "tests/browser/test_lesson.py",
    "ganlab lab": "tests/browser/test_lesson.py",
    "cd my-course": "tests/test_wheel.py",
}


def blocks(page, language):
    return [code for name, code in FENCE.findall(page.read_text("utf-8")) if name == language]


COMMANDS = sorted(
    {
        line.split(" #")[0].strip()
        for page in PAGES
        for code in blocks(page, "")
        for line in code.splitlines()
        if line.strip()
    }
)


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder with what the examples name: tables, and images with masks."""
    rng = np.random.default_rng(0)
    for name in ("REAL", "SYNTHETIC", "HELD_OUT", "TEST"):
        table = pd.DataFrame(rng.normal(size=(60, 2)), columns=["a", "b"])
        table["site"], table["diagnosis"] = np.tile(["x", "y"], 30), np.repeat(["benign", "malignant"], 30)
        table.to_csv(tmp_path / name, index=False)
    (tmp_path / "my-images").mkdir()
    lesions = simulate_lesions(2, seed=0)
    for number, parts in enumerate(zip(lesions.images, lesions.masks, strict=True)):
        for part, suffix in zip(parts, ("", "_mask"), strict=True):
            image = SimpleITK.GetImageFromArray(part[None].astype(np.float32))
            SimpleITK.WriteImage(image, tmp_path / "my-images" / f"case{number}{suffix}.nii.gz")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS)
def test_command_of_a_page_runs(command, here):
    if command.startswith(tuple(ELSEWHERE)):
        pytest.skip(f"run by {next(test for start, test in ELSEWHERE.items() if command.startswith(start))}")
    program, *arguments = shlex.split(command)
    if program == "make":
        assert shutil.which("make")
        subprocess.run(["make", "--dry-run", *arguments], cwd=ROOT, check=True, capture_output=True)
        return
    assert program == "ganlab"
    result = CliRunner().invoke(cli.app, arguments)
    assert result.exit_code in ((0, 1, 3) if arguments[0] == "audit" else (0,)), result.output


@pytest.mark.slow
def test_python_of_the_page_for_researchers_runs(here):
    names = {}
    for code in blocks(PAGES[1], "python"):
        if "load_radiomics_case" in code and not radiomics_folder().is_dir():
            code = "\n".join(line for line in code.splitlines() if "load_radiomics_case(" not in line)
        exec(compile(code, "course/AUDIT.md", "exec"), names)
    assert names["found"].verdict == "undecided"
    assert (here / "audit.html").is_file()
    assert len(names["own"]) == 2
    assert names["features"].shape == (40, 102)
