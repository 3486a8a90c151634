"""What cooks, pours and serves; spouts towards -x, fronts towards -y."""

import numpy as np

from lasso3d.data.procedural.appearance import Material
from lasso3d.data.procedural.curves import bent, lathe, peg, rounded, slab, smooth, swept
from lasso3d.data.procedural.finishes import Paint
from lasso3d.data.procedural.forms import Point, ball, block, lofted, moved, turned
from lasso3d.data.procedural.joints import assembled, hinged, sliding
from lasso3d.data.procedural.shapes import Solid, Thing, at


def kettle(rng: np.random.Generator, paint: Paint) -> Thing:
    """Body, spout and lid; the handle an arch above or, on electric ones, an ear behind."""
    r, h, electric = rng.uniform(0.07, 0.1), rng.uniform(0.13, 0.21), rng.random() < 0.5
    skin, dark = paint("metal" if rng.random() < 0.6 else "plain", (r, r, h)), paint("plain", (r, r, h))
    neck = rng.uniform(0.55, 0.8) * r
    body = turned(((0.0, 0.0), (r, 0.0)), skin, part="body")
    body += lathe(((r, 0.0), (1.03 * r, 0.3 * h), (0.92 * r, 0.7 * h), (neck, h)), skin, part="body")
    spout = _spout(((-0.85 * r, 0.5 * h), (-1.2 * r, 0.65 * h), (-1.5 * r, 0.98 * h)), 0.3 * r, skin)
    if electric:
        body += turned(((0.0, -0.02), (1.05 * r, -0.02), (1.05 * r, 0.0), (r, 0.0)), dark, part="base")
        path: tuple[Point, ...] = (
            (0.75 * r, 0.0, 0.93 * h),
            (1.5 * r, 0.0, 0.95 * h),
            (1.6 * r, 0.0, 0.5 * h),
            (0.98 * r, 0.0, 0.2 * h),
        )
    else:
        path = ((-0.8 * r, 0.0, 0.85 * h), (-0.75 * r, 0.0, 1.3 * h), (0.0, 0.0, 1.6 * h), (0.75 * r, 0.0, 1.3 * h),
                (0.8 * r, 0.0, 0.85 * h))  # fmt: skip
    handle = bent(path, rng.uniform(0.007, 0.011), dark, part="handle", steps=5)
    lid = _lid(neck, h, skin, dark)
    return assembled("kettle", (*body, spout, handle),
                     (hinged(lid, (0.0, 1.0, 0.0), at=(neck, 0.0, h), until=1.8),))  # fmt: skip


def teapot(rng: np.random.Generator, paint: Paint) -> Thing:
    """A round belly with a curved spout, an ear and a lid with a knob."""
    r, h = rng.uniform(0.06, 0.09), rng.uniform(0.09, 0.13)
    glaze, neck = paint("ceramic", (r, r, h)), rng.uniform(0.4, 0.55) * r
    body = turned(((0.0, 0.0), (0.6 * r, 0.0)), glaze, part="body")
    body += lathe(
        ((0.6 * r, 0.0), (0.95 * r, 0.25 * h), (r, 0.5 * h), (0.8 * r, 0.85 * h), (neck, h)), glaze, part="body"
    )
    spout = _spout(
        ((-0.85 * r, 0.35 * h), (-1.4 * r, 0.5 * h), (-1.45 * r, 0.8 * h), (-1.85 * r, 1.02 * h)), 0.22 * r, glaze
    )
    ear = bent(((0.85 * r, 0.0, 0.78 * h), (1.5 * r, 0.0, 0.85 * h), (1.6 * r, 0.0, 0.45 * h),
                (0.95 * r, 0.0, 0.3 * h)),
               0.11 * r, glaze, part="handle")  # fmt: skip
    return assembled(
        "teapot", (*body, spout, ear), (sliding(_lid(neck, h, glaze, glaze), (0.0, 0.0, 1.0), until=0.06),)
    )


