"""Files are written whole or not at all; one not whole, or of a stranger, is refused and never run."""

import os
import pickle

import pytest
import torch

from ganlab.files import read_tensors, write_tensors

KIND = "ganlab thing, version 1"
CONTENT = {"kind": KIND, "weights": torch.arange(400.0), "steps": [1, 2], "name": None}


@pytest.fixture
def path(tmp_path):
    write_tensors(CONTENT, tmp_path / "thing.pt")
    return tmp_path / "thing.pt"


def test_what_was_written_is_read_with_every_digit(path):
    content = read_tensors(path, KIND)
    assert torch.equal(content.pop("weights"), CONTENT["weights"])
    assert content == {name: value for name, value in CONTENT.items() if name != "weights"}


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.999])
def test_a_file_that_was_cut_short_is_refused(path, share):
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(ValueError, match=r"thing\.pt cannot be read as a ganlab thing.* cut short"):
        read_tensors(path, KIND)


def test_a_flipped_bit_is_refused(path):
    """torch.load alone would make slightly different weights of it."""
    content = bytearray(path.read_bytes())
    place = content.find(CONTENT["weights"].numpy().tobytes())
    assert place > 0
    content[place + 5] ^= 0x10
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"thing\.pt cannot be read"):
        read_tensors(path, KIND)


def test_a_file_that_would_run_code_is_refused_without_running_it(tmp_path):
    class Bomb:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "it ran"),)

    for name, write in (("pickle.pt", pickle.dump), ("torch.pt", torch.save)):
        with open(tmp_path / name, "wb") as file:
            write({"kind": Bomb()}, file)
        with pytest.raises(ValueError, match="cannot be read as a ganlab thing"):
            read_tensors(tmp_path / name, KIND)
    assert not (tmp_path / "it ran").exists()


def test_other_files_are_refused_by_what_they_hold(tmp_path):
    torch.save({"kind": "shopping list"}, tmp_path / "other.pt")
    with pytest.raises(ValueError, match=r"is not a ganlab thing.*; it holds 'shopping list'"):
        read_tensors(tmp_path / "other.pt", KIND)
    torch.save(torch.zeros(3), tmp_path / "tensor.pt")
    with pytest.raises(ValueError, match="it holds 'Tensor'"):
        read_tensors(tmp_path / "tensor.pt", KIND)
    with pytest.raises(FileNotFoundError):
        read_tensors(tmp_path / "nowhere.pt", KIND)


def test_a_write_that_fails_leaves_the_old_file_and_no_rest(tmp_path, monkeypatch):
    path = tmp_path / "thing.pt"
    path.write_bytes(b"the old one")

    def full(content, file):
        file.write(b"half of")
        raise OSError("no space left on device")

    monkeypatch.setattr(torch, "save", full)
    with pytest.raises(OSError, match="no space left"):
        write_tensors(CONTENT, path)
    assert path.read_bytes() == b"the old one"
    assert os.listdir(tmp_path) == ["thing.pt"]
    with pytest.raises(FileNotFoundError, match="there is no folder"):
        write_tensors(CONTENT, tmp_path / "no" / "thing.pt")
