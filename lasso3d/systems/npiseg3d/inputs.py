"""What the network reads of a scene and of clicks, as arrays: made here for training and for answering alike."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Int64, UInt8

from lasso3d.geometry.neighbors import nearest
from lasso3d.geometry.normals import normals_and_curvature
from lasso3d.geometry.paths import Graph, nearest_seeds
from lasso3d.geometry.voxel_graph import EdgeCost, voxel_graph
from lasso3d.geometry.voxels import Voxels
from lasso3d.nn.scene_maps import SceneMaps
from lasso3d.systems.npiseg3d.config import GeodesicChannels, NPISeg3DConfig

GEOMETRY_CHANNELS = 11
COLOUR_CHANNELS = 4
NORMAL_NEIGHBORS = 19
GRAPH_NEIGHBORS = 12
"""As in the baseline without learning."""


@dataclass(frozen=True, eq=False)
class VoxelArrays:
    """A scene as the network reads it: everything in voxels, nothing in metres."""

    geometry: Float32[np.ndarray, "t 11"]
    """Products of the normal with itself (no sign), curvature, place within the voxel, a constant."""
    colour: Float32[np.ndarray, "t 4"]
    """-1 to 1 and a flag that there is colour; all zero without."""
    place: Float32[np.ndarray, "t 3"]
    """Voxels from the middle of the scene's box."""
    maps: SceneMaps
    graph: Graph | None
    """For geodesic distances, where they are used."""

    def __len__(self) -> int:
        return len(self.place)


@dataclass(frozen=True, eq=False)
class ClickArrays:
    """Clicks on m objects as the network reads them; row m stands for the background."""

    token: Int64[np.ndarray, " k"]
    """The voxel of each click, oldest first; no voxel twice."""
    row: Int64[np.ndarray, " k"]
    """0 to m."""
    objects: int
    """m."""
    own: Float32[np.ndarray, "m1 t"] | None
    """Geodesic distance to the nearest click of each row, at most the reach; None where they are not used."""
    other: Float32[np.ndarray, "m1 t"] | None
    """To the nearest click of any other row."""


def voxel_arrays(
    voxels: Voxels,
    xyz: Float32[np.ndarray, "n 3"],
    rgb: UInt8[np.ndarray, "n 3"] | Float32[np.ndarray, "n 3"] | None,
    *,
    config: NPISeg3DConfig,
) -> VoxelArrays:
    """Features, kernel maps and graph of a scene cut into voxels; `rgb` from 0 to 255."""
    centroid = voxels.mean(xyz)
    neighbors, distance = nearest(centroid, NORMAL_NEIGHBORS)
    normals, curvature = normals_and_curvature(centroid, neighbors)
    colours = None if rgb is None else voxels.mean(rgb) / np.float32(255)
    place = ((centroid - voxels.lower) / voxels.size).astype(np.float32)
    graph = None
    if config.geodesic.used:
        near = slice(0, GRAPH_NEIGHBORS)
        cost = EdgeCost(colour=config.geodesic.colour_cost)
        steps = distance[:, near] / np.float32(voxels.size)
        graph = voxel_graph(neighbors[:, near], steps, normals, colours, cost=cost)
    return VoxelArrays(
        _geometry(normals, curvature, place - np.floor(place)),
        _colour(colours, len(voxels)),
        place - (place.min(axis=0) + place.max(axis=0)) / 2,
        SceneMaps.build(
            voxels.cells(),
            np.array([0, len(voxels)], np.int64),
            levels=config.levels,
            stem_kernel=config.stem_kernel,
        ),
        graph,
    )


def click_arrays(
    arrays: VoxelArrays,
    token: Int64[np.ndarray, " k"],
    row: Int64[np.ndarray, " k"],
    *,
    objects: int,
    channels: GeodesicChannels,
    threads: int = 1,
) -> ClickArrays:
    """Clicks with their geodesic distances; of several clicks on one voxel the last counts."""
    last = dict(zip(token.tolist(), row.tolist(), strict=True))
    token, row = np.array(list(last), np.int64), np.array(list(last.values()), np.int64)
    if arrays.graph is None:
        return ClickArrays(token, row, objects, None, None)
    found = nearest_seeds(arrays.graph, token, row.astype(np.int32), reach=channels.reach, threads=threads)
    own, other = found.own_and_other(labels=objects + 1, reach=channels.reach)
    return ClickArrays(token, row, objects, own, other)


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
