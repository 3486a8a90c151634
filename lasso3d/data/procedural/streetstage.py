"""A furnished street, ready to be scanned, and how laser rays end in it."""

from dataclasses import dataclass
from typing import final

import numpy as np
from jaxtyping import Bool, Float64, Int32

from lasso3d.data.procedural.appearance import Wardrobe
from lasso3d.data.procedural.rays import Hits
from lasso3d.data.procedural.shapes import Placed
from lasso3d.data.procedural.streetdraft import Draft
from lasso3d.data.procedural.streetrays import Beams
from lasso3d.data.procedural.tracing import cast
from lasso3d.data.procedural.trees import Scenery

BEHIND_GLASS = 3.5
"""Metres behind a pane from which rays still come back."""
FOLIAGE = ("crown", "leaves", "blossom")
SOFT = {"grass": 0.022, "ground": 0.012, "road": 0.002, "pavement": 0.002}
"""Metres by which the ground is rougher than its triangles, by class."""
BRIGHT = {"plate": 3.0, "band": 2.5, "light": 2.0}
"""Parts that send light back where it came from, and how much stronger than paint."""


@final
@dataclass(frozen=True, eq=False)
class Stage:
    """A furnished street, ready to be scanned."""

    draft: Draft
    placed: tuple[Placed, ...]
    on: Scenery
    worn: Wardrobe
    soft: Float64[np.ndarray, " s"]
    """Roughness of each solid, metres."""
    echo: Float64[np.ndarray, " s"]
    """How much more a solid reflects of a laser than of daylight."""
    leafy: Bool[np.ndarray, " s"]


def staged(draft: Draft, placed: tuple[Placed, ...], on: Scenery, worn: Wardrobe) -> Stage:
    """What sensors need to know of each solid."""
    pairs = [(thing.thing.name, solid.part) for thing in placed for solid in thing.thing.solids]
    leafy = np.array([part in FOLIAGE for _, part in pairs])
    soft = np.where(leafy, 0.05, [SOFT.get(name, 0.0) for name, _ in pairs])
    green = leafy | np.array([name == "grass" for name, _ in pairs])
    echo = np.where(green, 2.1, [BRIGHT.get(part, 1.8 if name == "road marking" else 1.0) for name, part in pairs])
    return Stage(draft, placed, on, worn, soft, echo, leafy)


def returned(
    stage: Stage, beams: Beams, hits: Hits, rng: np.random.Generator, *, far: float
) -> Bool[np.ndarray, " r"]:
    """Which rays come back: in range, bright enough for their distance, not on glass."""
    met = (hits.solid >= 0) & (hits.distance > 0.9) & (hits.distance < far)
    look = stage.worn.look[hits.solid]
    cosine = np.abs((hits.normal * beams.direction).sum(1))
    strength = look[:, :3].mean(1) * stage.echo[hits.solid] * (0.25 + 0.75 * cosine)
    need = 0.16 * (hits.distance / far) ** 2 * (0.5 + rng.random(len(met)))
    # polished paint and glass send most light elsewhere
    mirror = (look[:, 8] > 0.35) & (rng.random(len(met)) < np.maximum(look[:, 8] - 0.3, 0) * (1.15 - cosine))
    glass = (look[:, 8] >= 1.0) & (rng.random(len(met)) < 0.8)
    return met & (strength > need) & ~mirror & ~glass & (rng.random(len(met)) < 0.985)


def met(stage: Stage, beams: Beams, rng: np.random.Generator) -> Hits:
    """What rays end on: half of those that meet a pane, and a third of those that meet a leaf, go on behind it."""
    hits = cast(stage.on, beams.origin, beams.direction)
    chance = rng.random(len(hits.solid))
    pane = (hits.solid >= 0) & (stage.worn.look[hits.solid, 8] >= 1.0) & (chance < 0.5)
    sparse = (hits.solid >= 0) & stage.leafy[hits.solid] & (chance < 0.33)
    through = np.flatnonzero(pane | sparse)
    start = hits.distance[through] + 0.01
    origin = beams.origin[through] + beams.direction[through] * start[:, None]
    behind = cast(stage.on, origin, beams.direction[through])
    farther = (behind.solid >= 0) & (sparse[through] | (behind.distance < BEHIND_GLASS))
    gone, beyond = through[farther], (start + behind.distance)[farther]
    hits.distance[gone] = beyond
    for old, new in ((hits.solid, behind.solid), (hits.face, behind.face)):
        old[gone] = new[farther]
    hits.local[gone], hits.normal[gone] = behind.local[farther], behind.normal[farther]
    return hits


def roughness(stage: Stage, solid: Int32[np.ndarray, " n"], rng: np.random.Generator) -> Float64[np.ndarray, "n 3"]:
    """Leaves and grass are rougher than their triangles: off them in all directions, off the ground upwards."""
    off = rng.standard_normal((len(solid), 3)) * stage.soft[solid, None]
    leafy = stage.leafy[solid]
    off[~leafy, :2] *= 0.2
    off[~leafy, 2] = np.abs(off[~leafy, 2])
    return off
