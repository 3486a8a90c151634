"""The click protocols against their loops written out plainly, and what a run promises."""

import json
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from scipy.spatial import cKDTree

from lasso3d.core.prompts import Click, Clicks
from lasso3d.core.scene import Scene
from lasso3d.data.example import Example, Truth
from lasso3d.evaluation.clicks import definition, evaluate_multi, evaluate_single
from lasso3d.evaluation.sessions import AGILE3D, INTEROBJECT3D, SCAN, play, representatives, task_of
from lasso3d.geometry.suggest import suggest_click
from lasso3d.metrics.masks import iou

FINE = replace(AGILE3D, voxel=0.02, clicks=4)


def plain_voxels(xyz, size):
    """First point of each voxel, voxels in ascending order of their cells, one point at a time."""
    cells = np.floor((xyz - xyz.min(0)) / size)
    first = {}
    for i, cell in enumerate(map(tuple, cells.tolist())):
        first.setdefault(cell, i)
    order = sorted(first)
    rank = {cell: i for i, cell in enumerate(order)}
    return np.array([first[c] for c in order]), np.array([rank[tuple(c)] for c in cells.tolist()])


def deepest_of(xyz, region):
    depth, _ = cKDTree(xyz[~region]).query(xyz[region])
    return depth.max(), np.flatnonzero(region)[depth.argmax()]


def click(xyz, at, label):
    return Click(tuple(xyz[at].tolist()), label)


def plain_scan(segmenter, example, clicks=10):
    """The baseline's loop: IoU per object and click, objects by falling size."""
    xyz, instance = example.scene.xyz, example.truth.instance
    diagonal = np.linalg.norm(np.percentile(xyz, 99, axis=0) - np.percentile(xyz, 1, axis=0))
    first, _ = plain_voxels(xyz, max(float(diagonal) / 200, 0.004))
    ids, count = np.unique(instance[instance > 0], return_counts=True)
    large = [i for c, i in sorted(zip(-count, ids, strict=True)) if -c > max(150, 0.001 * len(xyz))]
    encoding, table = segmenter.encode(example.scene), []
    for wanted in large[:5]:
        truth = instance == wanted
        seen, previous, made, row = np.zeros(len(first), bool), None, [], []
        for _ in range(clicks):
            target = truth[first]
            sides = [r for r in (target & ~seen, seen & ~target) if r.any() and not r.all()]
            found = [deepest_of(xyz[first], region) for region in sides]
            if found:
                at = max(found, key=lambda pair: pair[0])[1]
                made.append((at, int(target[at])))
                prompt = Clicks(tuple(click(xyz[first], i, label) for i, label in made))
                previous = segmenter.segment(encoding, prompt, previous=previous)
                seen = previous.mask(0)[first]
                for i, label in made:
                    seen[i] = label
            row.append(iou(previous.mask(0), truth))
        table.append(row)
    return table


def plain_multi(segmenter, example, voxel, clicks):
    """The published loop over all objects with dense distances: (clicks, mean IoU) rows."""
    xyz, instance = example.scene.xyz, example.truth.instance
    first, of_point = plain_voxels(xyz, voxel)
    ids, count = np.unique(instance[instance > 0], return_counts=True)
    labels = np.zeros(len(xyz), int)
    for rank, wanted in enumerate(ids[np.argsort(-count)], start=1):
        labels[instance == wanted] = rank
    dense = np.linalg.norm(xyz[first][:, None].astype(float) - xyz[first][None].astype(float), axis=2)
    encoding, truth, seen = segmenter.encode(example.scene), labels[first], np.zeros(len(first), int)
    rows, made, previous, now = [], [], None, 0
    while now <= clicks * len(ids):
        if now:
            prompt = Clicks(tuple(click(xyz[first], i, label) for i, label in made))
            previous = segmenter.segment(encoding, prompt, previous=previous)
            seen = np.append(previous.labels, 0)[previous.label_of_point()][first]
            for i, label in made:
                seen[i] = label
        measured = seen[of_point]
        rows.append((now, np.mean([iou(measured == k, labels == k) for k in range(1, len(ids) + 1)])))
        regions = []
        for true, guess in sorted({(t, p) for t, p in zip(truth.tolist(), seen.tolist(), strict=True) if t != p}):
            region = (truth == true) & (seen == guess)
            depth = dense[np.ix_(region, ~region)].min(1)
            regions.append((-depth.max(), np.flatnonzero(region)[depth.argmax()], true))
        regions.sort(key=lambda r: r[0])
        made += [(at, true) for _, at, true in (regions if now == 0 else regions[:1])]
        now += len(ids) if now == 0 else 1
    return rows


