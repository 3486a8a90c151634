"""Scene folders: arrays, posed images and `scene.json`, our own form on disk (documented in docs/worlds.md)."""

import json
import os
import secrets
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

import numpy as np
from jaxtyping import Float32, Int32, Shaped, UInt8

from lasso3d.core.errors import ReadError, SceneError, WriteError
from lasso3d.core.scene import Scene, Source, Up, View
from lasso3d.io.digest import digest_of
from lasso3d.io.folder_meta import SCENE_FILE, FolderMeta, meta_to_json, read_folder_meta
from lasso3d.io.posed import VIEWS, FolderViews, read_array, write_maps, write_view
from lasso3d.io.records import LabelColumns

__all__ = [
    "SCENE_FILE",
    "FolderMeta",
    "FolderTruth",
    "folder_digest",
    "label_folder",
    "read_folder",
    "read_folder_meta",
    "read_folder_truth",
    "write_folder",
]

ADDED = "lasso_"
"""Arrays whose names begin so are labels that were written back; they are no part of a folder's fingerprint."""

TRUTH = ("instance", "semantic", "part")


@dataclass(frozen=True, eq=False)
class FolderTruth:
    """What is true of the points of a folder; the scene itself does not know."""

    instance: Int32[np.ndarray, " n"] | None
    """Ids above 0; -1 = none."""
    semantic: Int32[np.ndarray, " n"] | None
    """Index into `class_names`; -1 = none."""
    part: Int32[np.ndarray, " n"] | None
    """Index into `part_names`; -1 = none."""
    meta: FolderMeta


def read_folder(path: Path, *, up: Up = "z", unit: float = 1.0) -> Scene:
    """All points in file order with colours and views, and without labels; `lasso_*` arrays come as extra fields.

    Raises:
        ReadError: no `scene.json`, a damaged file, or a wish to turn or scale what is z up and metric already.
    """
    if not (path / SCENE_FILE).is_file():
        raise ReadError(
            f"the folder has no {SCENE_FILE}",
            str(path),
            "give a file, or a folder that has one or posed depth images",
        )
    if up != "z" or unit != 1:
        raise ReadError("a scene folder is z up and in metres already", str(path), "leave out up and unit")
    meta = read_folder_meta(path)
    xyz = _array(path, "xyz", "f", (None, 3))
    n = len(xyz)
    extra = {p.stem: _array(path, p.stem, "biuf", (n,)) for p in sorted(path.glob(f"{ADDED}*.npy"))}
    rgb = _array(path, "rgb", "u", (n, 3)) if (path / "rgb.npy").exists() else None
    try:
        return Scene(
            xyz,
            rgb=rgb,
            extra=extra,
            views=FolderViews(path / VIEWS),
            origin=np.array(meta.origin),
            name=meta.name or path.name,
            source=Source(path, folder_digest(path), np.arange(n)),
        )
    except SceneError as error:
        raise ReadError(error.what, str(path), error.cure or "write the folder again") from error


def read_folder_truth(path: Path) -> FolderTruth:
    """The labels of a folder, each None where it is missing.

    Raises:
        ReadError: an array of another length than the points, or of another type than whole numbers.
    """
    n = len(_array(path, "xyz", "f", (None, 3)))
    arrays = {name: _array(path, name, "iu", (n,)) for name in TRUTH if (path / f"{name}.npy").exists()}
    instance, semantic, part = (None if (a := arrays.get(name)) is None else a.astype(np.int32) for name in TRUTH)
    return FolderTruth(instance, semantic, part, read_folder_meta(path))


def write_folder(
    path: Path,
    meta: FolderMeta,
    *,
    xyz: Float32[np.ndarray, "n 3"],
    rgb: UInt8[np.ndarray, "n 3"] | None = None,
    instance: Int32[np.ndarray, " n"] | None = None,
    semantic: Int32[np.ndarray, " n"] | None = None,
    part: Int32[np.ndarray, " n"] | None = None,
    views: Sequence[View] = (),
    maps: Iterable[Mapping[str, Int32[np.ndarray, "h w"]]] = (),
) -> None:
    """Write a scene folder: all of it or nothing, the same bytes for the same input; `meta.digest` is filled in.

    Args:
        maps: what is true of the pixels of each view, in their order, by the names in `posed.MAPS`.

    Raises:
        WriteError: something that is not a scene folder is there already, or the disk refuses.
    """
    given = {"xyz": xyz, "rgb": rgb, "instance": instance, "semantic": semantic, "part": part}
    arrays = {name: array for name, array in given.items() if array is not None}
    with _replacing_folder(path) as folder:
        for name, array in arrays.items():
            np.save(folder / f"{name}.npy", np.ascontiguousarray(array), allow_pickle=False)
        if len(views):
            (folder / VIEWS).mkdir()
        for number, view in enumerate(views):
            write_view(folder / VIEWS / f"{number:03d}", view)
        for number, known in enumerate(maps):
            write_maps(folder / VIEWS / f"{number:03d}", known)
        text = meta_to_json(replace(meta, digest=_digest(arrays)))
        (folder / SCENE_FILE).write_text(text, encoding="utf-8")


