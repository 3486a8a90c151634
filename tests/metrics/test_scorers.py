"""Scorers against their definitions written as loops, and what must not change them."""

import numpy as np
import pytest
import scorer_references as reference
import scorer_scenes as scenes
from hypothesis import given
from hypothesis import strategies as st

from lasso3d.metrics.average_precision import (
    COMMON_THRESHOLDS,
    OFFICIAL_THRESHOLDS,
    average_precision,
    overlaps,
    ranking_precision,
    resampled_precision,
)
from lasso3d.metrics.masks import rounded_to_tokens, segments
from lasso3d.metrics.panoptic import panoptic_counts, panoptic_quality, present
from lasso3d.metrics.parts import PartIou, part_miou, part_precision, rank_parts
from lasso3d.metrics.referring import box_ious, box_of, f1_of_matches, group_of, mask_ious
from lasso3d.metrics.semantic import class_counts, class_ious, confusion, harmonic, mean_over_classes

seeds = st.integers(10_000, 20_000)
THRESHOLDS = (*COMMON_THRESHOLDS, 0.25)


def counted(scan, **changes):
    scan = scan._replace(**changes)
    return overlaps(
        scan.masks,
        scan.kind,
        scan.confidence,
        truth_kind=scan.truth_kind,
        truth_instance=scan.truth_instance,
    )


def ap(scans):
    return average_precision(scans, kinds=scenes.KINDS, thresholds=THRESHOLDS)


# ---- instances


def test_there_are_nine_official_thresholds_and_ten_in_common_use():
    assert (len(OFFICIAL_THRESHOLDS), len(COMMON_THRESHOLDS)) == (9, 10)
    assert COMMON_THRESHOLDS[:9] == OFFICIAL_THRESHOLDS
    np.testing.assert_allclose(COMMON_THRESHOLDS, 0.5 + 0.05 * np.arange(10))


@pytest.mark.parametrize("seed", range(5000, 5004))
def test_ap_is_what_its_definition_says(seed):
    case = scenes.instance_case(seed)
    thresholds = (0.5, OFFICIAL_THRESHOLDS[5], 0.25)
    found = average_precision([counted(scan) for scan in case], kinds=scenes.KINDS, thresholds=thresholds)
    expected = reference.instance_ap(case, scenes.KINDS, thresholds)
    np.testing.assert_allclose(found, expected, atol=1e-12)


def test_ap_by_hand():
    """Two instances, three answers: right at 0.9, wrong at 0.8, right at 0.7."""
    instance = np.repeat([1, 2, 0], 200).astype(np.int32)
    kind = np.where(instance > 0, 0, 1).astype(np.int32)
    masks = np.stack([instance == 1, np.arange(600) >= 480, instance == 2])
    scan = overlaps(
        masks,
        np.zeros(3, np.int64),
        np.array([0.9, 0.8, 0.7]),
        truth_kind=np.where(kind == 0, 0, 1).astype(np.int32),
        truth_instance=np.where(instance > 0, instance, 3).astype(np.int32),
    )
    # precision 1 up to recall 1/2, then 1/2 and 2/3: trapezoids 1/2 * 1 + 1/2 * (1/2 + 2/3) / 2
    np.testing.assert_allclose(average_precision([scan], kinds=2, thresholds=(0.5,))[0], 1 / 2 + 7 / 24)
    assert average_precision([scan], kinds=2, thresholds=(0.5,))[1, 0] == 0, "instances but no answers"


def test_a_prediction_on_void_is_forgiven_and_one_on_another_class_is_not():
    truth_kind = np.repeat([0, -1, 1], 200).astype(np.int32)
    instance = np.repeat([1, 0, 2], 200).astype(np.int32)
    masks = np.stack([instance == 1, truth_kind == -1])
    confidence = np.array([0.5, 0.9])
    kind = np.zeros(2, np.int64)
    void = overlaps(masks, kind, confidence, truth_kind=truth_kind, truth_instance=instance)
    assert average_precision([void], kinds=2, thresholds=(0.5,))[0, 0] == 1
    masks[1] = instance == 2
    other = overlaps(masks, kind, confidence, truth_kind=truth_kind, truth_instance=instance)
    assert average_precision([other], kinds=2, thresholds=(0.5,))[0, 0] < 1


@given(seeds)
def test_points_in_another_order_and_other_instance_names_change_nothing(seed):
    scans = scenes.instance_case(seed)
    rng = np.random.default_rng(seed)
    found = []
    for scan in scans:
        order = rng.permutation(len(scan.truth_kind))
        renamed = np.where(scan.truth_instance > 0, scan.truth_instance * 1000 + 7, 0).astype(np.int32)
        found.append(
            counted(
                scan,
                truth_kind=scan.truth_kind[order],
                truth_instance=renamed[order],
                masks=scan.masks[:, order],
            )
        )
    np.testing.assert_array_equal(ap(found), ap([counted(scan) for scan in scans]))


