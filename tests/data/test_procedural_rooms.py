import os
import subprocess
import sys

import numpy as np
import pytest

from lasso3d.data.example import Example
from lasso3d.data.procedural import WORLDS
from lasso3d.data.procedural.appearance import Material
from lasso3d.data.procedural.finishes import any_colour, painter
from lasso3d.data.procedural.floorplans import Opening, shell, some_plan
from lasso3d.data.procedural.forms import cushion, lofted, rod
from lasso3d.data.procedural.furnishings import FURNISHINGS
from lasso3d.data.procedural.fusion import fused
from lasso3d.data.procedural.programs import BACKGROUND, CLASS_NAMES, EXTRAS, KINDS, PART_NAMES
from lasso3d.data.procedural.rays import cast as cast_plainly
from lasso3d.data.procedural.rays import stage
from lasso3d.data.procedural.rooms import room
from lasso3d.data.procedural.shapes import Placed, Thing, at, rectangle
from lasso3d.data.procedural.things import BUILDERS
from lasso3d.data.procedural.tracing import cast, reaches
from lasso3d.data.procedural.trees import scenery
from lasso3d.data.procedural.visible import FEWEST_POINTS

GREY = Material((0.5, 0.5, 0.5))
GOLDEN_SEED_3 = "469b9bedb7a4f82d217ceb8e9dab3a890ebc6a18ae90ff843afa262ece4b99ac"
"""Digest of the room of seed 3. When it changes, rooms have changed: raise ROOMS_VERSION."""


@pytest.fixture(scope="module")
def rooms() -> list[Example]:
    """Seeds 0 to 11: all sensors are among them."""
    return [room(seed) for seed in range(12)]


# determinism


def test_a_seed_is_a_room(rooms):
    again = room(4)
    assert again.scene.digest == rooms[4].scene.digest
    np.testing.assert_array_equal(again.truth.instance, rooms[4].truth.instance)
    np.testing.assert_array_equal(again.truth.part, rooms[4].truth.part)
    assert len({example.scene.digest for example in rooms}) == len(rooms)


def test_the_rooms_of_this_version_do_not_change(rooms):
    assert rooms[3].scene.digest == GOLDEN_SEED_3


def test_another_process_makes_the_same_room(rooms):
    code = "from lasso3d.data.procedural import procedural; print(procedural('rooms', 5).scene.digest)"
    environment = os.environ | {"PYTHONHASHSEED": "7"}
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)
    assert run.stdout.strip() == rooms[5].scene.digest


def test_rooms_are_a_world():
    assert WORLDS["rooms"] is room


# truth


def test_no_room_is_empty_and_scans_have_the_size_of_scans(rooms):
    assert all(example.truth.instance.max() >= 3 for example in rooms)
    assert np.median([example.truth.instance.max() for example in rooms]) >= 12
    assert all(5_000 < len(example.scene) < 600_000 for example in rooms)


def test_every_instance_is_seen_has_one_class_and_a_number_without_gaps(rooms):
    for _, truth in rooms:
        ids, count = np.unique(truth.instance[truth.instance > 0], return_counts=True)
        assert ids.tolist() == list(range(1, len(ids) + 1))
        assert count.min() >= FEWEST_POINTS
        pairs = np.unique(np.stack([truth.instance, truth.semantic])[:, truth.instance > 0], axis=1)
        assert pairs.shape[1] == len(ids)


def test_floor_walls_and_ceiling_have_a_class_but_no_instance(rooms):
    for _, truth in rooms:
        background = np.isin(truth.semantic, [CLASS_NAMES.index(name) for name in BACKGROUND])
        np.testing.assert_array_equal(truth.instance == -1, background)
        assert (truth.part[background] == -1).all()


def test_parts_belong_to_the_classes_that_have_them(rooms):
    owners: dict[str, set[str]] = {}
    for seed in range(40):
        for build in (*FURNISHINGS.values(), *(build for build, _ in BUILDERS.values())):
            thing = build(np.random.default_rng(seed), lambda finish, size: GREY)
            owners.setdefault(thing.name, set()).update(solid.part for solid in thing.solids)
    for _, truth in rooms:
        kinds = np.unique(np.stack([truth.semantic, truth.part])[:, truth.part >= 0], axis=1)
        for semantic, part in kinds.T.tolist():
            assert PART_NAMES[part] in owners[CLASS_NAMES[semantic]]


def test_the_floor_is_at_zero_and_things_are_above_it(rooms):
    for scene, truth in rooms:
        floor = scene.xyz[truth.semantic == CLASS_NAMES.index("floor"), 2]
        assert len(floor) == 0 or abs(np.median(floor)) < 0.03
        assert np.quantile(scene.xyz[truth.instance > 0, 2], 0.01) > -0.08


def test_scans_come_coloured_grey_and_colourless(rooms):
    assert any(example.scene.rgb is None for example in rooms)
    assert any("intensity" in example.scene.extra for example in rooms)
    assert sum(example.scene.rgb is not None for example in rooms) > 6


def test_names_are_lower_case_words_and_listed_in_the_documentation(request):
    listed = (request.config.rootpath / "docs" / "worlds.md").read_text()
    for name in (*CLASS_NAMES, *PART_NAMES):
        assert name == name.lower()
        assert f"`{name}`" in listed


def test_rooms_wish_for_what_can_be_built():
    wished = {wish.name for _, wishes in KINDS.values() for wish in wishes} | {name for name, _ in EXTRAS}
    assert wished <= set(FURNISHINGS)


# furnishings


