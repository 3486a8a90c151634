"""Average precision of instance masks as ScanNet's benchmark counts it, and of a ranking of answers.

A prediction may take an instance of its own kind where their IoU is above the threshold (strictly). Instances are
visited in order of their ids, predictions in the order given; a prediction that took an instance is spent. Where
several want one instance, the highest confidence is the true positive and each of the others a false one. A
prediction above the threshold with no instance is a false positive, unless more than the threshold's share of it is
void or lies on instances of its kind that are too small to judge. Curves go over distinct confidences and start
at recall 0, precision 1; their area is by trapezoids, which is what the benchmark's convolution with (-0.5, 0, 0.5)
computes. Kinds with instances but no predictions score 0, kinds without instances NaN.

Source: `BenchmarkScripts/3d_evaluation/evaluate_semantic_instance.py` of ScanNet, read and written anew;
`docs/protocols.md` says how the two were compared.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple, final

import numpy as np
from jaxtyping import Bool, Float, Float64, Int32, Int64
from scipy.sparse import csr_array

from lasso3d.geometry.compiled import compiled
from lasso3d.metrics.masks import segments

OFFICIAL_THRESHOLDS = tuple(np.arange(0.5, 0.95, 0.05).tolist())
"""The nine of ScanNet's script, 0.50 to 0.90, with the rounding of its floats."""
COMMON_THRESHOLDS = tuple(np.arange(0.5, 1.0, 0.05).tolist())
"""The ten that papers write, 0.50 to 0.95; the first nine are the official ones."""
SMALLEST = 100
"""Points; the benchmark judges no smaller instance and looks at no smaller prediction."""
BLOCK = 4_000_000
"""Weights of ranked predictions held at once."""


@final
@dataclass(frozen=True, eq=False)
class ScanOverlaps:
    """All that a scan contributes: who overlaps whom, by how many points."""

    kind: Int64[np.ndarray, " m"]
    confidence: Float64[np.ndarray, " m"]
    points: Int64[np.ndarray, " m"]
    void: Int64[np.ndarray, " m"]
    """Points of each prediction that belong to no instance."""
    truth_kind: Int64[np.ndarray, " g"]
    truth_points: Int64[np.ndarray, " g"]
    shared: Int64[np.ndarray, "m g"]


class _Counted(NamedTuple):
    """True and false positives, at every threshold."""

    cell: Int64[np.ndarray, " k"]
    """Threshold and kind."""
    scan: Int64[np.ndarray, " k"]
    confidence: Float64[np.ndarray, " k"]
    right: Bool[np.ndarray, " k"]


def overlaps(
    masks: Bool[np.ndarray, "m t"],
    kind: Int64[np.ndarray, " m"],
    confidence: Float[np.ndarray, " m"],
    *,
    truth_kind: Int32[np.ndarray, " n"],
    truth_instance: Int32[np.ndarray, " n"],
    of_point: Int32[np.ndarray, " n"] | None = None,
) -> ScanOverlaps:
    """Count what the masks of a scan share with its instances.

    Args:
        masks: over tokens, in the order in which they shall be visited.
        truth_kind: of each point, from 0; -1 = not judged.
        truth_instance: ids above 0; any other point is void, a group of unseparated objects too.
        of_point: token of each point; None = every point is a token.
    """
    segment, kind_of_segment = segments(truth_kind, np.where(truth_instance > 0, truth_instance, np.int32(-1)))
    count = len(kind_of_segment)
    column = np.where(segment < 0, count, segment)
    shared = _shared(masks, of_point, column, count + 1)
    return ScanOverlaps(
        kind,
        confidence.astype(np.float64),
        shared.sum(axis=1),
        shared[:, count],
        kind_of_segment,
        np.bincount(column, minlength=count + 1)[:count],
        shared[:, :count],
    )


def average_precision(
    scans: Sequence[ScanOverlaps], *, kinds: int, thresholds: Sequence[float], smallest: int = SMALLEST
) -> Float64[np.ndarray, "kinds h"]:
    """AP of each kind at each threshold over all scans together."""
    once = np.ones((1, len(scans)))
    return resampled_precision(scans, once, kinds=kinds, thresholds=thresholds, smallest=smallest)[0]


