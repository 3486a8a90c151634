"""The uncertainty protocol: does an answer know where it is wrong, and is the suggested click a good one?"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from operator import attrgetter
from types import MappingProxyType
from typing import final

import numpy as np
from jaxtyping import Bool, Float32, Float64

from lasso3d.core.scene import Scene
from lasso3d.core.segmentation import Segmentation
from lasso3d.core.segmenter import Progress, Segmenter
from lasso3d.data.example import Example
from lasso3d.evaluation.report import Figure, Report, Row, figure
from lasso3d.evaluation.runs import Sitting, median_seconds, run_sessions
from lasso3d.evaluation.sessions import SCAN, ClickProtocol, Step, object_of_point
from lasso3d.geometry.suggest import suggest_click
from lasso3d.metrics.calibration import (
    aurc,
    ause,
    brier,
    calibration_error,
    ece,
    error_aupr,
    error_auroc,
    reliability,
)

REPORTED_CLICKS = (1, 3, 5, 10)

MEASURES: Mapping[str, Callable[[np.ndarray, np.ndarray], float]] = MappingProxyType(
    {"AUROC": error_auroc, "AUPR": error_aupr, "ECE": ece, "Brier": brier, "AURC": aurc, "AUSE": ause}
)


def one_minus_max(answer: Segmentation) -> Float32[np.ndarray, " t"]:
    """1 - the largest of the rows and "none of them": what any answer gives for nothing."""
    largest: np.ndarray = _alternatives(answer).max(axis=0)
    return 1 - largest


def entropy(answer: Segmentation) -> Float32[np.ndarray, " t"]:
    """Entropy of the rows and "none of them", over its maximum log(m + 1)."""
    p = _alternatives(answer)
    nats = -(p * np.log(np.where(p > 0, p, 1))).sum(axis=0)
    share: np.ndarray = nats / np.float32(math.log(max(len(p), 2)))
    return share.clip(0, 1)


ESTIMATES: Mapping[str, Callable[[Segmentation], np.ndarray | None]] = MappingProxyType(
    {
        "": attrgetter("uncertainty"),
        " (1 - max p)": one_minus_max,
        " (entropy)": entropy,
        " (epistemic)": attrgetter("epistemic"),
    }
)
"""By what is added to a figure's name: the answer's uncertainty itself, what any answer gives for nothing, and the
epistemic part where a system tells it apart."""


@final
@dataclass(frozen=True, eq=False)
class Judged:
    """One answer, judged."""

    scene: str
    subject: str
    clicks: int
    values: Mapping[str, float]
    """By measure and estimate."""
    tables: Mapping[str, Float64[np.ndarray, "3 bins"]]
    """Reliability by estimate; they add up over answers."""
    suggestion_hits: float
    """1 where the suggested click lies on a wrong point, 0 on a right one, NaN where none is suggested."""
    seconds: float


def evaluate_uncertainty(
    segmenter: Segmenter,
    examples: Sequence[Example],
    *,
    protocol: ClickProtocol = SCAN,
    progress: Progress | None = None,
) -> Report:
    """Judge the answers after 1, 3, 5 and 10 clicks of single-object sessions, on all points and without forcing.

    A session that has nothing left to click is judged no further. Every measure of the system's own uncertainty
    stands beside those of 1 - max p and of the entropy; averages are over answers.
    """
    counts = tuple(k for k in REPORTED_CLICKS if k <= protocol.clicks)
    protocol = replace(protocol, clicks=max(counts))
    run = run_sessions(segmenter, examples, _watch, together="single", protocol=protocol, progress=progress)
    judged = [one for session in run.sessions for one in session]
    return Report(
        protocol="uncertainty",
        system=segmenter.identity,
        settings=tuple(asdict(protocol).items()),
        figures=tuple(f for k in counts for f in _figures([j for j in judged if j.clicks == k], k, protocol.seed)),
        rows=tuple(_row(one) for one in judged),
        seeds=(protocol.seed,),
        digests=tuple((log.name, log.digest) for log in run.scenes),
        seconds=median_seconds(run, [one.seconds for one in judged]),
        notes=run.notes,
    )


def _watch(sitting: Sitting) -> list[Judged]:
    fresh = (step for step in sitting.steps if step.seconds is not None and step.clicks in REPORTED_CLICKS)
    return [_judge(sitting, step, step.answer) for step in fresh if step.answer is not None]


def _judge(sitting: Sitting, step: Step, answer: Segmentation) -> Judged:
    task = sitting.task
    wrong = object_of_point(answer) != task.truth
    kept = np.flatnonzero(task.known) if task.known is not None else slice(None)
    values: dict[str, float] = {}
    tables: dict[str, np.ndarray] = {}
    for suffix, estimate in ESTIMATES.items():
        of_token = estimate(answer)
        if of_token is None:
            continue
        uncertainty = of_token[answer.of_point][kept]
        tables[suffix] = reliability(uncertainty, wrong[kept])
        values |= {name + suffix: measure(uncertainty, wrong[kept]) for name, measure in MEASURES.items()}
    hits = _suggestion_hits(sitting.scene, answer, wrong)
    subject = " ".join(map(str, task.objects))
    return Judged(sitting.name, subject, step.clicks, values, tables, hits, step.seconds or 0.0)


def _suggestion_hits(scene: Scene, answer: Segmentation, wrong: Bool[np.ndarray, " n"]) -> float:
    click = suggest_click(scene, answer)
    if click is None:
        return math.nan
    return float(wrong[((scene.xyz - np.array(click.xyz, np.float32)) ** 2).sum(axis=1).argmin()])


def _figures(judged: Sequence[Judged], k: int, seed: int) -> Iterator[Figure]:
    if not judged:
        return
    scenes = [one.scene for one in judged]
    for name in judged[0].values:
        measure = name.split()[0]
        at = f"{measure}@{k}{name.removeprefix(measure)}"
        values = np.array([one.values[name] for one in judged])
        yield figure(at, values, scenes=scenes, definition="mean over answers after k clicks", seed=seed)
    for suffix in judged[0].tables:
        error = calibration_error(np.sum([one.tables[suffix] for one in judged], axis=0))
        text = "over the points of all answers"
        yield Figure(f"ECE@{k} pooled{suffix}", error, math.nan, math.nan, len(judged), text)
    hits = np.array([one.suggestion_hits for one in judged])
    text = "share of suggested clicks that lie on a wrong point"
    yield figure(f"suggestion hits@{k}", hits, scenes=scenes, definition=text, seed=seed)
    made = (~np.isnan(hits)).astype(np.float64)
    yield figure(
        f"suggestions made@{k}", made, scenes=scenes, definition="share of answers with a suggestion", seed=seed
    )


def _row(one: Judged) -> Row:
    values = (("clicks", one.clicks), *one.values.items(), ("suggestion_hits", one.suggestion_hits))
    return Row(one.scene, one.subject, values)


def _alternatives(answer: Segmentation) -> Float32[np.ndarray, "alternatives t"]:
    """Probability of each row and of "none of them"; they sum to 1 in an answer to clicks."""
    return np.concatenate([answer.probability.astype(np.float32), answer.none[None]])
