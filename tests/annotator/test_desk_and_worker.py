"""Sessions with a system behind them: what is acknowledged, what is superseded, what is shared."""

import threading
import uuid

import numpy as np
import pytest

from lasso3d.annotator.engine import Budgeted
from lasso3d.annotator.exports import journal_of
from lasso3d.annotator.frames import parsed
from lasso3d.annotator.messages import command_of
from lasso3d.annotator.problems import Problem
from lasso3d.annotator.replay import replay
from lasso3d.annotator.service import labels_of
from lasso3d.annotator.worker import Worker
from lasso3d.io.scenes import read_scene
from lasso3d.systems import load

CHAIR, FLOOR = [1.2, 1.2, 0.3], [3.0, 2.0, 0.02]


def masks(desk):
    header, buffers = parsed(desk.masks_frame())
    return {mask["object"]: (mask["digest"], blob) for mask, blob in zip(header["masks"], buffers, strict=True)}


def test_undo_brings_back_the_same_bytes_also_after_a_restart(desk, do, start, annotator):
    do(desk, "click", object=1, xyz=CHAIR)
    do(desk, "click", object=2, xyz=FLOOR)
    before = masks(desk)
    do(desk, "click", object=1, xyz=FLOOR, sign=-1)
    do(desk, "accept", object=1)
    after = masks(desk)
    assert after[1] != before[1]
    again = start().desk(desk.id)
    assert masks(again) == after
    do(again, "undo")
    do(again, "undo")
    assert masks(again) == before
    do(again, "redo")
    do(again, "redo")
    assert masks(again) == after


def test_a_command_sent_twice_is_done_once(desk, do):
    cmd = str(uuid.uuid4())
    first = do(desk, "click", cmd=cmd, wait=False, object=1, xyz=CHAIR)
    second = do(desk, "click", cmd=cmd, wait=False, object=1, xyz=CHAIR)
    assert (second["rev"], second["t"], second["cmd"]) == (1, "click", cmd)
    assert [o["number"] for o in second["objects"]] == [o["number"] for o in first["objects"]] == [1]
    assert desk.history.rev == 1


def test_the_newest_click_wins_and_superseded_ones_are_not_answered(desk, do, stand_in, until):
    do(desk, "click", object=1, xyz=CHAIR)
    going, gate, asked = threading.Event(), threading.Event(), []

    def pause(stage):
        asked.append(stage)
        going.set()
        gate.wait(20)

    stand_in.pause = pause
    seen = []
    desk.watch(seen.append, heat=False)
    replies = [do(desk, "click", wait=False, object=1, xyz=[1.2 + 0.1 * i, 1.2, 0.3]) for i in range(5)]
    assert going.wait(20)
    gate.set()
    final = desk.wait(replies[-1], 20.0)
    assert not final["superseded"]
    assert desk.wait(replies[0], 20.0)["superseded"]
    assert sorted(desk.history.answers) == [1, 6]
    assert asked == ["segment", "segment"]
    shown = [parsed(message)[0] for message in seen if isinstance(message, bytes)]
    assert [header["rev"] for header in shown if header["masks"]] == [1, 6]


def test_undo_to_a_click_that_was_superseded_asks_for_its_answer(desk, do, stand_in):
    gate = threading.Event()
    stand_in.pause = lambda stage: gate.wait(20)
    do(desk, "click", wait=False, object=1, xyz=CHAIR)
    last = do(desk, "click", wait=False, object=1, xyz=FLOOR)
    gate.set()
    desk.wait(last, 20.0)
    assert 1 not in desk.history.answers
    do(desk, "undo")
    assert 1 in desk.history.answers
    assert desk.history.state.objects[1].mask is not None


def test_an_encoding_can_be_cancelled_and_asked_for_again(desk, do, stand_in):
    started, gate = threading.Event(), threading.Event()

    def pause(stage):
        started.set()
        gate.wait(20)

    stand_in.pause = pause
    reply = do(desk, "click", wait=False, object=1, xyz=CHAIR)
    assert started.wait(20)
    assert desk.cancel()
    gate.set()
    with pytest.raises(Problem) as found:
        desk.wait(reply, 20.0)
    assert found.value.code == "cancelled"
    assert desk.history.rev == 1
    do(desk, "click", object=1, xyz=FLOOR)
    assert desk.history.state.objects[1].on > 0


