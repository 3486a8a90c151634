"""Trees, bushes, hedges and beds: wood in sticks, leaves as many small triangles with gaps between."""

from dataclasses import dataclass
from math import pi
from typing import final

import numpy as np
from jaxtyping import Float64

from lasso3d.data.procedural.appearance import Material
from lasso3d.data.procedural.finishes import Paint
from lasso3d.data.procedural.forms import rod
from lasso3d.data.procedural.outdoorforms import leaves, sticks
from lasso3d.data.procedural.outdoorlooks import bark, foliage, looks_like
from lasso3d.data.procedural.shapes import Solid, Thing, circle, rectangle

LEAVES = 60.0
"""Sprays on a square metre of crown seen from above, of `SPRAY` metres."""
SPRAY = 0.36
"""Length of a spray in metres; about as many pulses end on one layer of leaves as in real tiles."""
MOST_LEAVES = 2200
"""Of one plant: larger crowns have larger sprays."""


@final
@dataclass(frozen=True, eq=False)
class Wood:
    """Branches as straight pieces."""

    start: Float64[np.ndarray, "n 3"]
    end: Float64[np.ndarray, "n 3"]
    radius: Float64[np.ndarray, "n 2"]


def tree(rng: np.random.Generator, paint: Paint) -> Thing:
    """Broadleaf, conifer or bare."""
    kind = rng.random()
    return conifer(rng, paint) if kind < 0.22 else bare_tree(rng, paint) if kind < 0.34 else broadleaf(rng, paint)


def broadleaf(rng: np.random.Generator, paint: Paint, *, tall: float | None = None) -> Thing:
    """A trunk, branches to clumps of leaves, a crown that is round, tall or one-sided."""
    h = rng.uniform(4.0, 15.0) if tall is None else tall
    low, wide = h * rng.uniform(0.2, 0.4), h * rng.uniform(0.2, 0.4)
    trunk, wood = _trunk(rng, h, 0.62), bark(rng)
    middle = np.array([*rng.normal(0, 0.08, 2) * wide, (low + h) / 2])
    half = np.array([wide, wide * rng.uniform(0.7, 1.0), (h - low) / 2])
    clumps = int(rng.integers(9, 20))
    ends = middle + 0.75 * half * _in_ball(rng, clumps, hollow=0.5)
    limbs = _limbs(rng, trunk, ends)
    count = _how_many(half)
    size = SPRAY * np.sqrt(max(1.0, LEAVES * pi * half[0] * half[1] / count))
    place = _clumped(rng, ends, 0.42 * half, count)
    crown = leaves(place, size, foliage(rng), rng, part="crown")
    return Thing(
        "tree",
        (*_stem(trunk, wood), sticks(limbs.start, limbs.end, limbs.radius, wood, part="branch"), crown),
        circle(_girth(h)),
        h,
    )


def conifer(rng: np.random.Generator, paint: Paint, *, tall: float | None = None) -> Thing:
    """Whorls of branches with needles, drooping or rising, narrow at the top."""
    h = rng.uniform(4.0, 16.0) if tall is None else tall
    wide, low = h * rng.uniform(0.14, 0.26), h * rng.uniform(0.03, 0.3)
    wood, droop = bark(rng), rng.uniform(-0.45, 0.25)
    trunk = _trunk(rng, h, 0.97)
    count = int(rng.integers(60, 110))
    z = low + (h - low) * np.sort(rng.uniform(0, 1, count)) ** 1.2
    long = wide * (1.02 - (z - low) / (h - low)) * rng.uniform(0.75, 1.15, count) + 0.1
    turn = rng.uniform(0, 2 * pi, count)
    away = np.round(np.stack([np.cos(turn), np.sin(turn), np.zeros(count)], axis=1), 9)
    start = np.stack([np.zeros(count), np.zeros(count), z], axis=1)
    end = start + long[:, None] * (away + np.array([0, 0, droop]))
    end[:, 2] = np.maximum(end[:, 2], 0.1)
    wanted = 70.0 * h * wide
    needles = int(min(MOST_LEAVES, wanted))
    on = rng.choice(count, needles, p=long**2 / (long**2).sum())
    share = np.sqrt(rng.uniform(0.04, 1, needles))[:, None]
    place = start[on] + share * (end[on] - start[on]) + rng.normal(0, 0.05, (needles, 3)) * (1 + long[on, None])
    crown = leaves(place, 0.3 * np.sqrt(max(1.0, wanted / needles)), foliage(rng), rng, part="crown")
    branches = sticks(
        start, end, np.stack([0.012 * long + 0.006, 0.004 * np.ones(count)], axis=1), wood, part="branch"
    )
    return Thing("tree", (*_stem(trunk, wood), branches, crown), circle(_girth(h)), h)


