"""Solids from curves: bent bars, rings, plates cut to an outline, rounded blocks, cloth over an edge."""

from math import cos, pi, sin

import numpy as np
from jaxtyping import Float64

from lasso3d.data.procedural.appearance import Material
from lasso3d.data.procedural.forms import Point, meshed, moved, rod, turned
from lasso3d.data.procedural.shapes import Pose, Solid, at

Flat = tuple[tuple[float, float], ...]
"""Points of a plane curve."""


def smooth(points: tuple[tuple[float, ...], ...], steps: int = 4) -> tuple[tuple[float, ...], ...]:
    """A curve through all points, `steps` pieces between two (uniform Catmull-Rom)."""
    p = np.array([points[0], *points, points[-1]], np.float64)
    t = (np.arange(steps) / steps)[:, None]
    a, b, c, d = (p[i : len(p) - 3 + i, None, :] for i in range(4))
    curve = 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t * t + (3 * b - a - 3 * c + d) * t * t * t)
    return (*(tuple(row) for row in np.round(curve.reshape(-1, p.shape[1]), 6).tolist()), points[-1])


def lathe(
    profile: Flat, material: Material, *, at: Point = (0.0, 0.0, 0.0), part: str = "", steps: int = 4
) -> tuple[Solid, ...]:
    """A turned surface whose profile of radius and height is a smooth curve through the points."""
    curve = tuple((max(r, 0.0), z) for r, z in smooth(profile, steps))
    return turned(curve, material, at=at, part=part)


def peg(
    start: Point, end: Point, radius: float, material: Material, *, part: str = "", taper: float = 1.0
) -> tuple[Solid, ...]:
    """A round bar with flat ends."""
    side = rod(start, end, radius, material, part=part, taper=taper)
    length = side.size[1]
    ends = turned(((0.0, 0.0), (radius, 0.0)), material, part=part)
    ends += turned(((0.0, length), (radius * taper, length)), material, part=part)
    return (side, *moved(ends, side.pose))


def swept(
    path: tuple[Point, ...],
    halves: tuple[tuple[float, float], ...] | float,
    material: Material,
    *,
    part: str = "",
    corners: int = 10,
    up: Point = (0.0, 0.0, 1.0),
    closed: bool = False,
    pose: Pose | None = None,
) -> Solid:
    """A bar of elliptic section along a path, its ends flat.

    Args:
        halves: half width and half thickness at each point of the path; a number = a round bar.
        up: where the thickness points at the start, as far as the path allows; it never twists.
        closed: the path ends where it starts.
    """
    p = np.array(path, np.float64)
    size = np.full((len(p), 2), halves) if isinstance(halves, float) else np.array(halves, np.float64)
    side, above = _frames(p, np.array(up, np.float64), closed)
    turn = 2 * pi * np.arange(corners) / corners
    x, y = np.round(np.cos(turn), 9), np.round(np.sin(turn), 9)
    rings = (
        p[:, None]
        + size[:, :1, None] * x[:, None] * side[:, None]
        + size[:, 1:, None] * y[:, None] * above[:, None]
    )
    if not closed:
        ends = (np.repeat(p[i : i + 1, None], corners, axis=1) for i in (0, -1))
        first, last = ends
        rings = np.concatenate([first, rings, last])
    return meshed(rings, material, part=part, closed=True, pose=pose)


def bent(points: tuple[Point, ...], radius: float, material: Material, *, part: str = "", steps: int = 4) -> Solid:
    """A round bar along a smooth curve through the points: handles, spouts, cords."""
    path = tuple((x, y, z) for x, y, z in smooth(points, steps))
    return swept(path, radius, material, part=part, corners=8)


def ring(
    radius: float,
    thick: float,
    material: Material,
    *,
    pose: Pose | None = None,
    part: str = "",
    stretch: float = 1.0,
) -> Solid:
    """A round bar bent to a circle in the plane z = 0, `stretch` times as long along y."""
    turn = 2 * pi * np.arange(21) / 20
    path = tuple((radius * round(cos(a), 9), stretch * radius * round(sin(a), 9), 0.0) for a in turn.tolist())
    return swept(path, thick, material, part=part, corners=8, closed=True, pose=pose)


def slab(
    outline: Flat,
    thick: float,
    material: Material,
    *,
    at: Point = (0.0, 0.0, 0.0),
    part: str = "",
    bevel: float = 0.0,
    pose: Pose | None = None,
) -> Solid:
    """A flat piece of this outline, from z = 0 up to `thick`; all of its border must be seen from its middle.

    Args:
        bevel: metres by which the edges are broken.
    """
    border = np.array(outline, np.float64)
    middle = border.mean(0)
    away = border - middle
    length = np.sqrt((away**2).sum(1, keepdims=True))
    inner = middle + away * np.maximum(1 - bevel / np.maximum(length, 1e-6), 0.0)
    levels = [(inner, 0.0), (border, bevel), (border, thick - bevel), (inner, thick)] if bevel else [
        (border, 0.0), (border, thick)]  # fmt: skip
    core = np.broadcast_to(middle, border.shape)
    rows = [(core, 0.0), *levels, (core, thick)]
    vertex = np.stack([np.column_stack([flat, np.full(len(flat), z)]) for flat, z in rows])
    return meshed(vertex, material, at=at, part=part, closed=True, pose=pose)


