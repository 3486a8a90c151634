import os
import platform
import subprocess
import sys

import pytest

from lasso3d.nn.microkernel import cpu_features, tiling_for

COMPARE = """
import numpy as np, torch
from lasso3d.geometry.kernel_maps import submanifold_map
from lasso3d.nn.fast_cpu import BF16
from lasso3d.nn.sparse import sparse_conv

rng = np.random.default_rng(0)
cells = np.unique(rng.integers(0, 14, (1500, 3)), axis=0).astype(np.int32)
kernel_map = submanifold_map(cells, np.array([0, len(cells)]), kernel=3)

def outcome(c, d, dtype, implementation):
    generator = torch.Generator().manual_seed(c)
    features = torch.randn(len(cells), c, generator=generator).to(dtype).requires_grad_()
    weight = torch.randn(27, c, d, generator=generator).to(dtype).requires_grad_()
    out = sparse_conv(features, weight, kernel_map, implementation=implementation)
    out.sum().backward()
    return out, features.grad, weight.grad

for c, d in ((32, 96), (7, 20)):
    for dtype, tolerance in ((torch.float32, 1e-4), (torch.bfloat16, 8e-3)):
        for fast, plain in zip(*(outcome(c, d, dtype, name) for name in ("fast", "reference"))):
            assert (fast - plain).abs().max() <= tolerance * plain.abs().max(), (c, d, dtype)
print("same", BF16)
"""


def compared_on(features: str) -> str:
    settings = {"NUMBA_CPU_NAME": "x86-64", "NUMBA_CPU_FEATURES": features}
    run = subprocess.run(
        [sys.executable, "-c", COMPARE], env={**os.environ, **settings}, capture_output=True, text=True, timeout=120
    )
    assert run.returncode == 0, run.stderr
    return run.stdout.strip()


@pytest.mark.parametrize("features", ["+avx2,+fma", ""])
def test_processors_with_less_compute_the_same(features):
    if not {name[1:] for name in features.split(",") if name} <= cpu_features():
        pytest.skip(f"this processor lacks {features}")
    if platform.machine() not in ("x86_64", "AMD64"):
        pytest.skip("x86 only")
    assert compared_on(features) == "same False"


@pytest.mark.parametrize(
    ("features", "machine", "registers", "lanes"),
    [
        ({"avx512f", "avx2", "fma"}, "x86_64", 32, 16),
        ({"avx2", "fma"}, "x86_64", 16, 8),
        ({"neon"}, "aarch64", 32, 4),
        ({"sse2"}, "x86_64", 16, 4),
    ],
)
def test_the_sums_of_a_tile_fit_the_registers(features, machine, registers, lanes):
    tiling = tiling_for(frozenset(features), machine=machine)
    for tile in (tiling.wide, tiling.narrow, tiling.gradient):
        assert tile.lanes == lanes
        # beside the sums: one vector of weights per column of the tile, and one broadcast
        assert tile.rows * tile.vectors + tile.vectors + 1 <= registers
    assert tiling.wide.width % tiling.narrow.width == 0
    assert not tiling.bf16
