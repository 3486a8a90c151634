"""`lasso3d segment`: one prompt, one scan, masks out."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import tyro

from lasso3d.cli.info import extent_warnings
from lasso3d.cli.progress import progress
from lasso3d.cli.tables import print_table
from lasso3d.cli.usage import require_not_negative, require_positive, require_writable
from lasso3d.core.errors import WriteError
from lasso3d.core.prompts import Clicks, Prompt

if TYPE_CHECKING:
    from lasso3d.core.scene import Scene
    from lasso3d.core.segmentation import Segmentation


@dataclass(frozen=True)
class Segment:
    """Segment a scan by clicks, a box, names, a sentence or an instruction."""

    scan: tyro.conf.Positional[Path]
    """PLY, PCD, LAS, LAZ, NPZ, NPY, OBJ, STL, GLB or a scene folder."""
    system: Annotated[str, tyro.conf.arg(metavar="NAME")]
    """A system that ships, or a checkpoint folder."""
    click: Annotated[
        tyro.conf.UseAppendAction[tuple[tuple[str, ...], ...]], tyro.conf.arg(metavar="OBJ:X,Y,Z [OBJ:X,Y,Z ...]")
    ] = ()
    """Object number (0 = background) and file coordinates; several at once or the flag again."""
    box: Annotated[str | None, tyro.conf.arg(metavar="X0,Y0,Z0,X1,Y1,Z1")] = None
    """Lower and upper corner in file coordinates."""
    classes: tuple[str, ...] | None = None
    """Class names; none after the flag = the model's own vocabulary."""
    kind: Literal["semantic", "instance", "panoptic"] | None = None
    """What is wanted of names and parts, semantic unless said; alone = of the model's own vocabulary."""
    refer: Annotated[str | None, tyro.conf.arg(metavar="TEXT")] = None
    """A sentence that describes objects."""
    ask: Annotated[str | None, tyro.conf.arg(metavar="TEXT")] = None
    """A request that needs reasoning."""
    object: Annotated[str | None, tyro.conf.arg(metavar="NAME")] = None
    """The object whose --parts are wanted."""
    parts: tuple[str, ...] = ()
    """Part names."""
    prompts: Annotated[Path | None, tyro.conf.arg(metavar="FILE.json")] = None
    """One prompt or a list of them, in file coordinates; in a list each answer is feedback for the next."""
    out: Path | None = None
    """The labelled scan; a suffix of the input's format keeps every field of it. Without it a table is printed."""
    picture: Annotated[Path | None, tyro.conf.arg(metavar="FILE.png")] = None
    """Scan, masks and uncertainty side by side."""
    json: bool = False
    """Print the result as JSON."""
    up: Literal["x", "-x", "y", "-y", "z", "-z"] = "z"
    """The file's axis that points up."""
    unit: float = 1.0
    """Metres per unit of the file."""
    voxel: Annotated[float | None, tyro.conf.arg(metavar="METRES")] = None
    """Voxel size; chosen from the scan without it."""
    device: str = "cpu"
    """cpu or cuda."""
    precision: Literal["f32", "bf16"] = "f32"
    """Of the network."""
    seed: int = 0
    """Decides all randomness."""

    def run(self) -> None:
        """Read, encode, ask, write, show."""
        from lasso3d.cli.ask import prompts_of
        from lasso3d.io.scenes import read_scene
        from lasso3d.systems import load

        self._refuse_nonsense()
        segmenter = load(self.system, device=self.device, precision=self.precision)
        if self.voxel is not None:
            segmenter = segmenter.with_voxel(self.voxel)
        scene = read_scene(self.scan, up=self.up, unit=self.unit)
        for warning in extent_warnings(float((scene.xyz.max(0) - scene.xyz.min(0)).max())):
            print(f"lasso3d: warning: {scene.name} is {warning}", file=sys.stderr)
        asked = prompts_of(self, scene)
        with progress(f"encoding {scene.name}") as tell:
            encoding = segmenter.encode(scene, progress=tell)
        answer = None
        for prompt in asked:
            answer = segmenter.segment(encoding, prompt, previous=answer, seed=self.seed)
        if answer is not None:
            self._deliver(scene, answer, asked[-1])

    def _refuse_nonsense(self) -> None:
        require_positive(unit=self.unit, voxel=self.voxel)
        require_not_negative(seed=self.seed)
        require_writable(self.out, self.picture)
        if self.picture is not None and self.picture.suffix.lower() != ".png":
            raise WriteError("pictures are PNG files", str(self.picture), "name it FILE.png")

    def _deliver(self, scene: "Scene", answer: "Segmentation", prompt: Prompt) -> None:
        from lasso3d.io.export import write_segmentation
        from lasso3d.viz.pictures import save_picture

        if self.out is not None:
            write_segmentation(self.out, scene, answer)
        if self.picture is not None:
            clicks = prompt.clicks if isinstance(prompt, Clicks) else ()
            save_picture(self.picture, scene, answer, clicks=clicks)
        if self.json:
            print(json.dumps(_summary(self, scene, answer), indent=2))
        else:
            _print_answer(scene, answer)
            for target in filter(None, (self.out, self.picture)):
                print(f"wrote {target}")


def _summary(command: Segment, scene: "Scene", answer: "Segmentation") -> dict[str, Any]:
    return {
        "scan": str(command.scan),
        "system": command.system,
        "points": len(scene),
        "rows": _rows(answer),
        "reply": answer.reply,
        "mean_uncertainty": float(answer.point_uncertainty().mean()),
        "out": str(command.out) if command.out else None,
        "picture": str(command.picture) if command.picture else None,
    }


def _rows(answer: "Segmentation") -> list[dict[str, Any]]:
    uncertainty = answer.point_uncertainty()
    rows: list[dict[str, Any]] = []
    for row, label in enumerate(answer.labels):
        mask = answer.mask(row)
        unsure = float(uncertainty[mask].mean()) if mask.any() else 0.0
        rows.append(
            {"label": label, "points": int(mask.sum()), "score": float(answer.score[row]), "uncertainty": unsure}
        )
    return rows


def _print_answer(scene: "Scene", answer: "Segmentation") -> None:
    lines = [
        (
            str(row["label"]),
            f"{row['points']:,}",
            f"{100 * row['points'] / len(scene):.1f} %",
            f"{row['score']:.2f}",
            f"{row['uncertainty']:.3f}",
        )
        for row in _rows(answer)
    ]
    print_table(("label", "points", "of the scan", "expected IoU", "mean uncertainty"), lines)
    if not lines:
        print("nothing in the scan fits" if not answer.reply else answer.reply)
