"""Points of many frames averaged in the cells of a grid; memory goes with the surface seen, not with the pixels."""

from typing import Any, final

import numpy as np
from jaxtyping import Float32, Float64, UInt8

from lasso3d.geometry.compiled import compiled

MOST_CELLS = 1 << 22
"""More, and the cells are doubled: 350 MB, and half as much again while the grid grows."""
REACH = 1 << 20
"""Cells from the middle of the grid to its border along each axis; what lies beyond is left out."""
FEWEST = 2
"""Pixels that must have met a cell; what only one has met is noise more often than not."""
EMPTY = -1


@final
class Grid:
    """Weighted means of places and colours in cubes of `size` metres around `middle`, hashed."""

    def __init__(self, size: float, middle: Float64[np.ndarray, "3"]) -> None:
        self.size = size
        self._middle = middle.copy()
        self._allot(1 << 16)

    def _allot(self, rows: int) -> None:
        """Empty memory for so many cells."""
        self._table = np.full(4 * rows, EMPTY, np.int32)
        self._key = np.empty(rows, np.int64)
        self._sum = np.zeros((rows, 7))
        self._pixels = np.zeros(rows, np.int32)
        self._count = 0

    def add(
        self, xyz: Float64[np.ndarray, "n 3"], rgb: UInt8[np.ndarray, "n 3"], weight: Float32[np.ndarray, " n"]
    ) -> None:
        """Take in the points of a frame, metres."""
        self._add(xyz, rgb.astype(np.float32), weight, np.ones(len(xyz), np.int32))

    def _add(
        self,
        xyz: Float64[np.ndarray, "n 3"],
        rgb: Float32[np.ndarray, "n 3"],
        weight: Float32[np.ndarray, " n"],
        pixels: np.ndarray,
    ) -> None:
        done = 0
        while True:
            done, self._count = _take(
                self._table, self._key, self._sum, self._pixels, self._count, xyz, rgb, weight, pixels,
                self._middle, self.size, done,
            )  # fmt: skip
            if done == len(xyz):
                return
            self._make_room()

    def _make_room(self) -> None:
        """Twice the memory, or where that is too much, cells of twice the size."""
        xyz, rgb, weight, pixels = self._means()
        rows = len(self._key)
        if 2 * rows > MOST_CELLS:
            self.size = 2 * self.size
        else:
            rows = 2 * rows
        self._allot(rows)
        self._add(xyz, rgb, weight, pixels)

    def _means(
        self,
    ) -> tuple[Float64[np.ndarray, "t 3"], Float32[np.ndarray, "t 3"], Float32[np.ndarray, " t"], np.ndarray]:
        total = self._sum[: self._count]
        xyz = total[:, :3] / total[:, 6:] + self._middle
        rgb = (total[:, 3:6] / total[:, 6:]).astype(np.float32)
        return xyz, rgb, total[:, 6].astype(np.float32), self._pixels[: self._count].copy()

    def points(self) -> tuple[Float64[np.ndarray, "t 3"], UInt8[np.ndarray, "t 3"]]:
        """The cells that enough pixels have met, in the order in which they were met first."""
        xyz, rgb, _, pixels = self._means()
        sure = pixels >= FEWEST
        return xyz[sure], np.rint(rgb[sure]).astype(np.uint8)


@compiled
def _take(
    table: Any, key: Any, total: Any, pixels: Any, count: Any, xyz: Any, rgb: Any, weight: Any, times: Any,
    middle: Any, size: Any, first: Any,
) -> Any:  # fmt: skip
    """Add points from `first` on until the memory is full; how many are done, and how many cells there are."""
    mask = np.uint64(len(table) - 1)
    for i in range(first, len(xyz)):
        x, y, z = xyz[i, 0] - middle[0], xyz[i, 1] - middle[1], xyz[i, 2] - middle[2]
        a, b, c = np.floor(x / size) + REACH, np.floor(y / size) + REACH, np.floor(z / size) + REACH
        if not (0 <= a < 2 * REACH and 0 <= b < 2 * REACH and 0 <= c < 2 * REACH):
            continue
        packed = (np.int64(a) << 42) | (np.int64(b) << 21) | np.int64(c)
        # Fibonacci hashing: 2^64 over the golden ratio spreads neighbouring cells
        mixed = np.uint64(packed) * np.uint64(0x9E3779B97F4A7C15)
        slot = (mixed >> np.uint64(32)) & mask
        while table[slot] != EMPTY and key[table[slot]] != packed:
            slot = (slot + np.uint64(1)) & mask
        row = table[slot]
        if row == EMPTY:
            if count == len(key):
                return i, count
            row = count
            table[slot], key[row] = row, packed
            count += 1
        w = np.float64(weight[i])
        total[row, 0] += w * x
        total[row, 1] += w * y
        total[row, 2] += w * z
        for k in range(3):
            total[row, 3 + k] += w * rgb[i, k]
        total[row, 6] += w
        pixels[row] += times[i]
    return len(xyz), count
