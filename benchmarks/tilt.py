"""Scans that lean: how often up is found, and what that is worth to clicks.

    python benchmarks/tilt.py [--systems npiseg3d uniseg3d] [--scenes 4] [--count 20] [--degrees 0 12 25 40]

Turns generated test scenes about a random horizontal axis, as a camera does that looks down. The first table counts
of `--count` scenes of each world those turned back to within 3 degrees, left as they are, turned another way. The
second one plays the three largest objects of `--scenes` scenes one at a time (rule `scan`, 3 clicks), with and
without `upright`, and beside `geodesic`, which rotations change only through the grid of its voxels.
"""

import argparse
from collections.abc import Iterator
from dataclasses import replace
from math import cos, radians, sin

import numpy as np

from lasso3d.core.scene import Scene
from lasso3d.data.example import Example
from lasso3d.data.procedural import ProceduralScenes
from lasso3d.evaluation.clicks import evaluate_single
from lasso3d.evaluation.sessions import SCAN
from lasso3d.geometry.upright import Frame
from lasso3d.systems import load

TEST_SEED = 20_004_000
WORLDS = ("tabletops", "rooms", "streets")
RIGHT = 3.0
"""Degrees of error up to which a scan counts as turned back."""
PROTOCOL = replace(SCAN, clicks=3, objects=3)


def leaning(degrees: float, seed: int) -> np.ndarray:
    """A rotation by this angle about a horizontal axis drawn from the seed."""
    around = np.random.default_rng(seed).uniform(0, 2 * np.pi)
    x, y = cos(around), sin(around)
    cross = np.array([[0, 0, y], [0, 0, -x], [-y, x, 0]])
    return np.eye(3) + sin(radians(degrees)) * cross + (1 - cos(radians(degrees))) * cross @ cross


def turned(example: Example, degrees: float, seed: int) -> Example:
    """The example with its scan turned."""
    xyz = (example.scene.xyz @ leaning(degrees, seed).T).astype(np.float32)
    return Example(Scene(xyz, rgb=example.scene.rgb, name=example.scene.name), example.truth)


def outcome(example: Example, degrees: float, seed: int) -> str:
    """What becomes of a scan that is turned."""
    frame = Frame.upright(turned(example, degrees, seed).scene.xyz)
    if frame.rotation is None:
        return "left"
    error = np.degrees(np.arccos((frame.rotation @ leaning(degrees, seed))[2, 2].clip(-1, 1)))
    return "right" if error < RIGHT else "wrong"


def print_found(count: int, tilts: list[float]) -> None:
    """How often up is found."""
    print(f"| {count} scenes each, turned by |" + "".join(f" {tilt:g}° |" for tilt in tilts))
    print("|---|" + "---|" * len(tilts))
    for world in WORLDS:
        scenes = ProceduralScenes(world, TEST_SEED, count)
        cells = []
        for tilt in tilts:
            found = [outcome(example, tilt, seed) for seed, example in enumerate(scenes)]
            cells.append(" / ".join(str(found.count(kind)) for kind in ("right", "left", "wrong")))
        print(f"| {world} | " + " | ".join(cells) + " |", flush=True)


def forms(systems: list[str]) -> Iterator[tuple[str, object]]:
    """The baseline, and each system with and without turning."""
    yield "geodesic", load("geodesic")
    for system in systems:
        segmenter = load(system)
        yield f"{system}, as given", replace(segmenter, config=replace(segmenter.config, upright=False))
        yield f"{system}, upright", segmenter


def print_clicks(systems: list[str], count: int, tilts: list[float]) -> None:
    """IoU after one and three clicks."""
    print(f"| IoU@1 / @3, {count} scenes each | system |" + "".join(f" {tilt:g}° |" for tilt in tilts))
    print("|---|---|" + "---|" * len(tilts))
    for world in WORLDS:
        scenes = ProceduralScenes(world, TEST_SEED, count)
        for name, segmenter in forms(systems):
            cells = []
            for tilt in tilts:
                examples = [turned(example, tilt, seed) for seed, example in enumerate(scenes)]
                figures = evaluate_single(segmenter, examples, protocol=PROTOCOL).figures
                value = {figure.name: figure.value for figure in figures}
                cells.append(f"{value['IoU@1']:.1f} / {value['IoU@3']:.1f}")
            print(f"| {world} | {name} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--systems", nargs="*", default=["npiseg3d", "uniseg3d"])
    parser.add_argument("--scenes", type=int, default=4)
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--degrees", type=float, nargs="+", default=[0, 12, 25, 40])
    given = parser.parse_args()
    print_found(given.count, given.degrees)
    print()
    print_clicks(given.systems, given.scenes, given.degrees)
