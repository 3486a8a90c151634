"""What stands on desks and hangs in offices."""

from math import cos, pi, sin

import numpy as np

from lasso3d.data.procedural.curves import bent, facing, peg, ring, rounded, swept
from lasso3d.data.procedural.finishes import Paint
from lasso3d.data.procedural.forms import ball, block, case, moved, rod, turned
from lasso3d.data.procedural.joints import assembled, hinged, sliding
from lasso3d.data.procedural.shapes import Shelf, Solid, Thing, at


def stapler(rng: np.random.Generator, paint: Paint) -> Thing:
    """A base and two arms hinged at one end."""
    long, wide = rng.uniform(0.1, 0.16), rng.uniform(0.011, 0.016)
    skin, metal = paint("plain", (long, wide, 0.05)), paint("metal", (long, wide, 0.05))
    base = rounded((long / 2, wide, 0.004), skin, radius=0.003, at=(0.0, 0.0, 0.004), part="base")
    anvil = block((0.01, 0.6 * wide, 0.001), metal, at=(-0.43 * long, 0.0, 0.009), part="base")
    rear = rounded((0.16 * long, wide, 0.014), skin, radius=0.006, at=(0.34 * long, 0.0, 0.014), part="body")
    tilt = at(0.4 * long, 0.0, 0.024, axis="y", turn=0.09)
    magazine = moved(
        (block((0.44 * long, 0.6 * wide, 0.004), metal, at=(-0.44 * long, 0.0, 0.0)),), tilt, part="body"
    )
    path = (
        (0.04 * long, 0.0, 0.01),
        (-0.3 * long, 0.0, 0.017),
        (-0.7 * long, 0.0, 0.015),
        (-0.92 * long, 0.0, 0.009),
    )
    top = moved(
        (swept(path, ((0.7 * wide, 0.008), (wide, 0.012), (wide, 0.01), (0.85 * wide, 0.006)), skin),),
        tilt,
        part="lid",
    )
    hinge = (0.4 * long, 0.0, 0.024)
    arm = hinged(magazine, (0.0, 1.0, 0.0), at=hinge, until=0.3)
    return assembled("stapler", (base, anvil, rear), (arm, hinged(top, (0.0, 1.0, 0.0), at=hinge, until=0.9)))


def globe(rng: np.random.Generator, paint: Paint) -> Thing:
    """A ball that turns in a bow on a foot."""
    r = rng.uniform(0.09, 0.16)
    metal, wood = paint("metal", (r, r, r)), paint("wood" if rng.random() < 0.5 else "plain", (r, r, r))
    z, tilt = 1.35 * r + 0.04, 0.41
    foot = turned(
        ((0.0, 0.025), (0.25 * r, 0.025), (0.6 * r, 0.012), (0.62 * r, 0.0), (0.0, 0.0)), wood, part="base"
    )
    turn = np.linspace(-pi / 2, pi / 2, 15).tolist()
    bow = swept(
        tuple((1.12 * r * round(cos(a), 9), 0.0, 1.12 * r * round(sin(a), 9)) for a in turn),
        0.005 + 0.02 * r,
        metal,
        part="frame",
        corners=8,
    )
    lean = at(0.0, 0.0, z, axis="y", turn=tilt)
    pins = tuple(rod((0.0, 0.0, s * r), (0.0, 0.0, s * 1.12 * r), 0.004, metal) for s in (-1, 1))
    stem = rod((0.0, 0.0, 0.02), (0.30 * r, 0.0, z - 1.06 * r), 0.012, wood, part="base")
    map_ = moved((ball((r, r, r), paint("poster", (r, r, 2 * r)), at=(0.0, 0.0, 0.0)),), lean, part="sphere")
    axis = (round(sin(tilt), 9), 0.0, round(cos(tilt), 9))
    return assembled(
        "globe",
        (*foot, stem, *moved((bow, *pins), lean, part="frame")),
        (hinged(map_, axis, at=(0.0, 0.0, z), until=3.0),),
    )


