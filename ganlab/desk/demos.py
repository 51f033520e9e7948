"""The demonstrations of the course full screen and without code, from a menu: served by Voila."""

import html
import json
import os
import sys
from pathlib import Path
from typing import NamedTuple

import nbformat.v4 as nb

from ganlab.desk.lab import become
from ganlab.grading import CourseError


class Demo(NamedTuple):
    """A widget of `ganlab.widgets` as it is shown to a class, and the question that it answers."""

    question: str
    widget: str


DEMOS = {
    "game": Demo("One blob: where does the generator go, and when is it over?", 'GamePlayer("one blob")'),
    "two-islands": Demo("Two islands: is one of them forgotten?", 'GamePlayer("two islands")'),
    "ring": Demo("Eight islands: how many are found?", 'GamePlayer("ring of eight")'),
    "divergence": Demo("What is the game worth to the best discriminator?", "DivergenceExplorer()"),
    "confidence": Demo("A sure discriminator: what is left of the slope?", "ConfidenceExplorer(score=-4.0)"),
    "race": Demo("Three losses from the same start: which gradient vanishes?", "GradientRace()"),
    "collapse": Demo("Sixteen games at once: which of them lose a mode?", "CollapseLab()"),
    "lesions": Demo("Lesions, live: which texture comes first?", "ImagePlayer()"),
    "copies": Demo("Which synthetic images are copies of a patient?", "CopyDetective()"),
    "classes": Demo("Ask for a class: what does the generator make?", "ConditionalSampler()"),
    "distance": Demo("Which distance notices how far away an island is?", "IslandsExplorer()"),
    "constraints": Demo("A critic kept from being steep: does it read the distance?", "ConstraintBench()"),
    "translation": Demo("From T1 to T2 and back: what became of the tumour?", "CycleViewer()"),
    "imbalance": Demo("Few malignant patients: which metric notices?", "ImbalanceExplorer()"),
    "augmentation": Demo("Does a GAN help more than duplicates?", "AugmentationBench()"),
    "invariance": Demo("Which augmentation may a feature not notice?", "InvarianceBench()"),
    "audit": Demo("Four synthetic cohorts: which does the audit accept?", "RadiomicAudit()"),
}

# Other extensions of JupyterLab find no JupyterLab here, and complain.
FRONT_ENDS = "@voila-dashboards/widgets-manager8", "@jupyter-widgets/jupyterlab-manager", "anywidget"

STYLE = """
:root { color-scheme: light; }
body, #rendered_cells { background: #fff; color: #000; font: 22px/1.4 system-ui, sans-serif; }
main, #rendered_cells { max-width: 1760px; margin: 0 auto; padding: 1rem 2rem; }
h1 { font-size: 1.6em; margin: 0.2em 0; }
a { color: #003c8f; text-underline-offset: 0.2em; }
a:focus-visible, .noUi-handle:focus, select:focus, input:focus, button:focus-visible {
  outline: 4px solid #d55e00; outline-offset: 2px; }
ul.demos { columns: 2; column-gap: 3rem; list-style: none; padding: 0; }
ul.demos li { break-inside: avoid; padding: 0.3em 0; }
.jp-RenderedHTMLCommon, .jp-RenderedHTMLCommon h1, .ganlab-instrument p { color: #000; font-size: 20px; }
.jp-RenderedHTMLCommon h1 { font-size: 32px; }
.jp-Cell, .jp-OutputArea-child { padding: 0; }
/* The way back stands beside the question, and the sentence beside a figure that leaves room for it: each
   pixel of height counts on a projector. */
#rendered_cells .jp-RenderedMarkdown { display: flex; flex-wrap: wrap; justify-content: space-between;
  align-items: baseline; }
#rendered_cells .jp-RenderedMarkdown > p { margin-right: 24px; }
.ganlab-instrument.widget-vbox { flex-flow: row wrap; column-gap: 24px; }
.ganlab-instrument > * { flex: 0 0 100%; }
.ganlab-instrument > .widget-inline-hbox:not(.widget-html) { flex: 0 0 auto;
  margin-right: calc(100% - 460px); }
.ganlab-instrument > :nth-last-child(2) { flex: 0 1 auto; max-width: 100%; }
.ganlab-instrument > :last-child { flex: 1 1 300px; }
.ganlab-instrument .widget-html-content img { width: auto !important; max-width: 100% !important;
  max-height: calc(100vh - 290px); }
.ganlab-instrument .widget-html-content p { max-width: none !important; }
.ganlab-instrument { --jp-widgets-font-size: 18px; --jp-widgets-inline-height: 34px;
  --jp-widgets-inline-label-width: 180px; --jp-widgets-inline-width: 520px; }
.ganlab-instrument .widget-label { width: 180px !important; }
@media (min-width: 1240px) {  /* the game's settings stand beside it, and not above it */
  body .ganlab-player { display: grid; grid-template-columns: auto 300px; column-gap: 12px; max-width: none;
    justify-content: start; align-items: start; }
  body .ganlab-player > * { grid-column: 1; }
  body .ganlab-player > .settings { grid-area: 1 / 2 / span 2; grid-template-columns: 1fr 1fr; }
  body .ganlab-player > .settings :is(select, input) { width: 100%; padding: 3px; }
  body .ganlab-player > fieldset { grid-area: 3 / 2 / span 4; }
}
"""

