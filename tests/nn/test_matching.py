"""Matching queries to objects: the fast forms against the plain ones, and what a match promises."""

import pytest
import torch

from lasso3d.nn.matching import (
    CostWeights,
    match_cost,
    match_cost_reference,
    sparse_match,
    sparse_match_reference,
)

WEIGHTS = CostWeights(name=0.7, bce=1.3, dice=0.9)


def pairs(found):
    return [tuple(pair) for pair in torch.stack(found, dim=1).tolist()]


def drawn(seed, queries=9, objects=4, places=13):
    rng = torch.Generator().manual_seed(seed)
    mask = 3 * torch.randn(queries, places, generator=rng)
    target = (torch.rand(objects, places, generator=rng) < 0.4).float()
    return mask, target, torch.rand(queries, objects, generator=rng)


@pytest.mark.parametrize("seed", range(5))
def test_costs_are_those_of_every_pair_alone(seed):
    mask, target, probability = drawn(seed)
    for named in (probability, None):
        fast = match_cost(mask, target, named, weights=WEIGHTS)
        torch.testing.assert_close(fast, match_cost_reference(mask, target, named, weights=WEIGHTS))


def test_a_cost_falls_with_the_probability_of_the_name():
    mask, target, probability = drawn(0)
    fast = match_cost(mask, target, probability, weights=WEIGHTS)
    without = match_cost(mask, target, weights=WEIGHTS)
    torch.testing.assert_close(without - fast, 0.7 * probability)


@pytest.mark.parametrize("most", [1, 2, 20])
@pytest.mark.parametrize("seed", range(8))
def test_matches_are_those_of_every_object_alone(seed, most):
    rng = torch.Generator().manual_seed(seed)
    # few different costs, so that some tie
    cost = torch.randint(0, 5, (8, 5), generator=rng).float()
    allowed = torch.rand(8, 5, generator=rng) < 0.5
    found = sparse_match(cost, allowed, most=most)
    assert pairs(found) == pairs(sparse_match_reference(cost, allowed, most=most))


def test_a_dearer_query_inside_the_object_wins_over_a_cheaper_one_outside():
    cost = torch.tensor([[0.1], [5.0], [7.0]])
    assert pairs(sparse_match(cost, torch.tensor([[False], [True], [True]]))) == [(1, 0)]


def test_an_object_without_a_query_inside_has_none():
    assert pairs(sparse_match(torch.zeros(3, 2), torch.tensor([[True, False]] + 2 * [[False, False]]))) == [(0, 0)]


@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (1, 1)])
def test_nothing_or_a_single_pair_can_be_matched(shape):
    found = sparse_match(torch.zeros(shape), torch.ones(shape, dtype=torch.bool))
    assert pairs(found) == ([(0, 0)] if shape == (1, 1) else [])
