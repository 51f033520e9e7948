"""In which space two images are near: as pixels, aligned and blurred, as textures, or as a table of features.

A space says three things: `fit` looks at the training samples (and at nothing else), `place` puts samples
into it, and `nearest` and `nearest_others` find the two nearest references of each query. `points` are the
coordinates that cells are cut from.
"""

import itertools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ganlab.diagnostics.memorization.neighbours import (
    best_of,
    nearest_two,
    nearest_two_others,
    two_smallest_columns,
)
from ganlab.shapes import Points, Samples
from ganlab.validation import as_numpy, positive_integer, positive_number


class PointSpace:
    """A space in which a sample is one point and distance is Euclidean; the others build on it."""

    def fit(self, train):
        return self

    def place(self, samples):
        return _as_rows(samples)

    def points(self, placed):
        return placed

    def nearest(self, queries, references):
        return nearest_two(queries, references)

    def nearest_others(self, placed):
        return nearest_two_others(placed, placed)


@dataclass(frozen=True)
class Pixels(PointSpace):
    r"""Numbers as they are: the root of the summed squared differences.

    .. math:: d(x, y) = \lVert x - y \rVert_2

    The plain choice, and an easily fooled one: an image shifted by a pixel or flipped is as far from its
    original as a stranger is. Columns in different units need `FeatureTable`.

    Parameters
    ----------
    name : str
        How reports call it.

    Examples
    --------
    >>> import numpy as np
    >>> space = Pixels()
    >>> nearest = space.nearest(np.array([[0.0, 0.0]]), np.array([[3.0, 4.0], [1.0, 0.0]]))
    >>> nearest.distance, nearest.index
    (array([[1., 5.]]), array([[1, 0]]))
    """

    name: str = "pixels"


@dataclass(frozen=True)
class FeatureTable:
    r"""Features that you computed, each in units of its own spread over the TRAINING samples, tails drawn in.

    .. math:: d(x, y)^2 = \sum_j \Big(\frac{z_j(x) - z_j(y)}{s_j}\Big)^2, \qquad
       z_j(x) = \operatorname{arsinh} \frac{x_j - \operatorname{median}_j}{1.4826\,\operatorname{MAD}_j}

    with median, median absolute deviation (MAD) and the standard deviation :math:`s_j` of :math:`z_j` over
    train. Volume in cubic millimetres would otherwise drown everything else. The arsinh is nearly a straight
    line among common values and nearly a logarithm far out: heavy tails would let two rows that share one
    extreme value look like twins. Scales taken from the synthetic samples would hide what is odd about them,
    so only train is looked at.

    Parameters
    ----------
    name : str
        How reports call it.

    Raises
    ------
    ValueError
        From `fit`: a feature is constant over train, so has no spread; its columns are named.

    Examples
    --------
    >>> import numpy as np
    >>> train = np.array([[0.0, 0.0], [1.0, 1000.0], [2.0, 2000.0]])
    >>> space = FeatureTable().fit(train)
    >>> distance = space.nearest(space.place(train[:1]), space.place(train[1:])).distance
    >>> distance.round(3)  # both columns count alike
    array([[1.732, 3.464]])
    """

    name: str = "standardised features"

    def fit(self, train: Samples):
        features = _as_rows(train)
        _refuse_constant(features)
        centre = np.median(features, axis=0)
        deviation = np.median(np.abs(features - centre), axis=0) * 1.4826
        # Where more than half of the values are one and the same, the usual spread has to do.
        deviation = np.where(deviation > 0, deviation, features.std(axis=0))

        def drawn_in(samples):
            return np.arcsinh((_as_rows(samples) - centre) / deviation)

        return StandardisedSpace(self.name, drawn_in, drawn_in(features).std(axis=0))


@dataclass(frozen=True)
class StandardisedSpace(PointSpace):
    """Features in units of their spread over train: what `fit` of a space with features gives."""

    name: str
    features: Callable
    spread: np.ndarray

    def place(self, samples):
        return self.features(samples) / self.spread


def _as_rows(samples):
    return samples.reshape(len(samples), -1)


def _refuse_constant(features):
    constant = np.flatnonzero(features.min(axis=0) == features.max(axis=0))
    if len(constant):
        named = ", ".join(str(column) for column in constant[:5])
        raise ValueError(
            f"{len(constant)} feature(s) are constant over train and have no spread to measure by "
            f"(columns {named}{', ...' if len(constant) > 5 else ''}); leave them out of every set."
        )


