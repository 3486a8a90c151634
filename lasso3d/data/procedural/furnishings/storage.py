"""What things are kept in; fronts towards -y, backs at the wall."""

from itertools import pairwise

import numpy as np

from lasso3d.data.procedural.appearance import Material
from lasso3d.data.procedural.curves import bent, peg
from lasso3d.data.procedural.finishes import Paint
from lasso3d.data.procedural.forms import Point, ball, block, case, crate, cushion, lofted, rod, tube
from lasso3d.data.procedural.joints import Moving, assembled, hinged, sliding
from lasso3d.data.procedural.shapes import Deck, Shelf, Solid, Thing, rectangle

SWING = 1.8
"""Radians by which doors of furniture open at most."""


def bookcase(rng: np.random.Generator, paint: Paint) -> Thing:
    """Boards between sides, with or without a back, one to three columns."""
    x, y, h = rng.uniform(0.25, 0.75), rng.uniform(0.13, 0.2), rng.uniform(0.7, 2.2)
    wood, columns = paint("lacquer", (x, y, h)), max(1, int(x / 0.35))
    rows, thick = max(2, int(h / rng.uniform(0.28, 0.42))), rng.uniform(0.008, 0.016)
    back = paint("lacquer", (x, y, h)) if rng.random() < 0.3 else wood
    solids: list[Solid] = (
        [] if rng.random() < 0.2 else [block((x, 0.005, h / 2), back, at=(0.0, y - 0.005, h / 2), part="back")]
    )
    walls = np.linspace(-x + thick, x - thick, columns + 1).tolist()
    solids += [block((thick, y, h / 2), wood, at=(a, 0.0, h / 2), part="side") for a in walls]
    levels = np.linspace(0.06, h - thick, rows + 1).tolist()
    solids += [block((x - thick, y - 0.004, thick), wood, at=(0.0, 0.0, z), part="shelf") for z in levels]
    half = (walls[1] - walls[0]) / 2 - thick
    shelves = tuple(
        Shelf((a + b) / 2, 0.0, low + thick, half, y - 0.015, high - low - 2 * thick)
        for low, high in pairwise(levels) for a, b in pairwise(walls)
    )  # fmt: skip
    return Thing("bookcase", tuple(solids), rectangle(x, y), h, Deck(rectangle(x, y), h), shelves)


def wall_shelf(rng: np.random.Generator, paint: Paint) -> Thing:
    """A board on the wall."""
    x, y = rng.uniform(0.25, 0.6), rng.uniform(0.09, 0.14)
    solids = (block((x, y, 0.012), paint("lacquer", (x, y, 0.02)), at=(0.0, 0.0, 0.012), part="shelf"),)
    return Thing("wall shelf", solids, rectangle(x, y), 0.3, None, (Shelf(0.0, 0.0, 0.024, x, y - 0.01, 0.27),))


def cabinet(rng: np.random.Generator, paint: Paint) -> Thing:
    """A sideboard or filing cabinet with doors and drawers."""
    x, y, h = rng.uniform(0.25, 0.85), rng.uniform(0.17, 0.27), rng.uniform(0.55, 1.3)
    return _cased("cabinet", rng, paint, (x, y, h), columns=max(1, int(x / 0.28)), rows=int(rng.integers(1, 3)))


def nightstand(rng: np.random.Generator, paint: Paint) -> Thing:
    """Beside a bed."""
    return _cased(
        "nightstand",
        rng,
        paint,
        (rng.uniform(0.19, 0.27), rng.uniform(0.17, 0.23), rng.uniform(0.4, 0.62)),
        columns=1,
        rows=int(rng.integers(1, 4)),
    )


def dresser(rng: np.random.Generator, paint: Paint) -> Thing:
    """A chest of drawers."""
    size = (rng.uniform(0.35, 0.7), rng.uniform(0.2, 0.27), rng.uniform(0.7, 1.2))
    return _cased("dresser", rng, paint, size, columns=1 + int(rng.random() < 0.5), rows=int(rng.integers(3, 6)))


