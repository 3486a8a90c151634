"""What people wear and carry, and where they leave it."""

from math import atan2, cos, pi, sin

import numpy as np

from lasso3d.data.procedural.appearance import Material
from lasso3d.data.procedural.curves import bent, peg, rounded
from lasso3d.data.procedural.finishes import Paint
from lasso3d.data.procedural.forms import ball, lofted, meshed, moved, rod
from lasso3d.data.procedural.furnishings.cloth import hung_cloth
from lasso3d.data.procedural.joints import assembled, hinged
from lasso3d.data.procedural.shapes import Solid, Thing, at


def coat_rack(rng: np.random.Generator, paint: Paint) -> Thing:
    """A pole on feet with hooks above, coats and a hat on some."""
    h, wood = rng.uniform(1.6, 1.85), paint("wood" if rng.random() < 0.6 else "metal", (0.03, 0.03, 1.7))
    solids: tuple[Solid, ...] = (
        *peg((0.0, 0.0, 0.03), (0.0, 0.0, h), 0.02, wood, part="pole"),
        ball((0.028, 0.028, 0.028), wood, at=(0.0, 0.0, h), part="pole"),
    )
    for i in range(4):
        a = i * pi / 2 + 0.4
        x, y = round(cos(a), 9), round(sin(a), 9)
        solids += (
            bent(
                ((0.0, 0.0, 0.16), (0.12 * x, 0.12 * y, 0.14), (0.26 * x, 0.26 * y, 0.015)),
                0.014,
                wood,
                part="base",
            ),
        )
        solids += (
            bent(
                ((0.0, 0.0, h - 0.14), (0.1 * x, 0.1 * y, h - 0.12), (0.14 * x, 0.14 * y, h - 0.03)),
                0.009,
                wood,
                part="hook",
            ),
        )
        if rng.random() < 0.6:
            solids += (hung_cloth((0.11 * x, 0.11 * y, h - 0.1), a, rng.uniform(0.6, 1.0), paint, rng),)
    return assembled("coat rack", solids)


def shoe(rng: np.random.Generator, paint: Paint) -> Thing:
    """A pair, side by side or as kicked off."""
    skin, sole = (
        paint("leather" if rng.random() < 0.5 else "fabric", (0.05, 0.14, 0.1)),
        paint("plain", (0.05, 0.14, 0.03)),
    )
    high, long = rng.uniform(0.06, 0.13), rng.uniform(0.115, 0.15)
    tidy = rng.random() < 0.6
    left = _one_shoe(long, high, skin, sole, 1)
    right = _one_shoe(long, high, skin, sole, -1)
    turn = 0.0 if tidy else rng.uniform(-1.2, 1.2)
    gap = 0.05 if tidy else rng.uniform(0.08, 0.15)
    return assembled(
        "shoes",
        (
            *moved(left, at(-gap, 0.0, 0.0)),
            *moved(right, at(gap, 0.0 if tidy else rng.uniform(-0.08, 0.08), 0.0, turn=turn)),
        ),
    )


def hat(rng: np.random.Generator, paint: Paint) -> Thing:
    """A crown on a brim, or a cap with a peak."""
    r, h = rng.uniform(0.085, 0.1), rng.uniform(0.09, 0.13)
    felt, band = paint("fabric", (r, r, h)), paint("plain", (r, r, h))
    if rng.random() < 0.6:
        brim = lofted(
            (
                (1.0 * r, 1.1 * r, 0.006),
                (1.6 * r, 1.75 * r, 0.0),
                (1.75 * r, 1.9 * r, 0.012),
                (1.0 * r, 1.1 * r, 0.012),
            ),
            felt,
            part="brim",
            roundness=1.0,
        )
        crown = lofted(
            (
                (r, 1.12 * r, 0.008),
                (0.97 * r, 1.08 * r, 0.7 * h),
                (0.75 * r, 0.9 * r, h),
                (0.3 * r, 0.5 * r, 0.93 * h),
                (0.0005, 0.0005, 0.9 * h),
            ),
            felt,
            part="crown",
            roundness=1.0,
        )
        ribbon = lofted(
            ((1.015 * r, 1.135 * r, 0.012), (1.005 * r, 1.12 * r, 0.035)), band, part="band", roundness=1.0
        )
        return assembled("hat", (brim, crown, ribbon))
    crown = lofted(
        (
            (r, 1.1 * r, 0.0),
            (r, 1.08 * r, 0.3 * h),
            (0.85 * r, 0.9 * r, 0.75 * h),
            (0.4 * r, 0.45 * r, 0.98 * h),
            (0.0005, 0.0005, h),
        ),
        felt,
        part="crown",
        roundness=1.0,
    )
    button = ball((0.008, 0.008, 0.005), band, at=(0.0, 0.0, h), part="crown")
    turn = np.linspace(-0.75, 0.75, 9)
    rows = [
        [(q * r * np.sin(a), -1.05 * q * r * np.cos(a), 0.012 - 0.3 * r * (q - 0.95) * (1 + a * a)) for a in turn]
        for q in (0.95, 1.25, 1.55, 1.75)
    ]
    peak = meshed(np.array(rows), felt, part="brim")
    return assembled("hat", (crown, button, peak))


