"""The two sparse U-Nets of the field, after their published shapes."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor, nn

from lasso3d.nn.scene_maps import LevelMaps, SceneMaps
from lasso3d.nn.sparse_layers import NormConfig, NormRelu, PostNormBlock, PreNormBlock, SparseConv


@dataclass(frozen=True)
class Res16UNetConfig:
    """Shape of a residual U-Net as in MinkowskiEngine (`Res16UNet`); the default is 34C, as NPISeg3D uses it."""

    inputs: int = 3
    """Channels of a voxel: colour alone in NPISeg3D."""
    stem_kernel: Literal[3, 5] = 5
    """Side of the first convolution, in voxels."""
    stem: int = 32
    """Channels after the first convolution."""
    encoder: tuple[int, ...] = (32, 64, 128, 256)
    """Channels after each halving of the resolution."""
    decoder: tuple[int, ...] = (256, 128, 96, 96)
    """Channels after each doubling; the last are the output's."""
    encoder_blocks: tuple[int, ...] = (2, 3, 4, 6)
    """Residual blocks after each halving."""
    decoder_blocks: tuple[int, ...] = (2, 2, 2, 2)
    """Residual blocks after each doubling."""
    norm_eps: float = 1e-5
    """Added to the variance by the batch norms."""
    norm_momentum: float = 0.02
    """Share of a batch in their running statistics, as in the release."""

    @property
    def levels(self) -> int:
        """Resolutions, the voxels' own included."""
        return len(self.encoder) + 1


RES16UNET: dict[str, Res16UNetConfig] = {
    "14A": Res16UNetConfig(decoder=(128, 128, 96, 96), encoder_blocks=(1, 1, 1, 1), decoder_blocks=(1, 1, 1, 1)),
    "18A": Res16UNetConfig(decoder=(128, 128, 96, 96), encoder_blocks=(2, 2, 2, 2)),
    "34C": Res16UNetConfig(),
    # ours, for checkpoints that ship: 4.8 million weights
    "small": Res16UNetConfig(
        stem_kernel=3,
        encoder=(32, 64, 96, 128),
        decoder=(96, 64, 64, 64),
        encoder_blocks=(1, 1, 2, 2),
        decoder_blocks=(1, 1, 1, 1),
    ),
}
"""Published variants by their names, and `small`."""


class Res16UNet(nn.Module):
    """Residual blocks with the norm after each convolution; the decoder puts its features before the encoder's."""

    def __init__(self, config: Res16UNetConfig) -> None:
        super().__init__()
        self.config = config
        norm = NormConfig(config.norm_eps, config.norm_momentum)
        self.stem = SparseConv(config.inputs, config.stem, offsets=config.stem_kernel**3, norm=norm, relu=True)
        self.down, self.encoder = nn.ModuleList(), nn.ModuleList()
        self.up, self.decoder = nn.ModuleList(), nn.ModuleList()
        held = [config.stem]
        for width, blocks in zip(config.encoder, config.encoder_blocks, strict=True):
            self.down.append(SparseConv(held[-1], held[-1], offsets=8, norm=norm, relu=True))
            self.encoder.append(_post_norm_blocks(held[-1], width, count=blocks, norm=norm))
            held.append(width)
        channels = held.pop()
        for width, blocks in zip(config.decoder, config.decoder_blocks, strict=True):
            self.up.append(SparseConv(channels, width, offsets=8, norm=norm, relu=True))
            self.decoder.append(_post_norm_blocks(width + held.pop(), width, count=blocks, norm=norm))
            channels = width

    def forward(self, features: Float[Tensor, "t c"], maps: SceneMaps) -> Float[Tensor, "t d"]:
        """Features of every voxel, in the type given; ValueError for maps of other levels."""
        _require_levels(maps, self.config.levels)
        x = self.stem(features, maps.stem)
        held = []
        for fine, coarse, down, blocks in zip(
            maps.levels[:-1], maps.levels[1:], self.down, self.encoder, strict=True
        ):
            held.append(x)
            x = _through(blocks, down(x, fine.down), coarse)
        for level, up, blocks in zip(maps.levels[-2::-1], self.up, self.decoder, strict=True):
            x = _through(blocks, torch.cat([up(x, level.up), held.pop()], dim=1), level)
        return x.to(features.dtype)


