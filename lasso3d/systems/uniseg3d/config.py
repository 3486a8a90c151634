"""Every choice of the network, with the source of each."""

from dataclasses import dataclass, field
from typing import Literal

from lasso3d.nn.layer_unet import LayerUNetConfig
from lasso3d.nn.unet import SPCONVUNET, SpConvUNetConfig
from lasso3d.systems.uniseg3d.answers import AnswerConfig

Seen = Literal["nothing", "scene queries"]


@dataclass(frozen=True)
class PromptConfig:
    """How clicks and sentences become queries, and what those know of the scene."""

    see: Seen = "nothing"
    """What a prompt's self-attention holds beside itself. The release's mask hides all other queries; with
    "scene queries" a prompt reads, one way, the states of the scene's queries in the same layer: what stands beside
    what is needed for "the chair next to the window"."""
    several: bool = False
    """Whether negative clicks and a previous answer enter; the release takes one positive click."""
    surface: bool = False
    """Whether clicks know how far each superpoint is along the surface, where turns make the way longer; how much
    that counts is learned. Not in the release."""
    text_hidden: int = 768
    """Inner width of the text MLP (release: 768)."""
    text_joins: Literal["features", "width"] = "features"
    """Whether the text MLP ends in the backbone's channels, before the query projection (release), or after it."""


@dataclass(frozen=True)
class UniSeg3DConfig:
    """Shape of the network. The defaults are UniSeg3D's release; `PRESETS` holds the others."""

    voxel: float | None = 0.02
    """Metres, as released; None = by extent and density of the scan."""
    coarser: float = 1.0
    """Voxels of a scan, against the rule for its extent and density; while learning the recipe draws this anew."""
    upright: bool = False
    """Whether a scan that leans is turned until its ground, floor or table top is level (release: no)."""
    backbone: Literal["spconvunet", "layer unet"] = "spconvunet"
    """Batch norms, as released, or layer norms, which need no batch."""
    spconvunet: SpConvUNetConfig = SPCONVUNET["paper"]
    """Its `inputs` are set by the network."""
    layer_unet: LayerUNetConfig = field(default_factory=LayerUNetConfig)
    geometry: bool = False
    """Whether normals, curvature and place within the voxel enter."""
    coordinates: bool = True
    """Whether the place in the scan enters, in metres at the released voxel size (release: from the mean point)."""
    colour: Literal["input", "gated", "none"] = "input"
    """At the input as released; late, through a learned gate, beside a path that never sees it; or not at all."""
    features: int | None = None
    """Channels of a voxel after a linear layer behind the backbone; None = the backbone's own, as released."""
    shape: bool = False
    """Whether size, spread and height of a superpoint, in voxels and in metres, are added to it. Not in the
    release."""
    named: bool = False
    """Whether superpoints are named by the backbone's features alone as well, which queries then correct. Not in
    the release."""
    position: Literal["none", "voxels"] = "none"
    """Fourier codes of where superpoints are, in units of 64 voxels, added to what attention compares; the release
    has none."""
    distances: bool = False
    """Whether queries look less, and reach less, the farther a superpoint is from what they ask about: in space
    from a superpoint or from clicks, in meaning from a sentence. Each query learns how far it reaches. Not in the
    release, whose queries cannot tell two equal chairs apart but by their features."""
    width: int = 256
    """Channels of the decoder (release: 256)."""
    heads: int = 8
    """Release: 8."""
    feedforward: int = 1024
    """Release: 1024, with GELU."""
    layers: int = 6
    """Release: 6; the answers' heads are applied once more than that."""
    query_share: float = 0.5
    """While learning a random share from this to 1 of the superpoints become scene queries (release: 0.5)."""
    most_queries: int = 3500
    """While learning (release: 3500)."""
    text_width: int = 768
    """Of the text encoder's vectors (release: OpenCLIP ConvNeXt-Large-d-320)."""
    prompts: PromptConfig = PromptConfig()
    nothing: Literal["zeros", "learned"] = "zeros"
    """The vector of "none of these names": zeros, whose cosine is always 0 (release), or learned."""
    scale: float = 100.0
    """Of the cosine with a name (release: exp(4.6052))."""
    learn_scale: bool = False
    """Whether the scale is a weight that begins there (release: fixed)."""
    objectness: bool = False
    """Whether answers say if there is anything at all, whatever its name (release: `objectness_flag=False`)."""
    voxel_masks: bool = False
    """Whether masks can be finer than a superpoint (release: no)."""
    answers: AnswerConfig = field(default_factory=AnswerConfig)
    """How outputs become rows."""

    @property
    def levels(self) -> int:
        """Resolutions of the backbone."""
        return self.spconvunet.levels if self.backbone == "spconvunet" else self.layer_unet.levels

    @property
    def stem_kernel(self) -> Literal[3, 5]:
        """Side of the first convolution, in voxels."""
        return 3


PAPER = UniSeg3DConfig()
SMALL = UniSeg3DConfig(
    voxel=None,
    # the middle of the 0.9 to 1.8 that training draws, and the best of 0.8, 1, 1.3 and 1.6 on validation scenes
    coarser=1.3,
    upright=True,
    backbone="layer unet",
    geometry=True,
    coordinates=False,
    colour="gated",
    features=64,
    shape=True,
    named=True,
    position="voxels",
    distances=True,
    width=128,
    heads=4,
    feedforward=256,
    layers=4,
    query_share=0.9,
    text_width=384,
    prompts=PromptConfig(see="scene queries", several=True, surface=True, text_hidden=256, text_joins="width"),
    nothing="learned",
    scale=20.0,
    learn_scale=True,
    objectness=True,
    voxel_masks=True,
    # by validation scenes: docs/unified.md
    answers=AnswerConfig(threshold=0.45, fits=0.25, votes=2.0, panoptic_score=0.45, unheard=3.0),
)
PRESETS: dict[str, UniSeg3DConfig] = {"paper": PAPER, "small": SMALL}
"""`paper` as released; `small` is what ships."""
