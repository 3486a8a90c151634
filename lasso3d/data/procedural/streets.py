"""Streets, car parks, gardens, parks and lines across country as laser scanners and cameras see them."""

from collections.abc import Callable
from itertools import count

import numpy as np

from lasso3d.core.scene import Scene
from lasso3d.data.example import Example
from lasso3d.data.procedural import gardens, openland, streetkinds, streetscans, streetviews
from lasso3d.data.procedural.appearance import Material, faded, wardrobe
from lasso3d.data.procedural.finishes import any_colour, painter
from lasso3d.data.procedural.outdoorlooks import asphalt, lawn, paving, soil
from lasso3d.data.procedural.shapes import Placed
from lasso3d.data.procedural.spoken import described
from lasso3d.data.procedural.streetdraft import Draft
from lasso3d.data.procedural.streetscans import Sensor, StreetScan
from lasso3d.data.procedural.streetstage import Stage, staged
from lasso3d.data.procedural.streetwords import WORDS
from lasso3d.data.procedural.terrain import ground, painted
from lasso3d.data.procedural.trees import scenery
from lasso3d.data.procedural.views import Studio
from lasso3d.data.procedural.visible import ids_of, labels_of, truth_of

STREETS_VERSION = 1
"""Raised whenever a seed gives another street."""

SHARED = 0.4
"""Share of the materials in one of the scene's few colours."""
FADED = (0.2, 0.85)
"""From bright to nearly grey."""
Maker = Callable[..., Draft]
KINDS: tuple[tuple[Maker, dict[Sensor, tuple[float, float, float]]], ...] = (
    (
        streetkinds.city,
        {
            "mobile": (0.14, 26, 38),
            "terrestrial": (0.06, 15, 24),
            "airborne": (0.04, 22, 32),
            "photo": (0.04, 12, 20),
        },
    ),
    (
        gardens.suburb,
        {
            "mobile": (0.1, 24, 34),
            "terrestrial": (0.05, 14, 22),
            "airborne": (0.06, 20, 30),
            "photo": (0.04, 13, 20),
        },
    ),
    (
        streetkinds.car_park,
        {
            "mobile": (0.06, 18, 28),
            "terrestrial": (0.04, 14, 22),
            "airborne": (0.03, 18, 28),
            "photo": (0.03, 12, 18),
        },
    ),
    (gardens.yard, {"terrestrial": (0.07, 14, 14), "photo": (0.06, 14, 14), "airborne": (0.02, 14, 14)}),
    (
        openland.park,
        {
            "mobile": (0.03, 20, 30),
            "terrestrial": (0.05, 14, 22),
            "airborne": (0.03, 18, 28),
            "photo": (0.02, 12, 18),
        },
    ),
    (openland.power_line, {"airborne": (0.05, 28, 40)}),
)
"""Kinds of place; for each sensor how often they come together, and the range of half the length in metres."""


def street(seed: int, *, sensor: Sensor | None = None) -> Example:
    """The street of a seed: z up, the middle of the ground near zero, labels of visible points only.

    Args:
        sensor: which sees it; None = drawn from the seed.
    """
    return _made(seed, sensor)[0]


def street_studio(seed: int) -> tuple[Example, Studio]:
    """The street of a seed, and the same street ready to be photographed from its pavements."""
    example, stage, scan = _made(seed, None)
    labels = labels_of(scan.solid, stage.placed, WORDS)
    return example, streetviews.studio(stage, labels, np.random.default_rng((STREETS_VERSION, 3, seed)))


def _made(seed: int, sensor: Sensor | None) -> tuple[Example, Stage, StreetScan]:
    attempts = (
        _attempt(np.random.default_rng((STREETS_VERSION, 2, seed, i)), sensor, f"street {seed}") for i in count()
    )
    example, stage, scan = next(made for made in attempts if made[0].truth.instance.max() > 2)
    ids = ids_of(scan.solid, stage.placed, WORDS)
    return described(example, stage.placed, ids=ids, seed=seed), stage, scan


def _attempt(rng: np.random.Generator, sensor: Sensor | None, name: str) -> tuple[Example, Stage, StreetScan]:
    family = tuple(any_colour(rng) for _ in range(rng.integers(3, 6)))
    make, chosen, half = _drawn(rng, sensor)
    draft = make(rng, painter(rng, family, shared=SHARED), half=half)
    placed = _all_of(draft, rng)
    worn = faded(
        wardrobe([solid.material for thing in placed for solid in thing.thing.solids]), rng.uniform(*FADED)
    )
    stage = staged(draft, placed, scenery(placed), worn)
    scan = streetscans.scanned(chosen, stage, rng)
    return _labelled(scan, placed, name), stage, scan


def _drawn(rng: np.random.Generator, sensor: Sensor | None) -> tuple[Maker, Sensor, float]:
    """A kind of place, a sensor that is used there, and half the length."""
    pairs = [
        (make, name, *row) for make, sensors in KINDS for name, row in sensors.items() if sensor in (None, name)
    ]
    weights = np.cumsum([row[2] for row in pairs])
    make, name, _, low, high = pairs[int(np.searchsorted(weights, rng.random() * weights[-1]))]
    return make, name, rng.uniform(low, high)


def _all_of(draft: Draft, rng: np.random.Generator) -> tuple[Placed, ...]:
    """Ground, paint on it, and what stands there."""
    site = draft.site
    looks = {"road": asphalt(rng), "pavement": paving(rng), "grass": lawn(rng), "ground": soil(rng)}
    laid = ground(site.terrain, site.cover, looks)
    level = rng.uniform(0.72, 0.95)
    paint = Material(
        (level, level, level * rng.uniform(0.9, 1.0)),
        (0.5, 0.5, 0.5),
        "photo",
        0.3,
        0.1,
        seed=int(rng.integers(2**31)),
    )
    marks = (painted(site.terrain, site.stripes, 0.0, paint),) if site.stripes else ()
    return (*laid, *marks, *site.placed)


def _labelled(scan: StreetScan, placed: tuple[Placed, ...], name: str) -> Example:
    """Scene and truth; things of which hardly anything is seen are left out of both."""
    kept, truth = truth_of(scan.solid, placed, WORDS)
    rgb = None if scan.rgb is None else scan.rgb[kept]
    extra = {key: values[kept] for key, values in scan.extra.items()}
    return Example(Scene(np.round(scan.xyz[kept], 4).astype(np.float32), rgb=rgb, extra=extra, name=name), truth)
