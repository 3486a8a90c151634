"""Correcting one object's logits from its own cues: what a click says about every voxel, and a small U-Net."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from lasso3d.nn.layer_unet import LayerUNet, LayerUNetConfig
from lasso3d.nn.scene_maps import SceneMaps
from lasso3d.systems.npiseg3d.config import RefineConfig

CUES = 17
SHORT, LONG, FAR = 2.0, 10.0, 100.0
"""Voxels; scales at which the distance to a click is told, chosen by eye."""


class Refiner(nn.Module):
    """The same small U-Net for every object, so that there is no cap and no order of objects."""

    def __init__(self, config: RefineConfig, width: int) -> None:
        super().__init__()
        first = config.channels[0]
        self.cues, self.features = nn.Linear(CUES, first), nn.Linear(width, first)
        self.unet = LayerUNet(first, LayerUNetConfig(config.channels))
        self.head = nn.Linear(first, 1)
        # begins as no correction at all
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)

    def forward(
        self, features: Float[Tensor, "t f"], cues: Float[Tensor, "t c"], maps: SceneMaps
    ) -> Float[Tensor, " t"]:
        """What to add to the logits of the object the cues are about.

        `features` are what `self.features` makes of the voxels': the same for all objects, so made once.
        """
        return self.head(self.unet(features + self.cues(cues), maps))[:, 0]


def object_cues(
    *,
    logit: Float[Tensor, " t"],
    distances: tuple[Float[Tensor, " t"], Float[Tensor, " t"]] | None,
    to_own: Float[Tensor, " t"],
    to_other: Float[Tensor, " t"],
    alike: Float[Tensor, "t 2"],
    previous: Float[Tensor, " t"] | None,
    clicks: int,
) -> Float[Tensor, "t 17"]:
    """Everything known about one object at every voxel, scaled to about one.

    Args:
        logit: of the object over the best alternative, before correction.
        distances: geodesic, to its own clicks and to those of others.
        to_own, to_other: straight distances to the nearest click in voxels; FAR where there is none.
        alike: cosine of the features with those at its own clicks and at the others', the largest each.
        previous: its probability in the previous answer.
        clicks: how many there are.
    """
    nothing = torch.zeros_like(logit)
    own, other = distances if distances is not None else (nothing, nothing)
    known = float(distances is not None)
    before = nothing if previous is None else previous.clamp(1e-3, 1 - 1e-3).logit()
    columns = [
        logit.clamp(-8, 8) / 4,
        (other - own).clamp(-6, 6) / 4,
        (-own).exp() * known,
        own / 6,
        (-other).exp() * known,
        other / 6,
        *_told(to_own),
        *_told(to_other),
        alike[:, 0],
        alike[:, 1],
        before / 4,
        nothing + float(previous is not None),
        nothing + min(clicks, 20) / 10,
    ]
    return torch.stack(columns, dim=1)


def _told(distance: Float[Tensor, " t"]) -> tuple[Tensor, Tensor, Tensor]:
    return (-distance / SHORT).exp(), (-distance / LONG).exp(), distance.clamp(max=FAR) / FAR
