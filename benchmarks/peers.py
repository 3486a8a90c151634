"""Two forms of the click network, trained alike and compared scene by scene.

    python benchmarks/peers.py --out DIR [--steps 500] [--seeds 3] [--scenes 5] [PRESET PRESET]

Both forms see the same scenes, crops and sessions and take the same number of steps; a seed decides initial
weights and samples. Each is then played on generated test scenes of every world, one object at a time and several
together, beside `geodesic`, which learns nothing. Whatever is in DIR already is not done again: an interrupted
comparison goes on where it was. Prints a markdown table; the difference is the second form minus the first, paired
by seed and scene, with a 95 % interval over scenes.
"""

import argparse
import json
import subprocess
import sys
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

import numpy as np

from lasso3d.data.procedural import VERSIONS, ProceduralScenes
from lasso3d.evaluation.clicks import evaluate_multi, evaluate_single
from lasso3d.evaluation.report import scene_interval
from lasso3d.evaluation.sessions import SCAN
from lasso3d.metrics.clicks import ClickTrace, clicks_to, iou_at
from lasso3d.systems import load
from lasso3d.systems.npiseg3d.recipe import PRESETS
from lasso3d.training.fields import to_json

TEST_SEED = 20_001_000
"""First of the test scenes; nothing was ever chosen by these."""
CLICKS = 15
"""Of an object."""
OBJECTS = 3
"""Of a scene."""
WORLDS = ("tabletops", "rooms")
TOGETHER = {"single": evaluate_single, "multi": evaluate_multi}
MEASURES = (*(f"IoU@{k}" for k in (1, 3, 5, 10, 15)), *(f"NoC@{q}" for q in (80, 85, 90)))


@dataclass(frozen=True)
class Comparison:
    """What is compared, and where its files are."""

    out: Path
    forms: tuple[str, str]
    steps: int
    seeds: int
    scenes: int

    def checkpoint(self, form: str, seed: int) -> Path:
        """A trained form, from the folder or trained now."""
        run = self.out / f"{form}-{seed}"
        if (run / "checkpoint" / "model.json").exists():
            return run / "checkpoint"
        recipe = PRESETS[form]
        train = replace(recipe.train, steps=self.steps, seed=seed, save_every=100)
        scenes = replace(recipe.scenes, worlds=WORLDS)
        settled = replace(recipe, train=train, scenes=scenes, calibration=replace(recipe.calibration, scenes=2))
        order = self.out / f"{form}-{seed}.json"
        order.write_text(json.dumps({"system": "npiseg3d", "recipe": to_json(settled)}, indent=1))
        where = "--resume" if run.exists() else "--out"
        command = [sys.executable, "-m", "lasso3d.training", str(order), where, str(run)]
        subprocess.run(command, check=True)
        return run / "checkpoint"

    def traces(self, form: str, seed: int, world: str, together: str) -> list[ClickTrace]:
        """Sessions of a form in a world, from the folder or played now."""
        path = self.out / f"{form}-{seed}-{world}-{together}.json"
        if not path.exists():
            segmenter = load("geodesic" if form == "geodesic" else str(self.checkpoint(form, seed)))
            scenes = ProceduralScenes(world, self.scenes, seed=TEST_SEED)
            protocol = replace(SCAN, clicks=CLICKS, objects=OBJECTS)
            path.write_text(TOGETHER[together](segmenter, scenes, protocol=protocol).to_json())
        return traces_of(json.loads(path.read_text()))


def traces_of(report: dict) -> list[ClickTrace]:
    """The sessions in a report's JSON."""
    return [
        ClickTrace(f"{row['scene']}: {row['subject']}", row["scene"], row["objects"], row["clicks"], row["iou"])
        for row in report["rows"]
    ]


def measured(traces: list[ClickTrace], measure: str) -> np.ndarray:
    """One value a session."""
    name, number = measure.split("@")
    if name == "IoU":
        return 100 * iou_at(traces, int(number))
    return clicks_to(traces, int(number) / 100, cap=CLICKS)


def row(comparison: Comparison, world: str, together: str, measure: str) -> str:
    """A line of the table."""
    means, each = [], []
    for form in comparison.forms:
        runs = [comparison.traces(form, seed, world, together) for seed in range(comparison.seeds)]
        each.append(np.stack([measured(traces, measure) for traces in runs]))
        means.append(f"{each[-1].mean():.1f} ± {each[-1].mean(1).std(ddof=1):.1f}")
    control = comparison.traces("geodesic", 0, world, together)
    by_seed = (each[1] - each[0]).mean(1)
    low, high = scene_interval((each[1] - each[0]).mean(0), [trace.scene for trace in control], seed=0)
    seeds = " ".join(f"{value:+.1f}" for value in by_seed)
    cells = (f"{measured(control, measure).mean():.1f}", *means, f"{by_seed.mean():+.1f} [{low:+.1f}, {high:+.1f}]")
    return f"| {world} | {together} | {measure} | {' | '.join(cells)} | {seeds} |"


def main() -> None:
    """Train, play, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("forms", nargs="*", default=["agile3d-small", "small"], metavar="PRESET")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=500)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--scenes", type=int, default=5, help="of each world")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    first, second = given.forms
    comparison = Comparison(given.out, (first, second), given.steps, given.seeds, given.scenes)
    for seed, form in product(range(given.seeds), comparison.forms):
        comparison.checkpoint(form, seed)
    versions = ", ".join(f"{world} {VERSIONS[world]}" for world in WORLDS)
    print(f"{given.steps} steps, {given.seeds} seeds, {given.scenes} test scenes a world (versions: {versions})\n")
    print(f"| world | objects | measure | geodesic | {first} | {second} | difference | by seed |")
    print("|---|---|---|---|---|---|---|---|")
    for world, together, measure in product(WORLDS, TOGETHER, MEASURES):
        print(row(comparison, world, together, measure), flush=True)


if __name__ == "__main__":
    main()
