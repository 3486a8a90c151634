"""NPISeg3D through the compiled loops: the answers of the plain network, click after click."""

from dataclasses import replace

import numpy as np
import pytest
import torch

import lasso3d
from lasso3d.core.prompts import Click, Clicks
from lasso3d.core.scene import Scene
from lasso3d.nn import fast_queries
from lasso3d.nn.unet import Res16UNetConfig
from lasso3d.systems.card import Card
from lasso3d.systems.npiseg3d.config import PRESETS
from lasso3d.systems.npiseg3d.network import ClickNetwork
from lasso3d.systems.npiseg3d.segmenter import NPISeg3D

FEW_BLOCKS = Res16UNetConfig(
    stem=8, encoder=(8, 8), decoder=(8, 8), encoder_blocks=(1, 1), decoder_blocks=(1, 1), stem_kernel=5
)


def shipped():
    return lasso3d.load("npiseg3d").with_voxel(0.02)


def published():
    """The decoder as published, behind a backbone that is quick to test, with random weights."""
    torch.manual_seed(0)
    return NPISeg3D.of(ClickNetwork(replace(PRESETS["paper"], voxel=0.02, res16unet=FEW_BLOCKS)), Card("npiseg3d"))


def table_with_things(seed=0):
    """A table of 1 m with six boxes on it, of other colours."""
    rng = np.random.default_rng(seed)
    xyz, rgb = [rng.random((12_000, 3)) * (1, 1, 0.002)], [np.full((12_000, 3), 120)]
    for _ in range(6):
        size, corner = rng.uniform(0.08, 0.25, 3), np.append(rng.uniform(0, 0.75, 2), 0)
        box, face = rng.random((2000, 3)), rng.integers(0, 3, 2000)
        box[np.arange(2000), face] = rng.integers(0, 2, 2000)
        xyz.append(corner + box * size)
        rgb.append(np.tile(rng.integers(0, 255, 3), (2000, 1)))
    return Scene(np.concatenate(xyz), rgb=np.concatenate(rgb))


def session(segmenter, encoding, *, objects, clicks, feedback):
    """Answers to clicks anywhere, objects in turn and now and then the background."""
    rng = np.random.default_rng(objects)
    made, answers = [], []
    for k in range(clicks):
        number = k + 1 if k < objects else int(rng.integers(0, objects + 1))
        made.append(Click(encoding.scene.xyz[rng.integers(0, len(encoding.scene))], number))
        previous = answers[-1] if answers and feedback else None
        answers.append(segmenter.segment(encoding, Clicks(tuple(made)), previous=previous, seed=k))
    return answers


def iou(first, second):
    return (first & second).sum() / max((first | second).sum(), 1)


@pytest.mark.parametrize("segmenter_of", [shipped, published])
@pytest.mark.parametrize(("objects", "clicks"), [(1, 5), (4, 6)])
@pytest.mark.parametrize("feedback", [True, False])
def test_sessions_end_as_without_compiled_loops(monkeypatch, segmenter_of, objects, clicks, feedback):
    segmenter = segmenter_of()
    encoding = segmenter.encode(table_with_things())
    assert len(encoding.voxels) > 2 * fast_queries.FEWEST_PLACES
    settings = {"objects": objects, "clicks": clicks, "feedback": feedback}
    fast = session(segmenter, encoding, **settings)
    monkeypatch.setattr(fast_queries, "computable", lambda x: False)
    for found, expected in zip(fast, session(segmenter, encoding, **settings), strict=True):
        assert found.labels == expected.labels
        for row in range(len(found.labels)):
            assert iou(found.mask(row), expected.mask(row)) >= 0.999
        np.testing.assert_allclose(found.probability, expected.probability, atol=5e-3)
        np.testing.assert_allclose(found.score, expected.score, atol=1e-3)


def test_encoding_is_the_same_without_compiled_loops(monkeypatch):
    segmenter, scene = shipped(), table_with_things()
    fast = segmenter.encode(scene).features
    monkeypatch.setattr(fast_queries, "computable", lambda x: False)
    np.testing.assert_allclose(fast, segmenter.encode(scene).features, atol=1e-4)
