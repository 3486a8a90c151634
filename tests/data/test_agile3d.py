"""AGILE3D's benchmark: a folder of its layout, written here, read and evaluated; and lists that do not fit."""

import json
from dataclasses import replace

import numpy as np
import pytest

from lasso3d.cli import main
from lasso3d.core.errors import ReadError
from lasso3d.data.agile3d import is_benchmark, listed_samples, read_sample
from lasso3d.data.example import Truth
from lasso3d.data.folder import open_examples
from lasso3d.evaluation.sessions import AGILE3D, SCAN, task_of

GREY = (100, 110, 120)


def write_ply(path, label, *, colour="u1", labels="<i4", rgb=GREY):
    """Points with labels, each label a block of its own; binary, as the release's writer makes it."""
    names = {"<f4": "float", "u1": "uchar", "<i4": "int"}
    label = np.asarray(label)
    fields = [*((axis, "<f4") for axis in "xyz"), *((band, colour) for band in "RGB"), ("label", labels)]
    rows = np.zeros(len(label), fields)
    xyz = np.random.default_rng(len(label)).random((len(label), 3)) * 0.3
    xyz[:, 0] += np.maximum(label, 0)
    for i in range(3):
        rows["xyz"[i]], rows["RGB"[i]] = xyz[:, i], rgb[i]
    rows["label"] = label
    head = ["ply", "format binary_little_endian 1.0", f"element vertex {len(rows)}"]
    head += [f"property {names[kind]} {name}" for name, kind in fields]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes("\n".join([*head, "end_header\n"]).encode() + rows.tobytes())


def write_together(folder, **objects):
    samples = {
        key: {"clicks": {"0": []}, "obj": {str(k): float(label) for k, label in enumerate(labels, start=1)}}
        for key, labels in objects.items()
    }
    (folder / "val_list.json").write_text(json.dumps(samples))


def write_alone(folder, rows, classes):
    (folder / "single").mkdir(parents=True, exist_ok=True)
    np.save(folder / "single" / "object_ids.npy", np.array(rows))
    (folder / "single" / "object_classes.txt").write_text("\n".join(classes) + "\n")


BLOCKS = np.repeat([-1, 3, 4, 12], [200, 60, 90, 30])


@pytest.fixture
def rooms(tmp_path):
    """Replica's way: two samples of one room, one of another, ids as floats in the list."""
    write_ply(tmp_path / "scans" / "room_0.ply", BLOCKS)
    write_ply(tmp_path / "scans" / "office_1.ply", BLOCKS[:350], colour="<f4", labels="<f4", rgb=(0.2, 0.4, 1.0))
    write_together(tmp_path, room_0_obj_2=[12, 3], office_1_obj_1=[4], room_0_obj_1=[4])
    return tmp_path


def test_a_sample_is_a_scene_with_the_objects_listed_for_it(rooms):
    examples = open_examples(rooms)
    assert [scene.name for scene, _ in examples] == ["room_0", "office_1", "room_0"]
    assert [truth.targets for _, truth in examples] == [(12, 3), (4,), (4,)]
    scene, truth = examples[0]
    np.testing.assert_array_equal(truth.instance, BLOCKS)
    assert dict(scene.extra) == {}


def test_colours_are_bytes_or_shares(rooms):
    examples = open_examples(rooms)
    assert np.unique(examples[0].scene.rgb, axis=0).tolist() == [list(GREY)]
    assert np.unique(examples[1].scene.rgb, axis=0).tolist() == [[51, 102, 255]]


def test_only_listed_objects_are_targets_and_all_else_is_background(rooms):
    scene, truth = open_examples(rooms)[0]
    task = task_of(scene.xyz, truth, AGILE3D)
    assert task.objects == (12, 3)
    np.testing.assert_array_equal(task.truth, np.where(BLOCKS == 12, 1, np.where(BLOCKS == 3, 2, 0)))
    assert task.known is None


def test_a_list_counts_whatever_the_objects_size(rooms):
    scene, truth = open_examples(rooms)[0]
    assert task_of(scene.xyz, truth, SCAN).objects == (12, 3)
    assert task_of(scene.xyz, truth, replace(SCAN, objects=1)).objects == (12,)


def test_whole_scans_hold_all_their_listed_objects_of_classes_that_count(tmp_path):
    write_ply(tmp_path / "scans" / "scene0011_00.ply", BLOCKS)
    write_ply(tmp_path / "scans" / "scene0025_01.ply", BLOCKS)
    rows = [("scene0011_00", "3"), ("scene0011_00", "4"), ("scene0025_01", "12"), ("scene0011_00", "12")]
    write_alone(tmp_path, rows, ["chair", "unlabelled", "otherprop", "wall"])
    (tmp_path / "single" / "crops").mkdir()  # ScanNet is evaluated on whole scans even where crops are
    examples = open_examples(tmp_path, together="single")
    assert [(e.scene.name, e.truth.targets) for e in examples] == [
        ("scene0011_00", (3, 12)),
        ("scene0025_01", (12,)),
    ]


def test_interobject3d_s_list_of_scannet_leaves_out_the_word_scene_and_counts_from_zero(tmp_path):
    write_ply(tmp_path / "scans" / "scene0011_00.ply", BLOCKS)
    write_ply(tmp_path / "scans" / "scene0025_01.ply", [1, 1, -1])
    rows = [("0011_00", "3"), ("0011_00", "2"), ("0011_00", "3"), ("0025_01", "0")]
    write_alone(tmp_path, rows, ["chair", "bed", "chair", "bed"])
    assert [truth.targets for _, truth in open_examples(tmp_path, together="single")] == [(4, 3), (1,)]


