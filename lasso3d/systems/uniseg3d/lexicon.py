"""The words of a checkpoint: its own vocabulary, and the frozen text encoder that any others go through."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any, final

import numpy as np
from jaxtyping import Float32

from lasso3d.core.errors import CheckpointError
from lasso3d.foundation.minilm import WEIGHTS_DIGEST, minilm
from lasso3d.foundation.table import TextTable, read_table, table_of, write_table
from lasso3d.foundation.text import (
    TEMPLATES,
    TextEncoder,
    check_encoder,
    in_templates,
    name_vectors,
    text_entry,
)
from lasso3d.systems.card import Card
from lasso3d.systems.uniseg3d.answers import Words

TEXT = "text"
"""Of the encoder's entry among the card's frozen models."""
WORDS = "words.safetensors"
"""The vectors of the vocabulary, beside the weights."""


@final
@dataclass(frozen=True, eq=False)
class Lexicon:
    """Turns words into vectors; the encoder is read when the first word comes, for clicks need none."""

    vocabulary: tuple[str, ...]
    entry: Mapping[str, Any]
    """What the card says of the encoder; nothing = the one that ships."""
    width: int
    """Of the vectors that the network knows."""
    where: str = ""
    given: TextEncoder | None = None
    """None = the one that ships."""
    table: TextTable | None = None
    """The vocabulary's vectors as they came with the checkpoint: working them out takes a second and a half."""

    @classmethod
    def of(cls, card: Card, *, width: int, text: TextEncoder | None) -> "Lexicon":
        """The words of a card.

        Raises:
            CheckpointError: the card names another encoder than the one given, or than the one that ships.
        """
        entry = dict(card.frozen_models.get(TEXT, {}))
        if text is not None:
            check_encoder(text, entry or text_entry(text), where=card.folder)
        elif entry.get("digest", WEIGHTS_DIGEST) != WEIGHTS_DIGEST:
            what = f"trained beside the text encoder {entry.get('name')}, which does not ship"
            raise CheckpointError(what, card.folder, "build it with UniSeg3D.of(network, card, text=encoder)")
        entry = entry or (text_entry(text) if text else {})
        path = Path(card.folder) / WORDS
        table = read_table(path) if card.folder and path.exists() else None
        if table is not None:
            check_encoder(table, entry or {"digest": WEIGHTS_DIGEST}, where=str(path))
        return cls(card.vocabulary, entry, width, card.folder, text, table)

    def write(self, folder: Path) -> None:
        """The vocabulary's vectors into a checkpoint's folder."""
        if self.vocabulary:
            texts = in_templates(self.vocabulary, self._templates)
            write_table(folder / WORDS, self.table or table_of(self.encoder, texts))

    @property
    def digest(self) -> str:
        """Of all that decides the vectors of words."""
        said = json.dumps([list(self.vocabulary), dict(self.entry)], sort_keys=True)
        return sha256(said.encode()).hexdigest()

    @cached_property
    def encoder(self) -> TextEncoder:
        """The encoder itself.

        Raises:
            MissingExtra: it is not installed.
            CheckpointError: it is not the one that the network learned with.
        """
        encoder = self.given or minilm()
        check_encoder(encoder, self.entry or text_entry(encoder), where=self.where)
        if encoder.width != self.width:
            what = f"the network knows vectors of {self.width} numbers, {encoder.name} gives {encoder.width}"
            raise CheckpointError(what, self.where, "use the encoder it was trained with")
        return encoder

    def sentence(self, text: str) -> Float32[np.ndarray, "1 e"]:
        """The vector of a sentence."""
        return self.encoder((text,))

    def compared(self, names: Sequence[str], *, near: float) -> Words:
        """Names, each once, beside the vocabulary."""
        asked = tuple(dict.fromkeys(names))
        own = self._vectors(self.vocabulary, self.table or self.encoder)
        known = dict(zip(self.vocabulary, own, strict=True))
        others = [name for name in asked if name not in known]
        if others:
            known |= zip(others, self._vectors(others, self.encoder), strict=True)
        vectors = np.array([known[name] for name in asked], np.float32).reshape(-1, self.width)
        return Words.of(asked, vectors, self.vocabulary, own, near=near)

    def _vectors(self, names: Sequence[str], encoder: TextEncoder) -> Float32[np.ndarray, "k e"]:
        return name_vectors(encoder, names, templates=self._templates)

    @property
    def _templates(self) -> Sequence[str]:
        return tuple(self.entry.get("templates", TEMPLATES))
