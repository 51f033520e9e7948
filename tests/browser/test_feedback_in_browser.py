"""The pages of grading, wide and narrow: nothing is fetched, nothing hangs out, and nobody is kept out."""

import base64
import io
import os
from pathlib import Path

import pytest
from accessible import barriers
from lab import CHROMIUM, IN_CHROMIUM, QUIET
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image
from playwright.sync_api import sync_playwright

from ganlab.grading.class_page import write_class_pages
from ganlab.grading.course import Course
from ganlab.grading.feedback import write_feedback
from ganlab.grading.report import WAITING, GradedSubmission, GradeReport, TaskGrade

REFLECTION = "$$\\frac{1}{2} \\int p$$ $a \\hspace{200em} b$"

pytestmark = IN_CHROMIUM


def as_wide_as_a_widget():
    with io.BytesIO() as file:
        Image.new("L", (2089, 300), 200).save(file, "png")
        return base64.b64encode(file.getvalue()).decode()


@pytest.fixture
def page_file(tmp_path):
    cells = [
        new_markdown_cell("**Task 1 (2 points).** Compute $W_1 = " + " + ".join(["x_i^2"] * 60) + "$."),
        new_code_cell(f"value = {'1' * 300}", metadata={"nbgrader": {"grade_id": "value"}}),
        new_markdown_cell(REFLECTION, metadata={"nbgrader": {"grade_id": "reflection"}}),
    ]
    picture = new_output("display_data", {"image/png": as_wide_as_a_widget()})
    cells[1].outputs = [new_output("stream", name="stdout", text="x" * 3000), picture]
    rows = (
        TaskGrade("ada", "01", "value", 0.0, 2.0, f"value gave {'7' * 200}. " + "So wrong. " * 30),
        TaskGrade("ada", "01", "reflection", None, 2.0, WAITING),
    )
    graded = GradedSubmission("ada" * 60, "01", rows, None)
    return write_feedback(Course(Path(tmp_path)), graded, new_notebook(cells=cells))


def test_a_page_is_as_wide_as_its_window_and_fetches_nothing(page_file):
    requests, complaints = [], []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        for width in (1400, 400):
            page = browser.new_page(viewport={"width": width, "height": 900})
            page.on("request", lambda request: requests.append(request.url))
            page.on("console", lambda message: complaints.append(message.text))
            page.goto(page_file.as_uri())
            assert barriers(page) == []
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert page.evaluate("document.images[0].naturalWidth") == 2089
            assert page.evaluate("document.images[0].width") <= width
            fraction = page.locator("mfrac").bounding_box()
            assert fraction["height"] > 1.5 * page.locator("mfrac mn").first.bounding_box()["height"]
            assert page.locator("text=unread: a person will read it").first.is_visible()
            if folder := os.environ.get("GANLAB_SCREENSHOTS"):
                page.screenshot(path=Path(folder) / f"feedback-{width}.png", full_page=True)
        browser.close()
    assert {url.partition(":")[0] for url in requests} <= {"file", "data"}
    assert complaints == []


def test_the_page_about_a_class_bars_nobody_and_is_as_wide_as_its_window(tmp_path, monkeypatch):
    monkeypatch.setattr(Course, "assignments", lambda _: ["01"])
    reasons = (f"value gave {'7' * 200}. So wrong.", WAITING, "it is empty")
    points = (0.0, None, None)
    rows = [
        TaskGrade(f"s{number}" * 30, "01", "value", points[number % 3], 2.0, reasons[number % 3])
        for number in range(10)
    ]
    graded = [GradedSubmission(row.student, "01", (row,), "page.html") for row in rows]
    (path,) = write_class_pages(Course(tmp_path), GradeReport(graded))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        for width in (1400, 400):
            page = browser.new_page(viewport={"width": width, "height": 900})
            page.goto(path.as_uri())
            assert barriers(page) == []
            assert page.evaluate("document.documentElement.scrollWidth") <= width
        browser.close()
