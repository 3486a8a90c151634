import json
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

import lasso3d
from lasso3d.cli import COMMANDS

BLOCK = "1:500001.0,4000001.0,100.4"
"""A click on top of the block, in file coordinates."""


def test_segment_writes_the_labelled_scan_and_a_picture(lasso, scan, tmp_path):
    out, picture = tmp_path / "out.ply", tmp_path / "out.png"
    code, said, _ = lasso(
        "segment", scan, "--system", "geodesic", "--click", BLOCK, "--click", "0:500000.2,4000000.2,100",
        "--out", out, "--picture", picture,
    )  # fmt: skip
    assert code == 0, said
    assert str(out) in said
    before, after = lasso3d.read_scene(scan), lasso3d.read_scene(out)
    np.testing.assert_array_equal(after.extra["intensity"], before.extra["intensity"])
    np.testing.assert_array_equal(after.xyz, before.xyz)
    inside = after.extra["lasso_label"] == 0
    block = before.rgb[:, 0] > 150
    assert (inside & block).sum() / (inside | block).sum() > 0.8
    assert set(np.unique(after.extra["lasso_object"])) == {0, 1}
    assert 0 <= after.extra["lasso_uncertainty"].min() <= after.extra["lasso_uncertainty"].max() <= 1
    image = np.asarray(Image.open(picture))
    assert image.std() > 10


def test_another_format_keeps_the_coordinates_of_the_file(lasso, scan, tmp_path):
    turned = "1:4000001.0,100.4,500001.0"
    cloud = lasso3d.read_scene(scan)
    xyz = (cloud.xyz + cloud.origin)[:, [1, 2, 0]] * 100
    np.savez(tmp_path / "y_up.npz", xyz=xyz)
    centimetres = "1:" + ",".join(str(100 * float(x)) for x in turned[2:].split(","))
    code, _, complaint = lasso(
        "segment", tmp_path / "y_up.npz", "--system", "geodesic", "--click", centimetres, "--up", "y",
        "--unit", "0.01", "--out", tmp_path / "out.ply",
    )  # fmt: skip
    assert code == 0, complaint
    again = lasso3d.read_scene(tmp_path / "out.ply")
    np.testing.assert_allclose(again.xyz + again.origin, xyz, atol=0.1)


def test_segment_without_out_prints_a_table(lasso, scan):
    code, said, _ = lasso("segment", scan, "--system", "geodesic", "--click", BLOCK)
    assert code == 0
    assert said.splitlines()[0].split()[:2] == ["label", "points"]
    assert said.splitlines()[1].split()[0] == "1"


def test_segment_as_json(lasso, scan):
    code, said, _ = lasso("segment", scan, "--system", "geodesic", "--click", BLOCK, "--json")
    assert code == 0
    result = json.loads(said)
    assert result["points"] == 6000
    assert result["rows"][0]["label"] == 1
    assert 0 < result["rows"][0]["score"] <= 1


def test_prompts_from_a_file_are_asked_in_turn(lasso, scan, tmp_path):
    prompts = [
        {"type": "Clicks", "clicks": [{"xyz": [500001.0, 4000001.0, 100.4], "object": 3}]},
        {
            "type": "Clicks",
            "clicks": [
                {"xyz": [500001.0, 4000001.0, 100.4], "object": 3},
                {"xyz": [500000.2, 4000000.2, 100.0], "object": 7},
            ],
        },
    ]
    path = tmp_path / "prompts.json"
    path.write_text(json.dumps(prompts))
    code, said, _ = lasso("segment", scan, "--system", "geodesic", "--prompts", path, "--json")
    assert code == 0
    assert [row["label"] for row in json.loads(said)["rows"]] == [3, 7]


