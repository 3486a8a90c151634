"""Folders of examples: our own, ScanNet's, and the choice between them."""

import json

import numpy as np
import pytest

from lasso3d.core.errors import ReadError
from lasso3d.data.folder import open_examples, read_scene_folder
from lasso3d.data.scannet import CLASSES, read_scan_folder, scan_folders


def write_arrays(folder, **arrays):
    folder.mkdir(parents=True, exist_ok=True)
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array)
    return folder


def write_scan(folder, **changes):
    rng = np.random.default_rng(0)
    arrays = {
        "coord": rng.random((6, 3)),
        "color": rng.integers(0, 256, (6, 3)).astype(np.float32),
        "instance": np.array([-1, 0, 0, 4, 5, 5], np.int64)[:, None],
        "segment20": np.array([-1, 4, 4, 0, 1, 19], np.int64),
    }
    return write_arrays(folder, **arrays | changes)


def write_own(folder, **changes):
    rng = np.random.default_rng(0)
    meta = {
        "format": "lasso3d scene 1",
        "name": "den",
        "origin": [1.0, 2.0, 3.0],
        "class_names": ["chair", "table"],
        "part_names": ["leg"],
        "expressions": [{"text": "the chair by the wall", "instances": [7]}, {"text": "the bed", "instances": []}],
        "instructions": [{"text": "where can I sit?", "instances": [7, 2]}],
    }
    arrays = {
        "xyz": rng.random((4, 3)).astype(np.float32),
        "rgb": rng.integers(0, 256, (4, 3)).astype(np.uint8),
        "instance": np.array([7, 7, -1, 2], np.int32),
        "semantic": np.array([0, 0, -1, 1], np.int32),
        "part": np.array([-1, 0, -1, 0], np.int32),
        "lasso_label": np.array([0, 0, -1, 1], np.int32),
    }
    write_arrays(folder, **arrays | changes)
    (folder / "scene.json").write_text(json.dumps(meta))
    return folder


def test_a_scan_folder_gives_points_instances_and_classes(tmp_path):
    scene, truth = read_scan_folder(write_scan(tmp_path / "scene0011_00"))
    assert truth.instance.tolist() == [-1, 1, 1, -1, -1, 6]
    assert truth.semantic.tolist() == [-1, 4, 4, 0, 1, 19]
    assert truth.class_names == CLASSES
    assert len(CLASSES) == 20
    np.testing.assert_array_equal(scene.rgb, np.load(tmp_path / "scene0011_00" / "color.npy"))
    assert scene.name == "scene0011_00"


def test_a_scan_folder_does_without_classes_and_with_colours_from_0_to_1(tmp_path):
    folder = write_scan(tmp_path / "s", color=np.full((6, 3), 0.5, np.float32))
    (folder / "segment20.npy").unlink()
    scene, truth = read_scan_folder(folder)
    assert truth.semantic is None
    assert truth.instance.tolist() == [-1, 1, 1, 5, 6, 6]
    assert scene.rgb.tolist() == [[127] * 3] * 6


def test_a_damaged_scan_folder_is_refused_in_a_line(tmp_path):
    short = write_scan(tmp_path / "short", instance=np.zeros(5, np.int64))
    with pytest.raises(ReadError, match=r"instance\.npy: has 5 rows, coord\.npy has 6"):
        read_scan_folder(short)
    with pytest.raises(ReadError, match="cannot be read as an array"):
        read_scan_folder(write_scan(tmp_path / "pickled", instance=np.array([None] * 6)))
    (short / "color.npy").unlink()
    np.save(short / "instance.npy", np.zeros(6, np.int64))
    with pytest.raises(ReadError, match=r"color\.npy: cannot be read as an array"):
        read_scan_folder(short)


def test_an_own_folder_gives_its_whole_truth(tmp_path):
    scene, truth = read_scene_folder(write_own(tmp_path / "den"))
    assert (scene.name, scene.origin.tolist(), dict(scene.extra)) == ("den", [1, 2, 3], {})
    assert truth.instance.tolist() == [7, 7, -1, 2]
    assert truth.semantic.tolist() == [0, 0, -1, 1]
    assert truth.part.tolist() == [-1, 0, -1, 0]
    assert (truth.class_names, truth.part_names) == (("chair", "table"), ("leg",))
    assert truth.expressions == (("the chair by the wall", (7,)), ("the bed", ()))
    assert truth.instructions == (("where can I sit?", (7, 2)),)


def test_an_own_folder_without_instances_has_none(tmp_path):
    folder = write_own(tmp_path / "den")
    (folder / "instance.npy").unlink()
    assert read_scene_folder(folder).truth.instance.tolist() == [-1] * 4


def test_labels_that_contradict_their_names_are_refused(tmp_path):
    folder = write_own(tmp_path / "den", semantic=np.array([0, 0, -1, 2], np.int32))
    with pytest.raises(ReadError, match="den: semantic must be -1 to 1, found -1 to 2"):
        read_scene_folder(folder)


def test_a_folder_is_opened_by_what_lies_in_it(tmp_path):
    write_own(tmp_path / "own" / "b")
    write_own(tmp_path / "own" / "a")
    write_scan(tmp_path / "scans" / "val" / "scene0")
    assert [len(scene) for scene, _ in open_examples(tmp_path / "own")] == [4, 4]
    assert [len(scene) for scene, _ in open_examples(tmp_path / "own" / "a")] == [4]
    assert [scene.name for scene, _ in open_examples(str(tmp_path / "scans"))] == ["scene0"]
    assert len(scan_folders(tmp_path / "scans")) == 1


def test_a_folder_without_examples_says_what_was_looked_for(tmp_path):
    with pytest.raises(ReadError, match=r"scene\.json \(scene folders\), \*\.pcd \(mOSD\), coord\.npy \(ScanNet\)"):
        open_examples(tmp_path)
    with pytest.raises(ReadError, match="is not a folder"):
        open_examples(tmp_path / "nowhere")
