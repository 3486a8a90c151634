"""From segmentations back to files."""

import json
import os
from dataclasses import replace
from pathlib import Path

import laspy
import numpy as np
import pytest
from scan_files import (
    COLOURS,
    NORMALS,
    OTHERS,
    SQUARE,
    XYZ,
    glb_file,
    las_file,
    mesh_ply_file,
    npy_file,
    npz_file,
    obj_file,
    pcd_file,
    ply_file,
    random_points,
    stl_file,
)

from lasso3d.core.errors import WriteError
from lasso3d.core.scene import Scene
from lasso3d.io.atomic import replacing
from lasso3d.io.export import write_segmentation
from lasso3d.io.formats import format_of
from lasso3d.io.pcd_data import unpacked
from lasso3d.io.pcd_header import read_pcd_header
from lasso3d.io.records import LABEL_NAMES
from lasso3d.io.scenes import read_scene

DATA = os.environ.get("LASSO3D_DATA")
POINTS = random_points(XYZ + NORMALS + COLOURS + OTHERS, count=40)
POINTS["y"][7:9] = np.nan
XYZ_ARRAY = np.stack([POINTS[name] for name in "xyz"], 1)
CLOUDS = {
    "little.ply": ply_file(POINTS),
    "big.ply": ply_file(POINTS, encoding=">"),
    "text.ply": ply_file(POINTS, encoding="text"),
    "plain.pcd": pcd_file(POINTS, encoding="binary", width=8),
    "text.pcd": pcd_file(POINTS, encoding="ascii"),
    "packed.pcd": pcd_file(POINTS, encoding="binary_compressed"),
    "stored.npz": npz_file({"xyz": XYZ_ARRAY, "label": np.arange(40)}),
    "fields.npy": npy_file(POINTS),
    "old.las": las_file(compressed=False),
    "new.laz": las_file(compressed=True, point_format=7, version="1.4"),
}
MESHES = {"mesh.ply": mesh_ply_file(), "mesh.obj": obj_file(), "mesh.stl": stl_file(), "mesh.glb": glb_file()}


@pytest.fixture
def saved(tmp_path):
    def save(name: str, data: bytes):
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return save


@pytest.fixture(params=CLOUDS)
def cloud(request, saved):
    return saved(request.param, CLOUDS[request.param])


def in_folder(path):
    return sorted(entry.name for entry in path.parent.iterdir())


def names_beside(path):
    return json.loads(path.with_name(f"{path.name}.labels.json").read_text())["lasso_names"]


def test_labels_arrive_at_the_records_of_their_points(cloud, answer):
    scene = read_scene(cloud)
    segmentation = answer(scene)
    target = cloud.with_name(f"out{cloud.suffix}")
    write_segmentation(target, scene, segmentation)
    back = read_scene(target)
    np.testing.assert_array_equal(back.extra["lasso_label"], segmentation.label_of_point())
    np.testing.assert_array_equal(back.extra["lasso_object"], segmentation.label_of_point() + 1)
    np.testing.assert_array_equal(back.extra["lasso_uncertainty"], segmentation.point_uncertainty())
    np.testing.assert_array_equal(back.source.row, scene.source.row)
    assert [back.extra[name].dtype for name in LABEL_NAMES] == [np.int32, np.int32, np.float32]
    assert back.digest == scene.digest
    assert set(back.extra) == {*scene.extra, *LABEL_NAMES}
    for name, values in scene.extra.items():
        np.testing.assert_array_equal(back.extra[name], values)
    if cloud.suffix not in (".ply", ".npz"):
        assert names_beside(target) == list(segmentation.labels)


def test_records_without_a_point_get_no_label(saved, answer):
    source = saved("a.npz", CLOUDS["stored.npz"])
    scene = read_scene(source)
    write_segmentation(source, scene, answer(scene))
    with np.load(source) as arrays:
        assert arrays["lasso_label"][7:9].tolist() == [-1, -1]
        assert arrays["lasso_object"][7:9].tolist() == [0, 0]
        assert arrays["lasso_uncertainty"][7:9].tolist() == [0, 0]
        assert len(arrays["lasso_label"]) == 40


def test_the_target_may_be_the_source(cloud, answer):
    scene = read_scene(cloud)
    segmentation = answer(scene, labels=(3, 8))
    write_segmentation(cloud, scene, segmentation)
    once = read_scene(cloud)
    objects = np.array([3, 8, 0])[segmentation.label_of_point()]
    np.testing.assert_array_equal(once.extra["lasso_object"], objects)
    write_segmentation(cloud, once, answer(once, seed=1))
    twice = read_scene(cloud)
    np.testing.assert_array_equal(twice.extra["lasso_object"], objects)
    np.testing.assert_array_equal(twice.extra["lasso_label_2"], answer(once, seed=1).label_of_point())
    assert not any(name.startswith(".tmp") for name in in_folder(cloud))


