"""Kitchen and bath; fronts towards -y, backs at the wall."""

from math import pi

import numpy as np

from lasso3d.data.procedural.appearance import Material
from lasso3d.data.procedural.finishes import Paint
from lasso3d.data.procedural.forms import Point, ball, block, cushion, lofted, moved, tube, turned
from lasso3d.data.procedural.shapes import Deck, Shelf, Solid, Thing, at, rectangle


def counter(rng: np.random.Generator, paint: Paint) -> Thing:
    """Base units under a worktop, often with a sink and a tap let in."""
    x, y, h = rng.uniform(0.5, 1.3), 0.31, rng.uniform(0.86, 0.94)
    wood, top = paint("lacquer", (x, y, h)), paint("lacquer" if rng.random() < 0.6 else "ceramic", (x, y, h))
    metal, columns = paint("metal", (x, y, h)), max(1, round(2 * x / 0.5))
    solids: list[Solid] = [
        block((x, y - 0.03, (h - 0.14) / 2), wood, at=(0.0, 0.03, (h - 0.14) / 2 + 0.1), part="body"),
        block((x, y - 0.07, 0.05), paint("plain", (x, y, h)), at=(0.0, 0.07, 0.05), part="base"),
    ]
    wide = 2 * x / columns
    for i in range(columns):
        a = -x + (i + 0.5) * wide
        rows = 1 if rng.random() < 0.65 else 3
        for j in range(rows):
            high = (h - 0.15) / rows
            z = 0.1 + (j + 0.5) * high
            solids.append(
                block(
                    (wide / 2 - 0.003, 0.009, high / 2 - 0.003),
                    wood,
                    at=(a, -y + 0.052, z),
                    part="door" if rows == 1 else "drawer",
                )
            )
            solids.append(block((0.06, 0.008, 0.006), metal, at=(a, -y + 0.035, z + 0.35 * high), part="handle"))
    slab, sink = 0.02, x > 0.6 and rng.random() < 0.7
    if not sink:
        solids.append(block((x, y, slab), top, at=(0.0, 0.0, h - slab), part="top"))
        return Thing("counter", tuple(solids), rectangle(x, y), h, Deck(rectangle(x, y), h))
    where, half = rng.uniform(-0.4, 0.4) * (x - 0.3), (rng.uniform(0.18, 0.26), 0.19)
    basin = paint("metal" if rng.random() < 0.7 else "porcelain", (x, y, h))
    solids += _pierced(top, x, y, h, where, half)
    solids.append(_basin(half, 0.17, basin, (where, 0.0, h)))
    solids += _tap((where, 0.25, h), metal)
    # beside the sink there is room for things, on its longer side
    free = (x + abs(where) - half[0]) / 2
    work = Shelf(float(-np.sign(where)) * (x - free), 0.0, h, free, y - 0.06, 0.45)
    return Thing("counter", tuple(solids), rectangle(x, y), h + 0.16, None, (work,))


def stove(rng: np.random.Generator, paint: Paint) -> Thing:
    """An oven under four rings, knobs in front."""
    x, y, h = rng.uniform(0.25, 0.38), 0.31, rng.uniform(0.86, 0.94)
    case, dark = paint("metal" if rng.random() < 0.5 else "porcelain", (x, y, h)), paint("screen", (x, y, h))
    metal = paint("metal", (x, y, h))
    rings = tuple(
        s
        for a in (-0.45, 0.45)
        for b in (-0.45, 0.45)
        for s in turned(
            ((0.0, h + 0.006), (rng.uniform(0.06, 0.1), h + 0.006), (0.1, h)),
            dark,
            at=(a * x, b * y, 0.0),
            part="burner",
        )
    )
    knobs = tuple(
        ball((0.018, 0.015, 0.018), metal, at=(a * x, -y - 0.008, h - 0.06), part="knob")
        for a in (-0.7, -0.35, 0.0, 0.35, 0.7)
    )
    solids = (
        block((x, y, h / 2), case, at=(0.0, 0.0, h / 2), part="body"),
        block((x - 0.01, 0.012, 0.24), case, at=(0.0, -y - 0.008, h - 0.38), part="door"),
        block((x - 0.07, 0.003, 0.14), dark, at=(0.0, -y - 0.02, h - 0.38), part="door"),
        block((x - 0.05, 0.01, 0.01), metal, at=(0.0, -y - 0.045, h - 0.16), part="handle"),
        *rings, *knobs,
    )  # fmt: skip
    return Thing("stove", solids, rectangle(x, y), h + 0.01, Deck(rectangle(x, y), h + 0.006))


