"""Is this normal, and when do I stop: what the record of a run shows of its state."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

SHORTEST = 100  # steps: below that a block is too short for its mean to be steady
BLOCKS = 20  # of the second half of a record, whose means are compared
LEVEL = 0.01  # of each of the tests: how often noise alone fails it
SWINGS = 4  # times across the trend: up, down, and both again
SURE = 0.99  # of a batch, called correctly
ORDER = 10  # times smaller than it was: a gradient that has fallen


class Diagnosis(NamedTuple):
    """The state of a game as far as its record shows it; as text, it is the sentence.

    `state` is "ended" (by a loss that is no number), "vanishing", "oscillating", "still moving", "standing
    still" or "at the floor"; `leader` is "discriminator", "generator" or "nobody", and "unknown" under an
    objective whose scores only rank; `evidence` holds the numbers that the sentence was read from.
    """

    state: str
    leader: str
    sentence: str
    evidence: Mapping[str, float]

    def __str__(self):
        return self.sentence


def diagnosed(history):
    """What :meth:`History.diagnose` returns, which says how it is found."""
    _refuse_what_cannot_be_judged(history)
    part = len(history) // 2 // BLOCKS * BLOCKS
    ranks = bool(np.isnan(history.accuracy).all())
    gap = history.real_score - history.fake_score
    lead, even = (gap, 0.0) if ranks else (history.accuracy, 0.5)
    low, high = _mean_interval(lead[-part:])
    evidence = {
        "steps": part,
        "lead": float(lead[-part:].mean()),
        "lead_low": low,
        "lead_high": high,
        "crossings": _crossings(lead[-part:]),
        "loss_before": float(_blocks(history.discriminator_loss[-part:])[0]),
        "loss_now": float(_blocks(history.discriminator_loss[-part:])[-1]),
        "trend_p": min(1.0, 2 * min(_trend_p(x[-part:]) for x in (history.discriminator_loss, gap))),
    }
    if "generator_gradient" in history.fields:
        norms = _blocks(history.generator_gradient[-(len(history) // BLOCKS * BLOCKS) :])
        evidence["gradient_left"] = float(norms[-1] / max(norms.max(), np.finfo(float).tiny))
    leader = "discriminator" if low > even else "generator" if high < even else "nobody"
    state = _state(history, evidence, leader, sure=not ranks and low >= SURE)
    leader = "unknown" if ranks else leader
    return Diagnosis(state, leader, _in_words(state, leader, evidence, history), evidence)


def _state(history, evidence, leader, sure):
    if history.stopped_by not in (None, "keyboard"):
        return "ended"
    if sure and evidence.get("gradient_left", 1) <= 1 / ORDER:
        return "vanishing"
    if evidence["crossings"] >= SWINGS:
        return "oscillating"
    if evidence["trend_p"] <= LEVEL:
        return "still moving"
    return "at the floor" if leader == "nobody" else "standing still"


def _refuse_what_cannot_be_judged(history):
    if len(history) < SHORTEST:
        raise ValueError(
            f"this history has {len(history)} steps; fewer than {SHORTEST} show nothing but the scatter of "
            "batches. Train longer, then ask again."
        )
    for field in ("discriminator_loss", "generator_loss", "real_score", "fake_score"):
        bad = ~np.isfinite(getattr(history, field))
        if bad.any():
            step = history[int(bad.argmax())].step
            raise ValueError(
                f"{field} is not a finite number in step {step}: take the history before that step, which "
                "the error NonFiniteLoss carries as its `history`."
            )


def _blocks(values):
    return values.reshape(BLOCKS, -1).mean(axis=1)


def _mean_interval(values):
    """Of the mean, at 1 - LEVEL, from the means of blocks: steps are not independent, long blocks nearly."""
    from scipy import stats

    blocks = _blocks(values)
    reach = stats.t.ppf(1 - LEVEL / 2, BLOCKS - 1) * stats.sem(blocks)
    return float(blocks.mean() - reach), float(blocks.mean() + reach)


def _trend_p(values):
    """p-value of a straight line through the means of blocks; its noise is how far they lie from the line."""
    from scipy import stats

    blocks = _blocks(values)
    return stats.linregress(np.arange(BLOCKS), blocks).pvalue if np.ptp(blocks) else 1.0


def _crossings(values):
    """How often the means of blocks cross the trend, where they swing by more than one step's noise; else 0.

    The noise is what the differences between neighbouring steps show: half of their mean square is the
    variance of a step. What the steps vary beyond that is the swing (von Neumann's ratio, below 1).
    """
    from scipy import signal

    values = signal.detrend(values)
    noise = np.mean(np.diff(values) ** 2) / 2
    if values.var() <= 2 * noise:
        return 0
    return int(np.count_nonzero(np.diff(np.sign(_blocks(values)))))


def _in_words(state, leader, evidence, history):
    steps = f"over the last {evidence['steps']:,} steps"
    if leader == "unknown":
        lead = f"real samples scored {evidence['lead']:.3g} above fakes (equal: 0)"
    else:
        lead = f"the discriminator was right about {100 * evidence['lead']:.1f} % (a coin flip: 50 %)"
    ahead = {"nobody": "nobody ahead", "unknown": "a critic that only ranks"}
    ahead = ahead.get(leader, f"the {leader} ahead")
    words = {
        "ended": f"Ended by {history.stopped_by}: not normal; lower the learning rates and begin again.",
        "vanishing": (
            f"Vanishing: {steps} {lead}, and the generator's gradient is "
            f"{100 * evidence.get('gradient_left', 1):.2g} % of what it was; not normal, and more steps will "
            "not mend it: stop, and take the non-saturating loss or a weaker discriminator."
        ),
        "oscillating": (
            f"Oscillating: {steps} {lead} on average, and this swung across its trend "
            f"{evidence['crossings']} times by more than batches differ; common, but the last step is as "
            "good as any: lower the learning rates, or keep several states and choose by held-out samples."
        ),
        "still moving": (
            f"Still moving, with {ahead}: {steps} {lead}, and the discriminator's loss went from "
            f"{evidence['loss_before']:.4g} to {evidence['loss_now']:.4g}; normal: play on and ask again."
        ),
        "standing still": (
            f"Standing still, with {ahead}: {steps} {lead}, and nothing moved beyond its scatter; more steps "
            "will hardly change this: stop, and look at the samples, where a mode may be missing."
        ),
        "at the floor": (
            f"At the floor: {steps} {lead}, nobody is ahead and nothing moved beyond its scatter; normal at "
            "the end: stop, and measure the samples, of which a record says nothing."
        ),
    }[state]
    sure = leader == "discriminator" and evidence["lead_low"] >= SURE
    if sure and "gradient_left" not in evidence:
        words += " Whether the generator's gradient has vanished, train(..., gradient_norms=True) would say."
    return words
