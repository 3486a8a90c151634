"""What one carries in a hand or a pocket; lying on z = 0 as people leave it."""

from math import cos, pi, sin

import numpy as np

from lasso3d.data.procedural.curves import bent, facing, lathe, peg, ring, rounded, slab, smooth, swept
from lasso3d.data.procedural.finishes import Paint
from lasso3d.data.procedural.forms import block, moved, rod, turned
from lasso3d.data.procedural.joints import assembled, hinged, sliding
from lasso3d.data.procedural.shapes import Solid, Thing, at


def scissors(rng: np.random.Generator, paint: Paint) -> Thing:
    """Two arms around a screw, closed; loops at one end."""
    long, t = rng.uniform(0.06, 0.12), 0.0022
    steel, grip = paint("metal", (long, 0.01, t)), paint("plain", (long, 0.02, 0.01))
    arms = []
    for s, low in ((1, 0.006), (-1, 0.006 + t)):
        edge = (
            (-0.012, s * 0.006),
            (-0.012, -s * 0.004),
            (0.4 * long, -s * 0.005),
            (long, -s * 0.001),
            (long, s * 0.0005),
            (0.3 * long, s * 0.006),
        )
        blade = slab(edge, t, steel, at=(0.0, 0.0, low), part="blade", bevel=0.0004)
        neck = bent(
            ((-0.008, 0.0, low), (-0.25 * long, -s * 0.006, 0.007), (-0.45 * long, -s * 0.012, 0.007)),
            0.0045,
            grip,
            part="handle",
        )
        loop = ring(0.014 + 0.06 * long, 0.0042, grip, part="handle", stretch=0.75,
                    pose=at(-0.62 * long, -s * 0.024, 0.007, turn=s * 0.4))  # fmt: skip
        arms.append((blade, neck, loop))
    screw = turned(((0.004, 0.005), (0.004, 0.0115), (0.0, 0.012)), steel, part="screw")
    return assembled(
        "scissors", (*arms[0], *screw), (hinged(arms[1], (0.0, 0.0, 1.0), at=(0.0, 0.0, 0.0), until=0.9),)
    )


def pliers(rng: np.random.Generator, paint: Paint) -> Thing:
    """Two bent legs around a rivet, with short jaws."""
    long, jaw = rng.uniform(0.09, 0.13), rng.uniform(0.03, 0.06)
    steel, grip = paint("metal", (long, 0.02, 0.01)), paint("plain", (long, 0.02, 0.01))
    legs: list[tuple[Solid, ...]] = []
    for s in (1, -1):
        head = slab(((jaw, s * 0.001), (jaw, s * 0.005), (0.5 * jaw, s * 0.009), (0.0, s * 0.011),
                     (-0.016, s * 0.004), (-0.012, -s * 0.008),
                     (0.0, -s * 0.006), (0.3 * jaw, s * 0.001)), 0.009, steel, at=(0.0, 0.0, 0.003),
                    part="jaw", bevel=0.001)  # fmt: skip
        path = smooth(
            (
                (-0.006, -s * 0.004, 0.0075),
                (-0.025, -s * 0.012, 0.0075),
                (-0.4 * long, -s * 0.022, 0.0075),
                (-long, -s * 0.012, 0.0075),
            ),
            4,
        )
        size = tuple((0.0045 + 0.003 * min(1.0, 4 * i / len(path)), 0.006) for i in range(len(path)))
        legs.append((head, swept(tuple((x, y, z) for x, y, z in path), size, grip, part="leg")))
    rivet = turned(((0.006, 0.0), (0.006, 0.014), (0.0, 0.015)), steel, part="screw")
    return assembled(
        "pliers", (*legs[0], *rivet), (hinged(legs[1], (0.0, 0.0, 1.0), at=(0.0, 0.0, 0.0), until=0.7),)
    )


