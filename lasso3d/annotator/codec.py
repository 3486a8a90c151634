"""Masks and maps on the wire and on disk: bitsets over the order of the tiles, levels per cell, deltas."""

import zlib
from hashlib import sha256

import numpy as np
from jaxtyping import Bool, Float32, Int32, Int64, Shaped, UInt8, UInt32

from lasso3d.geometry.compiled import compiled

LEVELS = 16
"""Steps of uncertainty on the wire; a heat map shows no more, and it halves the bytes."""
WORD = 8
"""Bitsets end at a multiple of so many bytes, so that they can be combined as 64-bit words."""
FASTEST = 1
"""zlib level: bits in spatial order are easy, and higher levels gain a few percent for several times the work."""


def deflated(values: Shaped[np.ndarray, "..."]) -> bytes:
    """The bytes of an array as a zlib stream."""
    return zlib.compress(np.ascontiguousarray(values).data, FASTEST)


def inflated(blob: bytes, *, size: int) -> UInt8[np.ndarray, " b"]:
    """The `size` bytes behind a zlib stream.

    Raises:
        ValueError: no zlib stream, or one of another size; a bomb is not unpacked.
    """
    unpacker = zlib.decompressobj()
    try:
        raw = unpacker.decompress(blob, size + 1)
    except zlib.error as error:
        raise ValueError(f"no zlib stream: {error}") from error
    if len(raw) != size or not unpacker.eof:
        raise ValueError(f"expected {size} bytes inside, found {'more' if len(raw) > size else len(raw)}")
    return np.frombuffer(raw, np.uint8)


def bitset_size(n: int) -> int:
    """Bytes of a bitset over n points."""
    return -(-n // (8 * WORD)) * WORD


def packed(mask: Bool[np.ndarray, " n"]) -> UInt8[np.ndarray, " b"]:
    """A mask as a bitset, least significant bit first."""
    bits = np.zeros(bitset_size(len(mask)), np.uint8)
    found = np.packbits(mask, bitorder="little")
    bits[: len(found)] = found
    return bits


def unpacked(bits: UInt8[np.ndarray, " b"], n: int) -> Bool[np.ndarray, " n"]:
    """The mask of n points that a bitset holds."""
    return np.unpackbits(bits, count=n, bitorder="little").view(np.bool_)


def count_bits(bits: UInt8[np.ndarray, " b"]) -> int:
    """Points in a bitset."""
    return int(np.bitwise_count(bits.view(np.uint64)).sum())


def without(bits: UInt8[np.ndarray, " b"], others: UInt8[np.ndarray, " b"]) -> UInt8[np.ndarray, " b"]:
    """The points of one bitset that are not in the other."""
    return (bits.view(np.uint64) & ~others.view(np.uint64)).view(np.uint8)


def digest_of(values: Shaped[np.ndarray, "..."]) -> str:
    """By which a mask or a map is known again, whichever zlib packed it."""
    return sha256(np.ascontiguousarray(values).data).hexdigest()[:32]


def levels(uncertainty: Float32[np.ndarray, " c"]) -> UInt8[np.ndarray, " c"]:
    """Probabilities in 16 steps, 0 to 15."""
    return np.rint(uncertainty * np.float32(LEVELS - 1)).astype(np.uint8)


def deltas(values: Int32[np.ndarray, " n"]) -> Int32[np.ndarray, " n"]:
    """What added up gives the values: small numbers where neighbours are alike."""
    return np.diff(values, prepend=np.int32(0))


def by_first_use(token: Int32[np.ndarray, " n"], t: int) -> tuple[Int32[np.ndarray, " n"], Int32[np.ndarray, " c"]]:
    """Tokens numbered in the order in which they are first met: the cell of each point, and the token of each cell.

    In the order of the tiles neighbouring points then have neighbouring numbers, and tokens without points none.
    """
    cell, token_of_cell, used = _by_first_use(np.ascontiguousarray(token), t)
    return cell, token_of_cell[:used]


def grouped(cell: Int32[np.ndarray, " n"], c: int) -> tuple[UInt32[np.ndarray, " n"], Int64[np.ndarray, " c1"]]:
    """Points by cell, ascending within each: cell i holds `points[start[i]:start[i + 1]]`."""
    start = np.zeros(c + 1, np.int64)
    np.cumsum(np.bincount(cell, minlength=c), out=start[1:])
    return _grouped(cell, start), start


def bits_of_cells(
    chosen: Int64[np.ndarray, " k"], points: UInt32[np.ndarray, " n"], start: Int64[np.ndarray, " c1"]
) -> UInt8[np.ndarray, " b"]:
    """The bitset of all points of the chosen cells; costs what the mask holds, not what the scan holds."""
    bits = np.zeros(bitset_size(len(points)), np.uint8)
    _set_bits(bits, chosen, points, start)
    return bits


@compiled
def _by_first_use(token, t):
    """One pass over the points."""
    cell_of = np.full(t, -1, np.int32)
    token_of = np.empty(t, np.int32)
    cell = np.empty(len(token), np.int32)
    used = 0
    for i in range(len(token)):
        if cell_of[token[i]] < 0:
            cell_of[token[i]] = used
            token_of[used] = token[i]
            used += 1
        cell[i] = cell_of[token[i]]
    return cell, token_of, used


@compiled
def _grouped(cell, start):
    """Counting sort."""
    following = start[:-1].copy()
    points = np.empty(len(cell), np.uint32)
    for i in range(len(cell)):
        points[following[cell[i]]] = i
        following[cell[i]] += 1
    return points


@compiled
def _set_bits(bits, chosen, points, start):
    """Points of a cell ascend, so that a byte is often written several times in a row."""
    for k in range(len(chosen)):
        for j in range(start[chosen[k]], start[chosen[k] + 1]):
            bits[points[j] >> 3] |= np.uint8(1) << np.uint8(points[j] & 7)
