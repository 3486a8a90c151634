"""What stands in gardens, yards and playgrounds; faces towards -y."""

from math import cos, pi, sin

import numpy as np

from lasso3d.data.procedural.appearance import Material
from lasso3d.data.procedural.finishes import Paint
from lasso3d.data.procedural.forms import ball, block, lofted, moved, rod, tube, turned
from lasso3d.data.procedural.outdoorforms import hoop, quads, sticks, wheel
from lasso3d.data.procedural.outdoorlooks import bright, looks_like, rubber, steel, timber
from lasso3d.data.procedural.shapes import Solid, Thing, at, circle, rectangle


def picnic_table(rng: np.random.Generator, paint: Paint) -> Thing:
    """A table with a bench on either side, in one frame."""
    half, wood = rng.uniform(0.75, 1.0), timber(rng)
    solids: list[Solid] = [
        block((half, 0.068, 0.02), wood, at=(0.0, y, 0.74), part="top") for y in np.linspace(-0.3, 0.3, 5).tolist()
    ]
    solids += [block((half, 0.12, 0.02), wood, at=(0.0, s * 0.68, 0.45), part="seat") for s in (-1, 1)]
    for x in (-0.7 * half, 0.7 * half):
        solids += [rod((x, s * 0.55, 0.0), (x, s * 0.2, 0.73), 0.04, wood, part="leg") for s in (-1, 1)]
        solids += [
            block((0.03, 0.72, 0.04), wood, at=(x, 0.0, 0.4), part="leg"),
            block((0.03, 0.35, 0.04), wood, at=(x, 0.0, 0.69), part="leg"),
        ]
    return Thing("picnic table", tuple(solids), rectangle(half, 0.82), 0.76)


def garden_table(rng: np.random.Generator, paint: Paint) -> Thing:
    """Round or square, on one foot or four legs."""
    r, skin = rng.uniform(0.35, 0.7), (timber(rng), steel(rng), bright(rng))[rng.integers(3)]
    if rng.random() < 0.5:
        foot = turned(((0.0, 0.04), (0.6 * r, 0.03), (0.6 * r, 0.0)), skin, part="base")
        top = turned(((0.0, 0.69), (r, 0.69), (r, 0.72), (0.0, 0.72)), skin, part="top")
        return Thing(
            "table", (*foot, rod((0.0, 0.0, 0.03), (0.0, 0.0, 0.7), 0.03, skin, part="leg"), *top), circle(r), 0.72
        )
    x = r * rng.uniform(1.0, 1.8)
    legs = tuple(
        rod((a * 0.9 * x, b * 0.85 * r, 0.0), (a * 0.9 * x, b * 0.85 * r, 0.7), 0.025, skin, part="leg")
        for a in (-1, 1)
        for b in (-1, 1)
    )
    return Thing(
        "table", (block((x, r, 0.018), skin, at=(0.0, 0.0, 0.71), part="top"), *legs), rectangle(x, r), 0.73
    )


def garden_chair(rng: np.random.Generator, paint: Paint) -> Thing:
    """Slats or plastic, at times reclined as a lounger."""
    skin, frame = (timber(rng), bright(rng), paint("plain", (0.3, 0.3, 0.8)))[rng.integers(3)], steel(rng)
    x, seat, lean = rng.uniform(0.22, 0.28), rng.uniform(0.38, 0.45), rng.uniform(0.15, 0.5)
    long = 0.5 if rng.random() < 0.15 else 0.22
    solids: list[Solid] = [
        block((x, 0.025, 0.012), skin, at=(0.0, y, seat), part="seat")
        for y in np.arange(-long, 0.22, 0.062).tolist()
    ]
    back = [
        block((x, 0.012, 0.028), skin, at=(0.0, 0.0, z), part="back") for z in np.arange(0.06, 0.6, 0.075).tolist()
    ]
    solids += moved(
        (*back, *(rod((s * x, 0.01, 0.0), (s * x, 0.01, 0.6), 0.014, frame, part="back") for s in (-1, 1))),
        at(0.0, 0.22, seat, axis="x", turn=-lean),
    )
    for s in (-1, 1):
        solids += tube(
            ((s * x, -long, 0.0), (s * x, -long, seat + 0.2), (s * x, 0.25, seat + 0.2)), 0.014, frame, part="arm"
        )
        solids.append(rod((s * x, 0.2, 0.0), (s * x, 0.16, seat), 0.014, frame, part="leg"))
    return Thing(
        "chair",
        tuple(solids),
        rectangle(x + 0.02, max(long, 0.22 + 0.6 * sin(lean)) + 0.02),
        seat + 0.6 * cos(lean),
    )


