"""How UniSeg3D learns: from pure batches, through every weight, from clicks on its own errors, to a checkpoint."""

import pickle
from dataclasses import replace

import numpy as np
import pytest
import torch
from letters import Letters
from safetensors.numpy import load_file
from test_uniseg3d import TINY, VARIANTS, WIDTH, fresh
from test_uniseg3d_scenes import content

from lasso3d.core.errors import LassoError
from lasso3d.foundation.table import table_of, write_table
from lasso3d.nn.checkpoint import read_weights
from lasso3d.nn.layer_unet import LayerUNetConfig
from lasso3d.systems import PRETRAINED
from lasso3d.systems.card import read_card
from lasso3d.systems.uniseg3d import recipe as recipes
from lasso3d.systems.uniseg3d.calibration import Calibration, CalibrationSettings
from lasso3d.systems.uniseg3d.errors import CUES, ErrorModel, ErrorModels, error_cues, fit_errors
from lasso3d.systems.uniseg3d.questions import QuestionSettings, click_on_error, vocabulary
from lasso3d.systems.uniseg3d.recipe import PRESETS, UniSeg3DRecipe, encoder_of, prompts_of, some_queries, truths
from lasso3d.systems.uniseg3d.scenes import SceneSettings
from lasso3d.training.fields import from_json, to_json
from lasso3d.training.loop import train
from lasso3d.training.runs import Job, RecipeError, RunFacts, TrainSettings
from lasso3d.training.state import saved_states

CPU = torch.device("cpu")
QUICK = UniSeg3DRecipe(
    config=TINY,
    scenes=SceneSettings(worlds=("tabletops",), voxels=1500, scale=(1.0, 1.0), noise=0.2),
    questions=QuestionSettings(names=8, refined=1.0, eager=1.0),
    loss=PRESETS["small"].loss,
    calibration=CalibrationSettings(scenes=1, objects=1, clicks=(1, 2), sentences=2, points=200, fewest_voxels=10),
    train=TrainSettings(steps=4, batch=1, workers=0, save_every=2, seed=3, learning_rate=1e-3),
)
FACTS = RunFacts(steps=7, seed=3, command="train", hardware="here", minutes=0.5)


class Words(Letters):
    """A text encoder that may be asked nothing."""

    def __call__(self, texts):
        return super().__call__(texts) if texts else np.zeros((0, self.width), np.float32)


@pytest.fixture(autouse=True)
def letters(monkeypatch):
    """A text encoder that needs no model."""
    monkeypatch.setattr(recipes, "encoder_of", lambda text: Words())


@pytest.fixture(scope="module")
def crop():
    return QUICK.batch(3, 0)


def test_a_batch_is_a_pure_function_of_step_and_part(crop):
    assert content(QUICK.batch(3, 0)) == content(crop)
    pairs = replace(QUICK, train=replace(QUICK.train, batch=2))
    assert content(pairs.batch(1, 1)) == content(crop)
    later = replace(QUICK, scenes=replace(QUICK.scenes, first=2))
    assert content(later.batch(1, 0)) == content(crop)
    assert content(pickle.loads(pickle.dumps(crop))) == content(crop)


@pytest.mark.parametrize("name", VARIANTS)
def test_a_gradient_reaches_every_weight_of_every_form(name, crop):
    config = VARIANTS[name]
    recipe = replace(QUICK, config=config)
    scene = crop if config.backbone == "layer unet" else recipe.batch(3, 0)
    network = fresh(config).train()
    sum(recipe.losses(network, [scene], 1).values()).backward()
    silent = [n for n, p in network.named_parameters() if p.requires_grad and (p.grad is None or not p.grad.any())]
    assert silent == []


def test_losses_have_the_same_names_whatever_is_in_the_scene(crop):
    network = fresh(TINY).train()
    mute = replace(crop, sentences=(), meant=crop.meant[:0])
    every = QUICK.losses(network, [crop], 1)
    assert set(every) == set(QUICK.losses(network, [mute], 1))
    assert all(value.isfinite() for value in every.values())


