"""One layer of a decoder in which queries look at places and places look back at queries."""

from dataclasses import dataclass
from typing import Literal

from jaxtyping import Float
from torch import Tensor, nn

from lasso3d.nn.attention import Assignment, Falloff, PostNormAttention, PostNormFeedForward

LayerOrder = Literal["ffn first", "talk first"]
"""After the queries have looked at the places: feed-forward, then talk among each other, or the reverse."""


@dataclass(frozen=True)
class LayerConfig:
    """Shape of a decoder layer."""

    width: int
    heads: int
    feedforward: int
    """Inner width of the feed-forward network."""
    order: LayerOrder


class MaskDecoderLayer(nn.Module):
    """Queries look at places (c2s), think (FFN), talk (c2c, a module handed in, so that layers may share it);
    then places look at queries (s2c)."""

    def __init__(self, config: LayerConfig) -> None:
        super().__init__()
        self.order = config.order
        self.look = PostNormAttention(config.width, config.heads)
        self.think = PostNormFeedForward(config.width, config.feedforward)
        self.look_back = PostNormAttention(config.width, config.heads)

    def queries(
        self,
        queries: Float[Tensor, "q d"],
        places: Float[Tensor, "t d"],
        talk: PostNormAttention,
        *,
        position: Float[Tensor, "q d"],
        place_position: Float[Tensor, "t d"],
        assigned: Assignment | None = None,
        falloff: Falloff | None = None,
    ) -> Float[Tensor, "q d"]:
        """The queries after this layer."""
        queries = self.look.gather(
            queries, places, position=position, place_position=place_position, assigned=assigned, falloff=falloff
        )
        if self.order == "ffn first":
            queries = self.think(queries)
            return talk.gather(queries, queries, position=position, place_position=position)
        return self.think(talk.gather(queries, queries, position=position, place_position=position))

    def places(
        self,
        places: Float[Tensor, "t d"],
        queries: Float[Tensor, "q d"],
        *,
        position: Float[Tensor, "t d"],
        query_position: Float[Tensor, "q d"],
        falloff: Falloff | None = None,
    ) -> Float[Tensor, "t d"]:
        """The places after this layer."""
        return self.look_back.spread(
            places, queries, position=position, query_position=query_position, falloff=falloff
        )
