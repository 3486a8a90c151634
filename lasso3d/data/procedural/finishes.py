"""Materials drawn at random: colours that belong together, printed cartons, labels, glazes."""

from collections.abc import Callable
from math import pi
from typing import Literal

import numpy as np

from lasso3d.data.procedural.appearance import ANY_FACE, Colour, Decal, Material
from lasso3d.data.procedural.prints import Mark
from lasso3d.data.procedural.rays import LATERAL
from lasso3d.data.procedural.textures import Texture

Finish = Literal[
    "print", "label", "plain", "ceramic", "metal", "cloth", "screen", "keys",
    "wood", "lacquer", "fabric", "leather", "porcelain", "poster", "glass", "leaf", "woven",
]  # fmt: skip
Size = tuple[float, float, float]
"""Half width, half depth and whole height of what is painted, metres."""
Paint = Callable[[Finish, Size], Material]

SHARED = 0.35
"""Share of the materials whose colour is one of the scene's few: neighbours and table often look alike."""


def painter(rng: np.random.Generator, family: tuple[Colour, ...], *, shared: float = SHARED) -> Paint:
    """A source of materials for one scene; `family` holds the colours that return in it."""

    def draw(finish: Finish, size: Size) -> Material:
        colour = family[rng.integers(len(family))] if rng.random() < shared else any_colour(rng)
        return _FINISHES[finish](rng, colour, size)

    return draw


def any_colour(rng: np.random.Generator) -> Colour:
    """White, grey, wood or a bright colour, about as often as on things in a kitchen or an office."""
    kind = rng.random()
    if kind < 0.2:
        return _near(rng, (0.9, 0.89, 0.86), 0.05)
    if kind < 0.4:
        return _near(rng, (rng.uniform(0.06, 0.8),) * 3, 0.03)
    if kind < 0.55:
        return _near(rng, (0.55, 0.4, 0.26), 0.12)
    bright = rng.uniform(0.35, 0.9)
    dull = bright * rng.uniform(0.1, 0.75)
    channels = rng.permutation([bright, dull, rng.uniform(dull, bright)])
    return _near(rng, (channels[0], channels[1], channels[2]), 0.0)


def pale_wood(rng: np.random.Generator) -> Colour:
    """What most tables are made of or look like."""
    bright, green = rng.uniform(0.6, 0.9), rng.uniform(0.84, 0.98)
    return _near(rng, (bright, bright * green, bright * green * rng.uniform(0.65, 0.96)), 0.0)


def table_top(rng: np.random.Generator, colour: Colour) -> Material:
    """Mostly pale plain boards and wood, sometimes stone or cloth."""
    texture, low, high = _some(rng, (
        (3.0, "wood", 0.02, 0.12), (1.0, "planks", 0.06, 0.16), (2.0, "plain", 0.1, 0.2), (1.0, "veins", 0.15, 0.5),
        (0.7, "grain", 0.01, 0.04), (0.5, "weave", 0.003, 0.01), (0.5, "checks", 0.02, 0.12),
        (0.4, "stripes", 0.02, 0.12), (0.6, "ornament", 0.05, 0.2), (0.4, "photo", 0.02, 0.12),
    ))  # fmt: skip
    bright = sum(colour) / 3
    # tables are seldom as colourful as what stands on them
    colour = _near(rng, tuple(bright + 0.35 * (c - bright) for c in colour), 0.0)
    printed = texture in ("checks", "ornament") and rng.random() < 0.6
    second = any_colour(rng) if printed else _near(rng, tuple(0.86 * c for c in colour), 0.03)
    return Material(colour, second, texture, rng.uniform(low, high), rng.uniform(0, 0.25), seed=_seed(rng))


def _plain(rng: np.random.Generator, colour: Colour, size: Size) -> Material:
    return Material(colour, gloss=rng.uniform(0, 0.5), seed=_seed(rng))


