"""ScanNet and ScanNet200 in their official layout."""

import json
import pickle

import numpy as np
import pytest

from lasso3d.cli import main
from lasso3d.core.errors import ReadError
from lasso3d.data import scannet200
from lasso3d.data.folder import open_examples
from lasso3d.data.scannet import CLASSES, NYU40_IDS
from lasso3d.data.scannet_official import find_release, listed_scans, read_labels, read_scan, scannet_scans

CHAIR = CLASSES.index("chair")
QUARTER_TURN = [0, -1, 0, 1, 1, 0, 0, 2, 0, 0, 1, 3, 0, 0, 0, 1]


def change(folder, suffix, edit):
    path = folder / f"{folder.name}{suffix}"
    content = json.loads(path.read_text())
    edit(content)
    path.write_text(json.dumps(content))


def refusal(root, split=None):
    """The one line about the first scan; read directly, as the shape checks look into a sequence they meet."""

    def read():
        release = find_release(root)
        read_scan(listed_scans(release, split, read_labels(release, "scannet20"))[0])

    with pytest.raises(ReadError) as caught:
        read()
    line = str(caught.value)
    assert "\n" not in line
    assert caught.value.cure
    return line


def test_vertices_carry_objects_and_classes_and_walls_are_no_instances(scannet_copy):
    scene, truth = scannet_scans(scannet_copy)[0]
    assert scene.name == "scene0002_00"
    assert truth.instance.tolist() == [-1, -1, 2, 2, 2, 3, 3, 4, 5, 5, -1, -1]
    assert truth.semantic.tolist() == [0, 0, CHAIR, CHAIR, CHAIR, -1, -1, -1, CHAIR, CHAIR, -1, -1]
    assert truth.class_names == CLASSES
    assert len(scene) == 12
    assert scene.rgb is not None
    assert not scene.extra


def test_the_two_hundred_classes_come_from_the_same_scans(scannet_copy):
    truth = scannet_scans(scannet_copy, labels="scannet200")[0].truth
    named = [truth.class_names[k] if k >= 0 else "" for k in truth.semantic]
    assert named == ["wall"] * 2 + ["office chair"] * 3 + ["blinds"] * 2 + [""] + ["chair"] * 2 + [""] * 2
    assert truth.instance.tolist() == [-1, -1, 2, 2, 2, 3, 3, 4, 5, 5, -1, -1]


def test_the_lists_of_classes_are_whole():
    assert len(CLASSES) == len(set(CLASSES)) == len(NYU40_IDS) == 20
    assert len(scannet200.CLASSES) == len(set(scannet200.CLASSES)) == len(set(scannet200.IDS)) == 200
    assert [len(part) for part in (scannet200.HEAD, scannet200.COMMON, scannet200.TAIL)] == [66, 68, 66]
    assert {*scannet200.HEAD, *scannet200.COMMON, *scannet200.TAIL} == {*scannet200.CLASSES}
    assert (len(scannet200.BASE), len(scannet200.NOVEL), len(scannet200.TRAIN_ONLY)) == (51, 147, 11)
    assert {*scannet200.BASE, *scannet200.TRAIN_ONLY} <= {*scannet200.CLASSES}


def test_the_validation_list_decides_which_scans_and_in_which_order(scannet_copy):
    assert [scene.name for scene, _ in scannet_scans(scannet_copy)] == ["scene0002_00", "scene0000_00"]
    assert len(scannet_scans(scannet_copy, split="all")) == 3
    assert [scene.name for scene, _ in scannet_scans(scannet_copy / "scans")] == ["scene0002_00", "scene0000_00"]
    single = scannet_scans(scannet_copy / "scans" / "scene0001_00")
    assert [scene.name for scene, _ in single] == ["scene0001_00"]


