"""Several processes learn what one would."""

import os
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from toy_recipe import QUICK, Toy, one_of_several

from lasso3d.core.errors import MissingExtra
from lasso3d.training.processes import Processes, join
from lasso3d.training.runs import RecipeError
from lasso3d.training.state import saved_states

HERE = Path(__file__).parent
ONE_RANK = "import sys, pathlib, toy_recipe as t; t.one_of_several(pathlib.Path(sys.argv[1]), t.Toy(random=False))"


def started(rank: int, out: Path, port: int) -> subprocess.Popen:
    place = {"RANK": rank, "LOCAL_RANK": rank, "WORLD_SIZE": 2, "LOCAL_WORLD_SIZE": 2, "MASTER_PORT": port}
    environment = {**os.environ, **{name: str(value) for name, value in place.items()}, "MASTER_ADDR": "127.0.0.1"}
    environment |= {"PYTHONPATH": f"{HERE.parents[1]}{os.pathsep}{HERE}", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-c", ONE_RANK, str(out)]
    return subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)


def test_two_processes_learn_what_one_learns(tmp_path):
    pytest.importorskip("accelerate")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    ranks = [started(rank, tmp_path / "two", port) for rank in (0, 1)]
    one_of_several(tmp_path / "one", Toy(random=False))
    for rank in ranks:
        _, told = rank.communicate(timeout=100)
        assert rank.returncode == 0, told
    first, second = (tmp_path / "two" / f"rank{rank}of2" / "model.safetensors" for rank in (0, 1))
    assert first.read_bytes() == second.read_bytes()
    one, two = load_file(tmp_path / "one/rank0of1/model.safetensors"), load_file(first)
    for name, tensor in one.items():
        torch.testing.assert_close(two[name], tensor, rtol=1e-5, atol=1e-6, msg=name)
    log = [(tmp_path / name / "log.jsonl").read_text().splitlines() for name in ("one", "two")]
    assert len(log[0]) == len(log[1]) == 10
    assert saved_states(tmp_path / "two")[-1].stem == "00000010"


def test_the_parts_of_all_processes_are_the_batch():
    cpu = torch.device("cpu")
    parts = [Processes(cpu, rank, 3).parts(6) for rank in range(3)]
    assert np.concatenate(parts).tolist() == list(range(6))
    with pytest.raises(RecipeError, match="4 scenes cannot be shared by 3 processes"):
        Processes(cpu, 0, 3).parts(4)


def test_several_processes_without_accelerate_name_the_cure(monkeypatch):
    monkeypatch.setenv("WORLD_SIZE", "2")
    monkeypatch.setitem(sys.modules, "accelerate", None)
    with pytest.raises(MissingExtra, match="pip install accelerate"):
        join(replace(QUICK, device="cpu"))


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device")
def test_a_device_that_is_not_there_is_refused():
    with pytest.raises(RecipeError, match="no CUDA device"):
        join(replace(QUICK, device="cuda"))


def test_threads_are_put_back():
    before = torch.get_num_threads()
    alone = join(replace(QUICK, threads=before + 1))
    assert torch.get_num_threads() == before + 1
    alone.leave()
    assert torch.get_num_threads() == before