@pytest.mark.parametrize("name", sorted(FURNISHINGS))
def test_furnishings_keep_to_their_footprint_height_and_names(name):
    for seed in range(8):
        rng = np.random.default_rng(seed)
        thing = FURNISHINGS[name](rng, painter(rng, (any_colour(rng),)))
        assert thing.name in CLASS_NAMES
        assert {solid.part for solid in thing.solids} - {""} <= set(PART_NAMES)
        on = scenery([Placed(thing, at())])
        low, high = on.box[0, :3], on.box[0, 3:]
        assert low[2] > -0.06
        assert high[2] < thing.height + 0.12
        reach = np.abs(thing.footprint).max(0)
        spread = 0.9 if name in ("plant", "potted plant") else 0.16
        assert (np.maximum(-low[:2], high[:2]) < reach + spread).all()


# rays through the tree


def test_the_tree_finds_what_asking_every_solid_finds():
    rng = np.random.default_rng(2)
    paint = painter(rng, (any_colour(rng),))
    things = [BUILDERS[name][0](rng, paint) for name in sorted(BUILDERS) for _ in range(3)]
    # asking every solid in turn knows no meshes
    things = [thing for thing in things if all(solid.mesh is None for solid in thing.solids)]
    placed = [Placed(thing, at(*rng.uniform(-1, 1, 3), turn=rng.uniform(0, 6))) for thing in things]
    direction = np.concatenate([rng.normal(0, 1, (4000, 3)), np.eye(3), -np.eye(3)])
    eye = np.array([0.1, 0.2, 0.3])
    found = cast(scenery(placed), np.broadcast_to(eye, direction.shape).copy(), direction)
    plain = cast_plainly(stage(placed), eye, direction)
    np.testing.assert_array_equal(found.distance, plain.distance)
    same = found.solid == plain.solid
    assert same.mean() > 0.999
    np.testing.assert_array_equal(found.face[same], plain.face[same])
    np.testing.assert_allclose(
        found.local[same & (found.solid >= 0)], plain.local[same & (plain.solid >= 0)], atol=1e-9
    )


def test_rays_meet_a_cushion_on_its_surface_and_rods_where_they_lead():
    soft = cushion((0.3, 0.2, 0.1), GREY, np.random.default_rng(0), at=(0.0, 0.0, 0.5))
    bar = rod((1.0, 0.0, 0.0), (1.0, 0.4, 0.4), 0.02, GREY)
    on = scenery([Placed(Thing("sofa", (soft, bar), rectangle(1.0, 1.0), 1.0), at())])
    down = np.array([[0, 0, -1.0]] * 2)
    hits = cast(on, np.array([[0.0, 0.0, 2.0], [1.0, 0.2, 2.0]]), down)
    assert hits.solid.tolist() == [0, 1]
    assert 1.4 < hits.distance[0] < 1.45
    np.testing.assert_allclose(hits.distance[1], 1.8 - 0.02 * np.sqrt(2), atol=1e-9)
    assert hits.normal[0, 2] > 0.9


def test_a_lofted_tub_is_closed_below_and_open_above():
    tub = lofted(((0.01, 0.01, 0.0), (0.2, 0.2, 0.0), (0.2, 0.2, 0.4), (0.19, 0.19, 0.4), (0.01, 0.01, 0.02)), GREY)
    on = scenery([Placed(Thing("trash can", (tub,), rectangle(0.2, 0.2), 0.4), at())])
    hits = cast(on, np.array([[0.05, 0.0, 1.0], [0.05, 0.0, -1.0]]), np.array([[0, 0, -1.0], [0, 0, 1.0]]))
    assert hits.distance[0] > 0.7
    np.testing.assert_allclose(hits.distance[1], 1.0, atol=1e-6)


def test_walls_stop_rays_but_openings_let_them_through():
    plan = some_plan(np.random.default_rng(5), 12.0)
    walls = plan.walls()
    cut = tuple((Opening(0.0, 0.2, 1.0, 1.6),) if i == 0 else () for i in range(len(walls)))
    on = scenery(shell(plan, cut, (GREY, GREY, GREY, GREY)))
    inside, outside = (
        np.array([[*walls[0].place(u, d), z] for u, z in ((0.0, 1.3), (0.0, 0.5), (0.5, 1.3))]) for d in (0.1, -1.0)
    )
    assert reaches(on, inside, outside).tolist() == [True, False, False]


@pytest.mark.parametrize("seed", range(8))
def test_plans_hold_their_inside_only(seed):
    plan = some_plan(np.random.default_rng(seed), 14.0)
    walls = plan.walls()
    inside = np.array([wall.place(0.0, 0.05) for wall in walls])
    outside = np.array([wall.place(0.0, -0.05) for wall in walls])
    assert plan.holds(inside).all()
    assert not plan.holds(outside).any()
    assert 5 < plan.area() < 20


# fusion


def test_fusion_averages_and_smooths_a_noisy_plane():
    rng = np.random.default_rng(0)
    xyz = np.column_stack([rng.uniform(0, 1, (60_000, 2)), rng.normal(0, 0.004, 60_000)])
    rough, smooth = (fused(xyz, 0.02, rounds=rounds, faint=False) for rounds in (0, 3))
    assert len(rough.xyz) == len(smooth.xyz) < 8000
    assert smooth.xyz[:, 2].std() < rough.xyz[:, 2].std()
    assert np.abs(xyz[rough.first] - rough.xyz).max() < 0.03
    assert len(fused(xyz[:2000], 0.02, rounds=0, faint=True).xyz) < len(
        fused(xyz[:2000], 0.02, rounds=0, faint=False).xyz
    )
