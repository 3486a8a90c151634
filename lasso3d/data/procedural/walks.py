"""Where people and tripods stand in a room, and which rays their instruments send out."""

from dataclasses import dataclass
from math import cos, pi, sin
from typing import final

import numpy as np
from jaxtyping import Float64, Int64

from lasso3d.data.procedural.appearance import Wardrobe
from lasso3d.data.procedural.floorplans import Plan
from lasso3d.data.procedural.shapes import Placed
from lasso3d.data.procedural.trees import Scenery
from lasso3d.geometry.cameras import look_at

TANGENT = 0.6
"""Half the width of a picture at distance 1: a field of view of 62 degrees."""
SHELL = ("floor", "ceiling", "wall")


@final
@dataclass(frozen=True, eq=False)
class Site:
    """A furnished room, ready to be scanned."""

    plan: Plan
    placed: tuple[Placed, ...]
    on: Scenery
    worn: Wardrobe


@final
@dataclass(frozen=True, eq=False)
class Shots:
    """Rays of one or many shots."""

    origin: Float64[np.ndarray, "r 3"]
    direction: Float64[np.ndarray, "r 3"]
    """Of length 1 along the optical axis."""
    shot: Int64[np.ndarray, " r"]
    shape: tuple[int, int]
    """Rows and columns of each shot; (0, 0) = the rays are in no such order."""


def walk(site: Site, shots: int, shape: tuple[int, int], rng: np.random.Generator) -> Shots:
    """Shots from places where one can stand, at furniture and walls."""
    rows, columns = shape
    places = standing(site, max(1, shots // 4), rng)
    things = np.stack([t.pose.position for t in site.placed if t.thing.name not in SHELL])
    origin, direction = [], []
    for shot in range(shots):
        eye = np.append(places[shot * len(places) // shots] + rng.normal(0, 0.08, 2), rng.uniform(1.2, 1.75))
        target = _target(eye, things, 0.6 if shots > 1 else 1.0, rng)
        T = np.round(look_at(np.round(eye, 4), np.round(target + rng.normal(0, 0.15, 3), 4)), 9)
        v, u = np.indices(shape).reshape(2, -1) + rng.uniform(0, 1, (2, 1))
        x, y = TANGENT * (2 * u / columns - 1), TANGENT * (2 * v - rows) / columns
        direction.append(x[:, None] * T[0, :3] + y[:, None] * T[1, :3] + T[2, :3])
        origin.append(np.broadcast_to(np.round(eye, 4), (len(u), 3)))
    of_ray = np.repeat(np.arange(shots), rows * columns)
    return Shots(np.concatenate(origin), np.concatenate(direction), of_ray, shape)


def turning(site: Site, stations: int, step: float, rng: np.random.Generator) -> Shots:
    """All directions but the tripod's own, from each station; `step` in radians."""
    up = np.arange(-pi / 3, pi / 2, step)
    around = np.arange(0, 2 * pi, step)
    unit = np.round(np.stack([np.outer(np.cos(up), np.cos(around)), np.outer(np.cos(up), np.sin(around)),
                              np.outer(np.sin(up), np.ones(len(around)))], axis=-1).reshape(-1, 3), 9)  # fmt: skip
    places = standing(site, stations, rng)
    eyes = np.column_stack([places, rng.uniform(1.2, 1.7, len(places))]).round(4)
    # rings near the pole are denser than the scanner would leave them
    kept = rng.random((len(eyes), len(unit))) < np.repeat(np.maximum(np.cos(up), 0.05), len(around))
    station, ray = np.nonzero(kept)
    return Shots(eyes[station], unit[ray], station, (0, 0))


def _target(
    eye: Float64[np.ndarray, "3"], things: Float64[np.ndarray, "k 3"], often: float, rng: np.random.Generator
) -> Float64[np.ndarray, "3"]:
    """What a shot is aimed at: some furniture, or anywhere."""
    away = np.sqrt(((things[:, :2] - eye[:2]) ** 2).sum(1))
    near = np.flatnonzero((away > 1.0) & (away < 4.5))
    if rng.random() < often and len(near):
        return things[near[rng.integers(len(near))]] + np.array([0, 0, 0.4])
    turn = rng.uniform(0, 2 * pi)
    return eye + np.array([2 * cos(turn), 2 * sin(turn), rng.uniform(-2.0, 0.1)])


def standing(site: Site, wanted: int, rng: np.random.Generator) -> Float64[np.ndarray, "k 2"]:
    """Places with room to stand, each next to the one before."""
    low, high = site.plan.corners.min(0), site.plan.corners.max(0)
    tried = rng.uniform(low, high, (60 * wanted, 2))
    free = np.ones(len(tried), bool)
    for dx, dy in ((-0.3, -0.3), (-0.3, 0.3), (0.3, -0.3), (0.3, 0.3)):
        free &= site.plan.holds(tried + np.array([dx, dy]))
    for placed in site.placed:
        thing = placed.thing
        if thing.height > 0.1 and placed.pose.position[2] < 1.0 and thing.name not in SHELL:
            reach = 0.15 + np.abs(thing.footprint).max()
            free &= ((tried - placed.pose.position[:2]) ** 2).sum(1) > (0.9 * reach) ** 2
    found = tried[free][:wanted] if free.any() else np.zeros((1, 2)) + (low + high) / 2
    order, rest = [0], list(range(1, len(found)))
    while rest:
        nearest = min(rest, key=lambda i: float(((found[i] - found[order[-1]]) ** 2).sum()))
        rest.remove(nearest)
        order.append(nearest)
    return found[order]
