"""From a file or folder to a scene: the one way in."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import numpy as np
from jaxtyping import Float32, Float64, Int64

from lasso3d.core.errors import ReadError
from lasso3d.core.scene import LOCAL_METRES, Scene, Source, Up, whole_metre_origin
from lasso3d.io.digest import digest_of
from lasso3d.io.folder import SCENE_FILE, read_folder
from lasso3d.io.formats import Format, format_of
from lasso3d.io.frames import file_to_scene, refuse_frame, turned
from lasso3d.io.records import BLOCK_ROWS, Records
from lasso3d.io.rgbd import read_frames

__all__ = ["file_to_scene", "read_scene"]

LARGEST_METRES = 1e30
"""Coordinates beyond this are no places, and their squares overflow f32."""


def read_scene(path: str | Path, *, up: Up = "z", unit: float = 1.0) -> Scene:
    """A scan as points in metres, z up; records without finite coordinates are left out.

    Args:
        path: PLY, PCD, LAS, LAZ, NPZ, NPY, a mesh (OBJ, STL, GLB, PLY with faces: its surface is sampled), or a
            folder: with `scene.json`, or of posed RGB-D frames, which are fused (docs/files.md).
        up: the axis of the file that points up; "-y" for the frame of a camera.
        unit: metres per unit of the file.

    Raises:
        ReadError: one line that says what is wrong with the file and what to do about it.
    """
    refuse_frame(up, unit)
    place = Path(path)
    try:
        if place.is_dir():
            return _read_place(place, up=up, unit=unit)
        form = format_of(place)
        records, digest = _read(place, form)
    except OSError as error:
        raise ReadError(f"cannot be read ({error.strerror or error})", str(place), "check the path") from error
    except MemoryError as error:
        raise ReadError("does not fit into the free memory", str(place), "crop it or cut it into tiles") from error
    return _scene(records, place, digest=digest, up=up, unit=unit)


def _read_place(path: Path, *, up: Up, unit: float) -> Scene:
    """A scene folder, or the fused cloud of a recording."""
    frames = None if (path / SCENE_FILE).is_file() else read_frames(path, up=up, unit=unit)
    return read_folder(path, up=up, unit=unit) if frames is None else frames


def _read(path: Path, form: Format) -> tuple[Records, str]:
    """Records and fingerprint; the file is hashed in a second thread meanwhile."""
    stop = Event()
    with ThreadPoolExecutor(1) as pool:
        digest = pool.submit(digest_of, path, stop=stop)
        try:
            records = form.read(path)
        except BaseException:
            stop.set()
            raise
        return records, digest.result()


def _scene(records: Records, path: Path, *, digest: str, up: Up, unit: float) -> Scene:
    kept, corners = _finite(records.xyz, str(path))
    bounds = file_to_scene(corners, up=up, unit=unit, origin=np.zeros(3))
    if np.abs(bounds).max() > LARGEST_METRES:
        what = f"has coordinates up to {np.abs(bounds).max():.3g} m"
        raise ReadError(what, str(path), "remove those points or check the unit")
    origin = np.zeros(3)
    if np.abs(bounds).max() > LOCAL_METRES:
        middle = np.median(_rows(records.xyz, kept), axis=0, keepdims=True).astype(np.float64)
        origin = whole_metre_origin(file_to_scene(middle, up=up, unit=unit, origin=origin))
    normals = None if records.normals is None else _directions(_rows(records.normals, kept), up)
    row = records.sample_of_vertex
    if row is None:
        row = np.arange(len(records.xyz)) if kept is None else kept
    return Scene(
        _given(_local(records.xyz, kept, up=up, unit=unit, origin=origin)),
        rgb=None if records.rgb is None else _given(_rows(records.rgb, kept)),
        normals=None if normals is None else _given(normals),
        extra={name: _given(_rows(values, kept)) for name, values in records.extra.items()},
        origin=origin,
        name=path.stem,
        source=Source(path, digest, _given(row), up=up, unit=unit),
    )


def _finite(xyz: np.ndarray, where: str) -> tuple[Int64[np.ndarray, " n"] | None, Float64[np.ndarray, "2 3"]]:
    """Indices of the records that have a place (None = all) and their lower and upper corner."""
    corners = _corners(xyz)
    if np.isfinite(corners).all():
        return None, corners
    kept = np.flatnonzero(np.isfinite(xyz).all(1))
    if len(kept) == 0:
        raise ReadError("has no point with finite coordinates", where, "check the program that wrote it")
    return kept, _corners(xyz[kept])


def _corners(xyz: np.ndarray) -> Float64[np.ndarray, "2 3"]:
    """Lower and upper corner; not finite where a record is not. By columns, which is 10 x faster than by rows."""
    columns = [xyz[:, axis] for axis in range(3)]
    with np.errstate(invalid="ignore"):
        return np.array([[column.min() for column in columns], [column.max() for column in columns]], np.float64)


def _local(
    xyz: np.ndarray,
    kept: Int64[np.ndarray, " n"] | None,
    *,
    up: Up,
    unit: float,
    origin: Float64[np.ndarray, "3"],
) -> Float32[np.ndarray, "n 3"]:
    """Scene coordinates, computed in f64 block by block."""
    if kept is None and up == "z" and unit == 1 and not origin.any() and xyz.dtype == np.float32:
        return xyz
    count = len(xyz) if kept is None else len(kept)
    local = np.empty((count, 3), np.float32)
    for start in range(0, count, BLOCK_ROWS):
        part = slice(start, start + BLOCK_ROWS)
        block = xyz[part] if kept is None else xyz[kept[part]]
        local[part] = file_to_scene(block.astype(np.float64), up=up, unit=unit, origin=origin)
    return local


def _directions(normals: Float32[np.ndarray, "n 3"], up: Up) -> Float32[np.ndarray, "n 3"]:
    """Normals in the axes of the scene; zero where they are not finite, as PCL writes lonely points."""
    finite = np.isfinite(normals)
    return turned(normals if finite.all() else np.where(finite.all(1, keepdims=True), normals, 0), up)


def _rows(values: np.ndarray, kept: Int64[np.ndarray, " n"] | None) -> np.ndarray:
    return values if kept is None else values[kept]


def _given(values: np.ndarray) -> np.ndarray:
    """An array that nobody else writes to, locked so that the scene takes it without a copy."""
    values.flags.writeable = False
    return values