def test_a_source_that_changed_or_went_is_refused(cloud, answer):
    scene = read_scene(cloud)
    target = cloud.with_name(f"out{cloud.suffix}")
    cloud.write_bytes(cloud.read_bytes() + b" ")
    with pytest.raises(WriteError, match=r"changed since .*; read it again"):
        write_segmentation(target, scene, answer(scene))
    cloud.unlink()
    with pytest.raises(WriteError, match="gone; read it again"):
        write_segmentation(target, scene, answer(scene))
    assert in_folder(cloud) == []


@pytest.mark.parametrize("suffix", [".ply", ".pcd", ".npz", ".las", ".laz"])
def test_any_cloud_becomes_a_plain_file_of_any_format(cloud, answer, suffix):
    scene = read_scene(cloud)
    target = cloud.with_name(f"converted{suffix}")
    segmentation = answer(scene)
    write_segmentation(target, scene, segmentation)
    back = read_scene(target)
    if format_of(cloud) is not format_of(target):
        assert len(back.source.row) == len(scene)
        np.testing.assert_allclose(back.xyz + back.origin, scene.xyz + scene.origin, atol=2e-3)
    np.testing.assert_array_equal(back.extra["lasso_label"], segmentation.label_of_point())
    np.testing.assert_array_equal(back.extra["lasso_uncertainty"], segmentation.point_uncertainty())


@pytest.mark.parametrize("suffix", [".ply", ".pcd", ".npz", ".las"])
@pytest.mark.parametrize("origin", [(0.0, 0.0, 0.0), (4e5, 5e6, 100.0)])
def test_a_scene_without_a_file_is_written_with_its_origin(tmp_path, answer, suffix, origin):
    rng = np.random.default_rng(0)
    xyz = rng.uniform(0, 50, (30, 3)).astype(np.float32)
    scene = Scene(xyz, rgb=rng.integers(1, 256, (30, 3)), extra={"height": xyz[:, 2]}, origin=np.array(origin))
    write_segmentation(tmp_path / f"out{suffix}", scene, answer(scene))
    back = read_scene(tmp_path / f"out{suffix}")
    np.testing.assert_allclose(back.xyz + back.origin, scene.xyz + scene.origin, atol=2e-3)
    np.testing.assert_array_equal(back.rgb, scene.rgb)
    np.testing.assert_array_equal(back.extra["height"], scene.extra["height"])


def test_an_answer_without_rows_is_written_too(saved, answer):
    source = saved("a.ply", CLOUDS["little.ply"])
    scene = read_scene(source)
    write_segmentation(source, scene, answer(scene, labels=()))
    assert set(read_scene(source).extra["lasso_label"]) == {-1}
    assert b"comment lasso_names []\n" in source.read_bytes()


@pytest.mark.parametrize("name", MESHES)
def test_a_mesh_is_labelled_at_its_vertices(saved, answer, name):
    source = saved(name, MESHES[name])
    scene = read_scene(source)
    segmentation = answer(scene)
    target = source.with_name(f"out{source.suffix}")
    write_segmentation(target, scene, segmentation)
    expected = segmentation.label_of_point()[scene.source.row]
    if name == "mesh.ply":
        assert format_of(target) is format_of(source)
        assert target.read_bytes().endswith(source.read_bytes()[-26:])
        back = np.frombuffer(
            target.read_bytes().split(b"end_header\n")[1],
            [("xyz", "f4", 3), ("rgb", "u1", 3), ("label", "<i4"), ("rest", "V8")],
            4,
        )
        np.testing.assert_array_equal(back["xyz"], SQUARE)
        np.testing.assert_array_equal(back["label"], expected)
    else:
        assert target.read_bytes() == source.read_bytes()
        beside = json.loads(target.with_name(f"{target.name}.labels.json").read_text())
        assert beside["lasso_names"] == list(segmentation.labels)
        assert beside["lasso_label"] == expected.tolist()
        assert len(beside["lasso_uncertainty"]) == len(beside["lasso_object"]) == len(expected)


