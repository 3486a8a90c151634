"""Speed and memory of UniSeg3D: superpoints, encoding by stage, and each kind of prompt, over the size of a room.

    python benchmarks/uniseg3d.py [FOLDER]

FOLDER is a checkpoint; without it the one that ships, or, where none does, the preset `small` with random weights,
which take as long as learned ones except in `instance`, `panoptic` and `sentence`, where more objects take longer.
The scan is a generated room of 2 million points, from which fewer are drawn.

Milliseconds are the least of some repeats: wall time / CPU time of all threads, as in `clicks.py`. Peaks are MB of
resident memory over what was resident before, in a process of their own (Linux only).
"""

import subprocess
import sys
from functools import partial
from pathlib import Path

import numpy as np
import torch
from clicks import milliseconds, peak, prompt, room

import lasso3d
from lasso3d.core.prompts import ClassNames, ReferringExpression
from lasso3d.core.scene import Scene
from lasso3d.geometry.neighbors import nearest
from lasso3d.geometry.normals import normals_and_curvature
from lasso3d.geometry.superpoints import superpoints
from lasso3d.geometry.voxels import Voxels, voxel_size, voxelize
from lasso3d.nn.voxel_inputs import VoxelInputs, voxel_inputs
from lasso3d.systems.card import Card
from lasso3d.systems.uniseg3d.config import PRESETS
from lasso3d.systems.uniseg3d.encoding import UniSeg3DEncoding
from lasso3d.systems.uniseg3d.inputs import SCALE, SMALLEST, scan_arrays
from lasso3d.systems.uniseg3d.network import SceneNetwork
from lasso3d.systems.uniseg3d.questions import vocabulary
from lasso3d.systems.uniseg3d.segmenter import UniSeg3D

POINTS = (125_000, 250_000, 500_000, 1_000_000)
RAW = 150_000
"""Points whose superpoints are timed: about a scan of ScanNet, where the mesh segmentator takes 168 ms (paper)."""
FEW = ("chair", "couch", "table", "floor", "wall")


def segmenter_of(folder: str) -> UniSeg3D:
    if folder or "uniseg3d" in lasso3d.systems():
        found = lasso3d.load(folder or "uniseg3d")
        assert isinstance(found, UniSeg3D)
        return found
    torch.manual_seed(0)
    return UniSeg3D.of(SceneNetwork(PRESETS["small"]), Card("uniseg3d", preset="small", vocabulary=vocabulary()))


def drawn(scene: Scene, points: int) -> Scene:
    rows = np.random.default_rng(0).permutation(len(scene))[:points]
    return Scene(scene.xyz[rows], rgb=None if scene.rgb is None else scene.rgb[rows], name=scene.name)


def prompts(scene: Scene) -> dict[str, object]:
    return {
        "1 click": prompt(scene, 1, 1),
        "10 clicks": prompt(scene, 10, 1),
        "5 objects": prompt(scene, 5, 5),
        "5 names": ClassNames(FEW),
        "own names": ClassNames(),
        "instance": ClassNames(FEW, "instance"),
        "own instances": ClassNames((), "instance"),
        "panoptic": ClassNames((), "panoptic"),
        "sentence": ReferringExpression("the chair next to the window"),
    }


def table(columns: list[str]) -> None:
    print(f"| {' | '.join(columns)} |\n{'|---' * len(columns)}|", flush=True)


def from_raw(xyz: np.ndarray, rgb: np.ndarray) -> np.ndarray:
    """Superpoints of points as they are, without voxels."""
    neighbors, _ = nearest(xyz, 16)
    return superpoints(xyz, neighbors, normals_and_curvature(xyz, neighbors)[0], rgb)


def superpoints_of(inputs: VoxelInputs) -> np.ndarray:
    """As `scan_arrays` makes them."""
    rgb = None if inputs.rgb is None else np.round(inputs.rgb * 255).astype(np.uint8)
    given = inputs.centroid, inputs.neighbors, inputs.normals, rgb
    return superpoints(*given, scale=SCALE, smallest=SMALLEST)


