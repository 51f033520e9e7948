import numpy as np
import pytest
import torch

from ganlab.data.cohort.scaling import Scaling


@pytest.mark.parametrize(
    ("intensity", "value"), [(-1000, -1.0), (400, 1.0), (-300, 0.0), (1100, 2.0), (-1350, -1.5)]
)
def test_line_by_hand(intensity, value):
    window = Scaling(-1000, 400, "HU")
    assert window.to_network([intensity]).item() == pytest.approx(value)
    assert window.to_intensity([value]).item() == pytest.approx(intensity)


def test_kind_and_type_stay():
    window = Scaling(0, 2)
    assert window.to_network(torch.ones(2, 1, 3, 3)).dtype == torch.float32
    assert window.to_network(np.ones((2, 3), np.float32)).dtype == np.float32
    assert window.to_network(torch.ones(2, 1, 3, 3)).shape == (2, 1, 3, 3)


def test_gradients_flow_through():
    values = torch.zeros(3, requires_grad=True)
    Scaling(-1000, 400).to_intensity(values).sum().backward()
    assert values.grad.tolist() == [700.0] * 3


def test_fit_takes_the_extremes():
    assert Scaling.fit(np.array([[3.0, -1.0], [7.0, 2.0]]), "HU") == Scaling(-1, 7, "HU")


@pytest.mark.parametrize(("low", "high"), [(1, 1), (2, 1), (np.nan, 1), (0, np.inf), ("a", 1)])
def test_impossible_ranges(low, high):
    with pytest.raises(ValueError, match=r"high|low"):
        Scaling(low, high)


def test_not_a_number_is_refused():
    with pytest.raises(ValueError, match="finite"):
        Scaling(0, 1).to_network([np.nan])
