"""PCD written back with labels, or anew."""

import re
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

import numpy as np
from jaxtyping import Float32, UInt8

from lasso3d.core.errors import WriteError
from lasso3d.io.atomic import copy_rest
from lasso3d.io.columns import binary_rows, packed
from lasso3d.io.lzf import compress
from lasso3d.io.pcd_data import unpacked
from lasso3d.io.pcd_header import PcdHeader, read_pcd_header
from lasso3d.io.records import BLOCK_ROWS, LabelColumns, Records
from lasso3d.io.text_rows import label_lines, open_text

_OTHER_TYPES: dict[str, np.dtype] = {"?": np.dtype(np.uint8), "e": np.dtype(np.float32), "g": np.dtype(np.float64)}

LARGEST_COMPRESSED = 2**32 - 1
"""Bytes; the sizes in a compressed file have 32 bits."""


def label_pcd(source: Path, target: Path, labels: LabelColumns) -> None:
    """A copy of `source` with three more fields behind the others, in the same encoding, rows and columns kept.

    Raises:
        WriteError: a compressed file that would outgrow the 32 bits of its sizes.
    """
    header = read_pcd_header(source)
    columns = labels.columns(column.name for column in header.columns)
    arrays = list(columns.values())
    with target.open("wb") as out:
        out.write(_labelled_header(header, columns))
        if header.encoding == "ascii":
            _label_text(source, out, header, arrays)
        elif header.encoding == "binary":
            _label_binary(source, out, header, arrays)
        else:
            _label_compressed(source, out, header, arrays)


def _labelled_header(header: PcdHeader, columns: Mapping[str, np.ndarray]) -> bytes:
    fields = _declared(columns)
    fields["COLUMNS"] = fields["FIELDS"]
    lines = []
    for line in header.lines:
        words = line.split()
        added = fields.get(words[0].decode("latin-1").upper(), "") if words else ""
        text = line.rstrip()
        lines.append(text + b" " + added.encode() + line[len(text) :] if added else line)
    return b"".join(lines)


def _declared(columns: Mapping[str, np.ndarray]) -> dict[str, str]:
    """What the lines FIELDS, SIZE, TYPE and COUNT say about columns."""
    arrays = columns.values()
    return {
        "FIELDS": " ".join(columns),
        "SIZE": " ".join(str(array.dtype.itemsize) for array in arrays),
        "TYPE": " ".join(array.dtype.kind.upper() for array in arrays),
        "COUNT": " ".join(str(array.size // len(array)) for array in arrays),
    }


def _label_text(source: Path, out: BinaryIO, header: PcdHeader, arrays: list[np.ndarray]) -> None:
    values = sum(column.width for column in header.columns)
    with open_text(source, offset=header.size) as text:
        label_lines(text, out, arrays, place=values, where=str(source))
        while rest := text.read(1 << 20):
            out.write(rest.encode("latin-1"))


def _label_binary(source: Path, out: BinaryIO, header: PcdHeader, arrays: list[np.ndarray]) -> None:
    with source.open("rb") as file:
        file.seek(header.size)
        start = 0
        for rows in binary_rows(file, header.record_size, header.count, where=str(source)):
            stop = start + len(rows)
            added = packed([array[start:stop] for array in arrays], order="<")
            out.write(np.concatenate([rows, added], axis=1).data)
            start = stop
        copy_rest(file, out)


def _label_compressed(source: Path, out: BinaryIO, header: PcdHeader, arrays: list[np.ndarray]) -> None:
    data = np.concatenate([unpacked(source, header), *(_little(array) for array in arrays)])
    squeezed = compress(data)
    if max(len(data), len(squeezed)) > LARGEST_COMPRESSED:
        raise WriteError("is too large for a compressed PCD with labels", str(source), "write .ply instead")
    out.write(struct.pack("<II", len(squeezed), len(data)))
    out.write(squeezed.data)
    with source.open("rb") as file:
        file.seek(header.size)
        (compressed,) = struct.unpack("<I", file.read(4))
        file.seek(header.size + 8 + compressed)
        copy_rest(file, out)


def _little(array: np.ndarray) -> UInt8[np.ndarray, " bytes"]:
    return np.ascontiguousarray(array, array.dtype.newbyteorder("<")).view(np.uint8)


def write_pcd(target: Path, records: Records, labels: LabelColumns | None) -> None:
    """A binary file that PCL opens as PointXYZRGBL and the like: `rgb` packed, `label` = row + 1, 0 = none.

    Raises:
        WriteError: a field that PCD cannot hold, such as text.
    """
    extra = _storable(records.extra, str(target))
    ours = _labels_for_pcl(labels, extra) if labels else {}
    columns = {**_known(records), **ours, **extra}
    count = len(records.xyz)
    lines = ["# .PCD v0.7 - Point Cloud Data file format", "VERSION 0.7"]
    lines += [f"{key} {words}" for key, words in _declared(columns).items()]
    lines += [f"WIDTH {count}", "HEIGHT 1", "VIEWPOINT 0 0 0 1 0 0 0", f"POINTS {count}", "DATA binary\n"]
    with target.open("wb") as out:
        out.write("\n".join(lines).encode())
        for start in range(0, count, BLOCK_ROWS):
            out.write(packed([array[start : start + BLOCK_ROWS] for array in columns.values()], order="<").data)


def _labels_for_pcl(labels: LabelColumns, taken: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Our three fields and, where the name is free, the one that PCL knows."""
    label = {} if "label" in taken else {"label": (labels.label + 1).astype(np.uint32)}
    return label | labels.columns(taken)


def _known(records: Records) -> dict[str, np.ndarray]:
    """Coordinates, colours and normals under the names that PCL knows."""
    columns = {name: records.xyz[:, i] for i, name in enumerate("xyz")}
    if records.rgb is not None:
        columns["rgb"] = _packed(records.rgb)
    if records.normals is not None:
        columns |= {f"normal_{name}": records.normals[:, i] for i, name in enumerate("xyz")}
    return columns


def _packed(rgb: UInt8[np.ndarray, "r 3"]) -> Float32[np.ndarray, " r"]:
    """0x00RRGGBB in the bytes of a float, as PCL wants it."""
    red, green, blue = rgb.T.astype(np.uint32)
    return (red << 16 | green << 8 | blue).view(np.float32)


def _storable(extra: Mapping[str, np.ndarray], where: str) -> dict[str, np.ndarray]:
    """Fields in types and under names that PCD has."""
    found = {}
    for name, values in extra.items():
        if values.dtype.kind not in "biuf":
            raise WriteError(f"PCD cannot hold the field {name} ({values.dtype})", where, "write .npz instead")
        plain = values.astype(_OTHER_TYPES.get(values.dtype.char, values.dtype), copy=False)
        found[re.sub(r"\s+", "_", name)] = plain.reshape(len(plain), -1) if plain.ndim > 2 else plain
    return found
