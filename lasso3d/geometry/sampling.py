"""Farthest-point sampling: few points that cover a cloud evenly."""

import numpy as np
from jaxtyping import Float32, Int64

from lasso3d.geometry.compiled import compiled
from lasso3d.geometry.voxels import bounds

BUCKET = 256
"""Points that share a box; measured best from 100k to 1M points."""
MORTON_BITS = 16
"""Bits per axis of the curve the buckets are cut from; more would not make them smaller."""


def farthest_points(xyz: Float32[np.ndarray, "n 3"], count: int, *, first: int = 0) -> Int64[np.ndarray, " count"]:
    """Indices of `count` points, each the farthest from all chosen before it, beginning with `first`.

    Exact (squared distances in float32), the lowest index wins ties, and no point is chosen twice. ValueError
    where there are fewer than `count` points.
    """
    if not 1 <= count <= len(xyz):
        raise ValueError(f"count must be 1 to {len(xyz)}, the number of points; found {count}")
    if not 0 <= first < len(xyz):
        raise ValueError(f"first must be a point, 0 to {len(xyz) - 1}; found {first}")
    along_curve = _morton_order(xyz)
    return _farthest(np.ascontiguousarray(xyz[along_curve].T), along_curve, count, first)


def farthest_points_reference(
    xyz: Float32[np.ndarray, "n 3"], count: int, *, first: int = 0
) -> Int64[np.ndarray, " count"]:
    """`farthest_points` by updating every point every time: its plain twin."""
    chosen = np.empty(count, np.int64)
    squared = np.full(len(xyz), np.inf, np.float32)
    for step in range(count):
        chosen[step] = first if step == 0 else np.argmax(squared)
        x, y, z = (xyz - xyz[chosen[step]]).T
        squared = np.minimum(squared, x * x + y * y + z * z)
        squared[chosen[: step + 1]] = -1
    return chosen


def _morton_order(xyz: Float32[np.ndarray, "n 3"]) -> Int64[np.ndarray, " n"]:
    """Points along a space-filling curve, so that any run of them lies close together."""
    lower, upper = bounds(xyz)
    longest = float((upper - lower).max()) or 1.0
    code = np.zeros(len(xyz), np.int64)
    for axis in range(3):
        cell = ((xyz[:, axis] - lower[axis]) / longest * (2**MORTON_BITS - 1)).astype(np.int64)
        for shift, mask in ((16, 0xFF0000FF), (8, 0xF00F00F00F), (4, 0xC30C30C30C3), (2, 0x249249249249)):
            # each step halves the groups of bits and opens the gaps the other two axes will fill
            cell = (cell | cell << shift) & mask
        code |= cell << axis
    return np.argsort(code)


@compiled
def _farthest(xyz, name, count, first):
    """Each bucket knows its box and its farthest point; a sample nearer to a box than that changes the bucket."""
    points = xyz.shape[1]
    buckets = (points + BUCKET - 1) // BUCKET
    lower, upper = np.empty((buckets, 3), np.float32), np.empty((buckets, 3), np.float32)
    squared = np.full(points, np.inf, np.float32)
    highest, leader = np.full(buckets, np.inf, np.float32), np.zeros(buckets, np.int64)
    for bucket in range(buckets):
        for axis in range(3):
            run = xyz[axis, bucket * BUCKET : (bucket + 1) * BUCKET]
            lower[bucket, axis], upper[bucket, axis] = run.min(), run.max()
    chosen = np.empty(count, np.int64)
    last = np.argmax(name == first)
    for step in range(count):
        chosen[step] = name[last]
        centre = xyz[:, last].copy()
        squared[last] = -1.0
        for bucket in range(buckets):
            if last // BUCKET == bucket or _box_distance(lower[bucket], upper[bucket], centre) < highest[bucket]:
                begin, end = bucket * BUCKET, min(points, (bucket + 1) * BUCKET)
                _lower_to(xyz[:, begin:end], centre, squared[begin:end])
                place = begin + _leader(squared[begin:end], name[begin:end])
                highest[bucket], leader[bucket] = squared[place], place
        best = 0
        for bucket in range(1, buckets):
            if highest[bucket] > highest[best] or (
                highest[bucket] == highest[best] and name[leader[bucket]] < name[leader[best]]
            ):
                best = bucket
        last = leader[best]
    return chosen


@compiled
def _box_distance(lower, upper, centre):
    """Squared distance to a box, rounded no higher than that of any point in it: the same operations in order."""
    x = max(lower[0] - centre[0], centre[0] - upper[0], np.float32(0.0))
    y = max(lower[1] - centre[1], centre[1] - upper[1], np.float32(0.0))
    z = max(lower[2] - centre[2], centre[2] - upper[2], np.float32(0.0))
    return x * x + y * y + z * z


@compiled
def _lower_to(xyz, centre, squared):
    for i in range(len(squared)):
        x, y, z = xyz[0, i] - centre[0], xyz[1, i] - centre[1], xyz[2, i] - centre[2]
        squared[i] = min(squared[i], x * x + y * y + z * z)


@compiled
def _leader(squared, name):
    """The farthest point, the one of lowest name among equals."""
    best = 0
    for i in range(1, len(squared)):
        if squared[i] > squared[best] or (squared[i] == squared[best] and name[i] < name[best]):
            best = i
    return best
