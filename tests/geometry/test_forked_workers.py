import multiprocessing
import sys

import numpy as np
import pytest

from lasso3d.geometry.kernel_maps import submanifold_map
from lasso3d.geometry.neighbors import nearest
from lasso3d.geometry.voxels import voxelize


def work(xyz):
    voxels = voxelize(xyz, 0.2)
    kernel_map = submanifold_map(voxels.cells(), np.array([0, len(voxels)]), kernel=3)
    return nearest(xyz, 4)[0].sum() + kernel_map.input.sum()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux forks its workers")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_compiled_loops_run_in_forked_workers(room):
    xyz = room(500)
    here = work(xyz)
    with multiprocessing.get_context("fork").Pool(1) as pool:
        assert pool.apply_async(work, (xyz,)).get(timeout=60) == here
