import numpy as np
import pytest
import torch

from lasso3d.geometry.kernel_maps import downsample, submanifold_map
from lasso3d.nn.scene_maps import SceneMaps
from lasso3d.nn.sparse import choose, sparse_conv
from lasso3d.nn.sparse_layers import folded
from lasso3d.nn.unet import SPCONVUNET, SpConvUNet

pytestmark = pytest.mark.gpu

TOLERANCE = {torch.float32: 1e-4, torch.bfloat16: 8e-3, torch.float16: 2e-3}
"""Of the largest value: the order of sums, and one rounding of the result."""


def scattered_maps():
    rng = np.random.default_rng(0)
    cells = np.unique(rng.integers(0, 30, (8000, 3)), axis=0).astype(np.int32)
    scene_ptr = np.array([0, len(cells)])
    down = downsample(cells, scene_ptr)[2]
    return {"around": submanifold_map(cells, scene_ptr, kernel=3), "down": down, "up": down.transposed()}


@pytest.mark.parametrize("dtype", list(TOLERANCE))
@pytest.mark.parametrize("kind", ["around", "down", "up"])
@pytest.mark.parametrize(("c", "d"), [(6, 32), (33, 20), (96, 96), (128, 256)])
def test_triton_agrees_with_the_plain_convolution_forward_and_backward(dtype, kind, c, d):
    kernel_map = scattered_maps()[kind]
    shapes = (kernel_map.inputs, c), (kernel_map.offsets, c, d), (d,), (kernel_map.outputs, d)
    tensors = [torch.randn(shape, device="cuda", dtype=dtype) for shape in shapes]
    outcomes = []
    for implementation in ("triton", "reference"):
        x, w, bias, residual = (tensor.clone().requires_grad_() for tensor in tensors)
        out = sparse_conv(x, w, kernel_map, bias=bias, residual=residual, implementation=implementation)
        out.backward(tensors[3])
        outcomes.append([out, x.grad, w.grad])
    for triton, plain in zip(*outcomes, strict=True):
        assert (triton.double() - plain.double()).abs().max() <= TOLERANCE[dtype] * plain.abs().max().double()


def test_triton_is_chosen_on_cuda_up_to_31_offsets():
    features = torch.zeros(1, 1, device="cuda", dtype=torch.bfloat16)
    assert choose("auto", features, offsets=27) == "triton"
    assert choose("auto", features, offsets=125) == "reference"


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_a_folded_network_gives_on_cuda_what_it_gives_on_the_cpu(dtype):
    rng = np.random.default_rng(0)
    cells = np.unique(rng.integers(0, 30, (8000, 3)), axis=0).astype(np.int32)
    maps = SceneMaps.build(cells, np.array([0, len(cells)]), levels=5, stem_kernel=3)
    network, features = SpConvUNet(SPCONVUNET["small"]).eval(), torch.randn(len(cells), 6)
    with torch.no_grad():
        expected = network(features, maps)
        found = folded(network.cuda(), dtype=dtype)(features.cuda(), maps).cpu()
    assert (found - expected).abs().max() <= (1e-3 if dtype == torch.float32 else 3e-2) * expected.abs().max()
