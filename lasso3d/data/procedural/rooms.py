"""Rooms: furnished interiors as a hand-held camera, a laser scanner or a single shot sees them."""

from itertools import count
from typing import Literal

import numpy as np

from lasso3d.core.scene import Scene
from lasso3d.data.example import Example
from lasso3d.data.procedural import furnishing, roomscans
from lasso3d.data.procedural.appearance import Colour, Material, Texture, faded, wardrobe
from lasso3d.data.procedural.company import accompany
from lasso3d.data.procedural.finishes import any_colour, painter, pale_wood
from lasso3d.data.procedural.floorplans import Plan, shell, some_plan
from lasso3d.data.procedural.furnishing import Room
from lasso3d.data.procedural.loads import load
from lasso3d.data.procedural.programs import BACKGROUND, CLASS_NAMES, EXTRAS, KINDS, LIVED_IN, PART_NAMES
from lasso3d.data.procedural.shapes import Placed
from lasso3d.data.procedural.trees import scenery
from lasso3d.data.procedural.visible import Words, truth_of

ROOMS_VERSION = 1
"""Raised whenever a seed gives another room."""

WORDS = Words(BACKGROUND, CLASS_NAMES, PART_NAMES)
Sensor = Literal["handheld", "lidar", "view"]
SHARED = 0.65
"""Share of the materials in one of the room's few colours, its walls' among them: equal colours meet."""
FADED = (0.2, 0.95)
"""From bright to nearly grey."""
SHARES: dict[Sensor, float] = {"handheld": 0.65, "lidar": 0.2, "view": 0.15}


def room(seed: int, *, sensor: Sensor | None = None) -> Example:
    """The room of a seed: z up, floor at zero, labels of visible points only.

    Args:
        sensor: which sees it; None = drawn from the seed.
    """
    attempts = (
        _attempt(np.random.default_rng((ROOMS_VERSION, 1, seed, i)), sensor, f"room {seed}") for i in count()
    )
    return next(example for example in attempts if example.truth.instance.max() > 2)


def _attempt(rng: np.random.Generator, sensor: Sensor | None, name: str) -> Example:
    drawn = tuple(SHARES)[int(np.searchsorted(np.cumsum(tuple(SHARES.values())), rng.random()))]
    plan, placed = _furnished(rng)
    worn = faded(
        wardrobe([solid.material for thing in placed for solid in thing.thing.solids]), rng.uniform(*FADED)
    )
    scan = roomscans.scanned(sensor or drawn, roomscans.Site(plan, placed, scenery(placed), worn), rng)
    return _labelled(scan, placed, name)


def _furnished(rng: np.random.Generator) -> tuple[Plan, tuple[Placed, ...]]:
    kind = tuple(KINDS)[rng.integers(len(KINDS))]
    area, wishes = KINDS[kind]
    plan = some_plan(rng, rng.uniform(*area))
    family = (_wall_colour(rng), pale_wood(rng), *(any_colour(rng) for _ in range(rng.integers(1, 4))))
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
        return any_colour(rng)
    red, green, blue = np.clip(rng.uniform(0.6, 0.95) + rng.normal(0, 0.03, 3), 0, 0.97).tolist()
    return red, green, blue


def _shell_paints(rng: np.random.Generator, kind: str, family: tuple[Colour, ...]) -> tuple[Material, ...]:
    """Floor, walls, one wall of its own; mostly a ceiling."""
    tiled = kind in ("bath", "kitchen") and rng.random() < 0.6
    textures: tuple[Texture, ...] = ("wood", "wood", "plain", "marble", "keys", "checks")
    floor = family[1] if rng.random() < 0.6 else any_colour(rng)
    seeds = rng.integers(2**31, size=4).tolist()
    wall = Material(
        family[0], _darker(family[0]), "keys" if tiled else "plain", rng.uniform(0.1, 0.3), 0.1, seed=seeds[1]
    )
    texture = "keys" if tiled else textures[rng.integers(6)]
    paints = (
        Material(floor, _darker(floor), texture, rng.uniform(0.1, 0.5), rng.uniform(0, 0.4), seed=seeds[0]),
        wall,
        wall if rng.random() < 0.75 else Material(any_colour(rng), gloss=0.1, seed=seeds[2]),
        Material((0.9, 0.9, 0.88), seed=seeds[3]),
    )
    return paints if rng.random() < 0.75 else paints[:3]


def _darker(colour: Colour) -> Colour:
    red, green, blue = colour
    return 0.82 * red, 0.82 * green, 0.82 * blue


def _labelled(scan: roomscans.Scan, placed: tuple[Placed, ...], name: str) -> Example:
    """Scene and truth; things of which hardly anything is seen are left out of both."""
    kept, truth = truth_of(scan.solid, placed, WORDS)
    rgb = None if scan.rgb is None else scan.rgb[kept]
    extra = {key: values[kept] for key, values in scan.extra.items()}
    return Example(Scene(np.round(scan.xyz[kept], 4).astype(np.float32), rgb=rgb, extra=extra, name=name), truth)
