"""Folders as people hand them over: masks, spacings, orientations and files that are not what they seem."""

import unicodedata

import nibabel
import numpy as np
import pandas as pd
import pytest

from ganlab.data import Cohort, Volume, read_cohort, read_folder

sitk = pytest.importorskip("SimpleITK")

PLANES, ROWS, COLUMNS = np.indices((5, 40, 48))
BALL = ((ROWS - 20) ** 2 + (COLUMNS - 24) ** 2 < 64) & (abs(PLANES - 2) < 2)
PIXELS = 193  # points of whole numbers within a circle of radius 8
IMAGE = np.random.default_rng(0).normal(100, 20, BALL.shape).astype(np.float32)


def save(array, path, spacing=(1.0, 1.0, 3.0)):
    image = sitk.GetImageFromArray(array)
    image.SetSpacing(spacing[: image.GetDimension()])
    path.parent.mkdir(parents=True, exist_ok=True)
    sitk.WriteImage(image, str(path))


def read_mask(folder, mask, **options):
    """The area of the region that is read from a mask, and what is said about it."""
    save(IMAGE, folder / "a.nii.gz")
    save(mask, folder / "a_mask.nii.gz")
    reading = read_folder(folder, **options)
    area = None if reading.cohort is None else int(reading.cohort.masks.sum())
    return area, reading.table.reason[0]


def blurred(mask):
    image = sitk.GetImageFromArray(mask.astype(np.float32))
    return sitk.GetArrayFromImage(sitk.SmoothingRecursiveGaussian(image, 1.0))


LABELS = np.where(BALL, 2, (ROWS > 4) & (ROWS < 35)).astype(np.int16)
BODY = np.ones(BALL.shape, np.uint8)


@pytest.mark.parametrize(
    ("mask", "area", "words"),
    [
        (BALL.astype(np.uint8), PIXELS, ""),
        (BALL.astype(np.uint8) * 255, PIXELS, ""),
        (BALL * np.float32(0.999999), PIXELS, ""),
        (
            blurred(BALL),
            PIXELS,
            "fractions, -0.0009457 to 0.887 (interpolated, or probabilities): read at 0.5",
        ),
        (np.where(BALL, 1, -1024).astype(np.int16), PIXELS, "the background of its mask is -1024, not 0"),
        (np.where(BALL, -1023, -1024).astype(np.int16), PIXELS, "the background of its mask is -1024, not 0"),
        (np.where(BALL, 2, 1).astype(np.int16), PIXELS, "the background of its mask is 1, not 0"),
        (BALL * np.float32(0.004), PIXELS, "marks the region with the value 0.004"),
        (LABELS, 30 * 48, "several labels (1, 2), taken as one region; `label` chooses"),
        (
            np.where(BALL, 254 + COLUMNS % 2, ROWS % 2).astype(np.uint8),
            PIXELS,
            "saved with loss: read at 128",
        ),
        (np.where(BALL, 255, LABELS).astype(np.uint8), 30 * 48, "several labels (1, 255)"),
        (-BALL.astype(np.int8), PIXELS, ""),
        (1 - BALL.astype(np.uint8), 40 * 48, "if it is inverted, state `label=0`"),
        (BODY, 40 * 48, "marks every pixel"),
    ],
)
def test_region_of_a_mask_is_what_stands_out_of_its_background(tmp_path, mask, area, words):
    read, reason = read_mask(tmp_path, mask)
    assert read == area
    assert words in reason
    assert bool(words) == bool(reason)


