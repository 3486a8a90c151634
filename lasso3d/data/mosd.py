"""mOSD, the modified Object Segmentation Database: labelled Kinect clouds of things on tables, in PCD files."""

from pathlib import Path

import numpy as np

from lasso3d.core.errors import ReadError
from lasso3d.core.scene import Scene
from lasso3d.data.example import Example, ReadOnAccess, Truth
from lasso3d.io.scenes import read_scene

FIRST_OBJECT = 10
"""Labels 1 to 9 are parts of the table; from here on the last digit numbers the pieces of one object."""


def mosd_folder(path: Path) -> ReadOnAccess:
    """Every PCD file below a folder, in order of their paths."""
    return ReadOnAccess(sorted(path.rglob("*.pcd")), read_mosd)


def read_mosd(path: Path) -> Example:
    """The labelled points of one file, z up, in file order; the table is no instance.

    Raises:
        ReadError: the file has no field `label`, or nothing in it is labelled.
    """
    scene = read_scene(path, up="-y")
    if "label" not in scene.extra:
        raise ReadError("has no field `label`", str(path), "a file of mOSD is expected here")
    label = np.asarray(scene.extra["label"]).reshape(-1).astype(np.int64)
    # a pixel without return lies at the sensor
    kept = (label > 0) & (scene.xyz + scene.origin != 0).any(axis=1)
    if not kept.any():
        raise ReadError("no point is labelled", str(path), "a file of mOSD is expected here")
    rgb = None if scene.rgb is None else scene.rgb[kept]
    instance = np.where(label >= FIRST_OBJECT, label // 10, -1)[kept]
    labelled = Scene(scene.xyz[kept], rgb=rgb, origin=scene.origin, name=path.name)
    return Example(labelled, Truth(instance.astype(np.int32)))
