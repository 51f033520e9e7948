"""Features against PyRadiomics' own extractor and against values worked out by hand; and what is refused."""

import importlib.metadata
import logging

import numpy as np
import pandas as pd
import pytest
import torch

from ganlab.data import Volume, simulate_ct, simulate_lesions
from ganlab.radiomics import extract_features
from ganlab.radiomics.extraction import extract
from ganlab.radiomics.extraction.names import CLASSES_2D, CLASSES_3D, FEATURES, TEXTURE, columns
from ganlab.radiomics.tables import refuse_different_settings


@pytest.fixture(autouse=True)
def own_cache(monkeypatch, tmp_path):
    monkeypatch.setenv("GANLAB_CACHE", str(tmp_path / "cache"))


def extractor(classes, **settings):
    pyradiomics = pytest.importorskip("radiomics.featureextractor", reason="PyRadiomics is not installed")
    logging.getLogger("radiomics").setLevel(logging.CRITICAL)
    whole = pyradiomics.RadiomicsFeatureExtractor(**settings)
    whole.disableAllFeatures()
    for name in classes:
        whole.enableFeatureClassByName(name)
    return whole


def executed(whole, image, mask, spacing):
    """What RadiomicsFeatureExtractor.execute gives for one lesion; a slice goes in as one plane of 1 mm."""
    import SimpleITK as sitk

    if image.ndim == 2:
        image, mask, spacing = image[None], mask[None], (1.0, *spacing)
    image, mask = sitk.GetImageFromArray(image), sitk.GetImageFromArray(mask.astype(np.uint8))
    for part in (image, mask):
        part.SetSpacing(tuple(spacing)[::-1])
    found = whole.execute(image, mask)
    return {name: float(value) for name, value in found.items() if name.startswith("original_")}


def assert_equal_to_execute(table, whole, images, masks, spacing):
    expected = pd.DataFrame(
        [executed(whole, image, mask, spacing) for image, mask in zip(images, masks, strict=True)]
    )
    assert set(expected.columns) == set(table.columns)
    # flash-radiomics keeps the size of a pixel in float32; ClusterShade may be zero but for rounding.
    np.testing.assert_allclose(table.to_numpy(), expected[table.columns].to_numpy(), rtol=1e-7, atol=1e-12)


def ball(shape=(7, 14, 12), seed=0, levels=120.0):
    """A small volume of correlated noise with an ellipsoid in it."""
    from scipy.ndimage import gaussian_filter

    image = gaussian_filter(np.random.default_rng(seed).normal(size=shape), 0.8) * levels
    axes = np.meshgrid(*(np.linspace(-1.2, 1.2, n) for n in shape), indexing="ij")
    return image.astype(np.float32), sum(axis**2 for axis in axes) <= 1


# Against the extractor


def test_ct_slices_equal_the_extractor():
    cohort = simulate_ct(12, seed=1)
    whole = extractor(CLASSES_2D, binWidth=25, force2D=True)
    table = extract_features(cohort)
    assert table.shape == (12, 102)
    assert_equal_to_execute(table, whole, cohort.images, cohort.masks, cohort.spacing_mm)


@pytest.mark.parametrize("size", [32, 64])
def test_mr_slices_equal_the_extractor(size):
    cohort = simulate_lesions(8, size=size, seed=2)
    whole = extractor(CLASSES_2D, binCount=32, force2D=True)
    table = extract_features(cohort)
    assert_equal_to_execute(table, whole, cohort.images, cohort.masks, cohort.spacing_mm)


def test_fine_bins_in_arbitrary_units_equal_the_extractor():
    cohort = simulate_lesions(6, size=64, seed=3)
    whole = extractor(CLASSES_2D, binWidth=0.02, force2D=True)
    table = extract_features(cohort, bin_width=0.02)
    assert_equal_to_execute(table, whole, cohort.images, cohort.masks, cohort.spacing_mm)


