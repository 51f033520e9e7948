"""`ganlab audit`: what it takes, what it prints, and how it ends."""

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from ganlab import cli
from ganlab.data import simulate_lesions

sitk = pytest.importorskip("SimpleITK")


def run(*arguments):
    return CliRunner().invoke(cli.app, ["audit", "--permutations", "319", *map(str, arguments)])


@pytest.fixture
def csv(tmp_path):
    """csv(name, n, seed, shift) writes a table of features and gives its path."""

    def write(name, n, seed, shift=0.0):
        table = pd.DataFrame(
            np.random.default_rng(seed).normal(size=(n, 5)), columns=["area", "mean", *"abc"]
        )
        (table + np.array([0, shift, 0, 0, 0])).to_csv(tmp_path / name, index=False)
        return tmp_path / name

    return write


def folder(path, cohort):
    path.mkdir()
    for number, (image, mask) in enumerate(zip(cohort.images, cohort.masks, strict=True)):
        for name, pixels in ((f"p{number}", image), (f"p{number}_mask", mask.astype(np.uint8))):
            file = sitk.GetImageFromArray(pixels)
            file.SetSpacing((1.5, 1.5))
            sitk.WriteImage(file, str(path / f"{name}.nrrd"))
    return path


@pytest.mark.parametrize(
    ("n", "shift", "code", "word"),
    [(800, 0.0, 0, "Accept"), (200, 1.0, 1, "Reject"), (9, 0.0, 3, "Undecided")],
)
def test_each_verdict_has_its_exit_code_and_its_page(csv, tmp_path, n, shift, code, word):
    page = tmp_path / "page.html"
    result = run(csv("real.csv", n, 0), csv("synthetic.csv", n, 1, shift), "--out", page)
    assert result.exit_code == code, result.output
    assert result.stdout.startswith(f"{word}: {n} synthetic against {n} real patients")
    assert str(page) in result.stdout
    assert f"<title>Audit: {word.lower()}" in page.read_text()
    assert "real.csv" in page.read_text()


def test_folders_of_images_with_masks_are_measured_and_what_is_refused_is_said(tmp_path):
    lesions = simulate_lesions(24, seed=2)
    real, made = folder(tmp_path / "real", lesions.subset(slice(12))), tmp_path / "made"
    folder(made, lesions.subset(slice(12, 24)))
    (made / "p3_mask.nrrd").unlink()
    result = run(real, made, "--out", tmp_path / "page.html", "--bin-width", "0.1", "--seed", "3")
    assert result.exit_code == 3, result.output
    assert "11 synthetic against 12 real patients" in result.stdout
    assert "p3: no mask" in result.stderr
    text = (tmp_path / "page.html").read_text()
    assert text.count("Two images side by side") == 6
    assert "bin_width" in text


def test_spacing_label_and_threshold_of_folders_can_be_stated(tmp_path):
    lesions = simulate_lesions(24, seed=2)
    paths = []
    for name, rows in (("real", slice(12)), ("made", slice(12, 24))):
        paths.append(folder(tmp_path / name, lesions.subset(rows)))
        for number in range(12):
            for part in ("", "_mask"):
                path = str(paths[-1] / f"p{number}{part}.nrrd")
                image = sitk.ReadImage(path)
                image.SetSpacing((1.5 + 0.01 * number,) * 2)
                if part:
                    image = image + 1  # an organ everywhere, and the lesion 2 in it
                    image[0, 0] = 0
                sitk.WriteImage(image, path)
    page = tmp_path / "page.html"
    options = ("--bin-width", "0.1", "--out", page, "--spacing", "1.5")
    result = run(*paths, "--bin-width", "0.1", "--out", page)
    assert result.exit_code == 2, "no two spacings are alike"
    assert "several labels (1, 2), taken as one region; --label chooses one" in result.stderr
    assert "state --spacing to resample them" in result.stderr
    assert "spacing_mm" not in result.stderr
    result = run(*paths, *options, "--label", "2")
    assert result.exit_code == 3, result.output
    assert "12 synthetic against 12 real patients" in result.stdout
    assert "several labels" not in result.stderr
    result = run(*paths, *options, "--label", "2", "--threshold", "1.5")
    assert result.exit_code == 2
    assert "state --label or --threshold, not both; got --label 2, --threshold 1.5." in result.stderr
    result = run(*paths, "--spacing", "-1", "--unit", "mm")
    assert "--unit must be one of" in result.stderr


