"""Sparse convolution: one operation over pairs of rows for submanifold, strided and inverse convolutions."""

import importlib.util
from functools import cache
from types import ModuleType
from typing import Any, Literal

import torch
from jaxtyping import Float
from torch import Tensor
from torch.autograd.function import once_differentiable

from lasso3d.core.errors import SceneError
from lasso3d.geometry.kernel_maps import KernelMap
from lasso3d.nn import fast_cpu, plain
from lasso3d.nn.fast_cpu import PackedWeight
from lasso3d.nn.pairs import Pairs, pairs_of

Implementation = Literal["auto", "reference", "fast", "triton"]


MOST_TRITON_OFFSETS = 31
"""There the set of a row's neighbours is one i32, and Triton need not be installed to know."""


def sparse_conv(
    features: Float[Tensor, "inputs c"],
    weight: Float[Tensor, "offsets c d"] | PackedWeight,
    kernel_map: KernelMap,
    *,
    bias: Float[Tensor, " d"] | None = None,
    residual: Float[Tensor, "outputs d"] | None = None,
    relu: bool = False,
    implementation: Implementation = "auto",
) -> Float[Tensor, "outputs d"]:
    """`relu(sum over pairs of features[input] @ weight[offset] + bias + residual)`, one row per output.

    Features and weight share a float type (autocast gives both its own) and a device; sums are f32 or wider;
    strided tensors are copied. Differentiable once, in everything but packed weights. ValueError where map,
    features and weight do not fit together.
    """
    pairs = pairs_of(kernel_map)
    if torch.is_autocast_enabled(features.device.type) and isinstance(weight, Tensor):
        dtype = torch.get_autocast_dtype(features.device.type)
        features, weight = features.to(dtype), weight.to(dtype)
    _require_fit(features, weight, pairs)
    _require_shape("bias", bias, (_width(weight),))
    _require_shape("residual", residual, (pairs.outputs, _width(weight)))
    chosen = choose(implementation, features, offsets=pairs.offsets)
    if isinstance(weight, Tensor) and torch.is_grad_enabled():
        out = _SparseConv.apply(features, weight, pairs, chosen)
        return _finished(out, bias=bias, residual=residual, relu=relu)
    return _convolve(features, weight, pairs, chosen, bias=bias, residual=residual, relu=relu)


def choose(wanted: Implementation, features: Float[Tensor, "inputs c"], *, offsets: int) -> Implementation:
    """Who computes: the one place that decides. ValueError where what is wanted by name cannot.

    "auto" takes the fast CPU path for f32 and bf16, the Triton kernel on CUDA where Triton is installed, and the
    reference for everything else: f64, f16 on the CPU, kernels of more than 31 offsets on CUDA.
    """
    able: dict[str, bool] = {
        "fast": features.device.type == "cpu" and features.dtype in (torch.float32, torch.bfloat16),
        "triton": features.is_cuda
        and offsets <= MOST_TRITON_OFFSETS
        and features.element_size() < 8
        and _triton() is not None,
        "reference": True,
    }
    if wanted == "auto":
        return next(name for name in ("fast", "triton", "reference") if able[name])
    if not able[wanted]:
        raise ValueError(
            f"{wanted} cannot convolve {features.dtype} on {features.device} with {offsets} offsets here; use auto"
        )
    return wanted


def pack(weight: Float[Tensor, "offsets c d"]) -> Float[Tensor, "offsets c d"] | PackedWeight:
    """Weights laid out once for repeated inference on their present device and in their present type."""
    detached = weight.detach()
    if choose("auto", detached[0], offsets=len(detached)) == "fast":
        return fast_cpu.pack(detached)
    return detached.contiguous()


def from_spconv(weight: Float[Tensor, "d kx ky kz c"]) -> Float[Tensor, "offsets c d"]:
    """Weights of an spconv 2 layer (submanifold, strided or inverse) in our order: its offsets run as ours do."""
    return weight.permute(1, 2, 3, 4, 0).flatten(0, 2).contiguous()


def from_minkowski(
    weight: Float[Tensor, "offsets c d"] | Float[Tensor, "c d"],
) -> Float[Tensor, "kernel c d"]:
    """Weights of a MinkowskiEngine layer with a cubic kernel in our order.

    Its offsets run x fastest (`kernel_region.hpp` advances the first axis first), ours z fastest; its 1x1 layers
    have no offset axis.
    """
    if weight.ndim == 2:
        return weight[None].contiguous()
    side = round(len(weight) ** (1 / 3))
    if side**3 != len(weight):
        raise ValueError(f"weight has {len(weight)} offsets, expected those of a cube")
    return weight.unflatten(0, (side, side, side)).permute(2, 1, 0, 3, 4).flatten(0, 2).contiguous()


