"""The compiled loops between few queries and many places: blocks of places that stay in the cache.

They trust their arguments; `lasso3d.nn.fast_queries` checks and prepares those. A score is a product over the
channels of a place (its features, its position added) and over further numbers told of it. Columns are the queries'
heads, the head running fastest. numba keeps compiled loops until this file changes: touch it after a change to
`microkernel.py` or `row_kernel.py`.
"""

import math

import numpy as np
from numba import intp

from lasso3d.geometry.compiled import compiled
from lasso3d.nn.microkernel import TILING, Tile, outer_products, row_products
from lasso3d.nn.row_kernel import LANES, NORM_LANES, exponentials_of_rows, norm_rows, softmax_rows

ROWS = 256
"""Places at a time: their channels, scores and results fit a cache of 1 MiB together."""
WIDE, NARROW = TILING.wide.width, TILING.narrow.width
GRADIENT_WIDTH, GRADIENT_ROWS = TILING.gradient.width, TILING.gradient.rows
_CACHE_LINE = 64
_THIN = Tile(6, LANES // TILING.narrow.lanes, TILING.narrow.lanes)

_wide_products = row_products(TILING.wide)
_narrow_products = row_products(TILING.narrow)
_thin_products = row_products(_THIN)
_outer_products = outer_products(TILING.gradient)


@compiled
def gather(x, position, further, asked, chosen, largest, total, gathered, first, last):
    """What the queries gather from the places `chosen[first:last]`: a softmax before its division.

    The largest score of each column, the sum of exponentials below it, and the places' features so weighed.
    """
    channels, (steps, width) = x.shape[1], asked.shape
    seen, scores = _aligned(ROWS, steps), _aligned(ROWS, width)
    newest, here = np.empty(width, np.float32), np.arange(ROWS).astype(np.int32)
    x_stride, columns = intp(channels * 4), intp(width // LANES)
    largest[:], total[:], gathered[:] = np.float32(-1e30), np.float32(0), np.float32(0)
    for begin in range(first, last, ROWS):
        rows = min(ROWS, last - begin)
        for r in range(rows):
            _look(seen, r, x, position, further, chosen[begin + r])
            scores[r] = np.float32(0)
        _products(seen, steps, asked, scores, 0, here, rows)
        newest[:] = largest
        for r in range(rows):
            for c in range(width):
                newest[c] = max(newest[c], scores[r, c])
        for c in range(width):
            if newest[c] > largest[c]:
                shrunk = np.float32(math.exp(largest[c] - newest[c]))
                largest[c], total[c] = newest[c], total[c] * shrunk
                for d in range(channels):
                    gathered[c, d] *= shrunk
        exponentials_of_rows(
            intp(scores.ctypes.data), intp(rows), columns, intp(largest.ctypes.data), intp(total.ctypes.data)
        )
        for column in range(0, channels, GRADIENT_WIDTH):
            _outer_products(
                scores,
                intp(scores.ctypes.data),
                intp(x.ctypes.data + column * 4),
                intp(gathered.ctypes.data + column * 4),
                intp(here.ctypes.data),
                intp(chosen.ctypes.data + begin * 4),
                intp(rows),
                intp(width // GRADIENT_ROWS),
                intp(width * 4),
                x_stride,
            )


@compiled
def spread(x, position, further, asked, shift, told, bias, norm, epsilon, heads, every, out, first, last):
    """The places `first` to `last` after a look at the queries: the norm of the sum of what they were and are told.

    `asked` has a column of zeros, and `shift` a score that no softmax sees, where columns fill up a vector; `told`
    has no row there. `norm` holds scale and shift.
    """
    channels, (steps, width) = x.shape[1], asked.shape
    seen, scores = _aligned(ROWS, steps), _aligned(ROWS, width)
    for begin in range(first, last, ROWS):
        rows = min(ROWS, last - begin)
        for r in range(rows):
            _look(seen, r, x, position, further, begin + r)
            scores[r] = shift
            for d in range(channels):
                out[begin + r, d] = x[begin + r, d] + bias[d]
        _products(seen, steps, asked, scores, 0, every, rows)
        softmax_rows(intp(scores.ctypes.data), intp(rows), intp(width // LANES), intp(heads))
        _products(scores, told.shape[0], told, out, begin, every, rows)
        at = intp(out.ctypes.data + begin * channels * 4)
        vectors, scale_at = intp(channels // NORM_LANES), intp(norm.ctypes.data)
        norm_rows(at, at, intp(rows), vectors, scale_at, intp(scale_at + channels * 4), epsilon, np.float32(-1e38))


@compiled
def largest_similarity(x, members, start, samples, every, out, first, last):
    """At the places `first` to `last` the largest product with a member of each group, for every sample.

    Columns of `members` are the members in order of their groups, the sample running fastest; group g has those
    from `start[g]` to `start[g + 1]`.
    """
    steps, width = members.shape
    groups = len(start) - 1
    products, best = _aligned(ROWS, width), _aligned(ROWS, groups * samples)
    for begin in range(first, last, ROWS):
        rows = min(ROWS, last - begin)
        for r in range(rows):
            products[r] = np.float32(0)
        _products(x[begin : begin + rows], steps, members, products, 0, every, rows)
        for r in range(rows):
            for g in range(groups):
                for s in range(samples):
                    best[r, g * samples + s] = products[r, start[g] * samples + s]
                for member in range(start[g] + 1, start[g + 1]):
                    for s in range(samples):
                        best[r, g * samples + s] = max(best[r, g * samples + s], products[r, member * samples + s])
        for s in range(samples):
            for g in range(groups):
                for r in range(rows):
                    out[s, g, begin + r] = best[r, g * samples + s]


@compiled
def normed(x, norm, epsilon, least, out, first, last):
    """Layer norm of the rows `first` to `last`, each result at least `least`; `norm` holds scale and shift."""
    channels = x.shape[1]
    at, out_at = intp(x.ctypes.data + first * channels * 4), intp(out.ctypes.data + first * channels * 4)
    scale_at, vectors = intp(norm.ctypes.data), intp(channels // NORM_LANES)
    norm_rows(
        at, out_at, intp(last - first), vectors, scale_at, intp(scale_at + channels * 4), epsilon, np.float32(least)
    )


@compiled
def _look(seen, r, x, position, further, place):
    """Row r of `seen`: the channels of a place, its position added, and the further numbers."""
    channels = x.shape[1]
    for d in range(channels):
        seen[r, d] = x[place, d] + position[place, d]
    for m in range(further.shape[0]):
        seen[r, channels + m] = further[m, place]


@compiled
def _products(x, steps, w, out, row, every, rows):
    """Add the product of the first rows of x with w to the rows of `out` from `row` on; `every` counts from 0."""
    width = w.shape[1]
    x_stride, out_stride = intp(x.shape[1] * 4), intp(width * 4)
    x_at, here = intp(x.ctypes.data), intp(every.ctypes.data)
    column = 0
    while column < width:
        w_at = intp(w.ctypes.data + column * 4)
        out_at = intp(out.ctypes.data + row * out_stride + column * 4)
        if column + WIDE <= width:
            _wide_products(x, x_at, w_at, out_at, here, here, intp(rows), intp(steps), x_stride, out_stride)
            column += WIDE
        elif column + NARROW <= width:
            _narrow_products(x, x_at, w_at, out_at, here, here, intp(rows), intp(steps), x_stride, out_stride)
            column += NARROW
        else:
            _thin_products(x, x_at, w_at, out_at, here, here, intp(rows), intp(steps), x_stride, out_stride)
            column += LANES


@compiled
def _aligned(rows, width):
    """Room for rows of floats, at the beginning of a cache line: a vector across two of them costs two loads."""
    room = np.empty(rows * width + _CACHE_LINE // 4, np.float32)
    skip = (-room.ctypes.data % _CACHE_LINE) // 4
    return room[skip : skip + rows * width].reshape(rows, width)