def pot(rng: np.random.Generator, paint: Paint) -> Thing:
    """A cooking pot: two ears, a lid that may be off."""
    r, h = rng.uniform(0.08, 0.14), rng.uniform(0.08, 0.2)
    metal, grip = paint("metal" if rng.random() < 0.7 else "ceramic", (r, r, h)), paint("plain", (r, r, h))
    body = turned(((0.0, 0.0), (0.95 * r, 0.0), (r, 0.1 * h), (r, h), (r + 0.004, h), (r - 0.004, h),
                   (r - 0.004, 0.1 * h), (0.93 * r, 0.006), (0.0, 0.006)), metal, part="body")  # fmt: skip
    ears = tuple(
        bent(((s * r, -0.04, 0.8 * h), (s * (r + 0.035), -0.03, 0.82 * h), (s * (r + 0.035), 0.03, 0.82 * h),
              (s * r, 0.04, 0.8 * h)), 0.006, grip, part="handle")
        for s in (-1, 1)
    )  # fmt: skip
    lid = lathe(
        ((r + 0.005, h + 0.001), (0.97 * r, h + 0.01), (0.5 * r, h + 0.03), (0.0, h + 0.034)), metal, part="lid"
    )
    lid += lathe(((0.008, h + 0.03), (0.012, h + 0.045), (0.022, h + 0.055), (0.0, h + 0.062)), grip, part="lid")
    return assembled("pot", (*body, *ears), (sliding(lid, (0.0, 0.0, 1.0), until=0.12),))


def coffee_machine(rng: np.random.Generator, paint: Paint) -> Thing:
    """A tower over a glass jug, a lid for water above, buttons and a knob in front."""
    x, y, h = rng.uniform(0.09, 0.13), rng.uniform(0.1, 0.14), rng.uniform(0.28, 0.38)
    case, dark, glass = paint("plain", (x, y, h)), paint("plain", (x, y, h)), paint("glass", (x, y, h))
    head = 0.3 * h
    fixed = (
        rounded((x, y, 0.02), dark, radius=0.012, at=(0.0, 0.0, 0.02), part="base"),
        rounded((x, 0.35 * y, h / 2), case, radius=0.015, at=(0.0, 0.65 * y, h / 2), part="body"),
        rounded((x, y, head / 2), case, radius=0.02, at=(0.0, 0.0, h - head / 2), part="body"),
        *_buttons(((-0.6 * x, h - 0.65 * head), (-0.3 * x, h - 0.65 * head)), y, 0.009, dark),
    )
    r = min(0.72 * x, 0.55 * y)
    place, jug = (0.0, -0.35 * y, 0.042), h - head - 0.07
    pitcher_ = lathe(
        ((0.8 * r, 0.0), (r, 0.3 * jug), (0.7 * r, 0.85 * jug), (0.75 * r, jug)), glass, at=place, part="container"
    )
    pitcher_ += turned(((0.0, 0.0), (0.8 * r, 0.0)), glass, at=place, part="container")
    pitcher_ += (bent(((0.7 * r, place[1], place[2] + 0.85 * jug), (1.5 * r, place[1], place[2] + 0.8 * jug),
                       (1.4 * r, place[1], place[2] + 0.3 * jug)), 0.006, dark, part="container"),)  # fmt: skip
    knob = peg((0.5 * x, -y, h - 0.55 * head), (0.5 * x, -y - 0.018, h - 0.55 * head), 0.018, dark, part="knob")
    knob += (block((0.003, 0.004, 0.018), case, at=(0.5 * x, -y - 0.02, h - 0.55 * head), part="knob"),)
    lid = (rounded((0.95 * x, 0.8 * y, 0.008), dark, radius=0.007, at=(0.0, 0.1 * y, h + 0.006), part="lid"),)
    return assembled("coffee machine", fixed, (
        hinged(lid, (-1.0, 0.0, 0.0), at=(0.0, 0.9 * y, h), until=1.7),
        hinged(knob, (0.0, 1.0, 0.0), at=(0.5 * x, 0.0, h - 0.55 * head), until=2.5),
        sliding(pitcher_, (0.0, -1.0, 0.0), until=0.12),
    ))  # fmt: skip


