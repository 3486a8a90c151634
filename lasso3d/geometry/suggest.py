"""Where to click next, without knowing the truth."""

import numpy as np
from jaxtyping import Bool, Float32, Int32

from lasso3d.core.prompts import Click
from lasso3d.core.scene import Scene
from lasso3d.core.segmentation import Segmentation
from lasso3d.geometry.interior import deepest, middle

EXPECTED_WRONG = 0.5
"""A label is expected wrong where its uncertainty exceeds this."""


def suggest_click(scene: Scene, segmentation: Segmentation) -> Click | None:
    """The centre of the largest region expected wrong, with the runner-up there as proposed object.

    A region is a set of tokens with one label and one runner-up, as the simulated annotator's error regions are;
    its size is its inradius. None where nothing is expected wrong.
    """
    if len(scene) != len(segmentation.of_point):
        raise ValueError(
            f"the segmentation is about {len(segmentation.of_point)} points, the scene has {len(scene)}"
        )
    wrong = segmentation.uncertainty > EXPECTED_WRONG
    xyz, token = _centroids(scene, segmentation.of_point)
    label = _of_token(segmentation.label_of_point(), segmentation.of_point, len(wrong))
    runner_up = _of_token(segmentation.runner_up_of_point(), segmentation.of_point, len(wrong))
    regions = _regions(wrong[token], label[token], runner_up[token])
    if not regions:
        return None
    depths = [deepest(xyz, region)[1] for region, _ in regions]
    region, proposed = regions[int(np.argmax(depths))]
    index = middle(xyz, region, depth=max(depths))
    return Click(
        _nearest_point(scene, segmentation.of_point == token[index], xyz[index]), _object(segmentation, proposed)
    )


def _regions(
    wrong: Bool[np.ndarray, " t"], label: Int32[np.ndarray, " t"], runner_up: Int32[np.ndarray, " t"]
) -> list[tuple[Bool[np.ndarray, " t"], int]]:
    """Tokens expected wrong by (label, runner-up), with the runner-up."""
    pairs = sorted(set(zip(label[wrong].tolist(), runner_up[wrong].tolist(), strict=True)))
    return [(wrong & (label == now) & (runner_up == then), then) for now, then in pairs if now != then]


def _centroids(
    scene: Scene, of_point: Int32[np.ndarray, " n"]
) -> tuple[Float32[np.ndarray, "u 3"], Int32[np.ndarray, " u"]]:
    """Centroids of the tokens that hold points, and which tokens those are."""
    count = np.bincount(of_point)
    token = np.flatnonzero(count)
    total = np.stack([np.bincount(of_point, weights=axis) for axis in scene.xyz.T], axis=1)
    return (total[token] / count[token, None]).astype(np.float32), token.astype(np.int32)


def _of_token(
    of_each: Int32[np.ndarray, " n"], of_point: Int32[np.ndarray, " n"], t: int
) -> Int32[np.ndarray, " t"]:
    """Bring a value that all points of a token share back to the token."""
    values = np.full(t, -1, np.int32)
    values[of_point] = of_each
    return values


def _nearest_point(
    scene: Scene, inside: Bool[np.ndarray, " n"], centre: Float32[np.ndarray, "3"]
) -> tuple[float, float, float]:
    points = scene.xyz[inside].astype(np.float64)
    x, y, z = points[((points - centre) ** 2).sum(1).argmin()].tolist()
    return x, y, z


def _object(segmentation: Segmentation, row: int) -> int:
    """Object number of a row: its label for clicks, counted from 1 for named rows; 0 = background."""
    if row < 0:
        return 0
    label = segmentation.labels[row]
    return label if isinstance(label, int) else row + 1
