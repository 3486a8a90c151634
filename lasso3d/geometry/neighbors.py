"""Exact nearest neighbours and neighbours within a radius, on a grid of sorted cells."""

from math import pi, sqrt

import numpy as np
from jaxtyping import Float32, Int32, Int64
from scipy.spatial import cKDTree

from lasso3d.geometry.compiled import compiled
from lasso3d.geometry.voxels import AXIS_BITS, LARGEST_CELL, Voxels, bounds, point_spacing, voxelize

POINTS_PER_NEIGHBOR = 1.9
"""A disc with the radius of one cell holds about this many points per neighbour sought; 1.5 to 3 hardly differ."""
SERVED = 0.75
"""Share of the points that lie in cells no fuller than four times the wanted number; measured on LiDAR."""
LEVELS = 6
"""Grids, each twice as coarse as the one before, that are tried before the tree: 4 ** 5 in density on a surface."""
MOST_CANDIDATES = 4096
"""Points around one cell above which its queries are left to the tree, which then is faster."""
CROWD = 8
"""Cells with more points than this per neighbour sought are searched for surplus twins."""
TREE_ROWS = 1 << 16
"""Queries answered by the tree at a time, to bound the memory."""
HAIR = 1e-6
"""Relative slack for float32 distances and for cell borders; whatever passes is compared again in float64."""


def nearest(xyz: Float32[np.ndarray, "n 3"], k: int) -> tuple[Int32[np.ndarray, "n k"], Float32[np.ndarray, "n k"]]:
    """The k nearest other points of every point and their distances in metres, nearest first, ties by index.

    A point is not its own neighbour, but others in the same place are. Where fewer than k others exist the rest
    is index -1 at distance inf.
    """
    if k < 1:
        raise ValueError(f"k must be at least 1, found {k}")
    if not len(xyz):
        return np.empty((0, k), np.int32), np.empty((0, k), np.float32)
    grid = _grid(xyz, k)
    surplus, model = _surplus_twins(xyz, grid, k)
    if not len(surplus):
        return _search(xyz, grid, k)
    kept = np.delete(np.arange(len(xyz), dtype=np.int32), surplus)
    among_kept, distance_kept = nearest(xyz[kept], k)
    index = np.empty((len(xyz), k), np.int32)
    distance = np.empty((len(xyz), k), np.float32)
    index[kept], distance[kept] = np.where(among_kept < 0, -1, kept[among_kept]), distance_kept
    index[surplus], distance[surplus] = index[model], distance[model]
    return index, distance


def nearest_reference(
    xyz: Float32[np.ndarray, "n 3"], k: int
) -> tuple[Int32[np.ndarray, "n k"], Float32[np.ndarray, "n k"]]:
    """`nearest` by comparing all pairs: its plain twin, quadratic in memory."""
    away = xyz.astype(np.float64)[:, None] - xyz.astype(np.float64)[None]
    squared = away[..., 0] ** 2 + away[..., 1] ** 2 + away[..., 2] ** 2
    np.fill_diagonal(squared, np.inf)
    index = np.argsort(squared, axis=1, kind="stable")[:, :k]
    distance = np.sqrt(np.take_along_axis(squared, index, axis=1)).astype(np.float32)
    index = np.where(np.isinf(distance), -1, index).astype(np.int32)
    missing = ((0, 0), (0, k - index.shape[1]))
    return np.pad(index, missing, constant_values=-1), np.pad(distance, missing, constant_values=np.inf)


def within(
    xyz: Float32[np.ndarray, "n 3"], radius: float
) -> tuple[Int64[np.ndarray, " n+1"], Int32[np.ndarray, " e"]]:
    """All other points at most `radius` metres from each point: `index[start[i]:start[i + 1]]`, ascending."""
    if not radius >= 0:
        raise ValueError(f"radius must not be negative, found {radius}")
    lower, upper = bounds(xyz)
    finest = 1.01 * float((upper - lower).max()) / LARGEST_CELL
    grid = voxelize(xyz, max((1 + HAIR) * radius, finest) or 1.0)
    first, count, found = _within_grid(xyz[grid.order], grid.order, grid.keys, grid.start, radius)
    start = np.concatenate([[0], np.cumsum(count)])
    return start, _ascending(first, count, found, start[:-1].copy())


