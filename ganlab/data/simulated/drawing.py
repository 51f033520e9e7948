"""What simulated lesions are drawn with: outlines with lobes, partial volume, random fields.

Everything here is numpy and scipy on one thread, so that the bytes do not depend on how many threads
torch or BLAS have.
"""

from dataclasses import dataclass

import numpy as np
import scipy.fft

# Images simulated at a time: large enough to amortise Python, small enough to stay in the processor's cache.
BLOCK = 64
LOBES = np.arange(3, 9)  # harmonics that make a margin irregular; the second one makes an ellipse


def blocks(n):
    """Slices that cover `n` rows.

    Every random quantity has a stream of its own that is read row by row, so neither the size of a
    block nor the number of rows after it changes a row: the first 10 of 20 images are the same as 10 images.
    """
    return [slice(start, min(start + BLOCK, n)) for start in range(0, n, BLOCK)]


def pixel_centres(size, spacing_mm):
    """Row and column coordinates of a square image's pixels, millimetres from its centre.

    Returns
    -------
    y, x : float32 arrays, shapes (size, 1) and (1, size)
    """
    ticks = ((np.arange(size) - (size - 1) / 2) * spacing_mm).astype(np.float32)
    return ticks[:, None], ticks[None, :]


@dataclass(frozen=True)
class Outlines:
    r"""n star-shaped curves around their centres.

    .. math:: r(\theta) = s\,\Big(1 + \sum_{k=2}^{8} a_k \cos(k\theta - \varphi_k)\Big)

    with s such that the enclosed area is that of a circle of `radius`.

    Attributes
    ----------
    centre : array, shape (n, 2)
        Row and column, mm from the middle of the image.
    radius : array, shape (n,)
        Radius in mm of the circle of equal area.
    coefficients : complex array, shape (n, 7)
        :math:`a_k e^{i \varphi_k}` for k = 2..8.
    """

    centre: np.ndarray
    radius: np.ndarray
    coefficients: np.ndarray

    def __getitem__(self, rows):
        return Outlines(self.centre[rows], self.radius[rows], self.coefficients[rows])

    @property
    def irregularity(self):
        """Root mean square of the relative deviation r / s - 1 in harmonics 3 to 8: 0 for an ellipse."""
        return np.sqrt((np.abs(self.coefficients[:, 1:]) ** 2).sum(axis=1) / 2)

    def signed_distance(self, y, x):
        """Distance of each pixel from the curve in mm, negative inside; exact to first order.

        Parameters
        ----------
        y, x : arrays, shapes (height, 1) and (1, width)
            Coordinates in mm from the middle of the image.

        Returns
        -------
        distance : float32 array, shape (n, height, width)
        """
        x = x[None] - self.centre[:, 1, None, None].astype(np.float32)
        y = y[None] - self.centre[:, 0, None, None].astype(np.float32)
        from_centre = np.hypot(x, y) + np.float32(1e-6)
        turn = np.empty(from_centre.shape, np.complex64)  # e^{i theta}; its powers are the harmonics
        turn.real, turn.imag = x / from_centre, y / from_centre
        # Horner's rule for sum_k c_k e^{ik theta} and sum_k k c_k e^{ik theta}, c_k = a_k e^{-i phi_k}.
        conjugate = np.conj(self.coefficients).astype(np.complex64)
        wave, slope = np.zeros_like(turn), np.zeros_like(turn)
        for k in range(conjugate.shape[1] + 1, 1, -1):
            coefficient = conjugate[:, k - 2, None, None]
            for total, factor in ((wave, 1), (slope, k)):
                total += factor * coefficient
                total *= turn
        wave = (wave * turn).real + 1
        slope = -(slope * turn).imag
        area_factor = np.sqrt(1 + (np.abs(self.coefficients) ** 2).sum(axis=1) / 2)
        scale = (self.radius / area_factor).astype(np.float32)[:, None, None]
        return (from_centre - scale * wave) / np.sqrt(1 + (slope / wave) ** 2)


