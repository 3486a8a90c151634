"""Forms of what stands outdoors: skins in panels, leaves, sticks, wires, wheels."""

from collections.abc import Mapping
from math import pi

import numpy as np
from jaxtyping import Float64, Int64

from lasso3d.data.procedural.appearance import Material
from lasso3d.data.procedural.forms import Point, moved, turned
from lasso3d.data.procedural.shapes import Mesh, Pose, Solid, at


def triangles(
    vertex: Float64[np.ndarray, "v 3"], triangle: Int64[np.ndarray, "f 3"], material: Material, *, part: str = ""
) -> Solid:
    """A mesh of any triangles, in the frame of its thing; vertices are rounded to a micrometre."""
    flat = np.round(vertex, 6)
    half = tuple(float(side) for side in np.abs(flat).max(0))
    return Solid("mesh", half, material, at(), part, Mesh(flat, triangle))


def quads(corner: Float64[np.ndarray, "q 4 3"], material: Material, *, part: str = "") -> Solid:
    """Quadrilaterals that need not touch, corners in order."""
    first = 4 * np.arange(len(corner))[:, None]
    faces = np.concatenate([first + np.array([0, 1, 2]), first + np.array([0, 2, 3])])
    return triangles(corner.reshape(-1, 3), faces, material, part=part)


def panelled(
    vertex: Float64[np.ndarray, "rows columns 3"], label: np.ndarray, looks: Mapping[str, Material]
) -> dict[str, Solid]:
    """A grid of points as one skin for each label; the first word of a label is the part.

    Args:
        label: of the quad after row i and column j, empty = a hole; as many columns as `vertex` where the last
            joins the first, otherwise one less.
        looks: material by part.
    """
    right = np.roll(vertex, -1, axis=1)[:, : label.shape[1]]
    left = vertex[:, : label.shape[1]]
    corner = np.stack([left[:-1], right[:-1], right[1:], left[1:]], axis=2)
    skins = {}
    for name in sorted(set(label.ravel().tolist()) - {""}):
        part = name.split(" ")[0]
        skins[name] = quads(corner[label == name], looks[part], part=part)
    return skins


def leaves(
    place: Float64[np.ndarray, "n 3"], length: float, material: Material, rng: np.random.Generator, *, part: str
) -> Solid:
    """A triangle in any direction at each place: a leaf, or a spray of them, with gaps between."""
    n = len(place)
    along, across = _unit(rng.standard_normal((n, 3))), _unit(rng.standard_normal((n, 3)))
    size = length * rng.uniform(0.5, 1.4, (n, 1))
    tip, side = 0.6 * size * along, 0.3 * size * across
    vertex = np.stack([place + tip, place - 0.5 * tip + side, place - 0.5 * tip - side], axis=1)
    return triangles(vertex.reshape(-1, 3), np.arange(3 * n).reshape(n, 3), material, part=part)


def sticks(
    start: Float64[np.ndarray, "n 3"],
    end: Float64[np.ndarray, "n 3"],
    radius: Float64[np.ndarray, "n 2"],
    material: Material,
    *,
    part: str = "",
) -> Solid:
    """Bars with three sides; `radius` is that at the start and at the end, metres."""
    along = _unit(end - start)
    side = np.where(np.abs(along[:, :1]) < 0.9, np.array([[1.0, 0, 0]]), np.array([[0, 1.0, 0]]))
    x = _unit(side - (side * along).sum(1, keepdims=True) * along)
    y = np.stack(
        [
            along[:, 1] * x[:, 2] - along[:, 2] * x[:, 1],
            along[:, 2] * x[:, 0] - along[:, 0] * x[:, 2],
            along[:, 0] * x[:, 1] - along[:, 1] * x[:, 0],
        ],
        axis=1,
    )
    around = [x, -0.5 * x + 0.866 * y, -0.5 * x - 0.866 * y]
    low = np.stack([start + radius[:, :1] * side for side in around], axis=1)
    high = np.stack([end + radius[:, 1:] * side for side in around], axis=1)
    corner = np.stack([low, np.roll(low, -1, axis=1), np.roll(high, -1, axis=1), high], axis=2)
    return quads(corner.reshape(-1, 4, 3), material, part=part)


def wire(start: Point, end: Point, material: Material, *, sag: float, radius: float, part: str = "") -> Solid:
    """A cable between two points that hangs `sag` metres below the straight line in its middle."""
    share = np.linspace(0, 1, 15)[:, None]
    line = np.array(start) * (1 - share) + np.array(end) * share
    line[:, 2:] -= 4 * sag * share * (1 - share)
    return sticks(line[:-1], line[1:], np.full((14, 2), radius), material, part=part)


def hoop(
    radius: float, thick: float, material: Material, *, pose: Pose, part: str = "", corners: int = 18
) -> Solid:
    """A tyre in the plane x = 0 around the origin of `pose`."""
    turn = 2 * pi * np.arange(corners + 1) / corners
    ring = np.stack([np.zeros(corners + 1), radius * np.cos(turn), radius * np.sin(turn)], axis=1)
    skin = sticks(ring[:-1], ring[1:], np.full((corners, 2), thick), material, part=part)
    return moved((skin,), pose)[0]


def wheel(
    radius: float, half: float, tyre: Material, rim: Material, *, pose: Pose, part: str = "wheel"
) -> tuple[Solid, ...]:
    """A tyre and its rim that turn around the x axis of `pose`; seen from both sides."""
    inner = 0.62 * radius
    tread = turned(
        (
            (inner, -half),
            (0.93 * radius, -half),
            (radius, -0.7 * half),
            (radius, 0.7 * half),
            (0.93 * radius, half),
            (inner, half),
        ),
        tyre,
        part=part,
    )
    disc = turned(
        ((inner, -half), (0.9 * inner, -0.55 * half), (0.25 * inner, -0.6 * half), (0.0, -0.8 * half)),
        rim,
        part=part,
    )
    back = turned(((inner, half), (0.9 * inner, 0.55 * half), (0.0, 0.6 * half)), rim, part=part)
    return moved((*tread, *disc, *back), pose.after(at(axis="y", turn=pi / 2)))


def _unit(vector: Float64[np.ndarray, "n 3"]) -> Float64[np.ndarray, "n 3"]:
    return vector / np.maximum(np.sqrt((vector**2).sum(1, keepdims=True)), 1e-9)
