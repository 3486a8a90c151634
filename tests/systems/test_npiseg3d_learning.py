"""How NPISeg3D learns: from pure batches, through every weight, with a posterior that only learning sees."""

import pickle
from dataclasses import replace

import numpy as np
import pytest
import torch
from test_npiseg3d import CLICKS, TINY, VARIANTS, fresh, segmenter_of, table

from lasso3d.data.procedural import procedural
from lasso3d.geometry.voxels import voxel_size, voxelize
from lasso3d.nn.layer_unet import LayerUNetConfig
from lasso3d.systems.card import read_card
from lasso3d.systems.npiseg3d import scenes
from lasso3d.systems.npiseg3d.calibration import CalibrationSettings
from lasso3d.systems.npiseg3d.config import PRESETS as CONFIGS
from lasso3d.systems.npiseg3d.config import LatentConfig
from lasso3d.systems.npiseg3d.decoder import ClickDecoder
from lasso3d.systems.npiseg3d.latents import Sampling
from lasso3d.systems.npiseg3d.likeness import likeness_loss, near_pairs
from lasso3d.systems.npiseg3d.objective import LossSettings
from lasso3d.systems.npiseg3d.recipe import PRESETS, NPISeg3DRecipe, Seen
from lasso3d.systems.npiseg3d.scenes import SceneSettings
from lasso3d.systems.npiseg3d.segmenter import NPISeg3D
from lasso3d.systems.npiseg3d.simulate import SessionSettings, begin, clicks_on_errors
from lasso3d.systems.npiseg3d.tensors import ClickTensors
from lasso3d.training.fields import from_json, to_json
from lasso3d.training.runs import RunFacts

QUICK = NPISeg3DRecipe(
    config=TINY,
    scenes=SceneSettings(voxels=1500, colourless=0.0),
    sessions=SessionSettings(sessions=1, most_objects=2, silent=1, learning=2, eager=1.0),
    calibration=CalibrationSettings(scenes=1, alone=1, clicks=(1, 2)),
)
FACTS = RunFacts(steps=7, seed=3, command="train", hardware="here", minutes=0.5)


@pytest.fixture(scope="module")
def crop():
    return QUICK.batch(1, 0)


def content(value):
    if isinstance(value, np.ndarray):
        return value.dtype.str, value.shape, value.tobytes()
    if isinstance(value, list | tuple):
        return [content(item) for item in value]
    return [content(item) for item in vars(value).values()] if hasattr(value, "__dict__") else value


def test_a_batch_is_a_pure_function_of_step_and_part(crop):
    assert content(QUICK.batch(1, 0)) == content(crop)
    assert content(QUICK.batch(2, 0)) != content(crop)
    assert content(pickle.loads(pickle.dumps(crop))) == content(crop)


def test_visits_to_a_scene_differ_in_crop_and_clicks():
    recipe = replace(QUICK, scenes=replace(QUICK.scenes, visits=2), train=replace(QUICK.train, batch=2))
    first, second = recipe.batch(0, 0), recipe.batch(0, 1)
    assert content(first.sessions) != content(second.sessions)


def test_worlds_take_turns(monkeypatch):
    asked = []

    def world(name, seed):
        asked.append((name, seed))
        return procedural("tabletops", 7)

    monkeypatch.setattr(scenes, "procedural", world)
    scenes._example.cache_clear()
    scenes._size.cache_clear()
    recipe = replace(
        QUICK, scenes=replace(QUICK.scenes, worlds=("attic", "barn")), train=replace(QUICK.train, batch=1)
    )
    for step in range(2):
        recipe.batch(step, 0)
    assert asked == [("attic", 0), ("barn", 1)]
    scenes._example.cache_clear()


def test_first_clicks_carry_true_labels(crop):
    for session, clicks in zip(crop.sessions, crop.first, strict=True):
        np.testing.assert_array_equal(session.wanted[clicks.token], clicks.row)
        assert set(range(session.objects)) <= set(clicks.row.tolist())


@pytest.mark.parametrize("name", VARIANTS)
def test_a_gradient_reaches_every_weight_of_every_form(name, crop):
    config = VARIANTS[name]
    recipe = replace(QUICK, config=config, scenes=replace(QUICK.scenes, noise=0.1))
    network = fresh(config)
    scene = replace_arrays(recipe, crop)
    sum(recipe.losses(network, [scene], 1).values()).backward()
    silent = [n for n, p in network.named_parameters() if p.requires_grad and (p.grad is None or not p.grad.any())]
    assert silent == []


def replace_arrays(recipe, crop):
    """The crop, or the same one made for a config that needs other arrays."""
    needs_other = recipe.config.backbone != "layer unet" or not recipe.config.geodesic.used
    return recipe.batch(1, 0) if needs_other else crop


