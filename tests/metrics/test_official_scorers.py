"""The scorers give what the published ones gave on the same scans: recorded numbers, see docs/protocols.md."""

import json
from pathlib import Path

import numpy as np
import pytest
import scorer_scenes as scenes

from lasso3d.metrics.average_precision import COMMON_THRESHOLDS, average_precision, overlaps, ranking_precision
from lasso3d.metrics.masks import iou
from lasso3d.metrics.panoptic import panoptic_counts, panoptic_quality
from lasso3d.metrics.parts import PartIou, part_miou, part_precision, rank_parts
from lasso3d.metrics.referring import box_ious, f1_of_matches
from lasso3d.metrics.semantic import class_counts, class_ious, confusion, openscene_mean

FOLDER = Path(__file__).parents[1] / "golden" / "scorers"
MAKERS = {
    "instance": scenes.instance_case,
    "semantic": scenes.semantic_case,
    "openscene": scenes.semantic_case,
    "panoptic": scenes.panoptic_case,
    "multi3drefer": scenes.box_case,
    "scanrefer": scenes.box_case,
    "parts": scenes.part_case,
    "clicks": scenes.ranking_case,
}


@pytest.fixture(scope="module")
def recorded():
    """Cases and what the published scorer said of them."""

    def read(name):
        file = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
        cases = [MAKERS[name](seed) for seed in range(scenes.CASES)]
        assert scenes.digest(cases) == file["scenes"], "the generator changed: the numbers belong to other scans"
        assert len(file["results"]) == len(cases)
        return zip(cases, file["results"], strict=True)

    return read


def test_instance_ap_is_scannets(recorded):
    mended = 0
    for case, expected in recorded("instance"):
        scans = [
            overlaps(s.masks, s.kind, s.confidence, truth_kind=s.truth_kind, truth_instance=s.truth_instance)
            for s in case
        ]
        table = average_precision(scans, kinds=scenes.KINDS, thresholds=(*COMMON_THRESHOLDS, 0.25))
        columns = (table[:, :9].mean(1), table[:, :10].mean(1), table[:, 0], table[:, 10])
        found = np.stack(columns, axis=1)
        mended += expected.pop("mended", False)
        wanted = np.full_like(found, np.nan)
        for kind, row in expected.items():
            wanted[int(kind)] = row
        np.testing.assert_allclose(found, wanted, atol=1e-6)
    assert mended < 50, "most cases must run in the script itself"


def test_class_iou_is_scannets(recorded):
    for case, expected in recorded("semantic"):
        table = sum(confusion(s.truth, s.answer, classes=scenes.CLASSES) for s in case)
        np.testing.assert_allclose(class_ious(class_counts(table)), np.array(expected, float), atol=1e-6)


def test_mean_iou_with_unanswered_points_is_openscenes(recorded):
    for case, expected in recorded("openscene"):
        table = sum(confusion(s.truth, s.answer, classes=scenes.CLASSES) for s in case)
        found = openscene_mean(class_counts(table, forgive_none=True), seen=table.sum(axis=1) > 0)
        np.testing.assert_allclose(found, expected, atol=1e-6)


def test_panoptic_quality_is_semantickittis(recorded):
    for case, (means, by_kind) in recorded("panoptic"):
        counts = [panoptic_counts(*scan, kinds=scenes.CLASSES) for scan in case]
        pq, sq, rq = panoptic_quality(type(counts[0])(*(sum(column) for column in zip(*counts, strict=True))))
        wanted = [by_kind.get(str(kind), 0) for kind in range(scenes.CLASSES)]
        np.testing.assert_allclose(pq, wanted, atol=1e-6)
        table = sum(confusion(s.truth_kind, s.answer_kind, classes=scenes.CLASSES) for s in case)
        stuff = np.nan_to_num(class_ious(class_counts(table)))[:2]
        found = [pq.mean(), sq.mean(), rq.mean(), np.append(stuff, pq[2:]).mean()]
        np.testing.assert_allclose(found, means, atol=1e-6)


def test_f1_of_sentences_is_multi3drefers(recorded):
    for case, expected in recorded("multi3drefer"):
        group = np.array([query.group for query in case])
        for threshold, row in zip((0.25, 0.5), expected, strict=True):
            f1 = np.array([f1_of_matches(box_ious(query.answers, query.targets), threshold) for query in case])
            found = [f1[group == g].mean() if (group == g).any() else np.nan for g in range(5)]
            np.testing.assert_allclose([*found, f1.mean()], np.array(row, float), atol=1e-6)


def test_accuracy_of_boxes_is_scanrefers(recorded):
    for case, expected in recorded("scanrefer"):
        single = [query for query in case if query.group in (2, 3)]
        if not single:
            assert expected is None
            continue
        first = np.array([box_ious(q.answers[:1], q.targets).max(initial=0) for q in single])
        unique = np.array([query.group == 3 for query in single])
        found = []
        for subset in (unique, ~unique, np.ones(len(single), bool)):
            found += [(first[subset] >= t).mean() if subset.any() else 0 for t in (0.25, 0.5)]
        np.testing.assert_allclose(found, expected, atol=1e-6)


def test_part_scores_are_partnets(recorded):
    for case, (by_part, mean, miou) in recorded("parts"):
        ranked = [_ranked(shape) for shape in case]
        found = part_precision(ranked, parts=4)
        # PartNet's scorer adds 101 precisions in float32
        np.testing.assert_allclose(found, np.array(by_part, float), atol=4e-6)
        np.testing.assert_allclose(np.nanmean(found), mean, atol=4e-6)
        rows = [row for i, shape in enumerate(case) for row in _part_ious(str(i), shape)]
        np.testing.assert_allclose(part_miou(rows)[0], miou, atol=1e-6)


def test_ap_of_ranked_clicks_is_uniseg3ds(recorded):
    for (ious, confidence), expected in recorded("clicks"):
        # the release counts its ten thresholds up in another way than ScanNet: 0.5 + 0.05 i
        ten = [ranking_precision(ious > 0.5 + 0.05 * i, confidence) for i in range(10)]
        two = [ranking_precision(ious > threshold, confidence) for threshold in (0.5, 0.25)]
        np.testing.assert_allclose([np.mean(ten), *two], expected, atol=1e-6)


def _ranked(shape):
    present = np.unique(shape.truth[shape.truth >= 0])
    return rank_parts(
        shape.masks,
        shape.part,
        shape.confidence,
        truth=shape.truth == present[:, None],
        truth_part=shape.part_of_instance[present],
        other=shape.truth < 0,
        parts=4,
    )


def _part_ious(category, shape):
    semantic = np.where(shape.truth >= 0, shape.part_of_instance[shape.truth], -1)
    for part in np.unique(semantic[semantic >= 0]):
        yield PartIou(category, str(part), iou(shape.labels[part], semantic == part))
