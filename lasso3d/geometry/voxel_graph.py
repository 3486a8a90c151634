"""The graph over voxels that geodesic distances run along."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Int32

from lasso3d.geometry.paths import Graph, symmetric_graph


@dataclass(frozen=True)
class EdgeCost:
    """What a step to a neighbouring voxel costs."""

    step: float = 0.05
    """For one voxel length travelled."""
    normal: float = 3.0
    """Times 1 - |cosine| between the normals at both ends."""
    colour: float = 3.0
    """Times the distance of the colours at both ends, each channel 0 to 1."""


def voxel_graph(
    neighbors: Int32[np.ndarray, "t k"],
    steps: Float32[np.ndarray, "t k"],
    normals: Float32[np.ndarray, "t 3"],
    colours: Float32[np.ndarray, "t 3"] | None,
    *,
    cost: EdgeCost,
) -> Graph:
    """Each voxel joined with its neighbours; `steps` are their distances in voxels; no edge is free."""
    total = np.float32(cost.step) * steps + np.float32(1e-6)
    for column in range(neighbors.shape[1]):
        there = neighbors[:, column]
        turn = 1 - np.abs(np.einsum("ti,ti->t", normals, normals[there]))
        total[:, column] += np.float32(cost.normal) * turn.clip(0)
        if colours is not None and cost.colour > 0:
            change = np.linalg.norm(colours - colours[there], axis=1)
            total[:, column] += np.float32(cost.colour) * change
    return symmetric_graph(np.ascontiguousarray(neighbors), total)