def clock(rng: np.random.Generator, paint: Paint) -> Thing:
    """For the wall: a rim, a face with marks, two hands."""
    r, deep = rng.uniform(0.1, 0.2), rng.uniform(0.015, 0.03)
    skin, face, ink = paint("plain", (r, r, deep)), paint("porcelain", (r, r, deep)), paint("plain", (r, r, deep))
    rim = turned(((r, 0.0), (r, deep), (0.93 * r, deep + 0.004), (0.9 * r, deep - 0.006)), skin, part="frame")
    dial = turned(((0.0, deep - 0.008), (0.92 * r, deep - 0.008)), face, part="face")
    front = at(0.0, 0.0, r, axis="x", turn=pi / 2)
    marks = tuple(block((0.012 * r, 0.05 * r, 0.0012), ink, at=(-0.8 * r * round(sin(i * pi / 6), 9),
                                                                0.8 * r * round(cos(i * pi / 6), 9),
                                                                deep - 0.007),
                        yaw=i * pi / 6, part="face") for i in range(12))  # fmt: skip
    hands = []
    for long, wide, out in ((0.5, 0.035, 0.002), (0.75, 0.024, 0.005)):
        hand = (
            block(
                (wide * r, long * r / 2, 0.0008), ink, at=(0.0, 0.42 * long * r, deep - 0.006 + out), part="hand"
            ),
        )
        hands.append(hinged(moved(hand, front), (0.0, 1.0, 0.0), at=(0.0, 0.0, r), until=3.1, back=-3.1))
    boss = turned(((0.05 * r, deep - 0.008), (0.05 * r, deep + 0.002), (0.0, deep + 0.002)), ink, part="hand")
    return assembled("clock", moved((*rim, *dial, *marks, *boss), front), tuple(hands), hangs=True)


def alarm_clock(rng: np.random.Generator, paint: Paint) -> Thing:
    """The same on two feet, with bells."""
    wall = clock(rng, paint)
    r = wall.height / 2
    metal = paint("metal", (r, r, r))
    scale = 0.045 / r
    bells = tuple(s for side in (-1, 1) for s in moved(turned(((0.4 * r, 0.0), (0.35 * r, 0.2 * r),
                                                               (0.0, 0.32 * r)), metal, part="bell"),
                  at(side * 0.62 * r, -0.01, 1.8 * r, axis="y", turn=side * 0.6)))  # fmt: skip
    feet = tuple(
        rod((s * 0.5 * r, -0.01, 0.3 * r), (s * 0.8 * r, -0.01, -0.25 * r), 0.07 * r, metal, part="leg")
        for s in (-1, 1)
    )
    grown = assembled("clock", (*wall.solids, *bells, *feet))
    return assembled("clock", tuple(_scaled(s, scale) for s in grown.solids))


def _scaled(solid: Solid, by: float) -> Solid:
    """A solid of closed form made smaller around the origin."""
    place = at(*(by * solid.pose.position).tolist())
    return Solid(
        solid.kind,
        tuple(by * v for v in solid.size),
        solid.material,
        type(place)(solid.pose.rotation, place.position),
        solid.part,
    )


