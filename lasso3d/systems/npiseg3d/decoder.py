"""From clicks to logits: one query per click, learned background queries, and the voxels that answer them."""

import math
from dataclasses import dataclass, replace
from typing import cast

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor, nn
from torch.nn import functional

from lasso3d.nn.attention import Assignment, Falloff, PostNormAttention, mlp
from lasso3d.nn.mask_decoder import LayerConfig, MaskDecoderLayer
from lasso3d.nn.pool import largest_similarity, mean_by_group
from lasso3d.nn.position import order_code
from lasso3d.nn.scene_maps import SceneMaps
from lasso3d.systems.npiseg3d.config import GeodesicChannels, NPISeg3DConfig
from lasso3d.systems.npiseg3d.latents import LatentBeliefs, LatentHead, Sampling
from lasso3d.systems.npiseg3d.refine import FAR, Refiner, object_cues
from lasso3d.systems.npiseg3d.tensors import ClickTensors, TruthPoints


@dataclass(frozen=True, eq=False)
class PointFeatures:
    """A scene as the decoder sees it."""

    features: Float[Tensor, "t d"]
    position: Float[Tensor, "t d"]
    place: Float[Tensor, "t 3"]
    """In voxels."""


@dataclass(frozen=True, eq=False)
class Queries:
    """What looks at the voxels."""

    content: Float[Tensor, "q d"]
    position: Float[Tensor, "q d"]
    row: Int64[Tensor, " q"]


@dataclass(frozen=True, eq=False)
class Found:
    """Logits from a pass through the decoder; row m is the background."""

    samples: Float[Tensor, "s m1 t"]
    """One per Monte-Carlo sample; a single one without latents."""
    layers: tuple[Float[Tensor, "m1 t"], ...]
    """After every layer, the last ones being those of the answer; for deep supervision."""
    beliefs: LatentBeliefs | None
    places: tuple[Float[Tensor, "t d"], ...]
    """The point features each layer looked at, and last those after all layers; those alone unless learning."""
    queries: Queries
    """After all layers."""
    prior: Float[Tensor, "m1 t"]
    """What the geodesic margin alone says."""

    @property
    def logits(self) -> Float[Tensor, "m1 t"]:
        """Mean over the samples, of logits, as released."""
        return self.samples.mean(0)


