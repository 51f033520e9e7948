"""The engines that are installed, against each other on lesions of every kind; and which one measures."""

import numpy as np
import pytest

from ganlab.data import Volume, load_radiomics_case, simulate_ct, simulate_lesions
from ganlab.data.measured.radiomics_cases import CASES
from ganlab.radiomics import extract_features
from ganlab.radiomics.extraction import lesion
from ganlab.radiomics.tables import refuse_different_settings

ENGINES = list(lesion.installed_engines())
several = pytest.mark.skipif(len(ENGINES) < 2, reason=f"engines are compared, and one is here: {ENGINES}")


@pytest.fixture
def measured(tmp_path):
    """measured(what, ...): the tables of all engines, the preferred one first."""

    def measure(*what, **how):
        return [extract_features(*what, engine=e, cache=tmp_path, progress=False, **how) for e in ENGINES]

    return measure


def assert_agree(tables, atol=1e-9):
    first, *others = tables
    for other in others:
        # 1e-7 is float32's, in which one of them keeps the size of a pixel.
        np.testing.assert_allclose(other.to_numpy(), first.to_numpy(), rtol=1e-6, atol=atol)
        assert list(other.columns) == list(first.columns)
        assert other.attrs["reasons"] == first.attrs["reasons"]
        refuse_different_settings(first, other)
    assert [table.attrs["versions"]["engine"] for table in tables] == ENGINES


@several
@pytest.mark.parametrize("cohort", [simulate_ct(10, seed=5), simulate_lesions(10, size=64, seed=5)], ids=str)
def test_engines_agree_on_simulated_lesions(measured, cohort):
    assert_agree(measured(cohort))


@several
@pytest.mark.parametrize("name", CASES)
def test_engines_agree_on_the_measured_cases(measured, name):
    try:
        volume = load_radiomics_case(name)
    except FileNotFoundError as missing:
        pytest.skip(str(missing))
    assert_agree(measured(volume.slices()))
    if volume.mask.sum() < 10_000:  # the others take seconds
        assert_agree(measured(volume))


@several
def test_engines_agree_in_three_dimensions_and_on_odd_lesions(measured):
    image = np.random.default_rng(0).normal(size=(7, 14, 12)).astype(np.float32) * 60
    axes = np.meshgrid(*(np.linspace(-1.2, 1.2, n) for n in image.shape), indexing="ij")
    assert_agree(measured(Volume(image, sum(a**2 for a in axes) <= 1, (3.0, 0.8, 0.7), "HU", "ball")))
    # As it is, flat, one pixel, one row, none, two pixels apart.
    images, masks = np.stack([image[0]] * 6).astype(float), np.zeros((6, 14, 12), bool)
    images[1] = 7.0
    masks[:2, 3:9, 3:9] = True
    masks[2, 4, 4] = masks[3, 5, 2:9] = masks[5, 2, 2] = masks[5, 8, 8] = True
    tables = measured(images, masks, spacing_mm=1, bin_width=25)
    assert_agree(tables)
    assert sorted(tables[0].attrs["reasons"]) == [1, 2, 3, 4, 5]


@several
@pytest.mark.parametrize("shape", [(6, 6), (5, 5, 4)])
def test_engines_agree_on_ragged_regions_with_lonely_pixels(measured, shape):
    rng = np.random.default_rng(1)
    images, masks = rng.normal(0, 60, (40, *shape)), rng.random((40, *shape)) < 0.2
    masks = masks[masks.reshape(40, -1).sum(1) > 3]
    tables = measured(images[: len(masks)], masks, spacing_mm=1.5, bin_width=25)
    # The mean of a few numbers near zero is as exact as float32 makes numbers of their size.
    assert_agree(tables, atol=1e-5)


@several
def test_the_comparison_can_fail(measured):
    tables = measured(simulate_ct(3, seed=5), classes="firstorder")
    tables[1]["original_firstorder_Kurtosis"] -= 3  # as flash-radiomics defines it
    with pytest.raises(AssertionError, match="Mismatched elements"):
        assert_agree(tables)


def without(monkeypatch, *missing):
    find = lesion.importlib.util.find_spec
    monkeypatch.setattr(
        lesion.importlib.util, "find_spec", lambda name: None if name in missing else find(name)
    )


def test_flash_radiomics_measures_where_pyradiomics_is_missing(monkeypatch):
    pytest.importorskip("flash_radiomics", reason="flash-radiomics has no wheel for this system")
    without(monkeypatch, "radiomics")
    table = extract_features(simulate_ct(2, seed=0), classes="firstorder")
    assert table.attrs["versions"]["engine"] == "flash-radiomics"
    assert (table["original_firstorder_Kurtosis"] > 1).all()  # never below 1, unless 3 was subtracted


def test_a_folder_called_radiomics_is_no_engine(monkeypatch, tmp_path):
    (tmp_path / "flash_radiomics").mkdir()
    (tmp_path / "flash_radiomics" / "readme.txt").touch()
    spec = lesion.importlib.machinery.PathFinder.find_spec("flash_radiomics", [str(tmp_path)])
    assert spec is not None, "To Python it is a package."
    monkeypatch.setattr(lesion.importlib.util, "find_spec", lambda name: spec)
    assert lesion.installed_engines() == {}


def test_without_any_engine_the_message_says_where_to_get_one(monkeypatch):
    without(monkeypatch, "radiomics", "flash_radiomics")
    with pytest.raises(ModuleNotFoundError, match=r"neither pyradiomics nor flash-radiomics.*ganlab doctor"):
        extract_features(simulate_ct(2, seed=0))
