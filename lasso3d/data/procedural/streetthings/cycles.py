"""Two wheels, front towards -y."""

from math import pi

import numpy as np

from lasso3d.data.procedural.appearance import Material
from lasso3d.data.procedural.finishes import Paint
from lasso3d.data.procedural.forms import Point, ball, block, cushion, lofted, moved, rod, tube
from lasso3d.data.procedural.outdoorforms import hoop, sticks, wheel
from lasso3d.data.procedural.outdoorlooks import rubber, steel, varnish
from lasso3d.data.procedural.shapes import Solid, Thing, at, rectangle


def bicycle(rng: np.random.Generator, paint: Paint) -> Thing:
    """Diamond or step-through frame, straight or swept handlebar; fenders, rack, basket now and then."""
    size = rng.uniform(0.92, 1.06) if rng.random() < 0.85 else rng.uniform(0.6, 0.75)
    r, axle = 0.34 * size, 0.53 * size
    skin, black = varnish(rng), rubber()
    chrome = Material((0.55, 0.55, 0.56), gloss=0.8)
    steer = rng.uniform(-0.5, 0.5) if rng.random() < 0.5 else 0.0
    saddle, crank, head = (
        (0.0, 0.26 * size, 0.95 * size),
        (0.0, 0.05, 0.28 * size),
        (0.0, -0.38 * size, 0.86 * size),
    )
    low = rng.random() < 0.4
    neck = (0.0, -0.4 * size, 0.68 * size)
    start_top = (0.0, 0.16 * size, 0.5 * size) if low else (0.0, 0.22 * size, 0.8 * size)
    solids: list[Solid] = [
        *(
            rod(a, b, 0.018, skin, part="frame")
            for a, b in (
                (crank, (0.0, 0.25 * size, 0.88 * size)),
                (neck, crank),
                (neck, start_top),
                (crank, (0.05, axle, r)),
                (crank, (-0.05, axle, r)),
                ((0.04, axle, r), (0.0, 0.23 * size, 0.8 * size)),
                ((-0.04, axle, r), (0.0, 0.23 * size, 0.8 * size)),
            )
        ),
        rod((0.0, 0.25 * size, 0.86 * size), saddle, 0.014, chrome, part="saddle"),
        cushion((0.075, 0.13, 0.03), black, rng, at=saddle, part="saddle", edge=0.6),
        *_tyred((0.0, axle, r), r, chrome, black, 0.0),
    ]
    fork = (
        rod(neck, (0.05, -axle, r), 0.014, skin, part="frame"),
        rod(neck, (-0.05, -axle, r), 0.014, skin, part="frame"),
        rod(neck, head, 0.018, skin, part="frame"),
        *_bar(rng, head, chrome, black),
        *_tyred((0.0, -axle, r), r, chrome, black, 0.0),
    )
    turn = at(0.0, neck[1], 0.0, turn=steer).after(at(0.0, -neck[1], 0.0))
    solids += moved(fork, turn)
    solids += [
        block((0.05, 0.04, 0.012), black, at=(s * 0.14, 0.05, 0.28 * size + s * 0.15), part="pedal")
        for s in (-1, 1)
    ]
    solids.append(
        Solid("cone", (0.06, 0.06, 0.03, 0.09), chrome, at(0.0, 0.05, 0.28 * size, axis="y", turn=pi / 2), "pedal")
    )
    if rng.random() < 0.4:
        rack = ((s * 0.06, 0.3 * size, 2 * r + 0.05) for s in (-1, 1))
        solids += [rod(a, (a[0], axle + 0.2, a[2]), 0.008, chrome, part="rack") for a in rack]
    if rng.random() < 0.3:
        rings = ((0.02, 0.02, 0.0), (0.14, 0.11, 0.0), (0.18, 0.14, 0.24))
        solids.append(
            lofted(rings, paint("woven", (0.2, 0.15, 0.25)), at=(0.0, -axle - 0.02, 2 * r + 0.12), part="basket")
        )
    return Thing("bicycle", tuple(solids), rectangle(0.28, axle + r + 0.02), 1.08 * size)


