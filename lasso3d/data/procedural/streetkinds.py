"""Streets in towns and car parks: what is where, and how often."""

from math import pi

import numpy as np

from lasso3d.data.procedural.finishes import Paint
from lasso3d.data.procedural.layout import Spot
from lasso3d.data.procedural.shapes import Thing
from lasso3d.data.procedural.streetdraft import Draft, banded, some_terrain
from lasso3d.data.procedural.streetsite import Site, beside, bicycles, company, ridden, row, scatter, seated, strung
from lasso3d.data.procedural.streetthings.buildings import block_of_flats

PAVEMENT = (
    "street lamp",
    "trash can",
    "bollard",
    "traffic sign",
    "mailbox",
    "parking meter",
    "electrical box",
    "fire hydrant",
    "planter",
    "bench",
    "advertising pillar",
    "street sign",
    "motorcycle",
    "bicycle",
    "bus shelter",
    "dumpster",
    "flagpole",
    "trash can",
    "bicycle",
    "traffic sign",
)
"""What stands along a kerb."""
COURTYARD = (
    "tree",
    "tree",
    "tree",
    "bush",
    "bush",
    "shed",
    "car",
    "trash can",
    "fence",
    "dumpster",
    "clothes line",
)
"""What is behind closed rows of houses, mostly seen from the air."""
WORKS = ("traffic cone", "traffic cone", "barrier", "barrier", "dumpster", "ladder", "wheelbarrow")
"""What stands where people dig."""


def city(rng: np.random.Generator, paint: Paint, *, half: float) -> Draft:
    """A street between closed rows of houses."""
    road, park = rng.uniform(2.9, 6.0), rng.uniform(2.0, 2.3)
    parked = [side for side in (-1, 1) if rng.random() < 0.75]
    walk = rng.uniform(1.8, 4.5)
    kerb = {side: road + (park if side in parked else 0.0) for side in (-1, 1)}
    front = {side: kerb[side] + walk for side in (-1, 1)}
    back = 15.0
    trees = rng.random() < 0.5
    bands = [
        (-front[-1] - back, -front[-1], "ground"),
        (-front[-1], -kerb[-1], "pavement"),
        (-kerb[-1], kerb[1], "road"),
        (kerb[1], front[1], "pavement"),
        (front[1], front[1] + back, "ground"),
    ]
    cross = (
        (rng.uniform(-0.6, 0.6) * half, rng.uniform(2.6, 4.0), rng.uniform(1.2, 2.0))
        if rng.random() < 0.4
        else None
    )
    site = Site(some_terrain(rng), banded(bands, half, cross), paint, rng)
    gap = None
    if cross is not None:
        reach = cross[1] + cross[2]
        gap = (cross[0] - reach, cross[0] + reach)
        site.reserve(cross[0] - reach, cross[0] + reach, -front[-1] - back, front[1] + back)
        _crossing(site, cross, kerb)
    for side in (-1, 1):
        _facades(site, side, front[side], half, open_block=rng.choice([0.0, 0.0, 0.25]), gap=gap)
        low, high = sorted((side * (front[side] + 11.5), side * (front[side] + back - 0.5)))
        scatter(site, COURTYARD, (-half, half, low, high), int(0.35 * half))
    for side in parked:
        _parked(site, side * (kerb[side] - park / 2), (-half, half), yaw=side * pi / 2)
    _lanes(site, road, half, parked, kerb)
    for side in (-1, 1):
        _pavement(site, side, kerb[side], walk, half, trees=trees)
    _traffic(site, road, half)
    if site.chance(0.35):
        _overhead(site, rng.choice([-1, 1]) * (kerb[1] + 0.5), half)
    return Draft(site, half, -road / 2, (-front[-1] + 0.6, front[1] - 0.6))


