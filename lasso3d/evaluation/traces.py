"""Released click traces: recompute a published table from the rows its authors left, or refuse.

One row a line: `row scene objects clicks iou` (AGILE3D, many objects; clicks per object, a fraction) or
`row scene object clicks iou` (one object). A table is made only where every sample has every row.
"""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from lasso3d.core.errors import ReadError
from lasso3d.evaluation.clicks import click_figures
from lasso3d.evaluation.report import Report, Row
from lasso3d.evaluation.runs import Together
from lasso3d.io.digest import digest_of
from lasso3d.metrics.clicks import CAP, ClickTrace, clicks_to, refuse_unmatched


class _Line(NamedTuple):
    sample: str
    scene: str
    whole: int
    """Number of objects, or the object's id."""
    clicks: float
    iou: float


def read_multi_traces(path: Path, *, expected: Iterable[str] | None = None) -> tuple[ClickTrace, ...]:
    """Traces of many objects together, keyed "scene objects".

    Args:
        expected: the keys of the evaluation list; a key without rows or rows without a key are an error.

    Raises:
        ReadError: a line that is not such a row, a fraction that is no whole number of clicks, a missing click
            count, or keys that do not match.
    """
    return _read(path, lambda line: line.whole, expected)


def read_single_traces(path: Path, *, expected: Iterable[str] | None = None) -> tuple[ClickTrace, ...]:
    """Traces of one object each, keyed "scene object" with the id as a plain whole number; otherwise as for many.

    Lists and results of different teams disagree in the type and the offset of object ids, which silently drops
    objects where the two are joined: give `expected` whenever there is a list.
    """
    return _read(path, lambda line: 1, expected)


def report_of_trace(path: Path, together: Together, *, expected: Iterable[str] | None = None) -> Report:
    """The table behind a released trace, as `evaluate_single` and `evaluate_multi` give it for a system.

    Raises:
        ReadError: see `read_multi_traces`.
    """
    traces = (read_single_traces if together == "single" else read_multi_traces)(path, expected=expected)
    return Report(
        protocol=f"clicks-{together}",
        system=f"trace {path.name}",
        settings=(("trace", str(path)),),
        figures=tuple(click_figures(traces)),
        rows=tuple(Row(t.scene, t.key, (("clicks", t.clicks), ("iou", t.iou))) for t in traces),
        seeds=(),
        digests=((path.name, digest_of(path)),),
        seconds=(),
    )


def _read(path: Path, objects_of: Callable[[_Line], int], expected: Iterable[str] | None) -> tuple[ClickTrace, ...]:
    samples: dict[tuple[str, str, int], list[_Line]] = {}
    for line in _lines(path):
        samples.setdefault((line.sample, line.scene, line.whole), []).append(line)
    try:
        traces = tuple(_trace(lines, objects_of(lines[0])) for lines in samples.values())
        # raise where a row is missing
        clicks_to(traces, 1.0, cap=CAP)
        if expected is not None:
            refuse_unmatched(traces, expected)
    except ValueError as error:
        raise ReadError(
            str(error), str(path), "a table over the rest would mislead: complete the traces"
        ) from error
    return traces


def _lines(path: Path) -> Iterator[_Line]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ReadError(f"cannot be read as text ({error})", str(path), "check the path") from error
    for number, text in enumerate(lines, start=1):
        if not text.strip():
            continue
        try:
            sample, scene, whole, clicks, iou = text.split()
            yield _Line(sample, scene, _whole(float(whole)), float(clicks), float(iou))
        except ValueError as error:
            raise ReadError(
                f"line {number} is not `row scene object clicks iou`: {text[:60]!r}", str(path)
            ) from error


def _trace(lines: list[_Line], objects: int) -> ClickTrace:
    ordered = sorted(lines, key=lambda line: line.clicks)
    clicks = tuple(_whole(line.clicks * objects) for line in ordered)
    key = f"{lines[0].scene} {lines[0].whole}"
    return ClickTrace(key, lines[0].scene, objects, clicks, tuple(line.iou for line in ordered))


def _whole(value: float) -> int:
    if abs(value - round(value)) > 1e-6:
        raise ValueError(f"{value:g} is not a whole number")
    return round(value)
