"""A scene that any system can be asked about, and clicks on it."""

import numpy as np

from lasso3d import Click, Clicks, Scene


def table_with_two_boxes(seed=0, n=6000):
    """A table top of 1 m with two boxes on it; colours differ, so any system has something to go by."""
    rng = np.random.default_rng(seed)
    table = np.column_stack([rng.random((n // 2, 2)), np.zeros(n // 2)])
    rgb = [np.full((n // 2, 3), (150, 140, 130))]
    xyz = [table]
    for corner, colour in (((0.2, 0.2), (200, 40, 40)), ((0.6, 0.5), (40, 60, 200))):
        box = rng.random((n // 4, 3)) * (0.15, 0.2, 0.12)
        face = rng.integers(0, 3, n // 4)
        box[np.arange(n // 4), face] = np.array([0.15, 0.2, 0.12])[face]
        xyz.append(box + np.array((*corner, 0.0)))
        rgb.append(np.full((n // 4, 3), colour))
    colours = np.concatenate(rgb) + rng.integers(-4, 5, (len(np.concatenate(xyz)), 3))
    return Scene(np.concatenate(xyz), rgb=colours.clip(0, 255), name="two boxes")


RED = Click((0.27, 0.3, 0.12), object=1)
BLUE = Click((0.68, 0.6, 0.12), object=2)
TABLE = Click((0.1, 0.9, 0.0), object=0)
CLICKS = Clicks((RED, BLUE, TABLE))
