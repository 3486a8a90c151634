"""Progress of long work: a bar on a terminal, now and then a plain line elsewhere; always on stderr."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from lasso3d.core.segmenter import Progress

SECONDS_BETWEEN_LINES = 5.0


@contextmanager
def progress(title: str) -> Iterator[Progress]:
    """A callback `(share, stage)` for the work inside the block."""
    if sys.stderr.isatty():
        with _bar(title) as tell:
            yield tell
    else:
        yield _lines(title)


@contextmanager
def _bar(title: str) -> Iterator[Progress]:
    from rich.console import Console
    from rich.progress import Progress as Bar

    with Bar(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=1.0)
        yield lambda share, stage: bar.update(task, completed=share, description=f"{title}: {stage}")


def _lines(title: str) -> Progress:
    last = time.monotonic()

    def tell(share: float, stage: str) -> None:
        nonlocal last
        if time.monotonic() - last > SECONDS_BETWEEN_LINES:
            last = time.monotonic()
            print(f"{title}: {stage} ({share:.0%})", file=sys.stderr, flush=True)

    return tell