def parasol(rng: np.random.Generator, paint: Paint) -> Thing:
    """Open over its foot, or folded."""
    h, metal, cloth = rng.uniform(2.1, 2.6), steel(rng), paint("fabric", (1.2, 1.2, 2.4))
    base = turned(((0.0, 0.08), (0.22, 0.07), (0.25, 0.0)), metal, part="base")
    pole = rod((0.0, 0.0, 0.05), (0.0, 0.0, h), 0.022, metal, part="pole")
    if rng.random() < 0.25:
        folded = lofted(
            ((0.12, 0.12, 0.9), (0.09, 0.09, 1.5), (0.03, 0.03, h)), cloth, part="shade", roundness=1.0, corners=8
        )
        return Thing("parasol", (*base, pole, folded), circle(0.26), h)
    r = rng.uniform(0.9, 1.6)
    shade = lofted(
        ((r, r, h - 0.42), (0.55 * r, 0.55 * r, h - 0.14), (0.02, 0.02, h)),
        cloth,
        part="shade",
        roundness=1.0,
        corners=8,
    )
    return Thing("parasol", (*base, pole, shade), circle(0.26), h)


def swing(rng: np.random.Generator, paint: Paint) -> Thing:
    """Seats on chains under a beam between two pairs of legs."""
    half, h, wood = rng.uniform(0.9, 1.7), rng.uniform(1.9, 2.4), timber(rng)
    chain, seat = steel(rng), bright(rng)
    solids: list[Solid] = [rod((-half, 0.0, h), (half, 0.0, h), 0.05, wood, part="beam")]
    solids += [
        rod((sx * (half + 0.1), sy * 0.75, 0.0), (sx * half, 0.0, h), 0.045, wood, part="leg")
        for sx in (-1, 1)
        for sy in (-1, 1)
    ]
    for x in np.linspace(-0.5, 0.5, 1 + (half > 1.2)).tolist() if half > 1.2 else [0.0]:
        sway = at(x * half, 0.0, h, axis="x", turn=rng.uniform(-0.3, 0.3))
        drop = h - rng.uniform(0.4, 0.55)
        hung = [rod((s * 0.22, 0.0, 0.0), (s * 0.2, 0.0, -drop), 0.008, chain, part="chain") for s in (-1, 1)]
        solids += moved((*hung, block((0.22, 0.1, 0.02), seat, at=(0.0, 0.0, -drop), part="seat")), sway)
    return Thing("swing", tuple(solids), rectangle(half + 0.15, 0.8), h + 0.05)


def slide(rng: np.random.Generator, paint: Paint) -> Thing:
    """A chute with a ladder behind."""
    h, skin, wood = rng.uniform(1.1, 1.9), bright(rng), timber(rng)
    foot, top = -h * rng.uniform(1.1, 1.4), 0.3
    y, z = np.array([foot - 0.4, foot, top, top + 0.5]), np.array([0.18, 0.25, h, h])
    profile = ((-0.3, 0.2), (-0.26, 0.0), (0.26, 0.0), (0.3, 0.2))
    vertex = np.stack([np.stack([np.full(4, x), y, z + up], axis=-1) for x, up in profile])
    corner = np.stack([vertex[:-1, :-1], vertex[:-1, 1:], vertex[1:, 1:], vertex[1:, :-1]], axis=2)
    solids = [quads(corner.reshape(-1, 4, 3), skin, part="chute")]
    solids += [
        rod((s * 0.27, top + 0.5, 0.0), (s * 0.27, top + 0.5, h + 0.6), 0.035, wood, part="ladder") for s in (-1, 1)
    ]
    solids += [
        rod((-0.27, top + 0.5, r), (0.27, top + 0.5, r), 0.02, wood, part="ladder")
        for r in np.arange(0.25, h, 0.28).tolist()
    ]
    solids += [rod((s * 0.27, top, 0.0), (s * 0.27, top, h), 0.035, wood, part="leg") for s in (-1, 1)]
    return Thing(
        "slide", tuple(solids), np.array([[0.4, 0.9], [-0.4, 0.9], [-0.4, foot - 0.4], [0.4, foot - 0.4]]), h + 0.6
    )


