"""Lamps, plants, screens, bins: what stands around."""

from math import cos, pi

import numpy as np

from lasso3d.data.procedural.curves import facing, lathe, rounded
from lasso3d.data.procedural.finishes import Paint
from lasso3d.data.procedural.forms import ball, blade, block, lofted, rod, tube, turned
from lasso3d.data.procedural.joints import assembled, hinged
from lasso3d.data.procedural.shapes import Deck, Solid, Thing, at, circle, rectangle


def floor_lamp(rng: np.random.Generator, paint: Paint) -> Thing:
    """A shade on a pole, straight or arched."""
    h, r = rng.uniform(1.3, 1.75), rng.uniform(0.13, 0.25)
    metal, foot = paint("metal", (r, r, h)), rng.uniform(0.12, 0.17)
    base = turned(((0.0, 0.025), (foot, 0.02), (foot, 0.0)), metal, part="base")
    reach = rng.uniform(0.1, 0.3) if rng.random() < 0.3 else 0.0
    pole = tube(
        ((0.0, 0.0, 0.02), (0.0, 0.0, h - 0.3), (reach / 2, 0.0, h - 0.1), (reach, 0.0, h - 0.12))
        if reach
        else ((0.0, 0.0, 0.02), (0.0, 0.0, h - 0.1)),
        0.012,
        metal,
        part="body",
    )
    return Thing("floor lamp", (*base, *pole, *_shade(rng, paint, r, h, x=reach)), circle(max(foot, r + reach)), h)


def table_lamp(rng: np.random.Generator, paint: Paint) -> Thing:
    """A shade on a turned foot, or a jointed desk lamp."""
    h, r = rng.uniform(0.3, 0.6), rng.uniform(0.09, 0.17)
    if rng.random() < 0.4:
        metal = paint("plain", (r, r, h))
        base = turned(((0.0, 0.02), (0.08, 0.015), (0.08, 0.0)), metal, part="base")
        arm = tube(((0.0, 0.0, 0.02), (0.0, 0.1, 0.6 * h), (0.0, -0.08, h)), 0.008, metal, part="body")
        head = turned(((0.02, h), (0.07, h - 0.1)), metal, at=(0.0, -0.1, 0.0), part="shade")
        bulb = (ball((0.025, 0.025, 0.03), paint("porcelain", (r, r, h)), at=(0.0, -0.1, h - 0.08), part="bulb"),)
        turning = hinged((*head, *bulb), (1.0, 0.0, 0.0), at=(0.0, -0.08, h), until=0.5, back=-0.7)
        return assembled("table lamp", (*base, *arm), (turning,), footprint=circle(0.15))
    glaze, belly = paint("ceramic", (r, r, h)), rng.uniform(0.04, 0.09)
    foot = turned(
        ((belly * 0.7, 0.0), (belly, 0.12 * h), (belly * 0.8, 0.35 * h), (0.012, 0.5 * h), (0.01, 0.8 * h)),
        glaze,
        part="base",
    )
    return Thing("table lamp", (*foot, *_shade(rng, paint, r, h)), circle(r), h)


def ceiling_lamp(rng: np.random.Generator, paint: Paint) -> Thing:
    """Hangs from where its height ends."""
    r, h = rng.uniform(0.12, 0.28), rng.uniform(0.5, 0.9)
    cord = rod((0.0, 0.0, 0.1), (0.0, 0.0, h), 0.006, paint("plain", (r, r, h)), part="pole")
    if rng.random() < 0.4:
        return Thing(
            "lamp",
            (ball((r, r, r), paint("porcelain", (r, r, h)), at=(0.0, 0.0, r), part="shade"), cord),
            circle(r),
            h,
        )
    return Thing("lamp", (*_shade(rng, paint, r, 0.4), cord), circle(r), h)


def plant(rng: np.random.Generator, paint: Paint) -> Thing:
    """Leaves from a pot, from a handful of blades to a small tree."""
    r, pot, h = rng.uniform(0.1, 0.2), rng.uniform(0.15, 0.35), rng.uniform(0.5, 1.7)
    return _potted("plant", rng, paint, r, pot, h)


def potted_plant(rng: np.random.Generator, paint: Paint) -> Thing:
    """Small enough for a table."""
    return _potted("plant", rng, paint, rng.uniform(0.05, 0.09), rng.uniform(0.07, 0.14), rng.uniform(0.2, 0.4))


