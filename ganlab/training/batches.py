"""Real batches without end, in an order that the seed decides, and a place in them that can be saved."""

import hashlib

import torch
from torch.distributions import Distribution
from torch.utils.data import TensorDataset

from ganlab.seeding import isolated_randomness
from ganlab.training.labels import checked_labels
from ganlab.validation import as_samples, positive_integer

# Distributions are sampled this many batches at a time: one call costs about as much for 50 as for 1.
BATCHES_PER_DRAW = 50


class Batch(tuple):
    """Tensors that go together: samples and their labels, or the images of two domains."""

    __slots__ = ()

    def detach(self):
        """The same numbers, through which no gradient flows back."""
        return Batch(part.detach() for part in self)


def real_batches(data, batch_size, rng, *, n_classes=None):
    """Deal out batches of shape (batch_size, ...) for ever.

    A distribution is sampled afresh; a table of samples is shuffled, dealt out without repeats, and
    shuffled again (the incomplete last batch of each pass is left out). Points on a line, shape (n,),
    become rows of one feature, shape (n, 1).

    Parameters
    ----------
    data : distribution, array of shape (n, ...), Cohort, TensorDataset, or tuple (samples, labels)
    batch_size : int >= 1
    rng : torch.Generator
    n_classes : int or None
        With a number, batches are pairs (samples, labels), and `data` must bring the labels, from 0 to
        n_classes - 1. A Cohort brings its diagnoses, in alphabetical order.

    Returns
    -------
    Batches
        An iterator; ``peek`` shows the next batch without taking it.

    Examples
    --------
    >>> from ganlab.seeding import seeded_rng
    >>> images, labels = torch.zeros(6, 1, 4, 4), torch.tensor([0, 0, 0, 0, 1, 1])
    >>> samples, classes = next(real_batches((images, labels), 6, seeded_rng(0), n_classes=2))
    >>> samples.shape, sorted(classes.tolist())
    (torch.Size([6, 1, 4, 4]), [0, 0, 0, 0, 1, 1])
    """
    batch_size = positive_integer(batch_size, "batch_size")
    if isinstance(data, Distribution):
        if n_classes is not None:
            raise ValueError(
                f"the networks are conditional on {n_classes} classes, but data is a distribution, which "
                "has no labels; pass a tuple (samples, labels)."
            )
        return DistributionBatches(data, batch_size, rng)
    samples, labels = _samples_and_labels(data, n_classes)
    samples = as_rows(as_samples(samples, "data"))
    if n_classes is not None:
        labels = checked_labels(labels, n_classes, len(samples))
    if batch_size > len(samples):
        raise ValueError(
            f"batch_size is {batch_size} but data has only {len(samples)} samples; "
            f"use a batch_size of {len(samples)} or less."
        )
    return TableBatches(samples, labels, batch_size, rng)


def unpaired_batches(first, second, batch_size, rng):
    """Deal out pairs of batches from two domains, each shuffled on its own: row i has no partner in row i."""
    domains = [real_batches(domain, batch_size, rng) for domain in (first, second)]
    return UnpairedBatches(*domains)


def as_rows(samples):
    """A tensor in torch's default precision; shape (n,) becomes (n, 1), anything else stays as it is."""
    samples = torch.as_tensor(samples, dtype=torch.get_default_dtype())
    return samples.unsqueeze(1) if samples.ndim == 1 else samples


class Batches:
    """An iterator over passes through the data, whose place can be saved and found again.

    A subclass says how a pass is laid out, `_deal(rng)`, and how a batch is made of an entry of it,
    `_take`. The place is the random state that the pass began from and the position in it, so it is
    small whatever the data are.
    """

    def __init__(self, rng):
        self._rng = rng
        self._pass_began, self._dealt, self._position = None, (), 0

    def __iter__(self):
        return self

    def __next__(self):
        batch = self.peek()
        self._position += 1
        return batch

    def peek(self):
        """The batch that comes next, which stays the next one."""
        if self._position == len(self._dealt):
            self._pass_began = self._rng.get_state()
            self._dealt, self._position = self._deal(self._rng), 0
        return self._take(self._dealt[self._position])

    def widest(self):
        """The next batch, with the largest and the smallest value of all data if these are known."""
        return self.peek()

    def state_dict(self):
        """The place within the data, as plain values."""
        return {"pass_began": self._pass_began, "position": self._position}

    def load_state_dict(self, state):
        """Go to a place from `state_dict`; the shared random state is not touched."""
        self._pass_began, self._position = state["pass_began"], state["position"]
        if self._pass_began is None:
            self._dealt = ()
        else:
            replayed = torch.Generator()
            replayed.set_state(self._pass_began)
            self._dealt = self._deal(replayed)


