"""For washing and cleaning, and what stands in bathrooms and utility rooms."""

from math import cos, pi, sin

import numpy as np

from lasso3d.data.procedural.curves import bent, lathe, peg, rounded, slab, smooth, swept
from lasso3d.data.procedural.finishes import Paint
from lasso3d.data.procedural.forms import block, lofted, rod, turned
from lasso3d.data.procedural.furnishings.cloth import over_rail
from lasso3d.data.procedural.joints import assembled, hinged
from lasso3d.data.procedural.shapes import Solid, Thing


def bucket(rng: np.random.Generator, paint: Paint) -> Thing:
    """A tapered pail, its bow up or down."""
    r, h = rng.uniform(0.11, 0.16), rng.uniform(0.2, 0.32)
    skin, wire = paint("plain" if rng.random() < 0.7 else "metal", (r, r, h)), paint("metal", (r, r, h))
    pail = turned(
        ((0.0, 0.0), (0.75 * r, 0.0), (r, h), (r + 0.008, h), (r + 0.008, h - 0.015), (r, h - 0.015)),
        skin,
        part="body",
    )
    pail += turned(((r - 0.003, h), (0.74 * r, 0.006), (0.0, 0.006)), skin, part="body")
    turn = np.linspace(0, pi, 13).tolist()
    bow = swept(
        tuple(((r + 0.008) * round(cos(a), 9), -(r + 0.01) * round(sin(a), 9), h - 0.025) for a in turn),
        0.0035,
        wire,
        part="handle",
        corners=6,
    )
    grip = peg((-0.05, -r - 0.01, h - 0.025), (0.05, -r - 0.01, h - 0.025), 0.01, skin, part="handle")
    return assembled("bucket", pail, (hinged((bow, *grip), (-1.0, 0.0, 0.0), at=(0.0, 0.0, h - 0.02), until=2.6),))


def broom(rng: np.random.Generator, paint: Paint) -> Thing:
    """A wide brush on a stick, upright."""
    wide, long = rng.uniform(0.12, 0.2), rng.uniform(1.2, 1.45)
    wood, hair = paint("wood", (wide, 0.03, long)), paint("plain", (wide, 0.03, 0.1))
    stick = peg((0.0, 0.0, 0.12), (0.0, 0.03, long), 0.012, wood, part="handle")
    back = rounded((wide, 0.028, 0.016), wood, radius=0.012, at=(0.0, 0.0, 0.1), part="head")
    brush = lofted(((wide + 0.012, 0.035, 0.0), (wide, 0.026, 0.085)), hair, part="head", roundness=0.2)
    return assembled("broom", (*stick, back, brush))


def mop(rng: np.random.Generator, paint: Paint) -> Thing:
    """Strands of cloth on a stick, upright."""
    long, cloth, wood = (
        rng.uniform(1.2, 1.4),
        paint("cloth", (0.1, 0.1, 0.2)),
        paint("wood" if rng.random() < 0.5 else "metal", (0.01, 0.01, 1.3)),
    )
    stick = peg((0.0, 0.0, 0.2), (0.0, 0.02, long), 0.011, wood, part="handle")
    cap = lofted(
        ((0.07, 0.03, 0.19), (0.05, 0.025, 0.235), (0.0005, 0.0005, 0.24)),
        paint("plain", (0.1, 0.1, 0.1)),
        part="head",
        roundness=0.8,
    )
    strands = []
    for i in range(26):
        a, far = 2 * pi * i / 26, rng.uniform(0.09, 0.19)
        x, y = round(cos(a), 9), round(sin(a), 9)
        strands.append(
            bent(
                (
                    (0.04 * x, 0.02 * y, 0.2),
                    (0.085 * x, 0.07 * y, 0.11),
                    (0.6 * far * x, 0.6 * far * y, 0.02),
                    (far * x, far * y, 0.011),
                ),
                0.011,
                cloth,
                part="head",
                steps=3,
            )
        )
    return assembled("mop", (*stick, cap, *strands))


def watering_can(rng: np.random.Generator, paint: Paint) -> Thing:
    """A barrel with a long spout, a rose and a bow."""
    r, h = rng.uniform(0.07, 0.11), rng.uniform(0.14, 0.22)
    skin = paint("metal" if rng.random() < 0.5 else "plain", (r, r, h))
    body = turned(((0.0, 0.0), (r, 0.0), (r, h), (0.9 * r, h), (0.55 * r, 1.03 * h)), skin, part="body")
    end = (-2.6 * r, 0.0, 1.25 * h)
    path = smooth(((-0.9 * r, 0.0, 0.2 * h), (-1.6 * r, 0.0, 0.55 * h), end), 4)
    spout = swept(
        tuple((x, y, z) for x, y, z in path),
        tuple((q, q) for q in np.linspace(0.2 * r, 0.11 * r, len(path)).tolist()),
        skin,
        part="spout",
    )
    rose = (rod(end, (end[0] - 0.35 * r, 0.0, end[2] + 0.15 * h), 0.12 * r, skin, part="spout", taper=3.5),)
    bow = bent(
        (
            (-0.4 * r, 0.0, h),
            (0.1 * r, 0.0, 1.55 * h),
            (1.3 * r, 0.0, 1.3 * h),
            (1.55 * r, 0.0, 0.7 * h),
            (0.98 * r, 0.0, 0.3 * h),
        ),
        0.009,
        skin,
        part="handle",
        steps=5,
    )
    return assembled("watering can", (*body, spout, *rose, bow))


