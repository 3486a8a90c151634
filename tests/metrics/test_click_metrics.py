"""IoU@k and NoC@q against the definitions written out."""

import numpy as np
import pytest

from lasso3d.metrics.clicks import ClickTrace, average_iou, average_noc, clicks_to, iou_at, refuse_unmatched


def trace(seed, objects=1, cap=20):
    rng = np.random.default_rng(seed)
    clicks = (0, *range(objects, cap * objects + 1))
    rising = np.sort(rng.random(len(clicks)))
    return ClickTrace(f"s{seed}", f"scene{seed}", objects, clicks, tuple(rising.tolist()))


def test_iou_at_k_is_the_row_at_exactly_k_clicks_an_object():
    traces = [trace(0, 3), trace(1, 7), trace(2)]
    expected = [dict(zip(np.array(t.clicks) / t.objects, t.iou, strict=True))[5.0] for t in traces]
    np.testing.assert_array_equal(iou_at(traces, 5), expected)


def test_noc_is_the_first_fraction_that_reaches_the_quality():
    one = ClickTrace("a", "a", 2, (0, 2, 3, 4), (0.0, 0.5, 0.8, 0.7))
    assert clicks_to([one], 0.8, cap=2).tolist() == [1.5]
    assert clicks_to([one], 0.5, cap=2).tolist() == [1.0]


def test_a_quality_never_reached_counts_as_the_cap():
    one = ClickTrace("a", "a", 1, (1, 2, 3), (0.1, 0.2, 0.3))
    assert clicks_to([one], 0.9, cap=3).tolist() == [3.0]
    assert clicks_to([one], 0.3, cap=3).tolist() == [3.0]


def test_averages_are_means_over_the_published_choices():
    traces = [trace(seed, 1 + seed % 4) for seed in range(9)]
    np.testing.assert_allclose(
        average_iou(traces), (iou_at(traces, 5) + iou_at(traces, 10) + iou_at(traces, 15)) / 3
    )
    three = [clicks_to(traces, q) for q in (0.8, 0.85, 0.9)]
    np.testing.assert_allclose(average_noc(traces), sum(three) / 3)


def test_a_gap_is_named():
    gap = ClickTrace("room 7", "room", 1, (1, 2, 4), (0.1, 0.2, 0.3))
    with pytest.raises(ValueError, match=r"no row at 3 clicks per object: room 7 \(1 in all\)"):
        iou_at([gap], 3)
    with pytest.raises(ValueError, match="room 7"):
        clicks_to([gap], 0.9, cap=4)
    with pytest.raises(ValueError, match="room 7"):
        clicks_to([gap], 0.1, cap=4)


def test_unmatched_keys_are_named():
    traces = [trace(0), trace(1)]
    refuse_unmatched(traces, ["s0", "s1"])
    with pytest.raises(ValueError, match=r"expected, but without rows: s2"):
        refuse_unmatched(traces, ["s0", "s1", "s2"])
    with pytest.raises(ValueError, match=r"not expected, but with rows: s1"):
        refuse_unmatched(traces, ["s0"])
    with pytest.raises(ValueError, match=r"more than one trace: s0"):
        refuse_unmatched([trace(0), trace(0)], ["s0"])


def test_a_trace_must_ascend():
    with pytest.raises(ValueError, match="ascend"):
        ClickTrace("a", "a", 1, (1, 1), (0.1, 0.2))
