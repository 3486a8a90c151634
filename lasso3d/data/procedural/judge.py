"""Which things of a scene a meaning holds for."""

from functools import lru_cache, reduce

import numpy as np

from lasso3d.data.procedural import relations
from lasso3d.data.procedural.graph import Graph
from lasso3d.data.procedural.meaning import (
    COLOURS,
    Bearing,
    Between,
    Both,
    Coloured,
    Either,
    Having,
    Meaning,
    Most,
    Named,
    Not,
    Placed,
    Related,
    Relation,
    Seen,
    Sitting,
)
from lasso3d.data.procedural.relations import Verdict, Verdicts


class Judge:
    """Answers for one scene, and remembers what it worked out."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self._known: dict[Meaning, Verdict] = {}
        self._between: dict[Relation, Verdicts] = {}

    def of(self, meaning: Meaning) -> Verdict:
        """1, -1 or 0 (undecided) for each thing, by Kleene's logic of three values."""
        if meaning not in self._known:
            self._known[meaning] = self._judged(meaning)
        return self._known[meaning]

    def targets(self, meaning: Meaning) -> tuple[int, ...] | None:
        """The instances that are meant; None where that is undecided for any thing, or for the background."""
        if not self.graph.background.isdisjoint(mentioned(meaning)):
            return None
        verdict = self.of(meaning)
        if (verdict == 0).any():
            return None
        return tuple(self.graph.instance[verdict == 1].tolist())

    def one(self, meaning: Meaning) -> int | None:
        """The place in the graph of the only thing that is meant; None where it is not certain or not one."""
        if not self.graph.background.isdisjoint(mentioned(meaning)):
            return None
        verdict = self.of(meaning)
        return int(verdict.argmax()) if (verdict == 1).sum() == 1 and (verdict != 0).all() else None

    def relation(self, relation: Relation) -> Verdicts:
        """Row i, column j: whether thing i is in the relation to thing j."""
        if relation not in self._between:
            self._between[relation] = relations.related(self.graph, relation)
        return self._between[relation]

    def _judged(self, meaning: Meaning) -> Verdict:
        match meaning:
            case Named(classes, doubtful):
                return _listed(self.graph.names, classes, doubtful)
            case Coloured(colour):
                return self.graph.colour[:, COLOURS.index(colour)]
            case Having(part):
                return np.array([parts.get(part, -1) for parts in self.graph.parts], np.int8)
            case Related(relation, to):
                return _some(self.relation(relation), self.of(to))
            case Bearing(what):
                return _some(np.maximum(self.relation("on"), self.relation("in")).T, self.of(what))
            case Both(every):
                return reduce(np.minimum, map(self.of, every))
            case Either(some):
                return reduce(np.maximum, map(self.of, some))
            case Not(this):
                return -self.of(this)
            case Placed(where):
                return relations.standing(self.graph, where)
            case Most(extreme, among, None):
                return relations.surpassing(self.graph, extreme, self.of(among))
            case _:
                return self._from_one_place(meaning)

    def _from_one_place(self, meaning: Meaning) -> Verdict:
        """What depends on certain things; undecided where one is missing or not the only one of its kind."""
        match meaning:
            case Most(extreme, among, to) if to is not None and (of := self.one(to)) is not None:
                return relations.closest(self.graph, extreme, self.of(among), to=of)
            case Seen(side, of, by) if (one := self.one(of)) is not None and (eye := self.one(by)) is not None:
                return relations.beside_seen(self.graph, side, of=one, by=eye)
            case Sitting(hand, on) if (seat := self.one(on)) is not None:
                return relations.at_hand(self.graph, hand, seat=seat)
            case Between(this, that) if (one := self.one(this)) is not None and (end := self.one(that)) is not None:
                return relations.between(self.graph, one, end)
            case _:
                return np.zeros(len(self.graph), np.int8)


@lru_cache(maxsize=8192)
def mentioned(meaning: Meaning) -> frozenset[str]:
    """All classes that a meaning speaks of."""
    match meaning:
        case Named(classes, doubtful):
            return frozenset((*classes, *doubtful))
        case Both(several) | Either(several):
            return frozenset().union(*map(mentioned, several))
        case Related(_, inner) | Bearing(inner) | Not(inner) | Sitting(_, inner):
            return mentioned(inner)
        case Seen(_, one, other) | Between(one, other):
            return mentioned(one) | mentioned(other)
        case Most(_, among, to):
            return mentioned(among) | (mentioned(to) if to is not None else frozenset())
        case _:
            return frozenset()


@lru_cache(maxsize=4096)
def _listed(names: tuple[str, ...], classes: tuple[str, ...], doubtful: tuple[str, ...]) -> Verdict:
    found = [1 if not classes or name in classes else 0 if name in doubtful else -1 for name in names]
    return np.array(found, np.int8)


def _some(relation: Verdicts, of: Verdict) -> Verdict:
    """Whether the relation holds to anything that counts."""
    return np.minimum(relation, of[None, :]).max(1, initial=-1)
