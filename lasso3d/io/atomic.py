"""Files appear whole or not at all."""

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from lasso3d.core.errors import WriteError

COPY_BYTES = 1 << 20


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """A fresh path beside `target`, with its suffix; renamed onto `target` when the block ends well, else removed.

    A link is followed, so that it still points to the result, and an existing file keeps its permissions.

    Raises:
        WriteError: the folder does not exist or the disk refuses; the old target is still there.
    """
    final = Path(os.path.realpath(target))
    if not final.parent.is_dir():
        raise WriteError(f"the folder {final.parent} does not exist", str(target), "create it first")
    temporary = final.parent / f".tmp-{secrets.token_hex(8)}{final.suffix}"
    try:
        yield temporary
        _settle(temporary, final)
    except OSError as error:
        what = f"cannot be written ({error.strerror or error})"
        raise WriteError(what, str(target), "check free space and permissions") from error
    finally:
        temporary.unlink(missing_ok=True)


def _settle(temporary: Path, final: Path) -> None:
    if final.exists():
        shutil.copymode(final, temporary)
    with temporary.open("rb+") as file:
        os.fsync(file.fileno())
    os.replace(temporary, final)


def copy_bytes(source: IO[bytes], target: IO[bytes], count: int) -> None:
    """Move `count` bytes from where one file stands to where the other does; ends early where the source does."""
    while count > 0 and (block := source.read(min(count, COPY_BYTES))):
        target.write(block)
        count -= len(block)


def copy_rest(source: IO[bytes], target: IO[bytes]) -> None:
    """Copy everything from where the source stands to its end."""
    shutil.copyfileobj(source, target, COPY_BYTES)
