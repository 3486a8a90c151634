"""A tree of boxes around the solids and meshes of a large scene, so that a ray asks few of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

import numpy as np
from jaxtyping import Float64, Int64

from lasso3d.data.procedural.rays import half_box
from lasso3d.data.procedural.shapes import KINDS, Placed, Pose, Solid
from lasso3d.geometry.compiled import compiled

LEAF = 3
"""Primitives in a leaf at most."""
MARGIN = 1e-7
"""Metres by which boxes are larger than what they hold."""


@final
@dataclass(frozen=True, eq=False)
class Scenery:
    """All solids of a scene in arrays, under a tree; a primitive is a solid or one triangle of its mesh."""

    kind: Int64[np.ndarray, " s"]
    size: Float64[np.ndarray, "s 4"]
    rotation: Float64[np.ndarray, "s 3 3"]
    """Solid to scene."""
    position: Float64[np.ndarray, "s 3"]
    owner: Int64[np.ndarray, " p"]
    """The solid of each primitive, primitives in the order of the tree's leaves."""
    corner: Float64[np.ndarray, "p 3 3"]
    """Of triangles, in the scene: one corner and the two sides from it."""
    box: Float64[np.ndarray, "b 6"]
    """Lower and upper corner of what each node holds."""
    child: Int64[np.ndarray, "b 2"]
    """Inner node: its two children. Leaf: minus the first primitive minus one, and their number."""


def scenery(placed: Sequence[Placed]) -> Scenery:
    """The tree over all solids of the things."""
    solids = [(solid, thing.pose.after(solid.pose)) for thing in placed for solid in thing.thing.solids]
    kind = np.array([KINDS.index(solid.kind) for solid, _ in solids])
    size = np.zeros((len(solids), 4))
    for i, (solid, _) in enumerate(solids):
        size[i, : len(solid.size)] = solid.size
    rotation = np.stack([pose.rotation for _, pose in solids])
    position = np.stack([pose.position for _, pose in solids])
    meshes = [_triangles(int(i), *solids[i]) for i in np.flatnonzero(kind == KINDS.index("mesh"))]
    plain = np.flatnonzero(kind != KINDS.index("mesh"))
    owner = np.concatenate([plain, *(i for i, _ in meshes)])
    corner = np.concatenate([np.zeros((len(plain), 3, 3)), *(c for _, c in meshes)])
    bounds = np.concatenate(
        [_bounds([solids[i] for i in plain], rotation[plain]), _corner_bounds(corner[len(plain) :])]
    )
    order, box, child = _tree(bounds)
    return Scenery(kind, size, rotation, position, owner[order], corner[order], box, child)


def _bounds(
    solids: Sequence[tuple[Solid, Pose]], rotation: Float64[np.ndarray, "p 3 3"]
) -> Float64[np.ndarray, "p 6"]:
    if not solids:
        return np.zeros((0, 6))
    halves = [half_box(solid) for solid, _ in solids]
    half, middle = (np.stack([pair[k] for pair in halves]) for k in (0, 1))
    spread = (np.abs(rotation) * half[:, None, :]).sum(2)
    centre = (rotation * middle[:, None, :]).sum(2) + np.stack([pose.position for _, pose in solids])
    return np.concatenate([centre - spread, centre + spread], axis=1)


def _triangles(i: int, solid: Solid, pose: Pose) -> tuple[Int64[np.ndarray, " f"], Float64[np.ndarray, "f 3 3"]]:
    """The owner of each triangle, and its corner and two sides in the scene."""
    mesh = solid.mesh
    if mesh is None:
        raise ValueError("a solid of kind mesh needs a mesh, found None")
    vertex = (mesh.vertex[:, None, :] * pose.rotation).sum(2) + pose.position
    a, b, c = (vertex[mesh.triangle[:, k]] for k in range(3))
    return np.full(len(a), i), np.stack([a, b - a, c - a], axis=1)


