"""Click sessions to learn from: whom the simulated annotator wants, and where it clicks next."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Int32, Int64

from lasso3d.data.clicks import ErrorRegion, Habit, click_in, error_regions

HABITS: tuple[Habit, ...] = ("centre", "random", "jitter")


@dataclass(frozen=True)
class SessionSettings:
    """How the simulated annotator of the training works."""

    sessions: int = 1
    """Per scene."""
    most_objects: int = 10
    """Of a session; release: 1 to min(10, all) - 1, with an exclusive upper bound; here the bound is included."""
    alone: float = 0.0
    """Share of sessions about one object only, as in the single-object protocol."""
    by_size: float = 0.0
    """Objects are chosen with their voxels to this power: 0 = all alike, as published; 1 = by voxels."""
    silent: int = 5
    """Answers at most that are made without learning, to get to where a session is after some clicks; drawn evenly
    from 0 (release: 0 to 5)."""
    learning: int = 1
    """Answers at most that learn, one after the other; drawn evenly from 1 (release: only the last)."""
    long: float = 1.0
    """Share of sessions with silent answers (release: all)."""
    eager: float = 1.0
    """Share of sessions that begin with several clicks an object and clicks on the background (release: all)."""
    first_clicks: int = 3
    """Of an eager session at most, for each object; the first in its centre, others anywhere (release: 1 to 3)."""
    background_clicks: int = 5
    """Of an eager session at most (release: 1 to 5)."""
    habits: tuple[float, float, float] = (1.0, 0.0, 0.0)
    """Shares of clicks in the centre of a region (as published), anywhere in it, and near its centre."""
    jitter: float = 3.0
    """Voxels from the centre at most, for clicks near it."""


@dataclass(frozen=True, eq=False)
class Session:
    """One simulated user: what is wanted, and the clicks so far."""

    wanted: Int32[np.ndarray, " t"]
    """Row 0 to m - 1 of each voxel; m = background."""
    objects: int
    token: Int64[np.ndarray, " k"]
    row: Int64[np.ndarray, " k"]
    silent: int
    """Answers before those that learn."""
    learning: int


def begin(
    place: Float32[np.ndarray, "t 3"],
    instance: Int32[np.ndarray, " t"],
    chosen: tuple[int, ...],
    *,
    settings: SessionSettings,
    rng: np.random.Generator,
) -> Session:
    """A session about the chosen instances, with its first clicks."""
    m = len(chosen)
    wanted = np.full(len(place), m, np.int32)
    for label, one in enumerate(chosen):
        wanted[instance == one] = label
    nothing = np.full(len(place), m, np.int32)
    clicks = clicks_on_errors(place, wanted, nothing, objects=m, settings=settings, rng=rng)
    if rng.random() < settings.eager:
        clicks += _more(wanted, m, settings, rng)
    token, number = np.array(clicks, np.int64).reshape(-1, 2).T
    silent = int(rng.integers(0, settings.silent + 1)) if rng.random() < settings.long else 0
    return Session(wanted, m, token, number, silent, int(rng.integers(1, settings.learning + 1)))


def clicks_on_errors(
    place: Float32[np.ndarray, "t 3"],
    wanted: Int32[np.ndarray, " t"],
    predicted: Int32[np.ndarray, " t"],
    *,
    objects: int,
    settings: SessionSettings,
    rng: np.random.Generator,
) -> list[tuple[int, int]]:
    """Voxel and row of clicks in the deepest error regions, one per object, in random order (release)."""
    # the annotator's label 0 is the background, our last row
    truth, seen = ((labels + 1) % (objects + 1) for labels in (wanted, predicted))
    regions = error_regions(place, truth.astype(np.int32), seen.astype(np.int32))[:objects]
    clicks = [_click(region, place, objects, settings, rng) for region in regions]
    return [clicks[i] for i in rng.permutation(len(clicks))]


def _click(
    region: ErrorRegion,
    place: Float32[np.ndarray, "t 3"],
    objects: int,
    settings: SessionSettings,
    rng: np.random.Generator,
) -> tuple[int, int]:
    habit = HABITS[int(rng.choice(len(HABITS), p=settings.habits))]
    click = click_in(region, place, habit=habit, reach=settings.jitter, rng=rng)
    return click.voxel, (click.label - 1) % (objects + 1)


def _more(
    wanted: Int32[np.ndarray, " t"], objects: int, settings: SessionSettings, rng: np.random.Generator
) -> list[tuple[int, int]]:
    """Further clicks anywhere on the objects and on the background."""
    clicks = []
    for row in range(objects + 1):
        here = np.flatnonzero(wanted == row)
        most = settings.background_clicks + 1 if row == objects else settings.first_clicks
        count = int(rng.integers(1, most)) if row == objects and most > 1 else int(rng.integers(0, most))
        clicks += [(int(voxel), row) for voxel in rng.choice(here, min(count, len(here)), replace=False)]
    return clicks
