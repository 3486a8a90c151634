import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lasso3d import Segmentation


def exclusive(probability, of_point=None, **changes):
    probability = np.asarray(probability, np.float32)
    m, t = probability.shape
    values = {
        "of_point": np.arange(t, dtype=np.int32) if of_point is None else np.asarray(of_point, np.int32),
        "labels": tuple(range(1, m + 1)),
        "score": np.ones(m),
        "uncertainty": np.linspace(0, 1, t),
        "exclusive": True,
    }
    return Segmentation(probability, **(values | changes))


def test_an_exclusive_answer_shares_the_points_out():
    answer = exclusive([[0.6, 0.3, 0.1, 0.4], [0.1, 0.5, 0.2, 0.4]], of_point=[0, 0, 1, 2, 3])
    assert answer.label_of_point().tolist() == [0, 0, 1, -1, 0]
    assert answer.mask(0).tolist() == [True, True, False, False, True]
    assert answer.mask(1).tolist() == [False, False, True, False, False]
    assert answer.union().tolist() == [True, True, True, False, True]
    assert answer.runner_up_of_point().tolist() == [-1, -1, 0, 1, 1]
    np.testing.assert_allclose(answer.point_uncertainty(), [0, 0, 1 / 3, 2 / 3, 1])


def test_independent_rows_hold_from_one_half_and_the_strongest_labels_the_point():
    answer = exclusive(
        [[0.9, 0.5, 0.49], [0.8, 0.9, 0.2]], labels=("chair", "sofa"), score=np.array([0.5, 0.9]), exclusive=False
    )
    assert answer.mask(0).tolist() == [True, True, False]
    assert answer.mask(1).tolist() == [True, True, False]
    assert answer.label_of_point().tolist() == [1, 1, -1]
    assert answer.union().tolist() == [True, True, False]


def test_no_rows_is_an_answer():
    for kind in (True, False):
        answer = exclusive(np.zeros((0, 3)), exclusive=kind)
        assert answer.probability.shape == (0, 3)
        assert answer.label_of_point().tolist() == [-1, -1, -1]
        assert not answer.union().any()
        with pytest.raises(IndexError):
            answer.mask(0)


@given(st.integers(65, 200), st.integers(1, 40), st.booleans(), st.integers(0, 1000))
def test_above_64_rows_storage_keeps_the_strongest_and_methods_hide_it(m, t, shared, seed):
    rng = np.random.default_rng(seed)
    probability = rng.dirichlet(np.full(m + 1, 0.05), size=t)[:, :m].T
    if not shared:
        probability = np.where(rng.random((m, t)) < 6 / m, rng.random((m, t)), 0.01)
        probability[np.argsort(probability, axis=0)[:-8], np.arange(t)] = 0
    answer = exclusive(probability, exclusive=shared, score=rng.random(m))
    few = [exclusive(probability[:64], score=answer.score[:64], labels=tuple(range(64)), exclusive=shared)]
    assert answer.probability.shape == (m, t)
    assert answer.stored.shape == (8, t)
    assert few[0].stored.shape == (64, t)
    dense = np.asarray(probability, np.float32)
    none = 1 - dense.sum(0)
    if shared:
        expected = np.where(none > dense.max(0), -1, dense.argmax(0))
    else:
        strength = np.where(dense >= 0.5, answer.score[:, None] * dense, -1)
        expected = np.where((dense >= 0.5).any(0), strength.argmax(0), -1)
    np.testing.assert_array_equal(answer.label_of_point(), expected)
    for row in range(0, m, 17):
        wanted = expected == row if shared else dense[row] >= 0.5
        np.testing.assert_array_equal(answer.mask(row), wanted)
    np.testing.assert_array_equal(answer.union(), expected >= 0)


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"labels": (1,)}, r"\[1 2\]"),
        ({"score": np.ones(3)}, "score"),
        ({"of_point": np.array([0, 2], np.int32)}, "of_point"),
        ({"uncertainty": np.array([0, 1.5])}, "uncertainty"),
        ({"epistemic": np.array([0.0, np.nan])}, "epistemic"),
    ],
)
def test_inconsistent_answers_are_refused(changes, word):
    with pytest.raises(ValueError, match=word):
        exclusive([[0.5, 0.5], [0.2, 0.1]], **changes)


def test_an_exclusive_answer_cannot_hand_out_more_than_the_point():
    with pytest.raises(ValueError, match="sum to at most 1"):
        exclusive([[0.7], [0.7]])
    with pytest.raises(ValueError, match="between 0 and 1"):
        exclusive([[1.5]])


def test_half_precision_is_kept():
    assert exclusive([[0.5]]).probability.dtype == np.float32
    half = Segmentation(
        np.full((1, 2), 0.5, np.float16), np.zeros(3, np.int32), (1,), np.ones(1), np.zeros(2), exclusive=True
    )
    assert half.probability.dtype == np.float16
    assert half.mask(0).all()
