"""NPZ and NPY: arrays under the names that trainers use. Nothing is ever unpickled."""

import re
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from lasso3d.core.errors import ReadError
from lasso3d.io.archive import array_headers, opened_zip
from lasso3d.io.npy_header import NpyHeader, read_npy_data, read_npy_header
from lasso3d.io.npz_write import label_npz, write_npz
from lasso3d.io.records import Records, colours_u8, directions_f32

__all__ = ["count_npz", "label_npz", "read_npz", "write_npz"]

XYZ_KEYS = ("xyz", "points", "coord", "coords")
RGB_KEYS = ("rgb", "color", "colors")
NORMAL_KEYS = ("normals", "normal")
NAMES_KEY = re.compile(r"lasso_names(_\d+)?")

LARGEST_RATIO = 32
"""Arrays may be this many times larger than their file, plus 32 MB; compressed scans reach about 4."""

FREE_BYTES = 32 << 20


def read_npz(path: Path) -> Records:
    """Points from `xyz`, `points` or `coord(s)`; colours, normals, and every other array with one value per point.

    Raises:
        ReadError: no such array, pickled objects, or contents far larger than the file.
    """
    with opened_zip(path) as archive:
        headers = array_headers(archive, path)
        xyz_key = _xyz_key(headers, str(path))
        count = headers[xyz_key].shape[0]
        wanted = {key: header for key, header in headers.items() if _per_point(header, count)}
        _refuse_bomb(path, wanted)
        arrays = {key: _read_member(archive, key, str(path)) for key in wanted if not NAMES_KEY.fullmatch(key)}
    return _records(arrays, xyz_key)


def count_npz(path: Path) -> int:
    """Number of points, from the header of the coordinates."""
    with opened_zip(path) as archive:
        headers = array_headers(archive, path)
        return headers[_xyz_key(headers, str(path))].shape[0]


def _xyz_key(headers: Mapping[str, NpyHeader], where: str) -> str:
    for wanted in XYZ_KEYS:
        for key, header in headers.items():
            if key.lower() == wanted and header.shape[1:] == (3,) and header.dtype.kind in "iuf":
                if header.shape[0] == 0:
                    raise ReadError("holds no points", where, "check the program that wrote it")
                return key
    found = ", ".join(f"{key} {list(header.shape)}" for key, header in list(headers.items())[:10]) or "no arrays"
    raise ReadError(f"has no array xyz, points or coord of shape [n 3], only {found}", where, "save one as xyz")


def _per_point(header: NpyHeader, count: int) -> bool:
    return header.shape[:1] == (count,) and header.dtype.kind in "biufcSU"


def _refuse_bomb(path: Path, headers: Mapping[str, NpyHeader]) -> None:
    total = sum(header.nbytes for header in headers.values())
    size = path.stat().st_size
    if total > FREE_BYTES + LARGEST_RATIO * size:
        what = f"unpacks to {total >> 20} MB from {size >> 10} kB, which no scan does"
        raise ReadError(what, str(path), "save it again without compression if it is what you want")


def _read_member(archive: zipfile.ZipFile, key: str, where: str) -> np.ndarray:
    with archive.open(f"{key}.npy") as member:
        header = read_npy_header(member, where=where)
        return read_npy_data(member, header, where=f"{where}, {key}")


def _records(arrays: Mapping[str, np.ndarray], xyz_key: str) -> Records:
    rgb_key = _triple_key(arrays, RGB_KEYS, (3, 4))
    normal_key = _triple_key(arrays, NORMAL_KEYS, (3,))
    known = (xyz_key, rgb_key, normal_key)
    return Records(
        xyz=as_coordinates(arrays[xyz_key]),
        rgb=colours_u8(arrays[rgb_key][:, :3]) if rgb_key else None,
        normals=directions_f32(arrays[normal_key]) if normal_key else None,
        extra={key: values for key, values in arrays.items() if key not in known},
    )


def _triple_key(arrays: Mapping[str, np.ndarray], names: tuple[str, ...], widths: tuple[int, ...]) -> str | None:
    for name in names:
        for key, values in arrays.items():
            if (
                key.lower() == name
                and values.ndim == 2
                and values.shape[1] in widths
                and values.dtype.kind in "iuf"
            ):
                return key
    return None


def as_coordinates(xyz: np.ndarray) -> np.ndarray:
    """f32 as it is, everything else as f64; rows in C order."""
    with np.errstate(over="ignore", invalid="ignore"):
        return np.ascontiguousarray(xyz, np.float32 if xyz.dtype == np.float32 else np.float64)
