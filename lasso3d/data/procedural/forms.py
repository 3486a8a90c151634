"""Solids of everyday shape: blocks, rods, turned and lofted surfaces, cushions, hanging cloth."""

from itertools import pairwise
from math import pi

import numpy as np
from jaxtyping import Float64

from lasso3d.data.procedural.appearance import Material
from lasso3d.data.procedural.shapes import Mesh, Pose, Solid, at

Point = tuple[float, float, float]
Ring = tuple[float, float, float]
"""Half width, half depth and height of a cross-section."""


def block(
    half: Point, material: Material, *, at: Point = (0.0, 0.0, 0.0), part: str = "", yaw: float = 0.0
) -> Solid:
    """A box with sharp edges around the point `at`; `yaw` in radians."""
    return Solid("box", half, material, _pose(at, yaw), part)


def ball(half: Point, material: Material, *, at: Point, part: str = "") -> Solid:
    """An ellipsoid around the point `at`."""
    return Solid("ellipsoid", half, material, _pose(at), part)


def rod(
    start: Point, end: Point, radius: float, material: Material, *, part: str = "", taper: float = 1.0
) -> Solid:
    """A round bar without ends between two points; its radius at `end` is `taper` times that at `start`."""
    along = np.array(end, np.float64) - start
    length = float(np.sqrt((along**2).sum()))
    return Solid(
        "cone", (0.0, length, radius, radius * taper), material, _upright_along(along / length, start), part
    )


def tube(points: tuple[Point, ...], radius: float, material: Material, *, part: str = "") -> tuple[Solid, ...]:
    """Rods from point to point with round joints: bent frames, taps, handles."""
    joints = tuple(ball((radius,) * 3, material, at=point, part=part) for point in points[1:-1])
    return tuple(rod(a, b, radius, material, part=part) for a, b in pairwise(points)) + joints


def turned(
    profile: tuple[tuple[float, float], ...],
    material: Material,
    *,
    at: Point = (0.0, 0.0, 0.0),
    part: str = "",
) -> tuple[Solid, ...]:
    """The surface that a profile of radius and height draws while it turns around a vertical axis."""
    rings = []
    for (r, z), (next_r, next_z) in pairwise(profile):
        size = (z, next_z, r, next_r) if z <= next_z else (next_z, z, next_r, r)
        rings.append(Solid("cone", size, material, _pose(at), part))
    return tuple(rings)


def lofted(
    rings: tuple[Ring, ...],
    material: Material,
    *,
    at: Point = (0.0, 0.0, 0.0),
    part: str = "",
    roundness: float = 0.35,
    corners: int = 24,
) -> Solid:
    """A skin over cross-sections: tubs, seats, tapered bins.

    Args:
        roundness: exponent of the superellipses: 1 = ellipses, towards 0 = rectangles.
    """
    turn = 2 * pi * np.arange(corners) / corners
    x, y = _bulging(np.cos(turn), roundness), _bulging(np.sin(turn), roundness)
    rows = np.array(rings)
    vertex = np.stack(
        [rows[:, :1] * x, rows[:, 1:2] * y, np.broadcast_to(rows[:, 2:], (len(rows), corners))], axis=-1
    )
    return meshed(vertex, material, at=at, part=part, closed=True)


def cushion(
    half: Point,
    material: Material,
    rng: np.random.Generator,
    *,
    at: Point = (0.0, 0.0, 0.0),
    part: str = "",
    edge: float = 0.35,
    pose: Pose | None = None,
) -> Solid:
    """A rounded block with dents, as upholstery has, around the point `at`.

    Args:
        edge: 0 = sharp edges, 1 = an ellipsoid.
        pose: instead of `at`, for leaning cushions.
    """
    corners, layers = 24, 11
    turn = 2 * pi * np.arange(corners) / corners
    rise = pi * (np.arange(layers) / (layers - 1) - 0.5)
    around, up = _bulging(np.cos(rise), edge), _bulging(np.sin(rise), edge)
    x = around[:, None] * _bulging(np.cos(turn), 0.6 * edge)
    y = around[:, None] * _bulging(np.sin(turn), 0.6 * edge)
    z = np.broadcast_to(up[:, None], x.shape)
    phase, rate = rng.uniform(0, 6, 4), rng.uniform(1.5, 3.5, 4)
    dent = 0.09 * (
        np.sin(rate[0] * x + phase[0]) * np.sin(rate[1] * y + phase[1]) - 0.4 * (1 - x * x) * (1 - y * y)
    )
    sway = 0.025 * np.sin(rate[2] * x + rate[3] * z + phase[2])
    vertex = np.stack([half[0] * (x + sway), half[1] * (y + sway), half[2] * (z + dent * (z > 0))], axis=-1)
    return meshed(vertex, material, at=at, part=part, closed=True, pose=pose)


