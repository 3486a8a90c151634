"""UniSeg3D's network: prompts never touch each other, masks guide the eye, voxels are finer than superpoints."""

from dataclasses import fields, replace
from functools import cache

import numpy as np
import pytest
import torch
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra
from torch.nn import functional

from lasso3d.geometry.paths import UNITS
from lasso3d.geometry.voxels import voxelize
from lasso3d.nn.checkpoint import read_weights
from lasso3d.nn.layer_unet import LayerUNetConfig
from lasso3d.nn.unet import SpConvUNetConfig
from lasso3d.systems import PRETRAINED
from lasso3d.systems.card import read_card
from lasso3d.systems.uniseg3d import decoder
from lasso3d.systems.uniseg3d.config import PAPER, SMALL, PromptConfig
from lasso3d.systems.uniseg3d.decoder import Queries
from lasso3d.systems.uniseg3d.inputs import scan_arrays
from lasso3d.systems.uniseg3d.network import EVERYTHING, SceneNetwork, start_from
from lasso3d.systems.uniseg3d.shapes import NORMAL_CHANNELS, superpoint_shapes
from lasso3d.systems.uniseg3d.surface import REACH, ways
from lasso3d.systems.uniseg3d.tensors import ClickPrompts, ScanTensors

CPU = torch.device("cpu")
SHAPE = {"width": 16, "heads": 2, "feedforward": 24, "layers": 2, "text_width": 12}
PUBLISHED = replace(PAPER, spconvunet=SpConvUNetConfig(channels=(8, 16), blocks=1), voxel=0.05, **SHAPE)
OURS = replace(
    SMALL,
    layer_unet=LayerUNetConfig((8, 16)),
    features=12,
    prompts=replace(SMALL.prompts, text_hidden=16),
    voxel=0.05,
    **SHAPE,
)
VARIANTS = {
    "published": PUBLISHED,
    "ours": OURS,
    "ours without talk": replace(OURS, prompts=PromptConfig(see="nothing", several=True, text_hidden=16)),
    "ours without distances": replace(OURS, distances=False, position="none", shape=False),
    "published with talk": replace(PUBLISHED, prompts=PromptConfig(see="scene queries", text_hidden=16)),
}


def room(config):
    """As tensors."""
    return room_arrays(config).tensors(CPU)


@cache
def room_arrays(config):
    """A floor with three boxes on it, in voxels and superpoints."""
    rng = np.random.default_rng(0)
    floor = np.c_[rng.uniform(0, 1.5, (4000, 2)), np.zeros(4000)]
    boxes = [rng.uniform(0, 0.3, (1500, 3)) + corner for corner in ((0.1, 0.1, 0), (0.9, 0.2, 0), (0.5, 1.0, 0))]
    xyz = np.concatenate([floor, *boxes]).astype(np.float32)
    rgb = np.repeat(rng.integers(0, 255, (4, 3)), [4000, 1500, 1500, 1500], axis=0).astype(np.uint8)
    return scan_arrays(voxelize(xyz, 0.05), xyz, rgb, config=config)


def fresh(config, seed=0):
    """A network none of whose weights are zero."""
    torch.manual_seed(seed)
    network = SceneNetwork(config).eval()
    with torch.no_grad():
        for weight in network.parameters():
            weight += 0.05 * torch.randn_like(weight)
    return network


def clicks(*, previous=None):
    """On three objects: with one positive click, with two, and with a negative one."""
    voxel, prompt = np.array([3, 40, 90, 150, 200]), np.array([0, 1, 1, 2, 2])
    positive = np.array([True, True, True, True, False])
    return ClickPrompts.of(
        voxel, prompt, positive, prompts=3, previous=previous, ways=along(voxel, prompt, positive, 3), device=CPU
    )


def along(voxel, prompt, positive, prompts):
    arrays = room_arrays(OURS)
    count = {"prompts": prompts, "superpoints": arrays.superpoints}
    return ways(arrays.graph, arrays.of_voxel, voxel, prompt, positive, **count)


def no_clicks():
    none = np.zeros(0, np.int64)
    return ClickPrompts.of(none, none, none > 0, prompts=0, ways=along(none, none, none > 0, 0), device=CPU)


