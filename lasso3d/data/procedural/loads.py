"""What lies on tables and stands in shelves."""

import numpy as np

from lasso3d.data.procedural import layout
from lasso3d.data.procedural.furnishing import Room
from lasso3d.data.procedural.furnishings.standing import row_of_books
from lasso3d.data.procedural.layout import Spot, spot
from lasso3d.data.procedural.shapes import Placed, Pose, Shelf, Thing, at
from lasso3d.data.procedural.things import BUILDERS, some_thing

LOADS: dict[str, tuple[str, ...]] = {
    "desk": ("monitor", "monitor", "keyboard", "laptop", "table lamp", "book", "cup", "box", "potted plant",
             "pencil cup",
             "stapler", "phone", "papers", "papers", "headphones", "speaker", "printer", "globe",
             "alarm clock", "binder"),
    "nightstand": ("table lamp", "book", "bottle", "cup", "alarm clock", "phone", "eyeglasses", "candle"),
    "counter": ("microwave", "bottle", "jar", "cup", "bowl", "plate", "pan", "can", "box", "kettle", "toaster",
                "coffee machine", "blender", "cutting board", "knife", "pot", "dispenser", "tray", "teapot",
                "rolling pin",
                "pitcher", "oven", "wine glass"),
    "stove": ("pan", "pot", "pot", "kettle"),
    "dresser": ("table lamp", "box", "potted plant", "television", "bottle", "book", "vase", "candle",
                "hair dryer",
                "hat", "handbag", "folded clothes", "alarm clock", "teddy bear"),
    "cabinet": ("table lamp", "television", "potted plant", "box", "books", "bottle", "vase", "globe",
                "speaker", "candle",
                "printer", "tray", "camera", "binder"),
    "refrigerator": ("box", "basket", "microwave", "toaster"),
    "washing machine": ("basket", "bottle", "folded clothes", "towel", "dispenser", "iron"),
    "dishwasher": ("microwave", "toaster", "kettle", "bowl"),
    "piano": ("vase", "candle", "papers", "book", "alarm clock", "table lamp"),
    "safe": ("box", "papers", "binder"),
    "speaker": ("potted plant", "vase", "book"),
    "wardrobe": ("suitcase", "box", "hat"),
    "workbench": ("vice", "vice", "hammer", "drill", "toolbox", "screwdriver", "wrench", "pliers", "saw",
                  "paint can", "box",
                  "can", "flashlight", "table lamp"),
}  # fmt: skip
"""What is put on furniture of a class, the frequent things twice; on all other decks anything of a table top."""
INSIDE: dict[str, tuple[str, ...]] = {
    "bookcase": ("box", "box", "jar", "bowl", "cup", "bottle", "can", "book", "potted plant", "vase", "camera",
                 "toy car",
                 "candle", "globe", "speaker", "teddy bear", "papers", "alarm clock", "binder", "binder"),
    "cart": ("box", "bottle", "papers", "towel", "can", "bowl"),
    "refrigerator": ("bottle", "jar", "can", "box", "bowl", "bottle"),
    "microwave": ("cup", "bowl", "plate"),
    "oven": ("pan", "pot", "bowl"),
    "stove": ("pan", "pot", "tray"),
    "safe": ("box", "papers", "binder", "camera"),
    "wardrobe": ("folded clothes", "folded clothes", "towel", "box", "hat", "shoes", "pillow"),
    "counter": ("pot", "plate", "bowl", "pan", "bottle", "dispenser", "jar", "teapot"),
    "wall cabinet": ("cup", "plate", "bowl", "jar", "wine glass", "box", "teapot"),
    "sink": ("dispenser", "bottle", "towel", "towel", "bucket"),
    "workbench": ("toolbox", "paint can", "box", "bucket", "drill"),
}  # fmt: skip
"""What stands on shelves in furniture of a class."""
ELSEWHERE = ("box", "box", "jar", "bowl", "cup", "bottle", "can", "book", "potted plant", "towel", "papers")
"""What stands on all other shelves."""
FACING = ("monitor", "television", "books", "microwave", "printer", "speaker", "coffee machine", "toaster",
          "clock", "oven",
          "binder", "vice")  # fmt: skip
"""What looks to the front of what it stands on."""
PILED = ("book", "papers", "towel", "plate", "box", "clothes")
"""What is often put on its like."""
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
            _fill(room, frame, shelf, INSIDE.get(thing.name, ELSEWHERE))


def _lay(room: Room, frame: Pose, half: tuple[float, float], z: float, names: tuple[str, ...]) -> None:
    rng = room.rng
    spots: tuple[Spot, ...] = ()
    wanted = int(min(rng.poisson(1.0 + 4 * half[0] * half[1] * 2), 7)) if rng.random() < 0.8 else 0
    for _ in range(wanted):
        thing = _small(room, names[rng.integers(len(names))])
        facing = thing.name in FACING
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
    return some_thing(name, room.rng, room.paint) if name in BUILDERS else room.build(name)


def _fill(room: Room, frame: Pose, shelf: Shelf, names: tuple[str, ...]) -> None:
    """Books from one end, things and piles of things, often with free space left."""
    rng = room.rng
    base = frame.after(at(shelf.x, shelf.y, shelf.z))
    start, end = -shelf.half_width, shelf.half_width
    if "book" in names and rng.random() < 0.55 and shelf.room > 0.15:
        half = rng.uniform(0.3, 1.0) * shelf.half_width
        row = row_of_books(rng, room.paint, half_width=half, half_depth=shelf.half_depth, room=shelf.room)
        room.small.append(Placed(row, base.after(at(start + half, 0.0, 0.0))))
        start += 2 * half
    for _ in range(int(rng.integers(0, 4))):
        thing = _small(room, names[rng.integers(len(names))])
        half, deep = np.abs(thing.footprint).max(0).tolist()
        if thing.height < shelf.room - 0.01 and start + 2 * half < end and deep < shelf.half_depth:
            x = start + half + rng.uniform(0.0, 0.5) * (end - start - 2 * half)
            y = rng.uniform(-0.7, 0.7) * (shelf.half_depth - deep)
            place = base.after(at(float(x), float(y), 0.0, turn=round(rng.normal(0.0, 0.03), 6)))
            room.small.append(Placed(thing, place))
            _stack(room, place, thing, shelf.room)
            start = x + half


def _stack(room: Room, place: Pose, thing: Thing, free: float) -> None:
    """More of the same on it, as long as there is room and it is no wider."""
    top = 0.0
    while thing.name in PILED and thing.deck is not None and room.rng.random() < 0.6:
        top += thing.deck.z
        above = _small(room, "folded clothes" if thing.name == "clothes" else thing.name)
        if top + above.height > free - 0.01 or (above.footprint.max(0) > 1.15 * thing.footprint.max(0)).any():
            return
        room.small.append(Placed(above, place.after(at(0.0, 0.0, top, turn=round(room.rng.normal(0.0, 0.08), 6)))))
        thing = above
