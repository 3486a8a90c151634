"""Posed pictures of generated scenes: what a depth camera sees from elsewhere, and what is true of each pixel."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol, final, overload, runtime_checkable

import numpy as np
from jaxtyping import Bool, Float64
from scipy.spatial.transform import Rotation

from lasso3d.core.scene import View
from lasso3d.data.example import Example, ViewTruth
from lasso3d.data.procedural.appearance import Light, Wardrobe, albedo, lit
from lasso3d.data.procedural.rays import Hits
from lasso3d.data.procedural.sensors import FOCAL_AT_640, LAMP_DISTANCE, Habits, rays, recorded
from lasso3d.data.procedural.tracing import cast, reaches
from lasso3d.data.procedural.trees import Scenery
from lasso3d.data.procedural.viewpoints import Stands, chosen
from lasso3d.data.procedural.visible import Labels
from lasso3d.geometry.cameras import Camera, intrinsics, look_at

VIEWS_VERSION = 1
"""Raised whenever a seed gives other pictures."""

SIZE = (320, 240)
"""Width and height in pixels."""
OFF_SURFACE = 5e-4
"""Metres from a surface at which shadow rays start."""
METERED = 0.45
"""Mean brightness, of 1, that metering aims at in each picture."""
GAINS = (0.5, 2.5)
"""Metering makes pictures darker or brighter by no more."""


@runtime_checkable
class Lighting(Protocol):
    """How a scene is lit."""

    def colour(
        self,
        on: Scenery,
        worn: Wardrobe,
        hits: Hits,
        point: Float64[np.ndarray, "r 3"],
        direction: Float64[np.ndarray, "r 3"],
    ) -> Float64[np.ndarray, "r 3"]:
        """Colour of what each ray met, 0 to 1; `point` lies just off its surface."""
        ...


@final
@dataclass(frozen=True)
class Daylight:
    """Light from all sides and one far lamp or the sun."""

    light: Light
    beyond: tuple[float, float, float] = (0.4, 0.4, 0.4)
    """Colour of what is too far away to be modelled."""
    reach: float = LAMP_DISTANCE
    """Metres within which things cast shadows."""

    def colour(
        self,
        on: Scenery,
        worn: Wardrobe,
        hits: Hits,
        point: Float64[np.ndarray, "r 3"],
        direction: Float64[np.ndarray, "r 3"],
    ) -> Float64[np.ndarray, "r 3"]:
        """Lambert's law, shadows and highlights."""
        base = albedo(worn, hits.solid, hits.face, hits.local, on.size)
        towards = np.array(self.light.towards)
        free = lamp_reaches(on, point, point + self.reach * towards, facing=(hits.normal * towards).sum(1))
        lamp = np.where(free, 1.0, 1.0 - self.light.shadow)
        colour = lit(base, hits.normal, direction, worn.look[hits.solid, 8], self.light, lamp)
        return np.where((hits.solid >= 0)[:, None], colour, self.beyond)


def lamp_reaches(
    on: Scenery,
    point: Float64[np.ndarray, "r 3"],
    lamp: Float64[np.ndarray, "r 3"],
    *,
    facing: Float64[np.ndarray, " r"],
) -> Bool[np.ndarray, " r"]:
    """Whether each place sees its lamp; what is turned away from it (`facing` not above 0) is not even asked."""
    free = facing > 0
    free[free] = reaches(on, point[free], lamp[free])
    return free


@final
@dataclass(frozen=True, eq=False)
class Studio:
    """A generated scene that can be photographed."""

    on: Scenery
    worn: Wardrobe
    labels: Labels
    light: Lighting
    habits: Habits
    """Of the camera; `exposure` on top of metering."""
    stands: Stands
    shift: float
    """Standard deviation of the error of each view's position, along each axis, metres."""
    turn: float
    """The same for its direction, radians."""
    roll: float = 0.03
    """Standard deviation by which pictures are not level, radians."""
    field_of_view: tuple[float, float] = (57.0, 66.0)
    """Range, degrees along the width; one camera takes all pictures of a scene."""


@final
@dataclass(frozen=True, eq=False)
class Shot:
    """One picture to be taken."""

    camera: Camera
    """Where the camera truly is."""
    T_camera_scene: Float64[np.ndarray, "4 4"]
    """Where the views say that it is."""
    key: tuple[int, ...]
    """Seeds its noise."""


