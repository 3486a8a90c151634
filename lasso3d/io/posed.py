"""Posed images of a scene folder: `views/NNN.png`, `NNN.depth.npy` and `NNN.json`, read when they are looked at.

What is true of their pixels lies beside them in `NNN.instance.npy`, `NNN.semantic.npy` and `NNN.part.npy`; a view
does not know it.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import final, overload

import numpy as np
from jaxtyping import Int32, Shaped
from PIL import Image

from lasso3d.core.errors import ReadError, SceneError
from lasso3d.core.scene import View
from lasso3d.io.columns import refuse_short
from lasso3d.io.folder_meta import read_json_object
from lasso3d.io.images import decode_image
from lasso3d.io.npy_header import read_npy_data, read_npy_header

VIEWS = "views"

CAMERA_KEYS = {"K", "T_camera_scene"}

MAPS = ("instance", "semantic", "part")
"""What may be known of the pixels of a view."""


@final
class FolderViews(Sequence[View]):
    """The views of a folder in the order of their names; each is read anew on every access, nothing is kept."""

    def __init__(self, folder: Path) -> None:
        self._cameras = tuple(sorted(folder.glob("*.json")))

    def __len__(self) -> int:
        """Number of views."""
        return len(self._cameras)

    @overload
    def __getitem__(self, index: int) -> View: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[View, ...]: ...

    def __getitem__(self, index: int | slice) -> View | tuple[View, ...]:
        """Read one view, or several.

        Raises:
            ReadError: a file of the view is missing or damaged.
        """
        if isinstance(index, slice):
            return tuple(read_view(camera) for camera in self._cameras[index])
        return read_view(self._cameras[index])


def read_view(camera: Path) -> View:
    """The view whose camera is `NNN.json`; its picture and its depth, if any, lie beside it."""
    plain = read_json_object(camera)
    if set(plain) != CAMERA_KEYS:
        found = ", ".join(sorted(plain))[:100]
        raise ReadError(f"has the keys {found}", str(camera), f"a camera has {' and '.join(sorted(CAMERA_KEYS))}")
    picture, depth = camera.with_suffix(".png"), camera.with_suffix(".depth.npy")
    try:
        return View(
            decode_image(picture.read_bytes(), picture),
            np.array(plain["K"], np.float64),
            np.array(plain["T_camera_scene"], np.float64),
            read_array(depth) if depth.exists() else None,
        )
    except OSError as error:
        raise ReadError(error.strerror or "cannot be opened", str(picture), "check the folder") from error
    except (SceneError, TypeError, ValueError, OverflowError) as error:
        raise ReadError(f"makes no view ({str(error)[:100]})", str(camera), "write the folder again") from error


def write_view(stem: Path, view: View) -> None:
    """The two or three files of a view; the same bytes for the same view."""
    Image.fromarray(view.rgb).save(stem.with_suffix(".png"), format="PNG")
    if view.depth is not None:
        np.save(stem.with_suffix(".depth.npy"), view.depth, allow_pickle=False)
    camera = {"K": view.K.tolist(), "T_camera_scene": view.T_camera_scene.tolist()}
    stem.with_suffix(".json").write_text(json.dumps(camera, indent=1) + "\n", encoding="utf-8")


def read_maps(camera: Path) -> dict[str, Int32[np.ndarray, "h w"]]:
    """What is true of the pixels of the view whose camera is `NNN.json`; empty where nothing is said.

    Raises:
        ReadError: a damaged file, or one that holds no picture of whole numbers.
    """
    maps = {}
    for name in MAPS:
        path = camera.with_suffix(f".{name}.npy")
        if path.exists():
            found = read_array(path)
            if found.ndim != 2 or found.dtype.kind not in "iu":
                what = f"holds {found.dtype} {list(found.shape)}, expected whole numbers [h w]"
                raise ReadError(what, str(path), "write the folder again")
            maps[name] = found.astype(np.int32)
    return maps


def write_maps(stem: Path, maps: Mapping[str, Int32[np.ndarray, "h w"]]) -> None:
    """The files of what is true of a view's pixels."""
    for name, values in maps.items():
        np.save(stem.with_suffix(f".{name}.npy"), np.ascontiguousarray(values), allow_pickle=False)


def read_array(path: Path) -> Shaped[np.ndarray, "..."]:
    """One NPY file, never a pickled one.

    Raises:
        ReadError: missing, cut off, or no array of numbers.
    """
    try:
        with path.open("rb", buffering=0) as file:
            header = read_npy_header(file, where=str(path))
            if header.dtype.kind not in "biuf":
                raise ReadError(f"holds {header.dtype}, not numbers", str(path), "write the folder again")
            refuse_short(path, header.size + header.nbytes, promised=f"an array of shape {list(header.shape)}")
            file.seek(header.size)
            return read_npy_data(file, header, where=str(path))
    except OSError as error:
        raise ReadError(error.strerror or "cannot be opened", str(path), "check the folder") from error
