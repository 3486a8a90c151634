"""ScanNet in Pointcept's layout: a folder per scene with coord.npy, color.npy, instance.npy, segment20.npy."""

from pathlib import Path

import numpy as np

from lasso3d.core.errors import ReadError
from lasso3d.core.scene import Scene
from lasso3d.data.example import Example, ReadOnAccess, Truth

CLASSES = (
    "wall",
    "floor",
    "cabinet",
    "bed",
    "chair",
    "sofa",
    "table",
    "door",
    "window",
    "bookshelf",
    "picture",
    "counter",
    "desk",
    "curtain",
    "refrigerator",
    "shower curtain",
    "toilet",
    "sink",
    "bathtub",
    "other furniture",
)
"""The 20 classes of the benchmark, in its order."""
NYU40_IDS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 16, 24, 28, 33, 34, 36, 39)
"""Their numbers in ScanNet's label map and in submissions (`3d_evaluation/evaluate_semantic_label.py`)."""
STUFF = (CLASSES.index("wall"), CLASSES.index("floor"))
"""Classes whose instances the benchmark does not count."""


def scan_folders(path: Path) -> ReadOnAccess:
    """Every folder below `path` that holds a coord.npy, in order of their paths."""
    return ReadOnAccess(sorted(file.parent for file in path.rglob("coord.npy")), read_scan_folder)


def read_scan_folder(path: Path) -> Example:
    """One scene with its instances and, from segment20.npy if there, its classes; walls and floors are none.

    Raises:
        ReadError: a file is missing, is not an array, or has another number of points.
    """
    xyz = _array(path / "coord.npy").astype(np.float32)
    instance = _array(path / "instance.npy", len(xyz)).reshape(-1).astype(np.int32) + np.int32(1)
    instance[instance < 1] = -1
    semantic = None
    if (path / "segment20.npy").exists():
        semantic = _array(path / "segment20.npy", len(xyz)).reshape(-1).astype(np.int32)
        semantic[(semantic < 0) | (semantic >= len(CLASSES))] = -1
        instance[np.isin(semantic, STUFF)] = -1
    scene = Scene(xyz, rgb=_colours(_array(path / "color.npy", len(xyz))), name=path.name)
    return Example(scene, Truth(instance, semantic, class_names=CLASSES if semantic is not None else ()))


def _colours(values: np.ndarray) -> np.ndarray:
    """Whole numbers 0 to 255; some exports hold 0 to 1."""
    return values.astype(np.uint8) if values.max() > 1.5 else (values * 255).astype(np.uint8)


def _array(path: Path, rows: int | None = None) -> np.ndarray:
    try:
        array: np.ndarray = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise ReadError(f"cannot be read as an array ({error})", str(path), "check the export") from error
    if rows is not None and len(array) != rows:
        raise ReadError(f"has {len(array)} rows, coord.npy has {rows}", str(path), "check the export")
    return array
