import numpy as np
import pytest
import torch

from ganlab.data import parallel_lines
from ganlab.theory import wasserstein1


def test_samples_lie_on_the_line_between_0_and_1():
    sample = parallel_lines(-0.7).sample((500,))
    assert sample.shape == (500, 2)
    assert (sample[:, 0] == np.float32(-0.7)).all()
    assert 0 <= sample[:, 1].min() < 0.05 < 0.95 < sample[:, 1].max() <= 1  # fails once in 10^11 seeds


@pytest.mark.parametrize("theta", [0.0, 0.3, -2.0])
def test_wasserstein_distance_across_is_the_distance(theta):
    torch.manual_seed(0)
    here, there = parallel_lines(0.0).sample((50,)), parallel_lines(theta).sample((50,))
    across = wasserstein1(here[:, 0].numpy(), there[:, 0].numpy())
    assert across == pytest.approx(abs(theta), abs=1e-6)


def test_there_is_no_density():
    with pytest.raises(ValueError, match="no density"):
        parallel_lines(0.0).log_prob(torch.zeros(2))


@pytest.mark.parametrize("bad", ["x", np.nan, [0.0, 1.0], None])
def test_theta_is_one_finite_number(bad):
    with pytest.raises(ValueError, match="theta"):
        parallel_lines(bad)
