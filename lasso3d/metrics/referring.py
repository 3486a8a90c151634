"""Whether the objects found are those a sentence means, by boxes or by masks.

Sources: `benchmark/eval.py` of ScanRefer, `multi3drefer_evaluator.py` of M3DRef-CLIP; read, and written anew.
"""

from typing import Literal

import numpy as np
from jaxtyping import Bool, Float, Float64
from scipy.optimize import linear_sum_assignment

Group = Literal["zt_w_d", "zt_wo_d", "st_w_d", "st_wo_d", "mt"]
"""Multi3DRefer's groups: zero, single or multiple targets; with or without distractors, objects of the kind asked
for that are not meant."""


def box_of(xyz: Float[np.ndarray, "n 3"], mask: Bool[np.ndarray, " n"]) -> Float64[np.ndarray, "2 3"]:
    """Lower and upper corner of the points of a mask, along the axes; an empty mask has an empty box at 0, 0, 0."""
    if not mask.any():
        return np.zeros((2, 3))
    inside = xyz[mask].astype(np.float64)
    return np.stack([inside.min(axis=0), inside.max(axis=0)])


def box_ious(a: Float[np.ndarray, "p 2 3"], b: Float[np.ndarray, "g 2 3"]) -> Float64[np.ndarray, "p g"]:
    """IoU of the volumes of every pair of boxes along the axes; 0 where neither has a volume."""
    lower = np.maximum(a[:, None, 0].astype(np.float64), b[None, :, 0])
    upper = np.minimum(a[:, None, 1].astype(np.float64), b[None, :, 1])
    shared = (upper - lower).clip(0).prod(axis=2)
    union = _volume(a)[:, None] + _volume(b) - shared
    return np.where(union > 0, shared / np.where(union > 0, union, 1), 0)


def mask_ious(a: Bool[np.ndarray, "p n"], b: Bool[np.ndarray, "g n"]) -> Float64[np.ndarray, "p g"]:
    """IoU of every pair of masks; 0 where both are empty."""
    shared = a.astype(np.float32) @ b.astype(np.float32).T  # exact below 2^24 points
    union = a.sum(axis=1)[:, None] + b.sum(axis=1) - shared
    return np.where(union > 0, shared / np.maximum(union, 1), 0).astype(np.float64)


def f1_of_matches(ious: Float64[np.ndarray, "p g"], threshold: float) -> float:
    """Multi3DRefer's F1 of one sentence: pairs of the best matching with an IoU of at least `threshold` are hits.

    The matching maximises the sum of IoU, whatever the threshold. Without targets 1 for no answer, else 0.
    """
    answers, targets = ious.shape
    if not answers + targets:
        return 1.0
    hits = int((ious[linear_sum_assignment(ious, maximize=True)] >= threshold).sum())
    return 2 * hits / (answers + targets)


def group_of(targets: int, *, distractors: bool) -> Group:
    """Multi3DRefer's name for a sentence with so many targets."""
    if targets > 1:
        return "mt"
    if targets:
        return "st_w_d" if distractors else "st_wo_d"
    return "zt_w_d" if distractors else "zt_wo_d"


def _volume(boxes: Float[np.ndarray, "k 2 3"]) -> Float64[np.ndarray, " k"]:
    return (boxes[:, 1].astype(np.float64) - boxes[:, 0]).clip(0).prod(axis=1)
