"""Street furniture that stands on the pavement; faces towards -y."""

from math import pi

import numpy as np

from lasso3d.data.procedural.appearance import Material
from lasso3d.data.procedural.finishes import Paint
from lasso3d.data.procedural.forms import block, lofted, moved, rod, turned
from lasso3d.data.procedural.outdoorforms import leaves
from lasso3d.data.procedural.outdoorlooks import (
    bark,
    bright,
    concrete,
    foliage,
    grey,
    looks_like,
    pane,
    rubber,
    steel,
    timber,
)
from lasso3d.data.procedural.shapes import Solid, Thing, at, circle, rectangle

_POST = ((0.85, 0.1, 0.1), (0.9, 0.75, 0.1), (0.1, 0.2, 0.55), (0.15, 0.35, 0.2))


def bench(rng: np.random.Generator, paint: Paint) -> Thing:
    """Slats on two or three feet, mostly with a back, at times with arms; or a block of stone."""
    half, seat, deep = rng.uniform(0.7, 1.1), rng.uniform(0.42, 0.47), rng.uniform(0.2, 0.27)
    if rng.random() < 0.15:
        body = block((half, deep, seat / 2), concrete(rng), at=(0.0, 0.0, seat / 2), part="seat")
        return Thing("bench", (body,), rectangle(half, deep), seat)
    wood, frame, slats = timber(rng), steel(rng), int(rng.integers(3, 6))
    gap = 2 * deep / slats
    solids: list[Solid] = [
        block((half, 0.42 * gap, 0.018), wood, at=(0.0, -deep + (i + 0.5) * gap, seat), part="seat")
        for i in range(slats)
    ]
    feet, high = np.linspace(-0.82 * half, 0.82 * half, 2 + (half > 0.95)).tolist(), seat
    for x in feet:
        solids += [
            block((0.025, 0.025, seat / 2), frame, at=(x, s * (deep - 0.04), seat / 2 - 0.01), part="leg")
            for s in (-1, 1)
        ]
        solids.append(block((0.025, deep, 0.02), frame, at=(x, 0.0, seat - 0.035), part="leg"))
    if rng.random() < 0.75:
        high, tilt = (
            seat + rng.uniform(0.34, 0.45),
            at(0.0, deep - 0.01, seat, axis="x", turn=-rng.uniform(0.1, 0.3)),
        )
        rows = [
            block((half, 0.015, 0.04), wood, at=(0.0, 0.0, z), part="back")
            for z in np.arange(0.14, high - seat, 0.11)
        ]
        posts = [
            block((0.02, 0.02, (high - seat) / 2), frame, at=(x, 0.03, (high - seat) / 2), part="back")
            for x in feet
        ]
        solids += moved((*rows, *posts), tilt)
    if rng.random() < 0.35:
        for x in (feet[0], feet[-1]):
            solids += [
                block((0.025, deep, 0.02), frame, at=(x, 0.0, seat + 0.22), part="arm"),
                block((0.02, 0.02, 0.11), frame, at=(x, -deep + 0.05, seat + 0.11), part="arm"),
            ]
    return Thing("bench", tuple(solids), rectangle(half, deep + 0.06), high)


def fire_hydrant(rng: np.random.Generator, paint: Paint) -> Thing:
    """A short barrel with a bonnet and two or three nozzles."""
    h, r = rng.uniform(0.6, 0.9), rng.uniform(0.085, 0.12)
    skin = looks_like(
        rng, ((0.75, 0.12, 0.08), (0.85, 0.65, 0.1), (0.6, 0.62, 0.65))[rng.integers(3)], "plain", gloss=0.3
    )
    profile = (
        (1.5 * r, 0.0),
        (1.5 * r, 0.05),
        (r, 0.06),
        (r, 0.72 * h),
        (1.35 * r, 0.73 * h),
        (1.3 * r, 0.78 * h),
        (0.5 * r, 0.94 * h),
        (0.3 * r, h),
        (0.0, h),
    )
    nozzle = turned(
        ((0.0, 1.9 * r), (0.45 * r, 1.9 * r), (0.5 * r, 1.5 * r), (0.5 * r, 0.5 * r)), skin, part="nozzle"
    )
    turns = (pi / 2, -pi / 2, 0.0)[: int(rng.integers(2, 4))]
    around = tuple(
        solid
        for turn in turns
        for solid in moved(nozzle, at(0.0, 0.0, 0.58 * h, turn=turn).after(at(axis="x", turn=pi / 2)))
    )
    return Thing("fire hydrant", (*turned(profile, skin, part="body"), *around), circle(2 * r), h)


