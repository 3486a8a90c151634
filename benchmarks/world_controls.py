"""Controls that learn nothing about shape: whether a generated world is too easy.

    python benchmarks/world_controls.py [--scenes 8] [--train 40] [--seed 10000000] [--clicks geodesic npiseg3d]
    python benchmarks/world_controls.py --handheld 16

Clicks: IoU after 1, 3, 5 and 10 oracle clicks on the five largest objects of each scene, by systems that ship.
Classes: what an object is, guessed from how high it lies, how large it is and its mean colour, learned from seeds
from 0 on; share of the objects guessed right, beside always guessing the commonest class.
`--handheld`: clicks alone, on coloured hand-held scans of rooms and their twelve largest objects, as the figures of
real rooms in docs/worlds.md were measured.
"""

import argparse
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import count, islice

import numpy as np

import lasso3d
from lasso3d.data.example import Example
from lasso3d.data.procedural import WORLDS, ProceduralScenes
from lasso3d.data.procedural.rooms import room
from lasso3d.evaluation.clicks import evaluate_single
from lasso3d.evaluation.sessions import SCAN

NEIGHBOURS = 5
GREY = 128.0


def objects_of(example: Example) -> tuple[np.ndarray, list[str]]:
    """Height of the lower and upper end, sides, and mean colour of each object, and its class."""
    scene, truth = example
    features, names = [], []
    floor = np.percentile(scene.xyz[:, 2], 1)
    for i in range(1, truth.instance.max() + 1):
        inside = truth.instance == i
        low, high = np.percentile(scene.xyz[inside], (2, 98), axis=0)
        sides = np.sort((high - low)[:2])
        colour = np.full(3, GREY) if scene.rgb is None else scene.rgb[inside].mean(0)
        features.append([low[2] - floor, high[2] - floor, *np.log(sides + 0.01), np.log(high[2] - low[2] + 0.01),
                         *(colour / 64)])  # fmt: skip
        names.append(truth.class_names[truth.semantic[inside][0]])
    return np.array(features).reshape(-1, 8), names


def gathered(world: str, count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    found = [objects_of(example) for example in ProceduralScenes(world, count, seed)]
    return np.concatenate([f for f, _ in found]), np.array([name for _, names in found for name in names])


def class_control(world: str, train: int, scenes: int, seed: int) -> str:
    """One line: objects, classes, and the shares right of three guesses."""
    known, names = gathered(world, train, 0)
    asked, truth = gathered(world, scenes, seed)
    middle, spread = known.mean(0), known.std(0) + 1e-6
    known, asked = (known - middle) / spread, (asked - middle) / spread
    commonest = Counter(names.tolist()).most_common(1)[0][0]
    classes = sorted(set(names.tolist()))
    centroid = np.stack([known[names == name].mean(0) for name in classes])
    by_centroid = np.array(classes)[((asked[:, None] - centroid) ** 2).sum(-1).argmin(1)]
    near = ((asked[:, None] - known) ** 2).sum(-1).argsort(1, kind="stable")[:, :NEIGHBOURS]
    by_neighbours = np.array([Counter(names[row].tolist()).most_common(1)[0][0] for row in near])
    shares = [100 * float((guess == truth).mean()) for guess in (commonest, by_centroid, by_neighbours)]
    cells = " | ".join(f"{share:.0f}" for share in shares)
    return f"| {world} | {len(truth)} | {len(classes)} | {cells} |"


def click_control(name: str, examples: Sequence[Example], system: str, *, objects: int = 5) -> str:
    """One line: objects and IoU after so many clicks."""
    report = evaluate_single(lasso3d.load(system), examples, protocol=replace(SCAN, objects=objects))
    value = {figure.name: figure.value for figure in report.figures}
    cells = " | ".join(f"{value[f'IoU@{k}']:.1f}" for k in (1, 3, 5, 10))
    return f"| {name} | {system} | {len(report.rows)} | {cells} |"


def handheld(scenes: int, seed: int) -> list[Example]:
    """Coloured hand-held scans of rooms."""
    made = (room(s, sensor="handheld") for s in count(seed))
    return list(islice((e for e in made if e.scene.rgb is not None and np.ptp(e.scene.rgb, axis=1).any()), scenes))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", nargs="+", default=list(WORLDS))
    parser.add_argument("--scenes", type=int, default=8)
    parser.add_argument("--train", type=int, default=40)
    parser.add_argument("--seed", type=int, default=10_000_000)
    parser.add_argument("--clicks", nargs="*", default=["geodesic"])
    parser.add_argument("--handheld", type=int, default=0)
    asked = parser.parse_args()
    print("| world | system | objects | @1 | @3 | @5 | @10 |\n|---|---|---|---|---|---|---|")
    if asked.handheld:
        for system in asked.clicks:
            print(click_control("rooms, hand-held", handheld(asked.handheld, asked.seed), system, objects=12))
        return
    for world in asked.worlds:
        for system in asked.clicks:
            print(click_control(world, ProceduralScenes(world, asked.scenes, asked.seed), system), flush=True)
    if asked.train:
        print("\n| world | objects | classes | commonest | nearest mean | 5 nearest |\n|---|---|---|---|---|---|")
        for world in asked.worlds:
            print(class_control(world, asked.train, asked.scenes, asked.seed), flush=True)


if __name__ == "__main__":
    main()