def check_finite(features: Float[Tensor, "t d"], where: str) -> None:
    """Raise SceneError, naming the place and the first bad row, if a feature is NaN or infinite."""
    bad = ~torch.isfinite(features).all(1)
    if bad.any():
        first = int(bad.nonzero()[0])
        raise SceneError(
            f"{int(bad.sum())} of {len(features)} feature rows are not finite, the first is row {first}",
            where=where,
            cure="look for NaN or infinite colours, normals or coordinates in the scan",
        )


class _SparseConv(torch.autograd.Function):
    """The convolution with gradients; the gathered rows are not kept, the backward pass gathers again."""

    @staticmethod
    def forward(ctx: Any, features: Tensor, weight: Tensor, pairs: Pairs, chosen: Implementation) -> Tensor:
        ctx.save_for_backward(features, weight)
        ctx.pairs, ctx.chosen = pairs, chosen
        return _convolve(features, weight, pairs, chosen)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, Tensor | None, None, None]:
        features, weight = ctx.saved_tensors
        to_features = to_weight = None
        if ctx.needs_input_grad[0]:
            to_features = _convolve(gradient, weight.transpose(1, 2), ctx.pairs.transposed(), ctx.chosen)
        if ctx.needs_input_grad[1]:
            module = fast_cpu if ctx.chosen == "fast" else plain
            to_weight = module.weight_gradient(features, gradient, ctx.pairs).to(weight.dtype)
        return to_features, to_weight, None, None


def _convolve(
    features: Tensor,
    weight: Tensor | PackedWeight,
    pairs: Pairs,
    chosen: Implementation,
    *,
    bias: Tensor | None = None,
    residual: Tensor | None = None,
    relu: bool = False,
) -> Tensor:
    if isinstance(weight, PackedWeight) or chosen == "fast":
        packed = fast_cpu.pack(weight) if isinstance(weight, Tensor) else weight
        return fast_cpu.convolve(features, packed, pairs, bias=bias, residual=residual, relu=relu)
    kernel = _triton() if chosen == "triton" else None
    if kernel is not None:
        return kernel.convolve(features, weight, pairs, bias=bias, residual=residual, relu=relu)
    return _finished(plain.convolve(features, weight, pairs), bias=bias, residual=residual, relu=relu)


def _finished(out: Tensor, *, bias: Tensor | None, residual: Tensor | None, relu: bool) -> Tensor:
    if bias is not None:
        out = out + bias.to(out.dtype)
    if residual is not None:
        out = out + residual.to(out.dtype)
    return out.relu() if relu else out


def _require_fit(features: Tensor, weight: Tensor | PackedWeight, pairs: Pairs) -> None:
    channels = weight.shape[1] if isinstance(weight, Tensor) else weight.channels
    if features.shape != (pairs.inputs, channels):
        raise ValueError(
            f"features must be [{pairs.inputs}, {channels}] for this map and weight, found {list(features.shape)}"
        )
    if _offsets(weight) != pairs.offsets:
        raise ValueError(f"weight must have the map's {pairs.offsets} offsets, found {_offsets(weight)}")
    if isinstance(weight, PackedWeight) and features.requires_grad and torch.is_grad_enabled():
        raise ValueError("packed weights cannot carry gradients; use torch.no_grad() or the weights themselves")
    device = weight.device if isinstance(weight, Tensor) else torch.device("cpu")
    if features.dtype != weight.dtype or features.device != device:
        raise ValueError(
            f"features must be {weight.dtype} on {device} as the weight is, "
            f"found {features.dtype} on {features.device}"
        )


def _require_shape(name: str, tensor: Tensor | None, shape: tuple[int, ...]) -> None:
    if tensor is not None and tensor.shape != shape:
        raise ValueError(f"{name} must be {list(shape)}, found {list(tensor.shape)}")


def _width(weight: Tensor | PackedWeight) -> int:
    return weight.shape[2] if isinstance(weight, Tensor) else weight.outputs


def _offsets(weight: Tensor | PackedWeight) -> int:
    return len(weight if isinstance(weight, Tensor) else weight.values)


@cache
def _triton() -> ModuleType | None:
    """The Triton kernels, where Triton and a CUDA device are there to run them."""
    if importlib.util.find_spec("triton") is None or not torch.cuda.is_available():
        return None
    return importlib.import_module("lasso3d.nn.triton_kernel")
