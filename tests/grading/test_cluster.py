"""Submissions on a Dask cluster: a real scheduler with two worker processes, one of which dies."""

import os
import signal
import sys
import threading

import pytest
from tiny_course import ASSIGNMENT, RIGHT

from ganlab.grading import CourseError, cluster, grade, grade_folder

NO_DASK = "no Dask: pip install 'ganlab[dask]'"


@pytest.mark.slow
def test_a_worker_that_is_killed_loses_nothing_and_nothing_is_graded_twice(course, hand_in, monkeypatch):
    distributed = pytest.importorskip("distributed", reason=NO_DASK)
    slow = "import time\ndef double(x):\n    time.sleep(0.5)\n    return 2 * x"
    students = ["ada", "bob", "cyd", "dan", "eve", "fay"]
    for student in students:
        folder = hand_in(student, **RIGHT | {"double": slow})
    hand_in("gus", **RIGHT | {"triple": "import os\nos._exit(0)"})
    recorded, first, at_kill = [], threading.Event(), []
    record = grade.record

    def watched(course, student, *rest):
        recorded.append(student)
        first.set()
        record(course, student, *rest)

    monkeypatch.setattr(grade, "record", watched)
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as local,
        distributed.Client(local) as client,
    ):
        pids = list(client.run(os.getpid).values())

        def kill():
            first.wait()
            at_kill.append(len(recorded))
            os.kill(pids[0], signal.SIGKILL)

        killer = threading.Thread(target=kill)
        killer.start()
        report = grade_folder(folder, course, dask=local.scheduler_address)
        killer.join()
    assert len(set(pids)) == 2
    assert at_kill[0] < len(students), "There was something to lose."
    assert sorted(recorded) == [*students, "gus"]
    assert {one.student: one.points for one in report.submissions if one.was_graded} == dict.fromkeys(
        students, 6
    )
    (gone,) = report.not_graded
    assert (gone.student, gone.assignment) == ("gus", ASSIGNMENT)
    assert "the code ended its own Python process" in gone.rows[0].reason
    assert grade_folder(folder, course).rows == report.rows, "The same as on this machine."


def test_a_cluster_that_is_not_there_is_said_before_anything_runs(course, hand_in, monkeypatch):
    folder = hand_in("ada", **RIGHT)
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(CourseError, match=r"needs Dask: `pip install 'ganlab\[dask\]'`"):
        grade_folder(folder, course, dask="tcp://127.0.0.1:9")
    with pytest.raises(CourseError, match="in sandboxes: leave out --dask"):
        grade_folder(folder, course, dask="tcp://127.0.0.1:9", unsafe=True)
    assert not (course.root / "autograded").exists()


def test_a_scheduler_that_does_not_answer_is_named(course, hand_in, monkeypatch):
    pytest.importorskip("distributed", reason=NO_DASK)
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 0.5)
    with pytest.raises(CourseError, match=r"no Dask scheduler answers at tcp://127.0.0.1:9 "):
        grade_folder(hand_in("ada", **RIGHT), course, dask="tcp://127.0.0.1:9")
