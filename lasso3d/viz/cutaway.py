"""What to leave out of a picture of a room so that one can look in: the ceiling, and the walls in front."""

from dataclasses import dataclass
from typing import final

import numpy as np
from jaxtyping import Bool, Float32, Float64, Int64
from scipy.ndimage import gaussian_filter, maximum_filter

CELL = 0.1
"""Metres, of columns seen from above."""
LAYER = 0.2
"""Metres, of slices through the columns."""
ROOM = (1.8, 4.5)
"""Range of the height of what can be a room, metres."""
LARGEST = 40.0
"""Metres; what is longer is no room."""
FULL = 0.45
"""Share of its layers that a column of wall fills: windows and doors stay under it, and open."""
ROOFED = 0.3
"""Share of the columns whose top lies in one layer where there is a ceiling."""
UPPER = 0.7
"""Share of the height above which that layer is looked for."""
FACING = 0.35
"""Cosine between the way into the room and the line of sight from which a wall is in the way."""


@final
@dataclass(frozen=True, eq=False)
class Shell:
    """Walls and ceiling of a room, on a grid seen from above."""

    low: Float64[np.ndarray, "2"]
    """Corner of the first column."""
    ceiling: float
    """Metres above which everything belongs to it; infinite where there is none."""
    wall: Bool[np.ndarray, "x y"]
    inward: Float64[np.ndarray, "x y 2"]
    """Unit vectors from the walls into the room."""

    def kept(self, xyz: Float32[np.ndarray, "n 3"], direction: Float64[np.ndarray, "3"]) -> Bool[np.ndarray, " n"]:
        """Which points stay in a picture taken along `direction`: all but the ceiling and walls before the room."""
        along = direction[:2] / max(float(np.linalg.norm(direction[:2])), 1e-9)
        before = self.wall & (self.inward @ along > FACING)
        i, j = _columns(xyz, self.low, self.wall.shape).T
        return (xyz[:, 2] < self.ceiling) & ~before[i, j]


def room_shell(xyz: Float32[np.ndarray, "n 3"]) -> Shell | None:
    """Walls and ceiling of a scan; None where it is no room, by size or because nothing stands upright in it."""
    low, high = (np.percentile(xyz, q, axis=0).astype(np.float64) for q in (0.2, 99.8))
    extent = high - low
    if not ROOM[0] < extent[2] < ROOM[1] or extent[:2].max() > LARGEST:
        return None
    shape = tuple((extent[:2] // CELL + 1).astype(int).tolist())
    i, j = _columns(xyz, low[:2], shape).T
    layers = int(extent[2] // LAYER) + 1
    k = np.clip((xyz[:, 2] - low[2]) // LAYER, 0, layers - 1).astype(np.int64)
    filled = np.zeros((*shape, layers), bool)
    filled[i, j, k] = True
    ceiling = low[2] + _ceiling(filled) * LAYER
    # a wall that is not quite straight wanders from column to column
    wall = filled.any(2) & (maximum_filter(filled, size=(3, 3, 1)).mean(2) > FULL)
    if not wall.any():
        return None
    inside = gaussian_filter((filled.any(2) & ~wall).astype(np.float64), 5.0, mode="constant")
    slope = np.moveaxis(np.array(np.gradient(inside)), 0, -1)
    inward = slope / np.maximum(np.linalg.norm(slope, axis=-1, keepdims=True), 1e-9)
    return Shell(low[:2], float(ceiling), wall, inward)


def _ceiling(filled: Bool[np.ndarray, "x y z"]) -> float:
    """The layer where the ceiling begins, infinite where most columns are open above."""
    layers = filled.shape[2]
    occupied = filled.any(2)
    top = layers - 1 - filled[occupied][:, ::-1].argmax(1)
    share = np.bincount(top, minlength=layers) / len(top)
    # a ceiling that sags or was scanned twice takes two layers
    both = share + np.append(share[1:], 0.0)
    roofs = np.flatnonzero((both > ROOFED) & (np.arange(layers) >= UPPER * layers))
    return float(roofs[0]) if len(roofs) else np.inf


def _columns(
    xyz: Float32[np.ndarray, "n 3"], low: Float64[np.ndarray, "2"], shape: tuple[int, ...]
) -> Int64[np.ndarray, "n 2"]:
    at = ((xyz[:, :2] - low) // CELL).astype(np.int64)
    return np.clip(at, 0, np.array(shape) - 1)
