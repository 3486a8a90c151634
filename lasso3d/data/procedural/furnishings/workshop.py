"""Tools and what they are kept in and worked at."""

from math import cos, pi, sin

import numpy as np

from lasso3d.data.procedural.appearance import Material
from lasso3d.data.procedural.curves import bent, lathe, peg, rounded, slab, smooth, swept
from lasso3d.data.procedural.finishes import Paint
from lasso3d.data.procedural.forms import block, crate, moved, rod, turned
from lasso3d.data.procedural.joints import Moving, assembled, hinged, sliding
from lasso3d.data.procedural.shapes import Shelf, Solid, Thing, at


def hammer(rng: np.random.Generator, paint: Paint) -> Thing:
    """A head with a face and a claw on a handle, lying."""
    long, r = rng.uniform(0.22, 0.33), rng.uniform(0.011, 0.015)
    steel, grip = (
        paint("metal", (0.02, long, 0.02)),
        paint("wood" if rng.random() < 0.6 else "plain", (0.02, long, 0.02)),
    )
    path = smooth(((0.0, 0.0, r), (0.0, -0.4 * long, r), (0.0, -0.8 * long, r), (0.0, -long, r)), 3)
    handle = swept(
        tuple((x, y, z) for x, y, z in path),
        tuple((0.011 + 0.003 * round(cos(0.9 * i), 6), 0.010) for i in range(len(path))),
        grip,
        part="handle",
    )
    head = (
        rounded((0.018, 0.014, 0.012), steel, radius=0.004, at=(0.0, 0.0, r), part="head"),
        *peg((-0.015, 0.0, r), (-0.055, 0.0, r), 0.011, steel, part="head", taper=1.2),
    )
    claws = tuple(swept(((0.015, 0.0, r), (0.04, 0.004, r + s * 0.004), (0.062, -0.012, r + s * 0.008)),
                        ((0.009, 0.005), (0.007, 0.004), (0.003, 0.002)), steel, part="head")
                  for s in (-1, 1))  # fmt: skip
    return assembled("hammer", (handle, *head, *claws))


def screwdriver(rng: np.random.Generator, paint: Paint) -> Thing:
    """A ribbed handle and a shaft, lying."""
    long, r = rng.uniform(0.08, 0.18), rng.uniform(0.011, 0.016)
    steel, grip = paint("metal", (long, r, r)), paint("plain", (long, r, r))
    lying = at(0.0, 0.0, r, axis="y", turn=pi / 2)
    handle = moved(
        turned(
            (
                (0.0, -0.1),
                (0.8 * r, -0.098),
                (r, -0.09),
                (r, -0.03),
                (0.6 * r, -0.015),
                (0.75 * r, 0.0),
                (0.0, 0.0),
            ),
            grip,
            part="handle",
        ),
        lying,
    )
    tip = block((0.006, 0.004, 0.0008), steel, at=(long, 0.0, r), part="blade")
    return assembled(
        "screwdriver", (*handle, *peg((0.0, 0.0, r), (long, 0.0, r), 0.0032, steel, part="blade"), tip)
    )


def wrench(rng: np.random.Generator, paint: Paint) -> Thing:
    """A bar with an open jaw at one end and a ring at the other."""
    long, a = rng.uniform(0.06, 0.1), rng.uniform(0.016, 0.022)
    steel, t = paint("metal", (long, a, 0.006)), 0.006
    bar = rounded((long, 0.55 * a, t / 2), steel, radius=0.002, at=(0.0, 0.0, t / 2), part="handle")
    jaws = tuple(slab(tuple((long + q * a, s * w * a) for q, w in ((-0.2, 0.0), (0.5, 0.35), (1.7, 0.5),
                                                                   (1.75, 0.85), (0.9, 1.15), (-0.2, 0.6))), t,
                      steel,
                      part="jaw", bevel=0.001) for s in (-1, 1))  # fmt: skip
    turn = np.linspace(0, 2 * pi, 17).tolist()
    eye = swept(
        tuple((-long - 0.7 * a + a * round(cos(q), 9), a * round(sin(q), 9), t / 2) for q in turn),
        tuple((0.32 * a, t / 2) for _ in turn),
        steel,
        part="head",
        closed=True,
    )
    return assembled("wrench", (bar, *jaws, eye))


