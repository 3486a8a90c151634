"""How clicks and sentences become queries."""

from typing import NamedTuple

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor, nn
from torch.nn import functional

from lasso3d.nn.pool import mean_by_group
from lasso3d.systems.uniseg3d.config import UniSeg3DConfig
from lasso3d.systems.uniseg3d.tensors import ClickPrompts, SceneAnswers, SceneTokens

SPAN = 16.0
"""Voxels to a unit of distance, chosen by eye: heads that begin short-sighted then see a chair's half."""
FARTHEST = 4.0
"""Units at which the distance to a click no longer counts in comparisons of sides; a stool's legs are nearer."""
KNOWN = 4.0
"""Logit with which a clicked superpoint begins: p = 0.98."""
FARTHEST_WAY = 6.0
"""Costs at which a way along the surface no longer counts in comparisons of sides, as in npiseg3d."""
LIKENESS_SCALE = 12.0
"""Units of distance for a cosine of 1; those of names differ by 0.1 to 0.5."""


class Clicked(NamedTuple):
    """What clicks say."""

    features: Float[Tensor, "p c"]
    """As those of superpoints."""
    position: Float[Tensor, "p d"]
    distance: Float[Tensor, "p s"] | None
    prior: Float[Tensor, "p s"] | None
    way: Float[Tensor, "p s"] | None
    """Along the surface."""


class ClickEncoder(nn.Module):
    """The features of the superpoint of a positive click (release); of several the mean and, where asked, what
    negative clicks and the previous answer change of it."""

    def __init__(self, config: UniSeg3DConfig, channels: int) -> None:
        super().__init__()
        self.distances = config.distances
        self.several = SeveralClicks(channels) if config.prompts.several else None
        self.surface = config.prompts.surface
        # logits for a unit of difference between the ways to both sides, chosen by eye
        self.lead = nn.Parameter(torch.tensor(0.5)) if config.prompts.surface else None

    def forward(self, tokens: SceneTokens, prompts: ClickPrompts) -> Clicked:
        superpoint, yes = tokens.of_voxel[prompts.voxel], prompts.positive
        features = _mean(tokens.features[superpoint], prompts, yes)
        position = _mean(tokens.position[superpoint], prompts, yes)
        to_superpoint = _to_superpoints(tokens, prompts.voxel) if self.distances or self.several else None
        if self.several is None or to_superpoint is None:
            near = None if to_superpoint is None else _nearest(to_superpoint, prompts, yes)
            return Clicked(features, position, near, None, self._way(prompts))
        near, far = (_nearest(to_superpoint, prompts, side) for side in (yes, ~yes))
        features = features + self.several(tokens, prompts)
        prior = self.several.prior(tokens, prompts, far - near)
        if self.lead is not None:
            own, other = _given(prompts.ways).clamp(max=FARTHEST_WAY)
            prior = prior + self.lead * torch.where(_both_sides(prompts)[:, None], other - own, 0)
        return Clicked(features, position, near if self.distances else None, prior, self._way(prompts))

    def _way(self, prompts: ClickPrompts) -> Float[Tensor, "p s"] | None:
        return _given(prompts.ways)[0] if self.surface else None


