"""Puts answers to the tests of an assignment as split grading does: only plain data pass between the two.

Answer and test have a namespace of their own, and a socket between them. They share this process, since a
fork of one that has used torch may wait for a lock for ever; `ganlab grade` takes two sandboxes.
"""

import socket
import threading

import exam

from ganlab.grading.split.kernels import BESIDE, defined, names_of_answers
from ganlab.grading.split.proxy import Answers
from ganlab.grading.split.servant import Servant
from ganlab.grading.split.wire import Channel


def examine_split(assignment, task, code):
    """The `Outcome` of one answer that its tests reach through a socket alone."""
    names, points, maximum, reasons = exam._prepared(assignment), 0, 0, []
    here, there = socket.socketpair()
    # From here on one of the two runs and the other waits, so they never redirect stdout at the same time.
    answering = threading.Thread(target=_answer, args=(assignment, task, code, there), daemon=True)
    answering.start()
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
        answering.join(20)
    return exam.Outcome(points, maximum, " / ".join(dict.fromkeys(filter(None, reasons))))


def _answer(assignment, task, code, connection):
    names, channel = exam._prepared(assignment), Channel(connection)
    with connection:
        channel.send({"failed": exam._run(code, f"answer to {task}", names)})
        Servant(channel, names).serve(0)
