"""The `ganlab` command: each subcommand is a thin front to a module of the package."""

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    name="ganlab",
    help="Learn to build, break, diagnose and validate GANs for medical images.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


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
    with plain_errors():
        from ganlab.grading import find_course, release

        course = find_course()
        for notebook in release(assignments or None, course, force=force):
            typer.echo(f"released {notebook.relative_to(course.root)}")


@app.command()
def grade(
    folder: Annotated[
        Path, typer.Argument(help="Holds STUDENT/ASSIGNMENT.ipynb or STUDENT/ASSIGNMENT/ASSIGNMENT.ipynb.")
    ],
    csv: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the report as a table, too.")
    ] = None,
):
    """Grade a folder of submissions and say why each task got its points.

    The code of the submissions runs on this machine with YOUR rights; there is no sandbox yet.

    Nothing in FOLDER is changed. Results go to autograded/, feedback/ and gradebook.db in the course, where
    formgrader shows them. Ends with 0 if every submission was graded, 1 if some could not be, 2 if nothing
    could start.
    """
    with plain_errors():
        from rich.console import Console

        from ganlab.grading import CourseError, grade_folder

        if csv is not None and not csv.absolute().parent.is_dir():
            raise CourseError(f"{csv} cannot be written: the folder {csv.parent} does not exist.")
        report = grade_folder(folder)
        Console(highlight=False, soft_wrap=False).print(report)
        if csv is not None:
            report.to_csv(csv)
    raise typer.Exit(1 if report.not_graded else 0)


@contextmanager
def plain_errors():
    """An expected error becomes one message on stderr and exit code 2, never a stack trace."""
    try:
        yield
    except (ValueError, OSError) as problem:
        typer.echo(f"ganlab: {problem}", err=True)
        raise typer.Exit(2) from None


def main():
    """Run the command line."""
    app()


if __name__ == "__main__":
    sys.exit(main())
