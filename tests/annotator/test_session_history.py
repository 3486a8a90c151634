"""The command core alone: logs fold to states, undo and redo are exact, answers find their events."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lasso3d.annotator.history import History
from lasso3d.annotator.problems import Problem
from lasso3d.annotator.session import Answer, Candidates, Event, Heat, Row

COMMANDS = st.sampled_from(
    [
        ("click", {"object": 1, "sign": 1, "xyz": [0.0, 0.0, 0.0]}),
        ("click", {"object": 2, "sign": 1, "xyz": [1.0, 0.0, 0.0]}),
        ("click", {"object": 1, "sign": -1, "xyz": [0.5, 0.0, 0.0]}),
        ("click", {"object": 0, "sign": 1, "xyz": [2.0, 0.0, 0.0]}),
        ("new_object", {}),
        ("rename", {"object": 1, "name": "chair"}),
        ("delete_object", {"object": 1}),
        ("accept", {"object": 1}),
        ("accept", {"object": 1, "on": False}),
        ("clear", {}),
        ("clear", {"object": 2}),
        ("prompt", {"prompt": {"type": "ClassNames", "names": ["chair"], "kind": "semantic"}, "system": "words"}),
        ("accept_candidate", {"candidate": 3, "row": 0, "mask": ["free", 5]}),
        ("dismiss_candidates", {}),
        ("set_system", {"system": "other"}),
        ("import", {"objects": [["table", "imported", 9]]}),
        ("remove_click", {"click": 1}),
        ("undo", {}),
        ("redo", {}),
        ("answer", {}),
    ]
)


def event(rev, t, args):
    return Event(rev, f"command-{rev}", t, args, float(rev))


def answer_to(history):
    """What a system could say to the question that is open now; None = nothing is."""
    ask = history.ask()
    if ask is None:
        return None
    key = f"answer-{ask.rev}-{ask.previous}"
    answer = Answer(ask.rev, key, ask.previous, ask.system, "identity", "{}", 0)
    if ask.candidates:
        rows = (Row(0, "chair", 0.9, 5, "candidate"),)
        return replace(answer, candidates=Candidates(ask.rev, ask.system, {}, "", rows))
    clicks = json.dumps([(c.xyz, c.object) for c in ask.prompt.clicks])
    masks = tuple((n, f"{n}:{clicks}:{ask.previous}", 7, 0.5) for n in ask.prompt.objects if n not in ask.fixed)
    return replace(answer, masks=masks, heat=Heat(ask.rev, "cells", clicks))


def played(commands):
    """A history after these commands, those that make no sense left out; and its whole log."""
    history, log = History("first"), []
    for t, args in commands:
        if t == "answer":
            answer = answer_to(history)
            if answer is not None:
                history.attach(answer)
            continue
        given_event = event(history.rev + 1, t, args)
        try:
            history.check(given_event)
        except Problem:
            continue
        history.push(given_event)
        log.append(given_event)
    return history, log


@given(st.lists(COMMANDS, max_size=25))
def test_undo_then_redo_changes_nothing(commands):
    history, _ = played(commands)
    before = history.state
    if history.active:
        history.push(event(history.rev + 1, "undo", {}))
        history.push(event(history.rev + 1, "redo", {}))
    assert history.state == before


@given(st.lists(COMMANDS, max_size=25))
def test_every_earlier_state_comes_back_by_undo(commands):
    history, seen = History("first"), []
    for t, args in commands:
        if t in ("undo", "redo", "answer"):
            continue
        given_event = event(history.rev + 1, t, args)
        try:
            history.check(given_event)
        except Problem:
            continue
        seen.append(history.state)
        history.push(given_event)
        while (answer := answer_to(history)) is not None:
            history.attach(answer)
    while seen:
        history.push(event(history.rev + 1, "undo", {}))
        assert history.state == seen.pop()


@given(st.lists(COMMANDS, max_size=25))
def test_the_log_and_the_answers_are_all_there_is(commands):
    """What a restarted server reads from the disk is the state that was acknowledged."""
    history, log = played(commands)
    again = History("first", log, history.answers.values())
    assert again.state == history.state
    assert again.ask() == history.ask()
    assert [e.rev for e in again.active] == [e.rev for e in history.active]
    assert [e.rev for e in again.undone] == [e.rev for e in history.undone]


@given(st.lists(COMMANDS, max_size=25))
def test_the_questions_of_a_session_come_to_an_end(commands):
    history, _ = played(commands)
    for _ in range(50):
        answer = answer_to(history)
        if answer is None:
            break
        history.attach(answer)
    assert history.ask() is None
    assert not history.state.stale


def test_an_accepted_object_keeps_its_mask_while_another_is_clicked():
    history, _ = played([("click", {"object": 1, "sign": 1, "xyz": [0.0, 0.0, 0.0]}), ("answer", {})])
    history.push(event(2, "accept", {"object": 1}))
    mask = history.state.objects[1].mask
    history.push(event(3, "click", {"object": 2, "sign": 1, "xyz": [1.0, 0.0, 0.0]}))
    ask = history.ask()
    assert ask.fixed == {1: mask}
    assert ask.previous == history.answers[1].key
    history.attach(answer_to(history))
    assert history.state.objects[1].mask == mask
    assert history.state.objects[2].mask is not None


def test_an_object_accepted_before_its_answer_came_still_gets_it():
    history, _ = played([("click", {"object": 1, "sign": 1, "xyz": [0.0, 0.0, 0.0]})])
    history.push(event(2, "accept", {"object": 1}))
    history.push(event(3, "click", {"object": 2, "sign": 1, "xyz": [1.0, 0.0, 0.0]}))
    assert history.ask().rev == 1
    history.attach(answer_to(history))
    assert history.state.objects[1].mask is not None
    assert history.state.objects[1].accepted
    assert history.ask().rev == 3


def test_the_newest_click_is_asked_about_and_older_ones_are_not():
    history, _ = played([])
    for rev in range(1, 5):
        history.push(event(rev, "click", {"object": 1, "sign": 1, "xyz": [float(rev), 0.0, 0.0]}))
    assert history.ask().rev == 4
    assert len(history.ask().prompt.clicks) == 4


def test_a_name_given_while_the_answer_is_on_its_way_does_not_ask_anew():
    history, _ = played([("click", {"object": 1, "sign": 1, "xyz": [0.0, 0.0, 0.0]})])
    asked = history.ask()
    history.push(event(2, "rename", {"object": 1, "name": "chair"}))
    assert history.ask() == asked


def test_a_negative_click_is_background_for_the_model_and_belongs_to_its_object():
    history, _ = played(
        [
            ("click", {"object": 1, "sign": 1, "xyz": [0.0, 0.0, 0.0]}),
            ("click", {"object": 1, "sign": -1, "xyz": [0.5, 0.0, 0.0]}),
        ]
    )
    assert [click.object for click in history.ask().prompt.clicks] == [1, 0]
    assert [mark.sign for mark in history.state.objects[1].clicks] == [1, -1]


def test_clicks_that_leave_nothing_to_ask_clear_the_mask_at_once():
    history, _ = played([("click", {"object": 1, "sign": 1, "xyz": [0.0, 0.0, 0.0]}), ("answer", {})])
    history.push(event(2, "remove_click", {"click": 1}))
    assert history.ask() is None
    assert history.state.objects[1].mask is None


@pytest.mark.parametrize(
    ("t", "args", "code"),
    [
        ("rename", {"object": 9, "name": "x"}, "not_found"),
        ("remove_click", {"click": 9}, "not_found"),
        ("undo", {}, "conflict"),
        ("redo", {}, "conflict"),
        ("click", {"object": 0, "sign": -1, "xyz": [0.0, 0.0, 0.0]}, "bad_request"),
        ("accept_candidate", {"candidate": 1, "row": 0, "mask": ["m", 1]}, "not_found"),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_reason(t, args, code):
    with pytest.raises(Problem) as found:
        History("first").check(event(1, t, args))
    assert found.value.code == code


def test_what_takes_free_points_waits_for_the_answer_that_decides_which_are_free():
    history, _ = played([("click", {"object": 1, "sign": 1, "xyz": [0.0, 0.0, 0.0]})])
    with pytest.raises(Problem, match="on its way"):
        history.check(event(2, "import", {"objects": [["table", "imported", 9]]}))
