"""What people really hand over: flaws beside the answers are mended in a copy, the rest gets a reason."""

import copy
import json
import random

import nbformat
import pytest
from tiny_course import ASSIGNMENT, RIGHT, source_notebook

from ganlab.grading import CourseError
from ganlab.grading.mending import mend_display
from ganlab.grading.submissions import Submission, Unreadable, find_submissions, read_notebook

PICTURE = {"image/png": "iVBORw0KGgo="}


def answered(**answers):
    """The assignment with the right answers, as plain JSON."""
    content = json.loads(nbformat.writes(source_notebook()))
    for cell in content["cells"]:
        name = cell["metadata"]["nbgrader"]["grade_id"]
        cell["source"] = (RIGHT | answers).get(name, cell["source"])
    return content


def cell_of(notebook, name):
    for cell in notebook["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == name:
            return cell
    raise KeyError(name)


@pytest.fixture
def staged(tmp_path):
    """staged(JSON or bytes): the notebook that nbgrader would get, and the notes."""

    def staged(content):
        raw = content if isinstance(content, bytes) else json.dumps(content).encode()
        path = tmp_path / f"{ASSIGNMENT}.ipynb"
        path.write_bytes(raw)
        notebook, notes = read_notebook(Submission("ada", ASSIGNMENT, path), source_notebook())
        assert path.read_bytes() == raw
        target = tmp_path / "mended.ipynb"
        nbformat.write(notebook, target)
        return readable_by_nbgrader(target), notes

    return staged


def readable_by_nbgrader(path):
    from nbgrader.nbgraderformat import MetadataValidator

    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    MetadataValidator().validate_nb(notebook)
    return notebook


@pytest.mark.parametrize(
    "metadata",
    [
        None,
        [],
        {"kernelspec": {"name": "python3"}},
        {"kernelspec": None},
        {"kernelspec": {"name": None, "display_name": None}},
        {"language_info": {}},
        {"language_info": {"name": None}},
        {"title": None, "authors": None, "orig_nbformat": None},
    ],
)
def test_a_flaw_in_general_metadata_is_nobodys_answer(staged, metadata):
    notebook, notes = staged(answered() | {"metadata": metadata})
    assert cell_of(notebook, "double").source == RIGHT["double"]
    assert notes == []


@pytest.mark.parametrize("minor", [0, 1, 2, 3, 4, 5, 6, 99, None, "5", -1])
def test_every_minor_version_is_read(staged, minor):
    content = answered() | {"nbformat_minor": minor}
    for cell in content["cells"]:
        del cell["id"]
    assert len(staged(content)[0].cells) == len(content["cells"])


def test_a_notebook_of_format_3_is_read(staged):
    old = nbformat.convert(nbformat.reads(json.dumps(answered()), as_version=4), 3)
    assert cell_of(staged(dict(old))[0], "double").source == RIGHT["double"]


@pytest.mark.parametrize(
    "flaw",
    [
        {"outputs": None},
        {"outputs": [None, {"output_type": "stream"}]},
        {"execution_count": "3"},
        {"attachments": None},
        {"attachments": {"a.png": None}},
        {"id": "has a space"},
        {"id": None},
        {"unexpected": 1},
    ],
)
def test_a_flaw_beside_the_source_of_a_cell_changes_nothing(staged, flaw):
    content = answered()
    sources = ["".join(cell["source"]) for cell in content["cells"]]
    for cell in content["cells"]:
        cell.update(flaw)
    notebook, notes = staged(content)
    assert [cell.source for cell in notebook.cells] == sources
    assert notes == []


def test_a_cell_without_metadata_loses_no_other(staged):
    content = answered()
    content["cells"] += [{"cell_type": "code", "source": "1"}, {"cell_type": "markdown", "metadata": None}]
    notebook, _ = staged(content)
    assert [cell.source for cell in notebook.cells[-2:]] == ["1", ""]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_byte_order_marks_wide_characters_and_windows_line_ends_are_read(staged, encoding):
    text = json.dumps(answered(reflection="Größe"), indent=1, ensure_ascii=False).replace("\n", "\r\n")
    assert cell_of(staged(text.encode(encoding))[0], "reflection").source == "Größe"


def test_windows_line_ends_and_a_byte_order_mark_leave_the_source(staged):
    content = answered(double=["\ufeff%%time\r\n", "def double(x):\r\n", "    return 2 * x"])
    assert cell_of(staged(content)[0], "double").source == "%%time\ndef double(x):\n    return 2 * x"


def test_half_an_emoji_is_replaced_and_a_whole_one_kept(staged):
    notebook, notes = staged(answered(reflection="half \ud83d whole \U0001f600"))
    assert cell_of(notebook, "reflection").source == "half \ufffd whole \U0001f600"
    assert "the cell reflection holds half a character" in notes[0]


def test_a_missing_picture_gets_a_stand_in_and_a_note(staged):
    notebook, notes = staged(answered(reflection="See ![plot](attachment:image.png)"))
    cell = cell_of(notebook, "reflection")
    assert list(cell.attachments) == ["image.png"]
    assert cell.source == "See ![plot](attachment:image.png)"
    assert notes == ["the picture image.png that the cell reflection shows is not attached to it"]


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("Größe.png", "attachment:Größe.png"),
        ("a plot.png", "<attachment:a plot.png>"),
        ("a plot.png", "attachment:a%20plot.png"),
        ("a&b.png", "attachment:a&b.png"),
    ],
)
def test_a_picture_is_attached_under_the_name_that_the_page_looks_for(staged, name, address):
    from nbconvert import HTMLExporter

    content = answered(reflection=f"![plot]({address})")
    cell_of(content, "reflection")["attachments"] = {name: PICTURE}
    notebook, notes = staged(content)
    assert notes == []
    page, _ = HTMLExporter().from_notebook_node(notebook)
    assert "data:image/png;base64,iVBORw0KGgo=" in page


