"""Materials of streets and gardens."""

import numpy as np

from lasso3d.data.procedural.appearance import Colour, Material, Texture
from lasso3d.data.procedural.finishes import any_colour


def shade(rng: np.random.Generator, colour: Colour, spread: float) -> Colour:
    """A colour near another one."""
    red, green, blue = np.clip(np.array(colour) + spread * rng.uniform(-1, 1, 3), 0.02, 0.97).tolist()
    return red, green, blue


def grey(rng: np.random.Generator, low: float, high: float) -> Colour:
    """Any grey between two brightnesses."""
    return shade(rng, (rng.uniform(low, high),) * 3, 0.02)


def looks_like(
    rng: np.random.Generator,
    colour: Colour,
    texture: Texture = "marble",
    *,
    pitch: float = 0.5,
    gloss: float = 0.1,
    contrast: float = 0.1,
) -> Material:
    """A surface of one colour with a grain; `pitch` in metres."""
    seed, tone = int(rng.integers(2**31)), 1 + rng.uniform(-3, 3) * contrast
    red, green, blue = colour
    second = shade(rng, (tone * red, tone * green, tone * blue), 0.15 * contrast)
    return Material(colour, second, texture, pitch, gloss, seed=seed)


def asphalt(rng: np.random.Generator) -> Material:
    """Grey, patched."""
    return looks_like(rng, grey(rng, 0.18, 0.42), "photo", pitch=rng.uniform(0.5, 3.0), contrast=0.06)


def paving(rng: np.random.Generator) -> Material:
    """Slabs, cobbles or asphalt."""
    if rng.random() < 0.25:
        return asphalt(rng)
    warm = rng.uniform(0.0, 0.1)
    level = rng.uniform(0.35, 0.68)
    colour = shade(rng, (level + warm, level + 0.3 * warm, level - 0.5 * warm), 0.02)
    return looks_like(rng, colour, "keys" if rng.random() < 0.7 else "checks", pitch=rng.uniform(0.1, 0.6))


def lawn(rng: np.random.Generator) -> Material:
    """Fresh, dry or mossy grass."""
    green = rng.uniform(0.3, 0.52)
    colour = shade(rng, (green * rng.uniform(0.55, 1.0), green, green * rng.uniform(0.3, 0.55)), 0.02)
    return looks_like(rng, colour, "photo", pitch=rng.uniform(0.3, 2.0), contrast=0.12)


def soil(rng: np.random.Generator) -> Material:
    """Earth, gravel or sand."""
    level = rng.uniform(0.25, 0.65)
    colour = (level, level * rng.uniform(0.8, 0.95), level * rng.uniform(0.6, 0.85))
    return looks_like(rng, shade(rng, colour, 0.02), "photo", pitch=rng.uniform(0.2, 1.0))


def masonry(rng: np.random.Generator) -> Material:
    """Brick, plaster, stone or concrete."""
    kind = rng.random()
    if kind < 0.35:
        red = rng.uniform(0.35, 0.65)
        brick = (red, red * rng.uniform(0.5, 0.75), red * rng.uniform(0.35, 0.6))
        return looks_like(rng, shade(rng, brick, 0.03), "keys", pitch=0.12)
    if kind < 0.85:
        colour = any_colour(rng) if rng.random() < 0.25 else shade(rng, (0.82, 0.77, 0.68), 0.12)
        return looks_like(rng, colour, "photo", pitch=rng.uniform(0.5, 3), contrast=0.05)
    return looks_like(rng, grey(rng, 0.4, 0.7), "keys", pitch=rng.uniform(0.3, 1.2))


def tiles(rng: np.random.Generator) -> Material:
    """Red tiles, slate or felt on a roof."""
    if rng.random() < 0.5:
        red = rng.uniform(0.35, 0.65)
        return looks_like(rng, shade(rng, (red, red * 0.52, red * 0.38), 0.04), "keys", pitch=0.3)
    return looks_like(rng, grey(rng, 0.15, 0.45), "keys", pitch=0.3)


def bark(rng: np.random.Generator) -> Material:
    """Brown to grey."""
    level = rng.uniform(0.18, 0.5)
    return looks_like(rng, (level, level * 0.85, level * rng.uniform(0.6, 0.8)), "wood", pitch=0.1)


def foliage(rng: np.random.Generator) -> Material:
    """Mostly green, at times yellow, red or blossom."""
    green = rng.uniform(0.25, 0.5)
    colour = (green * rng.uniform(0.4, 0.95), green, green * rng.uniform(0.25, 0.6))
    if rng.random() < 0.12:
        colour = (rng.uniform(0.5, 0.85), rng.uniform(0.2, 0.65), rng.uniform(0.1, 0.5))
    return looks_like(rng, shade(rng, colour, 0.03), "photo", pitch=0.4, contrast=0.12)


def timber(rng: np.random.Generator) -> Material:
    """Weathered, fresh or painted boards."""
    if rng.random() < 0.25:
        return looks_like(rng, any_colour(rng), "wood", pitch=0.1)
    level = rng.uniform(0.25, 0.65)
    return looks_like(
        rng, (level, level * rng.uniform(0.72, 0.95), level * rng.uniform(0.5, 0.9)), "wood", pitch=0.1
    )


def steel(rng: np.random.Generator) -> Material:
    """Galvanised or painted in the dark colours of street furniture."""
    if rng.random() < 0.45:
        return looks_like(rng, grey(rng, 0.4, 0.65), "plain", gloss=0.4)
    return looks_like(rng, shade(rng, (0.12, 0.17, 0.15), 0.1), "plain", gloss=0.3)


def concrete(rng: np.random.Generator) -> Material:
    """Of posts, walls and planters."""
    return looks_like(rng, grey(rng, 0.4, 0.7), "photo", pitch=0.5, contrast=0.05)


def rubber() -> Material:
    """Tyres: nearly black."""
    return Material((0.07, 0.07, 0.075), gloss=0.05)


def pane() -> Material:
    """Window glass outdoors: dark, and most rays are lost on it or go through."""
    return Material((0.13, 0.15, 0.17), gloss=1.0)


def varnish(rng: np.random.Generator) -> Material:
    """Car paint: white, black and greys more than colours."""
    kind = rng.random()
    colour = grey(rng, 0.04, 0.95) if kind < 0.65 else any_colour(rng)
    return Material(colour, gloss=rng.uniform(0.4, 0.7), seed=int(rng.integers(2**31)))


def bright(rng: np.random.Generator) -> Material:
    """Plastic in a signal colour."""
    colour = ((0.85, 0.3, 0.08), (0.85, 0.12, 0.1), (0.9, 0.8, 0.1), (0.15, 0.4, 0.75))[rng.integers(4)]
    return Material(shade(rng, colour, 0.05), gloss=0.3, seed=int(rng.integers(2**31)))
