import pickle

import pytest

from lasso3d import LassoError, MissingExtra, OverBudget, ReadError, SceneError


def test_an_error_is_one_line_of_what_where_and_cure():
    error = ReadError("the header\nclaims 10^12 points", "a.ply", "copy it again")
    assert str(error) == "a.ply: the header claims 10^12 points; copy it again"
    assert (error.what, error.where, error.cure) == ("the header\nclaims 10^12 points", "a.ply", "copy it again")
    assert str(LassoError("it broke")) == "it broke"


@pytest.mark.parametrize("kind", [ReadError, SceneError, MissingExtra, OverBudget])
def test_errors_survive_a_process_border(kind):
    again = pickle.loads(pickle.dumps(kind("what", "where", "cure")))
    assert isinstance(again, kind)
    assert str(again) == "where: what; cure"


def test_errors_can_be_caught_by_the_names_python_uses():
    assert issubclass(SceneError, ValueError)
    assert issubclass(MissingExtra, ImportError)
