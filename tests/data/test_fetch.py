"""Fetching never leaves a half, never trusts a byte it did not check, and says what to do offline."""

import hashlib
import io
import subprocess
import tarfile

import numpy as np
import pytest

from ganlab.data.measured import radiomics_cases as fetch
from ganlab.data.measured.radiomics_cases import (
    CASES,
    FetchError,
    cache_folder,
    fetch_radiomics_cases,
    load_radiomics_case,
    missing_radiomics_files,
    radiomics_folder,
)

CONTENT = {"brain1_image.nrrd": b"picture", "brain1_label.nrrd": b"region", "baseline/a.csv": b"a,b\n"}


@pytest.fixture
def small_release(monkeypatch):
    """Three tiny files instead of eighteen."""
    checksums = {name: hashlib.sha256(content).hexdigest() for name, content in CONTENT.items()}
    monkeypatch.setattr(fetch, "CHECKSUMS", checksums)


def archive(path, content):
    with tarfile.open(path, "w:gz") as tar:
        for name, data in content.items():
            member = tarfile.TarInfo(f"pyradiomics-3.0.1/data/{name}")
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    return path


@pytest.fixture
def no_network(monkeypatch):
    def refuse(*_, **__):
        raise AssertionError("nothing should be downloaded here")

    monkeypatch.setattr(subprocess, "run", refuse)


@pytest.mark.usefixtures("small_release", "no_network")
def test_cases_come_whole_out_of_an_archive_and_are_not_written_twice(tmp_path):
    source = archive(tmp_path / "release.tar.gz", CONTENT)
    folder = fetch_radiomics_cases(tmp_path / "cache", source=source)
    assert {name: (folder / name).read_bytes() for name in CONTENT} == CONTENT
    assert sum(path.is_file() for path in folder.rglob("*")) == len(CONTENT), (
        "a temporary file was left lying"
    )
    written = {name: (folder / name).stat().st_mtime_ns for name in CONTENT}
    source.unlink()
    assert fetch_radiomics_cases(tmp_path / "cache") == folder
    assert written == {name: (folder / name).stat().st_mtime_ns for name in CONTENT}


@pytest.mark.usefixtures("small_release", "no_network")
def test_fetch_mends_what_is_missing_or_damaged_and_leaves_the_rest(tmp_path):
    source = archive(tmp_path / "release.tar.gz", CONTENT)
    folder = fetch_radiomics_cases(tmp_path, source=source)
    (folder / "brain1_image.nrrd").write_bytes(b"pict")
    (folder / "baseline/a.csv").unlink()
    untouched = (folder / "brain1_label.nrrd").stat().st_mtime_ns
    assert missing_radiomics_files(tmp_path) == ["brain1_image.nrrd", "baseline/a.csv"]
    fetch_radiomics_cases(tmp_path, source=source)
    assert missing_radiomics_files(tmp_path) == []
    assert (folder / "brain1_label.nrrd").stat().st_mtime_ns == untouched


@pytest.mark.usefixtures("small_release", "no_network")
@pytest.mark.parametrize(
    ("content", "message"),
    [
        (CONTENT | {"brain1_label.nrrd": b"regiom"}, "is not the file of release"),
        ({"brain1_image.nrrd": b"picture"}, "has no data/brain1_label.nrrd"),
    ],
)
def test_archive_with_other_content_is_refused_and_no_wrong_file_stays(tmp_path, content, message):
    source = archive(tmp_path / "release.tar.gz", content)
    with pytest.raises(FetchError, match=message):
        fetch_radiomics_cases(tmp_path, source=source)
    files = [path.name for path in radiomics_folder(tmp_path).rglob("*") if path.is_file()]
    assert files == ["brain1_image.nrrd"], "only what was checked"


@pytest.mark.usefixtures("small_release", "no_network")
def test_archive_cut_short_or_absent_is_refused_in_words(tmp_path):
    noise = {"brain1_image.nrrd": np.random.default_rng(0).bytes(20000)}
    source = archive(tmp_path / "release.tar.gz", noise)
    source.write_bytes(source.read_bytes()[:9000])
    with pytest.raises(FetchError, match="cut short or not a"):
        fetch_radiomics_cases(tmp_path, source=source)
    with pytest.raises(FetchError, match=r"^there is no file"):
        fetch_radiomics_cases(tmp_path, source=tmp_path / "nowhere.tar.gz")


@pytest.mark.usefixtures("small_release")
def test_offline_message_quotes_pip_and_names_the_way_round(tmp_path, monkeypatch):
    def offline(command, **_):
        return subprocess.CompletedProcess(
            command, 1, "", "WARNING: x\nERROR: No matching distribution found\n"
        )

    monkeypatch.setattr(subprocess, "run", offline)
    with pytest.raises(
        FetchError, match=r"^pip could not .*connected to the network.*No matching distribution.*--source"
    ):
        fetch_radiomics_cases(tmp_path)


