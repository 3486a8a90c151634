"""What a person waits for: the first picture of a scan in a browser, and a click's masks from the real model.

    python benchmarks/annotator_page.py [--points 1000000 5000000 20000000] [--clicks 9]

A real server in a process of its own, Debian's Chromium without a GPU (SwiftShader), so drawing is as slow as it
gets. "first paint" is from the navigation to the first points on screen, "all" until everything is loaded and
drawn, both with the tiles prepared before. A click is timed from a script, from the command to its masks in hand:
the median of those after the first, by the system that ships, on a room of about 97,000 voxels. Wanted: at most
250 ms.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import numpy as np
from clicks import room
from playwright.sync_api import sync_playwright

import lasso3d
from lasso3d.core.scene import Scene
from lasso3d.io.export import write_scene

FLAGS = ["--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--no-sandbox", "--disable-dev-shm-usage"]
PATIENCE = 300_000
"""Milliseconds."""


@contextmanager
def annotating(scan: Path, folder: Path):
    """The link that a server prints; it ends with the block."""
    command = [sys.executable, "-m", "lasso3d.cli", "annotate", str(scan), "--sessions", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            yield server.stdout.readline().strip()
        finally:
            server.kill()


def painted(link: str) -> tuple[float, float]:
    """Seconds to the first points and to the whole picture, of the second visit."""
    with sync_playwright() as engine:
        browser = engine.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        context = browser.new_context(viewport={"width": 1280, "height": 800})
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.goto(link)
        page.locator("html[data-idle=true]").wait_for(state="attached")
        started = time.perf_counter()
        page.reload()
        page.locator("html[data-first-paint]").wait_for(state="attached")
        first = float(page.locator("html").get_attribute("data-first-paint")) / 1000
        page.locator("html[data-idle=true]").wait_for(state="attached")
        whole = time.perf_counter() - started
        browser.close()
    return first, whole


def clicked(link: str, clicks: int) -> float:
    """Milliseconds of a click, positive and negative in turn, with its masks fetched."""
    connection = lasso3d.connect(link)
    session = connection.new_session(connection.scenes()[0]["id"])
    rng, taken = np.random.default_rng(0), []
    for k in range(clicks + 1):
        point = int(rng.integers(len(session.order)))
        started = time.perf_counter()
        session.click(1, point=point, sign=-1 if k % 2 else 1)
        session.masks()
        taken.append(1000 * (time.perf_counter() - started))
    return median(taken[1:])


def main() -> None:
    """A line for each size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--points", type=int, nargs="+", default=[1_000_000, 5_000_000, 20_000_000])
    parser.add_argument("--clicks", type=int, default=9)
    given = parser.parse_args()
    print(f"{'points':>10}  first paint s  all s  click ms")
    for points in given.points:
        with tempfile.TemporaryDirectory() as folder:
            scan = Path(folder) / "room.ply"
            scene: Scene = room(points)
            write_scene(scan, scene)
            with annotating(scan, Path(folder) / "sessions") as link:
                first, whole = painted(link)
            with annotating(scan, Path(folder) / "others") as link:
                waited = clicked(link, given.clicks)
            print(f"{points:10,}  {first:13.1f}  {whole:5.1f}  {waited:8.0f}", flush=True)


if __name__ == "__main__":
    main()
