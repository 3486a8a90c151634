"""Click sessions: the simulated annotator and a segmenter taking turns on one scene."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Literal, NamedTuple, final

import numpy as np
from jaxtyping import Bool, Float32, Int32, Int64

from lasso3d.core.errors import SceneError
from lasso3d.core.prompts import Click, Clicks
from lasso3d.core.scene import Scene
from lasso3d.core.segmentation import Segmentation
from lasso3d.core.segmenter import SceneEncoding, Segmenter
from lasso3d.data.clicks import ErrorClick, Habit, Rule, click_in, error_regions
from lasso3d.data.example import Truth
from lasso3d.geometry.suggest import suggest_click
from lasso3d.geometry.voxels import LARGEST_CELL, pack
from lasso3d.metrics.masks import object_ious

Guide = Literal["deepest error", "any error", "suggestion"]

CUBE = 0.05
"""Half edge in metres of InterObject3D's click cubes, as in its released results."""


@final
@dataclass(frozen=True)
class ClickProtocol:
    """How the simulated annotator works and what is measured. The defaults are AGILE3D's."""

    rule: Rule = "agile3d"
    """Whose rule chooses the next click."""
    clicks: int = 20
    """Per object."""
    objects: int | None = None
    """At most so many of a scene, largest first or in the order of a list; None = all."""
    smallest_points: int = 0
    """Instances with no more points than this are background."""
    smallest_share: float = 0.0
    """The same as a share of the scene's points; the larger of both counts."""
    voxel: float | None = 0.05
    """Metres; the annotator sees one point of each voxel. None = by extent, see `scan_voxel`."""
    forcing: Literal["voxel", "cube", "none"] = "voxel"
    """What takes a click's label before IoU is measured: the clicked voxel, a cube of 10 cm, nothing."""
    unlabelled: Literal["background", "left out"] = "background"
    """Points without instance and class: background as in AGILE3D's loaders, or neither clicked nor measured."""
    habit: Habit = "centre"
    """Where in an error region the annotator clicks."""
    reach: float = 0.05
    """Metres from the centre for the habit "jitter"."""
    guide: Guide = "deepest error"
    """Where the annotator looks once there is an answer: at its deepest error, as published; anywhere in its
    errors; or where `suggest_click` says, and anywhere in the errors without a suggestion. It tells the truth."""
    seed: int = 0
    """For habits other than "centre", and handed to the segmenter."""

    def __post_init__(self) -> None:
        if self.clicks < 1:
            raise ValueError(f"clicks must be 1 or more, found {self.clicks}")
        if self.voxel is not None and not self.voxel > 0:
            raise ValueError(f"voxel must be above 0 m, found {self.voxel}")


AGILE3D = ClickProtocol()
INTEROBJECT3D = ClickProtocol(rule="interobject3d", forcing="cube")
"""Its crop of 5 x 5 m around the object is not made: IoU is over the whole scene."""
SCAN = ClickProtocol(
    rule="scan", clicks=10, objects=5, smallest_points=150, smallest_share=0.001, voxel=None, forcing="none"
)
"""For scans of any scale: the voxel follows the extent, answers are measured as they are."""


@final
@dataclass(frozen=True, eq=False)
class Task:
    """What the annotator wants of a scene, as labels 1 to `objects` over points and over voxels; 0 = background."""

    truth: Int32[np.ndarray, " n"]
    known: Bool[np.ndarray, " n"] | None
    """Points that are clicked and measured; None = all."""
    objects: tuple[int, ...]
    """Instance ids behind labels 1, 2, ..."""
    representative: Int64[np.ndarray, " t"]
    """The first point of each voxel."""
    of_point: Int64[np.ndarray, " n"]
    """Point -> voxel."""
    xyz: Float32[np.ndarray, "n 3"]
    voxel_xyz: Float32[np.ndarray, "t 3"]
    """Of the representatives."""

    @property
    def clickable(self) -> Bool[np.ndarray, " m"]:
        """Objects that some voxel represents."""
        return np.isin(np.arange(1, len(self.objects) + 1), self.truth[self.representative])

    def alone(self, label: int) -> "Task":
        """The task of segmenting one of the objects, the others being background."""
        return replace(self, truth=(self.truth == label).astype(np.int32), objects=(self.objects[label - 1],))

    def iou(self, predicted: Int32[np.ndarray, " n"]) -> float:
        """Mean IoU of the objects over the points that are measured."""
        kept = slice(None) if self.known is None else self.known
        return float(object_ious(predicted[kept], self.truth[kept], objects=len(self.objects)).mean())


