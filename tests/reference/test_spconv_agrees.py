"""Our convolutions beside spconv's, with its weights mapped in.

spconv's CPU convolution is wrong with more than one torch thread, so it runs with one.
"""

import numpy as np
import pytest
import torch

from lasso3d.geometry.kernel_maps import downsample, submanifold_map
from lasso3d.nn.sparse import from_spconv, sparse_conv

spconv = pytest.importorskip("spconv.pytorch")


@pytest.fixture(autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def test_submanifold_strided_and_inverse_convolutions_agree():
    rng = np.random.default_rng(0)
    cells = np.unique(rng.integers(0, 20, (3000, 3)), axis=0).astype(np.int32)
    parents, _, down_map = downsample(cells, np.array([0, len(cells)]))
    features = torch.randn(len(cells), 16)
    first = spconv.SubMConv3d(16, 24, 3, bias=False)
    down = spconv.SparseConv3d(24, 32, 2, stride=2, bias=False, indice_key="down")
    up = spconv.SparseInverseConv3d(32, 8, 2, bias=False, indice_key="down")
    indices = torch.from_numpy(np.pad(cells, ((0, 0), (1, 0))))
    with torch.no_grad():
        theirs = [first(spconv.SparseConvTensor(features, indices, [20, 20, 20], 1))]
        theirs += [down(theirs[0])]
        theirs += [up(theirs[1])]
        fine = sparse_conv(
            features, from_spconv(first.weight), submanifold_map(cells, np.array([0, len(cells)]), kernel=3)
        )
        coarse = sparse_conv(fine, from_spconv(down.weight), down_map)
        back = sparse_conv(coarse, from_spconv(up.weight), down_map.transposed())
    torch.testing.assert_close(fine, theirs[0].features, rtol=1e-4, atol=1e-5)
    of_parent = {tuple(cell): row for row, cell in enumerate(parents.tolist())}
    rows = [of_parent[tuple(cell)] for cell in theirs[1].indices[:, 1:].tolist()]
    torch.testing.assert_close(coarse[rows], theirs[1].features, rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(back, theirs[2].features, rtol=1e-4, atol=1e-5)
