"""Meshes without structure to follow: OBJ and STL."""

import re
import struct
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from jaxtyping import Float64, Int64

from lasso3d.core.errors import ReadError
from lasso3d.io.mapped import map_file
from lasso3d.io.records import colours_u8
from lasso3d.io.surface import Surface, fan

BLOCK_BYTES = 2**20
"""Text is taken apart in pieces of this size, because its words as Python objects take ten times their room."""

OBJ_LINE = re.compile(rb"^[ \t]*([vf])[ \t]+([^\r\n]*)", re.MULTILINE)

STL_HEADER, STL_FACET = 84, 50
"""Bytes of binary STL: 80 free ones and a count; per facet normal, three corners and two more bytes."""


def read_obj(path: Path) -> Surface:
    """Vertices, their colours (six numbers after `v`) and faces; materials lie in other files and are not read."""
    points: list[np.ndarray] = []
    triangles: list[np.ndarray] = []
    known = 0
    for block in _line_blocks(path):
        lines = OBJ_LINE.findall(block.replace(b"\\\r\n", b" ").replace(b"\\\n", b" "))
        rows = [text for kind, text in lines if kind == b"v"]
        faces = [text for kind, text in lines if kind == b"f"]
        if rows:
            points.append(_numbers(path, rows, wanted=6))
        if faces:
            vertices_before = known + np.cumsum([kind == b"v" for kind, _ in lines])
            at_face = vertices_before[[kind == b"f" for kind, _ in lines]]
            flat, counts = _obj_corners(path, faces)
            triangles.append(fan(np.where(flat < 0, flat + np.repeat(at_face, counts), flat - 1), counts))
        known += len(rows)
    if not points or not triangles:
        raise ReadError("the OBJ file has no faces", str(path), "points without faces are read from .ply or .pcd")
    table = _padded(points)
    colours = colours_u8(table[:, 3:]) if table.shape[1] == 6 and np.isfinite(table).all() else None
    return Surface(np.ascontiguousarray(table[:, :3]), np.concatenate(triangles), rgb=colours)


def read_stl(path: Path) -> Surface:
    """Three vertices for each facet, as in the file: STL knows no shared corners."""
    data = map_file(path)
    count = struct.unpack_from("<I", data.data, 80)[0] if len(data) >= STL_HEADER else 0
    needed = STL_HEADER + count * STL_FACET
    if needed == len(data) or (count > 0 and needed <= len(data) and not _is_text(data)):
        facets = data[STL_HEADER:needed].reshape(count, STL_FACET)[:, 12:48]
        with np.errstate(invalid="ignore"):  # a signalling NaN, which is refused later like any other
            vertices = np.ascontiguousarray(facets).view("<f4").reshape(-1, 3).astype(np.float64)
    elif _is_text(data):
        rows = [_numbers(path, found, wanted=3) for b in _line_blocks(path) if (found := _stl_vertices(b))]
        vertices = np.concatenate([np.empty((0, 3)), *rows])
    else:
        whole = max(0, len(data) - STL_HEADER) // STL_FACET
        what = f"the STL file is cut off: {count} facets promised, {whole} whole ones are there"
        raise ReadError(what, str(path), "copy it again, or export it again")
    if len(vertices) % 3:
        what = f"the STL file has {len(vertices)} vertices, not three per facet"
        raise ReadError(what, str(path), "export it again")
    return Surface(vertices, np.arange(len(vertices)).reshape(-1, 3))


def _is_text(data: np.ndarray) -> bool:
    """Many binary files start with "solid" as well; text says "facet" soon after."""
    start = data[:4096].tobytes().lstrip().lower()
    return start.startswith(b"solid") and (b"facet" in start or b"endsolid" in start)


def _stl_vertices(block: bytes) -> list[bytes]:
    return re.findall(rb"^[ \t]*vertex[ \t]+([^\r\n]*)", block, re.MULTILINE | re.IGNORECASE)


def _line_blocks(path: Path) -> Iterator[bytes]:
    """The file in pieces that end with a line."""
    left = b""
    with path.open("rb") as file:
        while piece := file.read(BLOCK_BYTES):
            head, newline, tail = (left + piece).rpartition(b"\n")
            if not newline or head.endswith((b"\\", b"\\\r")):
                head, newline, tail = b"", b"", head + newline + tail
            if len(tail) > 2 * BLOCK_BYTES:
                raise ReadError("a line of the mesh has no end", str(path), "export the mesh again")
            yield head + newline
            left = tail
    yield left


def _numbers(path: Path, rows: list[bytes], *, wanted: int) -> Float64[np.ndarray, "r c"]:
    """The first three numbers of each row; the first six where all rows have them and `wanted` says so."""
    columns = 6 if wanted == 6 and all(len(row.split(None, 6)) >= 6 for row in rows) else 3
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # rows that hold nothing but a comment
            return np.loadtxt(rows, np.float64, comments="#", usecols=range(columns), ndmin=2)
    except (ValueError, UserWarning) as error:
        what = f"a vertex is not made of numbers ({str(error)[:80]})"
        raise ReadError(what, str(path), "correct that line or export the mesh again") from error


def _padded(tables: list[np.ndarray]) -> Float64[np.ndarray, "v c"]:
    """One table; colours are dropped where a part of the file has none."""
    columns = min(table.shape[1] for table in tables)
    return np.concatenate([table[:, :columns] for table in tables])


def _obj_corners(path: Path, faces: list[bytes]) -> tuple[Int64[np.ndarray, " i"], Int64[np.ndarray, " p"]]:
    """Vertex numbers as written (from 1, or negative from the end) and corners per face; `7/2/1` means vertex 7."""
    text = re.sub(rb"/\S*", b"", b"\n".join(face.partition(b"#")[0] for face in faces))
    lengths = np.array([len(line.split()) for line in text.split(b"\n")], np.int64)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", DeprecationWarning)
            flat = np.fromstring(text, np.int64, sep=" ")
    except (ValueError, DeprecationWarning) as error:
        raise _bad_face(path) from error
    if len(flat) != lengths.sum() or (flat == 0).any():
        raise _bad_face(path)
    return flat, lengths


def _bad_face(path: Path) -> ReadError:
    return ReadError(
        "a face is not made of vertex numbers", str(path), "correct that line or export the mesh again"
    )
