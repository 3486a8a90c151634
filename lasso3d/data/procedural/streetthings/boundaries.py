"""What parts one plot from the next: fences, walls, gates; along x, outside towards -y."""

import numpy as np

from lasso3d.data.procedural.appearance import Material
from lasso3d.data.procedural.finishes import Paint
from lasso3d.data.procedural.forms import ball, block, moved
from lasso3d.data.procedural.outdoorforms import sticks
from lasso3d.data.procedural.outdoorlooks import concrete, masonry, steel, timber
from lasso3d.data.procedural.shapes import Solid, Thing, at, rectangle


def fence(rng: np.random.Generator, paint: Paint) -> Thing:
    """Some metres of any kind of fence."""
    return fence_along(rng, rng.uniform(2.5, 6.0))


def fence_along(rng: np.random.Generator, long: float) -> Thing:
    """Pickets, boards, iron bars, wire mesh or two rails, over a length in metres."""
    kind, h = int(rng.integers(5)), rng.uniform(0.8, 1.9)
    half, posts = (
        long / 2,
        np.linspace(-long / 2, long / 2, max(2, round(long / rng.uniform(1.6, 2.4)) + 1)).tolist(),
    )
    wood, metal = timber(rng), steel(rng)
    skin = wood if kind in (0, 1, 4) else metal
    size = 0.05 if kind in (0, 1, 4) else 0.025
    solids: list[Solid] = [block((size, size, h / 2 + 0.02), skin, at=(x, 0.03, h / 2), part="post") for x in posts]
    rails = [0.25 * h, 0.8 * h] if kind != 4 else [0.3 * h, 0.6 * h, 0.9 * h]
    solids += [
        block((half, 0.02, 0.045 if kind in (0, 4) else 0.02), skin, at=(0.0, 0.02, z), part="rail") for z in rails
    ]
    if kind == 0:
        gap = rng.uniform(0.11, 0.17)
        solids += [
            block((0.32 * gap, 0.012, h / 2 - 0.04), wood, at=(x, -0.012, h / 2 + 0.04), part="board")
            for x in np.arange(-half + gap / 2, half, gap).tolist()
        ]
    elif kind == 1:
        solids.append(block((half, 0.014, h / 2 - 0.03), wood, at=(0.0, -0.014, h / 2 + 0.03), part="board"))
    elif kind == 2:
        x = np.arange(-half, half, rng.uniform(0.1, 0.14))
        solids.append(_bars(x, 0.05, h, 0.009, metal))
    elif kind == 3:
        x = np.arange(-half, half, 0.1)
        solids.append(_bars(x, 0.03, h, 0.0035, metal))
        z = np.arange(0.05, h, 0.15)
        solids.append(
            sticks(
                np.stack([np.full(len(z), -half), 0 * z, z], 1),
                np.stack([np.full(len(z), half), 0 * z, z], 1),
                np.full((len(z), 2), 0.0035),
                metal,
                part="mesh",
            )
        )
    return Thing("fence", tuple(solids), rectangle(half, 0.08), h + 0.04)


def wall(rng: np.random.Generator, paint: Paint) -> Thing:
    """Some metres of garden wall."""
    return wall_along(rng, rng.uniform(2.5, 6.0))


def wall_along(rng: np.random.Generator, long: float) -> Thing:
    """Masonry with a coping and, at times, pillars."""
    h, half, thick = rng.uniform(0.4, 1.9), long / 2, rng.uniform(0.08, 0.16)
    skin, top = masonry(rng), concrete(rng)
    solids: list[Solid] = [
        block((half, thick, h / 2 + 0.15), skin, at=(0.0, 0.0, h / 2 - 0.15), part="body"),
        block((half, thick + 0.03, 0.03), top, at=(0.0, 0.0, h + 0.03), part="coping"),
    ]
    if rng.random() < 0.4:
        ends = (-half + thick, half - thick)
        solids += [
            block((1.5 * thick, 1.5 * thick, h / 2 + 0.3), skin, at=(x, 0.0, h / 2), part="pillar") for x in ends
        ]
        solids += [ball((thick, thick, thick), top, at=(x, 0.0, h + 0.36), part="pillar") for x in ends]
    return Thing("wall", tuple(solids), rectangle(half, thick + 0.03), h + 0.06)


def gate(rng: np.random.Generator, paint: Paint) -> Thing:
    """One or two leaves between posts, at times open."""
    return gate_along(rng, rng.uniform(0.9, 3.4))


def gate_along(rng: np.random.Generator, long: float) -> Thing:
    """A gate of a width in metres."""
    h, half = rng.uniform(0.9, 1.8), long / 2
    wooden = rng.random() < 0.5
    skin, post = (timber(rng) if wooden else steel(rng)), (timber(rng), steel(rng), masonry(rng))[rng.integers(3)]
    solids: list[Solid] = [
        block((0.07, 0.07, h / 2 + 0.05), post, at=(s * (half - 0.07), 0.0, h / 2), part="post") for s in (-1, 1)
    ]
    double = long > 1.6
    leaf = (half - 0.14) * (1 if double else 2)
    for s in (-1, 1) if double else (-1,):
        turn = s * rng.uniform(0.2, 1.4) if rng.random() < 0.3 else 0.0
        solids += _leaf(rng, leaf, h, s * (half - 0.14), -s, turn, skin)
    return Thing("gate", tuple(solids), rectangle(half, 0.1), h + 0.1)


def _leaf(
    rng: np.random.Generator, wide: float, h: float, hinge: float, way: int, turn: float, skin: Material
) -> tuple[Solid, ...]:
    """One wing of a gate, turned about its hinge."""
    middle = way * wide / 2
    bars = np.arange(0.06, wide, 0.12) * way
    solids = (
        *(block((wide / 2, 0.02, 0.035), skin, at=(middle, 0.0, z), part="leaf") for z in (0.15, h - 0.08)),
        *(block((0.025, 0.012, h / 2 - 0.06), skin, at=(float(x), 0.0, h / 2 + 0.02), part="leaf") for x in bars),
    )
    return moved(solids, at(hinge, 0.0, 0.0, turn=turn))


def _bars(x: np.ndarray, low: float, high: float, radius: float, skin: Material) -> Solid:
    zero = np.zeros(len(x))
    return sticks(
        np.stack([x, zero, zero + low], 1),
        np.stack([x, zero, zero + high], 1),
        np.full((len(x), 2), radius),
        skin,
        part="mesh",
    )
