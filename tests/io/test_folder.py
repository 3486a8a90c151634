"""Scene folders: what is written comes back, strictly, lazily, atomically; truth never reaches the scene."""

import json
import pickle
import re
from dataclasses import replace

import numpy as np
import pytest

from lasso3d.core.errors import ReadError, WriteError
from lasso3d.core.scene import Scene, View
from lasso3d.io.folder import (
    SCENE_FILE,
    FolderMeta,
    folder_digest,
    label_folder,
    read_folder,
    read_folder_meta,
    read_folder_truth,
    write_folder,
)
from lasso3d.io.records import LabelColumns

META = FolderMeta(
    world_version=3,
    name="kitchen",
    origin=(1000.0, -2.5, 0.25),
    source="generated",
    licence="CC0",
    class_names=("chair", "trash can"),
    part_names=("leg",),
    expressions=(("the größte chair", (2, 5)), ("nothing at all", ())),
    instructions=(("where can I sit?", (2,)),),
)
N = 30


def arrays(seed=0):
    rng = np.random.default_rng(seed)
    return {
        "xyz": rng.random((N, 3), dtype=np.float32),
        "rgb": rng.integers(0, 256, (N, 3), dtype=np.uint8),
        "instance": rng.integers(1, 6, N).astype(np.int32),
        "semantic": rng.integers(-1, 2, N).astype(np.int32),
        "part": rng.integers(-1, 1, N).astype(np.int32),
    }


def view(seed, *, depth=True):
    rng = np.random.default_rng(seed)
    pose = np.eye(4)
    pose[:3] = rng.random((3, 4))
    image = rng.integers(0, 256, (6, 8, 3), dtype=np.uint8)
    return View(image, rng.random((3, 3)), pose, rng.random((6, 8), dtype=np.float32) if depth else None)


def written(path, meta=META, **changes):
    write_folder(path, meta, **(arrays() | {"views": (view(0), view(1, depth=False))} | changes))
    return path


def labels_for(n=N):
    rng = np.random.default_rng(9)
    label = rng.integers(-1, 2, n).astype(np.int32)
    return LabelColumns(label, label + 1, rng.random(n, dtype=np.float32), ("Stuhl", "größer"))


def contents(path):
    return {p.relative_to(path).as_posix(): p.read_bytes() for p in path.rglob("*") if p.is_file()}


def changed_json(path, **values):
    plain = json.loads((path / SCENE_FILE).read_text()) | values
    (path / SCENE_FILE).write_text(json.dumps(plain))
    return path


def test_a_folder_comes_back_as_it_was_written(tmp_path):
    scene, truth = read_folder(written(tmp_path / "s")), read_folder_truth(tmp_path / "s")
    given = arrays()
    np.testing.assert_array_equal(scene.xyz, given["xyz"])
    np.testing.assert_array_equal(scene.rgb, given["rgb"])
    np.testing.assert_array_equal(scene.origin, META.origin)
    for name in ("instance", "semantic", "part"):
        np.testing.assert_array_equal(getattr(truth, name), given[name])
    assert scene.name == "kitchen"
    assert replace(truth.meta, digest="") == META
    assert re.fullmatch("[0-9a-f]{64}", truth.meta.digest)


def test_views_come_back_as_they_were_written(tmp_path):
    views = read_folder(written(tmp_path / "s")).views
    assert len(views) == 2
    for found, given in zip(views, (view(0), view(1, depth=False)), strict=True):
        for name in ("rgb", "K", "T_camera_scene"):
            np.testing.assert_array_equal(getattr(found, name), getattr(given, name))
    np.testing.assert_array_equal(views[0].depth, view(0).depth)
    assert views[-1].depth is None
    assert len(views[:1]) == 1


def test_views_are_read_when_they_are_looked_at(tmp_path):
    scene = read_folder(written(tmp_path / "s"))
    (tmp_path / "s/views/001.png").unlink()
    assert scene.views[0].rgb.shape == (6, 8, 3)
    with pytest.raises(ReadError, match=r"001\.png"):
        scene.views[1]


def test_a_scene_with_views_can_be_sent_to_another_process(tmp_path):
    again = pickle.loads(pickle.dumps(read_folder(written(tmp_path / "s"))))
    np.testing.assert_array_equal(again.views[0].depth, view(0).depth)


def test_a_scene_never_holds_the_truth(tmp_path):
    scene = read_folder(written(tmp_path / "s"))
    assert isinstance(scene, Scene)
    assert not scene.extra
    assert scene.source.row.tolist() == list(range(N))


