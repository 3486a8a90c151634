"""What needs no learning: how far height alone and gaps alone go on the same scenes.

A figure on generated scenes counts only beside this control. It knows how the classes of the very scenes it is
asked about, and the parts of each, are spread over height, which is more than a fair control would know.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, final

import numpy as np
from jaxtyping import Bool, Float32, Float64, Int32, Int64
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from lasso3d.core.prompts import ClassNames, Clicks, Instruction, PartNames, Prompt, ReferringExpression
from lasso3d.core.scene import Scene
from lasso3d.core.segmentation import Segmentation
from lasso3d.core.segmenter import Progress, SceneEncoding, Segmenter
from lasso3d.data.example import Example, Truth
from lasso3d.evaluation.semantic import things_in
from lasso3d.evaluation.sentences import said
from lasso3d.geometry.neighbors import nearest
from lasso3d.geometry.normals import normals_and_curvature
from lasso3d.geometry.superpoints import superpoints
from lasso3d.geometry.voxels import voxel_size, voxelize

LEVELS = 48
"""Of height, from the 1st to the 99th percentile of a scene."""
NEIGHBORS = 12
GAP = 2.0
"""Voxels farther apart than this many times the usual distance of fourth neighbours do not touch."""
BACKGROUND = 0.35
"""A superpoint longer than this share of the scene's longest side is floor, wall or road; chosen by eye."""
LARGEST = 100
"""Components answered at most, largest first."""
PART = "{}: {}"

Spread = Mapping[str, Float64[np.ndarray, " levels"]]
"""Points by level of height; a part's name is `PART` of its class and its own."""


@final
@dataclass(frozen=True, eq=False)
class ControlEncoding(SceneEncoding):
    """Voxels, their level of height, superpoint and component."""

    of_point: Int32[np.ndarray, " n"]
    xyz: Float32[np.ndarray, "t 3"]
    level: Int64[np.ndarray, " t"]
    patch: Int32[np.ndarray, " t"]
    component: Int64[np.ndarray, " t"]
    """Largest first; -1 = background, or too far down the list."""

    @property
    def nbytes(self) -> int:
        """Memory held beside the scene itself, bytes."""
        return sum(a.nbytes for a in (self.of_point, self.xyz, self.level, self.patch, self.component))


