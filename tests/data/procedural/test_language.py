"""What sentences and instructions promise: splits, grammar, cost, and truth under the eyes of a table."""

import time

import numpy as np
import pytest

from lasso3d.data.procedural import procedural, rooms, tabletops
from lasso3d.data.procedural.grammar import HELD_OUT, TRAIN, Grammar
from lasso3d.data.procedural.instructions import OCCASIONS
from lasso3d.data.procedural.intents import INTENTS, is_held_out, phrasings, unheard, wanted
from lasso3d.data.procedural.judge import mentioned
from lasso3d.data.procedural.nouns import ABSENT, GENERAL, SYNONYMS, indefinite, nouns_of, plural
from lasso3d.data.procedural.programs import CLASS_NAMES
from lasso3d.data.procedural.splits import FIRST_SEED, GRAM, HELD_OUT_CLASSES, grams, split_of, together, words
from lasso3d.data.procedural.spoken import described, said_of

WORLDS = {"rooms": (rooms, rooms.room), "tabletops": (tabletops, tabletops.tabletop)}


def undescribed(world, seed):
    """A scene, what is placed in it and the instances: what a world hands to `described`."""
    module, make = WORLDS[world]
    kept = {}
    original = module.described
    module.described = lambda example, placed, *, ids, seed: kept.setdefault("it", (example, placed, ids))[0]
    try:
        make(seed)
    finally:
        module.described = original
    return kept["it"]


@pytest.fixture(scope="module")
def scenes():
    """World, seed and what is needed to describe it; of each split."""
    seeds = {"rooms": (1,), "tabletops": (1, 10_000_000, 20_000_001)}
    return [(world, seed, undescribed(world, seed)) for world, some in seeds.items() for seed in some]


# splits


def test_seeds_decide_the_split():
    assert [split_of(FIRST_SEED[name] + k) for name in FIRST_SEED for k in (0, 5)] == [
        n for n in FIRST_SEED for _ in "ab"
    ]


def fillings(grammar: Grammar) -> list[str]:
    """Every frame and tail with every wording, and every pair of wordings after a noun; slots stay one word."""
    places = [text for wording in grammar.wordings.values() for text in wording.places]
    clauses = [text for wording in grammar.wordings.values() for text in wording.clauses]
    full = []
    for frame in (*grammar.one, *grammar.several, *grammar.tails):
        after = ["", *places, *clauses] if "{r}" in frame else places if "{p}" in frame else [""]
        full += [frame.replace("{r}", text).replace("{p}", text) for text in after]
    last = [*places, *clauses]
    full += [f"{{n}} {first}{grammar.joiner}{second}" for first in places for second in last]
    # a pair at the end of a frame meets the words after it
    full += [
        frame.replace("{r}", text).replace("{p}", text) for frame in grammar.one for text in last if "{p}" in frame
    ]
    return full


def runs(said: tuple[str, ...]) -> set[tuple[str, ...]]:
    return set(zip(*(said[k:] for k in range(GRAM)), strict=False))


def ends(texts):
    """First and last three words of each text: all that can meet a neighbour in a run of four."""
    return {words(text)[: GRAM - 1] for text in texts}, {words(text)[1 - GRAM :] for text in texts}


def everything(grammar: Grammar, occasions, asked) -> set[tuple[str, ...]]:
    """All runs of four words in all that a split can say: within each piece, and where two or three pieces meet."""
    tails = [
        text for text in fillings(grammar) if any(text.startswith(tail.split("{")[0]) for tail in grammar.tails)
    ]
    found = set().union(*(runs(words(text)) for text in (*fillings(grammar), *occasions, *asked)))
    for before, after in ((occasions, asked), (asked, tails)):
        starts, stops = ends(after)[0], ends(before)[1]
        found |= {gram for stop in stops for start in starts for gram in runs((*stop, *start))}
    short = [text for text in asked if len(words(text)) < GRAM - 1]
    starts, stops = ends(tails)[0], ends(occasions)[1]
    return found | {
        gram for stop in stops for text in short for start in starts for gram in runs((*stop, *words(text), *start))
    }


def test_training_and_held_out_language_share_no_run_of_four_words():
    said = {split: [text for one in INTENTS for text in phrasings(one, split)] for split in ("train", "test")}
    train = everything(TRAIN, OCCASIONS[0], said["train"])
    held_out = everything(HELD_OUT, OCCASIONS[1], said["test"])
    assert len(train) > 20_000
    assert len(held_out) > 5_000
    assert not train & held_out


def test_texts_that_share_four_words_stay_together():
    texts = ["please give me the red one", "now give me the red ball", "something else entirely different", "x"]
    assert grams(texts[0]) == runs(words(texts[0]))
    assert together(texts, [texts[0]]) == {texts[0], texts[1]}
    assert together(texts, [texts[3]]) == {"x"}


def test_about_a_tenth_of_classes_and_intents_and_a_fifth_of_phrasings_are_held_out():
    known = [one for one in INTENTS if not is_held_out(one)]
    assert 0.07 < len(HELD_OUT_CLASSES) / len(CLASS_NAMES) < 0.13
    assert 0.07 < 1 - len(known) / len(INTENTS) < 0.13
    share = sum(text in unheard() for one in known for text in one.says) / sum(len(one.says) for one in known)
    assert 0.15 < share < 0.27
    assert all(phrasings(one, "test") and len(phrasings(one, "train")) >= 3 for one in known)
    assert not any(phrasings(one, "train") for one in INTENTS if is_held_out(one))