@pytest.mark.usefixtures("small_release")
def test_a_line_that_never_answers_is_given_up(tmp_path, monkeypatch):
    def stuck(command, timeout, **_):
        raise subprocess.TimeoutExpired(command, timeout)

    monkeypatch.setattr(subprocess, "run", stuck)
    with pytest.raises(FetchError, match="still at it"):
        fetch_radiomics_cases(tmp_path)


@pytest.mark.usefixtures("small_release", "no_network")
def test_cache_that_cannot_be_written_is_an_error_in_words(tmp_path):
    source = archive(tmp_path / "release.tar.gz", CONTENT)
    (tmp_path / "cache").write_text("a file, not a folder")
    with pytest.raises(FetchError, match="cannot be written"):
        fetch_radiomics_cases(tmp_path / "cache", source=source)


def test_cache_folder_is_the_argument_then_the_environment_then_the_systems(tmp_path, monkeypatch):
    monkeypatch.setenv("GANLAB_CACHE", str(tmp_path / "env"))
    assert cache_folder(tmp_path / "argument") == tmp_path / "argument"
    assert cache_folder() == tmp_path / "env"
    monkeypatch.delenv("GANLAB_CACHE")
    assert cache_folder().name == "ganlab"
    assert cache_folder().is_absolute()


def test_case_that_was_not_fetched_names_the_command(tmp_path):
    with pytest.raises(FileNotFoundError, match="ganlab fetch"):
        load_radiomics_case("lung1", tmp_path)
    with pytest.raises(ValueError, match="brain1, brain2, breast1, lung1, lung2"):
        load_radiomics_case("lung3", tmp_path)


def need_the_cases():
    if missing_radiomics_files():
        pytest.skip("the PyRadiomics cases are not in the cache; run `ganlab fetch` once to test on them")


MEASURED = {
    "brain1": ((25, 256, 256), (6.5, 0.78125, 0.78125), 4137, "a.u."),
    "brain2": ((23, 256, 256), (6.5, 0.78125, 0.78125), 453, "a.u."),
    "breast1": ((21, 120, 45), (2.1, 0.664062, 0.664062), 143, "a.u."),
    "lung1": ((48, 512, 512), (5.0, 0.5703125, 0.5703125), 837, "HU"),
    "lung2": ((61, 512, 512), (5.0, 0.6269531, 0.6269531), 24644, "HU"),
}


@pytest.mark.parametrize("name", CASES)
def test_cases_have_the_shape_spacing_and_region_that_were_published(name):
    need_the_cases()
    shape, spacing, voxels, unit = MEASURED[name]
    volume = load_radiomics_case(name)
    assert volume.image.shape == shape
    assert volume.spacing_mm == pytest.approx(spacing, rel=1e-6)
    assert volume.roi_voxels == voxels
    assert volume.intensity_unit == unit
    cohort = volume.slices("all")
    assert cohort.masks.sum() == voxels
    assert set(cohort.truth.patient_id) == {name}
    assert cohort.spacing_mm == pytest.approx(spacing[1:])


@pytest.mark.parametrize("name", ["lung1", "lung2"])
def test_hounsfield_units_put_air_and_lung_where_physics_puts_them(name):
    need_the_cases()
    image = load_radiomics_case(name).image
    corners = image[:, :20, 240:270]
    assert np.median(corners) == pytest.approx(-1000, abs=30), "air above the patient"
    assert np.mean((image > -950) & (image < -700)) > 0.05, "lung"
    assert np.mean((image > 0) & (image < 100)) > 0.05, "soft tissue"


def test_volumes_and_means_agree_with_the_baseline_that_pyradiomics_published():
    need_the_cases()
    import pandas as pd

    baseline = pd.read_csv(radiomics_folder() / "baseline/baseline_firstorder.csv", index_col=0)
    for name in CASES:
        volume = load_radiomics_case(name)
        mean = volume.image[volume.mask].astype(float).mean()
        assert mean == pytest.approx(float(baseline.loc["original_firstorder_Mean", name]), rel=1e-6)


@pytest.mark.slow
def test_fetch_into_an_empty_cache_brings_all_five(tmp_path):
    try:
        fetch_radiomics_cases(tmp_path)
    except FetchError as problem:
        pytest.skip(f"pip reached no package index, so `ganlab fetch` could not be tested: {problem}")
    assert missing_radiomics_files(tmp_path) == []
    assert load_radiomics_case("lung1", tmp_path).roi_voxels == 837
