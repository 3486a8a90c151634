"""Logistic regression: how cues become the probability of an event."""

import numpy as np
from jaxtyping import Bool, Float32, Float64

STEPS = 50
"""Of Newton's method at most; it needs about ten."""
SMALLEST_STEP = 1e-8


def fit_logistic(
    cues: Float32[np.ndarray, "n c"],
    event: Bool[np.ndarray, " n"],
    weight: Float64[np.ndarray, " n"],
    *,
    prior: Float64[np.ndarray, " c1"],
    ridge: float,
) -> Float64[np.ndarray, " c1"]:
    """Intercept and weights of the cues, by maximum likelihood (Newton's method), pulled towards `prior`.

    `ridge` is the strength of that pull per observation: it keeps coefficients finite where a cue never varies.
    """
    x = np.concatenate([np.ones((len(cues), 1)), cues.astype(np.float64)], axis=1)
    weight = weight / weight.sum()

    def gain(beta: Float64[np.ndarray, " c1"]) -> float:
        odds = x @ beta
        fit = weight @ (event * odds - np.logaddexp(0, odds))
        return float(fit - ridge / 2 * ((beta - prior) ** 2).sum())

    beta = prior
    for _ in range(STEPS):
        p = 1 / (1 + np.exp(-(x @ beta).clip(-30, 30)))
        gradient = x.T @ (weight * (event - p)) - ridge * (beta - prior)
        curvature = (x * (weight * p * (1 - p))[:, None]).T @ x + ridge * np.eye(len(beta))
        step = np.linalg.solve(curvature, gradient)
        # where answers are surer than they should be the curvature is next to nothing, a whole step far too long
        while gain(beta + step) < gain(beta) and np.abs(step).max() > SMALLEST_STEP:
            step = step / 2
        beta = beta + step
        if np.abs(step).max() < SMALLEST_STEP:
            break
    return beta
