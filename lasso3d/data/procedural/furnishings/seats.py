"""What one sits and lies on; backs towards +y."""

from math import cos, pi, sin

import numpy as np

from lasso3d.data.procedural.appearance import Material
from lasso3d.data.procedural.curves import bent, peg
from lasso3d.data.procedural.finishes import Paint
from lasso3d.data.procedural.forms import block, cushion, moved, rod, turned
from lasso3d.data.procedural.joints import assembled, hinged
from lasso3d.data.procedural.shapes import Solid, Thing, at, circle, rectangle


def chair(rng: np.random.Generator, paint: Paint) -> Thing:
    """Four legs, a seat of board or cushion, a back of board, slats or bars, sometimes arms."""
    x, y, seat = rng.uniform(0.19, 0.25), rng.uniform(0.19, 0.25), rng.uniform(0.42, 0.48)
    top, lean, thick = rng.uniform(0.76, 1.05), rng.uniform(0.02, 0.1), rng.uniform(0.012, 0.03)
    frame = paint("wood" if rng.random() < 0.6 else "metal", (x, y, top))
    skin = paint(("wood", "fabric", "leather", "plain")[rng.integers(4)], (x, y, top))
    legs = _legs(rng, x, y, seat - thick, frame)
    if rng.random() < 0.5:
        sitting = cushion((x, y, thick + 0.015), skin, rng, at=(0.0, 0.0, seat), part="seat")
    else:
        sitting = block((x, y, thick), skin, at=(0.0, 0.0, seat), part="seat")
    solids = (*legs, sitting, *_back(rng, x, y, (seat + thick, top), lean, frame, skin))
    if rng.random() < 0.25:
        solids += _rests(x, y, seat, rng.uniform(0.18, 0.25), frame)
    return Thing("chair", solids, rectangle(x + 0.02, y + lean / 2 + 0.02), top)


def office_chair(rng: np.random.Generator, paint: Paint) -> Thing:
    """Wheels on a star, a gas spring, upholstered seat and back, mostly with arms."""
    x, y, seat, top = (
        rng.uniform(0.22, 0.27),
        rng.uniform(0.21, 0.26),
        rng.uniform(0.42, 0.55),
        rng.uniform(0.9, 1.2),
    )
    metal, skin = paint("metal", (x, y, top)), paint("fabric" if rng.random() < 0.7 else "leather", (x, y, top))
    first, reach = rng.uniform(0.0, 2 * pi), rng.uniform(0.26, 0.33)
    fixed: tuple[Solid, ...] = (rod((0.0, 0.0, 0.1), (0.0, 0.0, seat - 0.05), 0.028, metal, part="pole"),)
    wheels = []
    for i in range(5):
        foot = (round(reach * cos(first + i * 2 * pi / 5), 6), round(reach * sin(first + i * 2 * pi / 5), 6))
        fixed += (rod((0.0, 0.0, 0.12), (*foot, 0.07), 0.022, metal, part="leg", taper=0.7),)
        pair = tuple(
            q
            for s in (-1, 1)
            for q in peg(
                (foot[0] + s * 0.006, foot[1] + 0.015, 0.03),
                (foot[0] + s * 0.026, foot[1] + 0.015, 0.03),
                0.03,
                metal,
                part="wheel",
            )
        )
        axle = rod((foot[0], foot[1], 0.075), (foot[0], foot[1] + 0.015, 0.03), 0.007, metal, part="wheel")
        wheels.append(hinged((*pair, axle), (0.0, 0.0, 1.0), at=(*foot, 0.0), until=3.1, back=-3.1))
    low = seat + rng.uniform(0.08, 0.2)
    back = at(0.0, y - 0.01, (low + top) / 2, axis="x", turn=-rng.uniform(0.02, 0.2))
    above: tuple[Solid, ...] = (
        cushion((x, y, 0.05), skin, rng, at=(0.0, 0.0, seat), part="seat"),
        cushion((x * 0.92, 0.04, (top - low) / 2), skin, rng, part="back", edge=0.5, pose=back),
        bent(
            ((0.0, y * 0.5, seat - 0.04), (0.0, y + 0.03, seat), (0.0, y + 0.04, low + 0.1)),
            0.02,
            metal,
            part="back",
        ),
    )
    if rng.random() < 0.75:
        above += _rests(x + 0.03, y * 0.7, seat - 0.02, rng.uniform(0.18, 0.25), metal)
    swivel = hinged(above, (0.0, 0.0, 1.0), at=(0.0, 0.0, 0.0), until=3.1, back=-3.1)
    return assembled("office chair", fixed, (swivel, *wheels), footprint=circle(max(reach, y + 0.06) + 0.03))


