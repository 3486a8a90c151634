"""How likely a label is wrong: a logistic form over what an answer knows of itself, fitted on generated scenes."""

from dataclasses import dataclass
from math import log

import numpy as np
from jaxtyping import Bool, Float32, Float64

from lasso3d.geometry.nearest_of import distance_to_nearest_of
from lasso3d.metrics.logistic import fit_logistic
from lasso3d.systems.npiseg3d.inputs import ClickArrays

CUES = ("doubt", "entropy", "spread", "object", "clicks", "doubt x clicks", "doubt x object", "path", "distance")
SURE = 12.0
"""Log odds are cut off here: f32 probabilities say no more."""
FAR = 100.0
"""Voxels."""
RIDGE = 1e-6
"""Per observation; keeps coefficients finite where a cue never varies."""


@dataclass(frozen=True)
class ErrorModel:
    """Coefficients of the cues; the default is 1 - max p."""

    intercept: float = 0.0
    weights: tuple[float, ...] = (1.0, *([0.0] * (len(CUES) - 1)))
    """One per cue, in the order of `CUES`."""

    def __post_init__(self) -> None:
        if len(self.weights) != len(CUES):
            raise ValueError(
                f"expected {len(CUES)} weights, one for each of {', '.join(CUES)}; found {len(self.weights)}"
            )

    def __call__(self, cues: Float32[np.ndarray, "t c"]) -> Float32[np.ndarray, " t"]:
        """Probability that each label is wrong."""
        odds = self.intercept + cues.astype(np.float64) @ np.array(self.weights)
        return (1 / (1 + np.exp(-odds))).astype(np.float32)


def error_cues(
    probability: Float32[np.ndarray, "m1 t"],
    spread: Float32[np.ndarray, " t"],
    clicks: ClickArrays,
    place: Float32[np.ndarray, "t 3"],
) -> Float32[np.ndarray, "t c"]:
    """What an answer knows of itself at every voxel, by `CUES`.

    Args:
        probability: of every row, background last.
        spread: standard deviation over the samples of the probability of the label given.
        place: in voxels.
    """
    m1, t = probability.shape
    label = probability.argmax(axis=0)
    wrong = (1 - probability.max(axis=0)).clip(1e-6, 1 - 1e-6)
    doubt = np.log(wrong / (1 - wrong)).clip(-SURE, SURE)
    entropy = -(probability * np.log(probability.clip(1e-12))).sum(axis=0) / log(m1)
    of_object = (label < m1 - 1).astype(np.float32)
    many = np.full(t, log(max(len(clicks.token), 1) / (m1 - 1)), np.float32)
    path = np.zeros(t, np.float32) if clicks.own is None else clicks.own[label, np.arange(t)]
    apart = distance_to_nearest_of(place, clicks.token, at_most=FAR)
    columns = (doubt, entropy, spread, of_object, many, doubt * many, doubt * of_object, path / 6, apart / FAR)
    return np.stack(columns, axis=1).astype(np.float32)


def fit_errors(
    cues: Float32[np.ndarray, "n c"], wrong: Bool[np.ndarray, " n"], weight: Float64[np.ndarray, " n"]
) -> ErrorModel:
    """Maximum likelihood, pulled a little towards no cue at all."""
    prior = np.zeros(1 + cues.shape[1])
    intercept, *weights = fit_logistic(cues, wrong, weight, prior=prior, ridge=RIDGE).tolist()
    return ErrorModel(intercept, tuple(weights))
