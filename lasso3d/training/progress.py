"""What a run says: JSON lines for programs, a bar on a terminal, plain lines elsewhere."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lasso3d.io.atomic import replacing
from lasso3d.training.runs import TrainSettings

LOG = "log.jsonl"

Tell = Callable[[str], None]
"""Show one line about where the run is."""


class Log:
    """One line of means over the last `log_every` steps (or since the run was resumed), appended and shown."""

    def __init__(self, out: Path, settings: TrainSettings, *, step: int, tell: Tell) -> None:
        self._path = out / LOG
        self._settings = settings
        self._tell = tell
        self._heard: list[dict[str, float]] = []
        self._since = time.monotonic()
        _forget_after(self._path, step)

    def hear(self, step: int, values: dict[str, float], *, rate: float) -> None:
        """The losses and the gradient norm of the update that made it `step` updates."""
        self._heard.append(values)
        if step % self._settings.log_every == 0 or step == self._settings.steps:
            self._write(step, rate)

    def _write(self, step: int, rate: float) -> None:
        seconds = time.monotonic() - self._since
        # a recipe may learn one thing first and others later
        names = dict.fromkeys(name for each in self._heard for name in each)
        said = {name: [each[name] for each in self._heard if name in each] for name in names}
        means = {name: sum(values) / len(values) for name, values in said.items()}
        norm = means.pop("grad_norm")
        speed = len(self._heard) * self._settings.batch / max(seconds, 1e-9)
        entry = {"step": step, "losses": means, "learning_rate": rate, "grad_norm": norm}
        entry |= {"seconds": round(seconds, 3), "examples_per_second": round(speed, 3)}
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry) + "\n")
        self._tell(
            _line(entry, self._settings.steps, left=(self._settings.steps - step) * seconds / len(self._heard))
        )
        self._heard, self._since = [], time.monotonic()


def _forget_after(path: Path, step: int) -> None:
    """Drop what a killed run logged after its last save: those steps will be made again."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    kept = [line for line in lines if (found := _step_of(line)) is not None and found <= step]
    with replacing(path) as temporary:
        temporary.write_text("".join(f"{line}\n" for line in kept), encoding="utf-8")


def _step_of(line: str) -> int | None:
    """None for a line that was cut off in the middle."""
    try:
        return int(json.loads(line)["step"])
    except ValueError:
        return None


def _line(entry: dict[str, Any], steps: int, *, left: float) -> str:
    losses = "  ".join(f"{name} {value:.4g}" for name, value in entry["losses"].items())
    share = f"step {entry['step']}/{steps}"
    speed = f"{entry['examples_per_second']:.3g} scenes/s"
    clock = f"{int(left) // 3600}:{int(left) // 60 % 60:02}:{int(left) % 60:02} left"
    return f"{share}  {losses}  lr {entry['learning_rate']:.3g}  |g| {entry['grad_norm']:.3g}  {speed}  {clock}"


@contextmanager
def shown(steps: int, *, done: int, leads: bool) -> Iterator[tuple[Callable[[int], None], Tell]]:
    """Two functions: `advance(step)` after each step, `tell(line)` now and then; only the leader speaks."""
    if not leads:
        yield (lambda step: None), (lambda line: None)
    elif sys.stderr.isatty() and (bar := _bar()) is not None:
        with bar:
            task = bar.add_task("training", total=steps, completed=done)
            yield (lambda step: bar.update(task, completed=step)), bar.console.print
    else:
        yield (lambda step: None), (lambda line: print(line, file=sys.stderr, flush=True))  # noqa: T201


def _bar() -> Any | None:
    """None where rich is not installed."""
    try:
        from rich.console import Console
        from rich.progress import MofNCompleteColumn, Progress, TimeRemainingColumn
    except ImportError:
        return None
    columns = (*Progress.get_default_columns()[:-1], MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=Console(stderr=True, highlight=False, markup=False))
