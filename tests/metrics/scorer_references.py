"""The scorers as their definitions read, one loop per sentence; the fast ones are held against them."""

from itertools import pairwise

import numpy as np


def instance_ap(scans, kinds, thresholds, smallest=100):
    """AP by kind and threshold of a list of InstanceScan."""
    table = np.full((kinds, len(thresholds)), np.nan)
    for kind in range(kinds):
        for h, threshold in enumerate(thresholds):
            table[kind, h] = _ap_of_kind(scans, kind, threshold, smallest)
    return table


def _ap_of_kind(scans, kind, threshold, smallest):
    counted, missed, some_truth, some_answer = [], 0, False, False
    for scan in scans:
        void = (scan.truth_kind < 0) | (scan.truth_instance == 0)
        mine = (scan.truth_kind == kind) & ~void
        truths = [(scan.truth_instance == i) & mine for i in np.unique(scan.truth_instance[mine])]
        answers = [
            (mask, c)
            for mask, k, c in zip(scan.masks, scan.kind, scan.confidence, strict=True)
            if k == kind and mask.sum() >= smallest
        ]
        judged = [truth for truth in truths if truth.sum() >= smallest]
        some_truth, some_answer = some_truth or bool(judged), some_answer or bool(answers)
        spent = [False] * len(answers)
        for truth in judged:
            best = None
            for i, (mask, confidence) in enumerate(answers):
                if spent[i] or not _iou(mask, truth) > threshold:
                    continue
                if best is None:
                    best, spent[i] = confidence, True
                else:
                    counted.append((min(best, confidence), False))
                    best = max(best, confidence)
            if best is None:
                missed += 1
            else:
                counted.append((best, True))
        for mask, confidence in answers:
            if any(_iou(mask, truth) > threshold for truth in truths):
                continue
            ignored = (mask & void).sum()
            ignored += sum((mask & truth).sum() for truth in truths if truth.sum() < smallest)
            if ignored / mask.sum() <= threshold:
                counted.append((confidence, False))
    if not some_truth:
        return np.nan
    return _area(counted, missed) if some_answer else 0.0


def _area(counted, missed):
    truths = sum(right for _, right in counted) + missed
    curve = [(0.0, 1.0)]
    for least in sorted({confidence for confidence, _ in counted}, reverse=True):
        taken = [right for confidence, right in counted if confidence >= least]
        curve.append((sum(taken) / truths, sum(taken) / len(taken)))
    return sum((r - q) * (p + o) / 2 for (q, o), (r, p) in pairwise(curve))


def _iou(a, b):
    return (a & b).sum() / (a | b).sum()


def class_iou(truth, answer, classes):
    """IoU of each class over points with a truth; NaN where there is neither truth nor answer."""
    ious = []
    for c in range(classes):
        both = either = 0
        for t, a in zip(truth.tolist(), answer.tolist(), strict=True):
            if t >= 0:
                both += t == c and a == c
                either += c in (t, a)
        ious.append(both / either if either else np.nan)
    return np.array(ious)


def panoptic(scans, kinds):
    """PQ, SQ and RQ of each kind; 0 where there is nothing."""
    pq, sq, rq = np.zeros((3, kinds))
    for kind in range(kinds):
        total = matched = false = missed = 0
        for scan in scans:
            known = scan.truth_kind >= 0
            truths = _segments(scan.truth_kind, scan.truth_segment, kind, known)
            answers = _segments(scan.answer_kind, scan.answer_segment, kind, known)
            pairs = [(i, j, _iou(t, a)) for i, t in enumerate(truths) for j, a in enumerate(answers)]
            pairs = [pair for pair in pairs if pair[2] > 0.5]
            total += sum(value for _, _, value in pairs)
            matched += len(pairs)
            missed += len(truths) - len({i for i, _, _ in pairs})
            false += len(answers) - len({j for _, j, _ in pairs})
        if matched:
            sq[kind] = total / matched
        if matched + false + missed:
            rq[kind] = matched / (matched + (false + missed) / 2)
        pq[kind] = sq[kind] * rq[kind]
    return pq, sq, rq


def _segments(kind_of_point, segment, kind, known):
    mine = (kind_of_point == kind) & known
    return [mine & (segment == i) for i in np.unique(segment[mine])]


def box_iou(a, b):
    """IoU of two boxes, each lower and upper corner."""
    sides = [min(a[1][i], b[1][i]) - max(a[0][i], b[0][i]) for i in range(3)]
    shared = np.prod([max(side, 0) for side in sides])
    union = np.prod(a[1] - a[0]) + np.prod(b[1] - b[0]) - shared
    return shared / union if union > 0 else 0.0