def toaster(rng: np.random.Generator, paint: Paint) -> Thing:
    """Two slots, open above, a lever and a dial at one end."""
    x, y, h, slot = rng.uniform(0.12, 0.16), rng.uniform(0.07, 0.09), rng.uniform(0.16, 0.2), 0.015
    skin, dark = paint("metal" if rng.random() < 0.6 else "plain", (x, y, h)), paint("plain", (x, y, h))
    wall = (y - 2 * slot) / 2 - 0.006
    fixed = (
        *(rounded((x, wall, h / 2), skin, radius=0.9 * wall, at=(0.0, s * (y - wall), h / 2 + 0.01),
                  part="body") for s in (-1, 1)),
        rounded((x - 0.02, 0.012, h / 2 - 0.004), skin, radius=0.004, at=(0.0, 0.0, h / 2 + 0.008),
                part="body"),
        *(rounded((0.015, 0.7 * y, h / 2 - 0.006), dark, radius=0.01, at=(s * (x - 0.012), 0.0, h / 2 + 0.008),
                  part="body")
          for s in (-1, 1)),
        block((x - 0.01, 0.8 * y, 0.008), dark, at=(0.0, 0.0, 0.008), part="base"),
    )  # fmt: skip
    lever = (rounded((0.014, 0.02, 0.008), dark, radius=0.005, at=(x + 0.012, 0.0, 0.75 * h), part="slider"),)
    dial = peg((x, 0.45 * y, 0.3 * h), (x + 0.014, 0.45 * y, 0.3 * h), 0.014, dark, part="knob")
    button = peg((x, -0.45 * y, 0.3 * h), (x + 0.008, -0.45 * y, 0.3 * h), 0.009, dark, part="button")
    return assembled("toaster", (*fixed, *button), (
        sliding(lever, (0.0, 0.0, -1.0), until=0.45 * h),
        hinged(dial, (1.0, 0.0, 0.0), at=(x, 0.45 * y, 0.3 * h), until=3.0),
    ))  # fmt: skip


def blender(rng: np.random.Generator, paint: Paint) -> Thing:
    """A jug with an ear and a lid on a foot with knobs."""
    r, foot, jug = rng.uniform(0.05, 0.065), rng.uniform(0.1, 0.15), rng.uniform(0.18, 0.26)
    case, dark, glass = paint("plain", (r, r, foot)), paint("plain", (r, r, jug)), paint("glass", (r, r, jug))
    base = (lofted(((1.5 * r, 1.5 * r, 0.0), (1.45 * r, 1.4 * r, 0.3 * foot), (r, r, foot),
                    (0.0005, 0.0005, foot)), case,
                   part="base", roundness=0.6),)  # fmt: skip
    top = foot + jug
    container = turned(
        ((0.0, foot), (0.8 * r, foot), (0.85 * r, foot + 0.1 * jug), (1.3 * r, top)), glass, part="container"
    )
    ear = bent(((1.2 * r, 0.0, top - 0.1 * jug), (2.0 * r, 0.0, top - 0.1 * jug), (1.8 * r, 0.0, foot + 0.3 * jug),
                (0.95 * r, 0.0, foot + 0.25 * jug)), 0.009, dark, part="handle")  # fmt: skip
    lid = turned(((1.34 * r, top - 0.01), (1.34 * r, top + 0.012), (0.5 * r, top + 0.018), (0.5 * r, top + 0.035),
                  (0.0, top + 0.035)), dark, part="lid")  # fmt: skip
    knob = peg((0.0, -1.25 * r, 0.4 * foot), (0.0, -1.55 * r, 0.35 * foot), 0.35 * r, dark, part="knob")
    return assembled("blender", (*base, *container, ear, *knob), (sliding(lid, (0.0, 0.0, 1.0), until=0.1),))


def knife(rng: np.random.Generator, paint: Paint) -> Thing:
    """Lies on its side: a pointed blade and a handle."""
    length, wide = rng.uniform(0.09, 0.2), rng.uniform(0.02, 0.045)
    steel, grip = (
        paint("metal", (length, wide, 0.002)),
        paint("wood" if rng.random() < 0.5 else "plain", (length, wide, 0.01)),
    )
    edge = ((0.0, -wide / 2), (0.7 * length, -wide / 2), (0.92 * length, -0.2 * wide), (length, 0.35 * wide),
            (0.9 * length, 0.5 * wide), (0.0, wide / 2))  # fmt: skip
    path = ((0.0, 0.0, 0.01), (-0.04, 0.1 * wide, 0.01), (-0.08, 0.1 * wide, 0.01), (-0.115, -0.1 * wide, 0.01))
    handle = swept(
        path,
        ((0.35 * wide, 0.007), (0.38 * wide, 0.009), (0.32 * wide, 0.009), (0.42 * wide, 0.008)),
        grip,
        part="handle",
    )
    return assembled("knife", (slab(edge, 0.002, steel, at=(0.0, 0.0, 0.009), part="blade", bevel=0.0006), handle))


