"""Every choice of the network, with the source of each."""

from dataclasses import dataclass, field, replace
from typing import Literal

from lasso3d.nn.layer_unet import LayerUNetConfig
from lasso3d.nn.mask_decoder import LayerOrder
from lasso3d.nn.unet import RES16UNET, Res16UNetConfig

Latents = Literal["none", "scene", "object", "scene+object", "scene+object+part"]


@dataclass(frozen=True)
class GeodesicChannels:
    """Geodesic distances of the clicks as cues, in neither release; in a first trial -6 to -10 IoU without them."""

    used: bool = False
    """As a bias of the attention, as channels of the refiner, and their margin as a residual of the logits."""
    colour_cost: float = 0.0
    """Of a step in the graph, per change of colour. 0: generated colour does not carry over."""
    reach: float = 12.0
    """Distances are cut off here."""
    margin_reach: float = 6.0
    """Background is never farther than this: the margin of a lone click, as in the baseline without learning."""


@dataclass(frozen=True)
class LatentConfig:
    """The neural-process head."""

    kind: Latents = "scene+object"
    """Which latents there are: "none" is AGILE3D, "scene+object" the paper, "scene" a single global one, and
    "scene+object+part" adds one for every click, below its object (the paper's open question)."""
    samples: int = 10
    """Monte-Carlo samples at inference; the release takes 10 for many objects, 20 for one."""
    train_samples: int = 10
    """While learning; 10 in the release."""
    mix: Literal["additive", "multiplicative"] = "additive"
    """How the scene enters an object's latent: w z + (1 - w) prototype (paper, section on object latents) or
    w (z * prototype) + (1 - w) prototype (release, `models/neural_process.py`)."""
    scene_weight: float = 0.2
    """w; the release tunes it per test set (0.05 to 0.2) and trains with 0.2. One value for all here."""
    truth_points: int = 50
    """Points of each row that the posterior sees while learning (release: `num_gt_clicks`)."""
    posterior: Literal["decoder", "features"] = "decoder"
    """How truth points become the posterior: as queries through the decoder, with masks of their own supervised
    after every layer (release), or by the decoded features of the points (paper: q(z | X_T)), modulating the
    queries of the context; the second costs a third of the time."""


@dataclass(frozen=True)
class RefineConfig:
    """A small U-Net that turns the cues of one object into a correction of its logits; in neither release."""

    used: bool = False
    """The same weights serve every object."""
    channels: tuple[int, ...] = (24, 32, 48, 64)
    """Of each resolution, finest first."""


@dataclass(frozen=True)
class NPISeg3DConfig:
    """Shape of the network. The defaults are NPISeg3D as published; `PRESETS` holds the others."""

    voxel: float | None = 0.05
    """Metres, as published; None = by extent and density of the scan."""
    upright: bool = False
    """Whether a scan that leans is turned until its ground, floor or table top is level (release: no)."""
    backbone: Literal["res16unet", "layer unet"] = "res16unet"
    """Batch norms, as published, or layer norms, which need no batch."""
    res16unet: Res16UNetConfig = RES16UNET["34C"]
    layer_unet: LayerUNetConfig = field(default_factory=LayerUNetConfig)
    geometry: bool = False
    """Whether normals, curvature and place within the voxel enter; the published networks see colour alone."""
    colour: Literal["input", "gated", "none"] = "input"
    """At the input as published; late, through a learned gate, beside a path that never sees it; or not at all."""
    width: int = 128
    """Channels of queries and points in the decoder (release: 128)."""
    heads: int = 8
    """Release: 8."""
    feedforward: int = 1024
    """Release: 1024."""
    layers: int = 4
    """NPISeg3D's release: 4; AGILE3D: 3."""
    order: LayerOrder = "ffn first"
    """NPISeg3D's release: c2s, FFN, c2c, s2c; AGILE3D ("talk first"): c2s, c2c, FFN, s2c."""
    share_talk: bool = True
    """One c2c module for all layers (NPISeg3D's release) or one each (AGILE3D)."""
    background_queries: int = 10
    """Learned (both)."""
    position: Literal["unit box", "voxels"] = "unit box"
    """Fourier codes of coordinates scaled to 0..1 by the scene's box (release), or in units of 64 voxels."""
    click_order: bool = False
    """Adds a sinusoidal code of the order of clicks (AGILE3D)."""
    feedback: Literal["none", "assigned", "probability"] = "assigned"
    """The previous answer, added to the point features through an MLP: not at all (AGILE3D), by the prototype of
    the row each voxel had, or by the mean of all prototypes by probability. The release writes one of 15 fixed
    channels, which caps it at 14 objects; prototypes have no cap."""
    similarity: Literal["dot", "cosine"] = "dot"
    """Of queries and points: plain dot product (release) or cosine over a learned temperature (paper)."""
    latent: LatentConfig = LatentConfig()
    geodesic: GeodesicChannels = GeodesicChannels()
    refine: RefineConfig = RefineConfig()

    @property
    def levels(self) -> int:
        """Resolutions of the backbone."""
        return self.res16unet.levels if self.backbone == "res16unet" else self.layer_unet.levels

    @property
    def stem_kernel(self) -> Literal[3, 5]:
        """Side of the first convolution, in voxels."""
        return self.res16unet.stem_kernel if self.backbone == "res16unet" else 3


PAPER = NPISeg3DConfig()
AGILE3D = replace(
    PAPER,
    layers=3,
    order="talk first",
    share_talk=False,
    click_order=True,
    feedback="none",
    latent=LatentConfig(kind="none"),
)
SMALL = NPISeg3DConfig(
    voxel=None,
    upright=True,
    backbone="layer unet",
    geometry=True,
    colour="gated",
    width=64,
    heads=4,
    feedforward=128,
    layers=2,
    position="voxels",
    feedback="probability",
    latent=LatentConfig(train_samples=3, posterior="features"),
    geodesic=GeodesicChannels(used=True),
    refine=RefineConfig(used=True),
)
PRESETS: dict[str, NPISeg3DConfig] = {
    "paper": PAPER,
    "agile3d": AGILE3D,
    "small": SMALL,
    "agile3d-small": replace(SMALL, latent=LatentConfig(kind="none")),
}
"""`paper` and `agile3d` as published; `small` is what ships, and `agile3d-small` its peer without latents."""
