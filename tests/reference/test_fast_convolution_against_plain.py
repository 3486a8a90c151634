"""The fast CPU convolution beside the plain one, and the plain one beside finite differences in f64."""

import numpy as np
import pytest
import torch

from lasso3d.geometry.kernel_maps import downsample, submanifold_map
from lasso3d.nn.sparse import sparse_conv

TOLERANCE = {torch.float32: 1e-4, torch.bfloat16: 8e-3}
"""Of the largest value: f32 differs in the order of sums, bf16 by one rounding of the result (2^-8, both ways)."""


def scattered(count: int, *, extent: int, seed: int = 0):
    rng = np.random.default_rng(seed)
    cells = np.unique(rng.integers(0, extent, (count, 3)), axis=0).astype(np.int32)
    return cells, np.array([0, len(cells)])


def kernel_maps(cells, scene_ptr):
    down = downsample(cells, scene_ptr)[2]
    return {
        "3": submanifold_map(cells, scene_ptr, kernel=3),
        "5": submanifold_map(cells, scene_ptr, kernel=5),
        "down": down,
        "up": down.transposed(),
    }


def forward_and_backward(features, weight, bias, kernel_map, *, implementation):
    inputs = [tensor.detach().clone().requires_grad_() for tensor in (features, weight, bias)]
    out = sparse_conv(inputs[0], inputs[1], kernel_map, bias=inputs[2], implementation=implementation)
    pull = torch.randn(out.shape, generator=torch.Generator().manual_seed(3)).to(out.dtype)
    out.backward(pull)
    return {"out": out.detach(), **dict(zip(("dx", "dw", "db"), (i.grad for i in inputs), strict=True))}


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("kind", ["3", "5", "down", "up"])
@pytest.mark.parametrize(("c", "d"), [(1, 32), (7, 20), (32, 96), (33, 33), (64, 64)])
@pytest.mark.parametrize(("count", "extent"), [(1, 4), (5, 4), (2000, 16)])
def test_forward_and_every_gradient_agree(dtype, kind, c, d, count, extent):
    kernel_map = kernel_maps(*scattered(count, extent=extent))[kind]
    generator = torch.Generator().manual_seed(count + c + d)
    shapes = (kernel_map.inputs, c), (kernel_map.offsets, c, d), (d,)
    tensors = [torch.randn(shape, generator=generator).to(dtype) for shape in shapes]
    fast = forward_and_backward(*tensors, kernel_map, implementation="fast")
    plain = forward_and_backward(*tensors, kernel_map, implementation="reference")
    for name in plain:
        assert fast[name].dtype == dtype
        error = (fast[name].double() - plain[name].double()).abs().max()
        assert error <= TOLERANCE[dtype] * plain[name].abs().max().double(), (name, float(error))


@pytest.mark.parametrize("kind", ["3", "5", "down", "up"])
def test_plain_gradients_are_finite_differences(kind):
    kernel_map = kernel_maps(*scattered(12, extent=4))[kind]
    generator = torch.Generator().manual_seed(0)
    shapes = (kernel_map.inputs, 2), (kernel_map.offsets, 2, 1), (1,)
    inputs = [torch.randn(s, generator=generator, dtype=torch.float64, requires_grad=True) for s in shapes]
    assert torch.autograd.gradcheck(lambda x, w, b: sparse_conv(x, w, kernel_map, bias=b), inputs)


@pytest.mark.parametrize(("c", "d"), [(7, 20), (32, 96)])
def test_fast_gradients_are_finite_differences_of_the_plain_convolution_in_f64(c, d):
    kernel_map = kernel_maps(*scattered(2500, extent=18))["3"]
    generator = torch.Generator().manual_seed(1)
    shapes = (kernel_map.inputs, c), (27, c, d)
    at = [torch.randn(shape, generator=generator) for shape in shapes]
    way = [torch.randn(shape, generator=generator, dtype=torch.float64) for shape in shapes]

    def loss(features, weight):
        return sparse_conv(features, weight, kernel_map).square().mean()

    inputs = [tensor.clone().requires_grad_() for tensor in at]
    loss(*inputs).backward()
    step = 1e-5
    ahead, behind = (
        loss(*(a.double() + sign * step * w for a, w in zip(at, way, strict=True))) for sign in (1, -1)
    )
    slope = sum(float((i.grad.double() * w).sum()) for i, w in zip(inputs, way, strict=True))
    assert slope == pytest.approx(float(ahead - behind) / (2 * step), rel=1e-4)
