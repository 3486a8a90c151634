"""Many places a block at a time, so that what is made of them stays in the cache."""

import torch
from jaxtyping import Float
from torch import Tensor

BLOCK = 8192
"""Places; 1 to 8 thousand measure alike on one thread, and several threads share large ones better."""


def blocks(places: Float[Tensor, "t d"]) -> list[slice]:
    """Slices that cover all places; a single one while learning, when everything is kept anyway, and on devices
    that want much work at once."""
    whole = places.device.type != "cpu" or torch.is_grad_enabled()
    size = len(places) if whole else BLOCK
    return [slice(first, first + size) for first in range(0, len(places), size)]
