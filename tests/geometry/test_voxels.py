import os
from pathlib import Path

import laspy
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lasso3d.core.errors import SceneError
from lasso3d.geometry import voxels as module
from lasso3d.geometry.voxels import LARGEST_CELL, TOKEN_BUDGET, pack, unpack, voxel_size, voxelize


def partition(of_point):
    """The first point of each point's group: equal for equal partitions, however they are numbered."""
    return np.unique(of_point, return_index=True)[1][np.unique(of_point, return_inverse=True)[1]]


def test_voxels_are_the_cells_numpy_finds(cloud):
    voxels = voxelize(cloud, 0.3)
    lower = cloud.min(axis=0).astype(np.float64) - 0.382 * 0.3
    cells = np.floor((cloud - lower) / 0.3).astype(np.int32)
    distinct, of_point = np.unique(cells, axis=0, return_inverse=True)
    np.testing.assert_array_equal(voxels.cells(), distinct)
    np.testing.assert_array_equal(voxels.of_point, of_point.ravel())
    np.testing.assert_array_equal(voxels.order, np.argsort(of_point.ravel(), kind="stable"))
    np.testing.assert_array_equal(voxels.start, np.searchsorted(np.sort(of_point.ravel()), range(len(voxels) + 1)))
    np.testing.assert_array_equal(voxels.keys, pack(distinct))


def test_the_mean_of_a_voxel_is_the_mean_of_its_points(cloud):
    voxels = voxelize(cloud, 0.7)
    for values in (cloud, (cloud.astype(np.float64) * 1e3), np.arange(cloud.size, dtype=np.uint8).reshape(-1, 3)):
        total = np.zeros((len(voxels), 3))
        np.add.at(total, voxels.of_point, values)
        expected = (total / np.bincount(voxels.of_point)[:, None]).astype(np.float32)
        np.testing.assert_allclose(voxels.mean(values), expected, rtol=1e-6, atol=1e-6)


@given(st.integers(0, 2**32 - 1), st.floats(0.01, 3))
@settings(max_examples=30, deadline=None)
def test_the_order_of_the_points_does_not_change_the_partition(seed, size):
    rng = np.random.default_rng(seed)
    xyz = rng.normal(size=(200, 3)).astype(np.float32)
    shuffle = rng.permutation(len(xyz))
    one, other = voxelize(xyz, size), voxelize(xyz[shuffle], size)
    np.testing.assert_array_equal(one.keys, other.keys)
    np.testing.assert_array_equal(one.of_point[shuffle], other.of_point)


def test_the_origin_of_the_scene_does_not_change_the_partition_of_a_gridded_file():
    # files gridded to millimetres: without the offset of the corner, rounding would decide on which side they fall
    rng = np.random.default_rng(0)
    millimetres = rng.integers(0, 4000, (5000, 3))
    for size in (0.02, 0.05, 0.008):
        near = voxelize((millimetres * 1e-3).astype(np.float32), size)
        far = voxelize((millimetres * 1e-3 + [813.0, -221.0, 57.0]).astype(np.float32), size)
        np.testing.assert_array_equal(partition(near.of_point), partition(far.of_point))


def test_an_empty_cloud_has_no_voxels():
    voxels = voxelize(np.empty((0, 3), np.float32), 0.1)
    assert len(voxels) == len(voxels.order) == len(voxels.cells()) == 0
    assert voxels.start.tolist() == [0]
    assert voxels.mean(np.empty((0, 2), np.float32)).shape == (0, 2)


def test_keys_sort_like_cells_and_unpack_to_them():
    rng = np.random.default_rng(0)
    cells = rng.integers(0, LARGEST_CELL + 1, (500, 3)).astype(np.int32)
    cells[:2] = [[0, 0, 0], [LARGEST_CELL] * 3]
    np.testing.assert_array_equal(unpack(pack(cells)), cells)
    np.testing.assert_array_equal(np.argsort(pack(cells)), np.lexsort(cells.T[::-1]))


def test_voxels_too_small_for_the_extent_name_the_smallest_size_that_works():
    xyz = np.float32([[0, 0, 0], [5000, 1, 1]])
    with pytest.raises(
        SceneError, match=r"5000 m cannot be cut into voxels of 0\.001 m; use voxels of at least"
    ) as e:
        voxelize(xyz, 0.001)
    smallest = float(e.value.cure.split("at least ")[1].split(" m")[0])
    assert 5000 / LARGEST_CELL < smallest < 1.02 * 5000 / LARGEST_CELL
    assert voxelize(xyz, smallest).cells().max() <= LARGEST_CELL


