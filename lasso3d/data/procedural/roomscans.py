"""What a hand-held depth camera, a laser scanner on a tripod and a single shot bring home from a room."""

from dataclasses import dataclass, field
from math import cos, pi, sin
from typing import Literal, final

import numpy as np
from jaxtyping import Bool, Float32, Float64, Int32, Int64, UInt8

from lasso3d.data.procedural.appearance import Wardrobe, albedo, noise
from lasso3d.data.procedural.floorplans import Plan
from lasso3d.data.procedural.fusion import fused
from lasso3d.data.procedural.rays import Hits
from lasso3d.data.procedural.sensors import patches
from lasso3d.data.procedural.shapes import Placed
from lasso3d.data.procedural.tracing import cast, reaches
from lasso3d.data.procedural.trees import Scenery
from lasso3d.geometry.cameras import look_at
from lasso3d.geometry.compiled import compiled

OFF_SURFACE = 5e-4
"""Metres from a surface at which shadow rays start."""
PICTURE = (78, 104)
"""Rows and columns of one shot of the hand-held camera; many shots fill each other's gaps."""
TANGENT = 0.6
"""Half the width of a picture at distance 1: a field of view of 62 degrees."""


@final
@dataclass(frozen=True, eq=False)
class Site:
    """A furnished room, ready to be scanned."""

    plan: Plan
    placed: tuple[Placed, ...]
    on: Scenery
    worn: Wardrobe


@final
@dataclass(frozen=True, eq=False)
class Scan:
    """Points and the solid each lies on."""

    xyz: Float64[np.ndarray, "n 3"]
    rgb: UInt8[np.ndarray, "n 3"] | None
    solid: Int32[np.ndarray, " n"]
    extra: dict[str, Float32[np.ndarray, " n"]] = field(default_factory=dict)


@final
@dataclass(frozen=True, eq=False)
class Shots:
    """Rays of one or many shots."""

    origin: Float64[np.ndarray, "r 3"]
    direction: Float64[np.ndarray, "r 3"]
    """Of length 1 along the optical axis."""
    shot: Int64[np.ndarray, " r"]


def scanned(sensor: Literal["handheld", "lidar", "view"], site: Site, rng: np.random.Generator) -> Scan:
    """A scan of the room; now and then grey or without colour."""
    take = {"handheld": _handheld, "lidar": _lidar, "view": _view}[sensor]
    scan = take(site, rng)
    chance = rng.random()
    if scan.rgb is None or chance < (0.5 if sensor == "lidar" else 0.1):
        return Scan(scan.xyz, None, scan.solid, scan.extra)
    if chance > 0.94:
        grey = np.rint(scan.rgb.mean(1)).astype(np.uint8)
        return Scan(scan.xyz, np.repeat(grey[:, None], 3, axis=1), scan.solid, scan.extra)
    return scan


def _handheld(site: Site, rng: np.random.Generator) -> Scan:
    """A walk through the room, fused: drift, noise, smoothing, and only what the walk has shown."""
    shots = int(np.clip(rng.uniform(2.0, 4.0) * site.plan.area(), 20, 60))
    rays = _walk(site, shots, PICTURE, rng)
    hits = cast(site.on, rays.origin, rays.direction)
    kept = np.flatnonzero(_returned(site, rays, hits, rng, far=rng.uniform(3.0, 5.0)))
    depth = hits.distance[kept]
    noise = rng.uniform(0.0004, 0.002) * rng.standard_normal(len(kept))
    bumps = np.concatenate([patches(PICTURE, 6.0, rng).ravel() for _ in range(shots)]) - 0.5
    depth = depth + depth * depth * (noise + rng.uniform(0.0, 0.008) * bumps[kept])
    xyz = rays.origin[kept] + rays.direction[kept] * depth[:, None]
    xyz = _drifted(xyz, rays.origin[kept], rays.shot[kept], rng)
    # errors that all shots share survive fusion: planes of real scans are wavy
    wave = rng.uniform(0.002, 0.018) * _waves(xyz, rng.uniform(0.06, 0.2))
    xyz = xyz + hits.normal[kept] * wave[:, None]
    gain = np.exp(rng.normal(0, 0.1, shots))
    whole = fused(xyz, rng.uniform(0.018, 0.03), rounds=int(rng.integers(1, 6)), faint=rng.random() < 0.3)
    chosen = kept[whole.first]
    rgb = _seen(site, rays, hits, chosen, rng) * gain[rays.shot[chosen], None]
    return Scan(whole.xyz, _exposed(whole.smooth(rgb), rng), hits.solid[chosen])


