"""Training scenes: made from a seed, cropped, augmented, cut into voxels and superpoints, and asked about."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import count
from math import cos, pi, sin
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float32, Int32, Int64

from lasso3d.core.scene import Scene
from lasso3d.data.example import Example, Sentences, Truth
from lasso3d.data.procedural import procedural
from lasso3d.geometry.augment import jittered, relit, survivors
from lasso3d.geometry.voxels import Voxels, bounds, voxel_size, voxelize
from lasso3d.systems.uniseg3d.config import UniSeg3DConfig
from lasso3d.systems.uniseg3d.inputs import ScanArrays, scan_arrays
from lasso3d.systems.uniseg3d.phrases import Things, View, asked_sentences, still_true
from lasso3d.systems.uniseg3d.questions import Clicked, QuestionSettings, asked_names, first_clicks, vocabulary

VALIDATION = 10_000_000
"""First seed that is not for training."""
FEWEST_VOXELS = 10
"""Of an instance; of what has fewer in the crop there is nothing to learn."""
WHOLE = 0.9
"""Share of the points of a thing that must be in the crop for sentences about it."""
MAJORITY = 0.5
"""Share of the voxels of a superpoint from which on it has a class."""
HELD = 32
"""Scenes at most in the memory of a process that makes crops; 32 are about 700 MB."""
ONCE = {"tabletops": ("table",)}
"""What a world shows once, as background: one thing like others."""


@dataclass(frozen=True)
class SceneSettings:
    """Which scenes are learned from, and how they are varied."""

    worlds: tuple[str, ...] = ("rooms",)
    """Procedural worlds, in turn."""
    first: int = 0
    """Visit to begin with: a second run goes on where the first one stopped."""
    visits: int = 1
    """Crops made of each scene: making a scene takes longer than learning from a crop."""
    among: int = 1
    """Scenes that take turns, so that steps near each other learn from different ones; 1 = all visits of a scene in
    a row. All are kept in memory, so at most `HELD`."""
    voxels: int = 60_000
    """Of a crop at most, but for what noise adds: a cube or a column around an object."""
    flip: bool = False
    """Mirror along x, half of the time (release: never)."""
    scale: tuple[float, float] = (0.8, 1.2)
    """Range of the voxel size, as a factor (release: of the coordinates)."""
    noise: float = 0.0
    """Voxels; the standard deviation of moved points is drawn from 0 to this."""
    sparse: float = 0.0
    """Share of scenes that keep only 20 to 100 % of their points."""
    colourless: float = 0.0
    """Share of scenes without colour."""
    colour_shift: float = 0.0
    """Largest change of brightness and contrast, 0 to 1; small, because sentences name colours."""

    def __post_init__(self) -> None:
        if not 1 <= self.among <= HELD:
            raise ValueError(f"1 to {HELD} scenes can take turns, found {self.among}")

    def number(self, visit: int) -> int:
        """The scene of a visit; of those that take turns one after the other is replaced, not all at once."""
        turn, seat = divmod(visit, self.among)
        return (turn + seat * self.visits // self.among) // self.visits * self.among + seat


@dataclass(frozen=True, eq=False)
class TrainScene:
    """A crop, what is true of it, and what is asked; arrays and words only, so that processes can hand it over."""

    arrays: ScanArrays
    instance: Int64[np.ndarray, " t"]
    """0 to m - 1; -1 = none."""
    name: Int64[np.ndarray, " m"]
    """Of each instance, an index into `names`; -1 = its mask is to be learned, its name is not."""
    names: tuple[str, ...]
    semantic: Int64[np.ndarray, " s"]
    """Of each superpoint, an index into `names`; their number for none of them; -1 = not to be learned."""
    clicks: Clicked
    sentences: tuple[str, ...]
    meant: Bool[np.ndarray, "x m"]
    """The instances that each sentence means."""
    seed: int
    """For the clicks that follow."""

    def inside(self) -> Float32[np.ndarray, "m s"]:
        """Share of the voxels of each superpoint that belong to each instance."""
        s, of_voxel = self.arrays.superpoints, self.arrays.of_voxel
        return shares(of_voxel, self.instance, rows=len(self.name), superpoints=s)


class Cloud(NamedTuple):
    """Points on their way into voxels, their labels from the truth; colours from 0 to 255."""

    xyz: Float32[np.ndarray, "n 3"]
    rgb: Float32[np.ndarray, "n 3"] | None
    instance: Int32[np.ndarray, " n"]
    semantic: Int32[np.ndarray, " n"]


def train_scene(
    visit: int, settings: SceneSettings, questions: QuestionSettings, config: UniSeg3DConfig
) -> TrainScene:
    """The scene of a visit, a pure function of its arguments."""
    attempts = (_attempt(visit, attempt, settings, questions, config) for attempt in count())
    return next(scene for scene in attempts if len(scene.name))


def _attempt(
    visit: int, attempt: int, settings: SceneSettings, questions: QuestionSettings, config: UniSeg3DConfig
) -> TrainScene:
    """A crop of the visit's scene; where nothing is in it, the next attempt is about another scene."""
    rng = np.random.default_rng((visit, attempt))
    number = settings.number(visit) if attempt == 0 else int(rng.integers(VALIDATION))
    world = settings.worlds[number % len(settings.worlds)]
    scene, truth = _example(world, number)
    size = (config.voxel or _size(world, number)) * rng.uniform(*settings.scale)
    kept = _cropped(scene.xyz, truth.instance, size, settings.voxels, rng)
    cloud = _sparse(_cloud(scene, truth, kept), settings, rng)
    xyz, mirrored = _moved(cloud.xyz, size, settings, rng)
    rgb = _recoloured(cloud.rgb, settings, rng)
    voxels = voxelize(xyz, size)
    arrays = scan_arrays(voxels, xyz, rgb, config=config)
    labels = _labels(cloud, voxels, truth.class_names)
    view = View(cut=not kept.all(), mirrored=mirrored, coloured=rgb is not None)
    about = _things(scene, truth, kept, labels.ids, but=ONCE.get(world, ()))
    expressions, instructions = (still_true(said, about, view) for said in (truth.expressions, truth.instructions))
    sentences = asked_sentences(expressions, instructions, about, questions, rng)
    return _asked(arrays, labels, sentences, questions, rng)


