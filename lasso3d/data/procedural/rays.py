"""Rays and the solids they meet, in closed form.

Only +, -, *, / and square roots in float64, each rounded the same way everywhere: a ray meets the same solid at
the same place on every machine.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

import numpy as np
from jaxtyping import Bool, Float64, Int32, Int64

from lasso3d.data.procedural.shapes import KINDS, Placed, Solid
from lasso3d.geometry.compiled import compiled

LATERAL, CAP, ROUND = 6, 7, 8
"""Faces of cones and ellipsoids; a box has 0 to 5 = 2 * axis + (1 where the normal points up the axis)."""


@final
@dataclass(frozen=True, eq=False)
class Stage:
    """All solids of a scene in arrays, ready for rays."""

    kind: Int64[np.ndarray, " s"]
    size: Float64[np.ndarray, "s 4"]
    rotation: Float64[np.ndarray, "s 3 3"]
    """Solid to scene."""
    position: Float64[np.ndarray, "s 3"]
    bound: Float64[np.ndarray, "b 4"]
    """A sphere around each placed thing: centre, radius."""
    first: Int64[np.ndarray, " b+1"]
    """Thing i has the solids first[i] to first[i + 1]."""


@final
@dataclass(frozen=True, eq=False)
class Hits:
    """What each ray meets first."""

    distance: Float64[np.ndarray, " r"]
    """In lengths of the ray's direction; infinite = nothing."""
    solid: Int32[np.ndarray, " r"]
    """-1 = nothing."""
    face: Int32[np.ndarray, " r"]
    local: Float64[np.ndarray, "r 3"]
    """In the frame of the solid, metres."""
    normal: Float64[np.ndarray, "r 3"]
    """In the scene, towards where the ray came from."""


def stage(placed: Sequence[Placed]) -> Stage:
    """The arrays of all solids, thing after thing."""
    solids = [(solid, thing.pose.after(solid.pose)) for thing in placed for solid in thing.thing.solids]
    size = np.zeros((len(solids), 4))
    for i, (solid, _) in enumerate(solids):
        size[i, : len(solid.size)] = solid.size
    return Stage(
        np.array([KINDS.index(solid.kind) for solid, _ in solids]),
        size,
        np.stack([pose.rotation for _, pose in solids]),
        np.stack([pose.position for _, pose in solids]),
        np.stack([_bounding_sphere(thing) for thing in placed]),
        np.cumsum([0] + [len(thing.thing.solids) for thing in placed]),
    )


def cast(on: Stage, origin: Float64[np.ndarray, "3"], direction: Float64[np.ndarray, "r 3"]) -> Hits:
    """What rays from one point meet first."""
    r = len(direction)
    hits = Hits(
        np.full(r, np.inf),
        np.full(r, -1, np.int32),
        np.zeros(r, np.int32),
        np.zeros((r, 3)),
        np.zeros((r, 3)),
    )
    _cast(
        on.kind, on.size, on.rotation, on.position, on.bound, on.first, origin, direction,
        hits.distance, hits.solid, hits.face, hits.local, hits.normal,
    )  # fmt: skip
    return hits


def reaches(
    on: Stage, point: Float64[np.ndarray, "r 3"], target: Float64[np.ndarray, "r 3"]
) -> Bool[np.ndarray, " r"]:
    """Whether nothing lies between each point (just off its surface) and its target."""
    free = np.ones(len(point), np.bool_)
    _reaches(on.kind, on.size, on.rotation, on.position, on.bound, on.first, point, target, free)
    return free


def _bounding_sphere(placed: Placed) -> Float64[np.ndarray, "4"]:
    low, high = np.full(3, np.inf), np.full(3, -np.inf)
    for solid in placed.thing.solids:
        half, middle = half_box(solid)
        spread = (np.abs(solid.pose.rotation) * half).sum(1)
        centre = solid.pose.apply(middle)
        low, high = np.minimum(low, centre - spread), np.maximum(high, centre + spread)
    radius = 1e-6 + float(np.sqrt(((high - low) ** 2).sum())) / 2
    return np.append(placed.pose.apply((low + high) / 2), radius)


