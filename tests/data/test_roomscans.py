"""The four ways a room is scanned, on one small room made of a shell and three boxes."""

import numpy as np
import pytest

from lasso3d.data.procedural.appearance import Material, wardrobe
from lasso3d.data.procedural.floorplans import Plan, shell
from lasso3d.data.procedural.roomlight import metering, misplaced
from lasso3d.data.procedural.roomscans import FLOATING, Scan, scanned
from lasso3d.data.procedural.shapes import Placed, Solid, Thing, at, rectangle
from lasso3d.data.procedural.tracing import cast
from lasso3d.data.procedural.trees import scenery
from lasso3d.data.procedural.walks import Site, walk

SENSORS = ("handheld", "photogrammetry", "lidar", "view")
WALLS = Material((0.8, 0.8, 0.78), (0.4, 0.4, 0.4), "checks", 0.15)


@pytest.fixture(scope="module")
def site() -> Site:
    """4 x 3 m, with three boxes; one of them checked, one dark and glossy."""
    plan = Plan(np.array([[-2.0, -1.5], [2.0, -1.5], [2.0, 1.5], [-2.0, 1.5]]), 2.4)
    paints = (
        Material((0.7, 0.3, 0.2), (0.1, 0.1, 0.1), "checks", 0.1),
        Material((0.03, 0.03, 0.03), gloss=1.0),
        Material((0.2, 0.5, 0.3)),
    )
    boxes = tuple(
        Placed(
            Thing("box", (Solid("box", (0.3, 0.25, 0.4), paint, at(z=0.4)),), rectangle(0.3, 0.25), 0.8),
            at(1.2 * (i - 1), -1.0 if i == 1 else 1.0),
        )
        for i, paint in enumerate(paints)
    )
    placed = (*shell(plan, ((),) * 4, (WALLS, WALLS, WALLS, WALLS)), *boxes)
    worn = wardrobe([solid.material for thing in placed for solid in thing.thing.solids])
    return Site(plan, placed, scenery(placed), worn)


@pytest.fixture(scope="module", params=SENSORS)
def scan(request, site) -> tuple[str, Scan]:
    return request.param, scanned(request.param, site, np.random.default_rng(11))


def test_scans_lie_near_the_room_and_are_the_same_each_time(scan, site):
    sensor, found = scan
    assert 5000 < len(found.xyz) < 400_000
    assert (np.abs(found.xyz[:, :2]) < np.array([2.3, 1.8])).all()
    assert -0.3 < found.xyz[:, 2].min() < found.xyz[:, 2].max() < 2.7
    again = scanned(sensor, site, np.random.default_rng(11))
    np.testing.assert_array_equal(again.xyz, found.xyz)
    np.testing.assert_array_equal(again.solid, found.solid)
    if found.rgb is not None:
        np.testing.assert_array_equal(again.rgb, found.rgb)


def test_labels_are_right_but_for_the_width_of_borders(scan, site):
    sensor, found = scan
    owner = np.repeat(np.arange(len(site.placed)), [len(t.thing.solids) for t in site.placed])
    for i, box in enumerate(site.placed[-3:]):
        mine = owner[found.solid] == len(site.placed) - 3 + i
        if not mine.any():
            continue
        away = np.abs(found.xyz[mine] - (*box.pose.position[:2], 0.4)) - (0.3, 0.25, 0.4)
        assert (away.max(1) < 0.1).mean() > (0.9 if sensor in ("view", "photogrammetry") else 0.95)


def test_dark_and_glossy_things_lose_points_to_a_depth_camera(site):
    owner = np.repeat(np.arange(len(site.placed)), [len(t.thing.solids) for t in site.placed])
    solid = scanned("handheld", site, np.random.default_rng(11)).solid
    seen = np.bincount(owner[solid], minlength=len(site.placed))[-3:]
    assert seen[1] < 0.7 * min(seen[0], seen[2])


def test_photogrammetry_sees_more_of_what_has_a_pattern(site):
    bare = Material((0.8, 0.8, 0.78))
    plain = tuple(
        Placed(Thing(t.thing.name, tuple(Solid(s.kind, s.size, bare, s.pose) for s in t.thing.solids),
                     t.thing.footprint, t.thing.height), t.pose)
        for t in site.placed
    )  # fmt: skip
    worn = wardrobe([solid.material for thing in plain for solid in thing.thing.solids])
    walls = Site(site.plan, plain, scenery(plain), worn)
    textured, bald = (len(scanned("photogrammetry", s, np.random.default_rng(11)).xyz) for s in (site, walls))
    assert bald < 0.9 * textured


def test_specks_float_no_further_than_they_may(site):
    found = scanned("photogrammetry", site, np.random.default_rng(2))
    outside = np.maximum(np.abs(found.xyz[:, :2]) - (2.0, 1.5), 0).max(1)
    assert outside.max() < FLOATING + 0.1


def test_colours_come_from_pixels_nearby_and_pictures_are_metered_one_by_one(site):
    rng = np.random.default_rng(5)
    rays = walk(site, 6, (40, 52), rng)
    hits = cast(site.on, rays.origin, rays.direction)
    kept = np.flatnonzero(hits.solid >= 0)
    there = misplaced(rays, kept, hits, rng)
    np.testing.assert_array_equal(rays.shot[there], rays.shot[kept])
    assert (hits.solid[there] >= 0).all()
    rows, columns = np.divmod(there % (40 * 52), 52)
    own_rows, own_columns = np.divmod(kept % (40 * 52), 52)
    assert np.abs(rows - own_rows).max() < 8
    assert np.abs(columns - own_columns).max() < 8
    gain = metering(np.full((len(kept), 3), 0.4), rays, kept, rng)
    middle = [gain[(rays.shot[kept] == shot)].max(0) for shot in range(6)]
    assert np.ptp(middle, axis=0).max() > 0.01
    assert 0.3 < gain.min() < gain.max() < 3
