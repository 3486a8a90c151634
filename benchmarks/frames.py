"""How long fusing a folder of posed RGB-D frames takes, and how near its views lie to the cloud."""

import argparse
import resource
import time
from pathlib import Path

import numpy as np
from scipy.spatial import cKDTree

from lasso3d.geometry.cameras import Camera, unproject
from lasso3d.io.scenes import read_scene


def main() -> None:
    """Read the folder twice, because the first time compiles; print what the second took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--up", default="z")
    asked = parser.parse_args()
    read_scene(asked.folder, up=asked.up)
    start = time.process_time()
    scene = read_scene(asked.folder, up=asked.up)
    seconds = time.process_time() - start
    view = scene.views[len(scene.views) // 2]
    camera = Camera(view.K, view.T_camera_scene, view.rgb.shape[1], view.rgb.shape[0])
    measured = unproject(view.depth, camera)[view.depth > 0][::20]
    away = np.median(cKDTree(scene.xyz).query(measured)[0])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{len(scene)} points, {len(scene.views)} frames, {seconds:.1f} s, {1000 * away:.1f} mm, peak {peak:.0f} MB"
    )


if __name__ == "__main__":
    main()
