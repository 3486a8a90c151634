"""What belongs to the building or hangs on it; backs at the wall, which is y = 0.0, the room towards -y."""

from itertools import pairwise

import numpy as np

from lasso3d.data.procedural.curves import bent, peg
from lasso3d.data.procedural.finishes import Paint
from lasso3d.data.procedural.forms import ball, block, cushion, hanging, rod, turned
from lasso3d.data.procedural.joints import assembled, hinged
from lasso3d.data.procedural.shapes import Solid, Thing, circle, rectangle


def door(rng: np.random.Generator, paint: Paint) -> Thing:
    """A leaf in its frame, nearly flush with the wall; panels are ridges or paint."""
    x, h, deep = (
        rng.uniform(0.38, 0.5),
        rng.uniform(1.95, 2.15),
        0.0 if rng.random() < 0.5 else rng.uniform(0.0, 0.09),
    )
    leaf, metal = paint("lacquer", (x, 0.02, h)), paint("metal", (x, 0.02, h))
    frame = leaf if rng.random() < 0.6 else paint("lacquer", (x, 0.02, h))
    proud, wide = rng.uniform(0.001, 0.02), rng.uniform(0.03, 0.05)
    fixed = (
        *(block((wide, 0.05, h / 2 + wide), frame, at=(s * (x + wide - 0.01), 0.05 - proud, h / 2 + wide),
                part="frame") for s in (-1, 1)),
        block((x + wide, 0.05, wide), frame, at=(0.0, 0.05 - proud, h + wide - 0.01), part="frame"),
    )  # fmt: skip
    side = int(rng.choice([-1, 1]))
    latch = side * (x - 0.06)
    grip = (
        *peg((latch, deep + 0.0, 1.0), (latch, deep - 0.012, 1.0), 0.024, metal, part="handle"),
        bent(
            (
                (latch, deep, 1.0),
                (latch, deep - 0.05, 1.0),
                (latch - side * 0.03, deep - 0.055, 1.0),
                (latch - side * 0.12, deep - 0.05, 1.0),
            ),
            0.01,
            metal,
            part="handle",
        ),
    )
    panel: list[Solid] = [block((x, 0.02, h / 2), leaf, at=(0.0, deep + 0.0185, h / 2), part="door")]
    rows = int(rng.integers(0, 4))
    for i in range(rows):
        z = h * (0.08 + 0.84 * (i + 0.5) / rows)
        panel.append(block((0.75 * x, 0.004, 0.37 * h / rows), leaf, at=(0.0, deep - 0.003, z), part="door"))
    # never so far that the leaf reaches beyond its frame
    turning = hinged(grip, (0.0, float(side), 0.0), at=(latch, 0.0, 1.0), until=0.8)
    opened = hinged(
        tuple(panel), (0.0, 0.0, float(-side)), at=(-side * x, deep, 0.0), until=1.5, carried=(turning,)
    )
    return assembled("door", fixed, (opened,), footprint=rectangle(x + 2 * wide - 0.01, 0.05))


def window(rng: np.random.Generator, paint: Paint) -> Thing:
    """A frame with one to five sashes in an opening, those at its sides hinged; a sill below."""
    x, h, deep = rng.uniform(0.3, 0.95), rng.uniform(0.7, 1.5), rng.uniform(0.03, 0.12)
    frame, glass = (
        paint("porcelain" if rng.random() < 0.6 else "lacquer", (x, 0.03, h)),
        paint("glass", (x, 0.03, h)),
    )
    metal, columns = paint("metal", (x, 0.03, h)), max(1, round(x / 0.4))
    fixed = [block((x, 0.025, 0.03), frame, at=(0.0, deep, z), part="frame") for z in (0.03, h - 0.03)]
    edges = np.linspace(-x + 0.03, x - 0.03, columns + 1).tolist()
    fixed += [block((0.03, 0.025, h / 2), frame, at=(a, deep, h / 2), part="frame") for a in edges]
    fixed.append(block((x + 0.03, 0.08 + deep / 2, 0.012), frame, at=(0.0, deep / 2 - 0.02, -0.012), part="sill"))
    moving = []
    for i, (low, high) in enumerate(pairwise(edges)):
        a, half, tall = (low + high) / 2, (high - low) / 2 - 0.03, h / 2 - 0.06
        sash = (
            *(
                block((0.022, 0.02, tall), frame, at=(a + s * (half - 0.022), deep - 0.006, h / 2), part="window")
                for s in (-1, 1)
            ),
            *(
                block(
                    (half - 0.04, 0.02, 0.022),
                    frame,
                    at=(a, deep - 0.006, h / 2 + s * (tall - 0.022)),
                    part="window",
                )
                for s in (-1, 1)
            ),
            block((half - 0.03, 0.004, tall - 0.03), glass, at=(a, deep + 0.01, h / 2), part="pane"),
        )
        side = -1 if i < columns / 2 else 1
        grip = bent(((a - side * (half - 0.02), deep - 0.02, h / 2),
                     (a - side * (half - 0.02), deep - 0.05, h / 2),
                     (a - side * (half - 0.02), deep - 0.055, h / 2 - 0.1)), 0.007,
                    metal, part="handle")  # fmt: skip
        if i in (0, columns - 1):
            moving.append(
                hinged((*sash, grip), (0.0, 0.0, float(side)), at=(a + side * half, deep - 0.03, 0.0), until=1.5)
            )
        else:
            fixed += sash
    return assembled("window", tuple(fixed), tuple(moving), footprint=rectangle(x, 0.1))