def resampled_precision(
    scans: Sequence[ScanOverlaps],
    weights: Float64[np.ndarray, "f s"],
    *,
    kinds: int,
    thresholds: Sequence[float],
    smallest: int = SMALLEST,
) -> Float64[np.ndarray, "f kinds h"]:
    """The same with every scan counted as often as each row of `weights` says: for intervals over scans."""
    positives = np.zeros((len(scans), kinds))
    for row, scan in zip(positives, scans, strict=True):
        row += np.bincount(scan.truth_kind[scan.truth_points >= smallest], minlength=kinds)
    counted = _counted(scans, kinds, np.array(thresholds), smallest)
    borders = np.searchsorted(counted.cell, np.arange(len(thresholds) * kinds + 1))
    table = np.full((len(weights), kinds, len(thresholds)), np.nan)
    for h, kind in product(range(len(thresholds)), np.flatnonzero(positives.any(axis=0))):
        cell = h * kinds + kind
        part = slice(borders[cell], borders[cell + 1])
        table[:, kind, h] = _area(_Counted(*(values[part] for values in counted)), positives[:, kind], weights)
    return table


def ranking_precision(
    right: Bool[np.ndarray, " k"], confidence: Float[np.ndarray, " k"], *, truths: int | None = None
) -> float:
    """Area under the highest precision at or above each recall, where each answer has a truth of its own.

    UniSeg3D's release scores clicks like this (`unified_metric.py`, `cal_ap_thr`): recall is over all answers, or
    over `truths`. Answers of equal confidence stay in the order given.
    """
    order = np.argsort(-confidence, kind="stable")
    hits = np.cumsum(right[order])
    precision = hits / np.arange(1, len(hits) + 1)
    highest = np.maximum.accumulate(precision[::-1])[::-1]
    return float((highest * right[order]).sum() / max(len(right) if truths is None else truths, 1))


def _shared(
    masks: Bool[np.ndarray, "m t"],
    of_point: Int32[np.ndarray, " n"] | None,
    column: Int64[np.ndarray, " n"],
    columns: int,
) -> Int64[np.ndarray, "m columns"]:
    """Points of each mask in each column."""
    rows, tokens = masks.shape
    held = np.flatnonzero(masks)
    start = np.searchsorted(held, np.arange(rows + 1) * tokens)
    row = np.repeat(np.arange(rows), np.diff(start))
    token = held - row * tokens
    if of_point is None:
        return np.bincount(row * columns + column[token], minlength=rows * columns).reshape(rows, columns)
    once = np.ones(max(len(held), len(column)), np.int64)
    of_mask = csr_array((once[: len(held)], token, start), shape=(rows, tokens))
    of_token = csr_array((once[: len(column)], (of_point, column)), shape=(tokens, columns))
    return (of_mask @ of_token).toarray()


def _counted(
    scans: Sequence[ScanOverlaps], kinds: int, thresholds: Float64[np.ndarray, " h"], smallest: int
) -> _Counted:
    """What counts in all scans, by threshold and kind, each from the highest confidence."""
    found = [_judge(scan, kinds, thresholds, smallest) for scan in scans]
    of_scan = np.repeat(np.arange(len(scans)), [len(cell) for cell, _, _ in found])
    empty = (np.zeros(0, np.int64), np.zeros(0), np.zeros(0, bool))
    cell, confidence, right = (np.concatenate(values) for values in zip(empty, *found, strict=True))
    order = np.lexsort((-confidence, cell))
    return _Counted(cell[order], of_scan[order], confidence[order], right[order])


