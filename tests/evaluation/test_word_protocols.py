"""Protocols that ask by names and sentences, on segmenters simple enough to predict by hand."""

import json
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pytest

from lasso3d.core.errors import SceneError
from lasso3d.core.prompts import ClassNames, Clicks, Instruction, PartNames, ReferringExpression
from lasso3d.core.scene import Scene
from lasso3d.core.segmentation import Segmentation
from lasso3d.core.segmenter import SceneEncoding, Segmenter
from lasso3d.data.example import Example, Truth
from lasso3d.evaluation import (
    instance,
    instructions,
    one_click,
    open_vocabulary,
    panoptic,
    parts,
    referring,
    semantic,
)
from lasso3d.evaluation.controls import control_of
from lasso3d.evaluation.report import figure_of_draws, row_draws, scene_weights

NAMES = ("floor", "chair", "table", "lamp")
PARTS = ("leg", "top")
SIZES = (600, 500, 400)
KINDS = (1, 1, 2)


def room(seed):
    """A floor, two chairs and a table; each with legs below and a top; sentences about them."""
    rng = np.random.default_rng(seed)
    xyz = [np.c_[rng.uniform(-3, 3, (1500, 2)), np.zeros(1500)]]
    ids, kinds = [np.full(1500, -1)], [np.zeros(1500)]
    for k, (size, kind) in enumerate(zip(SIZES, KINDS, strict=True)):
        corner = np.array([-2 + 1.5 * k, rng.uniform(-1, 1), 0.05])
        xyz.append(rng.uniform(0, 0.8, (size, 3)) + corner)
        ids.append(np.full(size, k + 1))
        kinds.append(np.full(size, kind))
    order = rng.permutation(sum(map(len, xyz)))
    xyz, ids, kinds = (np.concatenate(values)[order] for values in (xyz, ids, kinds))
    part = np.where(ids > 0, (xyz[:, 2] > 0.45).astype(int), -1)
    truth = Truth(
        ids.astype(np.int32),
        kinds.astype(np.int32),
        part.astype(np.int32),
        class_names=NAMES,
        part_names=PARTS,
        expressions=(
            ("the table", (3,)),
            ("the left chair", (1,)),
            ("both chairs", (1, 2)),
            ("a chair on fire", ()),
        ),
        instructions=(("where can two of us sit", (1, 2)), ("put it on the table", (3,)), ("where is the sea", ())),
    )
    return Example(Scene(xyz.astype(np.float32), name=f"room {seed}"), truth)


@dataclass(frozen=True)
class Knows(Segmenter):
    """Answers from the truth; `wrong` and `patches` say what it gets wrong and how coarse its tokens are."""

    understands: ClassVar[tuple] = (Clicks, ClassNames, ReferringExpression, Instruction, PartNames)
    truths: dict = field(repr=False)
    semantic_of: object = staticmethod(lambda semantic: semantic)
    silent: bool = False
    score: float = 0.9
    patches: int = 0

    identity: ClassVar[str] = "knows"

    def with_voxel(self, size):
        return self

    def save(self, folder):
        raise AssertionError("a toy is not saved")

    def encode(self, scene, *, progress=None):
        return SceneEncoding(scene, self.identity)

    def _segment(self, encoding, prompt, previous, seed):
        truth = self.truths[encoding.scene.digest]
        rows, labels, exclusive = self._rows(encoding.scene, truth, prompt)
        if self.silent:
            keeps = isinstance(prompt, ClassNames | PartNames) and prompt.kind == "semantic"
            rows, labels = (rows & False, labels) if keeps else (rows[:0], labels[:0])
        n = len(truth.instance)
        of_point = np.arange(n, dtype=np.int32)
        if self.patches:
            of_point = (np.arange(n) % self.patches).astype(np.int32)
            count = np.bincount(of_point)
            rows = np.array([np.bincount(of_point, weights=row) > count / 2 for row in rows]).reshape(
                -1, len(count)
            )
        score = np.full(len(labels), self.score, np.float32)
        doubt = np.full(rows.shape[1], 0.1, np.float32)
        return Segmentation(rows.astype(np.float32), of_point, labels, score, doubt, exclusive=exclusive)

    def _rows(self, scene, truth, prompt):
        objects = [truth.instance == i for i in (1, 2, 3)]
        if isinstance(prompt, Clicks):
            near = [((scene.xyz - np.array(c.xyz, np.float32)) ** 2).sum(1).argmin() for c in prompt.clicks]
            return np.array([truth.instance == truth.instance[i] for i in near]), prompt.objects, True
        if isinstance(prompt, PartNames):
            of_class = truth.semantic == NAMES.index(prompt.object)
            return np.array([of_class & (truth.part == PARTS.index(p)) for p in prompt.parts]), prompt.parts, True
        if isinstance(prompt, ReferringExpression | Instruction):
            meant = dict(truth.expressions + truth.instructions)[prompt.text]
            rows = np.array([truth.instance == i for i in meant]).reshape(-1, len(truth.instance))
            return rows, tuple(NAMES[KINDS[i - 1]] for i in meant), False
        believed = self.semantic_of(truth.semantic)
        if prompt.kind == "semantic":
            return np.array([believed == NAMES.index(name) for name in prompt.names]), prompt.names, True
        labels = [NAMES[k] for k in (believed[row][0] for row in objects)]
        if prompt.kind == "panoptic":
            return np.array([*objects, truth.semantic == 0]), (*labels, "floor"), True
        return np.array(objects), tuple(labels), False


