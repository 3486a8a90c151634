"""The things of a scene as sentences see them: where each is by plan, what the scan shows of it, its colours."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import final

import numpy as np
from jaxtyping import Bool, Float64, Int8, Int64

from lasso3d.core.scene import Scene
from lasso3d.data.example import Example, Truth
from lasso3d.data.procedural.meaning import COLOURS
from lasso3d.data.procedural.shapes import Placed

AXES = np.round([[np.cos(k * np.pi / 8), np.sin(k * np.pi / 8)] for k in range(8)], 9)
"""Horizontal directions in which extents are kept; the first is x, the fifth y."""
SAMPLE = 160
"""Points of each thing that are looked at."""
FEWEST_POINTS = 20
"""Of a part that is in sight."""
STRAY = 0.015
"""Share of a thing's points on either side that may be noise."""


@final
@dataclass(frozen=True, eq=False)
class Extent:
    """The room that things take, metres."""

    low: Float64[np.ndarray, "n 8"]
    """Smallest coordinate along each of `AXES`."""
    high: Float64[np.ndarray, "n 8"]
    foot: Float64[np.ndarray, " n"]
    """Lower end, z."""
    top: Float64[np.ndarray, " n"]

    @cached_property
    def middle(self) -> Float64[np.ndarray, "n 2"]:
        """Centre of the box around each, seen from above."""
        return (self.low + self.high)[:, [0, 4]] / 2

    @cached_property
    def width(self) -> Float64[np.ndarray, " n"]:
        """Mean extent over all directions."""
        return (self.high - self.low).mean(1)

    @cached_property
    def sides(self) -> Float64[np.ndarray, "n 2"]:
        """Least and largest extent over all directions, at least half a centimetre."""
        over = self.high - self.low
        return np.maximum(np.stack([over.min(1), over.max(1)], axis=1), 0.005)

    @cached_property
    def gap(self) -> Float64[np.ndarray, "n n"]:
        """Horizontal distance between two things; below zero where they overlap. Within 2 % of the true one."""
        apart = self.low[:, None] - self.high[None]
        return np.maximum(apart, apart.transpose(1, 0, 2)).max(2)

    @cached_property
    def depth(self) -> Float64[np.ndarray, "n n"]:
        """How far the middle of thing i is inside the outline of thing j; below zero outside."""
        along = (self.middle[:, None, :] * AXES).sum(2)
        return np.minimum(along[:, None] - self.low[None], self.high[None] - along[:, None]).min(2)


@final
@dataclass(frozen=True, eq=False)
class Wall:
    """One wall, as a line on the floor."""

    foot: Float64[np.ndarray, "2"]
    """Its middle."""
    along: Float64[np.ndarray, "2"]
    """Unit vector."""
    half: float
    """Half length."""


@final
@dataclass(frozen=True, eq=False)
class Graph:
    """All things with points, in the order of their instances."""

    instance: Int64[np.ndarray, " n"]
    names: tuple[str, ...]
    placed: tuple[Placed, ...]
    planned: Extent
    """As built, also where nothing was seen."""
    seen: Extent
    """Of the points in the scan."""
    front: Float64[np.ndarray, "n 2"]
    """Unit vectors of the direction each thing faces; meaningless for what has no front."""
    colour: Int8[np.ndarray, "n c"]
    """For each word of `COLOURS`: 1 = is, -1 = is not, 0 = undecided."""
    bright: Float64[np.ndarray, " n"] | None
    """Mean brightness of the points, 0 to 1; None in scans without colour."""
    parts: tuple[dict[str, int], ...]
    """The parts of each thing: 1 = in sight, 0 = hidden."""
    walls: tuple[Wall, ...]
    background: frozenset[str]
    """Classes that the scan shows without instances."""

    @property
    def outdoors(self) -> bool:
        """Whether the ground may rise and fall: there is neither a floor nor a table below the things."""
        return not self.background & {"floor", "table", "wall", "ceiling"}

    def __len__(self) -> int:
        return len(self.names)