def _judge(
    scan: ScanOverlaps, kinds: int, thresholds: Float64[np.ndarray, " h"], smallest: int
) -> tuple[Int64[np.ndarray, " k"], Float64[np.ndarray, " k"], Bool[np.ndarray, " k"]]:
    """Threshold and kind, confidence and rightness of all that counts in one scan."""
    asked = (scan.points >= max(smallest, 1)) & (scan.kind >= 0) & (scan.kind < kinds)
    kind, confidence, points = scan.kind[asked], scan.confidence[asked], scan.points[asked]
    shared = np.where(kind[:, None] == scan.truth_kind, scan.shared[asked], 0)
    match = shared / (points[:, None] + scan.truth_points - shared) > thresholds[:, None, None]
    judged = scan.truth_points >= smallest
    # every threshold is a world of its own: instances and predictions are numbered once per threshold
    of_truth, prediction = _pairs(match & judged)
    best = np.full(len(thresholds) * len(judged), -np.inf)
    lower, lower_truth = np.empty(len(of_truth)), np.empty(len(of_truth), np.int64)
    spare = _take(of_truth, prediction, np.tile(confidence, len(thresholds)), best, lower, lower_truth)
    ignored = scan.void[asked] + shared[:, ~judged].sum(axis=1)
    level, astray = np.nonzero(~match.any(axis=2) & (ignored / points <= thresholds[:, None]))
    cell_of_truth = (np.arange(len(thresholds))[:, None] * kinds + scan.truth_kind).ravel()
    taken = np.isfinite(best)
    cells = (cell_of_truth[taken], cell_of_truth[lower_truth[:spare]], level * kinds + kind[astray])
    confidences = (best[taken], lower[:spare], confidence[astray])
    right = np.repeat([True, False, False], [len(values) for values in cells])
    return np.concatenate(cells), np.concatenate(confidences), right


def _pairs(match: Bool[np.ndarray, "h m g"]) -> tuple[Int64[np.ndarray, " k"], Int64[np.ndarray, " k"]]:
    """Instance and prediction of each match, by threshold, instance, prediction."""
    _, m, g = match.shape
    level, truth, prediction = np.nonzero(match.transpose(0, 2, 1))
    return level * g + truth, level * m + prediction


@compiled
def _take(
    of_truth: np.ndarray,
    prediction: np.ndarray,
    confidence: np.ndarray,
    best: np.ndarray,
    lower: np.ndarray,
    lower_truth: np.ndarray,
) -> int:
    """Visit pairs above the threshold by instance, then by prediction; returns how many duplicates were found.

    `best` becomes the confidence of each instance's true positive; `lower` those of the duplicates. As released,
    only the first prediction that takes an instance is spent: a duplicate may still take the next one.
    """
    spent = np.zeros(len(confidence), np.bool_)
    count = 0
    for pair in range(len(of_truth)):
        truth, p = of_truth[pair], prediction[pair]
        if spent[p]:
            continue
        if best[truth] == -np.inf:
            best[truth] = confidence[p]
            spent[p] = True
        else:
            lower[count] = min(best[truth], confidence[p])
            lower_truth[count] = truth
            best[truth] = max(best[truth], confidence[p])
            count += 1
    return count


def _area(
    counted: _Counted, positives: Float64[np.ndarray, " s"], weights: Float64[np.ndarray, "f s"]
) -> Float64[np.ndarray, " f"]:
    """Area under precision over recall for each row of weights; NaN where a row has no instances."""
    total = weights @ positives
    if not counted.scan.size:
        return np.where(total > 0, 0.0, np.nan)
    last = np.append(np.flatnonzero(np.diff(counted.confidence)), len(counted.confidence) - 1)
    blocks = np.array_split(weights, max(1, len(weights) * len(counted.scan) // BLOCK))
    hits, count = (np.vstack(rows) for rows in zip(*(_sums(counted, block, last) for block in blocks), strict=True))
    start = np.ones((len(weights), 1))
    precision = np.hstack([start, np.where(count > 0, hits / np.maximum(count, 1), 1)])
    recall = np.hstack([0 * start, hits / np.where(total > 0, total, 1)[:, None]])
    return np.where(total > 0, np.trapezoid(precision, recall, axis=1), np.nan)


def _sums(
    counted: _Counted, weights: Float64[np.ndarray, "f s"], last: Int64[np.ndarray, " c"]
) -> tuple[Float64[np.ndarray, "f c"], Float64[np.ndarray, "f c"]]:
    """True positives, and all, at or above each distinct confidence."""
    weight = weights[:, counted.scan]
    return np.cumsum(weight * counted.right, axis=1)[:, last], np.cumsum(weight, axis=1)[:, last]
