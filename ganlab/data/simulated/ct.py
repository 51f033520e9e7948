"""Simulated liver lesions on CT, in Hounsfield units: the same patients under several kernels."""

import functools
from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy.fft
from scipy.special import ndtri

from ganlab.data.cohort.cohort import Cohort
from ganlab.data.simulated.drawing import (
    blocks,
    column,
    coverage,
    filtered_noise,
    frequencies,
    pixel_centres,
    random_outlines,
    response_std,
    smooth_field,
)
from ganlab.seeding import seeded_numpy_rng
from ganlab.shapes import Seed
from ganlab.validation import as_share, positive_integer

SIZE = 64
WIDE = 80  # rendered this large and cut, so that the periodic transform does not join air to liver
SPACING_MM = 0.9375
AIR, WATER = -1000.0, 0.0
FAT, MUSCLE, VIAL_WALL = -100.0, 50.0, 120.0
SOFT_NOISE_HU = 10.0  # standard deviation under the soft kernel at the usual dose
INTENSITY_RANGE = (-1200.0, 400.0)

RADIUS_MM = (6.0, 11.0)
IRREGULARITY = (0.01, 0.12)
LESION_COLUMN_MM = 14.0  # the lesion lies this far right of the middle; the skin is on the left
VIAL_RADIUS_MM = 6.5
REGION_MARGIN_MM = 2.5  # air and water regions keep this far from any edge that a kernel could smear


@dataclass(frozen=True)
class Kernel:
    r"""A reconstruction kernel by its modulation transfer function, or by its point spread.

    .. math:: \text{MTF}(f) = (1 + \beta f^2)\, e^{-2\pi^2\sigma^2 f^2}, \qquad
       \text{PSF}(r) = \Big(1 - \frac{\beta}{4\pi^2}\,\frac{r^2 - 2\sigma^2}{\sigma^4}\Big)
       \frac{e^{-r^2 / 2\sigma^2}}{2\pi\sigma^2}

    Attributes
    ----------
    blur_mm : float
        :math:`\sigma`, the Gaussian part of the point spread.
    enhancement_mm2 : float
        :math:`\beta`; above 0 it lifts middle frequencies, which sharpens edges and overshoots them.
    """

    blur_mm: float
    enhancement_mm2: float = 0.0

    def mtf(self, frequency):
        """Contrast that is left at `frequency`, in cycles per mm; 1 at frequency 0."""
        squared = np.square(frequency)
        return (1 + self.enhancement_mm2 * squared) * np.exp(-2 * np.pi**2 * self.blur_mm**2 * squared)

    def point_spread(self, radius_mm):
        """Weight per mm^2 at this distance from the point."""
        squared, variance = np.square(radius_mm), self.blur_mm**2
        gaussian = np.exp(-squared / (2 * variance)) / (2 * np.pi * variance)
        return (1 - self.enhancement_mm2 / (4 * np.pi**2) * (squared - 2 * variance) / variance**2) * gaussian


KERNELS = {"soft": Kernel(0.62), "medium": Kernel(0.47), "sharp": Kernel(0.36, 4.0)}


def ct_kernel(name: str) -> Kernel:
    """A reconstruction kernel of `simulate_ct`: how it blurs a point, and which contrast it leaves.

    Their MTFs fall to one half at 3, 4 and 9 line pairs per cm, like those of a smooth body kernel, a
    standard one and a bone kernel.

    Parameters
    ----------
    name : {"soft", "medium", "sharp"}

    Returns
    -------
    Kernel
        With ``mtf(frequency)`` in cycles per mm and ``point_spread(radius_mm)``.

    Examples
    --------
    >>> [round(float(ct_kernel(name).mtf(0.4)), 2) for name in ("soft", "medium", "sharp")]
    [0.3, 0.5, 1.09]
    """
    if name not in KERNELS:
        raise ValueError(f"a kernel must be one of {', '.join(KERNELS)}; got {name!r}.")
    return KERNELS[name]


