"""Sparse convolution beside its peers: the machine's GEMM peak, plain torch, and spconv where it is installed.

    python benchmarks/sparse.py --out results            everything, about five minutes
    python benchmarks/sparse.py --out results --quick    20k voxels, three repeats, growth to 100k

Times are milliseconds of process CPU time at one thread, medians; kernel maps are made before and timed apart.
Writes `sparse.csv`, `growth.csv` and, with matplotlib, `growth.png`. spconv's CPU convolution is wrong with more
than one thread; here it has one.
"""

import argparse
import csv
import multiprocessing
import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from unittest import mock

import numpy as np
import torch

from lasso3d.nn.scene_maps import SceneMaps
from lasso3d.nn.sparse import sparse_conv
from lasso3d.nn.sparse_layers import SparseConv, folded
from lasso3d.nn.unet import Res16UNet, Res16UNetConfig

try:
    import spconv_peer
except ImportError:
    spconv_peer = None

NETWORK = Res16UNetConfig(inputs=6, stem_kernel=3, encoder_blocks=(2, 2, 2, 2))
"""21.7 million weights."""
VOXEL = 0.02
AREA = 6.7
"""Square metres of floor that give about 110,000 voxels."""
Work = Callable[[], object]


def room(area: float, *, seed: int) -> np.ndarray:
    """Points of a floor, four walls with holes, boxes and cylinders, with 2.5 mm noise, turned 20 degrees."""
    rng = np.random.default_rng(seed)
    side = area**0.5
    parts = [sheet(rng, (0, 0, 0), (side, 0, 0), (0, side, 0))]
    for corner in ((0, 0, 0), (side, side, 0)):
        inward = 1 if corner[0] == 0 else -1
        for along in ((inward * side, 0, 0), (0, inward * side, 0)):
            wall = sheet(rng, corner, along, (0, 0, 2.5))
            across = np.abs(wall[:, :2] - corner[:2]).sum(1)
            parts.append(wall[(across % 2.5 > 1) | (np.abs(wall[:, 2] - 1.4) > 0.5)])
    for _ in range(round(1.5 * area)):
        low, size = rng.random(3) * (side - 0.6, side - 0.6, 0), rng.random(3) * (0.5, 0.5, 0.9) + 0.1
        parts += box(rng, low, size) if rng.random() < 0.5 else cylinder(rng, low, size)
    points = np.concatenate(parts)
    turn = np.deg2rad(20)
    points[:, :2] = points[:, :2] @ [[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]]
    return points + rng.normal(0, 0.0025, points.shape)


def sheet(rng: np.random.Generator, corner, along, up) -> np.ndarray:
    points = int(4 * np.linalg.norm(np.cross(along, up)) / VOXEL**2)
    place = rng.random((points, 2))
    return np.asarray(corner, float) + place[:, :1] * np.asarray(along) + place[:, 1:] * np.asarray(up)


def box(rng: np.random.Generator, low, size) -> list[np.ndarray]:
    x, y, z = np.diag(size)
    faces = (low, x, z), (low, y, z), (low + y, x, z), (low + x, y, z), (low + z, x, y)
    return [sheet(rng, *face) for face in faces]


def cylinder(rng: np.random.Generator, low, size) -> list[np.ndarray]:
    radius = size[0] / 2
    unrolled = sheet(rng, (0, 0, 0), (2 * np.pi * radius, 0, 0), (0, 0, size[2]))
    angle = unrolled[:, 0] / radius
    around = np.stack([np.cos(angle), np.sin(angle)], axis=1) * radius + radius
    return [low + np.column_stack([around, unrolled[:, 2]])]


def cells_of(points: np.ndarray) -> np.ndarray:
    cells = np.floor(points / VOXEL).astype(np.int64)
    cells -= cells.min(0)
    keys, mask = np.unique(cells @ [1 << 42, 1 << 21, 1]), (1 << 21) - 1
    return np.stack([keys >> 42, (keys >> 21) & mask, keys & mask], axis=1).astype(np.int32)


def maps_of(cells: np.ndarray) -> SceneMaps:
    return SceneMaps.build(cells, np.array([0, len(cells)]), levels=NETWORK.levels, stem_kernel=3)