def car_park(rng: np.random.Generator, paint: Paint, *, half: float) -> Draft:
    """Rows of bays with cars side by side, islands with trees, a building or a hedge at the edge."""
    rows, bay, aisle = int(rng.integers(1, 3)), rng.uniform(4.8, 5.3), rng.uniform(5.5, 7.0)
    pitch = 2 * bay + aisle + 1.2
    wide = rows * pitch / 2
    bands, y = [(-wide - 14.0, -wide - 2.0, "ground"), (-wide - 2.0, -wide, "pavement")], -wide
    for _ in range(rows):
        bands += [(y, y + 2 * bay + aisle, "road"), (y + 2 * bay + aisle, y + pitch, "grass")]
        y += pitch
    bands.append((wide, wide + 8.0, "grass"))
    site = Site(some_terrain(rng, bend=0.0), banded(bands, half), paint, rng)
    for i in range(rows):
        low = -wide + i * pitch
        for y, face in ((low + bay / 2, 0.0), (low + 1.5 * bay + aisle, pi)):
            _bays(site, y, face, bay, half)
    if site.chance(0.6):
        _facades(site, -1, wide + 2.0, half, open_block=0.4)
    row(site, lambda: site.build("street lamp"), wide - 0.6, span=(-half + 2, half - 2), gap=(8.0, 14.0), yaw=0.0)
    for i in range(rows):
        row(
            site,
            lambda: site.build("tree" if site.chance(0.6) else "bush"),
            -wide + (i + 1) * pitch - 0.6,
            span=(-half, half),
            gap=(1.5, 7.0),
            yaw=0.0,
            stray=0.1,
        )
    scatter(
        site,
        ("trash can", "parking meter", "bicycle", "planter", "bench", "dumpster", "electrical box"),
        (-half, half, -wide - 1.8, -wide - 0.2),
        8,
    )
    scatter(
        site, ("hedge", "bush", "fence", "tree", "flagpole", "trash can"), (-half, half, wide + 0.5, wide + 7), 9
    )
    scatter(site, ("person", "person", "traffic cone", "stroller", "dog"), (-half, half, -wide, wide), 8)
    for _ in range(int(rng.integers(0, 3))):
        company(site, rng.uniform(-half, half) * 0.7, rng.uniform(-wide, wide) * 0.8)
    if site.chance(0.4):
        bicycles(site, rng.uniform(-half, half) * 0.8, -wide - 1.0, yaw=0.0)
    return Draft(site, half, -wide + bay + aisle / 2, (-wide + bay + 0.5, -wide + bay + aisle - 0.5))


def _bays(site: Site, y: float, face: float, bay: float, half: float) -> None:
    """Lines between bays and a car in most of them."""
    wide = site.rng.uniform(2.3, 2.6)
    inner = y + (bay / 2 if face == 0.0 else -bay / 2)
    for s in np.arange(-half + 1, half - 1, wide).tolist():
        site.stripes.append((s - 0.05, s + 0.05, y - bay / 2, y + bay / 2))
        if s + wide < half - 1 and not site.chance(0.3):
            kind = ("car", "car", "car", "car", "car", "van", "motorcycle")[site.rng.integers(7)]
            turn = face + (pi if site.chance(0.3) else 0.0) + site.rng.normal(0, 0.025)
            site.put(
                site.build(kind), s + wide / 2 + site.rng.normal(0, 0.1), y + site.rng.normal(0, 0.15), yaw=turn
            )
    if site.chance(0.5):
        site.stripes.append((-half + 1, half - 1, inner - 0.05, inner + 0.05))


def _facades(
    site: Site, side: int, front: float, half: float, *, open_block: float, gap: tuple[float, float] | None = None
) -> None:
    """Houses wall to wall, now and then a gap with a fence.

    Args:
        open_block: share of the plots without a house.
        gap: stations between which a street goes through.
    """
    start = -half - site.rng.uniform(0.0, 4.0)
    for low, high in ((start, half + 4.0),) if gap is None else ((start, gap[0]), (gap[1], half + 4.0)):
        count = max(1, round((high - low) / site.rng.uniform(8.0, 14.0)))
        edges = (
            low
            + (high - low)
            * (np.arange(count + 1) + np.append(0, np.append(site.rng.uniform(-0.2, 0.2, count - 1), 0)))
            / count
        )
        for a, b in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
            _facade(site, side, front, (a, b), open_block=open_block)


