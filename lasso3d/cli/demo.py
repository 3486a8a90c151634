"""`lasso3d demo`: a generated scan, segmented by every system that ships."""

from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from lasso3d.cli.tables import print_table
from lasso3d.core.errors import WriteError

if TYPE_CHECKING:
    from lasso3d.core.scene import Scene
    from lasso3d.data.example import Example

DEMO_SEED = 20_000_004
"""A test scene with things of many kinds, touching and apart; chosen by eye."""
ROUNDS = 3
"""Clicks per object."""


@dataclass(frozen=True)
class Demo:
    """A generated scan, segmented by every system that ships: labelled PLY, pictures, a table."""

    out: Path = Path("lasso3d-demo")
    """Where the results go."""

    def run(self) -> None:
        """Generate, click like the simulated annotator, write, compare with the truth."""
        from lasso3d.data.example import Example
        from lasso3d.data.procedural import procedural
        from lasso3d.io.export import write_scene
        from lasso3d.io.scenes import read_scene
        from lasso3d.systems import systems

        try:
            self.out.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise WriteError(
                error.strerror or "cannot be created", str(self.out), "choose another --out"
            ) from error
        generated, truth = procedural("tabletops", DEMO_SEED)
        scan = self.out / "scan.ply"
        write_scene(scan, generated)
        example = Example(read_scene(scan), truth)
        print(f"a generated table top, {len(generated):,} points: {scan}")
        print(f"clicked by a simulated annotator; IoU in percent after 1 to {ROUNDS} clicks an object\n")
        rows = [self._play(name, example) for name in systems()]
        header = ("system", *(f"IoU@{k}" for k in range(1, ROUNDS + 1)), "encode", "per click")
        print_table(header, rows)
        self._say_next(scan, example.scene)

    def _play(self, name: str, example: "Example") -> tuple[str, ...]:
        """One system, all objects of the scene together; writes the labelled scan and a picture."""
        import numpy as np

        from lasso3d.evaluation.sessions import SCAN, play, task_of
        from lasso3d.io.export import write_segmentation
        from lasso3d.systems import load
        from lasso3d.viz.pictures import save_picture

        scene, truth = example
        protocol = replace(SCAN, rule="agile3d", clicks=ROUNDS)
        segmenter = load(name)
        started = perf_counter()
        encoding = segmenter.encode(scene)
        encode_seconds = perf_counter() - started
        task = task_of(scene.xyz, truth, protocol)
        steps = list(play(segmenter, encoding, task, protocol=protocol, rng=np.random.default_rng(0)))
        at = {step.clicks: step.iou for step in steps}
        last = steps[-1]
        if last.answer is None or last.prompt is None:
            raise ValueError("the demo scene has no objects to click")
        write_segmentation(self.out / f"{name}.ply", scene, last.answer)
        save_picture(self.out / f"{name}.png", scene, last.answer, clicks=last.prompt.clicks)
        seconds = np.median([step.seconds for step in steps if step.seconds is not None])
        ious = (f"{100 * at[k * len(task.objects)]:.1f}" for k in range(1, ROUNDS + 1))
        return name, *ious, f"{encode_seconds:.2f} s", f"{1000 * seconds:.0f} ms"

    def _say_next(self, scan: Path, scene: "Scene") -> None:
        from lasso3d.systems import systems

        x, y, z = scene.xyz[scene.xyz[:, 2].argmax()] + scene.origin
        print(f"\nlook at {', '.join(str(self.out / f'{name}.png') for name in systems())}; the .ply beside opens")
        print("in CloudCompare with the labels shown. Next, click yourself (coordinates are those of the file):\n")
        click = f"--click 1:{x:.3f},{y:.3f},{z:.3f}"
        print(f"  lasso3d segment {scan} --system {systems()[0]} {click} --picture mask.png")
