"""What every system promises, asked of every system that ships."""

import pickle
from dataclasses import replace

import numpy as np
import pytest
from two_boxes import BLUE, CLICKS, RED, TABLE, table_with_two_boxes

import lasso3d
from lasso3d import (
    Box,
    ClassNames,
    Click,
    Clicks,
    Instruction,
    OverBudget,
    PartNames,
    ReferringExpression,
    Scene,
    Segmentation,
    UnsupportedPrompt,
)

EVERY_PROMPT = {
    Clicks: CLICKS,
    ClassNames: ClassNames(("box", "table")),
    ReferringExpression: ReferringExpression("the red box"),
    Instruction: Instruction("where can I put a cup?"),
    PartNames: PartNames("box", ("lid",)),
    Box: Box((0, 0, 0), (1, 1, 1)),
}


def understood(segmenter):
    return [prompt for kind, prompt in EVERY_PROMPT.items() if kind in segmenter.understands]


def same(first: Segmentation, second: Segmentation) -> bool:
    return all(
        np.array_equal(getattr(first, name), getattr(second, name))
        for name in ("probability", "of_point", "score", "uncertainty")
    ) and (first.labels, first.reply, first.exclusive) == (second.labels, second.reply, second.exclusive)


def content(value):
    """Every array inside a value, as bytes."""
    if isinstance(value, np.ndarray):
        return value.tobytes()
    return [content(item) for item in vars(value).values()] if hasattr(value, "__dict__") else None


def test_an_answer_has_the_shapes_and_ranges_of_the_contract(segmenter, scene, encoding):
    for prompt in understood(segmenter):
        answer = segmenter.segment(encoding, prompt)
        m, t = answer.probability.shape
        assert answer.probability.dtype in (np.float16, np.float32)
        assert answer.of_point.shape == (len(scene),)
        assert answer.of_point.dtype == np.int32
        assert len(answer.labels) == m == len(answer.score)
        assert answer.uncertainty.shape == (t,)
        assert ((answer.score >= 0) & (answer.score <= 1)).all()
        assert answer.label_of_point().dtype == np.int32
        assert answer.point_uncertainty().dtype == np.float32
        assert answer.mask(0).shape == answer.union().shape == (len(scene),) if m else True
        for array in (answer.of_point, answer.score, answer.uncertainty, answer.probability):
            assert not array.flags.writeable


def test_clicks_give_one_row_per_object_in_ascending_order(segmenter, encoding):
    if Clicks not in segmenter.understands:
        pytest.skip("does not take clicks")
    far = Clicks((Click(BLUE.xyz, 40), Click(RED.xyz, 7), TABLE))
    answer = segmenter.segment(encoding, far)
    assert answer.labels == (7, 40)
    assert answer.exclusive
    label = answer.label_of_point()
    for row in range(2):
        np.testing.assert_array_equal(answer.mask(row), label == row)


def test_a_clicked_point_gets_the_label_of_its_click(segmenter, scene, encoding):
    if Clicks not in segmenter.understands:
        pytest.skip("does not take clicks")
    label = segmenter.segment(encoding, CLICKS).label_of_point()
    for click, row in ((RED, 0), (BLUE, 1), (TABLE, -1)):
        nearest = np.linalg.norm(scene.xyz - np.array(click.xyz, np.float32), axis=1).argmin()
        assert label[nearest] == row


def test_asking_a_b_a_gives_the_same_bytes_and_never_changes_the_encoding(segmenter, encoding):
    before = content(encoding)
    for prompt in understood(segmenter):
        first = segmenter.segment(encoding, prompt, seed=3)
        segmenter.segment(encoding, Clicks((BLUE,)) if isinstance(prompt, Clicks) else prompt, seed=4)
        assert same(first, segmenter.segment(encoding, prompt, seed=3))
    assert content(encoding) == before


def test_encoding_twice_gives_the_same_answers(segmenter, scene, encoding):
    for prompt in understood(segmenter):
        again = segmenter.segment(segmenter.encode(scene), prompt)
        assert same(segmenter.segment(encoding, prompt), again)


def test_neither_point_order_nor_origin_matters(segmenter, scene, encoding):
    order = np.random.default_rng(1).permutation(len(scene))
    shuffled = Scene(scene.xyz[order], rgb=scene.rgb[order])
    moved = Scene(scene.xyz, rgb=scene.rgb, origin=(7e5, 5e6, 100))
    for prompt in understood(segmenter):
        label = segmenter.segment(encoding, prompt).label_of_point()
        other = segmenter.segment(segmenter.encode(shuffled), prompt).label_of_point()
        assert (other == label[order]).mean() > 0.999
        np.testing.assert_array_equal(segmenter.segment(segmenter.encode(moved), prompt).label_of_point(), label)


def test_moving_a_scene_and_its_clicks_together_moves_nothing_else(segmenter, scene, encoding):
    if Clicks not in segmenter.understands:
        pytest.skip("does not take clicks")
    shift = np.array((0.5, -0.25, 2.0), np.float32)
    moved = Scene(scene.xyz + shift, rgb=scene.rgb)
    clicks = Clicks(tuple(Click(np.array(click.xyz) + shift, click.object) for click in CLICKS.clicks))
    there = segmenter.segment(segmenter.encode(moved), clicks).label_of_point()
    assert (there == segmenter.segment(encoding, CLICKS).label_of_point()).mean() > 0.999