@final
@dataclass(frozen=True, eq=False)
class Control(Segmenter):
    """Classes and parts by the most frequent one at a height; objects: what touches once large patches are gone."""

    understands: ClassVar = (Clicks, ClassNames, ReferringExpression, Instruction, PartNames)
    spread: Spread
    things: frozenset[str]
    voxel: float | None = None

    @property
    def identity(self) -> str:
        """The control has no weights; its table comes from the scenes it is asked about."""
        return "control without learning: height and components"

    def with_voxel(self, size: float) -> "Control":
        """The same at a fixed voxel size, metres."""
        return Control(self.spread, self.things, size)

    def save(self, folder: Path) -> None:
        """Refused: a control belongs to its scenes."""
        raise ValueError("a control is made anew for the scenes it is asked about, never saved")

    def encode(self, scene: Scene, *, progress: Progress | None = None) -> ControlEncoding:
        """Voxels, superpoints and components of a scene."""
        size = self.voxel or voxel_size(scene.xyz)
        voxels = voxelize(scene.xyz, size)
        xyz = voxels.mean(scene.xyz)
        rgb = None if scene.rgb is None else voxels.mean(scene.rgb).round().astype(np.uint8)
        neighbors, away = nearest(xyz, NEIGHBORS)
        normals, _ = normals_and_curvature(xyz, neighbors)
        patch = superpoints(xyz, neighbors, normals, rgb)
        close = away <= GAP * max(size, float(np.median(away[:, 3])))
        component = _components(neighbors, close, ~_large(xyz, patch))
        of_point = voxels.of_point.astype(np.int32)
        return ControlEncoding(scene, self.identity, of_point, xyz, _levels(xyz), patch, component)

    def _segment(
        self, encoding: SceneEncoding, prompt: Prompt, previous: Segmentation | None, seed: int
    ) -> Segmentation:
        if not isinstance(encoding, ControlEncoding):
            raise ValueError(f"expected a ControlEncoding, found {type(encoding).__name__}")
        if isinstance(prompt, Clicks):
            return _answer(encoding, _clicked(encoding, prompt), prompt.objects, exclusive=True)
        if isinstance(prompt, PartNames):
            rows = self._by_height(encoding, [PART.format(prompt.object, part) for part in prompt.parts])
            return _answer(encoding, rows, prompt.parts, exclusive=prompt.kind == "semantic")
        if isinstance(prompt, ClassNames):
            return self._classes(encoding, prompt)
        if isinstance(prompt, ReferringExpression | Instruction):
            return self._sentence(encoding, prompt.text)
        raise ValueError(f"no answer to {type(prompt).__name__}")

    def _classes(self, encoding: ControlEncoding, prompt: ClassNames) -> Segmentation:
        names = prompt.names or tuple(name for name in self.spread if ": " not in name)
        if prompt.kind == "semantic":
            return _answer(encoding, self._by_height(encoding, names), names, exclusive=True)
        rows, labels = self._objects(encoding, [name for name in names if name in self.things])
        if prompt.kind == "panoptic":
            stuff = [name for name in names if name not in self.things]
            rest = self._by_height(encoding, stuff) & (encoding.component < 0)
            rows, labels = np.concatenate([rows, rest]), (*labels, *stuff)
        return _answer(encoding, rows, labels, exclusive=prompt.kind == "panoptic")

    def _sentence(self, encoding: ControlEncoding, text: str) -> Segmentation:
        """All components of a class that the text names."""
        rows, labels = self._objects(encoding, sorted(self.things))
        meant = np.array([said(label, text) for label in labels], bool)
        names = tuple(label for label, keep in zip(labels, meant, strict=True) if keep)
        return _answer(encoding, rows[meant], names, exclusive=False)

    def _by_height(self, encoding: ControlEncoding, names: Sequence[str]) -> Bool[np.ndarray, "m t"]:
        """Voxels of levels where a name is the most frequent of those asked for; none where none occurs."""
        table = self._table(names)
        best = np.where(table.max(axis=0, initial=0) > 0, table.argmax(axis=0) if len(names) else 0, -1)
        rows: np.ndarray = best[encoding.level] == np.arange(len(names))[:, None]
        return rows

    def _objects(
        self, encoding: ControlEncoding, names: Sequence[str]
    ) -> tuple[Bool[np.ndarray, "m t"], tuple[str, ...]]:
        """Components, each with the name most frequent at its heights."""
        count = int(encoding.component.max(initial=-1)) + 1
        rows: np.ndarray = encoding.component == np.arange(count)[:, None]
        if not names:
            return rows[:0], ()
        inside = encoding.component >= 0
        cell = encoding.component[inside] * LEVELS + encoding.level[inside]
        heights = np.bincount(cell, minlength=count * LEVELS).reshape(count, LEVELS)
        best = (heights @ self._table(names).T).argmax(axis=1)
        return rows, tuple(names[k] for k in best)

    def _table(self, names: Sequence[str]) -> Float64[np.ndarray, "m levels"]:
        nothing = np.zeros(LEVELS)
        return np.array([self.spread.get(name, nothing) for name in names]).reshape(-1, LEVELS)


def control_of(examples: Iterable[Example]) -> Control:
    """The control of some scenes: reads each of them once."""
    spread: dict[str, np.ndarray] = {}
    things: set[str] = set()
    for scene, truth in examples:
        if truth.semantic is None:
            continue
        level = _levels(scene.xyz)
        for name, inside in _regions(truth, truth.semantic):
            spread[name] = spread.get(name, 0) + np.bincount(level[inside], minlength=LEVELS).astype(np.float64)
        things |= things_in(truth)
    return Control(spread, frozenset(things))


