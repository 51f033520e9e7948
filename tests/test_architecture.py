"""The rooms of ganlab: imports go left only, importing is cheap, and every public name explains itself."""

import ast
import importlib
import inspect
import itertools
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from house import SHARED, lines_of_code

import ganlab

PACKAGE = Path(ganlab.__file__).parent

# From left to right; rooms in one place do not import each other.
ORDER = [
    {"validation", "tracing", "files", "shapes", "progress"},
    {"seeding"},
    {"data"},
    {"models"},
    {"objectives"},
    {"training"},
    {"theory"},
    {"diagnostics"},
    {"radiomics"},
    {"augmentation"},
    {"views"},
    {"audit"},
    {"recorded"},
    {"widgets"},
]
APART = {"grading", "desk", "cli", "plain_errors", "doctor", "__main__"}  # no room imports these
MAY_IMPORT_ANYTHING = {"desk", "cli", "doctor", "__main__"}
PLACE = {room: place for place, rooms in enumerate(ORDER) for room in rooms}


def imported_modules(path, package):
    """Dotted names of the modules that a file imports from a package, wherever in the file it does so."""
    inside = path.relative_to(package).with_suffix("").parts
    here = [package.name, *inside]  # of a module or, ending in __init__, of a room
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = [*here[: len(here) - node.level]] if node.level else []
            base += node.module.split(".") if node.module else []
            # `from ganlab import views` imports a room, so every name counts as one more step.
            names = [".".join([*base, alias.name]) for alias in node.names]
        else:
            continue
        yield from ((node.lineno, name) for name in names if name.split(".")[0] == package.name)


def wrong_imports(package):
    """One line of text for every import that does not point left."""
    found = []
    for path in sorted(package.rglob("*.py")):
        inside = path.relative_to(package).with_suffix("").parts
        room = inside[0]
        if room == "__init__":
            continue  # names the rooms, and loads none
        if room not in PLACE and room not in APART:
            found.append(f"{'/'.join(inside)}: {room} has no place in the order of rooms")
            continue
        for line, name in imported_modules(path, package):
            target = name.split(".")[1] if "." in name else ""
            if target == room or room in MAY_IMPORT_ANYTHING:
                continue
            left = target in PLACE and (room in APART or PLACE[target] < PLACE[room])
            if not left and target != "__version__":
                found.append(f"{'/'.join(inside)}:{line}: {room} imports {name}")
    return found


def test_imports_point_left_only():
    assert wrong_imports(PACKAGE) == []


@pytest.fixture
def small_tree(tmp_path):
    """write(path, text) into a package of the same name with nothing wrong in it, yet."""

    def write(path, text):
        file = tmp_path / "ganlab" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return tmp_path / "ganlab"

    write("__init__.py", "import ganlab.views")
    write("data/__init__.py", "")
    write("data/toys.py", "import math\nfrom ganlab.validation import check\nfrom . import other\n")
    write("widgets/toy.py", "from ganlab import views, theory\nfrom ..data.toys import ring\n")
    write("cli.py", "def main():\n    from ganlab import doctor, grading, widgets\n")
    write("grading/grade.py", "from ganlab.grading.course import Course\nimport ganlab.theory\n")
    return write


def test_a_tree_in_order_is_found_in_order(small_tree):
    assert wrong_imports(small_tree("validation.py", "import numpy")) == []


