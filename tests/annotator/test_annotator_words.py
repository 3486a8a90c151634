"""Names and sentences put to UniSeg3D, with random weights, through a session: from candidates to the journal."""

from base64 import b64decode
from dataclasses import replace

import numpy as np
import pytest
import torch
from letters import Letters

from lasso3d.annotator.codec import bitset_size, inflated, unpacked
from lasso3d.annotator.exports import journal_of
from lasso3d.annotator.replay import history_of, replay
from lasso3d.annotator.server import annotator_of
from lasso3d.core.prompts import prompt_from_json
from lasso3d.io.scenes import read_scene
from lasso3d.nn.layer_unet import LayerUNetConfig
from lasso3d.systems.card import Card
from lasso3d.systems.uniseg3d.answers import AnswerConfig
from lasso3d.systems.uniseg3d.config import SMALL
from lasso3d.systems.uniseg3d.network import SceneNetwork
from lasso3d.systems.uniseg3d.segmenter import UniSeg3D

TINY = replace(
    SMALL,
    voxel=0.1,
    layer_unet=LayerUNetConfig((8, 8)),
    features=8,
    width=16,
    heads=2,
    feedforward=16,
    layers=1,
    text_width=Letters.width,
    prompts=replace(SMALL.prompts, text_hidden=16),
    # random weights find nothing that is worth an answer otherwise
    answers=AnswerConfig(least_score=0.0, panoptic_score=0.0, presence=0.0, smallest=1),
)


@pytest.fixture(scope="module")
def words():
    torch.manual_seed(3)
    network = SceneNetwork(TINY)
    with torch.no_grad():
        for weight in network.parameters():
            if not weight.any():
                weight.normal_(std=0.1)
    card = Card(system="uniseg3d", vocabulary=("box", "floor", "wall"))
    return UniSeg3D.of(network, card, text=Letters())


@pytest.fixture
def session(words, stand_in, settings, scan, open_desk):
    """A session whose clicks another system answers."""
    loaded = {"clicker": stand_in, "words": words}
    annotator = annotator_of(loaded.__getitem__, tuple(loaded), "clicker", settings)
    yield open_desk(annotator, scan), annotator
    annotator.close()


NAMES = {"type": "ClassNames", "names": ["box", "table"], "kind": "instance"}
SENTENCE = {"type": "ReferringExpression", "text": "the box on the floor"}


@pytest.mark.parametrize("prompt", [NAMES, SENTENCE], ids=["names", "sentence"])
def test_words_give_the_masks_that_the_system_gives(prompt, session, words, do, scan):
    desk, annotator = session
    shown = do(desk, "prompt", prompt=prompt, system="words")["candidates"]
    assert shown["rows"]
    scene = read_scene(scan)
    asked = prompt_from_json(prompt)
    answer = words.segment(words.encode(scene), asked)
    for row in shown["rows"]:
        mask = _points(annotator.store.blob(row["mask"]).content, desk)
        np.testing.assert_array_equal(mask, answer.mask(row["row"]))
        assert row["label"] == answer.labels[row["row"]]
        assert row["score"] == pytest.approx(float(answer.score[row["row"]]))


def test_an_accepted_candidate_knows_where_it_came_from_until_it_is_undone(session, do):
    desk, _ = session
    shown = do(desk, "prompt", prompt=NAMES, system="words")["candidates"]
    row = max(shown["rows"], key=lambda row: row["on"])
    (taken,) = do(desk, "accept_candidate", candidate=shown["id"], row=row["row"])["objects"]
    assert tuple(taken["candidate"]) == (shown["id"], row["row"])
    assert (taken["name"], taken["on"], taken["accepted"]) == (row["label"], row["on"], True)
    do(desk, "undo")
    assert not desk.history.state.objects
    do(desk, "redo")
    assert desk.history.state.objects[1].candidate == (shown["id"], row["row"])


def test_clicks_refine_what_words_found_and_the_journal_gives_it_again(session, words, stand_in, do, scan):
    desk, annotator = session
    shown = do(desk, "prompt", prompt=NAMES, system="words")["candidates"]
    rows = sorted(shown["rows"], key=lambda row: -row["on"])
    do(desk, "accept_candidate", candidate=shown["id"], row=rows[0]["row"])
    do(desk, "click", object=1, xyz=[1.2, 1.2, 0.3])
    journal = journal_of(desk, annotator.store)
    loaded = {"clicker": stand_in, "words": words}
    found = replay(journal, read_scene(scan), loaded.__getitem__)
    state = desk.history.state
    assert set(found) == {1}
    stored = b64decode(journal["masks"][state.objects[1].mask])
    np.testing.assert_array_equal(found[1], _points(stored, desk))
    # the words' answer is in the journal too: who gave it, to what, and the same masks once more
    (said,) = [answer for answer in history_of(journal).answers.values() if answer.candidates]
    assert (said.system, said.identity) == ("words", words.identity)
    again = words.segment(words.encode(read_scene(scan)), prompt_from_json(said.prompt), seed=said.seed)
    for row in said.candidates.rows:
        np.testing.assert_array_equal(again.mask(row.row), _points(annotator.store.blob(row.mask).content, desk))


def _points(content, desk):
    """A mask as points of the scene."""
    n = desk.display.manifest.n
    mask = np.empty(n, bool)
    mask[desk.display.perm] = unpacked(inflated(content, size=bitset_size(n)), n)
    return mask
