"""Machines with doors, lids and keys; fronts towards -y."""

from math import cos, pi, sin

import numpy as np

from lasso3d.data.procedural.appearance import Material
from lasso3d.data.procedural.curves import bent, facing, lathe, peg, ring, rounded, slab, smooth, swept
from lasso3d.data.procedural.finishes import Paint
from lasso3d.data.procedural.forms import ball, block, moved, rod, turned
from lasso3d.data.procedural.joints import assembled, hinged
from lasso3d.data.procedural.shapes import Solid, Thing, at

"""Axis of a front that is hinged below: it opens towards -y."""


def iron(rng: np.random.Generator, paint: Paint) -> Thing:
    """A pointed sole under a body with an arched grip and a dial."""
    long, wide = rng.uniform(0.2, 0.26), rng.uniform(0.05, 0.06)
    skin, metal = paint("plain", (long, wide, 0.1)), paint("metal", (long, wide, 0.1))
    outline = tuple((wide * a, long * b) for a, b in ((0.0, -0.55), (0.45, -0.35), (0.85, -0.05), (1.0, 0.25),
                                                      (0.95, 0.45), (-0.95, 0.45),
                                                       (-1.0, 0.25), (-0.85, -0.05), (-0.45, -0.35)))  # fmt: skip
    sole = slab(outline, 0.012, metal, part="base", bevel=0.003)
    body = tuple(slab(tuple((s * a, s * b + 0.004) for a, b in outline), t, skin, at=(0.0, 0.0, z),
                      part="body", bevel=0.006)
                 for s, t, z in ((0.94, 0.03, 0.012), (0.7, 0.025, 0.04)))  # fmt: skip
    grip = bent(((0.0, -0.22 * long, 0.055), (0.0, -0.2 * long, 0.105), (0.0, 0.1 * long, 0.125),
                 (0.0, 0.38 * long, 0.115), (0.0, 0.4 * long, 0.04)),
                0.015, skin, part="handle", steps=5)  # fmt: skip
    dial = peg((0.0, 0.1 * long, 0.06), (0.0, 0.1 * long, 0.078), 0.02, metal, part="knob")
    cord = bent(
        ((0.0, 0.4 * long, 0.1), (0.03, 0.6 * long, 0.06), (0.1, 0.7 * long, 0.004), (0.16, 0.5 * long, 0.004)),
        0.0035,
        skin,
        part="cord",
    )
    return assembled(
        "iron", (sole, *body, grip, cord), (hinged(dial, (0.0, 0.0, 1.0), at=(0.0, 0.1 * long, 0.0), until=3.0),)
    )


def fan(rng: np.random.Generator, paint: Paint) -> Thing:
    """Blades in a cage of wire, on a stand; the head turns."""
    r, z = rng.uniform(0.13, 0.2), rng.uniform(0.25, 1.1)
    skin, metal = paint("plain", (r, r, z)), paint("metal", (r, r, z))
    z += r
    fixed = (*lathe(((0.75 * r, 0.0), (0.72 * r, 0.015), (0.2 * r, 0.03), (0.012, 0.05)), skin, part="base"),
             *turned(((0.0, 0.0), (0.75 * r, 0.0)), skin, part="base"),
             rod((0.0, 0.0, 0.02), (0.0, 0.0, z), 0.012, metal, part="pole"))  # fmt: skip
    front = at(0.0, -0.07, z, axis="x", turn=pi / 2)
    rings = tuple(
        ring(q, 0.0022, metal, part="cage", pose=front.after(at(z=d)))
        for q, d in ((r, 0.0), (r, -0.05), (0.66 * r, 0.025), (0.33 * r, 0.035))
    )
    spokes = []
    for i in range(20):
        a, b = round(cos(i * pi / 10), 9), round(sin(i * pi / 10), 9)
        for rim in ((0.12 * r, 0.036), (0.1 * r, -0.07)):
            spokes.append(bent(((r * a, r * b, 0.0 if rim[1] > 0 else -0.05),
                                (0.66 * r * a, 0.66 * r * b, 0.7 * rim[1]),
                                (rim[0] * a, rim[0] * b, rim[1])), 0.0013, metal, part="cage",
                               steps=2))  # fmt: skip
    hub = turned(((0.0, 0.04), (0.13 * r, 0.038), (0.13 * r, 0.03), (0.0, 0.03)), skin, part="cage")
    motor = lathe(((0.0, -0.15), (0.3 * r, -0.13), (0.35 * r, -0.07), (0.25 * r, -0.055)), skin, part="head")
    wing = ((0.05 * r, 0.0), (0.4 * r, -0.28 * r), (0.85 * r, -0.22 * r), (0.92 * r, 0.05 * r), (0.5 * r, 0.2 * r))
    blades = tuple(slab(wing, 0.003, skin, part="blade",
                        pose=front.after(at(z=-0.025, turn=i * 2 * pi / 3)).after(at(axis="x", turn=0.45)))
                   for i in range(3))  # fmt: skip
    blades += moved(
        turned(((0.0, 0.005), (0.16 * r, 0.0), (0.16 * r, -0.05), (0.0, -0.05)), skin, part="blade"), front
    )
    head = (*rings, *moved((*spokes, *hub, *motor), front))
    spin = hinged(blades, (0.0, 1.0, 0.0), at=(0.0, 0.0, z), until=2.0)
    return assembled(
        "fan", fixed, (hinged(head, (0.0, 0.0, 1.0), at=(0.0, 0.0, 0.0), until=0.8, back=-0.8, carried=(spin,)),)
    )


