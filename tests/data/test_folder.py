"""A folder of one's own: every format gives the same arrays, and one bad file never stops the others."""

import gzip
import locale
import shutil
import warnings
import zlib

import numpy as np
import pandas as pd
import pytest

from ganlab.data.measured.folder import read_cohort, read_folder
from ganlab.data.measured.image_files import ImageFileError, read_image
from ganlab.data.measured.radiomics_cases import (
    load_radiomics_case,
    missing_radiomics_files,
    radiomics_folder,
)
from ganlab.data.measured.volume import Volume

sitk = pytest.importorskip("SimpleITK")

FORMATS = ("nii.gz", "nii", "nrrd", "mha", "mhd", "dicom")


def phantom(seed=0, shape=(5, 40, 48), radius=6, centre=(2, 18, 25)):
    """CT-like integers with a ball of 100 HU in noise, and the ball's mask."""
    rng = np.random.default_rng(seed)
    image = rng.integers(-80, 60, shape).astype(np.int16)
    distance = np.sqrt(sum((axis - c) ** 2 for axis, c in zip(np.indices(shape), centre, strict=True)))
    mask = (distance <= radius).astype(np.uint8)
    image[mask > 0] += 100
    return image, mask


def scanned(array, spacing=(3.0, 0.7, 0.9), origin=(-10.0, 20.0, 5.0)):
    image = sitk.GetImageFromArray(array)
    image.SetSpacing(spacing[::-1][: image.GetDimension()])
    image.SetOrigin(origin[: image.GetDimension()])
    return image


def write(image, path, form="nii.gz"):
    if form != "dicom":
        path.parent.mkdir(parents=True, exist_ok=True)
        sitk.WriteImage(image, f"{path}.{form}")
        return
    path.mkdir(parents=True)
    uid = f"1.2.826.0.1.3680043.2.1125.{zlib.crc32(str(path).encode())}"
    writer = sitk.ImageFileWriter()
    writer.KeepOriginalImageUIDOn()
    spacing, direction = image.GetSpacing(), image.GetDirection()
    for number in range(image.GetDepth()):
        plane = image[:, :, number]
        position = image.TransformIndexToPhysicalPoint((0, 0, number))
        tags = {
            "0008|0016": "1.2.840.10008.5.1.4.1.1.2",
            "0008|0018": f"{uid}.1.{number + 1}",
            "0008|0060": "CT",
            "0020|000d": f"{uid}.2",
            "0020|000e": f"{uid}.3",
            "0020|0013": str(number + 1),
            "0020|0032": "\\".join(f"{value:.9g}" for value in position),
            "0020|0037": "\\".join(f"{direction[i]:g}" for i in (0, 3, 6, 1, 4, 7)),
            "0018|0050": f"{spacing[2]:g}",
            "0028|0030": f"{spacing[1]:.9g}\\{spacing[0]:.9g}",
            "0028|1052": "0",
            "0028|1053": "1",
        }
        for tag, value in tags.items():
            plane.SetMetaData(tag, value)
        # Named against their order, as exports often are: position decides, not the name.
        writer.SetFileName(str(path / f"{image.GetDepth() - number:04d}.dcm"))
        writer.Execute(plane)
    # Writing DICOM leaves the whole process in the C locale, where text in later tests would be ASCII.
    locale.setlocale(locale.LC_ALL, "")


def write_case(folder, name, seed=0, form="nii.gz", spacing=(3.0, 0.7, 0.9), **options):
    image, mask = phantom(seed, **options)
    write(scanned(image, spacing), folder / name, form)
    write(scanned(mask, spacing), folder / f"{name}_mask", form)
    return image, mask


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_gives_the_voxels_and_millimetres_that_were_written(tmp_path, form):
    image, mask = write_case(tmp_path, "p1", form=form)
    cohort = read_cohort(tmp_path, intensity_unit="HU", which="all")
    planes = np.flatnonzero(mask.any(axis=(1, 2)))
    np.testing.assert_array_equal(cohort.images, image[planes])
    np.testing.assert_array_equal(cohort.masks, mask[planes].astype(bool))
    assert cohort.spacing_mm == pytest.approx((0.7, 0.9))
    assert cohort.truth.plane.tolist() == planes.tolist()
    assert cohort.truth.patient_id.unique().tolist() == ["p1"]
    assert cohort.diagnoses == ("unknown",)
    assert cohort.intensity_unit == "HU"


