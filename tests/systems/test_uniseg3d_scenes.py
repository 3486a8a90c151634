"""The crops UniSeg3D learns from: pure, true at every voxel, and silent about what is held out."""

import pickle
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from lasso3d.data.procedural.nouns import nouns_of
from lasso3d.data.procedural.splits import HELD_OUT_CLASSES
from lasso3d.systems.uniseg3d import scenes
from lasso3d.systems.uniseg3d.config import SMALL
from lasso3d.systems.uniseg3d.phrases import EMPTY, SIDED, Things, View, named, noun_phrases, still_true
from lasso3d.systems.uniseg3d.questions import QuestionSettings, asked_names, clicked, first_clicks, vocabulary
from lasso3d.systems.uniseg3d.scenes import SceneSettings, train_scene

TABLE = SceneSettings(worlds=("tabletops",), voxels=1500, scale=(1.0, 1.0))
ROOM = replace(TABLE, worlds=("rooms",), voxels=6000)
ASKED = QuestionSettings()


def made(seed, settings=TABLE, questions=ASKED):
    return train_scene(seed, settings, questions, SMALL)


@pytest.fixture(scope="module")
def crop():
    return made(3)


@pytest.fixture(scope="module")
def room_and_truth():
    return made(3, ROOM, replace(ASKED, dropped=0.0, synonyms=0.0)), scenes._example("rooms", 3).truth


@pytest.fixture(scope="module")
def room(room_and_truth):
    return room_and_truth[0]


def content(value):
    if isinstance(value, np.ndarray):
        return value.dtype.str, value.shape, value.tobytes()
    if isinstance(value, list | tuple):
        return [content(item) for item in value]
    return [content(item) for item in vars(value).values()] if hasattr(value, "__dict__") else value


def test_a_crop_is_a_pure_function_of_its_seed(crop):
    assert content(made(3)) == content(crop)
    assert content(made(4)) != content(crop)
    assert content(pickle.loads(pickle.dumps(crop))) == content(crop)


def test_visits_to_a_scene_differ_in_crop_and_questions():
    settings = replace(TABLE, visits=2)
    first, second = made(6, settings), made(7, settings)
    assert content(first.clicks) != content(second.clicks)
    assert content(first.arrays.voxels.place) != content(second.arrays.voxels.place)


def test_scenes_that_take_turns_are_visited_as_often_as_asked():
    settings = SceneSettings(visits=4, among=8)
    numbers = [settings.number(visit) for visit in range(8 * 4 * 6)]
    count = Counter(numbers)
    assert all(len(set(numbers[k : k + 8])) == 8 for k in range(len(numbers) - 8))
    assert [number for number in count if number < 8 * 4 and count[number] != 4] == [
        seat for seat in range(8) if seat * 4 // 8
    ]
    new = [sum(number not in numbers[:k] for number in numbers[k : k + 8]) for k in range(8, len(numbers) - 8, 8)]
    assert set(new) == {2}


def test_visits_are_in_a_row_unless_scenes_take_turns():
    settings = SceneSettings(visits=3)
    assert [settings.number(visit) for visit in range(7)] == [0, 0, 0, 1, 1, 1, 2]
    with pytest.raises(ValueError, match=f"1 to {scenes.HELD} scenes can take turns, found 0"):
        SceneSettings(among=0)


def test_crops_are_as_large_as_asked():
    sizes = [len(made(seed).instance) for seed in range(4)]
    assert min(sizes) > 700
    assert max(sizes) <= 1500 * 1.1


def test_every_instance_has_voxels_and_every_name_is_in_the_list(room):
    m = len(room.name)
    assert np.bincount(room.instance[room.instance >= 0], minlength=m).min() >= scenes.FEWEST_VOXELS
    assert len(set(room.names)) == len(room.names) == ASKED.names
    assert set(np.unique(room.name)) <= {-1, *range(len(room.names))}
    assert room.semantic.shape == (room.arrays.superpoints,)
    assert room.semantic.max() < len(room.names)


def test_shares_are_those_counted_one_by_one(room):
    inside = room.inside()
    for superpoint in range(0, room.arrays.superpoints, 7):
        here = room.instance[room.arrays.of_voxel == superpoint]
        for instance in range(len(room.name)):
            assert inside[instance, superpoint] == pytest.approx((here == instance).mean())


