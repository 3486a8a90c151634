"""Training scenes: made from a seed, augmented, cropped, cut into voxels, and clicked for the first time."""

from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from math import cos, pi, sin
from typing import NamedTuple

import numpy as np
from jaxtyping import Float32, Int32
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from lasso3d.core.scene import Scene
from lasso3d.data.example import Example, Truth
from lasso3d.data.procedural import procedural
from lasso3d.geometry.augment import jittered, relit, survivors
from lasso3d.geometry.neighbors import nearest
from lasso3d.geometry.voxels import Voxels, voxel_size, voxelize
from lasso3d.systems.npiseg3d.config import NPISeg3DConfig
from lasso3d.systems.npiseg3d.inputs import ClickArrays, VoxelArrays, click_arrays, voxel_arrays
from lasso3d.systems.npiseg3d.likeness import Pairs, near_pairs
from lasso3d.systems.npiseg3d.simulate import Session, SessionSettings, begin

VALIDATION = 10_000_000
"""First seed that is not for training."""
FEWEST_VOXELS = 30
"""Of an object to be segmented; with fewer there is nothing to learn."""
LONE = ("objects",)
"""Worlds whose scans show one object: there a person clicks its parts."""
PIECE_NEIGHBORS, PIECE_GAP = 8, 2.5
"""Voxels of a part belong together where one is among the nearest of the other, this many voxels away at most."""


@dataclass(frozen=True)
class SceneSettings:
    """Which scenes are learned from, and how they are varied."""

    worlds: tuple[str, ...] = ("tabletops",)
    """Procedural worlds, in turn."""
    visits: int = 1
    """Crops made of each scene, one after the other: making a scene takes longer than learning from a crop."""
    distinct: int | None = None
    """Scenes to learn from, over and over, as a data set of that size; None = ever new ones."""
    voxels: int = 50_000
    """Of a crop at most (release: 50k, by leaving voxels out; here by cutting a box around an object)."""
    flip: bool = True
    """Mirror along x and along y, half of the time each (both releases)."""
    scale: tuple[float, float] = (1.0, 1.0)
    """Range of the voxel size, as a factor; the published systems keep it at one."""
    noise: float = 0.0
    """Voxels; the standard deviation of moved points is drawn from 0 to this."""
    sparse: float = 0.0
    """Share of scenes that keep only 20 to 100 % of their points."""
    colourless: float = 0.0
    """Share of scenes without colour."""
    grey: float = 0.0
    """Share of scenes with grey colours."""
    slip: float = 0.0
    """Voxels; in half of the scenes labels lie up to this far beside the geometry, as those drawn in images do."""
    colour_shift: float = 0.0
    """Largest change of brightness and contrast, channels swapped half as often; 0 to 1."""

    def number(self, seed: int) -> int:
        """The scene of a visit."""
        scene = seed // self.visits
        return scene if self.distinct is None else scene % self.distinct


@dataclass(frozen=True, eq=False)
class TrainScene:
    """A crop with the sessions about it; arrays only, so that worker processes can hand it over."""

    arrays: VoxelArrays
    sessions: tuple[Session, ...]
    first: tuple[ClickArrays, ...]
    """The first clicks of each session as the network reads them."""
    pairs: Pairs
    """Voxels near each other, and whether one object holds both."""
    seed: int
    """For the clicks that follow."""


class Cloud(NamedTuple):
    """Points on their way into voxels; colours from 0 to 255."""

    xyz: Float32[np.ndarray, "n 3"]
    rgb: Float32[np.ndarray, "n 3"] | None
    instance: Int32[np.ndarray, " n"]
    """Or, in a scan of one object, the part."""


def train_scene(
    seed: int, settings: SceneSettings, sessions: SessionSettings, config: NPISeg3DConfig
) -> TrainScene:
    """The scene of a visit, a pure function of its arguments; `visits` seeds in a row share a scene."""
    attempts = (_attempt(seed, attempt, settings, sessions, config) for attempt in count())
    return next(scene for scene in attempts if scene.sessions)


def _attempt(
    seed: int, attempt: int, settings: SceneSettings, sessions: SessionSettings, config: NPISeg3DConfig
) -> TrainScene:
    """A crop of the seed's scene; where nothing in it can be segmented, the next attempt is about another scene."""
    rng = np.random.default_rng((seed, attempt))
    number = settings.number(seed) if attempt == 0 else int(rng.integers(VALIDATION))
    world = settings.worlds[number % len(settings.worlds)]
    scene, truth = _example(world, number)
    size = (config.voxel or _size(world, number)) * rng.uniform(*settings.scale)
    cloud = _augmented(_cropped(scene, things(truth, world), size, settings, rng), size, settings, rng)
    voxels = voxelize(cloud.xyz, size)
    arrays = voxel_arrays(voxels, cloud.xyz, cloud.rgb, config=config)
    instance = _slipped(clickable(cloud.instance, voxels, arrays.place, world), arrays.place, settings, rng)
    begun = tuple(_sessions(arrays, instance, sessions, rng))
    first = (
        click_arrays(arrays, one.token, one.row, objects=one.objects, channels=config.geodesic) for one in begun
    )
    return TrainScene(
        arrays, begun, tuple(first), near_pairs(arrays.place, instance, rng), int(rng.integers(2**31))
    )