def armchair(rng: np.random.Generator, paint: Paint) -> Thing:
    """One seat between arms."""
    return _upholstered("armchair", rng, paint, width=rng.uniform(0.36, 0.5), places=1)


def sofa(rng: np.random.Generator, paint: Paint) -> Thing:
    """Two to four seats, back cushions, throw pillows, sometimes a chaise."""
    places = int(rng.integers(2, 5))
    return _upholstered("sofa", rng, paint, width=places * rng.uniform(0.3, 0.38) + 0.12, places=places)


def stool(rng: np.random.Generator, paint: Paint) -> Thing:
    """Round or square, on legs or a pole, low or as high as a bar."""
    r, h = rng.uniform(0.15, 0.2), rng.uniform(0.4, 0.75)
    wood, skin = paint("wood", (r, r, h)), paint(("wood", "leather", "fabric")[rng.integers(3)], (r, r, h))
    if rng.random() < 0.3:
        foot = turned(((0.0, 0.02), (0.2, 0.02), (0.2, 0.0)), paint("metal", (r, r, h)), part="base")
        legs: tuple[Solid, ...] = (
            *foot,
            rod((0.0, 0.0, 0.0), (0.0, 0.0, h), 0.025, paint("metal", (r, r, h)), part="pole"),
        )
    else:
        legs = _legs(rng, 0.8 * r, 0.8 * r, h - 0.02, wood)
    if rng.random() < 0.6:
        seat = turned(((0.0, h - 0.03), (r, h - 0.03), (r, h), (0.0, h)), skin, part="seat")
    else:
        seat = (cushion((r, r, 0.035), skin, rng, at=(0.0, 0.0, h - 0.02), part="seat"),)
    return Thing("stool", (*legs, *seat), circle(max(r, 0.21)), h + 0.01)


def bench(rng: np.random.Generator, paint: Paint) -> Thing:
    """A long seat without a back."""
    x, y, h = rng.uniform(0.45, 0.9), rng.uniform(0.15, 0.22), rng.uniform(0.4, 0.48)
    wood = paint("wood", (x, y, h))
    seat = block((x, y, 0.02), wood, at=(0.0, 0.0, h - 0.02), part="seat")
    if rng.random() < 0.5:
        legs = _legs(rng, x - 0.05, y - 0.02, h - 0.04, wood)
    else:
        legs = tuple(
            block((0.02, y, h / 2 - 0.02), wood, at=(s * (x - 0.1), 0.0, h / 2 - 0.02), part="leg") for s in (-1, 1)
        )
    solids = (*legs, seat)
    if rng.random() < 0.4:
        solids += (
            cushion(
                (x, y, 0.03), paint("fabric", (x, y, h)), rng, at=(0.0, 0.0, h + 0.02), part="cushion", edge=0.2
            ),
        )
    return Thing("bench", solids, rectangle(x, y), h + 0.04)


def pouf(rng: np.random.Generator, paint: Paint) -> Thing:
    """A soft block or a bean bag."""
    r, h = rng.uniform(0.22, 0.4), rng.uniform(0.3, 0.45)
    skin = paint("fabric" if rng.random() < 0.6 else "leather", (r, r, h))
    body = cushion(
        (r, r * rng.uniform(0.7, 1), h / 2), skin, rng, at=(0.0, 0.0, h / 2), edge=rng.uniform(0.25, 0.8)
    )
    return Thing("ottoman", (body,), circle(r), h * 1.05)


