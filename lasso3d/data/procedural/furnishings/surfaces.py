"""Tables, desks and what else carries things."""

import numpy as np

from lasso3d.data.procedural.appearance import Material
from lasso3d.data.procedural.finishes import Paint
from lasso3d.data.procedural.forms import block, case, crate, rod, turned
from lasso3d.data.procedural.joints import Moving, assembled, sliding
from lasso3d.data.procedural.shapes import Deck, Shelf, Solid, Thing, circle, rectangle


def table(rng: np.random.Generator, paint: Paint) -> Thing:
    """For meals or meetings: rectangular or round, on legs, panels or a column."""
    h = rng.uniform(0.7, 0.77)
    if rng.random() < 0.3:
        return _round("table", rng, paint, r=rng.uniform(0.4, 0.65), h=h)
    return _rectangular("table", rng, paint, rng.uniform(0.45, 1.1), rng.uniform(0.35, 0.5), h)


def coffee_table(rng: np.random.Generator, paint: Paint) -> Thing:
    """Low, in front of a sofa."""
    h = rng.uniform(0.35, 0.5)
    if rng.random() < 0.35:
        return _round("coffee table", rng, paint, r=rng.uniform(0.25, 0.45), h=h)
    return _rectangular("coffee table", rng, paint, rng.uniform(0.35, 0.65), rng.uniform(0.22, 0.35), h)


def side_table(rng: np.random.Generator, paint: Paint) -> Thing:
    """Small, beside a seat."""
    h, r = rng.uniform(0.45, 0.65), rng.uniform(0.18, 0.27)
    return (
        _round("side table", rng, paint, r=r, h=h)
        if rng.random() < 0.5
        else _rectangular("side table", rng, paint, r, r, h)
    )


def desk(rng: np.random.Generator, paint: Paint) -> Thing:
    """A table top on legs or panels, mostly with a block of drawers below one end."""
    x, y, h = rng.uniform(0.5, 0.9), rng.uniform(0.28, 0.42), rng.uniform(0.7, 0.77)
    board, frame = paint("lacquer", (x, y, h)), paint("metal" if rng.random() < 0.6 else "lacquer", (x, y, h))
    thick = rng.uniform(0.011, 0.022)
    solids: tuple[Solid, ...] = (
        block((x, y, thick), board, at=(0.0, 0.0, h - thick), part="tabletop"),
        *_support(rng, x, y, h - 2 * thick, frame),
    )
    moving: list[Moving] = []
    if rng.random() < 0.6:
        side, width, depth = rng.choice([-1, 1]), rng.uniform(0.18, 0.23), y - 0.04
        low, high = (0.03, h - 0.06) if rng.random() < 0.7 else (h - 0.3, h - 2 * thick)
        middle, count = float(side * (x - width - 0.03)), int(rng.integers(2, 4))
        solids += case((width, depth, (high - low) / 2), board, at=(middle, 0.0, (low + high) / 2), part="body")
        tall = (high - low) / count
        for i in range(count):
            z = low + tall * (i + 0.5)
            front = block(
                (width - 0.004, 0.008, tall / 2 - 0.003), board, at=(middle, -depth - 0.008, z), part="drawer"
            )
            grip = block((0.05, 0.008, 0.006), frame, at=(middle, -depth - 0.022, z), part="handle")
            tub = crate(
                (width - 0.02, depth - 0.03, 0.35 * tall), board, at=(middle, 0.0, z - 0.08 * tall), part="drawer"
            )
            moving.append(sliding((front, grip, *tub), (0.0, -1.0, 0.0), until=1.3 * depth))
    if rng.random() < 0.35:
        solids += (block((x - 0.03, 0.008, 0.15), board, at=(0.0, y - 0.05, h - 0.2), part="frame"),)
    return assembled("desk", solids, tuple(moving), deck=h, footprint=rectangle(x, y))


def _rectangular(name: str, rng: np.random.Generator, paint: Paint, x: float, y: float, h: float) -> Thing:
    board, thick = paint("lacquer", (x, y, h)), rng.uniform(0.01, 0.025)
    frame = board if rng.random() < 0.5 else paint("metal", (x, y, h))
    solids: tuple[Solid, ...] = (
        block((x, y, thick), board, at=(0.0, 0.0, h - thick), part="tabletop"),
        *_support(rng, x, y, h - 2 * thick, frame),
    )
    shelves: tuple[Shelf, ...] = ()
    if h < 0.65 and rng.random() < 0.4:
        z = rng.uniform(0.1, 0.2)
        solids += (block((x - 0.04, y - 0.04, 0.01), board, at=(0.0, 0.0, z), part="shelf"),)
        shelves = (Shelf(0.0, 0.0, z + 0.01, x - 0.06, y - 0.06, h - z - 0.06),)
    return Thing(name, solids, rectangle(x, y), h, Deck(rectangle(x, y), h), shelves)


def _round(name: str, rng: np.random.Generator, paint: Paint, *, r: float, h: float) -> Thing:
    board, thick = paint("lacquer", (r, r, h)), rng.uniform(0.015, 0.04)
    frame = board if rng.random() < 0.4 else paint("metal", (r, r, h))
    top = turned(((0.0, h - thick), (r, h - thick), (r, h), (0.0, h)), board, part="tabletop")
    if rng.random() < 0.5:
        foot = turned(((0.0, 0.03), (0.55 * r, 0.03), (0.6 * r, 0.0)), frame, part="base")
        solids = (
            *top,
            *foot,
            rod((0.0, 0.0, 0.02), (0.0, 0.0, h - thick), rng.uniform(0.025, 0.06), frame, part="leg"),
        )
    else:
        solids = (*top, *_support(rng, 0.75 * r, 0.75 * r, h - thick, frame))
    return Thing(name, solids, circle(r), h, Deck(rectangle(0.7 * r, 0.7 * r), h))


def _support(rng: np.random.Generator, x: float, y: float, h: float, material: Material) -> tuple[Solid, ...]:
    """Corner legs, a frame at each end, or panels."""
    kind, thick, inset = rng.integers(4), rng.uniform(0.015, 0.035), rng.uniform(0.0, 0.08)
    a, b = x - thick - inset, y - thick - inset
    if kind == 0:
        return tuple(block((0.014, y - 0.02, h / 2), material, at=(s * a, 0.0, h / 2), part="leg") for s in (-1, 1))
    if kind == 1:
        posts = tuple(block((thick, thick, h / 2), material, at=(s * a, 0.0, h / 2), part="leg") for s in (-1, 1))
        return posts + tuple(block((thick, b, 0.02), material, at=(s * a, 0.0, 0.02), part="leg") for s in (-1, 1))
    corners = [(s * a, t * b) for s in (-1, 1) for t in (-1, 1)]
    if kind == 2:
        apron = tuple(block((a, 0.01, 0.035), material, at=(0.0, t * b, h - 0.035), part="frame") for t in (-1, 1))
        return apron + tuple(block((thick, thick, h / 2), material, at=(*c, h / 2), part="leg") for c in corners)
    splay = rng.uniform(0.85, 1.0)
    return tuple(
        rod((c[0] * splay, c[1] * splay, h), (*c, 0.0), thick, material, part="leg", taper=0.6) for c in corners
    )
