"""The simulated annotator against the rule written out with a dense distance matrix."""

import numpy as np
import pytest

from lasso3d.data.clicks import click_in, error_clicks, error_regions, next_click


def dense_clicks(xyz, truth, predicted):
    """All pairs of distances, as the published code computes them: (voxel, label, depth) of each pair of labels."""
    points = xyz.astype(np.float64)
    distance = np.sqrt(((points[:, None] - points[None]) ** 2).sum(-1))
    clicks = []
    for true, guess in sorted({(int(t), int(p)) for t, p in zip(truth, predicted, strict=True) if t != p}):
        region = (truth == true) & (predicted == guess)
        depth = distance[np.ix_(region, ~region)].min(1)
        clicks.append((int(np.flatnonzero(region)[depth.argmax()]), true, float(depth.max())))
    return sorted(clicks, key=lambda click: -click[2])


def world(seed, *, labels=5, points=300):
    """Voxels on a grid (many ties) or anywhere (none), with about half of the labels wrong."""
    rng = np.random.default_rng(seed)
    grid = rng.permutation(np.stack(np.meshgrid(*[np.arange(8)] * 3), -1).reshape(-1, 3))[:points] * 0.05
    xyz = (grid if seed % 2 else rng.random((points, 3))).astype(np.float32)
    truth = rng.integers(0, labels, points).astype(np.int32)
    predicted = np.where(rng.random(points) < 0.5, truth, rng.integers(0, labels, points)).astype(np.int32)
    return xyz, truth, predicted


@pytest.mark.parametrize("seed", range(100))
def test_the_clicks_are_those_of_the_dense_matrix(seed):
    scene = world(seed, labels=2 + seed % 6)
    expected = dense_clicks(*scene)
    found = error_clicks(*scene)
    assert [(click.voxel, click.label) for click in found] == [(voxel, label) for voxel, label, _ in expected]
    np.testing.assert_allclose([click.depth for click in found], [depth for *_, depth in expected], rtol=1e-12)
    assert next_click(*scene) == found[0]


def test_of_equally_deep_voxels_the_first_is_clicked():
    xyz = np.array([[0, 0, 0], [1, 0, 0], [2, 0, 0], [3, 0, 0]], np.float32)
    truth = np.array([0, 1, 1, 0], np.int32)
    assert next_click(xyz, truth, np.zeros(4, np.int32)).voxel == 1


def two_equal_mistakes():
    """A missed voxel and a wrongly taken one, both 1 m from anything else."""
    xyz = np.array([[0, 0, 0], [1, 0, 0], [5, 0, 0], [6, 0, 0]], np.float32)
    return xyz, np.array([0, 1, 0, 0], np.int32), np.array([0, 0, 0, 1], np.int32)


@pytest.mark.parametrize(("rule", "label"), [("agile3d", 0), ("interobject3d", 1), ("scan", 1)])
def test_of_equally_deep_regions_each_rule_prefers_its_own(rule, label):
    click = next_click(*two_equal_mistakes(), rule=rule)
    assert (click.label, click.voxel) == ((1, 1) if label else (0, 3))


def test_a_region_that_covers_everything_is_passed_over_by_the_scan_rule_alone():
    xyz, truth, nothing = np.eye(3, dtype=np.float32), np.ones(3, np.int32), np.zeros(3, np.int32)
    assert next_click(xyz, truth, nothing, rule="scan") is None
    assert next_click(xyz, truth, nothing, rule="interobject3d").depth == np.inf


def test_regions_are_not_split_into_components():
    xyz = np.array([[0, 0, 0], [1, 0, 0], [2, 0, 0], [9, 0, 0], [10, 0, 0]], np.float32)
    truth = np.array([1, 0, 0, 0, 1], np.int32)
    (region,) = error_regions(xyz, truth, np.zeros(5, np.int32))
    assert region.voxels.tolist() == [0, 4]


def test_a_perfect_prediction_needs_no_click():
    xyz, truth, _ = world(0)
    assert next_click(xyz, truth, truth) is None


def test_the_rule_for_one_object_refuses_more():
    xyz = np.eye(3, dtype=np.float32)
    with pytest.raises(ValueError, match="labels must be 0 and 1"):
        next_click(xyz, np.array([0, 2, 1], np.int32), np.zeros(3, np.int32), rule="interobject3d")


@pytest.mark.parametrize("habit", ["random", "jitter"])
def test_a_habit_stays_in_the_region_and_follows_its_seed(habit):
    scene = world(3, labels=2)
    region = error_regions(*scene)[0]
    draws = [click_in(region, scene[0], habit=habit, reach=0.15, rng=np.random.default_rng(s)) for s in range(40)]
    again = [click_in(region, scene[0], habit=habit, reach=0.15, rng=np.random.default_rng(s)) for s in range(40)]
    assert draws == again
    assert {draw.label for draw in draws} == {region.label}
    chosen = {draw.voxel for draw in draws}
    assert chosen <= set(region.voxels.tolist())
    assert len(chosen) > 1


def test_jitter_stays_within_reach_of_the_centre():
    scene = world(3, labels=2)
    region = error_regions(*scene)[0]
    assert np.linalg.norm(scene[0][region.voxels] - scene[0][region.centre], axis=1).max() > 0.1
    for seed in range(40):
        click = click_in(region, scene[0], habit="jitter", reach=0.1, rng=np.random.default_rng(seed))
        assert np.linalg.norm(scene[0][click.voxel] - scene[0][region.centre]) <= 0.1
