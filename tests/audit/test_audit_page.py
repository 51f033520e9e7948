"""The page of an audit: everything in one file, nothing from elsewhere, nothing a user named gets through."""

from html.parser import HTMLParser
from unittest import mock

import numpy as np
import pandas as pd
import pytest

from ganlab.audit import audit
from ganlab.audit.pages.audit_page import page
from ganlab.data import Cohort, simulate_lesions

EVIL = "<script>alert('x')</script><img src=http://example.org/x>"


class Tags(HTMLParser):
    """Every tag with its attributes, and all the text."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.text = [], ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data

    def named(self, name):
        return [attrs for tag, attrs in self.tags if tag == name]


@pytest.fixture(scope="module")
def of_tables():
    rng = np.random.default_rng(0)
    names = [f"original_firstorder_{EVIL}", "$area_{2}$", "mean"]
    real, synthetic = (pd.DataFrame(rng.normal(size=(60, 3)), columns=names) for _ in range(2))
    synthetic.iloc[3] = real.iloc[5]
    real.insert(0, "patient_id", [f"{EVIL}{i}" for i in range(60)])
    synthetic.insert(0, "patient_id", [f"s{i}" for i in range(60)])
    synthetic.loc[7, "mean"] = np.nan
    real.attrs["label"] = EVIL
    return audit(real, synthetic, n_permutations=319)


@pytest.fixture(scope="module")
def of_images():
    lesions = simulate_lesions(60, seed=1)
    real, fresh = lesions.subset(slice(30)), lesions.subset(slice(30, 60))
    images, masks = fresh.images.copy(), fresh.masks.copy()
    images[0], masks[0] = real.images[4], real.masks[4]
    truth = fresh.truth.assign(patient_id=[f"{EVIL}{i}" for i in range(30)])
    made = Cohort(images, masks, truth, fresh.spacing_mm, "a.u.", EVIL, EVIL)
    return audit(real, made, n_permutations=319, classes=["firstorder", "shape2D"])


@pytest.mark.parametrize("kind", ["of_tables", "of_images"])
def test_nothing_comes_from_elsewhere_and_nothing_runs(kind, request):
    found = Tags(page(request.getfixturevalue(kind)))
    assert {tag for tag, _ in found.tags} & {"script", "iframe", "object", "form", "base"} == set()
    for _, attrs in found.tags:
        for name in ("src", "href", "srcset", "action"):
            assert (attrs.get(name) or "data:").startswith("data:")
        assert not [name for name in attrs if name.startswith("on")]
    policy = [meta["content"] for meta in found.named("meta") if "http-equiv" in meta]
    assert policy == ["default-src 'none'; img-src data:; style-src 'unsafe-inline'"]


@pytest.mark.parametrize("kind", ["of_tables", "of_images"])
def test_what_a_user_named_arrives_as_text(kind, request):
    text = page(request.getfixturevalue(kind))
    assert EVIL in Tags(text).text
    assert "<script" not in text
    assert EVIL not in text
    assert EVIL not in request.getfixturevalue(kind)._repr_html_()


def test_the_page_says_how_many_patients_are_needed_and_what_a_wider_margin_would_do(of_tables):
    checks = {check.name: check for check in of_tables.checks}
    assert checks["marginals"].outcome == "undecided"
    text = " ".join(Tags(page(of_tables)).text.split())
    assert f"accepted with about {of_tables.needed:,} patients of each; with fewer, expect" in text
    assert "Twice the margin, if it is stated beforehand, takes a quarter of them." in text
    assert of_tables.needed >= checks["marginals"].needed > 60


def test_every_picture_is_described_in_words(of_images):
    pictures = Tags(page(of_images)).named("img")
    assert len(pictures) == 1 + 3 + 6
    assert all(len(one["alt"]) > 40 for one in pictures)
    assert "suspected copy" in pictures[4]["alt"]


def test_the_verdict_comes_first_and_every_part_is_there(of_tables):
    text = Tags(page(of_tables)).text
    order = [
        "Reject: 59 synthetic against 60 real patients",
        "Copies (features): 1 of 59",
        "Reject if any check fails",
        "Marginals: one feature at a time",
        "Correlations: do the features hang together?",
        "Memorization: is anybody copied?",
        "Two-sample test: anything at all?",
        "Coverage: is every kind",
        "What these samples could not have shown",
        "Rows left out",
        "no value for mean",
        "Provenance",
        of_tables.about["inputs"]["real"]["SHA-256"],
        of_tables.about["versions"]["numpy"],
    ]
    places = [text.index(words) for words in order]
    assert places == sorted(places)


def test_suspicious_rows_are_shown_feature_by_feature(of_tables):
    text = Tags(page(of_tables)).text
    assert f"Synthetic s3 and real {EVIL}5: suspected copy, at 0 of the real one's spacing" in text


def test_everybody_accused_is_listed():
    rng = np.random.default_rng(0)
    real, synthetic = (pd.DataFrame(rng.normal(size=(60, 3)), columns=list("abc")) for _ in range(2))
    synthetic.iloc[:9] = real.iloc[:9]  # more than the pairs that are shown feature by feature
    written = page(audit(real, synthetic, n_permutations=319))
    assert written.count(">suspected<") == 9
    assert "p below 0.0001" in written


def test_the_page_is_made_for_paper_and_small(of_images):
    text = page(of_images)
    assert "@media print" in text
    assert "@media (max-width: 30rem)" in text
    assert len(text) < 2_000_000


def test_few_rows_and_constant_features_make_a_page_too():
    rng = np.random.default_rng(3)
    few = [pd.DataFrame(rng.normal(size=(n, 2)), columns=["a", "b"]).assign(c=1.0) for n in (5, 4)]
    text = Tags(page(audit(*few, n_permutations=319))).text
    assert "Constant in both cohorts, so without correlations: c." in text
    assert "too few rows to look for neighbours" in text
    moved = few[1].assign(c=2.0)
    assert "constant in the real cohort" in Tags(page(audit(few[0], moved, n_permutations=319))).text


def test_an_earlier_audit_is_replaced_and_nothing_else(of_tables, tmp_path):
    path = tmp_path / "audit.html"
    assert of_tables.to_html(path) == path
    of_tables.to_html(path)
    mine = tmp_path / "mine.html"
    mine.write_text("my thesis")
    with pytest.raises(FileExistsError, match="is not an earlier audit"):
        of_tables.to_html(mine)
    assert mine.read_text() == "my thesis"
    of_tables.to_html(mine, overwrite=True)
    assert "ganlab audit" in mine.read_text()
    with pytest.raises(FileExistsError, match="is a folder"):
        of_tables.to_html(tmp_path)
    with pytest.raises(FileNotFoundError, match="no folder"):
        of_tables.to_html(tmp_path / "nowhere" / "audit.html")


def test_a_page_that_fails_halfway_leaves_the_earlier_one(of_tables, tmp_path):
    path = tmp_path / "audit.html"
    of_tables.to_html(path)
    before = path.read_bytes()
    with mock.patch("os.fsync", side_effect=OSError("disk full")), pytest.raises(OSError, match="disk full"):
        of_tables.to_html(path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
