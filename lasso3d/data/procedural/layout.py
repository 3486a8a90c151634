"""Where things stand: side by side, touching, stacked, flush, one hiding the middle of another."""

from dataclasses import dataclass
from math import cos, pi, sin
from typing import final

import numpy as np
from jaxtyping import Float64

from lasso3d.data.procedural.shapes import Placed, Thing, at

HIGHEST = 0.45
"""Metres; stacks do not grow above this."""
LARGEST_OVERHANG = 3.0
"""Things stand on narrower ones, but not on ones this many times narrower."""
TRIES = 8
"""Places tried before a thing is left out."""
SLACK = 1e-4
"""Metres by which outlines may overlap: flush faces do, after rounding."""


@final
@dataclass(frozen=True, eq=False)
class Spot:
    """A thing, where it stands, and the room it takes."""

    thing: Thing
    xy: tuple[float, float]
    yaw: float
    """Radians."""
    low: float
    """Height of its foot, metres."""
    outline: Float64[np.ndarray, "k 2"]
    """Its footprint in the scene."""

    def placed(self) -> Placed:
        """The thing in the scene."""
        return Placed(self.thing, at(*self.xy, self.low, turn=self.yaw))


@final
@dataclass(frozen=True)
class Ways:
    """How a table is laid: relative frequencies of the ways to put the next thing down."""

    free: float = 0.2
    touching: float = 0.4
    stacked: float = 0.3
    hiding: float = 0.1
    aligned: float = 0.5
    """Share of the things that stand parallel to the table or to what they touch."""


def spot(thing: Thing, x: float, y: float, *, yaw: float, low: float = 0.0) -> Spot:
    """A thing at a place, coordinates rounded to a micrometre."""
    turn = at(turn=yaw).rotation[:2, :2]
    x, y, low = round(float(x), 6), round(float(y), 6), round(float(low), 6)
    outline = (thing.footprint[:, None, :] * turn).sum(2) + np.array([x, y])
    return Spot(thing, (x, y), yaw, low, outline)


def put_down(
    thing: Thing,
    spots: tuple[Spot, ...],
    *,
    half_table: tuple[float, float],
    towards_camera: float,
    ways: Ways,
    rng: np.random.Generator,
) -> Spot | None:
    """A place for a thing on a table or on what stands there; None where no try fits.

    Args:
        half_table: half sides of the table around the origin, metres.
        towards_camera: direction from the table to the camera seen from above, radians.
    """
    weights = np.array([ways.free, ways.touching, ways.stacked, ways.hiding])
    for _ in range(TRIES):
        way = int(np.searchsorted(np.cumsum(weights / weights.sum()), rng.random())) if spots else 0
        near = spots[rng.integers(len(spots))] if spots else None
        tried = _try(way, thing, near, half_table, towards_camera, ways, rng)
        if tried is not None and fits(tried, spots, half_table):
            return tried
    return None


def put_flush(
    thing: Thing,
    near: Spot,
    spots: tuple[Spot, ...],
    *,
    half_table: tuple[float, float],
    rng: np.random.Generator,
) -> Spot | None:
    """A thing face to face with one of the same size: their tops, and two of their sides, become one plane."""
    for side in rng.permutation(4):
        tried = _against(thing, near, near.yaw + side * pi / 2, near.yaw, gap=rng.uniform(0, 0.0005))
        if fits(tried, spots, half_table):
            return tried
    return None


