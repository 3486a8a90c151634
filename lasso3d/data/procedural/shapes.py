"""Solids, things made of them, and where they stand.

Rotations are rounded to 1e-9: sines differ in the last bit from machine to machine, scenes must not.
"""

from dataclasses import dataclass, replace
from math import cos, sin
from typing import Literal, final

import numpy as np
from jaxtyping import Float64, Int64

from lasso3d.data.procedural.appearance import Material
from lasso3d.geometry.compiled import compiled

Kind = Literal["box", "cone", "ellipsoid", "mesh"]
KINDS: tuple[Kind, ...] = ("box", "cone", "ellipsoid", "mesh")


@final
@dataclass(frozen=True, eq=False)
class Pose:
    """Where a frame lies in the one around it: `outside = rotation @ inside + position`."""

    rotation: Float64[np.ndarray, "3 3"]
    position: Float64[np.ndarray, "3"]

    def after(self, inner: "Pose") -> "Pose":
        """The pose of what `inner` places within this frame."""
        turned = (self.rotation[:, None, :] * inner.rotation.T[None]).sum(2)
        return Pose(np.round(turned, 9), np.round(self.apply(inner.position), 9))

    def apply(self, point: Float64[np.ndarray, "3"]) -> Float64[np.ndarray, "3"]:
        """A point of the frame, seen from outside."""
        return (self.rotation * point).sum(1) + self.position


@final
@dataclass(frozen=True, eq=False)
class Mesh:
    """Triangles, for what has no closed form: cushions, curtains, leaves."""

    vertex: Float64[np.ndarray, "v 3"]
    """Metres, rounded to a micrometre."""
    triangle: Int64[np.ndarray, "f 3"]
    """Indices of vertices; both sides are seen."""


@final
@dataclass(frozen=True, eq=False)
class Solid:
    """A surface in the frame of its thing."""

    kind: Kind
    size: tuple[float, ...]
    """Metres. Box and ellipsoid: half sides. Cone: lower z, upper z, radius there (equal z: a disc with a hole).
    Mesh: half sides of the box around it."""
    material: Material
    pose: Pose
    part: str = ""
    """Name of the part it belongs to, empty = no part of its own."""
    mesh: Mesh | None = None
    """The surface of a mesh; None for all other kinds."""


@final
@dataclass(frozen=True, eq=False)
class Deck:
    """Where something can be put down on a thing."""

    outline: Float64[np.ndarray, "k 2"]
    """Convex, counter-clockwise."""
    z: float
    """Metres above the foot. Below the thing's height the deck is enclosed: what stands there must fit into it."""


@final
@dataclass(frozen=True)
class Shelf:
    """A board with room above it; things on it are seen from the front, which is -y."""

    x: float
    """Middle, metres."""
    y: float
    """Middle."""
    z: float
    """Upper side of the board."""
    half_width: float
    half_depth: float
    room: float
    """Height up to the next board."""
    behind: int = -1
    """The joint of the thing that has to be moved before one sees it; -1 = always open."""


@final
@dataclass(frozen=True)
class Joint:
    """What moves on a thing, and how; as built, every joint is at 0."""

    kind: Literal["turns", "slides"]
    axis: tuple[float, float, float]
    """Unit vector, frame of the thing; turns are counter-clockwise around it."""
    origin: tuple[float, float, float]
    """A point of the axis, metres."""
    low: float
    """Least state: radians or metres."""
    high: float
    """Largest state."""
    solids: tuple[int, ...]
    """Indices of what it moves; a joint that moves with another is listed before it."""


@final
@dataclass(frozen=True, eq=False)
class Thing:
    """An object in its own frame: z up, standing on z = 0 around the z axis."""

    name: str
    """Its class."""
    solids: tuple[Solid, ...]
    footprint: Float64[np.ndarray, "k 2"]
    """Convex outline seen from above, counter-clockwise."""
    height: float
    """Metres."""
    deck: Deck | None = None
    """None = nothing stands on it."""
    shelves: tuple[Shelf, ...] = ()
    """Places inside it, under something else."""
    joints: tuple[Joint, ...] = ()
    """What can be opened, drawn or turned."""


@final
@dataclass(frozen=True, eq=False)
class Placed:
    """A thing somewhere in the scene."""

    thing: Thing
    pose: Pose


def at(
    x: float = 0.0, y: float = 0.0, z: float = 0.0, *, axis: Literal["x", "y", "z"] = "z", turn: float = 0.0
) -> Pose:
    """A pose turned about one axis by `turn` radians."""
    i, j = {"x": (1, 2), "y": (2, 0), "z": (0, 1)}[axis]
    rotation = np.eye(3)
    rotation[i, i] = rotation[j, j] = round(cos(turn), 9)
    rotation[j, i] = round(sin(turn), 9)
    rotation[i, j] = -rotation[j, i]
    return Pose(rotation, np.array([x, y, z], np.float64))


def tipped(thing: Thing, *, radius: float, length: float) -> Thing:
    """A thing of revolution on its side: its axis along y, its foot at y = length / 2."""
    lying = at(0.0, length / 2, radius, axis="x", turn=np.pi / 2)
    solids = tuple(replace(solid, pose=lying.after(solid.pose)) for solid in thing.solids)
    return Thing(thing.name, solids, rectangle(radius, length / 2), 2 * radius)


def upturned(thing: Thing) -> Thing:
    """A thing standing on its head."""
    over = at(0.0, 0.0, thing.height, axis="x", turn=np.pi)
    solids = tuple(replace(solid, pose=over.after(solid.pose)) for solid in thing.solids)
    return replace(thing, solids=solids, footprint=thing.footprint[::-1] * (1, -1), deck=None)


def rectangle(half_x: float, half_y: float) -> Float64[np.ndarray, "4 2"]:
    """A footprint."""
    return np.array([[half_x, half_y], [-half_x, half_y], [-half_x, -half_y], [half_x, -half_y]])


def hull(points: Float64[np.ndarray, "n 2"]) -> Float64[np.ndarray, "k 2"]:
    """The corners of the convex outline, counter-clockwise (Andrew's monotone chain)."""
    ordered = points[np.lexsort((points[:, 1], points[:, 0]))]
    return np.concatenate([_chain(ordered), _chain(ordered[::-1])])


@compiled
def _chain(along):
    """The corners of one side of the outline but for the last, of points from one end to the other."""
    kept = np.empty(len(along), np.int64)
    count = 0
    for i in range(len(along)):
        while count > 1:
            a, b, c = along[kept[count - 2]], along[kept[count - 1]], along[i]
            if (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]) > 0:
                break
            count -= 1
        kept[count] = i
        count += 1
    return along[kept[: count - 1]]


def circle(radius: float) -> Float64[np.ndarray, "16 2"]:
    """A footprint: the outline of 16 corners that holds the circle."""
    turn = (np.arange(16) + 0.5) * np.pi / 8
    return np.round(radius / cos(np.pi / 16) * np.stack([np.cos(turn), np.sin(turn)], axis=1), 9)