class Table:
    """Rows of (what, who, ms, GFLOP/s), printed as they come."""

    def __init__(self, repeats: int) -> None:
        self.repeats = repeats
        self.rows: list[tuple[str, str, float, float]] = []

    def measure(self, what: str, who: str, work: Work, *, gflop: float = 0.0) -> None:
        ms = cpu_ms(work, repeats=self.repeats)
        self.rows.append((what, who, round(ms, 2), round(1e3 * gflop / ms, 1)))
        print(f"{what:34} {who:20} {ms:10.1f} ms {1e3 * gflop / ms:8.0f} GFLOP/s", flush=True)


def cpu_ms(work: Work, *, repeats: int) -> float:
    work()
    spent = []
    for _ in range(repeats):
        begin = time.process_time()
        work()
        spent.append(time.process_time() - begin)
    return 1e3 * statistics.median(spent)


def through_onednn(work: Work) -> Work:
    """torch's f32 products through oneDNN, which doubles them on AMD (MKL takes its AVX2 path there)."""

    def run() -> object:
        torch.set_float32_matmul_precision("medium")
        try:
            return work()
        finally:
            torch.set_float32_matmul_precision("highest")

    return run


def by_plain_torch(work: Work) -> Work:
    def run() -> object:
        with mock.patch("lasso3d.nn.sparse.choose", return_value="reference"):
            return work()

    return run


def gemm_peaks(table: Table) -> None:
    a, b = torch.randn(2, 2048, 2048)
    half_a, half_b = a.bfloat16(), b.bfloat16()
    gflop = 2 * 2048**3 / 1e9
    table.measure("GEMM 2048", "torch.mm f32", lambda: a @ b, gflop=gflop)
    table.measure("GEMM 2048", "oneDNN f32", through_onednn(lambda: a @ b), gflop=gflop)
    table.measure("GEMM 2048", "oneDNN bf16", lambda: half_a @ half_b, gflop=gflop)


def kernel_maps(table: Table, cells: np.ndarray) -> None:
    what = f"maps of {NETWORK.levels} levels, {len(cells)} voxels"
    table.measure(what, "ours", lambda: maps_of(cells))
    if spconv_peer is not None:
        table.measure(what, "spconv", lambda: spconv_peer.index(cells, levels=NETWORK.levels))


def one_layer(table: Table, cells: np.ndarray) -> None:
    maps = maps_of(cells)
    around = maps.levels[0].around
    for width in (32, 64, 128):
        features = torch.randn(len(cells), width, requires_grad=True)
        weight = (0.1 * torch.randn(27, width, width)).requires_grad_()
        pull = torch.randn(len(cells), width)
        gflop = 2 * len(around.input) * width**2 / 1e9

        def ours(x=features, w=weight, pull=pull) -> None:
            sparse_conv(x, w, around).backward(pull)

        what = f"forward + backward {width}-{width}"
        table.measure(what, "ours f32", ours, gflop=3 * gflop)
        table.measure(what, "plain torch f32", by_plain_torch(through_onednn(ours)), gflop=3 * gflop)
        if spconv_peer is None:
            continue
        scene = spconv_peer.Scene(cells, maps)
        filters = spconv_peer.as_filters(weight.detach()).requires_grad_()

        def theirs(x=features, w=filters, pull=pull, scene=scene) -> None:
            with spconv_peer.backward_on_cpu():
                scene.convolve(x, w, around).backward(pull)

        table.measure(what, "spconv f32", theirs, gflop=3 * gflop)


def needed_gflop(network: Res16UNet, features: torch.Tensor, maps: SceneMaps) -> float:
    """Products of existing pairs alone, two operations each."""
    operations = []

    def count(conv: SparseConv, arguments: tuple, _: object) -> None:
        operations.append(2 * len(arguments[1].input) * conv.weight[0].numel())

    hooks = [m.register_forward_hook(count) for m in network.modules() if isinstance(m, SparseConv)]
    network(features, maps)
    for hook in hooks:
        hook.remove()
    return sum(operations) / 1e9


