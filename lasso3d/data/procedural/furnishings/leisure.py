"""Toys, instruments, what small children use, and seats that fold."""

from math import cos, pi, sin

import numpy as np

from lasso3d.data.procedural.appearance import Material
from lasso3d.data.procedural.curves import bent, peg, rounded, slab, smooth, swept
from lasso3d.data.procedural.finishes import Paint
from lasso3d.data.procedural.forms import ball, block, cushion, lofted, moved, rod, turned
from lasso3d.data.procedural.joints import assembled, hinged
from lasso3d.data.procedural.shapes import Solid, Thing, at


def folding_chair(rng: np.random.Generator, paint: Paint) -> Thing:
    """Two crossed frames of tube, a thin seat and a thin back; folded when the joint is moved."""
    x, seat, top = rng.uniform(0.19, 0.23), rng.uniform(0.42, 0.46), rng.uniform(0.76, 0.84)
    metal, skin = paint("metal", (x, 0.2, top)), paint("plain" if rng.random() < 0.6 else "fabric", (x, 0.2, top))
    lean = at(0.0, 0.14, top - 0.1, axis="x", turn=-0.2)
    fixed = (
        *(
            bent(
                ((s * x, -0.26, 0.0), (s * x, -0.04, seat - 0.1), (s * x, 0.1, seat + 0.12), (s * x, 0.17, top)),
                0.01,
                metal,
                part="leg",
            )
            for s in (-1, 1)
        ),
        rod((-x, -0.25, 0.015), (x, -0.25, 0.015), 0.008, metal, part="leg"),
        rounded((x, 0.008, 0.085), skin, radius=0.006, part="back", pose=lean),
    )
    rear = (*(rod((s * (x - 0.025), -0.17, seat - 0.02), (s * (x - 0.025), 0.24, 0.0), 0.01, metal, part="leg")
              for s in (-1, 1)),
            rod((-x + 0.025, 0.235, 0.015), (x - 0.025, 0.235, 0.015), 0.008, metal, part="leg"))  # fmt: skip
    board = (rounded((x - 0.012, 0.2, 0.012), skin, radius=0.01, at=(0.0, -0.02, seat), part="seat"),)
    pin = (0.0, 0.13, seat)
    return assembled(
        "folding chair", (*fixed, *rear), (hinged(board, (1.0, 0.0, 0.0), at=pin, until=1.1, back=-1.0),)
    )


def high_chair(rng: np.random.Generator, paint: Paint) -> Thing:
    """A small seat with a tray on long, spread legs."""
    x, seat = rng.uniform(0.15, 0.18), rng.uniform(0.5, 0.6)
    wood, skin = paint("wood" if rng.random() < 0.6 else "plain", (x, x, 1.0)), paint("plain", (x, x, 0.3))
    legs = tuple(
        rod((s * 0.9 * x, t * 0.9 * x, seat), (s * 1.5 * x, t * 1.5 * x, 0.0), 0.015, wood, part="leg")
        for s in (-1, 1)
        for t in (-1, 1)
    )
    rest = block((1.15 * x, 0.05, 0.01), wood, at=(0.0, -1.3 * x, 0.45 * seat), part="footrest")
    fixed = (
        *legs, rest, *(rod((s * 1.25 * x, -1.28 * x, 0.45 * seat), (s * 1.25 * x, 1.25 * x, 0.45 * seat), 0.01,
                           wood, part="leg") for s in (-1, 1)),
        rounded((x, x, 0.015), skin, radius=0.012, at=(0.0, 0.0, seat), part="seat"),
        rounded((x, 0.014, 0.16), skin, radius=0.012, part="back",
                pose=at(0.0, x, seat + 0.17, axis="x", turn=-0.12)),
        *(rounded((0.012, 0.85 * x, 0.012), wood, radius=0.01, at=(s * x, 0.0, seat + 0.17), part="arm")
          for s in (-1, 1)),
        *(rod((s * x, -0.7 * x, seat), (s * x, -0.7 * x, seat + 0.17), 0.01, wood, part="arm")
          for s in (-1, 1)),
    )  # fmt: skip
    tray = (lofted(((0.0005, 0.0005, 0.0), (1.25 * x, 0.13, 0.0), (1.3 * x, 0.14, 0.025),
                    (1.25 * x, 0.13, 0.025), (1.2 * x, 0.12, 0.006), (0.0005, 0.0005, 0.006)), skin,
                   at=(0.0, -1.1 * x, seat + 0.185), part="tray", roundness=0.45),)  # fmt: skip
    return assembled(
        "high chair", fixed, (hinged(tray, (-1.0, 0.0, 0.0), at=(0.0, 0.6 * x, seat + 0.185), until=1.2),)
    )


