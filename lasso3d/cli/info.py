"""`lasso3d info`: what a scan or a checkpoint is, and what to watch out for."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import tyro

from lasso3d import __version__
from lasso3d.cli.usage import require_positive

if TYPE_CHECKING:
    from lasso3d.core.scene import Scene

SMALLEST_EXTENT = 0.05
LARGEST_EXTENT = 1e5
"""Metres; scans outside these are more often in another unit than truly that small or large."""


@dataclass(frozen=True)
class Info:
    """Say what a scan or a checkpoint is; without one, what this installation has."""

    path: Annotated[tyro.conf.Positional[Path | None], tyro.conf.arg(metavar="SCAN|CHECKPOINT")] = None
    """A scan, a scene folder or a checkpoint folder."""
    up: Literal["x", "-x", "y", "-y", "z", "-z"] = "z"
    """The file's axis that points up."""
    unit: float = 1.0
    """Metres per unit of the file."""
    cache: bool = False
    """Say where the cache is and how large."""
    json: bool = False
    """Print it as JSON."""

    def run(self) -> None:
        """Print names and values."""
        from lasso3d.systems.card import CARD_FILE

        require_positive(unit=self.unit)
        if self.cache:
            facts = _cache()
        elif self.path is None:
            facts = _installation()
        elif (self.path / CARD_FILE).is_file():
            facts = _checkpoint(self.path)
        else:
            facts = self._scan(self.path)
        if self.json:
            print(json.dumps(facts, indent=2, ensure_ascii=False))
        else:
            _print(facts)

    def _scan(self, path: Path) -> dict[str, object]:
        from lasso3d.geometry.voxels import voxel_size
        from lasso3d.io.scenes import read_scene

        scene = read_scene(path, up=self.up, unit=self.unit)
        extent = (scene.xyz.max(0) - scene.xyz.min(0)).astype(float)
        return {
            "scan": str(path),
            "points": len(scene),
            "extent in metres": " x ".join(f"{side:.3g}" for side in extent),
            "range in file coordinates": self._file_range(scene),
            "origin in metres": " ".join(f"{value:.0f}" for value in scene.origin),
            "colours": "yes" if scene.rgb is not None else "no",
            "normals": "yes" if scene.normals is not None else "no",
            "other fields": ", ".join(f"{name} {values.dtype}" for name, values in scene.extra.items()) or "none",
            "views": len(scene.views),
            "voxel size chosen": f"{voxel_size(scene.xyz):g} m",
            "sha256": scene.source.digest if scene.source else "",
            "watch out": ", ".join(extent_warnings(float(extent.max())) + self._axis_warnings(path)) or "nothing",
        }

    def _axis_warnings(self, path: Path) -> list[str]:
        if path.suffix.lower() == ".glb" and self.up == "z":
            return ["glTF is y-up by its specification: pass --up y if it lies on its side"]
        return []

    def _file_range(self, scene: "Scene") -> str:
        import numpy as np

        from lasso3d.io.frames import scene_to_file

        corners = np.stack([scene.xyz.min(0), scene.xyz.max(0)]).astype(np.float64)
        lower, upper = np.sort(scene_to_file(corners, up=self.up, unit=self.unit, origin=scene.origin), axis=0)
        return "  ".join(f"{axis} {a:.3f} to {b:.3f}" for axis, a, b in zip("xyz", lower, upper, strict=True))


def extent_warnings(extent: float) -> list[str]:
    """What is odd about a scan of so many metres."""
    if extent < SMALLEST_EXTENT:
        return [f"only {extent:.3g} m across: if the file is in millimetres pass --unit 0.001"]
    if extent > LARGEST_EXTENT:
        return [f"{extent / 1000:.0f} km across: check the unit (--unit) and stray points"]
    return []


def _checkpoint(folder: Path) -> dict[str, object]:
    from dataclasses import asdict

    from lasso3d.systems.card import read_card

    return {"checkpoint": str(folder), **asdict(read_card(folder))}


def _installation() -> dict[str, object]:
    from lasso3d.systems import systems

    return {"lasso3d": __version__, "systems": ", ".join(systems())}


def _cache() -> dict[str, object]:
    folder = Path(os.environ.get("LASSO3D_CACHE") or Path.home() / ".cache" / "lasso3d")
    files = [file for file in folder.rglob("*") if file.is_file()]
    megabytes = sum(file.stat().st_size for file in files) / 1e6
    return {"cache": str(folder), "files": len(files), "megabytes": round(megabytes, 1), "safe to delete": "yes"}


def _print(facts: dict[str, object]) -> None:
    width = max(map(len, facts))
    for name, value in facts.items():
        print(f"{name.ljust(width)}  {value}")
