"""What opens, slides and turns: things are put together from what stands still and what moves."""

from dataclasses import dataclass, replace
from math import cos, sin
from typing import Literal, final

import numpy as np
from jaxtyping import Float64

from lasso3d.data.procedural.rays import half_box
from lasso3d.data.procedural.shapes import Deck, Joint, Pose, Shelf, Solid, Thing, at, hull

Point = tuple[float, float, float]
FULLY = 0.25
"""Share of the moved joints that are at an end of their range: a door wide open, a drawer drawn out."""


@final
@dataclass(frozen=True, eq=False)
class Moving:
    """Solids that move together, what moves on them, and what they hide."""

    kind: Literal["turns", "slides"]
    solids: tuple[Solid, ...]
    axis: Point
    origin: Point
    low: float
    high: float
    carried: tuple["Moving", ...] = ()
    """What moves on it: the handle of a door."""
    hides: tuple[Shelf, ...] = ()
    """What is seen only when it has moved."""


def hinged(
    solids: tuple[Solid, ...], axis: Point, *, at: Point, until: float, back: float = 0.0,
    carried: tuple[Moving, ...] = (), hides: tuple[Shelf, ...] = (),
) -> Moving:  # fmt: skip
    """Solids that turn around an axis through `at`, from `back` to `until` radians."""
    return Moving("turns", solids, axis, at, back, until, carried, hides)


def sliding(
    solids: tuple[Solid, ...], axis: Point, *, until: float, carried: tuple[Moving, ...] = (),
    hides: tuple[Shelf, ...] = (),
) -> Moving:  # fmt: skip
    """Solids that slide along an axis by up to `until` metres."""
    return Moving("slides", solids, axis, (0.0, 0.0, 0.0), 0.0, until, carried, hides)


def assembled(
    name: str,
    fixed: tuple[Solid, ...],
    moving: tuple[Moving, ...] = (),
    *,
    deck: float | None = None,
    shelves: tuple[Shelf, ...] = (),
    hangs: bool = False,
    footprint: Float64[np.ndarray, "k 2"] | None = None,
) -> Thing:
    """A thing of these solids, shifted so that it stands on zero around the z axis.

    Args:
        deck: height of an upper side on which other things can stand, before the shift.
        hangs: it hangs on a wall: only its height is shifted, its back stays at y = 0.
        footprint: it stands on zero within this outline already; None = from its solids.
    """
    solids = list(fixed)
    joints: list[Joint] = []
    hidden: list[Shelf] = []
    for one in moving:
        hidden += _flattened(one, solids, joints)
    points = np.concatenate([reach(solid) for solid in solids])
    low, high = points.min(0), points.max(0)
    shift = at()
    if footprint is None:
        x, y = (0.0, 0.0) if hangs else (-np.round((low + high) / 2, 6)[:2]).tolist()
        shift = at(x, y, -round(float(low[2]), 6))
        footprint = hull(np.round(points[:, :2] + shift.position[:2], 6))
    return Thing(
        name,
        tuple(replace(solid, pose=shift.after(solid.pose)) for solid in solids),
        footprint,
        round(float(high[2] + shift.position[2]), 6),
        None if deck is None else Deck(footprint, deck + float(shift.position[2])),
        tuple(_shifted_shelf(shelf, shift.position) for shelf in (*shelves, *hidden)),
        tuple(replace(joint, origin=_point(shift.apply(np.array(joint.origin)))) for joint in joints),
    )


def posed(thing: Thing, states: tuple[float, ...]) -> Thing:
    """The thing with its joints in these states, stiff from now on; all zero = as built.

    Footprint and height grow with what has moved; shelves stay hidden behind what has not, and nothing can be put
    down where something has risen.
    """
    if len(states) != len(thing.joints):
        raise ValueError(f"{thing.name} has {len(thing.joints)} joints, found {len(states)} states")
    solids, touched = list(thing.solids), set[int]()
    for joint, state in zip(thing.joints, states, strict=True):
        if not joint.low <= state <= joint.high:
            raise ValueError(f"state must be {joint.low:.3f} to {joint.high:.3f}, found {state:.3f}")
        if state != 0:
            move = motion(joint, state)
            touched |= set(joint.solids)
            for i in joint.solids:
                solids[i] = replace(solids[i], pose=move.after(solids[i].pose))
    still = replace(thing, solids=tuple(solids), shelves=_seen(thing, states), joints=())
    return _grown(still, sorted(touched)) if touched else still


