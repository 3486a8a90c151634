"""Attention between few queries and many places, with a mask and a falloff with distance per head."""

from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor, nn
from torch.nn import functional

from lasso3d.nn import fast_queries
from lasso3d.nn.blocks import blocks


@dataclass(frozen=True, eq=False)
class Falloff:
    """Less attention the farther a place is: a score is lowered by its head's slope times the distance."""

    slope: Float[Tensor, " h"]
    distance: Float[Tensor, "r t"]
    """From the clicks of each row, say."""
    row: Int64[Tensor, " k"]
    """Of each of the first k queries; to the others all places are equally near."""

    def lower(self, scores: Float[Tensor, "h q b"], block: slice) -> Float[Tensor, "h q b"]:
        """Scores that were just made of a block of the places, lowered in place."""
        first = scores[:, : len(self.row)]
        first.addcmul_(self.slope[:, None, None], self.distance[self.row, block], value=-1)
        return scores

    def weights(self, queries: int) -> Float[Tensor, "h q r"]:
        """What the distances are multiplied by, to be added to the scores."""
        chosen = functional.one_hot(self.row, len(self.distance))
        others = queries - len(self.row)
        return -self.slope[:, None, None] * functional.pad(chosen, (0, 0, 0, others)).to(self.slope.dtype)


@dataclass(frozen=True, eq=False)
class Assignment:
    """Groups of queries and of places: a query sees the places of its group, and all where there are none."""

    of_query: Int64[Tensor, " q"]
    of_place: Int64[Tensor, " t"]

    def allowed(self) -> Bool[Tensor, "q t"]:
        """Which places each query sees."""
        mine = self.of_place[None] == self.of_query[:, None]
        return mine | ~mine.any(1, keepdim=True)

    def groups(self) -> list[tuple[Int64[Tensor, " m"], Int64[Tensor, " k"] | None]]:
        """Queries and the places they see, None for all."""
        found: list[tuple[Tensor, Tensor | None]] = []
        size = torch.bincount(self.of_place, minlength=int(self.of_query.max()) + 1)
        for group in self.of_query.unique().tolist():
            if size[group]:
                found.append(((self.of_query == group).nonzero()[:, 0], (self.of_place == group).nonzero()[:, 0]))
        blind = (size[self.of_query] == 0).nonzero()[:, 0]
        return [*found, (blind, None)] if len(blind) else found


