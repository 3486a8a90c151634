"""What is said about a crop while learning: the scan's sentences that are true of it, and nouns alone."""

import re
from dataclasses import dataclass
from functools import cache

import numpy as np
from jaxtyping import Bool, Float32, Int32

from lasso3d.data.example import Sentences
from lasso3d.data.procedural.grammar import ADJECTIVES
from lasso3d.data.procedural.meaning import COLOURS
from lasso3d.data.procedural.nouns import GENERAL, Noun, indefinite, nouns_of, plural
from lasso3d.data.procedural.splits import HELD_OUT_CLASSES
from lasso3d.systems.uniseg3d.answers import STUFF
from lasso3d.systems.uniseg3d.questions import QuestionSettings, vocabulary

COLOURED = (*COLOURS, "colour", "darkest", *ADJECTIVES["lightest"])
"""Words that mean nothing where colours are not seen."""
SIDED = ("left", "right")
"""Words that a mirror makes wrong."""
EMPTY = ("nothing", "empty", "bare", "free")
"""Words of sentences that may become true of a thing when what stands on it is cut away."""
LEADS = ("{an}", "the {n}", "the {ns}", "all {ns}", "{n}")
"""How a class is asked for by its noun alone."""
ABSENT = 8
"""Nouns of what the scan has not, that a step may ask for."""
TRIES = 3
"""Draws for each sentence that is wanted."""


@dataclass(frozen=True, eq=False)
class Things:
    """The instances of a scan, and how much of each a crop has kept."""

    ids: Int32[np.ndarray, " a"]
    """Of the truth, ascending."""
    names: tuple[str, ...]
    middle: Float32[np.ndarray, "a 3"]
    half: Float32[np.ndarray, "a 3"]
    """Of the box around each, metres."""
    whole: Bool[np.ndarray, " a"]
    """Whether the crop shows it, with nearly all of its points."""
    here: Bool[np.ndarray, " a"]
    """Whether the crop shows anything of it."""

    def gaps(self, one: int) -> Float32[np.ndarray, " a"]:
        """How far the box of each is from that of one, metres; 0 where they meet."""
        apart = np.abs(self.middle - self.middle[one]) - self.half - self.half[one]
        return np.sqrt((apart.clip(0) ** 2).sum(axis=1)).astype(np.float32)


@dataclass(frozen=True)
class View:
    """What became of a scan on its way into a crop."""

    cut: bool
    """Whether anything was left out."""
    mirrored: bool
    coloured: bool


def asked_sentences(
    expressions: Sentences,
    instructions: Sentences,
    things: Things,
    settings: QuestionSettings,
    rng: np.random.Generator,
) -> Sentences:
    """Some sentences, among them nouns alone, with what they mean; fewer where little can be said."""
    pools = expressions, instructions, noun_phrases(things, rng)
    shares = 1 - settings.nouns - settings.instructions, settings.instructions, settings.nouns
    chosen: dict[str, tuple[int, ...]] = {}
    for _ in range(TRIES * settings.sentences):
        pool, fits = pools[int(rng.choice(len(pools), p=shares))], rng.random() >= settings.nothing
        new = [said for said in pool if bool(said[1]) == fits and said[0] not in chosen]
        if new and len(chosen) < settings.sentences:
            chosen |= (new[rng.integers(len(new))],)
    return tuple(chosen.items())


def noun_phrases(things: Things, rng: np.random.Generator) -> Sentences:
    """Each class that the crop shows, asked for by a noun, where no other class there might be called so; and some
    classes that the whole scan has not, which mean nothing."""
    here = {name for name, shown in zip(things.names, things.here, strict=True) if shown}
    phrases = []
    for name in sorted(here.difference(HELD_OUT_CLASSES)):
        noun, text = _by_noun(name, rng)
        if not here.intersection(noun.means.doubtful):
            of_class = things.here & (np.array(things.names) == name)
            phrases.append((text, tuple(things.ids[of_class].tolist())))
    known = {*things.names, *STUFF}
    for name in rng.permutation(sorted(set(vocabulary()) - known))[:ABSENT].tolist():
        noun, text = _by_noun(name, rng)
        if not known.intersection((*noun.means.classes, *noun.means.doubtful)):
            phrases.append((text, ()))
    return tuple(phrases)


def _by_noun(name: str, rng: np.random.Generator) -> tuple[Noun, str]:
    """A class asked for by one of its nouns."""
    nouns = nouns_of(name)
    noun, lead = nouns[rng.integers(len(nouns))], LEADS[rng.integers(len(LEADS))]
    text = lead.replace("{an}", indefinite(noun.word)).replace("{ns}", noun.plural).replace("{n}", noun.word)
    return noun, text


def still_true(sentences: Sentences, things: Things, view: View) -> Sentences:
    """The sentences about a scan that are true of a crop of it, and can be told there.

    What a sentence means must be in the crop and, of each class that it names beside that, the thing nearest to
    each that it means: relations are to near things, or to the only one of a class. Where nothing fits in the
    scan, nothing fits in the crop. A mirror turns left to right, so sentences with sides are left out there, and
    where colours are not seen, those with colours.
    """
    wrong = SIDED * view.mirrored + COLOURED * (not view.coloured) + EMPTY * view.cut
    return tuple(
        (text, targets)
        for text, targets in sentences
        if not set(_words(text)).intersection(wrong) and _all_here(text, targets, things)
    )


def _all_here(text: str, targets: tuple[int, ...], things: Things) -> bool:
    rows = np.flatnonzero(np.isin(things.ids, targets))
    if not things.whole[rows].all():
        return False
    for classes in named(text):
        others = np.array([not classes or name in classes for name in things.names], bool)
        if others[rows].all():
            continue
        for row in rows:
            gaps = np.where(others & (np.arange(len(others)) != row), things.gaps(int(row)), np.inf)
            if np.isfinite(gaps.min()) and not things.whole[gaps.argmin()]:
                return False
    return True


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z']+", text.lower())


def named(text: str) -> list[tuple[str, ...]]:
    """The classes that each noun in a text stands for, longer nouns first; none = all classes."""
    found, rest = [], text.lower()
    for word, classes in _nouns():
        rest, count = re.subn(rf"\b{re.escape(word)}\b", " ", rest)
        if count:
            found.append(classes)
    return found


@cache
def _nouns() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Every noun in singular and plural, and its classes; long ones first, because "chair" is in "office chair"."""
    meaning = dict(GENERAL)
    for name in vocabulary():
        meaning |= {noun.word: noun.means.classes for noun in nouns_of(name)}
    both = {form: classes for word, classes in meaning.items() for form in (word, plural(word))}
    return tuple(sorted(both.items(), key=lambda item: (-len(item[0]), item[0])))
