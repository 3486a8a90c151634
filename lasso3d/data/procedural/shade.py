"""Light that is baked into scans: how open a place is to daylight, and smooth unevenness in space."""

from collections.abc import Callable

import numpy as np
from jaxtyping import Bool, Float64, Int32

from lasso3d.data.procedural.textures import noise
from lasso3d.geometry.compiled import compiled

Reaches = Callable[[Float64[np.ndarray, "n 3"], Float64[np.ndarray, "n 3"]], Bool[np.ndarray, " n"]]
"""Whether nothing lies between points and targets."""


def openness(
    reaches: Reaches,
    point: Float64[np.ndarray, "n 3"],
    normal: Float64[np.ndarray, "n 3"],
    *,
    reach: float,
    rays: int,
    rng: np.random.Generator,
) -> Float64[np.ndarray, " n"]:
    """Ambient occlusion: the share of cosine-weighted random rays of `reach` metres that meet nothing."""
    free = np.zeros(len(point))
    for _ in range(rays):
        around = rng.standard_normal(point.shape)
        # a point of the unit sphere on top of the normal is a direction by Lambert's law
        toward = normal * 1.001 + around / np.sqrt((around**2).sum(1, keepdims=True))
        free += reaches(point, point + reach * toward / np.sqrt((toward**2).sum(1, keepdims=True)))
    return free / rays


def waves(xyz: Float64[np.ndarray, "n 3"], size: float) -> Float64[np.ndarray, " n"]:
    """Smooth noise in space, about -1 to 1, from crest to crest about `size` metres."""
    return 4 * (patchy(xyz, np.zeros(len(xyz), np.int32), size) - 0.5)


def patchy(
    local: Float64[np.ndarray, "n 3"], solid: Int32[np.ndarray, " n"], size: float
) -> Float64[np.ndarray, " n"]:
    """Smooth noise over the surface of each solid, 0 to 1, in its own frame: the same from wherever it is seen."""
    field = np.empty(len(solid))
    _patchy(local, solid, size, field)
    return field


@compiled
def _patchy(local, solid, size, field):
    for r in range(len(solid)):
        x, y, z = local[r, 0] / size, local[r, 1] / size, local[r, 2] / size
        field[r] = 0.5 * (noise(x + 0.5 * z, y + 0.3 * z, solid[r]) + noise(z + 0.4 * x, z - y, solid[r] + 7))