def test_largest_slice_is_the_one_through_the_middle_of_the_ball(tmp_path):
    image, _ = write_case(tmp_path, "p1", radius=4, centre=(3, 18, 25))
    cohort = read_cohort(tmp_path)
    assert cohort.truth.plane.tolist() == [3]
    np.testing.assert_array_equal(cohort.images[0], image[3])


@pytest.mark.parametrize("form", ["nii.gz", "nrrd", "mha"])
def test_two_dimensional_images_are_read_too(tmp_path, form):
    image, mask = phantom()
    write(scanned(image[2]), tmp_path / "p1", form)
    write(scanned(mask[2]), tmp_path / "p1_seg", form)
    cohort = read_cohort(tmp_path)
    np.testing.assert_array_equal(cohort.images, image[2][None])
    assert cohort.spacing_mm == pytest.approx((0.7, 0.9))


def test_resampled_ramp_keeps_its_value_at_every_millimetre(tmp_path):
    columns = (np.arange(40) + 0.5) * 0.5  # mm from the left edge to each pixel's centre
    ramp = np.broadcast_to(columns, (30, 40)).astype(np.float32)
    mask = np.zeros((30, 40), np.uint8)
    mask[10:20, 12:28] = 1
    write(scanned(ramp, (1, 0.5, 0.5)), tmp_path / "p1")
    write(scanned(mask, (1, 0.5, 0.5)), tmp_path / "p1_mask")
    cohort = read_cohort(tmp_path, spacing_mm=(0.5, 0.8))
    assert cohort.images.shape == (1, 30, 25)
    np.testing.assert_allclose(cohort.images[0, 5], (np.arange(25) + 0.5) * 0.8, atol=1e-5)
    assert cohort.spacing_mm == pytest.approx((0.5, 0.8))
    assert cohort.masks.sum() * 0.5 * 0.8 == pytest.approx(160 * 0.25, rel=0.05), "the area in mm2 stays"


def test_cut_around_the_region_keeps_it_in_the_middle_and_pads_with_the_smallest_value(tmp_path):
    image, mask = write_case(tmp_path, "p1", radius=3, centre=(2, 3, 44))
    cohort = read_cohort(tmp_path, size=16)
    assert cohort.images.shape == (1, 16, 16)
    assert cohort.masks.sum() == mask[2].sum()
    np.testing.assert_array_equal(cohort.images[0][cohort.masks[0]], image[2][mask[2] > 0])
    rows, columns = np.nonzero(cohort.masks[0])
    assert (rows.min() + rows.max()) / 2 == pytest.approx(8, abs=0.5)
    assert (columns.min() + columns.max()) / 2 == pytest.approx(8, abs=0.5)
    assert (cohort.images[0, :5] == image[2].min()).all(), "above the image"


def test_images_of_several_shapes_get_the_smallest_common_window(tmp_path):
    write_case(tmp_path, "p1", radius=6)
    write_case(tmp_path, "p2", shape=(3, 60, 50), radius=9, centre=(1, 30, 25))
    cohort = read_cohort(tmp_path)
    assert cohort.images.shape == (2, 32, 32)  # a region of 19 pixels and 4 around it: 27, up to 32


