"""What surfaces look like: base textures, prints laid over them, and how light falls on them."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import atan2, floor
from typing import Literal, final

import numpy as np
from jaxtyping import Float64, Int32, Int64

from lasso3d.geometry.compiled import compiled

Colour = tuple[float, float, float]
"""Red, green, blue, each 0 to 1, as a camera would store them."""

Texture = Literal["plain", "stripes", "checks", "wood", "marble", "dots", "photo", "keys"]
TEXTURES: tuple[Texture, ...] = ("plain", "stripes", "checks", "wood", "marble", "dots", "photo", "keys")
Mark = Literal["patch", "ellipse", "text", "photo", "bars"]
MARKS: tuple[Mark, ...] = ("patch", "ellipse", "text", "photo", "bars")
ANY_FACE = -1


@final
@dataclass(frozen=True)
class Decal:
    """Something printed on a face, in metres of that face's own two axes."""

    mark: Mark
    face: int
    """Face of the solid, see `rays`; -1 = every face."""
    middle: tuple[float, float]
    half: tuple[float, float]
    colour: Colour
    second: Colour = (0.0, 0.0, 0.0)
    pitch: float = 0.01
    """Line height of text, width of bars, size of the blobs of a photograph; metres."""
    seed: int = 0


@final
@dataclass(frozen=True)
class Material:
    """The look of a surface."""

    colour: Colour
    second: Colour = (0.0, 0.0, 0.0)
    texture: Texture = "plain"
    pitch: float = 0.02
    """Metres from one stripe, dot or grain to the next."""
    gloss: float = 0.0
    """0 = chalk, 1 = varnish: strength of highlights, and a depth sensor loses returns there."""
    decals: tuple[Decal, ...] = ()
    seed: int = 0


@final
@dataclass(frozen=True)
class Light:
    """Daylight from all sides and one lamp."""

    ambient: float
    """Share of the light that comes from everywhere."""
    towards: tuple[float, float, float]
    """Unit vector to the lamp, scene frame."""
    shadow: float
    """How much of the lamp's light shadows lose, 0 to 1."""


@final
@dataclass(frozen=True, eq=False)
class Wardrobe:
    """The materials of a stage's solids in arrays, one row each."""

    look: Float64[np.ndarray, "s 10"]
    """Colour, second colour, texture, pitch, gloss, seed."""
    decal: Float64[np.ndarray, "q 14"]
    """Mark, face, middle, half sides, colour, second colour, pitch, seed without its high bits."""
    first: Int64[np.ndarray, " s+1"]
    """Solid i wears the decals first[i] to first[i + 1], the last on top."""


def wardrobe(materials: Sequence[Material]) -> Wardrobe:
    """The arrays behind a list of materials."""
    look = [(*m.colour, *m.second, TEXTURES.index(m.texture), m.pitch, m.gloss, m.seed % 2**31) for m in materials]
    decals = [
        (MARKS.index(d.mark), d.face, *d.middle, *d.half, *d.colour, *d.second, d.pitch, d.seed % 2**31)
        for m in materials
        for d in m.decals
    ]
    first = np.cumsum([0] + [len(m.decals) for m in materials])
    return Wardrobe(np.array(look, np.float64), np.array(decals, np.float64).reshape(-1, 14), first)


def faded(worn: Wardrobe, share: float) -> Wardrobe:
    """The same materials with less colour and contrast, as most interiors have.

    Args:
        share: 0 = as they are, 1 = all of one grey.
    """
    look, decal = worn.look.copy(), worn.decal.copy()
    for colours in (look[:, 0:3], look[:, 3:6], decal[:, 6:9], decal[:, 9:12]):
        bright = (colours[:, :1] + colours[:, 1:2] + colours[:, 2:3]) / 3
        colours[:] = (1 - share) * colours + share * (0.5 * bright + 0.28)
    return Wardrobe(look, decal, worn.first)


def albedo(
    worn: Wardrobe,
    solid: Int32[np.ndarray, " r"],
    face: Int32[np.ndarray, " r"],
    local: Float64[np.ndarray, "r 3"],
    size: Float64[np.ndarray, "s 4"],
) -> Float64[np.ndarray, "r 3"]:
    """Colour of the surface itself where rays met it; 0 where they met nothing."""
    colour = np.zeros((len(solid), 3))
    _paint(worn.look, worn.decal, worn.first, solid, face, local, size, colour)
    return colour


def lit(
    colour: Float64[np.ndarray, "r 3"],
    normal: Float64[np.ndarray, "r 3"],
    direction: Float64[np.ndarray, "r 3"],
    gloss: Float64[np.ndarray, " r"],
    light: Light,
    lamp: Float64[np.ndarray, " r"],
) -> Float64[np.ndarray, "r 3"]:
    """Lambert's law for daylight and lamp, and a highlight on glossy surfaces.

    Args:
        direction: of the rays that met the surface.
        lamp: share of the lamp that is seen from the surface, 0 to 1.
    """
    towards = np.array(light.towards)
    facing = np.maximum((normal * towards).sum(1), 0) * lamp
    # daylight is a little stronger from above
    strength = light.ambient * (0.85 + 0.15 * normal[:, 2]) + (1 - light.ambient) * facing
    unit = direction / np.sqrt((direction**2).sum(1, keepdims=True))
    bisector = towards - unit
    bisector = bisector / np.sqrt((bisector**2).sum(1, keepdims=True))
    aligned = np.maximum((normal * bisector).sum(1), 0)
    highlight = gloss * lamp * aligned**32
    return colour * strength[:, None] + 0.6 * highlight[:, None]


