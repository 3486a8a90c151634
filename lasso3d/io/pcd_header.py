"""The text at the top of a PCD file (version 0.7, and older ones without COUNT, VIEWPOINT or POINTS)."""

import re
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Literal, get_args

import numpy as np

from lasso3d.core.errors import ReadError
from lasso3d.io.columns import Column

LONGEST_HEADER = 1 << 18
"""Bytes; real headers have a few hundred."""

MOST_FIELDS = 4096
MOST_VALUES = 1 << 20
"""Values of one field per point; the longest descriptor in PCL has 2,048."""

Encoding = Literal["ascii", "binary", "binary_compressed"]

_KINDS = {"F": "f", "I": "i", "U": "u"}
_SIZES = {"F": "248", "I": "1248", "U": "1248"}


@dataclass(frozen=True)
class PcdHeader:
    """What the top of a PCD file says."""

    lines: tuple[bytes, ...]
    """Verbatim, with their line ends; data follow the last one."""
    columns: tuple[Column, ...]
    count: int
    encoding: Encoding

    @property
    def size(self) -> int:
        """Bytes before the data."""
        return sum(len(line) for line in self.lines)

    @property
    def record_size(self) -> int:
        """Bytes of one point in binary."""
        return sum(column.dtype.itemsize * column.width for column in self.columns)


def read_pcd_header(path: Path) -> PcdHeader:
    """The header of a PCD file; says nothing about whether the data are there.

    Raises:
        ReadError: no PCD file, or a line of the header makes no sense.
    """
    with path.open("rb") as file:
        top = file.read(LONGEST_HEADER)
    lines = _lines(top, str(path))
    said = {words[0].upper(): words[1:] for line in lines if (words := _words(line))}
    columns = _columns(said, str(path))
    encoding = " ".join(said["DATA"]).lower()
    if encoding not in get_args(Encoding):
        raise _refusal(f"has data of an unknown kind, {encoding[:40]!r}", str(path))
    return PcdHeader(lines, columns, _count(said, str(path)), encoding)  # type: ignore[arg-type]


def _words(line: bytes) -> list[str]:
    text = line.decode("latin-1")
    return [] if text.lstrip().startswith("#") else text.split()


def _lines(top: bytes, where: str) -> tuple[bytes, ...]:
    lines = []
    start = 0
    while stop := top.find(b"\n", start) + 1:
        lines.append(top[start:stop])
        if _words(lines[-1])[:1] == ["DATA"]:
            return tuple(lines)
        start = stop
    raise ReadError("is not a PCD file, it has no header that ends in DATA", where, "check the file or rename it")


def _refusal(what: str, where: str) -> ReadError:
    return ReadError(what, where, "correct its header or export the file again")


def _columns(said: dict[str, list[str]], where: str) -> tuple[Column, ...]:
    names = said.get("FIELDS") or said.get("COLUMNS") or []
    lists = [said.get("SIZE", []), said.get("TYPE", []), said.get("COUNT") or ["1"] * len(names)]
    if not names or len(names) > MOST_FIELDS or any(len(words) != len(names) for words in lists):
        raise _refusal("has a PCD header whose FIELDS, SIZE, TYPE and COUNT do not match", where)
    return tuple(_column(words, where) for words in zip(names, *lists, strict=True))


def _column(words: tuple[str, ...], where: str) -> Column:
    name, size, kind, width = words
    if kind not in _KINDS or size not in _SIZES[kind]:
        raise _refusal(f"declares {name[:40]} with an unknown type, {kind[:8]} of {size[:8]} bytes", where)
    if not 1 <= _whole(width, name, where) <= MOST_VALUES:
        raise _refusal(f"declares {width[:20]} values per point for {name[:40]}", where)
    return Column(name, np.dtype(_KINDS[kind] + size), int(width))


def _whole(word: str, name: str, where: str) -> int:
    if not re.fullmatch(r"[0-9]{1,18}", word):
        raise _refusal(f"has {word[:40]!r} where {name[:40]} needs a whole number", where)
    return int(word)


def _count(said: dict[str, list[str]], where: str) -> int:
    """POINTS, or WIDTH x HEIGHT where it is missing; both must agree, as PCL demands."""
    sides = [_whole(word, name, where) for name in ("WIDTH", "HEIGHT") for word in said.get(name, [])[:1]]
    points = [_whole(word, "POINTS", where) for word in said.get("POINTS", [])[:1]]
    counts = {prod(sides), *points} if len(sides) == 2 else set(points)
    if len(counts) != 1:
        raise _refusal("does not say how many points it has: POINTS is not WIDTH x HEIGHT", where)
    count = counts.pop()
    if count == 0:
        raise ReadError("holds no points", where, "check the program that wrote it")
    return count