@pytest.mark.parametrize("form", ["context to target", "target to context"])
@pytest.mark.parametrize("dice", ["point", "region"])
def test_both_forms_of_dice_and_divergence_learn(form, dice, crop):
    recipe = replace(QUICK, loss=LossSettings(dice_form=dice, kl_form=form, balance=0.5))
    losses = recipe.losses(fresh(TINY), [crop], 1)
    assert set(losses) == {"ce", "dice", "layers", "target ce", "target dice", "target layers", "kl"}
    assert all(value.isfinite() and value > 0 for value in losses.values())


def test_the_weight_of_the_divergence_grows(crop):
    torch.manual_seed(0)
    first = QUICK.losses(fresh(TINY), [crop], 0)["kl"]
    torch.manual_seed(0)
    last = QUICK.losses(fresh(TINY), [crop], QUICK.train.steps)["kl"]
    assert float(last.detach() / first.detach()) == pytest.approx(10, rel=0.01)


def test_losses_in_bf16_are_nearly_those_in_f32(crop):
    network = fresh(replace(TINY, latent=LatentConfig(kind="none")))
    exact = QUICK.losses(network, [crop], 1)
    with torch.autocast("cpu", torch.bfloat16):
        half = QUICK.losses(network, [crop], 1)
    sum(half.values()).backward()
    assert float(half["ce"].detach()) == pytest.approx(float(exact["ce"].detach()), rel=0.1)


def test_losses_of_two_scenes_are_the_mean_of_each(crop):
    network, other = fresh(replace(TINY, latent=LatentConfig(kind="none"))), QUICK.batch(2, 0)
    one, two, both = (QUICK.losses(network, scenes, 1) for scenes in ([crop], [other], [crop, other]))
    for name in both:
        torch.testing.assert_close(both[name], (one[name] + two[name]) / 2)


def test_answering_never_touches_the_posterior(monkeypatch, crop):
    def touched(*arguments, **named):
        raise RuntimeError("the posterior was asked")

    monkeypatch.setattr(ClickDecoder, "target", touched)
    segmenter = segmenter_of(TINY)
    assert segmenter.segment(segmenter.encode(table()), CLICKS).labels == (1, 2)
    with pytest.raises(RuntimeError, match="posterior"):
        QUICK.losses(fresh(TINY), [crop], 1)


def test_errors_are_clicked_with_their_true_label_by_every_habit(crop):
    session = crop.sessions[0]
    predicted = np.full_like(session.wanted, session.objects)
    for habits in ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)):
        settings = replace(QUICK.sessions, habits=habits)
        rng = np.random.default_rng(0)
        clicks = clicks_on_errors(
            crop.arrays.place, session.wanted, predicted, objects=session.objects, settings=settings, rng=rng
        )
        assert len(clicks) == session.objects
        assert all(session.wanted[voxel] == row < session.objects for voxel, row in clicks)


def test_a_session_about_everything_needs_no_background(crop):
    everything = np.ones(len(crop.arrays), np.int32)
    session = begin(crop.arrays.place, everything, (1,), settings=QUICK.sessions, rng=np.random.default_rng(0))
    assert session.objects == 1
    assert (session.wanted == 0).all()


def test_recipes_are_json_and_back():
    for name, recipe in PRESETS.items():
        assert from_json(NPISeg3DRecipe, to_json(recipe)) == recipe, name


def test_the_presets_are_as_large_as_they_say():
    size = {name: sum(p.numel() for p in PRESETS[name].network().parameters()) for name in ("paper", "small")}
    assert 36e6 < size["paper"] < 44e6
    assert size["small"] <= 8e6
    assert CONFIGS["agile3d-small"].latent.kind == "none"


def test_a_checkpoint_is_calibrated_measured_and_loads(tmp_path):
    looked = replace(QUICK.calibration, fewest_voxels=10)
    recipe = replace(QUICK, config=replace(TINY, voxel=0.02), calibration=looked, storage="f16")
    recipe.save(tmp_path, fresh(recipe.config), FACTS)
    card = read_card(tmp_path)
    assert (card.steps, card.seed, card.storage, card.licence) == (7, 3, "f16", "Apache-2.0")
    assert set(card.metrics["validation"]) == {"IoU@1", "IoU@2"}
    again = NPISeg3D.from_card(card, "cpu", "f32")
    assert again.errors.weights != (1.0, *[0.0] * 8)
    answer = again.segment(again.encode(table()), CLICKS)
    assert ((answer.uncertainty >= 0) & (answer.uncertainty <= 1)).all()


