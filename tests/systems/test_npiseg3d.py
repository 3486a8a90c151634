"""NPISeg3D with random weights: what it promises of answers, whatever it has learned."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from lasso3d.core.errors import CheckpointError, OverBudget
from lasso3d.core.prompts import Click, Clicks
from lasso3d.core.scene import Scene
from lasso3d.core.segmentation import Segmentation
from lasso3d.nn import blocks
from lasso3d.nn.layer_unet import LayerUNetConfig
from lasso3d.nn.unet import Res16UNetConfig
from lasso3d.systems.card import Card, read_card
from lasso3d.systems.npiseg3d.config import PRESETS, GeodesicChannels, LatentConfig, NPISeg3DConfig, RefineConfig
from lasso3d.systems.npiseg3d.decoder import PointFeatures
from lasso3d.systems.npiseg3d.errors import CUES, ErrorModel, fit_errors
from lasso3d.systems.npiseg3d.inputs import click_arrays, voxel_arrays
from lasso3d.systems.npiseg3d.latents import Sampling
from lasso3d.systems.npiseg3d.network import ClickNetwork
from lasso3d.systems.npiseg3d.segmenter import NPISeg3D
from lasso3d.systems.npiseg3d.tensors import ClickTensors, VoxelTensors

TINY = NPISeg3DConfig(
    voxel=0.05,
    backbone="layer unet",
    layer_unet=LayerUNetConfig((8, 8)),
    geometry=True,
    colour="gated",
    width=16,
    heads=2,
    feedforward=16,
    layers=2,
    position="voxels",
    feedback="probability",
    latent=LatentConfig(samples=3, train_samples=2, truth_points=8),
    geodesic=GeodesicChannels(used=True),
    refine=RefineConfig(used=True, channels=(8, 8)),
)
SMALL_RES16 = Res16UNetConfig(
    stem=8, encoder=(8, 8), decoder=(8, 8), encoder_blocks=(1, 1), decoder_blocks=(1, 1), stem_kernel=5
)
VARIANTS = {
    "tiny": TINY,
    "published": replace(
        PRESETS["paper"], res16unet=SMALL_RES16, width=16, heads=2, feedforward=16, latent=LatentConfig(samples=2)
    ),
    "agile3d": replace(PRESETS["agile3d"], res16unet=SMALL_RES16, width=16, heads=2, feedforward=16),
    "no latents": replace(TINY, latent=LatentConfig(kind="none")),
    "scene latent": replace(TINY, latent=LatentConfig(kind="scene", samples=2)),
    "object latents": replace(TINY, latent=LatentConfig(kind="object", samples=2)),
    "part latents": replace(TINY, latent=LatentConfig(kind="scene+object+part", samples=2)),
    "multiplicative": replace(TINY, latent=LatentConfig(mix="multiplicative", posterior="features", samples=2)),
    "cosine": replace(TINY, similarity="cosine", order="talk first", share_talk=False, click_order=True),
    "assigned": replace(TINY, feedback="assigned", refine=RefineConfig(), colour="input"),
    "no geodesic": replace(TINY, geodesic=GeodesicChannels(), colour="none", position="unit box"),
}


def fresh(config, seed=0):
    """A network whose every weight says something, those that begin at zero too."""
    torch.manual_seed(seed)
    network = ClickNetwork(config)
    with torch.no_grad():
        for weight in network.parameters():
            if not weight.any():
                weight.normal_(std=0.1)
    return network


def segmenter_of(config, **card):
    return NPISeg3D.of(fresh(config), Card(system="npiseg3d", **card))


def table(seed=0, n=1500):
    """A table of 1 m with a box on it."""
    rng = np.random.default_rng(seed)
    xyz = np.concatenate(
        [rng.random((n, 3)) * (1, 1, 0), rng.random((n // 3, 3)) * (0.2, 0.2, 0.2) + (0.4, 0.4, 0)]
    )
    return Scene(xyz, rgb=rng.integers(0, 255, (len(xyz), 3)), name="table")


BOX, OTHER, TABLE = Click((0.5, 0.5, 0.2), 1), Click((0.1, 0.1, 0), 2), Click((0.9, 0.9, 0), 0)
CLICKS = Clicks((BOX, OTHER, TABLE))
LEANING = np.array([[1, 0, 0], [0, 0.75**0.5, -0.5], [0, 0.5, 0.75**0.5]])
"""By 30 degrees."""


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
    names = ("probability", "of_point", "score", "uncertainty", "epistemic")
    return all(np.array_equal(getattr(first, name), getattr(second, name)) for name in names)


@pytest.mark.parametrize("name", VARIANTS)
def test_every_form_of_the_network_answers_with_and_without_feedback(name, scene):
    segmenter = segmenter_of(VARIANTS[name])
    encoding = segmenter.encode(scene)
    first = segmenter.segment(encoding, CLICKS)
    again = segmenter.segment(encoding, CLICKS, previous=first)
    for answer in (first, again):
        assert answer.labels == (1, 2)
        assert answer.probability.dtype == np.float32
        assert answer.probability.shape == (2, len(encoding.voxels))
        assert ((answer.score >= 0) & (answer.score <= 1)).all()
        assert np.isfinite(answer.uncertainty).all()
    heard = VARIANTS[name].feedback != "none" or VARIANTS[name].refine.used
    assert np.array_equal(first.probability, again.probability) != heard


def test_asking_a_b_a_gives_the_same_bytes_and_another_seed_other_samples(segmenter, encoding):
    features = encoding.features.copy()
    first = segmenter.segment(encoding, CLICKS, seed=3)
    other = segmenter.segment(encoding, CLICKS, seed=4)
    assert same(first, segmenter.segment(encoding, CLICKS, seed=3))
    assert not np.array_equal(first.probability, other.probability)
    np.testing.assert_array_equal(encoding.features, features)


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


@pytest.mark.parametrize("points", [np.zeros((1, 3)), np.ones((9, 3)), np.arange(9).reshape(3, 3)])
def test_scenes_of_a_few_points_are_scenes(segmenter, points):
    scene = Scene(points)
    answer = segmenter.segment(segmenter.encode(scene), CLICKS)
    assert answer.label_of_point().shape == (len(scene),)


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


def test_a_scene_without_colour_is_answered_by_geometry(segmenter, scene):
    bare = Scene(scene.xyz)
    assert segmenter.segment(segmenter.encode(bare), CLICKS).probability.any()


def test_segment_equals_the_network_called_by_hand(segmenter, scene, encoding):
    network = fresh(TINY).eval()
    voxels = encoding.voxels
    arrays = voxel_arrays(voxels, scene.xyz, scene.rgb, config=TINY)
    token = np.array([voxels.token_of(click.xyz, encoding.centroid) for click in CLICKS.clicks])
    clicks = click_arrays(arrays, token, np.array([0, 1, 2]), objects=2, channels=TINY.geodesic)
    host = torch.device("cpu")
    with torch.no_grad():
        points = network.encode(VoxelTensors.of(arrays, host))
        sampling = Sampling(TINY.latent.samples, torch.Generator().manual_seed(5))
        found = network.decode(points, arrays.maps, ClickTensors.of(clicks, None, host), sampling=sampling)
    expected = found.logits.softmax(0)[:2].numpy()
    expected[:, token] = np.eye(3, dtype=np.float32)[:, :2].T
    answer = segmenter.segment(encoding, CLICKS, seed=5)
    np.testing.assert_allclose(answer.probability, expected, atol=2e-5)


@pytest.mark.parametrize("name", ["tiny", "agile3d"])
def test_a_scene_in_many_blocks_is_answered_as_in_one(name, scene, monkeypatch):
    segmenter = segmenter_of(VARIANTS[name])
    encoding = segmenter.encode(scene)
    whole = segmenter.segment(encoding, CLICKS)
    monkeypatch.setattr(blocks, "BLOCK", 100)
    parts = segmenter.segment(encoding, CLICKS)
    np.testing.assert_allclose(parts.probability, whole.probability, atol=1e-5)
    np.testing.assert_allclose(parts.epistemic, whole.epistemic, atol=1e-5)


def test_samples_in_one_batch_equal_samples_one_by_one(scene, encoding):
    network = fresh(replace(TINY, latent=LatentConfig(kind="object"))).eval()
    arrays, host = encoding.arrays, torch.device("cpu")
    points = PointFeatures(*(torch.from_numpy(a) for a in (encoding.features, encoding.position, arrays.place)))
    token, row = np.array([3, 40, 77]), np.array([0, 1, 2])
    clicks = ClickTensors.of(click_arrays(arrays, token, row, objects=2, channels=TINY.geodesic), None, host)
    with torch.no_grad():
        generator = torch.Generator().manual_seed(1)
        together = network.decoder.context(points, clicks, sampling=Sampling(4, generator))
        generator = torch.Generator().manual_seed(1)
        each = [network.decoder.context(points, clicks, sampling=Sampling(1, generator)) for _ in range(4)]
    torch.testing.assert_close(together.samples, torch.cat([one.samples for one in each]))
    assert not torch.equal(together.samples[0], together.samples[1])


def test_objects_may_be_asked_in_any_numbers_without_changing_their_masks(segmenter, encoding):
    answer = segmenter.segment(encoding, CLICKS, seed=1)
    renamed = Clicks((Click(BOX.xyz, 7), Click(OTHER.xyz, 40), TABLE))
    np.testing.assert_array_equal(segmenter.segment(encoding, renamed, seed=1).probability, answer.probability)


def test_a_saved_segmenter_loads_and_gives_the_same_bytes(scene, tmp_path):
    errors = {"intercept": -0.5, "weights": [0.5] * len(CUES)}
    segmenter = segmenter_of(TINY, uncertainty=errors).with_voxel(0.08)
    segmenter.save(tmp_path)
    again = NPISeg3D.from_card(read_card(tmp_path), "cpu", "f32")
    assert again.identity == segmenter.identity
    assert again.errors == ErrorModel(-0.5, (0.5,) * len(CUES))
    first, second = (one.segment(one.encode(scene), CLICKS) for one in (segmenter, again))
    assert same(first, second)


def test_a_card_with_another_config_is_refused(tmp_path):
    segmenter_of(TINY).save(tmp_path)
    card = read_card(tmp_path)
    with pytest.raises(CheckpointError, match="do not fit"):
        NPISeg3D.from_card(replace(card, config={**card.config, "layers": 3}), "cpu", "f32")
    with pytest.raises(CheckpointError, match="layerz"):
        NPISeg3D.from_card(replace(card, config={**card.config, "layerz": 3}), "cpu", "f32")


def test_bf16_answers_nearly_alike(segmenter, scene, encoding):
    half = NPISeg3D.of(fresh(TINY), Card(system="npiseg3d"), precision="bf16")
    answer = half.segment(half.encode(scene), CLICKS)
    assert half.identity != segmenter.identity
    np.testing.assert_allclose(answer.probability, segmenter.segment(encoding, CLICKS).probability, atol=0.1)


def test_what_will_not_fit_is_refused_before_it_is_tried(segmenter, scene, monkeypatch):
    import psutil

    class Little:
        available = 1000

    monkeypatch.setattr(psutil, "virtual_memory", Little)
    with pytest.raises(OverBudget, match="voxel size"):
        segmenter.encode(scene)


def test_uncertainty_is_one_minus_the_largest_probability_until_calibrated(segmenter, encoding):
    answer = segmenter.segment(encoding, CLICKS)
    largest = np.maximum(answer.probability.max(0), answer.none)
    np.testing.assert_allclose(answer.uncertainty, 1 - largest, atol=1e-4)


def test_the_error_model_finds_the_odds_that_made_its_data():
    rng = np.random.default_rng(0)
    cues = rng.normal(size=(20_000, len(CUES))).astype(np.float32)
    true = ErrorModel(-1.0, tuple(np.linspace(-1, 1, len(CUES)).tolist()))
    wrong = rng.random(len(cues)) < true(cues)
    found = fit_errors(cues, wrong, np.ones(len(cues)))
    assert found.intercept == pytest.approx(-1, abs=0.1)
    np.testing.assert_allclose(found.weights, true.weights, atol=0.1)


def test_an_encoding_says_how_large_it_is(encoding):
    assert encoding.nbytes > encoding.features.nbytes + encoding.position.nbytes


def test_answers_are_stamped_with_what_was_asked(segmenter, encoding, scene):
    answer = segmenter.segment(encoding, CLICKS)
    assert isinstance(answer, Segmentation)
    with pytest.raises(ValueError, match="previous"):
        segmenter.segment(segmenter.encode(table(seed=1)), CLICKS, previous=answer)