def test_names_can_be_learned_first_and_what_follows_begins_softly(crop):
    recipe = replace(QUICK, names_first=3, train=replace(QUICK.train, warm_up=4))
    network = fresh(TINY).train()
    first, *later = (recipe.losses(network, [crop], step) for step in (2, 3, 4, 9))
    assert list(first) == ["named"]
    whole = QUICK.losses(network, [crop], 9)
    torch.testing.assert_close(first["named"], whole["named"])
    for losses, share in zip(later, (0.25, 0.5, 1.0), strict=True):
        ramped = {name: share * loss for name, loss in whole.items()} | {"named": whole["named"]}
        torch.testing.assert_close(losses, ramped)
    first["named"].backward()
    silent = {name.split(".")[0] for name, weight in network.named_parameters() if weight.grad is None}
    assert "backbone" not in silent
    assert "decoder" in silent


def test_losses_of_two_scenes_are_the_mean_of_each(crop):
    network, other = fresh(TINY).train(), QUICK.batch(4, 0)
    one, two, both = (QUICK.losses(network, scenes, 1) for scenes in ([crop], [other], [crop, other]))
    for name in both:
        torch.testing.assert_close(both[name], (one[name] + two[name]) / 2)


def test_losses_in_bf16_are_nearly_those_in_f32(crop):
    network = fresh(TINY).train()
    exact = QUICK.losses(network, [crop], 1)
    with torch.autocast("cpu", torch.bfloat16):
        half = QUICK.losses(network, [crop], 1)
    sum(half.values()).backward()
    assert float(half["semantic"].detach()) == pytest.approx(float(exact["semantic"].detach()), rel=0.1)


def test_scene_queries_are_a_share_of_the_superpoints_and_the_same_at_each_visit(crop):
    config = replace(TINY, query_share=0.5)
    chosen = some_queries(crop, config, CPU)
    s = crop.arrays.superpoints
    assert 0.5 * s - 1 <= len(chosen) <= s
    assert torch.equal(chosen, some_queries(crop, config, CPU))
    assert len(some_queries(crop, replace(config, most_queries=5), CPU)) == 5
    assert (chosen.diff() > 0).all()


def test_truths_carry_the_vectors_of_their_names(crop):
    truth = truths(crop, Letters(), CPU)
    assert truth.names.shape == (len(crop.names), WIDTH)
    torch.testing.assert_close(truth.names.norm(dim=1), torch.ones(len(crop.names)))
    assert truth.inside.shape == (len(crop.name), crop.arrays.superpoints)
    assert truth.clicked.tolist() == crop.clicks.instance.tolist()


def test_errors_are_clicked_on_the_side_that_is_larger(crop):
    clicks = crop.clicks
    wanted = crop.instance == clicks.instance[:, None]
    rng = np.random.default_rng(0)
    place = crop.arrays.voxels.place
    nothing = click_on_error(place, wanted, np.zeros_like(wanted), clicks, QUICK.questions, rng)
    new = slice(len(clicks.voxel), None)
    assert nothing.positive[new].all()
    assert wanted[nothing.prompt[new], nothing.voxel[new]].all()
    everything = click_on_error(place, wanted, np.ones_like(wanted), clicks, QUICK.questions, rng)
    assert not everything.positive[new].any()
    assert content(click_on_error(place, wanted, wanted, clicks, QUICK.questions, rng)) == content(clicks)


def test_second_answers_hear_the_first_and_learn_only_once(crop, monkeypatch):
    network, heard = fresh(TINY).train(), []
    ask = type(network).click

    def click(self, tokens, scene, prompts):
        heard.append((len(prompts.voxel), prompts.previous is not None, torch.is_grad_enabled()))
        return ask(self, tokens, scene, prompts)

    monkeypatch.setattr(type(network), "click", click)
    replace(QUICK, questions=replace(QUICK.questions, rounds=1)).losses(network, [crop], 1)
    (few, before, first), (more, after, second) = heard
    assert (before, first, after, second) == (False, False, True, True)
    assert few < more
    heard.clear()
    QUICK.losses(network, [crop], 1)
    assert [grad for _, _, grad in heard] == [False] * (len(heard) - 1) + [True]
    assert 2 <= len(heard) <= 4
    heard.clear()
    replace(QUICK, questions=replace(QUICK.questions, refined=0.0)).losses(network, [crop], 1)
    assert heard == [(len(crop.clicks.voxel), False, True)]


