import hashlib
import os
import subprocess
import sys

import numpy as np
import pytest

from lasso3d.data.example import Example
from lasso3d.data.procedural import VERSIONS, WORLDS
from lasso3d.data.procedural.appearance import Material, wardrobe
from lasso3d.data.procedural.finishes import any_colour, painter
from lasso3d.data.procedural.outdoorforms import hoop, panelled, quads, sticks, wire
from lasso3d.data.procedural.rays import Hits
from lasso3d.data.procedural.shapes import Placed, Thing, at, rectangle
from lasso3d.data.procedural.streets import KINDS, STREETS_VERSION, street
from lasso3d.data.procedural.streetscans import APART, _echoes
from lasso3d.data.procedural.streetthings import STREET_THINGS
from lasso3d.data.procedural.streetthings.buildings import block_of_flats
from lasso3d.data.procedural.streetthings.plants import broadleaf
from lasso3d.data.procedural.streetwords import BACKGROUND, OBJECTS, PARTS, WORDS
from lasso3d.data.procedural.terrain import Cover, Terrain, ground
from lasso3d.data.procedural.tracing import cast
from lasso3d.data.procedural.trees import scenery
from lasso3d.data.procedural.visible import FEWEST_POINTS

GREY = Material((0.5, 0.5, 0.5))
SENSORS = ("mobile", "terrestrial", "airborne", "photo")
GOLDEN_SEEDS = "c49244db8b9d31adc697b43773e24bb49a06903fa847f9f3983c7cab77d95334"
"""Digest of seeds 0 to 2. When it changes, streets have changed: raise STREETS_VERSION."""


@pytest.fixture(scope="module")
def streets() -> list[Example]:
    """Seeds 0 to 5 with whatever sensor they draw."""
    return [street(seed) for seed in range(6)]


@pytest.fixture(scope="module")
def surveys() -> dict[str, Example]:
    """One street by each sensor."""
    return {sensor: street(1, sensor=sensor) for sensor in SENSORS}


def _bytes(example: Example) -> bytes:
    scene, truth = example
    arrays = (truth.instance, truth.semantic, truth.part, *(scene.extra[key] for key in sorted(scene.extra)))
    return scene.digest.encode() + b"".join(np.ascontiguousarray(array).tobytes() for array in arrays)


# determinism


def test_a_seed_is_a_street(streets):
    assert _bytes(street(2)) == _bytes(streets[2])
    assert len({example.scene.digest for example in streets}) == len(streets)


def test_the_streets_of_this_version_do_not_change(streets):
    digest = hashlib.sha256(b"".join(_bytes(example) for example in streets[:3])).hexdigest()
    assert digest == GOLDEN_SEEDS


def test_another_process_makes_the_same_street(streets):
    code = "from lasso3d.data.procedural import procedural; print(procedural('streets', 2).scene.digest)"
    environment = os.environ | {"PYTHONHASHSEED": "11"}
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)
    assert run.stdout.strip() == streets[2].scene.digest


def test_streets_are_a_world():
    assert WORLDS["streets"] is street
    assert VERSIONS["streets"] == STREETS_VERSION


# scans and truth


def test_streets_have_the_size_of_scans_and_many_things(streets):
    assert all(15_000 < len(example.scene) < 350_000 for example in streets)
    assert np.median([len(example.scene) for example in streets]) > 60_000
    assert np.median([example.truth.instance.max() for example in streets]) >= 25


def test_labels_are_in_range_and_every_instance_has_one_class(streets):
    for _, truth in streets:
        assert truth.class_names == WORDS.classes
        ids, count = np.unique(truth.instance[truth.instance > 0], return_counts=True)
        assert ids.tolist() == list(range(1, len(ids) + 1))
        assert count.min() >= FEWEST_POINTS
        pairs = np.unique(np.stack([truth.instance, truth.semantic])[:, truth.instance > 0], axis=1)
        assert pairs.shape[1] == len(ids)


def test_ground_has_a_class_but_neither_instance_nor_part(streets):
    for _, truth in streets:
        background = truth.semantic < len(BACKGROUND)
        np.testing.assert_array_equal(truth.instance == -1, background)
        assert (truth.part[background] == -1).all()


def test_the_middle_of_the_ground_is_near_zero(streets):
    for scene, truth in streets:
        middle = (np.abs(scene.xyz[:, :2]) < 6).all(1) & (truth.semantic < len(BACKGROUND))
        assert not middle.any() or np.abs(np.median(scene.xyz[middle, 2])) < 1.5


@pytest.mark.parametrize("sensor", SENSORS)
def test_each_sensor_gives_what_it_measures(surveys, sensor):
    scene = surveys[sensor].scene
    measured = {"photo": set(), "airborne": {"intensity", "return_number", "number_of_returns"}}
    assert set(scene.extra) == measured.get(sensor, {"intensity"})
    if sensor == "photo":
        assert scene.rgb is not None
    else:
        assert 0 <= scene.extra["intensity"].min() < scene.extra["intensity"].max() <= 1


