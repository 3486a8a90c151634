"""`lasso3d scenes`: generated scenes with their truth, to disk."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from lasso3d.cli.progress import progress
from lasso3d.cli.usage import require_positive, require_seed


@dataclass(frozen=True)
class Scenes:
    """Write generated scenes: points, colours, instances, classes and parts, one folder each."""

    out: Path
    """Where the scene folders go."""
    count: int
    """How many."""
    seed: int = 0
    """Scene i uses seed + i; train from 0, validate from 10000000, test from 20000000."""
    world: Literal["tabletops", "rooms"] = "tabletops"
    """What the scenes show."""

    def run(self) -> None:
        """Scenes that are there already are left alone, so an interrupted run goes on where it stopped."""
        from lasso3d.data.folder import write_example
        from lasso3d.data.procedural import VERSIONS, procedural
        from lasso3d.io.folder import SCENE_FILE

        require_positive(count=self.count)
        require_seed(self.seed)
        written = 0
        with progress(f"{self.world}") as tell:
            for i in range(self.count):
                folder = self.out / f"{self.world}_{self.seed + i:08d}"
                if not (folder / SCENE_FILE).is_file():
                    example = procedural(self.world, self.seed + i)
                    write_example(folder, example, world_version=VERSIONS[self.world])
                    written += 1
                tell((i + 1) / self.count, folder.name)
        print(
            f"wrote {written} scenes to {self.out}"
            + (f", {self.count - written} were there" if written < self.count else "")
        )
