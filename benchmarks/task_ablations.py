"""What each task, and each tie between tasks, is worth to UniSeg3D's decoder at one small budget.

    python benchmarks/task_ablations.py --out DIR [--steps 400] [--seeds 3] [--scenes 4] [VARIANT ...]

The U-Net stays as the checkpoint that ships has it; everything behind it is fresh and learns from the same crops in
every variant (8000 voxels, masks of whole superpoints). Each variant is then asked about generated test scenes:
rooms and streets, every task. Whatever is in DIR is not done again; seeds come one after the other, so that an
interrupted study has all variants of the first seeds. Prints a markdown table of what is there: the mean of the
whole recipe over seeds with its deviation, and for every variant the difference to it, paired by seed, with the
lowest and highest of the seeds. Figures are means of the two worlds, in per cent.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import product
from pathlib import Path

import numpy as np
import torch
from six_tasks import PROTOCOLS
from torch import nn

from lasso3d.data.example import Example
from lasso3d.data.procedural import VERSIONS, ProceduralScenes
from lasso3d.nn.checkpoint import read_weights
from lasso3d.systems import PRETRAINED, load
from lasso3d.systems.card import read_card
from lasso3d.systems.uniseg3d.network import EVERYTHING, SHARED, SceneNetwork, start_from
from lasso3d.systems.uniseg3d.objective import LossSettings
from lasso3d.systems.uniseg3d.recipe import SMALL_RECIPE, UniSeg3DRecipe
from lasso3d.systems.uniseg3d.scenes import TrainScene, train_scene
from lasso3d.systems.uniseg3d.segmenter import UniSeg3D
from lasso3d.training.loop import train
from lasso3d.training.runs import Job, RunFacts, TrainSettings

TEST_SEED = 20_001_000
"""First of the test scenes; nothing was ever chosen by these."""
FIRST_VISIT = 100_000
"""Crops that the shipped checkpoint has not learned from."""
WORLDS = ("rooms", "streets")
FIGURES = (
    ("panoptic", "PQ"),
    ("semantic", "mIoU"),
    ("instance", "AP50"),
    ("instance", "AP50 any class"),
    ("one-click", "IoU centre"),
    ("one-click", "IoU edge"),
    ("referring", "mIoU with targets"),
)
WHOLE = "all six tasks"
SCENES = replace(SMALL_RECIPE.scenes, first=FIRST_VISIT, visits=4, voxels=8000)
LOSSES = replace(SMALL_RECIPE.loss, voxel=0.0)
TIES = ("distil_masks", "distil_names", "contrast", "ranking")
"""The release's four ties between tasks; each weighs 0.1 there."""
BUDGET = TrainSettings(
    batch=1,
    learning_rate=1e-3,
    weight_decay=0.02,
    clip_norm=1.0,
    warm_up=40,
    ema=0.98,
    workers=0,
    threads=1,
    save_every=10_000,
    log_every=50,
)
SECOND_STAGE = "second stage"
SLOWER = 1e-3
"""Its learning rate, against the first stage's, as in the release."""


def tied(**weights: float) -> LossSettings:
    """These ties and no others."""
    return replace(LOSSES, **{**dict.fromkeys(TIES, 0.0), **weights})


def alone(**weights: float) -> LossSettings:
    """These tasks and no others."""
    none = {"scene": 0.0, "semantic": 0.0, "named": 0.0, "click": 0.0, "text": 0.0, "meant": 0.0}
    return replace(tied(), **{**none, **weights})


VARIANTS: dict[str, LossSettings] = {
    WHOLE: LOSSES,
    "no ties": tied(),
    "v → g alone": tied(distil_masks=0.1),
    "v → r alone": tied(distil_names=0.1),
    "contrast alone": tied(contrast=0.1),
    "rank alone": tied(ranking=0.1),
    "λ = 0.05": tied(**dict.fromkeys(TIES, 0.05)),
    "λ = 0.2": tied(**dict.fromkeys(TIES, 0.2)),
    "λ = 0.3": tied(**dict.fromkeys(TIES, 0.3)),
    "contrast as released": replace(LOSSES, contrast_form="released"),
    SECOND_STAGE: LOSSES,
    "classes alone": alone(semantic=2.0, named=2.0),
    "classes and objects alone": alone(scene=1.0, semantic=2.0, named=2.0),
    "clicks alone": alone(click=1.0),
    "sentences alone": alone(text=1.0, meant=1.0),
}
"""What is learned; `λ` is the weight of all four ties, 0.1 in the whole recipe."""


