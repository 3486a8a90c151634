"""Posed pictures of generated scenes: frames, masks, determinism, and the way to disk and back."""

import pickle
from dataclasses import replace

import numpy as np
import pytest

from lasso3d.core.errors import ReadError
from lasso3d.core.scene import View
from lasso3d.data.example import Example
from lasso3d.data.folder import read_scene_folder, write_example
from lasso3d.data.procedural import STUDIOS, WORLDS, procedural
from lasso3d.data.procedural.viewpoints import Orbit
from lasso3d.data.procedural.views import Studio, patterned, photographed
from lasso3d.geometry.cameras import Camera, look_at, project
from lasso3d.io.scenes import read_scene

SEEN = [("rooms", 3), ("streets", 5), ("tabletops", 32), ("objects", 4)]
ERRORS = {"rooms": (0.03, 0.015), "streets": (0.06, 0.003), "tabletops": (0.012, 0.01), "objects": (0.01, 0.01)}
"""Metres that a point and a pixel may differ, and by how much more with the square of the depth."""
COUNT = 3
SIZE = (200, 150)


@pytest.fixture(scope="module")
def studios() -> dict[tuple[str, int], tuple[Example, Studio]]:
    return {(world, seed): STUDIOS[world](seed) for world, seed in SEEN}


@pytest.fixture(scope="module")
def examples(studios) -> dict[tuple[str, int], Example]:
    """With poses that are exactly right, and rendered once for all tests."""
    made = {k: photographed(*pair, count=COUNT, seed=k[1], size=SIZE, drift=0.0) for k, pair in studios.items()}
    return {
        key: Example(replace(scene, views=scene.views[:]), replace(truth, views=truth.views[:]))
        for key, (scene, truth) in made.items()
    }


def same_view(a: View, b: View) -> bool:
    return all(
        np.array_equal(getattr(a, name), getattr(b, name)) for name in ("rgb", "K", "T_camera_scene", "depth")
    )


