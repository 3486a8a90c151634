"""Posed images on the command line: written with scenes, read as recordings."""

import json

import numpy as np
from PIL import Image

from lasso3d.data.folder import read_scene_folder
from lasso3d.io.scenes import read_scene


def test_scenes_come_with_the_views_that_are_asked_for(lasso, tmp_path):
    code, said, _ = lasso("scenes", "--out", tmp_path, "--count", "1", "--seed", "5", "--views", "2")
    assert code == 0
    assert "wrote 1 scenes" in said
    folder = tmp_path / "tabletops_00000005"
    scene, truth = read_scene_folder(folder)
    assert len(scene.views) == len(truth.views) == 2
    assert scene.views[1].depth.shape == truth.views[1].instance.shape == (240, 320)
    code, said, _ = lasso("info", folder, "--json")
    assert json.loads(said)["views"] == 2


def test_scenes_without_views_hold_none(lasso, tmp_path):
    assert lasso("scenes", "--out", tmp_path, "--count", "1", "--seed", "5", "--views", "0")[0] == 0
    assert not (tmp_path / "tabletops_00000005" / "views").exists()
    code, _, said = lasso("scenes", "--out", tmp_path, "--count", "1", "--views", "-1")
    assert code == 2
    assert "--views must be 0 or more" in said


def recording(folder) -> None:
    """Three frames of a wall at 1 m with a red square on it, in ScanNet's layout; y points down."""
    for name in ("color", "depth", "pose"):
        (folder / name).mkdir(parents=True)
    rgb = np.full((120, 160, 3), 200, np.uint8)
    rgb[40:80, 60:100] = (200, 30, 30)
    depth = np.full((120, 160), 1000, np.uint16)
    depth[40:80, 60:100] = 900
    for i in range(3):
        Image.fromarray(rgb).save(folder / f"color/{i}.png")
        Image.fromarray(depth).save(folder / f"depth/{i}.png")
        np.savetxt(folder / f"pose/{i}.txt", np.eye(4))
    (folder / "intrinsic.txt").write_text("140 0 79.5\n0 140 59.5\n0 0 1\n")


def test_a_folder_of_frames_is_a_scan_like_any_other(lasso, tmp_path):
    recording(tmp_path / "wall")
    code, said, _ = lasso("info", tmp_path / "wall", "--up", "-y", "--json")
    assert code == 0
    facts = json.loads(said)
    assert facts["views"] == 3
    assert facts["points"] > 3_000
    out = tmp_path / "labelled.ply"
    clicks = ["--click", "1:0,0,0.9", "0:0.4,0.3,1"]
    code, said, _ = lasso("segment", tmp_path / "wall", "--system", "geodesic", "--up", "-y", *clicks, "--out", out)
    assert code == 0, said
    scene = read_scene(out, up="-y")
    chosen = scene.extra["lasso_object"] == 1
    red = scene.rgb[:, 1] < 100
    assert (chosen & red).sum() / (chosen | red).sum() > 0.8


def test_a_folder_of_frames_without_poses_says_what_is_missing(lasso, tmp_path):
    recording(tmp_path / "wall")
    for path in (tmp_path / "wall/pose").iterdir():
        path.unlink()
    (tmp_path / "wall/pose").rmdir()
    code, _, said = lasso("info", tmp_path / "wall")
    assert code == 1
    assert said.count("\n") == 1
    assert "no poses" in said
    assert "trajectory.log" in said
