"""What can be said about one thing to tell it from others: its colour, its parts, and where it is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar, final, get_args

import numpy as np

from lasso3d.data.procedural.grammar import HELD_OUT, TRAIN, Grammar
from lasso3d.data.procedural.judge import Judge
from lasso3d.data.procedural.meaning import (
    COLOURS,
    RELATIONS,
    Bearing,
    Between,
    Both,
    Coloured,
    Extreme,
    Having,
    Meaning,
    Most,
    Not,
    Placed,
    Related,
    Relation,
    Seen,
    Side,
    Sitting,
    Where,
)
from lasso3d.data.procedural.nouns import Noun, general_nouns, indefinite, nouns_of
from lasso3d.data.procedural.splits import HELD_OUT_CLASSES, Split

T = TypeVar("T")
PART_WORDS = {
    "drawer": "drawers", "door": "a door", "arm": "armrests", "wheel": "wheels", "handle": "a handle",
    "lid": "a lid",
    "pillow": "a pillow", "shelf": "shelves", "blanket": "a blanket", "faucet": "a tap", "knob": "knobs",
}  # fmt: skip
"""Parts worth mentioning."""
SEATS = ("sofa", "armchair", "chair", "office chair", "toilet")
"""What one can sit on with a clear view ahead."""
VIEWPOINTS = (
    "door", "window", "bed", "sofa", "desk", "table", "armchair", "refrigerator", "wardrobe", "whiteboard",
    "television", "sink", "toilet", "stove", "bathtub", "bench", "bus", "car", "truck", "tree", "street lamp",
)  # fmt: skip
"""Where somebody can stand who describes the scene."""
BUILT_IN = ("door", "window", "curtain")
"""That these are at a wall goes without saying."""
GENERAL_SHARE = 0.3
"""How often a thing is called by a word for several classes."""


@final
@dataclass(frozen=True)
class Modifier:
    """One more condition, and how it is worded."""

    meaning: Meaning
    wording: str
    """Key of the grammar's wordings; an `Extreme` of size, height or light is an adjective instead."""
    fills: tuple[tuple[str, str], ...] = ()
    """What goes into the slots."""

    @property
    def superlative(self) -> bool:
        """Whether only one thing can be so, and needs "the"."""
        return isinstance(self.meaning, Most)


@final
class Speaker:
    """Draws what is said about the things of one scene, in the words of a split."""

    def __init__(
        self, judge: Judge, split: Split, rng: np.random.Generator, *, vocabulary: tuple[str, ...] = ()
    ) -> None:
        """`vocabulary` holds the classes of things that this world could have had."""
        self.judge, self.split, self.rng, self.vocabulary = judge, split, rng, vocabulary
        self.grammar: Grammar = TRAIN if split == "train" else HELD_OUT
        self.names = judge.graph.names
        self.allowed = tuple(self.may_name(name) for name in self.names)
        self._lots: list[int] | None = None
        self._held: dict[int, list[tuple[Relation, int]]] = {}
        self._of_classes: dict[tuple[str, ...], list[int]] = {}

    def may_name(self, name: str) -> bool:
        """Whether sentences of this split may speak of a class."""
        return self.split != "train" or name not in HELD_OUT_CLASSES

    def may_mean(self, instances: Sequence[int]) -> bool:
        """Whether sentences of this split may mean these."""
        return all(self.allowed[number - 1] for number in instances)

    def pick(self, options: Sequence[T]) -> T:
        """One of several, equally likely."""
        return options[int(self.rng.integers(len(options)))]

    def noun(self, i: int) -> Noun:
        """A word for a thing."""
        wide = general_nouns(self.names[i])
        return self.pick(wide if self.rng.random() < GENERAL_SHARE else nouns_of(self.names[i]))

    def another(self, j: int, *, certain: bool) -> tuple[str, Meaning] | None:
        """A thing mentioned beside the one that is meant, with its article.

        Args:
            certain: whether it must be clear which one; else "a chair" may be any of them.
        """
        noun = self.pick(nouns_of(self.names[j]))
        if self.judge.one(noun.means) == j:
            return f"the {noun.word}", noun.means
        for c in np.flatnonzero(self.judge.graph.colour[j] == 1):
            both = Both((noun.means, Coloured(COLOURS[c])))
            if self.judge.one(both) == j:
                return f"the {COLOURS[c]} {noun.word}", both
        return None if certain else (indefinite(noun.word), noun.means)

    def somebody(self, *, names: tuple[str, ...] = ()) -> int | None:
        """Any thing that may be named, of some classes; None where there is none."""
        if names not in self._of_classes:
            every = enumerate(self.names)
            self._of_classes[names] = [j for j, name in every if self.allowed[j] and (not names or name in names)]
        found = self._of_classes[names]
        return self.pick(found) if found else None

    def something(self) -> int | None:
        """A thing that may be meant, three times as often one that has company of its class."""
        if self._lots is None:
            many = [[j] * (3 if self.names.count(name) > 1 else 1) for j, name in enumerate(self.names)]
            self._lots = [j for lots in many for j in lots if self.allowed[j]]
        return self.pick(self._lots) if self._lots else None

    def held(self, i: int) -> list[tuple[Relation, int]]:
        """The relations that thing i is in, and to what."""
        if i not in self._held:
            self._held[i] = [
                (relation, j)
                for relation in RELATIONS
                for j in np.flatnonzero(self.judge.relation(relation)[i] == 1).tolist()
                if self.allowed[j]
            ]
        return self._held[i]

    def modifier(self, i: int, noun: Noun) -> Modifier | None:
        """Something that is true of thing i; None where this draw found nothing."""
        return self.pick(_KINDS)(self, i, noun)


