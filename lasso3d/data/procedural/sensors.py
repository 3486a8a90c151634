"""What a structured-light depth camera (Kinect, PrimeSense) returns of a stage, with its habits."""

from dataclasses import dataclass
from typing import final

import numpy as np
from jaxtyping import Bool, Float64, Int32, UInt8

from lasso3d.data.procedural.appearance import Light, Wardrobe, albedo, lit
from lasso3d.data.procedural.rays import Hits
from lasso3d.data.procedural.shade import openness
from lasso3d.data.procedural.tracing import cast, reaches
from lasso3d.data.procedural.trees import Scenery
from lasso3d.geometry.cameras import Camera

BASELINE = 0.075
"""Metres from the camera to the projector, to its right; what the projector cannot see gets no depth."""
FOCAL_AT_640 = 580.0
"""Pixels of the depth camera at its full 640; sets the step of depth whatever the resolution here."""
SUBPIXEL = 8
"""The sensor matches its pattern to an eighth of a pixel: depth steps of z^2 / (8 f b), 2.9 mm at 1 m."""
LAMP_DISTANCE = 3.0
"""Metres from a surface to where its shadow ray ends."""
OFF_SURFACE = 2e-4
"""Metres from a surface at which secondary rays start, so that they do not meet it again."""
CORNERS = 0.12
"""Metres within which things on a table take daylight from each other."""
SPARSELY = 4
"""Pixels from one place where daylight is worked out to the next."""
SURROUNDINGS = 0.4
"""Brightness of what is too far away to be modelled, of 1."""


@final
@dataclass(frozen=True)
class Habits:
    """What differs from one camera, day and exposure to the next."""

    disparity_noise: float = 0.35
    """Standard deviation in eighths of a pixel, independent between pixels."""
    patch_noise: float = 0.35
    """The same, shared by patches of a few pixels, because matching looks at windows."""
    ragged: float = 1.2
    """Pixels by which outlines wander, in patches."""
    grazing: float = 0.12
    """Cosine between ray and surface below which nothing returns."""
    gloss_loss: float = 0.5
    """Share of the returns that a fully glossy, bright surface loses."""
    holes: float = 0.02
    """Share of the picture lost in blobs."""
    exposure: float = 1.0
    """Gain of all colour channels; the same in all shots of one camera, as after metering once."""
    balance: tuple[float, float, float] = (1.0, 1.0, 1.0)
    """Gain of each colour channel: a wrong white balance."""
    contrast: float = 1.0
    """Exponent of the tone curve."""
    colour_noise: float = 0.015
    """Standard deviation, of 1."""
    colour_shift: tuple[int, int] = (0, 0)
    """Pixels by which the colour image is out of register: right, down."""
    baseline: float = BASELINE
    """Metres from the camera to its projector, or to the second camera of a stereo pair."""
    far: float = 3.5
    """Metres beyond which nothing returns."""
    between: float = 0.1
    """Share of the pixels at edges whose depth lies between near and far."""
    corners: float = 0.6
    """Share of the daylight that corners and gaps lose."""


@final
@dataclass(frozen=True, eq=False)
class Frame:
    """One shot: depth, colour, and the solid that each pixel's depth comes from."""

    depth: Float64[np.ndarray, "h w"]
    """Metres along the optical axis; 0 = no return."""
    rgb: UInt8[np.ndarray, "h w 3"]
    solid: Int32[np.ndarray, "h w"]
    """-1 where there is no return."""


def shoot(
    on: Scenery, worn: Wardrobe, light: Light, camera: Camera, habits: Habits, *, rng: np.random.Generator
) -> Frame:
    """Take one shot of a stage."""
    eye, direction = rays(camera)
    hits = cast(on, np.broadcast_to(eye, direction.shape).copy(), direction)
    distance = np.where(hits.solid >= 0, hits.distance, 0.0)
    point = eye + direction * distance[:, None] + OFF_SURFACE * hits.normal
    shape = (camera.height, camera.width)
    colour = _colour(on, worn, light, hits, point, direction).reshape(*shape, 3)
    sky = _sky(on, hits, point, shape, rng)[..., None]
    colour = colour * (1 - habits.corners * light.ambient * (1 - sky))
    projector = eye + habits.baseline * np.round(camera.T_camera_scene[0, :3], 9)
    patterned = reaches(on, point, np.broadcast_to(projector, point.shape).copy())
    return recorded(hits, direction, colour, patterned=patterned, worn=worn, habits=habits, rng=rng)


