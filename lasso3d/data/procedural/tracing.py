"""Rays through scenes of many solids and meshes.

Like `rays`, only +, -, *, / and square roots in float64: the same bytes on every machine.
"""

import numpy as np
from jaxtyping import Bool, Float64

from lasso3d.data.procedural.rays import Hits, into_frame, meet
from lasso3d.data.procedural.trees import Scenery
from lasso3d.geometry.compiled import compiled


def cast(on: Scenery, origin: Float64[np.ndarray, "r 3"], direction: Float64[np.ndarray, "r 3"]) -> Hits:
    """What each ray meets first, every ray from its own origin."""
    r = len(direction)
    hits = Hits(
        np.full(r, np.inf), np.full(r, -1, np.int32), np.zeros(r, np.int32), np.zeros((r, 3)), np.zeros((r, 3))
    )
    _cast(
        on.kind, on.size, on.rotation, on.position, on.owner, on.corner, on.box, on.child, origin, direction,
        hits.distance, hits.solid, hits.face, hits.local, hits.normal,
    )  # fmt: skip
    return hits


def reaches(
    on: Scenery, point: Float64[np.ndarray, "r 3"], target: Float64[np.ndarray, "r 3"]
) -> Bool[np.ndarray, " r"]:
    """Whether nothing lies between each point (just off its surface) and its target."""
    free = np.ones(len(point), np.bool_)
    _reaches(on.kind, on.size, on.rotation, on.position, on.owner, on.corner, on.box, on.child, point, target, free)
    return free


@compiled
def _cast(
    kind, size, rotation, position, owner, corner, box, child, origin, direction,
    distance, which, face, local, normal,
):  # fmt: skip
    """The nearest hit of each ray, nearer nodes first."""
    start, along, found, best = np.empty(3), np.empty(3), np.empty(5), np.empty(5)
    o, d, inverse = np.empty(3), np.empty(3), np.empty(3)
    todo, enters = np.empty(64, np.int64), np.empty(64)
    for r in range(len(direction)):
        o[:], d[:] = origin[r], direction[r]
        _invert(d, inverse)
        nearest, hit = np.inf, -1
        todo[0], enters[0], waiting = 0, 0.0, 1
        while waiting > 0:
            waiting -= 1
            node = todo[waiting]
            if enters[waiting] >= nearest:
                continue
            if child[node, 0] >= 0:
                near, far = child[node, 0], child[node, 1]
                t_near, t_far = _enters(box, near, o, inverse, nearest), _enters(box, far, o, inverse, nearest)
                if t_near > t_far:
                    near, far, t_near, t_far = far, near, t_far, t_near
                if t_far < np.inf:
                    todo[waiting], enters[waiting] = far, t_far
                    waiting += 1
                if t_near < np.inf:
                    todo[waiting], enters[waiting] = near, t_near
                    waiting += 1
                continue
            first = -child[node, 0] - 1
            for p in range(first, first + child[node, 1]):
                s = owner[p]
                if kind[s] == 3:
                    met = _meet_triangle(corner, p, o, d, found)
                else:
                    into_frame(rotation, position, s, o[0], o[1], o[2], d[0], d[1], d[2], start, along)
                    met = meet(kind[s], size, s, start, along, found)
                # of two surfaces at one place the one built later is seen, in whatever order they are asked
                if met and (found[0] < nearest or (found[0] == nearest and s > owner[hit])):
                    nearest, hit = found[0], p
                    for k in range(5):
                        best[k] = found[k]
        distance[r] = nearest
        if hit >= 0:
            which[r] = owner[hit]
            _record(r, kind, rotation, position, owner[hit], o, d, best, face, local, normal)