def refrigerator(rng: np.random.Generator, paint: Paint) -> Thing:
    """One or two doors above each other, or side by side."""
    x, y, h = rng.uniform(0.27, 0.46), rng.uniform(0.28, 0.37), rng.uniform(0.85, 2.0)
    skin = paint("metal" if rng.random() < 0.4 else "porcelain", (x, y, h))
    metal, split = paint("metal", (x, y, h)), rng.uniform(0.3, 0.75) * h
    doors = [
        (0.0, (0.02 + split) / 2, x - 0.004, (split - 0.02) / 2 - 0.003),
        (0.0, (split + h) / 2, x - 0.004, (h - split) / 2 - 0.003),
    ]
    if x > 0.42:
        doors = [(s * x / 2, h / 2 + 0.01, x / 2 - 0.003, h / 2 - 0.015) for s in (-1, 1)]
    solids = [block((x, y - 0.03, h / 2), skin, at=(0.0, 0.03, h / 2), part="body")]
    for a, z, half, high in doors:
        solids.append(block((half, 0.03, high), skin, at=(a, -y + 0.03, z), part="door"))
        grip = a - half + 0.05 if a >= 0 else a + half - 0.05
        solids.append(block((0.01, 0.012, min(0.2, 0.6 * high)), metal, at=(grip, -y - 0.015, z), part="handle"))
    return Thing("refrigerator", tuple(solids), rectangle(x, y), h, Deck(rectangle(x, y), h))


def washing_machine(rng: np.random.Generator, paint: Paint) -> Thing:
    """A round door in a white front."""
    x, y, h = 0.3, rng.uniform(0.25, 0.31), rng.uniform(0.82, 0.88)
    skin, dark = paint("porcelain", (x, y, h)), paint("glass", (x, y, h))
    forward = at(0.0, -y, 0.48 * h, axis="x", turn=pi / 2)
    door = moved(
        turned(((0.19, -0.005), (0.19, 0.02), (0.14, 0.035)), paint("metal", (x, y, h)), part="door")
        + turned(((0.14, 0.03), (0.0, 0.015)), dark, part="door"),
        forward,
    )
    panel = block((x - 0.02, 0.005, 0.04), paint("screen", (x, y, h)), at=(0.0, -y, h - 0.07), part="panel")
    return Thing(
        "washing machine",
        (block((x, y, h / 2), skin, at=(0.0, 0.0, h / 2), part="body"), panel, *door),
        rectangle(x, y + 0.02),
        h,
        Deck(rectangle(x, y), h),
    )


def microwave(rng: np.random.Generator, paint: Paint) -> Thing:
    """On a counter: a door with a dark pane, keys beside it."""
    x, y, h = rng.uniform(0.22, 0.27), rng.uniform(0.15, 0.2), rng.uniform(0.25, 0.31)
    case, dark = paint("metal" if rng.random() < 0.6 else "porcelain", (x, y, h)), paint("glass", (x, y, h))
    solids = (
        block((x, y, h / 2), case, at=(0.0, 0.0, h / 2), part="body"),
        block((0.7 * x, 0.006, 0.42 * h), dark, at=(-0.26 * x, -y - 0.004, h / 2), part="door"),
        block((0.2 * x, 0.003, 0.4 * h), paint("keys", (x, y, h)), at=(0.75 * x, -y - 0.002, h / 2), part="panel"),
    )
    return Thing("microwave", solids, rectangle(x, y + 0.01), h, Deck(rectangle(x, y), h))


