"""From what the network says of superpoints and voxels to rows of an answer, for every kind of prompt."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, final

import numpy as np
from jaxtyping import Bool, Float32, Int32, Int64

from lasso3d.systems.uniseg3d.instances import (
    mask_overlaps,
    matrix_nms,
    one_for_each,
    painted,
)

STUFF = ("ceiling", "floor", "grass", "ground", "pavement", "road", "road marking", "wall")
"""Classes of the generated worlds that have no instances: docs/worlds.md, "Background"."""
OBJECT = "object"
"""The label of what no word is known for."""


@dataclass(frozen=True)
class AnswerConfig:
    """How the network's outputs become rows; nothing here is learned."""

    finer: bool = True
    """Whether masks of objects may cut superpoints, where the network has voxel masks."""
    threshold: float = 0.4
    """Probability at which a mask begins (release: 0.4); answers are shifted so that it reads 0.5."""
    queries: int = 2000
    """Scene queries whose masks are kept with an encoding, the likeliest objects of them."""
    candidates: int = 600
    """Pairs of query and name that are looked at (release: 600)."""
    smallest: int = 10
    """Voxels of an object, as while learning; the release: 100 points."""
    least_score: float = 0.01
    """Of an object under one name (release: 0; below this they only add to a list)."""
    panoptic_score: float = 0.5
    """Of an object on a panoptic map, whatever its name (release: 0.5, of the name's own score; among 150 names,
    many of them near each other, no name gets so much)."""
    same_object: float = 0.5
    """Two candidates that overlap by more are one object with two names, and the better name counts; the release
    keeps both."""
    fits: float = 1.0
    """Power of the probability that a query answers for something, in its score: an object has many queries alike,
    of which each may be the one that answers, so that this is low for all of them."""
    votes: float = 0.0
    """Weight of what the superpoints inside a mask are, in the mean, beside the name of its query (release: 0)."""
    near: float = 0.68
    """Cosine from which on the nearest word of the vocabulary speaks for a name that is not in it: "sofa" for
    "couch" (0.86), "pavement" for "sidewalk" (0.69). With all-MiniLM-L6-v2 32 of 49 other words for classes then
    find their class and 8 another one; no held-out class is as near to any word."""
    unheard: float = 0.0
    """Added to each logit of names that no word of the vocabulary speaks for, the query's and the votes': what was
    never learned is never as near as what was ("calibrated stacking" of Chao et al. 2016, which takes it from the
    others; release: 0)."""
    presence: float = 0.5
    """Probability from which on something fits a sentence."""
    meant: float = 0.5
    """Share of an object that a sentence's mask must hold."""


@final
@dataclass(frozen=True, eq=False)
class Words:
    """The words that queries are compared with: names asked, then the vocabulary that is not among them.

    What was not asked competes: a sofa asked for alone must not swallow the room. Words near a name speak for it.
    """

    asked: tuple[str, ...]
    """Each once."""
    owner: Int64[np.ndarray, " w"]
    """The name that each word speaks for, -1 = none: a competitor."""
    stuff: Bool[np.ndarray, " a"]
    """Names of what has no instances, by the nearest word of the vocabulary."""
    unheard: Bool[np.ndarray, " a"]
    """Names that no word of the vocabulary speaks for."""
    vectors: Float32[np.ndarray, "w e"]

    @classmethod
    def of(
        cls,
        asked: Sequence[str],
        vectors: Float32[np.ndarray, "a e"],
        vocabulary: Sequence[str],
        own: Float32[np.ndarray, "v e"],
        *,
        near: float,
    ) -> "Words":
        """Names, each once, and a vocabulary, with their vectors.

        A word speaks for a name that is its last word ("office chair" for "chair", not "toilet paper" for
        "toilet"), or whose nearest word it is at a cosine of `near`, if the name is not in the vocabulary itself.
        """
        alike = _alike(asked, vectors, vocabulary, own)
        nearest = alike.argmax(axis=1)
        owner = np.array([_head(word, asked) for word in vocabulary], np.int64)
        for name in np.argsort(alike.max(axis=1)):
            if asked[name] not in vocabulary and alike[name].max() >= near:
                owner[nearest[name]] = name
        rest = np.array([word not in asked for word in vocabulary], bool)
        known = [*vocabulary, ""]
        meant = [known[k] if row[k] >= near else "" for row, k in zip(alike, nearest, strict=True)]
        return cls(
            tuple(asked),
            np.concatenate([np.arange(len(asked)), owner[rest]]).astype(np.int64),
            np.array([name in STUFF or word in STUFF for name, word in zip(asked, meant, strict=True)], bool),
            np.array([name not in vocabulary and k not in owner for k, name in enumerate(asked)], bool),
            np.concatenate([vectors, own[rest]]),
        )

    def share(self, logits: Float32[np.ndarray, "q w1"], *, unheard: float) -> Float32[np.ndarray, "q a"]:
        """Probability of each name asked, its own and that of the words near it, beside the strongest rival alone.

        The last logit is none of them. Rivals are words that nobody asked for: among 150 of them it is the best one
        that a name has to beat, not their sum.

        Args:
            unheard: see `AnswerConfig`.
        """
        logits = logits + np.float32(unheard) * np.pad(self.unheard, (0, logits.shape[1] - len(self.asked)))
        raised = np.exp(logits - logits.max(axis=1, keepdims=True))
        of_name = (self.owner[:, None] == np.arange(len(self.asked))).astype(np.float32)
        asked = raised[:, :-1] @ of_name
        rival = np.append(self.owner < 0, True)
        return asked / (asked.sum(axis=1) + raised[:, rival].max(axis=1))[:, None]


