"""PLY written back with labels, or anew."""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

import numpy as np

from lasso3d.core.errors import WriteError
from lasso3d.io.atomic import copy_bytes, copy_rest
from lasso3d.io.columns import binary_rows, packed
from lasso3d.io.ply_header import (
    PREFIX,
    PlyHeader,
    Property,
    bytes_before,
    columns_of,
    points_of,
    read_ply_header,
    records_before,
)
from lasso3d.io.records import BLOCK_ROWS, LabelColumns, Records
from lasso3d.io.text_rows import copy_lines, label_lines, open_text

SHOWN_FIRST = ("SCAL", "INTENSITY", "GRAY", "GREY")
"""CloudCompare displays the first property whose upper-case name holds one of these (PlyFilter.cpp)."""

LONGEST_COMMENT = 1000
"""Characters; the reader in CloudCompare and Open3D refuses header lines of 1024 (LINESIZE in rply.c)."""

SPELLING = {
    "i1": "char", "u1": "uchar", "i2": "short", "u2": "ushort",
    "i4": "int", "u4": "uint", "f4": "float", "f8": "double",
}  # fmt: skip


def label_ply(source: Path, target: Path, labels: LabelColumns) -> None:
    """A copy of `source` with three more properties per point; every other byte of every record stays.

    They come where CloudCompare displays them first: behind coordinates, normals and colours unless another
    property that it would display stands before those.
    """
    header = read_ply_header(source)
    points = points_of(header, str(source))
    place = _place(points.properties)
    names = [column.name for column in columns_of(points.properties)]
    taken = [*names, *(name.removeprefix(PREFIX) for name in names)]
    columns = labels.columns(taken)
    comments = _name_lines(labels.names_key(taken), labels.names)
    with target.open("wb") as out:
        out.write(_labelled_header(header, place, columns, comments))
        copy = _label_text if header.encoding == "text" else _label_binary
        copy(source, out, header=header, place=place, arrays=list(columns.values()))


def _place(properties: Sequence[Property]) -> int:
    """How many of the properties stay before ours."""
    shown = (i for i, field in enumerate(properties) if any(word in field.name.upper() for word in SHOWN_FIRST))
    return next(shown, len(properties))


def _labelled_header(
    header: PlyHeader, place: int, columns: Mapping[str, np.ndarray], comments: list[str]
) -> bytes:
    points = points_of(header, "")
    before = points.properties[place - 1].line if place else points.line
    end = header.lines[0][len(header.lines[0].rstrip(b"\r\n")) :]
    lines = list(header.lines)
    lines[before] += b"".join(line.encode() + end for line in _declared(columns))
    lines[_format_line(header)] += b"".join(line.encode() + end for line in comments)
    return b"".join(lines)


def _declared(columns: Mapping[str, np.ndarray]) -> list[str]:
    return [f"property {SPELLING[array.dtype.str[1:]]} {PREFIX}{name}" for name, array in columns.items()]


def _format_line(header: PlyHeader) -> int:
    return next(i for i, line in enumerate(header.lines) if line.split()[:1] == [b"format"])


def _name_lines(key: str, names: Sequence[str]) -> list[str]:
    """Comments with the names as a JSON list; a list too long for one line goes on in a second of the same key."""
    lines: list[list[str]] = [[]]
    for name in names:
        if lines[-1] and len(json.dumps([*lines[-1], name])) > LONGEST_COMMENT - len(f"comment {key} "):
            lines.append([])
        lines[-1].append(name)
    return [f"comment {key} {json.dumps(line)}" for line in lines]


def _label_binary(source: Path, out: BinaryIO, *, header: PlyHeader, place: int, arrays: list[np.ndarray]) -> None:
    points = points_of(header, str(source))
    split = sum(field.dtype.itemsize for field in points.properties[:place])
    with source.open("rb") as file:
        file.seek(header.size)
        copy_bytes(file, out, bytes_before(header, str(source)))
        start = 0
        for rows in binary_rows(file, points.record_size or 0, points.count, where=str(source)):
            stop = start + len(rows)
            added = packed([array[start:stop] for array in arrays], order=header.encoding)
            out.write(np.concatenate([rows[:, :split], added, rows[:, split:]], axis=1).data)
            start = stop
        copy_rest(file, out)


def _label_text(source: Path, out: BinaryIO, *, header: PlyHeader, place: int, arrays: list[np.ndarray]) -> None:
    with open_text(source, offset=header.size) as text:
        copy_lines(text, out, records_before(header))
        label_lines(text, out, arrays, place=place, where=str(source))
        while rest := text.read(1 << 20):
            out.write(rest.encode("latin-1"))


def write_ply(target: Path, records: Records, labels: LabelColumns | None) -> None:
    """A binary file of points, normals, colours, labels and every other field, in this order.

    Raises:
        WriteError: a field that PLY cannot hold, such as text.
    """
    extra = _storable(records.extra, str(target))
    ours = labels.columns(extra) if labels else {}
    names = _name_lines(labels.names_key(extra), labels.names) if labels else []
    columns = {**_known(records), **{PREFIX + name: array for name, array in ours.items()}, **extra}
    lines = [
        "ply",
        "format binary_little_endian 1.0",
        *names,
        f"element vertex {len(records.xyz)}",
        *(f"property {SPELLING[array.dtype.str[1:]]} {name}" for name, array in columns.items()),
        "end_header\n",
    ]
    with target.open("wb") as out:
        out.write("\n".join(lines).encode())
        for start in range(0, len(records.xyz), BLOCK_ROWS):
            block = [array[start : start + BLOCK_ROWS] for array in columns.values()]
            out.write(packed(block, order="<").data)


def _known(records: Records) -> dict[str, np.ndarray]:
    """Coordinates, normals and colours under the names every reader knows."""
    triples = (
        (("x", "y", "z"), records.xyz),
        (("nx", "ny", "nz"), records.normals),
        (("red", "green", "blue"), records.rgb),
    )
    return {name: t[:, i] for names, t in triples if t is not None for i, name in enumerate(names)}


def _storable(extra: Mapping[str, np.ndarray], where: str) -> dict[str, np.ndarray]:
    """Fields in types and under names that PLY has; several values per point become as many properties."""
    found: dict[str, np.ndarray] = {}
    for name, values in extra.items():
        plain = re.sub(r"\s+", "_", name)
        if values.dtype.kind not in "biuf":
            raise WriteError(f"PLY cannot hold the field {name} ({values.dtype})", where, "write .npz instead")
        parts = values.reshape(len(values), -1).T
        names = [plain] if values.ndim == 1 else [f"{plain}_{i}" for i in range(len(parts))]
        found |= {part_name: _in_ply_type(part) for part_name, part in zip(names, parts, strict=True)}
    return found


def _in_ply_type(values: np.ndarray) -> np.ndarray:
    if values.dtype.kind == "b":
        return values.astype(np.uint8)
    if values.dtype.str[1:] in SPELLING:
        return values
    if values.dtype.kind == "f":
        return values.astype(np.float32 if values.dtype.itemsize < 4 else np.float64)
    return values.astype(np.int32 if np.abs(values).max() < 2**31 else np.float64)
