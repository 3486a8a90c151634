"""Vectors computed beforehand, and the command that computes them."""

import json
import subprocess
import sys

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from lasso3d.core.errors import CheckpointError, LassoError
from lasso3d.foundation.__main__ import main
from lasso3d.foundation.minilm import minilm
from lasso3d.foundation.table import KEY, TextTable, read_table, table_of, write_table
from lasso3d.foundation.text import in_templates, name_vectors, text_entry

TEXTS = ("sofa", "the chair next to the “window”", "stół", "sofa")


@pytest.fixture
def written(tmp_path):
    path = tmp_path / "table.safetensors"
    write_table(path, table_of(minilm(), TEXTS))
    return path


def test_a_table_answers_like_the_encoder_that_filled_it(written):
    table = read_table(written)
    asked = (TEXTS[2], TEXTS[0], TEXTS[2])
    np.testing.assert_array_equal(table(asked), minilm()(asked))
    assert (table.name, table.width, table.digest, table.licence) == (
        minilm().name, minilm().width, minilm().digest, minilm().licence,
    )  # fmt: skip
    assert text_entry(table) == text_entry(minilm())
    assert table.texts == TEXTS[:3]
    assert table(()).shape == (0, 384)


def test_the_same_table_gives_the_same_bytes(written, tmp_path):
    again = tmp_path / "again"
    write_table(again, read_table(written))
    assert again.read_bytes() == written.read_bytes()


def test_a_table_without_texts_is_a_table(tmp_path):
    write_table(tmp_path / "empty", table_of(minilm(), ()))
    assert read_table(tmp_path / "empty").width == 384


def test_an_unknown_text_is_named_with_the_cure(written):
    with pytest.raises(LassoError) as error:
        read_table(written)(("sofa", "couch", "bed", "lamp", "desk", "couch"))
    assert str(error.value) == (
        f"{written}: the table of text vectors has no 'couch', 'bed', 'lamp' and 1 more; add the text and write "
        "the table again with python -m lasso3d.foundation, or use its encoder all-MiniLM-L6-v2"
    )


def test_vectors_cannot_be_changed_through_an_answer(written):
    table = read_table(written)
    table(("sofa",))[:] = 0
    np.testing.assert_array_equal(table(("sofa",)), minilm()(("sofa",)))
    with pytest.raises(ValueError, match="read-only"):
        table.vectors[0] = 0


def spoiled(path, *, vectors=None, **changes):
    """The table with something in it changed."""
    table = read_table(path)
    said = {"format": 1, "name": "n", "digest": "d", "licence": "l", "texts": table.texts} | changes
    said = {key: value for key, value in said.items() if value is not None}
    rows = table.vectors if vectors is None else vectors
    save_file({"vectors": rows}, path, metadata={KEY: json.dumps(said)})
    return path


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"format": 2}, "format 2, expected 1"),
        ({"digest": None}, "'digest'"),
        ({"texts": 7}, "not iterable"),
        ({"texts": ["sofa"]}, "1 distinct texts but 3 vectors"),
        ({"texts": ["a", "a", "b"]}, "2 distinct texts but 3 vectors"),
        ({"vectors": np.zeros((3, 4))}, "float32"),
        ({"vectors": np.full((3, 4), np.nan, np.float32)}, "finite"),
        ({"vectors": np.zeros(3, np.float32)}, "rows"),
    ],
)
def test_a_spoiled_table_is_refused(written, changes, told):
    with pytest.raises(CheckpointError, match=f"not a table of text vectors.*{told}"):
        read_table(spoiled(written, **changes))


def test_what_is_no_table_is_refused(tmp_path):
    with pytest.raises(CheckpointError, match="cannot be read"):
        read_table(tmp_path / "nothing")
    (tmp_path / "text").write_text("sofa")
    with pytest.raises(CheckpointError, match="not a table"):
        read_table(tmp_path / "text")
    save_file({"vectors": np.zeros((1, 2), np.float32)}, tmp_path / "other")
    with pytest.raises(CheckpointError, match="not a table"):
        read_table(tmp_path / "other")


def test_a_wrong_number_of_vectors_is_refused():
    with pytest.raises(ValueError, match="2 distinct texts but 3 vectors"):
        TextTable("n", "d", "l", ("a", "b"), np.zeros((3, 2), np.float32))


def test_a_table_needs_numpy_and_safetensors_alone(written):
    code = f"""
import sys
from pathlib import Path
from lasso3d.foundation.table import read_table
assert read_table(Path({str(written)!r}))(("sofa",)).shape == (1, 384)
print({{"torch", "scipy", "numba", "transformers", "tokenizers"}} & set(sys.modules))
"""
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"
    )


def test_the_command_embeds_texts_and_names(tmp_path, capsys):
    (tmp_path / "sentences").write_text(
        "the red chair\n\n  something to sit on  \nthe red chair\n", encoding="utf-8"
    )
    (tmp_path / "names").write_text("sofa\ntrash can", encoding="utf-8")
    out = tmp_path / "table"
    given = ["--out", str(out), "--texts", str(tmp_path / "sentences"), "--names", str(tmp_path / "names")]
    assert main(given) == 0
    table = read_table(out)
    names = ("sofa", "trash can")
    assert table.texts == (*in_templates(names), "the red chair", "something to sit on")
    np.testing.assert_array_equal(name_vectors(table, names), name_vectors(minilm(), names))
    assert set(load_file(out)) == {"vectors"}
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.splitlines()[-1] == f"wrote {out}: 8 texts, 384 wide, by all-MiniLM-L6-v2"


def test_the_command_fails_in_one_line(tmp_path, capsys):
    (tmp_path / "texts").write_text("sofa")
    given = ["--texts", str(tmp_path / "texts")]
    assert main(["--out", str(tmp_path / "table")]) == 2
    assert main(["--out", str(tmp_path / "table"), "--texts", str(tmp_path / "none")]) == 1
    assert main(["--out", str(tmp_path / "no folder" / "table"), *given]) == 1
    assert main(["--out", str(tmp_path / "table"), *given, "--tower", str(tmp_path)]) == 1
    lines = [line for line in capsys.readouterr().err.splitlines() if line.startswith("lasso3d.foundation: ")]
    for line, told in zip(
        lines, ["nothing to embed", "one text per line", "create it", "config.json"], strict=True
    ):
        assert told in line
    assert not (tmp_path / "table").exists()