def bed(rng: np.random.Generator, paint: Paint) -> Thing:
    """Frame, mattress, pillows at +y, a blanket that hangs over the sides, mostly a headboard."""
    x, y, low = rng.uniform(0.42, 0.92), rng.uniform(0.95, 1.05), rng.uniform(0.18, 0.35)
    thick, wood = rng.uniform(0.07, 0.13), paint("lacquer", (x, y, low))
    linen, cover = paint("cloth", (x, y, low)), paint("fabric", (x, y, low))
    top, head = low + 2 * thick - 0.03, rng.uniform(0.75, 1.2)
    solids: tuple[Solid, ...] = (
        cushion(
            (x - 0.02, y - 0.03, thick), linen, rng, at=(0.0, 0.0, low + thick - 0.03), part="mattress", edge=0.12
        ),
    )
    if rng.random() < 0.5:
        solids += (block((x, y, low / 2), wood, at=(0.0, 0.0, low / 2), part="frame"),)
    else:
        solids += (
            block((x, y, 0.06), wood, at=(0.0, 0.0, low - 0.06), part="frame"),
            *_legs(rng, x - 0.04, y - 0.04, low - 0.1, wood),
        )
    if rng.random() < 0.8:
        board = paint("leather", (x, y, head)) if rng.random() < 0.4 else wood
        panel = (x + rng.uniform(0.0, 0.05), 0.03, head / 2)
        soft = rng.random() < 0.4
        solids += ((cushion(panel, board, rng, at=(0.0, y + 0.02, head / 2), part="headboard", edge=0.15) if soft
                    else block(panel, board, at=(0.0, y + 0.02, head / 2), part="headboard")),)  # fmt: skip
    pillows = 1 if x < 0.6 else 2
    for i in range(pillows):
        middle = (2 * i - pillows + 1) * x / 2
        solids += (cushion((min(0.36, 0.42 * 2 * x / pillows), 0.2, 0.075), paint("cloth", (x, y, top)), rng,
                           at=(middle, y - 0.26, top + 0.05), part="pillow", edge=0.6),)  # fmt: skip
    if rng.random() < 0.8:
        until = rng.uniform(-0.1, 0.5) * y
        half, drop = (until + y) / 2, rng.uniform(0.05, 0.25)
        middle = top + 0.04 - thick * 0.6 - drop / 2
        solids += (cushion((x + 0.01, half + 0.01, thick * 0.6 + drop / 2), cover, rng,
                           at=(0.0, until - half, middle), part="blanket", edge=0.1),)  # fmt: skip
    return Thing("bed", solids, rectangle(x + 0.03, y + 0.05), head)


def _legs(rng: np.random.Generator, x: float, y: float, h: float, material: Material) -> tuple[Solid, ...]:
    """Four legs in the corners: square, round, tapered, or splayed."""
    thick, splay = rng.uniform(0.012, 0.028), rng.uniform(0.0, 0.04) if rng.random() < 0.4 else 0.0
    square = splay == 0 and rng.random() < 0.5
    corners = [(sx * (x - thick), sy * (y - thick), sx, sy) for sx in (-1, 1) for sy in (-1, 1)]
    if square:
        return tuple(block((thick, thick, h / 2), material, at=(a, b, h / 2), part="leg") for a, b, _, _ in corners)
    taper = rng.uniform(0.5, 1)
    return tuple(
        rod((a, b, h), (a + sx * splay, b + sy * splay, 0.0), thick, material, part="leg", taper=taper)
        for a, b, sx, sy in corners
    )


def _rests(x: float, y: float, seat: float, rise: float, material: Material) -> tuple[Solid, ...]:
    """An arm on either side, on posts."""
    return tuple(
        solid
        for s in (-1, 1)
        for solid in (
            block((0.022, 0.8 * y, 0.015), material, at=(s * x, 0.0, seat + rise), part="arm"),
            rod((s * x, -0.5 * y, seat), (s * x, -0.5 * y, seat + rise), 0.014, material, part="arm"),
            rod((s * x, 0.5 * y, seat), (s * x, 0.5 * y, seat + rise), 0.014, material, part="arm"),
        )
    )