def recorded(
    hits: Hits,
    direction: Float64[np.ndarray, "r 3"],
    colour: Float64[np.ndarray, "h w 3"],
    *,
    patterned: Bool[np.ndarray, " r"],
    worn: Wardrobe,
    habits: Habits,
    rng: np.random.Generator,
) -> Frame:
    """What the camera makes of rays of length 1 along its axis, row by row, and of the true colours.

    Args:
        patterned: whether the projector's pattern falls on what each ray meets.
    """
    shape = colour.shape[:2]
    distance = np.where(hits.solid >= 0, hits.distance, 0.0)
    returned = (hits.solid >= 0) & (distance < habits.far) & patterned & ~_lost(worn, hits, direction, habits, rng)
    from_pixel = _wandering(shape, habits.ragged, rng)
    true_depth = np.where(returned, distance, 0.0)[from_pixel].reshape(shape)
    depth = _measured(between(true_depth, habits.between, rng), habits, rng)
    depth = np.where(_blobs(shape, habits.holes, rng), 0.0, depth)
    solid = np.where(depth > 0, hits.solid[from_pixel].reshape(shape), np.int32(-1))
    return Frame(depth, _exposed(colour, habits, rng), solid)


def rays(camera: Camera) -> tuple[Float64[np.ndarray, "3"], Float64[np.ndarray, "r 3"]]:
    """The eye and, row by row, each pixel's direction, of length 1 along the optical axis: distances are depths.

    Spelled out in sums: matrix products differ in the last bit from machine to machine.
    """
    T = np.round(camera.T_camera_scene, 9)
    v, u = np.indices((camera.height, camera.width)).reshape(2, -1)
    x, y = (u - camera.K[0, 2]) / camera.K[0, 0], (v - camera.K[1, 2]) / camera.K[1, 1]
    direction = x[:, None] * T[0, :3] + y[:, None] * T[1, :3] + T[2, :3]
    eye = -(T[0, 3] * T[0, :3] + T[1, 3] * T[1, :3] + T[2, 3] * T[2, :3])
    return eye, direction


def _colour(
    on: Scenery,
    worn: Wardrobe,
    light: Light,
    hits: Hits,
    point: Float64[np.ndarray, "r 3"],
    direction: Float64[np.ndarray, "r 3"],
) -> Float64[np.ndarray, "r 3"]:
    base = albedo(worn, hits.solid, hits.face, hits.local, on.size)
    in_sun = reaches(on, point, point + LAMP_DISTANCE * np.array(light.towards))
    lamp = np.where(in_sun, 1.0, 1.0 - light.shadow)
    colour = lit(base, hits.normal, direction, worn.look[hits.solid, 8], light, lamp)
    return np.where((hits.solid >= 0)[:, None], colour, SURROUNDINGS)


