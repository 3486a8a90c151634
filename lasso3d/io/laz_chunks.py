"""Compressed LAS records: the chunks of a LAZ file, checked, then decoded block by block through lazrs."""

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path

import lazrs
import numpy as np
from jaxtyping import Int64, UInt8

from lasso3d.core.errors import LassoError, ReadError
from lasso3d.io.las_header import STANDARD_SIZE, LasLayout

LASZIP = (b"laszip encoded", 22204)
"""User and record number of the variable length record that says how the points are compressed."""

BLOCK_RECORDS = 500_000
"""Decoded at a time: ten chunks of the usual 50,000, so that many cores have work (chosen by eye)."""

MOST_EXPANSION = 100
"""Decoded over compressed bytes. Airborne scans reach 4 to 12; more, beyond `FREE_BYTES`, is damage or a bomb."""

FREE_BYTES = 128 * 2**20
"""Always allowed, because flat synthetic grids really shrink 2,000 times: about four million records."""

FREE_CHUNKS, FEWEST_RECORDS = 1000, 20
"""More chunks than that need so many records on average: each costs the decoder a millisecond to set up."""

MOST_EXTRA_BYTES = 4096
"""The decoder keeps about 10 kB of state for each extra byte; real files have some dozen."""

STANDARD_LAYERS = {6: 9, 7: 10, 8: 11, 9: 10, 10: 12}
"""Layers of the point formats that store each field of a chunk on its own: nine, and colour, infrared, waveform."""

LAYERED_WAVEFORMS = (9, 10)

CHANNEL_BYTE, CHANNEL_BITS = 15, 0x30
"""Where a record of format 6 and up holds its scanner channel."""


@dataclass(frozen=True)
class Chunks:
    """Where the compressed chunks lie."""

    description: bytes
    """Content of the LASzip record."""
    start: Int64[np.ndarray, " c"]
    size: Int64[np.ndarray, " c"]
    count: Int64[np.ndarray, " c"]
    """Records in each."""


def loses_waveforms(point_format: int, records: UInt8[np.ndarray, "r size"]) -> bool:
    """Whether the codec would garble the waveform fields of these records.

    lazrs 0.8.2 does where layered records of several scanner channels follow one another (laz-rs b00b321 fixes it).
    """
    if point_format not in LAYERED_WAVEFORMS or len(records) == 0:
        return False
    channel = records[:, CHANNEL_BYTE] & CHANNEL_BITS
    return bool((channel != channel[0]).any()) and not _codec_keeps_waveforms()


@cache
def _codec_keeps_waveforms() -> bool:
    """Tried on records of random bytes, hence of all channels."""
    vlr = lazrs.LazVlr.new_for_compression(9, 0)
    records = np.random.default_rng(0).integers(0, 256, 64 * vlr.item_size()).astype(np.uint8)
    decoded = np.empty_like(records)
    lazrs.decompress_points(lazrs.compress_points(vlr, records, False), vlr.record_data(), decoded, False)
    return bool((decoded == records).all())


@contextmanager
def decoder_errors(path: Path) -> Iterator[None]:
    """Whatever the decoder throws becomes one line; panics of its Rust code are not `Exception`s."""
    try:
        yield
    except LassoError:
        raise
    except BaseException as error:
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        raise _damaged(path, f"cannot be decompressed ({error})") from error


def read_chunks(layout: LasLayout, data: UInt8[np.ndarray, " b"]) -> Chunks:
    """The chunk table, and the number of records that agrees with it.

    Raises:
        ReadError: the table is missing, or chunks lie outside the file or promise more than they can hold.
    """
    description = _description(layout, data)
    table_start = _table_start(layout, data)
    (promised,) = struct.unpack_from("<I", data.data, table_start + 4)
    first = layout.points + 8
    if promised > (table_start - first) // layout.record_size + 1:
        raise _damaged(layout.path, f"promises {promised} chunks in {table_start - first} bytes")
    with decoder_errors(layout.path):
        table = _decode_table(data[table_start : table_start + 64 + 16 * promised], description)
    count, size = table[:, 0], table[:, 1]
    if (size < 0).any() or (count < 0).any() or size.sum() > table_start - first:
        raise _damaged(layout.path, "has chunks that lie outside the file")
    start = first + np.cumsum(size) - size
    chunks = Chunks(description, start, size, _settled_counts(layout, description, count))
    _refuse_bombs(layout, chunks)
    if layout.format in STANDARD_LAYERS:
        _check_layers(layout, data, chunks)
    return chunks


def decoded_blocks(
    layout: LasLayout, data: UInt8[np.ndarray, " b"], chunks: Chunks
) -> Iterator[UInt8[np.ndarray, "r size"]]:
    """The raw records in file order, whole chunks at a time."""
    block_of_chunk = (np.cumsum(chunks.count) - chunks.count) // BLOCK_RECORDS
    for block in np.unique(block_of_chunk):
        first, last = np.flatnonzero(block_of_chunk == block)[[0, -1]]
        table = list(
            zip(chunks.count[first : last + 1].tolist(), chunks.size[first : last + 1].tolist(), strict=True)
        )
        records = np.empty((sum(count for count, _ in table), layout.record_size), np.uint8)
        compressed = data[chunks.start[first] : chunks.start[last] + chunks.size[last]]
        with decoder_errors(layout.path):
            lazrs.decompress_points_with_chunk_table(compressed, chunks.description, records.reshape(-1), table)
        yield records


