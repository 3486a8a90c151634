"""JSON, tables and lists that data sets come with: what they hold, or one line that says what is wrong."""

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

from lasso3d.core.errors import ReadError

T = TypeVar("T")

AGAIN = "copy or download it again"


def json_of(path: Path, kind: type[T], cure: str = AGAIN) -> T:
    """What a JSON file holds.

    Raises:
        ReadError: it is missing, damaged, or holds something that is not of this kind.
    """
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise _unreadable(path, error, cure) from error
    if not isinstance(found, kind):
        raise ReadError(f"holds a {type(found).__name__}, not a {kind.__name__}", str(path), cure)
    return found


def lines_of(path: Path, cure: str = AGAIN) -> tuple[str, ...]:
    """The lines of a list that hold something, without the blanks around them.

    Raises:
        ReadError: it is missing or no text.
    """
    try:
        text = path.read_text("utf-8")
    except (OSError, ValueError) as error:
        raise _unreadable(path, error, cure) from error
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def table_of(
    path: Path, columns: Sequence[str], *, delimiter: str = ",", cure: str = AGAIN
) -> list[tuple[str, ...]]:
    """Some columns of a table with a line of names, row by row.

    Raises:
        ReadError: it is missing or no text, or lacks one of the columns, in its first line or in a row.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as text:
            reader = csv.DictReader(text, delimiter=delimiter)
            missing = [name for name in columns if name not in (reader.fieldnames or ())]
            rows = [] if missing else [tuple(row[name] for name in columns) for row in reader]
    except (OSError, ValueError, csv.Error) as error:
        raise _unreadable(path, error, cure) from error
    if missing:
        raise ReadError(f"has no column {', '.join(missing)}", str(path), cure)
    for number, row in enumerate(rows, 1):
        if None in row:
            raise ReadError(f"ends within row {number}", str(path), cure)
    return rows


def whole_number(value: Any) -> int | None:
    """A whole number of 32 bits, which files hold as a number or as text; None = something else."""
    if isinstance(value, str) and value.strip().removeprefix("-").isdecimal():
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**31 - 1 else None


def refuse_any(names: Sequence[object], what: str, where: Path, *, cure: str) -> None:
    """ReadError that lists the names, the first 20 of them; nothing where there are none."""
    if names:
        some = ", ".join(map(str, names[:20])) + (" ..." if len(names) > 20 else "")
        raise ReadError(f"{what}: {some} ({len(names)} in all)", str(where), cure)


def _unreadable(path: Path, error: Exception, cure: str) -> ReadError:
    reason = error.strerror if isinstance(error, OSError) else error
    return ReadError(f"cannot be read ({reason})", str(path), cure)
