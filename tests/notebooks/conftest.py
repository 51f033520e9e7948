from pathlib import Path

import pytest

from ganlab.grading.course import Course

ROOT = Path(__file__).parents[2]
COURSE = Course(ROOT)
# The concept inventories are answered before and after the course, and belong to no lecture.
INVENTORIES = ["00-concept-inventory", "11-concept-inventory"]
LESSONS = [assignment for assignment in COURSE.assignments() if assignment not in INVENTORIES]


@pytest.fixture
def scratch_course(tmp_path):
    """The course as it stands, with a gradebook and folders of results of its own."""
    return link_course(tmp_path)


def link_course(folder):
    for part in ("course", "solutions", "exercises"):
        (folder / part).symlink_to(ROOT / part)
    return Course(folder)
