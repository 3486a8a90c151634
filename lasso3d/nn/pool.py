"""From members to groups: the mean of the queries of an object, the largest of their logits."""

import torch
from jaxtyping import Float, Int64
from torch import Tensor

from lasso3d.nn import fast_queries
from lasso3d.nn.blocks import blocks


def mean_by_group(values: Float[Tensor, "k d"], group: Int64[Tensor, " k"], *, groups: int) -> Float[Tensor, "m d"]:
    """Mean of each group's members; zero for a group without any."""
    total = values.new_zeros(groups, values.shape[1]).index_add(0, group, values)
    count = torch.bincount(group, minlength=groups).clamp(min=1).to(values.dtype)
    return total / count[:, None]


def largest_similarity(
    members: Float[Tensor, "*lead k d"], group: Int64[Tensor, " k"], places: Float[Tensor, "t d"], *, groups: int
) -> Float[Tensor, "*lead m t"]:
    """At each place the largest dot product with a member of each group; every group must have a member."""
    # members are put in order before the product, so that groups are views of it and not copies
    ordered = members[..., torch.argsort(group, stable=True), :]
    counts = torch.bincount(group, minlength=groups).tolist()
    if fast_queries.able(places, columns=ordered[..., 0].numel()):
        each = fast_queries.largest_similarity(ordered.reshape(-1, *ordered.shape[-2:]), counts, places)
        return each.view(*members.shape[:-2], groups, len(places))
    found = []
    for block in blocks(places):
        parts = (ordered @ places[block].T).split(counts, dim=-2)
        found.append(torch.stack([part.amax(-2) for part in parts], dim=-2))
    return torch.cat(found, dim=-1)
