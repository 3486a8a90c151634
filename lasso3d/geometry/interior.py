"""The point deepest inside a region: where the next click goes."""

import numpy as np
from jaxtyping import Bool, Float32, Float64, Int64
from scipy.spatial import cKDTree

from lasso3d.geometry.compiled import compiled

TRIED = 512
"""Points whose depth is looked up together."""
THINNED = 64
"""Every 64th outside point bounds all depths from above, at a small part of the cost of knowing them."""


def deepest(xyz: Float32[np.ndarray, "n 3"], region: Bool[np.ndarray, " n"]) -> tuple[int, float]:
    """The point of the region farthest from the nearest point outside it, and that depth in metres.

    The inradius rule of AGILE3D and NPISeg3D, exact in float64; the lowest index wins ties. A region without
    an outside is infinitely deep at the point nearest to its centroid. ValueError where the region is empty.
    """
    if not region.any():
        raise ValueError("region is empty, so nothing lies deepest inside it")
    inside, points = np.flatnonzero(region), xyz[region].astype(np.float64)
    outside = np.flatnonzero(~region)
    if len(outside) == 0:
        return _nearest_to_centroid(points), np.inf
    bound = _depths(points, xyz[outside[::THINNED]].astype(np.float64))
    # no point less deep than a known depth can win, and no outside point farther than all bounds can matter
    known = (1 - 1e-12) * _distance_to_outside(xyz, outside, points[np.argmax(bound)])
    candidate = np.flatnonzero(bound >= known)
    depth = _depths(points[candidate], _around(xyz, outside, points[candidate], bound[candidate].max()))
    winner = int(np.argmax(depth))
    return int(inside[candidate[winner]]), float(depth[winner])


def middle(xyz: Float32[np.ndarray, "n 3"], region: Bool[np.ndarray, " n"], *, depth: float) -> int:
    """The point nearest to the region's centroid among those at least half as deep as its `depth`.

    Where a region ends with the scan nothing lies outside there, so its deepest point is on that edge; this one is
    not.
    """
    inside, points = np.flatnonzero(region), xyz[region].astype(np.float64)
    by_distance = np.argsort(_distances(points, points.mean(axis=0)), kind="stable")
    outside = xyz[~region].astype(np.float64)
    if len(outside) == 0:
        return int(inside[by_distance[0]])
    tree = cKDTree(outside, balanced_tree=False, compact_nodes=False)
    for start in range(0, len(points), TRIED):
        tried = by_distance[start : start + TRIED]
        deep = np.asarray(tree.query(points[tried])[0]) >= depth / 2
        if deep.any():
            return int(inside[tried[np.argmax(deep)]])
    raise ValueError(f"no point of the region is half as deep as {depth}")


def _nearest_to_centroid(points: Float64[np.ndarray, "n 3"]) -> int:
    return int(np.argmin(_distances(points, points.mean(axis=0))))


def _distances(points: Float64[np.ndarray, "n 3"], centre: Float64[np.ndarray, "3"]) -> Float64[np.ndarray, " n"]:
    x, y, z = (points - centre).T
    return np.sqrt(x * x + y * y + z * z)


def _around(
    xyz: Float32[np.ndarray, "n 3"],
    outside: Int64[np.ndarray, " o"],
    points: Float64[np.ndarray, "p 3"],
    reach: float,
) -> Float64[np.ndarray, "q 3"]:
    """The outside points in the box of the points grown by `reach`."""
    margin = (1 + 1e-9) * reach
    near = _in_box(xyz, outside, points.min(axis=0) - margin, points.max(axis=0) + margin)
    return xyz[outside[near]].astype(np.float64)


@compiled
def _distance_to_outside(xyz, outside, point):
    """From a point to the nearest one outside."""
    least = np.inf
    for i in outside:
        x, y, z = xyz[i, 0] - point[0], xyz[i, 1] - point[1], xyz[i, 2] - point[2]
        least = min(least, x * x + y * y + z * z)
    return np.sqrt(least)


@compiled
def _in_box(xyz, outside, lower, upper):
    near = np.empty(len(outside), np.bool_)
    for o in range(len(outside)):
        i = outside[o]
        near[o] = True
        for axis in range(3):
            near[o] &= lower[axis] <= xyz[i, axis] <= upper[axis]
    return near


def _depths(points: Float64[np.ndarray, "p 3"], outside: Float64[np.ndarray, "o 3"]) -> Float64[np.ndarray, " p"]:
    """Distance of each point to the nearest outside point."""
    tree = cKDTree(outside, balanced_tree=False, compact_nodes=False)
    return np.asarray(tree.query(points)[0])