def _facade(site: Site, side: int, front: float, span: tuple[float, float], *, open_block: float) -> None:
    """A house on a plot, or what stands where there is none."""
    rng, (a, b) = site.rng, span
    if site.chance(open_block):
        low, high = sorted((side * front, side * (front + 6)))
        scatter(site, ("fence", "bush", "tree", "dumpster", "hedge"), (a, b, low, high), 5)
        return
    deep, back = rng.uniform(9.0, 12.0), rng.uniform(0.0, 0.5) * (rng.random() < 0.5)
    lane = rng.uniform(1.0, 3.0) if site.chance(0.12) else 0.02
    # outlines of neighbours on a bent road would overlap by a hand
    house = block_of_flats(rng, b - a - lane, deep)
    site.put(house, (a + b - lane) / 2, side * (front + back + deep / 2 + 0.02), yaw=0.0 if side > 0 else pi)


def _parked(site: Site, y: float, span: tuple[float, float], *, yaw: float) -> None:
    """Bumper to bumper."""
    kinds = ("car",) * 9 + ("van", "van", "motorcycle", "truck", "dumpster")

    def next_one() -> Thing:
        return site.some(kinds)

    turn = yaw + (pi if site.chance(0.15) else 0.0)
    row(site, next_one, y, span=span, gap=(0.15, 1.3), yaw=turn, empty=0.22, stray=0.08)


def _lanes(site: Site, road: float, half: float, parked: list[int], kerb: dict[int, float]) -> None:
    """Dashes in the middle, lines at parking lanes, arrows as bars."""
    if site.chance(0.7):
        dash = site.rng.uniform(1.5, 3.0)
        site.stripes += [(s, s + dash, -0.06, 0.06) for s in np.arange(-half, half - dash, 2.2 * dash).tolist()]
    for side in parked:
        if site.chance(0.6):
            site.stripes.append((-half, half, side * road - 0.05, side * road + 0.05))
        if site.chance(0.4):
            low, high = sorted((side * road, side * kerb[side]))
            site.stripes += [(s - 0.05, s + 0.05, low, high) for s in np.arange(-half + 1, half, 5.5).tolist()]


def _crossing(site: Site, cross: tuple[float, float, float], kerb: dict[int, float]) -> None:
    """Stripes to walk on before the junction, lights or signs at its corners."""
    s, w, p = cross
    edge = s + w + p + 1.0
    for y in np.arange(-kerb[-1] + 0.4, kerb[1] - 0.4, 1.0).tolist():
        site.stripes.append((edge, edge + 2.6, y, y + 0.5))
    name = "traffic light" if site.chance(0.5) else "traffic sign"
    for side in (-1, 1):
        for corner in (s - w - p + 0.4, s + w + p - 0.4):
            if site.chance(0.8):
                site.put(
                    site.build(name), corner, side * (kerb[side] + 0.5), yaw=site.rng.choice([0, 1, 2, 3]) * pi / 2
                )