def _view(site: Site, rng: np.random.Generator) -> Scan:
    """One shot: its noise is not averaged, its far half is coarse."""
    shape = (240, 320)
    rays = _walk(site, 1, shape, rng)
    hits = cast(site.on, rays.origin, rays.direction)
    kept = np.flatnonzero(_returned(site, rays, hits, rng, far=rng.uniform(3.5, 6.0)))
    depth = hits.distance[kept]
    step = rng.uniform(0.001, 0.003)
    noise = rng.uniform(0.2, 0.7) * rng.standard_normal(len(kept)) + 2 * (
        patches(shape, 5.0, rng).ravel()[kept] - 0.5
    )
    # a disparity in whole steps: errors grow with the square of the distance
    inverse = np.rint(1 / (step * depth) + noise)
    xyz = rays.origin[kept] + rays.direction[kept] * (1 / (step * np.maximum(inverse, 1)))[:, None]
    return Scan(xyz, _exposed(_seen(site, rays, hits, kept, rng), rng), hits.solid[kept])


def _lidar(site: Site, rng: np.random.Generator) -> Scan:
    """One to three stations of a terrestrial scanner, rings of equal angles, millimetres of noise."""
    stations = int(rng.integers(1, 4))
    step = pi / int(rng.uniform(400, 640) / np.sqrt(stations))
    rays = _turning(site, stations, step, rng)
    hits = cast(site.on, rays.origin, rays.direction)
    kept = np.flatnonzero(_returned(site, rays, hits, rng, far=30.0, blobs=0.3))
    distance = hits.distance[kept] + rng.uniform(0.0005, 0.003) * rng.standard_normal(len(kept))
    xyz = _drifted(
        rays.origin[kept] + rays.direction[kept] * distance[:, None],
        rays.origin[kept],
        rays.shot[kept],
        rng,
        size=0.3,
    )
    thin = fused(xyz, rng.uniform(0.006, 0.015), rounds=0, faint=False)
    chosen = kept[thin.first]
    rgb = _seen(site, rays, hits, chosen, rng)
    cosine = np.abs((hits.normal[chosen] * rays.direction[chosen]).sum(1))
    base = albedo(site.worn, hits.solid[chosen], hits.face[chosen], hits.local[chosen], site.on.size).mean(1)
    intensity = base * (0.3 + 0.7 * cosine) + 0.02 * rng.standard_normal(len(chosen))
    return Scan(
        xyz[thin.first],
        _exposed(rgb, rng),
        hits.solid[chosen],
        {"intensity": np.clip(intensity, 0, 1).astype(np.float32)},
    )


