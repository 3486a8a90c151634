"""NPISeg3D as a segmenter: scenes and clicks in, segmentations out; here core types meet tensors."""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar, final

import numpy as np
import torch
from jaxtyping import Float32, Int64

from lasso3d.core.errors import CheckpointError
from lasso3d.core.prompts import Clicks, Prompt
from lasso3d.core.scene import Scene
from lasso3d.core.segmentation import Segmentation
from lasso3d.core.segmenter import Progress, SceneEncoding, Segmenter
from lasso3d.geometry.budget import bytes_in, refuse_over_budget
from lasso3d.geometry.upright import Frame
from lasso3d.geometry.voxels import Voxels, checked_size, voxel_size, voxelize
from lasso3d.nn.checkpoint import answering, digest_of, fill, read_weights, write_weights
from lasso3d.nn.sparse_layers import folded
from lasso3d.systems.card import Card, write_card
from lasso3d.systems.npiseg3d.config import PRESETS, NPISeg3DConfig
from lasso3d.systems.npiseg3d.decoder import PointFeatures
from lasso3d.systems.npiseg3d.errors import CUES, ErrorModel, error_cues
from lasso3d.systems.npiseg3d.inputs import ClickArrays, VoxelArrays, click_arrays, voxel_arrays
from lasso3d.systems.npiseg3d.latents import Sampling
from lasso3d.systems.npiseg3d.network import ClickNetwork
from lasso3d.systems.npiseg3d.tensors import ClickTensors, VoxelTensors
from lasso3d.training.fields import FieldError, from_json, to_json

BYTES_PER_POINT = 52
"""Peak while voxels are built: keys, order (twice while sorted), voxel and turned place of each point."""
BYTES_PER_VOXEL = {"res16unet": 4_000, "layer unet": 3_500}
"""Peak of encoding, measured at 201k voxels (3.1 and 2.6 kB, with what is left of the points); three clicks on the
encoding take half of that."""


@final
@dataclass(frozen=True, eq=False)
class NPISeg3DEncoding(SceneEncoding):
    """Voxels of a scene with their features."""

    frame: Frame
    """Of the voxels."""
    voxels: Voxels
    centroid: Float32[np.ndarray, "t 3"]
    """In that frame."""
    arrays: VoxelArrays
    features: Float32[np.ndarray, "t d"]
    position: Float32[np.ndarray, "t d"]

    @property
    def nbytes(self) -> int:
        """Memory held beside the scene itself, bytes."""
        return bytes_in(self.voxels, self.centroid, self.arrays, self.features, self.position)


