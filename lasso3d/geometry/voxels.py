"""Voxels: the tokens a scan is cut into, and the one rule that chooses how large they are."""

from dataclasses import dataclass
from math import ceil, floor, isfinite, log10, sqrt

import numpy as np
from jaxtyping import Float, Float32, Float64, Int32, Int64, Num

from lasso3d.core.errors import SceneError
from lasso3d.geometry.compiled import compiled

AXIS_BITS = 21
"""A packed key holds x, y and z in 21 bits each, so that one int64 sorts and compares like the triple."""
LARGEST_CELL = 2**AXIS_BITS - 4
"""One guard cell below and two above keep the neighbours of a 5 x 5 x 5 stencil from wrapping onto other cells."""
CORNER_OFFSET = 0.382
"""In cells, 2 - golden ratio: points of gridded files (multiples of size / k) stay away from the cell borders,
where rounding would decide for them."""

SHARE_OF_EXTENT = 200
FINEST_SIZE = 0.004
"""Metres; extent / 200, at least 4 mm, is the rule of the published click baseline on table tops."""
COARSEST_SIZE = 0.05
"""Metres; what NPISeg3D and AGILE3D use in rooms."""
TOKEN_BUDGET = 200_000
"""Voxels; what a network and its attention can hold on an ordinary machine."""
COUNTED_CELLS = 1 << 18
"""Cells are counted exactly up to here, which holds the budget; beyond, a share of them drawn by hash is enough."""


@dataclass(frozen=True)
class Voxels:
    """Partition of n points into the t occupied cells of a grid, cells in ascending key order."""

    keys: Int64[np.ndarray, " t"]
    """Packed cells, ascending; see `pack`."""
    of_point: Int32[np.ndarray, " n"]
    """The voxel each point fell in."""
    order: Int64[np.ndarray, " n"]
    """Points sorted by voxel, within a voxel by index."""
    start: Int64[np.ndarray, " t+1"]
    """Voxel i holds the points `order[start[i]:start[i + 1]]`."""
    lower: Float64[np.ndarray, "3"]
    """Corner of cell (0, 0, 0)."""
    size: float
    """Metres."""

    def __len__(self) -> int:
        return len(self.keys)

    def cells(self) -> Int32[np.ndarray, "t 3"]:
        """Integer grid coordinates, not negative."""
        return unpack(self.keys)

    def mean(self, values: Num[np.ndarray, "n d"]) -> Float32[np.ndarray, "t d"]:
        """Mean of the points of each voxel, accumulated in float64."""
        return _mean(np.ascontiguousarray(values), self.of_point, self.start)

    def token_of(
        self, position: Float[np.ndarray, "3"] | tuple[float, float, float], centroids: Float32[np.ndarray, "t 3"]
    ) -> int:
        """The voxel a click means: the one whose cell holds it or, if empty, the one of the nearest centroid."""
        cell = np.floor((np.asarray(position, np.float64) - self.lower) / self.size)
        if (cell >= 0).all() and (cell <= LARGEST_CELL).all():
            key = pack(cell[None].astype(np.int32))[0]
            found = int(np.searchsorted(self.keys, key))
            if found < len(self.keys) and self.keys[found] == key:
                return found
        away = centroids.astype(np.float64) - np.asarray(position, np.float64)
        return int(np.argmin(np.einsum("td,td->t", away, away)))


def pack(cells: Int32[np.ndarray, "t 3"]) -> Int64[np.ndarray, " t"]:
    """One key per cell: x, y, z, each plus a guard of one, in 21 bits each, z lowest."""
    x, y, z = (cells.astype(np.int64) + 1).T
    return (x << 2 * AXIS_BITS) + (y << AXIS_BITS) + z


def unpack(keys: Int64[np.ndarray, " t"]) -> Int32[np.ndarray, "t 3"]:
    """The cells behind packed keys."""
    mask = (1 << AXIS_BITS) - 1
    axes = (keys >> 2 * AXIS_BITS, (keys >> AXIS_BITS) & mask, keys & mask)
    return np.stack(axes, axis=1).astype(np.int32) - np.int32(1)


