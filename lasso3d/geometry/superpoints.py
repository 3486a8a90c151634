"""Superpoints: patches of similar normal and colour that hardly ever cross an object's border."""

import numpy as np
from jaxtyping import Float32, Int32, UInt8

from lasso3d.geometry.compiled import compiled

EDGES = 8
"""Neighbours each point is joined to; twice as many double the time and change little."""
STEP_WEIGHT = 0.05
"""Weight of leaving the tangent plane at a right angle between parallel normals; tuned on a generated room."""
COLOR_WEIGHT = 0.2
"""A quarter of the way from black to white then weighs as much as such a step; chosen by eye."""
SCALE = 0.05
"""Felzenszwalb's k, measured on a generated room: four times as much makes half as many patches."""
SMALLEST = 20
"""Points; about the size at which a patch of voxels has a normal of its own."""


def superpoints(
    xyz: Float32[np.ndarray, "n 3"],
    neighbors: Int32[np.ndarray, "n k"],
    normals: Float32[np.ndarray, "n 3"],
    rgb: UInt8[np.ndarray, "n 3"] | None = None,
    *,
    scale: float = SCALE,
    smallest: int = SMALLEST,
    color_weight: float = COLOR_WEIGHT,
) -> Int32[np.ndarray, " n"]:
    """The superpoint of each point, numbered 0 to s-1 by their lowest corner (x, then y, then z).

    Graph-based segmentation (Felzenszwalb and Huttenlocher 2004) of the graph of the `EDGES` nearest neighbours,
    as ScanNet cuts its meshes: an edge weighs 1 - |n . n'|, plus a step off the tangent plane, plus the distance of
    the colours (0 to 1). `scale` is their k: larger makes larger patches. Patches under `smallest` points join
    their most similar neighbour. Ties are broken by position, never by index: the same graph in another order of
    points gives the same patches.
    """
    xyz = np.ascontiguousarray(xyz) + np.float32(0)  # a negative zero would hash differently
    color = np.zeros((len(xyz), 0), np.uint8) if rgb is None else np.ascontiguousarray(rgb)
    source, target, weight = _edges(
        xyz, np.ascontiguousarray(neighbors[:, :EDGES]), np.ascontiguousarray(normals), color, color_weight
    )
    by_weight = np.argsort(_edge_keys(xyz.view(np.uint32), source, target, weight.view(np.uint32)))
    parent = _merged(len(xyz), source[by_weight], target[by_weight], weight[by_weight], scale, smallest)
    label, lowest = _labels(xyz, parent)
    number = np.empty(len(lowest), np.int32)
    number[np.lexsort(lowest.T[::-1])] = np.arange(len(lowest), dtype=np.int32)
    return number[label]


@compiled
def _edges(xyz, neighbors, normals, color, color_weight):
    """Each pair of neighbours once, with its weight."""
    room = neighbors.size
    source, target = np.empty(room, np.int32), np.empty(room, np.int32)
    weight = np.empty(room, np.float32)
    count = 0
    for i in range(len(xyz)):
        for j in neighbors[i]:
            if j < 0 or (j < i and _holds(neighbors[j], i)):
                continue
            source[count], target[count] = i, j
            weight[count] = _bend(xyz[i], xyz[j], normals[i], normals[j])
            weight[count] += color_weight * _color_distance(color[i], color[j])
            count += 1
    return source[:count], target[:count], weight[:count]


@compiled
def _holds(row, wanted):
    for value in row:  # noqa: SIM110 - numba knows no generators
        if value == wanted:
            return True
    return False


@compiled
def _bend(here, there, normal, other):
    """1 - |cosine| between the normals, plus how steeply the edge leaves the steeper tangent plane; symmetric."""
    x, y, z = there[0] - here[0], there[1] - here[1], there[2] - here[2]
    length = np.sqrt(x * x + y * y + z * z)
    cosine = abs(normal[0] * other[0] + normal[1] * other[1] + normal[2] * other[2])
    if length == 0:
        return 1 - min(cosine, np.float32(1))
    rise = max(abs(normal[0] * x + normal[1] * y + normal[2] * z), abs(other[0] * x + other[1] * y + other[2] * z))
    return 1 - min(cosine, np.float32(1)) + STEP_WEIGHT * rise / length


@compiled
def _color_distance(color, other):
    """Distance of two colours, 1 from black to white; 0 where there are none."""
    squared = 0.0
    for channel in range(len(color)):
        squared += (np.float64(color[channel]) - np.float64(other[channel])) ** 2
    return np.sqrt(squared / 3) / 255


@compiled
def _edge_keys(bits, source, target, weight_bits):
    """Integers that sort like (weight, positions of both ends): weights are not negative, so their bits ascend."""
    keys = np.empty(len(source), np.uint64)
    for edge in range(len(source)):
        tie = _mixed(_place(bits[source[edge]]) ^ _place(bits[target[edge]])) >> np.uint64(32)
        keys[edge] = (np.uint64(weight_bits[edge]) << np.uint64(32)) | tie
    return keys


@compiled
def _place(bits):
    """A hash of a position."""
    hashed = np.uint64(0)
    for axis in range(3):
        hashed = _mixed(hashed ^ np.uint64(bits[axis]))
    return hashed


@compiled
def _mixed(value):
    """One round of Fibonacci hashing."""
    value = (value + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    return value ^ (value >> np.uint64(29))


@compiled
def _merged(points, source, target, weight, scale, smallest):
    """Forest after two passes over the edges, lightest first: similar patches, then patches that are too small."""
    parent = np.arange(points)
    size = np.ones(points, np.int64)
    tolerance = np.full(points, scale)
    for edge in range(len(source)):
        a, b = _root(parent, source[edge]), _root(parent, target[edge])
        if a != b and weight[edge] <= tolerance[a] and weight[edge] <= tolerance[b]:
            a = _join(parent, size, a, b)
            tolerance[a] = weight[edge] + scale / size[a]
    for edge in range(len(source)):
        a, b = _root(parent, source[edge]), _root(parent, target[edge])
        if a != b and (size[a] < smallest or size[b] < smallest):
            _join(parent, size, a, b)
    return parent


@compiled
def _root(parent, i):
    while parent[i] != i:
        parent[i] = parent[parent[i]]
        i = parent[i]
    return i


@compiled
def _join(parent, size, a, b):
    """Hang the smaller tree under the larger; returns the root."""
    if size[a] < size[b]:
        a, b = b, a
    parent[b] = a
    size[a] += size[b]
    return a


@compiled
def _labels(xyz, parent):
    """A number for each tree, and the lexicographically lowest position in it."""
    label = np.empty(len(parent), np.int32)
    of_root = np.full(len(parent), -1, np.int32)
    lowest = np.empty((len(parent), 3), np.float32)
    count = 0
    for i in range(len(parent)):
        root = _root(parent, i)
        if of_root[root] < 0:
            of_root[root] = count
            lowest[count] = xyz[i]
            count += 1
        mine = of_root[root]
        label[i] = mine
        if _before(xyz[i], lowest[mine]):
            lowest[mine] = xyz[i]
    return label, lowest[:count].copy()


@compiled
def _before(place, other):
    for axis in range(3):
        if place[axis] != other[axis]:
            return place[axis] < other[axis]
    return False
