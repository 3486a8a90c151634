"""Refusing work that would not fit in memory before anything is allocated."""

from math import sqrt

import numpy as np
import psutil

from lasso3d.core.errors import OverBudget
from lasso3d.core.scene import Scene

SHARE_OF_FREE = 0.8
"""Of the memory free now that one encoding may take; chosen so that a desktop stays usable."""


def refuse_over_budget(scene: Scene, tokens: int, *, bytes_per_token: int, size: float) -> None:
    """Raise OverBudget when tokens of a scene would exceed the free memory, naming the voxel size that fits.

    Voxels on a surface go with the inverse square of their size; that gives the size.
    """
    needed, free = tokens * bytes_per_token, int(psutil.virtual_memory().available * SHARE_OF_FREE)
    if needed > free:
        raise OverBudget(
            f"encoding needs {needed / 2**30:.1f} GiB and {free / 2**30:.1f} GiB are free",
            scene.name,
            f"a voxel size of {1.05 * size * sqrt(needed / free):.2g} m fits",
            needed=needed,
            free=free,
        )


def bytes_in(*values: object) -> int:
    """Of all arrays inside values, each counted once."""
    arrays: dict[int, int] = {}
    waiting = list(values)
    while waiting:
        value = waiting.pop()
        if isinstance(value, np.ndarray):
            arrays[id(value)] = value.nbytes
        elif isinstance(value, tuple):
            waiting += value
        elif hasattr(value, "__dict__"):
            waiting += vars(value).values()
    return sum(arrays.values())
