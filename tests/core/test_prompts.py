import json

import numpy as np
import pytest

from lasso3d import (
    Box,
    ClassNames,
    Click,
    Clicks,
    Instruction,
    PartNames,
    ReferringExpression,
    prompt_from_json,
    prompt_to_json,
)

TWO_CLICKS = Clicks((Click((0.5, -0.25, 1.125), object=3), Click((0.0, 1e-7, 2.0), object=0)))
PROMPTS = [
    Clicks(()),
    TWO_CLICKS,
    ClassNames(("chair", "trash can"), kind="panoptic"),
    ClassNames(()),
    ReferringExpression("the chair left of the «table»"),
    ReferringExpression("this one", about=TWO_CLICKS),
    Instruction("where can I sit?", about=Box((0, 0, 0), (1, 2, 3))),
    PartNames("chair", ("leg", "seat"), kind="instance"),
    Box((-1, -2, -3.5), (1, 2, 3)),
]


@pytest.mark.parametrize("prompt", PROMPTS, ids=lambda prompt: type(prompt).__name__)
def test_a_prompt_survives_json(prompt):
    text = prompt_to_json(prompt)
    again = prompt_from_json(text)
    assert again == prompt
    assert hash(again) == hash(prompt)
    assert json.loads(text)["type"] == type(prompt).__name__
    assert prompt_from_json(json.loads(text)) == prompt


@pytest.mark.parametrize("prompt", PROMPTS, ids=lambda prompt: type(prompt).__name__)
def test_an_unknown_key_is_an_error_that_names_it(prompt):
    plain = json.loads(prompt_to_json(prompt)) | {"colour": "red"}
    with pytest.raises(ValueError, match="colour"):
        prompt_from_json(plain)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"type": "Lasso"}',
        '{"type": "Clicks"}',
        '{"type": "Clicks", "clicks": [3]}',
        '{"type": "Clicks", "clicks": [{"xyz": [0, 0], "object": 1}]}',
        '{"type": "Clicks", "clicks": [{"xyz": [0, 0, NaN], "object": 1}]}',
        '{"type": "Clicks", "clicks": [{"xyz": [0, 0, 0], "object": -1}]}',
        '{"type": "Clicks", "clicks": [{"xyz": [0, 0, 0], "object": 1, "index": 7}]}',
        '{"type": "ClassNames", "names": "chair"}',
        '{"type": "ClassNames", "names": ["chair"], "kind": "fuzzy"}',
        '{"type": "Instruction", "text": ""}',
        '{"type": "Instruction", "text": "x", "about": {"type": "ClassNames"}}',
        '{"type": "Box", "lower": [1, 0, 0], "upper": [0, 1, 1]}',
        '{"type": "PartNames", "object": "chair", "parts": ["leg"], "kind": "panoptic"}',
    ],
)
def test_json_that_is_no_prompt_is_a_value_error(text):
    with pytest.raises(ValueError):  # noqa: PT011 - what matters is that nothing else escapes
        prompt_from_json(text)


def test_clicks_are_values():
    assert Click(np.array([1, 2, 3], np.float32), object=np.int64(2)) == Click((1.0, 2.0, 3.0), 2)
    assert Clicks([Click((0, 0, 0), 4), Click((1, 0, 0), 2), Click((2, 0, 0), 0)]).objects == (2, 4)


@pytest.mark.parametrize("number", [-1, 1.5])
def test_an_object_number_is_a_whole_number_from_zero(number):
    with pytest.raises(ValueError, match="object must be"):
        Click((0, 0, 0), number)
