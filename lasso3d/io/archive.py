"""NPZ as what it is, a ZIP archive of NPY files."""

import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lasso3d.core.errors import ReadError
from lasso3d.io.npy_header import NpyHeader, read_npy_header

MOST_ARRAYS = 4096

ZIP_TROUBLE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OverflowError,
    struct.error,
)
"""What the zip module throws for damaged, encrypted or unknown contents."""


@contextmanager
def opened_zip(path: Path) -> Iterator[zipfile.ZipFile]:
    """The archive; whatever is wrong with it becomes one ReadError."""
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except ZIP_TROUBLE as error:
        what = f"is a damaged archive ({error or type(error).__name__})"
        raise ReadError(what, str(path), "copy or save the file again") from error


def array_headers(archive: zipfile.ZipFile, path: Path) -> dict[str, NpyHeader]:
    """Header of each array by its key; members that are no arrays are left alone."""
    members = [info for info in archive.infolist() if info.filename.endswith(".npy")]
    if len(members) > MOST_ARRAYS:
        raise ReadError(f"holds {len(members)} arrays", str(path), "save the points alone")
    headers = {}
    for info in members:
        key = info.filename.removesuffix(".npy")
        where = f"{path}, {key}"
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise ReadError("is compressed in an unusual way", where, "save it with numpy.savez")
        with archive.open(info) as member:
            header = read_npy_header(member, where=where)
        if header.size + header.nbytes > info.file_size:
            raise ReadError(f"ends before its {header.shape} values", where, "copy or save the file again")
        headers[key] = header
    return headers