def test_crops_hold_one_object_each(tmp_path):
    for number in (0, 7):
        write_ply(tmp_path / "single" / "crops" / "000059" / f"000059_crop_{number}.ply", [0] * 50 + [1] * 20)
    # SemanticKITTI's objects count from 0, and those without a class count as well
    write_alone(tmp_path, [("000059", "0"), ("000059", "7")], ["unlabeled", "moving-car"])
    examples = open_examples(tmp_path, together="single")
    assert [(e.scene.name, e.truth.targets) for e in examples] == [("000059_crop_0", (1,)), ("000059_crop_7", (1,))]
    assert examples[0].truth.instance.tolist() == [-1] * 50 + [1] * 20


def test_of_the_numbered_classes_of_kitti_360_only_the_published_ones_count(tmp_path):
    write_ply(tmp_path / "single" / "crops" / "0002_0385" / "0002_0385_crop_1.ply", [0, 1])
    write_alone(tmp_path, [("0002_0385", "0"), ("0002_0385", "1")], ["21", "26"])
    assert [scene.name for scene, _ in open_examples(tmp_path, together="single")] == ["0002_0385_crop_1"]


@pytest.mark.parametrize(
    ("samples", "message"),
    [
        ({"room_0_obj_1": [4], "attic_obj_1": [2]}, r"without a file: attic_obj_1 \(attic.ply\) \(1 in all\)"),
        ({"room_0_obj_3": [4, 3]}, "not SCENE_obj_K.*room_0_obj_3"),
        ({"room_0_obj_2": [4, 4]}, "not SCENE_obj_K.*room_0_obj_2"),
        ({"room_0_obj_1": [3.5]}, "not SCENE_obj_K.*room_0_obj_1"),
        ({"room_0": [3]}, "not SCENE_obj_K.*room_0"),
        ({"room_0_obj_0": []}, "not SCENE_obj_K.*room_0_obj_0"),
    ],
)
def test_a_list_that_does_not_fit_is_refused_by_name_before_anything_runs(rooms, samples, message):
    write_together(rooms, **samples)
    with pytest.raises(ReadError, match=message):
        open_examples(rooms)


@pytest.mark.parametrize("text", ["{", "[1]", '{"room_0_obj_1": {}}', '{"room_0_obj_1": {"obj": {"a": 1}}}'])
def test_a_list_of_another_form_is_refused(rooms, text):
    (rooms / "val_list.json").write_text(text)
    with pytest.raises(ReadError, match=r"val_list\.json"):
        open_examples(rooms)


def test_listed_objects_without_points_are_named(rooms):
    write_together(rooms, room_0_obj_4=[0, 3, 5, 99])
    with pytest.raises(ReadError, match=r"room_0_obj_4: listed objects without points: 0, 5, 99 \(3 in all\)"):
        read_sample(listed_samples(rooms, "multi")[0])


def test_a_crop_without_its_object_is_named(tmp_path):
    write_ply(tmp_path / "single" / "crops" / "office_2" / "office_2_crop_8.ply", [0, 0])
    write_alone(tmp_path, [("office_2", "8")], ["clutter"])
    with pytest.raises(ReadError, match="office_2 8: listed objects without points"):
        read_sample(listed_samples(tmp_path, "single")[0])


def test_a_scan_without_labels_is_refused(rooms):
    path = rooms / "scans" / "room_0.ply"
    path.write_bytes(path.read_bytes().replace(b"int label", b"int other"))
    with pytest.raises(ReadError, match="no field `label`"):
        read_sample(listed_samples(rooms, "multi")[0])


def test_rows_and_classes_must_agree(rooms):
    write_alone(rooms, [("room_0", "3"), ("room_0", "4")], ["chair"])
    with pytest.raises(ReadError, match=r"2 rows, single/object_classes\.txt has 1"):
        open_examples(rooms, together="single")
    write_alone(rooms, [("room_0", "left")], ["chair"])
    with pytest.raises(ReadError, match="cannot be read"):
        open_examples(rooms, together="single")


def test_a_list_of_python_objects_is_not_unpickled(rooms):
    write_alone(rooms, [("room_0", "3")], ["chair"])
    np.save(rooms / "single" / "object_ids.npy", np.array([["room_0", 3]], object))
    with pytest.raises(ReadError, match="cannot be read"):
        open_examples(rooms, together="single")


def test_the_list_that_is_not_there_is_asked_for(rooms):
    assert is_benchmark(rooms)
    assert not is_benchmark(rooms / "scans")
    with pytest.raises(ReadError, match=r"object_ids\.npy"):
        listed_samples(rooms, "single")


def test_targets_are_instances_with_points_each_once():
    instance = np.array([-1, 2, 5], np.int32)
    assert Truth(instance, targets=(5, 2)).targets == (5, 2)
    for wrong in ((3,), (-1,), (2, 2)):
        with pytest.raises(ValueError, match="targets must be instances with points"):
            Truth(instance, targets=wrong)


def test_one_command_gives_the_table_by_the_published_protocol(rooms, tmp_path):
    write_alone(rooms, [("room_0", "3"), ("room_0", "12"), ("office_1", "4")], ["chair", "table", "sofa"])
    for protocol, subjects in (("clicks-multi", ["12 3", "4", "4"]), ("clicks-single", ["3", "12", "4"])):
        out = tmp_path / f"{protocol}.json"
        assert main(["evaluate", protocol, "--system", "geodesic", "--data", str(rooms), "--out", str(out)]) == 0
        report = json.loads(out.read_text())
        assert report["settings"]["definition"] == f"agile3d {protocol.removeprefix('clicks-')}"
        assert report["settings"]["voxel"] == 0.05
        assert [row["subject"] for row in report["rows"]] == subjects
        assert report["figures"]["IoU@5"]["n"] == 3
        assert "NoC@80" in report["figures"]
