"""What training never hears: which seeds, classes and wordings belong to training, validation and test."""

import re
from collections.abc import Collection, Sequence
from typing import Literal

Split = Literal["train", "validation", "test"]
FIRST_SEED: dict[Split, int] = {"train": 0, "validation": 10_000_000, "test": 20_000_000}

HELD_OUT_CLASSES = (
    "bathtub", "fire hydrant", "globe", "jar", "ladder", "motorcycle", "printer", "radiator", "sponge", "suitcase",
    "toaster", "umbrella", "washing machine", "whiteboard",
)  # fmt: skip
"""Never named nor meant by a sentence of a training scene, though they stand in some."""

GRAM = 4
"""Words in a row that training and held-out wordings must not share."""


def split_of(seed: int) -> Split:
    """The split that a scene belongs to."""
    if seed >= FIRST_SEED["test"]:
        return "test"
    return "validation" if seed >= FIRST_SEED["validation"] else "train"


def words(text: str) -> tuple[str, ...]:
    """The words of a text in lower case; a slot such as `{a}` is one word, and marks do not count."""
    return tuple(re.findall(r"\{\w+\}|[a-z0-9']+", text.lower()))


def grams(text: str | Sequence[str]) -> frozenset[tuple[str, ...]]:
    """All runs of four words."""
    said = words(text) if isinstance(text, str) else tuple(text)
    return frozenset(said[i : i + GRAM] for i in range(len(said) - GRAM + 1))


def together(texts: Sequence[str], chosen: Collection[str]) -> frozenset[str]:
    """The chosen texts, and all that share a run of four words with one of them, directly or through others."""
    return frozenset(text for group in _grouped(texts) if group & set(chosen) for text in group)


def _grouped(texts: Sequence[str]) -> list[set[str]]:
    """Texts joined, directly or through others, by runs of four words."""
    parent = list(range(len(texts)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    first: dict[tuple[str, ...], int] = {}
    for i, text in enumerate(texts):
        for gram in grams(text):
            parent[root(i)] = root(first.setdefault(gram, i))
    groups: dict[int, set[str]] = {}
    for i, text in enumerate(texts):
        groups.setdefault(root(i), set()).add(text)
    return list(groups.values())
