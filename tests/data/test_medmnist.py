"""MedMNIST from a small file in its format; nothing is downloaded."""

import sys
import types

import numpy as np
import pytest

from ganlab.data.measured.public_sets import load_medmnist
from ganlab.data.measured.radiomics_cases import FetchError

INFO = {
    "breastmnist": {
        "label": {"0": "malignant", "1": "normal, benign"},
        "n_channels": 1,
        "license": "CC BY 4.0",
        "url": "https://example.invalid/breastmnist.npz",
        "MD5": "0" * 32,
    },
    "chestmnist": {
        "label": {"0": "atelectasis", "1": "mass", "2": "nodule"},
        "n_channels": 1,
        "license": "CC",
    },
    "pathmnist": {"label": {"0": "adipose"}, "n_channels": 3, "license": "CC"},
}


@pytest.fixture(autouse=True)
def no_network(monkeypatch, tmp_path):
    import socket

    def refuse(*_):
        raise OSError("tests do not use the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setenv("GANLAB_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def package(monkeypatch):
    """The part of the medmnist package that is used."""
    info = types.ModuleType("medmnist.info")
    info.INFO = INFO
    monkeypatch.setitem(sys.modules, "medmnist", types.ModuleType("medmnist"))
    monkeypatch.setitem(sys.modules, "medmnist.info", info)


@pytest.fixture
def no_package(monkeypatch):
    monkeypatch.setitem(sys.modules, "medmnist", None)
    monkeypatch.setitem(sys.modules, "medmnist.info", None)


def write(path, shape=(28, 28), labels=1, counts=(6, 2, 3)):
    rng = np.random.default_rng(0)
    arrays = {}
    for part, n in zip(("train", "val", "test"), counts, strict=True):
        arrays[f"{part}_images"] = rng.integers(0, 256, (n, *shape)).astype(np.uint8)
        arrays[f"{part}_labels"] = rng.integers(0, 2, (n, labels)).astype(np.uint8)
    np.savez_compressed(path, **arrays)
    return arrays


@pytest.mark.usefixtures("package")
def test_medmnist_gives_the_files_images_and_the_labels_names(tmp_path):
    arrays = write(tmp_path / "breastmnist.npz")
    for part in ("train", "val", "test"):
        cohort = load_medmnist("breastmnist", part, root=tmp_path)
        np.testing.assert_array_equal(cohort.images, arrays[f"{part}_images"])
        expected = [INFO["breastmnist"]["label"][str(code)] for code in arrays[f"{part}_labels"][:, 0]]
        assert cohort.truth.diagnosis.tolist() == expected
        assert cohort.masks.all()
    whole = load_medmnist("breastmnist", "all", root=tmp_path / "breastmnist.npz")
    assert whole.truth.split.tolist() == ["train"] * 6 + ["val"] * 2 + ["test"] * 3
    assert whole.truth.patient_id.is_unique
    assert whole.truth.patient_id[6] == "breastmnist-val-000000"
    assert "CC BY 4.0" in whole.provenance


@pytest.mark.usefixtures("package")
def test_several_labels_of_one_image_are_joined(tmp_path):
    arrays = write(tmp_path / "chestmnist.npz", labels=3)
    names = np.array(["atelectasis", "mass", "nodule"])
    expected = [" + ".join(names[row > 0]) or "no finding" for row in arrays["train_labels"]]
    assert load_medmnist("chestmnist", root=tmp_path).truth.diagnosis.tolist() == expected


@pytest.mark.usefixtures("no_package")
def test_without_the_package_a_local_file_is_read_with_numbers_for_labels(tmp_path):
    arrays = write(tmp_path / "breastmnist_64.npz", shape=(64, 64))
    cohort = load_medmnist("breastmnist", size=64, root=tmp_path)
    assert cohort.images.shape == (6, 64, 64)
    assert cohort.truth.diagnosis.tolist() == [str(code) for code in arrays["train_labels"][:, 0]]
    with pytest.raises(FetchError, match="pip install --no-deps medmnist"):
        load_medmnist("breastmnist")


@pytest.mark.usefixtures("package")
def test_offline_the_message_says_so_and_names_the_way_round():
    pytest.importorskip("pooch")
    with pytest.raises(FetchError, match=r"connected to the network.*root=FILE"):
        load_medmnist("breastmnist")


@pytest.mark.usefixtures("package")
def test_constant_images_are_left_out_and_counted(tmp_path):
    arrays = write(tmp_path / "breastmnist.npz")
    arrays["train_images"][2] = 9
    np.savez(tmp_path / "breastmnist.npz", **arrays)
    cohort = load_medmnist("breastmnist", root=tmp_path)
    assert cohort.truth.patient_id.tolist() == [f"breastmnist-train-00000{k}" for k in (0, 1, 3, 4, 5)]
    assert "1 all-constant images left out" in cohort.provenance


@pytest.mark.usefixtures("package")
def test_colour_volumes_and_unknown_sets_are_refused(tmp_path):
    write(tmp_path / "pathmnist.npz", shape=(28, 28, 3))
    with pytest.raises(ValueError, match="is in colour"):
        load_medmnist("pathmnist", root=tmp_path)
    write(tmp_path / "breastmnist.npz", shape=(28, 28, 28))
    with pytest.raises(ValueError, match=r"shape \(n, height, width\)"):
        load_medmnist("breastmnist", root=tmp_path)
    with pytest.raises(ValueError, match="those that fit are breastmnist, chestmnist"):
        load_medmnist("catmnist", root=tmp_path)
    with pytest.raises(ValueError, match="split must be one of"):
        load_medmnist("breastmnist", "training", root=tmp_path)
    with pytest.raises(FileNotFoundError, match="there is no file"):
        load_medmnist("chestmnist", root=tmp_path)


@pytest.mark.usefixtures("package")
def test_damaged_files_are_refused_in_words(tmp_path):
    arrays = write(tmp_path / "breastmnist.npz")
    content = (tmp_path / "breastmnist.npz").read_bytes()
    (tmp_path / "cut.npz").write_bytes(content[: len(content) // 2])
    with pytest.raises(ValueError, match="cut short"):
        load_medmnist("breastmnist", root=tmp_path / "cut.npz")
    np.savez(tmp_path / "other.npz", x=np.zeros(3))
    with pytest.raises(ValueError, match="is not a MedMNIST file"):
        load_medmnist("breastmnist", root=tmp_path / "other.npz")
    np.savez(tmp_path / "short.npz", **arrays | {"train_labels": arrays["train_labels"][:4]})
    with pytest.raises(ValueError, match="6 images but 4 labels"):
        load_medmnist("breastmnist", root=tmp_path / "short.npz")