def _alike(
    names: Sequence[str],
    vectors: Float32[np.ndarray, "a e"],
    vocabulary: Sequence[str],
    own: Float32[np.ndarray, "v e"],
) -> Float32[np.ndarray, "a v1"]:
    """Cosines of names and words; the last column is below all others and stands for no word at all."""
    alike = np.concatenate([vectors @ own.T, np.full((len(names), 1), -2, np.float32)], axis=1)
    # a wall picture is no wall
    on = [[word in STUFF and name.startswith(f"{word} ") for word in (*vocabulary, "")] for name in names]
    return np.where(np.array(on, bool).reshape(alike.shape), np.float32(-1.5), alike)


def _head(word: str, names: Sequence[str]) -> int:
    """Index of the longest of the names that a word ends with, -1 = none."""
    ends = [k for k, name in enumerate(names) if word.endswith(f" {name}")]
    return max(ends, key=lambda k: len(names[k]), default=-1)


@final
class Objects(NamedTuple):
    """m objects, best score first."""

    query: Int64[np.ndarray, " m"]
    name: Int64[np.ndarray, " m"]
    """Among the names asked."""
    score: Float32[np.ndarray, " m"]


@final
@dataclass(frozen=True, eq=False)
class Rows:
    """An answer before it is one: rows over superpoints or voxels."""

    probability: Float32[np.ndarray, "m t"]
    labels: tuple[int | str, ...]
    score: Float32[np.ndarray, " m"]
    exclusive: bool

    def label_of_token(self) -> Int64[np.ndarray, " t"]:
        """Row that each token gets, -1 = none, as a `Segmentation` decides it."""
        if self.exclusive:
            return winner(self.probability)
        if not len(self.probability):
            return np.full(self.probability.shape[1], -1)
        strength = np.where(self.probability >= 0.5, self.score[:, None] * self.probability, np.float32(-1))
        return np.where(strength.max(axis=0) >= 0, strength.argmax(axis=0), -1)


def shifted(logits: np.ndarray, threshold: float) -> np.ndarray:
    """Logits that are 0 where the probability is at the threshold."""
    return logits - np.float32(np.log(threshold / (1 - threshold)))


def probability_of(logits: np.ndarray) -> np.ndarray:
    """The logistic function, which f32 does not overflow."""
    return (1 / (1 + np.exp(-logits.clip(-60, 60)))).astype(np.float32)


def candidates(
    share: Float32[np.ndarray, "q a"],
    worth: Float32[np.ndarray, " q"],
    stuff: Bool[np.ndarray, " a"],
    config: AnswerConfig,
) -> Objects:
    """The best pairs of query and name: score = probability of the name x quality of the mask x estimated IoU.

    Args:
        worth: quality x IoU, 0 for masks that are too small.
    """
    score = np.where(stuff, np.float32(0), share * worth[:, None]).ravel()
    worthy = np.flatnonzero((score > 0) & (score >= config.least_score))
    best = worthy[np.argsort(-score[worthy], kind="stable")[: config.candidates]]
    query, name = np.divmod(best, max(share.shape[1], 1))
    return Objects(query, name, score[best].astype(np.float32))


def named_once(
    share: Float32[np.ndarray, "q a"],
    worth: Float32[np.ndarray, " q"],
    stuff: Bool[np.ndarray, " a"],
    *,
    least: float,
) -> Objects:
    """Each query under its likeliest name, scored by all names of things together; those of at least a score."""
    of_things = np.where(stuff, np.float32(0), share)
    score = of_things.sum(axis=1) * worth
    order = np.argsort(-score, kind="stable")
    query = order[score[order] >= max(least, 1e-6)]
    return Objects(query, of_things[query].argmax(axis=1), score[query].astype(np.float32))


def objects_of(
    found: Objects, probability: Float32[np.ndarray, "k s"], size: Float32[np.ndarray, " s"], config: AnswerConfig
) -> Objects:
    """One of the candidates for each object, by matrix NMS within a name and then by overlap over all names.

    Args:
        probability: the masks of the candidates.
    """
    iou = mask_overlaps(probability >= 0.5, size)
    score = matrix_nms(iou, found.name, found.score)
    kept = one_for_each(iou, score, least=config.least_score, same=config.same_object)
    return Objects(found.query[kept.candidate], found.name[kept.candidate], kept.score)


