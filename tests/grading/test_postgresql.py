"""The gradebook in a real PostgreSQL server, which each run of these tests starts and ends."""

import glob
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
from tiny_course import ASSIGNMENT, RIGHT

from ganlab.grading import CourseError, grade_folder

DATABASE = "postgres"  # the one that every server has


@pytest.fixture(scope="module")
def server():
    """The URL of a gradebook in a server of its own, reached through a socket."""
    pytest.importorskip("psycopg", reason="no driver for PostgreSQL: pip install 'ganlab[postgresql]'")
    places = os.pathsep.join([os.environ["PATH"], *sorted(glob.glob("/usr/lib/postgresql/*/bin"))])
    initdb, pg_ctl = (shutil.which(name, path=places) for name in ("initdb", "pg_ctl"))
    if not initdb or not pg_ctl:
        pytest.skip("no PostgreSQL server is installed: apt install postgresql")
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))  # a socket's path has 100 characters
    settings = {"cwd": folder, "check": True, "stdout": subprocess.DEVNULL}
    if os.getuid() == 0:  # which PostgreSQL refuses to be
        shutil.chown(folder, "postgres")
        settings["user"] = "postgres"
    data = folder / "data"
    options = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off"
    try:
        subprocess.run([initdb, "-D", data, "-A", "trust", "-U", "teacher", "--no-sync"], **settings)
        started = [pg_ctl, "-D", data, "-w", "-l", folder / "log", "-o", options, "start"]
        subprocess.run(started, **settings)
        yield f"postgresql://teacher@/{DATABASE}?host={folder}"
        subprocess.run([pg_ctl, "-D", data, "-m", "immediate", "stop"], **settings)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def points(url):
    from nbgrader.api import Gradebook

    with Gradebook(url) as gradebook:
        return {
            (submission.student.id, grade.name): (grade.auto_score, grade.manual_score)
            for submission in gradebook.assignment_submissions(ASSIGNMENT)
            for grade in submission.notebooks[0].grades
        }


def test_a_gradebook_in_postgresql_holds_what_one_in_a_file_does(course, hand_in, server):
    from nbgrader.api import Gradebook

    hand_in("Ağça", **RIGHT)
    folder = hand_in("bob", **RIGHT | {"triple": "def triple(x):\n    return x"})
    before = course.gradebook.read_bytes()
    report = grade_folder(folder, course, db=server)
    assert course.gradebook.read_bytes() == before, "The file has nothing to do with it."
    assert {one.student: one.points for one in report.submissions} == {"Ağça": 6, "bob": 3}
    assert points(server)["bob", "triple--by-hand"] == (0, None)

    with Gradebook(server) as gradebook:
        gradebook.find_grade("reflection", ASSIGNMENT, ASSIGNMENT, "bob").manual_score = 1.5
        gradebook.db.commit()
    hand_in("bob", **RIGHT)
    again = grade_folder(folder, course, db=server)
    assert {one.student: one.points for one in again.submissions} == {"Ağça": 6, "bob": 7.5}

    in_file = grade_folder(folder, course)
    assert {one.student: one.points for one in in_file.submissions} == {"Ağça": 6, "bob": 6}
    without_readers = {key: auto for key, (auto, _) in points(server).items()}
    assert without_readers == {
        key: auto for key, (auto, _) in points(f"sqlite:///{course.gradebook}").items()
    }


def test_the_address_in_the_settings_of_the_course_counts_too(course):
    settings = course.solutions / "nbgrader_config.py"
    settings.write_text(settings.read_text() + "\nc.CourseDirectory.db_url = 'sqlite:////elsewhere.db'\n")
    assert course.db_url == "sqlite:////elsewhere.db"
    assert type(course)(course.root, db="sqlite:////here.db").db_url == "sqlite:////here.db"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("gradebook", "is no URL of a database; expected one such as postgresql://"),
        ("nosuch://host/name", "no driver for the gradebook nosuch://host/name is installed"),
        ("sqlite:////no/such/folder/gradebook.db", "cannot be opened: unable to open database file"),
    ],
)
def test_a_gradebook_that_cannot_be_opened_is_said_before_anything_runs(course, hand_in, url, said):
    folder = hand_in("ada", **RIGHT)
    with pytest.raises(CourseError, match=said):
        grade_folder(folder, course, db=url)
    assert not (course.root / "autograded").exists()


def test_a_server_that_does_not_answer_is_named_without_its_password(course, hand_in):
    pytest.importorskip("psycopg", reason="no driver for PostgreSQL: pip install 'ganlab[postgresql]'")
    folder = hand_in("ada", **RIGHT)
    with pytest.raises(
        CourseError, match=r"the gradebook postgresql://ada:\*\*\*@/grades.* cannot be"
    ) as told:
        grade_folder(folder, course, db="postgresql://ada:secret@/grades?host=/no/such/folder")
    assert "secret" not in str(told.value)