def test_bad_files_fill_the_table_and_the_good_one_is_read(tmp_path):
    good, _ = write_case(tmp_path, "good")
    image, mask = phantom()

    write(scanned(image), tmp_path / "no_mask_here")
    write(scanned(mask), tmp_path / "orphan_mask")
    write(scanned(image), tmp_path / "empty")
    write(scanned(mask * 0), tmp_path / "empty_mask")
    write(scanned(image), tmp_path / "shape")
    write(scanned(mask[:, :-1]), tmp_path / "shape_mask")
    write(scanned(image), tmp_path / "elsewhere")
    write(scanned(mask, origin=(0.0, 20.0, 5.0)), tmp_path / "elsewhere_mask")
    write(scanned(image), tmp_path / "coarse")
    write(scanned(mask, spacing=(3.0, 0.7, 1.0)), tmp_path / "coarse_mask")
    write_case(tmp_path, "mixed", spacing=(3.0, 0.5, 0.5))
    write(scanned(image * 0 + 7), tmp_path / "constant")
    write(scanned(mask), tmp_path / "constant_mask")
    holes = image.astype(np.float32)
    holes[2, 3, 4:6] = np.nan
    write(scanned(holes), tmp_path / "holes")
    write(scanned(mask), tmp_path / "holes_mask")
    write(sitk.GetImageFromArray(np.stack([image] * 3, axis=-1), isVector=True), tmp_path / "colour")
    write(scanned(mask), tmp_path / "colour_mask")
    write(sitk.GetImageFromArray(np.stack([image] * 3), isVector=False), tmp_path / "film")
    write(scanned(mask), tmp_path / "film_mask")
    write(scanned(image), tmp_path / "two")
    write(scanned(mask), tmp_path / "two_mask")
    write(scanned(mask), tmp_path / "two_seg", "nrrd")
    write(scanned(image), tmp_path / "twin")
    write(scanned(image), tmp_path / "twin", "nrrd")
    write(scanned(mask), tmp_path / "twin_mask")
    (tmp_path / "zero.nii.gz").write_bytes(b"")
    write(scanned(mask), tmp_path / "zero_mask")
    (tmp_path / "notes.nrrd").write_text("these are not voxels")
    write(scanned(mask), tmp_path / "notes_mask")
    (tmp_path / "readme.txt").write_text("no image, no row")

    reading = read_folder(tmp_path)
    np.testing.assert_array_equal(reading.cohort.images, good[2][None])
    assert reading.cohort.truth.source.tolist() == ["good"]
    reasons = reading.refused.set_index("name").reason
    expected = {
        "no_mask_here": "no mask; expected no_mask_here_mask or no_mask_here_seg or no_mask_here_label",
        "orphan": "a mask without an image",
        "empty": "mask is empty",
        "shape": "shape 5 x 39 x 48, the image has 5 x 40 x 48",
        "elsewhere": "origin",
        "coarse": "spacing",
        "mixed": "its pixels are 0.5 x 0.5 mm, most have 0.7 x 0.9 mm",
        "constant": "all-constant",
        "holes": "2 of its values are NaN",
        "colour": "3 channels",
        "film": "4 dimensions",
        "two": "several masks: two_mask.nii.gz, two_seg.nrrd",
        "twin": "several images of this name",
        "zero": "empty",
        "notes": "damaged or of another format",
    }
    assert set(reasons.index) == set(expected)
    for name, words in expected.items():
        assert words in reasons[name], name
    assert set(reading.table.status) == {"read", "refused"}
    assert reading.table.images.sum() == 1
    assert "1 read, 15 refused" in repr(reading)
    assert "its pixels are" in reading._repr_html_()

    with pytest.warns(UserWarning, match=r"15 of 16 entries .* were refused"):
        cohort = read_cohort(tmp_path)
    assert "1 read, 15 refused (" in cohort.provenance
    assert "colour" in cohort.provenance


@pytest.mark.parametrize("form", ["nii.gz", "nii", "nrrd", "mha", "mhd"])
@pytest.mark.parametrize("share", [0.02, 0.4, 0.97])
def test_file_cut_short_is_refused_never_filled_with_zeros(tmp_path, form, share):
    write_case(tmp_path, "good")
    write_case(tmp_path, "cut", form=form)
    path = tmp_path / ("cut.raw" if form == "mhd" and (tmp_path / "cut.raw").exists() else f"cut.{form}")
    if form == "mhd" and (tmp_path / "cut.zraw").exists():
        path = tmp_path / "cut.zraw"
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    reading = read_folder(tmp_path)
    assert reading.refused.name.tolist() == ["cut"]
    assert "cut short" in reading.refused.reason[0] or "cannot be read" in reading.refused.reason[0]
    assert reading.cohort.truth.source.tolist() == ["good"]


