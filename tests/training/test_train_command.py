"""`lasso3d train`: every field of a recipe is a flag."""

import json

import pytest
from toy_recipe import CATALOGUE

from lasso3d.cli.train import train
from lasso3d.cli.usage import WrongUsage
from lasso3d.core.errors import CheckpointError
from lasso3d.training.runs import RecipeError


def run(*arguments: object) -> None:
    train(["toy", *map(str, arguments)], catalogue=CATALOGUE)


def order(out) -> dict:
    return json.loads((out / "recipe.json").read_text())["recipe"]


def test_flags_change_the_preset(tmp_path, capsys):
    out = tmp_path / "run"
    run("--preset", "wide", "--train.steps", 3, "--train.betas", 0.8, 0.9, "--kind", "parabola", "--out", out)
    assert capsys.readouterr().out == f"wrote {out / 'checkpoint'}\n"
    assert (order(out)["width"], order(out)["kind"]) == (32, "parabola")
    assert (order(out)["train"]["steps"], order(out)["train"]["betas"]) == (3, [0.8, 0.9])
    assert json.loads((out / "checkpoint/model.json").read_text())["command"].startswith(
        "lasso3d train toy --preset"
    )


def test_a_run_is_resumed_with_its_own_recipe(tmp_path):
    out = tmp_path / "run"
    run("--width", 5, "--train.steps", 3, "--out", out)
    run("--resume", out, "--train.steps", 4)
    assert (order(out)["width"], order(out)["train"]["steps"]) == (5, 4)
    with pytest.raises(RecipeError, match="width 5 → 6"):
        run("--resume", out, "--width", 6)
    with pytest.raises(WrongUsage, match="without --from and --out"):
        run("--resume", out, "--out", tmp_path)
    with pytest.raises(WrongUsage, match="a run of toy, not of other"):
        train(["other", "--resume", str(out)], catalogue={**CATALOGUE, "other": CATALOGUE["toy"]})


def test_a_run_starts_from_a_checkpoint(tmp_path):
    run("--train.steps", 3, "--out", tmp_path / "a")
    run("--train.steps", 0, "--from", tmp_path / "a/checkpoint", "--out", tmp_path / "b")
    a, b = ((tmp_path / name / "checkpoint/model.safetensors").read_bytes() for name in "ab")
    assert a == b
    with pytest.raises(CheckpointError, match="do not fit the network"):
        run("--width", 3, "--from", tmp_path / "a/checkpoint", "--out", tmp_path / "c")
    with pytest.raises(CheckpointError, match="no card to read"):
        run("--from", tmp_path / "nowhere", "--out", tmp_path / "c")


@pytest.mark.parametrize(
    ("flag", "told"), [("--train.stepz", "train.steps"), ("--train.batch", "batch must be at least 1, found 0")]
)
def test_wrong_flags_are_wrong_usage(capsys, flag, told):
    with pytest.raises(SystemExit) as stop:
        run(flag, 0)
    assert stop.value.code == 2
    assert told in " ".join(capsys.readouterr().err.split())


def test_help_shows_the_fields(capsys):
    with pytest.raises(SystemExit):
        run("--help")
    told = capsys.readouterr().out
    assert "--train.learning-rate" in told
    assert "--from CKPT" in told
    assert "lasso3d train toy" in told