def test_density_falls_with_distance_from_a_tripod_but_hardly_from_the_air(surveys):
    def spread(scene):
        _, count = np.unique(np.floor(scene.xyz[:, :2]).astype(int), axis=0, return_counts=True)
        return np.quantile(count, 0.95) / np.median(count)

    assert spread(surveys["terrestrial"].scene) > 4
    assert spread(surveys["airborne"].scene) < 4


def test_every_sensor_has_kinds_of_places():
    assert {name for _, sensors in KINDS for name in sensors} == set(SENSORS)


# returns of pulses


def test_returns_are_ordered_and_none_is_missing(surveys):
    extra = surveys["airborne"].scene.extra
    number, of = extra["return_number"], extra["number_of_returns"]
    assert number.min() == 1
    assert (number <= of).all()
    assert (of > 1).mean() > 0.01


def test_a_pulse_gives_one_return_for_each_height_it_meets():
    distance = np.array([10.0, 10.3, 14.0, np.inf, 20.0, 20.1, 20.2, 20.3])
    blank = np.zeros((8, 3))
    hits = Hits(distance, np.where(distance < np.inf, 0, -1).astype(np.int32), np.zeros(8, np.int32), blank, blank)
    seen = [_echoes(hits, 4, np.random.default_rng(seed)) for seed in range(40)]
    whole = next(echoes for echoes in seen if len(echoes.ray) == 3)
    assert whole.number.tolist() == [1, 2, 1]
    assert whole.of.tolist() == [2, 2, 1]
    assert whole.distance.tolist() == [10.0, 14.0, 20.0]
    assert whole.share.tolist() == [0.5, 0.25, 1.0]
    assert any(len(echoes.ray) == 2 for echoes in seen)
    assert all((echoes.number <= echoes.of).all() for echoes in seen)
    assert APART < 14.0 - 10.3


def test_crowns_let_some_rays_through_and_stop_others():
    rng = np.random.default_rng(4)
    tree = broadleaf(rng, painter(rng, (any_colour(rng),)), tall=9.0)
    floor = Thing("ground", (_flat(20.0),), rectangle(20.0, 20.0), 0.1)
    on = scenery([Placed(tree, at()), Placed(floor, at())])
    start = np.column_stack([rng.uniform(-1.2, 1.2, (3000, 2)), np.full(3000, 30.0)])
    hits = cast(on, start, np.tile([0.0, 0.0, -1.0], (3000, 1)))
    reached = (hits.distance > 29.0).mean()
    assert 0.03 < reached < 0.7


# ground


def test_the_ground_follows_its_terrain_and_steps_up_at_kerbs():
    terrain = Terrain(0.01, (0.02, -0.01), 0.4, 5)
    cover = Cover(
        np.array([-20.0, 20.0]), np.array([-6.0, 0.0, 6.0]), np.array([["road", "pavement"]]), {"pavement": 0.12}
    )
    laid = ground(terrain, cover, {"road": GREY, "pavement": GREY})
    assert [one.thing.name for one in laid] == ["pavement", "road"]
    on = scenery(laid)
    s, y = np.random.default_rng(0).uniform(-5.5, 5.5, (2, 400))
    xy = terrain.places(s, y)
    hits = cast(on, np.column_stack([xy, np.full(400, 50.0)]), np.tile([0.0, 0.0, -1.0], (400, 1)))
    expected = terrain.heights(xy) + np.where(y > 0, 0.12, 0.0)
    np.testing.assert_allclose(50.0 - hits.distance, expected, atol=0.02)
    across = cast(
        on, np.array([[0.0, -3.0, terrain.heights(np.zeros((1, 2)))[0] + 0.06]]), np.array([[0.0, 1.0, 0.01]])
    )
    assert across.solid[0] == 0


def test_what_rolls_tilts_with_the_slope_and_what_stands_is_plumb():
    terrain = Terrain(0.0, (0.1, 0.0), 0.0, 0)
    lying, standing = terrain.pose(3.0, 1.0, lying=2.0), terrain.pose(3.0, 1.0)
    np.testing.assert_allclose(lying.apply(np.array([2.0, 0.0, 0.0]))[2], 0.3 + 0.2, atol=0.01)
    np.testing.assert_array_equal(standing.rotation[:, 2], [0, 0, 1])


# forms


def test_panels_leave_holes_and_are_named_by_the_first_word_of_their_label():
    vertex = np.stack(np.meshgrid(np.arange(3.0), np.arange(4.0), [0.0], indexing="ij"), axis=-1)[:, :, 0]
    skins = panelled(
        vertex, np.array([["body", "", "door left"], ["body", "body", "door left"]]), {"body": GREY, "door": GREY}
    )
    assert {name: skin.part for name, skin in skins.items()} == {"body": "body", "door left": "door"}
    assert sum(len(skin.mesh.triangle) for skin in skins.values()) == 2 * 5