@dataclass(frozen=True, eq=False)
class Labels:
    """What is true of every voxel of a crop."""

    instance: Int64[np.ndarray, " t"]
    """0 to m - 1; -1 = none."""
    ids: Int32[np.ndarray, " m"]
    """Of the truth, ascending."""
    names: tuple[str, ...]
    """The class of each instance."""
    semantic: Int64[np.ndarray, " t"]
    """Index into the classes; -1 = none."""
    classes: tuple[str, ...]


def _asked(
    arrays: ScanArrays, labels: Labels, sentences: Sentences, questions: QuestionSettings, rng: np.random.Generator
) -> TrainScene:
    here = [labels.classes[i] for i in np.unique(labels.semantic) if i >= 0]
    index, names = asked_names([one for one in here if one in vocabulary()], vocabulary(), questions, rng)
    instance = labels.instance
    border = (instance[arrays.voxels.neighbors] != instance[:, None]).any(axis=1)
    return TrainScene(
        arrays,
        instance,
        np.array([index.get(name, -1) for name in labels.names], np.int64),
        names,
        _semantic(arrays, labels, index, len(names)),
        first_clicks(arrays.voxels.place, instance, border, questions, rng),
        tuple(text for text, _ in sentences),
        np.array([np.isin(labels.ids, targets) for _, targets in sentences], bool).reshape(-1, len(labels.ids)),
        int(rng.integers(2**31)),
    )


def _semantic(arrays: ScanArrays, labels: Labels, index: Mapping[str, int], none: int) -> Int64[np.ndarray, " s"]:
    """The name of each superpoint, by most of its voxels; what is held out or has no majority is not learned."""
    share = shares(arrays.of_voxel, labels.semantic, rows=len(labels.classes), superpoints=arrays.superpoints)
    known = [index.get(name, none) if name in vocabulary() else -1 for name in labels.classes]
    return np.where(share.max(axis=0) > MAJORITY, np.array(known, np.int64)[share.argmax(axis=0)], -1)


def shares(
    of_voxel: Int32[np.ndarray, " t"], label: Int64[np.ndarray, " t"], *, rows: int, superpoints: int
) -> Float32[np.ndarray, "m s"]:
    """Share of the voxels of each superpoint that have each label; -1 = none of the labels."""
    cell = of_voxel.astype(np.int64) * (rows + 1) + label + 1
    counts = np.bincount(cell, minlength=superpoints * (rows + 1)).reshape(superpoints, rows + 1)
    return (counts[:, 1:].T / counts.sum(axis=1)).astype(np.float32)


def _labels(cloud: Cloud, voxels: Voxels, classes: tuple[str, ...]) -> Labels:
    first = voxels.order[voxels.start[:-1]]
    of_voxel, semantic = cloud.instance[first], cloud.semantic[first].astype(np.int64)
    ids, at, count = np.unique(of_voxel, return_index=True, return_counts=True)
    kept = (ids > 0) & (count >= FEWEST_VOXELS)
    row = np.where(np.isin(of_voxel, ids[kept]), np.searchsorted(ids[kept], of_voxel), -1)
    return Labels(row, ids[kept], tuple(classes[i] for i in semantic[at[kept]]), semantic, classes)