def test_damaged_marks_are_taken_from_the_course(staged):
    content = answered()
    for flaw, cell in zip(
        [{"schema_version": 99}, {"points": "x"}, {"grade": None}, {"locked": 3}, {"task": []}],
        content["cells"],
        strict=False,
    ):
        cell["metadata"]["nbgrader"].update(flaw)
    marks = [cell.metadata.nbgrader for cell in staged(content)[0].cells]
    assert marks == [cell.metadata.nbgrader for cell in source_notebook().cells]


def test_a_cell_of_another_assignment_costs_nothing(staged):
    content = answered()
    foreign = {"grade_id": "foreign", "grade": True, "solution": False, "locked": True, "points": 5}
    content["cells"].append({"cell_type": "code", "metadata": {"nbgrader": foreign}, "source": "1"})
    assert "nbgrader" not in staged(content)[0].cells[-1].metadata


def test_an_answer_turned_into_text_by_a_slip_of_the_finger_is_code_again(staged):
    content = answered()
    cell_of(content, "double")["cell_type"] = "markdown"
    notebook, notes = staged(content)
    assert cell_of(notebook, "double").cell_type == "code"
    assert notes == ["the cell double was turned into markdown and was read as code again"]


def test_a_tag_cannot_keep_a_test_from_running(staged):
    content = answered()
    cell_of(content, "double--by-hand")["metadata"]["tags"] = ["skip-execution"]
    assert "tags" not in cell_of(staged(content)[0], "double--by-hand").metadata


def test_what_is_no_cell_is_left_out_with_a_note(staged):
    content = answered()
    content["cells"].insert(0, 7)
    notebook, notes = staged(content)
    assert len(notebook.cells) == len(content["cells"]) - 1
    assert notes == ["cell 1 is no cell (a number instead) and was left out"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ([], "no notebook"),
        ({"cells": None}, "damaged"),
        ({"cells": [1]}, "damaged"),
        ({"cells": []}, "without a single cell"),
        ({"cells": [{}], "nbformat": 5}, "format 5; expected 4"),
        ({"worksheets": [1], "nbformat": 3}, "damaged"),
        (b"[" * 100_000, "not JSON"),
        (b"\xff\xfe\x00", "not UTF-8"),
    ],
)
def test_what_cannot_be_graded_says_why(staged, content, reason):
    with pytest.raises(Unreadable, match=reason):
        staged(content)


def test_only_what_a_notebook_can_hold_is_displayed():
    content = {"data": {"text/plain": 5, "image/png": ["ab", "cd"]}, "metadata": {"image/png": None}}
    mend_display(content)
    assert content == {"data": {"image/png": ["ab", "cd"]}, "metadata": {}}
    content = {"data": {"text/plain": "see", "text/markdown": "![x](attachment:x.png)"}, "metadata": None}
    mend_display(content)
    assert content == {"data": {"text/plain": "see"}, "metadata": {}}
    content = {"data": None}
    mend_display(content)
    assert list(content["data"]) == ["text/plain"]


def hand_in(folder, *places):
    for place in places:
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}")