@pytest.mark.parametrize(
    "arguments",
    [
        ["fly"],
        ["segment"],
        ["segment", "SCAN"],
        ["segment", "SCAN", "--system", "geodesic"],
        ["segment", "SCAN", "--system", "geodesic", "--click", "1:0,0"],
        ["segment", "SCAN", "--system", "geodesic", "--click", "red:0,0,0"],
        ["segment", "SCAN", "--system", "geodesic", "--box", "1,2,3"],
        ["segment", "SCAN", "--system", "geodesic", "--click", BLOCK, "--classes", "chair"],
        ["segment", "SCAN", "--system", "geodesic", "--parts", "leg"],
        ["segment", "SCAN", "--system", "geodesic", "--click", BLOCK, "--up", "w"],
        ["segment", "SCAN", "--system", "geodesic", "--click", BLOCK, "--voxel", "-1"],
        ["segment", "SCAN", "--system", "geodesic", "--click", BLOCK, "--unit", "0"],
        ["segment", "SCAN", "--system", "geodesic", "--click", BLOCK, "--prompts", "p.json"],
        ["info", "SCAN", "--unit", "0"],
        ["evaluate", "clicks-single", "--system", "geodesic", "--data", "procedural", "--scenes", "-1"],
        ["scenes", "--out", "x", "--count", "1", "--seed", "-1"],
        ["evaluate", "clicks-single"],
        ["evaluate", "beauty", "--system", "geodesic", "--data", "procedural"],
        ["scenes", "--out", "x"],
    ],
)
def test_wrong_usage_ends_with_code_2(lasso, scan, arguments):
    code, _, complaint = lasso(*(scan if argument == "SCAN" else argument for argument in arguments))
    assert code == 2
    assert complaint
    assert "Traceback" not in complaint


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["segment", "nowhere.ply", "--system", "geodesic", "--click", BLOCK], ["nowhere.ply"]),
        (["segment", "SCAN", "--system", "geodesc", "--click", BLOCK], ["geodesc", "did you mean geodesic"]),
        (["segment", "SCAN", "--system", "geodesic", "--classes", "chair"], ["ClassNames", "Clicks"]),
        (["segment", "SCAN", "--system", "geodesic", "--kind", "panoptic"], ["ClassNames", "Clicks"]),
        (
            ["segment", "SCAN", "--system", "geodesic", "--click", "1:0,0,0"],
            ["outside the scan", "file coordinates"],
        ),
        (["segment", "SCAN", "--system", "geodesic", "--click", BLOCK, "--out", "no/such/o.ply"], ["no/such"]),
        (["segment", "SCAN", "--system", "geodesic", "--click", BLOCK, "--out", "o.xyz"], ["o.xyz", ".ply"]),
        (["segment", "SCAN", "--system", "geodesic", "--click", BLOCK, "--picture", "o.jpg"], ["PNG"]),
        (["segment", "SCAN", "--system", "geodesic", "--prompts", "nowhere.json"], ["nowhere.json"]),
        (["evaluate", "clicks-single", "--system", "geodesic", "--data", "EMPTY"], ["labelled"]),
        (
            ["evaluate", "clicks-single", "--system", "geodesic", "--data", "procedural", "--out", "no/r.json"],
            ["no/r.json", "folder"],
        ),
        (["info", "nowhere.las"], ["nowhere.las"]),
    ],
)
def test_failures_are_one_line_that_says_what_and_what_to_do(lasso, scan, tmp_path, monkeypatch, arguments, words):
    monkeypatch.chdir(tmp_path)
    places = {"SCAN": scan, "EMPTY": tmp_path}
    code, _, complaint = lasso(*(places.get(argument, argument) for argument in arguments))
    assert code == 1
    assert complaint.startswith("lasso3d: ")
    assert complaint.count("\n") == 1
    for word in words:
        assert word in complaint
    assert not list(tmp_path.iterdir()), "nothing may be left half-written"


def test_debug_shows_the_traceback(lasso):
    code, _, complaint = lasso("info", "nowhere.las", "--debug")
    assert code == 1
    assert "Traceback" in complaint


def test_info_says_what_a_scan_is_and_warns(lasso, scan, tmp_path):
    code, said, _ = lasso("info", scan)
    assert code == 0
    assert "6000" in said
    assert "500000" in said
    assert "intensity uint16" in said
    code, said, _ = lasso("info", scan, "--unit", "0.001", "--json")
    assert "millimetres" in json.loads(said)["watch out"]


