"""How colour reaches a network: at the input of its U-Net, or after it, through a gate that knows the geometry."""

from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor, nn

from lasso3d.geometry.kernel_maps import KernelMap
from lasso3d.nn.sparse_layers import SparseConv
from lasso3d.nn.voxel_inputs import COLOUR_CHANNELS

ColourPath = Literal["input", "gated", "none"]
COLOUR_WIDTH = 32


class LateColour(nn.Module):
    """Adds what a small neighbourhood of colours says, as far as a gate that knows the geometry lets it in."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.around = SparseConv(COLOUR_CHANNELS, COLOUR_WIDTH, offsets=27, relu=True)
        self.project = nn.Linear(COLOUR_WIDTH, width)
        self.gate = nn.Linear(2 * width, width)
        # begins nearly closed, so that geometry learns first; chosen by eye
        nn.init.constant_(self.gate.bias, -2.0)

    def forward(
        self, features: Float[Tensor, "t d"], given: Float[Tensor, "t 4"], neighborhood: KernelMap
    ) -> Float[Tensor, "t d"]:
        """Exactly the features where a scene has no colour."""
        colour = self.project(self.around(given, neighborhood))
        gate = self.gate(torch.cat([features, colour], dim=1)).sigmoid() * given[:, 3:]
        return features + gate * colour


def colour_inputs(path: ColourPath, *, geometry: bool) -> int:
    """Channels of colour at the input: without geometry three as published, else a flag beside them."""
    if path != "input":
        return 0
    return COLOUR_CHANNELS if geometry else 3
