"""A small game runs on one thread, and nobody else is left with one."""

import pytest
import torch
from torch import nn

from ganlab.models import mlp_discriminator
from ganlab.seeding import one_thread
from ganlab.training.train import WORTH_A_SECOND_THREAD, threads_for


@pytest.fixture(autouse=True)
def two_threads():
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


def test_a_small_player_gets_one_thread_and_the_number_is_put_back():
    with threads_for(mlp_discriminator(width=8), batch_size=16):
        assert torch.get_num_threads() == 1
    assert torch.get_num_threads() == 2


@pytest.mark.parametrize("problem", [KeyboardInterrupt, ValueError])
def test_the_number_is_put_back_when_something_goes_wrong(problem):
    with pytest.raises(problem), threads_for(mlp_discriminator(width=8), batch_size=16):
        raise problem
    assert torch.get_num_threads() == 2


def test_work_counts_every_player_and_every_sample():
    layer = nn.Linear(100, 99, bias=False)  # 9,900 weights
    enough = int(WORTH_A_SECOND_THREAD / 9900) + 1
    for players, batch_size, threads in (
        ([layer], enough, 2),
        ([layer], enough // 2 + 1, 1),
        ([layer, layer], enough // 2 + 1, 2),
    ):
        with threads_for(*players, batch_size=batch_size):
            assert torch.get_num_threads() == threads


def test_convolutions_keep_torchs_own_number():
    with threads_for(nn.Conv2d(1, 1, 3), batch_size=1):
        assert torch.get_num_threads() == 2


def test_a_run_that_is_to_come_out_again_gets_one_thread_and_the_number_is_put_back():
    with one_thread():
        assert torch.get_num_threads() == 1
    assert torch.get_num_threads() == 2
    with pytest.raises(KeyboardInterrupt), one_thread():
        raise KeyboardInterrupt
    assert torch.get_num_threads() == 2
