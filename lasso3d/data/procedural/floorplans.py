"""The shell of a room: its outline, and walls with openings for doors and windows."""

from dataclasses import dataclass
from math import atan2
from typing import final

import numpy as np
from jaxtyping import Bool, Float, Float64

from lasso3d.data.procedural.appearance import Material
from lasso3d.data.procedural.forms import block
from lasso3d.data.procedural.shapes import Placed, Pose, Solid, Thing, at, rectangle

THICK = 0.08
"""Metres; half the thickness of walls."""


@final
@dataclass(frozen=True)
class Opening:
    """Where a wall is cut out."""

    u: float
    """Middle along the wall, metres from the wall's middle, to the right as seen from outside."""
    half: float
    """Half width."""
    low: float
    high: float


@final
@dataclass(frozen=True, eq=False)
class Wall:
    """One straight wall; its frame has x along the wall, y out of the room and zero at the foot of its middle."""

    pose: Pose
    yaw: float
    """Radians."""
    half: float
    """Half length, metres."""

    def place(self, u: float, inwards: float) -> tuple[float, float]:
        """The point of the floor at `u` along the wall and so far inside the room."""
        x, y, _ = self.pose.apply(np.array([u, -inwards, 0.0])).tolist()
        return x, y


@final
@dataclass(frozen=True, eq=False)
class Plan:
    """Outline of a room, corners counter-clockwise, all angles right."""

    corners: Float64[np.ndarray, "k 2"]
    height: float
    """Metres."""

    def walls(self) -> tuple[Wall, ...]:
        """In the order of the corners they start from."""
        return tuple(_wall(a, b) for a, b in zip(self.corners, np.roll(self.corners, -1, axis=0), strict=True))

    def holds(self, points: Float[np.ndarray, "n 2"]) -> Bool[np.ndarray, " n"]:
        """Whether points lie in the room: a ray along x leaves it an odd number of times."""
        a, b = self.corners, np.roll(self.corners, -1, axis=0)
        crosses = (a[:, 1] > points[:, 1:]) != (b[:, 1] > points[:, 1:])
        # all sides are parallel to an axis: those that a horizontal ray can cross are upright
        return (crosses & (points[:, :1] < a[:, 0])).sum(1) % 2 == 1

    def area(self) -> float:
        """Square metres."""
        a, b = self.corners, np.roll(self.corners, -1, axis=0)
        return float((a[:, 0] * b[:, 1] - b[:, 0] * a[:, 1]).sum() / 2)


def some_plan(rng: np.random.Generator, area: float, *, ratio: tuple[float, float] = (1.0, 1.7)) -> Plan:
    """A rectangle, an L or a room with a niche of about so many square metres, zero in its middle.

    Args:
        ratio: range of its length by its width.
    """
    drawn = rng.uniform(*ratio)
    long, short = np.round([np.sqrt(area * drawn) / 2, np.sqrt(area / drawn) / 2], 3).tolist()
    corners = [(-long, -short), (long, -short), (long, short), (-long, short)]
    kind = rng.random()
    if kind < 0.25:
        x, y = round(rng.uniform(0.0, 0.5) * long, 3), round(rng.uniform(0.0, 0.5) * short, 3)
        corners = [*corners[:2], (long, y), (x, y), (x, short), corners[3]]
    elif kind < 0.5:
        a, b = np.round(np.sort(rng.uniform(-0.8, 0.8, 2)) * long, 3).tolist()
        deep = round(rng.uniform(0.3, 0.9) * (1 if rng.random() < 0.7 else -0.5), 3)
        if b - a > 0.7:
            corners = [*corners[:3], (b, short), (b, short + deep), (a, short + deep), (a, short), corners[3]]
    return Plan(np.array(corners), round(rng.uniform(2.3, 3.0), 3))


def shell(
    plan: Plan, openings: tuple[tuple[Opening, ...], ...], paints: tuple[Material, ...]
) -> tuple[Placed, ...]:
    """Floor, walls and perhaps a ceiling.

    Args:
        openings: of each wall.
        paints: of floor, walls, one wall of its own, and ceiling; without the last there is no ceiling.
    """
    low, high = plan.corners.min(0), plan.corners.max(0)
    half, middle = (high - low) / 2 + 0.1, (high + low) / 2
    slabs = [_slab("floor", half, middle, -0.05, paints[0])]
    if len(paints) > 3:
        slabs.append(_slab("ceiling", half, middle, plan.height + 0.05, paints[3]))
    for i, (wall, cut) in enumerate(zip(plan.walls(), openings, strict=True)):
        solids = _pieces(wall.half, plan.height, cut, paints[2] if i == 0 else paints[1])
        slabs.append(Placed(Thing("wall", solids, rectangle(wall.half, THICK), plan.height), wall.pose))
    return tuple(slabs)


def _wall(a: Float64[np.ndarray, "2"], b: Float64[np.ndarray, "2"]) -> Wall:
    along, middle = b - a, (a + b) / 2
    yaw = round(atan2(-along[1], -along[0]), 9)
    return Wall(at(middle[0], middle[1], turn=yaw), yaw, float(np.sqrt((along**2).sum())) / 2)


def _pieces(half: float, height: float, cut: tuple[Opening, ...], paint: Material) -> tuple[Solid, ...]:
    """The wall around its openings."""
    solids, left = [], -half
    for opening in sorted(cut, key=lambda o: o.u):
        start, end = opening.u - opening.half, opening.u + opening.half
        solids.append(_piece(left, start, 0.0, height, paint))
        solids.append(_piece(start, end, opening.high, height, paint))
        if opening.low > 0:
            solids.append(_piece(start, end, 0.0, opening.low, paint))
        left = end
    return (*solids, _piece(left, half, 0.0, height, paint))


def _piece(left: float, right: float, low: float, high: float, paint: Material) -> Solid:
    return block(
        ((right - left) / 2, THICK, (high - low) / 2), paint, at=((left + right) / 2, THICK, (low + high) / 2)
    )


def _slab(name: str, half: np.ndarray, middle: np.ndarray, z: float, paint: Material) -> Placed:
    solid = block((float(half[0]), float(half[1]), 0.05), paint)
    return Placed(Thing(name, (solid,), rectangle(*half), 0.1), at(float(middle[0]), float(middle[1]), z))
