"""Rooms: furnished interiors as a hand-held camera, a laser scanner or a single shot sees them."""

from itertools import count

import numpy as np

from lasso3d.core.scene import Scene
from lasso3d.data.example import Example
from lasso3d.data.procedural import furnishing, roomscans, roomviews
from lasso3d.data.procedural.appearance import Colour, Material, faded, wardrobe
from lasso3d.data.procedural.company import accompany
from lasso3d.data.procedural.finishes import any_colour, painter, pale_wood
from lasso3d.data.procedural.floorplans import Plan, shell, some_plan
from lasso3d.data.procedural.furnishing import Room
from lasso3d.data.procedural.loads import load
from lasso3d.data.procedural.programs import BACKGROUND, CLASS_NAMES, EXTRAS, KINDS, LIVED_IN, PART_NAMES, RATIOS
from lasso3d.data.procedural.roomscans import Sensor
from lasso3d.data.procedural.shapes import Placed
from lasso3d.data.procedural.spoken import described
from lasso3d.data.procedural.textures import Texture
from lasso3d.data.procedural.trees import scenery
from lasso3d.data.procedural.views import Studio
from lasso3d.data.procedural.visible import Words, ids_of, labels_of, truth_of
from lasso3d.data.procedural.walks import Site

ROOMS_VERSION = 2
"""Raised whenever a seed gives another room."""

WORDS = Words(BACKGROUND, CLASS_NAMES, PART_NAMES)
SHARED = 0.75
"""Share of the materials in one of the room's few colours, its walls' among them: equal colours meet."""
FADED = (0.25, 0.95)
"""From bright to nearly grey."""
Covering = tuple[Texture, float, float]
"""A texture and the range of its pitch, metres."""
FLOORS_DRY: tuple[Covering, ...] = (
    ("planks", 0.07, 0.2), ("planks", 0.07, 0.2), ("planks", 0.07, 0.2), ("wood", 0.1, 0.4), ("plain", 0.1, 0.2),
    ("carpet", 0.03, 0.1), ("carpet", 0.03, 0.1), ("tiles", 0.25, 0.6), ("veins", 0.3, 0.8), ("checks", 0.2, 0.5),
    ("grain", 0.01, 0.05), ("ornament", 0.2, 0.6),
)  # fmt: skip
FLOORS_WET: tuple[Covering, ...] = (
    ("tiles", 0.1, 0.6), ("tiles", 0.1, 0.6), ("checks", 0.15, 0.35), ("planks", 0.07, 0.2), ("veins", 0.3, 0.8),
    ("grain", 0.01, 0.05), ("ornament", 0.2, 0.4),
)  # fmt: skip
WALLS_DRY: tuple[Covering, ...] = (
    ("plain", 0.1, 0.3), ("plain", 0.1, 0.3), ("plain", 0.1, 0.3), ("plain", 0.1, 0.3), ("grain", 0.01, 0.05),
    ("marble", 0.3, 1.0), ("ornament", 0.1, 0.5), ("stripes", 0.05, 0.3), ("bricks", 0.2, 0.35),
    ("planks", 0.1, 0.2),
)  # fmt: skip
WALLS_WET: tuple[Covering, ...] = (
    ("plain", 0.1, 0.3), ("plain", 0.1, 0.3), ("tiles", 0.1, 0.3), ("tiles", 0.1, 0.3), ("bricks", 0.1, 0.3),
    ("veins", 0.3, 0.8), ("grain", 0.01, 0.05),
)  # fmt: skip
SHARES: dict[Sensor, float] = {"handheld": 0.55, "photogrammetry": 0.12, "lidar": 0.18, "view": 0.15}


def room(seed: int, *, sensor: Sensor | None = None) -> Example:
    """The room of a seed: z up, floor at zero, labels of visible points only.

    Args:
        sensor: which sees it; None = drawn from the seed.
    """
    return _made(seed, sensor)[0]


def room_studio(seed: int) -> tuple[Example, Studio]:
    """The room of a seed, and the same room ready to be photographed."""
    example, site, scan = _made(seed, None)
    labels = labels_of(scan.solid, site.placed, WORDS)
    return example, roomviews.studio(site, labels, np.random.default_rng((ROOMS_VERSION, 2, seed)))


def _made(seed: int, sensor: Sensor | None) -> tuple[Example, Site, roomscans.Scan]:
    attempts = (
        _attempt(np.random.default_rng((ROOMS_VERSION, 1, seed, i)), sensor, f"room {seed}") for i in count()
    )
    example, site, scan = next(made for made in attempts if made[0].truth.instance.max() > 2)
    ids = ids_of(scan.solid, site.placed, WORDS)
    return described(example, site.placed, ids=ids, seed=seed), site, scan