@dataclass(frozen=True)
class SpConvUNetConfig:
    """Shape of the U-Net of SSTNet, OneFormer3D and UniSeg3D (`SpConvUNet`)."""

    inputs: int = 6
    """Channels of a voxel: colour and position in UniSeg3D."""
    channels: tuple[int, ...] = (32, 64, 96, 128, 160)
    """Channels of each resolution, finest first; the first are the output's."""
    blocks: int = 2
    """Residual blocks on each side of each resolution."""
    norm_eps: float = 1e-4
    """Added to the variance by the batch norms, as in the release."""
    norm_momentum: float = 0.1
    """Share of a batch in their running statistics."""

    @property
    def levels(self) -> int:
        """Resolutions, the voxels' own included."""
        return len(self.channels)


SPCONVUNET: dict[str, SpConvUNetConfig] = {
    "paper": SpConvUNetConfig(),
    # ours, for checkpoints that ship: 4.6 million weights
    "small": SpConvUNetConfig(channels=(32, 64, 96, 96, 128), blocks=1),
}
"""The published shape, and `small`."""


class SpConvUNet(nn.Module):
    """Residual blocks with the norm before each convolution; the encoder's features come before the decoder's."""

    def __init__(self, config: SpConvUNetConfig) -> None:
        super().__init__()
        self.config = config
        norm, channels = NormConfig(config.norm_eps, config.norm_momentum), config.channels
        self.stem = SparseConv(config.inputs, channels[0], offsets=27)
        self.encoder = nn.ModuleList(_pre_norm_blocks(c, c, count=config.blocks, norm=norm) for c in channels)
        self.decoder = nn.ModuleList(
            _pre_norm_blocks(2 * c, c, count=config.blocks, norm=norm) for c in channels[:-1]
        )
        steps = list(pairwise(channels))
        self.before_down = nn.ModuleList(NormRelu(fine, norm) for fine, _ in steps)
        self.down = nn.ModuleList(SparseConv(fine, coarse, offsets=8) for fine, coarse in steps)
        self.before_up = nn.ModuleList(NormRelu(coarse, norm) for _, coarse in steps)
        self.up = nn.ModuleList(SparseConv(coarse, fine, offsets=8) for fine, coarse in steps)
        self.head = NormRelu(channels[0], norm)

    def forward(self, features: Float[Tensor, "t c"], maps: SceneMaps) -> Float[Tensor, "t d"]:
        """Features of every voxel, in the type given; ValueError for maps of other levels."""
        _require_levels(maps, self.config.levels)
        x = self.stem(features, maps.stem)
        held = []
        for level, maps_here in enumerate(maps.levels):
            x = _through(self.encoder[level], x, maps_here)
            if maps_here.down is not None:
                held.append(x)
                x = self.down[level](self.before_down[level](x), maps_here.down)
        for level in reversed(range(len(held))):
            x = self.up[level](self.before_up[level](x), maps.levels[level].up)
            x = _through(self.decoder[level], torch.cat([held.pop(), x], dim=1), maps.levels[level])
        return self.head(x).to(features.dtype)


def _require_levels(maps: SceneMaps, levels: int) -> None:
    if len(maps.levels) != levels:
        raise ValueError(f"expected {levels} levels of kernel maps, found {len(maps.levels)}")


def _post_norm_blocks(inputs: int, outputs: int, *, count: int, norm: NormConfig) -> nn.ModuleList:
    return nn.ModuleList(PostNormBlock(inputs if i == 0 else outputs, outputs, norm) for i in range(count))


def _pre_norm_blocks(inputs: int, outputs: int, *, count: int, norm: NormConfig) -> nn.ModuleList:
    return nn.ModuleList(PreNormBlock(inputs if i == 0 else outputs, outputs, norm) for i in range(count))


def _through(blocks: nn.Module, features: Tensor, maps: LevelMaps) -> Tensor:
    for block in blocks.children():
        features = block(features, maps)
    return features
