"""The table of modes, in short: that it can be made, and that its measure of modes is right."""

import pytest
import torch
from ring_and_grid import DATA, GAMES, HEADER, N_SAMPLES, modes_and_quality, row

from ganlab.data import ring
from ganlab.seeding import isolated_randomness


def test_a_perfect_sampler_finds_every_mode_and_one_stuck_in_a_mode_finds_one():
    data = ring()
    with isolated_randomness(0):
        perfect = data.sample((N_SAMPLES,))
        stuck = torch.tensor([2.0, 0.0]) + 0.02 * torch.randn(N_SAMPLES, 2)
    nowhere = torch.zeros(N_SAMPLES, 2)
    modes, quality = modes_and_quality(
        torch.stack([perfect, stuck, nowhere]), data.component_distribution.mean, 0.02
    )
    assert modes.tolist() == [8, 1, 0]
    # 1 - exp(-4.5) = 98.89 %, give or take four standard errors.
    assert quality[:2].tolist() == pytest.approx([0.98889, 0.98889], abs=0.0084)
    assert quality[2] == 0


@pytest.mark.slow
@pytest.mark.parametrize("name", GAMES)
def test_every_line_of_the_table_can_be_made(name):
    print(f"\n{HEADER}")
    for where in DATA:
        line = row(where, name, n_seeds=2, steps=20)
        print(line)
        assert "nan" not in line
