"""How well masks agree."""

import numpy as np
from jaxtyping import Bool, Float64, Int32, Int64


def iou(mask: Bool[np.ndarray, " n"], truth: Bool[np.ndarray, " n"]) -> float:
    """Points in both masks over points in either; 1 where both are empty."""
    union = int(np.count_nonzero(mask | truth))
    return int(np.count_nonzero(mask & truth)) / union if union else 1.0


def object_ious(
    predicted: Int32[np.ndarray, " n"], truth: Int32[np.ndarray, " n"], *, objects: int
) -> Float64[np.ndarray, " m"]:
    """IoU of each label 1 to `objects`; an object with neither truth nor prediction scores 1. Labels run from 0."""
    both = _points_of(truth[truth == predicted], objects)
    union = _points_of(truth, objects) + _points_of(predicted, objects) - both
    return np.where(union > 0, both / np.maximum(union, 1), 1.0)


def rounded_to_tokens(mask: Bool[np.ndarray, " n"], of_point: Int32[np.ndarray, " n"]) -> Bool[np.ndarray, " n"]:
    """The mask that a system could give at best: tokens of which more than half the points are in the mask.

    UniSeg3D's release measures clicks and sentences against truth rounded like this (`uniseg3d.py`, L20 to 60).
    """
    inside = np.bincount(of_point, weights=mask)
    held: np.ndarray = inside > 0.5 * np.bincount(of_point)
    return held[of_point]


def segments(
    kind: Int32[np.ndarray, " n"], instance: Int32[np.ndarray, " n"]
) -> tuple[Int64[np.ndarray, " n"], Int64[np.ndarray, " g"]]:
    """The segment of each point, -1 = none, and the kind of each: a segment is a kind with an instance, both >= 0.

    Numbered by kind, then by instance.
    """
    inside = (kind >= 0) & (instance >= 0)
    width = int(instance.max(initial=0)) + 1
    index = np.where(inside, kind.astype(np.int64) * width + instance, -1)
    present, of_point = _numbered(index[inside])
    index[inside] = of_point
    return index, present // width


def _numbered(labels: Int64[np.ndarray, " k"]) -> tuple[Int64[np.ndarray, " v"], Int64[np.ndarray, " k"]]:
    """Distinct labels, ascending, and the rank of each label; without sorting unless labels are huge."""
    if labels.max(initial=0) > 16 * len(labels) + 65_536:
        present, rank = np.unique(labels, return_inverse=True)
        return present, rank
    present = np.flatnonzero(np.bincount(labels, minlength=1))
    ranks = np.zeros(int(labels.max(initial=0)) + 1, np.int64)
    ranks[present] = np.arange(len(present))
    return present, ranks[labels]


def _points_of(labels: Int32[np.ndarray, " n"], objects: int) -> Int64[np.ndarray, " m"]:
    return np.bincount(labels, minlength=objects + 1)[1 : objects + 1]