@given(seeds)
def test_classes_under_other_numbers_have_the_same_ap(seed):
    scans = scenes.instance_case(seed)
    number = np.append(np.random.default_rng(seed).permutation(scenes.KINDS), [scenes.KINDS, -1]).astype(np.int32)
    moved = [
        counted(scan, truth_kind=number[scan.truth_kind], kind=number[scan.kind].astype(np.int64)) for scan in scans
    ]
    np.testing.assert_array_equal(ap(moved)[number[: scenes.KINDS]], ap([counted(scan) for scan in scans]))


@given(seeds)
def test_tokens_of_points_count_like_the_points(seed):
    rng = np.random.default_rng(seed)
    scan = scenes.instance_case(seed)[0]
    tokens = rng.integers(0, 300, len(scan.truth_kind)).astype(np.int32)
    masks = rng.random((12, 300)) < 0.3
    arguments = (np.arange(12, dtype=np.int64) % 4, rng.random(12))
    truth = {"truth_kind": scan.truth_kind, "truth_instance": scan.truth_instance}
    over_tokens = overlaps(masks, *arguments, **truth, of_point=tokens)
    over_points = overlaps(masks[:, tokens], *arguments, **truth)
    for name in ("points", "void", "shared"):
        np.testing.assert_array_equal(getattr(over_tokens, name), getattr(over_points, name))


def test_a_scan_drawn_twice_counts_like_two_scans():
    case = [counted(scan) for seed in range(7000, 7003) for scan in scenes.instance_case(seed)]
    weights = np.random.default_rng(0).integers(0, 3, (4, len(case))).astype(np.float64)
    found = resampled_precision(case, weights, kinds=scenes.KINDS, thresholds=(0.5,))
    for row, table in zip(weights, found, strict=True):
        repeated = [scan for scan, times in zip(case, row, strict=True) for _ in range(int(times))]
        expected = average_precision(repeated, kinds=scenes.KINDS, thresholds=(0.5,))
        np.testing.assert_allclose(table, expected, atol=1e-12)


def test_a_better_answer_never_ranks_lower():
    right = np.array([False, True, True])
    assert ranking_precision(right, np.array([0.1, 0.8, 0.9])) > ranking_precision(right, np.array([0.9, 0.8, 0.1]))
    assert ranking_precision(np.ones(5, bool), np.ones(5)) == 1
    assert ranking_precision(np.zeros(5, bool), np.ones(5)) == 0
    assert ranking_precision(np.ones(2, bool), np.ones(2), truths=4) == 0.5


# ---- classes and panoptic maps


@pytest.mark.parametrize("seed", range(5000, 5005))
def test_class_iou_is_what_its_definition_says(seed):
    (scan, *_) = scenes.semantic_case(seed)
    found = class_ious(class_counts(confusion(scan.truth, scan.answer, classes=scenes.CLASSES)))
    expected = reference.class_iou(scan.truth, scan.answer, scenes.CLASSES)
    np.testing.assert_allclose(found, expected, atol=1e-12)
    np.testing.assert_allclose(mean_over_classes(found), np.nanmean(expected))


def test_no_answer_is_a_miss_and_no_false_positive():
    truth, answer = np.array([0, 0, 1, -1], np.int32), np.array([0, -1, 5, 1], np.int32)
    ious = class_ious(class_counts(confusion(truth, answer, classes=3)))
    np.testing.assert_array_equal(ious, [0.5, 0, np.nan])
    forgiven = class_ious(class_counts(confusion(truth, answer, classes=3), forgive_none=True))
    np.testing.assert_array_equal(forgiven, [1, np.nan, np.nan])
    assert np.isnan(mean_over_classes(np.full(3, np.nan)))


def test_the_harmonic_mean_is_zero_where_one_side_is():
    assert harmonic(0.5, 0.5) == 0.5
    assert harmonic(1.0, 0.0) == harmonic(0.0, 0.0) == 0
    assert np.isnan(harmonic(np.nan, 1.0))


@pytest.mark.parametrize("seed", range(5000, 5010))
def test_panoptic_quality_is_what_its_definition_says(seed):
    case = scenes.panoptic_case(seed)
    each = [panoptic_counts(*scan, kinds=scenes.CLASSES) for scan in case]
    total = type(each[0])(*(sum(values) for values in zip(*each, strict=True)))
    for found, expected in zip(panoptic_quality(total), reference.panoptic(case, scenes.CLASSES), strict=True):
        np.testing.assert_allclose(found, expected, atol=1e-12)