def test_lists_and_label_map_may_lie_in_the_usual_folders(scannet_copy):
    for folder, name in (("Tasks/Benchmark", "scannetv2_val.txt"), ("metadata", "scannetv2-labels.combined.tsv")):
        (scannet_copy / folder).mkdir(parents=True)
        (scannet_copy / name).rename(scannet_copy / folder / name)
    assert len(scannet_scans(scannet_copy)) == 2


def test_without_a_list_all_scans_are_meant(scannet_copy):
    (scannet_copy / "scannetv2_val.txt").unlink()
    assert len(scannet_scans(scannet_copy)) == 3
    assert "has no scannetv2_train.txt" in refusal(scannet_copy, split="train")
    assert "has no part 'dev'" in refusal(scannet_copy, split="dev")


def test_scans_of_the_test_set_have_no_labels(scannet_copy, scan_writer):
    scan_writer(scannet_copy, "scene0707_00", place="scans_test", labelled=False)
    (scannet_copy / "scannetv2_test.txt").write_text("scene0707_00\n")
    scene, truth = scannet_scans(scannet_copy, split="test")[0]
    assert scene.name == "scene0707_00"
    assert truth.semantic is None
    assert truth.instance.tolist() == [-1] * 12


def test_the_axis_alignment_turns_and_moves_the_scan(scannet_copy, scan_writer):
    plain = scannet_scans(scannet_copy)[0].scene.xyz
    scan_writer(scannet_copy, "scene0003_00", alignment=QUARTER_TURN)
    aligned = scannet_scans(scannet_copy / "scans" / "scene0003_00")[0].scene.xyz
    np.testing.assert_allclose(aligned, plain[:, [1, 0, 2]] * [-1, 1, 1] + [1, 2, 3], atol=1e-6)


@pytest.mark.parametrize("alignment", [[1, 2, 3], [2, *QUARTER_TURN[1:]], [*QUARTER_TURN[:-1], "x"], [0] * 16])
def test_a_damaged_axis_alignment_is_refused(scannet_copy, scan_writer, alignment):
    folder = scan_writer(scannet_copy, "scene0003_00", alignment=alignment)
    assert "scene0003_00.txt: the axis alignment is no rotation" in refusal(folder)


def test_an_object_that_is_listed_twice_is_one_object(scannet_copy, scan_writer):
    twice = (("chair", [3, 7]), ("couch", [12]), ("chair", [7, 3]), ("couch", [12]))
    folder = scan_writer(scannet_copy, "scene0217_00", groups=twice)
    assert set(scannet_scans(folder)[0].truth.instance.tolist()) == {-1, 1, 2}


def test_examples_travel_to_other_processes(scannet_copy):
    examples = pickle.loads(pickle.dumps(scannet_scans(scannet_copy)))
    assert examples[1].scene.name == "scene0000_00"


def test_missing_files_are_named(scannet_copy):
    folder = scannet_copy / "scans" / "scene0002_00"
    (folder / "scene0002_00.aggregation.json").unlink()
    assert "scene0002_00.aggregation.json: cannot be read (No such file" in refusal(scannet_copy)
    (folder / "scene0002_00_vh_clean_2.0.010000.segs.json").unlink()
    assert "segs.json: cannot be read (No such file" in refusal(scannet_copy)
    (folder / "scene0002_00_vh_clean_2.ply").unlink()
    assert "listed, but without _vh_clean_2.ply: scene0002_00 (1 in all)" in refusal(scannet_copy)
    (scannet_copy / "scannetv2-labels.combined.tsv").unlink()
    assert "has no scannetv2-labels.combined.tsv" in refusal(scannet_copy, split="all")


