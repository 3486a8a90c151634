"""What a sentence means: a condition on the things of a scene, written as a tree of small values."""

from dataclasses import dataclass
from typing import Literal, final, get_args

Colour = Literal["white", "black", "grey", "red", "orange", "yellow", "green", "blue", "purple", "pink", "brown"]
COLOURS: tuple[Colour, ...] = get_args(Colour)
Relation = Literal["on", "in", "under", "above", "below", "beside", "before", "behind"]
"""`before` and `behind` are on the side of the other thing's own front and back."""
RELATIONS: tuple[Relation, ...] = get_args(Relation)
Side = Literal["left", "right", "closer", "farther"]
Where = Literal["corner", "wall", "hanging", "floor"]
"""In a corner, standing with its back to a wall, hanging on a wall, standing on the floor."""
Extreme = Literal[
    "largest", "smallest", "tallest", "lowest", "highest", "darkest", "lightest", "nearest", "farthest"
]
"""`lowest` and `highest` are about where a thing is, `tallest` about its own height."""


@final
@dataclass(frozen=True)
class Named:
    """Things of some classes; what might as well be called so is doubtful and makes a sentence unusable."""

    classes: tuple[str, ...]
    """Empty = anything."""
    doubtful: tuple[str, ...] = ()


@final
@dataclass(frozen=True)
class Coloured:
    """Mostly of one colour, as the scan shows it."""

    colour: Colour


@final
@dataclass(frozen=True)
class Having:
    """With a part of this name in sight."""

    part: str


@final
@dataclass(frozen=True)
class Related:
    """In a relation to at least one thing of another kind."""

    relation: Relation
    to: "Meaning"


@final
@dataclass(frozen=True)
class Bearing:
    """Something of a kind stands on it or in it."""

    what: "Meaning"


@final
@dataclass(frozen=True)
class Seen:
    """Where it is beside the one thing `of`, for someone who stands at the one thing `by` and looks at `of`."""

    side: Side
    of: "Meaning"
    by: "Meaning"


@final
@dataclass(frozen=True)
class Sitting:
    """On which hand it is for someone who sits on the one thing `on` and looks where that faces."""

    hand: Literal["left", "right"]
    on: "Meaning"


@final
@dataclass(frozen=True)
class Between:
    """Between the one thing and the other."""

    one: "Meaning"
    other: "Meaning"


@final
@dataclass(frozen=True)
class Placed:
    """Where in the room it is."""

    where: Where


@final
@dataclass(frozen=True)
class Most:
    """The one of its kind that surpasses all others; nearest and farthest are to the one thing `to`."""

    extreme: Extreme
    among: "Meaning"
    to: "Meaning | None" = None


@final
@dataclass(frozen=True)
class Both:
    """All of these at once."""

    every: tuple["Meaning", ...]


@final
@dataclass(frozen=True)
class Either:
    """At least one of these."""

    some: tuple["Meaning", ...]


@final
@dataclass(frozen=True)
class Not:
    """What this does not hold for."""

    this: "Meaning"


Meaning = (
    Named | Coloured | Having | Related | Bearing | Seen | Sitting | Between | Placed | Most | Both | Either | Not
)
