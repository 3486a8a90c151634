"""UniSeg3D as a segmenter: scenes, clicks, names and sentences in, segmentations out."""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar, final

import numpy as np
import torch
from jaxtyping import Float32

from lasso3d.core.errors import CheckpointError
from lasso3d.core.prompts import ClassNames, Clicks, Prompt, ReferringExpression
from lasso3d.core.scene import Scene
from lasso3d.core.segmentation import Segmentation
from lasso3d.core.segmenter import Progress, SceneEncoding, Segmenter
from lasso3d.foundation.text import TextEncoder
from lasso3d.geometry.budget import refuse_over_budget
from lasso3d.geometry.upright import Frame
from lasso3d.geometry.voxels import checked_size, voxel_size, voxelize
from lasso3d.nn.checkpoint import answering, digest_of, fill, read_weights, write_weights
from lasso3d.nn.sparse_layers import folded
from lasso3d.systems.card import Card, write_card
from lasso3d.systems.uniseg3d.asking import Asker
from lasso3d.systems.uniseg3d.config import UniSeg3DConfig
from lasso3d.systems.uniseg3d.encoding import UniSeg3DEncoding
from lasso3d.systems.uniseg3d.errors import ErrorModels, Kind, error_cues
from lasso3d.systems.uniseg3d.inputs import scan_arrays
from lasso3d.systems.uniseg3d.lexicon import TEXT, Lexicon
from lasso3d.systems.uniseg3d.network import SceneNetwork
from lasso3d.training.fields import FieldError, from_json, to_json

BYTES_PER_POINT = 52
"""Peak while voxels are built, as in npiseg3d."""
BYTES_PER_VOXEL = 3_500
"""Peak of encoding, measured at 58k to 240k voxels of rooms: 2.6 to 3.0 kB, and 2.5 kB of the release's network."""
BYTES_PER_PAIR = 16
"""Of superpoints, whose scene queries have a mask and distances over all of them: measured at 2,900 of them, 14."""


