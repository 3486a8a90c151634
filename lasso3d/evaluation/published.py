"""Figures others have published, each with its source, its protocol and how far it was checked."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Literal, final


@final
@dataclass(frozen=True)
class Published:
    """One row of somebody's table."""

    system: str
    data: str
    protocol: str
    trained_on: str
    """Empty where the source does not say."""
    figures: Mapping[str, float]
    """By name, as in a report: IoU in percent, NoC in clicks."""
    n: int | None
    """Samples averaged, where known."""
    evidence: Literal["recomputed", "second-hand"]
    """Recomputed from released per-sample results, or read in somebody's summary."""
    source: str


def published(protocol: str, data: str) -> tuple[Published, ...]:
    """Rows that may stand in one table: of one protocol on one data set.

    Raises:
        ValueError: no such rows, naming what there is.
    """
    found = tuple(row for row in every_row() if (row.protocol, row.data) == (protocol, data))
    if not found:
        known = sorted({f"{row.protocol} on {row.data}" for row in every_row()})
        raise ValueError(f"no published figures for {protocol} on {data}; there are {'; '.join(known)}")
    return found


@cache
def protocols() -> Mapping[str, str]:
    """What each protocol means, in a sentence; figures of different protocols do not compare."""
    return MappingProxyType(dict(_file()["protocols"]))


@cache
def every_row() -> tuple[Published, ...]:
    """All rows of all protocols: to search, not to tabulate."""
    rows = _file()["rows"]
    return tuple(Published(**row | {"figures": MappingProxyType(row["figures"])}) for row in rows)


def _file() -> Any:
    return json.loads(files("lasso3d.evaluation").joinpath("published.json").read_text("utf-8"))
