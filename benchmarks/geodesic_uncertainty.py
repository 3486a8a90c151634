"""Fit the uncertainty of `geodesic` on generated validation scenes and say how well it is calibrated on others.

    python benchmarks/geodesic_uncertainty.py

Prints the coefficients for `lasso3d.systems.geodesic.DOUBT`. Only generated scenes are used: 48 table tops from
seed 10,000,000 to fit, 24 from seed 10,100,000 to check.
"""

from collections.abc import Iterator

import numpy as np
from scipy.optimize import minimize

import lasso3d
from lasso3d.core.prompts import Click, Clicks
from lasso3d.data.clicks import click_in, error_regions
from lasso3d.data.procedural import ProceduralScenes
from lasso3d.evaluation.sessions import SCAN, object_of_point, task_of
from lasso3d.metrics.calibration import ece, error_auroc
from lasso3d.systems.geodesic import evidence

CLICKS = 8
POINTS = 1500
"""Drawn from each answer."""


def answers(scenes: ProceduralScenes) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Evidence and errors at drawn points after each click of sessions with one object and with all together."""
    segmenter = lasso3d.load("geodesic")
    rng = np.random.default_rng(0)
    for scene, truth in scenes:
        encoding = segmenter.encode(scene)
        every = task_of(scene.xyz, truth, SCAN)
        alone = [every.alone(label) for label in range(1, len(every.objects) + 1)]
        for task in [every, *alone]:
            clicks, seen = [], np.zeros(len(task.voxel_xyz), np.int32)
            for _ in range(CLICKS):
                regions = error_regions(task.voxel_xyz, task.truth[task.representative], seen, rule="agile3d")
                wanted = [click_in(r, task.voxel_xyz, habit="centre", reach=0, rng=rng) for r in regions]
                clicks += [Click(task.voxel_xyz[c.voxel], c.label) for c in wanted[: None if not clicks else 1]]
                if not clicks:
                    break
                prompt = Clicks(clicks)
                predicted = object_of_point(segmenter.segment(encoding, prompt))
                seen = predicted[task.representative]
                drawn = rng.integers(0, len(scene), POINTS)
                label, cost = segmenter.two_nearest(encoding, prompt)
                known = evidence(label, cost, prompt)[encoding.voxels.of_point[drawn]]
                yield known, predicted[drawn] != task.truth[drawn]


def fit(known: np.ndarray, wrong: np.ndarray) -> np.ndarray:
    """Logistic regression with a trace of ridge, so that the optimum is unique."""

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        odds = known @ weights
        error = 1 / (1 + np.exp(-odds)) - wrong
        return (
            float(np.mean(np.logaddexp(0, odds) - wrong * odds) + 1e-6 * weights @ weights),
            known.T @ error / len(known) + 2e-6 * weights,
        )

    return minimize(loss, np.zeros(known.shape[1]), jac=True, method="BFGS").x


def gathered(seed: int, count: int) -> tuple[np.ndarray, np.ndarray]:
    pairs = list(answers(ProceduralScenes("tabletops", count, seed=seed)))
    return np.concatenate([k for k, _ in pairs]).astype(np.float64), np.concatenate([w for _, w in pairs])


def main() -> None:
    weights = fit(*gathered(10_000_000, 48))
    print("DOUBT =", tuple(np.round(weights, 2).tolist()))
    known, wrong = gathered(10_100_000, 24)
    uncertainty = (1 / (1 + np.exp(-(known @ weights)))).astype(np.float32)
    doubted = uncertainty > 0.5
    print(f"on other scenes: error AUROC {error_auroc(uncertainty, wrong):.3f}", end="  ")
    print(f"ECE {100 * ece(uncertainty, wrong):.2f} %", end="  ")
    print(f"{100 * doubted.mean():.2f} % above 0.5, of which {100 * wrong[doubted].mean():.0f} % are wrong")


if __name__ == "__main__":
    main()
