import numpy as np
import pytest

from lasso3d.geometry.interior import deepest


def by_brute_force(xyz, region):
    inside, outside = xyz[region].astype(np.float64), xyz[~region].astype(np.float64)
    away = inside[:, None] - outside[None]
    depth = np.sqrt(away[..., 0] ** 2 + away[..., 1] ** 2 + away[..., 2] ** 2).min(axis=1)
    return int(np.flatnonzero(region)[np.argmax(depth)]), float(depth.max())


@pytest.mark.parametrize("seed", range(100))
def test_the_deepest_point_is_that_of_the_brute_force_rule(seed, room):
    rng = np.random.default_rng(seed)
    xyz = room(600, seed=seed) if seed % 3 else rng.integers(0, 6, (600, 3)).astype(np.float32)
    # a label and a prediction that mostly agree; the region is one pair of differing values
    centre = xyz[rng.integers(600, size=2)]
    label = np.linalg.norm(xyz - centre[0], axis=1) < rng.uniform(0.5, 4)
    predicted = np.linalg.norm(xyz - centre[1], axis=1) < rng.uniform(0.5, 4)
    predicted ^= rng.random(600) < 0.05 * (seed % 2)
    for region in (label & ~predicted, ~label & predicted, label, ~predicted):
        if region.any() and not region.all():
            assert deepest(xyz, region) == by_brute_force(xyz, region)


def test_the_lowest_index_wins_ties():
    xyz = np.column_stack([np.arange(9), np.zeros(9), np.zeros(9)]).astype(np.float32)
    region = np.array([0, 1, 1, 1, 0, 1, 1, 1, 0], bool)
    assert deepest(xyz, region) == (2, 2.0)
    assert deepest(xyz[::-1].copy(), region) == (2, 2.0)


def test_twins_on_both_sides_have_no_depth():
    assert deepest(np.ones((6, 3), np.float32), np.array([0, 0, 1, 1, 0, 1], bool)) == (2, 0.0)


def test_a_region_without_an_outside_is_deepest_near_its_centroid():
    xyz = np.column_stack([[0, 4, 5, 6, 10], np.zeros(5), np.zeros(5)]).astype(np.float32)
    assert deepest(xyz, np.ones(5, bool)) == (2, np.inf)
    assert deepest(xyz[:1], np.ones(1, bool)) == (0, np.inf)


def test_an_empty_region_is_refused():
    with pytest.raises(ValueError, match="region is empty"):
        deepest(np.zeros((3, 3), np.float32), np.zeros(3, bool))
