"""A small world and segmenters simple enough to predict by hand."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

from lasso3d.core.prompts import Clicks
from lasso3d.core.scene import Scene
from lasso3d.core.segmentation import Segmentation
from lasso3d.core.segmenter import SceneEncoding, Segmenter
from lasso3d.data.example import Example, Truth


class Toy(Segmenter):
    """What toys have in common: every point is a token, and there is nothing to save."""

    understands: ClassVar[tuple] = (Clicks,)

    def with_voxel(self, size):
        return self

    def save(self, folder):
        raise AssertionError("a toy is not saved")

    def encode(self, scene, *, progress=None):
        return SceneEncoding(scene, self.identity)


@dataclass(frozen=True)
class Nearest(Toy):
    """Every point follows its nearest click, up to `reach` metres; the farther, the less certain."""

    reach: float = 0.3
    watch: Callable[[Scene, Clicks, Segmentation | None], None] = lambda scene, prompt, previous: None

    @property
    def identity(self):
        return f"nearest {self.reach}"

    def _segment(self, encoding, prompt, previous, seed):
        self.watch(encoding.scene, prompt, previous)
        clicked = np.array([click.xyz for click in prompt.clicks], np.float32)
        away = np.linalg.norm(encoding.scene.xyz[:, None] - clicked[None], axis=2)
        object_of_click = np.array([click.object for click in prompt.clicks])
        label = np.where(away.min(1) < self.reach, object_of_click[away.argmin(1)], 0)
        sure = np.exp(-away.min(1) / self.reach)
        rows = (label == np.array(prompt.objects)[:, None]) * (0.5 + sure / 2)
        rest = (label == 0) * (1 - sure) / 2 / max(len(rows), 1)
        return answer(rows + rest, prompt, (1 - sure) / 2)


@dataclass(frozen=True)
class Oracle(Toy):
    """Knows the truth of every scene by its digest: object numbers are the ranks of `objects`, or 1 alone."""

    label_of_point: dict
    wrong: Callable[[np.ndarray], np.ndarray] = np.zeros_like
    epistemic: bool = False
    identity: ClassVar[str] = "oracle"

    def _segment(self, encoding, prompt, previous, seed):
        truth = self.label_of_point[encoding.scene.digest]
        wanted = np.array([truth[near(encoding.scene.xyz, click.xyz)] for click in prompt.clicks])
        rows = np.stack([truth == wanted[[c.object for c in prompt.clicks].index(k)] for k in prompt.objects])
        wrong = self.wrong(truth).astype(bool)
        fear = np.where(wrong, 0.9, 0.1)
        return answer(np.where(wrong, 0, rows), prompt, fear, epistemic=fear if self.epistemic else None)


def near(xyz, place):
    return int(((xyz - np.array(place, np.float32)) ** 2).sum(1).argmin())


def answer(rows, prompt, uncertainty, *, epistemic=None):
    m, n = rows.shape
    return Segmentation(
        rows.astype(np.float32),
        np.arange(n, dtype=np.int32),
        prompt.objects,
        np.ones(m, np.float32),
        uncertainty.astype(np.float32),
        exclusive=True,
        epistemic=None if epistemic is None else epistemic.astype(np.float32),
    )


def tabletop(seed, *, boxes=3, points=2500):
    """Boxes of points on a plate of 2 m; ids 3, 6, 9, ... from the largest box down."""
    rng = np.random.default_rng(seed)
    plate = np.c_[rng.uniform(-1, 1, (points, 2)), rng.normal(0, 0.002, points)]
    parts, ids = [plate], [np.full(points, -1)]
    for k in range(boxes):
        count = 600 - 120 * k
        size = np.array([0.3, 0.25, 0.3]) - 0.03 * k
        parts.append(rng.uniform(0, 1, (count, 3)) * size + [-0.9 + 0.6 * k, rng.uniform(-0.5, 0.3), 0])
        ids.append(np.full(count, 3 * (k + 1)))
    order = rng.permutation(sum(map(len, parts)))
    scene = Scene(np.concatenate(parts)[order].astype(np.float32), name=f"table {seed}")
    return Example(scene, Truth(np.concatenate(ids)[order].astype(np.int32)))


@pytest.fixture(scope="session")
def examples():
    return [tabletop(seed) for seed in range(3)]


@pytest.fixture
def nearest():
    return Nearest


@pytest.fixture
def oracle(examples):
    """Built with what it shall get wrong: a function of the truth."""

    def build(wrong=np.zeros_like):
        return Oracle({scene.digest: truth.instance for scene, truth in examples}, wrong)

    return build


@pytest.fixture(scope="session")
def real_data():
    folder = os.environ.get("LASSO3D_DATA")
    if not folder:
        pytest.skip("LASSO3D_DATA is not set")
    return Path(folder)
