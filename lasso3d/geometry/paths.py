"""Cheapest paths from labelled seeds over a graph of tokens."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Int32, Int64

from lasso3d.geometry.compiled import compiled

UNITS = 2**16
"""Costs are kept in whole units of 1 / 65536, so sums are exact and no order of visiting changes a result."""
FARTHEST = 2**30
"""Units; a cost and a label share one int64, and this keeps sums of two costs inside it."""


@dataclass(frozen=True, eq=False)
class Graph:
    """An undirected weighted graph, each edge stored at both ends (CSR)."""

    start: Int64[np.ndarray, " t_plus_1"]
    """Edges of node i are start[i] to start[i + 1]."""
    node: Int32[np.ndarray, " e"]
    """The other end of each edge."""
    cost: Int32[np.ndarray, " e"]
    """In units, positive."""
    width: int
    """Bucket width of the path search in units: the 10th percentile of the costs (1 to 25 measure alike)."""

    @property
    def nbytes(self) -> int:
        """Memory of the three arrays, bytes."""
        return self.start.nbytes + self.node.nbytes + self.cost.nbytes


@dataclass(frozen=True, eq=False)
class NearestSeeds:
    """For each node the two cheapest seeds of different labels; label -1 and cost inf where there is none."""

    label: Int32[np.ndarray, "t 2"]
    cost: Float32[np.ndarray, "t 2"]


def symmetric_graph(neighbors: Int32[np.ndarray, "t k"], cost: Float32[np.ndarray, "t k"]) -> Graph:
    """Join each node with its neighbours in both directions; -1 marks a missing neighbour.

    The cost of an edge must be the same seen from both ends.
    """
    units = np.clip(np.rint(cost.astype(np.float64) * UNITS), 1, FARTHEST).astype(np.int32)
    start, node, units = _both_directions(np.ascontiguousarray(neighbors), units)
    width = int(np.percentile(units, 10)) if len(units) else 1
    return Graph(start, node, units, width)


def nearest_seeds(
    graph: Graph, seed: Int64[np.ndarray, " s"], label: Int32[np.ndarray, " s"], *, reach: float
) -> NearestSeeds:
    """The two cheapest seeds of different labels within `reach` of every node (multi-source Dijkstra).

    A node passes on its two best labels only: a third can never be among the two best of a neighbour, because
    both better ones reach that neighbour through the same edge. Equal costs go to the lower label.
    """
    limit = min(round(reach * UNITS), FARTHEST)
    capacity = 1024 + len(seed) + len(graph.start)
    arguments = (graph.start, graph.node, graph.cost, graph.width, seed, label, limit)
    done, best = _two_nearest(*arguments, capacity)
    while not done:
        capacity *= 2
        done, best = _two_nearest(*arguments, capacity)
    found = best < NOTHING
    cost = np.where(found, (best >> 32) / UNITS, np.inf).astype(np.float32)
    return NearestSeeds(np.where(found, best & LABEL, -1).astype(np.int32), cost)


LABEL = 2**32 - 1
"""The lower half of a packed value is the label, so that comparing values compares costs, then labels."""
NOTHING = 2**63 - 1


@compiled
def _both_directions(neighbors, cost):
    t, k = neighbors.shape
    degree = np.zeros(t + 1, np.int64)
    for i in range(t):
        for a in range(k):
            j = neighbors[i, a]
            if j >= 0 and (i < j or not _holds(neighbors, j, i)):
                degree[i + 1] += 1
                degree[j + 1] += 1
    start = np.cumsum(degree)
    fill = start[:-1].copy()
    node = np.empty(start[t], np.int32)
    weight = np.empty(start[t], np.int32)
    for i in range(t):
        for a in range(k):
            j = neighbors[i, a]
            if j >= 0 and (i < j or not _holds(neighbors, j, i)):
                node[fill[i]], weight[fill[i]] = j, cost[i, a]
                node[fill[j]], weight[fill[j]] = i, cost[i, a]
                fill[i] += 1
                fill[j] += 1
    return start, node, weight


@compiled
def _holds(neighbors, i, j):
    """Is j among the neighbours of i?"""
    for a in range(neighbors.shape[1]):  # noqa: SIM110 - a generator would not be compiled
        if neighbors[i, a] == j:
            return True
    return False


@compiled
def _improve(best, node, value):
    """Enter a packed value at a node if it belongs to the two best of different labels."""
    first = best[node, 0]
    if value >= best[node, 1]:
        return False
    if (value & LABEL) == (first & LABEL):
        if value >= first:
            return False
        best[node, 0] = value
    elif value < first:
        best[node, 1] = first
        best[node, 0] = value
    else:
        best[node, 1] = value
    return True


@compiled
def _two_nearest(start, neighbor, edge_cost, width, seed, seed_label, limit, capacity):
    """Dijkstra with a ring of buckets instead of a heap: a bucket is worked off until nothing in it improves.

    The fixed point is the same; paths shorter than a bucket is wide only cost a second visit. Buckets are linked
    lists in one pool of `capacity` entries; the first result says whether the pool was large enough.
    """
    best = np.full((len(start) - 1, 2), NOTHING)
    ring = edge_cost.max() // width + 2 if len(edge_cost) else 2
    head = np.full(ring, -1, np.int64)
    below, entry_node, entry_value = (
        np.empty(capacity, np.int64),
        np.empty(capacity, np.int32),
        np.empty(capacity, np.int64),
    )
    unused, waiting, free, bucket = 0, 0, -1, 0
    for s in range(len(seed)):
        if _improve(best, seed[s], np.int64(seed_label[s])):
            below[unused], entry_node[unused], entry_value[unused] = head[0], seed[s], seed_label[s]
            head[0] = unused
            unused += 1
            waiting += 1
    while waiting > 0:
        entry = head[bucket % ring]
        if entry < 0:
            bucket += 1
            continue
        head[bucket % ring], below[entry], free = below[entry], free, entry
        waiting -= 1
        node, value = entry_node[entry], entry_value[entry]
        if value != best[node, 0] and value != best[node, 1]:
            continue
        for e in range(start[node], start[node + 1]):
            there = neighbor[e]
            further = value + (np.int64(edge_cost[e]) << 32)
            if further >> 32 > limit or not _improve(best, there, further):
                continue
            if free >= 0:
                entry, free = free, below[free]
            elif unused < capacity:
                entry = unused
                unused += 1
            else:
                return False, best
            slot = max(bucket, (further >> 32) // width) % ring
            below[entry], entry_node[entry], entry_value[entry] = head[slot], there, further
            head[slot] = entry
            waiting += 1
    return True, best
