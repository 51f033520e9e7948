"""What conftest.py does for whoever runs the tests, pytest-xdist's workers above all."""

import gc
import os

import pytest
import torch
from threadpoolctl import threadpool_info


@pytest.mark.skipif("PYTEST_XDIST_WORKER" not in os.environ, reason="pytest was started without -n")
def test_a_worker_computes_on_one_thread():
    pools = {pool["filepath"]: pool["num_threads"] for pool in threadpool_info()}
    assert pools
    assert set(pools.values()) == {1}, pools
    assert torch.get_num_threads() == 1


def test_a_garbage_collection_leaves_out_what_was_there_before_the_tests():
    assert gc.get_freeze_count() > 10_000
    assert id(torch.nn.Module.__dict__["forward"]) not in map(id, gc.get_objects())
