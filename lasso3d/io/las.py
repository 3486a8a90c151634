"""LAS and LAZ, the formats of airborne and mobile laser scanning: all records with every dimension, and back."""

import logging
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from jaxtyping import Float64

from lasso3d.io.las_export import label_las, write_las
from lasso3d.io.las_file import COLOURS, COORDINATES, LasFile, open_las, record_columns, record_dtype
from lasso3d.io.las_header import LasLayout
from lasso3d.io.laz_chunks import loses_waveforms
from lasso3d.io.records import BLOCK_ROWS, Records, colours_u8

log = logging.getLogger(__name__)

__all__ = ["count_las", "label_las", "read_las", "write_las"]


def read_las(path: Path) -> Records:
    """All records; coordinates in f64 as `integer * scale + offset`, other dimensions under laspy's names for them.

    Colours that are zero everywhere are no colours (many programs write formats 7 and 8 without having any).
    Elements of pairs and triples become `name[0]`, `name[1]`. Extra bytes without a type are not handed out; they
    are kept when labels are written back.

    Raises:
        ReadError: the file is not LAS, is cut off, or contradicts itself.
    """
    las = open_las(path)
    dtype = record_dtype(las)
    columns = record_columns(las)
    xyz = np.empty((las.count, 3))
    rgb = np.empty((las.count, 3), np.uint16) if "red" in (dtype.names or ()) else None
    extra = {name: np.empty(las.count, column.dtype) for name, column in columns.items()}
    first = 0
    for records in _small_blocks(las, dtype):
        part = slice(first, first + len(records))
        _fill_coordinates(xyz[part], records, las.layout)
        if rgb is not None:
            for channel, name in enumerate(COLOURS):
                rgb[part, channel] = records[name]
        for name, column in columns.items():
            extra[name][part] = column.values(records)
        first = part.stop
    return Records(xyz, rgb=colours_u8(rgb) if rgb is not None and rgb.any() else None, extra=extra)


def _small_blocks(las: LasFile, dtype: np.dtype) -> Iterator[np.ndarray]:
    """Structured records, few enough at a time to stay in the cache while they are taken apart: 2 x faster."""
    for block in las.blocks():
        if las.chunks is not None and loses_waveforms(las.layout.format, block):
            log.warning("%s: waveform fields of several scanner channels may be wrong", las.layout.path)
        for first in range(0, len(block), BLOCK_ROWS):
            yield block[first : first + BLOCK_ROWS].view(dtype)[:, 0]


def count_las(path: Path) -> int:
    """Number of records that are there."""
    return open_las(path).count


def _fill_coordinates(xyz: Float64[np.ndarray, "r 3"], records: np.ndarray, layout: LasLayout) -> None:
    with np.errstate(over="ignore", invalid="ignore"):
        for axis, name in enumerate(COORDINATES):
            np.multiply(records[name], layout.scale[axis], out=xyz[:, axis])
            xyz[:, axis] += layout.offset[axis]
