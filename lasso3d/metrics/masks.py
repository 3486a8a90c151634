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


def _points_of(labels: Int32[np.ndarray, " n"], objects: int) -> Int64[np.ndarray, " m"]:
    return np.bincount(labels, minlength=objects + 1)[1 : objects + 1]
