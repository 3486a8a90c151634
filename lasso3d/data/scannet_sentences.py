"""Sentences over ScanNet's objects, joined to its scans: what ScanRefer, Nr3D and Multi3DRefer have in common."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from lasso3d.core.errors import ReadError
from lasso3d.data.example import ReadOnAccess
from lasso3d.data.scannet_official import (
    Release,
    Scan,
    find_release,
    listed_scans,
    read_labels,
    read_scan,
    refuse_missing,
)
from lasso3d.data.text_files import AGAIN, whole_number

NEIGHBOURS = ("", "scannet", "scannetv2", "ScanNet")
"""Folders with ScanNet, looked for where the file lies and up to three folders above it."""


class Said(NamedTuple):
    """A sentence of a file."""

    scan: str
    text: str
    objects: tuple[int, ...]
    """`objectId`s; none = nothing in the scan fits."""


def joined(sentences: Iterable[Said], path: Path, *, split: str | None = None) -> ReadOnAccess:
    """The scans that sentences speak of, each with all of its sentences, in the order of the file.

    The classes are the 20 of ScanNet; objects of any other, ceilings apart, are "other furniture", as ScanRefer's
    scorer has them where it asks whether an object is the only one of its class.

    Args:
        split: the scans of this split alone.

    Raises:
        ReadError: no scans nearby, scans that are missing, or no sentence about the split.
    """
    release = _release_near(path)
    of_scan: dict[str, list[tuple[str, tuple[int, ...]]]] = {}
    for said in sentences:
        of_scan.setdefault(said.scan, []).append((said.text, said.objects))
    labels = read_labels(release, "scannet20", rest=True)
    if split is not None:
        wanted = {scan.folder.name for scan in listed_scans(release, split, labels)}
        of_scan = {name: said for name, said in of_scan.items() if name in wanted}
    if not of_scan:
        raise ReadError(f"holds no sentences about {split or 'anything'}", str(path), AGAIN)
    refuse_missing(release.scans, tuple(of_scan))
    scans = [Scan(release.scans / name, labels, spoken=tuple(said)) for name, said in of_scan.items()]
    return ReadOnAccess(scans, read_scan)


def said_of(scan: Any, text: Any, objects: Any, *, path: Path, row: int) -> Said:
    """One sentence, checked.

    Raises:
        ReadError: a name or text that is none, or objects that are not whole numbers from 0.
    """
    ids = [whole_number(value) for value in objects] if isinstance(objects, list) else [None]
    fit = isinstance(scan, str) and isinstance(text, str) and bool(text.strip())
    if not fit or any(number is None or number < 0 for number in ids):
        cure = "a scan, a text and objects from 0 are needed; sentences of a hidden test set have no objects"
        raise ReadError(f"sentence {row} is incomplete", str(path), cure)
    return Said(scan, text.strip(), tuple(number for number in ids if number is not None))


def _release_near(path: Path) -> Release:
    for folder in path.absolute().parents[:4]:
        for name in NEIGHBOURS:
            release = find_release(folder / name)
            if release is not None:
                return release
    places = "the folder of that file or one above it, there in scans, scannet/scans or scannetv2/scans"
    raise ReadError("there is no copy of ScanNet nearby", str(path), f"put or link ScanNet's scans into {places}")
