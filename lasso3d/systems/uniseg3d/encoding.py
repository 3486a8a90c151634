"""What is kept of an encoded scene: arrays, from which the network's tensors are made again for each prompt."""

from dataclasses import dataclass
from typing import final

import numpy as np
import torch
from jaxtyping import Float16, Float32, Int32, Int64
from torch import Tensor

from lasso3d.core.scene import Scene
from lasso3d.core.segmenter import SceneEncoding
from lasso3d.geometry.budget import bytes_in
from lasso3d.geometry.paths import Graph
from lasso3d.geometry.upright import Frame
from lasso3d.geometry.voxels import Voxels
from lasso3d.systems.uniseg3d.answers import AnswerConfig, probability_of, shifted
from lasso3d.systems.uniseg3d.inputs import ScanArrays
from lasso3d.systems.uniseg3d.instances import mask_quality, touching
from lasso3d.systems.uniseg3d.tensors import Answers, SceneAnswers, SceneTokens

PART = 512
"""Masks that are looked at together."""
LARGEST = 60_000.0
"""Of a logit in f16."""
TOUCHING = 2.0
"""Voxel sizes between the centroids of voxels that touch: those of two cells side by side are less apart."""


@final
@dataclass(frozen=True, eq=False)
class TokenArrays:
    """See `SceneTokens`."""

    voxels: Float32[np.ndarray, "t c"]
    means: Float32[np.ndarray, "s c"]
    features: Float32[np.ndarray, "s c"]
    keys: Float32[np.ndarray, "s d"]
    masks: Float32[np.ndarray, "s d"]
    position: Float32[np.ndarray, "s d"]
    place: Float32[np.ndarray, "s 3"]
    voxel_place: Float32[np.ndarray, "t 3"]
    of_voxel: Int64[np.ndarray, " t"]

    @classmethod
    def of(cls, tokens: SceneTokens) -> "TokenArrays":
        """Copies on the host."""
        return cls(**{name: array_of(value) for name, value in vars(tokens).items()})

    def tensors(self, device: torch.device) -> SceneTokens:
        """On the device; on the CPU they share memory, and the network writes to none of its inputs."""
        return SceneTokens(**{name: torch.from_numpy(array).to(device) for name, array in vars(self).items()})


@final
@dataclass(frozen=True, eq=False)
class SceneArrays:
    """What prompts read of the scene's queries; see `SceneAnswers`."""

    states: tuple[Float32[np.ndarray, "q d"], ...]
    token: Int64[np.ndarray, " q"]
    semantic: Float32[np.ndarray, "q e"]

    @classmethod
    def of(cls, found: SceneAnswers) -> "SceneArrays":
        """Copies on the host."""
        return cls(tuple(map(array_of, found.states)), array_of(found.token), array_of(found.semantic))

    def tensors(self, device: torch.device) -> SceneAnswers:
        """On the device, without the answers themselves, which no prompt reads."""
        states = tuple(torch.from_numpy(state).to(device) for state in self.states)
        return SceneAnswers((), states, *(torch.from_numpy(a).to(device) for a in (self.token, self.semantic)))


@final
@dataclass(frozen=True, eq=False)
class ObjectArrays:
    """Answers of those scene queries that most likely are objects, whatever their names."""

    mask: Float16[np.ndarray, "k s"]
    """Logits."""
    query: Float32[np.ndarray, "k d"]
    embedding: Float32[np.ndarray, "k e"]
    quality: Float32[np.ndarray, " k"]
    """Mean probability within the mask."""
    iou: Float32[np.ndarray, " k"]
    """Estimated, times the probability that there is anything, to a power."""
    size: Float32[np.ndarray, " k"]
    """Voxels of the mask."""

    @classmethod
    def of(cls, answers: Answers, size: Float32[np.ndarray, " s"], config: AnswerConfig) -> "ObjectArrays":
        """The best of the answers by quality and estimated IoU, in the order of their queries."""
        quality, voxels = np.empty(len(answers.iou), np.float32), np.empty(len(answers.iou), np.float32)
        for first in range(0, len(quality), PART):
            part = slice(first, first + PART)
            probability = probability_of(shifted(array_of(answers.mask[part]), config.threshold))
            quality[part], voxels[part] = mask_quality(probability, size), (probability >= 0.5) @ size
        iou = array_of(answers.iou if answers.fits is None else answers.iou * answers.fits.sigmoid() ** config.fits)
        best = np.sort(np.argsort(-quality * iou, kind="stable")[: config.queries])
        rows = torch.from_numpy(best).to(answers.mask.device)
        mask = answers.mask[rows].clamp(-LARGEST, LARGEST).half().cpu().numpy()
        query, embedding = array_of(answers.query[rows]), array_of(answers.embedding[rows])
        return cls(mask, query, embedding, quality[best], iou[best], voxels[best])

    def answers(self, rows: Int64[np.ndarray, " m"], device: torch.device) -> Answers:
        """Some of them, as the network gave them."""
        arrays = (self.mask[rows].astype(np.float32), self.embedding[rows], self.iou[rows], self.query[rows])
        mask, embedding, iou, query = (torch.from_numpy(array).to(device) for array in arrays)
        return Answers(mask, embedding, iou, None, query)


@final
@dataclass(frozen=True, eq=False)
class UniSeg3DEncoding(SceneEncoding):
    """Voxels and superpoints of a scene, their features, and what the scene's own queries found."""

    frame: Frame
    """Of the voxels."""
    voxels: Voxels
    centroid: Float32[np.ndarray, "t 3"]
    """In that frame."""
    of_point: Int32[np.ndarray, " n"]
    """The superpoint of every point."""
    size: Float32[np.ndarray, " s"]
    """Voxels of every superpoint."""
    edges: Int64[np.ndarray, "e 2"]
    """Superpoints that touch."""
    graph: Graph | None
    """Of the voxels, for ways along the surface; None where the network asks for none."""
    tokens: TokenArrays
    found: SceneArrays
    objects: ObjectArrays

    @classmethod
    def of(
        cls,
        scene: Scene,
        segmenter: str,
        frame: Frame,
        voxels: Voxels,
        arrays: ScanArrays,
        tokens: SceneTokens,
        found: SceneAnswers,
        config: AnswerConfig,
    ) -> "UniSeg3DEncoding":
        """Copies on the host of what prompts need."""
        inputs, of_voxel = arrays.voxels, arrays.of_voxel
        size = np.bincount(of_voxel, minlength=arrays.superpoints).astype(np.float32)
        near = inputs.distance <= TOUCHING * voxels.size
        return cls(
            scene,
            segmenter,
            frame,
            voxels,
            inputs.centroid,
            of_voxel[voxels.of_point],
            size,
            touching(of_voxel, inputs.neighbors, near, count=len(size)),
            arrays.graph,
            TokenArrays.of(tokens),
            SceneArrays.of(found),
            ObjectArrays.of(found.layers[-1], size, config),
        )

    @property
    def nbytes(self) -> int:
        """Memory held beside the scene itself, bytes."""
        kept = (self.voxels, self.centroid, self.of_point, self.size, self.edges, self.graph)
        return bytes_in(*kept, self.tokens, self.found, self.objects)


def array_of(values: Tensor) -> np.ndarray:
    """On the host, floating numbers as f32."""
    values = values.float() if values.is_floating_point() else values
    return np.asarray(values.cpu().numpy())
