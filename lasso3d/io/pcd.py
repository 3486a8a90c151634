"""PCD, the format of the Point Cloud Library: text, binary and compressed."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from jaxtyping import UInt32

from lasso3d.io.columns import RGB, Column, gather
from lasso3d.io.pcd_data import field_blocks, refuse_impossible
from lasso3d.io.pcd_header import read_pcd_header
from lasso3d.io.pcd_write import label_pcd, write_pcd
from lasso3d.io.records import Records

__all__ = ["count_pcd", "label_pcd", "read_pcd", "write_pcd"]

PADDING = "_"
"""The name of fields that only fill a record."""

PACKED_COLOURS = ("rgb", "rgba")


def read_pcd(path: Path) -> Records:
    """All points of a PCD file, organised ones row by row; colours come unpacked, alpha is left out.

    Raises:
        ReadError: anything that keeps the points from being read, in one line.
    """
    where = str(path)
    header = read_pcd_header(path)
    refuse_impossible(path, header)
    coloured = _packed_colours(header.columns)
    blocks = (_unpack_colours(block, header.columns, coloured) for block in field_blocks(path, header))
    return gather(_columns(header.columns, coloured), header.count, blocks, where=where)


def count_pcd(path: Path) -> int:
    """Number of points, those without coordinates included, from the header."""
    return read_pcd_header(path).count


def _packed_colours(columns: Sequence[Column]) -> int | None:
    """Index of the field that holds 0x00RRGGBB in its four bytes, whatever its type."""
    packed = (
        i
        for i, c in enumerate(columns)
        if c.name.lower() in PACKED_COLOURS and c.dtype.itemsize == 4 and c.width == 1
    )
    return next(packed, None)


def _columns(columns: Sequence[Column], coloured: int | None) -> list[Column]:
    """The fields in memory: colours apart, no padding, no name twice."""
    found: list[Column] = []
    for place, column in enumerate(columns):
        if place == coloured:
            found += [Column(name, np.dtype(np.uint8)) for name in RGB[0]]
        elif column.name != PADDING:
            taken = any(column.name == other.name for other in found)
            found.append(replace(column, name=f"{column.name}_{place}") if taken else column)
    return found


def _unpack_colours(
    block: Sequence[np.ndarray], columns: Sequence[Column], coloured: int | None
) -> list[np.ndarray]:
    found: list[np.ndarray] = []
    for place, (values, column) in enumerate(zip(block, columns, strict=True)):
        if place == coloured:
            bits = _colour_bits(values)
            found += [(bits >> shift).astype(np.uint8) for shift in (16, 8, 0)]
        elif column.name != PADDING:
            found.append(values)
    return found


def _colour_bits(values: np.ndarray) -> UInt32[np.ndarray, " n"]:
    """The four bytes of each colour. In text a float stands for its bits, unless all are whole numbers from 1 on.

    The example in PCL's description of the format writes 0x404040 as 4.2108e+06; as bits, colours are below 3e-38.
    """
    if values.dtype == np.float64:
        if ((values == np.rint(values)) & ((values >= 1) | (values == 0)) & (values < 2**32)).all():
            return values.astype(np.uint32)
        with np.errstate(over="ignore", invalid="ignore"):
            values = values.astype(np.float32)
    return np.ascontiguousarray(values).view(np.uint32)
