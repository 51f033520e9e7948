"""The type of what a network is given: refused in one sentence with what to do, or taken as before."""

import numpy as np
import pytest
import torch

from ganlab.models import (
    image_discriminator,
    image_generator,
    mlp_discriminator,
    mlp_generator,
    packed,
    patch_discriminator,
    residual_translator,
    texture_discriminator,
    texture_generator,
    translation_generator,
    with_minibatch_deviation,
)

LABELS = [0, 1, 1, 0]
IMAGE = (1, 32, 32)
NETWORKS = pytest.mark.parametrize(
    ("make", "shape", "name", "labels"),
    [
        (mlp_generator, (2,), "latent", ()),
        (mlp_discriminator, (2,), "samples", ()),
        (lambda: mlp_generator(n_classes=2), (2,), "latent", (LABELS,)),
        (lambda: mlp_discriminator(n_classes=2), (2,), "samples", (LABELS,)),
        (lambda: image_generator(width=4), (64,), "latent", ()),
        (lambda: image_discriminator(width=4), IMAGE, "samples", ()),
        (lambda: texture_generator(width=4), (1408,), "latent", ()),
        (lambda: texture_discriminator(width=4), IMAGE, "samples", ()),
        (lambda: translation_generator(32, width=4), IMAGE, "images", ()),
        (lambda: residual_translator(width=4), IMAGE, "images", ()),
        (lambda: patch_discriminator(32, width=4), IMAGE, "samples", ()),
        (lambda: packed(image_discriminator(width=4, channels=2), 2), IMAGE, "samples", ()),
        (lambda: with_minibatch_deviation(mlp_discriminator(data_dim=3)), (2,), "samples", ()),
    ],
)


@NETWORKS
@pytest.mark.parametrize(
    ("given", "words"),
    [
        (lambda shape: np.zeros(shape, np.float32), "ndarray of float32"),
        (lambda shape: np.zeros(shape), "ndarray of float64"),
        (lambda shape: torch.zeros(shape).double(), "Tensor of torch.float64"),
        (lambda shape: torch.zeros(shape).half(), "Tensor of torch.float16"),
        (lambda shape: torch.zeros(shape).long(), "Tensor of torch.int64"),
    ],
)
def test_what_is_no_float32_tensor_is_refused_with_how_to_make_one(make, shape, name, labels, given, words):
    with pytest.raises(ValueError) as refusal:
        make()(given((4, *shape)), *labels)
    assert str(refusal.value) == (
        f"{name} must be a float32 tensor, as this network's weights are; got {words}. "
        f"torch.from_numpy({name}).float() makes one of an array, {name}.float() of another tensor."
    )


@NETWORKS
def test_a_converted_network_takes_tensors_of_its_own_type(make, shape, name, labels):
    network = make()
    inputs = torch.rand(4, *shape, generator=torch.Generator().manual_seed(0))
    expected = network(inputs, *labels)
    network.double()
    made = network(inputs.double(), *labels)
    assert made.dtype == torch.float64
    torch.testing.assert_close(made.float(), expected, rtol=1e-4, atol=1e-5)
    with pytest.raises(ValueError, match=rf"^{name} must be a float64 tensor.*\.to\(torch\.float64\) makes"):
        network(inputs.numpy(), *labels)


@NETWORKS
def test_under_autocast_torch_converts(make, shape, name, labels):
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert torch.isfinite(make()(torch.zeros(4, *shape).bfloat16(), *labels)).all()


def test_types_are_checked_inside_vmap_too():
    generator = image_generator(width=4)
    stack = torch.zeros(3, 2, 64)
    assert torch.func.vmap(generator)(stack).shape == (3, 2, 1, 32, 32)
    with pytest.raises(ValueError, match=r"^latent must be a float32 tensor.*got Tensor of torch\.float64"):
        torch.func.vmap(generator)(stack.double())
