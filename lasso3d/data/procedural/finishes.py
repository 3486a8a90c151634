"""Materials drawn at random: colours that belong together, printed cartons, labels, glazes."""

from collections.abc import Callable
from math import pi
from typing import Literal

import numpy as np

from lasso3d.data.procedural.appearance import ANY_FACE, Colour, Decal, Mark, Material, Texture
from lasso3d.data.procedural.rays import LATERAL

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
    bright, green, blue = rng.uniform(0.65, 0.9), rng.uniform(0.85, 1), rng.uniform(0.7, 1)
    return _near(rng, (bright, bright * green, bright * blue), 0.0)


def table_top(rng: np.random.Generator, colour: Colour) -> Material:
    """Mostly pale plain boards and wood, sometimes cloth."""
    texture: Texture = ("wood", "wood", "wood", "plain", "plain", "marble", "checks", "stripes", "photo")[
        rng.integers(9)
    ]
    return Material(
        colour,
        _near(rng, tuple(0.86 * c for c in colour), 0.03) if texture != "checks" else any_colour(rng),
        texture,
        pitch=rng.uniform(0.02, 0.12),
        gloss=rng.uniform(0, 0.25),
        seed=_seed(rng),
    )


def _plain(rng: np.random.Generator, colour: Colour, size: Size) -> Material:
    return Material(colour, gloss=rng.uniform(0, 0.5), seed=_seed(rng))


def _metal(rng: np.random.Generator, colour: Colour, size: Size) -> Material:
    return Material(_near(rng, (rng.uniform(0.25, 0.75),) * 3, 0.02), gloss=rng.uniform(0.4, 1), seed=_seed(rng))


def _ceramic(rng: np.random.Generator, colour: Colour, size: Size) -> Material:
    white = _near(rng, (0.9, 0.89, 0.86), 0.05)
    texture: Texture = ("plain", "plain", "plain", "dots", "stripes", "marble")[rng.integers(6)]
    base = white if rng.random() < 0.5 else colour
    pitch = float(rng.uniform(0.15, 0.5) * size[2])
    return Material(base, any_colour(rng), texture, pitch, rng.uniform(0.2, 0.8), seed=_seed(rng))


def _cloth(rng: np.random.Generator, colour: Colour, size: Size) -> Material:
    return Material(colour, _near(rng, colour, 0.15), "marble", pitch=0.004, seed=_seed(rng))


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
        _near(rng, tuple(0.8 * c for c in grain), 0.04),
        "wood",
        rng.uniform(0.03, 0.15),
        0.2,
        seed=_seed(rng),
    )


def _lacquer(rng: np.random.Generator, colour: Colour, size: Size) -> Material:
    """Boards of furniture: white, grey or veneer more often than coloured."""
    kind = rng.random()
    if kind < 0.45:
        return _wood(rng, colour, size)
    board = _near(rng, (0.88, 0.87, 0.84), 0.06) if kind < 0.75 else colour
    return Material(board, gloss=rng.uniform(0, 0.4), seed=_seed(rng))


def _fabric(rng: np.random.Generator, colour: Colour, size: Size) -> Material:
    texture: Texture = ("marble", "marble", "marble", "plain", "stripes", "checks", "dots", "photo")[
        rng.integers(8)
    ]
    second = _near(rng, colour, 0.1) if texture in ("marble", "plain") else any_colour(rng)
    return Material(colour, second, texture, rng.uniform(0.02, 0.15), seed=_seed(rng))


def _leather(rng: np.random.Generator, colour: Colour, size: Size) -> Material:
    hide = _near(rng, ((0.1, 0.09, 0.09), (0.35, 0.2, 0.12), (0.75, 0.68, 0.58))[rng.integers(3)], 0.06)
    return Material(hide, _near(rng, hide, 0.05), "marble", 0.08, rng.uniform(0.2, 0.5), seed=_seed(rng))


