"""Where clicks fail: objects by what makes them hard, each beside the baseline without learning, and pictures.

    python benchmarks/failures.py --out DIR [--system npiseg3d] [--scenes 6] [--objects 3] WORLD|FOLDER|FILE ...

Plays, of every generated test scene, of a folder of mOSD scans or of a file whose points name their objects in a
field, the largest objects of each kind below one at a time (rule `scan`, 10 clicks), and prints for each kind the
mean IoU of both; an object may be of several kinds. Of lone objects (world `objects`) the connected pieces of their
parts are played. The worst answers of a kind after five clicks are drawn into DIR, truth beside answer.
"""

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

import numpy as np
from PIL import Image
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from lasso3d.core.prompts import Clicks
from lasso3d.core.scene import Scene
from lasso3d.core.segmentation import Segmentation
from lasso3d.core.segmenter import Segmenter
from lasso3d.data.example import Example, Truth
from lasso3d.data.mosd import mosd_folder
from lasso3d.data.procedural import ProceduralScenes
from lasso3d.evaluation.runs import Sitting, run_sessions
from lasso3d.evaluation.sessions import SCAN
from lasso3d.geometry.neighbors import nearest
from lasso3d.geometry.voxels import voxel_size, voxelize
from lasso3d.io.scenes import read_scene
from lasso3d.systems import load
from lasso3d.viz.pictures import picture

TEST_SEED = 20_002_000
LOOKED_AT = (1, 3, 5, 10)
DRAWN_AFTER = 5
FEWEST_POINTS = 30
"""Of an object that is played; a wire seen from the air has hardly more."""
GAP = 4
"""Voxels between two pieces."""
PANEL = 420
"""Pixels across."""
COLOURS = 96
"""Of a picture, so that it stays small."""


@dataclass(frozen=True)
class Shape:
    """An object as far as its difficulty goes; lengths in the voxels that systems choose for the scan."""

    share: float
    """Of the scan's voxels."""
    voxels: int
    breadth: float
    """Across its second longest direction."""
    apart: float
    """From a point of it to the next, median."""
    touching: float
    """Share of its voxels next to another object's."""
    pieces: int
    """With a tenth of the voxels each; more than one where something stands in front."""


KINDS: Mapping[str, Callable[[Shape], bool]] = MappingProxyType(
    {
        "all": lambda shape: True,
        "large (a twentieth of the scan)": lambda shape: shape.share > 0.05,
        "thin (under 4 voxels broad)": lambda shape: shape.breadth < 4,
        "far (points farther apart than voxels)": lambda shape: shape.apart > 1,
        "small (under 100 voxels)": lambda shape: shape.voxels < 100,
        "touching others (5 % of it)": lambda shape: shape.touching > 0.05,
        "in pieces": lambda shape: shape.pieces > 1,
    }
)


@dataclass(frozen=True, eq=False)
class Played:
    """One session."""

    scene: Scene
    truth: np.ndarray
    shape: Shape
    iou: dict[int, float]
    clicks: Clicks | None
    answer: Segmentation | None


@dataclass(frozen=True, eq=False)
class Chosen:
    """A scan and the objects to play."""

    example: Example
    shapes: Mapping[int, Shape]
    """By instance."""
    voxel: float
    """Metres; what systems choose."""


def chosen(example: Example, most: int, kinds: Sequence[str] = tuple(KINDS)) -> Chosen:
    """The largest objects of each of these kinds."""
    shapes = shapes_of(example)
    targets = dict.fromkeys(i for kind in kinds for i in [k for k in shapes if KINDS[kind](shapes[k])][:most])
    listed = Example(example.scene, replace(example.truth, targets=tuple(targets)))
    return Chosen(listed, shapes, voxel_size(example.scene.xyz))


