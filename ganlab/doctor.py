"""What `ganlab doctor` looks at: is everything here that the course needs, and does a tiny GAN train?"""

import importlib.metadata
import sys
from dataclasses import dataclass

INSTALL = "run `make install` in the course folder"
# pyradiomics has no wheel and its build imports numpy, so its build tools come first.
INSTALL_PYRADIOMICS = (
    "on Python 3.11 with a C compiler (on Windows Microsoft's C++ Build Tools) `python -m pip install numpy "
    "wheel 'setuptools<81'` and `python -m pip install --no-build-isolation pyradiomics==3.0.1`; on newer "
    "Pythons there is no engine for Windows, and WSL 2 (Linux inside Windows) has one"
)
INSTALL_ENGINE = INSTALL_PYRADIOMICS if sys.platform == "win32" else INSTALL
SEEDS = range(5)
STEPS = 600
SAMPLES = 2000


@dataclass(frozen=True)
class Finding:
    """One thing looked at: `what` is there and, if it is not `ok`, how to get it."""

    name: str
    ok: bool
    what: str
    remedy: str = ""


@dataclass(frozen=True)
class Proof:
    """How near small GANs came to the distribution they were trained on, over several seeds.

    Distances are Wasserstein-1 to a fresh real sample, in standard deviations of the real distribution.
    """

    distance: float
    half_width: float
    real_distance: float
    start_distance: float
    n_seeds: int

    @property
    def ok(self):
        """Whether they learnt: the whole interval lies in the lowest third of the way from the start."""
        return self.distance + self.half_width < self.start_distance / 3

    def summary(self):
        """One sentence with the number and its uncertainty."""
        return (
            f"{self.n_seeds} tiny GANs ended {self.distance:.2f} ± {self.half_width:.2f} standard deviations "
            "from the Gaussian they were trained on (Wasserstein-1; mean over seeds and its 95 % interval). "
            f"They began at {self.start_distance:.2f}; two real samples are {self.real_distance:.2f} apart."
        )


def findings():
    """Look at everything that needs no training, and yield a Finding for each."""
    yield _python()
    yield from _packages()
    yield _tried("radiomics at work", _radiomics_computes, INSTALL_ENGINE)
    yield _tried("Jupyter kernel", _kernel, f"{INSTALL}, or `python -m ipykernel install --sys-prefix`")
    yield _tried("nbgrader in JupyterLab", _nbgrader_extension, INSTALL)
    yield Finding("course folder", True, _course())


def prove():
    """Train a tiny GAN on a Gaussian from several seeds, and measure how near it comes.

    Returns
    -------
    Proof
    """
    import numpy as np
    from scipy.stats import sem, t

    from ganlab.seeding import one_thread

    # Networks this small lose more by waiting for a second thread than it could ever save them: on a busy
    # machine of two cores 167 s with two threads, 4 s with one (measured).
    with one_thread():
        distances, real_distances, start_distances = np.transpose([_train_one(seed) for seed in SEEDS])
    half_width = t.ppf(0.975, len(SEEDS) - 1) * sem(distances)
    mean, real, start = (float(part.mean()) for part in (distances, real_distances, start_distances))
    return Proof(mean, float(half_width), real, start, len(SEEDS))


def _train_one(seed):
    from ganlab.data import gaussian_1d
    from ganlab.models import mlp_discriminator, mlp_generator
    from ganlab.objectives import NonSaturating
    from ganlab.seeding import isolated_randomness
    from ganlab.theory import wasserstein1
    from ganlab.training import Game, train

    real = gaussian_1d(mean=3.0, std=1.0)
    game = Game(
        mlp_generator(latent_dim=1, data_dim=1, width=64, seed=seed),
        mlp_discriminator(data_dim=1, width=64, seed=seed + 1000),
        NonSaturating(),
        learning_rate=1e-3,
        discriminator_learning_rate=4e-3,
    )
    with isolated_randomness(seed + 2000):
        fresh, again = real.sample((SAMPLES,)), real.sample((SAMPLES,))
    start = wasserstein1(game.sample(SAMPLES, seed=seed), fresh)
    train(game, real, STEPS, seed=seed, progress=False)
    return wasserstein1(game.sample(SAMPLES, seed=seed), fresh), wasserstein1(again, fresh), start


