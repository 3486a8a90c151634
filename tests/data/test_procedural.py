import os
import subprocess
import sys
from hashlib import sha256

import numpy as np
import pytest

from lasso3d.core.scene import Scene
from lasso3d.data.example import Example, Truth
from lasso3d.data.procedural import WORLDS, ProceduralScenes, procedural, tracing
from lasso3d.data.procedural.appearance import Decal, Light, Material, albedo, lit, wardrobe
from lasso3d.data.procedural.layout import Spot, separation, spot
from lasso3d.data.procedural.rays import cast, reaches, stage
from lasso3d.data.procedural.sensors import Habits, rays, shoot
from lasso3d.data.procedural.shapes import Placed, Solid, Thing, at, circle, rectangle
from lasso3d.data.procedural.tabletops import BACKGROUND, CLASS_NAMES, PART_NAMES, tabletop
from lasso3d.data.procedural.things import OWN
from lasso3d.data.procedural.trees import scenery
from lasso3d.data.procedural.visible import FEWEST_POINTS
from lasso3d.geometry.cameras import Camera, intrinsics, look_at

GREY = Material((0.5, 0.5, 0.5))
GOLDEN_SEED_31 = "1be5538d495e065f29310df793f03a8597655a2e38aaa7e8bd196172880bfa2e"
"""Digest of the tabletop of seed 31. When it changes, scenes have changed: raise WORLD_VERSION."""


@pytest.fixture(scope="module")
def scenes() -> list[Example]:
    """Seeds 30 to 35."""
    return [tabletop(seed) for seed in range(30, 36)]


def digest(example: Example) -> str:
    scene, truth = example
    sha = sha256()
    for array in (scene.xyz, scene.rgb, truth.instance, truth.semantic, truth.part):
        sha.update(np.ascontiguousarray(array).tobytes())
    return sha.hexdigest()


def one_point(seed: int) -> Example:
    return Example(Scene(np.zeros((1, 3), np.float32), name=str(seed)), Truth(np.ones(1, np.int32)))


def plate(z: float, material: Material = GREY, half: float = 5.0) -> Placed:
    """A flat slab whose upper side is at height z."""
    solid = Solid("box", (half, half, 0.01), material, at())
    return Placed(Thing("table", (solid,), rectangle(half, half), 0.01), at(z=z - 0.01))


def straight_down(distance: float, width: int = 120, height: int = 90) -> Camera:
    pose = look_at(np.array([0.0, 0.0, distance]), np.zeros(3))
    return Camera(intrinsics(width, height, field_of_view=57.0), pose, width, height)


# determinism


def test_a_seed_is_a_scene_and_another_seed_another(scenes):
    assert digest(tabletop(30)) == digest(scenes[0])
    assert len({digest(example) for example in scenes}) == len(scenes)


def test_the_scenes_of_this_world_version_do_not_change(scenes):
    assert digest(scenes[1]) == GOLDEN_SEED_31


def test_another_process_makes_the_same_bytes(scenes):
    code = "from lasso3d.data.procedural import procedural; print(procedural('tabletops', 32).scene.digest)"
    environment = os.environ | {"PYTHONHASHSEED": "5"}
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)
    assert run.stdout.strip() == scenes[2].scene.digest


def test_scene_i_of_a_sequence_has_the_seed_plus_i(monkeypatch):
    monkeypatch.setitem(WORLDS, "tabletops", one_point)
    sequence = ProceduralScenes("tabletops", 3, seed=20)
    assert [example.scene.name for example in sequence] == ["20", "21", "22"]
    assert sequence[-1].scene.name == sequence[1:][1].scene.name == "22"
    assert len(sequence) == 3
    with pytest.raises(IndexError):
        sequence[3]


def test_an_unknown_world_is_named_with_the_known_ones():
    with pytest.raises(ValueError, match="tabletops"):
        procedural("atlantis", 0)
    with pytest.raises(ValueError, match="tabletops"):
        ProceduralScenes("atlantis", 1)
    assert set(WORLDS) == {"tabletops", "rooms", "streets", "objects"}


# truth


def test_every_instance_is_seen_and_numbered_without_gaps(scenes):
    for _, truth in scenes:
        ids, count = np.unique(truth.instance[truth.instance > 0], return_counts=True)
        assert ids.tolist() == list(range(1, len(ids) + 1))
        assert count.min() >= FEWEST_POINTS