def _corner_bounds(corner: Float64[np.ndarray, "f 3 3"]) -> Float64[np.ndarray, "f 6"]:
    a, b, c = corner[:, 0], corner[:, 0] + corner[:, 1], corner[:, 0] + corner[:, 2]
    low, high = np.minimum(np.minimum(a, b), c), np.maximum(np.maximum(a, b), c)
    return np.concatenate([low, high], axis=1)


def _tree(
    bounds: Float64[np.ndarray, "p 6"],
) -> tuple[Int64[np.ndarray, " p"], Float64[np.ndarray, "b 6"], Int64[np.ndarray, "b 2"]]:
    bounds = bounds + MARGIN * np.repeat([-1.0, 1.0], 3)
    order = np.arange(len(bounds))
    box, child = np.zeros((2 * len(bounds), 6)), np.zeros((2 * len(bounds), 2), np.int64)
    nodes = _grow(bounds, order, box, child)
    return order, box[:nodes], child[:nodes]


@compiled
def _grow(bounds, order, box, child):
    """Cuts along the longest axis where rays will have least to do, from the root down; the number of nodes."""
    todo = np.empty((128, 3), np.int64)
    todo[0, 0], todo[0, 1], todo[0, 2] = 0, 0, len(order)
    waiting, nodes, areas = 1, 1, np.empty(len(order))
    while waiting > 0:
        waiting -= 1
        node, first, last = todo[waiting, 0], todo[waiting, 1], todo[waiting, 2]
        low, high = np.full(3, np.inf), np.full(3, -np.inf)
        least, most = np.full(3, np.inf), np.full(3, -np.inf)
        for i in range(first, last):
            b = bounds[order[i]]
            for a in range(3):
                low[a], high[a] = min(low[a], b[a]), max(high[a], b[3 + a])
                least[a], most[a] = min(least[a], b[a] + b[3 + a]), max(most[a], b[a] + b[3 + a])
        for a in range(3):
            box[node, a], box[node, 3 + a] = low[a], high[a]
        if last - first <= LEAF:
            child[node, 0], child[node, 1] = -first - 1, last - first
            continue
        axis = 0
        for a in range(1, 3):
            if most[a] - least[a] > most[axis] - least[axis]:
                axis = a
        here = order[first:last].copy()
        key = np.empty(len(here))
        for i in range(len(here)):
            key[i] = bounds[here[i], axis] + bounds[here[i], 3 + axis]
        order[first:last] = here[np.argsort(key, kind="mergesort")]
        half = _cheapest(bounds, order, first, last, areas)
        child[node, 0], child[node, 1] = nodes, nodes + 1
        todo[waiting, 0], todo[waiting, 1], todo[waiting, 2] = nodes, first, half
        todo[waiting + 1, 0], todo[waiting + 1, 1], todo[waiting + 1, 2] = nodes + 1, half, last
        waiting += 2
        nodes += 2
    return nodes


@compiled
def _cheapest(bounds, order, first, last, areas):
    """The cut that minimises surface times primitives of both sides (surface area heuristic)."""
    low, high = np.full(3, np.inf), np.full(3, -np.inf)
    for i in range(last - 1, first, -1):
        areas[i] = _widened(bounds, order[i], low, high) * (last - i)
    low[:], high[:] = np.inf, -np.inf
    best, least = first + 1, np.inf
    for i in range(first, last - 1):
        cost = _widened(bounds, order[i], low, high) * (i + 1 - first) + areas[i + 1]
        if cost < least:
            best, least = i + 1, cost
    return best


@compiled
def _widened(bounds, p, low, high):
    """Half the surface of a box after it took in another."""
    for a in range(3):
        low[a], high[a] = min(low[a], bounds[p, a]), max(high[a], bounds[p, 3 + a])
    x, y, z = high[0] - low[0], high[1] - low[1], high[2] - low[2]
    return x * y + y * z + z * x
