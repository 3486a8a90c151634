"""Houses, blocks and sheds: four faces with openings and a roof; front towards -y."""

from dataclasses import dataclass, field
from math import pi
from typing import Literal, final

import numpy as np

from lasso3d.data.procedural.appearance import Material
from lasso3d.data.procedural.finishes import Paint, any_colour
from lasso3d.data.procedural.forms import block, moved, rod
from lasso3d.data.procedural.outdoorforms import quads, sticks
from lasso3d.data.procedural.outdoorlooks import concrete, looks_like, masonry, pane, shade, steel, tiles, timber
from lasso3d.data.procedural.shapes import Solid, Thing, at, rectangle

Roof = Literal["flat", "gable", "hip"]
Quad = list[tuple[float, float, float]]
CELLAR = 1.2
"""Metres that walls go on below the ground, because ground slopes."""


@final
@dataclass(frozen=True)
class Style:
    """What the faces of one building share."""

    storeys: int
    rise: float
    """Of a storey, metres."""
    pier: float
    """Wall between openings."""
    opening: float
    """Width."""
    sill: float
    head: float
    recess: float
    shop: bool = False
    balconies: float = 0.0
    """Share of the upper openings that have one."""


@final
@dataclass
class Skin:
    """Quadrilaterals by part while a face is drawn; x to the right, y inwards, z up."""

    of: dict[str, list[Quad]] = field(default_factory=dict)

    def add(self, part: str, quad: Quad) -> None:
        """One more."""
        self.of.setdefault(part, []).append(quad)

    def upright(self, part: str, x: tuple[float, float], z: tuple[float, float], y: float) -> None:
        """A rectangle in a plane of the face."""
        self.add(part, [(x[0], y, z[0]), (x[1], y, z[0]), (x[1], y, z[1]), (x[0], y, z[1])])


def building(rng: np.random.Generator, paint: Paint) -> Thing:
    """A house in its garden."""
    return house(rng, rng.uniform(7.0, 11.0), rng.uniform(7.0, 10.0))


def house(rng: np.random.Generator, wide: float, deep: float) -> Thing:
    """One or two storeys under a steep roof, openings on all sides."""
    style = Style(
        int(rng.integers(1, 3)),
        rng.uniform(2.6, 3.0),
        rng.uniform(0.8, 1.8),
        rng.uniform(0.8, 1.5),
        rng.uniform(0.7, 1.0),
        rng.uniform(2.1, 2.3),
        rng.uniform(0.05, 0.15),
        balconies=0.1,
    )
    roof: Roof = ("gable", "gable", "hip", "flat")[rng.integers(4)]
    return _built(rng, wide, deep, style, roof, tuple("fbrl"))


def block_of_flats(rng: np.random.Generator, wide: float, deep: float) -> Thing:
    """Three to five storeys in a closed row, at times with a shop below."""
    style = Style(
        int(rng.integers(2, 5)),
        rng.uniform(2.9, 3.6),
        rng.uniform(0.6, 1.6),
        rng.uniform(0.9, 1.6),
        rng.uniform(0.5, 0.95),
        rng.uniform(2.2, 2.7),
        rng.uniform(0.08, 0.25),
        shop=rng.random() < 0.4,
        balconies=rng.uniform(0.2, 0.8) if rng.random() < 0.45 else 0.0,
    )
    roof: Roof = ("flat", "gable", "gable")[rng.integers(3)]
    return _built(rng, wide, deep, style, roof, ("f", "b"))


def shed(rng: np.random.Generator, paint: Paint) -> Thing:
    """Boards or sheet metal, a door, a small window."""
    wide, deep = rng.uniform(1.8, 3.2), rng.uniform(1.5, 2.6)
    skin = timber(rng) if rng.random() < 0.75 else steel(rng)
    style = Style(1, rng.uniform(1.9, 2.2), rng.uniform(0.4, 0.8), rng.uniform(0.5, 0.8), 1.0, 1.6, 0.03)
    roof: Roof = "gable" if rng.random() < 0.7 else "flat"
    made = _built(
        rng, wide, deep, style, roof, ("f",), walls=skin, cover=tiles(rng) if rng.random() < 0.5 else timber(rng)
    )
    return Thing("shed", made.solids, made.footprint, made.height)


