"""The simulated annotator: looks at what a prediction has wrong and clicks there."""

from dataclasses import dataclass
from typing import Literal, NamedTuple, final

import numpy as np
from jaxtyping import Float32, Int32, Int64

from lasso3d.geometry.interior import deepest

Rule = Literal["agile3d", "interobject3d", "scan"]
"""Whose rule the annotator follows; see `error_regions`."""

Habit = Literal["centre", "random", "jitter"]
"""Where in a region the annotator clicks: its centre, anywhere, or near its centre."""


class ErrorClick(NamedTuple):
    """A click that puts one region right."""

    voxel: int
    """Index of the voxel clicked."""
    label: int
    """Its true label; 0 = background."""
    depth: float
    """Inradius of the region, metres."""


@final
@dataclass(frozen=True, eq=False)
class ErrorRegion:
    """All voxels with one pair of true and predicted label, connected or not."""

    voxels: Int64[np.ndarray, " k"]
    """Ascending."""
    label: int
    """True label."""
    centre: int
    """The voxel farthest from outside the region, the first of equals."""
    depth: float
    """How far that is, metres; infinite where nothing is outside."""


def error_regions(
    xyz: Float32[np.ndarray, "n 3"],
    truth: Int32[np.ndarray, " n"],
    predicted: Int32[np.ndarray, " n"],
    *,
    rule: Rule = "agile3d",
) -> list[ErrorRegion]:
    """What is wrong, deepest region first.

    Of equally deep regions, "agile3d" takes the lower (true, predicted) pair first, as AGILE3D's release does with
    up to eight objects (`utils/seg.py`). "interobject3d" and "scan" take the higher first: a missed object wins.
    "interobject3d" knows labels 0 and 1 only; "scan" passes over a region that covers everything.
    """
    wrong = np.flatnonzero(truth != predicted)
    if not wrong.size:
        return []
    if rule == "interobject3d" and not _binary(truth[wrong], predicted[wrong]):
        raise ValueError("rule 'interobject3d' compares one object with background: labels must be 0 and 1")
    groups = _groups_of_pair(wrong, truth, predicted)
    if rule != "agile3d":
        groups.reverse()
    if rule == "scan":
        groups = [group for group in groups if len(group) < len(xyz)]
    regions = [_region(xyz, group, int(truth[group[0]])) for group in groups]
    return sorted(regions, key=lambda region: -region.depth)


def error_clicks(
    xyz: Float32[np.ndarray, "n 3"],
    truth: Int32[np.ndarray, " n"],
    predicted: Int32[np.ndarray, " n"],
    *,
    rule: Rule = "agile3d",
) -> list[ErrorClick]:
    """One click in the centre of every error region, deepest first: the first K are AGILE3D's training clicks."""
    regions = error_regions(xyz, truth, predicted, rule=rule)
    return [ErrorClick(region.centre, region.label, region.depth) for region in regions]


def next_click(
    xyz: Float32[np.ndarray, "n 3"],
    truth: Int32[np.ndarray, " n"],
    predicted: Int32[np.ndarray, " n"],
    *,
    rule: Rule = "agile3d",
) -> ErrorClick | None:
    """The centre of the deepest error region; None where nothing is wrong that can be clicked."""
    clicks = error_clicks(xyz, truth, predicted, rule=rule)
    return clicks[0] if clicks else None


def click_in(
    region: ErrorRegion, xyz: Float32[np.ndarray, "n 3"], *, habit: Habit, reach: float, rng: np.random.Generator
) -> ErrorClick:
    """A click by habit: the centre, any voxel of the region, or any of those within `reach` metres of the centre.

    People miss the centre (RClicks, NeurIPS 2024) but not the region: a click always carries its true label.
    """
    if habit == "centre":
        return ErrorClick(region.centre, region.label, region.depth)
    voxels = region.voxels
    if habit == "jitter":
        away = np.linalg.norm(xyz[voxels].astype(np.float64) - xyz[region.centre], axis=1)
        voxels = voxels[away <= reach]
    return ErrorClick(int(rng.choice(voxels)), region.label, region.depth)


def _binary(*labels: Int32[np.ndarray, " k"]) -> bool:
    return all(array.min() >= 0 and array.max() <= 1 for array in labels)


def _groups_of_pair(
    wrong: Int64[np.ndarray, " k"], truth: Int32[np.ndarray, " n"], predicted: Int32[np.ndarray, " n"]
) -> list[np.ndarray]:
    """Wrong voxels by (true, predicted) pair, pairs ascending, voxels ascending."""
    pair = (truth[wrong].astype(np.int64) << 32) + predicted[wrong]
    order = np.argsort(pair, kind="stable")
    borders = np.flatnonzero(np.diff(pair[order])) + 1
    return np.split(wrong[order], borders)


def _region(xyz: Float32[np.ndarray, "n 3"], voxels: Int64[np.ndarray, " k"], label: int) -> ErrorRegion:
    inside = np.zeros(len(xyz), bool)
    inside[voxels] = True
    centre, depth = deepest(xyz, inside)
    return ErrorRegion(voxels, label, centre, depth)
