"""`python -m lasso3d.foundation --out TABLE --texts FILE`: vectors of texts, computed before training."""

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from lasso3d.core.errors import LassoError, ReadError
from lasso3d.foundation.table import TextTable, write_table
from lasso3d.foundation.text import TextEncoder, in_templates

AT_ONCE = 2048
"""Texts between two lines of progress: some seconds."""


def main(arguments: Sequence[str]) -> int:
    """Write a table; 0 = done, 1 = failure, told in one line, 2 = wrong usage."""
    given = _parser().parse_args(arguments)
    if not given.texts and not given.names:
        return _fail("nothing to embed: give --texts, --names or both", 2)
    try:
        sentences = [text for path in given.texts for text in _lines(path)]
        names = [name for path in given.names for name in _lines(path)]
        table = _table(_encoder(given.tower), tuple(dict.fromkeys([*in_templates(names), *sentences])))
        write_table(given.out, table)
    except LassoError as error:
        return _fail(str(error), 1)
    except KeyboardInterrupt:
        return _fail("interrupted; nothing was written", 130)
    sys.stderr.write(f"wrote {given.out}: {len(table.texts)} texts, {table.width} wide, by {table.name}\n")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "python -m lasso3d.foundation", description="Embed texts, one per line, into a table that training reads."
    )
    parser.add_argument("--out", metavar="TABLE", type=Path, required=True, help="the safetensors file to write")
    parser.add_argument("--texts", metavar="FILE", type=Path, action="append", default=[], help="one text per line")
    parser.add_argument(
        "--names",
        metavar="FILE",
        type=Path,
        action="append",
        default=[],
        help="class names, for every template",
    )
    parser.add_argument(
        "--tower",
        metavar="FOLDER",
        type=Path,
        help="CLIP, SigLIP, a sentence encoder; else all-MiniLM-L6-v2",
    )
    return parser


def _encoder(tower: Path | None) -> TextEncoder:
    if tower is not None:
        from lasso3d.foundation.towers import text_encoder

        return text_encoder(tower)
    from lasso3d.foundation.minilm import minilm

    return minilm()


def _table(encoder: TextEncoder, texts: tuple[str, ...]) -> TextTable:
    vectors = np.concatenate([np.zeros((0, encoder.width), np.float32), *_embedded(encoder, texts)])
    return TextTable(encoder.name, encoder.digest, encoder.licence, texts, vectors)


def _embedded(encoder: TextEncoder, texts: Sequence[str]) -> Iterator[np.ndarray]:
    for start in range(0, len(texts), AT_ONCE):
        yield encoder(texts[start : start + AT_ONCE])
        sys.stderr.write(f"{min(start + AT_ONCE, len(texts))} of {len(texts)} texts\n")


def _lines(path: Path) -> list[str]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ReadError(f"cannot be read ({error})", str(path), "give UTF-8, one text per line") from error
    return [line.strip() for line in lines if line.strip()]


def _fail(line: str, code: int) -> int:
    sys.stderr.write(f"lasso3d.foundation: {line}\n")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
