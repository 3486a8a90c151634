"""What the network learns from: generated scenes, asked about in every way, as released and as shipped."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from torch import Tensor, nn

from lasso3d.data.procedural import VERSIONS
from lasso3d.data.procedural.spoken import LANGUAGE_VERSION
from lasso3d.foundation.minilm import minilm
from lasso3d.foundation.table import read_table
from lasso3d.foundation.text import TextEncoder, name_vectors, text_entry
from lasso3d.foundation.towers import text_encoder
from lasso3d.nn.checkpoint import read_weights
from lasso3d.systems import PRETRAINED
from lasso3d.systems.card import Card, read_card
from lasso3d.systems.uniseg3d.calibration import CalibrationSettings, calibrate
from lasso3d.systems.uniseg3d.config import PRESETS as CONFIGS
from lasso3d.systems.uniseg3d.config import SMALL, UniSeg3DConfig
from lasso3d.systems.uniseg3d.inputs import ScanArrays
from lasso3d.systems.uniseg3d.network import EVERYTHING, SHARED, SceneNetwork, start_from
from lasso3d.systems.uniseg3d.objective import SMALL as SMALL_LOSSES
from lasso3d.systems.uniseg3d.objective import Found, LossSettings, name_losses, scene_losses
from lasso3d.systems.uniseg3d.questions import Clicked, QuestionSettings, click_on_error, vocabulary
from lasso3d.systems.uniseg3d.scenes import VALIDATION, SceneSettings, TrainScene, train_scene
from lasso3d.systems.uniseg3d.segmenter import UniSeg3D
from lasso3d.systems.uniseg3d.surface import ways
from lasso3d.systems.uniseg3d.tensors import ClickPrompts, SceneAnswers, SceneTokens, Truths, tensor
from lasso3d.training.fields import to_json
from lasso3d.training.runs import RecipeError, RunFacts, TrainSettings

RELEASED = TrainSettings(
    steps=512 * 1201 // 4, batch=4, learning_rate=1e-4, weight_decay=0.05, clip_norm=10.0, schedule="cosine", seed=1
)
SYSTEM = "uniseg3d"
NAMED = "named"
"""The loss that is learned from the first step on."""
TEXTS = "minilm"
"""The text encoder that ships."""


@dataclass(frozen=True)
class UniSeg3DRecipe:
    """Everything that decides how the network learns. The defaults are UniSeg3D's release."""

    config: UniSeg3DConfig = field(default_factory=UniSeg3DConfig)
    scenes: SceneSettings = field(default_factory=SceneSettings)
    questions: QuestionSettings = field(default_factory=QuestionSettings)
    loss: LossSettings = field(default_factory=LossSettings)
    calibration: CalibrationSettings = field(default_factory=CalibrationSettings)
    text: str = TEXTS
    """The frozen text encoder: "minilm", the folder of a text tower (the release: OpenCLIP ConvNeXt-Large), or a
    table of vectors that holds every text of the run."""
    names_first: int = 0
    """Steps that learn nothing but what superpoints are: cheap ones, of the backbone alone. The release's backbone
    comes from a checkpoint that knows names."""
    start: str = ""
    """Checkpoint that the network begins with: a system that ships, or a folder. Of another system's it takes the
    U-Net (release: SSTNet's), of this system's all that fits."""
    storage: Literal["f32", "f16"] = "f32"
    """Of the checkpoint."""
    train: TrainSettings = RELEASED
    """Release: 512 epochs of ScanNet's 1201 scenes in batches of 4; its polynomial decay (power 0.9) is a cosine
    here."""

    def network(self) -> SceneNetwork:
        """A network that is fresh but for what the checkpoint to start from has of it."""
        network = SceneNetwork(self.config)
        if self.start:
            folder = _folder_of(self.start)
            card = read_card(folder)
            parts = EVERYTHING if card.system == SYSTEM else SHARED
            taken = start_from(network, read_weights(folder, digest=card.weights), parts=parts)
            if not taken:
                raise RecipeError(f"nothing of {self.start} fits the network", cure="start from nothing: start=''")
        return network

    def batch(self, step: int, part: int) -> TrainScene:
        """A crop and what is asked about it."""
        visit = self.scenes.first + step * self.train.batch + part
        return train_scene(visit, self.scenes, self.questions, self.config)

    def losses(self, network: nn.Module, batches: Sequence[TrainScene], step: int) -> dict[str, Tensor]:
        """Mean over scenes; of one step, the names are the same whatever the scenes are."""
        network = _own(network)
        learn = self._name_losses if step < self.names_first else self._scene_losses
        each = [learn(network, scene) for scene in batches]
        means = {name: torch.stack([losses[name] for losses in each]).mean() for name in each[0]}
        # what begins late begins softly, or the backbone forgets for the sake of a decoder that knows nothing
        ramp = min(1.0, (step - self.names_first + 1) / max(1, self.train.warm_up)) if self.names_first else 1.0
        return {name: mean if name == NAMED else ramp * mean for name, mean in means.items()}

    def save(self, folder: Path, network: nn.Module, facts: RunFacts) -> None:
        """Write the checkpoint, calibrated and measured on generated scenes that were never learned from."""
        segmenter = UniSeg3D.of(_own(network), self._card(facts), text=encoder_of(self.text))
        found = calibrate(segmenter, self._worlds(), self.calibration)
        card = replace(segmenter.card, uncertainty=to_json(found.errors), metrics={"validation": found.metrics})
        replace(segmenter, errors=found.errors, card=card).save(folder)

    def _name_losses(self, network: SceneNetwork, scene: TrainScene) -> dict[str, Tensor]:
        device = next(network.parameters()).device
        truth = truths(scene, encoder_of(self.text), device)
        return name_losses(network, network.encode(scene.arrays.tensors(device)), truth, self.loss)

    def _scene_losses(self, network: SceneNetwork, scene: TrainScene) -> dict[str, Tensor]:
        device = next(network.parameters()).device
        encoder = encoder_of(self.text)
        tokens = network.encode(scene.arrays.tensors(device))
        seen = network.scene(tokens, some_queries(scene, self.config, device))
        clicks = network.click(tokens, seen, self._clicks(network, tokens, seen, scene))
        vectors = tensor(encoder(scene.sentences), device)
        texts, truth = network.text(tokens, seen, vectors), truths(scene, encoder, device)
        found = Found(tokens, seen, clicks, texts, network.texts.meaning(vectors))
        return scene_losses(network, found, truth, settings=self.loss, seed=scene.seed)

    def _clicks(
        self, network: SceneNetwork, tokens: SceneTokens, seen: SceneAnswers, scene: TrainScene
    ) -> ClickPrompts:
        """The first clicks or, in some scenes, those and what looks at the answers add."""
        rng, device = np.random.default_rng(scene.seed), tokens.keys.device
        given, settings = scene.clicks, self.questions
        prompts = prompts_of(given, scene.arrays, device)
        refined = bool(len(given.instance)) and rng.random() < settings.refined
        place, wanted = scene.arrays.voxels.place, scene.instance == given.instance[:, None]
        every = torch.arange(prompts.prompts, device=device)
        for _ in range(rng.integers(1, settings.rounds + 1) if refined else 0):
            with torch.no_grad():
                answers = network.click(tokens, seen, prompts)[-1]
                found = network.voxel_logits(tokens, answers, every) > 0
            given = click_on_error(place, wanted, found.cpu().numpy(), given, settings, rng)
            prompts = replace(prompts_of(given, scene.arrays, device), previous=answers.mask.sigmoid())
        return prompts

    def _worlds(self) -> list[str]:
        """Each once, however often its turn comes."""
        return list(dict.fromkeys(self.scenes.worlds))

    def _started_from(self) -> dict[str, str]:
        """The checkpoint that the U-Net comes from; nothing without one."""
        return {"name": self.start, "weights": read_card(_folder_of(self.start)).weights} if self.start else {}

    def _card(self, facts: RunFacts) -> Card:
        first = self.scenes.first
        seeds = [self.scenes.number(visit) for visit in range(first, first + facts.steps * self.train.batch)]
        return Card(
            system=SYSTEM,
            config=to_json(self.config),
            preset=next((name for name, config in CONFIGS.items() if config == self.config), ""),
            storage=self.storage,
            frozen_models={"text": text_entry(encoder_of(self.text))},
            vocabulary=vocabulary(),
            data={
                "worlds": self._worlds(),
                "world_version": {world: VERSIONS[world] for world in self._worlds()},
                "language_version": LANGUAGE_VERSION,
                "training_seeds": [min(seeds), max(seeds) + 1],
                "validation_seeds": [VALIDATION, VALIDATION + self.calibration.scenes],
                "start": self._started_from(),
            },
            steps=facts.steps,
            seed=facts.seed,
            command=facts.command,
            hardware=facts.hardware,
            minutes=facts.minutes,
            licence="Apache-2.0",
            limits="learned from generated scenes alone",
        )