def _attempt(rng: np.random.Generator, sensor: Sensor | None, name: str) -> tuple[Example, Site, roomscans.Scan]:
    drawn = tuple(SHARES)[int(np.searchsorted(np.cumsum(tuple(SHARES.values())), rng.random()))]
    plan, placed = _furnished(rng)
    worn = faded(
        wardrobe([solid.material for thing in placed for solid in thing.thing.solids]), rng.uniform(*FADED)
    )
    site = Site(plan, placed, scenery(placed), worn)
    scan = roomscans.scanned(sensor or drawn, site, rng)
    return _labelled(scan, placed, name), site, scan


def _furnished(rng: np.random.Generator) -> tuple[Plan, tuple[Placed, ...]]:
    kind = tuple(KINDS)[rng.integers(len(KINDS))]
    area, wishes = KINDS[kind]
    plan = some_plan(rng, rng.uniform(*area), ratio=RATIOS.get(kind, (1.0, 1.7)))
    wall, wood = _wall_colour(rng), pale_wood(rng)
    # doors, boards and cabinets are painted like the walls more often than in any other colour
    family = (wall, wood, wall, wood, *(any_colour(rng) for _ in range(rng.integers(1, 3))))
    walls = plan.walls()
    here = Room(plan, walls, painter(rng, family, shared=SHARED), rng, openings=[[] for _ in walls])
    for _ in range(int(rng.integers(1, 3))):
        furnishing.install(here, "door")
    for _ in range(int(rng.integers(0, 3))):
        opened = furnishing.install(here, "window")
        if opened is not None:
            furnishing.dress_window(here, *opened)
    wanted = [(wish.name, wish.way) for wish in wishes for _ in range(int(rng.integers(wish.low, wish.high + 1)))]
    wanted += [EXTRAS[rng.integers(len(EXTRAS))] for _ in range(int(rng.uniform(*LIVED_IN) * plan.area()))]
    for thing, way in wanted:
        new = furnishing.furnish(here, thing, way)
        if new is not None:
            accompany(here, new)
    for spot in tuple(here.spots):
        load(here, spot)
    body = shell(plan, tuple(tuple(cut) for cut in here.openings), _shell_paints(rng, kind, family))
    return plan, (*body, *here.placed())


def _wall_colour(rng: np.random.Generator) -> Colour:
    """Mostly near white, sometimes anything."""
    if rng.random() < 0.25:
        return _dull(rng)
    red, green, blue = np.clip(rng.uniform(0.6, 0.95) + rng.normal(0, 0.03, 3), 0, 0.97).tolist()
    return red, green, blue


def _shell_paints(rng: np.random.Generator, kind: str, family: tuple[Colour, ...]) -> tuple[Material, ...]:
    """Floor, walls, one wall of its own; mostly a ceiling."""
    wet = kind in ("bath", "kitchen")
    floor = family[1] if rng.random() < 0.6 else _dull(rng)
    paints = (
        _covering(rng, floor, FLOORS_WET if wet else FLOORS_DRY, gloss=rng.uniform(0, 0.4)),
        _covering(rng, family[0], WALLS_WET if wet else WALLS_DRY, gloss=0.1),
    )
    own = _covering(rng, _dull(rng), WALLS_DRY, gloss=0.1) if rng.random() < 0.25 else paints[1]
    ceiling = Material((0.9, 0.9, 0.88), seed=int(rng.integers(2**31)))
    return (*paints, own, ceiling) if rng.random() < 0.75 else (*paints, own)


def _covering(rng: np.random.Generator, colour: Colour, kinds: tuple[Covering, ...], *, gloss: float) -> Material:
    """A large surface: one of some coverings, its second colour near the first unless it is a pattern."""
    texture, low, high = kinds[rng.integers(len(kinds))]
    second = _dull(rng) if texture in ("ornament", "stripes", "checks") and rng.random() < 0.4 else _darker(colour)
    return Material(colour, second, texture, rng.uniform(low, high), gloss, seed=int(rng.integers(2**31)))


def _dull(rng: np.random.Generator) -> Colour:
    """Walls and floors are seldom as bright as cartons."""
    red, green, blue = any_colour(rng)
    grey, share = (red + green + blue) / 3, rng.uniform(0.3, 0.9)
    return grey + share * (red - grey), grey + share * (green - grey), grey + share * (blue - grey)


def _darker(colour: Colour) -> Colour:
    red, green, blue = colour
    return 0.82 * red, 0.82 * green, 0.82 * blue


def _labelled(scan: roomscans.Scan, placed: tuple[Placed, ...], name: str) -> Example:
    """Scene and truth; things of which hardly anything is seen are left out of both."""
    kept, truth = truth_of(scan.solid, placed, WORDS)
    rgb = None if scan.rgb is None else scan.rgb[kept]
    extra = {key: values[kept] for key, values in scan.extra.items()}
    return Example(Scene(np.round(scan.xyz[kept], 4).astype(np.float32), rgb=rgb, extra=extra, name=name), truth)
