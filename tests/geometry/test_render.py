import numpy as np
import pytest

from lasso3d.geometry.cameras import Camera, intrinsics, look_at
from lasso3d.geometry.render import local_spacing, splat, splat_plain


def facing(width: int = 40, height: int = 30) -> Camera:
    pose = look_at(np.array([0.0, -2.0, 0.0]), np.zeros(3))
    return Camera(intrinsics(width, height, field_of_view=50.0), pose, width, height)


@pytest.mark.parametrize("seed", range(4))
def test_splatting_equals_its_plain_twin(seed):
    rng = np.random.default_rng(seed)
    # some points behind the camera, some outside the picture, some twice
    xyz = rng.uniform(-2.5, 2.5, (300, 3)).astype(np.float32)
    xyz = np.concatenate([xyz, xyz[:40]])
    radius = rng.uniform(0, 0.2, len(xyz)).astype(np.float32)
    fast, plain = splat(xyz, facing(), radius=radius), splat_plain(xyz, facing(), radius=radius)
    np.testing.assert_array_equal(fast.index, plain.index)
    np.testing.assert_array_equal(fast.depth, plain.depth)
    assert 0 < (fast.index >= 0).mean() < 1


def test_the_nearer_of_two_points_is_seen():
    xyz = np.array([[0, 1, 0], [0, 0, 0]], np.float32)
    seen = splat(xyz, facing(), radius=np.full(2, 0.05, np.float32))
    assert seen.index[15, 20] == 1
    np.testing.assert_allclose(seen.depth[15, 20], 2.0, atol=0.05)


def test_every_point_in_the_picture_covers_a_pixel():
    rng = np.random.default_rng(1)
    for _ in range(50):
        xyz = rng.uniform(-0.5, 0.5, (1, 3)).astype(np.float32)
        assert (splat(xyz, facing(), radius=np.zeros(1, np.float32)).index == 0).any()


def test_discs_that_meet_share_the_gap_between_them():
    xyz = np.array([[-0.1, 0, 0], [0.1, 0, 0]], np.float32)
    seen = splat(xyz, facing(80, 61), radius=np.full(2, 0.2, np.float32)).index
    assert abs((seen == 0).sum() - (seen == 1).sum()) <= 4


def test_nothing_in_front_of_the_camera_is_an_empty_picture():
    seen = splat(np.array([[0, -3, 0]], np.float32), facing(), radius=np.ones(1, np.float32))
    assert (seen.index == -1).all()
    assert np.isinf(seen.depth).all()


@pytest.mark.parametrize("spacing", [0.002, 0.5])
def test_spacing_of_a_plane_is_found_at_any_scale(spacing):
    x, y = np.meshgrid(np.arange(80), np.arange(80))
    xyz = (spacing * np.stack([x, y, 0 * x], axis=-1).reshape(-1, 3)).astype(np.float32)
    assert 0.7 < np.median(local_spacing(xyz)) / spacing < 1.4


def test_spacing_follows_the_density_and_outliers_get_no_blobs():
    rng = np.random.default_rng(0)
    dense = rng.uniform(0, 1, (20_000, 3)) * (1, 1, 0)
    sparse = rng.uniform(0, 1, (5_000, 3)) * (1, 1, 0) + (1.2, 0, 0)
    spacing = local_spacing(np.concatenate([dense, sparse, [[1, 1, 0.6]]]).astype(np.float32))
    assert np.median(spacing[20_000:-1]) > 1.5 * np.median(spacing[:20_000])
    assert spacing.max() <= 2.6 * np.median(spacing)


def test_one_point_has_a_spacing():
    assert np.isfinite(local_spacing(np.ones((1, 3), np.float32))).all()
