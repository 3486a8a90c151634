"""Named columns of numbers, block by block, into `Records`: what PLY, PCD and structured NPY have in common."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import BufferedReader, FileIO
from pathlib import Path

import numpy as np

from lasso3d.core.errors import ReadError
from lasso3d.io.records import Records, colours_u8, whole_numbers_again

BLOCK_BYTES = 1 << 19
"""Bytes of records held at a time; about 16k records, which stay in the cache while their columns are taken out."""

XYZ = (("x", "y", "z"),)
RGB = (("red", "green", "blue"), ("r", "g", "b"), ("diffuse_red", "diffuse_green", "diffuse_blue"))
NORMALS = (("nx", "ny", "nz"), ("normal_x", "normal_y", "normal_z"))
MEANING = frozenset(name for group in (*XYZ, *RGB, *NORMALS) for name in group)
"""Names that mean a coordinate, a colour or a normal."""


@dataclass(frozen=True)
class Column:
    """One field of a record."""

    name: str
    dtype: np.dtype
    """Native byte order."""
    width: int = 1
    """Values per record."""


def gather(columns: Sequence[Column], count: int, blocks: Iterable[Sequence[np.ndarray]], *, where: str) -> Records:
    """Records from blocks of consecutive rows; each block holds one array per column.

    Raises:
        ReadError: no x, y, z among the columns.
    """
    places = {name: _find(columns, groups) for name, groups in (("xyz", XYZ), ("rgb", RGB), ("normals", NORMALS))}
    if places["xyz"] is None:
        found = ", ".join(column.name for column in columns[:10]) or "nothing"
        raise ReadError(
            f"the points have no number fields x, y, z, only {found}", where, "rename the coordinates to x, y and z"
        )
    triples = {name: _triple(name, columns, place, count) for name, place in places.items() if place is not None}
    destinations = _destinations(columns, places, triples, count)
    _fill(destinations, blocks)
    used = {index for place in places.values() for index in place or ()}
    rgb = triples.get("rgb")
    return Records(
        xyz=triples["xyz"],
        rgb=rgb if rgb is None or rgb.dtype == np.uint8 else colours_u8(rgb),
        normals=triples.get("normals"),
        extra={
            column.name: whole_numbers_again(column.name, values)
            for index, (column, values) in enumerate(zip(columns, destinations, strict=True))
            if index not in used
        },
    )


def _find(columns: Sequence[Column], groups: Sequence[tuple[str, ...]]) -> tuple[int, ...] | None:
    """Indices of the first group of names that is there as a whole."""
    numbers = [(i, column) for i, column in enumerate(columns) if column.width == 1 and column.dtype.kind in "iuf"]
    index = {column.name.lower(): i for i, column in reversed(numbers)}
    for group in groups:
        if all(name in index for name in group):
            return tuple(index[name] for name in group)
    return None


def _triple(name: str, columns: Sequence[Column], place: Sequence[int], count: int) -> np.ndarray:
    found = np.result_type(*(columns[index].dtype for index in place))
    if name == "rgb":
        return np.empty((count, 3), found)
    # f32 holds whole numbers of up to 16 bits exactly, larger ones need f64
    short = name == "normals" or np.result_type(found, np.float32) == np.float32
    return np.empty((count, 3), np.float32 if short else np.float64)


def _destinations(
    columns: Sequence[Column],
    places: dict[str, tuple[int, ...] | None],
    triples: dict[str, np.ndarray],
    count: int,
) -> list[np.ndarray]:
    """Where each column is written: a column of xyz, rgb or normals, or an array of its own."""
    inside = {index: triples[name][:, i] for name, place in places.items() for i, index in enumerate(place or ())}
    return [
        inside[index]
        if index in inside
        else np.empty(count if column.width == 1 else (count, column.width), column.dtype)
        for index, column in enumerate(columns)
    ]


def _fill(destinations: Sequence[np.ndarray], blocks: Iterable[Sequence[np.ndarray]]) -> None:
    start = 0
    # numbers too large for f32 become infinite, and such points are dropped like all that are not finite
    with np.errstate(over="ignore", invalid="ignore"):
        for block in blocks:
            stop = start + len(block[0])
            for destination, values in zip(destinations, block, strict=True):
                destination[start:stop] = values
            start = stop


def record_dtype(columns: Sequence[Column], *, order: str) -> np.dtype:
    """The structured type of packed records; fields are called f0, f1, ... so that names may repeat."""
    shapes = (() if column.width == 1 else (column.width,) for column in columns)
    fields = [
        (f"f{i}", column.dtype.newbyteorder(order), shape)  # type: ignore[arg-type]
        for i, (column, shape) in enumerate(zip(columns, shapes, strict=True))
    ]
    return np.dtype(fields)


def binary_rows(file: BufferedReader | FileIO, size: int, count: int, *, where: str) -> Iterator[np.ndarray]:
    """Blocks of `count` records of `size` bytes as u1[rows size]; a block is valid until the next one is asked for.

    Raises:
        ReadError: the file ends early.
    """
    rows = max(1, BLOCK_BYTES // size)
    buffer = np.empty((min(rows, count), size), np.uint8)
    for start in range(0, count, rows):
        block = buffer[: min(rows, count - start)]
        if file.readinto(block.data.cast("B")) != block.nbytes:
            raise truncated(where, f"{count} records")
        yield block


def binary_columns(
    file: BufferedReader | FileIO, record: np.dtype, count: int, *, where: str
) -> Iterator[list[np.ndarray]]:
    """The columns of `count` packed records, block by block; valid until the next block is asked for."""
    names = record.names or ()
    for rows in binary_rows(file, record.itemsize, count, where=where):
        block = rows.view(record)[:, 0]
        yield [block[name] for name in names]


def packed(arrays: Sequence[np.ndarray], *, order: str) -> np.ndarray:
    """Columns as the bytes of packed records, u1[rows size]."""
    turned = [np.ascontiguousarray(array, array.dtype.newbyteorder(order)) for array in arrays]  # type: ignore[arg-type]
    return np.concatenate([array.view(np.uint8).reshape(len(array), -1) for array in turned], axis=1)


def truncated(where: str, promised: str) -> ReadError:
    """The error for a file that ends before all it promised."""
    return ReadError(f"ends before the {promised} that its header promises", where, "copy or export the file again")


def refuse_short(path: Path, needed: int, *, promised: str) -> None:
    """ReadError where fewer bytes are there than a header's numbers need; asked before anything is allocated."""
    if path.stat().st_size < needed:
        raise truncated(str(path), promised)
