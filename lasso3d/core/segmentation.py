"""The answer to a prompt: rows of masks over tokens, and how sure each point is."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, final

import numpy as np
from jaxtyping import Bool, Float, Float32, Int16, Int32

from lasso3d.core.scene import frozen

MANY_ROWS = 64
"""Above this many rows only the strongest per token are stored."""

KEPT_ROWS = 8

Label = int | str


@final
@dataclass(frozen=True, init=False, eq=False)
class Segmentation:
    """Masks (rows) over a model's tokens, expanded to points on demand. Background is never a row.

    `exclusive` answers share each point out: columns sum to at most 1 and the rest is "none of these".
    Otherwise rows are independent and a point belongs to a mask at probability 0.5 or more.
    """

    of_point: Int32[np.ndarray, " n"]
    """Point -> token."""
    labels: tuple[Label, ...]
    """One per row: object number, class name or class word."""
    score: Float32[np.ndarray, " m"]
    """Estimated IoU of each row."""
    uncertainty: Float32[np.ndarray, " t"]
    """Estimated probability, 0 to 1, that the label the token got is wrong; comparable over scenes and systems."""
    epistemic: Float32[np.ndarray, " t"] | None
    """The part of the uncertainty that more data or clicks would remove, where a system tells it apart."""
    exclusive: bool
    reply: str
    """What the system says in words; empty for most."""
    stored: Float[np.ndarray, "kept t"] = field(repr=False)
    stored_row: Int16[np.ndarray, "kept t"] | Int32[np.ndarray, "kept t"] | None = field(repr=False)
    """Row of each stored value; None = all rows are stored in order."""
    none: Float[np.ndarray, " t"] = field(repr=False)
    """Probability that no row holds the token (exclusive answers)."""
    encoding_key: str
    """Which encoding, by which segmenter, was asked; stamped by `Segmenter.segment`."""

    def __init__(
        self,
        probability: Any,
        of_point: Any,
        labels: Sequence[Label],
        score: Any,
        uncertainty: Any,
        *,
        exclusive: bool,
        epistemic: Any = None,
        reply: str = "",
    ) -> None:
        """Cast, copy and freeze; `probability` is [m t] and stays f16 or becomes f32.

        Raises:
            ValueError: shapes that do not agree, values outside 0 to 1, or columns of an exclusive answer above 1.
        """
        probability = np.asarray(probability)
        dtype = np.float16 if probability.dtype == np.float16 else np.float32
        values: dict[str, Any] = {
            "of_point": frozen(of_point, np.int32),
            "labels": tuple(labels),
            "score": frozen(score, np.float32),
            "uncertainty": frozen(uncertainty, np.float32),
            "epistemic": None if epistemic is None else frozen(epistemic, np.float32),
            "exclusive": bool(exclusive),
            "reply": reply,
            "encoding_key": "",
        }
        _refuse_inconsistent(probability, values)
        kept, row = _strongest(probability) if len(probability) > MANY_ROWS else (probability, None)
        values["stored"] = frozen(kept, dtype)
        values["stored_row"] = None if row is None else frozen(row, row.dtype)
        values["none"] = frozen(np.clip(1 - probability.sum(0, dtype=np.float32), 0, 1), np.float32)
        for name, value in values.items():
            object.__setattr__(self, name, value)

    @property
    def probability(self) -> Float[np.ndarray, "m t"]:
        """Probability of each row at each token (f16 or f32); of more than 64 rows, the 8 strongest per token."""
        if self.stored_row is None:
            return self.stored
        dense = np.zeros((len(self.labels), self.stored.shape[1]), self.stored.dtype)
        np.put_along_axis(dense, self.stored_row.astype(np.intp), self.stored, axis=0)
        dense.flags.writeable = False
        return dense

    def label_of_point(self) -> Int32[np.ndarray, " n"]:
        """Row that each point belongs to, -1 = none of them."""
        return self._winner[self.of_point]

    def runner_up_of_point(self) -> Int32[np.ndarray, " n"]:
        """The second most probable row at each point of an exclusive answer, -1 = none of them.

        Where an answer is not exclusive, the row the point would move to: the best one among the others.
        """
        return self._runner_up[self.of_point]

    def mask(self, row: int) -> Bool[np.ndarray, " n"]:
        """Points of one row."""
        if not 0 <= row < len(self.labels):
            raise IndexError(f"row {row} of an answer with {len(self.labels)} rows")
        if self.exclusive:
            return (self._winner == row)[self.of_point]
        return (self._row(row) >= 0.5)[self.of_point]

    def union(self) -> Bool[np.ndarray, " n"]:
        """Points of any row."""
        inside = self._winner >= 0 if self.exclusive else np.any(self.stored >= 0.5, axis=0)
        return np.asarray(inside)[self.of_point]

    def point_uncertainty(self) -> Float32[np.ndarray, " n"]:
        """Estimated probability that the label of each point is wrong."""
        return self.uncertainty[self.of_point]

    def _stamped(self, encoding_key: str) -> "Segmentation":
        object.__setattr__(self, "encoding_key", encoding_key)
        return self

    def _row(self, row: int) -> Float[np.ndarray, " t"]:
        if self.stored_row is None:
            return self.stored[row]
        return np.where(self.stored_row == row, self.stored, 0).max(0)

    @cached_property
    def _winner(self) -> Int32[np.ndarray, " t"]:
        return self._ranked(0)

    @cached_property
    def _runner_up(self) -> Int32[np.ndarray, " t"]:
        return self._ranked(1)

    def _ranked(self, place: int) -> Int32[np.ndarray, " t"]:
        """Row in first (0) or second (1) place at each token, -1 = none of them; a row wins a tie with none."""
        strength, outside = self._strengths()
        alternatives = np.concatenate([strength, outside[None]])
        order = _place(alternatives, place)
        if self.stored_row is None:
            rows = np.append(np.arange(len(strength), dtype=np.int32), np.int32(-1))
            return rows[order]
        rows = np.concatenate([self.stored_row.astype(np.int32), np.full((1, strength.shape[1]), -1, np.int32)])
        return np.take_along_axis(rows, order[None], axis=0)[0]

    def _strengths(self) -> tuple[Float[np.ndarray, "kept t"], Float[np.ndarray, " t"]]:
        """What rows and "none of them" compete with: probability, or score x probability among masks that hold."""
        if self.exclusive:
            return self.stored, self.none
        score = self.score[:, None] if self.stored_row is None else self.score[self.stored_row]
        holds = self.stored >= 0.5
        weight = np.where(holds, 1 + score * self.stored, self.stored * np.float32(0.5))
        return weight, np.full(self.stored.shape[1], 0.5, np.float32)


def _place(alternatives: Float[np.ndarray, "kept t"], place: int) -> np.ndarray:
    """Index of the largest (0) or second largest (1) alternative per column; the first of equals comes first."""
    first = alternatives.argmax(0)
    if place == 0 or len(alternatives) == 1:
        return first
    rest = alternatives.copy()
    np.put_along_axis(rest, first[None], -np.inf, axis=0)
    return rest.argmax(0)


def _strongest(probability: Float[np.ndarray, "m t"]) -> tuple[Float[np.ndarray, "8 t"], Int16[np.ndarray, "8 t"]]:
    """The strongest rows per token, in ascending row order so that ties stay with the lower row."""
    row = np.sort(np.argpartition(-probability, KEPT_ROWS - 1, axis=0)[:KEPT_ROWS], axis=0)
    return np.take_along_axis(probability, row, axis=0), row.astype(
        np.int16 if len(probability) < 2**15 else np.int32
    )


def _refuse_inconsistent(probability: np.ndarray, values: dict[str, Any]) -> None:
    m, t = len(values["labels"]), len(values["uncertainty"])
    if probability.shape != (m, t):
        raise ValueError(f"probability must be [{m} {t}] for {m} labels and {t} tokens, found {probability.shape}")
    score = values["score"]
    if score.shape != (m,) or not ((score >= 0) & (score <= 1)).all():
        raise ValueError(f"score must be {m} values from 0 to 1, found shape {score.shape}")
    of_point = values["of_point"]
    if of_point.size and not 0 <= of_point.min() <= of_point.max() < t:
        raise ValueError(f"of_point must name tokens 0 to {t - 1}, found {of_point.min()} to {of_point.max()}")
    for name in ("uncertainty", "epistemic"):
        array = values[name]
        if array is not None and (array.shape != (t,) or not ((array >= 0) & (array <= 1)).all()):
            raise ValueError(f"{name} must be {t} values from 0 to 1")
    if not ((probability >= 0) & (probability <= 1)).all():
        raise ValueError("probability must lie between 0 and 1")
    if values["exclusive"] and m and probability.sum(0, dtype=np.float32).max() > 1 + 2e-3:
        raise ValueError("the columns of an exclusive answer must sum to at most 1")