def only(prompts, i):
    """One prompt of several."""
    mine = prompts.prompt == i
    before = None if prompts.previous is None else prompts.previous[i : i + 1]
    clicked = prompts.voxel[mine], prompts.prompt[mine] * 0, prompts.positive[mine]
    return ClickPrompts(*clicked, 1, before, prompts.ways[:, i : i + 1])


def sentences(config, count=3):
    rng = torch.Generator().manual_seed(5)
    return functional.normalize(torch.randn(count, config.text_width, generator=rng), dim=1)


def tensors_of(value):
    if isinstance(value, torch.Tensor):
        return [value]
    if isinstance(value, tuple):
        return [t for item in value for t in tensors_of(item)]
    return [] if value is None else [t for field in fields(value) for t in tensors_of(getattr(value, field.name))]


@pytest.fixture(params=VARIANTS)
def config(request):
    return VARIANTS[request.param]


@pytest.fixture(scope="module")
def scan():
    return room(OURS)


@torch.inference_mode()
def test_a_prompt_alone_is_answered_as_among_others(config):
    network, scan = fresh(config), room(config)
    tokens = network.encode(scan)
    scene = network.scene(tokens)
    before = torch.rand(3, scan.superpoints, generator=torch.Generator().manual_seed(1)).numpy()
    for prompts in (clicks(), clicks(previous=before)):
        together = network.click(tokens, scene, prompts)[-1]
        for i in range(3):
            alone = network.click(tokens, scene, only(prompts, i))[-1]
            for one, several in zip(tensors_of(alone), tensors_of(together), strict=True):
                torch.testing.assert_close(one[0], several[i], rtol=1e-5, atol=1e-5)
    vectors = sentences(config)
    together = network.text(tokens, scene, vectors)[-1]
    for i in range(3):
        alone = network.text(tokens, scene, vectors[i : i + 1])[-1]
        for one, several in zip(tensors_of(alone), tensors_of(together), strict=True):
            torch.testing.assert_close(one[0], several[i], rtol=1e-5, atol=1e-5)


@torch.inference_mode()
def test_prompts_change_nothing_that_the_scene_found(config):
    network, scan = fresh(config), room(config)
    tokens = network.encode(scan)
    scene = network.scene(tokens)
    held = [tensor.clone() for tensor in tensors_of(scene) + tensors_of(tokens)[:7]]
    network.click(tokens, scene, clicks())
    network.text(tokens, scene, sentences(config))
    after = tensors_of(scene) + tensors_of(tokens)[:7]
    assert all(torch.equal(one, other) for one, other in zip(held, after, strict=True))
    again = network.scene(tokens)
    assert all(torch.equal(one, other) for one, other in zip(tensors_of(scene), tensors_of(again), strict=True))


def test_heads_speak_once_more_than_there_are_layers_while_learning_and_once_otherwise(config):
    network, scan = fresh(config), room(config)
    tokens = network.encode(scan)
    learning = network.scene(tokens)
    asked = network.click(tokens, learning, clicks())
    assert len(learning.layers) == len(asked) == config.layers + 1
    assert len(learning.states) == config.layers
    with torch.inference_mode():
        tokens = network.encode(scan)
        answering = network.scene(tokens)
        assert len(answering.layers) == len(network.click(tokens, answering, clicks())) == 1
    torch.testing.assert_close(answering.layers[-1].mask, learning.layers[-1].mask, rtol=1e-4, atol=1e-4)
    assert torch.allclose(answering.semantic.norm(dim=1), torch.ones(scan.superpoints))


@torch.inference_mode()
def test_many_queries_are_answered_as_few_at_a_time(scan, monkeypatch):
    network = fresh(OURS)
    tokens = network.encode(scan)
    at_once = network.scene(tokens).layers[-1]
    monkeypatch.setattr(decoder, "PART", 3)
    torch.testing.assert_close(network.scene(tokens).layers[-1].mask, at_once.mask, rtol=1e-4, atol=1e-4)


