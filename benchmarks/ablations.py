"""What each part of the click network and of its training is worth, at one small budget.

    python benchmarks/ablations.py --out DIR [--steps 300] [--seeds 3] [--scenes 3] [--data mOSD] [VARIANT ...]

Every variant changes one thing of the recipe that ships, learns from the same crops and sessions as the whole
recipe (but for what it changes), and is played one object at a time on generated test scenes of every world and,
with --data, on the first scans of a folder. Whatever is in DIR is not done again; seeds come one after the other,
so that an interrupted study has all variants of the first seeds. Prints a markdown table of what is there: the mean
of the whole recipe, and for every variant the difference to it, paired by seed and session, with a 95 % interval
over scenes.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from peers import measured, traces_of

from lasso3d.data.mosd import mosd_folder
from lasso3d.data.procedural import VERSIONS, ProceduralScenes
from lasso3d.evaluation.clicks import evaluate_single
from lasso3d.evaluation.report import scene_interval
from lasso3d.evaluation.sessions import SCAN
from lasso3d.metrics.clicks import ClickTrace
from lasso3d.systems import load
from lasso3d.systems.npiseg3d.recipe import PRESETS

TEST_SEED = 20_001_000
"""First of the test scenes; nothing was ever chosen by these."""
WORLDS = ("tabletops", "rooms", "streets")
MEASURES = ("IoU@1", "IoU@3", "IoU@10")
OBJECTS = 3
"""Of a scene."""
WHOLE = "whole recipe"
BUDGET: dict[str, Any] = {"ema": 0.98, "warm_up": 30, "threads": 1, "save_every": 100}
CROP = 8000
"""Voxels of a crop; the recipe that ships has 12,000."""
TURNS = PRESETS["small"].scenes.worlds


def without(world: str) -> dict[str, Any]:
    """The turns of the other worlds."""
    return {"scenes": {"worlds": [one for one in TURNS if one != world]}}


VARIANTS: dict[str, dict[str, Any]] = {
    WHOLE: {},
    "no latents (AGILE3D)": {"config": {"latent": {"kind": "none"}}},
    "scene latent alone": {"config": {"latent": {"kind": "scene"}}},
    "object latents alone": {"config": {"latent": {"kind": "object"}}},
    "multiplicative mix": {"config": {"latent": {"mix": "multiplicative"}}},
    "no KL": {"loss": {"kl_first": 0.0, "kl_last": 0.0}},
    "KL the other way": {"loss": {"kl_form": "target to context"}},
    "Dice over points": {"loss": {"dice_form": "point", "dice": 2.0}},
    "no feedback": {"config": {"feedback": "none"}},
    "no geodesic cues": {"config": {"geodesic": {"used": False}}},
    "no refiner": {"config": {"refine": {"used": False}}},
    "voxels of 2 cm": {"config": {"voxel": 0.02}},
    "clicks in centres alone": {"sessions": {"habits": [1.0, 0.0, 0.0]}},
    "colour never left out": {"scenes": {"colourless": 0.0}},
    "no colour": {"config": {"colour": "none"}},
    "labels do not slip": {"scenes": {"slip": 0.0}},
    "no likeness": {"loss": {"likeness": 0.0}},
    "without table tops": without("tabletops"),
    "without rooms": without("rooms"),
    "without streets": without("streets"),
    "without lone objects": without("objects"),
    "6 scenes": {"scenes": {"distinct": 6}},
    "24 scenes": {"scenes": {"distinct": 24}},
}
"""What is changed, as fields of the recipe."""


@dataclass(frozen=True)
class Study:
    """What is compared, and where its files are."""

    out: Path
    steps: int
    seeds: int
    scenes: int
    data: Path | None

    @property
    def groups(self) -> dict[str, tuple[str, ...]]:
        """Where the variants are played, by column."""
        real = {} if self.data is None else {self.data.name: (self.data.name,)}
        return {"generated": WORLDS, **real}

    @property
    def places(self) -> tuple[str, ...]:
        """The same in a row."""
        return tuple(place for group in self.groups.values() for place in group)

    def checkpoint(self, variant: str, seed: int) -> Path:
        """A trained variant, from the folder or trained now."""
        run = self.out / f"{variant} {seed}"
        if not (run / "checkpoint" / "model.json").exists():
            order = self.out / f"{variant} {seed}.json"
            order.write_text(json.dumps(self._order(VARIANTS[variant], seed), indent=1))
            where = "--resume" if run.exists() else "--out"
            command = [sys.executable, "-m", "lasso3d.training", str(order), where, str(run)]
            subprocess.run(command, check=True)
        return run / "checkpoint"

    def _order(self, changed: dict[str, Any], seed: int) -> dict[str, Any]:
        ours: dict[str, dict[str, Any]] = {
            "train": {"steps": self.steps, "seed": seed, **BUDGET},
            "scenes": {"voxels": CROP},
            "calibration": {"scenes": 1, "alone": 1, "clicks": [1, 3]},
        }
        names = {*ours, *changed}
        recipe = {name: {**ours.get(name, {}), **changed.get(name, {})} for name in names}
        return {"system": "npiseg3d", "preset": "small", "recipe": recipe}

    def traces(self, variant: str, seed: int, place: str) -> list[ClickTrace]:
        """Sessions of a variant somewhere, from the folder or played now."""
        path = self.out / f"{variant} {seed} {place}.json"
        if not path.exists():
            segmenter = load("geodesic" if variant == "geodesic" else str(self.checkpoint(variant, seed)))
            examples = self._examples(place)
            objects = OBJECTS if place in WORLDS else None
            path.write_text(evaluate_single(segmenter, examples, protocol=replace(SCAN, objects=objects)).to_json())
        return traces_of(json.loads(path.read_text()))

    def _examples(self, place: str) -> Sequence[Any]:
        if place in WORLDS or self.data is None:
            return ProceduralScenes(place, self.scenes, seed=TEST_SEED)
        scans = mosd_folder(self.data)
        return [scans[i] for i in range(min(2 * self.scenes, len(scans)))]

    def done(self, variant: str) -> list[int]:
        """Seeds of which everything is there."""
        files = (
            [self.out / f"{variant} {seed} {place}.json" for place in self.places] for seed in range(self.seeds)
        )
        return [seed for seed, each in enumerate(files) if all(path.exists() for path in each)]

    def sessions(self, variant: str, seeds: Sequence[int], group: str) -> list[list[ClickTrace]]:
        """Of each seed, those of all places of a group."""
        return [[t for place in self.groups[group] for t in self.traces(variant, seed, place)] for seed in seeds]


def lines(study: Study, variants: Sequence[str]) -> Iterator[str]:
    """The table."""
    columns = list(product(study.groups, MEASURES))
    yield f"| variant | seeds | {' | '.join(f'{group} {measure}' for group, measure in columns)} |"
    yield f"|---|---|{'---|' * len(columns)}"
    for variant in variants:
        seeds = sorted(set(study.done(variant)) & set(study.done(WHOLE)))
        if seeds:
            cells = [_cell(study, variant, seeds, group, measure) for group, measure in columns]
            yield f"| {variant} | {len(seeds)} | {' | '.join(cells)} |"


def _cell(study: Study, variant: str, seeds: Sequence[int], group: str, measure: str) -> str:
    whole, found = (study.sessions(name, seeds, group) for name in (WHOLE, variant))
    value = np.array([measured(traces, measure) for traces in found])
    if variant == WHOLE:
        return f"{value.mean():.1f} ± {value.mean(1).std(ddof=min(1, len(seeds) - 1)):.1f}"
    apart = (value - np.array([measured(traces, measure) for traces in whole])).mean(0)
    low, high = scene_interval(apart, [trace.scene for trace in whole[0]], seed=0)
    return f"{apart.mean():+.1f} [{low:+.1f}, {high:+.1f}]"


def main() -> None:
    """Train, play, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("variants", nargs="*", metavar="VARIANT", help=", ".join(VARIANTS))
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--scenes", type=int, default=3, help="of each world")
    parser.add_argument("--data", type=Path, help="a folder of mOSD scans, played as well")
    parser.add_argument("--table", action="store_true", help="print what is there and train nothing")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    study = Study(given.out, given.steps, given.seeds, given.scenes, given.data)
    variants = [WHOLE, *(name for name in given.variants or VARIANTS if name != WHOLE)]
    for seed, variant, place in product(range(0 if given.table else given.seeds), variants, study.places):
        study.traces(variant, seed, place)
    versions = ", ".join(f"{world} {VERSIONS[world]}" for world in WORLDS)
    print(f"{given.steps} steps of crops of {CROP} voxels, {given.scenes} test scenes a world ({versions})\n")
    print("\n".join(lines(study, variants)))


if __name__ == "__main__":
    main()
