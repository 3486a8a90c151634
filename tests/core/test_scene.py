import pickle
from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest

from lasso3d import LassoError, Scene, SceneError, Source, View


def cloud(n=5, seed=0):
    return np.random.default_rng(seed).random((n, 3))


def test_arrays_are_cast_copied_and_read_only():
    xyz = cloud()
    scene = Scene(xyz, rgb=np.full((5, 3), 200), normals=cloud(), extra={"intensity": np.arange(5)})
    before = scene.xyz.copy()
    xyz[0] = 99
    assert scene.xyz.dtype == np.float32
    assert scene.rgb.dtype == np.uint8
    np.testing.assert_array_equal(scene.xyz, before)
    for array in (scene.xyz, scene.rgb, scene.normals, scene.origin, scene.extra["intensity"]):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1
    with pytest.raises(TypeError):
        scene.extra["intensity"] = 3
    with pytest.raises(FrozenInstanceError):
        scene.name = "other"


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ({"xyz": np.zeros((0, 3))}, "at least one point"),
        ({"xyz": np.zeros((4, 2))}, r"\[\? 3\]"),
        ({"xyz": np.array([[0, 0, np.nan]])}, "not finite"),
        ({"xyz": np.array([["a", "b", "c"]])}, "numbers"),
        ({"xyz": np.zeros((2, 3)), "rgb": np.zeros((3, 3), np.uint8)}, "rgb"),
        ({"xyz": np.zeros((2, 3)), "rgb": np.full((2, 3), 0.5)}, "0 to 255"),
        ({"xyz": np.zeros((2, 3)), "rgb": np.full((2, 3), 256)}, "0 to 255"),
        ({"xyz": np.zeros((2, 3)), "normals": np.full((2, 3), np.inf)}, "not finite"),
        ({"xyz": np.zeros((2, 3)), "extra": {"a": np.zeros(3)}}, "'a' must have 2"),
        ({"xyz": np.zeros((2, 3)), "origin": (0, 0)}, "origin"),
    ],
)
def test_what_makes_no_scene_is_refused_in_words(arguments, word):
    with pytest.raises(SceneError, match=word) as caught:
        Scene(**arguments)
    assert isinstance(caught.value, LassoError)
    assert "\n" not in str(caught.value)


def test_large_float64_coordinates_need_an_origin():
    utm = cloud() + np.array([500_000, 5_000_000, 300])
    with pytest.raises(SceneError, match=r"Scene\.from_points"):
        Scene(utm)
    scene = Scene.from_points(utm, name="tile")
    assert np.abs(scene.xyz.astype(np.float64) + scene.origin - utm).max() < 1e-6
    assert (scene.origin == np.floor(np.median(utm, axis=0))).all()
    assert Scene((utm - scene.origin).astype(np.float32), origin=scene.origin).xyz.dtype == np.float32


def test_local_coordinates_keep_their_zero():
    xyz = cloud() * 20 - 10
    assert not Scene.from_points(xyz).origin.any()


def test_a_scene_replaced_is_a_new_scene():
    scene = Scene(cloud(), rgb=np.full((5, 3), 10, np.uint8), name="a", source=Source("a.ply", "00", np.arange(5)))
    brighter = replace(scene, rgb=scene.rgb // 2 + 128)
    assert brighter.rgb[0, 0] == 133
    assert brighter.source is scene.source
    assert brighter.digest != scene.digest


def test_the_digest_is_that_of_the_content():
    first, second = Scene(cloud(), name="a"), Scene(cloud(), name="b")
    assert first.digest == second.digest
    assert Scene(cloud(seed=1)).digest != first.digest
    assert Scene(cloud(), rgb=np.zeros((5, 3), np.uint8)).digest != first.digest


def test_a_scene_survives_pickling():
    scene = Scene(cloud(), extra={"a": np.arange(5)}, origin=(1, 2, 3), name="x")
    again = pickle.loads(pickle.dumps(scene))
    assert again.digest == scene.digest
    assert again.name == "x"
    np.testing.assert_array_equal(again.extra["a"], scene.extra["a"])
    np.testing.assert_array_equal(again.origin, (1, 2, 3))


def test_a_view_checks_its_matrices():
    view = View(np.zeros((4, 6, 3), np.uint8), np.eye(3), np.eye(4), np.ones((4, 6)))
    assert view.depth.dtype == np.float32
    with pytest.raises(SceneError, match="depth"):
        View(np.zeros((4, 6, 3), np.uint8), np.eye(3), np.eye(4), np.ones((6, 4)))
    with pytest.raises(SceneError, match="K must"):
        View(np.zeros((4, 6, 3), np.uint8), np.eye(4), np.eye(4))
