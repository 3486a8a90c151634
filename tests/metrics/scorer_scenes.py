"""Small scans from seeds that ask a scorer everything: ties, voids, groups, regions too small, empty classes.

The golden files of the official scorers were made on these; `digest` says whether they are still the same.
"""

import hashlib
from itertools import pairwise
from typing import NamedTuple

import numpy as np

CASES = 500
KINDS = 18
"""Of instances, as many as ScanNet's benchmark has; a case uses some."""
CLASSES = 20


class InstanceScan(NamedTuple):
    truth_kind: np.ndarray
    """-1 = void."""
    truth_instance: np.ndarray
    """0 = a group of its kind."""
    masks: np.ndarray
    kind: np.ndarray
    """KINDS = a class that is not judged."""
    confidence: np.ndarray


class LabelledScan(NamedTuple):
    truth: np.ndarray
    answer: np.ndarray


class PanopticScan(NamedTuple):
    truth_kind: np.ndarray
    """-1 = void; of answers, none."""
    truth_segment: np.ndarray
    answer_kind: np.ndarray
    answer_segment: np.ndarray


class BoxQuery(NamedTuple):
    answers: np.ndarray
    targets: np.ndarray
    group: int
    """Index among zt_w_d, zt_wo_d, st_w_d, st_wo_d, mt."""


class PartShape(NamedTuple):
    truth: np.ndarray
    """Instance of each point, -1 = of no part."""
    part_of_instance: np.ndarray
    masks: np.ndarray
    part: np.ndarray
    confidence: np.ndarray
    labels: np.ndarray
    """Semantic answer: bool [parts n]."""


def instance_case(seed):
    """One to three scans that are scored together."""
    rng = np.random.default_rng([1, seed])
    kinds = rng.permutation(KINDS)[: rng.integers(1, 6)]
    scans = [_instance_scan(rng, kinds) for _ in range(rng.integers(1, 4))]
    if seed % 7 == 0:  # all equally confident
        scans = [scan._replace(confidence=np.full(len(scan.kind), 0.5)) for scan in scans]
    return scans


def semantic_case(seed):
    rng = np.random.default_rng([2, seed])
    used = rng.permutation(CLASSES)[: rng.integers(2, CLASSES + 1)]
    return [_labelled_scan(rng, used) for _ in range(rng.integers(1, 4))]


def panoptic_case(seed):
    rng = np.random.default_rng([3, seed])
    used = rng.permutation(CLASSES)[: rng.integers(2, CLASSES + 1)]
    return [_panoptic_scan(rng, used) for _ in range(rng.integers(1, 4))]


def box_case(seed):
    rng = np.random.default_rng([4, seed])
    return [_box_query(rng) for _ in range(rng.integers(5, 30))]


def part_case(seed, parts=4):
    rng = np.random.default_rng([5, seed])
    return [_part_shape(rng, parts) for _ in range(rng.integers(1, 5))]


def ranking_case(seed):
    """IoU and confidence of answers, confidences all different."""
    rng = np.random.default_rng([6, seed])
    count = int(rng.integers(1, 80))
    return np.round(rng.random(count), 2), (1 + rng.permutation(count)) / (count + 1)


def digest(cases):
    """Of all arrays of some cases."""
    found = hashlib.sha256()
    for case in cases:
        for scan in case:
            for values in scan if isinstance(scan, tuple) else (scan,):
                found.update(np.ascontiguousarray(np.asarray(values, np.float64)).tobytes())
    return found.hexdigest()


def runs(rng, points, longest):
    """Borders of runs of random length over a line of points."""
    borders = [0]
    while borders[-1] < points:
        borders.append(min(points, borders[-1] + int(rng.integers(20, longest))))
    return np.array(borders)


def _instance_scan(rng, kinds):
    points = int(rng.integers(800, 2400))
    borders = runs(rng, points, 420)
    truth_kind, truth_instance = np.full(points, -1, np.int32), np.zeros(points, np.int32)
    for i, (a, b) in enumerate(pairwise(borders)):
        role = rng.integers(0, 10)
        if role > 0:  # else void
            truth_kind[a:b] = kinds[rng.integers(0, len(kinds))]
            truth_instance[a:b] = 0 if role == 1 else i + 1
    masks, kind = [], []
    for a, b in pairwise(borders):
        for _ in range(rng.integers(0, 4)):
            masks.append(_distorted(rng, int(a), int(b), points))
            right = rng.integers(0, 6) > 0 and truth_kind[a] >= 0
            kind.append(truth_kind[a] if right else rng.permutation([*kinds, KINDS, 7, 3])[0])
    masks = np.array(masks, bool).reshape(-1, points)
    order = rng.permutation(len(masks))
    confidence = rng.integers(0, 11, len(masks)) / 10
    return InstanceScan(truth_kind, truth_instance, masks[order], np.array(kind, np.int64)[order], confidence)