def _metal(rng: np.random.Generator, colour: Colour, size: Size) -> Material:
    """Bare, mostly brushed."""
    bare = _near(rng, (rng.uniform(0.25, 0.75),) * 3, 0.02)
    texture: Texture = "brushed" if rng.random() < 0.6 else "plain"
    second = _near(rng, tuple(0.8 * c for c in bare), 0.02)
    return Material(bare, second, texture, rng.uniform(0.01, 0.05), rng.uniform(0.4, 1), seed=_seed(rng))


def _ceramic(rng: np.random.Generator, colour: Colour, size: Size) -> Material:
    white = _near(rng, (0.9, 0.89, 0.86), 0.05)
    texture: Texture = ("plain", "plain", "plain", "dots", "stripes", "marble")[rng.integers(6)]
    base = white if rng.random() < 0.5 else colour
    pitch = float(rng.uniform(0.15, 0.5) * size[2])
    return Material(base, any_colour(rng), texture, pitch, rng.uniform(0.2, 0.8), seed=_seed(rng))


def _cloth(rng: np.random.Generator, colour: Colour, size: Size) -> Material:
    texture: Texture = "marble" if rng.random() < 0.5 else "weave"
    return Material(colour, _near(rng, colour, 0.15), texture, pitch=0.004, seed=_seed(rng))


def _screen(rng: np.random.Generator, colour: Colour, size: Size) -> Material:
    if rng.random() < 0.4:
        return Material((0.04, 0.04, 0.05), gloss=0.7, seed=_seed(rng))
    decals = _design(rng, ANY_FACE, (0.0, 0.0), (size[0], size[2] / 2), _scheme(rng, colour))
    return Material(any_colour(rng), gloss=0.5, decals=decals, seed=_seed(rng))


def _keys(rng: np.random.Generator, colour: Colour, size: Size) -> Material:
    dark = rng.random() < 0.6
    key, gap = ((0.1, 0.1, 0.11), (0.25, 0.25, 0.26)) if dark else ((0.85, 0.85, 0.84), (0.6, 0.6, 0.6))
    return Material(key, gap, "keys", pitch=0.019, gloss=0.1, seed=_seed(rng))


def _wood(rng: np.random.Generator, colour: Colour, size: Size) -> Material:
    bright = rng.uniform(0.15, 0.85)
    grain = _near(rng, (bright, bright * rng.uniform(0.7, 0.95), bright * rng.uniform(0.45, 0.85)), 0.02)
    return Material(
        grain,
        _near(rng, tuple(rng.uniform(0.55, 0.85) * c for c in grain), 0.04),
        "wood",
        rng.uniform(0.03, 0.15),
        0.2,
        seed=_seed(rng),
    )


def _lacquer(rng: np.random.Generator, colour: Colour, size: Size) -> Material:
    """Boards of furniture and doors: veneer, white, or in a colour of the scene."""
    kind = rng.random()
    if kind < 0.3:
        return _wood(rng, colour, size)
    board = _near(rng, (0.88, 0.87, 0.84), 0.06) if kind < 0.45 else colour
    return Material(board, gloss=rng.uniform(0, 0.4), seed=_seed(rng))


def _fabric(rng: np.random.Generator, colour: Colour, size: Size) -> Material:
    """Covers, curtains, clothes: woven in one colour more often than patterned."""
    texture, low, high = _some(rng, (
        (3.0, "weave", 0.004, 0.02), (2.0, "marble", 0.02, 0.15), (1.0, "carpet", 0.02, 0.05),
        (1.0, "plain", 0.1, 0.2),
        (1.0, "stripes", 0.02, 0.15), (0.7, "checks", 0.02, 0.15), (0.5, "dots", 0.02, 0.1),
        (1.0, "ornament", 0.06, 0.3), (0.7, "photo", 0.03, 0.2),
    ))  # fmt: skip
    patterned = texture in ("stripes", "checks", "dots", "ornament", "photo")
    second = any_colour(rng) if patterned else _near(rng, colour, 0.12)
    return Material(colour, second, texture, rng.uniform(low, high), seed=_seed(rng))