def wardrobe(rng: np.random.Generator, paint: Paint) -> Thing:
    """Higher than a person, with doors over its whole front."""
    x, y, h = rng.uniform(0.4, 1.1), rng.uniform(0.26, 0.33), rng.uniform(1.75, 2.3)
    return _cased("wardrobe", rng, paint, (x, y, h), columns=max(2, int(x / 0.25)), rows=1)


def wall_cabinet(rng: np.random.Generator, paint: Paint) -> Thing:
    """Above a counter."""
    x, h = rng.uniform(0.3, 0.9), rng.uniform(0.5, 0.75)
    return _cased(
        "wall cabinet",
        rng,
        paint,
        (x, rng.uniform(0.14, 0.18), h),
        columns=max(1, int(x / 0.22)),
        rows=1,
        legs=False,
    )


def box(rng: np.random.Generator, paint: Paint) -> Thing:
    """A carton on the floor, shut or with open flaps."""
    x, y, h = rng.uniform(0.12, 0.32), rng.uniform(0.12, 0.25), rng.uniform(0.12, 0.45)
    brown = Material((0.68, 0.52, 0.36), (0.62, 0.47, 0.32), "marble", 0.1)
    card = brown if rng.random() < 0.6 else paint("print", (x, y, h))
    if rng.random() < 0.6:
        return Thing(
            "box", (block((x, y, h / 2), card, at=(0.0, 0.0, h / 2)),), rectangle(x, y), h, Deck(rectangle(x, y), h)
        )
    t = 0.004
    flaps = []
    for side in (-1, 1):
        along = (block((x - t, y / 2 - 0.001, 0.002), card, at=(0.0, side * (y / 2), h + 0.004), part="lid"),)
        across = (
            block(
                (min(0.45 * x, y / 2), y - t, 0.002),
                card,
                at=(side * (x - min(0.45 * x, y / 2)), 0.0, h),
                part="lid",
            ),
        )
        flaps.append(hinged(across, (0.0, float(side), 0.0), at=(side * x, 0.0, h), until=2.6))
        flaps.append(hinged(along, (-float(side), 0.0, 0.0), at=(0.0, side * y, h), until=2.6))
    solids = crate((x, y, h / 2), card, at=(0.0, 0.0, h / 2), thick=t)
    return assembled("box", solids, tuple(flaps), footprint=rectangle(x, y), deck=h + 0.006)


def suitcase(rng: np.random.Generator, paint: Paint) -> Thing:
    """Hard or soft, upright on wheels, sometimes with its handle drawn out."""
    x, y, h = rng.uniform(0.18, 0.26), rng.uniform(0.1, 0.15), rng.uniform(0.45, 0.7)
    skin, metal = paint("plain" if rng.random() < 0.5 else "fabric", (x, y, h)), paint("metal", (x, y, h))
    body = cushion((x, y, h / 2), skin, rng, at=(0.0, 0.0, h / 2 + 0.04), part="body", edge=rng.uniform(0.12, 0.25))
    wheels = tuple(
        rod(
            (s * (x - 0.05), t * (y - 0.03), 0.05), (s * (x - 0.05), t * (y - 0.03), 0.0), 0.02, metal, part="wheel"
        )
        for s in (-1, 1)
        for t in (-1, 1)
    )
    top = h + 0.035
    grip = (
        bent(
            ((-0.08, 0.6 * y, h - 0.02), (-0.075, 0.6 * y, top), (0.075, 0.6 * y, top), (0.08, 0.6 * y, h - 0.02)),
            0.009,
            metal,
            part="handle",
        ),
        *(
            rod((s * 0.078, 0.6 * y, 0.35 * h), (s * 0.078, 0.6 * y, h), 0.007, metal, part="handle")
            for s in (-1, 1)
        ),
    )
    ear = bent(
        ((-0.05, 0.0, h + 0.03), (-0.04, 0.0, h + 0.055), (0.04, 0.0, h + 0.055), (0.05, 0.0, h + 0.03)),
        0.009,
        skin,
        part="handle",
    )
    return assembled(
        "suitcase", (body, *wheels, ear), (sliding(grip, (0.0, 0.0, 1.0), until=0.4),), footprint=rectangle(x, y)
    )