def saw(rng: np.random.Generator, paint: Paint) -> Thing:
    """A broad blade with a closed grip, lying."""
    long, wide = rng.uniform(0.3, 0.5), rng.uniform(0.09, 0.13)
    steel, grip = (
        paint("metal", (long, wide, 0.002)),
        paint("wood" if rng.random() < 0.5 else "plain", (0.06, 0.06, 0.02)),
    )
    blade = slab(
        ((0.0, -0.5 * wide), (long, -0.2 * wide), (long, 0.25 * wide), (0.0, 0.5 * wide)),
        0.0018,
        steel,
        at=(0.0, 0.0, 0.009),
        part="blade",
    )
    teeth = int(long / 0.012)
    points = tuple(slab(((0.0, 0.0), (0.006, -0.006), (0.012, 0.0)), 0.0018, steel, part="blade",
                        pose=at(long * i / teeth, wide * (-0.5 + 0.3 * i / teeth), 0.009))
                   for i in range(teeth))  # fmt: skip
    path = smooth(((0.01, 0.42 * wide, 0.01), (-0.04, 0.62 * wide, 0.01), (-0.1, 0.4 * wide, 0.01),
                   (-0.085, -0.05 * wide, 0.01), (-0.1, -0.5 * wide, 0.01),
                   (-0.04, -0.55 * wide, 0.01), (0.01, -0.4 * wide, 0.01), (0.005, 0.0, 0.01),
                   (0.01, 0.42 * wide, 0.01)), 3)  # fmt: skip
    return assembled(
        "saw",
        (
            blade,
            *points,
            swept(
                tuple((x, y, z) for x, y, z in path),
                tuple((0.012, 0.009) for _ in path),
                grip,
                part="handle",
                closed=True,
            ),
        ),
    )


def drill(rng: np.random.Generator, paint: Paint) -> Thing:
    """A body over a pistol grip with a battery, standing on it; chuck and bit in front."""
    r, h = rng.uniform(0.026, 0.034), rng.uniform(0.16, 0.2)
    skin, dark, steel = paint("plain", (r, r, h)), paint("plain", (r, r, h)), paint("metal", (r, r, h))
    body = (swept(((0.07, 0.0, h), (0.06, 0.0, h), (0.0, 0.0, h), (-0.075, 0.0, h), (-0.085, 0.0, h)),
                  ((0.6 * r, 0.6 * r), (0.9 * r, r), (r, 1.1 * r), (0.9 * r, r), (0.7 * r, 0.8 * r)),
                  skin, part="body", corners=14),)  # fmt: skip
    grip = (swept(((-0.02, 0.0, h - 0.01), (-0.03, 0.0, 0.6 * h), (-0.042, 0.0, 0.04)),
                  ((0.018, 0.024), (0.016, 0.02), (0.018, 0.022)), dark, part="handle", up=(1.0, 0.0, 0.0)),
            rounded((0.055, 0.035, 0.02), dark, radius=0.008, at=(-0.035, 0.0, 0.02), part="base"))  # fmt: skip
    trigger = (rounded((0.008, 0.009, 0.016), steel, radius=0.005, at=(-0.003, 0.0, h - 0.05), part="button"),)
    chuck = (
        *peg((0.07, 0.0, h), (0.1, 0.0, h), 0.018, dark, part="head", taper=0.7),
        *peg((0.1, 0.0, h), (0.1 + rng.uniform(0.04, 0.09), 0.0, h), 0.003, steel, part="bit"),
    )
    return assembled(
        "drill",
        (*body, *grip),
        (
            sliding(trigger, (-1.0, 0.0, 0.0), until=0.008),
            hinged(chuck, (1.0, 0.0, 0.0), at=(0.0, 0.0, h), until=3.0),
        ),
    )


