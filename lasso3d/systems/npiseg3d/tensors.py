"""The arrays of `inputs` as tensors on a device."""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float32, Int64
from torch import Tensor

from lasso3d.nn.scene_maps import SceneMaps
from lasso3d.systems.npiseg3d.inputs import ClickArrays, VoxelArrays


@dataclass(frozen=True, eq=False)
class VoxelTensors:
    """See `VoxelArrays`."""

    geometry: Float32[Tensor, "t 11"]
    colour: Float32[Tensor, "t 4"]
    place: Float32[Tensor, "t 3"]
    maps: SceneMaps

    @classmethod
    def of(cls, arrays: VoxelArrays, device: torch.device) -> "VoxelTensors":
        """Copies on the device."""
        geometry, colour = tensor(arrays.geometry, device), tensor(arrays.colour, device)
        return cls(geometry, colour, tensor(arrays.place, device), arrays.maps)


@dataclass(frozen=True, eq=False)
class ClickTensors:
    """See `ClickArrays`; with the previous answer, where there is one."""

    token: Int64[Tensor, " k"]
    row: Int64[Tensor, " k"]
    objects: int
    own: Float32[Tensor, "m1 t"] | None
    other: Float32[Tensor, "m1 t"] | None
    previous: Float32[Tensor, "m1 t"] | None
    """Probability of each row in the previous answer, background last."""

    @classmethod
    def of(
        cls, arrays: ClickArrays, previous: Float32[Tensor, "m1 t"] | None, device: torch.device
    ) -> "ClickTensors":
        """Copies on the device."""
        own = None if arrays.own is None else tensor(arrays.own, device)
        other = None if arrays.other is None else tensor(arrays.other, device)
        clicks = tensor(arrays.token, device), tensor(arrays.row, device)
        return cls(*clicks, arrays.objects, own, other, previous)


@dataclass(frozen=True, eq=False)
class TruthPoints:
    """What the posterior sees while learning: places and the rows they truly belong to."""

    token: Int64[Tensor, " p"]
    row: Int64[Tensor, " p"]


def tensor(array: np.ndarray, device: torch.device) -> Tensor:
    """A copy on the device; arrays of an encoding are never shared with anything that could write to them."""
    return torch.tensor(array, device=device)