@final
@dataclass(frozen=True, eq=False)
class UniSeg3D(Segmenter):
    """Answers clicks, class names and sentences; made by `of` or `from_card`."""

    config: UniSeg3DConfig
    network: SceneNetwork
    """As trained."""
    prepared: SceneNetwork
    """The same for inference."""
    digest: str
    """Of the weights."""
    card: Card
    """Where the weights come from."""
    lexicon: Lexicon
    errors: ErrorModels
    device: torch.device
    precision: str

    understands: ClassVar[tuple[type[Prompt], ...]] = (Clicks, ClassNames, ReferringExpression)

    @classmethod
    def of(
        cls,
        network: SceneNetwork,
        card: Card,
        *,
        text: TextEncoder | None = None,
        device: str = "cpu",
        precision: str = "f32",
    ) -> "UniSeg3D":
        """A segmenter around a network, which is not changed afterwards.

        Args:
            text: the encoder of the card; None = the one that ships, read when the first word is asked.

        Raises:
            CheckpointError: the card names another encoder.
        """
        network = network.to(device).eval()
        lexicon = Lexicon.of(card, width=network.config.text_width, text=text)
        errors = from_json(ErrorModels, dict(card.uncertainty))
        prepared = folded(network) if precision == "f32" else network
        where = torch.device(device)
        return cls(network.config, network, prepared, digest_of(network), card, lexicon, errors, where, precision)

    @classmethod
    def from_card(cls, card: Card, device: str, precision: str) -> "UniSeg3D":
        """The segmenter of a checkpoint."""
        try:
            config = from_json(UniSeg3DConfig, dict(card.config))
            from_json(ErrorModels, dict(card.uncertainty))
        except FieldError as error:
            raise CheckpointError(f"in the card, {error}", card.folder, "copy the checkpoint again") from error
        network = SceneNetwork(config)
        fill(network, read_weights(Path(card.folder), digest=card.weights), where=card.folder)
        return cls.of(network, card, device=device, precision=precision)

    def save(self, folder: Path) -> None:
        """Write a checkpoint folder that `load` reads."""
        # weights first: stopped in between, the old card refuses the new weights
        weights = write_weights(folder, self.network, storage=self.card.storage)
        frozen = {**self.card.frozen_models, TEXT: self.lexicon.entry} if self.lexicon.entry else {}
        config, errors = to_json(self.config), to_json(self.errors)
        card = replace(self.card, config=config, uncertainty=errors, weights=weights, frozen_models=frozen)
        self.lexicon.write(folder)
        write_card(folder, card)

    @property
    def identity(self) -> str:
        """Weights, settings, words, device and precision decide the answers."""
        settings = json.dumps([to_json(self.config), to_json(self.errors)], sort_keys=True)
        words = f"{self.digest[:16]} {self.lexicon.digest[:16]}"
        return f"uniseg3d {words} {self.device.type} {self.precision} {settings}"

    def with_voxel(self, size: float) -> "UniSeg3D":
        """The same segmenter at a fixed voxel size, metres."""
        return replace(self, config=replace(self.config, voxel=checked_size(size)))

    def encode(self, scene: Scene, *, progress: Progress | None = None) -> UniSeg3DEncoding:
        """Voxels, superpoints, the features of the backbone, and what the scene's own queries find."""
        tell: Progress = progress or (lambda share, stage: None)
        tell(0.0, "voxels")
        size = self._size(scene.xyz)
        refuse_over_budget(scene, len(scene), bytes_per_token=BYTES_PER_POINT, size=size)
        frame = Frame.upright(scene.xyz) if self.config.upright else Frame()
        xyz = frame.of(scene.xyz)
        if frame.rotation is not None:
            size = self._size(xyz)
        voxels = voxelize(xyz, size)
        refuse_over_budget(scene, len(voxels), bytes_per_token=BYTES_PER_VOXEL, size=size)
        tell(0.1, "superpoints")
        arrays = scan_arrays(voxels, xyz, scene.rgb, config=self.config)
        refuse_over_budget(scene, arrays.superpoints**2, bytes_per_token=BYTES_PER_PAIR, size=size)
        tell(0.3, "features")
        with answering(self.device, self.precision):
            tokens = self.prepared.encode(arrays.tensors(self.device))
            tell(0.6, "objects")
            found = self.prepared.scene(tokens)
        tell(0.9, "objects")
        encoding = UniSeg3DEncoding.of(
            scene, self.identity, frame, voxels, arrays, tokens, found, self.config.answers
        )
        tell(1.0, "done")
        return encoding

    def _size(self, xyz: Float32[np.ndarray, "n 3"]) -> float:
        return self.config.voxel or self.config.coarser * voxel_size(xyz)

    def _segment(
        self, encoding: SceneEncoding, prompt: Prompt, previous: Segmentation | None, seed: int
    ) -> Segmentation:
        if not isinstance(encoding, UniSeg3DEncoding):
            raise ValueError(f"expected an UniSeg3DEncoding, found {type(encoding)}")
        return self.answer(encoding, prompt, previous).segmentation

    def answer(self, encoding: UniSeg3DEncoding, prompt: Prompt, previous: Segmentation | None) -> "Answer":
        """What `segment` returns, and what its uncertainty was estimated from."""
        asker = Asker(self.prepared, self.config, self.lexicon, self.device)
        with answering(self.device, self.precision):
            rows, kind, by_voxel = asker.ask(encoding, prompt, previous)
        cues = error_cues(rows.probability, rows.label_of_token(), rows.score, exclusive=rows.exclusive)
        found = Segmentation(
            rows.probability,
            encoding.voxels.of_point if by_voxel else encoding.of_point,
            rows.labels,
            rows.score,
            self.errors.of(kind)(cues),
            exclusive=rows.exclusive,
        )
        return Answer(found, cues, kind)


@final
@dataclass(frozen=True, eq=False)
class Answer:
    """A segmentation and what it knows of itself."""

    segmentation: Segmentation
    cues: Float32[np.ndarray, "t c"]
    """See `errors.CUES`."""
    kind: Kind
