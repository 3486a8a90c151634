"""NPZ written back with labels, or anew."""

import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from lasso3d.core.errors import WriteError
from lasso3d.io.archive import opened_zip
from lasso3d.io.atomic import COPY_BYTES
from lasso3d.io.npy_header import NO_PICKLE, npy_header
from lasso3d.io.records import LabelColumns, Records


def label_npz(source: Path, target: Path, labels: LabelColumns) -> None:
    """A copy of `source` with labels and names as four more arrays; all other members keep their bytes."""
    with opened_zip(source) as archive, zipfile.ZipFile(target, "w") as out:
        members = {info.filename: info for info in archive.infolist()}
        for info in members.values():
            with archive.open(info) as member, out.open(info, "w", force_zip64=info.file_size >= 2**31) as copy:
                shutil.copyfileobj(member, copy, COPY_BYTES)
        taken = [name.removesuffix(".npy") for name in members]
        compression = next(iter(members.values())).compress_type
        _write_arrays(out, _label_arrays(labels, taken), compression=compression)


def write_npz(target: Path, records: Records, labels: LabelColumns | None) -> None:
    """An uncompressed file with xyz, rgb, normals, every other field, and the labels with their names.

    Raises:
        WriteError: a field of Python objects.
    """
    for name, values in records.extra.items():
        if values.dtype.hasobject:
            raise WriteError(f"the field {name} holds Python objects", str(target), NO_PICKLE)
    known = {"xyz": records.xyz, "rgb": records.rgb, "normals": records.normals}
    arrays = {**records.extra, **{name: array for name, array in known.items() if array is not None}}
    ours = _label_arrays(labels, list(arrays)) if labels else {}
    with zipfile.ZipFile(target, "w") as out:
        _write_arrays(out, arrays | ours, compression=zipfile.ZIP_STORED)


def _label_arrays(labels: LabelColumns, taken: list[str]) -> dict[str, np.ndarray]:
    names = np.array(labels.names, np.str_) if labels.names else np.zeros(0, "<U1")
    return {**labels.columns(taken), labels.names_key(taken): names}


def _write_arrays(out: zipfile.ZipFile, arrays: Mapping[str, np.ndarray], *, compression: int) -> None:
    for name, array in arrays.items():
        info = zipfile.ZipInfo(f"{name}.npy")
        info.compress_type = compression
        with out.open(info, "w", force_zip64=array.nbytes >= 2**31) as member:
            member.write(npy_header(np.lib.format.dtype_to_descr(array.dtype), array.shape))
            member.write(np.ascontiguousarray(array).reshape(-1).view(np.uint8).data)
