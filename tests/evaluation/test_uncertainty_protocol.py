"""The uncertainty protocol, judged with systems whose estimate is known to be right or wrong."""

from dataclasses import replace

import numpy as np
import pytest

from lasso3d.core.prompts import Click, Clicks
from lasso3d.core.segmentation import Segmentation
from lasso3d.evaluation.sessions import SCAN
from lasso3d.evaluation.uncertainty import entropy, evaluate_uncertainty, one_minus_max
from lasso3d.metrics.calibration import aurc, brier, ece, error_auroc


def test_a_system_that_knows_its_errors_is_told_so(examples, oracle):
    """It misses object 6 and says so; the sessions of the other objects end with the first click."""
    report = evaluate_uncertainty(oracle(lambda truth: truth == 6), examples)
    for k in (1, 3, 5, 10):
        assert report.figure(f"AUROC@{k}") == 1
        assert report.figure(f"AUPR@{k}") == 1
        assert report.figure(f"AUSE@{k}") == pytest.approx(0, abs=1e-12)
        assert report.figure(f"suggestions made@{k}") == 1
    assert report.figure("suggestion hits@3") == 1
    assert report.figure("ECE@3") == pytest.approx(0.1, abs=1e-6)


def test_a_system_that_fears_for_nothing_is_told_so_too(examples, oracle):
    """Where objects 3 and 9 are asked for, the points of 6 are right and feared for: 0.9 against 0."""
    report = evaluate_uncertainty(oracle(lambda truth: truth == 6), examples)
    feared = np.mean([np.mean(truth.instance == 6) for _, truth in examples])
    assert report.figure("ECE@1") == pytest.approx(0.1 + 0.8 * feared * 2 / 3, abs=1e-6)
    assert report.figure("suggestion hits@1") == pytest.approx(1 / 3)


def test_the_figures_are_those_of_the_answers_themselves(examples, nearest):
    example, segmenter = examples[0], nearest()
    prompts = []
    watching = nearest(watch=lambda scene, prompt, previous: prompts.append(prompt))
    report = evaluate_uncertainty(watching, [example], protocol=replace(SCAN, objects=1, clicks=3))
    assert [len(prompt.clicks) for prompt in prompts] == [1, 2, 3]
    for k in (1, 3):
        answer = segmenter.segment(segmenter.encode(example.scene), prompts[k - 1])
        wrong = answer.mask(0) != (example.truth.instance == 3)
        for name, measure in (("AUROC", error_auroc), ("ECE", ece), ("Brier", brier), ("AURC", aurc)):
            assert report.figure(f"{name}@{k}") == pytest.approx(measure(answer.point_uncertainty(), wrong))
            trivial = one_minus_max(answer)[answer.of_point]
            assert report.figure(f"{name}@{k} (1 - max p)") == pytest.approx(measure(trivial, wrong))
        assert report.figure(f"ECE@{k} pooled") == pytest.approx(report.figure(f"ECE@{k}"))


def test_1_minus_max_p_and_entropy_count_none_of_them_as_an_alternative():
    rows = np.array([[0.5, 0.2, 0, 1], [0.25, 0.2, 0, 0]], np.float32)
    ones, four = np.ones(2, np.float32), np.zeros(4, np.float32)
    answer = Segmentation(rows, np.arange(4, dtype=np.int32), (1, 2), ones, four, exclusive=True)
    np.testing.assert_allclose(one_minus_max(answer), [0.5, 0.4, 0, 0], atol=1e-6)
    p = np.array([[0.5, 0.25, 0.25], [0.2, 0.2, 0.6]])
    expected = -(p * np.log(p)).sum(1) / np.log(3)
    np.testing.assert_allclose(entropy(answer), [*expected, 0, 0], atol=1e-6)


def test_the_epistemic_part_is_judged_where_a_system_tells_it_apart(examples, oracle):
    def knowing(truth):
        return truth == 6

    plain = evaluate_uncertainty(oracle(knowing), examples[:1])
    assert not [figure for figure in plain.figures if "epistemic" in figure.name]
    telling = evaluate_uncertainty(replace(oracle(knowing), epistemic=True), examples[:1])
    assert telling.figure("Brier@1 (epistemic)") == pytest.approx(telling.figure("Brier@1"))


def test_rows_repeat_for_the_same_seed(examples, nearest):
    one, two = (evaluate_uncertainty(nearest(), examples[:1]) for _ in range(2))
    assert replace(one, seconds=()).to_json() == replace(two, seconds=()).to_json()
    assert {dict(row.values)["clicks"] for row in one.rows} == {1, 3, 5, 10}


def test_a_finished_session_is_judged_no_further(examples, oracle):
    report = evaluate_uncertainty(oracle(), examples)
    assert {dict(row.values)["clicks"] for row in report.rows} == {1}
    assert np.isnan(report.figure("AUROC@1"))


def test_the_prompt_reaches_the_system_as_clicks_on_object_one(examples, nearest):
    seen = []
    watching = nearest(watch=lambda scene, prompt, previous: seen.append(prompt))
    evaluate_uncertainty(watching, examples[:1], protocol=replace(SCAN, objects=1, clicks=1))
    (prompt,) = seen
    assert isinstance(prompt, Clicks)
    assert prompt.objects == (1,)
    at = np.array(prompt.clicks[0].xyz, np.float32)
    scene, truth = examples[0]
    assert truth.instance[(scene.xyz == at).all(1)].tolist() == [3]
    assert prompt.clicks[0] == Click(tuple(at.tolist()), 1)