def _leather(rng: np.random.Generator, colour: Colour, size: Size) -> Material:
    hide = _near(rng, ((0.1, 0.09, 0.09), (0.35, 0.2, 0.12), (0.75, 0.68, 0.58))[rng.integers(3)], 0.06)
    return Material(hide, _near(rng, hide, 0.05), "marble", 0.08, rng.uniform(0.2, 0.5), seed=_seed(rng))


def _porcelain(rng: np.random.Generator, colour: Colour, size: Size) -> Material:
    return Material(_near(rng, (0.92, 0.91, 0.89), 0.04), gloss=rng.uniform(0.3, 0.7), seed=_seed(rng))


def _poster(rng: np.random.Generator, colour: Colour, size: Size) -> Material:
    """Over the whole of every face: a picture, perhaps with a margin or lettering, or a design."""
    scheme, half = _scheme(rng, colour), (size[0], size[2] / 2)
    if rng.random() < 0.2:
        return Material(
            scheme[3], gloss=rng.uniform(0, 0.4), decals=_layout(rng, ANY_FACE, (0.0, 0.0), half, scheme)
        )
    margin = 1.0 if rng.random() < 0.5 else rng.uniform(0.6, 0.92)
    inner = (margin * half[0], margin * half[1])
    decals = [_mark(rng, "picture", ANY_FACE, (0.0, 0.0), inner, (colour, any_colour(rng)))]
    if rng.random() < 0.3:
        line = (0.8 * inner[0], 0.1 * inner[1])
        place = (0.0, inner[1] * rng.uniform(-0.8, 0.8))
        decals.append(_mark(rng, "headline", ANY_FACE, place, line, (scheme[3 + rng.integers(2)], scheme[1])))
    return Material(scheme[3], gloss=rng.uniform(0, 0.4), decals=tuple(decals), seed=_seed(rng))


def _glass(rng: np.random.Generator, colour: Colour, size: Size) -> Material:
    return Material(_near(rng, (rng.uniform(0.3, 0.95),) * 3, 0.05), gloss=1.0, seed=_seed(rng))


def _leaf(rng: np.random.Generator, colour: Colour, size: Size) -> Material:
    green = _near(rng, (rng.uniform(0.1, 0.35), rng.uniform(0.3, 0.55), rng.uniform(0.08, 0.25)), 0.03)
    return Material(green, _near(rng, green, 0.12), "marble", 0.03, 0.1, seed=_seed(rng))


def _woven(rng: np.random.Generator, colour: Colour, size: Size) -> Material:
    """Rugs and mats: a pattern or a pile, borders and middles."""
    scheme = _scheme(rng, colour)
    borders: list[Decal] = []
    for share in sorted(rng.uniform(0.3, 0.95, rng.integers(0, 4)), reverse=True):
        mark: Mark = ("patch", "frame", "ellipse")[rng.integers(3)]
        inks = (scheme[rng.integers(4)], scheme[rng.integers(4)])
        half = (float(share * size[0]), float(share * size[1]))
        borders.append(_mark(rng, mark, ANY_FACE, (0.0, 0.0), half, inks, pitch=rng.uniform(0.02, 0.08)))
    if rng.random() < 0.15:
        borders = [_mark(rng, "picture", ANY_FACE, (0.0, 0.0), (0.9 * size[0], 0.9 * size[1]), scheme[:2])]
    texture, low, high = _some(rng, (
        (2.0, "carpet", 0.03, 0.08), (2.0, "ornament", 0.1, 0.5), (1.0, "weave", 0.005, 0.03),
        (1.0, "stripes", 0.05, 0.3), (0.5, "checks", 0.05, 0.3), (0.5, "dots", 0.05, 0.3), (1.0, "photo", 0.1, 0.4),
        (1.0, "marble", 0.05, 0.3),
    ))  # fmt: skip
    quiet = texture in ("carpet", "weave", "marble")
    second = _near(rng, colour, 0.15) if quiet else any_colour(rng)
    return Material(colour, second, texture, rng.uniform(low, high), decals=tuple(borders), seed=_seed(rng))


