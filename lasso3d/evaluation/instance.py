"""The instance protocol: every object a mask of its own, with a class and a score."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import final

import numpy as np
from jaxtyping import Float64

from lasso3d.core.prompts import ClassNames
from lasso3d.core.segmenter import Progress, Segmenter
from lasso3d.data.example import Example
from lasso3d.evaluation.questions import Interview, ask_each, kind_of_rows, names_of, token_masks
from lasso3d.evaluation.report import Figure, Report, Row, figure_of_draws, scene_weights
from lasso3d.metrics.average_precision import (
    COMMON_THRESHOLDS,
    OFFICIAL_THRESHOLDS,
    SMALLEST,
    ScanOverlaps,
    average_precision,
    overlaps,
    resampled_precision,
)
from lasso3d.metrics.semantic import chosen, mean_over_classes

THRESHOLDS = (*COMMON_THRESHOLDS, 0.25)
NINE = len(OFFICIAL_THRESHOLDS)
FOLDS = 200
"""Draws of scenes behind an interval: each is a whole table of AP."""


@final
@dataclass(frozen=True, eq=False)
class SceneInstances:
    """What a scene contributes; kinds count along its names."""

    name: str
    names: tuple[str, ...]
    scan: ScanOverlaps
    any_class: ScanOverlaps
    """The same as if all objects were of one class."""


def evaluate(
    segmenter: Segmenter,
    examples: Sequence[Example],
    *,
    smallest: int = SMALLEST,
    seed: int = 0,
    progress: Progress | None = None,
) -> Report:
    """Ask for the objects of all classes of the data set; AP as ScanNet's benchmark counts it.

    Points without an instance are void, which is how the benchmark treats walls and floors too.

    Args:
        smallest: points; smaller instances are not judged and smaller answers not looked at.
    """
    scenes, asked = ask_each(segmenter, examples, judge, needs="instances", seed=seed, progress=progress)
    names, table = ap_table(scenes, smallest=smallest, seed=seed)
    _, single = ap_table([_any_class(scene) for scene in scenes], smallest=smallest, seed=seed)
    figures = [*ap_figures(table, n=len(scenes)), *ap_figures(single, n=len(scenes), suffix=" any class")]
    return asked.report(
        "instance",
        figures,
        [_row(scene, smallest) for scene in scenes],
        settings=(("names asked", len(names)), ("smallest", smallest)),
        by_class=_class_rows(names, table[0]),
    )


def judge(interview: Interview) -> list[SceneInstances]:
    """Ask for the objects of a scene and count overlaps; nothing where it has no instances."""
    truth = interview.truth
    if not (truth.instance > 0).any():
        return []
    names = truth.class_names or ("object",)
    semantic = truth.semantic if truth.semantic is not None else np.zeros(len(truth.instance), np.int32)
    answer = interview.ask(ClassNames(names, kind="instance"))
    kind = kind_of_rows(answer, names)
    masks, of_point = token_masks(answer)
    scan = overlaps(
        masks, kind, answer.score, truth_kind=semantic, truth_instance=truth.instance, of_point=of_point
    )
    single = overlaps(
        masks,
        np.zeros(len(kind), np.int64),
        answer.score,
        truth_kind=np.where(semantic < 0, semantic, np.int32(0)),
        truth_instance=truth.instance,
        of_point=of_point,
    )
    return [SceneInstances(interview.name, names, scan, single)]


def ap_table(
    scenes: Sequence[SceneInstances], *, smallest: int, seed: int
) -> tuple[tuple[str, ...], Float64[np.ndarray, "f c h"]]:
    """All names, and AP of each at each of `THRESHOLDS`: over all scenes first, then over draws of them."""
    names = names_of(scene.names for scene in scenes)
    column = {name: k for k, name in enumerate(names)}
    scans = [_renumbered(scene, [column[name] for name in scene.names]) for scene in scenes]
    weights = scene_weights(len(scenes), seed=seed, folds=FOLDS)
    table = resampled_precision(scans, weights, kinds=len(names), thresholds=THRESHOLDS, smallest=smallest)
    return names, table


def ap_figures(table: Float64[np.ndarray, "f c h"], *, n: int, suffix: str = "") -> Iterator[Figure]:
    """AP by nine and by ten thresholds, AP50 and AP25, in percent: means over the classes that have instances."""
    for name, columns, text in (
        ("AP", slice(0, NINE), "%, mean of IoU > 0.50 to 0.90, the nine thresholds of ScanNet's script"),
        ("AP (ten)", slice(0, NINE + 1), "%, mean of IoU > 0.50 to 0.95, the ten that papers write"),
        ("AP50", slice(0, 1), "%, IoU > 0.50"),
        ("AP25", slice(NINE + 1, None), "%, IoU > 0.25"),
    ):
        values = 100 * mean_over_classes(table[:, :, columns].mean(axis=2))
        yield figure_of_draws(name + suffix, values, n=n, definition=text)


def subset(
    names: Sequence[str], table: Float64[np.ndarray, "f c h"], wanted: Collection[str]
) -> Float64[np.ndarray, "f kept h"]:
    """The table of some of its classes."""
    return table[:, chosen(names, wanted)]


def _renumbered(scene: SceneInstances, columns: Sequence[int]) -> ScanOverlaps:
    """Kinds along all names instead of the scene's; an answer of no name asked for stays -1."""
    of_kind = np.array([*columns, -1], np.int64)
    return replace(scene.scan, kind=of_kind[scene.scan.kind], truth_kind=of_kind[scene.scan.truth_kind])


def _any_class(scene: SceneInstances) -> SceneInstances:
    return replace(scene, names=("object",), scan=scene.any_class)


def _class_rows(names: Sequence[str], table: Float64[np.ndarray, "c h"]) -> Iterator[Row]:
    for name, row in zip(names, table, strict=True):
        if not np.isnan(row[0]):
            values = (("ap", float(row[:NINE].mean())), ("ap50", float(row[0])), ("ap25", float(row[-1])))
            yield Row("", name, values)


def _row(scene: SceneInstances, smallest: int) -> Row:
    ap = average_precision([scene.any_class], kinds=1, thresholds=(0.5, 0.25), smallest=smallest)[0]
    judged = int((scene.scan.truth_points >= smallest).sum())
    counts = (("instances", judged), ("answers", len(scene.scan.kind)))
    return Row(scene.name, "", (*counts, ("ap50_any_class", float(ap[0])), ("ap25_any_class", float(ap[1]))))
