"""Kitchen and bath; fronts towards -y, backs at the wall."""

import numpy as np

from lasso3d.data.procedural.appearance import Material
from lasso3d.data.procedural.curves import bent, peg
from lasso3d.data.procedural.finishes import Paint
from lasso3d.data.procedural.forms import Point, ball, block, case, crate, cushion, lofted, turned
from lasso3d.data.procedural.furnishings.storage import leaf
from lasso3d.data.procedural.joints import Moving, assembled, hinged, sliding
from lasso3d.data.procedural.shapes import Shelf, Solid, Thing, rectangle


def counter(rng: np.random.Generator, paint: Paint) -> Thing:
    """Base units under a worktop, often with a sink and a tap let in."""
    x, y, h = rng.uniform(0.5, 1.3), 0.31, rng.uniform(0.86, 0.94)
    wood, top = paint("lacquer", (x, y, h)), paint("lacquer" if rng.random() < 0.6 else "ceramic", (x, y, h))
    metal, columns = paint("metal", (x, y, h)), max(1, round(2 * x / 0.5))
    high = (h - 0.15) / 2
    solids: list[Solid] = [
        *case((x, y - 0.03, high), wood, at=(0.0, 0.03, high + 0.1), part="body"),
        block((x, y - 0.07, 0.05), paint("plain", (x, y, h)), at=(0.0, 0.07, 0.05), part="base"),
    ]
    wide = 2 * x / columns
    solids += [
        block((0.008, y - 0.04, high - 0.018), wood, at=(-x + i * wide, 0.03, high + 0.1), part="body")
        for i in range(1, columns)
    ]
    moving: list[Moving] = []
    for i in range(columns):
        a = -x + (i + 0.5) * wide
        rows = 1 if rng.random() < 0.65 else 3
        for j in range(rows):
            half, z = high / rows, 0.1 + (2 * j + 1) * high / rows
            panel = block(
                (wide / 2 - 0.003, 0.009, half - 0.003),
                wood,
                at=(a, -y + 0.052, z),
                part="door" if rows == 1 else "drawer",
            )
            grip = bent(((a - 0.06, -y + 0.045, z + 0.7 * half), (a - 0.05, -y + 0.025, z + 0.7 * half),
                         (a + 0.05, -y + 0.025, z + 0.7 * half),
                         (a + 0.06, -y + 0.045, z + 0.7 * half)), 0.005, metal, part="handle", steps=3)  # fmt: skip
            if rows == 1:
                inside = Shelf(a, 0.03, 0.12, wide / 2 - 0.03, y - 0.07, 2 * high - 0.25)
                moving.append(leaf((panel, grip), a, wide / 2, -y + 0.061, left=i % 2 == 0, hides=(inside,)))
            else:
                tub = crate(
                    (wide / 2 - 0.016, y - 0.07, 0.6 * half), wood, at=(a, 0.02, z - 0.2 * half), part="drawer"
                )
                moving.append(sliding((panel, grip, *tub), (0.0, -1.0, 0.0), until=0.42))
    slab, sink = 0.02, x > 0.6 and rng.random() < 0.7
    if not sink:
        solids.append(block((x, y, slab), top, at=(0.0, 0.0, h - slab), part="top"))
        return assembled("counter", tuple(solids), tuple(moving), deck=h, footprint=rectangle(x, y))
    where, hole = rng.uniform(-0.4, 0.4) * (x - 0.3), (rng.uniform(0.18, 0.26), 0.19)
    basin = paint("metal" if rng.random() < 0.7 else "porcelain", (x, y, h))
    solids += _pierced(top, x, y, h, where, hole)
    solids.append(_basin(hole, 0.17, basin, (where, 0.0, h)))
    solids += _tap((where, 0.25, h), metal)
    moving.append(_lever((where, 0.25, h), metal))
    # beside the sink there is room for things, on its longer side
    free = (x + abs(where) - hole[0]) / 2
    work = Shelf(float(-np.sign(where)) * (x - free), 0.0, h, free, y - 0.06, 0.45)
    return assembled("counter", tuple(solids), tuple(moving), shelves=(work,), footprint=rectangle(x, y))


