"""Does the uncertainty mean what it says: reliability diagrams of generated scenes and of a folder of real ones.

    python benchmarks/reliability.py --out FILE.png [--system npiseg3d] [--scenes 6] WORLD|FOLDER ...

Answers after 1, 3, 5 and 10 clicks of single-object sessions (rule `scan`). Points are put into bins by the
uncertainty of their label; a bin's share of wrong labels stands over its mean uncertainty, and bars below show how
many points the bin holds. On the dashed line an estimate is calibrated. Prints the calibration error of all points
pooled, beside that of 1 - max p. Needs matplotlib.
"""

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from lasso3d.core.segmenter import Segmenter
from lasso3d.data.example import Example
from lasso3d.data.mosd import mosd_folder
from lasso3d.data.procedural import ProceduralScenes
from lasso3d.evaluation.runs import Sitting, run_sessions
from lasso3d.evaluation.sessions import SCAN, object_of_point
from lasso3d.evaluation.uncertainty import ESTIMATES
from lasso3d.metrics.calibration import calibration_error, reliability
from lasso3d.systems import load

TEST_SEED = 20_002_000
CLICKS = (1, 3, 5, 10)
SHOWN = {"": "uncertainty", " (1 - max p)": "1 - max p"}
INK = {"": "#1f6fb4", " (1 - max p)": "#d9822b"}


def tables(segmenter: Segmenter, examples: Sequence[Example]) -> dict[tuple[int, str], np.ndarray]:
    """Bins by clicks and estimate, summed over all answers."""

    def watch(sitting: Sitting) -> list[tuple[int, str, np.ndarray]]:
        found = []
        for step in sitting.steps:
            if step.clicks in CLICKS and step.answer is not None and step.seconds is not None:
                wrong = object_of_point(step.answer) != sitting.task.truth
                for name in SHOWN:
                    of_token = ESTIMATES[name](step.answer)
                    if of_token is not None:
                        found.append((step.clicks, name, reliability(of_token[step.answer.of_point], wrong)))
        return found

    run = run_sessions(segmenter, examples, watch, together="single", protocol=replace(SCAN, clicks=max(CLICKS)))
    summed: dict[tuple[int, str], np.ndarray] = {}
    for clicks, name, table in (each for session in run.sessions for each in session):
        summed[clicks, name] = summed.get((clicks, name), np.zeros_like(table)) + table
    return summed


def draw(axes: Sequence[plt.Axes], of_place: dict[tuple[int, str], np.ndarray], place: str) -> None:
    """A row of diagrams, one for each number of clicks."""
    for axis, clicks in zip(axes, CLICKS, strict=True):
        axis.plot([0, 1], [0, 1], color="#999999", linewidth=1, linestyle=(0, (4, 3)))
        for name, label in SHOWN.items():
            count, estimated, wrong = of_place[clicks, name]
            filled = count >= 50
            axis.plot(
                estimated[filled] / count[filled],
                wrong[filled] / count[filled],
                marker="o",
                markersize=3.5,
                linewidth=1.5,
                color=INK[name],
                label=f"{label}: ECE {100 * calibration_error(of_place[clicks, name]):.1f} %",
            )
        share = of_place[clicks, ""][0] / of_place[clicks, ""][0].sum()
        axis.bar((np.arange(len(share)) + 0.5) / len(share), 0.25 * share, width=0.9 / len(share), color="#cfd8e3")
        axis.set(xlim=(0, 1), ylim=(0, 1), aspect="equal")
        axis.set_title(f"{place}, {clicks} click{'s' * (clicks > 1)}", fontsize=9)
        axis.legend(fontsize=6.5, loc="upper left", frameon=False)
        axis.tick_params(labelsize=7)


def main() -> None:
    """Measure and draw."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("places", nargs="+", metavar="WORLD|FOLDER")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--system", default="npiseg3d")
    parser.add_argument("--scenes", type=int, default=6, help="of each place")
    given = parser.parse_args()
    segmenter = load(given.system)
    figure, axes = plt.subplots(
        len(given.places), len(CLICKS), figsize=(11, 2.9 * len(given.places)), squeeze=False, layout="constrained"
    )
    print("| scans | clicks | ECE of the uncertainty | of 1 - max p |\n|---|---|---|---|")
    for row, place in zip(axes, given.places, strict=True):
        folder = Path(place)
        scans = mosd_folder(folder) if folder.is_dir() else ProceduralScenes(place, given.scenes, seed=TEST_SEED)
        of_place = tables(segmenter, [scans[i] for i in range(min(given.scenes, len(scans)))])
        draw(row, of_place, folder.name)
        for clicks in CLICKS:
            ours, plain = (100 * calibration_error(of_place[clicks, name]) for name in SHOWN)
            print(f"| {folder.name} | {clicks} | {ours:.1f} % | {plain:.1f} % |", flush=True)
    figure.supxlabel("uncertainty of a point's label", fontsize=9)
    figure.supylabel("share of labels that are wrong", fontsize=9)
    figure.savefig(given.out, dpi=130)


if __name__ == "__main__":
    main()