def _python():
    from packaging.specifiers import SpecifierSet

    asked = importlib.metadata.metadata("ganlab")["Requires-Python"]
    version = ".".join(map(str, sys.version_info[:3]))
    ok = version in SpecifierSet(asked)
    remedy = "install one of those, then `make install`"
    return Finding("Python", ok, f"{version} (asked for: {asked or 'any'})", remedy)


def _packages():
    from packaging.requirements import Requirement

    for line in importlib.metadata.requires("ganlab"):
        requirement = Requirement(line)
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": ""}):
            continue
        asked = str(requirement.specifier)
        remedy = f"{INSTALL}, or `python -m pip install -c constraints.txt '{requirement.name}{asked}'`"
        if requirement.name == "pyradiomics":
            remedy = INSTALL_PYRADIOMICS
        try:
            version = importlib.metadata.version(requirement.name)
            ok = requirement.specifier.contains(version, prereleases=True)
        except importlib.metadata.PackageNotFoundError:
            version, ok = "missing", False
        yield Finding(requirement.name, ok, f"{version} (asked for: {asked or 'any'})", remedy)


def _tried(name, look, remedy):
    """A Finding from a function that says what it found or raises."""
    try:
        return Finding(name, True, look())
    except Exception as problem:
        return Finding(name, False, f"{type(problem).__name__}: {problem}", remedy)


def _radiomics_computes():
    import tempfile

    import numpy as np

    from ganlab.radiomics import extract_features

    checkerboard = np.indices((1, 6, 6)).sum(axis=0) % 2 * 100.0
    with tempfile.TemporaryDirectory() as empty:  # a result kept from before would prove nothing
        table = extract_features(
            checkerboard,
            np.ones((1, 6, 6), dtype=bool),
            spacing_mm=1,
            bin_width=25,
            classes=["glcm"],
            cache=empty,
            progress=False,
        )
    contrast = float(table["original_glcm_Contrast"].iloc[0])
    if not contrast > 0:
        raise ValueError(f"the contrast of a checkerboard came out as {contrast}")
    return f"{table.attrs['versions']['engine']} gives a checkerboard the GLCM contrast {contrast:.3f}"


def _kernel():
    import shutil

    from jupyter_client.kernelspec import KernelSpecManager

    spec = KernelSpecManager().get_kernel_spec("python3")
    program = spec.argv[0]
    if program not in ("python", "python3") and shutil.which(program) is None:
        raise FileNotFoundError(f"the kernel python3 wants to start {program}, which does not exist")
    return f"python3, {spec.display_name}"


def _nbgrader_extension():
    from pathlib import Path

    from jupyter_core.paths import jupyter_config_path, jupyter_path
    from jupyter_server.extension.config import ExtensionConfigManager

    enabled = {}
    for folder in reversed(jupyter_config_path()):  # the first folder has the last word
        enabled |= ExtensionConfigManager(read_config_path=[folder]).get_jpserver_extensions()
    for extension in ("formgrader", "validate_assignment"):
        if not enabled.get(f"nbgrader.server_extensions.{extension}"):
            raise LookupError(f"the server extension nbgrader.server_extensions.{extension} is not enabled")
    if not any((Path(folder) / "labextensions/@jupyter/nbgrader").is_dir() for folder in jupyter_path()):
        raise LookupError("JupyterLab does not find the extension @jupyter/nbgrader")
    return "formgrader and the Validate button are enabled"


def _course():
    from ganlab.grading import CourseError, find_course

    try:
        course = find_course()
    except CourseError:  # the library and the audit need none
        return "none here; `ganlab new FOLDER` copies the lectures and exercises into a folder of yours"
    exercises = len(list(course.exercises.glob("*/*.ipynb")))
    return f"{course.root}: {len(course.lessons())} lessons, {exercises} exercises"
