"""Extra bytes of LAS records: the 192-byte descriptors that give trailing bytes of a record a name and a type."""

import math
import struct
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from jaxtyping import UInt8

from lasso3d.core.errors import ReadError
from lasso3d.io.las_header import STANDARD_SIZE, LasLayout

EXTRA_BYTES = (b"LASF_Spec", 4)
"""User and record number of the variable length record that holds the descriptors."""

DESCRIPTOR = 192

TYPES = ("u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f4", "f8")
"""Data types 1 to 10; 11 to 20 are pairs and 21 to 30 triples of them (deprecated, still met)."""

SCALED, SHIFTED = 8, 16
"""Option bits: the stored value is multiplied, moved."""


@dataclass(frozen=True)
class ExtraDimension:
    """Bytes of a record under a name."""

    name: str
    dtype: str | None
    """Little-endian numpy type; None = bytes without a known type."""
    elements: int
    scale: tuple[float, ...] | None = None
    """One per element; None = stored as meant."""
    shift: tuple[float, ...] | None = None

    @property
    def size(self) -> int:
        """Bytes in a record."""
        return self.elements * (np.dtype(self.dtype).itemsize if self.dtype else 1)


def descriptors(layout: LasLayout, data: UInt8[np.ndarray, " b"]) -> bytes:
    """The descriptors of the bytes that the records really hold; none where the records have no extra bytes."""
    vlr = layout.vlr(*EXTRA_BYTES)
    if vlr is None or layout.record_size == STANDARD_SIZE[layout.format]:
        return b""
    payload = data[vlr.payload : vlr.stop].tobytes()
    if len(payload) % DESCRIPTOR:
        found = f"extra-bytes descriptors of {len(payload)} bytes, not a multiple of {DESCRIPTOR}"
        raise ReadError(f"the LAS file has {found}", str(layout.path), "export it again from its program")
    known = _known_part(payload)
    described = sum(_dimension(known, at).size for at in range(0, len(known), DESCRIPTOR))
    available = layout.record_size - STANDARD_SIZE[layout.format]
    if described > available:
        found = f"describes {described} extra bytes in records that hold {available}"
        raise ReadError(f"the LAS file {found}", str(layout.path), "export it again from its program")
    return known


def dimensions(layout: LasLayout, known: bytes) -> tuple[ExtraDimension, ...]:
    """All extra bytes of a record, in order; what no descriptor covers comes last, without a type."""
    found = [_dimension(known, at) for at in range(0, len(known), DESCRIPTOR)]
    left = layout.record_size - STANDARD_SIZE[layout.format] - sum(dimension.size for dimension in found)
    return (*found, ExtraDimension("ExtraBytes", None, left)) if left else tuple(found)


def describe(name: str, dtype: str, description: str) -> bytes:
    """The descriptor of a plain number; name and description are at most 32 ASCII bytes."""
    return struct.pack("<2xBx32s124x32s", TYPES.index(dtype) + 1, name.encode(), description.encode())


def describe_untyped(size: int, taken: Iterable[str]) -> bytes:
    """Descriptors for bytes that nobody described, so that the ones after them point at the right bytes.

    The size stands in the option bits; laspy takes the bits for scale and shift seriously there, so they stay 0.
    """
    busy = set(taken)
    names = (name for number in range(1, 2 * size + 2) if (name := _untyped_name(number)) not in busy)
    sizes: list[int] = []
    while left := size - sum(sizes):
        sizes.append(max(part for part in range(1, min(left, 255) + 1) if not part & (SCALED | SHIFTED)))
    return b"".join(
        struct.pack("<2xBB32s124x32s", 0, part, name.encode(), b"not described in the source")
        for part, name in zip(sizes, names, strict=False)
    )


def _untyped_name(number: int) -> str:
    return "ExtraBytes" if number == 1 else f"ExtraBytes_{number}"


def _known_part(payload: bytes) -> bytes:
    """The descriptors up to the first of a reserved type, whose size nobody can know."""
    kinds = payload[2::DESCRIPTOR]
    unknown = next((i for i, kind in enumerate(kinds) if kind > 3 * len(TYPES)), len(kinds))
    return payload[: unknown * DESCRIPTOR]


def _dimension(payload: bytes, at: int) -> ExtraDimension:
    kind, options, raw_name = struct.unpack_from("<2xBB32s", payload, at)
    name = raw_name.split(b"\0")[0].decode("utf-8", "replace").strip() or "unnamed"
    if kind == 0:
        return ExtraDimension(name, None, options)
    elements = 1 + (kind - 1) // len(TYPES)
    dtype = "<" + TYPES[(kind - 1) % len(TYPES)]
    scale = struct.unpack_from("<3d", payload, at + 112)[:elements] if options & SCALED else None
    shift = struct.unpack_from("<3d", payload, at + 136)[:elements] if options & SHIFTED else None
    usable = all(map(math.isfinite, (*(scale or ()), *(shift or ()))))
    return ExtraDimension(name, dtype, elements, scale if usable else None, shift if usable else None)
