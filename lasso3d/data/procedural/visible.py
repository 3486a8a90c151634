"""The truth of what a sensor has seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

import numpy as np
from jaxtyping import Bool, Int32

from lasso3d.data.example import Truth
from lasso3d.data.procedural.shapes import Placed

FEWEST_POINTS = 30
"""Of a thing; with fewer its points are left out of the scan, because nobody could tell what they are."""


@final
@dataclass(frozen=True)
class Words:
    """The names a world uses."""

    background: tuple[str, ...]
    """Classes without instances."""
    classes: tuple[str, ...]
    parts: tuple[str, ...]


def truth_of(
    solid: Int32[np.ndarray, " n"], placed: Sequence[Placed], words: Words
) -> tuple[Bool[np.ndarray, " n"], Truth]:
    """Which points stay, and what is true of them.

    Args:
        solid: the solid each point lies on, counted thing after thing.
    """
    owner = np.repeat(np.arange(len(placed)), [len(thing.thing.solids) for thing in placed])
    visible = np.bincount(owner[solid], minlength=len(placed)) >= FEWEST_POINTS
    background = np.array([thing.thing.name in words.background for thing in placed])
    kept = (background | visible)[owner[solid]]
    is_object = ~background & visible
    instance = np.where(is_object, np.cumsum(is_object), -1)
    semantic = np.array([words.classes.index(thing.thing.name) for thing in placed])
    names = [one.part for thing in placed for one in thing.thing.solids]
    part = np.array([words.parts.index(name) if name else -1 for name in names])
    seen = solid[kept]
    truth = Truth(
        instance[owner][seen].astype(np.int32),
        semantic[owner][seen].astype(np.int32),
        part[seen].astype(np.int32),
        words.classes,
        words.parts,
    )
    return kept, truth
