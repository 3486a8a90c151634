"""What scanners on a car, on a tripod and in an aircraft, and a camera, bring home from a street."""

from dataclasses import dataclass, field
from math import pi
from typing import Literal, final

import numpy as np
from jaxtyping import Float64, Int32, Int64, UInt8

from lasso3d.data.procedural.appearance import Light, albedo, lit, noise
from lasso3d.data.procedural.fusion import fused
from lasso3d.data.procedural.rays import Hits
from lasso3d.data.procedural.streetrays import Beams, flown, photographed, stood, swept
from lasso3d.data.procedural.streetstage import Stage, met, returned, roughness
from lasso3d.data.procedural.tracing import cast, reaches
from lasso3d.geometry.compiled import compiled

Sensor = Literal["mobile", "terrestrial", "airborne", "photo"]
OFF_SURFACE = 2e-3
"""Metres from a surface at which shadow rays start."""
SUN = 300.0
"""Metres to the sun: farther than anything that could be in its way."""
APART = 1.2
"""Metres between two returns of one pulse, at least: the length of a pulse of 8 ns."""


@final
@dataclass(frozen=True, eq=False)
class StreetScan:
    """Points and the solid each lies on."""

    xyz: Float64[np.ndarray, "n 3"]
    rgb: UInt8[np.ndarray, "n 3"] | None
    solid: Int32[np.ndarray, " n"]
    extra: dict[str, np.ndarray] = field(default_factory=dict)


@final
@dataclass(frozen=True, eq=False)
class Echoes:
    """Returns of pulses, pulse after pulse and near before far."""

    ray: Int64[np.ndarray, " e"]
    """A ray that met the surface."""
    distance: Float64[np.ndarray, " e"]
    number: Int64[np.ndarray, " e"]
    """From 1."""
    of: Int64[np.ndarray, " e"]
    """All returns of its pulse."""
    share: Float64[np.ndarray, " e"]
    """Of the pulse's light, 0 to 1."""


def scanned(sensor: Sensor, stage: Stage, rng: np.random.Generator) -> StreetScan:
    """A scan of the street."""
    return {"mobile": _mobile, "terrestrial": _terrestrial, "airborne": _airborne, "photo": _photo}[sensor](
        stage, rng
    )


def _mobile(stage: Stage, rng: np.random.Generator) -> StreetScan:
    """A drive past, rings or slanted profiles, centimetres of noise, parts of it drifted against each other."""
    beams = swept(stage.draft, rng)
    hits = met(stage, beams, rng)
    kept = np.flatnonzero(returned(stage, beams, hits, rng, far=rng.uniform(45.0, 90.0)))
    distance = hits.distance[kept] + rng.uniform(0.004, 0.022) * rng.standard_normal(len(kept))
    xyz = beams.origin[kept] + beams.direction[kept] * distance[:, None]
    laps = int(beams.shot.max()) + 1 if len(beams.shot) else 1
    xyz = xyz + (rng.uniform(0.0, 0.02) * rng.standard_normal((laps, 3)))[beams.shot[kept]] * beams.loose
    xyz = xyz + roughness(stage, hits.solid[kept], rng)
    if rng.random() < 0.4:
        kept, xyz = _thinned(kept, xyz, rng.uniform(0.02, 0.06))
    return _with_light(stage, beams, hits, kept, xyz, rng, coloured=0.45, fading=rng.uniform(0.0, 0.8))


def _terrestrial(stage: Stage, rng: np.random.Generator) -> StreetScan:
    """One to three tripods, millimetres of noise, thinned to a grid."""
    beams = stood(stage.draft, rng)
    hits = met(stage, beams, rng)
    kept = np.flatnonzero(returned(stage, beams, hits, rng, far=rng.uniform(35.0, 80.0)))
    distance = hits.distance[kept] + rng.uniform(0.001, 0.004) * rng.standard_normal(len(kept))
    xyz = beams.origin[kept] + beams.direction[kept] * distance[:, None]
    xyz = xyz + (rng.uniform(0.0, 0.008) * rng.standard_normal((3, 3)))[beams.shot[kept]]
    xyz = xyz + 0.5 * roughness(stage, hits.solid[kept], rng)
    kept, xyz = _thinned(kept, xyz, rng.uniform(0.008, 0.035))
    return _with_light(stage, beams, hits, kept, xyz, rng, coloured=0.6, fading=rng.uniform(0.0, 0.4))