@pytest.mark.parametrize(
    ("path", "text", "complaint"),
    [
        ("data/bad.py", "import ganlab.views", "data/bad:1: data imports ganlab.views"),
        ("data/bad.py", "import ganlab.training.play as loop", "data imports ganlab.training.play"),
        ("data/bad.py", "from ganlab import models", "data imports ganlab.models"),
        ("data/bad.py", "from ganlab.models import mlp", "data imports ganlab.models.mlp"),
        ("data/bad.py", "from ..models import mlp", "data imports ganlab.models.mlp"),
        ("data/bad.py", "from .. import models", "data imports ganlab.models"),
        ("data/__init__.py", "from ..models import mlp", "data imports ganlab.models.mlp"),
        ("data/__init__.py", "from .toys import ring\nfrom .. import views", "data imports ganlab.views"),
        ("data/deep/bad.py", "from ...models import mlp", "data imports ganlab.models.mlp"),
        ("data/bad.py", "def f():\n    if 1:\n        from ganlab.widgets import X", "bad:3: data imports"),
        ("data/bad.py", "try:\n    import ganlab.theory\nexcept ImportError:\n    pass", "data imports"),
        ("data/bad.py", "import ganlab", "data imports ganlab"),
        ("theory.py", "from ganlab.diagnostics import x", "theory imports ganlab.diagnostics.x"),
        ("seeding.py", "from .data import ring", "seeding imports ganlab.data.ring"),
        ("validation.py", "from ganlab.seeding import x", "validation imports ganlab.seeding.x"),
        ("widgets/bad.py", "from ganlab.grading import x", "widgets imports ganlab.grading.x"),
        ("views/bad.py", "from ganlab.doctor import prove", "views imports ganlab.doctor.prove"),
        ("grading/bad.py", "import ganlab.cli", "grading imports ganlab.cli"),
        ("training/bad.py", "from ganlab.nowhere import x", "training imports ganlab.nowhere.x"),
        ("utils.py", "import math", "utils has no place in the order of rooms"),
    ],
)
def test_a_wrong_import_is_found(small_tree, path, text, complaint):
    (found,) = wrong_imports(small_tree(path, text))
    assert complaint in found


def offered(package, room):
    """The names in `__all__` of a room, read without importing it; of a room of one file, its functions."""
    if (package / f"{room}.py").is_file():
        tree = ast.parse((package / f"{room}.py").read_text(encoding="utf-8"))
        return {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name[0] != "_"}
    file = package / room / "__init__.py"
    names = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")) if file.is_file() else ast.Module([])):
        if isinstance(node, ast.keyword) and node.arg == "submod_attrs":
            names |= {name for several in ast.literal_eval(node.value).values() for name in several}
        if isinstance(node, ast.keyword) and node.arg == "submodules":
            names |= set(ast.literal_eval(node.value))
    return names


def unexported_imports(package, room="widgets"):
    """One line of text for every import of a name that another room does not offer."""
    complaints = []
    for path in sorted((package / room).rglob("*.py")):
        for line, name in imported_modules(path, package):
            _, left, *inside = name.split(".")
            if not inside or left == room or left in SHARED:
                continue
            if len(inside) > 1 or inside[0] not in offered(package, left):
                complaints.append(f"{path.stem}:{line}: {left} does not offer {'.'.join(inside)}")
    return complaints


def test_widgets_import_only_what_other_rooms_offer():
    assert unexported_imports(PACKAGE) == []


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("from ganlab.data import ring, Cohort", None),
        ("from ganlab.data import stored", None),
        ("from ganlab.theory import distance", None),
        ("from ganlab import data\nfrom ganlab.seeding import seeded_rng", None),
        ("from ganlab.widgets.instrument import _row", None),
        ("from ganlab.data import SECRET", "bad:1: data does not offer SECRET"),
        ("from ganlab.data import toys", "bad:1: data does not offer toys"),
        ("from ganlab.data.toys import ring", "bad:1: data does not offer toys.ring"),
        ("from ..data.toys import ring", "bad:1: data does not offer toys.ring"),
        ("import ganlab.data.toys", "bad:1: data does not offer toys"),
        ("import math\ndef f():\n    from ganlab.data import x", "bad:3: data does not offer x"),
        ("from ganlab.theory import _private", "bad:1: theory does not offer _private"),
        ("from ganlab.views import plot", "bad:1: views does not offer plot"),
    ],
)
def test_a_widget_that_reaches_into_another_room_is_found(small_tree, text, complaint):
    attach = 'lazy_loader.attach("", submodules=["stored"], submod_attrs={"toys": ["ring", "Cohort"]})'
    small_tree("data/__init__.py", attach)
    small_tree("theory.py", "def distance(): pass\ndef _private(): pass")
    small_tree("widgets/toy.py", "")
    complaints = unexported_imports(small_tree("widgets/bad.py", text))
    assert complaints == ([complaint] if complaint else [])


HEAVY = ["torch", "radiomics", "nilearn", "matplotlib", "ipywidgets", "pandas", "sklearn", "scipy", "numpy"]


