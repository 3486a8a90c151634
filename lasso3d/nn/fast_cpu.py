"""The fast sparse convolution on the CPU: packing, checking and sharing out the work of the compiled loops.

Block ranges run in a thread pool, as many as torch uses threads. numba's own parallel loops abort in a process
forked after their first use; this pool is made anew there.
"""

import itertools
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Float32
from torch import Tensor
from torch.nn.functional import pad

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

    _share(work, len(pairs.start))
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

    _share(work, threads)
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


_pool: ThreadPoolExecutor | None = None


def _forget_pool() -> None:
    global _pool
    _pool = None


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_pool)


def _share(work: Callable[[int, int], None], items: int) -> None:
    """Run `work(first, last)` over ranges of all items on torch's number of threads, this one among them."""
    global _pool
    threads = min(torch.get_num_threads(), items)
    if threads <= 1:
        work(0, items)
        return
    at_once = max(1, items // (4 * threads))  # small enough to even out, large enough not to matter
    firsts = itertools.count(0, at_once)

    def drain() -> None:
        while (first := next(firsts)) < items:
            work(first, min(items, first + at_once))

    if _pool is None:
        _pool = ThreadPoolExecutor(os.cpu_count(), thread_name_prefix="lasso3d-conv")
    others = [_pool.submit(drain) for _ in range(threads - 1)]
    drain()
    for other in others:
        other.result()
