"""What a hand-held depth camera, photogrammetry, a laser scanner and a single shot bring home from a room."""

from dataclasses import dataclass, field, replace
from math import pi
from typing import Literal, final

import numpy as np
from jaxtyping import Bool, Float32, Float64, Int32, Int64, UInt8

from lasso3d.data.procedural.fusion import Fused, fused
from lasso3d.data.procedural.rays import Hits
from lasso3d.data.procedural.roomlight import exposed, metering, misplaced, strength, surface
from lasso3d.data.procedural.sensors import between, patches
from lasso3d.data.procedural.shade import patchy, waves
from lasso3d.data.procedural.tracing import cast
from lasso3d.data.procedural.walks import Shots, Site, turning, walk

Sensor = Literal["handheld", "photogrammetry", "lidar", "view"]
PICTURE = (78, 104)
"""Rows and columns of one shot of the hand-held camera; many shots fill each other's gaps."""
VIEW = (240, 320)
THOROUGH = 0.35
"""Share of the hand-held scans that leave hardly anything out."""
JUMPS = 0.4
"""Share of the hand-held scans whose track was lost once: what comes later lies beside what came before."""
PIXEL, CELL = 0.006, 0.02
"""Metres over which colours of one picture and of a fused scan are averaged."""
NOISY, BLENDED = (0.003, 0.03), (0.001, 0.008)
"""Ranges of the noise of colours, of 1: of one picture, and of many."""
FLOATING = 0.12
"""Metres by which photogrammetry's specks miss the surface at most."""


@final
@dataclass(frozen=True, eq=False)
class Scan:
    """Points and the solid each lies on."""

    xyz: Float64[np.ndarray, "n 3"]
    rgb: UInt8[np.ndarray, "n 3"] | None
    solid: Int32[np.ndarray, " n"]
    extra: dict[str, Float32[np.ndarray, " n"]] = field(default_factory=dict)


def scanned(sensor: Sensor, site: Site, rng: np.random.Generator) -> Scan:
    """A scan of the room; now and then grey or without colour."""
    take = {"handheld": _handheld, "photogrammetry": _photogrammetry, "lidar": _lidar, "view": _view}[sensor]
    scan = take(site, rng)
    chance = rng.random()
    if sensor == "photogrammetry":
        return scan
    if scan.rgb is None or chance < (0.5 if sensor == "lidar" else 0.1):
        return replace(scan, rgb=None)
    if chance > 0.94:
        grey = np.rint(scan.rgb.mean(1)).astype(np.uint8)
        return replace(scan, rgb=np.repeat(grey[:, None], 3, axis=1))
    return scan


def _handheld(site: Site, rng: np.random.Generator) -> Scan:
    """A walk through the room, fused: drift, noise, smoothing, and only what the walk has shown."""
    thorough = rng.random() < THOROUGH
    shots = int(np.clip(rng.uniform(2.0, 4.0) * site.plan.area(), *((60, 90) if thorough else (20, 60))))
    rays = walk(site, shots, PICTURE, rng)
    hits = cast(site.on, rays.origin, rays.direction)
    kept = np.flatnonzero(_returned(site, rays, hits, rng, far=rng.uniform(3.0, 5.0)))
    depth = hits.distance[kept]
    noise = rng.uniform(0.0004, 0.003) * rng.standard_normal(len(kept))
    bumps = np.concatenate([patches(PICTURE, 6.0, rng).ravel() for _ in range(shots)]) - 0.5
    depth = depth + depth * depth * (noise + rng.uniform(0.0, 0.012) * bumps[kept])
    xyz = _drifted(rays, kept, depth, rng)
    # errors that all shots share survive fusion: planes of real scans are wavy
    wave = rng.uniform(0.002, 0.02) * waves(xyz, rng.uniform(0.06, 0.2))
    xyz = xyz + hits.normal[kept] * wave[:, None]
    whole = fused(xyz, rng.uniform(0.018, 0.03), rounds=int(rng.integers(1, 6)), faint=rng.random() < 0.3)
    return _coloured(site, rays, hits, kept, whole, rng)


