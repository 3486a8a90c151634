"""Replica as it is released: labelled meshes of rooms.

    SCENE/habitat/mesh_semantic.ply       vertices with colours; quads with `object_id`; z up, metres
    SCENE/habitat/info_semantic.json      {"classes": [{"id", "name"}], "objects": [{"id", "class_id"}]}

The vertices are the points; a vertex belongs to the object of most of its faces, among equals to the lowest.
Source: github.com/facebookresearch/Replica-Dataset, README.
"""

from pathlib import Path
from typing import Any, Literal

import numpy as np
from jaxtyping import Int64

from lasso3d.core.errors import ReadError
from lasso3d.data.annotated_mesh import read_vertices, spread
from lasso3d.data.example import Example, ReadOnAccess, Truth
from lasso3d.data.text_files import AGAIN, json_of, refuse_any, whole_number
from lasso3d.io.mapped import map_file
from lasso3d.io.ply_header import TYPES, Element, PlyHeader, read_ply_header

MESH = "habitat/mesh_semantic.ply"
NO_CLASS = ("undefined", "anonymize_picture", "anonymize_text")
"""Blurred or without a name."""
STUFF = ("wall", "floor", "ceiling")
"""Not among the instance classes of the tables (Open3DIS, `open3dis/dataset/replica.py`)."""
EIGHT = ("office_0", "office_1", "office_2", "office_3", "office_4", "room_0", "room_1", "room_2")
"""The scenes of NICE-SLAM and of most tables."""
MOST_CORNERS = 255
"""Of a face; Replica's have four."""


def replica_scenes(path: Path, *, split: str | None = None) -> ReadOnAccess:
    """The scenes below a folder in order of their names, or one scene; nothing where none lies.

    Args:
        split: eight (`EIGHT`) or all; None = all.

    Raises:
        ReadError: no such split, or scenes of it that are missing.
    """
    found = sorted(mesh.parents[1] for place in (MESH, f"*/{MESH}") for mesh in path.glob(place))
    if found and split not in (None, "eight", "all"):
        raise ReadError(f"has no part {split!r}", str(path), "choose eight or all")
    if found and split == "eight":
        missing = sorted({*EIGHT} - {folder.name for folder in found})
        refuse_any(missing, "lacks scenes", path, cure="complete them: a table over the rest misleads")
        found = [folder for folder in found if folder.name in EIGHT]
    return ReadOnAccess(found, read_replica)


def read_replica(path: Path) -> Example:
    """The vertices of a scene with their objects and classes; walls, floors and ceilings are no instances.

    An instance is an object's `id` + 1.

    Raises:
        ReadError: a file is missing or damaged.
    """
    mesh = path / MESH
    scene = read_vertices(mesh, path.name)
    corners, of_face = faces_with_objects(mesh)
    if corners.size and not 0 <= corners.min() <= corners.max() < len(scene):
        what = f"faces name vertices {corners.min()} to {corners.max()} of {len(scene)}"
        raise ReadError(what, str(mesh), AGAIN)
    names, class_of_object = read_info(path / "habitat/info_semantic.json")
    of_vertex = majority(corners, of_face, len(scene))
    ids, inverse = np.unique(of_vertex, return_inverse=True)
    kinds = [class_of_object.get(i, -1) for i in ids.tolist()]
    stuff = {k for k, name in enumerate(names) if name in STUFF}
    counts = [i in class_of_object and k not in stuff for i, k in zip(ids.tolist(), kinds, strict=True)]
    known = [i + 1 if one else -1 for i, one in zip(ids.tolist(), counts, strict=True)]
    owner = inverse.astype(np.int64)
    return Example(scene, Truth(spread(known, owner), spread(kinds, owner), class_names=names))


