"""Limits stated beforehand: what a file may say, what is refused, and what each changes in a verdict."""

import hashlib

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from ganlab import cli
from ganlab.audit import Limits, audit, judge_marginals, read_limits
from ganlab.audit.checks import enough_for_a_share, enough_for_none, marginals_check
from ganlab.audit.limits import CHECKS
from ganlab.audit.measures import judged_marginals, perfect_marginals
from ganlab.audit.pages.audit_page import page
from ganlab.radiomics import compare_marginals

FEW = {"n_permutations": 319}


def patients(n, seed, shift=0.0):
    table = pd.DataFrame(np.random.default_rng(seed).normal(size=(n, 3)), columns=["area", "mean", "entropy"])
    table["area"] += shift
    return table


@pytest.fixture
def toml(tmp_path):
    def write(text):
        path = tmp_path / "limits.toml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


# The file


def test_what_a_file_does_not_state_stays_as_it_is_and_its_hash_is_kept(toml):
    text = 'copies = 0.01\nrequired = ["copies"]\n[margins]\n"original_area" = 1\n'
    limits = read_limits(toml(text))
    assert limits == Limits(
        copies=0.01,
        required=("copies",),
        margins={"original_area": 1.0},
        source="limits.toml",
        sha256=hashlib.sha256(text.encode()).hexdigest(),
    )
    assert (limits.margin, limits.correlations, limits.coverage, limits.recall) == (0.25, 0.1, 0.1, 0.1)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("marign = 0.2", "limits.toml: there is no limit 'marign' \\(did you mean 'margin'\\?\\)"),
        ("level = 0.2", "there is no limit 'level'"),
        ("sha256 = '0'", "there is no limit 'sha256'"),
        ("margin = '0.2'", "limits.toml: margin must be a number above 0; got '0.2'"),
        ("margin = true", "margin must be a number above 0; got True"),
        ("margin = nan", "margin must be a finite number above 0; got nan"),
        ("margin = 0", "margin must be a finite number above 0"),
        ("margin = 1" + "0" * 400, "margin must be a number above 0"),
        ("copies = 1.0", "copies must be a number above 0 and below 1; got 1"),
        ("copies = 5", "copies must be a number above 0 and below 1; got 5"),
        ("correlations = 1.5", "correlations must be a number above 0 and at most 1; got 1.5"),
        ("recall = [0.1]", r"recall must be a number above 0; got \[0.1\]"),
        ("coverage = 1979-05-27", "coverage must be a number above 0"),
        ("margins = 3", "margins must give a number for each feature"),
        ("[margins]\narea = -1", "margins.area must be a finite number above 0; got -1.0"),
        ("[margins.original]\narea = 1", "margins.original must be a number above 0; got {'area': 1}"),
        ("required = 'copies'", "required must be a list of names of checks; got 'copies'"),
        ("required = []", "required is empty"),
        ("required = ['coverag']", "'coverag', which is no check \\(did you mean 'coverage'\\?\\)"),
        ("required = [1]", "required names 1, which is no check"),
        ("required = [['copies']]", "is no check"),
        ("margin = ", "limits.toml is no TOML: Invalid value"),
        ("margin = 1\nmargin = 2", "limits.toml is no TOML"),
        (b"\xff\xfe\x00", "limits.toml is no TOML"),
    ],
)
def test_a_wrong_file_is_one_sentence_with_file_and_key(toml, text, complaint):
    with pytest.raises(ValueError, match=complaint) as problem:
        read_limits(toml(text))
    assert "limits.toml" in str(problem.value)
    assert "\n" not in str(problem.value)


def test_a_file_that_is_not_there_is_said_to_be_missing(tmp_path):
    for path in (tmp_path, tmp_path / "nowhere.toml"):
        with pytest.raises(FileNotFoundError, match="limits are read from a TOML file"):
            read_limits(path)


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (
            {"limits": Limits(margins={"aera": 0.1})},
            r"margins\.aera is for a feature .* \(did you mean 'area'",
        ),
        ({"limits": Limits(), "margin": 0.2}, "margin is stated twice"),
        ({"limits": {"margin": 0.2}}, "limits must be Limits or the path of a TOML file; got dict"),
    ],
)
def test_limits_that_do_not_fit_are_refused(options, complaint):
    with pytest.raises(ValueError, match=complaint):
        audit(patients(20, 0), patients(20, 1), **FEW, **options)


# What they change


def test_rows_that_are_enough_by_hand():
    assert [enough_for_none(limit) for limit in (0.05, 0.5)] == [73, 4]  # 3.8416 * 19 = 72.99; 3.8416 * 1
    # (2 * 1.96 / 0.1)^2 * 0.09 = 138.3, in two digits 140; for a tenth of the margin 13,830.
    assert [enough_for_a_share(margin) for margin in (0.1, 0.01)] == [140, 14_000]


def test_every_check_can_be_required_by_its_name():
    names = [check.name for check in audit(patients(30, 0), patients(30, 1), **FEW).checks]
    assert set(names) <= set(CHECKS)
    for name in names:
        limits = Limits(required=[name])
        assert [check for check in names if limits.requires(check)] == [name]