def label_folder(source: Path, target: Path, labels: LabelColumns) -> None:
    """A copy of a scene folder with the labels as arrays beside the others, and `lasso_names.json`.

    Arrays of that name that are there already stay; the new ones get a number. The target may be the source.

    Raises:
        WriteError: something that is not a scene folder is at the target, or the disk refuses.
    """
    n = len(_array(source, "xyz", "f", (None, 3)))
    if len(labels.label) != n:
        raise ValueError(f"{len(labels.label)} labels for {n} points")
    if Path(os.path.realpath(source)) in Path(os.path.realpath(target)).parents:
        raise WriteError(
            "the target lies inside the folder it is a copy of", str(target), "choose a folder beside it"
        )
    taken = [path.stem for path in source.glob("*.npy")]
    with _replacing_folder(target) as folder:
        shutil.copytree(source, folder, dirs_exist_ok=True)
        for name, column in labels.columns(taken).items():
            np.save(folder / f"{name}.npy", column, allow_pickle=False)
        names = json.dumps(list(labels.names), ensure_ascii=False)
        (folder / f"{labels.names_key(taken)}.json").write_text(names + "\n", encoding="utf-8")


def folder_digest(path: Path) -> str:
    """sha256 over names and contents of the files of a scene folder, hex; labels written back do not change it."""
    sha = sha256()
    for file in sorted(path.rglob("*")):
        name = file.relative_to(path).as_posix()
        if file.is_file() and not name.startswith(ADDED):
            sha.update(f"{name}\n{digest_of(file)}\n".encode())
    return sha.hexdigest()


def _array(folder: Path, name: str, kinds: str, shape: tuple[int | None, ...]) -> Shaped[np.ndarray, "..."]:
    """An array of the folder, of that kind of numbers and that shape (None = any)."""
    path = folder / f"{name}.npy"
    array = read_array(path)
    fits = array.ndim == len(shape) and all(w in (None, f) for w, f in zip(shape, array.shape, strict=True))
    if array.dtype.kind not in kinds or not fits or (kinds == "u" and array.dtype != np.uint8):
        wanted = " ".join("n" if side is None else str(side) for side in shape)
        what = f"holds {array.dtype} {list(array.shape)}, expected [{wanted}]"
        raise ReadError(what, str(path), "write the folder again")
    return array


def _digest(arrays: Mapping[str, np.ndarray]) -> str:
    """sha256 over name, type, shape and values of each array, hex."""
    sha = sha256()
    for name, array in arrays.items():
        sha.update(f"{name} {array.dtype.str} {array.shape}\n".encode())
        sha.update(np.ascontiguousarray(array).data)
    return sha.hexdigest()


@contextmanager
def _replacing_folder(target: Path) -> Iterator[Path]:
    """An empty folder beside `target` that takes its place when the block ends well, and goes otherwise."""
    final = Path(os.path.realpath(target))
    if final.exists() and not (final / SCENE_FILE).is_file() and (not final.is_dir() or any(final.iterdir())):
        raise WriteError("something else is there already", str(target), "choose an empty or new folder")
    temporary = final.parent / f".tmp-{secrets.token_hex(8)}"
    former = final.parent / f".old-{secrets.token_hex(8)}"
    try:
        temporary.mkdir(parents=True)
        yield temporary
        if final.exists():
            os.replace(final, former)
        os.replace(temporary, final)
    except (OSError, shutil.Error) as error:
        what = f"cannot be written ({getattr(error, 'strerror', None) or error})"
        raise WriteError(what, str(target), "check free space and permissions") from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
        if former.exists() and not final.exists():
            os.replace(former, final)
        shutil.rmtree(former, ignore_errors=True)
