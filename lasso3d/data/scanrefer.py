"""ScanRefer: each sentence describes one object of a ScanNet scan.

`ScanRefer_filtered_{train,val}.json`: a list of {"scene_id", "object_id", "object_name", "ann_id", "description",
"token"}. Source: github.com/daveredrum/ScanRefer, README.
"""

from pathlib import Path

from lasso3d.data.example import ReadOnAccess
from lasso3d.data.scannet_sentences import joined, said_of
from lasso3d.data.text_files import json_of

PATTERN = "scanrefer*.json"


def scanrefer_scans(path: Path, *, split: str | None = None) -> ReadOnAccess:
    """The scans of a file, in its order, each with all of its sentences; ScanNet must lie nearby.

    Raises:
        ReadError: a damaged file, or see `joined`.
    """
    found = []
    for row, value in enumerate(json_of(path, list), 1):
        value = value if isinstance(value, dict) else {}
        scan, text, meant = (value.get(key) for key in ("scene_id", "description", "object_id"))
        found.append(said_of(scan, text, [meant], path=path, row=row))
    return joined(found, path, split=split)