@torch.inference_mode()
def test_a_query_sees_its_mask_alone_and_everything_where_that_is_empty(scan):
    network = fresh(PUBLISHED)
    tokens = network.encode(room(PUBLISHED))
    s = len(tokens.keys)
    position = torch.zeros(2, 16)
    queries = decoder.Queries(torch.randn(2, 16), position, None, "space")
    layer = network.decoder.layers[0]
    mask = torch.full((2, s), -1.0)
    mask[0, :2] = 1
    looked = layer.look_at(tokens, queries, mask=mask).content
    elsewhere = replace(tokens, keys=torch.cat([tokens.keys[:2], 9 * tokens.keys[2:]]))
    changed = layer.look_at(elsewhere, queries, mask=mask).content
    torch.testing.assert_close(looked[0], changed[0])
    assert not torch.allclose(looked[1], changed[1], atol=1e-3)
    torch.testing.assert_close(looked[1], layer.look_at(tokens, queries, mask=-mask * 0).content[1])


@torch.inference_mode()
def test_chosen_superpoints_are_the_queries(scan):
    network = fresh(OURS)
    tokens = network.encode(scan)
    chosen = torch.tensor([4, 1, 7])
    scene = network.scene(tokens, chosen)
    assert torch.equal(scene.token, chosen)
    assert scene.layers[-1].mask.shape == (3, scan.superpoints)
    assert len(scene.semantic) == 3
    assert len(network.text(tokens, scene, sentences(OURS))[-1].mask) == 3


@torch.inference_mode()
def test_no_prompts_have_no_answers(config):
    network, scan = fresh(config), room(config)
    tokens = network.encode(scan)
    scene = network.scene(tokens)
    assert network.click(tokens, scene, no_clicks())[-1].mask.shape == (0, scan.superpoints)
    assert network.text(tokens, scene, sentences(config, 0))[-1].embedding.shape == (0, 12)


def test_voxel_masks_begin_as_those_of_superpoints(scan):
    network = SceneNetwork(OURS)
    tokens = network.encode(scan)
    answers = network.scene(tokens).layers[-1]
    rows = torch.tensor([5, 2])
    assert torch.equal(network.voxel_logits(tokens, answers, rows), answers.mask[rows][:, scan.of_voxel])


@torch.inference_mode()
def test_voxel_masks_differ_within_a_superpoint_by_what_the_product_says(scan):
    network = fresh(OURS)
    tokens = network.encode(scan)
    answers = network.scene(tokens).layers[-1]
    rows, voxels = torch.tensor([5, 2]), torch.tensor([0, 17, 33])
    found = network.voxel_logits(tokens, answers, rows)
    away = tokens.voxels - tokens.means[scan.of_voxel]
    each = answers.query[rows] @ network.fine.fall.weight.T @ network.fine.rise(away).relu().T
    torch.testing.assert_close(found, answers.mask[rows][:, scan.of_voxel] + each)
    torch.testing.assert_close(network.voxel_logits(tokens, answers, rows, voxels), found[:, voxels])
    assert found[0, scan.of_voxel == 0].std() > 0


def test_masks_of_the_release_are_not_finer_than_superpoints():
    network, scan = fresh(PUBLISHED), room(PUBLISHED)
    tokens = network.encode(scan)
    answers = network.scene(tokens).layers[-1]
    found = network.voxel_logits(tokens, answers, torch.tensor([0]))
    assert torch.equal(found, answers.mask[:1][:, scan.of_voxel])


def test_queries_correct_what_superpoints_are_named_by_themselves(scan):
    network = fresh(replace(OURS, named=True))
    tokens = network.encode(scan)
    names, bare = network.names(tokens), network.scene(tokens, torch.tensor([1, 3])).semantic
    torch.testing.assert_close(names.norm(dim=1), torch.ones(len(names)))
    network.named = None
    assert network.names(tokens) is None
    corrected = network.scene(tokens, torch.tensor([1, 3])).semantic
    torch.testing.assert_close(bare, functional.normalize(corrected + names[[1, 3]], dim=1))


