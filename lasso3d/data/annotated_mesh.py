"""Meshes whose vertices belong to segments, and segments to objects, as in ScanNet and ScanNet++.

    MESH.ply                 the vertices are the points of a scene
    segs.json                {"segIndices": [segment of each vertex]}
    aggregation.json         {"segGroups": [{"objectId": 0, "label": "chair", "segments": [1, 4, 3]}]}

Objects count from 0; the instances of a truth are one more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, final

import numpy as np
from jaxtyping import Float64, Int32, Int64

from lasso3d.core.errors import ReadError
from lasso3d.core.scene import Scene
from lasso3d.data.text_files import AGAIN, json_of, refuse_any, whole_number
from lasso3d.io.ply import read_ply

RIGID = 1e-3
"""Most by which rows of a rotation, written with six decimals, may miss length 1 and right angles."""


@final
@dataclass(frozen=True, eq=False)
class Group:
    """An object of the annotation."""

    object: int
    """From 0."""
    label: str
    segments: Int64[np.ndarray, " s"]


@final
@dataclass(frozen=True, eq=False)
class Segments:
    """The parts that annotators chose from."""

    ids: Int64[np.ndarray, " s"]
    """Ascending."""
    of_vertex: Int64[np.ndarray, " v"]
    """Index into `ids`."""
    path: Path

    def places(self, group: Group) -> Int64[np.ndarray, " k"]:
        """Where in `ids` the segments of a group are.

        Raises:
            ReadError: the group names a segment that is not there.
        """
        place = np.minimum(np.searchsorted(self.ids, group.segments), len(self.ids) - 1)
        strangers = group.segments[self.ids[place] != group.segments]
        what = f"lacks segments of object {group.object} ({group.label})"
        refuse_any(strangers.tolist(), what, self.path, cure="segments and annotation belong to different meshes")
        return place


def read_vertices(path: Path, name: str, T_scene_file: Float64[np.ndarray, "4 4"] | None = None) -> Scene:
    """The vertices of a PLY mesh as points, in file order, with their colours.

    Args:
        T_scene_file: moves the vertices; None = they stay.

    Raises:
        ReadError: the file is missing or damaged, or a vertex is not finite.
    """
    try:
        records = read_ply(path)
    except OSError as error:
        raise ReadError(f"cannot be read ({error.strerror})", str(path), "complete the data set") from error
    finite = np.isfinite(records.xyz).all(axis=1)
    if not finite.all() or not len(finite):
        what = f"vertex {int(np.argmin(finite))} is not finite" if len(finite) else "has no vertices"
        raise ReadError(what, str(path), AGAIN)
    xyz = records.xyz
    if T_scene_file is not None:
        xyz = xyz.astype(np.float64) @ T_scene_file[:3, :3].T + T_scene_file[:3, 3]
    return Scene(xyz.astype(np.float32), rgb=records.rgb, name=name)


def read_segments(path: Path, vertices: int) -> Segments:
    """The segment of each vertex.

    Raises:
        ReadError: a missing or damaged file, or one of another mesh.
    """
    listed = _list(path, "segIndices")
    if len(listed) != vertices:
        what = f"has segments of {len(listed)} vertices, the mesh has {vertices}"
        raise ReadError(what, str(path), "mesh and segments belong to different releases")
    ids, of_vertex = np.unique(_whole(listed, "segIndices", path), return_inverse=True)
    return Segments(ids, of_vertex.astype(np.int64), path)


def read_groups(path: Path) -> tuple[Group, ...]:
    """The objects of an annotation, in its order.

    Raises:
        ReadError: a missing or damaged file.
    """
    return tuple(_group(path, place, value) for place, value in enumerate(_list(path, "segGroups")))


def group_of_vertex(segments: Segments, groups: Sequence[Group]) -> Int64[np.ndarray, " v"]:
    """Index of the group that each vertex belongs to, the last one where there are several, -1 = none."""
    owner = np.full(len(segments.ids), -1, np.int64)
    for k, group in enumerate(groups):
        owner[segments.places(group)] = k
    return owner[segments.of_vertex]


def spread(values: Sequence[int], owner: Int64[np.ndarray, " v"]) -> Int32[np.ndarray, " v"]:
    """The value of the group that each vertex belongs to, -1 where there is none."""
    of_vertex: np.ndarray = np.array([*values, -1], np.int32)[owner]
    return of_vertex


def rigid(numbers: Sequence[float], where: Path) -> Float64[np.ndarray, "4 4"]:
    """A rotation with a translation from 16 numbers, row by row.

    Raises:
        ReadError: other numbers.
    """
    T = np.array(numbers, np.float64)
    if T.shape == (16,) and np.isfinite(T).all():
        T = T.reshape(4, 4)
        turned = T[:3, :3] @ T[:3, :3].T
        if np.abs(turned - np.eye(3)).max() < RIGID and T[3].tolist() == [0, 0, 0, 1] and np.linalg.det(T) > 0:
            return T
    raise ReadError("the axis alignment is no rotation with a translation, 16 numbers", str(where), AGAIN)


def _list(path: Path, key: str) -> list[Any]:
    found = json_of(path, dict, "complete the data set").get(key)
    if not isinstance(found, list):
        raise ReadError(f'has no list "{key}"', str(path), AGAIN)
    return found


def _group(path: Path, place: int, value: Any) -> Group:
    if isinstance(value, dict):
        number, label, segments = (value.get(key) for key in ("objectId", "label", "segments"))
        whole = whole_number(number)
        if whole is not None and whole >= 0 and isinstance(label, str) and isinstance(segments, list):
            return Group(whole, label, _whole(segments, f"the segments of group {place}", path))
    what = f"group {place} is not an objectId from 0, a label and a list of segments"
    raise ReadError(what, str(path), AGAIN)


def _whole(listed: list[Any], what: str, path: Path) -> Int64[np.ndarray, " k"]:
    if not listed:
        return np.zeros(0, np.int64)
    try:
        values = np.array(listed)
        if values.ndim == 1 and values.dtype.kind in "iu" and values.min() >= 0:
            return values.astype(np.int64)
    except (ValueError, OverflowError):
        pass
    raise ReadError(f"{what} are not whole numbers from 0", str(path), AGAIN)
