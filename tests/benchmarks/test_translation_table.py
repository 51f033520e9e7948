"""The table of translations, in short: that it can be made, and who is in it."""

import numpy as np
import pytest
import torch
import translation

from ganlab.training import train


def test_those_judged_are_seen_in_both_contrasts_and_nobody_else_is():
    t1, t2 = translation.scans(30, 32, 0, paired=True)
    other_t1, other_t2 = translation.scans(30, 32, 0, paired=False)

    def likeness(first, second):
        """How well the outlines of heads agree, person by person."""
        inside = [scans > -0.9 for scans in (first, second)]
        return (inside[0] & inside[1]).sum((1, 2, 3)) / (inside[0] | inside[1]).sum((1, 2, 3))

    assert likeness(t1, t2).min() > likeness(other_t1, other_t2).mean()


def test_mean_and_interval_are_those_worked_out_by_hand():
    # Deviation 1, three values: 4.3027 (Student, 2 degrees of freedom, 97.5 %) / sqrt(3).
    mean, half = translation.interval([1.0, 2.0, 3.0])
    assert (mean, half) == pytest.approx((2.0, 4.3027 / np.sqrt(3)), abs=1e-4)


@pytest.mark.slow
def test_a_line_of_every_arm_can_be_made():
    source, truth = translation.scans(12, 32, 1, paired=True)
    heads = truth[:, 0].numpy() > -0.5
    for name, cycle_weight in translation.ARMS.items():
        game = translation.translation_game(0, 32, cycle_weight)
        train(game, (source, truth), 2, batch_size=4, seed=0, progress=False)
        scores = (
            translation.translation_scores(game.translate(source) + 1, truth + 1, heads).mean().to_numpy()
        )
        print(translation.line(name, 0, scores))
        assert np.isfinite(scores).all()
    taught = translation.taught_with_pairs(0, 32, steps=2)
    assert taught(source).shape == truth.shape
    assert torch.isfinite(taught(source)).all()
