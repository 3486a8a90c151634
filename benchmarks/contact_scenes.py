"""A sheet of generated scenes of all kinds, as their sensors see them.

    python benchmarks/contact_scenes.py docs/pictures/worlds.png [--seed 10000000]

Eight rooms, six table tops, six streets and yards, four single objects; rooms are cut open.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from lasso3d.core.scene import Scene
from lasso3d.data.procedural import procedural
from lasso3d.data.procedural.rooms import room
from lasso3d.viz.annotations import INK, panel_font
from lasso3d.viz.pictures import picture

COLUMNS, TILE = 6, 340
ROOMS = ("handheld", "handheld", "photogrammetry", "handheld", "view", "lidar", "photogrammetry", "handheld")
OTHERS = (("tabletops", 6), ("streets", 6), ("objects", 4))
COLOURS = 256
"""Of the file: fewer make bands, more make it large."""


def scenes(seed: int) -> Iterator[tuple[str, Scene]]:
    """What is shown, with its caption."""
    for i, sensor in enumerate(ROOMS):
        yield f"room, {sensor}", room(seed + i, sensor=sensor).scene
    for world, count in OTHERS:
        for i in range(count):
            scene, truth = procedural(world, seed + i)
            name = truth.class_names[truth.semantic[truth.instance > 0][0]] if world == "objects" else world[:-1]
            yield name, scene


def tile(caption: str, scene: Scene) -> Image.Image:
    """The scan alone, without the caption that pictures have below."""
    shown = Image.fromarray(picture(scene, width=2 * TILE))
    shown = shown.crop((0, 0, 2 * TILE, round(2 * TILE * 0.78))).resize((TILE, round(TILE * 0.78)), Image.LANCZOS)
    ImageDraw.Draw(shown).text((TILE - 6, 14), caption, fill=INK, font=panel_font(TILE), anchor="rm",
                               stroke_width=2, stroke_fill=(16, 18, 22))  # fmt: skip
    return shown


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--seed", type=int, default=10_000_000)
    asked = parser.parse_args()
    tiles = [tile(caption, scene) for caption, scene in scenes(asked.seed)]
    height = tiles[0].height
    rows = -(-len(tiles) // COLUMNS)
    sheet = Image.new("RGB", (COLUMNS * (TILE + 3) - 3, rows * (height + 3) - 3))
    for i, shown in enumerate(tiles):
        sheet.paste(shown, (i % COLUMNS * (TILE + 3), i // COLUMNS * (height + 3)))
    sheet.quantize(COLOURS, method=Image.Quantize.MEDIANCUT).save(asked.out, optimize=True)
    print(f"{asked.out}: {asked.out.stat().st_size / 1e6:.2f} MB, {np.prod(sheet.size):,} pixels")


if __name__ == "__main__":
    main()
