import numpy as np
import pytest

from lasso3d.geometry.neighbors import nearest
from lasso3d.geometry.normals import normals_and_curvature


def by_eigh(xyz, neighbors):
    """The same from numpy's eigendecomposition, point by point: (eigenvalues ascending, vectors as columns)."""
    values, vectors = np.empty((len(xyz), 3)), np.empty((len(xyz), 3, 3))
    for i, row in enumerate(neighbors):
        around = xyz[np.append(row[row >= 0], i)].astype(np.float64)
        values[i], vectors[i] = np.linalg.eigh(np.cov(around.T, bias=True).reshape(3, 3))
    return np.maximum(values, 0), vectors


def test_normals_and_curvature_are_those_of_numpy(cloud):
    neighbors, _ = nearest(cloud, 9)
    normals, curvature = normals_and_curvature(cloud, neighbors)
    if len(cloud) == 1:
        neighbors = np.full((1, 9), -1, np.int32)
    values, vectors = by_eigh(cloud, neighbors)
    assert np.abs(np.linalg.norm(normals, axis=1) - 1).max() < 1e-6
    total = np.maximum(values.sum(axis=1), 1e-300)
    np.testing.assert_allclose(curvature, values[:, 0] / total, atol=1e-6)
    clear = values[:, 1] - values[:, 0] > 1e-3 * values[:, 2]
    along = np.abs((normals[clear] * vectors[clear, :, 0]).sum(axis=1))
    np.testing.assert_allclose(along, 1, atol=1e-5)
    assert ((curvature >= 0) & (curvature <= np.float32(1 / 3))).all()


@pytest.mark.parametrize(
    ("direction", "expected"),
    [
        ([1, 0, 0], [0, 0, 1]),
        ([0, 0, 1], [1, 0, 0]),
        ([1, 0, 1], [-np.sqrt(0.5), 0, np.sqrt(0.5)]),
        ([0, 0, 0], [0, 0, 1]),
    ],
)
def test_a_line_has_the_most_vertical_normal_across_it(direction, expected):
    xyz = (np.arange(8)[:, None] * np.array(direction)).astype(np.float32)
    normals, curvature = normals_and_curvature(xyz, nearest(xyz, 5)[0])
    np.testing.assert_allclose(normals, [expected] * 8, atol=1e-6)
    assert not curvature.any()


def test_points_spread_evenly_have_the_vertical_as_normal_and_the_largest_curvature():
    corners = np.float32([[0, 0, 0], [1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1]])
    neighbors = np.tile(np.arange(1, 7, dtype=np.int32), (7, 1))
    normals, curvature = normals_and_curvature(corners, neighbors)
    np.testing.assert_array_equal(normals[0], [0, 0, 1])
    assert curvature[0] == np.float32(1 / 3)


def test_missing_neighbors_are_left_out_and_normals_point_up(room):
    xyz = room(300)
    neighbors, _ = nearest(xyz, 6)
    padded = np.concatenate([neighbors[:, :3], np.full((300, 4), -1, np.int32), neighbors[:, 3:]], axis=1)
    for found, expected in zip(
        normals_and_curvature(xyz, padded), normals_and_curvature(xyz, neighbors), strict=True
    ):
        np.testing.assert_array_equal(found, expected)
    assert (normals_and_curvature(xyz, neighbors)[0][:, 2] >= 0).all()
