"""Patterns that repeat over a surface: how much of a material's second colour shows where."""

from math import floor
from typing import Literal

from lasso3d.geometry.compiled import compiled

Texture = Literal[
    "plain", "stripes", "checks", "wood", "marble", "dots", "photo", "keys",
    "weave", "tiles", "brushed", "veins", "carpet", "planks", "ornament", "bricks", "grain",
]  # fmt: skip
TEXTURES: tuple[Texture, ...] = (
    "plain", "stripes", "checks", "wood", "marble", "dots", "photo", "keys",
    "weave", "tiles", "brushed", "veins", "carpet", "planks", "ornament", "bricks", "grain",
)  # fmt: skip
"""New ones go to the end: materials hold the index."""
FINENESS = (1.0, 0.5, 1.0, 0.1, 0.4, 0.5, 0.4, 0.3, 0.8, 0.5, 0.05, 0.2, 0.17, 0.1, 0.15, 0.3, 0.2)
"""Size of each texture's details in pitches."""


@compiled
def texture(kind, u, v, seed):
    """Share of the second colour, 0 to 1; u and v in pitches."""
    if kind == 0:
        return 0.0
    if kind == 1:
        return 1.0 if u - floor(u) < 0.5 else 0.0
    if kind == 2:
        return float((floor(u) + floor(v)) & 1)
    if kind == 3:
        return _wood(u, v, seed)
    if kind == 4:
        return cloud(u, v, seed)
    if kind == 5:
        du, dv = u - floor(u) - 0.5, v - floor(v) - 0.5
        return 1.0 if du * du + dv * dv < 0.09 else 0.0
    if kind == 6:
        return clipped(2.5 * cloud(u, v, seed) - 0.75)
    if kind == 7:
        du = u + 0.5 * (floor(v) & 1)
        return 1.0 if du - floor(du) < 0.12 or v - floor(v) < 0.12 else 0.0
    return _fabricated(kind, u, v, seed)


@compiled
def _fabricated(kind, u, v, seed):
    """What people weave, lay and polish."""
    if kind == 8:
        return _weave(u, v, seed)
    if kind == 9:
        return _laid(u, v, 0.0, 0.04, seed)
    if kind == 10:
        # scratches along u
        return clipped(0.6 * noise(u * 0.3, v * 9, seed) + 0.6 * noise(u * 0.8, v * 31, seed + 1) - 0.1)
    if kind == 11:
        return _veins(u, v, seed)
    if kind == 12:
        # tufts, and the pile brushed one way or the other
        return clipped(
            0.55 * hashed(floor(u * 6), floor(v * 6), seed) + 0.9 * (cloud(0.2 * u, 0.2 * v, seed) - 0.35)
        )
    if kind == 13:
        return _planks(u, v, seed)
    if kind == 14:
        return _ornament(u, v, seed)
    if kind == 15:
        return _laid(u, 2.2 * v, 0.5, 0.07, seed)
    return clipped(0.5 + 1.4 * (noise(5 * u, 5 * v, seed) - 0.5) * noise(0.7 * u, 0.7 * v, seed + 1))


@compiled
def _wood(u, v, seed):
    """Rings cut lengthwise: dark lines that wander, in places a cathedral around a knot."""
    bend = 1.2 * noise(0.3 * u, 0.08 * v, seed) + 0.25 * noise(1.1 * u, 0.4 * v, seed + 2)
    ring = 3.0 * (u + 2.5 * bend)
    saw = ring - floor(ring)
    pores = noise(u * 24, v * 0.7, seed + 1)
    return clipped(0.65 * saw * saw + 0.5 * (pores - 0.45) + 0.25 * bend)


@compiled
def _planks(u, v, seed):
    """Boards side by side, ends out of line, each of its own tone and grain; seams dark."""
    board = floor(u)
    along = v / 7.0 + hashed(board, 3, seed)
    piece = floor(along)
    if u - board < 0.025 or along - piece < 0.004:
        return 1.0
    tone = hashed(board, piece, seed + 5)
    return clipped(0.15 + 0.5 * tone + 0.45 * (_wood(0.4 * u, v, seed + 17 * board + 7 * piece) - 0.4))


@compiled
def _weave(u, v, seed):
    """Threads over and under each other, some thicker."""
    column, row = floor(u), floor(v)
    x, y = u - column, v - row
    over = (column + row) & 1
    across = 4 * x * (1 - x) if over else 4 * y * (1 - y)
    uneven = hashed(column, 1, seed) if over else hashed(row, 2, seed)
    return clipped(1.0 - 0.75 * across - 0.35 * uneven + 0.25 * over)


@compiled
def _laid(u, v, shift, joint, seed):
    """Tiles or bricks: joints, and pieces that are never quite alike."""
    row = floor(v)
    along = u + shift * (row & 1)
    column = floor(along)
    if along - column < joint or v - row < joint:
        return 1.0
    return clipped(0.3 * hashed(column, row, seed) + 0.25 * (cloud(3 * u, 3 * v, seed) - 0.4))


@compiled
def _veins(u, v, seed):
    """Marble: thin lines where smooth noise crosses its middle, on clouds."""
    bent = cloud(u + 1.5 * noise(u, v, seed + 4), v, seed)
    vein = 1.0 - min(1.0, abs(bent - 0.5) / 0.035)
    fine = 1.0 - min(1.0, abs(cloud(2.7 * u, 2.7 * v, seed + 8) - 0.5) / 0.02)
    return clipped(0.9 * vein + 0.4 * fine + 0.5 * (bent - 0.4))


@compiled
def _ornament(u, v, seed):
    """Wallpaper, damask and carpets: one motif, mirrored both ways, in rows that may be out of line."""
    row = floor(v)
    u = u + 0.5 * (row & 1) * (seed & 1)
    x, y = abs(u - floor(u) - 0.5), abs(v - row - 0.5)
    motif = noise(9 * x, 9 * y, seed) + 0.5 * noise(17 * x, 17 * y, seed + 1)
    petal = (x * x + y * y) * 5
    return 1.0 if motif - petal * 0.7 > 0.55 or abs(motif - 0.35) < 0.06 else 0.0


@compiled
def clipped(share):
    """Held between 0 and 1."""
    return min(1.0, max(0.0, share))


@compiled
def cloud(u, v, seed):
    """Three octaves of noise, 0 to 1."""
    return (4 * noise(u, v, seed) + 2 * noise(2.1 * u, 2.1 * v, seed + 1) + noise(4.3 * u, 4.3 * v, seed + 2)) / 7


@compiled
def noise(u, v, seed):
    """Value noise: random numbers on a grid, joined smoothly; 0 to 1."""
    left, below = floor(u), floor(v)
    x, y = u - left, v - below
    x, y = x * x * (3 - 2 * x), y * y * (3 - 2 * y)
    low = hashed(left, below, seed) * (1 - x) + hashed(left + 1, below, seed) * x
    high = hashed(left, below + 1, seed) * (1 - x) + hashed(left + 1, below + 1, seed) * x
    return low * (1 - y) + high * y


@compiled
def hashed(i, j, seed):
    """A number from 0 to 1 that looks random, from whole numbers alone."""
    h = (i * 73856093) ^ (j * 19349663) ^ (seed * 83492791)
    for _ in range(2):
        h = (h ^ ((h >> 16) & 0xFFFF)) * 0x45D9F3B
        h = h & 0x7FFFFFFF
    return (h ^ (h >> 16)) / 2147483648.0