@pytest.mark.parametrize(
    ("suffix", "edit", "said"),
    [
        (".aggregation.json", lambda c: c["segGroups"][1].update(segments=[3, 8]), "lacks segments of object 1"),
        (".aggregation.json", lambda c: c["segGroups"][1].update(segments=[3, "x"]), "not whole numbers from 0"),
        (".aggregation.json", lambda c: c["segGroups"][1].update(segments=[[3], 7]), "not whole numbers from 0"),
        (".aggregation.json", lambda c: c["segGroups"][1].update(objectId=-4), "group 1 is not an objectId from 0"),
        (".aggregation.json", lambda c: c["segGroups"][1].update(objectId=2**31), "group 1 is not an objectId"),
        (
            ".aggregation.json",
            lambda c: c["segGroups"][1].pop("label"),
            "group 1 is not an objectId from 0, a label",
        ),
        (".aggregation.json", lambda c: c.pop("segGroups"), 'has no list "segGroups"'),
        ("_vh_clean_2.0.010000.segs.json", lambda c: c["segIndices"].pop(), "11 vertices, the mesh has 12"),
        (
            "_vh_clean_2.0.010000.segs.json",
            lambda c: c["segIndices"].__setitem__(3, 2.5),
            "not whole numbers from 0",
        ),
        ("_vh_clean_2.0.010000.segs.json", lambda c: c["segIndices"].__setitem__(3, 2**70), "not whole numbers"),
    ],
)
def test_labels_that_do_not_fit_are_refused_in_a_line(scannet_copy, suffix, edit, said):
    folder = scannet_copy / "scans" / "scene0002_00"
    change(folder, suffix, edit)
    assert said in refusal(scannet_copy)


def test_damaged_files_are_refused_in_a_line(scannet_copy, mesh_bytes):
    folder = scannet_copy / "scans" / "scene0002_00"
    annotation, mesh = folder / "scene0002_00.aggregation.json", folder / "scene0002_00_vh_clean_2.ply"
    annotation.write_text(annotation.read_text()[:50])
    assert "aggregation.json: cannot be read (" in refusal(scannet_copy)
    annotation.write_text("[" * 100_000)
    assert "aggregation.json: cannot be read (" in refusal(scannet_copy)
    annotation.write_text("[]")
    assert "holds a list, not a dict" in refusal(scannet_copy)
    mesh.write_bytes(mesh.read_bytes()[:-100])
    assert "_vh_clean_2.ply" in refusal(scannet_copy)
    xyz = np.zeros((12, 3))
    xyz[5, 1] = np.nan
    mesh.write_bytes(mesh_bytes(12, xyz=xyz))
    assert "vertex 5 is not finite" in refusal(scannet_copy)


def test_a_damaged_label_map_is_refused(scannet_copy):
    path = scannet_copy / "scannetv2-labels.combined.tsv"
    path.write_text("id\traw_category\tnyu40class\n1\twall\twall\n")
    assert "has no column nyu40id" in refusal(scannet_copy)
    path.write_text("raw_category\tnyu40id\tnyu40class\nwall\tone\twall\n")
    assert "holds 'one' as the number of 'wall'" in refusal(scannet_copy)
    path.write_text("raw_category\tnyu40id\tnyu40class\nwall\n")
    assert "ends within row 1" in refusal(scannet_copy)


def test_the_layout_is_recognised(scannet_copy):
    assert [scene.name for scene, _ in open_examples(scannet_copy)] == ["scene0002_00", "scene0000_00"]
    assert len(open_examples(scannet_copy, split="all", labels="scannet200")[0].truth.class_names) == 200


def test_the_evaluate_command_reads_the_split_and_the_labels_that_are_asked_for(scannet_copy, tmp_path):
    report = tmp_path / "report.json"
    data = ["--data", str(scannet_copy), "--split", "all", "--labels", "scannet200", "--out", str(report)]
    main(["evaluate", "semantic", "--control", *data])
    content = json.loads(report.read_text())
    assert [row["scene"] for row in content["rows"]] == ["0 scene0000_00", "1 scene0001_00", "2 scene0002_00"]
    assert set(content["by_class"]) == {"wall", "office chair", "blinds", "chair"}


def test_the_evaluate_command_refuses_a_split_of_generated_scenes(capsys):
    assert main(["evaluate", "semantic", "--control", "--data", "procedural", "--split", "val"]) == 2
    assert "--split and --labels are for data sets" in capsys.readouterr().err
