"""The truth of what a sensor has seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

import numpy as np
from jaxtyping import Bool, Int32, Int64

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


@final
@dataclass(frozen=True, eq=False)
class Labels:
    """What is true of each solid of a scene, counted thing after thing."""

    instance: Int32[np.ndarray, " s"]
    """Ids above 0, in the order of the things; -1 = background, or hardly anything of the thing is in the scan."""
    semantic: Int32[np.ndarray, " s"]
    part: Int32[np.ndarray, " s"]
    """-1 = no part of its own."""
    kept: Bool[np.ndarray, " s"]
    """Whether its points stay in the scan."""


def labels_of(solid: Int32[np.ndarray, " n"], placed: Sequence[Placed], words: Words) -> Labels:
    """The labels of all solids of a scene.

    Args:
        solid: the solid each point of the scan lies on.
    """
    owner = np.repeat(np.arange(len(placed)), [len(thing.thing.solids) for thing in placed])
    background = np.array([thing.thing.name in words.background for thing in placed])
    instance = ids_of(solid, placed, words)
    semantic = np.array([words.classes.index(thing.thing.name) for thing in placed])
    names = [one.part for thing in placed for one in thing.thing.solids]
    part = np.array([words.parts.index(name) if name else -1 for name in names], np.int32)
    return Labels(
        instance[owner].astype(np.int32),
        semantic[owner].astype(np.int32),
        part,
        (background | (instance > 0))[owner],
    )


def truth_of(
    solid: Int32[np.ndarray, " n"], placed: Sequence[Placed], words: Words
) -> tuple[Bool[np.ndarray, " n"], Truth]:
    """Which points stay, and what is true of them.

    Args:
        solid: the solid each point lies on, counted thing after thing.
    """
    labels = labels_of(solid, placed, words)
    kept = labels.kept[solid]
    seen = solid[kept]
    truth = Truth(labels.instance[seen], labels.semantic[seen], labels.part[seen], words.classes, words.parts)
    return kept, truth


def ids_of(solid: Int32[np.ndarray, " n"], placed: Sequence[Placed], words: Words) -> Int64[np.ndarray, " p"]:
    """The instance that each placed thing becomes; -1 = background, or hardly seen.

    Args:
        solid: the solid each point lies on, counted thing after thing, before any point is left out.
    """
    owner = np.repeat(np.arange(len(placed)), [len(thing.thing.solids) for thing in placed])
    visible = np.bincount(owner[solid], minlength=len(placed)) >= FEWEST_POINTS
    is_object = visible & np.array([thing.thing.name not in words.background for thing in placed])
    return np.where(is_object, np.cumsum(is_object), -1)