def rounded(
    half: Point,
    material: Material,
    *,
    radius: float,
    at: Point = (0.0, 0.0, 0.0),
    part: str = "",
    pose: Pose | None = None,
) -> Solid:
    """A block whose edges are rounded with a radius, metres."""
    r = np.minimum(radius, 0.999 * np.array(half))
    quarter = np.linspace(0, pi / 2, 4)
    # both ends of each quarter are kept: between two quarters lies a flat side
    x = np.concatenate([s * np.cos(quarter)[::o] for s, o in ((1, 1), (-1, -1), (-1, 1), (1, -1))])
    y = np.concatenate([s * np.sin(quarter)[::o] for s, o in ((1, 1), (1, -1), (-1, 1), (-1, -1))])
    sign = np.stack([np.repeat([1, -1, -1, 1], 4), np.repeat([1, 1, -1, -1], 4)], axis=1)
    flat = np.round(np.stack([x, y], axis=1), 9)
    rows = [(0.0, 0.0, -1.0)]
    rows += [(1.0, round(float(np.cos(a)), 9), s * round(float(np.sin(a)), 9)) for s, o in ((-1, -1), (1, 1))
             for a in quarter[::o].tolist()]  # fmt: skip
    rows += [(0.0, 0.0, 1.0)]
    core = np.array(half) - r
    vertex = np.empty((len(rows), 16, 3))
    for i, (wide, around, up) in enumerate(rows):
        vertex[i, :, :2] = wide * sign * core[:2] + around * flat * r[:2]
        vertex[i, :, 2] = np.sign(up) * core[2] + up * r[2]
    return meshed(vertex, material, at=at, part=part, closed=True, pose=pose)


def arched(
    sections: tuple[Point, ...], material: Material, *, part: str = "", side: int = 0, low: float = 0.0
) -> Solid:
    """A skin over arches across the y axis: shells of mice, toes of shoes.

    Args:
        sections: where each arch stands along y, its half width and its height.
        side: -1 or 1 = only the half on that side, a millimetre off the middle; 0 = both.
        low: share of its height that a half arch keeps at its foot.
    """
    turn = np.linspace(0.0, pi / 2 if side else pi, 7 if side else 13)
    across, up = np.round(np.cos(turn), 9), np.round(np.sin(turn), 9)
    rows = [
        np.stack(
            [
                w * across if side == 0 else side * (0.0014 + w * across),
                np.full(len(turn), y),
                h * (low + (1 - low) * up),
            ],
            axis=1,
        )
        for y, w, h in sections
    ]
    return meshed(np.stack(rows), material, part=part)


def draped(
    half_width: float,
    profile: Flat,
    material: Material,
    rng: np.random.Generator,
    *,
    at: Point = (0.0, 0.0, 0.0),
    part: str = "",
    fold: float = 0.008,
) -> Solid:
    """Cloth along x that follows a profile of y and z: over a rail, down a back, along a floor."""
    line = np.array(smooth(profile, 4), np.float64)
    u = np.linspace(-1, 1, 25)
    phase, rate = rng.uniform(0, 6, 3), rng.uniform(2, 6)
    along = np.linspace(0, 1, len(line))[:, None]
    wave = fold * np.sin(rate * u + phase[0] + 1.5 * along) * (0.3 + np.abs(2 * along - 1))
    x = half_width * u * (1 + 0.05 * np.sin(5 * along + phase[1]))
    z = np.broadcast_to(line[:, 1:], x.shape) + 0.3 * wave
    return meshed(np.stack([x, line[:, :1] + wave, z], axis=-1), material, at=at, part=part)


def _frames(
    path: Float64[np.ndarray, "k 3"], up: Float64[np.ndarray, "3"], closed: bool
) -> tuple[Float64[np.ndarray, "k 3"], Float64[np.ndarray, "k 3"]]:
    """Sideways and upward unit vectors along a path, carried from point to point without twist."""
    around = (
        np.concatenate([path[-2:-1], path, path[1:2]]) if closed else np.concatenate([path[:1], path, path[-1:]])
    )
    tangent = _units(around[2:] - around[:-2])
    if abs((up * tangent[0]).sum()) > 0.95:
        up = np.array([0.0, 1.0, 0.0]) if abs(tangent[0, 1]) < 0.9 else np.array([1.0, 0.0, 0.0])
    above = np.empty_like(path)
    for i, t in enumerate(tangent):
        up = _units((up - (up * t).sum() * t)[None])[0]
        above[i] = up
    side = np.stack([tangent[:, 1] * above[:, 2] - tangent[:, 2] * above[:, 1],
                     tangent[:, 2] * above[:, 0] - tangent[:, 0] * above[:, 2],
                     tangent[:, 0] * above[:, 1] - tangent[:, 1] * above[:, 0]], axis=1)  # fmt: skip
    return side, above


def _units(v: Float64[np.ndarray, "k 3"]) -> Float64[np.ndarray, "k 3"]:
    length = np.sqrt((v**2).sum(1, keepdims=True))
    unit: Float64[np.ndarray, "k 3"] = v / np.maximum(length, 1e-12)
    return unit


def facing(solids: tuple[Solid, ...], place: Point) -> tuple[Solid, ...]:
    """What was built with its face upwards, turned to face -y, at a place."""
    return moved(solids, at(*place, axis="x", turn=pi / 2))
