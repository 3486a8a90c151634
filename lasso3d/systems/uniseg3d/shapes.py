"""What the shape and place of a superpoint tell of what it is: a table top is flat, level, 0.7 m above a floor."""

import torch
from jaxtyping import Float
from torch import Tensor

from lasso3d.nn.pool import mean_by_group
from lasso3d.systems.uniseg3d.tensors import ScanTensors

NORMAL_CHANNELS = 7
"""The first of the geometry: products of the normal with itself, and the curvature."""
SHAPE_CHANNELS = NORMAL_CHANNELS + 8
BODY = 64.0
"""Voxels; heights are told in units of it, as positions are."""
COMMON_VOXEL = 0.03
"""Metres; logarithms are taken of sizes relative to it, which keeps them about one."""
TALL = 3.0
"""Metres; heights in metres are squashed beyond about a room's."""


def superpoint_shapes(scan: ScanTensors, place: Float[Tensor, "s 3"]) -> Float[Tensor, "s 15"]:
    """Mean normals, logarithms of count, spreads, extent and voxel size, and height; `place` is of the superpoints.

    Nothing changes when the scan turns about the vertical, but for the normals.
    """
    s, group = scan.superpoints, scan.of_voxel
    count = torch.bincount(group, minlength=s).to(place.dtype)
    away = scan.place - place[group]
    x, y, z = away.unbind(1)
    xx, yy, xy, zz = mean_by_group(torch.stack([x * x, y * y, x * y, z * z], dim=1), group, groups=s).unbind(1)
    middle, half = (xx + yy) / 2, (((xx - yy) / 2).square() + xy.square()).sqrt()
    height = place[:, 2] - scan.place[:, 2].amin()
    extent = (scan.place.amax(0) - scan.place.amin(0)).norm()
    columns = [
        count.log() / 2 - 2,
        *(((variance.clamp(min=0) + 0.1).log() / 2) for variance in (middle + half, middle - half, zz)),
        (extent + 1).log().expand(s) - 5,
        torch.full_like(height, scan.voxel / COMMON_VOXEL).log(),
        height / BODY,
        (height * scan.voxel / TALL).tanh(),
    ]
    normals = mean_by_group(scan.geometry[:, :NORMAL_CHANNELS], group, groups=s)
    return torch.cat([normals, torch.stack(columns, dim=1)], dim=1)
