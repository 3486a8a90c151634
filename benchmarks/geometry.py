"""Geometry on the CPU, each row beside what numpy and scipy offer for the same result in the same run.

    python benchmarks/geometry.py

Prints milliseconds of process CPU time, medians, and their ratio; about a minute. The scan is a generated room.
"""

import statistics
import time
from collections.abc import Callable
from itertools import product

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import minimum_spanning_tree
from scipy.spatial import cKDTree

from lasso3d.geometry.interior import deepest
from lasso3d.geometry.kernel_maps import downsample, submanifold_map
from lasso3d.geometry.neighbors import nearest, within
from lasso3d.geometry.normals import normals_and_curvature
from lasso3d.geometry.sampling import farthest_points, farthest_points_reference
from lasso3d.geometry.superpoints import EDGES, superpoints
from lasso3d.geometry.voxels import pack, voxel_size, voxelize

VOXEL = 0.035
REPEATS = 3
SLOW_MS = 1500.0
"""Work that takes longer is measured once."""
Work = Callable[[], object]


# ---- the scan


def room(points: int, *, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """A floor, four walls and thirty boxes, sampled evenly with 2.5 mm noise, and the surface each point is of."""
    rng = np.random.default_rng(seed)
    x, y, z = np.diag([5.6, 4.8, 2.4])
    sheets = [(0 * x, x, y, 0), (0 * x, x, z, 1), (0 * x, y, z, 2), (y, x, z, 3), (x, y, z, 4)]
    for box in range(30):
        low, (u, v, w) = rng.random(3) * [5, 4.2, 0], np.diag(rng.random(3) * [0.5, 0.5, 0.9] + 0.1)
        sheets += [
            (*face, 5 + box)
            for face in ((low, u, w), (low, v, w), (low + v, u, w), (low + u, v, w), (low + w, u, v))
        ]
    area = np.array([np.linalg.norm(np.cross(along, up)) for _, along, up, _ in sheets])
    sheet = rng.choice(len(sheets), points, p=area / area.sum())
    corner, along, up = (np.stack([s[part] for s in sheets])[sheet] for part in range(3))
    xyz = (
        corner + rng.random((points, 1)) * along + rng.random((points, 1)) * up + rng.normal(0, 0.0025, (points, 3))
    )
    turn = np.deg2rad(20)
    xyz[:, :2] = xyz[:, :2] @ [[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]]
    return xyz.astype(np.float32), np.array([s[3] for s in sheets])[sheet]


# ---- the peers


def unique_voxels(xyz: np.ndarray) -> object:
    """Voxels by `np.unique` of packed keys, and their means by `np.bincount`."""
    cells = np.floor((xyz - xyz.min(axis=0)) / VOXEL).astype(np.int32)
    _, of_point, count = np.unique(pack(cells), return_inverse=True, return_counts=True)
    return [np.bincount(of_point, axis) / count for axis in xyz.T]


def tree_nearest(xyz: np.ndarray, k: int) -> np.ndarray:
    return cKDTree(xyz).query(xyz, k + 1)[1][:, 1:]


def sorted_tree_nearest(xyz: np.ndarray, k: int) -> np.ndarray:
    """The best that scipy does: points sorted by cell, a tree that is not balanced."""
    in_order = xyz[voxelize(xyz, 2 * VOXEL).order]
    return cKDTree(in_order, balanced_tree=False, compact_nodes=False).query(in_order, k + 1)[1][:, 1:]


def eigh_normals(xyz: np.ndarray, neighbors: np.ndarray) -> np.ndarray:
    around = xyz[neighbors].astype(np.float64)
    around -= around.mean(axis=1, keepdims=True)
    return np.linalg.eigh(np.einsum("nki,nkj->nij", around, around))[1][:, :, 0]


def spanning_tree(neighbors: np.ndarray, normals: np.ndarray) -> object:
    """Weights and minimum spanning tree of the same graph: scipy's part of the way to superpoints."""
    i, j = np.repeat(np.arange(len(neighbors)), EDGES), neighbors[:, :EDGES].ravel()
    weight = 1.001 - np.abs(np.einsum("ed,ed->e", normals[i], normals[j]))
    return minimum_spanning_tree(coo_array((weight, (i, j)), shape=(len(normals),) * 2).tocsr())


def searched_maps(cells: np.ndarray) -> list[np.ndarray]:
    """The pairs of 27 offsets at five levels by `np.searchsorted`, and parents by `np.unique`."""
    found, keys = [], pack(cells)
    for _ in range(5):
        for delta in product((-1, 0, 1), repeat=3):
            wanted = keys + pack(np.array([delta], np.int32))[0] - pack(np.zeros((1, 3), np.int32))[0]
            place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
            there = keys[place] == wanted
            found.append(np.stack([place[there], np.flatnonzero(there)]))
        cells = cells >> 1
        keys, first = np.unique(pack(cells), return_index=True)
        cells = cells[first]
    return found


# ---- ours, where it is more than one call


def five_levels(cells: np.ndarray) -> None:
    scene_ptr = np.array([0, len(cells)])
    for level in range(5):
        submanifold_map(cells, scene_ptr, kernel=3)
        if level < 4:
            cells, scene_ptr, _ = downsample(cells, scene_ptr)


def superpoints_from_raw(xyz: np.ndarray) -> np.ndarray:
    neighbors, _ = nearest(xyz, 16)
    return superpoints(xyz, neighbors, normals_and_curvature(xyz, neighbors)[0])


def spanning_tree_from_raw(xyz: np.ndarray) -> object:
    neighbors = sorted_tree_nearest(xyz, 16)
    return spanning_tree(neighbors, eigh_normals(xyz, neighbors))


def pure_share(label: np.ndarray, truth: np.ndarray) -> float:
    """Share of points whose superpoint mostly holds points of their own surface."""
    count = np.zeros((label.max() + 1, truth.max() + 1), int)
    np.add.at(count, (label, truth), 1)
    return count.max(axis=1).sum() / len(label)


# ---- the table


def cpu_ms(work: Work) -> float:
    """Median CPU time after one run to compile and to warm the caches."""
    spent = []
    while len(spent) <= REPEATS and not (spent and spent[-1] > SLOW_MS):
        before = time.process_time()
        work()
        spent.append(1e3 * (time.process_time() - before))
    return statistics.median(spent[1:] or spent)


def row(what: str, ours: Work, peer_name: str, peer: Work) -> None:
    mine, theirs = cpu_ms(ours), cpu_ms(peer)
    print(f"{what:44}{mine:9.1f}{theirs:11.1f}{theirs / mine:8.1f}x  {peer_name}", flush=True)


def main() -> None:
    xyz, surface = room(1_000_000)
    part, third = xyz[:100_000], xyz[:300_000]
    neighbors, _ = nearest(third, 16)
    voxels = voxelize(xyz, VOXEL)
    centroids, cells = voxels.mean(xyz), voxels.cells()
    graph, _ = nearest(centroids[:100_000], 16)
    normals, _ = normals_and_curvature(centroids[:100_000], graph)
    lower, upper = 0.35 * xyz.max(axis=0), 0.6 * xyz.max(axis=0)
    region = ((centroids > lower) & (centroids < upper))[:, :2].all(axis=1)

    print(f"{'CPU ms, median':44}{'ours':>9}{'peer':>11}{'ratio':>9}")
    row(
        "voxels and means, 1M points",
        lambda: voxelize(xyz, VOXEL).mean(xyz),
        "np.unique",
        lambda: unique_voxels(xyz),
    )
    row(
        "voxel size, 1M points",
        lambda: voxel_size(xyz),
        "np.percentile alone",
        lambda: np.percentile(xyz, (1, 99), 0),
    )
    for points in (part, xyz):
        what = f"16 nearest, {len(points) // 1000}k points"
        row(what, lambda p=points: nearest(p, 16), "scipy, sorted", lambda p=points: sorted_tree_nearest(p, 16))
        row(what, lambda p=points: nearest(p, 16), "scipy, as is", lambda p=points: tree_nearest(p, 16))
    row(
        "within 5 cm, 100k points",
        lambda: within(part, 0.05),
        "scipy query_pairs",
        lambda: cKDTree(part).query_pairs(0.05, output_type="ndarray"),
    )
    row(
        "farthest points, 4096 of 100k",
        lambda: farthest_points(part, 4096),
        "numpy loop",
        lambda: farthest_points_reference(part, 4096),
    )
    row(
        "normals, 300k points",
        lambda: normals_and_curvature(third, neighbors),
        "np.linalg.eigh",
        lambda: eigh_normals(third, neighbors),
    )
    row(
        "superpoints, 300k points from raw",
        lambda: superpoints_from_raw(third),
        "scipy, eigh, spanning tree only",
        lambda: spanning_tree_from_raw(third),
    )
    row(
        "superpoints, graph of 100k ready",
        lambda: superpoints(centroids[:100_000], graph, normals),
        "scipy spanning tree only",
        lambda: spanning_tree(graph, normals),
    )
    row(
        f"kernel maps, 5 levels, {len(cells) // 1000}k voxels",
        lambda: five_levels(cells),
        "np.searchsorted",
        lambda: searched_maps(cells),
    )
    row(
        f"deepest, {region.sum() // 1000}k of {len(region) // 1000}k voxels",
        lambda: deepest(centroids, region),
        "scipy tree, every point",
        lambda: cKDTree(centroids[~region]).query(centroids[region]),
    )
    label = superpoints_from_raw(third)
    share = pure_share(label, surface[:300_000])
    print(f"{label.max() + 1} superpoints of 300k points, {share:.4f} of the points in one of their own surface")


if __name__ == "__main__":
    main()
