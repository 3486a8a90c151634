"""From files to scenes: frames, origins, records left out, the format found."""

import os
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
from scan_files import (
    COLOURS,
    NORMALS,
    OTHERS,
    XYZ,
    XYZ_F64,
    las_file,
    mesh_ply_file,
    npy_file,
    npz_file,
    pcd_file,
    ply_file,
    random_points,
)

from lasso3d.core.errors import ReadError
from lasso3d.io.frames import scene_to_file
from lasso3d.io.scenes import file_to_scene, read_scene

UPS = ("x", "-x", "y", "-y", "z", "-z")
DATA = os.environ.get("LASSO3D_DATA")
real = pytest.mark.skipif(DATA is None, reason="LASSO3D_DATA is not set")


@pytest.fixture
def saved(tmp_path):
    def save(name: str, data: bytes):
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return save


def test_a_scene_knows_its_file(saved):
    points = random_points(XYZ + NORMALS + COLOURS + OTHERS)
    path = saved("office.ply", ply_file(points))
    scene = read_scene(str(path))
    assert (scene.name, scene.source.path) == ("office", path)
    assert scene.source.digest == sha256(path.read_bytes()).hexdigest()
    np.testing.assert_array_equal(scene.source.row, np.arange(50))
    np.testing.assert_array_equal(scene.xyz, np.stack([points[name] for name in "xyz"], 1))
    assert not scene.origin.any()
    assert set(scene.extra) == {name for name, _ in OTHERS}
    for array in (scene.xyz, scene.rgb, scene.normals, scene.source.row, *scene.extra.values()):
        assert not array.flags.writeable


@pytest.mark.parametrize("encoding", ["binary", "binary_compressed"])
def test_records_without_a_place_are_left_out(saved, encoding):
    points = random_points([*XYZ, ("label", "u4")])
    points["x"][3], points["y"][10:13], points["z"][[0, 49]] = np.nan, np.inf, (-np.inf, np.nan)
    kept = np.setdiff1d(np.arange(50), [0, 3, 10, 11, 12, 49])
    scene = read_scene(saved("camera.pcd", pcd_file(points, encoding=encoding)))
    np.testing.assert_array_equal(scene.source.row, kept)
    np.testing.assert_array_equal(scene.xyz[:, 0], points["x"][kept])
    np.testing.assert_array_equal(scene.extra["label"], points["label"][kept])


def test_normals_that_are_not_finite_are_zero(saved):
    points = random_points(XYZ + NORMALS)
    points["ny"][5] = np.nan
    scene = read_scene(saved("a.ply", ply_file(points)))
    assert scene.normals[5].tolist() == [0, 0, 0]
    np.testing.assert_array_equal(scene.normals[6:, 1], points["ny"][6:])


@pytest.mark.parametrize("up", UPS)
@pytest.mark.parametrize("unit", [1.0, 0.001, 0.3048])
@pytest.mark.parametrize("offset", [0.0, 5_400_000.0])
def test_scene_and_file_coordinates_lead_to_each_other(saved, up, unit, offset):
    points = random_points(XYZ_F64 + NORMALS, offset=offset)
    in_file = np.stack([points[name] for name in "xyz"], 1)
    scene = read_scene(saved("a.ply", ply_file(points)), up=up, unit=unit)
    placed = file_to_scene(in_file, up=up, unit=unit, origin=scene.origin)
    np.testing.assert_allclose(scene.xyz, placed, atol=1e-4)
    back = scene_to_file(placed, up=up, unit=unit, origin=scene.origin)
    np.testing.assert_allclose(back, in_file, atol=1e-6)
    middle = np.median(placed + scene.origin, axis=0)
    np.testing.assert_array_equal(scene.origin, np.floor(middle) if np.abs(middle).max() > 1000 else np.zeros(3))
    assert np.abs(scene.xyz).max() < 1001


def test_one_stray_point_costs_the_others_no_precision(saved):
    points = random_points(XYZ_F64, offset=5_400_000.0)
    for name in "xyz":
        points[name][0] = 0
    in_file = np.stack([points[name] for name in "xyz"], 1)
    scene = read_scene(saved("a.ply", ply_file(points)))
    back = scene_to_file(scene.xyz.astype(np.float64), up="z", unit=1.0, origin=scene.origin)
    assert np.abs(back - in_file)[1:].max() < 1e-4


@pytest.mark.parametrize("up", UPS)
def test_up_is_a_rotation_that_brings_the_axis_to_z(saved, up):
    turn = file_to_scene(np.eye(3), up=up, unit=1.0, origin=np.zeros(3)).T
    assert np.linalg.det(turn) == 1
    axis = np.eye(3)["xyz".index(up[-1])] * (-1 if up[0] == "-" else 1)
    np.testing.assert_array_equal(turn @ axis, [0, 0, 1])
    points = random_points(XYZ + NORMALS)
    scene = read_scene(saved("a.ply", ply_file(points)), up=up)
    normals = np.stack([points[name] for name in ("nx", "ny", "nz")], 1)
    np.testing.assert_allclose(scene.normals, normals @ turn.T, rtol=1e-6)


