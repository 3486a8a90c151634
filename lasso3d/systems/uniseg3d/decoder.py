"""Queries that look at superpoints, talk, think, and say after each layer what they have found."""

from dataclasses import dataclass, replace
from typing import Literal, cast

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor, nn
from torch.nn import functional

from lasso3d.nn.attention import Attention, Falloff, mlp
from lasso3d.systems.uniseg3d.config import UniSeg3DConfig
from lasso3d.systems.uniseg3d.tensors import Answers, SceneAnswers, SceneTokens

PART = 512
"""Queries whose attention is held at a time unless learning: a whole scan has thousands."""
KINDS = ("space", "meaning")
Kind = Literal["space", "meaning"]
"""What distances of a query are distances in."""


@dataclass(frozen=True, eq=False)
class Queries:
    """What looks at the superpoints."""

    content: Float[Tensor, "q d"]
    position: Float[Tensor, "q d"]
    distance: Float[Tensor, "q s"] | None
    """From what each query asks about to each superpoint, about 0 to a few; None where they are not used."""
    kind: Kind
    prior: Float[Tensor, "q s"] | None = None
    """What is known of the mask's logits before any look."""
    way: Float[Tensor, "q s"] | None = None
    """From clicks to each superpoint along the surface, 0 to 12; None for what was not clicked."""


class SceneDecoder(nn.Module):
    """The decoder of OneFormer3D and UniSeg3D, with distances where asked."""

    def __init__(self, config: UniSeg3DConfig) -> None:
        super().__init__()
        self.see = config.prompts.see
        self.layers = nn.ModuleList(DecoderLayer(config) for _ in range(config.layers))
        self.heads = Heads(config)
        self.semantic = mlp(config.width, config.width, config.text_width)

    def scene(self, tokens: SceneTokens, queries: Queries, token: Int64[Tensor, " q"]) -> SceneAnswers:
        """Answers of queries that begin as these superpoints and talk to each other."""
        states, found = list[Tensor](), [self.heads.masks(queries, tokens)]
        for layer in self._layers():
            queries = layer.look_at(tokens, queries, mask=found[-1].mask)
            states.append(queries.content)
            heard = layer.hear(queries, queries.content, queries.position, distance=queries.distance, token=token)
            queries = layer.ponder(queries, heard)
            found = _more(found, self.heads.masks(queries, tokens))
        semantic = functional.normalize(self.semantic(found[-1].query), dim=1)
        return SceneAnswers(self._answers(found, tokens), tuple(states), token, semantic)

    def prompts(self, tokens: SceneTokens, scene: SceneAnswers, queries: Queries) -> tuple[Answers, ...]:
        """Answers of queries of which none sees another; the scene's may be seen, by config."""
        found = [self.heads.masks(queries, tokens)]
        for layer, states in zip(self._layers(), scene.states, strict=True):
            queries = layer.look_at(tokens, queries, mask=found[-1].mask)
            heard = (
                layer.hear_itself(queries)
                if self.see == "nothing"
                else _heard(layer, queries, tokens, scene, states)
            )
            queries = layer.ponder(queries, heard)
            found = _more(found, self.heads.masks(queries, tokens))
        return self._answers(found, tokens)

    def _answers(self, found: list["Mask"], tokens: SceneTokens) -> tuple[Answers, ...]:
        return tuple(self.heads(each, tokens) for each in found)

    def _layers(self) -> list["DecoderLayer"]:
        return [cast(DecoderLayer, layer) for layer in self.layers]


class DecoderLayer(nn.Module):
    """A look at the superpoints, a talk among queries, and a feed-forward, each normed after the sum."""

    def __init__(self, config: UniSeg3DConfig) -> None:
        super().__init__()
        width, heads = config.width, config.heads
        self.look, self.look_norm = Attention(width, heads), nn.LayerNorm(width)
        self.talk, self.talk_norm = Attention(width, heads), nn.LayerNorm(width)
        rise, fall = nn.Linear(width, config.feedforward), nn.Linear(config.feedforward, width)
        self.think, self.think_norm = nn.Sequential(rise, nn.GELU(), fall), nn.LayerNorm(width)
        # heads begin from blind to distance (softplus(-4) = 0.02) to short-sighted, as in npiseg3d
        slopes = torch.linspace(-4, 0, heads).repeat(len(KINDS), 1)
        self.look_sight = nn.Parameter(slopes.clone()) if config.distances else None
        self.talk_sight = nn.Parameter(slopes.clone()) if config.distances else None

    def look_at(self, tokens: SceneTokens, queries: Queries, *, mask: Float[Tensor, "q s"]) -> Queries:
        """The queries after a look at the superpoints in their masks; at all where a mask is empty (release)."""
        inside = mask.detach() >= 0
        seen = _gathered(
            self.look,
            queries.content + queries.position,
            tokens.keys,
            tokens.position,
            allowed=inside | ~inside.any(1, keepdim=True),
            slope=_slope(self.look_sight, queries.kind),
            distance=queries.distance,
        )
        return replace(queries, content=self.look_norm(queries.content + seen))

    def hear(
        self,
        queries: Queries,
        others: Float[Tensor, "k d"],
        position: Float[Tensor, "k d"],
        *,
        allowed: Bool[Tensor, "q k"] | None = None,
        distance: Float[Tensor, "q s"] | None = None,
        token: Int64[Tensor, " k"] | None = None,
    ) -> Float[Tensor, "q d"]:
        """What queries hear from others; `token` are their columns of the distances."""
        return _gathered(
            self.talk,
            queries.content + queries.position,
            others,
            position,
            allowed=allowed,
            slope=_slope(self.talk_sight, queries.kind),
            distance=distance,
            token=token,
        )

    def hear_itself(self, queries: Queries) -> Float[Tensor, "q d"]:
        """What a query hears that sees itself alone: its own value, whatever its scores."""
        return self.talk.out(self.talk.value(queries.content))

    def ponder(self, queries: Queries, heard: Float[Tensor, "q d"]) -> Queries:
        """The queries after they thought about what they heard."""
        content = self.talk_norm(queries.content + heard)
        return replace(queries, content=self.think_norm(content + self.think(content)))