def some_state(thing: Thing, rng: np.random.Generator, *, moved: float) -> Thing:
    """The thing as somebody left it; each joint is moved with the probability `moved`."""
    states = []
    for joint in thing.joints:
        # always the same number of draws, so that one joint more changes little
        chance, ends, share = rng.random(), rng.random(), rng.random()
        side = (joint.low if share < 0.5 and joint.low < 0 else joint.high) if ends < FULLY else None
        state = joint.low + share * (joint.high - joint.low) if side is None else side
        states.append(round(float(state), 4) if chance < moved else 0.0)
    return posed(thing, tuple(min(max(s, j.low), j.high) for s, j in zip(states, thing.joints, strict=True)))


def motion(joint: Joint, state: float) -> Pose:
    """Where a joint takes what it moves, in the frame of the thing (Rodrigues' formula for turns)."""
    x, y, z = joint.axis
    if joint.kind == "slides":
        return at(round(x * state, 9), round(y * state, 9), round(z * state, 9))
    c, s = round(cos(state), 9), round(sin(state), 9)
    across = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    along = np.array([[x * x, x * y, x * z], [x * y, y * y, y * z], [x * z, y * z, z * z]])
    turn = Pose(np.round(c * np.eye(3) + s * across + (1 - c) * along, 9), np.zeros(3))
    origin = np.array(joint.origin)
    return Pose(turn.rotation, np.round(origin - turn.apply(origin), 9))


def reach(solid: Solid) -> Float64[np.ndarray, "k 3"]:
    """Points that span a solid, in the frame of its thing."""
    if solid.mesh is not None:
        points = solid.mesh.vertex
    elif solid.kind == "cone":
        turn = np.pi / 8 * np.arange(16)
        unit = np.round(np.stack([np.cos(turn), np.sin(turn), np.zeros(16)], axis=1), 9)
        ends = zip(solid.size[:2], solid.size[2:], strict=True)
        points = np.concatenate([r * unit + np.array([0.0, 0.0, z]) for z, r in ends])
    elif solid.kind == "box":
        half, middle = half_box(solid)
        points = middle + half * (2.0 * np.indices((2, 2, 2)).reshape(3, -1).T - 1.0)
    else:
        unit = np.indices((3, 3, 3)).reshape(3, -1).T - 1.0
        unit = unit[np.abs(unit).sum(1) > 0]
        points = np.array(solid.size[:3]) * unit / np.sqrt((unit**2).sum(1, keepdims=True))
    turned: Float64[np.ndarray, "k 3"] = (points[:, None, :] * solid.pose.rotation).sum(2) + solid.pose.position
    return turned


def _flattened(one: Moving, solids: list[Solid], joints: list[Joint]) -> list[Shelf]:
    """Append a moving group, what it carries first; its hidden shelves with the number of its joint."""
    first = len(solids)
    hidden: list[Shelf] = []
    for inner in one.carried:
        hidden += _flattened(inner, solids, joints)
    solids.extend(one.solids)
    joints.append(Joint(one.kind, one.axis, one.origin, one.low, one.high, tuple(range(first, len(solids)))))
    return hidden + [replace(shelf, behind=len(joints) - 1) for shelf in one.hides]


def _shifted_shelf(shelf: Shelf, by: Float64[np.ndarray, "3"]) -> Shelf:
    x, y, z = by.tolist()
    return replace(shelf, x=shelf.x + x, y=shelf.y + y, z=shelf.z + z)


def _seen(thing: Thing, states: tuple[float, ...]) -> tuple[Shelf, ...]:
    """The shelves that are not behind something shut."""
    return tuple(s for s in thing.shelves if s.behind < 0 or abs(states[s.behind]) > 0.25)


def _grown(thing: Thing, touched: list[int]) -> Thing:
    points = np.concatenate([reach(thing.solids[i]) for i in touched])
    footprint = hull(np.round(np.concatenate([thing.footprint, points[:, :2]]), 6))
    top = float(points[:, 2].max())
    deck = thing.deck if thing.deck is None or top <= thing.deck.z + 1e-6 else None
    return replace(thing, footprint=footprint, height=max(thing.height, top), deck=deck)


def _point(values: Float64[np.ndarray, "3"]) -> Point:
    x, y, z = np.round(values, 6).tolist()
    return x, y, z
