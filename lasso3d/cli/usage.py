"""Options that the command line's own parser cannot judge."""

import math
from pathlib import Path

from lasso3d.core.errors import WriteError


class WrongUsage(Exception):
    """Arguments that make no sense; the command ends with exit code 2."""


def require_positive(**options: float | int | None) -> None:
    """WrongUsage for an option that is given and no finite number above zero."""
    for name, value in options.items():
        if value is not None and not (math.isfinite(value) and value > 0):
            raise WrongUsage(f"--{name.replace('_', '-')} must be above 0, found {value}")


def require_not_negative(**options: int) -> None:
    """WrongUsage for a number below zero."""
    for name, value in options.items():
        if value < 0:
            raise WrongUsage(f"--{name} must be 0 or more, found {value}")


def require_writable(*targets: Path | None) -> None:
    """Say before the work, not after it, that a result cannot be written."""
    for target in targets:
        if target is not None and not target.absolute().parent.is_dir():
            raise WriteError("its folder does not exist", str(target), f"create {target.parent}")
