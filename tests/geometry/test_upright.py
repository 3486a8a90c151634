from math import cos, radians, sin

import numpy as np
import pytest

from lasso3d.geometry.upright import LEAST_TILT, MOST_TILT, Frame


def leaning(degrees, around=0.7):
    """A rotation about a horizontal axis."""
    x, y = cos(around), sin(around)
    cross = np.array([[0, 0, y], [0, 0, -x], [-y, x, 0]])
    return np.eye(3) + sin(radians(degrees)) * cross + (1 - cos(radians(degrees))) * cross @ cross


def turned(xyz, rotation):
    return (xyz @ rotation.T).astype(np.float32)


def table(n=6000, *, seed=0):
    """A table top of 1 m with a box and a ball on it, seen from above."""
    rng = np.random.default_rng(seed)
    top = rng.random((n, 3)) * [1, 0.8, 0]
    box = rng.random((n // 8, 3)) * [0.2, 0.15, 0.3] + [0.2, 0.2, 0]
    side = rng.integers(0, 3, len(box))
    box[side == 0, 2], box[side == 1, 0], box[side == 2, 1] = 0.3, 0.2, 0.2
    away = rng.normal(size=(n // 8, 3))
    ball = [0.7, 0.5, 0.1] + 0.1 * away / np.linalg.norm(away, axis=1, keepdims=True)
    return (np.concatenate([top, box, ball]) + rng.normal(0, 0.001, (n + 2 * (n // 8), 3))).astype(np.float32)


def hillside(n=20000):
    """Ground that climbs 30 degrees and is far from flat."""
    rng = np.random.default_rng(0)
    x, y = rng.random((2, n)) * 60
    z = 0.58 * x + 4 * np.sin(x / 5) * np.cos(y / 4) + rng.normal(0, 0.1, n)
    return np.stack([x, y, z], axis=1).astype(np.float32)


@pytest.mark.parametrize("degrees", [15, 25, 40, 45])
@pytest.mark.parametrize("around", [0.0, 2.0, 4.0])
def test_a_table_that_leans_is_turned_level(degrees, around):
    rotation = leaning(degrees, around)
    frame = Frame.upright(turned(table(), rotation))
    assert frame.tilt == pytest.approx(degrees, abs=1)
    # up is up again; the turn about it is free
    assert (frame.rotation @ rotation)[2, 2] > cos(radians(1))


@pytest.mark.parametrize("degrees", [0, LEAST_TILT - 2, MOST_TILT + 5, 90])
def test_what_leans_little_or_may_be_a_wall_is_left(degrees):
    xyz = turned(table(), leaning(degrees))
    frame = Frame.upright(xyz)
    assert frame.rotation is None
    assert frame.of(xyz) is xyz
    assert frame.back(xyz) is xyz
    assert frame.tilt == 0


def test_a_roof_above_level_ground_is_left():
    roof = turned(table(), leaning(35)) + np.float32([0, 0, 3])
    assert Frame.upright(roof).rotation is not None
    assert Frame.upright(np.concatenate([roof, table(seed=1)])).rotation is None


def test_a_hillside_is_left():
    assert Frame.upright(hillside()).rotation is None


def test_neither_the_order_of_points_nor_the_origin_matters():
    xyz = turned(table(), leaning(30))
    frame = Frame.upright(xyz)
    mixed = Frame.upright(xyz[np.random.default_rng(1).permutation(len(xyz))])
    moved = Frame.upright(xyz + np.float32([100, -50, 20]))
    np.testing.assert_allclose(mixed.rotation, frame.rotation, atol=1e-6)
    np.testing.assert_allclose(moved.rotation, frame.rotation, atol=1e-3)


def test_frames_turn_points_and_back():
    xyz = turned(table(), leaning(30))
    frame = Frame.upright(xyz)
    there = frame.of(xyz)
    np.testing.assert_allclose(there, xyz @ frame.rotation.T, atol=1e-5)
    np.testing.assert_allclose(frame.point(tuple(xyz[5].tolist())), there[5], atol=1e-6)
    np.testing.assert_allclose(frame.back(there), xyz, atol=1e-5)
    np.testing.assert_allclose(frame.rotation @ frame.rotation.T, np.eye(3), atol=1e-12)
    assert np.linalg.det(frame.rotation) == pytest.approx(1)


def test_any_cloud_has_a_frame(cloud):
    frame = Frame.upright(cloud)
    assert np.isfinite(frame.of(cloud)).all()
