"""How likely a label is wrong: for each kind of prompt a logistic form over what an answer knows of itself."""

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from jaxtyping import Bool, Float32, Float64, Int64

from lasso3d.metrics.logistic import fit_logistic

Kind = Literal["semantic", "instance", "panoptic", "clicks", "sentence"]
CUES = ("doubt", "rival", "object", "doubt x object", "score")
"""Log odds that the label is wrong by its own probability, and those of the next best label; whether the label is a
row, and the score of that row."""
SURE = 12.0
"""Log odds are cut off here: f32 probabilities say no more."""
RIDGE = 1e-4
"""Per observation; keeps coefficients finite where a cue never varies or is a copy of another."""


@dataclass(frozen=True)
class ErrorModel:
    """Coefficients of the cues; the default is 1 minus the probability of the label given."""

    intercept: float = 0.0
    weights: tuple[float, ...] = (1.0, *([0.0] * (len(CUES) - 1)))
    """One per cue, in the order of `CUES`."""

    def __post_init__(self) -> None:
        if len(self.weights) != len(CUES):
            cues = ", ".join(CUES)
            raise ValueError(f"expected {len(CUES)} weights, one for each of {cues}; found {len(self.weights)}")

    def __call__(self, cues: Float32[np.ndarray, "t c"]) -> Float32[np.ndarray, " t"]:
        """Probability that each label is wrong."""
        odds = self.intercept + cues.astype(np.float64) @ np.array(self.weights)
        return (1 / (1 + np.exp(-odds.clip(-30, 30)))).astype(np.float32)


@dataclass(frozen=True)
class ErrorModels:
    """One for each kind of prompt, as a card holds them."""

    semantic: ErrorModel = field(default_factory=ErrorModel)
    instance: ErrorModel = field(default_factory=ErrorModel)
    panoptic: ErrorModel = field(default_factory=ErrorModel)
    clicks: ErrorModel = field(default_factory=ErrorModel)
    sentence: ErrorModel = field(default_factory=ErrorModel)

    def of(self, kind: Kind) -> ErrorModel:
        """That of one kind."""
        model: ErrorModel = getattr(self, kind)
        return model


def error_cues(
    probability: Float32[np.ndarray, "m t"],
    label: Int64[np.ndarray, " t"],
    score: Float32[np.ndarray, " m"],
    *,
    exclusive: bool,
) -> Float32[np.ndarray, "t c"]:
    """What an answer knows of itself at every token, by `CUES`.

    Args:
        probability: of the rows of the answer.
        label: the row that the answer gives each token, -1 = none.
        exclusive: whether columns sum to at most 1, the rest being "none"; else a token has none of the rows with
            one minus the largest probability.
    """
    held = probability.sum(axis=0) if exclusive else probability.max(axis=0, initial=0)
    every = np.concatenate([probability, (1 - held)[None]])
    given, at = np.where(label < 0, len(probability), label), np.arange(probability.shape[1])
    right = every[given, at].astype(np.float64)
    every[given, at] = -1
    of_row = (label >= 0).astype(np.float64)
    doubt, rival = log_odds(1 - right), log_odds(every.max(axis=0).astype(np.float64))
    said = np.append(score, 0)[given]
    return np.stack([doubt, rival, of_row, doubt * of_row, said], axis=1).astype(np.float32)


def log_odds(p: Float64[np.ndarray, " t"]) -> Float64[np.ndarray, " t"]:
    """Cut off where f32 knows no more."""
    p = p.clip(1e-6, 1 - 1e-6)
    return np.log(p / (1 - p)).clip(-SURE, SURE)


def fit_errors(
    cues: Float32[np.ndarray, "n c"], wrong: Bool[np.ndarray, " n"], weight: Float64[np.ndarray, " n"]
) -> ErrorModel:
    """Maximum likelihood, pulled towards the default."""
    default = ErrorModel()
    prior = np.array([default.intercept, *default.weights])
    intercept, *weights = fit_logistic(cues, wrong, weight, prior=prior, ridge=RIDGE).tolist()
    return ErrorModel(intercept, tuple(weights))
