"""Scenes that are functions of a seed: worlds by name, and sequences of them."""

from collections.abc import Callable, Sequence
from typing import final, overload

from lasso3d.data.example import Example
from lasso3d.data.procedural.rooms import ROOMS_VERSION, room
from lasso3d.data.procedural.tabletops import WORLD_VERSION, tabletop

__all__ = ["VERSIONS", "WORLDS", "ProceduralScenes", "procedural"]

WORLDS: dict[str, Callable[[int], Example]] = {"tabletops": tabletop, "rooms": room}
"""Each world makes the scene of a seed."""

VERSIONS: dict[str, int] = {"tabletops": WORLD_VERSION, "rooms": ROOMS_VERSION}
"""Raised whenever a seed of that world gives another scene."""


def procedural(world: str, seed: int) -> Example:
    """The scene of a seed in a world; equal arguments and `VERSIONS[world]` give equal bytes.

    Training uses seeds from 0, validation from 10 000 000, test from 20 000 000.
    """
    if world not in WORLDS:
        raise ValueError(f"world must be one of {', '.join(WORLDS)}, found {world!r}")
    return WORLDS[world](seed)


@final
class ProceduralScenes(Sequence[Example]):
    """`count` scenes of a world, made when they are asked for; scene i has the seed `seed` + i."""

    def __init__(self, world: str, count: int, seed: int = 0) -> None:
        if world not in WORLDS:
            raise ValueError(f"world must be one of {', '.join(WORLDS)}, found {world!r}")
        self.world = world
        self.seeds = range(seed, seed + count)

    def __len__(self) -> int:
        return len(self.seeds)

    @overload
    def __getitem__(self, index: int) -> Example: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Example]: ...
    def __getitem__(self, index: int | slice) -> Example | Sequence[Example]:
        if isinstance(index, slice):
            chosen = ProceduralScenes(self.world, 0)
            chosen.seeds = self.seeds[index]
            return chosen
        return procedural(self.world, self.seeds[index])
