"""Skins of vehicles over ribs along their length, and what all vehicles have: wheels, lamps, mirrors, seats."""

from dataclasses import dataclass, replace
from math import sqrt
from typing import final

import numpy as np
from jaxtyping import Float64

from lasso3d.data.procedural.appearance import Material
from lasso3d.data.procedural.forms import Point, ball, block, moved, rod
from lasso3d.data.procedural.outdoorforms import panelled, wheel
from lasso3d.data.procedural.outdoorlooks import looks_like, pane, rubber
from lasso3d.data.procedural.shapes import Solid, at

SIDES = ("left", "right")


@final
@dataclass(frozen=True)
class Rib:
    """A cross-section of a hull, metres, and what the skin from it to the next one is."""

    y: float
    half: float
    low: float
    """Lower edge."""
    belt: float
    """Height of the shoulder, where glass begins."""
    roof: float
    inset: float = 0.78
    """Half width of the roof by that of the body."""
    low_part: str = "body"
    side: str = "body"
    """Of the belt of glass."""
    top: str = "body"


def opened(rng: np.random.Generator) -> tuple[str, float] | None:
    """The door that stands open, and how far in radians."""
    if rng.random() > 0.12:
        return None
    return f"front {SIDES[rng.integers(2)]}", rng.uniform(0.4, 1.2)


def with_arches(ribs: list[Rib], axles: tuple[float, ...], radius: float) -> list[Rib]:
    """More ribs around the wheels, their lower edge on a circle."""
    reach = 1.13 * radius
    wanted = [axle + share * reach for axle in axles for share in (-1.0, -0.92, -0.6, 0.0, 0.6, 0.92, 1.0)]
    out = sorted([*ribs, *(_between(ribs, y) for y in wanted)], key=lambda rib: rib.y)
    for i, rib in enumerate(out):
        near = min(abs(rib.y - axle) for axle in axles)
        if near < reach:
            arch = radius + sqrt(max(reach * reach - near * near, 0.0))
            out[i] = replace(rib, low=max(rib.low, arch), low_part="body")
    return out


def _between(ribs: list[Rib], y: float) -> Rib:
    """The rib that the skin has at a place between two."""
    after = next((i for i, rib in enumerate(ribs) if rib.y > y), len(ribs) - 1)
    a, b = ribs[max(after - 1, 0)], ribs[after]
    t = (y - a.y) / max(b.y - a.y, 1e-9)
    low, belt, roof, half, inset = (
        p + t * (q - p)
        for p, q in ((a.low, b.low), (a.belt, b.belt), (a.roof, b.roof), (a.half, b.half), (a.inset, b.inset))
    )
    return replace(a, y=y, low=low, belt=belt, roof=roof, half=half, inset=inset)


def hull(ribs: list[Rib], skin: Material, swung: tuple[str, float] | None) -> tuple[Solid, ...]:
    """The skin over the ribs, in panels: body, windows and doors."""
    vertex = np.stack([_section(rib) for rib in ribs])
    ends = [vertex[i] * (0.05, 1, 0) + np.array([0, 0, vertex[i, :, 2].mean()]) for i in (0, -1)]
    label = np.array([["body"] * 12] + [_panels(rib) for rib in ribs[:-1]] + [["body"] * 12])
    skins = panelled(
        np.concatenate([ends[:1], vertex, ends[1:]]), label, {"body": skin, "door": skin, "window": pane()}
    )
    if swung is None:
        return tuple(skins.values())
    which, turn = swung
    hinge = next((rib for rib in ribs if rib.low_part.endswith("front")), None)
    if hinge is None:
        return tuple(skins.values())
    side = -1.0 if which.endswith("left") else 1.0
    place = (side * hinge.half, hinge.y, 0.0)
    swing = at(*place, turn=side * turn).after(at(-place[0], -place[1], 0.0))
    return tuple(moved((one,), swing)[0] if name.endswith(which) else one for name, one in skins.items())