def _built(
    rng: np.random.Generator,
    wide: float,
    deep: float,
    style: Style,
    roof: Roof,
    glazed: tuple[str, ...],
    *,
    walls: Material | None = None,
    cover: Material | None = None,
) -> Thing:
    frame = looks_like(rng, any_colour(rng) if rng.random() < 0.3 else (0.85, 0.85, 0.83), "plain")
    wood = shade(rng, (0.35, 0.25, 0.18), 0.15) if rng.random() < 0.6 else any_colour(rng)
    looks = {
        "wall": walls or masonry(rng),
        "window": pane(),
        "frame": frame,
        "balcony": concrete(rng),
        "roof": cover or (tiles(rng) if roof != "flat" else concrete(rng)),
        "door": looks_like(rng, wood, "wood"),
        "awning": looks_like(rng, any_colour(rng), "stripes", pitch=0.5),
    }
    top = style.storeys * style.rise + 0.2
    solids: list[Solid] = []
    for side, turn, width, away in (
        ("f", 0.0, wide, deep),
        ("b", pi, wide, deep),
        ("l", -pi / 2, deep, wide),
        ("r", pi / 2, deep, wide),
    ):
        skin = Skin()
        _face(rng, skin, width, style, top, front=side == "f", glazed=side in glazed)
        solids += moved(_solids(skin, looks), at(turn=turn).after(at(0.0, -away / 2, 0.0)))
    solids += moved(
        (rod((0.0, 0.0, 0.0), (0.0, 0.0, top), 0.05, steel(rng), part="pipe"),),
        at(wide / 2 - 0.15, -deep / 2 - 0.07),
    )
    cap, height = _roof(rng, wide, deep, top, roof)
    solids += _solids(cap, looks)
    if height > 4:
        solids += _on_roof(rng, wide, deep, top, height, looks["wall"])
    return Thing("building", tuple(solids), rectangle(wide / 2, deep / 2), height)


def _solids(skin: Skin, looks: dict[str, Material]) -> tuple[Solid, ...]:
    parts = {"frame": "window"}
    return tuple(
        quads(np.array(skin.of[name]), looks[name], part=parts.get(name, name)) for name in sorted(skin.of)
    )


def _face(
    rng: np.random.Generator, skin: Skin, wide: float, style: Style, top: float, *, front: bool, glazed: bool
) -> None:
    """Wall, openings in columns, a door; shops below and balconies in front."""
    pitch = style.opening + style.pier
    columns = int((wide - 0.6 * style.pier) / pitch) if glazed else 0
    if columns == 0:
        skin.upright("wall", (-wide / 2, wide / 2), (-CELLAR, top), 0.0)
        return
    middles = [(i - (columns - 1) / 2) * pitch for i in range(columns)]
    door = int(rng.integers(columns)) if front or rng.random() < 0.5 else -1
    for storey in range(style.storeys):
        low = storey * style.rise
        high = top if storey == style.storeys - 1 else low + style.rise
        shop = front and style.shop and storey == 0
        edge = -wide / 2
        for i, x in enumerate(middles):
            half = (0.5 * style.opening) if not shop else 0.46 * pitch
            is_door = storey == 0 and i == door
            sill, head = low + (0.35 if shop else style.sill), low + style.head
            if is_door:
                half, sill, head = 0.5, 0.05, 2.15
            skin.upright("wall", (edge, x - half), (low if storey else -CELLAR, high), 0.0)
            skin.upright("wall", (x - half, x + half), (low if storey else -CELLAR, sill), 0.0)
            skin.upright("wall", (x - half, x + half), (head, high), 0.0)
            _opening(
                rng, skin, (x - half, x + half), (sill, head), style.recess, part="door" if is_door else "window"
            )
            if front and storey and rng.random() < style.balconies:
                _balcony(skin, x, half + 0.35, low, rng.uniform(0.7, 1.3))
            edge = x + half
        skin.upright("wall", (edge, wide / 2), (low if storey else -CELLAR, high), 0.0)
        if shop and rng.random() < 0.6:
            a, b, z = middles[0] - 0.4 * pitch, middles[-1] + 0.4 * pitch, low + style.head + 0.15
            skin.add("awning", [(a, 0.0, z), (b, 0.0, z), (b, -1.1, z - 0.4), (a, -1.1, z - 0.4)])
    if front and not style.shop:
        x = middles[door]
        for step in range(2):
            y, z = -0.3 * (2 - step), 0.1 * (step + 1)
            skin.add("wall", [(x - 0.7, y, z), (x + 0.7, y, z), (x + 0.7, 0.0, z), (x - 0.7, 0.0, z)])
            skin.upright("wall", (x - 0.7, x + 0.7), (-0.5, z), y)