def fork(rng: np.random.Generator, paint: Paint) -> Thing:
    """Four tines on a flat, bent handle."""
    steel, long = paint("metal", (0.01, 0.1, 0.01)), rng.uniform(0.1, 0.13)
    handle = _flatware(long, steel)
    tines = tuple(
        bent(
            ((0.6 * d, 0.0, 0.012), (d, 0.012, 0.009), (d, 0.03, 0.006), (d, 0.06, 0.012)),
            0.0016,
            steel,
            part="tine",
        )
        for d in (-0.009, -0.003, 0.003, 0.009)
    )
    return assembled("fork", (handle, *tines))


def spoon(rng: np.random.Generator, paint: Paint) -> Thing:
    """A dish on a flat, bent handle."""
    steel, long = paint("metal" if rng.random() < 0.7 else "wood", (0.01, 0.1, 0.01)), rng.uniform(0.1, 0.2)
    a, b, d = rng.uniform(0.016, 0.024), rng.uniform(0.024, 0.032), rng.uniform(0.006, 0.01)
    dish = lofted(((0.0005, 0.0005, 0.0), (0.6 * a, 0.6 * b, 0.15 * d), (a, b, d),
                   (0.9 * a, 0.9 * b, d),
                   (0.5 * a, 0.5 * b, 0.3 * d),
                   (0.0005, 0.0005, 0.2 * d)), steel, at=(0.0, 0.9 * b, 0.004), part="bowl",
                  roundness=1.0)  # fmt: skip
    return assembled("spoon", (_flatware(long, steel), dish))


def cutting_board(rng: np.random.Generator, paint: Paint) -> Thing:
    """A board with a grip at one end."""
    x, y, t = rng.uniform(0.1, 0.16), rng.uniform(0.14, 0.2), rng.uniform(0.01, 0.025)
    wood = paint("wood", (x, y, t))
    grip = rounded((0.03, 0.05, 0.45 * t), wood, radius=0.4 * t, at=(0.0, y + 0.04, t / 2), part="handle")
    return assembled(
        "cutting board",
        (rounded((x, y, t / 2), wood, radius=0.4 * t, at=(0.0, 0.0, t / 2), part="board"), grip),
        deck=t,
    )


def pitcher(rng: np.random.Generator, paint: Paint) -> Thing:
    """A tall jug with an ear and a lip, open above."""
    r, h, wall = rng.uniform(0.045, 0.07), rng.uniform(0.15, 0.26), 0.004
    glaze = paint("ceramic" if rng.random() < 0.6 else "glass", (r, r, h))
    curve = ((0.8 * r, 0.0), (r, 0.3 * h), (0.75 * r, 0.75 * h), (0.9 * r, h))
    body = turned(((0.0, 0.0), (0.8 * r, 0.0)), glaze, part="body") + lathe(curve, glaze, part="body")
    inner = (*((q - wall, z + wall) for q, z in curve[:-1]), (0.9 * r - wall, h))
    body += lathe(inner, glaze, part="body")
    lip = _spout(((-0.7 * r, 0.82 * h), (-0.95 * r, 0.95 * h), (-1.3 * r, 1.04 * h)), 0.25 * r, glaze)
    ear = bent(((0.8 * r, 0.0, 0.85 * h), (1.7 * r, 0.0, 0.88 * h), (1.6 * r, 0.0, 0.35 * h),
                (0.97 * r, 0.0, 0.3 * h)), 0.008,
               glaze, part="handle")  # fmt: skip
    return assembled("pitcher", (*body, lip, ear))


def wine_glass(rng: np.random.Generator, paint: Paint) -> Thing:
    """A bowl on a stem."""
    r, h = rng.uniform(0.03, 0.045), rng.uniform(0.14, 0.22)
    glass = paint("glass", (r, r, h))
    foot = turned(((0.0, 0.0), (0.9 * r, 0.0), (0.85 * r, 0.003), (0.006, 0.01)), glass, part="base")
    stem = lathe(((0.006, 0.01), (0.004, 0.2 * h), (0.006, 0.45 * h)), glass, part="stem")
    cup = lathe(((0.006, 0.45 * h), (0.8 * r, 0.55 * h), (r, 0.7 * h), (0.8 * r, h)), glass, part="bowl")
    return assembled("wine glass", (*foot, *stem, *cup))


