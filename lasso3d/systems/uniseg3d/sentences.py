"""From the mask of a sentence to one row for each thing it means, and what a place pointed at changes."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool, Float32, Int64

from lasso3d.core.prompts import Box, Clicks
from lasso3d.systems.uniseg3d.answers import Rows
from lasso3d.systems.uniseg3d.instances import mask_quality


def within(about: Clicks | Box | None, centroid: Float32[np.ndarray, "t 3"]) -> Float32[np.ndarray, " t"]:
    """1 where a voxel may be answered, else 0: in the box, or anywhere if there is none."""
    if not isinstance(about, Box):
        return np.ones(len(centroid), np.float32)
    inside = (centroid >= np.array(about.lower)) & (centroid <= np.array(about.upper))
    return np.asarray(inside.all(axis=1), np.float32)


def owned_rows(
    mask: Float32[np.ndarray, " t"],
    owner: Int64[np.ndarray, " t"],
    size: Float32[np.ndarray, " t"],
    names: Sequence[str],
    *,
    worth: float,
) -> Rows:
    """One row for each owner of a part of a mask, best score first; owners without any part have none.

    Args:
        owner: of every token, -1 = nobody.
        names: of the owners; those beyond the list have its last.
        worth: the score of a mask that is sure of itself.
    """
    numbers = np.unique(owner[(owner >= 0) & (mask >= 0.5)])
    rows = np.where(owner == numbers[:, None], mask, np.float32(0))
    score = mask_quality(rows, size) * np.float32(worth)
    order = np.argsort(-score, kind="stable")
    labels = tuple(names[min(numbers[i], len(names) - 1)] for i in order)
    return Rows(rows[order], labels, score[order], exclusive=False)


def pointed_at(
    rows: Rows, place: Float32[np.ndarray, "t 3"], yes: Int64[np.ndarray, " k"], no: Int64[np.ndarray, " b"]
) -> Rows:
    """The rows that clicks point at: those that hold one or, for a click in none, the nearest; never one that holds
    a background click.

    Args:
        yes, no: tokens of clicks on things and on background.
    """
    inside = rows.probability >= 0.5
    meant = ~np.asarray(inside[:, no].any(axis=1))
    if len(yes) and meant.any():
        meant &= _nearest(place, inside & meant[:, None], yes)
    labels = tuple(label for label, keep in zip(rows.labels, meant.tolist(), strict=True) if keep)
    return Rows(rows.probability[meant], labels, rows.score[meant], exclusive=False)


def _nearest(
    place: Float32[np.ndarray, "t 3"], masks: Bool[np.ndarray, "m t"], tokens: Int64[np.ndarray, " k"]
) -> Bool[np.ndarray, " m"]:
    """The masks that are nearest to one of some tokens; of several that hold one, all."""
    near = np.zeros(len(masks), bool)
    for token in tokens:
        away = ((place - place[token]) ** 2).sum(axis=1)
        apart = np.where(masks, away, np.inf).min(axis=1)
        near |= apart == apart.min()
    return near
