"""Lesion outlines: an ellipse-like closed curve with lobes, and how deep every pixel lies inside it."""

from dataclasses import dataclass

import numpy as np

LOBES = np.arange(3, 9)  # harmonics that make a margin irregular; the second one makes an ellipse


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