def simulate_ct(n: int, kernel: str = "soft", necrosis: float = 0.4, seed: Seed = 0) -> Cohort:
    r"""Liver lesions on portal-venous CT, one per patient, with air and water beside them to check the scale.

    **Scene**, 60 x 60 mm in 64 x 64 pixels, skin towards the left: air (-1000 HU), on the skin a plastic
    vial of water (0 HU), fat (-100), muscle (50), liver (114 +- 12 [1]_ [2]_) with brighter vessels (155 to
    185), and in it a darker lesion (55 to 95), in half of the patients with an enhancing rim [3]_. A
    necrotic core, where there is one, does not enhance: 10 to 30 HU, close to water.

    **Scanner.** The scene goes through the kernel's point spread. Quantum noise, the same photons for every
    kernel, goes through the kernel too, after the ramp filter of back-projection [4]_ [5]_:

    .. math:: \text{NPS}(f) \propto f\,\text{MTF}(f)^2

    so that a sharp kernel gives more noise and a finer grain (`Kernel` has the MTF). One seed has the same
    patients, the same scene and the same photons under every kernel. Air and water lie 2.5 mm or more from
    any edge, so the point spread alone moves none of their pixels by more than 0.2 HU.

    **Malignancy** is a coin toss, its bias a function of necrosis, radius r and margin irregularity m:

    .. math:: \operatorname{logit} p = -1.6 + 2.6\,[\text{necrosis}] + 1.5 \log_2(r / 8\,\text{mm})
       + 30\,(m - 0.06)

    Parameters
    ----------
    n : int >= 1
    kernel : {"soft", "medium", "sharp", "ideal"}
        "ideal" is the scene itself, before point spread and noise: there every air pixel of the regions is
        exactly -1000 and every water pixel exactly 0.
    necrosis : number in [0, 1]
        Share of the population with a necrotic core; each patient is drawn independently.
    seed : int, torch.Generator or None

    Returns
    -------
    Cohort
        In HU, not clipped at -1024. `regions` has "air", "water" and "necrosis" (empty where there is none).
        Truth: `patient_id`, `diagnosis`, `kernel`, `radius_mm` (of the circle of equal area),
        `margin_irregularity`, `has_necrosis`, `necrotic_fraction` (pixels of the core / pixels of the
        mask), `liver_hu`, `lesion_hu`, `necrosis_hu` (NaN without), `malignancy_probability`.

        The same seed gives the same bytes, whatever the number of threads, and the first rows do not
        depend on n.

    References
    ----------
    .. [1] Liver without contrast medium, 59 +- 11 HU in 3,357 adults without symptoms: Boyce et al. (2010),
       Hepatic steatosis (fatty liver disease) in asymptomatic adults identified by unenhanced low-dose CT,
       American Journal of Roentgenology 194(3), 623-628.
    .. [2] Portal-venous enhancement without cirrhosis, 56 +- 14 HU in 20 patients: Naruo et al. (2007),
       Enhancement of the liver on dynamic MDCT, doi:10.1007/s11604-006-0111-5.
    .. [3] An enhancing rim in 62 of 74 colorectal metastases: Computed Tomographic Appearance of Colorectal
       Hepatic Metastases (2003), Annals of the Academy of Medicine, Singapore, 32(2), 191-195; the journal's
       page names no author.
    .. [4] Kijewski & Judy (1987), The noise power spectrum of CT images, doi:10.1088/0031-9155/32/5/003.
    .. [5] A Gaussian point spread fits many scanners: Nickoloff & Riley (1985), doi:10.1118/1.595706.

    Examples
    --------
    >>> scene = simulate_ct(20, kernel="ideal", seed=0)
    >>> [float(np.unique(scene.images[scene.regions[name]]).item()) for name in ("air", "water")]
    [-1000.0, 0.0]
    >>> soft, sharp = (simulate_ct(20, kernel=kernel, seed=0) for kernel in ("soft", "sharp"))
    >>> bool((soft.masks == sharp.masks).all()), bool(soft.images.std() < sharp.images.std())
    (True, True)
    """
    n = positive_integer(n, "n")
    if kernel != "ideal" and kernel not in KERNELS:
        raise ValueError(f"kernel must be one of {(*KERNELS, 'ideal')}; got {kernel!r}.")
    necrosis = as_share(necrosis, "necrosis")

    people, lesion_rng, core_rng, scene, photons = seeded_numpy_rng(seed).spawn(5)
    truth = _draw_patients(people.random((n, 12)), necrosis)
    lesions = random_outlines(lesion_rng, truth["radius_mm"], truth["margin_irregularity"], jitter_mm=1.5)
    lesions.centre[:, 1] += LESION_COLUMN_MM
    cores = random_outlines(core_rng, truth["core_radius_mm"], np.full(n, 0.05), jitter_mm=1.0)
    cores.centre[:] = lesions.centre + cores.centre * (0.15 * truth["radius_mm"])[:, None]

    images = np.empty((n, SIZE, SIZE), np.float32)
    masks, core, air, water = (np.empty((n, SIZE, SIZE), bool) for _ in range(4))
    scene_streams = scene.spawn(3)
    for rows in blocks(n):
        block = {name: values[rows] for name, values in truth.items()}
        objects, *regions = _scene(block, lesions[rows], cores[rows], scene_streams)
        masks[rows], core[rows], air[rows], water[rows] = map(_cut, regions)
        images[rows] = _cut(objects if kernel == "ideal" else _scan(objects, kernel, block, photons))

    return Cohort(
        images,
        masks,
        pd.DataFrame(
            {
                "patient_id": np.arange(n),
                "diagnosis": np.where(truth["malignant"], "malignant", "benign"),
                "kernel": kernel,
                "radius_mm": truth["radius_mm"],
                "margin_irregularity": truth["margin_irregularity"],
                "has_necrosis": truth["has_necrosis"],
                "necrotic_fraction": core.sum(axis=(1, 2)) / masks.sum(axis=(1, 2)),
                "liver_hu": truth["liver_hu"],
                "lesion_hu": truth["lesion_hu"],
                "necrosis_hu": np.where(truth["has_necrosis"], truth["necrosis_hu"], np.nan),
                "malignancy_probability": truth["probability"],
            }
        ),
        SPACING_MM,
        "HU",
        f"simulated liver lesions, CT, {kernel} kernel",
        f"simulate_ct(n={n}, kernel={kernel!r}, necrosis={necrosis:g}, "
        f"seed={seed if isinstance(seed, int) else 'not recorded'})",
        regions={"necrosis": core, "air": air, "water": water},
        intensity_range=INTENSITY_RANGE,
    )