def test_representatives_are_the_first_points_of_their_voxels(examples):
    xyz = examples[0].scene.xyz
    first, of_point = representatives(xyz, 0.03)
    expected_first, expected_of_point = plain_voxels(xyz, 0.03)
    np.testing.assert_array_equal(first, expected_first)
    np.testing.assert_array_equal(of_point, expected_of_point)


def test_the_scan_protocol_is_the_plain_loop(examples, nearest):
    report = evaluate_single(nearest(), examples, protocol=SCAN)
    expected = np.array([row for example in examples for row in plain_scan(nearest(), example)])
    rows = [dict(row.values) for row in report.rows]
    assert [row["clicks"] for row in rows] == [tuple(range(11))] * 9
    np.testing.assert_allclose([row["iou"][1:] for row in rows], expected)
    for k in (1, 3, 5, 10):
        assert report.figure(f"IoU@{k}") == pytest.approx(100 * expected[:, k - 1].mean())
    noc = [next((i for i, x in enumerate(row, start=1) if x >= 0.8), 10) for row in expected]
    assert report.figure("NoC@80") == pytest.approx(np.mean(noc))
    assert 30 < report.figure("IoU@1") < report.figure("IoU@10")


def test_the_multi_protocol_is_the_published_loop(examples, nearest):
    report = evaluate_multi(nearest(), examples, protocol=replace(FINE, voxel=0.05))
    for example, row in zip(examples, report.rows, strict=True):
        values = dict(row.values)
        expected = plain_multi(nearest(), example, 0.05, 4)
        np.testing.assert_allclose(np.stack([values["clicks"], values["iou"]], axis=1), expected)
        assert values["clicks"] == (0, *range(3, 13))
        assert row.subject == "3 6 9"


def test_a_perfect_session_goes_on_with_the_same_rows(examples, oracle):
    asked = []
    report = evaluate_multi(oracle(lambda truth: asked.append(1) or np.zeros_like(truth)), examples, protocol=FINE)
    assert [dict(row.values)["iou_answered"] for row in report.rows] == [(0.0, *[1.0] * 10)] * 3
    assert [len(set(dict(row.values)["iou"][1:])) for row in report.rows] == [1] * 3
    assert (report.figure("IoU@3 as answered"), report.figure("NoC@90")) == (100, 1)
    assert len(asked) == 3


def test_the_segmenter_gets_its_last_answer_and_all_clicks_so_far(examples, nearest):
    calls = []
    watching = nearest(watch=lambda scene, prompt, previous: calls.append((len(prompt.clicks), previous)))
    evaluate_single(watching, examples[:1], protocol=replace(SCAN, objects=1))
    assert [count for count, _ in calls] == list(range(1, 11))
    assert calls[0][1] is None
    assert all(len(previous.labels) == 1 for _, previous in calls[1:])


def test_forcing_counts_the_clicks_themselves_and_is_named(examples, oracle):
    blind = oracle(np.ones_like)
    voxel = evaluate_single(blind, examples, protocol=FINE)
    cube = evaluate_single(blind, examples, protocol=replace(FINE, rule="interobject3d", forcing="cube"))
    assert 0 < voxel.figure("IoU@3") < cube.figure("IoU@3")
    assert voxel.figure("IoU@3 as answered") == cube.figure("IoU@3 as answered") == 0
    none = evaluate_single(blind, examples, protocol=replace(FINE, forcing="none"))
    assert none.figure("IoU@3") == 0