@dataclass(frozen=True)
class Decoder(UniSeg3DRecipe):
    """The recipe that ships, but for a U-Net that does not learn and crops made once for all variants."""

    def network(self) -> SceneNetwork:
        """With the U-Net of the checkpoint that ships; all of it where a run goes on."""
        network = SceneNetwork(self.config)
        folder = PRETRAINED / "uniseg3d"
        start_from(network, read_weights(folder, digest=read_card(folder).weights))
        if self.start:
            card = read_card(Path(self.start))
            start_from(network, read_weights(Path(self.start), digest=card.weights), parts=EVERYTHING)
        for name, weight in network.named_parameters():
            weight.requires_grad_(not name.startswith(SHARED))
        return network

    def batch(self, step: int, part: int) -> TrainScene:
        """The same in all variants, kept in memory."""
        return crop(step)

    def save(self, folder: Path, network: nn.Module, facts: RunFacts) -> None:
        """As it is: nothing here asks how sure it may be."""
        assert isinstance(network, SceneNetwork)
        UniSeg3D.of(network, self._card(facts)).save(folder)


@dataclass(frozen=True)
class Study:
    """What is compared, and where its files are."""

    out: Path
    steps: int
    seeds: int
    scenes: int

    def checkpoint(self, variant: str, seed: int) -> Path:
        """A trained variant, from the folder or trained now."""
        run = self.out / f"{variant} {seed}"
        if not (run / "checkpoint" / "model.json").exists():
            again = variant == SECOND_STAGE
            rate = BUDGET.learning_rate * (SLOWER if again else 1)
            recipe = Decoder(
                config=SMALL_RECIPE.config,
                scenes=SCENES,
                questions=SMALL_RECIPE.questions,
                loss=VARIANTS[variant],
                start=str(self.checkpoint(WHOLE, seed)) if again else "",
                storage="f32",
                train=replace(BUDGET, steps=self.steps, seed=seed, learning_rate=rate),
            )
            train(Job("uniseg3d", recipe, run, resume=(run / "states").exists(), command="ablation"))
        return run / "checkpoint"

    def figures(self, variant: str, seed: int) -> dict[str, float]:
        """Of a variant, from the folder or measured now."""
        path = self.out / f"{variant} {seed}.json"
        if not path.exists():
            segmenter = load(str(self.checkpoint(variant, seed)))
            torch.set_num_threads(1)
            found = {world: measured(segmenter, examples(world, self.scenes)) for world in WORLDS}
            path.write_text(json.dumps(found, indent=1))
        values = json.loads(path.read_text())
        return {name: float(np.mean([values[world][name] for world in WORLDS])) for name in values[WORLDS[0]]}

    def done(self, variant: str) -> list[int]:
        """Seeds that were measured."""
        return [seed for seed in range(self.seeds) if (self.out / f"{variant} {seed}.json").exists()]


@cache
def crop(step: int) -> TrainScene:
    """Of a step, made once; 400 are about 2 GB."""
    return train_scene(FIRST_VISIT + step, SCENES, SMALL_RECIPE.questions, SMALL_RECIPE.config)


@cache
def examples(world: str, count: int) -> list[Example]:
    """Test scenes, made once."""
    return list(ProceduralScenes(world, count, seed=TEST_SEED))


def measured(segmenter: UniSeg3D, scenes: Sequence[Example]) -> dict[str, float]:
    """Every figure."""
    reports = {name: PROTOCOLS[name][0](segmenter, scenes) for name in dict(FIGURES)}
    return {f"{name} {value}": reports[name].figure(value) for name, value in FIGURES}


def lines(study: Study, variants: Sequence[str]) -> Iterator[str]:
    """The table."""
    yield f"| variant | seeds | {' | '.join(value for _, value in FIGURES)} |"
    yield f"|---|---|{'---|' * len(FIGURES)}"
    for variant in variants:
        seeds = sorted(set(study.done(variant)) & set(study.done(WHOLE)))
        if seeds:
            ours, whole = ([study.figures(name, seed) for seed in seeds] for name in (variant, WHOLE))
            cells = [_cell(ours, None if variant == WHOLE else whole, " ".join(figure)) for figure in FIGURES]
            yield f"| {variant} | {len(seeds)} | {' | '.join(cells)} |"


def _cell(ours: Sequence[dict[str, float]], whole: Sequence[dict[str, float]] | None, name: str) -> str:
    values = np.array([found[name] for found in ours])
    if whole is None:
        return f"{values.mean():.1f} ± {values.std(ddof=min(1, len(values) - 1)):.1f}"
    apart = values - np.array([found[name] for found in whole])
    return f"{apart.mean():+.1f} [{apart.min():+.1f}, {apart.max():+.1f}]"


def main() -> None:
    """Train, ask, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("variants", nargs="*", metavar="VARIANT", help=", ".join(VARIANTS))
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=400)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--scenes", type=int, default=4, help="of each world")
    parser.add_argument("--table", action="store_true", help="print what is there and train nothing")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    study = Study(given.out, given.steps, given.seeds, given.scenes)
    variants = [WHOLE, *(name for name in given.variants or VARIANTS if name != WHOLE)]
    for seed, variant in product(range(0 if given.table else given.seeds), variants):
        study.figures(variant, seed)
    versions = ", ".join(f"{world} {VERSIONS[world]}" for world in WORLDS)
    print(f"{given.steps} steps, {given.scenes} test scenes of each world ({versions})\n")
    print("\n".join(lines(study, variants)))


if __name__ == "__main__":
    main()
