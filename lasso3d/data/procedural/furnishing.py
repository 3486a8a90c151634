"""Where furniture stands: against walls, in rows, in corners, in the middle, on the walls."""

from dataclasses import dataclass, field
from math import pi
from typing import Literal, final

import numpy as np

from lasso3d.data.procedural.finishes import Paint
from lasso3d.data.procedural.floorplans import Opening, Plan, Wall
from lasso3d.data.procedural.forms import moved
from lasso3d.data.procedural.furnishings import FURNISHINGS
from lasso3d.data.procedural.joints import assembled, posed, some_state
from lasso3d.data.procedural.layout import SLACK, Spot, separation, spot
from lasso3d.data.procedural.programs import Way
from lasso3d.data.procedural.shapes import Placed, Thing, at, rectangle

TRIES = 24
"""Places tried before a thing is left out."""
HIGH = {
    "picture": (0.9, 1.7), "whiteboard": (0.7, 1.0), "wall shelf": (1.0, 1.7), "wall cabinet": (1.35, 1.6),
    "mirror": (0.9, 1.2), "wall television": (0.8, 1.4), "coat": (0.7, 1.1), "hung towel": (0.7, 1.1),
        "clock": (1.5, 1.9),
    "coat hook": (1.5, 1.7), "light switch": (1.0, 1.15), "shower": (0.5, 0.65), "socket": (0.0, 0.15),
    "toilet paper": (0.45, 0.65), "towel rail": (0.6, 0.9),
}  # fmt: skip
"""Range of the height of the lower edge of what hangs, metres."""
FLUSH = ("picture", "whiteboard", "curtain")
"""What is built in front of its own zero plane, so that it lies on the wall."""
AJAR = 0.12
"""Share of the doors, drawers, lids and other joints that are not as built."""
LEANING = (0.1, 0.24)
"""Radians by which things lean against walls."""
FLAT = 0.02
"""Metres; things can stand on what is thinner."""


@final
@dataclass
class Room:
    """A room while it is being furnished."""

    plan: Plan
    walls: tuple[Wall, ...]
    paint: Paint
    rng: np.random.Generator
    spots: list[Spot] = field(default_factory=list)
    """What stands or hangs, and what must stay free."""
    small: list[Placed] = field(default_factory=list)
    """What lies on furniture."""
    openings: list[list[Opening]] = field(default_factory=list)
    last: tuple[Wall, float] | None = None
    """The wall last used, and how far along it is taken."""

    def build(self, name: str, rng: np.random.Generator | None = None, paint: Paint | None = None) -> Thing:
        """A new thing of a family, as somebody left it; with its own shape and paint where a series is wanted."""
        return some_state(FURNISHINGS[name](rng or self.rng, paint or self.paint), self.rng, moved=AJAR)

    def placed(self) -> tuple[Placed, ...]:
        """Everything, furniture first."""
        return (*(s.placed() for s in self.spots if s.thing.solids), *self.small)


def install(room: Room, name: Literal["door", "window"]) -> tuple[Wall, Opening] | None:
    """A door or a window in some wall, and the place before a door kept free."""
    raw = FURNISHINGS[name](room.rng, room.paint)
    thing = posed(raw, (0.0,) * len(raw.joints))
    left = some_state(raw, room.rng, moved=AJAR)
    half = float(thing.footprint[:, 0].max())
    low = 0.0 if name == "door" else min(room.rng.uniform(0.6, 1.1), room.plan.height - thing.height - 0.1)
    for _ in range(TRIES):
        i = int(room.rng.integers(len(room.walls)))
        wall = room.walls[i]
        free = wall.half - half - 0.1
        if free < 0 or low < 0 or low + thing.height > room.plan.height - 0.02:
            continue
        u = float(room.rng.uniform(-free, free))
        if any(abs(u - o.u) < half + o.half + 0.1 for o in room.openings[i]):
            continue
        # the frame covers the edge of the hole
        opening = Opening(
            u, half - (0.07 if name == "door" else 0.0), low, low + thing.height - (0.06 if name == "door" else 0.0)
        )
        room.openings[i].append(opening)
        opened = spot(left, *wall.place(u, 0.0), yaw=wall.yaw, low=low)
        shut = spot(thing, *wall.place(u, 0.0), yaw=wall.yaw, low=low)
        room.spots.append(shut if _blocked(room, opened) else opened)
        if name == "door":
            keep = Thing("", (), rectangle(half, 0.4), 2.0)
            room.spots.append(spot(keep, *wall.place(u, 0.42), yaw=wall.yaw))
            if room.rng.random() < 0.7:
                side = half + 0.15 if room.rng.random() < 0.5 else -half - 0.15
                switch = spot(room.build("light switch"), *wall.place(u + side, 0.001), yaw=wall.yaw, low=1.05)
                _put(room, switch)
        return wall, opening
    return None


def _blocked(room: Room, door: Spot) -> bool:
    """Whether the leaf reaches through a wall or into another door."""
    inner = [p for p in door.outline if ((p - np.array(door.xy)) ** 2).sum() > 0.36]
    outside = len(inner) > 0 and not room.plan.holds(np.array(inner)).all()
    return outside or any(_collide(door, other) for other in room.spots)


