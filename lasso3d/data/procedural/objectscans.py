"""What cameras all around one object bring home: rays from each eye, thinned to as many points as are wanted."""

from dataclasses import dataclass, fields
from math import cos, pi, sin
from typing import final

import numpy as np
from jaxtyping import Float64, Int32, UInt8

from lasso3d.data.procedural.appearance import Light, Wardrobe, albedo, lit
from lasso3d.data.procedural.joints import reach
from lasso3d.data.procedural.rays import Hits
from lasso3d.data.procedural.shapes import Placed
from lasso3d.data.procedural.tracing import cast, reaches
from lasso3d.data.procedural.trees import Scenery
from lasso3d.geometry.cameras import look_at

SINGLE_VIEW = 0.15
"""Share of the objects seen from one side only."""
POINTS = (10_000, 60_000)
"""Fewest and most points of a scan, drawn evenly over their logarithm."""
VIEWS = (5, 11)
"""Fewest pictures from all around, and one more than most; PartNetE fuses 6, PartSLIP renders 10."""
AWAY = (2.0, 3.2)
"""Nearest and farthest eye, in radii of the object."""
COARSE, FINEST = 40, 700
"""Rows of the picture that tells how much of a view the object fills, and most rows of any picture."""
SPARE = 1.15
"""Rays that should meet something for each point that is wanted."""
OFF_SURFACE = 2e-4
"""Metres from a surface at which shadow rays start."""
LAMP_DISTANCE = 3.0
"""Metres from a surface to where its shadow ray ends."""


@final
@dataclass(frozen=True, eq=False)
class Capture:
    """Points and the solid each lies on."""

    xyz: Float64[np.ndarray, "n 3"]
    rgb: UInt8[np.ndarray, "n 3"]
    solid: Int32[np.ndarray, " n"]


def captured(on: Scenery, subject: Placed, worn: Wardrobe, light: Light, rng: np.random.Generator) -> Capture:
    """What some cameras around the subject see of all that stands there; what no camera sees is missing."""
    wanted = int(np.exp(rng.uniform(np.log(POINTS[0]), np.log(POINTS[1]))))
    origin, direction = _rays(on, spanned(subject), wanted, rng)
    hits = cast(on, origin, direction)
    chosen = np.sort(rng.permutation(np.flatnonzero(hits.solid >= 0))[:wanted])
    met = Hits(*(getattr(hits, f.name)[chosen] for f in fields(Hits)))
    along = direction[chosen]
    # a share of the distance, as depth noise is; up to 1.5 mm at a metre
    noise = rng.uniform(0.0, 0.0015) * rng.standard_normal(len(chosen))
    xyz = origin[chosen] + along * (met.distance * (1 + noise))[:, None]
    return Capture(xyz, _exposed(_shaded(on, worn, met, origin[chosen], along, light), rng), met.solid)


def spanned(subject: Placed) -> Float64[np.ndarray, "k 3"]:
    """Points that span a placed thing."""
    points = np.concatenate([reach(solid) for solid in subject.thing.solids])
    spread: Float64[np.ndarray, "k 3"] = (points[:, None, :] * subject.pose.rotation).sum(2) + subject.pose.position
    return spread


def ball_around(points: Float64[np.ndarray, "k 3"]) -> tuple[Float64[np.ndarray, "3"], float]:
    """Middle and half diagonal of the box around points."""
    return (points.min(0) + points.max(0)) / 2, 0.5 * float(np.sqrt((np.ptp(points, axis=0) ** 2).sum()))


def _rays(
    on: Scenery, points: Float64[np.ndarray, "k 3"], wanted: int, rng: np.random.Generator
) -> tuple[Float64[np.ndarray, "r 3"], Float64[np.ndarray, "r 3"]]:
    """Origins and directions of the rays of all pictures; as many as bring home about the wanted points."""
    cameras = _cameras(points, rng)
    windows = [_window(points, eye, T) for eye, T in cameras]
    coarse = [_grid(window, eye, T, rows=COARSE) for window, (eye, T) in zip(windows, cameras, strict=True)]
    area = sum(
        float(np.ptp(window, axis=1).prod()) * float((cast(on, *rays).solid >= 0).mean())
        for window, rays in zip(windows, coarse, strict=True)
    )
    step = np.sqrt(max(area, 1e-9) / (SPARE * wanted))
    fine = [
        _grid(window, eye, T, rows=int(np.clip(np.ptp(window[1]) / step, 8, FINEST)))
        for window, (eye, T) in zip(windows, cameras, strict=True)
    ]
    return np.concatenate([o for o, _ in fine]), np.concatenate([d for _, d in fine])