def test_a_run_that_broke_and_resumed_is_the_same_run(tmp_path, monkeypatch):
    monkeypatch.setattr(recipes, "calibrate", lambda segmenter, worlds, settings: Calibration(ErrorModels(), {}))
    train(Job("uniseg3d", QUICK, tmp_path / "whole"))
    made = recipes.train_scene

    def broken(seed, *settings):
        if seed == 3:
            raise ZeroDivisionError
        return made(seed, *settings)

    monkeypatch.setattr(recipes, "train_scene", broken)
    with pytest.raises(ZeroDivisionError):
        train(Job("uniseg3d", QUICK, tmp_path / "parts"))
    monkeypatch.setattr(recipes, "train_scene", made)
    train(Job("uniseg3d", QUICK, tmp_path / "parts", resume=True))
    one, other = (load_file(saved_states(tmp_path / name)[-1]) for name in ("whole", "parts"))
    assert one.keys() == other.keys()
    assert all(np.array_equal(one[name], other[name]) for name in one)


def test_a_network_starts_from_the_unet_of_what_ships():
    torch.manual_seed(0)
    network = PRESETS["small"].network()
    theirs = read_weights(PRETRAINED / "npiseg3d", digest=read_card(PRETRAINED / "npiseg3d").weights)
    own = network.state_dict()
    shared = [name for name in own if name.startswith("backbone.")]
    assert shared
    assert all(torch.equal(own[name], theirs[name]) for name in shared)
    with pytest.raises(RecipeError, match="nothing of npiseg3d fits"):
        replace(QUICK, config=VARIANTS["released"], start="npiseg3d").network()


def test_texts_may_come_from_a_table(tmp_path, crop, monkeypatch):
    monkeypatch.undo()
    write_table(tmp_path / "texts", table_of(Letters(), ("a chair", "sofa")))
    encoder = encoder_of(str(tmp_path / "texts"))
    np.testing.assert_array_equal(encoder(("sofa",)), Letters()(("sofa",)))
    with pytest.raises(LassoError, match="has no 'lamp'"):
        encoder(("lamp",))


def test_a_checkpoint_is_calibrated_measured_and_loads(tmp_path):
    network = fresh(TINY)
    replace(QUICK, storage="f16", start="npiseg3d").save(tmp_path, network, FACTS)
    card = read_card(tmp_path)
    assert (card.steps, card.seed, card.storage, card.licence) == (7, 3, "f16", "Apache-2.0")
    assert card.vocabulary == vocabulary()
    assert card.frozen_models["text"]["digest"] == Letters().digest
    assert {"semantic mIoU", "clicks IoU@1", "clicks IoU@2", "sentence IoU"} <= set(
        card.metrics["validation"]["tabletops"]
    )
    assert card.data["training_seeds"] == [0, 7]
    assert card.data["start"] == {"name": "npiseg3d", "weights": read_card(PRETRAINED / "npiseg3d").weights}
    errors = from_json(ErrorModels, dict(card.uncertainty))
    assert errors.clicks != ErrorModel()
    assert errors.semantic != ErrorModel()


