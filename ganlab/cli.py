"""The `ganlab` command: each subcommand is a thin front to a module of the package."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from ganlab import __version__
from ganlab.plain_errors import PlainErrors, in_options

Platform = Literal["canvas", "moodle"]
Browser = Annotated[bool, typer.Option("--browser/--no-browser", help="Open a browser window.")]

app = typer.Typer(
    name="ganlab",
    cls=PlainErrors,
    help="Learn to build, break, diagnose and validate GANs for medical images.\n\n"
    "Every command ends with 2 if its input is wrong, with 70 if something unexpected happened (the message "
    "names a file with the trace) and with 130 after Ctrl-C.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # boxes round the help would take half of the time that it takes to show it
)


def _say_version(asked):
    if asked:
        typer.echo(f"ganlab {__version__}")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool, typer.Option("--version", callback=_say_version, is_eager=True, help="Say which, and end.")
    ] = False,
):
    """Learn to build, break, diagnose and validate GANs for medical images."""


@app.command()
def lab(
    lesson: Annotated[
        str | None, typer.Argument(help="Such as 01, or a path of a notebook. None: the start page.")
    ] = None,
    port: Annotated[int, typer.Option(help="Where to serve; if it is taken, Jupyter picks the next.")] = 8888,
    browser: Browser = True,
    teacher: Annotated[
        bool, typer.Option("--teacher", help="Serve the course itself, with solutions and formgrader.")
    ] = False,
):
    """Open JupyterLab on your own copy of the course.

    In a clone the copy is the folder desk/, which git ignores; in a folder of `ganlab new` it is that folder.
    It is brought up to the present release first, and what you worked in stays as it is.
    """
    from ganlab.desk import become_lab, copy_course, lab_command, write_start_page
    from ganlab.grading import find_course

    course = find_course()
    command = lab_command(course, lesson, port, browser, teacher)
    if not teacher:
        for line in copy_course(course.desk, course.root if course.is_source else None).in_words():
            typer.echo(line)
        write_start_page(course.desk)
    if "--allow-root" in command:
        typer.echo("You are root: JupyterLab starts with --allow-root, and its terminals are root's too.")
    raise typer.Exit(become_lab(course, command, teacher))


@app.command()
def demo(name: Annotated[str | None, typer.Argument(help="None: the menu.")] = None, browser: Browser = True):
    """Show a demonstration of the course full screen and without code, or a menu of all."""
    from ganlab.desk import show_demos

    raise typer.Exit(show_demos(name, browser))


@app.command()
def new(folder: Annotated[Path, typer.Argument(help="Where; made if it is missing.")]):
    """Copy the lectures and the exercises into a folder of yours, to work there with `ganlab lab`.

    The solutions are not copied, nor are they in the wheel: they are in a clone of the repository, for
    teachers and for people who learn alone. After an update the same command adds what is new, and replaces
    what you have not worked in.
    """
    from ganlab.desk import copy_course

    typer.echo("\n".join([*copy_course(folder).in_words(), f"To begin: cd {folder} && ganlab lab"]))


@app.command()
def release(
    assignments: Annotated[
        list[str] | None, typer.Argument(metavar="[ASSIGNMENT]...", help="None means every assignment.")
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Overwrite a notebook that somebody worked in.")
    ] = False,
):
    """Write the students' version of assignments to exercises/, from solutions/."""
    from ganlab.grading import find_course, release

    course = find_course()
    for notebook in release(assignments or None, course, force=force):
        typer.echo(f"released {notebook.relative_to(course.root)}")