@pytest.mark.parametrize(
    ("mask", "words"),
    [
        (blurred(BALL) * 2, "not whole numbers, -0.001891 to 1.774"),
        (blurred(BALL) * 255, "not whole numbers"),
        (blurred(BALL) * 0.3, "not whole numbers"),
        (np.round(blurred(BALL).clip(0) * 255).astype(np.uint8), "many labels, probabilities or an image"),
        (IMAGE, "not whole numbers"),
        (BODY.astype(np.int16) * -1024, r"has no region: it holds only the values [-1024.0]"),
        (np.where(BALL, 0, -1024).astype(np.int16), "does not say what its background is"),
        (1 + (COLUMNS // 16).astype(np.uint8), "does not say what its background is"),
    ],
)
def test_mask_that_does_not_say_what_its_region_is_is_refused_with_its_values(tmp_path, mask, words):
    read, reason = read_mask(tmp_path, mask)
    assert read is None
    assert words in reason
    assert "`threshold`" in reason or "`label`" in reason or "only the values" in reason


@pytest.mark.parametrize(
    ("mask", "options", "area"),
    [
        (LABELS, {"label": 2}, PIXELS),
        (LABELS - 1024, {"label": 2}, PIXELS),  # a map of labels with a CT's intercept
        (1 - BALL.astype(np.uint8), {"label": 0}, PIXELS),
        (LABELS, {"threshold": 1.5}, PIXELS),
        (blurred(BALL) * 2, {"threshold": 1.0}, PIXELS),
    ],
)
def test_stated_label_or_threshold_decides(tmp_path, mask, options, area):
    assert read_mask(tmp_path, mask, **options)[0] == area


def test_label_of_an_interpolated_mask_and_a_threshold_that_nothing_reaches_are_refused(tmp_path):
    assert "cannot be told apart" in read_mask(tmp_path, blurred(LABELS), label=2)[1]
    assert "reaches `threshold=3`" in read_mask(tmp_path, LABELS, threshold=3)[1]
    with pytest.raises(ValueError, match="not both"):
        read_folder(tmp_path, label=1, threshold=0.5)
    with pytest.raises(ValueError, match="threshold must be a finite number"):
        read_folder(tmp_path, threshold=np.nan)


def test_notes_are_warned_of_once_with_the_names(tmp_path):
    for name in "abcde":
        save(IMAGE, tmp_path / f"{name}.nii.gz")
        save(LABELS, tmp_path / f"{name}_mask.nii.gz")
    with pytest.warns(
        UserWarning, match=r"a, b, c and 2 more: its mask holds several labels \(1, 2\)"
    ) as caught:
        read_cohort(tmp_path)
    assert len(caught) == 1


def test_volume_refuses_labels_and_fractions_instead_of_taking_all_but_0():
    for mask in (LABELS, blurred(BALL)):
        with pytest.raises(ValueError, match=r"True or False, or 0 or 1.*labels == 1.*>= 0.5"):
            Volume(IMAGE, mask, (1, 1, 1), "HU", "a")


def silent(path, form):
    """Write image and mask with nobody saying how large a voxel is."""
    for name, array in (("a", IMAGE), ("a_mask", BALL.astype(np.uint8))):
        if form == "nhdr":
            array.tofile(path / f"{name}.raw")
            kind = "float" if array.dtype == np.float32 else "uint8"
            (path / f"{name}.nhdr").write_text(
                f"NRRD0004\ntype: {kind}\ndimension: 3\nsizes: 48 40 5\nencoding: raw\nendian: little\n"
                f"data file: {name}.raw\n"
            )
        elif form == "mhd":
            array.tofile(path / f"{name}.raw")
            kind = "MET_FLOAT" if array.dtype == np.float32 else "MET_UCHAR"
            (path / f"{name}.mhd").write_text(
                f"ObjectType = Image\nNDims = 3\nDimSize = 48 40 5\nElementType = {kind}\n"
                f"ElementDataFile = {name}.raw\n"
            )
        elif form == "nii":
            nibabel.save(nibabel.Nifti1Image(array.T, np.eye(4)), path / "whole.nii")
            content = bytearray((path / "whole.nii").read_bytes())
            content[80:92] = bytes(12)  # pixdim 1 to 3
            (path / f"{name}.nii").write_bytes(content)
            (path / "whole.nii").unlink()
        else:
            dicom_series(path / name, array.clip(0).astype("<u2"), spacing="")


@pytest.mark.parametrize("form", ["nhdr", "mhd", "nii", "dicom"])
def test_spacing_that_no_file_states_is_refused_and_taken_only_when_stated(tmp_path, form):
    silent(tmp_path, form)
    refused = read_folder(tmp_path).table
    assert refused.status.tolist() == ["refused"]
    assert "does not say how large a pixel is" in refused.reason[0]
    assert "`spacing_mm`" in refused.reason[0]
    stated = read_folder(tmp_path, spacing_mm=(0.5, 0.7))
    assert stated.cohort.spacing_mm == (0.5, 0.7)
    assert stated.cohort.masks.sum() == PIXELS
    assert "`spacing_mm` was taken" in stated.table.reason[0]
    assert stated.table.spacing_mm[0] is None


def test_lengths_that_are_no_millimetres_are_refused(tmp_path):
    silent(tmp_path, "nhdr")
    for name in ("a", "a_mask"):
        header = (tmp_path / f"{name}.nhdr").read_text()
        more = 'spacings: 0.05 0.05 0.3\nunits: "cm" "cm" "cm"\nencoding: raw'
        (tmp_path / f"{name}.nhdr").write_text(header.replace("encoding: raw", more))
    assert "its units are 'cm'; expected mm" in read_folder(tmp_path).table.reason[0]


def test_spacings_that_differ_are_refused_with_advice_for_the_command_line(tmp_path):
    for name, spacing in (("a", 0.6), ("b", 0.6), ("c", 0.7)):
        save(IMAGE, tmp_path / f"{name}.nrrd", (spacing, spacing, 3.0))
        save(BALL.astype(np.uint8), tmp_path / f"{name}_mask.nrrd", (spacing, spacing, 3.0))
    assert "state `spacing_mm` to resample them" in (read_folder(tmp_path).refused.reason[0])
    assert len(read_folder(tmp_path, spacing_mm=0.6).cohort) == 3


def ellipsoid():
    z, y, x = np.indices((40, 40, 40))
    inside = ((z - 20) / 3) ** 2 + ((y - 20) / 8) ** 2 + ((x - 20) / 12) ** 2 < 1
    voxels = np.random.default_rng(0).normal(100, 20, inside.shape) + 50 * inside
    return sitk.GetImageFromArray(voxels.astype(np.float32)), sitk.GetImageFromArray(inside.astype(np.uint8))


@pytest.mark.parametrize("form", ["nii.gz", "nrrd", "mha"])
@pytest.mark.parametrize("lies", ["PSL", "RAS", "LPI", "SAL"])
def test_volume_that_lies_otherwise_gives_the_same_slice_as_the_others(tmp_path, form, lies):
    for name in "abcx":
        for suffix, image in zip(("", "_mask"), ellipsoid(), strict=True):
            turned = sitk.DICOMOrient(image, lies) if name == "x" else image
            sitk.WriteImage(turned, str(tmp_path / f"{name}{suffix}.{form}"))
    reading = read_folder(tmp_path)
    np.testing.assert_array_equal(reading.cohort.images[3], reading.cohort.images[0])
    np.testing.assert_array_equal(reading.cohort.masks[3], reading.cohort.masks[0])
    assert f"orientation was turned from {lies} to LPS" in reading.table.reason[3]
    assert reading.table.reason[:3].tolist() == [""] * 3


def test_single_sagittal_slice_among_axial_volumes_is_refused(tmp_path):
    for name in "abx":
        for suffix, image in zip(("", "_mask"), ellipsoid(), strict=True):
            turned = sitk.DICOMOrient(image, "PSL")[:, :, 20:21] if name == "x" else image
            sitk.WriteImage(turned, str(tmp_path / f"{name}{suffix}.nii.gz"))
    reading = read_folder(tmp_path)
    assert reading.refused.name.tolist() == ["x"]
    assert "PSL (sagittal), most have LPS (axial)" in reading.refused.reason[0]


@pytest.mark.parametrize("flat", ["image", "mask"])
def test_one_plane_has_no_distance_to_the_next(tmp_path, flat):
    parts = {"image": ("a", IMAGE), "mask": ("a_mask", BALL.astype(np.uint8))}
    for part, (name, array) in parts.items():
        save(array[2] if part == flat else array[2:3], tmp_path / f"{name}.nii.gz", (0.8, 0.8, 5.0))
    reading = read_folder(tmp_path)
    assert reading.cohort.masks.sum() == PIXELS
    assert reading.cohort.spacing_mm == pytest.approx((0.8, 0.8))
    assert "pixel on pixel" in reading.table.reason[0]


def test_slices_of_different_thickness_lie_on_each_other(tmp_path):
    save(IMAGE[2:3], tmp_path / "a.nii.gz", (0.8, 0.8, 5.0))
    save(BALL[2:3].astype(np.uint8), tmp_path / "a_mask.nii.gz", (0.8, 0.8, 1.0))
    assert read_folder(tmp_path).cohort.masks.sum() == PIXELS


@pytest.mark.parametrize("forms", [("NFD", "NFC"), ("NFC", "NFD")])
def test_umlauts_are_matched_however_a_system_spells_them(tmp_path, forms):
    on_disk, in_table = (unicodedata.normalize(form, "Zoë") for form in forms)
    save(IMAGE, tmp_path / f"{on_disk}.nii.gz")
    save(BALL.astype(np.uint8), tmp_path / f"{in_table}_mask.nii.gz")
    (tmp_path / "truth.csv").write_text(f"patient_id,diagnosis\n{in_table},benign\n", encoding="utf-8")
    reading = read_folder(tmp_path)
    assert reading.table.status.tolist() == ["read"]
    assert reading.cohort.truth.diagnosis.tolist() == ["benign"]


def test_two_spellings_of_an_umlaut_are_one_patient_of_a_cohort():
    names = [unicodedata.normalize(form, "Zoë") for form in ("NFC", "NFD")]
    truth = pd.DataFrame({"patient_id": names, "diagnosis": "benign"})
    cohort = Cohort(IMAGE[:2], BODY[:2], truth, 1.0, "a.u.", "two", "")
    assert set(cohort.truth.patient_id) == {names[0]}


@pytest.mark.parametrize(
    "file",
    [
        "a-label.nrrd", "a_seg.nii.gz", "a.seg.nrrd", "a_Mask.nii.gz", "a_mask.mha", "a-Seg.nrrd",
        "a_SEGMENTATION.nii", "a_roi.nrrd",
    ],
)  # fmt: skip
def test_usual_names_of_masks_are_found(tmp_path, file):
    save(IMAGE, tmp_path / "a.nrrd")
    save(BALL.astype(np.uint8), tmp_path / file)
    reading = read_folder(tmp_path)
    assert reading.table.mask_file.tolist() == [file]
    assert reading.cohort.masks.sum() == PIXELS


@pytest.mark.parametrize("suffix", ["_image", "-img", "_IMAGE"])
def test_image_and_mask_of_one_name_may_both_say_what_they_are(tmp_path, suffix):
    save(IMAGE, tmp_path / f"a{suffix}.nrrd")
    save(BALL.astype(np.uint8), tmp_path / "a_label.nrrd")
    reading = read_folder(tmp_path)
    assert reading.table.name.tolist() == ["a"]
    assert reading.cohort.masks.sum() == PIXELS


@pytest.mark.parametrize(
    ("image", "mask", "name"),
    [
        ("a/image", "a/mask", "a"),
        ("images/a", "masks/a", "a"),
        ("images/a", "labels/a", "a"),
        ("imagesTr/a_0000", "labelsTr/a", "a"),
        ("x/a/img", "x/a/seg", "x/a"),
        ("images/a", "images/a_mask", "images/a"),
        ("a", "a/mask", "a"),
    ],
)
def test_image_and_mask_may_lie_in_folders_that_say_what_they_are(tmp_path, image, mask, name):
    save(IMAGE, tmp_path / f"{image}.nrrd")
    save(BALL.astype(np.uint8), tmp_path / f"{mask}.nrrd")
    reading = read_folder(tmp_path)
    assert reading.table.name.tolist() == [name]
    assert reading.cohort.masks.sum() == PIXELS


def test_dicom_series_of_a_patient_may_lie_in_folders_called_image_and_mask(tmp_path):
    dicom_series(tmp_path / "a" / "image", HU + 1024, intercept="-1024")
    dicom_series(tmp_path / "a" / "mask", BALL)
    reading = read_folder(tmp_path)
    assert reading.table.name.tolist() == ["a"]
    assert reading.cohort.masks.sum() == PIXELS


def test_mask_in_layers_is_refused_with_the_way_to_join_them(tmp_path):
    save(IMAGE, tmp_path / "a.nrrd")
    layers = sitk.GetImageFromArray(np.stack([BALL, BALL], -1).astype(np.uint8), isVector=True)
    sitk.WriteImage(layers, str(tmp_path / "a.seg.nrrd"))
    assert "export them as one label map" in read_folder(tmp_path).table.reason[0]


def test_nifti_2_is_read_like_nifti_1(tmp_path, capfd):
    affine = np.diag([0.7, 0.9, 3, 1.0])
    nibabel.save(nibabel.Nifti2Image(IMAGE.T, affine), tmp_path / "a.nii.gz")
    nibabel.save(nibabel.Nifti2Image(BALL.T.astype(np.uint8), affine), tmp_path / "a_mask.nii")
    nibabel.save(nibabel.Nifti1Image(IMAGE.T, affine), tmp_path / "b.nii.gz")
    nibabel.save(nibabel.Nifti1Image(BALL.T.astype(np.uint8), affine), tmp_path / "b_mask.nii")
    cohort = read_cohort(tmp_path)
    np.testing.assert_array_equal(cohort.images[0], cohort.images[1])
    assert cohort.masks.sum() == 2 * PIXELS
    assert capfd.readouterr().err == "", "no remark of a library without the name of a file"
    assert cohort.spacing_mm == pytest.approx((0.9, 0.7))


def test_fourth_dimension_of_length_1_is_none(tmp_path):
    nibabel.save(nibabel.Nifti1Image(IMAGE.T[..., None], np.eye(4)), tmp_path / "a.nii.gz")
    nibabel.save(nibabel.Nifti1Image(BALL.T.astype(np.uint8), np.eye(4)), tmp_path / "a_mask.nii.gz")
    assert read_cohort(tmp_path).masks.sum() == PIXELS


def element(group, number, kind, value):
    value = value.encode() if isinstance(value, str) else value
    value += (b"\0" if kind in ("UI", "OW") else b" ") * (len(value) % 2)
    tag = group.to_bytes(2, "little") + number.to_bytes(2, "little") + kind.encode()
    if kind == "OW":
        return tag + b"\0\0" + len(value).to_bytes(4, "little") + value
    return tag + len(value).to_bytes(2, "little") + value


def dicom(path, sop_class, *elements):
    meta = [(2, sop_class), (3, "1.2.3"), (16, "1.2.840.10008.1.2.1")]
    meta = b"".join(element(2, number, "UI", uid) for number, uid in meta)
    length = element(2, 0, "UL", len(meta).to_bytes(4, "little"))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(bytes(128) + b"DICM" + length + meta + b"".join(elements))


def dicom_series(folder, planes, spacing="0.5\\0.5", intercept="0", photometric="MONOCHROME2", bits=16):
    uid = f"1.2.3.{sum(map(ord, folder.name))}"

    def number(value):
        return int(value).to_bytes(2, "little")

    for k, plane in enumerate(planes):
        dicom(
            folder / f"{k:03d}.dcm",
            "1.2.840.10008.5.1.4.1.1.2",
            element(0x08, 0x16, "UI", "1.2.840.10008.5.1.4.1.1.2"),
            element(0x08, 0x18, "UI", f"{uid}.{k + 1}"),
            element(0x08, 0x60, "CS", "CT"),
            element(0x18, 0x50, "DS", "3"),
            element(0x20, 0x0D, "UI", f"{uid}.90"),
            element(0x20, 0x0E, "UI", f"{uid}.91"),
            element(0x20, 0x13, "IS", f"{k + 1}"),
            element(0x20, 0x32, "DS", f"0\\0\\{3 * k}"),
            element(0x20, 0x37, "DS", "1\\0\\0\\0\\1\\0"),
            element(0x28, 0x02, "US", number(1)),
            element(0x28, 0x04, "CS", photometric),
            element(0x28, 0x10, "US", number(plane.shape[0])),
            element(0x28, 0x11, "US", number(plane.shape[1])),
            *([element(0x28, 0x30, "DS", spacing)] if spacing else []),
            element(0x28, 0x100, "US", number(16)),
            element(0x28, 0x101, "US", number(bits)),
            element(0x28, 0x102, "US", number(bits - 1)),
            element(0x28, 0x103, "US", number(0)),
            element(0x28, 0x1052, "DS", intercept),
            element(0x28, 0x1053, "DS", "1"),
            element(0x7FE0, 0x10, "OW", plane.astype("<u2").tobytes()),
        )


HU = np.where(BALL, 60, 0) + np.where((ROWS - 20) ** 2 + (COLUMNS - 24) ** 2 < 300, 40, -1000)


@pytest.mark.parametrize("bits", [12, 16])
def test_monochrome1_is_read_in_the_hounsfield_units_of_its_stored_values(tmp_path, bits):
    dicom_series(tmp_path / "a", HU + 1024, intercept="-1024", photometric="MONOCHROME1", bits=bits)
    dicom_series(tmp_path / "a_mask", BALL)
    reading = read_folder(tmp_path, intensity_unit="HU")
    np.testing.assert_array_equal(reading.cohort.images[0], HU[2])
    assert reading.cohort.spacing_mm == (0.5, 0.5)
    assert "MONOCHROME1" in reading.table.reason[0]


def test_mask_series_with_the_intercept_of_its_ct_is_read(tmp_path):
    dicom_series(tmp_path / "a", HU + 1024, intercept="-1024")
    dicom_series(tmp_path / "a_mask", LABELS, intercept="-1024")
    assert read_folder(tmp_path, label=2).cohort.masks.sum() == PIXELS


def test_dicom_files_in_the_folder_itself_are_named_with_advice(tmp_path):
    dicom_series(tmp_path / "mine", HU + 1024)
    with pytest.raises(ValueError, match=r"5 DICOM files lie in the folder itself.*its own subfolder"):
        read_folder(tmp_path / "mine")
    save(IMAGE, tmp_path / "mine" / "a.nii.gz")
    save(BALL.astype(np.uint8), tmp_path / "mine" / "a_mask.nii.gz")
    reading = read_folder(tmp_path / "mine")
    assert reading.table.status.tolist() == ["read", "refused"]
    assert "its own subfolder" in reading.refused.reason[0]


OBJECTS = [("66.4", "DICOM SEG", "dcmqi"), ("481.3", "DICOM RTSTRUCT", "dcmrtstruct2nii")]


@pytest.mark.parametrize(("number", "words", "tool"), OBJECTS)
def test_segmentation_objects_are_called_what_they_are_with_the_way_to_convert(tmp_path, number, words, tool):
    sop_class = f"1.2.840.10008.5.1.4.1.1.{number}"
    dicom_series(tmp_path / "a", HU + 1024)
    dicom(tmp_path / "a_seg" / "object.dcm", sop_class)
    dicom_series(tmp_path / "b", HU + 1024)
    dicom(tmp_path / "b" / "object.dcm", sop_class)
    dicom(tmp_path / "loose.dcm", sop_class)
    table = read_folder(tmp_path).table
    assert table.name.tolist() == ["a", "b", "loose.dcm"]
    assert set(table.status) == {"refused"}
    assert table.reason.str.contains(words).all()
    assert table.reason.str.contains(tool).all()


@pytest.mark.parametrize("spacing", ["0 0 3", "1 1 0", "nan 1 1", "1 1", "1,1,3,4", "1 1 1 inf"])
def test_spacing_that_is_none_is_refused_in_words(tmp_path, spacing):
    silent(tmp_path, "mhd")
    for name in ("a", "a_mask"):
        header = (tmp_path / f"{name}.mhd").read_text()
        (tmp_path / f"{name}.mhd").write_text(f"NDims = 3\nElementSpacing = {spacing}\n{header}")
    assert f"ElementSpacing = '{spacing}'; expected a number" in read_folder(tmp_path).table.reason[0]


@pytest.mark.parametrize("spacing", ["0 0 3", "1 1", "inf 1 1"])
def test_spacings_of_nrrd_that_are_none_are_refused_in_words(tmp_path, spacing):
    silent(tmp_path, "nhdr")
    for name in ("a", "a_mask"):
        header = (tmp_path / f"{name}.nhdr").read_text()
        (tmp_path / f"{name}.nhdr").write_text(header.replace("enc", f"spacings: {spacing}\nenc"))
    assert f"spacings: {spacing}; expected a number of mm" in read_folder(tmp_path).table.reason[0]


def test_folder_of_other_files_says_what_it_holds(tmp_path):
    (tmp_path / "a.png").write_bytes(b"")
    with pytest.raises(ValueError, match=r"it holds a\.png; expected \.nii\.gz"):
        read_folder(tmp_path)


def with_truth(folder, text):
    for name in ("a", "NA"):
        save(IMAGE, folder / f"{name}.nrrd")
        save(BALL.astype(np.uint8), folder / f"{name}_mask.nrrd")
    (folder / "truth.csv").write_text(text, encoding="utf-8")
    return read_folder(folder).cohort.truth.set_index("patient_id")


def test_words_like_none_and_na_are_words_in_a_truth_table_and_numbers_stay_numbers(tmp_path):
    text = "\ufeffpatient_id,diagnosis,stage,age,smoker,\na,None,NA,50,True,\n\nNA,null,II,NA,False,\n"
    truth = with_truth(tmp_path, text)
    assert truth.diagnosis.to_dict() == {"a": "None", "NA": "null"}
    assert truth.stage.to_dict() == {"a": "NA", "NA": "II"}
    assert truth.age["a"] == 50
    assert np.isnan(truth.age["NA"])
    assert truth.smoker.tolist() == [False, True]


def test_facts_are_numbers_where_all_are_and_identifiers_keep_their_zeros_and_digits(tmp_path):
    text = "patient_id,diagnosis,age,post,serial,size,day\n"
    text += 'a,x,"5,5",00123,99999999999999999999,1e999,2\nNA,y,"6,25",53113,1,2,-3\n'
    with pytest.warns(UserWarning, match="decimal commas were read as decimal points"):
        truth = with_truth(tmp_path, text)
    assert truth.age.to_dict() == {"a": 5.5, "NA": 6.25}
    assert truth.post.to_dict() == {"a": "00123", "NA": "53113"}
    assert truth.serial["a"] == "99999999999999999999"
    assert truth["size"].to_dict() == {"a": "1e999", "NA": "2"}
    assert truth.day.to_dict() == {"a": 2, "NA": -3}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "it is empty"),
        ("patient_id;diagnosis;n\na;x;1,234\n", "line 2, column 'n': '1,234' may be 1.234 or 1234"),
        ("patient_id;diagnosis;n\na;x;1.5\nNA;x;1,5\n", "has a comma and '1.5' .* a point"),
        ("patient_id;diagnosis\na,b\n", "line 2 has 1 cells"),
        ("patient_id,diagnosis\na,benign,very\n", "line 2 has 3 cells, the header has 2"),
        ("patient_id,diagnosis\na\n", "line 2 has 1 cells"),
        ("patient_id,diagnosis\na,\n", "row 1 has no diagnosis"),
        ("patient_id,patient_id\na,b\n", "a column is there twice"),
        ("PatientID,diagnosis\na,b\n", "no column patient_id; it has 'PatientID', 'diagnosis'"),
        ('patient_id,diagnosis\na,"b\n', "cannot be read"),
    ],
)
def test_truth_file_that_would_shift_or_lose_a_cell_is_refused_with_its_line(tmp_path, text, message):
    with pytest.raises(ValueError, match=message):
        with_truth(tmp_path, text)