def _print(rng: np.random.Generator, colour: Colour, size: Size) -> Material:
    """A carton in the colours of one brand, each face printed differently."""
    x, y, z = size[0], size[1], size[2] / 2
    scheme = _scheme(rng, colour)
    decals: list[Decal] = []
    for face, half in enumerate(((y, z), (y, z), (x, z), (x, z), (x, y), (x, y))):
        decals += _design(rng, face, (0.0, 0.0), half, scheme)
    return Material(colour, scheme[1], gloss=rng.uniform(0, 0.5), decals=tuple(decals), seed=_seed(rng))


def _label(rng: np.random.Generator, colour: Colour, size: Size) -> Material:
    """Paper around a can, cup or bottle; it may leave the ends bare."""
    half = (pi * size[0], rng.uniform(0.2, 0.5) * size[2])
    middle = (0.0, rng.uniform(half[1], size[2] - half[1]))
    scheme = _scheme(rng, colour)
    paper = Decal("patch", LATERAL, middle, half, scheme[1])
    # several designs around, because only a third is ever seen
    around = [
        decal
        for u in (-2 / 3, 0.0, 2 / 3)
        for decal in _design(rng, LATERAL, (u * half[0], middle[1]), (half[0] / 3, half[1]), scheme)
    ]
    return Material(colour, gloss=rng.uniform(0, 0.7), decals=(paper, *around), seed=_seed(rng))


def _design(
    rng: np.random.Generator, face: int, middle: tuple[float, float], half: tuple[float, float],
    scheme: tuple[Colour, ...],
) -> tuple[Decal, ...]:  # fmt: skip
    """One face of a carton: laid out as designers do, or thrown together; what is small bears little."""
    if min(half) >= 0.02 and rng.random() < 0.65:
        return _layout(rng, face, middle, half, scheme)
    marks: tuple[Mark, ...] = ("patch", "patch", "photo", "picture", "ellipse", "logo", "text", "headline", "bars")
    count = rng.integers(1, 3) if min(half) < 0.02 else rng.integers(3, 7)
    return tuple(_scattered(rng, marks[i], face, middle, half, scheme) for i in np.sort(rng.integers(0, 9, count)))


def _layout(
    rng: np.random.Generator, face: int, middle: tuple[float, float], half: tuple[float, float],
    scheme: tuple[Colour, ...],
) -> tuple[Decal, ...]:  # fmt: skip
    """Bands from top to bottom: a name, a picture or pattern, small print, a badge or bars in a corner."""
    (x, y), (wide, high) = middle, half
    ink, second = (scheme[i] for i in rng.permutation(len(scheme))[:2])
    decals = []
    if rng.random() < 0.6:
        ground: Mark = "gradient" if rng.random() < 0.4 else "patch"
        decals.append(_mark(rng, ground, face, middle, half, (scheme[rng.integers(4)], second)))
    top = high * rng.uniform(0.15, 0.5)
    if rng.random() < 0.5:
        decals.append(_mark(rng, "patch", face, (x, y + high - top), (wide, top), (second, ink)))
    name = (0.9 * wide, 0.8 * top)
    decals.append(_mark(rng, "headline", face, (x, y + high - top), name, (scheme[rng.integers(2, 5)], ink)))
    body = (high - top) * rng.uniform(0.4, 0.95)
    low = y + high - 2 * top - body
    picture: Mark = ("picture", "picture", "photo", "logo", "ellipse")[rng.integers(5)]
    span = wide * rng.uniform(0.5, 1.0)
    off = (wide - span) * rng.uniform(-1, 1)
    decals.append(_mark(rng, picture, face, (x + off, low), (span, body), (ink, any_colour(rng)), pitch=0.4 * body))
    foot = high - top - body
    if foot > 0.006:
        place = (x, y - high + foot)
        decals.append(
            _mark(rng, "text", face, place, (0.9 * wide, 0.85 * foot), (scheme[4], ink), pitch=0.35 * foot)
        )
    if rng.random() < 0.35:
        corner = (x + 0.7 * wide, y - high + 0.15 * high)
        small: Mark = "bars" if rng.random() < 0.5 else "logo"
        decals.append(
            _mark(rng, small, face, corner, (0.25 * wide, 0.12 * high), (scheme[3], scheme[4]), pitch=0.003)
        )
    return tuple(decals)


