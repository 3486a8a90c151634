"""What an answer is judged by while learning."""

from dataclasses import dataclass
from typing import Literal

import torch
from jaxtyping import Float, Int64
from torch import Tensor

from lasso3d.nn.losses import point_dice, region_dice, weighted_cross_entropy
from lasso3d.systems.npiseg3d.decoder import Found
from lasso3d.systems.npiseg3d.latents import LatentBeliefs
from lasso3d.systems.npiseg3d.tensors import ClickTensors


@dataclass(frozen=True)
class LossSettings:
    """Weights and forms of the losses; the defaults are NPISeg3D's release."""

    ce: float = 1.0
    dice: float = 2.0
    dice_form: Literal["point", "region"] = "point"
    """"point" as released: over the alternatives of each point, which is 1 - p(true); "region": over the points of
    each object, as the name says."""
    near: float = 2.0
    """Weight of a point at a click (both releases)."""
    far: float = 0.8
    """Weight of a point farther than `reach` from every click (both releases)."""
    reach: float = 6.0
    """Voxels; 0.3 m at 5 cm (both releases)."""
    balance: float = 0.0
    """Points of a row weigh its size to the power of minus this: 0 as released, 1 = all rows alike. Without it
    networks answered too small after one click."""
    first_click: float = 1.0
    """Weight of answers to one click an object. Ours, for the same reason."""
    layers: float = 0.5
    """Weight of the masks after every layer but the last (NPISeg3D's release; AGILE3D: 1)."""
    likeness: float = 0.0
    """Weight of telling from the features of two voxels near each other whether one object holds both. Ours."""
    target: float = 1.0
    """Weight of the masks from truth points after the last layer; earlier ones weigh `layers` times that."""
    kl_first: float = 0.0005
    """Weight of the KL terms in the beginning, growing linearly (release: `engine.kl_scheduler`)."""
    kl_last: float = 0.005
    """And in the end."""
    kl_form: Literal["context to target", "target to context"] = "context to target"
    """KL(prior || posterior) as released, or KL(posterior || prior) as in the bound of neural processes."""


def answer_losses(
    found: Found,
    target: Found | None,
    clicks: ClickTensors,
    wanted: Int64[Tensor, " t"],
    place: Float[Tensor, "t 3"],
    *,
    settings: LossSettings,
    share: float,
) -> dict[str, Float[Tensor, ""]]:
    """Named and weighted losses of one answer; `share` of the training is done."""
    weight = point_weights(clicks, wanted, place, settings=settings)
    losses = _masks(found, wanted, weight, settings, prefix="")
    if target is not None and target.beliefs is not None and found.beliefs is not None:
        masks = _masks(target, wanted, weight, settings, prefix="target ")
        losses |= {name: settings.target * value for name, value in masks.items()}
        now = settings.kl_first + (settings.kl_last - settings.kl_first) * share
        losses["kl"] = now * divergence(found.beliefs, target.beliefs, form=settings.kl_form)
    if len(clicks.row) == clicks.objects:
        losses = {name: settings.first_click * value for name, value in losses.items()}
    return losses


def divergence(
    context: LatentBeliefs, target: LatentBeliefs, *, form: Literal["context to target", "target to context"]
) -> Float[Tensor, ""]:
    """KL between what clicks and what truth points say, in either direction."""
    return context.divergence(target) if form == "context to target" else target.divergence(context)


def point_weights(
    clicks: ClickTensors, wanted: Int64[Tensor, " t"], place: Float[Tensor, "t 3"], *, settings: LossSettings
) -> Float[Tensor, " t"]:
    """More near clicks and, where asked, on small objects."""
    distance = torch.cdist(place[clicks.token], place).amin(0).clamp(max=settings.reach)
    weight = settings.far + (settings.near - settings.far) * (1 - distance / settings.reach)
    size = torch.bincount(wanted, minlength=clicks.objects + 1).clamp(min=1).to(weight.dtype)
    return weight * size[wanted] ** -settings.balance


def _masks(
    found: Found, wanted: Int64[Tensor, " t"], weight: Float[Tensor, " t"], settings: LossSettings, *, prefix: str
) -> dict[str, Tensor]:
    ce, dice = _both(_side_by_side(found.samples), wanted, weight, settings, samples=len(found.samples))
    losses = {f"{prefix}ce": settings.ce * ce, f"{prefix}dice": settings.dice * dice}
    earlier = [_both(logits, wanted, weight, settings, samples=1) for logits in found.layers[:-1]]
    if earlier:
        each = [settings.ce * ce + settings.dice * dice for ce, dice in earlier]
        losses[f"{prefix}layers"] = settings.layers * torch.stack(each).sum()
    return losses


def _both(
    logits: Float[Tensor, "m1 st"],
    wanted: Int64[Tensor, " t"],
    weight: Float[Tensor, " t"],
    settings: LossSettings,
    *,
    samples: int,
) -> tuple[Float[Tensor, ""], Float[Tensor, ""]]:
    wanted, weight = wanted.repeat(samples), weight.repeat(samples)
    ce = weighted_cross_entropy(logits, wanted, weight)
    if settings.dice_form == "point":
        return ce, point_dice(logits, wanted, weight)
    return ce, region_dice(logits, wanted, rows=len(logits) - 1)


def _side_by_side(samples: Float[Tensor, "s m1 t"]) -> Float[Tensor, "m1 st"]:
    """All samples as one long row of places."""
    return samples.transpose(0, 1).flatten(1)