class ClickDecoder(nn.Module):
    """The decoder of AGILE3D and NPISeg3D, with geodesic cues where asked."""

    def __init__(self, config: NPISeg3DConfig) -> None:
        super().__init__()
        self.config = config
        width, heads = config.width, config.heads
        shape = LayerConfig(width, heads, config.feedforward, config.order)
        self.layers = nn.ModuleList(MaskDecoderLayer(shape) for _ in range(config.layers))
        talks = 1 if config.share_talk else config.layers
        self.talks = nn.ModuleList(PostNormAttention(width, heads) for _ in range(talks))
        self.background = nn.Parameter(torch.randn(config.background_queries, width))
        self.background_position = nn.Parameter(torch.randn(config.background_queries, width))
        self.norm, self.embed = nn.LayerNorm(width), mlp(width, width, width)
        self.feedback = None if config.feedback == "none" else mlp(width, width, width)
        # logits of a cosine begin between -10 and 10
        self.sharpness = nn.Parameter(torch.tensor(math.log(10.0))) if config.similarity == "cosine" else None
        self.latents = None if config.latent.kind == "none" else LatentHead(config.latent, width, heads)
        self.geodesic = GeodesicCues(config.geodesic, config.layers, heads) if config.geodesic.used else None
        self.refiner = Refiner(config.refine, width) if config.refine.used else None

    def context(self, points: PointFeatures, clicks: ClickTensors, *, sampling: Sampling) -> Found:
        """What the clicks say."""
        rows = clicks.objects + 1
        queries = self._queries(points, clicks)
        x = self._with_feedback(points.features, queries, clicks)
        prior = x.new_zeros(rows, len(x)) if self.geodesic is None else self.geodesic.margin(clicks)
        content, places = queries.content, [x]
        logits: list[Tensor] = []
        for i, layer in enumerate(self._layers()):
            falloff = None if self.geodesic is None else self.geodesic.falloff(i, clicks)
            content = layer.queries(
                content,
                x,
                self._talk(i),
                position=queries.position,
                place_position=points.position,
                assigned=_assigned(logits[-1], queries.row) if logits else None,
                falloff=falloff,
            )
            x = layer.places(x, content, position=points.position, query_position=queries.position, falloff=falloff)
            places = [*places, x] if torch.is_grad_enabled() else [x]
            if i < len(self.layers) - 1:
                logits.append(self._logits(self._embedded(content), queries.row, x, rows=rows) + prior)
        modulated, beliefs = self._embedded(content)[None], None
        if self.latents is not None:
            modulated, beliefs = self.latents(modulated[0], queries.row, rows=rows, sampling=sampling)
        samples = self._logits(modulated, queries.row, x, rows=rows) + prior
        asked = replace(queries, content=content)
        return Found(samples, (*logits, samples.mean(0)), beliefs, tuple(places), asked, prior)

    def target(
        self, context: Found, points: PointFeatures, truth: TruthPoints, *, rows: int, sampling: Sampling
    ) -> Found:
        """What truth points say, by the form the config asks for; what the context found is read, not changed."""
        if self.config.latent.posterior == "features":
            return self._target_by_features(context, truth, rows=rows, sampling=sampling)
        return self._target_by_decoder(context, points, truth, rows=rows, sampling=sampling)

    def _target_by_features(self, context: Found, truth: TruthPoints, *, rows: int, sampling: Sampling) -> Found:
        x = context.places[-1]
        queries, seen = self._embedded(context.queries.content), self._embedded(x[truth.token])
        modulated, beliefs = self._latent_head()(
            queries, context.queries.row, rows=rows, sampling=sampling, evidence=(seen, truth.row)
        )
        final = self._logits(modulated, context.queries.row, x, rows=rows)
        return replace(context, samples=final + context.prior, layers=(), beliefs=beliefs)

    def _target_by_decoder(
        self, context: Found, points: PointFeatures, truth: TruthPoints, *, rows: int, sampling: Sampling
    ) -> Found:
        """Every layer's look back refines points for that layer's mask alone; the last layer's masks are over the
        features after all layers of the context (release, `NP_mask_module`)."""
        content, position = points.features[truth.token], points.position[truth.token]
        logits: list[Tensor] = []
        for i, layer in enumerate(self._layers()):
            x = context.places[i]
            content = layer.queries(
                content,
                x,
                self._talk(i),
                position=position,
                place_position=points.position,
                assigned=_assigned(logits[-1], truth.row) if logits else None,
            )
            if i < len(self.layers) - 1:
                own = layer.places(x, content, position=points.position, query_position=position)
                logits.append(self._logits(self._embedded(content), truth.row, own, rows=rows))
        modulated, beliefs = self._latent_head()(self._embedded(content), truth.row, rows=rows, sampling=sampling)
        final = self._logits(modulated, truth.row, context.places[-1], rows=rows)
        return replace(context, samples=final, layers=(*logits, final.mean(0)), beliefs=beliefs)

    def correction(
        self, found: Found, points: PointFeatures, maps: SceneMaps, clicks: ClickTensors
    ) -> Float[Tensor, "m1 t"] | None:
        """What the refiner, where there is one, adds to the logits of every object; nothing to the background's."""
        if self.refiner is None:
            return None
        logits = found.logits
        length = points.features.norm(dim=1).clamp(min=1e-12)
        alike = points.features[clicks.token] @ points.features.T / length[clicks.token, None] / length
        features = self.refiner.features(found.places[-1])
        apart = torch.cdist(points.place[clicks.token], points.place).clamp(max=FAR)
        added = []
        for i in range(clicks.objects):
            mine = clicks.row == i
            others = torch.cat([logits[:i], logits[i + 1 :]]).amax(0)
            cues = object_cues(
                logit=logits[i] - others,
                distances=None if clicks.own is None or clicks.other is None else (clicks.own[i], clicks.other[i]),
                to_own=_nearest(apart, mine),
                to_other=_nearest(apart, ~mine),
                alike=torch.stack([_largest(alike, mine), _largest(alike, ~mine)], dim=1),
                previous=None if clicks.previous is None else clicks.previous[i],
                clicks=len(clicks.row),
            )
            added.append(self.refiner(features, cues, maps))
        return torch.stack([*added, torch.zeros_like(logits[0])])

    def _queries(self, points: PointFeatures, clicks: ClickTensors) -> Queries:
        position = points.position[clicks.token]
        if self.config.click_order:
            order = torch.arange(len(clicks.token), device=position.device)
            position = position + order_code(order, width=self.config.width)
        background = clicks.row.new_full((len(self.background),), clicks.objects)
        return Queries(
            torch.cat([points.features[clicks.token], self.background]),
            torch.cat([position, self.background_position]),
            torch.cat([clicks.row, background]),
        )

    def _with_feedback(
        self, features: Float[Tensor, "t d"], queries: Queries, clicks: ClickTensors
    ) -> Float[Tensor, "t d"]:
        """The features and what the previous answer says; queries keep the features as they were (release)."""
        if self.feedback is None or clicks.previous is None:
            return features
        prototype = mean_by_group(queries.content, queries.row, groups=clicks.objects + 1)
        if self.config.feedback == "assigned":
            return features + self.feedback(prototype)[clicks.previous.argmax(0)]
        return features + self.feedback(clicks.previous.T @ prototype)

    def _layers(self) -> list[MaskDecoderLayer]:
        return [cast(MaskDecoderLayer, layer) for layer in self.layers]

    def _talk(self, layer: int) -> PostNormAttention:
        return cast(PostNormAttention, self.talks[0 if self.config.share_talk else layer])

    def _embedded(self, content: Float[Tensor, "q d"]) -> Float[Tensor, "q d"]:
        return self.embed(self.norm(content))

    def _latent_head(self) -> LatentHead:
        if self.latents is None:
            raise ValueError("this network has no latents")
        return self.latents

    def _logits(
        self, embedded: Float[Tensor, "*s q d"], row: Int64[Tensor, " q"], x: Float[Tensor, "t d"], *, rows: int
    ) -> Float[Tensor, "*s m1 t"]:
        """Similarity of each row's most similar query."""
        if self.sharpness is not None:
            embedded = self.sharpness.exp() * functional.normalize(embedded, dim=-1)
            x = functional.normalize(x, dim=-1)
        return largest_similarity(embedded, row, x, groups=rows)