def test_pixels_that_are_not_square_equal_the_extractor():
    rng = np.random.default_rng(4)
    images, masks = rng.normal(0, 60, (3, 20, 24)), np.zeros((3, 20, 24), bool)
    masks[:, 4:15, 3:20] = rng.random((3, 11, 17)) < 0.8
    table = extract_features(images, masks, spacing_mm=(0.5, 1.7), bin_width=10)
    whole = extractor(CLASSES_2D, binWidth=10, force2D=True)
    assert_equal_to_execute(table, whole, images, masks, (0.5, 1.7))


@pytest.mark.parametrize("bins", [{"bin_width": 25.0}, {"bin_count": 16}])
def test_volumes_equal_the_extractor(bins):
    image, mask = ball()
    volume = Volume(image, mask, (3.0, 0.8, 0.7), "HU", "ball")
    table = extract_features(volume, **bins)
    assert table.shape == (1, 107)
    assert table.index.tolist() == ["ball"]
    whole = extractor(
        CLASSES_3D, **{"binWidth" if "bin_width" in bins else "binCount": next(iter(bins.values()))}
    )
    assert_equal_to_execute(table, whole, [image], [mask], volume.spacing_mm)


@pytest.mark.parametrize("seed", range(6))
def test_ragged_little_regions_equal_the_extractor(seed):
    """Holes, islands and diagonals leave whole directions without neighbours."""
    rng = np.random.default_rng(seed)
    images, masks = rng.normal(0, 100, (4, 6, 6)), rng.random((4, 6, 6)) < 0.35
    masks[:, 1, 1], masks[:, 2, 2] = True, True
    with np.errstate(all="ignore"):
        expected = [
            executed(extractor(CLASSES_2D, binWidth=25, force2D=True), image, mask, (1, 1))
            for image, mask in zip(images, masks, strict=True)
        ]
    table = extract_features(images, masks, spacing_mm=1, bin_width=25)
    measured = table.notna().to_numpy()
    expected = pd.DataFrame(expected)[table.columns].to_numpy()
    np.testing.assert_allclose(table.to_numpy()[measured], expected[measured], rtol=1e-9, atol=1e-12)
    assert measured.mean() > 0.7


def test_the_names_are_those_of_pyradiomics():
    for name, ours in FEATURES.items():
        whole = extractor([name], force2D=name == "shape2D")
        image, mask = ball()
        if name == "shape2D":
            image, mask = image[3], mask[3]
        assert [f"original_{name}_{feature}" for feature in ours] == list(
            executed(whole, image, mask, (1,) * image.ndim)
        )


# By hand


def test_a_checkerboard_by_hand():
    """Rows and columns always change by one level, diagonals never: contrast (1 + 1 + 0 + 0) / 4."""
    board = np.indices((6, 6)).sum(axis=0) % 2 * 100.0
    table = extract_features(board[None], np.ones((1, 6, 6), bool), spacing_mm=2.0, bin_width=100)
    (row,) = table.to_dict("records")
    assert row["original_glcm_Contrast"] == pytest.approx(0.5)
    assert row["original_glcm_Correlation"] == pytest.approx((-1 - 1 + 1 + 1) / 4)
    assert row["original_firstorder_Mean"] == 50
    assert row["original_firstorder_Variance"] == 2500
    assert row["original_firstorder_Skewness"] == 0
    assert row["original_firstorder_Kurtosis"] == 1  # not minus 2
    assert row["original_firstorder_Entropy"] == pytest.approx(1)
    assert row["original_shape2D_PixelSurface"] == 36 * 4
    # Each zone is one colour, its pixels joined at the corners: two zones of 18 pixels.
    assert row["original_glszm_LargeAreaEmphasis"] == 18**2
    # In 6 rows and 6 columns runs of 1; in the diagonals runs of 1 to 6, twice each but the longest.
    short = (36 + 36) / (36 + 36)
    diagonal = (2 * sum(1 / length**2 for length in range(1, 6)) + 1 / 36) / 11
    assert row["original_glrlm_ShortRunEmphasis"] == pytest.approx((2 * short + 2 * diagonal) / 4)


