"""Which way is up in a scan whose frame leans: the ground, a floor or a table top tells."""

from dataclasses import dataclass
from math import acos, cos, degrees, radians

import numpy as np
from jaxtyping import Bool, Float, Float32, Float64

from lasso3d.core.prompts import Point
from lasso3d.geometry.compiled import compiled
from lasso3d.geometry.neighbors import nearest
from lasso3d.geometry.normals import normals_and_curvature
from lasso3d.geometry.voxels import voxel_size, voxelize

PATCHES = 8_000
"""Cells at most whose normals are looked at; area counts, not the density of points."""
NEIGHBORS = 10
"""Of a patch, for its normal."""
CANDIDATES = 512
"""Normals that are tried as up."""
ALIKE = 10.0
"""Degrees between normals of one plane."""
LEAST_TILT, MOST_TILT = 10.0, 50.0
"""Degrees. Below, nothing is turned; above, what leans may be a wall."""
NARROW = 0.01
"""Of the variance along a plane, across it."""
LEAST_SHARE, LEAST_PLANE = 0.15, 0.05
"""Of all patches, those that face as the plane does, and those on it."""
LEVEL_SHARE = 0.5
"""Patches that face up already, against those that face as the plane does, from which on a scan is upright."""


@dataclass(frozen=True, eq=False)
class Frame:
    """The frame in which a network sees a scan: the scan's own, or that turned about its zero point."""

    rotation: Float64[np.ndarray, "3 3"] | None = None
    """From the scan's frame to this one; None = the same."""

    @classmethod
    def upright(cls, xyz: Float32[np.ndarray, "n 3"]) -> "Frame":
        """The frame in which the largest plane of a scan is level, if it leans and nothing else is level.

        A camera that looks down at a table gives such a scan: its own "up" is off by as much as it looks down.
        Scans that have level surfaces half as large stay as they are, and so does what has no plane.
        """
        up = _up(xyz)
        return cls(None if up is None else _turning(up))

    @property
    def tilt(self) -> float:
        """Degrees by which up is turned."""
        return 0.0 if self.rotation is None else degrees(acos(float(self.rotation[2, 2].clip(-1, 1))))

    def of(self, xyz: Float32[np.ndarray, "n 3"]) -> Float32[np.ndarray, "n 3"]:
        """Points of the scan in this frame; the same array where nothing is turned."""
        return xyz if self.rotation is None else _turned(np.ascontiguousarray(xyz), self.rotation)

    def point(self, position: Point | Float[np.ndarray, "3"]) -> Float64[np.ndarray, "3"]:
        """A position of the scan in this frame."""
        place = np.asarray(position, np.float64)
        return place if self.rotation is None else self.rotation @ place

    def back(self, xyz: Float32[np.ndarray, "n 3"]) -> Float32[np.ndarray, "n 3"]:
        """Points of this frame in the scan's."""
        return xyz if self.rotation is None else _turned(np.ascontiguousarray(xyz), self.rotation.T.copy())


def _up(xyz: Float32[np.ndarray, "n 3"]) -> Float64[np.ndarray, "3"] | None:
    """The normal of the plane that should be level; None where the scan stays as it is."""
    voxels = voxelize(xyz, voxel_size(xyz, budget=PATCHES))
    place = voxels.mean(xyz) - voxels.lower.astype(np.float32)
    normals, _ = normals_and_curvature(place, nearest(place, NEIGHBORS)[0])
    leaning = np.flatnonzero(normals[:, 2] >= cos(radians(MOST_TILT)))
    if not len(leaning):
        return None
    tried = normals[leaning[:: max(1, len(leaning) // CANDIDATES)]]
    up = tried[(tried @ normals.T >= cos(radians(ALIKE))).sum(axis=1).argmax()].astype(np.float64)
    plane = _plane(place, normals, up, thickness=voxels.size)
    up = _normal(place[plane])
    if up is None:
        return None
    along = (normals @ up.astype(np.float32) >= cos(radians(ALIKE))).sum()
    level = (normals[:, 2] >= cos(radians(ALIKE))).sum()
    leans = cos(radians(MOST_TILT)) <= up[2] <= cos(radians(LEAST_TILT))
    large = along >= LEAST_SHARE * len(place) and plane.sum() >= LEAST_PLANE * len(place)
    return up if leans and large and level < LEVEL_SHARE * along else None


def _plane(
    place: Float32[np.ndarray, "p 3"],
    normals: Float32[np.ndarray, "p 3"],
    up: Float64[np.ndarray, "3"],
    *,
    thickness: float,
) -> Bool[np.ndarray, " p"]:
    """The patches of the largest plane with about this normal, which is made better on the way."""
    for _ in range(3):
        alike = normals @ up.astype(np.float32) >= cos(radians(ALIKE))
        up = normals[alike].sum(axis=0, dtype=np.float64)
        up /= np.linalg.norm(up)
    height = place @ up.astype(np.float32)
    ranked = np.sort(height[alike])
    held = np.searchsorted(ranked, ranked + np.float32(2 * thickness), side="right") - np.arange(len(ranked))
    lowest = ranked[held.argmax()]
    return alike & (height >= lowest) & (height <= lowest + np.float32(2 * thickness))


def _normal(place: Float32[np.ndarray, "k 3"]) -> Float64[np.ndarray, "3"] | None:
    """Of the plane through these points, upwards; None where they are rather a line."""
    away = place.astype(np.float64) - place.mean(axis=0, dtype=np.float64)
    (_, breadth, length), axes = np.linalg.eigh(away.T @ away)
    if breadth < NARROW * length:
        return None
    normal = axes[:, 0]
    return normal if normal[2] >= 0 else -normal


def _turning(up: Float64[np.ndarray, "3"]) -> Float64[np.ndarray, "3 3"]:
    """The smallest rotation that brings a unit vector, not the one that points down, to z (Rodrigues)."""
    x, y, z = up
    cross = np.array([[0, 0, -x], [0, 0, -y], [x, y, 0]])
    return np.eye(3) + cross + cross @ cross / (1 + z)


@compiled
def _turned(xyz, rotation):
    turned = np.empty_like(xyz)
    for i in range(len(xyz)):
        for row in range(3):
            x, y, z = rotation[row, 0] * xyz[i, 0], rotation[row, 1] * xyz[i, 1], rotation[row, 2] * xyz[i, 2]
            turned[i, row] = x + y + z
    return turned