# What Voila's own page fetches from elsewhere is an icon font, of which none of ours has an icon.
PAGE = """{%- extends 'voila/templates/lab/index.html.j2' -%}
{%- block notebook_css -%}
{{ super() | replace('https://cdn.jsdelivr.net/npm/@fortawesome/', 'data:text/css,') }}
<style>STYLE</style>
{%- endblock notebook_css -%}
"""

MENU = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Demonstrations</title><link rel="icon" href="data:,">
<meta name="viewport" content="width=device-width, initial-scale=1"><style>STYLE</style></head>
<body><main><h1>Demonstrations</h1>
<p>Tab goes from one to the next, Enter opens it. Each takes some seconds to start.</p>
<ul class="demos">DEMOS</ul></main></body></html>
"""


def show_demos(name: str | None, browser: bool) -> int:
    """Serve the demonstrations, or one of them, in the place of this process.

    Parameters
    ----------
    name : str or None
        One of DEMOS; None is a menu of all.
    browser : bool
        Open a browser window.

    Returns
    -------
    int
        The server's exit code, on Windows; elsewhere this does not return.

    Raises
    ------
    CourseError
        If no demonstration has this name.
    """
    from jupyter_core.paths import jupyter_runtime_dir

    if name is not None and name not in DEMOS:
        raise CourseError(f"no demonstration is called {name!r}; there are {', '.join(DEMOS)}.")
    folder = Path(jupyter_runtime_dir()) / "ganlab" / "demos"
    pages = write_demos(folder, name)
    # Where Voila looks for templates.
    os.environ["JUPYTER_PATH"] = os.pathsep.join(filter(None, [str(folder), os.environ.get("JUPYTER_PATH")]))
    command = [
        *(sys.executable, "-m", "voila", str(pages)),
        *("--template=ganlab", "--VoilaConfiguration.classic_tree=True", "--strip_sources=True"),
        *(f"--VoilaConfiguration.extension_allowlist={name}" for name in FRONT_ENDS),
        # A page that is left ends its kernel by a request to which Voila adds no token, and refuses it.
        "--Voila.tornado_settings=disable_check_xsrf=True",
        *([] if browser else ["--no-browser"]),
    ]
    return become(command)


def write_demos(folder: Path, name: str | None) -> Path:
    """Write the notebooks and the pages around them; returns what Voila is to serve."""
    pages, template = folder / (name or "all"), folder / "voila" / "templates" / "ganlab"
    for each in (pages, template):
        each.mkdir(parents=True, exist_ok=True)
    for demo in DEMOS if name is None else [name]:
        notebook = _notebook(demo, back=name is None)
        (pages / f"{demo}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    links = "".join(
        f'<li><a href="/voila/render/{key}.ipynb">{html.escape(demo.question)}</a></li>'
        for key, demo in DEMOS.items()
    )
    texts = {
        "conf.json": json.dumps({"base_template": "lab"}),
        "index.html.j2": PAGE.replace("STYLE", STYLE),
        "tree.html": MENU.replace("STYLE", STYLE).replace("DEMOS", links),
    }
    for file, text in texts.items():
        (template / file).write_text(text, encoding="utf-8")
    return pages if name is None else pages / f"{name}.ipynb"


def _notebook(name, back):
    question, widget = DEMOS[name]
    title = f"# {question}" + ("\n\n[All demonstrations](/)" if back else "")
    code = f"from ganlab.widgets import {widget.partition('(')[0]}\n\n{widget}"
    notebook = nb.new_notebook(cells=[nb.new_markdown_cell(title), nb.new_code_cell(code)])
    notebook.metadata = {"title": question, "kernelspec": {"name": "python3", "display_name": "Python 3"}}
    return notebook
