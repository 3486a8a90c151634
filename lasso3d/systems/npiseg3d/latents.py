"""The neural-process head: latents of the scene, its objects and their parts, and how they modulate the queries."""

from dataclasses import dataclass
from typing import NamedTuple

import torch
from jaxtyping import Float, Int64
from torch import Tensor, nn
from torch.nn import functional

from lasso3d.nn.attention import PreNormBlock, mlp
from lasso3d.nn.losses import gaussian_kl
from lasso3d.nn.pool import mean_by_group
from lasso3d.systems.npiseg3d.config import LatentConfig


class Gaussian(NamedTuple):
    """A diagonal Gaussian."""

    mean: Float[Tensor, "*lead d"]
    std: Float[Tensor, "*lead d"]

    def draw(self, noise: Float[Tensor, "*more d"]) -> Float[Tensor, "*more d"]:
        """The reparameterised sample that standard normal noise gives."""
        return self.mean + self.std * noise


@dataclass(frozen=True)
class LatentBeliefs:
    """What a set of queries says about the latents; None for those the network does not have."""

    scene: Gaussian | None
    objects: Gaussian | None
    """One per row, background included."""

    def divergence(self, other: "LatentBeliefs") -> Float[Tensor, ""]:
        """KL(self || other), summed over dimensions, rows and levels (as released: no mean over objects)."""
        pairs = ((self.scene, other.scene), (self.objects, other.objects))
        terms = [gaussian_kl(*p, *q) for p, q in pairs if p is not None and q is not None]
        return torch.stack(terms).sum()


class GaussianHead(nn.Module):
    """Two MLPs: mean and, through a softplus, standard deviation."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.mean, self.spread = mlp(width, width, width), mlp(width, width, width)

    def forward(self, x: Float[Tensor, "*lead d"]) -> Gaussian:
        return Gaussian(self.mean(x), functional.softplus(self.spread(x)))


class Film(nn.Module):
    """`gamma(z) * query + beta(z)` (Perez et al. 2018, with gamma as released: no 1 + gamma)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        last = nn.Linear(width, 2 * width)
        # ours: begins near the identity, so that the head cannot harm a decoder that has just begun to learn
        nn.init.normal_(last.weight, std=0.01)
        with torch.no_grad():
            last.bias.copy_(torch.cat([torch.ones(width), torch.zeros(width)]))
        self.layers = nn.Sequential(nn.Linear(width, width), nn.ReLU(), last)

    def forward(
        self, query: Float[Tensor, "*lead d"], latent: Float[Tensor, "*lead d"]
    ) -> Float[Tensor, "*lead d"]:
        gamma, beta = self.layers(latent).chunk(2, dim=-1)
        return gamma * query + beta


@dataclass(frozen=True)
class Sampling:
    """How often to draw, and from what."""

    samples: int
    generator: torch.Generator | None = None
    """On the CPU, so that a seed means the same on every device; None = torch's own."""

    def noise(self, like: Tensor, *shape: int) -> Tensor:
        """Standard normal, of the type and on the device of a tensor."""
        return torch.randn(*shape, generator=self.generator).to(like)


class LatentHead(nn.Module):
    """From embedded queries to samples of modulated queries."""

    def __init__(self, config: LatentConfig, width: int, heads: int) -> None:
        super().__init__()
        if config.kind == "none":
            raise ValueError("a network without latents has no latent head")
        self.config, self.width = config, width
        self.levels = frozenset(config.kind.split("+"))
        if "scene" in self.levels:
            self.before, self.block, self.after = (
                nn.LayerNorm(width),
                PreNormBlock(width, heads),
                nn.LayerNorm(width),
            )
            self.scene = GaussianHead(width)
        if "object" in self.levels:
            self.object = GaussianHead(width)
        if "part" in self.levels:
            self.part = GaussianHead(width)
        self.film = Film(width)

    def forward(
        self,
        queries: Float[Tensor, "q d"],
        row: Int64[Tensor, " q"],
        *,
        rows: int,
        sampling: Sampling,
        evidence: tuple[Float[Tensor, "p d"], Int64[Tensor, " p"]] | None = None,
    ) -> tuple[Float[Tensor, "s q d"], LatentBeliefs]:
        """Modulated queries by sample, and the beliefs they were drawn from.

        As released the scene is drawn once and the objects once a sample; a lone scene latent is drawn once a
        sample. Beliefs come from the queries themselves or, where given, from other evidence about the same rows.
        """
        prototype = mean_by_group(*(evidence or (queries, row)), groups=rows)
        scene, objects, samples = None, None, sampling.samples
        latent = queries.new_zeros(samples, rows, self.width)
        if "scene" in self.levels:
            scene = self._scene(prototype)
            draws = 1 if "object" in self.levels else samples
            latent = scene.draw(sampling.noise(queries, draws, 1, self.width)).expand(samples, rows, -1)
        if "object" in self.levels:
            objects = self.object(self._mixed(latent[0], prototype))
            latent = objects.draw(sampling.noise(queries, samples, rows, self.width))
        of_query = latent[:, row]
        if "part" in self.levels:
            part = self.part(self._mixed(of_query, queries))
            of_query = part.draw(sampling.noise(queries, samples, len(queries), self.width))
        return self.film(queries.expand(samples, -1, -1), of_query), LatentBeliefs(scene, objects)

    def _scene(self, prototype: Float[Tensor, "rows d"]) -> Gaussian:
        """From a summary token, the mean of the prototypes, after one look at all of them."""
        tokens = torch.cat([prototype.mean(0, keepdim=True), prototype])
        return self.scene(self.after(self.block(self.before(tokens))[0]))

    def _mixed(self, above: Float[Tensor, "*lead d"], own: Float[Tensor, "*lead2 d"]) -> Float[Tensor, "*lead3 d"]:
        """The latent above, mixed with what there is below."""
        if "scene" not in self.levels:
            return own.expand(*above.shape[:-2], *own.shape[-2:])
        weight = self.config.scene_weight
        mixed = above if self.config.mix == "additive" else above * own
        return weight * mixed + (1 - weight) * own
