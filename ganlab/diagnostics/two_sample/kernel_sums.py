"""One pass over the matrix of kernel values: the MMD, that of each shuffle, and the parts of its variance."""

from dataclasses import dataclass

import numpy as np

# Entries of the kernel matrix held at a time, 32 MB: twice 10,000 samples need no 3 GB.
BLOCK = 4_000_000


@dataclass(frozen=True)
class KernelSums:
    """Everything about the kernel matrix of the pooled samples that a comparison needs.

    Parameters
    ----------
    values : float array, (n_permutations + 1,)
        The unbiased squared MMD of the samples, and of each shuffle.
    plug_in : float
        The first of them with the pairs of each sample with itself counted in: >= 0 for a kernel, biased.
    linear, quadratic : float >= 0
        Estimated variances of the two parts of the first: see squared_distance_interval.
    resolution : float
        Rounding error of a value, generously.
    """

    values: np.ndarray
    plug_in: float
    linear: float
    quadratic: float
    resolution: float


def kernel_sums(x, y, kernel, members):
    """Run over the kernel matrix of the rows of x and y once, for all rows of `members`.

    With s the 0/1 vector of who counts as x and K the matrix with an empty diagonal, the sums within
    and between the samples are s'Ks, s'K1 - s'Ks and what is left of 1'K1. One matrix product per block
    gives K s for all shuffles.
    """
    pooled = np.vstack([x, y])
    n, m, total = len(x), len(y), len(pooled)
    indicators = members.T.astype(float)  # (pooled row, shuffle)
    within = np.zeros(len(members))  # s'Ks
    row_sums, to_x, itself = np.empty(total), np.empty(total), np.empty(total)
    squares = np.zeros((2, 2))  # of the entries from x or y to x or y
    step = max(1, BLOCK // total)
    for start in range(0, total, step):
        rows = np.arange(start, min(start + step, total))
        block = _checked_block(kernel, pooled[rows], pooled)
        itself[rows] = block[np.arange(len(rows)), rows]
        block[np.arange(len(rows)), rows] = 0
        products = block @ indicators
        within += np.einsum("rp,rp->p", indicators[rows], products)
        row_sums[rows], to_x[rows] = block.sum(axis=1), products[:, 0]
        np.square(block, out=block)
        for side, here in enumerate((rows < n, rows >= n)):
            squares[side] += block[here, :n].sum(), block[here, n:].sum()
    from_members = row_sums @ indicators
    between = from_members - within
    others = row_sums.sum() - 2 * from_members + within
    values = within / (n * (n - 1)) + others / (m * (m - 1)) - 2 * between / (n * m)
    to_y = row_sums - to_x
    x_to_x, x_to_y = to_x[:n] / (n - 1), to_y[:n] / m
    y_to_x, y_to_y = to_x[n:] / n, to_y[n:] / (m - 1)
    return KernelSums(
        values,
        plug_in=float(values[0] + (itself[:n] - x_to_x).sum() / n**2 + (itself[n:] - y_to_y).sum() / m**2),
        linear=4 * float(np.var(x_to_x - x_to_y, ddof=1) / n + np.var(y_to_y - y_to_x, ddof=1) / m),
        quadratic=2 * _interaction_within(squares[0, 0], x_to_x) / n**2
        + 2 * _interaction_within(squares[1, 1], y_to_y) / m**2
        + 4 * _interaction_between(squares[0, 1], x_to_y, y_to_x) / (n * m),
        resolution=1e-12 * float(np.sqrt(squares.sum() / (total * (total - 1)))),
    )


def _interaction_within(sum_of_squares, row_means):
    """Variance of what is left of a symmetric matrix without diagonal after its row effects."""
    n = len(row_means)
    mean = row_means.mean()
    effects = (row_means - mean) * (n - 1) / (n - 2)
    rest = sum_of_squares - n * (n - 1) * mean**2 - 2 * (n - 2) * np.square(effects).sum()
    return float(max(rest, 0) / (n * (n - 3)))


def _interaction_between(sum_of_squares, row_means, column_means):
    """Variance of what is left of a rectangular matrix after its row and column effects."""
    n, m = len(row_means), len(column_means)
    mean = row_means.mean()
    rows, columns = np.square(row_means - mean).sum(), np.square(column_means - mean).sum()
    rest = sum_of_squares - n * m * mean**2 - m * rows - n * columns
    return float(max(rest, 0) / ((n - 1) * (m - 1)))


def _checked_block(kernel, rows, pooled):
    block = np.array(kernel(rows, pooled), dtype=float)
    if block.shape != (len(rows), len(pooled)):
        raise ValueError(
            f"The kernel must give one value per pair, shape ({len(rows)}, {len(pooled)}) for these rows; "
            f"it gave {block.shape}."
        )
    if not np.isfinite(block).all():
        raise ValueError("The kernel gave values that are NaN or infinite; rescale the features.")
    return block