def test_names_are_cosines_and_the_last_is_none_of_them():
    vectors = sentences(PUBLISHED, 4)
    logits = fresh(PUBLISHED).class_logits(vectors[:2], vectors)
    torch.testing.assert_close(logits[:, :4], 100 * vectors[:2] @ vectors.T)
    assert torch.equal(logits[:, 4], torch.zeros(2))
    network = fresh(OURS)
    own = functional.normalize(network.nothing[None], dim=1)
    torch.testing.assert_close(network.class_logits(own, vectors)[0, 4], network.log_scale.exp())


@torch.inference_mode()
def test_the_release_hears_positive_clicks_alone():
    network, scan = fresh(PUBLISHED), room(PUBLISHED)
    tokens = network.encode(scan)
    features = network.clicks(tokens, clicks()).features
    superpoint = scan.of_voxel[torch.tensor([3, 40, 90, 150])]
    torch.testing.assert_close(features[0], tokens.features[superpoint[0]])
    torch.testing.assert_close(features[1], tokens.features[superpoint[1:3]].mean(0))
    torch.testing.assert_close(features[2], tokens.features[superpoint[3]])


@torch.inference_mode()
def test_a_clicked_superpoint_is_known_and_so_is_the_previous_answer(scan):
    torch.manual_seed(0)
    network = SceneNetwork(OURS).eval()
    tokens = network.encode(scan)
    said = network.clicks(tokens, clicks())
    superpoint = scan.of_voxel[clicks().voxel]
    assert (said.prior[[0, 1, 1, 2], superpoint[:4]] >= network.clicks.several.sure).all()
    assert said.prior[2, superpoint[4]] <= -network.clicks.several.sure
    assert (said.distance[[0, 1, 1, 2], superpoint[:4]] == 0).all()
    before = np.full((3, scan.superpoints), 0.9, np.float32)
    more = network.clicks(tokens, clicks(previous=before))
    torch.testing.assert_close(more.prior - said.prior, torch.full_like(more.prior, 0.5 * np.log(9)))
    assert not torch.allclose(more.features, said.features)


@torch.inference_mode()
def test_distances_of_clicks_are_to_the_nearest_voxel(scan):
    network = fresh(OURS)
    tokens = network.encode(scan)
    found = network.clicks(tokens, clicks()).distance[1]
    place = scan.place.double()
    for superpoint in (0, 5, scan.superpoints - 1):
        there = place[scan.of_voxel == superpoint]
        nearest = (place[[40, 90]][:, None] - there).norm(dim=2).amin()
        assert found[superpoint] == pytest.approx(min(4.0, nearest.item() / 16), abs=1e-6)


def test_ways_are_means_over_voxels_of_the_cost_to_the_nearest_click_of_each_side():
    arrays = room_arrays(OURS)
    graph, t = arrays.graph, len(arrays.of_voxel)
    costs = csr_array((graph.cost / UNITS, graph.node, graph.start), shape=(t, t))
    to_clicks = dijkstra(costs, indices=[150, 200]).clip(max=REACH)
    mine, others = (np.bincount(arrays.of_voxel, weights=each) / np.bincount(arrays.of_voxel) for each in to_clicks)
    found = clicks().ways[:, 2].numpy()
    np.testing.assert_allclose(found, [mine, others], atol=1e-3)
    assert (found[0] < found[1]).any()
    assert (found[0] > found[1]).any()
    assert (clicks().ways[1, :2] == REACH).all()


@torch.inference_mode()
def test_the_farther_along_the_surface_the_less_a_mask_reaches(scan):
    network = SceneNetwork(OURS).eval()
    tokens, prompts = network.encode(scan), clicks()
    scene = network.scene(tokens)
    farther = replace(prompts, ways=prompts.ways + torch.tensor([1.0, 0.0])[:, None, None])
    said, less = (network.clicks(tokens, asked) for asked in (prompts, farther))
    torch.testing.assert_close(less.way, said.way + 1)
    heads, content = network.decoder.heads, torch.zeros(3, OURS.width)
    near, far = (
        heads.masks(Queries(content, content, None, "space", None, each.way), tokens).mask for each in (said, less)
    )
    slope = functional.softplus(heads.reach_along(heads.norm(content)))
    torch.testing.assert_close(near - far, slope.expand_as(near))
    near, far = (network.click(tokens, scene, asked)[-1].mask for asked in (prompts, farther))
    assert not torch.equal(near, far)


