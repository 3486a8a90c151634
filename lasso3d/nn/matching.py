"""Which query answers for which object: the cost of every pair, and the cheapest queries inside each object."""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor
from torch.nn import functional


@dataclass(frozen=True)
class CostWeights:
    """Of the parts of a cost; the defaults are those of OneFormer3D and UniSeg3D's release."""

    name: float = 0.5
    """Times minus the probability of the object's name."""
    bce: float = 1.0
    """Times the mean binary cross-entropy of the mask."""
    dice: float = 1.0


def match_cost(
    mask: Float[Tensor, "q s"],
    target: Float[Tensor, "m s"],
    probability: Float[Tensor, "q m"] | None = None,
    *,
    weights: CostWeights,
) -> Float[Tensor, "q m"]:
    """What it costs that a query answers for an object: of mask logits, 0/1 masks, and the objects' names."""
    both = mask.sigmoid() @ target.T
    sizes = mask.sigmoid().sum(1)[:, None] + target.sum(1)
    bce = (functional.softplus(mask).sum(1)[:, None] - mask @ target.T) / mask.shape[1]
    cost = weights.bce * bce + weights.dice * (1 - (2 * both + 1) / (sizes + 1))
    return cost if probability is None else cost - weights.name * probability


def match_cost_reference(
    mask: Float[Tensor, "q s"],
    target: Float[Tensor, "m s"],
    probability: Float[Tensor, "q m"] | None = None,
    *,
    weights: CostWeights,
) -> Float[Tensor, "q m"]:
    """`match_cost` pair by pair: its plain twin."""
    cost = mask.new_zeros(len(mask), len(target))
    for i, logits in enumerate(mask):
        for j, wanted in enumerate(target):
            p = logits.sigmoid()
            dice = 1 - (2 * (p * wanted).sum() + 1) / (p.sum() + wanted.sum() + 1)
            bce = functional.binary_cross_entropy_with_logits(logits, wanted)
            named = mask.new_zeros(()) if probability is None else probability[i, j]
            cost[i, j] = weights.bce * bce + weights.dice * dice - weights.name * named
    return cost


def sparse_match(
    cost: Float[Tensor, "q m"], allowed: Bool[Tensor, "q m"], *, most: int = 1
) -> tuple[Int64[Tensor, " k"], Int64[Tensor, " k"]]:
    """The `most` cheapest allowed queries of every object, in order of queries: SparseMatcher of OneFormer3D.

    An object without an allowed query has none. As in the release, queries that tie for the last place all lose it.
    """
    open_cost = cost.masked_fill(~allowed, torch.inf)
    # what is strictly cheaper than the next one after the last place
    limit = open_cost.new_full((1, cost.shape[1]), torch.inf)
    if len(cost) > most and cost.shape[1]:
        limit = open_cost.topk(most + 1, dim=0, largest=False).values[-1:]
    query, target = (open_cost < limit).nonzero(as_tuple=True)
    return query, target


def sparse_match_reference(
    cost: Float[Tensor, "q m"], allowed: Bool[Tensor, "q m"], *, most: int = 1
) -> tuple[Int64[Tensor, " k"], Int64[Tensor, " k"]]:
    """`sparse_match` object by object: its plain twin."""
    found = []
    for target in range(cost.shape[1]):
        inside = [query for query in range(len(cost)) if allowed[query, target]]
        for query in inside:
            cheaper_or_alike = sum(float(cost[other, target]) <= float(cost[query, target]) for other in inside)
            if cheaper_or_alike <= most:
                found.append((query, target))
    pairs = torch.tensor(sorted(found), dtype=torch.int64).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]