def dress_window(room: Room, wall: Wall, opening: Opening) -> None:
    """Curtains before a window and a radiator below."""
    if room.rng.random() < 0.5:
        cloth = room.build("curtain")
        low = max(0.0, min(opening.high + 0.15, room.plan.height - 0.02) - cloth.height)
        _put(room, spot(cloth, *wall.place(opening.u, 0.005), yaw=wall.yaw, low=low), ignoring=("window",))
    if room.rng.random() < 0.4 and opening.low > 0.65:
        _put(
            room,
            spot(room.build("radiator"), *wall.place(opening.u, 0.06), yaw=wall.yaw),
            ignoring=("window", "curtain"),
        )


def furnish(room: Room, name: str, way: Way) -> Spot | None:
    """One more thing in the room; None where it does not fit."""
    thing = room.build(name)
    if way == "lean":
        thing, way = leaning(thing, room.rng.uniform(*LEANING)), "wall"
    for _ in range(TRIES):
        tried = _tried(room, thing, name, way)
        if tried is not None and _put(room, tried):
            return tried
        if way == "row":
            way = "wall"
    return None


def leaning(thing: Thing, tilt: float) -> Thing:
    """The thing tilted backwards by `tilt` radians: its top is what touches a wall behind it."""
    return assembled(thing.name, moved(thing.solids, at(axis="x", turn=-round(tilt, 6))))


def _tried(room: Room, thing: Thing, name: str, way: Way) -> Spot | None:
    """One place of the kind that was asked for."""
    if way in ("wall", "corner", "hang", "row"):
        return _at_wall(room, thing, name, way)
    low_corner, high_corner = room.plan.corners.min(0), room.plan.corners.max(0)
    reach = 0.35 if way in ("centre", "rug", "ceiling") else 1.0
    x, y = (low_corner + high_corner) / 2 + reach * room.rng.uniform(-0.5, 0.5, 2) * (high_corner - low_corner)
    aligned = room.rng.random() < (0.8 if way != "free" else 0.35)
    yaw = round(float(room.rng.integers(4) * pi / 2 if aligned else room.rng.uniform(0, 2 * pi)), 6)
    low = room.plan.height - thing.height - 0.001 if way == "ceiling" else 0.0
    return spot(thing, x, y, yaw=yaw, low=low)


def _at_wall(room: Room, thing: Thing, name: str, way: Way) -> Spot | None:
    """Its back to a wall, mostly close to it; None where the wall is too short."""
    rng, (half, back) = room.rng, thing.footprint.max(0).tolist()
    wall = room.walls[rng.integers(len(room.walls))]
    free = wall.half - half
    if way == "row" and room.last is not None:
        wall, end = room.last
        free, u = wall.half - half, end + half + rng.uniform(0, 0.004)
    elif way == "corner":
        u = (free - rng.uniform(0.005, 0.15)) * float(rng.choice([-1, 1]))
    else:
        u = rng.uniform(-1, 1) * free
    if free < 0 or abs(u) > free:
        return None
    away = back + (rng.uniform(0, 0.012) if rng.random() < 0.7 else rng.uniform(0.01, 0.1))
    low = 0.0
    if way == "hang":
        low, away = rng.uniform(*HIGH[name]), 0.0 if thing.name in FLUSH else back + 0.001
    if way in ("wall", "row"):
        room.last = (wall, float(u + half))
    return spot(thing, *wall.place(float(u), float(away)), yaw=round(wall.yaw, 6), low=float(low))


def _put(room: Room, new: Spot, *, ignoring: tuple[str, ...] = ()) -> bool:
    """Whether there was room for it; then it stands there."""
    if not _fits(room, new, ignoring):
        return False
    room.spots.append(new)
    return True


def _fits(room: Room, new: Spot, ignoring: tuple[str, ...]) -> bool:
    """Inside the room, and not inside anything."""
    middle = new.outline.mean(0)
    # what is flush with a wall may touch its line
    if new.thing.name not in FLUSH and not room.plan.holds(middle + (new.outline - middle) * 0.985).all():
        return False
    if (
        new.low < 0
        or new.low + new.thing.height > room.plan.height
        or _contains_any(new.outline, room.plan.corners)
    ):
        return False
    return not any(_collide(new, other) for other in room.spots if other.thing.name not in ignoring)


def _collide(a: Spot, b: Spot) -> bool:
    if (a.thing.height <= FLAT) != (b.thing.height <= FLAT):
        return False
    if a.low >= b.low + b.thing.height - SLACK or b.low >= a.low + a.thing.height - SLACK:
        return False
    apart = np.sqrt(((a.outline.mean(0) - b.outline.mean(0)) ** 2).sum())
    return bool(apart < _reach(a) + _reach(b)) and separation(a.outline, b.outline) < -SLACK


def _reach(a: Spot) -> float:
    return float(np.sqrt(((a.outline - a.outline.mean(0)) ** 2).sum(1).max()))


def _contains_any(outline: np.ndarray, points: np.ndarray) -> bool:
    """Whether a corner of the room lies within an outline."""
    side = np.roll(outline, -1, axis=0) - outline
    offset = points[:, None] - outline
    return bool(((side[:, 0] * offset[..., 1] - side[:, 1] * offset[..., 0]) > 0.01).all(1).any())


def beside(
    room: Room,
    near: Spot,
    thing: Thing,
    x: float,
    y: float,
    *,
    turn: float = 0.0,
    ignoring: tuple[str, ...] = (),
    low: float = 0.0,
) -> Spot | None:
    """A thing at a place in the frame of another."""
    place = at(*near.xy, turn=near.yaw).apply(np.array([x, y, 0.0]))
    new = spot(thing, place[0], place[1], yaw=round(near.yaw + turn, 6), low=low)
    return new if _put(room, new, ignoring=ignoring) else None