def shapes_of(example: Example) -> dict[int, Shape]:
    """What makes each object of a scan hard, largest first."""
    xyz, instance = example.scene.xyz, example.truth.instance
    size = voxel_size(xyz)
    voxels = voxelize(xyz, size)
    place, of_voxel = voxels.mean(xyz) / np.float32(size), instance[voxels.order[voxels.start[:-1]]]
    near, distance = nearest(place, 9)
    other = (of_voxel[near] > 0) & (of_voxel[near] != of_voxel[:, None]) & (distance < 1.5) & (near >= 0)
    number, count = np.unique(instance[instance > 0], return_counts=True)
    shapes = dict[int, Shape]()
    for i in number[np.argsort(-count, kind="stable")].tolist():
        mine, points = of_voxel == i, xyz[instance == i] / np.float32(size)
        if len(points) >= FEWEST_POINTS and mine.any():
            shapes[i] = Shape(
                float(mine.mean()),
                int(mine.sum()),
                breadth(points),
                float(np.median(nearest(points, 1)[1])),
                float(other[mine].any(axis=1).mean()),
                int((np.bincount(piece_of(place[mine])) >= 0.1 * mine.sum()).sum()),
            )
    return shapes


def breadth(xyz: np.ndarray) -> float:
    """Across the second longest direction, of a box with the same spread."""
    spread = np.linalg.svd(xyz - xyz.mean(axis=0), compute_uv=False, full_matrices=False) / np.sqrt(len(xyz))
    return float(np.sqrt(12) * spread[1])


def piece_of(xyz: np.ndarray) -> np.ndarray:
    """The connected piece of each point."""
    tree = cKDTree(xyz)
    links = tree.sparse_distance_matrix(tree, GAP, output_type="coo_matrix")
    return connected_components(links.tocsr(), directed=False)[1]


def parts(example: Example) -> Example:
    """The same lone object, the connected pieces of its parts being what is clicked: a table's legs are four."""
    scene, truth = example
    if truth.part is None:
        raise ValueError("a lone object without parts")
    xyz, instance, count = scene.xyz / np.float32(voxel_size(scene.xyz)), truth.instance.copy(), 0
    for part in np.unique(truth.part[truth.part >= 0]):
        mine = np.flatnonzero(truth.part == part)
        instance[mine] = count + 1 + piece_of(xyz[mine])
        count = int(instance[mine].max())
    return Example(scene, replace(truth, instance=instance, expressions=(), instructions=()))


def play(segmenter: Segmenter, scans: Sequence[Chosen], *, finer: float) -> list[Played]:
    """Every session on these scans, in voxels finer than a system would choose by this factor."""
    protocol, played = replace(SCAN, objects=None), list[Played]()
    for scan in scans:

        def watch(sitting: Sitting, scan: Chosen = scan) -> Played:
            iou, clicks, answer = dict[int, float](), None, None
            for step in sitting.steps:
                if step.clicks in LOOKED_AT:
                    iou[step.clicks] = 100 * step.iou
                if step.clicks == DRAWN_AFTER:
                    clicks, answer = step.prompt, step.answer
            shape = scan.shapes[sitting.task.objects[0]]
            return Played(sitting.scene, sitting.task.truth, shape, iou, clicks, answer)

        sized = segmenter if finer == 1 else segmenter.with_voxel(scan.voxel / finer)
        played += run_sessions(sized, [scan.example], watch, together="single", protocol=protocol).sessions
    return played


def lines(ours: Sequence[Played], control: Sequence[Played]) -> Iterator[str]:
    """The table."""
    yield f"| objects | number | {' | '.join(f'IoU@{k}' for k in LOOKED_AT)} | geodesic |"
    yield f"|---|---|{'---|' * (len(LOOKED_AT) + 1)}"
    for name, belongs in KINDS.items():
        rows = [i for i, one in enumerate(ours) if belongs(one.shape)]
        if not rows:
            continue
        cells = [f"{np.mean([ours[i].iou[k] for i in rows]):.1f}" for k in LOOKED_AT]
        others = " / ".join(f"{np.mean([control[i].iou[k] for i in rows]):.1f}" for k in LOOKED_AT)
        yield f"| {name} | {len(rows)} | {' | '.join(cells)} | {others} |"


