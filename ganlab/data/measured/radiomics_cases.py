"""PyRadiomics' five measured CT and MR cases: fetched once, every byte checked, and loaded as volumes."""

import hashlib
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path, PurePosixPath

from ganlab.data.measured.image_files import read_image
from ganlab.data.measured.volume import Volume
from ganlab.files import cache_folder, written_whole
from ganlab.shapes import FilePath

RELEASE = "3.0.1"  # 3.1.0 carries inconsistent metadata, and pip refuses it
CASES = ("brain1", "brain2", "breast1", "lung1", "lung2")

# SHA-256 of what lies in the source distribution's folder data/.
CHECKSUMS = {
    "brain1_image.nrrd": "fffdb111ee8b428ede7256707393c927a7d5be912f0604cf3c6f1bd5fc9644cf",
    "brain1_label.nrrd": "ae6d8e6b84f7e99d68c210ee2fa6aaaefa0b2df0a84f55efca4feebe2b216059",
    "brain2_image.nrrd": "d35a1c6a3e1eb72bae97c5515472fbe057fb38ee8e1e199215d1c3c6f292332e",
    "brain2_label.nrrd": "15189c024936ecc337649b9a10c475117c7c40df0d53c22163f9a2023ed741a5",
    "breast1_image.nrrd": "0e8b668f3ce9b9aacff20dc3c216866f43069ff96b269fb45b76f5e205a431e2",
    "breast1_label.nrrd": "07085bb0e36a956de5bd1c1c1b5f8bdf2ce80952125b13cbd352412c108c8950",
    "lung1_image.nrrd": "379fa48bf34cfa961e6f5ec19c0c38757a30b9aa884212ef28dc29b5061c64ed",
    "lung1_label.nrrd": "e9d9a88054d7bc1d3034193ff907ce6b8c6ba28a7bc3a16f23728982d1b6b50a",
    "lung2_image.nrrd": "aa2b94eec79127ed786798ac8dc3c013010e1692d5787bebfae1a1e9685a4651",
    "lung2_label.nrrd": "cef52738dc51aab69a48fe30639da956d2b911b1c2920439c091fab84727657a",
    "baseline/baseline_firstorder.csv": "246a0931bea293bb9a2b78199fc3a8cec4725abc4c5d9506f35516e618a4704d",
    "baseline/baseline_glcm.csv": "d59c54915550142a90ea43f3cc8d72020b1b237e542b60ddd0b05b43f9b9e6f9",
    "baseline/baseline_gldm.csv": "86c90481d524407411f9158e3abbc1f9a29995e594bcd3d4b002d9da8e82d400",
    "baseline/baseline_glrlm.csv": "91f6ca15490697be78084dd5b19be8f6e2399b64a15eaddd2cc8056af71e7316",
    "baseline/baseline_glszm.csv": "81a11cb20ea276d50677b717e6ed046556206da2435bca521ed99e1b930924b3",
    "baseline/baseline_ngtdm.csv": "8ed88f099a0863c6218cbc227a49cfc9e5756387093e6d603d825ccd72cdf4e0",
    "baseline/baseline_shape.csv": "a812d001a0dfbcbbc522fc047d7eb643accd2c6cc3c2c9b30efc92783af2c856",
    "baseline/baseline_shape2D.csv": "697438df2a08c1c178199bccb86df9f3fd037705d5126641769697085dca23ab",
}

PATIENCE_S = 900  # for the download of 34 MB, slow lines included


class FetchError(OSError):
    """The cases could not be obtained."""


def radiomics_folder(cache=None):
    """The folder of the PyRadiomics cases inside the cache, fetched or not."""
    return cache_folder(cache) / f"pyradiomics-{RELEASE}"


def missing_radiomics_files(cache=None):
    """Names of those files of the five cases that are absent from the cache or not what they should be."""
    folder = radiomics_folder(cache)
    return [name for name, checksum in CHECKSUMS.items() if _checksum(folder / name) != checksum]


def fetch_radiomics_cases(cache: FilePath | None = None, *, source: FilePath | None = None) -> Path:
    """Obtain the five PyRadiomics cases and the published feature values for them; 34 MB, once.

    They lie in the source distribution of pyradiomics, which pip downloads from wherever this machine's
    pip is set up to look. Only files that are missing or damaged are written, each whole or not at all
    and only if its checksum is right; so a fetch that was interrupted is simply called again, and a
    second call does nothing.

    Parameters
    ----------
    cache : str, path-like or None
        None: $GANLAB_CACHE, or the system's folder for a user's caches.
    source : str, path-like or None
        A copy of pyradiomics-3.0.1.tar.gz, for machines without a network. None: pip downloads it.

    Returns
    -------
    pathlib.Path
        The folder with NAME_image.nrrd and NAME_label.nrrd for brain1, brain2, breast1, lung1 and lung2,
        and baseline/*.csv.

    Raises
    ------
    FetchError
        If pip cannot download it (the message has pip's own reason), the archive is not the release it
        should be, or the folder cannot be written.

    References
    ----------
    .. [1] van Griethuysen et al. (2017), Computational Radiomics System to Decode the Radiographic
       Phenotype, doi:10.1158/0008-5472.CAN-17-0339.
    """
    missing = missing_radiomics_files(cache)
    folder = radiomics_folder(cache)
    if not missing:
        return folder
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="ganlab-fetch-") as scratch:
            archive = _download(Path(scratch)) if source is None else Path(source).expanduser()
            _unpack(archive, missing, folder)
    except FetchError:  # an OSError too, and it has said what it is about
        raise
    except OSError as problem:
        raise FetchError(f"the cases cannot be written to {folder}: {problem}") from None
    return folder