def test_byte_flipped_in_a_compressed_file_is_noticed(tmp_path):
    write_case(tmp_path, "p1")
    path = tmp_path / "p1.nii.gz"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(bytes(content))
    with pytest.raises(ImageFileError, match="damaged"):
        read_image(path)


def test_nifti_that_promises_more_than_it_holds_is_refused(tmp_path):
    write_case(tmp_path, "p1")
    path = tmp_path / "p1.nii.gz"
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes())[:-2]))
    with pytest.raises(ImageFileError, match="cut short: 19550 of 19552 bytes"):  # 352 + 5 x 40 x 48 x 2
        read_image(path)


def test_dicom_series_with_a_missing_or_broken_slice_is_refused(tmp_path):
    write_case(tmp_path, "good", form="dicom")
    write_case(tmp_path, "gap", form="dicom")
    write_case(tmp_path, "broken", form="dicom")
    (tmp_path / "gap" / "0003.dcm").unlink()
    content = (tmp_path / "broken" / "0002.dcm").read_bytes()
    (tmp_path / "broken" / "0002.dcm").write_bytes(content[:1200])
    reasons = read_folder(tmp_path).refused.set_index("name").reason
    assert set(reasons.index) == {"gap", "broken"}
    assert "3 to 6 mm apart" in reasons["gap"]
    assert len(reasons["broken"]) > 10


def test_two_series_in_one_dicom_folder_are_refused(tmp_path):
    write_case(tmp_path, "p1", form="dicom")
    write_case(tmp_path / "other", "p2", form="dicom")
    for file in (tmp_path / "other" / "p2").iterdir():
        shutil.copy(file, tmp_path / "p1" / f"b{file.name}")
    shutil.rmtree(tmp_path / "other")
    with pytest.raises(ValueError, match="2 DICOM series"):
        read_cohort(tmp_path)


def test_folder_with_images_but_no_masks_says_what_it_looked_for(tmp_path):
    for name in "abcde":
        write(scanned(phantom()[0]), tmp_path / name)
    with pytest.raises(ValueError, match=r"no image .* could be read. a: no mask; expected a_mask .* 2 more"):
        read_cohort(tmp_path)
    reading = read_folder(tmp_path)
    assert reading.cohort is None
    assert len(reading.refused) == 5


def test_folder_that_is_absent_empty_or_named_otherwise_is_refused_in_words(tmp_path):
    with pytest.raises(ValueError, match="is not a folder"):
        read_cohort(tmp_path / "nowhere")
    with pytest.raises(ValueError, match="has no image"):
        read_cohort(tmp_path)
    write_case(tmp_path, "p1")
    with pytest.raises(ValueError, match=r"has no image that fits.*it holds p1, p1_mask"):
        read_cohort(tmp_path, image_pattern="{name}_T2")


def test_patterns_find_other_layouts(tmp_path):
    image, mask = phantom()
    for name in ("p1", "p2"):
        write(scanned(image), tmp_path / name / "t2", "nrrd")
        write(scanned(image), tmp_path / name / "t1", "nrrd")
        write(scanned(mask), tmp_path / name / "roi", "mha")
    cohort = read_cohort(tmp_path, image_pattern="{name}/t2", mask_patterns="{name}/roi")
    assert cohort.truth.patient_id.tolist() == ["p1", "p2"]


def test_one_label_of_several_can_be_chosen(tmp_path):
    image, mask = phantom()
    mask[2, 0:4, 0:4] = 3
    write(scanned(image), tmp_path / "p1")
    write(scanned(mask), tmp_path / "p1_seg")
    assert read_cohort(tmp_path, label=3).masks.sum() == 16
    with pytest.raises(ValueError, match=r"mask is empty; it holds only the values \[0.0, 1.0, 3.0\]"):
        read_cohort(tmp_path, label=2)