def planter(rng: np.random.Generator, paint: Paint) -> Thing:
    """A trough or a tub with plants."""
    x, h = rng.uniform(0.25, 0.8), rng.uniform(0.3, 0.6)
    y = x if rng.random() < 0.5 else rng.uniform(0.2, 0.35)
    skin = (concrete(rng), timber(rng), bright(rng), paint("ceramic", (x, y, h)))[rng.integers(4)]
    round_ = 1.0 if x == y and rng.random() < 0.6 else 0.1
    rings = (
        (0.8 * x, 0.8 * y, 0.0),
        (x, y, h),
        (0.9 * x, 0.9 * y, h),
        (0.88 * x, 0.88 * y, 0.85 * h),
        (0.02, 0.02, 0.85 * h),
    )
    grown = rng.uniform(0.2, 0.9)
    count = int(300 * x * y + 120)
    spread = rng.standard_normal((count, 3)) * (0.4 * x, 0.4 * y, 0.25 * grown) + np.array([0, 0, h + 0.4 * grown])
    spread[:, 2] = np.maximum(spread[:, 2], h)
    return Thing(
        "planter",
        (lofted(rings, skin, part="pot", roundness=round_), leaves(spread, 0.13, foliage(rng), rng, part="leaves")),
        rectangle(x, y),
        h + 0.9 * grown,
    )


def bus_shelter(rng: np.random.Generator, paint: Paint) -> Thing:
    """A roof on posts over a bench, glass behind and at the sides, a poster."""
    half, deep, h = rng.uniform(1.2, 2.2), rng.uniform(0.6, 0.8), rng.uniform(2.3, 2.6)
    frame, glass = steel(rng), pane()
    solids: list[Solid] = [
        block((half + 0.1, deep + 0.15, 0.05), frame, at=(0.0, 0.0, h), part="roof"),
        block((half, 0.01, 0.85), glass, at=(0.0, deep, 1.15), part="window"),
        block((0.01, 0.8 * deep, 0.85), glass, at=(-half, 0.1, 1.15), part="window"),
        block((0.06, 0.8 * deep, 0.85), paint("poster", (deep, deep, 1.7)), at=(half, 0.1, 1.15), part="poster"),
        block((0.6 * half, 0.18, 0.02), timber(rng), at=(-0.2 * half, deep - 0.3, 0.45), part="seat"),
    ]
    solids += [
        rod((x, deep, 0.0), (x, deep, h), 0.035, frame, part="pole") for x in np.linspace(-half, half, 3).tolist()
    ]
    solids += [
        rod((s * half, -deep + 0.1, 0.0), (s * half, -deep + 0.1, h), 0.035, frame, part="pole") for s in (-1, 1)
    ]
    solids += [
        block((0.02, 0.15, 0.21), frame, at=(x, deep - 0.3, 0.22), part="leg") for x in (-0.6 * half, 0.2 * half)
    ]
    return Thing("bus shelter", tuple(solids), rectangle(half + 0.08, deep + 0.1), h + 0.05)


def advertising_pillar(rng: np.random.Generator, paint: Paint) -> Thing:
    """A round column with posters, or a lit board on a foot."""
    if rng.random() < 0.5:
        r, h = rng.uniform(0.5, 0.7), rng.uniform(2.4, 3.4)
        body = turned(((r, 0.35), (r, h - 0.3)), paint("label", (r, r, h)), part="poster")
        foot = turned(((1.08 * r, 0.0), (1.08 * r, 0.3), (r, 0.35)), concrete(rng), part="base")
        cap = turned(((r, h - 0.3), (1.15 * r, h - 0.28), (1.1 * r, h - 0.15), (0.0, h)), steel(rng), part="cap")
        return Thing("advertising pillar", (*body, *foot, *cap), circle(1.16 * r), h)
    x, h = rng.uniform(0.5, 0.75), rng.uniform(2.2, 2.8)
    frame = steel(rng)
    solids = (
        block((x, 0.12, h / 2 - 0.25), frame, at=(0.0, 0.0, h / 2 + 0.25), part="body"),
        *(
            block(
                (x - 0.06, 0.01, h / 2 - 0.33),
                paint("poster", (x, 0.1, h)),
                at=(0.0, s * 0.122, h / 2 + 0.25),
                part="poster",
            )
            for s in (-1, 1)
        ),
        block((0.5 * x, 0.1, 0.26), frame, at=(0.0, 0.0, 0.26), part="base"),
    )
    return Thing("advertising pillar", solids, rectangle(x, 0.14), h)


def traffic_cone(rng: np.random.Generator, paint: Paint) -> Thing:
    """Orange with white bands."""
    h = rng.uniform(0.45, 0.95)
    skin, white = looks_like(rng, (0.9, 0.32, 0.08), "plain"), Material((0.93, 0.93, 0.9), gloss=0.2)
    r = 0.2 * h
    body = turned(((r, 0.03), (0.62 * r, 0.4 * h)), skin, part="body")
    top = turned(((0.42 * r, 0.62 * h), (0.15 * r, h), (0.0, h)), skin, part="body")
    band = turned(((0.62 * r, 0.4 * h), (0.42 * r, 0.62 * h)), white, part="band")
    base = block((1.35 * r, 1.35 * r, 0.015), rubber(), at=(0.0, 0.0, 0.015), part="base")
    return Thing("traffic cone", (*body, *band, *top, base), rectangle(1.35 * r, 1.35 * r), h)


