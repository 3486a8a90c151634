"""Soft things: folded, dropped, hung."""

from math import pi

import numpy as np

from lasso3d.data.procedural.appearance import Material
from lasso3d.data.procedural.curves import bent, draped
from lasso3d.data.procedural.finishes import Paint
from lasso3d.data.procedural.forms import Point, cushion, meshed
from lasso3d.data.procedural.joints import assembled
from lasso3d.data.procedural.shapes import Solid, Thing, at


def pillow(rng: np.random.Generator, paint: Paint) -> Thing:
    """A loose cushion, lying or leaning on its edge."""
    x, y, t = rng.uniform(0.18, 0.36), rng.uniform(0.17, 0.25), rng.uniform(0.05, 0.09)
    return assembled("pillow", (cushion((x, y, t), paint("fabric", (x, y, t)), rng, at=(0.0, 0.0, t), edge=0.6),))


def towel(rng: np.random.Generator, paint: Paint) -> Thing:
    """Folded in layers."""
    x, y, cloth = rng.uniform(0.12, 0.22), rng.uniform(0.1, 0.16), paint("fabric", (0.2, 0.15, 0.05))
    layers = int(rng.integers(2, 6))
    t = rng.uniform(0.008, 0.016)
    solids = tuple(
        cushion(
            (x * rng.uniform(0.96, 1.0), y * rng.uniform(0.96, 1.0), t),
            cloth,
            rng,
            at=(0.0, 0.0, t * (2 * i + 1) * 0.96),
            edge=0.25,
        )
        for i in range(layers)
    )
    return assembled("towel", solids, deck=2 * t * layers * 0.95)


def folded_clothes(rng: np.random.Generator, paint: Paint) -> Thing:
    """A stack of folded clothes, each in its own cloth."""
    solids: list[Solid] = []
    z = 0.0
    for _ in range(int(rng.integers(2, 7))):
        t = rng.uniform(0.01, 0.025)
        half = (rng.uniform(0.13, 0.17), rng.uniform(0.1, 0.14), t)
        solids.append(
            cushion(
                half,
                paint("fabric", half),
                rng,
                at=(rng.uniform(-0.01, 0.01), rng.uniform(-0.01, 0.01), z + t),
                edge=0.3,
            )
        )
        z += 1.85 * t
    return assembled("clothes", tuple(solids), deck=z)


def dropped_clothes(rng: np.random.Generator, paint: Paint) -> Thing:
    """A heap in folds, as clothes fall on a floor."""
    cloth = paint("fabric", (0.3, 0.3, 0.1))
    solids = [_heap(rng.uniform(0.18, 0.34), rng.uniform(0.05, 0.12), cloth, rng, (0.0, 0.0, 0.0))]
    if rng.random() < 0.5:
        solids.append(
            _heap(
                rng.uniform(0.12, 0.22),
                rng.uniform(0.06, 0.14),
                paint("fabric", (0.3, 0.3, 0.1)),
                rng,
                (*rng.uniform(-0.12, 0.12, 2).tolist(), 0.0),
            )
        )
    return assembled("clothes", tuple(solids))


def hung_coat(rng: np.random.Generator, paint: Paint) -> Thing:
    """A coat or jacket on a hook, its back at the wall."""
    metal = paint("metal", (0.02, 0.05, 0.02))
    h = rng.uniform(0.6, 1.05)
    coat = hung_cloth((0.0, -0.05, 0.0), -pi / 2, h, paint, rng)
    hook = bent(((0.0, 0.0, 0.02), (0.0, -0.05, 0.0), (0.0, -0.075, 0.03)), 0.008, metal, part="hook")
    return assembled("clothes", (coat, hook), hangs=True)


def hung_towel(rng: np.random.Generator, paint: Paint) -> Thing:
    """A towel on a hook, in folds that widen downwards."""
    h, wide, metal = rng.uniform(0.5, 0.9), rng.uniform(0.14, 0.24), paint("metal", (0.02, 0.05, 0.02))
    cloth, phase = paint("fabric", (wide, 0.05, h)), rng.uniform(0, 6)
    u, v = np.linspace(-1, 1, 33), np.linspace(0, 1, 9)[:, None]
    spread = 0.12 + 0.88 * np.sqrt(v)
    x = wide * u * spread
    y = -0.05 - 0.03 * np.sin(9 * u + phase) * (1.1 - 0.5 * v) - 0.012 * np.sin(3 * v + 4 * u)
    z = np.broadcast_to(-h * v - 0.04 * u * u, x.shape)
    sheet = meshed(np.stack([x, y, z], axis=-1), cloth, part="cloth")
    hook = bent(((0.0, 0.0, 0.01), (0.0, -0.06, -0.01), (0.0, -0.085, 0.02)), 0.007, metal, part="hook")
    return assembled("towel", (sheet, hook), hangs=True)