@compiled
def _record(r, kind, rotation, position, s, o, d, best, face, local, normal):
    """Where on its solid a ray ended; normals look back along the ray."""
    t = best[0]
    for a in range(3):
        for k in range(3):
            local[r, a] += rotation[s, k, a] * (o[k] + t * d[k] - position[s, k])
    if kind[s] == 3:
        for a in range(3):
            normal[r, a] = best[2 + a]
        across = np.zeros(3)
        for a in range(3):
            for k in range(3):
                across[a] += rotation[s, k, a] * best[2 + k]
        axis = 0
        for a in range(1, 3):
            if abs(across[a]) > abs(across[axis]):
                axis = a
        face[r] = 2 * axis + (1 if across[axis] > 0 else 0)
    else:
        face[r] = int(best[1])
        for a in range(3):
            normal[r, a] = rotation[s, a, 0] * best[2] + rotation[s, a, 1] * best[3] + rotation[s, a, 2] * best[4]
    if normal[r, 0] * d[0] + normal[r, 1] * d[1] + normal[r, 2] * d[2] > 0:
        for a in range(3):
            normal[r, a] = -normal[r, a]


@compiled
def _reaches(kind, size, rotation, position, owner, corner, box, child, point, target, free):
    """Stops at the first thing in between."""
    start, along, found = np.empty(3), np.empty(3), np.empty(5)
    o, d, inverse = np.empty(3), np.empty(3), np.empty(3)
    todo = np.empty(64, np.int64)
    for r in range(len(point)):
        o[:], d[:] = point[r], target[r] - point[r]
        _invert(d, inverse)
        todo[0], waiting = 0, 1
        while waiting > 0 and free[r]:
            waiting -= 1
            node = todo[waiting]
            if child[node, 0] >= 0:
                for k in range(2):
                    if _enters(box, child[node, k], o, inverse, 1.0) < np.inf:
                        todo[waiting] = child[node, k]
                        waiting += 1
                continue
            first = -child[node, 0] - 1
            for p in range(first, first + child[node, 1]):
                s = owner[p]
                if kind[s] == 3:
                    met = _meet_triangle(corner, p, o, d, found)
                else:
                    into_frame(rotation, position, s, o[0], o[1], o[2], d[0], d[1], d[2], start, along)
                    met = meet(kind[s], size, s, start, along, found)
                if met and found[0] < 1.0:
                    free[r] = False
                    break


@compiled
def _invert(d, inverse):
    """One by each side of a direction; what is parallel to an axis counts as nearly so."""
    for a in range(3):
        inverse[a] = 1.0 / d[a] if abs(d[a]) > 1e-12 else 1e12


@compiled
def _enters(box, b, o, inverse, farthest):
    """Where a ray enters a box, infinite where it misses it or comes too late."""
    entry, leave = 0.0, farthest
    for a in range(3):
        near, far = (box[b, a] - o[a]) * inverse[a], (box[b, 3 + a] - o[a]) * inverse[a]
        entry, leave = max(entry, min(near, far)), min(leave, max(near, far))
    return entry if entry <= leave else np.inf


@compiled
def _meet_triangle(corner, p, o, d, found):
    """Möller and Trumbore, both sides: found = distance, nothing, unit normal in the scene."""
    ax, ay, az = corner[p, 1, 0], corner[p, 1, 1], corner[p, 1, 2]
    bx, by, bz = corner[p, 2, 0], corner[p, 2, 1], corner[p, 2, 2]
    hx, hy, hz = d[1] * bz - d[2] * by, d[2] * bx - d[0] * bz, d[0] * by - d[1] * bx
    volume = ax * hx + ay * hy + az * hz
    if abs(volume) < 1e-14:
        return False
    x, y, z = o[0] - corner[p, 0, 0], o[1] - corner[p, 0, 1], o[2] - corner[p, 0, 2]
    u = (x * hx + y * hy + z * hz) / volume
    if u < 0 or u > 1:
        return False
    qx, qy, qz = y * az - z * ay, z * ax - x * az, x * ay - y * ax
    v = (d[0] * qx + d[1] * qy + d[2] * qz) / volume
    t = (bx * qx + by * qy + bz * qz) / volume
    if v < 0 or u + v > 1 or t < 1e-6:
        return False
    nx, ny, nz = ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx
    length = np.sqrt(nx * nx + ny * ny + nz * nz)
    found[0], found[1], found[2], found[3], found[4] = t, 0.0, nx / length, ny / length, nz / length
    return True