def test_feedback_that_was_let_go_of_is_worked_out_again(desk, do, annotator, start):
    for i in range(4):
        do(desk, "click", object=1, xyz=[1.0 + 0.3 * i, 1.2, 0.1])
    journal = journal_of(desk, annotator.store)
    again = start().desk(desk.id)
    do(again, "click", object=2, xyz=FLOOR)
    assert [event["t"] for event in journal["events"]] == 4 * ["click"]
    assert again.history.answers[5].previous == again.history.answers[4].key


def test_a_session_that_another_server_has_written_to_is_not_written_over(desk, do, start):
    do(desk, "click", object=1, xyz=CHAIR)
    do(start().desk(desk.id), "click", object=2, xyz=FLOOR)
    with pytest.raises(Problem) as found:
        do(desk, "undo")
    assert found.value.code == "conflict"
    # what the other did is known now, and can be undone
    assert sorted(desk.history.state.objects) == [1, 2]
    do(desk, "undo")
    assert sorted(desk.history.state.objects) == [1]


def test_a_journal_played_again_gives_the_same_bytes(desk, do, annotator, scan, stand_in):
    do(desk, "click", object=1, xyz=CHAIR)
    do(desk, "click", object=2, xyz=FLOOR)
    do(desk, "undo")
    do(desk, "click", object=3, xyz=FLOOR)
    do(desk, "click", object=1, xyz=FLOOR, sign=-1)
    journal = journal_of(desk, annotator.store)
    found = replay(journal, read_scene(scan), {"stand-in": stand_in}.__getitem__)
    label = labels_of(desk, annotator.store)
    assert sorted(found) == [1, 3]
    for number, mask in found.items():
        np.testing.assert_array_equal(mask[desk.display.perm], label == number)
    assert [a["prompt"] for a in journal["answers"]]
    assert {a["identity"] for a in journal["answers"]} == {"stand-in"}


def test_masks_of_objects_never_overlap(desk, do, annotator):
    do(desk, "click", object=1, xyz=CHAIR)
    do(desk, "accept", object=1)
    asked = do(desk, "prompt", prompt={"type": "ClassNames", "names": ["a", "b"], "kind": "semantic"})
    candidates = asked["candidates"]
    assert [row["label"] for row in candidates["rows"]] == ["a", "b"]
    do(desk, "accept_candidate", candidate=candidates["id"], row=0)
    do(desk, "click", object=7, xyz=FLOOR)
    total = sum(o.on for o in desk.history.state.objects.values())
    assert total == np.count_nonzero(labels_of(desk, annotator.store))
    assert desk.history.state.objects[2].name == "a"
    assert desk.history.state.objects[2].source == "candidate"


def test_a_candidate_can_be_refined_by_clicks_and_undo_gives_it_back(desk, do):
    asked = do(desk, "prompt", prompt={"type": "ReferringExpression", "text": "the left half"})
    do(desk, "accept_candidate", candidate=asked["candidates"]["id"], row=0, name="half")
    accepted = masks(desk)
    do(desk, "click", object=1, xyz=FLOOR, sign=-1)
    refined = desk.history.state.objects[1]
    assert refined.seed is not None
    assert not refined.accepted
    assert masks(desk) != accepted
    do(desk, "undo")
    assert masks(desk) == accepted


def test_a_prompt_nobody_understands_says_what_is_understood(desk, do):
    with pytest.raises(Problem) as found:
        do(desk, "prompt", system="clicker", prompt={"type": "Box", "lower": [0, 0, 0], "upper": [1, 1, 1]})
    assert found.value.code == "unsupported_prompt"
    assert found.value.understood["clicker"] == ["Clicks"]
    assert "clicker understands Clicks" in str(found.value)
    assert desk.history.rev == 0


def test_a_system_that_fails_is_said_and_the_session_goes_on(desk, do, stand_in):
    def fail(stage):
        raise RuntimeError("out of order")

    stand_in.pause = fail
    with pytest.raises(Problem, match="out of order"):
        do(desk, "click", object=1, xyz=CHAIR)
    stand_in.pause = lambda stage: None
    do(desk, "click", object=1, xyz=FLOOR)
    assert desk.history.state.objects[1].on > 0


def test_sessions_share_one_encoding(annotator, desk, do, stand_in, until):
    encodings = []
    stand_in.pause = lambda stage: encodings.append(stage)
    other = annotator.new_session(desk.row.scene, name="second")
    do(desk, "click", object=1, xyz=CHAIR)
    do(other, "click", object=1, xyz=CHAIR)
    assert encodings.count("encode") == 3
    assert masks(desk)[1][1] == masks(other)[1][1]


