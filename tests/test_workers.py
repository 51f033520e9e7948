"""What pytest-xdist's workers are given by conftest.py."""

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