def checked_size(size: float) -> float:
    """A voxel size that somebody asked for, or a ValueError."""
    if not (isfinite(size) and size > 0):
        raise ValueError(f"a voxel size must be above 0 metres, found {size}")
    return float(size)


def voxelize(xyz: Float32[np.ndarray, "n 3"], size: float) -> Voxels:
    """Cut a cloud into cubes of `size` metres.

    The grid hangs on the minimum of the cloud, so that neither the order of the points nor where the scene's
    origin lies changes the partition. A SceneError names the smallest size the 21 bits per axis allow.
    """
    lower = _corner(*bounds(xyz), size)
    keys = _keys(np.ascontiguousarray(xyz), lower, size)
    by_key = np.argsort(keys)
    voxel_keys, of_point, start = _runs(keys, by_key)
    return Voxels(voxel_keys, of_point, _stable_order(of_point, start), start, lower, float(size))


def voxel_size(xyz: Float32[np.ndarray, "n 3"], *, budget: int = TOKEN_BUDGET) -> float:
    """The voxel size for a scan of unknown scale, metres, to three significant digits.

    A share of the extent between 4 mm and 5 cm, raised to the point spacing where the cloud is sparser, and
    raised until at most `budget` voxels are occupied. The same for every order of the points.
    """
    xyz = np.ascontiguousarray(xyz)
    lower, upper = bounds(xyz)
    wanted = min(max(_extent(xyz) / SHARE_OF_EXTENT, FINEST_SIZE), COARSEST_SIZE)
    wanted = max(wanted, 1.01 * float((upper - lower).max()) / LARGEST_CELL)
    size = _three_digits(max(wanted, point_spacing(xyz, start=wanted)))
    while (cells := _count_cells(xyz, _corner(lower, upper, size), size)) > budget:
        # cells on a surface go with the square of the size
        size = _three_digits(size * max(1.01, sqrt(cells / budget)))
    return size


def point_spacing(xyz: Float32[np.ndarray, "n 3"], *, start: float) -> float:
    """Typical distance of neighbouring points of a surface, metres, the same for every order of the points.

    Voxels of size `start` are doubled until they hold four points on average (or hold all); their surface is
    then shared among the points.
    """
    xyz = np.ascontiguousarray(xyz)
    lower, upper = bounds(xyz)
    size = start
    while (cells := _count_cells(xyz, _corner(lower, upper, size), size)) > 1 and len(xyz) < 4 * cells:
        size = 2 * size
    return size * sqrt(cells / len(xyz))


def bounds(xyz: Float32[np.ndarray, "n 3"]) -> tuple[Float64[np.ndarray, "3"], Float64[np.ndarray, "3"]]:
    """Lower and upper corner of a cloud; both zero where it is empty."""
    if not len(xyz):
        return np.zeros(3), np.zeros(3)
    # numpy is ten times faster along contiguous axes
    axes = np.ascontiguousarray(xyz.T)
    return axes.min(axis=1).astype(np.float64), axes.max(axis=1).astype(np.float64)


def _extent(xyz: Float32[np.ndarray, "n 3"]) -> float:
    """Diagonal between the 1st and 99th percentile of each axis, which stray points cannot stretch."""
    low, high = floor(0.01 * (len(xyz) - 1)), ceil(0.99 * (len(xyz) - 1))
    ranked = (np.partition(axis, (low, high)) for axis in np.ascontiguousarray(xyz.T))
    return sqrt(sum((float(axis[high]) - float(axis[low])) ** 2 for axis in ranked))


def _three_digits(value: float) -> float:
    return round(value, 2 - floor(log10(value)))


def _corner(
    lower: Float64[np.ndarray, "3"], upper: Float64[np.ndarray, "3"], size: float
) -> Float64[np.ndarray, "3"]:
    """Lower corner of the grid; a SceneError where the far end would have no key."""
    longest = float((upper - lower).max())
    if not longest / size + CORNER_OFFSET < LARGEST_CELL + 1:
        smallest = _three_digits(1.01 * longest / LARGEST_CELL)
        raise SceneError(
            f"{longest:.6g} m cannot be cut into voxels of {size:g} m",
            cure=f"use voxels of at least {smallest:g} m, or remove stray points",
        )
    return lower - CORNER_OFFSET * size


