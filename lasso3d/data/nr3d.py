"""Nr3D: each sentence tells one object of a ScanNet scan from others of its class. Sr3D's tables read the same.

`nr3d.csv` or `nr3d_{train,test}.csv`, with the columns scan_id, target_id and utterance among others; test is about
ScanNet's val. No row is left out: ReferIt3D's own figures leave out sentences that do not name the class
(`mentions_target_class`), M3DRef-CLIP's do not. Source: github.com/referit3d/referit3d, `in_out/`.
"""

from pathlib import Path

from lasso3d.data.example import ReadOnAccess
from lasso3d.data.scannet_sentences import joined, said_of
from lasso3d.data.text_files import table_of

PATTERNS = ("nr3d*.csv", "sr3d*.csv")


def nr3d_scans(path: Path, *, split: str | None = None) -> ReadOnAccess:
    """The scans of a file, in its order, each with all of its sentences; ScanNet must lie nearby.

    Args:
        split: ScanNet's; None = val for a file that holds all, the whole file where its name says _train or _test.

    Raises:
        ReadError: a damaged file, or see `joined`.
    """
    rows = table_of(path, ("scan_id", "utterance", "target_id"))
    found = [said_of(scan, text, [meant], path=path, row=row) for row, (scan, text, meant) in enumerate(rows, 1)]
    whole = split is None and not path.stem.endswith(("_train", "_test", "_val"))
    return joined(found, path, split="val" if whole else split)
