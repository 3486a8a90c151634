"""Faces of PLY files, read and written; vertices are the business of `ply`."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Int64, Shaped, UInt8

from lasso3d.core.errors import ReadError
from lasso3d.geometry.compiled import compiled
from lasso3d.io.mapped import map_file
from lasso3d.io.ply import read_ply
from lasso3d.io.ply_header import TYPES, Element, PlyHeader, Property, read_ply_header
from lasso3d.io.ply_write import write_ply
from lasso3d.io.records import LabelColumns, Records, colours_u8
from lasso3d.io.surface import Surface, fan
from lasso3d.io.text_rows import filled_lines, open_text

BLOCK_FACES = 1 << 20
"""Found at a time."""

COLOURS = ("red", "green", "blue")

FACE = np.dtype([("corners", "u1"), ("vertex", "<i4", (3,))])


def read_ply_mesh(path: Path) -> Surface:
    """The vertices as `read_ply` reads them, and the faces as triangles.

    Raises:
        ReadError: anything that keeps vertices or faces from being read, in one line.
    """
    records = read_ply(path)
    header = read_ply_header(path)
    element = next((e for e in header.elements if e.name.lower() in ("face", "tristrips") and e.count), None)
    if element is None or not any(field.is_list and field.dtype.kind != "f" for field in element.properties):
        raise ReadError("the PLY file has no faces", str(path), "read it as a point cloud")
    blocks = _text_faces(path, header, element) if header.encoding == "text" else _faces(path, header, element)
    if element.name.lower() == "tristrips":
        blocks = ((*_unrolled(np.insert(strips, np.cumsum(n), -1)), None) for strips, n, _ in blocks)
    faces, colours = _triangles(blocks)
    return Surface(
        records.xyz.astype(np.float64), faces, rgb=records.rgb, normals=records.normals, face_rgb=colours
    )


def write_ply_mesh(target: Path, parts: tuple[Surface, ...], labels: LabelColumns) -> None:
    """Vertices with normals, colours and labels, and faces; f64 coordinates where f32 would change them."""
    xyz = np.concatenate([part.vertices for part in parts])
    single = xyz.astype(np.float32)
    rgb = None if any(p.rgb is None for p in parts) else np.concatenate([p.rgb for p in parts if p.rgb is not None])
    normals = [p.normals for p in parts if p.normals is not None]
    records = Records(
        single if (single == xyz).all() else xyz,
        rgb=rgb,
        normals=np.concatenate(normals) if len(normals) == len(parts) else None,
    )
    write_ply(target, records, labels)
    first = np.cumsum([0, *(len(part.vertices) for part in parts)])
    corners = np.concatenate([part.faces + start for part, start in zip(parts, first, strict=False)])
    faces = np.empty(len(corners), FACE)
    faces["corners"], faces["vertex"] = 3, corners
    header = read_ply_header(target)
    points = target.read_bytes()[header.size :]
    declared = f"element face {len(faces)}\nproperty list uchar int vertex_indices\n".encode()
    with target.open("wb") as file:
        file.write(b"".join((*header.lines[:-1], declared, header.lines[-1])))
        file.write(points)
        file.write(faces.view(np.uint8).data)


Block = tuple[Int64[np.ndarray, " i"], Int64[np.ndarray, " p"], UInt8[np.ndarray, "p 3"] | None]
"""Corners of consecutive polygons, number of corners of each, colour of each."""


def _triangles(blocks: Iterator[Block]) -> tuple[Int64[np.ndarray, "f 3"], UInt8[np.ndarray, "f 3"] | None]:
    faces: list[np.ndarray] = []
    colours: list[np.ndarray] = []
    for corners, lengths, rgb in blocks:
        faces.append(fan(corners, lengths))
        if rgb is not None:
            colours.append(np.repeat(rgb, np.maximum(lengths - 2, 0), axis=0))
    return np.concatenate(faces), np.concatenate(colours) if colours else None


def _unrolled(strips: Int64[np.ndarray, " i"]) -> tuple[Int64[np.ndarray, " j"], Int64[np.ndarray, " f"]]:
    """Triangle strips, which -1 ends, as single triangles; every second one is wound the other way."""
    end = strips < 0
    place = np.arange(len(strips)) - np.maximum.accumulate(np.where(end, np.arange(len(strips)) + 1, 0))
    triangles = np.stack([strips[:-2], strips[1:-1], strips[2:]], axis=1)
    odd = place[:-2] % 2 == 1
    triangles[odd] = triangles[odd][:, [1, 0, 2]]
    triangles = triangles[(triangles >= 0).all(1)]
    return triangles.ravel(), np.full(len(triangles), 3)


def _faces(path: Path, header: PlyHeader, element: Element) -> Iterator[Block]:
    """Polygons of a binary file, block by block."""
    data = map_file(path)
    start = header.size
    for earlier in header.elements:
        if earlier is element:
            break
        start = _skipped(path, data, header, earlier, start)
    corners = _corner_list(element)
    colours = [i for name in COLOURS for i, p in enumerate(element.properties) if p.name == name and not p.is_list]
    for first in range(0, element.count, BLOCK_FACES):
        count = min(BLOCK_FACES, element.count - first)
        offsets, start = _offsets(path, data, header, element, start, count)
        lists = element.properties[corners]
        lengths = _values(data, offsets[:, corners], _count_dtype(header, lists), header.encoding)
        flat = _listed(data, offsets[:, corners], lengths, header, lists)
        rgb = None
        if len(colours) == 3:
            kinds = [element.properties[i].dtype for i in colours]
            channels = [
                _values(data, offsets[:, i], k, header.encoding) for i, k in zip(colours, kinds, strict=True)
            ]
            rgb = colours_u8(np.stack(channels, axis=1))
        yield flat, lengths.astype(np.int64), rgb


def _corner_list(element: Element) -> int:
    """Index of the list of vertices: by name, else the first list."""
    lists = [i for i, field in enumerate(element.properties) if field.is_list and field.dtype.kind != "f"]
    return next((i for i in lists if element.properties[i].name.startswith("vert")), lists[0])


def _count_dtype(header: PlyHeader, field: Property) -> np.dtype:
    """Type of the number before a list."""
    word = header.lines[field.line].split()[2].decode()
    return np.dtype(TYPES[word].replace("i", "u"))


def _skipped(path: Path, data: np.ndarray, header: PlyHeader, element: Element, start: int) -> int:
    if element.record_size is not None:
        return start + element.count * element.record_size
    for first in range(0, element.count, BLOCK_FACES):
        _, start = _offsets(path, data, header, element, start, min(BLOCK_FACES, element.count - first))
    return start


def _offsets(
    path: Path, data: np.ndarray, header: PlyHeader, element: Element, start: int, count: int
) -> tuple[Int64[np.ndarray, "p q"], int]:
    """Where each property of the next records lies (of a list: the number before it), and where they end."""
    counts = [_count_dtype(header, field).itemsize if field.is_list else 0 for field in element.properties]
    sizes = [field.dtype.itemsize for field in element.properties]
    smallest = sum(c or s for c, s in zip(counts, sizes, strict=True))
    if start + count * smallest <= len(data):
        offsets = np.empty((count, len(sizes)), np.int64)
        big = header.encoding == ">"
        end = int(_walk(np.asarray(data), start, np.array(counts), np.array(sizes), big, offsets))
        if end >= 0:
            return offsets, end
    what = f"the PLY file is cut off: {element.count} records of {element.name} promised"
    raise ReadError(what, str(path), "copy it again, or export it again")


@compiled
def _walk(data: Any, start: Any, counts: Any, sizes: Any, big: Any, offsets: Any) -> Any:
    """Fill `offsets`; the position behind the records, or -1 where they leave the data."""
    at = start
    for record in range(len(offsets)):
        for field in range(len(sizes)):
            offsets[record, field] = at
            items = np.int64(1)
            if counts[field] > 0:
                if at + counts[field] > len(data):
                    return -1
                items = np.int64(0)
                for byte in range(counts[field]):
                    shift = counts[field] - 1 - byte if big else byte
                    items |= np.int64(data[at + byte]) << (8 * shift)
                at += counts[field]
            if items < 0 or items > len(data):
                return -1
            at += items * sizes[field]
            if at > len(data):
                return -1
    return at


def _values(data: np.ndarray, at: np.ndarray, dtype: np.dtype, encoding: str) -> Shaped[np.ndarray, " p"]:
    raw = data[at[:, None] + np.arange(dtype.itemsize)]
    return np.ascontiguousarray(raw).view(dtype.newbyteorder(">" if encoding == ">" else "<"))[:, 0].astype(dtype)


def _listed(
    data: np.ndarray, at: np.ndarray, lengths: np.ndarray, header: PlyHeader, field: Property
) -> Int64[np.ndarray, " i"]:
    """The items of all lists, one behind the other."""
    counts = lengths.astype(np.int64)
    size = field.dtype.itemsize
    begin = np.repeat(at + _count_dtype(header, field).itemsize, counts)
    place = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    return _values(data, begin + place * size, field.dtype, header.encoding).astype(np.int64)


def _text_faces(path: Path, header: PlyHeader, element: Element) -> Iterator[Block]:
    """Polygons of a text file, block by block; their colours are left alone."""
    corners = _corner_list(element)
    before = sum(e.count for e in header.elements[: header.elements.index(element)])
    with open_text(path, offset=header.size) as text:
        lines = filled_lines(text, where=str(path))
        next(islice(lines, before, before), None)
        for first in range(0, element.count, BLOCK_FACES):
            count = min(BLOCK_FACES, element.count - first)
            polygons = [_text_corners(path, line, element, corners) for line in islice(lines, count)]
            if len(polygons) < count:
                what = f"the PLY file is cut off: {element.count} faces promised"
                raise ReadError(what, str(path), "copy it again, or export it again")
            lengths = np.array([len(polygon) for polygon in polygons], np.int64)
            yield np.array([corner for polygon in polygons for corner in polygon], np.int64), lengths, None


def _text_corners(path: Path, line: str, element: Element, corners: int) -> list[int]:
    words = line.split()
    at = 0
    try:
        for i, field in enumerate(element.properties):
            items = int(words[at]) if field.is_list else 0
            if i == corners:
                found = [int(word) for word in words[at + 1 : at + 1 + items]]
                if 0 <= items == len(found) and all(abs(corner) < 2**62 for corner in found):
                    return found
                raise ValueError("a list is shorter than it says")
            at += 1 + max(0, items)
    except (ValueError, IndexError) as error:
        raise ReadError(f"a face is not understood: {line[:60]!r}", str(path), "export the mesh again") from error
    return []
