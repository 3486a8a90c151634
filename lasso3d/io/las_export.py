"""Writing LAS and LAZ: a labelled copy of a file that keeps every byte which is not ours, or a plain new file.

laspy rewrites headers and drops parts of extra-byte descriptors, so the structure is put together by hand.
"""

import struct
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

import lazrs
import numpy as np
from jaxtyping import Int64, UInt8

from lasso3d.core.errors import WriteError
from lasso3d.io.las_copc import INFO, is_copc, move_index
from lasso3d.io.las_extra import DESCRIPTOR, EXTRA_BYTES, describe, describe_untyped
from lasso3d.io.las_file import LasFile, open_las, record_columns
from lasso3d.io.las_header import STANDARD_SIZE
from lasso3d.io.las_plain import plain_header, plain_layout, plain_records
from lasso3d.io.laz_chunks import LASZIP, loses_waveforms
from lasso3d.io.records import LabelColumns, Records

COMPRESSED = 0x80
"""Bit of the point format that marks compression."""

DESCRIPTIONS = ("row of the segmentation, -1 none", "object number, 0 none", "probability the label is wrong")
"""At most 32 bytes each, the room a descriptor has."""


def label_las(source: Path, target: Path, labels: LabelColumns) -> None:
    """Copy a LAS or LAZ file with the three label fields as extra bytes; `.laz` targets are compressed.

    Records keep all their bytes, variable length and extended records keep theirs; in the header only sizes, counts
    and positions change, and only where they must.

    Raises:
        ReadError: the source is damaged.
        WriteError: no room for more extra bytes, or something the LAZ codec or a COPC index would not survive.
    """
    las = open_las(source)
    if len(labels.label) != las.count:
        raise ValueError(f"{len(labels.label)} labels for {las.count} records")
    columns = labels.columns([*record_columns(las), *(dimension.name for dimension in las.extra)])
    record_size = las.layout.record_size + sum(column.itemsize for column in columns.values())
    compression = _compression(target, las.layout.format, record_size, variable=_has_variable_chunks(las))
    vlrs = _labelled_vlrs(las, columns, compression)
    compressed = compression is not None or las.layout.compressed
    padding = las.data[las.layout.vlrs_stop : las.layout.points].tobytes()
    header = _repaired_header(las)
    with target.open("wb") as file:
        file.write(_head(header, vlrs, padding, record_size=record_size, compressed=compression is not None))
        _write_points(file, _widened(las, columns, compressed=compressed), compression, ends=_chunk_ends(las))
        tail = file.tell()
        file.write(las.data[las.tail :].data)
        _move_tail(file, las, tail)
    if compression is not None and las.chunks is not None and is_copc(las.layout):
        move_index(target, las.layout, las.chunks)


def write_las(target: Path, records: Records, labels: LabelColumns | None) -> None:
    """A plain LAS 1.4 file (point format 7 with colours, else 6); `.laz` targets are compressed.

    Raises:
        WriteError: a coordinate is not finite.
    """
    layout = plain_layout(records, labels.columns(records.extra) if labels else {})
    compression = _compression(target, layout.format, layout.dtype.itemsize, variable=False)
    vlrs = [_vlr(EXTRA_BYTES, layout.descriptors)]
    if compression is not None:
        vlrs.append(_vlr(LASZIP, compression.record_data()))
    with target.open("wb") as file:
        head = _head(
            plain_header(layout, len(records.xyz)),
            vlrs,
            b"",
            record_size=layout.dtype.itemsize,
            compressed=compression is not None,
        )
        file.write(head)
        _write_points(file, plain_records(layout, records.xyz), compression, ends=None)


def _compression(target: Path, point_format: int, record_size: int, *, variable: bool) -> lazrs.LazVlr | None:
    """How the points of the target are compressed; None = not."""
    if record_size > 65_535:
        raise WriteError(
            f"records of {record_size} bytes do not fit LAS (65535)", str(target), "write a .ply instead"
        )
    if target.suffix.lower() != ".laz":
        return None
    extra = record_size - STANDARD_SIZE[point_format]
    return lazrs.LazVlr.new_for_compression(point_format, extra, variable)


def _has_variable_chunks(las: LasFile) -> bool:
    return las.chunks is not None and lazrs.LazVlr(las.chunks.description).uses_variable_size_chunks()