def _back(
    rng: np.random.Generator,
    x: float,
    y: float,
    span: tuple[float, float],
    lean: float,
    frame: Material,
    skin: Material,
) -> tuple[Solid, ...]:
    """A board, a cushion, slats across or bars upright, leaning backwards."""
    low, high = span
    half, kind = (high - low) / 2, rng.integers(4)
    tilt = at(0.0, y - 0.015, low, axis="x", turn=-lean / (2 * half))
    if kind == 0:
        parts: tuple[Solid, ...] = (block((x, 0.012, 0.8 * half), skin, at=(0.0, 0.0, 1.2 * half)),)
    elif kind == 1:
        parts = (cushion((x, 0.03, 0.75 * half), skin, rng, at=(0.0, 0.0, 1.25 * half), edge=0.4),)
    elif kind == 2:
        count = int(rng.integers(2, 5))
        parts = tuple(
            block((x, 0.01, 0.5 * half / count), frame, at=(0.0, 0.0, 2 * half * (i + 0.7) / count))
            for i in range(count)
        )
    else:
        bars = np.linspace(-0.7 * x, 0.7 * x, int(rng.integers(3, 7))).tolist()
        parts = (
            block((x, 0.014, 0.03), frame, at=(0.0, 0.0, 2 * half - 0.03)),
            *(rod((b, 0.0, 0.0), (b, 0.0, 2 * half), 0.009, frame) for b in bars),
        )
    posts = tuple(block((0.016, 0.014, half), frame, at=(s * (x - 0.016), 0.0, half)) for s in (-1, 1))
    return moved((*parts, *posts), tilt, part="back")


def _upholstered(name: str, rng: np.random.Generator, paint: Paint, *, width: float, places: int) -> Thing:
    """A base, arms, seat cushions, back cushions and perhaps throw pillows."""
    x, y, seat, top = width, rng.uniform(0.38, 0.5), rng.uniform(0.36, 0.46), rng.uniform(0.72, 0.95)
    skin = paint("fabric" if rng.random() < 0.65 else "leather", (x, y, top))
    arm, deep, foot = rng.uniform(0.06, 0.12), rng.uniform(0.09, 0.14), rng.uniform(0.03, 0.12)
    edge, armless = rng.uniform(0.1, 0.35), rng.random() < 0.12
    inner = x if armless else x - 2 * arm
    solids: tuple[Solid, ...] = (
        cushion(
            (x, y, (seat - 0.1 - foot) / 2),
            skin,
            rng,
            at=(0.0, 0.0, (seat - 0.1 + foot) / 2),
            part="base",
            edge=0.08,
        ),
        cushion(
            (x, deep, (top - foot) / 2), skin, rng, at=(0.0, y - deep, (top + foot) / 2), part="back", edge=edge
        ),
    )
    if not armless:
        rise = rng.uniform(0.12, 0.25)
        solids += tuple(
            cushion(
                (arm, y, (seat + rise - foot) / 2),
                skin,
                rng,
                at=(s * (x - arm), 0.0, (seat + rise + foot) / 2),
                part="arm",
                edge=edge,
            )
            for s in (-1, 1)
        )
    wood = paint("wood", (x, y, top))
    feet = [(s * (x - 0.06), t * (y - 0.06)) for s in (-1, 1) for t in (-1, 1)]
    solids += tuple(rod((*place, foot + 0.02), (*place, 0.0), 0.02, wood, part="leg") for place in feet)
    step, loose = 2 * inner / places, rng.random() < 0.7
    for i in range(places):
        middle = -inner + (i + 0.5) * step
        solids += (
            cushion((step / 2, y - deep, 0.075), skin, rng, at=(middle, -deep, seat - 0.05), part="seat", edge=0.2),
        )
        if loose:
            pose = at(middle, y - 2 * deep - 0.04, seat + 0.2, axis="x", turn=-rng.uniform(0.1, 0.3))
            solids += (cushion((step / 2.05, 0.08, 0.21), skin, rng, part="back", edge=0.45, pose=pose),)
    for _ in range(rng.integers(0, 1 + min(places, 3))):
        half = (rng.uniform(0.18, 0.24), 0.07, rng.uniform(0.16, 0.22))
        where, lean = rng.uniform(-0.8, 0.8) * inner, rng.uniform(0.2, 0.6)
        pose = at(where, y - 2 * deep - 0.15, seat + 0.2, axis="x", turn=-lean)
        solids += (cushion(half, paint("fabric", (x, y, top)), rng, part="pillow", edge=0.6, pose=pose),)
    return assembled(name, solids, footprint=rectangle(x, y))