@compiled
def _key(x, y, z, lower, size):
    """The packed cell of a point; none lies below the corner, so that truncation is floor."""
    column = np.int64((np.float64(x) - lower[0]) / size) + 1
    row = np.int64((np.float64(y) - lower[1]) / size) + 1
    layer = np.int64((np.float64(z) - lower[2]) / size) + 1
    return (column << 2 * AXIS_BITS) + (row << AXIS_BITS) + layer


@compiled
def _keys(xyz, lower, size):
    keys = np.empty(len(xyz), np.int64)
    for i in range(len(xyz)):
        keys[i] = _key(xyz[i, 0], xyz[i, 1], xyz[i, 2], lower, size)
    return keys


@compiled
def _runs(keys, by_key):
    """Distinct keys, the run of each point, and where runs start, for points visited in key order."""
    n = len(keys)
    of_point = np.empty(n, np.int32)
    distinct = np.empty(n, np.int64)
    start = np.empty(n + 1, np.int64)
    runs = 0
    for position in range(n):
        key = keys[by_key[position]]
        if runs == 0 or key != distinct[runs - 1]:
            distinct[runs] = key
            start[runs] = position
            runs += 1
        of_point[by_key[position]] = runs - 1
    start[runs] = n
    return distinct[:runs].copy(), of_point, start[: runs + 1].copy()


@compiled
def _stable_order(of_point, start):
    """Points by voxel, then index: a counting sort, because the fast argsort leaves ties in any order."""
    order = np.empty(len(of_point), np.int64)
    free = start.copy()
    for i in range(len(of_point)):
        voxel = of_point[i]
        order[free[voxel]] = i
        free[voxel] += 1
    return order


@compiled
def _mean(values, of_point, start):
    total = np.zeros((len(start) - 1, values.shape[1]), np.float64)
    for i in range(len(values)):
        for channel in range(values.shape[1]):
            total[of_point[i], channel] += values[i, channel]
    means = np.empty(total.shape, np.float32)
    for voxel in range(len(means)):
        for channel in range(values.shape[1]):
            means[voxel, channel] = total[voxel, channel] / (start[voxel + 1] - start[voxel])
    return means


@compiled
def _count_cells(xyz, lower, size):
    """Distinct cells by open addressing; of more than `COUNTED_CELLS`, a half, a quarter, ... drawn by hash."""
    table = np.zeros(2 * COUNTED_CELLS, np.int64)
    skip = np.uint64(0)
    count = 0
    for i in range(len(xyz)):
        key = _key(xyz[i, 0], xyz[i, 1], xyz[i, 2], lower, size)
        if _hash(key) & skip == np.uint64(0):
            count += _insert(table, key)
        if count > COUNTED_CELLS:
            skip = np.uint64(2) * skip + np.uint64(1)
            kept = table[table != 0]
            table[:] = 0
            count = 0
            for j in range(len(kept)):
                if _hash(kept[j]) & skip == np.uint64(0):
                    count += _insert(table, kept[j])
    return count * (np.int64(skip) + 1)


@compiled
def _insert(table, key):
    """1 where the key is new to the table, else 0."""
    mask = np.uint64(len(table) - 1)
    slot = (_hash(key) >> np.uint64(24)) & mask
    while table[slot] != 0 and table[slot] != key:
        slot = (slot + np.uint64(1)) & mask
    if table[slot] == key:
        return 0
    table[slot] = key
    return 1


@compiled
def _hash(key):
    """Fibonacci hashing, twice: 2^64 over the golden ratio spreads neighbouring cells."""
    mixed = np.uint64(key) * np.uint64(0x9E3779B97F4A7C15)
    return (mixed ^ (mixed >> np.uint64(32))) * np.uint64(0x9E3779B97F4A7C15) >> np.uint64(8)