@dataclass(frozen=True)
class AlignedPixels(PointSpace):
    r"""Pixels after the best shift and flip, of images that were blurred first.

    .. math:: d(x, y) = \min_{s,\, f} \lVert \text{crop}(\text{shift}_s \text{flip}_f\, B x)
       - \text{crop}(B y) \rVert_2

    B is a Gaussian blur, s runs over all shifts by up to `max_shift` pixels in each direction and f over
    no flip, left-right, up-down and both. The crop leaves out a margin of `max_shift` pixels, so that no
    pixel has to be made up. Blurring takes pixel noise away; after it every second pixel says the rest.

    It finds noisy, shifted and flipped copies. It does not look for rotations, zooms or blends.

    Parameters
    ----------
    max_shift : int >= 1
        In pixels. The search costs :math:`4 (2\,\text{max\_shift} + 1)^2` times that of plain pixels.
    blur : number > 0
        Standard deviation of the blur in pixels.
    name : str
        How reports call it.

    Examples
    --------
    >>> import numpy as np
    >>> image = np.random.default_rng(0).normal(size=(1, 16, 16))
    >>> space = AlignedPixels()
    >>> float(space.nearest(space.place(image[:, ::-1]), space.place(image)).distance[0, 0].round(6))
    0.0
    """

    max_shift: int = 2
    blur: float = 1.5
    name: str = "aligned pixels"

    def __post_init__(self):
        positive_integer(self.max_shift, "max_shift")
        positive_number(self.blur, "blur")

    def place(self, samples: Samples):
        from scipy.ndimage import gaussian_filter

        images = as_images(samples, smallest=2 * self.max_shift + 4)
        return gaussian_filter(images, sigma=(0, self.blur, self.blur))

    def points(self, placed: Points):
        return self._crop(placed, self.max_shift, self.max_shift)

    def nearest(self, queries: Points, references: Points):
        targets = self.points(references)
        return best_of(nearest_two(view, targets) for view in self._views(queries))

    def nearest_others(self, placed: Points):
        targets = self.points(placed)
        return best_of(nearest_two_others(view, targets) for view in self._views(placed))

    def _views(self, images):
        flips = (images, images[:, ::-1], images[:, :, ::-1], images[:, ::-1, ::-1])
        shifts = range(2 * self.max_shift + 1)
        for flipped, down, right in itertools.product(flips, shifts, shifts):
            yield self._crop(flipped, down, right)

    def _crop(self, images, down, right):
        height, width = (side - 2 * self.max_shift for side in images.shape[1:])
        return images[:, down : down + height : 2, right : right + width : 2].reshape(len(images), -1)


