"""Layers of sparse networks: convolution, batch norm, residual and ReLU in one, and their folding for inference."""

from copy import deepcopy
from dataclasses import dataclass
from typing import TypeVar

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from lasso3d.geometry.kernel_maps import KernelMap
from lasso3d.nn.scene_maps import LevelMaps
from lasso3d.nn.sparse import pack, sparse_conv


@dataclass(frozen=True)
class NormConfig:
    """Batch norm over the voxels of a batch."""

    eps: float
    """Added to the variance."""
    momentum: float
    """Share of the new batch in the running statistics."""


class VoxelNorm(nn.BatchNorm1d):
    """Batch norm that uses its running statistics for a single voxel, which has no variance to learn from."""

    def __init__(self, channels: int, config: NormConfig) -> None:
        super().__init__(channels, eps=config.eps, momentum=config.momentum)

    def forward(self, features: Float[Tensor, "t d"]) -> Float[Tensor, "t d"]:
        if self.training and len(features) == 1:
            return functional.batch_norm(
                features, self.running_mean, self.running_var, self.weight, self.bias, eps=self.eps
            )
        return super().forward(features)

    def scale_and_shift(self) -> tuple[Float[Tensor, " d"], Float[Tensor, " d"]]:
        """What it does to each channel at inference."""
        scale = self.weight / (self.get_buffer("running_var") + self.eps).sqrt()
        return scale.detach(), (self.bias - self.get_buffer("running_mean") * scale).detach()


class SparseConv(nn.Module):
    """Convolution over a kernel map; batch norm, residual and ReLU follow where asked, in this order."""

    def __init__(
        self, inputs: int, outputs: int, *, offsets: int, norm: NormConfig | None = None, relu: bool = False
    ) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(offsets, inputs, outputs))
        self.norm = None if norm is None else VoxelNorm(outputs, norm)
        self.relu = relu
        # He et al. 2015, eq. 10, as if every neighbour were there
        nn.init.normal_(self.weight, std=(2 / (offsets * inputs)) ** 0.5)

    def forward(
        self,
        features: Float[Tensor, "inputs c"],
        kernel_map: KernelMap,
        *,
        residual: Float[Tensor, "outputs d"] | None = None,
    ) -> Float[Tensor, "outputs d"]:
        out = sparse_conv(features, self.weight, kernel_map)
        if self.norm is not None:
            out = self.norm(out)
        if residual is not None:
            out = out + residual
        return out.relu() if self.relu else out


class FoldedConv(nn.Module):
    """A `SparseConv` for inference: the norm is in the weights, everything happens in one pass over the output."""

    def __init__(self, conv: SparseConv, dtype: torch.dtype) -> None:
        super().__init__()
        weight, self.bias = conv.weight.detach(), None
        if conv.norm is not None:
            scale, self.bias = conv.norm.scale_and_shift()
            weight = weight * scale
        self.weight = pack(weight.to(dtype))
        self.relu = conv.relu

    def forward(
        self,
        features: Float[Tensor, "inputs c"],
        kernel_map: KernelMap,
        *,
        residual: Float[Tensor, "outputs d"] | None = None,
    ) -> Float[Tensor, "outputs d"]:
        return sparse_conv(
            features.to(self.weight.dtype),
            self.weight,
            kernel_map,
            bias=self.bias,
            residual=residual,
            relu=self.relu,
        )


class NormRelu(nn.Module):
    """Batch norm and ReLU before a convolution, where they cannot be folded."""

    def __init__(self, channels: int, norm: NormConfig) -> None:
        super().__init__()
        self.norm = VoxelNorm(channels, norm)

    def forward(self, features: Float[Tensor, "t d"]) -> Float[Tensor, "t d"]:
        return self.norm(features).relu()


class PostNormBlock(nn.Module):
    """Two convolutions, each with its norm, around a shortcut; the sum is rectified (the basic block of ResNet)."""

    def __init__(self, inputs: int, outputs: int, norm: NormConfig) -> None:
        super().__init__()
        self.conv1 = SparseConv(inputs, outputs, offsets=27, norm=norm, relu=True)
        self.conv2 = SparseConv(outputs, outputs, offsets=27, norm=norm, relu=True)
        self.shortcut = None if inputs == outputs else SparseConv(inputs, outputs, offsets=1, norm=norm)

    def forward(self, features: Float[Tensor, "t c"], maps: LevelMaps) -> Float[Tensor, "t d"]:
        residual = features if self.shortcut is None else self.shortcut(features, maps.itself)
        return self.conv2(self.conv1(features, maps.around), maps.around, residual=residual)


class PreNormBlock(nn.Module):
    """Norm, ReLU and convolution, twice, around a bare shortcut (He et al. 2016)."""

    def __init__(self, inputs: int, outputs: int, norm: NormConfig) -> None:
        super().__init__()
        self.before = NormRelu(inputs, norm)
        self.conv1 = SparseConv(inputs, outputs, offsets=27, norm=norm, relu=True)
        self.conv2 = SparseConv(outputs, outputs, offsets=27)
        self.shortcut = None if inputs == outputs else SparseConv(inputs, outputs, offsets=1)

    def forward(self, features: Float[Tensor, "t c"], maps: LevelMaps) -> Float[Tensor, "t d"]:
        residual = features if self.shortcut is None else self.shortcut(features, maps.itself)
        return self.conv2(self.conv1(self.before(features), maps.around), maps.around, residual=residual)


_Network = TypeVar("_Network", bound=nn.Module)


def folded(network: _Network, *, dtype: torch.dtype = torch.float32) -> _Network:
    """A copy for inference in `dtype` on the present device: batch norm, bias, residual and ReLU cost nothing.

    Equal to the network in eval mode but for rounding. It cannot learn, be saved or change its device.
    """
    copy = deepcopy(network).eval().requires_grad_(False)
    for parent in list(copy.modules()):
        for name, child in parent.named_children():
            if isinstance(child, SparseConv):
                setattr(parent, name, FoldedConv(child, dtype))
    return copy
