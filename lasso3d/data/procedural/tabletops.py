"""Tabletops: a table laid with clutter, seen by a depth camera once or a few times."""

from dataclasses import dataclass, replace
from itertools import count
from math import cos, pi, sin
from typing import final

import numpy as np
from jaxtyping import Float64, Int32, UInt8

from lasso3d.core.scene import Scene
from lasso3d.data.example import Example
from lasso3d.data.procedural import layout, sensors
from lasso3d.data.procedural.appearance import Light, Material, wardrobe
from lasso3d.data.procedural.finishes import Paint, any_colour, painter, pale_wood, table_top
from lasso3d.data.procedural.programs import PART_NAMES
from lasso3d.data.procedural.shapes import Placed, Pose, Solid, Thing, at, rectangle
from lasso3d.data.procedural.spoken import described
from lasso3d.data.procedural.things import BUILDERS, some_thing
from lasso3d.data.procedural.trees import scenery
from lasso3d.data.procedural.viewpoints import Orbit
from lasso3d.data.procedural.views import Daylight, Studio
from lasso3d.data.procedural.visible import Words, ids_of, labels_of, truth_of
from lasso3d.geometry.cameras import Camera, intrinsics, look_at
from lasso3d.geometry.voxels import voxelize

WORLD_VERSION = 2
"""Raised whenever a seed gives another scene."""

BACKGROUND = ("table", "floor", "wall")
CLASS_NAMES = (*BACKGROUND, *sorted(BUILDERS))

WORDS = Words(BACKGROUND, CLASS_NAMES, PART_NAMES)
THINNING = 0.002
"""Metres; one point per cell of this size stays where several shots are fused."""
TWINS = 0.15
"""Share of the things that get a twin of the same size flush against them."""
FIELD_OF_VIEW = 57.0
"""Degrees, of a Kinect."""
SLIP = 0.0015
"""Metres, standard deviation of the errors of registration along each axis."""
METERED = 0.72
"""Brightness, of 1, that metering gives a table in full light."""


@final
@dataclass(frozen=True, eq=False)
class Laid:
    """A table as it is laid and lit, and the camera of the day."""

    placed: tuple[Placed, ...]
    light: Light
    habits: sensors.Habits


@final
@dataclass(frozen=True, eq=False)
class Cloud:
    """Points of one or several shots, and the solid each lies on."""

    xyz: Float64[np.ndarray, "n 3"]
    rgb: UInt8[np.ndarray, "n 3"]
    solid: Int32[np.ndarray, " n"]


def tabletop(seed: int) -> Example:
    """The tabletop of a seed: z up, zero in the middle of the table's surface; labels of visible points only."""
    return _made(seed)[0]


def tabletop_studio(seed: int) -> tuple[Example, Studio]:
    """The tabletop of a seed, and the same one ready to be photographed from all around."""
    example, laid, cloud = _made(seed)
    labels = labels_of(cloud.solid, laid.placed, WORDS)
    worn = wardrobe([solid.material for thing in laid.placed for solid in thing.thing.solids])
    around = Orbit((0.0, 0.0, 0.05), distance=(0.65, 1.25), elevation=(0.35, 1.05), aside=0.1)
    habits = replace(laid.habits, exposure=1.0)
    return example, Studio(
        scenery(laid.placed), worn, labels, Daylight(laid.light), habits, around, SLIP, turn=0.001, roll=0.01
    )


def _made(seed: int) -> tuple[Example, Laid, Cloud]:
    attempts = (_attempt(np.random.default_rng((WORLD_VERSION, seed, i)), f"tabletop {seed}") for i in count())
    # now and then everything lies outside the picture
    example, laid, cloud = next(made for made in attempts if made[0].truth.instance.max() > 0)
    ids = ids_of(cloud.solid, laid.placed, WORDS)
    return described(example, laid.placed, ids=ids, seed=seed), laid, cloud


