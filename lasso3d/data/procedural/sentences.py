"""Referring expressions: one thing, several, or something that is not there."""

import re
from dataclasses import dataclass
from typing import final

from lasso3d.data.procedural.grammar import ADJECTIVES, NUMBERS
from lasso3d.data.procedural.meaning import Both, Meaning
from lasso3d.data.procedural.nouns import Noun, absent_nouns, indefinite, nouns_of
from lasso3d.data.procedural.speaker import Modifier, Speaker

SEVERAL, NOTHING = 0.24, 0.13
"""Shares of the expressions that mean more than one thing, and none."""
PLAIN = 0.25
"""How often "all chairs" is kept, which its noun alone makes clear."""
UNKNOWN = 0.2
"""Share of the expressions that mean nothing whose noun is of nothing in the scene; the others are nearly met."""
TRIES = 10
"""Draws before an idea is dropped."""
ALREADY_CLEAR = 0.05
"""How often a thing that its noun alone makes clear is kept: distractors make a sentence worth reading."""


@final
@dataclass(frozen=True)
class Said:
    """A sentence, its meaning, and what it means in this scene."""

    text: str
    meaning: Meaning
    instances: tuple[int, ...]


def expressions(speaker: Speaker, *, count: int) -> tuple[Said, ...]:
    """Up to `count` different expressions; fewer in scenes about which little can be said."""
    said: dict[Meaning, Said] = {}
    for _ in range(6 * count):
        chance = speaker.rng.random()
        draw = _nothing if chance < NOTHING else _several if chance < NOTHING + SEVERAL else _one
        new = draw(speaker)
        if new is not None:
            said.setdefault(new.meaning, new)
        if len(said) == count:
            break
    return tuple(said.values())


def _one(speaker: Speaker) -> Said | None:
    """One thing, preferably among others of its class."""
    i = speaker.something()
    if i is None:
        return None
    noun, wanted = speaker.noun(i), (i + 1,)
    if speaker.judge.targets(noun.means) == wanted and speaker.rng.random() > ALREADY_CLEAR:
        return None
    kept: list[Modifier] = []
    for _ in range(TRIES):
        found = speaker.modifier(i, noun)
        if found is None or (found.superlative and kept) or found in kept:
            continue
        meaning = Both((noun.means, *(m.meaning for m in kept), found.meaning))
        targets = speaker.judge.targets(meaning)
        if targets == wanted:
            return Said(_worded(speaker, noun, (*kept, found), several=0), meaning, targets)
        if targets is not None and not kept:
            kept = [found]
    return None


def _several(speaker: Speaker) -> Said | None:
    """All things that share something."""
    i = speaker.something()
    if i is None:
        return None
    noun = speaker.noun(i)
    if (speaker.judge.of(noun.means) == 1).sum() < 2:
        return None
    for _ in range(TRIES):
        found = speaker.modifier(i, noun)
        if found is None or found.superlative:
            continue
        meaning = Both((noun.means, found.meaning))
        targets = speaker.judge.targets(meaning)
        if targets is not None and len(targets) > 1 and speaker.may_mean(targets):
            return Said(_worded(speaker, noun, (found,), several=len(targets)), meaning, targets)
    targets = speaker.judge.targets(noun.means)
    if not targets or not noun.means.classes or not speaker.may_mean(targets) or speaker.rng.random() > PLAIN:
        return None
    return Said(_worded(speaker, noun, (), several=len(targets)), noun.means, targets)


def _nothing(speaker: Speaker) -> Said | None:
    """What is not there at all, or not so."""
    i = speaker.somebody()
    if i is None:
        return None
    several = 2 if speaker.rng.random() < 0.3 else 0
    kept: tuple[Modifier, ...] = ()
    if speaker.rng.random() < UNKNOWN:
        noun = speaker.pick((*absent_nouns(), *_missing(speaker)))
    else:
        noun = speaker.noun(i)
        other = speaker.somebody()
        found = None if other is None else speaker.modifier(other, speaker.noun(other))
        if found is None or found.superlative:
            return None
        kept = (found,)
    meaning = Both((noun.means, *(m.meaning for m in kept)))
    return (
        Said(_worded(speaker, noun, kept, several=several), meaning, ())
        if speaker.judge.targets(meaning) == ()
        else None
    )


def _missing(speaker: Speaker) -> tuple[Noun, ...]:
    """Words for classes that this scene could have had."""
    missing = set(speaker.vocabulary).difference(speaker.names)
    return tuple(nouns_of(name)[0] for name in sorted(missing) if speaker.may_name(name))


def _worded(speaker: Speaker, noun: Noun, modifiers: tuple[Modifier, ...], *, several: int) -> str:
    """The sentence for a noun and what is said of it.

    Args:
        several: how many things are meant; 0 = one.
    """
    adjectives = [m for m in modifiers if m.wording in ADJECTIVES or _as_adjective(speaker, m)]
    after = [m for m in modifiers if m not in adjectives]
    words = [speaker.pick(ADJECTIVES[m.wording]) if m.wording in ADJECTIVES else m.fills[0][1] for m in adjectives]
    name, names = " ".join((*words, noun.word)), " ".join((*words, noun.plural))
    frame = speaker.pick(_frames(speaker, after, several, definite=any(m.superlative for m in modifiers)))
    # clauses have verbs for one thing
    place = phrase(speaker, after, alone="{p}" in frame or "{ns}" in frame)
    text = (
        frame.replace("{r}", place).replace("{p}", place).replace("{ns}", names).replace("{an}", indefinite(name))
    )
    return tidy(text.replace("{n}", name).replace("{k}", NUMBERS.get(several, "")), sentence=frame[-1] in ".?")


def _as_adjective(speaker: Speaker, modifier: Modifier) -> bool:
    return modifier.wording == "colour" and speaker.rng.random() < 0.7


def _frames(speaker: Speaker, after: list[Modifier], several: int, *, definite: bool) -> list[str]:
    """The frames that fit."""
    frames = speaker.grammar.several if several else speaker.grammar.one
    return [
        frame
        for frame in frames
        if (after or "{p}" not in frame)
        and (several in NUMBERS or "{k}" not in frame)
        and (not definite or "the {n}" in frame or "that {n}" in frame)
    ]


def phrase(speaker: Speaker, modifiers: list[Modifier], *, alone: bool) -> str:
    """The wordings of what is said after a noun, or alone after "is"."""
    said = []
    for k, modifier in enumerate(modifiers):
        wordings = speaker.grammar.wordings[modifier.wording]
        # a clause would swallow what follows it
        last = k == len(modifiers) - 1
        text = speaker.pick(wordings.places if alone or not last else (*wordings.places, *wordings.clauses))
        for slot, fill in modifier.fills:
            text = text.replace(f"{{{slot}}}", fill)
        said.append(text)
    return speaker.grammar.joiner.join(said)


def tidy(text: str, *, sentence: bool) -> str:
    """Without doubled spaces; a sentence begins with a capital."""
    text = re.sub(r"\s+([.,;:?])", r"\1", re.sub(r"\s+", " ", text)).strip()
    return text[0].upper() + text[1:] if sentence else text
