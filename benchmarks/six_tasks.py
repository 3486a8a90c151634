"""The six tasks of UniSeg3D on generated scenes that nothing was chosen by, each beside a control without learning.

    python benchmarks/six_tasks.py [FOLDER] [--scenes 8] [--worlds rooms streets] [--out DIR]

FOLDER is a checkpoint; without it the one that ships. Prints a markdown table: for every world the figure of the
network, half its 95 % interval over scenes, and that of the control (as in `lasso3d evaluate --control`: classes by
height, objects by gaps, with the frequencies of the test scenes themselves; for clicks, the same components).
Sentences are worded as no training sentence is, and novel classes were never named while learning
(`lasso3d/data/procedural/splits.py`). The last row is the same network with the vectors of all class names
exchanged among each other: what it then finds of novel classes is not by meaning. --out keeps all rows as JSON.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import tyro
from jaxtyping import Float32

import lasso3d
from lasso3d.core.segmenter import Segmenter
from lasso3d.data.example import Example
from lasso3d.data.procedural import VERSIONS, ProceduralScenes
from lasso3d.data.procedural.splits import FIRST_SEED, HELD_OUT_CLASSES
from lasso3d.evaluation import instance, one_click, open_vocabulary, panoptic, referring, semantic
from lasso3d.evaluation.controls import control_of
from lasso3d.evaluation.report import Report
from lasso3d.foundation.text import TextEncoder, in_templates
from lasso3d.systems.uniseg3d.segmenter import UniSeg3D

OBJECTS = 10
"""Clicked in each scene, largest first."""


@dataclass
class Options:
    folder: tyro.conf.Positional[str] = "uniseg3d"
    scenes: int = 8
    """Of each world."""
    worlds: tuple[str, ...] = ("rooms", "streets")
    out: Path | None = None
    """A folder for all rows."""


Measure = Callable[[Segmenter, Sequence[Example]], Report]


def clicked(segmenter: Segmenter, examples: Sequence[Example]) -> Report:
    return one_click.evaluate(segmenter, examples, protocol=replace(one_click.OBJECTS, objects=OBJECTS))


def novel(segmenter: Segmenter, examples: Sequence[Example]) -> Report:
    return open_vocabulary.evaluate(segmenter, examples, novel=HELD_OUT_CLASSES)


PROTOCOLS: dict[str, tuple[Measure, dict[str, float | None]]] = {
    "panoptic": (panoptic.evaluate, {"PQ": 55, "PQ of true classes": None, "PQ things": None, "PQ stuff": None}),
    "semantic": (semantic.evaluate, {"mIoU": 65, "mIoU of true classes": None, "Acc": None}),
    "instance": (instance.evaluate, {"AP50": 60, "AP": None, "AP50 any class": None}),
    "one-click": (clicked, {"IoU centre": 80, "IoU random": None, "IoU edge": 64}),
    "referring": (referring.evaluate, {"mIoU": 45, "mIoU with targets": None, "silent where nothing fits": None}),
    "open-vocabulary": (novel, {"AP50 novel": 20, "AP50 base": None, "mIoU novel": None}),
}
"""Each task, its figures, and what they were to reach."""


@dataclass(frozen=True, eq=False)
class Exchanged:
    """A text encoder that gives to each of some names the vector of another one."""

    own: TextEncoder
    other: dict[str, str]

    name, licence = "exchanged", ""

    @property
    def digest(self) -> str:
        return self.own.digest

    @property
    def width(self) -> int:
        return self.own.width

    def __call__(self, texts: Sequence[str]) -> Float32[np.ndarray, "k e"]:
        return self.own([self.other.get(text, text) for text in texts])


def exchanged(segmenter: UniSeg3D, names: Sequence[str]) -> UniSeg3D:
    """The same network, to which every name means another one."""
    order = np.random.default_rng(0).permutation(len(names)).tolist()
    turned = [names[order[i]] for i in np.argsort(np.roll(order, 1))]
    other = dict(zip(in_templates(names), in_templates(turned), strict=True))
    lexicon = segmenter.lexicon
    return replace(segmenter, lexicon=replace(lexicon, given=Exchanged(lexicon.encoder, other)))


def line(protocol: str, name: str, wanted: float | None, reports: Sequence[tuple[Report, Report]]) -> str:
    cells = []
    for ours, control in reports:
        found = next(figure for figure in ours.figures if figure.name == name)
        cells.append(f"**{found.value:.1f}** ± {(found.high - found.low) / 2:.0f} | {control.figure(name):.1f}")
    return f"| {protocol} | {name} | {'' if wanted is None else f'{wanted:g}'} | {' | '.join(cells)} |"


def keep(report: Report, options: Options, name: str) -> Report:
    if options.out is not None:
        options.out.mkdir(parents=True, exist_ok=True)
        (options.out / f"{name}.json").write_text(report.to_json())
    return report


def main(options: Options) -> None:
    segmenter = lasso3d.load(options.folder)
    assert isinstance(segmenter, UniSeg3D)
    worlds = {world: list(ProceduralScenes(world, options.scenes, FIRST_SEED["test"])) for world in options.worlds}
    controls = {world: control_of(examples) for world, examples in worlds.items()}
    versions = ", ".join(f"{world} {VERSIONS[world]}" for world in worlds)
    print(f"weights {segmenter.digest[:16]}, {options.scenes} test scenes of each ({versions})\n")
    print(f"| protocol | figure, % | wanted | {' | '.join(f'{world} | control' for world in worlds)} |")
    print(f"|---|---|---|{'---|---|' * len(worlds)}")
    for protocol, (measure, figures) in PROTOCOLS.items():
        reports = [
            tuple(
                keep(measure(system, examples), options, f"{world} {protocol} {kind}")
                for kind, system in (("ours", segmenter), ("control", controls[world]))
            )
            for world, examples in worlds.items()
        ]
        for name, wanted in figures.items():
            print(line(protocol, name, wanted, reports), flush=True)
    found = []
    for world, examples in worlds.items():
        names = sorted({name for example in examples for name in example.truth.class_names})
        report = keep(novel(exchanged(segmenter, names), examples), options, f"{world} open-vocabulary exchanged")
        found.append(f"{report.figure('AP50 novel'):.1f} |")
    print(f"| open-vocabulary, names exchanged | AP50 novel | | {' | '.join(found)} |")


if __name__ == "__main__":
    main(tyro.cli(Options))
