"""IoU@k and NoC@q: how good a mask is after so many clicks, and how many clicks a quality takes.

One trace serves both of the field's protocols. AGILE3D's multi-object protocol counts clicks per object of a scene
and takes the mean IoU of the objects (`evaluation/evaluator_MO.py`); InterObject3D's single-object protocol is the
case of one object (`evaluation/compute_noc.py`). Averages are over traces: scenes there, objects here.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import final

import numpy as np
from jaxtyping import Float64

AVERAGED_CLICKS = (5, 10, 15)
"""The k of AvgIoU; only these reproduce the published averages."""
AVERAGED_QUALITIES = (0.80, 0.85, 0.90)
"""The q of AvgNoC."""
CAP = 20
"""Clicks per object where both protocols stop and what NoC counts for a quality that was never reached."""


@final
@dataclass(frozen=True)
class ClickTrace:
    """Quality after each click of one sample."""

    key: str
    """Names the sample; unique in a table."""
    scene: str
    """Scenes are what an interval resamples."""
    objects: int
    """How many objects are segmented together."""
    clicks: tuple[int, ...]
    """Clicks so far, over all objects; ascending by 1 from the first round on."""
    iou: tuple[float, ...]
    """Mean IoU of the objects after so many clicks, 0 to 1."""

    def __post_init__(self) -> None:
        if len(self.clicks) != len(self.iou) or not self.clicks:
            raise ValueError(f"{self.key}: {len(self.clicks)} click counts but {len(self.iou)} IoU values")
        if any(later <= sooner for sooner, later in zip(self.clicks, self.clicks[1:], strict=False)):
            raise ValueError(f"{self.key}: click counts must ascend, found {self.clicks}")


def iou_at(traces: Sequence[ClickTrace], clicks: int) -> Float64[np.ndarray, " s"]:
    """IoU of each trace at exactly `clicks` clicks per object; the mean is IoU@k."""
    rows = [dict(zip(trace.clicks, trace.iou, strict=True)) for trace in traces]
    wanted = [clicks * trace.objects for trace in traces]
    without = [trace.key for trace, row, w in zip(traces, rows, wanted, strict=True) if w not in row]
    _refuse(f"no row at {clicks} clicks per object", without)
    return np.array([row[w] for row, w in zip(rows, wanted, strict=True)], np.float64)


def clicks_to(traces: Sequence[ClickTrace], quality: float, *, cap: int = CAP) -> Float64[np.ndarray, " s"]:
    """Clicks per object until the mean IoU of each trace first reaches `quality`, else `cap`; the mean is NoC@q."""
    _refuse(f"a click count is missing up to {cap} per object", [t.key for t in traces if not _complete(t, cap)])
    return np.array([_first(trace, quality, cap) for trace in traces], np.float64)


def average_iou(traces: Sequence[ClickTrace]) -> Float64[np.ndarray, " s"]:
    """Mean of IoU@5, @10 and @15 of each trace; the mean is AvgIoU."""
    return np.mean([iou_at(traces, k) for k in AVERAGED_CLICKS], axis=0)


def average_noc(traces: Sequence[ClickTrace]) -> Float64[np.ndarray, " s"]:
    """Mean of the clicks to 80, 85 and 90 % of each trace; the mean is AvgNoC."""
    return np.mean([clicks_to(traces, q) for q in AVERAGED_QUALITIES], axis=0)


def refuse_unmatched(traces: Sequence[ClickTrace], expected: Iterable[str]) -> None:
    """Raise unless the traces are exactly the expected ones, each once: a dropped object would flatter a table."""
    found = Counter(trace.key for trace in traces)
    wanted = set(expected)
    _refuse("expected, but without rows", sorted(wanted - set(found)))
    _refuse("not expected, but with rows", sorted(set(found) - wanted))
    _refuse("more than one trace", sorted(key for key, count in found.items() if count > 1))


def _complete(trace: ClickTrace, cap: int) -> bool:
    """Every count from one click per object to the cap; a row at 0 is optional."""
    counted = [clicks for clicks in trace.clicks if 0 < clicks <= cap * trace.objects]
    return counted == list(range(trace.objects, cap * trace.objects + 1))


def _first(trace: ClickTrace, quality: float, cap: int) -> float:
    reached = (c / trace.objects for c, value in zip(trace.clicks, trace.iou, strict=True) if value >= quality)
    return float(min(next(reached, cap), cap))


def _refuse(what: str, keys: Sequence[str]) -> None:
    if keys:
        raise ValueError(f"{what}: {', '.join(keys[:20])}{' ...' if len(keys) > 20 else ''} ({len(keys)} in all)")
