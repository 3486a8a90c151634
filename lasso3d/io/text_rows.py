"""Rows of numbers written as text, as in ASCII PLY and PCD."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import BinaryIO, TextIO

import numpy as np
from jaxtyping import Float64

from lasso3d.core.errors import ReadError
from lasso3d.io.columns import Column, truncated

LONGEST_LINE = 1 << 16
"""Characters; a record of a thousand numbers needs about 20 thousand."""

ROWS = 8192


def open_text(path: Path, *, offset: int) -> TextIO:
    """The text of a file from a byte offset on; every byte is a character, every line end is kept as it is."""
    text = path.open("r", encoding="latin-1", newline="")
    text.seek(offset)
    return text


def filled_lines(text: TextIO, *, where: str) -> Iterator[str]:
    """The lines that hold something, with their ends.

    Raises:
        ReadError: a line is so long that this is no table of numbers.
    """
    while line := text.readline(LONGEST_LINE + 1):
        if len(line) > LONGEST_LINE:
            raise ReadError(
                f"holds a line of more than {LONGEST_LINE} characters", where, "export it again as binary"
            )
        if not line.isspace():
            yield line


def text_columns(
    lines: Iterator[str], columns: Sequence[Column], count: int, *, where: str
) -> Iterator[list[np.ndarray]]:
    """The columns of the next `count` lines, block by block, in the types of the columns.

    Raises:
        ReadError: too few lines or numbers, a word that is no number, a number its column cannot hold.
    """
    stops = np.cumsum([column.width for column in columns])
    for start in range(0, count, ROWS):
        rows = list(islice(lines, min(ROWS, count - start)))
        if len(rows) < min(ROWS, count - start):
            raise truncated(where, f"{count} records")
        numbers = _numbers(rows, int(stops[-1]), start=start, where=where)
        parts = np.split(numbers, stops[:-1], axis=1)
        yield [_typed(part, column, start=start, where=where) for part, column in zip(parts, columns, strict=True)]


def _numbers(rows: list[str], width: int, *, start: int, where: str) -> Float64[np.ndarray, "rows width"]:
    try:
        return np.loadtxt(rows, np.float64, comments=None, usecols=range(width), ndmin=2)
    except ValueError as error:
        raise ReadError(
            _complaint(rows, width, start=start, error=error), where, "correct that line or export it again"
        ) from error


def _complaint(rows: Sequence[str], width: int, *, start: int, error: ValueError) -> str:
    for number, row in enumerate(rows, start + 1):
        words = row.split()
        if len(words) < width:
            return f"record {number} has {len(words)} numbers where the header promises {width}"
        for word in words[:width]:
            if not _is_number(word):
                return f"record {number} holds {word[:40]!r} where a number must be"
    return re.sub(r"\s+", " ", str(error))


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True


def _typed(values: np.ndarray, column: Column, *, start: int, where: str) -> np.ndarray:
    if column.dtype.kind == "f":
        return values if column.width > 1 else values[:, 0]
    limits = np.iinfo(column.dtype)
    fits = (values >= limits.min) & (values <= limits.max) & (values == np.rint(values))
    if not fits.all():
        row, place = np.argwhere(~fits)[0]
        what = f"record {start + row + 1} holds {values[row, place]:g} for {column.name}, not {column.dtype}"
        raise ReadError(what, where, "declare it as a float or correct the number")
    with np.errstate(invalid="ignore"):  # 2^63 as f64 passes for the largest int64
        whole = values.astype(column.dtype)
    return whole if column.width > 1 else whole[:, 0]


def copy_lines(text: TextIO, out: BinaryIO, count: int) -> None:
    """Copy lines until `count` of them held something."""
    while count > 0 and (line := text.readline()):
        out.write(line.encode("latin-1"))
        count -= not line.isspace()


def label_lines(text: TextIO, out: BinaryIO, arrays: Sequence[np.ndarray], *, place: int, where: str) -> None:
    """Copy one filled line per value of the arrays, with the values put in behind the first `place` words."""
    head = re.compile(rf"\s*\S+(?:\s+\S+){{{place - 1}}}" if place else "")
    words = " ".join("%.9g" if array.dtype.kind == "f" else "%d" for array in arrays)
    form = f" {words}" if place else f"{words} "
    for start in range(0, len(arrays[0]), ROWS):
        for values in zip(*(array[start : start + ROWS].tolist() for array in arrays), strict=True):
            line = text.readline()
            while line.isspace():
                out.write(line.encode("latin-1"))
                line = text.readline()
            match = head.match(line)
            if match is None:
                raise truncated(where, f"{len(arrays[0])} records")
            out.write((line[: match.end()] + form % values + line[match.end() :]).encode("latin-1"))
