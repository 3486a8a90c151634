"""Where the rays of each kind of survey start and lead."""

from dataclasses import dataclass
from math import pi
from typing import final

import numpy as np
from jaxtyping import Float64, Int64

from lasso3d.data.procedural.layout import spot
from lasso3d.data.procedural.shapes import Thing, rectangle
from lasso3d.data.procedural.streetdraft import Draft
from lasso3d.geometry.cameras import look_at

RAYS = 330_000
"""Of a survey, about."""
PULSES = 95_000
"""Of a flight at most; each is four rays wide."""
PULSE_RAYS = 4
HEADS: tuple[tuple[int, float, float], ...] = (
    (32, -30.7, 10.7),
    (64, -24.9, 2.0),
    (64, -22.5, 22.5),
    (128, -25.0, 15.0),
)
"""Rings, lowest and highest elevation in degrees: data sheets of common rotating scanners."""

COLUMNS = (600, 2200)
"""Fewest and most firings of a head in one turn."""


@final
@dataclass(frozen=True, eq=False)
class Beams:
    """Rays of a survey; directions have length 1."""

    origin: Float64[np.ndarray, "r 3"]
    direction: Float64[np.ndarray, "r 3"]
    shot: Int64[np.ndarray, " r"]
    """Sweep, station, strip or picture."""
    neighbour: int = 1
    """Rays from one to the next that looks almost the same way."""
    loose: int = 1
    """Rays of a pulse."""


def swept(draft: Draft, rng: np.random.Generator) -> Beams:
    """A car drives along its lane, a spinning head or a profiler on its roof."""
    return _rings(draft, rng) if rng.random() < 0.55 else _profiles(draft, rng)


def stood(draft: Draft, rng: np.random.Generator) -> Beams:
    """Tripods in the street: equal angles, so density falls with distance."""
    stations = int(rng.integers(1, 4))
    step = np.sqrt(2.0 * pi * 1.85 * stations / (1.15 * RAYS))
    up, around = np.arange(-pi / 3, 0.45 * pi, step), np.arange(0, 2 * pi, step)
    unit = _sphere(up, around)
    eyes = standing(draft, stations, rng, height=(1.4, 1.9))
    kept = rng.random((len(eyes), len(unit))) < np.repeat(np.maximum(np.cos(up), 0.05), len(around))
    station, ray = np.nonzero(kept)
    return Beams(eyes[station], unit[ray], station)


def flown(draft: Draft, rng: np.random.Generator) -> Beams:
    """Strips of an aircraft or a drone: parallel flight lines, pulses as wide as a hand or a foot."""
    offsets, half = draft.site.cover.offsets, draft.half
    low, high = np.array([-half, offsets[0]]), np.array([half, offsets[-1]])
    area = float((high - low).prod())
    strips, heading = int(rng.integers(1, 4)), rng.uniform(0, pi)
    density = min(rng.uniform(12.0, 60.0), PULSES / area)
    wide, height = rng.uniform(0.05, 0.2), rng.uniform(80.0, 900.0)
    step = np.sqrt(strips / density)
    reach = float(np.sqrt(((high - low) ** 2).sum())) / 2
    grid = np.stack(
        np.meshgrid(np.arange(-reach, reach, step), np.arange(-reach, reach, step), indexing="ij"), axis=-1
    ).reshape(-1, 2)
    along = np.round(np.array([np.cos(heading), np.sin(heading)]), 9)
    across = np.array([-along[1], along[0]])
    origin, direction, strip = [], [], []
    for i in range(strips):
        aim = grid + rng.uniform(-0.5, 0.5, 2) * step + 0.18 * step * rng.standard_normal(grid.shape)
        aim = aim[:, :1] * along + aim[:, 1:] * across + (low + high) / 2
        aim = aim[((aim >= low) & (aim <= high)).all(1)]
        beside = rng.uniform(-0.36, 0.36) * height
        ground = np.concatenate([aim, np.zeros((len(aim), 1))], axis=1)
        # on a line, the aircraft is always abeam of where it aims
        shift = (beside - (ground[:, :2] * across).sum(1))[:, None] * np.append(across, 0.0)
        down = -(shift + np.array([0, 0, height]))
        down = np.repeat(down / np.sqrt((down**2).sum(1, keepdims=True)), PULSE_RAYS, axis=0)
        target = np.repeat(ground, PULSE_RAYS, axis=0)
        spread = wide * rng.standard_normal((len(target), 2)) * 0.5
        spread[::PULSE_RAYS] = 0.0
        target[:, :2] += spread
        origin.append(target - 60.0 * down)
        direction.append(down)
        strip.append(np.full(len(target), i))
    turned = draft.site.terrain.turned
    return Beams(
        turned(np.concatenate(origin)),
        turned(np.concatenate(direction)),
        np.concatenate(strip),
        PULSE_RAYS,
        PULSE_RAYS,
    )


