"""The blocks of query decoders: attention, codes, pooling, losses, and the U-Net with layer norms."""

import numpy as np
import pytest
import torch

from lasso3d.nn import blocks
from lasso3d.nn.attention import Attention, Falloff, PostNormAttention
from lasso3d.nn.layer_unet import LayerUNet, LayerUNetConfig
from lasso3d.nn.losses import gaussian_kl, point_dice, region_dice, weighted_cross_entropy
from lasso3d.nn.pool import largest_similarity, mean_by_group
from lasso3d.nn.position import FourierPosition, order_code
from lasso3d.nn.scene_maps import SceneMaps


def both_attentions(width=8, heads=2):
    """Ours, and torch's with the same weights."""
    torch.manual_seed(0)
    ours, theirs = Attention(width, heads), torch.nn.MultiheadAttention(width, heads)
    with torch.no_grad():
        for bias in (ours.query.bias, ours.value.bias, ours.out.bias):
            bias.normal_()
        theirs.in_proj_weight.copy_(torch.cat([ours.query.weight, ours.key.weight, ours.value.weight]))
        theirs.in_proj_bias.copy_(torch.cat([ours.query.bias, torch.zeros(width), ours.value.bias]))
        theirs.out_proj.weight.copy_(ours.out.weight)
        theirs.out_proj.bias.copy_(ours.out.bias)
    return ours, theirs


@pytest.fixture(params=["learning", "in blocks"])
def mode(request, monkeypatch):
    """With gradients, and without: then places come in blocks, here of two."""
    monkeypatch.setattr(blocks, "BLOCK", 2)
    with torch.set_grad_enabled(request.param == "learning"):
        yield


@pytest.mark.parametrize(("queries", "places"), [(3, 5), (5, 3), (11, 7), (1, 1)])
def test_attention_equals_torchs_in_both_directions_with_mask_and_falloff(mode, queries, places):
    ours, theirs = both_attentions()
    query, place, position = torch.randn(queries, 8), torch.randn(places, 8), torch.randn(places, 8)
    row = torch.tensor([1, 0])[:queries]
    falloff = Falloff(torch.rand(2), torch.rand(2, places), row)
    bias = torch.zeros(2, queries, places)
    bias[:, :2] = -falloff.slope[:, None, None] * falloff.distance[row]
    allowed = torch.rand(queries, places) > 0.4
    allowed[:, -1] = True
    mask = bias.masked_fill(~allowed, -torch.inf)

    expected, _ = theirs(query, place + position, place, attn_mask=mask)
    found = ours.gather(query, place, position=position, allowed=allowed, falloff=falloff)
    torch.testing.assert_close(found, expected)

    value = torch.randn(queries, 8)
    expected, _ = theirs(place, query, value, attn_mask=bias.transpose(1, 2))
    torch.testing.assert_close(ours.spread(place, query, value, falloff=falloff), expected)


@pytest.mark.parametrize("queries", [2, 40])
def test_a_post_norm_attention_is_the_norm_of_the_sum_in_both_directions(mode, queries):
    torch.manual_seed(0)
    layer = PostNormAttention(8, 2)
    query, where = torch.randn(2, queries, 8)
    place, position = torch.randn(2, 5, 8)
    falloff = Falloff(torch.rand(2), torch.rand(queries, 5), torch.arange(queries))
    found = layer.gather(query, place, position=where, place_position=position, falloff=falloff)
    gathered = layer.attention.gather(query + where, place, position=position, falloff=falloff)
    torch.testing.assert_close(found, layer.norm(query + gathered))
    found = layer.spread(place, query, position=position, query_position=where, falloff=falloff)
    told = layer.attention.spread(place + position, query + where, query, falloff=falloff)
    torch.testing.assert_close(found, layer.norm(place + told))


def test_what_is_not_allowed_is_not_seen(mode):
    attention, query, place = Attention(8, 2), torch.randn(1, 8), torch.randn(4, 8)
    allowed = torch.tensor([[False, False, True, False]])
    changed = place.clone()
    changed[[0, 1, 3]] += 10
    found = attention.gather(query, place, allowed=allowed)
    torch.testing.assert_close(found, attention.gather(query, changed, allowed=allowed))
    torch.testing.assert_close(found, attention.gather(query, place[2:3]))


