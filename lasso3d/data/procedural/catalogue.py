"""Every kind of object, by the name of its class, and who builds it."""

import numpy as np

from lasso3d.data.procedural.appearance import Material
from lasso3d.data.procedural.finishes import Finish, Size
from lasso3d.data.procedural.furnishings import ALSO, FURNISHINGS, Builder
from lasso3d.data.procedural.things import OWN


def _by_class() -> dict[str, tuple[Builder, ...]]:
    found: dict[str, tuple[Builder, ...]] = {}
    small = {name: build for name, (build, _) in OWN.items()}
    for name, build in (*sorted(FURNISHINGS.items()), *small.items()):
        of_class = ALSO.get(name, name)
        found[of_class] = (*found.get(of_class, ()), build)
    return dict(sorted(found.items()))


def parts_by_class(seeds: int = 12) -> dict[str, tuple[str, ...]]:
    """The parts that things of each class can have, as `seeds` things of each builder show."""
    return {name: _parts(builders, seeds) for name, builders in CATEGORIES.items()}


def _parts(builders: tuple[Builder, ...], seeds: int) -> tuple[str, ...]:
    things = (build(np.random.default_rng(seed), _unpainted) for build in builders for seed in range(seeds))
    return tuple(sorted({solid.part for thing in things for solid in thing.solids} - {""}))


def _unpainted(finish: Finish, size: Size) -> Material:
    return Material((0.5, 0.5, 0.5))


CATEGORIES: dict[str, tuple[Builder, ...]] = _by_class()
"""All builders whose things are of a class."""
HANGING = (
    "clock", "coat hook", "curtain", "lamp", "light switch", "mirror", "picture", "radiator", "shower", "sink",
    "socket", "toilet paper", "towel rail", "wall cabinet", "wall shelf", "whiteboard", "window",
)  # fmt: skip
"""Classes that may hang."""
