"""What a run says on a terminal and elsewhere."""

import json
import sys
from dataclasses import replace

import pytest
from toy_recipe import QUICK

from lasso3d.training.progress import Log, shown


def test_lines_say_where_the_run_is(tmp_path, capsys):
    with shown(10, done=0, leads=True) as (advance, tell):
        log = Log(tmp_path, QUICK, step=0, tell=tell)
        log.hear(1, {"dice": 0.5, "grad_norm": 2.0}, rate=0.01)
        advance(1)
    told = capsys.readouterr().err
    assert told.startswith("step 1/10  dice 0.5  lr 0.01  |g| 2  ")
    assert told.count("\n") == 1
    entry = json.loads((tmp_path / "log.jsonl").read_text())
    assert (entry["losses"], entry["grad_norm"], entry["learning_rate"]) == ({"dice": 0.5}, 2.0, 0.01)


def test_what_is_learned_late_is_a_mean_over_the_steps_that_learn_it(tmp_path, capsys):
    with shown(10, done=0, leads=True) as (_, tell):
        log = Log(tmp_path, replace(QUICK, log_every=2), step=0, tell=tell)
        log.hear(1, {"names": 1.0, "grad_norm": 2.0}, rate=0.01)
        log.hear(2, {"masks": 5.0, "names": 3.0, "grad_norm": 4.0}, rate=0.01)
    assert "names 2  masks 5" in capsys.readouterr().err
    assert json.loads((tmp_path / "log.jsonl").read_text())["losses"] == {"names": 2.0, "masks": 5.0}


def test_a_terminal_gets_a_bar(monkeypatch, capsys):
    pytest.importorskip("rich")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with shown(10, done=2, leads=True) as (advance, tell):
        advance(7)
        tell("step 7/10")
    told = capsys.readouterr().err
    assert "step 7/10" in told
    assert "7/10" in told.replace("step 7/10", "")


def test_only_the_leader_speaks(capsys):
    with shown(10, done=0, leads=False) as (advance, tell):
        advance(1)
        tell("nothing")
    assert capsys.readouterr().err == ""


def test_a_log_forgets_what_comes_after_the_resumed_step(tmp_path):
    (tmp_path / "log.jsonl").write_text('{"step": 2}\n{"step": 4}\n{"step": 6}\n{"st')
    Log(tmp_path, QUICK, step=4, tell=lambda line: None)
    assert (tmp_path / "log.jsonl").read_text() == '{"step": 2}\n{"step": 4}\n'
