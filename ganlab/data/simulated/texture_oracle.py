"""The texture oracle: a small network that names the texture of a simulated lesion, to count modes with."""

import functools
import hashlib
import warnings

import numpy as np
import torch
from array_api_compat import is_torch_array
from torch import nn
from torch.nn import functional

from ganlab.data.cohort.cohort import Cohort
from ganlab.data.simulated.lesions import PATTERNS, simulate_lesions
from ganlab.files import cache_folder, read_tensors, write_tensors
from ganlab.seeding import isolated_randomness, one_thread
from ganlab.validation import as_samples

KIND = "ganlab texture oracle 2"  # a file of another make has another name
TRAINING_LESIONS = {32: 2600, 64: 1200}  # of each size in pixels
REFERENCE_LESIONS = {32: 1200, 64: 500}
EPOCHS = 5
BATCH = 64


class TextureOracle:
    """Names the texture of lesion images, real or fake, and says how sure it is.

    Get one from `texture_oracle`. It looks at the image alone and needs no mask. Brightness is divided
    out (by the image's median), and it was taught with offsets, gains and extra noise, so that a
    synthetic cohort that is a little too dark is still read rightly.

    Attributes
    ----------
    patterns : tuple of str
        The order of the columns of `predict_proba`.
    """

    patterns = PATTERNS

    def __init__(self, network, centres, whitening, distances):
        self.network = network.eval()
        self.centres, self.whitening, self.distances = centres, whitening, distances

    def predict(self, images):
        """The pattern of each image, array of str, shape (n,).

        Parameters
        ----------
        images : Cohort, or array or tensor of shape (n, size, size) or (n, 1, size, size)
            In the a.u. of `simulate_lesions`, not in the network's [-1, 1]; `size` is 32 or 64.

        Raises
        ------
        ValueError
            If the images are of another shape or unit.
        """
        return np.take(self.patterns, self.predict_proba(images).argmax(axis=1))

    def predict_proba(self, images):
        """How sure it is: probabilities of the three patterns, array of shape (n, 3).

        An image that shows no lesion at all still gets three numbers that add up to 1: look at
        `typicality` before counting it.
        """
        return self._look(images)[0].softmax(dim=1).numpy()

    def typicality(self, images):
        """How ordinary each image is for the pattern it was given: array of shape (n,), in (0, 1].

        The share of fresh simulated lesions of that pattern that lie at least as far as this image from
        the pattern's centre, in Mahalanobis distance of the network's features. Fresh lesions are uniform
        on (0, 1]: counting only images with a typicality above 0.05 gives up 5 % of the good ones, and
        almost all images of noise or of liver without a lesion. Two lesions laid over each other still
        pass about every second time.
        """
        scores, features = self._look(images)
        code, distance = _distance(scores, features, self.centres, self.whitening)
        typical = np.empty(len(code))
        for place, reference in enumerate(self.distances):
            mine = (code == place).numpy()
            farther = len(reference) - np.searchsorted(reference.numpy(), distance[mine].numpy(), side="left")
            typical[mine] = (farther + 1) / (len(reference) + 1)
        return typical

    @torch.no_grad()
    def _look(self, images):
        """Scores, shape (n, 3), and features, shape (n, 68)."""
        looks = [_scores_and_features(self.network, part) for part in _pixels(images).split(1024)]
        return torch.cat([scores for scores, _ in looks]), torch.cat([features for _, features in looks])


@functools.cache
def texture_oracle() -> TextureOracle:
    """The oracle of the three lesion textures; at least 99 % of fresh lesions are read rightly.

    The first call on a machine simulates a few thousand lesions and trains the network on one thread, in
    some seconds; the result is kept in the cache folder (``$GANLAB_CACHE``, or the system's) under a name
    that changes with the simulator, the oracle and the version of torch. Later calls read it. It does not
    touch anybody's randomness, and it is the same whatever the number of threads.

    Returns
    -------
    TextureOracle

    Examples
    --------
    >>> oracle = texture_oracle()
    >>> fresh = simulate_lesions(200, seed=12345)
    >>> bool((oracle.predict(fresh) == fresh.truth["pattern"]).mean() > 0.97)
    True
    """
    path = cache_folder() / f"texture-oracle-{_recipe()}.pt"
    try:
        parts = read_tensors(path, KIND)
        network = _network()
        network.load_state_dict(parts["network"])
        return TextureOracle(network, **parts["measured"])
    except (OSError, ValueError):  # absent, cut short or of another make: train it anew
        network, measured = _trained()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_tensors({"kind": KIND, "network": network.state_dict(), "measured": measured}, path)
    except OSError as problem:
        warnings.warn(f"the texture oracle could not be kept for the next time: {problem}", stacklevel=2)
    return TextureOracle(network, **measured)


def _recipe():
    """A name for everything that the trained oracle depends on."""
    samples = [simulate_lesions(6, (1, 1, 1), size=size, seed=0).fingerprint for size in (32, 64)]
    recipe = (KIND, samples, TRAINING_LESIONS, REFERENCE_LESIONS, EPOCHS, BATCH, str(_network()))
    return hashlib.sha256(repr((*recipe, torch.__version__)).encode()).hexdigest()[:12]


