"""`lasso3d evaluate` with protocols that ask by names and sentences."""

import json

import pytest

SCENES = ("--data", "procedural", "--world", "tabletops", "--scenes", "1")


def test_a_systems_figures_and_the_controls_stand_side_by_side(lasso, tmp_path):
    out = tmp_path / "r.json"
    code, said, _ = lasso("evaluate", "one-click", "--system", "geodesic", "--control", *SCENES, "--out", out)
    assert code == 0
    assert said.count("one-click  ") == 2
    system, control = (json.loads(path.read_text()) for path in (out, tmp_path / "r.control.json"))
    assert system["digests"] == control["digests"]
    assert system["figures"].keys() == control["figures"].keys()
    assert "IoU edge (rounded truth)" in system["figures"]


@pytest.mark.parametrize("protocol", ["semantic", "open-vocabulary"])
def test_the_control_alone_needs_no_system(lasso, tmp_path, protocol):
    out = tmp_path / "r.json"
    novel = ("--novel", "bowl", "mug", "cup", "plate", "bottle", "tin", "book", "box", "toaster", "table")
    more = novel if protocol == "open-vocabulary" else ()
    code, said, complaint = lasso("evaluate", protocol, "--control", *SCENES, "--out", out, *more)
    assert code == 0, complaint
    assert f"{protocol}  control without learning" in said
    assert "mIoU" in said
    assert json.loads(out.read_text())["by_class"]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["semantic", "--system", "geodesic", *SCENES], 1, ["ClassNames", "Clicks"]),
        (["semantic", *SCENES], 2, ["--system"]),
        (["semantic", "--trace", "t.csv"], 2, ["clicks-single"]),
        (["open-vocabulary", "--control", "--data", "FOLDER"], 2, ["--novel"]),
    ],
)
def test_what_cannot_be_measured_is_said(lasso, tmp_path, arguments, code, words):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "coord.npy").touch()
    found, _, complaint = lasso("evaluate", *(str(tmp_path) if a == "FOLDER" else a for a in arguments))
    assert found == code
    assert all(word in complaint for word in words), complaint
