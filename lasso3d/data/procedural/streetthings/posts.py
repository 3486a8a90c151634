"""What stands on posts along streets: lamps, lights, signs, poles, bollards, meters; faces towards -y."""

from math import cos, pi, sin

import numpy as np

from lasso3d.data.procedural.appearance import ANY_FACE, Decal, Material
from lasso3d.data.procedural.finishes import Paint
from lasso3d.data.procedural.forms import ball, block, lofted, moved, rod, tube, turned
from lasso3d.data.procedural.outdoorforms import quads, sticks, triangles
from lasso3d.data.procedural.outdoorlooks import bright, concrete, looks_like, steel, timber
from lasso3d.data.procedural.shapes import Solid, Thing, at, circle, rectangle

_SIGNAL = ((0.8, 0.08, 0.08), (0.08, 0.25, 0.65), (0.93, 0.93, 0.92), (0.9, 0.78, 0.1), (0.05, 0.4, 0.2))


def street_lamp(rng: np.random.Generator, paint: Paint) -> Thing:
    """A mast with an arm over the road, a lantern on a post, or two arms."""
    skin, kind = steel(rng), int(rng.integers(3))
    glass = Material((0.85, 0.85, 0.8), gloss=0.4)
    h, r = (rng.uniform(3.2, 4.5), 0.05) if kind == 1 else (rng.uniform(5.5, 9.5), 0.075)
    foot = turned(((1.8 * r, 0.0), (1.8 * r, 0.9), (r, 1.0)), skin, part="base")
    if kind == 1:
        head = lofted(
            ((0.1, 0.1, h), (0.2, 0.2, h + 0.35), (0.24, 0.24, h + 0.38), (0.03, 0.03, h + 0.55)),
            skin,
            part="lamp",
            roundness=1.0 if rng.random() < 0.5 else 0.2,
        )
        pole = rod((0.0, 0.0, 0.9), (0.0, 0.0, h), r, skin, part="pole", taper=0.7)
        return Thing("street lamp", (*foot, pole, head), circle(0.14), h + 0.55)
    reach, rise = rng.uniform(0.8, 2.4), rng.uniform(0.1, 0.6)
    arms = (-1,) if kind == 0 else (-1, 1)
    solids: tuple[Solid, ...] = (*foot, rod((0.0, 0.0, 0.9), (0.0, 0.0, h), r, skin, part="pole", taper=0.6))
    for s in arms:
        end = (0.0, s * reach, h + rise)
        solids += (
            *tube(((0.0, 0.0, h), (0.0, s * 0.3 * reach, h + 0.75 * rise), end), 0.035, skin, part="arm"),
            block((0.12, 0.3, 0.05), skin, at=(0.0, s * (reach + 0.25), h + rise), part="lamp"),
            block((0.1, 0.24, 0.02), glass, at=(0.0, s * (reach + 0.25), h + rise - 0.06), part="lamp"),
        )
    return Thing("street lamp", solids, circle(0.16), h + rise + 0.1)


def utility_pole(rng: np.random.Generator, paint: Paint) -> Thing:
    """A wooden or concrete pole with cross-arms and insulators; wires go along y."""
    h, r = rng.uniform(7.0, 10.5), rng.uniform(0.11, 0.17)
    skin = timber(rng) if rng.random() < 0.7 else concrete(rng)
    solids: list[Solid] = [rod((0.0, 0.0, 0.0), (0.0, 0.0, h), r, skin, part="pole", taper=0.65)]
    white = Material((0.75, 0.75, 0.72), gloss=0.4)
    for level in range(int(rng.integers(1, 3))):
        z = h - 0.25 - 0.9 * level
        solids.append(block((1.0, 0.05, 0.05), skin, at=(0.0, 0.1, z), part="arm"))
        solids += [
            rod((x, 0.1, z), (x, 0.1, z + 0.2), 0.04, white, part="insulator") for x in (-0.9, -0.4, 0.4, 0.9)
        ]
    if rng.random() < 0.3:
        tank = ((0.2, 0.0), (0.26, 0.05), (0.26, 0.75), (0.15, 0.82), (0.0, 0.82))
        solids += turned(tank, looks_like(rng, (0.5, 0.52, 0.53)), at=(0.42, 0.0, 0.68 * h), part="transformer")
    return Thing("utility pole", tuple(solids), circle(r + 0.02), h + 0.1)


