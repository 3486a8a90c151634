"""`lasso3d demo`: a generated scan, segmented by every system that ships."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lasso3d.cli.tables import print_table

if TYPE_CHECKING:
    from lasso3d.core.segmentation import Segmentation
    from lasso3d.core.segmenter import Segmenter
    from lasso3d.data.example import Example

DEMO_SEED = 20_000_003
"""A test scene with objects that touch and one that stands before another; chosen by eye."""
CLICKS_PER_OBJECT = 3


@dataclass(frozen=True)
class Demo:
    """A generated scan, segmented by every system that ships: labelled PLY, pictures, a table."""

    out: Path = Path("lasso3d-demo")
    """Where the results go."""

    def run(self) -> None:
        """Generate, click like the simulated annotator, write, compare with the truth."""
        from lasso3d.data.procedural import procedural
        from lasso3d.evaluation.clicks import evaluate_multi
        from lasso3d.io.export import write_segmentation
        from lasso3d.io.scenes import read_scene
        from lasso3d.systems import load, systems
        from lasso3d.viz.pictures import save_picture

        raise SystemExit(2)