def backpack(rng: np.random.Generator, paint: Paint) -> Thing:
    """Standing slack, a pocket in front, straps behind."""
    x, y, h = rng.uniform(0.14, 0.18), rng.uniform(0.09, 0.14), rng.uniform(0.36, 0.5)
    skin = paint("fabric", (x, y, h))
    pocket = paint("fabric", (x, y, h)) if rng.random() < 0.3 else skin
    solids = (
        cushion((x, y, h / 2), skin, rng, at=(0.0, 0.0, h / 2), part="body", edge=0.45),
        cushion((0.8 * x, 0.05, 0.28 * h), pocket, rng, at=(0.0, -y - 0.005, 0.3 * h), part="pocket", edge=0.4),
        *tube(
            (
                (-0.04, 0.5 * y, h * 0.97),
                (-0.03, 0.5 * y, h + 0.04),
                (0.03, 0.5 * y, h + 0.04),
                (0.04, 0.5 * y, h * 0.97),
            ),
            0.01,
            skin,
            part="handle",
        ),
    )
    return Thing("backpack", solids, rectangle(x, y + 0.05), h + 0.04)


def basket(rng: np.random.Generator, paint: Paint) -> Thing:
    """For laundry: an open tub, sometimes with something soft in it."""
    x, y, h = rng.uniform(0.18, 0.28), rng.uniform(0.15, 0.22), rng.uniform(0.25, 0.6)
    skin = paint("woven", (x, y, h)) if rng.random() < 0.5 else paint("plain", (x, y, h))
    solids: tuple[Solid, ...] = (
        lofted(
            (
                (0.0005, 0.0005, 0.0),
                (0.85 * x, 0.85 * y, 0.0),
                (x, y, h),
                (x - 0.012, y - 0.012, h),
                (0.83 * x, 0.83 * y, 0.02),
                (0.0005, 0.0005, 0.02),
            ),
            skin,
            roundness=0.5,
        ),
    )
    if rng.random() < 0.6:
        solids += (
            cushion(
                (0.85 * x, 0.85 * y, 0.3 * h),
                paint("fabric", (x, y, h)),
                rng,
                at=(0.0, 0.0, 0.7 * h),
                part="laundry",
                edge=0.7,
            ),
        )
    return Thing("basket", solids, rectangle(x, y), h)


def _cased(
    name: str, rng: np.random.Generator, paint: Paint, size: tuple[float, float, float],
    *, columns: int, rows: int, legs: bool = True,
) -> Thing:  # fmt: skip
    """Boards around doors (higher than wide) that turn and drawers that slide, each with a handle or knob."""
    x, y, h = size
    wood, metal = paint("lacquer", size), paint("metal", size)
    front = paint("lacquer", size) if rng.random() < 0.35 else wood
    low = rng.uniform(0.0, 0.15) if legs and h < 1.5 else 0.0
    low = low if low > 0.05 else 0.0
    fixed = case((x, y - 0.01, (h - low) / 2), wood, at=(0.0, 0.01, (h + low) / 2), part="body")
    if low:
        fixed += tuple(
            block((0.02, 0.02, low / 2), wood, at=(s * (x - 0.03), t * (y - 0.04), low / 2), part="leg")
            for s in (-1, 1)
            for t in (-1, 1)
        )
    gap, flush = rng.uniform(0.002, 0.006), rng.random() < 0.25
    wide, high = 2 * x / columns, (h - low - 0.02) / rows
    style, inner = int(rng.integers(4)), (h - low) / 2 - 0.018
    middle = (h + low) / 2
    fixed += tuple(
        block((0.008, y - 0.02, inner), wood, at=(-x + i * wide, 0.01, middle), part="body")
        for i in range(1, columns)
    )
    moving: list[Moving] = []
    for i in range(columns):
        for j in range(rows):
            a, z = -x + (i + 0.5) * wide, low + 0.01 + (j + 0.5) * high
            swing, left = high > 0.75 * wide, i % 2 == 0
            panel = block(
                (wide / 2 - gap, 0.009, high / 2 - gap),
                front,
                at=(a, -y + (0.0105 if flush else 0.002), z),
                part="door" if swing else "drawer",
            )
            grip = _grip(style, metal, (a, -y - 0.02, z), (wide / 2, high / 2), swing=swing, left=left)
            if swing:
                boards, shelves = _boards((a, z), (wide / 2 - 0.014, y - 0.03, high / 2), wood)
                fixed += boards
                moving.append(leaf((panel, *grip), a, wide / 2, -y, left=left, hides=shelves))
            else:
                moving.append(_drawer((panel, *grip), (a, z), (wide / 2, y, high / 2), wood))
    return assembled(name, fixed, tuple(moving), deck=h, footprint=rectangle(x, y + 0.01))