def _walk(site: Site, shots: int, shape: tuple[int, int], rng: np.random.Generator) -> Shots:
    """Shots from places where one can stand, at furniture and walls."""
    rows, columns = shape
    places = _standing(site, max(1, shots // 4), rng)
    things = np.stack([t.pose.position for t in site.placed if t.thing.name not in ("floor", "ceiling", "wall")])
    origin, direction = [], []
    for shot in range(shots):
        eye = np.append(places[shot * len(places) // shots] + rng.normal(0, 0.08, 2), rng.uniform(1.2, 1.75))
        away = np.sqrt(((things[:, :2] - eye[:2]) ** 2).sum(1))
        near = np.flatnonzero((away > 1.0) & (away < 4.5))
        if rng.random() < (0.6 if shots > 1 else 1.0) and len(near):
            target = things[near[rng.integers(len(near))]] + np.array([0, 0, 0.4])
        else:
            turn = rng.uniform(0, 2 * pi)
            target = eye + np.array([2 * cos(turn), 2 * sin(turn), rng.uniform(-2.0, 0.1)])
        T = np.round(look_at(np.round(eye, 4), np.round(target + rng.normal(0, 0.15, 3), 4)), 9)
        v, u = np.indices(shape).reshape(2, -1) + rng.uniform(0, 1, (2, 1))
        x, y = TANGENT * (2 * u / columns - 1), TANGENT * (2 * v - rows) / columns
        direction.append(x[:, None] * T[0, :3] + y[:, None] * T[1, :3] + T[2, :3])
        origin.append(np.broadcast_to(np.round(eye, 4), (len(u), 3)))
    return Shots(np.concatenate(origin), np.concatenate(direction), np.repeat(np.arange(shots), rows * columns))


def _turning(site: Site, stations: int, step: float, rng: np.random.Generator) -> Shots:
    """All directions but the tripod's own, from each station."""
    up = np.arange(-pi / 3, pi / 2, step)
    around = np.arange(0, 2 * pi, step)
    unit = np.round(np.stack([np.outer(np.cos(up), np.cos(around)), np.outer(np.cos(up), np.sin(around)),
                              np.outer(np.sin(up), np.ones(len(around)))], axis=-1).reshape(-1, 3), 9)  # fmt: skip
    places = _standing(site, stations, rng)
    eyes = np.column_stack([places, rng.uniform(1.2, 1.7, len(places))]).round(4)
    # rings near the pole are denser than the scanner would leave them
    kept = rng.random((len(eyes), len(unit))) < np.repeat(np.maximum(np.cos(up), 0.05), len(around))
    station, ray = np.nonzero(kept)
    return Shots(eyes[station], unit[ray], station)


def _standing(site: Site, wanted: int, rng: np.random.Generator) -> Float64[np.ndarray, "k 2"]:
    """Places with room to stand, each next to the one before."""
    low, high = site.plan.corners.min(0), site.plan.corners.max(0)
    tried = rng.uniform(low, high, (60 * wanted, 2))
    free = np.ones(len(tried), bool)
    for dx, dy in ((-0.3, -0.3), (-0.3, 0.3), (0.3, -0.3), (0.3, 0.3)):
        free &= site.plan.holds(tried + np.array([dx, dy]))
    for thing in site.placed:
        if (
            thing.thing.height > 0.1
            and thing.pose.position[2] < 1.0
            and thing.thing.name not in ("floor", "ceiling", "wall")
        ):
            reach = 0.15 + np.abs(thing.thing.footprint).max()
            free &= ((tried - thing.pose.position[:2]) ** 2).sum(1) > (0.9 * reach) ** 2
    found = tried[free][:wanted] if free.any() else np.zeros((1, 2)) + (low + high) / 2
    order, rest = [0], list(range(1, len(found)))
    while rest:
        nearest = min(rest, key=lambda i: float(((found[i] - found[order[-1]]) ** 2).sum()))
        rest.remove(nearest)
        order.append(nearest)
    return found[order]


def _returned(
    site: Site, rays: Shots, hits: Hits, rng: np.random.Generator, *, far: float, blobs: float = 1.0
) -> Bool[np.ndarray, " r"]:
    """Which rays come back: in range, not grazing, not lost on glossy or dark surfaces, in patches."""
    met = (hits.solid >= 0) & (hits.distance > 0.35) & (hits.distance < far)
    length = np.sqrt((rays.direction**2).sum(1))
    cosine = np.abs((hits.normal * rays.direction).sum(1)) / length
    gloss, colour = site.worn.look[hits.solid, 8], site.worn.look[hits.solid, :3].mean(1)
    lossy = (
        blobs * (0.75 * np.maximum(gloss - 0.35, 0) + 2.5 * np.maximum(0.12 - colour, 0)) * rng.uniform(0.3, 1.3)
    )
    # the same place is lost in every shot, or holes would close
    field = np.empty(len(met))
    _patchy(hits.local, hits.solid, rng.uniform(0.03, 0.15), field)
    lost = field + 0.06 * rng.standard_normal(len(met)) < lossy
    return met & (cosine > rng.uniform(0.05, 0.15) * (0.5 + rng.random(len(met)))) & ~lost


def _drifted(
    xyz: Float64[np.ndarray, "n 3"], eye: Float64[np.ndarray, "n 3"], shot: Int64[np.ndarray, " n"],
    rng: np.random.Generator, *, size: float = 1.0,
) -> Float64[np.ndarray, "n 3"]:  # fmt: skip
    """Each shot a little out of place and turned, errors that grow and return."""
    shots = int(shot.max()) + 1 if len(shot) else 1
    walk = size * rng.uniform(0.0, 0.004) * np.cumsum(rng.standard_normal((shots, 3)), axis=0)
    shift = walk - np.linspace(0, 1, shots)[:, None] * walk[-1]
    turn = size * rng.uniform(0, 0.003) * rng.standard_normal(shots)
    arm = xyz - eye
    turned = np.stack([-arm[:, 1], arm[:, 0], np.zeros(len(arm))], axis=1) * turn[shot, None]
    return xyz + turned + shift[shot]


def _seen(
    site: Site, rays: Shots, hits: Hits, chosen: Int64[np.ndarray, " n"], rng: np.random.Generator
) -> Float64[np.ndarray, "n 3"]:
    """Colours under daylight and one lamp, 0 to 1."""
    base = albedo(site.worn, hits.solid[chosen], hits.face[chosen], hits.local[chosen], site.on.size)
    normal = hits.normal[chosen]
    point = rays.origin[chosen] + rays.direction[chosen] * hits.distance[chosen, None] + OFF_SURFACE * normal
    lamp = np.append(
        site.plan.corners.mean(0) + rng.uniform(-0.5, 0.5, 2), site.plan.height - rng.uniform(0.1, 0.5)
    )
    towards = lamp - point
    distance = np.sqrt((towards**2).sum(1))
    facing = np.maximum((normal * towards).sum(1) / np.maximum(distance, 0.1), 0)
    free = reaches(site.on, point, np.broadcast_to(lamp, point.shape).copy())
    ambient, soft = rng.uniform(0.4, 0.9), rng.uniform(0.0, 0.6)
    strength = ambient * (0.88 + 0.12 * normal[:, 2]) + (1 - ambient) * facing * np.where(free, 1.0, soft) * 2.2 / (
        0.6 + 0.3 * distance
    )
    blotches = 1 + rng.uniform(0.0, 0.35) * _waves(point, rng.uniform(0.2, 0.8))
    return base * (strength * blotches)[:, None]


def _exposed(colour: Float64[np.ndarray, "n 3"], rng: np.random.Generator) -> UInt8[np.ndarray, "n 3"]:
    """Exposure, white balance, contrast and noise of a camera."""
    metered = 0.5 / max(float(colour.mean()), 0.1)
    gain = np.clip(metered * rng.uniform(0.75, 1.3), 0.6, 1.8) * rng.uniform(0.9, 1.1, 3)
    shown = np.clip(gain * colour, 0, None) ** rng.uniform(0.8, 1.2)
    noisy = shown + rng.uniform(0.003, 0.03) * rng.standard_normal(colour.shape)
    return np.clip(np.rint(255 * noisy), 0, 255).astype(np.uint8)


def _waves(xyz: Float64[np.ndarray, "n 3"], size: float) -> Float64[np.ndarray, " n"]:
    """Smooth noise in space, -1 to 1, from crest to crest about `size` metres."""
    field = np.empty(len(xyz))
    _patchy(xyz, np.zeros(len(xyz), np.int32), size, field)
    return 4 * (field - 0.5)


@compiled
def _patchy(local, solid, size, field):
    """Smooth noise over the surface of each solid, 0 to 1."""
    for r in range(len(solid)):
        x, y, z = local[r, 0] / size, local[r, 1] / size, local[r, 2] / size
        field[r] = 0.5 * (noise(x + 0.5 * z, y + 0.3 * z, solid[r]) + noise(z + 0.4 * x, z - y, solid[r] + 7))