def test_a_mesh_of_another_format_becomes_a_ply_with_its_faces(saved, answer):
    source = saved("mesh.obj", MESHES["mesh.obj"])
    scene = read_scene(source)
    write_segmentation(source.with_name("out.ply"), scene, answer(scene))
    assert b"element face 2" in source.with_name("out.ply").read_bytes()
    write_segmentation(source.with_name("samples.npz"), scene, answer(scene))
    assert len(read_scene(source.with_name("samples.npz"))) == len(scene)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("out.txt", "'.txt' is not one of .glb, .las"),
        ("out", "'' is not one of"),
        ("out.obj", ".obj cannot hold a cloud of points; write .ply or .npz"),
        ("nowhere/out.ply", "nowhere does not exist; create it first"),
    ],
)
def test_targets_that_cannot_be_say_why(saved, answer, name, words):
    source = saved("a.ply", CLOUDS["little.ply"])
    scene = read_scene(source)
    with pytest.raises(WriteError) as caught:
        write_segmentation(
            source.with_name("x") / ".." / name if "/" in name else source.with_name(name), scene, answer(scene)
        )
    assert words in str(caught.value)
    assert in_folder(source) == ["a.ply"]


def test_a_plain_table_is_written_as_npz(saved, answer):
    source = saved("a.npy", npy_file(XYZ_ARRAY))
    scene = read_scene(source)
    with pytest.raises(WriteError, match=r"plain NPY table cannot hold labels; write \.npz"):
        write_segmentation(source.with_name("out.npy"), scene, answer(scene))
    write_segmentation(source.with_name("out.npz"), scene, answer(scene))
    np.testing.assert_array_equal(read_scene(source.with_name("out.npz")).xyz, scene.xyz)


def test_a_failure_in_the_middle_leaves_the_old_target_alone(cloud, answer, monkeypatch):
    scene = read_scene(cloud)
    target = cloud.with_name(f"out{cloud.suffix}")
    target.write_bytes(b"precious")
    before = in_folder(cloud)

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(WriteError, match=r"cannot be written \(No space left on device\); check free space"):
        write_segmentation(target, scene, answer(scene))
    assert target.read_bytes() == b"precious"
    assert in_folder(cloud) == before


def test_an_interruption_leaves_the_old_target_alone(tmp_path):
    target = tmp_path / "out.ply"
    target.write_bytes(b"precious")

    def interrupted():
        with replacing(target) as temporary:
            temporary.write_bytes(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert target.read_bytes() == b"precious"
    assert in_folder(target) == ["out.ply"]


def test_links_are_followed_and_permissions_kept(tmp_path):
    real = tmp_path / "real.ply"
    real.write_bytes(b"old")
    real.chmod(0o640)
    (tmp_path / "link.ply").symlink_to(real)
    with replacing(tmp_path / "link.ply") as temporary:
        temporary.write_bytes(b"new")
    assert (tmp_path / "link.ply").is_symlink()
    assert real.read_bytes() == b"new"
    assert real.stat().st_mode & 0o777 == 0o640


def test_an_answer_about_another_scene_is_a_programming_error(saved, answer):
    source = saved("a.ply", CLOUDS["little.ply"])
    scene = read_scene(source)
    with pytest.raises(ValueError, match="about 38 points, the scene has 5"):
        write_segmentation(source, Scene(scene.xyz[:5]), answer(scene))
    part = replace(scene, xyz=scene.xyz[:5], rgb=None, normals=None, extra={})
    with pytest.raises(ValueError, match="names 38 records, the scene has 5 points"):
        write_segmentation(source, part, answer(part))


def test_las_keeps_its_own_dimensions(saved, answer):
    source = saved("a.las", CLOUDS["old.las"])
    scene = read_scene(source)
    write_segmentation(source.with_name("b.laz"), scene, answer(scene))
    old, new = laspy.read(source), laspy.read(source.with_name("b.laz"))
    for name in old.point_format.dimension_names:
        np.testing.assert_array_equal(old[name], new[name])
    np.testing.assert_array_equal(new["lasso_label"], answer(scene).label_of_point())


@pytest.mark.skipif(DATA is None, reason="LASSO3D_DATA is not set")
def test_a_real_compressed_cloud_keeps_every_byte_of_its_fields(tmp_path, answer):
    source = Path(DATA, "indoor_instances/mOSD/test/test0.pcd")
    scene = read_scene(source)
    write_segmentation(tmp_path / "out.pcd", scene, answer(scene))
    old, new = read_pcd_header(source), read_pcd_header(tmp_path / "out.pcd")
    before, after = unpacked(source, old), unpacked(tmp_path / "out.pcd", new)
    assert after[: len(before)].tobytes() == before.tobytes()
    assert new.count == 640 * 480 > len(scene)
    back = read_scene(tmp_path / "out.pcd")
    np.testing.assert_array_equal(back.extra["lasso_label"], answer(scene).label_of_point())