@dataclass(frozen=True)
class RandomConvolutions:
    r"""What an untrained convolutional network with fixed random filters sees, on average over the image.

    Blur; 16 random filters of 5 x 5, rectified; pool by 2; 32 random filters of 3 x 3 x 16, rectified.
    Of every channel of both layers the mean and the standard deviation over the image are kept, averaged
    over the four flips, and divided by their spread over train. Positions are forgotten, so shifts matter
    little and flips not at all. No outside data, no download: a network trained on photographs knows more
    about photographs.

    Parameters
    ----------
    seed : int >= 0
        Of the filters; the same seed gives the same features.
    blur : number > 0
        Standard deviation of the blur in pixels.
    name : str
        How reports call it.

    References
    ----------
    .. [1] Saxe et al. (2011), On Random Weights and Unsupervised Feature Learning, ICML.

    Examples
    --------
    >>> import numpy as np
    >>> images = np.random.default_rng(0).normal(size=(5, 16, 16))
    >>> space = RandomConvolutions().fit(images)
    >>> bool(np.allclose(space.place(images), space.place(images[:, ::-1])))
    True
    """

    seed: int = 0
    blur: float = 1.5
    name: str = "random convolutions"

    def __post_init__(self):
        positive_number(self.blur, "blur")

    def fit(self, train: Samples):
        features = self._features(train)
        _refuse_constant(features)
        return StandardisedSpace(self.name, self._features, features.std(axis=0))

    def _features(self, samples):
        import torch
        from scipy.ndimage import gaussian_filter

        images = gaussian_filter(as_images(samples, smallest=12), sigma=(0, self.blur, self.blur))
        filters = self._filters()
        # Those of 16 images of 64 x 64 pixels stay near the processor; those of 256 took twice as long.
        blocks = torch.from_numpy(images)[:, None].split(max(1, 2**16 // images[0].size))
        with torch.no_grad():
            return torch.cat([_pooled_responses(block, filters) for block in blocks]).numpy()

    def _filters(self):
        import torch

        from ganlab.seeding import seeded_rng

        rng, filters = seeded_rng(self.seed), []
        for shape in ((16, 1, 5, 5), (32, 16, 3, 3)):
            drawn = torch.randn(shape, generator=rng, dtype=torch.float64)
            drawn = drawn - drawn.mean(dim=(1, 2, 3), keepdim=True)  # blind to the overall brightness
            filters.append(drawn / drawn.flatten(1).norm(dim=1)[:, None, None, None])
        return filters


def _pooled_responses(images, filters):
    """Mean and standard deviation of every channel, averaged over the four flips, shape (n, 96)."""
    import torch
    from torch.nn import functional

    total = 0
    for axes in ((), (2,), (3,), (2, 3)):
        first = functional.conv2d(images.flip(axes), filters[0]).abs()
        second = functional.conv2d(functional.avg_pool2d(first, 2), filters[1]).relu()
        total = total + torch.cat([pooled for layer in (first, second) for pooled in _mean_and_std(layer)], 1)
    return total / 4


def _mean_and_std(layer):
    """Of every channel over the image; torch's own std takes six times as long over two dimensions."""
    import torch

    mean = layer.mean((2, 3), keepdim=True)
    norm = torch.linalg.vector_norm(layer - mean, dim=(2, 3))
    return mean.flatten(1), norm / (layer[0, 0].numel() - 1) ** 0.5


def as_images(samples, smallest):
    """One channel each, float64, shape (n, height, width), at least `smallest` pixels along each side."""
    samples = as_numpy(samples)
    if samples.ndim == 4 and samples.shape[1] == 1:
        samples = samples[:, 0]
    if samples.ndim != 3 or min(samples.shape[1:]) < smallest:
        raise ValueError(
            f"this feature space needs images, shape (n, height, width) or (n, 1, height, width), of "
            f"{smallest} pixels or more along each side; got {samples.shape}. Pixels takes any shape."
        )
    return samples.astype(float)


@dataclass(frozen=True)
class Blends(PointSpace):
    r"""How near a sample is to one training sample with up to a half of any other mixed in.

    .. math:: d(x, t_i) = \min_{j \ne i,\; 0 \le \beta \le 1/2}
       \lVert x - (1 - \beta)\, t_i - \beta\, t_j \rVert_2

    The average of two patients lies half-way between them, about as far from both as a stranger would
    be; no search for one nearest image finds it. Here every segment between two training samples is
    searched. It compares pixels as they are: a blend that was shifted or is noisy is missed.

    Exact and therefore slow: work grows with queries times references squared. 200 against 200 takes a
    fraction of a second, 2,000 against 2,000 minutes.

    Parameters
    ----------
    name : str
        How reports call it.

    Examples
    --------
    >>> import numpy as np
    >>> train = np.array([[0.0, 0.0], [4.0, 0.0], [0.0, 9.0]])
    >>> nearest = Blends().nearest(np.array([[1.0, 0.5]]), train)
    >>> float(nearest.distance[0, 0]), int(nearest.index[0, 0])  # a quarter of sample 1 in sample 0
    (0.5, 0)
    """

    name: str = "blends of two"

    def nearest(self, queries: Points, references: Points):
        return two_smallest_columns(
            np.stack(list(_distances_to_blends(queries, references, [None] * len(queries))))
        )

    def nearest_others(self, placed: Points):
        return two_smallest_columns(np.stack(list(_distances_to_blends(placed, placed, range(len(placed))))))


def _distances_to_blends(queries, references, own_rows):
    """For each query, its distance to each reference mixed with the best other one, shape (m,).

    `own_rows` names the reference that a query is itself, and that neither it may be nor be mixed with.
    """
    centre = references.mean(axis=0)
    originals, references = references, references - centre
    products = references @ references.T
    squares = np.diag(products)
    apart = squares[:, None] + squares - 2 * products  # |t_j - t_i|^2
    alone = apart <= 0  # j is i, or its twin: nothing to mix in
    apart[alone] = 1
    everyone = np.arange(len(references))
    for query, own in zip(queries, own_rows, strict=True):
        along = references @ (query - centre)
        from_each = (query - centre) @ (query - centre) + squares - 2 * along  # |x - t_i|^2
        towards = along - along[:, None] - products + squares[:, None]  # <x - t_i, t_j - t_i>
        share = np.clip(towards / apart, 0, 0.5)
        share[alone] = 0
        gain = share * (2 * towards - share * apart)
        if own is not None:
            gain[:, own] = -np.inf
        partner = gain.argmax(axis=1)
        share, gain = share[everyone, partner], gain[everyone, partner]
        distance = np.sqrt(np.maximum(from_each - gain, 0))
        if own is not None:
            distance[own] = np.inf
        # Those near the best again, from the differences: the products would not put an exact blend at 0.
        closest = np.argsort(distance)[: 3 if own is None else min(3, len(references) - 1)]
        start, end = originals[closest], originals[partner[closest]]
        mixed = (1 - share[closest, None]) * start + share[closest, None] * end
        distance[closest] = np.linalg.norm(query - mixed, axis=1)
        yield distance


FeatureSpace = PointSpace | FeatureTable | RandomConvolutions
