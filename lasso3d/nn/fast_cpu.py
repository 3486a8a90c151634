"""The fast sparse convolution on the CPU: packing, checking and sharing out the work of the compiled loops, on as
many threads as torch uses.
"""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Float32
from torch import Tensor
from torch.nn.functional import pad

from lasso3d.geometry.threads import share
from lasso3d.nn import cpu_loops
from lasso3d.nn.microkernel import TILING
from lasso3d.nn.pairs import Pairs

BF16 = TILING.bf16
"""Whether this processor multiplies bf16 numbers; where not, they are widened to f32 and rounded back."""


@dataclass(frozen=True)
class PackedWeight:
    """Convolution weights in the order in which the loops read them."""

    values: Tensor
    """f32 [offsets, c, width], or int32 [offsets, c/2, width] holding pairs of bf16 channels; width >= d."""
    channels: int
    """Input channels c."""
    outputs: int
    """Output channels d."""
    dtype: torch.dtype
    """Type of the features it multiplies."""


def pack(weight: Float[Tensor, "offsets c d"]) -> PackedWeight:
    """Weights padded to whole vectors; bf16 channels side by side in pairs."""
    _, channels, outputs = weight.shape
    values = _whole(weight.detach().to(_computing_type(weight.dtype)), cpu_loops.NARROW)
    if values.dtype == torch.bfloat16:
        paired = pad(values, (0, 0, 0, channels % 2)).unflatten(1, (-1, 2)).transpose(2, 3)
        values = paired.contiguous().view(torch.int32).squeeze(3)
    return PackedWeight(values.contiguous(), channels, outputs, weight.dtype)


def convolve(
    features: Float[Tensor, "inputs c"],
    weight: PackedWeight,
    pairs: Pairs,
    *,
    bias: Float[Tensor, " d"] | None = None,
    residual: Float[Tensor, "outputs d"] | None = None,
    relu: bool = False,
) -> Float[Tensor, "outputs d"]:
    """`relu(convolution + bias + residual)`, each output written once; strided features are copied first."""
    out = torch.empty(pairs.outputs, weight.outputs, dtype=_computing_type(weight.dtype))
    x = features.to(out.dtype)
    if out.dtype == torch.bfloat16:
        x = _whole(x, 2)
    added = torch.zeros(weight.values.shape[2])
    if bias is not None:
        added[: weight.outputs] = bias
    before = out[:0] if residual is None else residual.to(out.dtype)
    arrays = [_array(tensor) for tensor in (x, weight.values, added, before, out)]

    def work(first: int, last: int) -> None:
        cpu_loops.convolve(*arrays, pairs.source, pairs.target, pairs.start, pairs.block, first, last, relu)

    share(work, len(pairs.start), threads=torch.get_num_threads())
    return out.to(features.dtype)


def weight_gradient(
    features: Float[Tensor, "inputs c"], gradient: Float[Tensor, "outputs d"], pairs: Pairs
) -> Float32[Tensor, "offsets c d"]:
    """As in `plain`, always in f32; every thread sums its own blocks, and the sums are added in a fixed order."""
    x = _whole(features.float(), cpu_loops.GRADIENT_ROWS)
    g = _whole(gradient.float(), cpu_loops.GRADIENT_WIDTH)
    arrays = _array(x), _array(g)
    threads = max(1, min(torch.get_num_threads(), len(pairs.start)))
    sums = torch.zeros(threads, pairs.offsets, x.shape[1], g.shape[1])
    edges = np.linspace(0, len(pairs.start), threads + 1).round().astype(int)

    def work(first: int, last: int) -> None:
        for part in range(first, last):
            blocks = edges[part], edges[part + 1]
            cpu_loops.weight_gradient(*arrays, sums[part].numpy(), pairs.source, pairs.target, pairs.start, *blocks)

    share(work, threads, threads=threads)
    return sums.sum(0)[:, : features.shape[1], : gradient.shape[1]]


def _whole(tensor: Tensor, channels: int) -> Tensor:
    """The tensor, its last axis filled up with zeros to a multiple of `channels`."""
    missing = -tensor.shape[-1] % channels
    return pad(tensor, (0, missing)) if missing else tensor


def _computing_type(dtype: torch.dtype) -> torch.dtype:
    return torch.bfloat16 if dtype == torch.bfloat16 and BF16 else torch.float32


def _array(tensor: Tensor) -> np.ndarray:
    """A contiguous array over the same memory where possible, bf16 as int16."""
    plain = tensor.detach().contiguous()
    return (plain.view(torch.int16) if plain.dtype == torch.bfloat16 else plain).numpy()