def pen(rng: np.random.Generator, paint: Paint) -> Thing:
    """With a cap and a clip, or with a button at its end."""
    r, long = rng.uniform(0.004, 0.0065), rng.uniform(0.12, 0.15)
    skin, metal = paint("plain", (r, r, long)), paint("metal", (r, r, long))
    body = peg((-0.35 * long, 0.0, r), (0.45 * long, 0.0, r), r, skin, part="body")
    tip = rod((-0.35 * long, 0.0, r), (-0.45 * long, 0.0, r), r, metal, part="body", taper=0.2)
    clip = block((0.12 * long, 0.0012, 0.0006), metal, at=(0.3 * long, 0.0, 2 * r + 0.0012), part="clip")
    if rng.random() < 0.5:
        button = peg((0.44 * long, 0.0, r), (0.5 * long, 0.0, r), 0.55 * r, metal, part="button")
        return assembled("pen", (*body, tip, clip), (sliding(button, (-1.0, 0.0, 0.0), until=0.006),))
    cap = peg((-0.46 * long, 0.0, r), (-0.02 * long, 0.0, r), 1.18 * r, skin, part="cap", taper=1.05)
    clip = block((0.13 * long, 0.0012, 0.0006), metal, at=(-0.28 * long, 0.0, 2.2 * r + 0.0014), part="cap")
    return assembled("pen", (*body, tip), (sliding((*cap, clip), (-1.0, 0.0, 0.0), until=0.07),))


def eyeglasses(rng: np.random.Generator, paint: Paint) -> Thing:
    """Two rims with a bridge; the legs fold."""
    wide, tall, thick = rng.uniform(0.022, 0.028), rng.uniform(0.7, 0.95), rng.uniform(0.0012, 0.0028)
    frame, glass = (
        paint("plain" if rng.random() < 0.6 else "metal", (0.07, 0.02, 0.02)),
        paint("glass", (0.03, 0.01, 0.03)),
    )
    gap, z = 0.010, wide * tall + thick
    upright = [at(s * (wide + gap), 0.0, z, axis="x", turn=pi / 2) for s in (-1, 1)]
    rims = tuple(ring(wide, thick, frame, part="body", stretch=tall, pose=pose) for pose in upright)
    outline = tuple(
        (wide * round(cos(a), 6), wide * tall * round(sin(a), 6)) for a in np.linspace(0, 2 * pi, 25)[:-1].tolist()
    )
    lenses = tuple(slab(outline, 0.0012, glass, part="lens", pose=pose) for pose in upright)
    bridge = bent(
        ((-gap - 0.002, 0.0, z + 0.006), (0.0, -0.003, z + 0.011), (gap + 0.002, 0.0, z + 0.006)),
        thick,
        frame,
        part="body",
    )
    end, back = 2 * wide + gap, rng.uniform(0.12, 0.14)
    legs = []
    for s in (-1, 1):
        path = (
            (s * end, 0.0, z + 0.008),
            (s * (end + 0.004), 0.01, z + 0.008),
            (s * (end + 0.003), 0.75 * back, z + 0.006),
            (s * end, back, z - 0.022),
        )
        leg = bent(path, 0.8 * thick + 0.0006, frame, part="leg", steps=5)
        legs.append(hinged((leg,), (0.0, 0.0, float(s)), at=(s * end, 0.004, 0.0), until=1.5))
    return assembled("eyeglasses", (*rims, *lenses, bridge), tuple(legs))


