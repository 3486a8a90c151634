"""Weights and their card: the same bytes for the same weights, one clear line for each way to be wrong."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import nn

from lasso3d.core.errors import CheckpointError
from lasso3d.io.digest import digest_of
from lasso3d.nn.checkpoint import WEIGHTS_FILE, fill, read_weights, write_weights
from lasso3d.systems.card import CARD_FILE, Card, read_card, write_card


class Tied(nn.Module):
    """Two names for one matrix, a view, and a buffer of integers."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Linear(4, 4)
        self.second = nn.Linear(4, 4)
        self.second.weight = self.first.weight
        self.norm = nn.BatchNorm1d(4)
        self.register_buffer("turned", torch.arange(6.0).reshape(2, 3).T)


def network(seed: int = 0) -> Tied:
    torch.manual_seed(seed)
    return Tied()


CARD = Card(
    "toy",
    config={"width": 3},
    preset="small",
    weights="ab" * 32,
    storage="f16",
    frozen_models={"text": {"sha256": "00"}},
    vocabulary=("chair", "Möbel"),
    uncertainty={"form": "1 - p", "temperature": 1.5},
    data={"world_version": 2, "seeds": [0, 100]},
    steps=5,
    seed=7,
    command="lasso3d train toy",
    hardware="an abacus",
    minutes=1.5,
    metrics={"clicks-single": {"IoU@1": 0.5}},
    licence="Apache-2.0",
    limits="none known",
)


@pytest.mark.parametrize(("storage", "error"), [("f32", 0.0), ("f16", 1e-3)])
def test_weights_come_back(tmp_path, storage, error):
    digest = write_weights(tmp_path / "new" / "folder", network(), storage=storage)
    other = network(seed=1)
    fill(other, read_weights(tmp_path / "new" / "folder", digest=digest))
    for name, tensor in network().state_dict().items():
        found = other.state_dict()[name]
        assert found.dtype == tensor.dtype
        torch.testing.assert_close(found, tensor, rtol=0, atol=error)
    assert other.second.weight is other.first.weight
    assert [path.name for path in (tmp_path / "new" / "folder").iterdir()] == [WEIGHTS_FILE]


@pytest.mark.parametrize("storage", ["f32", "f16"])
def test_the_same_weights_give_the_same_bytes(tmp_path, storage):
    digests = {write_weights(tmp_path / str(i), network(), storage=storage) for i in range(5)}
    assert len(digests) == 1
    assert write_weights(tmp_path / "other", network(seed=1), storage=storage) not in digests


def test_f16_takes_half_the_room(tmp_path):
    big = nn.Linear(200, 200)
    for storage in ("f32", "f16"):
        write_weights(tmp_path / storage, big, storage=storage)
    sizes = [(tmp_path / storage / WEIGHTS_FILE).stat().st_size for storage in ("f16", "f32")]
    assert sizes[0] == pytest.approx(sizes[1] / 2, rel=0.01)


def test_weights_that_f16_cannot_hold_are_refused_and_the_old_file_stays(tmp_path):
    digest = write_weights(tmp_path, network())
    big = network()
    with torch.no_grad():
        big.first.bias[0] = 1e6
    with pytest.raises(CheckpointError, match=r"first\.bias cannot be stored in f16: not finite"):
        write_weights(tmp_path, big, storage="f16")
    read_weights(tmp_path, digest=digest)


def test_one_altered_byte_is_noticed(tmp_path):
    digest = write_weights(tmp_path, network())
    path = tmp_path / WEIGHTS_FILE
    content = bytearray(path.read_bytes())
    content[-5] ^= 1
    path.write_bytes(content)
    refused(tmp_path, digest, "not those of the card")


def test_missing_and_foreign_files_are_told(tmp_path):
    refused(tmp_path, "00", "cannot be read (No such file or directory)")
    (tmp_path / WEIGHTS_FILE).write_bytes(b"\x80\x02}q\x00.")
    refused(tmp_path, "", "expected none")
    refused(tmp_path, "", str(tmp_path / WEIGHTS_FILE))
    refused(tmp_path, digest_of(tmp_path / WEIGHTS_FILE), "are not safetensors")


def refused(folder: Path, digest: str, told: str) -> None:
    with pytest.raises(CheckpointError) as caught:
        read_weights(folder, digest=digest)
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


def test_names_and_shapes_that_differ_are_told_and_nothing_is_copied():
    weights = dict(network(seed=1).state_dict())
    del weights["first.bias"]
    weights["zzz"] = torch.zeros(1)
    weights["norm.weight"] = torch.zeros(9)
    target = network()
    with pytest.raises(CheckpointError) as caught:
        fill(target, weights, where="here")
    assert str(caught.value) == (
        "here: the weights do not fit the network: without first.bias, with unknown zzz, "
        "with wrong shape norm.weight [9] for [4]; use the config they were trained with"
    )
    assert torch.equal(target.first.weight, network().first.weight)
    with pytest.raises(CheckpointError, match=r"without \S+, \S+, \S+ and 7 more;"):
        fill(target, {})


def test_a_card_comes_back(tmp_path):
    write_card(tmp_path, CARD)
    found = read_card(tmp_path)
    assert found == CARD
    assert found.folder == str(tmp_path)
    before = (tmp_path / CARD_FILE).read_bytes()
    write_card(tmp_path, found)
    assert (tmp_path / CARD_FILE).read_bytes() == before


def test_a_card_of_a_system_without_weights_is_short(tmp_path):
    write_card(tmp_path, Card("geodesic"))
    assert json.loads((tmp_path / CARD_FILE).read_text()) == {"config": {}, "format": 1, "system": "geodesic"}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"stepz": 1, "weight": ""}, "unknown keys stepz, weight; a newer version"),
        ({"folder": "/"}, "unknown keys folder"),
        ({"format": 2}, "the card has format 2; a newer version"),
        ({"format": None}, "the card has format None"),
        ({"steps": "many"}, "in the card, steps must be int, found 'many'"),
        ({"storage": "f8"}, "in the card, storage must be 'f32' or 'f16'"),
        ({"system": 3}, 'no "system"'),
    ],
)
def test_a_card_that_says_something_else_is_refused(tmp_path, change, told):
    write_card(tmp_path, CARD)
    values = json.loads((tmp_path / CARD_FILE).read_text())
    (tmp_path / CARD_FILE).write_text(json.dumps(values | change))
    with pytest.raises(CheckpointError) as caught:
        read_card(tmp_path)
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


def test_no_card_and_no_json_are_told(tmp_path):
    with pytest.raises(CheckpointError, match="no card to read"):
        read_card(tmp_path)
    (tmp_path / CARD_FILE).write_text("{")
    with pytest.raises(CheckpointError, match="not JSON"):
        read_card(tmp_path)


def test_a_card_that_json_cannot_say_leaves_the_old_one(tmp_path):
    write_card(tmp_path, CARD)
    with pytest.raises(ValueError, match="JSON compliant"):
        write_card(tmp_path, replace(CARD, metrics={"IoU": float("nan")}))
    assert read_card(tmp_path) == CARD
    assert [path.name for path in tmp_path.iterdir()] == [CARD_FILE]
