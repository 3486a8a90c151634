"""What a run has to know about where it runs: signals and hardware."""

import os
import platform
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import torch

PATIENCE = 1.0
"""Seconds: a launcher passes on the Ctrl-C that the whole group has heard, which is no second one."""


@contextmanager
def stop_on_signals() -> Iterator[Callable[[], bool]]:
    """A function that says whether SIGINT or SIGTERM came; a second Ctrl-C does not wait for the step to end."""
    heard: list[float] = []

    def hear(number: int, frame: FrameType | None) -> None:
        if number == signal.SIGINT and heard and time.monotonic() - heard[0] > PATIENCE:
            raise KeyboardInterrupt
        heard.append(time.monotonic())

    if threading.current_thread() is not threading.main_thread():
        # only the main thread may listen
        yield lambda: False
        return
    before = {number: signal.signal(number, hear) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: bool(heard)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def hardware(device: torch.device, *, count: int) -> str:
    """What the weights were learned on, in words."""
    if device.type == "cuda":
        return f"{count} x {torch.cuda.get_device_name(device)}"
    processes = f", {count} processes" if count > 1 else ""
    return f"{_processor()}, {os.cpu_count()} cores{processes}"


def _processor() -> str:
    """Linux says it in a file; elsewhere the platform's word has to do."""
    file = Path("/proc/cpuinfo")
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.processor() or platform.machine()