def half_box(solid: Solid) -> tuple[Float64[np.ndarray, "3"], Float64[np.ndarray, "3"]]:
    """Half sides and middle of the box around a solid, in its own frame."""
    if solid.kind != "cone":
        return np.array(solid.size[:3], np.float64), np.zeros(3)
    lower, upper, *radii = solid.size
    return np.array([max(radii), max(radii), (upper - lower) / 2]), np.array([0, 0, (lower + upper) / 2])


@compiled
def _cast(kind, size, rotation, position, bound, first, origin, direction, distance, which, face, local, normal):
    """The nearest hit of each ray."""
    start, along, found = np.empty(3), np.empty(3), np.empty(5)
    for r in range(len(direction)):
        dx, dy, dz = direction[r, 0], direction[r, 1], direction[r, 2]
        squared = dx * dx + dy * dy + dz * dz
        nearest = np.inf
        for b in range(len(bound)):
            x, y, z = bound[b, 0] - origin[0], bound[b, 1] - origin[1], bound[b, 2] - origin[2]
            if not _meets_sphere(x, y, z, bound[b, 3], x * dx + y * dy + z * dz, squared, nearest):
                continue
            for s in range(first[b], first[b + 1]):
                into_frame(rotation, position, s, origin[0], origin[1], origin[2], dx, dy, dz, start, along)
                if meet(kind[s], size, s, start, along, found) and found[0] < nearest:
                    nearest = found[0]
                    which[r], face[r] = s, int(found[1])
                    for a in range(3):
                        local[r, a] = start[a] + found[0] * along[a]
                        normal[r, a] = (
                            rotation[s, a, 0] * found[2]
                            + rotation[s, a, 1] * found[3]
                            + rotation[s, a, 2] * found[4]
                        )
        distance[r] = nearest
        if normal[r, 0] * dx + normal[r, 1] * dy + normal[r, 2] * dz > 0:
            for a in range(3):
                normal[r, a] = -normal[r, a]


@compiled
def _reaches(kind, size, rotation, position, bound, first, point, target, free):
    """Stops at the first thing in between."""
    start, along, found = np.empty(3), np.empty(3), np.empty(5)
    for r in range(len(point)):
        px, py, pz = point[r, 0], point[r, 1], point[r, 2]
        dx, dy, dz = target[r, 0] - px, target[r, 1] - py, target[r, 2] - pz
        squared = dx * dx + dy * dy + dz * dz
        for b in range(len(bound)):
            x, y, z = bound[b, 0] - px, bound[b, 1] - py, bound[b, 2] - pz
            if not _meets_sphere(x, y, z, bound[b, 3], x * dx + y * dy + z * dz, squared, 1.0):
                continue
            for s in range(first[b], first[b + 1]):
                into_frame(rotation, position, s, px, py, pz, dx, dy, dz, start, along)
                if meet(kind[s], size, s, start, along, found) and found[0] < 1.0:
                    free[r] = False
                    break
            if not free[r]:
                break


@compiled
def _meets_sphere(x, y, z, radius, ahead, squared, farthest):
    """Whether a ray can meet what is inside a sphere before `farthest`.

    (x, y, z) leads from the ray's start to the middle; `ahead` is its product with the direction, whose square
    is `squared`.
    """
    off = x * x + y * y + z * z - radius * radius
    if off * squared > ahead * ahead:
        return False
    if off <= 0:
        return True
    # from outside, the sphere is entered at (ahead - root) / squared
    return ahead > 0 and (
        ahead <= farthest * squared or (ahead - farthest * squared) ** 2 <= ahead * ahead - off * squared
    )


@compiled
def into_frame(rotation, position, s, px, py, pz, dx, dy, dz, start, along):
    """A ray in the frame of a solid."""
    x, y, z = px - position[s, 0], py - position[s, 1], pz - position[s, 2]
    for a in range(3):
        start[a] = rotation[s, 0, a] * x + rotation[s, 1, a] * y + rotation[s, 2, a] * z
        along[a] = rotation[s, 0, a] * dx + rotation[s, 1, a] * dy + rotation[s, 2, a] * dz


