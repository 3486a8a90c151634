"""A site with where a sensor can be, and the ground most sites begin with."""

from dataclasses import dataclass
from math import pi
from typing import final

import numpy as np

from lasso3d.data.procedural.streetsite import Site
from lasso3d.data.procedural.terrain import Cover, Terrain

KERB = 0.12
"""Metres from the road up to the pavement."""


RISE = {"road": 0.0, "pavement": KERB, "grass": KERB + 0.03, "ground": KERB}


@final
@dataclass(frozen=True)
class Draft:
    """A site, and where those who scan it can be."""

    site: Site
    half: float
    """Half the length, metres."""
    lane: float
    """Offset of the lane that a car drives along."""
    walk: tuple[float, float]
    """First and last offset between which a tripod stands."""


def some_terrain(rng: np.random.Generator, *, bend: float = 0.012, relief: float = 0.35) -> Terrain:
    """Gently sloping, straight in half of the cases."""
    turn = rng.uniform(-bend, bend) if rng.random() < 0.5 else 0.0
    slope = rng.normal(0, 0.018, 2)
    return Terrain(
        turn,
        (float(slope[0]), float(slope[1])),
        rng.uniform(0.0, relief),
        int(rng.integers(2**31)),
        rng.uniform(0, 2 * pi),
    )


def banded(
    bands: list[tuple[float, float, str]], half: float, cross: tuple[float, float, float] | None = None
) -> Cover:
    """Bands along the road and, at times, a street across with pavements of its own.

    Args:
        cross: middle, half width, width of its pavements.
    """
    offsets = np.array([bands[0][0], *(b for _, b, _ in bands)])
    if cross is None:
        kind = np.array([[name for _, _, name in bands]])
        return Cover(np.array([-half, half]), offsets, kind, RISE)
    middle, w, p = cross
    stations = np.array([-half, middle - w - p, middle - w, middle + w, middle + w + p, half])
    along = [name for _, _, name in bands]
    beside_ = ["road" if name == "road" else "pavement" for name in along]
    kind = np.array([along, beside_, ["road"] * len(along), beside_, along])
    return Cover(stations, offsets, kind, RISE)