def trampoline(rng: np.random.Generator, paint: Paint) -> Thing:
    """A mat in a frame, mostly with a net on poles."""
    r, h = rng.uniform(1.0, 1.8), rng.uniform(0.55, 0.85)
    metal, mat, pad = steel(rng), Material((0.06, 0.06, 0.07)), bright(rng)
    solids: list[Solid] = [
        *turned(((0.0, h - 0.02), (0.85 * r, h - 0.02)), mat, part="mat"),
        *turned(((0.85 * r, h), (r, h), (r, h - 0.08)), pad, part="frame"),
    ]
    posts = 6
    rise = 1.6 if rng.random() < 0.7 else 0.0
    for i in range(posts):
        x, y = round(0.96 * r * cos(2 * pi * i / posts), 6), round(0.96 * r * sin(2 * pi * i / posts), 6)
        solids.append(rod((x, y, 0.0), (x, y, h + rise), 0.022, metal, part="leg" if rise == 0 else "pole"))
    if rise:
        turn = np.round(2 * pi * np.arange(72) / 72, 6)
        ring = np.round(np.stack([0.93 * r * np.cos(turn), 0.93 * r * np.sin(turn)], axis=1), 6)
        low, high = (np.concatenate([ring, np.full((72, 1), z)], axis=1) for z in (h, h + rise))
        solids.append(sticks(low, high, np.full((72, 2), 0.004), mat, part="net"))
    return Thing("trampoline", tuple(solids), circle(r), h + rise)


def wheelbarrow(rng: np.random.Generator, paint: Paint) -> Thing:
    """A tray on one wheel, two legs, two handles; at times loaded."""
    skin, frame = (bright(rng), looks_like(rng, (0.2, 0.4, 0.25), "plain"))[rng.integers(2)], steel(rng)
    rings = ((0.02, 0.02, 0.36), (0.2, 0.25, 0.36), (0.32, 0.45, 0.62), (0.31, 0.44, 0.62), (0.2, 0.25, 0.38))
    solids: list[Solid] = [lofted(rings, skin, part="tray", roundness=0.25)]
    solids += wheel(0.19, 0.045, rubber(), frame, pose=at(0.0, -0.52, 0.19))
    for s in (-1, 1):
        solids += [
            rod((s * 0.05, -0.52, 0.19), (s * 0.28, 0.85, 0.62), 0.017, frame, part="handle"),
            rod((s * 0.19, 0.3, 0.45), (s * 0.21, 0.42, 0.0), 0.017, frame, part="leg"),
        ]
    if rng.random() < 0.4:
        solids.append(
            ball((0.25, 0.34, 0.18), looks_like(rng, (0.35, 0.27, 0.2), "photo"), at=(0.0, 0.0, 0.58), part="load")
        )
    return Thing("wheelbarrow", tuple(solids), rectangle(0.34, 0.86), 0.75)


