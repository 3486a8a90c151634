"""Binary messages: a JSON header and buffers, as the page and the Python client read them."""

import json
import struct
from collections.abc import Mapping, Sequence
from typing import Any

ALIGNMENT = 8
"""Buffers begin at a multiple of so many bytes."""
_LENGTH = struct.Struct("<I")


def frame(header: Mapping[str, Any], buffers: Sequence[bytes] = ()) -> bytes:
    """`u32 length of header | header, padded with spaces | buffers`; the header gains `lens`."""
    text = json.dumps({**header, "lens": [len(buffer) for buffer in buffers]}, separators=(",", ":")).encode()
    text += b" " * (-(len(text) + _LENGTH.size) % ALIGNMENT)
    return b"".join((_LENGTH.pack(len(text)), text, *buffers))


def parsed(message: bytes) -> tuple[dict[str, Any], list[bytes]]:
    """Header and buffers of a frame.

    Raises:
        ValueError: it is cut short or holds something else.
    """
    if len(message) < _LENGTH.size:
        raise ValueError("a frame is cut short")
    (length,) = _LENGTH.unpack_from(message)
    header = json.loads(message[_LENGTH.size : _LENGTH.size + length])
    place, buffers = _LENGTH.size + length, []
    for size in header["lens"]:
        buffers.append(message[place : place + size])
        place += size
    if place != len(message):
        raise ValueError(f"a frame of {len(message)} bytes should have {place}")
    return header, buffers
