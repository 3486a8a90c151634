"""Recipes as JSON: read strictly, found by name, run from the command line."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import pytest
from toy_recipe import CATALOGUE, QUICK, Toy

from lasso3d.training.__main__ import main
from lasso3d.training.fields import FieldError, from_json, to_json
from lasso3d.training.recipes import order_of, preset, presets, read_recipe, recipe_class, write_order
from lasso3d.training.runs import RecipeError

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Inner:
    size: float = 1.0
    names: tuple[str, ...] = ("a",)


@dataclass(frozen=True)
class Outer:
    must: int
    inner: Inner = Inner(size=2.0)
    pair: tuple[int, float] = (1, 2.0)
    maybe: float | None = None
    kind: Literal["x", "y"] = "x"
    folder: Path = Path()
    free: dict[str, Any] = field(default_factory=dict)
    on: bool = False


CHANGED = Outer(3, Inner(0.5, ("b", "c")), (4, 5.5), 0.25, "y", Path("z"), {"k": [1]}, on=True)


def test_every_field_survives_json():
    assert from_json(Outer, json.loads(json.dumps(to_json(CHANGED)))) == CHANGED


def test_fields_left_out_come_from_the_default_around_them():
    assert from_json(Outer, {"must": 1, "inner": {"names": []}}).inner == Inner(2.0, ())
    assert from_json(Outer, {"kind": "x", "inner": {"size": 9}}, default=CHANGED) == replace(
        CHANGED, kind="x", inner=Inner(9.0, ("b", "c"))
    )


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"must": 1, "inner": {"sise": 1}}, "unknown inner.sise; did you mean size?"),
        ({"must": 1, "zzz": 1, "qqq": 2}, "unknown zzz, qqq"),
        ({"must": 1.5}, "must must be int, found 1.5"),
        ({"must": True}, "must must be int, found True"),
        ({"must": 1, "kind": "z"}, "kind must be 'x' or 'y', found 'z'"),
        ({"must": 1, "pair": [1]}, "pair must be tuple[int, float], found [1]"),
        ({"must": 1, "inner": {"names": [1]}}, "inner.names must be tuple[str, ...], found [1]"),
        ({"must": 1, "inner": 5}, "inner must be an object of fields, found 5"),
        ({"must": 1, "maybe": "no"}, "maybe must be float | None, found 'no'"),
        ({}, "must is missing"),
        ([], "the whole must be an object of fields, found []"),
    ],
)
def test_what_does_not_fit_is_named_with_its_path(values, told):
    with pytest.raises(FieldError) as caught:
        from_json(Outer, values)
    assert str(caught.value) == told


def test_a_recipe_is_found_by_catalogue_or_by_its_name():
    assert recipe_class("toy", catalogue=CATALOGUE) is Toy
    assert preset("toy", "wide", catalogue=CATALOGUE).width == 32
    assert list(presets("toy", catalogue=CATALOGUE)) == ["wide"]
    with pytest.raises(RecipeError, match="no preset 'narrow'; presets: wide"):
        preset("toy", "narrow", catalogue=CATALOGUE)
    for name in ("nonesuch", "os; rm", "../toy", "geodesic"):
        with pytest.raises(RecipeError, match="no system"):
            recipe_class(name)


def test_an_order_is_read_as_it_was_written(tmp_path):
    recipe = Toy(train=replace(QUICK, betas=(0.8, 0.9), ema=0.5), width=3, kind="parabola")
    assert read_recipe(write_order(tmp_path, order_of("toy", recipe)), catalogue=CATALOGUE) == ("toy", recipe)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "not JSON"),
        ("[]", 'no "system"'),
        ('{"system": "toy", "recipes": {}}', "unknown recipes; keys: system, preset, recipe"),
        ('{"system": "toy", "recipe": {"train": {"step": 3}}}', "unknown train.step; did you mean steps?"),
        ('{"system": "toy", "recipe": {"train": {"batch": 0}}}', "train: batch must be at least 1, found 0"),
    ],
)
def test_a_wrong_order_is_told_in_one_line(tmp_path, capsys, text, told):
    path = tmp_path / "order.json"
    path.write_text(text)
    assert main([str(path)], catalogue=CATALOGUE) == 1
    said = capsys.readouterr().err
    assert told in said
    assert said.count("\n") == 1


def test_main_trains_resumes_and_refuses(tmp_path, capsys):
    path, out = tmp_path / "order.json", tmp_path / "run"
    path.write_text('{"system": "toy", "preset": "wide", "recipe": {"train": {"steps": 3}}}')
    assert main([str(path), "--out", str(out)], catalogue=CATALOGUE) == 0
    assert capsys.readouterr().err.splitlines()[-1] == f"wrote {out / 'checkpoint'}"
    card = json.loads((out / "checkpoint" / "model.json").read_text())
    assert card["config"] == {"width": 32}
    assert card["command"] == f"python -m lasso3d.training {path} --out {out}"
    assert main([str(path), "--out", str(out)], catalogue=CATALOGUE) == 1
    assert main([str(out / "recipe.json"), "--resume", str(out)], catalogue=CATALOGUE) == 0
    assert main([str(path), "--resume", str(out), "--out", "elsewhere"], catalogue=CATALOGUE) == 2
    assert main([str(tmp_path / "none.json")], catalogue=CATALOGUE) == 1


def test_training_needs_no_more_than_a_bare_image_has(tmp_path):
    """accelerate, rich, tyro and the readers of scans cannot be imported here."""
    path = tmp_path / "order.json"
    path.write_text('{"system": "toy", "recipe": {"train": {"steps": 2}}}')
    absent = ("accelerate", "rich", "tyro", "laspy", "trimesh", "PIL", "psutil", "transformers")
    code = f"""
import sys
for name in {absent}: sys.modules[name] = None
from toy_recipe import CATALOGUE
from lasso3d.training.__main__ import main
sys.stderr.isatty = lambda: True
sys.exit(main([{str(path)!r}, "--out", {str(tmp_path / "run")!r}], catalogue=CATALOGUE))"""
    environment = {**os.environ, "PYTHONPATH": f"{HERE.parents[1]}{os.pathsep}{HERE}"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "step 2/2" in done.stderr