def leaf(
    solids: tuple[Solid, ...], x: float, half: float, y: float, *, left: bool, hides: tuple[Shelf, ...] = ()
) -> Moving:
    """A door in a front at `y`, hinged on its left or right edge."""
    side = -1 if left else 1
    return hinged(solids, (0.0, 0.0, float(side)), at=(x + side * half, y, 0.0), until=SWING, hides=hides)


def _drawer(front: tuple[Solid, ...], place: tuple[float, float], half: Point, wood: Material) -> Moving:
    (a, z), (x, y, high) = place, half
    box = crate((x - 0.016, y - 0.03, 0.7 * high), wood, at=(a, 0.005, z - 0.2 * high), part="drawer")
    return sliding((*front, *box), (0.0, -1.0, 0.0), until=1.3 * y)


def _boards(place: tuple[float, float], half: Point, wood: Material) -> tuple[tuple[Solid, ...], tuple[Shelf, ...]]:
    """What is behind a door: boards, and the shelves on them."""
    (a, z), (x, y, high) = place, half
    count = int(high / 0.2)
    levels = np.linspace(z - high, z + high, count + 2).tolist()
    boards = tuple(block((x, y, 0.007), wood, at=(a, 0.005, level), part="shelf") for level in levels[1:-1])
    shelves = tuple(Shelf(a, 0.0, low + 0.012, x - 0.01, y - 0.02, up - low - 0.03) for low, up in pairwise(levels))
    return boards, shelves


def _grip(
    style: int, metal: Material, place: Point, half: tuple[float, float], *, swing: bool, left: bool
) -> tuple[Solid, ...]:
    """A knob, a bent bar, a bar or nothing."""
    x, y, z = place
    if style == 0:
        return ()
    if swing:
        x += (0.75 if left else -0.75) * half[0]
        if style == 1:
            return (
                *peg((x, y + 0.015, z), (x, y, z), 0.006, metal, part="handle"),
                ball((0.014, 0.01, 0.014), metal, at=(x, y, z), part="handle"),
            )
        long = min(0.12, 0.5 * half[1])
        return (
            bent(
                (
                    (x, y + 0.014, z - long),
                    (x, y - 0.008, z - 0.85 * long),
                    (x, y - 0.008, z + 0.85 * long),
                    (x, y + 0.014, z + long),
                ),
                0.006,
                metal,
                part="handle",
            ),
        )
    long = min(0.08, 0.5 * half[0])
    return (
        bent(
            (
                (x - long, y + 0.014, z),
                (x - 0.8 * long, y - 0.006, z),
                (x + 0.8 * long, y - 0.006, z),
                (x + long, y + 0.014, z),
            ),
            0.006,
            metal,
            part="handle",
        ),
    )