@torch.no_grad()
def whole_network(table: Table, cells: np.ndarray) -> None:
    maps, features = maps_of(cells), torch.randn(len(cells), NETWORK.inputs)
    network = Res16UNet(NETWORK).eval()
    gflop = needed_gflop(network, features, maps)
    what = f"U-Net {gflop:.0f} GFLOP, {len(cells)} voxels"
    expected = network(features, maps)
    for name, dtype in (("f32", torch.float32), ("bf16", torch.bfloat16)):
        fast = folded(network, dtype=dtype)
        slow = by_plain_torch(partial(folded, network, dtype=dtype))()
        table.measure(what, f"ours {name}", partial(fast, features, maps), gflop=gflop)
        compute = by_plain_torch(partial(slow, features, maps))
        if dtype == torch.float32:
            table.measure(what, "plain torch f32 MKL", compute, gflop=gflop)
            compute = through_onednn(compute)
        table.measure(what, f"plain torch {name}", compute, gflop=gflop)
        print(f"{'':34} {name} differs from unfolded f32 by {difference(fast(features, maps), expected):.1e}")
    if spconv_peer is not None:
        twin = spconv_peer.twin(network, spconv_peer.Scene(cells, maps))
        table.measure(what, "spconv f32", lambda: twin(features, maps), gflop=gflop)
        print(f"{'':34} spconv differs from ours by {difference(twin(features, maps), expected):.1e}")


def difference(found: torch.Tensor, expected: torch.Tensor) -> float:
    return float((found - expected).abs().max() / expected.abs().max())


@torch.no_grad()
def grown(cells_file: str) -> tuple[int, float, float, float, float]:
    """Voxels, CPU ms of maps, of the f32 and the bf16 network, and peak MiB of a process that only does this."""
    torch.set_num_threads(1)
    cells = np.load(cells_file)
    maps, features = maps_of(cells), torch.randn(len(cells), NETWORK.inputs)
    for_maps = cpu_ms(lambda: maps_of(cells), repeats=2)
    network = Res16UNet(NETWORK).eval()
    spent = []
    for dtype in (torch.float32, torch.bfloat16):
        fast = folded(network, dtype=dtype)
        spent.append(cpu_ms(partial(fast, features, maps), repeats=2))
    return len(cells), for_maps, *spent, peak_mebibytes()


def peak_mebibytes() -> float:
    """Linux's own count since the process began; `getrusage` would count the parent's too."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def growth(areas: list[float]) -> list[tuple[int, float, float, float, float]]:
    rows = []
    for area in areas:
        with tempfile.NamedTemporaryFile(suffix=".npy") as file:
            np.save(file.name, cells_of(room(area, seed=1)))
            with multiprocessing.get_context("spawn").Pool(1) as process:
                rows.append(process.apply(grown, (file.name,)))
        voxels, for_maps, single, half, mebibytes = rows[-1]
        times = f"maps {for_maps:.0f} ms, f32 {single:.0f} ms, bf16 {half:.0f} ms"
        print(f"{voxels:9} voxels: {times}, {mebibytes:.0f} MiB", flush=True)
    return rows


def draw(rows: list[tuple[int, float, float, float, float]], path: Path) -> None:
    try:
        import matplotlib.pyplot as plt
    except ImportError:
        print("matplotlib is not installed: no plot")
        return
    voxels, for_maps, single, half, mebibytes = zip(*rows, strict=True)
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.5), layout="constrained")
    for values, name in ((single, "U-Net f32"), (half, "U-Net bf16"), (for_maps, "kernel maps")):
        left.loglog(voxels, np.array(values) / 1e3, "o-", label=name)
    left.set(xlabel="voxels", ylabel="seconds of one core")
    left.legend()
    right.loglog(voxels, mebibytes, "o-")
    right.set(xlabel="voxels", ylabel="peak MiB of the process")
    figure.savefig(path, dpi=120)


def save(path: Path, header: list[str], rows: list[tuple]) -> None:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([header, *rows])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("results"))
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    torch.manual_seed(0)
    cells = cells_of(room(0.5 if options.quick else AREA, seed=0))
    table = Table(repeats=3 if options.quick else 5)
    gemm_peaks(table)
    kernel_maps(table, cells)
    one_layer(table, cells)
    whole_network(table, cells)
    gemm_peaks(table)
    save(options.out / "sparse.csv", ["what", "who", "cpu_ms", "gflop_per_s"], table.rows)
    rows = growth([0.5, 2, 6.7] if options.quick else [0.5, 2, 6.7, 17, 45, 101])
    save(options.out / "growth.csv", ["voxels", "maps_ms", "f32_ms", "bf16_ms", "peak_mib"], rows)
    draw(rows, options.out / "growth.png")


if __name__ == "__main__":
    main()
