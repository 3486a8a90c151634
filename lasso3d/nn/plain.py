"""Sparse convolution in plain torch: any device, any float type. The reference of the fast ones."""

from collections.abc import Iterator

import torch
from jaxtyping import Float
from torch import Tensor

from lasso3d.nn.pairs import Pairs


def convolve(
    features: Float[Tensor, "inputs c"], weight: Float[Tensor, "offsets c d"], pairs: Pairs
) -> Float[Tensor, "outputs d"]:
    """Gather the neighbours of some rows at a time side by side, and multiply once."""
    columns = weight.flatten(0, 1)
    out = features.new_empty(pairs.outputs, weight.shape[2])
    for rows, gathered in _gathered(features, pairs):
        torch.mm(gathered, columns, out=out[rows])
    return out


def weight_gradient(
    features: Float[Tensor, "inputs c"], gradient: Float[Tensor, "outputs d"], pairs: Pairs
) -> Float[Tensor, "offsets c d"]:
    """What a change of the weights does to the convolution of `features`, summed with `gradient`."""
    total = features.new_zeros(pairs.offsets * features.shape[1], gradient.shape[1])
    for rows, gathered in _gathered(features, pairs):
        total += gathered.T @ gradient[rows]
    return total.unflatten(0, (pairs.offsets, -1))


def _gathered(features: Tensor, pairs: Pairs) -> Iterator[tuple[slice, Tensor]]:
    """Slices of output rows, each with its neighbours' features side by side (zeros where there is none).

    All slices share one buffer: new memory for each would cost as much as the product.
    """
    channels, table = features.shape[1], pairs.table(features.device)
    padded = torch.cat([features, features.new_zeros(1, channels)])
    # on a CPU the gathered rows should stay in the cache (measured); elsewhere they should fit small cards
    at_once = 65536 if features.is_cuda else max(1, 131072 // max(1, channels))
    buffer = features.new_empty(min(at_once, pairs.outputs) * pairs.offsets, channels)
    for first in range(0, pairs.outputs, at_once):
        rows = slice(first, min(first + at_once, pairs.outputs))
        sources = table[rows].flatten()
        gathered = torch.index_select(padded, 0, sources, out=buffer[: len(sources)])
        yield rows, gathered.unflatten(0, (-1, pairs.offsets)).flatten(1)
