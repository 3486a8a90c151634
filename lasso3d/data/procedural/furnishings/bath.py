"""Fittings of bathrooms; backs at the wall, which is y = 0.0."""

from math import pi

import numpy as np

from lasso3d.data.procedural.curves import bent, draped, peg, smooth, swept
from lasso3d.data.procedural.finishes import Paint
from lasso3d.data.procedural.forms import block, moved, rod, tube, turned
from lasso3d.data.procedural.furnishings.cloth import over_rail
from lasso3d.data.procedural.joints import assembled, hinged
from lasso3d.data.procedural.shapes import Solid, Thing, at


def faucet(rng: np.random.Generator, paint: Paint) -> Thing:
    """A tap: a spout and one lever above, or two handles beside."""
    metal, h, reach = paint("metal", (0.03, 0.1, 0.2)), rng.uniform(0.1, 0.28), rng.uniform(0.1, 0.18)
    base = turned(((0.026, 0.0), (0.026, 0.006), (0.02, 0.01)), metal, part="base")
    high = h if rng.random() < 0.5 else 0.7 * h
    path = smooth(
        (
            (0.0, 0.0, 0.0),
            (0.0, 0.0, high),
            (0.0, -0.45 * reach, h + 0.02),
            (0.0, -reach, 0.85 * h),
            (0.0, -reach, 0.72 * h),
        ),
        5,
    )
    spout = swept(tuple((x, y, z) for x, y, z in path), 0.0115, metal, part="spout")
    if rng.random() < 0.5:
        neck = turned(
            ((0.0, h * 0.4), (0.02, h * 0.4), (0.019, h * 0.4 + 0.035), (0.0, h * 0.4 + 0.045)),
            metal,
            at=(0.035, 0.0, 0.0),
            part="switch",
        )
        arm = bent(
            ((0.035, 0.0, 0.4 * h + 0.03), (0.08, 0.0, 0.4 * h + 0.05), (0.11, 0.0, 0.4 * h + 0.07)),
            0.006,
            metal,
            part="switch",
        )
        link = rod((0.0, 0.0, 0.4 * h + 0.012), (0.035, 0.0, 0.4 * h + 0.012), 0.009, metal, part="base")
        lever = hinged((*neck, arm), (0.0, 0.0, 1.0), at=(0.035, 0.0, 0.0), until=0.8, back=-0.8)
        return assembled("faucet", (*base, spout, link), (lever,))
    bar = rod((-0.09, 0.0, 0.03), (0.09, 0.0, 0.03), 0.012, metal, part="base")
    handles = []
    for s in (-1, 1):
        cross = peg((s * 0.09, 0.0, 0.02), (s * 0.09, 0.0, 0.065), 0.011, metal, part="switch")
        cross += tuple(
            rod((s * 0.09 - a, -b, 0.06), (s * 0.09 + a, b, 0.06), 0.006, metal, part="switch")
            for a, b in ((0.03, 0.0), (0.0, 0.03))
        )
        handles.append(hinged(cross, (0.0, 0.0, 1.0), at=(s * 0.09, 0.0, 0.0), until=1.5))
    return assembled("faucet", (*base, spout, bar), tuple(handles))


def towel_rail(rng: np.random.Generator, paint: Paint) -> Thing:
    """A bar on the wall with a towel or two over it."""
    x, drop = rng.uniform(0.2, 0.4), rng.uniform(0.3, 0.6)
    metal = paint("metal", (x, 0.05, 0.02))
    solids: tuple[Solid, ...] = (*peg((-x, -0.06, 0.0), (x, -0.06, 0.0), 0.008, metal, part="rod"),)
    solids += tuple(s for a in (-1, 1) for s in (rod((a * 0.95 * x, 0.0, 0.0),
                                                     (a * 0.95 * x, -0.06, 0.0),
                                                     0.008, metal, part="rod"),
                                                 *moved(turned(((0.02, 0.0), (0.02, 0.008),
                                                                (0.0, 0.008)),
                                                               metal, part="rod"),
                                                        at(a * 0.95 * x, 0.0, 0.0, axis="x",
                                                           turn=pi / 2))))  # fmt: skip
    if rng.random() < 0.8:
        half = rng.uniform(0.35, 0.8) * x
        solids += (over_rail(half, drop, -0.06, paint, rng, rng.uniform(-1, 1) * (x - half - 0.03)),)
    return assembled("towel rail", solids, hangs=True)


def shower(rng: np.random.Generator, paint: Paint) -> Thing:
    """A riser on the wall with a head, a hose and a mixer."""
    h, metal = rng.uniform(0.9, 1.2), paint("metal", (0.1, 0.2, 1.0))
    reach, r = rng.uniform(0.2, 0.35), rng.uniform(0.07, 0.12)
    riser = bent(
        (
            (0.0, -0.05, 0.0),
            (0.0, -0.05, 0.8 * h),
            (0.0, -0.08, h),
            (0.0, -reach, h + 0.01),
            (0.0, -reach - 0.02, h - 0.04),
        ),
        0.01,
        metal,
        part="pole",
        steps=5,
    )
    head = turned(
        ((0.012, h - 0.04), (0.9 * r, h - 0.065), (r, h - 0.075), (0.0, h - 0.08)),
        metal,
        at=(0.0, -reach - 0.02, 0.0),
        part="head",
    )
    mixer = peg((-0.11, -0.05, 0.0), (0.11, -0.05, 0.0), 0.022, metal, part="body")
    hose = bent(
        (
            (0.06, -0.05, -0.02),
            (0.1, -0.06, -0.35),
            (0.02, -0.07, -0.45),
            (-0.03, -0.06, -0.2),
            (-0.02, -0.05, 0.35 * h),
        ),
        0.007,
        metal,
        part="hose",
        steps=6,
    )
    levers = tuple(hinged((*peg((s * 0.11, -0.05, 0.0), (s * 0.15, -0.05, 0.0), 0.02, metal,
                                part="switch"),
                           block((0.006, 0.006, 0.03), metal, at=(s * 0.135, -0.075, 0.0),
                                 part="switch")),
                          (1.0, 0.0, 0.0), at=(0.0, -0.05, 0.0), until=1.2, back=-1.2)
                   for s in (-1, 1))  # fmt: skip
    return assembled("shower", (riser, *head, *mixer, hose), levers, hangs=True)


def toilet_paper(rng: np.random.Generator, paint: Paint) -> Thing:
    """A roll on a holder on the wall, its end hanging."""
    r, metal, paper = (
        rng.uniform(0.035, 0.06),
        paint("metal", (0.06, 0.05, 0.05)),
        paint("porcelain", (0.05, 0.05, 0.05)),
    )
    side = at(0.0, -0.08, 0.0, axis="y", turn=pi / 2)
    roll = moved(
        turned(((0.02, -0.05), (r, -0.05), (r, 0.05), (0.02, 0.05), (0.02, -0.05)), paper, part="paper"), side
    )
    end = draped(
        0.049,
        ((-0.08 - r, 0.0), (-0.08 - r - 0.002, -0.05), (-0.08 - r + 0.004, -rng.uniform(0.08, 0.2))),
        paper,
        rng,
        part="paper",
        fold=0.002,
    )
    bar = tube(((-0.065, 0.0, 0.0), (-0.065, -0.08, 0.0), (0.06, -0.08, 0.0)), 0.005, metal, part="rod")
    return assembled("toilet paper", (*roll, end, *bar), hangs=True)
