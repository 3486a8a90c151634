"""Buses and trucks, front towards -y."""

import numpy as np

from lasso3d.data.procedural.finishes import Paint
from lasso3d.data.procedural.forms import ball, block, lofted, moved
from lasso3d.data.procedural.outdoorlooks import looks_like, pane, steel, varnish
from lasso3d.data.procedural.shapes import Solid, Thing, at, rectangle
from lasso3d.data.procedural.streetthings.hulls import Rib, details, hull, opened, rolling, seats, with_arches


def bus(rng: np.random.Generator, paint: Paint) -> Thing:
    """A long box with bands of windows, doors on its right side."""
    long, half, high = rng.uniform(9.5, 13.0), 1.25, rng.uniform(2.9, 3.3)
    belt, clear, bays = rng.uniform(1.1, 1.4), 0.28, int(rng.integers(5, 8))
    doors = {0, bays // 2, bays - 1} if rng.random() < 0.6 else {0, bays // 2}
    ribs = [
        Rib(-0.5 * long, 0.93 * half, clear + 0.1, belt - 0.2, high - 0.12, 0.95),
        Rib(-0.5 * long + 0.1, half, clear, belt - 0.2, high - 0.04, 0.97),
    ]
    edge = np.linspace(-0.5 * long + 0.4, 0.5 * long - 0.4, bays + 1).tolist()
    for i in range(bays):
        low = "door bay" if i in doors else "body"
        ribs.append(Rib(edge[i], half, clear, belt, high, 0.97, low_part=low, side="window bay"))
        ribs.append(Rib(edge[i + 1] - 0.12, half, clear, belt, high, 0.97))
    ribs += [
        Rib(0.5 * long - 0.08, half, clear, belt, high - 0.04, 0.97),
        Rib(0.5 * long, 0.95 * half, clear + 0.1, belt, high - 0.12, 0.95),
    ]
    axles = (-0.5 * long + 0.24 * long, 0.5 * long - 0.27 * long)
    skin, glass = varnish(rng), pane()
    solids = hull(with_arches(ribs, axles, 0.48), skin, None)
    solids += rolling(rng, axles, half - 0.16, 0.48, steer=0.0)
    solids += (
        block((0.88 * half, 0.01, 0.55), glass, at=(0.0, -0.5 * long - 0.01, belt + 0.55), part="window"),
        block((0.7 * half, 0.01, 0.35), glass, at=(0.0, 0.5 * long + 0.01, belt + 0.65), part="window"),
        block((0.6, 1.2, 0.12), skin, at=(0.0, rng.uniform(-2, 2), high + 0.1), part="body"),
        *details(rng, ribs, skin),
    )
    dark = looks_like(rng, (0.2, 0.22, 0.35), "plain")
    solids += tuple(
        block((0.42, 0.06, 0.4), dark, at=(s * 0.75, float(y), 1.0), part="seat")
        for s in (-1, 1)
        for y in np.arange(-0.3 * long, 0.4 * long, 0.9)
    )
    return Thing("bus", solids, rectangle(half + 0.1, long / 2 + 0.05), high + 0.2)


def truck(rng: np.random.Generator, paint: Paint) -> Thing:
    """A cab before a box, a flat bed with a load, a tipper or a tank."""
    cab, half, high = rng.uniform(1.6, 2.3), 1.2, rng.uniform(2.5, 3.1)
    load = rng.uniform(3.5, 7.0)
    long = cab + 0.15 + load
    front, belt, clear, radius = -0.5 * long, 1.45, 0.35, 0.46
    ribs = [
        Rib(front, 0.92 * half, clear, belt - 0.15, belt, 0.92, top="window"),
        Rib(front + 0.12, half, clear, belt - 0.05, high - 0.3, 0.92),
        Rib(front + 0.25, half, clear, belt, high - 0.1, 0.92, low_part="door front", side="window front"),
        Rib(front + 0.65 * cab, half, clear, belt, high, 0.92),
        Rib(front + cab - 0.04, half, clear, belt, high, 0.92),
        Rib(front + cab, 0.97 * half, clear, belt, high - 0.08, 0.92),
    ]
    axles = [front + 0.45 * cab, 0.5 * long - 0.22 * load]
    if load > 5:
        axles.append(axles[1] - 1.1)
    skin, frame = varnish(rng), steel(rng)
    solids = hull(with_arches(ribs, tuple(axles[:1]), radius), skin, opened(rng))
    solids += rolling(rng, tuple(axles), half - 0.18, radius, steer=0.0)
    solids += (*details(rng, ribs[:4], skin), *seats(rng, (front + 0.9,), half, 0.9))
    solids += (block((0.45, 0.5 * long - 0.3, 0.12), frame, at=(0.0, 0.2, 0.85), part="body"),)
    solids += _load(rng, load, long, half, high)
    return Thing("truck", solids, rectangle(half + 0.12, long / 2 + 0.05), max(high, 3.6))


def _load(rng: np.random.Generator, load: float, long: float, half: float, high: float) -> tuple[Solid, ...]:
    """What the frame of a truck carries."""
    kind, middle = int(rng.integers(4)), 0.5 * long - load / 2
    skin = varnish(rng)
    if kind == 0:
        tall = rng.uniform(1.0, 1.3)
        return (block((half, load / 2, tall), skin, at=(0.0, middle, 1.0 + tall), part="cargo"),)
    if kind == 1:
        rings = tuple(
            (r * half * 0.9, r * 0.75, y) for r, y in ((0.05, 0.0), (1.0, 0.1), (1.0, load - 0.1), (0.05, load))
        )
        tank = lofted(rings, skin, part="cargo", roundness=1.0)
        return moved((tank,), at(0.0, middle + load / 2, 1.75, axis="x", turn=np.pi / 2))
    wall = rng.uniform(0.2, 0.6)
    sides = (
        block((half, load / 2, 0.05), skin, at=(0.0, middle, 1.05), part="cargo"),
        *(block((0.03, load / 2, wall), skin, at=(s * half, middle, 1.05 + wall), part="cargo") for s in (-1, 1)),
        *(
            block((half, 0.03, wall), skin, at=(0.0, middle + s * load / 2, 1.05 + wall), part="cargo")
            for s in (-1, 1)
        ),
    )
    if kind == 2:
        heap = looks_like(rng, (0.45, 0.38, 0.3), "photo", pitch=0.3)
        return (*sides, ball((0.85 * half, 0.42 * load, 0.9), heap, at=(0.0, middle, 1.05 + wall), part="cargo"))
    crates = tuple(
        block(
            (rng.uniform(0.4, 0.55), rng.uniform(0.3, 0.6), h),
            looks_like(rng, (0.6, 0.48, 0.33), "wood"),
            at=(rng.uniform(-0.5, 0.5), middle + y, 1.1 + h),
            part="cargo",
        )
        for y, h in zip(
            np.arange(-load / 2 + 0.7, load / 2 - 0.6, 1.3).tolist(),
            rng.uniform(0.3, 0.8, 9).tolist(),
            strict=False,
        )
    )
    return (*sides, *crates)