@final
@dataclass(frozen=True, eq=False)
class NPISeg3D(Segmenter):
    """Answers clicks on any number of objects and estimates where it is wrong; made by `of` or `from_card`."""

    config: NPISeg3DConfig
    network: ClickNetwork
    """As trained."""
    prepared: ClickNetwork
    """The same for inference."""
    digest: str
    """Of the weights."""
    card: Card
    """Where the weights come from."""
    errors: ErrorModel
    device: torch.device
    precision: str

    understands: ClassVar[tuple[type[Prompt], ...]] = (Clicks,)

    @classmethod
    def of(cls, network: ClickNetwork, card: Card, *, device: str = "cpu", precision: str = "f32") -> "NPISeg3D":
        """A segmenter around a network, which is not changed afterwards; the card says how sure to be."""
        network = network.to(device).eval()
        errors = from_json(ErrorModel, dict(card.uncertainty))
        prepared = folded(network) if precision == "f32" else network
        where = torch.device(device)
        return cls(network.config, network, prepared, digest_of(network), card, errors, where, precision)

    @classmethod
    def from_card(cls, card: Card, device: str, precision: str) -> "NPISeg3D":
        """The segmenter of a checkpoint."""
        try:
            config = from_json(NPISeg3DConfig, dict(card.config), default=PRESETS.get(card.preset))
            from_json(ErrorModel, dict(card.uncertainty))
        except FieldError as error:
            raise CheckpointError(f"in the card, {error}", card.folder, "copy the checkpoint again") from error
        network = ClickNetwork(config)
        fill(network, read_weights(Path(card.folder), digest=card.weights), where=card.folder)
        return cls.of(network, card, device=device, precision=precision)

    def save(self, folder: Path) -> None:
        """Write a checkpoint folder that `load` reads."""
        # weights first: stopped in between, the old card refuses the new weights
        weights = write_weights(folder, self.network, storage=self.card.storage)
        config, errors = to_json(self.config), to_json(self.errors)
        write_card(folder, replace(self.card, config=config, uncertainty=errors, weights=weights))

    @property
    def identity(self) -> str:
        """Weights, settings, device and precision decide the answers."""
        settings = json.dumps([to_json(self.config), to_json(self.errors)], sort_keys=True)
        return f"npiseg3d {self.digest[:16]} {self.device.type} {self.precision} {settings}"

    def with_voxel(self, size: float) -> "NPISeg3D":
        """The same segmenter at a fixed voxel size, metres."""
        return replace(self, config=replace(self.config, voxel=checked_size(size)))

    def encode(self, scene: Scene, *, progress: Progress | None = None) -> NPISeg3DEncoding:
        """Voxels, their neighbourhoods, and the features of the backbone."""
        tell: Progress = progress or (lambda share, stage: None)
        tell(0.0, "voxels")
        size = self._size(scene.xyz)
        refuse_over_budget(scene, len(scene), bytes_per_token=BYTES_PER_POINT, size=size)
        frame = Frame.upright(scene.xyz) if self.config.upright else Frame()
        xyz = frame.of(scene.xyz)
        if frame.rotation is not None:
            size = self._size(xyz)
        voxels = voxelize(xyz, size)
        refuse_over_budget(scene, len(voxels), bytes_per_token=BYTES_PER_VOXEL[self.config.backbone], size=size)
        tell(0.1, "neighbourhoods")
        arrays = voxel_arrays(voxels, xyz, scene.rgb, config=self.config)
        tell(0.4, "features")
        with answering(self.device, self.precision):
            points = self.prepared.encode(VoxelTensors.of(arrays, self.device))
        tell(1.0, "done")
        features, position = (tensor.float().cpu().numpy() for tensor in (points.features, points.position))
        return NPISeg3DEncoding(scene, self.identity, frame, voxels, voxels.mean(xyz), arrays, features, position)

    def _size(self, xyz: Float32[np.ndarray, "n 3"]) -> float:
        return self.config.voxel or voxel_size(xyz)

    def _segment(
        self, encoding: SceneEncoding, prompt: Prompt, previous: Segmentation | None, seed: int
    ) -> Segmentation:
        if not isinstance(encoding, NPISeg3DEncoding) or not isinstance(prompt, Clicks):
            raise ValueError(f"expected an NPISeg3DEncoding and Clicks, found {type(encoding)} and {type(prompt)}")
        return self.answer(encoding, prompt, previous, seed).segmentation

    def answer(
        self, encoding: NPISeg3DEncoding, prompt: Clicks, previous: Segmentation | None, seed: int
    ) -> "Answer":
        """What `segment` returns, and what its uncertainty was estimated from."""
        token, number = _asked(encoding, prompt)
        heard, t = np.unique(number[number > 0]), len(encoding.voxels)
        rows = np.zeros((len(prompt.objects), t), np.float32)
        if not len(heard):
            nothing = np.zeros(t, np.float32)
            return Answer(
                _segmentation(encoding, prompt, rows, nothing, nothing), np.zeros((t, len(CUES)), np.float32)
            )
        row = np.where(number > 0, np.searchsorted(heard, number), len(heard))
        clicks = click_arrays(
            encoding.arrays,
            token,
            row,
            objects=len(heard),
            channels=self.config.geodesic,
            threads=torch.get_num_threads(),
        )
        probability, spread = self._decoded(encoding, clicks, _before(previous, heard, t), seed)
        cues = error_cues(probability, spread, clicks, encoding.arrays.place)
        # an object whose every click was overruled by a later one on the same voxel keeps an empty row
        rows[np.searchsorted(np.array(prompt.objects), heard)] = probability[:-1]
        return Answer(_segmentation(encoding, prompt, rows, self.errors(cues), spread), cues)

    def _decoded(
        self,
        encoding: NPISeg3DEncoding,
        clicks: ClickArrays,
        previous: Float32[np.ndarray, "m1 t"] | None,
        seed: int,
    ) -> tuple[Float32[np.ndarray, "m1 t"], Float32[np.ndarray, " t"]]:
        """Probability of every row, and how far the samples disagree about the label given."""
        with answering(self.device, self.precision):
            arrays = (encoding.features, encoding.position, encoding.arrays.place)
            points = PointFeatures(*(torch.from_numpy(array).to(self.device) for array in arrays))
            before = None if previous is None else torch.from_numpy(previous).to(self.device)
            given = ClickTensors.of(clicks, before, self.device)
            sampling = Sampling(self.config.latent.samples, torch.Generator().manual_seed(seed))
            found = self.prepared.decode(points, encoding.arrays.maps, given, sampling=sampling)
            probability = found.logits.float().softmax(0)
            # what the user said outranks what the network makes of it
            probability[:, given.token] = 0
            probability[given.row, given.token] = 1
            label = probability.max(0).indices
            chosen = found.samples.float().softmax(1).gather(1, label.expand(len(found.samples), 1, -1))[:, 0]
            # torch's own deviation over a first axis is ten times slower
            spread = (chosen - chosen.mean(0)).square().mean(0).sqrt()
            return probability.cpu().numpy(), spread.cpu().numpy()