def lawn_mower(rng: np.random.Generator, paint: Paint) -> Thing:
    """A deck on four wheels, a motor, a catcher and a bent handle."""
    skin, black, frame = bright(rng), looks_like(rng, (0.1, 0.1, 0.11), "plain"), steel(rng)
    deck = lofted(
        ((0.24, 0.3, 0.06), (0.24, 0.3, 0.2), (0.18, 0.24, 0.26), (0.02, 0.02, 0.28)),
        skin,
        part="body",
        roundness=0.5,
    )
    motor = lofted(((0.11, 0.12, 0.25), (0.12, 0.13, 0.36), (0.03, 0.03, 0.42)), black, part="motor", roundness=0.6)
    bag = lofted(
        ((0.18, 0.1, 0.15), (0.22, 0.22, 0.25), (0.2, 0.2, 0.42), (0.03, 0.03, 0.46)),
        black,
        at=(0.0, 0.5, 0.0),
        part="bag",
        roundness=0.4,
    )
    wheels = tuple(
        solid
        for sx in (-1, 1)
        for sy in (-1, 1)
        for solid in wheel(0.09, 0.025, rubber(), skin, pose=at(sx * 0.26, sy * 0.24, 0.09))
    )
    bar = tube(
        ((-0.2, 0.28, 0.22), (-0.2, 0.95, 0.98), (0.2, 0.95, 0.98), (0.2, 0.28, 0.22)), 0.014, frame, part="handle"
    )
    return Thing("lawn mower", (deck, motor, bag, *wheels, *bar), rectangle(0.3, 0.98), 1.0)


def ladder(rng: np.random.Generator, paint: Paint) -> Thing:
    """Leaning towards +y, or a stepladder on its own feet."""
    skin = steel(rng) if rng.random() < 0.6 else timber(rng)
    x, long = rng.uniform(0.18, 0.25), rng.uniform(2.0, 4.0)
    folding = rng.random() < 0.35
    long = min(long, 2.2) if folding else long
    lean = rng.uniform(0.22, 0.35)
    rails = [rod((s * x, 0.0, 0.0), (s * x, 0.0, long), 0.02, skin, part="rail") for s in (-1, 1)]
    rungs = [rod((-x, 0.0, z), (x, 0.0, z), 0.014, skin, part="rung") for z in np.arange(0.25, long, 0.28).tolist()]
    reach = round(long * sin(lean), 6)
    solids = moved((*rails, *rungs), at(0.0, -reach / 2, 0.0, axis="x", turn=-lean))
    if folding:
        behind = tuple(rod((s * x, 0.0, 0.0), (s * x, 0.0, long), 0.018, skin, part="rail") for s in (-1, 1))
        solids += moved(behind, at(0.0, 1.5 * reach, 0.0, axis="x", turn=lean))
        return Thing(
            "ladder",
            solids,
            np.array([[x, 1.5 * reach], [-x, 1.5 * reach], [-x, -reach / 2], [x, -reach / 2]]),
            long,
        )
    return Thing("ladder", solids, rectangle(x + 0.02, reach / 2), long * cos(lean))


def watering_can(rng: np.random.Generator, paint: Paint) -> Thing:
    """A can with a spout and a bow."""
    r, h = rng.uniform(0.09, 0.13), rng.uniform(0.22, 0.3)
    skin = bright(rng) if rng.random() < 0.6 else looks_like(rng, (0.5, 0.52, 0.53), "plain", gloss=0.5)
    body = turned(((0.0, 0.0), (r, 0.0), (0.95 * r, h), (0.4 * r, h)), skin, part="body")
    spout = rod((0.0, -r, 0.25 * h), (0.0, -2.6 * r, 1.05 * h), 0.02, skin, part="spout", taper=0.7)
    rose = moved(
        turned(((0.0, 0.03), (0.045, 0.03), (0.02, 0.0)), skin, part="spout"),
        at(0.0, -2.6 * r, 1.05 * h, axis="x", turn=0.9),
    )
    bow = tube(
        ((0.0, 1.0 * r, 0.3 * h), (0.0, 1.8 * r, 0.8 * h), (0.0, 0.6 * r, 1.35 * h), (0.0, -0.6 * r, h)),
        0.012,
        skin,
        part="handle",
    )
    return Thing("watering can", (*body, spout, *rose, *bow), rectangle(r, 2.8 * r), 1.35 * h)


