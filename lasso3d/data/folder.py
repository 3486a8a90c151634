"""Labelled scenes on disk in the library's own form, and the one way to open a folder of examples of any form."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal, final, overload

import numpy as np
from jaxtyping import Int32

from lasso3d.core.errors import ReadError
from lasso3d.data.agile3d import is_benchmark, listed_examples
from lasso3d.data.example import Example, ReadOnAccess, Truth, ViewTruth
from lasso3d.data.mosd import mosd_folder
from lasso3d.data.official import LAYOUTS, open_official, open_sentences
from lasso3d.data.scannet import scan_folders
from lasso3d.data.scannet_official import LabelSet
from lasso3d.io.folder import SCENE_FILE, read_folder, read_folder_truth, write_folder
from lasso3d.io.folder_meta import FolderMeta
from lasso3d.io.posed import MAPS, VIEWS, read_maps


def open_examples(
    path: str | Path,
    *,
    together: Literal["single", "multi"] = "multi",
    labels: LabelSet = "scannet20",
    split: str | None = None,
) -> Sequence[Example]:
    """The examples of a folder, by what lies in it, or of a file of sentences, by its name.

    AGILE3D's lists, ScanNet, ScanNet++, S3DIS, Replica, scene folders, mOSD files, ScanNet as Pointcept stores it.

    Args:
        together: which of AGILE3D's lists is meant, of objects one at a time or of objects together.
        labels: the classes of ScanNet's release.
        split: a part of a data set that has parts; None = the one that tables are over.

    Raises:
        ReadError: none of these is there, or lists that do not fit the scans.
    """
    place = Path(path)
    if place.is_file():
        return open_sentences(place, labels=labels, split=split)
    if not place.is_dir():
        raise ReadError("is not a folder", str(place), "give a folder of labelled scenes")
    if split is None and labels == "scannet20" and is_benchmark(place):
        return listed_examples(place, together)
    official = open_official(place, labels=labels, split=split)
    if len(official):
        return official
    if split is not None or labels != "scannet20":
        what = "holds no data set that has parts, or ScanNet's other labels"
        raise ReadError(what, str(place), f"leave --split and --labels away, or give {LAYOUTS}")
    for reader in (scene_folders, mosd_folder, scan_folders):
        examples = reader(place)
        if len(examples):
            return examples
    looked_for = f"{SCENE_FILE} (scene folders), *.pcd (mOSD), coord.npy (ScanNet), val_list.json (AGILE3D)"
    raise ReadError("holds no labelled scenes", str(place), f"looked in it and below for {looked_for}, {LAYOUTS}")


def scene_folders(path: Path) -> ReadOnAccess:
    """Every scene folder at or below `path`, in order of their paths."""
    return ReadOnAccess(sorted(file.parent for file in path.rglob(SCENE_FILE)), read_scene_folder)


def read_scene_folder(path: Path) -> Example:
    """One scene folder with its truth.

    Raises:
        ReadError: a damaged folder, or labels that contradict each other.
    """
    # labels that were written back to the folder are no business of the next segmenter
    scene, found = replace(read_folder(path), extra={}), read_folder_truth(path)
    instance = np.full(len(scene), -1, np.int32) if found.instance is None else found.instance
    meta = found.meta
    try:
        truth = Truth(
            instance,
            found.semantic,
            found.part,
            class_names=meta.class_names,
            part_names=meta.part_names,
            expressions=meta.expressions,
            instructions=meta.instructions,
            views=FolderViewTruths(path / VIEWS),
        )
    except ValueError as error:
        raise ReadError(str(error), str(path), "write the folder again") from error
    return Example(scene, truth)


def write_example(
    path: Path, example: Example, *, world_version: int | str | None = None, source: str = "", licence: str = ""
) -> None:
    """Write an example as a scene folder: all of it or nothing, the same bytes for the same example.

    Raises:
        WriteError: something that is not a scene folder is there already, or the disk refuses.
    """
    scene, truth = example
    meta = FolderMeta(
        world_version=world_version,
        source=source,
        licence=licence,
        name=scene.name,
        origin=tuple(scene.origin.tolist()),
        class_names=truth.class_names,
        part_names=truth.part_names,
        expressions=truth.expressions,
        instructions=truth.instructions,
    )
    write_folder(
        path,
        meta,
        xyz=scene.xyz,
        rgb=scene.rgb,
        instance=truth.instance,
        semantic=truth.semantic,
        part=truth.part,
        views=scene.views,
        maps=(_maps(view) for view in truth.views),
    )


@final
class FolderViewTruths(Sequence[ViewTruth]):
    """What is true of the views of a folder, read anew on every access; none where no view has a map."""

    def __init__(self, folder: Path) -> None:
        known = any(True for name in MAPS for _ in folder.glob(f"*.{name}.npy"))
        self._cameras = tuple(sorted(folder.glob("*.json"))) if known else ()

    def __len__(self) -> int:
        """Number of views."""
        return len(self._cameras)

    @overload
    def __getitem__(self, index: int) -> ViewTruth: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[ViewTruth, ...]: ...
    def __getitem__(self, index: int | slice) -> ViewTruth | tuple[ViewTruth, ...]:
        """Read what is true of one view, or of several.

        Raises:
            ReadError: a file of the view is missing or damaged.
        """
        if isinstance(index, slice):
            return tuple(_read_view_truth(camera) for camera in self._cameras[index])
        return _read_view_truth(self._cameras[index])


def _read_view_truth(camera: Path) -> ViewTruth:
    maps = read_maps(camera)
    missing = camera.with_suffix(".instance.npy")
    if "instance" not in maps:
        raise ReadError("is not there, though other views have one", str(missing), "write the folder again")
    if len({values.shape for values in maps.values()}) != 1:
        raise ReadError("has another size than the other maps of its view", str(missing), "write the folder again")
    return ViewTruth(**maps)


def _maps(view: ViewTruth) -> dict[str, Int32[np.ndarray, "h w"]]:
    known = {"instance": view.instance, "semantic": view.semantic, "part": view.part}
    return {name: values for name, values in known.items() if values is not None}
