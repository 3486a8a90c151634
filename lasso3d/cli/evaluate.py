"""`lasso3d evaluate`: a protocol, a system, a data set; a table and a report."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import tyro

from lasso3d.cli.progress import progress
from lasso3d.cli.usage import WrongUsage, require_not_negative, require_positive, require_writable

if TYPE_CHECKING:
    from lasso3d.core.segmenter import Segmenter
    from lasso3d.data.example import Example
    from lasso3d.evaluation.report import Report
    from lasso3d.evaluation.sessions import ClickProtocol

Protocol = Literal[
    "clicks-single",
    "clicks-multi",
    "uncertainty",
    "one-click",
    "semantic",
    "instance",
    "panoptic",
    "open-vocabulary",
    "parts",
    "referring",
    "instructions",
]
TEST_SEED = 20_000_000
"""Generated test scenes start here; training starts at 0, validation at 10,000,000."""


@dataclass(frozen=True)
class Evaluate:
    """Measure a system by a published protocol, or recompute the table of a released trace."""

    protocol: tyro.conf.Positional[Protocol]
    """clicks: one object at a time (InterObject3D), all together (AGILE3D), errors found by uncertainty, one click
    on each object. Names: a semantic map, objects, both at once, classes that training never named, parts.
    Sentences: expressions, instructions."""
    system: Annotated[str | None, tyro.conf.arg(metavar="NAME")] = None
    """A system that ships, or a checkpoint folder."""
    data: Annotated[str | None, tyro.conf.arg(metavar="FOLDER|procedural")] = None
    """Labelled scans, a data set as it is released (docs/files.md) or in AGILE3D's benchmark (its lists, its
    settings), a file of sentences over ScanNet, or scenes generated here."""
    split: str | None = None
    """Of a released data set: train, val or test, Area_1 to Area_6, eight (Replica), or all; the one of most tables
    unless said."""
    labels: Literal["scannet20", "scannet200"] = "scannet20"
    """Which classes ScanNet's release is read with."""
    out: Annotated[Path | None, tyro.conf.arg(metavar="report.json")] = None
    """All rows, settings, digests and seconds as JSON."""
    control: bool = False
    """Measure the control without learning too, on the same scenes; its rows go beside those of --out."""
    novel: tuple[str, ...] = ()
    """Classes that training never named (open-vocabulary); generated scenes have a list of their own, and
    ScanNet200 has that of Open3DIS."""
    scenes: int | None = None
    """At most so many scenes, in sorted order (procedural: 20 unless said)."""
    objects: int | None = None
    """At most so many objects of a scene, largest first or in the order of a list."""
    clicks: int | None = None
    """Clicks per object."""
    rule: Literal["scan", "agile3d", "interobject3d"] | None = None
    """Whose annotator: scan (any scale, answers as they are), AGILE3D's or InterObject3D's (clicks forced)."""
    habit: Literal["centre", "random", "jitter"] = "centre"
    """Where in an error region the annotator clicks."""
    guide: Literal["deepest error", "any error", "suggestion"] = "deepest error"
    """Where the annotator looks once there is an answer."""
    click_voxel: Annotated[float | None, tyro.conf.arg(metavar="METRES")] = None
    """Voxel size of the annotator; 0.05 as published and on AGILE3D's lists, by the scan's extent elsewhere."""
    voxel: Annotated[float | None, tyro.conf.arg(metavar="METRES")] = None
    """Voxel size of the system."""
    world: Literal["tabletops", "rooms", "streets", "objects"] = "tabletops"
    """Of generated scenes."""
    colourless: bool = False
    """Take the colours away first."""
    trace: Annotated[Path | None, tyro.conf.arg(metavar="FILE.csv")] = None
    """A released AGILE3D or InterObject3D result file instead of a system and data."""
    seed: int = 0
    """Decides all randomness."""
    device: str = "cpu"
    """cpu or cuda."""
    precision: Literal["f32", "bf16"] = "f32"
    """Of the network."""

    def run(self) -> None:
        """Print the table; write the report."""
        require_positive(
            scenes=self.scenes,
            objects=self.objects,
            clicks=self.clicks,
            click_voxel=self.click_voxel,
            voxel=self.voxel,
        )
        require_not_negative(seed=self.seed)
        require_writable(self.out)
        if self.trace is not None:
            self._tell(self._from_trace(self.trace), self.out)
            return
        if self.data is None or not (self.system or self.control):
            raise WrongUsage("say what to measure: --system NAME --data FOLDER|procedural, or --trace FILE.csv")
        if self.data == "procedural" and (self.split or self.labels != "scannet20"):
            raise WrongUsage("--split and --labels are for data sets as they are released")
        known = self.data == "procedural" or self.labels == "scannet200"
        if self.protocol == "open-vocabulary" and not self.novel and not known:
            raise WrongUsage("say which classes training never named: --novel NAME ...")
        if self.system is not None:
            self._tell(self._measure(self._system(self.system)), self.out)
        if self.control:
            beside = self.out and (self.out.with_suffix(".control.json") if self.system else self.out)
            self._tell(self._measure(self._control()), beside)

    def _tell(self, report: "Report", out: Path | None) -> None:
        print(report.table())
        if out is not None:
            _write(out, report)
            print(f"wrote {out}")

    def _system(self, name: str) -> "Segmenter":
        from lasso3d.systems import load

        segmenter = load(name, device=self.device, precision=self.precision)
        return segmenter if self.voxel is None else segmenter.with_voxel(self.voxel)

    def _control(self) -> "Segmenter":
        """Of dialogues by clicks the geodesic baseline, else height and components of the scenes themselves."""
        from lasso3d.evaluation.controls import control_of

        if self.protocol in ("clicks-single", "clicks-multi", "uncertainty"):
            return self._system("geodesic")
        return control_of(self._examples())

    def _measure(self, segmenter: "Segmenter") -> "Report":
        from lasso3d.evaluation import instance, instructions, open_vocabulary, panoptic, parts, referring, semantic
        from lasso3d.evaluation.clicks import evaluate_multi, evaluate_single
        from lasso3d.evaluation.one_click import OBJECTS
        from lasso3d.evaluation.one_click import evaluate as evaluate_one_click
        from lasso3d.evaluation.uncertainty import evaluate_uncertainty

        by_clicks = {
            "clicks-single": evaluate_single,
            "clicks-multi": evaluate_multi,
            "uncertainty": evaluate_uncertainty,
        }
        by_words = {
            "semantic": semantic.evaluate,
            "instance": instance.evaluate,
            "panoptic": panoptic.evaluate,
            "parts": parts.evaluate,
            "referring": referring.evaluate,
            "instructions": instructions.evaluate,
        }
        examples = self._examples()
        with progress(self.protocol) as tell:
            if self.protocol in by_clicks:
                click_protocol = self._click_protocol()
                return by_clicks[self.protocol](segmenter, examples, protocol=click_protocol, progress=tell)
            if self.protocol == "one-click":
                objects = replace(OBJECTS, objects=self.objects, voxel=self.click_voxel, seed=self.seed)
                return evaluate_one_click(segmenter, examples, protocol=objects, progress=tell)
            if self.protocol == "open-vocabulary":
                return open_vocabulary.evaluate(
                    segmenter, examples, novel=self._novel(), seed=self.seed, progress=tell
                )
            return by_words[self.protocol](segmenter, examples, seed=self.seed, progress=tell)

    def _novel(self) -> tuple[str, ...]:
        from lasso3d.data.procedural.splits import HELD_OUT_CLASSES
        from lasso3d.data.scannet200 import NOVEL

        return self.novel or (HELD_OUT_CLASSES if self.data == "procedural" else NOVEL)

    def _click_protocol(self) -> "ClickProtocol":
        from lasso3d.evaluation.sessions import AGILE3D, INTEROBJECT3D, SCAN

        listed = self._is_listed() and self.protocol != "uncertainty"
        rule = self.rule or ("agile3d" if listed or self.protocol == "clicks-multi" else "scan")
        protocol = {"scan": SCAN, "agile3d": AGILE3D, "interobject3d": INTEROBJECT3D}[rule]
        return replace(
            protocol,
            clicks=self.clicks or protocol.clicks,
            objects=self.objects or protocol.objects,
            voxel=self.click_voxel or (protocol.voxel if listed else None),
            habit=self.habit,
            guide=self.guide,
            seed=self.seed,
        )

    def _is_listed(self) -> bool:
        """Whether the data come with published lists, which mean published settings."""
        from lasso3d.data.agile3d import is_benchmark

        return self.data != "procedural" and is_benchmark(Path(str(self.data)))

    def _examples(self) -> "Sequence[Example]":
        from lasso3d.data.example import colourless

        return colourless(self._coloured()) if self.colourless else self._coloured()

    def _coloured(self) -> "Sequence[Example]":
        from lasso3d.data.folder import open_examples
        from lasso3d.data.procedural import ProceduralScenes

        if self.data == "procedural":
            return ProceduralScenes(self.world, self.scenes or 20, seed=TEST_SEED + self.seed)
        together: Literal["single", "multi"] = "multi" if self.protocol == "clicks-multi" else "single"
        examples = open_examples(Path(str(self.data)), together=together, labels=self.labels, split=self.split)
        return examples[: self.scenes]

    def _from_trace(self, path: Path) -> "Report":
        from lasso3d.evaluation.traces import report_of_trace

        if self.protocol not in ("clicks-single", "clicks-multi"):
            raise WrongUsage("a trace holds clicks and IoU: use clicks-single or clicks-multi")
        return report_of_trace(path, "single" if self.protocol == "clicks-single" else "multi")


def _write(path: Path, report: "Report") -> None:
    from lasso3d.io.atomic import replacing

    with replacing(path) as temporary:
        temporary.write_text(report.to_json() + "\n", encoding="utf-8")