def test_names_agree_with_the_truth_at_every_voxel(room_and_truth):
    room, truth = room_and_truth
    stuff = {"floor", "wall", "ceiling"}
    for instance, name in enumerate(room.name):
        if name >= 0:
            here = np.bincount(room.semantic[room.inside()[instance] > 0.5] + 1, minlength=2)
            assert not len(here) or here.argmax() in (0, name + 1)
            assert room.names[name] in truth.class_names
            assert room.names[name] not in stuff
    shown = {room.names[i] for i in room.semantic if i >= 0}
    assert shown & stuff


def test_a_superpoint_is_what_most_of_its_voxels_are(room):
    by_instance = room.inside()
    held = by_instance.max(axis=0) > 0.5
    owner = by_instance.argmax(axis=0)
    expected = room.name[owner[held]]
    np.testing.assert_array_equal(room.semantic[held][expected >= 0], expected[expected >= 0])


def test_nothing_held_out_is_ever_named():
    words = {noun.word for name in HELD_OUT_CLASSES for noun in nouns_of(name)}
    everywhere = SceneSettings(worlds=("rooms", "streets", "tabletops"), voxels=20_000)
    asked = QuestionSettings(sentences=12, names=500, synonyms=0.5)
    for seed in range(3):
        scene = made(seed, everywhere, asked)
        assert not words & set(scene.names)
        said = " | ".join(scene.sentences).lower()
        assert not [word for word in words if word in said.split() or f" {word} " in said]
    assert not set(vocabulary()) & set(HELD_OUT_CLASSES)


def test_things_of_a_held_out_class_have_a_mask_and_no_name(monkeypatch):
    scene, truth = scenes.procedural("tabletops", 5)
    number, count = np.unique(truth.instance[truth.instance > 0], return_counts=True)
    largest = truth.instance == number[count.argmax()]
    semantic = np.where(largest, truth.class_names.index("toaster"), truth.semantic)
    fake = replace(truth, semantic=semantic)
    monkeypatch.setattr(scenes, "procedural", lambda world, seed: (scene, fake))
    scenes._example.cache_clear()
    try:
        crop = made(5, replace(TABLE, voxels=10**6))
    finally:
        scenes._example.cache_clear()
    assert -1 in crop.name
    hidden = crop.inside()[crop.name == -1].max(axis=0) > 0.5
    assert hidden.any()
    assert set(crop.semantic[hidden]) <= {-1, len(crop.names)}


def test_names_left_out_become_none_of_the_names():
    scene = made(3, questions=replace(ASKED, dropped=1.0))
    assert (scene.name == -1).all()
    assert (scene.semantic == len(scene.names)).any()
    assert set(scene.semantic) <= {-1, len(scene.names)}


def test_every_list_of_names_has_at_least_one():
    index, names = asked_names([], vocabulary(), QuestionSettings(names=1), np.random.default_rng(0))
    assert index == {}
    assert len(names) == 1


def test_synonyms_stand_for_the_class_they_name():
    settings = QuestionSettings(synonyms=1.0, dropped=0.0)
    index, names = asked_names(["sofa", "floor"], vocabulary(), settings, np.random.default_rng(0))
    assert names[index["sofa"]] == "couch"
    assert names[index["floor"]] == "floor"
    assert "sofa" not in names


def test_clicks_lie_on_their_object_or_beside_it():
    questions = replace(ASKED, eager=1.0)
    for seed in range(4):
        scene = made(seed, questions=questions)
        clicks = scene.clicks
        on = scene.instance[clicks.voxel] == clicks.instance[clicks.prompt]
        np.testing.assert_array_equal(on, clicks.positive)
        assert set(clicks.prompt[clicks.positive]) == set(range(len(clicks.instance)))
        assert len(set(clicks.instance)) == len(clicks.instance)


def test_a_thing_alone_in_the_crop_is_clicked_on_one_side_only():
    place = np.random.default_rng(0).random((50, 3), dtype=np.float32) * 9
    whole, border = np.zeros(50, np.int64), np.zeros(50, bool)
    for seed in range(9):
        clicks = first_clicks(place, whole, border, replace(ASKED, eager=1.0), np.random.default_rng(seed))
        assert clicks.positive.all()
        assert clicks.instance.tolist() == [0]
    nothing = first_clicks(place, whole - 1, border, ASKED, np.random.default_rng(0))
    assert len(nothing.voxel) == len(nothing.instance) == 0