def test_what_systems_leave_behind_is_no_student(tmp_path):
    hand_in(
        tmp_path,
        "ada/01-tiny.ipynb",
        "ada/.ipynb_checkpoints/01-tiny.ipynb",
        "ada/__MACOSX/01-tiny.ipynb",
        "__MACOSX/ada/._01-tiny.ipynb",
        ".ipynb_checkpoints/01-tiny.ipynb",
        "@eaDir/01-tiny.ipynb",
        "$RECYCLE.BIN/01-tiny.ipynb",
        ".DS_Store",
        "Thumbs.db",
        "thumbs.db/01-tiny.ipynb",
        "desktop.ini",
        "._ada",
    )
    assert find_submissions(tmp_path, ["01-tiny"]) == [
        Submission("ada", "01-tiny", tmp_path / "ada/01-tiny.ipynb")
    ]


@pytest.mark.parametrize(
    "place", ["unzipped/01-tiny.ipynb", "a/b/01-tiny/01-tiny.ipynb", "01-tiny/a/01-tiny.ipynb"]
)
def test_a_notebook_deeper_in_the_folder_is_taken_and_its_place_named(tmp_path, place):
    hand_in(tmp_path, f"ada/{place}", "ada/unzipped/.ipynb_checkpoints/01-tiny.ipynb")
    assert find_submissions(tmp_path, ["01-tiny"]) == [
        Submission(
            "ada", "01-tiny", tmp_path / "ada" / place, notes=(f"the notebook was handed in as {place}",)
        )
    ]


def test_of_several_notebooks_deeper_in_the_folder_none_is_chosen(tmp_path):
    hand_in(
        tmp_path, "ada/a/01-tiny.ipynb", "ada/b/01-tiny.ipynb", "bob/01-tiny.ipynb", "bob/old/01-tiny.ipynb"
    )
    ada, bob = find_submissions(tmp_path, ["01-tiny"])
    assert ada.notebook is None
    assert "in several places (a/01-tiny.ipynb, b/01-tiny.ipynb); keep one" in ada.problem
    assert bob.notebook == tmp_path / "bob/01-tiny.ipynb"
    assert bob.notes == ("old/01-tiny.ipynb was left aside",)


@pytest.mark.parametrize("name", ["01-tiny (1).ipynb", "01-tiny(2).ipynb", "01-tiny-Copy1.ipynb"])
def test_what_a_browser_or_jupyterlab_added_to_the_name_is_no_other_name(tmp_path, name):
    hand_in(tmp_path, f"ada/{name}", "bob/01-tiny.ipynb", f"bob/{name}", f"cyd/a/{name}", f"cyd/{name}")
    ada, bob, cyd = find_submissions(tmp_path, ["01-tiny"])
    assert ada.notebook == tmp_path / "ada" / name
    assert ada.notes == (f"the notebook was handed in as {name}",)
    assert bob.notebook == tmp_path / "bob/01-tiny.ipynb"
    assert bob.notes == (f"{name} was left aside",)
    assert cyd.notebook is None
    assert "in several places" in cyd.problem


def test_where_several_assignments_were_handed_in_a_stray_file_is_named_without_a_list_of_them_all(tmp_path):
    hand_in(tmp_path, "ada/01-tiny.ipynb", "ada/02-next.ipynb", "bob/final.ipynb")
    *_, bob = find_submissions(tmp_path, ["01-tiny", "02-next"])
    assert bob == Submission(
        "bob",
        "",
        None,
        "no notebook that is called like an assignment was handed in; found final.ipynb instead",
    )


def test_the_place_of_what_was_found_instead_is_named(tmp_path):
    hand_in(tmp_path, "ada/unzipped/final.ipynb")
    (submission,) = find_submissions(tmp_path, ["01-tiny"])
    assert submission.problem == "01-tiny.ipynb was not handed in; found unzipped/final.ipynb instead"


@pytest.mark.parametrize("known", ["01-größe", "01-gro\u0308ße"])
@pytest.mark.parametrize("handed", ["01-größe", "01-gro\u0308ße"])
def test_umlauts_match_however_they_are_spelled(tmp_path, known, handed):
    hand_in(tmp_path, f"Mu\u0308ller/{handed}.ipynb", f"Jörg/{handed}/{handed}.ipynb")
    submissions = find_submissions(tmp_path, [known])
    assert {(submission.student, submission.assignment) for submission in submissions} == {
        ("Müller", known),
        ("Jörg", known),
    }
    assert all(submission.notebook and not submission.problem for submission in submissions)