class Step(NamedTuple):
    """State of a session after so many clicks."""

    clicks: int
    """As the protocol counts them: one per object in the first round, then one a round."""
    iou: float
    """As the protocol measures it."""
    iou_answered: float
    """Of the answer itself, on all points."""
    prompt: Clicks | None
    """All clicks so far; None before the first."""
    answer: Segmentation | None
    """None before the first click."""
    seconds: float | None
    """Spent by the segmenter; None where no click was made."""


def task_of(xyz: Float32[np.ndarray, "n 3"], truth: Truth, protocol: ClickProtocol) -> Task:
    """All objects of a scene that the protocol asks for, and the voxels its annotator sees."""
    representative, of_point = representatives(xyz, protocol.voxel or scan_voxel(xyz))
    objects = _targets(truth, protocol)
    labels = np.zeros(len(xyz), np.int32)
    for label, instance in enumerate(objects, start=1):
        labels[truth.instance == instance] = label
    known = None
    if protocol.unlabelled == "left out" and truth.semantic is not None:
        known = (truth.instance > 0) | (truth.semantic >= 0)
    return Task(labels, known, objects, representative, of_point, xyz, xyz[representative])


def play(
    segmenter: Segmenter, encoding: SceneEncoding, task: Task, *, protocol: ClickProtocol, rng: np.random.Generator
) -> Iterator[Step]:
    """A session from the empty prediction to the last click; a perfect one goes on with the same rows."""
    n, count = len(task.truth), 0
    clicked: list[ErrorClick] = []
    seen = np.zeros(len(task.voxel_xyz), np.int32)
    nothing = task.iou(np.zeros(n, np.int32))
    step = Step(0, nothing, nothing, None, None, None)
    yield step
    while count < protocol.clicks * len(task.objects):
        fresh = _look(task, seen, protocol, rng)
        if step.answer is not None and fresh:
            fresh = _guided(task, encoding.scene, step.answer, seen, fresh, protocol, rng)
        # as released: the first round clicks every region and counts the objects, every later round counts one
        clicked += fresh if count == 0 else fresh[:1]
        count += len(task.objects) if count == 0 else 1
        if fresh:
            started = perf_counter()
            prompt = _prompt(task, clicked)
            answer = segmenter.segment(encoding, prompt, previous=step.answer, seed=protocol.seed)
            seconds = perf_counter() - started
            predicted = object_of_point(answer)
            seen, measured = _force(task, predicted, clicked, protocol)
            step = Step(count, task.iou(measured), task.iou(predicted), prompt, answer, seconds)
        else:
            step = step._replace(clicks=count, seconds=None)
        yield step


def object_of_point(answer: Segmentation) -> Int32[np.ndarray, " n"]:
    """Object number of each point of an answer to clicks; 0 = background."""
    numbers = np.array([*answer.labels, 0], np.int32)
    of_point: np.ndarray = numbers[answer.label_of_point()]
    return of_point


def scan_voxel(xyz: Float32[np.ndarray, "n 3"]) -> float:
    """Voxel size by extent: diagonal of the box from the 1st to the 99th percentile / 200, at least 4 mm."""
    diagonal = np.linalg.norm(np.percentile(xyz, 99, axis=0) - np.percentile(xyz, 1, axis=0))
    return max(float(diagonal) / 200, 0.004)


