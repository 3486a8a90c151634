import numpy as np
import pytest

from lasso3d.geometry.cameras import Camera, intrinsics, look_at, project, unproject


@pytest.fixture
def camera() -> Camera:
    pose = look_at(np.array([1.0, -2.0, 1.5]), np.array([0.2, 0.1, 0.3]))
    return Camera(intrinsics(64, 48, field_of_view=60.0), pose, 64, 48)


def test_the_target_lies_in_the_middle_of_the_picture(camera):
    uv, depth = project(np.array([[0.2, 0.1, 0.3]]), camera)
    np.testing.assert_allclose(uv[0], [31.5, 23.5], atol=1e-9)
    np.testing.assert_allclose(depth[0], np.linalg.norm([0.8, -2.1, 1.2]))


def test_up_in_the_scene_is_up_in_the_picture_and_axes_are_right_handed(camera):
    uv, _ = project(np.array([[0.2, 0.1, 0.3], [0.2, 0.1, 0.5]]), camera)
    assert uv[1, 1] < uv[0, 1]
    rotation = camera.T_camera_scene[:3, :3]
    np.testing.assert_allclose(np.linalg.det(rotation), 1)
    np.testing.assert_allclose(rotation @ rotation.T, np.eye(3), atol=1e-12)


def test_the_eye_is_where_the_camera_was_put(camera):
    np.testing.assert_allclose(camera.eye, [1.0, -2.0, 1.5], atol=1e-12)


def test_the_field_of_view_spans_the_width(camera):
    edge = np.array([[camera.width / 2 / camera.K[0, 0], 0, 1.0]])
    np.testing.assert_allclose(2 * np.degrees(np.arctan(edge[0, 0])), 60)


def test_unprojecting_a_depth_image_undoes_projecting(camera):
    depth = np.random.default_rng(0).uniform(0.5, 3, (48, 64)).astype(np.float32)
    uv, found = project(unproject(depth, camera).reshape(-1, 3), camera)
    v, u = np.indices(depth.shape)
    np.testing.assert_allclose(uv, np.stack([u.ravel(), v.ravel()], axis=1), atol=1e-6)
    np.testing.assert_allclose(found, depth.ravel(), rtol=1e-6)


def test_points_behind_the_camera_have_no_pixel(camera):
    uv, depth = project(camera.eye[None] + (camera.eye - np.array([0.2, 0.1, 0.3])), camera)
    assert depth[0] < 0
    assert np.isnan(uv).all()


@pytest.mark.parametrize("down", [-1.0, 1.0])
def test_looking_straight_up_or_down_still_gives_a_pose(down):
    pose = look_at(np.zeros(3), np.array([0.0, 0.0, down]))
    np.testing.assert_allclose(pose[:3, :3] @ pose[:3, :3].T, np.eye(3), atol=1e-12)
    assert np.isclose(np.linalg.det(pose[:3, :3]), 1)