def test_wires_hang_and_sticks_and_hoops_are_as_thick_as_asked():
    line = wire((0.0, 0.0, 8.0), (20.0, 0.0, 8.0), GREY, sag=0.5, radius=0.01)
    assert abs(line.mesh.vertex[:, 2].min() - (7.5 - 0.01)) < 0.02
    bar = sticks(np.array([[0.0, 0, 0]]), np.array([[0.0, 0, 2.0]]), np.array([[0.1, 0.05]]), GREY)
    assert abs(np.hypot(*bar.mesh.vertex[:, :2].T).max() - 0.1) < 1e-3
    tyre = hoop(0.3, 0.02, GREY, pose=at(), part="wheel")
    assert np.hypot(*tyre.mesh.vertex[:, 1:].T).max() < 0.33


# things


@pytest.mark.parametrize("name", sorted(STREET_THINGS))
def test_street_things_stand_on_the_ground_and_name_all_their_parts(name):
    for seed in range(5):
        rng = np.random.default_rng(seed)
        thing = STREET_THINGS[name](rng, painter(rng, (any_colour(rng),)))
        assert thing.name == name
        assert {solid.part for solid in thing.solids} <= set(PARTS)
        on = scenery([Placed(thing, at())])
        low, high = on.box[0, :3], on.box[0, 3:]
        cellar = 1.21 if name in ("building", "shed") else 0.31 if name == "wall" else 0.13
        assert -cellar < low[2] < 0.06
        # booms of traffic lights and aerials rise above what they are named after
        assert high[2] < thing.height + (3.0 if name in ("traffic light", "building") else 0.55)
        assert wardrobe([solid.material for solid in thing.solids]).look.shape[0] == len(thing.solids)


@pytest.mark.parametrize(
    "name", ["car", "person", "bench", "bicycle", "bus", "dumpster", "swing", "table", "wheelbarrow"]
)
def test_footprints_hold_what_stands_close_to_others(name):
    for seed in range(6):
        rng = np.random.default_rng(seed)
        thing = STREET_THINGS[name](rng, painter(rng, (any_colour(rng),)))
        on = scenery([Placed(thing, at())])
        reach = np.abs(thing.footprint).max(0)
        assert (np.maximum(-on.box[0, :2], on.box[0, 3:5]) < reach + 0.35).all()


def test_every_class_can_be_built():
    assert set(STREET_THINGS) | {"wire"} == set(OBJECTS)


def test_cars_steer_and_open_their_doors():
    cars = [STREET_THINGS["car"](np.random.default_rng(seed), lambda finish, size: GREY) for seed in range(30)]
    hinged = [car for car in cars if any(abs(s.pose.rotation[0, 1]) > 0.3 for s in car.solids if s.part == "door")]
    steered = [
        car for car in cars if any(0.05 < abs(s.pose.rotation[1, 2]) < 0.7 for s in car.solids if s.part == "wheel")
    ]
    assert 0 < len(hinged) < 15
    assert 4 < len(steered) < 26


def test_people_walk_in_many_ways_with_both_feet_near_the_ground():
    for seed in range(20):
        person = STREET_THINGS["person"](np.random.default_rng(seed), lambda finish, size: GREY)
        on = scenery([Placed(person, at())])
        assert abs(on.box[0, 2]) < 0.05
        assert {"head", "torso", "arm", "leg"} <= {solid.part for solid in person.solids}


# what is seen


def test_things_of_many_classes_and_their_parts_are_seen(streets):
    classes: set[str] = set()
    parts: set[str] = set()
    for _, truth in streets:
        classes |= {truth.class_names[i] for i in np.unique(truth.semantic)}
        parts |= {truth.part_names[i] for i in np.unique(truth.part[truth.part >= 0])}
    assert len(classes - set(BACKGROUND)) >= 25
    assert set(BACKGROUND) <= classes
    assert len(parts) >= 45


def test_every_part_can_be_seen_from_around():
    builders = [*STREET_THINGS.values(), lambda rng, paint: block_of_flats(rng, 11.0, 9.0)]
    seen: set[str] = set()
    for build in builders:
        for seed in range(9):
            rng = np.random.default_rng(seed)
            thing = build(rng, lambda finish, size: GREY)
            on = scenery([Placed(thing, at())])
            leaf = rng.choice(np.flatnonzero(on.child[:, 0] < 0), 800)
            target = (on.box[leaf, :3] + on.box[leaf, 3:]) / 2
            away = rng.standard_normal((800, 3)) * (1, 1, 0.5)
            away /= np.sqrt((away**2).sum(1, keepdims=True))
            hits = cast(on, target + 30 * away, -away)
            seen |= {thing.solids[i].part for i in np.unique(hits.solid[hits.solid >= 0])}
    assert seen == set(PARTS)


def test_names_are_lower_case_words_and_listed_in_the_documentation(request):
    listed = (request.config.rootpath / "docs" / "worlds.md").read_text()
    for name in (*BACKGROUND, *OBJECTS, *PARTS):
        assert name == name.lower()
        assert f"`{name}`" in listed


def _flat(half: float):
    corner = np.array([[[-half, -half, 0.0], [half, -half, 0.0], [half, half, 0.0], [-half, half, 0.0]]])
    return quads(corner, GREY)