def test_bins_start_at_multiples_of_the_width():
    """54 to 166 in bins of 25, PyRadiomics' own example: 50, 75, ... 175, five levels."""
    values = np.array([[54.0, 74.0, 75.0], [100.0, 124.9, 125.0], [150.0, 166.0, 60.0]])
    table = extract_features(
        values[None], np.ones((1, 3, 3), bool), spacing_mm=1, bin_width=25, classes="firstorder"
    )
    # Levels 1 1 2 / 3 3 4 / 5 5 1: counts 3, 1, 2, 1, 2.
    shares = np.array([3, 1, 2, 1, 2]) / 9
    assert table["original_firstorder_Entropy"].item() == pytest.approx(-np.sum(shares * np.log2(shares)))


# What the table says of itself


def test_index_columns_and_settings_are_the_cohorts():
    cohort = simulate_ct(5, seed=0).subset([4, 1, 1])
    table = extract_features(cohort, classes=["glcm", "firstorder"])
    assert table.index.tolist() == [4, 1, 1]
    assert table.index.name == "patient_id"
    assert list(table.columns) == columns(["firstorder", "glcm"])
    assert table.attrs["settings"] == {
        "intensity_unit": "HU",
        "spacing_mm": [0.9375, 0.9375],
        "bin_width": 25.0,
        "bin_count": None,
        "classes": ["firstorder", "glcm"],
    }
    engine = table.attrs["versions"]["engine"]
    assert table.attrs["versions"][engine] == importlib.metadata.version(engine)
    assert table.attrs["source"]["fingerprint"] == cohort.fingerprint
    assert table.attrs["reasons"] == {}


def test_arbitrary_units_get_a_count_and_are_deaf_to_scale():
    cohort = simulate_lesions(4, seed=0)
    table = extract_features(cohort)
    assert table.attrs["settings"]["bin_count"] == 32
    shifted = (cohort.images.astype(float) - 0.6) * 1.5
    again = extract_features(shifted, cohort.masks, spacing_mm=1.5, intensity_unit="a.u.")
    texture = [name for name in table if name.split("_")[1] in TEXTURE]
    difference = (again[texture].to_numpy() / table[texture].to_numpy() - 1).__abs__()
    assert np.median(difference) < 1e-9  # a pixel on the edge of a bin may fall to either side
    assert again["original_firstorder_Range"].to_numpy() == pytest.approx(
        1.5 * table["original_firstorder_Range"].to_numpy(), rel=1e-5
    )


def test_arrays_and_tensors_give_the_cohorts_values():
    cohort = simulate_ct(3, seed=0)
    table = extract_features(cohort)
    for kind in (np.asarray, torch.tensor):
        again = extract_features(
            kind(cohort.images), kind(cohort.masks), spacing_mm=0.9375, intensity_unit="HU"
        )
        np.testing.assert_array_equal(again.to_numpy(), table.to_numpy())
        assert again.index.tolist() == [0, 1, 2]


def test_the_number_of_workers_changes_nothing(tmp_path):
    cohort = simulate_ct(30, seed=0)
    one, two = (
        extract_features(cohort, n_jobs=n, classes=["firstorder", "glcm"], cache=tmp_path / str(n))
        for n in (1, 2)
    )
    pd.testing.assert_frame_equal(one, two)


# Lesions that cannot be measured


def odd_lesions():
    rng = np.random.default_rng(0)
    images, masks = rng.normal(40, 60, (7, 16, 16)), np.zeros((7, 16, 16), bool)
    masks[0, 4:12, 4:12] = True
    masks[2, 5, 5] = True
    masks[3, 5, 3:12] = True
    masks[4, 4:12, 4:12] = True
    images[4] = 40.0
    masks[5, 0:8, 4:12] = True
    masks[6, 4:12, 4:12] = True
    images[6, 6, 6] = 60_000.0
    return images, masks