@compiled
def _paint(look, decal, first, solid, face, local, size, colour):
    """Texture, then decals over it."""
    for r in range(len(solid)):
        s = solid[r]
        if s < 0:
            continue
        u, v = _on_face(face[r], local[r], size[s])
        share = _texture(int(look[s, 6]), u / look[s, 7], v / look[s, 7], int(look[s, 9]))
        # nothing is evenly coloured: dirt, wear and grain
        worn = 0.96 + 0.08 * noise(u / 0.05, v / 0.05, int(look[s, 9]) + 77)
        for k in range(3):
            colour[r, k] = worn * (look[s, k] * (1 - share) + look[s, 3 + k] * share)
        for q in range(first[s], first[s + 1]):
            d = decal[q]
            du, dv = u - d[2], v - d[3]
            if (d[1] != ANY_FACE and d[1] != face[r]) or abs(du) > d[4] or abs(dv) > d[5]:
                continue
            share = _mark(int(d[0]), du, dv, d)
            if share >= 0:
                for k in range(3):
                    colour[r, k] = d[6 + k] * (1 - share) + d[9 + k] * share


@compiled
def _on_face(face, local, size):
    """The two metric axes of a face: right and up where there is an up."""
    if face < 2:
        return local[1], local[2]
    if face < 4:
        return local[0], local[2]
    if face < 6 or face == 7:
        return local[0], local[1]
    radius = max(size[2], size[3]) if face == 6 else size[0]
    return atan2(local[1], local[0]) * radius, local[2]


@compiled
def _texture(kind, u, v, seed):
    """Share of the second colour, 0 to 1; u and v in pitches."""
    if kind == 1:
        return 1.0 if u - floor(u) < 0.5 else 0.0
    if kind == 2:
        return float((floor(u) + floor(v)) & 1)
    if kind == 3:
        grain = noise(u * 4, v * 0.12, seed) + 0.6 * noise(u * 13, v * 0.5, seed + 1)
        return min(1.0, max(0.0, grain / 1.6))
    if kind == 4:
        return _cloud(u, v, seed)
    if kind == 5:
        du, dv = u - floor(u) - 0.5, v - floor(v) - 0.5
        return 1.0 if du * du + dv * dv < 0.09 else 0.0
    if kind == 6:
        return min(1.0, max(0.0, 2.5 * _cloud(u, v, seed) - 0.75))
    if kind == 7:
        du, dv = u + 0.5 * (floor(v) & 1), v
        return 1.0 if du - floor(du) < 0.12 or dv - floor(dv) < 0.12 else 0.0
    return 0.0


@compiled
def _mark(kind, du, dv, d):
    """Share of a decal's second colour at an offset from its middle, -1 = the surface below shows."""
    pitch, seed = d[12], int(d[13])
    if kind == 1:
        away = (du / d[4]) ** 2 + (dv / d[5]) ** 2
        return -1.0 if away > 1 else (1.0 if away > 0.75 else 0.0)
    if kind == 2:
        return _letters(du / pitch, dv / pitch, seed)
    if kind == 3:
        blobs = _cloud(du / pitch, dv / pitch, seed)
        return min(1.0, max(0.0, 3 * blobs - 1 + 0.25 * noise(du / pitch * 7, dv / pitch * 7, seed + 3)))
    if kind == 4:
        return 1.0 if _hash(floor(du / pitch), 0, seed) < 0.5 else 0.0
    return 0.0


@compiled
def _letters(u, v, seed):
    """Strokes in lines, with gaps between words; -1 where there is paper."""
    line, column = floor(v), floor(u / 0.55)
    if v - line < 0.3 or _hash(column // 5, line, seed + 9) < 0.15:
        return -1.0
    # each letter is a 3 x 3 pattern
    x, y = floor((u / 0.55 - column) * 4), floor((v - line - 0.3) / 0.7 * 3)
    if x == 3 or _hash(column * 3 + x, line * 3 + y, seed) < 0.38:
        return -1.0
    return 0.0


@compiled
def _cloud(u, v, seed):
    """Three octaves of noise, 0 to 1."""
    return (4 * noise(u, v, seed) + 2 * noise(2.1 * u, 2.1 * v, seed + 1) + noise(4.3 * u, 4.3 * v, seed + 2)) / 7


@compiled
def noise(u, v, seed):
    """Value noise: random numbers on a grid, joined smoothly; 0 to 1."""
    left, below = floor(u), floor(v)
    x, y = u - left, v - below
    x, y = x * x * (3 - 2 * x), y * y * (3 - 2 * y)
    low = _hash(left, below, seed) * (1 - x) + _hash(left + 1, below, seed) * x
    high = _hash(left, below + 1, seed) * (1 - x) + _hash(left + 1, below + 1, seed) * x
    return low * (1 - y) + high * y


@compiled
def _hash(i, j, seed):
    """A number from 0 to 1 that looks random, from whole numbers alone."""
    h = (i * 73856093) ^ (j * 19349663) ^ (seed * 83492791)
    for _ in range(2):
        h = (h ^ ((h >> 16) & 0xFFFF)) * 0x45D9F3B
        h = h & 0x7FFFFFFF
    return (h ^ (h >> 16)) / 2147483648.0
