"""The house: nothing reaches itself, rooms take only what others offer, and what is offered is used."""

import importlib
import inspect
import json
import typing
from pathlib import Path

import pytest
from house import SHARED, House

import ganlab

ROOT = Path(ganlab.__file__).parents[1]
HOUSE = House(ROOT)


def test_no_module_reaches_itself_by_imports():
    assert HOUSE.circles() == []


def test_rooms_import_only_what_other_rooms_offer():
    assert HOUSE.foreign == []


def test_every_public_name_is_used_by_a_lesson_a_command_or_another_module():
    assert HOUSE.unused() == sorted(KEPT)


# Offered although no lesson says them, and why.
KEPT = {
    "ganlab.audit.audit_candidates": "what `ganlab audit REAL A B C` does, for tables in memory",
    "ganlab.data.load_medmnist": "a collection that researchers ask for by name",
    "ganlab.data.read_folder": "a researcher's own folder, with what became of each file",
    "ganlab.diagnostics.GaussianKernel": "the kernel of mmd, whose length may be chosen",
    "ganlab.diagnostics.frechet_distance": "the distance that papers report",
    "ganlab.diagnostics.mmd": "the distance that papers report for few samples",
    "ganlab.widgets.recording_to_html": "a recording for slides and course pages, where no kernel runs",
    "ganlab.models.with_minibatch_deviation": "a remedy for collapse, for the lesson on generators",
}


@pytest.mark.parametrize("name", HOUSE.paths)
def test_a_folder_list_can_be_read_from_the_first_lines(name):
    first = (inspect.getdoc(importlib.import_module(name)) or "").splitlines()[0]
    assert first[-1] in ".?"
    assert len(first.split()) >= 4


def public_signatures():
    for room, offered in HOUSE.exported.items():
        for name in offered:
            thing = getattr(importlib.import_module(room), name)
            if inspect.ismodule(thing):
                thing = thing.load  # of a stored result; the other, make, is asked by tests/recorded
            if not callable(thing):
                continue  # a constant
            yield pytest.param(thing, id=f"{room.removeprefix('ganlab.')}.{name}")
            if inspect.isclass(thing):
                for method, function in vars(thing).items():
                    if inspect.isfunction(function) and method[0] != "_":
                        yield pytest.param(function, id=f"{room.removeprefix('ganlab.')}.{name}.{method}")


# Their types import the module that they stand in.
BARE = {"play": ["game"], "median_scaled": ["cohort"]}


@pytest.mark.parametrize("thing", list(public_signatures()))
def test_public_signatures_are_annotated_and_their_types_exist(thing):
    called = thing.__init__ if inspect.isclass(thing) and "__init__" in vars(thing) else thing
    if inspect.isclass(called):  # made by its base, or by no one but the library
        return
    bare = [
        name
        for name, parameter in inspect.signature(called).parameters.items()
        if name not in ("self", "cls") and parameter.annotation is parameter.empty
    ]
    assert bare == BARE.get(called.__name__, [])
    typing.get_type_hints(called)


@pytest.mark.parametrize("thing", list(public_signatures()))
def test_a_seed_is_0_by_default(thing):
    try:
        parameters = inspect.signature(thing).parameters
    except ValueError:  # of a class that C makes
        return
    if "seed" in parameters:
        assert parameters["seed"].default == 0


# What the figures count, on a small house


@pytest.fixture
def small_house(tmp_path):
    def build(**files):
        base = {"ganlab/__init__.py": '"""A."""', "ganlab/seeding.py": ""}
        for path, text in {**base, **files}.items():
            file = tmp_path / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        return House(tmp_path)

    return build


def room(**submodules):
    return f"import lazy_loader\nlazy_loader.attach(__name__, submod_attrs={submodules!r})\n"


def test_a_circle_is_found(small_house):
    files = {
        "ganlab/a/one.py": "from ganlab.a.two import f",
        "ganlab/a/two.py": "from ganlab.a import three",
        "ganlab/a/three.py": "def g():\n    import ganlab.a.one",
        "ganlab/a/apart.py": "from ganlab.a.one import f",
        "ganlab/a/__init__.py": "",
    }
    assert small_house(**files).circles() == [["ganlab.a.one", "ganlab.a.three", "ganlab.a.two"]]


def test_what_another_room_does_not_offer_is_found(small_house):
    files = {
        "ganlab/a/__init__.py": room(inside=["offered"]),
        "ganlab/a/inside.py": "from ganlab.a.other import own\ndef offered(): ...\ndef kept(): ...",
        "ganlab/a/other.py": "from ganlab.seeding import seeded_rng\ndef own(): ...",
        "ganlab/b/__init__.py": room(use=["used"]),
        "ganlab/b/use.py": "from ganlab.a import offered\nfrom ganlab.a.inside import kept, offered",
    }
    house = small_house(**files)
    assert house.foreign == [("ganlab.b.use", "ganlab.a.inside", "kept")]
    assert house.slivers() == [("ganlab.a.other", "ganlab.a.inside"), ("ganlab.seeding", "ganlab.a.other")]


def test_what_nobody_uses_is_found(small_house):
    cells = [{"cell_type": "code", "source": ["taught(1)"]}, {"cell_type": "markdown", "source": ["told"]}]
    files = {
        "ganlab/a/__init__.py": room(inside=["taught", "told", "called"]),
        "ganlab/a/inside.py": "def taught(): ...\ndef told(): ...\ndef called(): ...",
        "ganlab/cli.py": "from ganlab.a import called",
        "course/00-x.ipynb": json.dumps({"cells": cells}),
    }
    house = small_house(**files)
    assert house.unused() == ["ganlab.a.told"]
    assert house.in_no_lesson() == ["called", "told"]


def test_annotated_parameters_by_hand(small_house):
    house = small_house(
        **{"ganlab/a.py": "def f(self, x: int, y, *, z: float = 1): ...\nclass C:\n    def g(self, u): ..."}
    )
    assert house.annotated() == (2, 4)


def test_shared_files_exist():
    assert {f"ganlab.{name}" for name in SHARED} <= set(HOUSE.paths)
