"""What the network learns from: simulated sessions on generated scenes, as published and as shipped."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from jaxtyping import Int32
from torch import Tensor, nn

from lasso3d.data.procedural import VERSIONS
from lasso3d.systems.card import Card
from lasso3d.systems.npiseg3d.calibration import CalibrationSettings, calibrate
from lasso3d.systems.npiseg3d.config import AGILE3D, SMALL, NPISeg3DConfig
from lasso3d.systems.npiseg3d.config import PRESETS as CONFIGS
from lasso3d.systems.npiseg3d.decoder import PointFeatures
from lasso3d.systems.npiseg3d.inputs import ClickArrays, VoxelArrays, click_arrays
from lasso3d.systems.npiseg3d.latents import Sampling
from lasso3d.systems.npiseg3d.likeness import likeness_loss
from lasso3d.systems.npiseg3d.network import ClickNetwork
from lasso3d.systems.npiseg3d.objective import LossSettings, answer_losses
from lasso3d.systems.npiseg3d.scenes import LONE, VALIDATION, SceneSettings, TrainScene, train_scene
from lasso3d.systems.npiseg3d.segmenter import NPISeg3D
from lasso3d.systems.npiseg3d.simulate import Session, SessionSettings, clicks_on_errors
from lasso3d.systems.npiseg3d.tensors import ClickTensors, TruthPoints, VoxelTensors, tensor
from lasso3d.training.fields import to_json
from lasso3d.training.runs import RunFacts, TrainSettings

RELEASED = TrainSettings(
    steps=120_000,
    batch=6,
    learning_rate=5e-4,
    weight_decay=1e-4,
    clip_norm=0.1,
    schedule="multi-step",
    milestones=(500 / 600,),
    seed=42,
)


@dataclass(frozen=True)
class NPISeg3DRecipe:
    """Everything that decides how the network learns. The defaults are NPISeg3D's release."""

    config: NPISeg3DConfig = field(default_factory=NPISeg3DConfig)
    scenes: SceneSettings = field(default_factory=SceneSettings)
    sessions: SessionSettings = field(default_factory=SessionSettings)
    loss: LossSettings = field(default_factory=LossSettings)
    calibration: CalibrationSettings = field(default_factory=CalibrationSettings)
    storage: Literal["f32", "f16"] = "f32"
    """Of the checkpoint."""
    train: TrainSettings = RELEASED
    """Release: 600 epochs of ScanNet's 1201 scenes, 120k steps of 6; learning rate / 10 after epoch 500."""

    def network(self) -> ClickNetwork:
        """A fresh network."""
        return ClickNetwork(self.config)

    def batch(self, step: int, part: int) -> TrainScene:
        """A crop, sessions about it, and their first clicks."""
        return train_scene(step * self.train.batch + part, self.scenes, self.sessions, self.config)

    def losses(self, network: nn.Module, batches: Sequence[TrainScene], step: int) -> dict[str, Tensor]:
        """Mean over scenes of the mean over their answers; names are the same whatever the scenes are."""
        if not isinstance(network, ClickNetwork):
            raise ValueError(f"expected a ClickNetwork, found {type(network).__name__}")
        share = step / max(1, self.train.steps)
        return _mean([self._scene_losses(network, scene, share) for scene in batches])

    def save(self, folder: Path, network: nn.Module, facts: RunFacts) -> None:
        """Write the checkpoint, calibrated and measured on generated scenes that were never learned from."""
        if not isinstance(network, ClickNetwork):
            raise ValueError(f"expected a ClickNetwork, found {type(network).__name__}")
        segmenter = NPISeg3D.of(network, self._card(facts))
        # one click on a lone object may mean any of its nested parts: no measure of how sure to be elsewhere
        worlds = [world for world in self._worlds() if world not in LONE] or self._worlds()
        found = calibrate(segmenter, worlds, self.calibration)
        card = replace(segmenter.card, uncertainty=to_json(found.errors), metrics={"validation": found.metrics})
        replace(segmenter, errors=found.errors, card=card).save(folder)

    def _worlds(self) -> list[str]:
        """Each once, however often its turn comes."""
        return list(dict.fromkeys(self.scenes.worlds))

    def _card(self, facts: RunFacts) -> Card:
        visits = facts.steps * self.train.batch
        seeds = {self.scenes.number(visit) for visit in range(visits)}
        return Card(
            system="npiseg3d",
            config=to_json(self.config),
            preset=next((name for name, config in CONFIGS.items() if config == self.config), ""),
            storage=self.storage,
            data={
                "worlds": self._worlds(),
                "world_version": {world: VERSIONS[world] for world in self._worlds()},
                "training_seeds": [0, max(seeds, default=-1) + 1],
                "validation_seeds": [VALIDATION, VALIDATION + self.calibration.scenes],
            },
            steps=facts.steps,
            seed=facts.seed,
            command=facts.command,
            hardware=facts.hardware,
            minutes=facts.minutes,
            licence="Apache-2.0",
            limits="learned from generated scenes alone",
        )

    def _scene_losses(self, network: ClickNetwork, scene: TrainScene, share: float) -> dict[str, Tensor]:
        seen = Seen.by(network, scene.arrays)
        rng = np.random.default_rng(scene.seed)
        answers = [
            losses
            for session, first in zip(scene.sessions, scene.first, strict=True)
            for losses in self._answers(network, seen, session, first, rng=rng, share=share)
        ]
        losses = _mean(answers)
        if self.loss.likeness > 0:
            losses["likeness"] = self.loss.likeness * likeness_loss(seen.points.features, scene.pairs)
        return losses

    def _answers(
        self,
        network: ClickNetwork,
        seen: "Seen",
        session: Session,
        clicks: ClickArrays,
        *,
        rng: np.random.Generator,
        share: float,
    ) -> Iterator[dict[str, Tensor]]:
        """Play a session; the losses of each answer that learns."""
        place, maps = seen.voxels.place, seen.arrays.maps
        wanted = tensor(session.wanted.astype(np.int64), place.device)
        previous = None
        for answer in range(session.silent + session.learning):
            if previous is not None:
                predicted = previous.argmax(0).to(torch.int32).cpu().numpy()
                clicks = _with_errors(seen.arrays, session, clicks, predicted, self, rng)
            given = ClickTensors.of(clicks, previous, place.device)
            if answer < session.silent:
                with torch.no_grad():
                    found = network.decode(seen.points, maps, given, sampling=Sampling(1))
            else:
                truth = _truth_points(session, self.config.latent.truth_points, rng, place.device)
                found, target = network.learn(seen.points, maps, given, truth)
                yield answer_losses(found, target, given, wanted, place, settings=self.loss, share=share)
            previous = found.logits.detach().softmax(0)