def picture(rng: np.random.Generator, paint: Paint) -> Thing:
    """A poster flush on the wall, or a framed one."""
    x, h = rng.uniform(0.12, 0.6), rng.uniform(0.2, 0.9)
    framed = rng.random() < 0.5
    thick = rng.uniform(0.008, 0.015) if framed else 0.001
    solids: list[Solid] = [
        block((x, thick, h / 2), paint("poster", (x, 0.0, h)), at=(0.0, -thick, h / 2), part="picture")
    ]
    if framed:
        wood, bar = paint("lacquer", (x, 0.01, h)), rng.uniform(0.008, 0.025)
        solids += [block((x, thick + 0.004, bar), wood, at=(0.0, -thick, z), part="frame") for z in (bar, h - bar)]
        solids += [
            block((bar, thick + 0.004, h / 2), wood, at=(s * (x - bar), -thick, h / 2), part="frame")
            for s in (-1, 1)
        ]
    return Thing("picture", tuple(solids), rectangle(x, 0.02), h)


def whiteboard(rng: np.random.Generator, paint: Paint) -> Thing:
    """White on white, with a rim."""
    x, h = rng.uniform(0.5, 1.3), rng.uniform(0.8, 1.2)
    board, metal = paint("porcelain", (x, 0.01, h)), paint("metal", (x, 0.01, h))
    rim = tuple(block((x, 0.012, 0.012), metal, at=(0.0, -0.008, z), part="frame") for z in (0.012, h - 0.012))
    return Thing(
        "whiteboard",
        (block((x, 0.006, h / 2), board, at=(0.0, -0.006, h / 2), part="board"), *rim),
        rectangle(x, 0.02),
        h,
    )


def curtain(rng: np.random.Generator, paint: Paint) -> Thing:
    """A pair or one cloth in folds under a rod."""
    x, h = rng.uniform(0.35, 1.1), rng.uniform(1.3, 2.4)
    cloth, fold = paint("fabric", (x, 0.05, h)), rng.uniform(0.015, 0.045)
    if rng.random() < 0.7:
        half = rng.uniform(0.18, 0.45) * x
        sheets = tuple(
            hanging(half, 0.02, h - 0.03, cloth, rng, at=(s * (x - half), -0.07, 0.0), part="cloth", fold=fold)
            for s in (-1, 1)
        )
    else:
        sheets = (hanging(x, 0.02, h - 0.03, cloth, rng, at=(0.0, -0.07, 0.0), part="cloth", fold=fold),)
    bar = rod(
        (-x - 0.05, -0.07, h - 0.02), (x + 0.05, -0.07, h - 0.02), 0.012, paint("metal", (x, 0.05, h)), part="rod"
    )
    return Thing("curtain", (*sheets, bar), rectangle(x, 0.1), h)


def radiator(rng: np.random.Generator, paint: Paint) -> Thing:
    """Ribs or a ribbed panel, a hand above the floor."""
    x, h = rng.uniform(0.25, 0.7), rng.uniform(0.4, 0.65)
    skin, ribs = paint("porcelain", (x, 0.05, h)), rng.random() < 0.5
    if ribs:
        count = int(2 * x / 0.06)
        solids = tuple(
            cushion(
                (0.02, 0.045, h / 2),
                skin,
                np.random.default_rng(0),
                at=(-x + (i + 0.5) * 2 * x / count, 0.0, h / 2 + 0.1),
                part="body",
                edge=0.5,
            )
            for i in range(count)
        )
    else:
        solids = (
            block((x, 0.035, h / 2), skin, at=(0.0, 0.0, h / 2 + 0.1), part="body"),
            *(
                block((0.006, 0.004, h / 2 - 0.03), skin, at=(a, -0.037, h / 2 + 0.1), part="body")
                for a in np.linspace(-x + 0.03, x - 0.03, int(x / 0.025)).tolist()
            ),
        )
    valve = ball((0.03, 0.02, 0.02), paint("plain", (x, 0.05, h)), at=(x + 0.03, 0.0, 0.16), part="knob")
    return Thing("radiator", (*solids, valve), rectangle(x + 0.05, 0.05), h + 0.1)


def rug(rng: np.random.Generator, paint: Paint) -> Thing:
    """Flat on the floor: its border is a change of colour."""
    x, y, z = rng.uniform(0.35, 1.3), rng.uniform(0.3, 0.9), rng.uniform(0.001, 0.006)
    if rng.random() < 0.25:
        return Thing(
            "rug",
            turned(((x * 0.8, 0.0), (x * 0.8, z), (0.0, z)), paint("woven", (x * 0.8, x * 0.8, z))),
            circle(x * 0.8),
            z,
        )
    return Thing(
        "rug", (block((x, y, z / 2), paint("woven", (x, y, z)), at=(0.0, 0.0, z / 2)),), rectangle(x, y), z
    )
