"""What networks read of a scan cut into voxels, as arrays: made in one place for training and for answering."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float32, Int32, UInt8

from lasso3d.geometry.neighbors import nearest
from lasso3d.geometry.normals import normals_and_curvature
from lasso3d.geometry.paths import Graph
from lasso3d.geometry.voxel_graph import EdgeCost, voxel_graph
from lasso3d.geometry.voxels import Voxels
from lasso3d.nn.scene_maps import SceneMaps

GEOMETRY_CHANNELS = 11
COLOUR_CHANNELS = 4
NORMAL_NEIGHBORS = 19
GRAPH_NEIGHBORS = 12
"""As in the baseline without learning."""


@dataclass(frozen=True, eq=False)
class VoxelInputs:
    """A scan in voxels, nothing a network reads in metres; and what else is known of the voxels by then."""

    geometry: Float32[np.ndarray, "t 11"]
    """Products of the normal with itself (no sign), curvature, place within the voxel, a constant."""
    colour: Float32[np.ndarray, "t 4"]
    """-1 to 1 and a flag that there is colour; all zero without."""
    place: Float32[np.ndarray, "t 3"]
    """Voxels from the middle of the scan's box."""
    maps: SceneMaps
    neighbors: Int32[np.ndarray, "t k"]
    """The nearest of each voxel, nearest first, itself left out; -1 where there are no more."""
    distance: Float32[np.ndarray, "t k"]
    """To them, metres."""
    normals: Float32[np.ndarray, "t 3"]
    rgb: Float32[np.ndarray, "t 3"] | None
    """Mean colour, 0 to 1."""
    centroid: Float32[np.ndarray, "t 3"]
    """Metres, in the frame of the scan."""
    size: float
    """Of a voxel, metres."""

    def __len__(self) -> int:
        return len(self.place)


def voxel_inputs(
    voxels: Voxels,
    xyz: Float32[np.ndarray, "n 3"],
    rgb: UInt8[np.ndarray, "n 3"] | Float32[np.ndarray, "n 3"] | None,
    *,
    levels: int,
    stem_kernel: Literal[3, 5],
) -> VoxelInputs:
    """Features and kernel maps of a scan cut into voxels; `rgb` from 0 to 255."""
    centroid = voxels.mean(xyz)
    neighbors, distance = nearest(centroid, NORMAL_NEIGHBORS)
    normals, curvature = normals_and_curvature(centroid, neighbors)
    colours = None if rgb is None else voxels.mean(rgb) / np.float32(255)
    place = ((centroid - voxels.lower) / voxels.size).astype(np.float32)
    bounds = np.array([0, len(voxels)], np.int64)
    return VoxelInputs(
        _geometry(normals, curvature, place - np.floor(place)),
        _colour(colours, len(voxels)),
        place - (place.min(axis=0) + place.max(axis=0)) / 2,
        SceneMaps.build(voxels.cells(), bounds, levels=levels, stem_kernel=stem_kernel),
        neighbors,
        distance,
        normals,
        colours,
        centroid,
        voxels.size,
    )


def surface_graph(inputs: VoxelInputs, *, colour_cost: float) -> Graph:
    """Each voxel joined with its neighbours; a step costs its length and what normals and colours turn on it."""
    near = slice(0, GRAPH_NEIGHBORS)
    steps = inputs.distance[:, near] / np.float32(inputs.size)
    cost = EdgeCost(colour=colour_cost)
    return voxel_graph(inputs.neighbors[:, near], steps, inputs.normals, inputs.rgb, cost=cost)


def _geometry(
    normals: Float32[np.ndarray, "t 3"], curvature: Float32[np.ndarray, " t"], within: Float32[np.ndarray, "t 3"]
) -> Float32[np.ndarray, "t 11"]:
    """Scaled to about one: products -0.3 to 1.7, curvature 0 to 2.7, place -0.5 to 0.5."""
    x, y, z = normals.T
    products = np.stack([x * x, y * y, z * z, x * y, x * z, y * z], axis=1) * 2 - np.float32(0.3)
    columns = (products, curvature[:, None] * 8, within - np.float32(0.5), np.ones((len(normals), 1)))
    return np.concatenate(columns, axis=1).astype(np.float32)


def _colour(colours: Float32[np.ndarray, "t 3"] | None, t: int) -> Float32[np.ndarray, "t 4"]:
    if colours is None:
        return np.zeros((t, COLOUR_CHANNELS), np.float32)
    return np.concatenate([2 * colours - 1, np.ones((t, 1), np.float32)], axis=1).astype(np.float32)