def test_background_has_a_class_but_no_instance_and_an_instance_has_one_class(scenes):
    for _, truth in scenes:
        background = np.isin(truth.semantic, [CLASS_NAMES.index(name) for name in BACKGROUND])
        np.testing.assert_array_equal(truth.instance == -1, background)
        for i in range(1, truth.instance.max() + 1):
            assert len(np.unique(truth.semantic[truth.instance == i])) == 1


def test_parts_belong_to_the_classes_that_have_them(scenes):
    owners = {
        "lens": {"camera", "eyeglasses", "flashlight"},
        "neck": {"bottle"},
        "spout": {"kettle", "teapot", "pitcher"},
        "tine": {"fork"},
        "touchpad": {"laptop"},
    }
    for _, truth in scenes:
        for name, classes in owners.items():
            semantic = truth.semantic[truth.part == PART_NAMES.index(name)]
            assert {truth.class_names[i] for i in semantic} <= classes
        assert (truth.part[truth.instance == -1] == -1).all()


def test_names_are_lower_case_words_and_listed_in_the_documentation(request):
    listed = (request.config.rootpath / "docs" / "worlds.md").read_text()
    for name in (*CLASS_NAMES, *PART_NAMES):
        assert name == name.lower()
        assert f"`{name}`" in listed


def test_objects_stand_on_or_above_the_table(scenes):
    for scene, truth in scenes:
        # a few pixels lie between a thing and what is behind it, which may be the floor
        assert np.quantile(scene.xyz[truth.instance > 0, 2], 0.01) > -0.03
        table = truth.semantic == CLASS_NAMES.index("table")
        assert abs(np.median(scene.xyz[table, 2])) < 0.01


def test_coordinates_are_whole_tenths_of_a_millimetre(scenes):
    for scene, _ in scenes:
        tenths = scene.xyz.astype(np.float64) * 1e4
        assert np.abs(tenths - np.rint(tenths)).max() < 0.01


def test_scans_have_the_size_of_a_depth_image(scenes):
    assert all(15_000 < len(scene) < 250_000 for scene, _ in scenes)


def test_labels_lie_on_the_thing_they_name():
    """A red block on a grey table: what is labelled as the block is red, and only that."""
    red = Material((0.9, 0.05, 0.05))
    block = Placed(Thing("box", (Solid("box", (0.1, 0.1, 0.1), red, at(z=0.1)),), rectangle(0.1, 0.1), 0.2), at())
    things = (plate(0.0), block)
    light = Light(0.9, (0.0, 0.0, 1.0), 0.0)
    frame = shoot(
        scenery(things),
        wardrobe([GREY, red]),
        light,
        straight_down(1.0),
        Habits(ragged=0.0),
        rng=np.random.default_rng(0),
    )
    is_red = frame.rgb[..., 0] > 1.6 * frame.rgb[..., 1].astype(float)
    agree = (is_red == (frame.solid == 1))[frame.depth > 0]
    assert agree.mean() > 0.97


# rays


def test_rays_meet_a_box_a_cone_a_disc_and_an_ellipsoid_where_they_are():
    solids = (
        Solid("box", (0.1, 0.1, 0.1), GREY, at()),
        Solid("cone", (0.0, 0.2, 0.1, 0.1), GREY, at(1.0)),
        Solid("cone", (0.2, 0.2, 0.0, 0.1), GREY, at(1.0)),
        Solid("ellipsoid", (0.1, 0.1, 0.3), GREY, at(2.0)),
    )
    on = stage([Placed(Thing("many", solids, rectangle(3.0, 1.0), 1.0), at())])
    down = np.array([[0, 0, -1.0]])
    for x, height, solid in ((0, 0.1, 0), (1, 0.2, 2), (2, 0.3, 3)):
        hits = cast(on, np.array([x, 0.0, 1.0]), down)
        np.testing.assert_allclose(hits.distance, 1 - height)
        np.testing.assert_allclose(hits.normal, [[0, 0, 1]], atol=1e-9)
        assert hits.solid[0] == solid
    side = cast(on, np.array([1.0, -1.0, 0.1]), np.array([[0, 1.0, 0]]))
    np.testing.assert_allclose(side.distance, 0.9)
    np.testing.assert_allclose(side.normal, [[0, -1, 0]], atol=1e-9)
    assert cast(on, np.array([5.0, 0, 1]), down).solid[0] == -1


