"""What lies on tables and stands in shelves."""

import numpy as np

from lasso3d.data.procedural import layout
from lasso3d.data.procedural.furnishing import Room
from lasso3d.data.procedural.furnishings.standing import row_of_books
from lasso3d.data.procedural.layout import Spot, spot
from lasso3d.data.procedural.shapes import Placed, Pose, Shelf, Thing, at
from lasso3d.data.procedural.things import BUILDERS

LOADS: dict[str, tuple[str, ...]] = {
    "desk": ("monitor", "monitor", "keyboard", "laptop", "table lamp", "book", "cup", "box", "potted plant"),
    "nightstand": ("table lamp", "book", "bottle", "cup"),
    "counter": ("microwave", "bottle", "jar", "cup", "bowl", "plate", "pan", "can", "box"),
    "stove": ("pan", "pan"),
    "dresser": ("table lamp", "box", "potted plant", "television", "bottle", "book"),
    "cabinet": ("table lamp", "television", "potted plant", "box", "books", "bottle"),
    "refrigerator": ("box", "basket", "microwave"),
    "washing machine": ("basket", "bottle", "clothes"),
    "wardrobe": ("suitcase", "box"),
}  # fmt: skip
"""What is put on furniture of a class, the frequent things twice; on all other decks anything of a table top."""
ANYWHERE = tuple(BUILDERS)


def load(room: Room, under: Spot) -> None:
    """Things on a deck and on shelves."""
    rng, thing = room.rng, under.thing
    frame = under.placed().pose
    if thing.deck is not None and under.low == 0.0:
        half = np.ptp(thing.deck.outline, axis=0) / 2
        _lay(room, frame, (float(half[0]), float(half[1])), thing.deck.z, LOADS.get(thing.name, ANYWHERE))
    for shelf in thing.shelves:
        if rng.random() < 0.75:
            _fill(room, frame, shelf)


def _lay(room: Room, frame: Pose, half: tuple[float, float], z: float, names: tuple[str, ...]) -> None:
    rng = room.rng
    spots: tuple[Spot, ...] = ()
    wanted = int(min(rng.poisson(1.0 + 4 * half[0] * half[1] * 2), 7)) if rng.random() < 0.8 else 0
    for _ in range(wanted):
        thing = _small(room, names[rng.integers(len(names))])
        facing = thing.name in ("monitor", "television", "books", "microwave")
        new = (
            _facing(thing, half, rng)
            if facing
            else layout.put_down(
                thing, spots, half_table=half, towards_camera=0.0, ways=layout.Ways(free=0.6, hiding=0.0), rng=rng
            )
        )
        if new is not None and (not facing or layout.fits(new, spots, half)):
            spots += (new,)
    room.small.extend(Placed(s.thing, frame.after(at(s.xy[0], s.xy[1], s.low + z, turn=s.yaw))) for s in spots)


def _facing(thing: Thing, half: tuple[float, float], rng: np.random.Generator) -> Spot:
    """At the back of a table, looking to its front."""
    free = np.maximum(np.array(half) - thing.footprint.max(0), 0.0)
    return spot(
        thing, rng.uniform(-1, 1) * free[0], free[1] * rng.uniform(0.6, 1), yaw=round(rng.normal(0.0, 0.15), 6)
    )


def _small(room: Room, name: str) -> Thing:
    # boxes on a table are not the cartons on the floor
    return BUILDERS[name][0](room.rng, room.paint) if name in BUILDERS else room.build(name)


def _fill(room: Room, frame: Pose, shelf: Shelf) -> None:
    """Books from one end, boxes or things, often with free space left."""
    rng = room.rng
    base = frame.after(at(shelf.x, shelf.y, shelf.z))
    start, end = -shelf.half_width, shelf.half_width
    if rng.random() < 0.55 and shelf.room > 0.15:
        half = rng.uniform(0.3, 1.0) * shelf.half_width
        row = row_of_books(rng, room.paint, half_width=half, half_depth=shelf.half_depth, room=shelf.room)
        room.small.append(Placed(row, base.after(at(start + half, 0.0, 0.0))))
        start += 2 * half
    for _ in range(int(rng.integers(0, 3))):
        thing = _small(
            room, ("box", "box", "jar", "bowl", "cup", "bottle", "can", "book", "potted plant")[rng.integers(9)]
        )
        half, deep = thing.footprint[:, 0].max(), np.abs(thing.footprint[:, 1]).max()
        if thing.height < shelf.room - 0.01 and start + 2 * half < end and deep < shelf.half_depth:
            x = start + half + rng.uniform(0.0, 0.5) * (end - start - 2 * half)
            room.small.append(Placed(thing, base.after(at(float(x), 0.0, 0.0))))
            start = x + half
