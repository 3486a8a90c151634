"""Many shots made one cloud, as volumetric fusion does: one point per cell, smoothed with its neighbours."""

from dataclasses import dataclass
from typing import final

import numpy as np
from jaxtyping import Float64, Int32, Int64

from lasso3d.geometry.compiled import compiled
from lasso3d.geometry.voxels import voxelize

ALONE = 2
"""Cells with fewer points are dropped where fusion wants to be sure."""


@final
@dataclass(frozen=True, eq=False)
class Fused:
    """The cells that stayed."""

    xyz: Float64[np.ndarray, "t 3"]
    first: Int64[np.ndarray, " t"]
    """A point of each cell."""
    cells: Int32[np.ndarray, "t 3"]
    of_point: Int64[np.ndarray, " n"]
    """The cell of each point, -1 = it did not stay."""

    def mean(self, values: Float64[np.ndarray, "n d"]) -> Float64[np.ndarray, "t d"]:
        """Values of points, averaged over each cell."""
        kept = self.of_point >= 0
        total = np.zeros((len(self.cells), values.shape[1]))
        _add(self.of_point[kept], values[kept], total)
        return total / np.bincount(self.of_point[kept], minlength=len(self.cells))[:, None]

    def smooth(self, values: Float64[np.ndarray, "t d"]) -> Float64[np.ndarray, "t d"]:
        """Values mixed with those of the cells around."""
        return _smoothed(self.cells, values)

    def beside(self, step: Int32[np.ndarray, "t 3"]) -> Int64[np.ndarray, " t"]:
        """The cell that lies `step` cells away from each; the cell itself where there is none."""
        grid = _grid(self.cells, margin=int(np.abs(step).max(initial=0)))
        there = grid[tuple((self.cells + step + np.abs(step).max(initial=0)).T)]
        return np.where(there >= 0, there, np.arange(len(self.cells)))


def fused(xyz: Float64[np.ndarray, "n 3"], cell: float, *, rounds: int, faint: bool) -> Fused:
    """One point per cell: the mean of what fell into it, smoothed `rounds` times.

    Args:
        cell: metres.
        faint: leave out what only one ray has seen.
    """
    voxels = voxelize(xyz.astype(np.float32), cell)
    kept = np.diff(voxels.start) >= (ALONE if faint else 1)
    cells, mean = voxels.cells()[kept], voxels.mean(xyz)[kept].astype(np.float64)
    for _ in range(rounds):
        mean = _smoothed(cells, mean)
    new = np.where(kept, np.cumsum(kept) - 1, -1)
    return Fused(mean, voxels.order[voxels.start[:-1]][kept], cells, new[voxels.of_point].astype(np.int64))


def _smoothed(cells: Int32[np.ndarray, "t 3"], values: Float64[np.ndarray, "t d"]) -> Float64[np.ndarray, "t d"]:
    grid = _grid(cells, margin=1)
    out = np.empty_like(values)
    _mix(grid, cells, values, out)
    return out


def _grid(cells: Int32[np.ndarray, "t 3"], *, margin: int) -> Int32[np.ndarray, "x y z"]:
    """The number of each occupied cell, -1 elsewhere, in a box with free cells around."""
    grid = np.full(tuple((cells.max(0) + 1 + 2 * margin).tolist()), -1, np.int32)
    grid[tuple((cells + margin).T)] = np.arange(len(cells), dtype=np.int32)
    return grid


@compiled
def _add(cell, values, total):
    """Sums in the order of the points: the same on every machine."""
    for i in range(len(cell)):
        for k in range(values.shape[1]):
            total[cell[i], k] += values[i, k]


@compiled
def _mix(grid, cells, values, out):
    """The mean of a cell and its 26 neighbours, itself counted three times."""
    for i in range(len(cells)):
        x, y, z = cells[i, 0] + 1, cells[i, 1] + 1, cells[i, 2] + 1
        weight = 2.0
        for k in range(values.shape[1]):
            out[i, k] = 2.0 * values[i, k]
        for a in range(-1, 2):
            for b in range(-1, 2):
                for c in range(-1, 2):
                    j = grid[x + a, y + b, z + c]
                    if j >= 0:
                        weight += 1.0
                        for k in range(values.shape[1]):
                            out[i, k] += values[j, k]
        for k in range(values.shape[1]):
            out[i, k] /= weight
