"""Panoptic quality: found segments, and how well they fit.

A segment of the answer and one of the truth match where they have one kind and an IoU above 0.5; points without a
judged kind are taken out first. SQ is the mean IoU of matches, RQ their F1, PQ the product. Counts are summed over
scans before the quotients are taken, kind by kind. Source: SemanticKITTI's scorer as in `panoptic_seg_eval.py` of
mmdetection3d; read, and written anew.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float64, Int32, Int64

from lasso3d.metrics.masks import segments


class PanopticCounts(NamedTuple):
    """By kind; counts of scans add up, and leading axes may hold scans or draws of scans."""

    matched: Float64[np.ndarray, "*lead c"]
    iou: Float64[np.ndarray, "*lead c"]
    """Sum over the matches."""
    false: Float64[np.ndarray, "*lead c"]
    """Segments answered that match nothing."""
    missed: Float64[np.ndarray, "*lead c"]
    """Segments of the truth that nothing matches."""


class PanopticQuality(NamedTuple):
    """0 to 1, by kind; 0 where a kind is neither true nor answered, see `present`."""

    pq: Float64[np.ndarray, "*lead c"]
    sq: Float64[np.ndarray, "*lead c"]
    rq: Float64[np.ndarray, "*lead c"]


def panoptic_counts(
    truth_kind: Int32[np.ndarray, " n"],
    truth_segment: Int32[np.ndarray, " n"],
    answered_kind: Int32[np.ndarray, " n"],
    answered_segment: Int32[np.ndarray, " n"],
    *,
    kinds: int,
) -> PanopticCounts:
    """What one scan contributes.

    Args:
        truth_kind: from 0; -1 = taken out, whatever the answer there.
        truth_segment: from 0, told apart within a kind; stuff has one number; -1 = of no segment.
    """
    judged = truth_kind >= 0
    truth, kind_of_truth = segments(truth_kind[judged], truth_segment[judged])
    answer, kind_of_answer = segments(answered_kind[judged], answered_segment[judged])
    count, asked = len(kind_of_truth), len(kind_of_answer)
    cell = np.where(truth < 0, count, truth) * (asked + 1) + np.where(answer < 0, asked, answer)
    shared = np.bincount(cell, minlength=(count + 1) * (asked + 1)).reshape(count + 1, asked + 1)
    of_truth, of_answer = shared.sum(axis=1)[:count], shared.sum(axis=0)[:asked]
    inside = np.where(kind_of_truth[:, None] == kind_of_answer, shared[:count, :asked], 0)
    iou = inside / (of_truth[:, None] + of_answer - inside)
    match = iou > 0.5
    return PanopticCounts(
        _count(kind_of_truth[match.any(axis=1)], kinds),
        np.bincount(kind_of_truth, weights=np.where(match, iou, 0).sum(axis=1), minlength=kinds).astype(np.float64),
        _count(kind_of_answer[~match.any(axis=0)], kinds),
        _count(kind_of_truth[~match.any(axis=1)], kinds),
    )


def panoptic_quality(counts: PanopticCounts) -> PanopticQuality:
    """PQ, SQ and RQ of each kind."""
    matched, iou, false, missed = counts
    sq = iou / np.maximum(matched, 1)
    rq = matched / np.maximum(matched + 0.5 * (false + missed), 0.5)
    return PanopticQuality(sq * rq, sq, rq)


def present(counts: PanopticCounts) -> np.ndarray:
    """Kinds with a segment in the truth or in the answers. The released scorer averages over all kinds instead."""
    total: np.ndarray = counts.matched + counts.false + counts.missed
    return total > 0


def _count(kind: Int64[np.ndarray, " k"], kinds: int) -> Float64[np.ndarray, " c"]:
    return np.bincount(kind, minlength=kinds).astype(np.float64)