def _regions(truth: Truth, semantic: Int32[np.ndarray, " n"]) -> Iterable[tuple[str, Bool[np.ndarray, " n"]]]:
    """Every class of a scene and every part of a class, by name, with its points."""
    for k in np.unique(semantic[semantic >= 0]):
        of_class = semantic == k
        yield truth.class_names[k], of_class
        if truth.part is not None:
            for part in np.unique(truth.part[of_class & (truth.part >= 0)]):
                name = PART.format(truth.class_names[k], truth.part_names[part])
                yield name, of_class & (truth.part == part)


def _levels(xyz: Float32[np.ndarray, "n 3"]) -> Int64[np.ndarray, " n"]:
    """Level of height of each point within its scene."""
    low, high = np.percentile(xyz[:, 2], (1, 99))
    share = (xyz[:, 2] - low) / max(float(high - low), 1e-6)
    return (share * LEVELS).astype(np.int64).clip(0, LEVELS - 1)


def _large(xyz: Float32[np.ndarray, "t 3"], patch: Int32[np.ndarray, " t"]) -> Bool[np.ndarray, " t"]:
    """Voxels of superpoints that are long on the scale of the scene."""
    count = int(patch.max()) + 1
    lower, upper = np.full((count, 3), np.inf), np.full((count, 3), -np.inf)
    np.minimum.at(lower, patch, xyz)
    np.maximum.at(upper, patch, xyz)
    long: np.ndarray = (upper - lower).max(axis=1) > BACKGROUND * float((xyz.max(axis=0) - xyz.min(axis=0)).max())
    return long[patch]


def _components(
    neighbors: Int32[np.ndarray, "t k"], close: Bool[np.ndarray, "t k"], kept: Bool[np.ndarray, " t"]
) -> Int64[np.ndarray, " t"]:
    """What hangs together among the voxels that are kept, numbered from the largest; -1 elsewhere."""
    count = len(neighbors)
    source = np.repeat(np.arange(count), neighbors.shape[1])
    target = neighbors.ravel()
    joined = close.ravel() & (target >= 0) & kept[source] & kept[target]
    edges = coo_array((np.ones(joined.sum(), np.int8), (source[joined], target[joined])), shape=(count, count))
    _, label = connected_components(edges, directed=False)
    size = np.bincount(label[kept], minlength=int(label.max()) + 1)
    place = np.full(len(size), -1)
    largest = np.argsort(-size, kind="stable")[:LARGEST]
    place[largest[size[largest] > 0]] = np.arange((size[largest] > 0).sum())
    return np.where(kept, place[label], -1)


def _clicked(encoding: ControlEncoding, prompt: Clicks) -> Bool[np.ndarray, "m t"]:
    """For each object the components clicked; on background the superpoint; the first object keeps a voxel."""
    rows = np.zeros((len(prompt.objects), len(encoding.xyz)), bool)
    for click in prompt.clicks:
        if click.object:
            voxel = int(((encoding.xyz - np.array(click.xyz, np.float32)) ** 2).sum(axis=1).argmin())
            of_voxel = encoding.component if encoding.component[voxel] >= 0 else encoding.patch
            rows[prompt.objects.index(click.object)] |= of_voxel == of_voxel[voxel]
    return rows & (np.cumsum(rows, axis=0) == 1)


def _answer(
    encoding: ControlEncoding, rows: Bool[np.ndarray, "m t"], labels: Sequence[str | int], *, exclusive: bool
) -> Segmentation:
    """Certain rows; the larger a row, the higher its score."""
    size = rows.sum(axis=1)
    score = size / max(int(size.max(initial=1)), 1)
    doubt = np.full(rows.shape[1], 0.5)
    return Segmentation(rows.astype(np.float16), encoding.of_point, labels, score, doubt, exclusive=exclusive)
