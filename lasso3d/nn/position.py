"""Codes of where something is, and of when it was clicked."""

import math

import torch
from jaxtyping import Float, Int64
from torch import Tensor, nn


class FourierPosition(nn.Module):
    """Random Fourier features: sine and cosine of fixed Gaussian projections (Tancik et al. 2020)."""

    projection: Tensor

    def __init__(self, width: int, *, scale: float) -> None:
        """`scale` is the standard deviation of the frequencies, in cycles per unit."""
        super().__init__()
        if width % 2:
            raise ValueError(f"width must be even to hold sines and cosines, found {width}")
        self.register_buffer("projection", scale * torch.randn(3, width // 2))

    def forward(self, coordinates: Float[Tensor, "t 3"]) -> Float[Tensor, "t d"]:
        phase = 2 * math.pi * (coordinates @ self.projection)
        return torch.cat([phase.sin(), phase.cos()], dim=1)


def order_code(order: Int64[Tensor, " k"], *, width: int) -> Float[Tensor, "k d"]:
    """Sines and cosines of a place in a sequence (Vaswani et al. 2017, section 3.5), sines first."""
    octave = torch.arange(width // 2, device=order.device) * (-math.log(10_000) / (width // 2))
    phase = order[:, None] * octave.exp()
    return torch.cat([phase.sin(), phase.cos()], dim=1)
