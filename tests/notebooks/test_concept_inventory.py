"""The concept inventory: the same questions before and after, and no way to guess them."""

import functools
import re

import nbformat
import pytest
from conftest import COURSE, INVENTORIES
from exam import answers_of_the_solution, examine

BEFORE, AFTER = INVENTORIES
OPTION = re.compile(r"^- \*\*([a-d])\*\* (.+)$", re.MULTILINE)


@functools.cache
def items(assignment):
    """{task: (text of the question, {letter: option}, right letter)}"""
    cells = {cell.id: cell.source for cell in nbformat.read(COURSE.source(assignment), as_version=4).cells}
    found = {}
    for task, answer in answers_of_the_solution(assignment).items():
        text = cells[f"{task}-text"]
        found[task] = text, dict(OPTION.findall(text)), re.search(r'return "([a-d])"', answer)[1]
    return found


def chosen(task, letter):
    return f"def {task.replace('-', '_')}():\n    return {letter!r}\n"


def test_the_same_questions_are_asked_before_and_after():
    assert items(BEFORE) == items(AFTER)
    assert 25 <= len(items(BEFORE)) <= 30
    assert all(set(options) == set("abcd") for _, options, _ in items(BEFORE).values())


@pytest.mark.parametrize("assignment", INVENTORIES)
def test_the_best_option_gets_the_point_and_no_other_does(assignment):
    for task, (_, options, right) in items(assignment).items():
        for letter in options:
            outcome = examine(assignment, task, chosen(task, letter))
            assert outcome.points == (letter == right), (task, letter)
            assert outcome.maximum == 1


def test_before_the_course_the_feedback_names_a_module_and_gives_nothing_away():
    for task, (_, options, right) in items(BEFORE).items():
        sentences = {examine(BEFORE, task, chosen(task, letter)).reason for letter in set(options) - {right}}
        (sentence,) = sentences
        assert re.fullmatch(r"Noted\. Module \d\d is about this\.", sentence), task


def test_after_the_course_every_other_option_is_argued_with():
    for task, (_, options, right) in items(AFTER).items():
        sentences = [examine(AFTER, task, chosen(task, letter)).reason for letter in set(options) - {right}]
        assert len(set(sentences)) == 3, task
        assert all(re.match(r"Module \d\d: .{20}", sentence) for sentence in sentences), task


def test_every_module_is_asked_about():
    for assignment in INVENTORIES:
        asked = {
            re.search(r"Module (\d\d)", examine(assignment, task, chosen(task, wrong)).reason)[1]
            for task, (_, _, right) in items(assignment).items()
            for wrong in set("abcd") - {right}
        }
        assert asked == {f"{number:02}" for number in range(11)}


@pytest.mark.parametrize("topic", ["dossier", "density", "identity loss", "necrotic", "cropped"])
def test_topic_of_the_later_modules_is_asked_about(topic):
    assert any(topic in text for text, _, _ in items(BEFORE).values())


def test_neither_the_letter_nor_the_length_of_an_option_gives_it_away():
    """Chance level is a quarter of the questions; a rule for guessing must not do much better."""
    rights = [(options, right) for _, options, right in items(BEFORE).values()]
    most = 0.36 * len(rights)
    for letter in "abcd":
        assert sum(right == letter for _, right in rights) <= most
    for rule in (max, min):
        hits = sum(
            rule(options, key=lambda letter: len(options[letter])) == right for options, right in rights
        )
        assert hits <= most


@pytest.mark.parametrize("assignment", INVENTORIES)
@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("raise NotImplementedError()", "not answered yet"),
        ("return 'e'", "expected one of"),
        ("return", "nothing"),
    ],
)
def test_something_other_than_a_letter_is_told_so(assignment, answer, reason):
    outcome = examine(assignment, "item-01", f"def item_01():\n    {answer}\n")
    assert outcome.points == 0
    assert reason in outcome.reason