def _porcelain(rng: np.random.Generator, colour: Colour, size: Size) -> Material:
    return Material(_near(rng, (0.92, 0.91, 0.89), 0.04), gloss=rng.uniform(0.3, 0.7), seed=_seed(rng))


def _poster(rng: np.random.Generator, colour: Colour, size: Size) -> Material:
    """A picture over the whole of every face."""
    scheme, half = _scheme(rng, colour), (size[0], size[2] / 2)
    ground = Decal(
        "photo", ANY_FACE, (0.0, 0.0), half, scheme[rng.integers(5)], scheme[rng.integers(5)],
        float(rng.uniform(0.1, 0.5) * size[0]), _seed(rng),
    )  # fmt: skip
    return Material(
        colour, gloss=rng.uniform(0, 0.4), decals=(ground, *_design(rng, ANY_FACE, (0.0, 0.0), half, scheme))
    )


def _glass(rng: np.random.Generator, colour: Colour, size: Size) -> Material:
    return Material(_near(rng, (rng.uniform(0.3, 0.95),) * 3, 0.05), gloss=1.0, seed=_seed(rng))


def _leaf(rng: np.random.Generator, colour: Colour, size: Size) -> Material:
    green = _near(rng, (rng.uniform(0.1, 0.35), rng.uniform(0.3, 0.55), rng.uniform(0.08, 0.25)), 0.03)
    return Material(green, _near(rng, green, 0.12), "marble", 0.03, 0.1, seed=_seed(rng))


def _woven(rng: np.random.Generator, colour: Colour, size: Size) -> Material:
    """Rugs and mats: patterns, borders and middles."""
    scheme = _scheme(rng, colour)
    border = tuple(
        Decal("patch" if rng.random() < 0.6 else "ellipse", ANY_FACE, (0.0, 0.0),
              (share * size[0], share * size[1]),
              scheme[rng.integers(4)], scheme[rng.integers(4)], seed=_seed(rng))
        for share in sorted(rng.uniform(0.3, 0.95, rng.integers(0, 4)), reverse=True)
    )  # fmt: skip
    texture: Texture = ("marble", "stripes", "checks", "dots", "photo", "plain")[rng.integers(6)]
    return Material(colour, any_colour(rng), texture, rng.uniform(0.05, 0.3), decals=border, seed=_seed(rng))


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
    rng: np.random.Generator,
    face: int,
    middle: tuple[float, float],
    half: tuple[float, float],
    scheme: tuple[Colour, ...],
) -> tuple[Decal, ...]:
    """Patches, a picture, a badge and text on one face."""
    marks: tuple[Mark, ...] = ("patch", "patch", "photo", "photo", "ellipse", "text", "text", "bars")
    small = min(half) < 0.02
    chosen = sorted(rng.integers(0, len(marks), rng.integers(1, 3) if small else rng.integers(3, 7)))
    return tuple(_decal(rng, marks[i], face, middle, half, scheme) for i in chosen)


def _decal(
    rng: np.random.Generator,
    mark: Mark,
    face: int,
    middle: tuple[float, float],
    half: tuple[float, float],
    scheme: tuple[Colour, ...],
) -> Decal:
    low, high = {"patch": (0.2, 1.0), "photo": (0.35, 1.0), "text": (0.3, 0.8)}.get(mark, (0.12, 0.35))
    sides = rng.uniform(low, high, 2) * half
    place = middle + rng.uniform(-1, 1, 2) * (np.array(half) - sides)
    pitch = rng.uniform(0.25, 0.8) * min(sides) if mark == "photo" else rng.uniform(0.15, 0.9) * min(sides)
    if mark == "bars":
        pitch = 0.003
    first, second = (scheme[i] for i in rng.permutation(len(scheme))[:2])
    return Decal(
        mark,
        face,
        (float(place[0]), float(place[1])),
        (float(sides[0]), float(sides[1])),
        first,
        _near(rng, second, 0.1) if mark == "photo" else second,
        float(pitch),
        _seed(rng),
    )


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
