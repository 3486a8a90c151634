"""Scenes that are functions of a seed: worlds by name, and sequences of them."""

from collections.abc import Callable, Sequence
from typing import final, overload

from lasso3d.data.example import Example
from lasso3d.data.procedural.objects import OBJECTS_VERSION, lone_object, object_studio
from lasso3d.data.procedural.rooms import ROOMS_VERSION, room, room_studio
from lasso3d.data.procedural.streets import STREETS_VERSION, street, street_studio
from lasso3d.data.procedural.tabletops import WORLD_VERSION, tabletop, tabletop_studio
from lasso3d.data.procedural.views import SIZE, Studio, photographed

__all__ = ["STUDIOS", "VERSIONS", "WORLDS", "ProceduralScenes", "procedural"]

WORLDS: dict[str, Callable[[int], Example]] = {
    "tabletops": tabletop,
    "rooms": room,
    "streets": street,
    "objects": lone_object,
}
"""Each world makes the scene of a seed."""

VERSIONS: dict[str, int] = {
    "tabletops": WORLD_VERSION,
    "rooms": ROOMS_VERSION,
    "streets": STREETS_VERSION,
    "objects": OBJECTS_VERSION,
}
"""Raised whenever a seed of that world gives another scene."""


STUDIOS: dict[str, Callable[[int], tuple[Example, Studio]]] = {
    "tabletops": tabletop_studio,
    "rooms": room_studio,
    "streets": street_studio,
    "objects": object_studio,
}
"""The same scenes, ready to be photographed."""


def procedural(world: str, seed: int, *, views: int = 0, size: tuple[int, int] = SIZE) -> Example:
    """The scene of a seed in a world; equal arguments and `VERSIONS[world]` give equal bytes.

    Training uses seeds from 0, validation from 10 000 000, test from 20 000 000.

    Args:
        views: posed images, rendered each time they are looked at; points and their truth are the same without.
        size: width and height of the images, pixels.
    """
    if world not in WORLDS:
        raise ValueError(f"world must be one of {', '.join(WORLDS)}, found {world!r}")
    if not views:
        return WORLDS[world](seed)
    if world not in STUDIOS:
        raise ValueError(f"views are made of {', '.join(STUDIOS)}, not of {world}")
    example, studio = STUDIOS[world](seed)
    return photographed(example, studio, count=views, seed=seed, size=size)


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
