"""The MRI simulator once more, one image at a time and with nothing shared but its random numbers.

An independent second implementation: numpy on single images, cosines instead of complex powers, and the
transforms of numpy instead of scipy's.
"""

import numpy as np
from scipy.ndimage import gaussian_filter

FIELD_OF_VIEW = 48.0


def ramp(distance, softness):
    return np.clip(0.5 - distance / softness, 0, 1)


def field(noise, length):
    """Periodic noise, shape (wide, wide), through a Gaussian of `length` pixels, scaled to variance 1."""
    wide = len(noise)
    frequency = np.fft.fftfreq(wide)
    response = np.exp(-2 * (np.pi * length) ** 2 * (frequency[:, None] ** 2 + frequency[None, :] ** 2))
    return np.fft.ifft2(np.fft.fft2(noise) * response).real / np.sqrt((response**2).mean())


def distance_to_outline(x, y, centre, radius, coefficients):
    x, y = x - centre[1], y - centre[0]
    rho, theta = np.hypot(x, y), np.arctan2(y, x)
    wave, slope = np.ones_like(x), np.zeros_like(x)
    for k, coefficient in enumerate(coefficients, start=2):
        size, phase = np.abs(coefficient), np.angle(coefficient)
        wave += size * np.cos(k * theta - phase)
        slope -= k * size * np.sin(k * theta - phase)
    scale = radius / np.sqrt(1 + (np.abs(coefficients) ** 2).sum() / 2)
    return (rho - scale * wave) / np.sqrt(1 + (slope / wave) ** 2)


def scan_one(patient, outline, size, looks, liver_noise, lesion_noise, bias, noise):
    """One image and its mask.

    Parameters
    ----------
    patient : dict of pattern (0, 1, 2), radius_mm, contrast, noise_std
    outline : (centre, radius, coefficients)
    looks : 24 uniform numbers
    liver_noise, lesion_noise : arrays, shape (wide, wide), white
    bias : 5 normal numbers
    noise : array, shape (2, size, size), white
    """
    spacing = FIELD_OF_VIEW / size
    ticks = (np.arange(size) - (size - 1) / 2) * spacing
    y, x = np.meshgrid(ticks, ticks, indexing="ij")
    _centre, radius, _coefficients = outline
    distance = distance_to_outline(x, y, *outline)
    softness = spacing + looks[0]

    length = [3.0, 2.6 + 1.2 * looks[1], 1.0 + 0.35 * looks[1]][patient["pattern"]]
    grain = field(lesion_noise, length / spacing)[:size, :size]
    if patient["pattern"] == 0:
        lesion = patient["contrast"] + 0.008 * grain
    elif patient["pattern"] == 1:
        core = -0.14 - 0.14 * looks[2] + 0.075 * grain
        rim = patient["contrast"] * (1 + 0.28 * np.tanh(grain))
        deep = ramp(distance + radius * (0.2 + 0.12 * looks[3]), softness + 1)
        lesion = deep * core + (1 - deep) * rim
    else:
        lesion = patient["contrast"] + (0.16 + 0.05 * looks[2]) * grain
    lesion = 0.5 + lesion

    tissue = 0.5 + 0.018 * field(liver_noise, 1.5 / spacing)[:size, :size]
    for there, turn, offset, bend, width, bright in looks[4:22].reshape(3, 6):
        if there < 0.45:
            angle = 2 * np.pi * turn
            along, across = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
            off_axis = np.abs(across - 44 * (offset - 0.5) - 0.024 * (bend - 0.5) * along**2)
            half_width = (0.6 + 1.6 * width) * (1 - along / 48)
            vein = ramp(off_axis - half_width, 1.8) * np.clip(0.7 - along / 24, 0, 1)
            tissue = tissue + vein * (0.06 + 0.14 * bright)
    if looks[22] < 0.25:
        angle = 2 * np.pi * looks[23]
        along, across = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
        outside = ramp(radius * 1.25 + 3 + 6 * looks[1] + 0.008 * along**2 - across, 2.0)
        tissue = tissue * (1 - outside) + 0.14 * outside

    inside = ramp(distance, softness)
    signal = np.maximum(tissue * (1 - inside) + lesion * inside, 0)
    signal = gaussian_filter(signal, 0.7 / spacing, truncate=3)
    u, v = x / (FIELD_OF_VIEW / 2), y / (FIELD_OF_VIEW / 2)
    terms = (u, v, u * v, u**2 - 1 / 3, v**2 - 1 / 3)
    signal = signal * np.exp(sum(0.06 * weight * term for weight, term in zip(bias, terms, strict=True)))
    first, second = noise * patient["noise_std"]
    return np.sqrt((signal + first) ** 2 + second**2), distance <= 0


def simulate_one_by_one(truth, outlines, size, rng):
    """What `ganlab.data.simulated.lesions._scan` makes of the same arguments, in a plain loop over images."""
    n, wide = len(truth["pattern"]), 48 if size == 32 else 96
    anatomy, liver, lesion, bias, noise = rng.spawn(5)
    images, masks = np.empty((n, size, size)), np.empty((n, size, size), bool)
    for row in range(n):
        images[row], masks[row] = scan_one(
            {name: values[row] for name, values in truth.items()},
            (outlines.centre[row], outlines.radius[row], outlines.coefficients[row]),
            size,
            anatomy.random(24),
            liver.standard_normal((wide, wide), dtype=np.float32),
            lesion.standard_normal((wide, wide), dtype=np.float32),
            bias.standard_normal(5),
            noise.standard_normal((2, size, size), dtype=np.float32),
        )
    return images, masks