def crib(rng: np.random.Generator, paint: Paint) -> Thing:
    """A bed in bars."""
    x, y, h = rng.uniform(0.3, 0.36), rng.uniform(0.58, 0.68), rng.uniform(0.8, 0.95)
    wood, cloth, low = paint("lacquer", (x, y, h)), paint("cloth", (x, y, 0.1)), rng.uniform(0.2, 0.4)
    solids: list[Solid] = [
        block((0.022, 0.022, h / 2), wood, at=(s * x, t * y, h / 2), part="leg") for s in (-1, 1) for t in (-1, 1)
    ]
    for z in (low - 0.04, h - 0.03):
        solids += [block((0.012, y, 0.02), wood, at=(s * x, 0.0, z), part="frame") for s in (-1, 1)]
        solids += [block((x, 0.012, 0.02), wood, at=(0.0, t * y, z), part="frame") for t in (-1, 1)]
    bars = np.linspace(-y, y, 14).tolist()[1:-1]
    solids += [
        rod((s * x, b, low - 0.04), (s * x, b, h - 0.03), 0.008, wood, part="bar") for s in (-1, 1) for b in bars
    ]
    solids += [
        rod((a, t * y, low - 0.04), (a, t * y, h - 0.03), 0.008, wood, part="bar")
        for t in (-1, 1)
        for a in np.linspace(-x, x, 8).tolist()[1:-1]
    ]
    solids += [rounded((x - 0.02, y - 0.02, 0.05), cloth, radius=0.03, at=(0.0, 0.0, low + 0.02),
                       part="mattress"),
               cushion((0.6 * x, 0.12, 0.04), paint("fabric", (x, y, 0.1)), rng, at=(0.0, y - 0.18, low + 0.1),
                       part="pillow", edge=0.6)]  # fmt: skip
    return assembled("crib", tuple(solids))


def guitar(rng: np.random.Generator, paint: Paint) -> Thing:
    """Leaning back on its own: body with a hole, neck with frets, head with pegs."""
    wood, dark, steel = (
        paint("wood", (0.2, 0.05, 0.5)),
        paint("wood", (0.03, 0.02, 0.4)),
        paint("metal", (0.01, 0.01, 0.01)),
    )
    low, waist, up = rng.uniform(0.18, 0.21), rng.uniform(0.11, 0.13), rng.uniform(0.13, 0.15)
    side = smooth(
        (
            (0.0, -0.25),
            (0.7 * low, -0.235),
            (low, -0.12),
            (0.85 * low, 0.0),
            (waist, 0.07),
            (up, 0.16),
            (0.8 * up, 0.235),
            (0.03, 0.255),
        ),
        4,
    )
    outline = (*side, *((-x, y) for x, y in side[::-1]))
    deep = rng.uniform(0.045, 0.1)
    body = slab(tuple((x, y) for x, y in outline), deep, wood, part="body", bevel=0.004)
    hole = turned(((0.048, deep + 0.001), (0.052, deep + 0.0015)), dark, at=(0.0, 0.07, 0.0),
                  part="body") + turned(
        ((0.0, deep + 0.0006), (0.048, deep + 0.0006)), Material((0.03, 0.025, 0.02)), at=(0.0, 0.07, 0.0),
                                        part="body")  # fmt: skip
    bridge = block((0.075, 0.012, 0.005), dark, at=(0.0, -0.12, deep + 0.005), part="bridge")
    neck = rounded((0.026, 0.24, 0.011), dark, radius=0.01, at=(0.0, 0.42, deep), part="neck")
    frets = tuple(
        block(
            (0.026, 0.0012, 0.001), steel, at=(0.0, 0.24 + 0.035 * i * (1 - 0.015 * i), deep + 0.012), part="neck"
        )
        for i in range(13)
    )
    head = slab(
        ((-0.028, 0.65), (0.028, 0.65), (0.038, 0.7), (0.034, 0.82), (-0.034, 0.82), (-0.038, 0.7)),
        0.014,
        dark,
        at=(0.0, 0.0, deep - 0.012),
        part="head",
        bevel=0.002,
    )
    pegs = tuple(
        q
        for s in (-1, 1)
        for y in (0.7, 0.745, 0.79)
        for q in peg((s * 0.034, y, deep - 0.005), (s * 0.058, y, deep - 0.005), 0.007, steel, part="head")
    )
    strings = tuple(
        rod((a, -0.12, deep + 0.012), (0.8 * a, 0.7, deep + 0.012), 0.0008, steel, part="string")
        for a in np.linspace(-0.02, 0.02, 6).tolist()
    )
    standing = at(0.0, 0.0, 0.0, axis="x", turn=pi / 2 - rng.uniform(0.12, 0.3))
    return assembled("guitar", moved((body, *hole, bridge, neck, *frets, head, *pegs, *strings), standing))


