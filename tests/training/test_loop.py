"""A run can be stopped, killed and resumed; it says what went wrong; it leaves a checkpoint."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from toy_recipe import Toy, ran, toy

from lasso3d.core.errors import CheckpointError
from lasso3d.nn.checkpoint import read_weights
from lasso3d.systems.card import read_card
from lasso3d.training.loop import train
from lasso3d.training.runs import Diverged, Interrupted, Job, RecipeError
from lasso3d.training.state import saved_states

HERE = Path(__file__).parent
ALONE = {**os.environ, "PYTHONPATH": f"{HERE.parents[1]}{os.pathsep}{HERE}", "OMP_NUM_THREADS": "1"}

VARIANTS = {
    "plain": {},
    "ema": {"ema": 0.9},
    "bf16": {"precision": "bf16"},
    "multi-step": {"schedule": "multi-step", "milestones": (0.3, 0.6), "warm_up": 2, "clip_value": 0.1},
}


def weights(out: Path) -> bytes:
    return (out / "checkpoint" / "model.safetensors").read_bytes()


def logged(out: Path) -> list[dict]:
    return [json.loads(line) for line in (out / "log.jsonl").read_text().splitlines()]


def curve(out: Path) -> list[tuple]:
    return [(entry["step"], entry["losses"], entry["learning_rate"], entry["grad_norm"]) for entry in logged(out)]


def same(one: Path, other: Path) -> bool:
    a, b = load_file(one), load_file(other)
    return a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a)


def same_run(one: Path, other: Path) -> bool:
    return (
        weights(one) == weights(other)
        and curve(one) == curve(other)
        and same(saved_states(one)[-1], saved_states(other)[-1])
    )


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("whole") / "run"
    train(Job("toy", Toy(), out))
    return out


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_run_stopped_after_step_4_and_resumed_is_the_same_run(tmp_path, monkeypatch, variant):
    recipe = toy(**VARIANTS[variant])
    monkeypatch.setenv("TOY_TROUBLE", "stop=3")
    with pytest.raises(Interrupted, match=r"after step 4, saved; go on with: python -m \S+ \S+ --resume"):
        ran(tmp_path / "parts", recipe)
    monkeypatch.setenv("TOY_TROUBLE", "")
    assert same_run(ran(tmp_path / "parts", recipe, resume=True), ran(tmp_path / "whole", recipe))


@pytest.mark.parametrize("step", range(2, 10))
def test_a_run_that_broke_in_any_step_resumes_as_the_same_run(whole, tmp_path, monkeypatch, step):
    monkeypatch.setenv("TOY_TROUBLE", f"error={step}")
    with pytest.raises(ZeroDivisionError):
        ran(tmp_path / "run", toy())
    monkeypatch.setenv("TOY_TROUBLE", "")
    assert same_run(ran(tmp_path / "run", toy(), resume=True), whole)


def test_a_killed_process_resumes_as_the_same_run(whole, tmp_path):
    order = tmp_path / "order.json"
    order.write_text('{"system": "toy", "recipe": {}}')
    command = [sys.executable, str(HERE / "toy_recipe.py"), str(order), "--out", str(tmp_path / "run")]
    killed = subprocess.run(command, env={**ALONE, "TOY_TROUBLE": "kill=5"}, capture_output=True, timeout=60)
    assert killed.returncode == -signal.SIGKILL
    assert [entry["step"] for entry in logged(tmp_path / "run")] == [1, 2, 3, 4, 5]
    (tmp_path / "run" / "states" / ".tmp-1234.safetensors").write_bytes(b"half a save")
    with (tmp_path / "run" / "log.jsonl").open("a") as log:
        log.write('{"step": 6, "lo')
    assert same_run(ran(tmp_path / "run", toy(), resume=True), whole)
    assert set((tmp_path / "run" / "states").iterdir()) == set(saved_states(tmp_path / "run"))


def test_ctrl_c_saves_sends_the_worker_home_and_says_how_to_go_on(tmp_path):
    order, out = tmp_path / "order.json", tmp_path / "run"
    order.write_text('{"system": "toy", "recipe": {"slow": 0.02, "train": {"steps": 5000, "workers": 1}}}')
    command = [sys.executable, str(HERE / "toy_recipe.py"), str(order), "--out", str(out)]
    run = subprocess.Popen(command, env=ALONE, stderr=subprocess.PIPE, text=True, start_new_session=True)
    wait_until(lambda: (out / "log.jsonl").exists() and logged(out), seconds=60)
    os.killpg(run.pid, signal.SIGINT)
    _, told = run.communicate(timeout=60)
    assert run.returncode == 130
    last = told.splitlines()[-1]
    step = int(re.search(r"interrupted after step (\d+), saved", last).group(1))
    assert last.endswith(f"--resume {out}")
    assert saved_states(out)[-1].stem == f"{step:08d}"
    assert "Traceback" not in told


def wait_until(true, *, seconds: float) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.02)


@pytest.mark.parametrize(("kind", "told"), [("nan", "loss square"), ("nan_gradient", "the gradient")])
def test_what_is_not_finite_is_named_and_the_state_before_it_saved(tmp_path, monkeypatch, kind, told):
    monkeypatch.setenv("TOY_TROUBLE", "stop=4")
    with pytest.raises(Interrupted):
        ran(tmp_path / "before", toy())
    monkeypatch.setenv("TOY_TROUBLE", f"{kind}=5")
    with pytest.raises(Diverged, match=f"not finite in the update after step 5: {told}; .*saved.*batch"):
        ran(tmp_path / "run", toy())
    # batch norm has seen the bad scenes by then; the saved state has not
    assert same(tmp_path / "run/states/00000005.safetensors", tmp_path / "before/states/00000005.safetensors")


def test_every_loss_that_is_not_finite_is_named(tmp_path):
    with pytest.raises(Diverged, match="after step 1: loss small, loss square;"):
        ran(tmp_path / "run", toy(learning_rate=1e30, clip_norm=None, schedule="constant"))


def test_the_checkpoint_is_the_network_after_the_last_step(whole):
    card = read_card(whole / "checkpoint")
    stored = read_weights(whole / "checkpoint", digest=card.weights)
    state = load_file(saved_states(whole)[-1])
    assert (card.steps, card.minutes >= 0) == (10, True)
    assert all(torch.equal(tensor, state[f"network/{name}"]) for name, tensor in stored.items())


def test_the_checkpoint_holds_the_mean_weights_where_asked(whole, tmp_path):
    out = ran(tmp_path / "run", toy(ema=0.5))
    state = load_file(saved_states(out)[-1])
    stored = read_weights(out / "checkpoint", digest=read_card(out / "checkpoint").weights)
    assert torch.equal(stored["first.weight"], state["average/first.weight"])
    assert torch.equal(stored["norm.running_mean"], state["network/norm.running_mean"])
    assert not torch.equal(stored["first.weight"], state["network/first.weight"])
    assert curve(out) == curve(whole), "averaging is not to change what is learned"


def test_bf16_computes_in_bf16_and_keeps_f32(tmp_path):
    Toy.seen.clear()
    out = ran(tmp_path / "run", toy(precision="bf16", steps=2))
    assert Toy.seen == {torch.bfloat16}
    assert load_file(saved_states(out)[-1])["network/first.weight"].dtype == torch.float32


def test_a_toy_learns(tmp_path):
    out = ran(tmp_path / "run", toy(steps=60, random=False, learning_rate=0.1, log_every=10))
    assert logged(out)[-1]["losses"]["square"] < 0.2 * logged(out)[0]["losses"]["square"]


def test_the_log_holds_means_over_its_interval(whole, tmp_path):
    out = ran(tmp_path / "run", toy(log_every=4))
    assert [entry["step"] for entry in logged(out)] == [4, 8, 10]
    every = [entry["losses"]["square"] for entry in logged(whole)]
    found = [entry["losses"]["square"] for entry in logged(out)]
    assert found == pytest.approx([sum(every[:4]) / 4, sum(every[4:8]) / 4, sum(every[8:]) / 2])
    assert " ".join(logged(out)[0]) == "step losses learning_rate grad_norm seconds examples_per_second"


def test_the_last_two_states_are_kept(whole):
    assert [path.stem for path in saved_states(whole)] == ["00000008", "00000010"]


def test_seeds_decide_the_run(whole, tmp_path):
    assert weights(ran(tmp_path / "run", toy(seed=1))) != weights(whole)
    assert weights(ran(tmp_path / "again", toy())) == weights(whole)


def test_a_run_may_start_from_weights(whole, tmp_path):
    card = read_card(whole / "checkpoint")
    start = read_weights(whole / "checkpoint", digest=card.weights)
    train(Job("toy", toy(steps=0), tmp_path / "same", weights=start))
    assert weights(tmp_path / "same") == weights(whole)
    with pytest.raises(CheckpointError, match="wrong shape first"):
        train(Job("toy", replace(toy(), width=5), tmp_path / "other", weights=start))


def test_a_used_folder_is_not_overwritten(whole):
    with pytest.raises(RecipeError, match="holds a run already"):
        train(Job("toy", toy(), whole))


def test_resuming_needs_a_state_of_the_same_recipe(tmp_path):
    with pytest.raises(RecipeError, match="no saved state"):
        ran(tmp_path / "run", toy(), resume=True)
    out = ran(tmp_path / "run", toy(steps=4))
    with pytest.raises(
        RecipeError, match=r"recipe: recipe\.train\.learning_rate 0\.01 → 0\.5, recipe\.width 8 → 9"
    ):
        ran(tmp_path / "run", replace(toy(learning_rate=0.5), width=9), resume=True)
    with pytest.raises(RecipeError, match="system 'toy' → 'other'"):
        train(Job("other", toy(), out, resume=True))
    ran(tmp_path / "run", toy(steps=6, workers=0, log_every=3), resume=True)
    assert saved_states(out)[-1].stem == "00000006"


def test_a_damaged_state_is_said_to_be_damaged(tmp_path):
    out = ran(tmp_path / "run", toy(steps=4))
    saved_states(out)[-1].write_bytes(b"nothing")
    with pytest.raises(CheckpointError, match=r"cannot be read .*the state before it"):
        ran(tmp_path / "run", toy(steps=6), resume=True)
