"""What a model of language has to offer, and how class names become vectors: numpy alone."""

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Protocol, final, runtime_checkable

import numpy as np
from jaxtyping import Float32

from lasso3d.core.errors import CheckpointError

TEMPLATES = ("{}", "a {}", "a {} in a scene")
"""A name's vector is the mean over these; docs/text.md compares them with others."""

REMEMBERED = 4096
"""Texts whose vectors an encoder keeps: 6 MB at 384 numbers each, twenty times the names of our worlds."""


@runtime_checkable
class TextEncoder(Protocol):
    """A frozen model that turns a text into a unit vector; near vectors, near meanings."""

    @property
    def name(self) -> str:
        """What people call the model."""

    @property
    def digest(self) -> str:
        """Equal digests, equal vectors: sha256 of what the model was read from."""

    @property
    def width(self) -> int:
        """Numbers in a vector."""

    @property
    def licence(self) -> str:
        """Of the weights, as their files say it."""

    def __call__(self, texts: Sequence[str]) -> Float32[np.ndarray, "k e"]:
        """One unit row per text, which depends on that text alone."""


@final
@dataclass(frozen=True, eq=False)
class Tower:
    """A text encoder that computes, and keeps the vectors of the texts it was asked last."""

    name: str
    digest: str
    width: int
    licence: str
    embed: Callable[[Sequence[str]], Float32[np.ndarray, "k e"]]
    """Unit rows of distinct texts, computed anew."""
    remembers: int = REMEMBERED
    """So many texts."""
    _kept: OrderedDict[str, np.ndarray] = field(default_factory=OrderedDict, init=False, repr=False)
    _lock: Lock = field(default_factory=Lock, init=False, repr=False)

    def __call__(self, texts: Sequence[str]) -> Float32[np.ndarray, "k e"]:
        """One unit row per text; only texts not asked lately are computed."""
        asked = listed(texts)
        with self._lock:
            rows = {text: self._kept[text] for text in asked if text in self._kept}
        new = [text for text in dict.fromkeys(asked) if text not in rows]
        if new:
            # copied: a kept row of the batch would keep all of the batch
            rows |= {text: row.copy() for text, row in zip(new, self.embed(new), strict=True)}
        with self._lock:
            for text in dict.fromkeys(asked):
                self._kept[text] = rows[text]
                self._kept.move_to_end(text)
            while len(self._kept) > self.remembers:
                self._kept.popitem(last=False)
        return np.array([rows[text] for text in asked], np.float32).reshape(len(asked), self.width)


def name_vectors(
    encoder: TextEncoder, names: Sequence[str], *, templates: Sequence[str] = TEMPLATES
) -> Float32[np.ndarray, "k e"]:
    """Unit rows of class names: each the mean over its sentences, as CLIP's zero-shot prompts are averaged."""
    rows = encoder(in_templates(names, templates)).reshape(len(names), len(templates), encoder.width)
    mean = rows.mean(axis=1, dtype=np.float64)
    return (mean / np.linalg.norm(mean, axis=1, keepdims=True)).astype(np.float32)


def in_templates(names: Sequence[str], templates: Sequence[str] = TEMPLATES) -> tuple[str, ...]:
    """What `name_vectors` asks the encoder: every name in every template, name by name."""
    return tuple(template.format(name) for name in listed(names) for template in templates)


def text_entry(encoder: TextEncoder, *, templates: Sequence[str] = TEMPLATES) -> dict[str, Any]:
    """What a card says of the encoder that a checkpoint was trained beside."""
    return {
        "name": encoder.name,
        "digest": encoder.digest,
        "licence": encoder.licence,
        "templates": list(templates),
    }


def check_encoder(encoder: TextEncoder, entry: Mapping[str, Any], *, where: str = "") -> None:
    """Refuse an encoder that is not the one of the card's entry: its vectors would mean something else.

    Raises:
        CheckpointError: the digests differ.
    """
    if encoder.digest != entry.get("digest"):
        what = f"trained with the text encoder {entry.get('name')}, given {encoder.name}"
        detail = f"digest {str(entry.get('digest'))[:12]}, not {encoder.digest[:12]}"
        raise CheckpointError(f"{what} ({detail})", where, "hand in the one it was trained with, or train anew")


def listed(texts: Sequence[str]) -> list[str]:
    """The texts as a list; a lone string, a sequence of letters to Python, is a mistake of the caller."""
    if isinstance(texts, str):
        raise ValueError(f"expected several texts, found the text {texts!r} alone: put it into a tuple")
    return list(texts)
