"""Large machines of kitchens; fronts towards -y, backs at the wall."""

from itertools import pairwise
from math import pi

import numpy as np

from lasso3d.data.procedural.appearance import Material
from lasso3d.data.procedural.curves import bent, facing, peg, rounded
from lasso3d.data.procedural.finishes import Paint
from lasso3d.data.procedural.forms import (
    Point,
    block,
    case,
    meshed,
    rod,
    turned,
)
from lasso3d.data.procedural.furnishings.appliances import front_keys
from lasso3d.data.procedural.furnishings.storage import leaf
from lasso3d.data.procedural.joints import Moving, assembled, hinged, sliding
from lasso3d.data.procedural.shapes import Shelf, Solid, Thing, rectangle


def stove(rng: np.random.Generator, paint: Paint) -> Thing:
    """An oven under four rings, knobs in front."""
    x, y, h = rng.uniform(0.25, 0.38), 0.31, rng.uniform(0.86, 0.94)
    skin, dark = paint("metal" if rng.random() < 0.5 else "porcelain", (x, y, h)), paint("glass", (x, y, h))
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
        hinged(
            (
                *peg((a * x, -y, h - 0.06), (a * x, -y - 0.022, h - 0.06), 0.018, metal, part="knob", taper=0.8),
                block((0.003, 0.004, 0.014), dark, at=(a * x, -y - 0.022, h - 0.06), part="knob"),
            ),
            (0.0, 1.0, 0.0),
            at=(a * x, 0.0, h - 0.06),
            until=2.6,
        )
        for a in (-0.7, -0.35, 0.0, 0.35, 0.7)
    )
    low = h - 0.62
    solids = (
        block((x, y, low / 2), skin, at=(0.0, 0.0, low / 2), part="body"),
        *case((x, y, 0.25), skin, at=(0.0, 0.0, low + 0.25), part="body", thick=0.025, lining=dark),
        block((x, y, 0.06), skin, at=(0.0, 0.0, h - 0.06), part="body"),
        *rings,
    )
    z = low + 0.25
    door = (
        *(block((x - 0.01, 0.012, 0.05), skin, at=(0.0, -y - 0.013, z + s * 0.19), part="door")
          for s in (-1, 1)),
        *(block((0.03, 0.012, 0.14), skin, at=(s * (x - 0.04), -y - 0.013, z), part="door") for s in (-1, 1)),
        block((x - 0.07, 0.004, 0.14), dark, at=(0.0, -y - 0.013, z), part="door"),
        bent(((0.1 - x, -y - 0.02, z + 0.2), (0.12 - x, -y - 0.05, z + 0.2), (x - 0.12, -y - 0.05, z + 0.2),
              (x - 0.1, -y - 0.02, z + 0.2)), 0.009, metal,
             part="handle", steps=3),
    )  # fmt: skip
    inside = Shelf(0.0, 0.0, low + 0.03, x - 0.05, y - 0.05, 0.4)
    flap = hinged(door, (1.0, 0.0, 0.0), at=(0.0, -y - 0.013, low + 0.01), until=1.5, hides=(inside,))
    return assembled("stove", solids, (flap, *knobs), deck=h + 0.006, footprint=rectangle(x, y))


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
    white = paint("porcelain", (x, y, h))
    fixed = case((x, y - 0.03, h / 2), skin, at=(0.0, 0.03, h / 2), part="body", thick=0.03, lining=white)
    fixed += (block((x - 0.03, y - 0.04, 0.02), white, at=(0.0, 0.03, split), part="body") if x <= 0.42 else
              block((0.02, y - 0.04, h / 2 - 0.03), white, at=(0.0, 0.03, h / 2), part="body"),)  # fmt: skip
    moving = []
    for a, z, half, high in doors:
        grip = a - half + 0.05 if a >= 0 else a + half - 0.05
        long = min(0.2, 0.6 * high)
        bar = bent(((grip, -y + 0.005, z - long), (grip, -y - 0.03, z - 0.85 * long),
                    (grip, -y - 0.03, z + 0.85 * long), (grip, -y + 0.005, z + long)), 0.01, metal,
                   part="handle", steps=3)  # fmt: skip
        front = rounded((half, 0.03, high), skin, radius=0.012, at=(a, -y + 0.03, z), part="door")
        levels = np.linspace(z - high + 0.03, z + high - 0.02, max(2, int(high / 0.14)) + 1).tolist()
        fixed += tuple(
            block((half - 0.035, y - 0.06, 0.004), white, at=(a, 0.02, level), part="shelf")
            for level in levels[1:-1]
        )
        hidden = tuple(
            Shelf(a, 0.02, lo + 0.006, half - 0.06, y - 0.09, hi - lo - 0.02) for lo, hi in pairwise(levels)
        )
        moving.append(leaf((front, bar), a, half, -y + 0.06, left=a < 0, hides=hidden))
    return assembled("refrigerator", fixed, tuple(moving), deck=h, footprint=rectangle(x, y))


