"""A copy of the stored files, for a test that makes one of them again."""

import shutil

import pytest

from ganlab.recorded import store


@pytest.fixture
def copied(tmp_path, monkeypatch):
    """The folder of the copies, where `make` writes and `load` reads for the length of a test."""
    for file in [*store.FOLDER.glob("*.csv"), *store.FOLDER.glob("*.npz")]:
        shutil.copy(file, tmp_path)
    monkeypatch.setattr(store, "FOLDER", tmp_path)
    return tmp_path
