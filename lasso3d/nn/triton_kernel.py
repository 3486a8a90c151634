"""Sparse convolution on CUDA as one masked matrix product per tile of rows (Triton).

Rows with the same set of neighbours are visited together, so that a tile skips the offsets none of its rows has.
Three fixed configurations instead of a search: a search would compile for minutes on every new machine.
"""

import inspect

import torch
import triton
import triton.language as tl
from jaxtyping import Float
from torch import Tensor

from lasso3d.nn.pairs import Pairs


def convolve(
    features: Float[Tensor, "inputs c"],
    weight: Float[Tensor, "offsets c d"],
    pairs: Pairs,
    *,
    bias: Float[Tensor, " d"] | None = None,
    residual: Float[Tensor, "outputs d"] | None = None,
    relu: bool = False,
) -> Float[Tensor, "outputs d"]:
    """`relu(convolution + bias + residual)`; sums in f32."""
    offsets, channels, width = weight.shape
    out = features.new_empty(pairs.outputs, width)
    if pairs.outputs == 0:
        return out
    table, order, neighbours = pairs.once(("triton", features.device), lambda: _visits(pairs, features.device))
    tile = _tile(channels, width, features.element_size())
    grid = (triton.cdiv(pairs.outputs, tile["ROWS"]), triton.cdiv(width, tile["WIDTH"]))
    _masked_product[grid](
        features.contiguous(),
        weight.contiguous(),
        table,
        order,
        neighbours,
        out,
        out if bias is None else bias.to(out.dtype).contiguous(),
        out if residual is None else residual.to(out.dtype).contiguous(),
        pairs.outputs,
        pairs.inputs,
        C=channels,
        D=width,
        OFFSETS=offsets,
        BIAS=bias is not None,
        RESIDUAL=residual is not None,
        RELU=relu,
        PRECISION="tf32" if torch.backends.cuda.matmul.allow_tf32 else "ieee",
        **tile,
    )
    return out


def _visits(pairs: Pairs, device: torch.device) -> tuple[Tensor, Tensor, Tensor]:
    """Input row per offset and output row; output rows by neighbour set; and those sets in that order."""
    table = pairs.table(device).T.contiguous()
    bit = 1 << torch.arange(pairs.offsets, dtype=torch.int32, device=device)
    neighbours = torch.where(table < pairs.inputs, bit[:, None], 0).sum(0, dtype=torch.int32)
    ordered, order = neighbours.sort(stable=True)
    return table, order.int(), ordered


def _tile(channels: int, width: int, number: int) -> dict[str, int]:
    """Rows, output and input channels of a tile, for numbers of that many bytes (chosen by size, not measured)."""
    depth = min(64, max(16, triton.next_power_of_2(channels)))
    if number > 2:  # no more shared memory than small cards have
        return {
            "ROWS": 64,
            "WIDTH": min(64, _wide(width)),
            "DEPTH": min(32, depth),
            "num_warps": 4,
            "num_stages": 2,
        }
    if width <= 64:
        return {"ROWS": 128, "WIDTH": _wide(width), "DEPTH": depth, "num_warps": 4, "num_stages": 3}
    return {"ROWS": 128, "WIDTH": 128, "DEPTH": depth, "num_warps": 8, "num_stages": 3}


def _wide(width: int) -> int:
    return max(32, triton.next_power_of_2(width))


def _either(left, right):
    return left | right


def _product(
    x,
    weight,
    table,
    order,
    neighbours,
    out,
    bias,
    residual,
    rows,
    missing,
    C: tl.constexpr,
    D: tl.constexpr,
    OFFSETS: tl.constexpr,
    BIAS: tl.constexpr,
    RESIDUAL: tl.constexpr,
    RELU: tl.constexpr,
    PRECISION: tl.constexpr,
    ROWS: tl.constexpr,
    WIDTH: tl.constexpr,
    DEPTH: tl.constexpr,
):
    """One tile: sum over the offsets some of its rows have, then bias, residual and ReLU."""
    visit = tl.program_id(0) * ROWS + tl.arange(0, ROWS)
    inside = visit < rows
    row = tl.load(order + visit, mask=inside, other=0)
    column = tl.program_id(1) * WIDTH + tl.arange(0, WIDTH)
    wanted = column < D
    present = tl.reduce(tl.load(neighbours + visit, mask=inside, other=0), 0, _union)
    depth = tl.arange(0, DEPTH)
    sums = tl.zeros((ROWS, WIDTH), tl.float32)
    for offset in range(OFFSETS):
        if (present >> offset) & 1:
            source = tl.load(table + offset * rows + row, mask=inside, other=missing)
            found = source < missing
            for first in range(0, C, DEPTH):
                channel = first + depth
                held = channel < C
                left = tl.load(
                    x + source.to(tl.int64)[:, None] * C + channel[None, :],
                    mask=found[:, None] & held[None, :],
                    other=0.0,
                )
                right = tl.load(
                    weight + (offset * C + channel)[:, None] * D + column[None, :],
                    mask=held[:, None] & wanted[None, :],
                    other=0.0,
                )
                sums = tl.dot(left, right, sums, input_precision=PRECISION)
    place = row.to(tl.int64)[:, None] * D + column[None, :]
    here = inside[:, None] & wanted[None, :]
    if BIAS:
        sums += tl.load(bias + column, mask=wanted, other=0.0).to(tl.float32)[None, :]
    if RESIDUAL:
        sums += tl.load(residual + place, mask=here, other=0.0).to(tl.float32)
    if RELU:
        sums = tl.where(sums < 0, 0.0, sums)
    tl.store(out + place, sums.to(out.type.element_ty), mask=here)


# below the wrappers of the shape checks, as in `lasso3d.geometry.compiled`
_union = triton.jit(inspect.unwrap(_either))
_masked_product = triton.jit(inspect.unwrap(_product))
