import json
import math
from dataclasses import replace

import numpy as np
import pytest

from lasso3d.evaluation.report import Report, Row, figure, scene_interval

VALUES = np.array([0.1, 0.2, 0.6, 0.7, 0.9])
SCENES = ["a", "a", "b", "b", "c"]


def plain_interval(values, scenes, seed, folds):
    """Draw scenes with replacement, pool their samples, take the mean; again and again."""
    rng, names = np.random.default_rng(seed), sorted(set(scenes))
    means = []
    for _ in range(folds):
        drawn = rng.choice(names, len(names))
        means.append(
            np.mean([v for name in drawn for v, scene in zip(values, scenes, strict=True) if scene == name])
        )
    return np.percentile(means, (2.5, 97.5))


def report():
    return Report(
        "protocol",
        "system",
        (("clicks", 3), ("voxel", None)),
        (
            figure("IoU@1", 100 * VALUES, scenes=SCENES, definition="%"),
            figure("IoU@3", 100 * VALUES, scenes=SCENES, definition="%"),
            figure("AvgIoU", np.array([np.nan]), scenes=["a"], definition="nothing"),
        ),
        (Row("a", "3", (("clicks", (0, 1)), ("iou", (0.0, math.nan)))),),
        (0,),
        (("a", "00"), ("b", "01"), ("c", "02")),
        (("encode", 0.25),),
        ("left out",),
    )


def test_the_interval_is_that_of_redrawn_scenes():
    low, high = scene_interval(VALUES, SCENES, seed=0)
    np.testing.assert_allclose((low, high), plain_interval(VALUES, SCENES, 1, 4000), atol=0.02)
    assert scene_interval(VALUES, SCENES, seed=0) == (low, high)


def test_one_scene_has_no_interval():
    assert all(map(math.isnan, scene_interval(VALUES, ["a"] * 5, seed=0)))


def test_a_figure_leaves_undefined_samples_out_and_says_how_many_remain():
    some = figure("x", np.array([1.0, np.nan, 3.0]), scenes=["a", "b", "c"], definition="")
    assert (some.value, some.n) == (2.0, 2)


def test_json_keeps_everything_and_writes_nan_as_null():
    plain = json.loads(report().to_json())
    assert plain["rows"] == [{"scene": "a", "subject": "3", "clicks": [0, 1], "iou": [0.0, None]}]
    assert plain["settings"] == {"clicks": 3, "voxel": None}
    assert plain["figures"]["AvgIoU"]["value"] is None
    assert plain["figures"]["IoU@1"]["n"] == 5
    assert plain["digests"] == [["a", "00"], ["b", "01"], ["c", "02"]]
    assert (plain["seconds"], plain["seeds"], plain["notes"]) == ({"encode": 0.25}, [0], ["left out"])


def test_the_table_gathers_figures_that_differ_in_k():
    lines = report().table().splitlines()
    half = (report().figures[0].high - report().figures[0].low) / 2
    assert lines[0] == "protocol  system"
    assert lines[1] == "1 rows over 1 scenes"
    assert lines[2].split() == ["IoU", "@1", f"50±{half:.2g}", "@3", f"50±{half:.2g}", "n", "5", "%"]
    assert lines[3].split() == ["AvgIoU", "nan", "n", "0", "nothing"]
    assert lines[4:] == ["encode 0.25 s", "note: left out"]


def test_a_figure_that_is_not_there_is_told_with_those_that_are():
    assert report().figure("IoU@3") == pytest.approx(50)
    with pytest.raises(KeyError, match="no figure 'IoU@2'; there are IoU@1, IoU@3, AvgIoU"):
        report().figure("IoU@2")


def test_reports_are_values():
    one, two = replace(report(), figures=(), rows=()), replace(report(), figures=(), rows=())
    assert one == two
