"""What a click costs beside the model: from the command to the frame with its masks, by the size of the scan.

    python benchmarks/annotator_server.py [--points 1000000 5000000 20000000] [--clicks 40]

A stand-in system answers from a table, so that everything left is the annotator: commit, packing, a second commit,
the frame. Rooms with 200,000 tokens; every click is on another object, and the uncertainty changes everywhere.
"wall" is the median with the stand-in in the worker process, as it is used; "CPU" the median processor time with it
in a thread, which a busy machine does not change. Wanted: a median of at most 20 ms at 1M points, 60 ms at 20M.
"""

import argparse
import tempfile
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Any, ClassVar

import numpy as np

from lasso3d.annotator.desk import Desk
from lasso3d.annotator.frames import parsed
from lasso3d.annotator.messages import command_of
from lasso3d.annotator.store import SessionRow, Store
from lasso3d.annotator.systems import Systems
from lasso3d.annotator.tiles import Display, prepare
from lasso3d.annotator.worker import Worker
from lasso3d.core.prompts import Clicks
from lasso3d.core.scene import Scene
from lasso3d.core.segmentation import Segmentation
from lasso3d.core.segmenter import SceneEncoding, Segmenter
from lasso3d.geometry.voxels import voxelize

TOKEN_METRES = 0.05
OBJECTS = 60
MODEL: list[float] = []
"""Processor seconds of the stand-in's answers, where it runs in this process."""
ROOM = np.array([12, 8, 3], np.float32)


@dataclass(frozen=True, eq=False)
class Table(SceneEncoding):
    """Object of every token."""

    of_point: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int32))
    object: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int32))
    centroid: np.ndarray = field(default_factory=lambda: np.zeros((0, 3), np.float32))

    @property
    def nbytes(self) -> int:
        return self.of_point.nbytes


class FromTable(Segmenter):
    """The newest click gets the object under it; answers are made beforehand, as far as can be."""

    understands: ClassVar[tuple[Any, ...]] = (Clicks,)

    @property
    def identity(self):
        return "table"

    def with_voxel(self, size):
        return self

    def save(self, folder):
        raise NotImplementedError

    def encode(self, scene, *, progress=None):
        voxels = voxelize(scene.xyz, TOKEN_METRES)
        of_point = voxels.of_point.copy()
        of_point.flags.writeable = False
        centroid = voxels.mean(scene.xyz)
        return Table(scene, self.identity, of_point, object_at(centroid), centroid)

    def _segment(self, encoding, prompt, previous, seed):
        began = time.thread_time()
        answer = self.looked_up(encoding, prompt)
        MODEL.append(time.thread_time() - began)
        return answer

    def looked_up(self, encoding, prompt):
        """What stands in for a network."""
        rows = np.zeros((len(prompt.objects), len(encoding.object)), np.float32)
        for row, number in enumerate(prompt.objects):
            rows[row, encoding.object == number] = 1
        rng = np.random.default_rng(len(prompt.clicks))
        doubt = rng.random(rows.shape[1], dtype=np.float32)
        return Segmentation(rows, encoding.of_point, prompt.objects, np.ones(len(rows)), doubt, exclusive=True)


def object_at(xyz):
    """Objects are cells of a coarse grid over the floor: 60 of them, a sixtieth of the scan each."""
    column = np.clip(xyz[:, 0] / ROOM[0] * 10, 0, 9).astype(np.int32)
    return 1 + column * 6 + np.clip(xyz[:, 1] / ROOM[1] * 6, 0, 5).astype(np.int32)


def load(name):
    """Importable by name, for the worker process."""
    return FromTable()


def room(n):
    """Points on the faces of a room and of boxes in it."""
    rng = np.random.default_rng(n)
    xyz = rng.random((n, 3), dtype=np.float32) * ROOM
    axis = rng.integers(0, 3, n, dtype=np.int8)
    for a in range(3):
        on = np.flatnonzero(axis == a)
        xyz[on, a] = rng.integers(0, 2, len(on)).astype(np.float32) * ROOM[a]
    return Scene(xyz, rgb=rng.integers(0, 255, (n, 3), dtype=np.uint8))


class Watcher:
    """Notes when the answering frame came, and how large it was."""

    def __init__(self):
        self.came, self.header, self.bytes = Event(), {}, 0

    def __call__(self, message):
        if isinstance(message, bytes):
            header, _ = parsed(message)
            if header["t"] == "masks" and header.get("ms"):
                self.header, self.bytes = header, len(message)
                self.at = time.perf_counter()
                self.came.set()


def clicked(desk, watcher, number):
    """Seconds without the model by the clock and of the processor, and bytes of the frame."""
    watcher.came.clear()
    place = np.array([(number - 1) // 6 + 0.5, (number - 1) % 6 + 0.5, 0]) / [10, 6, 1] * ROOM
    fields = {"t": "click", "cmd": str(uuid.uuid4()), "object": number, "xyz": place.tolist()}
    began, processor = time.perf_counter(), time.process_time()
    desk.command(command_of(fields))
    watcher.came.wait()
    wall = watcher.at - began - watcher.header["ms"]["model"] / 1e3
    processor = time.process_time() - processor - (MODEL.pop() if MODEL else 0.0)
    return wall, processor, watcher.bytes


def session(folder, display, *, thread):
    """A desk whose system has encoded the scan, and its watcher."""
    store = Store(folder / f"{thread}.sqlite")
    worker = Worker(load, nbytes=4 << 30, thread=thread)
    row = SessionRow("s", "s", "scene", "table", display.manifest.order, 0.0, 0.0, 0, 0)
    store.put_session(row)
    desk, watcher = Desk(row, store, display, worker, Systems(["table"], "table", worker)), Watcher()
    desk.watch(watcher, heat=False)
    clicked(desk, watcher, 60)
    return desk, watcher, worker, store


def measure(n, clicks):
    """A line of the table."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        scene, began = room(n), time.process_time()
        prepare(folder / "shown", scene, key="scene", progress=lambda share, stage: None)
        prepared = time.process_time() - began
        del scene
        display, found = Display(folder / "shown"), {}
        for thread in (False, True):
            desk, watcher, worker, store = session(folder, display, thread=thread)
            found[thread] = np.array([clicked(desk, watcher, 1 + i % 55) for i in range(clicks)])
            worker.close()
            store.close()
    wall, size = np.median(found[False][:, 0]), np.median(found[False][:, 2])
    return n, prepared, 1e3 * wall, 1e3 * found[False][:, 0].min(), 1e3 * np.median(found[True][:, 1]), size


def main():
    """One line per size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--points", type=int, nargs="+", default=[1_000_000, 5_000_000, 20_000_000])
    parser.add_argument("--clicks", type=int, default=40)
    options = parser.parse_args()
    room(1000)
    print("points      prepare CPU s  wall ms  fastest  CPU ms  growth  bytes a click")
    first = None
    for n in options.points:
        n, prepared, wall, fastest, processor, size = measure(n, options.clicks)
        first = first or processor
        times = f"{wall:>8.1f} {fastest:>8.1f} {processor:>7.1f} {processor / first:>7.2f}"
        print(f"{n:<11,} {prepared:>13.1f} {times} {size:>14,.0f}", flush=True)


if __name__ == "__main__":
    main()
