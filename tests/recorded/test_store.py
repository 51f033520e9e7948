"""Every stored result is found, read and made again in one way, and by one command."""

import inspect
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest

from ganlab import recorded
from ganlab.recorded import audits, few_images, lesion_gan, store
from ganlab.recorded.__main__ import main

RESULTS = [name for name in recorded.__all__ if inspect.ismodule(getattr(recorded, name))]


@pytest.mark.parametrize("name", RESULTS)
def test_a_result_has_a_file_of_its_name_and_two_functions_that_explain_themselves(name):
    result = getattr(recorded, name)
    assert store.stored(result.FILE).stem == name
    assert 1_000 < store.stored(result.FILE).stat().st_size < 2_000_000  # translations holds 54 networks
    assert not inspect.signature(result.load).parameters
    for parameter, setting in inspect.signature(result.make).parameters.items():
        assert f"\n{parameter} : " in inspect.getdoc(result.make)
        assert setting.default is not inspect.Parameter.empty
    assert ("parts" in inspect.signature(result.make).parameters) == bool(result.PARTS)


def test_every_stored_file_belongs_to_a_result():
    files = {path.name for path in store.FOLDER.iterdir() if path.suffix not in (".py", "")}
    results = [getattr(recorded, name) for name in RESULTS]
    assert files == {result.FILE for result in results} | {few_images.SHEETS}


def test_what_load_returns_may_be_changed_without_changing_the_record():
    table = audits.load()
    before = table.loc[0, "value"]
    table.loc[0, "value"] = -1.0
    assert audits.load().loc[0, "value"] == before
    store.read_arrays(lesion_gan.FILE)["early"][:] = 7
    assert (store.read_arrays(lesion_gan.FILE)["early"] < 7).all()


# The command


def test_without_a_name_the_command_lists_what_there_is(capsys):
    main([])
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in lines] == RESULTS
    assert lines[0].endswith("Parts: '50', '100', '200', '400', '700', '1000'.")


def test_the_command_makes_the_parts_that_are_named(monkeypatch):
    asked = []
    monkeypatch.setattr(audits, "make", lambda *parts: asked.append(parts))
    monkeypatch.setattr(lesion_gan, "make", lambda *parts: asked.append(parts))
    main(["audits", "50", "700"])
    main(["audits"])
    main(["lesion_gan"])
    assert asked == [(["50", "700"],), (), ()]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["four_candidates"], "no stored result is called 'four_candidates'; there are audits, collapse"),
        (["lesion_gan", "50"], "lesion_gan is made whole, it has no parts; got 50"),
    ],
)
def test_the_command_refuses_what_there_is_not(arguments, complaint):
    with pytest.raises(SystemExit, match=complaint):
        main(arguments)


def test_parts_are_taken_as_text_and_unknown_ones_refused():
    assert store.chosen(["200", 50], (50, 100, 200)) == [50, 200]
    with pytest.raises(ValueError, match="there is no part '60'; there are 50, 100, 200"):
        store.chosen([60], (50, 100, 200))


# A part made again


def test_a_part_made_again_is_as_before_and_the_others_stay(copied, monkeypatch):
    before = audits.load()
    monkeypatch.setattr(audits, "planned_audits", lambda: [("good", 50, 0), ("copies", 50, 1)])
    audits.make(["50"])
    after = audits.load()
    untouched = after["n"] != 50
    pd.testing.assert_frame_equal(
        after[untouched].reset_index(drop=True), before[before["n"] != 50].reset_index(drop=True)
    )
    index = ["candidate", "n", "draw", "check"]
    again, kept = after[~untouched].set_index(index), before.set_index(index)
    assert set(again.index.droplevel("check")) == {("good", 50, 0), ("copies", 50, 1)}
    pd.testing.assert_frame_equal(again, kept.loc[again.index], rtol=2e-3)


class Setting(NamedTuple):
    data: str
    rate: float


class Pair(NamedTuple):
    counts: np.ndarray
    rates: np.ndarray


def test_games_of_other_parts_stay_when_some_are_written(copied):
    ring, fast, grid = Setting("ring", 0.1), Setting("ring", 0.2), Setting("grid", 0.1)
    games = {setting: Pair(np.arange(3) + i, np.ones(2) * i) for i, setting in enumerate((ring, fast, grid))}
    store.write_games("games.npz", games)
    store.write_games("games.npz", {ring: Pair(np.zeros(3), np.zeros(1))})
    read = store.read_games("games.npz", [ring, grid], Pair)
    assert (read[ring].counts == 0).all()
    assert (read[grid].counts == games[grid].counts).all()
    with pytest.raises(KeyError):  # another setting of the part that was written anew
        store.read_games("games.npz", [fast], Pair)


def test_bytes_are_right_to_half_a_step():
    values = np.linspace(-3.5, 3.5, 1000)
    again = store.from_bytes(store.to_bytes(values, -3.5, 3.5), -3.5, 3.5)
    assert np.abs(again - values).max() <= 3.5 / 255 + 1e-12
    assert store.to_bytes([-9, 0, 0.5, 9], 0, 1, 31).tolist() == [0, 0, 16, 31]
