"""Each figure against a plain twin that follows its definition point by point."""

import numpy as np
import pytest

from lasso3d.metrics.calibration import (
    aurc,
    ause,
    brier,
    calibration_error,
    ece,
    error_aupr,
    error_auroc,
    reliability,
)


def plain_auroc(u, wrong):
    pairs = [(a > b) + 0.5 * (a == b) for a in u[wrong] for b in u[~wrong]]
    return np.mean(pairs)


def plain_aupr(u, wrong):
    area, recall = 0.0, 0.0
    for threshold in sorted(set(u.tolist()), reverse=True):
        taken = u >= threshold
        now = wrong[taken].sum() / wrong.sum()
        area += (now - recall) * wrong[taken].mean()
        recall = now
    return area


def plain_ece(u, wrong):
    confidence, total = 1 - u, 0.0
    for low in np.arange(15) / 15:
        inside = (confidence > low) & (confidence <= low + 1 / 15)
        if low == 0:
            inside |= confidence == 0
        if inside.any():
            total += inside.mean() * abs(confidence[inside].mean() - (~wrong[inside]).mean())
    return total


def plain_risks(u, wrong, rng):
    """Share wrong among the i surest, averaged over random orders of equals."""
    curves = []
    for _ in range(4000):
        order = np.lexsort((rng.random(len(u)), u))
        curves.append(np.cumsum(wrong[order]) / np.arange(1, len(u) + 1))
    return np.mean(curves, axis=0)


def plain_ause(u, wrong, rng):
    """Remove the worst point again and again; by uncertainty, and by whether it is wrong."""
    curve = plain_risks(u, wrong, rng)[::-1] / wrong.mean()
    left = np.arange(len(u), 0, -1)
    oracle = np.array([max(wrong.sum() - removed, 0) for removed in range(len(u))]) / left / wrong.mean()
    return (curve - oracle).mean()


def sample(seed, *, levels=None):
    rng = np.random.default_rng(seed)
    u = rng.random(120)
    u = u if levels is None else np.round(u * levels) / levels
    wrong = rng.random(120) < 0.2 + 0.6 * u
    return u.astype(np.float32), wrong


SAMPLES = [sample(seed, levels=levels) for seed in range(5) for levels in (None, 4)]


@pytest.mark.parametrize(("u", "wrong"), SAMPLES)
def test_auroc_and_aupr_match_their_plain_twins_with_and_without_ties(u, wrong):
    assert error_auroc(u, wrong) == pytest.approx(plain_auroc(u, wrong), abs=1e-12)
    assert error_aupr(u, wrong) == pytest.approx(plain_aupr(u, wrong), abs=1e-12)


@pytest.mark.parametrize(("u", "wrong"), SAMPLES)
def test_ece_and_brier_match_their_plain_twins(u, wrong):
    assert ece(u, wrong) == pytest.approx(plain_ece(u.astype(np.float64), wrong), abs=1e-6)
    assert brier(u, wrong) == pytest.approx(
        np.mean([(a - b) ** 2 for a, b in zip(u, wrong, strict=True)]), abs=1e-6
    )


@pytest.mark.parametrize(("u", "wrong"), SAMPLES[:4])
def test_aurc_and_ause_match_their_plain_twins_with_and_without_ties(u, wrong):
    rng = np.random.default_rng(1)
    tolerance = 1e-12 if len(set(u.tolist())) == len(u) else 5e-3
    assert aurc(u, wrong) == pytest.approx(plain_risks(u, wrong, rng).mean(), abs=tolerance)
    assert ause(u, wrong) == pytest.approx(plain_ause(u, wrong, rng), abs=tolerance)


def test_a_perfect_estimate_scores_perfectly():
    wrong = np.array([0, 1, 0, 1, 1], bool)
    u = wrong.astype(np.float32)
    assert (error_auroc(u, wrong), error_aupr(u, wrong), ece(u, wrong), brier(u, wrong), ause(u, wrong)) == (
        1,
        1,
        0,
        0,
        0,
    )


def test_the_order_of_points_does_not_matter():
    u, wrong = sample(0, levels=3)
    order = np.random.default_rng(0).permutation(len(u))
    for measure in (error_auroc, error_aupr, ece, brier, aurc, ause):
        assert measure(u, wrong) == pytest.approx(measure(u[order], wrong[order]), abs=1e-12)


@pytest.mark.parametrize("wrong", [np.zeros(4, bool), np.ones(4, bool)])
def test_ranking_is_undefined_without_both_kinds(wrong):
    u = np.linspace(0, 1, 4, dtype=np.float32)
    assert np.isnan(error_auroc(u, wrong))
    assert np.isnan(error_aupr(u, wrong)) == (not wrong.any())
    assert np.isnan(ause(u, wrong)) == (not wrong.any())


def test_reliability_tables_add_up():
    u, wrong = sample(0)
    halves = reliability(u[:50], wrong[:50]) + reliability(u[50:], wrong[50:])
    np.testing.assert_allclose(halves, reliability(u, wrong))
    assert calibration_error(halves) == pytest.approx(ece(u, wrong))
    assert halves[0].sum() == len(u)