def hanging(
    half_width: float, low: float, high: float, material: Material, rng: np.random.Generator,
    *, at: Point = (0.0, 0.0, 0.0), part: str = "", fold: float = 0.03,
) -> Solid:  # fmt: skip
    """Cloth that hangs in folds in the plane y = 0, from `high` down to `low`."""
    folds = max(2.0, half_width / rng.uniform(0.05, 0.09))
    u, v = np.linspace(-1, 1, int(8 * folds) + 1), np.linspace(0, 1, 5)
    phase = rng.uniform(0, 6, 2)
    wave = np.sin(pi * folds * u + phase[0] + 0.8 * np.sin(2.3 * u + phase[1]))
    y = fold * wave * (0.5 + 0.5 * v[:, None])
    x = np.broadcast_to(half_width * u * (1 + 0.06 * v[:, None]), y.shape)
    z = np.broadcast_to((high + (low - high) * v)[:, None], y.shape)
    return meshed(np.stack([x, y, z], axis=-1), material, at=at, part=part)


def blade(length: float, width: float, material: Material, *, pose: Pose, droop: float, part: str = "") -> Solid:
    """A leaf that starts at the pose's origin, along its x axis, and bends down."""
    s = np.linspace(0, 1, 6)
    half = width / 2 * np.sqrt(np.maximum(s * (1 - s) * 4, 0.02))
    x, z = length * s * (1 - 0.25 * droop * s), -droop * length * s * s * 0.5
    vertex = np.stack(
        [np.stack([x, side * half, z + 0.15 * half * abs(side)], axis=-1) for side in (-1, 0, 1)], axis=1
    )
    return meshed(vertex, material, part=part, pose=pose)


def meshed(
    vertex: Float64[np.ndarray, "rows columns 3"],
    material: Material,
    *,
    at: Point = (0.0, 0.0, 0.0),
    part: str = "",
    closed: bool = False,
    pose: Pose | None = None,
) -> Solid:
    """Triangles over a grid of points; `closed` joins the last column to the first."""
    rows, columns = vertex.shape[:2]
    i, j = np.indices((rows - 1, columns if closed else columns - 1)).reshape(2, -1)
    a, b = i * columns + j, i * columns + (j + 1) % columns
    triangle = np.concatenate([np.stack([a, b, b + columns], 1), np.stack([a, b + columns, a + columns], 1)])
    flat = np.round(vertex.reshape(-1, 3), 6)
    half = tuple(float(side) for side in np.abs(flat).max(0))
    return Solid("mesh", half, material, pose or _pose(at), part, Mesh(flat, triangle))


def case(
    half: Point,
    material: Material,
    *,
    at: Point,
    part: str = "",
    thick: float = 0.009,
    lining: Material | None = None,
) -> tuple[Solid, ...]:
    """Boards around an empty block, open towards -y: cabinets, ovens, safes; `lining` = of its back."""
    (x, y, z), (a, b, c), t = half, at, thick
    return (
        *(block((t, y, z), material, at=(a + s * (x - t), b, c), part=part) for s in (-1, 1)),
        *(block((x - 2 * t, y, t), material, at=(a, b, c + s * (z - t)), part=part) for s in (-1, 1)),
        block((x - 2 * t, t / 2, z - 2 * t), lining or material, at=(a, b + y - t / 2, c), part=part),
    )


def crate(half: Point, material: Material, *, at: Point, part: str = "", thick: float = 0.006) -> tuple[Solid, ...]:
    """Boards around an empty block, open above: drawers, boxes, trays."""
    (x, y, z), (a, b, c), t = half, at, thick
    return (
        block((x, y, t / 2), material, at=(a, b, c - z + t / 2), part=part),
        *(block((t / 2, y, z), material, at=(a + s * (x - t / 2), b, c), part=part) for s in (-1, 1)),
        *(block((x - t, t / 2, z), material, at=(a, b + s * (y - t / 2), c), part=part) for s in (-1, 1)),
    )


def moved(solids: tuple[Solid, ...], pose: Pose, *, part: str | None = None) -> tuple[Solid, ...]:
    """The same solids elsewhere; `part` renames their part."""
    return tuple(
        Solid(s.kind, s.size, s.material, pose.after(s.pose), s.part if part is None else part, s.mesh)
        for s in solids
    )


def _pose(place: Point, yaw: float = 0.0) -> Pose:
    return at(*place, turn=yaw)


def _upright_along(unit: Float64[np.ndarray, "3"], start: Point) -> Pose:
    """The pose that turns z into `unit`."""
    side = np.array([1.0, 0, 0]) if abs(unit[0]) < 0.9 else np.array([0, 1.0, 0])
    x = side - (side * unit).sum() * unit
    x = x / np.sqrt((x**2).sum())
    y = np.array(
        [unit[1] * x[2] - unit[2] * x[1], unit[2] * x[0] - unit[0] * x[2], unit[0] * x[1] - unit[1] * x[0]]
    )
    return Pose(np.round(np.stack([x, y, unit], axis=1), 9), np.array(start, np.float64))


def _bulging(share: Float64[np.ndarray, " k"], exponent: float) -> Float64[np.ndarray, " k"]:
    return np.sign(share) * np.abs(np.round(share, 9)) ** exponent