def piano(rng: np.random.Generator, paint: Paint) -> Thing:
    """An upright: case, keys, a lid over them, pedals."""
    x, y, h = rng.uniform(0.7, 0.76), rng.uniform(0.14, 0.18), rng.uniform(1.05, 1.3)
    skin = paint("lacquer" if rng.random() < 0.5 else "plain", (x, y, h))
    white, black, brass, key = (
        Material((0.93, 0.92, 0.88), gloss=0.4),
        Material((0.05, 0.05, 0.05), gloss=0.5),
        paint("metal", (0.05, 0.05, 0.01)),
        0.68,
    )
    front = -y - 0.2
    fixed: tuple[Solid, ...] = (
        block((x, y, h / 2 - 0.03), skin, at=(0.0, 0.0, h / 2 + 0.03), part="body"),
                                block((x + 0.01, y + 0.01, 0.012), skin, at=(0.0, 0.0, h), part="body"),
        *(block((0.025, 0.12, 0.07), skin, at=(s * (x - 0.025), -y - 0.1, key), part="body") for s in (-1, 1)),
        block((x, 0.12, 0.02), skin, at=(0.0, -y - 0.1, key - 0.05), part="body"),
        *(block((0.03, 0.03, key / 2 - 0.03), skin, at=(s * (x - 0.04), front + 0.04, key / 2 - 0.03),
                part="leg") for s in (-1, 1)),
        *(block((0.025, y + 0.1, 0.03), skin, at=(s * (x - 0.04), -0.1, 0.03), part="leg") for s in (-1, 1)),
    )  # fmt: skip
    count, span = 52, 2 * (x - 0.06)
    fixed += tuple(
        block(
            (0.46 * span / count, 0.075, 0.008),
            white,
            at=(-span / 2 + (i + 0.5) * span / count, -y - 0.115, key - 0.02),
            part="key",
        )
        for i in range(count)
    )
    fixed += tuple(block((0.25 * span / count, 0.045, 0.006), black,
                         at=(-span / 2 + (i + 1) * span / count, -y - 0.085, key - 0.006), part="key")
                   for i in range(count - 1) if i % 7 not in (2, 6))  # fmt: skip
    pedals = tuple(
        hinged(
            (rounded((0.014, 0.05, 0.005), brass, radius=0.004, at=(a, -y - 0.04, 0.06), part="pedal"),),
            (1.0, 0.0, 0.0),
            at=(0.0, -y, 0.06),
            until=0.25,
        )
        for a in (-0.09, 0.0, 0.09)
    )
    lid = (rounded((x - 0.05, 0.008, 0.09), skin, radius=0.006, part="lid", pose=at(0.0, -y - 0.012, key + 0.085)),)
    return assembled(
        "piano",
        fixed,
        (hinged(lid, (1.0, 0.0, 0.0), at=(0.0, -y - 0.012, key + 0.005), until=1.5), *pedals),
        deck=h + 0.012,
    )