def _folder_of(start: str) -> Path:
    """Of the checkpoint to start from: one that ships, or a path."""
    return PRETRAINED / start if (PRETRAINED / start).is_dir() else Path(start)


def some_queries(scene: TrainScene, config: UniSeg3DConfig, device: torch.device) -> Tensor:
    """A random share of the superpoints, in their order; drawn anew at every visit."""
    s = scene.arrays.superpoints
    rng = np.random.default_rng((scene.seed, s))
    count = min(config.most_queries, max(1, round(s * rng.uniform(config.query_share, 1))))
    return tensor(np.sort(rng.permutation(s)[:count]), device)


def prompts_of(clicks: Clicked, arrays: ScanArrays, device: torch.device) -> ClickPrompts:
    """As the network reads them."""
    given, count = (clicks.voxel, clicks.prompt, clicks.positive), len(clicks.instance)
    along = ways(arrays.graph, arrays.of_voxel, *given, prompts=count, superpoints=arrays.superpoints)
    return ClickPrompts.of(*given, prompts=count, ways=along, device=device)


def truths(scene: TrainScene, encoder: TextEncoder, device: torch.device) -> Truths:
    """What is true of a crop, with the vectors of its names."""
    arrays = (
        scene.inside(),
        scene.name,
        name_vectors(encoder, scene.names),
        scene.semantic,
        scene.instance,
        scene.clicks.instance,
        scene.meant,
    )
    return Truths(*(tensor(array, device) for array in arrays))


