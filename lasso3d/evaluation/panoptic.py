"""The panoptic protocol: every point a class, and an object where its class has objects."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import final

import numpy as np
from jaxtyping import Bool, Float64, Int32

from lasso3d.core.prompts import ClassNames
from lasso3d.core.segmenter import Progress, Segmenter
from lasso3d.data.example import Example, Truth
from lasso3d.evaluation.questions import Interview, ask_each, drawn_counts, kind_of_rows, names_of, stack_counts
from lasso3d.evaluation.report import Figure, Report, Row, figure_of_draws, scene_weights
from lasso3d.evaluation.semantic import things_in
from lasso3d.metrics.panoptic import PanopticCounts, panoptic_counts, panoptic_quality, present
from lasso3d.metrics.semantic import ClassCounts, chosen, class_counts, class_ious, confusion, mean_over_classes


@final
@dataclass(frozen=True, eq=False)
class ScenePanoptic:
    """What a scene contributes; kinds count along its names."""

    name: str
    names: tuple[str, ...]
    apart: PanopticCounts
    """Every row of the answer a segment, as for things."""
    joined: PanopticCounts
    """Rows of one class one segment, as for stuff."""
    points: ClassCounts
    things: frozenset[str]
    """Classes that have instances here."""


def evaluate(
    segmenter: Segmenter, examples: Sequence[Example], *, seed: int = 0, progress: Progress | None = None
) -> Report:
    """Ask for all classes as a panoptic map; PQ, SQ and RQ as SemanticKITTI's scorer counts them.

    A class is a thing if it has an instance anywhere in the data, else stuff, of which a scene holds one segment.
    Where a class has instances in a scene, its points without one are void.
    """
    scenes, asked = ask_each(segmenter, examples, judge, needs="classes", seed=seed, progress=progress)
    of_scene = [scene.names for scene in scenes]
    names = names_of(of_scene)
    things = chosen(names, frozenset().union(*(scene.things for scene in scenes)))
    apart = stack_counts(PanopticCounts, [scene.apart for scene in scenes], of_scene, names)
    joined = stack_counts(PanopticCounts, [scene.joined for scene in scenes], of_scene, names)
    counts = PanopticCounts(*(np.where(things, *pair) for pair in zip(apart, joined, strict=True)))
    points = stack_counts(ClassCounts, [scene.points for scene in scenes], of_scene, names)
    kept = (counts.matched + counts.missed).any(axis=0)
    rows = [_row(scene.name, PanopticCounts(*(v[i] for v in counts))) for i, scene in enumerate(scenes)]
    return asked.report(
        "panoptic",
        _figures(counts, points, (things, kept & ~things), seed),
        rows,
        settings=(("names asked", len(names)),),
        by_class=_class_rows(names, counts, kept),
    )


def judge(interview: Interview) -> list[ScenePanoptic]:
    """Ask for the panoptic map of a scene and count; nothing where its classes are unknown."""
    truth = interview.truth
    if truth.semantic is None or not (truth.semantic >= 0).any():
        return []
    names = truth.class_names
    answer = interview.ask(ClassNames(names, kind="panoptic"))
    row = answer.label_of_point()
    kind = np.append(kind_of_rows(answer, names), -1)[row].astype(np.int32)
    things = things_in(truth)
    truth_kind, truth_segment = _segments(truth, truth.semantic, chosen(names, things))
    apart, joined = (
        panoptic_counts(truth_kind, truth_segment, kind, segment, kinds=len(names))
        for segment in (row, np.zeros_like(row))
    )
    points = class_counts(confusion(truth_kind, kind, classes=len(names)))
    return [ScenePanoptic(interview.name, names, apart, joined, points, things)]


def _segments(
    truth: Truth, semantic: Int32[np.ndarray, " n"], things: Bool[np.ndarray, " c"]
) -> tuple[Int32[np.ndarray, " n"], Int32[np.ndarray, " n"]]:
    """Kind of each point, -1 = void, and its segment within the kind."""
    alone = truth.instance < 1
    kind = np.where(alone & things[semantic], np.int32(-1), semantic)
    return kind, np.where(alone, np.int32(0), truth.instance)


def _figures(
    counts: PanopticCounts,
    points: ClassCounts,
    kinds: tuple[Bool[np.ndarray, " c"], Bool[np.ndarray, " c"]],
    seed: int,
) -> Iterator[Figure]:
    """`kinds`: things and stuff; a class that is answered and nowhere true is neither."""
    things, stuff = kinds
    weights = scene_weights(len(counts.matched), seed=seed)
    drawn = drawn_counts(counts, weights)
    quality, seen = panoptic_quality(drawn), present(drawn)

    def mean(name: str, values: Float64[np.ndarray, "f c"], text: str) -> Figure:
        return figure_of_draws(name, 100 * mean_over_classes(values), n=len(counts.matched), definition=text)

    pq, sq, rq = (np.where(seen, values, np.nan) for values in quality)
    yield mean("PQ", pq, "%, mean over classes that are true or answered")
    yield mean("SQ", sq, "%, IoU of matched segments; 0 for a class without a match")
    yield mean("RQ", rq, "%, F1 of segments at IoU > 0.5")
    yield mean("PQ of true classes", pq[:, things | stuff], "%, mean over classes that are true")
    yield mean("PQ things", pq[:, things], "%, true classes with instances")
    yield mean("PQ stuff", pq[:, stuff], "%, true classes without")
    ious = class_ious(drawn_counts(points, weights))
    yield mean("PQ dagger", np.where(things, pq, ious), "%, PQ of things and IoU of stuff")
    yield mean("PQ of all names", quality.pq, "%, as released: a class neither true nor answered counts 0")


def _class_rows(names: Sequence[str], counts: PanopticCounts, kept: Bool[np.ndarray, " c"]) -> Iterator[Row]:
    quality = panoptic_quality(PanopticCounts(*(values.sum(axis=0) for values in counts)))
    for name, pq, sq, rq, keep in zip(names, *(values.tolist() for values in quality), kept.tolist(), strict=True):
        if keep:
            yield Row("", name, (("pq", pq), ("sq", sq), ("rq", rq)))


def _row(name: str, counts: PanopticCounts) -> Row:
    pq = np.where(present(counts), panoptic_quality(counts).pq, np.nan)
    segments = int((counts.matched + counts.missed).sum())
    return Row(name, "", (("pq", float(mean_over_classes(pq))), ("segments", segments)))
