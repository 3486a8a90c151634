import numpy as np

from lasso3d.metrics.masks import iou, object_ious


def test_iou_is_intersection_over_union():
    assert iou(np.array([1, 1, 0, 0], bool), np.array([0, 1, 1, 0], bool)) == 1 / 3
    assert iou(np.zeros(3, bool), np.zeros(3, bool)) == 1
    assert iou(np.ones(3, bool), np.zeros(3, bool)) == 0


def test_object_ious_are_the_ious_of_each_label():
    rng = np.random.default_rng(0)
    truth, predicted = rng.integers(0, 5, (2, 500)).astype(np.int32)
    expected = [iou(predicted == label, truth == label) for label in range(1, 5)]
    np.testing.assert_array_equal(object_ious(predicted, truth, objects=4), expected)


def test_labels_above_the_objects_asked_for_count_as_misses():
    predicted, truth = np.array([1, 7, 7], np.int32), np.array([1, 1, 0], np.int32)
    assert object_ious(predicted, truth, objects=1).tolist() == [0.5]
