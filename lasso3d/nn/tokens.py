"""Tokens: the places networks think in, voxels or superpoints, one scene after the other."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float, Float32, Int64
from torch import Tensor


@dataclass(frozen=True)
class Tokens:
    """Places with features, for one or several scenes; a batch of two equals each alone."""

    xyz: Float32[Tensor, "t 3"]
    """Metres, in the frame of the token's own scene."""
    features: Float[Tensor, "t d"]
    of_point: Int64[Tensor, " n"]
    """The token of every point."""
    scene_ptr: Int64[Tensor, " bounds"]
    """Scene i owns the tokens `scene_ptr[i]:scene_ptr[i + 1]`."""

    def __post_init__(self) -> None:
        if len(self.features) != len(self.xyz):
            raise ValueError(f"xyz has {len(self.xyz)} tokens but features has {len(self.features)}")
        ends = self.scene_ptr.tolist()
        if ends[:1] != [0] or ends[-1] != len(self.xyz) or ends != sorted(ends):
            raise ValueError(f"scene_ptr must ascend from 0 to {len(self.xyz)}, found {ends}")

    @classmethod
    def single(
        cls, xyz: Float32[Tensor, "t 3"], features: Float[Tensor, "t d"], of_point: Int64[Tensor, " n"]
    ) -> "Tokens":
        """The tokens of one scene."""
        return cls(xyz, features, of_point, torch.tensor([0, len(xyz)], device=xyz.device))

    @classmethod
    def batch(cls, several: Sequence["Tokens"]) -> "Tokens":
        """One after the other, points and scenes counted on; ValueError for none."""
        if not several:
            raise ValueError("a batch needs at least one Tokens")
        first = [0]
        for tokens in several:
            first.append(first[-1] + len(tokens.xyz))
        of_point = [tokens.of_point + start for tokens, start in zip(several, first, strict=False)]
        ends = [tokens.scene_ptr[1:] + start for tokens, start in zip(several, first, strict=False)]
        return cls(
            torch.cat([tokens.xyz for tokens in several]),
            torch.cat([tokens.features for tokens in several]),
            torch.cat(of_point),
            torch.cat([several[0].scene_ptr[:1], *ends]),
        )