def read_info(path: Path) -> tuple[tuple[str, ...], dict[int, int]]:
    """The class names in the file's order, hyphens as spaces, and the class of each object, -1 = none.

    Raises:
        ReadError: a missing or damaged file.
    """
    info = json_of(path, dict, "complete the scene")
    classes = [(whole_number(entry.get("id")), entry.get("name")) for entry in _entries(info, "classes", path)]
    objects = [(whole_number(entry.get("id")), entry.get("class_id")) for entry in _entries(info, "objects", path)]
    if any(number is None or not isinstance(name, str) for number, name in classes):
        raise ReadError("has a class without a number and a name", str(path), AGAIN)
    if any(number is None or number < 0 or whole_number(of_class) is None for number, of_class in objects):
        raise ReadError("has an object without a number from 0 and a class", str(path), AGAIN)
    kept = [(number, str(name)) for number, name in classes if name not in NO_CLASS]
    place = {number: k for k, (number, _) in enumerate(kept)}
    names = tuple(name.replace("-", " ").replace("_", " ") for _, name in kept)
    return names, {number or 0: place.get(whole_number(of_class), -1) for number, of_class in objects}


def faces_with_objects(path: Path) -> tuple[Int64[np.ndarray, "f c"], Int64[np.ndarray, " f"]]:
    """The corners of each face, and its object.

    Raises:
        ReadError: faces without `object_id`, of different sizes, or cut off.
    """
    header = read_ply_header(path)
    faces = next((element for element in header.elements if element.name == "face"), None)
    if faces is None or "object_id" not in [field.name for field in faces.properties]:
        raise ReadError("has no faces with an object_id", str(path), "Replica's own file is expected")
    lists = [field.name for field in faces.properties if field.is_list]
    if header.encoding == "text" or len(lists) != 1:
        raise ReadError("is a text PLY or has several lists a face", str(path), "Replica's own file is expected")
    data = map_file(path)
    start = header.size + _bytes_before(header, faces, path)
    record = _record(header, faces, data[start:], path)
    end = start + record.itemsize * faces.count
    if end > len(data):
        raise ReadError(f"is cut off: {faces.count} faces promised", str(path), AGAIN)
    rows = data[start:end].view(record)
    if (rows["count"] != rows["count"][:1]).any():
        raise ReadError("has faces of different sizes", str(path), "Replica's own file is expected")
    return rows[lists[0]].astype(np.int64), rows["object_id"].astype(np.int64)


def majority(
    corners: Int64[np.ndarray, "f c"], of_face: Int64[np.ndarray, " f"], vertices: int
) -> Int64[np.ndarray, " v"]:
    """The object of most faces at each vertex, the lowest among equals; -1 where there is no face."""
    ids, rank = np.unique(of_face, return_inverse=True)
    of_vertex = np.full(vertices, -1, np.int64)
    if len(ids):
        pairs, counts = np.unique(corners * len(ids) + rank[:, None], return_counts=True)
        vertex, place = np.divmod(pairs, len(ids))
        # written in ascending order of count, so that the last to arrive is the one that stays
        order = np.lexsort((-place, counts))
        of_vertex[vertex[order]] = ids[place[order]]
    return of_vertex


def _record(header: PlyHeader, faces: Element, data: np.ndarray, path: Path) -> np.dtype:
    """The layout of a face, where all have as many corners as the first."""
    order: Literal["<", ">"] = ">" if header.encoding == ">" else "<"
    fields: list[tuple[Any, ...]] = []
    offset = 0
    for field in faces.properties:
        if field.is_list:
            counter = np.dtype(TYPES[header.lines[field.line].split()[2].decode()]).newbyteorder(order)
            first = data[offset : offset + counter.itemsize]
            corners = int(first.view(counter)[0]) if len(first) == counter.itemsize else 0
            if not 0 <= corners <= MOST_CORNERS:
                raise ReadError(f"has a face of {corners} corners", str(path), AGAIN)
            fields += [("count", counter), (field.name, field.dtype.newbyteorder(order), (corners,))]
        else:
            fields.append((field.name, field.dtype.newbyteorder(order)))
            offset += field.dtype.itemsize
    return np.dtype(fields)


def _bytes_before(header: PlyHeader, faces: Element, path: Path) -> int:
    before = header.elements[: header.elements.index(faces)]
    if any(element.record_size is None for element in before):
        raise ReadError("has lists before its faces", str(path), "Replica's own file is expected")
    return sum((element.record_size or 0) * element.count for element in before)


def _entries(info: dict[str, Any], key: str, path: Path) -> list[dict[str, Any]]:
    found = info.get(key)
    if not isinstance(found, list) or not all(isinstance(entry, dict) for entry in found):
        raise ReadError(f'has no list "{key}"', str(path), AGAIN)
    return found
