"""How sure a trained network may be: sessions on generated scenes it has never seen."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float32, Int32

from lasso3d.core.prompts import Click, Clicks
from lasso3d.data.clicks import next_click
from lasso3d.data.procedural import ProceduralScenes
from lasso3d.metrics.masks import object_ious
from lasso3d.systems.npiseg3d.errors import ErrorModel, fit_errors
from lasso3d.systems.npiseg3d.scenes import VALIDATION, clickable, things
from lasso3d.systems.npiseg3d.segmenter import Answer, NPISeg3D, NPISeg3DEncoding


@dataclass(frozen=True)
class CalibrationSettings:
    """How much is looked at after training."""

    scenes: int = 16
    """Of each world."""
    alone: int = 3
    """Sessions about one object in each scene; one more is about several together."""
    together: int = 4
    """Objects of that one at most."""
    clicks: tuple[int, ...] = (1, 2, 3, 5, 8)
    """Answers looked at, ascending: after so many clicks an object."""
    voxels: int = 2000
    """Of each answer at most, drawn evenly."""
    fewest_voxels: int = 50
    """Of an object."""


@dataclass(frozen=True)
class Calibration:
    """What was found."""

    errors: ErrorModel
    metrics: dict[str, float]
    """Mean IoU over voxels of sessions about one object, by clicks."""


class Look(NamedTuple):
    """One answer of one session."""

    cues: Float32[np.ndarray, "k c"]
    wrong: Bool[np.ndarray, " k"]
    clicks: int
    """An object."""
    objects: int
    iou: float


def calibrate(segmenter: NPISeg3D, worlds: Sequence[str], settings: CalibrationSettings) -> Calibration:
    """Fit the error model, every answer counting alike, and report the accuracy met on the way."""
    looks = [look for world in worlds for look in _looks(segmenter, world, settings)]
    if not looks:
        return Calibration(ErrorModel(), {})
    cues = np.concatenate([look.cues for look in looks])
    wrong = np.concatenate([look.wrong for look in looks])
    weight = np.concatenate([np.full(len(look.wrong), 1 / len(look.wrong)) for look in looks])
    alone = [look for look in looks if look.objects == 1]
    metrics = {
        f"IoU@{k}": round(100 * float(np.mean([look.iou for look in alone if look.clicks == k])), 2)
        for k in sorted({look.clicks for look in alone})
    }
    return Calibration(fit_errors(cues, wrong, weight), metrics)


def _looks(segmenter: NPISeg3D, world: str, settings: CalibrationSettings) -> Iterator[Look]:
    for i, (scene, truth) in enumerate(ProceduralScenes(world, settings.scenes, seed=VALIDATION)):
        rng = np.random.default_rng((VALIDATION, i))
        encoding = segmenter.encode(scene)
        voxels = encoding.voxels
        instance = clickable(things(truth, world), voxels, encoding.arrays.place, world)
        number, count = np.unique(instance[instance > 0], return_counts=True)
        large = rng.permutation(number[count >= settings.fewest_voxels])
        groups = [large[j : j + 1] for j in range(min(settings.alone, len(large)))]
        if len(large) > 1:
            groups.append(large[: settings.together])
        for group in groups:
            labels = np.zeros(len(instance), np.int32)
            for label, one in enumerate(group, start=1):
                labels[instance == one] = label
            yield from _session(segmenter, encoding, labels, settings, rng)


def _session(
    segmenter: NPISeg3D,
    encoding: NPISeg3DEncoding,
    labels: Int32[np.ndarray, " t"],
    settings: CalibrationSettings,
    rng: np.random.Generator,
) -> Iterator[Look]:
    """Clicks of the simulated annotator in the voxels; 0 = background."""
    m = int(labels.max())
    seen, clicks = np.zeros_like(labels), list[Click]()
    place = encoding.frame.back(encoding.centroid)
    answer: Answer | None = None
    rounds = (0, *settings.clicks)
    for before, after in pairwise(rounds):
        for _ in range((after - before) * m):
            wrong = next_click(encoding.arrays.place, labels, seen)
            if wrong is None:
                break
            clicks.append(Click(place[wrong.voxel], wrong.label))
            if len(clicks) < m:
                # the first round clicks every object before it looks at an answer
                seen = np.where(labels == wrong.label, labels, seen)
                continue
            previous = None if answer is None else answer.segmentation
            answer = segmenter.answer(encoding, Clicks(clicks), previous, 0)
            seen = _labels(answer, m)
        if answer is not None:
            kept = rng.permutation(len(labels))[: settings.voxels]
            iou = float(object_ious(seen, labels, objects=m).mean())
            yield Look(answer.cues[kept], (seen != labels)[kept], after, m, iou)


def _labels(answer: Answer, objects: int) -> Int32[np.ndarray, " t"]:
    """Object of every voxel, 0 = background."""
    probability = np.zeros((objects + 1, len(answer.cues)), np.float32)
    for row, label in enumerate(answer.segmentation.labels):
        probability[int(label)] = answer.segmentation.probability[row]
    probability[0] = 1 - probability[1:].sum(axis=0)
    # a row wins a tie with the background, as in a Segmentation
    return (probability[::-1].argmax(axis=0).astype(np.int32) - objects) * np.int32(-1)
