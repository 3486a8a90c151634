"""How a room looks in pictures taken of it: light, exposure, and colours that end up beside their places."""

import numpy as np
from jaxtyping import Float64, Int64, UInt8

from lasso3d.data.procedural.appearance import albedo, blurred
from lasso3d.data.procedural.rays import Hits
from lasso3d.data.procedural.shade import openness, waves
from lasso3d.data.procedural.shapes import at
from lasso3d.data.procedural.tracing import reaches
from lasso3d.data.procedural.walks import Shots, Site

OFF_SURFACE = 5e-4
"""Metres from a surface at which shadow rays start."""
CORNERS = 0.45
"""Metres within which what is near takes away daylight."""


def surface(
    site: Site, hits: Hits, chosen: Int64[np.ndarray, " n"], *, footprint: float
) -> Float64[np.ndarray, "n 3"]:
    """Colour of the surfaces themselves, 0 to 1, averaged over so many metres."""
    return albedo(
        blurred(site.worn, footprint), hits.solid[chosen], hits.face[chosen], hits.local[chosen], site.on.size
    )


def strength(
    site: Site, rays: Shots, hits: Hits, chosen: Int64[np.ndarray, " n"], rng: np.random.Generator, *, sky_rays: int
) -> Float64[np.ndarray, " n"]:
    """Daylight, less of it in corners, one lamp or window with its shadows, and unevenness."""
    normal = hits.normal[chosen]
    point = rays.origin[chosen] + rays.direction[chosen] * hits.distance[chosen, None] + OFF_SURFACE * normal
    lamp = _lamp(site, rng)
    towards = lamp - point
    distance = np.sqrt((towards**2).sum(1))
    facing = np.maximum((normal * towards).sum(1) / np.maximum(distance, 0.1), 0)
    free = reaches(site.on, point, np.broadcast_to(lamp, point.shape).copy())
    ambient, soft, dark = rng.uniform(0.4, 0.9), rng.uniform(0.0, 0.6), rng.uniform(0.3, 0.9)
    sky = openness(lambda a, b: reaches(site.on, a, b), point, normal, reach=CORNERS, rays=sky_rays, rng=rng)
    daylight = ambient * (0.88 + 0.12 * normal[:, 2]) * (1 - dark * (1 - sky))
    lamplight = (1 - ambient) * facing * np.where(free, 1.0, soft) * 2.2 / (0.6 + 0.3 * distance)
    # what shines mirrors light and dark corners of the room, blurred over many pictures
    shine = 0.25 * site.worn.look[hits.solid[chosen], 8] * waves(point + 7.0, rng.uniform(0.1, 0.4))
    return (
        (daylight + lamplight)
        * np.maximum(1 + shine, 0.2)
        * (1 + rng.uniform(0.0, 0.35) * waves(point, rng.uniform(0.2, 0.8)))
    )


def misplaced(
    rays: Shots, kept: Int64[np.ndarray, " n"], hits: Hits, rng: np.random.Generator
) -> Int64[np.ndarray, " n"]:
    """The ray whose colour each kept ray gets: pictures lie pixels beside the depth, each by its own error."""
    rows, columns = rays.shape
    shots = int(rays.shot[-1]) + 1
    size = rng.uniform(0.0, 1.0) * columns / 104
    by = np.rint(size * rng.standard_normal((shots, 2)) + size * rng.standard_normal(2)).astype(np.int64)
    pixel = kept % (rows * columns)
    v = np.clip(pixel // columns + by[rays.shot[kept], 0], 0, rows - 1)
    u = np.clip(pixel % columns + by[rays.shot[kept], 1], 0, columns - 1)
    there = rays.shot[kept] * (rows * columns) + v * columns + u
    return np.where(hits.solid[there] >= 0, there, kept)


def metering(
    colour: Float64[np.ndarray, "n 3"], rays: Shots, kept: Int64[np.ndarray, " n"], rng: np.random.Generator
) -> Float64[np.ndarray, "n 3"]:
    """Gain of each ray's picture: automatic exposure and white balance that wander, and darker edges."""
    shots = int(rays.shot[-1]) + 1
    shot = rays.shot[kept]
    bright = np.bincount(shot, colour.mean(1), shots) / np.maximum(np.bincount(shot, minlength=shots), 1)
    automatic = (0.5 / np.maximum(bright, 0.1)) ** rng.uniform(0.0, 0.7)
    wander = np.cumsum(rng.normal(0, 0.004, (shots, 3)), axis=0) + rng.normal(0, 0.06, (shots, 1))
    rows, columns = rays.shape
    pixel = kept % (rows * columns)
    away = (pixel // columns / rows - 0.5) ** 2 + (pixel % columns / columns - 0.5) ** 2
    return (automatic[:, None] * (1 + np.clip(wander, -0.4, 0.4)))[shot] * (1 - rng.uniform(0, 0.5) * away)[:, None]


def exposed(
    colour: Float64[np.ndarray, "n 3"], rng: np.random.Generator, *, noise: tuple[float, float]
) -> UInt8[np.ndarray, "n 3"]:
    """Exposure, white balance, contrast and noise of a camera.

    Args:
        noise: range of its standard deviation, of 1; blended from many pictures there is hardly any.
    """
    metered = np.clip(0.42 / max(float(colour.mean()), 0.1) * rng.uniform(0.7, 1.3), 0.5, 1.7)
    # white balance errs between lamplight and daylight rather than towards green or pink
    warm, green = rng.normal(0, 0.07), rng.normal(0, 0.02)
    gain = metered * (1 + np.clip(np.array([warm, green, -warm]), -0.25, 0.25))
    shown = np.clip(gain * colour, 0, None) ** rng.uniform(0.8, 1.2)
    noisy = shown + rng.uniform(*noise) * rng.standard_normal(colour.shape)
    return np.clip(np.rint(255 * noisy), 0, 255).astype(np.uint8)


def _lamp(site: Site, rng: np.random.Generator) -> Float64[np.ndarray, "3"]:
    """Under the ceiling, or in a window where there is one."""
    windows = [placed for placed in site.placed if placed.thing.name == "window"]
    if windows and rng.random() < 0.6:
        window = windows[rng.integers(len(windows))]
        return window.pose.after(at(0.0, -0.3, 0.5 * window.thing.height)).position
    middle = site.plan.corners.mean(0) + rng.uniform(-0.5, 0.5, 2)
    return np.append(middle, site.plan.height - rng.uniform(0.1, 0.5))
