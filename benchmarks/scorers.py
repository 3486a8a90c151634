"""Scorers beside the loops they replace, and beside the published ones where you have them.

    python benchmarks/scorers.py [--official FOLDER] [--scans 300] [--points 50000]

Milliseconds of process CPU time a scan. The plain loops are those of tests/metrics/scorer_references.py; they, the
published scorers and masks over points get fewer scans of the same set (`--slow`): a hundred masks of every point
of 300 scans fill gigabytes. FOLDER is explained in benchmarks/official_scorers.py; reading prediction files, which
costs the published instance scorer more than all else, is left out of its time. The last table is the growth of
ours with the points of a scan.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import official_scorers as official  # puts tests/metrics on the path
import tyro

from lasso3d.metrics.average_precision import COMMON_THRESHOLDS, average_precision, overlaps
from lasso3d.metrics.panoptic import PanopticCounts, panoptic_counts, panoptic_quality
from lasso3d.metrics.semantic import class_counts, class_ious, confusion

import scorer_references as reference  # isort: skip
import scorer_scenes as scenes  # isort: skip

THRESHOLDS = (*COMMON_THRESHOLDS, 0.25)
INSTANCES = 30
PREDICTIONS = 100
TOKENS = 2000


@dataclass
class Options:
    official: Path | None = None
    """Where the published scorers are."""
    scans: int = 300
    points: int = 50_000
    slow: int = 3
    """Scans for the loops and for masks over points."""


@dataclass(eq=False)
class Scan:
    """Instances over tokens, predictions over tokens, and what they are over points."""

    of_point: np.ndarray
    masks: np.ndarray
    truth_kind: np.ndarray
    truth_instance: np.ndarray
    kind: np.ndarray
    confidence: np.ndarray
    answer_kind: np.ndarray
    answer_segment: np.ndarray

    @cached_property
    def wide(self) -> scenes.InstanceScan:
        """With masks over points."""
        masks = self.masks[:, self.of_point]
        return scenes.InstanceScan(self.truth_kind, self.truth_instance, masks, self.kind, self.confidence)


def scan(seed: int, points: int) -> Scan:
    """Tokens in runs, instances made of tokens, and predictions that are instances with tokens lost and gained."""
    rng = np.random.default_rng(seed)
    of_point = np.sort(rng.integers(0, TOKENS, points)).astype(np.int32)
    owner = np.sort(rng.integers(0, INSTANCES + 5, TOKENS)) - 4  # 0 and below: void
    kind = rng.integers(0, scenes.KINDS, INSTANCES + 1)
    like = rng.integers(1, INSTANCES + 1, PREDICTIONS)
    masks = (owner == like[:, None]) ^ (rng.random((PREDICTIONS, TOKENS)) < 0.01)
    token_kind = np.where(owner > 0, kind[np.maximum(owner, 0)], -1)
    answer = owner[np.clip(np.arange(TOKENS) + rng.integers(-9, 10), 0, TOKENS - 1)]
    return Scan(
        of_point,
        masks,
        token_kind[of_point].astype(np.int32),
        np.maximum(owner, 0)[of_point].astype(np.int32),
        kind[like].astype(np.int64),
        np.round(rng.random(PREDICTIONS), 3),
        np.where(answer > 0, kind[np.maximum(answer, 0)], 0)[of_point].astype(np.int32),
        np.maximum(answer, 0)[of_point].astype(np.int32),
    )


def milliseconds(work: Callable[[], Any], scans: int) -> tuple[float, Any]:
    """Process CPU time for each scan, and the result."""
    started = time.process_time()
    result = work()
    return 1000 * (time.process_time() - started) / scans, result


def instance_over_tokens(found: Sequence[Scan]) -> np.ndarray:
    """As protocols call it: an answer holds its masks over tokens."""
    counted = [
        overlaps(s.masks, s.kind, s.confidence, truth_kind=s.truth_kind, truth_instance=s.truth_instance,
                 of_point=s.of_point)
        for s in found
    ]  # fmt: skip
    return average_precision(counted, kinds=scenes.KINDS, thresholds=THRESHOLDS)


def instance_over_points(found: Sequence[Scan]) -> np.ndarray:
    """The same from masks over points."""
    counted = [
        overlaps(s.wide.masks, s.kind, s.confidence, truth_kind=s.truth_kind, truth_instance=s.truth_instance)
        for s in found
    ]  # fmt: skip
    return average_precision(counted, kinds=scenes.KINDS, thresholds=THRESHOLDS)


def semantic(found: Sequence[Scan]) -> np.ndarray:
    table = sum(confusion(s.truth_kind, s.answer_kind, classes=scenes.CLASSES) for s in found)
    return class_ious(class_counts(table))


def panoptic(found: Sequence[Scan]) -> np.ndarray:
    each = [panoptic_counts(*labels(s), kinds=scenes.CLASSES) for s in found]
    return panoptic_quality(PanopticCounts(*(sum(values) for values in zip(*each, strict=True)))).pq


def labels(s: Scan) -> scenes.PanopticScan:
    return scenes.PanopticScan(s.truth_kind, s.truth_instance, s.answer_kind, s.answer_segment)


def plain_instance(found: Sequence[Scan]) -> np.ndarray:
    return reference.instance_ap([s.wide for s in found], scenes.KINDS, THRESHOLDS)


def plain_semantic(found: Sequence[Scan]) -> np.ndarray:
    truth, answer = (np.concatenate([getattr(s, name) for s in map(flat, found)]) for name in ("truth", "answer"))
    return reference.class_iou(truth, answer, scenes.CLASSES)


def flat(s: Scan) -> scenes.LabelledScan:
    return scenes.LabelledScan(s.truth_kind, s.answer_kind)


def official_instance(folder: Path, found: Sequence[Scan]) -> tuple[float, np.ndarray]:
    """ScanNet's script on masks that are in memory: its matching and its evaluation, ten thresholds and 0.25."""
    run = official.InstanceRunner(folder)
    return milliseconds(lambda: run([s.wide for s in found], np.array(THRESHOLDS)), len(found))


