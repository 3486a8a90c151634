"""The fast forms of what few queries and many places do with each other: packing, checking, sharing out the work.

The plain forms stand in `attention`, `pool` and `layer_unet`, and ask `able` here which to take.
"""

import numpy as np
import torch
from jaxtyping import Float, Float32, Int32, Int64
from torch import Tensor, nn
from torch.nn import functional

from lasso3d.geometry.threads import share
from lasso3d.nn import query_loops
from lasso3d.nn.query_loops import GRADIENT_WIDTH, LANES, NORM_LANES, ROWS

FEWEST_PLACES = 1024
"""Below, the plain form is done sooner."""
MOST_COLUMNS = 1024
"""Queries times heads; beyond, projecting the places costs less than products with every head of every query."""
CHUNK = 4096
"""Places whose share of a gathering is summed alone: sums do not depend on the number of threads."""
_PADDED = -1e30
"""Score of a column that only fills up a vector."""


def able(places: Float[Tensor, "t d"], *, columns: int = 0, heads: int = 1) -> bool:
    """Whether the fast forms can and should do this: the one place that decides.

    They compute in f32 on the CPU and carry no gradients.
    """
    fits = places.shape[1] % GRADIENT_WIDTH == 0 and LANES % heads == 0 and columns <= MOST_COLUMNS
    return fits and computable(places)


def computable(x: Float[Tensor, "t d"]) -> bool:
    """Whether the compiled loops may work on this, and whether it is worth their while."""
    learning = torch.is_grad_enabled() or torch.is_autocast_enabled("cpu")
    return not learning and x.device.type == "cpu" and x.dtype == torch.float32 and len(x) >= FEWEST_PLACES


def gather(
    asked: Float32[Tensor, "h q c"],
    places: Float32[Tensor, "t d"],
    *,
    position: Float32[Tensor, "t d"],
    further: Float32[Tensor, "e t"],
    chosen: Int64[Tensor, " k"] | None = None,
) -> Float32[Tensor, "h q d"]:
    """The mean of the places, weighed by a softmax of their products with every head of every query.

    The products are with the places, their positions added, and the further numbers: c is d + e. `chosen` are the
    places that are seen, all by default.
    """
    heads, queries, _ = asked.shape
    t, channels = places.shape
    seen = np.arange(t, dtype=np.int32) if chosen is None else chosen.to(torch.int32).numpy()
    columns = _columns(asked)
    chunks = -(-len(seen) // CHUNK)
    shape = chunks, columns.shape[1]
    largest, total = np.empty(shape, np.float32), np.empty(shape, np.float32)
    gathered = np.empty((*shape, channels), np.float32)
    arrays = (_array(places), _array(position), _array(further), columns, seen)

    def work(first: int, last: int) -> None:
        for i in range(first, last):
            ends = i * CHUNK, min((i + 1) * CHUNK, len(seen))
            query_loops.gather(*arrays, largest[i], total[i], gathered[i], *ends)

    share(work, chunks, threads=torch.get_num_threads())
    # the softmax over all chunks (Milakov and Gimelshein 2018)
    weight = np.exp(largest - largest.max(axis=0))
    merged = np.einsum("ic,icd->cd", weight, gathered) / (weight * total).sum(axis=0)[:, None]
    return torch.from_numpy(merged[: queries * heads]).unflatten(0, (queries, heads)).transpose(0, 1)


def spread(
    asked: Float32[Tensor, "h q c"],
    shift: Float32[Tensor, "h q"],
    told: Float32[Tensor, "h q d"],
    places: Float32[Tensor, "t d"],
    *,
    position: Float32[Tensor, "t d"],
    further: Float32[Tensor, "e t"],
    bias: Float32[Tensor, " d"],
    norm: nn.LayerNorm,
) -> Float32[Tensor, "t d"]:
    """The norm of the sum of each place, a bias and what the queries tell it, weighed by a softmax over them.

    Scores are the products of `gather`, plus `shift`.
    """
    heads = len(asked)
    columns = _columns(asked)
    shifts = np.full(columns.shape[1], _PADDED, np.float32)
    shifts[: shift.numel()] = shift.T.flatten().numpy()
    rows = _array(told.transpose(0, 1).flatten(0, 1))
    out = np.empty(places.shape, np.float32)
    arrays = (_array(places), _array(position), _array(further), columns, shifts, rows, _array(bias), _norm(norm))

    def work(first: int, last: int) -> None:
        ends = first * ROWS, min(last * ROWS, len(out))
        query_loops.spread(*arrays, np.float32(norm.eps), heads, _every(), out, *ends)

    share(work, -(-len(out) // ROWS), threads=torch.get_num_threads())
    return torch.from_numpy(out)


def largest_similarity(
    members: Float32[Tensor, "s k d"], counts: list[int], places: Float32[Tensor, "t d"]
) -> Float32[Tensor, "s m t"]:
    """At each place the largest dot product with a member of each group; members are in order of their groups."""
    samples = len(members)
    columns = _columns(members.transpose(0, 1).flatten(0, 1)[None])
    start = np.cumsum([0, *counts])
    x, out = _array(places), np.empty((samples, len(counts), len(places)), np.float32)

    def work(first: int, last: int) -> None:
        ends = first * ROWS, min(last * ROWS, len(places))
        query_loops.largest_similarity(x, columns, start, samples, _every(), out, *ends)

    share(work, -(-len(places) // ROWS), threads=torch.get_num_threads())
    return torch.from_numpy(out)


def normed_relu(norm: nn.LayerNorm, features: Float[Tensor, "t d"]) -> Float[Tensor, "t d"]:
    """The layer norm of every row, negative results as zero."""
    if features.shape[1] % NORM_LANES or not computable(features):
        return functional.layer_norm(features, features.shape[1:], norm.weight, norm.bias, norm.eps).relu_()
    x, out = _array(features), np.empty(features.shape, np.float32)
    scale_and_shift = _norm(norm)

    def work(first: int, last: int) -> None:
        ends = first * ROWS, min(last * ROWS, len(out))
        query_loops.normed(x, scale_and_shift, np.float32(norm.eps), np.float32(0), out, *ends)

    share(work, -(-len(out) // ROWS), threads=torch.get_num_threads())
    return torch.from_numpy(out)


def _columns(asked: Float32[Tensor, "h q c"]) -> Float32[np.ndarray, "c w"]:
    """A column for every head of every query, the head running fastest, filled up to whole vectors."""
    columns = asked.transpose(0, 1).flatten(0, 1).T
    return _array(functional.pad(columns, (0, -columns.shape[1] % LANES)))


def _norm(norm: nn.LayerNorm) -> Float32[np.ndarray, "2 d"]:
    return _array(torch.stack([norm.weight, norm.bias]))


def _array(tensor: Tensor) -> np.ndarray:
    return tensor.detach().contiguous().numpy()


def _every() -> Int32[np.ndarray, " r"]:
    return np.arange(ROWS, dtype=np.int32)