def toolbox(rng: np.random.Generator, paint: Paint) -> Thing:
    """A box with a lid, latches and a bow; a tray inside."""
    x, y, h = rng.uniform(0.18, 0.26), rng.uniform(0.09, 0.13), rng.uniform(0.12, 0.2)
    skin, dark, metal = paint("plain", (x, y, h)), paint("plain", (x, y, h)), paint("metal", (x, y, h))
    low = 0.68 * h
    latches = tuple(
        rounded((0.018, 0.005, 0.02), metal, radius=0.003, at=(s * 0.6 * x, -y - 0.004, low - 0.008), part="latch")
        for s in (-1, 1)
    )
    tray = crate((0.9 * x, 0.85 * y, 0.02), dark, at=(0.0, 0.0, low - 0.03), part="tray")
    lid = (
        block((x, y, 0.003), skin, at=(0.0, 0.0, h - 0.003), part="lid"),
        *(
            block((x, 0.003, (h - low) / 2), skin, at=(0.0, s * (y - 0.003), (h + low) / 2), part="lid")
            for s in (-1, 1)
        ),
        *(
            block((0.003, y, (h - low) / 2), skin, at=(s * (x - 0.003), 0.0, (h + low) / 2), part="lid")
            for s in (-1, 1)
        ),
    )
    bow = bent(
        ((-0.45 * x, 0.0, h), (-0.42 * x, 0.0, h + 0.045), (0.42 * x, 0.0, h + 0.045), (0.45 * x, 0.0, h)),
        0.009,
        dark,
        part="handle",
        steps=5,
    )
    handle = hinged((bow,), (1.0, 0.0, 0.0), at=(0.0, 0.0, h), until=1.4)
    return assembled("toolbox", (*crate((x, y, low / 2), skin, at=(0.0, 0.0, low / 2), part="body"), *latches,
                                 *tray),
                     (hinged(lid, (-1.0, 0.0, 0.0), at=(0.0, y, low), until=1.9, carried=(handle,)),))  # fmt: skip


def ladder(rng: np.random.Generator, paint: Paint) -> Thing:
    """A stepladder, opened a little."""
    x, h, steps = rng.uniform(0.2, 0.26), rng.uniform(0.8, 2.0), 0
    metal, spread = paint("metal" if rng.random() < 0.6 else "wood", (x, 0.3, h)), rng.uniform(0.18, 0.3) * h
    steps = max(3, int(h / 0.24))
    front: tuple[Solid, ...] = tuple(
        _beam((s * x, 0.0, h), (s * 1.15 * x, -spread, 0.0), metal, "side") for s in (-1, 1)
    )
    front += tuple(
        block(
            (x * (1.15 - 0.15 * k / steps), 0.045, 0.012),
            metal,
            at=(0.0, -spread * (1 - k / steps), h * k / steps),
            part="step",
        )
        for k in range(1, steps + 1)
    )
    rear = tuple(_beam((s * 0.95 * x, 0.03, h - 0.03), (s * 1.1 * x, spread, 0.0), metal, "leg") for s in (-1, 1))
    rear += tuple(
        rod((-x, spread * (1 - q), q * h), (x, spread * (1 - q), q * h), 0.01, metal, part="leg")
        for q in (0.25, 0.6)
    )
    return assembled("ladder", (*front, *rear))