def draped_blanket(rng: np.random.Generator, paint: Paint) -> Thing:
    """A blanket dropped in folds."""
    x, y = rng.uniform(0.35, 0.6), rng.uniform(0.3, 0.5)
    cloth, phase = paint("fabric", (x, y, 0.1)), rng.uniform(0, 6, 4)
    u, v = np.meshgrid(np.linspace(-1, 1, 33), np.linspace(-1, 1, 25))
    edge = np.maximum(np.abs(u), np.abs(v))
    z = (1 - edge**4) * (
        0.035
        + 0.03 * np.sin(5 * u + phase[0]) * np.sin(4 * v + phase[1])
        + 0.015 * np.sin(11 * u + 7 * v + phase[2])
    ) + 0.004
    sway = 0.06 * np.sin(3 * v + phase[3])
    return assembled("blanket", (meshed(np.stack([x * (u + sway), y * v, np.maximum(z, 0.003)], axis=-1), cloth),))


def hung_cloth(place: Point, towards: float, h: float, paint: Paint, rng: np.random.Generator) -> Solid:
    """A coat that hangs from a point: narrow at the collar, shoulders, then falling in folds."""
    cloth, phase = paint("fabric", (0.2, 0.1, h)), rng.uniform(0, 6, 2)
    turn = 2 * pi * np.arange(30) / 30
    rows = []
    for q, wide, deep in (
        (0.0, 0.02, 0.02),
        (0.02, 0.06, 0.035),
        (0.1, 0.15, 0.05),
        (0.22, 0.2, 0.06),
        (0.5, 0.2, 0.07),
        (0.8, 0.22, 0.085),
        (1.0, 0.24, 0.095),
    ):
        fold = 1 + 0.16 * min(1.0, 2 * q) * np.sin(7 * turn + phase[0] + 2 * q) + 0.08 * np.sin(3 * turn + phase[1])
        rows.append(
            np.stack([wide * fold * np.cos(turn), deep * fold * np.sin(turn) - deep, np.full(30, -q * h)], axis=1)
        )
    frame = at(*place, turn=round(towards + pi / 2, 6))
    return meshed(np.round(np.stack(rows), 6), cloth, part="cloth", closed=True, pose=frame)


def _heap(r: float, z: float, cloth: Material, rng: np.random.Generator, place: Point) -> Solid:
    """A dome of folds whose border wanders."""
    phase, turn = rng.uniform(0, 6, 5), 2 * pi * np.arange(36) / 36
    border = (
        1
        + 0.25 * np.sin(2 * turn + phase[0])
        + 0.18 * np.sin(3 * turn + phase[1])
        + 0.1 * np.sin(7 * turn + phase[2])
    )
    rows = []
    for q in np.linspace(0.02, 1, 11).tolist():
        ridge = 0.5 + 0.3 * np.sin(5 * turn + 6 * q + phase[3]) + 0.2 * np.sin(9 * turn - 8 * q + phase[4])
        rows.append(
            np.stack(
                [
                    r * q * border * np.cos(turn),
                    r * q * border * np.sin(turn),
                    z * (1 - q**3) * (0.45 + 0.75 * ridge * min(1.0, 3 * q)) + 0.003,
                ],
                axis=1,
            )
        )
    return meshed(np.round(np.stack(rows), 6), cloth, at=place, closed=True)


def over_rail(
    half: float,
    drop: float,
    y: float,
    paint: Paint,
    rng: np.random.Generator,
    x: float,
    *,
    z: float = 0.0,
    part: str = "towel",
) -> Solid:
    """Cloth over a rail at a depth."""
    cloth, front = paint("fabric", (half, 0.02, drop)), rng.uniform(0.6, 1.0) * drop
    profile = (
        (y - 0.02, z - front),
        (y - 0.018, z - 0.5 * front),
        (y - 0.011, z - 0.02),
        (y, z + 0.012),
        (y + 0.011, z - 0.02),
        (y + 0.014, z - 0.9 * drop),
    )
    return draped(half, profile, cloth, rng, at=(x, 0.0, 0.0), part=part, fold=0.006)
