"""The one-click protocol: one click on each object, in its middle, anywhere, or at its edge."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, final, get_args

import numpy as np

from lasso3d.core.prompts import Click, Clicks
from lasso3d.core.segmenter import Progress, Segmenter
from lasso3d.data.example import Example
from lasso3d.evaluation.questions import Interview, ask_each
from lasso3d.evaluation.report import Figure, Report, Row, figure, figure_of_draws, row_draws
from lasso3d.evaluation.sessions import SCAN, ClickProtocol, Task, task_of
from lasso3d.geometry.interior import deepest
from lasso3d.metrics.average_precision import COMMON_THRESHOLDS, ranking_precision
from lasso3d.metrics.masks import iou, rounded_to_tokens

Place = Literal["centre", "random", "edge"]
"""Where on the object: the voxel farthest from all else (the test click of AGILE3D and UniSeg3D), any voxel, or the
voxel farthest from the object's centroid (the end of UniSeg3D's sweep of positions)."""

OBJECTS = replace(SCAN, objects=None, smallest_points=100, smallest_share=0.0)
"""Every object of 100 points or more, voxels by the extent of the scan; IoU over all points."""
FOLDS = 200
"""Draws of scenes behind the interval of an AP."""


@final
@dataclass(frozen=True)
class OneClick:
    """The answer to one click."""

    scene: str
    instance: int
    place: Place
    iou: float
    rounded: float
    """IoU with the truth rounded to the system's own tokens, as UniSeg3D's release measures."""
    score: float
    """The IoU that the answer itself expects: it has seen no label."""


def evaluate(
    segmenter: Segmenter,
    examples: Sequence[Example],
    *,
    protocol: ClickProtocol = OBJECTS,
    progress: Progress | None = None,
) -> Report:
    """Click once on each object at each place; mean IoU, and AP by the confidence of the answer alone."""
    found, asked = ask_each(
        segmenter,
        examples,
        lambda interview: _judge(interview, protocol),
        needs="objects",
        seed=protocol.seed,
        progress=progress,
    )
    figures = [
        f
        for place in get_args(Place)
        for f in _figures([o for o in found if o.place == place], place, protocol.seed)
    ]
    settings = (("smallest_points", protocol.smallest_points), ("voxel", protocol.voxel))
    return asked.report("one-click", [*figures, *_loss(figures)], map(_row, found), settings=settings)


def _judge(interview: Interview, protocol: ClickProtocol) -> list[OneClick]:
    scene = interview.scene
    task = task_of(scene.xyz, interview.truth, protocol)
    rng = np.random.default_rng([protocol.seed, int(scene.digest[:16], 16)])
    return [
        _ask(interview, task, label, place, rng)
        for label in (np.flatnonzero(task.clickable) + 1).tolist()
        for place in get_args(Place)
    ]


def _ask(interview: Interview, task: Task, label: int, place: Place, rng: np.random.Generator) -> OneClick:
    x, y, z = task.voxel_xyz[_voxel(task, label, place, rng)].tolist()
    answer = interview.ask(Clicks((Click((x, y, z), 1),)))
    mask, truth = answer.mask(0), task.truth == label
    rounded = iou(mask, rounded_to_tokens(truth, answer.of_point))
    instance = task.objects[label - 1]
    return OneClick(interview.name, instance, place, iou(mask, truth), rounded, float(answer.score[0]))


def _voxel(task: Task, label: int, place: Place, rng: np.random.Generator) -> int:
    inside = task.truth[task.representative] == label
    if place == "centre":
        return deepest(task.voxel_xyz, inside)[0]
    voxels = np.flatnonzero(inside)
    if place == "random":
        return int(rng.choice(voxels))
    xyz = task.voxel_xyz[voxels].astype(np.float64)
    return int(voxels[((xyz - xyz.mean(axis=0)) ** 2).sum(axis=1).argmax()])


def _figures(found: Sequence[OneClick], place: Place, seed: int) -> Iterator[Figure]:
    scenes = [one.scene for one in found]
    ious, score = (np.array([getattr(one, name) for one in found], np.float64) for name in ("iou", "score"))
    rounded = 100 * np.array([one.rounded for one in found])
    yield figure(
        f"IoU {place}", 100 * ious, scenes=scenes, definition="%, mean over objects, all points", seed=seed
    )
    text = "%, the same, truth rounded to the system's tokens"
    yield figure(f"IoU {place} (rounded truth)", rounded, scenes=scenes, definition=text, seed=seed)
    for name, thresholds in (("AP", COMMON_THRESHOLDS), ("AP50", (0.5,)), ("AP25", (0.25,))):
        draws = row_draws(scenes, seed=seed, folds=FOLDS)
        values = [float(np.mean([ranking_precision(ious[r] > t, score[r]) for t in thresholds])) for r in draws]
        text = "%, ranked by the answer's own score, no class; AP: ten thresholds"
        column = 100 * np.array(values or [np.nan])
        yield figure_of_draws(f"{name} {place}", column, n=len(found), definition=text)


def _loss(figures: Sequence[Figure]) -> Iterator[Figure]:
    """What remains of the IoU where the click is less well placed."""
    value = {f.name: f.value for f in figures}
    for place in ("random", "edge"):
        ratio = value[f"IoU {place}"] / value["IoU centre"] if value["IoU centre"] else np.nan
        yield Figure(f"{place} / centre", float(ratio), np.nan, np.nan, figures[0].n, "ratio of the mean IoU")


def _row(one: OneClick) -> Row:
    values = (("place", one.place), ("iou", one.iou), ("iou_rounded", one.rounded), ("score", one.score))
    return Row(one.scene, str(one.instance), values)
