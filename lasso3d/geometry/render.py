"""Point clouds drawn into a depth buffer, each point a small disc that faces the camera."""

from dataclasses import dataclass
from typing import final

import numpy as np
from jaxtyping import Float32, Int32

from lasso3d.geometry.cameras import Camera, project
from lasso3d.geometry.compiled import compiled
from lasso3d.geometry.voxels import voxelize

NEAREST = 1e-3
"""Metres; closer points, and those behind the camera, are not drawn."""
SMALLEST_RADIUS = 0.71
"""Pixels; just above sqrt(1/2), so that every point in the picture covers at least one pixel centre."""
LARGEST_RADIUS = 24.0
"""Pixels; bounds the work per point when the camera stands inside the cloud."""
POINTS_PER_CELL = 8
"""Enough to estimate a density: a relative standard error of 35 %."""
SPARSEST = 2.5
"""In median spacings; sparser points, such as leaves, would become blobs."""


@final
@dataclass(frozen=True, eq=False)
class Splat:
    """Which point is seen at each pixel, and how far away."""

    depth: Float32[np.ndarray, "h w"]
    """Metres along the optical axis; infinite where nothing is seen."""
    index: Int32[np.ndarray, "h w"]
    """The point seen, -1 = none."""


def splat(xyz: Float32[np.ndarray, "n 3"], camera: Camera, *, radius: Float32[np.ndarray, " n"]) -> Splat:
    """Draw every point as a disc of `radius` metres; of two points at one pixel the nearer is seen.

    A disc recedes towards its rim by its radius, as a paraboloid would: overlapping discs of one surface then
    meet halfway between their centres instead of lying on each other like scales. At equal depth the lower
    index wins, so that the picture does not depend on anything but the arguments.
    """
    depth = np.full((camera.height, camera.width), np.inf)
    index = np.full(depth.shape, -1, np.int32)
    _splat(np.ascontiguousarray(xyz), radius, camera.K, camera.T_camera_scene, depth, index)
    return Splat(depth.astype(np.float32), index)


def splat_plain(xyz: Float32[np.ndarray, "n 3"], camera: Camera, *, radius: Float32[np.ndarray, " n"]) -> Splat:
    """What `splat` computes, said plainly: every pixel asks every point."""
    uv, depth = project(xyz, camera)
    reach = np.clip(radius * camera.K[0, 0] / np.maximum(depth, NEAREST), SMALLEST_RADIUS, LARGEST_RADIUS)
    seen = Splat(
        np.full((camera.height, camera.width), np.inf, np.float32),
        np.full((camera.height, camera.width), -1, np.int32),
    )
    for v, u in np.ndindex(seen.depth.shape):
        away = ((uv - (u, v)) ** 2).sum(1) / reach**2
        candidate = np.where((depth > NEAREST) & (away <= 1), depth + away * radius, np.inf)
        nearest = int(np.argmin(candidate))
        if candidate[nearest] < np.inf:
            seen.depth[v, u], seen.index[v, u] = candidate[nearest], nearest
    return seen


@compiled
def _splat(xyz, radius, K, T, depth, index):
    """Each point visits the pixels its disc covers."""
    height, width = depth.shape
    for i in range(len(xyz)):
        x, y, z = float(xyz[i, 0]), float(xyz[i, 1]), float(xyz[i, 2])
        ahead = T[2, 0] * x + T[2, 1] * y + T[2, 2] * z + T[2, 3]
        if ahead <= NEAREST:
            continue
        u = K[0, 0] * (T[0, 0] * x + T[0, 1] * y + T[0, 2] * z + T[0, 3]) / ahead + K[0, 2]
        v = K[1, 1] * (T[1, 0] * x + T[1, 1] * y + T[1, 2] * z + T[1, 3]) / ahead + K[1, 2]
        reach = min(max(radius[i] * K[0, 0] / ahead, SMALLEST_RADIUS), LARGEST_RADIUS)
        if u < -reach or v < -reach or u > width - 1 + reach or v > height - 1 + reach:
            continue
        for row in range(max(0, int(np.ceil(v - reach))), min(height - 1, int(np.floor(v + reach))) + 1):
            for column in range(max(0, int(np.ceil(u - reach))), min(width - 1, int(np.floor(u + reach))) + 1):
                away = ((column - u) ** 2 + (row - v) ** 2) / (reach * reach)
                candidate = ahead + away * radius[i]
                if away <= 1 and candidate < depth[row, column]:
                    depth[row, column] = candidate
                    index[row, column] = i


def local_spacing(xyz: Float32[np.ndarray, "n 3"]) -> Float32[np.ndarray, " n"]:
    """Distance between neighbouring points around each point, metres, for points that lie on surfaces.

    The cells of a grid are about size^2 of surface each, so a cell of c points has the spacing size / sqrt(c).
    Cells with too few points are counted again in larger ones. Never above 2.5 times the median; isolated
    points get the median.
    """
    extent = np.ptp(xyz, axis=0).max()
    size = max(float(extent) * np.sqrt(POINTS_PER_CELL / len(xyz)) / 2, 1e-6)
    spacing = np.full(len(xyz), np.nan)
    while np.isnan(spacing).mean() > 0.01 and size < extent:
        voxels = voxelize(xyz, size)
        count = np.diff(voxels.start)[voxels.of_point]
        found = np.isnan(spacing) & (count >= POINTS_PER_CELL)
        spacing[found] = size / np.sqrt(count[found])
        size *= 2
    typical = size / 2 if np.isnan(spacing).all() else float(np.nanmedian(spacing))
    return np.minimum(np.nan_to_num(spacing, nan=typical), SPARSEST * typical).astype(np.float32)
