"""The JSON of an audit: valid under its schema, the same content as the page, and written whole."""

import json
import math
from importlib import resources
from unittest import mock

import jsonschema
import numpy as np
import pandas as pd
import pytest
from test_audit_page import Tags
from typer.testing import CliRunner

from ganlab import cli
from ganlab.audit import Limits, audit
from ganlab.audit.pages.audit_json import as_json, audit_facts
from ganlab.audit.pages.audit_page import page
from ganlab.data import simulate_lesions

FEW = {"n_permutations": 319}
SCHEMA = json.loads((resources.files("ganlab.audit") / "pages" / "audit-1.schema.json").read_text("utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def patients(n, seed, names=("area", "mean", "entropy")):
    return pd.DataFrame(np.random.default_rng(seed).normal(size=(n, len(names))), columns=list(names))


def read(found):
    """What the JSON of an audit says, once it was found valid; NaN and Infinity are no JSON."""
    content = json.loads(as_json(audit_facts(found)), parse_constant=pytest.fail)
    VALIDATOR.validate(content)
    return content


@pytest.fixture(scope="module")
def of_tables():
    real, made = patients(60, 0), patients(60, 1)
    made.iloc[3] = real.iloc[5]
    made.loc[7, "mean"] = np.nan
    real.insert(0, "patient_id", [f"r{i}" for i in range(60)])
    limits = Limits(margins={"area": 0.3}, required=["marginals", "copies"])
    return audit(real, made, limits=limits, **FEW)


def test_the_schema_is_one():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_plain_numbers_by_hand():
    given = {
        "a": np.int64(3),
        "b": np.float32(0.5),
        "c": (math.inf, -math.inf, math.nan),
        "d": np.bool_(True),
    }
    written = json.loads(as_json(given | {"e": np.array([[1.0, np.nan]]), 5: None}))
    assert written == {
        "made_by": "ganlab audit", "schema": "audit-1",
        "a": 3, "b": 0.5, "c": [None, None, None], "d": True, "e": [[1.0, None]], "5": None,
    }  # fmt: skip


def test_verdict_checks_and_limits_are_those_of_the_audit(of_tables):
    content = read(of_tables)
    assert (content["verdict"], content["headline"]) == (of_tables.verdict, of_tables.headline)
    frame = of_tables.to_frame()
    for check in content["checks"]:
        row = frame.loc[check["name"]]
        assert (check["outcome"], check["p"], check["value"]) == (row["outcome"], row["p"], row["value"])
        assert (check["limit"] is None) == np.isnan(row["limit"])
        assert check["required"] == check["name"].startswith(("marginals", "copies"))
    assert content["limits"]["margins"] == {"area": 0.3}
    (copies,) = content["copies"]
    assert (copies["nearest"][0]["synthetic"], copies["nearest"][0]["real"]) == ("3", "r5")
    assert copies["nearest"][0]["accused"] is True
    made = next(part for part in content["inputs"] if part["role"] == "synthetic")
    assert made["left_out"] == [{"row": "7", "reason": "no value for mean"}]
    assert (made["rows_given"], made["rows_compared"]) == (60, 59)


def test_every_sentence_and_every_number_of_a_table_on_the_page_is_in_it(of_tables):
    content, text = read(of_tables), Tags(page(of_tables)).text
    words = [content["headline"], content["rule"], *content["reasons"], *content["remarks"]]
    words += [*content["cannot_show"], *[check["sentence"][1:] for check in content["checks"]]]
    words += [part["sha256"] for part in content["inputs"]] + list(content["versions"].values())
    assert [sentence for sentence in words if sentence not in text] == []
    assert len(content["marginals"]) == len(of_tables.evidence.marginals) == 3
    first = of_tables.evidence.marginals.iloc[0]
    assert content["marginals"][0]["smd_low"] == first["smd_low"]
    assert content["correlations"]["real"][0][0] == 1


@pytest.mark.parametrize(
    ("real", "made"),
    [
        (patients(5, 0).assign(c=1.0), patients(4, 1).assign(c=1.0)),  # no neighbours, no correlation of c
        (patients(30, 0).assign(c=1.0), patients(30, 1).assign(c=2.0)),  # an infinite distance
        (patients(30, 0, (0, 1, 2)), patients(30, 1, (0, 1, 2))),  # columns that are called by numbers
        (patients(30, 0, ("a<b", "é", "名")), patients(30, 1, ("a<b", "é", "名"))),
    ],
)
def test_odd_tables_are_valid_too(real, made):
    assert read(audit(real, made, **FEW))["verdict"] in ("undecided", "reject")


def test_images_and_a_holdout_are_valid_too():
    lesions = simulate_lesions(60, seed=1)
    parts = (lesions.subset(slice(20 * i, 20 * i + 20)) for i in range(3))
    content = read(audit(*parts, classes=["firstorder", "shape2D"], **FEW))
    assert [search["space"] for search in content["copies"]] == ["features", "images"]
    assert [part["role"] for part in content["inputs"]] == ["real", "synthetic", "holdout"]
    assert content["settings"]["classes"] == ["firstorder", "shape2D"]


def test_groups_utility_and_impossible_rows_are_valid_and_say_what_the_page_says():
    rng = np.random.default_rng(3)
    site = rng.choice(["north", "south"], 200)
    real = patients(200, 0).assign(nodes=rng.poisson(3, 200), site=site, sick=rng.random(200) < 0.5)
    made = patients(200, 1).assign(nodes=rng.poisson(3, 200) + 0.5, site=site, sick=rng.random(200) < 0.5)
    test = patients(60, 2).assign(nodes=rng.poisson(3, 60), site=site[:60], sick=rng.random(60) < 0.5)
    found = audit(real, made, test=test, by="site", target="sick", positive="True", n_permutations=359)
    content, text = read(found), Tags(page(found)).text
    assert content["possible_values"]["n_impossible"] == found.evidence.possible.n_impossible == 200
    assert content["possible_values"]["broken"][0]["feature"] == "nodes"
    assert {row["group"] for row in content["groups"]["groups"]} == {"north", "south"}
    assert content["utility"]["positive"] == "True"
    assert len(content["utility"]["arms"]) == 3 * 4
    words = [*content["groups"]["sentences"], *content["utility"]["sentences"]]
    assert [sentence for sentence in words if sentence not in text] == []


def test_the_schema_refuses_what_is_no_audit(of_tables):
    for change in ({"verdict": "maybe"}, {"schema": "audit-2"}, {"surplus": 1}, {"checks": []}):
        with pytest.raises(jsonschema.ValidationError):
            VALIDATOR.validate(read(of_tables) | change)


def test_it_is_written_whole_or_not_at_all_and_over_nothing_that_is_not_its_own(of_tables, tmp_path):
    path, mine = tmp_path / "audit.json", tmp_path / "mine.json"
    assert of_tables.to_json(path) == path
    before = path.read_bytes()
    with mock.patch("os.fsync", side_effect=OSError("disk full")), pytest.raises(OSError, match="disk full"):
        of_tables.to_json(path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
    of_tables.to_json(path)
    mine.write_text('{"thesis": 1}')
    with pytest.raises(FileExistsError, match="is not an earlier audit"):
        of_tables.to_json(mine)
    assert mine.read_text() == '{"thesis": 1}'
    with pytest.raises(FileExistsError, match=r"such as .*audit\.json"):
        of_tables.to_json(tmp_path)


def test_the_command_writes_it_beside_the_page(tmp_path):
    for name, seed in (("real", 0), ("made", 1)):
        patients(30, seed).to_csv(tmp_path / f"{name}.csv", index=False)
    real, made, out, json_file = (tmp_path / name for name in ("real.csv", "made.csv", "a.html", "a.json"))

    def run(*arguments):
        return CliRunner().invoke(cli.app, ["audit", *map(str, arguments), "--permutations", "319"])

    assert run(real, made, "--out", out, "--json", json_file).exit_code == 3
    VALIDATOR.validate(json.loads(json_file.read_text("utf-8")))
    before = real.read_bytes()
    for options, phrase in (
        (("--out", out, "--json", out), "would both be"),
        (("--out", out, "--json", real, "--force"), "is to be read, so it is not written"),
        (("--out", real, "--force"), "is to be read, so it is not written"),
        (("--out", out, "--json", tmp_path / "no" / "a.json"), "there is no folder"),
    ):
        result = run(real, made, *options)
        assert result.exit_code == 2, options
        assert phrase in result.stderr
    assert real.read_bytes() == before