def test_the_table_under_the_things_is_one_of_them():
    crop = made(2, replace(TABLE, voxels=10**6), replace(ASKED, dropped=0.0, synonyms=0.0))
    assert "table" in {crop.names[name] for name in crop.name if name >= 0}


BOXES = Things(
    np.array([1, 2, 3, 4], np.int32),
    ("chair", "table", "table", "lamp"),
    np.array([[0, 0, 0], [1, 0, 0], [5, 0, 0], [0, 3, 0]], np.float32),
    np.full((4, 3), 0.3, np.float32),
    whole=np.array([True, True, False, False]),
    here=np.array([True, True, True, False]),
)
CUT = View(cut=True, mirrored=False, coloured=True)


def kept(text, targets=(1,), view=CUT):
    return bool(still_true(((text, targets),), BOXES, view))


def test_sentences_need_what_they_mean_and_what_they_name_in_the_crop():
    assert kept("the chair next to the table"), "the near table is here, the far one does not matter"
    assert not kept("the chair closest to the ceiling lamp")
    assert not kept("all tables", (2, 3))
    assert kept("the largest table", (2,))
    assert kept("a lamp on the chair", ())
    assert not kept("the table with nothing on it", (2,))
    assert kept("the table with nothing on it", (2,), view=replace(CUT, cut=False))


def test_a_mirror_and_lost_colours_take_sentences_away():
    whole = View(cut=False, mirrored=False, coloured=True)
    for text in (f"the chair to the {side} of the table" for side in SIDED):
        assert kept(text, view=whole)
        assert not kept(text, view=replace(whole, mirrored=True))
    for text in ("the red chair", "the darkest chair", "the chair of brown colour"):
        assert kept(text, view=whole)
        assert not kept(text, view=replace(whole, coloured=False))
    assert "nothing" in EMPTY


def test_nouns_in_a_text_are_the_longest_that_fit():
    assert named("the office chair by the tables") == [("office chair",), ("table",)]
    assert ("lamp", "floor lamp", "table lamp", "street lamp") in named("two lamps")
    assert named("every thing") == [()]


def test_a_noun_alone_means_all_that_are_called_so_and_is_not_used_where_in_doubt():
    said = dict(noun_phrases(BOXES, np.random.default_rng(0)))
    assert sorted(filter(None, said.values())) == [(1,), (2, 3)]
    doubtful = replace(BOXES, names=("chair", "table", "desk", "lamp"))
    targets = [targets for _, targets in noun_phrases(doubtful, np.random.default_rng(0))]
    assert sorted(filter(None, targets)) == [(1,)], "a desk may be called a table, and the other way round"


def test_nouns_of_what_is_nowhere_in_the_scan_mean_nothing():
    phrases = [noun_phrases(BOXES, np.random.default_rng(seed)) for seed in range(20)]
    absent = [text for said in phrases for text, targets in said if not targets]
    assert len(absent) > 60
    mentioned = {name for text in absent for classes in named(text) for name in classes}
    assert mentioned
    assert not mentioned.intersection(BOXES.names)
    assert not mentioned.intersection(HELD_OUT_CLASSES)


def test_the_place_farthest_from_the_middle_can_be_a_habit():
    place = np.stack([np.arange(10), np.zeros(10), np.zeros(10)], axis=1).astype(np.float32)
    inside = np.arange(10) >= 2
    far = QuestionSettings(habits=(0.0, 0.0, 0.0, 1.0))
    assert clicked(place, inside, inside, far, np.random.default_rng(0)) in (2, 9)


def test_targets_of_sentences_are_those_of_the_scene(room_and_truth):
    room, truth = room_and_truth
    meant = {text: set(targets) for text, targets in (*truth.expressions, *truth.instructions)}
    known = [k for k, text in enumerate(room.sentences) if text in meant]
    assert room.meant.shape == (len(room.sentences), len(room.name))
    for k in known:
        assert room.meant[k].sum() == len(meant[room.sentences[k]])