def test_two_folders_whose_names_look_the_same_are_named(tmp_path):
    hand_in(tmp_path, "Mu\u0308ller/01-tiny.ipynb", "Müller/01-tiny.ipynb")
    if len(list(tmp_path.iterdir())) == 1:
        pytest.skip("this file system takes both spellings for one")
    (submission,) = find_submissions(tmp_path, ["01-tiny"])
    assert "2 folders bear this name" in submission.problem


def test_a_notebook_beside_the_folders_is_not_passed_over(tmp_path):
    hand_in(tmp_path, "ada/01-tiny.ipynb", "bob.ipynb")
    assert "nobody knows whose it is" in find_submissions(tmp_path, ["01-tiny"])[1].problem


def test_notebooks_side_by_side_are_told_apart_by_a_pattern(tmp_path):
    hand_in(
        tmp_path,
        "lovelaceada_77_4711_01-tiny.ipynb",
        "mu\u0308ller_LATE_78_4712_01-tiny-1.ipynb",
        "bob_79_4713_01-tiny.ipynb",
        "bob_79_4714_01-tiny-2.ipynb",
        "eve.ipynb",
        "dan/01-tiny.ipynb",
    )
    found = find_submissions(tmp_path, ["01-tiny"], "{student}_*_{assignment}*.ipynb")
    by_student = {submission.student: submission for submission in found}
    assert list(by_student) == ["dan", "bob", "lovelaceada", "müller", "eve.ipynb"]
    assert by_student["müller"].notebook.name == "mu\u0308ller_LATE_78_4712_01-tiny-1.ipynb"
    assert by_student["bob"].notebook is None
    assert by_student["bob"].problem.endswith("bob_79_4714_01-tiny-2.ipynb; keep one")
    assert "nobody knows whose it is" in by_student["eve.ipynb"].problem


def test_a_pattern_says_whose_and_what(tmp_path):
    hand_in(tmp_path, "ada.ipynb")
    with pytest.raises(CourseError, match=r"does not say whose a notebook is; expected \{student\}"):
        find_submissions(tmp_path, ["01-tiny"], "{student}.ipynb")


ODD = [None, True, 0, -1, 1e300, float("nan"), "", "x", "\ud83d", "\0", [], {}, [None], {"": None}, [[]]]
ODD += [
    "code",
    "markdown",
    "raw",
    "double",
    "![a](attachment:b c.png)",
    "<img src='attachment:'>",
    "attachment:",
]


def mutated(content, rng):
    """The content with a few random places replaced, removed, renamed or repeated."""
    content = copy.deepcopy(content)
    for _ in range(rng.choice([1, 1, 2, 3, 8])):
        places = list(walk(content))
        parent, key = rng.choice(places)
        what = rng.randrange(5)
        if what == 0:
            del parent[key]
        elif what == 1 and isinstance(parent, list):
            parent.insert(key, copy.deepcopy(parent[key]))
        elif what == 2 and isinstance(parent, dict):
            parent[rng.choice(["", "\udc00", "cells", "worksheets", "nbgrader"])] = parent.pop(key)
        elif what == 3:
            donor, name = rng.choice(places)
            parent[key] = copy.deepcopy(donor.get(name) if isinstance(donor, dict) else donor[-1:])
        else:
            parent[key] = copy.deepcopy(rng.choice(ODD))
        if not list(walk(content)):
            break
    return content


def walk(content):
    for key in content if isinstance(content, dict) else range(len(content)):
        yield content, key
        if isinstance(content[key], dict | list):
            yield from walk(content[key])


def test_no_mutated_submission_ends_in_anything_but_a_notebook_or_a_reason(staged):
    rng = random.Random(0)
    whole = answered(reflection="![a](attachment:b%20c.png)")
    cell_of(whole, "reflection")["attachments"] = {"b c.png": dict(PICTURE)}
    old = json.loads(json.dumps(nbformat.convert(nbformat.reads(json.dumps(whole), as_version=4), 3)))
    ends = {"notebook": 0, "reason": 0}
    for number in range(300):
        content = mutated(old if number % 4 == 0 else whole, rng)
        raw = json.dumps(content).encode()
        if number % 5 == 0:
            raw = bytearray(raw)
            for _ in range(rng.choice([1, 3])):
                place = rng.randrange(len(raw))
                raw[place : place + rng.choice([0, 1, 50])] = rng.randbytes(rng.choice([0, 1, 4]))
            raw = bytes(raw)
        try:
            staged(raw)
            reason = ""
        except Unreadable as problem:
            reason = str(problem)
        if reason:
            assert reason.startswith(f"{ASSIGNMENT}.ipynb is ")
            reason.encode()
        ends["reason" if reason else "notebook"] += 1
    assert min(ends.values()) > 30, ends