def _grid(xyz: Float32[np.ndarray, "n 3"], k: int) -> Voxels:
    """Cells in which most points find k neighbours at most one cell away, and not many times more."""
    wanted = POINTS_PER_NEIGHBOR * k / pi
    lower, upper = bounds(xyz)
    longest = float((upper - lower).max()) or 1.0
    finest = 1.01 * longest / LARGEST_CELL
    size = sqrt(wanted) * point_spacing(xyz, start=max(finest, longest / (4 * sqrt(len(xyz)))))
    while True:
        grid = voxelize(xyz, max(size, finest))
        # points, not cells, are to be served: most of them may lie in a few dense cells
        held = np.sort(np.diff(grid.start))
        crowd = held[np.searchsorted(np.cumsum(held), SERVED * len(xyz))]
        if crowd <= 4 * wanted or size <= finest:
            return grid
        size = size * sqrt(wanted / crowd)


def _surplus_twins(
    xyz: Float32[np.ndarray, "n 3"], grid: Voxels, k: int
) -> tuple[Int64[np.ndarray, " s"], Int64[np.ndarray, " s"]]:
    """Points with more than k twins of lower index, and the twin k places up, which has the same neighbours.

    They are nobody's neighbours either, and thousands of points in one place would make the search quadratic.
    """
    held = np.diff(grid.start)
    points = np.sort(grid.order[np.repeat(held > CROWD * (k + 1), held)])
    by_place = points[np.lexsort(xyz[points].T)]
    new = np.ones(len(points), bool)
    new[1:] = (xyz[by_place[1:]] != xyz[by_place[:-1]]).any(axis=1)
    first = np.flatnonzero(new)[np.cumsum(new) - 1]
    surplus = np.arange(len(points)) - first > k
    return by_place[surplus], by_place[first[surplus] + k]