def _attempt(rng: np.random.Generator, name: str) -> tuple[Example, Laid, Cloud]:
    azimuth = round(float(rng.uniform(0, 2 * pi)), 6)
    furniture, things = _furnished(azimuth, rng)
    placed = (*furniture, *things)
    laid = Laid(placed, _daylight(rng), _habits(placed[0].thing.solids[0].material, rng))
    cloud = _scanned(laid, azimuth, rng)
    return _labelled(cloud, placed, name), laid, cloud


def _furnished(azimuth: float, rng: np.random.Generator) -> tuple[tuple[Placed, ...], tuple[Placed, ...]]:
    """Table, perhaps floor and wall, and what lies on the table."""
    half_x, half_y = rng.uniform(0.3, 0.6), rng.uniform(0.3, 0.5)
    wood = pale_wood(rng) if rng.random() < 0.7 else any_colour(rng)
    family = (wood, *(any_colour(rng) for _ in range(rng.integers(1, 4))))
    paint = painter(rng, family)
    furniture = [_slab("table", half_x, half_y, 0.02, table_top(rng, wood), at(z=-0.02))]
    if rng.random() < 0.3:
        furniture.append(_slab("floor", 4.0, 4.0, 0.01, table_top(rng, any_colour(rng)), at(z=-0.75)))
    if rng.random() < 0.25:
        # opposite the camera, as the wall behind a table is
        x, y = (-(max(half_x, half_y) + rng.uniform(0.25, 0.9)) * f(azimuth) for f in (cos, sin))
        furniture.append(
            _slab("wall", 0.01, 4.0, 2.0, table_top(rng, any_colour(rng)), at(x, y, 0.0, turn=azimuth))
        )
    return tuple(furniture), _clutter((half_x, half_y), azimuth, paint, rng)


def _clutter(
    half_table: tuple[float, float], azimuth: float, paint: Paint, rng: np.random.Generator
) -> tuple[Placed, ...]:
    core = (0.75 * half_table[0], 0.75 * half_table[1])
    spots: tuple[layout.Spot, ...] = ()
    for _ in range(int(rng.integers(2, 19))):
        name, shape = _some_class(rng), int(rng.integers(2**31))
        thing = some_thing(name, np.random.default_rng(shape), paint)
        new = layout.put_down(thing, spots, half_table=core, towards_camera=azimuth, ways=layout.Ways(), rng=rng)
        if new is None:
            continue
        spots += (new,)
        if rng.random() < TWINS:
            # the same shape, half of the time in another print
            twin = thing if rng.random() < 0.5 else some_thing(name, np.random.default_rng(shape), paint)
            beside = layout.put_flush(twin, new, spots, half_table=core, rng=rng)
            spots += () if beside is None else (beside,)
    return tuple(spot.placed() for spot in spots)


def _some_class(rng: np.random.Generator) -> str:
    share = np.cumsum([frequency for _, frequency in BUILDERS.values()])
    return list(BUILDERS)[int(np.searchsorted(share, rng.random() * share[-1]))]


def _scanned(laid: Laid, azimuth: float, rng: np.random.Generator) -> Cloud:
    """One shot, or in a quarter of the scenes two to four that are fused with small errors of registration."""
    on = scenery(laid.placed)
    worn = wardrobe([solid.material for thing in laid.placed for solid in thing.thing.solids])
    shots = 1 if rng.random() < 0.75 else int(rng.integers(2, 5))
    width = int(rng.integers(420, 521)) if shots == 1 else int(rng.integers(240, 301))
    clouds = []
    for shot in range(shots):
        camera = _camera(azimuth + shot * rng.uniform(0.5, 1.4), width, rng)
        frame = sensors.shoot(on, worn, laid.light, camera, laid.habits, rng=rng)
        slip = rng.normal(0, SLIP, 3) if shot else np.zeros(3)
        clouds.append(_points(frame, camera, slip))
    whole = Cloud(*(np.concatenate([getattr(c, k) for c in clouds]) for k in ("xyz", "rgb", "solid")))
    return whole if shots == 1 else _thinned(whole)