def washing_machine(rng: np.random.Generator, paint: Paint) -> Thing:
    """A round door in a white front."""
    x, y, h = 0.3, rng.uniform(0.25, 0.31), rng.uniform(0.82, 0.88)
    skin, dark = paint("porcelain", (x, y, h)), paint("glass", (x, y, h))
    metal, place, r = paint("metal", (x, y, h)), (0.0, -y, 0.48 * h), 0.16
    fixed = (
        *case((x, y - 0.01, h / 2), skin, at=(0.0, 0.01, h / 2), part="body", thick=0.008),
        _pierced_front(x, h, place, r, skin),
        *facing(turned(((r, 0.0), (r + 0.015, 0.006), (r + 0.02, 0.0)), metal, part="body"), place),
        *facing(
            turned(((r, 0.0), (0.22, -0.06), (0.22, -2 * y + 0.08), (0.0, -2 * y + 0.08)), metal, part="container"),
            place,
        ),
        rounded(
            (x - 0.02, 0.008, 0.045), paint("plain", (x, y, h)), radius=0.006, at=(0.0, -y, h - 0.065), part="panel"
        ),
        rounded((0.08, 0.006, 0.03), skin, radius=0.004, at=(-x + 0.11, -y - 0.008, h - 0.065), part="drawer"),
        *(
            rounded(
                (0.009, 0.005, 0.006),
                metal,
                radius=0.003,
                at=(0.06 + 0.03 * i, -y - 0.009, h - 0.06),
                part="button",
            )
            for i in range(4)
        ),
    )
    ring_ = facing(
        turned(
            ((r + 0.035, 0.004), (r + 0.035, 0.024), (r - 0.01, 0.04), (r - 0.015, 0.03)),
            paint("plain", (x, y, h)),
            part="door",
        ),
        place,
    )
    bowl = facing(
        turned(((r - 0.015, 0.03), (0.6 * r, 0.012), (0.55 * r, -0.05), (0.0, -0.055)), dark, part="door"), place
    )
    knob = hinged(
        peg((0.0, -y, h - 0.065), (0.0, -y - 0.025, h - 0.065), 0.026, metal, part="knob", taper=0.8),
        (0.0, 1.0, 0.0),
        at=(0.0, 0.0, h - 0.065),
        until=3.0,
    )
    grip = rounded((0.012, 0.006, 0.035), metal, radius=0.005, at=(r + 0.01, -y - 0.036, place[2]), part="handle")
    door = hinged((*ring_, *bowl, grip), (0.0, 0.0, -1.0), at=(-r - 0.03, -y, 0.0), until=1.9)
    return assembled("washing machine", fixed, (door, knob), deck=h, footprint=rectangle(x, y + 0.02))


