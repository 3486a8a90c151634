"""Plots with houses and gardens: suburbs and back yards."""

import itertools
from math import pi

import numpy as np

from lasso3d.data.procedural.appearance import Material
from lasso3d.data.procedural.finishes import Paint
from lasso3d.data.procedural.shapes import Placed, Thing
from lasso3d.data.procedural.streetdraft import RISE, Draft, banded, some_terrain
from lasso3d.data.procedural.streetsite import (
    Area,
    Site,
    beside,
    company,
    hang,
    ridden,
    row,
    scatter,
    seated,
    strung,
)
from lasso3d.data.procedural.streetthings.boundaries import fence_along, gate_along, wall_along
from lasso3d.data.procedural.streetthings.buildings import house
from lasso3d.data.procedural.streetthings.plants import hedge_along
from lasso3d.data.procedural.terrain import Cover

GARDEN = (
    "bush",
    "bush",
    "tree",
    "tree",
    "flower bed",
    "planter",
    "trash can",
    "wheelbarrow",
    "lawn mower",
    "grill",
    "watering can",
    "hose",
    "chair",
    "chair",
    "table",
    "swing",
    "slide",
    "trampoline",
    "clothes line",
    "parasol",
    "shed",
    "ladder",
    "log",
    "bicycle",
    "picnic table",
    "bench",
    "dog",
    "person",
    "fence",
)
"""What stands in gardens."""


def suburb(rng: np.random.Generator, paint: Paint, *, half: float) -> Draft:
    """Houses in gardens on both sides of a quiet road."""
    road, walk, deep = rng.uniform(2.4, 3.4), rng.uniform(1.2, 2.0), rng.uniform(22.0, 28.0)
    plots = [(s, s + w) for s, w in _cut(rng, half)]
    drives = [(b - rng.uniform(2.8, 3.6), b - 0.3) for _, b in plots]
    edges = sorted({-half, half, *(edge for pair in drives for edge in pair)})
    lines = [
        -road - walk - deep,
        -road - walk - 12.0,
        -road - walk,
        -road,
        road,
        road + walk,
        road + walk + 12.0,
        road + walk + deep,
    ]
    kinds = ["grass", "grass", "pavement", "road", "pavement", "grass", "grass"]
    grid = []
    for a, b in itertools.pairwise(edges):
        here = list(kinds)
        if any(a >= d[0] - 1e-6 and b <= d[1] + 1e-6 for d in drives):
            here[1] = here[5] = "pavement"
        grid.append(here)
    site = Site(some_terrain(rng), Cover(np.array(edges), np.array(lines), np.array(grid), RISE), paint, rng)
    front = road + walk
    for side in (-1, 1):
        for plot, drive in zip(plots, drives, strict=True):
            _plot(site, side, front, plot, drive, deep)
        _verge(site, side, road, walk, half)
        if site.chance(0.5):
            row(
                site,
                lambda: site.some(("car", "car", "car", "van")),
                side * (road - 1.0),
                span=(-half, half),
                gap=(0.3, 6.0),
                yaw=side * pi / 2,
                empty=0.5,
            )
    if site.chance(0.6):
        site.stripes += [(s, s + 1.8, -0.05, 0.05) for s in np.arange(-half, half - 2, 4.5).tolist()]
    if site.chance(0.7):
        _lines_to_houses(site, rng.choice([-1, 1]) * (road + 0.35), half)
    scatter(site, ("person", "dog", "person"), (-half, half, -front, front), int(rng.integers(1, 6)))
    ridden(site, rng.uniform(-half, half) * 0.7, road - 1.5, yaw=pi / 2)
    return Draft(site, half, -road / 2, (-front + 0.4, front - 0.4))


