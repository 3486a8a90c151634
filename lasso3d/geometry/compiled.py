"""How this library compiles its hot loops."""

import inspect
from collections.abc import Callable
from typing import Any

import numba


def compiled(loop: Callable[..., Any]) -> Any:
    """Compile a plain Python loop with numba, cached on disk, without the interpreter lock.

    Shape checking in tests wraps every function of the library; numba must see the loop itself, so wrappers
    are taken off first. The plain loop stays callable as `compiled(loop).py_func`.
    """
    return numba.njit(inspect.unwrap(loop), cache=True, nogil=True)
