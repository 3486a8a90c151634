"""A sparse U-Net with layer norms: the same function in training and inference, whatever else is in the batch."""

from dataclasses import dataclass
from itertools import pairwise

from jaxtyping import Float
from torch import Tensor, nn

from lasso3d.nn.fast_queries import normed_relu
from lasso3d.nn.scene_maps import LevelMaps, SceneMaps
from lasso3d.nn.sparse_layers import SparseConv


@dataclass(frozen=True)
class LayerUNetConfig:
    """Shape of the U-Net; one residual block on each side of each resolution."""

    channels: tuple[int, ...] = (32, 64, 96, 128, 128)
    """Of each resolution, finest first; the first are the output's."""

    @property
    def levels(self) -> int:
        """Resolutions, the voxels' own included."""
        return len(self.channels)


class LayerUNet(nn.Module):
    """Residual blocks with the norm before each convolution; the encoder's features are added to the decoder's."""

    def __init__(self, inputs: int, config: LayerUNetConfig) -> None:
        super().__init__()
        channels = config.channels
        self.config = config
        self.stem = SparseConv(inputs, channels[0], offsets=27)
        self.encoder = nn.ModuleList(_Block(c) for c in channels)
        self.decoder = nn.ModuleList(_Block(c) for c in channels[:-1])
        steps = list(pairwise(channels))
        self.before_down = nn.ModuleList(_NormRelu(fine) for fine, _ in steps)
        self.down = nn.ModuleList(SparseConv(fine, coarse, offsets=8) for fine, coarse in steps)
        self.before_up = nn.ModuleList(_NormRelu(coarse) for _, coarse in steps)
        self.up = nn.ModuleList(SparseConv(coarse, fine, offsets=8) for fine, coarse in steps)
        self.head = _NormRelu(channels[0])

    def forward(self, features: Float[Tensor, "t c"], maps: SceneMaps) -> Float[Tensor, "t d"]:
        """Features of every voxel; the maps may have more levels than are used."""
        levels = maps.levels[: self.config.levels]
        x = self.stem(features, levels[0].around)
        held = []
        for i, level in enumerate(levels):
            x = self.encoder[i](x, level)
            if i < len(levels) - 1:
                held.append(x)
                x = self.down[i](self.before_down[i](x), level.down)
        for i in reversed(range(len(held))):
            x = self.up[i](self.before_up[i](x), levels[i].up, residual=held[i])
            x = self.decoder[i](x, levels[i])
        return self.head(x)


class _NormRelu(nn.LayerNorm):
    """Layer norm, then ReLU."""

    def forward(self, input: Float[Tensor, "t d"]) -> Float[Tensor, "t d"]:  # noqa: A002 - as torch names it
        return normed_relu(self, input)


class _Block(nn.Module):
    """Norm, ReLU and convolution, twice, around a bare shortcut."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.norm1, self.norm2 = _NormRelu(channels), _NormRelu(channels)
        self.conv1 = SparseConv(channels, channels, offsets=27)
        self.conv2 = SparseConv(channels, channels, offsets=27)
        # a block begins near the identity, so that the sum over all blocks does not grow with depth; chosen by eye
        nn.init.constant_(self.norm2.weight, 0.3)

    def forward(self, features: Float[Tensor, "t d"], maps: LevelMaps) -> Float[Tensor, "t d"]:
        inner = self.conv1(self.norm1(features), maps.around)
        return self.conv2(self.norm2(inner), maps.around, residual=features)