def bare_tree(rng: np.random.Generator, paint: Paint) -> Thing:
    """A winter tree: branches of four orders."""
    h = rng.uniform(4.0, 11.0)
    wood, trunk = bark(rng), _trunk(rng, h, 0.6)
    half = np.array([0.3 * h, 0.3 * h, 0.34 * h])
    ends = np.array([0, 0, 0.64 * h]) + half * _in_ball(rng, int(rng.integers(9, 15)), hollow=0.6)
    grown = [_limbs(rng, trunk, ends)]
    for _ in range(2):
        grown.append(_twigs(rng, grown[-1], 4, 0.5))
    parts = [sticks(one.start, one.end, one.radius, wood, part="branch") for one in grown]
    return Thing("tree", (*_stem(trunk, wood), *parts), circle(_girth(h)), h * 1.05)


def bush(rng: np.random.Generator, paint: Paint) -> Thing:
    """Leaves on stems from one root; round or upright."""
    h, wide = rng.uniform(0.5, 2.2), rng.uniform(0.35, 1.1)
    ends = np.array([0, 0, 0.55 * h]) + np.array([wide, wide, 0.42 * h]) * _in_ball(rng, 9, hollow=0.55) * 0.8
    start = rng.normal(0, 0.05, (9, 3)) * (1, 1, 0)
    stems = sticks(start, ends, np.tile([0.018, 0.006], (9, 1)), bark(rng), part="branch")
    half = np.array([wide, wide, h / 2])
    place = _clumped(rng, ends, 0.4 * half, int(min(1100, 380 * wide * h + 80)))
    place[:, 2] = np.clip(place[:, 2], 0.05, h)
    return Thing("bush", (stems, leaves(place, 0.2, foliage(rng), rng, part="crown")), circle(0.75 * wide), h)


def hedge(rng: np.random.Generator, paint: Paint) -> Thing:
    """A clipped row of shrubs."""
    return hedge_along(rng, rng.uniform(2.0, 6.0))


def hedge_along(rng: np.random.Generator, long: float, *, tall: float | None = None) -> Thing:
    """A hedge of a length in metres along x; uneven on top, thinner below."""
    h = rng.uniform(0.6, 2.0) if tall is None else tall
    half = rng.uniform(0.22, 0.45)
    count = int(min(2600, 260 * long * (h + half)))
    depth = 1 - 0.35 * rng.random(count) ** 2
    face = rng.random(count) < h / (h + half)
    x = long / 2 * rng.uniform(-1, 1, count)
    bulge = 1 + 0.12 * np.round(np.sin(2.1 * x + rng.uniform(0, 6)) + np.sin(5.3 * x + rng.uniform(0, 6)), 6)
    y = np.where(face, np.sign(rng.uniform(-1, 1, count)) * depth, rng.uniform(-1, 1, count)) * half * bulge
    z = np.where(face, rng.uniform(0.04, 1, count) ** 0.9, depth) * h * (0.6 + 0.4 * bulge)
    skin = leaves(np.stack([x, y, z], axis=1), 0.2, foliage(rng), rng, part="crown")
    stems = np.linspace(-long / 2 + 0.2, long / 2 - 0.2, max(2, int(2 * long)))
    start = np.stack([stems, rng.normal(0, 0.04, len(stems)), np.zeros(len(stems))], axis=1)
    wood = sticks(
        start, start + np.array([0, 0, 0.8 * h]), np.tile([0.02, 0.01], (len(stems), 1)), bark(rng), part="branch"
    )
    return Thing("hedge", (wood, skin), rectangle(long / 2, half), 1.15 * h)