class Heads(nn.Module):
    """What queries have found so far; the same weights after every layer."""

    def __init__(self, config: UniSeg3DConfig) -> None:
        super().__init__()
        width = config.width
        self.norm = nn.LayerNorm(width)
        self.pooled = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, width))
        self.embed = mlp(width, width, width, config.text_width)
        self.iou = mlp(width, width, width, 1)
        self.fits = mlp(width, width, 1) if config.objectness else None
        self.reach = nn.Linear(width, len(KINDS)) if config.distances else None
        if self.reach is not None:
            # a third of a logit for a unit of distance, chosen by eye
            nn.init.zeros_(self.reach.weight)
            nn.init.constant_(self.reach.bias, -1.0)
        self.reach_along = nn.Linear(width, 1) if config.prompts.surface else None
        if self.reach_along is not None:
            # an eighth of a logit for a unit of cost, a third of one for a right angle, chosen by eye
            nn.init.zeros_(self.reach_along.weight)
            nn.init.constant_(self.reach_along.bias, -2.0)

    def masks(self, queries: Queries, tokens: SceneTokens) -> "Mask":
        """The masks alone, which is all that the next layer asks for."""
        query = self.norm(queries.content)
        logits = query @ tokens.masks.T
        if self.reach is not None and queries.distance is not None:
            slope = functional.softplus(self.reach(query)[:, KINDS.index(queries.kind)])
            logits = torch.addcmul(logits, slope[:, None], queries.distance, value=-1)
        if self.reach_along is not None and queries.way is not None:
            logits = torch.addcmul(logits, functional.softplus(self.reach_along(query)), queries.way, value=-1)
        return Mask(query, logits if queries.prior is None else logits + queries.prior)

    def forward(self, found: "Mask", tokens: SceneTokens) -> Answers:
        """Everything there is to say about masks."""
        query = found.query
        inside = (found.mask.detach() > 0).to(query.dtype)
        pooled = (inside @ tokens.masks) / inside.sum(1, keepdim=True).clamp(min=1)
        embedding = functional.normalize(self.embed(self.pooled(pooled) + query), dim=1)
        fits = None if self.fits is None else self.fits(query)[:, 0]
        return Answers(found.mask, embedding, self.iou(query)[:, 0].sigmoid(), fits, query)


@dataclass(frozen=True, eq=False)
class Mask:
    """Logits over superpoints and the normed queries they come from."""

    query: Float[Tensor, "q d"]
    mask: Float[Tensor, "q s"]


def _heard(
    layer: DecoderLayer, queries: Queries, tokens: SceneTokens, scene: SceneAnswers, states: Float[Tensor, "n d"]
) -> Float[Tensor, "q d"]:
    """What each query hears from itself and all of the scene's, and from no other prompt."""
    p, n, s = len(queries.content), len(states), len(tokens.keys)
    own = torch.eye(p, dtype=torch.bool, device=states.device)
    return layer.hear(
        queries,
        torch.cat([states, queries.content]),
        torch.cat([tokens.position[scene.token], queries.position]),
        allowed=torch.cat([own.new_ones(p, n), own], dim=1),
        # one more column, at no distance, stands for the query itself
        distance=None if queries.distance is None else functional.pad(queries.distance, (0, 1)),
        token=torch.cat([scene.token, scene.token.new_full((p,), s)]),
    )


def _more(found: list[Mask], last: Mask) -> list[Mask]:
    """All of them to learn from, else the last: masks of a whole scan's queries are large."""
    return [*found, last] if torch.is_grad_enabled() else [last]


def _slope(sight: Float[Tensor, "kinds h"] | None, kind: Kind) -> Float[Tensor, " h"] | None:
    return None if sight is None else functional.softplus(sight[KINDS.index(kind)])


def _gathered(
    attention: Attention,
    queries: Float[Tensor, "q d"],
    places: Float[Tensor, "k d"],
    position: Float[Tensor, "k d"],
    *,
    allowed: Bool[Tensor, "q k"] | None,
    slope: Float[Tensor, " h"] | None,
    distance: Float[Tensor, "q s"] | None,
    token: Int64[Tensor, " k"] | None = None,
) -> Float[Tensor, "q d"]:
    """What queries gather, some at a time unless learning; `token` are columns of the distances, all by default."""
    size = max(1, len(queries)) if torch.is_grad_enabled() else PART
    found = []
    for first in range(0, max(1, len(queries)), size):
        rows = slice(first, first + size)
        falloff = None
        if slope is not None and distance is not None:
            part = distance[rows] if token is None else distance[rows][:, token]
            falloff = Falloff(slope, part, torch.arange(len(part), device=part.device))
        seen = None if allowed is None else allowed[rows]
        found.append(attention.gather(queries[rows], places, position=position, allowed=seen, falloff=falloff))
    return torch.cat(found)