def _labelled_vlrs(las: LasFile, columns: dict[str, np.ndarray], compression: lazrs.LazVlr | None) -> list[bytes]:
    """The variable length records of the copy: descriptors extended, LASzip replaced, others verbatim."""
    described = b"".join(
        describe(name, column.dtype.str[1:], text)
        for (name, column), text in zip(columns.items(), DESCRIPTIONS, strict=True)
    )
    untyped = sum(d.size for d in las.extra[len(las.known) // DESCRIPTOR :])
    filler = describe_untyped(untyped, [d.name for d in las.extra if d.dtype])
    new = {EXTRA_BYTES: las.known + filler + described}
    if compression is not None:
        new[LASZIP] = compression.record_data()
    kept = []
    for vlr in las.layout.vlrs:
        kind = (vlr.user, vlr.record)
        if kind in new:
            kept.append(_vlr(kind, new.pop(kind), like=las.data[vlr.start : vlr.payload].tobytes()))
        elif kind != LASZIP and (kind != INFO or compression is not None):
            kept.append(las.data[vlr.start : vlr.stop].tobytes())
    return kept + [_vlr(kind, payload) for kind, payload in new.items()]


def _vlr(kind: tuple[bytes, int], payload: bytes, *, like: bytes = b"") -> bytes:
    """A variable length record, with the header of an earlier one where there is one."""
    if len(payload) > 65_535:
        raise WriteError(f"{len(payload)} bytes of field descriptions do not fit LAS (65535)", cure="write a .ply")
    header = bytearray(like or struct.pack("<2x16sHH32x", kind[0], kind[1], 0))
    struct.pack_into("<H", header, 20, len(payload))
    return bytes(header) + payload


def _head(header: bytes, vlrs: list[bytes], padding: bytes, *, record_size: int, compressed: bool) -> bytes:
    """Everything before the points, with sizes and positions that agree."""
    head = bytearray(header)
    points = len(header) + sum(map(len, vlrs)) + len(padding)
    struct.pack_into("<II", head, 96, points, len(vlrs))
    code = head[104] & ~COMPRESSED | (COMPRESSED if compressed else 0)
    struct.pack_into("<BH", head, 104, code, record_size)
    return bytes(head) + b"".join(vlrs) + padding


def _repaired_header(las: LasFile) -> bytes:
    """The header of the source; a point count that did not fit its points is set right."""
    header = bytearray(las.data[: las.layout.header_size])
    if las.layout.claims[0] != las.count:
        at, kind = (247, "<Q") if las.layout.minor >= 4 else (107, "<I")
        struct.pack_into(kind, header, at, las.count)
    return bytes(header)


def _widened(
    las: LasFile, columns: dict[str, np.ndarray], *, compressed: bool
) -> Iterator[UInt8[np.ndarray, "r size"]]:
    """The records of the source with our bytes behind theirs."""
    first = 0
    for block in las.blocks():
        if compressed and loses_waveforms(las.layout.format, block):
            cure = "decompress it with laszip and write a .las"
            raise WriteError(
                "waveforms of several scanner channels cannot be kept in LAZ", str(las.layout.path), cure
            )
        old = block.shape[1]
        wide = np.empty((len(block), old + 4 * len(columns)), np.uint8)
        wide[:, :old] = block
        for column in columns.values():
            values = np.ascontiguousarray(column[first : first + len(block)], column.dtype.newbyteorder("<"))
            wide[:, old : old + 4] = values.view(np.uint8).reshape(-1, 4)
            old += 4
        first += len(block)
        yield wide


def _chunk_ends(las: LasFile) -> Int64[np.ndarray, " c"] | None:
    """Where chunks of differing size end, counted in records; None = all are equal."""
    return np.cumsum(las.chunks.count) if las.chunks is not None and _has_variable_chunks(las) else None


def _write_points(
    file: BinaryIO,
    blocks: Iterable[UInt8[np.ndarray, "r size"]],
    compression: lazrs.LazVlr | None,
    *,
    ends: Int64[np.ndarray, " c"] | None,
) -> None:
    """The records, where asked compressed; chunks of differing size end where they ended in the source."""
    if compression is None:
        for block in blocks:
            file.write(block.data)
        return
    compressor = lazrs.ParLasZipCompressor(file, compression)
    first = 0
    for block in blocks:
        if ends is None:
            compressor.compress_many(block.reshape(-1))
        else:
            cuts = np.unique(ends[(ends > first) & (ends < first + len(block))] - first)
            compressor.compress_chunks([part.reshape(-1) for part in np.split(block, cuts)])
        first += len(block)
    compressor.done()
    file.seek(0, 2)


def _move_tail(file: BinaryIO, las: LasFile, tail: int) -> None:
    """Positions in the header that point behind the points move with what they point at."""
    shift = tail - las.tail
    if las.layout.minor >= 3:
        (waveform,) = struct.unpack_from("<Q", las.data.data, 227)
        if las.tail <= waveform <= las.layout.size:
            file.seek(227)
            file.write(struct.pack("<Q", waveform + shift))
    if las.layout.minor >= 4:
        evlrs = las.layout.evlrs
        file.seek(235)
        file.write(struct.pack("<QI", evlrs[0].start + shift if evlrs else 0, len(evlrs)))