@cache
def encoder_of(text: str) -> TextEncoder:
    """The encoder of a recipe's `text`, read once per process."""
    if text == TEXTS:
        return minilm()
    path = Path(text)
    return text_encoder(path) if path.is_dir() else read_table(path)


def _own(network: nn.Module) -> SceneNetwork:
    if not isinstance(network, SceneNetwork):
        raise ValueError(f"expected a SceneNetwork, found {type(network).__name__}")
    return network


PAPER = UniSeg3DRecipe(
    # one click in the middle of an object, full lists of names, three sentences, no second answers
    questions=QuestionSettings(
        names=20,
        synonyms=0.0,
        dropped=0.0,
        habits=(1.0, 0.0, 0.0, 0.0),
        eager=0.0,
        refined=0.0,
        sentences=3,
        nouns=0.0,
        instructions=0.0,
    )
)
SMALL_RECIPE = UniSeg3DRecipe(
    config=SMALL,
    scenes=SceneSettings(
        worlds=("rooms", "tabletops", "rooms", "streets"),
        visits=8,
        among=16,
        voxels=16_000,
        flip=True,
        scale=(0.9, 1.8),
        noise=0.25,
        sparse=0.3,
        colourless=0.2,
        colour_shift=0.2,
    ),
    questions=QuestionSettings(
        names=150,
        dropped=0.05,
        clicks=6,
        habits=(0.35, 0.25, 0.2, 0.2),
        sentences=10,
        nouns=0.35,
        instructions=0.15,
    ),
    loss=SMALL_LOSSES,
    names_first=7000,
    start="npiseg3d",
    storage="f16",
    train=TrainSettings(
        steps=14_000,
        batch=1,
        learning_rate=1e-3,
        weight_decay=0.02,
        clip_norm=1.0,
        warm_up=200,
        ema=0.998,
        workers=1,
    ),
)
PRESETS: dict[str, UniSeg3DRecipe] = {"paper": PAPER, "small": SMALL_RECIPE}
RECIPE = UniSeg3DRecipe