def pylon(rng: np.random.Generator, paint: Paint) -> Thing:
    """A lattice tower for high voltage; wires go along y."""
    h, foot = rng.uniform(16.0, 24.0), rng.uniform(1.6, 2.4)
    skin = steel(rng)
    levels = np.array([0.0, 0.16, 0.32, 0.48, 0.62, 0.74, 0.84, 0.92, 1.0]) * h
    half = np.maximum(foot * (1 - 0.95 * levels / (0.8 * h)), 0.32)
    corner = np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]])
    ring = np.stack(
        [np.concatenate([w * corner, np.full((4, 1), z)], axis=1) for w, z in zip(half, levels, strict=True)]
    )
    legs = (ring[:-1].reshape(-1, 3), ring[1:].reshape(-1, 3))
    cross = (ring[:-1].reshape(-1, 3), np.roll(ring, -1, axis=1)[1:].reshape(-1, 3))
    back = (np.roll(ring, -1, axis=1)[:-1].reshape(-1, 3), ring[1:].reshape(-1, 3))
    arms = [
        (np.array([s * 0.3, d, z]), np.array([s * w, 0, z + 0.1]))
        for z, w in ((0.62 * h, 4.6), (0.78 * h, 3.6), (0.92 * h, 2.6))
        for s in (-1, 1)
        for d in (-0.3, 0.3)
    ]
    lower = (np.stack([a - (0, 0, 0.7) for a, _ in arms]), np.stack([b for _, b in arms]))
    arm = (np.concatenate([np.stack([a for a, _ in arms]), lower[0]]), np.concatenate([lower[1], lower[1]]))
    frame = tuple(np.concatenate(parts) for parts in zip(legs, cross, back, strict=True))
    solids = (
        sticks(frame[0], frame[1], np.full((len(frame[0]), 2), 0.07), skin, part="frame"),
        sticks(arm[0], arm[1], np.full((len(arm[0]), 2), 0.06), skin, part="arm"),
    )
    return Thing("pylon", solids, rectangle(foot, foot), h)


def traffic_light(rng: np.random.Generator, paint: Paint) -> Thing:
    """Three lamps on a post, with a second head for those on foot; at times a boom over the road."""
    skin, case, h = steel(rng), Material((0.07, 0.08, 0.08)), rng.uniform(2.7, 3.4)
    solids: list[Solid] = [rod((0.0, 0.0, 0.0), (0.0, 0.0, h), 0.055, skin, part="pole")]
    places = [(0.0, -0.14, h - 0.5)]
    if rng.random() < 0.3:
        reach = rng.uniform(2.0, 4.0)
        solids += tube(((0.0, 0.0, h - 0.1), (0.0, 0.0, 5.2), (-reach, 0.0, 5.4)), 0.06, skin, part="arm")
        places.append((-reach, -0.14, 5.4))
    if rng.random() < 0.6:
        solids.append(block((0.1, 0.08, 0.22), case, at=(0.17, 0.0, 2.3), part="light"))
    for x, y, z in places:
        solids.append(block((0.15, 0.09, 0.45), case, at=(x, y, z), part="light"))
        for i, colour in enumerate(((0.75, 0.1, 0.1), (0.8, 0.6, 0.1), (0.1, 0.6, 0.25))):
            disc = Solid(
                "cone",
                (0.1, 0.1, 0.0, 0.1),
                Material(colour, gloss=0.5),
                at(x, y, z + 0.28 - 0.28 * i, axis="x", turn=pi / 2),
                "lens",
            )
            solids.append(disc)
            solids.append(Solid("cone", (0.09, 0.25, 0.12, 0.12), case, disc.pose, "light"))
    return Thing("traffic light", tuple(solids), circle(0.2), h)


def traffic_sign(rng: np.random.Generator, paint: Paint) -> Thing:
    """A round, square, triangular or long plate on a post, at times two."""
    h, skin = rng.uniform(2.0, 3.0), steel(rng)
    solids: list[Solid] = [rod((0.0, 0.0, 0.0), (0.0, 0.0, h), 0.03, skin, part="pole")]
    z = h - 0.35
    for _ in range(1 + int(rng.random() < 0.3)):
        r = rng.uniform(0.22, 0.38)
        solids.append(_plate(rng, r, z))
        z -= 2 * r + 0.05
    return Thing("traffic sign", tuple(solids), circle(0.1), h + 0.1)


def street_sign(rng: np.random.Generator, paint: Paint) -> Thing:
    """Names on one or two plates across each other."""
    h, skin, plate = rng.uniform(2.2, 2.9), steel(rng), _face(rng, 0.45, 0.09)
    solids: list[Solid] = [rod((0.0, 0.0, 0.0), (0.0, 0.0, h), 0.03, skin, part="pole")]
    for i in range(int(rng.integers(1, 3))):
        board = block((0.45, 0.01, 0.09), plate, at=(0.4, 0.0, 0.0), part="plate")
        solids += moved((board,), at(0.0, 0.0, h - 0.1 - 0.22 * i, turn=i * pi / 2))
    return Thing("street sign", tuple(solids), circle(0.08), h)


