"""Many networks as one: every model under torch.func.vmap equals each of its members."""

import pytest
import torch
from torch.func import functional_call, stack_module_state, vmap

from ganlab.models import (
    image_discriminator,
    image_generator,
    mlp_discriminator,
    mlp_generator,
    packed,
    patch_discriminator,
    translation_generator,
    with_minibatch_deviation,
)

IMAGE, POINT, LATENT = (1, 32, 32), (2,), (5,)
PLAIN = {
    "mlp_generator": (lambda seed: mlp_generator(5, width=8, seed=seed), LATENT),
    "mlp_discriminator": (lambda seed: mlp_discriminator(width=8, seed=seed), POINT),
    "image_generator": (lambda seed: image_generator(32, 5, width=4, seed=seed), LATENT),
    "image_discriminator": (lambda seed: image_discriminator(width=4, seed=seed), IMAGE),
    "translation_generator": (lambda seed: translation_generator(32, width=4, seed=seed), IMAGE),
    "patch_discriminator": (lambda seed: patch_discriminator(32, width=4, seed=seed), IMAGE),
    "packed": (lambda seed: packed(mlp_discriminator(4, width=8, seed=seed), 2), POINT),
    "deviation": (lambda seed: with_minibatch_deviation(mlp_discriminator(3, width=8, seed=seed)), POINT),
}
CONDITIONAL = {
    "mlp_generator": (lambda seed: mlp_generator(5, width=8, n_classes=3, seed=seed), LATENT),
    "mlp_discriminator": (lambda seed: mlp_discriminator(width=8, n_classes=3, seed=seed), POINT),
    "image_generator": (lambda seed: image_generator(32, 5, width=4, n_classes=3, seed=seed), LATENT),
    "image_discriminator": (lambda seed: image_discriminator(width=4, n_classes=3, seed=seed), IMAGE),
}
MEMBERS, BATCH = 3, 4


def check(make, *inputs):
    """Values, and gradients in every weight, of the stack against those of each member alone.

    In double precision, where a sum in another order makes no difference that a kink could enlarge.
    """
    networks = [make(seed).double() for seed in range(MEMBERS)]
    parameters, buffers = stack_module_state(networks)

    def run(parameters, buffers, *inputs):
        return functional_call(networks[0], (parameters, buffers), inputs)

    stacked = vmap(run)(parameters, buffers, *inputs)
    singles = [network(*(x[i] for x in inputs)) for i, network in enumerate(networks)]
    torch.testing.assert_close(stacked, torch.stack(singles))
    gradients = torch.autograd.grad(stacked.square().mean(), list(parameters.values()))
    stacked_gradients = dict(zip(parameters, gradients, strict=True))
    for i, (network, out) in enumerate(zip(networks, singles, strict=True)):
        names, weights = zip(*network.named_parameters(), strict=True)
        for name, gradient in zip(
            names, torch.autograd.grad(out.square().mean() / MEMBERS, weights), strict=True
        ):
            torch.testing.assert_close(stacked_gradients[name][i], gradient)


def draw(shape):
    rng = torch.Generator().manual_seed(0)
    return torch.randn(MEMBERS, BATCH, *shape, generator=rng, dtype=torch.float64)


@pytest.mark.parametrize("name", PLAIN)
def test_a_stack_of_networks_equals_its_members(name):
    make, shape = PLAIN[name]
    check(make, draw(shape))


@pytest.mark.parametrize("name", CONDITIONAL)
def test_a_stack_of_conditional_networks_equals_its_members(name):
    make, shape = CONDITIONAL[name]
    check(make, draw(shape), torch.tensor([[0, 1, 2, 2], [1, 1, 0, 2], [2, 0, 0, 1]]))


def test_a_wrong_shape_is_refused_inside_vmap_too():
    networks = [image_discriminator(width=4, seed=seed) for seed in range(2)]
    parameters, _ = stack_module_state(networks)
    with pytest.raises(ValueError, match=r"samples must have shape \(n, 1, 32, 32\).*got \(4, 3, 32, 32\)"):
        vmap(lambda p, x: functional_call(networks[0], p, (x,)))(parameters, torch.zeros(2, 4, 3, 32, 32))
