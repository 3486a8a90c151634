"""The part protocol: the named parts of an object."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

import numpy as np

from lasso3d.core.prompts import PartNames
from lasso3d.core.segmenter import Progress, Segmenter
from lasso3d.data.example import Example, Truth
from lasso3d.evaluation.questions import Interview, ask_each
from lasso3d.evaluation.report import Report, Row, figure, figure_of_draws, row_draws
from lasso3d.metrics.masks import iou, rounded_to_tokens
from lasso3d.metrics.parts import PartIou, part_miou

FOLDS = 200
"""Draws of scenes behind the interval of a mean of means of means."""


@final
@dataclass(frozen=True)
class JudgedPart:
    """One part of the objects of one class in a scene."""

    scene: str
    found: PartIou
    rounded: float
    """IoU with the truth rounded to the system's own tokens."""


def evaluate(
    segmenter: Segmenter, examples: Sequence[Example], *, seed: int = 0, progress: Progress | None = None
) -> Report:
    """Ask for the parts of each class of object in a scene, by their names; mIoU as PartNetE's tables take it.

    Asked for are the parts that the class has in this scene: published evaluation counts no absent parts either.
    """
    judged, asked = ask_each(segmenter, examples, judge, needs="parts", seed=seed, progress=progress)
    scenes = [one.scene for one in judged]
    draws = row_draws(scenes, seed=seed, folds=FOLDS)
    values = np.array([100 * part_miou([judged[i].found for i in rows])[0] for rows in draws] or [np.nan])
    _, by_category = part_miou([one.found for one in judged])
    every = 100 * np.array([one.found.value for one in judged])
    rounded = 100 * np.array([one.rounded for one in judged])
    figures = [
        figure_of_draws("mIoU", values, n=len(judged), definition="%, mean over classes of their parts' means"),
        figure("IoU of parts", every, scenes=scenes, definition="%, mean over all parts asked for", seed=seed),
        figure("IoU of parts (rounded truth)", rounded, scenes=scenes,
               definition="%, the same, truth rounded to the system's tokens", seed=seed),
    ]  # fmt: skip
    classes = (Row("", name, (("miou", value),)) for name, value in sorted(by_category.items()))
    return asked.report("parts", figures, map(_row, judged), by_class=classes)


def judge(interview: Interview) -> list[JudgedPart]:
    """Ask for the parts of every class of object that has any."""
    return [
        one for name, parts in _parts_of_classes(interview.truth).items() for one in _ask(interview, name, parts)
    ]


def _ask(interview: Interview, name: str, parts: tuple[str, ...]) -> list[JudgedPart]:
    truth = interview.truth
    if truth.part is None or truth.semantic is None:
        return []
    answer = interview.ask(PartNames(name, parts))
    of_class = truth.semantic == truth.class_names.index(name)
    judged = []
    for row, part in enumerate(parts):
        wanted = of_class & (truth.part == truth.part_names.index(part))
        mask = answer.mask(row)
        exact, rounded = iou(mask, wanted), iou(mask, rounded_to_tokens(wanted, answer.of_point))
        judged.append(JudgedPart(interview.name, PartIou(name, part, exact), rounded))
    return judged


def _parts_of_classes(truth: Truth) -> dict[str, tuple[str, ...]]:
    """Names of the parts that the objects of each class show, in the order of the data set's names."""
    if truth.part is None or truth.semantic is None:
        return {}
    known = (truth.part >= 0) & (truth.semantic >= 0)
    pairs = np.unique(np.stack([truth.semantic[known], truth.part[known]], axis=1), axis=0)
    found: dict[str, tuple[str, ...]] = {}
    for kind, part in pairs.tolist():
        found[truth.class_names[kind]] = (*found.get(truth.class_names[kind], ()), truth.part_names[part])
    return found


def _row(one: JudgedPart) -> Row:
    found = one.found
    return Row(one.scene, f"{found.category}: {found.part}", (("iou", found.value), ("iou_rounded", one.rounded)))