def _camera(azimuth: float, width: int, rng: np.random.Generator) -> Camera:
    """A camera held over the edge of the table, looking down at its middle."""
    height, elevation, distance = round(0.75 * width), rng.uniform(0.35, 1.05), rng.uniform(0.65, 1.25)
    away = np.array([cos(elevation) * cos(azimuth), cos(elevation) * sin(azimuth), sin(elevation)])
    target = np.append(rng.uniform(-0.08, 0.08, 2), 0.05)
    pose = np.round(look_at(np.round(target + distance * away, 6), target), 9)
    return Camera(np.round(intrinsics(width, height, field_of_view=FIELD_OF_VIEW), 6), pose, width, height)


def _daylight(rng: np.random.Generator) -> Light:
    towards = rng.normal(0, 1, 3) * (1, 1, 0.3) + (0, 0, 1.2)
    unit = towards / np.sqrt((towards**2).sum())
    return Light(rng.uniform(0.45, 0.9), (float(unit[0]), float(unit[1]), float(unit[2])), rng.uniform(0.2, 1))


def _habits(table: Material, rng: np.random.Generator) -> sensors.Habits:
    """A camera of one day: how noisy, how lossy, how well exposed for the table that fills its picture."""
    metered = METERED / max(sum(table.colour) / 3, 0.4)
    red, green, blue = rng.uniform(0.9, 1.1, 3).tolist()
    right, down = rng.integers(-1, 2, 2).tolist()
    return sensors.Habits(
        disparity_noise=rng.uniform(0.05, 0.4),
        patch_noise=rng.uniform(0.0, 0.4),
        ragged=rng.uniform(0.5, 2.0),
        grazing=rng.uniform(0.06, 0.2),
        gloss_loss=rng.uniform(0, 0.8),
        holes=rng.uniform(0, 0.015) if rng.random() < 0.4 else 0.0,
        exposure=metered * rng.uniform(0.8, 1.2),
        balance=(red, green, blue),
        contrast=rng.uniform(0.75, 1.2),
        colour_noise=rng.uniform(0.003, 0.02),
        colour_shift=(right, down),
        far=rng.uniform(1.2, 2.4),
    )


def _points(frame: sensors.Frame, camera: Camera, slip: Float64[np.ndarray, "3"]) -> Cloud:
    """The returns of a shot in the scene frame, moved by an error of registration."""
    eye, direction = sensors.rays(camera)
    depth = frame.depth.ravel()
    returned = depth > 0
    xyz = eye + direction[returned] * depth[returned, None] + slip
    return Cloud(xyz, frame.rgb.reshape(-1, 3)[returned], frame.solid.ravel()[returned])


def _thinned(cloud: Cloud) -> Cloud:
    """The mean of the points of each small cell: what fusing overlapping shots leaves."""
    voxels = voxelize(cloud.xyz.astype(np.float32), THINNING)
    rgb = np.rint(voxels.mean(cloud.rgb)).astype(np.uint8)
    return Cloud(voxels.mean(cloud.xyz).astype(np.float64), rgb, cloud.solid[voxels.order[voxels.start[:-1]]])


def _labelled(cloud: Cloud, placed: tuple[Placed, ...], name: str) -> Example:
    """Scene and truth; things of which hardly anything is seen are left out of both."""
    kept, truth = truth_of(cloud.solid, placed, WORDS)
    return Example(Scene(np.round(cloud.xyz[kept], 4).astype(np.float32), rgb=cloud.rgb[kept], name=name), truth)


def _slab(name: str, half_x: float, half_y: float, half_z: float, material: Material, pose: Pose) -> Placed:
    solid = Solid("box", (half_x, half_y, half_z), material, at())
    return Placed(Thing(name, (solid,), rectangle(half_x, half_y), half_z), pose)
