"""How fast worlds are made: scenes and points a second on one core and on two, and memory.

    python benchmarks/world_speed.py [--seeds 8] [--worlds tabletops rooms ...]

Each world runs in fresh processes of one thread; the first scene (compilation) is not counted. Process time is what
a core was busy, wall time what one waits for on this machine as loaded as it is.
"""

import argparse
import multiprocessing
import os
import resource
import time

from lasso3d.data.procedural import WORLDS, procedural


def made(task: tuple[str, int, int]) -> tuple[int, int, float, float, float]:
    """Scenes, points, process seconds, wall seconds and peak MB of a run of seeds."""
    world, first, count = task
    procedural(world, first + count)
    started, wall = time.process_time(), time.perf_counter()
    points = sum(len(procedural(world, seed).scene) for seed in range(first, first + count))
    busy, waited = time.process_time() - started, time.perf_counter() - wall
    return count, points, busy, waited, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", nargs="+", default=list(WORLDS))
    parser.add_argument("--seeds", type=int, default=8)
    asked = parser.parse_args()
    os.environ["NUMBA_NUM_THREADS"] = "1"
    context = multiprocessing.get_context("spawn")
    print("| world | points a scene | scenes a core-second | 100k points a core-second | "
          "scenes a second, two processes | peak MB each |\n|---|---|---|---|---|---|")  # fmt: skip
    for world in asked.worlds:
        half = asked.seeds // 2
        tasks = [(world, 10_000_000, half), (world, 10_000_000 + half, asked.seeds - half)]
        with context.Pool(2) as pool:
            runs = pool.map(made, tasks, chunksize=1)
        scenes, points, busy = (sum(run[i] for run in runs) for i in range(3))
        together = sum(run[0] / run[3] for run in runs)
        print(f"| {world} | {points / scenes:,.0f} | {scenes / busy:.1f} | {points / busy / 1e5:.1f} | "
              f"{together:.1f} | {max(run[4] for run in runs):.0f} |", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
