"""Files that strangers made are read in a process of their own, which may use only so much."""

import multiprocessing
import resource
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

import psutil

from lasso3d.annotator.problems import Problem, problem_of

Task = Callable[..., Any]
"""Importable by name; its last argument is a progress callback."""
Run = Callable[..., Any]
"""`confined` or `in_place`."""

SECONDS = 900.0
"""A scan of 100M points takes two minutes to prepare."""
MEMORY_SHARE = 0.75
"""Of the machine's memory."""
LARGEST_FILE = 1 << 38
OPEN_FILES = 256


def confined(task: Task, *arguments: Any, progress: Callable[[float, str], None], seconds: float = SECONDS) -> Any:
    """What the task returns, run in a process with limits on memory, time, files and their size.

    Raises:
        Problem: the task failed, took too long, or was ended for want of memory.
    """
    context = multiprocessing.get_context("spawn")
    link, other = context.Pipe()
    process = context.Process(target=_child, args=(other, task, arguments, seconds), daemon=True)
    process.start()
    other.close()
    try:
        return _outcome(link, progress, time.monotonic() + seconds)
    finally:
        link.close()
        process.kill()
        process.join()


def in_place(task: Task, *arguments: Any, progress: Callable[[float, str], None], seconds: float = SECONDS) -> Any:
    """The same without the process: for files that one made oneself."""
    try:
        return task(*arguments, progress)
    except Exception as error:
        raise problem_of(error) from error


def _outcome(link: Connection, progress: Callable[[float, str], None], deadline: float) -> Any:
    while link.poll(max(0.0, deadline - time.monotonic())):
        try:
            what, value = link.recv()
        except (EOFError, OSError) as error:
            cure = "try a smaller scan, or a machine with more memory"
            raise Problem("read_error", "reading it took more memory or time than is allowed", cure=cure) from error
        if what == "progress":
            progress(*value)
        elif what == "failed":
            raise value
        else:
            return value
    raise Problem("read_error", "reading it took too long", cure="check the file, or convert it first")


def _child(link: Connection, task: Task, arguments: tuple[Any, ...], seconds: float) -> None:
    _limit(seconds)

    def report(share: float, stage: str) -> None:
        link.send(("progress", (share, stage)))

    try:
        link.send(("done", task(*arguments, report)))
    except Exception as error:  # noqa: BLE001
        link.send(("failed", problem_of(error)))


def _limit(seconds: float) -> None:
    memory = int(psutil.virtual_memory().total * MEMORY_SHARE)
    limits = (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, int(4 * seconds)),
        (resource.RLIMIT_FSIZE, LARGEST_FILE),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    )
    for kind, value in limits:
        _, hard = resource.getrlimit(kind)
        resource.setrlimit(kind, (value if hard == resource.RLIM_INFINITY else min(value, hard), hard))
