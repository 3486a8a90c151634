"""From a segmentation back to a file: the one way out."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from jaxtyping import Int64

from lasso3d.core.errors import ReadError, WriteError
from lasso3d.core.scene import Scene, Source, Up
from lasso3d.core.segmentation import Segmentation
from lasso3d.io.atomic import replacing
from lasso3d.io.digest import digest_of
from lasso3d.io.folder import SCENE_FILE, folder_digest, label_folder
from lasso3d.io.formats import BY_SUFFIX, KNOWN, Format, format_of
from lasso3d.io.frames import scene_to_file
from lasso3d.io.records import LabelColumns, Records
from lasso3d.io.rgbd import frames_digest

NAMES_INSIDE = (".ply", ".npz")
"""Files that hold the names of the rows; all others get a JSON file beside them."""

NO_FIELDS = (".obj", ".stl", ".glb")
"""Files that cannot hold a value per vertex: the values go into the JSON file as well."""


def write_segmentation(path: str | Path, scene: Scene, segmentation: Segmentation) -> None:
    """Write the file the scene was read from once more, with labels added, to `path` (which may be the same file).

    Each record gets `lasso_label` (row of the segmentation, -1 = none), `lasso_object` (click or instance number,
    0 = none) and `lasso_uncertainty`; all other fields, the order and the records without coordinates stay as they
    are. Where the scene has no source, comes from a recording of frames, or `path` asks for another format, a plain
    file is written, in the coordinates of the source (without one: z up, metres, `scene.origin` added).
    Names of the rows go into the file (PLY, NPZ) or into `PATH.labels.json`.

    Raises:
        WriteError: the source is gone or has changed, the format cannot hold labels, the disk refuses. The old
            target is then still there.
    """
    target = Path(path)
    labels = _point_labels(scene, segmentation)
    source = None if scene.source is None else _unchanged(scene.source)
    if source is not None and _is_scene_folder(source.path) and target.suffix.lower() not in BY_SUFFIX:
        label_folder(source.path, target, labels)
    elif target.suffix.lower() not in BY_SUFFIX:
        raise WriteError(f"the suffix {target.suffix!r} is not one of {KNOWN}", str(target), "choose one of them")
    elif source is not None and target.suffix.lower() in _suffixes(source.path):
        _write_labelled(target, source, labels)
    else:
        _write_plain(target, scene, labels)


def write_scene(path: str | Path, scene: Scene) -> None:
    """Write a plain file of the scene: coordinates of its source, every extra field, no labels.

    Raises:
        WriteError: an unknown suffix, a field the format cannot hold, or the disk refuses.
    """
    target = Path(path)
    if target.suffix.lower() not in BY_SUFFIX:
        raise WriteError(f"the suffix {target.suffix!r} is not one of {KNOWN}", str(target), "choose one of them")
    with replacing(target) as temporary:
        _write_points(target, temporary, scene, None)


def _point_labels(scene: Scene, segmentation: Segmentation) -> LabelColumns:
    row = segmentation.label_of_point()
    if len(row) != len(scene):
        raise ValueError(f"the segmentation is about {len(row)} points, the scene has {len(scene)}")
    numbers = [label if isinstance(label, int) else i for i, label in enumerate(segmentation.labels, 1)]
    # the last entry is what row -1 finds
    objects = np.array([*numbers, 0], np.int32)[row]
    names = tuple(str(label) for label in segmentation.labels)
    return LabelColumns(row, objects, segmentation.point_uncertainty(), names)


def _unchanged(source: Source) -> Source:
    cure = "read it again, or write dataclasses.replace(scene, source=None)"
    try:
        digest = _digest(source.path)
    except (OSError, ReadError) as error:
        raise WriteError("the file that the scene was read from is gone", str(source.path), cure) from error
    if digest != source.digest:
        raise WriteError("the file has changed since the scene was read from it", str(source.path), cure)
    return source


def _digest(source: Path) -> str:
    """The fingerprint of a file, a scene folder or a recording."""
    if _is_scene_folder(source):
        return folder_digest(source)
    return frames_digest(source) if source.is_dir() else digest_of(source)


def _is_scene_folder(source: Path) -> bool:
    return (source / SCENE_FILE).is_file()


def _suffixes(source: Path) -> tuple[str, ...]:
    """Of the targets that can be copies of a source; none for a folder."""
    return () if source.is_dir() else format_of(source).suffixes


def _write_labelled(target: Path, source: Source, labels: LabelColumns) -> None:
    form = format_of(source.path)
    everywhere = _scattered(labels, source.row, form=form, path=source.path)
    # what lies beside is renamed last: where the target cannot be replaced, nothing is
    with _beside(target, everywhere), replacing(target) as temporary:
        form.label(source.path, temporary, everywhere)


def _scattered(labels: LabelColumns, row: Int64[np.ndarray, " r"], *, form: Format, path: Path) -> LabelColumns:
    """Labels of points as labels of the records of the file (of a mesh: its vertices)."""
    if form.count is None:
        return _taken(labels, row)
    if len(row) != len(labels.label):
        raise ValueError(f"scene.source names {len(row)} records, the scene has {len(labels.label)} points")
    count = form.count(path)
    if count == len(row):
        return labels
    point = np.full(count, -1)
    point[row] = np.arange(len(row))
    return _taken(labels, point)


def _taken(labels: LabelColumns, point: Int64[np.ndarray, " r"]) -> LabelColumns:
    """Labels by the point that each record is, -1 = no point."""
    here = point >= 0
    return LabelColumns(
        np.where(here, labels.label[point], np.int32(-1)),
        np.where(here, labels.object[point], np.int32(0)),
        np.where(here, labels.uncertainty[point], np.float32(0)),
        labels.names,
    )


def _write_plain(target: Path, scene: Scene, labels: LabelColumns) -> None:
    with _beside(target, labels), replacing(target) as temporary:
        _write_points(target, temporary, scene, labels)


def _write_points(target: Path, temporary: Path, scene: Scene, labels: LabelColumns | None) -> None:
    form = BY_SUFFIX[target.suffix.lower()]
    if form.write is None:
        what = f"{target.suffix} cannot hold a cloud of points"
        raise WriteError(what, str(target), "write .ply or .npz instead")
    form.write(temporary, _records_of(scene), labels)


def _records_of(scene: Scene) -> Records:
    """The points in the coordinates of the file they came from; without one z up, in metres, with the origin."""
    up: Up = scene.source.up if scene.source else "z"
    unit = scene.source.unit if scene.source else 1.0
    if up == "z" and unit == 1 and not scene.origin.any():
        return Records(scene.xyz, scene.rgb, scene.normals, scene.extra)
    xyz = scene_to_file(scene.xyz.astype(np.float64), up=up, unit=unit, origin=scene.origin)
    normals = scene.normals
    if normals is not None:
        normals = scene_to_file(normals.astype(np.float64), up=up, unit=1.0, origin=np.zeros(3)).astype(np.float32)
    return Records(xyz, scene.rgb, normals, scene.extra)


@contextmanager
def _beside(target: Path, labels: LabelColumns) -> Iterator[None]:
    """What the file itself cannot hold, in `PATH.labels.json`; it appears when the block ends well."""
    suffix = target.suffix.lower()
    if suffix in NAMES_INSIDE:
        yield
        return
    beside: dict[str, object] = {"lasso_names": list(labels.names)}
    if suffix in NO_FIELDS:
        beside |= {name: values.tolist() for name, values in labels.columns(()).items()}
    with replacing(target.with_name(f"{target.name}.labels.json")) as temporary:
        temporary.write_text(json.dumps(beside))
        yield
