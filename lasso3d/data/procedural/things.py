"""What lies on tables: each builder draws one thing of its class, metres, standing on z = 0."""

from itertools import pairwise

import numpy as np

from lasso3d.data.procedural.appearance import Material
from lasso3d.data.procedural.curves import arched, bent
from lasso3d.data.procedural.finishes import Paint
from lasso3d.data.procedural.forms import moved, rod, turned
from lasso3d.data.procedural.furnishings import FURNISHINGS, Builder
from lasso3d.data.procedural.joints import assembled, hinged, some_state
from lasso3d.data.procedural.shapes import Deck, Solid, Thing, at, circle, hull, rectangle, tipped, upturned


def box(rng: np.random.Generator, paint: Paint) -> Thing:
    """A carton, from a matchbox to a cereal packet."""
    x, y = rng.uniform(0.02, 0.11, 2)
    z = rng.uniform(0.02, 0.28) if rng.random() < 0.5 else rng.uniform(0.02, 0.1)
    return _block("box", x, y, z, paint("print" if rng.random() < 0.75 else "plain", (x, y, z)))


def book(rng: np.random.Generator, paint: Paint) -> Thing:
    """A closed book: covers around a block of paper."""
    x, y, z = rng.uniform(0.06, 0.11), rng.uniform(0.09, 0.15), rng.uniform(0.008, 0.045)
    cover, paper = paint("print", (x, y, z)), Material((0.9, 0.88, 0.82), (0.8, 0.77, 0.7), "stripes", 0.0012)
    board = 0.0015
    solids = (
        _cuboid(x, y, board, cover, z=board),
        _cuboid(x, y, board, cover, z=z - board),
        _cuboid(board, y, z / 2, cover, x=-x + board, z=z / 2),
        _cuboid(x - 0.004, y - 0.004, z / 2 - 2 * board, paper, z=z / 2),
    )
    return Thing("book", solids, rectangle(x, y), z, Deck(rectangle(x, y), z))


def sponge(rng: np.random.Generator, paint: Paint) -> Thing:
    """A small soft block with a rougher upper side."""
    x, y, z = rng.uniform(0.03, 0.06), rng.uniform(0.02, 0.04), rng.uniform(0.02, 0.04)
    solids = (
        _cuboid(x, y, 0.4 * z, paint("cloth", (x, y, z)), z=0.4 * z),
        _cuboid(x, y, 0.1 * z, paint("cloth", (x, y, z)), z=0.9 * z),
    )
    return Thing("sponge", solids, rectangle(x, y), z, Deck(rectangle(x, y), z))


def can(rng: np.random.Generator, paint: Paint) -> Thing:
    """A tin or a tube of crisps, upright or lying."""
    r, h = rng.uniform(0.025, 0.075), rng.uniform(0.04, 0.26)
    rim = min(0.004, h / 10)
    body = turned(((r, rim), (r, h - rim)), paint("label", (r, r, h)), part="body")
    ends = turned(((0.0, 0.0), (r, 0.0), (r, rim)), paint("metal", (r, r, h)))
    lid = turned(
        ((r, h - rim), (r, h), (r * 0.94, h), (r * 0.93, h - rim / 2), (0.0, h - rim / 2)),
        ends[0].material,
        part="lid",
    )
    thing = Thing("can", body + ends + lid, circle(r), h, Deck(circle(r), h))
    return tipped(thing, radius=r, length=h) if rng.random() < 0.15 else thing


def jar(rng: np.random.Generator, paint: Paint) -> Thing:
    """A squat vessel with a lid of another colour."""
    r, h = rng.uniform(0.03, 0.06), rng.uniform(0.06, 0.16)
    neck = r * rng.uniform(0.75, 0.95)
    body = turned(((0.0, 0.0), (r, 0.0), (r, 0.7 * h), (neck, 0.82 * h)), paint("label", (r, r, h)), part="body")
    lid = turned(
        ((neck, 0.82 * h), (neck * 1.06, 0.82 * h), (neck * 1.06, h), (0.0, h)),
        paint("plain", (r, r, h)),
        part="lid",
    )
    return Thing("jar", body + lid, circle(r * 1.02), h, Deck(circle(neck), h))