def class_rows(
    share: Float32[np.ndarray, "s a"], asked: Sequence[str], names: Sequence[str]
) -> Float32[np.ndarray, "m s"]:
    """One row for each name in the order asked; a name asked again has an empty row."""
    row = {name: k for k, name in enumerate(asked)}
    rows = np.zeros((len(names), len(share)), np.float32)
    for i, name in enumerate(names):
        if name not in names[:i]:
            rows[i] = share[:, row[name]]
    return at_most_one(rows)


def at_most_one(rows: Float32[np.ndarray, "m t"]) -> Float32[np.ndarray, "m t"]:
    """Columns that rounding left above 1 brought back."""
    return rows / np.maximum(rows.sum(axis=0), np.float32(1))


def stuff_rows(share: Float32[np.ndarray, "s a"], stuff: Bool[np.ndarray, " a"]) -> Float32[np.ndarray, "c s"]:
    """Probability of each name of stuff where no thing was found: where one of them is the likeliest of all names,
    things are out of the question."""
    of_stuff, none = share[:, stuff], 1 - share.sum(axis=1)
    left = (of_stuff.sum(axis=1) + none.clip(0)).clip(1e-6)
    likeliest = of_stuff.max(axis=1, initial=0) >= np.maximum(share.max(axis=1, initial=0), none)
    return np.where(likeliest[:, None], of_stuff / left[:, None], of_stuff).T.astype(np.float32)


def panoptic_rows(
    things: Objects,
    probability: Float32[np.ndarray, "k t"],
    stuff: Float32[np.ndarray, "c t"],
    size: Float32[np.ndarray, " t"],
    words: Words,
    *,
    smallest: int,
) -> Rows:
    """Things painted over each other, the best on top, and around them one row for each name of stuff found.

    Args:
        probability: the masks of the things.
        stuff: probability of the names of stuff at every token.
        size: of every token, voxels.
    """
    top = painted(probability >= 0.5)
    of_things = np.where(top == np.arange(len(probability))[:, None], probability, np.float32(0))
    of_stuff = np.where(top < 0, stuff, np.float32(0))
    rows = at_most_one(np.concatenate([of_things, of_stuff]))
    names = np.array(words.asked, object)
    label = np.concatenate([names[things.name], names[words.stuff]])
    score = np.concatenate([things.score, expected_iou(of_stuff, size)])
    found = won(rows, size) >= smallest
    order = np.argsort(-score, kind="stable")
    order = order[found[order]]
    return Rows(rows[order], tuple(label[order].tolist()), score[order], exclusive=True)


def won(rows: Float32[np.ndarray, "m t"], size: Float32[np.ndarray, " t"]) -> Float32[np.ndarray, " m"]:
    """Size of what each row of an exclusive answer gets."""
    label = winner(rows)
    return np.bincount(label[label >= 0], weights=size[label >= 0], minlength=len(rows)).astype(np.float32)


def winner(rows: Float32[np.ndarray, "m t"]) -> Int64[np.ndarray, " t"]:
    """Row that gets each token of an exclusive answer, -1 = none of them."""
    if not len(rows):
        return np.full(rows.shape[1], -1)
    return np.where(rows.max(axis=0) >= 1 - rows.sum(axis=0), rows.argmax(axis=0), -1)


def expected_iou(rows: Float32[np.ndarray, "m t"], size: Float32[np.ndarray, " t"]) -> Float32[np.ndarray, " m"]:
    """Of exclusive rows: expected truth in a mask over the mask and the truth expected outside."""
    label = winner(rows)
    mine = label == np.arange(len(rows))[:, None]
    inside = (rows * mine) @ size
    return (inside / np.maximum(mine @ size + (rows * ~mine) @ size, np.float32(1e-6))).clip(0, 1)


def click_rows(
    logits: Float32[np.ndarray, "p t"], token: Int64[np.ndarray, " k"], row: Int64[np.ndarray, " k"]
) -> Float32[np.ndarray, "p1 t"]:
    """Probability of every object and, last, of the background, whose logit is 0; clicks are believed.

    Args:
        token, row: of every click; row p is the background.
    """
    raised = np.concatenate([logits, np.zeros((1, logits.shape[1]), np.float32)])
    raised = np.exp(raised - raised.max(axis=0))
    rows = raised / raised.sum(axis=0)
    # what the user said outranks what the network makes of it
    rows[:, token] = 0
    rows[row, token] = 1
    return rows


def mean_over(
    values: Float32[np.ndarray, "p t"], group: Int32[np.ndarray, " t"] | Int64[np.ndarray, " t"], *, count: int
) -> Float32[np.ndarray, "p s"]:
    """Mean of each row over the members of every group; each group has a member."""
    size = np.bincount(group, minlength=count)
    sums = [np.bincount(group, weights=row, minlength=count) for row in values]
    return (np.array(sums).reshape(len(values), count) / size).astype(np.float32)
