"""From an answer over tokens to bitsets over the points shown."""

import copy
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from hashlib import sha256
from pathlib import Path
from typing import final

import numpy as np
from jaxtyping import Int32, Int64, UInt8, UInt32

from lasso3d.annotator.codec import (
    bits_of_cells,
    bitset_size,
    by_first_use,
    count_bits,
    deflated,
    digest_of,
    grouped,
    inflated,
    levels,
    without,
)
from lasso3d.annotator.tiles import Display, save_whole
from lasso3d.core.segmentation import Segmentation
from lasso3d.geometry.compiled import compiled

Fixed = tuple[tuple[int, str], ...]
"""Objects and the digests of their masks."""
REMEMBERED = 4096
"""Rows whose bitset is known by the cells they hold."""


@final
@dataclass(frozen=True)
class Blob:
    """Deflated bytes, their size before, and by what they are known."""

    digest: str
    size: int
    content: bytes


@final
@dataclass(frozen=True, eq=False)
class Placement:
    """Where the tokens of answers lie among the points shown; tokens that hold points are called cells there."""

    key: str
    order: str
    """Of the points."""
    of_point: Int32[np.ndarray, " n"]
    """Token of each point of the scene."""
    token_of_cell: Int32[np.ndarray, " c"]
    points: UInt32[np.ndarray, " n"]
    """Points shown, by cell."""
    start: Int64[np.ndarray, " c1"]

    @property
    def nbytes(self) -> int:
        """Bytes."""
        return sum(a.nbytes for a in (self.of_point, self.token_of_cell, self.points, self.start))

    def holds(self, answer: Segmentation) -> bool:
        """Whether an answer is about these tokens."""
        return answer.of_point is self.of_point or np.array_equal(answer.of_point, self.of_point)


def place(answer: Segmentation, display: Display) -> Placement:
    """Find out how the tokens of an answer lie among the points shown; pages find it on disk."""
    of_point = answer.of_point
    cell, token_of_cell = by_first_use(of_point[display.perm], len(answer.uncertainty))
    points, start = grouped(cell, len(token_of_cell))
    key = digest_of(cell)
    path = cells_path(display.folder, key)
    if not path.exists():
        save_whole(path, cell)
    return Placement(key, display.manifest.order, of_point, token_of_cell, points, start)


def cells_path(folder: Path, key: str) -> Path:
    """Where the cell of each point shown is kept."""
    return folder / f"cells-{key}.npy"


def about(answer: Segmentation, of_point: Int32[np.ndarray, " k"]) -> Segmentation:
    """The same answer about other points that lie in the same tokens; nothing is copied."""
    same = copy.copy(answer)
    object.__setattr__(same, "of_point", of_point)
    return same


def cells_by_row(
    answer: Segmentation, token_of_cell: Int32[np.ndarray, " c"]
) -> Callable[[int], Int64[np.ndarray, " k"]]:
    """A function that gives the cells of a row: where `answer.mask(row)` would hold."""
    if answer.exclusive and answer.stored_row is None:
        winner = _winners(answer.stored.astype(np.float32, copy=False), answer.none)[token_of_cell]
        return lambda row: np.flatnonzero(winner == row)
    # of the same answer about tokens, each of which is its own point
    by_token = about(answer, np.arange(len(answer.uncertainty), dtype=np.int32))
    return lambda row: np.flatnonzero(by_token.mask(row)[token_of_cell])


@compiled
def _winners(probability, none):
    """The first of the strongest rows of every token, -1 = none of them; row by row, as they lie in memory."""
    label = np.full(len(none), -1, np.int32)
    best = np.full(len(none), -1, np.float32)
    for row in range(len(probability)):
        for token in range(len(none)):
            if probability[row, token] > best[token]:
                best[token] = probability[row, token]
                label[token] = row
    for token in range(len(none)):
        # a row wins a tie with none
        if none[token] > best[token]:
            label[token] = -1
    return label


class BackgroundNeeded(Exception):
    """What an answer rests on is not kept any more and must come again."""


@final
@dataclass(frozen=True)
class Packed:
    """Rows of an answer over the points shown."""

    digests: tuple[str, ...]
    """One per row; "" for rows of objects whose masks stay."""
    on: tuple[int, ...]
    masks: tuple[Blob, ...]
    """Those that were not known."""
    heat: Blob


@final
class Packer:
    """Packs rows; those that it has packed before are known by their cells, so that only changes cost time."""

    def __init__(self) -> None:
        self._rows: OrderedDict[bytes, tuple[str, int]] = OrderedDict()
        self._taken: tuple[tuple[str, ...], UInt8[np.ndarray, " b"]] | None = None

    def pack(
        self,
        answer: Segmentation,
        placement: Placement,
        *,
        fixed: Fixed = (),
        blobs: tuple[Blob, ...] | None = (),
        known: frozenset[str] = frozenset(),
    ) -> Packed:
        """Rows and uncertainty of an answer.

        Args:
            fixed: objects whose masks keep their points, with the digests of those masks.
            blobs: those masks; None = they came before.
            known: digests of masks that need not be packed again.

        Raises:
            BackgroundNeeded: there are no `blobs`, and the masks did not come before.
        """
        taken = self._union(tuple(digest for _, digest in fixed), blobs, len(placement.points))
        rows_of_cells = cells_by_row(answer, placement.token_of_cell)
        digests, sizes, masks = [], [], []
        stays = {number for number, _ in fixed}
        for row, label in enumerate(answer.labels):
            if label in stays:
                digest, on, blob = "", 0, None
            else:
                digest, on, blob = self._row(rows_of_cells(row), placement, taken, known)
            digests.append(digest)
            sizes.append(on)
            masks += [blob] if blob else []
        heat = levels(answer.uncertainty[placement.token_of_cell])
        packed = Blob(digest_of(heat), len(heat), deflated(heat))
        return Packed(tuple(digests), tuple(sizes), tuple(masks), packed)

    def _row(
        self,
        chosen: Int64[np.ndarray, " k"],
        placement: Placement,
        taken: UInt8[np.ndarray, " b"] | None,
        known: frozenset[str],
    ) -> tuple[str, int, Blob | None]:
        name = sha256(chosen.data)
        name.update(f"{placement.order}/{placement.key}/{self._taken[0] if self._taken else ()}".encode())
        found = self._rows.get(name.digest())
        if found is not None and found[0] in known:
            return *found, None
        bits = bits_of_cells(chosen, placement.points, placement.start)
        bits = bits if taken is None else without(bits, taken)
        digest, on = digest_of(bits), count_bits(bits)
        self._rows[name.digest()] = (digest, on)
        if len(self._rows) > REMEMBERED:
            self._rows.popitem(last=False)
        return digest, on, None if digest in known else Blob(digest, len(bits), deflated(bits))

    def _union(
        self, digests: tuple[str, ...], blobs: tuple[Blob, ...] | None, n: int
    ) -> UInt8[np.ndarray, " b"] | None:
        """Points of all masks that stay; None where none does."""
        if not digests:
            self._taken = None
        elif self._taken is None or self._taken[0] != digests:
            if blobs is None:
                raise BackgroundNeeded
            self._taken = (
                digests,
                reduce(np.bitwise_or, (inflated(b.content, size=bitset_size(n)) for b in blobs)),
            )
        return None if self._taken is None else self._taken[1]
