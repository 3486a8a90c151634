"""Generated scenes beside real scans: local statistics in one table and one plot.

    LASSO3D_DATA=... python benchmarks/worlds.py [--seeds 4] [--plot docs/pictures/world_statistics.png]

Prints one line per group: the median over its scans. Real scans are looked at here and nowhere else.
"""

import argparse
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from lasso3d.data.example import Example, Truth
from lasso3d.data.mosd import read_mosd
from lasso3d.data.procedural import WORLDS, procedural
from lasso3d.data.procedural.rooms import room
from lasso3d.geometry.statistics import Statistics, scan_statistics
from lasso3d.io.scenes import read_scene

VALIDATION = 10_000_000
REAL, GENERATED = (214, 96, 0), (40, 110, 190)
"""Colours of the dots."""


@dataclass(frozen=True)
class Column:
    """One figure of the table."""

    name: str
    of: Callable[[Statistics], float | None]
    form: str = "{:.0f}"


COLUMNS = (
    Column("points, thousands", lambda s: s.points / 1000),
    Column("spacing, mm", lambda s: 1000 * s.spacing, "{:.1f}"),
    Column("points per m²", lambda s: s.density),
    Column("roughness, mm", lambda s: 1000 * s.roughness, "{:.1f}"),
    Column("roughness / spacing", lambda s: s.roughness / s.spacing, "{:.2f}"),
    Column("turning, degrees", lambda s: s.turning, "{:.1f}"),
    Column("border points, %", lambda s: 100 * s.border),
    Column("colour around a point", lambda s: s.colour_local, "{:.1f}"),
    Column("colour within an object", lambda s: s.colour_object),
    Column("objects", lambda s: s.objects or None),
    Column("points of an object", lambda s: s.object_points or None),
    Column("median height, m", lambda s: s.heights[1], "{:.2f}"),
)
PLOTTED = (1, 4, 5, 6, 7, 8, 10)
LOGARITHMIC = (1, 4, 5, 6, 7, 10)


def _unlabelled(path: Path, up: str = "z") -> Example:
    scene = read_scene(path, up=up)  # type: ignore[arg-type]
    return Example(scene, Truth(np.full(len(scene), -1, np.int32)))


def _cart(folder: Path) -> Example:
    scene = read_scene(folder / "exemplary.ply")
    label = np.fromfile(folder / "exemplary_labels_uint8.bin", np.uint8)
    return Example(scene, Truth(np.where(label == 1, 1, -1).astype(np.int32)))


def real(data: Path) -> Iterator[tuple[str, Example]]:
    """Scans that people made."""
    for path in sorted((data / "indoor_instances/mOSD/test").glob("*.pcd"))[:4]:
        yield "table tops: mOSD (Kinect)", read_mosd(path)
    yield "table tops: shelf, fused frames", _unlabelled(data / "posed_rgbd/apc_shelf", up="-y")
    yield "rooms: ICL living room, fused frames", _unlabelled(data / "posed_rgbd/icl_livingroom1", up="-y")
    yield "rooms: labelCloud's floor and cart", _cart(data / "indoor_instances/labelCloud")
    for path in sorted((data / "lidar/ign_lidarhd").glob("test_data*.laz")):
        yield "outdoors: IGN, from the air", _unlabelled(path)
    yield "outdoors: AHN Amsterdam, from the air", _unlabelled(data / "lidar/amsterdam_ahn/ahn_2386_9702.laz")
    yield "outdoors: autzen, from the air", _unlabelled(data / "lidar/pdal/autzen_trim.laz")


def generated(seeds: int) -> Iterator[tuple[str, Example]]:
    """Scans that we make: every world, rooms by sensor."""
    for seed in range(VALIDATION, VALIDATION + seeds):
        for sensor in ("handheld", "photogrammetry", "view", "lidar"):
            yield f"rooms: generated, {sensor}", room(seed, sensor=sensor)
    for world in (w for w in WORLDS if w != "rooms"):
        for seed in range(VALIDATION, VALIDATION + seeds):
            example = procedural(world, seed)
            name = {"tabletops": "table tops", "streets": "outdoors"}.get(world, world)
            yield f"{name}: generated", example


