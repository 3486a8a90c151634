"""All intents, and which of their phrasings training may use."""

from functools import cache
from zlib import crc32

from lasso3d.data.procedural.intents import (
    cooking,
    eating,
    garden,
    household,
    leisure,
    light,
    searching,
    seating,
    storing,
    street,
    washing,
    working,
)
from lasso3d.data.procedural.intents.intent import Intent
from lasso3d.data.procedural.meaning import Both, Meaning, Named
from lasso3d.data.procedural.nouns import nouns_of
from lasso3d.data.procedural.splits import HELD_OUT_CLASSES, Split, together, words

INTENTS: tuple[Intent, ...] = (
    *seating.INTENTS, *working.INTENTS, *cooking.INTENTS, *eating.INTENTS, *storing.INTENTS, *light.INTENTS,
    *washing.INTENTS, *leisure.INTENTS, *street.INTENTS, *household.INTENTS, *garden.INTENTS, *searching.INTENTS,
)  # fmt: skip
TWICE = 3
"""Of each known intent one phrasing is held out, of every third one two: about one in five."""


@cache
def unheard() -> frozenset[str]:
    """Phrasings that no training scene uses: no run of four words is in one of them and in a training phrasing.

    All of a held-out intent's are among them, and all that name a held-out class.
    """
    texts = [text for one in INTENTS for text in one.says]
    drawn = {text for one in INTENTS for text in (one.says if is_held_out(one) else _drawn(one))}
    return together(texts, drawn | set(filter(_names_held_out, texts)))


@cache
def phrasings(one: Intent, split: Split) -> tuple[str, ...]:
    """What may be said for an intent in a split; in training nothing for a held-out one."""
    return tuple(text for text in one.says if (text in unheard()) != (split == "train"))


def is_held_out(one: Intent) -> bool:
    """Whether training never hears of an intent, because it is on the list or all it wants is."""
    return one.held_out or wanted(one.wants) <= set(HELD_OUT_CLASSES)


@cache
def wanted(meaning: Meaning, *, perhaps: bool = False) -> frozenset[str]:
    """The classes that meet a need, or also those that perhaps do; "" = any."""
    match meaning:
        case Named(classes, doubtful):
            return frozenset((*(classes or ("",)), *(doubtful if perhaps else ())))
        case Both(every):
            return wanted(every[0], perhaps=perhaps)
        case _:
            raise ValueError(f"an intent begins with what is wanted, found {meaning!r}")


def _drawn(one: Intent) -> tuple[str, ...]:
    """The phrasings of a known intent that are held out: those of the smallest checksums."""
    count = 2 if crc32(one.name.encode()) % TWICE == 0 else 1
    return tuple(sorted(one.says, key=lambda text: crc32(text.encode()))[:count])


def _names_held_out(text: str) -> bool:
    said = f" {' '.join(words(text))} "
    return any(f" {form} " in said for form in _HELD_OUT_FORMS)


_HELD_OUT_FORMS = tuple(
    form for name in HELD_OUT_CLASSES for noun in nouns_of(name) for form in (noun.word, noun.plural)
)
