"""Kernel maps: which input voxel feeds which output voxel through which offset of a sparse convolution.

Made by walking sorted packed keys; no hash table and no binary search.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
from jaxtyping import Int32, Int64

from lasso3d.geometry.compiled import compiled
from lasso3d.geometry.voxels import AXIS_BITS, pack, unpack

BLOCK = 1024
"""Output rows a convolution finishes before it goes on, so that they stay in the cache."""


@dataclass(frozen=True)
class KernelMap:
    """Pairs (input row, output row), grouped by block of output rows, then by kernel offset.

    A convolution is `out[output[p]] += x[input[p]] @ weight[o]` over the pairs p of every offset o. Within a
    group output rows ascend and none occurs twice.
    """

    input: Int32[np.ndarray, " p"]
    """Row of the input features."""
    output: Int32[np.ndarray, " p"]
    """Row of the output features."""
    start: Int64[np.ndarray, "blocks columns"]
    """Block b and offset o own the pairs `start[b, o]:start[b, o + 1]`; `start[b, -1]` is `start[b + 1, 0]`."""
    inputs: int
    """Rows of the input."""
    outputs: int
    """Rows of the output."""
    offsets: int
    """Kernel offsets, row-major over (dx, dy, dz) with z fastest, as in spconv."""
    block: int = BLOCK
    """Output rows per block; block b covers rows b * block to (b + 1) * block."""

    def transposed(self) -> "KernelMap":
        """The map with input and output swapped, regrouped: the inverse convolution, with the same offsets."""
        count = np.bincount(self.input, minlength=self.inputs)
        by_input = _counting_order(self.input, np.cumsum(count) - count)
        offset = _offset_of_pair(self.start)
        return _grouped(
            self.output[by_input],
            self.input[by_input],
            offset[by_input],
            inputs=self.outputs,
            outputs=self.inputs,
            offsets=self.offsets,
        )


def submanifold_map(
    cells: Int32[np.ndarray, "t 3"], scene_ptr: Int64[np.ndarray, " bounds"], *, kernel: Literal[3, 5]
) -> KernelMap:
    """Pairs of cells at most `kernel // 2` apart on each axis; outputs are the inputs.

    Cells are not negative and, within each scene `scene_ptr[i]:scene_ptr[i + 1]`, sorted by packed key
    (lexicographic) without repeats, else ValueError. No pair joins two scenes. Offset o brings the neighbour
    at cell + delta(o) to each cell; the centre is `kernel ** 3 // 2`.
    """
    keys = pack(cells)
    _require_ascending(keys, scene_ptr)
    cursor = np.zeros((_blocks(len(cells)), kernel**3), np.int64)
    nothing = np.empty(0, np.int32)
    _walk_columns(keys, scene_ptr, kernel // 2, cursor, nothing, nothing)
    start = _starts(cursor)
    rows_in, rows_out = np.empty((2, int(start[-1, -1]) if len(start) else 0), np.int32)
    _walk_columns(keys, scene_ptr, kernel // 2, start[:, :-1].copy(), rows_in, rows_out)
    return KernelMap(rows_in, rows_out, start, len(cells), len(cells), kernel**3)


def downsample(
    cells: Int32[np.ndarray, "t 3"], scene_ptr: Int64[np.ndarray, " bounds"]
) -> tuple[Int32[np.ndarray, "u 3"], Int64[np.ndarray, " bounds"], KernelMap]:
    """Halve the resolution: parent cells, their scenes, and the map of a 2 x 2 x 2 convolution with stride 2.

    The offset of a pair is the child's octant, row-major: 4 (x % 2) + 2 (y % 2) + z % 2. Parents come sorted by
    packed key within each scene.
    """
    keys = pack(cells)
    _require_ascending(keys, scene_ptr)
    parent_keys = pack(cells >> 1)
    by_parent = np.empty(len(cells), np.int64)
    for first, last in pairwise(scene_ptr):
        by_parent[first:last] = first + np.argsort(parent_keys[first:last], kind="stable")
    distinct, parent, parent_ptr = _parents(parent_keys, by_parent, scene_ptr)
    octant = (cells & 1) @ np.array([4, 2, 1], np.int32)
    down = _grouped(
        by_parent.astype(np.int32),
        parent,
        octant[by_parent].astype(np.int32),
        inputs=len(cells),
        outputs=len(distinct),
        offsets=8,
    )
    return unpack(distinct), parent_ptr, down


def _require_ascending(keys: Int64[np.ndarray, " t"], scene_ptr: Int64[np.ndarray, " bounds"]) -> None:
    rising = np.diff(keys) > 0
    rising[scene_ptr[1:-1][(scene_ptr[1:-1] > 0) & (scene_ptr[1:-1] < len(keys))] - 1] = True
    if not rising.all():
        row = int(np.argmin(rising)) + 1
        raise ValueError(f"cells must ascend by packed key within a scene; row {row} does not follow row {row - 1}")


def _blocks(rows: int) -> int:
    return -(-rows // BLOCK)


def _starts(count: Int64[np.ndarray, "blocks offsets"]) -> Int64[np.ndarray, "blocks offsets+1"]:
    """Where each group begins and, in the last column, where the next block does."""
    blocks, offsets = count.shape
    running = np.concatenate([[0], np.cumsum(count)])
    return running[np.arange(blocks)[:, None] * offsets + np.arange(offsets + 1)]


def _grouped(
    rows_in: Int32[np.ndarray, " p"],
    rows_out: Int32[np.ndarray, " p"],
    offset: Int32[np.ndarray, " p"],
    *,
    inputs: int,
    outputs: int,
    offsets: int,
) -> KernelMap:
    """A map of pairs that come by ascending output row."""
    group = (rows_out // BLOCK).astype(np.int64) * offsets + offset
    count = np.bincount(group, minlength=_blocks(outputs) * offsets).reshape(-1, offsets)
    start = _starts(count)
    by_group = _counting_order(group, start[:, :-1].ravel().copy())
    return KernelMap(rows_in[by_group], rows_out[by_group], start, inputs, outputs, offsets)


@compiled
def _walk_columns(keys, scene_ptr, radius, cursor, rows_in, rows_out):
    """Move each group's cursor past its pairs, and write them where there is room: first to count, then to fill.

    In key order the cells seen through one column (dx, dy) only move forward, so one pointer per column finds
    them all. Column and offset are mirrored: a neighbour of i at +delta has i at -delta, so half of the columns do.
    """
    fill = len(rows_in) > 0
    width = 2 * radius + 1
    centre = width * width * width // 2
    for scene in range(len(scene_ptr) - 1):
        first, last = scene_ptr[scene], scene_ptr[scene + 1]
        for column in range(width * width // 2, width * width):
            dx, dy = column // width - radius, column % width - radius
            middle = column * width + radius
            shift = (dx << 2 * AXIS_BITS) + (dy << AXIS_BITS)
            ahead = first
            for i in range(first, last):
                wanted = keys[i] + shift
                while ahead < last and keys[ahead] < wanted - radius:
                    ahead += 1
                j = ahead
                while j < last and keys[j] <= wanted + radius:
                    offset = middle + np.int64(keys[j] - wanted)
                    j_block, i_block = j // BLOCK, i // BLOCK
                    if column > width * width // 2:
                        mirrored = 2 * centre - offset
                        if fill:
                            rows_in[cursor[j_block, mirrored]] = i
                            rows_out[cursor[j_block, mirrored]] = j
                        cursor[j_block, mirrored] += 1
                    if fill:
                        rows_in[cursor[i_block, offset]] = j
                        rows_out[cursor[i_block, offset]] = i
                    cursor[i_block, offset] += 1
                    j += 1


@compiled
def _parents(parent_keys, by_parent, scene_ptr):
    """Distinct parent keys scene by scene, the parent of each child (in parent order), the parents' scene_ptr."""
    distinct = np.empty(len(by_parent), np.int64)
    parent = np.empty(len(by_parent), np.int32)
    parent_ptr = np.zeros(len(scene_ptr), np.int64)
    count = 0
    for scene in range(len(scene_ptr) - 1):
        for position in range(scene_ptr[scene], scene_ptr[scene + 1]):
            key = parent_keys[by_parent[position]]
            if position == scene_ptr[scene] or key != distinct[count - 1]:
                distinct[count] = key
                count += 1
            parent[position] = count - 1
        parent_ptr[scene + 1] = count
    return distinct[:count].copy(), parent, parent_ptr


@compiled
def _offset_of_pair(start):
    offset = np.empty(start[-1, -1] if len(start) else 0, np.int32)
    for block in range(start.shape[0]):
        for o in range(start.shape[1] - 1):
            offset[start[block, o] : start[block, o + 1]] = o
    return offset


@compiled
def _counting_order(group, free):
    """Stable order of items by group; `free` holds each group's first place and is used up."""
    order = np.empty(len(group), np.int64)
    for i in range(len(group)):
        order[free[group[i]]] = i
        free[group[i]] += 1
    return order