def test_a_click_outside_the_scan_is_refused(desk, do):
    with pytest.raises(Problem, match="outside the scan"):
        do(desk, "click", object=1, xyz=[100, 0, 0])
    with pytest.raises(Problem, match="4000 points"):
        do(desk, "click", object=1, point=4000)
    with pytest.raises(Problem, match="a point or xyz"):
        do(desk, "click", object=1)
    assert desk.history.rev == 0


def test_a_point_clicked_is_the_point_meant(desk, do):
    do(desk, "click", object=1, point=123)
    assert desk.history.state.objects[1].clicks[0].xyz == desk.display.position(123)


def test_the_suggestion_names_the_object_that_has_the_point(desk, do, annotator):
    assert annotator.suggestion(desk.id) is None
    do(desk, "click", object=1, xyz=CHAIR)
    do(desk, "click", object=2, xyz=[1.4, 1.2, 0.3])
    found = annotator.suggestion(desk.id)
    if found is not None:
        assert found.sign in (1, -1)
        assert 0 <= found.point < 4000


class Sized:
    def __init__(self, nbytes):
        self.nbytes = nbytes


def test_the_memory_budget_holds_and_the_newest_stays():
    kept = Budgeted(100)
    for i in range(5):
        kept.put(str(i), Sized(40))
        assert kept.held <= 100
    assert kept.get("4") is not None
    assert kept.get("0") is None
    kept.get("3")
    kept.put("5", Sized(40))
    assert kept.get("3") is not None
    assert kept.get("4") is None
    kept.put("huge", Sized(500))
    assert [key for key, _ in kept.items()] == ["huge"]


def test_a_worker_process_that_dies_is_started_again():
    worker = Worker(load, nbytes=1 << 20)
    heard, over = [], threading.Event()

    def done(result):
        heard.append(result)
        over.set()

    try:
        worker.submit("a", "understands", ("geodesic",), done=done)
        worker._process.kill()
        assert over.wait(60)
        assert heard.pop().code == "internal"
        over.clear()
        worker.submit("a", "understands", ("geodesic",), done=done)
        assert over.wait(60)
        assert heard == [["Clicks"]]
        over.clear()
        worker.submit("b", "understands", ("no such system",), done=done)
        assert over.wait(60)
        assert heard[-1].code == "bad_request"
        assert "no system" in str(heard[-1])
    finally:
        worker.close()


@pytest.mark.parametrize(
    ("plain", "where"),
    [
        ({"t": "click", "cmd": "x" * 8, "object": -1}, "object"),
        ({"t": "click", "cmd": "x" * 8, "object": 1, "sign": 2}, "sign"),
        ({"t": "click", "cmd": "x" * 8, "object": 1, "xyz": [0, 0, float("nan")]}, "xyz"),
        ({"t": "fly", "cmd": "x" * 8}, "request"),
        ({"t": "undo", "cmd": "x" * 8, "steps": 3}, "steps"),
        ({"t": "undo"}, "cmd"),
        ([], "request"),
    ],
)
def test_a_malformed_command_says_which_field_is_wrong(plain, where):
    with pytest.raises(Problem) as found:
        command_of(plain)
    assert where in found.value.where


def test_several_annotators_at_once_lose_nothing(annotator, desk, do, start):
    """A short soak; the long one is `benchmarks/annotator_soak.py`."""
    desks = [desk, *(annotator.new_session(desk.row.scene) for _ in range(3))]
    acknowledged = [[] for _ in desks]

    def annotate(i):
        rng = np.random.default_rng(i)
        for step in range(25):
            if step % 6 == 5:
                reply = do(desks[i], "undo", wait=False)
            else:
                place = (rng.random(3) * [4, 3, 0.05]).tolist()
                reply = do(desks[i], "click", wait=step % 2 == 0, object=1 + step % 3, xyz=place)
            acknowledged[i].append(reply["rev"])
        desks[i].wait(reply, 30.0)

    threads = [threading.Thread(target=annotate, args=(i,)) for i in range(len(desks))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    again = start()
    for one, revs in zip(desks, acknowledged, strict=True):
        assert revs == list(range(1, 26))
        assert masks(again.desk(one.id)) == masks(one)
        assert again.desk(one.id).history.state == one.history.state