def grill(rng: np.random.Generator, paint: Paint) -> Thing:
    """A kettle on three legs, or a cart with a hood."""
    skin, metal = (
        looks_like(rng, ((0.06, 0.06, 0.07), (0.5, 0.1, 0.08))[rng.integers(2)], "plain", gloss=0.4),
        steel(rng),
    )
    if rng.random() < 0.5:
        r = rng.uniform(0.22, 0.29)
        bowl = turned(((0.0, 0.5), (0.7 * r, 0.56), (r, 0.74)), skin, part="body")
        lid = turned(((r, 0.75), (0.75 * r, 0.92), (0.0, 0.98)), skin, part="lid")
        knob = ball((0.04, 0.02, 0.03), metal, at=(0.0, 0.0, 1.0), part="handle")
        legs = tuple(
            rod(
                (0.7 * r * cos(a), 0.7 * r * sin(a), 0.58),
                (1.2 * r * cos(a), 1.2 * r * sin(a), 0.0),
                0.013,
                metal,
                part="leg",
            )
            for a in (0.5, 2.6, 4.7)
        )
        return Thing("grill", (*bowl, *lid, knob, *legs), circle(1.25 * r), 1.02)
    x = rng.uniform(0.35, 0.5)
    hood = moved(
        (
            lofted(
                ((0.25, x, 0.0), (0.25, x, 0.1), (0.15, x, 0.25), (0.02, 0.9 * x, 0.28)),
                skin,
                part="lid",
                roundness=0.15,
            ),
        ),
        at(0.0, 0.0, 0.85, turn=pi / 2),
    )
    solids = (
        block((x, 0.24, 0.28), metal, at=(0.0, 0.0, 0.42), part="body"),
        *hood,
        block((0.2, 0.22, 0.015), timber(rng), at=(x + 0.2, 0.0, 0.84), part="shelf"),
        rod((-0.6 * x, -0.27, 0.95), (0.6 * x, -0.27, 0.95), 0.012, metal, part="handle"),
        *(solid for s in (-1, 1) for solid in wheel(0.09, 0.02, rubber(), metal, pose=at(s * x, 0.0, 0.09))),
        block((x, 0.24, 0.04), skin, at=(0.0, 0.0, 0.78), part="body"),
    )
    return Thing("grill", solids, rectangle(x + 0.4, 0.28), 1.14)


def dryer(rng: np.random.Generator, paint: Paint) -> Thing:
    """A rotary clothes line with some laundry."""
    metal, h, r = steel(rng), rng.uniform(1.6, 2.0), rng.uniform(0.9, 1.3)
    solids: list[Solid] = [rod((0.0, 0.0, 0.0), (0.0, 0.0, h), 0.025, metal, part="pole")]
    tips = [(round(r * cos(a), 6), round(r * sin(a), 6), h + 0.25) for a in (0.3 + i * pi / 2 for i in range(4))]
    solids += [rod((0.0, 0.0, h - 0.1), tip, 0.014, metal, part="arm") for tip in tips]
    for share in (0.45, 0.7, 0.98):
        ring = np.array(tips) * (share, share, 1.0)
        solids.append(sticks(ring, np.roll(ring, -1, axis=0), np.full((4, 2), 0.004), metal, part="line"))
    for i in range(int(rng.integers(0, 6))):
        a, b = np.array(tips[i % 4]), np.array(tips[(i + 1) % 4])
        start, wide, drop = rng.uniform(0.05, 0.5), rng.uniform(0.15, 0.45), rng.uniform(0.3, 0.9)
        p, q = a + start * (b - a), a + (start + wide) * (b - a)
        corner = np.array([[p, q, q - (0, 0, drop), p - (0, 0, drop * rng.uniform(0.9, 1))]]) * (0.98, 0.98, 1.0)
        solids.append(quads(corner, paint("fabric", (0.5, 0.02, 0.8)), part="laundry"))
    return Thing("clothes line", tuple(solids), circle(0.3), h + 0.3)


def garden_hose(rng: np.random.Generator, paint: Paint) -> Thing:
    """A coil on the ground."""
    skin, r = (
        looks_like(rng, ((0.15, 0.4, 0.2), (0.75, 0.65, 0.15))[rng.integers(2)], "plain"),
        rng.uniform(0.2, 0.35),
    )
    coils = tuple(
        hoop(
            r * s,
            0.014,
            skin,
            pose=at(rng.normal(0, 0.02), rng.normal(0, 0.02), z, axis="y", turn=pi / 2),
            part="hose",
        )
        for s, z in ((1.0, 0.015), (0.92, 0.03), (1.03, 0.045), (0.85, 0.02))
    )
    return Thing("hose", coils, circle(1.1 * r), 0.07)