@dataclass(frozen=True, eq=False)
class Seen:
    """A scene as arrays, as tensors, and as the network sees it."""

    arrays: VoxelArrays
    voxels: VoxelTensors
    points: PointFeatures

    @classmethod
    def by(cls, network: ClickNetwork, arrays: VoxelArrays) -> "Seen":
        """Encoded by the network, on its device."""
        voxels = VoxelTensors.of(arrays, network.project.weight.device)
        return cls(arrays, voxels, network.encode(voxels))


def _with_errors(
    arrays: VoxelArrays,
    session: Session,
    clicks: ClickArrays,
    predicted: Int32[np.ndarray, " t"],
    recipe: NPISeg3DRecipe,
    rng: np.random.Generator,
) -> ClickArrays:
    """The clicks so far and those that a look at the prediction adds; clicked voxels have their label (release)."""
    predicted = predicted.copy()
    predicted[clicks.token] = clicks.row
    m, settings = session.objects, recipe.sessions
    more = clicks_on_errors(arrays.place, session.wanted, predicted, objects=m, settings=settings, rng=rng)
    added = np.array(more, np.int64).reshape(-1, 2)
    token, row = np.append(clicks.token, added[:, 0]), np.append(clicks.row, added[:, 1])
    return click_arrays(arrays, token, row, objects=m, channels=recipe.config.geodesic)


def _truth_points(session: Session, most: int, rng: np.random.Generator, device: torch.device) -> TruthPoints:
    """Points anywhere on each row; where a row has none, any point stands for it."""
    tokens, rows = [], []
    for row in range(session.objects + 1):
        here = np.flatnonzero(session.wanted == row)
        here = here if len(here) else np.arange(len(session.wanted))
        tokens.append(rng.choice(here, min(most, len(here)), replace=False))
        rows.append(np.full(len(tokens[-1]), row))
    return TruthPoints(tensor(np.concatenate(tokens), device), tensor(np.concatenate(rows), device))


def _mean(each: list[dict[str, Tensor]]) -> dict[str, Tensor]:
    """Mean of every loss over those that have been judged."""
    return {name: torch.stack([losses[name] for losses in each]).mean() for name in each[0]}


PAPER = NPISeg3DRecipe()
SMALL_RECIPE = NPISeg3DRecipe(
    config=SMALL,
    scenes=SceneSettings(
        worlds=("tabletops", "rooms", "streets", "tabletops", "rooms", "objects"),
        visits=3,
        voxels=12_000,
        scale=(0.75, 2.2),
        noise=0.25,
        sparse=0.3,
        colourless=0.5,
        grey=0.1,
        slip=2.0,
        colour_shift=0.4,
    ),
    sessions=SessionSettings(
        sessions=2,
        most_objects=4,
        alone=0.5,
        by_size=0.25,
        silent=8,
        learning=3,
        long=0.3,
        eager=0.35,
        first_clicks=4,
        background_clicks=5,
        habits=(0.5, 0.25, 0.25),
    ),
    storage="f16",
    loss=LossSettings(
        dice=1.0, dice_form="region", balance=0.5, first_click=1.5, layers=0.3, target=0.5, likeness=0.25
    ),
    train=TrainSettings(
        steps=5000,
        batch=1,
        learning_rate=1e-3,
        weight_decay=0.02,
        clip_norm=1.0,
        warm_up=100,
        ema=0.995,
        workers=1,
    ),
)
PRESETS: dict[str, NPISeg3DRecipe] = {
    "paper": PAPER,
    "agile3d": NPISeg3DRecipe(
        config=AGILE3D,
        loss=LossSettings(layers=1.0),
        train=replace(PAPER.train, steps=264_000, batch=5, learning_rate=1e-4, milestones=(1000 / 1100,), seed=42),
    ),
    "small": SMALL_RECIPE,
    "agile3d-small": replace(SMALL_RECIPE, config=CONFIGS["agile3d-small"]),
}
RECIPE = NPISeg3DRecipe