def test_a_click_means_the_voxel_that_holds_it_else_the_nearest_centroid(cloud):
    voxels = voxelize(cloud, 0.25)
    centroids = voxels.mean(cloud)
    for i in range(0, len(cloud), 37):
        assert voxels.token_of(cloud[i], centroids) == voxels.of_point[i]
    rng = np.random.default_rng(0)
    occupied = set(map(tuple, voxels.cells()))
    for position in rng.uniform(cloud.min(axis=0) - 2, cloud.max(axis=0) + 2, (30, 3)):
        cell = tuple(np.floor((position - voxels.lower) / voxels.size).astype(int))
        if cell not in occupied:
            nearest = np.argmin(np.linalg.norm(centroids.astype(np.float64) - position, axis=1))
            assert voxels.token_of(tuple(position.tolist()), centroids) == nearest


def test_a_click_beyond_all_keys_still_means_a_voxel(room):
    voxels = voxelize(room(100), 0.25)
    assert voxels.token_of((1e12, 0.0, 0.0), voxels.mean(room(100))) in range(len(voxels))


@pytest.mark.parametrize(("side", "expected"), [(0.3, 0.004), (1.0, 0.0074), (5.0, 0.037), (20.0, 0.05)])
def test_the_size_follows_the_extent_from_cups_to_halls(side, expected):
    # a tilted square with points every millimetre or so, whose diagonal is 1.5 sides
    square = np.random.default_rng(0).random((1_000_000, 2))
    xyz = side * np.column_stack([square, 0.5 * square[:, 0]]).astype(np.float32)
    size = voxel_size(xyz, budget=10**7)
    assert size == pytest.approx(expected, rel=0.01)
    assert size == float(f"{size:.3g}")


def test_sparse_clouds_get_voxels_of_about_their_point_spacing():
    rng = np.random.default_rng(0)
    for density in (1, 4, 10):
        ground = np.column_stack([rng.random((2500 * density, 2)) * 50, np.zeros(2500 * density)]).astype(
            np.float32
        )
        assert voxel_size(ground) * np.sqrt(density) == pytest.approx(1, rel=0.15)


def test_the_budget_of_voxels_is_kept_without_waste(room):
    xyz = room(60_000)
    for budget in (500, 5000):
        assert 0.9 * budget < len(voxelize(xyz, voxel_size(xyz, budget=budget))) <= budget
    assert len(voxelize(xyz, voxel_size(xyz))) <= TOKEN_BUDGET


def test_the_size_depends_on_neither_order_nor_origin(room):
    xyz = room(20_000)
    shuffled = np.random.default_rng(0).permutation(xyz)
    assert voxel_size(shuffled) == voxel_size(xyz)
    assert voxel_size(xyz + np.float32([64, -128, 32])) == pytest.approx(voxel_size(xyz), rel=0.01)


def test_every_cloud_has_a_size_that_cuts_it(cloud):
    size = voxel_size(cloud)
    assert size >= 0.004
    assert 1 <= len(voxelize(cloud, size)) <= len(cloud)


def test_a_stray_point_does_not_stop_the_cut(room):
    xyz = np.concatenate([room(1000), np.float32([[3e6, 0, 0]])])
    assert len(voxelize(xyz, voxel_size(xyz))) >= 2


def test_cells_are_counted_exactly_when_few_and_closely_when_many():
    xyz = np.random.default_rng(0).random((700_000, 3)).astype(np.float32)
    assert module._count_cells(xyz, np.zeros(3), 0.05) == 20**3
    cells = len(voxelize(xyz, 0.002))
    assert cells > 2 * module.COUNTED_CELLS
    assert module._count_cells(xyz, xyz.min(axis=0) - 0.382 * 0.002, 0.002) == pytest.approx(cells, rel=0.01)


@pytest.mark.skipif("LASSO3D_DATA" not in os.environ, reason="LASSO3D_DATA is not set")
def test_airborne_scans_get_voxels_of_about_their_point_spacing():
    files = sorted((Path(os.environ["LASSO3D_DATA"]) / "lidar" / "ign_lidarhd").glob("test_data_*.laz"))
    assert files
    for file in files:
        points = laspy.read(file)
        xyz = np.column_stack([points.x, points.y, points.z])
        xyz = (xyz - xyz.min(axis=0)).astype(np.float32)
        spacing = np.sqrt(np.prod(np.ptp(xyz[:, :2], axis=0)) / len(xyz))
        assert spacing < voxel_size(xyz) < 3 * spacing
