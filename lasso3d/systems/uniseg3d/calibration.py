"""How sure a trained network may be: every kind of prompt, asked about generated scenes it has never seen."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal, NamedTuple, get_args

import numpy as np
from jaxtyping import Bool, Float32, Int32

from lasso3d.core.prompts import ClassNames, Click, Clicks, ReferringExpression
from lasso3d.core.segmentation import Segmentation
from lasso3d.data.clicks import next_click
from lasso3d.data.example import Example, Truth
from lasso3d.data.procedural import ProceduralScenes
from lasso3d.metrics.masks import iou
from lasso3d.systems.uniseg3d.errors import ErrorModel, ErrorModels, Kind, fit_errors
from lasso3d.systems.uniseg3d.scenes import VALIDATION
from lasso3d.systems.uniseg3d.segmenter import Answer, UniSeg3D, UniSeg3DEncoding

ClassKind = Literal["semantic", "instance", "panoptic"]
HALF = 0.5
"""IoU at which an object counts as found."""


@dataclass(frozen=True)
class CalibrationSettings:
    """How much is looked at after training."""

    scenes: int = 8
    """Of each world."""
    objects: int = 4
    """Clicked in each scene, one by one."""
    clicks: tuple[int, ...] = (1, 2, 3, 5)
    """Answers looked at, ascending: after so many clicks."""
    sentences: int = 8
    """Of each scene at most."""
    points: int = 2000
    """Of each answer at most, drawn evenly."""
    fewest_voxels: int = 50
    """Of an object that is clicked."""


@dataclass(frozen=True)
class Calibration:
    """What was found."""

    errors: ErrorModels
    metrics: dict[str, dict[str, float]]
    """By world, per cent."""


class Look(NamedTuple):
    """One answer."""

    kind: Kind
    cues: Float32[np.ndarray, "k c"]
    wrong: Bool[np.ndarray, " k"]
    figures: dict[str, float]
    """0 to 1; means over all answers that have them are reported."""


def calibrate(segmenter: UniSeg3D, worlds: Sequence[str], settings: CalibrationSettings) -> Calibration:
    """Fit the error models, every answer counting alike, and report the accuracy met on the way."""
    looks = {world: list(_world_looks(segmenter, world, settings)) for world in worlds}
    every = [look for of_world in looks.values() for look in of_world]
    kinds: tuple[Kind, ...] = get_args(Kind)
    errors = ErrorModels(**{kind: _fitted([look for look in every if look.kind == kind]) for kind in kinds})
    return Calibration(errors, {world: _figures(of_world) for world, of_world in looks.items()})


def _figures(looks: list[Look]) -> dict[str, float]:
    figures: dict[str, list[float]] = defaultdict(list)
    for look in looks:
        for name, value in look.figures.items():
            figures[name].append(value)
    return {name: round(100 * float(np.mean(values)), 2) for name, values in figures.items()}


def _world_looks(segmenter: UniSeg3D, world: str, settings: CalibrationSettings) -> Iterator[Look]:
    for example in ProceduralScenes(world, settings.scenes, seed=VALIDATION):
        yield from _looks(segmenter, example, settings)


def _fitted(looks: list[Look]) -> ErrorModel:
    if not looks:
        return ErrorModel()
    cues, wrong = (np.concatenate([getattr(look, part) for look in looks]) for part in ("cues", "wrong"))
    weight = np.concatenate([np.full(len(look.wrong), 1 / max(1, len(look.wrong))) for look in looks])
    return fit_errors(cues, wrong, weight)


def _looks(segmenter: UniSeg3D, example: Example, settings: CalibrationSettings) -> Iterator[Look]:
    rng = np.random.default_rng((VALIDATION, len(example.scene)))
    encoding = segmenter.encode(example.scene)
    truth = example.truth
    for kind, judge in JUDGES.items():
        answer = segmenter.answer(encoding, ClassNames((), kind), None)
        right, figures = judge(answer.segmentation, truth)
        yield _look(kind, answer, ~right, figures, settings, rng)
    said = (*truth.expressions, *truth.instructions)
    for i in rng.permutation(len(said))[: settings.sentences]:
        text, targets = said[i]
        answer = segmenter.answer(encoding, ReferringExpression(text), None)
        found, wanted = answer.segmentation.union(), np.isin(truth.instance, targets)
        alike = iou(found, wanted) if found.any() or wanted.any() else 1.0
        figures = {"sentence IoU": alike, "sentence IoU>50": float(alike > HALF)}
        yield _look("sentence", answer, found != wanted, figures, settings, rng)
    yield from _sessions(segmenter, encoding, truth, settings, rng)


def _look(
    kind: Kind,
    answer: Answer,
    wrong: Bool[np.ndarray, " n"],
    figures: dict[str, float],
    settings: CalibrationSettings,
    rng: np.random.Generator,
) -> Look:
    kept = rng.permutation(len(wrong))[: settings.points]
    return Look(kind, answer.cues[answer.segmentation.of_point[kept]], wrong[kept], figures)


def _semantic(answer: Segmentation, truth: Truth) -> tuple[Bool[np.ndarray, " n"], dict[str, float]]:
    """Which points have the right class, and the mean over the classes of the scene of their IoU."""
    said, wanted = _classes(answer, truth), _wanted(truth)
    ious = [iou(said == one, wanted == one) for one in np.unique(wanted)]
    return said == wanted, {
        "semantic mIoU": float(np.mean(ious)),
        "semantic accuracy": float((said == wanted).mean()),
    }


def _objects(answer: Segmentation, truth: Truth, *, stuff: bool) -> tuple[Bool[np.ndarray, " n"], dict[str, float]]:
    """Which points belong to a row that is their object by mask and name; with stuff, those of its classes too.

    An object is found where a row of its name has an IoU above a half with it.
    """
    row, wanted = answer.label_of_point(), _wanted(truth)
    # what the truth counts as background may be found as a thing of that name, as a bare table top is
    right = (truth.instance < 0) & (_classes(answer, truth) == wanted)
    if not stuff:
        right = right | ((truth.instance < 0) & (row < 0))
    found = []
    for number in np.unique(truth.instance[truth.instance > 0]):
        here = truth.instance == number
        name = truth.class_names[wanted[here][0]]
        over = np.bincount(row[here & (row >= 0)], minlength=1)
        best = int(over.argmax())
        known = bool(over.max()) and answer.labels[best] == name and iou(row == best, here) > HALF
        found.append(known)
        right = right | (known & here & (row == best))
    return right, {"objects found": float(np.mean(found))} if found and not stuff else {}


def _classes(answer: Segmentation, truth: Truth) -> Int32[np.ndarray, " n"]:
    """The class of every point by the names of the truth; -1 = none, -2 = one that the truth does not know."""
    index = {name: i for i, name in enumerate(truth.class_names)}
    of_row = np.array([*(index.get(str(label), -2) for label in answer.labels), -1], np.int32)
    return of_row[answer.label_of_point()]


def _wanted(truth: Truth) -> Int32[np.ndarray, " n"]:
    return np.full(len(truth.instance), -1, np.int32) if truth.semantic is None else truth.semantic


JUDGES: dict[ClassKind, Callable[[Segmentation, Truth], tuple[Bool[np.ndarray, " n"], dict[str, float]]]] = {
    "semantic": _semantic,
    "instance": partial(_objects, stuff=False),
    "panoptic": partial(_objects, stuff=True),
}
"""Each says which points are right, and figures."""


def _sessions(
    segmenter: UniSeg3D,
    encoding: UniSeg3DEncoding,
    truth: Truth,
    settings: CalibrationSettings,
    rng: np.random.Generator,
) -> Iterator[Look]:
    """The simulated annotator clicks some objects, one by one, in the voxels."""
    first = encoding.voxels.order[encoding.voxels.start[:-1]]
    instance, place = truth.instance[first], encoding.frame.back(encoding.centroid)
    number, count = np.unique(instance[instance > 0], return_counts=True)
    for one in rng.permutation(number[count >= settings.fewest_voxels])[: settings.objects]:
        labels, seen = (instance == one).astype(np.int32), np.zeros(len(instance), np.int32)
        clicks, answer = list[Click](), None
        for k in range(max(settings.clicks)):
            wrong = next_click(place, labels, seen)
            if wrong is not None:
                clicks.append(Click(place[wrong.voxel], wrong.label))
                answer = segmenter.answer(encoding, Clicks(clicks), None if answer is None else answer.segmentation)
                seen = answer.segmentation.mask(0)[first].astype(np.int32)
            if answer is not None and k + 1 in settings.clicks:
                wanted, found = truth.instance == one, answer.segmentation.mask(0)
                yield _look(
                    "clicks", answer, found != wanted, {f"clicks IoU@{k + 1}": iou(found, wanted)}, settings, rng
                )
