"""Latency and memory of clicks: encoding a room, then clicks on the encoded room, over the size of the room.

    python benchmarks/clicks.py [NAME ...]

NAME is a system that ships (`npiseg3d` is the preset `small`), or `paper`: NPISeg3D as published, with random
weights, which take as long as learned ones. The scan is a generated room cut at four voxel sizes.

Milliseconds are the least of some repeats: wall time / CPU time of all threads. Where both cores are free the first
is what counts; where other work disturbs, half of the second is what two free cores would need at least. For
`geodesic` the last time is scipy's Dijkstra from two clicks over the same graph, one run for each. Peaks are MB of
resident memory over what was resident before, in a process of their own (Linux only).
"""

import ctypes
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

import lasso3d
from lasso3d.core.prompts import Click, Clicks
from lasso3d.core.scene import Scene
from lasso3d.core.segmenter import Segmenter
from lasso3d.systems.card import Card
from lasso3d.systems.npiseg3d.config import PRESETS
from lasso3d.systems.npiseg3d.network import ClickNetwork
from lasso3d.systems.npiseg3d.segmenter import NPISeg3D

SIZES = (0.11, 0.07, 0.048, 0.035)
"""Metres; from about 20k to 200k voxels."""
REPEATS = 7
CASES = {"1 click": (1, 1), "3 clicks": (3, 1), "10 clicks": (10, 1), "5 objects": (5, 5)}
"""Clicks and objects; the second of several clicks on one object is on the background."""


def room(points: int = 2_000_000) -> Scene:
    """Floor and walls of 7 x 6 x 2.6 m and twenty boxes, coloured by surface."""
    rng = np.random.default_rng(0)
    corners = [(np.zeros(3), np.array([7, 6, 2.6]))]
    for _ in range(20):
        size = rng.uniform(0.3, 1.2, 3)
        corners.append((np.append(rng.uniform(0, 1, 2) * (7 - size[0], 6 - size[1]), 0), size))
    area = np.array([2 * (s[0] * s[1] + s[0] * s[2] + s[1] * s[2]) for _, s in corners])
    of = rng.choice(len(corners), points, p=area / area.sum())
    lower, size = (np.array([c[i] for c in corners])[of] for i in range(2))
    unit, face = rng.random((points, 3)), rng.integers(0, 3, points)
    unit[np.arange(points), face] = rng.integers(0, 2, points)
    colour = rng.integers(40, 220, (len(corners), 3))[of]
    return Scene(lower + unit * size + rng.normal(0, 0.002, (points, 3)), rgb=colour, name="room")


def segmenter_of(name: str) -> Segmenter:
    if name not in PRESETS:
        return lasso3d.load(name)
    torch.manual_seed(0)
    return NPISeg3D.of(ClickNetwork(PRESETS[name]), Card("npiseg3d"))


def prompt(scene: Scene, clicks: int, objects: int) -> Clicks:
    chosen = scene.xyz[np.random.default_rng(1).integers(0, len(scene), clicks)]
    numbers = [i + 1 if i < objects else i % (objects + 1) for i in range(clicks)]
    numbers[1:2] = [0] if objects == 1 and clicks > 1 else numbers[1:2]
    return Clicks(tuple(Click(xyz, number) for xyz, number in zip(chosen, numbers, strict=True)))


def milliseconds(action) -> str:
    """The least wall and CPU time, after one call that is not counted."""
    action()
    taken = []
    for _ in range(REPEATS):
        wall, cpu = time.perf_counter(), time.process_time()
        action()
        taken.append((time.perf_counter() - wall, time.process_time() - cpu))
    wall, cpu = (1000 * min(each) for each in zip(*taken, strict=True))
    return f"{wall:.0f} / {cpu:.0f}"


def scipys(encoding, clicks: Clicks) -> str:
    """scipy on the graph of a geodesic encoding."""
    graph = encoding.graph
    matrix = csr_matrix((graph.cost.astype(np.float64), graph.node, graph.start))
    seeds = [[encoding.voxels.token_of(c.xyz, encoding.centroid)] for c in clicks.clicks]
    return milliseconds(lambda: [dijkstra(matrix, indices=s, min_only=True) for s in seeds])


def one_sample(segmenter: NPISeg3D) -> NPISeg3D:
    return replace(segmenter, config=replace(segmenter.config, latent=replace(segmenter.config.latent, samples=1)))


def peak(action) -> int:
    """The most MB that were resident meanwhile, what had been freed before given back."""
    ctypes.CDLL(None).malloc_trim(0)
    Path("/proc/self/clear_refs").write_text("5")
    action()
    lines = Path("/proc/self/status").read_text().splitlines()
    resident = {line.split()[0]: int(line.split()[1]) for line in lines if line.startswith(("VmHWM", "VmRSS"))}
    return resident["VmHWM:"] // 1000


def print_peaks(name: str, size: float) -> None:
    scene, segmenter = room(), segmenter_of(name)
    small = Scene(scene.xyz[:20_000], rgb=scene.rgb[:20_000])
    # everything is loaded and compiled before it counts
    segmenter.segment(segmenter.encode(small), prompt(small, 3, 1))
    segmenter, before = segmenter.with_voxel(size), peak(lambda: None)
    kept = []
    encode = peak(lambda: kept.append(segmenter.encode(scene))) - before
    before = peak(lambda: None)
    print(encode, peak(lambda: segmenter.segment(kept[0], prompt(scene, 3, 1))) - before)


def peaks(name: str, size: float) -> tuple[str, str]:
    if not Path("/proc/self/clear_refs").exists():
        return "-", "-"
    command = [sys.executable, __file__, "--peaks", name, str(size)]
    found = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    return found[0], found[1]


def row(name: str, scene: Scene, size: float) -> list[str]:
    segmenter = segmenter_of(name).with_voxel(size)
    encoding = segmenter.encode(scene)
    found = [name, f"{len(encoding.voxels):,}", milliseconds(lambda: segmenter.encode(scene))]
    for clicks, objects in CASES.values():
        asked = prompt(scene, clicks, objects)
        found.append(milliseconds(lambda asked=asked: segmenter.segment(encoding, asked)))
    asked = prompt(scene, 3, 1)
    if isinstance(segmenter, NPISeg3D):
        once, before = one_sample(segmenter), segmenter.segment(encoding, asked)
        found.append(milliseconds(lambda: segmenter.segment(encoding, asked, previous=before)))
        found.append(milliseconds(lambda: once.answer(encoding, asked, None, 0)))
    else:
        found += ["-", scipys(encoding, prompt(scene, 2, 1))]
    return [*found, f"{encoding.nbytes / 1e6:.0f}", *peaks(name, size)]


def main(names: list[str]) -> None:
    scene = room()
    measured = [*CASES, "3, feedback", "3, 1 sample or scipy", "encoding MB", "peak encode", "peak click"]
    columns = ["system", "voxels", "encode", *measured]
    print(f"| {' | '.join(columns)} |\n{'|---' * len(columns)}|")
    for name in names:
        for size in SIZES:
            print(f"| {' | '.join(row(name, scene, size))} |", flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--peaks"]:
        print_peaks(sys.argv[2], float(sys.argv[3]))
    else:
        main(sys.argv[1:] or [*lasso3d.systems(), "paper"])
