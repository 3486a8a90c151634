"""The field's data sets as they are released: which of them lies in a folder, or in a file of sentences."""

from collections.abc import Callable
from pathlib import Path

from lasso3d.core.errors import ReadError
from lasso3d.data import multi3drefer, nr3d, scanrefer
from lasso3d.data.example import ReadOnAccess
from lasso3d.data.multi3drefer import multi3drefer_scans
from lasso3d.data.nr3d import nr3d_scans
from lasso3d.data.replica import replica_scenes
from lasso3d.data.s3dis import s3dis_rooms
from lasso3d.data.scannet_official import LabelSet, scannet_scans
from lasso3d.data.scannetpp import scannetpp_scenes
from lasso3d.data.scanrefer import scanrefer_scans

LAYOUTS = (
    "scans/*/*_vh_clean_2.ply (ScanNet's release), data/*/scans/mesh_aligned_0.05.ply (ScanNet++), "
    "Area_*/*/Annotations (S3DIS), */habitat/mesh_semantic.ply (Replica)"
)
"""What `open_official` looks for."""
SENTENCES: tuple[tuple[str, Callable[..., ReadOnAccess]], ...] = (
    (scanrefer.PATTERN, scanrefer_scans),
    (multi3drefer.PATTERN, multi3drefer_scans),
    *((pattern, nr3d_scans) for pattern in nr3d.PATTERNS),
)
"""Names of files, in lower case, and what reads them."""


def open_official(folder: Path, *, labels: LabelSet = "scannet20", split: str | None = None) -> ReadOnAccess:
    """The examples of ScanNet, ScanNet++, S3DIS or Replica; nothing where none of them lies in the folder.

    Args:
        labels: the classes of ScanNet; the others have one set each and are not looked for with another.
        split: a part of the data set; None = the part that tables are over (`docs/files.md`).

    Raises:
        ReadError: the data set is not complete, or has no such part.
    """
    scans = scannet_scans(folder, labels=labels, split=split)
    if len(scans) or labels != "scannet20":
        return scans
    others = (reader(folder, split=split) for reader in (scannetpp_scenes, s3dis_rooms, replica_scenes))
    return next(filter(len, others), scans)


def open_sentences(file: Path, *, labels: LabelSet = "scannet20", split: str | None = None) -> ReadOnAccess:
    """The scans that a file of ScanRefer, Nr3D or Multi3DRefer speaks of, with its sentences.

    Raises:
        ReadError: another file, other labels than ScanNet's 20, or see the reader of each.
    """
    if labels != "scannet20":
        raise ReadError("is read with ScanNet's 20 classes alone", str(file), "leave --labels away")
    for pattern, reader in SENTENCES:
        if Path(file.name.lower()).match(pattern):
            return reader(file, split=split)
    known = ", ".join(pattern for pattern, _ in SENTENCES)
    raise ReadError("is no data set", str(file), f"give a folder, or sentences: {known}")