def test_fitted_errors_are_calibrated_and_the_default_is_one_minus_p():
    rng = np.random.default_rng(0)
    probability = rng.random((1, 4000)).astype(np.float32)
    label = np.where(probability[0] >= 0.5, 0, -1)
    cues = error_cues(probability, label, np.array([0.7], np.float32), exclusive=True)
    assert cues.shape == (4000, len(CUES))
    p = np.where(label == 0, probability[0], 1 - probability[0])
    np.testing.assert_allclose(ErrorModel()(cues), 1 - p, atol=1e-5)
    wrong = rng.random(4000) < 0.5 * (1 - p)
    fitted = fit_errors(cues, wrong, np.ones(4000))
    assert fitted(cues).mean() == pytest.approx(wrong.mean(), abs=0.01)
    assert np.abs(fitted(cues) - 0.5 * (1 - p)).mean() < 0.03


def test_errors_that_are_far_too_sure_are_fitted_all_the_same():
    cues = np.zeros((2000, len(CUES)), np.float32)
    cues[:, 0], cues[:, 1] = -12, -12
    wrong = np.arange(2000) % 5 == 0
    fitted = fit_errors(cues, wrong, np.ones(2000))
    assert np.abs(fitted.weights).max() < 3
    assert fitted(cues).mean() == pytest.approx(0.2, abs=0.01)


def test_rows_that_overlap_are_judged_by_the_one_that_wins():
    probability = np.array([[0.9, 0.6, 0.1], [0.2, 0.7, 0.3]], np.float32)
    cues = error_cues(probability, np.array([0, 1, -1]), np.array([0.8, 0.4], np.float32), exclusive=False)
    np.testing.assert_allclose(1 / (1 + np.exp(-cues[:, 0])), [0.1, 0.3, 0.3], atol=1e-6)
    np.testing.assert_allclose(1 / (1 + np.exp(-cues[:, 1])), [0.2, 0.6, 0.3], atol=1e-6)
    np.testing.assert_allclose(cues[:, 4], [0.8, 0.4, 0.0])


def test_it_overfits_one_scene():
    config = replace(TINY, voxel=None, layer_unet=LayerUNetConfig((16, 32, 32)), features=32, width=32)
    recipe = replace(
        QUICK,
        config=config,
        scenes=SceneSettings(worlds=("tabletops",), voxels=1000, scale=(1.0, 1.0)),
        questions=QuestionSettings(names=8, refined=0.0, dropped=0.0, habits=(1.0, 0.0, 0.0, 0.0)),
    )
    scene, network = recipe.batch(3, 0), fresh(config).train()
    optimizer = torch.optim.AdamW(network.parameters(), lr=3e-3)
    for step in range(60):
        optimizer.zero_grad()
        sum(recipe.losses(network, [scene], step).values()).backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
    network.eval()
    with torch.no_grad():
        tokens = network.encode(scene.arrays.tensors(CPU))
        seen = network.scene(tokens)
        truth = truths(scene, Letters(), CPU)
        clicked = network.click(tokens, seen, prompts_of(scene.clicks, scene.arrays, CPU))[-1].mask > 0
        said = network.text(tokens, seen, torch.from_numpy(Letters()(scene.sentences)))[-1].mask > 0
        semantic = network.class_logits(seen.semantic, truth.names).argmax(1)
    inside = truth.inside > 0.5
    for row, instance in enumerate(truth.clicked):
        assert iou(clicked[row], inside[instance]) > 0.8
    for row, meant in enumerate(truth.sentences):
        if meant.any():
            assert iou(said[row], inside[meant].any(0)) > 0.8
    known = truth.semantic >= 0
    assert (semantic == truth.semantic)[known].float().mean() > 0.9
    for mask in inside:
        if mask.any():
            assert max(iou(found > 0, mask) for found in seen.layers[-1].mask) > 0.8


def iou(one, other):
    return float((one & other).sum() / (one | other).sum())


def test_the_presets_are_as_large_as_they_say():
    size = {
        name: sum(p.numel() for p in replace(PRESETS[name], start="").network().parameters()) for name in PRESETS
    }
    assert 5e6 < size["small"] < 8e6
    assert 1.7e7 < size["paper"] < 2e7


def test_recipes_are_json_and_back():
    for name, recipe in PRESETS.items():
        assert from_json(UniSeg3DRecipe, to_json(recipe)) == recipe, name
