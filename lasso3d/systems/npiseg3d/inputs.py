"""What the network reads of a scene and of clicks, as arrays: made here for training and for answering alike."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Int64, UInt8

from lasso3d.geometry.paths import Graph, nearest_seeds
from lasso3d.geometry.voxels import Voxels
from lasso3d.nn.scene_maps import SceneMaps
from lasso3d.nn.voxel_inputs import surface_graph, voxel_inputs
from lasso3d.systems.npiseg3d.config import GeodesicChannels, NPISeg3DConfig


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
    inputs = voxel_inputs(voxels, xyz, rgb, levels=config.levels, stem_kernel=config.stem_kernel)
    cues = config.geodesic
    graph = surface_graph(inputs, colour_cost=cues.colour_cost) if cues.used else None
    return VoxelArrays(inputs.geometry, inputs.colour, inputs.place, inputs.maps, graph)


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