def microwave(rng: np.random.Generator, paint: Paint) -> Thing:
    """On a counter: a door with a dark pane, keys beside it."""
    x, y, h = rng.uniform(0.22, 0.27), rng.uniform(0.15, 0.2), rng.uniform(0.25, 0.31)
    skin, dark = paint("metal" if rng.random() < 0.6 else "porcelain", (x, y, h)), paint("glass", (x, y, h))
    split, metal = 0.45 * x, paint("metal", (x, y, h))
    middle, half = (split - x) / 2, (split + x) / 2
    fixed = (
        *case((half, y, h / 2), skin, at=(middle, 0.0, h / 2), part="body", thick=0.008,
              lining=paint("porcelain", (x, y, h))),
        rounded(((x - split) / 2, y, h / 2), skin, radius=0.005, at=((x + split) / 2, 0.0, h / 2), part="body"),
        block((0.4 * (x - split), 0.002, 0.09 * h), paint("screen", (x, y, h)),
              at=((x + split) / 2, -y - 0.001, 0.82 * h), part="display"),
        *(rounded((0.011, 0.003, 0.008), metal, radius=0.002, at=((x + split) / 2 + a, -y - 0.001,
                                                                  h * (0.15 + 0.11 * j)), part="button")
          for a in (-0.03, 0.0, 0.03) for j in range(5)),
        *turned(((0.0, 0.016), (0.75 * half, 0.016), (0.75 * half, 0.012)), paint("glass", (x, y, h)),
                at=(middle, 0.0, 0.0), part="tray"),
    )  # fmt: skip
    wide, high = half - 0.002, h / 2 - 0.004
    door = (
        *(block((wide, 0.008, 0.022), skin, at=(middle, -y - 0.009, h / 2 + s * (high - 0.022)), part="door")
          for s in (-1, 1)),
        *(block((0.025, 0.008, high - 0.044), skin, at=(middle + s * (wide - 0.025), -y - 0.009, h / 2),
                part="door") for s in (-1, 1)),
        block((wide - 0.05, 0.003, high - 0.044), dark, at=(middle, -y - 0.009, h / 2), part="door"),
        bent(((split - 0.022, -y - 0.015, 0.2 * h), (split - 0.022, -y - 0.04, 0.25 * h),
              (split - 0.022, -y - 0.04, 0.75 * h), (split - 0.022, -y - 0.015, 0.8 * h)),
             0.006, metal, part="handle", steps=3),
    )  # fmt: skip
    inside = Shelf(middle, 0.0, 0.02, half - 0.03, y - 0.03, h - 0.05)
    flap = hinged(door, (0.0, 0.0, -1.0), at=(-x, -y, 0.0), until=1.9, hides=(inside,))
    return assembled("microwave", fixed, (flap,), deck=h, footprint=rectangle(x, y + 0.01))


def _pierced_front(x: float, h: float, hole: Point, r: float, material: Material) -> Solid:
    """A front at -y with a round hole."""
    turn = 2 * pi * np.arange(48) / 48
    a, b = np.round(np.cos(turn), 9), np.round(np.sin(turn), 9)
    far = 1 / np.maximum(np.maximum(np.abs(a) / x, np.where(b > 0, b / (h - hole[2]), -b / hole[2])), 1e-6)
    rims = [
        np.stack([q * a + hole[0], np.full(48, hole[1]), q * b + hole[2]], axis=1) for q in (np.full(48, r), far)
    ]
    return meshed(np.stack(rims), material, part="body", closed=True)


DOWN: tuple[float, float, float] = (1.0, 0.0, 0.0)


def dishwasher(rng: np.random.Generator, paint: Paint) -> Thing:
    """A flap over two racks of wire."""
    x, y, h = rng.uniform(0.22, 0.3), rng.uniform(0.27, 0.3), rng.uniform(0.82, 0.88)
    skin, metal = paint("metal" if rng.random() < 0.5 else "porcelain", (x, y, h)), paint("metal", (x, y, h))
    foot = 0.1
    box = case(
        (x, y - 0.015, (h - foot) / 2), skin, at=(0.0, 0.015, (h + foot) / 2), part="body", thick=0.02, lining=metal
    )
    base = block((x, y - 0.06, foot / 2), paint("plain", (x, y, h)), at=(0.0, 0.05, foot / 2), part="base")
    racks = tuple(
        sliding(_rack(x - 0.035, y - 0.06, z, metal), (0.0, -1.0, 0.0), until=0.35)
        for z in (foot + 0.1, 0.55 * h + 0.05)
    )
    grip = block((0.6 * x, 0.01, 0.01), metal, at=(0.0, -y - 0.035, h - 0.09), part="handle")
    door = (
        block((x, 0.02, (h - foot) / 2), skin, at=(0.0, -y + 0.005, (h + foot) / 2), part="door"), grip,
        *(block((0.008, 0.015, 0.008), metal, at=(s * 0.5 * x, -y - 0.025, h - 0.09), part="handle")
          for s in (-1, 1)),
        *front_keys(rng, ((-0.6 * x, h - 0.03), (-0.45 * x, h - 0.03), (-0.3 * x, h - 0.03)), -y - 0.015, metal),
    )  # fmt: skip
    flap = hinged(door, DOWN, at=(0.0, -y + 0.02, foot), until=1.55)
    return assembled("dishwasher", (*box, base), (flap, *racks), deck=h)