@pytest.fixture(scope="module")
def rooms():
    return [room(seed) for seed in range(3)]


@pytest.fixture
def knows(rooms):
    def build(**options):
        return Knows({scene.digest: truth for scene, truth in rooms}, **options)

    return build


def value(report, *names):
    return [report.figure(name) for name in names]


def chairs_are_tables(semantic):
    """Every chair is called a table; where chairs touch nothing else changes."""
    return np.where(semantic == 1, 2, semantic)


NOVEL = {"novel": ("table", "lamp")}
PROTOCOLS = {
    "semantic": (semantic.evaluate, {}, ("mIoU", "mIoU of true classes", "mIoU of things", "mAcc", "Acc")),
    "instance": (instance.evaluate, {}, ("AP", "AP (ten)", "AP50", "AP25", "AP50 any class")),
    "panoptic": (
        panoptic.evaluate,
        {},
        ("PQ", "SQ", "RQ", "PQ of true classes", "PQ things", "PQ stuff", "PQ dagger"),
    ),
    "open-vocabulary": (
        open_vocabulary.evaluate,
        NOVEL,
        ("mIoU base", "mIoU novel", "hIoU", "AP50 base", "AP50 novel", "hAP50"),
    ),
    "parts": (parts.evaluate, {}, ("mIoU", "IoU of parts", "IoU of parts (rounded truth)")),
    "referring": (
        referring.evaluate,
        {},
        ("mIoU", "mIoU (rounded truth)", "Acc@25", "Acc@50", "F1@50 masks", "F1@25 boxes", "box Acc@50 unique",
         "box Acc@50 multiple", "F1@50 mt", "F1@50 zt_w_d", "silent where nothing fits"),
    ),
    "instructions": (
        instructions.evaluate,
        {},
        ("mIoU", "cIoU", "Acc@50", "F1@50 masks", "mIoU named", "mIoU unnamed"),
    ),
    "one-click": (one_click.evaluate, {}, ("IoU centre", "IoU random", "IoU edge", "AP centre", "AP50 edge")),
}  # fmt: skip


@pytest.fixture(params=PROTOCOLS)
def protocol(request):
    return request.param


def test_one_who_knows_gets_a_hundred(protocol, knows, rooms):
    evaluate, options, names = PROTOCOLS[protocol]
    report = evaluate(knows(), rooms, **options)
    assert report.protocol == protocol
    np.testing.assert_allclose(value(report, *names), 100)
    assert len(report.digests) == 3
    assert {stage for stage, _ in report.seconds} == {"encode", "prompt"}


def test_intervals_of_a_perfect_answer_are_points(protocol, knows, rooms):
    evaluate, options, names = PROTOCOLS[protocol]
    for figure in evaluate(knows(), rooms, **options).figures:
        if figure.name in names:
            np.testing.assert_allclose((figure.low, figure.high), 100)