def table(groups: dict[str, list[Statistics]]) -> str:
    """Markdown, one line a group."""
    lines = ["| scans | n | " + " | ".join(c.name for c in COLUMNS) + " |", "|---" * (len(COLUMNS) + 2) + "|"]
    for name in sorted(groups):
        cells = [_cell(column, groups[name]) for column in COLUMNS]
        lines.append(f"| {name} | {len(groups[name])} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _cell(column: Column, scans: list[Statistics]) -> str:
    values = _values(column, scans)
    return column.form.format(np.median(values)) if values else ""


def _values(column: Column, scans: list[Statistics]) -> list[float]:
    return [value for value in map(column.of, scans) if value is not None]


def plot(groups: dict[str, list[Statistics]]) -> Image.Image:
    """A strip for each figure, a line for each group, a dot for each scan; orange = real, blue = generated."""
    names = sorted(groups)
    left, line, width, head = 290, 22, 190, 54
    sheet = Image.new("RGB", (left + width * len(PLOTTED) + 20, head + line * len(names) + 34), "white")
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(13)
    for row, name in enumerate(names):
        y = head + row * line + line / 2
        if row and name.split(":")[0] != names[row - 1].split(":")[0]:
            pen.line((8, y - line / 2, sheet.width - 8, y - line / 2), fill=(150, 150, 150))
        pen.text((10, y), name, fill="black", font=font, anchor="lm")
    for i, which in enumerate(PLOTTED):
        box = (left + i * width + 12, head, left + (i + 1) * width - 12, head + line * len(names))
        _strip(pen, box, COLUMNS[which], groups, which in LOGARITHMIC)
    for x, colour, text in ((10, REAL, "real"), (70, GENERATED, "generated")):
        pen.ellipse((x, sheet.height - 19, x + 9, sheet.height - 10), fill=colour)
        pen.text((x + 14, sheet.height - 15), text, fill="black", font=font, anchor="lm")
    return sheet


def _strip(
    pen: ImageDraw.ImageDraw,
    box: tuple[int, int, int, int],
    column: Column,
    groups: dict[str, list[Statistics]],
    logarithmic: bool,
) -> None:
    scaled = {
        name: [float(np.log10(max(v, 1e-4)) if logarithmic else v) for v in _values(column, groups[name])]
        for name in sorted(groups)
    }
    every, font = [value for values in scaled.values() for value in values], ImageFont.load_default(13)
    low, high = min(every), max(every)
    pen.rectangle(box, outline=(190, 190, 190))
    pen.text(((box[0] + box[2]) / 2, 16), column.name, fill="black", font=font, anchor="mm")
    for end, x, anchor in ((low, box[0], "lm"), (high, box[2], "rm")):
        value = 10**end if logarithmic else end
        text = f"{value:,.0f}" if value >= 100 else f"{value:.2g}"
        pen.text((x, 40), text, fill=(90, 90, 90), font=font, anchor=anchor)
    for row, (name, values) in enumerate(scaled.items()):
        y = box[1] + (row + 0.5) * (box[3] - box[1]) / len(scaled)
        for value in values:
            x = box[0] + 6 + (value - low) / max(high - low, 1e-9) * (box[2] - box[0] - 12)
            pen.ellipse((x - 4, y - 4, x + 4, y + 4), fill=GENERATED if "generated" in name else REAL)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=4)
    parser.add_argument("--plot", type=Path)
    asked = parser.parse_args()
    groups: dict[str, list[Statistics]] = {}
    examples = [*real(Path(os.environ["LASSO3D_DATA"]))] if "LASSO3D_DATA" in os.environ else []
    for name, (scene, truth) in (*examples, *generated(asked.seeds)):
        groups.setdefault(name, []).append(scan_statistics(scene.xyz, rgb=scene.rgb, instance=truth.instance))
    print(table(groups))
    if asked.plot:
        plot(groups).save(asked.plot, optimize=True)


if __name__ == "__main__":
    main()
