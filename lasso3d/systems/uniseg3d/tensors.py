"""What the network is given and what it answers, as tensors on one device."""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float, Float32, Int64
from torch import Tensor

from lasso3d.nn.scene_maps import SceneMaps


@dataclass(frozen=True, eq=False)
class ScanTensors:
    """A scan, or a crop of one while learning, in voxels and superpoints."""

    geometry: Float32[Tensor, "t 11"]
    """See `VoxelInputs`, as for the next two."""
    colour: Float32[Tensor, "t 4"]
    place: Float32[Tensor, "t 3"]
    maps: SceneMaps
    of_voxel: Int64[Tensor, " t"]
    """The superpoint of every voxel."""
    superpoints: int
    """s; each has a voxel."""
    voxel: float
    """Metres: the size of a thing tells what it is."""


@dataclass(frozen=True, eq=False)
class SceneTokens:
    """Everything that depends on no query."""

    voxels: Float[Tensor, "t c"]
    """Features of the backbone."""
    means: Float[Tensor, "s c"]
    """Of each superpoint's voxels."""
    features: Float[Tensor, "s c"]
    """The means and what the shape of a superpoint adds; queries begin as these."""
    keys: Float[Tensor, "s d"]
    """What queries look at."""
    masks: Float[Tensor, "s d"]
    """What masks are products with."""
    position: Float[Tensor, "s d"]
    """Added to queries and keys where attention compares them; zeros without codes."""
    place: Float[Tensor, "s 3"]
    """Of the middle of each superpoint, voxels from the middle of the scan's box."""
    voxel_place: Float[Tensor, "t 3"]
    of_voxel: Int64[Tensor, " t"]


@dataclass(frozen=True, eq=False)
class Answers:
    """Of q queries, after the heads were applied once."""

    mask: Float[Tensor, "q s"]
    """Logits over superpoints."""
    embedding: Float[Tensor, "q e"]
    """Unit vectors in the space of the text encoder."""
    iou: Float[Tensor, " q"]
    """Estimated, 0 to 1."""
    fits: Float[Tensor, " q"] | None
    """Logit that there is something at all, whatever its name; None without objectness."""
    query: Float[Tensor, "q d"]
    """What the mask is the product of; `voxel_logits` needs it."""


@dataclass(frozen=True, eq=False)
class SceneAnswers:
    """What the scene's own queries found; prompts read it and never change it."""

    layers: tuple[Answers, ...]
    """Before the first layer and after each while learning; else the last alone."""
    states: tuple[Float[Tensor, "q d"], ...]
    """Queries before the self-attention of each layer."""
    token: Int64[Tensor, " q"]
    """The superpoint of each query."""
    semantic: Float[Tensor, "q e"]
    """What that superpoint is, as a unit vector in the space of the text encoder."""


@dataclass(frozen=True, eq=False)
class ClickPrompts:
    """p prompts about one object each, with any number of clicks; every prompt has a positive one."""

    voxel: Int64[Tensor, " k"]
    prompt: Int64[Tensor, " k"]
    """0 to p - 1."""
    positive: Bool[Tensor, " k"]
    prompts: int
    """p."""
    previous: Float[Tensor, "p s"] | None = None
    """Probabilities of the previous answer, where that is to be refined."""
    ways: Float[Tensor, "2 p s"] | None = None
    """Cost of the way along the surface to the nearest positive and negative click; see `surface.ways`."""

    @classmethod
    def of(
        cls,
        voxel: Int64[np.ndarray, " k"],
        prompt: Int64[np.ndarray, " k"],
        positive: Bool[np.ndarray, " k"],
        *,
        prompts: int,
        previous: Float32[np.ndarray, "p s"] | None = None,
        ways: Float32[np.ndarray, "2 p s"] | None = None,
        device: torch.device,
    ) -> "ClickPrompts":
        """Copies on the device."""
        before, along = (None if given is None else tensor(given, device) for given in (previous, ways))
        clicks = tensor(voxel, device), tensor(prompt, device), tensor(positive, device)
        return cls(*clicks, prompts, before, along)


@dataclass(frozen=True, eq=False)
class Truths:
    """What is true of a training crop: m instances, c names, p click prompts, x sentences."""

    inside: Float[Tensor, "m s"]
    """Share of the voxels of each superpoint that belong to each instance."""
    name: Int64[Tensor, " m"]
    """Index into `names`; -1 where the mask is to be learned and the name is not."""
    names: Float[Tensor, "c e"]
    """Unit vectors of this step's names, true ones and others; at least one."""
    semantic: Int64[Tensor, " s"]
    """What each superpoint is: an index into `names`, c for none of them, -1 to ignore."""
    voxel: Int64[Tensor, " t"]
    """The instance of each voxel, -1 for none."""
    clicked: Int64[Tensor, " p"]
    """The instance of each click prompt."""
    sentences: Bool[Tensor, "x m"]
    """Which instances each sentence means; none of them where nothing fits."""
    pseudo: Float[Tensor, "u s"] | None = None
    """Masks of unnamed things, shares as in `inside`, for the open-vocabulary loss."""


def tensor(array: np.ndarray, device: torch.device) -> Tensor:
    """A copy on the device; arrays of an encoding are never shared with anything that could write to them."""
    return torch.tensor(array, device=device)