def bottle(rng: np.random.Generator, paint: Paint) -> Thing:
    """Body, shoulder, neck and lid; sometimes lying."""
    r, h, neck = rng.uniform(0.025, 0.045), rng.uniform(0.15, 0.32), rng.uniform(0.010, 0.015)
    shoulder = h * rng.uniform(0.5, 0.7)
    skin = paint("label", (r, r, h))
    body = turned(
        ((0.0, 0.0), (r, 0.0), (r, shoulder), (0.75 * r + 0.25 * neck, shoulder + 0.07 * h)),
        skin,
        part="body",
    )
    top = turned(
        ((0.75 * r + 0.25 * neck, shoulder + 0.07 * h), (neck, shoulder + 0.17 * h), (neck, 0.92 * h)),
        skin,
        part="neck",
    )
    cap = turned(((neck * 1.15, 0.92 * h), (neck * 1.15, h), (0.0, h)), paint("plain", (r, r, h)), part="lid")
    thing = Thing("bottle", body + top + cap, circle(r), h)
    return tipped(thing, radius=r, length=h) if rng.random() < 0.2 else thing


def bowl(rng: np.random.Generator, paint: Paint) -> Thing:
    """A round bowl, sometimes upside down."""
    r, wall = rng.uniform(0.05, 0.12), 0.004
    h, foot = r * rng.uniform(0.45, 0.85), r * rng.uniform(0.35, 0.55)
    share = np.array([0.25, 0.5, 0.75, 1.0])
    # a quarter of an ellipse from foot to rim; squares and roots only
    curve = [(foot + (r - foot) * float(np.sqrt(1 - (1 - s) ** 2)), h * float(s)) for s in share]
    outer, inner = (
        ((0.0, 0.0), (foot, 0.0), *curve),
        tuple((q - wall, z + wall / 2) for q, z in reversed(curve)),
    )
    glaze = paint("ceramic", (r, r, h))
    inside = paint("ceramic", (r, r, h)) if rng.random() < 0.3 else glaze
    solids = turned(outer, glaze) + turned((curve[-1], *inner, (foot - wall, wall), (0.0, wall)), inside)
    thing = Thing("bowl", solids, circle(r), h, Deck(circle(foot), wall))
    return upturned(thing) if rng.random() < 0.12 else thing


def plate(rng: np.random.Generator, paint: Paint) -> Thing:
    """A flat dish with a raised rim."""
    r = rng.uniform(0.07, 0.14)
    h, flat = r * rng.uniform(0.1, 0.2), r * rng.uniform(0.55, 0.75)
    glaze = paint("ceramic", (r, r, h))
    solids = turned(((0.0, 0.0), (flat, 0.0), (r, h), (r * 0.985, h + 0.002), (flat, 0.005), (0.0, 0.005)), glaze)
    return Thing("plate", solids, circle(r), h, Deck(circle(flat), 0.005))


def cup(rng: np.random.Generator, paint: Paint) -> Thing:
    """A mug with a handle or a beaker without, sometimes upside down."""
    foot, h, wall = rng.uniform(0.025, 0.042), rng.uniform(0.06, 0.13), 0.0035
    r = foot * rng.uniform(1.0, 1.35)
    glaze = paint("label" if rng.random() < 0.35 else "ceramic", (r, r, h))
    inside = paint("ceramic", (r, r, h)) if rng.random() < 0.35 else glaze
    solids = turned(((0.0, 0.0), (foot, 0.0), (r, h), (r - wall, h)), glaze, part="body")
    solids += turned(((r - wall, h), (foot - wall, wall), (0.0, wall)), inside, part="body")
    if rng.random() < 0.7:
        solids += _handle(foot + 0.2 * (r - foot), 0.2 * h, 0.8 * h, rng.uniform(0.02, 0.032), glaze)
        outline = np.concatenate([circle(r), [[r + 0.03, -0.01], [r + 0.03, 0.01]]])
    else:
        outline = circle(r)
    thing = Thing("cup", solids, hull(outline), h)
    return upturned(thing) if rng.random() < 0.2 else thing


def pan(rng: np.random.Generator, paint: Paint) -> Thing:
    """A frying pan or pot with one long handle."""
    r, h, length = rng.uniform(0.07, 0.12), rng.uniform(0.03, 0.1), rng.uniform(0.1, 0.17)
    metal, grip = paint("metal", (r, r, h)), paint("plain", (r, r, h))
    solids = turned(
        ((0.0, 0.0), (r * 0.92, 0.0), (r, h), (r - 0.003, h), (r * 0.9, 0.004), (0.0, 0.004)),
        metal,
        part="body",
    )
    solids += (rod((r, 0.0, h * 0.8), (r + length, 0.0, h * 0.8 + 0.02), 0.010, grip, part="handle"),)
    outline = np.concatenate([circle(r), [[r + length, -0.012], [r + length, 0.012]]])
    return Thing("pan", solids, hull(outline), max(h, 0.8 * h + 0.03))


def ball(rng: np.random.Generator, paint: Paint) -> Thing:
    """A ball or a fruit."""
    r = rng.uniform(0.02, 0.06)
    squash = 1.0 if rng.random() < 0.6 else rng.uniform(0.8, 1.0)
    solid = Solid("ellipsoid", (r, r, r * squash), paint("plain", (r, r, r)), at(z=r * squash))
    return Thing("ball", (solid,), circle(r), 2 * r * squash)


