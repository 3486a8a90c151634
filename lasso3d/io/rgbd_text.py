"""Cameras and poses in text files, as depth-camera recordings keep them."""

import json
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from jaxtyping import Bool, Float64
from scipy.spatial.transform import Rotation

from lasso3d.core.errors import ReadError
from lasso3d.io.folder_meta import read_json_object

LONGEST_FILE = 64 * 2**20
"""Bytes; a million poses."""
SKEWED = 0.05
"""A rotation is taken as one while no entry of R^T R is further from the identity."""


def read_text(path: Path) -> str:
    """A small text file.

    Raises:
        ReadError: it cannot be opened, or is no text, or too long to be one of poses.
    """
    try:
        if path.stat().st_size > LONGEST_FILE:
            raise ReadError("is too long for a text of poses", str(path), "cut the recording into parts")
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ReadError(error.strerror or "cannot be opened", str(path), "check the folder") from error
    except UnicodeDecodeError as error:
        raise ReadError("is not text", str(path), "check the program that wrote it") from error


def numbers_in(text: str, path: Path) -> Float64[np.ndarray, " n"]:
    """Every number of a text, comments left out; infinite ones and NaN are numbers too.

    Raises:
        ReadError: anything else is in it.
    """
    words = re.sub(r"#.*", " ", text).replace(",", " ").split()
    try:
        return np.array([float(word) for word in words])
    except ValueError as error:
        raise ReadError(
            f"holds something that is no number ({str(error)[-40:]})", str(path), "correct it"
        ) from error


def read_pose(path: Path) -> Float64[np.ndarray, "4 4"]:
    """Camera to world, 4 x 4 or its first three rows; a frame that was lost has infinite entries.

    Raises:
        ReadError: not 12 or 16 numbers.
    """
    return _pose(numbers_in(read_text(path), path), path)


def _pose(values: Float64[np.ndarray, " n"], path: Path) -> Float64[np.ndarray, "4 4"]:
    if len(values) not in (12, 16):
        raise ReadError(f"holds {len(values)} numbers, a pose has 16", str(path), "write 4 x 4, camera to world")
    pose = np.eye(4)
    pose[:3] = values[:12].reshape(3, 4)
    return pose


def read_log(path: Path) -> list[Float64[np.ndarray, "4 4"]]:
    """The trajectory of Open3D and Redwood: a line of three numbers, then four lines of a pose, camera to world.

    Raises:
        ReadError: no whole number of such blocks.
    """
    values = numbers_in(read_text(path), path)
    if not len(values) or len(values) % 19:
        raise ReadError(f"holds {len(values)} numbers, not 19 for each pose", str(path), "check the trajectory")
    return [_pose(block[3:], path) for block in values.reshape(-1, 19)]


def read_rows(path: Path) -> Float64[np.ndarray, "k c"]:
    """Lines of numbers, all of one length.

    Raises:
        ReadError: empty, or lines of different lengths.
    """
    lines = [numbers_in(line, path) for line in read_text(path).splitlines()]
    rows = [line for line in lines if len(line)]
    if not rows or len({len(row) for row in rows}) != 1:
        raise ReadError("holds no lines of poses of one length", str(path), "check the trajectory")
    return np.stack(rows)


def poses_of(rows: Float64[np.ndarray, "k c"], path: Path) -> list[Float64[np.ndarray, "4 4"]]:
    """Poses from lines of 12 or 16 (a matrix) or 8 numbers (TUM: time, position, quaternion with its scalar last).

    Raises:
        ReadError: lines of any other length.
    """
    if rows.shape[1] != 8:
        return [_pose(row, path) for row in rows]
    poses = []
    for row in rows:
        pose = np.full((4, 4), np.nan)
        length = float(np.sqrt((row[4:] ** 2).sum()))
        if np.isfinite(length) and length > 0.5:
            pose = np.eye(4)
            pose[:3, :3], pose[:3, 3] = Rotation.from_quat(row[4:]).as_matrix(), row[1:4]
        poses.append(pose)
    return poses


def usable(poses: Sequence[Float64[np.ndarray, "4 4"]]) -> Bool[np.ndarray, " k"]:
    """Which poses are finite and rigid."""
    found = []
    for pose in poses:
        turn = pose[:3, :3]
        rigid = np.isfinite(pose).all() and np.abs(turn.T @ turn - np.eye(3)).max() < SKEWED
        found.append(bool(rigid and np.linalg.det(turn) > 0))
    return np.array(found, bool)


def read_intrinsics(path: Path) -> tuple[Float64[np.ndarray, "3 3"], float | None]:
    """Pinhole intrinsics and, where a JSON file says so, how many steps of depth a metre has.

    Text: 3 x 3, 4 x 4, or fx fy cx cy. JSON: those four, a K, or Open3D's `intrinsic_matrix` (by columns), and
    `depth_scale` or `scale`; also one level down, under `camera`.

    Raises:
        ReadError: none of these, or no camera that could be.
    """
    scale = None
    if path.suffix == ".json":
        matrix, scale = _from_json(path)
    else:
        matrix = _matrix(numbers_in(read_text(path), path), path)
    K = np.eye(3)
    K[0, 0], K[1, 1], K[:2, 2] = matrix[0, 0], matrix[1, 1], matrix[:2, 2]
    if not (np.isfinite(K).all() and K[0, 0] > 0 and K[1, 1] > 0):
        found = f"fx {K[0, 0]:g}, fy {K[1, 1]:g}"
        raise ReadError(f"makes no pinhole camera ({found})", str(path), "write 3 x 3 intrinsics in pixels")
    if scale is not None and not (np.isfinite(scale) and scale > 0):
        raise ReadError("has a depth_scale that is not above 0", str(path), "write the steps of depth per metre")
    return K, scale


def _matrix(values: Float64[np.ndarray, " n"], path: Path) -> Float64[np.ndarray, "3 3"]:
    if len(values) == 4:
        fx, fy, cx, cy = values
        return np.array([[fx, 0, cx], [0, fy, cy], [0, 0, 1]])
    if len(values) not in (9, 16):
        raise ReadError(
            f"holds {len(values)} numbers, not 9, 16 or 4", str(path), "write 3 x 3 intrinsics in pixels"
        )
    side = 3 if len(values) == 9 else 4
    return values.reshape(side, side)[:3, :3]


def _from_json(path: Path) -> tuple[Float64[np.ndarray, "3 3"], float | None]:
    plain = read_json_object(path)
    inner = plain.get("camera")
    plain = plain | inner if isinstance(inner, dict) else plain
    try:
        scale = plain.get("depth_scale", plain.get("scale"))
        scale = None if scale is None else float(scale)
        if "intrinsic_matrix" in plain:
            return np.array(plain["intrinsic_matrix"], np.float64).reshape(3, 3).T, scale
        if "K" in plain:
            return np.array(plain["K"], np.float64).reshape(3, 3), scale
        return _matrix(np.array([float(plain[key]) for key in ("fx", "fy", "cx", "cy")]), path), scale
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        what = f"holds no intrinsics ({json.dumps(sorted(plain))[:60]})"
        raise ReadError(what, str(path), "write fx, fy, cx and cy in pixels") from error