def _opening(
    rng: np.random.Generator, skin: Skin, x: tuple[float, float], z: tuple[float, float], y: float, *, part: str
) -> None:
    """Reveals, and a pane with its bars or a door, set back by y."""
    (a, b), (low, high) = x, z
    for u in (a, b):
        skin.add("wall", [(u, 0.0, low), (u, y, low), (u, y, high), (u, 0.0, high)])
    for h in (low, high):
        skin.add("wall", [(a, 0.0, h), (b, 0.0, h), (b, y, h), (a, y, h)])
    if part == "door":
        skin.upright("door", x, z, y)
        return
    if rng.random() < 0.12:
        shut = rng.uniform(0.3, 1.0)
        skin.upright("frame", x, (high - shut * (high - low), high), y - 0.03)
    skin.upright("window", x, z, y)
    bar, middle = 0.04, (a + b) / 2
    for left, right in ((a, a + bar), (b - bar, b), (middle - bar / 2, middle + bar / 2)):
        skin.upright("frame", (left, right), z, y - 0.015)
    for lower, upper in ((low, low + bar), (high - bar, high)):
        skin.upright("frame", x, (lower, upper), y - 0.015)


def _balcony(skin: Skin, x: float, half: float, low: float, deep: float) -> None:
    """A slab and a railing of bars or a parapet."""
    a, b = x - half, x + half
    for z in (low, low + 0.15):
        skin.add("balcony", [(a, 0.0, z), (b, 0.0, z), (b, -deep, z), (a, -deep, z)])
    skin.upright("balcony", (a, b), (low, low + 0.15), -deep)
    for u in np.arange(a, b, 0.14).tolist():
        skin.upright("balcony", (u, u + 0.025), (low, low + 1.05), -deep)
    skin.upright("balcony", (a, b), (low + 1.0, low + 1.06), -deep)
    for end in (a, b):
        skin.add(
            "balcony",
            [(end, 0.0, low + 1.0), (end, -deep, low + 1.0), (end, -deep, low + 1.06), (end, 0.0, low + 1.06)],
        )


def _roof(rng: np.random.Generator, wide: float, deep: float, top: float, kind: Roof) -> tuple[Skin, float]:
    """Its surfaces and the height of the ridge."""
    skin, x, y = Skin(), wide / 2, deep / 2
    if kind == "flat":
        skin.add("roof", [(-x, -y, top - 0.15), (x, -y, top - 0.15), (x, y, top - 0.15), (-x, y, top - 0.15)])
        return skin, top
    across = rng.random() < 0.35 and kind == "gable"
    pitch, over = rng.uniform(0.5, 1.0), rng.uniform(0.1, 0.45)
    half, long = (x, y) if across else (y, x)
    rise = pitch * half
    ridge, eave, low = top + rise, half + over, top - pitch * over
    cut = half * 0.9 if kind == "hip" else -over
    end = long + over
    corners = [
        [(-end, -eave, low), (end, -eave, low), (long - cut, 0.0, ridge), (-long + cut, 0.0, ridge)],
        [(-end, eave, low), (end, eave, low), (long - cut, 0.0, ridge), (-long + cut, 0.0, ridge)],
    ]
    for s in (-1, 1):
        if kind == "hip":
            corners.append(
                [
                    (s * end, -eave, low),
                    (s * end, eave, low),
                    (s * (long - cut), 0.0, ridge),
                    (s * (long - cut), 0.0, ridge),
                ]
            )
        else:
            gable: Quad = [
                (s * long, -half, top),
                (s * long, half, top),
                (s * long, 0.0, ridge),
                (s * long, 0.0, ridge),
            ]
            skin.add("wall", [(py, px, pz) for px, py, pz in gable] if across else gable)
    for quad in corners:
        skin.add("roof", [(py, px, pz) for px, py, pz in quad] if across else quad)
    return skin, ridge


def _on_roof(
    rng: np.random.Generator, wide: float, deep: float, top: float, ridge: float, brick: Material
) -> tuple[Solid, ...]:
    """Chimneys, vents, an aerial."""
    solids: list[Solid] = []
    for _ in range(int(rng.integers(0, 3))):
        x, y, w = rng.uniform(-0.4, 0.4) * wide, rng.uniform(-0.25, 0.25) * deep, rng.uniform(0.2, 0.4)
        solids.append(
            block((w, w, (ridge - top) / 2 + 0.7), brick, at=(x, y, (top + ridge) / 2 + 0.2), part="chimney")
        )
    if rng.random() < 0.4:
        x, h = rng.uniform(-0.4, 0.4) * wide, ridge + rng.uniform(1.0, 2.0)
        metal = steel(rng)
        solids.append(rod((x, 0.0, top), (x, 0.0, h), 0.02, metal, part="aerial"))
        z = np.array([0.2, 0.5, 0.8])
        start = np.stack([np.full(3, x - 0.4), np.zeros(3), h - z], axis=1)
        solids.append(sticks(start, start + np.array([0.8, 0, 0]), np.full((3, 2), 0.012), metal, part="aerial"))
    return tuple(solids)