def barrier(rng: np.random.Generator, paint: Paint) -> Thing:
    """A striped board on feet, a steel fence panel, or a concrete block."""
    kind, half = int(rng.integers(3)), rng.uniform(0.7, 1.2)
    red = Material((0.85, 0.1, 0.08), (0.95, 0.95, 0.93), "stripes", 0.5, 0.2)
    if kind == 0:
        solids: tuple[Solid, ...] = (
            block((half, 0.015, 0.12), red, at=(0.0, 0.0, 0.95), part="board"),
            block((half, 0.015, 0.06), red, at=(0.0, 0.0, 0.4), part="board"),
            *(
                block((0.025, 0.025, 0.52), steel(rng), at=(s * 0.85 * half, 0.0, 0.55), part="pole")
                for s in (-1, 1)
            ),
            *(block((0.12, 0.32, 0.04), rubber(), at=(s * 0.85 * half, 0.0, 0.04), part="base") for s in (-1, 1)),
        )
        return Thing("barrier", solids, rectangle(half, 0.32), 1.08)
    if kind == 1:
        skin = steel(rng)
        bars = tuple(
            rod((x, 0.0, 0.15), (x, 0.0, 1.05), 0.009, skin, part="rail")
            for x in np.linspace(-half, half, 12).tolist()
        )
        frame = tuple(rod((-half, 0.0, z), (half, 0.0, z), 0.018, skin, part="rail") for z in (0.15, 1.05))
        feet = tuple(
            rod((s * 0.8 * half, -0.3, 0.02), (s * 0.8 * half, 0.3, 0.02), 0.018, skin, part="base")
            for s in (-1, 1)
        )
        legs = tuple(
            rod((s * 0.8 * half, 0.0, 0.0), (s * 0.8 * half, 0.0, 0.15), 0.018, skin, part="base") for s in (-1, 1)
        )
        return Thing("barrier", (*bars, *frame, *feet, *legs), rectangle(half, 0.3), 1.07)
    rings = ((half, 0.3, 0.0), (half, 0.3, 0.1), (half, 0.18, 0.3), (half, 0.09, 0.8), (0.02, 0.02, 0.81))
    skin = concrete(rng) if rng.random() < 0.6 else bright(rng)
    return Thing("barrier", (lofted(rings, skin, part="body", roundness=0.05),), rectangle(half, 0.3), 0.82)


def cabinet(rng: np.random.Generator, paint: Paint) -> Thing:
    """A box for power or telephone."""
    x, y, h = rng.uniform(0.3, 0.8), rng.uniform(0.15, 0.25), rng.uniform(0.8, 1.4)
    skin = looks_like(rng, shade_of_cabinet(rng), "plain")
    solids = (
        block((x, y, h / 2 - 0.06), skin, at=(0.0, 0.0, h / 2 + 0.02), part="body"),
        block((x + 0.03, y + 0.03, 0.03), skin, at=(0.0, 0.0, h - 0.02), part="cap"),
        block((0.9 * x, 0.9 * y, 0.05), concrete(rng), at=(0.0, 0.0, 0.05), part="base"),
        block((0.012, 0.012, 0.06), Material((0.1, 0.1, 0.1)), at=(0.1 * x, -y - 0.01, 0.6 * h), part="handle"),
    )
    return Thing("electrical box", solids, rectangle(x + 0.03, y + 0.03), h)


def shade_of_cabinet(rng: np.random.Generator) -> tuple[float, float, float]:
    """Mostly grey, at times green."""
    return grey(rng, 0.35, 0.75) if rng.random() < 0.7 else (0.2, 0.35, 0.25)


def log(rng: np.random.Generator, paint: Paint) -> Thing:
    """A felled trunk with its cut ends."""
    long, r = rng.uniform(1.2, 4.0), rng.uniform(0.12, 0.35)
    wood = bark(rng)
    cut = looks_like(rng, (0.7, 0.55, 0.38), "dots", pitch=0.1)
    tube_ = turned(((0.0, -long / 2), (r, -long / 2)), cut, part="end") + turned(
        ((r, -long / 2), (0.9 * r, long / 2)), wood, part="trunk"
    )
    tube_ += turned(((0.9 * r, long / 2), (0.0, long / 2)), cut, part="end")
    return Thing("log", moved(tube_, at(0.0, 0.0, 0.9 * r, axis="y", turn=pi / 2)), rectangle(long / 2, r), 1.9 * r)