def bollard(rng: np.random.Generator, paint: Paint) -> Thing:
    """A post of knee to hip height: steel, wood, stone or bendy plastic."""
    h, r = rng.uniform(0.45, 1.05), rng.uniform(0.04, 0.11)
    skin = (steel(rng), timber(rng), concrete(rng), bright(rng))[rng.integers(4)]
    top = ball((r, r, r * rng.uniform(0.2, 1.2)), skin, at=(0.0, 0.0, h), part="cap")
    band = turned(
        ((r + 0.004, 0.75 * h), (r + 0.004, 0.85 * h)), Material((0.93, 0.93, 0.9), gloss=0.3), part="band"
    )
    body = rod((0.0, 0.0, 0.0), (0.0, 0.0, h), r, skin, part="body", taper=rng.uniform(0.8, 1))
    return Thing("bollard", (body, top, *(band if rng.random() < 0.4 else ())), circle(r), h + r)


def parking_meter(rng: np.random.Generator, paint: Paint) -> Thing:
    """A head on a post, or a ticket machine."""
    skin, case = steel(rng), paint("plain", (0.2, 0.1, 1.5))
    glass = Material((0.1, 0.12, 0.14), gloss=0.8)
    if rng.random() < 0.5:
        head = lofted(
            ((0.06, 0.05, 1.05), (0.09, 0.07, 1.15), (0.1, 0.07, 1.35), (0.03, 0.03, 1.45)), case, part="head"
        )
        window = block((0.06, 0.01, 0.05), glass, at=(0.0, -0.07, 1.3), part="screen")
        pole = rod((0.0, 0.0, 0.0), (0.0, 0.0, 1.06), 0.035, skin, part="pole")
        return Thing("parking meter", (pole, head, window), circle(0.12), 1.45)
    solids = (
        block((0.16, 0.12, 0.55), case, at=(0.0, 0.0, 0.85), part="body"),
        block((0.1, 0.08, 0.16), skin, at=(0.0, 0.0, 0.16), part="base"),
        block((0.1, 0.01, 0.08), glass, at=(0.0, -0.125, 1.2), part="screen"),
        block((0.18, 0.15, 0.03), skin, at=(0.0, 0.0, 1.43), part="cap"),
    )
    return Thing("parking meter", solids, rectangle(0.17, 0.14), 1.46)


def flagpole(rng: np.random.Generator, paint: Paint) -> Thing:
    """A mast with a hanging or flying flag."""
    h, skin = rng.uniform(5.0, 8.0), steel(rng)
    cloth = paint("woven", (1.0, 0.02, 1.0))
    u, v = np.linspace(0, 1, 12), np.linspace(0, 1, 6)
    wave = 0.18 * np.round(np.sin(6 * u + rng.uniform(0, 6)), 6) * u
    x, z = np.meshgrid(0.05 + rng.uniform(0.7, 1.6) * u, h - 0.15 - v, indexing="xy")
    z = z - 0.3 * np.meshgrid(u, v)[0] ** 2
    from_grid = np.stack([x, np.broadcast_to(wave, x.shape), z], axis=-1)
    return Thing(
        "flagpole",
        (rod((0.0, 0.0, 0.0), (0.0, 0.0, h), 0.05, skin, part="pole", taper=0.6), _cloth(from_grid, cloth)),
        circle(0.12),
        h,
    )


def _cloth(vertex: np.ndarray, cloth: Material) -> Solid:
    from_rows = np.stack([vertex[:-1, :-1], vertex[:-1, 1:], vertex[1:, 1:], vertex[1:, :-1]], axis=2)
    return quads(from_rows.reshape(-1, 4, 3), cloth, part="flag")


def _face(rng: np.random.Generator, x: float, z: float) -> Material:
    """A plate in signal colours with a rim, a mark and perhaps letters."""
    first, second, third = (_SIGNAL[i] for i in rng.permutation(5)[:3])
    seed = int(rng.integers(2**31))
    ink = (0.06, 0.06, 0.07)
    decals = (
        Decal("patch", ANY_FACE, (0.0, 0.0), (0.82 * x, 0.82 * z), second),
        Decal(
            "text",
            ANY_FACE,
            (0.0, 0.0),
            (0.6 * x, 0.45 * z),
            ink if sum(second) > 1.4 else third,
            pitch=0.5 * z,
            seed=seed,
        ),
    )
    return Material(first, gloss=0.2, decals=decals)


def _plate(rng: np.random.Generator, r: float, z: float) -> Solid:
    """Round, three- or eight-cornered, or a box."""
    kind, face = int(rng.integers(4)), _face(rng, r, r)
    if kind == 0:
        return block((r, 0.008, r), face, at=(0.0, -0.04, z), part="plate")
    if kind == 1:
        return block((1.6 * r, 0.008, 0.6 * r), face, at=(0.0, -0.04, z), part="plate")
    corners = (3, 8)[kind - 2] if rng.random() < 0.6 else 24
    turn = 2 * pi * (np.arange(corners) + (0.25 * corners if corners == 3 else 0.5)) / corners
    rim = np.array([[r * cos(a), -0.04, z + r * sin(a)] for a in turn])
    middle = np.array([[0.0, -0.04, z]])
    fan = np.stack([np.full(corners, corners), np.arange(corners), (np.arange(corners) + 1) % corners], axis=1)
    return triangles(np.concatenate([rim, middle]), fan, face, part="plate")