class Attention(nn.Module):
    """Multi-head attention (Vaswani et al. 2017) between queries and many places, in either direction.

    Places are not projected where there are few queries: `(W_q q) . (W_k x)` is `(W_k' W_q q) . x`, so the weights
    go to the queries instead. Positions are added to what is compared, never to what is gathered (DETR).
    """

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        if width % heads:
            raise ValueError(f"width must be a multiple of heads, found {width} and {heads}")
        self.heads, self.scale = heads, (width // heads) ** -0.5
        self.query = nn.Linear(width, width)
        # a bias of the keys would shift all scores of a query alike, which the softmax ignores
        self.key = nn.Linear(width, width, bias=False)
        self.value, self.out = nn.Linear(width, width), nn.Linear(width, width)

    def gather(
        self,
        query: Float[Tensor, "q d"],
        places: Float[Tensor, "t d"],
        *,
        position: Float[Tensor, "t d"] | None = None,
        allowed: Bool[Tensor, "q t"] | None = None,
        falloff: Falloff | None = None,
    ) -> Float[Tensor, "q d"]:
        """What each query gathers from the places it is allowed to see; it must be allowed at least one."""
        few = self._few(query)
        asked = self._questions(query) if few else self._heads(self.query, query).transpose(1, 2) * self.scale
        parts = []
        for block in blocks(places):
            seen = places[block]
            compared = seen if position is None else seen + position[block]
            scores = asked @ (compared.T if few else self._heads(self.key, compared))
            scores = scores if falloff is None else falloff.lower(scores, block)
            scores = scores if allowed is None else scores.masked_fill(~allowed[:, block], -torch.inf)
            parts.append(_weighed(scores, seen if few else self._heads(self.value, seen).transpose(1, 2)))
        gathered = _merged(parts)
        return self._gained(gathered) if few else self.out(gathered.transpose(0, 1).flatten(1))

    def gather_fast(
        self,
        query: Float[Tensor, "q d"],
        places: Float[Tensor, "t d"],
        *,
        position: Float[Tensor, "t d"],
        assigned: Assignment | None = None,
        falloff: Falloff | None = None,
    ) -> Float[Tensor, "q d"]:
        """`gather` where `fast_queries.able`: each query's scores are computed at the places it sees alone."""
        asked, further = _with_falloff(self._questions(query), falloff, places)
        gathered = asked.new_empty(*asked.shape[:2], places.shape[1])
        every = torch.arange(len(query))
        for members, chosen in [(every, None)] if assigned is None else assigned.groups():
            gathered[:, members] = fast_queries.gather(
                asked[:, members], places, position=position, further=further, chosen=chosen
            )
        return self._gained(gathered)

    def spread(
        self,
        places: Float[Tensor, "t d"],
        compared: Float[Tensor, "q d"],
        value: Float[Tensor, "q d"],
        *,
        falloff: Falloff | None = None,
        block: slice = slice(None),
    ) -> Float[Tensor, "t d"]:
        """What each place gathers from the queries, as `compared` and `value` tell of them.

        `places` may be a block of those that the falloff knows.
        """
        few = self._few(value)
        if few:
            asked, shift = self._descriptions(compared)
            scores = torch.addmm(shift.view(-1, 1), asked.flatten(0, 1), places.T).unflatten(0, (self.heads, -1))
        else:
            asked = self._heads(self.key, compared).transpose(1, 2) * self.scale
            scores = asked @ self._heads(self.query, places)
        scores = scores if falloff is None else falloff.lower(scores, block)
        weight = scores.softmax(1)
        if not few:
            return self.out((self._heads(self.value, value) @ weight).flatten(0, 1).T)
        return torch.addmm(self.out.bias, weight.flatten(0, 1).T, self._told(value).flatten(0, 1))

    def spread_fast(
        self,
        places: Float[Tensor, "t d"],
        compared: Float[Tensor, "q d"],
        value: Float[Tensor, "q d"],
        *,
        position: Float[Tensor, "t d"],
        norm: nn.LayerNorm,
        falloff: Falloff | None = None,
    ) -> Float[Tensor, "t d"]:
        """The norm of the places and what they gather from the queries with their positions added, where
        `fast_queries.able`."""
        asked, shift = self._descriptions(compared)
        asked, further = _with_falloff(asked, falloff, places)
        return fast_queries.spread(
            asked,
            shift,
            self._told(value),
            places,
            position=position,
            further=further,
            bias=self.out.bias,
            norm=norm,
        )

    def _questions(self, query: Float[Tensor, "q d"]) -> Float[Tensor, "h q d"]:
        """What the features of a place are multiplied with for its scores as a key."""
        return (self._heads(self.query, query).transpose(1, 2) * self.scale) @ self._by_head(self.key)

    def _gained(self, gathered: Float[Tensor, "h q d"]) -> Float[Tensor, "q d"]:
        """What each query gains from the weighed mean of features that each head saw."""
        bias = self.value.bias.view(self.heads, 1, -1)
        gained = gathered @ self._by_head(self.value).transpose(1, 2) + bias
        return self.out(gained.transpose(0, 1).flatten(1))

    def _descriptions(self, compared: Float[Tensor, "q d"]) -> tuple[Float[Tensor, "h q d"], Float[Tensor, "h q"]]:
        """What the features of a place are multiplied with for its scores as a query, and what is added."""
        asked = self._heads(self.key, compared).transpose(1, 2) * self.scale
        shift = asked @ self.query.bias.view(self.heads, -1, 1)
        return asked @ self._by_head(self.query), shift[..., 0]

    def _told(self, value: Float[Tensor, "q d"]) -> Float[Tensor, "h q d"]:
        """What each query tells the places through each head."""
        told = self.out.weight.unflatten(1, (self.heads, -1)).transpose(0, 1) @ self._heads(self.value, value)
        return told.transpose(1, 2)

    def _few(self, queries: Float[Tensor, "q d"]) -> bool:
        """Whether the products with all heads of the queries cost no more than projecting the places does."""
        return len(queries) * (self.heads - 1) <= queries.shape[1]

    def _by_head(self, layer: nn.Linear) -> Float[Tensor, "h part d"]:
        return layer.weight.unflatten(0, (self.heads, -1))

    def _heads(self, layer: nn.Linear, x: Float[Tensor, "n d"]) -> Float[Tensor, "h part n"]:
        """Projected and cut into heads, channels first, so that no head needs to be copied out for a product."""
        flat = layer.weight @ x.T if layer.bias is None else torch.addmm(layer.bias[:, None], layer.weight, x.T)
        return flat.unflatten(0, (self.heads, -1))


def _with_falloff(
    asked: Float[Tensor, "h q d"], falloff: Falloff | None, places: Float[Tensor, "t d"]
) -> tuple[Float[Tensor, "h q c"], Float[Tensor, "e t"]]:
    """A falloff as further channels of the places, the distances, and their weights."""
    if falloff is None:
        return asked, places.new_empty(0, len(places))
    return torch.cat([asked, falloff.weights(asked.shape[1])], dim=2), falloff.distance


class _Part(NamedTuple):
    """A softmax over some of the places, before it is divided by its sum."""

    largest: Float[Tensor, "h q 1"]
    total: Float[Tensor, "h q 1"]
    gathered: Float[Tensor, "h q c"]


def _weighed(scores: Float[Tensor, "h q b"], values: Float[Tensor, "*h b c"]) -> _Part:
    # a query that may see nothing here has no largest score but a finite one, far below all others
    largest = scores.detach().amax(2, keepdim=True).clamp(min=torch.finfo(scores.dtype).min / 2)
    weight = (scores - largest).exp_()
    return _Part(largest, weight.sum(2, keepdim=True), weight @ values)


def _merged(parts: list[_Part]) -> Float[Tensor, "h q c"]:
    """The softmax over all places (Milakov and Gimelshein 2018)."""
    largest, total, gathered = (torch.stack(each) for each in zip(*parts, strict=True))
    share = (largest - largest.amax(0)).exp()
    return (share * gathered).sum(0) / (share * total).sum(0)


class PostNormAttention(nn.Module):
    """Attention, then the norm of the sum."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.attention, self.norm = Attention(width, heads), nn.LayerNorm(width)

    def gather(
        self,
        queries: Float[Tensor, "q d"],
        places: Float[Tensor, "t d"],
        *,
        position: Float[Tensor, "q d"],
        place_position: Float[Tensor, "t d"],
        assigned: Assignment | None = None,
        falloff: Falloff | None = None,
    ) -> Float[Tensor, "q d"]:
        """The queries after a look at the places."""
        asked = queries + position
        if self._fast(queries, places):
            gathered = self.attention.gather_fast(
                asked, places, position=place_position, assigned=assigned, falloff=falloff
            )
        else:
            allowed = None if assigned is None else assigned.allowed()
            gathered = self.attention.gather(
                asked, places, position=place_position, allowed=allowed, falloff=falloff
            )
        return self.norm(queries + gathered)

    def spread(
        self,
        places: Float[Tensor, "t d"],
        queries: Float[Tensor, "q d"],
        *,
        position: Float[Tensor, "t d"],
        query_position: Float[Tensor, "q d"],
        falloff: Falloff | None = None,
    ) -> Float[Tensor, "t d"]:
        """The places after a look at the queries."""
        compared, after = queries + query_position, list[Tensor]()
        if self._fast(queries, places):
            return self.attention.spread_fast(
                places, compared, queries, position=position, norm=self.norm, falloff=falloff
            )
        for block in blocks(places):
            x = places[block]
            told = self.attention.spread(x + position[block], compared, queries, falloff=falloff, block=block)
            after.append(self.norm(x + told))
        return torch.cat(after)

    def _fast(self, queries: Float[Tensor, "q d"], places: Float[Tensor, "t d"]) -> bool:
        heads = self.attention.heads
        return fast_queries.able(places, columns=len(queries) * heads, heads=heads)


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
        x = x + self.attention.gather(normed, normed)
        inner = self.rise(self.norm2(x))
        # "quick" GELU, CLIP's approximation
        return x + self.fall(inner * torch.sigmoid(1.702 * inner))


def mlp(*widths: int) -> nn.Sequential:
    """Linear layers with a ReLU between each two."""
    layers: list[nn.Module] = [nn.Linear(widths[0], widths[1])]
    for inputs, outputs in pairwise(widths[1:]):
        layers += [nn.ReLU(), nn.Linear(inputs, outputs)]
    return nn.Sequential(*layers)
