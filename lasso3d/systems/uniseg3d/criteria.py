"""The terms answers are judged by, unweighted; each is zero, and has its graph, where there is nothing to judge."""

from typing import NamedTuple

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor
from torch.nn import functional

from lasso3d.systems.uniseg3d.tensors import Truths

IGNORED = -100
"""A name that is not learned."""
MIXED = 8.0
"""How much likelier a voxel is drawn from a superpoint of which an instance has a part; chosen by eye."""


class Wanted(NamedTuple):
    """What r answers should say."""

    means: Bool[Tensor, "r m"]
    """Which instances each is about."""
    name: Int64[Tensor, " r"]
    """Index into the names, their number for none of them, or IGNORED."""


def about_instances(index: Int64[Tensor, " r"], truth: Truths) -> Wanted:
    """One instance each."""
    means = index[:, None] == torch.arange(len(truth.name), device=index.device)
    name = truth.name[index]
    return Wanted(means, name.where(name >= 0, IGNORED))


def about_sentences(truth: Truths) -> Wanted:
    """Any number of instances; a name where all have the same, and none of them where there are none."""
    means, none = truth.sentences, len(truth.names)
    # one more column, so that there is a lowest and a highest name of no instances
    name = functional.pad(truth.name, (0, 1)).expand(len(means), -1)
    held = functional.pad(means, (0, 1))
    lowest = name.masked_fill(~held, none).amin(1)
    highest = name.masked_fill(~held, -1).amax(1)
    alike = torch.where(lowest == highest, lowest, IGNORED)
    alike = torch.where(lowest < 0, IGNORED, alike)
    return Wanted(means, torch.where(means.any(1), alike, none))


def owners(truth: Truths) -> Float[Tensor, "m s"]:
    """1 where an instance has most voxels of a superpoint, else 0: at most one instance for each."""
    return (truth.inside > 0.5).to(truth.inside.dtype)


def target_masks(wanted: Wanted, owned: Float[Tensor, "m s"]) -> Float[Tensor, "r s"]:
    """0/1 over superpoints."""
    return (wanted.means.to(owned.dtype) @ owned).clamp(max=1)


def mask_terms(
    logits: Float[Tensor, "r s"], target: Float[Tensor, "r s"], *, balance: float = 0.0
) -> tuple[Float[Tensor, ""], Float[Tensor, ""]]:
    """Binary cross-entropy and 1 - Dice, means over rows.

    `balance`: what is inside weighs (outside / inside) to this power, in each row; 0 = all places alike.
    """
    inside = target.sum(1, keepdim=True).clamp(min=1)
    weight = torch.where(target > 0.5, ((target.shape[1] - inside).clamp(min=1) / inside) ** balance, 1)
    bce = functional.binary_cross_entropy_with_logits(logits, target, reduction="none") * weight
    bce = bce * (target.shape[1] / weight.sum(1, keepdim=True))
    p = logits.sigmoid()
    dice = 1 - (2 * (p * target).sum(1) + 1) / (p.sum(1) + target.sum(1) + 1)
    return mean(bce), mean(dice)


def name_term(
    logits: Float[Tensor, "r c1"], name: Int64[Tensor, " r"], weight: Float[Tensor, " r"] | None = None
) -> Float[Tensor, ""]:
    """Cross-entropy over the rows whose name is learned, by weight."""
    weight = torch.ones_like(name, dtype=logits.dtype) if weight is None else weight.to(logits.dtype)
    weight = weight.where(name != IGNORED, 0)
    each = functional.cross_entropy(logits, name, ignore_index=IGNORED, reduction="none")
    return (each * weight).sum() / weight.sum().clamp(min=1e-6)


def iou_term(
    estimated: Float[Tensor, " r"],
    logits: Float[Tensor, "r s"],
    target: Float[Tensor, "r s"],
    size: Float[Tensor, " s"],
) -> Float[Tensor, ""]:
    """Squared error of estimated IoUs, superpoints counted by their voxels; 0 is true where nothing fits."""
    inside = (logits.detach() > 0).to(target.dtype) * size
    both = (inside * target).sum(1)
    return mean((estimated - both / (inside.sum(1) + target @ size - both).clamp(min=1)).square())


def fits_term(
    logits: Float[Tensor, " r"], fits: Bool[Tensor, " r"], *, background: float = 1.0
) -> Float[Tensor, ""]:
    """Whether there is anything."""
    weight = torch.ones_like(logits).where(fits, background)
    each = functional.binary_cross_entropy_with_logits(logits, fits.to(logits.dtype), reduction="none")
    return (each * weight).sum() / weight.sum().clamp(min=1e-6)


def drawn_voxels(truth: Truths, of_voxel: Int64[Tensor, " t"], *, most: int, seed: int) -> Int64[Tensor, " n"]:
    """Voxels to judge masks by, rather those of superpoints that several share."""
    mixed = ((truth.inside > 0) & (truth.inside < 1)).any(0)
    weight = torch.where(mixed, MIXED, 1.0)[of_voxel].cpu()
    generator = torch.Generator().manual_seed(seed)
    return torch.multinomial(weight, min(most, len(weight)), generator=generator).to(of_voxel.device)


def voxel_targets(wanted: Wanted, truth: Truths, voxels: Int64[Tensor, " n"]) -> Float[Tensor, "r n"]:
    """0/1 at voxels; those of no instance, -1, fall in a last column that nothing means."""
    return functional.pad(wanted.means, (0, 1))[:, truth.voxel[voxels]].float()


def distilled_masks(
    student: Float[Tensor, "k s"], teacher: Float[Tensor, "k s"], *, share: float
) -> Float[Tensor, ""]:
    """Cross-entropy to the probabilities of other masks where those have their highest logits."""
    count = max(1, int(share * teacher.shape[1]))
    value, place = teacher.detach().topk(count, dim=1)
    there = student.gather(1, place)
    return mean(functional.binary_cross_entropy_with_logits(there, value.sigmoid(), reduction="none"))


def distilled_names(student: Float[Tensor, "k c1"], teacher: Float[Tensor, "k c1"]) -> Float[Tensor, ""]:
    """Cross-entropy to the probabilities of other names, each for itself."""
    target = teacher.detach().sigmoid()
    return mean(functional.binary_cross_entropy_with_logits(student, target, reduction="none"))


def contrast_terms(
    texts: Float[Tensor, "k d"], clicks: Float[Tensor, "k d"], same: Bool[Tensor, "k k"], scale: Float[Tensor, ""]
) -> tuple[Float[Tensor, ""], Float[Tensor, ""]]:
    """Of k pairs about one object each: symmetric cross-entropy of the scaled cosines of all with all, and by how
    much any pair about two objects is more alike than those about one. `same` are pairs about one object."""
    alike = functional.normalize(texts, dim=1) @ functional.normalize(clicks, dim=1).T
    right = torch.eye(len(alike), dtype=torch.bool, device=alike.device)
    logits = (scale * alike).masked_fill(same & ~right, -torch.inf)
    each = -(logits.log_softmax(1).diagonal() + logits.log_softmax(0).diagonal()) / 2
    ahead = (alike - alike.diagonal()[:, None]).relu() + (alike - alike.diagonal()[None]).relu()
    return mean(each), ahead.masked_fill(same, 0).sum()


def mean(each: Float[Tensor, "*any"]) -> Float[Tensor, ""]:
    """Of what there is; zero of nothing."""
    return each.sum() / max(1, each.numel())