def malignancy_probability(has_necrosis, radius_mm, margin_irregularity):
    """The probability that a lesion is malignant: the formula of `simulate_ct`."""
    log_odds = (
        -1.6
        + 2.6 * np.asarray(has_necrosis)
        + 1.5 * np.log2(np.asarray(radius_mm) / 8.0)
        + 30.0 * (np.asarray(margin_irregularity) - 0.06)
    )
    return 1 / (1 + np.exp(-log_odds))


def noise_std(kernel):
    """Standard deviation of the noise at the usual dose, in HU, under "soft", "medium" or "sharp".

    The same photons under another kernel: the ratio to the soft kernel's 10 HU follows from the two noise
    power spectra.

    Examples
    --------
    >>> [round(noise_std(kernel)) for kernel in KERNELS]
    [10, 17, 37]
    """
    std, soft = (response_std(_noise_response(name), WIDE).item() for name in (kernel, "soft"))
    return SOFT_NOISE_HU * std / soft


def _draw_patients(u, necrosis):
    """Patients from uniform numbers, shape (n, 12), as a dict of arrays."""
    low, high = RADIUS_MM
    truth = {
        "radius_mm": low * (high / low) ** u[:, 0],
        "margin_irregularity": IRREGULARITY[0] + (IRREGULARITY[1] - IRREGULARITY[0]) * u[:, 1],
        "has_necrosis": u[:, 2] < necrosis,
        "liver_hu": 114 + 12 * np.clip(ndtri(np.clip(u[:, 3], 1e-9, 1 - 1e-9)), -2.5, 2.5),
        "lesion_hu": 55 + 40 * u[:, 4],
        "necrosis_hu": 10 + 20 * u[:, 5],
        "rim_hu": np.where(u[:, 6] < 0.5, 10 + 20 * u[:, 7], 0.0),
        "dose_factor": 0.85 + 0.3 * u[:, 8],
    }
    # A liver that enhances poorly would hide the lesion: keep at least 20 HU between them.
    truth["lesion_hu"] = np.minimum(truth["lesion_hu"], truth["liver_hu"] - 20)
    truth["core_radius_mm"] = truth["radius_mm"] * np.sqrt(0.12 + 0.3 * u[:, 9])
    truth["probability"] = malignancy_probability(
        truth["has_necrosis"], truth["radius_mm"], truth["margin_irregularity"]
    )
    truth["malignant"] = u[:, 10] < truth["probability"]
    return truth


