"""What every protocol without a dialogue does: encode a scene, ask it something, keep numbers."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import TypeVar, final

import numpy as np
from jaxtyping import Bool, Float64, Int32, Int64

from lasso3d.core.prompts import Prompt
from lasso3d.core.scene import Scene
from lasso3d.core.segmentation import Segmentation
from lasso3d.core.segmenter import Progress, SceneEncoding, Segmenter
from lasso3d.data.example import Example, Truth
from lasso3d.evaluation.report import Figure, Report, Row, Value
from lasso3d.evaluation.runs import Run, SceneLog, median_seconds, run_scenes
from lasso3d.metrics.panoptic import PanopticCounts
from lasso3d.metrics.semantic import ClassCounts

T = TypeVar("T")
C = TypeVar("C", ClassCounts, PanopticCounts)


@final
@dataclass(frozen=True, eq=False)
class Interview:
    """One scene, encoded, ready to be asked; the truth is for the judge."""

    name: str
    """Position in the data set and the scene's own name, so that no two are equal."""
    scene: Scene
    truth: Truth
    segmenter: Segmenter
    encoding: SceneEncoding
    seed: int
    seconds: list[float] = field(default_factory=list)
    """Of each question so far."""

    def ask(self, prompt: Prompt) -> Segmentation:
        """The answer to a prompt, without feedback."""
        started = perf_counter()
        answer = self.segmenter.segment(self.encoding, prompt, seed=self.seed)
        self.seconds.append(perf_counter() - started)
        return answer


@final
@dataclass(frozen=True)
class Asked:
    """A run over scenes and how long its questions took."""

    system: str
    seed: int
    seconds: tuple[tuple[str, float], ...]
    digests: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]

    def report(
        self,
        protocol: str,
        figures: Iterable[Figure],
        rows: Iterable[Row],
        *,
        settings: Sequence[tuple[str, Value]] = (),
        by_class: Iterable[Row] = (),
    ) -> Report:
        """The report of a protocol that found these figures and rows."""
        return Report(
            protocol=protocol,
            system=self.system,
            settings=tuple(settings),
            figures=tuple(figures),
            rows=tuple(rows),
            seeds=(self.seed,),
            digests=self.digests,
            seconds=self.seconds,
            notes=self.notes,
            by_class=tuple(by_class),
        )


def ask_each(
    segmenter: Segmenter,
    examples: Sequence[Example],
    judge: Callable[[Interview], Sequence[T]],
    *,
    needs: str,
    seed: int,
    progress: Progress | None = None,
) -> tuple[tuple[T, ...], Asked]:
    """Encode each scene once and let `judge` ask; a scene it makes nothing of is noted as without `needs`."""
    questions: list[float] = []

    def visit(index: int) -> tuple[SceneLog, list[T], list[str]]:
        scene, truth = examples[index]
        name = f"{index} {scene.name}".rstrip()
        started = perf_counter()
        encoding = segmenter.encode(scene)
        log = SceneLog(name, scene.digest, perf_counter() - started)
        interview = Interview(name, scene, truth, segmenter, encoding, seed)
        found = list(judge(interview))
        questions.extend(interview.seconds)
        return log, found, [] if found else [f"{name}: no {needs}"]

    run: Run[T] = run_scenes(len(examples), visit, progress=progress)
    seconds = median_seconds(run, questions, stage="prompt")
    digests = tuple((log.name, log.digest) for log in run.scenes)
    return run.sessions, Asked(segmenter.identity, seed, seconds, digests, run.notes)


def token_masks(answer: Segmentation) -> tuple[Bool[np.ndarray, "m t"], Int32[np.ndarray, " n"] | None]:
    """The rows of an answer as masks over its tokens, or over points (then without a token of each point)."""
    if answer.exclusive:
        return answer.label_of_point() == np.arange(len(answer.labels))[:, None], None
    return np.asarray(answer.probability >= 0.5), answer.of_point


def point_masks(answer: Segmentation) -> Bool[np.ndarray, "m n"]:
    """The rows of an answer as masks over points."""
    masks, of_point = token_masks(answer)
    return masks if of_point is None else masks[:, of_point]


def kind_of_rows(answer: Segmentation, names: Sequence[str]) -> Int64[np.ndarray, " m"]:
    """Which of the names each row of an answer is labelled with, -1 = none of them."""
    place = {name: k for k, name in enumerate(names)}
    return np.array([place.get(str(label), -1) for label in answer.labels], np.int64)


def names_of(scenes: Iterable[Sequence[str]]) -> tuple[str, ...]:
    """All names of some scenes, each once, in the order in which they were met."""
    return tuple(dict.fromkeys(name for names in scenes for name in names))


def stack_counts(kind: type[C], counts: Sequence[C], of_scene: Sequence[Sequence[str]], names: Sequence[str]) -> C:
    """Counts of scenes, each over names of its own, as arrays [scenes names] over all names; 0 where it lacks one.

    Args:
        kind: the named tuple of arrays that the counts are.
    """
    column = {name: k for k, name in enumerate(names)}
    fields = [np.zeros((len(counts), len(names))) for _ in kind._fields]
    for i, (of_names, values) in enumerate(zip(of_scene, counts, strict=True)):
        for table, value in zip(fields, values, strict=True):
            table[i, [column[name] for name in of_names]] = value
    return kind(*fields)


def drawn_counts(counts: C, weights: Float64[np.ndarray, "f s"]) -> C:
    """Counts [scenes names] summed over scenes, once for each row of `scene_weights`."""
    return type(counts)(*(weights @ values for values in counts))
