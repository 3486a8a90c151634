"""Cheapest paths from labelled seeds over a graph of tokens."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float32, Int32, Int64

from lasso3d.geometry.compiled import compiled
from lasso3d.geometry.threads import share

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
    """Bucket width of the path search in units: a power of two near the 10th percentile of the costs (1 to 25
    measure alike)."""

    @property
    def nbytes(self) -> int:
        """Memory of the three arrays, bytes."""
        return self.start.nbytes + self.node.nbytes + self.cost.nbytes


@dataclass(frozen=True, eq=False)
class NearestSeeds:
    """For each node the two cheapest seeds of different labels; label -1 and cost inf where there is none."""

    label: Int32[np.ndarray, "t 2"]
    cost: Float32[np.ndarray, "t 2"]

    def own_and_other(
        self, *, labels: int, reach: float
    ) -> tuple[Float32[np.ndarray, "labels t"], Float32[np.ndarray, "labels t"]]:
        """Cost of the cheapest seed of each label, and of any other label, at most the reach.

        Only two labels are known at a node; to a third the cost is taken as the reach.
        """
        own = np.empty((labels, len(self.label)), np.float32)
        other = np.empty_like(own)
        _fill_own_and_other(self.label, self.cost, np.float32(reach), own, other)
        return own, other


def symmetric_graph(neighbors: Int32[np.ndarray, "t k"], cost: Float32[np.ndarray, "t k"]) -> Graph:
    """Join each node with its neighbours in both directions; -1 marks a missing neighbour.

    The cost of an edge must be the same seen from both ends.
    """
    units = np.clip(np.rint(cost.astype(np.float64) * UNITS), 1, FARTHEST).astype(np.int32)
    start, node, units = _both_directions(np.ascontiguousarray(neighbors), units)
    tenth = int(np.percentile(units, 10)) if len(units) else 1
    return Graph(start, node, units, 1 << (tenth.bit_length() - 1))


def nearest_seeds(
    graph: Graph, seed: Int64[np.ndarray, " s"], label: Int32[np.ndarray, " s"], *, reach: float, threads: int = 1
) -> NearestSeeds:
    """The two cheapest seeds of different labels within `reach` of every node; equal costs go to the lower label.

    Of one or two labels each is searched alone, at the same time where there are threads; of more, all together.
    """
    limit = min(round(reach * UNITS), FARTHEST)
    labels, t = np.unique(label), len(graph.start) - 1
    best = np.empty((t, 2), np.int64)
    if len(labels) > 2:
        _search(_cheapest_two, graph, seed, label.astype(np.int64), limit, best)
    else:
        alone = np.full((2, t), UNREACHED, np.int32)

        def search(first: int, last: int) -> None:
            for i in range(first, last):
                mine = seed[label == labels[i]]
                _search(_cheapest, graph, mine, np.zeros(len(mine), np.int32), limit, alone[i])

        share(search, len(labels), threads=threads)
        _pack(alone, np.append(labels, [0, 0]), best)
    found = NearestSeeds(np.empty((t, 2), np.int32), np.empty((t, 2), np.float32))
    _unpack(best, found.label, found.cost)
    return found


LABEL = 2**32 - 1
"""The lower half of a packed value is the label, so that comparing values compares costs, then labels."""
NOTHING = 2**63 - 1
"""In place of a packed value; above all of them."""
UNREACHED = 2**31 - 1
"""In place of a cost; above `FARTHEST`."""


def _search(
    kernel: Any, graph: Graph, seed: Int64[np.ndarray, " s"], value: np.ndarray, limit: int, best: np.ndarray
) -> None:
    """Fill `best` by multi-source Dijkstra, in ever more memory until it is enough."""
    capacity = 1024 + len(seed) + len(graph.start)
    shift = graph.width.bit_length() - 1
    longest = min(int(graph.cost.max(initial=0)), limit)
    buckets = 1 << ((longest >> shift) + 1).bit_length()
    while not kernel(graph.start, graph.node, graph.cost, shift, buckets, seed, value, limit, capacity, best):
        capacity *= 2


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
def _cheapest_two(start, neighbor, edge_cost, shift, buckets, seed, seed_label, limit, capacity, best):
    """Dijkstra over all labels, with a ring of buckets instead of a heap; False where `capacity` was too small.

    A node passes on its two best labels only: a third can never be among the two best of a neighbour, because both
    better ones reach that neighbour through the same edge. A bucket, `1 << shift` units wide, is worked off until
    nothing in it improves: the fixed point is the same, and a path shorter than a bucket is wide costs a second
    visit. Buckets are linked lists in one pool of entries.
    """
    best[:] = NOTHING
    head, ring = np.full(buckets, -1, np.int64), buckets - 1
    below, entry_node = np.empty(capacity, np.int64), np.empty(capacity, np.int32)
    entry_value = np.empty(capacity, np.int64)
    unused, waiting, free, bucket = 0, 0, -1, 0
    for s in range(len(seed)):
        if _improve(best, seed[s], seed_label[s]):
            below[unused], entry_node[unused], entry_value[unused] = head[0], seed[s], seed_label[s]
            head[0] = unused
            unused += 1
            waiting += 1
    while waiting > 0:
        entry = head[bucket & ring]
        if entry < 0:
            bucket += 1
            continue
        head[bucket & ring], below[entry], free = below[entry], free, entry
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
                return False
            slot = max(bucket, (further >> 32) >> shift) & ring
            below[entry], entry_node[entry], entry_value[entry] = head[slot], there, further
            head[slot] = entry
            waiting += 1
    return True


@compiled
def _cheapest(start, neighbor, edge_cost, shift, buckets, seed, seed_cost, limit, capacity, best):
    """As `_cheapest_two` for a single label: costs alone, which fit half the memory."""
    best[:] = UNREACHED
    head, ring = np.full(buckets, -1, np.int32), buckets - 1
    below, entry_node = np.empty(capacity, np.int32), np.empty(capacity, np.int32)
    unused, waiting, free, bucket = 0, 0, -1, 0
    for s in range(len(seed)):
        if seed_cost[s] < best[seed[s]]:
            best[seed[s]] = seed_cost[s]
            below[unused], entry_node[unused] = head[0], seed[s]
            head[0] = unused
            unused += 1
            waiting += 1
    while waiting > 0:
        entry = head[bucket & ring]
        if entry < 0:
            bucket += 1
            continue
        head[bucket & ring], below[entry], free = below[entry], free, entry
        waiting -= 1
        node = entry_node[entry]
        cost = best[node]
        if cost >> shift < bucket:  # it was reached more cheaply, and left from an earlier bucket
            continue
        for e in range(start[node], start[node + 1]):
            there = neighbor[e]
            further = cost + edge_cost[e]
            if further >= best[there] or further > limit:
                continue
            best[there] = further
            if free >= 0:
                entry, free = free, below[free]
            elif unused < capacity:
                entry = unused
                unused += 1
            else:
                return False
            slot = (further >> shift) & ring
            below[entry], entry_node[entry] = head[slot], there
            head[slot] = entry
            waiting += 1
    return True


@compiled
def _pack(alone, labels, best):
    """The costs of two labels, the lower first, as what `_cheapest_two` finds."""
    for i in range(len(best)):
        first, second = NOTHING, NOTHING
        if alone[0, i] < UNREACHED:
            first = (np.int64(alone[0, i]) << 32) + labels[0]
        if alone[1, i] < UNREACHED:
            second = (np.int64(alone[1, i]) << 32) + labels[1]
        best[i, 0], best[i, 1] = min(first, second), max(first, second)


@compiled
def _unpack(best, label, cost):
    """Labels and costs of packed values."""
    for i in range(len(best)):
        for place in range(2):
            value = best[i, place]
            label[i, place] = value & LABEL if value < NOTHING else -1
            cost[i, place] = (value >> 32) / UNITS if value < NOTHING else np.inf


@compiled
def _fill_own_and_other(label, cost, reach, own, other):
    for i in range(len(label)):
        nearest, second = min(cost[i, 0], reach), min(cost[i, 1], reach)
        for row in range(len(own)):
            own[row, i] = reach
            other[row, i] = nearest
        if label[i, 1] >= 0:
            own[label[i, 1], i] = second
        if label[i, 0] >= 0:
            own[label[i, 0], i] = nearest
            other[label[i, 0], i] = second
