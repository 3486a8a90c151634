"""One picture of every kind of object that the generated worlds know, its parts coloured, its name below.

    python benchmarks/contact_sheet.py [--out docs/pictures/categories.png] [--only kettle scissors] [--seed 1]
    python benchmarks/contact_sheet.py --table

Drawn by the rays that make the scans; of a few things of a kind the one with most parts, its joints moved a little
so that one sees what opens. `--table` prints the parts of each kind instead.
"""

import argparse
from math import cos, sin
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from lasso3d.data.procedural.catalogue import CATEGORIES, parts_by_class
from lasso3d.data.procedural.finishes import any_colour, painter
from lasso3d.data.procedural.joints import posed, reach
from lasso3d.data.procedural.shapes import Placed, at
from lasso3d.data.procedural.streetthings import STREET_THINGS
from lasso3d.data.procedural.tracing import cast, reaches
from lasso3d.data.procedural.trees import scenery
from lasso3d.geometry.cameras import look_at
from lasso3d.viz.palette import ROW_COLOURS

TILE, CAPTION, OVER = 132, 15, 3
"""Pixels of a picture, of its name, and rays a pixel in each direction."""
COLUMNS, TRIES = 12, 8
PAPER, PLAIN = (250, 250, 248), (196, 198, 202)
AZIMUTH, ELEVATION = -1.05, 0.45
LAMP = np.array([-0.35, -0.6, 0.72])


def kinds():
    """Builders by class, of all worlds."""
    return {name: (build,) for name, build in STREET_THINGS.items()} | CATEGORIES


def richest(builders, seed):
    """Of a few things the one that shows most parts."""
    things = []
    for k in range(TRIES):
        rng = np.random.default_rng((seed, k))
        things.append(builders[k % len(builders)](rng, painter(rng, (any_colour(rng),))))
    return max(things, key=lambda thing: len({solid.part for solid in thing.solids}))


def drawn(builders, seed):
    """A tile: the thing from its front, right and above."""
    thing = richest(builders, seed)
    thing = posed(thing, tuple(round(0.4 * joint.high, 4) for joint in thing.joints))
    points = np.concatenate([reach(solid) for solid in thing.solids])
    middle = (points.min(0) + points.max(0)) / 2
    towards = np.array([cos(ELEVATION) * cos(AZIMUTH), cos(ELEVATION) * sin(AZIMUTH), sin(ELEVATION)])
    span = float(np.sqrt((np.ptp(points, axis=0) ** 2).sum()))
    T = look_at(middle + 2.2 * span * towards, middle)
    flat = ((points - middle) @ T[:3, :3].T)[:, :2]
    half = 0.54 * np.ptp(flat, axis=0).max()
    centre = (flat.min(0) + flat.max(0)) / 2
    side = TILE * OVER
    v, u = (2 * (np.indices((side, side)).reshape(2, -1) + 0.5) / side - 1) * half
    origin = (
        middle + 2.2 * span * towards + (u + centre[0])[:, None] * T[0, :3] + (v + centre[1])[:, None] * T[1, :3]
    )
    on = scenery([Placed(thing, at())])
    hits = cast(on, origin, np.broadcast_to(T[2, :3], origin.shape).copy())
    met = hits.solid >= 0
    parts = sorted({solid.part for solid in thing.solids} - {""})
    paints = np.array(
        [PLAIN if not s.part else ROW_COLOURS[parts.index(s.part) % len(ROW_COLOURS)] for s in thing.solids]
    )
    point = origin[met] + T[2, :3] * hits.distance[met, None] + 1e-4 * span * hits.normal[met]
    free = reaches(on, point, point + 3 * span * LAMP)
    light = 0.55 + 0.25 * hits.normal[met] @ np.array([0.0, 0.0, 1.0]) * 0.5
    light = light + 0.45 * np.maximum(hits.normal[met] @ LAMP, 0) * np.where(free, 1.0, 0.35)
    image = np.full((side * side, 3), PAPER, np.float64)
    image[met] = np.clip(paints[hits.solid[met]] * light[:, None], 0, 255)
    return image.reshape(TILE, OVER, TILE, OVER, 3).mean((1, 3)).astype(np.uint8)


def sheet(things, seed, columns=COLUMNS):
    """All tiles in rows, by name."""
    rows = -(-len(things) // columns)
    page = Image.new("RGB", (columns * TILE, rows * (TILE + CAPTION)), PAPER)
    pen, font = ImageDraw.Draw(page), ImageFont.load_default(11)
    for i, (name, builders) in enumerate(sorted(things.items())):
        x, y = i % columns * TILE, i // columns * (TILE + CAPTION)
        page.paste(Image.fromarray(drawn(builders, seed)), (x, y))
        pen.text((x + TILE // 2, y + TILE), name, fill=(30, 30, 34), font=font, anchor="mt")
    return page


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("docs/pictures/categories.png"))
    parser.add_argument("--only", nargs="*", default=None, metavar="NAME")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--table", action="store_true", help="print the table of classes and parts instead")
    args = parser.parse_args()
    if args.table:
        for name, parts in parts_by_class().items():
            print(f"| `{name}` | {', '.join(f'`{part}`' for part in parts)} |")
        return
    things = {name: builders for name, builders in kinds().items() if args.only is None or name in args.only}
    page = sheet(things, args.seed, columns=min(COLUMNS, len(things)))
    page.quantize(128, dither=Image.Dither.NONE).save(args.out, optimize=True)
    print(f"{len(things)} kinds, {args.out.stat().st_size / 1e3:.0f} kB: {args.out}")


if __name__ == "__main__":
    main()