def test_hits_lie_on_the_surface_for_turned_and_moved_solids():
    rng = np.random.default_rng(0)
    pose = at(0.3, -0.2, 0.1, axis="x", turn=0.7).after(at(axis="z", turn=1.1))
    cylinder = Solid("cone", (-0.2, 0.3, 0.15, 0.05), GREY, at(0.05, axis="y", turn=0.4))
    on = stage([Placed(Thing("cone", (cylinder,), circle(0.3), 0.5), pose)])
    direction = np.array([0.3, -0.2, 0.1]) - 2 * np.eye(3)[0] + rng.normal(0, 0.15, (2000, 3))
    hits = cast(on, np.array([2.0, 0, 0]), direction)
    met = hits.solid >= 0
    assert met.sum() > 20
    x, y, z = hits.local[met].T
    np.testing.assert_allclose(np.hypot(x, y), 0.15 - 0.1 * (z + 0.2) / 0.5, atol=1e-9)
    point = np.array([2.0, 0, 0]) + direction[met] * hits.distance[met, None]
    turned = pose.after(cylinder.pose)
    np.testing.assert_allclose((point - turned.position) @ turned.rotation, hits.local[met], atol=1e-7)
    assert ((hits.normal[met] * direction[met]).sum(1) <= 0).all()


def test_nothing_is_hit_behind_what_was_hit_first():
    rng = np.random.default_rng(1)
    things = [plate(z) for z in (0.0, 0.3, -0.4)]
    hits = cast(stage(things), np.array([0, 0, 2.0]), rng.normal(0, 0.2, (500, 3)) - (0, 0, 1))
    assert (hits.solid == 1).all()


def test_a_roof_hides_what_is_below_and_only_that():
    on = stage([plate(0.0), plate(1.0, half=0.5)])
    below, beside = np.array([[0.0, 0, 0.1]]), np.array([[3.0, 0, 0.1]])
    up = np.array([[0.0, 0, 3.0]])
    assert not reaches(on, below, below + up)[0]
    assert reaches(on, beside, beside + up)[0]


# sensor


def flat_shot(distance: float, habits: Habits, camera: Camera | None = None) -> np.ndarray:
    """Measured depth of a table seen from straight above."""
    light = Light(0.9, (0.0, 0.0, 1.0), 0.0)
    camera = camera or straight_down(distance)
    frame = shoot(scenery([plate(0.0)]), wardrobe([GREY]), light, camera, habits, rng=np.random.default_rng(3))
    return frame.depth


def test_depth_noise_grows_with_the_square_of_the_distance():
    habits = Habits(holes=0.0, gloss_loss=0.0)
    near, far = (flat_shot(d, habits) - d for d in (0.8, 2.4))
    assert (near[30:60] != -0.8).all()
    assert 6 < far.std() / near.std() < 12
    assert abs(near.mean()) < 0.001
    # a Kinect at 0.8 m: about a millimetre (measured on real scans: 0.7 to 1.0 mm)
    assert 0.0004 < near.std() < 0.002


def test_depth_comes_in_steps_of_an_eighth_of_a_disparity():
    depth = flat_shot(1.0, Habits(holes=0.0))
    levels = np.unique(depth[depth > 0])
    assert len(levels) < 12
    steps = np.diff(1 / levels)
    np.testing.assert_allclose(steps / steps.min(), np.rint(steps / steps.min()), atol=1e-6)
    assert 0.0025 < np.diff(levels).min() < 0.0035


def test_grazing_surfaces_return_little():
    pose = look_at(np.array([0.0, -1.5, 0.06]), np.array([0.0, 0.0, 0.0]))
    low = Camera(intrinsics(120, 90, field_of_view=57.0), pose, 120, 90)
    assert (flat_shot(1.0, Habits(holes=0.0), low) > 0).mean() < 0.5 * (
        flat_shot(1.0, Habits(holes=0.0)) > 0
    ).mean()


def test_beside_an_edge_the_projector_leaves_a_shadow():
    block = Placed(Thing("box", (Solid("box", (0.1, 0.1, 0.1), GREY, at(z=0.1)),), rectangle(0.1, 0.1), 0.2), at())
    light, habits = Light(0.9, (0.0, 0.0, 1.0), 0.0), Habits(ragged=0.0, holes=0.0)
    worn = wardrobe([GREY, GREY])
    frame = shoot(
        scenery([plate(0.0), block]), worn, light, straight_down(1.0), habits, rng=np.random.default_rng(0)
    )
    row = frame.depth[45] == 0
    left, right = row[:60].sum(), row[60:].sum()
    assert min(left, right) <= 1
    assert max(left, right) >= 1


def test_a_camera_without_holes_loses_nothing_on_a_flat_table():
    assert (flat_shot(1.0, Habits(holes=0.0)) > 0).all()
    assert 0.85 < (flat_shot(1.0, Habits(holes=0.05)) > 0).mean() < 0.99


