"""Tiny data sets in their official layouts."""

import json

import numpy as np
import pytest

LABEL_MAP = """id\traw_category\tcategory\tnyu40id\tnyu40class
1\twall\twall\t1\twall
2\tchair\tchair\t5\tchair
3\tfloor\tfloor\t2\tfloor
6\tcouch\tcouch\t6\tsofa
10\toffice chair\toffice chair\t5\tchair
41\tceiling\tceiling\t22\tceiling
86\tblinds\tblinds\t13\tblinds
99\tspaceship\tspaceship\t39\totherfurniture
"""
GROUPS = (("wall", [0]), ("office chair", [3, 7]), ("blinds", [12]), ("gargoyle", [40]), ("chair", [41]))
SEGMENTS = [0, 0, 3, 3, 7, 12, 12, 40, 41, 41, 50, 50]
"""Of 12 vertices; nobody owns the last two."""


def ply_bytes(count, *, xyz=None, faces=b"", declared="", rng=None):
    """A binary PLY of vertices with colours, and what follows them."""
    rng = rng or np.random.default_rng(0)
    vertices = np.zeros(count, [("xyz", "<f4", 3), ("rgba", "u1", 4)])
    vertices["xyz"] = rng.random((count, 3)) if xyz is None else xyz
    vertices["rgba"] = rng.integers(0, 256, (count, 4))
    lines = ["ply", "format binary_little_endian 1.0", f"element vertex {count}"]
    lines += [f"property float {axis}" for axis in "xyz"]
    lines += [f"property uchar {name}" for name in ("red", "green", "blue", "alpha")]
    header = "\n".join([*lines, *declared.splitlines(), "end_header", ""])
    return header.encode() + vertices.tobytes() + faces


def write_scan(root, name, *, groups=GROUPS, segments=SEGMENTS, alignment=None, place="scans", labelled=True):
    folder = root / place / name
    folder.mkdir(parents=True)
    triangle = b"\x03" + np.array([0, 1, 2], "<i4").tobytes()
    declared = "element face 1\nproperty list uchar int vertex_indices"
    (folder / f"{name}_vh_clean_2.ply").write_bytes(ply_bytes(12, faces=triangle, declared=declared))
    if alignment is not None:
        numbers = " ".join(map(str, alignment))
        (folder / f"{name}.txt").write_text(f"appVersionId = 1.1.2\naxisAlignment = {numbers}\ncolorHeight = 968\n")
    if labelled:
        listed = [{"id": i, "objectId": i, "label": label, "segments": s} for i, (label, s) in enumerate(groups)]
        (folder / f"{name}.aggregation.json").write_text(json.dumps({"sceneId": name, "segGroups": listed}))
        segs = folder / f"{name}_vh_clean_2.0.010000.segs.json"
        segs.write_text(json.dumps({"sceneId": name, "segIndices": list(segments)}))
    return folder


@pytest.fixture
def scan_writer():
    """Writes one scan of ScanNet into a folder."""
    return write_scan


@pytest.fixture
def mesh_bytes():
    """Makes a PLY file."""
    return ply_bytes


@pytest.fixture
def scannet_copy(tmp_path):
    """Three scans, the first and the last of which are the validation set."""
    for name in ("scene0000_00", "scene0001_00", "scene0002_00"):
        write_scan(tmp_path, name)
    (tmp_path / "scannetv2_val.txt").write_text("scene0002_00\nscene0000_00\n")
    (tmp_path / "scannetv2-labels.combined.tsv").write_text(LABEL_MAP)
    return tmp_path
