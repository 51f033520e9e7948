"""Random fields with a stated correlation, many images at a time, and the blocks they are made in.

Everything here is numpy and scipy on one thread, so that the bytes do not depend on how many threads
torch or BLAS have.
"""

import numpy as np
import scipy.fft

# Images simulated at a time: large enough to amortise Python, small enough to stay in the processor's cache.
BLOCK = 64


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
