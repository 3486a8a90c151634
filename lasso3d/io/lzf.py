"""LZF, the compression inside PCD files: literal runs and references up to 8 KiB back (format of liblzf 3.6).

A control byte below 32 starts a run of control + 1 literal bytes. Any other holds the length of a reference in
its upper 3 bits (7: one more byte is added) and the upper 5 bits of the distance in the rest; the lower 8 follow.
"""

from typing import Any

import numpy as np
from jaxtyping import UInt8

from lasso3d.core.errors import ReadError
from lasso3d.geometry.compiled import compiled

LONGEST_RUN = 32
LONGEST_MATCH = 264
FARTHEST = 8192
TABLE_BITS = 16


def decompress(packed: UInt8[np.ndarray, " p"], size: int, *, where: str) -> UInt8[np.ndarray, " size"]:
    """Exactly `size` bytes.

    Raises:
        ReadError: the stream is damaged, or holds more or fewer bytes, which is found before anything is allocated.
    """
    if _unpacked_size(packed) == size:
        out = np.empty(size, np.uint8)
        if _decompress(packed, out) == size:
            return out
    raise ReadError("has compressed data that are damaged", where, "copy or export the file again")


def compress(data: UInt8[np.ndarray, " n"]) -> UInt8[np.ndarray, " p"]:
    """A stream that every LZF reader unpacks to `data`; at most 1/32 longer."""
    out = np.empty(len(data) + len(data) // LONGEST_RUN + 1, np.uint8)
    return out[: _compress(data, out, np.zeros(1 << TABLE_BITS, np.int64))]


@compiled
def _unpacked_size(packed: Any) -> Any:
    """Bytes that the stream stands for, as far as it goes."""
    n, i, size = len(packed), np.int64(0), np.int64(0)
    while i < n:
        control = np.int64(packed[i])
        if control < LONGEST_RUN:
            i += control + 2
            size += control + 1
        else:
            size += (control >> 5) + 2
            if control >> 5 == 7 and i + 1 < n:
                size += np.int64(packed[i + 1])
                i += 1
            i += 2
    return size


@compiled
def _decompress(packed: Any, out: Any) -> Any:
    """Bytes written, or -1 where the stream reaches outside its input or output."""
    n, size, i, o = len(packed), len(out), np.int64(0), np.int64(0)
    while i < n:
        control = np.int64(packed[i])
        i += 1
        if control < LONGEST_RUN:
            length = control + 1
            if i + length > n or o + length > size:
                return -1
            for j in range(length):
                out[o + j] = packed[i + j]
            i += length
        else:
            length = control >> 5
            if length == 7:
                if i >= n:
                    return -1
                length += np.int64(packed[i])
                i += 1
            length += 2
            if i >= n:
                return -1
            start = o - ((control & 31) << 8) - np.int64(packed[i]) - 1
            i += 1
            if start < 0 or o + length > size:
                return -1
            for j in range(length):
                out[o + j] = out[start + j]
        o += length
    return o


@compiled
def _compress(data: Any, out: Any, last: Any) -> Any:
    """Bytes written. `last` remembers where each hash of three bytes was seen, plus one."""
    n, o, i, run = len(data), 0, 0, 0
    while i < n:
        length, start = 0, 0
        if i + 2 < n:
            key = (np.int64(data[i]) << 16) | (np.int64(data[i + 1]) << 8) | np.int64(data[i + 2])
            slot = ((key * 2654435761) >> 12) & (len(last) - 1)
            start = last[slot] - 1
            last[slot] = i + 1
            if start >= 0 and i - start <= FARTHEST:
                most = min(LONGEST_MATCH, n - i)
                while length < most and data[start + length] == data[i + length]:
                    length += 1
        if length >= 3:
            o = _flush(data, out, i - run, run, o)
            run = 0
            distance = i - start - 1
            if length - 2 < 7:
                out[o] = ((length - 2) << 5) | (distance >> 8)
                o += 1
            else:
                out[o] = (7 << 5) | (distance >> 8)
                out[o + 1] = length - 9
                o += 2
            out[o] = distance & 255
            o += 1
            i += length
        else:
            i += 1
            run += 1
            if run == LONGEST_RUN:
                o = _flush(data, out, i - run, run, o)
                run = 0
    return _flush(data, out, n - run, run, o)


@compiled
def _flush(data: Any, out: Any, start: int, run: int, o: int) -> Any:
    """Write a run of literal bytes; the new end of the output."""
    if run > 0:
        out[o] = run - 1
        for j in range(run):
            out[o + 1 + j] = data[start + j]
        o += 1 + run
    return o