def test_all_but_the_points_is_optional(tmp_path):
    write_folder(tmp_path / "s", FolderMeta(), xyz=arrays()["xyz"])
    (tmp_path / "s" / SCENE_FILE).write_text("{}")
    scene, truth = read_folder(tmp_path / "s"), read_folder_truth(tmp_path / "s")
    assert (scene.rgb, len(scene.views), scene.name) == (None, 0, "s")
    assert (truth.instance, truth.meta) == (None, FolderMeta())


def test_the_same_scene_gives_the_same_bytes(tmp_path):
    first, second = contents(written(tmp_path / "a")), contents(written(tmp_path / "b"))
    assert first == second
    assert len(first) == 11


def test_the_digest_tells_the_arrays_apart(tmp_path):
    write_folder(tmp_path / "a", META, **arrays(1))
    write_folder(tmp_path / "b", META, **arrays(2))
    assert read_folder_meta(tmp_path / "a").digest != read_folder_meta(tmp_path / "b").digest


def test_writing_again_replaces_a_scene_folder_as_a_whole(tmp_path):
    write_folder(written(tmp_path / "s"), FolderMeta(name="new"), xyz=arrays()["xyz"])
    assert sorted(contents(tmp_path / "s")) == [SCENE_FILE, "xyz.npy"]
    assert [p.name for p in tmp_path.iterdir()] == ["s"]


def test_a_foreign_folder_or_file_is_never_overwritten(tmp_path):
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter1.txt").write_text("years of work")
    (tmp_path / "file").write_text("also")
    for name in ("thesis", "file"):
        with pytest.raises(WriteError, match="something else is there"):
            written(tmp_path / name)
    assert (tmp_path / "thesis" / "chapter1.txt").read_text() == "years of work"


def test_a_full_disk_leaves_the_old_folder(tmp_path, monkeypatch):
    def full(stem, view):
        raise OSError(28, "No space left on device")

    before = contents(written(tmp_path / "s"))
    monkeypatch.setattr("lasso3d.io.folder.write_view", full)
    with pytest.raises(WriteError, match="No space left"):
        written(tmp_path / "s")
    assert contents(tmp_path / "s") == before
    assert [p.name for p in tmp_path.iterdir()] == ["s"]


def test_labels_come_beside_the_other_arrays(tmp_path):
    source, labels = written(tmp_path / "s"), labels_for()
    label_folder(source, tmp_path / "out", labels)
    old, new = contents(source), contents(tmp_path / "out")
    assert {name: new[name] for name in old} == old
    assert len(new) - len(old) == 4
    extra = read_folder(tmp_path / "out").extra
    np.testing.assert_array_equal(extra["lasso_label"], labels.label)
    np.testing.assert_array_equal(extra["lasso_object"], labels.object)
    np.testing.assert_array_equal(extra["lasso_uncertainty"], labels.uncertainty)
    assert json.loads(new["lasso_names.json"]) == ["Stuhl", "größer"]


def test_labels_of_an_earlier_session_stay(tmp_path):
    path, first = written(tmp_path / "s"), labels_for()
    digest = folder_digest(path)
    label_folder(path, path, first)
    label_folder(path, path, replace(first, label=first.label * 0))
    extra = read_folder(path).extra
    np.testing.assert_array_equal(extra["lasso_label"], first.label)
    assert not extra["lasso_label_2"].any()
    assert (path / "lasso_names_2.json").is_file()
    assert folder_digest(path) == digest == read_folder(path).source.digest


def test_a_copy_cannot_lie_inside_its_source(tmp_path):
    with pytest.raises(WriteError, match="inside"):
        label_folder(written(tmp_path / "s"), tmp_path / "s" / "deep" / "er", labels_for())


def test_a_change_of_any_file_changes_the_digest(tmp_path):
    path = written(tmp_path / "s")
    digests = {folder_digest(path)}
    for name, data in contents(path).items():
        (path / name).write_bytes(data + b" ")
        digests.add(folder_digest(path))
    assert len(digests) == 12


def test_labels_of_another_length_are_a_programming_error(tmp_path):
    with pytest.raises(ValueError, match=f"7 labels for {N} points"):
        label_folder(written(tmp_path / "s"), tmp_path / "out", labels_for(7))


