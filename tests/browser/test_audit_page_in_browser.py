"""The page of an audit as a reader sees it: wide, narrow and on paper, without a request."""

import os
from pathlib import Path

import numpy as np
import pytest
from accessible import barriers
from lab import CHROMIUM, IN_CHROMIUM, QUIET
from playwright.sync_api import sync_playwright

from ganlab.audit import audit
from ganlab.data import Cohort, simulate_lesions

pytestmark = IN_CHROMIUM


@pytest.fixture(scope="module")
def page_file(tmp_path_factory):
    lesions = simulate_lesions(120, seed=3)
    real, fresh = lesions.subset(slice(60)), lesions.subset(slice(60, 120))
    images, masks = fresh.images.copy(), fresh.masks.copy()
    images[:4], masks[:4] = real.images[8:12, :, ::-1], real.masks[8:12, :, ::-1]
    truth = fresh.truth.assign(patient_id=[f"<b>{'long' * 20}</b>{i}" for i in np.arange(60)])
    made = Cohort(images, masks, truth, fresh.spacing_mm, "a.u.", "made <i>up</i>", "test")
    path = tmp_path_factory.mktemp("audit") / "audit.html"
    return audit(real, made, n_permutations=319).to_html(path)


@pytest.mark.parametrize("width", [1200, 400])
def test_no_request_no_complaint_and_no_sideways_scrolling(page_file, width):
    folder = Path(os.environ.get("GANLAB_SCREENSHOTS", page_file.parent))
    requests, complaints = [], []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        page = browser.new_page(viewport={"width": width, "height": 900})
        page.on("request", lambda request: requests.append(request.url))
        page.on("console", lambda message: complaints.append(message.text))
        page.goto(page_file.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate("[...document.images].every(one => one.naturalWidth > 0)")
        assert page.locator("text=Reject").first.is_visible()
        page.screenshot(path=folder / f"audit-{width}.png", full_page=True)
        assert barriers(page) == []
        assert page.pdf(format="A4").startswith(b"%PDF")
        browser.close()
    assert [url for url in requests if not url.startswith("data:")] == [page_file.as_uri()]
    assert complaints == []
