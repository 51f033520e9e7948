"""Puts answers to the tests of an assignment as split grading does: each answer in a process of its own.

`exam.py` does the same in one process, and `ganlab grade` in two sandboxes.
"""

import contextlib
import io
import multiprocessing
import socket
import warnings

import exam

from ganlab.grading.proxy import Answers
from ganlab.grading.servant import Servant
from ganlab.grading.split import BESIDE, defined, names_of_answers
from ganlab.grading.wire import Channel


def examine_split(assignment, task, code):
    """The `Outcome` of one answer whose tests run in another process than the answer itself."""
    here, there = socket.socketpair()
    child = multiprocessing.get_context("fork").Process(
        target=_answer, args=(assignment, task, code, here, there)
    )
    child.start()
    there.close()
    names, points, maximum, reasons = exam._prepared(assignment), 0, 0, []
    answers = Answers(Channel(here))
    for cell in exam._source(assignment).cells:
        if cell.cell_type == "code" and BESIDE in cell.source:
            answers.beside(defined(cell.source), names)
    asked = names_of_answers(exam._source(assignment))
    try:
        reasons.append(Channel(here).receive()[0]["failed"])
        for number, (cell, graded) in enumerate(exam.tests(assignment)):
            if graded.task != task:
                continue
            answers.begin(number, asked, names)
            reason = exam._run(cell.source, cell.id, names)
            if not (reasons[0] and "NameError" in reason):
                reasons.append(reason)
            points += 0 if reason else graded.maximum
            maximum += graded.maximum
    finally:
        here.close()
        child.join(20)
    return exam.Outcome(points, maximum, " / ".join(dict.fromkeys(filter(None, reasons))))


def _answer(assignment, task, code, theirs, connection):
    theirs.close()
    names = exam._prepared(assignment)
    channel = Channel(connection)
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        failed = exam._run(code, f"answer to {task}", names)
        channel.send({"failed": failed})
        Servant(channel, names).serve(0)