def _distorted(rng, a, b, points):
    """A run, moved, halved, stretched, thinned, as it is, or something else altogether."""
    mask, length = np.zeros(points, bool), b - a
    way = rng.integers(0, 7)
    if way == 0:
        mask[a:b] = True
    elif way == 1:
        mask[a : a + length // 2] = True
    elif way == 2:
        mask[a : a + (3 * length) // 4] = True
    elif way == 3:
        start = max(0, a + int(rng.integers(-length // 2, length // 2 + 1)))
        mask[start : start + length] = True
    elif way == 4:
        mask[a : b + int(rng.integers(0, length + 1))] = True
    elif way == 5:
        mask[a:b] = rng.random(length) < 0.8
    else:
        start = int(rng.integers(0, points))
        mask[start : start + int(rng.integers(50, 400))] = True
    return mask


def _labelled_scan(rng, used):
    points = int(rng.integers(100, 600))
    truth = used[rng.integers(0, len(used), points)].astype(np.int32)
    answer = np.where(rng.random(points) < 0.6, truth, rng.integers(-1, CLASSES, points)).astype(np.int32)
    truth[rng.random(points) < 0.1] = -1
    return LabelledScan(truth, answer)


def _panoptic_scan(rng, used):
    points = int(rng.integers(500, 1500))
    borders = runs(rng, points, 200)
    truth_kind, truth_segment = np.full(points, -1, np.int32), np.zeros(points, np.int32)
    for i, (a, b) in enumerate(pairwise(borders)):
        if rng.integers(0, 10):
            truth_kind[a:b] = used[rng.integers(0, len(used))]
            truth_segment[a:b] = i
    truth_segment[truth_kind < 2] = 0
    moved = np.sort(np.clip(borders + rng.integers(-60, 61, len(borders)), 0, points))
    answer_kind, answer_segment = truth_kind.copy(), truth_segment.copy()
    for i, (a, b) in enumerate(pairwise(moved)):
        if b > a:
            right = truth_kind[(a + b) // 2] if rng.integers(0, 5) else used[rng.integers(0, len(used))]
            answer_kind[a:b], answer_segment[a:b] = right, i + 100
    answer_segment[answer_kind < 2] = 0
    return PanopticScan(truth_kind, truth_segment, answer_kind, answer_segment)


def _box_query(rng):
    group = int(rng.integers(0, 5))
    targets = _boxes(rng, 0 if group < 2 else 1 if group < 4 else int(rng.integers(2, 5)))
    near = [target + rng.normal(0, 0.1, (2, 3)) * [[1], [1]] for target in targets if rng.random() < 0.8]
    far = list(_boxes(rng, int(rng.integers(0, 3))))
    answers = np.array([np.sort(box, axis=0) for box in near + far]).reshape(-1, 2, 3)
    return BoxQuery(answers[rng.permutation(len(answers))], targets, group)


def _boxes(rng, count):
    lower = rng.random((count, 3)) * 3
    return np.stack([lower, lower + 0.3 + rng.random((count, 3))], axis=1)


def _part_shape(rng, parts):
    points = int(rng.integers(200, 500))
    borders = runs(rng, points, 90)
    count = len(borders) - 1
    truth = np.repeat(np.arange(count), np.diff(borders)).astype(np.int32)
    part_of_instance = rng.integers(0, parts, count)
    truth[rng.random(points) < 0.05] = -1
    gone = rng.random(count) < 0.1
    truth[np.isin(truth, np.flatnonzero(gone))] = -1
    masks, part = [], []
    for i, (a, b) in enumerate(pairwise(borders)):
        for _ in range(rng.integers(0, 3)):
            masks.append(_distorted(rng, int(a), int(b), points))
            part.append(part_of_instance[i] if rng.random() < 0.8 else rng.integers(0, parts))
    masks, part = np.array(masks, bool).reshape(-1, points), np.array(part, np.int64)
    kept = masks.any(axis=1)
    masks, part = masks[kept], part[kept]
    confidence = (1 + rng.permutation(len(part))) / 64 + rng.random() / 1024
    semantic = np.where(truth >= 0, part_of_instance[truth], -1)
    labels = (semantic == np.arange(parts)[:, None]) ^ (rng.random((parts, points)) < 0.15)
    return PartShape(truth, part_of_instance, masks, part, confidence, labels)