def _sky(
    on: Scenery, hits: Hits, point: Float64[np.ndarray, "r 3"], shape: tuple[int, int], rng: np.random.Generator
) -> Float64[np.ndarray, "h w"]:
    """Share of the sky that each pixel's place sees, worked out at some pixels and joined between them."""
    rows, columns = (np.minimum(np.arange(0, side + SPARSELY, SPARSELY), side - 1) for side in shape)
    some = np.arange(len(point)).reshape(shape)[rows][:, columns]
    places = some.ravel()
    seen = openness(
        lambda a, b: reaches(on, a, b), point[places], hits.normal[places], reach=CORNERS, rays=12, rng=rng
    )
    coarse = np.where(hits.solid[some] >= 0, seen.reshape(some.shape), 1.0)
    # twelve rays are few: what is left of their noise goes where colours bleed anyway
    around = np.pad(coarse, 1, mode="edge")
    coarse = (
        sum((around[i:][: len(coarse), j:][:, : coarse.shape[1]] for i in range(3) for j in range(3)), coarse) / 10
    )
    below, left = (np.arange(side) // SPARSELY for side in shape)
    y, x = (np.arange(shape[0]) % SPARSELY / SPARSELY)[:, None], np.arange(shape[1]) % SPARSELY / SPARSELY
    low = coarse[below][:, left] * (1 - x) + coarse[below][:, left + 1] * x
    high = coarse[below + 1][:, left] * (1 - x) + coarse[below + 1][:, left + 1] * x
    return low * (1 - y) + high * y


def between(
    depth: Float64[np.ndarray, "h w"], share: float, rng: np.random.Generator
) -> Float64[np.ndarray, "h w"]:
    """Flying pixels: beside an edge in depth some pixels lie anywhere between near and far."""
    beside = depth.copy()
    if rng.random() < 0.5:
        beside[:, 1:] = depth[:, :-1]
    else:
        beside[1:] = depth[:-1]
    edge = (depth > 0) & (beside > 0) & (np.abs(depth - beside) > 0.02) & (rng.random(depth.shape) < share)
    return np.where(edge, depth + rng.random(depth.shape) * (beside - depth), depth)


def _lost(
    worn: Wardrobe, hits: Hits, direction: Float64[np.ndarray, "r 3"], habits: Habits, rng: np.random.Generator
) -> Bool[np.ndarray, " r"]:
    """Which rays do not come back: grazing, or in a highlight."""
    length = np.sqrt((direction**2).sum(1))
    cosine = np.abs((hits.normal * direction).sum(1)) / length
    chance = rng.random((3, len(direction)))
    oblique = cosine < habits.grazing * (0.6 + 0.8 * chance[0])
    # a mirror-like surface sends the pattern back into the camera only when it faces it, and then too brightly
    mirror = worn.look[hits.solid, 8] * habits.gloss_loss
    blinded = chance[1] < mirror * np.where(cosine > 0.97, 0.8, 0.01)
    return oblique | blinded


def _wandering(shape: tuple[int, int], reach: float, rng: np.random.Generator) -> np.ndarray:
    """The pixel whose depth each pixel reports: matching windows make outlines ragged."""
    v, u = np.indices(shape)
    down, right = (np.rint(reach * 2 * (patches(shape, 2.5, rng) - 0.5)).astype(np.int64) for _ in range(2))
    rows, columns = np.clip(v + down, 0, shape[0] - 1), np.clip(u + right, 0, shape[1] - 1)
    return (rows * shape[1] + columns).ravel()


def _measured(
    depth: Float64[np.ndarray, "h w"], habits: Habits, rng: np.random.Generator
) -> Float64[np.ndarray, "h w"]:
    """Depth through a noisy disparity in eighths of a pixel: noise and steps grow with the square of depth."""
    noise = habits.disparity_noise * rng.standard_normal(depth.shape)
    noise += habits.patch_noise * 3.4 * (patches(depth.shape, 4.0, rng) - 0.5)
    scale = FOCAL_AT_640 * habits.baseline * SUBPIXEL
    steps = np.rint(scale / np.where(depth > 0, depth, 1.0) + noise)
    return np.where(depth > 0, scale / np.maximum(steps, 1.0), 0.0)


def _blobs(shape: tuple[int, int], share: float, rng: np.random.Generator) -> Bool[np.ndarray, "h w"]:
    """Holes of some pixels in size that together cover about `share` of the picture."""
    field = patches(shape, 9.0, rng)
    return field > np.quantile(field[::4, ::4], 1 - share) if share > 0 else np.zeros(shape, np.bool_)


def _exposed(
    colour: Float64[np.ndarray, "h w 3"], habits: Habits, rng: np.random.Generator
) -> UInt8[np.ndarray, "h w 3"]:
    """A colour image out of register, a little soft, with wrong exposure and white balance, and noise."""
    right, down = habits.colour_shift
    shifted = np.roll(colour, (down, right), axis=(0, 1))
    soft = 0.5 * shifted + 0.25 * (np.roll(shifted, 1, axis=1) + np.roll(shifted, -1, axis=1))
    gained = np.clip(habits.exposure * np.array(habits.balance) * soft, 0, None) ** habits.contrast
    noisy = gained + habits.colour_noise * rng.standard_normal(colour.shape)
    return np.clip(np.rint(255 * noisy), 0, 255).astype(np.uint8)


def patches(shape: tuple[int, int], size: float, rng: np.random.Generator) -> Float64[np.ndarray, "h w"]:
    """Smooth noise, 0 to 1, in patches of about `size` pixels: random numbers on a coarse grid, joined smoothly."""
    rows, columns = (np.arange(side) / size for side in shape)
    below, left = rows.astype(np.int64), columns.astype(np.int64)
    coarse = rng.random((below[-1] + 2, left[-1] + 2))
    y, x = ((s * s * (3 - 2 * s)) for s in ((rows - below)[:, None], columns - left))
    low = coarse[below][:, left] * (1 - x) + coarse[below][:, left + 1] * x
    high = coarse[below + 1][:, left] * (1 - x) + coarse[below + 1][:, left + 1] * x
    return low * (1 - y) + high * y