def trash_can(rng: np.random.Generator, paint: Paint) -> Thing:
    """Open or with a lid, round or square."""
    r, h = rng.uniform(0.11, 0.2), rng.uniform(0.25, 0.65)
    skin, narrow = paint("plain" if rng.random() < 0.6 else "metal", (r, r, h)), rng.uniform(0.7, 1)
    rings = (
        (narrow * r, narrow * r, 0.0),
        (r, r, h),
        (r - 0.006, r - 0.006, h),
        (narrow * r - 0.006, narrow * r - 0.006, 0.02),
        (0.0005, 0.0005, 0.02),
    )
    roundness, kind = 1.0 if rng.random() < 0.6 else 0.15, rng.random()
    body = lofted(rings, skin, part="body", roundness=roundness)
    if kind < 0.4:
        return assembled("trash can", (body,), footprint=circle(r))
    dark = paint("plain", (r, r, h))
    if kind < 0.6:
        # a hood with a flap that swings both ways
        hood = lofted(
            (
                (r + 0.004, r + 0.004, h),
                (0.9 * r, 0.75 * r, h + 0.1),
                (0.8 * r, 0.5 * r, h + 0.13),
                (0.0005, 0.0005, h + 0.135),
            ),
            dark,
            part="lid",
            roundness=roundness,
        )
        flap = (
            rounded(
                (0.55 * r, 0.004, 0.045),
                skin,
                radius=0.003,
                part="door",
                pose=at(0.0, -0.84 * r, h + 0.055, axis="x", turn=-0.35),
            ),
        )
        return assembled(
            "trash can",
            (body, hood),
            (hinged(flap, (-1.0, 0.0, 0.0), at=(0.0, -0.78 * r, h + 0.1), until=0.0, back=-0.9),),
            footprint=circle(r),
        )
    lid = (
        lofted(
            (
                (r + 0.005, r + 0.005, h),
                (r + 0.005, r + 0.005, h + 0.02),
                (0.7 * r, 0.7 * r, h + 0.045),
                (0.0005, 0.0005, h + 0.05),
            ),
            dark,
            part="lid",
            roundness=roundness,
        ),
    )
    pedal = (
        rounded((0.04, 0.035, 0.006), dark, radius=0.005, at=(0.0, -narrow * r - 0.02, 0.02), part="footpedal"),
    )
    moving = (
        hinged(lid, (-1.0, 0.0, 0.0), at=(0.0, r, h), until=1.4),
        hinged(pedal, (-1.0, 0.0, 0.0), at=(0.0, -0.8 * r, 0.02), until=0.0, back=-0.2),
    )
    return assembled("trash can", (body,), moving if kind < 0.85 else moving[:1], footprint=circle(r + 0.005))


def monitor(rng: np.random.Generator, paint: Paint) -> Thing:
    """A screen on a stand, facing -y."""
    return _screened("monitor", rng, paint, rng.uniform(0.22, 0.4), lift=rng.uniform(0.08, 0.18))


def television(rng: np.random.Generator, paint: Paint) -> Thing:
    """A larger screen on a low stand."""
    return _screened("television", rng, paint, rng.uniform(0.4, 0.8), lift=rng.uniform(0.03, 0.08))


def wall_television(rng: np.random.Generator, paint: Paint) -> Thing:
    """A flat screen on the wall."""
    x = rng.uniform(0.4, 0.9)
    h = 1.13 * x
    case = paint("plain", (x, 0.03, h))
    solids = (
        block((x, 0.02, h / 2), case, at=(0.0, 0.0, h / 2), part="body"),
        block(
            (x - 0.015, 0.003, h / 2 - 0.015), paint("screen", (x, 0.03, h)), at=(0.0, -0.02, h / 2), part="screen"
        ),
    )
    return Thing("television", solids, rectangle(x, 0.024), h)


def computer(rng: np.random.Generator, paint: Paint) -> Thing:
    """A tower under or on a desk."""
    x, y, h = rng.uniform(0.08, 0.11), rng.uniform(0.19, 0.24), rng.uniform(0.35, 0.48)
    case = paint("plain", (x, y, h))
    metal, dark = paint("metal", (x, y, h)), paint("plain", (x, y, h))
    solids = (
        rounded((x, y, h / 2 - 0.01), case, radius=0.006, at=(0.0, 0.0, h / 2 + 0.01), part="body"),
        *(block((x - 0.015, 0.003, 0.018), metal, at=(0.0, -y - 0.002, h * z), part="panel")
          for z in (0.9, 0.8)),
        *facing(turned(((0.012, 0.0), (0.012, 0.005), (0.0, 0.006)), metal, part="button"),
                (0.0, -y, 0.66 * h)),
        *(block((0.007, 0.001, 0.004), dark, at=(a, -y - 0.001, 0.57 * h), part="socket")
          for a in (-0.02, 0.0, 0.02)),
        *(block((0.6 * x, 0.001, 0.003), dark, at=(0.0, -y - 0.001, h * z), part="panel")
          for z in np.linspace(0.12, 0.45, 12).tolist()),
        *(block((0.012, 0.02, 0.006), dark, at=(s * 0.8 * x, t * 0.8 * y, 0.006), part="base") for s in (-1, 1)
          for t in (-1, 1)),
    )  # fmt: skip
    return Thing("computer", solids, rectangle(x, y + 0.01), h, Deck(rectangle(x, y), h))


def books(rng: np.random.Generator, paint: Paint) -> Thing:
    """A row of upright books, spines towards -y, the last ones leaning."""
    return row_of_books(rng, paint, half_width=rng.uniform(0.06, 0.3), half_depth=0.14, room=0.35)


