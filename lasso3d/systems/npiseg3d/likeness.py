"""Pairs of voxels near each other: features learn whether one object holds both."""

from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Bool, Float, Float32, Int32, Int64
from torch import Tensor
from torch.nn import functional

from lasso3d.geometry.neighbors import nearest

STARTS = 2048
"""Of walks in a scene."""
WALKS = (2, 12, 60)
"""Steps after which a walk is looked at: across a border, along it, and to the middle of things; chosen by eye."""
NEIGHBORS = 8
SHARPNESS, BETWEEN = 8.0, 0.5
"""Of the logistic curve over cosines; orthogonal features are as sure of a border as equal ones of none."""


class Pairs(NamedTuple):
    """Voxels by index, and whether one object holds both."""

    first: Int64[np.ndarray, " p"]
    second: Int64[np.ndarray, " p"]
    same: Bool[np.ndarray, " p"]


def near_pairs(
    place: Float32[np.ndarray, "t 3"], instance: Int32[np.ndarray, " t"], rng: np.random.Generator
) -> Pairs:
    """Both ends of random walks over neighbouring voxels that begin on objects."""
    neighbors, _ = nearest(place, NEIGHBORS)
    on_object = np.flatnonzero(instance > 0)
    first = rng.choice(on_object, STARTS) if len(on_object) else np.empty(0, np.int64)
    walker, seen = first, []
    for step in range(1, max(WALKS) + 1):
        ahead = neighbors[walker, rng.integers(NEIGHBORS, size=len(walker))].astype(np.int64)
        walker = np.where(ahead < 0, walker, ahead)
        if step in WALKS:
            seen.append(walker)
    start, end = np.tile(first, len(WALKS)), np.concatenate(seen)
    return Pairs(start, end, instance[start] == instance[end])


def likeness_loss(features: Float[Tensor, "t d"], pairs: Pairs) -> Float[Tensor, ""]:
    """Cross-entropy of "one object" from the cosine of two features; pairs across borders weigh as much as others.

    The refiner reads the same cosine between a voxel and the clicked ones.
    """
    first, second, same = (torch.from_numpy(values).to(features.device) for values in pairs)
    logit = SHARPNESS * (functional.cosine_similarity(features[first], features[second], dim=1) - BETWEEN)
    each = functional.binary_cross_entropy_with_logits(logit, same.to(logit.dtype), reduction="none")
    halves = [each[side].mean() for side in (same, ~same) if side.any()]
    return torch.stack(halves).mean() if halves else features.sum() * 0
