"""Losses as functions with names. Logits are [m t]: one row per alternative, one column per place."""

import torch
from jaxtyping import Float, Int64
from torch import Tensor
from torch.distributions import Normal, kl_divergence
from torch.nn import functional


def weighted_cross_entropy(
    logits: Float[Tensor, "m t"], truth: Int64[Tensor, " t"], weight: Float[Tensor, " t"]
) -> Float[Tensor, ""]:
    """Cross-entropy averaged over places by weight."""
    each = functional.cross_entropy(logits.T, truth, reduction="none")
    return (each * weight).sum() / weight.sum()


def point_dice(
    logits: Float[Tensor, "m t"], truth: Int64[Tensor, " t"], weight: Float[Tensor, " t"]
) -> Float[Tensor, ""]:
    """What AGILE3D and NPISeg3D call Dice: over the alternatives of each single place, which is 1 - p(true).

    Zero where p(true) is about zero, as released (its numerator is cut off at 1e-6).
    """
    p = functional.softmax(logits, dim=0).gather(0, truth[None])[0]
    return (torch.where(p > 1e-6, 1 - p, torch.zeros_like(p)) * weight).sum() / weight.sum()


def region_dice(
    logits: Float[Tensor, "m t"], truth: Int64[Tensor, " t"], *, rows: int, smooth: float = 5.0
) -> Float[Tensor, ""]:
    """1 - Dice over the places of each of the first `rows` alternatives, averaged: every object counts alike.

    `smooth`, in places, keeps objects of a few voxels from dominating; chosen by eye.
    """
    p = functional.softmax(logits, dim=0)[:rows]
    target = functional.one_hot(truth, len(logits)).T[:rows].to(p.dtype)
    both, total = (p * target).sum(1), p.sum(1) + target.sum(1)
    return (1 - (2 * both + smooth) / (total + smooth)).mean()


def gaussian_kl(
    p_mean: Float[Tensor, "*lead d"],
    p_std: Float[Tensor, "*lead d"],
    q_mean: Float[Tensor, "*lead d"],
    q_std: Float[Tensor, "*lead d"],
) -> Float[Tensor, ""]:
    """KL(p || q) of diagonal Gaussians, summed over everything."""
    return kl_divergence(Normal(p_mean, p_std), Normal(q_mean, q_std)).sum()