def test_each_lesion_fails_for_itself_and_says_why():
    images, masks = odd_lesions()
    table = extract_features(images, masks, spacing_mm=1, bin_width=25)
    texture = [name for name in table if name.split("_")[1] in TEXTURE]
    reasons = table.attrs["reasons"]
    assert set(reasons) == {1, 2, 3, 4, 6}
    assert "empty mask" in reasons[1]
    assert "one-voxel mask" in reasons[2]
    assert "single row of pixels" in reasons[3]
    assert "constant region" in reasons[4]
    assert "texture is undefined" in reasons[4]
    assert "grey levels" in reasons[6]
    assert table.iloc[[1, 2, 3]].isna().all(axis=None)
    assert table[texture].iloc[[4, 6]].isna().all(axis=None)
    assert table.drop(columns=texture).iloc[[4, 6]].notna().all(axis=None)
    assert table.iloc[[0, 5]].notna().all(axis=None)
    assert table.attrs["touches_border"] == [5]


def test_a_failure_leaves_its_neighbours_alone():
    images, masks = odd_lesions()
    table = extract_features(images, masks, spacing_mm=1, bin_width=25)
    alone = extract_features(images[:1], masks[:1], spacing_mm=1, bin_width=25)
    np.testing.assert_array_equal(table.iloc[0].to_numpy(), alone.iloc[0].to_numpy())


def test_two_pixels_apart_have_no_neighbours_and_say_so():
    image, mask = np.random.default_rng(0).normal(0, 100, (1, 9, 9)), np.zeros((1, 9, 9), bool)
    mask[0, 1, 1] = mask[0, 7, 6] = True
    table = extract_features(image, mask, spacing_mm=1, bin_width=25)
    assert "glcm is undefined" in table.attrs["reasons"][0]
    assert table["original_firstorder_Mean"].notna().all()
    assert not np.isinf(table.to_numpy()).any()


# Bad input


def good(**change):
    rng = np.random.default_rng(0)
    arguments = {
        "images_or_cohort": rng.normal(0, 50, (2, 8, 8)),
        "masks": np.ones((2, 8, 8), bool),
        "spacing_mm": 1.0,
        "bin_width": 25,
        "classes": "firstorder",
    }
    return {**arguments, **change}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"images_or_cohort": np.zeros((0, 8, 8))}, "images is empty"),
        ({"images_or_cohort": np.full((2, 8, 8), np.nan)}, "images must be finite; 128 of its values"),
        ({"images_or_cohort": np.zeros((8, 8))}, r"images must have shape \(n, height, width\)"),
        ({"images_or_cohort": "lesions"}, "images must hold numbers"),
        ({"masks": None}, "masks are missing"),
        ({"masks": np.ones((2, 8, 9), bool)}, "masks and images must have the same shape"),
        ({"masks": np.full((2, 8, 8), 2)}, r"True or False, or 0 or 1.*labels == 1"),
        ({"spacing_mm": None}, "spacing_mm is missing"),
        ({"spacing_mm": (1, 1, 1)}, "one number or 2, one per axis; got 3"),
        ({"spacing_mm": (1, 0)}, "spacing_mm must be a finite number above 0"),
        ({"bin_width": None}, "plain arrays carry no unit.*bin_width=25 for Hounsfield"),
        ({"bin_count": 8}, "give one of them"),
        ({"bin_width": -1}, "bin_width must be a finite number above 0"),
        ({"bin_width": None, "bin_count": 2.5}, "bin_count must be a whole number"),
        ({"bin_width": None, "bin_count": 5000}, "bin_count must be at most 1024"),
        ({"classes": "glmc"}, "classes must be some of firstorder.*got .'glmc'"),
        ({"classes": ["shape"]}, "for 2-D images"),
        ({"classes": []}, "classes must be some of"),
        ({"intensity_unit": "SUV"}, "intensity_unit must be"),
        ({"engine": "matlab"}, "engine must be one of flash-radiomics, pyradiomics"),
        ({"n_jobs": 0}, "n_jobs must be a whole number of 1 or more"),
    ],
)
def test_bad_input_is_refused_with_its_cause(change, message):
    with pytest.raises(ValueError, match=message):
        extract_features(**good(**change))


