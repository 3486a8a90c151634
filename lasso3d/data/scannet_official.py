"""ScanNet as it is released, with the 20 classes of its benchmark or the 200 of ScanNet200.

    scans/SCAN/SCAN_vh_clean_2.ply                    the vertices of this mesh are the points
    scans/SCAN/SCAN_vh_clean_2.0.010000.segs.json     segment of each vertex
    scans/SCAN/SCAN.aggregation.json                  segments and label of each object
    scans/SCAN/SCAN.txt                               axisAlignment; may be missing
    scans_test/SCAN/...                               meshes alone
    scannetv2-labels.combined.tsv                     class of each label
    scannetv2_train.txt, scannetv2_val.txt, scannetv2_test.txt

The last four lie beside `scans`, or in `Tasks/Benchmark`, `metadata` or `meta_data` there.
Source: github.com/ScanNet/ScanNet, README, `3d_helpers/export_train_mesh_for_evaluation.py` and ScanNet200.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple, final

import numpy as np
from jaxtyping import Float64, Int32, Int64

from lasso3d.core.errors import ReadError
from lasso3d.data import scannet, scannet200
from lasso3d.data.annotated_mesh import (
    Group,
    group_of_vertex,
    read_groups,
    read_segments,
    read_vertices,
    rigid,
    spread,
)
from lasso3d.data.example import Example, ReadOnAccess, Truth
from lasso3d.data.text_files import AGAIN, lines_of, refuse_any, table_of, whole_number

LabelSet = Literal["scannet20", "scannet200"]

MESH = "_vh_clean_2.ply"
LABEL_MAP = "scannetv2-labels.combined.tsv"
BESIDE = ("", "Tasks/Benchmark", "metadata", "meta_data")
SPLITS = ("train", "val", "test")
STUFF = ("wall", "floor")
"""Classes whose instances neither benchmark counts (`VALID_PANOPTIC_IDS` of ScanNet200)."""
NO_OBJECT = ("wall", "floor", "ceiling")
"""What ScanRefer leaves out before it calls all other classes "other furniture" (`batch_load_scannet_data.py`)."""

Spoken = tuple[tuple[str, tuple[int, ...]], ...]
"""Sentences with the `objectId`s they mean; instances of a truth are one more."""


@final
@dataclass(frozen=True)
class Labels:
    """From what annotators wrote to the classes of a benchmark."""

    names: tuple[str, ...]
    of_label: Mapping[str, int]
    """Index into `names`; -1 = none of them."""
    unknown: int = -1
    """Of labels that the map lacks."""

    def index(self, label: str) -> int:
        """Class of a label, -1 = none."""
        return self.of_label.get(label, self.unknown)


@final
@dataclass(frozen=True)
class Release:
    """A copy of ScanNet, or of a part of it."""

    root: Path
    scans: Path
    single: str | None = None
    """The one scan that is meant."""

    def beside(self, name: str) -> Path | None:
        """A file that belongs to the whole release, where it is usually kept; None = not there."""
        return next((self.root / place / name for place in BESIDE if (self.root / place / name).is_file()), None)


class Scan(NamedTuple):
    """What is read for one example."""

    folder: Path
    labels: Labels
    labelled: bool = True
    spoken: Spoken = ()


def scannet_scans(path: Path, *, labels: LabelSet = "scannet20", split: str | None = None) -> ReadOnAccess:
    """The scans of a split, in its order; nothing where no scan lies.

    Args:
        path: the folder that holds `scans`, that folder itself, or one scan.
        split: train, val, test or all; None = val where its list lies beside the scans, all otherwise.

    Raises:
        ReadError: no such split, scans of it that are missing, or no label map.
    """
    release = find_release(path)
    if release is None:
        return ReadOnAccess((), read_scan)
    return ReadOnAccess(listed_scans(release, split, read_labels(release, labels)), read_scan)


def find_release(path: Path) -> Release | None:
    """The copy of ScanNet that a folder holds or lies in; None = it is something else."""
    if any(path.glob(f"*{MESH}")):
        scan = path.absolute()
        return Release(scan.parents[1], scan.parent, scan.name)
    for scans in (path / "scans", path / "scans_test", path):
        if next(scans.glob(f"*/*{MESH}"), None) is not None:
            return Release(scans.absolute().parent, scans)
    return None


def listed_scans(release: Release, split: str | None, labels: Labels) -> tuple[Scan, ...]:
    """The scans of a split, in the order of its list.

    Raises:
        ReadError: no such split, no list of it, or scans without a mesh, naming them.
    """
    if release.single is not None:
        return (Scan(release.scans / release.single, labels),)
    if split not in (None, "all", *SPLITS):
        raise ReadError(f"has no part {split!r}", str(release.root), f"choose {', '.join(SPLITS)} or all")
    wanted = split or "val"
    listed = release.beside(f"scannetv2_{wanted}.txt")
    if split == "all" or (split is None and listed is None):
        return tuple(Scan(mesh.parent, labels) for mesh in sorted(release.scans.glob(f"*/*{MESH}")))
    if listed is None:
        places = "beside the scans, in Tasks/Benchmark or in metadata"
        raise ReadError(f"has no scannetv2_{wanted}.txt", str(release.root), f"put ScanNet's list {places}")
    held = release.root / "scans_test" if wanted == "test" and release.scans.name == "scans" else release.scans
    names = lines_of(listed)
    refuse_missing(held, names)
    return tuple(Scan(held / name, labels, wanted != "test") for name in names)


def refuse_missing(scans: Path, names: Sequence[str]) -> None:
    """ReadError that lists the scans without a mesh."""
    missing = [name for name in names if not (scans / name / f"{name}{MESH}").is_file()]
    refuse_any(missing, f"listed, but without {MESH}", scans, cure="complete them: a table over the rest misleads")


def read_labels(release: Release, labels: LabelSet, *, rest: bool = False) -> Labels:
    """The classes of a benchmark and how labels map to them.

    Args:
        rest: objects of all other classes, ceilings apart, are "other furniture", as ScanRefer has them.

    Raises:
        ReadError: the label map is missing or damaged.
    """
    path = release.beside(LABEL_MAP)
    if path is None:
        raise ReadError(f"has no {LABEL_MAP}", str(release.root), "ScanNet's download script gets it (--label_map)")
    twenty = labels == "scannet20"
    names, ids = (scannet.CLASSES, scannet.NYU40_IDS) if twenty else (scannet200.CLASSES, scannet200.IDS)
    other = names.index("other furniture") if rest else -1
    place = {number: k for k, number in enumerate(ids)}
    columns = ("raw_category", "nyu40id" if twenty else "id", "nyu40class")
    of_label = {}
    for label, number, category in table_of(path, columns, delimiter="\t"):
        whole = whole_number(number)
        if whole is None:
            raise ReadError(f"holds {number!r} as the number of {label!r}", str(path), AGAIN)
        of_label[label] = place.get(whole, -1 if category in NO_OBJECT else other)
    return Labels(names, of_label, other)


def read_scan(scan: Scan) -> Example:
    """The vertices of a scan, axis-aligned, with their objects and classes; walls and floors are no instances.

    An object's instance is its `objectId` + 1. What a sentence means is an instance, whatever its class.

    Raises:
        ReadError: a file is missing, damaged or of another release, or sentences name objects that are not there.
    """
    stem = scan.folder / scan.folder.name
    scene = read_vertices(Path(f"{stem}{MESH}"), scan.folder.name, read_alignment(Path(f"{stem}.txt")))
    if not scan.labelled:
        return Example(scene, Truth(np.full(len(scene), -1, np.int32)))
    segments = read_segments(Path(f"{stem}_vh_clean_2.0.010000.segs.json"), len(scene))
    annotation = Path(f"{stem}.aggregation.json")
    groups, kept = _without_twins(read_groups(annotation))
    owner = group_of_vertex(segments, groups)
    meant = tuple((text, tuple(dict.fromkeys(kept.get(i, i) + 1 for i in ids))) for text, ids in scan.spoken)
    named = {i for _, ids in meant for i in ids}
    instance, semantic = _truth(owner, groups, scan.labels, named)
    absent = sorted(named - set(np.unique(instance).tolist()))
    cure = "sentences and scans belong to different releases"
    refuse_any([i - 1 for i in absent], "lacks objects that sentences mean", annotation, cure=cure)
    return Example(scene, Truth(instance, semantic, class_names=scan.labels.names, expressions=meant))


def read_alignment(path: Path) -> Float64[np.ndarray, "4 4"] | None:
    """The matrix that turns a scan's walls along the axes and puts its floor at 0; None = the file has none.

    Raises:
        ReadError: it is no rotation with a translation.
    """
    if not path.is_file():
        return None
    for line in lines_of(path):
        key, _, value = line.partition("=")
        if key.strip() == "axisAlignment":
            try:
                return rigid([float(word) for word in value.split()], path)
            except ValueError:
                return rigid([], path)
    return None


def _without_twins(groups: Sequence[Group]) -> tuple[tuple[Group, ...], dict[int, int]]:
    """Each set of segments once, and for every object the one that stands for it: scene0217_00 lists all twice."""
    first: dict[bytes, Group] = {}
    kept = {g.object: first.setdefault(np.unique(g.segments).tobytes(), g).object for g in groups}
    return tuple(first.values()), kept


def _truth(
    owner: Int64[np.ndarray, " v"], groups: Sequence[Group], labels: Labels, named: set[int]
) -> tuple[Int32[np.ndarray, " v"], Int32[np.ndarray, " v"]]:
    """Instance and class of each vertex."""
    classes = [labels.index(group.label) for group in groups]
    stuff = {labels.names.index(name) for name in STUFF}
    counts = [k not in stuff or group.object + 1 in named for group, k in zip(groups, classes, strict=True)]
    ids = [group.object + 1 if one else -1 for group, one in zip(groups, counts, strict=True)]
    return spread(ids, owner), spread(classes, owner)
