"""The compiled loops of the fast sparse convolution: blocks of output rows, kernel offsets, channel tiles.

They trust their arguments; `lasso3d.nn.fast_cpu` checks and prepares those. bf16 numbers travel as int16.
numba keeps compiled loops until this file changes: touch it after a change to `microkernel.py`.
"""

import inspect

import numpy as np
from numba import intp, types
from numba.extending import overload

from lasso3d.geometry.compiled import compiled
from lasso3d.nn.microkernel import TILING, outer_products, row_products

WIDE, NARROW = TILING.wide.width, TILING.narrow.width
GRADIENT_ROWS, GRADIENT_WIDTH = TILING.gradient.rows, TILING.gradient.width
_CACHE_LINE = 64
_BLOCKS_IN_CACHE = 4  # rows of x and g of 4 blocks of 1024 stay in a 1 MiB cache over all offsets

_wide_products = row_products(TILING.wide)
_narrow_products = row_products(TILING.narrow)
_outer_products = outer_products(TILING.gradient)


@compiled
def convolve(x, weight, bias, residual, out, source, target, start, block, first, last, relu):
    """Fill the output rows of blocks `first` to `last`; `residual` has no rows where there is none."""
    offsets, steps, width = weight.shape
    x_stride, sums_stride = intp(x.shape[1] * x.itemsize), intp(width * 4)
    room = np.empty(block * width + _CACHE_LINE // 4, np.float32)
    skip = (-room.ctypes.data % _CACHE_LINE) // 4  # a vector across two cache lines costs two loads
    sums = room[skip : skip + block * width].reshape(block, width)
    for b in range(first, last):
        row = b * block
        rows = min(block, out.shape[0] - row)
        _open_sums(sums, bias, residual, row, rows)
        for offset in range(offsets):
            pairs = intp(start[b, offset + 1] - start[b, offset])
            x_at = intp(x.ctypes.data)
            source_at = intp(source.ctypes.data + 4 * start[b, offset])
            target_at = intp(target.ctypes.data + 4 * start[b, offset])
            column = 0
            while column < width and pairs > 0:
                w_at = intp(weight.ctypes.data + (offset * steps * width + column) * 4)
                sums_at = intp(sums.ctypes.data - row * sums_stride + column * 4)
                if column + WIDE <= width:
                    _wide_products(
                        x, x_at, w_at, sums_at, source_at, target_at, pairs, intp(steps), x_stride, sums_stride
                    )
                    column += WIDE
                else:
                    _narrow_products(
                        x, x_at, w_at, sums_at, source_at, target_at, pairs, intp(steps), x_stride, sums_stride
                    )
                    column += NARROW
        _close_sums(sums, out, row, rows, relu)


@compiled
def weight_gradient(x, g, out, source, target, start, first, last):
    """Add `x[source].T @ g[target]` of every offset over blocks `first` to `last` to `out`."""
    offsets, channels, width = out.shape
    tiles = intp(channels // GRADIENT_ROWS)
    x_stride, g_stride = intp(channels * 4), intp(width * 4)
    for group in range(first, last, _BLOCKS_IN_CACHE):
        for offset in range(offsets):
            for b in range(group, min(last, group + _BLOCKS_IN_CACHE)):
                pairs = intp(start[b, offset + 1] - start[b, offset])
                source_at = intp(source.ctypes.data + 4 * start[b, offset])
                target_at = intp(target.ctypes.data + 4 * start[b, offset])
                for column in range(0, width, GRADIENT_WIDTH):
                    x_at, g_at = intp(x.ctypes.data), intp(g.ctypes.data + column * 4)
                    out_at = intp(out.ctypes.data + (offset * channels * width + column) * 4)
                    _outer_products(x, x_at, g_at, out_at, source_at, target_at, pairs, tiles, x_stride, g_stride)


@compiled
def _open_sums(sums, bias, residual, row, rows):
    """Start the sums of a block from the bias and the residual."""
    for r in range(rows):
        for d in range(sums.shape[1]):
            sums[r, d] = bias[d]
    if residual.shape[0] > 0:
        for r in range(rows):
            for d in range(residual.shape[1]):
                sums[r, d] += _widened(residual[row + r, d])


@compiled
def _close_sums(sums, out, row, rows, relu):
    """Store the sums of a block, negative ones as zero where asked."""
    for r in range(rows):
        for d in range(out.shape[1]):
            value = sums[r, d]
            if relu and value < 0:
                value = np.float32(0)
            out[row + r, d] = _narrowed(value, out)


@compiled
def _rounded_bf16(value):
    """The upper half of an f32, rounded to nearest even; NaN stays NaN."""
    bits = np.float32(value).view(np.uint32)
    rounded = (bits + np.uint32(0x7FFF) + ((bits >> np.uint32(16)) & np.uint32(1))) >> np.uint32(16)
    return np.int16(np.uint16(rounded if value == value else np.uint32(0x7FC0)))


def _widened(value):
    """A stored number as f32."""
    raise RuntimeError("only inside compiled loops")


def _narrowed(value, like):
    """An f32 as arrays like `like` store it."""
    raise RuntimeError("only inside compiled loops")


def _widened_by_type(value):
    if isinstance(value, types.Integer):
        return lambda value: np.int32(np.int32(value) << np.int32(16)).view(np.float32)
    return lambda value: value


def _narrowed_by_type(value, like):
    if isinstance(like.dtype, types.Integer):
        return lambda value, like: _rounded_bf16(value)
    return lambda value, like: value


# below the wrappers of the shape checks, as in `compiled`
overload(_widened)(inspect.unwrap(_widened_by_type))
overload(_narrowed)(inspect.unwrap(_narrowed_by_type))
