"""Batches come in order from other processes, whose failures are told and who never outlive their parent."""

import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from toy_recipe import Toy

from lasso3d.core.errors import ReadError
from lasso3d.training.feed import prefetch
from lasso3d.training.runs import RecipeError

HERE = Path(__file__).parent
ALONE = {**os.environ, "PYTHONPATH": f"{HERE.parents[1]}{os.pathsep}{HERE}"}

# a parent that tells who its workers are and is then killed
PARENT = """
import os, signal
from toy_recipe import Toy
from lasso3d.training.feed import prefetch
if __name__ == "__main__":
    feed = prefetch(Toy(), range(1000), parts=range(2), workers=1)
    print(next(feed)[0].made_by, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def made(toy: Toy, *, workers: int, steps: range = range(2, 30), parts: range = range(1, 4)) -> list[list]:
    with closing(prefetch(toy, steps, parts=parts, workers=workers)) as feed:
        return list(feed)


def test_two_workers_make_what_one_process_makes_in_the_same_order(monkeypatch, tmp_path):
    alone = made(Toy(), workers=0)
    monkeypatch.setenv("TOY_TROUBLE", "meet=2")
    monkeypatch.setenv("TOY_MEETING", str(tmp_path))
    together = made(Toy(), workers=2)
    assert [len(step) for step in together] == [3] * 28
    for one, other in zip(alone, together, strict=True):
        for a, b in zip(one, other, strict=True):
            np.testing.assert_array_equal(a.x, b.x)
    makers = {points.made_by for step in together for points in step}
    assert makers == {int(path.name) for path in tmp_path.iterdir()}, "both were busy at once"
    assert not any(alive(pid) for pid in makers)


def test_a_batch_of_one_process_is_made_when_it_is_asked_for():
    assert made(Toy(), workers=0)[0][0].made_by == os.getpid()


def test_a_failure_in_a_worker_comes_with_the_workers_traceback(monkeypatch):
    monkeypatch.setenv("TOY_TROUBLE", "error=4")
    with closing(prefetch(Toy(), range(10), parts=range(1), workers=1)) as feed:
        assert len([next(feed) for _ in range(4)]) == 4, "what was made before is handed over"
        with pytest.raises(RuntimeError, match=r"batch\(4, 0\) failed in a worker") as caught:
            next(feed)
    assert "toy_recipe.py" in str(caught.value)
    assert "ZeroDivisionError: no scene here" in str(caught.value)


def test_a_users_error_in_a_worker_stays_what_it_is(monkeypatch):
    monkeypatch.setenv("TOY_TROUBLE", "user_error=2")
    with pytest.raises(ReadError, match=r"scene\.ply: the scene is gone; put it back"):
        made(Toy(), workers=1)


def test_the_death_of_a_worker_is_told(monkeypatch):
    monkeypatch.setenv("TOY_TROUBLE", "die=3")
    with pytest.raises(RecipeError, match="a process that makes batches died"):
        made(Toy(), workers=1)


def test_workers_do_not_outlive_a_killed_parent():
    parent = subprocess.Popen([sys.executable, "-c", PARENT], env=ALONE, stdout=subprocess.PIPE, text=True)
    told, _ = parent.communicate(timeout=60)
    assert parent.returncode == -signal.SIGKILL
    end = time.monotonic() + 20
    while alive(int(told)):
        assert time.monotonic() < end, "the worker stayed"
        time.sleep(0.05)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # a container without an init may leave the dead unburied
    return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
