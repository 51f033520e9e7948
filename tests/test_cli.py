"""The `ganlab` command: exit codes, one-line errors, and the order of things."""

import importlib.metadata
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

import ganlab
from ganlab import cli, doctor
from ganlab.grading.course import Course
from ganlab.grading.report import GradedSubmission, GradeReport, TaskGrade


def run(*arguments):
    return CliRunner().invoke(cli.app, [str(argument) for argument in arguments])


@pytest.fixture
def course(tmp_path, monkeypatch):
    for folder in ("course", "solutions"):
        (tmp_path / folder).mkdir()
    for lesson in ("00-first", "01-second", "01-third"):
        (tmp_path / "course" / f"{lesson}.ipynb").write_text("{}")
    monkeypatch.chdir(tmp_path)
    return Course(tmp_path)


def refused(result, *phrases):
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("ganlab: ")
    assert "Traceback" not in result.stderr
    for phrase in phrases:
        assert phrase in result.stderr


def test_grading_a_missing_or_empty_folder_is_one_line_and_exit_code_2(course, tmp_path):
    refused(run("grade", tmp_path / "nowhere"), "nowhere is missing")
    refused(run("grade", course.root / "course"), "no student hands in", "STUDENT/ASSIGNMENT.ipynb")
    (tmp_path / "handed in" / "ada").mkdir(parents=True)
    refused(
        run("grade", tmp_path / "handed in", "--csv", tmp_path / "no" / "grades.csv"), "cannot be written"
    )


@pytest.mark.parametrize(("page", "code"), [("a/" * 60 + "page.html", 0), (None, 1)])
def test_grade_ends_with_1_if_a_submission_could_not_be_graded(course, tmp_path, monkeypatch, page, code):
    rows = (TaskGrade("ada", "01-tiny", "double", 1.0, 3.0, "Twice 2 is 4."),)
    report = GradeReport((GradedSubmission("ada", "01-tiny", rows, page),))
    monkeypatch.setattr("ganlab.grading.grade_folder", lambda folder, **_: report, raising=False)
    result = run("grade", tmp_path, "--csv", tmp_path / "grades.csv")
    assert result.exit_code == code
    assert "Twice 2 is 4." in result.stdout
    assert page is None or page in result.stdout, "A path that is cut short cannot be opened."
    assert f"{1 - code} graded, {code} not" in result.stdout
    assert (tmp_path / "grades.csv").read_text().splitlines()[1] == "ada,01-tiny,double,1,3,Twice 2 is 4."


CRASHES = [
    (RuntimeError("two\nlines"), "RuntimeError: two lines"),
    (MemoryError("10 GiB"), "not enough (10 GiB)"),
]


@pytest.mark.parametrize(("crash", "words"), CRASHES)
@pytest.mark.parametrize(
    "command", [("audit", "a", "b"), ("grade", "x"), ("fetch",), ("doctor",), ("release",)]
)
def test_an_unexpected_end_is_no_verdict_and_its_trace_is_in_a_file(
    monkeypatch, tmp_path, command, crash, words
):
    def fail(*_, **__):
        raise crash

    for place in (
        "audit.audit_files",
        "grading.grade_folder",
        "data.fetch_radiomics_cases",
        "grading.release",
    ):
        monkeypatch.setattr(f"ganlab.{place}", fail, raising=False)
    monkeypatch.setattr(doctor, "findings", fail)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    result = run(*command)
    assert result.exit_code == 70
    assert result.stdout == ""
    assert result.stderr.startswith("ganlab: ")
    assert words in result.stderr
    assert len(result.stderr.splitlines()) == 1
    (trace,) = tmp_path.glob("ganlab-trace-*.txt")
    assert str(trace) in result.stderr
    assert trace.read_text().rstrip().endswith(str(crash))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "nowhere"))
    assert "Traceback" in run(*command).stderr, "Where no file can be written, the trace is said."


