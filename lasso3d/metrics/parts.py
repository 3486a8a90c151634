"""Part segmentation as PartNetE's tables count it.

Sources: `eval/semantic_eval.py` and `eval/eval_utils.py` of PartSLIP++ (the latter PartNet's own scorer); read, and
written anew.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Float64, Int64

RECALLS = np.arange(0, 1 + 1 / 100, 1 / 100)
"""The 101 recalls at which precision is read, with the rounding of the release's floats."""


class PartIou(NamedTuple):
    """IoU of one part on one shape that has it."""

    category: str
    part: str
    value: float


class RankedParts(NamedTuple):
    """What one shape contributes to AP: its answers, from the most confident, and whether they hit."""

    part: Int64[np.ndarray, " m"]
    confidence: Float64[np.ndarray, " m"]
    right: Bool[np.ndarray, " m"]
    truths: Int64[np.ndarray, " parts"]
    """Instances of each part."""


def part_miou(found: Iterable[PartIou]) -> tuple[float, Mapping[str, float]]:
    """Mean over categories, and each category: means over shapes for each part, then over its parts.

    Only parts that a shape has are counted: answering a part that is not there costs nothing.
    """
    by_part: dict[tuple[str, str], list[float]] = {}
    for category, part, value in found:
        by_part.setdefault((category, part), []).append(value)
    by_category: dict[str, list[float]] = {}
    for (category, _), values in by_part.items():
        by_category.setdefault(category, []).append(float(np.mean(values)))
    means = {category: float(np.mean(values)) for category, values in by_category.items()}
    return float(np.mean(list(means.values()))) if means else float("nan"), means


def rank_parts(
    masks: Bool[np.ndarray, "m n"],
    part: Int64[np.ndarray, " m"],
    confidence: Float[np.ndarray, " m"],
    *,
    truth: Bool[np.ndarray, "g n"],
    truth_part: Int64[np.ndarray, " g"],
    other: Bool[np.ndarray, " n"],
    parts: int,
    threshold: float = 0.5,
) -> RankedParts:
    """Match the answers on one shape, most confident first, each with the unused instance of its part it fits best.

    Args:
        other: points of no part; they are taken out of the answers. Answers of equal confidence keep their order.
    """
    order = np.argsort(-confidence, kind="stable")
    clean = masks[order] & ~other
    shared = clean.astype(np.float32) @ truth.astype(np.float32).T  # exact below 2^24 points
    iou = shared / (clean.sum(axis=1)[:, None] + truth.sum(axis=1) - shared)
    iou = np.where(part[order][:, None] == truth_part, iou, 0)
    right = np.zeros(len(order), bool)
    for answer, row in enumerate(iou):
        if row.size and row.max() > threshold:
            right[answer] = True
            iou[:, row.argmax()] = 0
    return RankedParts(
        part[order], confidence[order].astype(np.float64), right, np.bincount(truth_part, minlength=parts)
    )


def part_precision(shapes: Sequence[RankedParts], *, parts: int) -> Float64[np.ndarray, " parts"]:
    """AP of each part over all shapes: the mean over 101 recalls of the best precision at or above each.

    A part without instances is NaN, one without answers 0.
    """
    part = np.concatenate([shape.part for shape in shapes])
    confidence = np.concatenate([shape.confidence for shape in shapes])
    right = np.concatenate([shape.right for shape in shapes])
    truths = np.sum([shape.truths for shape in shapes], axis=0)
    order = np.argsort(-confidence, kind="stable")
    ap = np.full(parts, np.nan)
    for k in np.flatnonzero(truths):
        ap[k] = _mean_of_best(right[order][part[order] == k], int(truths[k]))
    return ap


def _mean_of_best(right: Bool[np.ndarray, " k"], truths: int) -> float:
    hits = np.cumsum(right)
    recall = np.append(0, hits / truths)
    precision = np.append(1, hits / np.arange(1, len(right) + 1))
    best = np.append(np.maximum.accumulate(precision[::-1])[::-1], 0)
    return float(best[np.searchsorted(recall, RECALLS)].mean()) if right.size else 0.0
