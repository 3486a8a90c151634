import numpy as np
import pytest

from lasso3d.geometry.sampling import farthest_points, farthest_points_reference


def test_samples_are_those_of_the_plain_rule(cloud):
    for count in {1, min(len(cloud), 80), len(cloud)}:
        for first in {0, len(cloud) // 2}:
            found = farthest_points(cloud, count, first=first)
            np.testing.assert_array_equal(found, farthest_points_reference(cloud, count, first=first))


def test_no_point_is_chosen_twice_even_among_twins():
    assert sorted(farthest_points(np.ones((700, 3), np.float32), 700)) == list(range(700))


def test_many_buckets_agree_with_the_plain_rule(room):
    xyz = room(20_000)
    np.testing.assert_array_equal(farthest_points(xyz, 300, first=7), farthest_points_reference(xyz, 300, first=7))


def test_samples_cover_the_cloud(room):
    xyz = room(5000)
    chosen = xyz[farthest_points(xyz, 200)]
    gaps = np.linalg.norm(chosen[:, None] - chosen[None], axis=2) + 100 * np.eye(200)
    radius = np.linalg.norm(xyz[:, None] - chosen[None], axis=2).min(axis=1).max()
    assert radius <= gaps.min() + 1e-6


@pytest.mark.parametrize(("count", "first"), [(0, 0), (11, 0), (3, 10), (3, -1)])
def test_impossible_requests_are_refused(room, count, first):
    with pytest.raises(ValueError, match="found"):
        farthest_points(room(10), count, first=first)