def official_semantic(folder: Path, found: Sequence[Scan]) -> tuple[float, Any]:
    held: dict[str, np.ndarray] = {}
    script = official.semantic_script(folder, held)
    ids = np.append(script.VALID_CLASS_IDS, 13)
    confusion_table = np.zeros((script.UNKNOWN_ID + 1,) * 2, np.ulonglong)

    def work() -> None:
        for s in found:
            held.update(gt=ids[s.truth_kind], pred=ids[s.answer_kind])
            script.evaluate_scan("pred", "gt", confusion_table)

    return milliseconds(work, len(found))


def official_panoptic(folder: Path, found: Sequence[Scan]) -> tuple[float, Any]:
    scorer = official.panoptic_scorer(folder)
    void = scenes.CLASSES

    def work() -> None:
        for s in found:
            truth_kind = np.where(s.truth_kind < 0, void, s.truth_kind)
            scorer.add_panoptic_sample(s.answer_kind, truth_kind, s.answer_segment, s.truth_instance)

    return milliseconds(work, len(found))


def main(options: Options) -> None:
    found = [scan(seed, options.points) for seed in range(options.scans)]
    slow = found[: options.slow]
    for s in slow:
        s.wide  # noqa: B018 - made now, not while the clock runs
    instance_over_tokens(slow)  # compile
    rows: list[tuple[str, Callable[..., Any], Callable[..., Any], Callable[..., Any]]] = [
        ("instance AP, masks over 2000 tokens", instance_over_tokens, plain_instance, official_instance),
        ("instance AP, masks over points", instance_over_points, plain_instance, official_instance),
        ("class IoU", semantic, plain_semantic, official_semantic),
        ("panoptic quality", panoptic, lambda s: reference.panoptic([labels(x) for x in s], scenes.CLASSES)[0],
         official_panoptic),
    ]  # fmt: skip
    print(f"{options.scans} scans of {options.points} points, {PREDICTIONS} predictions, {INSTANCES} instances\n")
    print("| scorer | ours, ms a scan | plain loop | times | published | times |\n|---|---|---|---|---|---|")
    for name, ours, plain, published in rows:
        mine_of = slow if ours is instance_over_points else found
        mine, _ = milliseconds(lambda work=ours, few=mine_of: work(few), len(mine_of))
        loop, expected = milliseconds(lambda work=plain: work(slow), len(slow))
        np.testing.assert_allclose(ours(slow), expected, atol=1e-9)
        theirs = published(options.official, slow)[0] if options.official else float("nan")
        print(f"| {name} | {mine:.2f} | {loop:.0f} | {loop / mine:.0f} | {theirs:.0f} | {theirs / mine:.0f} |")
    print("\n| points a scan | AP over tokens, ms | AP over points | class IoU | panoptic |\n|---|---|---|---|---|")
    for points in (10_000, 100_000, 1_000_000):
        few = [scan(seed, points) for seed in range(3)]
        for s in few:
            s.wide  # noqa: B018
        cells = [milliseconds(lambda work=row[1], few=few: work(few), len(few))[0] for row in rows]
        print(f"| {points:,} | " + " | ".join(f"{cell:.2f}" for cell in cells) + " |")


if __name__ == "__main__":
    main(tyro.cli(Options))
