"""A dossier as a clinical partner sees it: wide, narrow and on paper, without a request."""

import os
from pathlib import Path

import pytest
from accessible import barriers
from lab import CHROMIUM, IN_CHROMIUM, QUIET
from playwright.sync_api import sync_playwright

from ganlab.audit import (
    REQUIRED,
    Dossier,
    cohort_checks,
    sha256_of_table,
    split_check,
    three_parts,
    utility_check,
)
from ganlab.augmentation import augmentation_utility, feature_arms, thin
from ganlab.data import load_wdbc
from ganlab.diagnostics import overall_verdict

pytestmark = IN_CHROMIUM


@pytest.fixture(scope="module")
def page_file(tmp_path_factory):
    table = thin(load_wdbc(), 80, seed=0)
    train, holdout, test = three_parts(table, 0)
    arms = {**feature_arms(), "GAN": feature_arms()["SMOTE"]}  # in no time; here the page is looked at
    trial = augmentation_utility(arms, test, 4, 0, train=train)
    copies = train[train["diagnosis"] == "malignant"]
    checks = [
        split_check(train, holdout, test, train["patient_id"]),
        *cohort_checks(train, copies, holdout, 0),
        utility_check(trial),
    ]
    draws = trial.per_draw[trial.per_draw["metric"] == "balanced accuracy"]
    dossier = Dossier(
        "Synthetic <malignant> aspirates, Wisconsin table", "A student & friends", "Training a classifier.",
        "These patients are copies, and no gain is shown.", ("One clinic.", "Few held-out patients."),
        "New data, another generator, another purpose: every check again.",
        {name: part["patient_id"].tolist() for name, part in
         (("train", train), ("holdout", holdout), ("test", test))},
        train["patient_id"].tolist(), len(copies), {"split, generator and trial": 0},
        {"real table": sha256_of_table(table)},
        {arm: rows["value"].tolist() for arm, rows in draws.groupby("arm", sort=False)},
        checks, overall_verdict({check.name: check.outcome for check in checks}, REQUIRED),
    )  # fmt: skip
    return dossier.to_html(tmp_path_factory.mktemp("dossier") / "dossier.html")


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
        assert page.locator("text=Do not use").first.is_visible()
        assert page.locator("table.checks tbody tr").count() == 9
        page.screenshot(path=folder / f"dossier-{width}.png", full_page=True)
        assert barriers(page) == []
        printed = page.pdf(format="A4")
        assert printed.startswith(b"%PDF")
        (folder / f"dossier-{width}.pdf").write_bytes(printed)
        browser.close()
    assert [url for url in requests if not url.startswith("data:")] == [page_file.as_uri()]
    assert complaints == []