def flower_bed(rng: np.random.Generator, paint: Paint) -> Thing:
    """Low plants and blossoms on a patch of soil."""
    x, y = rng.uniform(0.5, 1.6), rng.uniform(0.3, 0.8)
    count = int(260 * x * y + 60)
    place = np.stack(
        [rng.uniform(-x, x, count), rng.uniform(-y, y, count), rng.uniform(0.02, 0.45, count) ** 1.3], axis=1
    )
    green, colours = place[::2], place[1::2] + np.array([0, 0, 0.12])
    blossom = looks_like(rng, (rng.uniform(0.5, 0.95), rng.uniform(0.1, 0.9), rng.uniform(0.1, 0.9)), "plain")
    solids = (
        leaves(green, 0.16, foliage(rng), rng, part="leaves"),
        leaves(colours, 0.09, blossom, rng, part="blossom"),
    )
    return Thing("flower bed", solids, rectangle(x, y), 0.6)


def _girth(h: float) -> float:
    """Radius of a trunk at its foot: only trunks need room, crowns grow into each other."""
    return 0.04 + 0.013 * h


def _trunk(rng: np.random.Generator, h: float, share: float) -> Float64[np.ndarray, "5 3"]:
    """A line that leans and bends, up to a share of the height."""
    z = np.array([0.0, 0.25, 0.5, 0.75, 1.0]) * share * h
    bend = np.cumsum(rng.normal(0, 0.009 * h, (5, 2)), axis=0) * np.array([[0], [1], [1], [1], [1]])
    return np.concatenate([bend, z[:, None]], axis=1)


def _stem(trunk: Float64[np.ndarray, "5 3"], wood: Material) -> tuple[Solid, ...]:
    h = float(trunk[-1, 2])
    radius = _girth(h) * np.array([1.0, 0.82, 0.62, 0.42, 0.2])
    points = [(float(x), float(y), float(z)) for x, y, z in trunk]
    return tuple(
        rod(points[i], points[i + 1], float(radius[i]), wood, part="trunk", taper=float(radius[i + 1] / radius[i]))
        for i in range(4)
    )


def _limbs(rng: np.random.Generator, trunk: Float64[np.ndarray, "5 3"], ends: Float64[np.ndarray, "n 3"]) -> Wood:
    """Branches from the trunk to each clump, bent once."""
    top = trunk[-1, 2]
    z = np.clip(ends[:, 2] * rng.uniform(0.45, 0.8, len(ends)), 0.3 * top, top)
    start = np.stack([np.interp(z, trunk[:, 2], trunk[:, a]) for a in range(3)], axis=1)
    knee = 0.5 * (start + ends) + rng.normal(0, 0.06, ends.shape) * np.abs(ends - start).sum(1, keepdims=True)
    thick = 0.35 * _girth(float(top)) * np.ones(len(ends))
    radius = np.concatenate([np.stack([thick, 0.6 * thick], 1), np.stack([0.6 * thick, 0.25 * thick], 1)])
    return Wood(np.concatenate([start, knee]), np.concatenate([knee, ends]), radius)


def _twigs(rng: np.random.Generator, on: Wood, each: int, long: float) -> Wood:
    """Thinner branches along branches."""
    which = np.repeat(np.arange(len(on.start)), each)
    along = on.end[which] - on.start[which]
    size = np.sqrt((along**2).sum(1, keepdims=True))
    start = on.start[which] + rng.uniform(0.2, 1.0, (len(which), 1)) * along
    away = 0.7 * along + 0.8 * size * rng.uniform(-1, 1, along.shape) + np.array([0, 0, 0.3]) * size
    thin = 0.45 * on.radius[which, 1]
    return Wood(start, start + long * away, np.stack([thin, 0.5 * thin], axis=1))


def _in_ball(rng: np.random.Generator, n: int, *, hollow: float) -> Float64[np.ndarray, "n 3"]:
    """Places in a ball of radius 1, none nearer to its middle than `hollow`."""
    away = rng.standard_normal((n, 3))
    return away / np.sqrt((away**2).sum(1, keepdims=True)) * rng.uniform(hollow, 1, (n, 1))


def _how_many(half: Float64[np.ndarray, "3"]) -> int:
    return int(min(MOST_LEAVES, LEAVES * pi * half[0] * half[1] + 80))


def _clumped(
    rng: np.random.Generator, ends: Float64[np.ndarray, "c 3"], half: Float64[np.ndarray, "3"], count: int
) -> Float64[np.ndarray, "n 3"]:
    """Leaves around the ends of branches, denser outside."""
    which = rng.integers(len(ends), size=count)
    return ends[which] + half * _in_ball(rng, count, hollow=0.25) * rng.uniform(0.7, 1.15, (len(ends), 1))[which]
