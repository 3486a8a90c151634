"""How clouds to learn from are varied: fewer points, points a little off, another light."""

import numpy as np
from jaxtyping import Bool, Float32

FEWEST = 0.2
"""Share of the points that a thinned cloud keeps at least."""


def survivors(points: int, rng: np.random.Generator) -> Bool[np.ndarray, " n"]:
    """Points of a thinned cloud: a share of 20 to 100 %, at least one."""
    kept = rng.random(points) < rng.uniform(FEWEST, 1)
    kept[rng.integers(points)] = True
    return kept


def jittered(
    xyz: Float32[np.ndarray, "n 3"], most: float, rng: np.random.Generator, *, unit: float
) -> Float32[np.ndarray, "n 3"]:
    """Every point off by a normal error, of one standard deviation between 0 and `most` units."""
    deviation = np.float32(rng.uniform(0, most) * unit)
    return xyz + deviation * rng.standard_normal(xyz.shape, dtype=np.float32)


def relit(rgb: Float32[np.ndarray, "n 3"], shift: float, rng: np.random.Generator) -> Float32[np.ndarray, "n 3"]:
    """Colours, 0 to 255, of another contrast and brightness; `shift`, 0 to 1, is the largest change of both."""
    contrast = 1 + rng.uniform(-shift, shift)
    brightness = 255 * rng.uniform(-shift, shift) / 2
    return np.clip((rgb - 128) * contrast + 128 + brightness, 0, 255).astype(np.float32)