def yard(rng: np.random.Generator, paint: Paint, *, half: float) -> Draft:
    """A garden behind a house, with its neighbours' over the hedge."""
    wide, deep = rng.uniform(5.5, 9.0), rng.uniform(9.0, 15.0)
    terrace = rng.uniform(2.0, 3.5)
    bands = [
        (-deep - 6, -deep, "ground"),
        (-deep, -terrace, "grass"),
        (-terrace, 0.0, "pavement"),
        (0.0, 11.0, "ground"),
    ]
    half = min(half, wide + 7)
    site = Site(some_terrain(rng, bend=0.0, relief=0.5), banded(bands, half), paint, rng)
    site.put(house(rng, 2 * wide - rng.uniform(0.3, 3.0), rng.uniform(7.0, 9.5)), 0.0, 5.2, yaw=0.0)
    for s in (-wide, wide):
        boundary(site, (s, -deep), (s, -0.2))
    boundary(site, (-wide, -deep), (wide, -deep))
    inside: Area = (-wide + 0.5, wide - 0.5, -deep + 0.6, -terrace - 0.3)
    for s, y in ((rng.choice([-1, 1]) * (wide - 2.2), -deep + 2.2),):
        site.put(site.build("shed"), s, y, yaw=rng.choice([0, pi, pi / 2]))
    _dining(site, rng.uniform(-0.5, 0.5) * wide, -terrace / 2)
    row(
        site,
        lambda: site.some(("bush", "flower bed", "bush", "tree")),
        -deep + 1.0,
        span=(-wide + 0.6, wide - 0.6),
        gap=(0.0, 1.0),
        yaw=0.0,
        stray=0.15,
    )
    for s in (-wide + 1.0, wide - 1.0):
        scatter(
            site, ("bush", "flower bed", "planter", "tree", "bush"), (s - 0.5, s + 0.5, -deep + 1.5, -terrace), 5
        )
    scatter(site, GARDEN, inside, int(rng.integers(14, 24)))
    scatter(
        site,
        ("planter", "trash can", "bicycle", "watering can", "grill", "ladder", "chair", "person", "hose"),
        (-wide + 0.4, wide - 0.4, -terrace, -0.4),
        8,
    )
    for area in (
        (-half, -wide - 0.5, -deep, 0.0),
        (wide + 0.5, half, -deep, 0.0),
        (-half, half, -deep - 5.5, -deep - 0.8),
    ):
        scatter(site, ("tree", "bush", "shed", "tree", "hedge"), area, 5)
    if site.chance(0.4):
        company(site, rng.uniform(-0.5, 0.5) * wide, -terrace - 2.0)
    return Draft(site, half, -terrace / 2, (-deep + 1.0, -0.8))


def _cut(rng: np.random.Generator, half: float) -> list[tuple[float, float]]:
    """Plots along a street: where each starts and how wide it is."""
    count = max(2, round(2 * half / rng.uniform(11.0, 16.0)))
    return [(-half + i * 2 * half / count, 2 * half / count) for i in range(count)]


def _plot(
    site: Site, side: int, front: float, plot: tuple[float, float], drive: tuple[float, float], deep: float
) -> None:
    """House, drive with a car, hedges and fences around, garden before and behind."""
    rng, (a, b) = site.rng, plot
    yaw, before, long = 0.0 if side > 0 else pi, rng.uniform(4.0, 6.5), rng.uniform(7.0, 9.0)
    wide = min(drive[0] - a - 0.8, rng.uniform(6.5, 10.0))
    site.put(house(rng, wide, long), a + 0.6 + wide / 2, side * (front + before + long / 2), yaw=yaw)
    if site.chance(0.7):
        car = site.build("car" if site.chance(0.85) else "van")
        site.put(
            car,
            (drive[0] + drive[1]) / 2,
            side * (front + rng.uniform(2.9, 5.5)),
            yaw=yaw + (pi if site.chance(0.5) else 0.0) + rng.normal(0, 0.03),
        )
    _enclosed(site, side, (front, before, deep), plot, drive)
    low, high = sorted((side * (front + 0.9), side * (front + before - 0.3)))
    fore: Area = (a + 0.4, drive[0], low, high)
    low, high = sorted((side * (front + before + long + 0.4), side * (front + deep - 1)))
    rear: Area = (a + 0.6, b - 0.6, low, high)
    scatter(
        site,
        ("bush", "tree", "flower bed", "bush", "hedge", "mailbox", "planter", "bench"),
        fore,
        int(rng.integers(3, 8)),
    )
    scatter(site, GARDEN, rear, int(rng.integers(4, 9)))
    scatter(site, ("tree", "tree", "bush"), rear, int(rng.integers(2, 8)))
    low, high = sorted((side * (front + 0.6), side * (front + 2.5)))
    bins = scatter(site, ("trash can", "mailbox", "trash can"), (drive[0] - 1.2, drive[0] - 0.2, low, high), 1)
    if bins and site.chance(0.7):
        beside(site, bins[0], site.build("trash can"), way=bins[0].yaw, gap=rng.uniform(0, 0.04))


def _enclosed(
    site: Site, side: int, depths: tuple[float, float, float], plot: tuple[float, float], drive: tuple[float, float]
) -> None:
    """A gate in a hedge, fence or wall along the street, and another one between neighbours.

    Args:
        depths: from the middle of the road to the plot, on to the house, and from the plot's front to its back.
    """
    front, before, deep = depths
    (a, b), line = plot, side * (front + 0.3)
    if site.chance(0.75):
        gate = a + 0.5 * (drive[0] - a)
        boundary(site, (a + 0.15, line), (gate - 0.6, line))
        site.put(gate_along(site.rng, 1.15), gate, line, yaw=0.0 if side > 0 else pi)
        boundary(site, (gate + 0.6, line), (drive[0] - 0.1, line))
    if site.chance(0.8):
        boundary(site, (b, side * (front + 0.7)), (b, side * (front + before + 1)))
        boundary(site, (b, side * (front + before + 1.2)), (b, side * (front + deep - 0.5)))