@given(seeds)
def test_a_panoptic_map_of_the_truth_itself_is_perfect(seed):
    truth_kind, truth_segment, _, _ = scenes.panoptic_case(seed)[0]
    renamed = (truth_segment * 3 + 1).astype(np.int32)
    counts = panoptic_counts(truth_kind, truth_segment, truth_kind, renamed, kinds=scenes.CLASSES)
    np.testing.assert_array_equal(panoptic_quality(counts).pq, present(counts).astype(float))


def test_segments_are_numbered_by_kind_then_by_instance():
    kind, instance = np.array([1, 0, 1, -1, 0], np.int32), np.array([2, 9, 1, 4, -1], np.int32)
    of_point, kind_of_segment = segments(kind, instance)
    assert of_point.tolist() == [2, 0, 1, -1, -1]
    assert kind_of_segment.tolist() == [0, 1, 1]
    far, _ = segments(kind, np.where(instance > 0, instance + 2**30, instance).astype(np.int32))
    np.testing.assert_array_equal(far, of_point)


# ---- sentences and parts


def test_box_iou_is_what_its_definition_says():
    rng = np.random.default_rng(0)
    a, b = (np.sort(rng.random((5, 2, 3)), axis=1) for _ in range(2))
    expected = [[reference.box_iou(x, y) for y in b] for x in a]
    np.testing.assert_allclose(box_ious(a, b), expected)
    flat = np.zeros((1, 2, 3))
    assert box_ious(flat, flat)[0, 0] == 0


def test_a_box_holds_its_mask():
    xyz = np.random.default_rng(0).random((50, 3)).astype(np.float32)
    mask = xyz[:, 0] > 0.5
    lower, upper = box_of(xyz, mask)
    np.testing.assert_array_equal(lower, xyz[mask].min(0))
    np.testing.assert_array_equal(upper, xyz[mask].max(0))
    assert not box_of(xyz, np.zeros(50, bool)).any()


def test_f1_counts_each_object_once():
    ious = np.array([[0.9, 0.0], [0.8, 0.0], [0.0, 0.3]])
    assert f1_of_matches(ious, 0.5) == 2 / 5
    assert f1_of_matches(ious, 0.25) == 4 / 5
    assert f1_of_matches(np.zeros((0, 0)), 0.5) == 1
    assert f1_of_matches(np.zeros((1, 0)), 0.5) == f1_of_matches(np.zeros((0, 2)), 0.5) == 0


def test_groups_of_sentences_have_multi3drefers_names():
    names = [group_of(targets, distractors=d) for targets in (0, 1, 2) for d in (True, False)]
    assert names == ["zt_w_d", "zt_wo_d", "st_w_d", "st_wo_d", "mt", "mt"]


def test_mask_ious_are_of_every_pair():
    masks = np.random.default_rng(0).random((4, 30)) < 0.5
    found = mask_ious(masks, masks)
    np.testing.assert_array_equal(np.diag(found), 1)
    np.testing.assert_allclose(found, found.T)
    assert mask_ious(np.zeros((1, 30), bool), np.zeros((1, 30), bool))[0, 0] == 0


def test_a_mask_is_rounded_to_tokens_that_lie_mostly_in_it():
    of_point = np.array([0, 0, 0, 1, 1, 2], np.int32)
    mask = np.array([1, 1, 0, 1, 0, 1], bool)
    assert rounded_to_tokens(mask, of_point).tolist() == [True, True, True, False, False, True]


def test_part_means_go_by_shape_then_by_part_then_by_category():
    found = [PartIou("chair", "leg", v) for v in (0.0, 1.0)] + [PartIou("chair", "seat", 0.8)]
    mean, by_category = part_miou([*found, PartIou("lamp", "shade", 0.25)])
    assert by_category == {"chair": 0.65, "lamp": 0.25}
    assert mean == pytest.approx(0.45)
    assert np.isnan(part_miou([])[0])


def test_perfect_parts_have_an_ap_of_one_and_absent_parts_none():
    truth = np.repeat(np.eye(3, dtype=bool), 10, axis=1)
    part = np.array([0, 0, 2])
    shape = rank_parts(
        truth, part, np.array([0.3, 0.2, 0.9]), truth=truth, truth_part=part, other=np.zeros(30, bool), parts=4
    )
    np.testing.assert_array_equal(part_precision([shape, shape], parts=4), [1, np.nan, 1, np.nan])