def phone(rng: np.random.Generator, paint: Paint) -> Thing:
    """A slab of glass, or an older one with keys and a lid that folds."""
    x, y, t = rng.uniform(0.033, 0.04), rng.uniform(0.068, 0.08), rng.uniform(0.004, 0.006)
    case, screen, keys = paint("plain", (x, y, t)), paint("screen", (x, 0.0, 2 * y)), paint("plain", (x, y, t))
    if rng.random() < 0.55:
        fixed = (
            rounded((x, y, t), case, radius=0.8 * t, at=(0.0, 0.0, t), part="body"),
            block((x - 0.002, y - 0.004, 0.0004), screen, at=(0.0, 0.0, 2 * t), part="screen"),
            *(block((0.0012, 0.007, 0.0015), keys, at=(x, 0.3 * y + d, t), part="button") for d in (0.0, 0.02)),
            *peg((-0.6 * x, 0.75 * y, 0.001), (-0.6 * x, 0.75 * y, -0.0015), 0.007, case, part="camera"),
        )
        return assembled("phone", fixed)
    x, y, t = 0.026, 0.045, 0.007
    body: tuple[Solid, ...] = (rounded((x, y, t), case, radius=0.5 * t, at=(0.0, 0.0, t), part="body"),)
    body += tuple(rounded((0.0055, 0.004, 0.001), keys, radius=0.001, at=(a, -0.8 * y + 0.0115 * j, 2 * t),
                          part="button")
                  for a in (-0.015, 0.0, 0.015) for j in range(5))  # fmt: skip
    lid = (
        rounded((x, y, 0.7 * t), case, radius=0.4 * t, at=(0.0, 0.0, 2.9 * t), part="lid"),
        block((0.8 * x, 0.6 * y, 0.0004), screen, at=(0.0, 0.05 * y, 2.15 * t), part="screen"),
    )
    return assembled("phone", body, (hinged(lid, (-1.0, 0.0, 0.0), at=(0.0, y, 2.0 * t), until=2.7),))


def remote(rng: np.random.Generator, paint: Paint) -> Thing:
    """A long slab with rows of buttons."""
    x, y, t = rng.uniform(0.018, 0.026), rng.uniform(0.07, 0.11), rng.uniform(0.006, 0.01)
    case, keys = paint("plain", (x, y, t)), paint("plain", (x, y, t))
    rows = int(rng.integers(4, 9))
    buttons = tuple(
        rounded((0.2 * x, 0.32 * y / rows, 0.0015), keys, radius=0.0014,
                at=(a * x, y * (-0.85 + 1.5 * (j + 0.5) / rows), 2 * t), part="button")
        for a in (-0.55, 0.0, 0.55) for j in range(rows)
    )  # fmt: skip
    top = turned(((0.2 * x, 0.0), (0.2 * x, 0.002), (0.0, 0.0025)), keys, at=(0.0, 0.83 * y, 2 * t), part="button")
    return assembled(
        "remote", (rounded((x, y, t), case, radius=0.7 * t, at=(0.0, 0.0, t), part="body"), *buttons, *top)
    )


def camera(rng: np.random.Generator, paint: Paint) -> Thing:
    """A lens in front of a body with a grip, a hump and a shutter button."""
    x, y, h, r = (
        rng.uniform(0.055, 0.075),
        rng.uniform(0.015, 0.028),
        rng.uniform(0.07, 0.1),
        rng.uniform(0.024, 0.034),
    )
    case, dark, glass = paint("plain", (x, y, h)), paint("plain", (x, y, h)), paint("glass", (r, r, r))
    reach, middle = rng.uniform(0.02, 0.08), (0.1 * x, -y, 0.48 * h)
    fixed = (
        rounded((x, y, h / 2), case, radius=0.008, at=(0.0, 0.0, h / 2), part="body"),
        rounded((0.014, 0.014, 0.45 * h), dark, radius=0.01, at=(-x + 0.012, -y, 0.47 * h), part="body"),
        rounded((0.4 * x, 0.8 * y, 0.014), case, radius=0.008, at=(0.1 * x, 0.0, h + 0.004), part="body"),
    )
    lens = turned(((r, 0.0), (r, 0.4 * reach)), dark, part="lens") + turned(
        ((r, 0.4 * reach), (0.92 * r, 0.4 * reach)), dark, part="lens"
    )
    zoom = turned(
        ((0.92 * r, 0.3 * reach), (0.92 * r, reach), (0.75 * r, reach), (0.7 * r, 0.8 * reach)), dark, part="lens"
    )
    zoom += turned(((0.0, 0.85 * reach), (0.7 * r, 0.8 * reach)), glass, part="lens")
    button = peg((-0.75 * x, -0.2 * y, h - 0.001), (-0.75 * x, -0.2 * y, h + 0.005), 0.007, dark, part="button")
    dial = peg((0.7 * x, 0.0, h - 0.001), (0.7 * x, 0.0, h + 0.008), 0.011, dark, part="button")
    return assembled("camera", (*fixed, *facing(lens, middle), *dial), (
        sliding(button, (0.0, 0.0, -1.0), until=0.003),
        sliding(facing(zoom, middle), (0.0, -1.0, 0.0), until=0.6 * reach),
    ))  # fmt: skip


