"""What an instruction asks for, and how it may be put."""

from dataclasses import dataclass
from typing import final

from lasso3d.data.procedural.meaning import (
    Bearing,
    Both,
    Having,
    Meaning,
    Named,
    Not,
    Placed,
    Related,
    Relation,
    Where,
)


@final
@dataclass(frozen=True)
class Intent:
    """A need, what meets it, and phrasings that do not say its name."""

    name: str
    """For people who read the list; never said."""
    wants: Meaning
    says: tuple[str, ...]
    held_out: bool = False
    """Whether training never hears of it."""


def intent(name: str, wants: Meaning, says: str, *, held_out: bool = False) -> Intent:
    """An intent; `says` has one phrasing a line."""
    return Intent(name, wants, tuple(line.strip() for line in says.splitlines() if line.strip()), held_out)


def a(*classes: str, maybe: tuple[str, ...] = ()) -> Named:
    """Things of any of these classes; beside a thing that may do as well the intent is not used."""
    return Named(classes, tuple(name for name in maybe if name not in classes))


def both(*every: Meaning) -> Both:
    """All at once."""
    return Both(every)


def bare(what: Meaning) -> Both:
    """Such a thing with nothing on it."""
    return Both((what, Not(Bearing(Named(())))))


def with_part(what: Meaning, part: str) -> Both:
    """Such a thing that has a part."""
    return Both((what, Having(part)))


def related(what: Meaning, relation: Relation, to: Meaning) -> Both:
    """Such a thing in a relation to another."""
    return Both((what, Related(relation, to)))


def at(what: Meaning, where: Where) -> Both:
    """Such a thing in a kind of place."""
    return Both((what, Placed(where)))
