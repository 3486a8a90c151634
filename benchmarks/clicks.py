"""Latency of every system that ships: encoding a room, then a click on the encoded room, over the size of the room.

    python benchmarks/clicks.py [NAME ...]

Prints medians of wall milliseconds, beside scipy's Dijkstra from the same seeds over the same graph (two runs, one
per label, which is what `geodesic` does in one). The scan is a generated room cut at four voxel sizes.
"""

import sys
import time
from statistics import median

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

import lasso3d
from lasso3d.core.prompts import Click, Clicks
from lasso3d.core.scene import Scene

SIZES = (0.11, 0.07, 0.048, 0.035)
"""Metres; from about 20k to 200k voxels."""
REPEATS = 5


def room(points: int = 2_000_000) -> Scene:
    """Floor and walls of 7 x 6 x 2.6 m and twenty boxes, coloured by surface."""
    rng = np.random.default_rng(0)
    corners = [(np.zeros(3), np.array([7, 6, 2.6]))]
    for _ in range(20):
        size = rng.uniform(0.3, 1.2, 3)
        corners.append((np.append(rng.uniform(0, 1, 2) * (7 - size[0], 6 - size[1]), 0), size))
    area = np.array([2 * (s[0] * s[1] + s[0] * s[2] + s[1] * s[2]) for _, s in corners])
    of = rng.choice(len(corners), points, p=area / area.sum())
    lower, size = (np.array([c[i] for c in corners])[of] for i in range(2))
    unit, face = rng.random((points, 3)), rng.integers(0, 3, points)
    unit[np.arange(points), face] = rng.integers(0, 2, points)
    colour = rng.integers(40, 220, (len(corners), 3))[of]
    return Scene(lower + unit * size + rng.normal(0, 0.002, (points, 3)), rgb=colour, name="room")


def milliseconds(action) -> float:
    taken = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        action()
        taken.append(time.perf_counter() - start)
    return 1000 * median(taken)


def peer(encoding, clicks: Clicks) -> float:
    """scipy on the graph of a geodesic encoding, in ms."""
    graph = encoding.graph
    matrix = csr_matrix((graph.cost.astype(np.float64), graph.node, graph.start))
    seeds = [[encoding.voxels.token_of(c.xyz, encoding.centroid)] for c in clicks.clicks]
    return milliseconds(lambda: [dijkstra(matrix, indices=s, min_only=True) for s in seeds])


def main(names: list[str]) -> None:
    scene = room()
    rng = np.random.default_rng(1)
    chosen = scene.xyz[rng.integers(0, len(scene), 2)]
    clicks = Clicks((Click(chosen[0], object=1), Click(chosen[1], object=0)))
    print(f"{'system':10} {'voxels':>8} {'encode ms':>10} {'click ms':>9} {'scipy ms':>9} {'MB':>6}")
    for name in names:
        for size in SIZES:
            segmenter = lasso3d.load(name).with_voxel(size)
            encoding = segmenter.encode(scene)
            segmenter.segment(encoding, clicks)
            encode = milliseconds(lambda s=segmenter: s.encode(scene))
            click = milliseconds(lambda s=segmenter, e=encoding: s.segment(e, clicks))
            beside = f"{peer(encoding, clicks):9.0f}" if name == "geodesic" else " " * 9
            tokens, memory = len(encoding.voxels), encoding.nbytes / 1e6
            print(f"{name:10} {tokens:8,} {encode:10.0f} {click:9.1f} {beside} {memory:6.0f}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:] or list(lasso3d.systems()))
