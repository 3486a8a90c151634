"""The semantic protocol: every point one of the data set's classes."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import final

import numpy as np
from jaxtyping import Bool, Float64

from lasso3d.core.prompts import ClassNames
from lasso3d.core.segmenter import Progress, Segmenter
from lasso3d.data.example import Example, Truth
from lasso3d.evaluation.questions import Interview, ask_each, drawn_counts, names_of, stack_counts
from lasso3d.evaluation.report import Figure, Report, Row, figure_of_draws, scene_weights
from lasso3d.metrics.semantic import (
    ClassCounts,
    chosen,
    class_accuracies,
    class_counts,
    class_ious,
    confusion,
    mean_over_classes,
    openscene_mean,
)


@final
@dataclass(frozen=True, eq=False)
class SceneClasses:
    """What a scene contributes."""

    name: str
    names: tuple[str, ...]
    counts: ClassCounts
    forgiven: ClassCounts
    """Without the points that got no answer, as OpenScene counts."""
    things: frozenset[str]
    """Classes that have instances here."""
    points: int


@final
@dataclass(frozen=True, eq=False)
class Pooled:
    """All scenes over all names: arrays [scenes classes]."""

    names: tuple[str, ...]
    counts: ClassCounts
    forgiven: ClassCounts
    things: Bool[np.ndarray, " c"]


def evaluate(
    segmenter: Segmenter, examples: Sequence[Example], *, seed: int = 0, progress: Progress | None = None
) -> Report:
    """Ask for all classes of the data set at once; IoU of each over the points of all scenes, then the mean.

    Points whose class is unknown are left out. An answer "none of these" is a miss.
    """
    scenes, asked = ask_each(segmenter, examples, judge, needs="classes", seed=seed, progress=progress)
    pooled = pool(scenes)
    return asked.report(
        "semantic",
        figures(pooled, seed=seed),
        map(_row, scenes),
        settings=(("names asked", len(pooled.names)),),
        by_class=class_rows(pooled),
    )


def judge(interview: Interview) -> list[SceneClasses]:
    """Ask for the classes of a scene and count; nothing where its classes are unknown."""
    truth = interview.truth
    if truth.semantic is None or not (truth.semantic >= 0).any():
        return []
    answer = interview.ask(ClassNames(truth.class_names))
    table = confusion(truth.semantic, answer.label_of_point(), classes=len(truth.class_names))
    return [
        SceneClasses(
            interview.name,
            truth.class_names,
            class_counts(table),
            class_counts(table, forgive_none=True),
            things_in(truth),
            int(table.sum()),
        )
    ]


def things_in(truth: Truth) -> frozenset[str]:
    """Classes of which a scene has instances."""
    if truth.semantic is None:
        return frozenset()
    owned = np.unique(truth.semantic[(truth.instance > 0) & (truth.semantic >= 0)])
    return frozenset(truth.class_names[k] for k in owned)


def pool(scenes: Sequence[SceneClasses]) -> Pooled:
    """All scenes over the union of their names."""
    of_scene = [scene.names for scene in scenes]
    names = names_of(of_scene)
    counts = stack_counts(ClassCounts, [scene.counts for scene in scenes], of_scene, names)
    forgiven = stack_counts(ClassCounts, [scene.forgiven for scene in scenes], of_scene, names)
    return Pooled(names, counts, forgiven, chosen(names, frozenset().union(*(scene.things for scene in scenes))))


def figures(pooled: Pooled, *, seed: int) -> Iterator[Figure]:
    """The means that published tables take, each by its name."""
    scenes = len(pooled.counts.truth)
    weights = scene_weights(scenes, seed=seed)
    drawn, forgiven = (drawn_counts(counts, weights) for counts in (pooled.counts, pooled.forgiven))

    def percent(name: str, values: Float64[np.ndarray, " f"], text: str) -> Figure:
        return figure_of_draws(name, 100 * values, n=scenes, definition=text)

    ious, true = class_ious(drawn), pooled.counts.truth.sum(axis=0) > 0
    of_true, of_things = ious[:, true], ious[:, true & pooled.things]
    yield percent("mIoU", mean_over_classes(ious), "%, mean over classes that are true or answered")
    yield percent("mIoU of true classes", mean_over_classes(of_true), "%, classes never true are passed over")
    yield percent("mIoU of things", mean_over_classes(of_things), "%, without wall, floor and their like")
    text = "%, unanswered points forgiven, summed over true classes, divided by all names"
    yield percent("mIoU OpenScene", openscene_mean(forgiven, seen=drawn.truth > 0), text)
    yield percent("mAcc", mean_over_classes(class_accuracies(drawn)), "%, mean over true classes")
    points = drawn.truth.sum(axis=1)
    right = drawn.right.sum(axis=1) / np.maximum(points, 1)
    yield percent("Acc", np.where(points > 0, right, np.nan), "% of points")


def mean_of(pooled: Pooled, names: Collection[str], *, seed: int) -> Float64[np.ndarray, " f"]:
    """mIoU over those of some names that are true, over all scenes and draws of them, in percent."""
    wanted = chosen(pooled.names, names) & (pooled.counts.truth.sum(axis=0) > 0)
    drawn = drawn_counts(pooled.counts, scene_weights(len(pooled.counts.truth), seed=seed))
    return 100 * mean_over_classes(class_ious(drawn)[:, wanted])


def class_rows(pooled: Pooled) -> Iterator[Row]:
    """IoU and points of each class that is true somewhere."""
    total = ClassCounts(*(values.sum(axis=0) for values in pooled.counts))
    for name, iou, points in zip(pooled.names, class_ious(total).tolist(), total.truth.tolist(), strict=True):
        if points:
            yield Row("", name, (("iou", iou), ("points", int(points))))


def _row(scene: SceneClasses) -> Row:
    iou = float(mean_over_classes(class_ious(scene.counts)))
    right = float(scene.counts.right.sum()) / scene.points
    return Row(scene.name, "", (("miou", iou), ("accuracy", right), ("points", scene.points)))
