"""Coordinates of files and coordinates of scenes: which way is up, how long is a unit, where is zero."""

from typing import get_args

import numpy as np
from jaxtyping import Float64

from lasso3d.core.scene import Up

_TURNS: dict[str, tuple[tuple[int, int, int], tuple[int, int, int]]] = {
    "z": ((0, 1, 2), (1, 1, 1)),
    "-z": ((0, 1, 2), (1, -1, -1)),
    "y": ((0, 2, 1), (1, -1, 1)),
    "-y": ((0, 2, 1), (1, 1, -1)),
    "x": ((2, 1, 0), (-1, 1, 1)),
    "-x": ((2, 1, 0), (1, 1, -1)),
}
"""Axis of the file and sign for each axis of the scene: the rotation about x or y that brings `up` to z.

"-y" is the frame of cameras, x right, y down, z forward: it becomes x right, y forward, z up.
"""


def turned(vectors: np.ndarray, up: Up) -> np.ndarray:
    """Vectors of the file in the axes of the scene; the same array where nothing turns."""
    axes, signs = _TURNS[up]
    return vectors if up == "z" else vectors[:, axes] * np.array(signs, vectors.dtype)


def file_to_scene(
    points: Float64[np.ndarray, "k 3"], *, up: Up, unit: float, origin: Float64[np.ndarray, "3"]
) -> Float64[np.ndarray, "k 3"]:
    """Where points of a file are in its scene; the arguments are those of `read_scene` and `scene.origin`."""
    refuse_frame(up, unit)
    return turned(points, up) * unit - origin


def scene_to_file(
    points: Float64[np.ndarray, "k 3"], *, up: Up, unit: float, origin: Float64[np.ndarray, "3"]
) -> Float64[np.ndarray, "k 3"]:
    """The inverse of `file_to_scene`."""
    refuse_frame(up, unit)
    axes, signs = _TURNS[up]
    scaled = (points + origin) / unit * np.array(signs)
    return scaled[:, np.argsort(axes)]


def refuse_frame(up: str, unit: float) -> None:
    """ValueError for an axis that does not exist or a unit that is no length."""
    if up not in get_args(Up):
        raise ValueError(f"up must be one of {', '.join(get_args(Up))}, found {up!r}")
    if not (np.isfinite(unit) and unit > 0):
        raise ValueError(f"unit must be a length in metres above 0, found {unit!r}")
