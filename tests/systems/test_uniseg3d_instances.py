"""From overlapping candidates to one row for each object: fast against plain, and what each step promises."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lasso3d.core.prompts import Box
from lasso3d.systems.uniseg3d.answers import (
    AnswerConfig,
    Objects,
    Rows,
    Words,
    candidates,
    class_rows,
    click_rows,
    expected_iou,
    mean_over,
    named_once,
    objects_of,
    panoptic_rows,
    stuff_rows,
    winner,
)
from lasso3d.systems.uniseg3d.instances import (
    grown,
    mask_overlaps,
    mask_quality,
    matrix_nms,
    matrix_nms_reference,
    one_for_each,
    painted,
    pieces,
    split_by_objects,
    touching,
)
from lasso3d.systems.uniseg3d.sentences import owned_rows, pointed_at, within

LINE = np.array([(i, i + 1) for i in range(9)])
"""Ten superpoints in a row."""


def drawn(seed, k=40, s=30):
    """Masks of which many overlap and some are equal, with kinds, scores and sizes."""
    rng = np.random.default_rng(seed)
    begin, length = rng.integers(0, s, k), rng.integers(1, 8, k)
    masks = (np.arange(s) >= begin[:, None]) & (np.arange(s) < (begin + length)[:, None])
    score = rng.integers(1, 20, k).astype(np.float32) / 20
    return masks, rng.integers(0, 3, k), score, rng.integers(1, 50, s).astype(np.float32)


def ones(n):
    return np.ones(n, np.float32)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_matrix_nms_equals_the_plain_one(seed):
    masks, kind, score, size = drawn(seed)
    iou = mask_overlaps(masks, size)
    np.testing.assert_allclose(
        matrix_nms(iou, kind, score), matrix_nms_reference(iou, kind, score), atol=1e-5, rtol=1e-4
    )


def test_suppression_stays_within_a_kind():
    iou = np.array([[1, 0.8], [0.8, 1]], np.float32)
    score = np.array([0.9, 0.5], np.float32)
    np.testing.assert_allclose(matrix_nms(iou, np.array([0, 1]), score), score)
    np.testing.assert_allclose(matrix_nms(iou, np.array([0, 0]), score), [0.9, 0.1], atol=1e-6)


def test_no_candidates_are_no_objects():
    iou, none = np.zeros((0, 0), np.float32), np.zeros(0, np.float32)
    assert matrix_nms(iou, np.zeros(0, np.int64), none).shape == (0,)
    assert one_for_each(iou, none, least=0.1, same=0.5).candidate.shape == (0,)
    assert (painted(np.zeros((0, 4), bool)) == -1).all()


def test_overlaps_are_those_of_sets_weighed_by_size():
    masks, _, _, size = drawn(3, k=12)
    iou = mask_overlaps(masks, size)
    for i in range(12):
        for j in range(12):
            either, both = size[masks[i] | masks[j]].sum(), size[masks[i] & masks[j]].sum()
            assert iou[i, j] == pytest.approx(both / either if either else 0, abs=1e-5)


def test_quality_is_the_mean_inside_the_mask():
    p = np.array([[0.9, 0.6, 0.4], [0.1, 0.2, 0.3]], np.float32)
    np.testing.assert_allclose(mask_quality(p, np.array([1, 3, 5], np.float32)), [(0.9 + 1.8) / 4, 0], atol=1e-6)


def test_an_object_with_two_names_is_one_object_and_the_better_name_counts():
    p = np.array([[0.9] * 5 + [0.0] * 5, [0.9] * 4 + [0.0] * 6, [0.0] * 5 + [0.9] * 5], np.float32)
    found = Objects(np.array([4, 5, 6]), np.array([0, 1, 1]), np.array([0.5, 0.8, 0.6], np.float32))
    kept = objects_of(found, p, ones(10), AnswerConfig())
    assert kept.query.tolist() == [5, 6]
    assert kept.name.tolist() == [1, 1]
    released = objects_of(found, p, ones(10), AnswerConfig(same_object=1.0))
    assert released.query.tolist() == [5, 6, 4]


def test_candidates_are_never_stuff_and_never_worthless():
    share = np.array([[0.9, 0.1], [0.2, 0.8]], np.float32)
    found = candidates(share, np.array([1, 0.5], np.float32), np.array([True, False]), AnswerConfig())
    assert (found.query.tolist(), found.name.tolist()) == ([1, 0], [1, 1])
    np.testing.assert_allclose(found.score, [0.4, 0.1])
    assert not len(candidates(share, np.zeros(2, np.float32), np.array([False, False]), AnswerConfig()).query)


def test_pieces_are_what_is_connected_numbered_by_their_first_token():
    inside = np.array([1, 1, 0, 1, 0, 0, 1, 1, 1, 0], bool)
    assert pieces(inside, LINE).tolist() == [0, 0, -1, 1, -1, -1, 2, 2, 2, -1]
    assert (pieces(np.zeros(10, bool), LINE) == -1).all()


def test_a_mask_is_split_by_the_objects_it_holds_and_the_rest_by_gaps():
    inside = np.array([1, 1, 1, 1, 0, 1, 1, 0, 0, 1], bool)
    objects = np.array([[1, 1, 0, 0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 1, 1, 1, 1, 1, 1, 1]], bool)
    owner = split_by_objects(inside, objects, ones(10), LINE, share=0.6, smallest=2)
    # the second object is held to 4 / 7 only: no object explains these, and the last token alone is too little
    assert owner.tolist() == [0, 0, 2, 2, -1, 3, 3, -1, -1, -1]
    owner = split_by_objects(inside, objects, ones(10), LINE, share=0.5, smallest=2)
    assert owner.tolist() == [0, 0, -1, 1, -1, 1, 1, -1, -1, 1]


def test_what_is_too_small_is_answered_when_there_is_nothing_else():
    inside = np.array([0, 1, 0, 1, 1, 0, 0, 0, 0, 0], bool)
    owner = split_by_objects(inside, np.zeros((0, 10), bool), ones(10), LINE, share=0.5, smallest=7)
    assert owner.tolist() == [-1, -1, -1, 1, 1, -1, -1, -1, -1, -1]


def test_owners_grow_by_one_step_and_the_lower_number_wins():
    owner = np.array([-1, 1, -1, 0, -1, -1, 2, -1, -1, -1])
    assert grown(owner, LINE).tolist() == [1, 1, 0, 0, 0, 2, 2, 2, -1, -1]


def test_superpoints_touch_where_their_voxels_are_near():
    of_voxel = np.array([0, 0, 1, 2], np.int32)
    neighbors = np.array([[1, 2], [0, 2], [1, 3], [2, -1]], np.int32)
    near = np.array([[1, 0], [1, 1], [1, 0], [0, 1]], bool)
    assert touching(of_voxel, neighbors, near, count=3).tolist() == [[0, 1]]


def test_a_name_asked_alone_competes_with_the_vocabulary():
    unit = np.eye(3, dtype=np.float32)
    words = Words.of(("sofa",), unit[:1], ("sofa", "wall", "table"), unit, near=0.7)
    share = words.share(np.array([[2, 3, 0, -9], [3, 2, 0, -9]], np.float32), unheard=5.0)
    assert share[0, 0] < 0.5 < share[1, 0]
    assert not words.stuff[0]


def test_the_nearest_word_speaks_for_a_name_that_is_not_in_the_vocabulary():
    couch, sofa, seat, wall = np.array([(1, 0), (0.9, 0.436), (0.8, 0.6), (0, 1)], np.float32)
    words = Words.of(("couch",), couch[None], ("seat", "sofa", "wall"), np.stack([seat, sofa, wall]), near=0.7)
    assert words.owner.tolist() == [0, -1, 0, -1]
    assert words.share(np.array([[1, 2, 5, 2, 0]], np.float32), unheard=0.0)[0, 0] > 0.8
    assert not words.unheard.any()
    words = Words.of(("sofa",), sofa[None], ("seat", "sofa", "wall"), np.stack([seat, sofa, wall]), near=0.7)
    assert words.owner.tolist() == [0, -1, -1]
    assert Words.of(
        ("couch",), couch[None], ("seat", "sofa"), np.stack([seat, sofa]), near=0.95
    ).owner.tolist() == [0, -1, -1]


def test_what_no_word_speaks_for_is_raised_and_nothing_else():
    unit = np.eye(4, dtype=np.float32)
    words = Words.of(("sofa", "globe"), unit[[0, 3]], ("sofa", "wall"), unit[:2], near=0.7)
    assert words.unheard.tolist() == [False, True]
    logits = np.array([[2, 1, 3, 0]], np.float32)
    plain, raised = (words.share(logits, unheard=more)[0] for more in (0.0, 4.0))
    assert plain.argmax() == 0
    np.testing.assert_allclose(raised, np.exp([2, 5]) / np.exp([2, 5, 3]).sum(), rtol=1e-5)


def test_kinds_of_a_thing_speak_for_it_but_not_what_is_named_after_it():
    names = ("office chair", "toilet", "toilet paper", "chair", "table lamp", "street table lamp")
    unit = np.eye(8, dtype=np.float32)
    words = Words.of(("chair", "lamp", "table lamp", "toilet"), unit[:4], names, unit[2:], near=0.9)
    kept = [name for name in names if name not in words.asked]
    speaks = [words.asked[k] if k >= 0 else None for k in words.owner[4:]]
    assert dict(zip(kept, speaks, strict=True)) == {
        "office chair": "chair",
        "toilet paper": None,
        "street table lamp": "table lamp",
    }


def test_stuff_is_known_by_the_nearest_word_but_not_by_what_a_thing_hangs_on():
    unit = np.eye(2, dtype=np.float32)
    words = Words.of(("sidewalk", "seat"), unit, ("pavement", "chair"), unit, near=0.7)
    assert words.stuff.tolist() == [True, False]
    assert Words.of(("floor", "x"), unit, (), unit[:0], near=0.7).stuff.tolist() == [True, False]
    assert not Words.of(("wall picture",), unit[:1], ("wall", "picture"), unit, near=0.7).stuff[0]
    # the nearest word of a ladder may be "wall", and still be far away
    assert not Words.of(("ladder",), np.array([[0.5, 0.3]], np.float32), ("wall", "chair"), unit, near=0.7).stuff[0]


def test_names_have_rows_in_the_order_asked_and_only_once():
    share = np.array([[0.6, 0.3], [0.1, 0.2]], np.float32)
    rows = class_rows(share, ("a", "b"), ("b", "a", "b"))
    np.testing.assert_allclose(rows, [[0.3, 0.2], [0.6, 0.1], [0, 0]])


def test_a_panoptic_map_paints_the_best_thing_on_top_and_stuff_around():
    things = Objects(np.array([3, 1]), np.array([1, 1]), np.array([0.9, 0.6], np.float32))
    masks = np.array([[0.9, 0.8, 0, 0, 0, 0], [0.0, 0.9, 0.9, 0, 0, 0]], np.float32)
    unit = np.eye(2, dtype=np.float32)
    words = Words.of(("wall", "chair"), unit, (), unit[:0], near=0.7)
    stuff = np.array([[1, 1, 1, 0.7, 0.8, 0.2]], np.float32)
    rows = panoptic_rows(things, masks, stuff, ones(6), words, smallest=1)
    assert rows.labels[0] == "chair"
    assert sorted(rows.labels) == ["chair", "chair", "wall"]
    assert (np.diff(rows.score) <= 0).all()
    label = winner(rows.probability)
    assert [rows.labels[i] if i >= 0 else None for i in label] == ["chair"] * 3 + ["wall"] * 2 + [None]
    assert (rows.probability.sum(axis=0) <= 1).all()
    assert label[1] == 0
    fewer = panoptic_rows(things, masks, stuff, ones(6), words, smallest=2)
    assert sorted(fewer.labels) == ["chair", "wall"]


def test_on_a_map_a_thing_counts_by_all_its_names_together():
    share = np.array([[0.1, 0.3, 0.4], [0.8, 0.1, 0.1], [0.0, 0.2, 0.1]], np.float32)
    found = named_once(share, ones(3), np.array([True, False, False]), least=0.25)
    assert found.query.tolist() == [0, 2]
    assert found.name.tolist() == [2, 1]
    np.testing.assert_allclose(found.score, [0.7, 0.3])


def test_stuff_is_there_where_it_is_likelier_than_any_thing():
    share = np.array([[0.4, 0.2, 0.1], [0.3, 0.4, 0.2], [0.2, 0.1, 0.1]], np.float32)
    rows = stuff_rows(share, np.array([True, False, False]))
    np.testing.assert_allclose(rows, [[0.4 / 0.7, 0.3, 0.2]], rtol=1e-6)
    assert winner(rows).tolist() == [0, -1, -1]
    assert stuff_rows(share, np.zeros(3, bool)).shape == (0, 3)


def test_clicks_are_believed_and_the_background_competes():
    logits = np.array([[2, -1, 0.5], [1, -2, 3]], np.float32)
    rows = click_rows(logits, np.array([1, 2]), np.array([1, 2]))
    np.testing.assert_allclose(rows.sum(axis=0), 1, atol=1e-6)
    np.testing.assert_allclose(rows[:, 0], np.exp([2, 1, 0]) / np.exp([2, 1, 0]).sum(), rtol=1e-5)
    np.testing.assert_array_equal(rows[:, 1:], [[0, 0], [1, 0], [0, 1]])


def test_the_expected_iou_counts_what_is_likely_missing():
    rows = np.array([[0.9, 0.8, 0.2, 0.1]], np.float32)
    assert expected_iou(rows, ones(4))[0] == pytest.approx(1.7 / 2.3)


def test_means_over_groups():
    found = mean_over(np.array([[1, 2, 6]], np.float32), np.array([1, 0, 0]), count=2)
    np.testing.assert_allclose(found, [[4, 1]])


def test_a_mask_becomes_one_row_for_each_owner_of_it():
    mask = np.array([0.9, 0.8, 0.6, 0.7, 0.2, 0.9], np.float32)
    owner = np.array([4, 4, 0, 0, 2, -1])
    rows = owned_rows(mask, owner, ones(6), ["cup", "box", "lid", "pan"], worth=0.5)
    assert rows.labels == ("pan", "cup")
    np.testing.assert_allclose(rows.score, [0.425, 0.325], rtol=1e-5)
    np.testing.assert_allclose(rows.probability, [[0.9, 0.8, 0, 0, 0, 0], [0, 0, 0.6, 0.7, 0, 0]], rtol=1e-6)


@pytest.mark.parametrize(
    ("yes", "no", "kept"),
    [
        ([0], [], "a"),
        ([3], [], "a"),
        ([4], [], "b"),
        ([1, 6], [], "ab"),
        ([], [1], "b"),
        ([0], [0], "b"),
        ([], [0, 6], ""),
    ],
)
def test_clicks_point_at_what_holds_them_or_is_nearest(yes, no, kept):
    probability = np.array([[1, 1, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 1]], np.float32)
    place = np.array([(x, 0, 0) for x in range(7)], np.float32)
    rows = Rows(probability, ("a", "b"), np.array([0.9, 0.8], np.float32), exclusive=False)
    found = pointed_at(rows, place, np.array(yes, np.int64), np.array(no, np.int64))
    assert found.labels == tuple(kept)
    assert len(found.probability) == len(found.score) == len(kept)


def test_a_box_allows_what_lies_in_it():
    centroid = np.array([(0.5, 0.5, 0.5), (1.5, 0.5, 0.5)], np.float32)
    assert within(Box((0, 0, 0), (1, 1, 1)), centroid).tolist() == [1, 0]
    assert within(None, centroid).tolist() == [1, 1]