def toilet(rng: np.random.Generator, paint: Paint) -> Thing:
    """Bowl on a foot, seat and lid, cistern behind."""
    skin, x, h = paint("porcelain", (0.2, 0.35, 0.8)), rng.uniform(0.17, 0.2), rng.uniform(0.38, 0.44)
    length, tank = rng.uniform(0.24, 0.28), rng.uniform(0.72, 0.85)
    place = (0.0, -0.35 + length, 0.0)
    bowl = lofted(
        (
            (0.01, 0.01, 0.0),
            (0.6 * x, 0.7 * length, 0.0),
            (0.55 * x, 0.6 * length, 0.12),
            (x, length, h - 0.06),
            (x, length, h),
            (0.75 * x, 0.78 * length, h),
            (0.5 * x, 0.4 * length, h - 0.2),
            (0.01, 0.01, h - 0.22),
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
    seat = paint("porcelain", (0.2, 0.35, 0.8))
    if rng.random() < 0.5:
        solids += (
            lofted(
                ((0.01, 0.01, h + 0.025), (x, length, h + 0.02), (x, length, h)),
                seat,
                at=place,
                part="lid",
                roundness=0.8,
            ),
        )
    else:
        upright = at(0.0, 0.15, h + length - 0.02, axis="x", turn=1.35)
        solids += moved(
            (lofted(((0.01, 0.01, 0.012), (x, length, 0.012), (x, length, 0.0)), seat, part="lid", roundness=0.8),),
            upright,
        )
        tank = max(tank, h + 2 * length)
    return Thing("toilet", solids, rectangle(x + 0.01, 0.35), tank)


def sink(rng: np.random.Generator, paint: Paint) -> Thing:
    """A wash basin on a foot, on a cupboard, or hung on the wall."""
    x, y, h = rng.uniform(0.2, 0.34), rng.uniform(0.18, 0.26), rng.uniform(0.8, 0.88)
    skin, metal = paint("porcelain", (x, y, h)), paint("metal", (x, y, h))
    solids: tuple[Solid, ...] = (_basin((x, y), 0.16, skin, (0.0, 0.0, h)), *_tap((0.0, y - 0.03, h), metal))
    kind = rng.integers(3)
    if kind == 0:
        solids += turned(
            ((0.1, 0.0), (0.07, 0.3), (0.09, h - 0.12)), skin, at=(0.0, 0.25 * y, 0.0), part="pedestal"
        )
    elif kind == 1:
        wood = paint("lacquer", (x, y, h))
        solids += (
            block((0.95 * x, 0.9 * y, (h - 0.2) / 2), wood, at=(0.0, 0.05 * y, (h - 0.2) / 2 + 0.02), part="body"),
        )
        solids += tuple(
            block((0.46 * x, 0.008, 0.4 * h - 0.05), wood, at=(s * 0.47 * x, -0.87 * y, 0.42 * h), part="door")
            for s in (-1, 1)
        )
    return Thing("sink", solids, rectangle(x, y), h + 0.15)


def bathtub(rng: np.random.Generator, paint: Paint) -> Thing:
    """A tub in an apron or on its own."""
    x, y, h = rng.uniform(0.72, 0.88), rng.uniform(0.35, 0.42), rng.uniform(0.5, 0.62)
    skin, metal = paint("porcelain", (x, y, h)), paint("metal", (x, y, h))
    free = rng.random() < 0.3
    outer = ((0.7 * x, 0.7 * y, 0.0), (0.9 * x, 0.9 * y, 0.3)) if free else ((x, y, 0.0),)
    inner = ((0.9 * x, 0.83 * y, h), (0.86 * x, 0.75 * y, h - 0.1), (0.72 * x, 0.6 * y, 0.14), (0.01, 0.01, 0.12))
    tub = lofted((*outer, (x, y, h), *inner), skin, part="body", roundness=0.6 if free else 0.06, corners=32)
    return Thing("bathtub", (tub, *_tap((0.8 * x, y - 0.02, h), metal)), rectangle(x, y), h + 0.15)


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
        (0.005, 0.005, -depth - 0.005),
    )
    return lofted(rings, material, at=place, part="basin", roundness=0.4)


def _tap(place: Point, metal: Material) -> tuple[Solid, ...]:
    """A bent pipe that ends over -y."""
    x, y, z = place
    return tube(
        ((x, y, z), (x, y, z + 0.14), (x, y - 0.06, z + 0.15), (x, y - 0.13, z + 0.1)), 0.012, metal, part="faucet"
    )