def test_likeness_is_that_of_each_groups_most_similar_member(mode):
    members, places = torch.randn(2, 6, 4), torch.randn(7, 4)
    group = torch.tensor([2, 0, 1, 0, 2, 2])
    found = largest_similarity(members, group, places, groups=3)
    for i in range(3):
        expected = (members[:, group == i] @ places.T).amax(1)
        torch.testing.assert_close(found[:, i], expected)


def test_a_group_without_members_has_mean_zero():
    values, group = torch.tensor([[1.0], [3.0], [5.0]]), torch.tensor([2, 2, 0])
    assert mean_by_group(values, group, groups=3).tolist() == [[5.0], [0.0], [2.0]]


def test_position_codes_agree_with_their_formula_and_orders_differ():
    code = FourierPosition(6, scale=1.0)
    xyz = torch.randn(4, 3)
    phase = 2 * np.pi * xyz @ code.projection
    torch.testing.assert_close(code(xyz), torch.cat([phase.sin(), phase.cos()], 1))
    orders = order_code(torch.arange(200), width=16)
    assert torch.cdist(orders, orders).fill_diagonal_(1).min() > 0.1


def test_point_dice_is_one_minus_the_probability_of_the_truth():
    logits, truth = torch.randn(3, 5), torch.tensor([0, 1, 2, 1, 0])
    p = logits.softmax(0)[truth, torch.arange(5)]
    torch.testing.assert_close(point_dice(logits, truth, torch.ones(5)), (1 - p).mean())
    certain = torch.tensor([[50.0], [-50.0]])
    assert point_dice(certain, torch.tensor([1]), torch.ones(1)) == 0


def test_region_dice_counts_a_small_object_as_much_as_a_large_one():
    truth = torch.cat([torch.zeros(1000), torch.ones(50), torch.full((200,), 2)]).long()
    right = torch.nn.functional.one_hot(truth).T * 40.0
    small_missed, large_missed = right.clone(), right.clone()
    small_missed[:, truth == 1] = torch.tensor([0, 0, 40.0])[:, None]
    large_missed[:, truth == 0] = torch.tensor([0, 0, 40.0])[:, None]
    one, other = (region_dice(logits, truth, rows=2) for logits in (small_missed, large_missed))
    assert float(one) == pytest.approx(float(other), abs=0.05)
    assert float(region_dice(right, truth, rows=2)) < 1e-6


def test_cross_entropy_is_averaged_by_weight():
    logits, truth = torch.randn(3, 2), torch.tensor([0, 1])
    each = -logits.log_softmax(0)[truth, torch.arange(2)]
    found = weighted_cross_entropy(logits, truth, torch.tensor([3.0, 1.0]))
    torch.testing.assert_close(found, (3 * each[0] + each[1]) / 4)


def test_kl_agrees_with_its_closed_form():
    p, q = (torch.tensor([0.5]), torch.tensor([2.0])), (torch.tensor([-1.0]), torch.tensor([1.0]))
    expected = np.log(1 / 2) + (4 + 1.5**2) / 2 - 0.5
    assert float(gaussian_kl(*p, *q)) == pytest.approx(expected, rel=1e-6)
    assert float(gaussian_kl(*p, *p)) == 0


def test_a_layer_unet_gives_two_scenes_together_what_it_gives_each_alone():
    rng = np.random.default_rng(0)
    torch.manual_seed(0)
    network = LayerUNet(3, LayerUNetConfig((8, 8, 8)))
    scenes = [np.unique(rng.integers(0, 12, (200, 3)), axis=0).astype(np.int32) for _ in range(2)]
    features = [torch.randn(len(cells), 3) for cells in scenes]

    def maps(*several):
        ends = np.cumsum([0, *(len(cells) for cells in several)]).astype(np.int64)
        return SceneMaps.build(np.concatenate(several), ends, levels=4, stem_kernel=3)

    with torch.no_grad():
        alone = [network(x, maps(cells)) for x, cells in zip(features, scenes, strict=True)]
        together = network(torch.cat(features), maps(*scenes))
    torch.testing.assert_close(together, torch.cat(alone), atol=1e-5, rtol=1e-4)
