"""Two losses for translators that have no pairs to learn from: come back, and change no more than needed."""

from array_api_compat import array_namespace, is_torch_array

from ganlab.tracing import has_values
from ganlab.validation import as_array, same_shape


def cycle_consistency(original, reconstructed):
    r"""How much is lost on the way there and back: :math:`\mathbb{E}\,|F(G(x)) - x|`.

    The mean absolute difference over all samples and pixels. A translation that can be undone has kept
    the content. It may still have hidden it where no reader sees it, and a lesion invented on the way
    there and removed on the way back costs nothing.

    Parameters
    ----------
    original, reconstructed : array, shape (n, ...), the same for both
        Samples x, and F(G(x)); numpy or torch. Not the translated G(x), which lies in the other domain
        and is supposed to differ.

    Returns
    -------
    loss : scalar, >= 0
        In the units of the samples. A tensor (with its gradient) if given tensors.

    Raises
    ------
    ValueError
        If the two differ in shape or kind, are empty, or hold anything but finite numbers.

    References
    ----------
    .. [1] Zhu et al. (2017), Unpaired Image-to-Image Translation using Cycle-Consistent Adversarial
       Networks, arXiv:1703.10593, equation 2.

    Examples
    --------
    >>> import torch
    >>> cycle_consistency(torch.tensor([[1.0, 2.0]]), torch.tensor([[1.0, 3.0]]))
    tensor(0.5000)
    """
    return _mean_absolute_difference(original, reconstructed, "original", "reconstructed")


def identity_loss(target, mapped):
    r"""How much a translator changes what needs no translation: :math:`\mathbb{E}\,|G(y) - y|`.

    `target` are samples y that lie in the domain G translates *into*. Discourages needless change, of
    the overall intensity above all.

    Parameters
    ----------
    target, mapped : array, shape (n, ...), the same for both
        Samples y, and G(y); numpy or torch.

    Returns
    -------
    loss : scalar, >= 0
        In the units of the samples. A tensor (with its gradient) if given tensors.

    Raises
    ------
    ValueError
        If the two differ in shape or kind, are empty, or hold anything but finite numbers.

    References
    ----------
    .. [1] Zhu et al. (2017), arXiv:1703.10593, section 5.2.

    Examples
    --------
    >>> import numpy as np
    >>> float(identity_loss(np.array([[0.0, 0.0]]), np.array([[0.5, -0.5]])))
    0.5
    """
    return _mean_absolute_difference(target, mapped, "target", "mapped")


def _mean_absolute_difference(first, second, first_name, second_name):
    if is_torch_array(first) != is_torch_array(second):
        raise ValueError(
            f"{first_name} and {second_name} must both be torch tensors or both numpy arrays; "
            f"got {type(first).__name__} and {type(second).__name__}."
        )
    if not is_torch_array(first) or (has_values(first) and has_values(second)):
        first, second = as_array(first, first_name), as_array(second, second_name)
    same_shape(first, second, first_name, second_name)
    if 0 in first.shape:
        raise ValueError(f"{first_name} is empty; expected at least one sample, shape (n, ...).")
    xp = array_namespace(first, second)
    return xp.mean(xp.abs(first - second))