def motorcycle(rng: np.random.Generator, paint: Paint) -> Thing:
    """A motorcycle or a scooter."""
    if rng.random() < 0.4:
        return _scooter(rng, paint)
    r, axle, skin = 0.31, rng.uniform(0.66, 0.74), varnish(rng)
    black, chrome, leather = rubber(), Material((0.5, 0.5, 0.5), gloss=0.8), paint("leather", (0.2, 0.4, 0.8))
    head = (0.0, -0.42, 0.95)
    solids = (
        *wheel(r, 0.06, black, chrome, pose=at(0.0, -axle, r)),
        *wheel(r, 0.08, black, chrome, pose=at(0.0, axle, r)),
        cushion((0.15, 0.27, 0.14), skin, rng, at=(0.0, -0.16, 0.8), part="tank", edge=0.5),
        cushion((0.14, 0.36, 0.07), leather, rng, at=(0.0, 0.38, 0.8), part="seat", edge=0.4),
        block((0.16, 0.24, 0.17), chrome, at=(0.0, -0.08, 0.45), part="engine"),
        *(rod((s * 0.08, -axle, r), (s * 0.09, -0.42, 0.92), 0.028, chrome, part="fork") for s in (-1, 1)),
        rod((0.16, 0.1, 0.32), (0.17, axle + 0.15, 0.4), 0.05, chrome, part="exhaust"),
        rod((0.0, -0.3, 0.75), (0.0, axle, r), 0.05, black, part="frame"),
        rod((0.0, 0.2, 0.7), (0.0, 0.62, 0.78), 0.06, black, part="frame"),
        *_bar(rng, (0.0, -0.4, 1.02), chrome, black),
        ball((0.1, 0.09, 0.1), Material((0.9, 0.9, 0.86), gloss=0.4), at=(0.0, -0.56, 0.88), part="light"),
        cushion((0.1, 0.2, 0.03), skin, rng, at=(0.0, -axle, 2 * r + 0.04), part="fender", edge=0.4),
        cushion((0.11, 0.16, 0.04), skin, rng, at=(0.0, axle - 0.05, 0.72), part="fender", edge=0.4),
    )
    if rng.random() < 0.5:
        fairing = lofted(
            ((0.22, 0.2, 0.0), (0.26, 0.24, 0.25), (0.12, 0.08, 0.48)), skin, at=(0.0, -0.5, 0.72), part="fairing"
        )
        solids = (*solids, fairing)
    return Thing("motorcycle", solids, rectangle(0.4, axle + r), head[2] + 0.3)


def _scooter(rng: np.random.Generator, paint: Paint) -> Thing:
    r, axle, skin = 0.22, 0.62, varnish(rng)
    black, chrome = rubber(), Material((0.6, 0.6, 0.6), gloss=0.8)
    shield = lofted(
        ((0.2, 0.04, 0.0), (0.24, 0.05, 0.35), (0.1, 0.04, 0.68)), skin, at=(0.0, -0.42, 0.22), part="fairing"
    )
    solids = (
        *wheel(r, 0.05, black, chrome, pose=at(0.0, -axle, r)),
        *wheel(r, 0.06, black, chrome, pose=at(0.0, axle - 0.1, r)),
        shield,
        block((0.18, 0.24, 0.04), skin, at=(0.0, -0.15, 0.26), part="body"),
        cushion((0.2, 0.36, 0.22), skin, rng, at=(0.0, 0.4, 0.48), part="body", edge=0.5),
        cushion(
            (0.14, 0.34, 0.06), paint("leather", (0.2, 0.4, 0.8)), rng, at=(0.0, 0.36, 0.75), part="seat", edge=0.4
        ),
        rod((0.0, -axle, r), (0.0, -0.4, 0.9), 0.04, chrome, part="fork"),
        *_bar(rng, (0.0, -0.4, 0.98), chrome, black),
        ball((0.08, 0.06, 0.08), Material((0.9, 0.9, 0.86), gloss=0.4), at=(0.0, -0.48, 0.88), part="light"),
    )
    return Thing("motorcycle", solids, rectangle(0.36, axle + r), 1.2)


def bicycle_rack(rng: np.random.Generator, paint: Paint) -> Thing:
    """Hoops of steel side by side."""
    skin, count = steel(rng), int(rng.integers(2, 6))
    half = 0.4 * (count - 1)
    solids = tuple(
        solid
        for x in np.linspace(-half, half, count).tolist()
        for solid in tube(
            ((x, -0.35, 0.0), (x, -0.35, 0.75), (x, 0.35, 0.75), (x, 0.35, 0.0)), 0.024, skin, part="frame"
        )
    )
    return Thing("bicycle rack", solids, rectangle(half + 0.03, 0.38), 0.8)


def _bar(rng: np.random.Generator, head: Point, chrome: Material, black: Material) -> tuple[Solid, ...]:
    """Handlebar and grips."""
    x, y, z = head
    back, rise, wide = rng.uniform(-0.03, 0.18), rng.uniform(0.0, 0.1), rng.uniform(0.24, 0.33)
    ends = [(x + s * wide, y + back, z + rise) for s in (-1, 1)]
    inner = [(x + s * 0.6 * wide, y, z + rise) for s in (-1, 1)]
    return (
        *(rod(head, a, 0.013, chrome, part="handlebar") for a in inner),
        *(rod(a, b, 0.017, black, part="handlebar") for a, b in zip(inner, ends, strict=True)),
    )


def _tyred(place: Point, r: float, chrome: Material, black: Material, turn: float) -> tuple[Solid, ...]:
    """A thin wheel with spokes."""
    pose = at(*place, turn=turn)
    angle = np.arange(9) * 2 * pi / 9
    rim = np.round(np.stack([np.zeros(9), 0.94 * r * np.cos(angle), 0.94 * r * np.sin(angle)], axis=1), 9)
    spokes = sticks(np.zeros((9, 3)) + np.array([0.02, 0, 0]), rim, np.full((9, 2), 0.004), chrome, part="wheel")
    return hoop(r - 0.02, 0.022, black, pose=pose, part="wheel"), *moved((spokes,), pose)