def row_of_books(
    rng: np.random.Generator, paint: Paint, *, half_width: float, half_depth: float, room: float
) -> Thing:
    """As many books as fit side by side, starting at -half_width."""
    solids: list[Solid] = []
    x, tallest, deep = -half_width, 0.0, min(half_depth, 0.13)
    series = paint("print", (0.02, 0.1, 0.2)) if rng.random() < 0.3 else None
    base = min(room * rng.uniform(0.65, 0.93), 0.34)
    while True:
        half = rng.uniform(0.007, 0.028)
        if x + 2 * half > half_width:
            break
        z, y = base * (1.0 if series else rng.uniform(0.75, 1.0)), deep * rng.uniform(0.65, 0.95)
        cover = series or paint("plain" if rng.random() < 0.7 else "print", (half, y, z))
        solids.append(block((half, y, z / 2), cover, at=(x + half, -half_depth + y + 0.01, z / 2)))
        x, tallest = x + 2 * half + 0.0005, max(tallest, z)
    if not solids:
        solids.append(
            block((half_width, 0.05, 0.06), paint("print", (half_width, 0.05, 0.12)), at=(0.0, 0.0, 0.06))
        )
        tallest = 0.12
    return Thing("books", tuple(solids), rectangle(half_width, half_depth), tallest)


def _shade(rng: np.random.Generator, paint: Paint, r: float, h: float, *, x: float = 0.0) -> tuple[Solid, ...]:
    cloth, tall, narrow = paint("cloth", (r, r, h)), rng.uniform(0.6, 1.1) * r + 0.08, rng.uniform(0.4, 1)
    bulb = lathe(((0.012, h - 0.75 * tall), (0.03, h - 0.55 * tall), (0.02, h - 0.42 * tall),
                  (0.0, h - 0.4 * tall)), paint("porcelain", (r, r, h)), at=(x, 0.0, 0.0),
                 part="bulb", steps=3)  # fmt: skip
    skin = turned(((r, h - tall), (r * narrow, h)), cloth, at=(x, 0.0, 0.0), part="shade")
    return (
        *skin,
        *bulb,
        rod((x, 0.0, h - 1.1 * tall), (x, 0.0, h - 0.75 * tall), 0.012, paint("metal", (r, r, h)), part="bulb"),
    )


def _potted(name: str, rng: np.random.Generator, paint: Paint, r: float, pot: float, h: float) -> Thing:
    glaze = paint("ceramic", (r, r, pot))
    solids: list[Solid] = [
        lofted(
            (
                (0.7 * r, 0.7 * r, 0.0),
                (r, r, pot),
                (0.9 * r, 0.9 * r, pot),
                (0.88 * r, 0.88 * r, 0.9 * pot),
                (0.0005, 0.0005, 0.9 * pot),
            ),
            glaze,
            part="pot",
            roundness=1.0 if rng.random() < 0.75 else 0.1,
        )
    ]
    leaf, rise = paint("leaf", (r, r, h)), h - pot
    tree = rise > 0.6 and rng.random() < 0.6
    if tree:
        solids.append(
            rod((0.0, 0.0, 0.8 * pot), (0.0, 0.0, pot + 0.7 * rise), 0.018, paint("wood", (r, r, h)), part="trunk")
        )
    widest = 0.0
    for _ in range(int(rng.integers(14, 40))):
        turn, low = rng.uniform(0.0, 2 * pi), pot * 0.9 + (rng.uniform(0.3, 0.75) * rise if tree else 0.0)
        length, pitch = (rng.uniform(0.25, 0.5) if tree else rng.uniform(0.6, 1.1)) * rise, rng.uniform(0.2, 1.35)
        reach = length * cos(pitch)
        widest = max(widest, reach)
        pose = at(0.0, 0.0, low, turn=turn).after(at(axis="y", turn=-pitch))
        solids.append(
            blade(
                length,
                rng.uniform(0.15, 0.3) * length + 0.02,
                leaf,
                pose=pose,
                droop=rng.uniform(0.1, 0.9),
                part="leaves",
            )
        )
    return Thing(name, tuple(solids), circle(max(r, 0.6 * widest)), h)


def _screened(name: str, rng: np.random.Generator, paint: Paint, x: float, *, lift: float) -> Thing:
    h = 1.13 * x
    case, thick = paint("plain", (x, 0.05, h)), rng.uniform(0.01, 0.025)
    panel = (
        rounded((x, thick, h / 2), case, radius=0.008, at=(0.0, 0.0, lift + h / 2), part="body"),
        block(
            (x - 0.012, 0.003, h / 2 - 0.012),
            paint("screen", (x, 0.03, h)),
            at=(0.0, -thick, lift + h / 2),
            part="screen",
        ),
    )
    foot = (
        rounded(
            (0.025, 0.012, lift / 2 + 0.05),
            case,
            radius=0.008,
            at=(0.0, thick + 0.01, lift / 2 + 0.05),
            part="support",
        ),
        rounded((0.4 * x, 0.09, 0.006), case, radius=0.005, at=(0.0, 0.0, 0.006), part="base"),
    )
    tilt = hinged(panel, (1.0, 0.0, 0.0), at=(0.0, thick, lift + h / 2), until=0.25, back=-0.25)
    return assembled(name, foot, (tilt,), footprint=rectangle(x, 0.095))