@app.command()
def grade(
    folder: Annotated[
        Path,
        typer.Argument(
            help="Holds STUDENT/ASSIGNMENT.ipynb or STUDENT/ASSIGNMENT/ASSIGNMENT.ipynb; "
            "or a zip of that; or one notebook, ASSIGNMENT.ipynb."
        ),
    ],
    csv: Annotated[Path | None, typer.Option(metavar="FILE", help="Where to write a table, too.")] = None,
    lms: Annotated[Platform | None, typer.Option(help="Whose export (--roster) takes the points.")] = None,
    roster: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The export; the filled copy is FILE-graded.csv.")
    ] = None,
    column: Annotated[
        str | None,
        typer.Option(metavar="TITLE", help="Of the export: takes the points. None: named as the assignment."),
    ] = None,
    pattern: Annotated[
        str | None,
        typer.Option(
            help="How notebooks are called that lie in FOLDER side by side, such as "
            "'{student}_*_{assignment}*.ipynb'; a * stands for anything."
        ),
    ] = None,
    student: Annotated[str | None, typer.Option(metavar="NAME", help="Grade this student alone.")] = None,
    unsafe: Annotated[bool, typer.Option("--unsafe", help="Without a sandbox, with YOUR rights.")] = False,
    db: Annotated[str | None, typer.Option(metavar="URL", help="Gradebook. None: gradebook.db.")] = None,
    dask: Annotated[str | None, typer.Option(metavar="ADDRESS", help="A cluster to run them on.")] = None,
):
    """Grade a folder of submissions, or one notebook, and say why each task got its points.

    The code of the submissions runs in a sandbox, which needs Linux and bubblewrap: no network, no files of
    yours, limits on time and memory. One notebook is your own: it runs as it does in JupyterLab, and stays
    out of the gradebook.

    Nothing in FOLDER is changed. Results go to autograded/, feedback/ and gradebook.db in the course, where
    formgrader shows them. feedback/class-ASSIGNMENT.html is about the class. Another gradebook is named like
    postgresql://user@host/name, a Dask cluster like tcp://host:8786. After an interruption the same command
    goes on with the rest.

    --lms canvas and --lms moodle put each student's points into a copy of what the platform exported, ready
    to be imported. Points that are not all given leave their cell as it was.

    Ends with 0 if every submission was graded, 1 if some could not be, 2 if nothing could start.
    """
    from rich.console import Console

    from ganlab.grading import CourseError, find_course, grade_folder, read_roster, write_class_pages

    if (lms is None) != (roster is None):
        raise CourseError("--lms and --roster belong together: fill which platform's file, and which file?")
    export = read_roster(lms, roster) if lms else None
    if csv is not None and not csv.absolute().parent.is_dir():
        raise CourseError(f"{csv} cannot be written: the folder {csv.parent} does not exist.")
    if unsafe:
        typer.echo("UNSAFE: students' code runs without a sandbox, with your rights.", err=True)
    report = grade_folder(folder, pattern=pattern, student=student, unsafe=unsafe, db=db, dask=dask)
    Console(highlight=False).print(report, crop=False)  # a path is whole or it is no use
    if csv is not None:
        report.to_csv(csv)
    if student is None and (folder.is_dir() or folder.suffix == ".zip"):
        typer.echo("\n".join(f"the class: {page}" for page in write_class_pages(find_course(), report)))
    if export is not None:
        filled = export.filled(report, column)
        filled.write()
        typer.echo("\n".join(filled.in_words()))
    raise typer.Exit(1 if report.not_graded else 0)


@app.command()
def check(
    notebook: Annotated[Path, typer.Argument(help="Your copy of an assignment, with or without answers.")],
):
    """Run all tests of your own notebook in seconds, without its demonstrations.

    JupyterLab's Validate runs every cell, the demonstrations too, which takes half a minute and more. Your
    code runs as it does in JupyterLab. Nothing is written. Not made are the checks that are left for grading:
    `ganlab grade NOTEBOOK` makes them, too.

    Ends with 0 if no test failed, and with 1 if one did.
    """
    from ganlab.grading import check_notebook

    said = check_notebook(notebook)
    for task, (passed, words) in said.items():
        typer.echo(f"{'passed' if passed else 'FAILED'}  {task}: {words}")
    raise typer.Exit(0 if all(passed for passed, _ in said.values()) else 1)


