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

    def smooth(self, values: Float64[np.ndarray, "t d"]) -> Float64[np.ndarray, "t d"]:
        """Values mixed with those of the cells around."""
        return _smoothed(self.cells, values)


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
    return Fused(mean, voxels.order[voxels.start[:-1]][kept], cells)


def _smoothed(cells: Int32[np.ndarray, "t 3"], values: Float64[np.ndarray, "t d"]) -> Float64[np.ndarray, "t d"]:
    shape = cells.max(0) + 3
    grid = np.full(tuple(shape.tolist()), -1, np.int32)
    grid[tuple((cells + 1).T)] = np.arange(len(cells), dtype=np.int32)
    out = np.empty_like(values)
    _mix(grid, cells, values, out)
    return out


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
