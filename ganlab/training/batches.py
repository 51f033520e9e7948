"""An endless supply of real batches, in an order that the seed decides."""

import torch
from torch.distributions import Distribution

from ganlab.seeding import isolated_randomness
from ganlab.validation import as_samples, positive_integer

# Distributions are sampled this many batches at a time: one call costs about as much for 50 as for 1.
BATCHES_PER_DRAW = 50


def real_batches(data, batch_size, rng):
    """Yield batches of shape (batch_size, ...) for ever.

    A distribution is sampled afresh; a table of samples is shuffled, dealt out without repeats, and
    shuffled again (the incomplete last batch of each pass is left out). Points on a line, shape (n,),
    become rows of one feature, shape (n, 1).

    Raises
    ------
    ValueError
        At once, before the first batch: if `data` is empty or not finite, or smaller than a batch.
    """
    batch_size = positive_integer(batch_size, "batch_size")
    if isinstance(data, Distribution):
        return _sampled(data, batch_size, rng)
    samples = as_rows(as_samples(data, "data"))
    if batch_size > len(samples):
        raise ValueError(
            f"batch_size is {batch_size} but data has only {len(samples)} samples; "
            f"use a batch_size of {len(samples)} or less."
        )
    return _dealt(samples, batch_size, rng)


def as_rows(samples):
    """A tensor in torch's default precision; shape (n,) becomes (n, 1), anything else stays as it is."""
    samples = torch.as_tensor(samples, dtype=torch.get_default_dtype())
    return samples.unsqueeze(1) if samples.ndim == 1 else samples


def _sampled(distribution, batch_size, rng):
    while True:
        with isolated_randomness(rng):
            draw = as_rows(distribution.sample((BATCHES_PER_DRAW * batch_size,)))
        yield from draw.split(batch_size)


def _dealt(samples, batch_size, rng):
    while True:
        order = torch.randperm(len(samples), generator=rng)
        for rows in order.split(batch_size):
            if len(rows) == batch_size:
                yield samples[rows]