def _things(
    scene: Scene,
    truth: Truth,
    kept: Bool[np.ndarray, " n"],
    shown: Int32[np.ndarray, " m"],
    *,
    but: tuple[str, ...],
) -> Things:
    """What sentences are about: the instances of the scan, but for those of some classes."""
    number, first, all_points = np.unique(truth.instance, return_index=True, return_counts=True)
    semantic = np.full(len(number), -1) if truth.semantic is None else truth.semantic[first]
    names = [truth.class_names[i] for i in semantic]
    chosen = [k for k, name in enumerate(names) if number[k] > 0 and name not in but]
    boxes = [bounds(scene.xyz[truth.instance == number[k]]) for k in chosen]
    low, high = np.array(boxes, np.float32).reshape(-1, 2, 3).swapaxes(0, 1)
    here = np.isin(number[chosen], shown)
    left = np.bincount(truth.instance[kept & (truth.instance > 0)], minlength=number.max() + 1)[number[chosen]]
    whole = here & (left >= WHOLE * all_points[chosen])
    return Things(number[chosen], tuple(names[k] for k in chosen), (low + high) / 2, (high - low) / 2, whole, here)


@lru_cache(maxsize=HELD)
def _example(world: str, seed: int) -> Example:
    """A scene; what its world shows once as background is an instance after all others."""
    scene, truth = procedural(world, seed)
    if truth.semantic is None:
        return Example(scene, truth)
    lone = np.isin(truth.semantic, [truth.class_names.index(name) for name in ONCE.get(world, ())])
    instance = np.where(lone, truth.instance.max() + 1, truth.instance).astype(np.int32)
    return Example(scene, replace(truth, instance=instance))


@lru_cache(maxsize=HELD)
def _size(world: str, seed: int) -> float:
    return voxel_size(_example(world, seed).scene.xyz)


def _cropped(
    xyz: Float32[np.ndarray, "n 3"],
    instance: Int32[np.ndarray, " n"],
    size: float,
    most: int,
    rng: np.random.Generator,
) -> Bool[np.ndarray, " n"]:
    """The points of a crop: all or, where they fill too many voxels, a cube or a column around one of an object."""
    voxels = voxelize(xyz, size)
    number = np.unique(instance[instance > 0])
    if len(voxels) <= most or not len(number):
        return np.ones(len(xyz), bool)
    cells = voxels.cells()
    around = voxels.of_point[rng.choice(np.flatnonzero(instance == rng.choice(number)))]
    away = np.abs(cells - cells[around])
    if rng.random() < 0.5:
        away = away[:, :2]
    farthest = away.max(axis=1)
    return (farthest < np.partition(farthest, most)[most])[voxels.of_point]


def _cloud(scene: Scene, truth: Truth, kept: Bool[np.ndarray, " n"]) -> Cloud:
    rgb = None if scene.rgb is None else scene.rgb[kept].astype(np.float32)
    semantic = np.full(len(scene), -1, np.int32) if truth.semantic is None else truth.semantic
    return Cloud(scene.xyz[kept], rgb, truth.instance[kept], semantic[kept])


def _sparse(cloud: Cloud, settings: SceneSettings, rng: np.random.Generator) -> Cloud:
    if rng.random() >= settings.sparse:
        return cloud
    kept = survivors(len(cloud.xyz), rng)
    rgb = None if cloud.rgb is None else cloud.rgb[kept]
    return Cloud(cloud.xyz[kept], rgb, cloud.instance[kept], cloud.semantic[kept])


def _moved(
    xyz: Float32[np.ndarray, "n 3"], size: float, settings: SceneSettings, rng: np.random.Generator
) -> tuple[Float32[np.ndarray, "n 3"], bool]:
    """Turned about the vertical by any angle, perhaps mirrored, and every point a little off; whether mirrored."""
    angle, mirrored = rng.uniform(0, 2 * pi), settings.flip and rng.random() < 0.5
    turn = np.array([[cos(angle), -sin(angle), 0], [sin(angle), cos(angle), 0], [0, 0, 1]])
    turn[:, 0] *= -1 if mirrored else 1
    moved = (xyz @ turn.T).astype(np.float32)
    if settings.noise > 0:
        moved = jittered(moved, settings.noise, rng, unit=size)
    return moved, mirrored


def _recoloured(
    rgb: Float32[np.ndarray, "n 3"] | None, settings: SceneSettings, rng: np.random.Generator
) -> Float32[np.ndarray, "n 3"] | None:
    if rgb is None or rng.random() < settings.colourless:
        return None
    return relit(rgb, settings.colour_shift, rng)