def _search(
    xyz: Float32[np.ndarray, "n 3"], grid: Voxels, k: int
) -> tuple[Int32[np.ndarray, "n k"], Float32[np.ndarray, "n k"]]:
    """Ever coarser grids for ever sparser parts, then a tree for what is left."""
    index = np.full((len(xyz), k), -1, np.int32)
    distance = np.full((len(xyz), k), np.inf, np.float32)
    pending = np.ones(len(xyz), bool)
    for _ in range(LEVELS):
        order = grid.order
        _search_grid(xyz[order], order, grid.keys, grid.start, grid.size, pending, index, distance)
        if not pending.any():
            return index, distance
        grid = voxelize(xyz, 2 * grid.size)
    # a tree over points in cell order is built and walked twice as fast
    tree = cKDTree(xyz[grid.order].astype(np.float64), balanced_tree=False, compact_nodes=False)
    rows = np.flatnonzero(pending)
    for some in np.array_split(rows, 1 + len(rows) // TREE_ROWS):
        index[some], distance[some] = _search_tree(tree, grid.order, xyz, some, k)
    return index, distance


def _search_tree(
    tree: cKDTree,
    order: Int64[np.ndarray, " n"],
    xyz: Float32[np.ndarray, "n 3"],
    rows: Int64[np.ndarray, " q"],
    k: int,
) -> tuple[Int32[np.ndarray, "q k"], Float32[np.ndarray, "q k"]]:
    """Ask the tree for more than k until no tie with the k-th can be missing."""
    index = np.full((len(rows), k), -1, np.int32)
    distance = np.full((len(rows), k), np.inf, np.float32)
    waiting, asked = np.arange(len(rows)), k + 1
    while len(waiting):
        asked = min(2 * asked, len(xyz))
        query = xyz[rows[waiting]].astype(np.float64)
        away, position = (np.asarray(found) for found in tree.query(query, np.arange(1, asked + 1)))
        complete = np.ones(len(waiting), bool) if asked == len(xyz) else away[:, -1] > (1 + HAIR) * away[:, k]
        found = order[position[complete]]
        gap = xyz[found].astype(np.float64) - query[complete, None]
        squared = gap[..., 0] ** 2 + gap[..., 1] ** 2 + gap[..., 2] ** 2
        squared[found == rows[waiting[complete], None]] = np.inf
        ranked = np.lexsort((found, squared), axis=1)[:, : min(k, asked - 1)]
        index[waiting[complete], : ranked.shape[1]] = np.take_along_axis(found, ranked, axis=1)
        distance[waiting[complete], : ranked.shape[1]] = np.sqrt(np.take_along_axis(squared, ranked, axis=1))
        waiting = waiting[~complete]
    return index, distance


@compiled
def _around(keys, start, cell, ahead, ranges):
    """The nine runs of points in the 27 cells around a cell, and how many points they hold.

    Cells along z are adjacent in key order, and a column only moves forward as `cell` does: `ahead` remembers.
    """
    held = 0
    for column in range(9):
        lowest = keys[cell] + ((column // 3 - 1) << 2 * AXIS_BITS) + ((column % 3 - 1) << AXIS_BITS) - 1
        first = ahead[column]
        while first < len(keys) and keys[first] < lowest:
            first += 1
        ahead[column] = first
        last = first
        while last < len(keys) and keys[last] <= lowest + 2:
            last += 1
        ranges[column, 0], ranges[column, 1] = start[first], start[last]
        held += start[last] - start[first]
    return held


@compiled
def _search_grid(xyz, order, keys, start, size, pending, index, distance):
    """Answer the pending queries whose k nearest provably lie in the 27 cells around; points come in cell order."""
    k = index.shape[1]
    reach = np.float32(size * size)
    ahead, ranges = np.zeros(9, np.int64), np.empty((9, 2), np.int64)
    around = np.empty((3, MOST_CANDIDATES), np.float32)
    place = np.empty(MOST_CANDIDATES, np.int64)
    rough, close = np.empty(MOST_CANDIDATES, np.float32), np.empty(MOST_CANDIDATES + 1, np.int64)
    exact, name = np.empty(MOST_CANDIDATES, np.float64), np.empty(MOST_CANDIDATES, np.int64)
    for cell in range(len(keys)):
        waiting = False
        for i in range(start[cell], start[cell + 1]):
            waiting |= pending[order[i]]
        if not waiting:
            continue
        held = _around(keys, start, cell, ahead, ranges)
        # fewer than 2 k in nine cells' area leave fewer than k in the disc: the next grid will do it
        if held > MOST_CANDIDATES or held < 2 * k:
            continue
        _copy(xyz, ranges, around, place)
        for i in range(start[cell], start[cell + 1]):
            if not pending[order[i]]:
                continue
            _rough_distances(around, held, xyz[i], rough)
            limit = _tightened(rough[:held], reach, k)
            near = _closer(rough[:held], limit, close)
            if near <= k:
                continue
            for c in range(near):
                j = close[c]
                exact[c] = _squared(around[0, j], around[1, j], around[2, j], xyz[i])
                name[c] = order[place[j]]
                if place[j] == i:
                    exact[c] = np.inf
            farthest = _rank(exact[:near], name[:near], index[order[i]], distance[order[i]])
            pending[order[i]] = farthest > limit * (1.0 - HAIR)


@compiled
def _copy(xyz, ranges, around, place):
    """Coordinates and places of the points in all ranges."""
    c = 0
    for column in range(9):
        for j in range(ranges[column, 0], ranges[column, 1]):
            around[0, c], around[1, c], around[2, c] = xyz[j, 0], xyz[j, 1], xyz[j, 2]
            place[c] = j
            c += 1


@compiled
def _rough_distances(around, held, centre, rough):
    """Squared distances in float32, to leave most candidates out; written for the vector unit."""
    for c in range(held):
        x, y, z = around[0, c] - centre[0], around[1, c] - centre[1], around[2, c] - centre[2]
        rough[c] = x * x + y * y + z * z


@compiled
def _closer(rough, reach, close):
    """Write the candidates within the squared reach and count them; `close` needs one place to spare."""
    near = 0
    for c in range(len(rough)):
        close[near] = c
        near += rough[c] <= reach
    return near


@compiled
def _tightened(rough, reach, k):
    """The squared reach, halved as long as more than enough candidates remain in it."""
    while reach > 0:
        remaining = 0
        for c in range(len(rough)):
            remaining += rough[c] <= np.float32(0.5) * reach
        if remaining < 2 * k:
            break
        reach = np.float32(0.5) * reach
    return reach


@compiled
def _squared(x, y, z, centre):
    """Squared distance in float64, summed in the order x, y, z as everywhere."""
    u = np.float64(x) - np.float64(centre[0])
    v = np.float64(y) - np.float64(centre[1])
    w = np.float64(z) - np.float64(centre[2])
    return u * u + v * v + w * w


@compiled
def _rank(squared, name, index, distance):
    """Write the k smallest, ties by name, and return the largest of them.

    Every candidate counts those before it: quadratic in 2 k, without a branch, and faster than sorting.
    """
    k = len(index)
    farthest = 0.0
    for c in range(len(squared)):
        mine, me = squared[c], name[c]
        rank = 0
        for d in range(len(squared)):
            rank += (squared[d] < mine) | ((squared[d] == mine) & (name[d] < me))
        if rank < k:
            index[rank] = me
            distance[rank] = np.sqrt(mine)
            farthest = max(farthest, mine)
    return farthest


@compiled
def _within_grid(xyz, order, keys, start, radius):
    """Neighbours of every point, in cell order: where each point's begin, how many they are, and all of them."""
    limit = radius * radius
    reach = np.float32(limit * (1.0 + HAIR)) + np.finfo(np.float32).tiny
    ahead, ranges = np.zeros(9, np.int64), np.empty((9, 2), np.int64)
    around, place = np.empty((3, 0), np.float32), np.empty(0, np.int64)
    rough, close = np.empty(0, np.float32), np.empty(1, np.int64)
    first, count = np.empty(len(xyz), np.int64), np.empty(len(xyz), np.int64)
    found = np.empty(len(xyz), np.int32)
    end = 0
    for cell in range(len(keys)):
        held = _around(keys, start, cell, ahead, ranges)
        if held > len(place):
            around, place = np.empty((3, 2 * held), np.float32), np.empty(2 * held, np.int64)
            rough, close = np.empty(2 * held, np.float32), np.empty(2 * held + 1, np.int64)
        _copy(xyz, ranges, around, place)
        for i in range(start[cell], start[cell + 1]):
            _rough_distances(around, held, xyz[i], rough)
            near = _closer(rough[:held], reach, close)
            if end + near > len(found):
                found = np.concatenate((found, np.empty(len(found) + near, np.int32)))
            first[order[i]] = end
            for c in range(near):
                j = close[c]
                found[end] = order[place[j]]
                squared = _squared(around[0, j], around[1, j], around[2, j], xyz[i])
                end += (squared <= limit) & (place[j] != i)
            count[order[i]] = end - first[order[i]]
    return first, count, found


@compiled
def _ascending(first, count, found, free):
    """Sort every row: neighbourhood is mutual, so writing each point into its neighbours' rows in turn does it."""
    ascending = np.empty(count.sum(), np.int32)
    for i in range(len(first)):
        for e in range(first[i], first[i] + count[i]):
            ascending[free[found[e]]] = i
            free[found[e]] += 1
    return ascending