def ironing_board(rng: np.random.Generator, paint: Paint) -> Thing:
    """A narrow padded board on crossed legs."""
    x, y, h = rng.uniform(0.55, 0.68), rng.uniform(0.15, 0.2), rng.uniform(0.78, 0.95)
    cloth, metal = paint("fabric", (x, y, 0.03)), paint("metal", (x, y, h))
    outline = ((-x, -0.7 * y), (-0.95 * x, -y), (0.3 * x, -y), (0.75 * x, -0.75 * y), (0.97 * x, -0.25 * y),
               (x, 0.0), (0.97 * x, 0.25 * y), (0.75 * x, 0.75 * y),
               (0.3 * x, y), (-0.95 * x, y), (-x, 0.7 * y))  # fmt: skip
    board = slab(outline, 0.03, cloth, at=(0.0, 0.0, h - 0.03), part="board", bevel=0.01)
    legs: tuple[Solid, ...] = ()
    for s in (-1, 1):
        out = 0.5 * y if s > 0 else 0.35 * y
        legs += tuple(
            rod((-s * 0.55 * x, t * out, h - 0.03), (s * 0.55 * x, t * out, 0.012), 0.011, metal, part="leg")
            for t in (-1, 1)
        )
        legs += peg((s * 0.55 * x, -1.1 * y, 0.012), (s * 0.55 * x, 1.1 * y, 0.012), 0.012, metal, part="leg")
    return assembled("ironing board", (board, *legs))


def drying_rack(rng: np.random.Generator, paint: Paint) -> Thing:
    """Rails on spread legs with washing on them."""
    x, y, h = rng.uniform(0.45, 0.6), rng.uniform(0.25, 0.32), rng.uniform(0.85, 1.0)
    metal = paint("metal", (x, y, h))
    rails = np.linspace(-y, y, 8).tolist()
    solids: tuple[Solid, ...] = tuple(rod((-x, b, h), (x, b, h), 0.004, metal, part="rod") for b in rails)
    solids += tuple(rod((s * x, -y, h), (s * x, y, h), 0.007, metal, part="frame") for s in (-1, 1))
    solids += tuple(
        rod((s * 0.9 * x, -t * 0.4 * y, h), (s * 0.9 * x, t * 1.1 * y, 0.0), 0.009, metal, part="leg")
        for s in (-1, 1)
        for t in (-1, 1)
    )
    solids += tuple(
        rod((-0.9 * x, t * 1.1 * y, 0.02), (0.9 * x, t * 1.1 * y, 0.02), 0.008, metal, part="leg") for t in (-1, 1)
    )
    for b in rails[1::2]:
        if rng.random() < 0.7:
            half = rng.uniform(0.12, 0.5) * x
            solids += (
                over_rail(
                    half,
                    rng.uniform(0.2, 0.55),
                    b,
                    paint,
                    rng,
                    rng.uniform(-1, 1) * (x - half),
                    z=h,
                    part="laundry",
                ),
            )
    return assembled("drying rack", solids)


def fire_extinguisher(rng: np.random.Generator, paint: Paint) -> Thing:
    """A bottle with a lever and a hose."""
    r, h = rng.uniform(0.065, 0.085), rng.uniform(0.35, 0.5)
    skin, dark = paint("label", (r, r, h)), paint("plain", (r, r, h))
    body = turned(((0.0, 0.01), (0.9 * r, 0.0), (r, 0.02)), skin, part="body") + lathe(
        ((r, 0.02), (r, 0.75 * h), (0.85 * r, 0.92 * h), (0.022, h)), skin, part="body"
    )
    neck = peg((0.0, 0.0, h - 0.01), (0.0, 0.0, h + 0.05), 0.018, paint("metal", (r, r, h)), part="neck")
    levers = (block((0.012, 0.05, 0.004), dark, at=(0.0, -0.035, h + 0.03), part="handle"),)
    press = (
        swept(
            ((0.0, 0.01, h + 0.05), (0.0, -0.05, h + 0.065), (0.0, -0.1, h + 0.07)),
            ((0.01, 0.004),) * 3,
            dark,
            part="handle",
        ),
    )
    hose = bent(
        ((0.0, 0.015, h + 0.03), (0.03, 0.05, h + 0.01), (r + 0.015, 0.02, 0.75 * h), (r + 0.015, 0.0, 0.25 * h)),
        0.01,
        dark,
        part="hose",
        steps=6,
    )
    return assembled(
        "fire extinguisher",
        (*body, *neck, *levers, hose),
        (hinged(press, (1.0, 0.0, 0.0), at=(0.0, 0.01, h + 0.05), until=0.2),),
    )