@final
class Photographs(Sequence[View]):
    """Views that are rendered anew each time they are looked at: the same bytes, and nothing is kept."""

    def __init__(
        self, on: Scenery, worn: Wardrobe, *, light: Lighting, habits: Habits, shots: tuple[Shot, ...]
    ) -> None:
        self._on, self._worn, self._light, self._habits, self._shots = on, worn, light, habits, shots

    def __len__(self) -> int:
        """Number of views."""
        return len(self._shots)

    @overload
    def __getitem__(self, index: int) -> View: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[View, ...]: ...
    def __getitem__(self, index: int | slice) -> View | tuple[View, ...]:
        """Render one view, or several."""
        if isinstance(index, slice):
            return tuple(self._taken(shot) for shot in self._shots[index])
        return self._taken(self._shots[index])

    def _taken(self, shot: Shot) -> View:
        rng = np.random.default_rng(shot.key)
        hits, eye, direction = _seen(self._on, shot.camera)
        distance = np.where(hits.solid >= 0, hits.distance, 0.0)
        point = eye + direction * distance[:, None] + OFF_SURFACE * hits.normal
        shape = (shot.camera.height, shot.camera.width)
        colour = self._light.colour(self._on, self._worn, hits, point, direction).reshape(*shape, 3)
        metered = np.clip(METERED / max(float(colour.mean()), 1e-3), *GAINS) * rng.uniform(0.9, 1.1)
        frame = recorded(
            hits,
            direction,
            colour,
            patterned=patterned(
                np.where(hits.solid >= 0, hits.distance, np.inf).reshape(shape), self._habits.baseline
            ).ravel(),
            worn=self._worn,
            habits=replace(self._habits, exposure=self._habits.exposure * float(metered)),
            rng=rng,
        )
        return View(frame.rgb, shot.camera.K, shot.T_camera_scene, frame.depth.astype(np.float32))


@final
class PixelTruth(Sequence[ViewTruth]):
    """What is true of the pixels of `Photographs`, traced anew on every access."""

    def __init__(self, on: Scenery, labels: Labels, shots: tuple[Shot, ...]) -> None:
        self._on, self._labels, self._shots = on, labels, shots

    def __len__(self) -> int:
        """Number of views."""
        return len(self._shots)

    @overload
    def __getitem__(self, index: int) -> ViewTruth: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[ViewTruth, ...]: ...
    def __getitem__(self, index: int | slice) -> ViewTruth | tuple[ViewTruth, ...]:
        """Trace one view, or several."""
        if isinstance(index, slice):
            return tuple(self._traced(shot) for shot in self._shots[index])
        return self._traced(self._shots[index])

    def _traced(self, shot: Shot) -> ViewTruth:
        solid = _seen(self._on, shot.camera)[0].solid.reshape(shot.camera.height, shot.camera.width)
        met, of = solid >= 0, self._labels
        maps = (np.where(met, labels[solid], np.int32(-1)) for labels in (of.instance, of.semantic, of.part))
        return ViewTruth(*maps)


def photographed(
    example: Example, studio: Studio, *, count: int, seed: int, size: tuple[int, int] = SIZE, drift: float = 1.0
) -> Example:
    """The example with `count` views; up to 40, fewer are the first of more.

    Args:
        size: width and height, pixels.
        drift: by how much the views' poses are wrong, in the world's usual error; 0 = exactly right.
    """
    if count < 0 or min(size) < 16:
        raise ValueError(f"views need a count of at least 0 and 16 pixels a side, found {count}, {size}")
    shots = _shots(studio, count, seed, size, drift) if count else ()
    scene, truth = example
    views = Photographs(studio.on, studio.worn, light=studio.light, habits=studio.habits, shots=shots)
    return Example(replace(scene, views=views), replace(truth, views=PixelTruth(studio.on, studio.labels, shots)))


def _shots(studio: Studio, count: int, seed: int, size: tuple[int, int], drift: float) -> tuple[Shot, ...]:
    rng = np.random.default_rng((VIEWS_VERSION, seed))
    K = np.round(intrinsics(*size, field_of_view=rng.uniform(*studio.field_of_view)), 6)
    shots = []
    for i, (eye, target) in enumerate(chosen(studio.on, studio.labels, studio.stands, count, rng=rng)):
        own = np.random.default_rng((VIEWS_VERSION, seed, i))
        pose = _turned(look_at(eye, target), np.array([0.0, 0.0, own.normal(0, studio.roll)]))
        error = drift * studio.turn * own.standard_normal(3), drift * studio.shift * own.standard_normal(3)
        stated = _turned(pose, error[0])
        stated[:3, 3] += error[1]
        shots.append(Shot(Camera(K, np.round(pose, 9), *size), np.round(stated, 9), (VIEWS_VERSION, seed, i, 1)))
    return tuple(shots)


def _turned(pose: Float64[np.ndarray, "4 4"], by: Float64[np.ndarray, "3"]) -> Float64[np.ndarray, "4 4"]:
    """A camera turned on the spot about its own axes, radians."""
    turn = np.eye(4)
    turn[:3, :3] = Rotation.from_rotvec(by).as_matrix()
    return turn @ pose


def _seen(on: Scenery, camera: Camera) -> tuple[Hits, Float64[np.ndarray, "3"], Float64[np.ndarray, "r 3"]]:
    eye, direction = rays(camera)
    return cast(on, np.broadcast_to(eye, direction.shape).copy(), direction), eye, direction


def patterned(depth: Float64[np.ndarray, "h w"], baseline: float) -> Bool[np.ndarray, "h w"]:
    """Whether the projector, to the right of the camera, sees what each pixel sees; infinite depth = nothing there.

    Args:
        baseline: metres between them.

    In the projector's picture a surface is shifted to the left by its disparity. What ends up at or left of a
    surface that starts further left, seen from the camera, lies behind it.
    """
    disparity = FOCAL_AT_640 * baseline * (depth.shape[1] / 640) / depth
    landed = np.arange(depth.shape[1]) - disparity
    leftmost = np.minimum.accumulate(landed[:, ::-1], axis=1)[:, ::-1]
    return landed <= leftmost + 1
