"""Reading and writing 5M points: seconds beside a plain `np.fromfile` of the same bytes, and memory.

    python benchmarks/files.py

Prints one line per file: median seconds of five warm reads, the same for np.fromfile, and the peak of resident
memory, in sizes of the file, of a process that reads it, segments one click with `geodesic` and writes it back; all
counts, the imports of about 150 MB too.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np

import lasso3d
from lasso3d.core.prompts import Click, Clicks
from lasso3d.io.export import write_segmentation
from lasso3d.io.scenes import read_scene

POINTS = 5_000_000
TYPES = {"f4": "float", "u1": "uchar", "i4": "int"}
COLOURED = [(name, "f4") for name in "xyz"] + [(name, "u1") for name in ("red", "green", "blue")]
FULL = [
    *((name, "f4") for name in ("x", "y", "z", "nx", "ny", "nz")),
    *((name, "u1") for name in ("red", "green", "blue")),
    ("label", "i4"),
]
READ_SECONDS = 0.2
"""Target for a warm read of either file."""

PEAK = 8.0
"""Target for reading, segmenting and writing back, times the size of the file."""
ROOM = (8.0, 6.0, 3.0)
"""Metres; the points lie on its floor, ceiling and walls."""


def write_points(path: Path, fields: list[tuple[str, str]]) -> None:
    rng = np.random.default_rng(0)
    points = np.zeros(POINTS, [(name, f"<{kind}") for name, kind in fields])
    for name, kind in fields:
        points[name] = rng.random(POINTS, np.float32) * (1 if kind == "f4" else 255)
    face, side = np.arange(POINTS) % 3, np.arange(POINTS) // 3 % 2
    for axis, (name, length) in enumerate(zip("xyz", ROOM, strict=True)):
        points[name] = np.where(face == axis, side, points[name]) * length
    properties = "".join(f"property {TYPES[kind]} {name}\n" for name, kind in fields)
    header = f"ply\nformat binary_little_endian 1.0\nelement vertex {POINTS}\n{properties}end_header\n"
    path.write_bytes(header.encode() + points.tobytes())


def seconds(action, *, repeats: int = 5) -> float:
    taken = []
    for _ in range(repeats):
        start = time.perf_counter()
        action()
        taken.append(time.perf_counter() - start)
    return median(taken)


def labelled(path: Path) -> None:
    """Read, segment one click, write back; print the peak of memory after each."""
    scene = read_scene(path)
    after_reading = peak_bytes()
    segmenter = lasso3d.load("geodesic")
    answer = segmenter.segment(segmenter.encode(scene), Clicks((Click(scene.xyz[0], object=1),)))
    after_segmenting = peak_bytes()
    start = time.perf_counter()
    write_segmentation(path.with_name("labelled.ply"), scene, answer)
    print(after_reading, after_segmenting, peak_bytes(), time.perf_counter() - start)


def peak_bytes() -> int:
    """Largest resident memory so far. Not ru_maxrss: a child inherits that from its parent."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) * 1024


def measure(name: str, fields: list[tuple[str, str]], folder: Path) -> bool:
    path = folder / f"{name}.ply"
    write_points(path, fields)
    size = path.stat().st_size
    read = seconds(lambda: read_scene(path))
    peer = seconds(lambda: np.fromfile(path, np.uint8))
    child = subprocess.run(
        [sys.executable, __file__, str(path)], check=True, capture_output=True, text=True, timeout=300
    )
    reading, segmenting, peak, write = map(float, child.stdout.split())
    print(
        f"{name:18} {size / 1e6:4.0f} MB  "
        f"read {read:.3f} s (np.fromfile {peer:.3f} s, {read / peer:.1f} x), write {write:.2f} s  "
        f"peak after reading {reading / size:.1f} x, segmenting {segmenting / size:.1f} x, "
        f"writing {peak / size:.1f} x"
    )
    return read <= READ_SECONDS and peak <= PEAK * size


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        reached = [measure("xyz normals rgb", FULL, Path(folder)), measure("xyz rgb", COLOURED, Path(folder))]
    print(f"targets ({READ_SECONDS} s, {PEAK} x): {'reached' if all(reached) else 'missed'}")
    return 0 if all(reached) else 1


if __name__ == "__main__":
    if len(sys.argv) == 2:
        labelled(Path(sys.argv[1]))
    else:
        sys.exit(main())