def test_a_cohort_brings_its_own_spacing():
    with pytest.raises(ValueError, match="brings its own spacing_mm, intensity_unit; leave it out"):
        extract_features(simulate_ct(2, seed=0), spacing_mm=1, intensity_unit="HU")


def test_volumes_of_different_spacing_are_refused():
    image, mask = ball()
    volumes = [Volume(image, mask, (thick, 1, 1), "HU", f"{thick}") for thick in (2.0, 3.0)]
    with pytest.raises(ValueError, match=r"the volumes differ in spacing_mm.*resample"):
        extract_features(volumes)


@pytest.mark.parametrize(("width", "word"), [(25, "too wide"), (1e-5, "too narrow")])
def test_bins_that_suit_no_lesion_are_refused(width, word):
    """Hounsfield bins for images in [-1, 1]: every lesion would be one grey level."""
    cohort = simulate_lesions(3, seed=0)
    network = cohort.scaling.to_network(cohort.images)
    with pytest.raises(ValueError, match=f"bin_width={width} is {word}.*the unit that the bins were meant"):
        extract_features(network, cohort.masks, spacing_mm=1.5, bin_width=width)


# Memory


def test_a_second_call_measures_nothing(monkeypatch):
    cohort = simulate_ct(4, seed=0)
    first = extract_features(cohort)

    def never(*_):
        raise AssertionError("measured again")

    monkeypatch.setattr(extract, "measure_all", never)
    pd.testing.assert_frame_equal(extract_features(cohort), first)
    pd.testing.assert_frame_equal(extract_features(cohort.subset(slice(None)), n_jobs=2), first)
    with pytest.raises(AssertionError, match="measured again"):
        extract_features(cohort, bin_width=20)


@pytest.mark.parametrize("change", ["pixel", "mask", "spacing"])
def test_any_change_of_content_is_measured_anew(change):
    rng = np.random.default_rng(0)
    images, masks, spacing = rng.normal(0, 80, (2, 12, 12)), np.ones((2, 12, 12), bool), 1.0
    masks[:, 0] = False
    first = extract_features(images, masks, spacing_mm=spacing, bin_width=25)
    if change == "pixel":
        images[1, 5, 5] += 200
    elif change == "mask":
        masks[1, 0, 0] = True
    else:
        spacing = 2.0
    again = extract_features(images, masks, spacing_mm=spacing, bin_width=25)
    assert (again.iloc[1] != first.iloc[1]).any()


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path):
    (tmp_path / "file").write_text("in the way")
    table = extract_features(simulate_ct(2, seed=0), classes="firstorder", cache=tmp_path / "file")
    assert table.notna().all(axis=None)


def test_a_damaged_cache_is_measured_anew(tmp_path):
    cohort = simulate_ct(2, seed=0)
    first = extract_features(cohort, classes="firstorder", cache=tmp_path)
    stored = list(tmp_path.rglob("output.pkl"))
    assert stored
    for path in stored:
        path.write_bytes(b"half a fi")
    pd.testing.assert_frame_equal(extract_features(cohort, classes="firstorder", cache=tmp_path), first)


# Comparable or not


def test_tables_of_different_settings_are_refused():
    ct, mr = simulate_ct(2, seed=0), simulate_lesions(2, seed=0)
    table = extract_features(ct, classes="firstorder")
    refuse_different_settings(table, extract_features(simulate_ct(2, seed=1), classes=["firstorder", "glcm"]))
    refuse_different_settings(table, pd.DataFrame({"a": [1.0]}))  # a CSV does not say
    with pytest.raises(ValueError, match=r"different bin widths \(25.0 and 10.0\)"):
        refuse_different_settings(table, extract_features(ct, bin_width=10, classes="firstorder"))
    with pytest.raises(
        ValueError, match=r"different intensity units.*pixel spacings.*bin widths.*bin counts"
    ):
        refuse_different_settings(table, extract_features(mr, classes="firstorder"))
