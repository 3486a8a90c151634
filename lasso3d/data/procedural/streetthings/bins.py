"""What one throws things into: bins, containers, mailboxes; faces towards -y."""

from math import pi

import numpy as np

from lasso3d.data.procedural.appearance import Material
from lasso3d.data.procedural.finishes import Paint
from lasso3d.data.procedural.forms import Ring, ball, block, lofted, moved, rod, turned
from lasso3d.data.procedural.outdoorforms import wheel
from lasso3d.data.procedural.outdoorlooks import (
    grey,
    looks_like,
    rubber,
    soil,
    steel,
    timber,
    varnish,
)
from lasso3d.data.procedural.shapes import Solid, Thing, at, circle, rectangle

_POST = ((0.85, 0.1, 0.1), (0.9, 0.75, 0.1), (0.1, 0.2, 0.55), (0.15, 0.35, 0.2))


def trash_can(rng: np.random.Generator, paint: Paint) -> Thing:
    """A wheeled bin with a lid, a litter bin on a post or on the ground."""
    kind = int(rng.integers(4))
    skin = (
        varnish(rng)
        if rng.random() < 0.3
        else looks_like(rng, _POST[rng.integers(4)] if rng.random() < 0.4 else grey(rng, 0.1, 0.35), "plain")
    )
    if kind >= 2:
        return _wheeled_bin(rng, skin)
    r, h = rng.uniform(0.17, 0.26), rng.uniform(0.55, 0.75)
    lift = rng.uniform(0.25, 0.4) if kind == 0 else 0.02
    round_ = 1.0 if rng.random() < 0.6 else 0.15
    rings = (
        (0.03, 0.03, lift),
        (0.85 * r, 0.85 * r, lift),
        (r, r, lift + h),
        (0.88 * r, 0.88 * r, lift + h),
        (0.8 * r, 0.8 * r, lift + 0.1),
    )
    solids = [lofted(rings, skin, part="body", roundness=round_)]
    if kind == 0:
        solids.append(rod((0.0, r + 0.03, 0.0), (0.0, r + 0.03, lift + h + 0.1), 0.03, steel(rng), part="pole"))
    if rng.random() < 0.5:
        top = ((r + 0.02, r + 0.02, 0.0), (r + 0.02, r + 0.02, 0.04), (0.02, 0.02, 0.12))
        solids.append(lofted(top, skin, at=(0.0, 0.0, lift + h + 0.14), part="lid", roundness=round_))
        solids += [
            rod((s * 0.9 * r, 0.0, lift + h - 0.02), (s * 0.9 * r, 0.0, lift + h + 0.15), 0.012, skin, part="lid")
            for s in (-1, 1)
        ]
    return Thing("trash can", tuple(solids), circle(r + 0.06), lift + h + 0.26)


def _wheeled_bin(rng: np.random.Generator, skin: Material) -> Thing:
    x, y, h = rng.uniform(0.22, 0.3), rng.uniform(0.25, 0.37), rng.uniform(0.9, 1.08)
    lid = skin if rng.random() < 0.4 else looks_like(rng, (*_POST, (0.3, 0.2, 0.12))[rng.integers(5)], "plain")
    rings = (
        (0.02, 0.02, 0.06),
        (0.78 * x, 0.72 * y, 0.06),
        (x, y, 0.9 * h),
        (1.06 * x, 1.04 * y, 0.9 * h),
        (1.06 * x, 1.04 * y, 0.93 * h),
    )
    tilt = at(0.0, y, 0.93 * h, axis="x", turn=rng.uniform(-2.6, -0.3) if rng.random() < 0.12 else 0.0)
    cover = lofted(
        ((1.06 * x, 1.04 * y, 0.0), (1.0 * x, 0.98 * y, 0.05), (0.02, 0.02, 0.08)),
        lid,
        at=(0.0, -y, 0.0),
        part="lid",
        roundness=0.2,
    )
    solids = (
        lofted(rings, skin, part="body", roundness=0.15),
        *moved((cover,), tilt),
        rod((-0.8 * x, y + 0.06, 0.9 * h), (0.8 * x, y + 0.06, 0.9 * h), 0.016, skin, part="handle"),
        *wheel(0.1, 0.03, rubber(), skin, pose=at(-0.85 * x, 0.75 * y, 0.1)),
        *wheel(0.1, 0.03, rubber(), skin, pose=at(0.85 * x, 0.75 * y, 0.1)),
    )
    return Thing("trash can", solids, rectangle(1.07 * x, y + 0.08), h)


