"""All kernel maps of a batch of scenes, made once and handed to the network."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Int32, Int64

from lasso3d.geometry.kernel_maps import BLOCK, KernelMap, downsample, submanifold_map


@dataclass(frozen=True)
class LevelMaps:
    """The maps of one resolution."""

    around: KernelMap
    """3 x 3 x 3 neighbours, for submanifold convolutions."""
    itself: KernelMap
    """Every voxel to itself, for 1 x 1 x 1 convolutions."""
    down: KernelMap | None
    """To voxels twice as large; None at the coarsest level."""
    up: KernelMap | None
    """Back from them."""


@dataclass(frozen=True)
class SceneMaps:
    """The maps of all resolutions, finest first."""

    stem: KernelMap
    """Neighbours of the first convolution."""
    levels: tuple[LevelMaps, ...]

    @classmethod
    def build(
        cls,
        cells: Int32[np.ndarray, "t 3"],
        scene_ptr: Int64[np.ndarray, " bounds"],
        *,
        levels: int,
        stem_kernel: Literal[3, 5],
    ) -> "SceneMaps":
        """Maps over `levels` resolutions of cells that ascend by packed key in each scene."""
        made = []
        finest = cells, scene_ptr
        for level in range(levels):
            around = submanifold_map(cells, scene_ptr, kernel=3)
            itself = _identity(len(cells))
            down = None
            if level < levels - 1:
                cells, scene_ptr, down = downsample(cells, scene_ptr)
            made.append(LevelMaps(around, itself, down, None if down is None else down.transposed()))
        stem = made[0].around if stem_kernel == 3 else submanifold_map(*finest, kernel=stem_kernel)
        return cls(stem, tuple(made))


def _identity(rows: int) -> KernelMap:
    every = np.arange(rows, dtype=np.int32)
    edge = np.arange(-(-rows // BLOCK) + 1, dtype=np.int64) * BLOCK
    start = np.stack([edge[:-1], np.minimum(edge[1:], rows)], axis=1)
    return KernelMap(every, every, start, inputs=rows, outputs=rows, offsets=1)
