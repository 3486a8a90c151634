"""Parks and lines across the country."""

from math import pi

import numpy as np

from lasso3d.data.procedural.finishes import Paint
from lasso3d.data.procedural.gardens import boundary
from lasso3d.data.procedural.streetdraft import Draft, banded, some_terrain
from lasso3d.data.procedural.streetsite import (
    Site,
    beside,
    bicycles,
    company,
    ridden,
    row,
    scatter,
    seated,
    strung,
)
from lasso3d.data.procedural.streetthings.buildings import house
from lasso3d.data.procedural.streetthings.plants import broadleaf, conifer


def park(rng: np.random.Generator, paint: Paint, *, half: float) -> Draft:
    """A path through lawn under trees, benches, a playground, a wood at one side."""
    path, wide = rng.uniform(1.0, 1.8), rng.uniform(14.0, 20.0)
    bands = [
        (-wide, -path, "grass"),
        (-path, path, "pavement"),
        (path, 0.5 * wide, "grass"),
        (0.5 * wide, wide, "ground"),
    ]
    site = Site(some_terrain(rng, bend=0.03, relief=1.0), banded(bands, half), paint, rng)
    for side in (-1, 1):
        for _ in range(int(rng.integers(1, 5))):
            bench = site.put(
                site.build("bench"), rng.uniform(-half, half), side * (path + 0.6), yaw=0.0 if side > 0 else pi
            )
            if bench is not None:
                if site.chance(0.6):
                    seated(site, bench, 0.45)
                beside(
                    site,
                    bench,
                    site.build("trash can"),
                    way=bench.yaw + rng.choice([0, pi]),
                    gap=rng.uniform(0.0, 0.3),
                )
        row(
            site,
            lambda: site.build("street lamp"),
            side * (path + 0.4),
            span=(-half + 6 * (side > 0), half),
            gap=(13.0, 20.0),
            yaw=0.0 if side > 0 else pi,
        )
    scatter(site, ("tree",), (-half, half, -wide, -path - 1), int(half * rng.uniform(0.15, 0.4)))
    scatter(
        site,
        ("tree", "tree", "tree", "bush", "bush", "log"),
        (-half, half, 0.5 * wide, wide),
        int(half * rng.uniform(0.7, 1.2)),
    )
    scatter(site, ("bush", "hedge", "flower bed", "bush"), (-half, half, -wide, 0.5 * wide), 12)
    s = rng.uniform(-0.5, 0.5) * half
    if site.chance(0.6):
        scatter(
            site,
            ("swing", "slide", "trampoline", "bench", "person", "log"),
            (s - 5, s + 5, -wide * 0.7, -path - 2),
            6,
        )
    for _ in range(int(rng.integers(0, 4))):
        table = scatter(site, ("picnic table",), (-half, half, -wide, 0.5 * wide), 1)
        if table and site.chance(0.6):
            company(site, table[0].xy[0] + 1.4, table[0].xy[1] + 1.4)
    scatter(
        site,
        ("person", "person", "dog", "stroller", "bicycle", "traffic sign", "bollard", "planter"),
        (-half, half, -path - 1, path + 1),
        9,
    )
    scatter(site, ("fence", "wall", "fence", "flagpole", "barrier"), (-half, half, -wide, 0.5 * wide), 4)
    ridden(site, rng.uniform(-half, half) * 0.7, 0.3, yaw=pi / 2)
    if site.chance(0.4):
        bicycles(site, rng.uniform(-0.7, 0.7) * half, path + 1.6, yaw=0.0)
    return Draft(site, half, 0.0, (-path - 6, path + 4))


def power_line(rng: np.random.Generator, paint: Paint, *, half: float) -> Draft:
    """Fields, a lane and a wood below wires."""
    road, wide = rng.uniform(1.6, 2.6), rng.uniform(22.0, 30.0)
    edge = rng.uniform(8.0, 14.0)
    bands = [(-wide, -road, "grass"), (-road, road, "road"), (road, edge, "grass"), (edge, wide, "ground")]
    site = Site(some_terrain(rng, bend=0.005, relief=1.5), banded(bands, half), paint, rng)
    y = rng.uniform(road + 2.5, edge - 1.5) * rng.choice([-1, 1])
    name = "pylon" if site.chance(0.5) else "utility pole"
    gap = 1.3 * half if name == "pylon" else rng.uniform(18, 30)
    poles = []
    for s in np.arange(-half + rng.uniform(0.1, 0.4) * gap, half, gap).tolist():
        poles += [site.placed[-1]] if site.put(site.build(name), s, y, yaw=pi / 2) is not None else []
    strung(site, poles, beyond=1.2 * half)
    trunks = int(2.2 * half * (wide - edge) / 22)
    kind = conifer if site.chance(0.5) else broadleaf
    for _ in range(trunks):
        thing = kind(rng, paint, tall=rng.uniform(6, 15)) if site.chance(0.75) else site.build("tree")
        site.put(
            thing, rng.uniform(-half, half), edge + rng.uniform(0, 1) ** 0.8 * (wide - edge), yaw=rng.uniform(0, 6)
        )
    if site.chance(0.6):
        site.put(
            house(rng, rng.uniform(8, 12), rng.uniform(8, 10)), rng.uniform(-0.6, 0.6) * half, -road - 9, yaw=pi
        )
    for s in (rng.uniform(-half, half) * 0.8 for _ in range(int(rng.integers(0, 3)))):
        boundary(site, (s, -wide + 1), (s, -road - 1.5))
    if site.chance(0.6):
        boundary(site, (-half + 1, -road - 0.8), (half - 1, -road - 0.8))
    scatter(
        site,
        ("tree", "tree", "bush", "hedge", "shed", "log", "bush", "tree", "car", "hedge", "bush"),
        (-half, half, -wide, -road - 0.5),
        30,
    )
    scatter(site, ("bush", "bush", "hedge", "fence"), (-half, half, road + 0.5, edge), 14)
    row(
        site,
        lambda: site.some(("car", "car", "truck", "van")),
        -road / 2,
        span=(-half, half),
        gap=(8.0, 40.0),
        yaw=pi / 2,
    )
    scatter(site, ("person", "traffic sign", "mailbox", "trash can"), (-half, half, -road - 1, road + 1), 4)
    return Draft(site, half, -road / 2, (-road, road))