@final
@dataclass(frozen=True, eq=False)
class Answer:
    """A segmentation and what it knows of itself."""

    segmentation: Segmentation
    cues: Float32[np.ndarray, "t c"]
    """See `errors.CUES`."""


def _asked(encoding: NPISeg3DEncoding, prompt: Clicks) -> tuple[Int64[np.ndarray, " k"], Int64[np.ndarray, " k"]]:
    """Voxel and object number of every click; of several on one voxel the last counts."""
    voxels, frame = encoding.voxels, encoding.frame
    last = {voxels.token_of(frame.point(click.xyz), encoding.centroid): click.object for click in prompt.clicks}
    return np.array(list(last), np.int64), np.array(list(last.values()), np.int64)


def _before(
    previous: Segmentation | None, heard: Int64[np.ndarray, " m"], t: int
) -> Float32[np.ndarray, "m1 t"] | None:
    """The previous answer in the rows of this prompt, background last; None where it had no rows."""
    if previous is None or not previous.labels:
        return None
    probability = previous.probability
    row = {label: i for i, label in enumerate(previous.labels)}
    rows = [probability[row[number]] if number in row else np.zeros(t) for number in heard.tolist()]
    found = np.stack(rows).astype(np.float32)
    return np.concatenate([found, (1 - found.sum(axis=0, keepdims=True)).clip(0, 1)])


def _segmentation(
    encoding: NPISeg3DEncoding,
    prompt: Clicks,
    rows: Float32[np.ndarray, "m t"],
    uncertainty: Float32[np.ndarray, " t"],
    spread: Float32[np.ndarray, " t"],
) -> Segmentation:
    return Segmentation(
        rows,
        encoding.voxels.of_point,
        prompt.objects,
        _expected_iou(rows, uncertainty),
        uncertainty.clip(0, 1),
        exclusive=True,
        epistemic=spread.clip(0, 1),
    )


def _expected_iou(rows: Float32[np.ndarray, "m t"], uncertainty: np.ndarray) -> Float32[np.ndarray, " m"]:
    """Expected true voxels in a mask over the mask and what is expected to be missing from it."""
    m = len(rows)
    outside = (1 - rows.sum(axis=0)).clip(0)
    label = np.where(outside > rows.max(axis=0, initial=0), m, rows.argmax(axis=0) if m else m)
    inside = np.bincount(label, weights=1 - uncertainty, minlength=m + 1)[:m]
    size = np.bincount(label, minlength=m + 1)[:m]
    held = np.bincount(label, weights=rows.max(axis=0, initial=0), minlength=m + 1)[:m]
    missing = rows.sum(axis=1, dtype=np.float64) - held
    return (inside / np.maximum(size + missing, 1e-9)).clip(0, 1).astype(np.float32)
