"""Cloud Optimized Point Clouds: LAZ files with an index of their chunks, which must follow when the chunks move.

Layouts are those of the COPC 1.0 specification (copc.io).
"""

import struct
from pathlib import Path

import numpy as np

from lasso3d.core.errors import WriteError
from lasso3d.io.las_file import open_las
from lasso3d.io.las_header import LasLayout
from lasso3d.io.laz_chunks import Chunks

INFO, HIERARCHY = (b"copc", 1), (b"copc", 1000)
"""User and record number of the description and of the index."""

ROOT_OFFSET = 40
"""Where the description holds the position of the root page."""

ENTRY = np.dtype([("key", "<i4", 4), ("offset", "<u8"), ("size", "<i4"), ("count", "<i4")])
"""A chunk (count above 0), an empty cell (0), or a further page of the index (-1)."""


def is_copc(layout: LasLayout) -> bool:
    """Whether the file has such an index."""
    return layout.vlr(*INFO) is not None


def move_index(target: Path, layout: LasLayout, chunks: Chunks) -> None:
    """Make the copied index of `target` name the chunks there; `layout` and `chunks` are those of the source.

    Raises:
        WriteError: the index of the source names chunks that it does not have.
    """
    copy = open_las(target)
    info, hierarchy = copy.layout.vlr(*INFO), _hierarchy(copy.layout)
    if info is None or hierarchy is None or copy.chunks is None:
        raise _lost(layout)
    shift = copy.layout.tail - layout.tail
    entries = np.frombuffer(copy.data[hierarchy[0] : hierarchy[1]].tobytes(), ENTRY).copy()
    old, new = _filled(chunks), _filled(copy.chunks)
    here = entries["count"] > 0
    which = np.minimum(np.searchsorted(old.start, entries["offset"][here].astype(np.int64)), len(old.start) - 1)
    if (old.start[which] != entries["offset"][here].astype(np.int64)).any():
        raise _lost(layout)
    entries["offset"][here], entries["size"][here] = new.start[which], new.size[which]
    entries["offset"][entries["count"] < 0] += np.uint64(shift)
    root = struct.unpack_from("<Q", copy.data.data, info.payload + ROOT_OFFSET)[0] + shift
    with target.open("r+b") as file:
        file.seek(info.payload + ROOT_OFFSET)
        file.write(struct.pack("<Q", root))
        file.seek(hierarchy[0])
        file.write(entries.tobytes())


def _hierarchy(layout: LasLayout) -> tuple[int, int] | None:
    """Where the index lies, whole entries only."""
    found = next((vlr for vlr in layout.evlrs if (vlr.user, vlr.record) == HIERARCHY), None)
    if found is None:
        return None
    return found.payload, found.payload + (found.stop - found.payload) // ENTRY.itemsize * ENTRY.itemsize


def _filled(chunks: Chunks) -> Chunks:
    full = chunks.count > 0
    return Chunks(chunks.description, chunks.start[full], chunks.size[full], chunks.count[full])


def _lost(layout: LasLayout) -> WriteError:
    what = "the COPC index does not fit the points, so it cannot follow them"
    return WriteError(what, str(layout.path), "write a .las, or convert the file to plain LAZ first")
