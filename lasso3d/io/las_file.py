"""An opened LAS or LAZ file: its raw records in blocks, and where each dimension lies in a record."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import laspy
import numpy as np
from jaxtyping import UInt8
from laspy.point.dims import COMPOSED_FIELDS

from lasso3d.io.las_extra import ExtraDimension, descriptors, dimensions
from lasso3d.io.las_header import LasLayout, read_layout, records_in
from lasso3d.io.laz_chunks import BLOCK_RECORDS, Chunks, decoded_blocks, read_chunks
from lasso3d.io.mapped import map_file

COORDINATES = ("X", "Y", "Z")
COLOURS = ("red", "green", "blue")


@dataclass(frozen=True)
class Column:
    """How one dimension is taken out of the records."""

    field: str
    """Of the structured record."""
    dtype: np.dtype
    """Of the values handed out."""
    mask: int = 0
    """Bits of the field that belong to the dimension; 0 = all."""
    element: int = 0
    """Of a pair or triple."""
    scale: float | None = None
    shift: float | None = None

    def values(self, records: np.ndarray) -> np.ndarray:
        """One value for each record."""
        stored = records[self.field]
        if stored.ndim == 2:
            stored = stored[:, self.element]
        if self.mask:
            lowest = self.mask & -self.mask
            return (stored & self.mask) >> (lowest.bit_length() - 1)
        if self.dtype == np.float64 and (self.scale is not None or self.shift is not None):
            with np.errstate(over="ignore", invalid="ignore"):
                return stored * (1.0 if self.scale is None else self.scale) + (self.shift or 0.0)
        return stored


@dataclass(frozen=True)
class LasFile:
    """An opened file: its parts, its bytes, and where its records come from."""

    layout: LasLayout
    data: UInt8[np.ndarray, " b"]
    known: bytes
    """Descriptors of the extra bytes."""
    extra: tuple[ExtraDimension, ...]
    chunks: Chunks | None
    """LAZ only."""
    count: int
    """Number of records."""

    @property
    def tail(self) -> int:
        """Where the bytes behind the points start; behind compressed points only what the header names is found."""
        return self.layout.tail if self.chunks else self.layout.points + self.count * self.layout.record_size

    def blocks(self) -> Iterator[UInt8[np.ndarray, "r size"]]:
        """The raw records in file order."""
        if self.chunks is not None:
            yield from decoded_blocks(self.layout, self.data, self.chunks)
            return
        size = self.layout.record_size
        stop = self.layout.points + self.count * size
        records = self.data[self.layout.points : stop].reshape(-1, size)
        yield from (records[first : first + BLOCK_RECORDS] for first in range(0, self.count, BLOCK_RECORDS))


def open_las(path: Path) -> LasFile:
    """Check a file and find its records; nothing is decoded yet.

    Raises:
        ReadError: the file is not LAS, is cut off, or contradicts itself.
    """
    data = map_file(path)
    layout = read_layout(path, data)
    known = descriptors(layout, data)
    chunks = read_chunks(layout, data) if layout.compressed else None
    count = records_in(layout) if chunks is None else int(chunks.count.sum())
    return LasFile(layout, data, known, dimensions(layout, known), chunks, count)


def record_dtype(las: LasFile) -> np.dtype:
    """Structured type of a record; extra dimensions are fields "0", "1" and so on, because names may repeat."""
    standard = laspy.PointFormat(las.layout.format).dtype()
    extra = [(str(i), d.dtype or "u1", (d.elements,)) for i, d in enumerate(las.extra) if d.size]
    return np.dtype([*((name, standard[name].newbyteorder("<")) for name in standard.names), *extra])


def record_columns(las: LasFile) -> dict[str, Column]:
    """Every dimension except coordinates and colours, by name."""
    dtype = record_dtype(las)
    packed = COMPOSED_FIELDS[las.layout.format]
    found: dict[str, Column] = {}
    for name in laspy.PointFormat(las.layout.format).dtype().names:
        for part in packed.get(name, ()):
            found[part.name] = Column(name, np.dtype(np.uint8), mask=part.mask)
        if name not in packed and name not in (*COORDINATES, *COLOURS):
            found[name] = Column(name, dtype[name].newbyteorder("="))
    for i, dimension in enumerate(las.extra):
        if dimension.dtype is not None:
            _add_extra(found, str(i), dimension)
    return found


def _add_extra(found: dict[str, Column], field: str, dimension: ExtraDimension) -> None:
    scaled = dimension.scale is not None or dimension.shift is not None
    dtype = np.dtype(np.float64 if scaled else dimension.dtype).newbyteorder("=")
    for element in range(dimension.elements):
        name = dimension.name if dimension.elements == 1 else f"{dimension.name}[{element}]"
        while name in found:
            name += "_"
        scale = dimension.scale[element] if dimension.scale else None
        shift = dimension.shift[element] if dimension.shift else None
        found[name] = Column(field, dtype, element=element, scale=scale, shift=shift)
