"""`python -m ganlab`: the `ganlab` command, where the shell does not find it by its name."""

from ganlab.cli import app

if __name__ == "__main__":
    app(prog_name="ganlab")