def toilet(rng: np.random.Generator, paint: Paint) -> Thing:
    """Bowl on a foot, seat and lid, cistern behind."""
    skin, x, h = paint("porcelain", (0.2, 0.35, 0.8)), rng.uniform(0.17, 0.2), rng.uniform(0.38, 0.44)
    length, tank = rng.uniform(0.24, 0.28), rng.uniform(0.72, 0.85)
    place = (0.0, -0.35 + length, 0.0)
    bowl = lofted(
        (
            (0.0005, 0.0005, 0.0),
            (0.6 * x, 0.7 * length, 0.0),
            (0.55 * x, 0.6 * length, 0.12),
            (x, length, h - 0.06),
            (x, length, h),
            (0.75 * x, 0.78 * length, h),
            (0.5 * x, 0.4 * length, h - 0.2),
            (0.0005, 0.0005, h - 0.22),
        ),
        skin,
        at=place,
        part="bowl",
        roundness=0.8,
    )
    solids: tuple[Solid, ...] = (bowl, block((0.6 * x, 0.08, h / 2), skin, at=(0.0, 0.2, h / 2), part="bowl"))
    solids += (
        cushion((x, 0.085, (tank - h) / 2), skin, rng, at=(0.0, 0.26, (tank + h) / 2), part="tank", edge=0.12),
    )
    plastic, rear = paint("porcelain", (0.2, 0.35, 0.8)), (0.0, 0.13, h + 0.012)
    seat = lofted(((0.97 * x, 0.98 * length, h + 0.004), (0.97 * x, 0.98 * length, h + 0.018),
                   (0.65 * x, 0.68 * length, h + 0.018), (0.65 * x, 0.68 * length, h + 0.004),
                   (0.97 * x, 0.98 * length, h + 0.004)), plastic, at=place, part="seat",
                  roundness=0.8)  # fmt: skip
    lid = lofted(
        ((0.97 * x, 0.98 * length, h + 0.02), (0.97 * x, 0.98 * length, h + 0.03), (0.0005, 0.0005, h + 0.036)),
        plastic,
        at=place,
        part="lid",
        roundness=0.8,
    )
    button = peg(
        (0.0, 0.26, tank - 0.004),
        (0.0, 0.26, tank + 0.006),
        0.02,
        paint("metal", (0.02, 0.02, 0.01)),
        part="button",
    )
    moving = (hinged((seat,), (-1.0, 0.0, 0.0), at=rear, until=1.5),
              hinged((lid,), (-1.0, 0.0, 0.0), at=rear, until=1.65),
              sliding(button, (0.0, 0.0, -1.0), until=0.006))  # fmt: skip
    return assembled("toilet", solids, moving, footprint=rectangle(x + 0.01, 0.35))


def sink(rng: np.random.Generator, paint: Paint) -> Thing:
    """A wash basin on a foot, on a cupboard, or hung on the wall."""
    x, y, h = rng.uniform(0.2, 0.34), rng.uniform(0.18, 0.26), rng.uniform(0.8, 0.88)
    skin, metal = paint("porcelain", (x, y, h)), paint("metal", (x, y, h))
    solids: tuple[Solid, ...] = (_basin((x, y), 0.16, skin, (0.0, 0.0, h)), *_tap((0.0, y - 0.03, h), metal))
    moving = [_lever((0.0, y - 0.03, h), metal)]
    kind = rng.integers(3)
    if kind == 0:
        solids += turned(
            ((0.1, 0.0), (0.07, 0.3), (0.09, h - 0.12)), skin, at=(0.0, 0.25 * y, 0.0), part="pedestal"
        )
    elif kind == 1:
        wood = paint("lacquer", (x, y, h))
        high = h / 2 - 0.09
        solids += case((0.95 * x, 0.9 * y, high), wood, at=(0.0, 0.05 * y, high), part="body")
        inside = tuple(Shelf(s * 0.47 * x, 0.05 * y, 0.02, 0.42 * x, 0.7 * y, high) for s in (-1, 1))
        for s, hidden in zip((-1, 1), inside, strict=True):
            front = block((0.46 * x, 0.008, high - 0.01), wood, at=(s * 0.47 * x, -0.87 * y, high), part="door")
            knob = ball((0.012, 0.012, 0.012), metal, at=(s * 0.1 * x, -0.87 * y - 0.02, 1.5 * high), part="handle")
            moving.append(leaf((front, knob), s * 0.47 * x, 0.46 * x, -0.87 * y, left=s < 0, hides=(hidden,)))
    return assembled("sink", solids, tuple(moving), footprint=rectangle(x, y))