class GeodesicCues(nn.Module):
    """Geodesic distances as a bias of the attention and as a residual of the logits."""

    def __init__(self, config: GeodesicChannels, layers: int, heads: int) -> None:
        super().__init__()
        self.config = config
        # heads begin from blind to distance (softplus(-4) = 0.02) to short-sighted (0.7 for a unit of distance)
        self.sight = nn.Parameter(torch.linspace(-4, 0, heads).repeat(layers, 1))
        self.share = nn.Parameter(torch.tensor(1.0))

    def falloff(self, layer: int, clicks: ClickTensors) -> Falloff:
        """With distance from the clicks of a query's row; none for learned queries, which come after those."""
        return Falloff(functional.softplus(self.sight[layer]), _given(clicks.own), clicks.row)

    def margin(self, clicks: ClickTensors) -> Float[Tensor, "m1 t"]:
        """How much nearer the clicks of a row are than those of others, weighed by a learned share; zero for the
        background."""
        own, other = _given(clicks.own), _given(clicks.other)
        reach = self.config.margin_reach
        margin = (other.clamp(max=reach) - own).clamp(-reach, reach) / 2
        return self.share * torch.cat([margin[:-1], torch.zeros_like(margin[-1:])])


def _given(distances: Float[Tensor, "m1 t"] | None) -> Float[Tensor, "m1 t"]:
    if distances is None:
        raise ValueError("this network needs geodesic distances of the clicks, and found none")
    return distances


def _assigned(logits: Float[Tensor, "m1 t"], row: Int64[Tensor, " q"]) -> Assignment:
    """Voxels to the row that now has them; the queries of a row without any see all, as released."""
    # torch's argmax over a first axis is ten times slower
    return Assignment(row, logits.max(0).indices)


def _nearest(apart: Float[Tensor, "k t"], chosen: Bool[Tensor, " k"]) -> Float[Tensor, " t"]:
    """Distance to the nearest of the chosen clicks, FAR without any."""
    return apart[chosen].amin(0) if chosen.any() else apart.new_full((apart.shape[1],), FAR)


def _largest(alike: Float[Tensor, "k t"], chosen: Bool[Tensor, " k"]) -> Float[Tensor, " t"]:
    """Greatest likeness to a chosen click, 0 without any."""
    return alike[chosen].amax(0) if chosen.any() else alike.new_zeros(alike.shape[1])