def oven(rng: np.random.Generator, paint: Paint) -> Thing:
    """Built in or on a worktop: a glass flap over a rack, knobs above."""
    x, y, h = rng.uniform(0.22, 0.3), rng.uniform(0.2, 0.28), rng.uniform(0.3, 0.58)
    skin, metal, glass = (
        paint("metal" if rng.random() < 0.6 else "plain", (x, y, h)),
        paint("metal", (x, y, h)),
        paint("glass", (x, y, h)),
    )
    top = 0.78 * h
    box = case(
        (x, y, top / 2), skin, at=(0.0, 0.0, top / 2), part="body", thick=0.025, lining=paint("plain", (x, y, h))
    )
    head = rounded((x, y, (h - top) / 2), skin, radius=0.006, at=(0.0, 0.0, (h + top) / 2), part="body")
    half = top / 2 - 0.01
    door = (
        *(block((x - 0.002, 0.014, 0.035), skin, at=(0.0, -y - 0.016, top / 2 + s * (half - 0.035)),
                part="door") for s in (-1, 1)),
        *(block((0.04, 0.014, half - 0.07), skin, at=(s * (x - 0.042), -y - 0.016, top / 2), part="door")
          for s in (-1, 1)),
        block((x - 0.08, 0.004, half - 0.07), glass, at=(0.0, -y - 0.016, top / 2), part="door"),
        bent(((-0.7 * x, -y - 0.03, top - 0.045), (-0.68 * x, -y - 0.06, top - 0.045),
              (0.68 * x, -y - 0.06, top - 0.045),
              (0.7 * x, -y - 0.03, top - 0.045)), 0.009, metal, part="handle", steps=3),
    )  # fmt: skip
    z = (h + top) / 2
    knobs = tuple(_knob(a * x, -y, z, 0.28 * (h - top), metal) for a in (-0.75, -0.45, 0.45, 0.75))
    display = block(
        (0.2 * x, 0.002, 0.25 * (h - top)), paint("screen", (x, y, h)), at=(0.0, -y - 0.001, z), part="display"
    )
    flap = hinged(
        door,
        DOWN,
        at=(0.0, -y - 0.016, 0.01),
        until=1.5,
        hides=(Shelf(0.0, 0.0, top / 2, x - 0.05, y - 0.05, top / 2 - 0.05),),
    )
    return assembled(
        "oven", (*box, head, display, *_rack(x - 0.03, y - 0.03, top / 2 - 0.01, metal)), (flap, *knobs), deck=h
    )


def _rack(x: float, y: float, z: float, metal: Material) -> tuple[Solid, ...]:
    """A grid of wire."""
    along = tuple(rod((a, -y, z), (a, y, z), 0.0025, metal, part="rack") for a in np.linspace(-x, x, 11).tolist())
    return along + tuple(
        rod((-x, b, z), (x, b, z), 0.003, metal, part="rack") for b in np.linspace(-y, y, 4).tolist()
    )


def _knob(x: float, y: float, z: float, r: float, metal: Material) -> Moving:
    """A dial on a front, with a mark."""
    solids = (
        *peg((x, y, z), (x, y - 0.02, z), r, metal, part="knob", taper=0.85),
        block((0.15 * r, 0.004, 0.8 * r), metal, at=(x, y - 0.02, z), part="knob"),
    )
    return hinged(solids, (0.0, 1.0, 0.0), at=(x, y, z), until=2.6)