def dispenser(rng: np.random.Generator, paint: Paint) -> Thing:
    """A bottle with a pump: for soap or lotion."""
    r, h = rng.uniform(0.028, 0.045), rng.uniform(0.1, 0.18)
    skin, pump = paint("label", (r, r, h)), paint("plain", (r, r, h))
    square = rng.random() < 0.4
    body: tuple[Solid, ...] = turned(((0.0, 0.0), (r, 0.0)), skin, part="body")
    if square:
        body = (rounded((r, 0.7 * r, h / 2), skin, radius=0.25 * r, at=(0.0, 0.0, h / 2), part="body"),)
    else:
        body += lathe(((r, 0.0), (r, 0.5 * h), (0.95 * r, 0.85 * h), (0.4 * r, h)), skin, part="body")
    collar = turned(((0.42 * r, h - 0.004), (0.42 * r, h + 0.016), (0.006, h + 0.018)), pump, part="lid")
    head = peg((0.0, 0.0, h + 0.01), (0.0, 0.0, h + 0.045), 0.005, pump, part="head")
    head += (swept(((0.012, 0.0, h + 0.05), (-0.02, 0.0, h + 0.05), (-0.05, 0.0, h + 0.047),
                    (-0.056, 0.0, h + 0.04)),
                   ((0.01, 0.006), (0.009, 0.006), (0.006, 0.005), (0.005, 0.004)), pump,
                   part="head"),)  # fmt: skip
    return assembled("dispenser", (*body, *collar), (
        sliding(head, (0.0, 0.0, -1.0), until=0.02),
    ))  # fmt: skip


def rolling_pin(rng: np.random.Generator, paint: Paint) -> Thing:
    """A roller between two grips, lying."""
    r, half = rng.uniform(0.02, 0.03), rng.uniform(0.1, 0.14)
    wood = paint("wood", (half, r, r))
    roller = peg((-half, 0.0, r), (half, 0.0, r), r, wood, part="body")
    grips = tuple(
        ball((0.055, 0.4 * r, 0.4 * r), wood, at=(s * (half + 0.05), 0.0, r), part="handle") for s in (-1, 1)
    )
    return assembled("rolling pin", (*roller, *grips))


def tray(rng: np.random.Generator, paint: Paint) -> Thing:
    """A shallow tub with a grip at each end."""
    x, y, h = rng.uniform(0.16, 0.24), rng.uniform(0.11, 0.16), rng.uniform(0.02, 0.04)
    skin = paint("lacquer", (x, y, h))
    tub = lofted(((0.0005, 0.0005, 0.0), (0.93 * x, 0.93 * y, 0.0), (x, y, h), (x - 0.006, y - 0.006, h),
                  (0.92 * x, 0.92 * y, 0.006),
                  (0.0005, 0.0005, 0.006)), skin, part="body", roundness=0.15)  # fmt: skip
    grips = tuple(bent(((s * x, -0.05, h), (s * (x + 0.01), -0.03, h + 0.03), (s * (x + 0.01), 0.03, h + 0.03),
                        (s * x, 0.05, h)),
                       0.006, skin, part="handle") for s in (-1, 1))  # fmt: skip
    return assembled("tray", (tub, *grips), deck=0.006)


def _spout(curve: tuple[tuple[float, float], ...], radius: float, material: Material) -> Solid:
    """A pipe in the plane y = 0 that narrows to its end."""
    path = tuple((x, 0.0, z) for x, z in smooth(curve, 4))
    return swept(
        path, tuple((s, s) for s in np.linspace(radius, 0.5 * radius, len(path)).tolist()), material, part="spout"
    )


def _lid(r: float, z: float, skin: Material, knob: Material) -> tuple[Solid, ...]:
    """A dome with a knob on an opening."""
    return (
        *lathe(((1.03 * r, z), (0.75 * r, z + 0.18 * r), (0.0, z + 0.3 * r)), skin, part="lid"),
        ball((0.16 * r + 0.004, 0.16 * r + 0.004, 0.2 * r), knob, at=(0.0, 0.0, z + 0.42 * r), part="lid"),
    )


def _flatware(long: float, steel: Material) -> Solid:
    path = smooth(((0.0, 0.004, 0.011), (0.0, -0.3 * long, 0.014), (0.0, -long, 0.005)), 3)
    wide = np.linspace(0.005, 0.011, len(path)).tolist()
    return swept(tuple((x, y, z) for x, y, z in path), tuple((w, 0.0014) for w in wide), steel, part="handle")


def _buttons(places: tuple[tuple[float, float], ...], y: float, r: float, material: Material) -> tuple[Solid, ...]:
    """Round buttons on a front at -y."""
    button = turned(((r, 0.0), (r, 0.006), (0.0, 0.006)), material, part="button")
    return tuple(s for x, z in places for s in moved(button, at(x, -y, z, axis="x", turn=np.pi / 2)))
