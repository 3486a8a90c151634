"""Does the uncertainty know what is wrong? Figures over (uncertainty, wrong), one pair per point.

`uncertainty` is the estimated probability that a point's label is wrong, `wrong` whether it is. Points of equal
uncertainty are never told apart: every ranking figure is its expectation over their order. Figures that need both
right and wrong points are NaN without them.
"""

import numpy as np
from jaxtyping import Bool, Float, Float64

BINS = 15
"""Guo et al., On Calibration of Modern Neural Networks, ICML 2017."""


def error_auroc(uncertainty: Float[np.ndarray, " n"], wrong: Bool[np.ndarray, " n"]) -> float:
    """Probability that a wrong point is more uncertain than a right one; ties count half (Mann, Whitney 1947)."""
    count, errors = _descending(uncertainty, wrong)
    bad, good = errors.sum(), (count - errors).sum()
    if not bad or not good:
        return float("nan")
    right_below = good - np.cumsum(count - errors) + 0.5 * (count - errors)
    return float((errors * right_below).sum() / (bad * good))


def error_aupr(uncertainty: Float[np.ndarray, " n"], wrong: Bool[np.ndarray, " n"]) -> float:
    """Average precision of finding wrong points by uncertainty: precision times gain in recall, over thresholds.

    No interpolation in between (Davis and Goadrich, ICML 2006). By chance it equals the share of wrong points.
    """
    count, errors = _descending(uncertainty, wrong)
    if not errors.sum():
        return float("nan")
    precision = np.cumsum(errors) / np.cumsum(count)
    return float((precision * errors).sum() / errors.sum())


def reliability(
    uncertainty: Float[np.ndarray, " n"], wrong: Bool[np.ndarray, " n"], *, bins: int = BINS
) -> Float64[np.ndarray, "3 bins"]:
    """Per bin of equal width over 0 to 1: points, sum of uncertainty, wrong points. Tables of answers add up."""
    value = uncertainty.astype(np.float64)
    of_point = np.minimum((value * bins).astype(np.int64), bins - 1)
    columns = (np.ones(len(value)), value, wrong.astype(np.float64))
    return np.stack([np.bincount(of_point, weights=column, minlength=bins) for column in columns])


def calibration_error(table: Float64[np.ndarray, "3 bins"]) -> float:
    """ECE of a table: |mean uncertainty - share wrong| of each bin, weighted by its points (Guo et al. 2017)."""
    points, uncertainty, wrong = table
    return float(np.abs(uncertainty - wrong).sum() / points.sum())


def ece(uncertainty: Float[np.ndarray, " n"], wrong: Bool[np.ndarray, " n"], *, bins: int = BINS) -> float:
    """Expected calibration error with bins of equal width; confidence is 1 - uncertainty."""
    return calibration_error(reliability(uncertainty, wrong, bins=bins))


def brier(uncertainty: Float[np.ndarray, " n"], wrong: Bool[np.ndarray, " n"]) -> float:
    """Mean squared difference between uncertainty and 0 or 1 for right or wrong (Brier, 1950)."""
    return float(((uncertainty.astype(np.float64) - wrong) ** 2).mean())


def aurc(uncertainty: Float[np.ndarray, " n"], wrong: Bool[np.ndarray, " n"]) -> float:
    """Area under the risk-coverage curve: share wrong among the i surest points, mean over i = 1 to n.

    Geifman et al., Bias-Reduced Uncertainty Estimation, ICLR 2019. Lower is better; the best possible depends on
    how much is wrong.
    """
    return float((_risk(uncertainty, wrong)).mean())


def ause(uncertainty: Float[np.ndarray, " n"], wrong: Bool[np.ndarray, " n"]) -> float:
    """Area between the sparsification curve and the oracle's, both divided by the share of points that is wrong.

    Sparsification removes the most uncertain points first, the oracle wrong points first; the curve is the error
    left, 0/1 per point (Ilg et al., ECCV 2018, start it at 1 too). Before that division this is E-AURC.
    """
    if not wrong.any():
        return float("nan")
    oracle = _risk(wrong.astype(np.float64), wrong)
    return float((_risk(uncertainty, wrong) - oracle).mean() / wrong.mean())


def _descending(
    uncertainty: Float[np.ndarray, " n"], wrong: Bool[np.ndarray, " n"]
) -> tuple[Float64[np.ndarray, " v"], Float64[np.ndarray, " v"]]:
    """Points and wrong points at each distinct uncertainty, most uncertain first."""
    order = np.argsort(-uncertainty, kind="stable")
    borders = np.flatnonzero(np.diff(uncertainty[order])) + 1
    start = np.concatenate([[0], borders])
    count = np.diff(np.append(start, len(order)))
    errors = np.add.reduceat(wrong[order].astype(np.float64), start)
    return count.astype(np.float64), errors


def _risk(uncertainty: Float[np.ndarray, " n"], wrong: Bool[np.ndarray, " n"]) -> Float64[np.ndarray, " n"]:
    """Expected share wrong among the i surest points, i = 1 to n."""
    count, errors = (values[::-1] for values in _descending(uncertainty, wrong))
    # within a group of equals, wrong points are expected to come evenly
    return np.cumsum(np.repeat(errors / count, count.astype(np.int64))) / np.arange(1, len(wrong) + 1)
