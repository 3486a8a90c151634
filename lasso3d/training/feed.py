"""Batches made ahead of time by other processes, in order."""

import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Generator, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import wait
from typing import Any

import torch

from lasso3d.core.errors import LassoError
from lasso3d.training.runs import Recipe, RecipeError

AHEAD = 8
"""Scenes ready or being made per worker, beside those of the next step."""


def prefetch(recipe: Recipe[Any], steps: range, *, parts: range, workers: int) -> Generator[list[Any], None, None]:
    """The batches of each step, in order; close it (`contextlib.closing`) to send the workers home.

    Raises:
        RuntimeError: `batch` failed in a worker; the text holds the worker's traceback.
        RecipeError: a worker died.
    """
    wanted = ((step, part) for step in steps for part in parts)
    if workers == 0:
        made: Iterator[Any] = (recipe.batch(step, part) for step, part in wanted)
        yield from _grouped(made, len(parts))
        return
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(workers, context, initializer=_enter, initargs=(recipe,))
    try:
        yield from _grouped(_made_ahead(pool, wanted, len(parts) + AHEAD * workers), len(parts))
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _grouped(made: Iterator[Any], size: int) -> Iterator[list[Any]]:
    for first in made:
        yield [first, *(next(made) for _ in range(size - 1))]


def _made_ahead(pool: ProcessPoolExecutor, wanted: Iterator[tuple[int, int]], ahead: int) -> Iterator[Any]:
    waiting: deque[tuple[tuple[int, int], Future[Any]]] = deque()
    for step, part in wanted:
        waiting.append(((step, part), pool.submit(_make, step, part)))
        if len(waiting) == ahead:
            yield _result(*waiting.popleft())
    while waiting:
        yield _result(*waiting.popleft())


def _result(item: tuple[int, int], future: "Future[Any]") -> Any:
    try:
        return future.result()
    except LassoError:
        raise
    except BrokenProcessPool as error:
        cure = "free memory or use fewer workers (train.workers)"
        raise RecipeError("a process that makes batches died", f"batch{item}", cure) from error
    except Exception as error:
        # concurrent.futures hangs the worker's traceback on the exception, as text
        raise RuntimeError(f"batch{item} failed in a worker\n{error.__cause__ or error}") from error


_recipe: Recipe[Any]
"""Of a worker process, set once as it starts."""


def _enter(recipe: Recipe[Any]) -> None:
    """Become a worker: one thread, deaf to Ctrl-C, gone when the parent is."""
    global _recipe
    _recipe = recipe
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform != "win32":
        # a signal to the whole group is for the parent to answer
        os.setsid()
    torch.set_num_threads(1)
    if "numba" in sys.modules:
        sys.modules["numba"].set_num_threads(1)
    else:
        os.environ["NUMBA_NUM_THREADS"] = "1"
    threading.Thread(target=_leave_with_parent, daemon=True).start()


def _leave_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _make(step: int, part: int) -> Any:
    return _recipe.batch(step, part)