def _related(speaker: Speaker, i: int, noun: Noun) -> Modifier | None:
    """In a relation to something else."""
    if not speaker.held(i):
        return None
    relation, j = speaker.pick(speaker.held(i))
    to = speaker.another(j, certain=False)
    return to and Modifier(Related(relation, to[1]), relation, (("a", to[0]),))


def _bearing(speaker: Speaker, i: int, noun: Noun) -> Modifier | None:
    """Something stands on it, or nothing."""
    carried = np.maximum(speaker.judge.relation("on"), speaker.judge.relation("in"))[:, i]
    on = [int(j) for j in np.flatnonzero(carried == 1) if speaker.allowed[j]]
    if not on:
        bare = not (carried >= 0).any() and speaker.judge.graph.placed[i].thing.deck is not None
        return Modifier(Not(Bearing(_ANYTHING)), "bare") if bare else None
    what = speaker.another(speaker.pick(on), certain=False)
    return what and Modifier(Bearing(what[1]), "bearing", (("a", what[0]),))


def _coloured(speaker: Speaker, i: int, noun: Noun) -> Modifier | None:
    found = np.flatnonzero(speaker.judge.graph.colour[i] == 1)
    if not len(found):
        return None
    colour = COLOURS[found[0]]
    return Modifier(Coloured(colour), "colour", (("c", colour),))


def _equipped(speaker: Speaker, i: int, noun: Noun) -> Modifier | None:
    parts = [
        part
        for part, shown in speaker.judge.graph.parts[i].items()
        if shown and part in PART_WORDS and part != speaker.names[i]
    ]
    if not parts:
        return None
    part = speaker.pick(parts)
    return Modifier(Having(part), "part", (("h", PART_WORDS[part]),))


def _located(speaker: Speaker, i: int, noun: Noun) -> Modifier | None:
    if speaker.names[i] in BUILT_IN:
        return None
    where: Where = speaker.pick(get_args(Where))
    return Modifier(Placed(where), where) if speaker.judge.of(Placed(where))[i] == 1 else None


def _surpassing(speaker: Speaker, i: int, noun: Noun) -> Modifier | None:
    extremes: tuple[Extreme, ...] = ("largest", "smallest", "tallest", "highest", "lowest", "darkest", "lightest")
    for k in speaker.rng.permutation(len(extremes))[:4]:
        most = Most(extremes[k], noun.means)
        if speaker.judge.of(most)[i] == 1:
            return Modifier(most, extremes[k])
    return None


def _closest(speaker: Speaker, i: int, noun: Noun) -> Modifier | None:
    extreme: Extreme = "nearest" if speaker.rng.random() < 0.75 else "farthest"
    for _ in range(3):
        j = speaker.somebody()
        to = None if j is None or j == i else speaker.another(j, certain=True)
        if to is not None and speaker.judge.of(most := Most(extreme, noun.means, to[1]))[i] == 1:
            return Modifier(most, extreme, (("a", to[0]),))
    return None


def _seen(speaker: Speaker, i: int, noun: Noun) -> Modifier | None:
    """Beside something else, from a named place."""
    j, v = speaker.somebody(), speaker.somebody(names=VIEWPOINTS)
    if j is None or v is None or len({i, j, v}) < 3:
        return None
    of, by = speaker.another(j, certain=True), speaker.another(v, certain=True)
    if of is None or by is None:
        return None
    for side in get_args(Side):
        if speaker.judge.of(seen := Seen(side, of[1], by[1]))[i] == 1:
            return Modifier(seen, side, (("a", of[0]), ("v", by[0])))
    return None


def _at_hand(speaker: Speaker, i: int, noun: Noun) -> Modifier | None:
    j = speaker.somebody(names=SEATS)
    on = None if j is None or j == i else speaker.another(j, certain=True)
    for hand in ("left", "right"):
        if on is not None and speaker.judge.of(sitting := Sitting(hand, on[1]))[i] == 1:
            return Modifier(sitting, f"{hand} hand", (("a", on[0]),))
    return None


def _between(speaker: Speaker, i: int, noun: Noun) -> Modifier | None:
    for _ in range(4):
        j, k = speaker.somebody(), speaker.somebody()
        if j is None or k is None or len({i, j, k}) < 3:
            continue
        one, other = speaker.another(j, certain=True), speaker.another(k, certain=True)
        if one and other and speaker.judge.of(between := Between(one[1], other[1]))[i] == 1:
            return Modifier(between, "between", (("a", one[0]), ("b", other[0])))
    return None


_ANYTHING = general_nouns("")[0].means
_KINDS: tuple[Callable[[Speaker, int, Noun], Modifier | None], ...] = (
    _related, _related, _related, _related, _bearing, _coloured, _coloured, _equipped, _located, _surpassing,
    _surpassing, _closest, _closest, _seen, _seen, _at_hand, _between, _between,
)  # fmt: skip