def photographed(draft: Draft, rng: np.random.Generator) -> tuple[Beams, tuple[int, int, int]]:
    """Pictures from a small drone or from eye height, overlapping; also their number, rows and columns."""
    rows, columns = 96, 128
    shots = RAYS // (rows * columns)
    offsets, half = draft.site.cover.offsets, draft.half
    flying = rng.random() < 0.6
    height = rng.uniform(12.0, 30.0)
    turned = draft.site.terrain.turned
    if flying:
        away = rng.uniform((-1.1 * half, 1.1 * offsets[0]), (1.1 * half, 1.1 * offsets[-1]), (shots, 2))
        eyes = turned(np.column_stack([away, height * rng.uniform(0.8, 1.2, shots)]))
        low, high = (-0.7 * half, 0.6 * offsets[0], 0.0), (0.7 * half, 0.6 * offsets[-1], 3.0)
        targets = turned(rng.uniform(low, high, (shots, 3)))
    else:
        eyes = standing(draft, shots, rng, height=(1.4, 2.0))
        targets = np.stack([_ahead(eye, rng) for eye in eyes])
    v, u = np.indices((rows, columns)).reshape(2, -1) + 0.5
    x, y = 0.62 * (2 * u / columns - 1), 0.62 * (2 * v - rows) / columns
    direction = []
    for eye, target in zip(eyes, targets, strict=True):
        T = np.round(look_at(np.round(eye, 4), np.round(target, 4)), 9)
        ray = x[:, None] * T[0, :3] + y[:, None] * T[1, :3] + T[2, :3]
        direction.append(np.round(ray / np.sqrt((ray**2).sum(1, keepdims=True)), 9))
    shot = np.repeat(np.arange(shots), rows * columns)
    return Beams(np.round(eyes, 4)[shot], np.concatenate(direction), shot), (shots, rows, columns)


def _ahead(eye: Float64[np.ndarray, "3"], rng: np.random.Generator) -> Float64[np.ndarray, "3"]:
    """Any way, mostly a little down."""
    turn = rng.uniform(0, 2 * pi)
    return eye + np.array([5 * np.cos(turn), 5 * np.sin(turn), rng.uniform(-1.6, 1.0)])