def _network():
    with isolated_randomness(7):
        return nn.Sequential(
            nn.Conv2d(1, 12, 5, stride=2, padding=2),
            nn.ReLU(),
            nn.Conv2d(12, 24, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(24, 32, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Linear(512, 32),
            nn.Tanh(),
            nn.Linear(32, len(PATTERNS)),
        )


def _trained():
    """Train the network; measure where lesions that it has not seen lie in its last features."""
    pixels, codes = _lesson(TRAINING_LESIONS, seed=314159)
    with isolated_randomness(8), one_thread():
        network = _network()
        optimizer = torch.optim.Adam(network.parameters())
        steps = EPOCHS * (len(pixels) // BATCH)
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 4e-3, steps)
        for _ in range(EPOCHS):
            for rows in torch.randperm(len(pixels)).split(BATCH)[: len(pixels) // BATCH]:
                scores = network(_standardised(_varied(pixels[rows])))
                optimizer.zero_grad()
                functional.cross_entropy(scores, codes[rows], label_smoothing=0.01).backward()
                optimizer.step()
                schedule.step()
        network.eval()

        pixels, codes = _lesson(REFERENCE_LESIONS, seed=271828)
        with torch.no_grad():
            scores, features = _scores_and_features(network, pixels)
            centres = torch.stack([features[codes == code].mean(0) for code in range(len(PATTERNS))])
            spread = [torch.cov(features[codes == code].T) for code in range(len(PATTERNS))]
            # A tenth of each variance and a crumb are added, so that nothing is divided by almost 0.
            spread = [cov + torch.diag(0.1 * cov.diagonal() + 1e-4) for cov in spread]
            whitening = torch.stack([torch.linalg.inv(cov) for cov in spread])
            code, distance = _distance(scores, features, centres, whitening)
            distances = [distance[code == place].sort().values for place in range(len(PATTERNS))]
    return network, {"centres": centres, "whitening": whitening, "distances": distances}


def _lesson(lesions, seed):
    cohorts = [simulate_lesions(n, (1, 1, 1), size=size, seed=seed + size) for size, n in lesions.items()]
    codes = [PATTERNS.index(pattern) for cohort in cohorts for pattern in cohort.truth["pattern"]]
    return torch.cat([_pixels(cohort) for cohort in cohorts]), torch.tensor(codes)


def _varied(pixels):
    """Mirrored, brighter or darker, offset, noisier, softer: what may differ without changing the texture."""
    n = len(pixels)
    for axis in (2, 3):
        mirrored = (torch.rand(n, 1, 1, 1) < 0.5).float()
        pixels = mirrored * pixels.flip(axis) + (1 - mirrored) * pixels
    gain, offset, noise, blur = torch.rand(4, n, 1, 1, 1)
    softer = functional.avg_pool2d(functional.pad(pixels, (1, 1, 1, 1), mode="replicate"), 3, stride=1)
    pixels = pixels + 0.5 * blur * (softer - pixels)
    return pixels * (0.8 + 0.4 * gain) + 0.1 * (offset - 0.5) + 0.02 * noise * torch.randn_like(pixels)


def _scores_and_features(network, pixels):
    """Scores, and what `typicality` measures by: the last hidden layer and the means of the first two maps.

    The last layer knows what tells the textures apart; the means know how rough the whole image is, which
    gives away noise and blur that the last layer was never asked about.
    """
    edges = network[:2](_standardised(pixels))
    parts = network[2:4](edges)
    hidden = network[4:-1](parts)
    return network[-1](hidden), torch.cat([hidden, edges.mean(dim=(2, 3)), parts.mean(dim=(2, 3))], dim=1)


def _standardised(pixels):
    """Contrast relative to the image's median, which is the liver's brightness."""
    median = pixels.flatten(1).median(dim=1).values.clamp(min=0.05)[:, None, None, None]
    return 3 * (pixels / median - 1)


def _distance(scores, features, centres, whitening):
    """The winning pattern of each image and the squared Mahalanobis distance from that pattern's centre."""
    code = scores.argmax(dim=1)
    away = features - centres[code]
    return code, torch.einsum("ni,nij,nj->n", away, whitening[code], away)


def _pixels(images):
    """Anything that `predict` accepts, as a float32 tensor of shape (n, 1, 32, 32)."""
    if isinstance(images, Cohort):
        if images.intensity_unit != "a.u.":
            raise ValueError(
                f"the oracle reads MRI lesions in a.u.; this cohort is in {images.intensity_unit}."
            )
        images = images.images
    images = as_samples(images, "images")
    pixels = images.detach().cpu() if is_torch_array(images) else torch.from_numpy(np.array(images))
    pixels = pixels.float()
    if pixels.ndim == 3:
        pixels = pixels.unsqueeze(1)
    if pixels.ndim != 4 or pixels.shape[1] != 1 or tuple(pixels.shape[2:]) not in ((32, 32), (64, 64)):
        raise ValueError(
            "images must have shape (n, 32, 32) or (n, 64, 64), with or without a channel axis of 1; "
            f"got {tuple(images.shape)}."
        )
    if (pixels < 0).float().mean() > 0.2:
        raise ValueError(
            "images are mostly below 0, but MRI intensities in a.u. are not. Values in the network's range "
            "[-1, 1] become a.u. through cohort.scaling.to_intensity(values)."
        )
    return functional.avg_pool2d(pixels, 2) if pixels.shape[-1] == 64 else pixels