def test_it_overfits_one_scene():
    config = replace(TINY, voxel=None, layer_unet=LayerUNetConfig((16, 32, 32)), width=32)
    recipe = replace(
        QUICK,
        config=config,
        scenes=SceneSettings(voxels=1200),
        sessions=SessionSettings(sessions=1, most_objects=2, silent=0, learning=1, eager=0.0),
        loss=LossSettings(dice_form="region", balance=0.5, dice=1.0),
    )
    scene, network = recipe.batch(1, 0), fresh(config)
    optimizer = torch.optim.AdamW(network.parameters(), lr=5e-3)
    for step in range(60):
        optimizer.zero_grad()
        sum(recipe.losses(network, [scene], step).values()).backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
    seen = Seen.by(network, scene.arrays)
    for session, first in zip(scene.sessions, scene.first, strict=True):
        clicks = ClickTensors.of(first, None, torch.device("cpu"))
        with torch.no_grad():
            found = network.decode(seen.points, scene.arrays.maps, clicks, sampling=Sampling(10))
        label = found.logits.argmax(0).numpy()
        for row in range(session.objects):
            mine, true = label == row, session.wanted == row
            assert (mine & true).sum() / (mine | true).sum() > 0.85


def test_labels_slip_along_borders_alone_and_only_in_some_scenes():
    side = np.arange(24)
    place = np.stack(np.meshgrid(side, side, [0]), axis=-1).reshape(-1, 3).astype(np.float32)
    instance = np.where(place[:, 0] < 12, 1, 2).astype(np.int32)
    settings = SceneSettings(slip=3.0)
    slipped = [scenes._slipped(instance, place, settings, np.random.default_rng(seed)) for seed in range(60)]
    changed = [np.flatnonzero(labels != instance) for labels in slipped]
    assert 0 < sum(len(rows) > 0 for rows in changed) < 60
    from_border = np.abs(place[np.concatenate(changed), 0] - 11.5)
    assert 1 < from_border.max() <= 3


def test_large_objects_are_chosen_more_often_where_asked(crop):
    instance = np.repeat([1, 2], [40, len(crop.arrays) - 40]).astype(np.int32)

    def share_of_large(power):
        settings = SessionSettings(sessions=60, alone=1.0, by_size=power)
        begun = scenes._sessions(crop.arrays, instance, settings, np.random.default_rng(0))
        return np.mean([(one.wanted == 0).sum() > 40 for one in begun])

    assert share_of_large(0.0) == pytest.approx(0.5, abs=0.2)
    assert share_of_large(1.0) > 0.9


def test_parts_of_a_lone_object_are_clicked_piece_by_piece():
    scene, truth = procedural("objects", 9)
    voxels = voxelize(scene.xyz, voxel_size(scene.xyz))
    place = (voxels.mean(scene.xyz) / voxels.size).astype(np.float32)
    parts = scenes.things(truth, "objects")
    piece = scenes.clickable(parts, voxels, place, "objects")
    part = parts[voxels.order[voxels.start[:-1]]]
    assert all(len(np.unique(part[piece == one])) == 1 for one in np.unique(piece[piece > 0]))
    shelf = truth.part_names.index("shelf") + 1
    assert len({one for one in piece[part == shelf].tolist() if (piece == one).sum() > 100}) == 3
    np.testing.assert_array_equal(scenes.things(truth, "rooms"), truth.instance)


def test_near_pairs_say_whether_one_object_holds_both():
    rng = np.random.default_rng(0)
    place = rng.uniform(0, 12, (1500, 3)).astype(np.float32)
    instance = np.where(place[:, 0] < 6, 1, 0).astype(np.int32)
    pairs = near_pairs(place, instance, rng)
    np.testing.assert_array_equal(pairs.same, instance[pairs.first] == instance[pairs.second])
    assert (instance[pairs.first] > 0).all()
    assert 0.5 < pairs.same.mean() < 1
    nothing = near_pairs(place, np.zeros_like(instance), rng)
    assert len(nothing.first) == 0
    assert float(likeness_loss(torch.ones(1500, 4), nothing)) == 0


def test_likeness_wants_features_that_tell_objects_apart():
    rng = np.random.default_rng(0)
    place = rng.uniform(0, 12, (1500, 3)).astype(np.float32)
    instance = np.where(place[:, 0] < 6, 1, 2).astype(np.int32)
    pairs = near_pairs(place, instance, rng)
    told_apart = torch.from_numpy(np.eye(2, dtype=np.float32)[instance - 1])
    alike, random = torch.ones(1500, 2), torch.from_numpy(rng.standard_normal((1500, 2)).astype(np.float32))
    assert likeness_loss(told_apart, pairs) < 0.1
    assert likeness_loss(told_apart, pairs) < min(likeness_loss(alike, pairs), likeness_loss(random, pairs))


def test_likeness_is_learned_where_asked(crop):
    recipe = replace(QUICK, loss=LossSettings(likeness=0.25))
    losses = recipe.losses(fresh(TINY), [crop], 1)
    assert losses["likeness"].isfinite()
    assert losses["likeness"] > 0
    assert "likeness" not in QUICK.losses(fresh(TINY), [crop], 1)


def test_few_scenes_come_over_and_over():
    settings = SceneSettings(visits=3, distinct=2)
    assert [settings.number(visit) for visit in range(9)] == [0, 0, 0, 1, 1, 1, 0, 0, 0]
    assert SceneSettings(visits=3).number(8) == 2