def _rings(draft: Draft, rng: np.random.Generator) -> Beams:
    """Turns of a head with many lasers, some metres apart."""
    rings, low, high = HEADS[rng.integers(len(HEADS))]
    sweeps = int(rng.integers(2, 2 + min(7, RAYS // (rings * COLUMNS[0]))))
    spacing = rng.uniform(0.5, 4.0)
    stations = np.arange(sweeps) * spacing - spacing * (sweeps - 1) / 2 + rng.uniform(-0.3, 0.3) * draft.half
    eyes = _along_lane(draft, stations, rng)
    count = min(COLUMNS[1], RAYS // (rings * len(eyes)))
    elevation = np.radians(np.linspace(low, high, rings) + 0.05 * rng.standard_normal(rings))
    unit = _sphere(elevation, 2 * pi * np.arange(count) / count)
    shot = np.repeat(np.arange(len(eyes)), len(unit))
    turn = rng.uniform(0, 2 * pi / count, len(eyes))
    direction = np.concatenate([_turned(unit, float(t)) for t in turn])
    return Beams(eyes[shot], direction, shot)


def _profiles(draft: Draft, rng: np.random.Generator) -> Beams:
    """A beam turning in a slanted plane while the car goes on: lines across the street a hand apart."""
    step = rng.uniform(0.07, 0.16)
    reach = 0.85 * draft.half
    stations = np.arange(-reach, reach, step)
    heads = int(rng.integers(1, 3))
    count = int(RAYS / (len(stations) * heads))
    eyes = _along_lane(draft, stations, rng)
    turn = 2 * pi * np.arange(count) / count
    circle = np.stack([np.zeros(count), np.cos(turn), np.sin(turn)], axis=1)
    origin, direction, shot = [], [], []
    for i in range(heads):
        yaw, pitch = (1 - 2 * i) * rng.uniform(0.3, 0.8), rng.uniform(0.0, 0.5)
        tilted = np.stack(
            [
                circle[:, 0] * np.cos(pitch) + circle[:, 2] * np.sin(pitch),
                circle[:, 1],
                circle[:, 2] * np.cos(pitch),
            ],
            axis=1,
        )
        unit = _turned(tilted, yaw + draft.site.terrain.heading)
        origin.append(np.repeat(eyes, count, axis=0))
        direction.append(np.tile(unit, (len(eyes), 1)))
        shot.append(np.full(len(eyes) * count, i))
    return Beams(np.concatenate(origin), np.concatenate(direction), np.concatenate(shot))


def _along_lane(
    draft: Draft, stations: Float64[np.ndarray, " k"], rng: np.random.Generator
) -> Float64[np.ndarray, "e 3"]:
    """Eyes above the lane where no other vehicle is; the nearest free place where all are taken."""
    y = draft.lane + 0.3 * np.round(np.sin(stations / 9.0), 6)
    rise = rng.uniform(1.8, 2.6)
    free = np.array([_clear(draft, float(s), float(o), 0.9) for s, o in zip(stations, y, strict=True)])
    if not free.any():
        return standing(draft, 1, rng, height=(1.9, 2.4))
    xy = draft.site.terrain.places(stations[free], y[free])
    return np.column_stack([xy, draft.site.terrain.heights(xy) + rise]).round(4)


def standing(
    draft: Draft, wanted: int, rng: np.random.Generator, *, height: tuple[float, float]
) -> Float64[np.ndarray, "e 3"]:
    """Places to stand; where hardly anything is free, wherever it is least crowded."""
    found: list[tuple[float, float]] = []
    for _ in range(12 * wanted):
        s, y = rng.uniform(-0.75, 0.75) * draft.half, rng.uniform(*draft.walk)
        if _clear(draft, s, y, 0.45):
            found.append((s, y))
        if len(found) == wanted:
            break
    where = np.array(found or [(0.0, sum(draft.walk) / 2)])
    xy = draft.site.terrain.places(where[:, 0], where[:, 1])
    tall = rng.uniform(*height, len(xy))
    eyes = np.column_stack([xy, draft.site.terrain.heights(xy) + tall]).round(4)
    return np.resize(eyes, (wanted, 3)) if len(eyes) < wanted else eyes


def _clear(draft: Draft, s: float, y: float, room: float) -> bool:
    """Whether a sensor with some room around it can be there."""
    return draft.site.free(spot(Thing("", (), rectangle(room, room), 2.0), s, y, yaw=0.0))


def _sphere(up: Float64[np.ndarray, " a"], around: Float64[np.ndarray, " b"]) -> Float64[np.ndarray, "r 3"]:
    """Unit vectors, one turn after the other."""
    flat, high = np.cos(up), np.sin(up)
    unit = np.stack(
        [np.outer(flat, np.cos(around)), np.outer(flat, np.sin(around)), np.outer(high, np.ones(len(around)))],
        axis=-1,
    )
    return np.round(unit.reshape(-1, 3), 9)


def _turned(unit: Float64[np.ndarray, "r 3"], turn: float) -> Float64[np.ndarray, "r 3"]:
    c, s = np.cos(turn), np.sin(turn)
    return np.round(
        np.stack([c * unit[:, 0] - s * unit[:, 1], s * unit[:, 0] + c * unit[:, 1], unit[:, 2]], axis=1), 9
    )