def _section(rib: Rib) -> Float64[np.ndarray, "12 3"]:
    """Twelve points around a rib, from the lower left over the roof to the lower right."""
    w, low, belt, roof, top = rib.half, rib.low, rib.belt, rib.roof, rib.inset * rib.half
    low = min(low, belt - 0.06)
    left = [
        (-0.8 * w, low),
        (-0.97 * w, low + 0.03),
        (-w, max(0.55 * belt, low + 0.05)),
        (-0.96 * w, belt),
        (-top, belt + 0.88 * (roof - belt)),
        (-0.5 * top, roof),
    ]
    points = [(x, rib.y, z) for x, z in left] + [(-x, rib.y, z) for x, z in reversed(left)]
    return np.array(points)


def _panels(rib: Rib) -> list[str]:
    """Labels of the twelve strips that begin at a rib."""
    low = [rib.low_part] * 2 if rib.low_part != "body" else ["body"] * 2
    left = ["body", *low, rib.side, rib.top]
    named = [[part if part == "body" else f"{part} {side}" for part in left] for side in SIDES]
    return [*named[0], rib.top, *reversed(named[1]), "body"]


def rolling(
    rng: np.random.Generator, axles: tuple[float, ...], half: float, radius: float, *, steer: float
) -> tuple[Solid, ...]:
    """Four wheels or more, those in front turned by `steer` radians."""
    tyre, rim = rubber(), Material((float(rng.uniform(0.2, 0.75)),) * 3, gloss=0.5)
    width = 0.32 * radius
    return tuple(
        solid
        for i, axle in enumerate(axles)
        for side in (-1, 1)
        for solid in wheel(
            radius,
            width,
            tyre,
            rim,
            pose=at(side * half, axle, radius, turn=(steer if i == 0 else 0.0) + (np.pi if side > 0 else 0.0)),
        )
    )


def details(rng: np.random.Generator, ribs: list[Rib], skin: Material) -> tuple[Solid, ...]:
    """Lamps, mirrors and number plates."""
    front, back, width = ribs[0], ribs[-1], ribs[2].half
    white, red = Material((0.9, 0.9, 0.88), gloss=0.3), Material((0.6, 0.06, 0.05), gloss=0.3)
    door = next((rib for rib in ribs if rib.low_part.endswith("front")), ribs[2])
    solids: list[Solid] = []
    for s in (-1, 1):
        at_front = (s * 0.78 * front.half, front.y + 0.02, 0.9 * front.belt)
        solids += [
            ball((0.16, 0.07, 0.07), white, at=at_front, part="light"),
            ball((0.1, 0.05, 0.1), red, at=(s * 0.8 * back.half, back.y - 0.01, back.belt), part="light"),
            ball((0.09, 0.06, 0.07), skin, at=(s * (width + 0.1), door.y + 0.2, door.belt + 0.08), part="mirror"),
            rod(
                (s * width * 0.94, door.y + 0.2, door.belt + 0.02),
                (s * (width + 0.05), door.y + 0.2, door.belt + 0.05),
                0.025,
                skin,
                part="mirror",
            ),
        ]
    low = front.low + 0.15
    for y in (front.y - 0.005, back.y + 0.005):
        solids.append(block((0.26, 0.008, 0.055), white, at=(0.0, y, low), part="plate"))
    return tuple(solids)


def seats(rng: np.random.Generator, rows: tuple[float, ...], half: float, clear: float) -> tuple[Solid, ...]:
    """What one sees through the windows."""
    cloth = looks_like(rng, (float(rng.uniform(0.08, 0.4)),) * 3, "marble")
    places: list[Point] = [(s * 0.45 * half, y, clear) for y in rows for s in (-1, 1)]
    return tuple(
        solid
        for x, y, z in places
        for solid in (
            block((0.24, 0.24, 0.12), cloth, at=(x, y, z + 0.22), part="seat"),
            block((0.23, 0.06, 0.32), cloth, at=(x, y + 0.26, z + 0.6), part="seat"),
        )
    )