def binder(rng: np.random.Generator, paint: Paint) -> Thing:
    """A file on its edge: covers, a spine with a hole, paper between."""
    x, y, h, t = rng.uniform(0.018, 0.04), 0.14, rng.uniform(0.3, 0.33), 0.0015
    card, paper = paint("plain" if rng.random() < 0.7 else "print", (x, y, h)), paint("porcelain", (x, y, h))
    spine = ((0.0, 0.03, 0.0, h / 2), (0.0, h - 0.13, 0.0, 0.0))
    low, high = 0.06, spine[1][1]
    fixed = (
        *(block((t, y, h / 2), card, at=(s * (x - t), 0.0, h / 2), part="cover") for s in (-1, 1)),
        block((x, t, high / 2 - 0.02 + low / 2), card, at=(0.0, -y, (high + low) / 2 - 0.03), part="cover"),
        block((x, t, (h - high - 0.03) / 2), card, at=(0.0, -y, (h + high + 0.03) / 2), part="cover"),
        *(
            block(((x - 0.012) / 2, t, 0.02), card, at=(s * (x + 0.012) / 2, -y, high + 0.012), part="cover")
            for s in (-1, 1)
        ),
        block((x - 3 * t, 0.85 * y, 0.45 * h), paper, at=(0.0, 0.08 * y, 0.47 * h), part="paper"),
        ring(
            0.012,
            0.0018,
            paint("metal", (x, y, h)),
            part="cover",
            pose=at(0.0, -y - 0.001, high + 0.012, axis="x", turn=pi / 2),
        ),
    )
    return assembled("binder", fixed)


def light_switch(rng: np.random.Generator, paint: Paint) -> Thing:
    """A plate on the wall with one or two rockers."""
    count, half, h = int(rng.integers(1, 3)), 0.041, 0.041
    white = paint("porcelain", (half, 0.01, h))
    plate = rounded((half * count, 0.0045, h), white, radius=0.004, at=(0.0, -0.0045, h), part="frame")
    rockers = []
    for i in range(count):
        a = (2 * i - count + 1) * half
        flap = (rounded((0.028, 0.004, 0.028), white, radius=0.003, at=(a, -0.0105, h), part="switch"),)
        rockers.append(hinged(flap, (1.0, 0.0, 0.0), at=(a, -0.008, h), until=0.14, back=-0.14))
    return assembled("light switch", (plate,), tuple(rockers), hangs=True)


def safe(rng: np.random.Generator, paint: Paint) -> Thing:
    """A thick box with a heavy door, a wheel to turn and a pad of keys."""
    x, y, h = rng.uniform(0.17, 0.3), rng.uniform(0.15, 0.28), rng.uniform(0.25, 0.6)
    skin, metal, dark = paint("plain", (x, y, h)), paint("metal", (x, y, h)), paint("plain", (x, y, h))
    box = case((x, y, h / 2), skin, at=(0.0, 0.0, h / 2), part="body", thick=0.022)
    wide, high = x - 0.025, h / 2 - 0.025
    front, z = -y + 0.012, h / 2
    keys = tuple(rounded((0.007, 0.004, 0.007), dark, radius=0.003,
                         at=(-0.35 * x + 0.02 * i, front - 0.02, z + 0.06 + 0.02 * j), part="button")
                 for i in range(3) for j in range(3))  # fmt: skip
    place, turn = (0.2 * x, front - 0.02, z - 0.02), [i * 2 * pi / 3 for i in range(3)]
    wheel = peg(place, (place[0], place[1] - 0.03, place[2]), 0.025, metal, part="switch")
    wheel += tuple(rod((place[0], place[1] - 0.025, place[2]), (place[0] + 0.06 * round(cos(a), 9),
                                                                place[1] - 0.025,
                                                                place[2] + 0.06 * round(sin(a), 9)), 0.006,
                       metal, part="switch") for a in turn)  # fmt: skip
    hinges = tuple(
        s
        for d in (-0.6, 0.6)
        for s in peg(
            (-x + 0.012, -y - 0.006, z + d * high - 0.02),
            (-x + 0.012, -y - 0.006, z + d * high + 0.02),
            0.008,
            metal,
            part="body",
        )
    )
    door = (rounded((wide, 0.018, high), skin, radius=0.006, at=(0.0, front, z), part="door"), *keys)
    shelf = Shelf(0.0, 0.0, 0.022, x - 0.03, y - 0.05, h - 0.06)
    dial = hinged(wheel, (0.0, 1.0, 0.0), at=place, until=2.0)
    return assembled(
        "safe",
        (*box, *hinges),
        (
            hinged(
                door, (0.0, 0.0, -1.0), at=(-x + 0.012, -y - 0.006, 0.0), until=1.9, carried=(dial,), hides=(shelf,)
            ),
        ),
        deck=h,
    )