@compiled
def meet(kind, size, s, start, along, found):
    """Nearest meeting ahead with a solid: found = distance, face, local normal."""
    if kind == 0:
        return _meet_box(size[s], start, along, found)
    if kind == 1:
        return _meet_cone(size[s], start, along, found)
    return _meet_ellipsoid(size[s], start, along, found)


@compiled
def _meet_box(size, start, along, found):
    """Slabs: the ray is inside between the last entry and the first exit."""
    entry, leave, axis = -np.inf, np.inf, 0
    for a in range(3):
        if abs(along[a]) < 1e-12:
            if abs(start[a]) > size[a]:
                return False
            continue
        near, far = (-size[a] - start[a]) / along[a], (size[a] - start[a]) / along[a]
        if near > far:
            near, far = far, near
        if near > entry:
            entry, axis = near, a
        leave = min(leave, far)
    if entry > leave or entry < 1e-6:
        return False
    up = along[axis] < 0
    found[0], found[1] = entry, 2 * axis + (1 if up else 0)
    found[2] = found[3] = found[4] = 0.0
    found[2 + axis] = 1.0 if up else -1.0
    return True


@compiled
def _meet_cone(size, start, along, found):
    """The side of a truncated cone without its ends or, where both z are equal, a disc with a hole."""
    lower, upper, r_lower, r_upper = size[0], size[1], size[2], size[3]
    if upper == lower:
        return _meet_disc(size, start, along, found)
    slope = (r_upper - r_lower) / (upper - lower)
    radius = r_lower + slope * (start[2] - lower)
    a = along[0] ** 2 + along[1] ** 2 - (slope * along[2]) ** 2
    b = start[0] * along[0] + start[1] * along[1] - slope * along[2] * radius
    c = start[0] ** 2 + start[1] ** 2 - radius * radius
    inside = b * b - a * c
    if inside < 0 or abs(a) < 1e-15:
        return False
    root = np.sqrt(inside)
    first, second = (-b - root) / a, (-b + root) / a
    if first > second:
        first, second = second, first
    for t in (first, second):
        z = start[2] + t * along[2]
        if t < 1e-6 or z < lower or z > upper or radius + slope * t * along[2] < 0:
            continue
        x, y = start[0] + t * along[0], start[1] + t * along[1]
        length = np.sqrt(x * x + y * y) * np.sqrt(1 + slope * slope) + 1e-12
        found[0], found[1] = t, LATERAL
        found[2], found[3], found[4] = x / length, y / length, -slope / np.sqrt(1 + slope * slope)
        return True
    return False


@compiled
def _meet_disc(size, start, along, found):
    """The flat ring between two radii at one height."""
    if abs(along[2]) < 1e-12:
        return False
    t = (size[0] - start[2]) / along[2]
    x, y = start[0] + t * along[0], start[1] + t * along[1]
    away, inner, outer = x * x + y * y, min(size[2], size[3]), max(size[2], size[3])
    if t < 1e-6 or away < inner * inner or away > outer * outer:
        return False
    found[0], found[1], found[2], found[3], found[4] = t, CAP, 0.0, 0.0, 1.0
    return True


@compiled
def _meet_ellipsoid(size, start, along, found):
    """The unit sphere after dividing each axis by its radius."""
    a, b, c = 0.0, 0.0, -1.0
    for k in range(3):
        a += (along[k] / size[k]) ** 2
        b += start[k] * along[k] / (size[k] * size[k])
        c += (start[k] / size[k]) ** 2
    inside = b * b - a * c
    if inside < 0:
        return False
    t = (-b - np.sqrt(inside)) / a
    if t < 1e-6:
        return False
    length = 0.0
    for k in range(3):
        found[2 + k] = (start[k] + t * along[k]) / (size[k] * size[k])
        length += found[2 + k] ** 2
    for k in range(3):
        found[2 + k] /= np.sqrt(length)
    found[0], found[1] = t, ROUND
    return True