def umbrella(rng: np.random.Generator, paint: Paint) -> Thing:
    """Furled and lying, or open on the floor."""
    long = rng.uniform(0.75, 0.95)
    cloth, metal, grip = (
        paint("fabric", (0.4, 0.4, 0.3)),
        paint("metal", (0.01, 0.01, long)),
        paint("wood", (0.02, 0.02, 0.1)),
    )
    hook = bent(
        ((0.0, 0.0, 0.0), (0.0, 0.0, -0.08), (0.0, -0.03, -0.115), (0.0, -0.07, -0.1), (0.0, -0.075, -0.07)),
        0.011,
        grip,
        part="handle",
        steps=5,
    )
    shaft = rod((0.0, 0.0, 0.0), (0.0, 0.0, long), 0.005, metal, part="pole")
    if rng.random() < 0.5:
        turn, share = 2 * pi * np.arange(16) / 16, np.linspace(0.02, 1, 6)
        rows = [
            [
                (
                    q * 0.5 * (0.93 if i % 2 else 1.0) * np.cos(a),
                    q * 0.5 * (0.93 if i % 2 else 1.0) * np.sin(a),
                    long - 0.04 - 0.2 * q * q,
                )
                for i, a in enumerate(turn)
            ]
            for q in share
        ]
        canopy = meshed(np.array(rows), cloth, part="canopy", closed=True)
        ribs = tuple(bent(((0.0, 0.0, long - 0.045), (0.25 * round(cos(a), 9), 0.25 * round(sin(a), 9),
                                                      long - 0.1), (0.495 * round(cos(a), 9),
                                                                    0.495 * round(sin(a), 9), long - 0.243)),
                          0.0025, metal, part="rib", steps=3) for a in turn[::2].tolist())  # fmt: skip
        tip = peg((0.0, 0.0, long - 0.05), (0.0, 0.0, long + 0.02), 0.006, metal, part="pole")
        # on the floor it rests on its rim and its handle
        tilted = at(axis="y", turn=round(pi / 2 - atan2(0.5, long - 0.14), 6))
        return assembled("umbrella", moved((hook, shaft, canopy, *ribs, *tip), tilted))
    folds = 2 * pi * np.arange(24) / 24
    rows = [[(r * (1 + 0.25 * np.cos(6 * a + 9 * z)) * np.cos(a),
              r * (1 + 0.25 * np.cos(6 * a + 9 * z)) * np.sin(a), z) for a in folds]
            for r, z in ((0.012, 0.12), (0.032, 0.16), (0.035, 0.3), (0.025, 0.6 * long),
                         (0.01, 0.95 * long))]  # fmt: skip
    furled = meshed(np.array(rows), cloth, part="canopy", closed=True)
    lying = at(0.0, 0.0, 0.0, axis="y", turn=pi / 2)
    return assembled(
        "umbrella",
        moved(
            (hook, shaft, furled, rod((0.0, 0.0, 0.9 * long), (0.0, 0.0, long + 0.04), 0.006, metal, part="pole")),
            lying,
        ),
    )


def handbag(rng: np.random.Generator, paint: Paint) -> Thing:
    """A soft bag with one or two loops and a flap."""
    x, y, h = rng.uniform(0.13, 0.2), rng.uniform(0.05, 0.08), rng.uniform(0.18, 0.28)
    skin = paint("leather" if rng.random() < 0.7 else "fabric", (x, y, h))
    body = lofted(((0.0005, 0.0005, 0.0), (x, y, 0.0), (1.02 * x, 1.05 * y, 0.3 * h),
                   (0.9 * x, 0.6 * y, 0.85 * h), (0.85 * x, 0.25 * y, h), (0.8 * x, 0.02, 0.96 * h)), skin,
                  part="body", roundness=0.5)  # fmt: skip
    loops = tuple(bent(((-0.45 * x, s * 0.3 * y, 0.93 * h), (-0.4 * x, s * 0.6 * y, 1.3 * h),
                        (0.0, s * 0.7 * y, 1.5 * h), (0.4 * x, s * 0.6 * y, 1.3 * h),
                        (0.45 * x, s * 0.3 * y, 0.93 * h)),
                       0.007, skin, part="handle", steps=5) for s in (-1, 1))  # fmt: skip
    clasp = rounded(
        (0.02, 0.006, 0.014),
        paint("metal", (0.02, 0.01, 0.02)),
        radius=0.004,
        at=(0.0, -0.55 * y, 0.86 * h),
        part="buckle",
    )
    return assembled("handbag", (body, *loops, clasp))


