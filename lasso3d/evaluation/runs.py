"""From scene to scene: what every protocol does around its questions."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from time import perf_counter
from typing import Generic, Literal, NamedTuple, TypeVar, final

import numpy as np

from lasso3d.core.scene import Scene
from lasso3d.core.segmenter import Progress, Segmenter
from lasso3d.data.example import Example
from lasso3d.evaluation.sessions import ClickProtocol, Step, Task, play, task_of

T = TypeVar("T")

Together = Literal["single", "multi"]
"""One object at a time with all else background, or all objects of a scene in one session."""


class Sitting(NamedTuple):
    """One session about to be played."""

    name: str
    """Of the scene: its position in the data set and its own name, so that no two are equal."""
    scene: Scene
    task: Task
    steps: Iterator[Step]


@final
@dataclass(frozen=True)
class SceneLog:
    """What is kept of a scene that is done."""

    name: str
    digest: str
    encode_seconds: float


@final
@dataclass(frozen=True)
class Run(Generic[T]):
    """What was made of each session or scene, scene by scene."""

    scenes: tuple[SceneLog, ...]
    sessions: tuple[T, ...]
    notes: tuple[str, ...]
    """What was left out."""


def run_sessions(
    segmenter: Segmenter,
    examples: Sequence[Example],
    watch: Callable[[Sitting], T],
    *,
    together: Together,
    protocol: ClickProtocol,
    progress: Progress | None = None,
) -> Run[T]:
    """Hand every session of every scene to `watch` and collect what it returns.

    An interrupt from the keyboard ends the run with the scenes finished so far, and a note.
    """

    def visit(index: int) -> tuple[SceneLog, list[T], list[str]]:
        log, sittings, left_out = _enter(segmenter, examples[index], index, together, protocol)
        return log, [watch(sitting) for sitting in sittings], left_out

    return run_scenes(len(examples), visit, progress=progress)


def run_scenes(
    count: int, visit: Callable[[int], tuple[SceneLog, list[T], list[str]]], *, progress: Progress | None = None
) -> Run[T]:
    """Visit scene by scene; each visit gives its log, what was made of it, and notes on what was left out.

    An interrupt from the keyboard ends the run with the scenes finished so far, and a note.
    """
    scenes: list[SceneLog] = []
    sessions: list[T] = []
    notes: list[str] = []
    for index in range(count):
        if progress:
            progress(index / count, f"scene {index + 1} of {count}")
        try:
            log, found, left_out = visit(index)
        except KeyboardInterrupt:
            if not scenes:
                raise
            notes.append(f"interrupted: {len(scenes)} of {count} scenes")
            break
        scenes.append(log)
        sessions += found
        notes += left_out
    return Run(tuple(scenes), tuple(sessions), tuple(notes))


def median_seconds(run: Run[T], asked: Sequence[float], *, stage: str = "click") -> tuple[tuple[str, float], ...]:
    """For a report: medians, as a first call may be slow."""
    stages = {"encode": [log.encode_seconds for log in run.scenes], stage: asked}
    return tuple((stage, median(values)) for stage, values in stages.items() if values)


def _enter(
    segmenter: Segmenter, example: Example, index: int, together: Together, protocol: ClickProtocol
) -> tuple[SceneLog, list[Sitting], list[str]]:
    scene, truth = example
    name = f"{index} {scene.name}".rstrip()
    started = perf_counter()
    encoding = segmenter.encode(scene)
    log = SceneLog(name, scene.digest, perf_counter() - started)
    tasks, notes = _tasks(task_of(scene.xyz, truth, protocol), name, together, protocol)
    sittings = []
    for task in tasks:
        # by scene and object, so that a session is the same whatever else is run
        rng = np.random.default_rng([protocol.seed, int(scene.digest[:16], 16), *task.objects])
        sittings.append(Sitting(name, scene, task, play(segmenter, encoding, task, protocol=protocol, rng=rng)))
    return log, sittings, notes


def _tasks(
    every: Task, name: str, together: Together, protocol: ClickProtocol
) -> tuple[tuple[Task, ...], list[str]]:
    """What to play on a scene, and notes on what is not played."""
    if not every.objects:
        return (), [f"{name}: nothing to segment"]
    if together == "multi":
        return (every,), []
    # the published baseline on scans passes over an object that no voxel represents; elsewhere it counts as IoU 0
    played = every.clickable if protocol.rule == "scan" else np.ones(len(every.objects), bool)
    missed = [
        f"{name}: object {i} has no voxel of its own" for i, p in zip(every.objects, played, strict=True) if not p
    ]
    return tuple(every.alone(label) for label in (np.flatnonzero(played) + 1).tolist()), missed