def test_training_neither_names_nor_means_a_held_out_class(scenes):
    forms = [form for name in HELD_OUT_CLASSES for noun in nouns_of(name) for form in (noun.word, noun.plural)]
    for _, seed, (example, placed, ids) in scenes:
        truth = described(example, placed, ids=ids, seed=seed % 10_000_000).truth
        for text, meant in (*truth.expressions, *truth.instructions):
            said = f" {' '.join(words(text))} "
            assert not [form for form in forms if f" {form} " in said]
            held = truth.semantic[np.isin(truth.instance, meant)]
            assert not {truth.class_names[k] for k in np.unique(held)} & set(HELD_OUT_CLASSES)


# intents


def test_there_are_enough_intents_in_enough_wordings():
    texts = [text for one in INTENTS for text in one.says]
    assert len(INTENTS) >= 220
    assert min(len(one.says) for one in INTENTS) >= 6
    assert len(set(texts)) == len(texts)
    assert len({one.name for one in INTENTS}) == len(INTENTS)


def test_no_phrasing_says_the_name_of_what_is_wanted():
    for one in INTENTS:
        forms = {
            form
            for name in wanted(one.wants)
            if name
            for noun in nouns_of(name)
            for form in (noun.word, noun.plural)
        }
        for text in one.says:
            said = f" {' '.join(words(text))} "
            assert not [form for form in forms - {"can"} if f" {form} " in said], (one.name, text)


def test_every_class_of_rooms_and_tabletops_is_wanted_by_some_intent_and_every_intent_by_some_world():
    from lasso3d.data.procedural.streetwords import OBJECTS as STREET_OBJECTS

    things = {*CLASS_NAMES, *tabletops.CLASS_NAMES, *STREET_OBJECTS} - {"floor", "wall", "ceiling"}
    met = set().union(*(wanted(one.wants) for one in INTENTS)) - {""}
    assert not things - met, "write intents for these"
    lost = [one.name for one in INTENTS if not wanted(one.wants) & {"", *things, "wall"}]
    assert not lost, "no world has what these want"


# sentences


def test_scenes_come_with_sentences_of_all_kinds(scenes):
    expressions, instructions = [], []
    for world, seed, (example, placed, ids) in scenes:
        about, asked = said_of(example, placed, ids=ids, seed=seed)
        if world == "rooms":
            assert len(about) >= 6
            assert len(asked) >= 4
        expressions += about
        instructions += asked
    for said in (expressions, instructions):
        empty = sum(not one.instances for one in said) / len(said)
        assert 0.05 < empty < 0.35
        assert any(len(one.instances) > 1 for one in said)
        assert all(one.text and "{" not in one.text and "  " not in one.text for one in said)


def test_sentences_are_functions_of_the_seed_and_leave_the_scene_alone(scenes):
    world, seed, (example, placed, ids) = scenes[1]
    one, other = (described(example, placed, ids=ids, seed=seed) for _ in range(2))
    assert one.truth.expressions == other.truth.expressions
    assert one.scene is example.scene
    assert described(example, placed, ids=ids, seed=seed + 1).truth.expressions != one.truth.expressions
    assert procedural(world, seed).truth.instructions == one.truth.instructions


def test_instances_that_are_meant_have_points(scenes):
    for _, seed, (example, placed, ids) in scenes:
        truth = described(example, placed, ids=ids, seed=seed).truth
        for _, meant in (*truth.expressions, *truth.instructions):
            assert np.isin(meant, truth.instance).all()


def test_counts_are_arguments(scenes):
    _, seed, (example, placed, ids) = scenes[0]
    truth = described(example, placed, ids=ids, seed=seed, expressions=3, instructions=0).truth
    assert len(truth.expressions) == 3
    assert truth.instructions == ()


def test_what_stands_in_the_background_is_not_asked_for(scenes):
    for world, seed, (example, placed, ids) in scenes:
        if world == "tabletops":
            for kind in said_of(example, placed, ids=ids, seed=seed):
                assert not [one.text for one in kind if "table" in mentioned(one.meaning)]


def test_describing_is_cheap(scenes):
    _, seed, (example, placed, ids) = scenes[0]
    started = time.process_time()
    for k in range(5):
        said_of(example, placed, ids=ids, seed=seed + k)
    # about 20 ms without the shape checks that tests switch on, which take ten times as long
    assert (time.process_time() - started) / 5 < 0.6


# nouns


def test_plurals_and_articles():
    assert [plural(word) for word in ("box", "wall shelf", "computer mouse")] == [
        "boxes",
        "wall shelves",
        "computer mice",
    ]
    assert [plural(word) for word in ("chest of drawers", "tray", "bench")] == [
        "chests of drawers",
        "trays",
        "benches",
    ]
    assert indefinite("office chair") == "an office chair"
    assert indefinite("usb drive") == "a usb drive"
    assert indefinite("umbrella") == "an umbrella"


def test_a_word_has_one_meaning():
    said = [noun.word for name in CLASS_NAMES for noun in nouns_of(name)]
    assert len(said) == len(set(said))
    assert not set(said) & set(ABSENT)
    assert set(SYNONYMS) & set(CLASS_NAMES)
    # "lamp" may be any lamp, and the class of that name is called otherwise
    assert not set(GENERAL) & set(said)