def lighter(rng: np.random.Generator, paint: Paint) -> Thing:
    """A case with a lid, or a plastic one with wheel and button; standing."""
    x, y, h = rng.uniform(0.011, 0.018), rng.uniform(0.006, 0.008), rng.uniform(0.035, 0.06)
    skin, metal = paint("plain", (x, y, h)), paint("metal", (x, y, h))
    wheel = moved(turned(((0.0, -0.003), (0.0045, -0.003), (0.0045, 0.003), (0.0, 0.003)), metal, part="wheel"),
                  at(0.35 * x, 0.0, h + 0.006, axis="x", turn=pi / 2))  # fmt: skip
    guard = block((0.3 * x, 0.004, 0.006), metal, at=(-0.4 * x, 0.0, h + 0.004), part="body")
    button = (
        rounded((0.28 * x, 0.8 * y, 0.003), skin, radius=0.002, at=(0.75 * x, 0.0, h + 0.002), part="button"),
    )
    body = rounded((x, y, h / 2), skin, radius=0.004, at=(0.0, 0.0, h / 2), part="body")
    turning = hinged(wheel, (0.0, 1.0, 0.0), at=(0.35 * x, 0.0, h + 0.006), until=3.0)
    if rng.random() < 0.5:
        return assembled("lighter", (body, guard), (turning, sliding(button, (0.0, 0.0, -1.0), until=0.003)))
    lid = tuple(s for s in (
        block((x, 0.0006, 0.01), skin, at=(0.0, y, h + 0.0102), part="lid"),
                            block((x, 0.0006, 0.01), skin, at=(0.0, -y, h + 0.0102), part="lid"),
        block((x, y, 0.0006), skin, at=(0.0, 0.0, h + 0.02), part="lid"),
        *(block((0.0006, y, 0.01), skin, at=(s * x, 0.0, h + 0.0102), part="lid") for s in (-1, 1)),
    ))  # fmt: skip
    return assembled("lighter", (body, guard), (turning, hinged(lid, (0.0, -1.0, 0.0), at=(-x, 0.0, h), until=2.2)))


def usb_drive(rng: np.random.Generator, paint: Paint) -> Thing:
    """A stick with a cap, or with a cover that turns."""
    x, y, t = rng.uniform(0.02, 0.028), rng.uniform(0.008, 0.01), rng.uniform(0.004, 0.005)
    skin, metal = paint("plain", (x, y, t)), paint("metal", (x, y, t))
    body = rounded((x, y, t), skin, radius=0.5 * t, at=(0.0, 0.0, t), part="body")
    plug = block((0.007, 0.006, 0.0023), metal, at=(x + 0.006, 0.0, t), part="plug")
    if rng.random() < 0.5:
        cap = tuple(block(h, skin, at=p, part="cap") for h, p in (
            ((0.008, y, 0.0008), (x + 0.0085, 0.0, 2 * t - 0.0008)),
                                                                  ((0.008, y, 0.0008),
                                                                   (x + 0.0085, 0.0, 0.0008)),
            ((0.008, 0.0008, t), (x + 0.0085, y - 0.0008, t)), ((0.008, 0.0008, t),
                                                                (x + 0.0085, -y + 0.0008, t)),
            ((0.0008, y, t), (x + 0.0165, 0.0, t)),
        ))  # fmt: skip
        return assembled("usb drive", (body, plug), (sliding(cap, (1.0, 0.0, 0.0), until=0.04),))
    cover = tuple(
        block((x + 0.006, y, 0.0007), metal, at=(0.006, 0.0, z), part="rotation") for z in (-0.0008, 2 * t + 0.0008)
    )
    cover += (block((0.0007, y, t), metal, at=(x + 0.0125, 0.0, t), part="rotation"),)
    cover += peg((-0.7 * x, 0.0, -0.002), (-0.7 * x, 0.0, 2 * t + 0.002), 0.003, metal, part="rotation")
    return assembled(
        "usb drive", (body, plug), (hinged(cover, (0.0, 0.0, 1.0), at=(-0.7 * x, 0.0, 0.0), until=3.1),)
    )