def _photogrammetry(site: Site, rng: np.random.Generator) -> Scan:
    """Depth from many photographs: sure where there is texture, blobs and holes where there is none, and specks."""
    rays = walk(site, int(np.clip(rng.uniform(2.5, 4.0) * site.plan.area(), 30, 60)), PICTURE, rng)
    hits = cast(site.on, rays.origin, rays.direction)
    met = np.flatnonzero((hits.solid >= 0) & (hits.distance > 0.3) & (hits.distance < 6.0))
    sure = _textured(site, rays, hits)[met]
    # the same bare patch is missed in every photograph
    luck = patchy(hits.local[met], hits.solid[met], rng.uniform(0.1, 0.4))
    seen = luck + 0.05 * rng.standard_normal(len(met)) > rng.uniform(0.4, 0.7) - 0.6 * sure
    kept, sure = met[seen], sure[seen]
    depth = hits.distance[kept]
    xyz = rays.origin[kept] + rays.direction[kept] * depth[:, None]
    blobs = rng.uniform(0.004, 0.03) * waves(xyz, rng.uniform(0.1, 0.35)) * (1.1 - sure)
    rough = rng.uniform(0.001, 0.004) * depth * rng.standard_normal(len(kept))
    specks = rng.random(len(kept)) < 0.02 * (patchy(xyz, rays.shot[kept].astype(np.int32), 0.3) > 0.6)
    rough = rough + np.where(specks, FLOATING * rng.uniform(-1, 0.3, len(kept)), 0.0)
    xyz = xyz + hits.normal[kept] * blobs[:, None] + rays.direction[kept] * rough[:, None]
    whole = fused(xyz, rng.uniform(0.015, 0.025), rounds=int(rng.integers(1, 4)), faint=False)
    return _coloured(site, rays, hits, kept, whole, rng)


def _view(site: Site, rng: np.random.Generator) -> Scan:
    """One shot: its noise is not averaged, its far half is coarse, and points hang between near and far."""
    rays = walk(site, 1, VIEW, rng)
    hits = cast(site.on, rays.origin, rays.direction)
    returned = _returned(site, rays, hits, rng, far=rng.uniform(3.5, 6.0))
    depth = between(np.where(returned, hits.distance, 0.0).reshape(VIEW), rng.uniform(0.0, 0.5), rng).ravel()
    kept = np.flatnonzero(depth > 0)
    step = rng.uniform(0.001, 0.003)
    noise = rng.uniform(0.2, 0.7) * rng.standard_normal(len(kept)) + 2 * (
        patches(VIEW, 5.0, rng).ravel()[kept] - 0.5
    )
    # a disparity in whole steps: errors grow with the square of the distance
    inverse = np.rint(1 / (step * depth[kept]) + noise)
    xyz = rays.origin[kept] + rays.direction[kept] * (1 / (step * np.maximum(inverse, 1)))[:, None]
    beside = misplaced(rays, kept, hits, rng)
    light = strength(site, rays, hits, beside, rng, sky_rays=12)
    return Scan(
        xyz,
        exposed(surface(site, hits, beside, footprint=PIXEL) * light[:, None], rng, noise=NOISY),
        hits.solid[kept],
    )


def _lidar(site: Site, rng: np.random.Generator) -> Scan:
    """One to three stations of a terrestrial scanner, rings of equal angles, millimetres of noise."""
    stations = int(rng.integers(1, 4))
    rays = turning(site, stations, pi / int(rng.uniform(400, 640) / np.sqrt(stations)), rng)
    hits = cast(site.on, rays.origin, rays.direction)
    kept = np.flatnonzero(_returned(site, rays, hits, rng, far=30.0, blobs=0.3))
    distance = hits.distance[kept] + rng.uniform(0.0005, 0.003) * rng.standard_normal(len(kept))
    thin = fused(_drifted(rays, kept, distance, rng, size=0.3), rng.uniform(0.006, 0.015), rounds=0, faint=False)
    # unlike a camera a scanner keeps each point where it was met
    chosen = kept[thin.first]
    base = surface(site, hits, chosen, footprint=PIXEL)
    light = strength(site, rays, hits, chosen, rng, sky_rays=4)
    rgb = exposed(base * _softened(thin, light), rng, noise=BLENDED)
    cosine = np.abs((hits.normal[chosen] * rays.direction[chosen]).sum(1))
    intensity = base.mean(1) * (0.3 + 0.7 * cosine) + 0.02 * rng.standard_normal(len(chosen))
    extra = {"intensity": np.clip(intensity, 0, 1).astype(np.float32)}
    return Scan(thin.xyz, rgb, hits.solid[chosen], extra)


def _coloured(
    site: Site, rays: Shots, hits: Hits, kept: Int64[np.ndarray, " n"], whole: Fused, rng: np.random.Generator
) -> Scan:
    """A fused scan: colours are blended from all shots that saw a place, each a little beside it."""
    base = surface(site, hits, misplaced(rays, kept, hits, rng), footprint=CELL)
    blend = whole.mean(base * metering(base, rays, kept, rng))
    light = strength(site, rays, hits, kept[whole.first], rng, sky_rays=3)
    rgb = exposed(whole.smooth(blend) * _softened(whole, light), rng, noise=BLENDED)
    return Scan(whole.xyz, rgb, _as_people_label(whole, hits.solid[kept[whole.first]], rng))


