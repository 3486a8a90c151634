"""Click protocols: quality after so many simulated clicks, one object at a time or all of a scene together."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import final

import numpy as np

from lasso3d.core.segmenter import Progress, Segmenter
from lasso3d.data.example import Example
from lasso3d.evaluation.report import Figure, Report, Row, figure
from lasso3d.evaluation.runs import Sitting, Together, median_seconds, run_sessions
from lasso3d.evaluation.sessions import AGILE3D, INTEROBJECT3D, SCAN, ClickProtocol
from lasso3d.metrics.clicks import AVERAGED_CLICKS, CAP, ClickTrace, average_iou, average_noc, clicks_to, iou_at

REPORTED_CLICKS = (1, 2, 3, 5, 10, 15, 20)
REPORTED_QUALITIES = (0.50, 0.65, 0.80, 0.85, 0.90)


@final
@dataclass(frozen=True)
class Played:
    """What is kept of a session."""

    trace: ClickTrace
    """IoU as the protocol measures it."""
    answered: ClickTrace
    """IoU of the answers themselves, on all points."""
    objects: tuple[int, ...]
    """Instance ids."""
    seconds: tuple[float, ...]
    """Of each click."""


def evaluate_single(
    segmenter: Segmenter,
    examples: Sequence[Example],
    *,
    protocol: ClickProtocol = AGILE3D,
    progress: Progress | None = None,
) -> Report:
    """InterObject3D's protocol: each object in a session of its own, all else background; averages over objects.

    `progress` hears of every scene; an interrupt from the keyboard gives the report of the scenes finished so far.
    """
    return _evaluate(segmenter, examples, "single", protocol, progress)


def evaluate_multi(
    segmenter: Segmenter,
    examples: Sequence[Example],
    *,
    protocol: ClickProtocol = AGILE3D,
    progress: Progress | None = None,
) -> Report:
    """AGILE3D's protocol: all objects of a scene in one session, clicks counted per object; averages over scenes.

    `progress` hears of every scene; an interrupt from the keyboard gives the report of the scenes finished so far.
    """
    return _evaluate(segmenter, examples, "multi", protocol, progress)


def definition(protocol: ClickProtocol, together: Together) -> str:
    """The name under which published figures compare: only untouched settings earn it, and the seed is free."""
    names = {AGILE3D: "agile3d", INTEROBJECT3D: "interobject3d without crop", SCAN: "scan"}
    name = names.get(replace(protocol, seed=0), f"{protocol.rule} with changed settings")
    return f"{name} {together}"


def click_figures(traces: Sequence[ClickTrace], *, cap: int = CAP, seed: int = 0) -> Iterator[Figure]:
    """IoU@k and NoC@q, averaged over traces of `cap` clicks per object; AvgIoU and AvgNoC where defined."""
    scenes = [trace.scene for trace in traces]
    mean = partial(figure, scenes=scenes, seed=seed)
    for k in (k for k in REPORTED_CLICKS if k <= cap):
        yield mean(f"IoU@{k}", 100 * iou_at(traces, k), definition="% at k clicks an object")
    for q in REPORTED_QUALITIES:
        text = f"clicks an object until mean IoU >= q %, {cap} if never"
        yield mean(f"NoC@{q * 100:.0f}", clicks_to(traces, q, cap=cap), definition=text)
    if cap >= max(AVERAGED_CLICKS):
        yield mean("AvgIoU", 100 * average_iou(traces), definition="%, mean of IoU@5, 10, 15")
    if cap == CAP:
        yield mean("AvgNoC", average_noc(traces), definition="mean of NoC@80, 85, 90")


def _evaluate(
    segmenter: Segmenter,
    examples: Sequence[Example],
    together: Together,
    protocol: ClickProtocol,
    progress: Progress | None,
) -> Report:
    run = run_sessions(segmenter, examples, _watch, together=together, protocol=protocol, progress=progress)
    return Report(
        protocol=f"clicks-{together}",
        system=segmenter.identity,
        settings=(("definition", definition(protocol, together)), *asdict(protocol).items()),
        figures=tuple(_figures(run.sessions, together, protocol)),
        rows=tuple(_row(played) for played in run.sessions),
        seeds=(protocol.seed,),
        digests=tuple((log.name, log.digest) for log in run.scenes),
        seconds=median_seconds(run, [seconds for played in run.sessions for seconds in played.seconds]),
        notes=run.notes,
    )


def _watch(sitting: Sitting) -> Played:
    # answers are let go as the session moves on: only numbers are kept
    steps = [step._replace(answer=None) for step in sitting.steps]
    objects = sitting.task.objects
    key = f"{sitting.name}: {' '.join(map(str, objects))}"
    clicks = tuple(step.clicks for step in steps)
    return Played(
        ClickTrace(key, sitting.name, len(objects), clicks, tuple(step.iou for step in steps)),
        ClickTrace(key, sitting.name, len(objects), clicks, tuple(step.iou_answered for step in steps)),
        objects,
        tuple(step.seconds for step in steps if step.seconds is not None),
    )


def _figures(sessions: Sequence[Played], together: Together, protocol: ClickProtocol) -> Iterator[Figure]:
    if not sessions:
        return
    traces = [played.trace for played in sessions]
    yield from click_figures(traces, cap=protocol.clicks, seed=protocol.seed)
    counts = [k for k in REPORTED_CLICKS if k <= protocol.clicks]
    yield from (_other_average(traces, k, together, protocol.seed) for k in counts)
    if protocol.forcing != "none":
        scenes, text = [trace.scene for trace in traces], "% at k clicks, nothing forced, no voxels in between"
        for k in counts:
            values = 100 * iou_at([played.answered for played in sessions], k)
            yield figure(f"IoU@{k} as answered", values, scenes=scenes, definition=text, seed=protocol.seed)


def _other_average(traces: Sequence[ClickTrace], k: int, together: Together, seed: int) -> Figure:
    """The average that the protocol does not take: over scenes for single objects, over objects for many."""
    values, scenes = 100 * iou_at(traces, k), np.array([trace.scene for trace in traces])
    if together == "multi":
        counts = [trace.objects for trace in traces]
        every, scene = np.repeat(values, counts), np.repeat(scenes, counts).tolist()
        return figure(f"IoU@{k} over objects", every, scenes=scene, definition="% at k clicks an object", seed=seed)
    names = sorted(set(scenes.tolist()))
    means = np.array([values[scenes == name].mean() for name in names])
    return figure(f"IoU@{k} over scenes", means, scenes=names, definition="%, mean of the scenes' means", seed=seed)


def _row(played: Played) -> Row:
    trace = played.trace
    values = (("objects", trace.objects), ("clicks", trace.clicks), ("iou", trace.iou))
    return Row(trace.scene, " ".join(map(str, played.objects)), (*values, ("iou_answered", played.answered.iou)))
