"""The order in which points are shown: a coarse layer first, each layer along a curve, cut into tiles."""

from dataclasses import dataclass
from hashlib import sha256

import numpy as np
from jaxtyping import Float32, UInt8, UInt16, UInt32

from lasso3d.geometry.compiled import compiled
from lasso3d.geometry.voxels import bounds

TILE = 65_536
"""Points of a tile: what a browser draws within a frame, measured."""
COARSE_SHARE = 16
"""One point in so many is in the coarse layer, which a page shows while the camera moves."""
SHOWN_AT_ONCE = 300_000
"""Scans up to here have one layer."""
CURVE_BITS = 21
"""Per axis; three axes and the layer fill a 64-bit key."""
BYTES_PER_POINT = 11
"""Three coordinates and the intensity in 16 bits each, three colours in 8."""


@dataclass(frozen=True)
class Tile:
    """A run of points that lie close together; `xyz = origin + scale * value`."""

    first: int
    count: int
    layer: int
    origin: tuple[float, float, float]
    """Scene frame, metres."""
    scale: float
    """Metres per step of its 16 bits."""


def order_of(xyz: Float32[np.ndarray, "n 3"]) -> tuple[UInt32[np.ndarray, " n"], int]:
    """Which point comes at each place, and how many are in the coarse layer; a function of the points alone."""
    lower, upper = bounds(xyz)
    step = max(float((upper - lower).max()), 1e-6) / (2**CURVE_BITS - 1)
    layered = len(xyz) > SHOWN_AT_ONCE
    keys = _keys(np.ascontiguousarray(xyz), lower, 1 / step, layered)
    perm = np.argsort(keys).astype(np.uint32)
    ranked = keys[perm]
    _sort_ties(ranked, perm)
    coarse = int(np.searchsorted(ranked, np.uint64(1) << np.uint64(63))) if layered else len(xyz)
    return perm, coarse


def order_key(perm: UInt32[np.ndarray, " n"]) -> str:
    """By which masks know the order they were packed in."""
    return sha256(perm.data).hexdigest()[:16]


def runs(n: int, coarse: int) -> list[tuple[int, int, int]]:
    """First, count and layer of every tile; no tile holds points of two layers."""
    found = []
    for layer, (start, stop) in enumerate(((0, coarse), (coarse, n))):
        found += [(a, min(TILE, stop - a), layer) for a in range(start, stop, TILE)]
    return found


def tile_bytes(
    xyz: Float32[np.ndarray, "c 3"], rgb: UInt8[np.ndarray, "c 3"], intensity: UInt16[np.ndarray, " c"]
) -> tuple[bytes, tuple[float, float, float], float]:
    """What a page is sent of the points of a tile, with the tile's origin and scale."""
    lower, upper = bounds(xyz)
    scale = max(float((upper - lower).max()), 1e-6) / (2**16 - 1)
    steps = np.empty((len(xyz), 4), "<u2")
    steps[:, :3] = np.rint((xyz - lower) / scale)
    steps[:, 3] = intensity
    x, y, z = lower.tolist()
    return steps.tobytes() + rgb.tobytes(), (x, y, z), scale


@compiled
def _spread(value):
    """21 bits with two free bits after each (the constants are the usual ones of Morton codes)."""
    v = np.uint64(value) & np.uint64(0x1FFFFF)
    v = (v | v << np.uint64(32)) & np.uint64(0x1F00000000FFFF)
    v = (v | v << np.uint64(16)) & np.uint64(0x1F0000FF0000FF)
    v = (v | v << np.uint64(8)) & np.uint64(0x100F00F00F00F00F)
    v = (v | v << np.uint64(4)) & np.uint64(0x10C30C30C30C30C3)
    return (v | v << np.uint64(2)) & np.uint64(0x1249249249249249)


@compiled
def _drawn(i):
    """Whether a point is in the coarse layer: SplitMix64 of its index, so that no generator is needed."""
    v = np.uint64(i) + np.uint64(0x9E3779B97F4A7C15)
    v = (v ^ v >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
    v = (v ^ v >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
    return (v ^ v >> np.uint64(31)) % np.uint64(COARSE_SHARE) == np.uint64(0)


@compiled
def _keys(xyz, lower, per_metre, layered):
    """Layer, then the Morton code."""
    keys = np.empty(len(xyz), np.uint64)
    for i in range(len(xyz)):
        key = np.uint64(0)
        for axis in range(3):
            cell = np.uint64((np.float64(xyz[i, axis]) - lower[axis]) * per_metre)
            key |= _spread(cell) << np.uint64(axis)
        if layered and not _drawn(i):
            key |= np.uint64(1) << np.uint64(63)
        keys[i] = key
    return keys


@compiled
def _sort_ties(ranked, perm):
    """Points of equal key by index: the sort itself is not stable, and differs between processors."""
    start = 0
    for i in range(1, len(ranked) + 1):
        if i == len(ranked) or ranked[i] != ranked[start]:
            if i - start > 1:
                perm[start:i].sort()
            start = i