def workbench(rng: np.random.Generator, paint: Paint) -> Thing:
    """A thick top on heavy legs with a shelf, drawers and a vice at its front."""
    x, y, h = rng.uniform(0.6, 0.95), rng.uniform(0.28, 0.36), rng.uniform(0.82, 0.92)
    wood, metal = paint("wood", (x, y, h)), paint("metal", (x, y, h))
    fixed = (
        block((x, y, 0.03), wood, at=(0.0, 0.0, h - 0.03), part="tabletop"),
        *(
            block((0.045, 0.045, h / 2 - 0.03), wood, at=(s * (x - 0.07), t * (y - 0.06), h / 2 - 0.03), part="leg")
            for s in (-1, 1)
            for t in (-1, 1)
        ),
        block((x - 0.03, y - 0.03, 0.012), wood, at=(0.0, 0.0, 0.18), part="shelf"),
        block((x - 0.05, 0.012, 0.06), wood, at=(0.0, y - 0.05, h - 0.12), part="frame"),
    )
    drawer = (
        *crate((0.2, y - 0.06, 0.06), wood, at=(-0.4 * x, 0.0, h - 0.13), part="drawer"),
        block((0.06, 0.01, 0.008), metal, at=(-0.4 * x, -y + 0.05, h - 0.13), part="handle"),
    )
    jaw = (block((0.1, 0.025, 0.07), wood, at=(0.45 * x, -y - 0.03, h - 0.09), part="jaw"),
           *peg((0.45 * x, -y, h - 0.11), (0.45 * x, -y - 0.11, h - 0.11), 0.013, metal, part="screw"),
           rod((0.45 * x - 0.1, -y - 0.1, h - 0.11), (0.45 * x + 0.1, -y - 0.1, h - 0.11), 0.008, metal,
               part="handle"))  # fmt: skip
    moving = (sliding(drawer, (0.0, -1.0, 0.0), until=0.3), sliding(jaw, (0.0, -1.0, 0.0), until=0.12))
    return assembled(
        "workbench", fixed, moving, deck=h, shelves=(Shelf(0.0, 0.0, 0.192, x - 0.15, y - 0.08, h - 0.45),)
    )


def vice(rng: np.random.Generator, paint: Paint) -> Thing:
    """Two jaws on a foot; a screw with a bar."""
    s = rng.uniform(0.8, 1.3)
    skin, steel = paint("plain", (0.1, 0.1, 0.1)), paint("metal", (0.1, 0.1, 0.1))
    fixed = (
        *lathe(
            ((0.075 * s, 0.0), (0.07 * s, 0.02 * s), (0.04 * s, 0.05 * s), (0.045 * s, 0.08 * s)), skin, part="base"
        ),
        *turned(((0.0, 0.0), (0.075 * s, 0.0)), skin, part="base"),
        rounded((0.035 * s, 0.06 * s, 0.03 * s), skin, radius=0.012 * s, at=(0.0, 0.02 * s, 0.1 * s), part="body"),
        rounded(
            (0.055 * s, 0.014 * s, 0.032 * s), skin, radius=0.005 * s, at=(0.0, -0.02 * s, 0.14 * s), part="jaw"
        ),
    )
    front = (
        rounded(
            (0.055 * s, 0.014 * s, 0.032 * s), skin, radius=0.005 * s, at=(0.0, -0.052 * s, 0.14 * s), part="jaw"
        ),
        rounded((0.026 * s, 0.05 * s, 0.02 * s), skin, radius=0.006 * s, at=(0.0, -0.07 * s, 0.1 * s), part="jaw"),
        *peg((0.0, -0.1 * s, 0.1 * s), (0.0, -0.17 * s, 0.1 * s), 0.013 * s, steel, part="screw"),
    )
    bar = rod((-0.08 * s, -0.16 * s, 0.1 * s), (0.08 * s, -0.16 * s, 0.1 * s), 0.006 * s, steel, part="handle")
    ends = tuple(
        q
        for e in (-1, 1)
        for q in peg(
            (e * 0.08 * s, -0.16 * s, 0.1 * s), (e * 0.092 * s, -0.16 * s, 0.1 * s), 0.01 * s, steel, part="handle"
        )
    )
    turning = hinged((bar, *ends), (0.0, 1.0, 0.0), at=(0.0, 0.0, 0.1 * s), until=2.5)
    return assembled("vice", fixed, (sliding(front, (0.0, -1.0, 0.0), until=0.09 * s, carried=(turning,)),))


