"""How long the simulated annotator takes for its next click, beside the dense matrix and scipy's default tree.

    python benchmarks/annotator.py [--voxels 200000] [--errors 20000]

Errors are balls of wrong voxels on a room-like shell, five objects. Expected on two cores at the default size: at
most 0.2 s and 1 GB; the dense distance matrix of the published code would take 14.4 GB in float32.
"""

import argparse
import resource
from time import process_time

import numpy as np
from scipy.spatial import cKDTree

from lasso3d.data.clicks import next_click

PARTS = 5
REPEATS = 5


def world(voxels: int, errors: int, seed: int):
    """Voxels on the faces of a box and, as errors, the ones nearest to random centres, one centre per object."""
    rng = np.random.default_rng(seed)
    xyz = rng.random((voxels, 3)).astype(np.float32) * np.float32(8)
    axis = rng.integers(3, size=voxels)
    xyz[np.arange(voxels), axis] = rng.integers(2, size=voxels) * np.float32(8)
    truth, predicted = np.zeros(voxels, np.int32), np.zeros(voxels, np.int32)
    for label, centre in enumerate(rng.choice(voxels, PARTS, replace=False), start=1):
        near = np.argpartition(((xyz - xyz[centre]) ** 2).sum(1), errors // PARTS)[: errors // PARTS]
        truth[near] = label
        predicted[near] = 0
    return xyz, truth, predicted


def with_default_trees(xyz, truth, predicted):
    """The peer: one balanced tree of everything outside, per region."""
    best, at = -1.0, -1
    wrong = truth != predicted
    for label in np.unique(truth[wrong]):
        region = wrong & (truth == label)
        depth, _ = cKDTree(xyz[~region]).query(xyz[region])
        if depth.max() > best:
            best, at = depth.max(), np.flatnonzero(region)[depth.argmax()]
    return at


def fastest(work, *arguments):
    """Least processor time of a few runs, and the result; both contenders use one thread."""
    times = []
    for _ in range(REPEATS):
        started = process_time()
        result = work(*arguments)
        times.append(process_time() - started)
    return min(times), result


def main():
    """One line per contender."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--voxels", type=int, default=200_000)
    parser.add_argument("--errors", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    scene = world(options.voxels, options.errors, options.seed)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    ours, click = fastest(next_click, *scene)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    peer, index = fastest(with_default_trees, *scene)
    if click is None or click.voxel != index:
        raise SystemExit(f"the click differs from the peer's: {click} against voxel {index}")
    wrong = int((scene[1] != scene[2]).sum())
    print(f"{options.voxels} voxels, {wrong} wrong in {PARTS} regions, click on voxel {index} by both")
    print(f"lasso3d          {ours:7.3f} s   +{(peak - before) / 1024:.0f} MB, peak {peak / 1024:.0f} MB")
    print(f"default cKDTree  {peer:7.3f} s")
    print(
        f"dense matrix       (not run)   {4 * wrong * (options.voxels - wrong) / 1e9:.1f} GB in float32, one region"
    )


if __name__ == "__main__":
    main()