def graph_of(example: Example, placed: Sequence[Placed], ids: Sequence[int] | Int64[np.ndarray, " p"]) -> Graph:
    """The graph of a scene.

    Args:
        ids: the instance of each placed thing, -1 = none.
    """
    scene, truth = example
    owners = [(thing, int(number)) for thing, number in zip(placed, ids, strict=True)]
    shown = tuple(thing for thing, number in owners if number > 0)
    sample = _sample(truth, len(shown))
    return Graph(
        np.arange(1, len(shown) + 1),
        tuple(thing.thing.name for thing in shown),
        shown,
        _planned(shown),
        _seen(scene.xyz[sample].astype(np.float64)),
        np.array([-thing.pose.rotation[:2, 1] for thing in shown]).reshape(-1, 2),
        _colours(scene, sample),
        None if scene.rgb is None else scene.rgb[sample].mean((1, 2)) / 255,
        _parts(truth, shown),
        tuple(_wall(thing) for thing, number in owners if _is_wall(thing, number, shown)),
        _background(truth),
    )


def _sample(truth: Truth, count: int) -> Int64[np.ndarray, "n s"]:
    """Points of each instance, evenly spread over their order; of small ones some twice."""
    numbers = truth.instance.astype(np.int16 if count < 2**15 else np.int32)
    order = np.argsort(numbers, kind="stable")
    end = np.searchsorted(numbers[order], np.arange(0, count + 1), side="right")
    share = (np.arange(SAMPLE) + 0.5) / SAMPLE
    return order[(end[:-1, None] + share * np.diff(end)[:, None]).astype(np.int64)]


def _planned(shown: tuple[Placed, ...]) -> Extent:
    low, high = np.empty((len(shown), 8)), np.empty((len(shown), 8))
    for i, thing in enumerate(shown):
        turn, shift = thing.pose.rotation[:2, :2], thing.pose.position[:2]
        outline = (thing.thing.footprint[:, None] * turn).sum(2) + shift
        along = (outline[:, None] * AXES).sum(2)
        low[i], high[i] = along.min(0), along.max(0)
    foot = np.array([thing.pose.position[2] for thing in shown])
    return Extent(low, high, foot, foot + [thing.thing.height for thing in shown])


def _seen(xyz: Float64[np.ndarray, "n s 3"]) -> Extent:
    x, y, z = xyz[..., :1], xyz[..., 1:2], xyz[..., 2:]
    along = np.concatenate([x * AXES[:, 0] + y * AXES[:, 1], z], axis=2)
    stray = int(STRAY * xyz.shape[1])
    ends = np.partition(along, (stray, xyz.shape[1] - 1 - stray), axis=1)
    low, high = ends[:, stray], ends[:, xyz.shape[1] - 1 - stray]
    return Extent(low[:, :8], high[:, :8], low[:, 8], high[:, 8])


def _parts(truth: Truth, shown: tuple[Placed, ...]) -> tuple[dict[str, int], ...]:
    """A part that is there but hardly seen is neither claimed nor denied."""
    if truth.part is None:
        return ({},) * len(shown)
    names = len(truth.part_names)
    held = (truth.instance > 0) & (truth.part >= 0)
    pairs = truth.instance[held].astype(np.int64) * names + truth.part[held]
    seen = np.bincount(pairs, minlength=(len(shown) + 1) * names).reshape(-1, names)[1:] >= FEWEST_POINTS
    where = {name: i for i, name in enumerate(truth.part_names)}
    return tuple(
        {solid.part: int(row[where[solid.part]]) for solid in thing.thing.solids if solid.part}
        for thing, row in zip(shown, seen, strict=True)
    )


def _background(truth: Truth) -> frozenset[str]:
    if truth.semantic is None:
        return frozenset()
    count = np.bincount(truth.semantic[(truth.instance < 0) & (truth.semantic >= 0)], minlength=1)
    return frozenset(truth.class_names[k] for k in np.flatnonzero(count))


def _is_wall(thing: Placed, number: int, shown: tuple[Placed, ...]) -> bool:
    """Walls of rooms have no instance; those of gardens do."""
    return number < 0 and thing.thing.name == "wall" and all(other.thing.name != "wall" for other in shown)


