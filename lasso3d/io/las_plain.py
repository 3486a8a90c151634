"""A new LAS file from arrays: which field of point format 6 or 7 each array goes to, and the records."""

import logging
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import laspy
import numpy as np
from jaxtyping import Float, Float64, UInt8
from laspy.point.dims import COMPOSED_FIELDS

from lasso3d.core.errors import WriteError
from lasso3d.io.las_extra import TYPES, describe
from lasso3d.io.las_file import COLOURS, COORDINATES
from lasso3d.io.laz_chunks import BLOCK_RECORDS
from lasso3d.io.records import Records

log = logging.getLogger(__name__)

HEADER = 375
"""Bytes of a LAS 1.4 header."""

WKT = 0x10
"""Global encoding bit that formats 6 and up must set: a coordinate system, where given, is written as WKT."""

COARSEST_SCALE, FINEST_SCALE = 1e-3, 1e-9
"""Metres; millimetres are the custom of laser scanning."""

STEPS = 1e6
"""A small scene is divided into at least that many coordinate steps, f32's own relative precision (2^-20)."""

NORMALS = ("NormalX", "NormalY", "NormalZ")
"""The names PDAL gives them."""


WIDER = {np.dtype(np.bool_): np.uint8, np.dtype(np.float16): np.float32}
"""Types LAS does not know, and the one that holds them."""

_Arrays = dict[str, np.ndarray]


@dataclass(frozen=True, eq=False)
class PlainLayout:
    """What is written where."""

    format: int
    dtype: np.dtype
    scale: float
    """Metres."""
    offset: Float64[np.ndarray, "3"]
    lower: Float64[np.ndarray, "3"]
    upper: Float64[np.ndarray, "3"]
    fields: Mapping[str, np.ndarray]
    """Field of the record -> values; packed bits are packed already."""
    descriptors: bytes
    """Of the extra bytes."""


def plain_layout(records: Records, labels: Mapping[str, np.ndarray]) -> PlainLayout:
    """Format, scale and place of every array; those whose name or type LAS cannot hold are left out (logged)."""
    lower, upper = _extent(records.xyz)
    offset = np.floor(lower)
    point_format = 6 if records.rgb is None else 7
    standard = laspy.PointFormat(point_format).dtype()
    arrays = dict(records.extra)
    fields = _standard_fields(standard, point_format, arrays, len(records.xyz))
    if records.rgb is not None:
        fields |= {name: records.rgb[:, i].astype(np.uint16) * 257 for i, name in enumerate(COLOURS)}
    if records.normals is not None:
        arrays |= {name: records.normals[:, i] for i, name in enumerate(NORMALS)}
    extra = _extra_fields(arrays, _reserved(point_format)) | dict(labels)
    dtype = [(name, standard[name].newbyteorder("<")) for name in standard.names or ()]
    dtype += [(name, array.dtype.newbyteorder("<")) for name, array in extra.items()]
    return PlainLayout(
        format=point_format,
        dtype=np.dtype(dtype),
        scale=_scale(float((upper - offset).max())),
        offset=offset,
        lower=lower,
        upper=upper,
        fields=fields | extra,
        descriptors=b"".join(describe(name, array.dtype.str[1:], "") for name, array in extra.items()),
    )


def plain_header(layout: PlainLayout, count: int) -> bytes:
    """The LAS 1.4 header; sizes that depend on the records around it are filled in by the writer."""
    header = bytearray(HEADER)
    struct.pack_into("<4sHH", header, 0, b"LASF", 0, WKT)
    struct.pack_into("<BB32s32sHHH", header, 24, 1, 4, b"OTHER", b"lasso3d", 0, 0, HEADER)
    header[104] = layout.format
    lower, upper = (
        _steps(corner[None], layout)[0] * layout.scale + layout.offset for corner in (layout.lower, layout.upper)
    )
    limits = np.stack([upper, lower], axis=1).ravel()
    struct.pack_into("<12d", header, 131, *[layout.scale] * 3, *layout.offset, *limits)
    per_return = np.bincount(layout.fields["bit_fields"] & 0x0F, minlength=16)[1:]
    struct.pack_into("<QQIQ15Q", header, 227, 0, 0, 0, count, *per_return.tolist())
    return bytes(header)


