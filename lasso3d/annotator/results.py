"""What leaves a session and what comes back into it, prepared for the confined process that touches the files."""

import json
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Int32, UInt8

from lasso3d.annotator.codec import inflated, packed
from lasso3d.annotator.desk import Desk
from lasso3d.annotator.exports import journal_of, read_labels, write_export
from lasso3d.annotator.lookups import free_part, mask_points
from lasso3d.annotator.packing import Blob, cells_path
from lasso3d.annotator.problems import Problem
from lasso3d.annotator.scenes import safe_name
from lasso3d.annotator.service import Annotator
from lasso3d.annotator.session import Object
from lasso3d.io.formats import BY_SUFFIX

FORMATS = tuple(sorted(suffix for suffix in BY_SUFFIX if suffix not in (".npy", ".obj", ".stl", ".glb")))
"""What every scan can be exported to; a scan of another format to its own as well."""


@contextmanager
def exported(annotator: Annotator, session: str, suffix: str, *, journal: bool) -> Iterator[Path]:
    """The file to send, there while the block lasts.

    Raises:
        Problem: an unknown format, or a scan that has changed since.
    """
    desk = annotator.desk(session)
    row, manifest = annotator.scenes.row(desk.row.scene), desk.display.manifest
    if suffix not in (*FORMATS, Path(row.path).suffix.lower()):
        raise Problem(
            "bad_request", f"cannot be written as {suffix[:20]!r}", "format", f"choose {', '.join(FORMATS)}"
        )
    objects = [o for o in desk.history.state.objects.values() if o.mask is not None]
    names = tuple(o.name or f"object {o.number}" for o in objects)
    with tempfile.TemporaryDirectory(prefix="lasso3d-") as folder:
        arrays, out = Path(folder) / "labels.npz", Path(folder) / "out"
        out.mkdir()
        np.savez(arrays, label=_rows(desk, objects, annotator), level=_levels(desk, annotator))
        text = json.dumps(journal_of(desk, annotator.store)) if journal else None
        source = (row.path, row.up, row.unit, manifest.source)
        target = out / f"{safe_name(desk.row.name)}_labelled{suffix}"
        yield Path(annotator.scenes.run(write_export, source, str(arrays), names, str(target), text))


def imported(annotator: Annotator, session: str, path: Path) -> dict[str, Any]:
    """Add the labels of an earlier export as objects by one event; points labelled already stay where they are."""
    desk = annotator.desk(session)
    with tempfile.TemporaryDirectory(prefix="lasso3d-") as folder:
        target = Path(folder) / "labels.npy"
        names = annotator.scenes.run(read_labels, str(path), str(desk.display.folder), str(target))
        label = np.load(target, allow_pickle=False)
    objects, blobs = [], []
    for row, name in enumerate(names):
        found = _free(label == row, desk, annotator)
        if found is not None:
            objects.append([name, found[0].digest, found[1]])
            blobs.append(found[0])
    if not objects:
        raise Problem("conflict", "it has no labels for points that are free", path.name, "clear the session first")
    return desk.commit(str(uuid.uuid4()), "import", {"objects": objects}, tuple(blobs))


def _free(mask: Any, desk: Desk, annotator: Annotator) -> tuple[Blob, int] | None:
    try:
        return free_part(packed(mask), desk.history.state, desk.display, annotator.store)
    except Problem:
        return None


def _rows(desk: Desk, objects: list[Object], annotator: Annotator) -> Int32[np.ndarray, " n"]:
    """Row of every point of the scene, -1 = none."""
    shown = np.full(desk.display.manifest.n, -1, np.int32)
    for row, known in enumerate(objects):
        shown[mask_points(known.mask or "", desk.display, annotator.store)] = row
    return _in_scene_order(shown, desk)


def _levels(desk: Desk, annotator: Annotator) -> UInt8[np.ndarray, " n"]:
    """Level of uncertainty of every point of the scene; 0 where nothing was answered."""
    heat = desk.history.state.heat
    path = None if heat is None else cells_path(desk.display.folder, heat.cells)
    if heat is None or path is None or not path.exists():
        return np.zeros(desk.display.manifest.n, np.uint8)
    blob = annotator.store.blob(heat.digest)
    return _in_scene_order(inflated(blob.content, size=blob.size)[np.load(path)], desk)


def _in_scene_order(shown: np.ndarray, desk: Desk) -> np.ndarray:
    values = np.empty_like(shown)
    values[desk.display.perm] = shown
    return values