def _softened(whole: Fused, light: Float64[np.ndarray, " t"]) -> Float64[np.ndarray, "t 1"]:
    """Light mixed over some cells: lamps have a size, and few rays ask for the sky."""
    soft = light[:, None]
    for _ in range(4):
        soft = whole.smooth(soft)
    return soft


def _as_people_label(
    whole: Fused, solid: Int32[np.ndarray, " t"], rng: np.random.Generator
) -> Int32[np.ndarray, " t"]:
    """Borders as annotators leave them: here a cell too far, there one too few."""
    reach, size = rng.uniform(0.0, 1.1), rng.uniform(0.08, 0.25)
    away = np.stack([waves(whole.xyz + 10.0 * (1 + a), size) for a in range(3)], axis=1)
    return solid[whole.beside(np.rint(reach * np.clip(away, -1, 1)).astype(np.int32))]


def _returned(
    site: Site, rays: Shots, hits: Hits, rng: np.random.Generator, *, far: float, blobs: float = 1.0
) -> Bool[np.ndarray, " r"]:
    """Which rays come back: in range, not grazing, not lost on glossy or dark surfaces, in patches."""
    met = (hits.solid >= 0) & (hits.distance > 0.35) & (hits.distance < far)
    length = np.sqrt((rays.direction**2).sum(1))
    cosine = np.abs((hits.normal * rays.direction).sum(1)) / length
    gloss, colour = site.worn.look[hits.solid, 8], site.worn.look[hits.solid, :3].mean(1)
    lossy = 0.75 * np.maximum(gloss - 0.35, 0) + 2.5 * np.maximum(0.12 - colour, 0)
    lossy = blobs * lossy * rng.uniform(0.3, 1.3)
    # the same place is lost in every shot, or holes would close
    field = patchy(hits.local, hits.solid, rng.uniform(0.03, 0.15))
    lost = field + 0.06 * rng.standard_normal(len(met)) < lossy
    return met & (cosine > rng.uniform(0.05, 0.15) * (0.5 + rng.random(len(met)))) & ~lost


def _textured(site: Site, rays: Shots, hits: Hits) -> Float64[np.ndarray, " r"]:
    """How well a photograph can be matched around each of its pixels, 0 to 1: contrast of colour or of depth."""
    every = np.arange(len(hits.solid))
    grey = np.where(hits.solid >= 0, surface(site, hits, every, footprint=PIXEL).mean(1), 0.5).reshape(
        -1, *rays.shape
    )
    edge = hits.solid.reshape(grey.shape)
    contrast = np.zeros(grey.shape)
    for axis in (1, 2):
        for step in (1, 3):
            contrast += np.abs(grey - np.roll(grey, step, axis)) * 4 + 0.3 * (edge != np.roll(edge, step, axis))
    for axis in (1, 2):
        contrast = np.mean([np.roll(contrast, step, axis) for step in range(-3, 4)], axis=0)
    return np.clip(contrast / 0.5, 0, 1).ravel()


def _drifted(
    rays: Shots, kept: Int64[np.ndarray, " n"], depth: Float64[np.ndarray, " n"], rng: np.random.Generator,
    *, size: float = 1.0,
) -> Float64[np.ndarray, "n 3"]:  # fmt: skip
    """Where the points seem to be: each shot a little out of place and turned, errors that grow and return.

    Now and then the track was lost: from some shot on everything lies centimetres beside, and surfaces are double.
    """
    shot = rays.shot[kept]
    shots = int(rays.shot[-1]) + 1
    walked = size * rng.uniform(0.0, 0.005) * np.cumsum(rng.standard_normal((shots, 3)), axis=0)
    shift = walked - np.linspace(0, 1, shots)[:, None] * walked[-1]
    turn = size * rng.uniform(0, 0.004) * rng.standard_normal(shots)
    if rng.random() < JUMPS:
        later = np.arange(shots) >= rng.integers(shots)
        shift = shift + later[:, None] * (size * rng.uniform(0.005, 0.025) * rng.standard_normal(3) * (1, 1, 0.5))
        turn = turn + later * size * rng.normal(0, 0.006)
    arm = rays.direction[kept] * depth[:, None]
    turned = np.stack([-arm[:, 1], arm[:, 0], np.zeros(len(arm))], axis=1) * turn[shot, None]
    return rays.origin[kept] + arm + turned + shift[shot]
