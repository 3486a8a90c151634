"""Which program part reads and writes which file."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from lasso3d.core.errors import ReadError
from lasso3d.io.las import count_las, label_las, read_las, write_las
from lasso3d.io.mesh import label_mesh, read_mesh
from lasso3d.io.npy import count_npy, label_npy, read_npy
from lasso3d.io.npz import count_npz, label_npz, read_npz, write_npz
from lasso3d.io.pcd import count_pcd, label_pcd, read_pcd, write_pcd
from lasso3d.io.ply import count_ply, label_ply, read_ply, write_ply
from lasso3d.io.ply_header import read_ply_header
from lasso3d.io.records import LabelColumns, Records


@dataclass(frozen=True)
class Format:
    """What can be done with one kind of file."""

    suffixes: tuple[str, ...]
    read: Callable[[Path], Records]
    label: Callable[[Path, Path, LabelColumns], None]
    """Copy source to target with labels added, everything else byte for byte."""
    write: Callable[[Path, Records, LabelColumns | None], None] | None = None
    """A plain file from arrays, with labels or without."""
    count: Callable[[Path], int] | None = None
    """Number of records, points or not; None = a mesh, whose points are not its records."""


PLY = Format((".ply",), read_ply, label_ply, write_ply, count_ply)
PCD = Format((".pcd",), read_pcd, label_pcd, write_pcd, count_pcd)
LAS = Format((".las", ".laz"), read_las, label_las, write_las, count_las)
NPZ = Format((".npz",), read_npz, label_npz, write_npz, count_npz)
NPY = Format((".npy",), read_npy, label_npy, None, count_npy)
MESH = Format((".obj", ".stl", ".glb", ".ply"), read_mesh, label_mesh)

BY_SUFFIX = {suffix: form for form in (MESH, PLY, PCD, LAS, NPZ, NPY) for suffix in form.suffixes}
"""A .ply is a cloud here; one with faces is a mesh, which its header tells."""

KNOWN = ", ".join(sorted(BY_SUFFIX))

SIGNATURES = {
    b"ply\n": (".ply",), b"ply\r": (".ply",), b"# .PCD": (".pcd",), b"LASF": (".las", ".laz"), b"glTF": (".glb",),
    b"PK\x03\x04": (".npz",), b"PK\x05\x06": (".npz",), b"\x93NUMPY": (".npy",),
}  # fmt: skip

STRANGERS = {
    b"version https://git-lfs": ("a Git LFS pointer", "fetch the file itself with git lfs pull"),
    b"<!DOCTYPE": ("a web page", "download the file again"),
    b"<html": ("a web page", "download the file again"),
    b"\x1f\x8b": ("a gzip archive", "unpack it first"),
    b"PK": ("a ZIP archive", "unpack it first"),
    b"7z\xbc\xaf": ("a 7z archive", "unpack it first"),
    b"ASTM-E57": ("an E57 scan", "convert it to LAS or PLY"),
}
"""What is often found under the name of a scan, and what to do about it."""


def format_of(path: Path) -> Format:
    """The format of an existing file, by its suffix and its first bytes, which must agree.

    Raises:
        ReadError: an unknown suffix, an empty file, or the first bytes of something else.
        OSError: the file cannot be opened.
    """
    if path.exists() and not path.is_file():
        raise ReadError("is no regular file", str(path), "copy it to one")
    with path.open("rb") as file:
        top = file.read(64)
    suffix = path.suffix.lower()
    if suffix not in BY_SUFFIX:
        raise ReadError(f"has a suffix, {suffix!r}, that is not one of {KNOWN}", str(path), "rename or convert it")
    if not top:
        raise ReadError("is empty", str(path), "copy or download it again")
    _refuse_stranger(path, top, suffix)
    if suffix == ".ply" and read_ply_header(path).faces:
        return MESH
    return BY_SUFFIX[suffix]


def _refuse_stranger(path: Path, top: bytes, suffix: str) -> None:
    for start, suffixes in SIGNATURES.items():
        if top.startswith(start):
            if suffix not in suffixes:
                raise ReadError(f"is no {suffix} file but {suffixes[0]}", str(path), f"rename it to {suffixes[0]}")
            return
    for start, (name, cure) in STRANGERS.items():
        if top.startswith(start):
            raise ReadError(f"is no scan but {name}", str(path), cure)