def teddy_bear(rng: np.random.Generator, paint: Paint) -> Thing:
    """Sits: belly, head with muzzle and ears, arms and legs that turn."""
    s = rng.uniform(0.7, 1.6)
    fur, pale, ink = (
        paint("fabric", (0.1, 0.1, 0.2)),
        paint("fabric", (0.05, 0.05, 0.05)),
        Material((0.05, 0.04, 0.04), gloss=0.6),
    )

    def lump(
        half: tuple[float, float, float], place: tuple[float, float, float], skin: Material, part: str
    ) -> Solid:
        return ball(
            (s * half[0], s * half[1], s * half[2]), skin, at=(s * place[0], s * place[1], s * place[2]), part=part
        )

    fixed = (
        lump((0.075, 0.065, 0.09), (0.0, 0.0, 0.085), fur, "body"),
        lump((0.05, 0.03, 0.06), (0.0, -0.045, 0.08), pale, "body"),
        lump((0.065, 0.06, 0.06), (0.0, -0.005, 0.215), fur, "head"),
        lump((0.03, 0.03, 0.024), (0.0, -0.055, 0.2), pale, "head"),
        lump((0.01, 0.006, 0.007), (0.0, -0.084, 0.208), ink, "head"),
        *(lump((0.007, 0.004, 0.007), (a * 0.024, -0.057, 0.232), ink, "head") for a in (-1, 1)),
        *(lump((0.024, 0.012, 0.024), (a * 0.05, 0.005, 0.265), fur, "ear") for a in (-1, 1)),
    )
    arms = tuple(
        hinged(
            (lump((0.03, 0.032, 0.065), (a * 0.085, -0.02, 0.11), fur, "arm"),),
            (1.0, 0.0, 0.0),
            at=(0.0, s * 0.0, s * 0.16),
            until=1.0,
            back=-1.6,
        )
        for a in (-1, 1)
    )
    legs = tuple(
        q
        for a in (-1, 1)
        for q in (
            lump((0.035, 0.07, 0.035), (a * 0.055, -0.08, 0.035), fur, "leg"),
            lump((0.028, 0.01, 0.036), (a * 0.058, -0.143, 0.042), pale, "leg"),
        )
    )
    return assembled("teddy bear", (*fixed, *legs), arms)


def toy_car(rng: np.random.Generator, paint: Paint) -> Thing:
    """A bonnet, a cabin with windows, four wheels that turn."""
    s = rng.uniform(0.5, 2.0)
    skin, glass, rubber, metal = (
        paint("plain", (0.03, 0.07, 0.03)),
        paint("glass", (0.03, 0.05, 0.02)),
        Material((0.06, 0.06, 0.06)),
        paint("metal", (0.01, 0.01, 0.01)),
    )

    def scaled(rows: tuple[tuple[float, float, float], ...]) -> tuple[tuple[float, float, float], ...]:
        return tuple((s * a, s * b, s * c) for a, b, c in rows)

    cabin = rng.uniform(0.6, 0.95)
    fixed: tuple[Solid, ...] = (
        rounded((s * 0.029, s * 0.07, s * 0.011), skin, radius=s * 0.008, at=(0.0, 0.0, s * 0.021),
                part="body"),
        lofted(scaled(((0.027, 0.04 * cabin, 0.03), (0.021, 0.027 * cabin, 0.047),
                       (0.018, 0.022 * cabin, 0.0485), (0.0002, 0.0002, 0.049))), skin,
               at=(0.0, s * 0.01, 0.0), part="body", roundness=0.25),
        *(rounded((s * 0.0006, s * 0.022 * cabin, s * 0.006), glass, radius=0.0005, part="pane",
                  pose=at(a * s * 0.0245, s * 0.01, s * 0.039, axis="y", turn=-a * 0.33)) for a in (-1, 1)),
        *(rounded((s * 0.019, s * 0.0006, s * 0.0065), glass, radius=0.0005, part="pane",
                  pose=at(0.0, s * (0.01 + b * 0.0345 * cabin), s * 0.039, axis="x", turn=b * 0.62))
          for b in (-1, 1)),
        *(ball((s * 0.005, s * 0.003, s * 0.004), metal, at=(a * s * 0.019, s * -0.069, s * 0.022),
               part="light") for a in (-1, 1)),
    )  # fmt: skip
    wheels = []
    for a in (-1, 1):
        for b in (-0.042, 0.042):
            disc = (*peg((a * s * 0.022, s * b, s * 0.013), (a * s * 0.031, s * b, s * 0.013), s * 0.013,
                         rubber, part="wheel"),
                    *peg((a * s * 0.030, s * b, s * 0.013), (a * s * 0.0315, s * b, s * 0.013), s * 0.006,
                         metal, part="wheel"))  # fmt: skip
            wheels.append(hinged(disc, (1.0, 0.0, 0.0), at=(0.0, s * b, s * 0.013), until=3.0))
    return assembled("toy car", fixed, tuple(wheels))


