"""The ground outdoors: slope, relief, a road that bends, and what covers it, kerbs included."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import cos, sin
from typing import final

import numpy as np
from jaxtyping import Float64

from lasso3d.data.procedural.appearance import Material, noise
from lasso3d.data.procedural.outdoorforms import quads
from lasso3d.data.procedural.shapes import Placed, Pose, Thing, at, rectangle
from lasso3d.geometry.compiled import compiled

STEP = 1.25
"""Metres between the points at which the relief is taken."""
MARK = 0.006
"""Metres by which paint lies above the road: thinner than the noise of any sensor here."""
Stripe = tuple[float, float, float, float]
"""First and last station, first and last offset, metres."""


@final
@dataclass(frozen=True)
class Terrain:
    """Stations along a road and offsets to its left, and where they lie in the scene."""

    bend: float
    """One by the radius of the road, to the left positive; 1/m."""
    slope: tuple[float, float]
    relief: float
    """Height of gentle hills, metres."""
    seed: int
    heading: float = 0.0
    """Of the road in the scene, radians."""

    def places(self, s: Float64[np.ndarray, " n"], y: Float64[np.ndarray, " n"]) -> Float64[np.ndarray, "n 2"]:
        """Scene coordinates, rounded to a micrometre."""
        if abs(self.bend) < 1e-5:
            return self.turned(np.stack([s, y], axis=1))
        radius = 1 / self.bend
        angle = s * self.bend
        return self.turned(np.stack([(radius - y) * np.sin(angle), radius - (radius - y) * np.cos(angle)], axis=1))

    def turned(self, along: Float64[np.ndarray, "n k"]) -> Float64[np.ndarray, "n k"]:
        """From axes along and across the middle of the road to those of the scene; heights stay."""
        c, s = round(cos(self.heading), 9), round(sin(self.heading), 9)
        x, y = along[:, 0], along[:, 1]
        return np.round(np.column_stack([c * x - s * y, s * x + c * y, along[:, 2:]]), 9)

    def heights(self, xy: Float64[np.ndarray, "n 2"]) -> Float64[np.ndarray, " n"]:
        """Of the bare ground; near zero in the middle."""
        out = np.empty(len(xy))
        _hills(np.ascontiguousarray(xy), self.seed, out)
        return self.slope[0] * xy[:, 0] + self.slope[1] * xy[:, 1] + self.relief * out

    def pose(self, s: float, y: float, *, yaw: float = 0.0, rise: float = 0.0, lying: float = 0.0) -> Pose:
        """Of a thing at a station.

        Args:
            yaw: radians, 0 = along the road.
            lying: half its length in metres where it tilts with the ground; 0 = it stands upright.
        """
        xy = self.places(np.array([s]), np.array([y]))
        x, z = xy[0], float(self.heights(xy)[0]) + rise
        heading = at(turn=yaw + s * self.bend + self.heading)
        if lying == 0.0:
            return at(float(x[0]), float(x[1]), round(z, 6)).after(heading)
        d = max(lying, 0.3)
        around = xy + d * np.array([[1.0, 0], [-1, 0], [0, 1], [0, -1]])
        h = self.heights(around)
        up = np.array([(h[1] - h[0]) / (2 * d), (h[3] - h[2]) / (2 * d), 1.0])
        return at(float(x[0]), float(x[1]), round(float(h.mean()) + rise, 6)).after(_upright(up).after(heading))


@final
@dataclass(frozen=True, eq=False)
class Cover:
    """What covers the ground, in cells between stations and between offsets."""

    stations: Float64[np.ndarray, " i"]
    offsets: Float64[np.ndarray, " j"]
    kind: np.ndarray
    """Name of each cell, a x b; empty = no ground there."""
    rise: Mapping[str, float]
    """Metres above the terrain, by name; where it differs between neighbours there is a kerb."""

    def at(self, s: float, y: float) -> str:
        """What covers a place, empty outside."""
        i, j = np.searchsorted(self.stations, s) - 1, np.searchsorted(self.offsets, y) - 1
        inside = 0 <= i < self.kind.shape[0] and 0 <= j < self.kind.shape[1]
        return str(self.kind[i, j]) if inside else ""


def ground(terrain: Terrain, cover: Cover, looks: Mapping[str, Material]) -> list[Placed]:
    """One thing for each kind of ground."""
    stations, offsets = _finer(cover.stations), _finer(cover.offsets)
    i = np.searchsorted(cover.stations, (stations[:-1] + stations[1:]) / 2) - 1
    j = np.searchsorted(cover.offsets, (offsets[:-1] + offsets[1:]) / 2) - 1
    kind = cover.kind[i][:, j]
    rise = np.vectorize(lambda name: cover.rise.get(name, 0.0), otypes=[float])(kind)
    s, y = np.meshgrid(stations, offsets, indexing="ij")
    xy = terrain.places(s.ravel(), y.ravel())
    vertex = np.concatenate([xy, terrain.heights(xy)[:, None]], axis=1).reshape(*s.shape, 3)
    corner = np.stack([vertex[:-1, :-1], vertex[1:, :-1], vertex[1:, 1:], vertex[:-1, 1:]], axis=2)
    flat = corner.copy()
    flat[..., 2] += rise[..., None]
    kerbs, owners = zip(_steps(corner, rise, kind), _steps(_across(corner), rise.T, kind.T), strict=True)
    side, owner = np.concatenate(kerbs), np.concatenate(owners)
    return [
        _laid(name, np.concatenate([flat[kind == name], side[owner == name]]), looks[name])
        for name in sorted(set(kind.ravel().tolist()) - {""})
    ]


def painted(terrain: Terrain, stripes: Sequence[Stripe], rise: float, material: Material) -> Placed:
    """Marks on the road."""
    corners = []
    for s0, s1, y0, y1 in stripes:
        s = np.linspace(s0, s1, max(2, int((s1 - s0) / (0.8 * STEP)) + 2))
        y = np.linspace(y0, y1, max(2, int((y1 - y0) / (0.8 * STEP)) + 2))
        grid = np.meshgrid(s, y, indexing="ij")
        xy = terrain.places(grid[0].ravel(), grid[1].ravel())
        vertex = np.concatenate([xy, terrain.heights(xy)[:, None] + rise + MARK], axis=1).reshape(len(s), len(y), 3)
        corner = np.stack([vertex[:-1, :-1], vertex[1:, :-1], vertex[1:, 1:], vertex[:-1, 1:]], axis=2)
        corners.append(corner.reshape(-1, 4, 3))
    return _laid("road marking", np.concatenate(corners), material)


def _laid(name: str, corner: Float64[np.ndarray, "q 4 3"], material: Material) -> Placed:
    half = np.abs(corner[..., :2]).max((0, 1))
    return Placed(Thing(name, (quads(corner, material),), rectangle(float(half[0]), float(half[1])), 0.3), at())


def _finer(edges: Float64[np.ndarray, " k"]) -> Float64[np.ndarray, " m"]:
    """The same edges and enough others between them."""
    pieces = [np.linspace(a, b, int(np.ceil((b - a) / STEP)) + 1)[:-1] for a, b in pairwise(edges)]
    return np.concatenate([*pieces, edges[-1:]])


def _across(corner: Float64[np.ndarray, "a b 4 3"]) -> Float64[np.ndarray, "b a 4 3"]:
    """The cells with stations and offsets exchanged."""
    return corner.transpose(1, 0, 2, 3)[:, :, [0, 3, 2, 1]]


def _steps(
    corner: Float64[np.ndarray, "a b 4 3"], rise: Float64[np.ndarray, "a b"], kind: np.ndarray
) -> tuple[Float64[np.ndarray, "q 4 3"], np.ndarray]:
    """Upright faces between neighbours of different rise, and whose they are: the higher one's."""
    here, there = rise[:, :-1], rise[:, 1:]
    differs = (np.abs(here - there) > 1e-6) & (kind[:, :-1] != "") & (kind[:, 1:] != "")
    edge = corner[:, :-1][differs][:, [3, 2]]
    low, high = np.minimum(here, there)[differs], np.maximum(here, there)[differs]
    lower, upper = edge.copy(), edge[:, ::-1].copy()
    lower[..., 2] += low[:, None]
    upper[..., 2] += high[:, None]
    return np.concatenate([lower, upper], axis=1), np.where(here > there, kind[:, :-1], kind[:, 1:])[differs]


def _upright(up: Float64[np.ndarray, "3"]) -> Pose:
    """The least turn that brings z to a direction near it."""
    z = up / np.sqrt((up**2).sum())
    x = np.array([1.0, 0, 0]) - z[0] * z
    x = x / np.sqrt((x**2).sum())
    y = np.array([z[1] * x[2] - z[2] * x[1], z[2] * x[0] - z[0] * x[2], z[0] * x[1] - z[1] * x[0]])
    return Pose(np.round(np.stack([x, y, z], axis=1), 9), np.zeros(3))


@compiled
def _hills(xy, seed, out):
    """Two octaves of smooth noise, -1 to 1."""
    for i in range(len(xy)):
        u, v = xy[i, 0] / 26.0, xy[i, 1] / 26.0
        out[i] = 1.6 * (noise(u, v, seed) - 0.5) + 0.4 * (noise(2.3 * u, 2.3 * v, seed + 1) - 0.5)