def printer(rng: np.random.Generator, paint: Paint) -> Thing:
    """A block with a scanner lid, keys, and paper in its mouth."""
    x, y, h = rng.uniform(0.2, 0.25), rng.uniform(0.16, 0.21), rng.uniform(0.14, 0.28)
    skin, dark, paper = paint("plain", (x, y, h)), paint("plain", (x, y, h)), Material((0.93, 0.93, 0.91))
    mouth = 0.42 * h
    fixed = (
        rounded((x, y, 0.3 * mouth), skin, radius=0.015, at=(0.0, 0.0, 0.3 * mouth), part="body"),
        rounded((x, 0.6 * y, 0.28 * h), dark, radius=0.01, at=(0.0, 0.35 * y, mouth), part="body"),
        *(
            rounded((0.12 * x, y, 0.3 * h), skin, radius=0.01, at=(s * 0.88 * x, 0.0, mouth), part="body")
            for s in (-1, 1)
        ),
        rounded((x, y, (h - mouth) / 2 - 0.02), skin, radius=0.012, at=(0.0, 0.0, (h + mouth) / 2), part="body"),
        rounded((0.7 * x, 0.06, 0.004), dark, radius=0.003, at=(0.0, -y - 0.05, 0.62 * mouth), part="tray"),
        block((0.105, 0.1, 0.003), paper, at=(0.0, -y + 0.02, 0.62 * mouth + 0.008), part="paper"),
        *front_keys(rng, tuple((a * x, h - 0.035) for a in (0.45, 0.58, 0.71, 0.84)), -y, dark),
        block(
            (0.18 * x, 0.002, 0.02), paint("screen", (x, y, h)), at=(0.1 * x, -y - 0.001, h - 0.04), part="display"
        ),
    )
    lid = (rounded((x - 0.003, y - 0.003, 0.011), skin, radius=0.008, at=(0.0, 0.0, h - 0.008), part="lid"),)
    return assembled(
        "printer", fixed, (hinged(lid, (-1.0, 0.0, 0.0), at=(0.0, y - 0.01, h - 0.015), until=1.3),), deck=h + 0.003
    )


def vacuum_cleaner(rng: np.random.Generator, paint: Paint) -> Thing:
    """A canister on wheels, a hose, a pipe and a nozzle."""
    x, y, h = rng.uniform(0.11, 0.14), rng.uniform(0.17, 0.22), rng.uniform(0.18, 0.24)
    skin, dark = paint("plain", (x, y, h)), paint("plain", (x, y, h))
    body: tuple[Solid, ...] = (ball((x, y, 0.45 * h), skin, at=(0.0, 0.0, 0.5 * h), part="body"),)
    body += (
        bent(
            (
                (0.0, -0.5 * y, 0.86 * h),
                (0.0, -0.3 * y, 1.08 * h),
                (0.0, 0.3 * y, 1.08 * h),
                (0.0, 0.5 * y, 0.86 * h),
            ),
            0.012,
            dark,
            part="handle",
        ),
    )
    wheels = tuple(
        w
        for s in (-1, 1)
        for w in peg(
            (s * 0.75 * x, 0.5 * y, 0.4 * h), (s * (x + 0.012), 0.5 * y, 0.4 * h), 0.4 * h, dark, part="wheel"
        )
    )
    wheels += (ball((0.022, 0.022, 0.022), dark, at=(0.0, -0.75 * y, 0.022), part="wheel"),)
    top = (x + 0.25, -0.1, 0.95)
    hose = bent(((0.0, -0.85 * y, 0.5 * h), (0.0, -y - 0.18, 0.5 * h), (0.6 * x, -y - 0.35, 0.7 * h),
                 (x + 0.2, -y - 0.2, 0.6), (x + 0.27, -0.15, 1.0), top),
                0.018, dark, part="hose", steps=6)  # fmt: skip
    end = (x + 0.15, -y - 0.5, 0.05)
    pipe = peg(top, end, 0.016, paint("metal", (x, y, h)), part="pole")
    nozzle = (rounded((0.14, 0.035, 0.02), dark, radius=0.015, at=(end[0], end[1] - 0.02, 0.025), part="head"),)
    return assembled("vacuum cleaner", (*body, *wheels, hose, *pipe, *nozzle))