def mouse(rng: np.random.Generator, paint: Paint) -> Thing:
    """A computer mouse: a shell, two buttons, a wheel, often a cord."""
    x, y, z = rng.uniform(0.028, 0.034), rng.uniform(0.045, 0.06), rng.uniform(0.032, 0.042)
    skin, dark = paint("plain", (x, y, z)), paint("plain", (x, y, z))
    tail = (
        (y, 0.5 * x, 0.1 * z),
        (0.93 * y, 0.75 * x, 0.55 * z),
        (0.6 * y, x, 0.93 * z),
        (0.2 * y, x, z),
        (-0.15 * y, x, 0.95 * z),
    )
    nose = ((-0.15 * y, 0.94 * x, 0.9 * z), (-0.6 * y, 0.92 * x, 0.66 * z), (-0.97 * y, 0.6 * x, 0.3 * z))
    key = (
        (-0.17 * y, 0.96 * x, 0.96 * z),
        (-0.6 * y, 0.95 * x, 0.75 * z),
        (-0.9 * y, 0.8 * x, 0.5 * z),
        (-y, 0.55 * x, 0.25 * z),
    )
    rear, belt = (arched(rows, skin, part="body") for rows in (tail, nose))
    keys = tuple(arched(key, skin if side < 0 else dark, part="button", side=side, low=0.15) for side in (-1, 1))
    axle = at(0.0, -0.6 * y, 0.7 * z, axis="y", turn=np.pi / 2)
    wheel = moved(turned(((0.0, -0.003), (0.009, -0.003), (0.009, 0.003), (0.0, 0.003)), dark, part="wheel"), axle)
    cord = (
        bent(
            ((0.0, -y, 0.005), (0.01, -1.5 * y, 0.003), (-0.02, -2.1 * y, 0.003), (0.03, -2.6 * y, 0.003)),
            0.0022,
            dark,
            part="cord",
        ),
    )
    solids = (rear, belt, *keys, *wheel, *(cord if rng.random() < 0.5 else ()))
    return assembled("mouse", solids)


def keyboard(rng: np.random.Generator, paint: Paint) -> Thing:
    """Rows of keys on a flat case, sometimes with a cord."""
    x, y, z = rng.uniform(0.14, 0.23), rng.uniform(0.055, 0.075), rng.uniform(0.012, 0.022)
    skin, caps = paint("plain", (x, y, z)), paint("plain", (x, y, z))
    solids = (
        _cuboid(x, y, z / 2 - 0.002, skin, z=z / 2 - 0.002),
        *_key_rows((x - 0.006, y - 0.006), z - 0.004, caps, 0.0),
    )
    if rng.random() < 0.5:
        solids += (
            bent(((0.0, y, 0.006), (0.02, y + 0.04, 0.003), (0.1, y + 0.06, 0.003)), 0.0022, caps, part="cord"),
        )
    return Thing("keyboard", solids, rectangle(x, y), z, Deck(rectangle(x, y), z))


def laptop(rng: np.random.Generator, paint: Paint) -> Thing:
    """A base with keys and a touchpad; the screen, half open as built, turns."""
    x, y, z, lean = rng.uniform(0.15, 0.19), rng.uniform(0.1, 0.13), 0.009, rng.uniform(0.05, 0.5)
    skin, caps = paint("metal", (x, y, z)), paint("plain", (x, y, z))
    base = (
        _cuboid(x, y, z, skin, z=z, part="base"),
        *_key_rows((0.92 * x, 0.42 * y), 2 * z, caps, 0.3 * y, part="keyboard"),
        _cuboid(0.3 * x, 0.28 * y, 0.0006, caps, y=-0.55 * y, z=2 * z, part="touchpad"),
        *(
            rod(
                (s * 0.7 * x - 0.03, y - 0.004, 2 * z + 0.003),
                (s * 0.7 * x + 0.03, y - 0.004, 2 * z + 0.003),
                0.004,
                skin,
                part="shaft",
            )
            for s in (-1, 1)
        ),
    )
    hinge = at(0.0, y, 2 * z, axis="x", turn=-lean)
    upright = (
        _cuboid(x, 0.004, y, skin, z=y, part="screen"),
        _cuboid(x * 0.95, 0.0005, y * 0.9, paint("screen", (x, 0.0, 2 * y)), y=-0.0045, z=y, part="screen"),
        _cuboid(0.004, 0.0008, 0.004, caps, y=-0.0046, z=2 * y - 0.007, part="camera"),
    )
    screen = tuple(Solid(s.kind, s.size, s.material, hinge.after(s.pose), s.part) for s in upright)
    half = y + 2 * y * lean
    turning = hinged(
        screen, (1.0, 0.0, 0.0), at=(0.0, y, 2 * z), until=round(np.pi / 2 + lean - 0.06, 6), back=lean - 0.9
    )
    return assembled("laptop", base, (turning,), footprint=_shifted(x, y, half))


