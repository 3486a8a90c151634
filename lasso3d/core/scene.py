"""A scan as the library sees it: points, colours, posed images. No labels."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, final

import numpy as np
from jaxtyping import Float32, Float64, Int64, UInt8

from lasso3d.core.errors import SceneError

Up = Literal["x", "-x", "y", "-y", "z", "-z"]
"""The axis of a file that points up."""
LOCAL_METRES = 1e3
"""Coordinates up to here stay as they are."""
LARGEST_F32_METRES = 1e4
"""Beyond this f32 cannot hold a millimetre (2^-10 m spacing at 8192 m)."""


def _set(target: Any, **values: Any) -> None:
    """Fill the fields of a frozen value; its constructor converts what it is given."""
    for name, value in values.items():
        object.__setattr__(target, name, value)


def frozen(values: Any, dtype: Any) -> np.ndarray:
    """A read-only copy of `values`; an array that owns its memory and is read-only already is taken as it is."""
    array = np.asarray(values)
    safe = array.dtype == dtype and array.flags.owndata and not array.flags.writeable and array.flags.c_contiguous
    if not safe:
        array = np.array(array, dtype=dtype, order="C")
        array.flags.writeable = False
    return array


@final
@dataclass(frozen=True, eq=False, init=False)
class View:
    """A posed image: OpenCV axes (x right, y down, z forward), `uvw = K @ (T_camera_scene @ xyz1)[:3]`."""

    rgb: UInt8[np.ndarray, "h w 3"]
    K: Float64[np.ndarray, "3 3"]
    """Pinhole intrinsics in pixels."""
    T_camera_scene: Float64[np.ndarray, "4 4"]
    """Scene frame to camera frame."""
    depth: Float32[np.ndarray, "h w"] | None
    """Metres along the optical axis; 0 = no return."""

    def __init__(self, rgb: Any, K: Any, T_camera_scene: Any, depth: Any = None) -> None:
        rgb = _array("rgb", rgb, np.uint8, (None, None, 3))
        _set(
            self,
            rgb=rgb,
            K=_array("K", K, np.float64, (3, 3)),
            T_camera_scene=_array("T_camera_scene", T_camera_scene, np.float64, (4, 4)),
            depth=None if depth is None else _array("depth", depth, np.float32, rgb.shape[:2]),
        )


@final
@dataclass(frozen=True, eq=False, init=False)
class Source:
    """The file a scene was read from, kept so that results can be written back into it."""

    path: Path
    digest: str
    """sha256 of the file, hex (of a folder: of its files in sorted order)."""
    row: Int64[np.ndarray, " r"]
    """Point -> record of the file; for meshes, vertex -> nearest sample."""
    up: Up
    """The file's axis that points up, as it was read."""
    unit: float
    """Metres per unit of the file, as it was read."""

    def __init__(self, path: Path | str, digest: str, row: Any, *, up: Up = "z", unit: float = 1.0) -> None:
        _set(self, path=Path(path), digest=digest, row=frozen(row, np.int64), up=up, unit=float(unit))


