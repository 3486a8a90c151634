"""What every text encoder owes: memory with a bound, averaged templates, an entry in the card."""

import numpy as np
import pytest

from lasso3d.core.errors import CheckpointError
from lasso3d.foundation.text import Tower, check_encoder, in_templates, name_vectors, text_entry

WIDTH = 5


def vector(text):
    row = np.random.default_rng(list(text.encode())).normal(size=WIDTH)
    return (row / np.linalg.norm(row)).astype(np.float32)


class Counting:
    """An embedding that notes what it was asked."""

    def __init__(self):
        self.asked = []

    def __call__(self, texts):
        self.asked.append(tuple(texts))
        return np.stack([vector(text) for text in texts])


def tower(embed, *, digest="d1", remembers=4):
    return Tower("toy", digest, WIDTH, "MIT", embed, remembers)


def test_rows_follow_the_texts_also_when_some_repeat():
    rows = tower(Counting())(("sofa", "bed", "sofa"))
    np.testing.assert_array_equal(rows, [vector("sofa"), vector("bed"), vector("sofa")])


def test_only_texts_not_asked_lately_are_computed():
    embed = Counting()
    encoder = tower(embed)
    encoder(("sofa", "bed", "sofa"))
    encoder(("bed", "lamp"))
    assert embed.asked == [("sofa", "bed"), ("lamp",)]


def test_the_memory_is_bounded_and_forgets_what_was_asked_longest_ago():
    embed = Counting()
    encoder = tower(embed, remembers=3)
    encoder(("a", "b", "c"))
    encoder(("a", "d"))
    encoder(("a",))
    encoder(("b",))
    assert embed.asked == [("a", "b", "c"), ("d",), ("b",)]
    assert encoder([f"text {i}" for i in range(9)]).shape == (9, WIDTH)
    assert len(encoder._kept) == 3
    assert all(row.base is None for row in encoder._kept.values())


def test_an_answer_can_be_changed_without_changing_what_is_remembered():
    encoder = tower(Counting())
    encoder(("sofa",))[:] = 0
    np.testing.assert_array_equal(encoder(("sofa",)), [vector("sofa")])


def test_no_texts_give_no_rows():
    encoder = tower(Counting())
    assert encoder(()).shape == (0, WIDTH)
    assert name_vectors(encoder, ()).shape == (0, WIDTH)


def test_a_lone_text_is_refused_because_it_would_be_read_letter_by_letter():
    with pytest.raises(ValueError, match="put it into a tuple"):
        tower(Counting())("sofa")


def test_a_name_is_the_mean_over_its_templates_at_length_one():
    templates = ("{}", "the {} here")
    rows = name_vectors(tower(Counting(), remembers=9), ("bed", "sofa"), templates=templates)
    for row, name in zip(rows, ("bed", "sofa"), strict=True):
        mean = vector(name) + vector(f"the {name} here")
        np.testing.assert_allclose(row, mean / np.linalg.norm(mean), atol=1e-6)


def test_templates_are_filled_name_by_name():
    assert in_templates(("bed", "sofa"), ("{}", "a {}")) == ("bed", "a bed", "sofa", "a sofa")


def test_the_card_names_the_encoder_and_another_one_is_refused():
    entry = text_entry(tower(Counting()), templates=("{}",))
    assert entry == {"name": "toy", "digest": "d1", "licence": "MIT", "templates": ["{}"]}
    check_encoder(tower(Counting()), entry)
    with pytest.raises(CheckpointError, match=r"folder: trained with the text encoder toy.*digest d1, not d2"):
        check_encoder(tower(Counting(), digest="d2"), entry, where="folder")