def plain_records(layout: PlainLayout, xyz: Float[np.ndarray, "r 3"]) -> Iterator[UInt8[np.ndarray, "r size"]]:
    """The records, block by block."""
    for first in range(0, len(xyz), BLOCK_RECORDS):
        part = slice(first, first + BLOCK_RECORDS)
        steps = _steps(xyz[part], layout)
        block = np.zeros(len(steps), layout.dtype)
        for axis, name in enumerate(COORDINATES):
            block[name] = steps[:, axis]
        for name, values in layout.fields.items():
            block[name] = values[part]
        yield block.view(np.uint8).reshape(len(block), -1)


def _reserved(point_format: int) -> set[str]:
    """Names that readers give to the format's own dimensions."""
    return {"x", "y", "z", *laspy.PointFormat(point_format).dimension_names}


def _steps(xyz: Float[np.ndarray, "r 3"], layout: PlainLayout) -> Float64[np.ndarray, "r 3"]:
    return np.rint((xyz - layout.offset) / layout.scale)


def _extent(xyz: Float[np.ndarray, "r 3"]) -> tuple[Float64[np.ndarray, "3"], Float64[np.ndarray, "3"]]:
    if len(xyz) == 0:
        return np.zeros(3), np.zeros(3)
    if not np.isfinite(xyz).all():
        raise WriteError("LAS cannot hold points without coordinates (NaN)", cure="write a .ply or .pcd")
    return xyz.min(0).astype(np.float64), xyz.max(0).astype(np.float64)


def _scale(extent: float) -> float:
    """A power of ten: a millionth of the extent, at most a millimetre; coarser where 32 bits force it."""
    scale = min(10.0 ** np.floor(np.log10(max(extent / STEPS, FINEST_SCALE))), COARSEST_SCALE)
    while extent / scale > 2**31 - 1:
        scale *= 10
    return float(scale)


def _standard_fields(standard: np.dtype, point_format: int, arrays: dict[str, np.ndarray], n: int) -> _Arrays:
    """Takes out of `arrays` what the point format has a field for and fits it."""
    fields: dict[str, np.ndarray] = {}
    packed = COMPOSED_FIELDS[point_format]
    for name in set(standard.names or ()) & set(arrays) - set(packed) - {*COORDINATES, *COLOURS}:
        if arrays[name].ndim == 1 and np.can_cast(arrays[name].dtype, standard[name]):
            fields[name] = arrays.pop(name)
    if "return_number" not in arrays:
        arrays |= {"return_number": np.ones(n, np.uint8), "number_of_returns": np.ones(n, np.uint8)}
    for field, parts in packed.items():
        fields[field] = np.zeros(n, np.uint8)
        for part in parts:
            lowest = part.mask & -part.mask
            if part.name in arrays and _fits(arrays[part.name], part.mask // lowest):
                fields[field] |= arrays.pop(part.name).astype(np.uint8) * np.uint8(lowest)
    return fields


def _fits(values: np.ndarray, largest: int) -> bool:
    return values.dtype.kind in "bu" and values.ndim == 1 and (not values.size or int(values.max()) <= largest)


def _extra_fields(arrays: Mapping[str, np.ndarray], reserved: set[str]) -> _Arrays:
    """What becomes extra bytes: plain numbers under names of at most 32 ASCII bytes."""
    fields: dict[str, np.ndarray] = {}
    for name, array in arrays.items():
        values = array.astype(WIDER[array.dtype]) if array.dtype in WIDER else array
        free = f"{name}_extra" if name in reserved else name
        if values.ndim == 1 and values.dtype.str[1:] in TYPES and free.isascii() and 0 < len(free) <= 32:
            fields[free] = values
        else:
            log.warning("the field %r (%s) cannot be kept in LAS and is left out", name, array.dtype)
    return fields