def _airborne(stage: Stage, rng: np.random.Generator) -> StreetScan:
    """Strips from above; what a wide pulse meets at different heights comes back as several returns."""
    beams = flown(stage.draft, rng)
    hits = met(stage, beams, rng)
    echoes = _echoes(hits, beams.loose, rng)
    first_of_pulse = (echoes.ray // beams.loose) * beams.loose
    distance = echoes.distance + rng.uniform(0.008, 0.025) * rng.standard_normal(len(echoes.ray))
    xyz = beams.origin[first_of_pulse] + beams.direction[first_of_pulse] * distance[:, None]
    xyz = xyz + (rng.uniform(0.0, 0.03) * rng.standard_normal((3, 3)))[beams.shot[echoes.ray]]
    xyz = xyz + roughness(stage, hits.solid[echoes.ray], rng)
    scan = _with_light(stage, beams, hits, echoes.ray, xyz, rng, coloured=0.5, fading=0.0)
    extra: dict[str, np.ndarray] = {
        "intensity": (scan.extra["intensity"] * (0.4 + 0.6 * echoes.share)).astype(np.float32),
        "return_number": echoes.number.astype(np.uint8),
        "number_of_returns": echoes.of.astype(np.uint8),
    }
    return StreetScan(scan.xyz, scan.rgb, scan.solid, extra)


def _photo(stage: Stage, rng: np.random.Generator) -> StreetScan:
    """Depth from pictures: smooth, coloured, wavy, blurred at edges, with holes; thin things are lost."""
    beams, shape = photographed(stage.draft, rng)
    hits = cast(stage.on, beams.origin, beams.direction)
    far = rng.uniform(25.0, 60.0)
    which, depth = _matched(hits, shape, rng)
    lost = _wavy(hits.local, hits.solid, 1.3)[which] < rng.uniform(-1.0, -0.75)
    flat = (stage.worn.look[hits.solid[which], 8] > 0.9) & (rng.random(len(which)) < 0.8)
    kept = np.flatnonzero((hits.solid[which] >= 0) & (depth < far) & ~lost & ~flat)
    depth = depth[kept] * (1 + rng.uniform(0.0002, 0.0012) * rng.standard_normal(len(kept)))
    xyz = beams.origin[kept] + beams.direction[kept] * depth[:, None]
    which = which[kept]
    wave = rng.uniform(0.005, 0.035) * _wavy(xyz, np.zeros(len(xyz), np.int32), rng.uniform(0.3, 1.2))
    xyz = xyz + hits.normal[which] * wave[:, None] + 0.6 * roughness(stage, hits.solid[which], rng)
    chosen, xyz = _thinned(np.arange(len(kept)), xyz, rng.uniform(0.03, 0.08))
    scan = _with_light(stage, beams, hits, which[chosen], xyz, rng, coloured=1.0, fading=0.0)
    return StreetScan(scan.xyz, scan.rgb, scan.solid)


def _echoes(hits: Hits, rays: int, rng: np.random.Generator) -> Echoes:
    """What comes back of each pulse; weak echoes are often missed.

    Args:
        rays: of each pulse, one after the other.
    """
    out = np.empty((len(hits.solid), 3))
    out = out[: _group(np.where(hits.solid >= 0, hits.distance, np.inf), rays, out)]
    out = out[rng.random(len(out)) < 0.1 + 1.7 * out[:, 2]]
    ray = out[:, 0].astype(np.int64)
    _, first, pulse, of = np.unique(ray // rays, return_index=True, return_inverse=True, return_counts=True)
    return Echoes(ray, out[:, 1], np.arange(len(ray)) - first[pulse] + 1, of[pulse], out[:, 2])


def _thinned(
    kept: Int64[np.ndarray, " n"], xyz: Float64[np.ndarray, "n 3"], cell: float
) -> tuple[Int64[np.ndarray, " t"], Float64[np.ndarray, "t 3"]]:
    """One of the points of each cell of a grid, where it lies itself: no mean of two surfaces."""
    thin = fused(xyz, cell, rounds=0, faint=False)
    return kept[thin.first], xyz[thin.first]


def _matched(
    hits: Hits, shape: tuple[int, int, int], rng: np.random.Generator
) -> tuple[Int64[np.ndarray, " r"], Float64[np.ndarray, " r"]]:
    """The ray whose surface each pixel reports, and its depth: the median around it, mixed at edges."""
    ray = np.arange(len(hits.solid)).reshape(shape)
    depth = np.where(hits.solid >= 0, hits.distance, 1e6).reshape(shape)
    around = [(0, 0), (1, 0), (-1, 0), (0, 1), (0, -1)]
    stack = np.stack([np.roll(depth, move, axis=(1, 2)) for move in around])
    order = np.argsort(stack, axis=0, kind="stable")[2]
    which = np.take_along_axis(np.stack([np.roll(ray, move, axis=(1, 2)) for move in around]), order[None], axis=0)[
        0
    ]
    middle = np.take_along_axis(stack, order[None], axis=0)[0]
    low = stack.min(0)
    step = middle - low
    blurred = (step > 0.15) & (step < 6.0)
    mixed = np.where(
        blurred, middle - step * rng.uniform(0, 0.35, step.shape) * (rng.random(step.shape) < 0.5), middle
    )
    return which.ravel(), mixed.ravel()


def _with_light(
    stage: Stage,
    beams: Beams,
    hits: Hits,
    ray: Int64[np.ndarray, " n"],
    xyz: Float64[np.ndarray, "n 3"],
    rng: np.random.Generator,
    *,
    coloured: float,
    fading: float,
) -> StreetScan:
    """Intensity, and colour in a share of the scans.

    Args:
        fading: how much intensity falls with distance, 0 = corrected by the sensor.
    """
    base = albedo(stage.worn, hits.solid[ray], hits.face[ray], hits.local[ray], stage.on.size)
    cosine = np.abs((hits.normal[ray] * beams.direction[ray]).sum(1))
    away = np.minimum(1.0, 8.0 / np.maximum(hits.distance[ray], 1.0)) ** fading
    strength = base.mean(1) * stage.echo[hits.solid[ray]] * (0.35 + 0.65 * cosine) * away * rng.uniform(0.5, 1.3)
    strength = strength * np.exp(0.12 * rng.standard_normal(len(ray)))
    extra = {"intensity": np.clip(strength, 0, 1).astype(np.float32)}
    rgb = None
    if rng.random() < coloured:
        rgb = _coloured(stage, beams, hits, ray, rng)
        if rng.random() < 0.06:
            rgb = np.repeat(np.rint(rgb.mean(1)).astype(np.uint8)[:, None], 3, axis=1)
    return StreetScan(xyz, rgb, hits.solid[ray], extra)


def _coloured(
    stage: Stage, beams: Beams, hits: Hits, ray: Int64[np.ndarray, " n"], rng: np.random.Generator
) -> UInt8[np.ndarray, "n 3"]:
    """Sunlight, shadows and sky, a few rays out of register, as a camera stores them."""
    if rng.random() < 0.5:
        moved = np.clip(ray + int(rng.integers(-1, 2)) * beams.neighbour, 0, len(hits.solid) - 1)
        ray = np.where(hits.solid[moved] >= 0, moved, ray)
    base = albedo(stage.worn, hits.solid[ray], hits.face[ray], hits.local[ray], stage.on.size)
    high, turn = rng.uniform(0.45, 0.95), rng.uniform(0, 2 * pi)
    flat = np.sqrt(1 - high * high)
    sun = np.round(np.array([flat * np.cos(turn), flat * np.sin(turn), high]), 9)
    cloudy = rng.random() < 0.4
    light = Light(
        rng.uniform(0.75, 0.95) if cloudy else rng.uniform(0.35, 0.6),
        (float(sun[0]), float(sun[1]), float(sun[2])),
        1.0,
    )
    point = beams.origin[ray] + beams.direction[ray] * hits.distance[ray, None] + OFF_SURFACE * hits.normal[ray]
    free = np.ones(len(ray), bool) if cloudy else reaches(stage.on, point, point + SUN * sun)
    gloss = 0.5 * stage.worn.look[hits.solid[ray], 8]
    seen = lit(
        base, hits.normal[ray], beams.direction[ray], gloss, light, np.where(free, 1.0, rng.uniform(0.0, 0.25))
    )
    # shadows are blue: the sky still shines into them
    seen = seen * np.where(free[:, None], 1.0, np.array([0.92, 0.97, 1.1]))
    gain = 0.42 / max(float(seen.mean()), 0.05) * rng.uniform(0.75, 1.25) * rng.uniform(0.94, 1.06, 3)
    shown = np.clip(np.minimum(gain, 2.2) * seen, 0, None) ** rng.uniform(0.85, 1.15)
    noisy = shown + rng.uniform(0.004, 0.03) * rng.standard_normal(seen.shape)
    return np.clip(np.rint(255 * noisy), 0, 255).astype(np.uint8)


def _wavy(xyz: Float64[np.ndarray, "n 3"], seed: Int32[np.ndarray, " n"], size: float) -> Float64[np.ndarray, " n"]:
    """Smooth noise in space, -1 to 1."""
    out = np.empty(len(xyz))
    _smooth_noise(np.ascontiguousarray(xyz), seed, size, out)
    return out


@compiled
def _smooth_noise(xyz, seed, size, out):
    """The mean of two slices of value noise."""
    for i in range(len(xyz)):
        x, y, z = xyz[i, 0] / size, xyz[i, 1] / size, xyz[i, 2] / size
        out[i] = noise(x + 0.5 * z, y + 0.3 * z, seed[i]) + noise(z + 0.4 * x, z - y, seed[i] + 7) - 1.0


@compiled
def _group(distance, rays, out):
    """Sorts the hits of each pulse and joins close ones: ray, distance, share of the pulse."""
    n, order = 0, np.empty(rays, np.int64)
    for first in range(0, len(distance), rays):
        met = 0
        for k in range(rays):
            if distance[first + k] < np.inf:
                at = met
                while at > 0 and distance[first + order[at - 1]] > distance[first + k]:
                    order[at] = order[at - 1]
                    at -= 1
                order[at] = k
                met += 1
        for k in range(met):
            d = distance[first + order[k]]
            if k == 0 or d - out[n - 1, 1] > APART:
                out[n, 0], out[n, 1], out[n, 2] = first + order[k], d, 1.0 / rays
                n += 1
            else:
                out[n - 1, 2] += 1.0 / rays
    return n