def helmet(rng: np.random.Generator, paint: Paint) -> Thing:
    """A shell with a rim, a visor that lifts or vents, standing."""
    r = rng.uniform(0.11, 0.135)
    skin, dark = paint("plain", (r, r, r)), paint("glass", (r, r, r))
    rise = np.linspace(-0.55, pi / 2, 9)
    rings = tuple(
        (
            0.85 * r * max(float(np.cos(a)), 0.01),
            r * max(float(np.cos(a)), 0.01),
            0.55 * r + 0.95 * r * float(np.sin(a)),
        )
        for a in rise
    )
    inner = tuple((0.92 * a, 0.92 * b, 0.94 * c + 0.002) for a, b, c in rings)
    shell = lofted((*inner[::-1], *rings), skin, part="body", roundness=1.0)
    turn = np.linspace(pi + 0.35, 2 * pi - 0.35, 11)
    rows = [
        [(0.9 * r * q * np.cos(a), 1.05 * r * q * np.sin(a), z) for a in turn]
        for q, z in ((0.98, 0.95 * r), (1.02, 0.75 * r), (1.0, 0.5 * r), (0.94, 0.3 * r))
    ]
    visor = meshed(np.round(np.array(rows), 9), dark, part="visor")
    pins = tuple(
        q
        for s in (-1, 1)
        for q in peg((s * 0.8 * r, 0.0, 0.75 * r), (s * 0.9 * r, 0.0, 0.75 * r), 0.016, skin, part="visor")
    )
    return assembled(
        "helmet", (shell,), (hinged((visor, *pins), (-1.0, 0.0, 0.0), at=(0.0, 0.0, 0.75 * r), until=1.1),)
    )


def _one_shoe(long: float, high: float, skin: Material, sole: Material, side: int) -> tuple[Solid, ...]:
    """Toe towards -y: a sole, and a skin over cross-sections that opens above."""
    wide = 0.34 * long
    foot = []
    for s, w, up in (
        (-1.0, 0.55, 0.25),
        (-0.9, 0.85, 0.4),
        (-0.55, 1.05, 0.5),
        (-0.1, 0.9, 0.62),
        (0.15, 0.8, 0.85),
        (0.5, 0.78, 1.0),
        (0.85, 0.72, 1.0),
        (0.97, 0.45, 0.98),
    ):
        foot.append((s * long, w * wide, up * high))
    turn = np.linspace(0, pi, 11)
    rows = [
        [(w * round(float(np.cos(a)), 9), y, 0.014 + (z - 0.014) * round(float(np.sin(a)) ** 0.7, 9)) for a in turn]
        for y, w, z in foot[:4]
    ]
    upper = meshed(np.array([[(0.0, foot[0][0] * 1.02, 0.014)] * 11, *rows]), skin, part="body")
    # behind the tongue the skin is open above: two walls that meet at the heel
    wall = [[(q * w * 0.98, y, z) for z in (0.014, 0.6 * top, top)] for q, (y, w, top) in
            [(1, f) for f in foot[3:]] + [(0.0, (long, 0.0, 0.97 * high))]
            + [(-1, f) for f in foot[:2:-1]]]  # fmt: skip
    heel = meshed(np.array(wall), skin, part="body")
    tongue = meshed(
        np.array(
            [
                [(a * 0.55 * wide, y, z) for a in (-1, 0, 1)]
                for y, z in ((-0.25 * long, 0.62 * high), (0.0, 0.75 * high), (0.2 * long, 1.08 * high))
            ]
        ),
        skin,
        part="tongue",
    )
    outline = [(w * 1.06, y) for y, w, _ in foot] + [(-w * 1.06, y) for y, w, _ in foot[::-1]]
    plate = meshed(np.array([[(0.0, 0.0, 0.0)] * len(outline), *([(x + side * 0.08 * wide, y, z) for x,
                                                                  y in outline] for z in (0.0, 0.018)),
                             [(0.0, 0.0, 0.018)] * len(outline)]), sole,
                   part="sole", closed=True)  # fmt: skip
    laces = tuple(
        rod((-0.4 * wide, y, z), (0.4 * wide, y, z), 0.003, sole, part="lace")
        for y, z in ((-0.2 * long, 0.66 * high), (-0.08 * long, 0.72 * high), (0.04 * long, 0.84 * high))
    )
    return upper, heel, tongue, plate, *laces
