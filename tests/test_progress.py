"""The bar of a slow loop, in a kernel as a notebook has it."""

import nbformat
from nbclient import NotebookClient

CELL = """
from ipywidgets.widgets.widget import _instances
from tqdm.auto import tqdm
from ganlab.progress import with_progress

assert list(with_progress(range(3), "counting")) == [0, 1, 2]
ours = len(_instances)
list(tqdm(range(3)))
print(ours, len(_instances) > 0)
"""


def test_loop_of_a_notebook_makes_no_widget_where_the_bar_of_tqdm_makes_some():
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CELL)])
    NotebookClient(notebook, kernel_name="python3").execute()
    said = [output.text for output in notebook.cells[0].outputs if output.get("name") == "stdout"]
    assert said == ["0 True\n"]
