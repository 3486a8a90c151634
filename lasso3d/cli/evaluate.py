"""`lasso3d evaluate`: a protocol, a system, a data set; a table and a report."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import tyro

from lasso3d.cli.progress import progress
from lasso3d.cli.usage import WrongUsage, require_positive, require_seed, require_writable

if TYPE_CHECKING:
    from lasso3d.data.example import Example
    from lasso3d.evaluation.report import Report
    from lasso3d.evaluation.sessions import ClickProtocol

TEST_SEED = 20_000_000
"""Generated test scenes start here; training starts at 0, validation at 10,000,000."""


@dataclass(frozen=True)
class Evaluate:
    """Measure a system by a published protocol, or recompute the table of a released trace."""

    protocol: tyro.conf.Positional[Literal["clicks-single", "clicks-multi", "uncertainty"]]
    """One object at a time (InterObject3D), all objects together (AGILE3D), or errors found by uncertainty."""
    system: Annotated[str | None, tyro.conf.arg(metavar="NAME")] = None
    """A system that ships, or a checkpoint folder."""
    data: Annotated[str | None, tyro.conf.arg(metavar="FOLDER|procedural")] = None
    """Labelled scans, a data set of AGILE3D's benchmark (its lists, its settings), or scenes generated here."""
    out: Annotated[Path | None, tyro.conf.arg(metavar="report.json")] = None
    """All rows, settings, digests and seconds as JSON."""
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
    world: Literal["tabletops", "rooms", "objects"] = "tabletops"
    """Of generated scenes."""
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
        require_seed(self.seed)
        require_writable(self.out)
        report = self._from_trace(self.trace) if self.trace is not None else self._from_system()
        print(report.table())
        if self.out is not None:
            _write(self.out, report)
            print(f"wrote {self.out}")

    def _from_system(self) -> "Report":
        from lasso3d.evaluation.clicks import evaluate_multi, evaluate_single
        from lasso3d.evaluation.uncertainty import evaluate_uncertainty
        from lasso3d.systems import load

        if self.system is None or self.data is None:
            raise WrongUsage("say what to measure: --system NAME --data FOLDER|procedural, or --trace FILE.csv")
        segmenter = load(self.system, device=self.device, precision=self.precision)
        if self.voxel is not None:
            segmenter = segmenter.with_voxel(self.voxel)
        evaluate = {
            "clicks-single": evaluate_single,
            "clicks-multi": evaluate_multi,
            "uncertainty": evaluate_uncertainty,
        }[self.protocol]
        with progress(self.protocol) as tell:
            return evaluate(segmenter, self._examples(), protocol=self._click_protocol(), progress=tell)

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
        from lasso3d.data.folder import open_examples
        from lasso3d.data.procedural import ProceduralScenes

        if self.data == "procedural":
            return ProceduralScenes(self.world, self.scenes or 20, seed=TEST_SEED + self.seed)
        together: Literal["single", "multi"] = "multi" if self.protocol == "clicks-multi" else "single"
        return open_examples(Path(str(self.data)), together=together)[: self.scenes]

    def _from_trace(self, path: Path) -> "Report":
        from lasso3d.evaluation.traces import report_of_trace

        if self.protocol == "uncertainty":
            raise WrongUsage("a trace holds clicks and IoU: use clicks-single or clicks-multi")
        return report_of_trace(path, "single" if self.protocol == "clicks-single" else "multi")


def _write(path: Path, report: "Report") -> None:
    from lasso3d.io.atomic import replacing

    with replacing(path) as temporary:
        temporary.write_text(report.to_json() + "\n", encoding="utf-8")