def test_info_without_a_path_lists_the_systems(lasso):
    code, said, _ = lasso("info")
    assert code == 0
    assert lasso3d.__version__ in said
    for name in lasso3d.systems():
        assert name in said


def test_info_says_how_large_the_cache_is(lasso, tmp_path, monkeypatch):
    monkeypatch.setenv("LASSO3D_CACHE", str(tmp_path))
    (tmp_path / "something").write_bytes(bytes(2_500_000))
    code, said, _ = lasso("info", "--cache")
    assert code == 0
    assert str(tmp_path) in said
    assert "2.5" in said


def test_info_of_a_checkpoint_is_its_card(lasso, tmp_path):
    lasso3d.load("geodesic").with_voxel(0.07).save(tmp_path / "mine")
    code, said, _ = lasso("info", tmp_path / "mine")
    assert code == 0
    assert "0.07" in said


def test_scenes_are_written_once_and_can_be_evaluated(lasso, tmp_path):
    out = tmp_path / "worlds"
    code, said, _ = lasso("scenes", "--out", out, "--count", "2", "--seed", "5")
    assert code == 0
    assert "wrote 2 scenes" in said
    code, said, _ = lasso("scenes", "--out", out, "--count", "3", "--seed", "5")
    assert "wrote 1 scenes" in said
    report = tmp_path / "report.json"
    code, said, _ = lasso(
        "evaluate", "clicks-single", "--system", "geodesic", "--data", out, "--scenes", "1", "--objects", "2",
        "--clicks", "3", "--out", report,
    )  # fmt: skip
    assert code == 0, said
    figures = json.loads(report.read_text())["figures"]
    assert 0 < figures["IoU@3"]["value"] <= 100
    assert "IoU" in said


def test_generated_scenes_can_be_evaluated_without_writing_them(lasso):
    code, said, _ = lasso(
        "evaluate", "clicks-multi", "--system", "geodesic", "--data", "procedural", "--scenes", "1", "--clicks", "2"
    )
    assert code == 0
    assert "IoU" in said


def test_the_demo_leaves_scans_pictures_and_a_table(lasso, tmp_path):
    code, said, _ = lasso("demo", "--out", tmp_path / "demo")
    assert code == 0
    assert "lasso3d segment" in said
    for name in lasso3d.systems():
        assert name in said
        assert (tmp_path / "demo" / f"{name}.png").stat().st_size > 10_000
        labelled = lasso3d.read_scene(tmp_path / "demo" / f"{name}.ply")
        assert (labelled.extra["lasso_label"] >= 0).any()
    command = next(line for line in said.splitlines() if "lasso3d segment" in line).split()[1:]
    code, _, complaint = lasso(*command[:-1], tmp_path / "mask.png")
    assert code == 0, complaint


def test_every_command_explains_itself(lasso):
    for name in COMMANDS:
        code, said, _ = lasso(name, "--help")
        assert code == 0
        assert name in said


def test_a_bug_is_named_as_one_without_a_traceback(lasso, scan, monkeypatch):
    import lasso3d.systems.geodesic as geodesic

    monkeypatch.setattr(geodesic, "voxelize", lambda *_: 1 / 0)
    code, _, complaint = lasso("segment", scan, "--system", "geodesic", "--click", BLOCK)
    assert code == 1
    assert "bug" in complaint
    assert complaint.count("\n") == 1


def test_it_runs_as_a_program():
    done = subprocess.run([sys.executable, "-m", "lasso3d.cli", "info"], capture_output=True, text=True)
    assert done.returncode == 0
    assert "geodesic" in done.stdout
    failed = subprocess.run([sys.executable, "-m", "lasso3d.cli", "info", "x.ply"], capture_output=True, text=True)
    assert failed.returncode == 1
    assert failed.stderr.startswith("lasso3d: ")