def _description(layout: LasLayout, data: np.ndarray) -> bytes:
    """The LASzip record, whose items must be those of the point format: the decoder trusts their sizes."""
    vlr = layout.vlr(*LASZIP)
    if vlr is None:
        raise _damaged(layout.path, "is compressed but lacks the LASzip record")
    extra = layout.record_size - STANDARD_SIZE[layout.format]
    if extra > MOST_EXTRA_BYTES:
        raise _damaged(layout.path, f"has {extra} extra bytes in each record", "write it as uncompressed LAS")
    found = data[vlr.payload : vlr.stop].tobytes()
    expected = lazrs.LazVlr.new_for_compression(layout.format, extra).record_data()
    if len(found) < 34 or _items(found) != _items(expected) or found[:2] != expected[:2]:
        cure = "write it anew with a current laszip (chunked compression)"
        raise _damaged(layout.path, "describes its compression in a way that does not fit its points", cure)
    return found


def _items(description: bytes) -> list[tuple[int, int]]:
    """Type and size of each compressed item."""
    (number,) = struct.unpack_from("<H", description, 32)
    body = description[34 : 34 + 6 * number]
    return [struct.unpack_from("<HH", body, at) for at in range(0, len(body) // 6 * 6, 6)]


def _table_start(layout: LasLayout, data: np.ndarray) -> int:
    start = -1
    if layout.points + 8 <= layout.size:
        (start,) = struct.unpack_from("<q", data.data, layout.points)
    if start <= layout.points and layout.size >= layout.points + 16:
        (start,) = struct.unpack_from(
            "<q", data.data, layout.size - 8
        )  # written to a stream that could not seek back
    if not layout.points + 8 <= start <= layout.size - 8:
        raise _damaged(layout.path, "lacks its chunk table; the end of the file is missing")
    return int(start)


def _decode_table(table: np.ndarray, description: bytes) -> Int64[np.ndarray, "c 2"]:
    vlr = lazrs.LazVlr(description)
    entries = lazrs.read_chunk_table_only(BytesIO(table.tobytes()), vlr)
    if not vlr.uses_variable_size_chunks():
        entries = [(vlr.chunk_size(), size) for _, size in entries]
    return np.array(entries, np.uint64).astype(np.int64).reshape(-1, 2)


def _settled_counts(layout: LasLayout, description: bytes, count: np.ndarray) -> Int64[np.ndarray, " c"]:
    """Records of each chunk; the last of equal chunks holds what is left of the number in the header."""
    total, last = int(count.sum()), int(count[-1]) if len(count) else 0
    if lazrs.LazVlr(description).uses_variable_size_chunks():
        fitting = total in layout.claims
    else:
        held = next((claim for claim in layout.claims if claim > 0 and total - last <= claim <= total), 0)
        fitting, last = held > 0, held - (total - last)
    if not any(layout.claims) or total == 0:
        raise _damaged(layout.path, "holds no points", "check the program that wrote it")
    if not fitting:
        raise _damaged(layout.path, f"promises {max(layout.claims)} records, but its chunks hold {total}")
    return np.append(count[:-1], last).astype(np.int64)


def _refuse_bombs(layout: LasLayout, chunks: Chunks) -> None:
    decoded = int(chunks.count.sum()) * layout.record_size
    if decoded > MOST_EXPANSION * layout.size + FREE_BYTES:
        found = f"promises {decoded / 2**20:.0f} MB of records in {layout.size} bytes"
        raise _damaged(layout.path, found, "if that is true, write it as uncompressed LAS")
    if len(chunks.count) > FREE_CHUNKS + chunks.count.sum() // FEWEST_RECORDS:
        raise _damaged(layout.path, f"is cut into {len(chunks.count)} chunks of a few records each")
    if ((chunks.size < layout.record_size) & (chunks.count > 0)).any():
        raise _damaged(layout.path, "has chunks too short for a record")


def _check_layers(layout: LasLayout, data: np.ndarray, chunks: Chunks) -> None:
    """The layers of each chunk must lie inside it: the decoder allocates what they promise before it reads."""
    number = _layers(layout)
    full = chunks.count > 0
    for start, size in zip(chunks.start[full].tolist(), chunks.size[full].tolist(), strict=True):
        head = layout.record_size + 4 + 4 * number
        if size < head:
            raise _damaged(layout.path, "has chunks too short for their layers")
        sizes = np.frombuffer(data[start + head - 4 * number : start + head].tobytes(), "<u4")
        if int(sizes.sum(dtype=np.int64)) > size - head:
            raise _damaged(layout.path, "has layers that run out of their chunk")


def _layers(layout: LasLayout) -> int:
    """Layers of each chunk; every extra byte has one."""
    return STANDARD_LAYERS[layout.format] + layout.record_size - STANDARD_SIZE[layout.format]


def _damaged(path: Path, what: str, cure: str = "copy it again, or export it again from its program") -> ReadError:
    return ReadError(f"the LAZ file {what}", str(path), cure)