def bathtub(rng: np.random.Generator, paint: Paint) -> Thing:
    """A tub in an apron or on its own."""
    x, y, h = rng.uniform(0.72, 0.88), rng.uniform(0.35, 0.42), rng.uniform(0.5, 0.62)
    skin, metal = paint("porcelain", (x, y, h)), paint("metal", (x, y, h))
    free = rng.random() < 0.3
    outer = ((0.7 * x, 0.7 * y, 0.0), (0.9 * x, 0.9 * y, 0.3)) if free else ((x, y, 0.0),)
    inner = (
        (0.9 * x, 0.83 * y, h),
        (0.86 * x, 0.75 * y, h - 0.1),
        (0.72 * x, 0.6 * y, 0.14),
        (0.0005, 0.0005, 0.12),
    )
    tub = lofted((*outer, (x, y, h), *inner), skin, part="body", roundness=0.6 if free else 0.06, corners=32)
    tap = (0.8 * x, y - 0.02, h)
    return assembled("bathtub", (tub, *_tap(tap, metal)), (_lever(tap, metal),), footprint=rectangle(x, y))


def mirror(rng: np.random.Generator, paint: Paint) -> Thing:
    """On the wall; a depth sensor sees little of its pane."""
    x, h = rng.uniform(0.2, 0.5), rng.uniform(0.5, 1.0)
    frame = paint("lacquer", (x, 0.01, h))
    bars = tuple(block((x, 0.012, 0.015), frame, at=(0.0, 0.0, z), part="frame") for z in (0.015, h - 0.015))
    bars += tuple(
        block((0.015, 0.012, h / 2), frame, at=(s * (x - 0.015), 0.0, h / 2), part="frame") for s in (-1, 1)
    )
    return Thing(
        "mirror",
        (block((x, 0.004, h / 2), paint("glass", (x, 0.01, h)), at=(0.0, 0.004, h / 2), part="pane"), *bars),
        rectangle(x, 0.013),
        h,
    )


def _pierced(
    material: Material, x: float, y: float, h: float, where: float, half: tuple[float, float]
) -> list[Solid]:
    """A worktop with a rectangular hole."""
    t, left, right = 0.02, (where - half[0] + x) / 2, (x - where - half[0]) / 2
    return [
        block((left, y, t), material, at=(-x + left, 0.0, h - t), part="top"),
        block((right, y, t), material, at=(x - right, 0.0, h - t), part="top"),
        *(
            block((half[0], (y - half[1]) / 2, t), material, at=(where, s * (y + half[1]) / 2, h - t), part="top")
            for s in (-1, 1)
        ),
    ]


def _basin(half: tuple[float, float], depth: float, material: Material, place: Point) -> Solid:
    """A bowl let into what is around it, its rim at `place`."""
    x, y = half
    rings = (
        (0.75 * x, 0.75 * y, -depth - 0.02),
        (x, y, -0.02),
        (x, y, 0.004),
        (0.9 * x, 0.88 * y, 0.004),
        (0.85 * x, 0.8 * y, -0.5 * depth),
        (0.5 * x, 0.5 * y, -depth),
        (0.0005, 0.0005, -depth - 0.005),
    )
    return lofted(rings, material, at=place, part="basin", roundness=0.4)


def _tap(place: Point, metal: Material) -> tuple[Solid, ...]:
    """A bent pipe that ends over -y."""
    x, y, z = place
    return (
        bent(((x, y, z), (x, y, z + 0.1), (x, y - 0.06, z + 0.16), (x, y - 0.13, z + 0.12),
              (x, y - 0.135, z + 0.09)), 0.012, metal, part="faucet"),
        *turned(((0.022, z), (0.02, z + 0.01), (0.012, z + 0.014)), metal, at=(x, y, 0.0), part="faucet"),
    )  # fmt: skip


def _lever(place: Point, metal: Material) -> Moving:
    """Beside a tap, to turn."""
    x, y, z = place
    solids = (
        *peg((x + 0.03, y, z), (x + 0.03, y, z + 0.03), 0.012, metal, part="switch"),
        bent(
            ((x + 0.03, y, z + 0.03), (x + 0.06, y - 0.005, z + 0.04), (x + 0.09, y - 0.01, z + 0.052)),
            0.005,
            metal,
            part="switch",
        ),
    )
    return hinged(solids, (0.0, 0.0, 1.0), at=(x + 0.03, y, 0.0), until=1.0, back=-1.0)