def hair_dryer(rng: np.random.Generator, paint: Paint) -> Thing:
    """A barrel with a grip that folds and a nozzle, lying on its side."""
    r, long = rng.uniform(0.032, 0.045), rng.uniform(0.14, 0.19)
    skin, dark = paint("plain", (r, r, long)), paint("plain", (r, r, long))
    side = at(0.0, 0.0, r, axis="y", turn=pi / 2)
    barrel = moved(
        lathe(
            ((0.5 * r, -0.4 * long), (0.95 * r, -0.35 * long), (r, 0.0), (0.65 * r, 0.5 * long)), skin, part="body"
        ),
        side,
    )
    barrel += moved(turned(((0.0, -0.39 * long), (0.6 * r, -0.39 * long)), dark, part="body"), side)
    nozzle = (swept(((0.49 * long, 0.0, r), (0.55 * long, 0.0, r), (0.7 * long, 0.0, r)),
                    ((0.64 * r, 0.64 * r), (0.66 * r, 0.6 * r), (1.05 * r, 0.22 * r)),
                    dark, part="nozzle"),)  # fmt: skip
    path = smooth(((-0.1 * long, -0.5 * r, r), (-0.1 * long, -2.0 * r, r), (-0.02 * long, -3.3 * r, r)), 4)
    grip = (swept(tuple((x, y, z) for x, y, z in path), tuple((0.45 * r, 0.38 * r) for _ in path),
                  skin,
                  part="handle"),
            rounded((0.006, 0.014, 0.005), dark, radius=0.004, at=(0.0, -1.7 * r, 1.45 * r),
                    part="switch"))  # fmt: skip
    cord = bent(
        (
            (-0.02 * long, -3.2 * r, r),
            (0.0, -4.2 * r, 0.4 * r),
            (0.5 * long, -4.6 * r, 0.005),
            (long, -3.0 * r, 0.005),
        ),
        0.004,
        dark,
        part="cord",
    )
    return assembled(
        "hair dryer",
        (*barrel, *nozzle, cord),
        (hinged(grip, (0.0, 0.0, 1.0), at=(-0.1 * long, 0.0, 0.0), until=1.2),),
    )


def speaker(rng: np.random.Generator, paint: Paint) -> Thing:
    """A box with round membranes."""
    x, h = rng.uniform(0.06, 0.16), rng.uniform(0.2, 0.9)
    y, skin, dark = rng.uniform(0.8, 1.2) * x, paint("lacquer", (x, x, h)), paint("plain", (x, x, h))
    fixed: tuple[Solid, ...] = (rounded((x, y, h / 2), skin, radius=0.008, at=(0.0, 0.0, h / 2), part="body"),)
    for r, z in ((0.8 * x, 0.35 * h), (0.42 * x, h - 0.5 * x - 0.2 * (h - 2 * x))):
        if z + r > h - 0.01 or z - r < 0.01:
            r = 0.16 * h
        cone = turned(
            ((r, 0.0), (r, 0.006), (0.85 * r, 0.008), (0.75 * r, -0.001), (0.35 * r, -0.002)), dark, part="membrane"
        )
        cone += turned(((0.35 * r, 0.001), (0.2 * r, 0.012), (0.0, 0.014)), dark, part="membrane")
        fixed += facing(cone, (0.0, -y, z))
    return assembled("speaker", fixed, deck=h)


def front_keys(
    rng: np.random.Generator, places: tuple[tuple[float, float], ...], y: float, material: Material
) -> tuple[Solid, ...]:
    """Small buttons on a front."""
    wide = rng.uniform(0.005, 0.009)
    return tuple(
        rounded((wide, 0.004, 0.005), material, radius=0.003, at=(x, y, z), part="button") for x, z in places
    )