def papers(rng: np.random.Generator, paint: Paint) -> Thing:
    """Loose paper and folders in a slanting pile."""
    solids: list[Solid] = []
    z = 0.0
    for _ in range(int(rng.integers(3, 14))):
        t = rng.uniform(0.0006, 0.006)
        sheet = paint("porcelain" if rng.random() < 0.6 else "plain", (0.105, 0.148, t))
        solids.append(
            block(
                (0.105, 0.148, t),
                sheet,
                at=(*rng.uniform(-0.012, 0.012, 2).tolist(), z + t),
                yaw=rng.normal(0, 0.06),
            )
        )
        z += 2 * t
    return assembled("papers", tuple(solids), deck=z)


def pencil_cup(rng: np.random.Generator, paint: Paint) -> Thing:
    """A beaker full of pens."""
    r, h = rng.uniform(0.03, 0.045), rng.uniform(0.09, 0.12)
    skin = paint("plain" if rng.random() < 0.6 else "metal", (r, r, h))
    cup = turned(
        ((0.0, 0.0), (r, 0.0), (r, h), (r - 0.003, h), (r - 0.003, 0.004), (0.0, 0.004)), skin, part="body"
    )
    pens: tuple[Solid, ...] = ()
    for _ in range(int(rng.integers(3, 9))):
        a, out, long = rng.uniform(0, 2 * pi), rng.uniform(0.3, 0.9) * r, rng.uniform(0.13, 0.18)
        x, y = round(cos(a), 9), round(sin(a), 9)
        pens += peg(
            (-0.6 * out * x, -0.6 * out * y, 0.008),
            (out * x, out * y, long),
            0.004,
            paint("plain", (0.004, 0.004, long)),
            part="pen",
        )
    return assembled("pencil cup", (*cup, *pens))


def coat_hook(rng: np.random.Generator, paint: Paint) -> Thing:
    """A hook bar on the wall."""
    x = rng.uniform(0.15, 0.35)
    wood, metal = paint("wood", (x, 0.01, 0.04)), paint("metal", (x, 0.01, 0.04))
    board = rounded((x, 0.008, 0.035), wood, radius=0.004, at=(0.0, -0.008, 0.06), part="board")
    hooks = tuple(bent(((a, -0.012, 0.06), (a, -0.05, 0.055), (a, -0.06, 0.02), (a, -0.045, 0.0),
                        (a, -0.03, 0.012)), 0.005, metal, part="hook")
                  for a in np.linspace(-0.8 * x, 0.8 * x, int(rng.integers(3, 6))).tolist())  # fmt: skip
    return assembled("coat hook", (board, *hooks), hangs=True)


def socket(rng: np.random.Generator, paint: Paint) -> Thing:
    """A power outlet on the wall with a plug and its cord."""
    half, white = 0.041, paint("porcelain", (0.04, 0.01, 0.04))
    plate = rounded((half, 0.0045, half), white, radius=0.004, at=(0.0, -0.0045, half), part="frame")
    well = facing(
        turned(((0.024, 0.0), (0.021, 0.003), (0.02, 0.0005), (0.0, 0.0005)), white, part="socket"),
        (0.0, -0.009, half),
    )
    dark = paint("plain", (0.02, 0.02, 0.03))
    plug = peg((0.0, -0.01, half), (0.0, -0.04, half), 0.016, dark, part="plug", taper=0.6)
    cord = bent(
        ((0.0, -0.04, half), (0.0, -0.06, 0.3 * half), (0.02, -0.03, -0.12), (0.05, -0.02, -0.25)),
        0.0035,
        dark,
        part="cord",
    )
    return assembled("socket", (plate, *well), (sliding((*plug, cord), (0.0, -1.0, 0.0), until=0.04),), hangs=True)