@torch.inference_mode()
def test_ways_compare_sides_only_where_both_were_clicked(scan):
    network = SceneNetwork(OURS).eval()
    tokens = network.encode(scan)
    with_lead = network.clicks(tokens, clicks()).prior
    network.clicks.lead.zero_()
    apart = with_lead - network.clicks(tokens, clicks()).prior
    assert not apart[:2].any()
    own, other = clicks().ways[:, 2].clamp(max=6)
    torch.testing.assert_close(apart[2], 0.5 * (other - own))


def test_a_network_that_reads_ways_refuses_clicks_without_them(scan):
    network = SceneNetwork(OURS)
    tokens = network.encode(scan)
    with pytest.raises(ValueError, match="ways along the surface"):
        network.click(tokens, network.scene(tokens), replace(clicks(), ways=None))


def test_without_a_graph_there_are_no_ways():
    none = np.zeros(0, np.int64)
    assert room_arrays(PUBLISHED).graph is None
    assert ways(None, none, none, none, none > 0, prompts=0, superpoints=0) is None


@torch.inference_mode()
def test_shapes_do_not_change_when_a_scan_turns(scan):
    def shapes(place):
        turned = ScanTensors(
            scan.geometry, scan.colour, place, scan.maps, scan.of_voxel, scan.superpoints, scan.voxel
        )
        count = torch.bincount(scan.of_voxel)[:, None]
        middle = torch.zeros(scan.superpoints, 3).index_add(0, scan.of_voxel, place) / count
        return superpoint_shapes(turned, middle)

    found = shapes(scan.place)
    quarter = torch.stack([-scan.place[:, 1], scan.place[:, 0], scan.place[:, 2]], dim=1)
    torch.testing.assert_close(shapes(quarter), found)
    taller = shapes(scan.place * torch.tensor([1.0, 1.0, 2.0]))
    assert (taller - found)[:, NORMAL_CHANNELS:].abs().amax() > 0.1


def test_a_network_starts_from_the_u_net_of_the_click_system():
    folder = PRETRAINED / "npiseg3d"
    weights = read_weights(folder, digest=read_card(folder).weights)
    torch.manual_seed(0)
    network = SceneNetwork(SMALL)
    before = network.state_dict()["keys.0.weight"].clone()
    taken = start_from(network, weights)
    wanted = [name for name in network.state_dict() if name.startswith(("backbone.", "project.", "late_colour."))]
    assert sorted(taken) == sorted(wanted)
    assert all(torch.equal(network.state_dict()[name], weights[name]) for name in taken)
    assert torch.equal(network.state_dict()["keys.0.weight"], before)


def test_of_a_checkpoint_of_its_own_kind_everything_is_taken_that_fits():
    torch.manual_seed(0)
    network, other = SceneNetwork(OURS), SceneNetwork(replace(OURS, width=24)).state_dict()
    taken = start_from(network, other, parts=EVERYTHING)
    assert "clicks.several.within.weight" in taken
    assert "keys.0.weight" not in taken
    assert all(torch.equal(network.state_dict()[name], other[name]) for name in taken)


def test_weights_of_other_shapes_are_left():
    torch.manual_seed(0)
    network = SceneNetwork(OURS)
    other = SceneNetwork(replace(OURS, layer_unet=LayerUNetConfig((8, 24)))).state_dict()
    taken = start_from(network, {**other, "keys.0.bias": torch.ones(16)})
    assert "backbone.stem.weight" in taken
    assert "backbone.encoder.1.conv1.weight" not in taken
    assert "keys.0.bias" not in taken


def test_what_ships_stays_small():
    assert sum(weight.numel() for weight in SceneNetwork(SMALL).parameters()) <= 8_000_000


def test_a_network_that_sees_nothing_is_refused():
    with pytest.raises(ValueError, match="must see"):
        SceneNetwork(replace(OURS, geometry=False))