@pytest.mark.parametrize(
    ("values", "match"),
    [
        ({"colour": 1, "size": 2}, "unknown keys: colour, size"),
        ({"format": "other 9"}, "format is not"),
        ({"up_axis": "y"}, "up_axis is not"),
        ({"origin": [1, 2]}, "origin is not three finite numbers"),
        ({"origin": [1, 2, float("nan")]}, "origin is not three finite numbers"),
        ({"origin": "123"}, "origin is not three finite numbers"),
        ({"name": 7}, "name is not a text"),
        ({"world_version": [1]}, "world_version is not"),
        ({"class_names": ["chair", None]}, "class_names is not a list of texts"),
        ({"class_names": "chair"}, "class_names is not a list of texts"),
        ({"expressions": [{"text": "x"}]}, "expressions is not a list of objects"),
        ({"instructions": [{"text": "x", "instances": ["1"]}]}, "instructions is not a list of objects"),
        ({"instructions": [3]}, "instructions is not a list of objects"),
    ],
)
def test_strange_descriptions_are_refused_in_one_line(tmp_path, values, match):
    with pytest.raises(ReadError, match=match) as error:
        read_folder(changed_json(written(tmp_path / "s"), **values))
    assert "\n" not in str(error.value)
    assert SCENE_FILE in str(error.value)


@pytest.mark.parametrize("text", ["", "[1]", "{", "\xff", "[" * 100_000])
def test_a_description_that_is_no_json_object_is_refused(tmp_path, text):
    path = written(tmp_path / "s")
    (path / SCENE_FILE).write_text(text, encoding="latin-1")
    with pytest.raises(ReadError):
        read_folder(path)


@pytest.mark.parametrize(
    ("name", "array"),
    [
        ("xyz", np.zeros((4, 2), np.float32)),
        ("xyz", np.zeros((4, 3), np.int32)),
        ("xyz", np.full((N, 3), np.nan, np.float32)),
        ("xyz", np.zeros((0, 3), np.float32)),
        ("rgb", np.zeros((N, 3), np.uint16)),
        ("rgb", np.zeros((N - 1, 3), np.uint8)),
    ],
)
def test_arrays_of_the_wrong_form_are_refused(tmp_path, name, array):
    path = written(tmp_path / "s")
    np.save(path / f"{name}.npy", array)
    with pytest.raises(ReadError) as error:
        read_folder(path)
    assert "\n" not in str(error.value)


def test_truth_of_another_length_is_refused(tmp_path):
    path = written(tmp_path / "s")
    np.save(path / "part.npy", np.zeros(3, np.int32))
    with pytest.raises(ReadError, match=r"part\.npy"):
        read_folder_truth(path)


def test_pickles_are_never_opened(tmp_path):
    path = written(tmp_path / "s")
    np.save(path / "xyz.npy", np.array([{"a": 1}], object), allow_pickle=True)
    with pytest.raises(ReadError):
        read_folder(path)


@pytest.mark.parametrize("name", ["xyz.npy", "views/000.json", "views/000.png", "views/000.depth.npy"])
def test_damaged_files_give_one_line(tmp_path, name):
    rng = np.random.default_rng(0)
    path = written(tmp_path / "s")
    views = read_folder(path).views
    data = (path / name).read_bytes()

    def look():
        return read_folder_truth(path) if name == "xyz.npy" else views[0]

    for length in (0, 5, len(data) // 2, len(data) - 30):
        (path / name).write_bytes(data[:length])
        with pytest.raises(ReadError) as error:
            look()
        assert "\n" not in str(error.value)
    for _ in range(60):
        mutant = np.frombuffer(data, np.uint8).copy()
        mutant[rng.integers(0, len(data), 3)] = rng.integers(0, 256, 3)
        (path / name).write_bytes(mutant.tobytes())
        try:
            look()
        except ReadError as damage:
            assert "\n" not in str(damage)  # noqa: PT017


def test_a_depth_image_of_another_size_is_refused(tmp_path):
    views = read_folder(written(tmp_path / "s")).views
    np.save(tmp_path / "s/views/000.depth.npy", np.zeros((3, 3), np.float32))
    with pytest.raises(ReadError, match="depth"):
        views[0]


def test_any_other_folder_is_refused(tmp_path):
    with pytest.raises(ReadError, match=r"no scene\.json"):
        read_folder(tmp_path)


@pytest.mark.parametrize("wish", [{"up": "y"}, {"unit": 0.001}])
def test_a_scene_folder_is_neither_turned_nor_scaled(tmp_path, wish):
    with pytest.raises(ReadError, match="z up and in metres already"):
        read_folder(written(tmp_path / "s"), **wish)
