"""ScanNet++ as it is released, with the classes of its semantic benchmark.

    data/SCENE/scans/mesh_aligned_0.05.ply            the vertices of this mesh are the points
    data/SCENE/scans/segments.json                    segment of each vertex
    data/SCENE/scans/segments_anno.json               segments and label of each object, which may overlap
    data/SCENE/scans/mesh_aligned_0.05_mask.txt       vertices that are not judged; may be missing
    splits/nvs_sem_{train,val}.txt, splits/sem_test.txt
    metadata/semantic_benchmark/top100.txt            classes, in the benchmark's order
    metadata/semantic_benchmark/top100_instance.txt   those that have instances
    metadata/semantic_benchmark/map_benchmark.csv     class, semantic_map_to: from labels to classes

Source: github.com/scannetpp/scannetpp, `common/scene_release.py`, `semantic/transforms/mesh.py`, f3b4712.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, final

import numpy as np
from jaxtyping import Int64

from lasso3d.core.errors import ReadError
from lasso3d.data.annotated_mesh import Group, Segments, read_groups, read_segments, read_vertices, spread
from lasso3d.data.example import Example, ReadOnAccess, Truth
from lasso3d.data.text_files import lines_of, refuse_any, table_of, whole_number

MESH = "scans/mesh_aligned_0.05.ply"
SPLIT_LISTS = {"train": "nvs_sem_train.txt", "val": "nvs_sem_val.txt", "test": "sem_test.txt"}
BENCHMARK = "metadata/semantic_benchmark"
DEEPEST = 3
"""Labels that a vertex keeps (`multilabel_max` of `GetLabelsOnVertices`)."""


@final
@dataclass(frozen=True)
class Classes:
    """From what annotators wrote to the classes of the benchmark."""

    names: tuple[str, ...]
    countable: frozenset[str]
    """Those with instances."""
    of_label: Mapping[str, str]
    """Labels that the map changes; an empty class = none."""

    def index(self, label: str) -> int:
        """Class of a label, -1 = none."""
        name = self.of_label.get(label, "")
        return self.names.index(name) if name in self.names else -1


class Capture(NamedTuple):
    """What is read for one example."""

    folder: Path
    classes: Classes
    labelled: bool = True


def scannetpp_scenes(path: Path, *, split: str | None = None) -> ReadOnAccess:
    """The scenes of a split, in its order; nothing where no scene lies.

    Args:
        path: the folder that holds `data`.
        split: train, val, test or all; None = val where its list is there, all otherwise.

    Raises:
        ReadError: no such split, scenes of it that are missing, or no lists of classes.
    """
    data = path / "data"
    if next(data.glob(f"*/{MESH}"), None) is None:
        return ReadOnAccess((), read_capture)
    return ReadOnAccess(_captures(path, split, read_classes(path / BENCHMARK)), read_capture)


def read_classes(folder: Path) -> Classes:
    """The lists of the benchmark.

    Raises:
        ReadError: one is missing or damaged.
    """
    cure = "get the metadata of ScanNet++ with its download script"
    rows = table_of(folder / "map_benchmark.csv", ("class", "semantic_map_to"), cure=cure)
    of_label = {label: (target or label) if target != "None" else "" for label, target in rows}
    names = lines_of(folder / "top100.txt", cure)
    return Classes(names, frozenset(lines_of(folder / "top100_instance.txt", cure)), of_label)


def read_capture(capture: Capture) -> Example:
    """The vertices of a scene with their objects and classes; the smallest of several objects has the vertex.

    An object's instance is its `objectId` + 1. Vertices that the benchmark's mask leaves out have no label.

    Raises:
        ReadError: a file is missing, damaged or of another release.
    """
    scans, classes = capture.folder / "scans", capture.classes
    scene = read_vertices(capture.folder / MESH, capture.folder.name)
    if not capture.labelled:
        return Example(scene, Truth(np.full(len(scene), -1, np.int32)))
    segments = read_segments(scans / "segments.json", len(scene))
    groups = [g for g in read_groups(scans / "segments_anno.json") if classes.index(g.label) >= 0]
    owner = smallest_group_of_vertex(segments, groups)
    owner[_masked(scans / "mesh_aligned_0.05_mask.txt", len(scene))] = -1
    kinds = [classes.index(group.label) for group in groups]
    counts = [classes.names[k] in classes.countable for k in kinds]
    ids = [group.object + 1 if one else -1 for group, one in zip(groups, counts, strict=True)]
    return Example(scene, Truth(spread(ids, owner), spread(kinds, owner), class_names=classes.names))


def smallest_group_of_vertex(segments: Segments, groups: Sequence[Group]) -> Int64[np.ndarray, " v"]:
    """Index of the smallest of the first three groups that each vertex belongs to, -1 = none.

    A group's size is counted in the vertices that it still finds open, as the release's tools do.
    """
    vertices = np.bincount(segments.of_vertex, minlength=len(segments.ids))
    owner = np.full(len(segments.ids), -1, np.int64)
    smallest = np.full(len(segments.ids), np.inf)
    labels = np.zeros(len(segments.ids), np.int64)
    for k, group in enumerate(groups):
        place = np.unique(segments.places(group))
        place = place[labels[place] < DEEPEST]
        size = vertices[place].sum()
        better = place[size < smallest[place]]
        owner[better], smallest[better] = k, size
        labels[place] += 1
    return owner[segments.of_vertex]


def _captures(path: Path, split: str | None, classes: Classes) -> tuple[Capture, ...]:
    data = path / "data"
    if split not in (None, "all", *SPLIT_LISTS):
        raise ReadError(f"has no part {split!r}", str(path), f"choose {', '.join(SPLIT_LISTS)} or all")
    wanted = split or "val"
    listed = path / "splits" / SPLIT_LISTS.get(wanted, "")
    if split == "all" or (split is None and not listed.is_file()):
        found = sorted(mesh.parents[1] for mesh in data.glob(f"*/{MESH}"))
        return tuple(Capture(folder, classes, (folder / "scans/segments_anno.json").is_file()) for folder in found)
    names = lines_of(listed, "get the splits of ScanNet++ with its download script")
    missing = [name for name in names if not (data / name / MESH).is_file()]
    refuse_any(missing, f"listed, but without {MESH}", data, cure="complete them: a table over the rest misleads")
    return tuple(Capture(data / name, classes, wanted != "test") for name in names)


def _masked(path: Path, vertices: int) -> Int64[np.ndarray, " k"]:
    """The vertices that are not judged; none without a file."""
    numbers = [whole_number(line) for line in lines_of(path)] if path.is_file() else []
    wrong = [k + 1 for k, number in enumerate(numbers) if number is None or not 0 <= number < vertices]
    refuse_any(wrong, f"lines are no vertex of {vertices}", path, cure="mask and mesh belong to different releases")
    return np.array(numbers, np.int64)
