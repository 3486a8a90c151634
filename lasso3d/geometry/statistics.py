"""What a scan looks like from close by: density, roughness, colour and borders, to compare scans of any origin."""

from dataclasses import dataclass
from math import atan2, pi
from typing import final

import numpy as np
from jaxtyping import Bool, Float32, Int32, UInt8

from lasso3d.geometry.compiled import compiled
from lasso3d.geometry.neighbors import nearest
from lasso3d.geometry.normals import normals_and_curvature

AROUND = 16
"""Neighbours that count as the surroundings of a point."""
OPEN = 2 * pi / 3
"""Angle without a neighbour, seen on the surface, from which a point lies at a border."""


@final
@dataclass(frozen=True)
class Statistics:
    """Local statistics of one scan; medians over its points unless said otherwise."""

    points: int
    spacing: float
    """Distance to the nearest point, metres."""
    density: float
    """Points per square metre of surface."""
    roughness: float
    """Root mean square distance of the 16 nearest points from the plane through them, metres."""
    turning: float
    """Angle between the normals of a point and of its nearest points, degrees."""
    border: float
    """Share of the points at a border: outlines, holes, occlusions."""
    colour_local: float | None
    """Standard deviation of colour around a point, 0 to 255; None without colour."""
    colour_object: float | None
    """Standard deviation of colour within an object, mean over objects; None without colour or objects."""
    objects: int
    object_points: float
    """Points of an object; 0 without objects."""
    heights: tuple[float, float, float]
    """Metres above the lowest percent that 25, 50 and 75 % of the points lie below."""


def scan_statistics(
    xyz: Float32[np.ndarray, "n 3"],
    *,
    rgb: UInt8[np.ndarray, "n 3"] | None = None,
    instance: Int32[np.ndarray, " n"] | None = None,
) -> Statistics:
    """Statistics of a scan with at least 17 points; `instance` holds ids above 0, -1 = none."""
    if len(xyz) <= AROUND:
        raise ValueError(f"statistics need more than {AROUND} points, found {len(xyz)}")
    neighbors, distance = nearest(xyz, AROUND)
    normals, curvature = normals_and_curvature(xyz, neighbors)
    around = xyz[neighbors].astype(np.float64)
    spread = np.concatenate([around, xyz[:, None]], axis=1).var(axis=1).sum(axis=1)
    aligned = np.abs((normals[neighbors[:, :6]] * normals[:, None]).sum(-1)).mean(1)
    low, *quarters = np.percentile(xyz[:, 2], (1, 25, 50, 75)).tolist()
    counts = np.zeros(0) if instance is None else np.bincount(instance[instance > 0])
    return Statistics(
        points=len(xyz),
        spacing=float(np.median(distance[:, 0])),
        density=float(np.median(AROUND / (pi * np.maximum(distance[:, -1], 1e-6) ** 2))),
        roughness=float(np.median(np.sqrt(curvature * spread))),
        turning=float(np.degrees(np.median(np.arccos(np.clip(aligned, 0, 1))))),
        border=float(at_border(xyz, neighbors, normals).mean()),
        colour_local=None if rgb is None else _local_colour(rgb, neighbors),
        colour_object=None if rgb is None or instance is None else _object_colour(rgb, instance),
        objects=int((counts > 0).sum()),
        object_points=float(np.median(counts[counts > 0])) if counts.any() else 0.0,
        heights=(quarters[0] - low, quarters[1] - low, quarters[2] - low),
    )


def at_border(
    xyz: Float32[np.ndarray, "n 3"], neighbors: Int32[np.ndarray, "n k"], normals: Float32[np.ndarray, "n 3"]
) -> Bool[np.ndarray, " n"]:
    """Points that have no neighbour in a third of the directions along the surface."""
    gap = np.empty(len(xyz))
    _widest_gap(np.ascontiguousarray(xyz), neighbors, normals, gap)
    return gap > OPEN


def _local_colour(rgb: UInt8[np.ndarray, "n 3"], neighbors: Int32[np.ndarray, "n k"]) -> float:
    around = rgb[neighbors].astype(np.float32)
    return float(np.median(np.sqrt(around.var(axis=1).mean(axis=1))))


def _object_colour(rgb: UInt8[np.ndarray, "n 3"], instance: Int32[np.ndarray, " n"]) -> float | None:
    ids = np.unique(instance[instance > 0])
    spreads = [np.sqrt(rgb[instance == i].astype(np.float32).var(axis=0).mean()) for i in ids]
    return float(np.mean(spreads)) if spreads else None


@compiled
def _widest_gap(xyz, neighbors, normals, gap):
    """The largest angle between neighbours, seen along the normal."""
    k = neighbors.shape[1]
    angle = np.empty(k)
    for i in range(len(xyz)):
        nx, ny, nz = normals[i]
        # any two axes across the normal
        if abs(nx) < 0.9:
            ax, ay, az = 0.0, nz, -ny
        else:
            ax, ay, az = -nz, 0.0, nx
        length = np.sqrt(ax * ax + ay * ay + az * az)
        ax, ay, az = ax / length, ay / length, az / length
        bx, by, bz = ny * az - nz * ay, nz * ax - nx * az, nx * ay - ny * ax
        for j in range(k):
            x = xyz[neighbors[i, j], 0] - xyz[i, 0]
            y = xyz[neighbors[i, j], 1] - xyz[i, 1]
            z = xyz[neighbors[i, j], 2] - xyz[i, 2]
            angle[j] = atan2(x * bx + y * by + z * bz, x * ax + y * ay + z * az)
        angle.sort()
        widest = angle[0] + 2 * pi - angle[k - 1]
        for j in range(1, k):
            widest = max(widest, angle[j] - angle[j - 1])
        gap[i] = widest
