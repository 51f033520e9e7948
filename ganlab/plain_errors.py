"""What a command ends in when something goes wrong: one sentence, and a number that is no verdict."""

import os
import re
import sys
import tempfile
import traceback

import typer
from typer.core import TyperGroup

# Exit codes that are no verdict: 70 is EX_SOFTWARE, the last two are a shell's for Ctrl-C and a closed pipe.
WRONG_INPUT, UNEXPECTED, STOPPED, UNHEARD = 2, 70, 130, 141

# What Python calls the options of a command otherwise, or says in backticks since it is a word, too.
OPTIONS = {"intensity_unit": "unit", "spacing_mm": "spacing", "n_permutations": "permutations"}
OPTIONS |= {name: name for name in ("by", "label", "size", "target", "threshold")}
ARGUMENT = re.compile(r"`(\w+)(?:=([^`]*))?`|^(\w+)(?= must be )|\b(\w+_\w+)\b")


class PlainErrors(TyperGroup):
    """Every command ends in a result or in one sentence, and never in a number that means something else."""

    def invoke(self, ctx):
        for stream in (sys.stdout, sys.stderr):
            stream.reconfigure(errors="replace")  # a terminal without a ± must not look like wrong input
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python complains once more
            raise typer.Exit(UNHEARD) from None
        except (ValueError, OSError) as problem:
            typer.echo(f"ganlab: {in_options(str(problem))}", err=True)
            raise typer.Exit(WRONG_INPUT) from None
        except KeyboardInterrupt:
            typer.echo("ganlab: stopped before the end, by Ctrl-C.", err=True)
            raise typer.Exit(STOPPED) from None
        except Exception as problem:
            if hasattr(problem, "exit_code") or isinstance(problem, typer.Abort):  # typer's own way to end
                raise
            typer.echo(f"ganlab: {_unexpected(problem)}", err=True)
            raise typer.Exit(UNEXPECTED) from None


def in_options(message: str) -> str:
    """A message of the library in the words of somebody at a terminal: an argument is an option there.

    Examples
    --------
    >>> in_options("state `label=2` or `threshold`; spacing_mm must be above 0")
    'state --label 2 or --threshold; --spacing must be above 0'
    """

    def option(match):
        name = match[1] or match[3] or match[4]
        value = f" {match[2]}" if match[2] else ""
        return f"--{OPTIONS[name]}{value}" if name in OPTIONS else match[0]

    return ARGUMENT.sub(option, message)


def _unexpected(problem):
    """One sentence about an error that nobody foresaw, with the file that has its trace."""
    words = " ".join(str(problem).split())[:300]
    what = f"this command ended unexpectedly ({type(problem).__name__}: {words})"
    if isinstance(problem, MemoryError):
        what = f"the memory of this machine was not enough ({words or 'no more was said'})"
    trace = "".join(traceback.format_exception(problem))
    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="ganlab-trace-", suffix=".txt", delete=False, encoding="utf-8"
        ) as file:
            file.write(f"{sys.argv}\n{sys.version}\n{trace}")
    except OSError:
        return f"{what}. No file could take the trace, so here it is:\n{trace}"
    return f"{what}. This is no result. The trace is in {file.name}: please report it."