def test_one_margin_for_all_gives_what_compare_marginals_gives():
    real, synthetic = patients(60, 0), patients(60, 1)
    table = judged_marginals(real, synthetic, pd.Series(0.3, real.columns))
    expected = judge_marginals(compare_marginals(real, synthetic, margin=0.3))
    pd.testing.assert_frame_equal(table, expected)
    assert perfect_marginals(real, 60, 0.3) == perfect_marginals(real, 60, pd.Series(0.3, real.columns))


def test_a_margin_of_its_own_decides_for_its_feature_alone():
    """Each row is that of `compare_marginals` at its margin, but for Holm, which counts all features."""
    real, synthetic = patients(400, 0).assign(grade=2.0), patients(400, 1, 0.4).assign(grade=2.0)
    margins = pd.Series([0.8, 0.5, 0.5, 0.5], real.columns)
    table = judged_marginals(real, synthetic, margins)
    for name in real.columns:
        alone = compare_marginals(real, synthetic, margin=margins[name]).loc[name]
        assert table.loc[name, "ks_p_adjusted"] == pytest.approx(alone["ks_p_adjusted"])
        assert table.loc[name, "equivalence_p"] == alone["equivalence_p"]
    assert table.loc["area", "conclusion"] == "close"
    assert judge_marginals(compare_marginals(real, synthetic)).loc["area", "conclusion"] == "different"
    # 0.58 of 0.8 is the largest share: the check speaks of it, with its limit.
    table.attrs["perfect"] = (0.08, 300)
    check = marginals_check(table, 400)
    assert (table.index[0], check.limit, check.outcome) == ("area", 0.8, "passed")
    assert check.perfect == pytest.approx(0.08 * 0.8 / 0.5)
    assert "limit 0.8 for this feature, others have another" in check.finding


def test_a_tighter_margin_of_one_feature_asks_for_more_patients():
    real = patients(300, 10)
    everywhere, one = pd.Series(0.25, real.columns), pd.Series([0.05, 0.25, 0.25], real.columns)
    more, fewer = (perfect_marginals(real, 300, margins)[1] for margins in (one, everywhere))
    assert (
        10 * fewer < more < 25 * fewer
    )  # a fifth of the margin: 25 times as many, and one feature, not three


def test_only_required_checks_must_be_passed_and_any_may_reject():
    real, fresh = patients(300, 0), patients(300, 1)
    found = audit(real, fresh, **FEW)
    outcomes = {check.name: check.outcome for check in found.checks}
    undecided = [name for name, outcome in outcomes.items() if outcome == "undecided"]
    assert found.verdict == "undecided", outcomes
    assert "copies (features)" not in undecided
    copies = audit(real, fresh, limits=Limits(required=["copies", "measurable"]), **FEW)
    assert copies.verdict == "accept"
    assert copies.needed is None
    assert f"not required, and not passed: {', '.join(undecided)}" in copies.headline
    assert audit(real, fresh, limits=Limits(required=[undecided[0]]), **FEW).verdict == "undecided"
    shifted = audit(real, patients(300, 1, 1.0), limits=Limits(required=["copies"]), **FEW)
    assert shifted.verdict == "reject"
    assert "marginals" in shifted.headline


def test_a_required_check_that_was_not_made_leaves_it_undecided():
    limits = Limits(required=["copies (images)", "copies (features)"])
    found = audit(patients(300, 0), patients(300, 1), limits=limits, **FEW)
    assert found.verdict == "undecided"
    assert found.headline.endswith("Required, and not made: copies (images).")


def test_the_limits_are_on_the_page_and_from_a_file_with_its_hash(toml):
    path = toml('margin = 0.3\nrequired = ["marginals"]\n[margins]\narea = 0.125\n')
    found = audit(patients(30, 0), patients(30, 1), limits=path, **FEW)
    text = page(found)
    for words in (
        "limits.toml", hashlib.sha256(path.read_bytes()).hexdigest(), "margin of area", "0.125",
        "Required by limits.toml: marginals", "margin of 0.125 or 0.3",
    ):  # fmt: skip
        assert words in text, words
    assert "Required by" not in page(audit(patients(30, 0), patients(30, 1), **FEW))


def test_the_command_takes_a_file_of_limits(toml, tmp_path):
    for name, seed in (("real", 0), ("made", 1)):
        patients(100, seed).to_csv(tmp_path / f"{name}.csv", index=False)
    paths = (
        tmp_path / "real.csv",
        tmp_path / "made.csv",
        "--out",
        tmp_path / "a.html",
        "--permutations",
        319,
    )

    def run(*options):
        return CliRunner().invoke(cli.app, ["audit", *map(str, (*paths, *options))])

    lenient = toml('margin = 2\nrequired = ["marginals", "copies"]')
    result = run("--limits", lenient)
    assert result.exit_code == 0, result.output
    assert run("--limits", lenient, "--margin", "0.2").exit_code == 2
    wrong = run("--limits", toml("[margins]\nvolume = 1\n"))
    assert wrong.exit_code == 2
    assert "limits.toml: margins.volume is for a feature that is not among the 3" in wrong.stderr