def boundary(site: Site, start: tuple[float, float], end: tuple[float, float]) -> None:
    """A hedge, fence or wall between two places, now and then a hedge grown into a fence."""
    rng = site.rng
    long = float(np.hypot(end[0] - start[0], end[1] - start[1]))
    if long < 0.8:
        return
    yaw = round(float(np.arctan2(end[1] - start[1], end[0] - start[0])), 6)
    pieces = max(1, round(long / 7.0))
    kind = rng.integers(4)
    for i in range(pieces):
        share = (i + 0.5) / pieces
        s, y = (start[k] + share * (end[k] - start[k]) for k in (0, 1))
        site.put(_run(site, int(kind), long / pieces - 0.02), s, y, yaw=yaw)
    if kind == 1 and site.chance(0.4):
        away = np.array([-np.sin(yaw), np.cos(yaw)]) * 0.36
        s, y = (start[k] + 0.5 * (end[k] - start[k]) + away[k] for k in (0, 1))
        site.put(hedge_along(rng, min(long, 7.0) * rng.uniform(0.4, 0.95)), float(s), float(y), yaw=yaw)


def _run(site: Site, kind: int, long: float) -> Thing:
    if kind == 1:
        return fence_along(site.rng, long)
    return wall_along(site.rng, long) if kind == 2 else hedge_along(site.rng, long)


def _verge(site: Site, side: int, road: float, walk: float, half: float) -> None:
    """What stands at the kerb of a quiet street."""
    y, yaw = side * (road + 0.35), 0.0 if side > 0 else pi
    row(site, lambda: site.build("street lamp"), y, span=(-half + 8 * (side > 0), half), gap=(18.0, 26.0), yaw=yaw)
    for _ in range(int(site.rng.integers(3, 9))):
        name = (
            "trash can",
            "trash can",
            "traffic sign",
            "fire hydrant",
            "mailbox",
            "electrical box",
            "tree",
            "street sign",
            "bicycle",
        )[site.rng.integers(9)]
        new = site.put(
            site.build(name),
            site.rng.uniform(-half, half),
            y,
            yaw=yaw + (pi / 2 if name in ("traffic sign", "bicycle") else 0),
        )
        if new is not None and name == "trash can":
            beside(site, new, site.build("trash can"), way=0.0, gap=site.rng.uniform(0, 0.05))


def _dining(site: Site, s: float, y: float) -> None:
    """A table with chairs pushed against it, a parasol."""
    rng = site.rng
    table = site.put(site.build("picnic table" if site.chance(0.2) else "table"), s, y, yaw=0.0)
    if table is None or table.thing.name == "picnic table":
        return
    like = site.build("chair")
    for i in range(int(rng.integers(2, 6))):
        away = 2 * pi * i / 5 + rng.uniform(-0.2, 0.2)
        chair = beside(site, table, like, way=away, gap=rng.uniform(-0.1, 0.15), yaw=round(away - pi / 2, 6))
        if chair is not None and site.chance(0.3):
            seated(site, chair, 0.42)
    if site.chance(0.5):
        beside(site, table, site.build("parasol"), way=rng.uniform(0, 6), gap=0.02)


def _lines_to_houses(site: Site, y: float, half: float) -> None:
    """Poles and wires along the street, and one to each of some houses."""
    poles: list[Placed] = []
    for s in np.arange(-half + site.rng.uniform(2, 8), half, site.rng.uniform(18, 26)).tolist():
        poles += [site.placed[-1]] if site.put(site.build("utility pole"), s, y, yaw=pi / 2) is not None else []
    strung(site, poles, beyond=22.0)
    for placed in [one for one in site.placed if one.thing.name == "building"]:
        if poles and site.chance(0.6):
            pole = min(poles, key=lambda one: float(((one.pose.position - placed.pose.position) ** 2).sum()))
            top = pole.pose.apply(np.array([0.0, 0.0, pole.thing.height - 0.3]))
            eave = placed.pose.apply(
                np.array([0.0, float(placed.thing.footprint[:, 1].min()), 0.55 * placed.thing.height])
            )
            hang(site, top, eave, sag=0.5, radius=0.015, material=Material((0.06, 0.06, 0.06)))