@final
@dataclass(frozen=True, eq=False, init=False)
class Scene:
    """A point cloud in metres, z up, relative to `origin`; frozen, finite, at least one point, no labels."""

    xyz: Float32[np.ndarray, "n 3"]
    rgb: UInt8[np.ndarray, "n 3"] | None
    normals: Float32[np.ndarray, "n 3"] | None
    extra: Mapping[str, np.ndarray]
    """Every other field of the file, by its name there; n values each."""
    views: Sequence[View]
    """Posed images; a lazy sequence reads them on access."""
    origin: Float64[np.ndarray, "3"]
    """File coordinates of the scene's zero point, metres: file = xyz + origin for a z-up file in metres."""
    name: str
    source: Source | None

    def __init__(
        self,
        xyz: Any,
        *,
        rgb: Any = None,
        normals: Any = None,
        extra: Mapping[str, Any] = MappingProxyType({}),
        views: Sequence[View] = (),
        origin: Any = (0.0, 0.0, 0.0),
        name: str = "",
        source: Source | None = None,
    ) -> None:
        """Cast, copy and freeze the arrays.

        Raises:
            SceneError: wrong shapes, values that are not finite, no points, colours outside 0 to 255, or f64
                coordinates too large for f32 without an origin (use `Scene.from_points`).
        """
        origin = _array("origin", origin, np.float64, (3,))
        _refuse_large_without_origin(np.asarray(xyz), origin)
        xyz = _array("xyz", xyz, np.float32, (None, 3))
        n = len(xyz)
        if n == 0:
            raise SceneError("a scene needs at least one point", cure="check the file or the crop it came from")
        _set(
            self,
            xyz=xyz,
            rgb=None if rgb is None else _colours(rgb, n),
            normals=None if normals is None else _array("normals", normals, np.float32, (n, 3)),
            extra=MappingProxyType({key: _extra(key, values, n) for key, values in extra.items()}),
            views=views,
            origin=origin,
            name=name,
            source=source,
        )

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickled through the constructor: a mapping proxy cannot be pickled."""
        return _rebuild, (self.xyz, {name: getattr(self, name) for name in _KEYWORDS} | {"extra": dict(self.extra)})

    def __len__(self) -> int:
        """Number of points."""
        return len(self.xyz)

    @classmethod
    def from_points(
        cls,
        xyz: Any,
        *,
        rgb: Any = None,
        normals: Any = None,
        extra: Mapping[str, Any] = MappingProxyType({}),
        name: str = "",
    ) -> "Scene":
        """A scene from coordinates of any size (UTM, national grids): a whole-metre origin is taken out in f64."""
        xyz = np.asarray(xyz)
        origin = whole_metre_origin(xyz)
        local = xyz if not origin.any() else xyz - origin
        return cls(local.astype(np.float32), rgb=rgb, normals=normals, extra=extra, origin=origin, name=name)

    @cached_property
    def digest(self) -> str:
        """sha256 of points, colours and normals, hex; equal scenes have equal digests whatever their name."""
        sha = sha256(b"lasso3d scene 1")
        for array in (self.xyz, self.rgb, self.normals):
            sha.update(b"-" if array is None else array.data)
        return sha.hexdigest()


_KEYWORDS = ("rgb", "normals", "views", "origin", "name", "source")


def _rebuild(xyz: np.ndarray, keywords: dict[str, Any]) -> Scene:
    return Scene(xyz, **keywords)


def whole_metre_origin(xyz: np.ndarray) -> Float64[np.ndarray, "3"]:
    """Zero for local coordinates; the median in whole metres where it is more than 1 km away.

    At 1 km f32 still holds 0.06 mm, so local scans keep the coordinates their file shows. The median, because a
    single stray point at (0, 0, 0) must not cost all others their precision.
    """
    if xyz.size == 0 or not np.isfinite(xyz).all() or np.abs(xyz).max() <= LOCAL_METRES:
        return np.zeros(3)
    middle = np.median(xyz, axis=0).astype(np.float64)
    return np.floor(middle) if np.abs(middle).max() > LOCAL_METRES else np.zeros(3)


def _array(name: str, values: Any, dtype: Any, shape: tuple[int | None, ...]) -> np.ndarray:
    """`values` as a frozen array of that type and shape (None = any), finite; SceneError otherwise."""
    found = np.asarray(values)
    wanted = " ".join("?" if side is None else str(side) for side in shape)
    fits = found.ndim == len(shape) and all(s is None or s == f for s, f in zip(shape, found.shape, strict=True))
    if not fits:
        raise SceneError(f"{name} must have shape [{wanted}], found {list(found.shape)}")
    if found.dtype.kind not in "fiu":
        raise SceneError(f"{name} must be numbers, found {found.dtype}")
    array = frozen(found, dtype)
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        bad = int((~np.isfinite(array)).sum())
        raise SceneError(f"{name} holds {bad} values that are not finite", cure="drop those points first")
    return array


def _refuse_large_without_origin(xyz: np.ndarray, origin: np.ndarray) -> None:
    if xyz.dtype != np.float64 or origin.any() or xyz.size == 0:
        return
    largest = np.abs(xyz).max()
    if np.isfinite(largest) and largest > LARGEST_F32_METRES:
        raise SceneError(
            f"xyz reaches {largest:.0f} m from zero, where float32 cannot hold a millimetre",
            cure="use Scene.from_points, which takes an origin out, or pass origin=",
        )


def _colours(rgb: Any, n: int) -> np.ndarray:
    found = np.asarray(rgb)
    if found.dtype.kind not in "iu" or (found.dtype != np.uint8 and found.size and not _fits_u8(found)):
        raise SceneError(f"rgb must be whole numbers 0 to 255, found {found.dtype}", cure="scale colours to 0..255")
    return _array("rgb", found, np.uint8, (n, 3))


def _fits_u8(values: np.ndarray) -> bool:
    return bool(values.min() >= 0 and values.max() <= 255)


def _extra(name: str, values: Any, n: int) -> np.ndarray:
    array = np.asarray(values)
    if array.ndim == 0 or len(array) != n:
        raise SceneError(f"extra field {name!r} must have {n} values, found shape {list(array.shape)}")
    return frozen(array, array.dtype)