def test_intervals_come_from_draws_of_whole_scenes():
    weights = scene_weights(4, seed=0, folds=50)
    np.testing.assert_array_equal(weights[0], 1)
    np.testing.assert_array_equal(weights.sum(axis=1), 4)
    assert len(np.unique(weights, axis=0)) > 10
    scenes = ["a", "b", "a", "c", "b", "a"]
    first, *draws = row_draws(scenes, seed=0, folds=50)
    assert first.tolist() == list(range(6))
    for rows in draws:
        times = np.bincount(rows, minlength=6)
        assert times[0] == times[2] == times[5]
        assert times[1] == times[4]
    spread = figure_of_draws("x", np.array([5.0, *range(11), np.nan]), n=3, definition="")
    assert (spread.value, spread.low, spread.high) == (5, 0.25, 9.75)
    alone = figure_of_draws("x", scene_weights(1, seed=0)[:, 0], n=1, definition="")
    assert np.isnan(alone.low)


def test_the_same_seed_gives_the_same_report(protocol, knows, rooms):
    evaluate, options, _ = PROTOCOLS[protocol]
    first, second = (json.loads(evaluate(knows(), rooms, **options).to_json()) for _ in range(2))
    first.pop("seconds")
    second.pop("seconds")
    assert first == second


def test_silence_is_worth_what_the_definitions_say(knows, rooms):
    silent = knows(silent=True)
    assert value(semantic.evaluate(silent, rooms), "mIoU", "Acc", "mIoU OpenScene") == [0, 0, 0]
    assert value(instance.evaluate(silent, rooms), "AP", "AP25 any class") == [0, 0]
    assert value(panoptic.evaluate(silent, rooms), "PQ", "PQ of all names") == [0, 0]
    assert value(parts.evaluate(silent, rooms), "mIoU") == [0]
    # one expression of four and one instruction of three mean nothing, and silence is the right answer there
    assert value(referring.evaluate(silent, rooms), "mIoU", "Acc@25", "F1@50 boxes") == [25, 25, 25]
    names = ("silent where nothing fits", "box Acc@25", "mIoU with targets", "mIoU one target")
    assert value(referring.evaluate(silent, rooms), *names) == [100, 0, 0, 0]
    np.testing.assert_allclose(value(instructions.evaluate(silent, rooms), "mIoU", "cIoU"), [100 / 3, 0])


def test_a_class_called_by_anothers_name_costs_both(knows, rooms):
    mixed = knows(semantic_of=chairs_are_tables)
    # floor 1, chair 0, table 400 / 1500
    np.testing.assert_allclose(value(semantic.evaluate(mixed, rooms), "mIoU"), 100 * (1 + 0 + 4 / 15) / 3)
    np.testing.assert_allclose(value(semantic.evaluate(mixed, rooms), "mIoU of things"), 100 * (0 + 4 / 15) / 2)
    # three equally confident tables, of which one is right: a trapezoid from (0, 1) to (1, 1/3)
    np.testing.assert_allclose(value(instance.evaluate(mixed, rooms), "AP50"), 100 * (0 + 2 / 3) / 2)
    assert value(instance.evaluate(mixed, rooms), "AP50 any class") == [100]
    # floor 1, chair 0, table: one match of three answers, RQ = 1 / (1 + 2 / 2)
    np.testing.assert_allclose(value(panoptic.evaluate(mixed, rooms), "PQ", "SQ"), [50, 200 / 3])
    report = open_vocabulary.evaluate(mixed, rooms, novel=("table",))
    np.testing.assert_allclose(value(report, "mIoU base", "mIoU novel"), [50, 400 / 15])
    np.testing.assert_allclose(value(report, "AP50 base", "AP50 novel", "hAP50"), [0, 200 / 3, 0])


def test_absent_names_divide_openscenes_mean(knows, rooms):
    assert value(semantic.evaluate(knows(), rooms), "mIoU OpenScene") == [75]  # lamp is asked for and never there
    assert value(panoptic.evaluate(knows(), rooms), "PQ of all names") == [75]


def test_a_class_answered_and_nowhere_true_is_neither_thing_nor_stuff(knows, rooms):
    chairs_are_lamps = panoptic.evaluate(knows(semantic_of=lambda kind: np.where(kind == 1, 3, kind)), rooms)
    # floor and table 1, chair 0, lamp answered in vain 0
    np.testing.assert_allclose(value(chairs_are_lamps, "PQ", "PQ of true classes"), [50, 200 / 3])
    assert value(chairs_are_lamps, "PQ things", "PQ stuff") == [50, 100]