def test_truth_joins_by_patient_and_slices_of_one_patient_share_an_id(tmp_path):
    for number, name in enumerate(["007_slice1", "007_slice2", "008", "009", "010"]):
        write_case(tmp_path, name, seed=number)
    table = pd.DataFrame(
        {
            "patient_id": ["007", "008", "009", "011"],
            "diagnosis": ["a", "b", "b", "b"],
            "age": [50, 60, 70, 80],
        }
    )
    table.to_csv(tmp_path / "truth.csv", index=False)
    reading = read_folder(tmp_path)
    truth = reading.cohort.truth
    assert truth.patient_id.tolist() == ["007", "007", "008", "009"], "leading zeros are part of a name"
    assert truth.diagnosis.tolist() == ["a", "a", "b", "b"]
    assert truth.age.tolist() == [50, 50, 60, 70]
    reasons = reading.refused.reason.tolist()
    assert "patient '010' is not in the truth table" in reasons[0]
    assert "in the truth table, but no image" in reasons[1]
    lonely = reading.table.set_index("name").reason["007_slice1"]
    assert "only patient with the diagnosis 'a'" in lonely
    parts = reading.cohort.split((0.5, 0.5), seed=0)
    assert not set(parts[0].truth.patient_id) & set(parts[1].truth.patient_id)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert read_cohort(tmp_path, truth=table).truth.equals(truth)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"patient_id": ["p1"]}, "no column diagnosis"),
        ({"patient_id": ["p1", "p1"], "diagnosis": ["a", "b"]}, "contradicts itself about patient p1"),
        ({"patient_id": ["p1"], "diagnosis": [None]}, "must not leave"),
        ({"patient_id": ["p1"], "diagnosis": ["a"], "plane": [1]}, "needs another name"),
    ],
)
def test_truth_table_that_cannot_be_right_is_refused(tmp_path, table, message):
    write_case(tmp_path, "p1")
    with pytest.raises(ValueError, match=message):
        read_cohort(tmp_path, truth=pd.DataFrame(table))


def test_region_that_does_not_fit_or_vanishes_is_refused_with_its_size(tmp_path):
    write_case(tmp_path, "p1", radius=6)
    with pytest.raises(ValueError, match="is 13 x 13 pixels and does not fit into 8 x 8"):
        read_cohort(tmp_path, size=8)


def test_region_that_no_coarse_pixel_meets_is_refused(tmp_path):
    image, mask = phantom()
    mask[:] = 0
    mask[2, 0, 0] = 1  # at 0.35 and 0.45 mm; the first coarse centre lies at 1.5 mm
    write(scanned(image), tmp_path / "p1")
    write(scanned(mask), tmp_path / "p1_mask")
    with pytest.raises(ValueError, match="vanishes at 3 x 3 mm"):
        read_cohort(tmp_path, spacing_mm=3)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"intensity_unit": "Hounsfield"}, "intensity_unit must be one of"),
        ({"which": "middle"}, "which must be one of"),
        ({"spacing_mm": 0}, "spacing_mm must be a finite number above 0"),
        ({"spacing_mm": (1, 1, 1)}, "one number or a pair"),
        ({"size": 0}, "size must be a whole number"),
        ({"image_pattern": "*.nii"}, "must hold {name} once"),
        ({"patient_pattern": "["}, "not a regular expression"),
        ({"patient_pattern": "p1"}, "must have a group"),
        ({"truth": "nowhere.csv"}, "cannot be read"),
    ],
)
def test_bad_options_are_refused_before_a_file_is_read(tmp_path, options, message):
    write_case(tmp_path, "p1")
    with pytest.raises(ValueError, match=message):
        read_cohort(tmp_path, **options)


