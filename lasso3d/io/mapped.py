"""The bytes of a file as an array."""

from pathlib import Path

import numpy as np
from jaxtyping import UInt8

from lasso3d.core.errors import ReadError


def map_file(path: Path) -> UInt8[np.ndarray, " b"]:
    """The bytes of a file, read-only, brought into memory only where they are looked at.

    Raises:
        ReadError: the file is empty or cannot be opened.
    """
    try:
        return np.memmap(path, np.uint8, "r").view(np.ndarray)
    except ValueError as error:
        raise ReadError("the file is empty", str(path), "copy it again from where it came") from error
    except OSError as error:
        raise ReadError(error.strerror or "cannot be opened", str(path), "check the path and its rights") from error