def random_outlines(rng, radius, irregularity, jitter_mm):
    """Outlines of given radius and irregularity; ellipticity, the lobes' shares and all phases by chance.

    Parameters
    ----------
    rng : numpy.random.Generator
    radius, irregularity : arrays, shape (n,)
        mm, and as in `Outlines.irregularity`.
    jitter_mm : float
        Centres are uniform in a square of this half-width.
    """
    n = len(radius)
    # One draw per row, so that the first rows do not depend on how many follow.
    draws = rng.random((n, 3 + 1 + 2 * len(LOBES)))
    centre = jitter_mm * (2 * draws[:, :2] - 1)
    ellipse = 0.12 * draws[:, 2] * np.exp(2j * np.pi * draws[:, 3])
    amplitude, phase = draws[:, 4 : 4 + len(LOBES)], draws[:, 4 + len(LOBES) :]
    lobes = (0.2 + amplitude) / (LOBES - 1.0)
    lobes *= (irregularity * np.sqrt(2) / np.linalg.norm(lobes, axis=1))[:, None]
    coefficients = np.concatenate([ellipse[:, None], lobes * np.exp(2j * np.pi * phase)], axis=1)
    return Outlines(centre, np.asarray(radius, dtype=float), coefficients)


def coverage(distance, softness):
    """Share of a pixel that lies inside: partial volume, as a straight ramp `softness` mm wide."""
    return np.clip(0.5 - distance / softness, 0, 1).astype(np.float32)


def column(values):
    """One number per image, shaped to meet its pixels."""
    return np.asarray(values, dtype=np.float32)[:, None, None]


def smooth_field(rng, n, size, length, wide=None):
    r"""Gaussian random fields of mean 0 and variance 1: white noise through a Gaussian of width `length`.

    Values r pixels apart have the correlation :math:`\exp(-r^2 / 4 \ell^2)`.

    Parameters
    ----------
    rng : numpy.random.Generator
    n, size : int
    length : float or array, shape (n,)
        :math:`\ell`, standard deviation of the Gaussian in pixels; one for all or one for each field.
    wide : int or None
        The fields are cut from periodic ones of this width. None: half as large again, so that opposite
        edges know nothing of each other.

    Returns
    -------
    fields : float32 array, shape (n, size, size)
    """
    wide = wide or scipy.fft.next_fast_len(size + size // 2, real=True)
    length = np.reshape(np.asarray(length, dtype=np.float32), (-1, 1, 1))
    # The Gaussian of a plane is a product of two Gaussians of a line: far fewer exponentials.
    rows, columns = (
        np.exp(-2 * np.pi**2 * length**2 * np.square(line))
        for line in (
            np.fft.fftfreq(wide).astype(np.float32)[:, None],
            np.fft.rfftfreq(wide).astype(np.float32),
        )
    )
    return filtered_noise(rng, n, rows * columns, wide)[:, :size, :size]


def filtered_noise(rng, n, response, wide):
    """n fields of white noise through `response` (shape (n or 1, wide, wide // 2 + 1)), scaled to variance 1.

    The scale is the exact expectation, from the response alone; a field is not forced to variance 1.
    """
    response = response / response_std(response, wide)[:, None, None]
    noise = rng.standard_normal((n, wide, wide), dtype=np.float32)
    spectrum = scipy.fft.rfft2(noise)
    spectrum *= response
    return scipy.fft.irfft2(spectrum, s=(wide, wide), overwrite_x=True)


def response_std(response, wide):
    """Standard deviation of white noise of variance 1 after `response`, shape (n,)."""
    # Each column but the first and the Nyquist one stands for its mirror image too.
    weight = np.full(wide // 2 + 1, 2.0)
    weight[0] = 1
    if wide % 2 == 0:
        weight[-1] = 1
    power = np.square(response).sum(axis=1, dtype=np.float64) * weight
    return np.sqrt(power.sum(axis=1) / wide**2).astype(np.float32)


def frequencies(wide):
    """Radial frequency of every coefficient of a real 2-D transform, cycles per pixel."""
    rows, columns = np.fft.fftfreq(wide)[:, None], np.fft.rfftfreq(wide)[None, :]
    return np.sqrt(rows**2 + columns**2).astype(np.float32)
