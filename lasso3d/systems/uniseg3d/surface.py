"""How far superpoints are from clicks along the surface of a scan."""

import numpy as np
from jaxtyping import Bool, Float32, Int32, Int64

from lasso3d.geometry.paths import Graph, nearest_seeds
from lasso3d.systems.uniseg3d.answers import mean_over

REACH = 12.0
"""Costs at which a way ends, as in npiseg3d: about four right angles."""


def ways(
    graph: Graph | None,
    of_voxel: Int32[np.ndarray, " t"] | Int64[np.ndarray, " t"],
    voxel: Int64[np.ndarray, " k"],
    prompt: Int64[np.ndarray, " k"],
    positive: Bool[np.ndarray, " k"],
    *,
    prompts: int,
    superpoints: int,
) -> Float32[np.ndarray, "2 p s"] | None:
    """Mean over the voxels of each superpoint of the cost to the nearest positive and the nearest negative click of
    each prompt, at most `REACH`; None without a graph."""
    if graph is None:
        return None
    found = np.empty((2, prompts, superpoints), np.float32)
    for one in range(prompts):
        mine = prompt == one
        seeds = nearest_seeds(graph, voxel[mine], (~positive[mine]).astype(np.int32), reach=REACH)
        to_side, _ = seeds.own_and_other(labels=2, reach=REACH)
        found[:, one] = mean_over(to_side, of_voxel, count=superpoints)
    return found