def _cameras(
    points: Float64[np.ndarray, "k 3"], rng: np.random.Generator
) -> list[tuple[Float64[np.ndarray, "3"], Float64[np.ndarray, "4 4"]]]:
    """Eyes on a sphere around the object and where they look: one, or some all around and from above and below."""
    middle, radius = ball_around(points)
    count = 1 if rng.random() < SINGLE_VIEW else int(rng.integers(*VIEWS))
    first, lowest = rng.uniform(0, 2 * pi), rng.uniform(-0.5, 0.4)
    cameras = []
    for i in range(count):
        # around in the golden angle, so that any number of views is spread evenly
        azimuth, elevation = first + 2.4 * i + rng.normal(0, 0.1), rng.uniform(lowest, 1.2)
        away = np.array([cos(elevation) * cos(azimuth), cos(elevation) * sin(azimuth), sin(elevation)])
        eye = np.round(middle + radius * rng.uniform(*AWAY) * away, 6)
        cameras.append((eye, np.round(look_at(eye, np.round(middle, 6)), 9)))
    return cameras


def _window(
    points: Float64[np.ndarray, "k 3"], eye: Float64[np.ndarray, "3"], T: Float64[np.ndarray, "4 4"]
) -> Float64[np.ndarray, "2 2"]:
    """The part of a picture that holds the points, and a margin: lowest and highest x, y at distance 1."""
    seen = ((points - eye)[:, None, :] * T[:3, :3]).sum(2)
    flat = seen[:, :2] / seen[:, 2:]
    margin = 0.06 * np.ptp(flat, axis=0).max()
    return np.round(np.stack([flat.min(0) - margin, flat.max(0) + margin], axis=1), 9)


def _grid(
    window: Float64[np.ndarray, "2 2"], eye: Float64[np.ndarray, "3"], T: Float64[np.ndarray, "4 4"], *, rows: int
) -> tuple[Float64[np.ndarray, "r 3"], Float64[np.ndarray, "r 3"]]:
    """Square pixels over a window; directions of length 1 along the optical axis."""
    wide, high = np.ptp(window, axis=1)
    v, u = np.indices((rows, max(8, round(rows * wide / high)))).reshape(2, -1)
    x = window[0, 0] + (u + 0.5) * (high / rows)
    y = window[1, 0] + (v + 0.5) * (high / rows)
    direction = x[:, None] * T[0, :3] + y[:, None] * T[1, :3] + T[2, :3]
    return np.broadcast_to(eye, direction.shape).copy(), direction


def _shaded(
    on: Scenery,
    worn: Wardrobe,
    met: Hits,
    origin: Float64[np.ndarray, "n 3"],
    along: Float64[np.ndarray, "n 3"],
    light: Light,
) -> Float64[np.ndarray, "n 3"]:
    """Colours under daylight and one lamp."""
    point = origin + along * met.distance[:, None] + OFF_SURFACE * met.normal
    free = reaches(on, point, point + LAMP_DISTANCE * np.array(light.towards))
    lamp = np.where(free, 1.0, 1.0 - light.shadow)
    base = albedo(worn, met.solid, met.face, met.local, on.size)
    return lit(base, met.normal, along, worn.look[met.solid, 8], light, lamp)


def _exposed(colour: Float64[np.ndarray, "n 3"], rng: np.random.Generator) -> UInt8[np.ndarray, "n 3"]:
    """Exposure, white balance, contrast and noise of a camera, from a clean rendering to a poor shot."""
    gain = rng.uniform(0.85, 1.35) * rng.uniform(0.92, 1.08, 3)
    shown = np.clip(gain * colour, 0, None) ** rng.uniform(0.8, 1.2)
    noisy = shown + rng.uniform(0.0, 0.02) * rng.standard_normal(colour.shape)
    return np.clip(np.rint(255 * noisy), 0, 255).astype(np.uint8)