def _key_rows(
    half: tuple[float, float], z: float, caps: Material, y: float, *, part: str = "key"
) -> tuple[Solid, ...]:
    """Five rows of keys, the lowest with a long one."""
    wide, deep = half
    solids: list[Solid] = []
    for row in range(5):
        count = 4 if row == 0 else 14
        b = y - deep + (2 * row + 1) * deep / 5
        for k in range(count):
            a = -wide + (2 * k + 1) * wide / count
            solids.append(
                _cuboid(0.86 * wide / count, 0.84 * deep / 5, 0.0018, caps, x=a, y=b, z=z + 0.0012, part=part)
            )
    return tuple(solids)


OWN: dict[str, tuple[Builder, float]] = {
    "box": (box, 5.0),
    "book": (book, 2.0),
    "can": (can, 3.0),
    "jar": (jar, 1.0),
    "bottle": (bottle, 2.0),
    "bowl": (bowl, 2.0),
    "plate": (plate, 1.0),
    "cup": (cup, 2.5),
    "pan": (pan, 0.6),
    "ball": (ball, 1.0),
    "sponge": (sponge, 0.7),
    "mouse": (mouse, 0.5),
    "keyboard": (keyboard, 0.6),
    "laptop": (laptop, 0.6),
}
OTHERS: dict[str, float] = {
    "camera": 0.4, "candle": 0.5, "clock": 0.3, "cutting board": 0.4, "dispenser": 0.5, "drill": 0.3,
                            "eyeglasses": 0.4,
    "flashlight": 0.3, "fork": 0.3, "globe": 0.2, "hair dryer": 0.2, "hammer": 0.3, "hat": 0.3,
                            "headphones": 0.3,
    "iron": 0.2, "kettle": 0.5, "knife": 0.4, "lighter": 0.2, "papers": 0.5, "pen": 0.4, "pencil cup": 0.4,
    "phone": 0.6, "pitcher": 0.4, "pliers": 0.3, "pot": 0.5, "remote": 0.4, "rolling pin": 0.2, "scissors": 0.5,
    "screwdriver": 0.3, "shoes": 0.2, "spoon": 0.3, "stapler": 0.4, "teapot": 0.4, "teddy bear": 0.3,
                            "toaster": 0.3,
    "toothbrush": 0.2, "towel": 0.3, "toy blocks": 0.3, "toy car": 0.5, "tray": 0.2, "usb drive": 0.2,
                            "vase": 0.4,
    "wine glass": 0.5, "wrench": 0.2,
}  # fmt: skip
"""What lies on tables but is built elsewhere."""
BUILDERS: dict[str, tuple[Builder, float]] = OWN | {
    name: (FURNISHINGS["alarm clock" if name == "clock" else name], share) for name, share in OTHERS.items()
}
"""Builder and relative frequency of each class."""
AJAR = 0.25
"""Share of the joints of things on tables that are not as built: lids off, screens moved."""


def some_thing(name: str, rng: np.random.Generator, paint: Paint) -> Thing:
    """A thing of a class as somebody left it."""
    return some_state(BUILDERS[name][0](rng, paint), rng, moved=AJAR)


def _block(name: str, x: float, y: float, z: float, material: Material) -> Thing:
    return Thing(name, (_cuboid(x, y, z / 2, material, z=z / 2),), rectangle(x, y), z, Deck(rectangle(x, y), z))


def _cuboid(
    half_x: float, half_y: float, half_z: float, material: Material,
    *, x: float = 0.0, y: float = 0.0, z: float = 0.0, part: str = "",
) -> Solid:  # fmt: skip
    return Solid("box", (half_x, half_y, half_z), material, at(x, y, z), part)


def _handle(start: float, low: float, high: float, reach: float, material: Material) -> tuple[Solid, ...]:
    """An ear of four rods on the +x side of a vessel whose wall is at `start`."""
    knee = 0.22 * (high - low)
    corners = ((start, low), (start + reach, low + knee), (start + reach, high - knee), (start, high))
    return tuple(
        rod((x, 0.0, z), (next_x, 0.0, next_z), 0.0045, material, part="handle")
        for (x, z), (next_x, next_z) in pairwise(corners)
    )


def _shifted(x: float, y: float, back: float) -> np.ndarray:
    return np.array([[x, back], [-x, back], [-x, -y], [x, -y]])