def skateboard(rng: np.random.Generator, paint: Paint) -> Thing:
    """A deck with raised ends on four wheels."""
    x, long = rng.uniform(0.095, 0.11), rng.uniform(0.36, 0.42)
    wood, metal, rubber = (
        paint("print", (x, long, 0.02)),
        paint("metal", (0.05, 0.02, 0.03)),
        paint("plain", (0.03, 0.03, 0.03)),
    )
    path = smooth(
        (
            (0.0, -long, 0.15),
            (0.0, -0.85 * long, 0.115),
            (0.0, -0.6 * long, 0.1),
            (0.0, 0.6 * long, 0.1),
            (0.0, 0.85 * long, 0.115),
            (0.0, long, 0.15),
        ),
        4,
    )
    widths = tuple(
        (x * float(np.sqrt(max(0.08, 1 - max(0.0, (abs(y) / long - 0.72) / 0.28) ** 2))), 0.006) for _, y, _ in path
    )
    deck = swept(tuple((a, b, c) for a, b, c in path), widths, wood, part="board", corners=12)
    trucks = tuple(q for b in (-0.6, 0.6) for q in (rounded((0.02, 0.03, 0.02), metal, radius=0.008,
                                                            at=(0.0, b * long, 0.075), part="base"),
                                                    rod((-x, b * long, 0.03), (x, b * long, 0.03), 0.006,
                                                        metal, part="base")))  # fmt: skip
    wheels = tuple(hinged(peg((a * (x - 0.034), b * long, 0.03), (a * x, b * long, 0.03), 0.029, rubber,
                              part="wheel"), (1.0, 0.0, 0.0), at=(0.0, b * long, 0.03), until=3.0)
                   for a in (-1, 1) for b in (-0.6, 0.6))  # fmt: skip
    return assembled("skateboard", (deck, *trucks), wheels)


def toy_blocks(rng: np.random.Generator, paint: Paint) -> Thing:
    """A tower of bricks, set on each other askew."""
    solids: list[Solid] = []
    z, half = 0.0, rng.uniform(0.015, 0.025)
    for _ in range(int(rng.integers(3, 8))):
        x, y = half * rng.uniform(0.8, 1.8), half
        place = (rng.uniform(-0.3, 0.3) * half, rng.uniform(-0.3, 0.3) * half, z + half)
        solids.append(
            rounded(
                (x, y, half),
                paint("plain", (x, y, half)),
                radius=0.003,
                part="block",
                pose=at(*place, turn=rng.uniform(-0.5, 0.5)),
            )
        )
        z += 2 * half
    roof = slab(
        ((-1.2 * half, 0.0), (1.2 * half, 0.0), (0.0, 1.2 * half)),
        2 * half,
        paint("plain", (half, half, half)),
        part="block",
        pose=at(0.0, half, z, axis="x", turn=pi / 2),
    )
    return assembled("toy blocks", (*solids, roof))


def drum(rng: np.random.Generator, paint: Paint) -> Thing:
    """A barrel with two skins, hoops and cords."""
    r, h = rng.uniform(0.12, 0.2), rng.uniform(0.15, 0.35)
    skin, hide, hoop = paint("plain", (r, r, h)), paint("porcelain", (r, r, h)), paint("metal", (r, r, h))
    body = turned(((r, 0.0), (r, h)), skin, part="body")
    heads = turned(((0.0, h - 0.002), (0.99 * r, h - 0.002)), hide, part="membrane") + turned(
        ((0.0, 0.0), (r, 0.0)), hide, part="membrane"
    )
    hoops = tuple(
        q
        for z in (0.0, h - 0.018)
        for q in turned(((r, z), (1.04 * r, z), (1.04 * r, z + 0.022), (r, z + 0.022)), hoop, part="frame")
    )
    cords = tuple(rod((1.03 * r * round(cos(a), 9), 1.03 * r * round(sin(a), 9), 0.015),
                      (1.03 * r * round(cos(a + 0.4 * (-1) ** i), 9),
                       1.03 * r * round(sin(a + 0.4 * (-1) ** i), 9), h - 0.015),
                      0.0035, hoop, part="cord") for i,
                  a in enumerate(np.linspace(0, 2 * pi, 13)[:-1].tolist()))  # fmt: skip
    return assembled("drum", (*body, *heads, *hoops, *cords))
