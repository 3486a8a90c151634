"""Vectors computed beforehand: a text encoder that needs numpy and safetensors alone, but knows only its texts."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, final

import numpy as np
from jaxtyping import Float32
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from lasso3d.core.errors import CheckpointError, LassoError
from lasso3d.foundation.text import TextEncoder, listed
from lasso3d.io.atomic import replacing

FORMAT = 1
KEY = "lasso3d"
"""Under which the file's metadata holds the JSON."""
AGAIN = "write the table again with python -m lasso3d.foundation"
NAMED = 3
"""So many unknown texts appear in an error."""


@final
@dataclass(frozen=True, eq=False)
class TextTable:
    """The vectors that one encoder gave to some texts; it answers as that encoder, under its digest."""

    name: str
    digest: str
    licence: str
    texts: tuple[str, ...]
    vectors: Float32[np.ndarray, "k e"]
    """One unit row per text."""
    where: str = field(default="", compare=False)
    """The file it was read from."""
    _row: dict[str, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_row", {text: row for row, text in enumerate(self.texts)})
        if len(self._row) != len(self.vectors):
            raise ValueError(f"{len(self._row)} distinct texts but {len(self.vectors)} vectors")
        self.vectors.flags.writeable = False

    @property
    def width(self) -> int:
        """Numbers in a vector."""
        return self.vectors.shape[1]

    def __call__(self, texts: Sequence[str]) -> Float32[np.ndarray, "k e"]:
        """One unit row per text.

        Raises:
            LassoError: a text that is not in the table.
        """
        asked = listed(texts)
        unknown = [text for text in dict.fromkeys(asked) if text not in self._row]
        if unknown:
            more = f" and {len(unknown) - NAMED} more" if len(unknown) > NAMED else ""
            what = f"the table of text vectors has no {', '.join(map(repr, unknown[:NAMED]))}{more}"
            raise LassoError(what, self.where, f"add the text and {AGAIN}, or use its encoder {self.name}")
        return self.vectors[[self._row[text] for text in asked]]


def table_of(encoder: TextEncoder, texts: Sequence[str]) -> TextTable:
    """A table of texts, each kept once in the order given."""
    distinct = tuple(dict.fromkeys(listed(texts)))
    return TextTable(encoder.name, encoder.digest, encoder.licence, distinct, encoder(distinct))


def write_table(path: Path, table: TextTable) -> None:
    """Write a table as one safetensors file; the same table gives the same bytes."""
    said = {
        "format": FORMAT,
        "name": table.name,
        "digest": table.digest,
        "licence": table.licence,
        "texts": table.texts,
    }
    content = save({"vectors": table.vectors}, metadata={KEY: json.dumps(said, ensure_ascii=False)})
    with replacing(path) as new:
        new.write_bytes(content)


def read_table(path: Path) -> TextTable:
    """The table in a file.

    Raises:
        CheckpointError: no such file, or not a table of this format.
    """
    try:
        with safe_open(path, framework="numpy") as file:
            said, vectors = json.loads((file.metadata() or {})[KEY]), file.get_tensor("vectors")
        return _table(said, vectors, str(path))
    except OSError as error:
        raise CheckpointError(f"cannot be read ({error.strerror or error})", str(path), AGAIN) from error
    except (SafetensorError, KeyError, TypeError, ValueError) as error:
        raise CheckpointError(f"not a table of text vectors ({error})", str(path), AGAIN) from error


def _table(said: dict[str, Any], vectors: np.ndarray, where: str) -> TextTable:
    if said["format"] != FORMAT:
        raise ValueError(f"format {said['format']!r}, expected {FORMAT}")
    if vectors.dtype != np.float32 or vectors.ndim != 2 or not np.isfinite(vectors).all():
        raise ValueError("the vectors are not finite float32 rows")
    name, digest, licence = (str(said[key]) for key in ("name", "digest", "licence"))
    return TextTable(name, digest, licence, tuple(map(str, said["texts"])), vectors, where=where)
