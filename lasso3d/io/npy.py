"""NPY: one array, a table of three or six columns or a structured one with x, y and z among its fields."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from lasso3d.core.errors import ReadError, WriteError
from lasso3d.io.atomic import copy_rest
from lasso3d.io.columns import RGB, XYZ, Column, binary_rows, gather, packed, refuse_short
from lasso3d.io.npy_header import NpyHeader, npy_header, read_npy_data, read_npy_header
from lasso3d.io.npz import RGB_KEYS, XYZ_KEYS, as_coordinates
from lasso3d.io.records import LabelColumns, Records, colours_u8, directions_f32

TRIPLES = dict.fromkeys(XYZ_KEYS, XYZ[0]) | dict.fromkeys(RGB_KEYS, RGB[0])
"""Fields that hold three values at once, and what those are."""


def read_npy(path: Path) -> Records:
    """Points of a table x y z, or x y z red green blue (nx ny nz where negative), or of a structured array.

    Raises:
        ReadError: an array of another shape, or of Python objects.
    """
    header = _header(path)
    if header.dtype.names is not None:
        return _read_structured(path, header)
    with path.open("rb", buffering=0) as file:
        file.seek(header.size)
        table = read_npy_data(file, header, where=str(path))
    xyz = as_coordinates(table[:, :3])
    if table.shape[1] == 3:
        return Records(xyz)
    if (table[:, 3:] < 0).any():
        return Records(xyz, normals=directions_f32(table[:, 3:]))
    return Records(xyz, rgb=colours_u8(table[:, 3:]))


def count_npy(path: Path) -> int:
    """Number of points, from the header."""
    return _header(path).shape[0]


def _header(path: Path) -> NpyHeader:
    """The header of an array that can hold points and is there as a whole."""
    where = str(path)
    with path.open("rb") as file:
        header = read_npy_header(file, where=where)
    table = header.dtype.kind in "iuf" and header.shape[1:] in ((3,), (6,))
    if not table and (header.dtype.names is None or len(header.shape) != 1):
        what = f"holds {header.dtype} of shape {list(header.shape)}, which is no table of points"
        raise ReadError(what, where, "save [n 3], [n 6] or a structured array with x, y, z")
    if header.shape[0] == 0:
        raise ReadError("holds no points", where, "check the program that wrote it")
    refuse_short(path, header.size + header.nbytes, promised=f"{header.shape[0]} points")
    return header


def _read_structured(path: Path, header: NpyHeader) -> Records:
    fields = {name: column for name in header.dtype.names or () if (column := _column(name, header.dtype[name]))}
    columns = [part for column in fields.values() for part in _parts(column)]
    with path.open("rb", buffering=0) as file:
        file.seek(header.size)
        blocks = (
            [
                part
                for name, column in fields.items()
                for part in _split(rows.view(header.dtype)[:, 0][name], column)
            ]
            for rows in binary_rows(file, header.dtype.itemsize, header.shape[0], where=str(path))
        )
        return gather(columns, header.shape[0], blocks, where=str(path))


def _column(name: str, dtype: np.dtype) -> Column | None:
    """A field as a column; None for padding and for types that are no numbers or text."""
    base, shape = dtype.subdtype or (dtype, ())
    if base.kind not in "biufSU" or len(shape) > 1 or 0 in shape:
        return None
    return Column(name, base.newbyteorder("="), shape[0] if shape else 1)


def _parts(column: Column) -> list[Column]:
    names = TRIPLES.get(column.name.lower(), ())
    return [Column(name, column.dtype) for name in names] if column.width == 3 and names else [column]


def _split(values: np.ndarray, column: Column) -> Iterator[np.ndarray]:
    parts = len(_parts(column))
    if parts == 1:
        yield values if column.width > 1 or values.ndim == 1 else values[:, 0]
    else:
        yield from values.T


def label_npy(source: Path, target: Path, labels: LabelColumns) -> None:
    """A copy of a structured array with three more fields behind the others.

    Raises:
        WriteError: a plain table, which has no room for fields.
    """
    header = _header(source)
    if header.dtype.names is None:
        raise WriteError("a plain NPY table cannot hold labels", str(source), "write .npz instead")
    columns = labels.columns(header.dtype.names)
    arrays = list(columns.values())
    descr = [*header.descr, *((name, f"<{array.dtype.str[1:]}") for name, array in columns.items())]
    with source.open("rb") as file, target.open("wb") as out:
        file.seek(header.size)
        out.write(npy_header(descr, header.shape))
        start = 0
        for rows in binary_rows(file, header.dtype.itemsize, header.shape[0], where=str(source)):
            stop = start + len(rows)
            added = packed([array[start:stop] for array in arrays], order="<")
            out.write(np.concatenate([rows, added], axis=1).data)
            start = stop
        copy_rest(file, out)
