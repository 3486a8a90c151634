"""Meshes (PLY with faces, OBJ, STL, GLB): read as points spread over their surface, labelled at their vertices."""

import shutil
from pathlib import Path

import numpy as np

from lasso3d.core.errors import ReadError, WriteError
from lasso3d.io.glb import read_glb
from lasso3d.io.mesh_ply import read_ply_mesh, write_ply_mesh
from lasso3d.io.mesh_text import read_obj, read_stl
from lasso3d.io.ply_write import label_ply
from lasso3d.io.records import LabelColumns, Records
from lasso3d.io.surface import Surface, face_areas, sampled

_READERS = {".obj": read_obj, ".stl": read_stl, ".ply": read_ply_mesh, ".glb": read_glb}

LARGEST_COORDINATE = 1e30
"""Whose square is still a number in f32; nothing real is there."""

SMALLEST_AREA = 1e-60
"""Squared file units; below, the spacing of the samples vanishes in f64."""


def read_mesh(path: Path) -> Records:
    """Points spread evenly over the surface, with colour and face normal, and the nearest of them for each vertex.

    Raises:
        ReadError: the file is damaged, or has no surface to put points on.
    """
    return sampled(read_surfaces(path))


def read_surfaces(path: Path) -> tuple[Surface, ...]:
    """The checked parts of a mesh; a GLB file has one for each primitive of each node, the others have one.

    Raises:
        ReadError: the file is damaged, or has no surface.
    """
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise ReadError(
            f"{path.suffix} is not a mesh format", str(path), f"meshes are read from {', '.join(_READERS)}"
        )
    try:
        found = reader(path)
    except OSError as error:
        raise ReadError(error.strerror or "cannot be opened", str(path), "check the path and its rights") from error
    parts = found if isinstance(found, tuple) else (found,)
    for part in parts:
        _refuse_broken(path, part)
    if not any(len(part.faces) for part in parts):
        raise ReadError("the mesh has no faces", str(path), "points without faces are read from .ply or .pcd")
    with np.errstate(over="ignore", invalid="ignore"):
        area = sum(float(face_areas(part).sum()) for part in parts)
    if not SMALLEST_AREA < area < np.inf:
        raise ReadError(
            f"the faces of the mesh have an area of {area}", str(path), "check its scale in a mesh viewer"
        )
    farthest = max(float(np.abs(part.vertices).max(initial=0)) for part in parts)
    if farthest > LARGEST_COORDINATE:
        what = f"the mesh reaches {farthest:.3g} from zero"
        raise ReadError(what, str(path), "remove the stray vertices in a mesh editor")
    return parts


def count_mesh(path: Path) -> int:
    """Number of vertices: labels go to them, part after part."""
    return sum(len(part.vertices) for part in read_surfaces(path))


def label_mesh(source: Path, target: Path, labels: LabelColumns) -> None:
    """A copy of a mesh with labels at its vertices, where the format can hold them.

    PLY to PLY keeps everything else byte for byte; other meshes to PLY keep vertices, faces, colours and normals.
    OBJ, STL and GLB are copied as they are: their labels go beside them, which the caller does.

    Raises:
        ReadError: the source is damaged.
        WriteError: the target is another mesh format.
    """
    if source.suffix.lower() == target.suffix.lower() == ".ply":
        label_ply(source, target, labels)
    elif target.suffix.lower() == ".ply":
        parts = read_surfaces(source)
        vertices = sum(len(part.vertices) for part in parts)
        if len(labels.label) != vertices:
            raise ValueError(f"{len(labels.label)} labels for {vertices} vertices")
        write_ply_mesh(target, parts, labels)
    elif source.suffix.lower() == target.suffix.lower():
        shutil.copyfile(source, target)
    else:
        cure = f"write {source.suffix} or .ply"
        raise WriteError(f"a {source.suffix} mesh cannot become {target.suffix}", str(target), cure)


def _refuse_broken(path: Path, part: Surface) -> None:
    finite = np.isfinite(part.vertices).all(1)
    if not finite.all():
        what = f"vertex {int(np.argmin(finite))} of the mesh is not finite"
        raise ReadError(what, str(path), "remove it in a mesh editor")
    if part.faces.size and not 0 <= part.faces.min() <= part.faces.max() < len(part.vertices):
        what = f"a face names vertex {int(part.faces.max())} of {len(part.vertices)}"
        raise ReadError(what, str(path), "export the mesh again")