class SeveralClicks(nn.Module):
    """What more than one positive click adds."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.within = nn.Linear(channels, channels)
        self.against = nn.Linear(channels, channels)
        self.before = nn.Linear(channels, channels)
        # begins with the clicked voxels themselves instead of their superpoints, which at an edge may be of another
        nn.init.eye_(self.within.weight)
        nn.init.zeros_(self.within.bias)
        # logits for a unit of distance and for a logit of the previous answer, chosen by eye
        self.margin = nn.Parameter(torch.tensor(0.5))
        self.keep = nn.Parameter(torch.tensor(0.5))
        self.sure = nn.Parameter(torch.tensor(KNOWN))

    def forward(self, tokens: SceneTokens, prompts: ClickPrompts) -> Float[Tensor, "p c"]:
        """How the clicked voxels differ from their superpoints, what negative clicks are on, and what the previous
        answer held."""
        superpoint, yes = tokens.of_voxel[prompts.voxel], prompts.positive
        within = tokens.voxels[prompts.voxel] - tokens.means[superpoint]
        against = _mean(self.against(tokens.features[superpoint]), prompts, ~yes)
        before = tokens.features.new_zeros(prompts.prompts, len(tokens.features))
        if prompts.previous is not None:
            before = prompts.previous / prompts.previous.sum(1, keepdim=True).clamp(min=1e-6)
        return _mean(self.within(within), prompts, yes) + against + self.before(before @ tokens.features)

    def prior(
        self, tokens: SceneTokens, prompts: ClickPrompts, margin: Float[Tensor, "p s"]
    ) -> Float[Tensor, "p s"]:
        """Logits from how much nearer positive clicks are than negative ones, from what was clicked, and from the
        previous answer."""
        logits = self.margin * torch.where(_both_sides(prompts)[:, None], margin, 0)
        sign = torch.where(prompts.positive, 1.0, -1.0)
        at = prompts.prompt, tokens.of_voxel[prompts.voxel]
        # a superpoint that was clicked on both sides is left to the voxels
        said = torch.zeros_like(margin).index_put(at, sign, accumulate=True).clamp(-1, 1)
        before = (
            torch.zeros_like(margin) if prompts.previous is None else prompts.previous.clamp(0.02, 0.98).logit()
        )
        return logits + self.sure * said + self.keep * before


class SentenceEncoder(nn.Module):
    """A sentence's vector as a query, and how far in meaning each superpoint is from it."""

    def __init__(self, config: UniSeg3DConfig, channels: int) -> None:
        super().__init__()
        hidden, outputs = config.prompts.text_hidden, channels
        if config.prompts.text_joins == "width":
            outputs = config.width
        rise, fall = nn.Linear(config.text_width, hidden), nn.Linear(hidden, outputs)
        self.layers = nn.Sequential(rise, nn.GELU(), fall)
        self.meant = None
        if config.distances:
            # begins as the sentence itself; learns to keep of it what names the thing
            self.meant = nn.Linear(config.text_width, config.text_width)
            nn.init.zeros_(self.meant.weight)
            nn.init.zeros_(self.meant.bias)

    def forward(self, vectors: Float[Tensor, "x e"]) -> Float[Tensor, "x d"]:
        """Features or content of a query, by config."""
        return self.layers(vectors)

    def meaning(self, vectors: Float[Tensor, "x e"]) -> Float[Tensor, "x e"] | None:
        """A unit vector for what each sentence names."""
        return None if self.meant is None else functional.normalize(vectors + self.meant(vectors), dim=1)

    def distance(
        self, vectors: Float[Tensor, "x e"], tokens: SceneTokens, scene: SceneAnswers
    ) -> Float[Tensor, "x s"] | None:
        """How much less alike each superpoint is to what the sentence names than the one most alike; the mean where
        it is not known what a superpoint is."""
        meaning = self.meaning(vectors)
        if meaning is None:
            return None
        # masks of sentences are no good teachers of what superpoints are
        alike = meaning @ scene.semantic.detach().T
        away = LIKENESS_SCALE * (alike.amax(1, keepdim=True) - alike)
        everywhere = away.mean(1, keepdim=True).expand(-1, len(tokens.keys))
        return everywhere.index_copy(1, scene.token, away)


def _given(ways: Float[Tensor, "2 p s"] | None) -> Float[Tensor, "2 p s"]:
    if ways is None:
        raise ValueError("this network needs ways along the surface to the clicks, and found none")
    return ways


def _mean(values: Float[Tensor, "k d"], prompts: ClickPrompts, chosen: Bool[Tensor, " k"]) -> Float[Tensor, "p d"]:
    """Over the chosen clicks of each prompt; zero without any."""
    return mean_by_group(values[chosen], prompts.prompt[chosen], groups=prompts.prompts)


def straight(place: Float[Tensor, "k 3"], others: Float[Tensor, "s 3"]) -> Float[Tensor, "k s"]:
    """Distances in units of SPAN, from differences: through products small ones would be lost in rounding."""
    return torch.cdist(place, others, compute_mode="donot_use_mm_for_euclid_dist") / SPAN


def _to_superpoints(tokens: SceneTokens, voxel: Int64[Tensor, " k"]) -> Float[Tensor, "k s"]:
    """From each voxel to the nearest voxel of each superpoint."""
    away = straight(tokens.voxel_place[voxel], tokens.voxel_place)
    found = away.new_full((len(voxel), len(tokens.keys)), torch.inf)
    return found.scatter_reduce(1, tokens.of_voxel.expand(len(voxel), -1), away, "amin")


def _nearest(
    distance: Float[Tensor, "k s"], prompts: ClickPrompts, chosen: Bool[Tensor, " k"]
) -> Float[Tensor, "p s"]:
    """Distance to the nearest of the chosen clicks of each prompt, cut off; the farthest there is without any."""
    found = distance.new_full((prompts.prompts, distance.shape[1]), FARTHEST)
    group = prompts.prompt[chosen, None].expand(-1, distance.shape[1])
    return found.scatter_reduce(0, group, distance[chosen], "amin")


def _both_sides(prompts: ClickPrompts) -> Bool[Tensor, " p"]:
    """Which prompts have a negative click."""
    return torch.bincount(prompts.prompt[~prompts.positive], minlength=prompts.prompts) > 0
