"""IoU of classes over all points of a data set, in the forms that published tables use.

Labels run from 0; a truth of -1 is left out, an answer of -1 ("none of these", or a class nobody asked for) is a
miss and never a false positive. Sources: `evaluate_semantic_label.py` of ScanNet, `seg_eval.py` of mmdetection3d,
`util/metric.py` of OpenScene; read, and written anew.
"""

from collections.abc import Collection, Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float64, Int32, Int64


class ClassCounts(NamedTuple):
    """Points per class; counts of scenes add up, and leading axes may hold scenes or draws of scenes."""

    right: Float64[np.ndarray, "*lead c"]
    truth: Float64[np.ndarray, "*lead c"]
    answered: Float64[np.ndarray, "*lead c"]
    """Points given this class among those with a truth."""


def confusion(
    truth: Int32[np.ndarray, " n"], answered: Int32[np.ndarray, " n"], *, classes: int
) -> Int64[np.ndarray, "c alternatives"]:
    """Points by truth (rows) and answer (columns); the last column is "none of these"."""
    known = (truth >= 0) & (truth < classes)
    given = np.where((answered < 0) | (answered >= classes), classes, answered)
    cell = truth[known].astype(np.int64) * (classes + 1) + given[known]
    return np.bincount(cell, minlength=classes * (classes + 1)).reshape(classes, classes + 1)


def class_counts(table: Int64[np.ndarray, "c alternatives"], *, forgive_none: bool = False) -> ClassCounts:
    """What IoU needs of a confusion.

    Args:
        forgive_none: OpenScene cuts off the row of points that got no answer before it takes the IoU: they are
            neither misses nor false positives.
    """
    among = table[:, :-1].astype(np.float64)
    truth = among.sum(axis=1) if forgive_none else table.sum(axis=1).astype(np.float64)
    return ClassCounts(among.diagonal().copy(), truth, among.sum(axis=0))


def class_ious(counts: ClassCounts) -> Float64[np.ndarray, "*lead c"]:
    """TP / (TP + FP + FN) of each class; NaN for a class that is neither true nor answered anywhere."""
    union = counts.truth + counts.answered - counts.right
    return np.where(union > 0, counts.right / np.maximum(union, 1), np.nan)


def class_accuracies(counts: ClassCounts) -> Float64[np.ndarray, "*lead c"]:
    """Share of each class's points that got it; NaN for a class without truth."""
    return np.where(counts.truth > 0, counts.right / np.maximum(counts.truth, 1), np.nan)


def mean_over_classes(values: Float64[np.ndarray, "*lead c"]) -> Float64[np.ndarray, "*lead"]:
    """Mean over the classes that are defined, as mmdetection3d takes it; NaN where none is."""
    count = (~np.isnan(values)).sum(axis=-1)
    total: np.ndarray = np.where(np.isnan(values), 0, values).sum(axis=-1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def openscene_mean(counts: ClassCounts, *, seen: Bool[np.ndarray, "*lead c"]) -> Float64[np.ndarray, "*lead"]:
    """OpenScene's mean IoU: classes without truth (not `seen`) add nothing, yet all classes divide the sum."""
    total: np.ndarray = np.where(seen, np.nan_to_num(class_ious(counts)), 0).sum(axis=-1)
    classes = counts.right.shape[-1]
    return np.asarray(total / classes) if classes else np.full(total.shape, np.nan)


def harmonic(base: float, novel: float) -> float:
    """2 B N / (B + N), high only where both are (hIoU of PLA); 0 where both are 0, NaN where one is."""
    total = base + novel
    return 2 * base * novel / total if total > 0 else total


def chosen(names: Sequence[str], wanted: Collection[str]) -> Bool[np.ndarray, " c"]:
    """Which of the classes are in a subset."""
    return np.array([name in wanted for name in names], bool)
