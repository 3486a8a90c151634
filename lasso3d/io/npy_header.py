"""The header of an NPY array, alone or inside an NPZ: type, order and shape, never anything that is pickled."""

import ast
import struct
import warnings
from dataclasses import dataclass
from math import prod
from typing import Any, Protocol, runtime_checkable

import numpy as np

from lasso3d.core.errors import ReadError

MAGIC = b"\x93NUMPY"
LONGEST_HEADER = 1 << 16
"""Bytes; the description of a thousand fields needs about 30 thousand."""

NO_PICKLE = "save numbers with a plain dtype instead; pickled objects could run programs"


TROUBLE = (
    ValueError,
    TypeError,
    SyntaxError,
    LookupError,
    ArithmeticError,
    AttributeError,
    RecursionError,
    MemoryError,
)
"""What Python's parser and numpy's types throw for damaged descriptions."""


@runtime_checkable
class Readable(Protocol):
    """A file, or a member of an archive."""

    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True)
class NpyHeader:
    """What stands before the numbers."""

    size: int
    """Bytes before the data."""
    descr: Any
    """The type as written, a string or a list of fields."""
    dtype: np.dtype
    fortran: bool
    shape: tuple[int, ...]

    @property
    def nbytes(self) -> int:
        """Bytes of the data."""
        return self.dtype.itemsize * prod(self.shape)


def read_npy_header(file: Readable, *, where: str) -> NpyHeader:
    """Parse the header and stand at the data.

    Raises:
        ReadError: no NPY data, a damaged header, or an array of Python objects.
    """
    start = file.read(12)
    if not start.startswith(MAGIC) or len(start) < 12:
        raise ReadError("is not an array in NPY format", where, "check the file or save it again with numpy")
    # version 1 has a length of two bytes, versions 2 and 3 one of four
    length, size = (
        (struct.unpack("<H", start[8:10])[0], 10) if start[6] == 1 else (struct.unpack("<I", start[8:])[0], 12)
    )
    text = start[size:] + file.read(max(0, min(length, LONGEST_HEADER) - (12 - size)))
    try:
        return _parsed(text, length, size)
    except _Objects:
        raise ReadError("holds Python objects", where, NO_PICKLE) from None
    except TROUBLE as error:
        raise ReadError("has a damaged NPY header", where, "save it again with numpy") from error


class _Objects(Exception):
    """The array holds pickled objects."""


def _parsed(text: bytes, length: int, size: int) -> NpyHeader:
    if len(text) != length:
        raise ValueError("too short or too long")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # damaged literals make the Python parser warn before it refuses
        said = ast.literal_eval(text.decode("utf-8").strip())
        dtype = np.lib.format.descr_to_dtype(said["descr"])
    shape = said["shape"]
    if not isinstance(shape, tuple) or not all(type(side) is int and 0 <= side < 2**48 for side in shape):
        raise ValueError("no shape")
    if dtype.hasobject:
        raise _Objects
    return NpyHeader(size + length, said["descr"], dtype, bool(said["fortran_order"]), shape)


def npy_header(descr: Any, shape: tuple[int, ...]) -> bytes:
    """The header of an array in C order, padded to 64 bytes as numpy does."""
    text = repr({"descr": descr, "fortran_order": False, "shape": shape}).encode()
    version, lead = (b"\x03\x00", 12) if len(text) > 60_000 or not text.isascii() else (b"\x01\x00", 10)
    text += b" " * (-(lead + len(text) + 1) % 64) + b"\n"
    length = struct.pack("<H" if lead == 10 else "<I", len(text))
    return MAGIC + version + length + text


def read_npy_data(file: Readable, header: NpyHeader, *, where: str) -> np.ndarray:
    """The array itself, in native byte order.

    Raises:
        ReadError: the data end early.
    """
    array = np.empty(prod(header.shape), header.dtype)
    view = array.view(np.uint8).data if array.nbytes else memoryview(b"")
    done = 0
    while done < len(view):
        block = file.read(min(len(view) - done, 1 << 20))
        if not block:
            raise ReadError(f"ends before its {header.shape} values", where, "copy or save the file again")
        view[done : done + len(block)] = block
        done += len(block)
    shaped = array.reshape(header.shape, order="F" if header.fortran else "C")
    return shaped if shaped.dtype.isnative else shaped.astype(shaped.dtype.newbyteorder("="))
