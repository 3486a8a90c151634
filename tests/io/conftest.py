"""Answers to write into files."""

import numpy as np
import pytest

from lasso3d.core.scene import Scene
from lasso3d.core.segmentation import Segmentation
from lasso3d.io.records import LabelColumns


@pytest.fixture
def answer():
    """A seeded segmentation of a scene with the given labels; about a third of the points belong to no row."""

    def make(scene: Scene, *, labels: tuple = ("chair", 'a "table"\nlow', "Tür"), seed: int = 0) -> Segmentation:
        rng = np.random.default_rng(seed)
        n, m = len(scene), len(labels)
        probability = rng.dirichlet(np.ones(m + 1), n)[:, :m].T.astype(np.float32)
        token = np.arange(n, dtype=np.int32)
        uncertainty = rng.random(n, np.float32)
        return Segmentation(probability, token, labels, np.ones(m, np.float32), uncertainty, exclusive=True)

    return make


@pytest.fixture
def columns():
    """Seeded label columns of a given length."""

    def make(count: int, *, names: tuple[str, ...] = ("chair", "table"), seed: int = 0) -> LabelColumns:
        rng = np.random.default_rng(seed)
        label = rng.integers(-1, len(names), count).astype(np.int32)
        return LabelColumns(label, label + 1, rng.random(count, np.float32), names)

    return make