class DistributionBatches(Batches):
    """Fresh samples, drawn in blocks of BATCHES_PER_DRAW batches."""

    def __init__(self, distribution, batch_size, rng):
        super().__init__(rng)
        self._distribution, self.batch_size = distribution, batch_size

    def _deal(self, rng):
        with isolated_randomness(rng):
            draw = as_rows(self._distribution.sample((BATCHES_PER_DRAW * self.batch_size,)))
        return draw.split(self.batch_size)

    def _take(self, batch):
        return batch

    def fingerprint(self):
        """A hash of samples drawn from a fixed seed: equal for equal distributions."""
        with isolated_randomness(0):
            return _hash(self._distribution.sample((100,)))


class TableBatches(Batches):
    """The rows of a table, each once a pass."""

    def __init__(self, samples, labels, batch_size, rng):
        super().__init__(rng)
        self._samples, self._labels, self.batch_size = samples, labels, batch_size

    @property
    def table(self):
        """What is dealt out: the samples, or a tuple of samples and labels. It can be dealt again."""
        return self._samples if self._labels is None else (self._samples, self._labels)

    def _deal(self, rng):
        order = torch.randperm(len(self._samples), generator=rng)
        return [rows for rows in order.split(self.batch_size) if len(rows) == self.batch_size]

    def widest(self):
        self.peek()
        values = self._samples.flatten(1)
        ends = torch.stack([values.amax(1).argmax(), values.amin(1).argmin()])
        batch = self._dealt[self._position]
        return self._take(torch.cat([ends, batch])[: max(2, self.batch_size)])  # packs want a whole batch

    def _take(self, rows):
        if self._labels is None:
            return self._samples[rows]
        return Batch((self._samples[rows], self._labels[rows]))

    def fingerprint(self):
        """A hash of every sample and every label."""
        return _hash(self._samples, *([] if self._labels is None else [self._labels]))


class UnpairedBatches:
    """Two supplies side by side, one batch of each at a time."""

    def __init__(self, first, second):
        self._domains = {"first": first, "second": second}
        self.batch_size = first.batch_size

    def __iter__(self):
        return self

    def __next__(self):
        return Batch(next(domain) for domain in self._domains.values())

    def peek(self):
        """The pair of batches that comes next, which stays the next one."""
        return Batch(domain.peek() for domain in self._domains.values())

    def widest(self):
        """The same with the largest and the smallest value of either domain."""
        return Batch(domain.widest() for domain in self._domains.values())

    def state_dict(self):
        """The place within either domain, as plain values."""
        return {name: domain.state_dict() for name, domain in self._domains.items()}

    def load_state_dict(self, state):
        """Go to a place from `state_dict`."""
        for name, domain in self._domains.items():
            domain.load_state_dict(state[name])

    def fingerprint(self):
        """A hash of both domains."""
        return "-".join(domain.fingerprint() for domain in self._domains.values())


def _samples_and_labels(data, n_classes):
    """What `data` holds, with labels exactly where they are wanted."""
    if hasattr(data, "to_tensor_dataset"):  # a Cohort
        if n_classes is None:
            return data.to_tensor(), None
        if len(data.diagnoses) != n_classes:
            raise ValueError(
                f"the networks are conditional on {n_classes} classes, but the cohort has "
                f"{len(data.diagnoses)} diagnoses: {', '.join(map(repr, data.diagnoses))}."
            )
        return data.to_tensor_dataset().tensors
    parts = data.tensors if isinstance(data, TensorDataset) else (data,)
    if isinstance(data, tuple) and len(data) == 2 and all(hasattr(part, "shape") for part in data):
        parts = data
    if len(parts) > 2:
        raise ValueError(f"data must hold samples, or samples and labels; got {len(parts)} tensors.")
    if n_classes is None and len(parts) == 2:
        raise ValueError(
            "data comes with labels, but the networks are not conditional (their n_classes is None). "
            "Pass the samples alone, or build both networks with n_classes."
        )
    if n_classes is not None and len(parts) == 1:
        raise ValueError(
            f"the networks are conditional on {n_classes} classes, but data has no labels; "
            "pass a tuple (samples, labels), a TensorDataset of both, or a Cohort."
        )
    return parts if len(parts) == 2 else (*parts, None)


def _hash(*tensors):
    content = hashlib.sha256()
    for tensor in tensors:
        content.update(f"{tuple(tensor.shape)} {tensor.dtype}".encode())
        content.update(tensor.detach().contiguous().numpy().tobytes())
    return content.hexdigest()[:16]
