"""Saving a cohort: exact, whole or not at all, and suspicious of what it reads."""

import json
import os
import signal
import subprocess
import sys
import textwrap
import time

import numpy as np
import pandas as pd
import pytest

from ganlab.data import Cohort, simulate_lesions


@pytest.fixture
def cohort():
    rng = np.random.default_rng(0)
    n = 7
    truth = pd.DataFrame(
        {
            "patient_id": np.arange(n, dtype=np.int16),
            "diagnosis": ["benign", "malignant", "ünklar", "benign", "x,y", 'quote"', "line\nbreak"],
            "radius_mm": np.array([0.1, np.pi, np.nan, 1e-300, -0.0, np.inf, 2.0]),
            "small": rng.random(n).astype(np.float32),
            "seen": rng.random(n) > 0.5,
            "count": rng.integers(0, 2**63 - 1, n),
            "remark": ["a", None, "NaN", "", "None", "1", "true"],
        }
    )
    images = rng.normal(size=(n, 5, 9)).astype(np.float32)
    return Cohort(
        images,
        images > -1,
        truth,
        (0.7, 0.1 + 0.2),
        "HU",
        "näme",
        "wherever",
        regions={"a/b": images > 1, "empty": images > 99},
        intensity_range=(-3, 0.1),
    )


def test_round_trip_is_exact_in_values_types_and_order(cohort, tmp_path):
    cohort.save(tmp_path / "c.npz")
    back = Cohort.load(tmp_path / "c.npz")
    pd.testing.assert_frame_equal(back.truth, cohort.truth, check_exact=True)
    assert np.signbit(back.truth["radius_mm"][4])
    assert (back.images == cohort.images).all()
    assert (back.masks == cohort.masks).all()
    assert list(back.regions) == list(cohort.regions)
    assert all((back.regions[name] == cohort.regions[name]).all() for name in cohort.regions)
    for field in ("spacing_mm", "intensity_unit", "name", "provenance", "intensity_range", "fingerprint"):
        assert getattr(back, field) == getattr(cohort, field)


def test_saving_again_gives_the_same_bytes(cohort, tmp_path):
    cohort.save(tmp_path / "a")
    Cohort.load(tmp_path / "a").save(tmp_path / "b")
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_nothing_in_the_file_is_pickled(cohort, tmp_path):
    cohort.save(tmp_path / "c.npz")
    with np.load(tmp_path / "c.npz", allow_pickle=False) as stored:
        assert all(stored[name].dtype != object for name in stored.files)


def test_only_the_file_is_left_behind(cohort, tmp_path):
    cohort.save(tmp_path / "c.npz")
    cohort.save(tmp_path / "c.npz")
    assert [path.name for path in tmp_path.iterdir()] == ["c.npz"]


@pytest.mark.parametrize("share", [0, 0.01, 0.5, 0.9, 0.999])
def test_truncated_file_is_refused_clearly(cohort, tmp_path, share):
    path = tmp_path / "c.npz"
    cohort.save(path)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(share * len(whole))])
    with pytest.raises(ValueError, match=r"c\.npz is not a readable cohort"):
        Cohort.load(path)


def test_every_flipped_byte_is_noticed_or_harmless(cohort, tmp_path):
    path = tmp_path / "c.npz"
    cohort.save(path)
    whole = bytearray(path.read_bytes())
    for place in np.random.default_rng(0).choice(len(whole), 60, replace=False):
        damaged = whole.copy()
        damaged[place] ^= 0xFF
        path.write_bytes(damaged)
        try:
            back = Cohort.load(path)
        except ValueError:
            continue
        assert back.fingerprint == cohort.fingerprint  # a byte of the archive's own bookkeeping


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04 not really"])
def test_something_else_is_refused(tmp_path, content):
    path = tmp_path / "c.npz"
    path.write_bytes(content)
    with pytest.raises(ValueError, match="not a readable cohort"):
        Cohort.load(path)


def test_a_pickle_in_disguise_is_refused_unopened(tmp_path):
    class Trap:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "sprung"),)

    np.savez(tmp_path / "c.npz", header=np.array([Trap()], dtype=object))
    with pytest.raises(ValueError, match="not a readable cohort"):
        Cohort.load(tmp_path / "c.npz")
    assert not (tmp_path / "sprung").exists()


def test_another_format_is_named(cohort, tmp_path):
    header = json.dumps({"format": "ganlab cohort 99"}).encode()
    np.savez(tmp_path / "c.npz", header=np.frombuffer(header, np.uint8))
    with pytest.raises(ValueError, match="'ganlab cohort 99'; this version reads"):
        Cohort.load(tmp_path / "c.npz")


def test_missing_file_and_missing_folder(cohort, tmp_path):
    with pytest.raises(FileNotFoundError, match="no cohort file"):
        Cohort.load(tmp_path / "nothing.npz")
    with pytest.raises(FileNotFoundError, match="no folder"):
        cohort.save(tmp_path / "nowhere" / "c.npz")


def test_an_error_while_writing_leaves_the_old_file_and_nothing_else(cohort, tmp_path, monkeypatch):
    path = tmp_path / "c.npz"
    cohort.save(path)
    before = path.read_bytes()

    def full_disk(file, **arrays):
        file.write(b"half of it")
        raise OSError("no space left on device")

    monkeypatch.setattr(np, "savez_compressed", full_disk)
    with pytest.raises(OSError, match="no space"):
        cohort.subset([0]).save(path)
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["c.npz"]


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs a signal that cannot be caught")
def test_a_killed_save_leaves_the_old_file(tmp_path):
    path = tmp_path / "c.npz"
    old = simulate_lesions(5, seed=0)
    old.save(path)
    script = """
        import sys
        from ganlab.data import simulate_lesions
        large = simulate_lesions(1500, size=64, seed=1)
        print("ready", flush=True)
        while True:
            large.save(sys.argv[1])
            print("saved", flush=True)
    """
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script), str(path)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout.readline() == "ready\n"
        deadline = time.monotonic() + 600
        while not (parts := list(tmp_path.glob(".c.npz.*.part"))) or parts[0].stat().st_size < 100_000:
            assert time.monotonic() < deadline, "the save never started"
            time.sleep(0.005)
    finally:
        process.kill()  # in the middle of the first save, which takes a second or so
        process.wait()
    assert process.stdout.read() == ""
    assert Cohort.load(path).fingerprint == old.fingerprint
    assert list(tmp_path.glob(".c.npz.*.part"))  # the half-written one lies beside it and is never read
