"""Results out and in: scans with labels, the journal, and labels from an earlier export."""

import json
import zipfile
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Int32, UInt8

from lasso3d import __version__
from lasso3d.annotator.codec import LEVELS, bitset_size, inflated, unpacked
from lasso3d.annotator.desk import Desk
from lasso3d.annotator.store import Store
from lasso3d.annotator.tiles import Display
from lasso3d.core.errors import ReadError, WriteError
from lasso3d.core.scene import Up
from lasso3d.core.segmentation import Segmentation
from lasso3d.io.export import write_segmentation
from lasso3d.io.scenes import read_scene

JOURNAL_FORMAT = 1
JOURNAL_KIND = "lasso3d journal"
LONGEST_NAME = 200
MOST_ROWS = 10_000
LABEL = "lasso_label"
NAMES_KEY = "lasso_names"
Progress = Callable[[float, str], None]


def write_export(
    source: tuple[str, Up, float, str],
    arrays: str,
    names: tuple[str, ...],
    target: str,
    journal: str | None,
    progress: Progress,
) -> str:
    """Write a scan with labels; the path of what is to be sent: one file, or a ZIP archive of several.

    Args:
        source: path, axis, unit and sha256 of the scan as it was opened.
        arrays: an NPZ file with the label (row, -1 = none) and the level of uncertainty of every point.
        names: of the rows.
        target: where to, in a folder of its own.
        journal: goes beside it.
    """
    path, up, unit, digest = source
    progress(0.0, "reading")
    scene = read_scene(Path(path), up=up, unit=unit)
    if scene.source is None or scene.source.digest != digest:
        raise WriteError("the file has changed since it was opened", Path(path).name, "open it again")
    with np.load(arrays, allow_pickle=False) as loaded:
        label, level = loaded["label"], loaded["level"]
    progress(0.5, "writing")
    write_segmentation(target, scene, segmentation_of(label, level, names))
    if journal is not None:
        Path(target).with_name(f"{Path(target).stem}.journal.json").write_text(journal, encoding="utf-8")
    written = sorted(Path(target).parent.iterdir())
    return str(written[0] if len(written) == 1 else _zipped(written, Path(target)))


def segmentation_of(
    label: Int32[np.ndarray, " n"], level: UInt8[np.ndarray, " n"], names: tuple[str, ...]
) -> Segmentation:
    """Labels as a segmentation, whose tokens are the pairs of label and uncertainty: few for any scan."""
    of_point = (label + 1) * np.int32(LEVELS) + level.astype(np.int32)
    row = np.arange((len(names) + 1) * LEVELS) // LEVELS - 1
    probability = (row[None] == np.arange(len(names))[:, None]).astype(np.float32)
    uncertainty = np.tile(np.arange(LEVELS, dtype=np.float32) / (LEVELS - 1), len(names) + 1)
    return Segmentation(probability, of_point, names, np.ones(len(names)), uncertainty, exclusive=True)


def read_labels(path: str, folder: str, target: str, progress: Progress) -> list[str]:
    """Labels of an earlier export in the order of the points shown, written to `target`; names of the rows.

    Args:
        folder: of the prepared scene.

    Raises:
        ReadError: no labels inside, or of another scan.
    """
    progress(0.0, "reading")
    display, place = Display(Path(folder)), Path(path)
    plain = _json(place) if place.suffix.lower() == ".json" else {}
    if plain.get("kind") == JOURNAL_KIND:
        label, names = _from_journal(plain, display, place.name)
    else:
        label, names = _from_json(plain, place.name) if plain else _from_scan(place)
        if len(label) != display.manifest.n:
            what = f"has labels for {len(label):,} points, the scan has {display.manifest.n:,}"
            raise ReadError(what, place.name, "import into the scan it was exported from")
        label = label[display.perm]
    rows = int(label.max(initial=-1)) + 1
    if rows > MOST_ROWS:
        raise ReadError(f"has {rows:,} labels, more than {MOST_ROWS:,}", place.name, "merge some of them first")
    np.save(target, label.astype(np.int32), allow_pickle=False)
    return [*names[:rows], *(f"object {i + 1}" for i in range(len(names), rows))]


