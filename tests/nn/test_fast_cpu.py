import subprocess
import sys

import numpy as np
import pytest
import torch

from lasso3d.geometry.kernel_maps import submanifold_map
from lasso3d.nn.sparse import pack, sparse_conv


@pytest.fixture
def four_threads():
    before = torch.get_num_threads()
    torch.set_num_threads(4)
    yield
    torch.set_num_threads(before)


def scattered_map(*, count: int):
    rng = np.random.default_rng(0)
    cells = np.unique(rng.integers(0, 40, (count, 3)), axis=0).astype(np.int32)
    return submanifold_map(cells, np.array([0, len(cells)]), kernel=3)


def gradients(features, weight, kernel_map):
    inputs = features.clone().requires_grad_(), weight.clone().requires_grad_()
    sparse_conv(*inputs, kernel_map).square().sum().backward()
    return [tensor.grad for tensor in inputs]


def test_threads_change_no_output_and_repeat_their_gradients(four_threads):
    kernel_map = scattered_map(count=20000)
    features, weight = torch.randn(kernel_map.inputs, 16), torch.randn(27, 16, 32)
    shared = sparse_conv(features, weight, kernel_map)
    shared_gradients = gradients(features, weight, kernel_map)
    for again, first in zip(gradients(features, weight, kernel_map), shared_gradients, strict=True):
        assert torch.equal(again, first)
    torch.set_num_threads(1)
    assert torch.equal(sparse_conv(features, weight, kernel_map), shared)
    for alone, first in zip(gradients(features, weight, kernel_map), shared_gradients, strict=True):
        torch.testing.assert_close(alone, first, rtol=1e-4, atol=1e-4 * float(first.abs().max()))


FORKED = """
import multiprocessing, warnings
import numpy as np, torch
from lasso3d.geometry.kernel_maps import submanifold_map
from lasso3d.nn.sparse import sparse_conv

warnings.simplefilter("ignore", DeprecationWarning)  # Python warns of any fork beside threads
torch.set_num_threads(2)
rng = np.random.default_rng(0)
cells = np.unique(rng.integers(0, 24, (6000, 3)), axis=0).astype(np.int32)
kernel_map = submanifold_map(cells, np.array([0, len(cells)]), kernel=3)
features, weight = torch.ones(len(cells), 3), torch.ones(27, 3, 4)
convolve = lambda: float(sparse_conv(features, weight, kernel_map).sum())

def child(answers):
    answers.put(convolve())

if __name__ == "__main__":
    expected = convolve()
    context = multiprocessing.get_context("fork")
    answers = context.SimpleQueue()
    process = context.Process(target=child, args=(answers,))
    process.start()
    process.join(60)
    assert process.exitcode == 0, process.exitcode
    assert answers.get() == expected
"""


@pytest.mark.skipif(sys.platform != "linux", reason="forks after threads only on Linux")
def test_worker_processes_forked_after_a_convolution_convolve_too(tmp_path):
    script = tmp_path / "forked.py"
    script.write_text(FORKED)
    run = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stderr


CACHED = """
import numpy as np, torch
from lasso3d.geometry.kernel_maps import submanifold_map
from lasso3d.nn import cpu_loops
from lasso3d.nn.sparse import sparse_conv

kernel_map = submanifold_map(np.zeros((1, 3), np.int32), np.array([0, 1]), kernel=3)
sparse_conv(torch.ones(1, 3), torch.ones(27, 3, 4), kernel_map)
print(sum(cpu_loops.convolve.stats.cache_hits.values()))
"""


def loops_found_compiled() -> str:
    run = subprocess.run([sys.executable, "-c", CACHED], capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stderr
    return run.stdout.strip()


def test_a_second_process_finds_the_loops_compiled():
    first = loops_found_compiled()
    assert first == "1" or loops_found_compiled() == "1"


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize(("c", "d"), [(1, 1), (7, 20), (32, 96)])
def test_packed_weights_convolve_as_the_weights_do(dtype, c, d):
    kernel_map = scattered_map(count=900)
    features, weight = torch.randn(kernel_map.inputs, c).to(dtype), torch.randn(27, c, d).to(dtype)
    with torch.no_grad():
        assert torch.equal(
            sparse_conv(features, pack(weight), kernel_map), sparse_conv(features, weight, kernel_map)
        )