def test_saved_cohorts_and_a_holdout_are_taken(tmp_path):
    lesions = simulate_lesions(24, seed=2)
    paths = [tmp_path / f"{name}.npz" for name in ("real", "made", "held")]
    for number, path in enumerate(paths):
        lesions.subset(slice(8 * number, 8 * number + 8)).save(path)
    result = run(paths[0], paths[1], "--holdout", paths[2], "--out", tmp_path / "page.html")
    assert result.exit_code == 3, result.output
    assert "Without a holdout" not in (tmp_path / "page.html").read_text()


def test_wrong_input_is_one_line_exit_code_2_and_no_page(csv, tmp_path):
    real, out = csv("real.csv", 20, 0), tmp_path / "page.html"
    text = tmp_path / "text.csv"
    text.write_text("area,mean\n1,2\n1,large\n")
    other = tmp_path / "other.csv"
    other.write_text("area,median,a,b,c\n" + "1,2,3,4,5\n3,4,5,6,7\n" * 4)
    mine = tmp_path / "thesis.html"
    mine.write_text("mine")
    for arguments, phrase in (
        ((real, tmp_path / "nowhere"), "nowhere is missing"),
        ((real, text), "column 'mean' holds text in row 2 (line 3 of the file): 'large'"),
        ((real, other), "only the real has 'mean' and only the synthetic has 'median'"),
        ((real, csv("b.csv", 20, 1), "--holdout", real), "holdout samples are also in train"),
        ((real, csv("b.csv", 20, 1), "--bin-width", "5"), "are for Cohorts"),
        ((real, csv("b.csv", 20, 1), "--out", mine), "is not an earlier audit"),
        ((real, csv("b.csv", 20, 1), "--out", tmp_path / "no" / "x.html"), "there is no folder"),
        ((real, csv("b.csv", 20, 1), "--margin", "0"), "margin"),
    ):
        result = run(*arguments, *(() if "--out" in arguments else ("--out", out)))
        assert result.exit_code == 2, arguments
        assert result.stdout == ""
        assert result.stderr.startswith("ganlab: ")
        assert "Traceback" not in result.stderr
        assert phrase in result.stderr
    assert not out.exists()
    assert mine.read_text() == "mine"


def test_help_says_what_the_exit_codes_mean():
    words = " ".join(run("--help").stdout.split())
    assert "Ends with 0 for accept, 1 for reject, 3 for undecided" in words


def test_groups_and_a_target_are_on_the_page_and_in_the_summary(tmp_path):
    paths = []
    for seed, name in enumerate(("real", "made", "test")):
        rng = np.random.default_rng(seed)
        table = pd.DataFrame(rng.normal(size=(80, 3)), columns=list("abc"))
        table["site"] = rng.choice(["<b>A</b>", "B"], 80)
        table["diagnosis"] = rng.choice(["benign", "malignant"], 80)
        paths.append(tmp_path / f"{name}.csv")
        table.to_csv(paths[-1], index=False)
    page = tmp_path / "page.html"
    options = ("--permutations", 359, "--by", "site", "--target", "diagnosis", "--test", paths[2])
    result = run(*paths[:2], *options, "--out", page)
    assert result.exit_code == 3, result.output
    assert "By site: 2 of 2 groups were compared; nothing was found in any." in result.stdout
    assert "Does it help to predict diagnosis (" in result.stdout
    text = page.read_text()
    assert "Groups by site: is any missing, thinned or unlike?" in text
    assert "Does it help to predict diagnosis?" in text
    assert "&lt;b&gt;A&lt;/b&gt;" in text
    assert "<b>A" not in text
    unknown = run(*paths[:2], *options[:2], "--by", "scanner", "--out", page)
    assert unknown.stderr.startswith("ganlab: real has no column 'scanner'")