def test_a_prompt_that_is_not_understood_is_answered_with_what_is(segmenter, encoding):
    for kind, prompt in EVERY_PROMPT.items():
        if kind not in segmenter.understands:
            with pytest.raises(UnsupportedPrompt, match=segmenter.understands[0].__name__):
                segmenter.segment(encoding, prompt)


def test_feedback_must_come_from_this_segmenter_and_encoding(segmenter, encoding):
    prompt = understood(segmenter)[0]
    answer = segmenter.segment(encoding, prompt)
    assert isinstance(segmenter.segment(encoding, prompt, previous=answer), Segmentation)
    other = segmenter.encode(table_with_two_boxes(seed=5))
    with pytest.raises(ValueError, match="previous"):
        segmenter.segment(other, prompt, previous=answer)
    homemade = Segmentation(
        answer.probability, answer.of_point, answer.labels, answer.score, answer.uncertainty, exclusive=True
    )
    with pytest.raises(ValueError, match="previous"):
        segmenter.segment(encoding, prompt, previous=homemade)
    with pytest.raises(ValueError, match="encoding was made by"):
        segmenter.with_voxel(0.123).segment(encoding, prompt)


@pytest.mark.parametrize("objects", [0, 1, 150])
def test_any_number_of_objects_is_fine(segmenter, scene, encoding, objects):
    if Clicks not in segmenter.understands:
        pytest.skip("does not take clicks")
    chosen = np.random.default_rng(0).permutation(len(scene))[:objects]
    clicks = Clicks(tuple(Click(scene.xyz[i], number + 1) for number, i in enumerate(chosen)))
    answer = segmenter.segment(encoding, clicks)
    assert answer.labels == tuple(range(1, objects + 1))
    assert answer.probability.shape[0] == objects
    assert answer.label_of_point().max(initial=-1) < objects
    assert np.isfinite(answer.point_uncertainty()).all()


def test_background_clicks_alone_find_nothing(segmenter, encoding):
    if Clicks not in segmenter.understands:
        pytest.skip("does not take clicks")
    answer = segmenter.segment(encoding, Clicks((TABLE,)))
    assert answer.labels == ()
    assert not answer.union().any()


@pytest.mark.parametrize("n", [1, 2, 3])
def test_scenes_of_a_few_points_are_scenes(segmenter, n):
    scene = Scene(np.arange(3 * n).reshape(n, 3) * 0.1)
    encoding = segmenter.encode(scene)
    for prompt in understood(segmenter):
        assert segmenter.segment(encoding, prompt).label_of_point().shape == (n,)


def test_points_all_in_one_place_are_a_scene(segmenter):
    encoding = segmenter.encode(Scene(np.ones((50, 3))))
    for prompt in understood(segmenter):
        assert segmenter.segment(encoding, prompt).label_of_point().shape == (50,)


def test_a_scene_without_colours_is_a_scene(segmenter, scene):
    bare = replace(scene, rgb=None)
    for prompt in understood(segmenter):
        assert segmenter.segment(segmenter.encode(bare), prompt).label_of_point().shape == (len(scene),)


def test_progress_is_told_and_may_cancel(segmenter, scene):
    heard = []
    segmenter.encode(scene, progress=lambda share, stage: heard.append((share, stage)))
    assert [share for share, _ in heard] == sorted(share for share, _ in heard)
    assert heard[-1][0] == 1.0

    class Cancelled(Exception):
        pass

    def cancel(share, stage):
        raise Cancelled

    with pytest.raises(Cancelled):
        segmenter.encode(scene, progress=cancel)


def test_what_will_not_fit_is_refused_before_it_is_tried(segmenter, scene, monkeypatch):
    import psutil

    class Little:
        available = 1000

    monkeypatch.setattr(psutil, "virtual_memory", Little)
    with pytest.raises(OverBudget, match="voxel size") as caught:
        segmenter.encode(scene)
    assert caught.value.needed > caught.value.free


@pytest.mark.parametrize("size", [0.0, -1.0, float("nan"), float("inf")])
def test_a_voxel_size_that_is_none_is_refused(segmenter, size):
    with pytest.raises(ValueError, match="voxel size"):
        segmenter.with_voxel(size)


def test_an_encoding_says_how_large_it_is(encoding):
    assert encoding.nbytes > 0


def test_encodings_and_answers_cross_process_borders(segmenter, encoding):
    prompt = understood(segmenter)[0]
    answer = segmenter.segment(encoding, prompt)
    carried, again = pickle.loads(pickle.dumps((encoding, answer)))
    assert same(answer, again)
    fed_back = segmenter.segment(encoding, prompt, previous=answer)
    assert same(fed_back, segmenter.segment(carried, prompt, previous=again))


def test_a_saved_segmenter_loads_and_gives_the_same_bytes(segmenter, scene, tmp_path):
    changed = segmenter.with_voxel(0.031)
    changed.save(tmp_path / "mine")
    again = lasso3d.load(tmp_path / "mine")
    assert again.identity == changed.identity != segmenter.identity
    for prompt in understood(segmenter):
        assert same(changed.segment(changed.encode(scene), prompt), again.segment(again.encode(scene), prompt))


def test_the_suggested_click_lies_on_a_point_and_proposes_another_label(segmenter, scene, encoding):
    for prompt in understood(segmenter):
        answer = segmenter.segment(encoding, prompt)
        click = lasso3d.suggest_click(scene, answer)
        if click is None:
            assert answer.uncertainty.max() <= 0.5
        else:
            assert (scene.xyz == np.array(click.xyz, np.float32)).all(1).any()
