"""What a protocol run found: figures with intervals, the rows they come from, and what would repeat them."""

import json
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, final

import numpy as np
from jaxtyping import Float64, Int64

FOLDS = 10_000
"""Resamples behind an interval."""
POOLED_FOLDS = 1000
"""The same for figures that are computed anew from the scenes drawn."""

Value = float | int | str | tuple[int, ...] | tuple[float, ...] | None


@final
@dataclass(frozen=True)
class Figure:
    """One number of a table, and exactly what it means."""

    name: str
    value: float
    low: float
    """Ends of the 95 % interval over scenes; NaN with fewer than two scenes."""
    high: float
    n: int
    """Samples averaged."""
    definition: str


@final
@dataclass(frozen=True)
class Row:
    """What was measured on one sample."""

    scene: str
    subject: str
    """What was asked of the scene: object numbers, a name, a sentence; empty = the scene as a whole."""
    values: tuple[tuple[str, Value], ...]


@final
@dataclass(frozen=True)
class Report:
    """The outcome of a protocol. Everything but `seconds` is the same for the same seeds and weights."""

    protocol: str
    system: str
    """Identity of the segmenter."""
    settings: tuple[tuple[str, Value], ...]
    figures: tuple[Figure, ...]
    rows: tuple[Row, ...]
    seeds: tuple[int, ...]
    digests: tuple[tuple[str, str], ...]
    """Scene name and digest, in the order they were seen."""
    seconds: tuple[tuple[str, float], ...]
    """Wall time by stage."""
    notes: tuple[str, ...] = ()
    """What was left out, and why."""
    by_class: tuple[Row, ...] = ()
    """Of protocols that average over classes: each class over all scenes; the class is the subject."""

    def to_json(self) -> str:
        """One JSON object; figures by name, rows with their values as keys, NaN as null."""
        plain = asdict(self) | {
            "settings": dict(self.settings),
            "figures": {f.name: {k: v for k, v in asdict(f).items() if k != "name"} for f in self.figures},
            "rows": [{"scene": row.scene, "subject": row.subject, **dict(row.values)} for row in self.rows],
            "digests": [list(pair) for pair in self.digests],
            "seconds": dict(self.seconds),
            "by_class": {row.subject: dict(row.values) for row in self.by_class},
        }
        return json.dumps(_without_nan(plain), ensure_ascii=False, indent=1, allow_nan=False)

    def figure(self, name: str) -> float:
        """The value of a figure by name.

        Raises:
            KeyError: naming the figures there are.
        """
        values = {figure.name: figure.value for figure in self.figures}
        if name not in values:
            raise KeyError(f"no figure {name!r}; there are {', '.join(values)}")
        return values[name]

    def table(self) -> str:
        """Plain text for a terminal or a log: figures that differ in "@k" share a line; then times and notes.

        After the sign ± stands half the width of the 95 % interval.
        """
        scenes = len({row.scene for row in self.rows})
        head = [f"{self.protocol}  {self.system}", f"{len(self.rows)} rows over {scenes} scenes"]
        families: dict[str, list[Figure]] = {}
        for figure in self.figures:
            families.setdefault(re.sub(r"@\d+", "", figure.name), []).append(figure)
        width = max(map(len, families), default=0)
        cell = max((len(_cell(figure)) for figure in self.figures), default=0)
        lines = [_line(name.ljust(width), members, cell) for name, members in families.items()]
        times = "  ".join(f"{stage} {seconds:.3g} s" for stage, seconds in self.seconds)
        return "\n".join([*head, *lines, times, *(f"note: {note}" for note in self.notes)])


def figure(
    name: str, values: Float64[np.ndarray, " s"], *, scenes: Sequence[str], definition: str, seed: int = 0
) -> Figure:
    """Mean of one value per sample, with a bootstrap interval over scenes; NaN is left out, n counts the rest."""
    defined = ~np.isnan(values)
    if not defined.any():
        return Figure(name, math.nan, math.nan, math.nan, 0, definition)
    kept = [scene for scene, keep in zip(scenes, defined, strict=True) if keep]
    low, high = scene_interval(values[defined], kept, seed=seed)
    return Figure(name, float(values[defined].mean()), low, high, int(defined.sum()), definition)


def scene_interval(
    values: Float64[np.ndarray, " s"], scenes: Sequence[str], *, seed: int, folds: int = FOLDS
) -> tuple[float, float]:
    """95 % percentile interval of the mean over draws of whole scenes, with replacement."""
    names, of_sample = np.unique(np.array(scenes), return_inverse=True)
    if len(names) < 2:
        return math.nan, math.nan
    total, count = np.bincount(of_sample, weights=values), np.bincount(of_sample)
    draws = np.random.default_rng(seed).multinomial(len(names), np.full(len(names), 1 / len(names)), size=folds)
    low, high = np.percentile((draws @ total) / (draws @ count), (2.5, 97.5))
    return float(low), float(high)


def scene_weights(scenes: int, *, seed: int, folds: int = POOLED_FOLDS) -> Float64[np.ndarray, "f s"]:
    """How often each scene counts: once in the first row, as often as it was drawn in the others.

    For figures that are no mean over samples: see `figure_of_draws`. One scene has no other rows.
    """
    once = np.ones((1, scenes))
    if scenes < 2:
        return once
    draws = np.random.default_rng(seed).multinomial(scenes, np.full(scenes, 1 / scenes), size=folds)
    return np.concatenate([once, draws])


def figure_of_draws(name: str, values: Float64[np.ndarray, " f"], *, n: int, definition: str) -> Figure:
    """A figure from its value over all scenes (the first) and over draws of scenes (the others)."""
    draws = values[1:][~np.isnan(values[1:])]
    low, high = np.percentile(draws, (2.5, 97.5)) if draws.size else (math.nan, math.nan)
    return Figure(name, float(values[0]), float(low), float(high), n, definition)


def row_draws(scenes: Sequence[str], *, seed: int, folds: int = POOLED_FOLDS) -> Iterator[Int64[np.ndarray, " k"]]:
    """Rows by index: all of them first, then those of each draw of whole scenes, with repetition.

    Of no rows there are no draws.
    """
    if not scenes:
        return
    names, of_row = np.unique(np.array(scenes), return_inverse=True)
    for weights in scene_weights(len(names), seed=seed, folds=folds):
        yield np.repeat(np.arange(len(of_row)), weights[of_row].astype(np.int64))


def _line(name: str, members: Sequence[Figure], cell: int) -> str:
    counts = sorted({figure.n for figure in members})
    n = f"n {counts[0]}" if len(counts) == 1 else f"n {counts[0]} to {counts[-1]}"
    return f"{name}  {'  '.join(_cell(figure).ljust(cell) for figure in members)}  {n}  {members[0].definition}"


def _cell(figure: Figure) -> str:
    at = re.search(r"@\d+", figure.name)
    around = "" if math.isnan(figure.low) else f"±{(figure.high - figure.low) / 2:.2g}"
    return f"{at[0] + ' ' if at else ''}{figure.value:.4g}{around}"


def _without_nan(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _without_nan(item) for key, item in value.items()}
    return [_without_nan(item) for item in value] if isinstance(value, list | tuple) else value
