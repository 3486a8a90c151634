"""The network: voxels to superpoints, superpoints to what a scene holds, prompts to what they mean."""

import math
from collections.abc import Mapping
from dataclasses import replace

import torch
from jaxtyping import Float, Int64
from torch import Tensor, nn
from torch.nn import functional

from lasso3d.nn.attention import mlp
from lasso3d.nn.gated_unet import LateColour, colour_inputs
from lasso3d.nn.layer_unet import LayerUNet
from lasso3d.nn.pool import mean_by_group
from lasso3d.nn.position import FourierPosition
from lasso3d.nn.unet import SpConvUNet
from lasso3d.nn.voxel_inputs import GEOMETRY_CHANNELS
from lasso3d.systems.uniseg3d.config import UniSeg3DConfig
from lasso3d.systems.uniseg3d.decoder import Queries, SceneDecoder
from lasso3d.systems.uniseg3d.prompts import ClickEncoder, SentenceEncoder, straight
from lasso3d.systems.uniseg3d.shapes import SHAPE_CHANNELS, superpoint_shapes
from lasso3d.systems.uniseg3d.tensors import Answers, ClickPrompts, ScanTensors, SceneAnswers, SceneTokens

CODE_PERIOD = 64.0
"""Voxels to a unit of the position code, as in npiseg3d."""
VOXELS_A_METRE = 50.0
"""At the released voxel size, 2 cm."""
FINE_WIDTH = 64
"""Inner width of what tells voxels of a superpoint apart, chosen by eye."""
TEXT, CLICK, SCENE = range(3)
"""Rows of the type embedding, as in the release."""
SHARPEST = 100.0
"""Largest scale of cosines (CLIP's cap)."""
SHARED = ("backbone.", "project.", "late_colour.")
"""What networks of other systems have too, under the same names."""
EVERYTHING = ("",)
"""Beginnings of all names."""