def met(
    example: Example, i: int, view: View | None = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Points that fall onto pixels with a depth: index, their depth, the pixel's, and the pixel's instance."""
    view = view or example.scene.views[i]
    height, width = view.depth.shape
    uv, z = project(example.scene.xyz, Camera(view.K, view.T_camera_scene, width, height))
    u, v = (np.rint(np.nan_to_num(axis, nan=-1)).astype(int) for axis in uv.T)
    inside = np.flatnonzero((z > 0.3) & (u >= 0) & (v >= 0) & (u < width) & (v < height))
    depth = view.depth[v[inside], u[inside]]
    on = inside[depth > 0]
    return on, z[on], view.depth[v[on], u[on]], example.truth.views[i].instance[v[on], u[on]]


def agreement(example: Example, i: int, view: View | None = None) -> tuple[float, float, float]:
    """Share of points on the measured surface, share in front of it, share of the former with its instance."""
    on, z, depth, instance = met(example, i, view)
    world = example.scene.name.split()[0] + "s"
    tolerance = ERRORS[world][0] + ERRORS[world][1] * depth**2
    at = np.abs(z - depth) < tolerance
    return at.mean(), (z < depth - 2 * tolerance).mean(), (instance == example.truth.instance[on])[at].mean()


# frames


@pytest.mark.parametrize("key", SEEN, ids=str)
def test_points_of_the_scan_fall_onto_the_surfaces_and_masks_of_the_views(examples, key):
    """The proof of K, T_camera_scene, depth and masks at once: what is scanned is seen there, or lies behind."""
    found = np.array([agreement(examples[key], i) for i in range(COUNT)])
    assert (found[:, 1] < 0.03).all(), found
    assert found[:, 2].mean() > 0.9, found
    assert found[:, 0].mean() > 0.3, found


@pytest.mark.parametrize("key", SEEN, ids=str)
def test_a_wrong_pose_is_noticed_by_that_proof(examples, key):
    right, moved = [], []
    for i, view in enumerate(examples[key].scene.views):
        wrong = view.T_camera_scene.copy()
        wrong[:3, 3] += np.median(view.depth[view.depth > 0]) * np.array([0.12, 0.08, -0.08])
        right.append(agreement(examples[key], i))
        moved.append(agreement(examples[key], i, View(view.rgb, view.K, wrong, view.depth)))
    on_surface = np.array([right, moved])[:, :, 0].mean(1)
    assert on_surface[1] < 0.7 * on_surface[0]


def test_stated_poses_are_wrong_by_millimetres_and_equal_without_drift(studios):
    example, studio = studios["rooms", 3]
    true = photographed(example, studio, count=COUNT, seed=3, size=SIZE, drift=0.0)
    stated = photographed(example, studio, count=COUNT, seed=3, size=SIZE)
    for a, b in zip(true.scene.views, stated.scene.views, strict=True):
        np.testing.assert_array_equal(a.rgb, b.rgb)
        moved = a.T_camera_scene @ np.linalg.inv(b.T_camera_scene)
        assert 0 < np.linalg.norm(moved[:3, 3]) < 6 * studio.shift + 0.02
        assert np.abs(moved[:3, :3] - np.eye(3)).max() < 6 * studio.turn


# what is seen


@pytest.mark.parametrize("key", SEEN, ids=str)
def test_views_are_lit_show_things_and_differ(examples, key):
    scene, truth = examples[key]
    for view, true in zip(scene.views, truth.views, strict=True):
        assert 60 < view.rgb.mean() < 200
        assert view.rgb.std() > 8
        assert (view.depth > 0).mean() > 0.3
        assert len(np.unique(true.instance)) > (1 if truth.instance.max() < 3 else 3)
    eyes = [np.linalg.inv(view.T_camera_scene)[:3, 3] for view in scene.views]
    assert min(np.linalg.norm(a - b) for i, a in enumerate(eyes) for b in eyes[:i]) > 0.05


@pytest.mark.parametrize("key", SEEN, ids=str)
def test_masks_use_the_ids_and_names_of_the_scene(examples, key):
    scene, truth = examples[key]
    del scene
    pairs = {int(i): int(s) for i, s in zip(truth.instance, truth.semantic, strict=True) if i > 0}
    for true in truth.views:
        assert true.instance.shape == true.semantic.shape == true.part.shape == (SIZE[1], SIZE[0])
        assert true.semantic.max() < len(truth.class_names)
        assert true.part.max() < len(truth.part_names)
        here = true.instance > 0
        seen = set(zip(true.instance[here].tolist(), true.semantic[here].tolist(), strict=True))
        assert seen <= set(pairs.items())


def test_rooms_are_photographed_upright_from_where_people_stand(examples):
    for view in examples["rooms", 3].scene.views:
        pose = np.linalg.inv(view.T_camera_scene)
        assert 1.1 < pose[2, 3] < 1.8
        # the camera's y axis points down
        assert pose[2, 1] < -0.5


# determinism


@pytest.mark.parametrize("key", SEEN, ids=str)
def test_views_leave_points_and_truth_of_a_scene_as_they_are(examples, key):
    plain, seen = procedural(*key), examples[key]
    assert plain.scene.digest == seen.scene.digest
    for name in ("instance", "semantic", "part"):
        np.testing.assert_array_equal(getattr(plain.truth, name), getattr(seen.truth, name))
    assert plain.truth.expressions == seen.truth.expressions
    assert plain.truth.instructions == seen.truth.instructions
    assert len(plain.scene.views) == len(plain.truth.views) == 0


def test_a_scene_comes_with_the_views_that_are_asked_for():
    scene, truth = procedural("objects", 4, views=2, size=SIZE)
    assert len(scene.views) == len(truth.views) == 2
    assert scene.views[1].rgb.shape[:2] == truth.views[1].instance.shape == (SIZE[1], SIZE[0])


def test_views_are_functions_of_the_seed_whoever_asks_when(examples):
    again = photographed(*STUDIOS["tabletops"](32), count=COUNT, seed=32, size=SIZE, drift=0.0)
    first = examples["tabletops", 32]
    backwards = [again.scene.views[i] for i in reversed(range(COUNT))][::-1]
    assert all(same_view(a, b) for a, b in zip(first.scene.views, backwards, strict=True))
    carried = pickle.loads(pickle.dumps(again.scene))
    assert same_view(carried.views[1], first.scene.views[1])
    assert len(again.scene.views[1:]) == len(again.truth.views[1:]) == COUNT - 1


def test_fewer_views_are_the_first_of_more(studios, examples):
    few = photographed(*studios["rooms", 3], count=2, seed=3, size=SIZE, drift=0.0)
    assert all(same_view(few.scene.views[i], examples["rooms", 3].scene.views[i]) for i in range(2))


def test_the_size_of_views_is_a_wish(studios):
    example = photographed(*studios["tabletops", 32], count=1, seed=32, size=(96, 64))
    assert example.scene.views[0].rgb.shape == (64, 96, 3)
    assert example.truth.views[0].instance.shape == (64, 96)
    with pytest.raises(ValueError, match="16 pixels"):
        photographed(*studios["tabletops", 32], count=1, seed=32, size=(8, 64))


def test_every_world_can_be_photographed():
    assert set(STUDIOS) == set(WORLDS)
    with pytest.raises(ValueError, match="rooms"):
        procedural("towns", 1, views=2)


def test_truth_of_views_is_out_of_reach_of_the_scene(studios):
    views = photographed(*studios["rooms", 3], count=1, seed=3, size=SIZE).scene.views
    assert not any("label" in name or "truth" in name for name in vars(views))


# parts of the camera


def test_the_projector_to_the_right_does_not_reach_what_lies_left_behind_an_edge():
    depth = np.full((3, 320), 2.0)
    depth[:, 100:200] = 1.0
    lit = patterned(depth, 0.075)
    # disparity at 320 pixels: 290 * 0.075 / z, so the shadow is 21.75 - 10.9 pixels wide, left of the near slab
    assert not lit[:, 91:99].any()
    assert lit[:, :87].all()
    assert lit[:, 100:].all()


def test_an_orbit_keeps_its_distance_and_its_middle():
    around = Orbit((1.0, 2.0, 3.0), distance=(0.5, 0.7), elevation=(0.2, 0.4), aside=0.0)
    eye, target = around(np.random.default_rng(0), 50)
    away = eye - target
    assert np.all(target == (1.0, 2.0, 3.0))
    assert np.all((np.linalg.norm(away, axis=1) > 0.499) & (np.linalg.norm(away, axis=1) < 0.701))
    assert np.all(np.abs(np.arcsin(away[:, 2] / np.linalg.norm(away, axis=1)) - 0.3) < 0.101)
    assert look_at(eye[0], target[0])[2, :3] @ away[0] < 0


# disk


def test_views_and_their_masks_come_back_from_disk_as_they_were(examples, tmp_path):
    example = examples["tabletops", 32]
    write_example(tmp_path / "s", example)
    again = read_scene_folder(tmp_path / "s")
    assert len(again.scene.views) == len(again.truth.views) == COUNT
    assert all(same_view(a, b) for a, b in zip(example.scene.views, read_scene(tmp_path / "s").views, strict=True))
    for a, b in zip(example.truth.views, again.truth.views, strict=True):
        for name in ("instance", "semantic", "part"):
            np.testing.assert_array_equal(getattr(a, name), getattr(b, name))
    assert sorted(path.name for path in (tmp_path / "s" / "views").glob("000.*")) == [
        "000.depth.npy", "000.instance.npy", "000.json", "000.part.npy", "000.png", "000.semantic.npy"
    ]  # fmt: skip


def test_views_without_masks_have_no_truth_and_a_missing_mask_is_an_error(examples, tmp_path):
    scene, truth = examples["tabletops", 32]
    write_example(tmp_path / "bare", Example(scene, replace(truth, views=())))
    assert len(read_scene_folder(tmp_path / "bare").truth.views) == 0
    assert len(read_scene_folder(tmp_path / "bare").scene.views) == COUNT
    write_example(tmp_path / "s", Example(scene, truth))
    views = read_scene_folder(tmp_path / "s").truth.views
    (tmp_path / "s" / "views" / "000.instance.npy").unlink()
    np.save(tmp_path / "s" / "views" / "001.part.npy", np.zeros((3, 4), np.int32))
    np.save(tmp_path / "s" / "views" / "002.semantic.npy", np.zeros((240, 320)))
    for i, what in enumerate(("is not there", "another size", "whole numbers")):
        with pytest.raises(ReadError, match=what):
            views[i]