def print_superpoints(scene: Scene) -> None:
    raw = drawn(scene, RAW)
    assert raw.rgb is not None
    voxels = voxelize(raw.xyz, voxel_size(raw.xyz))
    inputs = voxel_inputs(voxels, raw.xyz, raw.rgb, levels=5, stem_kernel=3)
    table(["superpoints of", "tokens", "superpoints", "ms"])
    count, ms = len(np.unique(from_raw(raw.xyz, raw.rgb))), milliseconds(lambda: from_raw(raw.xyz, raw.rgb))
    print(f"| points, with neighbours and normals | {len(raw):,} | {count:,} | {ms} |", flush=True)
    count, ms = int(superpoints_of(inputs).max()) + 1, milliseconds(lambda: superpoints_of(inputs))
    print(f"| voxels, whose neighbours and normals the encoder has | {len(voxels):,} | {count:,} | {ms} |\n")


def stages(segmenter: UniSeg3D, scene: Scene) -> list[str]:
    """Milliseconds of each part of encoding."""
    config, network = segmenter.config, segmenter.prepared

    def cut() -> Voxels:
        return voxelize(scene.xyz, config.voxel or voxel_size(scene.xyz))

    def features() -> VoxelInputs:
        return voxel_inputs(voxels, scene.xyz, scene.rgb, levels=config.levels, stem_kernel=config.stem_kernel)

    voxels = cut()
    inputs, given = features(), scan_arrays(voxels, scene.xyz, scene.rgb, config=config).tensors(segmenter.device)
    with torch.inference_mode():
        tokens = network.encode(given)
        works = cut, features, partial(superpoints_of, inputs), partial(network.encode, given)
        return [milliseconds(work) for work in (*works, partial(network.scene, tokens))]


def print_encoding(segmenter: UniSeg3D, scene: Scene, folder: str) -> None:
    columns = ["points", "voxels", "superpoints", "voxels ms", "features of voxels", "superpoints ms", "U-Net"]
    table([*columns, "scene queries", "encode", "encoding MB", "peak encode", "peak click"])
    for points in POINTS:
        some = drawn(scene, points)
        encoding = segmenter.encode(some)
        counts = [f"{points:,}", f"{len(encoding.voxels):,}", f"{len(encoding.size):,}"]
        times = [*stages(segmenter, some), milliseconds(lambda some=some: segmenter.encode(some))]
        row = [*counts, *times, f"{encoding.nbytes / 1e6:.0f}", *peaks(folder, points)]
        print(f"| {' | '.join(row)} |", flush=True)
    print()


def print_prompts(segmenter: UniSeg3D, scene: Scene) -> None:
    cases = prompts(scene)
    table(["points", "superpoints", *cases, "5 objects, feedback"])
    for points in POINTS:
        encoding = segmenter.encode(drawn(scene, points))
        ask = partial(segmenter.segment, encoding)
        times = [milliseconds(partial(ask, asked)) for asked in cases.values()]
        asked = cases["5 objects"]
        times.append(milliseconds(partial(ask, asked, previous=ask(asked))))
        print(f"| {' | '.join([f'{points:,}', f'{len(encoding.size):,}', *times])} |", flush=True)


def print_peaks(folder: str, points: int) -> None:
    scene, segmenter = drawn(room(), points), segmenter_of(folder)
    small, kept = drawn(scene, 20_000), list[UniSeg3DEncoding]()
    # everything is loaded and compiled before it counts
    segmenter.segment(segmenter.encode(small), prompt(small, 3, 1))
    before = peak(lambda: None)
    encode = peak(lambda: kept.append(segmenter.encode(scene))) - before
    before = peak(lambda: None)
    print(encode, peak(lambda: segmenter.segment(kept[0], prompt(scene, 3, 1))) - before)


def peaks(folder: str, points: int) -> tuple[str, str]:
    if not Path("/proc/self/clear_refs").exists():
        return "-", "-"
    command = [sys.executable, __file__, "--peaks", folder, str(points)]
    found = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    return found[0], found[1]


def main(folder: str) -> None:
    scene, segmenter = room(), segmenter_of(folder)
    print_superpoints(scene)
    print_encoding(segmenter, scene, folder)
    print_prompts(segmenter, scene)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--peaks"]:
        print_peaks(sys.argv[2], int(sys.argv[3]))
    else:
        main(sys.argv[1] if len(sys.argv) > 1 else "")
