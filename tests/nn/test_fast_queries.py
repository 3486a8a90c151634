"""The fast forms between few queries and many places: equal to the plain ones, which stand beside them."""

import pytest
import torch

from lasso3d.nn import fast_queries
from lasso3d.nn.attention import Assignment, Falloff, PostNormAttention
from lasso3d.nn.pool import largest_similarity

PLACES = 5003
"""More than a chunk, and no multiple of anything."""


def plainly(monkeypatch, action):
    """What the plain forms make of it."""
    with monkeypatch.context() as patch:
        patch.setattr(fast_queries, "computable", lambda x: False)
        return action()


@pytest.fixture
def fast(monkeypatch):
    """Fails where the plain form is taken."""

    def refuse(*args, **kwargs):
        pytest.fail("not the fast form")

    for method in ("gather", "spread"):
        monkeypatch.setattr(f"lasso3d.nn.attention.Attention.{method}", refuse)


@pytest.fixture(autouse=True)
def inference():
    torch.manual_seed(0)
    with torch.inference_mode():
        yield


def layer_of(width, heads):
    layer = PostNormAttention(width, heads)
    for bias in (layer.attention.query.bias, layer.attention.value.bias, layer.attention.out.bias):
        bias.data.normal_()
    return layer


def arguments(width, queries):
    query, where = torch.randn(2, queries, width)
    place, position = torch.randn(2, PLACES, width)
    return query, where, place, position


@pytest.mark.parametrize(("width", "heads", "queries"), [(64, 4, 11), (128, 8, 12), (32, 1, 5), (96, 16, 40)])
@pytest.mark.parametrize("near", [False, True])
def test_attention_in_both_directions_equals_the_plain_one(monkeypatch, width, heads, queries, near):
    layer = layer_of(width, heads)
    query, where, place, position = arguments(width, queries)
    rows = torch.randint(0, 3, (queries - 2,))
    falloff = Falloff(torch.rand(heads), 10 * torch.rand(3, PLACES), rows) if near else None

    def both():
        return (
            layer.gather(query, place, position=where, place_position=position, falloff=falloff),
            layer.spread(place, query, position=position, query_position=where, falloff=falloff),
        )

    for found, expected in zip(both(), plainly(monkeypatch, both), strict=True):
        torch.testing.assert_close(found, expected, atol=2e-5, rtol=1e-4)


def test_queries_see_the_places_of_their_group_and_all_where_it_has_none(monkeypatch):
    layer = layer_of(64, 4)
    query, where, place, position = arguments(64, 9)
    of_place = torch.randint(0, 3, (PLACES,))
    of_place[of_place == 1] = 2
    of_place[77] = 3  # a group of one place
    assigned = Assignment(torch.tensor([0, 1, 2, 3, 0, 1, 5, 3, 2]), of_place)

    def look():
        return layer.gather(query, place, position=where, place_position=position, assigned=assigned)

    torch.testing.assert_close(look(), plainly(monkeypatch, look), atol=2e-5, rtol=1e-4)


def test_attention_takes_the_fast_form_only_without_gradients(fast):
    layer = layer_of(64, 4)
    query, where, place, position = arguments(64, 3)
    layer.gather(query, place, position=where, place_position=position)
    layer.spread(place, query, position=position, query_position=where)
    with torch.inference_mode(mode=False), torch.enable_grad():
        assert not fast_queries.able(torch.randn(PLACES, 64))
    assert fast_queries.able(place)
    assert not fast_queries.able(place[:9])
    assert not fast_queries.able(place[:, :60])
    assert not fast_queries.able(place, heads=3)
    assert not fast_queries.able(place.double())


@pytest.mark.parametrize("size", [40.0, 1e4])
def test_large_scores_stay_finite_and_pick_the_largest(monkeypatch, size):
    layer = layer_of(32, 2)
    query, where, place, position = arguments(32, 4)

    def both():
        return (
            layer.gather(size * query, place, position=where, place_position=position),
            layer.spread(place, size * query, position=position, query_position=where),
        )

    for found, expected in zip(both(), plainly(monkeypatch, both), strict=True):
        torch.testing.assert_close(found, expected, atol=1e-3, rtol=1e-3)


def test_the_number_of_threads_does_not_change_a_byte():
    layer = layer_of(64, 4)
    query, where, place, position = arguments(64, 11)

    def both():
        return (
            layer.gather(query, place, position=where, place_position=position),
            layer.spread(place, query, position=position, query_position=where),
        )

    threads = torch.get_num_threads()
    results = []
    for count in (1, 3):
        torch.set_num_threads(count)
        try:
            results.append(both())
        finally:
            torch.set_num_threads(threads)
    assert all(torch.equal(*pair) for pair in zip(*results, strict=True))


@pytest.mark.parametrize("samples", [None, 1, 10])
def test_the_largest_similarity_equals_the_plain_one(monkeypatch, samples):
    lead = () if samples is None else (samples,)
    members, places = torch.randn(*lead, 13, 64), torch.randn(PLACES, 64)
    group = torch.tensor([2, 0, 1, 2, 2, 2, 2, 2, 2, 0, 0, 2, 1])

    def largest():
        return largest_similarity(members, group, places, groups=3)

    torch.testing.assert_close(largest(), plainly(monkeypatch, largest), atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("width", [8, 24, 64, 100])
def test_a_rectified_layer_norm_equals_torchs(width):
    norm = torch.nn.LayerNorm(width)
    norm.weight.data.normal_()
    norm.bias.data.normal_()
    features = 3 + 5 * torch.randn(PLACES, width)
    torch.testing.assert_close(
        fast_queries.normed_relu(norm, features), norm(features).relu(), atol=1e-5, rtol=1e-5
    )
