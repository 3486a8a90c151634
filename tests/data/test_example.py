import numpy as np
import pytest

from lasso3d.core.scene import Scene
from lasso3d.data.example import Example, ReadOnAccess, Truth, colourless


def ids(*values):
    return np.array(values, np.int32)


def test_a_truth_is_frozen_and_does_not_share_memory():
    given = ids(1, -1, 4)
    truth = Truth(given, semantic=ids(0, -1, 1), class_names=("chair", "table"))
    given[0] = 9
    assert truth.instance.tolist() == [1, -1, 4]
    with pytest.raises(ValueError, match="read-only"):
        truth.instance[0] = 2


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"instance": ids(0, 1)}, "instance ids must be above 0, or -1"),
        ({"instance": ids(-2, 1)}, "instance ids must be above 0, or -1"),
        (
            {"instance": ids(1, 2), "semantic": ids(0, 2), "class_names": ("a", "b")},
            "semantic must be -1 to 1, found 0 to 2",
        ),
        (
            {"instance": ids(1, 2), "part": ids(0, -2), "part_names": ("leg",)},
            "part must be -1 to 0, found -2 to 0",
        ),
    ],
)
def test_a_truth_that_contradicts_itself_is_refused(arguments, text):
    with pytest.raises(ValueError, match=text):
        Truth(**arguments)


def test_labels_of_another_length_are_refused():
    # with shape checks on, they notice first
    with pytest.raises((ValueError, TypeError), match="semantic"):
        Truth(ids(1, 2), semantic=ids(0), class_names=("chair",))


def test_an_example_unpacks():
    scene, truth = Example(Scene(np.zeros((1, 3), np.float32)), Truth(ids(1)))
    assert isinstance(scene, Scene)
    assert isinstance(truth, Truth)


def test_examples_are_read_when_asked_for_and_slices_read_nothing():
    asked = []

    def read(source):
        asked.append(source)
        return Example(Scene(np.zeros((1, 3), np.float32), name=source), Truth(ids(1)))

    examples = ReadOnAccess(["a", "b", "c"], read)
    last = examples[1:]
    assert (len(examples), len(last), asked) == (3, 2, [])
    assert (last[0].scene.name, examples[-1].scene.name) == ("b", "c")
    assert [scene.name for scene, _ in examples] == ["a", "b", "c"]
    with pytest.raises(IndexError):
        examples[3]


def test_a_colourless_scan_keeps_everything_else():
    scene = Scene(np.ones((1, 3)), rgb=np.full((1, 3), 7), origin=(1, 2, 3), name="room")
    (bare, truth), *more = colourless([Example(scene, Truth(ids(1)))])
    assert more == []
    assert bare.rgb is None
    assert (bare.name, bare.xyz.tolist(), bare.origin.tolist()) == ("room", [[1, 1, 1]], [1, 2, 3])
    assert truth.instance.tolist() == [1]
