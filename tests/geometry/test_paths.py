import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import cKDTree

from lasso3d.geometry.paths import UNITS, nearest_seeds, symmetric_graph


def random_graph(t, k, seed):
    rng = np.random.default_rng(seed)
    xyz = rng.random((t, 3)).astype(np.float32)
    distance, index = cKDTree(xyz).query(xyz, k=min(k + 1, t))
    neighbors = np.full((t, k), -1, np.int32)
    cost = np.ones((t, k), np.float32)
    neighbors[:, : index.shape[1] - 1] = index[:, 1:]
    cost[:, : index.shape[1] - 1] = distance[:, 1:]
    return symmetric_graph(neighbors, cost)


def two_best_by_scipy(graph, seed, label, reach):
    """Distances from every seed by scipy, reduced to the two best labels."""
    t = len(graph.start) - 1
    matrix = csr_matrix((graph.cost, graph.node, graph.start), shape=(t, t))
    units = dijkstra(matrix, indices=seed)
    best = np.full((label.max() + 1, t), np.inf)
    for s, distances in zip(label, units, strict=True):
        best[s] = np.minimum(best[s], distances)
    best[best > round(reach * UNITS)] = np.inf
    order = np.argsort(best, axis=0, kind="stable")[:2]
    cost = np.take_along_axis(best, order, axis=0) / UNITS
    labels = np.where(np.isfinite(cost), order, -1)
    while len(cost) < 2:
        cost = np.concatenate([cost, np.full((1, t), np.inf)])
        labels = np.concatenate([labels, np.full((1, t), -1)])
    return labels.T, cost.T


@given(st.integers(2, 300), st.integers(1, 12), st.integers(1, 9), st.floats(0.05, 3), st.integers(0, 10_000))
def test_the_two_nearest_labels_are_those_of_scipy(t, k, seeds, reach, seed):
    graph = random_graph(t, k, seed)
    rng = np.random.default_rng(seed)
    where = rng.integers(0, t, seeds)
    label = rng.integers(0, 4, seeds).astype(np.int32)
    found = nearest_seeds(graph, where, label, reach=reach)
    labels, cost = two_best_by_scipy(graph, where, label, reach)
    np.testing.assert_array_equal(found.label, labels)
    np.testing.assert_allclose(found.cost, cost, rtol=1e-6)


def test_the_graph_holds_each_edge_at_both_ends_once():
    graph = random_graph(500, 7, 1)
    t = len(graph.start) - 1
    source = np.repeat(np.arange(t), np.diff(graph.start))
    edges = set(zip(source.tolist(), graph.node.tolist(), strict=True))
    assert len(edges) == len(graph.node)
    assert all((j, i) in edges for i, j in edges)
    matrix = csr_matrix((graph.cost, graph.node, graph.start), shape=(t, t))
    assert (matrix != matrix.T).nnz == 0


def test_no_seeds_reach_nothing():
    graph = random_graph(10, 3, 0)
    found = nearest_seeds(graph, np.zeros(0, np.int64), np.zeros(0, np.int32), reach=1.0)
    assert (found.label == -1).all()
    assert np.isinf(found.cost).all()


def test_a_lone_node_is_its_own_graph():
    graph = symmetric_graph(np.full((1, 4), -1, np.int32), np.ones((1, 4), np.float32))
    found = nearest_seeds(graph, np.array([0]), np.array([3], np.int32), reach=1.0)
    assert found.label.tolist() == [[3, -1]]
    assert found.cost[0, 0] == 0


@pytest.mark.parametrize("order_seed", range(3))
def test_the_order_of_seeds_does_not_matter(order_seed):
    graph = random_graph(2000, 8, 5)
    rng = np.random.default_rng(9)
    where, label = rng.integers(0, 2000, 40), rng.integers(0, 6, 40).astype(np.int32)
    order = np.random.default_rng(order_seed).permutation(40)
    first = nearest_seeds(graph, where, label, reach=2.0)
    second = nearest_seeds(graph, where[order], label[order], reach=2.0)
    np.testing.assert_array_equal(first.label, second.label)
    np.testing.assert_array_equal(first.cost, second.cost)