def test_both_averages_are_named(nearest):
    """A scene with one good object and a scene with three bad ones."""
    rng = np.random.default_rng(0)
    xyz = rng.random((400, 3)).astype(np.float32)
    truths = [
        Truth(np.where(np.arange(400) < 200, 1, -1).astype(np.int32)),
        Truth((np.arange(400) // 100 + 1).astype(np.int32)),
    ]
    examples = [Example(Scene(xyz + shift, name=str(shift)), truth) for shift, truth in enumerate(truths)]
    from_single = {"IoU@1", "IoU@1 over scenes", "IoU@1 as answered"}
    from_multi = {"IoU@1", "IoU@1 over objects", "IoU@1 as answered"}
    single, multi = (
        f(nearest(reach=1e9), examples, protocol=replace(FINE, clicks=1)) for f in (evaluate_single, evaluate_multi)
    )
    assert {f.name for f in single.figures if f.name.startswith("IoU@1")} == from_single
    assert {f.name for f in multi.figures if f.name.startswith("IoU@1")} == from_multi
    ious = [100 * dict(row.values)["iou_answered"][1] for row in single.rows]
    assert ious == [50, 25, 25, 25, 25]
    assert single.figure("IoU@1 as answered") == 30
    weighted = [100 * dict(row.values)["iou"][1] for row in multi.rows]
    assert multi.figure("IoU@1 over objects") == pytest.approx((weighted[0] + 4 * weighted[1]) / 5)


def test_same_seed_same_report_and_other_seeds_other_habits(examples, nearest):
    habit = replace(SCAN, habit="random", seed=4)
    one, two = (replace(evaluate_single(nearest(), examples, protocol=habit), seconds=()) for _ in range(2))
    assert one.to_json() == two.to_json()
    other = evaluate_single(nearest(), examples, protocol=replace(habit, seed=5))
    assert [row.values for row in other.rows] != [row.values for row in one.rows]
    alone = evaluate_single(nearest(), examples[1:2], protocol=habit)
    assert [row.values for row in alone.rows] == [row.values for row in one.rows[3:6]]


@pytest.mark.parametrize("habit", ["random", "jitter"])
def test_habits_cost_quality_but_not_the_run(examples, nearest, habit):
    centre = evaluate_single(nearest(), examples, protocol=SCAN)
    report = evaluate_single(nearest(), examples, protocol=replace(SCAN, habit=habit))
    assert report.figure("IoU@10") > 0.5 * centre.figure("IoU@10")
    assert report.rows != centre.rows


def test_a_guided_annotator_clicks_where_the_answer_suggests_and_tells_the_truth(examples, oracle):
    # every second point of two objects is missed, and known to be doubtful; only the first is wanted
    segmenter = oracle(lambda truth: np.isin(truth, (3, 6)) & (np.arange(len(truth)) % 2 == 0))
    scene, truth = examples[0]
    task = task_of(scene.xyz, truth, replace(SCAN, voxel=0.001)).alone(1)
    protocol = replace(SCAN, clicks=3, voxel=0.001, guide="suggestion")
    steps = list(play(segmenter, segmenter.encode(scene), task, protocol=protocol, rng=np.random.default_rng(0)))
    for before, after in pairwise(steps[1:]):
        suggested = suggest_click(scene, before.answer)
        assert np.allclose(after.prompt.clicks[-1].xyz, suggested.xyz)
        at = ((scene.xyz - np.array(suggested.xyz, np.float32)) ** 2).sum(1).argmin()
        assert after.prompt.clicks[-1].object == int(truth.instance[at] == 3)


def test_without_a_suggestion_a_guided_annotator_clicks_anywhere_in_the_errors(examples, nearest):
    """This toy is never more uncertain than 0.5, so that nothing is suggested."""
    reports = [
        evaluate_single(nearest(), examples, protocol=replace(SCAN, clicks=6, guide=guide))
        for guide in ("suggestion", "any error", "deepest error")
    ]
    guided, anywhere, deepest = (report.figure("IoU@5") for report in reports)
    assert guided == anywhere != deepest


def test_an_interrupt_keeps_the_finished_scenes(examples, nearest):
    whole = evaluate_single(nearest(), examples[:2], protocol=SCAN)

    def interrupt(scene, prompt, previous):
        if scene.name == "table 2":
            raise KeyboardInterrupt

    report = evaluate_single(nearest(watch=interrupt), examples, protocol=SCAN)
    assert report.rows == whole.rows
    assert report.notes == ("interrupted: 2 of 3 scenes",)
    with pytest.raises(KeyboardInterrupt):
        evaluate_single(nearest(watch=interrupt), examples[2:], protocol=SCAN)


def test_progress_hears_of_every_scene_and_may_cancel(examples, nearest):
    heard = []
    evaluate_single(nearest(), examples, protocol=SCAN, progress=lambda share, stage: heard.append((share, stage)))
    assert heard == [(0, "scene 1 of 3"), (1 / 3, "scene 2 of 3"), (2 / 3, "scene 3 of 3")]

    def cancel(share, stage):
        raise RuntimeError("cancelled")

    with pytest.raises(RuntimeError, match="cancelled"):
        evaluate_single(nearest(), examples, protocol=SCAN, progress=cancel)


def test_what_is_left_out_is_noted(nearest):
    rng = np.random.default_rng(0)
    xyz = np.concatenate([rng.random((500, 3)), np.full((2, 3), 0.5)]).astype(np.float32)
    nothing = Example(Scene(xyz, name="bare"), Truth(np.full(502, -1, np.int32)))
    hidden = Truth(np.r_[np.full(300, 1), np.full(200, -1), 2, 2].astype(np.int32))
    examples = [nothing, Example(Scene(xyz, name="hiding"), hidden)]
    coarse = replace(SCAN, voxel=0.5, smallest_points=0, smallest_share=0.0)
    report = evaluate_single(nearest(), examples, protocol=coarse)
    assert report.notes == ("0 bare: nothing to segment", "1 hiding: object 2 has no voxel of its own")
    assert len(report.rows) == 1
    counted = evaluate_single(nearest(), examples, protocol=replace(coarse, rule="agile3d"))
    assert dict(counted.rows[1].values)["iou"] == (0.0,) * 11


def test_unlabelled_points_can_be_left_out(examples, nearest):
    scene, truth = examples[0]
    semantic = np.where(truth.instance > 0, 0, -1).astype(np.int32)
    unlabelled = truth.instance == 9
    semantic[(truth.instance == -1) & (scene.xyz[:, 0] > 0)] = 0
    example = Example(
        scene,
        Truth(
            np.where(unlabelled, -1, truth.instance).astype(np.int32),
            semantic * ~unlabelled - unlabelled,
            class_names=("thing",),
        ),
    )
    everything = nearest(reach=1e9)
    background, left_out = (
        evaluate_single(everything, [example], protocol=replace(SCAN, unlabelled=how))
        for how in ("background", "left out")
    )
    known = (example.truth.instance > 0) | (example.truth.semantic >= 0)
    share = (truth.instance == 3).sum()
    assert dict(left_out.rows[0].values)["iou"][1] == pytest.approx(share / known.sum())
    assert dict(background.rows[0].values)["iou"][1] == pytest.approx(share / len(scene))


def test_only_untouched_settings_bear_a_published_name():
    assert definition(replace(AGILE3D, seed=3), "multi") == "agile3d multi"
    assert definition(SCAN, "single") == "scan single"
    assert definition(INTEROBJECT3D, "single") == "interobject3d without crop single"
    assert definition(replace(AGILE3D, voxel=0.02), "multi") == "agile3d with changed settings multi"


def test_settings_that_make_no_session_are_refused():
    with pytest.raises(ValueError, match="clicks must be 1 or more, found 0"):
        replace(SCAN, clicks=0)
    with pytest.raises(ValueError, match=r"voxel must be above 0 m, found 0\.0"):
        replace(SCAN, voxel=0.0)


def test_the_scan_rule_serves_many_objects_too(examples, nearest):
    report = evaluate_multi(nearest(), examples, protocol=SCAN)
    assert dict(report.settings)["definition"] == "scan multi"
    assert [dict(row.values)["clicks"] for row in report.rows] == [(0, *range(3, 31))] * 3
    assert report.figure("IoU@10") > report.figure("IoU@1") > 30


def test_objects_are_chosen_by_size(examples):
    scene, truth = examples[0]
    assert task_of(scene.xyz, truth, replace(SCAN, objects=2)).objects == (3, 6)
    assert task_of(scene.xyz, truth, replace(SCAN, smallest_points=400)).objects == (3, 6)
    assert task_of(scene.xyz, truth, replace(AGILE3D, smallest_share=0.15)).objects == (3,)


def test_a_report_reads_back_as_json(examples, nearest):
    report = evaluate_single(nearest(), examples[:1], protocol=SCAN)
    plain = json.loads(report.to_json())
    assert plain["protocol"] == "clicks-single"
    assert plain["settings"]["definition"] == "scan single"
    assert plain["figures"]["IoU@5"]["value"] == report.figure("IoU@5")
    assert plain["figures"]["IoU@5"]["low"] is None
    assert len(plain["rows"][0]["iou"]) == 11


def test_real_table_tops_give_the_figures_of_the_plain_loop(real_data, nearest):
    from lasso3d.data.mosd import mosd_folder

    examples = mosd_folder(real_data / "indoor_instances" / "mOSD")[:2]
    report = evaluate_single(nearest(reach=0.06), examples, protocol=SCAN)
    expected = np.array([row for example in examples for row in plain_scan(nearest(reach=0.06), example)])
    for k in (1, 3, 5, 10):
        assert report.figure(f"IoU@{k}") == pytest.approx(100 * expected[:, k - 1].mean(), abs=0.1)
