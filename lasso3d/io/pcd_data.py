"""The values of a PCD file in its three encodings."""

import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from jaxtyping import UInt8

from lasso3d.core.errors import ReadError
from lasso3d.io.columns import binary_columns, record_dtype, refuse_short
from lasso3d.io.lzf import decompress
from lasso3d.io.pcd_header import PcdHeader
from lasso3d.io.text_rows import filled_lines, open_text, text_columns


def refuse_impossible(path: Path, header: PcdHeader) -> None:
    """ReadError where the file is too short for what its header promises; asked before anything is allocated."""
    if header.encoding == "ascii":
        # a number takes two bytes at least, with the space behind it
        data = 2 * header.count * sum(column.width for column in header.columns) - 1
    elif header.encoding == "binary":
        data = header.count * header.record_size
    else:
        data = _refuse_sizes(path, header)
    refuse_short(path, header.size + data, promised=f"{header.count} points")


def _refuse_sizes(path: Path, header: PcdHeader) -> int:
    """Bytes that compressed data say they take, if they unpack to what the header promises."""
    with path.open("rb") as file:
        file.seek(header.size)
        compressed, plain = struct.unpack("<II", file.read(8).ljust(8, b"\0"))
    if plain != header.count * header.record_size:
        what = f"unpacks to {plain} bytes where its header promises {header.count} points of {header.record_size}"
        raise ReadError(what, str(path), "copy or export the file again")
    return 8 + int(compressed)


def field_blocks(path: Path, header: PcdHeader) -> Iterator[list[np.ndarray]]:
    """The fields of the file, block by block; valid until the next block is asked for.

    Compressed data are unpacked before this returns, so that nobody makes room for what they turn out not to hold.
    """
    if header.encoding == "ascii":
        return _text_blocks(path, header)
    if header.encoding == "binary":
        return _binary_blocks(path, header)
    return iter([_split(unpacked(path, header), header)])


def _text_blocks(path: Path, header: PcdHeader) -> Iterator[list[np.ndarray]]:
    with open_text(path, offset=header.size) as text:
        lines = filled_lines(text, where=str(path))
        yield from text_columns(lines, header.columns, header.count, where=str(path))


def _binary_blocks(path: Path, header: PcdHeader) -> Iterator[list[np.ndarray]]:
    with path.open("rb", buffering=0) as file:
        file.seek(header.size)
        record = record_dtype(header.columns, order="<")
        yield from binary_columns(file, record, header.count, where=str(path))


def unpacked(path: Path, header: PcdHeader) -> UInt8[np.ndarray, " bytes"]:
    """The data of a binary_compressed file: all values of the first field, then all of the second, and so on."""
    with path.open("rb") as file:
        file.seek(header.size)
        compressed, plain = struct.unpack("<II", file.read(8))
        packed = np.frombuffer(file.read(compressed), np.uint8)
    return decompress(packed, plain, where=str(path))


def _split(data: UInt8[np.ndarray, " bytes"], header: PcdHeader) -> list[np.ndarray]:
    columns = []
    start = 0
    for column in header.columns:
        stop = start + header.count * column.dtype.itemsize * column.width
        values = data[start:stop].view(column.dtype.newbyteorder("<"))
        columns.append(values if column.width == 1 else values.reshape(header.count, column.width))
        start = stop
    return columns