def things(truth: Truth, world: str) -> Int32[np.ndarray, " n"]:
    """What can be clicked, for every point: instances or, of a lone object, parts; 0 = nothing."""
    if world not in LONE:
        return truth.instance
    return np.zeros_like(truth.instance) if truth.part is None else truth.part + np.int32(1)


def clickable(
    of_point: Int32[np.ndarray, " n"], voxels: Voxels, place: Float32[np.ndarray, "t 3"], world: str
) -> Int32[np.ndarray, " t"]:
    """The same for every voxel, the connected pieces of a part told apart: a table's legs are four."""
    label = of_point[voxels.order[voxels.start[:-1]]]
    if world not in LONE:
        return label
    near, distance = nearest(place, PIECE_NEIGHBORS)
    one, other = np.nonzero((near >= 0) & (distance <= PIECE_GAP) & (label[:, None] == label[near]))
    links = coo_matrix((np.ones(len(one), bool), (one, near[one, other])), (len(label), len(label)))
    _, piece = connected_components(links, directed=False)
    return np.where(label > 0, piece + 1, 0).astype(np.int32)


@lru_cache(maxsize=2)
def _example(world: str, seed: int) -> Example:
    return procedural(world, seed)


@lru_cache(maxsize=2)
def _size(world: str, seed: int) -> float:
    return voxel_size(_example(world, seed).scene.xyz)


def _cropped(
    scene: Scene, instance: Int32[np.ndarray, " n"], size: float, settings: SceneSettings, rng: np.random.Generator
) -> Cloud:
    """All of the scene or, where that has too many voxels, a cube around a point of some object."""
    kept = np.ones(len(scene), bool)
    present = np.unique(instance[instance > 0])
    if len(present):
        around = scene.xyz[rng.choice(np.flatnonzero(instance == rng.choice(present)))]
        half = float(np.abs(scene.xyz - around).max())
        while len(voxelize(scene.xyz[kept], size)) > settings.voxels:
            half *= 0.85
            kept = np.abs(scene.xyz - around).max(axis=1) < half
    rgb = None if scene.rgb is None else scene.rgb[kept].astype(np.float32)
    return Cloud(scene.xyz[kept], rgb, instance[kept])


def _augmented(cloud: Cloud, size: float, settings: SceneSettings, rng: np.random.Generator) -> Cloud:
    if rng.random() < settings.sparse:
        kept = survivors(len(cloud.xyz), rng)
        cloud = Cloud(cloud.xyz[kept], None if cloud.rgb is None else cloud.rgb[kept], cloud.instance[kept])
    xyz = _turned(cloud.xyz, settings, rng)
    if settings.noise > 0:
        xyz = jittered(xyz, settings.noise, rng, unit=size)
    return Cloud(xyz, _recoloured(cloud.rgb, settings, rng), cloud.instance)


def _turned(
    xyz: Float32[np.ndarray, "n 3"], settings: SceneSettings, rng: np.random.Generator
) -> Float32[np.ndarray, "n 3"]:
    """About the vertical by any angle, perhaps mirrored."""
    angle = rng.uniform(0, 2 * pi)
    turn = np.array([[cos(angle), -sin(angle), 0], [sin(angle), cos(angle), 0], [0, 0, 1]])
    if settings.flip:
        turn[:, :2] *= rng.choice([-1, 1], 2)
    return (xyz @ turn.T).astype(np.float32)


def _recoloured(
    rgb: Float32[np.ndarray, "n 3"] | None, settings: SceneSettings, rng: np.random.Generator
) -> Float32[np.ndarray, "n 3"] | None:
    if rgb is None or rng.random() < settings.colourless:
        return None
    if rng.random() < settings.grey:
        rgb = np.repeat(rgb.mean(axis=1, keepdims=True), 3, axis=1)
    if rng.random() < settings.colour_shift / 2:
        rgb = rgb[:, rng.permutation(3)]
    return relit(rgb, settings.colour_shift, rng)


def _slipped(
    instance: Int32[np.ndarray, " t"],
    place: Float32[np.ndarray, "t 3"],
    settings: SceneSettings,
    rng: np.random.Generator,
) -> Int32[np.ndarray, " t"]:
    """Labels of what lies some way off in one direction: strips along borders belong to the wrong side."""
    if settings.slip <= 0 or rng.random() < 0.5:
        return instance
    direction = rng.standard_normal(3)
    shift = rng.uniform(0, settings.slip) * direction / np.linalg.norm(direction)
    _, there = cKDTree(place).query(place + shift)
    return instance[there]


def _sessions(
    arrays: VoxelArrays, instance: Int32[np.ndarray, " t"], settings: SessionSettings, rng: np.random.Generator
) -> list[Session]:
    """Sessions about objects that are large enough; none where nothing is."""
    number, count = np.unique(instance[instance > 0], return_counts=True)
    large, weight = number[count >= FEWEST_VOXELS], count[count >= FEWEST_VOXELS] ** settings.by_size
    sessions = []
    for _ in range(settings.sessions if len(large) else 0):
        most = min(settings.most_objects, len(large))
        m = 1 if rng.random() < settings.alone else int(rng.integers(1, most + 1))
        chosen = tuple(rng.choice(large, m, replace=False, p=weight / weight.sum()).tolist())
        sessions.append(begin(arrays.place, instance, chosen, settings=settings, rng=rng))
    return sessions