def _try(
    way: int,
    thing: Thing,
    near: Spot | None,
    half_table: tuple[float, float],
    towards_camera: float,
    ways: Ways,
    rng: np.random.Generator,
) -> Spot | None:
    """One attempt at one of the ways."""
    aligned = rng.random() < ways.aligned
    yaw = round(float(rng.integers(4) * pi / 2 if aligned else rng.uniform(0, 2 * pi)), 6)
    if near is None or way == 0:
        x, y = rng.uniform(-0.85, 0.85, 2) * half_table
        return spot(thing, x, y, yaw=yaw)
    if way == 2:
        return _on_top(thing, near, yaw, rng)
    if way == 3:
        return _against(thing, near, towards_camera + rng.uniform(-0.25, 0.25), yaw, gap=rng.uniform(0.0, 0.04))
    side = near.yaw + rng.integers(4) * pi / 2 if aligned else rng.uniform(0, 2 * pi)
    gap = rng.uniform(0, 0.001) if rng.random() < 0.8 else rng.uniform(0.002, 0.02)
    return _against(thing, near, float(side), near.yaw if aligned else yaw, gap=gap)


def _on_top(thing: Thing, below: Spot, yaw: float, rng: np.random.Generator) -> Spot | None:
    deck = below.thing.deck
    if deck is None or below.low + deck.z + thing.height > HIGHEST:
        return None
    own, under = np.ptp(thing.footprint, axis=0).min(), np.ptp(deck.outline, axis=0).min()
    enclosed = deck.z < below.thing.height
    if own > (0.9 if enclosed else LARGEST_OVERHANG) * under:
        return None
    reach = 0.05 if enclosed else 0.3
    turn = at(turn=below.yaw).rotation[:2, :2]
    offset = (turn * (rng.uniform(-reach, reach, 2) * np.ptp(deck.outline, axis=0))).sum(1)
    return spot(thing, *(offset + below.xy), yaw=yaw, low=below.low + deck.z)


def _against(thing: Thing, near: Spot, direction: float, yaw: float, *, gap: float) -> Spot:
    """Slid along a direction, seen from `near`, until the outlines almost touch."""
    step = np.array([round(cos(direction), 9), round(sin(direction), 9)])
    apart, overlapping = 1.0, 0.0
    for _ in range(14):
        middle = (apart + overlapping) / 2
        candidate = spot(thing, *(step * middle + near.xy), yaw=yaw, low=near.low)
        if separation(candidate.outline, near.outline) >= 0:
            apart = middle
        else:
            overlapping = middle
    return spot(thing, *(step * (apart + gap) + near.xy), yaw=yaw, low=near.low)


def fits(new: Spot, spots: tuple[Spot, ...], half_table: tuple[float, float]) -> bool:
    """On the table, not inside anything, and not floating."""
    if (np.abs(new.outline) > half_table).any():
        return False
    supported = new.low == 0.0
    for other in spots:
        gap = separation(new.outline, other.outline)
        deck = other.thing.deck
        stands_on = deck is not None and abs(other.low + deck.z - new.low) < 1e-6
        supported |= stands_on and gap < -0.01
        share_heights = new.low < other.low + other.thing.height - SLACK and other.low < new.low + new.thing.height
        if share_heights and gap < -SLACK and not (stands_on and _inside(new, other)):
            return False
    return supported


def _inside(new: Spot, other: Spot) -> bool:
    """Whether a thing stands within the enclosed deck of another."""
    deck = other.thing.deck
    away = np.array(new.xy) - other.xy
    reach = np.sqrt((new.thing.footprint**2).sum(1).max()) + np.sqrt((away**2).sum())
    return deck is not None and bool(reach < 1.05 * deck.outline.max())


def separation(a: Float64[np.ndarray, "j 2"], b: Float64[np.ndarray, "k 2"]) -> float:
    """Widest gap between two convex outlines along the normals of their sides; negative = they overlap by that."""
    widest = -np.inf
    for outline in (a, b):
        side = np.roll(outline, -1, axis=0) - outline
        normal = np.stack([side[:, 1], -side[:, 0]], axis=1) / np.sqrt((side**2).sum(1, keepdims=True))
        on_a = normal[:, :1] * a[:, 0] + normal[:, 1:] * a[:, 1]
        on_b = normal[:, :1] * b[:, 0] + normal[:, 1:] * b[:, 1]
        gap = np.maximum(on_b.min(1) - on_a.max(1), on_a.min(1) - on_b.max(1))
        widest = max(widest, float(gap.max()))
    return widest