def test_the_frame_of_a_camera_keeps_right_and_turns_forward_to_y():
    camera = np.array([[1.0, 2.0, 3.0]])
    assert file_to_scene(camera, up="-y", unit=1.0, origin=np.zeros(3)).tolist() == [[1, 3, -2]]


@pytest.mark.parametrize("wrong", [{"up": "w"}, {"unit": 0.0}, {"unit": -1.0}, {"unit": np.nan}], ids=str)
def test_a_frame_that_does_not_exist_is_a_value_error(saved, wrong):
    with pytest.raises((ValueError, TypeError)):
        read_scene(saved("a.ply", ply_file(random_points(XYZ))), **wrong)


def test_all_formats_lead_to_the_same_scene(saved):
    points = random_points(XYZ + COLOURS)
    xyz = np.stack([points[name] for name in "xyz"], 1)
    rgb = np.stack([points[name] for name in ("red", "green", "blue")], 1)
    packed = np.zeros(50, [*XYZ, ("rgb", "u4")])
    for name in "xyz":
        packed[name] = points[name]
    packed["rgb"] = (rgb.astype(np.uint32) << [16, 8, 0]).sum(1)
    files = {
        "a.ply": ply_file(points),
        "b.PLY": ply_file(points, encoding=">"),
        "c.ply": ply_file(points, encoding="text"),
        "d.pcd": pcd_file(packed, encoding="ascii"),
        "e.pcd": pcd_file(packed, encoding="binary_compressed"),
        "f.npz": npz_file({"points": xyz, "color": rgb}),
        "g.npy": npy_file(points),
        "h.npy": npy_file(np.hstack([xyz, rgb.astype(np.float32)])),
    }
    assert len({read_scene(saved(name, data)).digest for name, data in files.items()}) == 1


def test_faces_make_a_mesh(saved):
    scene = read_scene(saved("square.ply", mesh_ply_file()))
    assert len(scene) > 4
    assert len(scene.source.row) == 4
    np.testing.assert_allclose(scene.xyz[scene.source.row], [[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], atol=0.1)


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.ply", las_file(compressed=False), "no .ply file but .las; rename it to .las"),
        ("a.las", ply_file(random_points(XYZ)), "no .las file but .ply; rename it to .ply"),
        ("a.npz", npy_file(np.eye(3)), "no .npz file but .npy"),
        ("a.obj", npz_file({"xyz": np.eye(3)}), "no .obj file but .npz"),
        ("a.ply", b"<!DOCTYPE html><html>", "a web page; download"),
        ("a.laz", b"version https://git-lfs.github.com/spec/v1", "Git LFS pointer; fetch"),
        ("a.pcd", b"\x1f\x8b\x08\0", "gzip archive; unpack"),
        ("a.ply", b"", "is empty"),
        ("a.ply", b"hello", "not a PLY file, it begins with b'hello'"),
        ("a.e57", b"ASTM-E57", "'.e57', that is not one of .glb, .las, .laz, .npy, .npz, .obj, .pcd, .ply, .stl"),
        ("noext", b"x", "suffix"),
    ],
)
def test_suffix_and_contents_must_agree(saved, name, data, words):
    path = saved(name, data)
    with pytest.raises(ReadError) as caught:
        read_scene(path)
    assert words in str(caught.value)
    assert str(path) in str(caught.value)


def test_what_is_not_there_is_said_in_one_line(tmp_path):
    with pytest.raises(ReadError, match=r"none\.ply: cannot be read \(No such file"):
        read_scene(tmp_path / "none.ply")
    with pytest.raises(ReadError, match=r"scene\.json"):
        read_scene(tmp_path)


def test_points_at_the_end_of_the_universe_are_refused(saved):
    points = random_points(XYZ_F64)
    points["y"][7] = 1e300
    with pytest.raises(ReadError, match=r"1e\+300 m; remove those points or check the unit"):
        read_scene(saved("a.ply", ply_file(points)))


@real
def test_a_depth_camera_cloud_keeps_its_invalid_records_out():
    for path in sorted(Path(DATA, "indoor_instances/mOSD").glob("test/*.pcd"))[:3]:
        scene = read_scene(path)
        assert 10_000 < len(scene) < 640 * 480
        assert scene.rgb.mean() > 20
        assert scene.extra["label"].max() > 1
        assert 0.1 < np.ptp(scene.xyz, axis=0).min() < 5


@real
def test_national_coordinates_keep_their_millimetres():
    for path in sorted(Path(DATA, "lidar/isprs_filtertest").glob("*.pcd"))[:3]:
        scene = read_scene(path)
        assert scene.origin[0] > 400_000
        assert np.abs(scene.xyz).max() < 2000


@real
def test_a_file_written_by_open3d_is_read():
    scene = read_scene(Path(DATA, "indoor_instances/labelCloud/exemplary.ply"))
    assert len(scene) == 86_357
    assert scene.rgb.std() > 10


@real
def test_an_archive_of_other_things_is_no_cloud():
    with pytest.raises(ReadError, match="no array xyz, points or coord"):
        read_scene(Path(DATA, "lidar/amsterdam_ahn/ahn_2386_9702.npz"))