def _wall(thing: Placed) -> Wall:
    half = np.abs(thing.thing.footprint).max(0)
    long = int(half[1] > half[0])
    along = thing.pose.rotation[:2, long]
    return Wall(thing.pose.position[:2], along, float(half[long]))


def _colours(scene: Scene, sample: Int64[np.ndarray, "n s"]) -> Int8[np.ndarray, "n c"]:
    """What colour things are called, from the colours of their points; undecided in scans without colour."""
    decided = np.zeros((len(sample), len(COLOURS)), np.int8)
    if scene.rgb is None or (np.ptp(scene.rgb[sample].astype(np.int16), axis=2) < 3).mean() > 0.9:
        return decided
    sure, possible = _colour_shares(scene.rgb[sample[:, ::2]].astype(np.float64) / 255)
    decided[possible < 0.15] = -1
    decided[sure > 0.55] = 1
    return decided


HUES: dict[str, tuple[float, float, float]] = {
    "red": (0.0, 8.0, 16.0), "orange": (27.0, 8.0, 16.0), "yellow": (55.0, 8.0, 17.0), "green": (120.0, 38.0, 55.0),
    "blue": (222.0, 28.0, 46.0), "purple": (282.0, 14.0, 28.0), "pink": (328.0, 14.0, 28.0),
}  # fmt: skip
"""Degrees: the middle of each hue, how far from it everybody would use the word, and how far some would.

Chosen by eye; brown is a dark orange.
"""


def _colour_shares(
    rgb: Float64[np.ndarray, "n s 3"],
) -> tuple[Float64[np.ndarray, "n c"], Float64[np.ndarray, "n c"]]:
    """The share of points that certainly, and that possibly, have each colour."""
    bright, chroma = rgb.max(2), np.ptp(rgb, axis=2)
    vivid = chroma / np.maximum(bright, 1e-6)
    hue = _hue(rgb, bright, chroma)
    sure: dict[str, Bool[np.ndarray, "n s"]] = {
        "white": (bright > 0.78) & (vivid < 0.14),
        "black": (bright < 0.2) & (chroma < 0.08),
        "grey": (bright > 0.3) & (bright < 0.66) & (vivid < 0.13),
        "brown": _near(hue, 27.0, 13.0) & (vivid > 0.32) & (bright > 0.18) & (bright < 0.6),
    }
    possible = {
        "white": (bright > 0.66) & (vivid < 0.22),
        "black": (bright < 0.34) & (chroma < 0.16),
        "grey": (bright > 0.17) & (bright < 0.88) & (vivid < 0.25),
        "brown": _near(hue, 27.0, 22.0) & (vivid > 0.18) & (bright < 0.75),
    }
    for name, (middle, surely, maybe) in HUES.items():
        light, lightish = (0.6, 0.45) if name in ("orange", "yellow", "pink") else (0.28, 0.18)
        sure[name] = _near(hue, middle, surely) & (vivid > 0.36) & (bright > light)
        possible[name] = _near(hue, middle, maybe) & (vivid > 0.18) & (bright > lightish)
    return tuple(np.stack([found[name].mean(1) for name in COLOURS], axis=1) for found in (sure, possible))  # type: ignore[return-value]


def _near(hue: Float64[np.ndarray, "n s"], middle: float, reach: float) -> Bool[np.ndarray, "n s"]:
    return np.abs((hue - middle + 180) % 360 - 180) < reach


def _hue(
    rgb: Float64[np.ndarray, "n s 3"], bright: Float64[np.ndarray, "n s"], chroma: Float64[np.ndarray, "n s"]
) -> Float64[np.ndarray, "n s"]:
    """Degrees; 0 is red."""
    red, green, blue = rgb[..., 0], rgb[..., 1], rgb[..., 2]
    per = 60 / np.maximum(chroma, 1e-6)
    of_green, of_blue = (blue - red) * per + 120, (red - green) * per + 240
    return np.where(bright == red, (green - blue) * per, np.where(bright == green, of_green, of_blue)) % 360
