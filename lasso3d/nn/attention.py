"""Attention between few queries and many places, with a mask and an additive bias per head."""

from itertools import pairwise

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn
from torch.nn import functional


class Attention(nn.Module):
    """Multi-head attention (Vaswani et al. 2017) of one sequence to another."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        if width % heads:
            raise ValueError(f"width must be a multiple of heads, found {width} and {heads}")
        self.heads = heads
        self.query = nn.Linear(width, width)
        # a bias of the keys would shift all scores of a query alike, which the softmax ignores
        self.key = nn.Linear(width, width, bias=False)
        self.value, self.out = nn.Linear(width, width), nn.Linear(width, width)

    def forward(
        self,
        query: Float[Tensor, "q d"],
        key: Float[Tensor, "t d"],
        value: Float[Tensor, "t d"],
        *,
        allowed: Bool[Tensor, "q t"] | None = None,
        bias: Float[Tensor, "h q t"] | None = None,
    ) -> Float[Tensor, "q d"]:
        """What each query gathers from the places it is allowed to see; it must be allowed at least one."""
        q, k, v = self._heads(self.query, query), self._heads(self.key, key), self._heads(self.value, value)
        q = q * q.shape[1] ** -0.5
        # the longer side lies along the rows of memory: a softmax over a short last axis is slow
        if len(key) >= len(query):
            scores = _biased(q.transpose(1, 2) @ k, allowed, bias)
            gathered = v @ functional.softmax(scores, dim=2).transpose(1, 2)
        else:
            turned = None if bias is None else bias.transpose(1, 2)
            scores = _biased(k.transpose(1, 2) @ q, None if allowed is None else allowed.T, turned)
            gathered = v @ functional.softmax(scores, dim=1)
        return self.out(gathered.flatten(0, 1).T)

    def _heads(self, layer: nn.Linear, x: Float[Tensor, "n d"]) -> Float[Tensor, "h part n"]:
        """Projected and cut into heads, channels first, so that no head needs to be copied out for a product."""
        flat = layer.weight @ x.T if layer.bias is None else torch.addmm(layer.bias[:, None], layer.weight, x.T)
        return flat.unflatten(0, (self.heads, -1))


def _biased(
    scores: Float[Tensor, "h a b"], allowed: Bool[Tensor, "a b"] | None, bias: Float[Tensor, "h a b"] | None
) -> Float[Tensor, "h a b"]:
    if bias is not None:
        scores = scores + bias
    return scores if allowed is None else scores.masked_fill(~allowed, -torch.inf)


class PostNormAttention(nn.Module):
    """Attention, then the norm of the sum; positions are added to queries and keys, never to values (DETR)."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.attention, self.norm = Attention(width, heads), nn.LayerNorm(width)

    def forward(
        self,
        x: Float[Tensor, "q d"],
        seen: Float[Tensor, "t d"],
        *,
        position: Float[Tensor, "q d"],
        seen_position: Float[Tensor, "t d"],
        allowed: Bool[Tensor, "q t"] | None = None,
        bias: Float[Tensor, "h q t"] | None = None,
    ) -> Float[Tensor, "q d"]:
        gathered = self.attention(x + position, seen + seen_position, seen, allowed=allowed, bias=bias)
        return self.norm(x + gathered)


class PostNormFeedForward(nn.Module):
    """Two layers with a ReLU between them, then the norm of the sum."""

    def __init__(self, width: int, inner: int) -> None:
        super().__init__()
        self.layers = mlp(width, inner, width)
        self.norm = nn.LayerNorm(width)

    def forward(self, x: Float[Tensor, "q d"]) -> Float[Tensor, "q d"]:
        return self.norm(x + self.layers(x))


class PreNormBlock(nn.Module):
    """Self-attention and a feed-forward of four times the width, as in CLIP's transformer."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.attention = Attention(width, heads)
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.rise, self.fall = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x: Float[Tensor, "k d"]) -> Float[Tensor, "k d"]:
        normed = self.norm1(x)
        x = x + self.attention(normed, normed, normed)
        inner = self.rise(self.norm2(x))
        # "quick" GELU, CLIP's approximation
        return x + self.fall(inner * torch.sigmoid(1.702 * inner))


def mlp(*widths: int) -> nn.Sequential:
    """Linear layers with a ReLU between each two."""
    layers: list[nn.Module] = [nn.Linear(widths[0], widths[1])]
    for inputs, outputs in pairwise(widths[1:]):
        layers += [nn.ReLU(), nn.Linear(inputs, outputs)]
    return nn.Sequential(*layers)
