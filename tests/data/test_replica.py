"""Replica in its official layout."""

import json

import numpy as np
import pytest

from lasso3d.core.errors import ReadError
from lasso3d.data.folder import open_examples
from lasso3d.data.replica import EIGHT, faces_with_objects, majority, read_replica, replica_scenes

DECLARED = "element face {}\nproperty list uchar int vertex_indices\nproperty {} object_id"
QUADS = [[0, 1, 2, 3], [1, 2, 3, 4], [4, 5, 6, 7], [5, 6, 7, 8], [8, 9, 10, 11]]
OBJECTS = [3, 0, 9, 9, 5]
INFO = {
    "classes": [
        {"id": 93, "name": "wall"},
        {"id": 20, "name": "chair"},
        {"id": 95, "name": "undefined"},
        {"id": 44, "name": "indoor-plant"},
    ],
    "objects": [
        {"id": 3, "class_id": 44, "class_name": "indoor-plant"},
        {"id": 0, "class_id": 20, "class_name": "chair"},
        {"id": 9, "class_id": 93, "class_name": "wall"},
        {"id": 5, "class_id": 95, "class_name": "undefined"},
    ],
}


def faces_bytes(quads=QUADS, objects=OBJECTS, kind="<i4"):
    return b"".join(
        bytes([len(quad)]) + np.array(quad, "<i4").tobytes() + np.array([number], kind).tobytes()
        for quad, number in zip(quads, objects, strict=True)
    )


def write_scene(folder, mesh_bytes, *, declared=None, faces=None, info=INFO):
    (folder / "habitat").mkdir(parents=True)
    declared = DECLARED.format(len(QUADS), "int") if declared is None else declared
    mesh = mesh_bytes(13, faces=faces_bytes() if faces is None else faces, declared=declared)
    (folder / "habitat" / "mesh_semantic.ply").write_bytes(mesh)
    (folder / "habitat" / "info_semantic.json").write_text(json.dumps(info))
    return folder


def test_a_vertex_belongs_to_the_object_of_most_of_its_faces(tmp_path, mesh_bytes):
    scene, truth = read_replica(write_scene(tmp_path / "room_0", mesh_bytes))
    assert scene.name == "room_0"
    assert len(scene) == 13
    assert truth.class_names == ("wall", "chair", "indoor plant")
    assert truth.instance.tolist() == [4, 1, 1, 1, 1, -1, -1, -1, 6, 6, 6, 6, -1]
    assert truth.semantic.tolist() == [2, 1, 1, 1, 1, 0, 0, 0, -1, -1, -1, -1, -1]


def test_the_majority_is_that_of_a_plain_count():
    rng = np.random.default_rng(0)
    corners, objects = rng.integers(0, 30, (200, 4)), rng.integers(0, 6, 200) * 7
    votes = np.zeros((31, 36), int)
    for quad, number in zip(corners, objects, strict=True):
        for corner in quad:
            votes[corner, number] += 1
    plain = np.where(votes.any(axis=1), votes.argmax(axis=1), -1)
    np.testing.assert_array_equal(majority(corners, objects, 31), plain)
    assert majority(np.zeros((0, 4), np.int64), np.zeros(0, np.int64), 2).tolist() == [-1, -1]


def test_object_numbers_may_be_short(tmp_path, mesh_bytes):
    faces = faces_bytes(kind="<u2")
    folder = write_scene(tmp_path / "s", mesh_bytes, declared=DECLARED.format(5, "ushort"), faces=faces)
    corners, objects = faces_with_objects(folder / "habitat" / "mesh_semantic.ply")
    assert (corners.tolist(), objects.tolist()) == (QUADS, OBJECTS)


def test_the_eight_scenes_of_most_tables_can_be_asked_for(tmp_path, mesh_bytes):
    for name in (*EIGHT, "apartment_1"):
        write_scene(tmp_path / name, mesh_bytes)
    assert [scene.name for scene, _ in open_examples(tmp_path, split="eight")] == list(EIGHT)
    assert len(open_examples(tmp_path)) == 9
    assert len(replica_scenes(tmp_path / "room_1")) == 1
    with pytest.raises(ReadError, match="lacks scenes: office_0"):
        replica_scenes(tmp_path / "room_1", split="eight")
    with pytest.raises(ReadError, match="has no part 'val'; choose eight or all"):
        replica_scenes(tmp_path, split="val")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"faces": faces_bytes()[:-1]}, "is cut off: 5 faces promised"),
        ({"faces": b""}, "is cut off"),
        ({"faces": faces_bytes([*QUADS[:4], [8, 9, 10]]) + bytes(9)}, "has faces of different sizes"),
        ({"faces": faces_bytes([*QUADS[:4], [8, 9, 10, 13]])}, "faces name vertices 0 to 13 of 13"),
        ({"faces": faces_bytes([*QUADS[:4], [8, 9, 10, -1]])}, "faces name vertices -1 to 10 of 13"),
        ({"declared": "element face 5\nproperty list uchar int vertex_indices"}, "has no faces with an object_id"),
        ({"declared": ""}, "has no faces with an object_id"),
        ({"declared": DECLARED.format(5, "int") + "\nproperty list uchar int more"}, "several lists a face"),
        ({"info": {"objects": []}}, 'has no list "classes"'),
        ({"info": INFO | {"objects": [3]}}, 'has no list "objects"'),
        ({"info": INFO | {"objects": [{"id": -1, "class_id": 44}]}}, "object without a number from 0"),
        ({"info": INFO | {"objects": [{"id": 1}]}}, "object without a number from 0 and a class"),
        ({"info": INFO | {"classes": [{"id": 1}]}}, "class without a number and a name"),
    ],
)
def test_a_damaged_scene_is_refused_in_a_line(tmp_path, mesh_bytes, changes, said):
    with pytest.raises(ReadError, match=said) as caught:
        read_replica(write_scene(tmp_path / "room_0", mesh_bytes, **changes))
    assert "\n" not in str(caught.value)
    assert caught.value.cure


def test_a_scene_without_its_names_is_refused(tmp_path, mesh_bytes):
    folder = write_scene(tmp_path / "room_0", mesh_bytes)
    (folder / "habitat" / "info_semantic.json").unlink()
    with pytest.raises(ReadError, match=r"info_semantic\.json: cannot be read \(No such file"):
        read_replica(folder)


def test_objects_that_the_names_lack_are_none(tmp_path, mesh_bytes):
    truth = read_replica(
        write_scene(tmp_path / "s", mesh_bytes, info=INFO | {"objects": INFO["objects"][:1]})
    ).truth
    assert set(truth.instance.tolist()) == {4, -1}
    assert set(truth.semantic.tolist()) == {2, -1}
