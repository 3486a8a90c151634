"""What comes with a piece of furniture: chairs around a table, nightstands beside a bed, a mirror over a sink."""

from collections.abc import Callable
from math import pi

import numpy as np

from lasso3d.data.procedural.appearance import Material
from lasso3d.data.procedural.finishes import Finish, Paint, Size
from lasso3d.data.procedural.furnishing import HIGH, Room, beside
from lasso3d.data.procedural.layout import Spot


def accompany(room: Room, host: Spot) -> None:
    """Put beside a thing what belongs to it."""
    if host.thing.name in _COMPANY:
        _COMPANY[host.thing.name](room, host)


def _seats_around(room: Room, table: Spot) -> None:
    """Chairs of one kind on the sides of a table, pushed in more or less."""
    rng, half = room.rng, np.ptp(table.thing.footprint, axis=0) / 2
    state, paint = int(rng.integers(2**31)), _series(room.paint)
    kind, count = ("chair", "chair", "chair", "office chair", "stool")[rng.integers(5)], max(1, int(half[0] / 0.3))
    for side in range(4):
        across = side % 2 == 0
        places = count if across else int(rng.random() < 0.5)
        for i in range(places):
            if rng.random() < 0.15:
                continue
            seat = room.build(kind, np.random.default_rng(state), paint)
            along = (2 * i - places + 1) * (half[0] if across else half[1]) / max(places, 1)
            out = (half[1] if across else half[0]) + seat.footprint[:, 1].max() - rng.uniform(-0.15, 0.22)
            # at the side -y of the table a chair with its back away from it looks towards +y
            x, y = {0: (along, -out), 1: (out, along), 2: (along, out), 3: (-out, along)}[side]
            yaw = {0: pi, 1: -pi / 2, 2: 0.0, 3: pi / 2}[side] + rng.normal(0.0, 0.12)
            beside(room, table, seat, float(x), float(y), turn=float(yaw), ignoring=(table.thing.name,))


def _series(paint: Paint) -> Paint:
    """One model: each finish always comes out as it did the first time."""
    kept: dict[Finish, Material] = {}

    def draw(finish: Finish, size: Size) -> Material:
        if finish not in kept:
            kept[finish] = paint(finish, size)
        return kept[finish]

    return draw


def _at_desk(room: Room, desk: Spot) -> None:
    """A chair before it, turned as it was left."""
    rng = room.rng
    depth = float(desk.thing.footprint[:, 1].max())
    seat = room.build("office chair" if rng.random() < 0.75 else "chair")
    beside(
        room,
        desk,
        seat,
        rng.uniform(-0.2, 0.2),
        -depth - rng.uniform(0.05, 0.45),
        turn=pi + rng.normal(0.0, 0.4),
        ignoring=("desk",),
    )


def _at_bed(room: Room, bed: Spot) -> None:
    """A nightstand on either side."""
    half, back = bed.thing.footprint.max(0)
    state, paint = int(room.rng.integers(2**31)), _series(room.paint)
    for s in (-1, 1):
        if room.rng.random() < 0.7:
            stand = room.build("nightstand", np.random.default_rng(state), paint)
            gap = room.rng.uniform(0.0, 0.08)
            beside(
                room,
                bed,
                stand,
                s * float(half + stand.footprint[:, 0].max() + gap),
                float(back - stand.footprint[:, 1].max()),
            )


def _at_sofa(room: Room, sofa: Spot) -> None:
    """A low table and a rug in front."""
    front = float(sofa.thing.footprint[:, 1].max())
    if room.rng.random() < 0.75:
        low = room.build("coffee table")
        beside(
            room,
            sofa,
            low,
            room.rng.uniform(-0.2, 0.2),
            -front - float(low.footprint[:, 1].max()) - room.rng.uniform(0.2, 0.5),
        )
    if room.rng.random() < 0.4:
        beside(room, sofa, room.build("rug"), 0.0, -front - 0.6)


def _pile(room: Room, lowest: Spot) -> None:
    """More of the same on top, smaller and askew: cartons, clothes, paper."""
    below = lowest
    while room.rng.random() < 0.45 and below.thing.deck is not None and below.low + below.thing.height < 1.3:
        thing = room.build(lowest.thing.name if lowest.thing.name == "box" else "papers")
        small, large = (np.ptp(s.footprint, axis=0) for s in (thing, below.thing))
        if (small > 1.1 * large).any():
            return
        slack = np.maximum(large - small, 0.0) / 2
        x, y = room.rng.uniform(-0.8, 0.8, 2) * slack
        turn = room.rng.normal(0.0, 0.08)
        above = beside(room, below, thing, float(x), float(y), turn=float(turn), low=below.low + below.thing.deck.z)
        if above is None:
            return
        below = above


def _shoes_below(room: Room, coats: Spot) -> None:
    """Shoes or a bag on the floor under coats."""
    if room.rng.random() < 0.6:
        name = ("shoes", "shoes", "handbag", "backpack", "umbrella")[room.rng.integers(5)]
        beside(room, coats, room.build(name), room.rng.uniform(-0.3, 0.3), -room.rng.uniform(0.15, 0.35))


def _tools_around(room: Room, bench: Spot) -> None:
    """A stool before a workbench and a shelf above it."""
    front = float(bench.thing.footprint[:, 1].max())
    if room.rng.random() < 0.5:
        beside(room, bench, room.build("stool"), room.rng.uniform(-0.4, 0.4), -front - room.rng.uniform(0.25, 0.5))
    _above("wall shelf")(room, bench)


def _above(name: str) -> Callable[[Room, Spot], None]:
    """Hung on the wall over a thing that stands there."""

    def hang(room: Room, below: Spot) -> None:
        if room.rng.random() < 0.7:
            thing = room.build(name)
            back = float(below.thing.footprint[:, 1].max() - thing.footprint[:, 1].max())
            low = max(room.rng.uniform(*HIGH[name]), below.thing.height + 0.05)
            beside(room, below, thing, room.rng.uniform(-0.15, 0.15), back, low=float(low))

    return hang


_COMPANY: dict[str, Callable[[Room, Spot], None]] = {
    "table": _seats_around,
    "desk": _at_desk,
    "bed": _at_bed,
    "box": _pile,
    "coat rack": _shoes_below,
    "papers": _pile,
    "workbench": _tools_around,
    "sofa": _at_sofa,
    "sink": _above("mirror"),
    "counter": _above("wall cabinet"),
}
