"""Cars and vans, front towards -y."""

from dataclasses import replace

import numpy as np

from lasso3d.data.procedural.finishes import Paint
from lasso3d.data.procedural.forms import lofted, rod
from lasso3d.data.procedural.outdoorlooks import steel, varnish
from lasso3d.data.procedural.shapes import Solid, Thing, rectangle
from lasso3d.data.procedural.streetthings.hulls import Rib, details, hull, opened, rolling, seats, with_arches


def car(rng: np.random.Generator, paint: Paint) -> Thing:
    """Hatchback, saloon, estate, off-roader or pick-up; wheels steered, now and then a door open."""
    style = int(rng.integers(5))
    long, half = rng.uniform(3.6, 4.9), rng.uniform(0.82, 0.95)
    high = rng.uniform(1.42, 1.55) if style != 3 else rng.uniform(1.62, 1.85)
    radius, clear = (0.3, 0.16) if style != 3 else (0.36, 0.24)
    belt = high * rng.uniform(0.6, 0.66)
    hood, rake = rng.uniform(0.2, 0.28), rng.uniform(0.1, 0.17)
    tail = (rng.uniform(0.93, 0.98), rng.uniform(0.7, 0.76), rng.uniform(0.9, 0.96), 0.94, 0.58)[style]
    deck = (1.0, rng.uniform(0.84, 0.88), 1.0, 1.0, 0.62)[style]
    pillar, bonnet = (hood + rake + tail) / 2 - 0.02, belt - rng.uniform(0.02, 0.12)
    rear = belt - 0.03 if style in (1, 4) else belt
    ribs = [
        Rib(0.0, 0.8 * half, clear + 0.12, 0.5 * belt, 0.62 * belt, 0.9),
        Rib(0.02, 0.92 * half, clear + 0.04, 0.72 * bonnet, 0.8 * bonnet, 0.9),
        Rib(0.1, half, clear, 0.9 * bonnet, 0.95 * bonnet, 0.9),
        Rib(hood, half, clear, bonnet, bonnet + 0.04, 0.85, low_part="door front", top="window"),
        Rib(hood + rake, half, clear, belt, high - 0.02, low_part="door front", side="window front"),
        Rib(pillar, half, clear, belt, high),
        Rib(pillar + 0.025, half, clear, belt, high, low_part="door rear", side="window rear"),
        Rib(min(tail - 0.1, 0.8), half, clear, belt, high - 0.01, side="window" if style == 2 else "body"),
        Rib(tail - 0.03, half, clear, belt, high - 0.05, top="window"),
        Rib(deck - (0.0 if deck < 1 else 0.025), 0.98 * half, clear, rear, rear + 0.05, 0.85),
        Rib(0.985, 0.9 * half, clear + 0.06, rear - 0.04, rear, 0.9),
        Rib(1.0, 0.82 * half, clear + 0.12, 0.6 * rear, 0.75 * rear, 0.9),
    ]
    ribs = [replace(rib, y=(rib.y - 0.5) * long) for rib in sorted(ribs, key=lambda rib: rib.y)]
    axles = (-0.5 * long + rng.uniform(0.16, 0.2) * long, 0.5 * long - rng.uniform(0.17, 0.22) * long)
    skin = varnish(rng)
    solids = hull(with_arches(ribs, axles, radius), skin, opened(rng))
    solids += rolling(rng, axles, half - 0.11, radius, steer=rng.uniform(-0.6, 0.6) if rng.random() < 0.4 else 0.0)
    solids += details(rng, ribs, skin)
    second = () if style == 4 else (pillar * long - 0.5 * long + 0.75,)
    solids += seats(rng, (ribs[4].y + 0.25, *second), half, clear)
    if rng.random() < 0.15:
        solids += _roof_box(rng, half, high)
    return Thing("car", solids, rectangle(half + 0.04, long / 2 + 0.02), high)


def van(rng: np.random.Generator, paint: Paint) -> Thing:
    """A delivery van with a closed side, or a minibus with windows."""
    long, half, high = rng.uniform(4.6, 6.2), rng.uniform(0.95, 1.05), rng.uniform(1.9, 2.7)
    belt, clear, radius = rng.uniform(1.05, 1.2), 0.22, 0.34
    glazed = "window" if rng.random() < 0.35 else "body"
    nose = rng.uniform(0.09, 0.15)
    ribs = [
        Rib(0.0, 0.85 * half, clear + 0.1, 0.55 * belt, 0.65 * belt, 0.92),
        Rib(0.03, 0.97 * half, clear, 0.85 * belt, 0.92 * belt, 0.92),
        Rib(nose, half, clear, belt, belt + 0.06, 0.9, low_part="door front", top="window"),
        Rib(nose + 0.1, half, clear, belt, high - 0.06, 0.88, low_part="door front", side="window front"),
        Rib(nose + 0.26, half, clear, belt, high, 0.9),
        Rib(nose + 0.28, half, clear, belt, high, 0.9, low_part="door slide", side=glazed),
        Rib(0.62, half, clear, belt, high, 0.9),
        Rib(0.64, half, clear, belt, high, 0.9, side=glazed),
        Rib(0.94, half, clear, belt, high, 0.9),
        Rib(0.985, half, clear, belt, high - 0.03, 0.9),
        Rib(1.0, 0.97 * half, clear + 0.1, belt, high - 0.08, 0.9),
    ]
    ribs = [replace(rib, y=(rib.y - 0.5) * long) for rib in ribs]
    axles = (-0.5 * long + 0.17 * long, 0.5 * long - 0.22 * long)
    skin = varnish(rng)
    solids = hull(with_arches(ribs, axles, radius), skin, opened(rng))
    solids += rolling(rng, axles, half - 0.12, radius, steer=rng.uniform(-0.5, 0.5) if rng.random() < 0.4 else 0.0)
    solids += (*details(rng, ribs, skin), *seats(rng, (ribs[3].y + 0.3,), half, clear + 0.15))
    return Thing("van", solids, rectangle(half + 0.04, long / 2 + 0.02), high)


def _roof_box(rng: np.random.Generator, half: float, high: float) -> tuple[Solid, ...]:
    rings = ((0.2, 0.5, 0.0), (0.32, 0.85, 0.08), (0.3, 0.8, 0.25), (0.1, 0.4, 0.33))
    box = lofted(rings, varnish(rng), at=(0.0, 0.1, high + 0.02), part="box", roundness=0.4)
    bars = tuple(
        rod((-0.6 * half, y, high + 0.02), (0.6 * half, y, high + 0.02), 0.015, steel(rng), part="box")
        for y in (-0.3, 0.5)
    )
    return (box, *bars)
