"""Where pictures of a generated scene are taken from: of many places, those that show most things."""

from collections.abc import Callable
from math import pi
from typing import final

import numpy as np
from jaxtyping import Float64, Int64

from lasso3d.data.procedural.tracing import cast
from lasso3d.data.procedural.trees import Scenery
from lasso3d.data.procedural.visible import Labels
from lasso3d.geometry.cameras import look_at

Stands = Callable[[np.random.Generator, int], tuple[Float64[np.ndarray, "k 3"], Float64[np.ndarray, "k 3"]]]
"""Draws places where a camera could be held, and what each looks at; about as many as asked for, at least one."""

CANDIDATES = 160
"""Places tried for a scene, or four for each picture where that is more."""
GRID = (18, 24)
"""Rows and columns of rays by which a place is judged."""
TANGENT = 0.6
"""Half the width of that grid at distance 1."""
BACKGROUND = 0.15
"""What floor and walls count beside things."""
AGAIN = 0.4
"""What a spot still counts each time it has been shown."""
TOO_NEAR = 0.3
"""Share of the typical distance below which a surface stands in the way."""
COLUMNS = 16
"""A scene is shown in cells of this share of the typical distance, so that all sides of a thing count."""


@final
class Orbit:
    """Places on a dome around a middle, as an arm holds a camera or somebody walks around a thing."""

    def __init__(
        self,
        middle: tuple[float, float, float],
        *,
        distance: tuple[float, float],
        elevation: tuple[float, float],
        aside: float = 0.0,
    ) -> None:
        """Ranges in metres and radians.

        Args:
            aside: metres by which pictures aim past the middle, in x and y.
        """
        self.middle, self.distance, self.elevation, self.aside = middle, distance, elevation, aside

    def __call__(
        self, rng: np.random.Generator, wanted: int
    ) -> tuple[Float64[np.ndarray, "k 3"], Float64[np.ndarray, "k 3"]]:
        """Evenly over the ranges."""
        turn, rise = rng.uniform(0, 2 * pi, wanted), rng.uniform(*self.elevation, wanted)
        away = np.stack([np.cos(rise) * np.cos(turn), np.cos(rise) * np.sin(turn), np.sin(rise)], axis=1)
        target = np.array(self.middle) + rng.uniform(-1, 1, (wanted, 3)) * (self.aside, self.aside, 0)
        return target + rng.uniform(*self.distance, (wanted, 1)) * away, target


def chosen(
    on: Scenery, labels: Labels, stands: Stands, count: int, *, rng: np.random.Generator
) -> list[tuple[Float64[np.ndarray, "3"], Float64[np.ndarray, "3"]]]:
    """`count` places and targets, each the one that adds most to what those before have shown."""
    eye, target = (np.round(place, 4) for place in stands(rng, max(CANDIDATES, 4 * count)))
    cell, worth = _judged(on, labels, eye, target)
    shown = np.zeros(int(cell.max()) + 1, np.int64)
    best: list[int] = []
    for _ in range(count):
        gain = (worth * AGAIN ** shown[cell]).sum(1)
        gain[best] = -np.inf
        best.append(int(np.argmax(gain)))
        shown[np.unique(cell[best[-1]])] += 1
    return [(eye[i], target[i]) for i in best]


def _judged(
    on: Scenery, labels: Labels, eye: Float64[np.ndarray, "k 3"], target: Float64[np.ndarray, "k 3"]
) -> tuple[Int64[np.ndarray, "k r"], Float64[np.ndarray, "k r"]]:
    """The spot of the scene that each ray of each place meets, numbered, and what it is worth."""
    v, u = (np.indices(GRID).reshape(2, -1) + 0.5) / np.array(GRID)[:, None] * 2 - 1
    x, y = TANGENT * u, TANGENT * v * GRID[0] / GRID[1]
    direction = []
    for i in range(len(eye)):
        T = np.round(look_at(eye[i], target[i]), 9)
        direction.append(x[:, None] * T[0, :3] + y[:, None] * T[1, :3] + T[2, :3])
    along = np.concatenate(direction)
    origin = np.repeat(eye, len(x), axis=0)
    hits = cast(on, origin, along)
    met = hits.solid >= 0
    typical = float(np.median(hits.distance[met])) if met.any() else 1.0
    distance = np.where(met, hits.distance, 0.0)
    place = np.floor((origin + along * distance[:, None]) * (COLUMNS / typical)).astype(np.int64)
    key = np.where(met, (place[:, 0] * 1_000_003 + place[:, 1]) * 1_000_003 + place[:, 2], np.iinfo(np.int64).min)
    cell = np.unique(key, return_inverse=True)[1]
    # a thing counts as the root of its share of a picture: many things are worth more than a large one
    instance = np.where(met, np.maximum(labels.instance[hits.solid], 0), 0)
    picture = np.repeat(np.arange(len(eye)), len(x)) * (int(instance.max()) + 1) + instance
    worth = np.where(instance > 0, 1.0, BACKGROUND * met) / np.sqrt(np.bincount(picture)[picture])
    worth = np.where(met & (distance < TOO_NEAR * typical), -worth, worth)
    return cell.reshape(len(eye), -1), worth.reshape(len(eye), -1)
