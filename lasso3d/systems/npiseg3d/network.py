"""The network: voxels to features, then clicks to logits of every object."""

from dataclasses import replace

import torch
from jaxtyping import Float
from torch import Tensor, nn

from lasso3d.nn.gated_unet import LateColour, colour_inputs
from lasso3d.nn.layer_unet import LayerUNet
from lasso3d.nn.position import FourierPosition
from lasso3d.nn.scene_maps import SceneMaps
from lasso3d.nn.unet import Res16UNet
from lasso3d.nn.voxel_inputs import GEOMETRY_CHANNELS
from lasso3d.systems.npiseg3d.config import NPISeg3DConfig
from lasso3d.systems.npiseg3d.decoder import ClickDecoder, Found, PointFeatures
from lasso3d.systems.npiseg3d.latents import Sampling
from lasso3d.systems.npiseg3d.tensors import ClickTensors, TruthPoints, VoxelTensors

CODE_PERIOD = 64.0
"""Voxels to a unit of the position code, chosen by eye: table-top objects are 10 to 60 voxels across."""


class ClickNetwork(nn.Module):
    """NPISeg3D, AGILE3D, and what lies between and beside them, by config."""

    def __init__(self, config: NPISeg3DConfig) -> None:
        super().__init__()
        self.config = config
        self._colour_inputs = colour_inputs(config.colour, geometry=config.geometry)
        inputs = GEOMETRY_CHANNELS * config.geometry + self._colour_inputs
        if inputs == 0:
            raise ValueError("a network must see geometry or colour at its input")
        self.backbone, channels = _backbone(config, inputs)
        self.project = nn.Linear(channels, config.width)
        self.late_colour = LateColour(config.width) if config.colour == "gated" else None
        self.position = FourierPosition(config.width, scale=1.0)
        self.decoder = ClickDecoder(config)

    def encode(self, voxels: VoxelTensors) -> PointFeatures:
        """Everything that does not depend on clicks."""
        seen = [voxels.geometry] if self.config.geometry else []
        if self.config.colour == "input":
            seen.append(voxels.colour[:, : self._colour_inputs])
        features = self.project(self.backbone(torch.cat(seen, dim=1), voxels.maps))
        if self.late_colour is not None:
            features = self.late_colour(features, voxels.colour, voxels.maps.levels[0].around)
        return PointFeatures(features, self.position(self._coordinates(voxels.place)), voxels.place)

    def decode(self, points: PointFeatures, maps: SceneMaps, clicks: ClickTensors, *, sampling: Sampling) -> Found:
        """Answer clicks about points whose voxels have these maps."""
        return self._corrected(self.decoder.context(points, clicks, sampling=sampling), points, maps, clicks)

    def learn(
        self, points: PointFeatures, maps: SceneMaps, clicks: ClickTensors, truth: TruthPoints
    ) -> tuple[Found, Found | None]:
        """The answer and, where there are latents, what truth points say: the posterior, for learning alone."""
        sampling = Sampling(self.config.latent.train_samples)
        found = self.decoder.context(points, clicks, sampling=sampling)
        target = None
        if found.beliefs is not None:
            target = self.decoder.target(found, points, truth, rows=clicks.objects + 1, sampling=sampling)
        return self._corrected(found, points, maps, clicks), target

    def _corrected(self, found: Found, points: PointFeatures, maps: SceneMaps, clicks: ClickTensors) -> Found:
        correction = self.decoder.correction(found, points, maps, clicks)
        return found if correction is None else replace(found, samples=found.samples + correction)

    def _coordinates(self, place: Float[Tensor, "t 3"]) -> Float[Tensor, "t 3"]:
        if self.config.position == "voxels":
            return place / CODE_PERIOD
        lower, upper = place.amin(0), place.amax(0)
        return (place - lower) / (upper - lower).clamp(min=1e-6)


def _backbone(config: NPISeg3DConfig, inputs: int) -> tuple[LayerUNet | Res16UNet, int]:
    """The U-Net for so many input channels, and how many it puts out."""
    if config.backbone == "layer unet":
        return LayerUNet(inputs, config.layer_unet), config.layer_unet.channels[0]
    return Res16UNet(replace(config.res16unet, inputs=inputs)), config.res16unet.decoder[-1]
