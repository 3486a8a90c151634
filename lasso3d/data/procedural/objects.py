"""Single objects in any state of their joints, seen from all around: what part segmentation is asked about."""

from math import pi

import numpy as np

from lasso3d.core.scene import Scene
from lasso3d.data.example import Example
from lasso3d.data.procedural.appearance import Light, Wardrobe, wardrobe
from lasso3d.data.procedural.catalogue import CATEGORIES, HANGING
from lasso3d.data.procedural.finishes import any_colour, painter, table_top
from lasso3d.data.procedural.joints import some_state
from lasso3d.data.procedural.objectscans import AWAY, Capture, ball_around, captured, spanned
from lasso3d.data.procedural.programs import BACKGROUND, CLASS_NAMES, PART_NAMES
from lasso3d.data.procedural.sensors import Habits
from lasso3d.data.procedural.shapes import Placed, Solid, Thing, at, rectangle
from lasso3d.data.procedural.trees import Scenery, scenery
from lasso3d.data.procedural.viewpoints import Orbit
from lasso3d.data.procedural.views import Daylight, Studio
from lasso3d.data.procedural.visible import Words, labels_of, truth_of

OBJECTS_VERSION = 1
"""Raised whenever a seed gives another object."""

WORDS = Words(BACKGROUND, CLASS_NAMES, PART_NAMES)
MOVED = 0.65
"""Share of the joints that are not as built."""
SHARED = 0.4
"""Share of an object's materials in one of its few colours."""
ON_GROUND = 0.35
"""Share of the objects that are scanned with the ground they stand on."""
COLOURLESS = 0.08
"""Share of the scans without colour."""
SLIP = 0.001
"""Metres by which posed images are out of place, standard deviation along each axis."""

Made = tuple[Example, tuple[Placed, ...], Scenery, Wardrobe, Light, Capture]


def lone_object(seed: int, *, category: str | None = None) -> Example:
    """The object of a seed: z up, its foot around the origin, metres; labels of what some camera has seen.

    Args:
        category: one of `CATEGORIES`; None = drawn from the seed.
    """
    return _made(seed, category)[0]


def object_studio(seed: int) -> tuple[Example, Studio]:
    """The object of a seed, and the same one ready to be photographed from all around."""
    example, placed, on, worn, light, seen = _made(seed, None)
    middle, radius = ball_around(spanned(placed[0]))
    x, y, z = np.round(middle, 4).tolist()
    around = Orbit((x, y, z), distance=(AWAY[0] * radius, AWAY[1] * radius), elevation=(-0.2, 1.2))
    habits = Habits(disparity_noise=0.1, patch_noise=0.1, ragged=0.5, far=100.0)
    labels = labels_of(seen.solid, placed, WORDS)
    return example, Studio(on, worn, labels, Daylight(light), habits, around, SLIP, turn=0.001, roll=0.01)


def some_object(category: str, rng: np.random.Generator) -> Thing:
    """A thing of a category in some state of its joints, in a few colours."""
    builders = CATEGORIES[category]
    family = tuple(any_colour(rng) for _ in range(int(rng.integers(1, 4))))
    thing = builders[int(rng.integers(len(builders)))](rng, painter(rng, family, shared=SHARED))
    return some_state(thing, rng, moved=MOVED)


def _made(seed: int, category: str | None) -> Made:
    if category is not None and category not in CATEGORIES:
        raise ValueError(f"category must be one of {', '.join(CATEGORIES)}, found {category!r}")
    rng = np.random.default_rng((OBJECTS_VERSION, 2, seed))
    drawn = tuple(CATEGORIES)[int(rng.integers(len(CATEGORIES)))]
    thing = some_object(category or drawn, rng)
    turn = round(float(rng.uniform(0, 2 * pi)), 6) if rng.random() < 0.5 else 0.0
    placed: tuple[Placed, ...] = (Placed(thing, at(turn=turn)),)
    if rng.random() < ON_GROUND and thing.name not in HANGING:
        placed += (_ground(thing, rng),)
    on, light = scenery(placed), _light(rng)
    worn = wardrobe([solid.material for one in placed for solid in one.thing.solids])
    seen = captured(on, placed[0], worn, light, rng)
    kept, truth = truth_of(seen.solid, placed, WORDS)
    rgb = None if rng.random() < COLOURLESS else seen.rgb[kept]
    xyz = np.round(seen.xyz[kept], 4).astype(np.float32)
    return Example(Scene(xyz, rgb=rgb, name=f"object {seed}"), truth), placed, on, worn, light, seen


def _ground(thing: Thing, rng: np.random.Generator) -> Placed:
    """A piece of floor under it, half as wide again as the object."""
    half = float(0.75 * np.ptp(thing.footprint, axis=0).max() + 0.25 * thing.height + 0.02)
    slab = Solid("box", (half, half, 0.005), table_top(rng, any_colour(rng)), at())
    return Placed(Thing("floor", (slab,), rectangle(half, half), 0.005), at(z=-0.005))


def _light(rng: np.random.Generator) -> Light:
    """Daylight and one lamp above, its shadows soft or hard."""
    towards = np.round(rng.normal(0, 1, 3) * (1, 1, 0.3) + (0, 0, 1.2), 6)
    x, y, z = (towards / np.sqrt((towards**2).sum())).tolist()
    return Light(rng.uniform(0.5, 0.95), (x, y, z), rng.uniform(0.2, 1.0))