def _scattered(
    rng: np.random.Generator, mark: Mark, face: int, middle: tuple[float, float], half: tuple[float, float],
    scheme: tuple[Colour, ...],
) -> Decal:  # fmt: skip
    """One mark anywhere on a face."""
    ranges = {"patch": (0.2, 1.0), "photo": (0.35, 1.0), "picture": (0.3, 0.9), "text": (0.3, 0.8)}
    low, high = ranges.get(mark, (0.12, 0.35))
    sides = rng.uniform(low, high, 2) * half
    place = middle + rng.uniform(-1, 1, 2) * (np.array(half) - sides)
    first, second = (scheme[i] for i in rng.permutation(len(scheme))[:2])
    pitch = {"bars": 0.003, "photo": rng.uniform(0.25, 0.8) * min(sides)}.get(
        mark, rng.uniform(0.1, 0.5) * min(sides)
    )
    inks = (first, _near(rng, second, 0.1) if mark == "photo" else second)
    at, span = (float(place[0]), float(place[1])), (float(sides[0]), float(sides[1]))
    return _mark(rng, mark, face, at, span, inks, pitch=float(pitch))


def _mark(
    rng: np.random.Generator, mark: Mark, face: int, middle: tuple[float, float], half: tuple[float, float],
    inks: tuple[Colour, ...], *, pitch: float = 0.01,
) -> Decal:  # fmt: skip
    return Decal(mark, face, middle, half, inks[0], inks[1], max(float(pitch), 0.001), _seed(rng))


def _some(
    rng: np.random.Generator, choices: tuple[tuple[float, Texture, float, float], ...]
) -> tuple[Texture, float, float]:
    """One of some textures by weight, with the range of its pitch in metres."""
    share = np.cumsum([weight for weight, *_ in choices])
    return choices[int(np.searchsorted(share, rng.random() * share[-1]))][1:]


def _scheme(rng: np.random.Generator, colour: Colour) -> tuple[Colour, ...]:
    """The colours of a brand: its own, two others, white and ink."""
    return colour, any_colour(rng), any_colour(rng), (0.93, 0.93, 0.92), _near(rng, (0.12, 0.12, 0.14), 0.08)


def _near(rng: np.random.Generator, colour: Colour | tuple[float, ...], spread: float) -> Colour:
    red, green, blue = np.clip(np.array(colour) + spread * rng.uniform(-1, 1, 3), 0.02, 0.97).tolist()
    return red, green, blue


def _seed(rng: np.random.Generator) -> int:
    return int(rng.integers(2**31))


_FINISHES: dict[Finish, Callable[[np.random.Generator, Colour, Size], Material]] = {
    "print": _print,
    "label": _label,
    "plain": _plain,
    "ceramic": _ceramic,
    "metal": _metal,
    "cloth": _cloth,
    "screen": _screen,
    "keys": _keys,
    "wood": _wood,
    "lacquer": _lacquer,
    "fabric": _fabric,
    "leather": _leather,
    "porcelain": _porcelain,
    "poster": _poster,
    "glass": _glass,
    "leaf": _leaf,
    "woven": _woven,
}
