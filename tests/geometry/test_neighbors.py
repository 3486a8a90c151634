import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import cKDTree

from lasso3d.geometry import neighbors as module
from lasso3d.geometry.neighbors import nearest, nearest_reference, within


@pytest.mark.parametrize("k", [1, 5, 16])
def test_nearest_is_what_comparing_all_pairs_finds(cloud, k):
    index, distance = nearest(cloud, k)
    expected_index, expected_distance = nearest_reference(cloud, k)
    np.testing.assert_array_equal(index, expected_index)
    np.testing.assert_array_equal(distance, expected_distance)


@given(st.integers(0, 2**32 - 1), st.integers(1, 120), st.integers(1, 20))
@settings(max_examples=60, deadline=None)
def test_nearest_is_exact_on_clouds_full_of_ties(seed, n, k):
    rng = np.random.default_rng(seed)
    xyz = (rng.integers(0, rng.integers(1, 9), (n, 3)) * 0.1).astype(np.float32)
    for found, expected in zip(nearest(xyz, k), nearest_reference(xyz, k), strict=True):
        np.testing.assert_array_equal(found, expected)


def test_the_tree_alone_answers_like_the_grids(cloud, monkeypatch):
    monkeypatch.setattr(module, "LEVELS", 0)
    monkeypatch.setattr(module, "TREE_ROWS", 256)
    for found, expected in zip(nearest(cloud, 6), nearest_reference(cloud, 6), strict=True):
        np.testing.assert_array_equal(found, expected)


def test_nearest_agrees_with_scipy_on_a_scan_whose_density_varies_a_thousandfold():
    rng = np.random.default_rng(0)
    away = 1.5 / np.tan(rng.uniform(0.02, 1.4, 30_000))
    around = rng.uniform(0, 2 * np.pi, len(away))
    xyz = np.column_stack([away * np.cos(around), away * np.sin(around), 0 * away]).astype(np.float32)
    _, distance = nearest(xyz, 12)
    expected, _ = cKDTree(xyz.astype(np.float64)).query(xyz.astype(np.float64), 13)
    np.testing.assert_array_equal(distance, expected[:, 1:].astype(np.float32))


def test_missing_neighbors_are_minus_one_at_infinity():
    index, distance = nearest(np.float32([[0, 0, 0], [3, 4, 0]]), 3)
    np.testing.assert_array_equal(index, [[1, -1, -1], [0, -1, -1]])
    np.testing.assert_array_equal(distance, [[5, np.inf, np.inf]] * 2)


def test_many_points_in_one_place_do_not_make_it_quadratic():
    # all pairs would be 10 ** 10 and time out
    index, distance = nearest(np.ones((100_000, 3), np.float32), 4)
    assert not distance.any()
    np.testing.assert_array_equal(index[[0, 3, 99_999]], [[1, 2, 3, 4], [0, 1, 2, 4], [0, 1, 2, 3]])


def test_k_must_be_positive(room):
    with pytest.raises(ValueError, match="k must be at least 1, found 0"):
        nearest(room(10), 0)


@pytest.mark.parametrize("radius", [0.0, 0.11, 0.6, 100.0])
def test_within_finds_the_pairs_scipy_finds(cloud, radius):
    start, index = within(cloud, radius)
    around = cKDTree(cloud.astype(np.float64)).query_ball_point(cloud.astype(np.float64), radius)
    for i in range(len(cloud)):
        np.testing.assert_array_equal(index[start[i] : start[i + 1]], sorted(set(around[i]) - {i}))


def test_arrays_that_may_not_be_written_to_are_welcome(room):
    xyz = np.asfortranarray(room(200))
    xyz.flags.writeable = False
    np.testing.assert_array_equal(nearest(xyz, 3)[0], nearest_reference(xyz, 3)[0])
    assert len(within(xyz, 0.1)[0]) == 201


def test_an_empty_cloud_has_no_neighbors():
    nothing = np.empty((0, 3), np.float32)
    index, distance = nearest(nothing, 5)
    assert index.shape == distance.shape == (0, 5)
    start, found = within(nothing, 0.1)
    assert start.tolist() == [0]
    assert not len(found)