def _pavement(site: Site, side: int, kerb: float, walk: float, half: float, *, trees: bool) -> None:
    """Furniture along the kerb, things against the walls, people between."""
    rng, facing = site.rng, 0.0 if side > 0 else pi
    along, wall = side * (kerb + 0.45), side * (kerb + walk - 0.4)
    if trees and walk > 2.2:
        row(site, lambda: site.build("tree"), along, span=(-half + 1, half), gap=(4.5, 9.0), yaw=0.0, stray=0.1)
    row(
        site,
        lambda: site.build("street lamp"),
        along,
        span=(-half + 3 + 4 * (side > 0), half),
        gap=(14.0, 22.0),
        yaw=facing,
    )
    if site.chance(0.3):
        like = site.build("bollard")
        start = rng.uniform(-half, 0.5 * half)
        row(
            site,
            lambda: like,
            side * (kerb + 0.25),
            span=(start, start + rng.uniform(5, 15)),
            gap=(1.2, 1.6),
            yaw=0.0,
            stray=0.02,
        )
    for _ in range(int(rng.uniform(0.25, 0.6) * half)):
        thing = site.some(PAVEMENT)
        turn = facing + pi if thing.name in ("traffic sign", "bus shelter") and walk < 3 else facing
        turn += pi / 2 if thing.name in ("bicycle", "motorcycle", "traffic sign") else 0.0
        edge = along if site.chance(0.65) else wall
        new = site.put(
            thing, rng.uniform(-half, half), edge + side * rng.uniform(-0.1, 0.3), yaw=turn + rng.normal(0, 0.04)
        )
        _next_to(site, new)
    for _ in range(int(rng.integers(1, 7))):
        y = side * (kerb + rng.uniform(0.5, max(0.6, walk - 0.5)))
        site.put(
            site.build("person"), rng.uniform(-half, half), y, yaw=rng.choice([-1, 1]) * pi / 2 + rng.normal(0, 0.4)
        )
    if walk > 2 and site.chance(0.7):
        company(site, rng.uniform(-0.7, 0.7) * half, side * (kerb + walk / 2 + 0.2))
    if walk > 2.4 and site.chance(0.6):
        bicycles(site, rng.uniform(-0.7, 0.7) * half, side * (kerb + 1.0), yaw=0.0)


def _next_to(site: Site, new: Spot | None) -> None:
    """Another of its kind that touches it, or somebody who sits on it."""
    if new is None:
        return
    if new.thing.name in (
        "trash can",
        "bicycle",
        "planter",
        "motorcycle",
        "dumpster",
        "electrical box",
    ) and site.chance(0.6):
        twin = new.thing if site.chance(0.4) else site.build(new.thing.name)
        beside(site, new, twin, way=new.yaw + site.rng.choice([0.0, pi]), gap=site.rng.uniform(0.0, 0.06))
    elif new.thing.name == "bench" and site.chance(0.5):
        seated(site, new, 0.45)


def _traffic(site: Site, road: float, half: float) -> None:
    """What drives, rides or crosses; at times a lane is dug up."""
    rng = site.rng
    for _ in range(int(rng.integers(0, 4))):
        name = ("car", "car", "car", "van", "bus", "truck", "motorcycle")[rng.integers(7)]
        side = rng.choice([-1, 1])
        site.put(
            site.build(name),
            rng.uniform(-half, half) * 0.85,
            side * 0.55 * road,
            yaw=-side * -pi / 2 + rng.normal(0, 0.03),
        )
    for _ in range(int(rng.integers(0, 3))):
        side = rng.choice([-1, 1])
        ridden(site, rng.uniform(-half, half) * 0.8, side * (road - 0.6), yaw=side * pi / 2 + rng.normal(0, 0.1))
    if site.chance(0.2):
        s = rng.uniform(-0.6, 0.6) * half
        low, high = (0.2, road) if site.chance(0.5) else (-road, -0.2)
        scatter(site, WORKS, (s - 4, s + 4, low, high), 9)
    scatter(site, ("person",), (-half, half, -road, road), int(rng.integers(0, 3)))


def _overhead(site: Site, y: float, half: float) -> None:
    """Poles along the kerb and the wires between them."""
    poles = []
    for s in np.arange(-half + site.rng.uniform(2, 8), half, site.rng.uniform(18, 28)).tolist():
        new = site.put(site.build("utility pole"), s, y, yaw=pi / 2)
        poles += [site.placed[-1]] if new is not None else []
    strung(site, poles, beyond=25.0)
