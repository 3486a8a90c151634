"""Many commands from several sessions at once, over HTTP: nothing is lost and memory stays flat.

    python benchmarks/annotator_soak.py [--sessions 4] [--commands 1000] [--points 100000]

Starts `lasso3d annotate` on a generated scan with the baseline system; each session has a client of its own, which
clicks, undoes, redoes, names and removes at random. Prints the memory of server and worker as it goes on; at the
end the server is killed, started again, and every session compared with what was acknowledged.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
import psutil

import lasso3d
from lasso3d.core.errors import LassoError
from lasso3d.core.scene import Scene
from lasso3d.io.export import write_scene

ROOM = np.array([4, 3, 2], np.float32)
REPORTS = 8


def start(scan, folder):
    """A server and a client of it."""
    home = {"LASSO3D_CACHE": str(folder / "cache"), "XDG_DATA_HOME": str(folder / "data")}
    command = [sys.executable, "-m", "lasso3d.cli", "annotate", str(scan), "--port", "0", "--system", "geodesic"]
    process = subprocess.Popen(command, env={**os.environ, **home}, stdout=subprocess.PIPE, text=True)
    return process, lasso3d.connect(process.stdout.readline().strip())


def work(session, commands, seed, done):
    """One annotator at random; `done` gets the number of each event acknowledged."""
    draw = random.Random(seed)
    for _ in range(commands):
        t = draw.choices(["click", "undo", "redo", "rename", "remove_click"], [8, 3, 2, 2, 1])[0]
        try:
            if t == "click":
                place = tuple(draw.random() * float(side) for side in ROOM)
                reply = session.click(draw.randint(1, 6), xyz=place, sign=draw.choice([1, 1, -1]))
            elif t == "rename":
                reply = session.do(t, {"object": draw.randint(1, 6), "name": f"object {draw.random():.6f}"})
            elif t == "remove_click":
                marks = [mark["id"] for known in session.state()["objects"] for mark in known["clicks"]]
                reply = session.do(t, {"click": draw.choice(marks or [1])})
            else:
                reply = session.do(t, {})
        except LassoError as error:
            done.append(None if getattr(error, "code", "") in ("conflict", "not_found") else error)
        else:
            done.append(reply["rev"])


def megabytes(process):
    """Of the server and of what it started."""
    server = psutil.Process(process.pid)
    return [one.memory_info().rss / 1e6 for one in (server, *server.children(recursive=True))]


def main():
    """Reports while it goes on, and the verdict."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sessions", type=int, default=4)
    parser.add_argument("--commands", type=int, default=1000)
    parser.add_argument("--points", type=int, default=100_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        soak(Path(name), options)


def soak(folder, options):
    """The soak itself."""
    rng = np.random.default_rng(0)
    xyz = rng.random((options.points, 3), dtype=np.float32) * ROOM
    xyz[:, 2] *= rng.random(options.points) < 0.3
    write_scene(folder / "room.ply", Scene(xyz))
    process, connection = start(folder / "room.ply", folder)
    scene = connection.scenes()[0]["id"]
    sessions = [connection.new_session(scene, name=f"annotator {i}") for i in range(options.sessions)]
    done = [[] for _ in sessions]
    jobs = [
        threading.Thread(target=work, args=(session, options.commands, i, done[i]))
        for i, session in enumerate(sessions)
    ]
    total, began = options.commands * len(sessions), time.perf_counter()
    print("commands   seconds   MB of the server, MB of the worker")
    for job in jobs:
        job.start()
    for report in range(1, REPORTS + 1):
        while sum(map(len, done)) < total * report / REPORTS:
            time.sleep(0.2)
        sizes = " ".join(f"{size:7.0f}" for size in megabytes(process))
        print(f"{sum(map(len, done)):8} {time.perf_counter() - began:9.1f}   {sizes}", flush=True)
    for job in jobs:
        job.join()
    failures = [error for each in done for error in each if isinstance(error, LassoError)]
    before = [(session.state(), session.masks()) for session in sessions]
    process.send_signal(signal.SIGKILL)
    process.wait()
    process, connection = start(folder / "room.ply", folder)
    try:
        for session, events, (state, masks) in zip(sessions, done, before, strict=True):
            again = connection.session(session.id)
            assert again.state()["rev"] == max(rev for rev in events if isinstance(rev, int))
            assert again.state()["objects"] == state["objects"]
            assert all((mask == masks[number]).all() for number, mask in again.masks().items())
        print(f"{total} commands, {len(failures)} failures, every session as it was after kill -9")
    finally:
        process.send_signal(signal.SIGINT)
        process.wait()


if __name__ == "__main__":
    main()