def _scene(truth, lesions, cores, streams):
    """The object under the scanner and its true regions, on the wide grid.

    Returns
    -------
    scene : float32 array, HU, shape (n, WIDE, WIDE)
    lesion, core, air, water : bool arrays, same shape
    """
    layout, liver_texture, lesion_texture = streams
    n = len(lesions.radius)
    y, x = pixel_centres(WIDE, SPACING_MM)
    u = layout.random((n, 20))

    depth = x - column(-13 - 2 * u[:, 0]) - y**2 / column(240 + 200 * u[:, 1])  # below the skin, mm
    fat_mm, muscle_mm = column(3 + 2 * u[:, 2]), column(2 + 1.5 * u[:, 3])
    vial_y, vial_x = column(20 * (u[:, 4] - 0.5)), column(-13 - 2 * u[:, 0] - VIAL_RADIUS_MM - 1.5)
    from_vial = np.hypot(x - vial_x, y - vial_y) - VIAL_RADIUS_MM

    liver = column(truth["liver_hu"]) + 3 * smooth_field(liver_texture, n, WIDE, 2.5 / SPACING_MM, wide=WIDE)
    for vessel in range(3):
        there, turn, offset, width, bright = u[:, 5 + 5 * vessel : 10 + 5 * vessel].T
        cosine, sine = column(np.cos(2 * np.pi * turn)), column(np.sin(2 * np.pi * turn))
        along, across = (x - 10) * cosine + y * sine, y * cosine - (x - 10) * sine
        off_axis = np.abs(across - column(30 * (offset - 0.5)) - 0.006 * along**2)
        half_width = column(0.8 + 1.6 * width) * (1 - along / 80)  # it narrows towards the periphery
        vein = _inside(off_axis - half_width) * np.clip(0.8 - along / 30, 0, 1)
        liver = _over(liver, column(155 + 30 * bright), vein * column(there < 0.6))

    scene = np.full((n, WIDE, WIDE), AIR, np.float32)
    scene = _over(scene, VIAL_WALL, _inside(from_vial - 0.9))
    scene = _over(scene, WATER, _inside(from_vial))
    scene = _over(scene, FAT, _inside(-depth))
    scene = _over(scene, MUSCLE, _inside(fat_mm - depth))
    scene = _over(scene, liver, _inside(fat_mm + muscle_mm - depth))

    to_lesion, to_core = lesions.signed_distance(y, x), cores.signed_distance(y, x)
    core_depth = np.maximum(to_core, to_lesion + 1)  # the core ends at least 1 mm inside the lesion
    core_depth[~truth["has_necrosis"]] = np.inf
    tissue = column(truth["lesion_hu"]) + 4 * smooth_field(
        lesion_texture, n, WIDE, 1.5 / SPACING_MM, wide=WIDE
    )
    rim = _inside(-to_lesion - column(0.22 * lesions.radius))
    tissue = tissue + column(truth["rim_hu"]) * rim
    tissue = _over(tissue, column(truth["necrosis_hu"]), _inside(core_depth))
    scene = _over(scene, tissue, _inside(to_lesion))

    away = np.minimum(-depth, from_vial - 0.9)  # from skin and vial, mm
    return scene, to_lesion <= 0, core_depth <= 0, away >= REGION_MARGIN_MM, from_vial <= -REGION_MARGIN_MM


def _scan(scene, kernel, truth, photons):
    """Point spread and noise of a kernel, on the wide grid."""
    transfer = _transfer(kernel)
    blurred = scipy.fft.irfft2(scipy.fft.rfft2(scene) * transfer, s=(WIDE, WIDE))
    noise = filtered_noise(photons, len(scene), _noise_response(kernel), WIDE)
    return blurred + column(noise_std(kernel) * truth["dose_factor"]) * noise


@functools.cache
def _transfer(kernel):
    """The kernel on the pixel grid: transform of its point spread at the pixels, weights adding up to 1.

    Sampling the point spread rather than the MTF keeps it as short as it is; an MTF cut off at the highest
    frequency of the grid would ring, and carry the skin's edge into the air and water regions.
    """
    away = np.minimum(np.arange(WIDE), WIDE - np.arange(WIDE)) * SPACING_MM
    weights = KERNELS[kernel].point_spread(np.hypot(away[:, None], away[None, :]))
    return scipy.fft.rfft2(weights / weights.sum()).real.astype(np.float32)


def _noise_response(kernel):
    """The square root of the noise power spectrum, up to a constant; shape (1, WIDE, WIDE // 2 + 1)."""
    return (np.sqrt(frequencies(WIDE)) * _transfer(kernel))[None]


def _inside(distance):
    """Partial volume of a pixel's width."""
    return coverage(distance, np.float32(SPACING_MM))


def _over(below, above, share):
    """`above` laid over `below`; exactly one or the other where `share` is 1 or 0."""
    return below * (1 - share) + above * share


def _cut(wide):
    edge = (WIDE - SIZE) // 2
    return wide[:, edge:-edge, edge:-edge]