def test_directions_have_length_one_along_the_optical_axis():
    camera = straight_down(1.3)
    eye, direction = rays(camera)
    np.testing.assert_allclose(eye, [0, 0, 1.3], atol=1e-8)
    np.testing.assert_allclose(direction @ camera.T_camera_scene[2, :3], 1, atol=1e-8)


# appearance


def test_a_decal_covers_its_rectangle_on_its_face_only():
    sticker = Decal("patch", 5, (0.02, 0.0), (0.03, 0.01), (1.0, 0.0, 0.0))
    worn = wardrobe([Material((0.0, 0.0, 1.0), decals=(sticker,))])
    local = np.array([[0.02, 0.0, 0.1], [0.06, 0.0, 0.1], [0.02, 0.0, -0.1]])
    face, size = np.array([5, 5, 4], np.int32), np.full((1, 4), 0.1)
    colour = albedo(worn, np.zeros(3, np.int32), face, local, size)
    assert (colour[:, 0] > 0.5).tolist() == [True, False, False]
    assert (colour[:, 2] > 0.5).tolist() == [False, True, True]


def test_light_falls_on_what_faces_it_and_shadows_take_it_away():
    light = Light(0.3, (0.0, 0.0, 1.0), 1.0)
    colour, up = np.full((3, 3), 0.5), np.array([[0, 0, 1.0], [1.0, 0, 0], [0, 0, 1.0]])
    seen = lit(colour, up, np.tile([0.3, 0.0, -1.0], (3, 1)), np.zeros(3), light, np.array([1.0, 1.0, 0.0]))
    assert seen[0, 0] > 2 * seen[1, 0]
    assert seen[0, 0] > 2 * seen[2, 0]


# layout and things


def paint(finish: str, size: tuple[float, float, float]) -> Material:
    return GREY


@pytest.mark.parametrize("name", sorted(OWN))
def test_things_stand_on_zero_within_their_footprint_and_height(name):
    for seed in range(6):
        thing = OWN[name][0](np.random.default_rng(seed), paint)
        assert thing.name == name
        on = scenery([Placed(thing, at())])
        u = np.linspace(-0.6, 0.6, 160)
        x, y = (grid.ravel() for grid in np.meshgrid(u, u))
        down = np.stack([x / 50, y / 50, np.full_like(x, -1)], axis=1)
        hits = tracing.cast(on, np.broadcast_to([0, 0, 50.0], down.shape).copy(), down)
        met = hits.solid >= 0
        z = 50 - hits.distance[met]
        assert met.any()
        assert z.max() <= thing.height + 0.004
        assert thing.height - 0.03 < z.max() or name in ("bottle", "laptop")
        points = np.stack([x, y], axis=1)[met] * (hits.distance[met] / 50)[:, None]
        assert inside(points, thing.footprint, slack=0.004).mean() > 0.97


def inside(points: np.ndarray, outline: np.ndarray, slack: float) -> np.ndarray:
    side = np.roll(outline, -1, axis=0) - outline
    offset = points[:, None] - outline
    cross = side[:, 0] * offset[..., 1] - side[:, 1] * offset[..., 0]
    return (cross / np.linalg.norm(side, axis=1) >= -slack).all(1)


def test_separation_is_the_gap_between_outlines():
    def square(x: float, y: float, yaw: float = 0.0) -> Spot:
        return spot(Thing("box", (), rectangle(0.5, 0.5), 1.0), x, y, yaw=yaw)

    here = square(0.0, 0.0)
    assert np.isclose(separation(here.outline, square(1.3, 0.0).outline), 0.3)
    assert np.isclose(separation(here.outline, square(0.8, 0.1).outline), -0.2)
    assert np.isclose(separation(here.outline, square(0.5 + np.sqrt(0.5), 0.0, np.pi / 4).outline), 0, atol=1e-5)


def test_worlds_hold_touching_and_stacked_things(scenes):
    """Points of two things in one cell of 4 mm, and things whose lowest point is high above the table."""
    touching = stacked = 0
    for scene, truth in scenes:
        cell = np.floor(scene.xyz / 0.004).astype(np.int64)
        key = (cell * (1, 2**20, 2**40)).sum(1)
        objects = truth.instance > 0
        pairs = np.unique(np.stack([key[objects], truth.instance[objects]], axis=1), axis=0)
        touching += int((np.unique(pairs[:, 0], return_counts=True)[1] > 1).sum() > 0)
        ids = range(1, truth.instance.max() + 1)
        stacked += any(scene.xyz[truth.instance == i, 2].min() > 0.04 for i in ids)
    assert touching >= 3
    assert stacked >= 2