def dumpster(rng: np.random.Generator, paint: Paint) -> Thing:
    """A container with lids on castors, an open skip with rubble, or a bottle bank."""
    kind, skin = int(rng.integers(3)), varnish(rng)
    if kind == 0:
        x, y, h = rng.uniform(0.6, 1.0), rng.uniform(0.45, 0.65), rng.uniform(1.15, 1.4)
        rings: tuple[Ring, ...] = (
            (0.05, 0.05, 0.18),
            (0.9 * x, 0.8 * y, 0.18),
            (x, y, h - 0.15),
            (x, y, h - 0.1),
            (0.95 * x, 0.75 * y, h),
            (0.05, 0.05, h + 0.05),
        )
        body = lofted(rings[:4], skin, part="body", roundness=0.12)
        lid = lofted(rings[3:], looks_like(rng, grey(rng, 0.1, 0.4), "plain"), part="lid", roundness=0.15)
        feet = tuple(
            solid
            for sx in (-1, 1)
            for sy in (-1, 1)
            for solid in wheel(0.09, 0.025, rubber(), skin, pose=at(sx * 0.75 * x, sy * 0.6 * y, 0.09))
        )
        return Thing("dumpster", (body, lid, *feet), rectangle(x, y), h + 0.05)
    if kind == 1:
        x, y, h = rng.uniform(1.4, 2.0), rng.uniform(0.8, 0.95), rng.uniform(1.0, 1.5)
        rings = (
            (0.05, 0.05, 0.0),
            (0.65 * x, 0.95 * y, 0.0),
            (x, y, h),
            (0.97 * x, 0.96 * y, h),
            (0.66 * x, 0.92 * y, 0.2),
        )
        heap = ball((0.8 * x, 0.85 * y, 0.35 * h), soil(rng), at=(0.0, 0.0, 0.72 * h), part="rubble")
        return Thing("dumpster", (lofted(rings, skin, part="body", roundness=0.1), heap), rectangle(x, y), 1.1 * h)
    r, h = rng.uniform(0.5, 0.65), rng.uniform(1.4, 1.8)
    rings = ((0.9 * r, 0.9 * r, 0.0), (r, r, 0.2), (r, r, 0.7 * h), (0.5 * r, 0.5 * r, 0.97 * h), (0.05, 0.05, h))
    hole = Solid(
        "cone",
        (0.0, 0.0, 0.0, 0.11),
        Material((0.03, 0.03, 0.03)),
        at(0.0, -r - 0.005, 0.6 * h, axis="x", turn=pi / 2),
        "opening",
    )
    return Thing("dumpster", (lofted(rings, skin, part="body", roundness=1.0), hole), circle(r + 0.02), h)


def mailbox(rng: np.random.Generator, paint: Paint) -> Thing:
    """A pillar box, a box on legs, or a small one on a post at a garden gate."""
    skin, kind = looks_like(rng, _POST[rng.integers(3)], "plain", gloss=0.4), int(rng.integers(3))
    dark = Material((0.05, 0.05, 0.05))
    if kind == 0:
        r, h = rng.uniform(0.2, 0.27), rng.uniform(1.3, 1.6)
        profile = (
            (1.1 * r, 0.0),
            (1.1 * r, 0.15),
            (r, 0.16),
            (r, 0.88 * h),
            (1.15 * r, 0.89 * h),
            (1.1 * r, 0.95 * h),
            (0.0, h),
        )
        slot = block((0.11, 0.012, 0.02), dark, at=(0.0, -r, 0.8 * h), part="slot")
        return Thing("mailbox", (*turned(profile, skin, part="body"), slot), circle(1.15 * r), h)
    half = (
        (rng.uniform(0.15, 0.25), rng.uniform(0.1, 0.2), rng.uniform(0.12, 0.35))
        if kind == 1
        else (0.1, 0.22, 0.09)
    )
    z = 1.1
    slot = block((0.7 * half[0], 0.008, 0.015), dark, at=(0.0, -half[1] - 0.004, z + 0.5 * half[2]), part="slot")
    tube_top = moved(
        turned(((half[0], -half[1]), (half[0], half[1])), skin, part="body"),
        at(0.0, 0.0, z + 0.6 * half[2], axis="x", turn=pi / 2),
    )
    solids = (
        block(half, skin, at=(0.0, 0.0, z), part="body"),
        slot,
        *(tube_top if kind == 2 else ()),
        rod((0.0, 0.0, 0.0), (0.0, 0.0, z - half[2]), 0.04, timber(rng) if kind == 2 else steel(rng), part="pole"),
    )
    return Thing("mailbox", solids, rectangle(half[0], half[1] + 0.01), z + half[2] + 0.1)