@app.command()
def audit(
    real: Annotated[Path, typer.Argument(help="What the generator was trained on.")],
    synthetic: Annotated[
        list[Path], typer.Argument(help="What it made; several candidates are audited and ranked.")
    ],
    holdout: Annotated[
        Path | None, typer.Option(help="Real patients it never saw: a copy must stand out from them, too.")
    ] = None,
    out: Annotated[Path, typer.Option(metavar="FILE", help="Where to write the page.")] = Path("audit.html"),
    json: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write everything on the page as JSON, too.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite FILE even if it is no audit.")] = False,
    seed: Annotated[int, typer.Option(min=0)] = 0,
    margin: Annotated[
        float | None,
        typer.Option(help="What is close enough for a feature, in real standard deviations. None: 0.25."),
    ] = None,
    limits: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Margins, limits and required checks, stated beforehand in TOML."),
    ] = None,
    permutations: Annotated[
        int, typer.Option(help="Shuffles behind each p-value; 319 or more, 359 with --by.")
    ] = 999,
    by: Annotated[
        str | None,
        typer.Option(metavar="COLUMN", help="Ask inside each group, too: sex, site, scanner, diagnosis."),
    ] = None,
    target: Annotated[
        str | None,
        typer.Option(metavar="COLUMN", help="Ask whether it helps to predict this class, such as diagnosis."),
    ] = None,
    test: Annotated[
        Path | None, typer.Option(help="Real patients to test that on. None: the holdout, or a part of REAL.")
    ] = None,
    positive: Annotated[
        str | None, typer.Option(metavar="VALUE", help="Of the target: predict this one against all others.")
    ] = None,
    unit: Annotated[str, typer.Option(help="Of images in a folder: HU or a.u.")] = "a.u.",
    size: Annotated[
        int | None,
        typer.Option(help="Of images in a folder: cut each to this many pixels around its region."),
    ] = None,
    spacing: Annotated[
        float | None,
        typer.Option(
            help="Of images in a folder: the mm that each pixel is resampled to, or has if a file is silent."
        ),
    ] = None,
    label: Annotated[int | None, typer.Option(help="Of masks in a folder: the region's value.")] = None,
    threshold: Annotated[
        float | None,
        typer.Option(help="Of masks in a folder: the region has at least this value."),
    ] = None,
    bin_width: Annotated[
        float | None, typer.Option(help="Of images, in their unit. None: 25 HU, or 32 bins in a.u.")
    ] = None,
):
    """Say whether synthetic patients may stand in for fresh real ones, and write a page with the evidence.

    Of several candidates (ganlab audit REAL A B C) each is audited; those that are not rejected are ranked by
    their distance from the real cohort, with intervals, all on one page.

    REAL and SYNTHETIC are folders of images with masks (NAME.nii.gz and NAME_mask.nii.gz; NRRD, MetaImage
    and DICOM too), cohorts saved as .npz, or feature tables in CSV, one row for each patient, as PyRadiomics
    writes them too.

    With --by the same is asked inside each group, which may reject; with --target it is said whether the
    synthetic rows help a classifier, which is no part of the verdict.

    Ends with 0 for accept, 1 for reject, 3 for undecided (too few patients to say), and 2 if the input is
    wrong; the page is written in the first three cases. With several candidates: 0 if at least one is
    accepted, 3 if none is and at least one is undecided, 1 if all are rejected. 70 is no verdict: something
    unexpected happened, or the memory was not enough. Nor is 130, which is Ctrl-C.
    """
    from ganlab.audit import audit_candidate_files, audit_files

    several = len(synthetic) > 1
    report = (audit_candidate_files if several else audit_files)(
        real,
        synthetic if several else synthetic[0],
        holdout,
        out,
        json,
        overwrite=force,
        intensity_unit=unit,
        size=size,
        spacing_mm=spacing,
        label=label,
        threshold=threshold,
        tell=lambda message: typer.echo(f"ganlab: {in_options(message)}", err=True),
        seed=seed,
        margin=margin,
        limits=limits,
        n_permutations=permutations,
        by=by,
        target=target,
        test=test,
        positive=positive,
        bin_width=bin_width,
    )
    typer.echo(report.summary())
    typer.echo(f"The evidence is in {out}.")
    verdict = report.best_verdict if several else report.verdict
    raise typer.Exit({"accept": 0, "reject": 1, "undecided": 3}[verdict])


@app.command()
def fetch(
    cache: Annotated[
        Path | None, typer.Option(help="Where to keep them. None: $GANLAB_CACHE, or the user's cache folder.")
    ] = None,
    source: Annotated[
        Path | None, typer.Option(help="A copy of pyradiomics-3.0.1.tar.gz, for a machine that is offline.")
    ] = None,
):
    """Obtain the five measured CT and MR cases of PyRadiomics, once (34 MB)."""
    from ganlab.data import fetch_radiomics_cases

    folder = fetch_radiomics_cases(cache, source=source)
    typer.echo(f"The five cases are in {folder}, every byte checked.")


@app.command()
def doctor():
    """Say what is installed, what is missing and how to get it; then train a tiny GAN as proof."""
    from ganlab.doctor import findings, prove

    missing = []
    for finding in findings():
        typer.echo(f"{'ok     ' if finding.ok else 'MISSING'}  {finding.name}: {finding.what}")
        if not finding.ok:
            typer.echo(f"         to mend it: {finding.remedy}")
            missing.append(finding.name)
    if missing:
        typer.echo(f"Not everything is here: {', '.join(missing)}. No GAN was trained.")
        raise typer.Exit(1)
    typer.echo("Training a few tiny GANs as proof, some seconds ...")
    proof = prove()
    typer.echo(proof.summary())
    if not proof.ok:
        typer.echo("That is further away than it should be on any machine: please report it.")
        raise typer.Exit(1)
