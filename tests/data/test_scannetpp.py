"""ScanNet++ in its official layout."""

import json

import pytest

from lasso3d.core.errors import ReadError
from lasso3d.data.folder import open_examples
from lasso3d.data.scannetpp import Capture, read_capture, read_classes, scannetpp_scenes

SEGMENTS = [1, 1, 1, 1, 2, 2, 2, 3, 3, 4, 4, 5]
GROUPS = (
    ("TABLE", [1, 2]),
    ("bottle", [2]),
    ("wall", [3]),
    ("REMOVE", [1, 2, 3]),
    ("couch", [4]),
    ("bottle", [4]),
)
"""The table has 7 vertices, the bottle on it 3 of them; couch and second bottle have the same two."""


def write_scene(root, mesh_bytes, name, *, mask="0\n", labelled=True):
    scans = root / "data" / name / "scans"
    scans.mkdir(parents=True)
    (scans / "mesh_aligned_0.05.ply").write_bytes(mesh_bytes(len(SEGMENTS)))
    if mask is not None:
        (scans / "mesh_aligned_0.05_mask.txt").write_text(mask)
    if labelled:
        groups = [
            {"id": i, "objectId": i + 1, "label": label, "segments": s} for i, (label, s) in enumerate(GROUPS)
        ]
        (scans / "segments.json").write_text(json.dumps({"segIndices": SEGMENTS}))
        (scans / "segments_anno.json").write_text(json.dumps({"sceneId": name, "segGroups": groups}))
    return scans


@pytest.fixture
def release(tmp_path, mesh_bytes):
    for name in ("7b6477cb95", "0a5c013435"):
        write_scene(tmp_path, mesh_bytes, name)
    write_scene(tmp_path, mesh_bytes, "ca0e09014e", labelled=False)
    benchmark = tmp_path / "metadata" / "semantic_benchmark"
    benchmark.mkdir(parents=True)
    (benchmark / "top100.txt").write_text("wall\ntable\nsofa\nbottle\n")
    (benchmark / "top100_instance.txt").write_text("table\nsofa\nbottle\n")
    rows = "class,count,semantic_map_to,instance_map_to\nTABLE,9,table,\nbottle,5,,\nwall,9,,\nREMOVE,3,None,None\n"
    (benchmark / "map_benchmark.csv").write_text(rows + "couch,1,sofa,sofa\n")
    (tmp_path / "splits").mkdir()
    (tmp_path / "splits" / "nvs_sem_val.txt").write_text("7b6477cb95\n0a5c013435\n")
    (tmp_path / "splits" / "sem_test.txt").write_text("ca0e09014e\n")
    return tmp_path


def refusal(root, name="0a5c013435"):
    """The one line about a scene; read directly, as the shape checks look into a sequence they meet."""
    with pytest.raises(ReadError) as caught:
        read_capture(Capture(root / "data" / name, read_classes(root / "metadata" / "semantic_benchmark")))
    assert "\n" not in str(caught.value)
    assert caught.value.cure
    return str(caught.value)


def test_the_smallest_object_of_the_benchmark_has_the_vertex(release):
    scene, truth = scannetpp_scenes(release)[0]
    assert scene.name == "7b6477cb95"
    assert truth.class_names == ("wall", "table", "sofa", "bottle")
    assert truth.instance.tolist() == [-1, 2, 2, 2, 3, 3, 3, -1, -1, 6, 6, -1]
    assert truth.semantic.tolist() == [-1, 1, 1, 1, 3, 3, 3, 0, 0, 2, 2, -1]


def test_a_vertex_keeps_its_first_three_labels(release):
    path = release / "data" / "0a5c013435" / "scans" / "segments_anno.json"
    groups = [("wall", [1]), ("wall", [1, 2]), ("TABLE", [1, 2, 3]), ("bottle", [1]), ("bottle", [2])]
    listed = [{"objectId": i, "label": label, "segments": s} for i, (label, s) in enumerate(groups)]
    path.write_text(json.dumps({"segGroups": listed}))
    truth = scannetpp_scenes(release)[1].truth
    assert truth.semantic.tolist()[1:9] == [0, 0, 0, 3, 3, 3, 1, 1]


def test_without_a_mask_every_vertex_is_judged(release):
    (release / "data" / "0a5c013435" / "scans" / "mesh_aligned_0.05_mask.txt").unlink()
    assert scannetpp_scenes(release)[1].truth.instance[0] == 2


def test_the_splits_decide_which_scenes(release):
    assert [scene.name for scene, _ in open_examples(release)] == ["7b6477cb95", "0a5c013435"]
    scene, truth = open_examples(release, split="test")[0]
    assert (scene.name, truth.semantic, set(truth.instance)) == ("ca0e09014e", None, {-1})
    assert len(open_examples(release, split="all")) == 3
    (release / "splits" / "nvs_sem_val.txt").unlink()
    assert [scene.name for scene, _ in open_examples(release)] == ["0a5c013435", "7b6477cb95", "ca0e09014e"]
    with pytest.raises(ReadError, match=r"nvs_sem_train\.txt: cannot be read"):
        open_examples(release, split="train")
    with pytest.raises(ReadError, match="has no part 'dev'; choose train, val, test or all"):
        open_examples(release, split="dev")
    with pytest.raises(ReadError, match="or ScanNet's other labels; leave --split and --labels away"):
        open_examples(release, labels="scannet200")


def test_missing_and_damaged_files_are_named(release, mesh_bytes):
    scans = release / "data" / "0a5c013435" / "scans"
    (scans / "mesh_aligned_0.05_mask.txt").write_text("3\n12\nx\n")
    assert "mask.txt: lines are no vertex of 12: 2, 3 (2 in all)" in refusal(release)
    (scans / "mesh_aligned_0.05.ply").write_bytes(mesh_bytes(11))
    assert "segments.json: has segments of 12 vertices, the mesh has 11" in refusal(release)
    (scans / "mesh_aligned_0.05.ply").unlink()
    assert "mesh_aligned_0.05.ply: cannot be read (No such file" in refusal(release)
    with pytest.raises(ReadError, match=r"without scans/mesh_aligned_0\.05\.ply: 0a5c013435"):
        scannetpp_scenes(release)
    benchmark = release / "metadata" / "semantic_benchmark"
    (benchmark / "top100_instance.txt").unlink()
    assert "top100_instance.txt: cannot be read" in refusal(release)
    (benchmark / "map_benchmark.csv").write_text("class,count\n")
    assert "has no column semantic_map_to" in refusal(release)