def cart(rng: np.random.Generator, paint: Paint) -> Thing:
    """A trolley: two or three trays between posts on wheels, with a push bar."""
    x, y, h = rng.uniform(0.25, 0.42), rng.uniform(0.18, 0.26), rng.uniform(0.7, 0.95)
    skin, metal, dark = paint("plain", (x, y, h)), paint("metal", (x, y, h)), paint("plain", (0.04, 0.02, 0.04))
    levels = np.linspace(0.16, h - 0.08, int(rng.integers(2, 4))).tolist()
    trays = tuple(s for z in levels for s in crate((x, y, 0.03), skin, at=(0.0, 0.0, z), part="shelf"))
    posts = tuple(
        rod((s * x, t * y, 0.1), (s * x, t * y, h), 0.012, metal, part="frame") for s in (-1, 1) for t in (-1, 1)
    )
    bar = bent(
        ((x, -y, h - 0.02), (x + 0.06, -0.9 * y, h + 0.07), (x + 0.06, 0.9 * y, h + 0.07), (x, y, h - 0.02)),
        0.012,
        metal,
        part="handle",
        steps=5,
    )
    wheels = tuple(_castor(s * (x - 0.03), t * (y - 0.03), metal, dark) for s in (-1, 1) for t in (-1, 1))
    shelves = tuple(Shelf(0.0, 0.0, z - 0.022, x - 0.03, y - 0.03, 0.22) for z in levels)
    return assembled("cart", (*trays, *posts, bar), wheels, shelves=shelves)


def paint_can(rng: np.random.Generator, paint: Paint) -> Thing:
    """A tin with a wire bow and a lid."""
    r, h = rng.uniform(0.06, 0.1), rng.uniform(0.12, 0.2)
    tin, label = paint("metal", (r, r, h)), paint("label", (r, r, h))
    body = turned(((0.0, 0.0), (r, 0.0)), tin, part="body") + turned(
        ((r, 0.0), (r, h), (r + 0.003, h), (0.85 * r, h - 0.004)), label, part="body"
    )
    lid = turned(
        ((0.86 * r, h - 0.004), (0.86 * r, h + 0.003), (0.8 * r, h - 0.003), (0.0, h - 0.003)), tin, part="lid"
    )
    turn = np.linspace(0, pi, 11).tolist()
    bow = swept(
        tuple((1.02 * r * round(cos(a), 9), -1.06 * r * round(sin(a), 9), 0.85 * h) for a in turn),
        0.002,
        tin,
        part="handle",
        corners=6,
    )
    return assembled(
        "paint can",
        body,
        (
            sliding(lid, (0.0, 0.0, 1.0), until=0.05),
            hinged((bow,), (-1.0, 0.0, 0.0), at=(0.0, 0.0, 0.85 * h), until=2.4),
        ),
    )


def _beam(
    start: tuple[float, float, float], end: tuple[float, float, float], material: Material, part: str
) -> Solid:
    """A flat profile between two points."""
    return swept((start, end), ((0.012, 0.025),) * 2, material, part=part, up=(0.0, 1.0, 0.0), corners=4)


def _castor(x: float, y: float, metal: Material, dark: Material) -> Moving:
    """A wheel in a fork that swivels."""
    wheel = hinged(
        peg((x - 0.012, y + 0.02, 0.04), (x + 0.012, y + 0.02, 0.04), 0.04, dark, part="wheel"),
        (1.0, 0.0, 0.0),
        at=(x, y + 0.02, 0.04),
        until=3.0,
    )
    fork = (
        *(block((0.002, 0.014, 0.035), metal, at=(x + s * 0.016, y + 0.012, 0.07), part="wheel") for s in (-1, 1)),
        rod((x, y, 0.09), (x, y, 0.14), 0.012, metal, part="wheel"),
    )
    return hinged(fork, (0.0, 0.0, 1.0), at=(x, y, 0.0), until=3.1, back=-3.1, carried=(wheel,))
