"""The Triton kernel's arithmetic, run by Triton's interpreter on the CPU: no card needed, only Triton."""

import os
import subprocess
import sys

import pytest

pytest.importorskip("triton")

COMPARE = """
import numpy as np, torch
from lasso3d.geometry.kernel_maps import downsample, submanifold_map
from lasso3d.nn import plain, triton_kernel
from lasso3d.nn.pairs import pairs_of

rng = np.random.default_rng(0)
cells = np.unique(rng.integers(0, 9, (300, 3)), axis=0).astype(np.int32)
scene_ptr = np.array([0, len(cells)])
down = downsample(cells, scene_ptr)[2]
for kernel_map in (submanifold_map(cells, scene_ptr, kernel=3), down, down.transposed()):
    pairs = pairs_of(kernel_map)
    for c, d in ((6, 32), (33, 20), (96, 96)):
        for dtype, tolerance in ((torch.float32, 1e-4), (torch.float16, 2e-3)):
            shapes = (pairs.inputs, c), (pairs.offsets, c, d), (d,), (pairs.outputs, d)
            x, w, bias, residual = (torch.randn(shape).to(dtype) for shape in shapes)
            out = triton_kernel.convolve(x, w, pairs, bias=bias, residual=residual, relu=True).float()
            expected = (plain.convolve(x.float(), w.float(), pairs) + bias + residual).relu()
            assert (out - expected).abs().max() <= tolerance * expected.abs().max(), (c, d, dtype)
print("same")
"""


def test_the_triton_kernel_computes_the_plain_convolution():
    run = subprocess.run(
        [sys.executable, "-c", COMPARE],
        env={**os.environ, "TRITON_INTERPRET": "1"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert run.stdout.strip() == "same", run.stderr
