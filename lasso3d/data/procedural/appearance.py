"""What surfaces look like: base textures, prints laid over them, and how light falls on them."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import atan2
from typing import final

import numpy as np
from jaxtyping import Float64, Int32, Int64

from lasso3d.data.procedural.prints import MARKS, Mark, printed
from lasso3d.data.procedural.textures import FINENESS, TEXTURES, Texture, hashed, noise, texture
from lasso3d.geometry.compiled import compiled

Colour = tuple[float, float, float]
"""Red, green, blue, each 0 to 1, as a camera would store them."""

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


def blurred(worn: Wardrobe, footprint: float) -> Wardrobe:
    """The same materials as seen by pixels or cells of so many metres: finer patterns melt into one colour."""
    look = worn.look.copy()
    kind = look[:, 6].astype(np.int64)
    resolved = np.clip(look[:, 7] * np.array(FINENESS)[kind] / footprint, 0.0, 1.0)[:, None]
    first, second = look[:, 0:3].copy(), look[:, 3:6].copy()
    # one pattern in three points shows its second colour, near enough for all of them
    mean = np.where((kind == TEXTURES.index("plain"))[:, None], first, (2 * first + second) / 3)
    look[:, 0:3] = mean + resolved * (first - mean)
    look[:, 3:6] = mean + resolved * (second - mean)
    return Wardrobe(look, worn.decal, worn.first)


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
        share = texture(int(look[s, 6]), u / look[s, 7], v / look[s, 7], int(look[s, 9]))
        # nothing is evenly coloured: dirt, wear and stains, on some things more than on others
        seed = int(look[s, 9])
        worst = hashed(seed, 1, 77)
        spots = 0.6 * noise(u / 0.05, v / 0.05, seed + 77) + 0.4 * noise(u / 0.2, v / 0.2, seed + 78)
        worn = 1.0 + (0.06 + 0.3 * worst * worst * worst) * (spots - 0.5)
        for k in range(3):
            colour[r, k] = worn * (look[s, k] * (1 - share) + look[s, 3 + k] * share)
        for q in range(first[s], first[s + 1]):
            d = decal[q]
            du, dv = u - d[2], v - d[3]
            if (d[1] != ANY_FACE and d[1] != face[r]) or abs(du) > d[4] or abs(dv) > d[5]:
                continue
            printed(int(d[0]), du, dv, d, colour[r])


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
