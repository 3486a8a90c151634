"""UniSeg3D with random weights: what it promises of answers, whatever it has learned."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from letters import Letters

from lasso3d.core.errors import CheckpointError, OverBudget, UnsupportedPrompt
from lasso3d.core.prompts import Box, ClassNames, Click, Clicks, Instruction, ReferringExpression
from lasso3d.core.scene import Scene
from lasso3d.foundation.table import table_of, write_table
from lasso3d.geometry.voxels import voxelize
from lasso3d.nn.layer_unet import LayerUNetConfig
from lasso3d.nn.unet import SpConvUNetConfig
from lasso3d.systems.card import Card, read_card
from lasso3d.systems.uniseg3d import asking
from lasso3d.systems.uniseg3d.answers import AnswerConfig, probability_of, shifted
from lasso3d.systems.uniseg3d.config import PRESETS, PromptConfig, UniSeg3DConfig
from lasso3d.systems.uniseg3d.errors import CUES, ErrorModel
from lasso3d.systems.uniseg3d.inputs import scan_arrays
from lasso3d.systems.uniseg3d.lexicon import WORDS
from lasso3d.systems.uniseg3d.network import SceneNetwork
from lasso3d.systems.uniseg3d.segmenter import UniSeg3D
from lasso3d.systems.uniseg3d.surface import ways
from lasso3d.systems.uniseg3d.tensors import ClickPrompts

WIDTH = Letters.width
EVERYTHING = AnswerConfig(least_score=0.0, panoptic_score=0.0, presence=0.0, smallest=1)
"""Random weights find nothing that is worth an answer otherwise."""
TINY = UniSeg3DConfig(
    voxel=0.05,
    backbone="layer unet",
    layer_unet=LayerUNetConfig((8, 8)),
    geometry=True,
    coordinates=False,
    colour="gated",
    features=8,
    shape=True,
    named=True,
    position="voxels",
    distances=True,
    width=16,
    heads=2,
    feedforward=16,
    layers=2,
    text_width=WIDTH,
    prompts=PromptConfig(see="scene queries", several=True, surface=True, text_hidden=16, text_joins="width"),
    nothing="learned",
    scale=20.0,
    learn_scale=True,
    objectness=True,
    voxel_masks=True,
    answers=EVERYTHING,
)
VARIANTS = {
    "tiny": TINY,
    "released": replace(
        PRESETS["paper"],
        spconvunet=SpConvUNetConfig(channels=(8, 8)),
        voxel=0.05,
        width=16,
        heads=2,
        feedforward=16,
        layers=2,
        text_width=WIDTH,
        prompts=PromptConfig(text_hidden=16),
        answers=EVERYTHING,
    ),
    "whole superpoints": replace(TINY, answers=replace(EVERYTHING, finer=False)),
    "blind to the scene": replace(TINY, prompts=replace(TINY.prompts, see="nothing")),
}
VOCABULARY = ("box", "chair", "floor", "lamp", "sofa", "table", "wall")


def fresh(config, seed=2):
    """A network whose every weight says something, those that begin at zero too."""
    torch.manual_seed(seed)
    network = SceneNetwork(config)
    with torch.no_grad():
        for weight in network.parameters():
            if not weight.any():
                weight.normal_(std=0.1)
    return network


def segmenter_of(config, **card):
    card = Card(system="uniseg3d", vocabulary=VOCABULARY, **card)
    return UniSeg3D.of(fresh(config), card, text=Letters())


def table(seed=0, n=1500):
    """A table of 1 m with two boxes on it."""
    rng = np.random.default_rng(seed)
    boxes = [rng.random((n // 3, 3)) * (0.2, 0.2, 0.2) + corner for corner in ((0.4, 0.4, 0), (0.7, 0.1, 0))]
    xyz = np.concatenate([rng.random((n, 3)) * (1, 1, 0), *boxes])
    return Scene(xyz, rgb=rng.integers(0, 255, (len(xyz), 3)), name="table")


BOX, OTHER, TABLE = Click((0.5, 0.5, 0.2), 1), Click((0.1, 0.1, 0), 2), Click((0.9, 0.9, 0), 0)
CLICKS = Clicks((BOX, OTHER, TABLE))
LEANING = np.array([[1, 0, 0], [0, 0.75**0.5, -0.5], [0, 0.5, 0.75**0.5]])
"""By 30 degrees."""
PROMPTS = {
    "clicks": CLICKS,
    "semantic": ClassNames(("box", "couch")),
    "instance": ClassNames(("box", "table"), "instance"),
    "panoptic": ClassNames(("box", "floor", "wall"), "panoptic"),
    "own words": ClassNames((), "panoptic"),
    "sentence": ReferringExpression("the box on the table"),
    "in a box": ReferringExpression("the box on the table", Box((0, 0, 0), (0.6, 1, 1))),
    "pointed at": ReferringExpression("the box on the table", CLICKS),
}


@pytest.fixture(scope="module")
def segmenter():
    return segmenter_of(TINY)


@pytest.fixture(scope="module")
def scene():
    return table()


@pytest.fixture(scope="module")
def encoding(segmenter, scene):
    return segmenter.encode(scene)


def same(first, second):
    names = ("probability", "of_point", "score", "uncertainty")
    return first.labels == second.labels and all(
        np.array_equal(getattr(first, name), getattr(second, name)) for name in names
    )


def content(value):
    if isinstance(value, np.ndarray):
        return value.tobytes()
    if isinstance(value, tuple):
        return [content(item) for item in value]
    return [content(item) for item in vars(value).values()] if hasattr(value, "__dict__") else None


@pytest.mark.parametrize("prompt", PROMPTS)
@pytest.mark.parametrize("name", VARIANTS)
def test_every_form_of_the_network_answers_every_prompt(name, prompt, scene):
    segmenter = segmenter_of(VARIANTS[name])
    encoding = segmenter.encode(scene)
    answer = segmenter.segment(encoding, PROMPTS[prompt])
    m, t = answer.probability.shape
    finer = name not in ("released", "whole superpoints")
    by_voxel = prompt == "clicks" or (finer and prompt != "semantic" and m > 0)
    assert t == len(encoding.voxels if by_voxel else encoding.size) or m == 0
    assert answer.exclusive == (prompt in ("clicks", "semantic", "panoptic", "own words"))
    assert answer.label_of_point().shape == (len(scene),)
    if prompt not in ("clicks", "semantic"):
        assert (np.diff(answer.score) <= 0).all()


def test_voxels_may_be_coarser_than_the_rule_and_a_size_given_outranks_both(scene):
    free = replace(TINY, voxel=None)
    size, twice = (segmenter_of(replace(free, coarser=k)).encode(scene).voxels.size for k in (1.0, 2.0))
    assert twice == pytest.approx(2 * size)
    assert segmenter_of(replace(TINY, coarser=2.0)).encode(scene).voxels.size == TINY.voxel


def test_how_much_a_score_hears_of_what_fits_is_a_choice(scene):
    none, half, whole = (
        segmenter_of(replace(TINY, answers=replace(EVERYTHING, fits=fits))).encode(scene).objects.iou
        for fits in (0.0, 0.5, 1.0)
    )
    assert (whole < none).all()
    np.testing.assert_allclose(half, np.sqrt(none * whole), rtol=1e-5)


def test_asking_a_b_a_gives_the_same_bytes_and_never_changes_the_encoding(segmenter, encoding):
    before = content(encoding)
    for prompt in PROMPTS.values():
        first = segmenter.segment(encoding, prompt, seed=3)
        for other in PROMPTS.values():
            segmenter.segment(encoding, other, seed=4)
        assert same(first, segmenter.segment(encoding, prompt, seed=3))
    assert content(encoding) == before


def test_names_have_one_row_each_in_the_order_asked(segmenter, encoding):
    answer = segmenter.segment(encoding, ClassNames(("table", "box", "table")))
    assert answer.labels == ("table", "box", "table")
    assert not answer.mask(2).any()
    own = segmenter.segment(encoding, ClassNames())
    assert own.labels == VOCABULARY


def test_stuff_is_no_instance_and_things_are_those_asked(segmenter, encoding):
    answer = segmenter.segment(encoding, PROMPTS["instance"])
    assert answer.labels
    assert set(answer.labels) <= {"box", "table"}
    assert segmenter.segment(encoding, ClassNames(("floor", "wall"), "instance")).labels == ()
    mapped = segmenter.segment(encoding, PROMPTS["panoptic"])
    assert set(mapped.labels) <= {"box", "floor", "wall"}
    assert max(mapped.labels.count(name) for name in ("floor", "wall")) <= 1


def test_every_row_of_objects_holds_points(segmenter, encoding):
    for prompt in ("panoptic", "sentence", "pointed at"):
        answer = segmenter.segment(encoding, PROMPTS[prompt])
        assert all(answer.mask(row).any() for row in range(len(answer.labels)))


def test_nothing_is_answered_where_nothing_fits(scene):
    strict = segmenter_of(replace(TINY, answers=replace(EVERYTHING, presence=1.0)))
    answer = strict.segment(strict.encode(scene), PROMPTS["sentence"])
    assert answer.labels == ()
    assert not answer.union().any()
    assert ((answer.uncertainty >= 0) & (answer.uncertainty <= 1)).all()


def test_where_something_fits_but_no_mask_is_sure_the_likeliest_object_is_meant(monkeypatch, segmenter, encoding):
    answered = SceneNetwork.text

    def faint(self, *given):
        return tuple(replace(answers, mask=answers.mask - 50) for answers in answered(self, *given))

    monkeypatch.setattr(SceneNetwork, "text", faint)
    meant = segmenter.segment(encoding, PROMPTS["sentence"])
    objects = segmenter.segment(encoding, ClassNames((), "instance"))
    assert len(meant.labels) == 1
    assert meant.labels[0] in objects.labels
    assert any((objects.mask(row) == meant.mask(0)).all() for row in range(len(objects.labels)))


def test_a_sentence_about_a_box_finds_nothing_outside_it(scene):
    generous = segmenter_of(replace(TINY, answers=replace(EVERYTHING, threshold=1e-4)))
    encoding = generous.encode(scene)
    outside = scene.xyz[:, 0] > 0.66
    assert generous.segment(encoding, PROMPTS["sentence"]).union()[outside].any()
    inside = generous.segment(encoding, PROMPTS["in a box"]).union()
    assert inside.any()
    assert not inside[outside].any()


def test_a_sentence_with_clicks_keeps_what_they_point_at(scene):
    generous = segmenter_of(replace(TINY, answers=replace(EVERYTHING, threshold=1e-4)))
    encoding = generous.encode(scene)
    everything = generous.segment(encoding, PROMPTS["sentence"])
    on = scene.xyz[everything.mask(0)][0]
    yes = generous.segment(encoding, replace(PROMPTS["sentence"], about=Clicks((Click(on, 1),))))
    no = generous.segment(encoding, replace(PROMPTS["sentence"], about=Clicks((Click(on, 0),))))
    assert len(yes.labels) + len(no.labels) == len(everything.labels)
    np.testing.assert_array_equal(yes.mask(0), everything.mask(0))


@pytest.mark.parametrize("objects", [0, 1, 150])
def test_there_is_no_cap_on_objects(segmenter, scene, encoding, objects):
    chosen = np.random.default_rng(0).permutation(len(scene))[:objects]
    clicks = Clicks(tuple(Click(scene.xyz[i], number + 1) for number, i in enumerate(chosen)))
    answer = segmenter.segment(encoding, clicks)
    assert answer.probability.shape == (objects, len(encoding.voxels))
    again = segmenter.segment(encoding, clicks, previous=answer)
    assert again.label_of_point().max(initial=-1) < objects


def test_clicked_voxels_get_the_label_of_their_last_click(segmenter, scene, encoding):
    overruled = Clicks((Click(BOX.xyz, 3), *CLICKS.clicks))
    answer = segmenter.segment(encoding, overruled)
    assert answer.labels == (1, 2, 3)
    assert not answer.mask(2).any()
    label = answer.label_of_point()
    for click, row in ((BOX, 0), (OTHER, 1), (TABLE, -1)):
        assert label[np.linalg.norm(scene.xyz - np.array(click.xyz, np.float32), axis=1).argmin()] == row


def test_background_clicks_alone_find_nothing(segmenter, encoding):
    answer = segmenter.segment(encoding, Clicks((TABLE,)))
    assert answer.labels == ()
    after = segmenter.segment(encoding, CLICKS, previous=answer)
    assert same(after, segmenter.segment(encoding, CLICKS))


def test_feedback_is_heard(segmenter, encoding):
    first = segmenter.segment(encoding, CLICKS)
    again = segmenter.segment(encoding, CLICKS, previous=first)
    assert not np.array_equal(first.probability, again.probability)


def test_an_object_that_is_new_is_answered_as_without_feedback(segmenter, encoding):
    first = segmenter.segment(encoding, Clicks((BOX, Click(OTHER.xyz, 0), TABLE)))
    after = segmenter.segment(encoding, CLICKS, previous=first).probability
    fresh_answer = segmenter.segment(encoding, CLICKS).probability
    known = segmenter.segment(encoding, CLICKS, previous=segmenter.segment(encoding, CLICKS)).probability
    # odds against the background do not depend on the other rows
    odds = [p[1] / np.maximum(1 - p.sum(axis=0), 1e-6) for p in (after, fresh_answer, known)]
    np.testing.assert_allclose(odds[0], odds[1], rtol=1e-2, atol=1e-4)
    assert not np.allclose(odds[0], odds[2], rtol=1e-2, atol=1e-4)


def test_objects_asked_some_at_a_time_are_answered_as_together(segmenter, scene, encoding, monkeypatch):
    chosen = np.random.default_rng(1).permutation(len(scene))[:20]
    clicks = Clicks(tuple(Click(scene.xyz[i], number % 7) for number, i in enumerate(chosen)))
    first = segmenter.segment(encoding, clicks)
    whole = segmenter.segment(encoding, clicks, previous=first)
    monkeypatch.setattr(asking, "AT_ONCE", 1)
    parts = segmenter.segment(encoding, clicks, previous=first)
    np.testing.assert_allclose(parts.probability, whole.probability, atol=1e-5)


def test_far_negative_clicks_beyond_the_nearest_change_nothing():
    place = np.arange(30, dtype=np.float32)[:, None].repeat(3, axis=1)
    token, row = np.arange(30), np.array([0] + [1] * 29)
    heard = asking.heard(place, token, row, 0)
    assert heard.tolist() == list(range(1 + asking.NEGATIVES))


@pytest.mark.parametrize("points", [np.zeros((1, 3)), np.ones((9, 3)), np.arange(9).reshape(3, 3)])
def test_scenes_of_a_few_points_are_scenes(segmenter, points):
    scene = Scene(points)
    encoding = segmenter.encode(scene)
    for prompt in PROMPTS.values():
        assert segmenter.segment(encoding, prompt).label_of_point().shape == (len(scene),)


def test_a_scan_that_leans_is_answered_as_the_one_turned_upright(scene):
    segmenter = segmenter_of(replace(TINY, upright=True))
    leaning = Scene(scene.xyz @ LEANING.T, rgb=scene.rgb)
    clicks = Clicks(Click(LEANING @ click.xyz, click.object) for click in CLICKS.clicks)
    encoding = segmenter.encode(leaning)
    assert encoding.frame.tilt == pytest.approx(30, abs=1)
    upright = Scene(encoding.frame.of(leaning.xyz), rgb=scene.rgb)
    there = Clicks(Click(encoding.frame.point(click.xyz), click.object) for click in clicks.clicks)
    as_given = segmenter_of(TINY)
    expected = as_given.segment(as_given.encode(upright), there)
    np.testing.assert_array_equal(segmenter.segment(encoding, clicks).probability, expected.probability)
    assert segmenter.encode(scene).frame.rotation is None


def test_a_box_bounds_an_answer_where_it_stands_in_the_scan(scene):
    segmenter = segmenter_of(replace(TINY, upright=True))
    leaning = Scene(scene.xyz @ LEANING.T, rgb=scene.rgb)
    encoding = segmenter.encode(leaning)
    assert encoding.frame.rotation is not None
    middle = np.median(leaning.xyz[:, 0])
    low, high = leaning.xyz.min(axis=0), leaning.xyz.max(axis=0)
    box = Box(low, (middle, *high[1:]))
    answer = segmenter.segment(encoding, ReferringExpression("the box on the table", box))
    assert answer.union().any()
    assert leaning.xyz[answer.union(), 0].max() < middle + 2 * encoding.voxels.size


def test_a_scene_without_colour_is_answered_by_geometry(segmenter, scene):
    assert segmenter.segment(segmenter.encode(Scene(scene.xyz)), CLICKS).probability.any()


def test_segment_equals_the_network_called_by_hand(segmenter, scene, encoding):
    network, voxels = fresh(TINY).eval(), voxelize(scene.xyz, 0.05)
    token = np.array([voxels.token_of(click.xyz, encoding.centroid) for click in CLICKS.clicks])
    arrays = scan_arrays(voxels, scene.xyz, scene.rgb, config=TINY)
    clicked = np.tile(token, 2), np.repeat([0, 1], 3), np.array([1, 0, 0, 0, 1, 0], bool)
    along = ways(arrays.graph, arrays.of_voxel, *clicked, prompts=2, superpoints=arrays.superpoints)
    said = ClickPrompts.of(*clicked, prompts=2, ways=along, device=torch.device("cpu"))
    with torch.no_grad():
        tokens = network.encode(arrays.tensors(torch.device("cpu")))
        found = network.scene(tokens)
        answers = network.click(tokens, found, said)[-1]
        logits = network.voxel_logits(tokens, answers, torch.arange(2)).numpy()
    raised = np.exp(np.concatenate([shifted(logits, EVERYTHING.threshold), np.zeros((1, len(voxels)))]))
    expected = raised / raised.sum(axis=0)
    expected[:, token] = np.eye(3)
    answer = segmenter.segment(encoding, CLICKS)
    np.testing.assert_allclose(answer.probability, expected[:2], atol=2e-5)
    np.testing.assert_allclose(answer.score, answers.iou, atol=1e-5)


def test_the_masks_of_instances_are_those_of_the_scenes_own_queries(segmenter, scene, encoding):
    network = fresh(TINY).eval()
    with torch.no_grad():
        arrays = scan_arrays(voxelize(scene.xyz, 0.05), scene.xyz, scene.rgb, config=TINY)
        tokens = network.encode(arrays.tensors(torch.device("cpu")))
        last = network.scene(tokens).layers[-1]
        logits = network.voxel_logits(tokens, last, torch.arange(len(last.mask))).numpy()
    every = probability_of(shifted(logits, EVERYTHING.threshold))
    answer = segmenter.segment(encoding, PROMPTS["instance"])
    for row in answer.probability[:10]:
        # f16 keeps a logit to 1 / 2048
        assert np.abs(every - row).max(axis=1).min() < 2e-3


def test_few_queries_are_kept_of_many_and_they_are_the_best(scene):
    few = segmenter_of(replace(TINY, answers=replace(EVERYTHING, queries=5)))
    kept, every = few.encode(scene).objects, segmenter_of(TINY).encode(scene).objects
    assert len(kept.iou) == 5
    worth = every.iou * every.quality
    np.testing.assert_allclose(np.sort(kept.iou * kept.quality), np.sort(worth)[-5:], rtol=1e-5)


def test_a_saved_segmenter_loads_and_gives_the_same_bytes(scene, tmp_path):
    errors = {"clicks": {"intercept": -0.5, "weights": [0.5] * len(CUES)}}
    segmenter = segmenter_of(TINY, uncertainty=errors).with_voxel(0.08)
    segmenter.save(tmp_path)
    card = read_card(tmp_path)
    network = fresh(TINY, seed=1)
    network.load_state_dict(segmenter.network.state_dict())
    network.config = segmenter.config
    again = UniSeg3D.of(network, card, text=Letters())
    assert again.identity == segmenter.identity
    assert again.errors.clicks == ErrorModel(-0.5, (0.5,) * len(CUES))
    for prompt in PROMPTS.values():
        first, second = (one.segment(one.encode(scene), prompt) for one in (segmenter, again))
        assert same(first, second)


def test_a_checkpoint_loads_without_reading_the_text_encoder_and_answers_clicks(scene, tmp_path, monkeypatch):
    config = replace(TINY, text_width=384)
    UniSeg3D.of(fresh(config), Card(system="uniseg3d", vocabulary=VOCABULARY)).save(tmp_path)

    def absent():
        raise AssertionError("the encoder was read")

    monkeypatch.setattr("lasso3d.systems.uniseg3d.lexicon.minilm", absent)
    again = UniSeg3D.from_card(read_card(tmp_path), "cpu", "f32")
    encoding = again.encode(scene)
    assert again.segment(encoding, CLICKS).labels == (1, 2)
    known = ClassNames(VOCABULARY[:2], kind="semantic")
    assert again.segment(encoding, known).labels == VOCABULARY[:2]
    with pytest.raises(AssertionError, match="was read"):
        again.segment(encoding, ClassNames(("a word it has never heard",), kind="semantic"))


def test_the_vocabularys_vectors_come_with_a_checkpoint_and_change_no_answer(scene, tmp_path):
    config = replace(TINY, text_width=384)
    segmenter = UniSeg3D.of(fresh(config), Card(system="uniseg3d", vocabulary=VOCABULARY))
    segmenter.save(tmp_path)
    again = UniSeg3D.from_card(read_card(tmp_path), "cpu", "f32")
    assert again.lexicon.table is not None
    for names in ((), VOCABULARY[:2], (VOCABULARY[1], "something else")):
        prompt = ClassNames(names, kind="semantic")
        assert same(*(one.segment(one.encode(scene), prompt) for one in (segmenter, again)))
    write_table(tmp_path / WORDS, table_of(Letters(), VOCABULARY))
    with pytest.raises(CheckpointError, match="given letters"):
        UniSeg3D.from_card(read_card(tmp_path), "cpu", "f32")


def test_another_text_encoder_than_the_cards_is_refused(tmp_path):
    segmenter_of(TINY).save(tmp_path)
    card = read_card(tmp_path)
    with pytest.raises(CheckpointError, match="letters, which does not ship"):
        UniSeg3D.from_card(card, "cpu", "f32")
    with pytest.raises(CheckpointError, match="trained with the text encoder letters, given numbers"):
        UniSeg3D.of(fresh(TINY), card, text=Letters("numbers"))
    wide = UniSeg3D.of(fresh(TINY), Card(system="uniseg3d"), text=Letters(width=8))
    with pytest.raises(CheckpointError, match="24 numbers"):
        wide.segment(wide.encode(table()), PROMPTS["semantic"])


def test_a_card_with_another_config_is_refused(tmp_path):
    UniSeg3D.of(fresh(TINY), Card(system="uniseg3d")).save(tmp_path)
    card = read_card(tmp_path)
    with pytest.raises(CheckpointError, match="do not fit"):
        UniSeg3D.from_card(replace(card, config={**card.config, "layers": 3}), "cpu", "f32")
    with pytest.raises(CheckpointError, match="layerz"):
        UniSeg3D.from_card(replace(card, config={**card.config, "layerz": 3}), "cpu", "f32")


def test_bf16_answers_nearly_alike(segmenter, scene, encoding):
    half = UniSeg3D.of(fresh(TINY), segmenter.card, text=Letters(), precision="bf16")
    answer = half.segment(half.encode(scene), CLICKS)
    assert half.identity != segmenter.identity
    assert np.abs(answer.probability - segmenter.segment(encoding, CLICKS).probability).mean() < 0.05


def test_neither_point_order_nor_origin_matters(segmenter, scene, encoding):
    order = np.random.default_rng(1).permutation(len(scene))
    shuffled = Scene(scene.xyz[order], rgb=scene.rgb[order])
    moved = Scene(scene.xyz, rgb=scene.rgb, origin=(7e5, 5e6, 100))
    for prompt in (CLICKS, PROMPTS["semantic"]):
        label = segmenter.segment(encoding, prompt).label_of_point()
        other = segmenter.segment(segmenter.encode(shuffled), prompt).label_of_point()
        assert (other == label[order]).mean() > 0.999
        np.testing.assert_array_equal(segmenter.segment(segmenter.encode(moved), prompt).label_of_point(), label)


def test_what_will_not_fit_is_refused_before_it_is_tried(segmenter, scene, monkeypatch):
    import psutil

    class Little:
        available = 1000

    monkeypatch.setattr(psutil, "virtual_memory", Little)
    with pytest.raises(OverBudget, match="voxel size"):
        segmenter.encode(scene)


def test_uncertainty_is_one_minus_the_probability_of_the_label_until_calibrated(segmenter, encoding):
    answer = segmenter.segment(encoding, CLICKS)
    largest = np.maximum(answer.probability.max(0), answer.none)
    np.testing.assert_allclose(answer.uncertainty, 1 - largest, atol=1e-4)


def test_other_prompts_are_refused_with_what_is_understood(segmenter, encoding):
    with pytest.raises(UnsupportedPrompt, match="Clicks, ClassNames, ReferringExpression"):
        segmenter.segment(encoding, Instruction("where can I sit?"))


def test_an_encoding_says_how_large_it_is(encoding):
    kept = encoding.tokens, encoding.objects
    assert encoding.nbytes > sum(array.nbytes for part in kept for array in vars(part).values())