def test_volume_refuses_what_cannot_be_measured():
    image, mask = phantom()
    with pytest.raises(ValueError, match="mask must mark at least one voxel"):
        Volume(image, mask * 0, (1, 1, 1), "HU", "p1")
    with pytest.raises(ValueError, match="same shape"):
        Volume(image, mask[:1], (1, 1, 1), "HU", "p1")
    with pytest.raises(ValueError, match="three numbers"):
        Volume(image, mask, (1, 1), "HU", "p1")
    with pytest.raises(ValueError, match=r"shape \(depth, height, width\)"):
        Volume(image[0], mask[0], (1, 1, 1), "HU", "p1")


def test_volume_refuses_what_would_become_infinite_or_lie_under_a_numpy_mask():
    image, mask = phantom()
    large, hidden = image.astype(float), np.ma.masked_equal(mask, 0)
    large[0, 0, 0] = 1e39
    with pytest.raises(ValueError, match="image, as float32, must be finite; 1 of its values"):
        Volume(large, mask, (1, 1, 1), "HU", "p1")
    with pytest.raises(ValueError, match="mask is a masked array with"):
        Volume(image, hidden, (1, 1, 1), "HU", "p1")


def test_patches_lie_around_voxels_of_the_region_and_follow_the_seed():
    image, mask = phantom()
    volume = Volume(image, mask, (3.0, 0.7, 0.9), "HU", "p1")
    patches = volume.patches(20, size=12, seed=4)
    assert patches.images.shape == (20, 12, 12)
    assert patches.masks[:, 6, 6].all()
    for row, patch in zip(patches.truth.itertuples(), patches.images, strict=True):
        assert patch[6, 6] == image[row.plane, row.row, row.column]
        assert mask[row.plane, row.row, row.column]
    assert patches.fingerprint == volume.patches(20, size=12, seed=4).fingerprint
    assert patches.fingerprint != volume.patches(20, size=12, seed=5).fingerprint


@pytest.mark.parametrize("form", ["nii.gz", "nrrd", "mha", "dicom"])
@pytest.mark.parametrize("name", ["brain1", "breast1", "lung1"])
def test_measured_case_comes_back_the_same_from_every_format(tmp_path, name, form):
    if missing_radiomics_files():
        pytest.skip("the PyRadiomics cases are not in the cache; run `ganlab fetch` once to test on them")
    for part, suffix in (("image", ""), ("label", "_mask")):
        image = sitk.ReadImage(str(radiomics_folder() / f"{name}_{part}.nrrd"))
        write(sitk.Cast(image, sitk.sitkInt16), tmp_path / f"{name}{suffix}", form)
    measured = load_radiomics_case(name).slices("all")
    copy = read_cohort(tmp_path, which="all")
    # The brains' planes run against the right-hand rule, which a DICOM series cannot say: they come reversed.
    order = slice(None, None, -1 if form == "dicom" and name == "brain1" else 1)
    np.testing.assert_array_equal(copy.images[order], measured.images)
    np.testing.assert_array_equal(copy.masks[order], measured.masks)
    assert copy.spacing_mm == pytest.approx(measured.spacing_mm, rel=1e-6)


def test_five_measured_cases_are_one_cohort_at_a_stated_spacing():
    if missing_radiomics_files():
        pytest.skip("the PyRadiomics cases are not in the cache; run `ganlab fetch` once to test on them")
    patterns = {"image_pattern": "{name}_image", "mask_patterns": "{name}_label"}
    cohort = read_cohort(radiomics_folder(), spacing_mm=1.0, size=128, **patterns)
    assert cohort.images.shape == (5, 128, 128)
    assert cohort.truth.patient_id.tolist() == ["brain1", "brain2", "breast1", "lung1", "lung2"]
    for row, name in enumerate(cohort.truth.patient_id):
        volume = load_radiomics_case(name)
        area = volume.mask.sum(axis=(1, 2)).max() * np.prod(volume.spacing_mm[1:])
        assert cohort.masks[row].sum() == pytest.approx(area, rel=0.1), "mm2"
    as_measured = read_folder(radiomics_folder(), **patterns)
    assert as_measured.cohort.truth.patient_id.tolist() == ["brain1", "brain2"], "the most frequent spacing"
    assert as_measured.refused.reason.str.contains("state `spacing_mm` to resample").all()
