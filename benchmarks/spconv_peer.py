"""spconv in the place of our convolutions, for `sparse.py`. Only with one torch thread: with more it is wrong."""

from contextlib import AbstractContextManager
from copy import deepcopy
from unittest import mock

import numpy as np
import spconv.pytorch as spconv
import torch
from spconv.pytorch import functional

from lasso3d.geometry.kernel_maps import KernelMap
from lasso3d.nn.scene_maps import SceneMaps
from lasso3d.nn.sparse_layers import SparseConv
from lasso3d.nn.unet import Res16UNet


def backward_on_cpu() -> AbstractContextManager[object]:
    """spconv's backward asks CUDA for its stream even on the CPU; there is none to name."""
    return mock.patch("spconv.pytorch.ops.get_current_stream", return_value=0)


def index(cells: np.ndarray, *, levels: int) -> spconv.SparseConvTensor:
    """A tensor that holds the index pairs of all levels; row order of coarse levels is spconv's own."""
    indices = torch.from_numpy(np.pad(cells, ((0, 0), (1, 0))))
    # a whole number of the coarsest voxels: spconv drops what a strided convolution finds beyond
    shape = [(int(size) // 16 + 1) * 16 for size in cells.max(0)]
    tensor = spconv.SparseConvTensor(torch.zeros(len(cells), 1), indices, shape, 1)
    for level in range(levels):
        tensor = spconv.SubMConv3d(1, 1, 3, bias=False, indice_key=f"around{level}")(tensor)
        if level < levels - 1:
            tensor = spconv.SparseConv3d(1, 1, 2, 2, bias=False, indice_key=f"down{level}")(tensor)
    return tensor


class Scene:
    """spconv's index pairs for every kernel map of a scene, in the place of ours."""

    def __init__(self, cells: np.ndarray, maps: SceneMaps) -> None:
        tensor = index(cells, levels=len(maps.levels))
        self.pairs = {}
        for number, level in enumerate(maps.levels):
            around = tensor.indice_dict[f"around{number}"]
            rows = len(around.out_indices)
            self.pairs[id(level.around)] = functional.indice_subm_conv, around, rows
            if level.down is not None:
                down = tensor.indice_dict[f"down{number}"]
                self.pairs[id(level.down)] = functional.indice_conv, down, len(down.out_indices)
                self.pairs[id(level.up)] = functional.indice_inverse_conv, down, rows

    def convolve(self, features: torch.Tensor, filters: torch.Tensor, kernel_map: KernelMap) -> torch.Tensor:
        function, pairs, rows = self.pairs[id(kernel_map)]
        return function(features, filters, pairs.indice_pairs, pairs.indice_pair_num, rows, pairs.algo)


class BySpconv(torch.nn.Module):
    """One of our layers with its norm folded, convolved by spconv."""

    def __init__(self, conv: SparseConv, scene: Scene) -> None:
        super().__init__()
        scale, self.shift = conv.norm.scale_and_shift()
        self.weight = as_filters(conv.weight.detach() * scale)
        self.relu, self.scene = conv.relu, scene

    def forward(self, features: torch.Tensor, kernel_map: KernelMap, *, residual=None) -> torch.Tensor:
        if len(self.weight.shape) == 2:
            out = features @ self.weight
        else:
            out = self.scene.convolve(features, self.weight, kernel_map)
        out += self.shift
        if residual is not None:
            out += residual
        return out.relu_() if self.relu else out


def as_filters(weight: torch.Tensor) -> torch.Tensor:
    if len(weight) == 1:
        return weight[0]
    side = round(len(weight) ** (1 / 3))
    return weight.unflatten(0, (side, side, side)).permute(4, 0, 1, 2, 3).contiguous()


def twin(network: Res16UNet, scene: Scene) -> Res16UNet:
    copy = deepcopy(network)
    for parent in list(copy.modules()):
        for name, child in parent.named_children():
            if isinstance(child, SparseConv):
                setattr(parent, name, BySpconv(child, scene))
    return copy
