"""What a crop is asked while learning: names and clicks, and what the right answers are."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from jaxtyping import Bool, Float32, Int64
from scipy.spatial import cKDTree

from lasso3d.data.procedural import rooms, streetwords, tabletops
from lasso3d.data.procedural.nouns import nouns_of
from lasso3d.data.procedural.splits import HELD_OUT_CLASSES
from lasso3d.geometry.interior import deepest

REACH = 8.0
"""Voxels; negative clicks are this near the object at most."""


@dataclass(frozen=True)
class QuestionSettings:
    """How much is asked about each crop, and how people ask."""

    names: int = 40
    """Class names of a step: those that are true, then others."""
    synonyms: float = 0.2
    """Share of the names that are given by another word."""
    dropped: float = 0.1
    """Share of the true names that are not asked for; what they name is then none of the names."""
    clicks: int = 3
    """Objects that are clicked, each by itself."""
    by_size: float = 0.25
    """Objects are chosen with their voxels to this power."""
    habits: tuple[float, float, float, float] = (0.5, 0.25, 0.25, 0.0)
    """Shares of first clicks in the centre of the object, anywhere on it, at its border, and farthest from its
    middle (release: centre)."""
    eager: float = 0.3
    """Share of the click prompts that begin with up to three more clicks, on it and beside it (release: none)."""
    refined: float = 0.5
    """Share of the steps that learn from a later answer; each follows a click on what was wrong before."""
    rounds: int = 3
    """Answers at most before that one; drawn evenly from 1."""
    sentences: int = 4
    """Of a step at most (release: 3)."""
    nouns: float = 0.25
    """Share of the sentences that are a noun alone."""
    instructions: float = 0.2
    """Share of the sentences that ask for what a thing is good for."""
    nothing: float = 0.2
    """Share of the sentences at most that nothing fits."""

    def __post_init__(self) -> None:
        if self.names < 1:
            raise ValueError(f"at least one name must be asked for, found {self.names}")


@dataclass(frozen=True, eq=False)
class Clicked:
    """First clicks of some prompts, each about one object."""

    voxel: Int64[np.ndarray, " k"]
    prompt: Int64[np.ndarray, " k"]
    positive: Bool[np.ndarray, " k"]
    instance: Int64[np.ndarray, " p"]
    """The object of each prompt."""


def asked_names(
    true: Sequence[str], vocabulary: Sequence[str], settings: QuestionSettings, rng: np.random.Generator
) -> tuple[dict[str, int], tuple[str, ...]]:
    """The names of a step and, for the classes among `true` that are asked for, the index of their name."""
    kept = [name for name in true if rng.random() >= settings.dropped]
    others = [name for name in vocabulary if name not in true]
    more = rng.permutation(len(others))[: max(settings.names - len(kept), 0 if kept else 1)]
    chosen = [*kept, *(others[i] for i in more)]
    order = rng.permutation(len(chosen))
    words = [_word(chosen[i], settings, rng) for i in order]
    return {chosen[i]: k for k, i in enumerate(order.tolist()) if chosen[i] in kept}, tuple(words)


def _word(name: str, settings: QuestionSettings, rng: np.random.Generator) -> str:
    words = [noun.word for noun in nouns_of(name) if noun.word != name]
    return words[rng.integers(len(words))] if words and rng.random() < settings.synonyms else name


def first_clicks(
    place: Float32[np.ndarray, "t 3"],
    instance: Int64[np.ndarray, " t"],
    border: Bool[np.ndarray, " t"],
    settings: QuestionSettings,
    rng: np.random.Generator,
) -> Clicked:
    """Clicks on some of the instances, chosen anew each time; no prompt where there is no instance."""
    present, count = np.unique(instance[instance >= 0], return_counts=True)
    weight = count**settings.by_size
    p = min(settings.clicks, len(present))
    chosen = rng.choice(present, p, replace=False, p=weight / weight.sum()) if p else present[:0]
    clicks = [
        (voxel, prompt, positive)
        for prompt, one in enumerate(chosen)
        for voxel, positive in _begun(place, instance == one, border, settings, rng)
    ]
    voxel, prompt, positive = np.array(clicks, np.int64).reshape(-1, 3).T
    return Clicked(voxel, prompt, positive.astype(bool), chosen.astype(np.int64))


def _begun(
    place: Float32[np.ndarray, "t 3"],
    inside: Bool[np.ndarray, " t"],
    border: Bool[np.ndarray, " t"],
    settings: QuestionSettings,
    rng: np.random.Generator,
) -> list[tuple[int, bool]]:
    """Voxels and signs of the clicks on one object; no voxel twice."""
    clicks = {clicked(place, inside, border, settings, rng): True}
    if rng.random() < settings.eager:
        clicks.update((int(voxel), True) for voxel in rng.choice(np.flatnonzero(inside), int(rng.integers(0, 3))))
        near = beside(place, inside)
        clicks.update((int(voxel), False) for voxel in rng.permutation(near)[: rng.integers(0, 3)])
    return list(clicks.items())


def clicked(
    place: Float32[np.ndarray, "t 3"],
    inside: Bool[np.ndarray, " t"],
    border: Bool[np.ndarray, " t"],
    settings: QuestionSettings,
    rng: np.random.Generator,
) -> int:
    """A voxel of a region, clicked by habit: in its centre, anywhere, at a border, farthest from its middle."""
    habit = rng.choice(4, p=settings.habits)
    if habit == 0:
        return deepest(place, inside)[0]
    if habit == 3:
        rows = np.flatnonzero(inside)
        return int(rows[((place[rows] - place[rows].mean(axis=0)) ** 2).sum(axis=1).argmax()])
    edge = inside & border
    return int(rng.choice(np.flatnonzero(edge if habit == 2 and edge.any() else inside)))


def click_on_error(
    place: Float32[np.ndarray, "t 3"],
    wanted: Bool[np.ndarray, "p t"],
    found: Bool[np.ndarray, "p t"],
    before: Clicked,
    settings: QuestionSettings,
    rng: np.random.Generator,
) -> Clicked:
    """The clicks so far and, for each prompt, one on the larger of what it lacks and what it has too much."""
    more = []
    for prompt, (inside, held) in enumerate(zip(wanted, found, strict=True)):
        lacks, extra = inside & ~held, held & ~inside
        wrong = lacks if lacks.sum() >= extra.sum() else extra
        if wrong.any():
            at = clicked(place, wrong, wrong, settings, rng)
            more.append((at, prompt, inside[at]))
    voxel, prompts, positive = np.array(more, np.int64).reshape(-1, 3).T
    return Clicked(
        np.append(before.voxel, voxel),
        np.append(before.prompt, prompts),
        np.append(before.positive, positive.astype(bool)),
        before.instance,
    )


def beside(place: Float32[np.ndarray, "t 3"], inside: Bool[np.ndarray, " t"]) -> Int64[np.ndarray, " k"]:
    """Voxels that are not of the object but near it."""
    low, high = place[inside].min(axis=0) - REACH, place[inside].max(axis=0) + REACH
    near = np.flatnonzero(~inside & (place >= low).all(axis=1) & (place <= high).all(axis=1))
    away, _ = cKDTree(place[inside]).query(place[near], distance_upper_bound=REACH)
    return near[np.isfinite(away)]


@cache
def vocabulary() -> tuple[str, ...]:
    """All class names of the generated worlds that training may hear, in alphabetical order."""
    worlds = (rooms.WORDS, streetwords.WORDS, tabletops.WORDS)
    return tuple(sorted({name for words in worlds for name in words.classes} - set(HELD_OUT_CLASSES)))