def flashlight(rng: np.random.Generator, paint: Paint) -> Thing:
    """A tube with a wider head, lying."""
    r, long = rng.uniform(0.012, 0.02), rng.uniform(0.08, 0.16)
    skin, glass = paint("metal" if rng.random() < 0.5 else "plain", (r, r, long)), paint("glass", (r, r, r))
    z = 1.6 * r
    body = peg((0.0, 0.0, z), (long, 0.0, z), r, skin, part="body")
    head = (
        rod((0.0, 0.0, z), (-0.25 * long, 0.0, z), r, skin, part="head", taper=1.6),
        rod((-0.25 * long, 0.0, z), (-0.4 * long, 0.0, z), 1.6 * r, skin, part="head"),
    )
    pane = moved(
        turned(((0.0, 0.0), (1.5 * r, 0.0)), glass, part="lens"), at(-0.39 * long, 0.0, z, axis="y", turn=pi / 2)
    )
    button = (
        rounded(
            (0.01, 0.006, 0.004),
            paint("plain", (r, r, r)),
            radius=0.003,
            at=(0.2 * long, 0.0, z + r),
            part="button",
        ),
    )
    return assembled("flashlight", (*body, *head, *pane), (sliding(button, (1.0, 0.0, 0.0), until=0.012),))


def headphones(rng: np.random.Generator, paint: Paint) -> Thing:
    """A band over two padded cups."""
    r, pad = rng.uniform(0.07, 0.085), rng.uniform(0.028, 0.042)
    skin, soft = paint("plain", (r, r, r)), paint("leather", (r, r, r))
    turn = np.linspace(-0.05 * pi, 1.05 * pi, 17).tolist()
    path = tuple((r * round(cos(a), 9), 0.0, pad + 1.15 * r * round(sin(a), 9)) for a in turn)
    band = swept(path, tuple((0.012, 0.003) for _ in path), skin, part="band", up=(1.0, 0.0, 0.0))
    cups: tuple[Solid, ...] = ()
    for s in (-1, 1):
        cup = turned(((0.0, 0.018), (0.75 * pad, 0.018), (pad, 0.006), (pad, 0.0)), skin, part="cup")
        cup += lathe(
            ((pad, 0.0), (1.05 * pad, -0.008), (0.85 * pad, -0.018), (0.6 * pad, -0.012), (0.0, -0.006)),
            soft,
            part="cushion",
        )
        cups += moved(cup, at(s * (r + 0.004), 0.0, pad, axis="y", turn=s * pi / 2))
    return assembled("headphones", (band, *cups))


def toothbrush(rng: np.random.Generator, paint: Paint) -> Thing:
    """A bent handle with a head of bristles, lying."""
    skin, white = paint("plain", (0.006, 0.09, 0.006)), paint("porcelain", (0.006, 0.01, 0.01))
    path = smooth(((0.0, -0.1, 0.006), (0.0, -0.05, 0.007), (0.0, 0.02, 0.005), (0.0, 0.09, 0.006)), 4)
    size = tuple((0.0045 + 0.0015 * round(cos(0.5 * i), 6), 0.004) for i in range(len(path)))
    handle = swept(tuple((x, y, z) for x, y, z in path), size, skin, part="handle")
    tufts = tuple(rod((a, 0.064 + 0.005 * j, 0.008), (a, 0.064 + 0.005 * j, 0.02), 0.0017, white, part="head")
                  for a in (-0.0035, 0.0, 0.0035) for j in range(6))  # fmt: skip
    return assembled("toothbrush", (handle, *tufts))