def test_ctrl_c_and_a_closed_pipe_are_no_verdict(monkeypatch):
    for problem, code in ((KeyboardInterrupt(), 130), (RecursionError("deep"), 70), (ValueError("wrong"), 2)):

        def fail(*_, problem=problem, **__):
            raise problem

        monkeypatch.setattr("ganlab.audit.audit_files", fail, raising=False)
        assert run("audit", "a", "b").exit_code == code
    writer = (
        "import ganlab.data, typer; from ganlab import cli\n"
        "ganlab.data.fetch_radiomics_cases = lambda *_, **__: 'x' * 10**6; cli.app(['fetch'])"
    )
    with subprocess.Popen(
        [sys.executable, "-c", writer], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as one:
        one.stdout.close()
        assert one.stderr.read() == b""
    assert one.returncode == 141


def test_a_terminal_without_the_letters_of_a_summary_gets_its_verdict():
    script = (
        "import ganlab.data; from ganlab import cli\n"
        "ganlab.data.fetch_radiomics_cases = lambda *_, **__: '\u00b1'; cli.app(['fetch'])"
    )
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=environment)
    assert (result.returncode, result.stderr) == (0, "")


def test_wrong_options_are_wrong_input():
    assert run("audit").exit_code == 2
    assert run("audit", "a", "b", "--seed", "x").exit_code == 2
    assert run("nothing").exit_code == 2


def test_the_codes_that_are_no_verdict_are_in_the_help():
    for command in ((), ("audit",)):
        words = run(*command, "--help").stdout
        assert "70" in words
        assert "130" in words


def test_releasing_an_unknown_assignment_is_exit_code_2(course):
    refused(run("release", "07-nothing"), "there is no assignment '07-nothing'")


def test_doctor_names_what_is_missing_and_how_to_get_it(monkeypatch):
    installed = importlib.metadata.version

    def version(name):
        if name == "seaborn":
            raise importlib.metadata.PackageNotFoundError(name)
        return "1.0" if name == "torch" else installed(name)

    monkeypatch.setattr(importlib.metadata, "version", version)
    result = run("doctor")
    assert result.exit_code == 1
    assert "MISSING  seaborn: missing (asked for: >=0.13)" in result.stdout
    assert "'seaborn>=0.13'" in result.stdout
    assert "MISSING  torch: 1.0" in result.stdout
    assert "No GAN was trained" in result.stdout


def test_doctor_ends_in_a_number_with_its_uncertainty(monkeypatch):
    monkeypatch.setattr(doctor, "SEEDS", range(2))
    monkeypatch.setattr(doctor, "STEPS", 200)
    proof = doctor.prove()
    assert 0 < proof.distance < proof.start_distance
    assert proof.half_width > 0
    assert proof.real_distance < 0.1
    assert f"{proof.distance:.2f} ± {proof.half_width:.2f}" in proof.summary()


@pytest.mark.slow
def test_doctor_finds_this_installation_complete():
    result = run("doctor")
    assert result.exit_code == 0, result.stdout
    assert "MISSING" not in result.stdout
    assert "±" in result.stdout


def test_the_command_starts_without_loading_torch_or_nbgrader():
    script = (
        "import sys; from ganlab.cli import app; app(['--help'], standalone_mode=False); "
        "print([name for name in ('torch', 'nbgrader', 'nbformat', 'pandas') if name in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert result.stdout.splitlines()[-1] == "[]"


def test_the_version_is_the_one_of_the_release_notes_and_of_the_citation():
    assert run("--version").stdout == f"ganlab {ganlab.__version__}\n"
    child = subprocess.run([sys.executable, "-m", "ganlab", "--version"], capture_output=True, text=True)
    assert (child.returncode, child.stdout) == (0, f"ganlab {ganlab.__version__}\n")
    github = Path(ganlab.__file__).parents[1] / ".github"
    newest = re.search(r"^## (.+)$", (github / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)[1]
    cited = re.search(r"^version: (.+)$", (github / "CITATION.cff").read_text("utf-8"), re.MULTILINE)[1]
    assert newest == cited == ganlab.__version__


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_a_shell_completes_commands_and_options(shell):
    said = {**os.environ, "_GANLAB_COMPLETE": f"complete_{shell}", "_TYPER_COMPLETE_ACTION": "get-args"}
    said |= {"COMP_WORDS": "ganlab do", "COMP_CWORD": "1", "_TYPER_COMPLETE_ARGS": "ganlab do"}
    child = subprocess.run([sys.executable, "-m", "ganlab"], capture_output=True, text=True, env=said)
    assert "doctor" in child.stdout
    assert "audit" not in child.stdout