def draw(played: Sequence[Played], where: Path, name: str, most: int) -> None:
    """The worst of each kind, none twice."""
    left = sorted((one for one in played if one.answer), key=lambda one: one.iou[DRAWN_AFTER])
    for kind, belongs in list(KINDS.items())[1:]:
        worst = [one for one in left if belongs(one.shape)][:most]
        left = [one for one in left if one not in worst]
        if worst:
            sheets = np.concatenate([sheet(one) for one in worst])
            image = Image.fromarray(sheets).quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE)
            image.save(where / f"{name} {kind.split(' (')[0].replace(' ', '_')}.png", optimize=True)


def sheet(one: Played) -> np.ndarray:
    """The truth beside the answer and its uncertainty, with what is around them."""
    if one.answer is None or one.clicks is None:
        raise ValueError("nothing was answered")
    mask, whole, answer = one.truth == 1, one.scene, one.answer
    kept = around(whole.xyz, mask | answer.mask(0))
    scene = Scene(whole.xyz[kept], rgb=None if whole.rgb is None else whole.rgb[kept], name=whole.name)
    found = Segmentation(
        answer.probability,
        answer.of_point[kept],
        answer.labels,
        answer.score,
        answer.uncertainty,
        exclusive=True,
    )
    token = np.arange(len(kept), dtype=np.int32)
    true = Segmentation(
        mask[kept].astype(np.float32)[None],
        token,
        ("truth",),
        np.ones(1, np.float32),
        np.zeros(len(kept), np.float32),
        exclusive=True,
    )
    left = picture(scene, true, panels=("masks",), width=PANEL)
    right = picture(scene, found, clicks=one.clicks.clicks, panels=("masks", "uncertainty"), width=2 * PANEL)
    height = max(len(left), len(right))
    padded = [np.pad(p, ((0, height - len(p)), (0, 4), (0, 0)), constant_values=255) for p in (left, right)]
    return np.concatenate(padded, axis=1)


def around(xyz: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Points in the box of a mask and somewhat beyond: thin things do not show in a picture of a whole street."""
    low, high = xyz[mask].min(axis=0), xyz[mask].max(axis=0)
    beyond = 0.5 * np.linalg.norm(high - low)
    return np.flatnonzero(((xyz > low - beyond) & (xyz < high + beyond)).all(axis=1))


def scans_at(place: str, count: int, *, seed: int, field: str) -> Sequence[Example]:
    """Scans of a world, a folder or a file."""
    path = Path(place)
    if path.is_file():
        scene = read_scene(path)
        # tools mark points of no object by 0, by NaN or by the largest number there is
        number = scene.extra[field]
        return [Example(scene, Truth(np.where((number > 0) & (number < 2**31), number, -1)))]
    everything = mosd_folder(path) if path.is_dir() else ProceduralScenes(place, count, seed=seed)
    examples = [everything[i] for i in range(min(count, len(everything)))]
    return [parts(example) for example in examples] if place == "objects" else examples


def main() -> None:
    """Play, print, draw."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("places", nargs="+", metavar="WORLD|FOLDER|FILE")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--system", default="npiseg3d")
    parser.add_argument("--scenes", type=int, default=6, help="of each place")
    parser.add_argument("--objects", type=int, default=3, help="of each kind in a scan")
    parser.add_argument("--kinds", nargs="+", default=[""], help="how the names of the kinds begin; all without")
    parser.add_argument("--pictures", type=int, default=2, help="of each kind")
    parser.add_argument("--finer", type=float, default=1, help="voxels divided by this")
    parser.add_argument("--seed", type=int, default=TEST_SEED, help="of the first scene of a world")
    parser.add_argument("--field", default="treeID", help="of the points of a file; above 0 = object")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    segmenter, control = load(given.system), load("geodesic")
    kinds = [kind for kind in KINDS if kind.startswith(tuple(given.kinds))]
    for place in given.places:
        scans = [
            chosen(example, given.objects, kinds)
            for example in scans_at(place, given.scenes, seed=given.seed, field=given.field)
        ]
        ours = play(segmenter, scans, finer=given.finer)
        print(f"\n{Path(place).name}, {len(scans)} scenes\n")
        print("\n".join(lines(ours, play(control, scans, finer=given.finer))), flush=True)
        draw(ours, given.out, Path(place).name, given.pictures)


if __name__ == "__main__":
    main()