def test_coarse_tokens_are_forgiven_by_rounded_truth_alone(knows, rooms):
    coarse = knows(patches=2000)
    for report in (parts.evaluate(coarse, rooms), one_click.evaluate(coarse, rooms)):
        figures = {figure.name: figure.value for figure in report.figures}
        rounded = [name for name in figures if name.endswith(" (rounded truth)")]
        assert rounded
        for name in rounded:
            assert figures[name] == 100 > figures[name.removesuffix(" (rounded truth)")]


def test_confidence_ranks_clicks_and_never_sees_the_label(knows, rooms):
    """AP of equally confident answers that are all right is 100, whatever the score."""
    report = one_click.evaluate(knows(score=0.01), rooms)
    assert value(report, "AP centre", "edge / centre") == [100, 1]
    assert {dict(row.values)["place"] for row in report.rows} == {"centre", "random", "edge"}
    assert len(report.rows) == 3 * 3 * 3


def test_rows_say_what_was_asked_and_found(knows, rooms):
    report = referring.evaluate(knows(), rooms)
    assert [row.subject for row in report.rows[:4]] == [text for text, _ in rooms[0].truth.expressions]
    groups = [dict(row.values)["group"] for row in report.rows[:4]]
    assert groups == ["st_wo_d", "st_w_d", "mt", "zt_w_d"]
    plain = json.loads(semantic.evaluate(knows(), rooms).to_json())
    assert plain["by_class"]["chair"] == {"iou": 1, "points": 3300}
    assert "lamp" not in plain["by_class"]


def test_scenes_without_the_truth_are_noted(knows, rooms, protocol):
    evaluate, options, names = PROTOCOLS[protocol]
    scene, truth = rooms[0]
    bare = Example(scene, Truth(np.full(len(scene), -1, np.int32)))
    report = evaluate(knows(), [bare], **options)
    assert len(report.notes) == 1
    assert all(np.isnan(report.figure(name)) for name in names)
    assert "room 0: no " in report.notes[0]
    assert truth is not bare.truth


def test_novel_classes_must_be_in_the_data(knows, rooms):
    with pytest.raises(SceneError, match=r"none of the 4 classes is among the novel ones \(sofa\)"):
        open_vocabulary.evaluate(knows(), rooms, novel=("sofa",))


def test_the_control_answers_every_protocol_and_knows_less(protocol, knows, rooms):
    evaluate, options, names = PROTOCOLS[protocol]
    report = evaluate(control_of(rooms), rooms, **options)
    assert report.system == "control without learning: height and components"
    found = np.array(value(report, *names))
    assert ((found >= 0) & (found <= 100)).all()


def blocks(seed):
    """A dense floor and three cubes on it, far apart: all that components need."""
    rng = np.random.default_rng(seed)
    xyz, ids = [np.c_[rng.uniform(-3, 3, (20_000, 2)), np.zeros(20_000)]], [np.full(20_000, -1)]
    for k in range(3):
        faces = rng.uniform(0, 0.6, (3000, 3))
        faces[np.arange(3000), rng.integers(0, 3, 3000)] = 0.6 * rng.integers(0, 2, 3000)
        xyz.append(faces + np.array((-2 + 1.5 * k, rng.uniform(-1, 1), 0.02)))
        ids.append(np.full(3000, k + 1))
    instance = np.concatenate(ids).astype(np.int32)
    semantic = np.select([instance < 0, instance == 3], [0, 2], 1).astype(np.int32)
    scene = Scene(np.concatenate(xyz).astype(np.float32), name=f"blocks {seed}")
    return Example(scene, Truth(instance, semantic, class_names=NAMES))


def test_the_control_finds_what_stands_apart_and_cannot_tell_what_is_equally_high():
    examples = [blocks(0), blocks(1)]
    control = control_of(examples)
    assert value(instance.evaluate(control, examples), "AP50 any class") == [100]
    assert value(one_click.evaluate(control, examples), "IoU centre")[0] > 85
    named = semantic.evaluate(control, examples)
    assert {row.subject: dict(row.values)["iou"] for row in named.by_class}["table"] == 0
    assert value(named, "Acc")[0] > 80


def test_a_control_is_not_saved(rooms, tmp_path):
    with pytest.raises(ValueError, match="never saved"):
        control_of(rooms).save(tmp_path)
    assert control_of(rooms).with_voxel(0.1).voxel == 0.1