def load_radiomics_case(name: str, cache: FilePath | None = None) -> Volume:
    """One of PyRadiomics' five measured cases, with the region of interest that came with it.

    ======= ============= ==================== ========== ====
    name    voxels        mm                   in the ROI unit
    ======= ============= ==================== ========== ====
    brain1  25x256x256    6.5 x 0.781 x 0.781  4137       a.u.
    brain2  23x256x256    6.5 x 0.781 x 0.781  453        a.u.
    breast1 21x120x45     2.1 x 0.664 x 0.664  143        a.u.
    lung1   48x512x512    5 x 0.570 x 0.570    837        HU
    lung2   61x512x512    5 x 0.627 x 0.627    24644      HU
    ======= ============= ==================== ========== ====

    Five patients are five patients: enough to see real texture and to check a feature against its
    published value, not enough to say anything about a population.

    Parameters
    ----------
    name : {"brain1", "brain2", "breast1", "lung1", "lung2"}
        Lungs are CT, the others MR.
    cache : str, path-like or None
        Where `fetch_radiomics_cases` put them. None: $GANLAB_CACHE, or the system's cache folder.

    Returns
    -------
    Volume
        ``.slices()`` and ``.patches()`` cut a Cohort from it. Its diagnosis is "unknown": the files do
        not say.

    Raises
    ------
    FileNotFoundError
        If it was not fetched yet.
    ImageFileError
        If the cached file is damaged.

    References
    ----------
    .. [1] van Griethuysen et al. (2017), Computational Radiomics System to Decode the Radiographic
       Phenotype, doi:10.1158/0008-5472.CAN-17-0339.
    """
    if name not in CASES:
        raise ValueError(f"name must be one of {', '.join(CASES)}; got {name!r}.")
    folder = radiomics_folder(cache)
    files = [folder / f"{name}_{part}.nrrd" for part in ("image", "label")]
    if not all(file.exists() for file in files):
        raise FileNotFoundError(
            f"the case {name!r} is not in {folder}. Run `ganlab fetch` once, with a network, to obtain it."
        )
    image, label = (read_image(file) for file in files)
    return Volume(
        image.voxels,
        label.voxels == 1,
        image.spacing_mm,
        "HU" if name.startswith("lung") else "a.u.",
        name,
        f"PyRadiomics {RELEASE} test case {name}, doi:10.1158/0008-5472.CAN-17-0339",
    )


def _download(scratch):
    command = [sys.executable, "-m", "pip", "download", f"pyradiomics=={RELEASE}"]
    command += ["--no-binary", ":all:", "--no-deps", "--no-build-isolation", "--dest", str(scratch)]
    command += ["--disable-pip-version-check", "--no-input", "--retries", "2", "--timeout", "20"]
    try:
        # pip speaks UTF-8 whatever the locale; a library that was imported may have reset ours to ASCII.
        utf8 = {"encoding": "utf-8", "errors": "replace"}
        run = subprocess.run(command, capture_output=True, timeout=PATIENCE_S, **utf8)
        said = run.stderr or run.stdout
    except subprocess.TimeoutExpired:
        said = f"pip was still at it after {PATIENCE_S} s"
    archive = scratch / f"pyradiomics-{RELEASE}.tar.gz"
    if archive.exists():
        return archive
    lines = [line for line in said.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR")] or lines[-3:]
    raise FetchError(
        f"pip could not download pyradiomics {RELEASE}. Is this machine connected to the network? "
        f"pip said: {' '.join(errors) or 'nothing'} Without a network, copy pyradiomics-{RELEASE}.tar.gz "
        "from another machine and hand it over: ganlab fetch --source FILE."
    )


def _unpack(archive, names, folder):
    """Write the named members of the archive's data/ folder, each after its checksum was found right."""
    try:
        with tarfile.open(archive) as tar:
            members = {
                str(PurePosixPath(*PurePosixPath(member.name).parts[2:])): member
                for member in tar
                if member.isfile() and PurePosixPath(member.name).parts[1:2] == ("data",)
            }
            for name in names:
                if name not in members:
                    raise FetchError(f"{archive.name} has no data/{name}; expected pyradiomics {RELEASE}.")
                content = tar.extractfile(members[name]).read()
                if hashlib.sha256(content).hexdigest() != CHECKSUMS[name]:
                    raise FetchError(f"data/{name} in {archive.name} is not the file of release {RELEASE}.")
                (folder / name).parent.mkdir(exist_ok=True)
                with written_whole(folder / name) as file:
                    file.write(content)
    except FileNotFoundError:
        raise FetchError(f"there is no file {archive}.") from None
    except (tarfile.TarError, EOFError) as problem:
        raise FetchError(f"{archive.name} is cut short or not a .tar.gz archive ({problem}).") from None


def _checksum(path):
    try:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (FileNotFoundError, NotADirectoryError):
        return None
