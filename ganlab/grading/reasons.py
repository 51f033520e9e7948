"""Why a task got its points: one plain sentence, from what the executed cells say."""

import re

ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
KERNEL_FILE = re.compile(
    r"\((<[^>]*>|\S+\.py), line (\d+)\)$"
)  # the kernel's name for a cell tells nobody anything
NOT_ANSWERED = "not answered yet"
PASSED = "all tests passed"
DELETED = "its test cell was deleted"
ANSWER_DELETED = "its answer cell was deleted"
WAITING = "waiting for a reader: open formgrader"
READ = "read by a reader"


def failure(cell, timeout):
    """Why a code cell failed, as a sentence; empty if it ran to its end.

    Parameters
    ----------
    cell : notebook cell, executed
    timeout : int, seconds
        What a cell was allowed.
    """
    errors = [output for output in cell.get("outputs", []) if output.get("output_type") == "error"]
    names = {error.get("ename", "") for error in errors}
    # The interrupt that follows a time-out shows up as a KeyboardInterrupt of the student's own.
    if "CellTimeoutError" in names:
        return f"stopped after {timeout} seconds without an answer: look for a loop that never ends"
    return one_line(_sentence(errors[0])) if errors else ""


def explain(tests, answer, answer_is_gone, timeout):
    """The sentences of one task, distinct and in order, joined with " / ".

    Parameters
    ----------
    tests : list of (notebook cell or None, Score, GradedCell)
        The cells that carry its points; None for one that was deleted.
    answer : notebook cell or None
        The cell that bears the task's name, where there is one.
    answer_is_gone : bool
        The assignment has such a cell and the submission has not.
    timeout : int, seconds

    Returns
    -------
    str
    """
    broken = failure(answer, timeout) if answer is not None else ""
    sentences = [broken] if broken else []
    for cell, score, graded in tests:
        sentence = _of_one(cell, score, graded, timeout)
        # Once the answer itself failed or is gone, its missing name in every test says nothing new.
        if not ((broken or answer_is_gone) and "NameError" in sentence):
            sentences.append(sentence)
    sentences = list(dict.fromkeys(filter(None, sentences)))
    full = all(score.points is not None and score.points >= graded.maximum for _, score, graded in tests)
    if full and not any(graded.manual or score.by_reader for _, score, graded in tests):
        return PASSED
    if answer_is_gone and not any(graded.manual for _, _, graded in tests):
        sentences.insert(0, ANSWER_DELETED)
    return " / ".join(sentences)


def _of_one(cell, score, graded, timeout):
    if score.by_reader:
        comment = one_line(score.comment)
        return f"{READ}: {comment}" if comment else READ
    if cell is None:
        return ANSWER_DELETED if graded.manual else DELETED
    if graded.manual:
        return WAITING if score.points is None else NOT_ANSWERED
    if sentence := failure(cell, timeout):
        return sentence
    if score.points < graded.maximum:
        return f"one test gave {score.points:g} of {graded.maximum:g} points"
    return ""


def one_line(text):
    """Text without terminal colours, on one line."""
    return " ".join(ANSI.sub("", str(text)).split())


def _sentence(error):
    name, message = error.get("ename", ""), one_line(error.get("evalue", ""))
    message = KERNEL_FILE.sub(r"(line \2)", message)
    if name == "NotImplementedError" and not message:
        return NOT_ANSWERED
    if name == "AssertionError":
        return message or "a test failed without saying why"
    return f"your code stopped with {name}: {message}" if message else f"your code stopped with {name}"
