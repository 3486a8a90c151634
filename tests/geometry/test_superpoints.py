import os
from pathlib import Path

import numpy as np
import pytest

from lasso3d.data.mosd import read_mosd
from lasso3d.geometry import superpoints as module
from lasso3d.geometry.neighbors import nearest
from lasso3d.geometry.normals import normals_and_curvature
from lasso3d.geometry.superpoints import superpoints
from lasso3d.geometry.voxels import voxel_size, voxelize


def graph(xyz):
    neighbors, _ = nearest(xyz, 12)
    return neighbors, normals_and_curvature(xyz, neighbors)[0]


def by_sets(points, edges, *, scale, smallest):
    """Felzenszwalb's two passes with sets instead of trees; edges are (weight, i, j), lightest first."""
    of = {i: frozenset([i]) for i in range(points)}
    tolerance = {of[i]: scale for i in range(points)}

    def join(one, other, weight):
        both = one | other
        tolerance[both] = weight + scale / len(both)
        for i in both:
            of[i] = both

    for weight, i, j in edges:
        if of[i] != of[j] and weight <= min(tolerance[of[i]], tolerance[of[j]]):
            join(of[i], of[j], weight)
    for weight, i, j in edges:
        if of[i] != of[j] and min(len(of[i]), len(of[j])) < smallest:
            join(of[i], of[j], weight)
    return set(of.values())


def patches(label):
    return {frozenset(np.flatnonzero(label == i).tolist()) for i in range(label.max() + 1)}


@pytest.mark.parametrize(("scale", "smallest"), [(0.05, 20), (0.5, 1), (0.01, 5)])
def test_superpoints_are_those_of_the_plain_algorithm(room, scale, smallest):
    xyz = room(700)
    rgb = np.random.default_rng(0).integers(0, 256, (700, 3), np.uint8)
    neighbors, normals = graph(xyz)
    label = superpoints(xyz, neighbors, normals, rgb, scale=scale, smallest=smallest)
    source, target, weight = module._edges(
        xyz, neighbors[:, : module.EDGES].copy(), normals, rgb, module.COLOR_WEIGHT
    )
    keys = module._edge_keys(xyz.view(np.uint32), source, target, weight.view(np.uint32))
    edges = sorted(zip(keys.tolist(), weight.tolist(), source.tolist(), target.tolist(), strict=True))
    edges = [edge[1:] for edge in edges]
    assert edges == sorted(edges, key=lambda edge: edge[0])
    assert patches(label) == by_sets(len(xyz), edges, scale=scale, smallest=smallest)


def test_each_pair_of_neighbors_is_one_edge_that_weighs_bend_step_and_color(room):
    xyz = room(200)
    neighbors, normals = graph(xyz)
    rgb = np.random.default_rng(0).integers(0, 256, (200, 3), np.uint8)
    i, j, weight = module._edges(xyz, neighbors[:, :8].copy(), normals, rgb, 0.3)
    pairs = {frozenset((a, b)) for a in range(200) for b in neighbors[a, :8].tolist()}
    assert sorted(map(sorted, pairs)) == sorted(map(sorted, zip(i.tolist(), j.tolist(), strict=True)))
    way = xyz[j] - xyz[i]
    steepness = [np.abs((n * way).sum(axis=1)) / np.linalg.norm(way, axis=1) for n in (normals[i], normals[j])]
    expected = 1 - np.abs((normals[i] * normals[j]).sum(axis=1)) + 0.05 * np.maximum(*steepness)
    expected += 0.3 * np.linalg.norm(rgb[i] / 255 - rgb[j] / 255, axis=1) / np.sqrt(3)
    np.testing.assert_allclose(weight, expected, atol=1e-5)


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_the_points_changes_neither_patches_nor_numbers(seed, room):
    rng = np.random.default_rng(seed)
    lattice = np.stack(np.meshgrid(*[np.arange(9)] * 3), axis=-1).reshape(-1, 3).astype(np.float32)
    for xyz in (room(800, seed=seed), lattice):
        neighbors, normals = graph(xyz)
        shuffle = rng.permutation(len(xyz))
        place = np.argsort(shuffle).astype(np.int32)
        shuffled = superpoints(xyz[shuffle], place[neighbors[shuffle]], normals[shuffle])
        np.testing.assert_array_equal(shuffled, superpoints(xyz, neighbors, normals)[shuffle])


def test_every_cloud_is_partitioned_and_numbered_by_lowest_corners(cloud):
    label = superpoints(cloud, *graph(cloud))
    lowest = [min(map(tuple, cloud[label == i])) for i in range(label.max() + 1)]
    assert lowest == sorted(lowest)


def test_faces_of_a_box_are_patches_and_colors_cut_a_plane(room):
    rng = np.random.default_rng(0)
    u, v = rng.random((2, 2000))
    zero = np.zeros(2000)
    faces = [np.column_stack(c) for c in ((u, v, zero), (u, zero, v), (zero, u, v))]
    xyz = np.concatenate(faces).astype(np.float32)
    neighbors, normals = graph(xyz)
    face = np.repeat(range(3), 2000)
    label = superpoints(xyz, neighbors, normals, scale=0.2, smallest=100)
    flat = (np.sort(xyz, axis=1)[:, 1] > 0.1) & (xyz.max(axis=1) < 0.95)
    assert len({(a, b) for a, b in zip(label[flat].tolist(), face[flat].tolist(), strict=True)}) == 3
    rgb = np.where(xyz[:, :1] > 0.5, [200, 40, 40], [40, 40, 200]).astype(np.uint8)
    plane = slice(0, 2000)
    neighbors, normals = graph(xyz[plane])
    halves = superpoints(xyz[plane], neighbors, normals, rgb[plane], scale=0.2, smallest=100)
    np.testing.assert_array_equal(halves, xyz[plane, 0] > 0.5)
    assert not superpoints(xyz[plane], neighbors, normals, scale=0.2, smallest=100).any()


@pytest.mark.skipif("LASSO3D_DATA" not in os.environ, reason="LASSO3D_DATA is not set")
def test_superpoints_of_real_table_tops_hardly_cross_objects():
    for name in ("test16", "test43", "test55"):
        example = read_mosd(Path(os.environ["LASSO3D_DATA"]) / f"indoor_instances/mOSD/test/{name}.pcd")
        voxels = voxelize(example.scene.xyz, voxel_size(example.scene.xyz))
        centroids, rgb = voxels.mean(example.scene.xyz), np.rint(voxels.mean(example.scene.rgb)).astype(np.uint8)
        label = superpoints(centroids, *graph(centroids), rgb)[voxels.of_point]
        pairs = np.zeros((label.max() + 1, example.truth.instance.max() + 2), int)
        np.add.at(pairs, (label, example.truth.instance + 1), 1)
        assert len(pairs) < 500
        assert pairs.max(axis=1).sum() / len(label) > 0.985


def test_an_empty_cloud_has_no_superpoints():
    assert not len(superpoints(np.empty((0, 3), np.float32), *graph(np.empty((0, 3), np.float32))))