@pytest.mark.parametrize(
    "statement", ["import ganlab", "import ganlab.data, ganlab.training, ganlab.widgets"]
)
def test_importing_a_room_loads_nothing_heavy(statement):
    program = f"import sys; {statement}; print(*[name for name in {HEAVY} if name in sys.modules])"
    child = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert child.stdout.strip() == ""


def test_rooms_are_there_when_first_used():
    program = "import ganlab; print(ganlab.theory.value_function([0.5], [0.5]))"
    child = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert float(child.stdout) == pytest.approx(-1.3862944)


# Public names

ROOMS = [room for room in PLACE if room not in SHARED]


def public_names():
    """Every name that a room offers, as a parameter with the name for its id."""
    for room in ROOMS:
        module = importlib.import_module(f"ganlab.{room}")
        names = getattr(module, "__all__", None)
        if names is None:  # a room of one file: what it defines itself
            names = [
                name
                for name, thing in vars(module).items()
                if inspect.isfunction(thing) and thing.__module__ == module.__name__ and name[0] != "_"
            ]
        assert names, room
        for name in names:
            offered = getattr(module, name)
            if inspect.ismodule(offered):  # a stored result; tests/recorded asks after its other function
                offered = offered.load
            if callable(offered):  # a constant's name says it all
                yield pytest.param(offered, id=f"{room}.{name}")


def sections(thing):
    """Headings of a numpy-style docstring."""
    lines = (inspect.getdoc(thing) or "").splitlines()
    return {
        heading
        for heading, rule in itertools.pairwise(lines)
        if heading and rule and set(rule) == {"-"} and len(rule) == len(heading)
    }


def public_methods(thing):
    return [method for name, method in vars(thing).items() if inspect.isfunction(method) and name[0] != "_"]


# The lecture prints `play` whole, and the example of `train` runs it; so it does what the other two hold.
NO_EXAMPLE = {"play", "Record", "NonFiniteLoss"}
# What a function makes, and its example shows.
NO_EXAMPLE |= {"Recording"}
# Their examples would need a network, or files that only the reader has.
NO_EXAMPLE |= {"fetch_radiomics_cases", "load_medmnist", "load_radiomics_case", "read_cohort", "read_folder"}


@pytest.mark.parametrize("thing", list(public_names()))
def test_every_public_name_has_a_docstring_that_teaches(thing):
    assert inspect.getdoc(thing)
    if inspect.isfunction(thing):
        takes_input = bool(inspect.signature(thing).parameters)
        wanted = {"Parameters", "Returns"} if takes_input else {"Returns"}
        if inspect.isgeneratorfunction(thing):
            wanted = {"Parameters"}
        assert wanted <= sections(thing), thing.__name__
    if thing.__name__ not in NO_EXAMPLE:
        places = [thing, *public_methods(thing)] if inspect.isclass(thing) else [thing]
        assert any("Examples" in sections(place) for place in places), thing.__name__


# What nobody builds by hand, or takes nothing.
NO_PARAMETERS = {"History", "Record", "NonFiniteLoss", "Recording"}


@pytest.mark.parametrize(
    "thing", [name for name in public_names() if name.values[0].__name__ not in NO_PARAMETERS]
)
def test_every_parameter_is_explained_by_its_name(thing):
    documented = inspect.getdoc(thing)
    for name in inspect.signature(thing).parameters:
        assert any(
            name in line.split(" : ")[0].removeprefix("**").split(", ") for line in documented.splitlines()
        ), f"{thing.__name__}: {name}"


# Size


def test_lines_of_code_by_hand():
    assert lines_of_code('"""Two\nlines."""\n\nx = (\n    1\n)  # three\n\n\ndef f():\n    """No."""\n') == 4


@pytest.mark.parametrize(
    "path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE))
)
def test_a_module_is_small(path):
    assert lines_of_code(path.read_text(encoding="utf-8")) <= 250


def test_no_two_test_files_share_a_name():
    """Pytest collects only one of them, and a whole run ends as failed."""
    names = Counter(path.name for path in Path(__file__).parent.rglob("test_*.py"))
    assert {name for name, count in names.items() if count > 1} == set()
