import numpy as np
import pytest

from lasso3d.metrics.logistic import fit_logistic


def drawn(beta, n=20_000, seed=0):
    rng = np.random.default_rng(seed)
    cues = rng.standard_normal((n, len(beta) - 1)).astype(np.float32)
    odds = beta[0] + cues @ np.array(beta[1:])
    return cues, rng.random(n) < 1 / (1 + np.exp(-odds))


def test_coefficients_of_drawn_events_are_found_again():
    cues, event = drawn([-0.5, 1.5, -2.0])
    found = fit_logistic(cues, event, np.ones(len(cues)), prior=np.zeros(3), ridge=1e-6)
    np.testing.assert_allclose(found, [-0.5, 1.5, -2.0], atol=0.1)


def test_weights_count_as_repetitions():
    cues, event = drawn([0.0, 1.0], n=300)
    weight = np.random.default_rng(1).integers(1, 4, 300)
    repeated = np.repeat(np.arange(300), weight)
    once = fit_logistic(cues, event, weight.astype(np.float64), prior=np.zeros(2), ridge=1e-6)
    again = fit_logistic(cues[repeated], event[repeated], np.ones(len(repeated)), prior=np.zeros(2), ridge=1e-6)
    np.testing.assert_allclose(once, again, atol=1e-6)


def test_a_cue_that_never_varies_keeps_its_prior():
    cues, event = drawn([0.3, 1.0])
    still = np.concatenate([cues, np.zeros((len(cues), 1), np.float32)], axis=1)
    found = fit_logistic(still, event, np.ones(len(cues)), prior=np.array([0.0, 0.0, 0.7]), ridge=1e-6)
    assert found[2] == pytest.approx(0.7)


def test_answers_far_surer_than_they_should_be_do_not_make_it_diverge():
    rng = np.random.default_rng(0)
    cues = rng.choice([-12.0, 12.0], (4000, 1)).astype(np.float32)
    event = rng.random(4000) < np.where(cues[:, 0] > 0, 0.6, 0.4)
    found = fit_logistic(cues, event, np.ones(4000), prior=np.array([0.0, 1.0]), ridge=1e-6)
    assert 1 / (1 + np.exp(-(found[0] + 12 * found[1]))) == pytest.approx(0.6, abs=0.03)