def representatives(
    xyz: Float32[np.ndarray, "n 3"], size: float
) -> tuple[Int64[np.ndarray, " t"], Int64[np.ndarray, " n"]]:
    """The first point of each voxel, voxels by ascending cell, and the voxel of each point.

    The grid hangs on the minimum, in float32: a comparison with another implementation needs the same rounding.
    """
    cells = np.floor((xyz - xyz.min(axis=0)) / size)
    if cells.max() > LARGEST_CELL:
        raise SceneError(f"voxels of {size:g} m are too small for a scene this large", cure="use larger voxels")
    _, first, of_point = np.unique(pack(cells.astype(np.int32)), return_index=True, return_inverse=True)
    return first, of_point


def _targets(truth: Truth, protocol: ClickProtocol) -> tuple[int, ...]:
    """What a list asks for whatever its size, else the instances that are large enough, largest first."""
    if truth.targets is not None:
        return truth.targets[: protocol.objects]
    instance = truth.instance
    ids, count = np.unique(instance[instance > 0], return_counts=True)
    large = count > max(protocol.smallest_points, protocol.smallest_share * len(instance))
    ids, count = ids[large], count[large]
    return tuple(ids[np.argsort(-count, kind="stable")].tolist())[: protocol.objects]


def _look(
    task: Task, seen: Int32[np.ndarray, " t"], protocol: ClickProtocol, rng: np.random.Generator
) -> list[ErrorClick]:
    """A click for every error region, deepest first."""
    truth = task.truth[task.representative]
    if task.known is not None:
        seen = np.where(task.known[task.representative], seen, truth)
    regions = error_regions(task.voxel_xyz, truth, seen, rule=protocol.rule)
    return [click_in(r, task.voxel_xyz, habit=protocol.habit, reach=protocol.reach, rng=rng) for r in regions]


def _guided(
    task: Task,
    scene: Scene,
    answer: Segmentation,
    seen: Int32[np.ndarray, " t"],
    deepest: list[ErrorClick],
    protocol: ClickProtocol,
    rng: np.random.Generator,
) -> list[ErrorClick]:
    """The clicks of an annotator with this guide; `deepest` are those of one who sees the errors."""
    if protocol.guide == "deepest error":
        return deepest
    truth = task.truth[task.representative]
    suggested = suggest_click(scene, answer) if protocol.guide == "suggestion" else None
    if suggested is not None:
        voxel = int(((task.voxel_xyz - np.array(suggested.xyz, np.float32)) ** 2).sum(axis=1).argmin())
    else:
        wrong = truth != seen if task.known is None else (truth != seen) & task.known[task.representative]
        voxel = int(rng.choice(np.flatnonzero(wrong)))
    return [ErrorClick(voxel, int(truth[voxel]), 0.0)]


def _prompt(task: Task, clicked: list[ErrorClick]) -> Clicks:
    places = ((*task.voxel_xyz[click.voxel].tolist(), click.label) for click in clicked)
    return Clicks(tuple(Click((x, y, z), label) for x, y, z, label in places))


def _force(
    task: Task, predicted: Int32[np.ndarray, " n"], clicked: list[ErrorClick], protocol: ClickProtocol
) -> tuple[Int32[np.ndarray, " t"], Int32[np.ndarray, " n"]]:
    """What the annotator sees on the voxels, and what is measured on the points."""
    seen = predicted[task.representative]
    seen[[click.voxel for click in clicked]] = [click.label for click in clicked]
    if protocol.forcing == "none":
        return seen, predicted
    measured = seen[task.of_point]
    if protocol.forcing == "cube":
        for click in clicked:
            measured[(np.abs(task.xyz - task.voxel_xyz[click.voxel]) <= CUBE).all(axis=1)] = click.label
    return measured[task.representative], measured
