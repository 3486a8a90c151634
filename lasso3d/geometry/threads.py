"""Sharing out compiled loops over threads.

numba's own parallel loops abort in a process forked after their first use; this pool is made anew there.
"""

import itertools
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

_pool: ThreadPoolExecutor | None = None


def _forget_pool() -> None:
    global _pool
    _pool = None


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_pool)


def share(work: Callable[[int, int], None], items: int, *, threads: int) -> None:
    """Run `work(first, last)` over ranges of all items on so many threads, this one among them."""
    global _pool
    threads = min(threads, items)
    if threads <= 1:
        work(0, items)
        return
    at_once = max(1, items // (4 * threads))  # small enough to even out, large enough not to matter
    firsts = itertools.count(0, at_once)

    def drain() -> None:
        while (first := next(firsts)) < items:
            work(first, min(items, first + at_once))

    if _pool is None:
        _pool = ThreadPoolExecutor(os.cpu_count(), thread_name_prefix="lasso3d")
    others = [_pool.submit(drain) for _ in range(threads - 1)]
    drain()
    for other in others:
        other.result()