def journal_of(desk: Desk, store: Store) -> dict[str, Any]:
    """The whole log of a session, the chain of every answer, and the masks as they are.

    Events and chain are enough to work every mask out again (`replay`); the masks come along for whoever cannot.
    """
    manifest, history, row = desk.display.manifest, desk.history, desk.row
    scene = {
        name: getattr(manifest, name) for name in ("name", "n", "digest", "source", "order", "origin", "up", "unit")
    }
    objects = [known for known in history.state.objects.values() if known.mask is not None]
    return {
        "kind": JOURNAL_KIND,
        "format": JOURNAL_FORMAT,
        "version": __version__,
        "session": {"id": row.id, "name": row.name, "system": row.system, "created": row.created},
        "scene": scene,
        "events": [asdict(event) for event in store.events(row.id)],
        "answers": [asdict(answer) for answer in history.answers.values()],
        "objects": [asdict(known) for known in history.state.objects.values()],
        "masks": {o.mask: b64encode(store.blob(o.mask or "").content).decode() for o in objects},
    }


def _from_journal(plain: dict[str, Any], display: Display, where: str) -> tuple[Int32[np.ndarray, " n"], list[str]]:
    """Masks of the objects of a journal, which are in the order of the points shown already."""
    n = display.manifest.n
    names: list[str] = []
    label = np.full(n, -1, np.int32)
    try:
        if plain["scene"]["order"] != display.manifest.order:
            raise ReadError("is the journal of another scan", where, "open that scan")
        for known in plain["objects"]:
            if known["mask"] is not None:
                bits = inflated(b64decode(plain["masks"][known["mask"]]), size=bitset_size(n))
                label[unpacked(bits, n)] = len(names)
                names.append(_text(known["name"] or f"object {known['number']}"))
    except (KeyError, TypeError, ValueError) as error:
        raise ReadError(f"is no journal that can be read ({error})", where, "export it again") from error
    return label, names


def _from_scan(path: Path) -> tuple[np.ndarray, list[str]]:
    scene = read_scene(path)
    found = sorted(name for name in scene.extra if name == LABEL or name.startswith(f"{LABEL}_"))
    if not found:
        raise ReadError("holds no lasso_label", path.name, "import a file that was exported with labels")
    # where labels were added to labels, the last are the newest
    label = scene.extra[found[-1]]
    return np.rint(label).astype(np.int32), _names_in(path)


def _names_in(path: Path) -> list[str]:
    """Names of the rows, where the file has them inside."""
    if path.suffix.lower() == ".npz":
        with np.load(path, allow_pickle=False) as loaded:
            key = next((k for k in reversed(loaded.files) if k.startswith(NAMES_KEY)), None)
            return [] if key is None else [str(name) for name in np.atleast_1d(loaded[key])]
    if path.suffix.lower() == ".ply":
        with path.open("rb") as file:
            head = file.read(1 << 16).partition(b"end_header")[0].decode("utf-8", "replace")
        lines = [line for line in head.splitlines() if line.startswith(f"comment {NAMES_KEY}")]
        if lines:
            return _texts(json.loads(lines[-1][lines[-1].index("[") :]))
    return []


def _json(path: Path) -> dict[str, Any]:
    try:
        plain = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise ReadError("is no JSON", path.name, "export it again") from error
    if not isinstance(plain, dict) or not plain:
        raise ReadError("is no JSON object with labels", path.name, "export it again")
    return plain


def _from_json(plain: dict[str, Any], where: str) -> tuple[np.ndarray, list[str]]:
    try:
        return np.asarray(plain[LABEL], np.int32).reshape(-1), _texts(plain.get(NAMES_KEY, []))
    except (ValueError, KeyError, TypeError, OverflowError) as error:
        cure = "import the scan itself, a journal, or the labels.json of a mesh"
        raise ReadError("is no JSON with labels of points", where, cure) from error


def _texts(names: Any) -> list[str]:
    return [_text(name) for name in names] if isinstance(names, list) else []


def _text(name: Any) -> str:
    return str(name)[:LONGEST_NAME]


def _zipped(files: list[Path], target: Path) -> Path:
    archive = target.with_name(f"{target.stem}.zip")
    with zipfile.ZipFile(archive, "x", zipfile.ZIP_DEFLATED, compresslevel=1) as bundle:
        for file in files:
            bundle.write(file, file.name)
    return archive
