"""Where clicks fail: objects by what makes them hard, each beside the baseline without learning, and pictures.

    python benchmarks/failures.py --out DIR [--system npiseg3d] [--scenes 6] [--pictures 2] WORLD|FOLDER ...

Plays every object of generated test scenes or of a folder of mOSD scans one at a time (rule `scan`, 10 clicks),
sorts the objects by the kinds below, and prints for each kind the mean IoU of both; an object may be of several
kinds. The worst answers of a kind after five clicks are drawn into DIR, truth above answer.
"""

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

import numpy as np
from PIL import Image

from lasso3d.core.prompts import Clicks
from lasso3d.core.scene import Scene
from lasso3d.core.segmentation import Segmentation
from lasso3d.core.segmenter import Segmenter
from lasso3d.data.example import Example
from lasso3d.data.mosd import mosd_folder
from lasso3d.data.procedural import ProceduralScenes
from lasso3d.evaluation.runs import Sitting, run_sessions
from lasso3d.evaluation.sessions import SCAN
from lasso3d.geometry.neighbors import nearest
from lasso3d.systems import load
from lasso3d.viz.pictures import picture

TEST_SEED = 20_002_000
LOOKED_AT = (1, 3, 5, 10)
DRAWN_AFTER = 5


@dataclass(frozen=True)
class Shape:
    """An object as far as its difficulty goes."""

    share: float
    """Of the scan's voxels."""
    voxels: int
    breadth: float
    """Voxels across its second longest direction."""
    sparse: float
    """Spacing of its voxels beside that of the scan's, medians."""
    touching: float
    """Share of voxels next to another object's."""
    pieces: int
    """With a tenth of the voxels each; more than one where something stands in front."""


KINDS: Mapping[str, Callable[[Shape], bool]] = MappingProxyType(
    {
        "all": lambda shape: True,
        "large (a twentieth of the scan)": lambda shape: shape.share > 0.05,
        "small (under 100 voxels)": lambda shape: shape.voxels < 100,
        "thin (under 4 voxels broad)": lambda shape: shape.breadth < 4,
        "sparse (points half as dense)": lambda shape: shape.sparse > 1.4,
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


def shape_of(sitting: Sitting, instance: np.ndarray) -> Shape:
    """What makes the object of a session hard."""
    task = sitting.task
    xyz, mine = task.voxel_xyz, task.truth[task.representative] == 1
    near, distance = nearest(xyz, 9)
    size = float(np.median(distance[:, 0]))
    of_voxel = instance[task.representative]
    other = (of_voxel[near] > 0) & (of_voxel[near] != of_voxel[:, None]) & (distance < 2 * size) & (near >= 0)
    _, own = nearest(xyz[mine], 1)
    return Shape(
        float(mine.mean()),
        int(mine.sum()),
        breadth(xyz[mine]) / size,
        float(np.median(own[:, 0])) / size,
        float(other[mine].any(axis=1).mean()),
        pieces(xyz[mine], 4 * size),
    )


def breadth(xyz: np.ndarray) -> float:
    """Metres across the second longest direction, of a box with the same spread."""
    spread = np.linalg.svd(xyz - xyz.mean(axis=0), compute_uv=False) / np.sqrt(len(xyz))
    return float(np.sqrt(12) * spread[1]) if len(xyz) > 2 else 0.0


def pieces(xyz: np.ndarray, gap: float) -> int:
    """Connected pieces with a tenth of the points each."""
    from scipy.sparse.csgraph import connected_components
    from scipy.spatial import cKDTree

    links = cKDTree(xyz).sparse_distance_matrix(cKDTree(xyz), gap, output_type="coo_matrix")
    _, piece = connected_components(links.tocsr(), directed=False)
    return int((np.bincount(piece) >= 0.1 * len(xyz)).sum())


def play(segmenter: Segmenter, examples: Sequence[Example]) -> list[Played]:
    """Every session on these scenes."""

    def watch(sitting: Sitting) -> Played:
        index = int(sitting.name.split()[0])
        instance = examples[index].truth.instance
        iou, clicks, answer = dict[int, float](), None, None
        for step in sitting.steps:
            if step.clicks in LOOKED_AT:
                iou[step.clicks] = 100 * step.iou
            if step.clicks == DRAWN_AFTER:
                clicks, answer = step.prompt, step.answer
        return Played(sitting.scene, sitting.task.truth, shape_of(sitting, instance), iou, clicks, answer)

    return list(
        run_sessions(segmenter, examples, watch, together="single", protocol=replace(SCAN, objects=15)).sessions
    )


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
    """The worst of each kind."""
    for number, (kind, belongs) in enumerate(list(KINDS.items())[1:]):
        worst = sorted(
            (one for one in played if belongs(one.shape) and one.answer), key=lambda one: one.iou[DRAWN_AFTER]
        )
        sheets = [sheet(one) for one in worst[:most]]
        if sheets:
            image = Image.fromarray(np.concatenate(sheets))
            image.save(where / f"{name} {number} {kind.split(' (')[0].replace(' ', '_')}.png")


def sheet(one: Played) -> np.ndarray:
    """The truth beside the answer and its uncertainty."""
    if one.answer is None or one.clicks is None:
        raise ValueError("nothing was answered")
    true = Segmentation(
        (one.truth[None] == 1).astype(np.float32),
        np.arange(len(one.scene), dtype=np.int32),
        ("truth",),
        np.ones(1, np.float32),
        np.zeros(len(one.scene), np.float32),
        exclusive=True,
    )
    left = picture(one.scene, true, panels=("masks",))
    right = picture(one.scene, one.answer, clicks=one.clicks.clicks, panels=("masks", "uncertainty"))
    height = max(len(left), len(right))
    padded = [np.pad(p, ((0, height - len(p)), (0, 4), (0, 0)), constant_values=255) for p in (left, right)]
    return np.concatenate(padded, axis=1)


def main() -> None:
    """Play, print, draw."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("places", nargs="+", metavar="WORLD|FOLDER")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--system", default="npiseg3d")
    parser.add_argument("--scenes", type=int, default=6, help="of each place")
    parser.add_argument("--pictures", type=int, default=2, help="of each kind")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    segmenter, control = load(given.system), load("geodesic")
    for place in given.places:
        folder = Path(place)
        everything = (
            mosd_folder(folder) if folder.is_dir() else ProceduralScenes(place, given.scenes, seed=TEST_SEED)
        )
        examples = [everything[i] for i in range(min(given.scenes, len(everything)))]
        ours = play(segmenter, examples)
        print(f"\n{folder.name}, {len(examples)} scenes\n")
        print("\n".join(lines(ours, play(control, examples))), flush=True)
        draw(ours, given.out, folder.name, given.pictures)


if __name__ == "__main__":
    main()