class SceneNetwork(nn.Module):
    """UniSeg3D by config."""

    def __init__(self, config: UniSeg3DConfig) -> None:
        super().__init__()
        self.config = config
        self._colour_inputs = colour_inputs(config.colour, geometry=config.geometry)
        inputs = GEOMETRY_CHANNELS * config.geometry + self._colour_inputs + 3 * config.coordinates
        if inputs == 0:
            raise ValueError("a network must see geometry, coordinates or colour at its input")
        self.backbone, channels = _backbone(config, inputs)
        features, width = config.features or channels, config.width
        self.project = nn.Identity() if config.features is None else nn.Linear(channels, features)
        self.late_colour = LateColour(features) if config.colour == "gated" else None
        self.shape = mlp(SHAPE_CHANNELS, features, features) if config.shape else None
        self.named = mlp(features, width, config.text_width) if config.named else None
        self.position = FourierPosition(width, scale=1.0) if config.position == "voxels" else None
        self.keys = nn.Sequential(nn.Linear(features, width), nn.LayerNorm(width), nn.ReLU())
        self.masks = mlp(features, width, width)
        self.kind = nn.Embedding(3, features)
        self.query = mlp(features, width, width)
        self.clicks, self.texts = ClickEncoder(config, features), SentenceEncoder(config, features)
        self.decoder = SceneDecoder(config)
        self.nothing = nn.Parameter(torch.randn(config.text_width)) if config.nothing == "learned" else None
        self.log_scale = nn.Parameter(torch.tensor(math.log(config.scale))) if config.learn_scale else None
        # begins at CLIP's temperature; only learning reads it
        self.contrast_scale = nn.Parameter(torch.tensor(math.log(1 / 0.07)))
        self.fine = FineMasks(features, width) if config.voxel_masks else None

    def encode(self, scan: ScanTensors) -> SceneTokens:
        """Everything that depends on no query."""
        voxels = self.project(self.backbone(self._seen(scan), scan.maps))
        if self.late_colour is not None:
            voxels = self.late_colour(voxels, scan.colour, scan.maps.levels[0].around)
        means = mean_by_group(voxels, scan.of_voxel, groups=scan.superpoints)
        place = mean_by_group(scan.place, scan.of_voxel, groups=scan.superpoints)
        features = means if self.shape is None else means + self.shape(superpoint_shapes(scan, place))
        masks = self.masks(features)
        position = torch.zeros_like(masks) if self.position is None else self.position(place / CODE_PERIOD)
        return SceneTokens(
            voxels, means, features, self.keys(features), masks, position, place, scan.place, scan.of_voxel
        )

    def scene(self, tokens: SceneTokens, chosen: Int64[Tensor, " q"] | None = None) -> SceneAnswers:
        """Answers of the scene's own queries: the chosen superpoints, all by default."""
        if chosen is None:
            chosen = torch.arange(len(tokens.keys), device=tokens.keys.device)
        content = self.query(tokens.features[chosen] + self.kind.weight[SCENE])
        distance = straight(tokens.place[chosen], tokens.place) if self.config.distances else None
        queries, named = Queries(content, tokens.position[chosen], distance, "space"), self.names(tokens)
        found = self.decoder.scene(tokens, queries, chosen)
        if named is None:
            return found
        return replace(found, semantic=functional.normalize(found.semantic + named[chosen], dim=1))

    def names(self, tokens: SceneTokens) -> Float[Tensor, "s e"] | None:
        """What superpoints are by the backbone's features alone: unit vectors in the space of the text encoder."""
        return None if self.named is None else functional.normalize(self.named(tokens.features), dim=1)

    def click(self, tokens: SceneTokens, scene: SceneAnswers, prompts: ClickPrompts) -> tuple[Answers, ...]:
        """Answers to each prompt, as if it were alone: of every layer to learn from, else of the last."""
        said = self.clicks(tokens, prompts)
        content = self.query(said.features + self.kind.weight[CLICK])
        queries = Queries(content, said.position, said.distance, "space", said.prior, said.way)
        return self.decoder.prompts(tokens, scene, queries)

    def text(self, tokens: SceneTokens, scene: SceneAnswers, vectors: Float[Tensor, "x e"]) -> tuple[Answers, ...]:
        """Answers to each sentence, by its unit vector, as if it were alone; layers as for clicks."""
        content = self.texts(vectors)
        if self.config.prompts.text_joins == "features":
            content = self.query(content + self.kind.weight[TEXT])
        else:
            # unit vectors have small entries: without a norm the first layer drowns them
            content = functional.layer_norm(content, content.shape[-1:])
        distance = self.texts.distance(vectors, tokens, scene)
        queries = Queries(content, torch.zeros_like(content), distance, "meaning")
        answers, meaning = self.decoder.prompts(tokens, scene, queries), self.texts.meaning(vectors)
        if meaning is None:
            return answers
        # a sentence knows what it names before it has looked at anything
        named = (functional.normalize(each.embedding + meaning, dim=1) for each in answers)
        return tuple(replace(each, embedding=one) for each, one in zip(answers, named, strict=True))

    def class_logits(self, embedding: Float[Tensor, "q e"], vectors: Float[Tensor, "c e"]) -> Float[Tensor, "q c1"]:
        """Of every name, by its unit vector, and last of none of them."""
        nothing = torch.zeros_like(vectors[:1]) if self.nothing is None else self.nothing[None]
        names = torch.cat([vectors, functional.normalize(nothing, dim=1)])
        scale = self.config.scale if self.log_scale is None else self.log_scale.exp().clamp(max=SHARPEST)
        return scale * (embedding @ names.T)

    def voxel_logits(
        self,
        tokens: SceneTokens,
        answers: Answers,
        rows: Int64[Tensor, " m"],
        voxels: Int64[Tensor, " n"] | None = None,
    ) -> Float[Tensor, "m n"]:
        """Masks of the chosen answers, finer than superpoints, at the chosen voxels, all by default."""
        of_voxel = tokens.of_voxel if voxels is None else tokens.of_voxel[voxels]
        coarse = answers.mask[rows].index_select(1, of_voxel)
        if self.fine is None:
            return coarse
        features = tokens.voxels if voxels is None else tokens.voxels[voxels]
        return coarse + self.fine(answers.query[rows], features - tokens.means[of_voxel])

    def _seen(self, scan: ScanTensors) -> Float[Tensor, "t c"]:
        seen = [scan.geometry] if self.config.geometry else []
        if self._colour_inputs:
            seen.append(scan.colour[:, : self._colour_inputs])
        if self.config.coordinates:
            seen.append((scan.place - scan.place.mean(0)) / VOXELS_A_METRE)
        return torch.cat(seen, dim=1)


class FineMasks(nn.Module):
    """Logits by how a voxel differs from its superpoint; begins as no difference."""

    def __init__(self, features: int, width: int) -> None:
        super().__init__()
        self.rise, self.fall = nn.Linear(features, FINE_WIDTH), nn.Linear(width, FINE_WIDTH, bias=False)
        nn.init.zeros_(self.fall.weight)

    def forward(self, query: Float[Tensor, "m d"], differences: Float[Tensor, "t c"]) -> Float[Tensor, "m t"]:
        """What to add to the logits of the superpoints."""
        return self.fall(query) @ self.rise(differences).relu().T


def start_from(
    network: SceneNetwork, weights: Mapping[str, Tensor], *, parts: tuple[str, ...] = SHARED
) -> list[str]:
    """Copy what a checkpoint has of the parts, and return the names of what was taken.

    By default the U-Net and its late colour, from the `weights` of any network with a `backbone`, `project` or
    `late_colour`, npiseg3d's among them; what has another shape or name is left as it is. The release starts from
    SSTNet's U-Net in the same way.
    """
    own = network.state_dict()
    taken = [
        name
        for name, value in weights.items()
        if name.startswith(parts) and name in own and own[name].shape == value.shape
    ]
    network.load_state_dict({name: weights[name] for name in taken}, strict=False)
    return taken


def _backbone(config: UniSeg3DConfig, inputs: int) -> tuple[LayerUNet | SpConvUNet, int]:
    """The U-Net for so many input channels, and how many it puts out."""
    if config.backbone == "layer unet":
        return LayerUNet(inputs, config.layer_unet), config.layer_unet.channels[0]
    return SpConvUNet(replace(config.spconvunet, inputs=inputs)), config.spconvunet.channels[0]
